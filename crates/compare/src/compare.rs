//! Comparison of two documents, from aligned clauses to rows with typed differences.
//!
//! Only text that belongs to the clauses is compared. The list of responsible units at the end of a
//! clause is compared as a set, since some versions append one to every clause and others none;
//! notes are left out if only one version prints any; what the readers dropped is compared apart.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use tiaowen_corpus::{Clause, DocumentText, Dropped, DroppedKind, LeftOutReason};
use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, Spent, fold};

use crate::ClauseLinks;
use crate::align::{Group, align};
use crate::compared::{Compared, clauses_of, has_notes, without_notes, without_units};
use crate::derivation::derivation;
use crate::diff::{Side, TextDifferences, differences};
use crate::model::{Comparison, Difference, DifferenceKind, Row, Status, Summary, heading};

/// Aligns two versions clause by clause and reports how each pair differs.
///
/// ```
/// let read = |name: &str, text: &str| tiaowen_corpus::read(name, text).unwrap().remove(0);
/// let left = read("a.txt", "合作協議\n\n一、雙方交流資訊25次。\n\n二、設立專責小組。");
/// let right = read("b.txt", "合作协议\n\n一、双方交流信息20次。\n\n二、设立专责小组。");
/// let comparison = tiaowen_compare::compare(&left, &right, tiaowen_terms::TermTable::built_in());
/// assert_eq!((comparison.summary.same, comparison.summary.changed), (1, 1));
/// let kinds: Vec<String> = comparison.rows[0]
///     .differences
///     .iter()
///     .filter(|difference| difference.kind.is_change())
///     .map(|difference| format!("{} {}/{}", difference.kind, difference.left, difference.right))
///     .collect();
/// assert_eq!(kinds, ["regional 資訊/信息", "number 25/20"]);
/// ```
pub fn compare(left: &DocumentText, right: &DocumentText, terms: &TermTable) -> Comparison {
    compare_within(left, right, terms, &Budget::unlimited()).expect("nothing ends it")
}

/// Like [`compare`], within a budget.
///
/// # Errors
/// [`Spent`] if the budget ends first.
pub fn compare_within(
    left: &DocumentText,
    right: &DocumentText,
    terms: &TermTable,
    budget: &Budget,
) -> Result<Comparison, Spent> {
    compare_linked(left, right, terms, &ClauseLinks::default(), budget)
}

/// Like [`compare_within`], with clauses that were linked by hand.
///
/// # Errors
/// [`Spent`] if the budget ends first.
pub fn compare_linked(
    left: &DocumentText,
    right: &DocumentText,
    terms: &TermTable,
    links: &ClauseLinks,
    budget: &Budget,
) -> Result<Comparison, Spent> {
    // Notes in one version only are no difference of its text.
    let one_side = has_notes(left) != has_notes(right);
    let (lefts, rights) =
        (clauses_of(left, one_side, budget)?, clauses_of(right, one_side, budget)?);
    let groups = align(&lefts, &rights, links, budget)?;
    let rows: Result<Vec<_>, Spent> =
        groups.par_iter().map(|group| row(group, &lefts, &rights, (terms, budget))).collect();
    let (rows, atoms): (Vec<Row>, Vec<(usize, usize)>) = rows?.into_iter().unzip();
    let changed = atoms.iter().map(|(changed, _)| changed).sum();
    let all = atoms.iter().map(|(_, all)| all).sum();
    let derivation = || derivation(&left.document, &right.document, &rows, changed, all, terms);
    let (derivation, ()) = rayon::join(derivation, || drop((lefts, rights)));
    Ok(Comparison {
        left: left.document.clone(),
        right: right.document.clone(),
        summary: summary(&rows),
        derivation,
        rows,
        left_dropped: dropped_alone(left, &right.dropped, one_side),
        right_dropped: dropped_alone(right, &left.dropped, one_side),
        left_recognised: left.recognised(),
        right_recognised: right.recognised(),
    })
}

/// Differences of any two texts, such as a quotation and its source. Positions are code points of
/// the texts.
///
/// ```
/// use tiaowen_compare::text_differences;
/// use tiaowen_text::Budget;
/// let terms = tiaowen_terms::TermTable::built_in();
/// let found = text_differences("每年會面25次", "每年会面20次", terms, &Budget::unlimited())?;
/// let kinds: Vec<String> = found.iter().map(|d| format!("{} {}/{}", d.kind, d.left, d.right)).collect();
/// assert_eq!(kinds, ["script 會/会", "number 25/20"]);
/// # Ok::<(), tiaowen_text::Spent>(())
/// ```
///
/// # Errors
/// [`Spent`] if the budget ends first.
pub fn text_differences(
    left: &str,
    right: &str,
    terms: &TermTable,
    budget: &Budget,
) -> Result<Vec<Difference>, Spent> {
    Ok(differences(&Side::of(left), &Side::of(right), terms, budget)?.differences)
}

/// Text left out of this version and not of the other, ignoring script and white space.
fn dropped_alone(here: &DocumentText, there: &[Dropped], notes: bool) -> Vec<Dropped> {
    let there: HashSet<_> = there.iter().map(dropped_key).collect();
    let alone = here.dropped.iter().filter(|dropped| !there.contains(&dropped_key(dropped)));
    let mut alone: Vec<Dropped> = alone.cloned().collect();
    for clause in here.clauses.iter().filter(|_| notes) {
        let text = &clause.text[without_notes(&clause.text).len()..];
        if !text.is_empty() {
            alone.push(Dropped {
                bytes: clause.bytes.clone(),
                page: None,
                text: text.trim_start().to_owned(),
                kind: DroppedKind::Other,
                why: LeftOutReason::NotesOfOneVersion,
            });
        }
    }
    alone
}

/// What makes dropped text of two versions equal.
fn dropped_key(dropped: &Dropped) -> (DroppedKind, String) {
    let text: String = dropped.text.split_whitespace().collect();
    (dropped.kind, fold(&text))
}

/// The pairs of corresponding clauses, by index. A clause that was split is in several pairs.
pub fn aligned(left: &DocumentText, right: &DocumentText) -> Vec<(usize, usize)> {
    let budget = Budget::unlimited();
    let all = clauses_of(left, false, &budget).and_then(|lefts| {
        align(&lefts, &clauses_of(right, false, &budget)?, &ClauseLinks::default(), &budget)
    });
    let groups = all.expect("nothing ends it");
    let pairs = groups.iter().flat_map(|group| {
        let rights = move |left: usize| group.right.iter().map(move |&right| (left, right));
        group.left.iter().flat_map(move |&left| rights(left))
    });
    pairs.collect()
}

/// The row of a group, with the number of changed atoms and of all atoms.
fn row(
    group: &Group,
    left: &[Compared],
    right: &[Compared],
    (terms, budget): (&TermTable, &Budget),
) -> Result<(Row, (usize, usize)), Spent> {
    budget.check()?;
    let clauses = |places: &[usize], all: &[Compared]| -> Vec<Clause> {
        places.iter().map(|&at| all[at].clause.clone()).collect()
    };
    let mut lefts = clauses(&group.left, left).into_iter();
    let mut rights = clauses(&group.right, right).into_iter();
    let mut row = Row {
        status: Status::Same,
        moved: group.moved,
        linked: group.linked,
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
        return Ok((row, (0, 0)));
    };
    row.heading_differences = heading_differences(first, other, terms, budget)?;
    let (left_text, right_text) = (joined(&group.left, left), joined(&group.right, right));
    let (left_joined, right_joined) =
        (left_text.as_deref().map(Side::of), right_text.as_deref().map(Side::of));
    let left_side = left_joined.as_ref().unwrap_or(&left[group.left[0]].side);
    let right_side = right_joined.as_ref().unwrap_or(&right[group.right[0]].side);
    let TextDifferences { differences: found, similarity, changed_atoms } =
        differences(left_side, right_side, terms, budget)?;
    row.similarity = similarity;
    let split = group.left.len() + group.right.len() > 2;
    let changed = split || found.iter().any(|difference| difference.kind.is_change());
    row.differences = found;
    row.unit_differences = unit_differences(&row, terms, budget)?;
    if changed && row.counts() {
        row.status = Status::Changed;
    }
    let atoms = left_side.atoms.len().max(right_side.atoms.len());
    Ok((row, (changed_atoms, atoms)))
}

/// The joined text of several clauses; `None` for a single one, whose text is already cut into
/// atoms.
fn joined(places: &[usize], all: &[Compared]) -> Option<String> {
    let (last, before) = places.split_last().filter(|(_, before)| !before.is_empty())?;
    // Positions in the compared text equal those in the row's text, because only the last clause
    // has its units removed.
    let before = before.iter().map(|&at| all[at].clause.text.as_str());
    let texts: Vec<&str> = before.chain([all[*last].side.text]).collect();
    Some(texts.join("\n"))
}

/// Differences of the headings of two clauses, except script and punctuation.
fn heading_differences(
    left: &Clause,
    right: &Clause,
    terms: &TermTable,
    budget: &Budget,
) -> Result<Vec<Difference>, Spent> {
    let (left, right) = (heading(left), heading(right));
    if left == right {
        return Ok(Vec::new());
    }
    let found = differences(&Side::of_name(left), &Side::of_name(right), terms, budget)?;
    Ok(found.differences.into_iter().filter(|difference| difference.kind.is_change()).collect())
}

/// Responsible units that only one side has. A unit with different names is one on each side.
fn unit_differences(
    row: &Row,
    terms: &TermTable,
    budget: &Budget,
) -> Result<Vec<Difference>, Spent> {
    let lefts = UnitList::of(row.left.as_ref(), &row.left_more);
    let rights = UnitList::of(row.right.as_ref(), &row.right_more);
    let left_alone: Vec<usize> = lefts.missing_in(&rights, terms, budget)?;
    let right_alone: Vec<usize> = rights.missing_in(&lefts, terms, budget)?;
    if left_alone.is_empty() && right_alone.is_empty() {
        return Ok(Vec::new());
    }
    let (left_text, right_text) = (row.left_joined(), row.right_joined());
    let (left_end, right_end) = (end_of(&left_text), end_of(&right_text));
    let (left_places, right_places) = (lefts.places(&left_text), rights.places(&right_text));
    let of_left = left_alone.into_iter().map(|at| Difference {
        kind: DifferenceKind::Units,
        left: lefts.units[at].clone(),
        right: String::new(),
        left_at: left_places[at].clone(),
        right_at: right_end.clone(),
        term: None,
    });
    let of_right = right_alone.into_iter().map(|at| Difference {
        kind: DifferenceKind::Units,
        left: String::new(),
        right: rights.units[at].clone(),
        left_at: left_end.clone(),
        right_at: right_places[at].clone(),
        term: None,
    });
    Ok(of_left.chain(of_right).collect())
}

/// The empty range behind a text, in code points.
fn end_of(text: &str) -> Range<usize> {
    let end = text.chars().count();
    end..end
}

/// The list of responsible units at the end of one side of a row.
struct UnitList<'a> {
    units: &'a [String],
    sides: Vec<Side<'a>>,
    /// Units by a hash of their atoms. Units with different atoms differ in more than script and
    /// punctuation, so only equal hashes are compared: a list may have thousands of units.
    by_atoms: FxHashMap<u64, Vec<usize>>,
    /// Bytes of the list, from the end of the text.
    from_end: usize,
}

impl<'a> UnitList<'a> {
    fn of(clause: Option<&'a Clause>, more: &'a [Clause]) -> Self {
        let clause = more.last().or(clause);
        let units = clause.map_or(&[][..], |clause| &clause.units);
        // Bodies are compared with their context: a bare 省 depends on whose plan it is.
        let bodies = clause.map_or(&[][..], |clause| clause.bodies());
        let sides: Vec<Side> = bodies.iter().map(|unit| Side::of_name(unit)).collect();
        let mut by_atoms: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        for (at, side) in sides.iter().enumerate() {
            by_atoms.entry(FxBuildHasher.hash_one(&side.atoms.keys)).or_default().push(at);
        }
        let from_end = clause.map_or(0, |clause| clause.text.len() - without_units(clause).len());
        UnitList { units, sides, by_atoms, from_end }
    }

    /// The units that the other list lacks, ignoring script and punctuation.
    fn missing_in(
        &self,
        other: &UnitList,
        terms: &TermTable,
        budget: &Budget,
    ) -> Result<Vec<usize>, Spent> {
        let mut missing = Vec::new();
        for (at, unit) in self.sides.iter().enumerate() {
            let alike = other.by_atoms.get(&FxBuildHasher.hash_one(&unit.atoms.keys));
            let mut is_missing = true;
            for &other_at in alike.into_iter().flatten() {
                let found = differences(unit, &other.sides[other_at], terms, budget)?.differences;
                is_missing = found.iter().any(|difference| difference.kind.is_change());
                if !is_missing {
                    break;
                }
            }
            if is_missing {
                missing.push(at);
            }
        }
        Ok(missing)
    }

    /// The position of each unit in the text of the side, in code points, in order.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut at = text.len() - self.from_end;
        let mut before = text[..at].chars().count();
        let mut places = Vec::with_capacity(self.units.len());
        for unit in self.units {
            let Some(gap) = text[at..].find(unit.as_str()) else {
                let end = before + text[at..].chars().count();
                places.push(end..end);
                continue;
            };
            let start = before + text[at..at + gap].chars().count();
            let length = unit.chars().count();
            (at, before) = (at + gap + unit.len(), start + length);
            places.push(start..start + length);
        }
        places
    }
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
        let is_same = row.status == Status::Same;
        summary.units += usize::from(is_same && !row.unit_differences.is_empty());
    }
    summary
}

#[cfg(test)]
mod tests {
    use tiaowen_corpus::{Clause, DocumentText};
    use tiaowen_terms::TermTable;
    use tiaowen_text::Budget;

    use super::{DifferenceKind, compare, compare_within};

    fn read(text: &str) -> DocumentText {
        tiaowen_corpus::read("a.txt", text).unwrap().remove(0)
    }

    /// A clause with a list of units at its end.
    fn with_units(units: &[&str]) -> DocumentText {
        let mut text = read("合作協議\n\n一、加強合作。");
        let clause: &mut Clause = text.clauses.last_mut().unwrap();
        clause.units = units.iter().map(|unit| (*unit).to_owned()).collect();
        clause.text = format!("加強合作。（{}）", units.join("、"));
        text
    }

    #[test]
    fn units_are_identified_by_text_and_position() {
        let (left, right) = (
            with_units(&["省公安廳", "公安廳", "省乾部局", "交通運輸廳"]),
            with_units(&["省公安厅", "省幹部局", "公安厅", "衞生廳"]),
        );
        let comparison = compare(&left, &right, TermTable::built_in());
        let row = comparison.rows.iter().find(|row| !row.unit_differences.is_empty()).unwrap();
        let found: Vec<(&str, &str)> = row
            .unit_differences
            .iter()
            .map(|found| (found.left.as_str(), found.right.as_str()))
            .collect();
        // 乾 and 幹 are different if both texts are Traditional.
        let expected = [("省乾部局", ""), ("交通運輸廳", ""), ("", "省幹部局"), ("", "衞生廳")];
        assert_eq!(found, expected);
        for found in &row.unit_differences {
            let (text, unit, at) = match found.right.is_empty() {
                true => (row.left_text(), &found.left, &found.left_at),
                false => (row.right_text(), &found.right, &found.right_at),
            };
            let shown: String = text.chars().skip(at.start).take(at.len()).collect();
            assert_eq!(shown, *unit);
        }
    }

    #[test]
    fn units_on_one_side_leave_a_row_the_same() {
        let plain = read("合作協議\n\n一、加強合作。");
        let listed = with_units(&["省公安廳", "交通運輸廳"]);
        for (left, right) in [(&plain, &listed), (&listed, &plain)] {
            let comparison = compare(left, right, TermTable::built_in());
            let summary = comparison.summary;
            assert_eq!((summary.same, summary.changed, summary.units), (1, 0, 1));
            let row = comparison.rows.iter().find(|row| row.counts()).unwrap();
            let kinds: Vec<_> = row.unit_differences.iter().map(|found| found.kind).collect();
            assert_eq!(kinds, [DifferenceKind::Units; 2]);
            assert!(!row.units_differ(), "a list on one side is no difference of the lists");
        }
    }

    #[test]
    fn a_comparison_whose_budget_is_spent_is_none() {
        let (left, right) = (read("甲\n\n一、合作。\n\n二、交流。"), read("甲\n\n一、合作。"));
        let budget = Budget::unlimited();
        assert!(compare_within(&left, &right, TermTable::built_in(), &budget).is_ok());
        budget.cancel();
        assert!(compare_within(&left, &right, TermTable::built_in(), &budget).is_err());
    }
}
