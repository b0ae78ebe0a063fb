//! The sides of a comparison as the exports need them: clauses, citations, and texts cut at their
//! marks.

use std::ops::Range;

use tiaowen_corpus::{Clause, Document};

use super::markup::placed_marks;
use crate::{Comparison, Difference, DifferenceKind, Row};

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// The name used in classes and anchors.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
        }
    }

    pub(super) fn document(self, comparison: &Comparison) -> &Document {
        match self {
            Side::Left => &comparison.left,
            Side::Right => &comparison.right,
        }
    }

    /// The clauses of a row, in the order of the joined text.
    pub(super) fn clauses(self, row: &Row) -> impl Iterator<Item = &Clause> {
        let (clause, more) = match self {
            Side::Left => (&row.left, &row.left_more),
            Side::Right => (&row.right, &row.right_more),
        };
        clause.iter().chain(more)
    }

    pub(super) fn text(self, row: &Row) -> String {
        match self {
            Side::Left => row.left_text(),
            Side::Right => row.right_text(),
        }
    }

    pub(super) fn heading(self, row: &Row) -> &str {
        match self {
            Side::Left => row.left_heading(),
            Side::Right => row.right_heading(),
        }
    }

    fn at(self, difference: &Difference) -> &Range<usize> {
        match self {
            Side::Left => &difference.left_at,
            Side::Right => &difference.right_at,
        }
    }
}

/// The citation of a clause without the title: 三(二)1.
pub(super) fn place(document: &Document, clause: &Clause) -> String {
    let citation = tiaowen_corpus::citation(document, clause);
    let place = match &document.title {
        Some(_) => citation.split_once('》').map(|(_, place)| place),
        None => citation.strip_prefix(document.source.as_str()),
    };
    place.map_or(citation.as_str(), str::trim_start).to_owned()
}

/// The full citations of a row's clauses on one side.
pub(super) fn citations(comparison: &Comparison, row: &Row, side: Side) -> String {
    let document = side.document(comparison);
    let citations: Vec<String> =
        side.clauses(row).map(|clause| tiaowen_corpus::citation(document, clause)).collect();
    citations.join("；")
}

/// Whether a difference is a change.
pub(super) fn changes(differences: &[Difference]) -> bool {
    differences.iter().any(|difference| difference.kind.is_change())
}

/// A difference to mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) difference: &'a Difference,
    /// Number of the difference in its row, to link its two sides.
    pub(super) number: usize,
}

impl Mark<'_> {
    /// Whether one side is empty. Responsible units are always on one side only, and need no mark for
    /// that.
    pub(super) fn one_sided(self) -> bool {
        let Difference { kind, left, right, .. } = self.difference;
        *kind != DifferenceKind::Units && (left.is_empty() || right.is_empty())
    }
}

/// Marks for the differences of a row's texts and responsible units.
pub(super) fn text_marks(row: &Row) -> Vec<Mark<'_>> {
    let all = row.differences.iter().chain(&row.unit_differences);
    all.enumerate().map(|(number, difference)| Mark { difference, number }).collect()
}

/// Marks for the differences of a row's headings, numbered after those of the texts.
pub(super) fn heading_marks(row: &Row) -> Vec<Mark<'_>> {
    let before = row.differences.len() + row.unit_differences.len();
    row.heading_differences
        .iter()
        .enumerate()
        .map(|(at, difference)| Mark { difference, number: before + at })
        .collect()
}

/// A part of a text with one mark or none; empty where only the other side has words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) mark: Option<Mark<'a>>,
}

/// Cuts a text at its marks. `offset` is the number of code points in the row's text before this
/// one. A mark beyond the text is truncated, a nested one omitted.
pub(super) fn pieces<'a>(
    text: &'a str,
    offset: usize,
    marks: &[Mark<'a>],
    side: Side,
) -> Vec<Piece<'a>> {
    let spans: Vec<&Range<usize>> = marks.iter().map(|mark| side.at(mark.difference)).collect();
    let mut pieces = Vec::new();
    let mut done = 0;
    for (at, place) in placed_marks(text, offset, &spans) {
        if place.start > done {
            pieces.push(Piece { text: &text[done..place.start], mark: None });
        }
        pieces.push(Piece { text: &text[place.clone()], mark: Some(marks[at]) });
        done = place.end;
    }
    if done < text.len() {
        pieces.push(Piece { text: &text[done..], mark: None });
    }
    pieces
}

/// The clauses of one side of a row, each with its text cut at the marks.
pub(super) fn marked<'a>(
    row: &'a Row,
    side: Side,
    marks: &[Mark<'a>],
) -> Vec<(&'a Clause, Vec<Piece<'a>>)> {
    let mut offset = 0;
    let mut marked = Vec::new();
    for clause in side.clauses(row) {
        marked.push((clause, pieces(&clause.text, offset, marks, side)));
        // Texts are joined with a line feed.
        offset += clause.text.chars().count() + 1;
    }
    marked
}

/// Number of differences of a kind in the texts, without signatures.
pub(super) fn count(comparison: &Comparison, kind: DifferenceKind) -> usize {
    let rows = comparison.rows.iter().filter(|row| row.counts());
    let all = rows.flat_map(|row| row.differences.iter().chain(&row.unit_differences));
    all.filter(|difference| difference.kind == kind).count()
}
