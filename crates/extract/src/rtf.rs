//! Rich Text Format, as Word, WPS, LibreOffice and older programs save it.
//!
//! The format is a stream of groups, control words and bytes, without a grammar that says which
//! words there are: a group that begins with `\*` and a word that isn't known is passed over, any
//! other is read. Bytes stand for characters by the font in force, whose table names a character
//! set, else by the document's code page.

mod characters;
mod reader;
#[cfg(test)]
mod tests;
mod tokens;

use tiaowen_blocks::{DroppedKind, SourceText};

use crate::ExtractError;
use crate::compose::{Part, Tag, compose};
use crate::paragraph::level_headings;

use reader::Reader;

const FORMAT: &str = ".rtf";
/// Bytes of text of a file.
const MOST_TEXT: usize = 64 << 20;

pub(super) const PICTURE: Tag =
    (DroppedKind::Unreadable, "a picture; what is written in it isn't read");

/// A document in Rich Text Format, with its blocks.
///
/// Characters come from `\'xx` in the character set of their font, else in the document's code
/// page, and from `\u`, be its number signed, unsigned, one of a pair or beyond them. Numbers of
/// lists are read as the program printed them, bullets as `■ `; tables are read cell by cell,
/// notes hang where their marks stand, raised text is written as a superscript.
///
/// Listed as left out are hidden, deleted and struck text, comments, running heads and feet,
/// pictures and embedded objects, and bytes that are no character.
///
/// ```
/// use tiaowen_extract::rtf;
/// let found = rtf(b"{\\rtf1\\ansi\\ansicpg936 \\'b5\\'da\\u19968?\\'cc\\'f5\\par}").unwrap();
/// assert_eq!(found.text.trim(), "第一条");
/// ```
///
/// # Errors
/// [`ExtractError::Damaged`] where it is no such document, [`ExtractError::TooLarge`] where it
/// holds too much text, [`ExtractError::Empty`] or [`ExtractError::Pictures`] where it holds none.
pub fn rtf(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    within(bytes, MOST_TEXT)
}

fn within(bytes: &[u8], most: usize) -> Result<SourceText<'static>, ExtractError> {
    if bytes.trim_ascii().is_empty() {
        return Err(ExtractError::Empty);
    }
    if !bytes.trim_ascii_start().starts_with(b"{\\rtf") {
        return Err(damaged("it doesn't begin as one"));
    }
    let mut parts = Reader::read(bytes, most)?;
    level_headings(&mut parts);
    if parts.iter().any(Part::is_read) {
        return Ok(compose(parts));
    }
    let pictured = |part: &Part| matches!(part, Part::LeftOut(tag, _) if *tag == PICTURE);
    Err(if parts.iter().any(pictured) { ExtractError::Pictures } else { ExtractError::Empty })
}

fn damaged(reason: impl Into<String>) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason: reason.into() }
}
