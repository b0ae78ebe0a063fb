//! Files, and files inside .zip archives, by one path: `docs/batch.zip/a.txt`.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use tiaowen_extract::decode;
use zip::ZipArchive;
use zip::result::ZipError;

/// Bytes that one entry may unpack to, whatever the archive says of it.
const MOST_BYTES: u64 = 256 << 20;
/// Entries of one archive that are read.
const MOST_ENTRIES: usize = 100_000;

/// An entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name, with `/`.
    pub(crate) name: String,
    /// Bytes it says it unpacks to.
    pub(crate) bytes: u64,
}

/// Whether a file is an archive that is looked into, by the end of its name.
pub(crate) fn is_archive(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"))
}

/// The files in an archive, by name.
pub(crate) fn entries(archive: &Path) -> io::Result<Vec<Entry>> {
    let mut zip = open(archive)?;
    if zip.len() > MOST_ENTRIES {
        let told = format!("it holds more than {MOST_ENTRIES} files; unpack it");
        return Err(io::Error::other(told));
    }
    let mut entries = Vec::new();
    for at in 0..zip.len() {
        let entry = zip.by_index_raw(at).map_err(told)?;
        let name = name_of(entry.name_raw());
        // What the systems leave beside the files is no document.
        let hidden = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
        if entry.is_file() && !hidden && !name.is_empty() {
            entries.push(Entry { name, bytes: entry.size() });
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    entries.dedup_by(|a, b| a.name == b.name);
    Ok(entries)
}

/// The bytes of a file, or of an entry of an archive.
pub(crate) fn bytes_of(file: &Path) -> io::Result<Vec<u8>> {
    let Some((archive, name)) = inside(file) else { return fs::read(file) };
    let mut zip = open(&archive)?;
    let at = (0..zip.len())
        .find(|&at| zip.by_index_raw(at).is_ok_and(|entry| name_of(entry.name_raw()) == name));
    let at = at.ok_or(io::ErrorKind::NotFound)?;
    let entry = zip.by_index(at).map_err(told)?;
    let mut bytes = Vec::new();
    entry.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        let told = format!("it unpacks to more than {MOST_BYTES} bytes; split it");
        return Err(io::Error::other(told));
    }
    Ok(bytes)
}

/// Whether there is such a file, or such an entry of an archive.
pub(crate) fn exists(file: &Path) -> bool {
    match inside(file) {
        None => file.exists(),
        Some((archive, name)) => {
            entries(&archive).is_ok_and(|entries| entries.iter().any(|entry| entry.name == name))
        }
    }
}

/// The archive that a path leads into, and the name of the entry in it.
fn inside(file: &Path) -> Option<(PathBuf, String)> {
    if file.is_file() {
        return None;
    }
    let archive = file.ancestors().skip(1).find(|above| is_archive(above) && above.is_file())?;
    let name = file.strip_prefix(archive).ok()?.to_string_lossy().replace('\\', "/");
    Some((archive.to_owned(), name))
}

fn open(archive: &Path) -> io::Result<ZipArchive<BufReader<File>>> {
    ZipArchive::new(BufReader::new(File::open(archive)?)).map_err(told)
}

/// A name as it was meant: archives made on Chinese systems don't tell its encoding.
fn name_of(raw: &[u8]) -> String {
    let name = decode(raw).map(|decoded| decoded.text.into_owned());
    name.unwrap_or_else(|_| String::from_utf8_lossy(raw).into_owned()).replace('\\', "/")
}

fn told(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        ZipError::UnsupportedArchive(reason) if reason.contains("assword") => {
            io::Error::other("it is protected by a password")
        }
        error => io::Error::other(format!("this is no archive that can be read: {error}")),
    }
}
