//! Finds the positions of phrases in clauses.

use std::ops::Range;

use tiaowen_index::tantivy::postings::{Postings, SegmentPostings};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};
use tiaowen_index::tantivy::{DocId, DocSet, Result, SegmentReader, Term};

/// Consecutive units, with their positions from 0.
pub(crate) type Row = Vec<(usize, String)>;

/// Alternative phrases in the clauses of a segment.
pub(crate) struct Wordings(Vec<RowPostings>);

impl Wordings {
    /// Opens the postings of `rows` in a segment. Phrases that it doesn't contain are left out.
    pub(crate) fn open(reader: &SegmentReader, field: Field, rows: &[Row]) -> Result<Self> {
        let all = rows.iter().map(|row| RowPostings::open(reader, field, row, &[]));
        Ok(Wordings(all.filter_map(Result::transpose).collect::<Result<_>>()?))
    }

    /// The positions of all phrases in a clause, in order. Clauses must be requested in order.
    pub(crate) fn places(&mut self, doc: DocId) -> Vec<Range<u32>> {
        let mut all: Vec<Range<u32>> = self.0.iter_mut().flat_map(|row| row.places(doc)).collect();
        if self.0.len() > 1 {
            all.sort_by_key(|place| (place.start, place.end));
        }
        all
    }
}

/// A phrase in the clauses of a segment.
pub(crate) struct RowPostings {
    /// The postings of each unit with its position in the phrase, in the order in which they are
    /// checked.
    units: Vec<(u32, SegmentPostings)>,
    length: u32,
    starts: Vec<u32>,
    others: Vec<u32>,
}

impl RowPostings {
    /// Opens the postings of `row` in a segment. `None` if one of its units doesn't occur. The
    /// units at the places `first` and those right after them are checked before the others, the
    /// rarest first.
    pub(crate) fn open(
        reader: &SegmentReader,
        field: Field,
        row: &[(usize, String)],
        first: &[usize],
    ) -> Result<Option<Self>> {
        let inverted = reader.inverted_index(field)?;
        let mut units: Vec<Option<(u32, SegmentPostings)>> = Vec::with_capacity(row.len());
        for (at, text) in row {
            let term = Term::from_field_text(field, text);
            let option = IndexRecordOption::WithFreqsAndPositions;
            let Some(postings) = inverted.read_postings(&term, option)? else { return Ok(None) };
            units.push(Some((u32::try_from(*at).unwrap_or(u32::MAX), postings)));
        }
        let Some(length) = units.iter().flatten().map(|(at, _)| at + 1).max() else {
            return Ok(None);
        };
        let held = |at: usize| match units.get(at) {
            Some(Some((_, postings))) => f64::from(postings.doc_freq()),
            _ => f64::INFINITY,
        };
        let mut first: Vec<(f64, usize)> =
            first.iter().map(|&at| (held(at) * held(at + 1), at)).collect();
        first.sort_by(|left, right| left.0.total_cmp(&right.0));
        let places = first.into_iter().flat_map(|(_, at)| [at, at + 1]).chain(0..row.len());
        let units = places.filter_map(|at| units.get_mut(at)?.take()).collect::<Vec<_>>();
        Ok(Some(RowPostings { units, length, starts: Vec::new(), others: Vec::new() }))
    }

    /// The positions of the phrase in a clause. Clauses must be requested in order.
    fn places(&mut self, doc: DocId) -> impl Iterator<Item = Range<u32>> {
        self.stands_in(doc);
        self.starts.iter().map(|start| *start..start + self.length)
    }

    /// Whether the phrase occurs in a clause. Clauses must be requested in order.
    pub(crate) fn stands_in(&mut self, doc: DocId) -> bool {
        let RowPostings { units, starts, others, .. } = self;
        starts.clear();
        for (nth, (at, postings)) in units.iter_mut().enumerate() {
            let is_held = match postings.doc() {
                before if before < doc => postings.seek(doc) == doc,
                now => now == doc,
            };
            if !is_held {
                starts.clear();
            } else if nth == 0 {
                postings.positions(starts);
                starts.retain_mut(|start| {
                    let fits = *start >= *at;
                    *start = start.wrapping_sub(*at);
                    fits
                });
            } else {
                postings.positions(others);
                starts.retain(|start| others.binary_search(&(start + *at)).is_ok());
            }
            if starts.is_empty() {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use tiaowen_index::tantivy::schema::Value;
    use tiaowen_index::tantivy::{DocAddress, TantivyDocument};
    use tiaowen_index::{ClauseIndex, ClauseRecord, order};
    use tiaowen_text::Segmenter;

    use super::*;
    use crate::language::plan::in_a_row;

    /// Texts of three characters and a pause in many orders.
    fn texts() -> Vec<String> {
        let unit = |nth: u32, at: u32| ["合", "作", "機", "，"][(nth >> (2 * at) & 3) as usize];
        let text = |nth: u32| (0..4).chain(1..4).map(|at| unit(nth, at)).collect();
        (0..256).map(text).collect()
    }

    /// An index of these texts, one clause each.
    fn indexed(texts: &[String]) -> ClauseIndex {
        let record = |text: &String| {
            let page = format!("+++\ntitle = '甲'\nkind = 'agreement'\n+++\n\n乙{text}丙。\n");
            let read = tiaowen_corpus::read("a.md", &page).unwrap().remove(0);
            let clause = Cow::Owned(read.clauses.into_iter().next().unwrap());
            ClauseRecord {
                document: Cow::Owned(read.document),
                clause,
                dropped: Cow::Borrowed(&[]),
            }
        };
        let records: Vec<ClauseRecord> = texts.iter().map(record).collect();
        let entries: Vec<_> =
            (0..).zip(&records).map(|(nth, record)| (record, order("a", nth))).collect();
        ClauseIndex::in_memory(&entries, Segmenter::shared()).unwrap()
    }

    #[test]
    fn a_row_stands_where_the_text_holds_it_whichever_unit_is_looked_at_first() {
        let texts = texts();
        let index = indexed(&texts);
        let searcher = index.reader().unwrap().searcher();
        let text_of = |at: DocAddress| {
            let stored: TantivyDocument = searcher.doc(at).unwrap();
            let value = stored.get_first(index.fields().record);
            let record = value.as_ref().and_then(|value| value.as_bytes());
            record.and_then(ClauseRecord::from_bytes).unwrap().clause.text.clone()
        };
        for text in ["合", "合作", "作合", "機機", "合作機合", "機作，合", "作合作機", "合丁", "丁"]
        {
            let row = in_a_row(text);
            let orders: [&[usize]; 4] = [&[], &[0], &[2, 0], &[1]];
            for first in orders {
                let first: Vec<usize> =
                    first.iter().copied().filter(|at| at + 1 < row.len()).collect();
                let mut found = Vec::new();
                for (nth, reader) in (0..).zip(searcher.segment_readers()) {
                    let opened = RowPostings::open(reader, index.fields().chars, &row, &first);
                    let Some(mut row) = opened.unwrap() else { continue };
                    let held = (0..reader.max_doc()).filter(|doc| row.stands_in(*doc));
                    found.extend(held.map(|doc| text_of(DocAddress::new(nth, doc))));
                }
                let held = texts.iter().filter(|text_with| text_with.contains(text));
                let mut expected: Vec<String> =
                    held.map(|text_with| format!("乙{text_with}丙。")).collect();
                found.sort();
                expected.sort();
                assert!(found == expected, "{text} {first:?}: {} found", found.len());
                assert_eq!(found.is_empty(), text.contains('丁'), "{text}");
            }
        }
    }
}
