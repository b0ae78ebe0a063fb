//! Versions laid beside one another.

use serde::Serialize;
use tiaowen_compare::{Comparison, Difference, Row, Summary, Trace};
use tiaowen_corpus::Clause;

use crate::{ClauseJson, DocumentJson};

/// Two versions of a document.
#[derive(Debug, Serialize)]
pub struct ComparisonJson<'a> {
    left: DocumentJson<'a>,
    right: DocumentJson<'a>,
    summary: SummaryJson,
    derivation: DerivationJson<'a>,
    rows: Vec<RowJson<'a>>,
}

#[derive(Debug, Serialize)]
struct SummaryJson {
    same: usize,
    changed: usize,
    left_only: usize,
    right_only: usize,
    moved: usize,
}

/// Whether one version was converted from the other.
#[derive(Debug, Serialize)]
struct DerivationJson<'a> {
    /// 0 (drafted) to 1 (converted); null where the texts don't tell.
    score: Option<f32>,
    verdict: &'static str,
    traces: Vec<TraceJson<'a>>,
}

#[derive(Debug, Serialize)]
struct TraceJson<'a> {
    printed: &'a str,
    usual: &'a str,
    count: usize,
}

/// A clause beside its counterpart.
#[derive(Debug, Serialize)]
pub struct RowJson<'a> {
    status: &'static str,
    moved: bool,
    left: Option<ClauseJson<'a>>,
    right: Option<ClauseJson<'a>>,
    left_more: Vec<ClauseJson<'a>>,
    right_more: Vec<ClauseJson<'a>>,
    similarity: f32,
    /// Places are code points of the clause's text, further clauses joined by line feeds.
    differences: Vec<DifferenceJson<'a>>,
    heading_differences: Vec<DifferenceJson<'a>>,
    unit_differences: Vec<DifferenceJson<'a>>,
}

#[derive(Debug, Serialize)]
struct DifferenceJson<'a> {
    kind: &'static str,
    left: &'a str,
    right: &'a str,
    left_at: [usize; 2],
    right_at: [usize; 2],
}

impl<'a> DifferenceJson<'a> {
    fn all(differences: &'a [Difference]) -> Vec<Self> {
        let told = |difference: &'a Difference| DifferenceJson {
            kind: difference.kind.as_str(),
            left: &difference.left,
            right: &difference.right,
            left_at: [difference.left_at.start, difference.left_at.end],
            right_at: [difference.right_at.start, difference.right_at.end],
        };
        differences.iter().map(told).collect()
    }
}

impl<'a> RowJson<'a> {
    /// A row of `comparison`.
    pub fn new(comparison: &'a Comparison, row: &'a Row) -> Self {
        let left = |clause: &'a Clause| ClauseJson::new(&comparison.left, clause);
        let right = |clause: &'a Clause| ClauseJson::new(&comparison.right, clause);
        RowJson {
            status: row.status.as_str(),
            moved: row.moved,
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
    pub fn new(comparison: &'a Comparison) -> Self {
        let Summary { same, changed, left_only, right_only, moved } = comparison.summary;
        let trace = |trace: &'a Trace| TraceJson {
            printed: &trace.printed,
            usual: &trace.usual,
            count: trace.count,
        };
        ComparisonJson {
            left: (&comparison.left).into(),
            right: (&comparison.right).into(),
            summary: SummaryJson { same, changed, left_only, right_only, moved },
            derivation: DerivationJson {
                score: comparison.derivation.score,
                verdict: comparison.derivation.verdict.as_str(),
                traces: comparison.derivation.traces.iter().map(trace).collect(),
            },
            rows: comparison.rows.iter().map(|row| RowJson::new(comparison, row)).collect(),
        }
    }
}
