//! Comparison of two versions of a document: which clauses correspond, and what really differs.
//!
//! [`compare`] is the entry point. It works in four steps, each in a module:
//!
//! 1. `align`: find corresponding clauses.
//! 2. `atoms`: cut the texts of a pair into characters, words and numbers by value.
//! 3. `matching`: find the atoms that both texts share.
//! 4. `diff`: type the differences and widen them to whole words.
//!
//! Aligning clauses first and comparing inside pairs second keeps a moved or inserted clause from
//! disturbing the rest, which a comparison of the whole text would not. [`pairs`] finds versions
//! among many documents, [`reports`] finds the clauses that a press article or paper reports, and
//! [`export`] writes files for people and programs.

mod align;
mod atoms;
mod compare;
mod compared;
mod derivation;
mod diff;
pub mod export;
mod features;
mod links;
mod matching;
mod mining;
mod model;
mod pairing;
mod reporting;
mod words;

pub use compare::{aligned, compare, compare_linked, compare_within, text_differences};
pub use links::{ClauseLinks, LinkError, LinkReason};
pub use mining::{Context, Proposal, mine};
pub use model::{
    Comparison, Derivation, Difference, DifferenceKind, Row, Status, Summary, TermPair, Trace,
    Verdict,
};
pub use pairing::{DocumentPair, Fingerprint, Sketch, counterparts, matching, pairs};
pub use reporting::{ReportedClause, reports};
