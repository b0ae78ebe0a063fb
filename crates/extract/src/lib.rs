//! Extraction of text and structure from files, whatever their format and encoding.
//!
//! Each format has a reader that returns a [`SourceText`]: a text with its blocks, and a list of
//! everything left out. A reader decides what people see in a file; which documents and clauses
//! that makes is decided later, once for all formats (`tiaowen-corpus`).
//!
//! Files come from strangers, so every reader has limits for memory, time and nesting, and a
//! damaged or hostile file yields an [`ExtractError`]. Most formats are read by code of this crate;
//! external programs are used only for old Office formats and for rare PDFs, with limits.
//!
//! | content | reader |
//! |---|---|
//! | text in an unknown encoding | [`decode`] |
//! | web page, without its menus | [`html`] |
//! | Office Open XML document | [`docx`] |
//! | OpenDocument | [`odt`] |
//! | Rich Text Format | [`rtf`] |
//! | old Office formats | [`office`] |
//! | law in XML with marked clauses | [`statute`] |
//! | EPUB book, spreadsheet | [`epub`], [`xlsx`] |
//! | mail and its attachments | [`mail`], [`attachments`] |
//! | PDF and OFD | [`pdf`], [`ofd`] |
//! | picture of a page | [`picture`] |
//! | detection of the kind of a file | [`Kind::of_file`] |

mod archive;
mod compose;
mod counting;
mod damage;
mod docx;
mod encoding;
mod epub;
mod error;
mod html;
mod kind;
mod mail;
mod ocr;
mod odf;
mod ofd;
mod office;
mod open_file;
mod paragraph;
mod pdf;
mod program;
mod rtf;
mod statute;
mod symbols;
mod xlsx;
mod xml;

use std::path::Path;

use tiaowen_blocks::{DroppedKind, Layout, LeftOut, LeftOutReason, SourceText};

pub use damage::DamageReason;
pub use docx::docx;
pub use encoding::{Damage, Decoded, decode, decode_page};
pub use epub::epub;
pub use error::ExtractError;
pub use html::html;
pub use kind::Kind;
pub use mail::{Attachment, attachments, mail};
pub use ocr::{Ocr, ReadOptions, Recognising, picture, picture_refusal};
pub use odf::odt;
pub use ofd::ofd;
pub use office::office;
#[cfg(target_os = "linux")]
pub use open_file::open_below;
pub use open_file::open_regular;
pub use pdf::pdf;
pub use rtf::rtf;
pub use statute::statute;
pub use xlsx::xlsx;

/// Maximum number of elements of a page.
const MOST_TAGS: usize = 300_000;

/// Extracts the text of a file, whose kind is detected from its bytes or its name.
/// Pages that are pictures are not read.
///
/// # Errors
/// If the format is unsupported, or no text can be extracted.
/// When the format isn't read, or no text comes out of the bytes.
///
/// ```
/// let found = tiaowen_extract::extract("a.txt".as_ref(), b"\xB1\xF8\xA4\xE5").unwrap();
/// assert_eq!((&*found.text, found.encoding), ("條文", Some("Big5")));
/// ```
pub fn extract<'a>(path: &Path, bytes: &'a [u8]) -> Result<SourceText<'a>, ExtractError> {
    extract_as(Kind::of_file(path, bytes)?, bytes, &ReadOptions::PLAIN)
}

/// Extracts the text of a file of a given kind. Pages that are pictures are read as `reading` says.
///
/// # Errors
/// If no text can be extracted.
pub fn extract_as<'a>(
    kind: Kind,
    bytes: &'a [u8],
    reading: &ReadOptions<'_>,
) -> Result<SourceText<'a>, ExtractError> {
    let decoded = |layout| decode(bytes).map(|decoded| with_damage(decoded, layout));
    match kind {
        Kind::Text => decoded(Layout::Plain),
        Kind::Markdown => decoded(Layout::Markdown),
        Kind::JsonLines => decoded(Layout::ClauseLines),
        Kind::Html => page(decode_page(bytes)?),
        Kind::Docx => docx(bytes),
        Kind::Odt => odt(bytes),
        Kind::Rtf => rtf(bytes),
        Kind::Xlsx => xlsx(bytes),
        Kind::Epub => epub(bytes),
        Kind::Mail => mail(bytes),
        Kind::Ofd => ofd(bytes, reading),
        Kind::Statute => statute(bytes),
        Kind::Office => office(bytes),
        Kind::Pdf => pdf(bytes, reading),
        Kind::Picture => picture(bytes, reading),
    }
}

/// Reads the article of a decoded page.
fn page(page: Decoded<'_>) -> Result<SourceText<'static>, ExtractError> {
    check_tags(&page.text)?;
    let mut found = html(&page.text)?;
    // Replacement characters of invalid bytes may be lost with the markup around them.
    let unread = page.damage.iter().map(|damage| left_out(damage, 0..0));
    found.left_out.splice(0..0, unread);
    Ok(SourceText { encoding: Some(page.encoding), ..found })
}

/// Rejects a page with too many elements; each may take up to a kilobyte of memory.
fn check_tags(page: &str) -> Result<(), ExtractError> {
    let opens = |pair: &[u8]| pair[0] == b'<' && pair[1] != b'/';
    if page.as_bytes().windows(2).filter(|pair| opens(pair)).count() > MOST_TAGS {
        return Err(ExtractError::Tags { most: MOST_TAGS });
    }
    Ok(())
}

/// A decoded text, with its invalid bytes as left out.
fn with_damage(decoded: Decoded<'_>, layout: Layout) -> SourceText<'_> {
    let Decoded { text, encoding, damage } = decoded;
    let left_out = damage.iter().map(|damage| left_out(damage, damage.span.clone())).collect();
    SourceText { text, layout, left_out, encoding: Some(encoding), recognised: Vec::new() }
}

fn left_out(damage: &Damage, span: std::ops::Range<usize>) -> LeftOut {
    let &Damage { at, line, byte, .. } = damage;
    let why = LeftOutReason::InvalidByte { at, line, byte: format!("{byte:02X}") };
    LeftOut { span, kind: DroppedKind::Unreadable, why, page: None }
}
