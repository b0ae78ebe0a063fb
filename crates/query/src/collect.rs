//! One pass over what matches: the best, how many, and of which kinds.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use tiaowen_index::tantivy::collector::{Collector, SegmentCollector};
use tiaowen_index::tantivy::columnar::{Column, StrColumn};
use tiaowen_index::tantivy::{DocAddress, DocId, Result, Score, SegmentOrdinal, SegmentReader};

use tiaowen_corpus::ClauseKind;

use crate::Sort;

/// How many of the clauses found are of which kind, year and script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By the document's kind.
    pub kind: BTreeMap<String, u64>,
    /// By the document's year; clauses of documents without a date are left out.
    pub year: BTreeMap<String, u64>,
    /// By the document's script.
    pub script: BTreeMap<String, u64>,
}

/// What a pass gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collected {
    pub(crate) total: u64,
    /// The best, in order.
    pub(crate) top: Vec<Found>,
    pub(crate) facets: Facets,
}

/// A clause that matches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) score: Score,
    /// 0 without a date, or when dates don't matter.
    date: u64,
    order: u64,
    pub(crate) address: DocAddress,
}

impl Found {
    /// Better first: by date where asked, by score, ties by document and place.
    fn compare(&self, other: &Found) -> Ordering {
        (other.date.cmp(&self.date))
            .then(other.score.total_cmp(&self.score))
            .then(self.order.cmp(&other.order))
            .then(self.address.cmp(&other.address))
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

pub(crate) struct Best {
    pub(crate) keep: usize,
    pub(crate) sort: Sort,
    /// Clauses that score less are no hits.
    pub(crate) least: Score,
    /// What is left of a signature's score.
    pub(crate) signature: f32,
}

pub(crate) struct BestOfSegment {
    /// The term of signatures in this segment, and what is left of their score.
    signature: Option<(u64, f32)>,
    part: Option<StrColumn>,
    segment: SegmentOrdinal,
    keep: usize,
    sort: Sort,
    least: Score,
    total: u64,
    heap: BinaryHeap<Worst>,
    order: Column<u64>,
    date: Column<u64>,
    kind: Option<StrColumn>,
    script: Option<StrColumn>,
    kinds: Vec<u64>,
    scripts: Vec<u64>,
    years: BTreeMap<u64, u64>,
}

impl Collector for Best {
    type Fruit = Collected;
    type Child = BestOfSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> Result<BestOfSegment> {
        let columns = reader.fast_fields();
        let terms = |column: &Option<StrColumn>| {
            vec![0; column.as_ref().map_or(0, |column| column.num_terms())]
        };
        let (kind, script) = (columns.str("kind")?, columns.str("script")?);
        let part = columns.str("part")?;
        let signature = match &part {
            Some(part) => {
                part.dictionary().term_ord(ClauseKind::Signature.as_str().as_bytes())?
            }
            None => None,
        };
        Ok(BestOfSegment {
            signature: signature.map(|term| (term, self.signature)),
            part,
            segment,
            keep: self.keep,
            sort: self.sort,
            least: self.least,
            total: 0,
            heap: BinaryHeap::new(),
            order: columns.u64("order")?,
            date: columns.u64("date")?,
            kinds: terms(&kind),
            scripts: terms(&script),
            kind,
            script,
            years: BTreeMap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Collected>) -> Result<Collected> {
        let mut all = Collected::default();
        let add = |to: &mut BTreeMap<String, u64>, from: BTreeMap<String, u64>| {
            for (name, count) in from {
                *to.entry(name).or_default() += count;
            }
        };
        for fruit in fruits {
            all.total += fruit.total;
            all.top.extend(fruit.top);
            add(&mut all.facets.kind, fruit.facets.kind);
            add(&mut all.facets.year, fruit.facets.year);
            add(&mut all.facets.script, fruit.facets.script);
        }
        all.top.sort_by(Found::compare);
        all.top.truncate(self.keep);
        Ok(all)
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Collected;

    fn collect(&mut self, doc: DocId, mut score: Score) {
        if let (Some(part), Some((term, left))) = (&self.part, self.signature)
            && part.ords().first(doc) == Some(term)
        {
            score *= left;
        }
        if score < self.least {
            return;
        }
        self.total += 1;
        let date = self.date.first(doc);
        if let Some(date) = date {
            *self.years.entry(date / 10_000).or_default() += 1;
        }
        for (column, counts) in [(&self.kind, &mut self.kinds), (&self.script, &mut self.scripts)] {
            if let Some(term) = column.as_ref().and_then(|column| column.ords().first(doc)) {
                counts[term as usize] += 1;
            }
        }
        if self.keep == 0 {
            return;
        }
        let found = Found {
            score,
            date: if self.sort == Sort::Date { date.unwrap_or(0) } else { 0 },
            order: self.order.first(doc).unwrap_or(u64::MAX),
            address: DocAddress::new(self.segment, doc),
        };
        if self.heap.len() < self.keep {
            self.heap.push(Worst(found));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && found.compare(&worst.0) == Ordering::Less
        {
            *worst = Worst(found);
        }
    }

    fn harvest(self) -> Collected {
        let named = |column: Option<StrColumn>, counts: Vec<u64>| -> BTreeMap<String, u64> {
            let Some(column) = column else { return BTreeMap::new() };
            let counted = counts.into_iter().zip(0u64..).filter(|(count, _)| *count > 0);
            counted
                .filter_map(|(count, term)| {
                    let mut name = String::new();
                    column.ord_to_str(term, &mut name).ok()?.then_some((name, count))
                })
                .collect()
        };
        Collected {
            total: self.total,
            top: self.heap.into_iter().map(|worst| worst.0).collect(),
            facets: Facets {
                kind: named(self.kind, self.kinds),
                year: self.years.into_iter().map(|(year, n)| (year.to_string(), n)).collect(),
                script: named(self.script, self.scripts),
            },
        }
    }
}
