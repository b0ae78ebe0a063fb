//! The package: a zip archive of parts, and the relationships between them.

use crate::archive::{Archive, Limits, folder_of, resolve};
use crate::{DamageReason, ExtractError};

use super::xml::{Attributes, Name, Visitor, walk};
use super::{FORMAT, damaged};

/// Maximum number of headers, footers and comments that are read. A document has up to three
/// headers and footers for each section.
const MOST_BESIDE: usize = 64;

pub(super) struct Package<'a>(Archive<'a>);

/// The parts of a document apart from its text.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) styles: Option<String>,
    pub(super) numbering: Option<String>,
    pub(super) footnotes: Option<String>,
    pub(super) endnotes: Option<String>,
    /// Parts that accompany the text, with their kinds.
    pub(super) beside: Vec<(Beside, String)>,
}

/// The kind of a part that is not part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// A header or footer of pages.
    RunningHead,
    /// Comments in the margin.
    Comments,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, ExtractError> {
        if let Some(reason) = other_format(bytes) {
            return Err(damaged(reason));
        }
        Archive::open(bytes, FORMAT, limits).map(Self)
    }

    /// The part with the text.
    pub(super) fn main(&mut self) -> Result<String, ExtractError> {
        const USUAL: &str = "word/document.xml";
        let relations = self.relations("_rels/.rels", "")?;
        self.named(&relations, "officeDocument", USUAL.to_owned())
            .ok_or_else(|| damaged(DamageReason::NoPart { part: USUAL.to_owned() }))
    }

    /// The parts related to the text in `main`; without relationships, those with the usual names
    /// next to it.
    pub(super) fn related(&mut self, main: &str) -> Result<Parts, ExtractError> {
        let folder = folder_of(main);
        let name = main.rsplit('/').next().unwrap_or(main);
        let relations = self.relations(&resolve(folder, &format!("_rels/{name}.rels")), folder)?;
        let find = |kind: &str, usual: &str| self.named(&relations, kind, resolve(folder, usual));
        let mut beside: Vec<(Beside, String)> = Vec::new();
        for (kind, part) in &relations {
            let is = match kind.as_str() {
                "header" | "footer" => Beside::RunningHead,
                "comments" => Beside::Comments,
                _ => continue,
            };
            if self.has(part) && beside.len() < MOST_BESIDE && !beside.contains(&(is, part.clone()))
            {
                beside.push((is, part.clone()));
            }
        }
        Ok(Parts {
            beside,
            styles: find("styles", "styles.xml"),
            numbering: find("numbering", "numbering.xml"),
            footnotes: find("footnotes", "footnotes.xml"),
            endnotes: find("endnotes", "endnotes.xml"),
        })
    }

    /// The part of a kind that relationships name, otherwise the one with the usual name.
    fn named(&self, relations: &[(String, String)], kind: &str, usual: String) -> Option<String> {
        let named = relations.iter().find(|(found, _)| found == kind);
        let named = named.map(|(_, part)| part.clone());
        named.into_iter().chain([usual]).find(|part| self.has(part))
    }

    /// The relationships of a part: the last word of each type, and the target part.
    fn relations(
        &mut self,
        part: &str,
        folder: &str,
    ) -> Result<Vec<(String, String)>, ExtractError> {
        if !self.has(part) {
            return Ok(Vec::new());
        }
        let mut relations = Relations { folder, found: Vec::new() };
        walk(&self.part(part)?, part, &mut relations)?;
        Ok(relations.found)
    }

    fn has(&self, part: &str) -> bool {
        self.0.has(part)
    }

    /// The XML of a part.
    pub(super) fn part(&mut self, part: &str) -> Result<String, ExtractError> {
        self.0.text(part)
    }
}

struct Relations<'a> {
    folder: &'a str,
    found: Vec<(String, String)>,
}

impl Visitor for Relations<'_> {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if name.local != b"Relationship" || attributes.is("TargetMode", "External") {
            return;
        }
        if let (Some(kind), Some(target)) = (attributes.get("Type"), attributes.get("Target")) {
            let kind = kind.rsplit('/').next().unwrap_or_default();
            self.found.push((kind.to_owned(), resolve(self.folder, &target)));
        }
    }
}

/// The actual format of a file that is no zip archive, if its first bytes show it.
fn other_format(bytes: &[u8]) -> Option<DamageReason> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        // Office stores an encrypted document as a stream in the container of the old formats.
        let encrypted: Vec<u8> =
            "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_encrypted = bytes.windows(encrypted.len()).any(|window| window == encrypted);
        return Some(if is_encrypted {
            DamageReason::SaveWithoutPassword
        } else {
            DamageReason::OldDocument
        });
    }
    bytes.starts_with(b"{\\rtf").then_some(DamageReason::RichText)
}
