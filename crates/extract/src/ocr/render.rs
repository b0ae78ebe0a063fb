//! Pages of a PDF as pictures, drawn by poppler's `pdftoppm`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use super::WantedPage;
use super::straighten::{Shades, slope, turned};
use super::tesseract::{ReadPage, RecogniseError};
use crate::ExtractError;
use crate::program::{self, Answer, Bounds, ProgramError, WorkFolder};

const BOUNDS: Bounds = Bounds { time: Duration::from_secs(60), memory: 2 << 30, answer: 64 << 20 };
/// What Tesseract reads best is at least this large.
const DOTS_PER_INCH: f64 = 300.0;
/// Pixels of the longer side of a page.
const FEWEST_PIXELS: f64 = 1000.0;
const MOST_PIXELS: f64 = 6000.0;
/// The longer side of a page whose size isn't known: A4, in points.
const USUAL: f64 = 842.0;
/// From what shade on a pixel is ink, and how many make a page that isn't blank: a few characters
/// have thousands.
const INK: u8 = 160;
const SPECKS: usize = 400;

/// A PDF in a folder of its own.
pub(super) struct Rendering {
    folder: WorkFolder,
}

/// A page in grey.
pub(super) struct Image {
    /// As a PGM.
    pub(super) bytes: Vec<u8>,
    pub(super) dpi: u32,
    width: usize,
    height: usize,
    /// Where its pixels begin.
    start: usize,
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
    let ask = || {
        let answer = program::run(Command::new("pdftoppm").arg("-v"), b"", BOUNDS);
        !matches!(answer, Err(ProgramError::Missing))
    };
    if *INSTALLED.get_or_init(ask) { Ok(()) } else { Err(missing()) }
}

impl Rendering {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, ExtractError> {
        let folder = WorkFolder::new("ocr");
        let written = folder.and_then(|folder| {
            fs::write(folder.path().join("in.pdf"), bytes)?;
            Ok(folder)
        });
        let folder = written.map_err(|error| {
            damaged(format!("a temporary folder for its pages can't be written: {error}"))
        })?;
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
            ProgramError::System(error) => damaged(error.to_string()),
        })?;
        let said = String::from_utf8_lossy(&answer.output);
        let count = said.lines().find_map(|line| line.strip_prefix("Pages:"));
        let count = count.and_then(|count| count.trim().parse().ok());
        count.filter(|_| answer.is_success).ok_or_else(|| damaged("it is damaged".to_owned()))
    }

    /// Draws a page.
    pub(super) fn page(&self, page: WantedPage) -> Result<Image, RecogniseError> {
        let (number, pixels) = ((page.number + 1).to_string(), pixels(page.extent));
        let mut command = Command::new("pdftoppm");
        command
            .args(["-gray", "-f", &number, "-l", &number, "-scale-to", &pixels.to_string()])
            .arg(self.file());
        let Answer { output, .. } = program::run(&mut command, b"", BOUNDS)?;
        let dpi = (f64::from(pixels) / longer(page.extent) * 72.0).round() as u32;
        let mut image = Image::of(output, dpi)
            .ok_or_else(|| RecogniseError::Failed("pdftoppm can't draw the page".to_owned()))?;
        image.straighten();
        Ok(image)
    }
}

fn missing() -> ExtractError {
    ExtractError::Reader {
        format: "PDF",
        reason: "its pages are pictures",
        program: "pdftoppm",
        package: "poppler-utils",
    }
}

fn damaged(reason: String) -> ExtractError {
    ExtractError::Damaged { format: "PDF", reason }
}

impl Image {
    fn of(bytes: Vec<u8>, dpi: u32) -> Option<Self> {
        // P5, width, height, most.
        let mut numbers = Vec::new();
        let mut at = bytes.strip_prefix(b"P5").map(|_| 2)?;
        while numbers.len() < 3 {
            let blank = bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            at += blank;
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let number =
                std::str::from_utf8(&bytes[at..at + digits]).ok()?.parse::<usize>().ok()?;
            numbers.push(number);
            at += digits;
        }
        let (width, height, start) = (numbers[0], numbers[1], at + 1);
        let is_whole = width.checked_mul(height)?.checked_add(start)? <= bytes.len();
        (is_whole && width > 0 && height > 0).then_some(Image { bytes, dpi, width, height, start })
    }

    /// Sets a page straight that was laid askew.
    fn straighten(&mut self) {
        let end = self.start + self.width * self.height;
        let pixels = &self.bytes[self.start..end];
        let shades = Shades { width: self.width, height: self.height, pixels };
        let slope = slope(&shades);
        if slope != 0.0 {
            let turned = turned(&shades, slope);
            self.bytes.truncate(self.start);
            self.bytes.extend(turned);
        }
    }

    /// Whether hardly anything is on it.
    pub(super) fn is_blank(&self) -> bool {
        self.bytes[self.start..].iter().filter(|shade| **shade < INK).take(SPECKS).count() < SPECKS
    }

    /// What Tesseract would say of a blank page.
    pub(super) fn blank_answer(&self) -> Vec<u8> {
        ReadPage::blank(self.width, self.height)
    }
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

    #[test]
    fn images_are_told_from_what_is_none_and_blank_ones_from_others() {
        let page = |shade: u8| [b"P5\n40 20\n255\n".as_slice(), &[shade; 800]].concat();
        assert!(Image::of(page(255), 300).unwrap().is_blank());
        assert!(!Image::of(page(0), 300).unwrap().is_blank());
        let blank = Image::of(page(255), 300).unwrap().blank_answer();
        let blank = ReadPage::parse(&blank).unwrap();
        assert_eq!((blank.width, blank.height, blank.lines.len()), (40.0, 20.0, 0));
        for broken in
            [&b""[..], b"P5", b"P6\n1 1\n255\n000", b"P5\n40 20\n255\n", b"P5\n0 0\n255\n"]
        {
            assert!(Image::of(broken.to_vec(), 300).is_none());
        }
    }
}
