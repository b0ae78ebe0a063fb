//! Office Open XML documents (.docx), as Word, WPS and LibreOffice save them.
//!
//! A document is a package of parts. Five kinds matter: the text, its footnotes and endnotes, the
//! styles (which paragraphs are headings), the numbering (labels that aren't part of any text), and
//! the relationships that say where these parts are.

mod body;
mod field;
mod numbering;
mod package;
mod styles;
/// The XML walker, with this format's name in its errors.
mod xml {
    use crate::ExtractError;
    pub(super) use crate::xml::{Attributes, Name, Space, Visitor};

    pub(super) fn walk(
        xml: &str,
        part: &str,
        visitor: &mut impl Visitor,
    ) -> Result<(), ExtractError> {
        crate::xml::walk(xml, part, super::FORMAT, visitor)
    }
}

use tiaowen_blocks::{DroppedKind, LeftOutReason, SourceText};

use crate::archive::Limits;
use crate::compose::{Part, Tag, compose, compose_document};
use crate::paragraph::level_headings;
use crate::{DamageReason, ExtractError};

use body::Body;
use numbering::Numbering;
use package::{Beside, Package};
use styles::Styles;

/// Reads an Office Open XML document with its blocks.
///
/// Paragraphs with heading styles or outline levels are headings; below a paragraph of the style
/// Title they are one level deeper. A paragraph that ends like a sentence is never a heading,
/// because many agreements set whole clauses in heading styles.
///
/// Automatic numbers (第一條, 一、, （一）, 1.2) are written in front of their paragraphs, bullets
/// as `■ `. Check boxes, drop-down lists and symbol fonts (☑) appear as a reader sees them. Raised
/// text becomes superscripts; footnotes and endnotes belong where their marks are. Tracked changes
/// are treated as accepted.
///
/// Listed as left out: deleted, struck-out and hidden text, ruby annotations, running heads and
/// feet, comments, files that Word imports when it opens the document, and pictures, charts and
/// other objects whose text can't be read. Field codes are dropped.
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
/// - [`ExtractError::Damaged`]: it is no such document, an old `.doc`, password-protected, or has
///   broken parts.
/// - [`ExtractError::TooLarge`]: a part unpacks to more than 64 MB, or all parts to more than 200
///   MB.
/// - [`ExtractError::Empty`]: it has no text.
/// - [`ExtractError::Imported`]: its text is in files that it imports.
/// - [`ExtractError::Pictures`]: it contains only pictures.
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
        for (kind, part) in &related.beside {
            parts.extend(beside(&mut package, *kind, part, &styles, limits.part));
        }
        return Ok(compose(parts));
    }
    let is_import = |part: &Part| matches!(part, Part::LeftOut(tag, _) if *tag == body::IMPORTED);
    if parts.iter().any(is_import) {
        return Err(ExtractError::Imported);
    }
    compose_document(parts)
}

/// The text of a part that accompanies the document, as left out.
fn beside(
    package: &mut Package<'_>,
    kind: Beside,
    part: &str,
    styles: &Styles,
    most: u64,
) -> Vec<Part> {
    let tag = match kind {
        Beside::RunningHead => HEAD,
        Beside::Comments => COMMENT,
    };
    let read = package.part(part).and_then(|xml| Body::read_beside(&xml, part, styles, most));
    // A damaged header doesn't make the text unreadable.
    let Ok(parts) = read else { return vec![Part::LeftOut(DAMAGED, String::new())] };
    let texts =
        parts.iter().filter(|part| part.is_read()).map(|part| part.text().trim().to_owned());
    texts.map(|text| Part::LeftOut(tag, text)).collect()
}

const HEAD: Tag = (DroppedKind::RunningHead, &LeftOutReason::HeadOrFoot);
const COMMENT: Tag = (DroppedKind::Hidden, &LeftOutReason::Comment);
const DAMAGED: Tag = (DroppedKind::Unreadable, &LeftOutReason::DamagedHeadOrComment);

/// Name of the format in errors.
const FORMAT: &str = ".docx";

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason }
}

#[cfg(test)]
mod tests;
