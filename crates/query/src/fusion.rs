//! Joins the hits by words with the clauses nearest in meaning.
//!
//! The two lists have scores that can't be compared, so they are joined by ranks (reciprocal rank
//! fusion): a hit gets `words / (K + its rank by words)` plus `meaning / (K + its rank by meaning)`.
//! Ranks by words count up to [`HEAD`] for hits that meaning also finds, and always for others.
//!
//! Meaning is a second opinion, and some things need none. Hits that contain the query word for word
//! come first, in their order by words, so meaning never moves one down; a citation and a list by fields
//! alone are answered without it. The rank of a hit depends neither on the size of a page nor on its
//! offset: it depends on the first [`HEAD`] hits by words, the [`NEAREST`] by meaning, and the hits
//! before it.

use std::collections::HashMap;
use std::ops::Range;

use tiaowen_index::ClauseRecord;
use tiaowen_index::tantivy::{DocAddress, Score};
use tiaowen_meaning::{Coverage, Key, MeaningFault, Near, passage};
use tiaowen_text::Budget;

use crate::answer::Ranking;
use crate::engine::collect::Found;
use crate::engine::queries;
use crate::language::note::Note;
use crate::rank::{RERANK_WINDOW, TotalIs};
use crate::searcher::searched;
use crate::source::{Candidates, Search};
use crate::{Combine, Level, QueryError, QueryTerm, Request, Searcher};

/// The number of hits by words whose rank counts beside a rank by meaning. All hits that contain the
/// query word for word are among them, or else nothing is joined.
pub(crate) const HEAD: usize = RERANK_WINDOW;

/// The number of clauses by meaning that are joined.
pub(crate) const NEAREST: usize = 50;

/// The number of the nearest clauses that are looked up; more with a filter, as it may exclude most.
const LOOKED_UP: usize = 80;
const LOOKED_UP_FILTERED: usize = 1_000;

/// Added to a reciprocal rank, so that the first few ranks don't count for everything.
const K: f32 = 20.0;

/// The weights of both lists, chosen by measurements; see docs/meaning.md.
const WORDS: f32 = 1.0;
const MEANING: f32 = 1.0;

/// What is added for hits that contain the query word for word: more than both lists can give.
const WORD_FOR_WORD: f32 = 1.0;

/// How a hit got its place where meaning took part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joining {
    /// Its rank and its score by words, from 1, if words found it.
    pub words: Option<(usize, Score)>,
    /// Its rank by meaning, from 1, and the cosine, if meaning found it.
    pub meaning: Option<(usize, f32)>,
    /// Whether it contains the query word for word, and so keeps its place by words.
    pub is_word_for_word: bool,
}

impl Joining {
    /// What words add to the score.
    pub fn by_words(&self) -> f32 {
        self.words.map_or(0.0, |(rank, _)| WORDS / (K + rank as f32))
    }

    /// What meaning adds to the score.
    pub fn by_meaning(&self) -> f32 {
        let rank = self.meaning.filter(|_| !self.is_word_for_word);
        rank.map_or(0.0, |(rank, _)| MEANING / (K + rank as f32))
    }

    /// The score of the hit in the joined list.
    pub fn score(&self) -> f32 {
        let first = if self.is_word_for_word { WORD_FOR_WORD } else { 0.0 };
        first + self.by_words() + self.by_meaning()
    }
}

/// A hit by words: a number that it has in both lists, its score, and whether it contains the query
/// word for word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByWords<I> {
    pub(crate) hit: I,
    pub(crate) score: Score,
    pub(crate) is_word_for_word: bool,
}

/// Joins the hits by words with those by meaning, both in order; the latter with their cosines. `same`
/// tells whether two are one.
pub(crate) fn joined<I: Copy>(
    words: &[ByWords<I>],
    meaning: &[(I, f32)],
    same: impl Fn(&I, &I) -> bool,
) -> Vec<(I, Joining)> {
    let mut all: Vec<(I, Joining)> = Vec::with_capacity(words.len() + meaning.len());
    for (at, ByWords { hit, score, is_word_for_word }) in words.iter().copied().enumerate() {
        let near = (0..).zip(meaning).find(|(_, (other, _))| same(&hit, other));
        // Where a hit that meaning also finds is far down by words, meaning alone gives its rank.
        if near.is_some() && at >= HEAD {
            continue;
        }
        let meaning = near.map(|(nth, (_, cosine)): (usize, _)| (nth + 1, *cosine));
        all.push((hit, Joining { words: Some((at + 1, score)), meaning, is_word_for_word }));
    }
    let head = &words[..words.len().min(HEAD)];
    for (nth, (hit, cosine)) in meaning.iter().enumerate() {
        if !head.iter().any(|other| same(&other.hit, hit)) {
            let meaning = Some((nth + 1, *cosine));
            all.push((*hit, Joining { words: None, meaning, is_word_for_word: false }));
        }
    }
    // The sort is stable: of two with the same score, the one by words goes first.
    all.sort_by(|(_, left), (_, right)| right.score().total_cmp(&left.score()));
    all
}

/// The request for the hits by words that a page of the joined list needs: all before it, and as many
/// more as meaning may move.
pub(crate) fn widened(request: &Request) -> Request {
    let end = request.offset.saturating_add(request.limit).saturating_add(NEAREST);
    Request { offset: 0, limit: end.max(HEAD), ..request.clone() }
}

impl Searcher {
    /// Joins a ranking of a [`widened`] request with the nearest clauses, if there are any and the query
    /// has words. In any case it then has the hits of the page that was requested.
    pub(crate) fn join_nearest(
        &self,
        ranking: &mut Ranking<'_>,
        request: &Request,
        notes: &mut Vec<Note>,
        budget: &Budget,
    ) -> Result<(), QueryError> {
        let page = |all: usize| page_of(request, all);
        if let Some(near) = self.nearest(ranking, request, notes, budget)? {
            let all = self.fused(ranking, &near, request, budget)?;
            let all = &all[page(all.len())];
            ranking.found.hits = all.iter().map(|(hit, how)| hit.scoring(how.score())).collect();
            ranking.joining = all.iter().map(|(_, how)| *how).collect();
        } else {
            let hits = &ranking.found.hits;
            ranking.found.hits = hits[page(hits.len())].to_vec();
        }
        Ok(())
    }

    /// The nearest clauses to the query of a ranking, if meaning is to be joined.
    fn nearest(
        &self,
        ranking: &Ranking<'_>,
        request: &Request,
        notes: &mut Vec<Note>,
        budget: &Budget,
    ) -> Result<Option<Vec<Near>>, QueryError> {
        if !ranking.is_by_words() {
            return Ok(None);
        }
        let keep = match request.filter.is_empty() && !ranking.is_narrowed() {
            true => LOOKED_UP,
            false => LOOKED_UP_FILTERED,
        };
        match self.meaning.nearest(ranking.text(), keep, budget) {
            Ok(opinion) => {
                notes.extend(self.lacking(&opinion.coverage)?);
                Ok(Some(opinion.near))
            }
            Err(MeaningFault::Spent(spent)) => Err(spent.into()),
            Err(fault) => {
                notes.push(Note::NoMeaning(fault));
                Ok(None)
            }
        }
    }

    /// The note that some clauses have no vector.
    fn lacking(&self, coverage: &Coverage) -> Result<Option<Note>, QueryError> {
        let clauses = self.source.clauses()?;
        let without = clauses.saturating_sub(coverage.filled);
        if coverage.version.as_deref() == Some(self.about()?.version.as_str()) {
            return Ok((without > 0).then_some(Note::HalfMeaning { without, clauses }));
        }
        // A run that ended early, or an index that has changed since.
        Ok(Some(match coverage.version {
            None => Note::HalfMeaning { without, clauses },
            Some(_) => Note::OldMeaning { without },
        }))
    }

    /// All hits of both lists, in order.
    fn fused(
        &self,
        ranking: &mut Ranking<'_>,
        near: &[Near],
        request: &Request,
        budget: &Budget,
    ) -> Result<Vec<(Found, Joining)>, QueryError> {
        let (Some(plan), Some(candidates)) = (&ranking.plan, &mut ranking.found.candidates) else {
            return Ok(Vec::new());
        };
        let wide = widened(request);
        let search = searched(plan, &wide, budget);
        let hits = &ranking.found.hits;
        let exact = word_for_word(&mut **candidates, &search, hits)?;
        let words = hits.iter().zip(exact.iter().chain(std::iter::repeat(&false)));
        let words: Vec<ByWords<Found>> = words
            .map(|(hit, is_word_for_word)| ByWords {
                hit: *hit,
                score: hit.score,
                is_word_for_word: *is_word_for_word,
            })
            .collect();
        // There may be more such hits than were looked at, and none may be moved down.
        if words.len() >= HEAD && words[..HEAD].iter().all(|hit| hit.is_word_for_word) {
            return Ok(joined(&words, &[], Found::is_same));
        }
        let nearest = by_meaning(&mut **candidates, &search, near)?;
        let of_words = |hit: &Found| hits.iter().any(|other| Found::is_same(other, hit));
        if ranking.found.total_is == TotalIs::Exact {
            let beyond = nearest.iter().filter(|(hit, _)| !of_words(hit));
            let beyond: Vec<DocAddress> = beyond.map(|(hit, _)| hit.address).collect();
            // Hits by words that were not fetched are counted already.
            let is_whole = hits.len() as u64 >= ranking.found.total;
            let counted = match is_whole || ranking.found.level == Level::Some {
                true => 0,
                false => matching(&mut **candidates, &search, &beyond)?
                    .values()
                    .filter(|is| **is)
                    .count(),
            };
            ranking.found.total += (beyond.len() - counted) as u64;
        }
        Ok(joined(&words, &nearest, Found::is_same))
    }
}

/// The indices on the page that is requested of `all` hits.
fn page_of(request: &Request, all: usize) -> Range<usize> {
    let from = request.offset.min(all);
    from..from.saturating_add(request.limit).min(all)
}

/// For each hit of the head, whether it contains the query word for word.
fn word_for_word(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
    hits: &[Found],
) -> Result<Vec<bool>, QueryError> {
    let head = &hits[..hits.len().min(HEAD)];
    let plan = search.plan;
    let of_hits = |exact: &HashMap<DocAddress, bool>| {
        head.iter().map(|hit| exact.get(&hit.scored).copied().unwrap_or(false)).collect()
    };
    let places: Vec<DocAddress> = head.iter().map(|hit| hit.scored).collect();
    if queries::whole(plan).is_none() {
        // A query of one word is contained word for word where it is contained.
        return Ok(match plan.question {
            true => vec![false; head.len()],
            false => of_hits(&matching(candidates, search, &places)?),
        });
    }
    let sorted = sorted(&places);
    let mut exact: HashMap<DocAddress, bool> = HashMap::new();
    candidates.measure(search, &sorted, &mut |measure, places| {
        let mut at = 0;
        for places in places.chunk_by(|left, right| left.segment_ord == right.segment_ord) {
            let mut segment = measure.segment(places[0].segment_ord)?;
            for place in places {
                let parts = segment.parts(place.doc_id)?;
                let is_whole = |(counts, (_, parts)): (&Combine, &(usize, Vec<f32>))| {
                    let of = matches!(counts, Combine::Always(one) if matches!(one.term, QueryTerm::Whole(_)));
                    of && parts.iter().any(|part| *part > 0.0)
                };
                exact.insert(sorted[at], plan.should.iter().zip(&parts).any(is_whole));
                at += 1;
            }
        }
        Ok(())
    })?;
    Ok(of_hits(&exact))
}

/// These addresses in order, each once.
fn sorted(places: &[DocAddress]) -> Vec<DocAddress> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// Which of these clauses contain everything the plan requires.
fn matching(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
    places: &[DocAddress],
) -> Result<HashMap<DocAddress, bool>, QueryError> {
    let sorted = sorted(places);
    let found = candidates.matching(search, &sorted)?;
    Ok(sorted.into_iter().zip(found).collect())
}

/// The hits formed by the nearest clauses that the index still has and that pass the filters, with
/// their cosines.
fn by_meaning(
    candidates: &mut dyn Candidates,
    search: &Search<'_>,
    near: &[Near],
) -> Result<Vec<(Found, f32)>, QueryError> {
    let ids: Vec<&str> = near.iter().map(|near| near.id.as_str()).collect();
    let cosines: HashMap<(&str, Key), f32> =
        near.iter().map(|near| ((near.id.as_str(), near.key), near.cosine)).collect();
    let mut scored: Vec<(DocAddress, Score)> = Vec::with_capacity(ids.len());
    for address in candidates.with_ids(search, &ids)? {
        search.budget.check()?;
        let record: ClauseRecord<'_> = candidates.record(address)?;
        let key = Key::of(&passage(&record.document, &record.clause));
        // A clause whose text has changed since has no vector.
        if let Some(cosine) = cosines.get(&(record.id().as_str(), key)) {
            scored.push((address, *cosine));
        }
    }
    scored.sort_unstable_by_key(|(address, _)| *address);
    let found = candidates.in_order(search, &scored)?.top;
    Ok(found.into_iter().take(NEAREST).map(|hit| (hit, hit.score)).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn by_words(hits: &[(u32, bool)]) -> Vec<ByWords<u32>> {
        let score = |nth: usize| (1_000 - nth) as f32;
        let hits = hits.iter().enumerate();
        hits.map(|(nth, (hit, exact))| ByWords {
            hit: *hit,
            score: score(nth),
            is_word_for_word: *exact,
        })
        .collect()
    }

    fn order(words: &[(u32, bool)], meaning: &[u32]) -> Vec<u32> {
        let near: Vec<(u32, f32)> = meaning.iter().map(|hit| (*hit, 0.8)).collect();
        joined(&by_words(words), &near, |one, other| one == other)
            .into_iter()
            .map(|(hit, _)| hit)
            .collect()
    }

    #[test]
    fn a_hit_of_both_lists_goes_before_hits_of_one() {
        let words = [(1, false), (2, false), (3, false)];
        assert_eq!(order(&words, &[3, 9])[0], 3);
        assert_eq!(order(&words, &[]), [1, 2, 3]);
        assert_eq!(order(&[], &[7, 8]), [7, 8]);
        let with_exact = [(1, false), (2, true), (3, false)];
        assert_eq!(order(&with_exact, &[3, 9])[..2], [2, 3]);
    }

    #[test]
    fn how_a_hit_got_its_place_adds_up() {
        let near = [(3, 0.9), (9, 0.7)];
        let words = by_words(&[(1, true), (2, false), (3, false)]);
        for (hit, how) in joined(&words, &near, |one, other| one == other) {
            let first = if hit == 1 { 1.0 } else { 0.0 };
            assert!((how.score() - first - how.by_words() - how.by_meaning()).abs() < 1e-6);
            let expected = match hit {
                1 => (Some(1), None),
                2 => (Some(2), None),
                3 => (Some(3), Some(1)),
                _ => (None, Some(2)),
            };
            let ranks = (how.words.map(|(rank, _)| rank), how.meaning.map(|(rank, _)| rank));
            assert_eq!(ranks, expected, "{hit}");
        }
    }

    proptest! {
        #[test]
        fn meaning_moves_no_exact_hit_down_and_pages_fit_together(
            exact in proptest::collection::vec(any::<bool>(), 0..400),
            near in proptest::collection::vec(0u32..500, 0..NEAREST),
            page in 1usize..60,
        ) {
            let words: Vec<(u32, bool)> = (0..)
                .zip(&exact)
                // Those beyond the head are never exact: see `fused`.
                .map(|(hit, exact)| (hit, *exact && (hit as usize) < HEAD))
                .collect();
            let mut seen = HashSet::new();
            let near: Vec<u32> = near.into_iter().filter(|hit| seen.insert(*hit)).collect();
            let all = order(&words, &near);
            let ids: HashSet<u32> = all.iter().copied().collect();
            prop_assert_eq!(ids.len(), all.len(), "each hit once");
            let expected: HashSet<u32> =
                words.iter().map(|(hit, _)| *hit).chain(near.iter().copied()).collect();
            prop_assert_eq!(&ids, &expected);
            for (at, (hit, is_exact)) in words.iter().enumerate() {
                let now = all.iter().position(|other| other == hit).unwrap();
                prop_assert!(!is_exact || now <= at, "{} went from {} to {}", hit, at, now);
            }
            // Each page, made of as many hits by words as it asks for, is a part of the whole list.
            for from in (0..all.len()).step_by(page) {
                let request = Request { offset: from, limit: page, ..Request::new("") };
                let wide = widened(&request).limit.min(words.len());
                let found = order(&words[..wide], &near);
                let end = (from + page).min(all.len());
                prop_assert_eq!(&found[from..end], &all[from..end], "from {}", from);
            }
        }
    }
}
