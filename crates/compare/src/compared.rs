//! The part of a clause that is compared.
//!
//! Some versions append the list of responsible units to every clause and others to none, so it is
//! cut off here and compared as a set. Notes are cut off if only one version prints any.

use rayon::prelude::*;
use tiaowen_corpus::{Clause, DocumentText};
use tiaowen_text::{Budget, Spent};

use crate::diff::Side;

/// A clause with the part of its text that is compared: everything except the final list of units.
pub(crate) struct Compared<'a> {
    pub(crate) clause: &'a Clause,
    pub(crate) side: Side<'a>,
}

impl<'a> Compared<'a> {
    /// A clause with its text, with or without notes.
    fn of(clause: &'a Clause, without_notes: bool) -> Self {
        let text = without_units(clause);
        let text = if without_notes { self::without_notes(text) } else { text };
        Compared { clause, side: Side::of(text) }
    }
}

/// Cuts the clauses of a document into atoms; `without_notes` leaves out their notes.
pub(crate) fn clauses_of<'d>(
    document: &'d DocumentText,
    without_notes: bool,
    budget: &Budget,
) -> Result<Vec<Compared<'d>>, Spent> {
    let clauses = document.clauses.par_iter();
    clauses.map(|clause| budget.check().map(|()| Compared::of(clause, without_notes))).collect()
}

/// The text of a clause without the list of responsible units at its end.
pub(crate) fn without_units(clause: &Clause) -> &str {
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

/// Whether a document prints notes behind its clauses.
pub(crate) fn has_notes(document: &DocumentText) -> bool {
    document.clauses.iter().any(|clause| without_notes(&clause.text).len() < clause.text.len())
}

/// The text of a clause without its notes, which are its last lines and begin with their marks.
pub(crate) fn without_notes(text: &str) -> &str {
    let is_mark = |c: char| matches!(c, '①'..='⑳' | '*' | '＊' | '†' | '‡' | '※' | '#' | '＃');
    let mut text = text;
    while let Some((before, last)) = text.rsplit_once('\n')
        && last.starts_with(is_mark)
        && last.trim_start_matches(is_mark).starts_with(' ')
    {
        text = before;
    }
    text
}
