//! What an index is asked that is no folder, as one on a cluster.
//!
//! It finds clauses by what they contain, ranks them by a score of its own, and says how many there
//! are. The best come with their stored fields and are scored in a [`pool`](super::pool).

use std::collections::BTreeMap;

use tiaowen_index::{ClauseRecord, IndexError, IndexReader};
use tiaowen_text::Script;

use crate::printed_form::typed_script;
use crate::{Combine, Facets, Filter, Plan, QueryError, QueryTerm, Request, Sort};

/// An index that is no folder.
///
/// # Errors
/// All of it fails where the index can't be read.
pub trait RemoteIndex: Send + Sync {
    /// What can be read of it without a query.
    fn holds(&self) -> &dyn IndexReader;

    /// How many clauses there are, and how many tokens they have in each field, by its name.
    ///
    /// # Errors
    /// See the trait.
    fn totals(&self) -> Result<(u64, BTreeMap<String, u64>), IndexError>;

    /// The number of clauses that contain each of these terms, given with the name of their field.
    ///
    /// # Errors
    /// See the trait.
    fn doc_freqs(&self, terms: &[(&str, &str)]) -> Result<Partial<Vec<u64>>, IndexError>;

    /// The most clauses that one request may ask for.
    fn max_hits(&self) -> usize;

    /// The clauses that are asked for, the best first.
    ///
    /// # Errors
    /// See the trait, and when a date of the filter can't be read.
    fn search(&self, request: &RemoteRequest<'_>) -> Result<RemoteHits, QueryError>;

    /// The number of clauses that are asked for in each document that has any, by its id.
    ///
    /// # Errors
    /// As [`search`](Self::search), and when parts of the index don't answer.
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

    /// How many clauses a document has.
    ///
    /// # Errors
    /// See the trait, and when parts of the index don't answer.
    fn clauses_of(&self, document: &str) -> Result<u64, IndexError>;

    /// Words of the index that differ from one of these by one change, each with how many
    /// clauses hold it.
    ///
    /// # Errors
    /// See the trait.
    fn words_like(&self, words: &[String]) -> Result<Vec<(String, u64)>, IndexError>;

    /// Words of the index that begin so, or some of them; each with how many clauses hold it.
    ///
    /// # Errors
    /// See the trait, and when parts of the index don't answer.
    fn words_beginning_with(&self, prefix: &str) -> Result<Vec<(String, u64)>, IndexError>;
}

/// Which clauses a remote index is asked for.
#[derive(Debug, Clone)]
pub struct RemoteRequest<'a> {
    /// All of these, each scored by how well it is held.
    pub must: &'a [QueryTerm],
    /// One of these at least, scored likewise; no matter where empty.
    pub any: Vec<&'a QueryTerm>,
    /// Beside each of `any` one of these, scored with it; no matter where empty.
    pub beside: Vec<&'a QueryTerm>,
    /// This, which says nothing of the order.
    pub whole: Option<&'a QueryTerm>,
    /// What the score is, instead of that of `must`; no matter where empty.
    pub counts: &'a [Combine],
    /// All of these, scored as `must`.
    pub required: &'a [QueryTerm],
    /// What is left of a signature's score.
    pub signature: f32,
    /// Which clauses count.
    pub filter: &'a Filter,
    /// Their order.
    pub sort: Sort,
    /// Whether the versions of a clause are one hit.
    pub group: bool,
    /// The script typed: in it the names of facets are printed.
    pub typed: Option<Script>,
    /// Whether to count how the hits divide.
    pub facets: bool,
    /// Whether only the best version of each clause is to come.
    pub leads: bool,
    /// How many clauses are to come, with their records.
    pub size: usize,
}

/// A clause with others that say the same: its group, its order and its id.
pub type Version = (u64, u64, String);

/// Parts of an index that did not answer: how many of how many, and why.
pub type Missing = (u64, u64, String);

/// An answer of the parts of an index that did answer.
#[derive(Debug, Clone, Default)]
pub struct Partial<T> {
    /// What they answered.
    pub value: T,
    /// The other parts, if any.
    pub missing: Option<Missing>,
}

/// The clauses that an index found.
#[derive(Debug, Clone, Default)]
pub struct RemoteHits {
    /// How many clauses there are, versions each.
    pub clauses: u64,
    /// How many hits; the versions of a clause are one, if grouped.
    pub total: u64,
    /// How the hits divide.
    pub facets: Facets,
    /// The best, in order.
    pub best: Vec<RemoteClause>,
    /// The parts of the index that did not answer, if any.
    pub missing: Option<Missing>,
}

/// A clause that a remote index found.
#[derive(Debug, Clone)]
pub struct RemoteClause {
    /// The clause and its document.
    pub record: ClauseRecord<'static>,
    /// Its order; see [`tiaowen_index::order`].
    pub order: u64,
    /// What it shares with its other versions: the least of their orders.
    pub group: u64,
}

impl<'a> RemoteRequest<'a> {
    /// What a plan asks for.
    pub(crate) fn of(plan: &'a Plan, request: &'a Request, size: usize) -> Self {
        RemoteRequest {
            must: &plan.must,
            any: Vec::new(),
            beside: Vec::new(),
            whole: None,
            // What has no parts is scored whole at once: a character, a citation.
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

    /// One clause that holds a look, if there is one.
    pub(crate) fn one(look: &'a [QueryTerm], filter: &'a Filter) -> Self {
        RemoteRequest {
            must: look,
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
