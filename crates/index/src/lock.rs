//! The lock that allows one writer at a time.
//!
//! The lock is a file inside the index folder: it moves with the index, is ignored together with
//! it, and is the same under every name of the folder. Only writers take it. A rebuild keeps the
//! folder (see `rebuild.rs`), so the lock stays valid until the run ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::clause_index::{META, foreign, io_error};
use crate::{IndexError, IndexReason};

/// Name of the lock file in the index folder.
pub(crate) const LOCK: &str = ".tiaowen.lock";

/// Size limit for a process id, with some margin. A longer file is no lock.
const MOST_BYTES: u64 = 32;

/// Number of attempts while other runs remove the lock file.
const TRIES: usize = 20;

/// The right to write to an index, from reading its state to the commit. The system releases it
/// when the process ends, in whatever way.
#[derive(Debug)]
pub struct WriteLock {
    folder: PathBuf,
    /// Whether the folder was created for the lock.
    is_new: bool,
    file: File,
}

impl WriteLock {
    /// Takes the lock of the index in `folder` and creates the folder if it is missing. Dropping
    /// the lock removes a created folder again if no index was written to it.
    ///
    /// # Errors
    /// [`IndexError::Locked`] with the process that holds it, [`IndexError::Unlockable`] if the
    /// file system has no locks, and an I/O error if the file can't be created.
    pub fn take(folder: &Path) -> Result<Self, IndexError> {
        if folder.as_os_str().is_empty() {
            return Err(IndexError::Unnamed);
        }
        if fs::metadata(folder).is_ok_and(|found| !found.is_dir()) {
            return Err(foreign(folder, IndexReason::IsFile));
        }
        let path = folder.join(LOCK);
        let is_new = !folder.exists();
        for _ in 0..TRIES {
            fs::create_dir_all(folder).map_err(|source| io_error(folder, source))?;
            let mut file = match open(&path) {
                Ok(file) => file,
                // Another run removed the folder together with its lock.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(source) => return Err(io_error(&path, source)),
            };
            let metadata = file.metadata().map_err(|source| io_error(&path, source))?;
            if !metadata.is_file() || metadata.len() > MOST_BYTES {
                return Err(foreign(folder, IndexReason::NoLockFile { name: LOCK }));
            }
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = (&mut file).take(MOST_BYTES).read_to_string(&mut holder);
                    let holder = holder.trim().parse().ok();
                    return Err(IndexError::Locked { folder: folder.to_owned(), holder });
                }
                Err(TryLockError::Error(source)) => {
                    return Err(IndexError::Unlockable { folder: folder.to_owned(), source });
                }
            }
            if !leads_to(&path, &file) {
                continue;
            }
            // The process id is for the message of a waiting process; only the lock itself counts.
            let _ = file.set_len(0).and_then(|()| file.rewind());
            let _ = write!(file, "{}", std::process::id());
            return Ok(WriteLock { folder: folder.to_owned(), is_new, file });
        }
        Err(IndexError::Locked { folder: folder.to_owned(), holder: None })
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        // A folder that is no index is left as it was found.
        let path = self.folder.join(LOCK);
        if !self.folder.join(META).exists() && leads_to(&path, &self.file) {
            let _ = fs::remove_file(&path);
            if self.is_new {
                let _ = fs::remove_dir(&self.folder);
            }
        }
    }
}

/// Opens or creates the lock file. A link in its place is not followed: it may lead to a file of
/// somebody else.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::other("the lock file is a link; remove it"));
    }
    options.open(path)
}

/// Whether a path still leads to the open file, which another run may have removed.
#[cfg(unix)]
fn leads_to(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    let open = file.metadata().map(identity);
    open.is_ok_and(|open| fs::symlink_metadata(path).is_ok_and(|found| identity(found) == open))
}

/// An open file can't be removed on this system.
#[cfg(not(unix))]
fn leads_to(path: &Path, _: &File) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_writer_learns_which_process_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index");
        let lock = WriteLock::take(&index).unwrap();
        match WriteLock::take(&index) {
            Err(IndexError::Locked { holder, .. }) => {
                assert_eq!(holder, Some(std::process::id()));
            }
            other => panic!("{other:?}"),
        }
        drop(lock);
        // No index was written to the folder.
        assert!(!index.exists());
        WriteLock::take(&index).unwrap();
    }

    #[test]
    fn lock_of_a_folder_that_was_there_leaves_it_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.txt"), "mine").unwrap();
        drop(WriteLock::take(folder.path()).unwrap());
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["mine.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn lock_is_one_by_each_name_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (index, link) = (folder.path().join("index"), folder.path().join("link"));
        let _lock = WriteLock::take(&index).unwrap();
        std::os::unix::fs::symlink(&index, &link).unwrap();
        assert!(matches!(WriteLock::take(&link), Err(IndexError::Locked { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_large_files_in_its_place_are_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        fs::write(&target, "the user's").unwrap();
        let index = folder.path().join("index");
        fs::create_dir(&index).unwrap();
        let lock = index.join(LOCK);
        std::os::unix::fs::symlink(&target, &lock).unwrap();
        assert!(matches!(WriteLock::take(&index), Err(IndexError::Io { .. })));
        fs::remove_file(&lock).unwrap();
        let large = "x".repeat(100);
        fs::write(&lock, &large).unwrap();
        assert!(matches!(WriteLock::take(&index), Err(IndexError::Foreign { .. })));
        assert_eq!(fs::read_to_string(&lock).unwrap(), large);
        fs::remove_file(&lock).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "the user's");
        let made = std::process::Command::new("mkfifo").arg(&lock).status();
        if made.is_ok_and(|made| made.success()) {
            assert!(matches!(WriteLock::take(&index), Err(IndexError::Foreign { .. })));
        }
    }

    #[cfg(unix)]
    #[test]
    fn lock_file_that_was_removed_meanwhile_locks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index");
        let old = WriteLock::take(&index).unwrap();
        fs::remove_file(index.join(LOCK)).unwrap();
        let new = WriteLock::take(&index).unwrap();
        assert!(leads_to(&index.join(LOCK), &new.file));
        // Dropping the old lock must not affect the new one.
        drop(old);
        assert!(matches!(WriteLock::take(&index), Err(IndexError::Locked { .. })));
    }
}
