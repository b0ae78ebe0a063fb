//! The text that a file holds, whatever its format and encoding.
//!
//! | question | answered by |
//! |---|---|
//! | which encoding is this text in? | [`decode`] |
//! | what does a web page say, without its menus? | [`html`] |
//! | what does a word processor's document say? | [`docx`] |
//! | what does a PDF say? | [`pdf`] |
//!
//! Pages and documents become Markdown: headings with `#`, paragraphs apart by a blank line.
//! What clauses these make is decided elsewhere, once for all formats.

mod docx;
mod encoding;
mod error;
mod html;
mod open_file;
mod pdf;

use std::borrow::Cow;
use std::path::Path;

pub use docx::docx;
pub use encoding::{Decoded, decode};
pub use error::ExtractError;
pub use html::html;
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

    /// Bytes of one source that are read at most. A text takes some five times its size while
    /// it is split; a PDF is mostly pictures, and its text is limited by itself.
    pub fn most_bytes(self) -> u64 {
        match self {
            Kind::Pdf => 512 << 20,
            _ => 256 << 20,
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

/// What an extracted text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Plain text.
    Plain,
    /// Markdown: headings with `#`.
    Markdown,
    /// JSON, one object a line.
    JsonLines,
}

/// What a line is on its printed page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineRole {
    /// Text.
    Text,
    /// Text that runs to the edge of its column and continues on the next line of text.
    Wrapped,
    /// A page number, running head or running foot.
    Furniture,
}

/// A line of a printed page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintedLine {
    /// The byte of the text at which it starts.
    pub start: usize,
    /// What it is on its page.
    pub role: LineRole,
}

/// The text of printed pages, each ended by a form feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedText {
    /// The text.
    pub text: String,
    /// What its lines are on their pages, in order; `None` where their places are not known.
    pub lines: Option<Vec<PrintedLine>>,
}

/// The text of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// What it is written in.
    pub markup: Markup,
    /// The encoding it was in, where it is a text or page.
    pub encoding: Option<&'static str>,
    /// What its lines are on their printed pages, in order, where the format has pages and
    /// the reader saw them.
    pub printed: Option<Vec<PrintedLine>>,
}

/// The text of a file, by the end of its name.
///
/// # Errors
/// When the format isn't read, or no text comes out of the bytes.
///
/// ```
/// let found = tiaowen_extract::extract("a.txt".as_ref(), b"\xB1\xF8\xA4\xE5").unwrap();
/// assert_eq!((&*found.text, found.encoding), ("條文", Some("Big5")));
/// ```
pub fn extract<'a>(path: &Path, bytes: &'a [u8]) -> Result<Extracted<'a>, ExtractError> {
    let kind = match Kind::of(path)? {
        // Standard input and files without an end tell by how they begin.
        Kind::Text if path.extension().is_none() => Kind::begun(bytes),
        kind => kind,
    };
    let decoded = |markup| {
        let Decoded { text, encoding } = decode(bytes)?;
        Ok(Extracted { text, markup, encoding: Some(encoding), printed: None })
    };
    match kind {
        Kind::Text => decoded(Markup::Plain),
        Kind::Markdown => decoded(Markup::Markdown),
        Kind::JsonLines => decoded(Markup::JsonLines),
        Kind::Html => {
            let page = decoded(Markup::Markdown)?;
            Ok(Extracted { text: Cow::Owned(html(&page.text)?), ..page })
        }
        Kind::Docx => {
            let text = Cow::Owned(docx(bytes)?);
            Ok(Extracted { text, markup: Markup::Markdown, encoding: None, printed: None })
        }
        Kind::Pdf => {
            let PrintedText { text, lines } = pdf(bytes)?;
            let text = Cow::Owned(text);
            Ok(Extracted { text, markup: Markup::Plain, encoding: None, printed: lines })
        }
    }
}
