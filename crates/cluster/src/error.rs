//! Why an index on a cluster can't be used.

use tiaowen_index::{Elsewhere, IndexError, Stamp};

/// Why an index on a cluster can't be used. No variant contains a password or key.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The address can't be read.
    #[error("{text}: {reason}; write it like https://search.example:9200/clauses")]
    Address {
        /// The address as given, without a password.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The credentials can't be read.
    #[error("{place}: {reason}")]
    Login {
        /// The variable or file.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No host answers.
    #[error("{place}: no answer ({reason}); check the address, and that the cluster is running")]
    Unreachable {
        /// The address of the index.
        place: String,
        /// The message of the system.
        reason: String,
    },
    /// The host's certificate isn't trusted, or the host doesn't speak TLS.
    #[error(
        "{place}: no trusted connection ({reason}); set TIAOWEN_CLUSTER_CA to the file with the \
         certificate that signed the cluster's"
    )]
    Untrusted {
        /// The address of the index.
        place: String,
        /// The message of the TLS library.
        reason: String,
    },
    /// The credentials are missing or wrong.
    #[error(
        "{place}: the cluster rejected the credentials (401); set TIAOWEN_CLUSTER_USER and \
         TIAOWEN_CLUSTER_PASSWORD, or TIAOWEN_CLUSTER_API_KEY, or put them in a file and name it \
         in TIAOWEN_CLUSTER_LOGIN"
    )]
    Unauthorized {
        /// The address of the index.
        place: String,
    },
    /// The user lacks a privilege.
    #[error(
        "{place}: the cluster denied the request (403: {reason}); docs/cluster.md lists the \
         privileges for reading and writing"
    )]
    Forbidden {
        /// The address of the index.
        place: String,
        /// The message of the cluster.
        reason: String,
    },
    /// The host isn't a search engine.
    #[error(
        "{place}: no search engine answers there ({reason}); give the address of OpenSearch or \
         Elasticsearch"
    )]
    NoEngine {
        /// The address of the index.
        place: String,
        /// How that shows.
        reason: String,
    },
    /// The engine lacks required features.
    #[error(
        "{place}: {found} is not supported; use OpenSearch 1.3 or later, or Elasticsearch 7.10 or \
         later"
    )]
    Engine {
        /// The address of the index.
        place: String,
        /// The engine and its version.
        found: String,
    },
    /// There is no index of this name.
    #[error("no index at {place}; make one with: tiaowen index PATH… --index {place}")]
    Missing {
        /// The address of the index.
        place: String,
    },
    /// No run has finished yet.
    #[error(
        "the first run of {place} has not finished: it is still running, or was stopped; complete \
         it with: tiaowen index PATH… --index {place}"
    )]
    Unfinished {
        /// The address of the index.
        place: String,
    },
    /// The name belongs to something else.
    #[error("{place}: {reason}; choose another name with --index")]
    Foreign {
        /// The address of the index.
        place: String,
        /// What it belongs to.
        reason: String,
    },
    /// The index was made with other dictionaries or in another format.
    #[error(
        "{place}: the index was made with another {}, so its words would not match a query's; \
         rebuild it with: tiaowen index --rebuild --index {place}",
        made.describe_difference(current)
    )]
    Stamp {
        /// The address of the index.
        place: String,
        /// The stamp of the index.
        made: Box<Stamp>,
        /// The stamp of this program.
        current: Box<Stamp>,
    },
    /// The index is read-only on the cluster.
    #[error(
        "{place}: the cluster has blocked writing ({reason}), most often because its disks are \
         nearly full. Free space or add a node; if the block remains, remove it with: PUT \
         /{index}/_settings {{\"index.blocks.read_only_allow_delete\": null}}"
    )]
    ReadOnly {
        /// The address of the index.
        place: String,
        /// The name of the index on the cluster.
        index: String,
        /// The message of the cluster.
        reason: String,
    },
    /// Shards of the index don't answer.
    #[error(
        "{place}: {failed} of {all} shards of the index don't answer: {reason}; check the \
         cluster's health and try again"
    )]
    Partial {
        /// The address of the index.
        place: String,
        /// The number of shards that failed.
        failed: u64,
        /// The number of all shards.
        all: u64,
        /// The first reason given.
        reason: String,
    },
    /// Another run rebuilt the index in the meantime.
    #[error("{place}: the index was rebuilt in the meantime; run the command again")]
    Replaced {
        /// The address of the index.
        place: String,
    },
    /// The cluster answered with an error.
    #[error("{place}: {doing} failed: {reason}")]
    Refused {
        /// The address of the index.
        place: String,
        /// The operation.
        doing: String,
        /// The message of the cluster.
        reason: String,
    },
    /// The answer of the cluster can't be read.
    #[error(
        "{place}: the answer can't be read: {reason}; check what is between this program and the \
         cluster"
    )]
    Answer {
        /// The address of the index.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Elsewhere for ClusterError {
    fn is_missing(&self) -> bool {
        matches!(self, ClusterError::Missing { .. } | ClusterError::Unfinished { .. })
    }

    fn is_busy(&self) -> bool {
        matches!(self, ClusterError::Replaced { .. })
    }
}

impl From<ClusterError> for IndexError {
    fn from(error: ClusterError) -> Self {
        IndexError::Elsewhere(Box::new(error))
    }
}
