//! A limited walk through the XML of a part, without building a tree.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::{DamageReason, ExtractError};

/// Maximum nesting of elements; documents have some dozens.
const MOST_DEEP: usize = 1_000;
/// Maximum number of namespace declarations in effect; each element searches all of them.
const MOST_NAMESPACES: usize = 500;

/// Maximum length of an attribute in bytes; ids and names are far shorter.
const MOST_VALUE: usize = 1_000;

/// The supported vocabularies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// WordprocessingML, transitional or strict.
    Word,
    /// Formulas.
    Math,
    /// Alternatives for programs of different versions.
    Compatibility,
    /// SpreadsheetML, transitional or strict.
    Sheet,
    /// OpenDocument: text, tables, drawings, styles, and their containers.
    OdfText,
    OdfTable,
    OdfDraw,
    OdfStyle,
    OdfOffice,
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) space: Space,
    pub(crate) local: &'a [u8],
}

impl<'a> Name<'a> {
    /// The local name of an element of WordprocessingML; empty for others.
    pub(crate) fn word(self) -> &'a [u8] {
        if self.space == Space::Word { self.local } else { b"" }
    }
}

pub(crate) struct Attributes<'a>(&'a BytesStart<'a>);

impl<'a> Attributes<'a> {
    /// The value of an attribute, with any prefix.
    pub(crate) fn get(&self, local: &str) -> Option<Cow<'a, str>> {
        // The check for duplicates would be quadratic.
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == local.as_bytes())
            .filter(|attribute| attribute.value.len() <= MOST_VALUE)
            .and_then(|attribute| attribute.unescape_value().ok())
    }

    /// The value of an attribute that may be a long list.
    pub(crate) fn long(&self, local: &str) -> Option<Cow<'a, str>> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == local.as_bytes())
            .and_then(|attribute| attribute.unescape_value().ok())
    }

    /// The number in `w:val`.
    pub(crate) fn number(&self) -> Option<u32> {
        self.get("val")?.trim().parse().ok()
    }

    pub(crate) fn is(&self, local: &str, value: &str) -> bool {
        self.get(local).is_some_and(|found| found == value)
    }

    /// Whether a switch is on, the default unless its value says otherwise.
    pub(crate) fn is_on(&self) -> bool {
        !self.get("val").is_some_and(|value| matches!(&*value, "0" | "false" | "off"))
    }
}

/// Receives the events of a walk. Every start has an end.
pub(crate) trait Visitor {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>);
    fn end(&mut self, _name: Name<'_>) {}
    fn text(&mut self, _text: &str) {}
}

/// Walks through the XML of `part` in a file of the given format.
pub(crate) fn walk(
    xml: &str,
    part: &str,
    format: &'static str,
    visitor: &mut impl Visitor,
) -> Result<(), ExtractError> {
    let damaged = |reason| ExtractError::Damaged { format, reason };
    let broken = |reason: fn(String) -> DamageReason| damaged(reason(part.to_owned()));
    let invalid = |error: &dyn std::fmt::Display| damaged(DamageReason::xml(part, error));
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    // For each open element, the number of namespaces it declares.
    let mut open: Vec<usize> = Vec::new();
    let mut namespaces = 0;
    loop {
        let (space, event) = match reader.read_resolved_event() {
            Ok((resolved, event)) => (space(&resolved), event),
            Err(error) => return Err(invalid(&error)),
        };
        match event {
            Event::Start(start) => {
                let declared = declared_namespaces(&start);
                namespaces += declared;
                open.push(declared);
                if open.len() > MOST_DEEP {
                    return Err(broken(|part| DamageReason::XmlDepth { part }));
                }
                if namespaces > MOST_NAMESPACES {
                    return Err(broken(|part| DamageReason::XmlNamespaces { part }));
                }
                let name = Name { space, local: start.local_name().into_inner() };
                visitor.start(name, &Attributes(&start));
            }
            Event::End(end) => {
                namespaces -= open.pop().unwrap_or_default();
                visitor.end(Name { space, local: end.local_name().into_inner() });
            }
            Event::Text(text) => visitor.text(&text.decode().map_err(|error| invalid(&error))?),
            Event::CData(text) => visitor.text(&text.decode().map_err(|error| invalid(&error))?),
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| invalid(&error))?;
                match quick_xml::escape::resolve_xml_entity(&name) {
                    Some(text) => visitor.text(text),
                    None => {
                        let c = reference.resolve_char_ref().ok().flatten();
                        let undefined = || broken(|part| DamageReason::XmlCharacter { part });
                        visitor.text(c.ok_or_else(undefined)?.encode_utf8(&mut [0; 4]));
                    }
                }
            }
            // Packages may have none; it could define entities.
            Event::DocType(_) => return Err(broken(|part| DamageReason::XmlDocumentType { part })),
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err(broken(|part| DamageReason::XmlCut { part })),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// How many namespaces an element declares.
fn declared_namespaces(start: &BytesStart<'_>) -> usize {
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).flatten();
    attributes.filter(|attribute| attribute.key.as_namespace_binding().is_some()).count()
}

fn space(resolved: &ResolveResult<'_>) -> Space {
    let ResolveResult::Bound(Namespace(name)) = resolved else {
        return Space::Other;
    };
    match *name {
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        | b"http://purl.oclc.org/ooxml/wordprocessingml/main" => Space::Word,
        b"http://schemas.openxmlformats.org/officeDocument/2006/math"
        | b"http://purl.oclc.org/ooxml/officeDocument/math" => Space::Math,
        b"http://schemas.openxmlformats.org/markup-compatibility/2006" => Space::Compatibility,
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        | b"http://purl.oclc.org/ooxml/spreadsheetml/main" => Space::Sheet,
        b"urn:oasis:names:tc:opendocument:xmlns:text:1.0" => Space::OdfText,
        b"urn:oasis:names:tc:opendocument:xmlns:table:1.0" => Space::OdfTable,
        b"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" => Space::OdfDraw,
        b"urn:oasis:names:tc:opendocument:xmlns:style:1.0" => Space::OdfStyle,
        b"urn:oasis:names:tc:opendocument:xmlns:office:1.0" => Space::OdfOffice,
        _ => Space::Other,
    }
}
