//! OpenDocument texts and tables, as LibreOffice, Collabora and others save them.
//!
//! A document is a package of parts, of which the text and the styles are read. Automatic numbers
//! stand in no text: they are counted from the styles of lists and headings.

mod body;
mod numbering;
mod styles;
#[cfg(test)]
mod tests;

use tiaowen_blocks::{DroppedKind, SourceText};

use crate::ExtractError;
use crate::archive::{Archive, Limits};
use crate::compose::{Part, Tag, compose};
use crate::paragraph::level_headings;
use crate::xml::walk;

use body::Body;
pub(crate) use body::is_default_name;
use styles::Styles;

const FORMAT: &str = ".odt";
/// The text of a package, and its styles.
const CONTENT: &str = "content.xml";
const STYLES: &str = "styles.xml";

pub(super) const PICTURE: Tag =
    (DroppedKind::Unreadable, "a picture; what is written in it isn't read");

/// An OpenDocument text or table (`.odt`, `.ott`, `.ods`, or all of it in one XML file), with its
/// blocks.
///
/// Headings have their outline level, lists and headings their numbers as printed, bullets `■ `.
/// Tables are read cell by cell, notes hang where their marks stand, raised text is written as a
/// superscript. Sheets of a table are tables below their names.
///
/// Listed as left out are deleted, struck and hidden text, readings above characters, comments,
/// contents, running heads and feet, pictures and embedded objects.
///
/// # Errors
/// [`ExtractError::Damaged`] where it is no such document, has a password or broken parts;
/// [`ExtractError::TooLarge`] where it unpacks to more than is read; [`ExtractError::Empty`] or
/// [`ExtractError::Pictures`] where it holds no text.
pub fn odt(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    within(bytes, Limits::DEFAULT)
}

fn within(bytes: &[u8], limits: Limits) -> Result<SourceText<'static>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let mut styles = Styles::default();
    let parts = if bytes.starts_with(b"PK") {
        let mut package = Archive::open(bytes, FORMAT, limits)?;
        if package.text("META-INF/manifest.xml").is_ok_and(|list| list.contains("encryption-data"))
        {
            return Err(damaged("it is protected by a password; save it without one"));
        }
        let content = package.text(CONTENT)?;
        let mut beside = Vec::new();
        if package.has(STYLES) {
            let xml = package.text(STYLES)?;
            walk(&xml, STYLES, FORMAT, &mut styles)?;
            // A damaged head makes no text unreadable, so it is read by itself.
            beside = Body::read_beside(&xml, STYLES, &styles, limits.part).unwrap_or_default();
        }
        walk(&content, CONTENT, FORMAT, &mut styles)?;
        let mut parts = Body::read(&content, CONTENT, &styles, limits.part)?;
        parts.extend(beside);
        parts
    } else {
        let xml = crate::archive::unicode(bytes.to_vec())
            .map_err(|encoding| damaged(format!("it is not {encoding}")))?;
        walk(&xml, "its text", FORMAT, &mut styles)?;
        Body::read(&xml, "its text", &styles, limits.part)?
    };
    written(parts)
}

fn written(mut parts: Vec<Part>) -> Result<SourceText<'static>, ExtractError> {
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
