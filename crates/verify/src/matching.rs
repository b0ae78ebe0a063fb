//! How far the words of a quotation are the words of a clause.
//!
//! [`Matcher`] aligns a quotation with one clause or with consecutive clauses (`fit` finds the
//! place), compares the aligned text with `compare`'s differences, and grades the result. It knows
//! neither the checked text nor the index: verdicts are up to [`judge`](crate::judge).
//!
//! Several clauses are matched as one text because a cited article may be split into items, and a
//! quotation may run over them. The differences are then moved into the clause in which the quoted
//! words begin, so that a report always points into one clause.

use std::ops::Range;
use std::rc::Rc;

use tiaowen_compare::{Difference, DifferenceKind, text_differences};
use tiaowen_index::ClauseRecord;
use tiaowen_query::QueryError;
use tiaowen_terms::TermTable;
use tiaowen_text::Budget;

use crate::fit::{Fit, Letters, Quotation, fit};
use crate::library::{Loaded, Place};
use crate::model::CheckVerdict;

/// How far the words of a quotation are those of a clause, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Verbatim,
    Same,
    Differs,
}

/// A quotation matched with a clause.
#[derive(Clone)]
pub(crate) struct Match {
    pub(crate) place: Place,
    pub(crate) level: Level,
    /// The share of the quotation's letters that the clause has, 0 to 1.
    pub(crate) similarity: f32,
    pub(crate) differences: Vec<Difference>,
    /// The bytes of the clause's text that were quoted.
    pub(crate) region: Range<usize>,
}

impl Match {
    /// Whether script, variant forms and punctuation are all that differs.
    pub(crate) fn is_same(&self) -> bool {
        self.level < Level::Differs
    }

    pub(crate) fn record(&self) -> &ClauseRecord<'static> {
        &self.place.0.records[self.place.1]
    }

    pub(crate) fn verdict(&self) -> CheckVerdict {
        match self.level {
            Level::Verbatim => CheckVerdict::Verbatim,
            Level::Same => CheckVerdict::Same,
            Level::Differs => CheckVerdict::Differs,
        }
    }

    /// Whether this match replaces `best`. Of equals, the first found is kept.
    pub(crate) fn improves_on(&self, best: Option<&Match>) -> bool {
        let Some(best) = best else { return true };
        match self.level.cmp(&best.level) {
            std::cmp::Ordering::Equal => self.similarity > best.similarity,
            order => order.is_lt(),
        }
    }
}

/// Matches quotations with clauses.
#[derive(Clone, Copy)]
pub(crate) struct Matcher<'a> {
    pub(crate) terms: &'a TermTable,
    pub(crate) budget: &'a Budget,
}

impl Matcher<'_> {
    /// Matches a quotation with consecutive clauses of a document. `before` is the text before the
    /// quotation. `None` if they have nothing in common.
    pub(crate) fn match_clauses(
        self,
        quotation: &Quotation,
        loaded: &Rc<Loaded>,
        clauses: &[usize],
        before: &str,
    ) -> Result<Option<Match>, QueryError> {
        let Some(&first) = clauses.first() else { return Ok(None) };
        if let [clause] = clauses {
            let record = &loaded.records[*clause].clause;
            let has_heading = record.heading.is_some() || !record.headings.is_empty();
            let letters = loaded.letters(*clause);
            let fit = fit(quotation, letters);
            // A quotation that the text has in full needs no heading.
            let is_exact = fit.as_ref().is_some_and(|fit| fit.distance == 0);
            if !has_heading || is_exact {
                let Some(fit) = fit else { return Ok(None) };
                let place = (Rc::clone(loaded), *clause);
                return self.grade(quotation, place, &fit, &record.text, letters, before).map(Some);
            }
        }
        let joined = JoinedClauses::new(loaded, clauses);
        let letters = Letters::of(&joined.text);
        let Some(fit) = fit(quotation, &letters) else { return Ok(None) };
        let place = (Rc::clone(loaded), first);
        let mut matched = self.grade(quotation, place, &fit, &joined.text, &letters, before)?;
        joined.move_into_clause(&mut matched);
        Ok(Some(matched))
    }

    /// The best match among `places` with at least the similarity `enough`. Of equals, the first.
    pub(crate) fn best_match(
        self,
        quotation: &Quotation,
        places: &[Place],
        before: &str,
        enough: f32,
    ) -> Result<Option<Match>, QueryError> {
        let mut best: Option<Match> = None;
        for (loaded, at) in places {
            let Some(found) = self.match_clauses(quotation, loaded, &[*at], before)? else {
                continue;
            };
            if found.similarity >= enough && found.improves_on(best.as_ref()) {
                best = Some(found);
            }
        }
        Ok(best)
    }

    /// Compares a quotation with the part of `text` that it was aligned with.
    fn grade(
        self,
        quotation: &Quotation,
        place: Place,
        fit: &Fit,
        text: &str,
        letters: &Letters,
        before: &str,
    ) -> Result<Match, QueryError> {
        let region = matched_region(fit, letters);
        let mut differences = self.piece_differences(quotation, fit, text, letters)?;
        if let Some(negation) = omitted_negation(&text[..region.start], before) {
            let at = text[..region.start].chars().count();
            let difference = Difference {
                kind: DifferenceKind::Wording,
                left: String::new(),
                right: negation.to_string(),
                left_at: 0..0,
                right_at: at - 1..at,
                term: None,
            };
            differences.insert(0, difference);
        }
        let is_change = differences.iter().any(|difference| difference.kind.is_change());
        let level = match (differences.is_empty(), is_change) {
            (true, _) => Level::Verbatim,
            (false, false) => Level::Same,
            (false, true) => Level::Differs,
        };
        Ok(Match { place, level, similarity: fit.similarity(), differences, region })
    }

    /// The differences of all pieces, at their places in the whole quotation and the whole text.
    fn piece_differences(
        self,
        quotation: &Quotation,
        fit: &Fit,
        text: &str,
        letters: &Letters,
    ) -> Result<Vec<Difference>, QueryError> {
        let mut differences = Vec::new();
        for (wanted, part) in &fit.pieces {
            let left = quotation.letters.bytes(wanted);
            let right = letters.bytes(part);
            let (quoted, printed) = (&quotation.text[left.clone()], &text[right.clone()]);
            let left_from = quotation.text[..left.start].chars().count();
            if printed.is_empty() {
                differences.push(Difference {
                    kind: DifferenceKind::Wording,
                    left: quoted.to_owned(),
                    right: String::new(),
                    left_at: left_from..left_from + quoted.chars().count(),
                    right_at: 0..0,
                    term: None,
                });
            } else if !is_equal_without_white_space(quoted, printed) {
                let right_from = text[..right.start].chars().count();
                let found = text_differences(quoted, printed, self.terms, self.budget)?;
                differences.extend(found.into_iter().map(|difference| Difference {
                    left_at: shifted(&difference.left_at, left_from),
                    right_at: shifted(&difference.right_at, right_from),
                    ..difference
                }));
            }
        }
        Ok(differences)
    }
}

/// Consecutive clauses of a document as one text, with their labels and headings.
struct JoinedClauses<'a> {
    loaded: &'a Loaded,
    text: String,
    /// For each clause: the byte at which its label begins, the byte at which its text begins, and
    /// its index in the document.
    starts: Vec<(usize, usize, usize)>,
}

impl<'a> JoinedClauses<'a> {
    fn new(loaded: &'a Loaded, clauses: &[usize]) -> Self {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for (nth, &at) in clauses.iter().enumerate() {
            let clause = &loaded.records[at].clause;
            let start = text.len();
            let label = clause.label.as_deref().filter(|_| nth > 0);
            // The title of an article may be printed above its items.
            let above = clause.headings.last().map(String::as_str).filter(|_| nth == 0);
            for part in [label, above, clause.heading.as_deref()].into_iter().flatten() {
                text.push_str(part);
                text.push('\n');
            }
            starts.push((start, text.len(), at));
            text.push_str(&clause.text);
            text.push('\n');
        }
        JoinedClauses { loaded, text, starts }
    }

    /// Makes the places of a match relative to the clause in which the quoted words begin.
    fn move_into_clause(&self, matched: &mut Match) {
        let at = self.starts.partition_point(|(start, ..)| *start <= matched.region.start);
        let (_, body, clause) = self.starts[at.max(1) - 1];
        let chars_before = self.text[..body].chars().count();
        for difference in &mut matched.differences {
            let moved = |at: usize| at.saturating_sub(chars_before);
            difference.right_at = moved(difference.right_at.start)..moved(difference.right_at.end);
        }
        let length = self.loaded.records[clause].clause.text.len();
        let moved = |at: usize| at.saturating_sub(body).min(length);
        matched.region = moved(matched.region.start)..moved(matched.region.end);
        matched.place.1 = clause;
    }
}

/// The bytes from the first to the last letter that a quotation was aligned with.
fn matched_region(fit: &Fit, letters: &Letters) -> Range<usize> {
    let parts: Vec<Range<usize>> = fit
        .pieces
        .iter()
        .map(|(_, part)| letters.bytes(part))
        .filter(|part| !part.is_empty())
        .collect();
    let start = parts.iter().map(|part| part.start).min().unwrap_or(0);
    start..parts.iter().map(|part| part.end).max().unwrap_or(start)
}

fn shifted(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

fn is_equal_without_white_space(left: &str, right: &str) -> bool {
    let left = left.chars().filter(|c| !c.is_whitespace());
    left.eq(right.chars().filter(|c| !c.is_whitespace()))
}

/// The negation that a quotation cut off: of 不得轉讓 only 「得轉讓」 is quoted. `clause` ends where
/// the quoted words begin. `None` if the checked text has a negation before the quotation itself.
fn omitted_negation(clause: &str, before: &str) -> Option<char> {
    let negates =
        |c: &char| matches!(c, '不' | '未' | '非' | '無' | '无' | '毋' | '勿' | '沒' | '没');
    let negation = clause.chars().next_back().filter(negates)?;
    let last = before.trim_end_matches(['「', '『', '“', '‘', '"', ' ']).chars().next_back();
    (last.is_none_or(|last| !negates(&last))).then_some(negation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negation_before_the_quoted_words_counts_unless_the_text_has_it_too() {
        for (clause, before, negation) in [
            ("任何一方不", "規定任何一方「", Some('不')),
            ("任何一方不", "规定任何一方“", Some('不')),
            ("任何一方不", "規定任何一方不「", None),
            ("任何一方", "規定「", None),
        ] {
            assert_eq!(omitted_negation(clause, before), negation, "{clause} {before}");
        }
    }

    #[test]
    fn white_space_makes_no_difference() {
        assert!(is_equal_without_white_space("甲 乙", "甲乙"));
        assert!(!is_equal_without_white_space("甲乙", "甲"));
    }
}
