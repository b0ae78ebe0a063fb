//! Two documents compared.

use rayon::prelude::*;
use tiaowen_corpus::{Clause, DocumentText};
use tiaowen_terms::TermTable;

use crate::align::{Group, align};
use crate::derivation::derivation;
use crate::diff::{Side, TextDifferences, differences};
use crate::model::{Comparison, Difference, DifferenceKind, Row, Status, Summary, heading};

/// Aligns two versions clause by clause and tells how each pair differs.
///
/// ```
/// let read = |name: &str, text: &str| tiaowen_corpus::read(name, text).unwrap().remove(0);
/// let left = read("a.txt", "合作協議\n\n一、雙方交流資訊25次。\n\n二、設立專責小組。");
/// let right = read("b.txt", "合作协议\n\n一、双方交流信息20次。\n\n二、设立专责小组。");
/// let comparison = tiaowen_compare::compare(&left, &right, tiaowen_terms::TermTable::built_in());
/// assert_eq!((comparison.summary.same, comparison.summary.changed), (1, 1));
/// let told: Vec<String> = comparison.rows[0]
///     .differences
///     .iter()
///     .filter(|difference| difference.kind.is_change())
///     .map(|difference| format!("{} {}/{}", difference.kind, difference.left, difference.right))
///     .collect();
/// assert_eq!(told, ["regional 資訊/信息", "number 25/20"]);
/// ```
pub fn compare(left: &DocumentText, right: &DocumentText, terms: &TermTable) -> Comparison {
    let (lefts, rights) = (read(left), read(right));
    let groups = align(&lefts, &rights);
    let of_group = |group| row(group, &lefts, &rights, terms);
    let (rows, atoms): (Vec<Row>, Vec<(usize, usize)>) = groups.par_iter().map(of_group).unzip();
    let changed = atoms.iter().map(|(changed, _)| changed).sum();
    let all = atoms.iter().map(|(_, all)| all).sum();
    let derivation = || derivation(&left.document, &right.document, &rows, changed, all, terms);
    let (derivation, ()) = rayon::join(derivation, || drop((lefts, rights)));
    Comparison {
        left: left.document.clone(),
        right: right.document.clone(),
        summary: summary(&rows),
        derivation,
        rows,
    }
}

/// Which clauses of two versions belong together, by their places; a clause that was split
/// stands in several pairs.
pub fn aligned(left: &DocumentText, right: &DocumentText) -> Vec<(usize, usize)> {
    let groups = align(&read(left), &read(right));
    let pairs = groups.iter().flat_map(|group| {
        let rights = move |left: usize| group.right.iter().map(move |&right| (left, right));
        group.left.iter().flat_map(move |&left| rights(left))
    });
    pairs.collect()
}

/// A clause with what of its text is compared: all but the list of units that ends it.
pub(crate) struct Compared<'a> {
    pub(crate) clause: &'a Clause,
    pub(crate) side: Side<'a>,
}

fn read(document: &DocumentText) -> Vec<Compared<'_>> {
    let clauses = document.clauses.par_iter();
    clauses.map(|clause| Compared { clause, side: Side::of(without_units(clause)) }).collect()
}

/// The text of a clause up to the list of responsible units that ends it.
fn without_units(clause: &Clause) -> &str {
    if clause.units.is_empty() {
        return &clause.text;
    }
    let (mut depth, mut end) = (0, clause.text.len());
    for (at, c) in clause.text.char_indices().rev() {
        match c {
            '）' | ')' => depth += 1,
            '（' | '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            end = at;
            break;
        }
    }
    clause.text[..end].trim_end()
}

/// The row of a group; how many of its atoms changed, and of how many.
fn row(
    group: &Group,
    left: &[Compared],
    right: &[Compared],
    terms: &TermTable,
) -> (Row, (usize, usize)) {
    let clauses = |places: &[usize], all: &[Compared]| -> Vec<Clause> {
        places.iter().map(|&at| all[at].clause.clone()).collect()
    };
    let mut lefts = clauses(&group.left, left).into_iter();
    let mut rights = clauses(&group.right, right).into_iter();
    let mut row = Row {
        status: Status::Same,
        moved: group.moved,
        left: lefts.next(),
        right: rights.next(),
        left_more: lefts.collect(),
        right_more: rights.collect(),
        similarity: 0.0,
        differences: Vec::new(),
        heading_differences: Vec::new(),
        unit_differences: Vec::new(),
    };
    let (Some(first), Some(other)) = (&row.left, &row.right) else {
        row.status = if row.left.is_some() { Status::LeftOnly } else { Status::RightOnly };
        return (row, (0, 0));
    };
    row.heading_differences = heading_differences(first, other, terms);
    let (left_text, right_text) = (joined(&group.left, left), joined(&group.right, right));
    let (left_joined, right_joined) =
        (left_text.as_deref().map(Side::of), right_text.as_deref().map(Side::of));
    let left_side = left_joined.as_ref().unwrap_or(&left[group.left[0]].side);
    let right_side = right_joined.as_ref().unwrap_or(&right[group.right[0]].side);
    let TextDifferences { differences: found, similarity, changed_atoms } =
        differences(left_side, right_side, terms);
    row.similarity = similarity;
    let split = group.left.len() + group.right.len() > 2;
    let changed = split || found.iter().any(|difference| difference.kind.is_change());
    row.differences = found;
    row.unit_differences = unit_differences(&row, terms);
    if changed && row.counts() {
        row.status = Status::Changed;
    }
    let atoms = left_side.atoms.len().max(right_side.atoms.len());
    (row, (changed_atoms, atoms))
}

/// The text of several clauses as one; `None` for a single one, which is read already.
fn joined(places: &[usize], all: &[Compared]) -> Option<String> {
    let (last, before) = places.split_last().filter(|(_, before)| !before.is_empty())?;
    // A place in the text that is compared is the same place in the row's text as long as
    // only the last clause has units cut off.
    let before = before.iter().map(|&at| all[at].clause.text.as_str());
    let texts: Vec<&str> = before.chain([all[*last].side.text]).collect();
    Some(texts.join("\n"))
}

/// How the headings of two clauses differ, script and punctuation aside.
fn heading_differences(left: &Clause, right: &Clause, terms: &TermTable) -> Vec<Difference> {
    let (left, right) = (heading(left), heading(right));
    if left == right {
        return Vec::new();
    }
    let found = differences(&Side::of_name(left), &Side::of_name(right), terms).differences;
    found.into_iter().filter(|difference| difference.kind.is_change()).collect()
}

/// Responsible units of one side only, and those named otherwise.
fn unit_differences(row: &Row, terms: &TermTable) -> Vec<Difference> {
    let (lefts, rights) =
        (units(row.left.as_ref(), &row.left_more), units(row.right.as_ref(), &row.right_more));
    let (left_text, right_text) = (row.left_joined(), row.right_joined());
    let same = |left: &String, right: &String| {
        let found = differences(&Side::of_name(left), &Side::of_name(right), terms);
        !found.differences.iter().any(|difference| difference.kind.is_change())
    };
    let place = |text: &str, unit: &str| {
        let at = text.rfind(unit).unwrap_or(text.len());
        let start = text[..at].chars().count();
        start..start + unit.chars().count()
    };
    let end = |text: &str| {
        let end = text.chars().count();
        end..end
    };
    let mut found = Vec::new();
    for left in lefts.iter().filter(|left| !rights.iter().any(|right| same(left, right))) {
        found.push(Difference {
            kind: DifferenceKind::Wording,
            left: left.clone(),
            right: String::new(),
            left_at: place(&left_text, left),
            right_at: end(&right_text),
        });
    }
    for right in rights.iter().filter(|right| !lefts.iter().any(|left| same(left, right))) {
        found.push(Difference {
            kind: DifferenceKind::Wording,
            left: String::new(),
            right: right.clone(),
            left_at: end(&left_text),
            right_at: place(&right_text, right),
        });
    }
    found
}

fn units<'a>(clause: Option<&'a Clause>, more: &'a [Clause]) -> &'a [String] {
    more.last().or(clause).map_or(&[], |clause| &clause.units)
}

fn summary(rows: &[Row]) -> Summary {
    let mut summary = Summary::default();
    for row in rows.iter().filter(|row| row.counts()) {
        match row.status {
            Status::Same => summary.same += 1,
            Status::Changed => summary.changed += 1,
            Status::LeftOnly => summary.left_only += 1,
            Status::RightOnly => summary.right_only += 1,
        }
        summary.moved += usize::from(row.moved);
    }
    summary
}
