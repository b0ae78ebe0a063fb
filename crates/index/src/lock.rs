//! One writer at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::IndexError;

/// The right to write to an index, from reading what it holds to the commit. It stands beside
/// the folder, since a rebuild puts another folder in its place; the system takes it back when
/// the process ends, however it ends.
#[derive(Debug)]
pub struct WriteLock {
    _file: File,
}

impl WriteLock {
    /// Takes the lock of the index in `folder`.
    ///
    /// # Errors
    /// [`IndexError::Locked`] with the process that holds it, and when the file can't be made.
    pub fn take(folder: &Path) -> Result<Self, IndexError> {
        let path = beside(folder);
        let io = |source| IndexError::Io { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(io)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim().parse().ok();
                return Err(IndexError::Locked { folder: folder.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        // Who holds it is told to the next one; that it is held is what counts.
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = write!(file, "{}", std::process::id());
        Ok(WriteLock { _file: file })
    }
}

/// `.index.lock` beside `index`.
fn beside(folder: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or_else(|| "index".as_ref()));
    name.push(".lock");
    folder.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it() {
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
        WriteLock::take(&index).unwrap();
    }
}
