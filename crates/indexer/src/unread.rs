//! Why a source could not be read, or was skipped.

use std::io;

use serde::{Serialize, Serializer};
use tiaowen_corpus::SourceError;
use tiaowen_extract::ExtractError;
use tiaowen_index::IndexReason;

use crate::ReadError;

/// Why a source could not be read, or was skipped. Serialized as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// No documents can be read from its bytes.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The system doesn't give its bytes.
    #[error("{}", in_plain_words(*.kind, .says))]
    System {
        /// The kind of error.
        kind: io::ErrorKind,
        /// The message of the system.
        says: String,
    },
    /// The file, or the archive that contains it, can't be a source.
    #[error(transparent)]
    Problem(#[from] SourceProblem),
    /// The index rejected a clause of it.
    #[error("the index rejected clause {clause}: {reason}")]
    Rejected {
        /// The clause's id.
        clause: String,
        /// The reason given by the index.
        reason: IndexReason,
    },
}

/// Why a file, or an entry of an archive, is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceProblem {
    /// The archive has more files than are read of one.
    #[error("it contains more than {most} files; unpack it")]
    Many {
        /// The limit.
        most: usize,
    },
    /// The file is larger than a source may be.
    #[error("it is larger than {megabytes} MB, the limit of one source; split it")]
    Large {
        /// The limit.
        megabytes: u64,
    },
    /// The entry of an archive unpacks to more than a source may have.
    #[error("it unpacks to more than {megabytes} MB, the limit of one source; split it")]
    Unpacked {
        /// The limit.
        megabytes: u64,
    },
    /// It is encrypted.
    #[error("it is protected by a password")]
    Password,
    /// It is a pipe, a device or a socket.
    #[error("it is not a regular file, so it was not opened")]
    Special,
    /// A link leads out of the folder that was named.
    #[error("the link leads out of the folder; read it with --follow")]
    Outside,
    /// The run lost too much time to PDFs and old documents.
    #[error(
        "it was not read: the run lost {minutes} minutes to files that took too long; remove those, and index again"
    )]
    Deferred {
        /// The time lost.
        minutes: u64,
    },
    /// It changed since it was listed: it is a link, or a link leads to another file.
    #[error("it was replaced since it was listed; index again")]
    Replaced,
    /// A link leads to a folder that is read by another path.
    #[error("it leads to a folder that is read by another name")]
    Again,
    /// The name of an entry leads out of its archive.
    #[error("its name leads out of the archive, so it was not read; pack the archive again")]
    EntryName,
    /// An entry is a link or a device.
    #[error("it is a link or a special file in an archive, so it was not read")]
    EntryLink,
    /// Its side file is a pipe, a device or a folder.
    #[error("its side file is not a regular file, so it was not opened")]
    SideSpecial,
    /// Its side file is too large.
    #[error("its side file is larger than {kilobytes} kB")]
    SideLarge {
        /// The limit.
        kilobytes: u64,
    },
    /// Its side file is a link that leads elsewhere.
    #[error("its side file is a link that leads out of its folder; replace it with a copy")]
    SideLink,
    /// A folder or archive that had sources has no files any more.
    #[error(
        "it contains no files any more, so its sources were kept; remove them with --prune=all"
    )]
    NoFile,
    /// It could not be listed in this run.
    #[error("it could not be listed, so its sources were kept")]
    Unlisted,
    /// It is damaged, or not an archive.
    #[error("it can't be read as an archive: {reason}")]
    Damaged {
        /// The reason given by the reader.
        reason: String,
    },
}

/// The message of the system, in plain words where there are some.
fn in_plain_words(kind: io::ErrorKind, says: &str) -> &str {
    match kind {
        io::ErrorKind::NotFound => "there is no such file or folder",
        io::ErrorKind::PermissionDenied => "no permission to read it",
        _ => says,
    }
}

impl From<&io::Error> for Unread {
    fn from(error: &io::Error) -> Self {
        let problem = error.get_ref().and_then(|inner| inner.downcast_ref::<SourceProblem>());
        match problem {
            Some(problem) => Unread::Problem(problem.clone()),
            None => Unread::System { kind: error.kind(), says: error.to_string() },
        }
    }
}

impl From<ExtractError> for Unread {
    fn from(error: ExtractError) -> Self {
        Unread::Read(error.into())
    }
}

impl From<SourceError> for Unread {
    fn from(error: SourceError) -> Self {
        Unread::Read(error.into())
    }
}

impl From<SourceProblem> for io::Error {
    fn from(error: SourceProblem) -> Self {
        io::Error::other(error)
    }
}

impl Serialize for Unread {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
