//! Lines that were read with doubt, read a second time.
//!
//! Specks above a line, or the top of the next one, make the row that Tesseract cuts out too high. As
//! it scales rows to one height, the characters of such a row are too small to be read, and a third of
//! the line is wrong. The certainty of the line shows it. So lines of low certainty are cut out by the
//! rows of their ink, set far apart on a sheet of their own and read again; the more certain reading
//! counts. Lines that Tesseract returned no word of are read there too.

use std::ops::Range;

use super::BEST_HEIGHT;
use super::missed::missed;
use super::place::is_vertical;
use super::raster::{PAPER, Raster};
use super::tesseract::{ReadLine, ReadPage, ReadWord};

/// Certainty, of a hundred, below which a line is read again, and by how much that must be better.
const DOUBT: f64 = 88.0;
const BETTER: f64 = 1.0;
/// The same for a line that wasn't read at all. With less, its words count as stains.
const CERTAIN: f64 = 60.0;
const STAIN: f64 = 20.0;
/// Pixels of the longer side of a sheet.
const MOST_PIXELS: usize = 20_000;
/// The rest is relative to the height of characters: how far around a line is looked at, and how much
/// is left around its ink.
const BESIDE: f64 = 0.6;
const ABOVE: f64 = 0.3;
const EDGE: f64 = 0.12;
/// Ink of a row, relative to that of the fullest rows, from which on it belongs to a line.
const FULL: f64 = 0.12;
/// Rows without ink inside a character, and the least and greatest height of a line.
const HOLLOW: f64 = 0.12;
const LOWEST: f64 = 0.35;
const HIGHEST: f64 = 1.3;

/// Lines set apart.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) raster: Raster,
    strips: Vec<Strip>,
    gap: f64,
}

/// A line on a sheet.
#[derive(Debug)]
struct Strip {
    /// Which line of the page; `None` for one that wasn't read.
    line: Option<usize>,
    top: f64,
    bottom: f64,
    /// From the sheet to the page.
    right: f64,
    down: f64,
}

/// A part of a page: its columns and rows of pixels.
#[derive(Debug, Clone, Copy)]
struct Cut {
    line: Option<usize>,
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// Whether a line should be read again.
fn is_doubtful(line: &ReadLine) -> bool {
    line.certainty() < DOUBT && !is_vertical(line)
}

impl Sheet {
    /// The lines of a page that should be read again, cut out of its image.
    pub(super) fn of(page: &ReadPage, image: &Raster) -> Option<Self> {
        // Of pages without Chinese, lines in doubt are left.
        let own_size = page.height_of_characters();
        let size = own_size.unwrap_or(BEST_HEIGHT);
        // The same image; its sides were rounded to pixels.
        let is_near = |one: f64, other: usize| (one - other as f64).abs() <= 2.0;
        if !is_near(page.width, image.width) || !is_near(page.height, image.height) {
            return None;
        }
        let ink = Ink { page, image, threshold: image.threshold(), size };
        let mut cuts = Vec::new();
        let may_doubt = |line: &ReadLine| own_size.is_some() && is_doubtful(line);
        for (nth, line) in page.lines.iter().enumerate().filter(|(_, line)| may_doubt(line)) {
            cuts.extend(ink.cuts(Some(nth), bounds(line), middle(line)));
        }
        if !page.is_vertical() {
            for part in missed(page, image, ink.threshold, size) {
                cuts.extend(ink.cuts(None, part, None));
            }
        }
        let gap = size.round() as usize + 1;
        let mut height = gap;
        cuts.retain(|cut| {
            let next = height + cut.bottom - cut.top + gap;
            let fits = next <= MOST_PIXELS;
            height = if fits { next } else { height };
            fits
        });
        let width = cuts.iter().map(|cut| cut.right - cut.left).max()? + 2 * gap;
        let mut raster = Raster { width, height, pixels: vec![PAPER; width * height] };
        let (mut strips, mut top) = (Vec::with_capacity(cuts.len()), gap);
        for cut in cuts {
            for (row, y) in (cut.top..cut.bottom).enumerate() {
                let from = &image.pixels[y * image.width + cut.left..y * image.width + cut.right];
                let at = (top + row) * width + gap;
                raster.pixels[at..at + from.len()].copy_from_slice(from);
            }
            let bottom = top + cut.bottom - cut.top;
            strips.push(Strip {
                line: cut.line,
                top: top as f64,
                bottom: bottom as f64,
                right: cut.left as f64 - gap as f64,
                down: cut.top as f64 - top as f64,
            });
            top = bottom + gap;
        }
        Some(Sheet { raster, strips, gap: gap as f64 })
    }

    /// The page with the lines of the sheet, where these are more certain, and with those that it lacks.
    pub(super) fn mend(&self, page: &mut ReadPage, sheet: ReadPage) {
        let mut found: Vec<Vec<ReadLine>> = vec![Vec::new(); page.lines.len()];
        let mut missing = Vec::new();
        for mut line in sheet.lines {
            let Some(middle) = middle(&line) else { continue };
            let slack = self.gap / 3.0;
            let holds =
                |strip: &&Strip| (strip.top - slack..strip.bottom + slack).contains(&middle);
            let Some(strip) = self.strips.iter().find(holds) else { continue };
            for word in &mut line.words {
                word.left += strip.right;
                word.top += strip.down;
            }
            match strip.line {
                Some(nth) => found[nth].push(line),
                None => missing.push(line),
            }
        }
        let mut lines = Vec::with_capacity(page.lines.len() + missing.len());
        for (line, again) in page.lines.drain(..).zip(found) {
            let whole: Vec<ReadWord> = again.iter().flat_map(|line| &line.words).cloned().collect();
            let is_better = ReadLine { words: whole }.certainty() > line.certainty() + BETTER;
            if is_better { lines.extend(again) } else { lines.push(line) }
        }
        page.lines = lines;
        for mut line in missing {
            if line.certainty() < CERTAIN {
                let limit = |word: &mut ReadWord| word.confidence = word.confidence.min(STAIN);
                line.words.iter_mut().for_each(limit);
            }
            let [.., top, _] = bounds(&line);
            let next = page.lines.iter().position(|other| bounds(other)[2] > top);
            page.lines.insert(next.unwrap_or(page.lines.len()), line);
        }
    }
}

/// Where the middle of most words of a line is.
fn middle(line: &ReadLine) -> Option<f64> {
    let mut middles: Vec<f64> =
        line.words.iter().map(|word| word.top + word.height / 2.0).collect();
    middles.sort_by(f64::total_cmp);
    middles.get(middles.len() / 2).copied()
}

/// From where to where a line reaches: left, right, top, bottom.
pub(super) fn bounds(line: &ReadLine) -> [f64; 4] {
    line.words.iter().fold([f64::MAX, 0.0, f64::MAX, 0.0], |[left, right, top, bottom], word| {
        [
            left.min(word.left),
            right.max(word.left + word.width),
            top.min(word.top),
            bottom.max(word.top + word.height),
        ]
    })
}

/// An image and the lines read of it.
struct Ink<'a> {
    page: &'a ReadPage,
    image: &'a Raster,
    threshold: u8,
    size: f64,
}

impl Ink<'_> {
    /// The rows of a line by their ink: usually one; two where Tesseract took two lines for one.
    fn cuts(
        &self,
        line: Option<usize>,
        [left, right, top, bottom]: [f64; 4],
        line_middle: Option<f64>,
    ) -> Vec<Cut> {
        let Ink { image, size, .. } = *self;
        let pixel = |at: f64, most: usize| (at.max(0.0) as usize).min(most);
        let [from, to] =
            [left - BESIDE * size, right + BESIDE * size].map(|x| pixel(x, image.width));
        let [first, last] =
            [top - ABOVE * size, bottom + ABOVE * size].map(|y| pixel(y, image.height));
        if from >= to || first >= last {
            return Vec::new();
        }
        let edge = (EDGE * size) as usize;
        let bands = bands(&self.rows(from..to, first..last), size);
        bands
            .into_iter()
            .map(|(start, end)| (first + start, first + end))
            .filter(|(start, end)| (*end as f64) > top && (*start as f64) < bottom)
            .filter(|(start, end)| {
                let middle = (start + end) as f64 / 2.0;
                let farthest = line_middle.map_or(f64::MAX, |own| (own - middle).abs());
                !self.is_of_another(line, left..right, middle, farthest)
            })
            .map(|(start, end)| Cut {
                line,
                left: from,
                right: to,
                top: start.saturating_sub(edge),
                bottom: (end + edge).min(image.height),
            })
            .collect()
    }

    /// How much ink is in each row of a part of the image.
    fn rows(&self, columns: Range<usize>, rows: Range<usize>) -> Vec<f64> {
        let row = |y: usize| &self.image.pixels[y * self.image.width..][columns.clone()];
        let count = |row: &[u8]| row.iter().filter(|shade| **shade <= self.threshold).count();
        rows.map(|y| count(row(y)) as f64).collect()
    }

    /// Whether a row belongs to another line: it is nearer to the middle of that one.
    fn is_of_another(
        &self,
        line: Option<usize>,
        columns: Range<f64>,
        middle: f64,
        farthest: f64,
    ) -> bool {
        self.page.lines.iter().enumerate().any(|(nth, other)| {
            let [from, to, ..] = bounds(other);
            let distance = self::middle(other).map_or(f64::MAX, |other| (other - middle).abs());
            line != Some(nth)
                && from <= columns.end
                && to >= columns.start
                && distance <= HIGHEST / 2.0 * self.size
                && distance < farthest
        })
    }
}

/// Where rows of ink begin and end that are as high as lines.
fn bands(ink: &[f64], size: f64) -> Vec<(usize, usize)> {
    let reach = ((0.05 * size) as usize).max(1);
    let smooth: Vec<f64> = (0..ink.len())
        .map(|at| {
            let near = &ink[at.saturating_sub(reach)..(at + reach + 1).min(ink.len())];
            near.iter().sum::<f64>() / near.len() as f64
        })
        .collect();
    let mut sorted = smooth.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.truncate(((0.5 * size) as usize).max(1));
    let least = FULL * sorted.iter().sum::<f64>() / sorted.len().max(1) as f64;
    let mut bands: Vec<(usize, usize)> = Vec::new();
    for at in (0..smooth.len()).filter(|at| smooth[*at] > least) {
        match bands.last_mut() {
            Some((start, end))
                if at == *end
                    || (at - *end) as f64 <= HOLLOW * size
                        && (at - *start) as f64 <= HIGHEST * size =>
            {
                *end = at + 1;
            }
            _ => bands.push((at, at + 1)),
        }
    }
    bands.retain(|(start, end)| (end - start) as f64 > LOWEST * size);
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with lines of hollow squares of 30 pixels, 60 apart.
    fn page(lines: usize) -> Raster {
        let mut raster = Raster { width: 600, height: 60 * lines + 60, pixels: Vec::new() };
        raster.pixels = vec![PAPER; raster.width * raster.height];
        for line in 0..lines {
            for x in (50..550).filter(|x| x % 36 < 30) {
                let is_hollow = |y: usize| (6..24).contains(&y) && (6..24).contains(&(x % 36));
                let rows = (0..30).filter(|y| !is_hollow(*y));
                rows.for_each(|y| raster.pixels[(60 + 60 * line + y) * 600 + x] = 0);
            }
        }
        raster
    }

    fn read(tops: &[(f64, f64, f64)]) -> ReadPage {
        let line = |(top, height, confidence): &(f64, f64, f64)| {
            let word = |nth: usize| ReadWord {
                left: 50.0 + 36.0 * nth as f64,
                top: *top,
                width: 30.0,
                height: *height,
                confidence: *confidence,
                text: "門".to_owned(),
            };
            ReadLine { words: (0..13).map(word).collect() }
        };
        ReadPage {
            width: 600.0,
            height: 360.0,
            lines: tops.iter().map(line).collect(),
            ..ReadPage::default()
        }
    }

    #[test]
    fn a_line_in_doubt_is_cut_out_by_its_ink_and_read_again() {
        let mut image = page(5);
        // A speck above the third line, for which its row was taken too high.
        image.pixels[160 * 600 + 300] = 0;
        let mut page = read(&[
            (60.0, 30.0, 95.0),
            (120.0, 30.0, 93.0),
            (155.0, 55.0, 40.0),
            (240.0, 30.0, 95.0),
            (300.0, 30.0, 70.0),
        ]);
        let sheet = Sheet::of(&page, &image).unwrap();
        assert_eq!(sheet.strips.len(), 2);
        let tall = sheet.strips[0].bottom - sheet.strips[0].top;
        assert!((30.0..40.0).contains(&tall), "{tall}");
        // Both are found again, the second one with less certainty than before.
        let again = |strip: &Strip, text: &str, confidence: f64| ReadLine {
            words: vec![ReadWord {
                left: 50.0 - strip.right,
                top: strip.top + 3.0,
                width: 400.0,
                height: 30.0,
                confidence,
                text: text.to_owned(),
            }],
        };
        let lines =
            vec![again(&sheet.strips[0], "再讀", 94.0), again(&sheet.strips[1], "誤讀", 60.0)];
        let reread = ReadPage { width: 600.0, height: 200.0, lines, ..ReadPage::default() };
        let before = page.clone();
        sheet.mend(&mut page, reread);
        assert_eq!(page.lines.len(), 5);
        assert_eq!(page.lines[2].words[0].text, "再讀");
        let word = &page.lines[2].words[0];
        assert!((word.left - 50.0).abs() < 0.1 && (word.top - 180.0).abs() < 6.0, "{word:?}");
        assert_eq!(page.lines[4], before.lines[4]);
    }

    #[test]
    fn two_lines_taken_for_one_become_two() {
        let page_of_one = read(&[(60.0, 30.0, 95.0), (120.0, 30.0, 93.0), (180.0, 90.0, 30.0)]);
        let sheet = Sheet::of(&page_of_one, &page(4)).map(|sheet| sheet.strips.len());
        // The image must be the one that was read.
        assert_eq!(sheet, None);
        let page_of_one = ReadPage { height: 300.0, ..page_of_one };
        let sheet = Sheet::of(&page_of_one, &page(4)).unwrap();
        let lines: Vec<_> = sheet.strips.iter().map(|strip| strip.line).collect();
        assert_eq!(lines, [Some(2), Some(2)]);
    }

    #[test]
    fn a_line_that_was_not_read_is_read_alone() {
        let mut page_of_two = read(&[(60.0, 30.0, 95.0), (180.0, 30.0, 95.0)]);
        page_of_two.height = 240.0;
        let sheet = Sheet::of(&page_of_two, &page(3)).unwrap();
        assert_eq!(sheet.strips.iter().map(|strip| strip.line).collect::<Vec<_>>(), [None]);
        let strip = &sheet.strips[0];
        for (confidence, kept) in [(90.0, 90.0), (45.0, STAIN)] {
            let word = ReadWord {
                left: 50.0 - strip.right,
                top: strip.top + 3.0,
                width: 400.0,
                height: 30.0,
                confidence,
                text: "合作宗旨".to_owned(),
            };
            let lines = vec![ReadLine { words: vec![word] }];
            let mut mended = page_of_two.clone();
            sheet.mend(&mut mended, ReadPage { lines, ..page_of_two.clone() });
            let words: Vec<&ReadWord> = mended.lines.iter().map(|line| &line.words[0]).collect();
            assert_eq!((words.len(), words[1].text.as_str()), (3, "合作宗旨"));
            assert_eq!(words[1].confidence, kept);
            assert!((words[1].top - 120.0).abs() < 6.0, "{:?}", words[1]);
        }
    }

    #[test]
    fn a_page_without_doubt_is_left() {
        let sheet =
            |page_of_one: &ReadPage, image: &Raster| Sheet::of(page_of_one, image).is_some();
        let mut certain = read(&[(60.0, 30.0, 95.0)]);
        certain.height = 120.0;
        assert!(!sheet(&certain, &page(1)));
        // That of another image.
        assert!(!sheet(&ReadPage::default(), &page(1)));
        // Of which nothing was read.
        let sheet = Sheet::of(&read(&[]), &page(5)).unwrap();
        assert_eq!(sheet.strips.len(), 5);
    }
}
