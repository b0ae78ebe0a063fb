//! Opens files the way they were listed.
//!
//! Between listing a folder and reading its files, somebody may put a link in the place of a file
//! or folder. Followed, it would lead out of the folder that was named. So a file that was listed
//! without links is opened from its folder down without following any, and the target of a link
//! must be the same file or folder as when it was listed.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tiaowen_extract::open_regular;

use crate::SourceProblem;

/// Identifies a file or folder, whatever its name.
#[cfg(unix)]
pub(crate) type Identity = (u64, u64);
#[cfg(not(unix))]
pub(crate) type Identity = Option<PathBuf>;

#[cfg(unix)]
pub(crate) fn identity(_: &Path, metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
pub(crate) fn identity(path: &Path, _: &Metadata) -> Identity {
    path.canonicalize().ok()
}

/// A folder that was walked: the one that was named, or one that a link led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Walked {
    path: PathBuf,
    identity: Identity,
}

impl Walked {
    pub(crate) fn of(path: &Path) -> io::Result<Arc<Walked>> {
        let identity = identity(path, &path.metadata()?);
        Ok(Arc::new(Walked { path: path.to_owned(), identity }))
    }

    /// Whether it is the folder that a link led to.
    pub(crate) fn is(&self, known: &Identity) -> bool {
        self.identity == *known
    }
}

/// How a file was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Below a folder, without links between them.
    Below(Arc<Walked>),
    /// By a link to the file with this identity.
    Linked(Identity),
    /// By its path alone.
    Named,
}

impl Listed {
    #[cfg(test)]
    fn linked(path: &Path) -> io::Result<Listed> {
        Ok(Listed::Linked(identity(path, &path.metadata()?)))
    }

    /// Opens a file below the folder that was walked. `None` if it isn't a regular file.
    pub(crate) fn open_any(&self, path: &Path) -> io::Result<Option<File>> {
        match self {
            Listed::Below(walked) => below(walked, path),
            Listed::Linked(_) | Listed::Named => open_regular(path),
        }
    }

    /// Opens the file that was listed as `path`.
    ///
    /// # Errors
    /// When it can't be opened, isn't a regular file, or isn't the file that was listed.
    pub(crate) fn open(&self, path: &Path) -> io::Result<File> {
        let file = self.open_any(path)?.ok_or(SourceProblem::Special)?;
        match self {
            Listed::Linked(known) if *known != identity(path, &file.metadata()?) => {
                Err(SourceProblem::Replaced.into())
            }
            _ => Ok(file),
        }
    }
}

#[cfg(target_os = "linux")]
fn below(walked: &Walked, path: &Path) -> io::Result<Option<File>> {
    let below = path.strip_prefix(&walked.path).map_err(|_| SourceProblem::Replaced)?;
    let folder = File::open(&walked.path)?;
    if identity(&walked.path, &folder.metadata()?) != walked.identity {
        return Err(SourceProblem::Replaced.into());
    }
    match tiaowen_extract::open_below(&folder, below) {
        // A link is in a place where none was.
        Err(_) if leads_by_link(&walked.path, below) => Err(SourceProblem::Replaced.into()),
        Ok(None) if leads_by_link(&walked.path, below) => Err(SourceProblem::Replaced.into()),
        opened => opened,
    }
}

#[cfg(not(target_os = "linux"))]
fn below(walked: &Walked, path: &Path) -> io::Result<Option<File>> {
    let is_link =
        path.strip_prefix(&walked.path).is_ok_and(|below| leads_by_link(&walked.path, below));
    if is_link { Err(SourceProblem::Replaced.into()) } else { open_regular(path) }
}

/// Whether any part of a path below a folder is a link.
fn leads_by_link(folder: &Path, below: &Path) -> bool {
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    below
        .ancestors()
        .filter(|part| !part.as_os_str().is_empty())
        .any(|part| is_link(&folder.join(part)))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_that_came_in_between_leads_nowhere() {
        let work = tempfile::tempdir().unwrap();
        let (root, secret) = (work.path().join("docs"), work.path().join("secret"));
        for folder in [root.join("a"), secret.clone()] {
            fs::create_dir_all(folder).unwrap();
        }
        for file in [root.join("a/b.txt"), root.join("c.txt"), secret.join("b.txt")] {
            fs::write(&file, "text").unwrap();
        }
        symlink("c.txt", root.join("d.txt")).unwrap();
        let listed = Listed::Below(Walked::of(&root).unwrap());
        let linked = Listed::linked(&root.join("d.txt")).unwrap();
        for file in ["a/b.txt", "c.txt"] {
            assert!(listed.open(&root.join(file)).is_ok(), "{file}");
        }
        assert!(linked.open(&root.join("d.txt")).is_ok());
        // A folder, a file and the target of a link are each replaced.
        fs::rename(root.join("a"), root.join("was")).unwrap();
        symlink(&secret, root.join("a")).unwrap();
        fs::remove_file(root.join("c.txt")).unwrap();
        symlink(secret.join("b.txt"), root.join("c.txt")).unwrap();
        for (listed, file) in [(&listed, "a/b.txt"), (&listed, "c.txt"), (&linked, "d.txt")] {
            let error = listed.open(&root.join(file)).unwrap_err();
            assert!(error.to_string().contains("replaced"), "{file}: {error}");
        }
        // The folder that was named is replaced too.
        fs::rename(&root, work.path().join("was")).unwrap();
        symlink(&secret, &root).unwrap();
        assert!(listed.open(&root.join("b.txt")).is_err());
    }
}
