//! The sides of a comparison as the exports need them: clauses, citations, and texts cut at their
//! marks.

use std::ops::Range;

use tiaowen_corpus::{Clause, Document};

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
    let bytes: Vec<usize> =
        text.char_indices().map(|(byte, _)| byte).chain(std::iter::once(text.len())).collect();
    let length = bytes.len() - 1;
    let mut marks = marks.to_vec();
    marks.sort_by_key(|mark| (side.at(mark.difference).start, side.at(mark.difference).end));
    let mut pieces = Vec::new();
    let mut done = 0;
    for mark in marks {
        let at = side.at(mark.difference);
        if at.end < offset || at.start > offset + length {
            continue;
        }
        let start = at.start.saturating_sub(offset);
        let end = (at.end - offset).min(length);
        // Only a mark that is empty to begin with is a gap, not one that truncation left empty.
        if start < done || (start >= end && !at.is_empty()) {
            continue;
        }
        if start > done {
            pieces.push(Piece { text: &text[bytes[done]..bytes[start]], mark: None });
        }
        pieces.push(Piece { text: &text[bytes[start]..bytes[end]], mark: Some(mark) });
        done = end;
    }
    if done < length {
        pieces.push(Piece { text: &text[bytes[done]..], mark: None });
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

/// Escapes text for XML and HTML, and drops characters that XML 1.0 forbids.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' => escaped.push(c),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(left: &str, left_at: Range<usize>, right_at: Range<usize>) -> Difference {
        Difference {
            kind: DifferenceKind::Wording,
            left: left.to_owned(),
            right: String::new(),
            left_at,
            right_at,
            term: None,
        }
    }

    fn cut(text: &str, offset: usize, differences: &[Difference]) -> Vec<(String, bool)> {
        let marks: Vec<Mark> = differences
            .iter()
            .enumerate()
            .map(|(number, difference)| Mark { difference, number })
            .collect();
        pieces(text, offset, &marks, Side::Left)
            .iter()
            .map(|piece| (piece.text.to_owned(), piece.mark.is_some()))
            .collect()
    }

    fn cuts(expected: &[(&str, bool)]) -> Vec<(String, bool)> {
        expected.iter().map(|&(text, marked)| (text.to_owned(), marked)).collect()
    }

    #[test]
    fn places_are_code_points_beyond_the_basic_plane_too() {
        let found = cut("𠮷甲乙", 0, &[difference("甲", 1..2, 0..0)]);
        assert_eq!(found, cuts(&[("𠮷", false), ("甲", true), ("乙", false)]));
    }

    #[test]
    fn a_gap_keeps_its_place_at_either_end() {
        let found = cut("甲乙", 0, &[difference("", 0..0, 0..0), difference("", 2..2, 0..0)]);
        assert_eq!(found, cuts(&[("", true), ("甲乙", false), ("", true)]));
    }

    #[test]
    fn a_mark_over_two_clauses_is_cut_and_a_gap_belongs_to_one() {
        // 甲乙 and 丙丁 joined by a line feed; 乙 to 丙 differs.
        let across = [difference("乙\n丙", 1..4, 0..0)];
        assert_eq!(cut("甲乙", 0, &across), cuts(&[("甲", false), ("乙", true)]));
        assert_eq!(cut("丙丁", 3, &across), cuts(&[("丙", true), ("丁", false)]));
        let gap = [difference("", 2..2, 0..0)];
        assert_eq!(cut("甲乙", 0, &gap), cuts(&[("甲乙", false), ("", true)]));
        assert_eq!(cut("丙丁", 3, &gap), cuts(&[("丙丁", false)]));
        let ends_before = [difference("甲乙\n", 0..3, 0..0)];
        assert_eq!(cut("丙丁", 3, &ends_before), cuts(&[("丙丁", false)]));
    }

    #[test]
    fn places_outside_the_text_or_inside_others_do_no_harm() {
        let found = cut("甲", 0, &[difference("甲乙", 0..9, 0..0), difference("x", 7..8, 0..0)]);
        assert_eq!(found, cuts(&[("甲", true)]));
        let found = cut("甲乙", 0, &[difference("甲乙", 0..2, 0..0), difference("乙", 1..2, 0..0)]);
        assert_eq!(found, cuts(&[("甲乙", true)]));
    }

    #[test]
    fn markup_is_escaped_and_invalid_characters_are_dropped() {
        assert_eq!(
            escape("<甲 & \"乙\">\u{0}\u{b}\u{ffff}\n"),
            "&lt;甲 &amp; &quot;乙&quot;&gt;\n"
        );
    }
}
