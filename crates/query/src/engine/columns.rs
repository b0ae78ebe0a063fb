//! The columns that a search reads for each clause, besides posting lists. They are opened once for
//! all searches.
//!
//! The columns of tantivy store one value per clause. But most values belong to the document, and
//! the clauses of a document are adjacent. So values are stored once per run of clauses, and runs
//! with the same facets share a class. This takes less memory, and facets are counted by class.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use tiaowen_corpus::ClauseKind;
use tiaowen_index::tantivy::columnar::{Column, StrColumn};
use tiaowen_index::tantivy::{DocAddress, DocId, Result, Searcher, SegmentOrdinal, SegmentReader};
use tiaowen_index::{Groups, document_of};
use tiaowen_text::{Script, fold};

use crate::engine::runs::Runs;
use crate::engine::segments::each;

/// The columns that facets count.
const COUNTED: [&str; 4] = ["kind", "script", "party_names", "unit_names"];
pub(crate) const KIND: usize = 0;
pub(crate) const SCRIPT: usize = 1;
/// The first of those whose values are names.
pub(crate) const PARTY: usize = 2;
pub(crate) const UNIT: usize = 3;

/// The least number of clauses of the largest segment for which columns are opened on several cores.
const LARGE: u32 = 20_000;

/// The number of clauses whose order numbers are read together.
const TOGETHER: usize = 1_024;

/// The columns of all segments, in order. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Columns(Arc<All>);

struct All {
    segments: Vec<Arc<SegmentColumns>>,
    values: OnceLock<Values>,
}

impl Columns {
    /// Opens the columns of an index. `groups` are the versions of clauses.
    pub(crate) fn open(searcher: &Searcher, groups: &Groups) -> Result<Self> {
        let readers = searcher.segment_readers();
        let is_large = readers.iter().any(|reader| reader.max_doc() >= LARGE);
        let open = |reader: &SegmentReader| SegmentColumns::open(reader, groups).map(Arc::new);
        let segments = each(readers, is_large, open)?;
        Ok(Columns(Arc::new(All { segments, values: OnceLock::new() })))
    }

    pub(crate) fn segment(&self, segment: SegmentOrdinal) -> &Arc<SegmentColumns> {
        &self.0.segments[segment as usize]
    }

    /// The order number of a clause.
    pub(crate) fn order(&self, clause: DocAddress) -> Option<u64> {
        self.segment(clause.segment_ord).order.first(clause.doc_id)
    }

    /// The facet values of all segments, which are read on first use.
    pub(crate) fn values(&self) -> &Values {
        self.0.values.get_or_init(|| Values::of(&self.0.segments))
    }
}

/// What a clause has from its document.
#[derive(Debug, Clone)]
pub(crate) struct DocumentFacts {
    /// The date as yyyymmdd, or 0.
    pub(crate) date: u64,
    /// The term of its script.
    pub(crate) script: Option<u32>,
    /// The index of its class.
    class: u32,
    /// Whether any of its clauses names responsible units.
    pub(crate) has_units: bool,
    /// The offset from a clause's number to its entry in `groups`, wrapping. `None` if no clause of
    /// the run has versions.
    groups: Option<u32>,
}

/// What facets count for a document. Many documents share it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    /// 0 without a date.
    pub(crate) year: u32,
    /// The terms of kind and script.
    pub(crate) kind: Option<u32>,
    pub(crate) script: Option<u32>,
    /// The terms of its parties, without repetitions.
    pub(crate) parties: Vec<u32>,
}

/// Marks a run whose clauses have versions or name units.
const SPECIAL: u32 = u32::MAX;

/// Marks a clause without versions in a document where others have some.
const ALONE: u32 = u32::MAX;

/// The columns of a segment.
pub(crate) struct SegmentColumns {
    /// Document and position in it, for ties.
    pub(crate) order: Column<u64>,
    /// The runs of adjacent clauses of a document. If clauses of other documents are in between, a
    /// document has several runs with equal facts.
    runs: Runs,
    /// The facts of each run.
    facts: Vec<DocumentFacts>,
    /// The class of each run, or `SPECIAL` if its clauses differ.
    of_runs: Vec<u32>,
    /// The groups of clauses with versions, for runs that have any.
    groups: Vec<u32>,
    classes: Vec<Class>,
    counted: [Option<StrColumn>; 4],
    part: Option<StrColumn>,
    /// How certain the reading of recognised clauses is, of a thousand.
    recognised: Column<u64>,
    /// The term of signatures in the column of parts.
    signature: Option<u64>,
}

impl SegmentColumns {
    fn open(reader: &SegmentReader, groups: &Groups) -> Result<Self> {
        let clauses = reader.max_doc();
        let columns = reader.fast_fields();
        let order = columns.u64("order")?;
        let part = columns.str("part")?;
        let signature = term(part.as_ref(), ClauseKind::Signature.as_str())?;
        let mut counted = [const { None }; 4];
        for (column, name) in counted.iter_mut().zip(COUNTED) {
            *column = columns.str(name)?;
        }
        let mut segment = SegmentColumns {
            order,
            runs: Runs::default(),
            facts: Vec::new(),
            of_runs: Vec::new(),
            // Unused capacity takes no memory, but growing would leave copies behind.
            groups: Vec::with_capacity(clauses as usize),
            classes: Vec::new(),
            counted,
            part,
            recognised: columns.u64("recognised")?,
            signature,
        };
        segment.read_all(clauses, &columns.u64("date")?, groups);
        if let Some(units) = &segment.counted[UNIT] {
            let mut named = Vec::new();
            let all = 0..=units.num_terms() as u64;
            units.ords().get_docids_for_value_range(all, 0..reader.max_doc(), &mut named);
            for clause in named {
                let run = segment.runs.of(clause);
                segment.facts[run].has_units = true;
            }
        }
        segment.of_runs.extend(segment.facts.iter().map(|facts| {
            let is_special = facts.has_units || facts.groups.is_some();
            if is_special { SPECIAL } else { facts.class }
        }));
        Ok(segment)
    }

    /// Reads the runs of all clauses, their facts and their groups.
    fn read_all(&mut self, clauses: DocId, date: &Column<u64>, groups: &Groups) {
        let mut known: FxHashMap<Class, u32> = FxHashMap::default();
        let (mut before, mut members) = (None, 0..0);
        let (mut together, mut orders) = (Vec::new(), Vec::new());
        for clause in 0..clauses {
            let at = clause as usize % TOGETHER;
            if at == 0 {
                together.clear();
                together.extend((clause..clauses).take(TOGETHER));
                orders.clear();
                orders.resize(together.len(), None);
                self.order.first_vals(&together, &mut orders);
            }
            let order = orders[at].unwrap_or(u64::MAX);
            let document = document_of(order);
            let begins = before.replace(document) != Some(document);
            self.runs.push(begins);
            if begins {
                members = groups.of_document(order);
                let shift = (self.groups.len() as u32).wrapping_sub(clause);
                let groups = (!members.is_empty()).then_some(shift);
                let facts = self.read(clause, date, groups, &mut known);
                self.facts.push(facts);
            }
            if !members.is_empty() {
                self.groups.push(groups.of_member(members.clone(), order).unwrap_or(ALONE));
            }
        }
    }

    /// Reads the facts of a clause's document.
    fn read(
        &mut self,
        clause: DocId,
        date: &Column<u64>,
        groups: Option<u32>,
        known: &mut FxHashMap<Class, u32>,
    ) -> DocumentFacts {
        let first = |column: &Option<StrColumn>| {
            column.as_ref().and_then(|column| column.ords().first(clause)).map(|term| term as u32)
        };
        let mut parties: Vec<u32> = match &self.counted[PARTY] {
            Some(column) => column.ords().values_for_doc(clause).map(|term| term as u32).collect(),
            None => Vec::new(),
        };
        // A body that signs twice counts once.
        parties.sort_unstable();
        parties.dedup();
        let date = date.first(clause).unwrap_or(0);
        let script = first(&self.counted[SCRIPT]);
        let year = u32::try_from(date / 10_000).unwrap_or(0);
        let class = Class { year, kind: first(&self.counted[KIND]), script, parties };
        let next = self.classes.len() as u32;
        let at = *known.entry(class.clone()).or_insert(next);
        if at == next {
            self.classes.push(class);
        }
        DocumentFacts { date, script, class: at, has_units: false, groups }
    }

    /// The classes of documents in the segment.
    pub(crate) fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The run of a clause.
    pub(crate) fn run(&self, clause: DocId) -> usize {
        self.runs.of(clause)
    }

    /// The class of a run if its clauses have no versions and name no units. `None` if each clause
    /// must be looked at.
    pub(crate) fn plain_class(&self, run: usize) -> Option<u32> {
        let class = self.of_runs[run];
        (class != SPECIAL).then_some(class)
    }

    /// The class of a clause's document.
    pub(crate) fn class(&self, facts: &DocumentFacts) -> u32 {
        facts.class
    }

    /// The facts of a clause's document.
    pub(crate) fn facts(&self, clause: DocId) -> &DocumentFacts {
        &self.facts[self.runs.of(clause)]
    }

    /// The terms of the units that a clause names, without repetitions.
    pub(crate) fn units(&self, clause: DocId) -> Vec<u32> {
        let Some(column) = &self.counted[UNIT] else { return Vec::new() };
        let mut units: Vec<u32> =
            column.ords().values_for_doc(clause).map(|term| term as u32).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The group of a clause's versions, if it has any.
    pub(crate) fn group(&self, clause: DocId) -> Option<u32> {
        self.group_in(self.run(clause), clause)
    }

    /// The same for a clause whose run is known.
    pub(crate) fn group_in(&self, run: usize, clause: DocId) -> Option<u32> {
        let shift = self.facts[run].groups?;
        let group = self.groups[clause.wrapping_add(shift) as usize];
        (group != ALONE).then_some(group)
    }

    /// Whether a clause is a signature.
    pub(crate) fn is_signature(&self, clause: DocId) -> bool {
        let part = self.part.as_ref().and_then(|part| part.ords().first(clause));
        part.is_some() && part == self.signature
    }

    /// How certain the reading of a clause is, as a share; nothing where it was not recognised.
    pub(crate) fn recognised(&self, clause: DocId) -> Option<f32> {
        self.recognised.first(clause).map(|certainty| certainty as f32 / 1000.0)
    }

    /// The term of a script in the segment.
    pub(crate) fn script(&self, script: Script) -> Result<Option<u32>> {
        Ok(term(self.counted[SCRIPT].as_ref(), script.as_str())?.map(|term| term as u32))
    }
}

fn term(column: Option<&StrColumn>, text: &str) -> Result<Option<u64>> {
    match column {
        Some(column) => Ok(column.dictionary().term_ord(text.as_bytes())?),
        None => Ok(None),
    }
}

/// All terms of a column, in order.
fn names_of(column: Option<&StrColumn>) -> Vec<String> {
    let Some(column) = column else { return Vec::new() };
    // The number of terms isn't used to reserve memory, as a damaged column may claim any.
    let mut names = Vec::new();
    // Terms that can't be read have no name.
    if let Ok(mut terms) = column.dictionary().stream() {
        while terms.advance() {
            names.push(String::from_utf8_lossy(terms.key()).into_owned());
        }
    }
    names
}

/// The facet values of all segments. A body printed in both scripts is one value.
pub(crate) struct Values {
    /// The number of values of each column.
    pub(crate) many: [usize; 4],
    /// The printed names of each column, with their values.
    pub(crate) names: [Vec<(String, u32)>; 4],
    /// For each segment and column, the name of each term.
    of_terms: Vec<[Vec<u32>; 4]>,
}

impl Values {
    fn of(segments: &[Arc<SegmentColumns>]) -> Self {
        let mut values: [FxHashMap<String, u32>; 4] = Default::default();
        let mut known: [FxHashMap<String, u32>; 4] = Default::default();
        let mut names: [Vec<(String, u32)>; 4] = Default::default();
        let mut of_terms = Vec::with_capacity(segments.len());
        for segment in segments {
            let mut term_names: [Vec<u32>; 4] = Default::default();
            for (facet, column) in segment.counted.iter().enumerate() {
                for name in names_of(column.as_ref()) {
                    let next = known[facet].len() as u32;
                    let place = *known[facet].entry(name.clone()).or_insert(next);
                    if place == next {
                        let key = if facet >= PARTY { fold(&name) } else { name.clone() };
                        let next = values[facet].len() as u32;
                        names[facet].push((name, *values[facet].entry(key).or_insert(next)));
                    }
                    term_names[facet].push(place);
                }
            }
            of_terms.push(term_names);
        }
        Values { many: values.map(|values| values.len()), names, of_terms }
    }

    /// The name of a term of a segment.
    pub(crate) fn of_term(&self, segment: SegmentOrdinal, facet: usize, term: u32) -> u32 {
        self.of_terms[segment as usize][facet].get(term as usize).copied().unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use tiaowen_index::{ClauseIndex, ClauseRecord, order};
    use tiaowen_text::Segmenter;

    use super::*;

    #[test]
    fn clauses_keep_their_group_and_facts_where_documents_lie_among_one_another() {
        let pages = ["2016", "2017", "2018"].map(|year| {
            format!(
                "+++\ntitle = '合作協議{year}'\nkind = 'agreement'\ndate = '{year}-01-01'\n+++\n\n\
                 一、合作。\n\n二、交流。\n\n三、會面。\n"
            )
        });
        let read = pages.map(|page| tiaowen_corpus::read("a.md", &page).unwrap().remove(0));
        let mut entries = Vec::new();
        for place in 0..3 {
            for text in &read {
                let record = ClauseRecord {
                    document: Cow::Borrowed(&text.document),
                    clause: Cow::Borrowed(&text.clauses[place]),
                    dropped: Cow::Borrowed(&[]),
                };
                entries.push((record, order(&text.document.id, place as u32)));
            }
        }
        // The middle clauses of the first two documents are versions of one another; the third
        // document has none.
        let is_grouped = |at: usize| at == 3 || at == 4;
        let members = (0..).zip(&entries).filter(|(at, _)| is_grouped(*at));
        let members = members.map(|(_, (record, order))| (7, *order, record.id()));
        let groups = Groups::of_members(members);
        let entries: Vec<_> = entries.iter().map(|(record, order)| (record, *order)).collect();
        let index = ClauseIndex::in_memory(&entries, Segmenter::shared()).unwrap();
        let searcher = index.reader().unwrap().searcher();
        let columns = Columns::open(&searcher, &groups).unwrap();
        let segment = columns.segment(0);
        for at in 0..entries.len() {
            let clause = at as DocId;
            assert_eq!(segment.group(clause), is_grouped(at).then_some(0), "{at}");
            assert_eq!(segment.facts(clause).date, [20_160_101, 20_170_101, 20_180_101][at % 3]);
            assert_eq!(segment.plain_class(segment.run(clause)).is_some(), at % 3 == 2);
        }
    }
}
