//! The text that a file holds, whatever its format and encoding.
//!
//! | question | answered by |
//! |---|---|
//! | which encoding is this text in? | [`decode`] |
//! | what does a web page say, without its menus? | [`html`] |
//! | what does a word processor's document say? | [`docx`] |
//! | the same in OpenDocument? | [`odt`] |
//! | in Rich Text Format? | [`rtf`] |
//! | in an old format of Office? | [`office`] |
//! | which clauses does a law in XML mark? | [`statute`] |
//! | what does a book say, what a table? | [`epub`], [`xlsx`] |
//! | what does a mail say, and what is attached to it? | [`mail`], [`attachments`] |
//! | what does a PDF say, what its like on the mainland? | [`pdf`], [`ofd`] |
//! | what is written in a picture? | [`picture`] |
//! | which of these is a file? | [`Kind::of_file`] |
//!
//! What comes out is a text with its blocks ([`SourceText`]). What clauses these make is decided
//! elsewhere, once for all formats.

mod archive;
mod compose;
mod counting;
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

use std::borrow::Cow;
use std::path::Path;

use tiaowen_blocks::{DroppedKind, Layout, LeftOut, SourceText};

pub use docx::docx;
pub use encoding::{Damage, Decoded, decode, decode_page};
pub use epub::epub;
pub use error::ExtractError;
pub use html::html;
pub use kind::Kind;
pub use mail::{Attachment, attachments, mail};
pub use ocr::{Ocr, Reading, Recognising, picture, picture_refusal};
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

/// Why a page is left out that is a picture, where it isn't recognised.
pub const PICTURE: &str =
    "the page is a picture; install Tesseract or run text recognition (OCR) over the file";

/// Elements of a page that are read at most.
const MOST_TAGS: usize = 300_000;

/// The text of a file, by its bytes where they say what they are, else by the end of its name.
/// Pages that are pictures are not read.
///
/// # Errors
/// When the format isn't read, or no text comes out of the bytes.
///
/// ```
/// let found = tiaowen_extract::extract("a.txt".as_ref(), b"\xB1\xF8\xA4\xE5").unwrap();
/// assert_eq!((&*found.text, found.encoding), ("條文", Some("Big5")));
/// ```
pub fn extract<'a>(path: &Path, bytes: &'a [u8]) -> Result<SourceText<'a>, ExtractError> {
    extract_as(Kind::of_file(path, bytes)?, bytes, &Reading::PLAIN)
}

/// The text of a file of a kind, with pages that are pictures read as `reading` has it.
///
/// # Errors
/// When no text comes out of the bytes.
pub fn extract_as<'a>(
    kind: Kind,
    bytes: &'a [u8],
    reading: &Reading<'_>,
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
        Kind::Ofd => ofd(bytes),
        Kind::Statute => statute(bytes),
        Kind::Office => office(bytes),
        Kind::Pdf => pdf(bytes, reading),
        Kind::Picture => picture(bytes, reading),
    }
}

/// The article of a decoded page.
fn page(page: Decoded<'_>) -> Result<SourceText<'static>, ExtractError> {
    check_tags(&page.text)?;
    let mut found = html(&page.text)?;
    // The marks in the place of damaged bytes are gone with the markup around them.
    let unread = page.damage.iter().map(|damage| left_out(damage, 0..0));
    found.left_out.splice(0..0, unread);
    Ok(SourceText { encoding: Some(page.encoding), ..found })
}

/// Refuses a page of too many elements: one takes up to a kilobyte, however short it is.
fn check_tags(page: &str) -> Result<(), ExtractError> {
    let opens = |pair: &[u8]| pair[0] == b'<' && pair[1] != b'/';
    if page.as_bytes().windows(2).filter(|pair| opens(pair)).count() > MOST_TAGS {
        return Err(ExtractError::Tags { most: MOST_TAGS });
    }
    Ok(())
}

/// A decoded text, with its damaged bytes as left out.
fn with_damage(decoded: Decoded<'_>, layout: Layout) -> SourceText<'_> {
    let Decoded { text, encoding, damage } = decoded;
    let left_out = damage.iter().map(|damage| left_out(damage, damage.span.clone())).collect();
    SourceText { text, layout, left_out, encoding: Some(encoding), recognised: Vec::new() }
}

fn left_out(damage: &Damage, span: std::ops::Range<usize>) -> LeftOut {
    let Damage { at, line, byte, .. } = damage;
    LeftOut {
        span,
        kind: DroppedKind::Unreadable,
        why: Cow::Owned(format!(
            "byte {at} (line {line}), 0x{byte:02X}, is no character of the file's encoding"
        )),
        page: None,
    }
}
