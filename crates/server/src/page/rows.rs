//! A row of a comparison as markup: clauses side by side, with differences marked.

use std::ops::Range;

use tiaowen_compare::{Difference, DifferenceKind, Row, Status};
use tiaowen_corpus::{Clause, Document, citation};
use tiaowen_wire::Presenter;
use tiaowen_words::{Words, fill};

use super::card::tamed_clause;
use super::marks::{Mark, described, markup, placed};
use super::text::{Html, visible};
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

    pub(super) fn at(self, difference: &Difference) -> &Range<usize> {
        match self {
            Side::Left => &difference.left_at,
            Side::Right => &difference.right_at,
        }
    }

    /// What the other side has where the two differ.
    pub(super) fn other_words(self, difference: &Difference) -> &str {
        match self {
            Side::Left => &difference.right,
            Side::Right => &difference.left,
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
    /// The language of the interface.
    pub(super) ui: &'static str,
    pub(super) presenter: &'a Presenter,
    pub(super) hidden: &'a [DifferenceKind],
}

/// A row as it is shown.
pub(super) struct RowView {
    pub(super) number: usize,
    pub(super) status_name: &'static str,
    pub(super) classes: String,
    pub(super) alike: Option<String>,
    pub(super) chips: Vec<&'static str>,
    /// The differences that are marked, as a list: its name and a line for each.
    pub(super) listed: Option<(String, Vec<String>)>,
    pub(super) left: Vec<ClauseView>,
    pub(super) right: Vec<ClauseView>,
}

/// A clause in a row.
pub(super) struct ClauseView {
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

impl RowView {
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
        Ok(RowView {
            number,
            status_name,
            classes,
            alike,
            chips: chips.collect(),
            listed: listed(row, look),
            left: side(row, Side::Left, documents[0], look)?,
            right: side(row, Side::Right, documents[1], look)?,
        })
    }
}

/// The differences of a row that are marked, what matters most first; one that occurs several times
/// is one line.
fn listed(row: &Row, look: &Look<'_>) -> Option<(String, Vec<String>)> {
    let all = row.differences.iter().chain(&row.unit_differences).chain(&row.heading_differences);
    let mut shown: Vec<&Difference> =
        all.filter(|difference| !look.hidden.contains(&difference.kind)).collect();
    // The sort is stable: within a kind, lines are in the order of the text.
    shown.sort_by_key(|difference| std::cmp::Reverse(difference.kind));
    let name = fill(&look.w.comparison.listed, &[("n", &shown.len())]);
    let mut lines: Vec<(String, usize)> = Vec::new();
    for difference in shown {
        let line = described(difference, look.w).replace('\n', " ");
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, times)) => *times += 1,
            None => lines.push((line, 1)),
        }
    }
    let lines = lines.into_iter().map(|(line, times)| match times {
        1 => line,
        times => format!("{line} ×{times}"),
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then_some((name, lines))
}

fn side(
    row: &Row,
    side: Side,
    (document, href): (&Document, &str),
    look: &Look<'_>,
) -> Result<Vec<ClauseView>, Problem> {
    let shown = |difference: &&Difference| !look.hidden.contains(&difference.kind);
    let texts = row.differences.iter().chain(&row.unit_differences);
    let marks: Vec<Mark<'_>> = texts
        .enumerate()
        .filter(|(_, difference)| shown(difference))
        .map(|(number, difference)| Mark { difference, number })
        .collect();
    let words = (look.w, look.ui);
    let before = row.differences.len() + row.unit_differences.len();
    let heading_marks: Vec<Mark<'_>> = row
        .heading_differences
        .iter()
        .enumerate()
        .filter(|(_, difference)| shown(difference))
        .map(|(at, difference)| Mark { difference, number: before + at })
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
        let text = markup(&clause.text, &places, &kept, side, words);
        // The compared heading is the clause's, or else the one right above it.
        let heading = clause.heading.as_deref();
        let compared = heading.or(clause.headings.last().map(String::as_str)).unwrap_or_default();
        let outer = match heading {
            Some(_) => clause.headings.as_slice(),
            None => clause.headings.split_last().map_or(&[][..], |(_, outer)| outer),
        };
        let marks: &[Mark<'_>] = if nth == 0 { &heading_marks } else { &[] };
        let (places, kept): (Vec<_>, Vec<_>) = placed(compared, 0, marks, side).into_iter().unzip();
        clauses.push(ClauseView {
            anchor: format!("{}-{}", side.as_str(), clause.eid),
            // Clauses of a file are read here only.
            href: match href {
                "" => format!("#{}-{}", side.as_str(), clause.eid),
                href => format!("{href}#{}", clause.eid),
            },
            place: place(document, &clause),
            outer: outer.iter().map(|title| format!("{title} › ")).collect(),
            heading: markup(compared, &places, &kept, side, words),
            text,
        });
    }
    Ok(clauses)
}

/// Where a row is in its document: on the left, else on the right.
pub(super) fn row_place(row: &Row, [left, right]: [&Document; 2]) -> String {
    match (&row.left, &row.right) {
        (Some(clause), _) => place(left, clause),
        (None, Some(clause)) => place(right, clause),
        (None, None) => String::new(),
    }
}

/// The place of a clause in its document: its citation without the title.
pub(super) fn place(document: &Document, clause: &Clause) -> String {
    let citation = citation(document, clause);
    let place = match &document.title {
        Some(_) => citation.split_once('》').map(|(_, place)| place),
        None => citation.strip_prefix(document.source.as_str()),
    };
    visible(place.map_or(citation.as_str(), str::trim_start)).into_owned()
}
