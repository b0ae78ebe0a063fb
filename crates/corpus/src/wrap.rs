//! Hard wraps: which lines fill their column and so continue on the next line.
//!
//! A wrapped line must not be taken for a title above the text below it. Punctuation can't decide
//! where a line breaks between commas, so the width does, as for a human reader: a line is wrapped
//! if the first unit of the next line would not have fitted. A unit is something that a line break
//! can't divide: a Latin word, or a character with the punctuation that must not begin or end a
//! line.
//!
//! The width of a column shows only in its lines. Latin lines are measured separately from Chinese
//! ones, because the columns of a bilingual print differ in width, and distant parts of a file
//! separately, because its documents differ. Two lines of nearly the same width with nothing wider
//! near them are evidence. A wider line is counter-evidence, except for a few that no wrapping made
//! (tables, addresses), for which more evidence is required.

use tiaowen_text::numeral;

use crate::paragraph::{Piece, ends_sentence, is_running};
use crate::shape::is_wide;
use crate::source::Pages;

/// Tolerance between wrapped lines of one column, in half-width characters, beyond what their next
/// unit explains.
const RAGGED: u32 = 6;
/// Plausible column widths in half-width characters.
const COLUMNS: std::ops::RangeInclusive<u32> = 24..=120;
/// The minimum if only a few lines show the width.
const NARROWEST_OF_FEW: u32 = 32;
/// How many lines are few.
const FEW: u32 = 4;
/// Number of lines of one kind that are measured together, with as many before and behind them.
const REGION: usize = 64;
/// Number of distinguished widths.
const WIDTHS: usize = 128;

/// Marks lines that continue on the next one: as seen on the page, by width, or around a value that
/// was filled in on a line of its own.
pub(crate) fn mark_wrapped(pieces: &mut [Piece], pages: Pages) {
    // Readers of formats with pages know it for each line.
    if pages != Pages::Seen {
        mark_full_lines(pieces);
    }
    mark_filled_in(pieces);
}

/// Marks lines on both sides of a value in a sentence: 收費 / 800 / 元。
fn mark_filled_in(pieces: &mut [Piece]) {
    for at in 1..pieces.len().saturating_sub(1) {
        let [before, value, after] = [&pieces[at - 1], &pieces[at], &pieces[at + 1]];
        let is_filled_in = is_value(value)
            && after.label.is_none()
            && after.line.level.is_none()
            && before.line.level.is_none()
            && continues_value(value, after)
            && !ends_sentence(&before.text);
        if is_filled_in {
            pieces[at - 1].wrapped = true;
            pieces[at].wrapped = true;
        }
    }
}

/// Whether a line is short and contains a digit, like a value filled in on a form.
fn is_value(piece: &Piece) -> bool {
    piece.label.is_none()
        && piece.line.level.is_none()
        && piece.shape.halves() <= 24
        && !piece.shape.has_sentence_mark()
        && piece.text.contains(numeral::is_numeral)
        && !ends_sentence(&piece.text)
}

/// Whether a line continues the sentence around a value: it begins with a mark that can't begin a
/// line, or with the unit of a bare number.
fn continues_value(value: &Piece, after: &Piece) -> bool {
    let is_bare = value.text.chars().all(|c| c.is_ascii_digit() || ",./".contains(c));
    let counted = "元次日年月天人台臺个個名份件套箱吨噸米项項周週期张張辆輛间間户戶批季分时時岁歲\
                   倍万萬亿億%％";
    after.text.starts_with(['，', '；', '。', '、'])
        || is_bare
            && after.text.starts_with(|c| counted.contains(c))
            && (is_running(&after.text, after.shape) || ends_sentence(&after.text))
}

/// Marks lines that fill their columns.
fn mark_full_lines(pieces: &mut [Piece]) {
    let mut chinese = Vec::with_capacity(pieces.len());
    let mut latin = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if is_latin(piece) { latin.push(at) } else { chinese.push(at) }
    }
    for of_kind in [&chinese, &latin] {
        mark_lines_of(of_kind, pieces);
    }
}

/// Whether a line is mostly Latin; each such letter is one byte and half a width.
fn is_latin(piece: &Piece) -> bool {
    piece.text.len() * 5 < piece.shape.halves() as usize * 6
}

/// Marks lines of one kind, with indices `of_kind`.
fn mark_lines_of(of_kind: &[usize], pieces: &mut [Piece]) {
    let regions: Vec<&[usize]> = of_kind.chunks(REGION).collect();
    let widths: Vec<Widths> = regions.iter().map(|region| Widths::of(region, pieces)).collect();
    let everywhere = Widths::sum(&widths);
    let of_file = everywhere.column();
    for (number, region) in regions.iter().enumerate() {
        let around = number.saturating_sub(1)..(number + 2).min(widths.len());
        let around = Widths::sum(&widths[around]);
        // A region with hardly any wrapped line takes the width from the rest of the file.
        let as_elsewhere = || of_file.filter(|&column| around.keeps_to(column));
        let Some(column) = around.column().or_else(as_elsewhere) else { continue };
        for &at in *region {
            let Some(next) = pieces.get(at + 1) else { break };
            let wrapped = is_followed(&pieces[at], next) && !fits(&pieces[at], next, column);
            pieces[at].wrapped |= wrapped;
        }
    }
}

/// Whether the next line directly follows and is of the same kind.
fn is_followed(piece: &Piece, next: &Piece) -> bool {
    next.is_beside()
        && piece.line.level.is_none()
        && next.line.level.is_none()
        && is_latin(piece) == is_latin(next)
        && !is_drawn(piece)
        && !is_drawn(next)
}

/// Whether it is a row of a table drawn in characters.
fn is_drawn(piece: &Piece) -> bool {
    piece.text.starts_with(|c: char| ('\u{2500}'..='\u{257F}').contains(&c))
}

/// Whether the beginning of the next line would have fitted on this one.
fn fits(piece: &Piece, next: &Piece, column: u32) -> bool {
    let room = column.saturating_sub(RAGGED);
    piece.printed_width <= room && piece.printed_width + first_unit(&next.text) <= room
}

/// The width of the indivisible beginning of a line, in half-width characters.
fn first_unit(text: &str) -> u32 {
    let halves = |c: char| 1 + u32::from(is_wide(c));
    let mut width = 0;
    let mut characters = text.chars().peekable();
    while let Some(mark) = characters.next_if(|&c| opens(c)) {
        width += halves(mark);
    }
    if let Some(first) = characters.next() {
        width += halves(first);
        if first.is_ascii() {
            // The white space before a word takes room too.
            width += 1;
            while characters.next_if(|c| c.is_ascii() && *c != ' ').is_some() {
                width += 1;
            }
        }
    }
    while let Some(mark) = characters.next_if(|&c| begins_no_line(c)) {
        width += halves(mark);
    }
    width
}

/// Marks that must not end a line.
fn opens(c: char) -> bool {
    "（(「『“‘《〈〔【［｛".contains(c)
}

/// Marks that must not begin a line.
fn begins_no_line(c: char) -> bool {
    "，。、；：！？）)」』”’》〉〕】］｝…—·％%,.;:!?".contains(c)
}

/// Numbers of lines in a region by width.
struct Widths {
    /// All lines that could be wrapped.
    all: [u32; WIDTHS],
    /// Those followed by a line that continues their text.
    followed: [u32; WIDTHS],
}

impl Widths {
    const NONE: Widths = Widths { all: [0; WIDTHS], followed: [0; WIDTHS] };

    fn of(region: &[usize], pieces: &[Piece]) -> Widths {
        let mut widths = Widths::NONE;
        for &at in region {
            let piece = &pieces[at];
            // Blanks to fill in and drawn tables have any width.
            if piece.line.level.is_some() || piece.shape.has_underscore() || is_drawn(piece) {
                continue;
            }
            let bin = (piece.printed_width as usize).min(WIDTHS - 1);
            widths.all[bin] += 1;
            let next = pieces.get(at + 1).filter(|next| is_followed(piece, next));
            widths.followed[bin] +=
                u32::from(next.is_some_and(|next| {
                    next.label.is_none() && continues(next, piece.printed_width)
                }));
        }
        widths
    }

    fn sum(parts: &[Widths]) -> Widths {
        let mut sum = Widths::NONE;
        for part in parts {
            for bin in 0..WIDTHS {
                sum.all[bin] += part.all[bin];
                sum.followed[bin] += part.followed[bin];
            }
        }
        sum
    }

    /// Whether hardly any line is wider than a column.
    fn keeps_to(&self, column: u32) -> bool {
        let count = |bins: &[u32]| bins.iter().sum::<u32>();
        let wider = count(&self.all[(column as usize + 1).min(WIDTHS)..]);
        wider <= count(&self.all) / 16
    }

    /// The width of the column that the lines fill; `None` if they aren't wrapped.
    fn column(&self) -> Option<u32> {
        let count = |bins: &[u32]| bins.iter().sum::<u32>();
        let (lines, followed) = (count(&self.all), count(&self.followed));
        let mut wider = 0;
        for bin in (0..WIDTHS).rev().filter(|&bin| self.all[bin] > 0) {
            let support = count(&self.followed[bin.saturating_sub(RAGGED as usize)..=bin]);
            let width = bin as u32;
            let believed =
                COLUMNS.contains(&width) && (support >= FEW || width >= NARROWEST_OF_FEW);
            if believed && support >= 2 + 2 * wider && support * 3 >= followed {
                return Some(width);
            }
            wider += self.all[bin];
            if wider > 1 + lines / 16 {
                return None;
            }
        }
        None
    }
}

/// Whether a line reads like the rest of a sentence, or is as wide as the previous one.
fn continues(piece: &Piece, width: u32) -> bool {
    piece.printed_width + RAGGED >= width
        || is_running(&piece.text, piece.shape)
        || ends_sentence(&piece.text)
}
