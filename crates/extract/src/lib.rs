//! The text that a file holds, whatever its format and encoding.
//!
//! | question | answered by |
//! |---|---|
//! | which encoding is this text in? | [`decode`] |
//! | what does a web page say, without its menus? | [`html`] |
//! | what does a word processor's document say? | [`docx`] |
//! | what does a PDF say? | [`pdf`] |
//!
//! What comes out is a text with its blocks ([`SourceText`]). What clauses these make is decided
//! elsewhere, once for all formats.

mod compose;
mod docx;
mod encoding;
mod error;
mod html;
mod open_file;
mod pdf;

use std::borrow::Cow;
use std::path::Path;

use tiaowen_blocks::{DroppedKind, Layout, LeftOut, SourceText};

pub use docx::docx;
pub use encoding::{Damage, Decoded, decode, decode_page};
pub use error::ExtractError;
pub use html::html;
#[cfg(target_os = "linux")]
pub use open_file::open_below;
pub use open_file::open_regular;
pub use pdf::pdf;

/// What files hold, by the ends of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain text, as extracted from a PDF or typed.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// A word processor's document, Office Open XML.
    Docx,
    /// A PDF with a text layer.
    Pdf,
    /// JSON, one object a line.
    JsonLines,
}

impl Kind {
    /// All ends of names that are read, in lower case.
    pub const ENDS: [(&'static str, Kind); 12] = [
        ("txt", Kind::Text),
        ("text", Kind::Text),
        ("md", Kind::Markdown),
        ("markdown", Kind::Markdown),
        ("html", Kind::Html),
        ("htm", Kind::Html),
        ("xhtml", Kind::Html),
        ("shtml", Kind::Html),
        ("docx", Kind::Docx),
        ("pdf", Kind::Pdf),
        ("jsonl", Kind::JsonLines),
        ("ndjson", Kind::JsonLines),
    ];

    /// What a file holds, by the end of its name; a name without one is text.
    ///
    /// # Errors
    /// [`ExtractError::Kind`] when the name ends in something that isn't read.
    pub fn of(path: &Path) -> Result<Kind, ExtractError> {
        let Some(end) = path.extension() else { return Ok(Kind::Text) };
        let end = end.to_string_lossy().to_lowercase();
        let known = Kind::ENDS.iter().find(|(known, _)| *known == end);
        known.map(|(_, kind)| *kind).ok_or(ExtractError::Kind { end })
    }

    /// Bytes of one source that are read at most, so that no source takes more than a gigabyte of
    /// memory. A text takes up to ten times its size until it is in the index, a page some thirty
    /// times; a document or PDF is mostly pictures, and its text is limited by itself.
    pub fn most_bytes(self) -> u64 {
        match self {
            Kind::Text | Kind::Markdown | Kind::JsonLines => 64 << 20,
            Kind::Html => 24 << 20,
            Kind::Docx => 256 << 20,
            Kind::Pdf => 512 << 20,
        }
    }

    /// What bytes hold, by how they begin.
    fn begun(bytes: &[u8]) -> Kind {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
            [b'P', b'K', 3, 4, ..] => Kind::Docx,
            _ => Kind::Text,
        }
    }
}

/// Elements of a page that are read at most.
const MOST_TAGS: usize = 300_000;

/// The text of a file, by the end of its name.
///
/// # Errors
/// When the format isn't read, or no text comes out of the bytes.
///
/// ```
/// let found = tiaowen_extract::extract("a.txt".as_ref(), b"\xB1\xF8\xA4\xE5").unwrap();
/// assert_eq!((&*found.text, found.encoding), ("條文", Some("Big5")));
/// ```
pub fn extract<'a>(path: &Path, bytes: &'a [u8]) -> Result<SourceText<'a>, ExtractError> {
    let kind = match Kind::of(path)? {
        // Standard input and files without an end tell by how they begin.
        Kind::Text if path.extension().is_none() => Kind::begun(bytes),
        kind => kind,
    };
    let decoded = |layout| decode(bytes).map(|decoded| with_damage(decoded, layout));
    match kind {
        Kind::Text => decoded(Layout::Plain),
        Kind::Markdown => decoded(Layout::Markdown),
        Kind::JsonLines => decoded(Layout::ClauseLines),
        Kind::Html => {
            let page = decode_page(bytes)?;
            // An element takes up to a kilobyte, however short it is.
            let opens = |pair: &[u8]| pair[0] == b'<' && pair[1] != b'/';
            if page.text.as_bytes().windows(2).filter(|pair| opens(pair)).count() > MOST_TAGS {
                return Err(ExtractError::Tags { most: MOST_TAGS });
            }
            let mut found = html(&page.text)?;
            // The marks in the place of damaged bytes are gone with the markup around them.
            let unread = page.damage.iter().map(|damage| left_out(damage, 0..0));
            found.left_out.splice(0..0, unread);
            Ok(SourceText { encoding: Some(page.encoding), ..found })
        }
        Kind::Docx => docx(bytes),
        Kind::Pdf => pdf(bytes),
    }
}

/// A decoded text, with its damaged bytes as left out.
fn with_damage(decoded: Decoded<'_>, layout: Layout) -> SourceText<'_> {
    let Decoded { text, encoding, damage } = decoded;
    let left_out = damage.iter().map(|damage| left_out(damage, damage.span.clone())).collect();
    SourceText { text, layout, left_out, encoding: Some(encoding) }
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
