//! Matches words near one another, in any order.

use std::fmt;
use std::ops::Range;

use tiaowen_index::tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tiaowen_index::tantivy::schema::Field;
use tiaowen_index::tantivy::{
    DocId, DocSet, Result, Score, SegmentReader, TERMINATED, TantivyError, Term,
};

use crate::engine::positions::{Row, Wordings};

/// Matches clauses in which all rows occur with at most `within` characters between them. A row
/// that was typed several times must occur several times.
pub(crate) struct Near {
    all: Box<dyn Query>,
    /// Each row with the number of times that it must occur.
    rows: Vec<(Row, usize)>,
    chars: Field,
    within: u32,
}

impl Near {
    /// `all` matches clauses that contain all `rows` anywhere in the field `chars`.
    pub(crate) fn new(all: Box<dyn Query>, rows: &[Row], chars: Field, within: u32) -> Self {
        let mut counted: Vec<(Row, usize)> = Vec::new();
        for row in rows {
            match counted.iter_mut().find(|(known, _)| known == row) {
                Some((_, times)) => *times += 1,
                None => counted.push((row.clone(), 1)),
            }
        }
        Near { all, rows: counted, chars, within }
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
            .map(|(row, times)| {
                let row = std::slice::from_ref(row);
                Ok((Wordings::open(reader, self.near.chars, row)?, *times))
            })
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
    words: Vec<(Wordings, usize)>,
    within: u32,
}

impl NearScorer {
    /// Advances to a clause with the words near one another, unless the current one is.
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.all.doc();
            if doc == TERMINATED {
                return doc;
            }
            let places: Vec<Vec<Stretch>> = self
                .words
                .iter_mut()
                .map(|(word, times)| stretches(&word.places(doc), *times))
                .collect();
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

/// A place where a word occurs the required number of times, and the number of characters it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    place: Range<u32>,
    length: u32,
}

/// The stretches in which a word occurs `times` times in a row without overlaps.
fn stretches(places: &[Range<u32>], times: usize) -> Vec<Stretch> {
    (0..places.len()).map_while(|first| first_stretch(&places[first..], times)).collect()
}

/// The stretch that begins at the first place.
fn first_stretch(places: &[Range<u32>], times: usize) -> Option<Stretch> {
    let start = places.first()?.start;
    let (mut end, mut length, mut found) = (0, 0, 0);
    for place in places {
        if found > 0 && place.start < end {
            continue;
        }
        (end, length, found) = (place.end, length + place.end - place.start, found + 1);
        if found == times {
            return Some(Stretch { place: start..end, length });
        }
    }
    None
}

/// Whether one stretch of each word fits into a window with at most `within` other positions.
fn are_near(places: &[Vec<Stretch>], within: u32) -> bool {
    let mut at = vec![0; places.len()];
    loop {
        let mut first: Option<(u32, usize)> = None;
        let (mut end, mut length) = (0, 0);
        for (word, stretches) in places.iter().enumerate() {
            let Some(Stretch { place, length: stretch_length }) = stretches.get(at[word]) else {
                return false;
            };
            if first.is_none_or(|(start, _)| place.start < start) {
                first = Some((place.start, word));
            }
            end = end.max(place.end);
            length += stretch_length;
        }
        let Some((start, word)) = first else { return false };
        if (end - start).saturating_sub(length) <= within {
            return true;
        }
        // Only a later place of the first word can shorten the window.
        at[word] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Stretch, are_near, stretches};

    #[test]
    fn the_shortest_stretch_counts() {
        let at = |starts: &[u32]| -> Vec<Stretch> {
            let places: Vec<_> = starts.iter().map(|&start| start..start + 2).collect();
            stretches(&places, 1)
        };
        let places = [at(&[0, 50]), at(&[20, 57])];
        assert!(are_near(&places, 5));
        assert!(!are_near(&places, 4));
        assert!(are_near(&[at(&[9]), at(&[0])], 7));
        assert!(are_near(&[at(&[0]), at(&[2]), at(&[4])], 0));
        assert!(!are_near(&[at(&[0]), at(&[])], 100));
    }

    #[test]
    fn a_word_asked_for_twice_stands_twice() {
        let at = |starts: &[u32], times| {
            let places: Vec<_> = starts.iter().map(|&start| start..start + 2).collect();
            stretches(&places, times)
        };
        assert!(at(&[4], 2).is_empty());
        assert!(are_near(&[at(&[0, 6], 2)], 4));
        assert!(!are_near(&[at(&[0, 6], 2)], 3));
        assert!(are_near(&[at(&[0, 20, 23], 2), at(&[26], 1)], 2));
        // 人人人 contains 人人 once.
        assert!(at(&[0, 1], 2).is_empty());
        assert_eq!(at(&[0, 1, 2], 2), [Stretch { place: 0..4, length: 4 }]);
    }
}
