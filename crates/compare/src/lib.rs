//! Two versions of a document side by side: which clauses belong together, and what truly
//! differs.
//!
//! [`compare`] is the whole of it: clauses are aligned (`align`), the texts of a pair cut
//! into what is compared (`atoms`), matched (`matching`), and what doesn't match is told by
//! its kind, at the borders of words (`diff`). [`reports`] tells which clauses a press page or a
//! paper reports (`reporting`).

mod align;
mod atoms;
mod compare;
mod derivation;
mod diff;
pub mod export;
mod features;
mod matching;
mod mining;
mod model;
mod pairing;
mod reporting;
mod words;

pub use compare::{aligned, compare, compare_within, text_differences};
pub use mining::{Context, Proposal, mine};
pub use model::{
    Comparison, Derivation, Difference, DifferenceKind, Row, Status, Summary, TermPair, Trace,
    Verdict,
};
pub use pairing::{DocumentPair, Fingerprint, Sketch, counterparts, matching, pairs};
pub use reporting::{ReportedClause, reports};
