//! What all exports ask of a side of a comparison: its clauses, their places and where
//! differences are marked.

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

    /// The clauses of a row, in the order that their texts are joined in.
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

/// Where a clause stands in its document: its citation without the title, 三(二)1.
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

/// Whether any of the differences is a change.
pub(super) fn changes(differences: &[Difference]) -> bool {
    differences.iter().any(|difference| difference.kind.is_change())
}

/// A difference to be marked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) difference: &'a Difference,
    /// Tells the two sides of a difference from other differences of the row.
    pub(super) number: usize,
    /// Whether it is of responsible units, which take no part in the status.
    pub(super) unit: bool,
}

impl Mark<'_> {
    /// Whether one side has nothing there.
    pub(super) fn one_sided(self) -> bool {
        self.difference.left.is_empty() || self.difference.right.is_empty()
    }
}

/// The differences of a row's texts, with those of its responsible units.
pub(super) fn text_marks(row: &Row) -> Vec<Mark<'_>> {
    let units = row.unit_differences.iter().filter(|_| row.units_differ());
    let units = units.map(|difference| (difference, true));
    let texts = row.differences.iter().map(|difference| (difference, false));
    texts
        .chain(units)
        .enumerate()
        .map(|(number, (difference, unit))| Mark { difference, number, unit })
        .collect()
}

/// The differences of a row's headings, numbered behind those of its texts.
pub(super) fn heading_marks(row: &Row) -> Vec<Mark<'_>> {
    let before = row.differences.len() + row.unit_differences.len();
    row.heading_differences
        .iter()
        .enumerate()
        .map(|(at, difference)| Mark { difference, number: before + at, unit: false })
        .collect()
}

/// A stretch of text that is marked as one or not at all; empty where the other side has
/// words that are missing here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) mark: Option<Mark<'a>>,
}

/// Cuts a text at its marks. `offset` is how many code points of the row's text stand
/// before this one. A mark that goes beyond the text is cut, one inside another left out.
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
        // Only what is empty to begin with is a gap; what a cut leaves empty is not.
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
        // A line feed stands between the texts.
        offset += clause.text.chars().count() + 1;
    }
    marked
}

/// How many differences of a kind the texts have; signatures and units aside.
pub(super) fn count(comparison: &Comparison, kind: DifferenceKind) -> usize {
    let rows = comparison.rows.iter().filter(|row| row.counts());
    rows.flat_map(|row| &row.differences).filter(|difference| difference.kind == kind).count()
}

/// Text for XML and HTML: markup is escaped, characters that XML 1.0 forbids are dropped.
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
            .map(|(number, difference)| Mark { difference, number, unit: false })
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
    fn markup_is_escaped_and_what_xml_forbids_dropped() {
        assert_eq!(
            escape("<甲 & \"乙\">\u{0}\u{b}\u{ffff}\n"),
            "&lt;甲 &amp; &quot;乙&quot;&gt;\n"
        );
    }
}
