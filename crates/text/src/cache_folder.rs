//! The user's cache folder, for results that take long to compute.
//!
//! What is read back from a cache is shown to people as the text of their documents, so a folder is
//! used only where nobody else could have written to it. A folder of a known name in a place that all
//! may write to is never trusted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder `below` in this user's cache, created if it is missing. The cache is the folder that
/// `TIAOWEN_CACHE` names, otherwise the user's cache folder.
///
/// # Errors
/// When no such folder can be made, or others may write to it.
pub fn cache_folder(below: &str) -> io::Result<PathBuf> {
    let mut wrong = io::Error::new(io::ErrorKind::NotFound, "the user has no folder for caches");
    let (candidates, _) = candidates();
    for cache in candidates {
        match private(&cache).and_then(|()| private(&cache.join(below))) {
            Ok(()) => return Ok(cache.join(below)),
            Err(error) => wrong = error,
        }
    }
    Err(wrong)
}

/// The folders that may be the user's cache, and whether the user named the only one.
pub(crate) fn candidates() -> (Vec<PathBuf>, bool) {
    let named =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = named("TIAOWEN_CACHE") {
        return (vec![chosen], true);
    }
    let home = named("HOME").map(|folder| folder.join(".cache/tiaowen"));
    let cache = named("XDG_CACHE_HOME").map(|folder| folder.join("tiaowen"));
    (cache.into_iter().chain(home).collect(), false)
}

/// Makes a folder where it is missing; refuses one that others may write to.
fn private(folder: &Path) -> io::Result<()> {
    if !folder.is_dir() {
        create_private(folder)?;
    }
    refuse_shared(folder)
}

/// Makes a folder, and those above it, that only this user can enter.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Refuses a folder that another user has made or may write to.
#[cfg(unix)]
pub(crate) fn refuse_shared(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    let found = fs::metadata(folder)?;
    // The owner of a process's own entry is its user. Root may write everywhere anyway.
    let user = fs::metadata("/proc/self").map(|own| own.uid());
    let is_own = found.uid() == 0 || user.is_ok_and(|user| user == found.uid());
    if is_own && found.mode() & WRITABLE_BY_OTHERS == 0 {
        return Ok(());
    }
    let reason = "others may write to it, so what it holds can't be trusted";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, reason))
}

#[cfg(not(unix))]
pub(crate) fn refuse_shared(_: &Path) -> io::Result<()> {
    Ok(())
}
