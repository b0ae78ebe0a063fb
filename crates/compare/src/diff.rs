//! Differences of two texts: found by matching atoms, widened to whole words, and typed.
//!
//! Matching yields regions that only one side has. A region in the middle of a word would mark half
//! a word (人才培[訓] beside 人才培[养]), so regions are widened to word borders on both sides.
//! Then each region is typed: a pair of terms from the table is `regional`, figures of different
//! value are `number`, and everything else is `wording`. Atoms that match but are printed
//! differently are `script`, `variant` or `punctuation`.

use std::cell::OnceCell;
use std::ops::Range;

use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, Spent, fold, is_script_pair, joins_different};

use crate::atoms::{AtomKind, Atoms, Mark};
use crate::matching::{Match, matches};
use crate::model::{Difference, DifferenceKind, TermPair};
use crate::words::Words;

/// The differences of two texts, and their similarity.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextDifferences {
    pub(crate) differences: Vec<Difference>,
    /// Share of matched atoms, 0 to 1.
    pub(crate) similarity: f32,
    /// Number of atoms that differ in wording, figures or regional terms, averaged over both sides.
    pub(crate) changed_atoms: usize,
}

/// A text with its atoms.
pub(crate) struct Side<'a> {
    pub(crate) text: &'a str,
    pub(crate) atoms: Atoms,
}

impl<'a> Side<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Side { text, atoms: Atoms::of(text) }
    }

    pub(crate) fn of_name(text: &'a str) -> Self {
        Side { text, atoms: Atoms::of_name(text) }
    }

    fn printed(&self, at: usize) -> &'a str {
        &self.text[self.atoms.span_of(at)]
    }
}

/// A range of atoms on each side without a match on the other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Region {
    left: Range<usize>,
    right: Range<usize>,
}

/// A difference in bytes, before conversion to code points.
struct Found {
    kind: DifferenceKind,
    left: Range<usize>,
    right: Range<usize>,
    term: Option<TermPair>,
}

/// A term of the table in a region, with its equivalent on the other side.
struct Term {
    region: Region,
    is_same: bool,
}

/// The table, and the folded texts for conditional terms, made on first use.
struct Terms<'a> {
    table: &'a TermTable,
    texts: [&'a str; 2],
    folded: OnceCell<[String; 2]>,
}

impl Terms<'_> {
    /// Whether one of the texts contains one of the given words.
    fn holds(&self, words: &[String]) -> bool {
        let folded = self.folded.get_or_init(|| self.texts.map(fold));
        words.iter().any(|word| folded.iter().any(|text| text.contains(&**word)))
    }
}

/// Compares two texts.
///
/// # Errors
/// [`Spent`] if the budget ends first.
pub(crate) fn differences(
    left: &Side,
    right: &Side,
    terms: &TermTable,
    budget: &Budget,
) -> Result<TextDifferences, Spent> {
    let (left_keys, right_keys) = (&left.atoms.keys, &right.atoms.keys);
    let found = matches(left_keys, right_keys, budget)?;
    let unlike = unlike(left, right, &found);
    let found = apart_where_different(left, right, found, &unlike);
    let matched: usize = found.iter().map(|m| m.length).sum();
    let all = left_keys.len() + right_keys.len();
    let similarity = if all == 0 { 1.0 } else { 2.0 * matched as f32 / all as f32 };

    let gaps = regions(&found, left_keys.len(), right_keys.len());
    /// A longer gap is different text, where word borders don't matter.
    const LONGEST: usize = 20_000;
    let wide = gaps.iter().any(|gap| gap.left.len().max(gap.right.len()) > LONGEST);
    let regions = if gaps.is_empty() || wide { gaps } else { at_words(left, right, gaps) };
    let mut differences = Vec::with_capacity(unlike.len() + regions.len());
    let terms = Terms { table: terms, texts: [left.text, right.text], folded: OnceCell::new() };
    let mut changed_atoms = 0;
    for region in &regions {
        budget.check()?;
        changed_atoms += region.left.len().max(region.right.len());
        typed(left, right, region, &terms, &mut differences);
    }
    // Widened regions have taken over some of the matches.
    let unlike = if regions.is_empty() { unlike } else { unlike_outside(left, right, &regions) };
    forms(left, right, &unlike, &mut differences);
    marks(left, right, &regions, &mut differences);
    differences.sort_by_key(|found| (found.left.start, found.right.start, found.left.end));
    merge(&mut differences);
    let differences = located(left, right, differences);
    Ok(TextDifferences { differences, similarity, changed_atoms })
}

/// Matched atoms that are printed differently, in order.
fn unlike(left: &Side, right: &Side, found: &[Match]) -> Vec<(usize, usize)> {
    let longest = found.iter().map(|m| m.length).sum();
    let mut unlike = vec![(0, 0); longest];
    let mut count = 0;
    for m in found {
        let spans = left.atoms.spans[m.left..m.left + m.length].iter();
        let spans = spans.zip(&right.atoms.spans[m.right..m.right + m.length]);
        let (left, right) = (left.text.as_bytes(), right.text.as_bytes());
        for (at, (l, r)) in spans.enumerate() {
            let l = l.start as usize..l.end as usize;
            let r = r.start as usize..r.end as usize;
            // The usual case: one character of three bytes.
            let alike = l.len() == r.len()
                && match l.len() {
                    3 => left[l.start..].first_chunk::<3>() == right[r.start..].first_chunk(),
                    _ => left[l] == right[r],
                };
            // Branch-free, since differences are unpredictable: always write, but advance only for
            // a difference.
            unlike[count] = (m.left + at, m.right + at);
            count += usize::from(!alike);
        }
    }
    unlike.truncate(count);
    unlike
}

/// Like [`unlike`], for the atoms outside regions.
fn unlike_outside(left: &Side, right: &Side, regions: &[Region]) -> Vec<(usize, usize)> {
    let ends = Region { left: left.atoms.len()..0, right: right.atoms.len()..0 };
    let mut matches = Vec::with_capacity(regions.len() + 1);
    let mut from = (0, 0);
    for region in regions.iter().chain([&ends]) {
        let length = (region.left.start - from.0).min(region.right.start - from.1);
        matches.push(Match { left: from.0, right: from.1, length });
        from = (region.left.end, region.right.end);
    }
    unlike(left, right, &matches)
}

/// Splits matches at characters that folding joins although they are different words in two
/// Traditional texts: 乾 and 幹.
fn apart_where_different(
    left: &Side,
    right: &Side,
    found: Vec<Match>,
    unlike: &[(usize, usize)],
) -> Vec<Match> {
    let mut different = unlike
        .iter()
        .filter(|&&(l, r)| are_different_words(left, right, l, r))
        .map(|&(l, _)| l)
        .peekable();
    let mut apart = Vec::with_capacity(found.len());
    for mut rest in found {
        while let Some(l) = different.next_if(|&l| l < rest.left + rest.length) {
            let length = l - rest.left;
            if length > 0 {
                apart.push(Match { length, ..rest });
            }
            let behind = length + 1;
            rest = Match {
                left: rest.left + behind,
                right: rest.right + behind,
                length: rest.length - behind,
            };
        }
        if rest.length > 0 {
            apart.push(rest);
        }
    }
    apart
}

/// Whether two matched atoms are characters that differ in Traditional: 乾 and 幹.
fn are_different_words(left: &Side, right: &Side, l: usize, r: usize) -> bool {
    let (a, b) = (left.printed(l).chars(), right.printed(r).chars());
    left.atoms.kind(l) == AtomKind::Character && a.zip(b).any(|(a, b)| joins_different(a, b))
}

/// The regions between matches.
fn regions(found: &[Match], left: usize, right: usize) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut from = (0, 0);
    let ends = found.iter().map(|m| (m.left, m.right, m.length)).chain([(left, right, 0)]);
    for (l, r, length) in ends {
        if from.0 < l || from.1 < r {
            regions.push(Region { left: from.0..l, right: from.1..r });
        }
        from = (l + length, r + length);
    }
    regions
}

/// Widens regions to word borders, and joins regions that meet.
fn at_words(left: &Side, right: &Side, regions: Vec<Region>) -> Vec<Region> {
    let (left_words, right_words) = (Words::of(left.text), Words::of(right.text));
    let ends = (left.atoms.len(), right.atoms.len());
    let mut widened: Vec<Region> = Vec::with_capacity(regions.len());
    let mut rest = regions.into_iter().peekable();
    while let Some(region) = rest.next() {
        let before = widened.last().map_or((0, 0), |last| (last.left.end, last.right.end));
        let after = rest.peek().map_or(ends, |next| (next.left.start, next.right.start));
        let room = (region.left.start - before.0, after.0 - region.left.end);
        let start = region.left.start;
        let region = slid(left, right, (&left_words, &right_words), region, room);
        // A region that slid has less room on that side.
        let moved = region.left.start as isize - start as isize;
        let room = (room.0.saturating_add_signed(moved), room.1.saturating_add_signed(-moved));
        let mut region = widen(left, right, (&left_words, &right_words), region, room);
        // The next region may reach back into this one; regions that meet become one.
        if let Some(last) = widened.last()
            && last.left.end >= region.left.start
            && last.right.end >= region.right.start
        {
            region.left.start = last.left.start;
            region.right.start = last.right.start;
            widened.pop();
        }
        widened.push(region);
    }
    widened
}

/// A one-sided region is ambiguous (甲[乙甲]乙 or [甲乙]甲乙): takes the position at borders of
/// words and marks.
fn slid(
    left: &Side,
    right: &Side,
    words: (&Words, &Words),
    region: Region,
    room: (usize, usize),
) -> Region {
    let (side, other, side_words, other_words) = match (&region.left, &region.right) {
        (l, r) if l.is_empty() && !r.is_empty() => (right, left, words.1, words.0),
        (l, r) if r.is_empty() && !l.is_empty() => (left, right, words.0, words.1),
        _ => return region,
    };
    let on_right = region.left.is_empty();
    let (stretch, gap) = if on_right {
        (region.right.clone(), region.left.start)
    } else {
        (region.left.clone(), region.right.start)
    };
    let keys = &side.atoms.keys;
    let back = (0..room.0)
        .take_while(|&n| keys[stretch.start - 1 - n] == keys[stretch.end - 1 - n])
        .count();
    let forth =
        (0..room.1).take_while(|&n| keys[stretch.start + n] == keys[stretch.end + n]).count();
    let shifts = (-(back as isize)..=forth as isize).map(|shift| {
        let [start, end, gap] =
            [stretch.start, stretch.end, gap].map(|at| at.wrapping_add_signed(shift));
        let cost = border_cost(side, side_words, start)
            + border_cost(side, side_words, end)
            + 4 * cuts_word(other, other_words, gap);
        (cost, shift.abs(), shift)
    });
    let shift = shifts.min().map_or(0, |(_, _, shift)| shift);
    let moved = |range: &Range<usize>| {
        range.start.wrapping_add_signed(shift)..range.end.wrapping_add_signed(shift)
    };
    Region { left: moved(&region.left), right: moved(&region.right) }
}

/// How bad a border before an atom is: worst inside a word, best behind a mark.
fn border_cost(side: &Side, words: &Words, at: usize) -> u32 {
    4 * cuts_word(side, words, at) + u32::from(side.atoms.marks_before(at).is_empty())
}

/// 1 if a border before an atom cuts a word, otherwise 0.
fn cuts_word(side: &Side, words: &Words, at: usize) -> u32 {
    let inside = at > 0 && at < side.atoms.len();
    let byte = side.atoms.span(&(at..at)).start;
    u32::from(inside && words.cut_at(byte).is_some())
}

/// Widens a region while its border cuts a word of either side. `room` is the number of matched
/// atoms before and behind it.
fn widen(
    left: &Side,
    right: &Side,
    words: (&Words, &Words),
    mut region: Region,
    mut room: (usize, usize),
) -> Region {
    // Figures are typed separately, and a negation is a word in itself.
    if is_number(left, &region.left) && is_number(right, &region.right)
        || negates(left, &region.left) && region.right.is_empty()
        || negates(right, &region.right) && region.left.is_empty()
    {
        return region;
    }
    loop {
        let starts =
            [reach(left, words.0, &region.left, true), reach(right, words.1, &region.right, true)];
        let back = starts.into_iter().max().unwrap_or(0).min(room.0);
        region.left.start -= back;
        region.right.start -= back;
        room.0 -= back;
        let ends = [
            reach(left, words.0, &region.left, false),
            reach(right, words.1, &region.right, false),
        ];
        let forth = ends.into_iter().max().unwrap_or(0).min(room.1);
        region.left.end += forth;
        region.right.end += forth;
        room.1 -= forth;
        if back == 0 && forth == 0 {
            break;
        }
    }
    // 非 belongs to the next word: 非執業, 非审计业务.
    let both = !region.left.is_empty() && !region.right.is_empty();
    if both && room.0 > 0 && fold(left.printed(region.left.start - 1)) == "非" {
        region.left.start -= 1;
        region.right.start -= 1;
    }
    region
}

/// Whether a range consists of numbers.
fn is_number(side: &Side, range: &Range<usize>) -> bool {
    !range.is_empty() && range.clone().all(|at| side.atoms.kind(at) == AtomKind::Number)
}

/// Number of atoms by which a border of `range` must move so that it cuts no word.
fn reach(side: &Side, words: &Words, range: &Range<usize>, at_start: bool) -> usize {
    let atoms = &side.atoms;
    let at = if at_start { range.start } else { range.end };
    if at == 0 || at >= atoms.len() || atoms.span_of(at - 1).end != atoms.span_of(at).start {
        return 0;
    }
    let Some(word) = words.cut_at(atoms.span_of(at).start) else { return 0 };
    if at_start {
        (0..at).rev().take_while(|&at| atoms.span_of(at).start >= word.start).count()
    } else {
        (at..atoms.len()).take_while(|&at| atoms.span_of(at).end <= word.end).count()
    }
}

fn negates(side: &Side, range: &Range<usize>) -> bool {
    range.len() == 1
        && matches!(fold(side.printed(range.start)).as_str(), "不" | "未" | "非" | "无" | "没")
}

/// The differences of a region: regional terms, figures, wording.
fn typed(left: &Side, right: &Side, region: &Region, terms: &Terms<'_>, found: &mut Vec<Found>) {
    if region.left.is_empty() && region.right.is_empty() {
        return;
    }
    if let Some(term) = regional(left, right, region, terms) {
        return typed_around_term(left, right, region, &term, terms, found);
    }
    if let Some(parts) = by_numbers(left, right, region) {
        for part in parts {
            if is_number(left, &part.left) && is_number(right, &part.right) {
                found.push(difference(left, right, &part, DifferenceKind::Number));
            } else {
                typed(left, right, &part, terms, found);
            }
        }
        return;
    }
    found.push(difference(left, right, region, DifferenceKind::Wording));
}

fn difference(left: &Side, right: &Side, region: &Region, kind: DifferenceKind) -> Found {
    Found {
        kind,
        left: left.atoms.span(&region.left),
        right: right.atoms.span(&region.right),
        term: None,
    }
}

/// The difference of a regional term, and those of the region before and behind it.
fn typed_around_term(
    left: &Side,
    right: &Side,
    region: &Region,
    term: &Term,
    terms: &Terms<'_>,
    found: &mut Vec<Found>,
) {
    let Term { region: term, is_same } = term;
    let before = Region {
        left: region.left.start..term.left.start.max(region.left.start),
        right: region.right.start..term.right.start.max(region.right.start),
    };
    // In 人才培訓 and 人才培养 only 培訓 and 培养 differ.
    let inside = Region {
        left: term.left.start.max(region.left.start)..term.left.end.min(region.left.end),
        right: term.right.start.max(region.right.start)..term.right.end.min(region.right.end),
    };
    let after = Region {
        left: term.left.end.min(region.left.end)..region.left.end,
        right: term.right.end.min(region.right.end)..region.right.end,
    };
    let marked = if inside.left.is_empty() || inside.right.is_empty() { term } else { &inside };
    let kind = if *is_same { DifferenceKind::Regional } else { DifferenceKind::Wording };
    let pair = TermPair {
        left: left.text[left.atoms.span(&term.left)].to_owned(),
        right: right.text[right.atoms.span(&term.right)].to_owned(),
        is_same: *is_same,
    };
    typed(left, right, &before, terms, found);
    found.push(Found { term: Some(pair), ..difference(left, right, marked, kind) });
    typed(left, right, &after, terms, found);
}

/// Splits a region with the same number of figures on both sides, each of a different value;
/// otherwise `None`.
fn by_numbers(left: &Side, right: &Side, region: &Region) -> Option<Vec<Region>> {
    let numbers = |side: &Side, range: &Range<usize>| -> Vec<usize> {
        range.clone().filter(|&at| side.atoms.kind(at) == AtomKind::Number).collect()
    };
    let (lefts, rights) = (numbers(left, &region.left), numbers(right, &region.right));
    // 一 and 三 inside words are words: 任何一方, 三地機構.
    let alone = region.left.len() == lefts.len() && region.right.len() == rights.len();
    let differ = lefts.iter().zip(&rights).all(|(&l, &r)| {
        left.atoms.keys[l] != right.atoms.keys[r]
            && (alone || !is_numeral_in_word(left, l) && !is_numeral_in_word(right, r))
    });
    if lefts.is_empty() || lefts.len() != rights.len() || !differ {
        return None;
    }
    let mut parts = Vec::new();
    let mut from = (region.left.start, region.right.start);
    for (&l, &r) in lefts.iter().zip(&rights) {
        parts.push(Region { left: from.0..l, right: from.1..r });
        parts.push(Region { left: l..l + 1, right: r..r + 1 });
        from = (l + 1, r + 1);
    }
    parts.push(Region { left: from.0..region.left.end, right: from.1..region.right.end });
    Some(parts)
}

/// Whether a number is a single Han numeral, which may be part of a word.
fn is_numeral_in_word(side: &Side, at: usize) -> bool {
    let printed = side.printed(at);
    printed.chars().count() == 1 && !printed.starts_with(|c: char| c.is_ascii_digit())
}

/// A term on the left with an equivalent on the right that together cover part of a region and,
/// outside it, only matching atoms. Of equally long terms, one that means the same precedes one
/// that is only the nearest.
fn regional(left: &Side, right: &Side, region: &Region, terms: &Terms<'_>) -> Option<Term> {
    /// How far a term may extend outside its region.
    const AROUND: usize = 6;
    /// A longer region is different text, in which single terms mean nothing.
    const LONGEST: usize = 400;
    if region.left.is_empty() && region.right.is_empty()
        || region.left.len().max(region.right.len()) > LONGEST
    {
        return None;
    }
    let around = |range: &Range<usize>, length: usize| {
        range.start.saturating_sub(AROUND)..(range.end + AROUND).min(length)
    };
    let window_left = around(&region.left, left.atoms.len());
    let window_right = around(&region.right, right.atoms.len());
    let (left_text, left_atoms) = folded_characters(left, &window_left);
    let (right_text, right_atoms) = folded_characters(right, &window_right);
    let mut best: Option<Term> = None;
    let holds = |words: &[String]| terms.holds(words);
    for term in terms.table.equivalents(&left_text, &holds) {
        let on_left = left_atoms[term.start]..left_atoms[term.end - 1] + 1;
        if on_left.len() != term.end - term.start {
            continue;
        }
        let same = term.alternatives.iter().map(|other| (other, true));
        let nearest = term.nearest.iter().map(|other| (other, false));
        for (other, is_same) in same.chain(nearest) {
            let other = fold(other);
            let length = other.chars().count();
            for (byte, _) in right_text.match_indices(&other) {
                let start = right_text[..byte].chars().count();
                let on_right = right_atoms[start]..right_atoms[start + length - 1] + 1;
                if on_right.len() != length {
                    continue;
                }
                let pair = Region { left: on_left.clone(), right: on_right };
                let better = best.as_ref().is_none_or(|best| {
                    let Region { left, right } = &best.region;
                    (on_left.len() + length, is_same) > (left.len() + right.len(), best.is_same)
                });
                if better && fits(&pair, region) {
                    best = Some(Term { region: pair, is_same });
                }
            }
        }
    }
    best
}

/// Whether the terms of a pair cover part of a region and, outside it, extend equally far over
/// matching atoms.
fn fits(pair: &Region, region: &Region) -> bool {
    let before =
        |term: &Range<usize>, region: &Range<usize>| region.start.saturating_sub(term.start);
    let behind = |term: &Range<usize>, region: &Range<usize>| term.end.saturating_sub(region.end);
    (overlaps(&pair.left, &region.left) || overlaps(&pair.right, &region.right))
        && before(&pair.left, &region.left) == before(&pair.right, &region.right)
        && behind(&pair.left, &region.left) == behind(&pair.right, &region.right)
        && pair.left.start <= region.left.end
        && pair.left.end >= region.left.start
        && pair.right.start <= region.right.end
        && pair.right.end >= region.right.start
}

/// Whether a term overlaps a region, or contains the place of an empty one.
fn overlaps(term: &Range<usize>, region: &Range<usize>) -> bool {
    term.start < region.end && region.start < term.end
        || region.is_empty() && term.start < region.start && region.start < term.end
}

/// The folded text of atoms that are single characters, with the atom of each character. Other
/// atoms become a character that occurs in no term.
fn folded_characters(side: &Side, range: &Range<usize>) -> (String, Vec<usize>) {
    let (mut text, mut atoms) = (String::new(), Vec::new());
    for at in range.clone() {
        let printed = side.printed(at);
        let mut characters = printed.chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) => {
                text.push(tiaowen_text::fold_char(c));
                atoms.push(at);
            }
            _ => {
                text.push('\u{0}');
                atoms.push(at);
            }
        }
    }
    (text, atoms)
}

/// Reports matched atoms that are printed differently.
fn forms(left: &Side, right: &Side, unlike: &[(usize, usize)], found: &mut Vec<Found>) {
    for &(l, r) in unlike {
        let (a, b) = (left.printed(l), right.printed(r));
        let kind = match left.atoms.kind(l) {
            AtomKind::Character => match (a.chars().next(), b.chars().next()) {
                (Some(a), Some(b)) if is_script_pair(a, b) => DifferenceKind::Script,
                (Some(_), Some(_)) => DifferenceKind::Variant,
                // 2017-11-18 prints no 日.
                _ => continue,
            },
            AtomKind::Word | AtomKind::Number => {
                let plain = |text: &str| text.split_whitespace().collect::<String>();
                if plain(a) == plain(b) {
                    continue;
                }
                DifferenceKind::Variant
            }
        };
        let (left, right) = (left.atoms.span_of(l), right.atoms.span_of(r));
        found.push(Found { kind, left, right, term: None });
    }
}

/// Reports marks between matched atoms that differ.
fn marks(left: &Side, right: &Side, regions: &[Region], found: &mut Vec<Found>) {
    let mut from = (0, 0);
    let ends = (left.atoms.len(), right.atoms.len());
    let borders = regions.iter().map(|region| {
        ((region.left.start, region.right.start), (region.left.end, region.right.end))
    });
    let mut one_sided = false;
    for (start, end) in borders.chain([(ends, ends)]) {
        let at_region = start != ends;
        let sided = (start.0 == end.0) != (start.1 == end.1);
        // The marks before a region are compared too, unless one side of it is empty: then the mark
        // came or went with the words.
        let first = usize::from(one_sided);
        let last = start.0 - from.0 + usize::from(!(at_region && sided));
        let mut lefts = left.atoms.marks_in(from.0 + first..from.0 + last);
        let mut rights = right.atoms.marks_in(from.1 + first..from.1 + last);
        let next = |marks: &[Mark], from: usize| marks.first().map(|mark| mark.before - from);
        while let Some(at) = next(lefts, from.0).into_iter().chain(next(rights, from.1)).min() {
            let here = |marks: &[Mark], place: usize| {
                marks.iter().take_while(|mark| mark.before == place).count()
            };
            let (a, after_a) = lefts.split_at(here(lefts, from.0 + at));
            let (b, after_b) = rights.split_at(here(rights, from.1 + at));
            (lefts, rights) = (after_a, after_b);
            let characters = |mark: &Mark| mark.character;
            if !a.iter().map(characters).eq(b.iter().map(characters)) {
                found.push(Found {
                    kind: DifferenceKind::Punctuation,
                    left: marks_span(left, from.0 + at),
                    right: marks_span(right, from.1 + at),
                    term: None,
                });
            }
        }
        one_sided = at_region && sided;
        from = end;
    }
}

/// The bytes of the marks before an atom; an empty range if there are none.
fn marks_span(side: &Side, at: usize) -> Range<usize> {
    match side.atoms.marks_before(at) {
        [] => {
            let at = at.checked_sub(1).map_or(0, |before| side.atoms.span_of(before).end);
            at..at
        }
        [first, .., last] => first.at..last.at + last.character.len_utf8(),
        [only] => only.at..only.at + only.character.len_utf8(),
    }
}

/// Merges adjacent differences of form.
fn merge(found: &mut Vec<Found>) {
    found.dedup_by(|next, last| {
        let goes_on = last.kind == next.kind
            && next.kind <= DifferenceKind::Variant
            && last.left.end == next.left.start
            && last.right.end == next.right.start;
        if goes_on {
            (last.left.end, last.right.end) = (next.left.end, next.right.end);
        }
        goes_on
    });
}

/// Converts positions to code points.
fn located(left: &Side, right: &Side, found: Vec<Found>) -> Vec<Difference> {
    let (mut left_places, mut right_places) = (Places::of(left.text), Places::of(right.text));
    found
        .into_iter()
        .map(|found| Difference {
            kind: found.kind,
            left: left.text[found.left.clone()].to_owned(),
            right: right.text[found.right.clone()].to_owned(),
            left_at: left_places.code_points(&found.left),
            right_at: right_places.code_points(&found.right),
            term: found.term,
        })
        .collect()
}

/// Converts bytes to code points, counting on from the previous position.
struct Places<'a> {
    text: &'a str,
    byte: usize,
    code_points: usize,
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Self {
        Places { text, byte: 0, code_points: 0 }
    }

    fn code_points(&mut self, bytes: &Range<usize>) -> Range<usize> {
        self.at(bytes.start)..self.at(bytes.end)
    }

    fn at(&mut self, byte: usize) -> usize {
        let count = |bytes: Range<usize>| self.text[bytes].chars().count();
        if byte < self.byte {
            self.code_points -= count(byte..self.byte);
        } else {
            self.code_points += count(self.byte..byte);
        }
        self.byte = byte;
        self.code_points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences_of(left: &str, right: &str) -> TextDifferences {
        let (left, right) = (Side::of(left), Side::of(right));
        differences(&left, &right, TermTable::built_in(), &Budget::unlimited()).unwrap()
    }

    fn located(left: &str, right: &str) -> Vec<String> {
        let found = differences_of(left, right);
        let changes = found.differences.iter().filter(|difference| difference.kind.is_change());
        changes.map(|d| format!("{} {}→{}", d.kind, d.left, d.right)).collect()
    }

    fn all(left: &str, right: &str) -> Vec<String> {
        let found = differences_of(left, right);
        found.differences.iter().map(|d| format!("{} {}→{}", d.kind, d.left, d.right)).collect()
    }

    #[test]
    fn narrow_and_at_words() {
        for (left, right, expected) in [
            ("非執業合夥人持股", "非审计业务合伙人持股", &["wording 非執業→非审计业务"][..]),
            ("國際化人才培訓合作", "国际化人才培养合作", &["regional 培訓→培养"]),
            ("在符合兩地出入境規定", "在符合粤港两地出入境规定", &["wording →粤港"]),
            ("沿線國家的專業服務", "沿线国家专业服务", &["wording 的→"]),
            ("珠江口水上交通安全", "珠江口水域水上交通安全", &["wording →水域"]),
            (
                "交流、推廣和合作項目",
                "交流项目、推广项目和合作项目",
                &["wording →项目", "wording →项目"],
            ),
            ("發展資訊科技產業", "发展信息技术产业", &["regional 資訊科技→信息技术"]),
            ("提升質素及交流", "提升素质及交流", &["regional 質素→素质"]),
            ("每年培訓25人", "每年培训20人", &["number 25→20"]),
            ("有效期五年", "有效期三年", &["number 五→三"]),
            ("2017年11月18日", "二〇一七年十一月十九日", &["number 18→十九"]),
            ("乙方不得轉讓", "乙方得转让", &["wording 不→"]),
            ("（銀發〔2015〕374）", "（银发〔2015〕374号）", &["wording →号"]),
            ("由廣東省教育廳負責", "由广东省科技厅负责", &["wording 教育廳→科技厅"]),
            ("裏面", "里面", &[]),
            ("乾部", "幹部", &["wording 乾部→幹部"]),
        ] {
            assert_eq!(located(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn degrees_of_terms() {
        let pairs = |left: &str, right: &str| -> Vec<String> {
            let found = differences_of(left, right);
            let terms = found.differences.iter().filter_map(|d| Some((d.kind, d.term.as_ref()?)));
            terms.map(|(kind, t)| format!("{kind} {}→{} {}", t.left, t.right, t.is_same)).collect()
        };
        for (left, right, expected) in [
            ("發展資訊科技產業", "发展信息技术产业", &["regional 資訊科技→信息技术 true"][..]),
            ("警方有權拘捕任何人", "警方有权逮捕任何人", &["wording 拘捕→逮捕 false"]),
            ("警方有权逮捕任何人", "警方有權拘捕任何人", &["wording 逮捕→拘捕 false"]),
            ("學生須做功課", "学生须做作业", &["regional 功課→作业 true"]),
            ("從事危險功課", "从事危险作业", &[]),
            ("聯絡主任", "联络干事", &[]),
        ] {
            assert_eq!(pairs(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn forms_and_marks() {
        assert_eq!(
            all("「裏面」，二〇一七年", "“裡面”、2017年"),
            ["punctuation 「→“", "variant 裏→裡", "punctuation 」，→”、", "variant 二〇一七→2017"]
        );
        assert_eq!(all("協議書", "协议书"), ["script 協議書→协议书"]);
        assert_eq!(all("甲、乙", "甲、乙"), Vec::<String>::new());
        assert_eq!(all("甲，乙。", "甲，乙"), ["punctuation 。→"]);
    }
}
