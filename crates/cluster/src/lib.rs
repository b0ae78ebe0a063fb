//! The same index on a search cluster (OpenSearch, Elasticsearch), for who has more than one
//! machine holds.
//!
//! Folding and segmentation stay here: the cluster gets tokens made beforehand, in fields that
//! it splits at white space only, so that no plugin and no dictionary is needed on its nodes.
//!
//! | question | answered by |
//! |---|---|
//! | which cluster, and what is the index called there? | [`Address`] |
//! | who asks? | [`Login`] |
//! | how is a cluster asked? | `client.rs`, `bulk.rs` |
//! | which fields has a clause there, and what are its tokens? | `mapping.rs` |
//! | how does an index lie on a cluster? | `store.rs` |
//! | which clauses answer, and how many? | `search.rs` |
//! | what does it hold, how does a run write to it? | `reader.rs`, `writer.rs` |
//!
//! An index is two indices of the cluster: `NAME-1` with an entry for each clause, and
//! `NAME-1-sources` with its sources, which document is whose, and what the last run did. `NAME`
//! is an alias of the first, whose mapping says (`_meta`) what its tokens depend on. A rebuild
//! fills `NAME-2` and moves the alias when it is whole.

mod address;
mod bulk;
mod client;
mod error;
mod login;
mod mapping;
mod reader;
mod search;
mod store;
mod writer;

pub use address::Address;
pub use error::ClusterError;
pub use login::Login;
pub use reader::Cluster;
