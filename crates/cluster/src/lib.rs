//! Keeps an index on a search cluster (OpenSearch, Elasticsearch), for collections too large for
//! one machine.
//!
//! Texts are folded and segmented here. The cluster gets ready-made tokens in fields that it splits
//! at white space only, so that its nodes need no plugin and no dictionary, and both kinds of index
//! have the same tokens. It finds candidates; the final order is decided by `query`, as for a
//! folder.
//!
//! | question | answered by |
//! |---|---|
//! | which cluster, and which index on it? | [`Address`] |
//! | with which credentials? | [`Login`] |
//! | how are requests sent? | `client.rs`, `bulk.rs` |
//! | which fields and tokens does a clause have? | `mapping.rs` |
//! | how is an index stored on a cluster? | `store.rs` |
//! | which clauses match, and how many? | `search.rs` |
//! | what does the index contain, and how does a run write to it? | `reader.rs`, `writer.rs` |
//!
//! An index consists of two indices of the cluster: `NAME-1` with an entry for each clause, and
//! `NAME-1-sources` with the sources, the owners of document ids, and the result of the last run.
//! `NAME` is an alias of the first, whose mapping has the stamp (`_meta`). A rebuild fills `NAME-2`
//! and moves the alias once it is complete.

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
pub use error::{ClusterError, ClusterReason, ClusterStep};
pub use login::Login;
pub use reader::Cluster;
