//! A plan in the engine's terms: queries that find, scores that order, columns that count. The only
//! part of this crate that knows tantivy's postings.

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
