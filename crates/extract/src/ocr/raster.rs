//! A page as an image in shades of grey.

/// From what shade on a pixel is ink, and how many make a page that isn't blank: a few characters
/// have thousands.
const INK: u8 = 160;
const SPECKS: usize = 400;
/// Shade of paper.
pub(super) const PAPER: u8 = 255;

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
    fn large_images_are_made_smaller() {
        let large =
            Raster { width: 5, height: 2, pixels: vec![0, 20, 100, 100, 7, 40, 60, 100, 100, 9] };
        assert_eq!(large.clone().shrunk(5), large);
        let small = Raster { width: 3, height: 1, pixels: vec![30, 100, 8] };
        assert_eq!(large.shrunk(3), small);
    }
}
