//! Verifies that the postings of clauses match their stored text.
//!
//! A checksum proves that a file is as it was written. Damage from before that (in memory, or in a
//! file merged by an earlier version of this program) has a valid checksum; no search finds what it
//! hides, and comparing stored texts with their sources doesn't show it either. So the stored
//! clauses are tokenized again into an index in memory, and both indexes are read term by term.
//! Each clause gets a sum over its terms with frequencies and positions, its norms and its columns;
//! different sums identify a damaged clause.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustc_hash::FxHashMap;
use tantivy::directory::RamDirectory;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::store::StoreReader;
use tantivy::{
    DocId, DocSet, Index, Searcher, SegmentReader, TERMINATED, TantivyDocument, TantivyError,
};
use tiaowen_corpus::{Document, passage_number};

use crate::clause_index::engine;
use crate::fields::has_own_order;
use crate::{ClauseIndex, ClauseRecord, Fields, IndexError, Manifest, Source, document_of, order};

/// Number of clauses that are tokenized at once.
const BATCH: usize = 4_096;

/// Memory for a batch, in bytes.
const MEMORY: usize = 64 << 20;

/// Maximum number of clauses named: damage mostly affects one, or more than anyone reads.
const MOST_NAMED: usize = 20;

/// A clause's place in its document: byte offset, passage number and indexed order number.
type Placed = (usize, u32, u64);

/// A comparison in progress.
struct Comparison<'a> {
    fields: Fields,
    index: &'a ClauseIndex,
    /// Documents from the manifest with the keys of their sources, by document id.
    known: HashMap<&'a str, (&'a str, &'a Document)>,
    every: DocId,
    placed: FxHashMap<String, Vec<Placed>>,
    unlike: Vec<String>,
}

impl ClauseIndex {
    /// Clauses whose postings, norms or columns differ from those that their stored text yields,
    /// and unreadable segments; a few at most. One clause in `every` is checked.
    ///
    /// # Errors
    /// If the engine can't make an index in memory.
    pub(crate) fn unlike_stored(
        &self,
        searcher: &Searcher,
        manifest: &Manifest,
        every: u32,
    ) -> Result<Vec<String>, IndexError> {
        let sources: Vec<String> =
            manifest.sources.iter().map(|source| Source::key(&source.root, &source.path)).collect();
        let known = manifest.sources.iter().zip(&sources).flat_map(|(source, key)| {
            source
                .documents
                .iter()
                .map(move |document| (document.id.as_str(), (key.as_str(), document)))
        });
        let mut comparison = Comparison {
            fields: self.fields(),
            index: self,
            known: known.collect(),
            every: every.max(1),
            placed: FxHashMap::default(),
            unlike: Vec::new(),
        };
        for segment in searcher.segment_readers() {
            // The engine trusts its files and panics on some kinds of damage.
            let compared = catch_unwind(AssertUnwindSafe(|| comparison.segment(segment)));
            if !matches!(compared, Ok(Ok(()))) {
                comparison.unlike.push(segment.segment_id().uuid_string());
            }
        }
        if every <= 1 {
            comparison.order();
        }
        comparison.unlike.truncate(MOST_NAMED);
        Ok(comparison.unlike)
    }
}

impl Comparison<'_> {
    fn segment(&mut self, segment: &SegmentReader) -> Result<(), IndexError> {
        let fault = |source| engine(self.index.folder(), source);
        let indexed = sums(segment).map_err(fault)?;
        let store = segment.get_store_reader(10).map_err(|error| fault(error.into()))?;
        let orders = segment.fast_fields().u64("order").map_err(fault)?;
        let chosen = (0..segment.max_doc()).filter(|doc| doc % self.every == 0);
        let chosen: Vec<DocId> = chosen.filter(|&doc| !segment.is_deleted(doc)).collect();
        for batch in chosen.chunks(BATCH) {
            if self.unlike.len() >= MOST_NAMED {
                return Ok(());
            }
            let mut records = Vec::with_capacity(batch.len());
            for &doc in batch {
                let order = orders.first(doc).unwrap_or(u64::MAX);
                match record(&store, doc, self.fields) {
                    Some(record) => records.push((doc, order, record)),
                    None => self.unlike.push(segment.segment_id().uuid_string()),
                }
            }
            self.batch(&indexed, &records)?;
            for (_, order, record) in records {
                // Every clause must carry its document's metadata.
                let known = self.known.get(record.document.id.as_str());
                if known.is_none_or(|(_, document)| *record.document != **document) {
                    self.unlike.push(record.id());
                }
                let start = record.clause.bytes.start;
                let placed = (start, passage_number(&record.clause), order);
                self.placed.entry(record.document.id.clone()).or_default().push(placed);
            }
        }
        Ok(())
    }

    /// Compares a batch of stored clauses with their postings.
    fn batch(
        &mut self,
        indexed: &[u64],
        records: &[(DocId, u64, ClauseRecord<'_>)],
    ) -> Result<(), IndexError> {
        let fault = |source| engine(self.index.folder(), source);
        let (schema, fields) = Fields::schema();
        let tokenizers = Fields::tokenizers(self.index.segmenter());
        let builder = Index::builder().schema(schema).tokenizers(tokenizers);
        let mut writer =
            builder.single_segment_index_writer(RamDirectory::create(), MEMORY).map_err(fault)?;
        for (_, order, record) in records {
            let known = self.known.get(record.document.id.as_str());
            let key = known.map_or("", |(key, _)| key);
            writer.add_document(fields.entry_of(key, record, *order)).map_err(fault)?;
        }
        let searcher =
            writer.finalize().and_then(|index| index.reader()).map_err(fault)?.searcher();
        let Some(segment) = searcher.segment_readers().first() else { return Ok(()) };
        let anew = sums(segment).map_err(fault)?;
        for ((doc, _, record), sum) in records.iter().zip(anew) {
            if indexed.get(*doc as usize) != Some(&sum) {
                self.unlike.push(record.id());
            }
        }
        Ok(())
    }

    /// Compares the indexed order with the order in the source.
    fn order(&mut self) {
        for (document, mut placed) in std::mem::take(&mut self.placed) {
            placed.sort_unstable();
            let wrong = placed.iter().zip(0..).find(|((_, _, indexed), place)| {
                let is_last = !has_own_order(*place);
                *indexed != order(&document, *place)
                    && !(is_last && document_of(*indexed) == document_of(order(&document, 0)))
            });
            if wrong.is_some() {
                self.unlike.push(document);
            }
        }
    }
}

fn record(store: &StoreReader, doc: DocId, fields: Fields) -> Option<ClauseRecord<'static>> {
    let stored: TantivyDocument = store.get(doc).ok()?;
    let value = stored.get_first(fields.record)?;
    ClauseRecord::from_bytes(value.as_value().as_bytes()?)
}

/// For each clause of a segment, a sum over everything indexed of it.
fn sums(segment: &SegmentReader) -> Result<Vec<u64>, TantivyError> {
    let mut sums = vec![0; segment.max_doc() as usize];
    for (field, entry) in segment.schema().fields() {
        let name = entry.name();
        let base = mixed(u64::from(field.field_id()), name.as_bytes());
        if entry.is_indexed() {
            let option = entry.field_type().get_index_record_option();
            let option = option.unwrap_or(IndexRecordOption::Basic);
            let tokens = add_postings(segment, field, option, &mut sums)?;
            if option.has_freq() && !is_token_count(segment, field, tokens)? {
                let message = format!("{name} does not have the tokens that it is said to have");
                return Err(TantivyError::InternalError(message));
            }
        }
        if let Some(norms) = segment.fieldnorms_readers().get_field(field)? {
            for (doc, sum) in (0..).zip(&mut sums) {
                add(sum, mix(base, u64::from(norms.fieldnorm_id(doc))));
            }
        }
        if !entry.is_fast() {
            continue;
        }
        if let Some(column) = segment.fast_fields().str(name)? {
            let mut text = String::new();
            for (doc, sum) in (0..).zip(&mut sums) {
                for ord in column.term_ords(doc) {
                    text.clear();
                    column.ord_to_str(ord, &mut text)?;
                    add(sum, mixed(!base, text.as_bytes()));
                }
            }
        } else if let Some(column) = segment.fast_fields().column_opt::<u64>(name)? {
            for (doc, sum) in (0..).zip(&mut sums) {
                column.values_for_doc(doc).for_each(|value| add(sum, mix(!base, value)));
            }
        }
    }
    Ok(sums)
}

/// Whether a segment's token count for a field is plausible; every score depends on it.
///
/// A merge that drops deleted clauses counts the tokens of the others from their norms, which are
/// rounded down. The count may therefore lie between the sum of the norms and the actual number of
/// `tokens`.
fn is_token_count(
    segment: &SegmentReader,
    field: Field,
    tokens: u64,
) -> Result<bool, TantivyError> {
    let stated = segment.inverted_index(field)?.total_num_tokens();
    if stated == tokens {
        return Ok(true);
    }
    let Some(norms) = segment.fieldnorms_readers().get_field(field)? else { return Ok(false) };
    let least: u64 = (0..segment.max_doc()).map(|doc| u64::from(norms.fieldnorm(doc))).sum();
    Ok((least..tokens).contains(&stated))
}

/// Adds the postings of a field to the sums of its clauses. Returns the number of tokens.
fn add_postings(
    segment: &SegmentReader,
    field: Field,
    option: IndexRecordOption,
    sums: &mut [u64],
) -> Result<u64, TantivyError> {
    let mut tokens = 0;
    let inverted = segment.inverted_index(field)?;
    let mut terms = inverted.terms().stream()?;
    let mut positions = Vec::new();
    while let Some((term, info)) = terms.next() {
        let base = mixed(u64::from(field.field_id()), term);
        let mut postings = inverted.read_postings_from_terminfo(info, option)?;
        let mut doc = postings.doc();
        while doc != TERMINATED {
            tokens += u64::from(postings.term_freq());
            let mut hash = mix(base, u64::from(postings.term_freq()));
            if option.has_positions() {
                postings.positions(&mut positions);
                hash = positions.iter().fold(hash, |hash, &at| mix(hash, u64::from(at)));
            }
            if let Some(sum) = sums.get_mut(doc as usize) {
                add(sum, hash);
            }
            doc = postings.advance();
        }
    }
    Ok(tokens)
}

fn add(sum: &mut u64, hash: u64) {
    // The order of terms differs between segments, so the sum must not depend on it.
    *sum = sum.wrapping_add(hash ^ hash >> 29);
}

fn mixed(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(mix(start, bytes.len() as u64), |hash, &byte| mix(hash, u64::from(byte)))
}

fn mix(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(13) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
