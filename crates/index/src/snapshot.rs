//! Consistent copies of an index, made while other processes write to it.
//!
//! A commit replaces only `meta.json`; segments and lists are written once, each under a name of
//! its own. A copy of `meta.json` and of the files that it names is therefore the index as of that
//! commit, whatever is written meanwhile. Files can be hard-linked instead of copied: a link takes
//! neither space nor time, and no later run changes it. Links share their bytes with the index, so
//! damage of the disk affects both; only a copy on another disk is a backup. The caller chooses.
//!
//! A writer removes files that its commit no longer names. If that happens before they are linked,
//! the new commit is copied instead. The copy is made in a folder beside the target, verified
//! against its checksums, and renamed, so that the target is complete or doesn't exist. Copying
//! under the write lock was rejected, because a long run would delay a nightly snapshot.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tantivy::Index;

use crate::clause_index::{self, META, damaged, engine, io_error};
use crate::directory::{ReadDirectory, replace, sync};
use crate::faults::point;
use crate::rebuild::list_managed;
use crate::{ClauseIndex, IndexError, IndexReason, Manifest, Payload};

/// A completed snapshot.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Its sources and documents.
    pub manifest: Manifest,
    /// Number of files that share their bytes with the index.
    pub linked: u64,
    /// Number of copied files.
    pub copied: u64,
    /// Total size in bytes.
    pub bytes: u64,
}

/// Number of commits that may remove files during the copy before the snapshot fails.
const TRIES: usize = 20;

impl Snapshot {
    /// Makes `folder` a snapshot of the last commit of `index`, whatever its stamp. Files are
    /// linked if the file system supports it, unless `copies` is set.
    ///
    /// # Errors
    /// [`IndexError::Occupied`] if `folder` has content, [`IndexError::Nested`] if it is inside the
    /// index, [`IndexError::Damaged`] if a file of the index doesn't match its checksum, and other
    /// errors if there is no index or the disk can't take the copy. `folder` is then unchanged.
    pub fn take(index: &Path, folder: &Path, copies: bool) -> Result<Snapshot, IndexError> {
        if folder.as_os_str().is_empty() {
            return Err(IndexError::Unnamed);
        }
        ClauseIndex::payload_of(index)?;
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        expect_free(index, folder, parent)?;
        let staging = Staging::beside(folder, parent)?;
        let mut tries = 0;
        loop {
            let meta = read_meta(index)?;
            let taken = staging.fill(index, &meta, copies).and_then(|counts| {
                let manifest = staging.verify(index)?;
                Ok((counts, manifest))
            });
            match taken {
                Ok(((linked, copied), manifest)) => {
                    staging.publish(folder, parent)?;
                    let bytes = ClauseIndex::bytes_on_disk(folder);
                    return Ok(Snapshot { manifest, linked, copied, bytes });
                }
                // A later commit removed a file of this one, so copy the later one.
                Err(error) if error.is_damaged() && tries < TRIES && read_meta(index)? != meta => {
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn names_in(folder: &Path) -> Result<Vec<String>, IndexError> {
    clause_index::names(folder).map_err(|source| io_error(folder, source))
}

fn read_meta(index: &Path) -> Result<Vec<u8>, IndexError> {
    let path = index.join(META);
    fs::read(&path).map_err(|source| io_error(&path, source))
}

/// Rejects a target with content, or inside the index.
fn expect_free(index: &Path, folder: &Path, parent: &Path) -> Result<(), IndexError> {
    let is_free = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    if !is_free {
        return Err(IndexError::Occupied { folder: folder.to_owned() });
    }
    fs::create_dir_all(parent).map_err(|source| io_error(parent, source))?;
    let canonical = |path: &Path| fs::canonicalize(path).map_err(|source| io_error(path, source));
    // The target may not exist yet; its parent does.
    let target = if folder.exists() { canonical(folder)? } else { canonical(parent)? };
    if target.starts_with(canonical(index)?) {
        return Err(IndexError::Nested { folder: folder.to_owned(), index: index.to_owned() });
    }
    Ok(())
}

/// The folder in which a snapshot is made. It is removed unless it is published.
struct Staging {
    folder: PathBuf,
}

impl Staging {
    fn beside(folder: &Path, parent: &Path) -> Result<Self, IndexError> {
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
        let staging = parent.join(format!(".{name}.snapshot"));
        // Left by an interrupted snapshot.
        clear(&staging);
        match fs::create_dir(&staging) {
            Ok(()) => Ok(Staging { folder: staging }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(IndexError::Occupied { folder: staging })
            }
            Err(source) => Err(io_error(&staging, source)),
        }
    }

    /// Puts the files of the commit `meta` into the folder. Returns the numbers of linked and
    /// copied files.
    fn fill(&self, index: &Path, meta: &[u8], copies: bool) -> Result<(u64, u64), IndexError> {
        let path = self.folder.join(META);
        replace(&path, meta).map_err(|source| io_error(&path, source))?;
        let files = self.named_files(index)?;
        for name in names_in(&self.folder)? {
            if name != META && !files.contains(&name) {
                let stale = self.folder.join(&name);
                fs::remove_file(&stale).map_err(|source| io_error(&stale, source))?;
            }
        }
        let (mut linked, mut copied) = (0, 0);
        for name in &files {
            let (from, to) = (index.join(name), self.folder.join(name));
            if !copies && (to.exists() || link(&from, &to).is_ok()) {
                linked += 1;
                continue;
            }
            // A file from an earlier attempt is complete: an interrupted copy ends the snapshot.
            if !to.exists() {
                copy(&from, &to).map_err(|source| match source.kind() {
                    ErrorKind::NotFound => damaged(index, IndexReason::missing(name)),
                    _ => io_error(&to, source),
                })?;
            }
            copied += 1;
        }
        list_managed(&self.folder).map_err(|source| io_error(&self.folder, source))?;
        Ok((linked, copied))
    }

    /// The files named by the commit in the folder.
    fn named_files(&self, index: &Path) -> Result<HashSet<String>, IndexError> {
        let metas = self.engine(index)?.load_metas().map_err(|source| engine(index, source))?;
        let names = metas.list_segment_files().into_iter();
        let names = names.filter_map(|file| file.into_os_string().into_string().ok());
        // The engine also names two kinds of files that never exist: a store that is still being
        // sorted, and the deletions of a segment without any.
        let is_there = |name: &String| !name.ends_with(".store.temp") && !name.ends_with(".0.del");
        let mut files: HashSet<String> = names.filter(is_there).collect();
        let Payload { manifest, versions, groups, .. } = self.payload(index)?;
        files.extend([manifest, versions, groups].into_iter().filter(|name| !name.is_empty()));
        Ok(files)
    }

    /// Verifies every byte of the snapshot against its checksum. Returns its manifest.
    fn verify(&self, index: &Path) -> Result<Manifest, IndexError> {
        let damage = self.engine(index)?.validate_checksum();
        let damage = damage.map_err(|source| engine(index, source))?;
        if let Some(file) = damage.into_iter().min() {
            return Err(damaged(index, IndexReason::damaged(file.display().to_string())));
        }
        let Payload { versions, versions_hash, groups, groups_hash, .. } = self.payload(index)?;
        for (name, hash) in [(versions, versions_hash), (groups, groups_hash)] {
            if name.is_empty() {
                continue;
            }
            let mut hasher = blake3::Hasher::new();
            let read = File::open(self.folder.join(&name));
            match read.and_then(|file| hasher.update_reader(file).map(drop)) {
                Ok(()) if hasher.finalize().to_hex().as_str() == hash => {}
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(io_error(&index.join(name), error));
                }
                _ => return Err(damaged(index, IndexReason::damaged(name))),
            }
        }
        // Reading the manifest verifies its hash.
        ClauseIndex::manifest_of(&self.folder).map_err(|error| match error {
            IndexError::Damaged { reason, .. } => damaged(index, reason),
            error => error,
        })
    }

    fn engine(&self, index: &Path) -> Result<Index, IndexError> {
        Index::open(ReadDirectory::open(&self.folder)?).map_err(|source| engine(index, source))
    }

    fn payload(&self, index: &Path) -> Result<Payload, IndexError> {
        #[derive(Deserialize)]
        struct Meta {
            payload: String,
        }
        let meta = read_meta(&self.folder)?;
        let meta: Result<Meta, _> = serde_json::from_slice(&meta);
        meta.and_then(|meta| serde_json::from_str(&meta.payload))
            .map_err(|_| damaged(index, IndexReason::damaged(META)))
    }

    /// Renames the folder to the target.
    fn publish(self, folder: &Path, parent: &Path) -> Result<(), IndexError> {
        self.rename(folder, parent).map_err(|source| io_error(folder, source))
    }

    fn rename(&self, folder: &Path, parent: &Path) -> io::Result<()> {
        sync(&self.folder)?;
        point(folder)?;
        // The target may be an empty folder. If a file appears in it meanwhile, it stays.
        match fs::remove_dir(folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(&self.folder, folder)?;
        sync(parent)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        clear(&self.folder);
    }
}

/// Removes the files of an index in `staging`, and the folder if it is then empty.
fn clear(staging: &Path) {
    if !fs::symlink_metadata(staging).is_ok_and(|found| found.is_dir()) {
        return;
    }
    for name in clause_index::names(staging).into_iter().flatten() {
        if clause_index::is_ours(&name) {
            let _ = fs::remove_file(staging.join(&name));
        }
    }
    let _ = fs::remove_dir(staging);
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    point(to)?;
    // A link to a symbolic link would not preserve the bytes.
    if !fs::symlink_metadata(from)?.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    fs::hard_link(from, to)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    point(to)?;
    let mut file = File::create_new(to)?;
    point(to)?;
    io::copy(&mut source, &mut file)?;
    point(to)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{held, indexed};

    #[test]
    fn a_snapshot_is_the_commit_it_was_taken_of_whatever_is_written_later() {
        let work = tempfile::tempdir().unwrap();
        for copies in [false, true] {
            let (index, folder) = (
                work.path().join(format!("index-{copies}")),
                work.path().join(format!("{copies}/to")),
            );
            indexed(&index, &["第一", "第二"]);
            let taken = Snapshot::take(&index, &folder, copies).unwrap();
            assert_eq!(taken.manifest.sources.len(), 2);
            assert_eq!(taken.copied > 0, copies);
            assert_eq!(taken.linked == 0, copies);
            // Enough runs to merge and remove segments.
            for nth in 0..9 {
                indexed(&index, &[&format!("後{nth}")]);
            }
            assert_eq!(held(&index).len(), 11);
            assert_eq!(held(&folder), ["第一", "第二"]);
            // A run that writes to the snapshot doesn't affect the index.
            indexed(&folder, &["第三"]);
            assert_eq!(held(&folder).len(), 3);
            assert_eq!(held(&index).len(), 11);
            let beside: Vec<_> = clause_index::names(folder.parent().unwrap()).unwrap();
            assert_eq!(beside, ["to"]);
        }
    }

    #[test]
    fn a_target_with_content_is_unchanged() {
        let work = tempfile::tempdir().unwrap();
        let index = work.path().join("index");
        indexed(&index, &["第一"]);
        let full = work.path().join("full");
        fs::create_dir(&full).unwrap();
        fs::write(full.join("letter.txt"), "dear").unwrap();
        let refused = Snapshot::take(&index, &full, false);
        assert!(matches!(refused, Err(IndexError::Occupied { .. })), "{refused:?}");
        assert_eq!(clause_index::names(&full).unwrap(), ["letter.txt"]);
        let file = Snapshot::take(&index, &full.join("letter.txt"), false);
        assert!(matches!(file, Err(IndexError::Occupied { .. })), "{file:?}");
        let inside = Snapshot::take(&index, &index.join("copies/monday"), false);
        assert!(matches!(inside, Err(IndexError::Nested { .. })), "{inside:?}");
        let none = Snapshot::take(&work.path().join("none"), &work.path().join("to"), false);
        assert!(matches!(none, Err(IndexError::Missing { .. })), "{none:?}");
        // An empty folder is accepted.
        let empty = work.path().join("empty");
        fs::create_dir(&empty).unwrap();
        Snapshot::take(&index, &empty, false).unwrap();
        assert_eq!(held(&empty), ["第一"]);
    }

    #[test]
    fn a_damaged_index_gives_no_snapshot() {
        let work = tempfile::tempdir().unwrap();
        let index = work.path().join("index");
        indexed(&index, &["第一"]);
        let names = clause_index::names(&index).unwrap();
        let files = names
            .iter()
            .filter(|name| clause_index::is_of_engine(name) || clause_index::is_of_commit(name));
        for name in files {
            let path = index.join(name);
            let sound = fs::read(&path).unwrap();
            let mut bytes = sound.clone();
            bytes[sound.len() / 2] ^= 1;
            fs::write(&path, &bytes).unwrap();
            let to = work.path().join("to");
            let flipped = Snapshot::take(&index, &to, true);
            assert!(matches!(flipped, Err(IndexError::Damaged { .. })), "{name}: {flipped:?}");
            fs::remove_file(&path).unwrap();
            let lost = Snapshot::take(&index, &to, true);
            assert!(matches!(lost, Err(IndexError::Damaged { .. })), "{name}: {lost:?}");
            assert!(!to.exists());
            fs::write(&path, &sound).unwrap();
        }
        assert_eq!(clause_index::names(work.path()).unwrap(), ["index"]);
    }

    #[test]
    fn a_stopped_snapshot_is_not_in_the_way_of_the_next() {
        let work = tempfile::tempdir().unwrap();
        let (index, to) = (work.path().join("index"), work.path().join("to"));
        indexed(&index, &["第一"]);
        let left = work.path().join(".to.snapshot");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("0123456789abcdef0123456789abcdef.idx"), "half").unwrap();
        Snapshot::take(&index, &to, false).unwrap();
        assert_eq!(held(&to), ["第一"]);
        assert!(!left.exists());
        // Other files must never be removed.
        fs::create_dir(work.path().join(".other.snapshot")).unwrap();
        fs::write(work.path().join(".other.snapshot/letter.txt"), "dear").unwrap();
        let refused = Snapshot::take(&index, &work.path().join("other"), false);
        assert!(matches!(refused, Err(IndexError::Occupied { .. })), "{refused:?}");
        assert!(work.path().join(".other.snapshot/letter.txt").exists());
    }

    #[test]
    fn snapshots_are_whole_while_another_run_commits() {
        let work = tempfile::tempdir().unwrap();
        let index = work.path().join("index");
        indexed(&index, &["第0"]);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for nth in 1..20 {
                    indexed(&index, &[&format!("第{nth}")]);
                }
            });
            let mut before = 0;
            let mut nth = 0;
            while !writer.is_finished() || nth == 0 {
                let to = work.path().join(format!("to-{nth}"));
                Snapshot::take(&index, &to, nth % 2 == 0).unwrap();
                let now = held(&to).len();
                assert!(now >= before, "{now} after {before}");
                (before, nth) = (now, nth + 1);
            }
        });
        let last = work.path().join("last");
        Snapshot::take(&index, &last, false).unwrap();
        assert_eq!(held(&last).len(), 20);
    }

    #[test]
    fn each_write_that_fails_leaves_no_half_snapshot() {
        let work = tempfile::tempdir().unwrap();
        let (index, to) = (work.path().join("index"), work.path().join("to/there"));
        indexed(&index, &["第一"]);
        let mut failed = 0;
        for nth in 1.. {
            let _ = fs::remove_dir_all(&to);
            crate::faults::plan(&work.path().join("to"), nth, 28);
            let taken = Snapshot::take(&index, &to, true);
            if !crate::faults::end(&work.path().join("to")) {
                taken.unwrap();
                break;
            }
            failed += 1;
            // After the rename, only syncing it can fail.
            assert!(!to.exists() || held(&to) == ["第一"], "step {nth}");
            assert!(taken.is_err(), "step {nth}");
        }
        assert!(failed > 20, "{failed} steps");
        assert_eq!(held(&index), ["第一"]);
    }
}
