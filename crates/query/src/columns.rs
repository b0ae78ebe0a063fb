//! What a search reads of each clause beside its postings, opened once for all searches.

use std::sync::Arc;

use tiaowen_corpus::ClauseKind;
use tiaowen_index::Groups;
use tiaowen_index::tantivy::columnar::{Column, StrColumn};
use tiaowen_index::tantivy::{DocId, Result, Searcher, SegmentOrdinal, SegmentReader};
use tiaowen_text::Script;

/// The columns that facets count.
const COUNTED: [&str; 4] = ["kind", "script", "party_names", "unit_names"];
/// Which of them tells the script.
pub(crate) const SCRIPT: usize = 1;

/// The columns of all segments, in their order. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Columns(Arc<[Arc<SegmentColumns>]>);

impl Columns {
    /// Opens the columns of an index in which `groups` are versions of one another.
    pub(crate) fn open(searcher: &Searcher, groups: &Groups) -> Result<Self> {
        let segments = searcher.segment_readers().iter();
        let opened = segments.map(|reader| SegmentColumns::open(reader, groups).map(Arc::new));
        Ok(Columns(opened.collect::<Result<_>>()?))
    }

    pub(crate) fn segment(&self, segment: SegmentOrdinal) -> &Arc<SegmentColumns> {
        &self.0[segment as usize]
    }
}

/// The columns of a segment.
pub(crate) struct SegmentColumns {
    /// Document and place in it, for ties.
    pub(crate) order: Column<u64>,
    /// As yyyymmdd.
    pub(crate) date: Column<u64>,
    /// What facets count.
    pub(crate) counted: [Option<StrColumn>; 4],
    part: Option<StrColumn>,
    /// The term of signatures among the parts.
    signature: Option<u64>,
    /// The group of each clause, or `ALONE`; empty where all are alone.
    groups: Vec<u32>,
}

const ALONE: u32 = u32::MAX;

impl SegmentColumns {
    fn open(reader: &SegmentReader, groups: &Groups) -> Result<Self> {
        let columns = reader.fast_fields();
        let order = columns.u64("order")?;
        let mut of_clauses = Vec::new();
        if !groups.is_empty() {
            let group = |doc: DocId| groups.of_order(order.first(doc)?);
            of_clauses.extend((0..reader.max_doc()).map(|doc| group(doc).unwrap_or(ALONE)));
        }
        let part = columns.str("part")?;
        let signature = term(part.as_ref(), ClauseKind::Signature.as_str())?;
        let mut counted = [const { None }; 4];
        for (column, name) in counted.iter_mut().zip(COUNTED) {
            *column = columns.str(name)?;
        }
        let date = columns.u64("date")?;
        Ok(SegmentColumns { order, date, counted, part, signature, groups: of_clauses })
    }

    /// What joins a clause with its versions, if it has any.
    pub(crate) fn group(&self, doc: DocId) -> Option<u32> {
        self.groups.get(doc as usize).copied().filter(|group| *group != ALONE)
    }

    /// Whether a clause is a signature.
    pub(crate) fn is_signature(&self, doc: DocId) -> bool {
        let part = self.part.as_ref().and_then(|part| part.ords().first(doc));
        part.is_some() && part == self.signature
    }

    /// The term of a script among those of the segment.
    pub(crate) fn script(&self, script: Script) -> Result<Option<u64>> {
        term(self.counted[SCRIPT].as_ref(), script.as_str())
    }
}

fn term(column: Option<&StrColumn>, text: &str) -> Result<Option<u64>> {
    match column {
        Some(column) => Ok(column.dictionary().term_ord(text.as_bytes())?),
        None => Ok(None),
    }
}
