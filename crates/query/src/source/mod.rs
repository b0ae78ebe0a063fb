//! What a search asks of an index, whatever its kind.
//!
//! The order of hits is decided in one place, [`rank`](crate::rank), which knows no kind of index. A
//! [`Source`] is an index that is open; [`Candidates`] are what one search found in it so far. There
//! are two kinds: a [`folder`] is searched in place, of a [`remote`] index the best clauses are
//! fetched into a [`pool`] in memory and scored there by the same code.
//!
//! Rejected: asking a remote index for final scores. A cluster's own scoring has no proximity and no
//! coverage, so its first ten would be others than a folder's.

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

/// A plan with the request that it answers.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) request: &'a Request,
    /// The script typed, where it is one.
    pub(crate) typed: Option<Script>,
    /// How long it may take.
    pub(crate) budget: &'a Budget,
}

/// An index that is open for searching.
///
/// # Errors
/// Every method fails where the index can't be read, and with [`QueryError::Spent`] where it takes
/// a budget that is spent.
pub(crate) trait Source: Send + Sync {
    /// What cuts texts as those of the index were cut.
    fn segmenter(&self) -> &'static Segmenter;

    /// What the index says of itself.
    fn about(&self) -> Result<About, QueryError>;

    /// Its sources and documents.
    fn manifest(&self) -> Result<Manifest, QueryError>;

    /// Which of its documents are versions of one another.
    fn versions(&self) -> Result<Versions, QueryError>;

    /// Opens what searches read of the index, so that the first one needn't wait for it.
    fn open_all(&self) -> Result<(), QueryError>;

    /// The clause with an id.
    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, QueryError>;

    /// How many clauses of its document stand before a clause; `None` where the index no longer has
    /// it.
    fn place(&self, clause: &ClauseRecord<'_>) -> Result<Option<usize>, QueryError>;

    /// The clauses of a document in reading order; empty if there is no such document.
    fn document(&self, id: &str, budget: &Budget)
    -> Result<Vec<ClauseRecord<'static>>, QueryError>;

    /// How many clauses a document has.
    fn clauses_of(&self, document: &str) -> Result<u64, QueryError>;

    /// Where the clauses of a document lie, in reading order; `None` where the index gives
    /// documents only whole.
    fn addresses(&self, document: &str) -> Result<Option<Vec<DocAddress>>, QueryError>;

    /// The clause at one of these addresses.
    fn clause_at(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError>;

    /// Whether any clause contains what a look asks for.
    fn contains(&self, look: &QueryTerm, budget: &Budget) -> Result<bool, QueryError>;

    /// Whether any clause contains all that a plan asks for.
    fn answers(&self, search: &Search<'_>) -> Result<bool, QueryError>;

    /// The best clauses that contain what a look asks for, in documents of a script if one is given.
    fn containing(
        &self,
        look: &QueryTerm,
        script: Option<Script>,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError>;

    /// Words of the index that differ from one of those typed by one character, as `fits` says of
    /// each, with the number of clauses that contain them.
    fn words_like(
        &self,
        typed: &[String],
        fits: &dyn Fn(&str) -> bool,
        budget: &Budget,
    ) -> Result<HashMap<String, u64>, QueryError>;

    /// Words of the index that begin with a folded prefix, those in most clauses first.
    fn words_beginning_with(
        &self,
        prefix: &str,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<(String, u64)>, QueryError>;

    /// Words of the index that sound as the Latin letters typed, the likeliest first. Empty where
    /// the vocabulary of the index can't be read as a whole.
    fn words_sounding_like(&self, typed: &str, budget: &Budget) -> Result<Vec<String>, QueryError>;

    /// The number of clauses that contain all that a plan asks for, by the number of their
    /// document; see [`tiaowen_index::document_of`].
    fn clauses_by_document(&self, search: &Search<'_>) -> Result<HashMap<u64, u64>, QueryError>;

    /// Begins a search.
    fn candidates(&self) -> Result<Box<dyn Candidates + '_>, QueryError>;
}

/// What a pass over a measure does with clauses, each by where it lies for that measure.
pub(crate) type Measuring<'f> =
    &'f mut dyn FnMut(&Measure<'_>, &[DocAddress]) -> Result<(), QueryError>;

/// What one search found so far. Addresses are good for this search alone.
///
/// # Errors
/// Every method fails where the index can't be read or the budget of the search is spent.
pub(crate) trait Candidates {
    /// The best clauses that contain all that the plan asks for, by a score that costs little; how
    /// many there are is counted up to `counted`.
    fn with_all(
        &mut self,
        search: &Search<'_>,
        keep: usize,
        counted: u64,
    ) -> Result<Collected, QueryError>;

    /// The best clauses that contain the query word for word, of those that contain all; `None`
    /// where the plan has no such phrase.
    fn with_phrase(
        &mut self,
        search: &Search<'_>,
        keep: usize,
    ) -> Result<Option<Collected>, QueryError>;

    /// The best clauses that contain a part of what the plan asks for; none where it has no such
    /// part.
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

    /// Runs `pass` with what measures these clauses, which are given sorted.
    fn measure(
        &mut self,
        search: &Search<'_>,
        sorted: &[DocAddress],
        pass: Measuring<'_>,
    ) -> Result<(), QueryError>;

    /// Puts scored clauses in order, versions together, and counts them; sorted by address.
    fn in_order(
        &mut self,
        search: &Search<'_>,
        scored: &[(DocAddress, Score)],
    ) -> Result<Collected, QueryError>;

    /// The clause at an address.
    fn record(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError>;

    /// The ids of the other versions of each of these hits.
    fn versions_of(&mut self, hits: &[Found]) -> Result<Vec<Vec<String>>, QueryError>;

    /// Parts of the index that did not answer this search.
    fn missing(&self) -> Option<&Missing>;
}
