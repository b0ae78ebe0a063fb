//! Which documents of an index are versions of one another, and which of their clauses are
//! counterparts.

use serde::{Deserialize, Serialize};
use tiaowen_corpus::Relation;

/// Two documents that are versions of one another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionPair {
    /// The id of one document.
    pub left: String,
    /// The id of the other.
    pub right: String,
    /// How they belong together.
    pub relation: Relation,
    /// How alike their texts are, 0 to 1.
    pub similarity: f32,
    /// The `eid`s of clauses that are counterparts, left and right; of the best pair in two
    /// scripts only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<(String, String)>,
}

/// All pairs of an index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    /// The pairs, of one instrument in two scripts first, the most alike first.
    pub pairs: Vec<VersionPair>,
}

impl Versions {
    /// The ids of a clause's counterparts.
    pub fn counterparts(&self, document: &str, eid: &str) -> Vec<String> {
        let mut found = Vec::new();
        for pair in &self.pairs {
            let id = |document: &str, eid: &str| format!("{document}.{eid}");
            if pair.left == document {
                let own = pair.clauses.iter().filter(|(left, _)| left == eid);
                found.extend(own.map(|(_, right)| id(&pair.right, right)));
            } else if pair.right == document {
                let own = pair.clauses.iter().filter(|(_, right)| right == eid);
                found.extend(own.map(|(left, _)| id(&pair.left, left)));
            }
        }
        found
    }
}
