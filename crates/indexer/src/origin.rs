//! The place of a source's bytes: a file, or an entry of an archive.
//!
//! An entry is identified by two values, its archive and its name. They are never joined to a path:
//! the name comes from whoever made the archive, and joining an absolute one would replace the
//! path. The index stores one text for both (`batch.zip/a.txt`), which is split only where such an
//! archive exists.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use tiaowen_corpus::side_file_of;
use tiaowen_extract::Kind;

use crate::listed::Listed;
use crate::{SourceProblem, archive};

/// The most bytes that are read of a side file.
const MOST_SIDE_BYTES: u64 = 64 << 10;

/// The place of a source's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The file or archive.
    pub(crate) file: PathBuf,
    /// The name of the entry, if the file is an archive.
    pub(crate) entry: Option<String>,
    /// How the file was listed.
    listed: Listed,
}

impl Origin {
    pub(crate) fn of_file(file: &Path) -> Self {
        Origin { file: file.to_owned(), entry: None, listed: Listed::Named }
    }

    pub(crate) fn of_entry(archive: &Path, name: &str) -> Self {
        Origin { file: archive.to_owned(), entry: Some(name.to_owned()), listed: Listed::Named }
    }

    pub(crate) fn listed(self, listed: &Listed) -> Self {
        Origin { listed: listed.clone(), ..self }
    }

    /// Finds the place of a source that the index knows by a root and a path below it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such file or archive, and other errors of the system.
    pub(crate) fn locate(root: &str, path: &str) -> io::Result<Self> {
        let is_name = |part| matches!(part, Component::Normal(_));
        let is_below = !path.is_empty() && Path::new(path).components().all(is_name);
        if !is_below {
            return Err(ErrorKind::NotFound.into());
        }
        let file = Path::new(root).join(path);
        match file.metadata() {
            Ok(_) => return Ok(Origin::of_file(&file)),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error),
        }
        for (end, _) in path.match_indices('/') {
            let (archive, name) = (Path::new(root).join(&path[..end]), &path[end + 1..]);
            if archive::is_archive(&archive) && archive.is_file() {
                return Ok(Origin::of_entry(&archive, name));
            }
        }
        Err(ErrorKind::NotFound.into())
    }

    /// Whether [`locate`](Self::locate) finds this place by a root and a path. It doesn't if the
    /// name isn't UTF-8.
    pub(crate) fn is_at(&self, root: &str, path: &str) -> bool {
        let file = match &self.entry {
            None => Some(path),
            Some(entry) => path.strip_suffix(entry).and_then(|path| path.strip_suffix('/')),
        };
        file.is_some_and(|file| Path::new(root).join(file) == self.file)
    }

    /// Reads the bytes, at most `most`.
    ///
    /// # Errors
    /// When they are more, or can't be read.
    pub(crate) fn bytes(&self, most: u64) -> io::Result<Vec<u8>> {
        if let Some(entry) = &self.entry {
            return archive::bytes_of(&self.file, &self.listed, entry, most);
        }
        let file = self.listed.open(&self.file)?;
        let mut bytes = Vec::new();
        // The size given by the system isn't used, as the file may be growing.
        file.take(most + 1).read_to_end(&mut bytes)?;
        archive::within(bytes, most, |megabytes| SourceProblem::Large { megabytes })
    }

    /// The hash of the bytes and of the side file, in hexadecimal, and the number of bytes.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) fn hash(&self) -> io::Result<(String, u64)> {
        let mut hasher = blake3::Hasher::new();
        let bytes = match &self.entry {
            None => {
                let mut file = self.listed.open(&self.file)?;
                io::copy(&mut file, &mut hasher)?
            }
            Some(entry) => {
                let most = Kind::of(Path::new(entry)).map_or(0, Kind::most_bytes);
                let bytes = archive::bytes_of(&self.file, &self.listed, entry, most)?;
                hasher.update(&bytes);
                bytes.len() as u64
            }
        };
        if let Some(side) = self.side_file()? {
            hasher.update(&[0]).update(side.as_bytes());
        }
        Ok((hasher.finalize().to_hex().to_string(), bytes))
    }

    /// The text of the side file, if there is one. Entries of an archive have none.
    ///
    /// # Errors
    /// When it can't be read, isn't a regular file, is too large, or is a link out of its folder.
    pub(crate) fn side_file(&self) -> io::Result<Option<String>> {
        match &self.entry {
            None => side_file_as(&self.file, &self.listed),
            Some(_) => Ok(None),
        }
    }
}

/// The text of the side file of `source`, if it has one.
///
/// # Errors
/// When it can't be read, isn't a regular file, is too large, or is a link out of its folder.
pub fn side_file(source: &Path) -> io::Result<Option<String>> {
    side_file_as(source, &Listed::Named)
}

/// The text of the side file of a source, opened the way the source was listed: a folder above it
/// that was replaced since leads nowhere.
fn side_file_as(source: &Path, listed: &Listed) -> io::Result<Option<String>> {
    let mut path = side_file_of(source);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_symlink() => {
            // The link is resolved once, as its target may change at any moment.
            path = inside(source, &path)?.ok_or(SourceProblem::SideLink)?;
        }
        Err(error) if is_missing(&error) => return Ok(None),
        _ => {}
    }
    let file = listed.open_any(&path)?.ok_or(SourceProblem::SideSpecial)?;
    let mut text = String::new();
    file.take(MOST_SIDE_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST_SIDE_BYTES {
        return Err(SourceProblem::SideLarge { kilobytes: MOST_SIDE_BYTES >> 10 }.into());
    }
    Ok(Some(text))
}

/// The target of a link as a path in the folder of its source. `None` if it is outside that folder.
fn inside(source: &Path, link: &Path) -> io::Result<Option<PathBuf>> {
    let folder = source.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let target = link.canonicalize()?;
    Ok(target.strip_prefix(folder.canonicalize()?).ok().map(|below| folder.join(below)))
}

/// Whether an error only means that nothing is at a path.
pub(crate) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn side_files_are_not_read_through_a_link_that_came_in_between() {
        let work = tempfile::tempdir().unwrap();
        let (root, secret) = (work.path().join("docs"), work.path().join("secret"));
        for folder in [root.join("a"), secret.clone()] {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("b.txt"), "text").unwrap();
            fs::write(folder.join("b.toml"), format!("title = {folder:?}")).unwrap();
        }
        let listed = Listed::Below(crate::listed::Walked::of(&root).unwrap());
        let origin = Origin::of_file(&root.join("a/b.txt")).listed(&listed);
        assert!(origin.side_file().unwrap().is_some());
        // A link inside the folder is followed.
        fs::rename(root.join("a/b.toml"), root.join("a/c.toml")).unwrap();
        std::os::unix::fs::symlink("c.toml", root.join("a/b.toml")).unwrap();
        assert!(origin.side_file().unwrap().is_some());
        fs::rename(root.join("a"), work.path().join("was")).unwrap();
        std::os::unix::fs::symlink(&secret, root.join("a")).unwrap();
        let error = origin.side_file().unwrap_err();
        assert!(error.to_string().contains("replaced"), "{error}");
    }

    #[test]
    fn paths_of_sources_never_lead_out_of_their_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("docs");
        fs::create_dir(&root).unwrap();
        let outside = folder.path().join("outside.txt");
        for file in [&outside, &root.join("a.txt"), &root.join("b.zip")] {
            fs::write(file, "text").unwrap();
        }
        let root = root.to_str().unwrap();
        let inside = Origin::locate(root, "a.txt").unwrap();
        assert_eq!((inside.entry.as_deref(), inside.is_at(root, "a.txt")), (None, true));
        let entry = Origin::locate(root, "b.zip/x/y.txt").unwrap();
        assert_eq!(entry.entry.as_deref(), Some("x/y.txt"));
        assert!(entry.file.ends_with("docs/b.zip") && entry.is_at(root, "b.zip/x/y.txt"));
        assert!(!entry.is_at(root, "b.zip/y.txt"));
        let absolute = outside.to_str().unwrap();
        for path in ["../outside.txt", absolute, "c.txt", "a.txt/b.txt", ""] {
            let located = Origin::locate(root, path);
            assert!(located.is_err(), "{path}: {located:?}");
        }
        // An earlier version stored such a path. It names an entry, never a file.
        let kept = Origin::locate(root, &format!("b.zip/{absolute}")).unwrap();
        assert!(kept.entry.is_some() && kept.bytes(100).is_err());
    }
}
