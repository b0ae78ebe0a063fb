//! What is in an index: the one home of all that writing and searching must agree on.
//!
//! | question | answered by |
//! |---|---|
//! | which fields has a clause, and what are its tokens? | [`Fields`] |
//! | what do the tokens depend on? | [`Stamp`] |
//! | which sources and documents are in the index? | [`Manifest`] |
//! | which documents and clauses are versions of one another? | [`Versions`], [`Groups`] |
//! | how does an index lie on disk and open? | [`ClauseIndex`] |
//! | how is an index copied while others write to it? | [`Snapshot`] |
//! | what is stored of a clause? | [`ClauseRecord`] |
//! | what is an index asked, and what does it take, whatever its kind? | [`Location`], [`IndexReader`], [`IndexWriter`] |
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
pub use error::{Elsewhere, IndexError};
pub use fields::{Fields, addresses, date_bounds, document_of, order};
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
