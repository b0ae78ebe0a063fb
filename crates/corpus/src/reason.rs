//! What is wrong with the metadata or the ready-made clauses of a source.

use serde::Serialize;

/// What is wrong with front matter, a side file or a line of JSON. The key and parameters of its
/// serialized form find its sentence in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum SourceReason {
    /// What the parser of the format says, in English.
    #[error("{says}")]
    Says { says: String },
    #[error("it begins with '+++' but no line '+++' ends it")]
    OpenFrontMatter,
    #[error("date = \"{date}\" is no date: write 2017-11-18, 2017-11 or 2017")]
    NoDateInFrontMatter { date: String },
    #[error("'{date}' is no date: write 2017-11-18, 2017-11 or 2017")]
    NoDate { date: String },
    #[error("'{script}' is no script: Hant, Hans or Mixed")]
    NoScript { script: String },
    #[error("'{begin}…' is too long for a name")]
    LongName { begin: String },
    #[error("a list in it has more than {most} values")]
    LongList { most: usize },
    #[error("there is no clause in it")]
    NoClause,
    #[error("its text is empty")]
    NoText,
    #[error("its eid '{eid}' holds more than letters, figures and _ - .")]
    InvalidEid { eid: String },
    #[error("the document's id '{id}' holds more than letters, figures and -")]
    InvalidDocumentId { id: String },
    #[error("its eid '{eid}' stands on an earlier line")]
    RepeatedEid { eid: String },
    #[error("two documents in it have the id '{id}'")]
    RepeatedDocumentId { id: String },
    #[error(
        "it goes on with a document that another one came after; put the clauses of a document together"
    )]
    InterruptedDocument,
}
