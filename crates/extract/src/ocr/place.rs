//! Words with their boxes become characters with their places, as a PDF draws them.
//!
//! A box fits its ink: 一 is flat, a comma takes a quarter of its cell, and on a page that was laid
//! askew a line climbs. What orders lines and paragraphs expects what a type setter does: one size and
//! one baseline a line, cells of one width. So the page is turned straight by the slope of its lines,
//! each line gets the size and baseline of most of its characters, and the ink's gaps beside marks are
//! closed.

use hayro_font::kurbo::{Point, Vec2};
use tiaowen_text::is_han;

use super::tesseract::{ReadLine, ReadPage, ReadWord};
use crate::pdf::{Drawn, Glyph};

/// The longer side of a page whose size isn't known, in points.
const USUAL: f64 = 842.0;
/// Lines read with less certainty, of a hundred, are stains, stamps and drawings.
const NOISE: f64 = 30.0;
/// The same of a line of a few characters without Chinese.
const SHORT_NOISE: f64 = 60.0;
const SHORT: usize = 3;
/// A mark by itself that is read with less certainty is a speck.
const STAIN: f64 = 50.0;
/// Words of a line that tell its slope, at least.
const FEWEST: usize = 5;
/// A slope that is none.
const STRAIGHT: f64 = 0.0015;
/// How far the sizes of lines may be from that of the text and still be measured from the same type.
const SAME_SIZE: f64 = 0.16;
/// Of its cell, what the ink of a character takes.
const INK: f64 = 0.93;
/// Of its size, how high letters and figures are.
const LETTER: f64 = 0.72;
/// Gaps, as of the size, that are none: between characters, and beside a mark that fills a part of its
/// cell.
const JOINED: f64 = 0.55;
const JOINED_AT_MARK: f64 = 1.05;
/// Between words of letters.
const BLANK: f64 = 0.25;

/// What is drawn on a recognised page of this size in points.
pub(super) fn drawn(page: &ReadPage, extent: Option<(f64, f64)>) -> Drawn {
    let longer = extent.map_or(USUAL, |(width, height)| width.max(height));
    let scale = longer / page.width.max(page.height);
    let (mut lines, mut noise) = (Vec::with_capacity(page.lines.len()), Vec::new());
    for line in &page.lines {
        // By its form a mark of Chinese is distinguished from a stain.
        let mut line = line.clone();
        widen_marks(&mut line);
        mend_dash(&mut line);
        let (words, stains): (Vec<&ReadWord>, Vec<&ReadWord>) =
            line.words.iter().partition(|word| !is_stain(word));
        let (words, stains) = if is_noise(&words) {
            (Vec::new(), line.words.iter().collect())
        } else {
            (words, stains)
        };
        if !stains.is_empty() {
            noise.push(stains.iter().map(|word| word.text.as_str()).collect::<String>());
        }
        if !words.is_empty() {
            lines.push(ReadLine { words: words.into_iter().cloned().collect() });
        }
    }
    pair_brackets(&mut lines);
    let slope = slope(&lines);
    let mut set: Vec<SetLine> = lines.iter().map(|line| SetLine::of(line, slope, scale)).collect();
    level_sizes(&mut set);
    let mut drawn = Drawn::default();
    for line in &set {
        line.draw(&mut drawn);
    }
    drawn.noise = noise.join("\n");
    drawn
}

/// Gives marks beside Chinese the form that they are printed in there: the models write some as those of
/// letters.
fn widen_marks(line: &mut ReadLine) {
    let all: Vec<char> = line.words.iter().flat_map(|word| word.text.chars()).collect();
    let is_chinese = |at: Option<usize>| {
        at.and_then(|at| all.get(at)).is_some_and(|c| is_han(*c) || is_wide_mark(*c))
    };
    let mut at: usize = 0;
    for word in &mut line.words {
        let mut text = String::with_capacity(word.text.len());
        for c in word.text.chars() {
            let is_beside = is_chinese(at.checked_sub(1)) || is_chinese(Some(at + 1));
            text.push(if is_beside { widened(c) } else { c });
            at += 1;
        }
        word.text = text;
    }
}

/// The wide form of a mark.
fn widened(c: char) -> char {
    match c {
        ',' => '，',
        ';' => '；',
        ':' => '：',
        '?' => '？',
        '!' => '！',
        '(' => '（',
        ')' => '）',
        c => c,
    }
}

/// Makes a dash of 一一 at the end of a line, before the items of a list: the models read ——, two strokes at
/// half the height, as these characters, and no sentence ends with the word 一一.
fn mend_dash(line: &mut ReadLine) {
    let end: Vec<char> = line.words.iter().flat_map(|word| word.text.chars()).collect();
    let is_dash = matches!(end[..], [.., before, '一', '一'] if before != '一');
    if !is_dash {
        return;
    }
    let mut left = 2;
    for word in line.words.iter_mut().rev() {
        let mut chars: Vec<char> = word.text.chars().collect();
        for c in chars.iter_mut().rev().take(left) {
            *c = '—';
        }
        left -= left.min(chars.len());
        word.text = chars.into_iter().collect();
    }
}

/// Brackets that the models mistake for each other.
const BRACKETS: [(char, char); 7] =
    [('（', '）'), ('(', ')'), ('《', '》'), ('〈', '〉'), ('〔', '〕'), ('【', '】'), ('[', ']')];
/// Certainty, of a hundred, that makes one bracket surer than the other.
const SURER: f64 = 8.0;
/// Those around a year.
const YEAR: usize = 4;
/// Characters between brackets that belong together, at most.
const FARTHEST: usize = 60;

/// Gives brackets that don't match the form of the more certain one: 《省政府） is （省政府）. Around a
/// year they are those that offices number papers with: 〔2015〕 (GB/T 9704).
fn pair_brackets(lines: &mut [ReadLine]) {
    let mut open: Vec<(usize, [usize; 3])> = Vec::new();
    let mut pairs = Vec::new();
    let mut all: Vec<char> = Vec::new();
    for (nth_line, line) in lines.iter().enumerate() {
        for (nth_word, word) in line.words.iter().enumerate() {
            for (nth, c) in word.text.chars().enumerate() {
                let (at, place) = (all.len(), [nth_line, nth_word, nth]);
                all.push(c);
                if BRACKETS.iter().any(|(opens, _)| *opens == c) {
                    open.push((at, place));
                } else if BRACKETS.iter().any(|(_, closes)| *closes == c)
                    && let Some((from, opened)) = open.pop()
                    && at - from <= FARTHEST
                {
                    pairs.push((opened, place, is_year(&all[from + 1..at])));
                }
            }
        }
    }
    for (opened, closed, is_year) in pairs {
        let word = |[line, word, _]: [usize; 3]| &lines[line].words[word];
        let form = |place: [usize; 3]| {
            let c = word(place).text.chars().nth(place[2])?;
            BRACKETS.iter().position(|(opens, closes)| *opens == c || *closes == c)
        };
        let (Some(one), Some(other)) = (form(opened), form(closed)) else { continue };
        if one == other || one < 2 && other < 2 {
            continue;
        }
        let surer = word(opened).confidence - word(closed).confidence;
        // As certain as each other: the most frequent form.
        let is_round = surer.abs() < SURER && (one < 2 || other < 2);
        let form = if is_year {
            YEAR
        } else if is_round {
            one.min(other)
        } else if surer > 0.0 {
            one
        } else {
            other
        };
        let form = BRACKETS[form];
        for ([line, word, nth], c) in [(opened, form.0), (closed, form.1)] {
            let text = &mut lines[line].words[word].text;
            let changed = |(at, old): (usize, char)| if at == nth { c } else { old };
            *text = text.chars().enumerate().map(changed).collect();
        }
    }
}

fn is_year(text: &[char]) -> bool {
    text.len() == 4 && text.iter().all(char::is_ascii_digit)
}

fn is_wide_mark(c: char) -> bool {
    "，。、；：！？（）「」『』《》〈〉".contains(c)
}

/// Whether a word is a mark that is hardly one: a speck, or the edge of the paper. Marks of Chinese stay,
/// as a sentence reads otherwise without them.
fn is_stain(word: &ReadWord) -> bool {
    let tells = |c: char| {
        c.is_alphanumeric() || "，。、；：！？（）「」『』《》〈〉〔〕【】“”‘’…—".contains(c)
    };
    word.confidence < STAIN && !word.text.contains(tells)
}

/// Whether the words of a line are no text.
fn is_noise(words: &[&ReadWord]) -> bool {
    let count = |word: &&ReadWord| word.text.chars().count() as f64;
    let all: f64 = words.iter().map(count).sum();
    let certain: f64 = words.iter().map(|word| word.confidence * count(word)).sum();
    let has_words = words.iter().any(|word| word.text.contains(char::is_alphanumeric));
    let is_short = all as usize <= SHORT && !words.iter().any(|word| word.han() > 0);
    let least = if is_short || !has_words { SHORT_NOISE } else { NOISE };
    certain / all.max(1.0) < least
}

/// By how much lines climb, as of their length: that in the middle of all lines that tell.
fn slope(lines: &[ReadLine]) -> f64 {
    let mut slopes: Vec<(f64, f64)> = lines.iter().filter_map(slope_of).collect();
    slopes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = slopes.iter().map(|(_, length)| length).sum::<f64>() / 2.0;
    let mut before = 0.0;
    let middle = slopes.iter().find(|(_, length)| {
        before += length;
        before >= half
    });
    middle.map(|(slope, _)| *slope).filter(|slope| slope.abs() > STRAIGHT).unwrap_or(0.0)
}

/// The slope of a line and how long it is, by the middles of its words of Chinese.
fn slope_of(line: &ReadLine) -> Option<(f64, f64)> {
    let middles: Vec<(f64, f64)> =
        line.words.iter().filter(|word| word.han() > 0).map(middle).collect();
    let count = middles.len() as f64;
    let (first, last) = (middles.first()?, middles.last()?);
    let length = last.0 - first.0;
    if middles.len() < FEWEST || is_vertical(line) || length <= 0.0 {
        return None;
    }
    let mean = |of: fn(&(f64, f64)) -> f64| middles.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|middle| middle.0), mean(|middle| middle.1));
    let covariance: f64 = middles.iter().map(|middle| (middle.0 - x) * (middle.1 - y)).sum();
    let variance: f64 = middles.iter().map(|middle| (middle.0 - x).powi(2)).sum();
    (variance > 0.0).then(|| (covariance / variance, length))
}

fn middle(word: &ReadWord) -> (f64, f64) {
    (word.left + word.width / 2.0, word.top + word.height / 2.0)
}

/// The middle of a word on a page that is turned by an angle and drawn at this scale.
fn turned(word: &ReadWord, angle: f64, scale: f64) -> Point {
    let (x, y) = middle(word);
    Point::new(
        (x * angle.cos() + y * angle.sin()) * scale,
        (y * angle.cos() - x * angle.sin()) * scale,
    )
}

/// Whether a word is written below another.
fn is_below(word: &ReadWord, above: &ReadWord) -> bool {
    word.top >= above.top + 0.5 * above.height
        && (middle(word).0 - middle(above).0).abs() < 0.6 * above.width
}

/// Whether a line is written vertically.
pub(super) fn is_vertical(line: &ReadLine) -> bool {
    let words = &line.words;
    match &words[..] {
        [] => false,
        [word] => word.han() > 1 && word.height > 1.8 * word.width,
        words => {
            words.windows(2).filter(|pair| is_below(&pair[1], &pair[0])).count() * 2 >= words.len()
        }
    }
}

/// A word in the axes of its line, in points.
struct SetWord<'a> {
    word: &'a ReadWord,
    from: f64,
    to: f64,
}

/// A line that is set straight, in points: along the writing and across it.
struct SetLine<'a> {
    words: Vec<SetWord<'a>>,
    is_vertical: bool,
    size: f64,
    base: f64,
}

impl<'a> SetLine<'a> {
    fn of(line: &'a ReadLine, slope: f64, scale: f64) -> Self {
        let is_vertical = is_vertical(line);
        let angle = slope.atan();
        let turned = |word: &ReadWord| turned(word, angle, scale);
        let mut words: Vec<SetWord<'a>> = Vec::with_capacity(line.words.len());
        let (mut bottoms, mut heights) = (Vec::new(), Vec::new());
        for word in &line.words {
            let (at, width, height) = (turned(word), word.width * scale, word.height * scale);
            let (along, length) = if is_vertical { (at.y, height) } else { (at.x, width) };
            words.push(SetWord { word, from: along - length / 2.0, to: along + length / 2.0 });
            // Of a vertical line the middle is what its characters share.
            let across = if is_vertical { at.x } else { at.y + height / 2.0 };
            if word.text.chars().any(|c| is_han(c) || c.is_alphanumeric()) {
                bottoms.push(across);
                heights.push(if is_vertical { width } else { height });
            }
        }
        words.sort_by(|a, b| a.from.total_cmp(&b.from));
        let size = size(&words, &heights);
        let base = median(&mut bottoms).unwrap_or_else(|| {
            let first = line.words.first().map(turned).unwrap_or_default();
            if is_vertical { first.x } else { first.y + size / 3.0 }
        });
        // Ink ends above the foot of its cell.
        let base = if is_vertical { base } else { base + 0.03 * size };
        SetLine { words, is_vertical, size, base }
    }

    /// Draws its characters, each in a cell of its word.
    fn draw(&self, drawn: &mut Drawn) {
        let cells = self.cells();
        for (word, (from, to)) in self.words.iter().zip(cells) {
            let count = word.word.text.chars().count() as f64;
            let step = (to - from) / count;
            for (nth, c) in word.word.text.chars().enumerate() {
                let along = from + step * nth as f64;
                let start = drawn.text.len();
                drawn.text.push(c);
                let (at, way) = match self.is_vertical {
                    true => (Point::new(self.base, along), Vec2::new(0.0, step)),
                    false => (Point::new(along, self.base), Vec2::new(step, 0.0)),
                };
                drawn.glyphs.push(Glyph {
                    text: start..drawn.text.len(),
                    at,
                    way,
                    size: self.size,
                    confidence: Some(word.word.confidence.round() as u8),
                });
            }
        }
    }

    /// Where the cell of each word begins and ends: what hardly parts two words parts them not at all.
    fn cells(&self) -> Vec<(f64, f64)> {
        let mut cells: Vec<(f64, f64)> =
            self.words.iter().map(|word| (word.from, word.to.max(word.from + 0.1))).collect();
        for at in 1..cells.len() {
            let (one, other) = (&self.words[at - 1].word.text, &self.words[at].word.text);
            let (last, first) = (one.chars().next_back(), other.chars().next());
            let (Some(last), Some(first)) = (last, first) else { continue };
            let gap = cells[at].0 - cells[at - 1].1;
            if is_latin(last) && is_latin(first) {
                // Words of letters stay apart, however close they are set.
                let missing = BLANK * self.size - gap;
                if missing > 0.0 {
                    cells[at - 1].1 -= missing.min(0.4 * (cells[at - 1].1 - cells[at - 1].0));
                }
                continue;
            }
            let is_at_mark = !last.is_alphanumeric() || !first.is_alphanumeric();
            let most = if is_at_mark { JOINED_AT_MARK } else { JOINED };
            if gap < most * self.size {
                // A mark is printed at one side of its cell, so the gap belongs to the mark.
                let border = if opens(first) {
                    cells[at - 1].1
                } else if last.is_alphanumeric() && first.is_alphanumeric() {
                    (cells[at - 1].1 + cells[at].0) / 2.0
                } else {
                    cells[at].0
                };
                let border = border.max(cells[at - 1].0 + 0.1).min(cells[at].1 - 0.05);
                cells[at - 1].1 = border;
                cells[at].0 = border;
            }
        }
        cells
    }
}

/// The size of the type of a line: how far its characters of Chinese are apart, else how high its
/// letters are.
fn size(words: &[SetWord<'_>], heights: &[f64]) -> f64 {
    let is_whole = |word: &SetWord<'_>| word.word.text.chars().all(is_han);
    let count = |word: &SetWord<'_>| word.word.text.chars().count() as f64;
    let steps = words.windows(2).filter(|pair| pair.iter().all(is_whole));
    let steps = steps.map(|pair| (pair[1].from - pair[0].from) / count(&pair[0]));
    let high = heights.iter().copied().fold(0.0, f64::max);
    // Two words of a wide gap are no neighbours.
    let mut steps: Vec<f64> =
        steps.filter(|step| *step > 0.0 && *step < 2.0 * high.max(1.0)).collect();
    if let Some(step) = median(&mut steps).filter(|_| steps.len() >= 2) {
        return step.max(1.0);
    }
    let mut inks: Vec<f64> = words
        .iter()
        .filter(|word| is_whole(word))
        .map(|word| (word.to - word.from) / count(word) / INK)
        .collect();
    if let Some(ink) = median(&mut inks) {
        let mut high = heights.to_vec();
        return ink.max(median(&mut high).unwrap_or(0.0) / INK).max(1.0);
    }
    let mut high = heights.to_vec();
    high.sort_by(f64::total_cmp);
    let tall = high.get(high.len() * 3 / 4).copied().unwrap_or(8.0);
    (tall / LETTER).max(1.0)
}

/// Gives lines whose sizes hardly differ from that of most of the text this size.
fn level_sizes(lines: &mut [SetLine<'_>]) {
    let count = |line: &SetLine<'_>| {
        line.words.iter().map(|word| word.word.text.chars().count()).sum::<usize>()
    };
    let mut sizes: Vec<(f64, usize)> = lines.iter().map(|line| (line.size, count(line))).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, count)| count).sum::<usize>().div_ceil(2);
    let mut before = 0;
    let middle = sizes.iter().find(|(_, count)| {
        before += count;
        before >= half
    });
    let Some(&(body, _)) = middle else { return };
    for line in lines {
        if (line.size / body - 1.0).abs() < SAME_SIZE {
            line.size = body;
        }
    }
}

fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

fn is_latin(c: char) -> bool {
    c.is_ascii_graphic()
}

/// Marks printed at the end of their cell.
fn opens(c: char) -> bool {
    "（(「『“‘《〈〔【［｛".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, left: f64, top: f64, width: f64, height: f64) -> ReadWord {
        ReadWord { left, top, width, height, confidence: 90.0, text: text.to_owned() }
    }

    fn page(lines: Vec<Vec<ReadWord>>) -> ReadPage {
        let lines = lines.into_iter().map(|words| ReadLine { words }).collect();
        ReadPage { width: 2480.0, height: 3508.0, lines, ..ReadPage::default() }
    }

    /// Characters as a page of 12 points has them, at 300 dots an inch, one word each.
    fn set(text: &str, left: f64, top: f64) -> Vec<ReadWord> {
        let cell = |(nth, c): (usize, char)| {
            let left = left + 50.0 * nth as f64;
            match c {
                '，' | '。' | '、' => word(&c.to_string(), left + 4.0, top + 34.0, 12.0, 12.0),
                '一' => word("一", left + 2.0, top + 22.0, 46.0, 6.0),
                c => word(&c.to_string(), left + 2.0, top + 2.0, 46.0, 46.0),
            }
        };
        text.chars().enumerate().map(cell).collect()
    }

    fn read(page: &ReadPage) -> String {
        crate::pdf::laid_out(vec![drawn(page, None)]).unwrap().text.into_owned()
    }

    #[test]
    fn marks_and_flat_characters_leave_no_gaps_and_no_lines_of_their_own() {
        let line = "第一條，甲乙雙方一致同意，每年會面一次。";
        let read = read(&page(vec![set(line, 300.0, 300.0), set("完。", 300.0, 380.0)]));
        assert!(read.starts_with(&format!("{line}\n完。")), "{read}");
    }

    #[test]
    fn a_page_askew_has_the_lines_of_one_that_is_straight() {
        let line = "甲乙雙方本着平等互利的原則，經友好協商，就下列事項達成一致意見。";
        let straight: Vec<_> =
            (0..6).map(|nth| set(line, 300.0, 300.0 + 90.0 * f64::from(nth))).collect();
        let expected = read(&page(straight.clone()));
        assert!(expected.starts_with(&format!("{line}\n{line}\n")), "{expected}");
        for slope in [-0.02, 0.015, 0.03] {
            let mut askew = straight.clone();
            for word in askew.iter_mut().flatten() {
                word.top += slope * (word.left + word.width / 2.0);
                word.left -= slope * (word.top + word.height / 2.0);
            }
            assert_eq!(read(&page(askew)), expected, "{slope}");
        }
    }

    #[test]
    fn words_of_letters_stay_apart_and_wide_gaps_stay() {
        let words = vec![
            word("the", 300.0, 310.0, 70.0, 34.0),
            word("Parties", 376.0, 310.0, 150.0, 34.0),
            word("甲方", 560.0, 300.0, 96.0, 46.0),
            word("乙方", 1200.0, 300.0, 96.0, 46.0),
        ];
        let read = read(&page(vec![words]));
        assert!(read.starts_with("the Parties"), "{read}");
        assert!(read.contains("甲方 ") && read.contains(" 乙方"), "{read}");
    }

    #[test]
    fn marks_beside_chinese_are_those_of_chinese() {
        // The letters are set in cells of Chinese, so there are gaps between them.
        let read = read(&page(vec![set("(一)會面,通報;第3,000號:a,b", 300.0, 300.0)]));
        assert_eq!(read.replace(char::is_whitespace, ""), "（一）會面，通報；第3,000號：a,b");
    }

    #[test]
    fn strokes_at_the_end_of_a_line_are_a_dash() {
        for (text, expected) in [
            ("有關當局如下一一", "有關當局如下——"),
            ("有关当局如下一一", "有关当局如下——"),
            ("應當一一列明", "應當一一列明"),
            ("統一", "統一"),
            ("一一", "一一"),
        ] {
            let read = read(&page(vec![set(text, 300.0, 300.0)]));
            assert_eq!(read.trim(), expected);
        }
        let mut one_word = set("有關當局如下", 300.0, 300.0);
        one_word.push(word("如下一一", 600.0, 300.0, 200.0, 46.0));
        assert!(read(&page(vec![one_word])).contains("如下——"));
    }

    #[test]
    fn brackets_match_as_the_more_certain_one_is() {
        for (text, doubted, expected) in [
            ("《省政府）公布", 0, "（省政府）公布"),
            ("按《條例）辦理", 4, "按《條例》辦理"),
            ("第【2015]374號", 1, "第〔2015〕374號"),
            ("第（2015）374號", 1, "第（2015）374號"),
            ("（一）《條例》", 0, "（一）《條例》"),
            ("一）甲《乙》", 3, "一）甲《乙》"),
        ] {
            let mut words = set(text, 300.0, 300.0);
            words[doubted].confidence = 60.0;
            let read = read(&page(vec![words]));
            assert_eq!(read.replace(char::is_whitespace, ""), expected, "{text}");
        }
    }

    #[test]
    fn vertical_lines_are_read_from_the_right() {
        let column = |text: &str, left: f64| -> Vec<ReadWord> {
            let cell = |(nth, c): (usize, char)| {
                word(&c.to_string(), left, 300.0 + 50.0 * nth as f64, 46.0, 46.0)
            };
            text.chars().enumerate().map(cell).collect()
        };
        let read =
            read(&page(vec![column("第一條甲乙雙方", 1000.0), column("每年會面一次", 900.0)]));
        assert!(read.starts_with("第一條甲乙雙方\n每年會面一次"), "{read}");
    }

    #[test]
    fn stains_are_no_text_and_are_listed() {
        let mut stain = set("門", 100.0, 100.0);
        stain[0].confidence = 12.0;
        let mut dots = vec![word(".-", 100.0, 900.0, 8.0, 8.0)];
        dots[0].confidence = 45.0;
        let drawn = drawn(&page(vec![stain, set("第一條", 300.0, 300.0), dots]), None);
        assert_eq!((drawn.text.as_str(), drawn.noise.as_str()), ("第一條", "門\n.-"));
        assert!(drawn.glyphs.iter().all(|glyph| glyph.confidence == Some(90)));
    }
}
