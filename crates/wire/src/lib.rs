//! The JSON that users and their scripts rely on, the script in which texts are shown, and the
//! outline of documents.
//!
//! Names and meanings of fields are fixed: fields may be added, but not removed; unknown values are
//! null, and lists are never null. Both the command line and the server use these types, so they
//! answer alike. Types of the libraries are not printed directly, since they change with the code.
//! Reports of runs and checks are the exception: they are made for printing.

mod akn;
mod alert;
mod compare;
mod concordance;
mod document;
mod gather;
mod index;
pub mod names;
mod outline;
mod permalink;
mod presenter;
mod queries;
mod search;
mod terms;
mod units;
mod verify;
pub mod write;

use std::ops::Range;

use tiaowen_corpus::{Document, Passage, passages};
use tiaowen_query::Hit;

pub use akn::akn;
pub use alert::{AlertJson, AlertsJson};
pub use compare::{ComparisonJson, RowJson};
pub use concordance::{
    Concordance, ConcordanceHead, ConcordanceJson, Correspondence, CounterpartJson, Equivalents,
    Line, LineJson, LineOrder, equivalents,
};
pub use document::{
    ClauseJson, ContextJson, DocumentJson, DocumentTextJson, DocumentsJson, DroppedJson,
    ListedJson, ReferenceJson, ReportJson,
};
pub use gather::{Gathered, GatheredJson, gathered_csv, gathered_docx, gathered_xlsx};
pub use index::{
    EmbedJson, Given, LastRunJson, PairJson, PairsJson, SettingJson, SnapshotJson, SourceJson,
    StampJson, StatusJson, UpgradeJson,
};
pub use outline::{Outline, OutlineEntry};
pub use permalink::Permalinks;
pub use presenter::Presenter;
pub use queries::{NewKeyJson, QueriesJson, QueryCountJson};
pub use search::{AnswerJson, CompletionJson, HitJson, NoteJson};
pub use terms::{EntryJson, ProposalJson, entries_holding, entries_of};
pub use units::{UnitRow, UnitsJson, unit_rows, units_csv, units_xlsx};
pub use verify::{CheckJson, HistoryJson, VerifiedJson};

/// Converts spans from bytes of `text` to code points.
///
/// ```
/// assert_eq!(tiaowen_wire::code_points("條文a", &[3..7]), [[1, 3]]);
/// ```
pub fn code_points(text: &str, marks: &[Range<usize>]) -> Vec<[usize; 2]> {
    let mut edges: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    // Walks from edge to edge, so that a text with many marks is read once.
    let (mut at, mut count) = (0, 0);
    let counts: Vec<usize> = edges
        .iter()
        .map(|&edge| {
            count += text[at..edge].chars().count();
            at = edge;
            count
        })
        .collect();
    let count = |edge: usize| edges.binary_search(&edge).map_or(0, |place| counts[place]);
    marks.iter().map(|mark| [count(mark.start), count(mark.end)]).collect()
}

/// The paragraphs and items of an article that contain highlights.
pub fn marked_passages(hit: &Hit) -> Vec<Passage> {
    let mut starts: Vec<usize> = hit.highlights.iter().map(|mark| mark.start).collect();
    starts.sort_unstable();
    let holds = |passage: &Passage| {
        let first = starts.partition_point(|start| *start < passage.span.start);
        starts.get(first).is_some_and(|start| *start < passage.span.end)
    };
    let all = passages(&hit.record.document, &hit.record.clause);
    all.into_iter().filter(holds).collect()
}

/// A document in one line: agreement · 2017-11-18 · 香港 · zh-Hant-HK.
pub fn summary(document: &Document) -> String {
    let mut parts = vec![document.kind.as_str().replace('_', " ")];
    parts.extend(document.number.clone());
    parts.extend(document.date.clone());
    parts.extend(document.place.clone());
    parts.push(document.language.clone());
    parts.join(" · ")
}
