//! Executes plans with tantivy: queries that find clauses, scores that order them, and columns that
//! count them. This is the only part of the crate that knows posting lists.

pub(crate) mod collect;
pub(crate) mod columns;
pub(crate) mod ending;
pub(crate) mod facets;
pub(crate) mod grouped;
pub(crate) mod near;
pub(crate) mod positions;
pub(crate) mod queries;
pub(crate) mod runs;
pub(crate) mod score;
pub(crate) mod segments;
