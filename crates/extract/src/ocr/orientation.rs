//! Pages that lie on their side or upside down, as scanners give them.
//!
//! Tesseract reads such a page as if it lay as it should, and finds characters that look like those of
//! the page upside down. Its certainty shows that, so only pages read with doubt are examined, and those
//! in columns, as lines on their side are taken for columns. What knows the direction of characters is
//! Tesseract's model `osd`. Where that isn't installed or is unsure, a sample of the page is read in
//! all four directions. In either case the page is only turned if the turned page is read with more
//! certainty.

use super::missed::has_lines;
use super::raster::Raster;
use super::tesseract::{Model, PageLayout, ReadPage, RecogniseError};
use super::{BEST_HEIGHT, Run, prepared};

/// Certainty, of a hundred, below which a page may lie on its side or upside down.
const DOUBT: f64 = 75.0;
/// By how much one direction must be read with more certainty than another.
const CLEARER: f64 = 8.0;
/// What a page in columns may lose, as columns and lines are read by different models.
const SLACK: f64 = 3.0;
/// Pixels of the side of a sample, as of the shorter side of the page.
const SAMPLE: f64 = 0.5;
/// Characters that a sample must have.
const FEWEST: usize = 6;

/// By how much a page must be turned clockwise to be upright.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Rotation {
    #[default]
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Rotation {
    const ALL: [Rotation; 4] =
        [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters];

    pub(super) fn degrees(self) -> u32 {
        match self {
            Rotation::None => 0,
            Rotation::Quarter => 90,
            Rotation::Half => 180,
            Rotation::ThreeQuarters => 270,
        }
    }

    pub(super) fn of_degrees(degrees: u32) -> Option<Self> {
        Rotation::ALL.into_iter().find(|rotation| rotation.degrees() == degrees)
    }

    /// Both turns, one after the other.
    fn and(self, other: Rotation) -> Self {
        let degrees = (self.degrees() + other.degrees()) % 360;
        Rotation::of_degrees(degrees).unwrap_or_default()
    }

    /// The image turned.
    pub(super) fn turn(self, image: Raster) -> Raster {
        // The orientation that a camera would have stored.
        image.upright(match self {
            Rotation::None => 1,
            Rotation::Quarter => 6,
            Rotation::Half => 3,
            Rotation::ThreeQuarters => 8,
        })
    }
}

impl Run<'_> {
    /// Reads an image, turned upright if it lies otherwise. `usual` is how most pages of the file lie.
    pub(super) fn read_upright(
        &self,
        image: &Raster,
        model: Model,
        usual: Rotation,
    ) -> Result<ReadPage, RecogniseError> {
        let read = |rotation: Rotation| -> Result<ReadPage, RecogniseError> {
            let read = match rotation {
                Rotation::None => self.read(image, model)?,
                turned => self.read(&turned.turn(image.clone()), model)?,
            };
            Ok(ReadPage { rotation, ..read })
        };
        let first = read(usual)?;
        let is_sideways = first.is_vertical();
        if image.is_blank() || first.legibility() >= DOUBT && !is_sideways {
            return Ok(first);
        }
        let lies = usual.turn(prepared(image.clone(), self.usual_factor(image)));
        let is_empty = first.characters() == 0;
        if is_empty && !has_lines(&lies, BEST_HEIGHT) {
            return Ok(first);
        }
        let found = self.engine.orientation(&lies.pgm());
        let found = found.or_else(|| self.by_samples(&lies, model, is_sideways));
        let Some(found) = found.filter(|found| *found != Rotation::None) else {
            return Ok(first);
        };
        let turned = read(usual.and(found))?;
        let least = first.legibility() + if is_sideways { -SLACK } else { CLEARER };
        // Of a page with a few words Tesseract may find none, in whatever direction.
        Ok(if turned.legibility() > least || is_empty { turned } else { first })
    }

    /// In which direction a sample of an image is read with most certainty, if that is clear.
    fn by_samples(&self, image: &Raster, model: Model, is_sideways: bool) -> Option<Rotation> {
        let sample = sample(image);
        let certainty = |rotation: Rotation| {
            let picture = rotation.turn(sample.clone()).pgm();
            let answer = self.engine.recognise(&picture, None, None, PageLayout::Lines, model).ok();
            let read = answer.and_then(|answer| ReadPage::parse(&answer));
            let read = read.filter(|read| read.characters() >= FEWEST);
            (rotation, read.map_or(0.0, |read| read.legibility()))
        };
        let mut found: Vec<(Rotation, f64)> = Rotation::ALL.into_iter().map(certainty).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        let [(best, one), (_, other), ..] = found[..] else { return None };
        // Characters of columns are upright, but in lines that aren't theirs.
        let is_clear = one > other + CLEARER && (one >= DOUBT || !is_sideways);
        is_clear.then_some(best)
    }
}

/// The square part of an image with the most ink.
fn sample(image: &Raster) -> Raster {
    let side = (SAMPLE * image.width.min(image.height) as f64) as usize;
    let side = side.max(1);
    let threshold = image.threshold();
    let steps = |length: usize| {
        let last = length - side;
        (0..last).step_by((side / 2).max(1)).chain([last])
    };
    let ink = |left: usize, top: usize| {
        let rows = image.pixels.chunks_exact(image.width).skip(top).take(side);
        rows.map(|row| row[left..left + side].iter().filter(|shade| **shade <= threshold).count())
            .sum::<usize>()
    };
    let places =
        steps(image.height).flat_map(|top| steps(image.width).map(move |left| (left, top)));
    let (left, top) = places.max_by_key(|(left, top)| ink(*left, *top)).unwrap_or_default();
    let rows = image.pixels.chunks_exact(image.width).skip(top).take(side);
    let pixels = rows.flat_map(|row| &row[left..left + side]).copied().collect();
    Raster { width: side, height: side, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_image_is_turned_back() {
        // As it should lie:
        // 1 2 3
        // 4 5 6
        let upright = Raster { width: 3, height: 2, pixels: vec![1, 2, 3, 4, 5, 6] };
        for (lies, width, pixels) in [
            (Rotation::None, 3, [1, 2, 3, 4, 5, 6]),
            // Its top is at the left.
            (Rotation::Quarter, 2, [3, 6, 2, 5, 1, 4]),
            (Rotation::Half, 3, [6, 5, 4, 3, 2, 1]),
            // Its top is at the right.
            (Rotation::ThreeQuarters, 2, [4, 1, 5, 2, 6, 3]),
        ] {
            let stored = Raster { width, height: 6 / width, pixels: pixels.to_vec() };
            assert_eq!(lies.turn(stored), upright, "{lies:?}");
        }
    }

    #[test]
    fn turns_add_up() {
        for one in Rotation::ALL {
            assert_eq!(Rotation::of_degrees(one.degrees()), Some(one));
            for other in Rotation::ALL {
                let image = Raster { width: 3, height: 2, pixels: vec![1, 2, 3, 4, 5, 6] };
                let after = other.turn(one.turn(image.clone()));
                assert_eq!(one.and(other).turn(image), after, "{one:?} {other:?}");
            }
        }
        assert_eq!(Rotation::of_degrees(45), None);
    }

    #[test]
    fn a_sample_has_the_most_ink() {
        let mut page = Raster { width: 400, height: 600, pixels: vec![255; 240_000] };
        (450..560).for_each(|y| page.pixels[y * 400 + 20..y * 400 + 180].fill(0));
        let sample = sample(&page);
        assert_eq!((sample.width, sample.height), (200, 200));
        let ink = sample.pixels.iter().filter(|shade| **shade == 0).count();
        assert_eq!(ink, 110 * 160);
        let tiny = Raster { width: 1, height: 1, pixels: vec![0] };
        assert_eq!(super::sample(&tiny), tiny);
    }
}
