//! Zip archives of parts, the container of office formats. Each part is unpacked within limits, and
//! no name in an archive becomes a path on disk.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::{DamageReason, ExtractError};

/// Limits for unpacking one file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of one part.
    pub(crate) part: u64,
    /// Bytes of all parts that are read.
    pub(crate) all: u64,
    /// Entries of the archive, whether read or not.
    pub(crate) entries: usize,
}

impl Limits {
    pub(crate) const DEFAULT: Self = Self { part: 64 << 20, all: 200 << 20, entries: 10_000 };
}

/// A zip archive of parts.
pub(crate) struct Archive<'a> {
    /// Name of the format in errors.
    format: &'static str,
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Index of each entry by its name in lower case: part names ignore case.
    entries: HashMap<String, usize>,
    limits: Limits,
    unpacked: u64,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(
        bytes: &'a [u8],
        format: &'static str,
        limits: Limits,
    ) -> Result<Self, ExtractError> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unzip(format, &error))?;
        if zip.len() > limits.entries {
            let reason = DamageReason::TooManyParts { parts: zip.len(), most: limits.entries };
            return Err(ExtractError::Damaged { format, reason });
        }
        let entries = (0..zip.len())
            .filter_map(|index| Some((key(&zip.name_for_index(index)?.ok()?), index)))
            .collect();
        Ok(Self { format, zip, entries, limits, unpacked: 0 })
    }

    pub(crate) fn has(&self, part: &str) -> bool {
        self.entries.contains_key(&key(part))
    }

    /// The unpacked bytes of a part.
    pub(crate) fn bytes(&mut self, part: &str) -> Result<Vec<u8>, ExtractError> {
        let format = self.format;
        let damaged = |reason| ExtractError::Damaged { format, reason };
        let entry = self.entries.get(&key(part));
        let index =
            *entry.ok_or_else(|| damaged(DamageReason::NoPart { part: part.to_owned() }))?;
        let left = self.limits.all.saturating_sub(self.unpacked);
        let most = self.limits.part.min(left);
        let file = self.zip.by_index(index).map_err(|error| unzip(format, &error))?;
        // Sizes given in the archive may be wrong, so the bytes are counted.
        let mut bytes = Vec::new();
        file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| {
            let (part, says) = (part.to_owned(), error.to_string());
            damaged(DamageReason::PackedPart { part, says })
        })?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > most {
            let of_part = length > self.limits.part;
            let most = if of_part { self.limits.part } else { self.limits.all };
            return Err(ExtractError::TooLarge { most });
        }
        self.unpacked += length;
        Ok(bytes)
    }

    /// The XML of a part, in any Unicode encoding.
    pub(crate) fn text(&mut self, part: &str) -> Result<String, ExtractError> {
        let format = self.format;
        let bytes = self.bytes(part)?;
        unicode(bytes).map_err(|encoding| {
            let reason = DamageReason::PartEncoding { part: part.to_owned(), encoding };
            ExtractError::Damaged { format, reason }
        })
    }
}

/// Decodes text in any Unicode encoding. The error is the encoding that it appeared to have.
pub(crate) fn unicode(mut bytes: Vec<u8>) -> Result<String, &'static str> {
    let (encoding, mark) = Encoding::for_bom(&bytes).unwrap_or_else(|| match *bytes {
        [b'<', 0, ..] => (UTF_16LE, 0),
        [0, b'<', ..] => (UTF_16BE, 0),
        _ => (UTF_8, 0),
    });
    if encoding == UTF_8 {
        bytes.drain(..mark);
        return String::from_utf8(bytes).map_err(|_| "UTF-8");
    }
    encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
        .map(Cow::into_owned)
        .ok_or("UTF-16")
}

/// The part that `target` refers to, relative to `folder`.
pub(crate) fn resolve(folder: &str, target: &str) -> String {
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

/// The folder of a part.
pub(crate) fn folder_of(part: &str) -> &str {
    part.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn unzip(format: &'static str, error: &ZipError) -> ExtractError {
    let reason = match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            DamageReason::SaveWithoutPassword
        }
        ZipError::InvalidArchive(_) => DamageReason::NoZip,
        other => DamageReason::Zip { says: other.to_string() },
    };
    ExtractError::Damaged { format, reason }
}
