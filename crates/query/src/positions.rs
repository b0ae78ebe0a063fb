//! Where phrases stand in a clause.

use std::ops::Range;

use tiaowen_index::tantivy::postings::{Postings, SegmentPostings};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};
use tiaowen_index::tantivy::{DocId, DocSet, Result, SegmentReader, Term};

/// Units one behind the other, with their positions from 0.
pub(crate) type Row = Vec<(usize, String)>;

/// One of several wordings, to be found in the clauses of a segment.
pub(crate) struct Wordings(Vec<PhrasePostings>);

struct PhrasePostings {
    /// The postings of each unit, with its place in the phrase.
    units: Vec<(u32, SegmentPostings)>,
    length: u32,
}

impl Wordings {
    /// The postings of `rows` in a segment; wordings that it doesn't hold are left out.
    pub(crate) fn open(reader: &SegmentReader, field: Field, rows: &[Row]) -> Result<Self> {
        let inverted = reader.inverted_index(field)?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let mut units = Vec::with_capacity(row.len());
            for (at, text) in row {
                let term = Term::from_field_text(field, text);
                let option = IndexRecordOption::WithFreqsAndPositions;
                let place = u32::try_from(*at).unwrap_or(u32::MAX);
                match inverted.read_postings(&term, option)? {
                    Some(postings) => units.push((place, postings)),
                    None => break,
                }
            }
            if units.len() == row.len() && !units.is_empty() {
                let length = units.iter().map(|(at, _)| at + 1).max().unwrap_or(0);
                all.push(PhrasePostings { units, length });
            }
        }
        Ok(Wordings(all))
    }

    /// The places of any of them in a clause, in order. Clauses must be asked for in order.
    pub(crate) fn places(&mut self, doc: DocId) -> Vec<Range<u32>> {
        let mut all: Vec<Range<u32>> =
            self.0.iter_mut().flat_map(|phrase| phrase.places(doc)).collect();
        if self.0.len() > 1 {
            all.sort_by_key(|place| (place.start, place.end));
        }
        all
    }
}

impl PhrasePostings {
    fn places(&mut self, doc: DocId) -> Vec<Range<u32>> {
        let held = |postings: &mut SegmentPostings| {
            if postings.doc() < doc { postings.seek(doc) == doc } else { postings.doc() == doc }
        };
        if !self.units.iter_mut().all(|(_, postings)| held(postings)) {
            return Vec::new();
        }
        let mut starts = Vec::new();
        let mut others = Vec::new();
        for (nth, (at, postings)) in self.units.iter_mut().enumerate() {
            if nth == 0 {
                postings.positions(&mut starts);
                starts.retain_mut(|start| {
                    let fits = *start >= *at;
                    *start = start.wrapping_sub(*at);
                    fits
                });
            } else {
                postings.positions(&mut others);
                starts.retain(|start| others.binary_search(&(start + *at)).is_ok());
            }
            if starts.is_empty() {
                break;
            }
        }
        starts.into_iter().map(|start| start..start + self.length).collect()
    }
}
