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

mod docx;
mod encoding;
mod error;
mod html;
mod open_file;
mod pdf;

use std::borrow::Cow;
use std::path::Path;

use tiaowen_blocks::{Layout, SourceText};

pub use docx::docx;
pub use encoding::{Decoded, decode};
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
    let decoded = |layout| {
        let Decoded { text, encoding } = decode(bytes)?;
        Ok(SourceText { text, layout, left_out: Vec::new(), encoding: Some(encoding) })
    };
    match kind {
        Kind::Text => decoded(Layout::Plain),
        Kind::Markdown => decoded(Layout::Markdown),
        Kind::JsonLines => decoded(Layout::ClauseLines),
        Kind::Html => {
            let page = decoded(Layout::Markdown)?;
            // An element takes up to a kilobyte, however short it is.
            let opens = |pair: &[u8]| pair[0] == b'<' && pair[1] != b'/';
            if page.text.as_bytes().windows(2).filter(|pair| opens(pair)).count() > MOST_TAGS {
                return Err(ExtractError::Tags { most: MOST_TAGS });
            }
            Ok(SourceText { text: Cow::Owned(html(&page.text)?), ..page })
        }
        Kind::Docx => {
            let (text, layout) = (Cow::Owned(docx(bytes)?), Layout::Markdown);
            Ok(SourceText { text, layout, left_out: Vec::new(), encoding: None })
        }
        Kind::Pdf => pdf(bytes),
    }
}
