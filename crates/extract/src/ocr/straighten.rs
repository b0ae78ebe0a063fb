//! Pages that were laid askew, set straight before they are recognised.
//!
//! Tesseract cuts a page into lines by horizontal strips, and on a page askew by a degree a strip holds
//! parts of two. The slope is that at which the ink of all lines falls into the fewest rows of pixels, or
//! of columns if the text is vertical.

use super::raster::{PAPER, Raster};

/// Degrees tried in each direction, and the number of steps per degree.
const MOST_DEGREES: i32 = 3;
const STEPS: i32 = 10;
/// Pixels of the longer side of the image that the slope is measured on.
const ENOUGH: usize = 900;
/// Difference in darkness between ink and paper, of 255.
const INK: u32 = 70;
/// Factor by which the rows of a slope must be clearer than without one.
const CLEARER: f64 = 1.08;

/// The image set straight if it was laid askew.
pub(super) fn straightened(image: Raster) -> Raster {
    match slope(&image) {
        0.0 => image,
        slope => turned(&image, slope),
    }
}

/// How clear the lines or columns of ink are along a slope.
fn clearness_at(ink: &[(f64, f64)], slope: f64) -> f64 {
    clearness(ink.iter().map(|&(x, y)| y - slope * x))
        .max(clearness(ink.iter().map(|&(x, y)| x + slope * y)))
}

/// The slope of the lines of a picture, as the tangent of the angle by which they fall to the right; 0
/// where there is none.
fn slope(picture: &Raster) -> f64 {
    let ink = ink(picture);
    let score = |slope: f64| clearness_at(&ink, slope);
    let none = score(0.0);
    let steps = (-MOST_DEGREES * STEPS..=MOST_DEGREES * STEPS).filter(|step| *step != 0);
    let slopes = steps.map(|step| (f64::from(step) / f64::from(STEPS)).to_radians().tan());
    let best = slopes.map(|slope| (slope, score(slope))).max_by(|a, b| a.1.total_cmp(&b.1));
    best.filter(|(_, score)| *score > none * CLEARER).map_or(0.0, |(slope, _)| slope)
}

/// The places of ink on a smaller picture.
fn ink(picture: &Raster) -> Vec<(f64, f64)> {
    let step = picture.width.max(picture.height).div_ceil(ENOUGH).max(1);
    let mut places = Vec::new();
    for y in 0..picture.height / step {
        for x in 0..picture.width / step {
            let mut dark = 0_u32;
            for row in y * step..(y + 1) * step {
                let start = row * picture.width + x * step;
                let pixels = picture.pixels.get(start..start + step).unwrap_or_default();
                dark += pixels.iter().map(|shade| u32::from(255 - shade)).sum::<u32>();
            }
            if dark > INK * (step * step) as u32 {
                places.push((x as f64, y as f64));
            }
        }
    }
    places
}

/// How clearly places fall into rows: the sum of what neighbouring rows differ by, squared.
fn clearness(places: impl Iterator<Item = f64>) -> f64 {
    // What is turned lies up to this far outside.
    const MARGIN: usize = 64;
    let mut rows = vec![0_i64; ENOUGH + 2 * MARGIN];
    for place in places {
        let row = (place.round() + MARGIN as f64).max(0.0) as usize;
        if let Some(count) = rows.get_mut(row) {
            *count += 1;
        }
    }
    rows.windows(2).map(|pair| (pair[1] - pair[0]).pow(2) as f64).sum()
}

/// The picture turned about its middle so that lines of a slope are level; paper is put where it had
/// nothing.
pub(super) fn turned(picture: &Raster, slope: f64) -> Raster {
    let angle = slope.atan();
    let (sin, cos) = angle.sin_cos();
    let (width, height) = (picture.width, picture.height);
    let (middle_x, middle_y) = (width as f64 / 2.0, height as f64 / 2.0);
    let at = |x: usize, y: usize| f64::from(picture.pixels[y * width + x]);
    let mut turned = Vec::with_capacity(width * height);
    for y in 0..height {
        let down = y as f64 - middle_y;
        for x in 0..width {
            let along = x as f64 - middle_x;
            let from_x = along * cos - down * sin + middle_x;
            let from_y = along * sin + down * cos + middle_y;
            let shade = if from_x < 0.0 || from_y < 0.0 {
                f64::from(PAPER)
            } else {
                let (left, top) = (from_x as usize, from_y as usize);
                if left + 1 < width && top + 1 < height {
                    let (beside, below) = (from_x - left as f64, from_y - top as f64);
                    let upper = at(left, top) * (1.0 - beside) + at(left + 1, top) * beside;
                    let lower = at(left, top + 1) * (1.0 - beside) + at(left + 1, top + 1) * beside;
                    upper * (1.0 - below) + lower * below
                } else {
                    f64::from(PAPER)
                }
            };
            turned.push(shade.round() as u8);
        }
    }
    Raster { width, height, pixels: turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of level lines.
    fn page() -> Raster {
        let mut pixels = vec![255; 600 * 800];
        for line in 0..12_usize {
            for x in 80..520_usize {
                let base = 80 + 50 * line;
                for y in base..base + 20 {
                    // Characters with gaps between.
                    pixels[y * 600 + x] = if x % 25 < 20 { 20 } else { 255 };
                }
            }
        }
        Raster { width: 600, height: 800, pixels }
    }

    #[test]
    fn a_page_askew_is_set_straight() {
        for degrees in [-2.0_f64, -0.7, 0.0, 0.5, 1.5, 2.5] {
            let drawn = degrees.to_radians().tan();
            let askew = turned(&page(), -drawn);
            let found = slope(&askew);
            assert!((found - drawn).abs() < 0.004, "{degrees}: {found}");
            let straight = straightened(askew);
            assert_eq!((straight.width, straight.height), (600, 800));
            assert!(slope(&straight).abs() < 0.004, "{degrees}");
        }
    }

    #[test]
    fn a_blank_page_has_no_slope() {
        let blank = Raster { width: 600, height: 800, pixels: vec![255; 600 * 800] };
        assert_eq!(slope(&blank), 0.0);
        let tiny = Raster { width: 1, height: 1, pixels: vec![0] };
        assert_eq!(slope(&tiny), 0.0);
        assert_eq!(turned(&tiny, 0.01).pixels.len(), 1);
    }
}
