//! A page as an image in shades of grey.

/// From what shade on a pixel is ink, and how many make a page that isn't blank: a few characters
/// have thousands.
const INK: u8 = 160;
const SPECKS: usize = 400;
/// Shade of paper.
pub(super) const PAPER: u8 = 255;

/// Width of the bell by which pixels are averaged, in pixels of the source: grain is gone, strokes stay.
const BELL: f64 = 0.8;
/// The same as far as it counts.
const REACH: f64 = 2.5;
/// The sum of the weights of a pixel.
const WHOLE: f64 = 4096.0;
/// Difference between ink and paper, of 255, below which a page is left as it is.
const FAINT: f64 = 24.0;
/// The same from which on nothing is only grain.
const CLEAR: f64 = 64.0;
/// Of this difference, what counts as paper: stains and grain.
const STAINS: f64 = 0.25;

/// An image in shades of grey, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

impl Raster {
    /// Reads a PGM with one byte a pixel; `None` where it is none.
    pub(super) fn of_pgm(mut bytes: Vec<u8>) -> Option<Self> {
        // P5, width, height, most.
        let mut numbers = [0_usize; 3];
        let mut at = bytes.strip_prefix(b"P5").map(|_| 2)?;
        for number in &mut numbers {
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            *number = std::str::from_utf8(&bytes[at..at + digits]).ok()?.parse().ok()?;
            at += digits;
        }
        let ([width, height, _], start) = (numbers, at + 1);
        let end = width.checked_mul(height)?.checked_add(start)?;
        if width == 0 || height == 0 || end > bytes.len() {
            return None;
        }
        bytes.truncate(end);
        bytes.drain(..start);
        Some(Raster { width, height, pixels: bytes })
    }

    /// As a PGM.
    pub(super) fn pgm(&self) -> Vec<u8> {
        let head = format!("P5\n{} {}\n255\n", self.width, self.height);
        [head.as_bytes(), &self.pixels].concat()
    }

    /// Whether hardly anything is on it.
    pub(super) fn is_blank(&self) -> bool {
        self.pixels.iter().filter(|shade| **shade < INK).take(SPECKS).count() < SPECKS
    }

    /// Rows from top to bottom.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.width)
    }

    /// An image whose longer side has at most so many pixels, by the mean of squares of pixels.
    pub(super) fn shrunk(self, most: usize) -> Self {
        let step = self.width.max(self.height).div_ceil(most).max(1);
        if step == 1 {
            return self;
        }
        let (width, height) = (self.width.div_ceil(step), self.height.div_ceil(step));
        let mut pixels = Vec::with_capacity(width * height);
        let rows: Vec<&[u8]> = self.rows().collect();
        for rows in rows.chunks(step) {
            for x in 0..width {
                let (from, to) = (x * step, ((x + 1) * step).min(self.width));
                let sum: u32 =
                    rows.iter().flat_map(|row| &row[from..to]).map(|p| u32::from(*p)).sum();
                pixels.push((sum / ((to - from) * rows.len()) as u32) as u8);
            }
        }
        Raster { width, height, pixels }
    }

    /// The image with its sides multiplied by a factor, and its grain averaged.
    pub(super) fn resampled(&self, factor: f64) -> Self {
        let columns = taps(self.width, factor);
        let mut narrow = Vec::with_capacity(columns.len() * self.height);
        for row in self.rows() {
            narrow.extend(columns.iter().map(|taps| taps.sum(|at| u32::from(row[at]))));
        }
        let (width, rows) = (columns.len(), taps(self.height, factor));
        let mut pixels = Vec::with_capacity(width * rows.len());
        for taps in &rows {
            pixels.extend((0..width).map(|x| taps.sum(|at| u32::from(narrow[at * width + x]))));
        }
        Raster { width, height: rows.len(), pixels }
    }

    /// The shade that parts ink from paper best (Otsu 1979): ink is at most so light. On a page with a few
    /// words, the grain of the paper would be parted better, so ink and paper must be clearly apart where
    /// anything on the page is.
    pub(super) fn threshold(&self) -> u8 {
        let counts = self.counts();
        let all: f64 = counts.iter().sum();
        let sum: f64 =
            counts.iter().zip(0..=255_u8).map(|(count, shade)| count * f64::from(shade)).sum();
        let (mut below, mut below_sum) = (0.0, 0.0);
        let (mut best, mut clearest) = ((0.0, 0), (0.0, 0));
        for (count, shade) in counts.iter().zip(0..=255_u8) {
            below += count;
            below_sum += count * f64::from(shade);
            let above = all - below;
            if below == 0.0 || above == 0.0 {
                continue;
            }
            let apart = (sum - below_sum) / above - below_sum / below;
            let variance = below * above * apart * apart;
            if variance > best.0 {
                best = (variance, shade);
            }
            if apart >= CLEAR && below >= SPECKS as f64 && variance > clearest.0 {
                clearest = (variance, shade);
            }
        }
        if clearest.0 > 0.0 { clearest.1 } else { best.1 }
    }

    fn counts(&self) -> [f64; 256] {
        let mut counts = [0.0; 256];
        self.pixels.iter().for_each(|shade| counts[usize::from(*shade)] += 1.0);
        counts
    }

    /// Makes paper white and ink black; what is between stays between.
    pub(super) fn level(&mut self) {
        let (counts, threshold) = (self.counts(), usize::from(self.threshold()));
        let (ink, paper) = (median(&counts[..=threshold]), median(&counts[threshold + 1..]));
        let (Some(ink), Some(paper)) = (ink, paper) else { return };
        let (ink, paper) = (ink as f64, (paper + threshold + 1) as f64);
        if paper - ink < FAINT {
            return;
        }
        let white = paper - STAINS * (paper - ink);
        let levels: Vec<u8> = (0..=255_u8)
            .map(|shade| ((f64::from(shade) - ink) / (white - ink) * 255.0).clamp(0.0, 255.0) as u8)
            .collect();
        self.pixels.iter_mut().for_each(|shade| *shade = levels[usize::from(*shade)]);
    }

    /// The image as it is meant to be seen, by the orientation that Exif and TIFF have: cameras write how
    /// they were held.
    pub(super) fn upright(self, orientation: u16) -> Self {
        // As stored, the first row is a side: 5 to 8.
        let mut raster = if matches!(orientation, 5..=8) { self.transposed() } else { self };
        if matches!(orientation, 2 | 3 | 6 | 7) {
            raster.pixels.chunks_exact_mut(raster.width).for_each(<[u8]>::reverse);
        }
        if matches!(orientation, 3 | 4 | 7 | 8) {
            raster.pixels = raster.rows().rev().flatten().copied().collect();
        }
        raster
    }

    fn transposed(&self) -> Self {
        let column = |x: usize| self.pixels[x..].iter().step_by(self.width);
        let pixels = (0..self.width).flat_map(column).copied().collect();
        Raster { width: self.height, height: self.width, pixels }
    }
}

/// Where the shade in the middle of counted ones is.
fn median(counts: &[f64]) -> Option<usize> {
    let half = counts.iter().sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let reaches = |count: &f64| {
        sum += count;
        sum >= half
    };
    if half > 0.0 { counts.iter().position(reaches) } else { None }
}

/// The pixels that make one, with their weights.
struct Taps {
    start: usize,
    weights: Vec<u32>,
}

impl Taps {
    /// Which of `length` pixels make the `nth` of a side with this factor.
    fn of(nth: usize, length: usize, factor: f64) -> Self {
        let middle = ((nth as f64 + 0.5) / factor - 0.5).clamp(0.0, length as f64 - 1.0);
        let start = (middle - REACH).ceil().max(0.0) as usize;
        let end = ((middle + REACH).floor() as usize).min(length - 1);
        let bell = |at: usize| (-((at as f64 - middle) / BELL).powi(2) / 2.0).exp();
        let sum: f64 = (start..=end).map(bell).sum();
        let mut weights: Vec<u32> =
            (start..=end).map(|at| (bell(at) / sum * WHOLE).round() as u32).collect();
        // Rounding makes nothing lighter or darker.
        let middle = middle.round() as usize - start;
        let others: u32 = weights.iter().sum::<u32>() - weights[middle];
        weights[middle] = (WHOLE as u32).saturating_sub(others);
        Taps { start, weights }
    }

    fn sum(&self, shade: impl Fn(usize) -> u32) -> u8 {
        let weighted = self.weights.iter().zip(self.start..).map(|(weight, at)| weight * shade(at));
        (weighted.sum::<u32>() / WHOLE as u32).min(255) as u8
    }
}

/// For each pixel of a side with this factor, which of `length` pixels make it.
fn taps(length: usize, factor: f64) -> Vec<Taps> {
    let count = ((length as f64 * factor).round() as usize).max(1);
    (0..count).map(|nth| Taps::of(nth, length, factor)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_told_from_what_is_none_and_blank_ones_from_others() {
        let page = |shade: u8| [b"P5\n40 20\n255\n".as_slice(), &[shade; 800]].concat();
        assert!(Raster::of_pgm(page(255)).unwrap().is_blank());
        assert!(!Raster::of_pgm(page(0)).unwrap().is_blank());
        assert_eq!(Raster::of_pgm(page(7)).unwrap().pgm(), page(7));
        for broken in
            [&b""[..], b"P5", b"P6\n1 1\n255\n000", b"P5\n40 20\n255\n", b"P5\n0 0\n255\n"]
        {
            assert!(Raster::of_pgm(broken.to_vec()).is_none());
        }
    }

    #[test]
    fn images_are_turned_as_the_camera_was_held() {
        // As seen:
        // 1 2 3
        // 4 5 6
        let seen = Raster { width: 3, height: 2, pixels: vec![1, 2, 3, 4, 5, 6] };
        for (orientation, width, stored) in [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            // The camera's right is up: it stores the right column first.
            (6, 2, [3, 6, 2, 5, 1, 4]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [4, 1, 5, 2, 6, 3]),
        ] {
            let stored = Raster { width, height: 6 / width, pixels: stored.to_vec() };
            assert_eq!(stored.upright(orientation), seen, "{orientation}");
        }
    }

    #[test]
    fn grain_is_averaged_and_strokes_stay() {
        let paper = Raster { width: 400, height: 200, pixels: vec![200; 80_000] };
        let smaller = paper.resampled(0.75);
        assert_eq!((smaller.width, smaller.height), (300, 150));
        assert!(smaller.pixels.iter().all(|shade| *shade == 200));
        let mut drawn = paper.clone();
        // A stroke of five pixels, and a speck.
        (0..200).for_each(|y| drawn.pixels[y * 400 + 100..y * 400 + 105].fill(20));
        drawn.pixels[100 * 400 + 300] = 20;
        let smaller = drawn.resampled(0.75);
        let row = &smaller.pixels[75 * 300..76 * 300];
        assert!(row[76] < 40, "{:?}", &row[70..84]);
        assert!(row[220..230].iter().all(|shade| *shade > 120), "{:?}", &row[220..230]);
        assert_eq!(paper.resampled(2.0).width, 800);
    }

    #[test]
    fn paper_becomes_white_and_ink_black() {
        let mut page = Raster { width: 100, height: 10, pixels: vec![190; 1000] };
        page.pixels[..100].fill(60);
        page.pixels[500..520].fill(170);
        assert!((60..170).contains(&page.threshold()), "{}", page.threshold());
        page.level();
        assert_eq!((page.pixels[0], page.pixels[510], page.pixels[900]), (0, 255, 255));
        for shade in [0, 128, 255] {
            let mut blank = Raster { width: 10, height: 10, pixels: vec![shade; 100] };
            let before = blank.clone();
            blank.level();
            assert_eq!(blank, before);
        }
    }

    #[test]
    fn the_ink_of_a_few_words_is_told_from_the_grain_of_the_paper() {
        let mut seed = 7_u32;
        let mut grain = || {
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 28) as u8
            };
            190 + next() + next() + next()
        };
        let pixels = (0..1_000_000).map(|_| grain()).collect();
        let mut page = Raster { width: 1000, height: 1000, pixels };
        let of_paper = page.threshold();
        assert!(of_paper > 190, "{of_paper}");
        (0..600).for_each(|at| page.pixels[at] = 30);
        assert!((30..190).contains(&page.threshold()), "{}", page.threshold());
        page.level();
        assert_eq!((page.pixels[0], page.pixels[1_000]), (0, 255));
    }

    #[test]
    fn large_images_are_made_smaller() {
        let large =
            Raster { width: 5, height: 2, pixels: vec![0, 20, 100, 100, 7, 40, 60, 100, 100, 9] };
        assert_eq!(large.clone().shrunk(5), large);
        let small = Raster { width: 3, height: 1, pixels: vec![30, 100, 8] };
        assert_eq!(large.shrunk(3), small);
    }
}
