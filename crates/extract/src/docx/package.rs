//! The package: a zip archive of parts and the relationships between them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::ExtractError;

use super::damaged;
use super::xml::{Attributes, Name, Visitor, walk};

/// How much is unpacked of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of one part.
    pub(super) part: u64,
    /// Bytes of all parts that are read.
    pub(super) all: u64,
    /// Entries of the archive, read or not.
    pub(super) entries: usize,
}

impl Limits {
    pub(super) const DEFAULT: Self = Self { part: 64 << 20, all: 200 << 20, entries: 10_000 };
}

/// Heads, feet and comments that are read at most: a document has three of each for a section.
const MOST_BESIDE: usize = 64;

pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Entry by its name in small letters: names of parts are the same in any case.
    entries: HashMap<String, usize>,
    limits: Limits,
    unpacked: u64,
}

/// The parts that go with the text.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) styles: Option<String>,
    pub(super) numbering: Option<String>,
    pub(super) footnotes: Option<String>,
    pub(super) endnotes: Option<String>,
    /// What is printed or shown beside the text, and which of its kinds that is.
    pub(super) beside: Vec<(Beside, String)>,
}

/// A part that is no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// The head or foot of pages.
    RunningHead,
    /// Comments in the margin.
    Comments,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, ExtractError> {
        if let Some(reason) = other_format(bytes) {
            return Err(damaged(reason));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unzip(&error))?;
        if archive.len() > limits.entries {
            return Err(damaged(format!(
                "it holds {} parts, more than {}",
                archive.len(),
                limits.entries
            )));
        }
        let entries = (0..archive.len())
            .filter_map(|index| Some((key(&archive.name_for_index(index)?.ok()?), index)))
            .collect();
        Ok(Self { archive, entries, limits, unpacked: 0 })
    }

    /// The part with the text.
    pub(super) fn main(&mut self) -> Result<String, ExtractError> {
        const USUAL: &str = "word/document.xml";
        let relations = self.relations("_rels/.rels", "")?;
        let named = relations.into_iter().find(|(kind, _)| kind == "officeDocument");
        named
            .map(|(_, part)| part)
            .into_iter()
            .chain([USUAL.to_owned()])
            .find(|part| self.has(part))
            .ok_or_else(|| damaged(format!("it holds no {USUAL}")))
    }

    /// The parts that the text at `main` goes with, beside it where no relationship says.
    pub(super) fn related(&mut self, main: &str) -> Result<Parts, ExtractError> {
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", main));
        let relations = self.relations(&resolve(folder, &format!("_rels/{name}.rels")), folder)?;
        let find = |kind: &str, usual: &str| {
            let named = relations.iter().find(|(found, _)| found == kind);
            named
                .map(|(_, part)| part.clone())
                .into_iter()
                .chain([resolve(folder, usual)])
                .find(|part| self.has(part))
        };
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

    /// The last words of the types of relationships, and the parts these lead to.
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
        self.entries.contains_key(&key(part))
    }

    /// A part's XML, in whichever Unicode encoding it is.
    pub(super) fn part(&mut self, part: &str) -> Result<String, ExtractError> {
        let index =
            *self.entries.get(&key(part)).ok_or_else(|| damaged(format!("it holds no {part}")))?;
        let left = self.limits.all.saturating_sub(self.unpacked);
        let most = self.limits.part.min(left);
        let file = self.archive.by_index(index).map_err(|error| unzip(&error))?;
        // What the archive says of sizes may be wrong: the bytes are counted.
        let mut bytes = Vec::new();
        file.take(most.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(format!("{part} can't be unpacked: {error}")))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > most {
            let of_part = length > self.limits.part;
            let most = if of_part { self.limits.part } else { self.limits.all };
            return Err(ExtractError::TooLarge { most });
        }
        self.unpacked += length;
        let (encoding, mark) = Encoding::for_bom(&bytes).unwrap_or_else(|| match *bytes {
            [b'<', 0, ..] => (UTF_16LE, 0),
            [0, b'<', ..] => (UTF_16BE, 0),
            _ => (UTF_8, 0),
        });
        if encoding == UTF_8 {
            bytes.drain(..mark);
            return String::from_utf8(bytes).map_err(|_| damaged(format!("{part} is not UTF-8")));
        }
        encoding
            .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
            .map(Cow::into_owned)
            .ok_or_else(|| damaged(format!("{part} is not UTF-16")))
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

/// The part that `target` names from within `folder`.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = Vec::new();
    let from = if target.starts_with('/') { "" } else { folder };
    for step in from.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// What a file is that is no zip archive, where its first bytes say so.
fn other_format(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        // Office keeps an encrypted document as a stream in the container of old formats.
        let encrypted: Vec<u8> =
            "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_encrypted = bytes.windows(encrypted.len()).any(|window| window == encrypted);
        return Some(if is_encrypted {
            "it is protected by a password; save it without one"
        } else {
            "an old .doc file; save it as .docx"
        });
    }
    bytes.starts_with(b"{\\rtf").then_some("an RTF file; save it as .docx")
}

fn unzip(error: &ZipError) -> ExtractError {
    damaged(match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            "it is protected by a password; save it without one".to_owned()
        }
        ZipError::InvalidArchive(_) => "it is no zip archive, or one cut short".to_owned(),
        other => format!("its zip archive can't be read: {other}"),
    })
}
