use tiaowen_index::{Elsewhere, IndexError, Stamp};

/// Why an index on a cluster can't be used. No variant holds a password or key.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The address can't be read.
    #[error("{text}: {reason}; write it like https://search.example:9200/clauses")]
    Address {
        /// What was given, without a password.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What to sign in with can't be read.
    #[error("{place}: {reason}")]
    Login {
        /// The variable or file.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No host answers.
    #[error("{place}: no answer ({reason}); is the address right, and does the cluster run?")]
    Unreachable {
        /// The address.
        place: String,
        /// What the system says.
        reason: String,
    },
    /// The host's certificate isn't trusted, or it doesn't speak TLS.
    #[error(
        "{place}: no safe connection ({reason}); name the file with the certificate of who signed \
         the cluster's in TIAOWEN_CLUSTER_CA"
    )]
    Untrusted {
        /// The address.
        place: String,
        /// What the library says.
        reason: String,
    },
    /// The cluster doesn't know who asks.
    #[error(
        "{place}: the cluster refuses who asks (401): set TIAOWEN_CLUSTER_USER and \
         TIAOWEN_CLUSTER_PASSWORD, or TIAOWEN_CLUSTER_API_KEY, or name a file with them in \
         TIAOWEN_CLUSTER_LOGIN"
    )]
    Unauthorized {
        /// The address.
        place: String,
    },
    /// Who asks has no right to.
    #[error(
        "{place}: the cluster doesn't allow that (403: {reason}); docs/cluster.md lists the rights that writing and reading need"
    )]
    Forbidden {
        /// The address.
        place: String,
        /// What the cluster says.
        reason: String,
    },
    /// Something else than a search engine answers.
    #[error(
        "{place}: no search engine answers there ({reason}); name an OpenSearch or Elasticsearch address"
    )]
    NoEngine {
        /// The address.
        place: String,
        /// What tells.
        reason: String,
    },
    /// The engine can't do what is asked of it.
    #[error(
        "{place}: {found} can't hold an index; needed is OpenSearch 1.3 or later, or Elasticsearch 7.10 or later"
    )]
    Engine {
        /// The address.
        place: String,
        /// The engine and its version.
        found: String,
    },
    /// There is no index of this name.
    #[error("no index at {place}; make one with: tiaowen index PATH… --index {place}")]
    Missing {
        /// The address.
        place: String,
    },
    /// No run finished yet.
    #[error(
        "no run has finished indexing into {place} yet: one is under way, or was stopped; finish it with: tiaowen index PATH… --index {place}"
    )]
    Unfinished {
        /// The address.
        place: String,
    },
    /// The name belongs to something else.
    #[error("{place}: {reason}; name another with --index")]
    Foreign {
        /// The address.
        place: String,
        /// What it belongs to.
        reason: String,
    },
    /// The index was made with other dictionaries or another format.
    #[error("{place}: the index was made with another {}, so its words would not meet a query's; mend it with: tiaowen index --rebuild --index {place}", made.describe_difference(current))]
    Stamp {
        /// The address.
        place: String,
        /// What the index was made with.
        made: Box<Stamp>,
        /// What this program would make it with.
        current: Box<Stamp>,
    },
    /// The cluster doesn't let anyone write.
    #[error(
        "{place}: the cluster lets nobody write to the index ({reason}): most often its disks are \
         nearly full; free space or add a node, and where the block stays take it away with: PUT \
         /{index}/_settings {{\"index.blocks.read_only_allow_delete\": null}}"
    )]
    ReadOnly {
        /// The address.
        place: String,
        /// The name of the index.
        index: String,
        /// What the cluster says.
        reason: String,
    },
    /// Parts of the index don't answer.
    #[error(
        "{place}: {failed} of {all} parts (shards) of the index don't answer: {reason}; look at the cluster's health and try again"
    )]
    Partial {
        /// The address.
        place: String,
        /// Shards that failed.
        failed: u64,
        /// Shards in all.
        all: u64,
        /// Why, of the first that tells.
        reason: String,
    },
    /// Another run rebuilt the index meanwhile.
    #[error(
        "{place}: the index was rebuilt meanwhile, and another one is in its place; do it again"
    )]
    Replaced {
        /// The address.
        place: String,
    },
    /// The cluster answers with an error.
    #[error("{place}: {doing} failed: {reason}")]
    Refused {
        /// The address.
        place: String,
        /// What was asked.
        doing: String,
        /// What the cluster says.
        reason: String,
    },
    /// What the cluster answers can't be read.
    #[error(
        "{place}: the answer can't be read: {reason}; is something else between this program and the cluster?"
    )]
    Answer {
        /// The address.
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
