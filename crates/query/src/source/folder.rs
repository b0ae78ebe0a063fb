//! A search of an index in a folder, in place.

use std::collections::HashMap;
use std::sync::OnceLock;

use tiaowen_index::tantivy::collector::{Collector, Count, SegmentCollector};
use tiaowen_index::tantivy::query::{ConstScoreQuery, EnableScoring, Query, TermQuery};
use tiaowen_index::tantivy::schema::{IndexRecordOption, Value};
use tiaowen_index::tantivy::{self, DocAddress, DocSet, Score, TERMINATED, TantivyDocument, Term};
use tiaowen_index::{
    About, ClauseIndex, ClauseRecord, Fields, Groups, Manifest, Versions, document_of,
};
use tiaowen_text::{Budget, Script, Segmenter};

use crate::engine::collect::{Best, Collected, Found};
use crate::engine::columns::Columns;
use crate::engine::positions::RowPostings;
use crate::engine::queries::{self, Held};
use crate::engine::score::Measure;
use crate::engine::segments::{SegmentSearch, going_on};
use crate::source::remote::Missing;
use crate::source::{Candidates, Measuring, Search, Source};
use crate::{QueryError, QueryTerm, suggest};

/// If fewer clauses of a segment match, scoring all of them is as fast as skipping those that can't
/// be among the best.
const PRUNED_FROM: u32 = 2_000;

/// The last commit of an index in a folder.
pub(crate) struct Folder {
    index: ClauseIndex,
    searcher: tantivy::Searcher,
    fields: Fields,
    /// The groups of clauses that are versions of one another.
    groups: Groups,
    columns: OnceLock<Columns>,
}

impl Folder {
    /// Opens the last commit of `index`.
    ///
    /// # Errors
    /// When a file of the index can't be opened.
    pub(crate) fn open(index: ClauseIndex) -> Result<Self, QueryError> {
        let (searcher, groups) = (index.reader()?.searcher(), index.groups()?);
        let fields = index.fields();
        Ok(Folder { index, searcher, fields, groups, columns: OnceLock::new() })
    }

    fn columns(&self) -> Result<&Columns, QueryError> {
        if let Some(columns) = self.columns.get() {
            return Ok(columns);
        }
        let columns = Columns::open(&self.searcher, &self.groups)?;
        Ok(self.columns.get_or_init(|| columns))
    }

    /// The clauses with a term, in address order.
    fn with_term(&self, term: Term) -> Result<Vec<DocAddress>, QueryError> {
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let query = ConstScoreQuery::new(Box::new(query), 1.0);
        let keep = usize::try_from(self.searcher.num_docs()).unwrap_or(usize::MAX);
        let found = self.searcher.search(&query, &Best::of(keep, self.columns()?.clone()))?;
        Ok(found.top.into_iter().map(|found| found.address).collect())
    }

    /// Whether any clause matches.
    fn has_match(&self, query: &dyn Query) -> Result<bool, QueryError> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        for reader in self.searcher.segment_readers() {
            let mut found = weight.scorer(reader, 1.0)?;
            while found.doc() != TERMINATED {
                if !reader.is_deleted(found.doc()) {
                    return Ok(true);
                }
                found.advance();
            }
        }
        Ok(false)
    }
}

impl Source for Folder {
    fn segmenter(&self) -> &'static Segmenter {
        self.index.segmenter()
    }

    fn about(&self) -> Result<About, QueryError> {
        let payload = self.index.payload().cloned();
        let payload = payload.map_or_else(|| ClauseIndex::payload_of(self.index.folder()), Ok)?;
        Ok(payload.into())
    }

    fn manifest(&self) -> Result<Manifest, QueryError> {
        Ok(self.index.manifest()?)
    }

    fn versions(&self) -> Result<Versions, QueryError> {
        Ok(self.index.versions()?)
    }

    fn open_all(&self) -> Result<(), QueryError> {
        self.columns().map(drop)
    }

    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, QueryError> {
        let found = self.with_term(Term::from_field_text(self.fields.id, id))?;
        found.first().map(|address| self.clause_at(*address)).transpose()
    }

    fn place(&self, clause: &ClauseRecord<'_>) -> Result<Option<usize>, QueryError> {
        let entries = self.with_term(Term::from_field_text(self.fields.id, &clause.id()))?;
        let document = Term::from_field_text(self.fields.document, &clause.document.id);
        let all = self.with_term(document)?;
        Ok(entries.first().and_then(|entry| all.iter().position(|other| other == entry)))
    }

    fn document(
        &self,
        id: &str,
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        budget.check()?;
        let addresses = self.with_term(Term::from_field_text(self.fields.document, id))?;
        let mut records = Vec::with_capacity(addresses.len());
        for address in addresses {
            budget.check()?;
            records.push(self.clause_at(address)?);
        }
        Ok(records)
    }

    fn clauses(&self) -> Result<u64, QueryError> {
        Ok(self.searcher.num_docs())
    }

    fn clauses_of(&self, document: &str) -> Result<u64, QueryError> {
        let term = Term::from_field_text(self.fields.document, document);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        Ok(self.searcher.search(&query, &Count)? as u64)
    }

    fn addresses(&self, document: &str) -> Result<Option<Vec<DocAddress>>, QueryError> {
        self.with_term(Term::from_field_text(self.fields.document, document)).map(Some)
    }

    fn clause_at(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError> {
        let stored: TantivyDocument = self.searcher.doc(address)?;
        let value = stored.get_first(self.fields.record);
        let bytes = value.as_ref().and_then(|value| value.as_bytes());
        bytes.and_then(ClauseRecord::from_bytes).ok_or(QueryError::Damaged)
    }

    fn contains(&self, query_term: &QueryTerm, budget: &Budget) -> Result<bool, QueryError> {
        budget.check()?;
        self.has_match(&*queries::term_query(query_term, &self.fields, budget))
    }

    fn answers(&self, search: &Search<'_>) -> Result<bool, QueryError> {
        search.budget.check()?;
        let Search { plan, request, budget, .. } = *search;
        self.has_match(&*queries::candidates(plan, &request.filter, &self.fields, budget)?)
    }

    fn containing(
        &self,
        query_term: &QueryTerm,
        script: Option<Script>,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        let query: Box<dyn Query> = match script {
            Some(script) => Box::new(suggest::in_script(query_term, script, &self.fields, budget)),
            None => queries::term_query(query_term, &self.fields, budget),
        };
        let best = Best::of(limit, self.columns()?.clone());
        let mut records = Vec::new();
        for found in self.searcher.search(&*query, &best)?.top {
            budget.check()?;
            records.push(self.clause_at(found.address)?);
        }
        Ok(records)
    }

    fn words_like(
        &self,
        _: &[String],
        fits: &dyn Fn(&str) -> bool,
        budget: &Budget,
    ) -> Result<HashMap<String, u64>, QueryError> {
        Ok(suggest::vocabulary(&self.searcher, self.fields.words, budget, fits)?)
    }

    fn words_beginning_with(
        &self,
        prefix: &str,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<(String, u64)>, QueryError> {
        Ok(suggest::beginning_with(&self.searcher, self.fields.words, prefix, limit, budget)?)
    }

    fn words_sounding_like(&self, typed: &str, budget: &Budget) -> Result<Vec<String>, QueryError> {
        Ok(suggest::heard(&self.searcher, self.fields.words, typed, budget)?)
    }

    fn clauses_by_document(&self, search: &Search<'_>) -> Result<HashMap<u64, u64>, QueryError> {
        let Search { plan, request, budget, .. } = *search;
        let query = queries::candidates(plan, &request.filter, &self.fields, budget)?;
        let columns = self.columns()?;
        let found = SegmentSearch::of(&self.searcher, &*query, budget)?;
        let counts = found.each(|segment, reader, weight| {
            let orders = &columns.segment(segment).order;
            let mut counts: HashMap<u64, u64> = HashMap::new();
            weight.for_each_no_score(reader, &mut |docs| {
                for doc in docs.iter().copied().filter(|doc| !reader.is_deleted(*doc)) {
                    if let Some(order) = orders.first(doc) {
                        *counts.entry(document_of(order)).or_default() += 1;
                    }
                }
            })?;
            Ok(counts)
        })?;
        let mut all: HashMap<u64, u64> = HashMap::new();
        for (document, clauses) in counts.into_iter().flatten() {
            *all.entry(document).or_default() += clauses;
        }
        Ok(all)
    }

    fn candidates(&self) -> Result<Box<dyn Candidates + '_>, QueryError> {
        let columns = self.columns()?.clone();
        Ok(Box::new(FolderCandidates { folder: self, columns, matches: None }))
    }
}

/// The candidates of a folder, addressed in place.
struct FolderCandidates<'s> {
    folder: &'s Folder,
    columns: Columns,
    /// The clauses that contain everything the plan requires, once they were searched for.
    matches: Option<SegmentSearch<'s>>,
}

impl<'s> FolderCandidates<'s> {
    fn matches(&mut self, search: &Search<'_>) -> Result<&SegmentSearch<'s>, QueryError> {
        if self.matches.is_none() {
            let Search { plan, request, budget, .. } = *search;
            let query = queries::candidates(plan, &request.filter, &self.folder.fields, budget)?;
            self.matches = Some(SegmentSearch::of(&self.folder.searcher, &*query, budget)?);
        }
        self.matches.as_ref().ok_or(QueryError::Damaged)
    }

    /// A collector of the best `keep` hits of a search.
    fn best(&self, search: &Search<'_>, keep: usize) -> Best {
        let request = search.request;
        Best {
            sort: request.sort,
            group: request.group,
            typed: search.typed,
            facets: request.facets,
            ..Best::of(keep, self.columns.clone())
        }
    }

    /// The addresses of the best `keep` clauses of a query. Ties are decided by the order of
    /// clauses, wherever they are stored.
    fn addresses(
        &self,
        query: &dyn Query,
        keep: usize,
        budget: &Budget,
    ) -> Result<Vec<DocAddress>, QueryError> {
        let best = Best { counted: 0, prunes: true, ..Best::of(keep, self.columns.clone()) };
        let found = SegmentSearch::of(&self.folder.searcher, query, budget)?.collect(&best)?;
        Ok(found.top.into_iter().map(|found| found.scored).collect())
    }
}

impl Candidates for FolderCandidates<'_> {
    fn with_all(
        &mut self,
        search: &Search<'_>,
        keep: usize,
        counted: u64,
    ) -> Result<Collected, QueryError> {
        let Search { plan, request, .. } = *search;
        let (best, signature) = (self.best(search, keep), plan.signature);
        let matches = self.matches(search)?;
        let prunes = queries::are_terms(plan, &request.filter) && matches.hits() > PRUNED_FROM;
        Ok(matches.collect(&Best { signature, prunes, counted, ..best })?)
    }

    fn with_phrase(
        &mut self,
        search: &Search<'_>,
        keep: usize,
    ) -> Result<Option<Collected>, QueryError> {
        let Search { plan, budget, .. } = *search;
        let chars = self.folder.fields.chars;
        let Some(QueryTerm::Whole(units)) = queries::whole(plan) else { return Ok(None) };
        let borders = queries::borders(units, plan);
        let signature = plan.signature;
        let best = Best { facets: false, signature, ..self.best(search, keep) };
        let found = self.matches(search)?.each(|segment, reader, weight| {
            let mut best = best.of_segment(segment)?;
            let Some(mut row) = RowPostings::open(reader, chars, units, &borders)? else {
                return Ok(best.harvest());
            };
            let mut scorer = weight.scorer(reader, 1.0)?;
            let (mut doc, mut steps) = (scorer.doc(), 0u32);
            while doc != TERMINATED {
                steps = steps.wrapping_add(1);
                if steps.is_multiple_of(256) {
                    going_on(budget)?;
                }
                // Scoring costs less than reading positions, so it is tried first.
                if best.may_matter(doc, || scorer.score())
                    && row.stands_in(doc)
                    && !reader.is_deleted(doc)
                {
                    best.collect(doc, scorer.score());
                }
                doc = scorer.advance();
            }
            Ok(best.harvest())
        })?;
        Ok(Some(best.merge_fruits(found)?))
    }

    fn with_part(
        &mut self,
        search: &Search<'_>,
        part: Held,
        keep: usize,
    ) -> Result<Vec<DocAddress>, QueryError> {
        let Search { plan, request, budget, .. } = *search;
        let fields = &self.folder.fields;
        match queries::holding(part, plan, &request.filter, fields, budget)? {
            Some(query) => self.addresses(&*query, keep, budget),
            None => Ok(Vec::new()),
        }
    }

    fn with_terms(
        &mut self,
        search: &Search<'_>,
        keep: usize,
    ) -> Result<Vec<DocAddress>, QueryError> {
        let Search { plan, request, budget, .. } = *search;
        let query = queries::first_stage(plan, &request.filter, &self.folder.fields, budget)?;
        self.addresses(&*query, keep, budget)
    }

    fn with_ids(
        &mut self,
        search: &Search<'_>,
        ids: &[&str],
    ) -> Result<Vec<DocAddress>, QueryError> {
        let Search { plan, request, budget, .. } = *search;
        let query = queries::with_ids(ids, plan, &request.filter, &self.folder.fields, budget)?;
        // An id that is there twice, as in a damaged index, is no reason to leave another one out.
        self.addresses(&*query, ids.len().saturating_mul(2), budget)
    }

    fn matching(
        &mut self,
        search: &Search<'_>,
        sorted: &[DocAddress],
    ) -> Result<Vec<bool>, QueryError> {
        let found = self.matches(search)?.each(|segment, reader, weight| {
            let mut scorer = weight.scorer(reader, 1.0)?;
            let of_segment = sorted.iter().filter(|address| address.segment_ord == segment);
            let is_match = |address: &DocAddress| {
                let at = scorer.doc();
                at == address.doc_id
                    || at < address.doc_id && scorer.seek(address.doc_id) == address.doc_id
            };
            Ok(of_segment.map(is_match).collect::<Vec<bool>>())
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    fn measure(
        &mut self,
        search: &Search<'_>,
        sorted: &[DocAddress],
        pass: Measuring<'_>,
    ) -> Result<(), QueryError> {
        let Search { plan, budget, .. } = *search;
        let Folder { searcher, fields, .. } = self.folder;
        let measure = Measure::new(plan, searcher, fields, self.columns.clone(), None, budget)?;
        pass(&measure, sorted)
    }

    fn in_order(
        &mut self,
        search: &Search<'_>,
        scored: &[(DocAddress, Score)],
    ) -> Result<Collected, QueryError> {
        Ok(self.best(search, scored.len()).of_scored(scored)?)
    }

    fn record(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError> {
        self.folder.clause_at(address)
    }

    fn versions_of(&mut self, hits: &[Found]) -> Result<Vec<Vec<String>>, QueryError> {
        let groups = &self.folder.groups;
        let others = |found: &Found| match self.columns.order(found.address) {
            Some(order) => groups.others(order),
            None => Vec::new(),
        };
        Ok(hits.iter().map(others).collect())
    }

    fn missing(&self) -> Option<&Missing> {
        None
    }
}
