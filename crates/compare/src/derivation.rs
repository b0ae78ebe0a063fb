//! Whether one version was converted from the other by machine, or drafted on its own.

use std::cell::LazyCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tiaowen_corpus::Document;
use tiaowen_terms::{Direction, TermTable};
use tiaowen_text::{Script, fold, fold_char, is_traditional_form};

use crate::model::{Derivation, Row, Trace, Verdict};

/// Fewer atoms tell nothing.
const ENOUGH: usize = 150;

/// Judges by how little differs, and by what a converter leaves behind.
///
/// A conversion has the other's words throughout: what changes per thousand characters is
/// near none. A drafter writes the words of the own region; the real pair of the 2017 work
/// plan has some six changes in a thousand characters.
pub(crate) fn derivation(
    left: &Document,
    right: &Document,
    rows: &[Row],
    changed: usize,
    atoms: usize,
    terms: &TermTable,
) -> Derivation {
    let left_is_hant = match (left.script, right.script) {
        (Script::Hant, Script::Hans) => Some(true),
        (Script::Hans, Script::Hant) => Some(false),
        _ => None,
    };
    let Some(left_is_hant) = left_is_hant.filter(|_| atoms >= ENOUGH) else {
        return Derivation { score: None, verdict: Verdict::Unclear, traces: Vec::new() };
    };
    let traces = traces(rows, left_is_hant, terms);
    // A word of the other side may be borrowed; a character left over is a converter's.
    let weight = |trace: &Trace| if trace.printed.chars().count() == 1 { 1.0 } else { 0.1 };
    let seen: f32 = traces.iter().map(|trace| trace.count as f32 * weight(trace)).sum();
    let changes = 1000.0 * changed as f32 / atoms as f32;
    let traced = 1000.0 * seen / atoms as f32;
    // Traces speak for a conversion, changes against it.
    let score = (-(changes / (1.5 + traced))).exp();
    let verdict = match score {
        score if score >= 0.6 => Verdict::Converted,
        score if score <= 0.3 => Verdict::Drafted,
        _ => Verdict::Unclear,
    };
    // Where each was drafted, words of the other side are common property and no traces.
    let kept = |trace: &Trace| verdict != Verdict::Drafted || trace.printed.chars().count() == 1;
    let traces = traces.into_iter().filter(kept).collect();
    Derivation { score: Some(score), verdict, traces }
}

/// What a converter left, and what a drafter would have written, with how often.
type Counts = BTreeMap<(String, String), usize>;

/// What stands in the Simplified version as only Hong Kong writes it, or in the Traditional
/// one as only the mainland does: characters left unconverted, and words of the other side.
fn traces(rows: &[Row], left_is_hant: bool, terms: &TermTable) -> Vec<Trace> {
    let (of_hong_kong, of_mainland) = (OneSided::of(terms, true), OneSided::of(terms, false));
    let of_row = |mut counts: Counts, row: &Row| {
        let (left, right) = (row.left_joined(), row.right_joined());
        let (hant, hans) = if left_is_hant { (&left, &right) } else { (&right, &left) };
        let mut count = |printed: &str, usual: &str| {
            *counts.entry((printed.to_owned(), usual.to_owned())).or_default() += 1;
        };
        characters(hant, hans, &mut |printed, usual| {
            count(printed.encode_utf8(&mut [0; 4]), usual.encode_utf8(&mut [0; 4]));
        });
        for (text, other, one_sided) in [(hans, hant, &of_hong_kong), (hant, hans, &of_mainland)] {
            let other = LazyCell::new(|| fold(other));
            for term in one_sided.in_text(text) {
                if other.contains(&term.folded) {
                    count(&term.printed, &term.usual);
                }
            }
        }
        counts
    };
    let joined = |mut counts: Counts, others: Counts| {
        for (trace, count) in others {
            *counts.entry(trace).or_default() += count;
        }
        counts
    };
    let rows = rows.par_iter().filter(|row| row.left.is_some() && row.right.is_some());
    let counts = rows.fold(Counts::new, of_row).reduce(Counts::new, joined);
    let mut traces: Vec<Trace> = counts
        .into_iter()
        .map(|((printed, usual), count)| Trace { printed, usual, count })
        .collect();
    traces.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.printed.cmp(&b.printed)));
    traces
}

/// Tells characters that a converter left, each with what a drafter would have written.
fn characters(hant: &str, hans: &str, tell: &mut impl FnMut(char, char)) {
    for (at, c) in hans.char_indices() {
        let usual = match c {
            // 沿著 for 沿着; 著作 and 著名 are written so on both sides.
            '著' if is_aspect(hans, at) => '着',
            '乾' if !hans[at..].starts_with("乾坤") && !hans[at..].starts_with("乾隆") => '干',
            '著' | '乾' => continue,
            c if is_traditional_form(c) => fold_char(c),
            _ => continue,
        };
        tell(c, usual);
    }
    for (at, c) in hant.char_indices() {
        let behind = || &hant[at + c.len_utf8()..];
        let usual = match c {
            '里' if hant[..at].ends_with(['這', '那', '哪', '心']) => '裏',
            '乾' if behind().starts_with(['部', '預', '擾', '警', '涉']) => '幹',
            '後' if hant[..at].ends_with('皇') => '后',
            '發' if behind().starts_with(['型', '廊']) => '髮',
            '復' if behind().starts_with(['印', '雜', '製']) => '複',
            _ => continue,
        };
        tell(c, usual);
    }
}

/// A term that one side alone uses.
struct OneSidedTerm {
    folded: String,
    printed: String,
    /// What the other side writes.
    usual: String,
}

/// The terms of one side.
struct OneSided {
    /// By the first character of their folded form, the longest first.
    terms: FxHashMap<char, Vec<OneSidedTerm>>,
    /// Which characters of the basic plane those are: nearly all of a text are none of them.
    begins: Vec<bool>,
}

impl OneSided {
    fn of(table: &TermTable, hong_kong: bool) -> Self {
        let mut terms: FxHashMap<char, Vec<OneSidedTerm>> = FxHashMap::default();
        for entry in table.entries().iter().filter(|entry| entry.direction == Direction::Both) {
            let (own, others) = if hong_kong {
                (&entry.hong_kong, &entry.mainland)
            } else {
                (&entry.mainland, &entry.hong_kong)
            };
            // The first of each side is what it prefers; the further ones both may write.
            let (Some(printed), Some(usual)) = (own.first(), others.first()) else { continue };
            let folded = fold(printed);
            let mut characters = folded.chars();
            let (Some(first), Some(_)) = (characters.next(), characters.next()) else { continue };
            let known = terms.entry(first).or_default();
            if known.iter().all(|term| term.folded != folded) {
                let (printed, usual) = (printed.clone(), usual.clone());
                known.push(OneSidedTerm { folded, printed, usual });
            }
        }
        for known in terms.values_mut() {
            known.sort_by_key(|term| Reverse(term.folded.chars().count()));
        }
        let mut begins = vec![false; 0x1_0000];
        for &first in terms.keys() {
            if let Some(slot) = begins.get_mut(u32::from(first) as usize) {
                *slot = true;
            }
        }
        OneSided { terms, begins }
    }

    /// The terms of a text, the longest at each place.
    fn in_text<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a OneSidedTerm> {
        // Characters that a term found before them takes yet.
        let mut taken = 0usize;
        text.char_indices().filter_map(move |(at, c)| {
            let first = fold_char(c);
            let begins = self.begins.get(u32::from(first) as usize) != Some(&false);
            if taken > 0 || !begins {
                taken = taken.saturating_sub(1);
                return None;
            }
            let stands = |term: &&OneSidedTerm| {
                let mut text = text[at..].chars().map(fold_char);
                term.folded.chars().all(|c| text.next() == Some(c))
            };
            let term = self.terms.get(&first)?.iter().find(stands)?;
            taken = term.folded.chars().count() - 1;
            Some(term)
        })
    }
}

/// Whether 著 stands behind a verb, where the mainland writes 着.
fn is_aspect(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let behind = text[at + '著'.len_utf8()..].chars().next();
    before.is_some_and(|c| "沿接跟隨随向本意味有朝藉借为為對对随".contains(c))
        && !behind.is_some_and(|c| "作名者述称稱录錄".contains(c))
}
