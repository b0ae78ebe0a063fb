//! The cache folder of OpenCC's dictionaries.
//!
//! OpenCC loads its dictionaries from files. The program contains them and writes them to a cache
//! once. The content decides what a reader sees (不得 could become 可以), so a cache is used only
//! if no other user could have written to it and its files still have the written content. A
//! truncated or changed cache is made again. If no folder of the user is writable, the dictionaries
//! go to a private temporary folder for as long as they are loaded. A folder of a predictable name
//! in a place that everybody may write to is never trusted.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use opencc_rust::{DefaultConfig, generate_static_dictionaries};

use crate::cache_folder::{self, create_private, refuse_shared};
use crate::{ConvertError, OPENCC_VERSION};

/// Name of the file with the hash of all others.
const SEAL: &str = "seal";

/// A folder with OpenCC's dictionaries.
#[derive(Debug)]
pub(crate) enum Dictionaries {
    /// A cache that later processes use too.
    Cached(PathBuf),
    /// A temporary folder, removed when dropped.
    Private(tempfile::TempDir),
}

impl Dictionaries {
    /// Finds the dictionaries, or writes them if they are missing or damaged.
    ///
    /// # Errors
    /// If no folder is writable, or the folder of `TIAOWEN_CACHE` isn't.
    pub(crate) fn find() -> Result<Self, ConvertError> {
        let (candidates, is_chosen) = cache_folder::candidates();
        if is_chosen {
            return Self::cached_in(&candidates).map_err(|tried| ConvertError::NoCache { tried });
        }
        Self::cached_in(&candidates).or_else(|tried| Self::private(&std::env::temp_dir(), tried))
    }

    /// Uses the first folder that works. The error lists what is wrong with each.
    pub(crate) fn cached_in(candidates: &[PathBuf]) -> Result<Self, String> {
        let mut tried = Vec::new();
        for folder in candidates {
            match cached(folder) {
                Ok(found) => return Ok(Dictionaries::Cached(found)),
                Err(error) => tried.push(format!("{}: {error}", folder.display())),
            }
        }
        Err(tried.join("; "))
    }

    /// Writes to a folder below `place` that only this user can read.
    pub(crate) fn private(place: &Path, tried: String) -> Result<Self, ConvertError> {
        let made = tempfile::Builder::new().prefix("tiaowen-").tempdir_in(place);
        let written = made.and_then(|folder| {
            write(&folder.path().join("opencc"))?;
            Ok(folder)
        });
        written.map(Dictionaries::Private).map_err(|error| {
            let place = format!("{}: {error}", place.display());
            let tried = if tried.is_empty() { place } else { format!("{tried}; {place}") };
            ConvertError::NoCache { tried }
        })
    }

    /// The path of the files.
    pub(crate) fn folder(&self) -> PathBuf {
        match self {
            Dictionaries::Cached(folder) => folder.clone(),
            Dictionaries::Private(folder) => folder.path().join("opencc"),
        }
    }
}

/// The dictionaries in a cache folder, written if they are missing or damaged.
fn cached(cache: &Path) -> io::Result<PathBuf> {
    let folder = cache.join(format!("opencc-{OPENCC_VERSION}"));
    if !cache.is_dir() {
        create_private(cache)?;
    }
    refuse_shared(cache)?;
    if folder.is_dir() {
        refuse_shared(&folder)?;
        if is_intact(&folder) {
            return Ok(folder);
        }
    }
    // The folder is renamed into place when complete, so other processes never see a part of it.
    // Each thread writes to a temporary folder that is removed afterwards.
    let place = tempfile::Builder::new().prefix(".opencc-").tempdir_in(cache)?;
    let part = place.path().join("part");
    let made = write(&part).and_then(|()| {
        if folder.is_dir() && !is_intact(&folder) {
            fs::rename(&folder, place.path().join("damaged"))?;
        }
        fs::rename(&part, &folder)
    });
    match made {
        // Another process was faster and wrote the same.
        Err(_) if is_intact(&folder) => Ok(folder),
        made => made.map(|()| folder),
    }
}

/// Writes the dictionaries and their hash, and syncs them so that they survive a loss of power.
fn write(folder: &Path) -> io::Result<()> {
    let configs = [DefaultConfig::S2HK, DefaultConfig::HK2S];
    create_private(folder)?;
    generate_static_dictionaries(folder, &configs).map_err(io::Error::other)?;
    fs::write(folder.join(SEAL), hash(folder)?)?;
    for name in names(folder)? {
        File::open(folder.join(name))?.sync_all()?;
    }
    File::open(folder)?.sync_all()
}

/// Whether the files still have the written content.
fn is_intact(folder: &Path) -> bool {
    let seal = fs::read_to_string(folder.join(SEAL));
    seal.is_ok_and(|seal| hash(folder).is_ok_and(|hash| hash == seal))
}

/// Hash of the names and contents of all files except the seal.
fn hash(folder: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    for name in names(folder)?.into_iter().filter(|name| name != SEAL) {
        let content = fs::read(folder.join(&name))?;
        hasher.update(name.to_string_lossy().as_bytes()).update(&[0]);
        hasher.update(&(content.len() as u64).to_le_bytes()).update(&content);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn names(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let mut names = entries.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_of(cache: &Path) -> PathBuf {
        Dictionaries::cached_in(&[cache.to_owned()]).unwrap().folder()
    }

    #[test]
    fn many_at_once_find_one_whole_folder() {
        let place = tempfile::tempdir().unwrap();
        let cache = place.path().join("cache");
        let found: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| folder_of(&cache))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(found.iter().all(|folder| folder == &found[0]));
        assert!(found[0].join("s2hk.json").is_file());
        assert_eq!(fs::read_dir(&cache).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn damaged_dictionaries_are_rewritten() {
        let place = tempfile::tempdir().unwrap();
        let cache = place.path().join("cache");
        let folder = folder_of(&cache);
        for name in names(&folder).unwrap() {
            let file = folder.join(&name);
            let whole = fs::read(&file).unwrap();
            let mut flipped = whole.clone();
            flipped[whole.len() / 2] ^= 1;
            for damage in
                [Some(Vec::new()), Some(whole[..whole.len() / 2].to_vec()), Some(flipped), None]
            {
                match damage {
                    Some(content) => fs::write(&file, content).unwrap(),
                    None => fs::remove_file(&file).unwrap(),
                }
                assert_eq!(folder_of(&cache), folder);
                assert_eq!(fs::read(&file).unwrap(), whole, "{name:?}");
            }
        }
        fs::write(folder.join("more.txt"), "").unwrap();
        assert!(!folder_of(&cache).join("more.txt").exists());
    }

    #[cfg(unix)]
    #[test]
    fn folders_that_others_may_write_to_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let cache = place.path().join("cache");
        let folder = folder_of(&cache);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&cache), mode(&folder)), (0o700, 0o700));
        for shared in [&cache, &folder] {
            fs::set_permissions(shared, fs::Permissions::from_mode(0o777)).unwrap();
            let refused = Dictionaries::cached_in(std::slice::from_ref(&cache)).unwrap_err();
            assert!(refused.contains("others may write to it"), "{refused}");
            fs::set_permissions(shared, fs::Permissions::from_mode(0o700)).unwrap();
        }
        folder_of(&cache);
    }

    #[test]
    fn private_dictionaries_go_when_they_are_dropped() {
        let place = tempfile::tempdir().unwrap();
        let private = Dictionaries::private(place.path(), String::new()).unwrap();
        assert!(private.folder().join("hk2s.json").is_file());
        drop(private);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn unwritable_folders_are_named_with_their_reasons() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let below = file.path().join("below");
        let tried = Dictionaries::cached_in(std::slice::from_ref(&below)).unwrap_err();
        assert!(tried.contains("below"), "{tried}");
        let error = Dictionaries::private(&below, tried).unwrap_err().to_string();
        assert!(error.contains("TIAOWEN_CACHE") && error.matches("below").count() >= 2, "{error}");
    }
}
