use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tiaowen_corpus::{Clause, Document};

/// What is stored of a clause: all that a hit shows, so that one read serves it. A
/// document's metadata repeats in each of its clauses; compression takes care of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseRecord<'a> {
    /// The document the clause is of.
    pub document: Cow<'a, Document>,
    /// The clause.
    pub clause: Cow<'a, Clause>,
}

impl ClauseRecord<'_> {
    /// The bytes to store.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a record has string keys only")
    }

    /// Reads stored bytes; `None` when they are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<ClauseRecord<'static>> {
        serde_json::from_slice(bytes).ok()
    }

    /// The id of the clause.
    pub fn id(&self) -> String {
        self.clause.id(&self.document)
    }
}
