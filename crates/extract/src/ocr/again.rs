//! Lines that were read with doubt, read a second time.
//!
//! Specks above a line, or the top of the next one, make the row that Tesseract cuts out too high. As
//! it scales rows to one height, the characters of such a row are too small to be read, and a third of
//! the line is wrong. The certainty of the line shows it. So lines of low certainty are cut out by the
//! rows of their ink, set far apart on a sheet of their own and read again; the more certain reading
//! counts.

use super::place::is_vertical;
use super::raster::{PAPER, Raster};
use super::tesseract::{ReadLine, ReadPage, ReadWord};

/// Certainty, of a hundred, below which a line is read again, and by how much that must be better.
const DOUBT: f64 = 88.0;
const BETTER: f64 = 1.0;
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
    /// Which line of the page.
    line: usize,
    top: f64,
    bottom: f64,
    /// From the sheet to the page.
    right: f64,
    down: f64,
}

/// A part of a page: its columns and rows of pixels.
#[derive(Debug, Clone, Copy)]
struct Cut {
    line: usize,
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
    /// Whether anything of a page should be read again.
    pub(super) fn is_wanted(page: &ReadPage) -> bool {
        page.height_of_characters().is_some() && page.lines.iter().any(is_doubtful)
    }

    /// The lines of a page that should be read again, cut out of its image.
    pub(super) fn of(page: &ReadPage, image: &Raster) -> Option<Self> {
        let size = page.height_of_characters()?;
        // The same image; its sides were rounded to pixels.
        let is_near = |one: f64, other: usize| (one - other as f64).abs() <= 2.0;
        if !is_near(page.width, image.width) || !is_near(page.height, image.height) {
            return None;
        }
        let threshold = image.threshold();
        let mut cuts = Vec::new();
        for (nth, line) in page.lines.iter().enumerate().filter(|(_, line)| is_doubtful(line)) {
            cuts.extend(cuts_of(page, nth, line, image, threshold, size));
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

    /// The page with the lines of the sheet, where these are more certain.
    pub(super) fn mend(&self, page: &mut ReadPage, sheet: ReadPage) {
        let mut found: Vec<Vec<ReadLine>> = vec![Vec::new(); page.lines.len()];
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
            found[strip.line].push(line);
        }
        let mut lines = Vec::with_capacity(page.lines.len());
        for (line, again) in page.lines.drain(..).zip(found) {
            let whole: Vec<ReadWord> = again.iter().flat_map(|line| &line.words).cloned().collect();
            let is_better = ReadLine { words: whole }.certainty() > line.certainty() + BETTER;
            if is_better { lines.extend(again) } else { lines.push(line) }
        }
        page.lines = lines;
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
fn bounds(line: &ReadLine) -> [f64; 4] {
    line.words.iter().fold([f64::MAX, 0.0, f64::MAX, 0.0], |[left, right, top, bottom], word| {
        [
            left.min(word.left),
            right.max(word.left + word.width),
            top.min(word.top),
            bottom.max(word.top + word.height),
        ]
    })
}

/// Whether a row at this height is nearer to the middle of a line than to that of any other beside
/// it: it would belong to that.
fn is_nearest(page: &ReadPage, nth: usize, height: f64, size: f64) -> bool {
    let line = &page.lines[nth];
    let [left, right, ..] = bounds(line);
    let own_distance = (middle(line).unwrap_or_default() - height).abs();
    page.lines.iter().enumerate().all(|(other, line)| {
        let [from, to, ..] = bounds(line);
        let distance = middle(line).map_or(f64::MAX, |other| (other - height).abs());
        other == nth
            || from > right
            || to < left
            || distance > HIGHEST / 2.0 * size
            || distance >= own_distance
    })
}

/// The rows of a line by their ink: usually one; two where Tesseract took two lines for one.
fn cuts_of(
    page: &ReadPage,
    nth: usize,
    line: &ReadLine,
    image: &Raster,
    threshold: u8,
    size: f64,
) -> Vec<Cut> {
    let [left, right, top, bottom] = bounds(line);
    let pixel = |at: f64, most: usize| (at.max(0.0) as usize).min(most);
    let [from, to] = [left - BESIDE * size, right + BESIDE * size].map(|x| pixel(x, image.width));
    let [first, last] = [top - ABOVE * size, bottom + ABOVE * size].map(|y| pixel(y, image.height));
    if from >= to || first >= last {
        return Vec::new();
    }
    let ink: Vec<f64> = (first..last)
        .map(|y| {
            let row = &image.pixels[y * image.width + from..y * image.width + to];
            row.iter().filter(|shade| **shade <= threshold).count() as f64
        })
        .collect();
    let edge = (EDGE * size) as usize;
    let bands = bands(&ink, size).into_iter().map(|(start, end)| (first + start, first + end));
    bands
        .filter(|(start, end)| (*end as f64) > top && (*start as f64) < bottom)
        .filter(|(start, end)| is_nearest(page, nth, (start + end) as f64 / 2.0, size))
        .map(|(start, end)| Cut {
            line: nth,
            left: from,
            right: to,
            top: start.saturating_sub(edge),
            bottom: (end + edge).min(image.height),
        })
        .collect()
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

    /// A page with lines of squares of 30 pixels, 60 apart.
    fn page(lines: usize) -> Raster {
        let mut raster = Raster { width: 600, height: 60 * lines + 60, pixels: Vec::new() };
        raster.pixels = vec![PAPER; raster.width * raster.height];
        for line in 0..lines {
            for x in (50..550).filter(|x| x % 36 < 30) {
                (0..30).for_each(|y| raster.pixels[(60 + 60 * line + y) * 600 + x] = 0);
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
        ReadPage { width: 600.0, height: 360.0, lines: tops.iter().map(line).collect() }
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
        assert!(Sheet::is_wanted(&page));
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
        let reread = ReadPage { width: 600.0, height: 200.0, lines };
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
        assert_eq!(sheet.strips.iter().map(|strip| strip.line).collect::<Vec<_>>(), [2, 2]);
    }

    #[test]
    fn a_page_without_doubt_is_left() {
        assert!(!Sheet::is_wanted(&read(&[(60.0, 30.0, 95.0)])));
        assert!(!Sheet::is_wanted(&ReadPage::default()));
        assert!(Sheet::of(&read(&[]), &page(5)).is_none());
    }
}
