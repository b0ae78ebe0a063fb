//! Outcomes of commands, and their exit statuses.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use tiaowen_index::IndexError;
use tiaowen_indexer::RunError;
use tiaowen_query::QueryError;
use tiaowen_text::ConvertError;

use crate::terminal::safe;
use crate::wording;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done, or something was found.
    Done,
    /// Nothing was found.
    Nothing,
    /// Some inputs failed and were reported. The others were done.
    SomeFailed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Nothing => ExitCode::from(1),
            Outcome::SomeFailed => ExitCode::from(2),
        }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Serve(#[from] tiaowen_server::ServeError),
    #[error(transparent)]
    Convert(#[from] ConvertError),
    #[error("can't write: {0}")]
    Write(#[from] std::io::Error),
    #[error(transparent)]
    Fill(#[from] tiaowen_meaning::FillError),
    #[error(transparent)]
    Export(#[from] tiaowen_compare::export::ExportError),
    #[error(
        "this ended in an unforeseen way ({0}); if it read an index, see whether that is damaged \
         with: tiaowen check"
    )]
    Unforeseen(String),
    #[error("{0}")]
    Input(String),
}

impl Failure {
    /// What is wrong with a file.
    pub(crate) fn of_file(file: &Path, reason: &dyn Display) -> Self {
        Failure::Input(wording::at_place(&safe(&file.display().to_string()), reason))
    }

    /// A file that the system can't read or write.
    pub(crate) fn of_system(file: &Path, error: &io::Error) -> Self {
        Failure::of_file(file, &wording::system(error))
    }
}

impl From<serde_json::Error> for Failure {
    /// Any value that is written can be JSON, so only writing fails.
    fn from(error: serde_json::Error) -> Self {
        Failure::Write(error.into())
    }
}
