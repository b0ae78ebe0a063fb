//! New matches of saved searches.

use serde::Serialize;
use tiaowen_index::ClauseRecord;

use crate::{ClauseJson, Permalinks};

/// The new matches of a saved search.
#[derive(Debug, Serialize)]
pub struct AlertJson<'a> {
    search: &'a str,
    query: &'a str,
    /// The address of its results; null if the server's address isn't known.
    link: Option<String>,
    /// The number of new matches.
    new: usize,
    matches: Vec<ClauseJson<'a>>,
}

impl<'a> AlertJson<'a> {
    /// The new matches of the search with a name and a query, in order.
    pub fn new(
        search: &'a str,
        query: &'a str,
        link: Option<String>,
        matches: impl Iterator<Item = &'a ClauseRecord<'a>>,
        links: &Permalinks,
    ) -> Self {
        let matches =
            matches.map(|record| ClauseJson::new(&record.document, &record.clause, links));
        let matches: Vec<ClauseJson<'a>> = matches.collect();
        AlertJson { search, query, link, new: matches.len(), matches }
    }
}

/// A report of saved searches.
#[derive(Debug, Serialize)]
pub struct AlertsJson<'a> {
    searches: Vec<AlertJson<'a>>,
    /// What is wrong with the searches that could not be run.
    unusable: Vec<String>,
}

impl<'a> AlertsJson<'a> {
    /// The searches with new matches, and what is wrong with those that could not be run.
    pub fn new(searches: Vec<AlertJson<'a>>, unusable: Vec<String>) -> Self {
        AlertsJson { searches, unusable }
    }
}
