//! Documents and clauses.

use serde::Serialize;
use tiaowen_corpus::{Clause, ClauseKind, Document, DocumentKind, citation};

/// A document.
#[derive(Debug, Serialize)]
pub struct DocumentJson<'a> {
    id: &'a str,
    title: Option<&'a str>,
    number: Option<&'a str>,
    kind: DocumentKind,
    script: &'a str,
    language: &'a str,
    date: Option<&'a str>,
    parties: &'a [String],
    place: Option<&'a str>,
    source: &'a str,
    ordinal: u32,
}

impl<'a> From<&'a Document> for DocumentJson<'a> {
    fn from(document: &'a Document) -> Self {
        DocumentJson {
            id: &document.id,
            title: document.title.as_deref(),
            number: document.number.as_deref(),
            kind: document.kind,
            script: document.script.as_str(),
            language: &document.language,
            date: document.date.as_deref(),
            parties: &document.parties,
            place: document.place.as_deref(),
            source: &document.source,
            ordinal: document.ordinal,
        }
    }
}

/// A clause with its document.
#[derive(Debug, Serialize)]
pub struct ClauseJson<'a> {
    id: String,
    document: DocumentJson<'a>,
    kind: ClauseKind,
    label: Option<&'a str>,
    path: &'a [String],
    eid: &'a str,
    heading: Option<&'a str>,
    headings: &'a [String],
    citation: String,
    units: &'a [String],
    text: &'a str,
    /// Bytes of the decoded source.
    bytes: [usize; 2],
    /// Which rule drew it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
}

impl<'a> ClauseJson<'a> {
    /// A clause of `document`.
    pub fn new(document: &'a Document, clause: &'a Clause) -> Self {
        ClauseJson {
            id: clause.id(document),
            document: document.into(),
            kind: clause.kind,
            label: clause.label.as_deref(),
            path: &clause.path,
            eid: &clause.eid,
            heading: clause.heading.as_deref(),
            headings: &clause.headings,
            citation: citation(document, clause),
            units: &clause.units,
            text: &clause.text,
            bytes: [clause.bytes.start, clause.bytes.end],
            rule: None,
        }
    }

    /// With the rule that drew the clause.
    pub fn explained(self, clause: &Clause) -> Self {
        ClauseJson { rule: Some(clause.drawn_by.explain()), ..self }
    }
}

/// A document with its clauses, in reading order.
#[derive(Debug, Serialize)]
pub struct DocumentTextJson<'a> {
    document: DocumentJson<'a>,
    clauses: Vec<ClauseJson<'a>>,
}

impl<'a> DocumentTextJson<'a> {
    /// A document and its clauses.
    pub fn new(document: &'a Document, clauses: Vec<ClauseJson<'a>>) -> Self {
        DocumentTextJson { document: document.into(), clauses }
    }
}

/// A clause with its neighbours.
#[derive(Debug, Serialize)]
pub struct ContextJson<'a> {
    /// What was asked to be marked, in code points of the clause's text.
    pub marked: Vec<[usize; 2]>,
    /// The clause.
    pub clause: ClauseJson<'a>,
    /// The one before it in the document.
    pub before: Option<ClauseJson<'a>>,
    /// The one after it.
    pub after: Option<ClauseJson<'a>>,
}
