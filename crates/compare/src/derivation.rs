//! Derivation: was one version converted from the other by machine, or drafted separately?

use std::cell::LazyCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tiaowen_corpus::Document;
use tiaowen_terms::{Degree, Direction, Entry, TermTable};
use tiaowen_text::{Script, fold, fold_char, is_traditional_form};

use crate::model::{Derivation, Row, Trace, Verdict};

/// Minimum number of atoms for a judgement.
const ENOUGH: usize = 150;

/// Judges by the rate of changes and by the traces of a converter.
///
/// A conversion keeps the other version's words: the rate of changes is near zero. A drafter uses
/// the words of the region; the two versions of the 2017 work plan have some six changes in a
/// thousand characters.
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
    // A word of the other region may be a loan; an unconverted character is a converter's error.
    let weight = |trace: &Trace| if trace.printed.chars().count() == 1 { 1.0 } else { 0.1 };
    let seen: f32 = traces.iter().map(|trace| trace.count as f32 * weight(trace)).sum();
    let changes = 1000.0 * changed as f32 / atoms as f32;
    let traced = 1000.0 * seen / atoms as f32;
    // Traces support a conversion, changes oppose it.
    let score = (-(changes / (1.5 + traced))).exp();
    let verdict = match score {
        score if score >= 0.6 => Verdict::Converted,
        score if score <= 0.3 => Verdict::Drafted,
        _ => Verdict::Unclear,
    };
    // In drafted versions, words of the other region are shared vocabulary and no traces.
    let kept = |trace: &Trace| verdict != Verdict::Drafted || trace.printed.chars().count() == 1;
    let traces = traces.into_iter().filter(kept).collect();
    Derivation { score: Some(score), verdict, traces }
}

/// Traces with what a drafter would have written, and their counts.
type Counts = BTreeMap<(String, String), usize>;

/// Text in the Simplified version that only Hong Kong writes, or in the Traditional version that
/// only the mainland writes: unconverted characters, and words of the other region.
fn traces(rows: &[Row], left_is_hant: bool, terms: &TermTable) -> Vec<Trace> {
    let in_hans = Foreign::of(terms, true, "著乾");
    let in_hant = Foreign::of(terms, false, "里乾後發復");
    let of_row = |mut counts: Counts, row: &Row| {
        let (left, right) = (row.left_joined(), row.right_joined());
        let (hant, hans) = if left_is_hant { (&left, &right) } else { (&right, &left) };
        count_traces(&mut counts, hans, hant, &in_hans);
        count_traces(&mut counts, hant, hans, &in_hant);
        counts
    };
    let rows = rows.par_iter().filter(|row| row.left.is_some() && row.right.is_some());
    let counts = rows.fold(Counts::new, of_row).reduce(Counts::new, sum);
    let mut traces: Vec<Trace> = counts
        .into_iter()
        .map(|((printed, usual), count)| Trace { printed, usual, count })
        .collect();
    traces.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.printed.cmp(&b.printed)));
    traces
}

/// Adds the foreign elements of a text; a foreign term counts if the other version has it too.
fn count_traces(counts: &mut Counts, text: &str, other: &str, foreign: &Foreign) {
    let mut count = |printed: &str, usual: &str| {
        *counts.entry((printed.to_owned(), usual.to_owned())).or_default() += 1;
    };
    let other = LazyCell::new(|| fold(other));
    foreign.find(text, |found| match found {
        Found::Character(c, usual) => {
            count(c.encode_utf8(&mut [0; 4]), usual.encode_utf8(&mut [0; 4]));
        }
        Found::Term(term) if other.contains(&term.folded) => count(&term.printed, &term.usual),
        Found::Term(_) => {}
    });
}

fn sum(mut counts: Counts, others: Counts) -> Counts {
    for (trace, count) in others {
        *counts.entry(trace).or_default() += count;
    }
    counts
}

/// A term that only one region uses.
struct OneSidedTerm {
    folded: String,
    printed: String,
    /// The other region's term.
    usual: String,
}

impl OneSidedTerm {
    /// Whether a text begins with it.
    fn begins(&self, text: &str) -> bool {
        let mut text = text.chars().map(fold_char);
        self.folded.chars().all(|c| text.next() == Some(c))
    }
}

/// A foreign element in a version.
enum Found<'a> {
    /// A character, and the one that a drafter would have written.
    Character(char, char),
    Term(&'a OneSidedTerm),
}

/// Elements that don't belong in a version of one region.
struct Foreign {
    in_hans: bool,
    /// Terms by the first two characters of their folded form, the longest first.
    terms: FxHashMap<(char, char), Vec<OneSidedTerm>>,
    /// Two filters that reject nearly all text quickly, with few false positives: by folded
    /// character, whether it may be a foreign character; by slot of two characters, whether a term
    /// may begin with them.
    may_be_left: Vec<bool>,
    may_begin: Vec<bool>,
}

const SLOTS: usize = 0x1_0000;

/// The slot of two consecutive characters.
fn slot(first: char, second: char) -> usize {
    (u32::from(first).wrapping_mul(0x9E37) ^ u32::from(second)) as usize % SLOTS
}

impl Foreign {
    /// Foreign terms for one side, and the `characters` that may be left unconverted there.
    fn of(table: &TermTable, in_hans: bool, characters: &str) -> Self {
        let mut foreign = Foreign {
            in_hans,
            terms: FxHashMap::default(),
            may_be_left: vec![false; SLOTS],
            may_begin: vec![false; SLOTS],
        };
        for c in characters.chars() {
            foreign.may_be_left[slot('\0', fold_char(c))] = true;
        }
        let tells =
            |entry: &&Entry| entry.direction == Direction::Both && entry.degree == Degree::Same;
        for entry in table.entries().iter().filter(tells) {
            let (foreign_terms, local_terms) = if in_hans {
                (&entry.hong_kong, &entry.mainland)
            } else {
                (&entry.mainland, &entry.hong_kong)
            };
            // The first term of each region is the preferred one; both may write the others.
            let (Some(printed), Some(usual)) = (foreign_terms.first(), local_terms.first()) else {
                continue;
            };
            let folded = fold(printed);
            // Both regions write it alike, so it is foreign to neither.
            if folded == fold(usual) {
                continue;
            }
            let mut characters = folded.chars();
            let (Some(first), Some(second)) = (characters.next(), characters.next()) else {
                continue;
            };
            foreign.may_begin[slot(first, second)] = true;
            let known = foreign.terms.entry((first, second)).or_default();
            if known.iter().all(|term| term.folded != folded) {
                let (printed, usual) = (printed.clone(), usual.clone());
                known.push(OneSidedTerm { folded, printed, usual });
            }
        }
        for known in foreign.terms.values_mut() {
            known.sort_by_key(|term| Reverse(term.folded.chars().count()));
        }
        foreign
    }

    /// Reports all foreign elements of a text; of terms the longest at each place, without
    /// overlaps.
    fn find<'a>(&'a self, text: &str, mut report: impl FnMut(Found<'a>)) {
        let (mut before, mut before_at) = ('\0', 0);
        // Number of characters until a term can begin again.
        let mut taken = 0usize;
        for (at, c) in text.char_indices() {
            let folded = fold_char(c);
            if (self.may_be_left[slot('\0', folded)] || self.in_hans && folded != c)
                && let Some(usual) = self.usual(text, at, c)
            {
                report(Found::Character(c, usual));
            }
            if taken > 0 {
                taken -= 1;
            } else if self.may_begin[slot(before, folded)]
                && let Some(term) = self.term((before, folded), &text[before_at..])
            {
                report(Found::Term(term));
                taken = term.folded.chars().count() - 1;
            }
            (before, before_at) = (folded, at);
        }
    }

    /// The longest term at the beginning of a text, whose first two characters are given.
    fn term(&self, first_two: (char, char), text: &str) -> Option<&OneSidedTerm> {
        self.terms.get(&first_two)?.iter().find(|term| term.begins(text))
    }

    /// The character that a drafter would have written; `None` if it is the same.
    fn usual(&self, text: &str, at: usize, c: char) -> Option<char> {
        let (front, behind) = (&text[..at], &text[at + c.len_utf8()..]);
        if self.in_hans {
            return match c {
                // 沿著 for 沿着; both sides write 著作 and 著名.
                '著' => is_aspect(text, at).then_some('着'),
                '乾' => (!behind.starts_with(['坤', '隆'])).then_some('干'),
                c => is_traditional_form(c).then(|| fold_char(c)),
            };
        }
        match c {
            '里' => front.ends_with(['這', '那', '哪', '心']).then_some('裏'),
            '乾' => behind.starts_with(['部', '預', '擾', '警', '涉']).then_some('幹'),
            '後' => front.ends_with('皇').then_some('后'),
            '發' => behind.starts_with(['型', '廊']).then_some('髮'),
            '復' => behind.starts_with(['印', '雜', '製']).then_some('複'),
            _ => None,
        }
    }
}

/// Whether 著 follows a verb, where the mainland writes 着.
fn is_aspect(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let behind = text[at + '著'.len_utf8()..].chars().next();
    before.is_some_and(|c| "沿接跟隨随向本意味有朝藉借为為對对随".contains(c))
        && !behind.is_some_and(|c| "作名者述称稱录錄".contains(c))
}
