//! Two versions of a document side by side: which clauses belong together, and what truly
//! differs.

pub mod export;
mod model;

pub use model::{
    Comparison, Derivation, Difference, DifferenceKind, Row, Status, Summary, Trace, Verdict,
};
