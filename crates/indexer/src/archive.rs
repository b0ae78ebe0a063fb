//! Files, and files inside .zip archives, by one path: `docs/batch.zip/a.txt`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tiaowen_extract::decode;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::ArchiveError;

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
        return Err(ArchiveError::Many { most: MOST_ENTRIES }.into());
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

/// The bytes of a file, or of an entry of an archive, if they are not more than `most`.
pub(crate) fn bytes_of(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let Some((archive, name)) = inside(file) else {
        let mut bytes = Vec::new();
        // Not by what its size is said to be: it may be growing.
        File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
        return within(bytes, most, |megabytes| ArchiveError::Large { megabytes });
    };
    LAST.with_borrow_mut(|last| {
        let state = state(&archive)?;
        if !last.as_ref().is_some_and(|opened| opened.path == archive && opened.state == state) {
            *last = Some(Opened::open(archive, state)?);
        }
        let opened = last.as_mut().expect("it was opened where it was not");
        let at = *opened.places.get(&name).ok_or(io::ErrorKind::NotFound)?;
        let entry = opened.zip.by_index(at).map_err(told)?;
        let mut bytes = Vec::new();
        entry.take(most + 1).read_to_end(&mut bytes)?;
        within(bytes, most, |megabytes| ArchiveError::Unpacked { megabytes })
    })
}

/// An archive with the places of its entries by name.
struct Opened {
    path: PathBuf,
    state: State,
    zip: ZipArchive<BufReader<File>>,
    places: HashMap<String, usize>,
}

/// What tells that a file is still the one that was opened.
type State = (u64, Option<SystemTime>);

thread_local! {
    /// The archive that was read from last: its entries are read one after the other, and its
    /// list is read once for all of them.
    static LAST: RefCell<Option<Opened>> = const { RefCell::new(None) };
}

impl Opened {
    fn open(path: PathBuf, state: State) -> io::Result<Self> {
        let mut zip = open(&path)?;
        let mut places = HashMap::with_capacity(zip.len());
        for at in 0..zip.len() {
            let name = name_of(zip.by_index_raw(at).map_err(told)?.name_raw());
            places.entry(name).or_insert(at);
        }
        Ok(Opened { path, state, zip, places })
    }
}

fn state(archive: &Path) -> io::Result<State> {
    let metadata = archive.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

fn within(bytes: Vec<u8>, most: u64, more: fn(u64) -> ArchiveError) -> io::Result<Vec<u8>> {
    if bytes.len() as u64 > most {
        return Err(more(most >> 20).into());
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
            ArchiveError::Password.into()
        }
        error => ArchiveError::Damaged { reason: error.to_string() }.into(),
    }
}
