//! PDFs.
//!
//! Ordinary PDFs are read by the reader in this crate, which knows where each line is. It refuses
//! rare forms of compression, encoding and damage instead of supporting them all; poppler's
//! `pdftotext` reads those if it is installed, without positions.

mod columns;
mod guard;
mod layout;
mod lines;
mod margin;
mod notes;
mod reader;
mod tables;
#[cfg(test)]
mod tests;

use std::process::Command;
use std::time::Duration;

use memchr::memmem;
use tiaowen_blocks::{Layout, SourceText};

use crate::ocr::{self, Ocr, ReadOptions, RecogniseError, WantedPage};
use crate::program::{self, Answer, Bounds, ProgramError};
use crate::{DamageReason, ExtractError};
use guard::Refusal;
pub(crate) use guard::guarded;
pub(crate) use lines::Glyph;
use lines::PageLines;
pub(crate) use reader::Drawn;

/// A page takes milliseconds; a file that takes longer than this is an endless loop or a
/// decompression bomb.
const SECONDS: u64 = 120;
/// Time limit of the reader in this crate.
const OWN_SECONDS: u64 = 20;
/// Maximum size of the text: a book of some thousand pages.
const MOST: u64 = 64 * 1024 * 1024;
/// Pages that are recognised of a file.
const MOST_PAGES: usize = 5_000;
/// What `pdftotext` may use; loops have made it use all there is.
const MOST_MEMORY: u64 = 2 * 1024 * 1024 * 1024;

/// The text of a PDF, line by line, its pages each ended by a form feed; with what its lines
/// are on their pages, where the reader in this crate reads it. Pages that are pictures are read by
/// text recognition, as `reading` has it.
///
/// # Errors
/// When there is no text layer and nothing is recognised; and where the file is beyond the reader in
/// this crate, when `pdftotext` isn't installed, can't read it either or takes too long.
pub fn pdf(bytes: &[u8], reading: &ReadOptions<'_>) -> Result<SourceText<'static>, ExtractError> {
    if !bytes.iter().take(1024).copied().collect::<Vec<u8>>().windows(5).any(|w| w == b"%PDF-") {
        return Err(unreadable(&DamageReason::NoPdf));
    }
    match reader::read(bytes, Duration::from_secs(OWN_SECONDS)) {
        Ok(pages) => of_pages(bytes, pages, reading),
        Err(_) if reading.ocr == Ocr::Always => recognised(bytes, reading),
        // `pdftotext` writes lines and form feeds without positions.
        Err(refusal) => match pdftotext(bytes, refusal) {
            Ok(text) => {
                let read = SourceText::of_blocks(text, Vec::new());
                Ok(SourceText { layout: Layout::Plain, ..read })
            }
            Err(ExtractError::Scan) if reading.ocr != Ocr::Never => recognised(bytes, reading),
            Err(error) => Err(error),
        },
    }
}

/// The text of pages that were read, those that are pictures by recognition.
fn of_pages(
    bytes: &[u8],
    mut pages: Vec<PageLines>,
    reading: &ReadOptions<'_>,
) -> Result<SourceText<'static>, ExtractError> {
    let is_empty = !pages.iter().any(|page| page.lines.iter().any(|line| !is_blank(&line.text)));
    let wanted: Vec<WantedPage> = pages
        .iter()
        .enumerate()
        .filter(|(_, page)| match reading.ocr {
            Ocr::Never => false,
            Ocr::Always => true,
            // Text may be drawn as shapes as well.
            Ocr::Auto => is_empty || page.is_picture(),
        })
        .take(MOST_PAGES)
        .map(|(number, page)| WantedPage { number, extent: page.extent })
        .collect();
    if !wanted.is_empty() {
        let drawn = match ocr::pdf_pages(bytes, &wanted, reading) {
            Ok(drawn) => drawn,
            // Pages with a text layer are read without Tesseract; the others are reported as missing.
            Err(ExtractError::Reader { .. }) if !is_empty && reading.ocr == Ocr::Auto => Vec::new(),
            Err(error) => return Err(error),
        };
        if drawn.len() == pages.len() {
            return ocr::laid_out(drawn, "PDF");
        }
        for (page, drawn) in wanted.iter().zip(drawn) {
            let drawn = drawn.unwrap_or_else(RecogniseError::page);
            let before = page.number.checked_sub(1).map(|before| &pages[before]);
            let recognised = guarded(|| lines::page(drawn, before));
            pages[page.number] = recognised.map_err(|refusal| unreadable(refusal.0))?;
        }
    }
    let read = guarded(|| layout::written(&pages)).map_err(|refusal| unreadable(refusal.0))?;
    if is_blank(&read.text) { Err(ExtractError::Scan) } else { Ok(read) }
}

/// All pages by recognition.
fn recognised(
    bytes: &[u8],
    reading: &ReadOptions<'_>,
) -> Result<SourceText<'static>, ExtractError> {
    let count = ocr::pdf_page_count(bytes)?.min(MOST_PAGES);
    let wanted: Vec<WantedPage> =
        (0..count).map(|number| WantedPage { number, extent: None }).collect();
    ocr::laid_out(ocr::pdf_pages(bytes, &wanted, reading)?, "PDF")
}

fn unreadable(reason: &DamageReason) -> ExtractError {
    ExtractError::Damaged { format: "PDF", reason: reason.clone() }
}

/// Lays out pages drawn by the reader of another format. The error says why they can't be.
pub(crate) fn laid_out(pages: Vec<Drawn>) -> Result<SourceText<'static>, DamageReason> {
    let written = guarded(|| {
        let mut laid: Vec<lines::PageLines> = Vec::with_capacity(pages.len());
        for drawn in pages {
            laid.push(lines::page(drawn, laid.last()));
        }
        layout::written(&laid)
    });
    written.map_err(|refusal| refusal.0.clone())
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The output of `pdftotext` for a file that the reader in this crate refuses.
fn pdftotext(bytes: &[u8], refusal: Refusal) -> Result<String, ExtractError> {
    let mut command = Command::new("pdftotext");
    command.args(["-enc", "UTF-8", "-", "-"]);
    let bounds = Bounds { time: Duration::from_secs(SECONDS), memory: MOST_MEMORY, answer: MOST };
    let Answer { output: text, said, is_success } = match program::run(&mut command, bytes, bounds)
    {
        Ok(answer) => answer,
        Err(ProgramError::Missing) => {
            return Err(ExtractError::Reader {
                format: "PDF",
                reason: refusal.0.clone(),
                program: "pdftotext",
                package: "poppler-utils",
            });
        }
        Err(ProgramError::Slow) => return Err(ExtractError::Slow { seconds: SECONDS }),
        Err(ProgramError::System(error)) => return Err(unreadable(&DamageReason::says(&error))),
    };
    if text.len() as u64 > MOST {
        return Err(ExtractError::TooLarge { most: MOST });
    }
    // Text in an unsupported character set is omitted without an error status.
    if memmem::find(&said, b"Missing language pack").is_some() {
        return Err(ExtractError::Reader {
            format: "PDF",
            reason: refusal.0.clone(),
            program: "pdftotext with poppler-data",
            package: "poppler-data",
        });
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    if is_gibberish(&text) {
        return Err(unreadable(&DamageReason::FontCodes));
    }
    if !is_blank(&text) {
        return Ok(text);
    }
    if is_success {
        return Err(ExtractError::Scan);
    }
    Err(unreadable(refusal.0))
}

/// Whether a text consists of codes that no font explains: symbols, control and private-use
/// characters.
fn is_gibberish(text: &str) -> bool {
    let (mut letters, mut codes) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c {
            '.' | '_' | '-' | ',' | '(' | ')' => {}
            c if c.is_control() || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}') => codes += 3,
            c if c.is_ascii_punctuation() => codes += 1,
            c if c.is_alphanumeric() => letters += 1,
            _ => {}
        }
    }
    codes > 20 && codes * 3 > letters
}
