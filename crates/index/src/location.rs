//! The interface of an index, whatever its kind: a folder (in this crate) or an index on a search
//! cluster.
//!
//! The indexer and the search work with these traits only, so they run unchanged against both
//! kinds. A run is an [`IndexWriter`]: it takes sources between [`Location::begin`] and
//! [`finish`](IndexWriter::finish), and nothing is visible to readers before the latter.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tiaowen_corpus::DocumentText;

use crate::{IndexError, IndexReason, LastRun, Manifest, Source, Stamp, Versions};

/// The metadata of an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The stamp of its tokens.
    pub stamp: Stamp,
    /// Summary of the last run that changed it.
    pub last_run: LastRun,
    /// An identifier that changes with every such run and only then.
    pub version: String,
}

/// The place of an index that exists or will be created.
///
/// # Errors
/// All methods fail if the place can't be reached or contains something other than an index.
pub trait Location: Sync {
    /// The place as a user gives it to `--index`, without secrets.
    fn shown(&self) -> String;

    /// Its folder, unless it is on a cluster.
    fn folder(&self) -> Option<&Path>;

    /// The metadata of the index, whatever its stamp; [`IndexError::Missing`] or the like if there
    /// is none yet.
    ///
    /// # Errors
    /// See the trait.
    fn about(&self) -> Result<About, IndexError>;

    /// Its manifest, whatever its stamp.
    ///
    /// # Errors
    /// See the trait.
    fn manifest(&self) -> Result<Manifest, IndexError>;

    /// Size on disk in bytes, 0 if unknown.
    fn bytes_on_disk(&self) -> u64;

    /// Opens the index for reading.
    ///
    /// # Errors
    /// See the trait; also if its stamp differs from this program's.
    fn open(&self) -> Result<Box<dyn IndexReader>, IndexError>;

    /// Begins a run that writes to the index, with up to `threads` threads. With `rebuild` it fills
    /// a fresh index, which replaces the old one when it is complete.
    ///
    /// # Errors
    /// See [`open`](Self::open); also if another run blocks this one.
    fn begin(&self, rebuild: bool, threads: usize) -> Result<Box<dyn IndexWriter>, IndexError>;

    /// The manifest that a run beginning now would find, without beginning one.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    fn known(&self, rebuild: bool) -> Result<Manifest, IndexError> {
        known(self, rebuild)
    }
}

/// The manifest that a run beginning now would find.
pub(crate) fn known(
    place: &(impl Location + ?Sized),
    rebuild: bool,
) -> Result<Manifest, IndexError> {
    let found = place.about().and_then(|_| {
        // A different stamp prevents additions but not a rebuild.
        if !rebuild {
            place.open()?;
        }
        place.manifest()
    });
    match found {
        Err(error) if error.is_missing() => Ok(Manifest::default()),
        found => found,
    }
}

/// An index opened for reading.
///
/// # Errors
/// All methods fail if the index can't be read.
pub trait IndexReader: Send + Sync {
    /// Its metadata.
    fn about(&self) -> &About;

    /// Its manifest: sources and documents.
    ///
    /// # Errors
    /// See the trait.
    fn manifest(&self) -> Result<Manifest, IndexError>;

    /// The pairs of documents that are versions of one another.
    ///
    /// # Errors
    /// See the trait.
    fn versions(&self) -> Result<Versions, IndexError>;

    /// A document with its clauses in reading order; `None` if no document has this id.
    ///
    /// # Errors
    /// See the trait.
    fn document(&self, id: &str) -> Result<Option<DocumentText>, IndexError>;

    /// Number of clauses, as the index itself counts them.
    ///
    /// # Errors
    /// See the trait.
    fn clauses(&self) -> Result<u64, IndexError>;

    /// Damaged or unreachable parts: each with its place and its problem.
    ///
    /// # Errors
    /// See the trait.
    fn faults(&self) -> Result<Vec<(String, IndexReason)>, IndexError>;

    /// Clauses whose tokens and columns differ from those that their stored text yields, and
    /// unreadable parts; a few at most. One clause in `every` is checked. Empty if the index
    /// tokenizes texts itself.
    ///
    /// # Errors
    /// See the trait.
    fn unlike_stored(&self, every: u32) -> Result<Vec<String>, IndexError> {
        let _ = every;
        Ok(Vec::new())
    }
}

/// A source with the documents that a run read from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The source, with its documents.
    pub source: Source,
    /// The documents with their clauses.
    pub texts: Vec<DocumentText>,
    /// Whether the index already contains an earlier state of it.
    pub replaces: bool,
}

/// A clause that an index rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Path of its source below the root.
    pub source: String,
    /// The clause's id.
    pub clause: String,
    /// Why.
    pub reason: IndexReason,
}

/// A run that writes to an index, from [`Location::begin`] to [`finish`](Self::finish). If it is
/// dropped before, the index stays as it was, or in a state that the next run completes.
///
/// # Errors
/// All methods fail if the index can't be written.
pub trait IndexWriter: Send + Sync {
    /// The manifest of the index, or of the one that this run rebuilds.
    ///
    /// # Errors
    /// See the trait.
    fn known(&mut self) -> Result<Manifest, IndexError>;

    /// The source with this root, path and hash, if an interrupted rebuild has already taken it.
    fn taken(&self, root: &str, path: &str, hash: &str) -> Option<Source>;

    /// Whether a run that changes no source has nothing left to do.
    fn is_whole(&self) -> bool;

    /// Keeps a source as it is.
    ///
    /// # Errors
    /// See the trait.
    fn keep(&mut self, source: &Source) -> Result<(), IndexError>;

    /// Removes the entries of a source; see [`Source::key`].
    ///
    /// # Errors
    /// See the trait.
    fn remove(&mut self, key: &str) -> Result<(), IndexError>;

    /// Gives each document an id that no document of another source has. Each source comes with its
    /// key.
    ///
    /// # Errors
    /// See the trait.
    fn name(&mut self, batch: &mut [(String, &mut Vec<DocumentText>)]) -> Result<(), IndexError>;

    /// Adds sources; each replaces its earlier state.
    ///
    /// # Errors
    /// See the trait.
    fn put(&mut self, batch: Vec<Read>) -> Result<(), IndexError>;

    /// Waits until everything put is taken. Returns the rejected clauses, each with the reason.
    ///
    /// # Errors
    /// See the trait.
    fn settle(&mut self) -> Result<Vec<Rejected>, IndexError>;

    /// Merges this run's sorted `manifest` with sources that other runs added in the meantime. The
    /// result is sorted.
    ///
    /// # Errors
    /// See the trait.
    fn with_others<'m>(&mut self, manifest: &'m Manifest) -> Result<Cow<'m, Manifest>, IndexError>;

    /// The index as it was before this run, for comparison.
    ///
    /// # Errors
    /// See the trait.
    fn before(&self) -> Result<Box<dyn IndexReader>, IndexError>;

    /// Makes everything put visible to readers. Returns false if another run finished since
    /// [`with_others`](Self::with_others), which must then be called again.
    ///
    /// # Errors
    /// See the trait.
    fn finish(
        &mut self,
        manifest: &Manifest,
        versions: &Versions,
        last_run: LastRun,
    ) -> Result<bool, IndexError>;
}
