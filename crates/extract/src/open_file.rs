//! Opening files that others put there.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a regular file for reading; `None` where a path leads to something else: a folder, a
/// device, a socket, or a pipe, whose opening would wait for somebody who writes.
///
/// # Errors
/// When there is no such file, or it can't be opened.
pub fn open_regular(path: &Path) -> io::Result<Option<File>> {
    // Opening a device may already do something.
    if !path.metadata()?.is_file() {
        return Ok(None);
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe may have come in its place since: opening it doesn't wait either.
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path)?;
    Ok(file.metadata()?.is_file().then_some(file))
}
