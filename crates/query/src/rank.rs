//! The clauses that answer a plan, in order: found by what they hold, the best of them measured.

use std::collections::BTreeMap;

use tiaowen_index::Fields;
use tiaowen_index::tantivy::collector::{Collector, SegmentCollector};
use tiaowen_index::tantivy::{DocAddress, DocSet, Score, Searcher, TERMINATED};
use tiaowen_text::{Budget, Script};

use crate::engine::collect::{Best, Collected, Found};
use crate::engine::columns::Columns;
use crate::engine::positions::RowPostings;
use crate::engine::queries;
use crate::engine::queries::Held;
use crate::engine::score::{Measure, Statistics};
use crate::engine::segments::{Running, SegmentSearch, going_on};
use crate::source::remote::{Missing, Room};
use crate::{Facets, Level, Look, Plan, QueryError, Request, Sort};

/// So many hits are measured together. Which they are goes by the score that finding gives,
/// their order by what they measure; further ones come behind, as many again. So pages lie side
/// by side, wherever they are cut.
pub(crate) const BLOCK: usize = 128;

/// So many hits are counted, unless all are asked for or the page lies beyond them: what can be
/// passed over costs nothing then.
pub(crate) const COUNTED: u64 = 1_000;

/// Where fewer clauses of a segment are found, it is as soon to score all of them.
const MANY: u32 = 2_000;

/// Clauses that hold terms of a question and are scored with care.
pub(crate) const FIRST_STAGE: usize = 600;

/// Clauses that hold a part of a query and are measured.
pub(crate) const PARTIAL: usize = 128;

/// As many clauses that hold all words are enough: no others are looked for. The same for
/// every page, so that pages lie side by side.
pub(crate) const ENOUGH: u64 = 10;

/// The parts of a query that are looked for, one after another.
pub(crate) const PARTS: [Held; 4] = [Held::Words, Held::Runs, Held::Headings, Held::Pairs];

impl Held {
    /// How it is looked for after so many clauses were found; `None` where these are enough.
    pub(crate) fn after(self, found: usize) -> Option<Held> {
        let enough = found as u64 >= ENOUGH;
        match self {
            // Two neighbours tell little where something else is held.
            Held::Pairs if enough => None,
            // Reading the places of all of them is most of such a search.
            Held::Runs if enough => Some(Held::RunsBesideWords),
            held => Some(held),
        }
    }
}

/// What plans are answered from.
pub(crate) struct Ranker<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: &'a Fields,
    /// The columns of the index searched.
    pub(crate) columns: Columns,
    /// The script typed, when it tells.
    pub(crate) typed: Option<Script>,
    pub(crate) request: &'a Request,
    /// What is known of all clauses, where the searcher's are only some.
    pub(crate) all: Option<&'a Statistics>,
    /// How long it may take.
    pub(crate) budget: &'a Budget,
}

/// Whether a total is that of all hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TotalIs {
    /// There are so many.
    #[default]
    Exact,
    /// There are more: no further ones were counted.
    AtLeast,
}

impl TotalIs {
    /// The name in answers to programs.
    pub fn as_str(self) -> &'static str {
        match self {
            TotalIs::Exact => "exact",
            TotalIs::AtLeast => "at_least",
        }
    }
}

/// A total as far as `counted` hits are counted, wherever they lie in the index.
pub(crate) fn counted_to(total: u64, counted: u64) -> (u64, TotalIs) {
    if total > counted { (counted, TotalIs::AtLeast) } else { (total, TotalIs::Exact) }
}

/// How many hits of a search are counted.
pub(crate) fn counted(request: &Request) -> u64 {
    if request.count || request.facets {
        return u64::MAX;
    }
    COUNTED.max(request.offset.saturating_add(request.limit) as u64)
}

/// The page that is asked for, and what is told of all hits.
pub(crate) struct Ranked {
    pub(crate) total: u64,
    pub(crate) total_is: TotalIs,
    pub(crate) facets: Facets,
    pub(crate) hits: Vec<Found>,
    pub(crate) level: Level,
    /// Where the hits are at hand, if not in the searcher's own folder.
    pub(crate) room: Option<Room>,
    /// The parts of the index that did not answer.
    pub(crate) missing: Option<Missing>,
}

impl Ranked {
    /// Where nothing is looked for.
    pub(crate) fn nothing() -> Self {
        Ranked {
            total: 0,
            total_is: TotalIs::Exact,
            facets: Facets::default(),
            hits: Vec::new(),
            level: Level::All,
            room: None,
            missing: None,
        }
    }
}

impl Ranker<'_> {
    /// Answers a plan.
    pub(crate) fn answer(&self, plan: &Plan) -> Result<Ranked, QueryError> {
        let _running = Running::begin();
        if plan.question {
            return self.answer_question(plan);
        }
        let (from, limit) = (self.request.offset, self.request.limit);
        let last = from.saturating_add(limit).div_ceil(BLOCK).max(1);
        let all = queries::candidates(plan, &self.request.filter, self.fields, self.budget)?;
        let all = SegmentSearch::of(self.searcher, &*all, self.budget)?;
        let prunes = queries::are_terms(plan, &self.request.filter) && all.hits() > MANY;
        let counted = counted(self.request);
        let best = self.best(last.saturating_mul(BLOCK), plan.signature);
        let best = Best { prunes, counted, ..best };
        let mut strict = all.collect(&best)?;
        let columns = self.columns.clone();
        let measure =
            Measure::new(plan, self.searcher, self.fields, columns, self.all, self.budget)?;
        // By clauses, so that grouping doesn't change what is found.
        if strict.clauses < ENOUGH
            && !plan.exact
            && !plan.must.is_empty()
            && let Some(partial) = self.partial(plan, &measure, &strict)?
        {
            let hits = partial.top.iter().skip(from).take(limit).copied().collect();
            let Collected { total, facets, .. } = partial;
            return Ok(Ranked { total, facets, hits, level: Level::Some, ..Ranked::nothing() });
        }
        if strict.clauses > BLOCK as u64 {
            self.put_first(plan, &all, &mut strict)?;
        }
        let first = from / BLOCK;
        let mut hits = Vec::new();
        for block in strict.top.chunks(BLOCK).skip(first) {
            let own = block.iter().flat_map(|found| match found.group {
                Some(group) => strict.versions[&group].as_slice(),
                None => std::slice::from_ref(found),
            });
            let mut own: Vec<Found> = own.copied().collect();
            own.sort_by_key(|found| found.scored);
            let addresses: Vec<DocAddress> = own.iter().map(|found| found.scored).collect();
            let scores = scores(&measure, &addresses)?.into_iter();
            let scored = own.into_iter().zip(scores);
            hits.extend(joined(scored.map(|(found, (_, score))| found.scoring(score))));
        }
        let hits = hits.into_iter().skip(from - first * BLOCK).take(limit).collect();
        let facets = std::mem::take(&mut strict.facets);
        let (total, total_is) = counted_to(strict.total, counted);
        Ok(Ranked { total, total_is, facets, hits, ..Ranked::nothing() })
    }

    /// Answers a question: clauses that hold some of its terms are found by the engine, the best of
    /// them scored with care.
    fn answer_question(&self, plan: &Plan) -> Result<Ranked, QueryError> {
        let query = queries::first_stage(plan, &self.request.filter, self.fields, self.budget)?;
        // What is at hand of an index elsewhere was chosen there already.
        let most = self.all.map_or(FIRST_STAGE, |_| self.searcher.num_docs() as usize).max(1);
        let best = Best { counted: 0, prunes: true, ..Best::of(most, self.columns.clone()) };
        let first = SegmentSearch::of(self.searcher, &*query, self.budget)?.collect(&best)?;
        let mut found: Vec<DocAddress> = first.top.into_iter().map(|own| own.scored).collect();
        found.sort_unstable();
        let columns = self.columns.clone();
        let measure =
            Measure::new(plan, self.searcher, self.fields, columns, self.all, self.budget)?;
        let mut found = scores(&measure, &found)?;
        retain_near_best(&mut found, plan);
        let Collected { total, facets, top, .. } = self.best(found.len(), 1.0).of_scored(&found)?;
        let (from, limit) = (self.request.offset, self.request.limit);
        let hits = top.into_iter().skip(from).take(limit).collect();
        Ok(Ranked { total, facets, hits, level: Level::Some, ..Ranked::nothing() })
    }

    /// Puts clauses that hold the query word for word before all others that hold its words, as
    /// that counts most and finding doesn't tell.
    fn put_first(
        &self,
        plan: &Plan,
        all: &SegmentSearch<'_>,
        strict: &mut Collected,
    ) -> Result<(), QueryError> {
        if self.request.sort != Sort::Score {
            return Ok(());
        }
        let Some(Look::Whole(units)) = queries::whole(plan) else { return Ok(()) };
        let borders = queries::borders(units, plan);
        let best = Best { facets: false, ..self.best(BLOCK, plan.signature) };
        let found = all.each(|segment, reader, weight| {
            let mut best = best.of_segment(segment)?;
            let chars = self.fields.chars;
            let Some(mut row) = RowPostings::open(reader, chars, units, &borders)? else {
                return Ok(best.harvest());
            };
            let mut scorer = weight.scorer(reader, 1.0)?;
            let (mut doc, mut steps) = (scorer.doc(), 0u32);
            while doc != TERMINATED {
                steps = steps.wrapping_add(1);
                if steps.is_multiple_of(256) {
                    going_on(self.budget)?;
                }
                // A score costs less than places.
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
        let found = best.merge_fruits(found)?;
        let same = |one: &Found, other: &Found| match (one.group, other.group) {
            (None, None) => one.scored == other.scored,
            (one, other) => one == other,
        };
        strict.top.retain(|other| !found.top.iter().any(|own| same(own, other)));
        strict.top.splice(0..0, found.top);
        for (group, versions) in found.versions {
            strict.versions.entry(group).or_insert(versions);
        }
        Ok(())
    }

    /// Clauses that hold a part of what is asked for and come near the best, with those that
    /// hold all; nothing where these are no more.
    fn partial(
        &self,
        plan: &Plan,
        measure: &Measure<'_>,
        strict: &Collected,
    ) -> Result<Option<Collected>, QueryError> {
        let mut found: Vec<DocAddress> = Vec::new();
        // What is at hand of an index elsewhere was chosen there already.
        let most = self.all.map_or(PARTIAL, |_| self.searcher.num_docs() as usize).max(1);
        // Which are equally good is told by their order, wherever they lie in the index.
        let best = Best { counted: 0, prunes: true, ..Best::of(most, self.columns.clone()) };
        for held in PARTS {
            let Some(held) = held.after(found.len()) else { break };
            let filter = &self.request.filter;
            if let Some(query) = queries::holding(held, plan, filter, self.fields, self.budget)? {
                let best =
                    SegmentSearch::of(self.searcher, &*query, self.budget)?.collect(&best)?;
                found.extend(best.top.into_iter().map(|found| found.scored));
            }
        }
        let strict_top = strict.top.iter().filter(|found| found.group.is_none());
        found
            .extend(strict_top.chain(strict.versions.values().flatten()).map(|found| found.scored));
        found.sort_unstable();
        found.dedup();
        let mut found = scores(measure, &found)?;
        if found.is_empty() {
            return Ok(None);
        }
        retain_near_best(&mut found, plan);
        let all = self.best(found.len(), 1.0).of_scored(&found)?;
        Ok(Some(all).filter(|all| all.clauses > strict.clauses))
    }

    fn best(&self, keep: usize, signature: f32) -> Best {
        Best {
            keep,
            sort: self.request.sort,
            signature,
            group: self.request.group,
            typed: self.typed,
            facets: self.request.facets,
            counted: u64::MAX,
            prunes: false,
            columns: self.columns.clone(),
        }
    }
}

/// Leaves the clauses that come near the best. What the query found as it stands counts says nothing
/// of how near others come.
fn retain_near_best(found: &mut Vec<(DocAddress, Score)>, plan: &Plan) {
    let best = found.iter().map(|(_, score)| *score).fold(f32::MIN, f32::max);
    let whole = if best > plan.whole { plan.whole } else { 0.0 };
    let least = (best - whole) * plan.relaxed;
    found.retain(|(_, score)| *score >= least);
}

/// What clauses measure, by where they stand in the index.
fn scores(
    measure: &Measure<'_>,
    sorted: &[DocAddress],
) -> Result<Vec<(DocAddress, Score)>, QueryError> {
    let mut all = Vec::with_capacity(sorted.len());
    for own in sorted.chunk_by(|left, right| left.segment_ord == right.segment_ord) {
        let mut segment = measure.segment(own[0].segment_ord)?;
        for address in own {
            all.push((*address, segment.of(address.doc_id)?.score()));
        }
    }
    Ok(all)
}

/// Hits in order: versions of one clause are one.
fn joined(found: impl Iterator<Item = Found>) -> Vec<Found> {
    let mut groups: BTreeMap<u32, Found> = BTreeMap::new();
    let mut all = Vec::new();
    for found in found {
        match found.group {
            Some(group) => {
                let own = groups.entry(group).or_insert(found);
                if own.scored != found.scored {
                    *own = own.joined(found);
                }
            }
            None => all.push(found),
        }
    }
    all.extend(groups.into_values());
    all.sort_by(Found::compare);
    all
}
