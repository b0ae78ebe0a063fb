//! The interface of an index outside a folder, such as one on a cluster.
//!
//! It finds clauses by what they contain, ranks them by an approximate score, and counts them. The
//! best come with their stored fields and are scored precisely in a [`pool`](super::pool).

use std::collections::BTreeMap;

use tiaowen_index::{ClauseRecord, IndexError, IndexReader};
use tiaowen_text::Script;

use crate::printed_form::typed_script;
use crate::{Combine, Facets, Filter, MissingReason, Plan, QueryError, QueryTerm, Request, Sort};

/// An index outside a folder.
///
/// # Errors
/// Every method fails if the index can't be read.
pub trait RemoteIndex: Send + Sync {
    /// The part that can be read without a query.
    fn holds(&self) -> &dyn IndexReader;

    /// The number of clauses, and the number of tokens in each field by its name.
    ///
    /// # Errors
    /// See the trait.
    fn totals(&self) -> Result<(u64, BTreeMap<String, u64>), IndexError>;

    /// The number of clauses that contain each term. Terms come with the name of their field.
    ///
    /// # Errors
    /// See the trait.
    fn doc_freqs(&self, terms: &[(&str, &str)]) -> Result<Partial<Vec<u64>>, IndexError>;

    /// The most clauses that one request may ask for.
    fn max_hits(&self) -> usize;

    /// The best clauses of a request, in order.
    ///
    /// # Errors
    /// See the trait; also when a date of the filter can't be read.
    fn search(&self, request: &RemoteRequest<'_>) -> Result<RemoteHits, QueryError>;

    /// The number of matching clauses by document id.
    ///
    /// # Errors
    /// As [`search`](Self::search); also when parts of the index don't answer.
    fn clauses_by_document(
        &self,
        request: &RemoteRequest<'_>,
    ) -> Result<Vec<(String, u64)>, QueryError>;

    /// All clauses of these groups.
    ///
    /// # Errors
    /// See the trait.
    fn versions_of(&self, groups: &[u64]) -> Result<Partial<Vec<Version>>, IndexError>;

    /// The clause with an id; `None` if there is none.
    ///
    /// # Errors
    /// See the trait.
    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, IndexError>;

    /// The number of clauses of a document.
    ///
    /// # Errors
    /// See the trait; also when parts of the index don't answer.
    fn clauses_of(&self, document: &str) -> Result<u64, IndexError>;

    /// Words of the index that differ from one of these by one change, with the number of clauses
    /// that contain each.
    ///
    /// # Errors
    /// See the trait.
    fn words_like(&self, words: &[String]) -> Result<Vec<(String, u64)>, IndexError>;

    /// Words of the index with this prefix, or some of them; with the number of clauses that
    /// contain each.
    ///
    /// # Errors
    /// See the trait; also when parts of the index don't answer.
    fn words_beginning_with(&self, prefix: &str) -> Result<Vec<(String, u64)>, IndexError>;
}

/// A request for clauses of a remote index.
#[derive(Debug, Clone)]
pub struct RemoteRequest<'a> {
    /// A clause must contain all of these. They are scored.
    pub must: &'a [QueryTerm],
    /// A clause must contain at least one of these, unless empty. They are scored.
    pub any: Vec<&'a QueryTerm>,
    /// A clause must also contain one of these, unless empty. They are scored.
    pub beside: Vec<&'a QueryTerm>,
    /// A clause must contain this. It isn't scored.
    pub whole: Option<&'a QueryTerm>,
    /// Replaces the score of `must`, unless empty.
    pub counts: &'a [Combine],
    /// A clause must contain all of these too. They are scored like `must`.
    pub required: &'a [QueryTerm],
    /// The factor for the score of signatures.
    pub signature: f32,
    /// Restricts the clauses.
    pub filter: &'a Filter,
    /// The order of clauses.
    pub sort: Sort,
    /// Whether the versions of a clause form one hit.
    pub group: bool,
    /// The script of the query, in which facets are named.
    pub typed: Option<Script>,
    /// Whether to count hits by facet.
    pub facets: bool,
    /// Whether to return only the best version of each clause.
    pub leads: bool,
    /// The number of clauses to return, with their records.
    pub size: usize,
}

/// A version of a clause: the group, the order number and the id.
pub type Version = (u64, u64, String);

/// Parts of an index that did not answer: how many, of how many, and why.
pub type Missing = (u64, u64, MissingReason);

/// A result of the parts of an index that answered.
#[derive(Debug, Clone, Default)]
pub struct Partial<T> {
    /// The result.
    pub value: T,
    /// The parts that did not answer, if any.
    pub missing: Option<Missing>,
}

/// The result of a request.
#[derive(Debug, Clone, Default)]
pub struct RemoteHits {
    /// The number of clauses, counting each version.
    pub clauses: u64,
    /// The number of hits. Versions of one clause count as one if they are grouped.
    pub total: u64,
    /// The distribution of the hits.
    pub facets: Facets,
    /// The best, in order.
    pub best: Vec<RemoteClause>,
    /// The parts of the index that did not answer, if any.
    pub missing: Option<Missing>,
}

/// A clause found by a remote index.
#[derive(Debug, Clone)]
pub struct RemoteClause {
    /// The clause and its document.
    pub record: ClauseRecord<'static>,
    /// Its order number; see [`tiaowen_index::order`].
    pub order: u64,
    /// Its group: the least order number of its versions.
    pub group: u64,
}

impl<'a> RemoteRequest<'a> {
    /// The request for everything that a plan requires.
    pub(crate) fn of(plan: &'a Plan, request: &'a Request, size: usize) -> Self {
        RemoteRequest {
            must: &plan.must,
            any: Vec::new(),
            beside: Vec::new(),
            whole: None,
            // A plan without parts (a character, a citation) is scored completely by the remote
            // index.
            counts: if plan.exact { &plan.should } else { &[] },
            required: &plan.required,
            signature: plan.signature,
            filter: &request.filter,
            sort: request.sort,
            group: request.group,
            typed: typed_script(&request.query),
            facets: request.facets,
            leads: false,
            size,
        }
    }

    /// A request for one clause with a term.
    pub(crate) fn one(query_term: &'a [QueryTerm], filter: &'a Filter) -> Self {
        RemoteRequest {
            must: query_term,
            any: Vec::new(),
            beside: Vec::new(),
            whole: None,
            counts: &[],
            required: &[],
            signature: 1.0,
            filter,
            sort: Sort::Score,
            group: false,
            typed: None,
            facets: false,
            leads: false,
            size: 1,
        }
    }
}
