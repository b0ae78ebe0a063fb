//! A consistent copy of an index, made while others write to it.
//!
//! A commit changes `meta.json` and nothing that stands already: segments and lists are written once
//! under a name of their own. So a copy of `meta.json` and of the files that it names is the index as
//! of that commit, whatever is written meanwhile, and a file can be linked instead of copied: it takes
//! no room and no time, and no later run changes it. Links share the bytes with the index, so damage
//! of the disk hits both; a copy on another disk is a backup, and a link is not. The caller chooses.
//!
//! A writer removes files that its commit no longer names. Where that happens before they are linked,
//! the new commit is taken instead. The copy is made in a folder beside the target, verified against
//! its checksums, and renamed: the target is whole or not there. Copying the index under its write
//! lock was rejected, since a long run would keep a nightly snapshot waiting.

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
use crate::{ClauseIndex, IndexError, Manifest, Payload};

/// A snapshot that was made.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The sources and documents in it.
    pub manifest: Manifest,
    /// Files that share their bytes with the index.
    pub linked: u64,
    /// Files that were copied.
    pub copied: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Commits that may remove files of the commit that is being copied before the snapshot gives up.
const TRIES: usize = 20;

impl Snapshot {
    /// Makes `folder` a snapshot of the last commit of `index`, whatever its stamp. Files are linked
    /// where the file system can, unless `copies` asks for bytes of their own.
    ///
    /// # Errors
    /// [`IndexError::Occupied`] when `folder` has content, [`IndexError::Nested`] when it lies inside
    /// the index, [`IndexError::Damaged`] when a file of the index doesn't have its checksum, and when
    /// there is no index or the disk doesn't take the copy. `folder` is then as it was.
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
                // A later commit removed a file of this one: take the later one.
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

/// Refuses a target that holds something, or that would lie inside the index.
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
    // The target itself is a folder already or not there yet; its parent exists.
    let target = if folder.exists() { canonical(folder)? } else { canonical(parent)? };
    if target.starts_with(canonical(index)?) {
        return Err(IndexError::Nested { folder: folder.to_owned(), index: index.to_owned() });
    }
    Ok(())
}

/// The folder in which a snapshot is made. It goes again unless it is published.
struct Staging {
    folder: PathBuf,
}

impl Staging {
    fn beside(folder: &Path, parent: &Path) -> Result<Self, IndexError> {
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
        let staging = parent.join(format!(".{name}.snapshot"));
        // A snapshot that was stopped left it.
        clear(&staging);
        match fs::create_dir(&staging) {
            Ok(()) => Ok(Staging { folder: staging }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(IndexError::Occupied { folder: staging })
            }
            Err(source) => Err(io_error(&staging, source)),
        }
    }

    /// Puts the files of the commit `meta` in the folder. Returns how many were linked and how many
    /// copied.
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
            // What an earlier try copied is whole: an interrupted copy ends the snapshot.
            if !to.exists() {
                copy(&from, &to).map_err(|source| match source.kind() {
                    ErrorKind::NotFound => damaged(index, &format!("{name} is missing")),
                    _ => io_error(&to, source),
                })?;
            }
            copied += 1;
        }
        list_managed(&self.folder).map_err(|source| io_error(&self.folder, source))?;
        Ok((linked, copied))
    }

    /// The files that the commit in the folder names.
    fn named_files(&self, index: &Path) -> Result<HashSet<String>, IndexError> {
        let metas = self.engine(index)?.load_metas().map_err(|source| engine(index, source))?;
        let names = metas.list_segment_files().into_iter();
        let names = names.filter_map(|file| file.into_os_string().into_string().ok());
        // Beside the files that a segment has, the engine names two that are never there: a store
        // that is still being sorted, and the deletions of a segment that has none.
        let is_there = |name: &String| !name.ends_with(".store.temp") && !name.ends_with(".0.del");
        let mut files: HashSet<String> = names.filter(is_there).collect();
        let Payload { manifest, versions, groups, .. } = self.payload(index)?;
        files.extend([manifest, versions, groups].into_iter().filter(|name| !name.is_empty()));
        Ok(files)
    }

    /// Compares every byte of the snapshot with its checksum; its manifest.
    fn verify(&self, index: &Path) -> Result<Manifest, IndexError> {
        let damage = self.engine(index)?.validate_checksum();
        let damage = damage.map_err(|source| engine(index, source))?;
        if let Some(file) = damage.into_iter().min() {
            return Err(damaged(index, &format!("{} is damaged", file.display())));
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
                _ => return Err(damaged(index, &format!("{name} is damaged"))),
            }
        }
        // Reading the manifest compares its hash.
        ClauseIndex::manifest_of(&self.folder).map_err(|error| match error {
            IndexError::Damaged { reason, .. } => damaged(index, &reason),
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
            .map_err(|_| damaged(index, &format!("{META} is damaged")))
    }

    /// Makes the folder the snapshot that was asked for.
    fn publish(self, folder: &Path, parent: &Path) -> Result<(), IndexError> {
        let renamed = || -> io::Result<()> {
            sync(&self.folder)?;
            point(folder)?;
            // An empty folder may be in its place; where a file came into it meanwhile it stays.
            match fs::remove_dir(folder) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            fs::rename(&self.folder, folder)?;
            sync(parent)
        };
        renamed().map_err(|source| io_error(folder, source))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        clear(&self.folder);
    }
}

/// Removes the files of an index in `staging`, and the folder where nothing else is in it.
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
    // A link to a symbolic link would be none to the bytes.
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
            // Enough runs that its segments are merged and removed.
            for nth in 0..9 {
                indexed(&index, &[&format!("後{nth}")]);
            }
            assert_eq!(held(&index).len(), 11);
            assert_eq!(held(&folder), ["第一", "第二"]);
            // A run that writes to the snapshot leaves the index.
            indexed(&folder, &["第三"]);
            assert_eq!(held(&folder).len(), 3);
            assert_eq!(held(&index).len(), 11);
            let beside: Vec<_> = clause_index::names(folder.parent().unwrap()).unwrap();
            assert_eq!(beside, ["to"]);
        }
    }

    #[test]
    fn a_target_that_holds_something_is_left_alone() {
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
        // An empty folder is taken.
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
        // What is not of an index is nobody's to remove.
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
            // After the rename only making it last can fail.
            assert!(!to.exists() || held(&to) == ["第一"], "step {nth}");
            assert!(taken.is_err(), "step {nth}");
        }
        assert!(failed > 20, "{failed} steps");
        assert_eq!(held(&index), ["第一"]);
    }
}
