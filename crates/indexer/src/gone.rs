//! Distinguishes sources that are gone from disk from those that can't be seen.
//!
//! A folder that can't be listed, a half-copied archive and an unmounted disk look the same as
//! deleted files. Treating them as deleted would empty an index within one run. So a source counts
//! as gone only if the run could look into its folder. It counts as hidden if something above it
//! could not be listed, or if the deepest existing folder or archive above it contains no files at
//! all.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::listed::Listed;
use crate::scan::ScannedFile;
use crate::{SourceProblem, archive};

/// A root and a path below it.
pub(crate) type Key = (String, String);

/// What a scan found, and what it could not look into.
pub(crate) struct Seen {
    /// Sorted.
    found: Vec<Key>,
    unseen: HashSet<Key>,
}

impl Seen {
    pub(crate) fn of(files: &[ScannedFile], unseen: HashSet<Key>) -> Self {
        let found = files.iter().map(|file| (file.root.clone(), file.path.clone())).collect();
        Seen { unseen, ..Seen::new(found) }
    }

    pub(crate) fn new(mut found: Vec<Key>) -> Self {
        found.sort();
        Seen { found, unseen: HashSet::new() }
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.found.binary_search(key).is_ok()
    }

    /// Whether anything was found below a folder or archive. The path of a root is empty.
    fn gives(&self, root: &str, folder: &str) -> bool {
        let first = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let at = self.found.partition_point(|(found, path)| (&**found, path) < (root, &first));
        self.found.get(at).is_some_and(|(found, path)| found == root && path.starts_with(&first))
    }

    /// The place that hides a source that was not found, and how. `None` if the source is gone.
    pub(crate) fn hides(&self, key: &Key, disk: &mut Disk) -> Option<(Key, SourceProblem)> {
        let (root, path) = key;
        let mut last = None;
        for place in above(path) {
            let place = (root.clone(), place.to_owned());
            if self.unseen.contains(&place) {
                return Some((place, SourceProblem::Unlisted));
            }
            if place.1 == *path || !disk.is_folder(&place) {
                continue;
            }
            last = Some(place);
        }
        match last {
            // The root itself is missing.
            None => Some(((root.clone(), String::new()), SourceProblem::Unlisted)),
            Some(place) => (!self.gives(root, &place.1)).then_some((place, SourceProblem::NoFile)),
        }
    }
}

/// A path from the root down to the path itself: ``, `a`, `a/b.txt`.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(end, _)| end);
    [0].into_iter().chain(ends).chain([path.len()]).map(|end| &path[..end])
}

/// What is on disk, looked up once for each place.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    folders: HashMap<Key, bool>,
    listable: HashMap<PathBuf, bool>,
    archives: HashMap<PathBuf, HashSet<String>>,
}

impl Disk {
    /// Whether a place is an existing folder or archive.
    fn is_folder(&mut self, place: &Key) -> bool {
        *self.folders.entry(place.clone()).or_insert_with_key(is_folder_or_archive)
    }

    /// Whether a source exists. An archive is listed once for all its entries.
    pub(crate) fn has(&mut self, key: &Key) -> bool {
        let Ok(origin) = crate::origin::Origin::locate(&key.0, &key.1) else { return false };
        let Some(entry) = &origin.entry else { return true };
        let names = self.archives.entry(origin.file).or_insert_with_key(|archive| {
            let entries = archive::entries(archive, &Listed::Named).unwrap_or_default();
            entries.files.into_iter().map(|entry| entry.name).collect()
        });
        names.contains(entry)
    }

    /// The folder above an unreadable file that can't be listed either.
    pub(crate) fn unlisted(&mut self, key: &Key) -> Option<(Key, SourceProblem)> {
        let (root, path) = key;
        for place in above(path).filter(|place| *place != path) {
            let folder = Path::new(root).join(place);
            if !*self.listable.entry(folder).or_insert_with_key(|folder| is_listable(folder)) {
                return Some(((root.clone(), place.to_owned()), SourceProblem::Unlisted));
            }
        }
        None
    }
}

/// Whether the names in a folder or archive can be read.
fn is_listable(place: &Path) -> bool {
    // An archive is a file, and is listed as a whole.
    place.read_dir().is_ok()
        || archive::is_archive(place) && archive::entries(place, &Listed::Named).is_ok()
}

fn is_folder_or_archive((root, path): &Key) -> bool {
    let path = Path::new(root).join(path);
    path.is_dir() || archive::is_archive(&path) && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_gone_only_where_their_folder_was_looked_into() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_str().unwrap().to_owned();
        for name in ["full", "empty", "closed"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("half.zip"), "PK").unwrap();
        let key = |path: &str| (root.clone(), path.to_owned());
        let mut seen = Seen::new(vec![key("full/a.txt"), key("fuller.txt")]);
        seen.unseen.extend([key("closed"), key("half.zip")]);
        let mut disk = Disk::default();
        for (path, hidden) in [
            ("full/b.txt", None),
            ("full/gone/b.txt", None),
            ("b.txt", None),
            ("empty/b.txt", Some(("empty", SourceProblem::NoFile))),
            ("empty/gone/b.txt", Some(("empty", SourceProblem::NoFile))),
            ("closed/b.txt", Some(("closed", SourceProblem::Unlisted))),
            ("half.zip/x/b.txt", Some(("half.zip", SourceProblem::Unlisted))),
        ] {
            let hides = seen.hides(&key(path), &mut disk);
            let hides = hides.map(|((_, place), problem)| (place, problem));
            let hidden = hidden.map(|(place, problem)| (place.to_owned(), problem));
            assert_eq!(hides, hidden, "{path}");
        }
        let none = Seen::new(Vec::new()).hides(&key("b.txt"), &mut disk);
        assert_eq!(none, Some((key(""), SourceProblem::NoFile)));
        let away = ("/no/such/root".to_owned(), "b.txt".to_owned());
        assert_eq!(seen.hides(&away, &mut disk).unwrap().1, SourceProblem::Unlisted);
    }

    #[test]
    fn archives_are_listed_once() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["a.txt", "b.txt"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        }
        std::fs::write(&archive, zip.finish().unwrap().into_inner()).unwrap();
        let key = |path: &str| (folder.path().to_str().unwrap().to_owned(), path.to_owned());
        let mut disk = Disk::default();
        assert!(disk.has(&key("a.zip/a.txt")));
        // The archive can't be listed again. Its list was kept.
        std::fs::write(&archive, "no archive").unwrap();
        assert!(disk.has(&key("a.zip/b.txt")) && !disk.has(&key("a.zip/c.txt")));
        assert!(!Disk::default().has(&key("a.zip/a.txt")));
    }
}
