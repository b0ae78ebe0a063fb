//! The clauses that answer a plan, in order: found by what they hold, the best of them measured.

use std::collections::BTreeMap;
use std::sync::Arc;

use tiaowen_index::tantivy::{DocAddress, Searcher, SegmentOrdinal};
use tiaowen_index::{Fields, Groups};
use tiaowen_text::Script;

use crate::collect::{Best, Collected, Found};
use crate::measure::Measure;
use crate::{Facets, Level, Plan, QueryError, Request, execute};

/// So many hits are measured together. Which they are goes by the score that finding gives,
/// their order by what they measure; further ones come behind, as many again. So pages lie side
/// by side, wherever they are cut.
const BLOCK: usize = 128;

/// Clauses that hold a part of a query and are measured.
const PARTIAL: usize = 512;

/// As many clauses that hold all words are enough: no others are looked for. The same for
/// every page, so that pages lie side by side.
const ENOUGH: u64 = 10;

/// What plans are answered from.
pub(crate) struct Ranker<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: &'a Fields,
    /// Which clauses are versions of one another, if these are one hit.
    pub(crate) groups: Option<Arc<Groups>>,
    /// The script typed, when it tells.
    pub(crate) typed: Option<Script>,
    pub(crate) request: &'a Request,
}

/// The page that is asked for, and what is told of all hits.
pub(crate) struct Ranked {
    pub(crate) total: u64,
    pub(crate) facets: Facets,
    pub(crate) hits: Vec<Found>,
    pub(crate) level: Level,
}

impl Ranked {
    /// Where nothing is looked for.
    pub(crate) fn nothing() -> Self {
        Ranked { total: 0, facets: Facets::default(), hits: Vec::new(), level: Level::All }
    }
}

impl Ranker<'_> {
    /// Answers a plan.
    pub(crate) fn answer(&self, plan: &Plan) -> Result<Ranked, QueryError> {
        let (from, limit) = (self.request.offset, self.request.limit);
        let last = from.saturating_add(limit).div_ceil(BLOCK).max(1);
        let all = execute::candidates(plan, Level::All, &self.request.filter, self.fields)?;
        let best = self.best(last.saturating_mul(BLOCK), plan.signature);
        let mut strict = self.searcher.search(&*all, &best)?;
        let measure = Measure::new(plan, self.searcher, self.fields)?;
        // By clauses, so that grouping doesn't change what is found.
        if strict.clauses < ENOUGH
            && !plan.exact
            && !plan.must.is_empty()
            && let Some(partial) = self.partial(plan, &measure, &strict)?
        {
            let hits = partial.top.iter().skip(from).take(limit).copied().collect();
            let Collected { total, facets, .. } = partial;
            return Ok(Ranked { total, facets, hits, level: Level::Some });
        }
        let first = from / BLOCK;
        let mut hits = Vec::new();
        for block in strict.top.chunks(BLOCK).skip(first) {
            let own = block.iter().flat_map(|found| match found.group {
                Some(group) => strict.versions[&group].as_slice(),
                None => std::slice::from_ref(found),
            });
            let measured = measured(&measure, own.copied())?;
            hits.extend(joined(measured));
        }
        let hits = hits.into_iter().skip(from - first * BLOCK).take(limit).collect();
        let facets = std::mem::take(&mut strict.facets);
        Ok(Ranked { total: strict.total, facets, hits, level: Level::All })
    }

    /// Clauses that hold a part of what is asked for and come near the best, with those that
    /// hold all; nothing where these are no more.
    fn partial(
        &self,
        plan: &Plan,
        measure: &Measure<'_>,
        strict: &Collected,
    ) -> Result<Option<Collected>, QueryError> {
        let some = execute::candidates(plan, Level::Some, &self.request.filter, self.fields)?;
        let rough = Best { signature: plan.signature, ..Best::of(PARTIAL) };
        let mut found = self.searcher.search(&*some, &rough)?.top;
        found.extend(strict.top.iter().filter(|found| found.group.is_none()));
        found.extend(strict.versions.values().flatten());
        found.sort_by_key(|found| found.scored);
        found.dedup_by_key(|found| found.scored);
        let mut found = measured(measure, found.into_iter())?;
        let Some(best) = found.iter().map(|found| found.score).reduce(f32::max) else {
            return Ok(None);
        };
        let whole = if best > plan.whole { plan.whole } else { 0.0 };
        let least = (best - whole) * plan.relaxed;
        found.retain(|found| found.score >= least);
        let all = self.best(found.len(), 1.0).of_found(self.searcher, &found)?;
        Ok(Some(all).filter(|all| all.clauses > strict.clauses))
    }

    fn best(&self, keep: usize, signature: f32) -> Best {
        Best {
            keep,
            sort: self.request.sort,
            signature,
            groups: self.groups.clone(),
            typed: self.typed,
            facets: self.request.facets,
        }
    }
}

/// Clauses with what they measure as their score, by where they stand in the index.
fn measured(
    measure: &Measure<'_>,
    found: impl Iterator<Item = Found>,
) -> Result<Vec<Found>, QueryError> {
    let mut segments: BTreeMap<SegmentOrdinal, Vec<Found>> = BTreeMap::new();
    for found in found {
        segments.entry(found.scored.segment_ord).or_default().push(found);
    }
    let mut all = Vec::new();
    for (segment, mut own) in segments {
        own.sort_by_key(|found| found.scored);
        let mut measure = measure.segment(segment)?;
        for mut found in own {
            let DocAddress { doc_id, .. } = found.scored;
            found.score = measure.of(doc_id)?.score();
            all.push(found);
        }
    }
    Ok(all)
}

/// Hits in order: versions of one clause are one.
fn joined(found: Vec<Found>) -> Vec<Found> {
    let mut groups: BTreeMap<u32, Found> = BTreeMap::new();
    let mut all = Vec::with_capacity(found.len());
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
