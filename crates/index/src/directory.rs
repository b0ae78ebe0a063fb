//! How the engine reads and writes the files of an index folder.
//!
//! The engine's own directory makes every reader lock `.tantivy-meta.lock`, so that the writer
//! removes no file that a reader is about to open. Taking that lock needs write permission and a
//! file system with locks, and fails while a stranger holds it: every search would fail on a
//! read-only mount or as another user. Readers here take no lock and write nothing. A file that a
//! commit removed is detected instead: `meta.json` has then changed, and
//! [`ClauseIndex::read`](crate::ClauseIndex::read) opens the new commit.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory, WatchCallback,
    WatchHandle, WritePtr,
};

use crate::clause_index::{META, foreign};
use crate::faults::{point, watched};
use crate::{IndexError, IndexReason};

/// A read-only folder.
#[derive(Debug, Clone)]
pub(crate) struct ReadDirectory(MmapDirectory);

/// A folder that one run writes to. All files get the process's default mode for new files; the
/// engine's own directory makes two of them readable by their owner only.
#[derive(Debug, Clone)]
pub(crate) struct WriteDirectory {
    folder: PathBuf,
    mapped: MmapDirectory,
}

fn mapped(folder: &Path) -> Result<MmapDirectory, IndexError> {
    MmapDirectory::open(folder).map_err(|error| foreign(folder, IndexReason::says(&error)))
}

/// Stands in for the engine's lock between readers and the removal of files.
fn no_lock() -> DirectoryLock {
    DirectoryLock::from(Box::new(()))
}

fn read_only() -> Arc<io::Error> {
    Arc::new(ErrorKind::ReadOnlyFilesystem.into())
}

impl ReadDirectory {
    pub(crate) fn open(folder: &Path) -> Result<Self, IndexError> {
        mapped(folder).map(ReadDirectory)
    }
}

impl Directory for ReadDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.0.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: read_only(), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.0.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError { io_error: read_only(), filepath: path.to_owned() })
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.0.atomic_read(path)
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        if lock.filepath == META_LOCK.filepath {
            return Ok(no_lock());
        }
        Err(LockError::IoError(read_only()))
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.0.watch(callback)
    }
}

impl WriteDirectory {
    pub(crate) fn open(folder: &Path) -> Result<Self, IndexError> {
        Ok(WriteDirectory { folder: folder.to_owned(), mapped: mapped(folder)? })
    }
}

impl Directory for WriteDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.mapped.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        point(&self.folder.join(path)).map_err(|error| DeleteError::IoError {
            io_error: Arc::new(error),
            filepath: path.to_owned(),
        })?;
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let whole = self.folder.join(path);
        point(&whole).map_err(|error| OpenWriteError::IoError {
            io_error: Arc::new(error),
            filepath: path.to_owned(),
        })?;
        Ok(watched(&whole, self.mapped.open_write(path)?))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        replace(&self.folder.join(path), data)?;
        if path == Path::new(META) {
            // A reported commit must survive a loss of power.
            sync(&self.folder)?;
        }
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        point(&self.folder)?;
        self.mapped.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        if lock.filepath == META_LOCK.filepath {
            return Ok(no_lock());
        }
        // `WriteLock` ensures a single writer; earlier versions of this program know only this
        // lock.
        self.mapped.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}

/// Replaces a file's content atomically: a reader sees the complete old or new content.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = path.with_file_name(format!(".{}.new", name.trim_start_matches('.')));
    write_and_rename(&fresh, path, content).inspect_err(|_| drop(fs::remove_file(&fresh)))
}

fn write_and_rename(fresh: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    // Left by an interrupted run. A link in its place is removed, not followed.
    match fs::remove_file(fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    point(fresh)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(fresh)?;
    point(fresh)?;
    file.write_all(content)?;
    point(fresh)?;
    file.sync_data()?;
    point(fresh)?;
    fs::rename(fresh, path)
}

/// Syncs the entries of a folder to disk.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    point(folder)?;
    File::open(folder)?.sync_data()
}
