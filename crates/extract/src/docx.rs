//! Word processors' documents: Office Open XML, as Word, WPS and LibreOffice save it.
//!
//! A document is a package of parts. Those that are read: the text, its footnotes and endnotes,
//! the styles (which paragraphs are headings), the numbering (labels that stand in no text) and
//! the relationships that say where these are.

mod body;
mod field;
mod numbering;
mod package;
mod styles;
mod symbols;
mod xml;

use tiaowen_blocks::SourceText;

use crate::ExtractError;
use crate::compose::{Part, compose};

use body::{Body, level_headings};
use numbering::Numbering;
use package::{Limits, Package};
use styles::Styles;

/// A word processor's document (Office Open XML), with its blocks.
///
/// Paragraphs of heading styles and those with an outline level are headings; below a
/// paragraph of the style Title, they are one level down. What ends like a sentence is no
/// heading, whatever its style: many agreements set whole clauses in heading styles.
///
/// Automatic numbers (第一條, 一、, （一）, 1.2) are written out before their paragraphs,
/// bullets as `■ `. Boxes, lists to choose from and signs of symbol fonts (☑) are read as a reader
/// sees them. Raised text is written as a superscript; footnotes and endnotes hang where their
/// marks stand. Tracked changes are taken as accepted.
///
/// Listed as left out are deleted, struck and hidden text, readings above characters, and files
/// that Word imports when it opens the document. Running heads, comments, codes of fields, charts
/// and pictures are not read.
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
/// or all to more than 200 MB; [`ExtractError::Empty`] where it holds no text,
/// [`ExtractError::Imported`] where its text is in files that it imports.
pub fn docx(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    within(bytes, Limits::DEFAULT)
}

fn within(bytes: &[u8], limits: Limits) -> Result<SourceText<'static>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let mut package = Package::open(bytes, limits)?;
    let main = package.main()?;
    let related = package.related(&main)?;
    let styles = match &related.styles {
        Some(part) => Styles::read(&package.part(part)?, part)?,
        None => Styles::default(),
    };
    let numbering = match &related.numbering {
        Some(part) => Numbering::read(&package.part(part)?, part)?,
        None => Numbering::default(),
    };
    let xml = package.part(&main)?;
    let (mut parts, called) = Body::read(&xml, &main, &styles, numbering, limits.part)?;
    level_headings(&mut parts);
    for (prefix, part) in [("f", &related.footnotes), ("e", &related.endnotes)] {
        if let Some(part) = part {
            let xml = package.part(part)?;
            let called = (prefix, called.as_slice());
            parts.extend(Body::read_notes(&xml, part, &styles, limits.part, called)?);
        }
    }
    if parts.iter().any(Part::is_read) {
        return Ok(compose(parts));
    }
    let imports = parts.iter().any(|part| matches!(part, Part::LeftOut(..)));
    Err(if imports { ExtractError::Imported } else { ExtractError::Empty })
}

fn damaged(reason: impl Into<String>) -> ExtractError {
    ExtractError::Damaged { format: ".docx", reason: reason.into() }
}

#[cfg(test)]
mod tests;
