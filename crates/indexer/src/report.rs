//! The report of a run.
//!
//! `index --format json` prints a report as it is, so the names of its fields are part of the
//! command line's contract.

use serde::Serialize;
use tiaowen_corpus::{DocumentText, DroppedKind};

use crate::Unread;

/// A source with the same content as another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// Its path below the root.
    pub source: String,
    /// The source that was indexed instead.
    pub same_as: String,
}

/// A source in another encoding than UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecodedSource {
    /// Its path below the root.
    pub source: String,
    /// The encoding that it was read in.
    pub encoding: String,
}

/// A source whose bytes are in another format than its name says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misnamed {
    /// Its path below the root.
    pub source: String,
    /// The format that it was read as.
    pub read_as: String,
}

/// A source that was read by text recognition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecognisedSource {
    /// Its path below the root.
    pub source: String,
    /// How certain the reading is, from 0 to 1.
    pub certainty: f64,
}

impl RecognisedSource {
    /// The certainty of the documents of a source. `None` if nothing in them was recognised.
    pub(crate) fn of(source: &str, texts: &[DocumentText]) -> Option<Self> {
        let recognised = texts.iter().filter_map(DocumentText::recognised);
        let shares: Vec<f64> = recognised.map(|recognised| recognised.share()).collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let certainty = (mean * 1000.0).round() / 1000.0;
        (!shares.is_empty()).then(|| RecognisedSource { source: source.to_owned(), certainty })
    }
}

/// How much of a source is in no clause, title, label or heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLeftOut {
    /// Its path below the root.
    pub source: String,
    /// The number of passages.
    pub passages: u64,
    /// Their characters, without white space.
    pub characters: u64,
    /// The number of passages that could not be read.
    pub unreadable: u64,
}

impl SourceLeftOut {
    /// Counts what was left out of the documents of a source. `None` if that is nothing.
    pub(crate) fn of<'t>(
        source: &str,
        texts: impl Iterator<Item = &'t DocumentText>,
    ) -> Option<Self> {
        let mut left =
            SourceLeftOut { source: source.to_owned(), passages: 0, characters: 0, unreadable: 0 };
        for dropped in texts.flat_map(|text| &text.dropped) {
            let seen = dropped.text.chars().filter(|c| !c.is_whitespace());
            left.passages += 1;
            left.characters += seen.count() as u64;
            left.unreadable += u64::from(dropped.kind == DroppedKind::Unreadable);
        }
        Some(left).filter(|left| left.passages > 0)
    }
}

/// A source that could not be read, or was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its path.
    pub source: String,
    /// The reason, and what to do about it.
    pub reason: Unread,
}

/// Sources that were kept because the run could not see whether they are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The folder or archive above them, by its path below the root; or the root itself.
    pub source: String,
    /// The number of sources that the index has below it.
    pub sources: u64,
    /// Why they can't be seen.
    pub reason: Unread,
}

/// The result of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunReport {
    /// New sources.
    pub added: u64,
    /// Sources with changed content.
    pub updated: u64,
    /// Unchanged sources.
    pub unchanged: u64,
    /// Sources that were found at another path than before.
    pub moved: u64,
    /// Sources removed from the index.
    pub removed: u64,
    /// Sources that are gone from the roots named, and were not removed.
    pub missing: Vec<String>,
    /// Sources that may be gone, and were not removed.
    pub kept: Vec<Kept>,
    /// Sources with the content of another one.
    pub duplicates: Vec<Duplicate>,
    /// Sources in another encoding than UTF-8.
    pub decoded: Vec<DecodedSource>,
    /// Sources in another format than their names say.
    pub misnamed: Vec<Misnamed>,
    /// Sources read in this run by text recognition.
    pub recognised: Vec<RecognisedSource>,
    /// Sources read in this run of which something was left out.
    pub left_out: Vec<SourceLeftOut>,
    /// Sources that could not be read.
    pub failed: Vec<Failure>,
    /// Files below a folder in unsupported formats.
    pub skipped: Vec<Failure>,
    /// Documents in the index after the run.
    pub documents: u64,
    /// Clauses in the index after the run.
    pub clauses: u64,
    /// The total size of the sources read in this run.
    pub bytes: u64,
    /// The duration of the run in seconds.
    pub seconds: f64,
    /// Megabytes (10^6 bytes) read per second.
    pub mb_per_s: f64,
}
