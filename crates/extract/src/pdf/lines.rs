//! Characters on a page become its lines.

use std::ops::Range;

use hayro_font::kurbo::{Point, Rect, Vec2};

use super::reader::Drawn;
use super::{columns, margin, tables};

/// A character, or several that one sign stands for, where it is drawn. Down is larger.
#[derive(Debug, Clone)]
pub(crate) struct Glyph {
    /// Bytes of the page's text.
    pub(crate) text: Range<usize>,
    pub(crate) at: Point,
    /// To where the next one would stand.
    pub(crate) way: Vec2,
    /// Height of the font.
    pub(crate) size: f64,
    /// How certain it is, of a hundred, where it was read by text recognition.
    pub(crate) confidence: Option<u8>,
}

impl Glyph {
    /// Makes it reach to the end of another on its line.
    pub(super) fn extend(&mut self, to: &Glyph) {
        let way = to.at + to.way - self.at;
        if self.way.cross(way).abs() < RAISED * self.size * self.way.hypot() {
            self.way = way;
        }
    }
}

/// How far a baseline may be off within a line, as of the font's size: that of a note's number.
const RAISED: f64 = 0.4;
/// The same of what is smaller than the line and stands right beside it.
const HIGHEST: f64 = 0.75;
/// The size of what is raised, as of its line's: what a browser makes smaller is 5/6, or 8/9.
const SMALL: f64 = 0.9;
/// What is larger than this may be a value typed above its line, and is raised up to `LOW` only.
const MARK: f64 = 0.72;
const LOW: f64 = 0.47;
/// From what height on characters are raised, as of the line's size.
const LIFTED: f64 = 0.15;
/// How far what is typed into a form may be off its line, as of the font's size.
const SHIFTED: f64 = 0.6;
/// More lines than this are no form.
const MOST_LINES: usize = 2048;
/// From what gap on words are apart, as of the font's size.
const WORD_GAP: f64 = 0.15;
/// The same beside Chinese, whose characters are spread to fill a line.
const CHINESE_GAP: f64 = 0.35;
/// The widest usual distance of lines, as of the font's size.
const WIDEST: f64 = 2.5;
/// From what distance on lines are no one block, as of the page's usual distance.
const APART: f64 = 2.0;
/// From what distance on lines are apart by a blank one, as of the page's usual distance.
const BLANK: f64 = 1.3;

/// A page with fewer characters than this and a picture all over it is a scan with a stamp.
const STAMP: usize = 60;
/// The share of a page that such a picture covers.
const COVERING: f64 = 0.5;
/// The same of a page without characters: scanners cut pages into strips.
const PART: f64 = 0.03;

/// A line of a page in its own axes: along the writing, and down across it.
#[derive(Debug, Clone)]
pub(super) struct PageLine {
    pub(super) text: String,
    pub(super) along: Vec2,
    /// Height of its largest character.
    pub(super) size: f64,
    /// Where its baseline lies across the writing.
    pub(super) base: f64,
    /// Where it begins and ends along the writing.
    pub(super) from: f64,
    pub(super) to: f64,
    /// The length of what no line break may divide at its beginning: a character with the
    /// marks that must stand beside it, or a Latin word.
    pub(super) first_unit: f64,
    /// Whether it stands apart from the line before it, as by a blank one.
    pub(super) is_apart: bool,
    /// Characters above the line, as of a note's number, by their bytes in the text.
    pub(super) raised: Vec<Raised>,
    /// Wide gaps within it.
    pub(super) gaps: Vec<Gap>,
    /// What of it was read by text recognition, by bytes of the text, and how certain that is.
    pub(super) recognised: Vec<(Range<usize>, u8)>,
    /// The column that it stands in; both where it crosses them or there are none.
    pub(super) side: Side,
    /// The rows of a table that stands here.
    pub(super) table: Option<Rows>,
}

/// Rows of cells, each with its lines.
pub(super) type Rows = Vec<Vec<Vec<PageLine>>>;

/// Characters that stand above their line.
#[derive(Debug, Clone)]
pub(super) struct Raised {
    /// Bytes of the line's text.
    pub(super) at: Range<usize>,
    /// As they are drawn: 2 where the text says ².
    pub(super) mark: String,
}

/// A wide gap in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    /// The byte of the line's text behind it.
    pub(super) at: usize,
    pub(super) width: f64,
    /// Where it ends along the line.
    pub(super) to: f64,
}

/// Where a line stands on a page of two columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Both,
    Left,
    /// Of three columns.
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

/// The lines of a page in the order they are read.
#[derive(Debug, Clone)]
pub(super) struct PageLines {
    pub(super) lines: Vec<PageLine>,
    /// How far lines of one paragraph are below one another.
    pub(super) usual: f64,
    /// Whether its columns are in two languages or scripts.
    pub(super) is_bilingual: bool,
    /// Thin horizontal lines.
    pub(super) rules: Vec<Rect>,
    /// Glyphs without a known character.
    pub(super) unknown: usize,
    /// The share of the page that its largest picture covers.
    pub(super) pictured: f64,
    /// The numbers of lines in the margin.
    pub(super) line_numbers: String,
    /// See [`Drawn`].
    pub(super) extent: Option<(f64, f64)>,
    pub(super) noise: String,
    pub(super) unread: Option<String>,
}

impl PageLines {
    /// Whether it is a picture, with a stamp at most, or says nothing beside one.
    pub(super) fn is_picture(&self) -> bool {
        let signs: usize = self.lines.iter().map(|line| line.text.chars().count()).sum();
        self.pictured > COVERING && signs < STAMP || self.pictured > PART && signs == 0
    }
}

/// A line in the making.
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

    /// The line of these glyphs, if there are any.
    pub(super) fn of(glyphs: &[&'g Glyph], side: Side) -> Option<Self> {
        let (first, rest) = glyphs.split_first()?;
        let mut line = Self { side, ..Self::new(first) };
        rest.iter().for_each(|glyph| line.push(glyph));
        Some(line)
    }

    /// Where a glyph begins along the line.
    pub(super) fn place(&self, glyph: &Glyph) -> f64 {
        glyph.at.to_vec2().dot(self.along)
    }

    pub(super) fn push(&mut self, glyph: &'g Glyph) {
        // The largest tells where the line stands, not a note's number.
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
        // The mark of a note may stand higher, but only right beside its word.
        let raised = if glyph.size < self.size { -off } else { off };
        off.abs() < RAISED * large
            || small < SMALL * large
                && (0.0..HIGHEST * large).contains(&raised)
                && (self.place(glyph) - self.to).abs() < 0.5 * large
    }

    /// Whether another line, drawn next, only goes on with this one, as a value typed into a form.
    fn takes_line(&self, other: &Line<'_>, text: &str) -> bool {
        let large = self.size.max(other.size);
        let off = (self.base - other.base).abs();
        if !self.is_parallel(other.along) || off > SHIFTED * large {
            return false;
        }
        let gap = other.from - self.to;
        (-0.1 * large..1.0 * large).contains(&gap) || self.has_blank(other, text)
    }

    /// Whether another line stands in a blank of this one.
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

    /// Takes a line that stands in a blank of this one, in place of the blank's white space.
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

    /// Whether it goes on below another, without a wide gap.
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

    /// See [`PageLine::first_unit`]; its characters are in order.
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

    /// Writes the line; what of it stands raised, where it has wide gaps, and how certain it is.
    fn write(&mut self, text: &str, out: &mut String) -> Marks {
        // Parts of a line may be drawn in any order.
        let along = self.along;
        let place = |glyph: &Glyph| glyph.at.to_vec2().dot(along);
        self.glyphs.sort_by(|a, b| place(a).total_cmp(&place(b)));
        let start = out.len();
        let mut end = f64::MAX;
        let Marks { mut raised, mut gaps, mut recognised } = Marks::default();
        // Where the last character that is seen ends.
        let mut seen = f64::MAX;
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
            if !characters.trim().is_empty() {
                let (to, width) = (place(glyph), place(glyph) - seen);
                if width > 1.2 * self.size {
                    gaps.push(Gap { at: out.len(), width, to });
                }
                seen = end;
            }
            let lift = self.base - self.across(glyph);
            let highest = if glyph.size < MARK * self.size { HIGHEST } else { LOW };
            let is_raised = glyph.size < SMALL * self.size
                && (LIFTED * self.size..highest * self.size).contains(&lift);
            if is_raised && !characters.trim().is_empty() {
                match raised.last_mut().filter(|raised| raised.at.end == out.len()) {
                    Some(raised) => raised.mark.push_str(characters),
                    None => raised.push(Raised { at: out.len()..0, mark: characters.to_owned() }),
                }
                superscript(characters, out);
                if let Some(raised) = raised.last_mut() {
                    raised.at.end = out.len();
                }
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
}

/// What is known of parts of a line, by their bytes in its text.
#[derive(Debug, Default)]
struct Marks {
    raised: Vec<Raised>,
    gaps: Vec<Gap>,
    recognised: Vec<(Range<usize>, u8)>,
}

/// Writes characters that stand above their line: as such, or behind ^.
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

/// Marks that may not end a line.
fn opens(c: char) -> bool {
    "（(「『“‘《〈〔【［｛".contains(c)
}

/// Marks that may not begin a line.
fn begins_no_line(c: char) -> bool {
    "，。、；：！？）)」』”’》〉〕】］｝…—·％%".contains(c)
}

fn direction(glyph: &Glyph) -> Vec2 {
    let length = glyph.way.hypot();
    if length > 0.0 { glyph.way / length } else { Vec2::new(1.0, 0.0) }
}

/// The lines of a page.
pub(super) fn page(drawn: Drawn) -> PageLines {
    let Drawn { mut glyphs, text, rules, unknown, pictured, extent, noise, unread } = drawn;
    upright(&mut glyphs, &text);
    let (tables, rest) = tables::ruled(&glyphs, &rules);
    // Lines of tables tell how far lines are apart as well.
    let all = lines(glyphs.iter(), &text);
    let usual = usual_distance(&all);
    let mut drawn = if tables.is_empty() { all } else { lines(rest.into_iter(), &text) };
    let line_numbers = margin::take_numbers(&mut drawn, &text);
    let lines = joined(drawn, &text);
    let (lines, is_bilingual) = columns::ordered(lines, &text, usual);
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
    PageLines {
        lines: written,
        usual,
        is_bilingual,
        rules: rules.collect(),
        unknown,
        pictured,
        line_numbers,
        extent,
        noise,
        unread,
    }
}

/// Gives signs that are drawn one below the other, each by itself, the direction of their column,
/// the first column to the right.
fn upright(glyphs: &mut [Glyph], text: &str) {
    let is_sign = |glyph: &Glyph| {
        let mut signs = text[glyph.text.clone()].chars();
        signs.next().is_some_and(|c| c >= '\u{2E80}') && signs.next().is_none()
    };
    let below = |pair: &&[Glyph]| {
        let step = pair[1].at - pair[0].at;
        let size = pair[0].size;
        is_sign(&pair[0])
            && pair[0].way.y.abs() < 0.1 * size
            && step.x.abs() < 0.3 * size
            && (0.8 * size..1.6 * size).contains(&step.y)
    };
    let stacked = glyphs.windows(2).filter(below).count();
    if stacked < 4 || stacked * 10 < glyphs.len() * 7 {
        return;
    }
    for glyph in glyphs.iter_mut() {
        // A column is placed by its middle.
        glyph.at.x += glyph.way.x / 2.0;
        glyph.at.y -= glyph.size;
        glyph.way = Vec2::new(0.0, glyph.size);
    }
    let size = glyphs[0].size;
    let column = |glyph: &Glyph| (glyph.at.x / (0.6 * size)).round() as i64;
    glyphs.sort_by(|a, b| column(b).cmp(&column(a)).then(a.at.y.total_cmp(&b.at.y)));
}

/// Lines in the order they are drawn.
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

/// Lines with the values that a form was filled with in their places.
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

/// How far lines of one paragraph are below one another: as the nearer ones are, and no more than
/// what the size of the font lets expect, where a page has few lines.
fn usual_distance(lines: &[Line<'_>]) -> f64 {
    let quarter = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 4).copied().unwrap_or(f64::MAX)
    };
    let pairs = lines.windows(2).filter(|pair| pair[1].is_parallel(pair[0].along));
    let down = pairs.map(|pair| pair[1].base - pair[0].base).filter(|distance| *distance > 0.0);
    let size = quarter(lines.iter().map(|line| line.size).collect());
    quarter(down.collect()).min(size * WIDEST)
}

/// Lines in the order they are read: as drawn, which goes through columns and cells rightly, but
/// what stands above or below all that is beside one another goes there, as running titles.
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
    // Top, bottom and blocks of what stands beside one another, as they were drawn.
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
