//! Why an index on a cluster can't be used.

use serde::Serialize;
use tiaowen_index::{Elsewhere, IndexError, IndexReason, Stamp};
use tiaowen_query::MissingReason;

/// Why an index on a cluster can't be used. No variant contains a password or key.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The address can't be read.
    #[error("{text}: {reason}; write it like https://search.example:9200/clauses")]
    Address {
        /// The address as given, without a password.
        text: String,
        /// What is wrong with it.
        reason: ClusterReason,
    },
    /// The credentials can't be read.
    #[error("{place}: {reason}")]
    Login {
        /// The variable or file.
        place: String,
        /// What is wrong with it.
        reason: ClusterReason,
    },
    /// No host answers.
    #[error("{place}: no answer ({reason}); check the address, and that the cluster is running")]
    Unreachable {
        /// The address of the index.
        place: String,
        /// The message of the system.
        reason: ClusterReason,
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
        reason: ClusterReason,
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
        reason: ClusterReason,
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
        reason: ClusterReason,
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
        reason: ClusterReason,
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
        reason: ClusterReason,
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
        reason: ClusterReason,
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
        doing: ClusterStep,
        /// The message of the cluster.
        reason: ClusterReason,
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
        reason: ClusterReason,
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

/// What is wrong with an address, a login, an index on a cluster or an answer of it. The key and
/// parameters of its serialized form find its sentence in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum ClusterReason {
    // The address.
    #[error("it begins neither with https:// nor with http://")]
    NoScheme,
    #[error(
        "a name and password don't belong into an address, which others can see; set TIAOWEN_CLUSTER_USER and TIAOWEN_CLUSTER_PASSWORD"
    )]
    PasswordInAddress,
    #[error("nothing can stand behind the name of the index")]
    BehindName,
    #[error("the name of the index is missing")]
    NoName,
    #[error(
        "the name of an index is made of a-z, 0-9, - _ and . and begins with a letter or figure"
    )]
    NameCharacters,
    #[error("the host is missing")]
    HostMissing,
    #[error("no host has this name")]
    UnknownHost,

    // The credentials.
    #[error("a password would be sent over http:// for everyone to read")]
    PasswordInClear,
    #[error("{user}, {password} and {key} are set beside it")]
    SetBesideFile { user: &'static str, password: &'static str, key: &'static str },
    #[error("{file}: {says}")]
    LoginFile { file: String, says: String },
    #[error(
        "{file}: this is no login; write lines like user = \"…\" and password = \"…\", or api_key = \"…\""
    )]
    NoLogin { file: String },
    #[error("a user or password and an API key are given; one is enough")]
    TwoLogins,
    #[error("a user needs a password, and a password a user")]
    HalfLogin,
    #[error("the API key holds characters that no key has")]
    KeyCharacters,
    #[error("this is no certificate: {says}")]
    InvalidCertificate { says: String },
    #[error("there is no certificate in it (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,

    // What has the name of the index.
    #[error("the name stands for several indices ({names})")]
    SeveralIndices { names: String },
    #[error("this is an index of something else")]
    OtherIndex,
    #[error("this is an alias of something else")]
    OtherAlias,
    #[error("the alias stands for '{name}'")]
    AliasOf { name: String },
    #[error("'{name}' is something else's")]
    NameTaken { name: String },
    #[error("an index of something else has this name")]
    AliasTaken,
    #[error("what the index says of itself is damaged ({says})")]
    DamagedHead { says: String },
    #[error("the list of its versions is damaged")]
    DamagedVersions,

    // Answers.
    #[error("it doesn't tell its version")]
    NoVersion,
    #[error("status {status}")]
    Status { status: u64 },
    #[error("it is busy ({status}): {says}")]
    Busy { status: u16, says: String },
    #[error("it stays busy: {says}")]
    StaysBusy { says: String },
    #[error("it is no JSON: {says}")]
    NoJson { says: String },
    #[error("it doesn't count the terms asked for")]
    NoCounts,
    #[error("it doesn't tell of each entry written")]
    NoOutcomes,
    /// What the cluster, a library or the system says, in English.
    #[error("{says}")]
    Says { says: String },
    /// Parts of the index don't answer.
    #[error(transparent)]
    #[serde(untagged)]
    Missing(#[from] MissingReason),
    /// Its content is wrong.
    #[error(transparent)]
    #[serde(untagged)]
    Index(#[from] IndexReason),
}

impl ClusterReason {
    pub(crate) fn says(error: &(impl std::fmt::Display + ?Sized)) -> Self {
        ClusterReason::Says { says: error.to_string() }
    }
}

/// What was asked of a cluster. The key and parameters of its serialized form find its name in other
/// languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum ClusterStep {
    #[error("asking")]
    Asking,
    #[error("looking it up")]
    LookingUp,
    #[error("making the index {name}")]
    MakingIndex { name: String },
    #[error("taking out the index {name}")]
    RemovingIndex { name: String },
    #[error("letting it take the place of the old one")]
    ReplacingOld,
    #[error("making visible what was written")]
    MakingVisible,
    #[error("reading it")]
    Reading,
    #[error("searching")]
    Searching,
    #[error("writing")]
    Writing,
    #[error("writing the sources")]
    WritingSources,
    #[error("writing the versions")]
    WritingVersions,
    #[error("claiming a document")]
    ClaimingDocument,
    #[error("grouping")]
    Grouping,
    #[error("taking out")]
    Removing,
    #[error("finishing")]
    Finishing,
}
