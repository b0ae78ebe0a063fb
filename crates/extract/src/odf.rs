//! OpenDocument texts and spreadsheets, as saved by LibreOffice, Collabora and others.
//!
//! A document is a package of parts, of which the text and the styles are read. Automatic numbers
//! aren't part of any text; they are computed from the styles of lists and headings.

mod body;
mod numbering;
mod styles;
#[cfg(test)]
mod tests;

use tiaowen_blocks::SourceText;

use crate::archive::{Archive, Limits};
use crate::compose::{Part, compose_document};
use crate::paragraph::level_headings;
use crate::xml::walk;
use crate::{DamageReason, ExtractError};

use body::Body;
pub(crate) use body::is_default_name;
use styles::Styles;

const FORMAT: &str = ".odt";
/// The parts with the text and the styles.
const CONTENT: &str = "content.xml";
const STYLES: &str = "styles.xml";

/// Reads an OpenDocument text or spreadsheet (`.odt`, `.ott`, `.ods`, or a single XML file), with
/// its blocks.
///
/// Headings have their outline levels, lists and headings their printed numbers, bullets `■ `.
/// Tables are read cell by cell; notes belong where their marks are; raised text becomes
/// superscripts. The sheets of a spreadsheet are tables below their names.
///
/// Listed as left out: deleted, struck-out and hidden text, ruby annotations, comments, tables of
/// contents, running heads and feet, pictures and embedded objects.
///
/// # Errors
/// [`ExtractError::Damaged`] if it is no such document, is password-protected or has broken parts;
/// [`ExtractError::TooLarge`] if it unpacks to more than the limit; [`ExtractError::Empty`] or
/// [`ExtractError::Pictures`] if it has no text.
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
            return Err(damaged(DamageReason::SaveWithoutPassword));
        }
        let content = package.text(CONTENT)?;
        let mut beside = Vec::new();
        if package.has(STYLES) {
            let xml = package.text(STYLES)?;
            walk(&xml, STYLES, FORMAT, &mut styles)?;
            // Read separately, since a damaged header doesn't make the text unreadable.
            beside = Body::read_beside(&xml, STYLES, &styles, limits.part).unwrap_or_default();
        }
        walk(&content, CONTENT, FORMAT, &mut styles)?;
        let mut parts = Body::read(&content, CONTENT, &styles, limits.part)?;
        parts.extend(beside);
        parts
    } else {
        let xml = crate::archive::unicode(bytes.to_vec())
            .map_err(|encoding| damaged(DamageReason::Encoding { encoding }))?;
        walk(&xml, "its text", FORMAT, &mut styles)?;
        Body::read(&xml, "its text", &styles, limits.part)?
    };
    written(parts)
}

fn written(mut parts: Vec<Part>) -> Result<SourceText<'static>, ExtractError> {
    level_headings(&mut parts);
    compose_document(parts)
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason }
}
