//! Counts hits by facet.
//!
//! A hit with versions counts once for each value that any of its versions has; a body named in
//! both scripts is one value. Hits without versions, which are most, are counted by class while
//! they are collected; only the others are looked at one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tiaowen_index::tantivy::{DocAddress, DocId, SegmentOrdinal};
use tiaowen_text::Script;

use crate::engine::columns::{Class, Columns, KIND, PARTY, SCRIPT, SegmentColumns, UNIT};
use crate::engine::grouped::GroupedHits;

/// The distribution of hits: for each value, the number of hits that remain if the search is
/// restricted to it instead of the values of its facet that the request names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By kind of document.
    pub kind: BTreeMap<String, u64>,
    /// By year of the document, with [`UNDATED`] for documents without a date.
    pub year: BTreeMap<String, u64>,
    /// By script of the document.
    pub script: BTreeMap<String, u64>,
    /// By body that signs or issues the document, the most frequent ones. A body printed in both
    /// scripts is one value, named in the script of the query.
    pub party: BTreeMap<String, u64>,
    /// By responsible unit, the most frequent ones.
    pub unit: BTreeMap<String, u64>,
}

/// A property by which hits are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FacetName {
    /// The kind of document.
    Kind,
    /// The year of the document.
    Year,
    /// The script of the document.
    Script,
    /// A body that signs or issues the document.
    Party,
    /// A responsible unit.
    Unit,
}

impl FacetName {
    /// All facets.
    pub(crate) const ALL: [FacetName; 5] =
        [FacetName::Kind, FacetName::Year, FacetName::Script, FacetName::Party, FacetName::Unit];

    /// The counts of this facet.
    pub(crate) fn counts(self, facets: &mut Facets) -> &mut BTreeMap<String, u64> {
        match self {
            FacetName::Kind => &mut facets.kind,
            FacetName::Year => &mut facets.year,
            FacetName::Script => &mut facets.script,
            FacetName::Party => &mut facets.party,
            FacetName::Unit => &mut facets.unit,
        }
    }
}

/// The key of documents without a date among the years.
pub const UNDATED: &str = "undated";

/// The most parties and units that are returned.
const MOST_NAMES: usize = 50;

/// Hits of a segment without versions, counted while they are found.
pub(crate) struct Alone {
    segment: SegmentOrdinal,
    columns: Arc<SegmentColumns>,
    /// The number of hits of each class.
    classes: Vec<u32>,
    /// The number of hits that name each responsible unit.
    units: FxHashMap<u32, u32>,
}

impl Alone {
    pub(crate) fn of_segment(segment: SegmentOrdinal, columns: &Arc<SegmentColumns>) -> Self {
        let classes = vec![0; columns.classes().len()];
        Alone { segment, columns: Arc::clone(columns), classes, units: FxHashMap::default() }
    }

    /// Counts a clause that is fully described by its class.
    pub(crate) fn count_class(&mut self, class: u32) {
        self.classes[class as usize] += 1;
    }

    /// Counts a clause.
    pub(crate) fn count(&mut self, doc: DocId) {
        let facts = self.columns.facts(doc);
        self.classes[self.columns.class(facts) as usize] += 1;
        if facts.has_units {
            for unit in self.columns.units(doc) {
                *self.units.entry(unit).or_default() += 1;
            }
        }
    }
}

/// A facet value of a clause: the facet, the value (or year), and the name.
type Valued = (usize, u32, u32);

/// A class of documents of a segment.
type ClassIn = (SegmentOrdinal, u32);

/// The facet of years, which have no column.
const YEAR: usize = 4;

/// The number of hits for each value.
pub(crate) struct Tally<'c> {
    columns: &'c Columns,
    /// For each column, counts by value.
    counts: [Vec<u64>; 4],
    /// For each column, the names that occur among the hits.
    seen: [Vec<bool>; 4],
    years: FxHashMap<u32, u64>,
}

impl<'c> Tally<'c> {
    pub(crate) fn new(columns: &'c Columns) -> Self {
        let values = columns.values();
        let facets = [KIND, SCRIPT, PARTY, UNIT];
        Tally {
            columns,
            counts: facets.map(|facet| vec![0; values.many[facet]]),
            seen: facets.map(|facet| vec![false; values.names[facet].len()]),
            years: FxHashMap::default(),
        }
    }

    /// Adds the hits of a segment without versions.
    pub(crate) fn add_alone(&mut self, alone: &Alone) {
        let mut values = Vec::new();
        let counted = alone.classes.iter().zip(alone.columns.classes());
        for (hits, class) in counted.filter(|(hits, _)| **hits > 0) {
            self.values_of_class(alone.segment, class, &mut values);
            self.add(&mut values, u64::from(*hits));
        }
        for (unit, hits) in &alone.units {
            self.value_of_term(alone.segment, UNIT, *unit, &mut values);
            self.add(&mut values, u64::from(*hits));
        }
    }

    /// Adds hits with versions. Each counts for the values of all its versions.
    pub(crate) fn add_versions(&mut self, versions: &GroupedHits) {
        // Few documents differ in what facets count. Those with the same classes are counted
        // together.
        let mut alike: FxHashMap<Vec<ClassIn>, u64> = FxHashMap::default();
        let mut units: Vec<Vec<Valued>> = Vec::new();
        let mut classes: Vec<ClassIn> = Vec::new();
        versions.each_group(|group| {
            let mut named = Vec::new();
            classes.clear();
            for hit in group {
                let DocAddress { segment_ord: segment, doc_id } = hit.address;
                let columns = self.columns.segment(segment);
                let facts = columns.facts(doc_id);
                classes.push((segment, columns.class(facts)));
                if facts.has_units {
                    let of_hit = columns.units(doc_id).into_iter();
                    of_hit.for_each(|unit| self.value_of_term(segment, UNIT, unit, &mut named));
                }
            }
            classes.sort_unstable();
            classes.dedup();
            match alike.get_mut(classes.as_slice()) {
                Some(hits) => *hits += 1,
                None => _ = alike.insert(classes.clone(), 1),
            }
            if !named.is_empty() {
                units.push(named);
            }
        });
        let mut values = Vec::new();
        for (classes, hits) in alike {
            for (segment, class) in classes {
                let class = &self.columns.segment(segment).classes()[class as usize];
                self.values_of_class(segment, class, &mut values);
            }
            self.add(&mut values, hits);
        }
        units.iter_mut().for_each(|values| self.add(values, 1));
    }

    /// The counts. A body is named in the script of the query if it occurs in that script.
    pub(crate) fn facets(&self, typed: Option<Script>) -> Facets {
        let all = |facet| self.named(facet, typed).into_iter().collect();
        let most_frequent = |facet| most_frequent(self.named(facet, typed));
        Facets {
            kind: all(KIND),
            script: all(SCRIPT),
            party: most_frequent(PARTY),
            unit: most_frequent(UNIT),
            year: self.years.iter().map(|(year, hits)| (year_key(*year), *hits)).collect(),
        }
    }

    fn named(&self, facet: usize, typed: Option<Script>) -> Vec<(String, u64)> {
        let values = self.columns.values();
        let preferred = |name: &str| (Some(Script::of(name)) == typed, name.to_owned());
        let mut best: Vec<Option<(bool, String)>> = vec![None; values.many[facet]];
        let names = values.names[facet].iter().zip(&self.seen[facet]);
        for ((name, value), _) in names.filter(|(_, seen)| **seen) {
            let best = &mut best[*value as usize];
            *best = best.take().max(Some(preferred(name)));
        }
        let named = best.into_iter().zip(&self.counts[facet]);
        named.filter_map(|(name, hits)| Some((name?.1, *hits))).collect()
    }

    /// Adds hits with these values, and clears them. A value counts once, whatever its name.
    fn add(&mut self, values: &mut Vec<Valued>, hits: u64) {
        values.sort_unstable();
        let mut last = None;
        for (facet, value, name) in values.drain(..) {
            let is_new = last.replace((facet, value)) != Some((facet, value));
            let hits = if is_new { hits } else { 0 };
            if facet == YEAR {
                *self.years.entry(value).or_default() += hits;
            } else {
                self.counts[facet][value as usize] += hits;
                self.seen[facet][name as usize] = true;
            }
        }
    }

    /// The value of a term of a segment.
    fn value_of_term(
        &self,
        segment: SegmentOrdinal,
        facet: usize,
        term: u32,
        to: &mut Vec<Valued>,
    ) {
        let values = self.columns.values();
        let name = values.of_term(segment, facet, term);
        if let Some((_, value)) = values.names[facet].get(name as usize) {
            to.push((facet, *value, name));
        }
    }

    /// The values that clauses have from their document.
    fn values_of_class(&self, segment: SegmentOrdinal, class: &Class, to: &mut Vec<Valued>) {
        let mut add = |facet, term| self.value_of_term(segment, facet, term, to);
        class.kind.into_iter().for_each(|kind| add(KIND, kind));
        class.script.into_iter().for_each(|script| add(SCRIPT, script));
        class.parties.iter().for_each(|party| add(PARTY, *party));
        to.push((YEAR, class.year, 0));
    }
}

/// The key of a year; 0 stands for none.
fn year_key(year: u32) -> String {
    if year == 0 { UNDATED.to_owned() } else { year.to_string() }
}

/// The most frequent of the names with their numbers of hits.
fn most_frequent(mut names: Vec<(String, u64)>) -> BTreeMap<String, u64> {
    names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    names.truncate(MOST_NAMES);
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use tiaowen_index::{ClauseIndex, ClauseRecord, Groups, order};
    use tiaowen_text::{Budget, Segmenter};

    use super::*;
    use crate::engine::collect::Best;
    use crate::engine::queries;
    use crate::{Analysis, Filter, Plan, Weights};

    #[test]
    fn a_body_that_a_document_names_in_both_scripts_counts_one() {
        let page = "+++\ntitle = '第1號協議'\nkind = 'agreement'\nlanguage = 'zh-Hant'\n\
                    parties = ['教育局協會', '教育局协会']\n+++\n\n一、合作。\n";
        let read = tiaowen_corpus::read("a.md", page).unwrap().remove(0);
        let record = ClauseRecord {
            document: Cow::Owned(read.document),
            clause: Cow::Owned(read.clauses.into_iter().next().unwrap()),
            dropped: Cow::Borrowed(&[]),
        };
        let order = order(&record.document.id, 0);
        let index = ClauseIndex::in_memory(&[(&record, order)], Segmenter::shared()).unwrap();
        let searcher = index.reader().unwrap().searcher();
        let columns = Columns::open(&searcher, &Groups::default()).unwrap();
        let plan = Plan::of(&Analysis::of("合作", Segmenter::shared(), None), &Weights::default());
        let query =
            queries::candidates(&plan, &Filter::default(), &index.fields(), &Budget::unlimited())
                .unwrap();
        for (typed, name) in [(Script::Hant, "教育局協會"), (Script::Hans, "教育局协会")]
        {
            let best = Best { facets: true, typed: Some(typed), ..Best::of(10, columns.clone()) };
            let facets = searcher.search(&*query, &best).unwrap().facets;
            assert_eq!(facets.party, BTreeMap::from([(name.to_owned(), 1)]));
            assert_eq!(facets.year, BTreeMap::from([(UNDATED.to_owned(), 1)]));
        }
    }
}
