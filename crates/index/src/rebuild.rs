//! Replacing an index by a fresh one.
//!
//! The fresh index is made in a folder inside the index, and its files move into the index folder
//! at the end; renaming `meta.json` then switches to it atomically. No folder is renamed: the index
//! may be a link or a mount point, its lock stays valid, the user's files stay, and there is an
//! index at every moment. Swapping two folders, as earlier versions did, has none of these
//! properties.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::clause_index::{self, META, foreign, io_error};
use crate::directory::{replace, sync};
use crate::faults::point;
use crate::{ClauseIndex, IndexError, IndexReason};

/// Name of the folder inside the index folder.
const NAME: &str = ".rebuild";

/// A fresh index under construction.
pub(crate) struct Rebuild {
    pub(crate) folder: PathBuf,
}

impl Rebuild {
    /// An empty folder in `index`. The caller holds the lock of the index.
    ///
    /// # Errors
    /// If the folder can't be created, or contains files that this program didn't make.
    pub(crate) fn within(index: &Path) -> Result<Self, IndexError> {
        let folder = index.join(NAME);
        clear(index);
        match fs::create_dir(&folder) {
            Ok(()) => Ok(Rebuild { folder }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(foreign(index, IndexReason::FolderHoldsOther { name: NAME }))
            }
            Err(source) => Err(io_error(&folder, source)),
        }
    }

    /// Replaces the contents of the index folder by the fresh index.
    ///
    /// # Errors
    /// If a file can't be moved; the old index then stays.
    pub(crate) fn take_the_place_of(self, index: &Path) -> Result<(), IndexError> {
        let before = ClauseIndex::payload_of(index).ok();
        self.move_files(index).map_err(|source| io_error(index, source))?;
        let now = ClauseIndex::payload_of(index)?;
        ClauseIndex::remove_unnamed(index)?;
        clause_index::remove_older_lists(index, &now, before.as_ref());
        list_managed(index).map_err(|source| io_error(index, source))
    }

    /// Moves the files of the engine and the commit, last the one that names all others.
    fn move_files(&self, index: &Path) -> io::Result<()> {
        for name in clause_index::names(&self.folder)? {
            if clause_index::is_of_engine(&name) || clause_index::is_of_commit(&name) {
                point(&index.join(&name))?;
                fs::rename(self.folder.join(&name), index.join(&name))?;
            }
        }
        list_managed(index)?;
        sync(index)?;
        point(index)?;
        fs::rename(self.folder.join(META), index.join(META))?;
        sync(index)
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        if let Some(index) = self.folder.parent() {
            clear(index);
        }
    }
}

/// Removes the files of a rebuild in `index` that may have been interrupted, and nothing more.
pub(crate) fn clear(index: &Path) {
    let folder = index.join(NAME);
    if !fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir()) {
        return;
    }
    for name in clause_index::names(&folder).into_iter().flatten() {
        if clause_index::is_ours(&name) {
            let _ = fs::remove_file(folder.join(&name));
        }
    }
    let _ = fs::remove_dir(&folder);
}

/// Writes the engine's list of files that it may remove.
pub(crate) fn list_managed(index: &Path) -> io::Result<()> {
    let mut files = clause_index::names(index)?;
    files.retain(|name| clause_index::is_of_engine(name) || name == META);
    files.push(META.to_owned());
    files.sort();
    files.dedup();
    replace(&index.join(clause_index::MANAGED), serde_json::to_string(&files)?.as_bytes())
}
