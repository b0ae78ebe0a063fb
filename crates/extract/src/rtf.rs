//! Rich Text Format, as saved by Word, WPS, LibreOffice and older programs.
//!
//! The format is a stream of groups, control words and bytes, with no grammar of the allowed words:
//! an unknown group that begins with `\*` is skipped, every other one is read. Bytes are characters
//! in the character set of the current font, otherwise in the document's code page.

mod characters;
mod reader;
#[cfg(test)]
mod tests;
mod tokens;

use tiaowen_blocks::SourceText;

use crate::compose::compose_document;
use crate::paragraph::level_headings;
use crate::{DamageReason, ExtractError};

use reader::Reader;

const FORMAT: &str = ".rtf";
/// Maximum text of a file in bytes.
const MOST_TEXT: usize = 64 << 20;

/// Reads a Rich Text Format document with its blocks.
///
/// Characters are written as `\'xx` in the character set of their font or the document's code page,
/// or as `\u` with a number that is signed, unsigned, half of a surrogate pair or a full code
/// point. List numbers are read as the program printed them, bullets as `■ `. Tables are read cell
/// by cell; notes belong where their marks are; raised text becomes superscripts.
///
/// Listed as left out: hidden, deleted and struck-out text, comments, running heads and feet,
/// pictures and embedded objects, and invalid bytes.
///
/// ```
/// use tiaowen_extract::rtf;
/// let found = rtf(b"{\\rtf1\\ansi\\ansicpg936 \\'b5\\'da\\u19968?\\'cc\\'f5\\par}").unwrap();
/// assert_eq!(found.text.trim(), "第一条");
/// ```
///
/// # Errors
/// [`ExtractError::Damaged`] if it is no such document, [`ExtractError::TooLarge`] if it has too
/// much text, [`ExtractError::Empty`] or [`ExtractError::Pictures`] if it has none.
pub fn rtf(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    within(bytes, MOST_TEXT)
}

fn within(bytes: &[u8], most: usize) -> Result<SourceText<'static>, ExtractError> {
    if bytes.trim_ascii().is_empty() {
        return Err(ExtractError::Empty);
    }
    if !bytes.trim_ascii_start().starts_with(b"{\\rtf") {
        return Err(damaged(DamageReason::OtherBeginning));
    }
    let mut parts = Reader::read(bytes, most)?;
    level_headings(&mut parts);
    compose_document(parts)
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason }
}
