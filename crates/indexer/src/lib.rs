//! Indexes files and folders in batches.
//!
//! A run compares the files named with what the index has (`scan`, `plan`), reads what is new or
//! changed on all cores (`source`), and commits once at its end: everything or nothing (`run`).
//! A source that can't be read is reported with its reason, and the run continues.
//!
//! Removing is the dangerous part of a run. Deleted files, an unmounted disk and a folder without
//! permission look alike from afar, so a source is removed only if its folder could be looked into
//! (`gone`), and only if the user asked for it ([`Prune`]). For the same reason a rebuild that finds
//! less than half of the old index's documents is refused.
//!
//! A source is identified by its root and its path below it. Equal content at another path is a
//! move if the old file is gone, otherwise a duplicate, which isn't indexed twice.
//!
//! ```
//! let folder = tempfile::tempdir()?;
//! let corpus = folder.path().join("corpus");
//! std::fs::create_dir(&corpus)?;
//! std::fs::write(corpus.join("a.txt"), "粵港合作備忘錄\n\n一、每年會面。\n\n二、互相通報。")?;
//! let options = tiaowen_indexer::RunOptions::default();
//! let index = folder.path().join("index");
//! let report = tiaowen_indexer::run(&[corpus.clone()], &index, &options, &|_| {})?;
//! assert_eq!((report.added, report.clauses), (1, 2));
//! let again = tiaowen_indexer::run(&[corpus], &index, &options, &|_| {})?;
//! assert_eq!((again.added, again.unchanged), (0, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod check;
mod gone;
mod listed;
mod origin;
mod patience;
mod plan;
mod report;
mod run;
mod scan;
mod source;
mod unread;
mod versions;
mod watch;

pub use check::{Checked, IndexProblem, Wrong, check};
pub use origin::side_file;
pub use report::{
    DecodedSource, Duplicate, Failure, Kept, Misnamed, RecognisedSource, RunReport, SourceLeftOut,
};
pub use run::{Progress, Prune, RunError, RunOptions, run};
pub use source::{ReadError, ReadSource, read_source};
pub use unread::{SourceProblem, Unread};
pub use watch::watch;
