//! Line numbers in the margin, as in drafts and court records.
//!
//! They are numbers left of all text, beside each line or every fifth one, and count up by one or
//! five. Items of a list are numbered the same way, but their lines end where their texts do;
//! numbered lines are filled.

use super::lines::{Glyph, Line};

/// Minimum number of numbered lines on a page.
const FEWEST: usize = 5;
/// Minimum gap between a number and its line, relative to the font size.
const GAP: f64 = 0.4;

/// A number at the beginning of a line.
struct Number {
    line: usize,
    base: f64,
    value: u32,
    /// Its end, and its number of glyphs.
    to: f64,
    glyphs: usize,
}

/// Removes line numbers from the lines of a page and returns their text.
pub(super) fn take_numbers(lines: &mut Vec<Line<'_>>, text: &str) -> String {
    for line in lines.iter_mut() {
        let along = line.along;
        let place = |glyph: &Glyph| glyph.at.to_vec2().dot(along);
        line.glyphs.sort_by(|a, b| place(a).total_cmp(&place(b)));
    }
    let mut numbers: Vec<Number> =
        lines.iter().enumerate().filter_map(|(at, line)| number(at, line, text)).collect();
    numbers.sort_by(|a, b| a.base.total_cmp(&b.base));
    if !are_line_numbers(&numbers, lines, text) {
        return String::new();
    }
    let read: Vec<String> = numbers.iter().map(|number| number.value.to_string()).collect();
    numbers.sort_by_key(|number| std::cmp::Reverse(number.line));
    for number in numbers {
        let side = lines[number.line].side;
        match Line::of(&lines[number.line].glyphs[number.glyphs..], side) {
            Some(rest) => lines[number.line] = rest,
            None => {
                lines.remove(number.line);
            }
        }
    }
    read.join(" ")
}

/// What a glyph shows, without white space.
fn printed<'t>(glyph: &Glyph, text: &'t str) -> &'t str {
    text[glyph.text.clone()].trim()
}

/// The number that begins or forms a line, separated from the line's text.
fn number(at: usize, line: &Line<'_>, text: &str) -> Option<Number> {
    let is_digit = |glyph: &&&Glyph| printed(glyph, text).bytes().all(|b| b.is_ascii_digit());
    let glyphs = line.glyphs.iter().take_while(is_digit).count();
    let read: String = line.glyphs[..glyphs].iter().map(|glyph| printed(glyph, text)).collect();
    let mut digits = line.glyphs[..glyphs].iter().rev();
    let last = digits.find(|glyph| !printed(glyph, text).is_empty())?;
    let to = line.place(last) + last.way.hypot();
    let is_apart =
        line.glyphs.get(glyphs).is_none_or(|next| line.place(next) - to > GAP * line.size);
    let value = read.parse().ok().filter(|_| is_apart && read.len() <= 4)?;
    Some(Number { line: at, base: line.base, value, to, glyphs })
}

fn are_line_numbers(numbers: &[Number], lines: &[Line<'_>], text: &str) -> bool {
    let [first, second, ..] = numbers else { return false };
    let step = second.value.wrapping_sub(first.value);
    let counts = numbers.windows(2).all(|pair| pair[1].value.wrapping_sub(pair[0].value) == step);
    if numbers.len() < FEWEST || !matches!(step, 1 | 5) || !counts {
        return false;
    }
    let edge = numbers.iter().map(|number| number.to).fold(f64::MIN, f64::max);
    let skipped = |line: usize| {
        numbers.iter().find(|number| number.line == line).map_or(0, |number| number.glyphs)
    };
    let rests: Vec<Vec<&Glyph>> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let rest = line.glyphs[skipped(at)..].iter();
            rest.filter(|glyph| !printed(glyph, text).is_empty()).copied().collect()
        })
        .filter(|rest: &Vec<&Glyph>| !rest.is_empty())
        .collect();
    let from = |rest: &Vec<&Glyph>| rest[0].at.x;
    let to = |rest: &Vec<&Glyph>| rest[rest.len() - 1].at.x + rest[rest.len() - 1].way.x;
    let right = rests.iter().map(to).fold(f64::MIN, f64::max);
    let size = lines[first.line].size.max(6.0);
    let is_filled = |rest: &&Vec<&Glyph>| {
        let gap =
            rest.windows(2).any(|pair| pair[1].at.x - pair[0].at.x - pair[0].way.x > 1.5 * size);
        let ends = text[rest[rest.len() - 1].text.clone()].ends_with(['。', '；', '：']);
        to(rest) > right - 2.0 * size && !gap && !ends
    };
    let filled = rests.iter().filter(is_filled).count();
    rests.iter().all(|rest| from(rest) >= edge)
        && numbers.len() * step as usize * 5 >= rests.len() * 3
        && filled * 3 >= rests.len()
}
