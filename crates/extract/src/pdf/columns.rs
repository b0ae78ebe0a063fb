//! Columns: text is read column by column where a gutter divides a page.
//!
//! Tables and many programs draw row by row, which must not be read across two columns of text; and
//! text in two languages side by side is two texts. A gutter is a strip that hardly any line
//! crosses, with lines on both sides that fill their column or are in different languages or
//! scripts.

use tiaowen_text::{Script, is_han};

use super::lines::{Glyph, Line, PageLine, Side, arranged};

/// Minimum gap between parts of a line that may belong to two columns, relative to the font size.
const GAP: f64 = 0.8;
/// Minimum width of a column, relative to the width of the page's text.
const NARROWEST: f64 = 0.2;
/// Minimum number of lines of a column.
const FEWEST: usize = 3;
/// A page with more lines is no page of text.
const MOST_LINES: usize = 4096;

/// Part of a line without a wide gap.
struct Segment<'g> {
    glyphs: Vec<&'g Glyph>,
    from: f64,
    to: f64,
}

/// The columns of a page in two languages or scripts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    gutters: Vec<f64>,
    /// The columns in the order of their streams, Chinese first.
    streams: Vec<Stream>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Stream {
    side: Side,
    is_english: bool,
    script: Script,
}

impl Columns {
    /// The columns at these gutters, from the lines of the page that shows them.
    pub(super) fn of(gutters: Vec<f64>, lines: &[PageLine]) -> Self {
        let mut streams = Vec::new();
        for side in [Side::Left, Side::Middle, Side::Right] {
            let lines = lines.iter().filter(|line| line.side == side);
            let text: String = lines.map(|line| &*line.text).collect();
            if !text.is_empty() {
                let is_english = latin_share(&text) > 0;
                streams.push(Stream { side, is_english, script: Script::of(&text) });
            }
        }
        streams.sort_by_key(|stream| stream.is_english);
        Self { gutters, streams }
    }

    pub(super) fn count(&self) -> usize {
        self.streams.len()
    }

    /// The stream of a line; one that crosses the columns belongs to the stream of its language.
    pub(super) fn stream(&self, line: &PageLine) -> u16 {
        let known = self.streams.iter().position(|stream| stream.claims(line));
        let known = known.and_then(|at| u16::try_from(at).ok());
        known.unwrap_or_else(|| stream_of_language(&line.text))
    }

    /// Whether the lines of a page continue these columns: hardly any line crosses a gutter, and
    /// none is in the language or script of another column.
    fn go_on(&self, lines: &[Vec<Segment<'_>>], text: &str) -> bool {
        let all = || lines.iter().flatten();
        if all().filter(|segment| self.crosses(segment)).count() > lines.len() / 10 {
            return false;
        }
        !lines.is_empty()
            && self.streams.iter().all(|stream| {
                let beside = all().filter(|segment| !self.crosses(segment));
                stream.may_continue(
                    beside.filter(|found| side_of(found, &self.gutters) == stream.side),
                    text,
                )
            })
    }

    /// Whether a part of a line crosses a gutter.
    fn crosses(&self, segment: &Segment<'_>) -> bool {
        self.gutters.iter().any(|gutter| segment.from < *gutter && *gutter < segment.to)
    }
}

impl Stream {
    /// Whether a line belongs to this column; one that crosses the columns belongs to that of its
    /// language.
    fn claims(&self, line: &PageLine) -> bool {
        match line.side {
            Side::Both if latin_share(&line.text) > 4 => self.is_english,
            Side::Both => !self.is_english && self.script == Script::of(&line.text),
            side => self.side == side,
        }
    }

    /// Whether what is in its place on a page may continue it: it is in the same language and not in
    /// the other script.
    fn may_continue<'s, 'g: 's>(
        &self,
        segments: impl Iterator<Item = &'s Segment<'g>>,
        text: &str,
    ) -> bool {
        let signs = segments.flat_map(|segment| &segment.glyphs);
        let signs: String = signs.map(|glyph| &text[glyph.text.clone()]).collect();
        let is_contrary = matches!(
            (self.script, Script::of(&signs)),
            (Script::Hant, Script::Hans) | (Script::Hans, Script::Hant)
        );
        signs.trim().is_empty()
            || (latin_share(&signs) > 4) == self.is_english && (self.is_english || !is_contrary)
    }
}

/// The stream of a line that no column claims: that of Chinese or of English.
pub(super) fn stream_of_language(text: &str) -> u16 {
    u16::from(latin_share(text) > 4)
}

/// Number of Latin letters minus three times the number of Chinese characters.
pub(super) fn latin_share(text: &str) -> i64 {
    let latin = text.chars().filter(char::is_ascii_alphabetic).count() as i64;
    latin - 3 * text.chars().filter(|&c| is_han(c)).count() as i64
}

/// The columns of a segment that crosses no gutter.
fn side_of(segment: &Segment<'_>, gutters: &[f64]) -> Side {
    sides(gutters)[gutters.partition_point(|gutter| *gutter < segment.to)]
}

fn sides(gutters: &[f64]) -> &'static [Side] {
    match gutters.len() {
        1 => &[Side::Left, Side::Right],
        _ => &[Side::Left, Side::Middle, Side::Right],
    }
}

/// The gutters of a page in two languages or scripts.
pub(super) enum Gutters {
    /// There are none, or its columns are in one language.
    None,
    /// Those that the page itself shows.
    Own(Vec<f64>),
    /// Those of an earlier page, whose columns end on this one.
    Continued,
}

/// The lines of a page in reading order with their columns. A page with too few lines to show columns
/// may continue those of the page before it.
pub(super) fn ordered<'g>(
    lines: Vec<Line<'g>>,
    text: &str,
    usual: f64,
    before: Option<&Columns>,
) -> (Vec<Line<'g>>, Gutters) {
    let is_level = lines.first().is_some_and(|first| {
        lines.len() <= MOST_LINES && lines.iter().all(|line| line.is_parallel(first.along))
    });
    if !is_level {
        return (arranged(lines, usual), Gutters::None);
    }
    let segments: Vec<Vec<Segment<'g>>> = lines.iter().map(segments).collect();
    match gutters(&segments, text, lines[0].size) {
        Some((gutters, is_bilingual)) => {
            let lines = by_columns(lines, &segments, &gutters);
            (lines, if is_bilingual { Gutters::Own(gutters) } else { Gutters::None })
        }
        None => match before.filter(|columns| columns.go_on(&segments, text)) {
            Some(columns) => (by_columns(lines, &segments, &columns.gutters), Gutters::Continued),
            None => (arranged(lines, usual), Gutters::None),
        },
    }
}

/// The gutters that the lines of a page show, and whether the columns between them are in two
/// languages or scripts.
fn gutters<'g>(segments: &[Vec<Segment<'g>>], text: &str, size: f64) -> Option<(Vec<f64>, bool)> {
    if segments.len() < FEWEST {
        return None;
    }
    let all: Vec<Vec<&Segment<'g>>> = segments.iter().map(|line| line.iter().collect()).collect();
    let (first, sides) = parted(&all, size)?;
    let is_bilingual = are_bilingual(&sides, text);
    if !is_bilingual && !sides.iter().all(|side| is_column(side, size)) {
        return None;
    }
    let mut gutters = vec![first];
    // A column of one language may itself consist of two columns in different scripts.
    let further = [false, true].into_iter().filter(|_| is_bilingual).find_map(|beyond| {
        let is_beside = |segment: &&&Segment<'g>| {
            if beyond { segment.from >= first } else { segment.to <= first }
        };
        let side: Vec<Vec<&Segment<'g>>> =
            all.iter().map(|line| line.iter().filter(is_beside).copied().collect()).collect();
        parted(&side, size).filter(|(_, sides)| are_bilingual(sides, text))
    });
    gutters.extend(further.map(|(gutter, _)| gutter));
    gutters.sort_by(f64::total_cmp);
    Some((gutters, is_bilingual))
}

/// A gutter, and the parts of lines on its two sides.
type Parted<'s, 'g> = (f64, [Vec<&'s Segment<'g>>; 2]);

fn parted<'s, 'g>(lines: &[Vec<&'s Segment<'g>>], size: f64) -> Option<Parted<'s, 'g>> {
    let gutter = gutter(lines, size)?;
    let mut sides: [Vec<&Segment<'g>>; 2] = [Vec::new(), Vec::new()];
    for &segment in lines.iter().flatten() {
        if segment.to <= gutter {
            sides[0].push(segment);
        } else if segment.from >= gutter {
            sides[1].push(segment);
        }
    }
    sides.iter().all(|side| side.len() >= FEWEST).then_some((gutter, sides))
}

/// The parts of a line between wide gaps, in order.
fn segments<'g>(line: &Line<'g>) -> Vec<Segment<'g>> {
    let mut glyphs = line.glyphs.clone();
    glyphs.sort_by(|a, b| line.place(a).total_cmp(&line.place(b)));
    let mut segments: Vec<Segment<'g>> = Vec::new();
    for glyph in glyphs {
        let from = line.place(glyph);
        let to = from + glyph.way.hypot();
        match segments.last_mut() {
            Some(last) if from - last.to < GAP * line.size => {
                last.to = last.to.max(to);
                last.glyphs.push(glyph);
            }
            _ => segments.push(Segment { glyphs: vec![glyph], from, to }),
        }
    }
    segments
}

/// The middle of the widest strip near the middle of a page that hardly any line crosses.
fn gutter(segments: &[Vec<&Segment<'_>>], size: f64) -> Option<f64> {
    let all = || segments.iter().flatten();
    let left = all().map(|segment| segment.from).fold(f64::MAX, f64::min);
    let right = all().map(|segment| segment.to).fold(f64::MIN, f64::max);
    let width = (right - left).ceil();
    if !(1.0..1e4).contains(&width) {
        return None;
    }
    let bin = |x: f64| ((x - left).max(0.0) as usize).min(width as usize);
    let mut crossing = vec![0_i32; width as usize + 2];
    for segment in all() {
        crossing[bin(segment.from)] += 1;
        crossing[bin(segment.to) + 1] -= 1;
    }
    let few = (segments.len() / 10).max(1) as i32;
    let inside = bin(left + NARROWEST * width)..bin(right - NARROWEST * width);
    let (mut open, mut covered, mut best) = (None, 0, (0, 0));
    for (x, change) in crossing.iter().enumerate() {
        covered += change;
        let is_free = covered <= few && inside.contains(&x);
        let start = *open.get_or_insert(x);
        if !is_free {
            open = None;
        } else if x - start >= best.1 - best.0 {
            best = (start, x);
        }
    }
    let wide = (best.1 - best.0) as f64 >= (GAP * size).max(8.0);
    wide.then(|| left + (best.0 + best.1) as f64 / 2.0)
}

/// Whether two columns are in different languages or scripts.
fn are_bilingual(sides: &[Vec<&Segment<'_>>; 2], text: &str) -> bool {
    let texts = sides.each_ref().map(|side| {
        let glyphs = side.iter().flat_map(|segment| &segment.glyphs);
        glyphs.map(|glyph| &text[glyph.text.clone()]).collect::<String>()
    });
    let [left, right] = texts.each_ref().map(|text| {
        let han = text.chars().filter(|c| is_han(*c)).count();
        (han, text.chars().filter(char::is_ascii_alphabetic).count())
    });
    let is_chinese = |(han, latin): (usize, usize)| han >= 20 && han * 2 > latin;
    let is_latin = |(han, latin): (usize, usize)| latin >= 60 && han * 20 < latin;
    if is_chinese(left) && is_latin(right) || is_latin(left) && is_chinese(right) {
        return true;
    }
    let scripts = texts.each_ref().map(|text| Script::of(text));
    is_chinese(left)
        && is_chinese(right)
        && matches!(scripts, [Script::Hant, Script::Hans] | [Script::Hans, Script::Hant])
        && left.0.abs_diff(right.0) * 3 < left.0 + right.0
}

/// Whether the lines of a side are running text: most of them fill it.
fn is_column(side: &[&Segment<'_>], size: f64) -> bool {
    let edge = side.iter().map(|segment| segment.to).fold(f64::MIN, f64::max);
    let full = side.iter().filter(|segment| segment.to > edge - 1.5 * size).count();
    let signs: usize = side.iter().map(|segment| segment.glyphs.len()).sum();
    side.len() >= 2 * FEWEST && full * 2 > side.len() && signs > 10 * side.len()
}

/// Orders lines column by column, between lines that cross the gutter.
fn by_columns<'g>(
    lines: Vec<Line<'g>>,
    segments: &[Vec<Segment<'g>>],
    gutters: &[f64],
) -> Vec<Line<'g>> {
    let (mut crossing, mut beside) = (Vec::new(), Vec::new());
    for (line, parts) in lines.into_iter().zip(segments) {
        let crosses = |part: &Segment<'_>| {
            gutters.iter().any(|gutter| part.from < *gutter && *gutter < part.to)
        };
        if parts.iter().any(crosses) {
            crossing.push(line);
            continue;
        }
        for &side in sides(gutters) {
            let parts = parts.iter().filter(|part| side_of(part, gutters) == side);
            let glyphs: Vec<&Glyph> = parts.flat_map(|part| part.glyphs.clone()).collect();
            beside.extend(Line::of(&glyphs, side));
        }
    }
    crossing.sort_by(|a, b| a.base.total_cmp(&b.base));
    let band = |line: &Line<'_>| crossing.partition_point(|other| other.base < line.base);
    let mut keyed: Vec<(usize, Side, Line<'g>)> =
        beside.into_iter().map(|line| (band(&line), line.side, line)).collect();
    keyed.extend(crossing.iter().cloned().enumerate().map(|(at, line)| {
        // Behind the columns above it.
        (at + 1, Side::Both, line)
    }));
    keyed.sort_by(|a, b| {
        (a.0, a.1)
            .cmp(&(b.0, b.1))
            .then(a.2.base.total_cmp(&b.2.base))
            .then(a.2.from.total_cmp(&b.2.from))
    });
    let mut ordered: Vec<Line<'g>> = Vec::with_capacity(keyed.len());
    for (_, _, line) in keyed {
        match ordered.last_mut() {
            // Parts of one line that were drawn separately.
            Some(last)
                if last.side == line.side
                    && line.side != Side::Both
                    && (last.base - line.base).abs() < 0.2 * line.size
                    && last.to < line.from + 1.0 =>
            {
                line.glyphs.iter().for_each(|glyph| last.push(glyph));
            }
            _ => ordered.push(line),
        }
    }
    ordered
}
