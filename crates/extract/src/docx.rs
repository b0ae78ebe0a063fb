//! Word processors' documents: Office Open XML, as Word, WPS and LibreOffice save it.
//!
//! A document is a package of parts. Four of them are read: the text, the styles (which
//! paragraphs are headings), the numbering (labels that stand in no text) and the
//! relationships that say where these are.

mod body;
mod numbering;
mod package;
mod styles;
mod xml;

use crate::ExtractError;

use body::Body;
use numbering::Numbering;
use package::{Limits, Package};
use styles::Styles;

/// The text of a word processor's document (Office Open XML) as Markdown.
///
/// Paragraphs of heading styles and those with an outline level get `#` marks; below a
/// paragraph of the style Title, headings start at `##`. What ends like a sentence is no
/// heading, whatever its style: many agreements set whole clauses in heading styles.
///
/// Automatic numbers (第一條, 一、, （一）, 1.2) are written out before their paragraphs,
/// bullets as `■ `. Rows of tables are paragraphs, their cells apart by tabs. Tracked
/// changes are taken as accepted.
///
/// Left out are running heads, notes, comments, field codes, symbols of symbol fonts and
/// what is embedded (charts, pictures, imported files). A paragraph of plain text that
/// begins with `#` or is `+++` stays as it is, and so reads as Markdown's.
///
/// ```
/// use tiaowen_extract::{ExtractError, docx};
/// assert_eq!(
///     docx(b"{\\rtf1 }").unwrap_err().to_string(),
///     "this is no .docx that can be read: an RTF file; save it as .docx"
/// );
/// assert_eq!(docx(b""), Err(ExtractError::Empty));
/// ```
///
/// # Errors
///
/// [`ExtractError::Damaged`] where it is no such document, is an old `.doc`, has a password
/// or has broken parts; [`ExtractError::TooLarge`] where a part unpacks to more than 64 MB
/// or all to more than 200 MB; [`ExtractError::Empty`] where it holds no text.
pub fn docx(bytes: &[u8]) -> Result<String, ExtractError> {
    within(bytes, Limits::DEFAULT)
}

fn within(bytes: &[u8], limits: Limits) -> Result<String, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let mut package = Package::open(bytes, limits)?;
    let main = package.main()?;
    let parts = package.related(&main)?;
    let styles = match &parts.styles {
        Some(part) => Styles::read(&package.part(part)?, part)?,
        None => Styles::default(),
    };
    let numbering = match &parts.numbering {
        Some(part) => Numbering::read(&package.part(part)?, part)?,
        None => Numbering::default(),
    };
    let text = Body::read(&package.part(&main)?, &main, &styles, numbering, limits.part)?;
    if text.is_empty() { Err(ExtractError::Empty) } else { Ok(text) }
}

fn damaged(reason: impl Into<String>) -> ExtractError {
    ExtractError::Damaged { format: ".docx", reason: reason.into() }
}

#[cfg(test)]
mod tests;
