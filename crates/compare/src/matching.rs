//! Matching of two sequences of atoms: as many matches as possible in as few runs as possible.
//!
//! The usual criterion, the longest common subsequence, scatters single characters over a rewritten
//! sentence. Here each run of unmatched atoms has a cost, so the matches stay together. The exact
//! solution needs a table of both lengths; long texts are first cut at rare sequences that occur
//! once on each side (`anchors`).

use std::collections::HashMap;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use tiaowen_text::{Budget, Spent};

/// Maximum number of cells in a table. A longer stretch is cut at anchors; without anchors it is
/// treated as different text.
const MOST_CELLS: usize = 6_000_000;
/// Length of an anchor in atoms.
const ANCHOR: usize = 6;

/// Equal runs of two sequences, as starts and length. Matches are in order on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) length: usize,
}

/// The matches of two sequences of keys.
///
/// # Errors
/// [`Spent`] if the budget ends first.
pub(crate) fn matches(left: &[u64], right: &[u64], budget: &Budget) -> Result<Vec<Match>, Spent> {
    let mut matches = Vec::new();
    stretch((left, right), 0..left.len(), 0..right.len(), &mut matches, budget)?;
    Ok(matches)
}

/// Adds a match, or extends the previous one if it continues there.
fn add(matches: &mut Vec<Match>, left: usize, right: usize, length: usize) {
    match matches.last_mut() {
        Some(last) if last.left + last.length == left && last.right + last.length == right => {
            last.length += length;
        }
        _ if length == 0 => {}
        _ => matches.push(Match { left, right, length }),
    }
}

fn stretch(
    (left, right): (&[u64], &[u64]),
    mut l: Range<usize>,
    mut r: Range<usize>,
    matches: &mut Vec<Match>,
    budget: &Budget,
) -> Result<(), Spent> {
    budget.check()?;
    let alike = |(left, right): &(&u64, &u64)| left == right;
    let head = left[l.clone()].iter().zip(&right[r.clone()]).take_while(alike).count();
    add(matches, l.start, r.start, head);
    (l.start, r.start) = (l.start + head, r.start + head);
    let ends = left[l.clone()].iter().rev().zip(right[r.clone()].iter().rev());
    let tail = ends.take_while(alike).count();
    (l.end, r.end) = (l.end - tail, r.end - tail);
    let (tail_left, tail_right) = (l.end, r.end);
    if !l.is_empty() && !r.is_empty() {
        if l.len().saturating_mul(r.len()) <= MOST_CELLS {
            table(left, right, l, r, matches);
        } else {
            let mut from = (l.start, r.start);
            for (at, other) in anchors(left, right, &l, &r) {
                stretch((left, right), from.0..at, from.1..other, matches, budget)?;
                add(matches, at, other, 1);
                from = (at + 1, other + 1);
            }
            if from != (l.start, r.start) {
                stretch((left, right), from.0..l.end, from.1..r.end, matches, budget)?;
            }
        }
    }
    add(matches, tail_left, tail_right, tail);
    Ok(())
}

/// Starts of sequences that occur once on each side, in order on both sides.
fn anchors(left: &[u64], right: &[u64], l: &Range<usize>, r: &Range<usize>) -> Vec<(usize, usize)> {
    let (lefts, rights) = (sequences(left, l), sequences(right, r));
    let mut pairs: Vec<(usize, usize)> = lefts
        .iter()
        .filter_map(|(key, place)| Some(((*place)?, (*rights.get(key)?)?)))
        .filter(|&(at, other)| left[at] == right[other])
        .collect();
    pairs.sort_unstable();
    let chosen = increasing(&pairs.iter().map(|&(_, other)| other).collect::<Vec<_>>());
    chosen.into_iter().map(|at| pairs[at]).collect()
}

/// The sequences in a range by their hash, with the place of those that occur once.
fn sequences(keys: &[u64], range: &Range<usize>) -> FxHashMap<u64, Option<usize>> {
    let mut places: FxHashMap<u64, Option<usize>> = HashMap::default();
    for (at, window) in keys[range.clone()].windows(ANCHOR).enumerate() {
        let mut hasher = FxHasher::default();
        window.iter().for_each(|&key| hasher.write_u64(key));
        places
            .entry(hasher.finish())
            .and_modify(|place| *place = None)
            .or_insert(Some(range.start + at));
    }
    places
}

/// Indices of a longest increasing subsequence.
fn increasing(values: &[usize]) -> Vec<usize> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; values.len()];
    for (at, value) in values.iter().enumerate() {
        let place = tails.partition_point(|&tail| values[tail] < *value);
        before[at] = place.checked_sub(1).map(|place| tails[place]);
        if place == tails.len() {
            tails.push(at);
        } else {
            tails[place] = at;
        }
    }
    let mut chosen = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(at) = next {
        chosen.push(at);
        next = before[at];
    }
    chosen.reverse();
    chosen
}

/// Gain of a matched atom and cost of an unmatched run. A match always outweighs the run it adds;
/// of two solutions with equally many matches, the one with fewer runs wins.
const GAIN: i32 = 100;
const OPEN: i32 = 20;

// Flags of a step: how the best scores of a cell were reached.
const MATCH_FROM_GAP: u8 = 1;
const GAP_LEFT: u8 = 2;
const GAP_FROM_MATCH: u8 = 4;

/// Solves two short stretches exactly, by dynamic programming.
fn table(left: &[u64], right: &[u64], l: Range<usize>, r: Range<usize>, matches: &mut Vec<Match>) {
    let (rows, columns) = (l.len(), r.len());
    let width = columns + 1;
    // Per cell: the best score that ends in a match and the best that ends in a gap. The steps
    // record where each came from.
    const WORST: i32 = i32::MIN / 2;
    let mut matched = vec![WORST; width];
    let mut gapped = vec![0; width];
    let mut steps = vec![0u8; (rows + 1) * width];
    for row in 1..=rows {
        let (mut diagonal_matched, mut diagonal_gapped) = (matched[0], gapped[0]);
        matched[0] = WORST;
        gapped[0] = 0;
        for column in 1..width {
            let (up_matched, up_gapped) = (matched[column], gapped[column]);
            let mut step = 0;
            let matched_here = if left[l.start + row - 1] == right[r.start + column - 1] {
                let from_gap = diagonal_gapped;
                if from_gap > diagonal_matched {
                    step |= MATCH_FROM_GAP;
                }
                from_gap.max(diagonal_matched) + GAIN
            } else {
                WORST
            };
            // Skip an atom of the left (up) or of the right (back).
            let candidates = [
                (up_gapped, GAP_LEFT),
                (up_matched - OPEN, GAP_LEFT | GAP_FROM_MATCH),
                (gapped[column - 1], 0),
                (matched[column - 1] - OPEN, GAP_FROM_MATCH),
            ];
            let mut best = candidates[0];
            for candidate in &candidates[1..] {
                if candidate.0 > best.0 {
                    best = *candidate;
                }
            }
            steps[row * width + column] = step | best.1;
            (diagonal_matched, diagonal_gapped) = (up_matched, up_gapped);
            matched[column] = matched_here;
            gapped[column] = best.0;
        }
    }
    let in_match = matched[columns] > gapped[columns];
    for (row, column) in pairs(&steps, rows, columns, in_match) {
        add(matches, l.start + row, r.start + column, 1);
    }
}

/// The matched pairs of a table in order, found by following its steps back from the last cell.
fn pairs(steps: &[u8], rows: usize, columns: usize, mut in_match: bool) -> Vec<(usize, usize)> {
    let width = columns + 1;
    let (mut row, mut column) = (rows, columns);
    let mut pairs = Vec::new();
    while row > 0 && column > 0 {
        let step = steps[row * width + column];
        if in_match {
            pairs.push((row - 1, column - 1));
            in_match = step & MATCH_FROM_GAP == 0;
            (row, column) = (row - 1, column - 1);
            // A solution ends in a match only at a matching cell.
            if row == 0 || column == 0 {
                break;
            }
        } else {
            in_match = step & GAP_FROM_MATCH != 0;
            if step & GAP_LEFT != 0 {
                row -= 1;
            } else {
                column -= 1;
            }
        }
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(left: &str, right: &str) -> Vec<String> {
        let keys = |text: &str| text.chars().map(|c| u64::from(u32::from(c))).collect::<Vec<_>>();
        let chars: Vec<char> = left.chars().collect();
        matches(&keys(left), &keys(right), &Budget::unlimited())
            .unwrap()
            .iter()
            .map(|m| chars[m.left..m.left + m.length].iter().collect())
            .collect()
    }

    #[test]
    fn stretches_are_few() {
        assert_eq!(of("甲乙丙丁", "甲丙丁"), ["甲", "丙丁"]);
        assert_eq!(of("交流推廣合作", "交流項目推廣項目合作"), ["交流", "推廣", "合作"]);
        assert_eq!(of("abc", "xyz"), Vec::<String>::new());
        assert_eq!(of("", "xyz"), Vec::<String>::new());
    }

    #[test]
    fn long_texts_are_cut_at_rare_sequences() {
        let left: Vec<u64> = (0..5000).collect();
        let mut right = left.clone();
        right[2500] = 9999;
        right.insert(10, 8888);
        right.remove(4000);
        let unlimited = Budget::unlimited();
        let found = matches(&left, &right, &unlimited).unwrap();
        let matched: usize = found.iter().map(|m| m.length).sum();
        assert_eq!(matched, 4998);
        // Nothing in common and too long for the table: different text.
        let other: Vec<u64> = (10_000..15_000).collect();
        assert_eq!(matches(&left, &other, &unlimited).unwrap(), []);
    }

    #[test]
    fn a_spent_budget_ends_the_comparison_of_one_pair_of_texts() {
        let left: Vec<u64> = (0..5000).collect();
        let budget = Budget::unlimited();
        budget.cancel();
        assert_eq!(matches(&left, &left, &budget), Err(Spent));
    }

    proptest! {
        #[test]
        fn matches_are_equal_in_order_and_apart(left in "[甲乙丙丁]{0,40}", right in "[甲乙丙丁]{0,40}") {
            let keys = |text: &str| text.chars().map(|c| u64::from(u32::from(c))).collect::<Vec<_>>();
            let (l, r) = (keys(&left), keys(&right));
            let (mut after_left, mut after_right) = (0, 0);
            for m in matches(&l, &r, &Budget::unlimited()).unwrap() {
                prop_assert!(m.length > 0 && m.left >= after_left && m.right >= after_right);
                prop_assert_eq!(&l[m.left..m.left + m.length], &r[m.right..m.right + m.length]);
                (after_left, after_right) = (m.left + m.length, m.right + m.length);
            }
        }
    }
}
