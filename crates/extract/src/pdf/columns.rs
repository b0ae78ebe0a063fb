//! Columns: text is read column by column where a gutter divides a page.
//!
//! Tables and many programs draw row by row, which must not be read across two columns of text; and
//! text in two languages side by side is two texts. A gutter is a strip that hardly any line
//! crosses, with lines on both sides that fill their column or are in different languages or
//! scripts.

use tiaowen_text::{Script, is_han};

use super::lines::{Glyph, Line, Side, arranged};

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

/// The lines of a page in reading order with their columns, and whether the columns are in two
/// languages or scripts.
pub(super) fn ordered<'g>(lines: Vec<Line<'g>>, text: &str, usual: f64) -> (Vec<Line<'g>>, bool) {
    let whole = |lines| (arranged(lines, usual), false);
    if lines.len() < FEWEST || lines.len() > MOST_LINES {
        return whole(lines);
    }
    let main = lines[0].along;
    if !lines.iter().all(|line| line.is_parallel(main)) {
        return whole(lines);
    }
    let segments: Vec<Vec<Segment<'g>>> = lines.iter().map(segments).collect();
    let size = lines[0].size;
    let all: Vec<Vec<&Segment<'g>>> = segments.iter().map(|line| line.iter().collect()).collect();
    let Some((first, sides)) = parted(&all, size) else { return whole(lines) };
    let is_bilingual = are_bilingual(&sides, text);
    if !is_bilingual && !sides.iter().all(|side| is_column(side, size)) {
        return whole(lines);
    }
    let mut gutters = vec![first];
    // A column of one language may itself consist of two columns in different scripts.
    let further = |beyond: bool| {
        let of_side = |segment: &&&Segment<'g>| {
            if beyond { segment.from >= first } else { segment.to <= first }
        };
        let side: Vec<Vec<&Segment<'g>>> =
            all.iter().map(|line| line.iter().filter(of_side).copied().collect()).collect();
        parted(&side, size).filter(|(_, sides)| are_bilingual(sides, text))
    };
    let further = [false, true].into_iter().filter(|_| is_bilingual).find_map(further);
    gutters.extend(further.map(|(gutter, _)| gutter));
    gutters.sort_by(f64::total_cmp);
    (by_columns(lines, &segments, &gutters), is_bilingual)
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
    let sides: &[Side] = match gutters.len() {
        1 => &[Side::Left, Side::Right],
        _ => &[Side::Left, Side::Middle, Side::Right],
    };
    let (mut crossing, mut beside) = (Vec::new(), Vec::new());
    for (line, parts) in lines.into_iter().zip(segments) {
        let crosses = |part: &Segment<'_>| {
            gutters.iter().any(|gutter| part.from < *gutter && *gutter < part.to)
        };
        if parts.iter().any(crosses) {
            crossing.push(line);
            continue;
        }
        let column = |part: &Segment<'_>| gutters.partition_point(|gutter| *gutter < part.to);
        for (at, &side) in sides.iter().enumerate() {
            let parts = parts.iter().filter(|part| column(part) == at);
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
