//! Characters on a page become its lines.

use std::ops::Range;

use hayro_font::kurbo::{Point, Vec2};

/// A character, or several that one sign stands for, where it is drawn. Down is larger.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// Bytes of the page's text.
    pub(super) text: Range<usize>,
    pub(super) at: Point,
    /// To where the next one would stand.
    pub(super) way: Vec2,
    /// Height of the font.
    pub(super) size: f64,
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
}

impl PageLine {
    pub(super) fn is_parallel(&self, other: &PageLine) -> bool {
        self.along.dot(other.along) > 0.98
    }
}

/// The lines of a page in the order they are read.
#[derive(Debug, Clone)]
pub(super) struct PageLines {
    pub(super) lines: Vec<PageLine>,
    /// How far lines of one paragraph are below one another.
    pub(super) usual: f64,
}

/// A line in the making.
struct Line<'g> {
    glyphs: Vec<&'g Glyph>,
    along: Vec2,
    size: f64,
    base: f64,
    from: f64,
    to: f64,
}

impl<'g> Line<'g> {
    fn new(glyph: &'g Glyph) -> Self {
        let along = direction(glyph);
        let mut line =
            Self { glyphs: Vec::new(), along, size: 0.0, base: 0.0, from: f64::MAX, to: f64::MIN };
        line.push(glyph);
        line
    }

    fn push(&mut self, glyph: &'g Glyph) {
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
        self.is_parallel(direction(glyph))
            && (self.across(glyph) - self.base).abs() < RAISED * self.size.max(glyph.size)
    }

    fn is_parallel(&self, along: Vec2) -> bool {
        self.along.dot(along) > 0.98
    }

    /// Whether it goes on below another, without a wide gap.
    fn is_below(&self, other: &Line<'_>, usual: f64) -> bool {
        self.is_parallel(other.along) && (0.0..=usual * APART).contains(&(self.base - other.base))
    }

    fn written(&mut self, text: &str, is_apart: bool) -> PageLine {
        let mut out = String::new();
        self.write(text, &mut out);
        PageLine {
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

    fn write(&mut self, text: &str, out: &mut String) {
        // Parts of a line may be drawn in any order.
        let along = self.along;
        let place = |glyph: &Glyph| glyph.at.to_vec2().dot(along);
        self.glyphs.sort_by(|a, b| place(a).total_cmp(&place(b)));
        let start = out.len();
        let mut end = f64::MAX;
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
            out.extend(characters.chars().map(|c| match c {
                '\u{3000}' => c,
                c if c.is_whitespace() || c.is_control() => ' ',
                c => c,
            }));
        }
        let written = out[start..].trim_end().len();
        out.truncate(start + written);
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
pub(super) fn page(glyphs: &[Glyph], text: &str) -> PageLines {
    let lines = lines(glyphs, text);
    let usual = usual_distance(&lines);
    let mut above: Option<(f64, Vec2)> = None;
    let mut written = Vec::with_capacity(lines.len());
    for mut line in arranged(lines, usual) {
        let is_apart = above.is_some_and(|(base, along)| {
            !line.is_parallel(along) || line.base - base > usual * BLANK
        });
        above = Some((line.base, line.along));
        written.push(line.written(text, is_apart));
    }
    PageLines { lines: written, usual }
}

/// Lines in the order they are drawn.
fn lines<'g>(glyphs: &'g [Glyph], text: &str) -> Vec<Line<'g>> {
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
fn arranged(lines: Vec<Line<'_>>, usual: f64) -> Vec<Line<'_>> {
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
