//! What the outside sees of clauses, answers and comparisons: the JSON that users and their
//! scripts rely on, the script shown, the outline.
//!
//! Field names and meanings are fixed: fields may be added, not removed; unknown values are
//! null, lists are never null. The command line prints these types, the server answers with
//! them, so that both say the same.

mod akn;
mod compare;
mod concordance;
mod document;
mod index;
pub mod names;
mod outline;
mod permalink;
mod presenter;
mod search;
mod terms;
mod verify;
pub mod write;

use std::ops::Range;

use tiaowen_corpus::{Document, Passage, passages};
use tiaowen_query::Hit;

pub use akn::akn;
pub use compare::{ComparisonJson, RowJson};
pub use concordance::{ConcordanceHead, ConcordanceJson, CounterpartJson, Line, LineJson};
pub use document::{
    ClauseJson, ContextJson, DocumentJson, DocumentTextJson, DocumentsJson, DroppedJson,
    ListedJson, ReferenceJson, ReportJson,
};
pub use index::{
    Given, LastRunJson, PairJson, PairsJson, SettingJson, SourceJson, StampJson, StatusJson,
};
pub use outline::{Outline, OutlineEntry};
pub use permalink::Permalinks;
pub use presenter::Presenter;
pub use search::{AnswerJson, CompletionJson, HitJson, NoteJson};
pub use terms::{EntryJson, ProposalJson, entries_holding};
pub use verify::{CheckJson, HistoryJson, VerifiedJson};

/// Spans in bytes of `text` as spans in code points.
///
/// ```
/// assert_eq!(tiaowen_wire::code_points("條文a", &[3..7]), [[1, 3]]);
/// ```
pub fn code_points(text: &str, marks: &[Range<usize>]) -> Vec<[usize; 2]> {
    let mut edges: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    // From each edge to the next: a text with many marks is walked through once.
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

/// The parts of an article that hold highlights: paragraphs and items.
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

/// What a document is, on one line: agreement · 2017-11-18 · 香港 · zh-Hant-HK.
pub fn summary(document: &Document) -> String {
    let mut parts = vec![document.kind.as_str().replace('_', " ")];
    parts.extend(document.number.clone());
    parts.extend(document.date.clone());
    parts.extend(document.place.clone());
    parts.push(document.language.clone());
    parts.join(" · ")
}
