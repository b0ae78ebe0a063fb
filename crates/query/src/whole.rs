//! How much of a query a clause holds, and how near together.

use std::fmt;
use std::ops::Range;

use tiaowen_index::tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tiaowen_index::tantivy::schema::Field;
use tiaowen_index::tantivy::{
    DocAddress, DocId, DocSet, Result, Score, Searcher, SegmentReader, TantivyError, Term,
};

use crate::positions::{Row, Wordings};

/// A concept of a query: a word, or what other regions call it.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// Its wordings, any of which holds it.
    pub(crate) rows: Vec<Row>,
    /// The texts of the groups of each wording, by which it is told how rare it is.
    pub(crate) groups: Vec<Vec<String>>,
}

/// What a query's concepts say of a clause as a whole. Its score is multiplied by a factor
/// between `uncovered`, where none of the concepts is held, and 1, where all are: where the
/// one word is missing that says what is meant, half the query is not held. To that comes
/// `near` for concepts that follow one another closely. Rare concepts count more in both.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    pub(crate) concepts: Vec<Sought>,
    pub(crate) chars: Field,
    pub(crate) words: Field,
    pub(crate) uncovered: f32,
    pub(crate) near: f32,
}

/// Matches what `all` does, and scores it as [`Whole`] says.
pub(crate) struct WholeQuery {
    all: Box<dyn Query>,
    whole: Whole,
}

/// Characters between two concepts that halve what their closeness counts.
const HALF: f32 = 8.0;

impl Clone for WholeQuery {
    fn clone(&self) -> Self {
        WholeQuery { all: self.all.box_clone(), whole: self.whole.clone() }
    }
}

impl fmt::Debug for WholeQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {:?}", self.whole, self.all)
    }
}

impl Whole {
    /// The query that matches what `all` does.
    pub(crate) fn over(self, all: Box<dyn Query>) -> WholeQuery {
        WholeQuery { all, whole: self }
    }

    /// What share of a score a clause keeps, and what closeness adds to it.
    pub(crate) fn measure(&self, searcher: &Searcher, address: DocAddress) -> Result<(f32, f32)> {
        let reader = searcher.segment_reader(address.segment_ord);
        let mut measure = self.measurer(self.rarities(searcher)?, reader)?;
        Ok(measure.of(address.doc_id))
    }

    fn rarities(&self, searcher: &Searcher) -> Result<Vec<f32>> {
        self.concepts.iter().map(|concept| self.rarity(concept, searcher)).collect()
    }

    fn measurer(&self, rarities: Vec<f32>, reader: &SegmentReader) -> Result<Measurer> {
        let concepts = self.concepts.iter();
        let concepts = concepts
            .map(|concept| Wordings::open(reader, self.chars, &concept.rows))
            .collect::<Result<_>>()?;
        Ok(Measurer { concepts, rarities, uncovered: self.uncovered, near: self.near })
    }

    /// How rare a concept is, as BM25 counts it: by its most frequent wording, and that by
    /// its rarest word.
    fn rarity(&self, concept: &Sought, searcher: &Searcher) -> Result<f32> {
        let clauses = searcher.num_docs();
        let mut most = 0;
        for groups in &concept.groups {
            let mut fewest = clauses;
            for group in groups {
                let mut held = searcher.doc_freq(&Term::from_field_text(self.words, group))?;
                if held == 0 {
                    held = clauses;
                    for unit in crate::plan::in_a_row(group) {
                        let term = Term::from_field_text(self.chars, &unit.1);
                        held = held.min(searcher.doc_freq(&term)?);
                    }
                }
                fewest = fewest.min(held);
            }
            most = most.max(fewest);
        }
        let (clauses, held) = (clauses as f32, most as f32);
        Ok((1.0 + (clauses - held + 0.5).max(0.0) / (held + 0.5)).ln())
    }
}

impl Query for WholeQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, .. } = scoring else {
            return self.all.weight(scoring);
        };
        let rarities = self.whole.rarities(searcher)?;
        let all = self.all.weight(scoring)?;
        Ok(Box::new(WholeWeight { all, rarities, whole: self.whole.clone() }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.all.query_terms(visitor);
    }
}

struct WholeWeight {
    all: Box<dyn Weight>,
    rarities: Vec<f32>,
    whole: Whole,
}

impl Weight for WholeWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>> {
        let measurer = self.whole.measurer(self.rarities.clone(), reader)?;
        Ok(Box::new(WholeScorer { all: self.all.scorer(reader, boost)?, measurer, boost }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("whole", scorer.score()))
    }
}

struct WholeScorer {
    all: Box<dyn Scorer>,
    measurer: Measurer,
    boost: Score,
}

/// Tells of clauses how much of the query they hold, and how near together.
struct Measurer {
    concepts: Vec<Wordings>,
    rarities: Vec<f32>,
    uncovered: f32,
    near: f32,
}

impl Measurer {
    /// The share of its score that a clause keeps, and what closeness adds. Clauses must be
    /// asked for in order.
    fn of(&mut self, doc: DocId) -> (f32, f32) {
        let places: Vec<Vec<Range<u32>>> =
            self.concepts.iter_mut().map(|concept| concept.places(doc)).collect();
        let (mut held, mut sum, mut near) = (0.0, 0.0, 0.0);
        let mut before: Option<usize> = None;
        for (at, own) in places.iter().enumerate() {
            sum += self.rarities[at];
            if own.is_empty() {
                continue;
            }
            held += self.rarities[at];
            if let Some(before) = before {
                let rarity = self.rarities[before].min(self.rarities[at]);
                near += rarity * closeness(&places[before], own);
            }
            before = Some(at);
        }
        (self.uncovered + (1.0 - self.uncovered) * held / sum, self.near * near)
    }
}

impl DocSet for WholeScorer {
    fn advance(&mut self) -> DocId {
        self.all.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.all.seek(target)
    }

    fn doc(&self) -> DocId {
        self.all.doc()
    }

    fn size_hint(&self) -> u32 {
        self.all.size_hint()
    }
}

impl Scorer for WholeScorer {
    fn score(&mut self) -> Score {
        let (covered, near) = self.measurer.of(self.all.doc());
        self.all.score() * covered + near * self.boost
    }
}

/// 1 where one of `left` is right before one of `right`, less the farther they are; half of
/// that in the other order.
fn closeness(left: &[Range<u32>], right: &[Range<u32>]) -> f32 {
    let of = |gap: u32| HALF / (HALF + gap as f32);
    let mut best = 0.0f32;
    let mut at = 0;
    for own in left {
        while right.get(at).is_some_and(|other| other.start < own.end) {
            at += 1;
        }
        if let Some(next) = right.get(at) {
            best = best.max(of(next.start - own.end));
        }
        if let Some(previous) = at.checked_sub(1).and_then(|at| right.get(at))
            && previous.end <= own.start
        {
            best = best.max(of(own.start - previous.end) / 2.0);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::closeness;

    #[test]
    fn nearer_and_in_order_is_better() {
        let at = |start: u32| start..start + 2;
        assert_eq!(closeness(&[at(0)], &[at(2)]), 1.0);
        assert!(closeness(&[at(0)], &[at(4)]) < 1.0);
        assert!(closeness(&[at(0)], &[at(4)]) > closeness(&[at(0)], &[at(20)]));
        assert_eq!(closeness(&[at(2)], &[at(0)]), 0.5);
        assert_eq!(closeness(&[at(0), at(30)], &[at(10), at(32)]), 1.0);
        assert_eq!(closeness(&[at(0)], &[at(1)]), 0.0);
    }
}
