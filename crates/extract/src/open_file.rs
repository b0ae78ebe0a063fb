//! Opening files in folders that others can write to.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a regular file for reading; `None` if the path leads to something else, such as a folder,
/// a device, a socket, or a pipe, which would block until somebody writes to it.
///
/// # Errors
/// If the file doesn't exist or can't be opened.
pub fn open_regular(path: &Path) -> io::Result<Option<File>> {
    // Opening a device may already have an effect.
    if !path.metadata()?.is_file() {
        return Ok(None);
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe may have replaced the file in the meantime; with this flag, opening it doesn't
        // block.
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path)?;
    Ok(file.metadata()?.is_file().then_some(file))
}

/// Opens a regular file below an open folder without following links in its path, so that a file or
/// folder replaced since it was listed leads nowhere else. `None` if the path leads to something
/// other than a regular file.
///
/// # Errors
/// If the file doesn't exist, part of its path is a link, or it can't be opened.
#[cfg(target_os = "linux")]
pub fn open_below(folder: &File, path: &Path) -> io::Result<Option<File>> {
    use std::os::fd::OwnedFd;

    use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, statat};

    let (Some(name), parents) = (path.file_name(), path.parent()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let mut within: OwnedFd = folder.try_clone()?.into();
    for part in parents.into_iter().flat_map(Path::components) {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        within = openat(&within, part.as_os_str(), flags, Mode::empty())?;
    }
    // Opening a device may already have an effect.
    let found = statat(&within, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
        return Ok(None);
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(&within, name, flags, Mode::empty())?);
    Ok(file.metadata()?.is_file().then_some(file))
}
