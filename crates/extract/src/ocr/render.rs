//! Pages of a PDF as pictures, drawn by poppler's `pdftoppm`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use tiaowen_blocks::LeftOutReason;

use super::WantedPage;
use super::raster::Raster;
use super::tesseract::RecogniseError;
use crate::program::{self, Answer, Bounds, ProgramError, WorkFolder};
use crate::{DamageReason, ExtractError};

const BOUNDS: Bounds = Bounds { time: Duration::from_secs(60), memory: 2 << 30, answer: 64 << 20 };
/// What Tesseract reads best is at least this large.
const DOTS_PER_INCH: f64 = 300.0;
/// Pixels of the longer side of a page.
const FEWEST_PIXELS: f64 = 1000.0;
pub(super) const MOST_PIXELS: f64 = 6000.0;
/// The longer side of a page whose size isn't known: A4, in points.
const USUAL: f64 = 842.0;

/// A PDF in a folder of its own.
pub(super) struct Rendering {
    folder: WorkFolder,
}

/// How many pixels the longer side of a page is drawn with.
pub(super) fn pixels(extent: Option<(f64, f64)>) -> u32 {
    let pixels = longer(extent) / 72.0 * DOTS_PER_INCH;
    pixels.clamp(FEWEST_PIXELS, MOST_PIXELS).round() as u32
}

fn longer(extent: Option<(f64, f64)>) -> f64 {
    let longer = extent.map(|(width, height)| width.max(height));
    longer.filter(|longer| longer.is_finite() && *longer > 1.0).unwrap_or(USUAL)
}

/// Whether pages can be drawn, asked once.
///
/// # Errors
/// [`ExtractError::Reader`] where `pdftoppm` isn't installed.
pub(super) fn check_installed() -> Result<(), ExtractError> {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    if *INSTALLED.get_or_init(is_installed) { Ok(()) } else { Err(missing()) }
}

fn is_installed() -> bool {
    let answer = program::run(Command::new("pdftoppm").arg("-v"), b"", BOUNDS);
    !matches!(answer, Err(ProgramError::Missing))
}

impl Rendering {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, ExtractError> {
        let folder = WorkFolder::new("ocr");
        let written = folder.and_then(|folder| {
            fs::write(folder.path().join("in.pdf"), bytes)?;
            Ok(folder)
        });
        let folder = written
            .map_err(|error| damaged(DamageReason::PagesFolder { says: error.to_string() }))?;
        Ok(Rendering { folder })
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("in.pdf")
    }

    /// How many pages it has.
    pub(super) fn count(&self) -> Result<usize, ExtractError> {
        let bounds = Bounds { answer: 1 << 20, ..BOUNDS };
        let answer = program::run(Command::new("pdfinfo").arg(self.file()), b"", bounds);
        let answer = answer.map_err(|error| match error {
            ProgramError::Missing => missing(),
            ProgramError::Slow => ExtractError::Slow { seconds: bounds.time.as_secs() },
            ProgramError::System(error) => damaged(DamageReason::says(&error)),
        })?;
        let said = String::from_utf8_lossy(&answer.output);
        let count = said.lines().find_map(|line| line.strip_prefix("Pages:"));
        let count = count.and_then(|count| count.trim().parse().ok());
        count.filter(|_| answer.is_success).ok_or_else(|| damaged(DamageReason::Damaged))
    }

    /// Draws a page.
    pub(super) fn page(&self, page: WantedPage) -> Result<Raster, RecogniseError> {
        let (number, pixels) = ((page.number + 1).to_string(), pixels(page.extent));
        let mut command = Command::new("pdftoppm");
        command
            .args(["-gray", "-f", &number, "-l", &number, "-scale-to", &pixels.to_string()])
            .arg(self.file());
        let Answer { output, .. } = program::run(&mut command, b"", BOUNDS)?;
        Raster::of_pgm(output).ok_or(RecogniseError::Failed(LeftOutReason::PageNotDrawn))
    }
}

fn missing() -> ExtractError {
    ExtractError::Reader {
        format: "PDF",
        reason: DamageReason::PagesArePictures,
        program: "pdftoppm",
        package: "poppler-utils",
    }
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: "PDF", reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_drawn_large_enough_to_read_and_bounded() {
        for (extent, expected) in [
            (None, 3508),
            (Some((595.0, 842.0)), 3508),
            (Some((842.0, 595.0)), 3508),
            (Some((100.0, 100.0)), 1000),
            (Some((1e9, 10.0)), 6000),
            (Some((f64::NAN, 1.0)), 3508),
        ] {
            assert_eq!(pixels(extent), expected, "{extent:?}");
        }
    }
}
