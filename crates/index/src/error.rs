//! Why an index can't be used. Each variant carries the folder or file, and what to do follows from
//! it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Stamp;

/// What is wrong with an index or its folder. The key and parameters of its serialized form find its
/// sentence in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum IndexReason {
    #[error("it is a file")]
    IsFile,
    #[error("it holds '{name}'")]
    HoldsOther { name: String },
    #[error("its {name} holds other files")]
    FolderHoldsOther { name: &'static str },
    #[error("its {name} is no lock file")]
    NoLockFile { name: &'static str },
    #[error("its fields are others")]
    OtherFields,
    #[error("{name} is missing")]
    FileMissing { name: String },
    #[error("{name} is damaged")]
    FileDamaged { name: String },
    #[error("its content doesn't have its checksum")]
    Checksum,
    #[error("a record is damaged")]
    DamagedRecord,
    #[error("{failed} of {all} shards don't answer: {says}")]
    MissingShards { failed: u64, all: u64, says: String },
    #[error("it is larger than what the cluster takes")]
    TooLargeForCluster,
    /// What the engine or the system says, in English.
    #[error("{says}")]
    Says { says: String },
}

impl IndexReason {
    pub(crate) fn missing(name: impl Into<String>) -> Self {
        IndexReason::FileMissing { name: name.into() }
    }

    pub(crate) fn damaged(name: impl Into<String>) -> Self {
        IndexReason::FileDamaged { name: name.into() }
    }

    /// What the engine or the system says.
    pub fn says(error: &impl std::fmt::Display) -> Self {
        IndexReason::Says { says: error.to_string() }
    }
}

/// Why an index can't be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is no index in the folder.
    #[error("no index at {}; make one with: tiaowen index PATH… --index {}", folder.display(), folder.display())]
    Missing {
        /// The folder given by the user.
        folder: PathBuf,
    },
    /// The folder contains no index of this program.
    #[error("{}: this is no tiaowen index ({reason}); name another folder with --index, or empty this one", folder.display())]
    Foreign {
        /// The folder given by the user.
        folder: PathBuf,
        /// The problem.
        reason: IndexReason,
    },
    /// A file of the index is missing or has changed.
    #[error("{}: the index is damaged ({reason}); look into it with: tiaowen check --index {}", folder.display(), folder.display())]
    Damaged {
        /// The folder given by the user.
        folder: PathBuf,
        /// The problem.
        reason: IndexReason,
    },
    /// Everything was committed, but segments of the index could not be merged.
    #[error("{}: all that was read is in the index, but {parts} parts of it could not be merged, as on a full disk, so searches take longer; see to its room and run tiaowen check --index {}; the next run that changes something merges them", folder.display(), folder.display())]
    Unmerged {
        /// The folder of the index.
        folder: PathBuf,
        /// Number of segments that stay separate.
        parts: usize,
    },
    /// The index was made with other dictionaries or another format.
    #[error("{}: the index was made with another {}, so its words would not meet a query's; mend it with: tiaowen index --rebuild --index {}", folder.display(), made.describe_difference(current), folder.display())]
    Stamp {
        /// The folder given by the user.
        folder: PathBuf,
        /// The stamp of the index.
        made: Box<Stamp>,
        /// The stamp of this program.
        current: Box<Stamp>,
    },
    /// Another process is writing to the index.
    #[error("{}: {} is writing to this index; try again when it is done", folder.display(), holder.map_or("another process".to_owned(), |id| format!("process {id}")))]
    Locked {
        /// The folder given by the user.
        folder: PathBuf,
        /// Its process id, if known.
        holder: Option<u32>,
    },
    /// The file system has no locks, so two runs could write at once.
    #[error("{}: the file system can't lock files ({source}), so two runs could write at once; name a folder on another one with --index", folder.display())]
    Unlockable {
        /// The folder given by the user.
        folder: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A snapshot can't be written into a folder that isn't empty.
    #[error("{}: this is not empty; name a folder that doesn't exist yet", folder.display())]
    Occupied {
        /// The folder given by the user.
        folder: PathBuf,
    },
    /// A snapshot can't be written inside the index that it copies.
    #[error("{}: this lies inside the index {}; name a folder outside it", folder.display(), index.display())]
    Nested {
        /// The folder given by the user.
        folder: PathBuf,
        /// The folder of the index.
        index: PathBuf,
    },
    /// The name of the folder is empty.
    #[error("the folder of the index has no name; name one with --index")]
    Unnamed,
    /// A file of the index can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The user who runs the program may not read or write a file of the index.
    #[error("{}: permission denied: this runs as {user}, and {} belongs to {owner}; run it as {owner} (sudo -u {owner} tiaowen …), or give {user} the right", path.display(), owned.display())]
    Denied {
        /// The file.
        path: PathBuf,
        /// The file, or the folder above it that exists.
        owned: PathBuf,
        /// The name of the owner.
        owner: String,
        /// The name of the user who runs the program.
        user: String,
    },
    /// The search engine failed.
    #[error("{}: {source}", folder.display())]
    Engine {
        /// The folder of the index.
        folder: PathBuf,
        /// The engine's error.
        source: tantivy::TantivyError,
    },
    /// An index that is not a folder can't be used.
    #[error("{0}")]
    Elsewhere(Box<dyn Elsewhere>),
}

impl IndexError {
    /// Turns an error of the system into `Denied` if another user owns the file, otherwise into `Io`.
    pub(crate) fn of_system(path: &Path, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::PermissionDenied
            && let Some((owned, owner, user)) = access::whose(path)
            && owner != user
        {
            return IndexError::Denied { path: path.to_owned(), owned, owner, user };
        }
        IndexError::Io { path: path.to_owned(), source }
    }
}

/// Finds the owner of a file. Names of users come from /etc/passwd alone; other users (of LDAP, for
/// example) are printed as numbers.
#[cfg(unix)]
mod access {
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};

    /// Returns the file, or the nearest folder above it that exists, with its owner and the user of this
    /// process.
    pub(super) fn whose(path: &Path) -> Option<(PathBuf, String, String)> {
        let exists = |path: &&Path| fs::symlink_metadata(path).is_ok();
        let owned = path.ancestors().find(exists)?;
        let owner = fs::symlink_metadata(owned).ok()?.uid();
        // /proc/self belongs to the effective user of the process.
        let user = fs::metadata("/proc/self").ok()?.uid();
        Some((owned.to_owned(), name(owner), name(user)))
    }

    fn name(uid: u32) -> String {
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let of_line = |line: &str| {
            let mut parts = line.split(':');
            let (name, id) = (parts.next()?, parts.nth(1)?);
            (id.parse() == Ok(uid)).then(|| name.to_owned())
        };
        users.lines().find_map(of_line).unwrap_or_else(|| uid.to_string())
    }
}

#[cfg(not(unix))]
mod access {
    use std::path::{Path, PathBuf};

    pub(super) fn whose(_: &Path) -> Option<(PathBuf, String, String)> {
        None
    }
}

/// Why an index that is not a folder can't be used.
pub trait Elsewhere: std::error::Error + Send + Sync {
    /// Whether there is no index yet.
    fn is_missing(&self) -> bool;

    /// Whether another run blocks this one for the moment.
    fn is_busy(&self) -> bool;
}

impl IndexError {
    /// Whether there is no index yet.
    pub fn is_missing(&self) -> bool {
        match self {
            IndexError::Missing { .. } => true,
            IndexError::Elsewhere(error) => error.is_missing(),
            _ => false,
        }
    }

    /// Whether an index exists but has lost data.
    pub fn is_damaged(&self) -> bool {
        matches!(self, IndexError::Damaged { .. })
    }

    /// Whether another run blocks this one for the moment.
    pub fn is_busy(&self) -> bool {
        match self {
            IndexError::Locked { .. } => true,
            IndexError::Elsewhere(error) => error.is_busy(),
            _ => false,
        }
    }
}
