//! The files inside .zip archives and attached to mails.
//!
//! Names of entries are chosen by whoever made the archive or mail. A name that leads out of the
//! archive (an absolute name, a drive, `..`) is refused and reported, and so are links and devices.
//! No name ever becomes part of a path on disk.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tiaowen_extract::{Attachment, Kind, attachments, decode};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::SourceProblem;
use crate::listed::Listed;

/// The most entries that are read of one archive.
const MOST_ENTRIES: usize = 100_000;

/// An entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name: parts separated by `/`, none of them `.` or `..`.
    pub(crate) name: String,
    /// The unpacked size that the archive claims.
    pub(crate) bytes: u64,
}

/// The entries of an archive.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    /// Those that can be read, sorted by name.
    pub(crate) files: Vec<Entry>,
    /// The names of those that can't be read, and why.
    pub(crate) refused: Vec<(String, SourceProblem)>,
}

/// Attachments of a mail up to this size are kept in memory for the next of them.
const MOST_KEPT: usize = 16 << 20;

/// Whether a file is an archive or a mail with possible attachments, by its extension.
pub(crate) fn is_archive(file: &Path) -> bool {
    is_mail(file) || file.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"))
}

/// Whether a file is a mail. It is a source itself, beside its attachments.
pub(crate) fn is_mail(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("eml"))
}

/// Lists the files in an archive or attached to a mail.
pub(crate) fn entries(archive: &Path, listed: &Listed) -> io::Result<Entries> {
    if is_mail(archive) {
        let mut entries = Entries::default();
        for (name, attachment) in attached(archive, listed)? {
            match inner_name(&name) {
                None => entries.refused.push((name, SourceProblem::EntryName)),
                Some(inner) if inner.is_empty() || is_hidden(&inner) => {}
                Some(name) => {
                    entries.files.push(Entry { name, bytes: attachment.bytes.len() as u64 });
                }
            }
        }
        return Ok(entries);
    }
    let mut zip = open(archive, listed)?;
    if zip.len() > MOST_ENTRIES {
        return Err(SourceProblem::Many { most: MOST_ENTRIES }.into());
    }
    let mut entries = Entries::default();
    for at in 0..zip.len() {
        let entry = zip.by_index_raw(at).map_err(io_error)?;
        match name_of(&entry) {
            // Files that operating systems leave in archives are no documents.
            Ok(name) if name.is_empty() || is_hidden(&name) || entry.is_dir() => {}
            Ok(name) => entries.files.push(Entry { name, bytes: entry.size() }),
            Err(refused) => entries.refused.push(refused),
        }
    }
    entries.files.sort_by(|a, b| a.name.cmp(&b.name));
    entries.files.dedup_by(|a, b| a.name == b.name);
    Ok(entries)
}

/// The attachments of a mail, each with a distinct name.
fn attached(mail: &Path, listed: &Listed) -> io::Result<Vec<(String, Attachment)>> {
    let most = Kind::Mail.most_bytes();
    let mut bytes = Vec::new();
    listed.open(mail)?.take(most + 1).read_to_end(&mut bytes)?;
    let bytes = within(bytes, most, |megabytes| SourceProblem::Large { megabytes })?;
    let mut used: HashMap<String, usize> = HashMap::new();
    let mut named = Vec::new();
    for (nth, attachment) in (1..).zip(attachments(&bytes)) {
        let given = attachment.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = match given {
            Some(name) => name.replace('\\', "/"),
            None => format!("{nth}.{}", attachment.end),
        };
        let count = used.entry(name.clone()).or_default();
        *count += 1;
        // Later attachments of the same name are numbered.
        let name = match (*count, name.rsplit_once('.')) {
            (1, _) => name,
            (count, Some((stem, end))) => format!("{stem} ({count}).{end}"),
            (count, None) => format!("{name} ({count})"),
        };
        named.push((name, attachment));
    }
    Ok(named)
}

fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// Reads an entry of an archive, at most `most` bytes.
pub(crate) fn bytes_of(
    archive: &Path,
    listed: &Listed,
    name: &str,
    most: u64,
) -> io::Result<Vec<u8>> {
    LAST.with_borrow_mut(|last| {
        let state = state(archive)?;
        if !last.as_ref().is_some_and(|opened| opened.path == archive && opened.state == state) {
            *last = Some(Opened::open(archive, listed, state)?);
        }
        let opened = last.as_mut().expect("it was opened where it was not");
        let (zip, places) = match &mut opened.content {
            Content::Zip(zip, places) => (zip, places),
            Content::Mail(files) => {
                let file = files.iter().find(|(known, _)| is_named(known, name));
                let (_, file) = file.ok_or(io::ErrorKind::NotFound)?;
                let bytes = file.bytes.clone();
                if files.iter().map(|(_, file)| file.bytes.len()).sum::<usize>() > MOST_KEPT {
                    *last = None;
                }
                return within(bytes, most, |megabytes| SourceProblem::Large { megabytes });
            }
        };
        let at = *places.get(name).ok_or(io::ErrorKind::NotFound)?;
        let entry = zip.by_index(at).map_err(io_error)?;
        let mut bytes = Vec::new();
        entry.take(most + 1).read_to_end(&mut bytes)?;
        within(bytes, most, |megabytes| SourceProblem::Unpacked { megabytes })
    })
}

/// Whether the name given by a mail is stored as `name`.
fn is_named(given: &str, name: &str) -> bool {
    inner_name(given).is_some_and(|inner| inner == name)
}

/// An open archive or mail.
struct Opened {
    path: PathBuf,
    state: State,
    content: Content,
}

enum Content {
    /// An archive with the indices of its entries by name.
    Zip(ZipArchive<BufReader<File>>, HashMap<String, usize>),
    /// The attachments of a mail.
    Mail(Vec<(String, Attachment)>),
}

/// Identifies the content of the file that was opened: its size and time of change.
type State = (u64, Option<SystemTime>);

thread_local! {
    /// The archive that was read last. Its entries are read one after the other, and its directory
    /// is read once for all of them.
    static LAST: RefCell<Option<Opened>> = const { RefCell::new(None) };
}

impl Opened {
    fn open(path: &Path, listed: &Listed, state: State) -> io::Result<Self> {
        let path = path.to_owned();
        if is_mail(&path) {
            let content = Content::Mail(attached(&path, listed)?);
            return Ok(Opened { path, state, content });
        }
        let mut zip = open(&path, listed)?;
        let mut places = HashMap::with_capacity(zip.len());
        for at in 0..zip.len() {
            let entry = zip.by_index_raw(at).map_err(io_error)?;
            if let Ok(name) = name_of(&entry)
                && !entry.is_dir()
            {
                places.entry(name).or_insert(at);
            }
        }
        Ok(Opened { path, state, content: Content::Zip(zip, places) })
    }
}

fn state(archive: &Path) -> io::Result<State> {
    let metadata = archive.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

pub(crate) fn within(
    bytes: Vec<u8>,
    most: u64,
    more: fn(u64) -> SourceProblem,
) -> io::Result<Vec<u8>> {
    if bytes.len() as u64 > most {
        return Err(more(most >> 20).into());
    }
    Ok(bytes)
}

fn open(archive: &Path, listed: &Listed) -> io::Result<ZipArchive<BufReader<File>>> {
    let file = listed.open(archive)?;
    ZipArchive::new(BufReader::new(file)).map_err(io_error)
}

/// The name of an entry, or its raw name and the reason why it is refused.
fn name_of(entry: &ZipFile<'_, impl Read>) -> Result<String, (String, SourceProblem)> {
    let raw = entry.name_raw();
    // Archives made on Chinese systems don't declare the encoding of names.
    let decoded = decode(raw).map(|decoded| decoded.text.into_owned());
    let name = decoded.unwrap_or_else(|_| String::from_utf8_lossy(raw).into_owned());
    let name = name.replace('\\', "/");
    match inner_name(&name) {
        None => Err((name, SourceProblem::EntryName)),
        // The file type bits of Unix. Other systems leave them empty.
        Some(_) if !matches!(entry.unix_mode().map(|mode| mode >> 12), None | Some(0 | 4 | 8)) => {
            Err((name, SourceProblem::EntryLink))
        }
        Some(name) => Ok(name),
    }
}

/// A name without empty parts and `.`. `None` if it leads out of the archive.
fn inner_name(name: &str) -> Option<String> {
    if name.starts_with('/') || is_drive(name) || name.contains('\0') {
        return None;
    }
    let parts: Vec<&str> =
        name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (!parts.contains(&"..")).then(|| parts.join("/"))
}

/// Whether a name begins with a drive of Windows.
fn is_drive(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic()) && letters.next() == Some(':')
}

fn io_error(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        ZipError::UnsupportedArchive(reason) if reason.contains("assword") => {
            SourceProblem::Password.into()
        }
        error => SourceProblem::Damaged { reason: error.to_string() }.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_attached_to_a_mail_have_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let mail = folder.path().join("a.eml");
        let part = |name: &str, text: &str| {
            format!("--b\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let parts = [part("x.txt", "one"), part("x.txt", "two"), part("../y.txt", "three")];
        let head = "To: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
        std::fs::write(&mail, format!("{head}{}--b--\r\n", parts.concat())).unwrap();
        let found = entries(&mail, &Listed::Named).unwrap();
        let names: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["x.txt", "x (2).txt"]);
        assert_eq!(found.refused, [("../y.txt".to_owned(), SourceProblem::EntryName)]);
        for (name, text) in [("x.txt", "one"), ("x (2).txt", "two")] {
            assert_eq!(bytes_of(&mail, &Listed::Named, name, 10).unwrap(), text.as_bytes());
        }
        assert!(bytes_of(&mail, &Listed::Named, "x.txt", 2).is_err());
        assert!(bytes_of(&mail, &Listed::Named, "y.txt", 10).is_err());
    }

    #[test]
    fn names_stay_inside_the_archive() {
        for (name, inner) in [
            ("a.txt", Some("a.txt")),
            ("./a//b.txt", Some("a/b.txt")),
            ("甲/乙.txt", Some("甲/乙.txt")),
            ("a..b/c...txt", Some("a..b/c...txt")),
            ("/etc/a.txt", None),
            ("//host/share/a.txt", None),
            ("../a.txt", None),
            ("a/../../b.txt", None),
            ("a/..", None),
            ("C:/a.txt", None),
            ("c:a.txt", None),
            ("a\0.txt", None),
        ] {
            assert_eq!(inner_name(name).as_deref(), inner, "{name:?}");
        }
    }
}
