//! What a search needs from an index of any kind.
//!
//! The order of hits is decided in one place, [`rank`](crate::rank), which knows no kind of index.
//! A [`Source`] is an open index; [`Candidates`] are what one search found in it so far. There are
//! two kinds: a [`folder`] is searched in place; of a [`remote`] index, the best clauses are
//! fetched into a [`pool`] in memory and scored there by the same code.
//!
//! Rejected: final scores by the remote index. The scores of a cluster have neither proximity nor
//! coverage, so its first ten hits would differ from those of a folder.

pub(crate) mod folder;
pub(crate) mod pool;
pub(crate) mod remote;

use std::collections::HashMap;

use tiaowen_index::tantivy::{DocAddress, Score};
use tiaowen_index::{About, ClauseRecord, Manifest, Versions};
use tiaowen_text::{Budget, Script, Segmenter};

use crate::engine::collect::{Collected, Found};
use crate::engine::queries::Held;
use crate::engine::score::Measure;
use crate::source::remote::Missing;
use crate::{Plan, QueryError, QueryTerm, Request};

/// A plan with the request that it serves.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) request: &'a Request,
    /// The script of the query, if it has one.
    pub(crate) typed: Option<Script>,
    /// The limit of time.
    pub(crate) budget: &'a Budget,
}

/// An index opened for searching.
///
/// # Errors
/// Every method fails if the index can't be read, and with [`QueryError::Spent`] if its budget is
/// spent.
pub(crate) trait Source: Send + Sync {
    /// The segmenter that tokenized the texts of the index.
    fn segmenter(&self) -> &'static Segmenter;

    /// The stamp and the last run of the index.
    fn about(&self) -> Result<About, QueryError>;

    /// Its sources and documents.
    fn manifest(&self) -> Result<Manifest, QueryError>;

    /// The documents that are versions of one another.
    fn versions(&self) -> Result<Versions, QueryError>;

    /// Opens everything that searches read, so that the first one doesn't wait for it.
    fn open_all(&self) -> Result<(), QueryError>;

    /// The clause with an id.
    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, QueryError>;

    /// The number of clauses before a clause in its document. `None` if the index no longer has it.
    fn place(&self, clause: &ClauseRecord<'_>) -> Result<Option<usize>, QueryError>;

    /// The clauses of a document in reading order; empty if there is no such document.
    fn document(&self, id: &str, budget: &Budget)
    -> Result<Vec<ClauseRecord<'static>>, QueryError>;

    /// The number of clauses.
    fn clauses(&self) -> Result<u64, QueryError>;

    /// How many clauses a document has.
    fn clauses_of(&self, document: &str) -> Result<u64, QueryError>;

    /// The addresses of a document's clauses in reading order. `None` if the index returns
    /// documents only as a whole.
    fn addresses(&self, document: &str) -> Result<Option<Vec<DocAddress>>, QueryError>;

    /// The clause at such an address.
    fn clause_at(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError>;

    /// Whether any clause contains a term.
    fn contains(&self, query_term: &QueryTerm, budget: &Budget) -> Result<bool, QueryError>;

    /// Whether any clause contains everything that a plan requires.
    fn answers(&self, search: &Search<'_>) -> Result<bool, QueryError>;

    /// The best clauses that contain a term, in documents of `script` if one is given.
    fn containing(
        &self,
        query_term: &QueryTerm,
        script: Option<Script>,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError>;

    /// Words of the index accepted by `fits`, which differ by one character from one of those
    /// typed; with the number of clauses that contain each.
    fn words_like(
        &self,
        typed: &[String],
        fits: &dyn Fn(&str) -> bool,
        budget: &Budget,
    ) -> Result<HashMap<String, u64>, QueryError>;

    /// Words of the index that begin with a folded prefix, the most frequent first.
    fn words_beginning_with(
        &self,
        prefix: &str,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<(String, u64)>, QueryError>;

    /// Phrases of the index that sound like the Latin letters typed, the most likely first. Empty
    /// if the vocabulary can't be read as a whole.
    fn words_sounding_like(&self, typed: &str, budget: &Budget) -> Result<Vec<String>, QueryError>;

    /// The number of clauses that contain everything that a plan requires, by document number; see
    /// [`tiaowen_index::document_of`].
    fn clauses_by_document(&self, search: &Search<'_>) -> Result<HashMap<u64, u64>, QueryError>;

    /// Begins a search.
    fn candidates(&self) -> Result<Box<dyn Candidates + '_>, QueryError>;
}

/// A pass over measured clauses. Each comes with its address in the measure.
pub(crate) type Measuring<'f> =
    &'f mut dyn FnMut(&Measure<'_>, &[DocAddress]) -> Result<(), QueryError>;

/// The candidates of one search. Their addresses are valid for this search only.
///
/// # Errors
/// Every method fails if the index can't be read or the budget of the search is spent.
pub(crate) trait Candidates {
    /// The best clauses that contain everything the plan requires, by an approximate score. They
    /// are counted up to `counted`.
    fn with_all(
        &mut self,
        search: &Search<'_>,
        keep: usize,
        counted: u64,
    ) -> Result<Collected, QueryError>;

    /// The best of these that contain the query word for word. `None` if the plan has no such
    /// phrase.
    fn with_phrase(
        &mut self,
        search: &Search<'_>,
        keep: usize,
    ) -> Result<Option<Collected>, QueryError>;

    /// The best clauses that contain a part of the plan. Empty if it has no such part.
    fn with_part(
        &mut self,
        search: &Search<'_>,
        part: Held,
        keep: usize,
    ) -> Result<Vec<DocAddress>, QueryError>;

    /// The best clauses by the terms of a question.
    fn with_terms(
        &mut self,
        search: &Search<'_>,
        keep: usize,
    ) -> Result<Vec<DocAddress>, QueryError>;

    /// The clauses with these ids that the index has, that pass the filter, and that have what the plan
    /// requires even of partial matches.
    fn with_ids(
        &mut self,
        search: &Search<'_>,
        ids: &[&str],
    ) -> Result<Vec<DocAddress>, QueryError>;

    /// Which of these clauses, sorted by address, contain everything the plan requires.
    fn matching(
        &mut self,
        search: &Search<'_>,
        sorted: &[DocAddress],
    ) -> Result<Vec<bool>, QueryError>;

    /// Runs `pass` on these clauses, which are sorted by address.
    fn measure(
        &mut self,
        search: &Search<'_>,
        sorted: &[DocAddress],
        pass: Measuring<'_>,
    ) -> Result<(), QueryError>;

    /// Orders scored clauses, which are sorted by address, merges versions, and counts the hits.
    fn in_order(
        &mut self,
        search: &Search<'_>,
        scored: &[(DocAddress, Score)],
    ) -> Result<Collected, QueryError>;

    /// The clause at an address.
    fn record(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError>;

    /// For each hit, the ids of its other versions.
    fn versions_of(&mut self, hits: &[Found]) -> Result<Vec<Vec<String>>, QueryError>;

    /// The parts of the index that did not answer this search.
    fn missing(&self) -> Option<&Missing>;
}
