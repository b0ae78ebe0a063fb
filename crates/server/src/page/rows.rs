//! A row of a comparison as markup: clauses side by side, with differences marked.

use std::fmt::Display;
use std::ops::Range;

use tiaowen_compare::{Difference, DifferenceKind, Row, Status};
use tiaowen_corpus::{Clause, Document, citation};
use tiaowen_wire::Presenter;
use tiaowen_words::{Words, fill, name};

use super::card::tamed_clause;
use super::text::{Html, escape, html, visible};
use crate::problem::Problem;

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
        }
    }

    fn at(self, difference: &Difference) -> &Range<usize> {
        match self {
            Side::Left => &difference.left_at,
            Side::Right => &difference.right_at,
        }
    }

    fn clauses(self, row: &Row) -> impl Iterator<Item = &Clause> {
        let (clause, more) = match self {
            Side::Left => (&row.left, &row.left_more),
            Side::Right => (&row.right, &row.right_more),
        };
        clause.iter().chain(more)
    }
}

/// How rows are shown.
pub(super) struct Look<'a> {
    pub(super) w: &'static Words,
    pub(super) presenter: &'a Presenter,
    pub(super) hidden: &'a [DifferenceKind],
}

/// A row as it is shown.
pub(super) struct RowTold {
    pub(super) number: usize,
    pub(super) status_name: &'static str,
    pub(super) classes: String,
    pub(super) alike: Option<String>,
    pub(super) chips: Vec<&'static str>,
    pub(super) left: Vec<ClauseTold>,
    pub(super) right: Vec<ClauseTold>,
}

/// A clause in a row.
pub(super) struct ClauseTold {
    pub(super) anchor: String,
    /// The address at which it can be read.
    pub(super) href: String,
    pub(super) place: String,
    /// The titles of the levels above it.
    pub(super) outer: String,
    pub(super) heading: Html,
    pub(super) text: Html,
}

/// Whether a row matters to a reader who looks for changes.
pub(super) fn differs(row: &Row) -> bool {
    row.counts()
        && (row.status != Status::Same
            || row.moved
            || changes(&row.heading_differences)
            || row.units_differ())
}

fn changes(differences: &[Difference]) -> bool {
    differences.iter().any(|difference| difference.kind.is_change())
}

/// A difference to be marked.
struct Mark<'a> {
    difference: &'a Difference,
    /// Distinguishes the differences of a row. Both sides share it.
    number: usize,
    is_unit: bool,
}

impl RowTold {
    pub(super) fn of(
        row: &Row,
        number: usize,
        documents: [(&Document, &str); 2],
        look: &Look<'_>,
    ) -> Result<Self, Problem> {
        let w = &look.w.comparison;
        let counts = row.counts();
        let status_name = match row.status {
            _ if !counts => &w.signature,
            Status::Same => &w.same,
            Status::Changed => &w.changed,
            Status::LeftOnly => &w.left_only,
            Status::RightOnly => &w.right_only,
        };
        let mut classes = row.status.as_str().to_owned();
        for (applies, class) in
            [(row.moved, " moved"), (!differs(row), " quiet"), (!counts, " unsigned")]
        {
            if applies {
                classes.push_str(class);
            }
        }
        let chips = [
            (counts && row.moved, &w.moved),
            (changes(&row.heading_differences), &w.heading_differs),
            (row.units_differ(), &w.units_differ),
        ];
        let chips =
            chips.into_iter().filter(|(applies, _)| *applies).map(|(_, name)| name.as_str());
        let alike = (counts && row.status == Status::Changed)
            .then(|| fill(&w.alike, &[("n", &(row.similarity * 100.0).round())]));
        Ok(RowTold {
            number,
            status_name,
            classes,
            alike,
            chips: chips.collect(),
            left: side(row, Side::Left, documents[0], look)?,
            right: side(row, Side::Right, documents[1], look)?,
        })
    }
}

fn side(
    row: &Row,
    side: Side,
    (document, href): (&Document, &str),
    look: &Look<'_>,
) -> Result<Vec<ClauseTold>, Problem> {
    let shown = |difference: &&Difference| !look.hidden.contains(&difference.kind);
    let units = row.unit_differences.iter().filter(|_| row.units_differ());
    let texts = row.differences.iter().map(|difference| (difference, false));
    let marks: Vec<Mark<'_>> = texts
        .chain(units.map(|difference| (difference, true)))
        .enumerate()
        .filter(|(_, (difference, _))| shown(difference))
        .map(|(number, (difference, is_unit))| Mark { difference, number, is_unit })
        .collect();
    let before = row.differences.len() + row.unit_differences.len();
    let heading_marks: Vec<Mark<'_>> = row
        .heading_differences
        .iter()
        .enumerate()
        .filter(|(_, difference)| shown(difference))
        .map(|(at, difference)| Mark { difference, number: before + at, is_unit: false })
        .collect();
    let mut clauses = Vec::new();
    let mut offset = 0;
    for (nth, clause) in side.clauses(row).enumerate() {
        let (mut places, kept): (Vec<Range<usize>>, Vec<&Mark<'_>>) =
            placed(&clause.text, offset, &marks, side).into_iter().unzip();
        offset += clause.text.chars().count() + 1;
        let mut clause = clause.clone();
        look.presenter.clause(&mut clause, &mut places)?;
        tamed_clause(&mut clause);
        let text = markup(&clause.text, &places, &kept, side, look.w);
        // The compared heading is the clause's, or else the one right above it.
        let heading = clause.heading.as_deref();
        let compared = heading.or(clause.headings.last().map(String::as_str)).unwrap_or_default();
        let outer = match heading {
            Some(_) => clause.headings.as_slice(),
            None => clause.headings.split_last().map_or(&[][..], |(_, outer)| outer),
        };
        let marks: &[Mark<'_>] = if nth == 0 { &heading_marks } else { &[] };
        let (places, kept): (Vec<_>, Vec<_>) = placed(compared, 0, marks, side).into_iter().unzip();
        clauses.push(ClauseTold {
            anchor: format!("{}-{}", side.as_str(), clause.eid),
            href: format!("{href}#{}", clause.eid),
            place: place(document, &clause),
            outer: outer.iter().map(|title| format!("{title} › ")).collect(),
            heading: markup(compared, &places, &kept, side, look.w),
            text,
        });
    }
    Ok(clauses)
}

/// The place of a clause in its document: its citation without the title.
fn place(document: &Document, clause: &Clause) -> String {
    let citation = citation(document, clause);
    let place = match &document.title {
        Some(_) => citation.split_once('》').map(|(_, place)| place),
        None => citation.strip_prefix(document.source.as_str()),
    };
    visible(place.map_or(citation.as_str(), str::trim_start)).into_owned()
}

/// The places of marks in a text, in bytes, in order and without overlaps. `offset` is the number
/// of code points of the row's text before this one. A mark that goes beyond the text is cut.
fn placed<'m, 'a>(
    text: &str,
    offset: usize,
    marks: &'m [Mark<'a>],
    side: Side,
) -> Vec<(Range<usize>, &'m Mark<'a>)> {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let length = bytes.len() - 1;
    let mut sorted: Vec<&Mark<'_>> = marks.iter().collect();
    sorted.sort_by_key(|mark| (side.at(mark.difference).start, side.at(mark.difference).end));
    let mut placed = Vec::new();
    let mut done = 0;
    for mark in sorted {
        let at = side.at(mark.difference);
        if at.end < offset || at.start > offset + length {
            continue;
        }
        let start = at.start.saturating_sub(offset);
        let end = (at.end - offset).min(length);
        // Only a mark that is empty from the start is a gap; one that was cut is not.
        if start < done || (start >= end && !at.is_empty()) {
            continue;
        }
        placed.push((bytes[start]..bytes[end], mark));
        done = end;
    }
    placed
}

fn markup(text: &str, places: &[Range<usize>], marks: &[&Mark<'_>], side: Side, w: &Words) -> Html {
    let mut out = String::new();
    let mut done = 0;
    let mut gap = None;
    for (place, mark) in places.iter().zip(marks) {
        let (Some(before), Some(inside)) = (text.get(done..place.start), text.get(place.clone()))
        else {
            continue;
        };
        let kind = mark.difference.kind;
        // One wedge is enough for several gaps at one place.
        let again = inside.is_empty() && before.is_empty() && gap == Some(kind);
        gap = inside.is_empty().then_some(kind);
        if again {
            continue;
        }
        out.push_str(&escape(before));
        let mut classes = kind.as_str().to_owned();
        let one_sided = mark.difference.left.is_empty() || mark.difference.right.is_empty();
        if inside.is_empty() {
            classes.push_str(" gap");
        } else if one_sided {
            classes.push_str(match side {
                Side::Left => " only-left",
                Side::Right => " only-right",
            });
        }
        if mark.is_unit {
            classes.push_str(" unit");
        }
        let words =
            |words: &str| if words.is_empty() { "∅".to_owned() } else { words.to_owned() };
        let (left, right) = (words(&mark.difference.left), words(&mark.difference.right));
        let mut label = format!("{}: {left} → {right}", name(&w.differences, kind.as_str()));
        if let Some(pair) = mark.difference.term.as_ref().filter(|pair| !pair.is_same) {
            let nearest: [(&str, &dyn Display); 3] =
                [("line", &label), ("left", &pair.left), ("right", &pair.right)];
            label = fill(&w.terminal.nearest_terms, &nearest);
        }
        out.push_str(&format!(
            "<mark class=\"{classes}\" data-d=\"{}\" title=\"{}\">{}</mark>",
            mark.number,
            escape(&label),
            escape(inside)
        ));
        done = place.end;
    }
    out.push_str(&escape(&text[done..]));
    html(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::text::tests::without_tags;
    use tiaowen_words::Language;

    fn difference(left: &str, at: Range<usize>) -> Difference {
        Difference {
            kind: DifferenceKind::Wording,
            left: left.to_owned(),
            right: "\"><script>".to_owned(),
            left_at: at,
            right_at: 0..0,
            term: None,
        }
    }

    #[test]
    fn markup_taken_away_is_the_text_escaped() {
        let text = "甲<乙>\n𠮷丙&丁";
        let length = text.chars().count();
        for start in 0..=length {
            for end in start..=length {
                let differences = [difference("x", start..end), difference("y", 2..4)];
                let marks: Vec<Mark<'_>> = differences
                    .iter()
                    .enumerate()
                    .map(|(number, difference)| Mark { difference, number, is_unit: false })
                    .collect();
                let (places, kept): (Vec<_>, Vec<_>) =
                    placed(text, 0, &marks, Side::Left).into_iter().unzip();
                let html =
                    markup(text, &places, &kept, Side::Left, Words::of(Language::En)).to_string();
                assert_eq!(without_tags(&html), escape(text), "{start}..{end}");
                assert!(!html.contains("<script"));
            }
        }
    }

    #[test]
    fn a_mark_over_two_clauses_is_cut_and_a_gap_belongs_to_one() {
        let cut = |text: &str, offset: usize, at: Range<usize>| -> Vec<(usize, usize)> {
            let differences = [difference("", at)];
            let marks = [Mark { difference: &differences[0], number: 0, is_unit: false }];
            let placed = placed(text, offset, &marks, Side::Left);
            placed.into_iter().map(|(place, _)| (place.start, place.end)).collect()
        };
        assert_eq!(cut("甲乙", 0, 1..4), [(3, 6)]);
        assert_eq!(cut("丙丁", 3, 1..4), [(0, 3)]);
        assert_eq!(cut("甲乙", 0, 2..2), [(6, 6)]);
        assert!(cut("丙丁", 3, 2..2).is_empty());
    }
}
