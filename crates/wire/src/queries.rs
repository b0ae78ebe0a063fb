//! The JSON of what a query log shows.

use serde::Serialize;

/// The searches in a query log.
#[derive(Debug, Serialize)]
pub struct QueriesJson<'a> {
    /// The number of searches.
    pub searches: u64,
    /// The number of different queries.
    pub different: u64,
    /// The times of the first and the last search; null without any.
    pub from: Option<&'a str>,
    /// The time of the last search.
    pub to: Option<&'a str>,
    /// The most frequent queries.
    pub frequent: Vec<QueryCountJson<'a>>,
    /// The most frequent queries without hits.
    pub without_hits: Vec<QueryCountJson<'a>>,
}

/// A query with its searches.
#[derive(Debug, Serialize)]
pub struct QueryCountJson<'a> {
    /// The query as it was typed last.
    pub query: &'a str,
    /// The number of searches.
    pub times: u64,
    /// The number of hits of the last one.
    pub hits: u64,
    /// Whether there were more.
    pub at_least: bool,
}

/// A new API key.
#[derive(Debug, Serialize)]
pub struct NewKeyJson<'a> {
    /// Its name in the file and in logs.
    pub name: &'a str,
    /// The key itself.
    pub key: &'a str,
    /// Its line in the file of keys.
    pub line: &'a str,
    /// Whether the line was added to a file.
    pub added: bool,
}
