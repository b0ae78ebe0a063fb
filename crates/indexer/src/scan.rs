//! Finds the files below the paths of a run.
//!
//! A run removes what is gone from disk, so it must know what it could not see: whatever could not
//! be listed or read is recorded along with the files that were found. Links are followed inside
//! the folder that was named, and out of it only with `--follow`. Each folder is walked once,
//! identified by its device and inode, since links that lead to one another would multiply it.
//!
//! A folder that contains nothing but links to files is a list of files that somebody chose. It is
//! read without `--follow`, provided that links and files have the same owner. Otherwise anybody
//! could link to files that only others may read.

use std::collections::{HashSet, VecDeque};
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tiaowen_corpus::side_file_of;
use tiaowen_extract::{ExtractError, Kind, Ocr, picture_refusal};
use walkdir::{DirEntry, WalkDir};

use crate::listed::{Identity, Listed, Walked, identity};
use crate::origin::Origin;
use crate::{Failure, SourceProblem, Unread, archive};

/// A file below one of the roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScannedFile {
    pub(crate) root: String,
    pub(crate) path: String,
    pub(crate) origin: Origin,
    pub(crate) bytes: u64,
    /// Nanoseconds since 1970.
    pub(crate) modified: Option<i128>,
    /// Whether it was named itself, and not a folder or archive above it.
    pub(crate) is_named: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Sorted by root and path, without repetitions.
    pub(crate) files: Vec<ScannedFile>,
    /// The folders that were named, whether they could be read or not.
    pub(crate) roots: HashSet<String>,
    /// What could not be listed or read, by root and path. Sources of the index at or below it may
    /// still exist. The path of a root itself is empty.
    pub(crate) unseen: HashSet<(String, String)>,
    pub(crate) errors: Vec<Failure>,
    pub(crate) skipped: Vec<Failure>,
    /// Which pages are recognised: pictures are no sources where none are.
    ocr: Ocr,
}

impl Scan {
    /// What a file holds, by its name.
    fn kind(&self, name: &Path) -> Result<Kind, ExtractError> {
        match Kind::of(name)? {
            Kind::Picture => picture_refusal(self.ocr).map_or(Ok(Kind::Picture), Err),
            kind => Ok(kind),
        }
    }
}

/// Finds the files that `paths` name: files themselves, and all files below folders, except hidden
/// ones. With `follow`, links out of a folder are followed. Pictures are listed if they can be
/// recognised.
pub(crate) fn scan(paths: &[PathBuf], follow: bool, ocr: Ocr) -> Scan {
    let mut scan = Scan { ocr, ..Scan::default() };
    for path in paths {
        let whole = match path.canonicalize() {
            Ok(whole) => whole,
            Err(error) => {
                let root = absolute(path).display().to_string();
                scan.unseen.insert((root.clone(), String::new()));
                scan.roots.insert(root);
                scan.errors.push(failure(path.display().to_string(), &error));
                continue;
            }
        };
        if whole.is_dir() {
            scan.roots.insert(whole.display().to_string());
            Walk::new(&whole, follow, &mut scan).walk();
        } else if let (Some(parent), Some(name)) = (whole.parent(), whole.file_name()) {
            match Walked::of(parent) {
                Ok(parent_walked) => {
                    let below = name.to_string_lossy().into_owned();
                    file(parent, &whole, below, Listed::Below(parent_walked), true, &mut scan);
                }
                Err(error) => scan.errors.push(failure(path.display().to_string(), &error)),
            }
        }
    }
    scan.files.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
    scan.files.dedup_by(|a, b| a.root == b.root && a.path == b.path);
    scan
}

/// The absolute path of a folder that may not exist, with links above it resolved.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => path,
    }
}

fn failure(source: String, error: &io::Error) -> Failure {
    Failure { source, reason: error.into() }
}

/// A walk through a folder that was named.
struct Walk<'a> {
    root: &'a Path,
    follow: bool,
    scan: &'a mut Scan,
    walked: HashSet<Identity>,
    /// Whether it contains anything but folders and links.
    has_others: bool,
    /// Whether links to files of the same owner are followed out of the folder.
    lists_files: bool,
    /// Links met so far. They are followed last, so that files are known by their own names first.
    links: VecDeque<PathBuf>,
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, follow: bool, scan: &'a mut Scan) -> Self {
        let (walked, links) = (HashSet::new(), VecDeque::new());
        Walk { root, follow, scan, walked, has_others: false, lists_files: false, links }
    }

    fn walk(mut self) {
        self.folder(self.root, None);
        self.lists_files = self.lists_files();
        while let Some(link) = self.links.pop_front() {
            self.link(&link);
        }
    }

    /// Whether the folder contains only links to files, all of the same owner.
    fn lists_files(&self) -> bool {
        !self.has_others
            && self.links.len() > 1
            && self
                .links
                .iter()
                .all(|link| link.metadata().is_ok_and(|target| is_own_file(link, &target)))
    }

    /// Walks a folder. `known` identifies it if a link leads to it.
    fn folder(&mut self, folder: &Path, known: Option<Identity>) {
        // A folder that can't be opened can't be told from what may replace it.
        let walked = match Walked::of(folder) {
            Ok(walked) => walked,
            Err(error) => {
                self.scan.errors.push(failure(folder.display().to_string(), &error));
                return self.unseen(folder);
            }
        };
        if known.is_some_and(|known| !walked.is(&known)) {
            self.skip(folder, SourceProblem::Replaced);
            return self.unseen(folder);
        }
        let listed = Listed::Below(walked);
        let mut walk = WalkDir::new(folder).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            match entry {
                Ok(entry) => {
                    // For a file, it would skip the rest of the folder.
                    let is_folder = entry.file_type().is_dir() || entry.depth() == 0;
                    if !self.entry(&entry, &listed) && is_folder {
                        walk.skip_current_dir();
                    }
                }
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let says = error.to_string();
                    let other = Unread::System { kind: io::ErrorKind::Other, says };
                    let reason = error.io_error().map_or(other, Unread::from);
                    self.scan.errors.push(Failure { source: path.display().to_string(), reason });
                    self.unseen(&path);
                }
            }
        }
    }

    /// Records an entry. Returns whether to look below it.
    fn entry(&mut self, entry: &DirEntry, listed: &Listed) -> bool {
        let (path, kind) = (entry.path(), entry.file_type());
        if entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.') {
            return false;
        }
        // At depth 0 this may be the target of a link that is being followed.
        if kind.is_dir() || entry.depth() == 0 {
            let Ok(metadata) = path.metadata() else { return true };
            let is_new = self.walked.insert(identity(path, &metadata));
            if !is_new {
                self.skip(path, SourceProblem::Again);
            }
            return is_new;
        }
        if kind.is_symlink() {
            self.links.push_back(path.to_owned());
            return false;
        }
        self.has_others = true;
        if kind.is_file() {
            file(self.root, path, self.below(path), listed.clone(), false, self.scan);
        } else {
            self.skip(path, SourceProblem::Special);
            self.unseen(path);
        }
        false
    }

    fn link(&mut self, link: &Path) {
        // The link is resolved once, as another target may replace it at any moment.
        let target = link.canonicalize();
        let reached = target.and_then(|target| Ok((target.symlink_metadata()?, target)));
        let (metadata, target) = match reached {
            Ok(reached) => reached,
            Err(error) => {
                self.scan.errors.push(failure(link.display().to_string(), &error));
                return self.unseen(link);
            }
        };
        // Decided by the metadata of the resolved target, which is the file that is opened later.
        let follows = self.follow || self.lists_files && is_own_file(link, &metadata);
        if !target.starts_with(self.root) && !follows {
            self.skip(link, SourceProblem::Outside);
            self.unseen(link);
        } else if metadata.is_dir() {
            if self.walked.contains(&identity(&target, &metadata)) {
                self.skip(link, SourceProblem::Again);
            } else {
                self.folder(link, Some(identity(&target, &metadata)));
            }
        } else {
            file(
                self.root,
                link,
                self.below(link),
                Listed::Linked(identity(&target, &metadata)),
                false,
                self.scan,
            );
        }
    }

    fn below(&self, path: &Path) -> String {
        let below = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy();
        below.replace(std::path::MAIN_SEPARATOR, "/")
    }

    fn skip(&mut self, path: &Path, problem: SourceProblem) {
        self.scan.skipped.push(Failure { source: self.below(path), reason: problem.into() });
    }

    fn unseen(&mut self, path: &Path) {
        let path = self.below(path);
        self.scan.unseen.insert((self.root.display().to_string(), path));
    }
}

/// Whether a link leads to a regular file of the link's own owner.
#[cfg(unix)]
fn is_own_file(link: &Path, target: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    target.is_file() && link.symlink_metadata().is_ok_and(|link| link.uid() == target.uid())
}

#[cfg(not(unix))]
fn is_own_file(_: &Path, _: &Metadata) -> bool {
    false
}

/// Records a file, which is `path` below its root; or the files inside it, if it is an archive.
fn file(root: &Path, file: &Path, path: String, listed: Listed, named: bool, scan: &mut Scan) {
    if !named && is_side_file(file) {
        return;
    }
    let refused = match (file.metadata(), scan.kind(file)) {
        (Err(error), _) => Unread::from(&error),
        (Ok(metadata), _) if !metadata.is_file() => SourceProblem::Special.into(),
        (Ok(metadata), _) if archive::is_archive(file) && !archive::is_mail(file) => {
            return archived(root, file, &listed, &path, &metadata, scan);
        }
        (Ok(metadata), Ok(_)) => {
            // A mail is a source, and so are its attachments.
            if archive::is_mail(file) {
                archived(root, file, &listed, &path, &metadata, scan);
            }
            // A change of the side file changes the source, so the later of the two times counts.
            let side = side_file_of(file).metadata().and_then(|side| side.modified());
            let latest = metadata.modified().ok().max(side.ok());
            scan.files.push(ScannedFile {
                root: root.display().to_string(),
                path,
                origin: Origin::of_file(file).listed(&listed),
                bytes: metadata.len(),
                modified: latest.and_then(nanoseconds),
                is_named: named,
            });
            return;
        }
        (Ok(_), Err(error)) => error.into(),
    };
    scan.unseen.insert((root.display().to_string(), path.clone()));
    // A folder may contain other files. A file that was named must be readable.
    let is_error = named || matches!(refused, Unread::System { .. });
    let list = if is_error { &mut scan.errors } else { &mut scan.skipped };
    list.push(Failure { source: path, reason: refused });
}

/// Records the files in an archive, each as a source.
fn archived(
    root: &Path,
    file: &Path,
    listed: &Listed,
    path: &str,
    metadata: &Metadata,
    scan: &mut Scan,
) {
    let root = root.display().to_string();
    let entries = match archive::entries(file, listed) {
        Ok(entries) => entries,
        Err(error) => {
            scan.unseen.insert((root, path.to_owned()));
            scan.errors.push(failure(path.to_owned(), &error));
            return;
        }
    };
    for (name, problem) in entries.refused {
        let list = match problem {
            SourceProblem::EntryName => &mut scan.errors,
            _ => &mut scan.skipped,
        };
        list.push(Failure { source: format!("{path}/{name}"), reason: problem.into() });
    }
    let modified = metadata.modified().ok().and_then(nanoseconds);
    for entry in entries.files {
        let source = format!("{path}/{}", entry.name);
        match scan.kind(Path::new(&entry.name)) {
            Ok(_) => scan.files.push(ScannedFile {
                root: root.clone(),
                path: source,
                origin: Origin::of_entry(file, &entry.name).listed(listed),
                bytes: entry.bytes,
                modified,
                is_named: false,
            }),
            Err(error) => scan.skipped.push(Failure { source, reason: error.into() }),
        }
    }
}

/// Whether a file is the side file of a source beside it.
fn is_side_file(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == "toml")
        && Kind::ENDS.iter().any(|(end, _)| file.with_extension(end).is_file())
}

fn nanoseconds(time: SystemTime) -> Option<i128> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i128::try_from(since.as_nanos()).ok()
}
