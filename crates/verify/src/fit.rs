//! Finds the part of a clause that a quotation was taken from.
//!
//! Only letters are compared: script, punctuation and white space are ignored. Most quotations
//! occur in the clause unchanged and are found by a string search. The others are aligned with the
//! part of the clause that needs the fewest changes (Sellers' algorithm: an edit distance with free
//! ends in the clause). An ellipsis (……) splits a quotation into pieces, which must occur in the
//! clause in the same order.

use std::ops::Range;

use tiaowen_text::fold_char;

/// The most cells of an alignment. A longer clause is first narrowed to the surroundings of a run
/// that it shares with the quotation.
const MOST_CELLS: usize = 1_000_000;
/// The length in letters of such a run.
const COMMON_RUN: usize = 8;

/// The letters of a text, folded and lower-cased, with their places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Letters {
    pub(crate) folded: Vec<char>,
    /// The same letters as a string, since substrings are found faster in it.
    string: String,
    /// The byte of each letter in `string`.
    string_at: Vec<u32>,
    /// The bytes of each letter in the text.
    spans: Vec<(u32, u32)>,
}

impl Letters {
    pub(crate) fn of(text: &str) -> Self {
        let mut letters = Letters::default();
        for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            let folded = fold_char(c).to_lowercase().next().unwrap_or(c);
            letters.folded.push(folded);
            letters.string_at.push(letters.string.len() as u32);
            letters.string.push(folded);
            letters.spans.push((at as u32, (at + c.len_utf8()) as u32));
        }
        letters
    }

    pub(crate) fn len(&self) -> usize {
        self.folded.len()
    }

    /// The bytes of the text that a range of letters covers.
    pub(crate) fn bytes(&self, letters: &Range<usize>) -> Range<usize> {
        match (self.spans.get(letters.start), letters.end.checked_sub(1)) {
            (Some(first), Some(last)) if letters.start <= last => {
                first.0 as usize..self.spans[last].1 as usize
            }
            _ => 0..0,
        }
    }

    /// The first occurrence of `wanted`, which has `count` letters, at or after the letter `from`.
    fn find(&self, wanted: &str, count: usize, from: usize) -> Option<Range<usize>> {
        let start = self.string_at.get(from).map_or(self.string.len(), |at| *at as usize);
        let byte = start + self.string[start..].find(wanted)?;
        let at = self.string_at.partition_point(|at| (*at as usize) < byte);
        Some(at..at + count)
    }

    /// Ranges of letters without punctuation between them.
    pub(crate) fn runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for at in 0..self.spans.len() {
            match runs.last_mut() {
                Some(run) if self.spans[at - 1].1 == self.spans[at].0 => run.end = at + 1,
                _ => runs.push(at..at + 1),
            }
        }
        runs
    }
}

/// A quotation with its letters, split into pieces at ellipses.
#[derive(Debug, Clone)]
pub(crate) struct Quotation {
    pub(crate) text: String,
    pub(crate) letters: Letters,
    /// Ranges of letters.
    pieces: Vec<Range<usize>>,
}

impl Quotation {
    pub(crate) fn of(text: &str) -> Self {
        let letters = Letters::of(text);
        let mut cuts: Vec<usize> = Vec::new();
        for ellipsis in ["…", "⋯", "..."] {
            for (byte, _) in text.match_indices(ellipsis) {
                cuts.push(letters.spans.partition_point(|span| (span.0 as usize) < byte));
            }
        }
        cuts.push(letters.len());
        cuts.sort_unstable();
        let (mut pieces, mut from) = (Vec::new(), 0);
        for cut in cuts {
            if cut > from {
                pieces.push(from..cut);
            }
            from = cut;
        }
        Quotation { text: text.to_owned(), letters, pieces }
    }

    fn piece(&self, range: &Range<usize>) -> &str {
        let start = self.letters.string_at.get(range.start).map_or(0, |at| *at as usize);
        let end = self.letters.string_at.get(range.end).map(|at| *at as usize);
        &self.letters.string[start..end.unwrap_or(self.letters.string.len())]
    }
}

/// The alignment of a quotation with a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// For each piece, its letters and the letters of the text that it was aligned with.
    pub(crate) pieces: Vec<(Range<usize>, Range<usize>)>,
    /// The number of letters that differ.
    pub(crate) distance: usize,
    letters: usize,
}

impl Fit {
    /// The share of the quotation's letters that the text has, 0 to 1.
    pub(crate) fn similarity(&self) -> f32 {
        1.0 - (self.distance as f32 / self.letters.max(1) as f32).min(1.0)
    }
}

/// Where a text has all letters of a quotation, its pieces in order.
pub(crate) fn exact(quotation: &Quotation, text: &Letters) -> Option<Fit> {
    let mut from = 0;
    let mut pieces = Vec::with_capacity(quotation.pieces.len());
    for piece in &quotation.pieces {
        let found = text.find(quotation.piece(piece), piece.len(), from)?;
        from = found.end;
        pieces.push((piece.clone(), found));
    }
    (!pieces.is_empty()).then(|| Fit { pieces, distance: 0, letters: quotation.letters.len() })
}

/// The best alignment of a quotation with a text, or `None` if they have nothing in common.
pub(crate) fn fit(quotation: &Quotation, text: &Letters) -> Option<Fit> {
    if let Some(found) = exact(quotation, text) {
        return Some(found);
    }
    let (mut from, mut distance) = (0, 0);
    let mut pieces = Vec::with_capacity(quotation.pieces.len());
    for piece in &quotation.pieces {
        let found = text.find(quotation.piece(piece), piece.len(), from).map(|found| (found, 0));
        let wanted = &quotation.letters.folded[piece.clone()];
        let found = found.or_else(|| aligned(wanted, &text.folded, from));
        match found {
            Some((found, changes)) if changes < piece.len() => {
                from = found.end;
                distance += changes;
                pieces.push((piece.clone(), found));
            }
            _ => {
                distance += piece.len();
                pieces.push((piece.clone(), from..from));
            }
        }
    }
    let fit = Fit { pieces, distance, letters: quotation.letters.len() };
    (fit.distance < fit.letters).then_some(fit)
}

/// The part of `text` from `from` on that turns into `wanted` with the fewest changes, and their
/// number.
fn aligned(wanted: &[char], text: &[char], from: usize) -> Option<(Range<usize>, usize)> {
    let from = from.min(text.len());
    let window = match wanted.len() * (text.len() - from) > MOST_CELLS {
        true => around_common_run(wanted, text, from)?,
        false => from..text.len(),
    };
    if wanted.len() * window.len() > 4 * MOST_CELLS {
        return None;
    }
    let columns = &text[window.clone()];
    // For each column: the changes so far, and where the aligned part begins.
    let mut above: Vec<(u32, u32)> = (0..=columns.len() as u32).map(|at| (0, at)).collect();
    let mut row = above.clone();
    for (count, letter) in (1u32..).zip(wanted) {
        row[0] = (count, 0);
        for (at, column) in columns.iter().enumerate() {
            let (changes, start) = above[at];
            let mut best = (changes + u32::from(column != letter), start);
            let (dropped, added) = (above[at + 1], row[at]);
            if dropped.0 + 1 < best.0 {
                best = (dropped.0 + 1, dropped.1);
            }
            if added.0 + 1 < best.0 {
                best = (added.0 + 1, added.1);
            }
            row[at + 1] = best;
        }
        std::mem::swap(&mut above, &mut row);
    }
    // Of equals the last is taken, so that a changed end of a quotation is a replacement rather
    // than an addition.
    let (end, &(changes, start)) =
        above.iter().enumerate().rev().min_by_key(|(_, (changes, _))| *changes)?;
    Some((window.start + start as usize..window.start + end, changes as usize))
}

/// The part of a long text around a run that it shares with the wanted letters.
fn around_common_run(wanted: &[char], text: &[char], from: usize) -> Option<Range<usize>> {
    let room = wanted.len() + wanted.len() / 3 + COMMON_RUN;
    for at in (0..wanted.len().saturating_sub(COMMON_RUN)).step_by(COMMON_RUN / 2) {
        let run = &wanted[at..at + COMMON_RUN];
        let found = text[from..].windows(COMMON_RUN).position(|window| window == run);
        if let Some(found) = found.map(|found| from + found) {
            return Some(found.saturating_sub(room).max(from)..(found + room).min(text.len()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(quotation: &str, clause: &str) -> Option<(Vec<String>, usize)> {
        let (quotation, letters) = (Quotation::of(quotation), Letters::of(clause));
        let fit = fit(&quotation, &letters)?;
        let parts = fit.pieces.iter().map(|(_, part)| clause[letters.bytes(part)].to_owned());
        Some((parts.collect(), fit.distance))
    }

    #[test]
    fn quotations_fit_where_they_differ_least() {
        for (quotation, clause, parts, distance) in [
            ("雙方每年會面", "一、双方每年会面，两次。", vec!["双方每年会面"], 0),
            ("每年会面20次", "双方每年會面25次。", vec!["每年會面25次"], 1),
            ("任何一方得转让", "任何一方不得轉讓。", vec!["任何一方不得轉讓"], 1),
            ("雙方會面……互相通報", "双方会面，三次，互相通报。", vec!["双方会面", "互相通报"], 0),
            ("每年會面兩回", "双方每年会面两次", vec!["每年会面两次"], 1),
        ] {
            let parts: Vec<String> = parts.into_iter().map(str::to_owned).collect();
            assert_eq!(of(quotation, clause), Some((parts, distance)), "{quotation}");
        }
        assert_eq!(of("完全無關", "雙方每年會面。"), None);
        assert_eq!(of("", "雙方"), None);
    }

    #[test]
    fn a_long_clause_is_narrowed_to_what_is_in_common() {
        let quotation = "甲方應當在三十日內通知乙方並且說明理由".repeat(60);
        let other = "乙方可以隨時要求查閱有關的帳目和記錄。".repeat(100);
        let clause = format!("{other}{}{other}", quotation.replacen("三十日", "四十日", 1));
        let (_, distance) = of(&quotation, &clause).unwrap();
        assert_eq!(distance, 1);
    }
}
