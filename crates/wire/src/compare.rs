//! The JSON of comparisons.

use serde::Serialize;
use tiaowen_compare::{Comparison, Difference, Row, Summary, TermPair, Trace};
use tiaowen_corpus::{Clause, Recognition};
use utoipa::ToSchema;

use crate::{ClauseJson, DocumentJson, DroppedJson, Permalinks, names};

/// A comparison of two versions of a document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comparison)]
pub struct ComparisonJson<'a> {
    left: DocumentJson<'a>,
    right: DocumentJson<'a>,
    summary: SummaryJson,
    derivation: DerivationJson<'a>,
    /// The number of all rows.
    total: usize,
    rows: Vec<RowJson<'a>>,
    /// Text that was left out of the left version only.
    left_dropped: Vec<DroppedJson<'a>>,
    /// Text that was left out of the right version only.
    right_dropped: Vec<DroppedJson<'a>>,
    /// How certain the reading of the left is, of 1, where it was read by text recognition:
    /// differences may be misread characters; else null.
    left_recognised: Option<f64>,
    /// The same of the right.
    right_recognised: Option<f64>,
}

/// The number of rows by status. Signatures don't count.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
struct SummaryJson {
    same: usize,
    changed: usize,
    left_only: usize,
    right_only: usize,
    moved: usize,
    /// Rows that are the same but for responsible units; `same` counts them too.
    units: usize,
}

/// Whether one version was converted from the other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Derivation)]
struct DerivationJson<'a> {
    /// From 0 (drafted) to 1 (converted); null if the texts don't decide it.
    score: Option<f32>,
    #[schema(schema_with = names::verdict)]
    verdict: &'static str,
    /// Traces of a converter.
    traces: Vec<TraceJson<'a>>,
}

/// A trace of a converter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Trace)]
struct TraceJson<'a> {
    /// The text as printed, with a few characters around it.
    printed: &'a str,
    /// What an author would have written there.
    usual: &'a str,
    /// The number of occurrences.
    count: usize,
}

/// A clause with its counterpart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Row)]
pub struct RowJson<'a> {
    /// `same`: only script, variant forms and punctuation differ.
    #[schema(schema_with = names::status)]
    status: &'static str,
    /// Whether the clause is at another place in the order.
    moved: bool,
    /// Whether the clauses were linked by hand.
    linked: bool,
    left: Option<ClauseJson<'a>>,
    right: Option<ClauseJson<'a>>,
    /// Further clauses on the left, if a clause was split or several were merged.
    left_more: Vec<ClauseJson<'a>>,
    /// Further clauses on the right.
    right_more: Vec<ClauseJson<'a>>,
    /// The similarity of the texts, 0 to 1.
    similarity: f32,
    /// Places are code points of the clause's text. Further clauses are joined to it by line feeds.
    differences: Vec<DifferenceJson<'a>>,
    heading_differences: Vec<DifferenceJson<'a>>,
    unit_differences: Vec<DifferenceJson<'a>>,
}

/// A difference between two texts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Difference)]
pub(crate) struct DifferenceJson<'a> {
    #[schema(schema_with = names::difference_kind)]
    kind: &'static str,
    left: &'a str,
    right: &'a str,
    #[schema(schema_with = names::span)]
    left_at: [usize; 2],
    #[schema(schema_with = names::span)]
    right_at: [usize; 2],
    /// The terms of the term table at this place; null if there are none.
    term: Option<TermPairJson<'a>>,
}

/// Terms of two regions, as the texts print them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TermPair)]
struct TermPairJson<'a> {
    left: &'a str,
    right: &'a str,
    /// `same` or `nearest`.
    #[schema(schema_with = names::pair_degree)]
    degree: &'static str,
}

impl<'a> DifferenceJson<'a> {
    pub(crate) fn all(differences: &'a [Difference]) -> Vec<Self> {
        differences.iter().map(Self::from).collect()
    }
}

impl<'a> From<&'a Difference> for DifferenceJson<'a> {
    fn from(difference: &'a Difference) -> Self {
        DifferenceJson {
            kind: difference.kind.as_str(),
            left: &difference.left,
            right: &difference.right,
            left_at: [difference.left_at.start, difference.left_at.end],
            right_at: [difference.right_at.start, difference.right_at.end],
            term: difference.term.as_ref().map(TermPairJson::from),
        }
    }
}

impl<'a> From<&'a TermPair> for TermPairJson<'a> {
    fn from(TermPair { left, right, is_same }: &'a TermPair) -> Self {
        TermPairJson { left, right, degree: if *is_same { "same" } else { "nearest" } }
    }
}

impl<'a> From<&'a Trace> for TraceJson<'a> {
    fn from(trace: &'a Trace) -> Self {
        TraceJson { printed: &trace.printed, usual: &trace.usual, count: trace.count }
    }
}

impl<'a> RowJson<'a> {
    /// A row of a comparison.
    pub fn new(comparison: &'a Comparison, row: &'a Row, links: &Permalinks) -> Self {
        let left = |clause: &'a Clause| ClauseJson::new(&comparison.left, clause, links);
        let right = |clause: &'a Clause| ClauseJson::new(&comparison.right, clause, links);
        RowJson {
            status: row.status.as_str(),
            moved: row.moved,
            linked: row.linked,
            left: row.left.as_ref().map(left),
            right: row.right.as_ref().map(right),
            left_more: row.left_more.iter().map(left).collect(),
            right_more: row.right_more.iter().map(right).collect(),
            similarity: row.similarity,
            differences: DifferenceJson::all(&row.differences),
            heading_differences: DifferenceJson::all(&row.heading_differences),
            unit_differences: DifferenceJson::all(&row.unit_differences),
        }
    }
}

impl<'a> ComparisonJson<'a> {
    /// A whole comparison.
    pub fn new(comparison: &'a Comparison, links: &Permalinks) -> Self {
        let Summary { same, changed, left_only, right_only, moved, units } = comparison.summary;
        ComparisonJson {
            left: DocumentJson::new(&comparison.left, links),
            right: DocumentJson::new(&comparison.right, links),
            summary: SummaryJson { same, changed, left_only, right_only, moved, units },
            derivation: DerivationJson {
                score: comparison.derivation.score,
                verdict: comparison.derivation.verdict.as_str(),
                traces: comparison.derivation.traces.iter().map(TraceJson::from).collect(),
            },
            total: comparison.rows.len(),
            rows: comparison.rows.iter().map(|row| RowJson::new(comparison, row, links)).collect(),
            left_dropped: DroppedJson::all(&comparison.left_dropped),
            right_dropped: DroppedJson::all(&comparison.right_dropped),
            left_recognised: comparison.left_recognised.as_ref().map(Recognition::share),
            right_recognised: comparison.right_recognised.as_ref().map(Recognition::share),
        }
    }

    /// Sets the number of all rows, if these are a part of them.
    pub fn of(self, total: usize) -> Self {
        ComparisonJson { total, ..self }
    }
}
