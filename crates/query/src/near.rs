//! Words near one another, in whichever order.

use std::fmt;
use std::ops::Range;

use tiaowen_index::tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tiaowen_index::tantivy::schema::Field;
use tiaowen_index::tantivy::{
    DocId, DocSet, Result, Score, SegmentReader, TERMINATED, TantivyError, Term,
};

use crate::positions::{Row, Wordings};

/// Matches clauses that hold all rows with no more than `within` characters between them.
pub(crate) struct Near {
    all: Box<dyn Query>,
    rows: Vec<Row>,
    chars: Field,
    within: u32,
}

impl Near {
    /// `all` matches what holds all `rows`, wherever they stand in the field `chars`.
    pub(crate) fn new(all: Box<dyn Query>, rows: &[Row], chars: Field, within: u32) -> Self {
        Near { all, rows: rows.to_vec(), chars, within }
    }
}

impl Clone for Near {
    fn clone(&self) -> Self {
        Near { all: self.all.box_clone(), rows: self.rows.clone(), ..*self }
    }
}

impl fmt::Debug for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Near({:?} within {})", self.rows, self.within)
    }
}

impl Query for Near {
    fn weight(&self, scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        Ok(Box::new(NearWeight { all: self.all.weight(scoring)?, near: self.clone() }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.all.query_terms(visitor);
    }
}

struct NearWeight {
    all: Box<dyn Weight>,
    near: Near,
}

impl Weight for NearWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>> {
        let rows = self.near.rows.iter();
        let words = rows
            .map(|row| Wordings::open(reader, self.near.chars, std::slice::from_ref(row)))
            .collect::<Result<_>>()?;
        let all = self.all.scorer(reader, boost)?;
        let mut scorer = NearScorer { all, words, within: self.near.within };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("near", scorer.score()))
    }
}

struct NearScorer {
    all: Box<dyn Scorer>,
    words: Vec<Wordings>,
    within: u32,
}

impl NearScorer {
    /// Goes on to a clause where the words are near, if this is none.
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.all.doc();
            if doc == TERMINATED {
                return doc;
            }
            let places: Vec<Vec<Range<u32>>> =
                self.words.iter_mut().map(|word| word.places(doc)).collect();
            if are_near(&places, self.within) {
                return doc;
            }
            self.all.advance();
        }
    }
}

impl DocSet for NearScorer {
    fn advance(&mut self) -> DocId {
        self.all.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.all.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.all.doc()
    }

    fn size_hint(&self) -> u32 {
        self.all.size_hint()
    }
}

impl Scorer for NearScorer {
    fn score(&mut self) -> Score {
        self.all.score()
    }
}

/// Whether one place of each word lies in a stretch that leaves `within` positions free.
fn are_near(places: &[Vec<Range<u32>>], within: u32) -> bool {
    let mut at = vec![0; places.len()];
    loop {
        let mut first: Option<(u32, usize)> = None;
        let (mut end, mut length) = (0, 0);
        for (word, own) in places.iter().enumerate() {
            let Some(place) = own.get(at[word]) else { return false };
            if first.is_none_or(|(start, _)| place.start < start) {
                first = Some((place.start, word));
            }
            end = end.max(place.end);
            length += place.end - place.start;
        }
        let Some((start, word)) = first else { return false };
        if (end - start).saturating_sub(length) <= within {
            return true;
        }
        // Only a later place of the first word can make the stretch shorter.
        at[word] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::are_near;

    #[test]
    fn the_shortest_stretch_counts() {
        let at = |starts: &[u32]| starts.iter().map(|&start| start..start + 2).collect::<Vec<_>>();
        let places = [at(&[0, 50]), at(&[20, 57])];
        assert!(are_near(&places, 5));
        assert!(!are_near(&places, 4));
        assert!(are_near(&[at(&[9]), at(&[0])], 7));
        assert!(are_near(&[at(&[0]), at(&[2]), at(&[4])], 0));
        assert!(!are_near(&[at(&[0]), at(&[])], 100));
    }
}
