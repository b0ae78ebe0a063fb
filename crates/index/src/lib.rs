//! The contents of an index: everything that writing and searching must agree on.
//!
//! Fields, tokenizers, stamp and stored record are defined here and nowhere else, so that the
//! indexer and the search can't drift apart. The indexer and the query crate both depend on this
//! crate and not on one another: a search must not drag in the readers of file formats.
//!
//! | question | answered by |
//! |---|---|
//! | Which fields has a clause, and how are they tokenized? | [`Fields`] |
//! | Which versions of the dictionaries and formats is an index made with? | [`Stamp`] |
//! | Which sources and documents are in an index? | [`Manifest`] |
//! | Which documents and clauses are versions of one another? | [`Versions`], [`Groups`] |
//! | How is an index stored on disk and opened? | [`ClauseIndex`] |
//! | How is an index copied while others write to it? | [`Snapshot`] |
//! | What is stored of a clause? | [`ClauseRecord`] |
//! | What must every kind of index offer, in a folder or on a cluster? | [`Location`], [`IndexReader`], [`IndexWriter`] |
//!
//! An index folder holds tantivy's segments, its `meta.json`, and one `manifest-….json.zst`,
//! `versions-….json.zst` and `groups-….bin`. The payload of tantivy's commit names the stamp and
//! these files, so a commit changes all of it at once: a reader sees the old state or the new one,
//! never a mixture.

mod clause_index;
mod directory;
mod error;
mod faults;
mod fields;
mod folder;
mod groups;
mod location;
mod lock;
mod manifest;
mod merges;
mod postings;
mod rebuild;
mod record;
mod snapshot;
mod stamp;
#[cfg(test)]
mod testing;
mod versions;

pub use clause_index::{ClauseIndex, Payload};
pub use error::{Elsewhere, IndexError, IndexReason};
pub use fields::{Fields, addresses, date_bounds, document_of, order, start_of_day};
pub use folder::Nothing;
pub use groups::Groups;
pub use location::{About, IndexReader, IndexWriter, Location, Read, Rejected};
pub use lock::WriteLock;
pub use manifest::{LastRun, Manifest, Source};
pub use record::{ClauseRecord, Named};
pub use snapshot::Snapshot;
pub use stamp::{FORMAT, Stamp, StampDifference, StampPart};
pub use tantivy;
pub use versions::{Counterparts, VersionPair, Versions};
