//! Why a source could not be read, or was passed over.

use std::io;

use serde::{Serialize, Serializer};
use tiaowen_corpus::SourceError;
use tiaowen_extract::ExtractError;

use crate::ReadError;

/// Why a source could not be read, or was passed over; in JSON a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Its bytes say nothing that can be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The system doesn't give its bytes.
    #[error("{}", in_plain_words(*.kind, .says))]
    System {
        /// What sort of reason it has.
        kind: io::ErrorKind,
        /// What it says.
        says: String,
    },
    /// The file, or the archive that it is in, is not one that is read.
    #[error(transparent)]
    Problem(#[from] SourceProblem),
    /// The index did not take a clause of it.
    #[error("clause {clause} was not taken: {reason}")]
    Rejected {
        /// The clause's id.
        clause: String,
        /// What the index says.
        reason: String,
    },
}

/// Why a file, or one inside an archive, is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceProblem {
    /// It holds more files than are read of one archive.
    #[error("it holds more than {most} files; unpack it")]
    Many {
        /// The limit.
        most: usize,
    },
    /// The file is larger than what is read of one source.
    #[error("it has more than {megabytes} MB, which are read of one source; split it")]
    Large {
        /// The limit.
        megabytes: u64,
    },
    /// The file inside an archive unpacks to more than that.
    #[error("it unpacks to more than {megabytes} MB, which are read of one source; split it")]
    Unpacked {
        /// The limit.
        megabytes: u64,
    },
    /// It asks for a password.
    #[error("it is protected by a password")]
    Password,
    /// It is a pipe, a device or a socket.
    #[error("it is no regular file, so it is not opened")]
    Special,
    /// A link leads out of the folder that was named.
    #[error("the link leads out of the folder that was named; read it with --follow")]
    Outside,
    /// The run lost too much time to PDFs and old documents before it.
    #[error(
        "it was not read: the run lost {minutes} minutes to files that took too long; take those out, and index again"
    )]
    Deferred {
        /// How many.
        minutes: u64,
    },
    /// It is no longer what was listed: a link, or something else that a link leads to.
    #[error("it was replaced since it was listed; index again")]
    Replaced,
    /// A folder is reached by another name as well.
    #[error("it leads to a folder that is read under another name")]
    Again,
    /// The name of an entry leads out of its archive.
    #[error("its name leads out of the archive, so it is not read; pack the archive anew")]
    EntryName,
    /// An entry is a link or a device.
    #[error("it is a link or a special file in an archive, so it is not read")]
    EntryLink,
    /// Its side file is a pipe, a device or a folder.
    #[error("its side file is no regular file, so it is not opened")]
    SideSpecial,
    /// Its side file is too large.
    #[error("its side file has more than {kilobytes} kB")]
    SideLarge {
        /// The limit.
        kilobytes: u64,
    },
    /// Its side file is a link to somewhere else.
    #[error("its side file is a link that leads out of its folder; put a copy in its place")]
    SideLink,
    /// Where sources were, nothing is listed.
    #[error("it gives no file, so its sources stay; take them out with --prune=all")]
    NoFile,
    /// It could not be listed in this run.
    #[error("it could not be listed, so its sources stay")]
    Unlisted,
    /// It is damaged, or no archive.
    #[error("this is no archive that can be read: {reason}")]
    Damaged {
        /// What is wrong with it.
        reason: String,
    },
}

/// What the system says, in plain words.
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
