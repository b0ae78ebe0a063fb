//! Assembles the characters of a page into lines.
//!
//! A PDF draws characters at positions, in any order, with no notion of words, lines or
//! superscripts. Characters whose baselines agree form a line; smaller ones just above it are
//! superscripts; gaps become spaces or cell borders. The thresholds below are multiples of the font
//! size.

use std::ops::Range;

use hayro_font::kurbo::{Point, Rect, Vec2};
use tiaowen_blocks::LeftOutReason;

use super::columns::{self, Columns, Gutters};
use super::reader::Drawn;
use super::{margin, tables};

/// A character, or several that one glyph stands for, at its position. The y axis points down.
#[derive(Debug, Clone)]
pub(crate) struct Glyph {
    /// Bytes of the page's text.
    pub(crate) text: Range<usize>,
    pub(crate) at: Point,
    /// Vector to the position of the next glyph.
    pub(crate) way: Vec2,
    /// Font height.
    pub(crate) size: f64,
    /// How certain it is, of a hundred, where it was read by text recognition.
    pub(crate) confidence: Option<u8>,
}

impl Glyph {
    /// Extends it to the end of another glyph on its line.
    pub(super) fn extend(&mut self, to: &Glyph) {
        let way = to.at + to.way - self.at;
        if self.way.cross(way).abs() < RAISED * self.size * self.way.hypot() {
            self.way = way;
        }
    }
}

/// Maximum deviation of a baseline within a line, relative to the font size: that of a note's
/// number.
const RAISED: f64 = 0.4;
/// The maximum for smaller characters directly beside the line's text.
const HIGHEST: f64 = 0.75;
/// Maximum size of raised characters, relative to their line; browsers use 5/6 or 8/9.
const SMALL: f64 = 0.9;
/// Larger characters may be a value typed above its line, and are raised only up to `LOW`.
const MARK: f64 = 0.72;
const LOW: f64 = 0.47;
/// Maximum distance of a superscript from its word, relative to the line's size.
const BESIDE: f64 = 0.7;
/// Minimum height of raised characters, relative to the line's size.
const LIFTED: f64 = 0.15;
/// Maximum deviation of text typed into a form from its line, relative to the font size.
const SHIFTED: f64 = 0.6;
/// A page with more lines is no form.
const MOST_LINES: usize = 2048;
/// Minimum gap between words, relative to the font size.
const WORD_GAP: f64 = 0.15;
/// The minimum beside Chinese, whose characters are spread to fill a line.
const CHINESE_GAP: f64 = 0.35;
/// Maximum usual line distance, relative to the font size.
const WIDEST: f64 = 2.5;
/// Minimum distance between blocks, relative to the page's usual line distance.
const APART: f64 = 2.0;
/// Minimum distance that counts as a blank line, relative to the page's usual line distance.
const BLANK: f64 = 1.3;

/// A page with fewer characters than this and a picture all over it is a scan with a stamp.
const STAMP: usize = 60;
/// The share of a page that such a picture covers.
const COVERING: f64 = 0.5;
/// The same of a page without characters: scanners cut pages into strips.
const PART: f64 = 0.03;

/// A line in its own coordinates: along the writing direction, and down across it.
#[derive(Debug, Clone)]
pub(super) struct PageLine {
    pub(super) text: String,
    pub(super) along: Vec2,
    /// Height of its largest character.
    pub(super) size: f64,
    /// Position of its baseline across the writing direction.
    pub(super) base: f64,
    /// Its start and end along the writing direction.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Length of its indivisible beginning: a character with adjoining punctuation, or a Latin
    /// word.
    pub(super) first_unit: f64,
    /// Whether a blank line or equal distance separates it from the line before.
    pub(super) is_apart: bool,
    /// Superscripts, such as a note's number, by their bytes in the text.
    pub(super) raised: Vec<Raised>,
    /// Wide gaps inside it.
    pub(super) gaps: Vec<Gap>,
    /// What of it was read by text recognition, by bytes of the text, and how certain that is.
    pub(super) recognised: Vec<(Range<usize>, u8)>,
    /// Its column; `Both` if it crosses the columns or there are none.
    pub(super) side: Side,
    /// The rows of a table at this position.
    pub(super) table: Option<Rows>,
}

/// Rows of cells, each with its lines.
pub(super) type Rows = Vec<Vec<Vec<PageLine>>>;

/// Raised characters.
#[derive(Debug, Clone)]
pub(super) struct Raised {
    /// Bytes of the line's text.
    pub(super) at: Range<usize>,
    /// The characters as drawn: 2 where the text has ².
    pub(super) mark: String,
}

/// A wide gap in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    /// The byte of the line's text behind it.
    pub(super) at: usize,
    pub(super) width: f64,
    /// Its end along the line.
    pub(super) to: f64,
}

/// The position of a line on a page with columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Both,
    Left,
    /// The middle of three columns.
    Middle,
    Right,
}

impl PageLine {
    pub(super) fn is_parallel(&self, other: &PageLine) -> bool {
        self.along.dot(other.along) > 0.98
    }

    /// A part of its text without white space around, with what of that was recognised.
    pub(super) fn part(&self, part: Range<usize>) -> (String, Vec<(Range<usize>, u8)>) {
        let text = self.text[part.clone()].trim();
        let start = part.end - self.text[part].trim_start().len();
        let recognised = self.recognised_in(start..start + text.len());
        let recognised =
            recognised.map(|(span, certain)| (span.start - start..span.end - start, certain));
        (text.to_owned(), recognised.collect())
    }

    /// What of a part of its text was recognised.
    pub(super) fn recognised_in(
        &self,
        part: Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, u8)> {
        let inside = move |(span, certain): &(Range<usize>, u8)| {
            let span = span.start.max(part.start)..span.end.min(part.end);
            (!span.is_empty()).then_some((span, *certain))
        };
        self.recognised.iter().filter_map(inside)
    }
}

/// The lines of a page in reading order.
#[derive(Debug, Clone)]
pub(super) struct PageLines {
    pub(super) lines: Vec<PageLine>,
    /// Usual distance between lines of one paragraph.
    pub(super) usual: f64,
    /// Its columns, if they are in two languages or scripts.
    pub(super) columns: Option<Columns>,
    /// Thin horizontal rules.
    pub(super) rules: Vec<Rect>,
    /// Number of glyphs without a known character.
    pub(super) unknown: usize,
    /// Share of the page that its largest picture covers.
    pub(super) pictured: f64,
    /// The line numbers in the margin.
    pub(super) line_numbers: String,
    /// See [`Drawn`].
    pub(super) extent: Option<(f64, f64)>,
    pub(super) noise: String,
    pub(super) unread: Option<LeftOutReason>,
}

impl PageLines {
    /// Whether it is a picture, with a stamp at most, or says nothing beside one.
    pub(super) fn is_picture(&self) -> bool {
        let signs: usize = self.lines.iter().map(|line| line.text.chars().count()).sum();
        is_picture(self.pictured, signs)
    }
}

impl Drawn {
    /// As [`PageLines::is_picture`].
    pub(crate) fn is_picture(&self) -> bool {
        is_picture(self.pictured, self.glyphs.len())
    }
}

fn is_picture(pictured: f64, signs: usize) -> bool {
    pictured > COVERING && signs < STAMP || pictured > PART && signs == 0
}

/// A line under construction.
#[derive(Debug, Clone)]
pub(super) struct Line<'g> {
    pub(super) glyphs: Vec<&'g Glyph>,
    pub(super) along: Vec2,
    pub(super) size: f64,
    pub(super) base: f64,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) side: Side,
}

impl<'g> Line<'g> {
    fn new(glyph: &'g Glyph) -> Self {
        let (glyphs, along, side) = (Vec::new(), direction(glyph), Side::Both);
        let (from, to) = (f64::MAX, f64::MIN);
        let mut line = Self { glyphs, along, size: 0.0, base: 0.0, from, to, side };
        line.push(glyph);
        line
    }

    /// The line of these glyphs; `None` without glyphs.
    pub(super) fn of(glyphs: &[&'g Glyph], side: Side) -> Option<Self> {
        let (first, rest) = glyphs.split_first()?;
        let mut line = Self { side, ..Self::new(first) };
        rest.iter().for_each(|glyph| line.push(glyph));
        Some(line)
    }

    /// Start of a glyph along the line.
    pub(super) fn place(&self, glyph: &Glyph) -> f64 {
        glyph.at.to_vec2().dot(self.along)
    }

    pub(super) fn push(&mut self, glyph: &'g Glyph) {
        // The largest glyph determines the baseline, not a note's number.
        if glyph.size > self.size {
            (self.size, self.base) = (glyph.size, self.across(glyph));
        }
        let from = glyph.at.to_vec2().dot(self.along);
        self.from = self.from.min(from);
        self.to = self.to.max(from + glyph.way.hypot());
        self.glyphs.push(glyph);
    }

    fn across(&self, glyph: &Glyph) -> f64 {
        glyph.at.to_vec2().dot(Vec2::new(-self.along.y, self.along.x))
    }

    fn takes(&self, glyph: &Glyph) -> bool {
        if !self.is_parallel(direction(glyph)) {
            return false;
        }
        let off = self.across(glyph) - self.base;
        let (small, large) = (self.size.min(glyph.size), self.size.max(glyph.size));
        // A reference mark may be raised higher, but only directly beside its word.
        let raised = if glyph.size < self.size { -off } else { off };
        off.abs() < RAISED * large
            || small < SMALL * large
                && (0.0..HIGHEST * large).contains(&raised)
                && (self.place(glyph) - self.to).abs() < 0.5 * large
    }

    /// Whether a line drawn next belongs to this one, like a value typed into a form.
    fn takes_line(&self, other: &Line<'_>, text: &str) -> bool {
        let large = self.size.max(other.size);
        let off = (self.base - other.base).abs();
        if !self.is_parallel(other.along) || off > SHIFTED * large {
            return false;
        }
        let gap = other.from - self.to;
        (-0.1 * large..1.0 * large).contains(&gap) || self.has_blank(other, text)
    }

    /// Whether another line fits into a blank of this one.
    fn has_blank(&self, other: &Line<'_>, text: &str) -> bool {
        let visible = |glyph: &&&Glyph| {
            !text[glyph.text.clone()].chars().all(|c| c.is_whitespace() || c == '_')
        };
        let overlaps = |glyph: &&Glyph| {
            let from = self.place(glyph);
            from + glyph.way.hypot() > other.from + 1.0 && from < other.to - 1.0
        };
        self.is_parallel(other.along)
            && (self.base - other.base).abs() < SHIFTED * self.size.max(other.size)
            && self.from < other.from
            && other.to < self.to
            && !self.glyphs.iter().filter(visible).any(overlaps)
    }

    /// Inserts a line into a blank of this one, replacing the blank's white space.
    fn fill_in(&mut self, other: Line<'g>, text: &str) {
        let along = self.along;
        self.glyphs.retain(|glyph| {
            let from = glyph.at.to_vec2().dot(along);
            let covered = from + glyph.way.hypot() > other.from && from < other.to;
            !covered || !text[glyph.text.clone()].chars().all(|c| c.is_whitespace() || c == '_')
        });
        self.absorb(other);
    }

    fn absorb(&mut self, other: Line<'g>) {
        other.glyphs.into_iter().for_each(|glyph| self.push(glyph));
    }

    pub(super) fn is_parallel(&self, along: Vec2) -> bool {
        self.along.dot(along) > 0.98
    }

    /// Whether it continues another line below it, without a wide gap.
    fn is_below(&self, other: &Line<'_>, usual: f64) -> bool {
        self.is_parallel(other.along) && (0.0..=usual * APART).contains(&(self.base - other.base))
    }

    pub(super) fn written(&mut self, text: &str, is_apart: bool) -> PageLine {
        let mut out = String::new();
        let Marks { raised, gaps, recognised } = self.write(text, &mut out);
        PageLine {
            raised,
            gaps,
            recognised,
            side: self.side,
            table: None,
            first_unit: self.first_unit(text),
            text: out,
            along: self.along,
            size: self.size,
            base: self.base,
            from: self.from,
            to: self.to,
            is_apart,
        }
    }

    /// See [`PageLine::first_unit`]. The characters must be in order.
    fn first_unit(&self, text: &str) -> f64 {
        let mut length = 0.0;
        let mut before = None;
        for glyph in &self.glyphs {
            let Some(c) = text[glyph.text.clone()].chars().next() else { continue };
            let is_latin = |c: char| c.is_ascii() && !c.is_whitespace();
            let ends = before.is_some_and(|before| {
                !(opens(before) || begins_no_line(c) || is_latin(before) && is_latin(c))
            });
            if ends {
                break;
            }
            if !c.is_whitespace() {
                length += glyph.way.hypot();
                before = Some(c);
            }
        }
        length
    }

    /// Writes the line. Returns its raised spans, its wide gaps and its certainty.
    fn write(&mut self, text: &str, out: &mut String) -> Marks {
        // Parts of a line may be drawn in any order.
        let along = self.along;
        let place = |glyph: &Glyph| glyph.at.to_vec2().dot(along);
        self.glyphs.sort_by(|a, b| place(a).total_cmp(&place(b)));
        let start = out.len();
        let mut end = f64::MAX;
        let Marks { mut raised, mut gaps, mut recognised } = Marks::default();
        // End of the last visible character.
        let mut seen = f64::MAX;
        // Of the last visible character, if it was small and raised: whether it was a superscript.
        let mut before: Option<bool> = None;
        for glyph in &self.glyphs {
            let characters = &text[glyph.text.clone()];
            let last = out[start..].chars().next_back();
            let first = characters.chars().next();
            let chinese = last.into_iter().chain(first).any(|c| c >= '\u{2E80}');
            let gap = if chinese { CHINESE_GAP } else { WORD_GAP };
            let apart = place(glyph) - end > gap * glyph.size;
            if apart && last.is_some_and(|c| !c.is_whitespace()) {
                out.push(' ');
            }
            end = place(glyph) + glyph.way.hypot();
            let behind = place(glyph) - seen;
            if !characters.trim().is_empty() {
                let (to, width) = (place(glyph), place(glyph) - seen);
                if width > 1.2 * self.size {
                    gaps.push(Gap { at: out.len(), width, to });
                }
                seen = end;
            }
            // A superscript follows its word; smaller type beside a title is no superscript.
            let is_lifted = self.is_lifted(glyph);
            let is_raised = is_lifted && before.unwrap_or(behind < BESIDE * self.size);
            if !characters.trim().is_empty() {
                before = is_lifted.then_some(is_raised);
            }
            if is_raised && !characters.trim().is_empty() {
                write_raised(characters, out, &mut raised);
                continue;
            }
            let from = out.len();
            out.extend(characters.chars().map(|c| match c {
                '\u{3000}' => c,
                c if c.is_whitespace() || c.is_control() => ' ',
                c => c,
            }));
            if let Some(confidence) = glyph.confidence {
                match recognised.last_mut() {
                    Some((span, certain)) if span.end == from && *certain == confidence => {
                        span.end = out.len();
                    }
                    _ => recognised.push((from..out.len(), confidence)),
                }
            }
        }
        let written = out[start..].trim_end().len();
        out.truncate(start + written);
        Marks { raised, gaps, recognised }
    }

    /// Whether a character is small and above the base line.
    fn is_lifted(&self, glyph: &Glyph) -> bool {
        let lift = self.base - self.across(glyph);
        let highest = if glyph.size < MARK * self.size { HIGHEST } else { LOW };
        glyph.size < SMALL * self.size && (LIFTED * self.size..highest * self.size).contains(&lift)
    }
}

/// Writes raised characters; adjacent ones are one mark.
fn write_raised(characters: &str, out: &mut String, raised: &mut Vec<Raised>) {
    match raised.last_mut().filter(|raised| raised.at.end == out.len()) {
        Some(raised) => raised.mark.push_str(characters),
        None => raised.push(Raised { at: out.len()..0, mark: characters.to_owned() }),
    }
    superscript(characters, out);
    if let Some(raised) = raised.last_mut() {
        raised.at.end = out.len();
    }
}

/// What is known of parts of a line, by their bytes in its text.
#[derive(Debug, Default)]
struct Marks {
    raised: Vec<Raised>,
    gaps: Vec<Gap>,
    recognised: Vec<(Range<usize>, u8)>,
}

/// Writes superscripts: as such characters, or behind ^.
fn superscript(characters: &str, out: &mut String) {
    const PLAIN: &str = "0123456789+-=()n";
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ";
    for c in characters.chars() {
        match PLAIN.chars().position(|plain| plain == c) {
            Some(at) => out.extend(RAISED.chars().nth(at)),
            None if c.is_ascii_alphanumeric() => out.extend(['^', c]),
            None => out.push(if c.is_control() { ' ' } else { c }),
        }
    }
}

/// Marks that must not end a line.
fn opens(c: char) -> bool {
    "（(「『“‘《〈〔【［｛".contains(c)
}

/// Marks that must not begin a line.
fn begins_no_line(c: char) -> bool {
    "，。、；：！？）)」』”’》〉〕】］｝…—·％%".contains(c)
}

fn direction(glyph: &Glyph) -> Vec2 {
    let length = glyph.way.hypot();
    if length > 0.0 { glyph.way / length } else { Vec2::new(1.0, 0.0) }
}

/// Assembles the lines of a page. The columns of the page before it may end on it.
pub(super) fn page(drawn: Drawn, before: Option<&PageLines>) -> PageLines {
    let Drawn { mut glyphs, text, rules, unknown, pictured, extent, noise, unread } = drawn;
    upright(&mut glyphs, &text);
    let (tables, rest) = tables::ruled(&glyphs, &rules);
    // The lines of tables also show the usual line distance.
    let all = lines(glyphs.iter(), &text);
    let usual = usual_distance(&all);
    let mut drawn = if tables.is_empty() { all } else { lines(rest.into_iter(), &text) };
    let line_numbers = margin::take_numbers(&mut drawn, &text);
    let lines = joined(drawn, &text);
    let before = before.and_then(|page| page.columns.as_ref());
    let (lines, gutters) = columns::ordered(lines, &text, usual, before);
    let mut above: Option<(f64, Vec2)> = None;
    let mut written: Vec<PageLine> = Vec::with_capacity(lines.len());
    for mut line in lines {
        let is_apart = above.is_some_and(|(base, along)| {
            !line.is_parallel(along) || line.base - base > usual * BLANK
        });
        above = Some((line.base, line.along));
        written.push(line.written(&text, is_apart));
    }
    tables::aligned(&mut written);
    for table in tables {
        table.put_into(&mut written, &text);
    }
    let rules = rules.into_iter().filter(|rule| rule.height() < 3.0 && rule.width() > 30.0);
    let columns = match gutters {
        Gutters::None => None,
        Gutters::Own(gutters) => Some(Columns::of(gutters, &written)),
        Gutters::Continued => before.cloned(),
    };
    PageLines {
        lines: written,
        usual,
        columns,
        rules: rules.collect(),
        unknown,
        pictured,
        line_numbers,
        extent,
        noise,
        unread,
    }
}

/// Gives characters that are drawn one by one below each other the direction of their column; the
/// first column is on the right.
fn upright(glyphs: &mut [Glyph], text: &str) {
    let stacked = glyphs.windows(2).filter(|pair| is_stacked(&pair[0], &pair[1], text)).count();
    if stacked < 4 || stacked * 10 < glyphs.len() * 7 {
        return;
    }
    for glyph in glyphs.iter_mut() {
        // A column is positioned by its middle.
        glyph.at.x += glyph.way.x / 2.0;
        glyph.at.y -= glyph.size;
        glyph.way = Vec2::new(0.0, glyph.size);
    }
    let size = glyphs[0].size;
    let column = |glyph: &Glyph| (glyph.at.x / (0.6 * size)).round() as i64;
    glyphs.sort_by(|a, b| column(b).cmp(&column(a)).then(a.at.y.total_cmp(&b.at.y)));
}

/// Whether a glyph is a single East Asian character and the next one is directly below it.
fn is_stacked(glyph: &Glyph, next: &Glyph, text: &str) -> bool {
    let mut characters = text[glyph.text.clone()].chars();
    let step = next.at - glyph.at;
    let size = glyph.size;
    characters.next().is_some_and(|c| c >= '\u{2E80}')
        && characters.next().is_none()
        && glyph.way.y.abs() < 0.1 * size
        && step.x.abs() < 0.3 * size
        && (0.8 * size..1.6 * size).contains(&step.y)
}

/// Lines in drawing order.
pub(super) fn lines<'g>(glyphs: impl Iterator<Item = &'g Glyph>, text: &str) -> Vec<Line<'g>> {
    let mut lines: Vec<Line<'g>> = Vec::new();
    for glyph in glyphs {
        match lines.last_mut() {
            Some(line) if line.takes(glyph) => line.push(glyph),
            _ => lines.push(Line::new(glyph)),
        }
    }
    lines
        .retain(|line| line.glyphs.iter().any(|glyph| !text[glyph.text.clone()].trim().is_empty()));
    lines
}

/// Lines with filled-in form values inserted into them.
fn joined<'g>(lines: Vec<Line<'g>>, text: &str) -> Vec<Line<'g>> {
    let many = lines.len() > MOST_LINES;
    let mut joined: Vec<Line<'g>> = Vec::with_capacity(lines.len());
    for line in lines {
        match joined.last_mut() {
            Some(last) if last.takes_line(&line, text) => last.fill_in(line, text),
            _ => {
                let blank = |other: &&mut Line<'g>| !many && other.has_blank(&line, text);
                match joined.iter_mut().rfind(blank) {
                    Some(other) => other.fill_in(line, text),
                    None => joined.push(line),
                }
            }
        }
    }
    joined
}

/// The usual distance between lines of a paragraph, from the closer ones. On a page with few lines
/// it is limited by the font size.
fn usual_distance(lines: &[Line<'_>]) -> f64 {
    let pairs = lines.windows(2).filter(|pair| pair[1].is_parallel(pair[0].along));
    let down = pairs.map(|pair| pair[1].base - pair[0].base).filter(|distance| *distance > 0.0);
    let size = lower_quartile(lines.iter().map(|line| line.size).collect());
    lower_quartile(down.collect()).min(size * WIDEST)
}

fn lower_quartile(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 4).copied().unwrap_or(f64::MAX)
}

/// Lines in reading order. Drawing order is right for columns and cells; a line above or below
/// everything that is side by side, such as a running title, is moved there.
pub(super) fn arranged(lines: Vec<Line<'_>>, usual: f64) -> Vec<Line<'_>> {
    let mut blocks: Vec<Vec<Line<'_>>> = Vec::new();
    for line in lines {
        match blocks.last_mut() {
            Some(block) if block.last().is_some_and(|last| line.is_below(last, usual)) => {
                block.push(line);
            }
            _ => blocks.push(vec![line]),
        }
    }
    // Top, bottom and blocks of lines that are side by side, in drawing order.
    let mut bands: Vec<(f64, f64, Vec<usize>)> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let base = |line: Option<&Line<'_>>| line.map_or(0.0, |line| line.base);
        let mut band = (base(block.first()), base(block.last()), vec![at]);
        bands.retain(|(top, bottom, blocks)| {
            let is_apart = *bottom < band.0 || band.1 < *top;
            if !is_apart {
                band = (band.0.min(*top), band.1.max(*bottom), [&blocks[..], &band.2].concat());
            }
            is_apart
        });
        band.2.sort_unstable();
        bands.push(band);
    }
    bands.sort_by(|a, b| a.0.total_cmp(&b.0));
    bands.iter().flat_map(|band| &band.2).flat_map(|at| std::mem::take(&mut blocks[*at])).collect()
}
