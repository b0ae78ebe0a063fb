//! What a comparison comes to, in words: which clauses differ, and by what.

use tiaowen_compare::{Comparison, DifferenceKind, Row, Status};
use tiaowen_words::{Words, fill};

use super::rows::row_place;

/// Clauses that are named at most; how many more there are follows.
const NAMED: usize = 8;

/// Whether a sentence is about a row.
type Holds<'a> = &'a dyn Fn(&Row) -> bool;

/// A sentence on some clauses, with a link to each.
pub(super) struct Substance {
    pub(super) sentence: String,
    pub(super) clauses: Vec<(String, String)>,
    /// How many more there are than are named.
    pub(super) more: Option<String>,
}

fn has_change(row: &Row, kind: DifferenceKind) -> bool {
    row.status == Status::Changed && row.differences.iter().any(|found| found.kind == kind)
}

/// What differs in substance, what matters most first; empty where nothing does.
pub(super) fn substance(
    w: &Words,
    comparison: &Comparison,
    row_href: impl Fn(usize) -> String,
) -> Vec<Substance> {
    let (show_more, w) = (&w.search.show_more, &w.comparison);
    let sentences: [(&str, Holds<'_>); 6] = [
        (&w.substance_number, &|row| has_change(row, DifferenceKind::Number)),
        (&w.substance_wording, &|row| has_change(row, DifferenceKind::Wording)),
        (&w.substance_regional, &|row| has_change(row, DifferenceKind::Regional)),
        (&w.substance_left, &|row| row.status == Status::LeftOnly),
        (&w.substance_right, &|row| row.status == Status::RightOnly),
        (&w.substance_units, &|row| !row.unit_differences.is_empty()),
    ];
    let counted = || (1..).zip(&comparison.rows).filter(|(_, row)| row.counts());
    let mut all = Vec::new();
    for (sentence, holds) in sentences {
        let rows: Vec<(usize, &Row)> = counted().filter(|(_, row)| holds(row)).collect();
        if rows.is_empty() {
            continue;
        }
        let clauses = rows.iter().take(NAMED).map(|(number, row)| {
            (row_place(row, [&comparison.left, &comparison.right]), row_href(*number))
        });
        all.push(Substance {
            sentence: fill(sentence, &[("n", &rows.len())]),
            clauses: clauses.collect(),
            more: rows
                .len()
                .checked_sub(NAMED)
                .filter(|more| *more > 0)
                .map(|more| fill(show_more, &[("n", &more)])),
        });
    }
    all
}
