//! Which files are named.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tiaowen_corpus::side_file_of;
use tiaowen_extract::Kind;
use walkdir::WalkDir;

use crate::{Failure, Unread, archive};

/// A file below one of the roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) root: String,
    pub(crate) path: String,
    pub(crate) file: PathBuf,
    pub(crate) bytes: u64,
    /// Nanoseconds since 1970.
    pub(crate) modified: Option<i128>,
}

#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// By root and path, each once.
    pub(crate) files: Vec<Found>,
    /// The roots that could be read.
    pub(crate) roots: HashSet<String>,
    pub(crate) errors: Vec<Failure>,
    pub(crate) skipped: Vec<Failure>,
}

/// The files that `paths` name: files themselves, and all files below folders. Hidden
/// files are left out, links are followed once.
pub(crate) fn scan(paths: &[PathBuf]) -> Scan {
    let mut scan = Scan::default();
    for path in paths {
        let shown = path.display().to_string();
        let whole = match path.canonicalize() {
            Ok(whole) => whole,
            Err(error) => {
                scan.errors.push(Failure { source: shown, reason: (&error).into() });
                continue;
            }
        };
        if whole.is_dir() {
            scan.roots.insert(whole.display().to_string());
            below(&whole, &mut scan);
        } else if let Some(parent) = whole.parent() {
            file(parent, &whole, true, &mut scan);
        }
    }
    scan.files.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
    scan.files.dedup_by(|a, b| a.root == b.root && a.path == b.path);
    scan
}

fn below(root: &Path, scan: &mut Scan) {
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walk = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => file(root, entry.path(), false, scan),
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(root).display().to_string();
                let says = error.to_string();
                let looped = Unread::System { kind: io::ErrorKind::Other, says };
                let reason = error.io_error().map_or(looped, Unread::from);
                scan.errors.push(Failure { source: path, reason });
            }
        }
    }
}

fn file(root: &Path, file: &Path, named: bool, scan: &mut Scan) {
    let below = file.strip_prefix(root).unwrap_or(file);
    let path = below.to_string_lossy().replace('\\', "/");
    if !named && is_side_file(file) {
        return;
    }
    if archive::is_archive(file) {
        return archived(root, file, &path, scan);
    }
    if let Err(error) = Kind::of(file) {
        // A folder may hold anything; a file that was named must be read.
        let list = if named { &mut scan.errors } else { &mut scan.skipped };
        list.push(Failure { source: path, reason: error.into() });
        return;
    }
    match file.metadata() {
        Ok(metadata) => {
            // A side file changes what its source means, so its time counts as well.
            let side = side_file_of(file).metadata().and_then(|side| side.modified());
            let latest = metadata.modified().ok().max(side.ok());
            scan.files.push(Found {
                root: root.display().to_string(),
                path,
                file: file.to_owned(),
                bytes: metadata.len(),
                modified: latest.and_then(nanoseconds),
            });
        }
        Err(error) => scan.errors.push(Failure { source: path, reason: (&error).into() }),
    }
}

/// The files in an archive, each a source of its own.
fn archived(root: &Path, file: &Path, path: &str, scan: &mut Scan) {
    let entries = match archive::entries(file) {
        Ok(entries) => entries,
        Err(error) => {
            scan.errors.push(Failure { source: path.to_owned(), reason: (&error).into() });
            return;
        }
    };
    let modified = file.metadata().and_then(|metadata| metadata.modified()).ok();
    for entry in entries {
        let path = format!("{path}/{}", entry.name);
        match Kind::of(Path::new(&entry.name)) {
            Ok(_) => scan.files.push(Found {
                root: root.display().to_string(),
                path,
                file: file.join(&entry.name),
                bytes: entry.bytes,
                modified: modified.and_then(nanoseconds),
            }),
            Err(error) => scan.skipped.push(Failure { source: path, reason: error.into() }),
        }
    }
}

/// Whether a file says something of a source beside it.
fn is_side_file(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == "toml")
        && Kind::ENDS.iter().any(|(end, _)| file.with_extension(end).is_file())
}

/// The text of a source's side file, if it has one.
pub(crate) fn side_file(source: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(side_file_of(source)) {
        Ok(text) => Ok(Some(text)),
        // A file inside an archive has nothing beside it on disk.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn nanoseconds(time: SystemTime) -> Option<i128> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i128::try_from(since.as_nanos()).ok()
}
