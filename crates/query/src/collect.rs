//! One pass over what matches: the best, how many, and of which kinds.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tiaowen_index::tantivy::collector::{Collector, SegmentCollector};
use tiaowen_index::tantivy::columnar::StrColumn;
use tiaowen_index::tantivy::{DocAddress, DocId, Result, Score, SegmentOrdinal, SegmentReader};
use tiaowen_text::{Script, fold};

use crate::Sort;
use crate::columns::{Columns, SCRIPT, SegmentColumns};

/// How the hits divide: for each value, how many hits would be left if only clauses with it
/// were looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By the document's kind.
    pub kind: BTreeMap<String, u64>,
    /// By the document's year; clauses of documents without a date are left out.
    pub year: BTreeMap<String, u64>,
    /// By the document's script.
    pub script: BTreeMap<String, u64>,
    /// By the body that signs or issues the document, the most frequent ones; a body printed
    /// in both scripts is one, named as in the script typed.
    pub party: BTreeMap<String, u64>,
    /// By responsible unit, likewise.
    pub unit: BTreeMap<String, u64>,
}

/// Of parties and units, as many are told.
const MOST_NAMES: usize = 50;

/// The first of the columns that facets count whose values are names.
const PARTY: usize = 2;
/// The year is counted as one more of them.
const YEAR: usize = 4;

/// What a pass gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collected {
    /// Hits; the versions of a clause are one.
    pub(crate) total: u64,
    /// Clauses, versions each.
    pub(crate) clauses: u64,
    /// The best hits, in order.
    pub(crate) top: Vec<Found>,
    /// The versions of those that have several, by their group.
    pub(crate) versions: FxHashMap<u32, Vec<Found>>,
    pub(crate) facets: Facets,
}

/// A clause that matches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) score: Score,
    /// 0 without a date, or when dates don't matter.
    date: u64,
    order: u64,
    /// Whether it is printed in the script typed.
    own: bool,
    pub(crate) address: DocAddress,
    /// The version whose score it is.
    pub(crate) scored: DocAddress,
    /// What joins it with its versions, if it has any.
    pub(crate) group: Option<u32>,
}

impl Found {
    /// Better first: by date where asked, by score, ties by document and place.
    pub(crate) fn compare(&self, other: &Found) -> Ordering {
        (other.date.cmp(&self.date))
            .then(other.score.total_cmp(&self.score))
            .then(self.order.cmp(&other.order))
            .then(self.address.cmp(&other.address))
    }

    /// The same, at another place.
    pub(crate) fn lying(self, address: DocAddress, scored: DocAddress) -> Found {
        Found { address, scored, ..self }
    }

    /// The same with another score.
    pub(crate) fn scoring(self, score: Score) -> Found {
        Found { score, ..self }
    }

    /// The hit that two versions of a clause make: as good as the better one, led by the one
    /// in the script typed.
    pub(crate) fn joined(self, other: Found) -> Found {
        let (first, second) =
            if self.compare(&other) == Ordering::Greater { (other, self) } else { (self, other) };
        let lead = if second.own && !first.own { second } else { first };
        Found { score: first.score, scored: first.scored, date: first.date, ..lead }
    }
}

/// So that a heap's greatest is the worst that is kept.
struct Worst(Found);

impl PartialEq for Worst {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Worst {}
impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Worst {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }
}

/// Collects the best.
pub(crate) struct Best {
    pub(crate) keep: usize,
    pub(crate) sort: Sort,
    /// What is left of a signature's score.
    pub(crate) signature: f32,
    /// Whether clauses that are versions of one another are one hit.
    pub(crate) group: bool,
    /// The script typed, when it tells.
    pub(crate) typed: Option<Script>,
    /// Whether to count how hits divide.
    pub(crate) facets: bool,
    /// The columns of the index searched.
    pub(crate) columns: Columns,
}

impl Best {
    /// The best `keep` clauses by score, each by itself.
    pub(crate) fn of(keep: usize, columns: Columns) -> Self {
        Best {
            keep,
            sort: Sort::Score,
            signature: 1.0,
            group: false,
            typed: None,
            facets: false,
            columns,
        }
    }
}

impl Best {
    /// Collects clauses that are found and scored already; in order.
    pub(crate) fn of_scored(&self, scored: &[(DocAddress, Score)]) -> Result<Collected> {
        let mut fruits = Vec::new();
        for own in scored.chunk_by(|left, right| left.0.segment_ord == right.0.segment_ord) {
            let mut collector = self.of_segment(own[0].0.segment_ord)?;
            for (address, score) in own {
                collector.collect(address.doc_id, *score);
            }
            fruits.push(collector.harvest());
        }
        self.merge_fruits(fruits)
    }

    fn of_segment(&self, segment: SegmentOrdinal) -> Result<BestOfSegment> {
        let columns = Arc::clone(self.columns.segment(segment));
        let own_script = match self.typed {
            Some(script) => columns.script(script)?,
            None => None,
        };
        Ok(BestOfSegment {
            segment,
            keep: self.keep,
            by_date: self.sort == Sort::Date,
            signature: self.signature,
            group: self.group,
            facets: self.facets,
            own_script,
            clauses: 0,
            singles: 0,
            heap: BinaryHeap::new(),
            grouped: Grouped::default(),
            counts: if self.facets { Counts::of(&columns.counted) } else { Counts::default() },
            values: Vec::new(),
            columns,
        })
    }
}

/// A value of a facet, of a segment: which facet, and its term there (or the year).
type Value = (usize, u64);

/// The versions of clauses by their group, with the values of all of them.
type Grouped<V> = FxHashMap<u32, (Vec<Found>, Vec<V>)>;

pub(crate) struct BestOfSegment {
    segment: SegmentOrdinal,
    keep: usize,
    by_date: bool,
    signature: f32,
    group: bool,
    facets: bool,
    own_script: Option<u64>,
    clauses: u64,
    singles: u64,
    heap: BinaryHeap<Worst>,
    grouped: Grouped<Value>,
    counts: Counts,
    values: Vec<Value>,
    columns: Arc<SegmentColumns>,
}

/// How many clauses have each value, by the place of its term in the segment's dictionary.
#[derive(Default)]
struct Counts {
    terms: [Vec<u32>; 4],
    years: FxHashMap<u64, u32>,
}

impl Counts {
    fn of(columns: &[Option<StrColumn>; 4]) -> Self {
        let terms = |column: &Option<StrColumn>| {
            column.as_ref().map_or_else(Vec::new, |column| vec![0; column.num_terms()])
        };
        Counts { terms: columns.each_ref().map(terms), years: FxHashMap::default() }
    }

    fn add(&mut self, (facet, term): Value) {
        if facet == YEAR {
            *self.years.entry(term).or_default() += 1;
        } else if let Some(count) = self.terms[facet].get_mut(term as usize) {
            *count += 1;
        }
    }

    /// Values that some clause has, with how many do.
    fn iter(&self) -> impl Iterator<Item = (Value, u32)> {
        let terms = self.terms.iter().enumerate().flat_map(|(facet, counts)| {
            (0u64..).zip(counts).map(move |(term, count)| ((facet, term), *count))
        });
        let years = self.years.iter().map(|(year, count)| ((YEAR, *year), *count));
        terms.chain(years).filter(|(_, count)| *count > 0)
    }
}

/// What a segment gives.
pub(crate) struct OfSegment {
    clauses: u64,
    singles: u64,
    top: Vec<Found>,
    grouped: Grouped<Value>,
    counts: Counts,
    names: FxHashMap<Value, String>,
}

impl Collector for Best {
    type Fruit = Collected;
    type Child = BestOfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> Result<BestOfSegment> {
        self.of_segment(segment)
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<OfSegment>) -> Result<Collected> {
        let mut all = Collected::default();
        let mut names = Names { typed: self.typed, ..Names::default() };
        let mut grouped: Grouped<(usize, String)> = Grouped::default();
        for fruit in fruits {
            all.clauses += fruit.clauses;
            all.total += fruit.singles;
            all.top.extend(fruit.top);
            for (value, name) in &fruit.names {
                names.see(value.0, name);
            }
            let key = |value: &Value| (value.0, names_key(value.0, &fruit.names[value]));
            for (value, count) in fruit.counts.iter() {
                *names.counts.entry(key(&value)).or_default() += u64::from(count);
            }
            for (group, (found, values)) in fruit.grouped {
                let (versions, own) = grouped.entry(group).or_default();
                versions.extend(found);
                own.extend(values.iter().map(key));
            }
        }
        all.total += grouped.len() as u64;
        for (versions, values) in grouped.values_mut() {
            all.top.extend(versions.iter().copied().reduce(Found::joined));
            values.sort_unstable();
            values.dedup();
            for value in values.drain(..) {
                *names.counts.entry(value).or_default() += 1;
            }
        }
        all.top.sort_by(Found::compare);
        all.top.truncate(self.keep);
        for group in all.top.iter().filter_map(|found| found.group) {
            if let Some((versions, _)) = grouped.remove(&group) {
                all.versions.insert(group, versions);
            }
        }
        all.facets = names.facets();
        Ok(all)
    }
}

/// What joins a value of several segments, and a name printed in both scripts.
fn names_key(facet: usize, name: &str) -> String {
    if (PARTY..YEAR).contains(&facet) { fold(name) } else { name.to_owned() }
}

/// The values of facets, over all segments.
#[derive(Default)]
struct Names {
    typed: Option<Script>,
    /// How a name is printed, by how it is folded.
    printed: HashMap<String, String>,
    counts: HashMap<(usize, String), u64>,
}

impl Names {
    fn see(&mut self, facet: usize, name: &str) {
        if !(PARTY..YEAR).contains(&facet) {
            return;
        }
        let preferred = |name: &str| Some(Script::of(name)) == self.typed;
        let known = self.printed.entry(fold(name)).or_insert_with(|| name.to_owned());
        // The same whichever segment comes first.
        if (preferred(name), name) > (preferred(known), known.as_str()) {
            name.clone_into(known);
        }
    }

    fn facets(self) -> Facets {
        let mut all: [Vec<(String, u64)>; 5] = Default::default();
        for ((facet, name), count) in self.counts {
            let name = self.printed.get(&name).filter(|_| facet >= PARTY).cloned().unwrap_or(name);
            all[facet].push((name, count));
        }
        for names in &mut all[PARTY..YEAR] {
            names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            names.truncate(MOST_NAMES);
        }
        let [kind, script, party, unit, year] = all.map(|names| names.into_iter().collect());
        Facets { kind, year, script, party, unit }
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = OfSegment;

    fn collect(&mut self, doc: DocId, mut score: Score) {
        self.clauses += 1;
        let columns = &*self.columns;
        let group = if self.group { columns.group(doc) } else { None };
        let date = match self.by_date || self.facets {
            true => columns.date.first(doc),
            false => None,
        };
        if self.facets {
            self.values.clear();
            self.values.extend(date.map(|date| (YEAR, date / 10_000)));
            for (facet, column) in columns.counted.iter().enumerate() {
                if let Some(column) = column {
                    let terms = column.ords().values_for_doc(doc);
                    self.values.extend(terms.map(|term| (facet, term)));
                }
            }
        }
        if group.is_none() {
            self.singles += 1;
            self.values.iter().for_each(|value| self.counts.add(*value));
            // Most clauses are none of the best: no more of them needs to be known.
            let is_worse = self.heap.len() >= self.keep
                && match self.heap.peek() {
                    Some(Worst(worst)) => !self.by_date && score < worst.score,
                    None => true,
                };
            if is_worse {
                return;
            }
        }
        if columns.is_signature(doc) {
            score *= self.signature;
        }
        let script = columns.counted[SCRIPT].as_ref().and_then(|column| column.ords().first(doc));
        let address = DocAddress::new(self.segment, doc);
        let found = Found {
            score,
            date: if self.by_date { date.unwrap_or(0) } else { 0 },
            order: columns.order.first(doc).unwrap_or(u64::MAX),
            own: script.is_some() && script == self.own_script,
            address,
            scored: address,
            group,
        };
        if let Some(group) = group {
            let (versions, values) = self.grouped.entry(group).or_default();
            versions.push(found);
            values.extend(&self.values);
            return;
        }
        if self.heap.len() < self.keep {
            self.heap.push(Worst(found));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && found.compare(&worst.0) == Ordering::Less
        {
            *worst = Worst(found);
        }
    }

    fn harvest(self) -> OfSegment {
        let of_groups = self.grouped.values().flat_map(|(_, values)| values);
        let mut names: FxHashMap<Value, String> = FxHashMap::default();
        for value in self.counts.iter().map(|(value, _)| value).chain(of_groups.copied()) {
            names.entry(value).or_insert_with(|| {
                let (facet, term) = value;
                if facet == YEAR {
                    return term.to_string();
                }
                let mut name = String::new();
                if let Some(column) = &self.columns.counted[facet] {
                    // A term of this segment's own dictionary.
                    let _ = column.ord_to_str(term, &mut name);
                }
                name
            });
        }
        OfSegment {
            clauses: self.clauses,
            singles: self.singles,
            top: self.heap.into_iter().map(|worst| worst.0).collect(),
            grouped: self.grouped,
            counts: self.counts,
            names,
        }
    }
}
