//! Queries that stop when their budget is spent.
//!
//! The engine has no way to cancel a query. The parts that take long are leaves that read
//! positions: phrases, and words near one another. So these check the budget every few steps. Once
//! it is spent, they claim to have no further matches, and any query built from them ends by
//! itself. Leaves with single terms are too fast to check. The matches found until then are not an
//! answer; `segments.rs` checks the budget after each search.

use tiaowen_index::tantivy::query::{
    EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tiaowen_index::tantivy::{
    DocId, DocSet, Result, Score, SeekDangerResult, SegmentReader, TERMINATED, Term,
};
use tiaowen_text::Budget;

/// The number of steps between two checks of the budget, some ten microseconds.
const STEPS: u32 = 64;

/// A query that stops with a budget.
#[derive(Debug)]
pub(crate) struct Ending {
    query: Box<dyn Query>,
    budget: Budget,
}

impl Ending {
    pub(crate) fn new(query: Box<dyn Query>, budget: &Budget) -> Self {
        Ending { query, budget: budget.clone() }
    }
}

impl Clone for Ending {
    fn clone(&self) -> Self {
        Ending { query: self.query.box_clone(), budget: self.budget.clone() }
    }
}

impl Query for Ending {
    fn weight(&self, scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        let weight = self.query.weight(scoring)?;
        Ok(Box::new(EndingWeight { weight, budget: self.budget.clone() }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct EndingWeight {
    weight: Box<dyn Weight>,
    budget: Budget,
}

impl EndingWeight {
    fn ending(&self, scorer: Box<dyn Scorer>) -> Box<dyn Scorer> {
        Box::new(EndingScorer { scorer, budget: self.budget.clone(), left: STEPS, ended: false })
    }
}

impl Weight for EndingWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>> {
        if self.budget.is_spent() {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(self.ending(self.weight.scorer(reader, boost)?))
    }

    fn scorer_danger(
        &self,
        reader: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> Result<(SeekDangerResult, Box<dyn Scorer>)> {
        if self.budget.is_spent() {
            return Ok((SeekDangerResult::SeekLowerBound(TERMINATED), Box::new(EmptyScorer)));
        }
        let (sought, scorer) = self.weight.scorer_danger(reader, target, boost)?;
        Ok((sought, self.ending(scorer)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation> {
        self.weight.explain(reader, doc)
    }
}

struct EndingScorer {
    scorer: Box<dyn Scorer>,
    budget: Budget,
    /// Steps until the next check of the budget.
    left: u32,
    ended: bool,
}

impl EndingScorer {
    /// Whether another step may be taken.
    fn goes_on(&mut self) -> bool {
        self.left -= 1;
        if self.left == 0 {
            self.left = STEPS;
            self.ended |= self.budget.is_spent();
        }
        !self.ended
    }
}

impl DocSet for EndingScorer {
    fn advance(&mut self) -> DocId {
        if self.goes_on() { self.scorer.advance() } else { TERMINATED }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.goes_on() { self.scorer.seek(target) } else { TERMINATED }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if self.goes_on() {
            self.scorer.seek_danger(target)
        } else {
            SeekDangerResult::SeekLowerBound(TERMINATED)
        }
    }

    fn doc(&self) -> DocId {
        if self.ended { TERMINATED } else { self.scorer.doc() }
    }

    fn size_hint(&self) -> u32 {
        self.scorer.size_hint()
    }

    fn cost(&self) -> u64 {
        self.scorer.cost()
    }
}

impl Scorer for EndingScorer {
    fn score(&mut self) -> Score {
        self.scorer.score()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use tiaowen_index::tantivy::collector::Count;
    use tiaowen_index::{ClauseIndex, ClauseRecord, order};
    use tiaowen_text::{Budget, Segmenter};

    use crate::engine::queries;
    use crate::language::plan::in_a_row;
    use crate::{QueryError, QueryTerm, Request, Searcher};

    /// Many clauses with 甲乙, and terms that match it in both scripts.
    fn indexed() -> ClauseIndex {
        let record = |nth: u32| {
            let page = format!(
                "+++\ntitle = '第{nth}號協議'\nkind = 'agreement'\n+++\n\n一、甲乙丙丁。\n"
            );
            let read = tiaowen_corpus::read("a.md", &page).unwrap().remove(0);
            let clause = Cow::Owned(read.clauses.into_iter().next().unwrap());
            ClauseRecord {
                document: Cow::Owned(read.document),
                clause,
                dropped: Cow::Borrowed(&[]),
            }
        };
        let records: Vec<ClauseRecord> = (0..500).map(record).collect();
        let entries: Vec<_> =
            (0..).zip(&records).map(|(nth, record)| (record, order("a", nth))).collect();
        ClauseIndex::in_memory(&entries, Segmenter::shared()).unwrap()
    }

    #[test]
    fn leaves_that_read_places_end_with_the_budget() {
        let index = indexed();
        let searcher = index.reader().unwrap().searcher();
        let row = |text: &str| in_a_row(text);
        for query_term in [
            QueryTerm::Phrase(row("甲乙")),
            QueryTerm::AnyOf(vec![QueryTerm::Phrase(row("甲乙")), QueryTerm::Phrase(row("丙丁"))]),
            QueryTerm::AllOf(vec![QueryTerm::Phrase(row("甲乙")), QueryTerm::Phrase(row("丙丁"))]),
            QueryTerm::Near(vec![row("甲"), row("丁")], 9),
        ] {
            let of = |budget: &Budget| {
                let query = queries::term_query(&query_term, &index.fields(), budget);
                searcher.search(&*query, &Count).unwrap()
            };
            assert_eq!(of(&Budget::unlimited()), 500, "{query_term:?}");
            let cancelled = Budget::unlimited();
            cancelled.cancel();
            assert_eq!(of(&cancelled), 0, "{query_term:?}");
        }
    }

    #[test]
    fn a_search_whose_budget_is_spent_is_no_answer() {
        let searcher = Searcher::new(indexed()).unwrap();
        for query in ["甲乙", "甲乙 丙丁", "\"甲 丁\"~9", "《第一號協議》一", "戊己庚辛"]
        {
            let request = Request::new(query);
            let cancelled = Budget::unlimited();
            cancelled.cancel();
            let result = searcher.search_within(&request, &cancelled);
            assert!(matches!(result, Err(QueryError::Spent(_))), "{query}: {result:?}");
            assert!(searcher.search(&request).is_ok(), "{query}");
        }
    }
}
