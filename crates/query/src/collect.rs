//! Collecting hits: the best ones, how many there are, and how they divide.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_index::tantivy::collector::{Collector, SegmentCollector};
use tiaowen_index::tantivy::query::Weight;
use tiaowen_index::tantivy::{DocAddress, DocId, Result, Score, SegmentOrdinal, SegmentReader};
use tiaowen_text::Script;

use crate::Sort;
use crate::columns::{Class, Columns, KIND, PARTY, SCRIPT, SegmentColumns, UNIT};

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
    /// Whether what is asked for are terms alone, so that the engine passes over what can't be
    /// among the best.
    pub(crate) prunes: bool,
    /// The columns of the index searched.
    pub(crate) columns: Columns,
}

/// Where fewer clauses may be found, all of them are scored.
const MANY: u32 = 2_000;

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
            prunes: false,
            columns,
        }
    }

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

    /// Collects the best of a segment.
    pub(crate) fn of_segment(&self, segment: SegmentOrdinal) -> Result<BestOfSegment> {
        let columns = Arc::clone(self.columns.segment(segment));
        let own_script = match self.typed {
            Some(script) => columns.script(script)?,
            None => None,
        };
        let classes = if self.facets { columns.classes().len() } else { 0 };
        Ok(BestOfSegment {
            top: Top { keep: self.keep, kept: Vec::new(), least: None },
            by_date: self.sort == Sort::Date,
            signature: self.signature,
            group: self.group,
            own_script,
            counts: Counts { classes: vec![0; classes], units: FxHashMap::default() },
            facets: self.facets,
            clauses: 0,
            grouped: Vec::new(),
            segment,
            columns,
        })
    }
}

/// The best hits so far. A few more are kept than asked for, so that they need not be put in
/// order with each that comes.
struct Top {
    keep: usize,
    kept: Vec<Found>,
    /// The worst that is one of the best, once there are as many.
    least: Option<Found>,
}

impl Top {
    /// Whether what has a date and a score may be one of the best.
    fn may_take(&self, date: u64, score: Score) -> bool {
        self.least.is_none_or(|least| (date, score) >= (least.date, least.score))
    }

    fn take(&mut self, found: Found) {
        // Of many with one score the places tell.
        if self.least.is_some_and(|least| least.compare(&found) == Ordering::Less) {
            return;
        }
        self.kept.push(found);
        if self.kept.len() >= self.keep.saturating_mul(2).saturating_add(64) {
            self.settle();
        }
    }

    /// Leaves as many as are asked for, in order, of each group the best one.
    fn settle(&mut self) {
        self.kept.sort_unstable_by(Found::compare);
        let mut groups = FxHashSet::default();
        self.kept.retain(|found| found.group.is_none_or(|group| groups.insert(group)));
        self.kept.truncate(self.keep);
        self.least = self.kept.last().filter(|_| self.kept.len() == self.keep).copied();
    }
}

/// How many hits are of documents of each class, and name each responsible unit.
struct Counts {
    classes: Vec<u32>,
    units: FxHashMap<u32, u32>,
}

/// A clause that has versions.
#[derive(Clone, Copy)]
struct Grouped {
    group: u32,
    address: DocAddress,
    score: Score,
}

pub(crate) struct BestOfSegment {
    segment: SegmentOrdinal,
    columns: Arc<SegmentColumns>,
    by_date: bool,
    signature: f32,
    group: bool,
    facets: bool,
    own_script: Option<u32>,
    clauses: u64,
    /// Of those that are alone.
    counts: Counts,
    grouped: Vec<Grouped>,
    top: Top,
}

impl BestOfSegment {
    /// Counts a clause; what joins it with its versions, if it has any.
    fn count(&mut self, doc: DocId, score: Score) -> Option<u32> {
        self.clauses += 1;
        if let Some(class) = self.columns.plain_class(doc) {
            if self.facets {
                self.counts.classes[class as usize] += 1;
            }
            return None;
        }
        if self.group
            && let Some(group) = self.columns.group(doc)
        {
            let address = DocAddress::new(self.segment, doc);
            self.grouped.push(Grouped { group, address, score });
            return Some(group);
        }
        if self.facets {
            let facts = self.columns.facts(doc);
            self.counts.classes[self.columns.class(facts) as usize] += 1;
            if facts.has_units {
                for unit in self.columns.units(doc) {
                    *self.counts.units.entry(unit).or_default() += 1;
                }
            }
        }
        None
    }

    /// What joins a clause with its versions, if it has any.
    fn group_of(&self, doc: DocId) -> Option<u32> {
        if self.group { self.columns.group(doc) } else { None }
    }

    /// Keeps a clause if it is one of the best.
    fn offer(&mut self, doc: DocId, mut score: Score, group: Option<u32>) {
        let date = if self.by_date { self.columns.facts(doc).date } else { 0 };
        if !self.top.may_take(date, score) {
            return;
        }
        if self.signature < 1.0 && self.columns.is_signature(doc) {
            score *= self.signature;
        }
        self.top.take(self.found(doc, score, group));
    }

    fn found(&self, doc: DocId, score: Score, group: Option<u32>) -> Found {
        let facts = self.columns.facts(doc);
        let address = DocAddress::new(self.segment, doc);
        Found {
            score,
            date: if self.by_date { facts.date } else { 0 },
            order: self.columns.order.first(doc).unwrap_or(u64::MAX),
            own: facts.script.is_some() && facts.script == self.own_script,
            address,
            scored: address,
            group,
        }
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = BestOfSegment;

    fn collect(&mut self, doc: DocId, score: Score) {
        let group = self.count(doc, score);
        self.offer(doc, score, group);
    }

    fn harvest(mut self) -> BestOfSegment {
        self.top.settle();
        self
    }
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

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> Result<BestOfSegment> {
        let mut own = self.of_segment(segment)?;
        let is_alive = |doc: DocId| !reader.is_deleted(doc);
        let prunes = self.prunes
            && self.sort == Sort::Score
            && weight.scorer(reader, 1.0)?.size_hint() > MANY;
        if !prunes {
            weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    own.collect(doc, score);
                }
            })?;
            return Ok(own.harvest());
        }
        // All are counted, without being scored; the best are looked for where they may be.
        weight.for_each_no_score(reader, &mut |docs| {
            for doc in docs.iter().copied().filter(|doc| is_alive(*doc)) {
                own.count(doc, 0.0);
            }
        })?;
        weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
            if is_alive(doc) {
                let group = own.group_of(doc);
                own.offer(doc, score, group);
            }
            // What is as good may come before by its place.
            own.top.least.map_or(Score::MIN, |least| least.score.next_down())
        })?;
        Ok(own.harvest())
    }

    fn merge_fruits(&self, fruits: Vec<BestOfSegment>) -> Result<Collected> {
        let mut all = Collected::default();
        let mut top = Top { keep: self.keep, kept: Vec::new(), least: None };
        for fruit in &fruits {
            all.clauses += fruit.clauses;
            all.total += fruit.clauses - fruit.grouped.len() as u64;
            top.kept.extend(&fruit.top.kept);
        }
        top.settle();
        let (firsts, others) = firsts(&fruits);
        all.total += firsts.len() as u64;
        let mut groups: FxHashMap<u32, Vec<Found>> = FxHashMap::default();
        groups.extend(top.kept.iter().filter_map(|found| Some((found.group?, Vec::new()))));
        if !groups.is_empty() {
            let by_segment: FxHashMap<SegmentOrdinal, &BestOfSegment> =
                fruits.iter().map(|fruit| (fruit.segment, fruit)).collect();
            for hit in firsts.iter().chain(&others) {
                if let Some(versions) = groups.get_mut(&hit.group) {
                    let own = by_segment[&hit.address.segment_ord];
                    versions.push(own.found(hit.address.doc_id, hit.score, Some(hit.group)));
                }
            }
        }
        for found in &mut top.kept {
            let Some(versions) = found.group.and_then(|group| groups.get_mut(&group)) else {
                continue;
            };
            versions.sort_unstable_by(Found::compare);
            let lead = versions.iter().find(|version| version.own).filter(|_| !found.own);
            if let Some(lead) = lead {
                *found =
                    Found { score: found.score, scored: found.scored, date: found.date, ..*lead };
            }
        }
        all.versions = groups;
        // Of one score it may be another order now.
        top.kept.sort_by(Found::compare);
        all.top = top.kept;
        if self.facets {
            all.facets = self.divided(fruits, &firsts, &others);
        }
        Ok(all)
    }
}

/// Of the clauses that have versions the first of each group, and the others.
fn firsts(fruits: &[BestOfSegment]) -> (Vec<Grouped>, Vec<Grouped>) {
    let mut seen = GroupSet::default();
    fruits.iter().flat_map(|fruit| &fruit.grouped).partition(|hit| seen.insert(hit.group))
}

/// A set of groups, one bit each.
#[derive(Default)]
struct GroupSet(Vec<u64>);

impl GroupSet {
    /// Whether it was not in it yet.
    fn insert(&mut self, group: u32) -> bool {
        let (at, bit) = (group as usize / 64, 1 << (group % 64));
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        let is_new = self.0[at] & bit == 0;
        self.0[at] |= bit;
        is_new
    }

    fn contains(&self, group: u32) -> bool {
        self.0.get(group as usize / 64).is_some_and(|bits| bits & 1 << (group % 64) != 0)
    }
}

/// A name or year that a clause has: which facet, its value (or the year), and the name.
type Valued = (usize, u32, u32);

/// A class of documents of a segment.
type ClassIn = (SegmentOrdinal, u32);

/// The year is counted beside the columns.
const YEAR: usize = 4;

impl Best {
    /// How hits divide: for each value, those that have it in any version count one.
    fn divided(
        &self,
        fruits: Vec<BestOfSegment>,
        firsts: &[Grouped],
        others: &[Grouped],
    ) -> Facets {
        let values = self.columns.values();
        let mut counts: [Vec<u64>; 4] =
            [KIND, SCRIPT, PARTY, UNIT].map(|facet| vec![0; values.many[facet]]);
        let mut seen: [Vec<bool>; 4] =
            [KIND, SCRIPT, PARTY, UNIT].map(|facet| vec![false; values.names[facet].len()]);
        let mut years: FxHashMap<u32, u64> = FxHashMap::default();
        let mut add = |(facet, value, name): Valued, hits: u64| match facet {
            YEAR => *years.entry(value).or_default() += hits,
            facet => {
                counts[facet][value as usize] += hits;
                seen[facet][name as usize] = true;
            }
        };
        // Most groups have one version among the hits.
        let mut have_others = GroupSet::default();
        others.iter().for_each(|hit| _ = have_others.insert(hit.group));
        let (mut several, alone): (Vec<Grouped>, Vec<Grouped>) =
            firsts.iter().partition(|hit| have_others.contains(hit.group));
        several.extend(others);
        several.sort_unstable_by_key(|hit| hit.group);
        // Few documents differ in what is counted: those that do not are counted together.
        let mut alike: FxHashMap<Vec<ClassIn>, u64> = FxHashMap::default();
        let mut units: Vec<Vec<Valued>> = Vec::new();
        let mut classes: Vec<ClassIn> = Vec::new();
        let mut count = |versions: &[Grouped]| {
            let mut named = Vec::new();
            classes.clear();
            for hit in versions {
                let DocAddress { segment_ord: segment, doc_id } = hit.address;
                let columns = self.columns.segment(segment);
                let facts = columns.facts(doc_id);
                classes.push((segment, columns.class(facts)));
                if facts.has_units {
                    let of_hit = columns.units(doc_id).into_iter();
                    of_hit.for_each(|unit| self.of_term(segment, UNIT, unit, &mut named));
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
        };
        alone.chunks(1).for_each(&mut count);
        several.chunk_by(|left, right| left.group == right.group).for_each(&mut count);
        // A value counts one, by whichever of its names.
        let mut add_once = |own: &mut Vec<Valued>, hits: u64| {
            own.sort_unstable();
            let mut last = None;
            for value in own.drain(..) {
                let is_new = last.replace((value.0, value.1)) != Some((value.0, value.1));
                add(value, if is_new { hits } else { 0 });
            }
        };
        let mut own: Vec<Valued> = Vec::new();
        for (classes, hits) in alike {
            for (segment, class) in classes {
                let class = &self.columns.segment(segment).classes()[class as usize];
                self.of_class(segment, class, &mut own);
            }
            add_once(&mut own, hits);
        }
        units.iter_mut().for_each(|own| add_once(own, 1));
        for fruit in fruits {
            let counted = fruit.counts.classes.iter().zip(fruit.columns.classes());
            for (hits, class) in counted.filter(|(hits, _)| **hits > 0) {
                self.of_class(fruit.segment, class, &mut own);
                add_once(&mut own, u64::from(*hits));
            }
            for (unit, hits) in fruit.counts.units {
                self.of_term(fruit.segment, UNIT, unit, &mut own);
                add_once(&mut own, u64::from(hits));
            }
        }
        let named = |facet: usize| -> Vec<(String, u64)> {
            // Of its names among the hits the one in the script typed.
            let preferred = |name: &str| (Some(Script::of(name)) == self.typed, name.to_owned());
            let mut best: Vec<Option<(bool, String)>> = vec![None; values.many[facet]];
            for ((name, value), _) in
                values.names[facet].iter().zip(&seen[facet]).filter(|own| *own.1)
            {
                let best = &mut best[*value as usize];
                *best = best.take().max(Some(preferred(name)));
            }
            let named = best.into_iter().zip(&counts[facet]);
            named.filter_map(|(name, hits)| Some((name?.1, *hits))).collect()
        };
        let most_frequent = |facet: usize| -> BTreeMap<String, u64> {
            let mut names = named(facet);
            names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            names.truncate(MOST_NAMES);
            names.into_iter().collect()
        };
        Facets {
            kind: named(KIND).into_iter().collect(),
            script: named(SCRIPT).into_iter().collect(),
            party: most_frequent(PARTY),
            unit: most_frequent(UNIT),
            year: years.iter().map(|(year, hits)| (year.to_string(), *hits)).collect(),
        }
    }

    /// The value of a term of a segment.
    fn of_term(&self, segment: SegmentOrdinal, facet: usize, term: u32, to: &mut Vec<Valued>) {
        let values = self.columns.values();
        let name = values.of_term(segment, facet, term);
        if let Some((_, value)) = values.names[facet].get(name as usize) {
            to.push((facet, *value, name));
        }
    }

    /// The values that clauses have of their document.
    fn of_class(&self, segment: SegmentOrdinal, class: &Class, to: &mut Vec<Valued>) {
        let mut add = |facet, term| self.of_term(segment, facet, term, to);
        class.kind.into_iter().for_each(|kind| add(KIND, kind));
        class.script.into_iter().for_each(|script| add(SCRIPT, script));
        class.parties.iter().for_each(|party| add(PARTY, *party));
        if class.year > 0 {
            to.push((YEAR, class.year, 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use tiaowen_index::{ClauseIndex, ClauseRecord, Groups, order};
    use tiaowen_text::Segmenter;

    use super::*;
    use crate::{Analysis, Filter, Plan, Weights, execute};

    /// Clauses of documents of several years and both scripts; each third says the same as the
    /// one before, in the other script.
    fn clauses(many: u32) -> Vec<(ClauseRecord<'static>, u64)> {
        let text = |nth: u32| {
            let words = ["合作", "機關", "規定"].map(|word| word.repeat((nth * 7 % 5) as usize));
            format!("{}合作{}", words.concat(), "的".repeat((nth * 13 % 29) as usize))
        };
        let read = |nth: u32| {
            let (number, script) = if nth % 3 == 2 { (nth - 1, "Hans") } else { (nth, "Hant") };
            let page = format!(
                "+++\ntitle = '第{nth}號協議'\nkind = 'agreement'\nlanguage = 'zh-{script}'\n\
                 date = '{}-01-01'\nparties = ['甲方{}']\n+++\n\n一、{}。\n",
                2000 + nth % 7,
                nth % 4,
                text(number)
            );
            let read = tiaowen_corpus::read("a.md", &page).unwrap().remove(0);
            let record = ClauseRecord {
                document: Cow::Owned(read.document),
                clause: Cow::Owned(read.clauses.into_iter().next().unwrap()),
            };
            let order = order(&record.document.id, 0);
            (record, order)
        };
        (0..many).map(read).collect()
    }

    /// An index of these, the second and the third of three being versions of one another.
    fn indexed(many: u32) -> (ClauseIndex, Columns) {
        let all = clauses(many);
        let entries: Vec<_> = all.iter().map(|(record, order)| (record, *order)).collect();
        let index = ClauseIndex::in_memory(&entries, Segmenter::shared()).unwrap();
        let members = (0u64..).zip(&all).filter(|(nth, _)| nth % 3 > 0);
        let members = members.map(|(nth, (record, order))| (nth / 3, *order, record.id()));
        let groups = Arc::new(Groups::of_members(members));
        let columns = Columns::open(&index.reader().unwrap().searcher(), &groups).unwrap();
        (index, columns)
    }

    #[test]
    fn passing_over_what_is_none_of_the_best_changes_nothing() {
        let (index, columns) = indexed(MANY + 700);
        let searcher = index.reader().unwrap().searcher();
        for query in ["合作", "機關", "规定 机关"] {
            let analysis = Analysis::of(query, Segmenter::shared(), None);
            let plan = Plan::of(&analysis, &Weights::default());
            assert!(execute::are_terms(&plan, &Filter::default()), "{query}");
            let fields = index.fields();
            let asked = execute::candidates(&plan, &Filter::default(), &fields).unwrap();
            for group in [true, false] {
                let [one, other] = [true, false].map(|prunes| {
                    let best = Best {
                        group,
                        prunes,
                        facets: true,
                        typed: Some(Script::Hans),
                        ..Best::of(20, columns.clone())
                    };
                    searcher.search(&*asked, &best).unwrap()
                });
                let told = |all: &Collected| -> Vec<_> {
                    all.top.iter().map(|own| (own.address, own.score.to_bits())).collect()
                };
                assert_eq!(told(&one), told(&other), "{query}");
                assert_eq!((one.total, one.clauses), (other.total, other.clauses), "{query}");
                assert_eq!(one.facets, other.facets, "{query}");
                let versions = |all: &Collected| -> BTreeMap<u32, Vec<DocAddress>> {
                    let own = |found: &Vec<Found>| found.iter().map(|own| own.address).collect();
                    all.versions.iter().map(|(group, found)| (*group, own(found))).collect()
                };
                let sorted = |all: &Collected| {
                    let mut all = versions(all);
                    all.values_mut().for_each(|own| own.sort_unstable());
                    all
                };
                assert_eq!(sorted(&one), sorted(&other), "{query}");
            }
        }
    }

    #[test]
    fn versions_are_one_hit_and_count_one_in_each_facet() {
        let (index, columns) = indexed(30);
        let searcher = index.reader().unwrap().searcher();
        let analysis = Analysis::of("合作", Segmenter::shared(), None);
        let plan = Plan::of(&analysis, &Weights::default());
        let asked = execute::candidates(&plan, &Filter::default(), &index.fields()).unwrap();
        let best = Best {
            group: true,
            facets: true,
            typed: Some(Script::Hans),
            ..Best::of(1_000, columns)
        };
        let found = searcher.search(&*asked, &best).unwrap();
        assert_eq!((found.total, found.clauses, found.top.len()), (20, 30, 20));
        // Both versions are of one kind and of different scripts.
        assert_eq!(found.facets.kind, BTreeMap::from([("agreement".to_owned(), 20)]));
        let scripts = [("Hans".to_owned(), 10), ("Hant".to_owned(), 20)];
        assert_eq!(found.facets.script, BTreeMap::from(scripts));
        // The one in the script typed leads.
        let leads = found.top.iter().filter(|hit| hit.group.is_some());
        assert!(leads.clone().count() == 10 && leads.clone().all(|hit| hit.own));
        assert!(found.top.windows(2).all(|two| two[0].compare(&two[1]) != Ordering::Greater));
    }

    #[test]
    fn a_body_that_a_document_names_in_both_scripts_counts_one() {
        let page = "+++\ntitle = '第1號協議'\nkind = 'agreement'\nlanguage = 'zh-Hant'\n\
                    parties = ['教育局協會', '教育局协会']\n+++\n\n一、合作。\n";
        let read = tiaowen_corpus::read("a.md", page).unwrap().remove(0);
        let record = ClauseRecord {
            document: Cow::Owned(read.document),
            clause: Cow::Owned(read.clauses.into_iter().next().unwrap()),
        };
        let order = order(&record.document.id, 0);
        let index = ClauseIndex::in_memory(&[(&record, order)], Segmenter::shared()).unwrap();
        let searcher = index.reader().unwrap().searcher();
        let columns = Columns::open(&searcher, &Arc::default()).unwrap();
        let plan = Plan::of(&Analysis::of("合作", Segmenter::shared(), None), &Weights::default());
        let asked = execute::candidates(&plan, &Filter::default(), &index.fields()).unwrap();
        for (typed, name) in [(Script::Hant, "教育局協會"), (Script::Hans, "教育局协会")]
        {
            let best = Best { facets: true, typed: Some(typed), ..Best::of(10, columns.clone()) };
            let party = searcher.search(&*asked, &best).unwrap().facets.party;
            assert_eq!(party, BTreeMap::from([(name.to_owned(), 1)]));
        }
    }
}
