//! A search of a remote index: the best clauses are fetched into memory and scored there.
//!
//! Each request of a search adds clauses to one pool; an address is an index into it. Clauses are
//! scored in a small index in memory, built like a folder's, with the statistics of the whole
//! remote index: document frequencies and average lengths. So a clause gets the score that it would
//! get in a folder.
//!
//! Rejected: one index in memory per request. Tokenizing takes most of the time of ranking here,
//! and later requests mostly return clauses that are in the pool already.

use std::collections::{BTreeSet, HashMap, HashSet};

use tiaowen_index::tantivy::schema::Field;
use tiaowen_index::tantivy::{self, DocAddress, Score, Term};
use tiaowen_index::{
    About, ClauseIndex, ClauseRecord, Fields, Groups, Manifest, Versions, document_of, order,
};
use tiaowen_text::{Budget, Script, Segmenter};

use crate::engine::collect::{Best, Collected, Found};
use crate::engine::columns::Columns;
use crate::engine::queries::{self, Held};
use crate::engine::score::{Measure, Statistics};
use crate::source::remote::{
    Missing, Partial, RemoteClause, RemoteHits, RemoteIndex, RemoteRequest,
};
use crate::source::{Candidates, Measuring, Search, Source};
use crate::{Combine, Filter, QueryError, QueryTerm, Request, Sort};

/// An open remote index.
pub(crate) struct Remote {
    index: Box<dyn RemoteIndex>,
    /// An empty index, for its schema and segmenter.
    empty: ClauseIndex,
    searcher: tantivy::Searcher,
}

impl Remote {
    /// # Errors
    /// When there is no memory for the clauses fetched.
    pub(crate) fn new(index: Box<dyn RemoteIndex>) -> Result<Self, QueryError> {
        let empty = ClauseIndex::in_memory(&[], Segmenter::shared())?;
        let searcher = empty.reader()?.searcher();
        Ok(Remote { index, empty, searcher })
    }

    fn fields(&self) -> Fields {
        self.empty.fields()
    }

    /// The document frequencies of a plan's terms, and the average lengths of fields.
    fn statistics(&self, search: &Search<'_>) -> Result<Partial<Statistics>, QueryError> {
        let fields = self.fields();
        let columns = Columns::open(&self.searcher, &Groups::default())?;
        let Search { plan, budget, .. } = *search;
        let measure = Measure::new(plan, &self.searcher, &fields, columns, None, budget)?;
        let terms: Vec<(&Term, String)> = measure
            .terms()
            .map(|term| (term, term.value().as_str().unwrap_or_default().to_owned()))
            .collect();
        let named: Vec<(&str, &str)> =
            terms.iter().map(|(term, text)| (self.name(term.field()), text.as_str())).collect();
        let Partial { value: counts, missing } = self.index.doc_freqs(&named)?;
        let (clauses, by_name) = self.index.totals()?;
        let mut all = Statistics { clauses, ..Statistics::default() };
        for ((term, _), count) in terms.into_iter().zip(counts) {
            all.held.insert(term.clone(), count);
        }
        let Fields { words, chars, headings, title, parties, number, .. } = fields;
        for field in [words, chars, headings, title, parties, number] {
            if let Some(tokens) = by_name.get(self.name(field)) {
                all.tokens.insert(field, *tokens);
            }
        }
        Ok(Partial { value: all, missing })
    }

    fn name(&self, field: Field) -> &str {
        self.searcher.schema().get_field_name(field)
    }

    fn ask(&self, request: &RemoteRequest<'_>, budget: &Budget) -> Result<RemoteHits, QueryError> {
        budget.check()?;
        self.index.search(request)
    }
}

impl Source for Remote {
    fn segmenter(&self) -> &'static Segmenter {
        self.empty.segmenter()
    }

    fn about(&self) -> Result<About, QueryError> {
        Ok(self.index.holds().about().clone())
    }

    fn manifest(&self) -> Result<Manifest, QueryError> {
        Ok(self.index.holds().manifest()?)
    }

    fn versions(&self) -> Result<Versions, QueryError> {
        Ok(self.index.holds().versions()?)
    }

    fn open_all(&self) -> Result<(), QueryError> {
        Ok(())
    }

    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, QueryError> {
        Ok(self.index.clause(id)?)
    }

    fn place(&self, clause: &ClauseRecord<'_>) -> Result<Option<usize>, QueryError> {
        let all = self.document(&clause.document.id, &Budget::unlimited())?;
        Ok(all.iter().position(|other| other.clause.eid == clause.clause.eid))
    }

    fn document(
        &self,
        id: &str,
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        budget.check()?;
        let Some(text) = self.index.holds().document(id)? else { return Ok(Vec::new()) };
        Ok(ClauseRecord::of(&text).map(ClauseRecord::into_owned).collect())
    }

    fn clauses(&self) -> Result<u64, QueryError> {
        Ok(self.index.totals()?.0)
    }

    fn clauses_of(&self, document: &str) -> Result<u64, QueryError> {
        Ok(self.index.clauses_of(document)?)
    }

    fn addresses(&self, _: &str) -> Result<Option<Vec<DocAddress>>, QueryError> {
        Ok(None)
    }

    fn clause_at(&self, _: DocAddress) -> Result<ClauseRecord<'static>, QueryError> {
        Err(QueryError::Damaged)
    }

    fn contains(&self, query_term: &QueryTerm, budget: &Budget) -> Result<bool, QueryError> {
        let filter = Filter::default();
        let one = RemoteRequest::one(std::slice::from_ref(query_term), &filter);
        Ok(self.ask(&RemoteRequest { size: 0, ..one }, budget)?.clauses > 0)
    }

    fn answers(&self, search: &Search<'_>) -> Result<bool, QueryError> {
        let request = Request { facets: false, group: false, ..search.request.clone() };
        let all = RemoteRequest::of(search.plan, &request, 0);
        Ok(self.ask(&all, search.budget)?.clauses > 0)
    }

    fn containing(
        &self,
        query_term: &QueryTerm,
        script: Option<Script>,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        let filter = Filter { scripts: script.into_iter().collect(), ..Filter::default() };
        let one = RemoteRequest::one(std::slice::from_ref(query_term), &filter);
        let found = self.ask(&RemoteRequest { size: limit, ..one }, budget)?;
        Ok(found.best.into_iter().map(|clause| clause.record).collect())
    }

    fn words_like(
        &self,
        typed: &[String],
        fits: &dyn Fn(&str) -> bool,
        budget: &Budget,
    ) -> Result<HashMap<String, u64>, QueryError> {
        budget.check()?;
        let found = self.index.words_like(typed)?.into_iter();
        Ok(found.filter(|(word, _)| fits(word)).collect())
    }

    fn words_beginning_with(
        &self,
        prefix: &str,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<(String, u64)>, QueryError> {
        budget.check()?;
        let mut words = self.index.words_beginning_with(prefix)?;
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(limit);
        Ok(words)
    }

    fn words_sounding_like(&self, _: &str, _: &Budget) -> Result<Vec<String>, QueryError> {
        Ok(Vec::new())
    }

    fn clauses_by_document(&self, search: &Search<'_>) -> Result<HashMap<u64, u64>, QueryError> {
        search.budget.check()?;
        let request = Request { facets: false, group: false, ..search.request.clone() };
        let all = RemoteRequest::of(search.plan, &request, 0);
        let counts = self.index.clauses_by_document(&all)?.into_iter();
        Ok(counts.map(|(id, clauses)| (document_of(order(&id, 0)), clauses)).collect())
    }

    fn candidates(&self) -> Result<Box<dyn Candidates + '_>, QueryError> {
        Ok(Box::new(CandidatePool::of(self)))
    }
}

/// The clauses that one search has fetched.
struct CandidatePool<'s> {
    remote: &'s Remote,
    clauses: Vec<RemoteClause>,
    /// The index in the pool of the clause with each order number.
    places: HashMap<u64, u32>,
    /// A small number for each group of versions.
    groups: HashMap<u64, u32>,
    statistics: Option<Statistics>,
    laid: Option<Laid>,
    missing: Option<Missing>,
}

/// Clauses of a pool, indexed in memory.
struct Laid {
    /// Their addresses; the nth is the nth entry of the index.
    addresses: Vec<DocAddress>,
    searcher: tantivy::Searcher,
    columns: Columns,
}

impl Laid {
    /// The address in memory of a clause of the pool.
    fn local(&self, address: DocAddress) -> Option<DocAddress> {
        let at = self.addresses.binary_search(&address).ok()?;
        Some(place(at))
    }

    fn has_all(&self, addresses: &[DocAddress]) -> bool {
        addresses.iter().all(|address| self.addresses.binary_search(address).is_ok())
    }
}

/// The address of the nth entry.
fn place(nth: usize) -> DocAddress {
    DocAddress::new(0, u32::try_from(nth).unwrap_or(u32::MAX))
}

impl<'s> CandidatePool<'s> {
    fn of(remote: &'s Remote) -> Self {
        CandidatePool {
            remote,
            clauses: Vec::new(),
            places: HashMap::new(),
            groups: HashMap::new(),
            statistics: None,
            laid: None,
            missing: None,
        }
    }

    /// Adds clauses that are not in the pool yet. Returns the addresses of all given, in order.
    fn add(&mut self, found: Vec<RemoteClause>, missing: Option<Missing>) -> Vec<DocAddress> {
        self.missing = self.missing.take().or(missing);
        let mut addresses = Vec::with_capacity(found.len());
        for clause in found {
            let next = u32::try_from(self.clauses.len()).unwrap_or(u32::MAX);
            let at = *self.places.entry(clause.order).or_insert(next);
            if at == next {
                self.clauses.push(clause);
            }
            addresses.push(DocAddress::new(0, at));
        }
        addresses
    }

    fn clause(&self, address: DocAddress) -> Result<&RemoteClause, QueryError> {
        self.clauses.get(address.doc_id as usize).ok_or(QueryError::Damaged)
    }

    /// The hits formed by these clauses, in order.
    fn collected(
        &mut self,
        search: &Search<'_>,
        addresses: &[DocAddress],
        keep: usize,
    ) -> Result<Collected, QueryError> {
        let Request { sort, group, .. } = *search.request;
        let mut found = Vec::with_capacity(addresses.len());
        for (nth, &address) in addresses.iter().enumerate() {
            let RemoteClause { record, order, group: joined, .. } = self.clause(address)?;
            let is_typed_script = Some(record.document.script) == search.typed;
            let date = if sort == Sort::Date { record.date().unwrap_or(0) } else { 0 };
            let (order, joined) = (*order, *joined);
            // The remote index ranked them; only the order of these scores matters.
            let score = (addresses.len() - nth) as Score;
            let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
            let joined = group.then(|| *self.groups.entry(joined).or_insert(next));
            found.push(Found::fetched(address, (date, score, order), is_typed_script, joined));
        }
        Ok(Collected::of_fetched(found, keep))
    }

    fn statistics(&mut self, search: &Search<'_>) -> Result<&Statistics, QueryError> {
        if self.statistics.is_none() {
            let Partial { value, missing } = self.remote.statistics(search)?;
            self.missing = self.missing.take().or(missing);
            self.statistics = Some(value);
        }
        self.statistics.as_ref().ok_or(QueryError::Damaged)
    }

    /// Indexes clauses of the pool in memory, unless the current index has them all.
    fn lay(&mut self, addresses: &[DocAddress]) -> Result<&Laid, QueryError> {
        if self.laid.as_ref().is_none_or(|laid| !laid.has_all(addresses)) {
            let addresses: BTreeSet<DocAddress> = addresses.iter().copied().collect();
            let addresses: Vec<DocAddress> = addresses.into_iter().collect();
            let clauses: Vec<&RemoteClause> =
                addresses.iter().map(|address| self.clause(*address)).collect::<Result<_, _>>()?;
            let entries: Vec<_> =
                clauses.iter().map(|clause| (&clause.record, clause.order)).collect();
            let index = ClauseIndex::in_memory(&entries, self.remote.segmenter())?;
            let searcher = index.reader()?.searcher();
            let members =
                clauses.iter().map(|clause| (clause.group, clause.order, clause.record.id()));
            let columns = Columns::open(&searcher, &Groups::of_members(members))?;
            self.laid = Some(Laid { addresses, searcher, columns });
        }
        self.laid.as_ref().ok_or(QueryError::Damaged)
    }
}

impl Candidates for CandidatePool<'_> {
    fn with_all(
        &mut self,
        search: &Search<'_>,
        keep: usize,
        _: u64,
    ) -> Result<Collected, QueryError> {
        let (remote, Search { plan, request, budget, .. }) = (self.remote, *search);
        let most = remote.index.max_hits();
        // Most clauses have at most two versions.
        let size = if request.group { keep.saturating_mul(2) } else { keep }.min(most);
        // Both requests run at the same time.
        let (found, statistics) = std::thread::scope(|scope| {
            let statistics = scope.spawn(|| remote.statistics(search));
            (remote.ask(&RemoteRequest::of(plan, request, size), budget), statistics.join())
        });
        let statistics = statistics.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        self.missing = statistics.missing;
        self.statistics = Some(statistics.value);
        let RemoteHits { clauses, total, facets, best, missing } = found?;
        let groups: HashSet<u64> = best.iter().map(|clause| clause.group).collect();
        let has_more = clauses > best.len() as u64;
        let mut addresses = self.add(best, missing);
        if request.group && has_more && groups.len() < keep {
            // Clauses with many versions may crowd out others, so the rest is fetched in a second
            // request.
            let all = RemoteRequest::of(plan, request, keep.min(most));
            let leads = RemoteRequest { leads: true, facets: false, ..all };
            let mut found = remote.ask(&leads, budget)?;
            found.best.retain(|lead| !groups.contains(&lead.group));
            addresses.extend(self.add(found.best, found.missing));
        }
        let collected = self.collected(search, &addresses, keep)?;
        Ok(Collected { total, clauses, facets, ..collected })
    }

    fn with_phrase(
        &mut self,
        search: &Search<'_>,
        keep: usize,
    ) -> Result<Option<Collected>, QueryError> {
        let Search { plan, request, budget, .. } = *search;
        let Some(phrase) = queries::whole(plan) else { return Ok(None) };
        let size = if request.group { keep.saturating_mul(2) } else { keep };
        let all = RemoteRequest::of(plan, request, size.min(self.remote.index.max_hits()));
        let fetch = RemoteRequest { whole: Some(phrase), facets: false, ..all };
        let found = self.remote.ask(&fetch, budget)?;
        let addresses = self.add(found.best, found.missing);
        self.collected(search, &addresses, keep).map(Some)
    }

    fn with_part(
        &mut self,
        search: &Search<'_>,
        part: Held,
        keep: usize,
    ) -> Result<Vec<DocAddress>, QueryError> {
        let Search { plan, request, budget, .. } = *search;
        let any = queries::parts(part, plan);
        if any.is_empty() {
            return Ok(Vec::new());
        }
        let beside = match part {
            Held::RunsBesideWords => queries::parts(Held::Words, plan),
            _ => Vec::new(),
        };
        let all = RemoteRequest::of(plan, request, keep.min(self.remote.index.max_hits()));
        let fetch = RemoteRequest { must: &[], counts: &[], any, beside, ..unordered(all) };
        let found = self.remote.ask(&fetch, budget)?;
        Ok(self.add(found.best, found.missing))
    }

    fn with_terms(
        &mut self,
        search: &Search<'_>,
        keep: usize,
    ) -> Result<Vec<DocAddress>, QueryError> {
        let Search { plan, request, budget, .. } = *search;
        let first: Vec<Combine> = plan.first_stage();
        let all = RemoteRequest::of(plan, request, keep.min(self.remote.index.max_hits()));
        let fetch = RemoteRequest { must: &[], counts: &first, ..unordered(all) };
        let found = self.remote.ask(&fetch, budget)?;
        Ok(self.add(found.best, found.missing))
    }

    // A cluster's index has no folder for vectors, so no ids are looked up in it.
    fn with_ids(&mut self, _: &Search<'_>, _: &[&str]) -> Result<Vec<DocAddress>, QueryError> {
        Ok(Vec::new())
    }

    fn matching(&mut self, _: &Search<'_>, sorted: &[DocAddress]) -> Result<Vec<bool>, QueryError> {
        Ok(vec![false; sorted.len()])
    }

    fn measure(
        &mut self,
        search: &Search<'_>,
        sorted: &[DocAddress],
        pass: Measuring<'_>,
    ) -> Result<(), QueryError> {
        let statistics = self.statistics(search)?.clone();
        let fields = self.remote.fields();
        let laid = self.lay(sorted)?;
        let columns = laid.columns.clone();
        let Search { plan, budget, .. } = *search;
        let all = Some(&statistics);
        let measure = Measure::new(plan, &laid.searcher, &fields, columns, all, budget)?;
        let local: Vec<DocAddress> =
            sorted.iter().filter_map(|address| laid.local(*address)).collect();
        pass(&measure, &local)
    }

    fn in_order(
        &mut self,
        search: &Search<'_>,
        scored: &[(DocAddress, Score)],
    ) -> Result<Collected, QueryError> {
        let addresses: Vec<DocAddress> = scored.iter().map(|(address, _)| *address).collect();
        let laid = self.lay(&addresses)?;
        let local =
            scored.iter().filter_map(|(address, score)| Some((laid.local(*address)?, *score)));
        let local: Vec<(DocAddress, Score)> = local.collect();
        let request = search.request;
        let best = Best {
            sort: request.sort,
            group: request.group,
            typed: search.typed,
            facets: request.facets,
            ..Best::of(scored.len(), laid.columns.clone())
        };
        let mut all = best.of_scored(&local)?;
        let in_pool = |local: DocAddress| laid.addresses[local.doc_id as usize];
        for found in all.top.iter_mut().chain(all.versions.values_mut().flatten()) {
            *found = found.lying(in_pool(found.address), in_pool(found.scored));
        }
        Ok(all)
    }

    fn record(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError> {
        Ok(self.clause(address)?.record.clone())
    }

    fn versions_of(&mut self, hits: &[Found]) -> Result<Vec<Vec<String>>, QueryError> {
        let mut groups: BTreeSet<u64> = BTreeSet::new();
        for found in hits {
            groups.insert(self.clause(found.address)?.group);
        }
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let groups: Vec<u64> = groups.into_iter().collect();
        let Partial { value, missing } = self.remote.index.versions_of(&groups)?;
        self.missing = self.missing.take().or(missing);
        let groups = Groups::of_members(value);
        let others = |found: &Found| Ok(groups.others(self.clause(found.address)?.order));
        hits.iter().map(others).collect()
    }

    fn missing(&self) -> Option<&Missing> {
        self.missing.as_ref()
    }
}

/// The same request for single clauses ranked by score, without counting.
fn unordered(request: RemoteRequest<'_>) -> RemoteRequest<'_> {
    RemoteRequest { sort: Sort::Score, group: false, facets: false, signature: 1.0, ..request }
}

#[cfg(test)]
mod tests;
