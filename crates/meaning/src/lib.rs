//! Nearness in meaning: vectors of clauses, and the clauses whose vectors are nearest to a query's.
//!
//! A model turns a text into a vector, so that texts of like meaning have like vectors, whatever
//! their words and language. The model runs elsewhere: [`Endpoint`] is a client of any server with
//! OpenAI's embedding API, usually one on the same machine. Text goes to its address and to no
//! other: redirects are not followed, and proxies of the environment are not used.
//!
//! | question | answered by |
//! |---|---|
//! | Which server makes vectors, and how is it asked? | [`Endpoint`], [`Sides`] |
//! | Which text represents a clause? | [`passage`], [`Key`] |
//! | How are vectors stored beside an index? | [`Vectors`] |
//! | How are they filled and kept up to date? | [`Filling`] |
//! | Which clauses are nearest to a query? | [`Meaning`] |
//!
//! Nothing here knows the search engine. How the nearest clauses are joined with those that contain
//! the words is decided in the query crate, where all of ranking is.

mod endpoint;
mod fill;
mod nearest;
mod packed;
mod passage;
mod sides;
mod store;
#[cfg(test)]
mod testing;

pub use endpoint::{Endpoint, EndpointError, EndpointReason, Patience};
pub use fill::{FillError, FillOptions, FillReport, Filling};
pub use nearest::{Coverage, Meaning, MeaningFault, Opinion};
pub use passage::{Key, passage};
pub use sides::{Side, Sides, usual_prefixes};
pub use store::{ModelStamp, Near, StoreError, StoreReason, Vectors, folder_of};
