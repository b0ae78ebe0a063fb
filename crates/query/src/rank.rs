//! The order of hits. Candidates are found, the best are scored precisely, and the result is
//! ordered and cut into pages.
//!
//! Precise scores read the positions of terms, so only windows of the best candidates get them.
//! Windows don't depend on the requested page, so consecutive pages never overlap or leave gaps.
//! Nothing here knows which kind of index the candidates come from.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use tiaowen_index::document_of;
use tiaowen_index::tantivy::{DocAddress, Score};

use crate::engine::collect::{Collected, Found};
use crate::engine::queries::Held;
use crate::engine::segments::Running;
use crate::source::{Candidates, Search, Source};
use crate::{Facets, Level, Plan, QueryError, Request, Sort};

/// The number of candidates that are scored together. The approximate score decides which
/// candidates form a window, the precise score their order in it. Later windows follow in blocks of
/// the same size.
pub(crate) const RERANK_WINDOW: usize = 128;

/// Hits are counted up to this number, unless all are requested or the page lies beyond it. The
/// rest can then be skipped without cost.
pub(crate) const COUNTED: u64 = 1_000;

/// The number of candidates of a question that are scored precisely.
pub(crate) const FIRST_STAGE: usize = 600;

/// The number of partial matches that are scored precisely.
pub(crate) const PARTIAL: usize = 128;

/// If at least this many clauses contain all words, partial matches are not searched for. The
/// number is the same for every page, so that pages fit together.
pub(crate) const ENOUGH: u64 = 10;

/// The parts of a query that partial matches may contain, searched for in this order.
pub(crate) const PARTS: [Held; 4] = [Held::Words, Held::Runs, Held::Headings, Held::Pairs];

impl Held {
    /// How to search for this part after `found` clauses; `None` if they are enough.
    pub(crate) fn after(self, found: usize) -> Option<Held> {
        let enough = found as u64 >= ENOUGH;
        match self {
            // Pairs of characters add little once longer parts matched.
            Held::Pairs if enough => None,
            // Reading the positions of all of them would take most of the time.
            Held::Runs if enough => Some(Held::RunsBesideWords),
            held => Some(held),
        }
    }
}

/// Whether a total is exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TotalIs {
    /// The total is exact.
    #[default]
    Exact,
    /// There are more hits, which were not counted.
    AtLeast,
}

impl TotalIs {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            TotalIs::Exact => "exact",
            TotalIs::AtLeast => "at_least",
        }
    }
}

/// The total of a search that counts up to `counted` hits, in whatever order the index counts.
pub(crate) fn counted_to(total: u64, counted: u64) -> (u64, TotalIs) {
    if total > counted { (counted, TotalIs::AtLeast) } else { (total, TotalIs::Exact) }
}

/// The number of hits that a request counts.
pub(crate) fn counted(request: &Request) -> u64 {
    if request.count || request.facets {
        return u64::MAX;
    }
    COUNTED.max(request.offset.saturating_add(request.limit) as u64)
}

/// A page of hits, with what is known of all hits.
pub(crate) struct Ranked<'s> {
    pub(crate) total: u64,
    pub(crate) total_is: TotalIs,
    pub(crate) facets: Facets,
    pub(crate) hits: Vec<Found>,
    pub(crate) level: Level,
    /// The source of the hits; `None` if nothing was searched for.
    pub(crate) candidates: Option<Box<dyn Candidates + 's>>,
}

impl<'s> Ranked<'s> {
    /// The result if there is nothing to search for.
    pub(crate) fn nothing() -> Self {
        Ranked {
            total: 0,
            total_is: TotalIs::Exact,
            facets: Facets::default(),
            hits: Vec::new(),
            level: Level::All,
            candidates: None,
        }
    }

    /// The page of hits among the candidates of a level.
    fn of_collected(collected: Collected, level: Level, request: &Request) -> Self {
        let Collected { total, facets, top, .. } = collected;
        // All of them are at hand, and joining must know them whatever the page.
        let limit = if request.joins_meaning() { usize::MAX } else { request.limit };
        let hits = top.into_iter().skip(request.offset).take(limit).collect();
        Ranked { total, facets, hits, level, ..Ranked::nothing() }
    }
}

/// Ranks the clauses of a source that match a plan.
pub(crate) fn rank<'s>(
    source: &'s dyn Source,
    search: &Search<'_>,
) -> Result<Ranked<'s>, QueryError> {
    let _running = Running::begin();
    let mut candidates = source.candidates()?;
    let ranked = if search.plan.question {
        rank_question(&mut *candidates, search)?
    } else {
        rank_words(&mut *candidates, search)?
    };
    Ok(Ranked { candidates: Some(candidates), ..ranked })
}

/// Ranks clauses that contain all words. If they are few, clauses that contain a part of the query
/// follow.
fn rank_words<'s>(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
) -> Result<Ranked<'s>, QueryError> {
    let Search { plan, request, .. } = *search;
    let (from, limit) = (request.offset, request.limit);
    let last = from.saturating_add(limit).div_ceil(RERANK_WINDOW).max(1);
    let counted = counted(request);
    let mut strict = candidates.with_all(search, last.saturating_mul(RERANK_WINDOW), counted)?;
    // Clauses are counted rather than hits, so that grouping doesn't change what is found.
    if strict.clauses < ENOUGH
        && request.relax
        && !plan.exact
        && !plan.must.is_empty()
        && let Some(partial) = with_partial(candidates, search, &strict)?
    {
        return Ok(Ranked::of_collected(partial, Level::Some, request));
    }
    if strict.clauses > RERANK_WINDOW as u64 {
        exact_phrase_first(candidates, search, &mut strict)?;
    }
    let first = from / RERANK_WINDOW;
    let mut hits = Vec::new();
    for window in strict.top.chunks(RERANK_WINDOW).skip(first) {
        hits.extend(rescored(candidates, search, window, &strict)?);
    }
    let hits = hits.into_iter().skip(from - first * RERANK_WINDOW).take(limit).collect();
    let (total, total_is) = counted_to(strict.total, counted);
    Ok(Ranked { total, total_is, facets: strict.facets, hits, ..Ranked::nothing() })
}

/// Ranks clauses by the terms of a question. The best by a cheap score are scored precisely.
fn rank_question<'s>(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
) -> Result<Ranked<'s>, QueryError> {
    let found = candidates.with_terms(search, FIRST_STAGE)?;
    let mut scored = scores(candidates, search, found)?;
    retain_near_best(&mut scored, search.plan);
    let mut collected = candidates.in_order(search, &scored)?;
    credit_documents(&mut collected.top, search.plan.of_document);
    Ok(Ranked::of_collected(collected, Level::Some, search.request))
}

/// The number of clauses that count for their document.
const SPEAKING: usize = 5;

/// Raises the scores of clauses in documents with several good answers: an instrument with several
/// matching clauses is about the question. The best document adds the whole `share` to its clauses.
fn credit_documents(hits: &mut [Found], share: f32) {
    let mut by_document: FxHashMap<u64, Vec<Score>> = FxHashMap::default();
    for hit in hits.iter() {
        by_document.entry(document_of(hit.order())).or_default().push(hit.score);
    }
    let sum = |mut scores: Vec<Score>| -> Score {
        scores.sort_by(|left, right| right.total_cmp(left));
        scores.iter().take(SPEAKING).sum()
    };
    let sums: FxHashMap<u64, Score> =
        by_document.into_iter().map(|(document, scores)| (document, sum(scores))).collect();
    let best = sums.values().copied().fold(0.0, Score::max);
    if best <= 0.0 {
        return;
    }
    for hit in hits.iter_mut() {
        let sum = sums.get(&document_of(hit.order())).copied().unwrap_or(0.0);
        *hit = hit.scoring(hit.score * (1.0 + share * sum / best));
    }
    hits.sort_by(Found::compare);
}

/// The hits of a window with all their versions, in the order of their precise scores.
fn rescored(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
    window: &[Found],
    strict: &Collected,
) -> Result<Vec<Found>, QueryError> {
    let mut found: Vec<Found> = Vec::with_capacity(window.len());
    for hit in window {
        match hit.group.and_then(|group| strict.versions.get(&group)) {
            Some(versions) => found.extend(versions),
            None => found.push(*hit),
        }
    }
    found.sort_by_key(|found| found.scored);
    let addresses = found.iter().map(|found| found.scored).collect();
    let scores = scores(candidates, search, addresses)?.into_iter();
    let scored = found.into_iter().zip(scores);
    Ok(joined(scored.map(|(found, (_, score))| found.scoring(score))))
}

/// Puts clauses that contain the query word for word first. That match counts most, and the
/// approximate score doesn't include it.
fn exact_phrase_first(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
    strict: &mut Collected,
) -> Result<(), QueryError> {
    if search.request.sort != Sort::Score {
        return Ok(());
    }
    let Some(found) = candidates.with_phrase(search, RERANK_WINDOW)? else { return Ok(()) };
    strict.top.retain(|other| !found.top.iter().any(|hit| hit.is_same(other)));
    strict.top.splice(0..0, found.top);
    for (group, versions) in found.versions {
        strict.versions.entry(group).or_insert(versions);
    }
    Ok(())
}

/// Merges clauses that contain a part of the query and score near the best with those that contain
/// all of it. `None` if there are no further ones.
fn with_partial(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
    strict: &Collected,
) -> Result<Option<Collected>, QueryError> {
    let mut found: Vec<DocAddress> = Vec::new();
    for part in PARTS {
        let Some(part) = part.after(found.len()) else { break };
        found.extend(candidates.with_part(search, part, PARTIAL)?);
    }
    let alone = strict.top.iter().filter(|found| found.group.is_none());
    found.extend(alone.chain(strict.versions.values().flatten()).map(|found| found.scored));
    let mut scored = scores(candidates, search, found)?;
    if scored.is_empty() {
        return Ok(None);
    }
    retain_near_best(&mut scored, search.plan);
    let all = candidates.in_order(search, &scored)?;
    Ok(Some(all).filter(|all| all.clauses > strict.clauses))
}

/// Keeps the clauses that score near the best. The weight of the whole query word for word is left
/// out of the comparison, as it says nothing about the others.
fn retain_near_best(found: &mut Vec<(DocAddress, Score)>, plan: &Plan) {
    let best = found.iter().map(|(_, score)| *score).fold(f32::MIN, f32::max);
    let whole = if best > plan.whole { plan.whole } else { 0.0 };
    let least = (best - whole) * plan.relaxed;
    found.retain(|(_, score)| *score >= least);
}

/// The precise scores of clauses, sorted by address, without repetitions.
fn scores(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
    mut found: Vec<DocAddress>,
) -> Result<Vec<(DocAddress, Score)>, QueryError> {
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut scores: Vec<Score> = Vec::with_capacity(found.len());
    candidates.measure(search, &found, &mut |measure, places| {
        for places in places.chunk_by(|left, right| left.segment_ord == right.segment_ord) {
            let mut segment = measure.segment(places[0].segment_ord)?;
            for place in places {
                scores.push(segment.of(place.doc_id)?.score());
            }
        }
        Ok(())
    })?;
    Ok(found.into_iter().zip(scores).collect())
}

/// Orders hits and merges the versions of a clause.
fn joined(found: impl Iterator<Item = Found>) -> Vec<Found> {
    let mut groups: BTreeMap<u32, Found> = BTreeMap::new();
    let mut all = Vec::new();
    for found in found {
        match found.group {
            Some(group) => {
                let hit = groups.entry(group).or_insert(found);
                if hit.scored != found.scored {
                    *hit = hit.joined(found);
                }
            }
            None => all.push(found),
        }
    }
    all.extend(groups.into_values());
    all.sort_by(Found::compare);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Weights;
    use crate::testing::{found, searcher_of};

    /// Articles that contain both words, at growing distances.
    fn articles(many: usize) -> Vec<String> {
        let apart = |nth: usize| {
            let between = "的".repeat(nth % 40 + 1);
            format!("機關{between}規定，通報{}", "乙".repeat(nth * 7 % 23))
        };
        (0..many).map(apart).collect()
    }

    #[test]
    fn a_page_is_a_part_of_the_whole_list() {
        let searcher = searcher_of(&articles(300));
        for query in ["機關 規定", "規定", "機關如何規定？"] {
            let all = found(&searcher, &Request { limit: 300, ..Request::new(query) });
            assert!(all.len() > RERANK_WINDOW, "{query}: {}", all.len());
            for (offset, limit) in [(0, 10), (3, 7), (120, 20), (127, 1), (128, 30), (290, 50)] {
                let page = found(&searcher, &Request { offset, limit, ..Request::new(query) });
                let end = all.len().min(offset + limit);
                assert_eq!(page, all[offset.min(end)..end], "{query} {offset} {limit}");
            }
        }
    }

    #[test]
    fn a_document_with_several_answers_lends_them_credit() {
        let searcher = searcher_of(&["機關作出規定。", "規定由機關公布。", "另有事項。"]);
        let request = Request { explain: true, ..Request::new("機關如何作出規定？") };
        let answer = searcher.search(&request).unwrap();
        let credit = 1.0 + Weights::default().of_document;
        for hit in &answer.hits {
            let explanation = hit.explanation.as_ref().unwrap();
            assert!((explanation.document - credit).abs() < 1e-5, "{}", explanation.document);
        }
        assert!(answer.hits.len() > 1 && answer.hits[0].score > answer.hits[1].score);
    }

    #[test]
    fn an_exact_phrase_goes_first_beyond_the_window() {
        let mut articles = articles(300);
        // A long article, so that the approximate score ranks it last.
        articles.push(format!("{}機關規定通報{}", "丙".repeat(200), "丁".repeat(200)));
        let searcher = searcher_of(&articles);
        assert_eq!(found(&searcher, &Request::new("機關規定通報"))[0], 301);
    }

    #[test]
    fn clauses_that_contain_a_part_come_in_where_few_contain_all() {
        let few = ["機關作出規定。", "機關另有安排。", "規定由雙方作出。", "其他事項。"];
        let searcher = searcher_of(&few);
        let all = found(&searcher, &Request::new("機關 規定"));
        assert_eq!(all[0], 1);
        assert!(all.contains(&2) && all.contains(&3) && !all.contains(&4), "{all:?}");
        let many: Vec<String> = articles(12).into_iter().chain(["機關另有安排。".into()]).collect();
        let all = found(&searcher_of(&many), &Request { limit: 20, ..Request::new("機關 規定") });
        assert_eq!(all.len(), 12, "enough contain all: {all:?}");
        let strict = Request { relax: false, ..Request::new("機關 規定") };
        assert_eq!(found(&searcher_of(&few), &strict), [1]);
        let quoted = Request { relax: false, ..Request::new("\"機關安排\"") };
        assert!(found(&searcher_of(&few), &quoted).is_empty());
        assert!(!all.contains(&13));
    }

    #[test]
    fn totals_are_exact_up_to_the_limit_and_where_all_are_counted() {
        let searcher = searcher_of(&articles(1_100));
        let total = |request: Request| {
            let answer = searcher.search(&request).unwrap();
            (answer.total, answer.total_is)
        };
        let request = Request::new("規定");
        assert_eq!(total(request.clone()), (COUNTED, TotalIs::AtLeast));
        assert_eq!(total(Request { count: true, ..request.clone() }), (1_100, TotalIs::Exact));
        assert_eq!(total(Request { facets: true, ..request.clone() }), (1_100, TotalIs::Exact));
        assert_eq!(total(Request { offset: 1_095, ..request }), (1_100, TotalIs::Exact));
    }
}
