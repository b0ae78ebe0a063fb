//! What an index is asked and what it takes, whatever its kind: a folder, which this crate
//! knows, or an index on a search cluster.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tiaowen_corpus::DocumentText;

use crate::{IndexError, LastRun, Manifest, Source, Stamp, Versions};

/// What an index says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// What its tokens depend on.
    pub stamp: Stamp,
    /// What the run did that changed it last.
    pub last_run: LastRun,
    /// What changes with every such run, and with nothing else.
    pub version: String,
}

/// Where an index lies, or will.
///
/// # Errors
/// All of it fails where the place can't be reached, or holds something else than an index.
pub trait Location: Sync {
    /// The place as a user names it with `--index`, without anything that is secret.
    fn shown(&self) -> String;

    /// The folder, if it is one.
    fn folder(&self) -> Option<&Path>;

    /// What the index says of itself, whatever its stamp; [`IndexError::Missing`] or its like
    /// where there is none yet.
    ///
    /// # Errors
    /// See the trait.
    fn about(&self) -> Result<About, IndexError>;

    /// Its sources and documents, whatever its stamp.
    ///
    /// # Errors
    /// See the trait.
    fn manifest(&self) -> Result<Manifest, IndexError>;

    /// Bytes that it takes on disk, 0 where that isn't told.
    fn bytes_on_disk(&self) -> u64;

    /// Opens it for reading.
    ///
    /// # Errors
    /// See the trait, and when its stamp is another than this program's.
    fn open(&self) -> Result<Box<dyn IndexReader>, IndexError>;

    /// Begins a run that writes to it; `rebuild` fills a fresh index that takes the old one's
    /// place when it is whole. `threads` is how many may work on it.
    ///
    /// # Errors
    /// See [`open`](Self::open), and when another run is in the way.
    fn begin(&self, rebuild: bool, threads: usize) -> Result<Box<dyn IndexWriter>, IndexError>;

    /// What a run that begins now would find, without beginning it.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    fn known(&self, rebuild: bool) -> Result<Manifest, IndexError> {
        known(self, rebuild)
    }
}

/// What a run that begins now would find.
pub(crate) fn known(
    place: &(impl Location + ?Sized),
    rebuild: bool,
) -> Result<Manifest, IndexError> {
    let found = place.about().and_then(|_| {
        // Another stamp is in the way of adding to it, and of nothing else.
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

/// What can be read of an index that is open.
///
/// # Errors
/// All of it fails where the index can't be read.
pub trait IndexReader: Send + Sync {
    /// What it says of itself.
    fn about(&self) -> &About;

    /// Its sources and documents.
    ///
    /// # Errors
    /// See the trait.
    fn manifest(&self) -> Result<Manifest, IndexError>;

    /// Which of its documents are versions of one another.
    ///
    /// # Errors
    /// See the trait.
    fn versions(&self) -> Result<Versions, IndexError>;

    /// A document with its clauses, in reading order; `None` if there is none with this id.
    ///
    /// # Errors
    /// See the trait.
    fn document(&self, id: &str) -> Result<Option<DocumentText>, IndexError>;

    /// How many clauses it holds, as it counts them itself.
    ///
    /// # Errors
    /// See the trait.
    fn clauses(&self) -> Result<u64, IndexError>;

    /// Parts of it that are damaged or don't answer: where, and how.
    ///
    /// # Errors
    /// See the trait.
    fn faults(&self) -> Result<Vec<(String, String)>, IndexError>;

    /// Clauses whose tokens and columns are not what their stored text makes when it is cut anew,
    /// and parts that can't be read; not more than a few. One of `every` so many is looked at.
    /// None where the index cuts its texts itself.
    ///
    /// # Errors
    /// See the trait.
    fn unlike_stored(&self, every: u32) -> Result<Vec<String>, IndexError> {
        let _ = every;
        Ok(Vec::new())
    }
}

/// A source with the documents that a run read in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The source, with its documents as they are named.
    pub source: Source,
    /// The documents with their clauses.
    pub texts: Vec<DocumentText>,
    /// Whether the index holds something of it already.
    pub replaces: bool,
}

/// A clause that an index did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The path of its source below the root.
    pub source: String,
    /// The clause's id.
    pub clause: String,
    /// Why.
    pub reason: String,
}

/// A run that writes to an index: what it takes from [`Location::begin`] to [`finish`](Self::finish).
/// A run that is dropped before leaves the index as it was, or so that the next one completes it.
///
/// # Errors
/// All of it fails where the index can't be written.
pub trait IndexWriter: Send + Sync {
    /// The sources that the index holds, or that the one to be rebuilt held.
    ///
    /// # Errors
    /// See the trait.
    fn known(&mut self) -> Result<Manifest, IndexError>;

    /// The source with this root, path and hash, where a rebuild that was stopped took it
    /// already.
    fn taken(&self, root: &str, path: &str, hash: &str) -> Option<Source>;

    /// Whether nothing is left to do where nothing changed.
    fn is_whole(&self) -> bool;

    /// Goes on holding a source as it is.
    ///
    /// # Errors
    /// See the trait.
    fn keep(&mut self, source: &Source) -> Result<(), IndexError>;

    /// IndexWriter out what came of a source; see [`Source::key`].
    ///
    /// # Errors
    /// See the trait.
    fn remove(&mut self, key: &str) -> Result<(), IndexError>;

    /// Gives each document an id that no document of another source has. Each source comes
    /// with its key.
    ///
    /// # Errors
    /// See the trait.
    fn name(&mut self, batch: &mut [(String, &mut Vec<DocumentText>)]) -> Result<(), IndexError>;

    /// IndexWriter sources, each in the place of what it was before.
    ///
    /// # Errors
    /// See the trait.
    fn put(&mut self, batch: Vec<Read>) -> Result<(), IndexError>;

    /// Waits until all was taken that was put: the clauses that were not, each with its
    /// reason.
    ///
    /// # Errors
    /// See the trait.
    fn settle(&mut self) -> Result<Vec<Rejected>, IndexError>;

    /// What this run's `manifest`, whose sources are in order, is together with what others put in
    /// meanwhile, in order as well.
    ///
    /// # Errors
    /// See the trait.
    fn with_others<'m>(&mut self, manifest: &'m Manifest) -> Result<Cow<'m, Manifest>, IndexError>;

    /// What was in the index before this run, to compare with.
    ///
    /// # Errors
    /// See the trait.
    fn before(&self) -> Result<Box<dyn IndexReader>, IndexError>;

    /// Makes all that was put what the index holds. Gives whether it did: where another run
    /// finished since [`with_others`](Self::with_others), that is to be asked again.
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
