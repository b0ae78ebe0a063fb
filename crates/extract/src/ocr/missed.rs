//! Ink of a page that no word accounts for: lines that Tesseract found but returned no word of.
//!
//! Now and then it drops a whole line of a clean page, most often a short one. Nothing in its answer
//! shows that, so the ink is compared with the words. What remains is taken for lines if it is as high
//! as lines are; what is higher is a picture, a seal or a ruled table, and what is lower a ruling.

use super::again::bounds;
use super::orientation::Rotation;
use super::raster::Raster;
use super::tesseract::ReadPage;

/// Side of the squares in which ink is counted, as of the height of characters.
const SQUARE: f64 = 0.25;
/// Share of a square that is ink, at least; a speck has less.
const INK: f64 = 0.15;
/// How far around a line its ink may reach, as of the height of characters.
const AROUND: f64 = 0.3;
/// Gap between characters of a line, at most, and between the strokes of one, as of their height.
const APART: f64 = 1.5;
const HOLLOW: f64 = 0.4;
/// Size of what may be lines, as of the height of characters.
const NARROWEST: f64 = 1.6;
const LOWEST: f64 = 0.6;
const HIGHEST: f64 = 6.0;
/// Squares with ink among those of a line, at least: fewer are scattered specks.
const FEWEST: f64 = 0.2;
/// Ink of a line, as of its box, at most: more is a bar or a picture.
const DARKEST: f64 = 0.6;
/// The most such parts of a page.
const MOST: usize = 60;

/// A part of a page: left, right, top and bottom, in pixels.
pub(super) type Part = [f64; 4];

/// The parts of a page with ink that is in no word.
pub(super) fn missed(page: &ReadPage, image: &Raster, threshold: u8, size: f64) -> Vec<Part> {
    let squares = Squares::of(page, image, threshold, size);
    let mut parts: Vec<Part> =
        squares.parts().filter(|part| squares.may_be_lines(part, size)).collect();
    parts.truncate(MOST);
    parts
}

/// Whether an image has any lines, upright or on their side: specks and blots are none.
pub(super) fn has_lines(image: &Raster, size: f64) -> bool {
    let (threshold, nothing) = (image.threshold(), ReadPage::default());
    let has = |image: &Raster| !missed(&nothing, image, threshold, size).is_empty();
    has(image) || has(&Rotation::Quarter.turn(image.clone()))
}

/// An image in squares.
struct Squares {
    side: usize,
    width: usize,
    /// Pixels of ink in each square; none in a square of a word, or with less than a stroke.
    ink: Vec<usize>,
    apart: usize,
    hollow: usize,
}

/// Neighbouring squares with ink: left, right, top and bottom, the last ones included.
type Span = [usize; 4];

/// Squares that touch.
struct Blot {
    span: Span,
    /// Its runs in the last rows: left, right and row.
    runs: Vec<[usize; 3]>,
}

impl Blot {
    fn add(&mut self, other: Blot) {
        let ([left, right, top, bottom], [from, to, first, last]) = (self.span, other.span);
        self.span = [left.min(from), right.max(to), top.min(first), bottom.max(last)];
        self.runs.extend(other.runs);
    }
}

impl Squares {
    fn of(page: &ReadPage, image: &Raster, threshold: u8, size: f64) -> Self {
        let side = ((SQUARE * size) as usize).max(2);
        let (width, height) = (image.width.div_ceil(side), image.height.div_ceil(side));
        let mut ink = vec![0_usize; width * height];
        for (y, row) in image.rows().enumerate() {
            let counts = &mut ink[y / side * width..][..width];
            for (count, pixels) in counts.iter_mut().zip(row.chunks(side)) {
                *count += pixels.iter().filter(|shade| **shade <= threshold).count();
            }
        }
        let least = (INK * (side * side) as f64).ceil() as usize;
        ink.iter_mut().filter(|count| **count < least).for_each(|count| *count = 0);
        let square = |at: f64| (at.max(0.0) / side as f64) as usize;
        for [left, right, top, bottom] in page.lines.iter().map(bounds) {
            let around = AROUND * size;
            let last = square(right + around).min(width - 1);
            let first = square(left - around).min(last);
            for y in square(top - around)..=square(bottom + around).min(height - 1) {
                ink[y * width + first..=y * width + last].fill(0);
            }
        }
        let count = |share: f64| (share * size / side as f64).round() as usize;
        Squares { side, width, ink, apart: count(APART), hollow: count(HOLLOW) }
    }

    /// Runs of squares with ink in one row: left and right.
    fn runs(&self, row: &[usize]) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for x in (0..row.len()).filter(|x| row[*x] > 0) {
            match runs.last_mut() {
                Some((_, right)) if x - *right <= self.apart => *right = x,
                _ => runs.push((x, x)),
            }
        }
        runs
    }

    /// Squares that touch, give or take gaps.
    fn spans(&self) -> Vec<Span> {
        let mut done: Vec<Span> = Vec::new();
        let mut open: Vec<Blot> = Vec::new();
        for (y, row) in self.ink.chunks(self.width).enumerate() {
            done.extend(
                open.extract_if(.., |blot| y - blot.span[3] > self.hollow).map(|blot| blot.span),
            );
            for (left, right) in self.runs(row) {
                let mut whole = Blot { span: [left, right, y, y], runs: vec![[left, right, y]] };
                for blot in open.extract_if(.., |blot| self.touches(blot, left, right, y)) {
                    whole.add(blot);
                }
                open.push(whole);
            }
        }
        done.extend(open.into_iter().map(|blot| blot.span));
        done.sort_by_key(|[left, _, top, _]| (*top, *left));
        done
    }

    /// Whether a run of a row is near the last rows of a blot. What only lies between its sides, such as
    /// a word inside a frame, is not.
    fn touches(&self, blot: &mut Blot, left: usize, right: usize, y: usize) -> bool {
        blot.runs.retain(|[_, _, row]| y - row <= self.hollow);
        blot.runs.iter().any(|[from, to, _]| *from <= right + self.apart && left <= to + self.apart)
    }

    fn parts(&self) -> impl Iterator<Item = Part> {
        let pixels = |squares: usize| (squares * self.side) as f64;
        self.spans().into_iter().map(move |[left, right, top, bottom]| {
            [pixels(left), pixels(right + 1), pixels(top), pixels(bottom + 1)]
        })
    }

    fn may_be_lines(&self, part: &Part, size: f64) -> bool {
        let [left, right, top, bottom] = *part;
        let square = |at: f64| (at / self.side as f64).round() as usize;
        let rows = self.ink.chunks(self.width).take(square(bottom)).skip(square(top));
        let ink: Vec<usize> =
            rows.flat_map(|row| &row[square(left)..square(right)]).copied().collect();
        let filled = ink.iter().filter(|count| **count > 0).count() as f64 / ink.len() as f64;
        let dark = ink.iter().sum::<usize>() as f64 / (ink.len() * self.side * self.side) as f64;
        right - left >= NARROWEST * size
            && (LOWEST * size..=HIGHEST * size).contains(&(bottom - top))
            && filled >= FEWEST
            && dark <= DARKEST
    }
}

#[cfg(test)]
mod tests {
    use super::super::tesseract::{ReadLine, ReadWord};
    use super::*;

    const SIZE: f64 = 32.0;

    fn fill(page: &mut Raster, left: usize, top: usize, width: usize, height: usize) {
        for y in top..top + height {
            page.pixels[y * page.width + left..][..width].fill(0);
        }
    }

    /// Characters as squares with a hole, 36 pixels apart.
    fn draw(page: &mut Raster, left: usize, top: usize, count: usize) {
        for nth in 0..count {
            let left = left + 36 * nth;
            for (x, y, width, height) in
                [(0, 0, 32, 6), (0, 26, 32, 6), (0, 0, 6, 32), (26, 0, 6, 32)]
            {
                fill(page, left + x, top + y, width, height);
            }
        }
    }

    fn line(left: f64, top: f64, count: usize) -> ReadLine {
        let word = |nth: usize| ReadWord {
            left: left + 36.0 * nth as f64,
            top,
            width: 32.0,
            height: 32.0,
            confidence: 95.0,
            text: "口".to_owned(),
        };
        ReadLine { words: (0..count).map(word).collect() }
    }

    fn blank() -> Raster {
        Raster { width: 800, height: 1000, pixels: vec![255; 800_000] }
    }

    #[test]
    fn lines_without_words_are_found() {
        let mut image = blank();
        for nth in 0..6 {
            draw(&mut image, 100, 100 + 60 * nth, if nth == 3 { 5 } else { 15 });
        }
        // Beside a line that was read.
        draw(&mut image, 500, 700, 6);
        draw(&mut image, 100, 700, 4);
        let read = [0, 1, 2, 4, 5].map(|nth| line(100.0, 100.0 + 60.0 * f64::from(nth), 15));
        let lines = read.into_iter().chain([line(100.0, 700.0, 4)]).collect();
        let page = ReadPage { width: 800.0, height: 1000.0, lines, ..ReadPage::default() };
        let found = missed(&page, &image, 100, SIZE);
        assert_eq!(found.len(), 2, "{found:?}");
        for ([left, right, top, bottom], expected) in
            found.iter().zip([[100.0, 276.0, 280.0, 312.0], [500.0, 712.0, 700.0, 732.0]])
        {
            for (edge, wanted) in [*left, *right, *top, *bottom].into_iter().zip(expected) {
                let wanted: f64 = wanted;
                assert!((edge - wanted).abs() <= 8.0, "{found:?}");
            }
        }
    }

    #[test]
    fn specks_rulings_and_pictures_are_no_lines() {
        let mut image = blank();
        // Specks, a ruling, a bar, a picture and a ruled frame.
        (0..60).for_each(|nth| fill(&mut image, 50 + 11 * nth, 40 + 7 * (nth % 5), 2, 2));
        fill(&mut image, 50, 150, 600, 4);
        fill(&mut image, 50, 200, 600, 40);
        fill(&mut image, 50, 300, 300, 260);
        for (left, top, width, height) in
            [(50, 600, 600, 4), (50, 900, 600, 4), (50, 600, 4, 300), (646, 600, 4, 304)]
        {
            fill(&mut image, left, top, width, height);
        }
        let page = ReadPage { width: 800.0, height: 1000.0, ..ReadPage::default() };
        assert_eq!(missed(&page, &image, 100, SIZE), Vec::<Part>::new());
        assert!(!has_lines(&image, SIZE));
        draw(&mut image, 200, 700, 6);
        assert!(has_lines(&image, SIZE));
        assert!(has_lines(&Rotation::ThreeQuarters.turn(image), SIZE));
    }
}
