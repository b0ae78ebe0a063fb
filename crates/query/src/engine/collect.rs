//! Collects hits: the best ones, and their number.
//!
//! [`Best`] is a collector for tantivy. It differs from the engine's own in three ways: versions of
//! a clause form one hit, counting stops at a limit so that clauses can be skipped, and ties are
//! decided by the order of clauses rather than by where segments store them, so that an answer
//! doesn't depend on how the index was written.

use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_index::tantivy::collector::{Collector, SegmentCollector};
use tiaowen_index::tantivy::query::{Scorer, Weight};
use tiaowen_index::tantivy::{
    DocAddress, DocId, Result, Score, SegmentOrdinal, SegmentReader, TERMINATED,
};
use tiaowen_text::Script;

use crate::engine::columns::{Columns, SegmentColumns};
use crate::engine::facets::{Alone, Tally};
use crate::engine::grouped::{GroupedHits, GroupedInSegment};
use crate::{Facets, Sort};

/// The result of collecting.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collected {
    /// The number of hits. The versions of a clause are one.
    pub(crate) total: u64,
    /// The number of clauses, counting each version.
    pub(crate) clauses: u64,
    /// The best hits, in order.
    pub(crate) top: Vec<Found>,
    /// The versions of hits that have several, by group.
    pub(crate) versions: FxHashMap<u32, Vec<Found>>,
    pub(crate) facets: Facets,
}

impl Collected {
    /// The best `keep` hits among clauses that a remote index found and counted.
    pub(crate) fn of_fetched(found: Vec<Found>, keep: usize) -> Self {
        let mut top = found.clone();
        leave_best(&mut top, keep, Found::compare, |found| found.group);
        let mut versions: FxHashMap<u32, Vec<Found>> = FxHashMap::default();
        versions.extend(top.iter().filter_map(|found| Some((found.group?, Vec::new()))));
        for found in found {
            if let Some(versions) = found.group.and_then(|group| versions.get_mut(&group)) {
                versions.push(found);
            }
        }
        let mut all = Collected { top, versions, ..Collected::default() };
        all.join_versions();
        all
    }

    /// Orders the hits and lets the version in the script of the query lead each.
    fn join_versions(&mut self) {
        for found in &mut self.top {
            let versions = found.group.and_then(|group| self.versions.get_mut(&group));
            let Some(versions) = versions else { continue };
            versions.sort_unstable_by(Found::compare);
            let lead = versions
                .iter()
                .find(|version| version.is_typed_script)
                .filter(|_| !found.is_typed_script);
            if let Some(lead) = lead {
                *found =
                    Found { score: found.score, scored: found.scored, date: found.date, ..*lead };
            }
        }
        self.top.sort_unstable_by(Found::compare);
    }
}

/// A clause that matches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) score: Score,
    /// 0 without a date, or if dates don't matter.
    date: u64,
    order: u64,
    /// Whether it is printed in the script of the query.
    is_typed_script: bool,
    pub(crate) address: DocAddress,
    /// The version that has the score.
    pub(crate) scored: DocAddress,
    /// The group of its versions, if it has any.
    pub(crate) group: Option<u32>,
}

impl Found {
    /// Orders the better clause first: by date if requested, by score, and by document and
    /// position.
    pub(crate) fn compare(&self, other: &Found) -> Ordering {
        (other.date.cmp(&self.date))
            .then(other.score.total_cmp(&self.score))
            .then(self.order.cmp(&other.order))
            .then(self.address.cmp(&other.address))
    }

    /// A clause of a remote index at `address` among those fetched.
    pub(crate) fn fetched(
        address: DocAddress,
        (date, score, order): (u64, Score, u64),
        is_typed_script: bool,
        group: Option<u32>,
    ) -> Found {
        Found { score, date, order, is_typed_script, address, scored: address, group }
    }

    /// Whether two are the same hit: the same clause, or versions of one.
    pub(crate) fn is_same(&self, other: &Found) -> bool {
        match (self.group, other.group) {
            (None, None) => self.scored == other.scored,
            (one, other) => one == other,
        }
    }

    /// The order number of the clause.
    pub(crate) fn order(&self) -> u64 {
        self.order
    }

    /// The same clause at another address.
    pub(crate) fn lying(self, address: DocAddress, scored: DocAddress) -> Found {
        Found { address, scored, ..self }
    }

    /// The same clause with another score.
    pub(crate) fn scoring(self, score: Score) -> Found {
        Found { score, ..self }
    }

    /// Merges two versions of a clause: the better score counts, and the version in the script of
    /// the query leads.
    pub(crate) fn joined(self, other: Found) -> Found {
        let (first, second) =
            if self.compare(&other) == Ordering::Greater { (other, self) } else { (self, other) };
        let lead = if second.is_typed_script && !first.is_typed_script { second } else { first };
        Found { score: first.score, scored: first.scored, date: first.date, ..lead }
    }
}

/// Collects the best clauses.
pub(crate) struct Best {
    pub(crate) keep: usize,
    pub(crate) sort: Sort,
    /// The factor for the score of signatures.
    pub(crate) signature: f32,
    /// Whether versions of a clause form one hit.
    pub(crate) group: bool,
    /// The script of the query, if it has one.
    pub(crate) typed: Option<Script>,
    /// Whether to count hits by facet.
    pub(crate) facets: bool,
    /// The number of hits to count before others may be skipped; `u64::MAX` to count all.
    pub(crate) counted: u64,
    /// Whether the engine may skip clauses that can't be among the best by score.
    pub(crate) prunes: bool,
    /// The columns of the searched index.
    pub(crate) columns: Columns,
}

impl Best {
    /// The best `keep` clauses by score, without grouping.
    pub(crate) fn of(keep: usize, columns: Columns) -> Self {
        Best {
            keep,
            sort: Sort::Score,
            signature: 1.0,
            group: false,
            typed: None,
            facets: false,
            counted: u64::MAX,
            prunes: false,
            columns,
        }
    }

    /// Collects clauses that are already scored and sorted by address.
    pub(crate) fn of_scored(&self, scored: &[(DocAddress, Score)]) -> Result<Collected> {
        let mut fruits = Vec::new();
        for of_segment in scored.chunk_by(|left, right| left.0.segment_ord == right.0.segment_ord) {
            let mut collector = self.of_segment(of_segment[0].0.segment_ord)?;
            for (address, score) in of_segment {
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
        let alone = self.facets.then(|| Alone::of_segment(segment, &columns));
        Ok(BestOfSegment {
            keep: self.keep,
            kept: Vec::new(),
            least: None,
            by_date: self.sort == Sort::Date,
            signature: self.signature,
            group: self.group,
            own_script,
            alone,
            clauses: 0,
            is_whole: true,
            grouped: Vec::new(),
            offered: Vec::new(),
            segment,
            columns,
        })
    }
}

/// Keeps the best `keep` of `all`, in any order, and of each group only the best one. Returns the
/// worst of them once there are that many.
fn leave_best<T: Copy>(
    all: &mut Vec<T>,
    keep: usize,
    compare: impl Fn(&T, &T) -> Ordering,
    group: impl Fn(&T) -> Option<u32>,
) -> Option<T> {
    let mut of_groups: FxHashMap<u32, T> = FxHashMap::default();
    all.retain(|hit| {
        let Some(group) = group(hit) else { return true };
        let best = of_groups.entry(group).or_insert(*hit);
        if compare(hit, best) == Ordering::Less {
            *best = *hit;
        }
        false
    });
    all.extend(of_groups.into_values());
    let last = keep.checked_sub(1).filter(|last| *last < all.len());
    let least = last.map(|last| *all.select_nth_unstable_by(last, compare).1);
    all.truncate(keep);
    least
}

/// A clause that may be one of the best of its segment.
#[derive(Debug, Clone, Copy)]
struct Offered {
    /// 0 if dates don't matter.
    date: u64,
    score: Score,
    doc: DocId,
    group: Option<u32>,
}

pub(crate) struct BestOfSegment {
    segment: SegmentOrdinal,
    columns: Arc<SegmentColumns>,
    by_date: bool,
    signature: f32,
    group: bool,
    own_script: Option<u32>,
    clauses: u64,
    is_whole: bool,
    /// The hits without versions, if facets are counted.
    alone: Option<Alone>,
    /// The hits with versions.
    grouped: Vec<GroupedInSegment>,
    /// Clauses with versions that were seen, if not all are counted.
    offered: Vec<GroupedInSegment>,
    keep: usize,
    /// The best so far and some more, so that they aren't sorted for each new clause.
    kept: Vec<Offered>,
    /// The worst of the best, once there are enough.
    least: Option<Offered>,
}

impl BestOfSegment {
    /// Counts a clause. Returns the group of its versions, if it has any.
    fn count(&mut self, doc: DocId, score: Score) -> Option<u32> {
        self.clauses += 1;
        let run = self.columns.run(doc);
        if let Some(class) = self.columns.plain_class(run) {
            if let Some(alone) = &mut self.alone {
                alone.count_class(class);
            }
            return None;
        }
        if self.group
            && let Some(group) = self.columns.group_in(run, doc)
        {
            self.grouped.push(GroupedInSegment { group, doc, score });
            return Some(group);
        }
        if let Some(alone) = &mut self.alone {
            alone.count(doc);
        }
        None
    }

    /// Counts matching clauses until there are `most` hits.
    fn count_some(&mut self, most: u64, found: &mut dyn Scorer, reader: &SegmentReader) {
        let mut groups: FxHashSet<u32> = FxHashSet::default();
        let mut hits = 0;
        while found.doc() != TERMINATED && hits <= most {
            if !reader.is_deleted(found.doc()) {
                let group = self.count(found.doc(), 0.0);
                hits += u64::from(group.is_none_or(|group| groups.insert(group)));
            }
            found.advance();
        }
        self.is_whole = found.doc() == TERMINATED;
    }

    /// The group of a clause's versions, if it has any.
    fn group_of(&self, doc: DocId) -> Option<u32> {
        if self.group { self.columns.group(doc) } else { None }
    }

    /// The date that a clause is sorted by, or 0.
    fn date(&self, doc: DocId) -> u64 {
        if self.by_date { self.columns.facts(doc).date } else { 0 }
    }

    /// Whether a clause with this score may be one of the best, or a version of one.
    pub(crate) fn may_matter(&self, doc: DocId, score: impl FnOnce() -> Score) -> bool {
        let is_best = || self.least.is_none() || self.may_be_best(self.date(doc), score());
        self.group_of(doc).is_some() || is_best()
    }

    /// Whether a clause with this date and score may be one of the best.
    fn may_be_best(&self, date: u64, score: Score) -> bool {
        self.least.is_none_or(|least| (date, score) >= (least.date, least.score))
    }

    /// Keeps a clause if it may be one of the best.
    fn offer(&mut self, doc: DocId, mut score: Score, group: Option<u32>) {
        let date = self.date(doc);
        if !self.may_be_best(date, score) {
            return;
        }
        if self.signature < 1.0 && self.columns.is_signature(doc) {
            score *= self.signature;
        }
        let offered = Offered { date, score, doc, group };
        if self.least.is_some_and(|least| self.compare(&least, &offered) == Ordering::Less) {
            return;
        }
        self.kept.push(offered);
        if self.kept.len() >= self.keep.saturating_mul(2).saturating_add(64) {
            self.settle();
        }
    }

    /// Compares like [`Found::compare`]. Order numbers are read only for ties.
    fn compare(&self, one: &Offered, other: &Offered) -> Ordering {
        let by_score = other.score.total_cmp(&one.score);
        other.date.cmp(&one.date).then(by_score).then_with(|| {
            let key = |offered: &Offered| (self.order(offered.doc), offered.doc);
            key(one).cmp(&key(other))
        })
    }

    fn settle(&mut self) {
        let mut kept = std::mem::take(&mut self.kept);
        let compare = |one: &Offered, other: &Offered| self.compare(one, other);
        self.least = leave_best(&mut kept, self.keep, compare, |offered| offered.group);
        self.kept = kept;
    }

    fn order(&self, doc: DocId) -> u64 {
        self.columns.order.first(doc).unwrap_or(u64::MAX)
    }

    fn found(&self, doc: DocId, score: Score, group: Option<u32>) -> Found {
        let facts = self.columns.facts(doc);
        let address = DocAddress::new(self.segment, doc);
        Found {
            score,
            date: self.date(doc),
            order: self.order(doc),
            is_typed_script: facts.script.is_some() && facts.script == self.own_script,
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
        self.settle();
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
        let mut best = self.of_segment(segment)?;
        let is_alive = |doc: DocId| !reader.is_deleted(doc);
        if !self.prunes || self.sort != Sort::Score {
            weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    best.collect(doc, score);
                }
            })?;
            return Ok(best.harvest());
        }
        // All clauses are counted without scoring them; the best are searched for separately.
        if self.counted == u64::MAX {
            weight.for_each_no_score(reader, &mut |docs| {
                for doc in docs.iter().copied().filter(|doc| is_alive(*doc)) {
                    best.count(doc, 0.0);
                }
            })?;
        } else {
            best.is_whole = false;
            if self.counted > 0 {
                best.count_some(self.counted, &mut *weight.scorer(reader, 1.0)?, reader);
            }
        }
        weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
            if is_alive(doc) {
                let group = best.group_of(doc);
                if let Some(group) = group.filter(|_| !best.is_whole) {
                    best.offered.push(GroupedInSegment { group, doc, score });
                }
                best.offer(doc, score, group);
            }
            // An equal score may win by its position.
            best.least.map_or(Score::MIN, |least| least.score.next_down())
        })?;
        Ok(best.harvest())
    }

    fn merge_fruits(&self, fruits: Vec<BestOfSegment>) -> Result<Collected> {
        let mut all = Collected::default();
        let mut top: Vec<Found> = Vec::new();
        for fruit in &fruits {
            all.clauses += fruit.clauses;
            all.total += fruit.clauses - fruit.grouped.len() as u64;
            let found = |offered: &Offered| fruit.found(offered.doc, offered.score, offered.group);
            top.extend(fruit.kept.iter().map(found));
        }
        leave_best(&mut top, self.keep, Found::compare, |found| found.group);
        let grouped = fruits.iter().map(|fruit| (fruit.segment, &*fruit.grouped));
        let grouped = GroupedHits::of(grouped.collect());
        all.total += grouped.groups;
        let mut groups: FxHashMap<u32, Vec<Found>> = FxHashMap::default();
        groups.extend(top.iter().filter_map(|found| Some((found.group?, Vec::new()))));
        if !groups.is_empty() {
            for fruit in &fruits {
                let hits = if fruit.is_whole { &fruit.grouped } else { &fruit.offered };
                for hit in hits {
                    if let Some(versions) = groups.get_mut(&hit.group) {
                        versions.push(fruit.found(hit.doc, hit.score, Some(hit.group)));
                    }
                }
            }
        }
        all.top = top;
        all.versions = groups;
        all.join_versions();
        if self.facets {
            let mut tally = Tally::new(&self.columns);
            fruits
                .iter()
                .filter_map(|fruit| fruit.alone.as_ref())
                .for_each(|alone| tally.add_alone(alone));
            tally.add_versions(&grouped);
            all.facets = tally.facets(self.typed);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use tiaowen_index::{ClauseIndex, ClauseRecord, Groups, order};
    use tiaowen_text::{Budget, Segmenter};

    use super::*;
    use crate::engine::queries;
    use crate::{Analysis, Filter, Plan, Request, Searcher, Weights};

    /// Clauses of several years in both scripts. Each third repeats the one before in the other
    /// script.
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
                dropped: Cow::Borrowed(&[]),
            };
            let order = order(&record.document.id, 0);
            (record, order)
        };
        (0..many).map(read).collect()
    }

    /// An index of these. Of each three clauses, the last two are versions of one another.
    fn indexed(many: u32) -> (ClauseIndex, Columns) {
        let all = clauses(many);
        let entries: Vec<_> = all.iter().map(|(record, order)| (record, *order)).collect();
        let index = ClauseIndex::in_memory(&entries, Segmenter::shared()).unwrap();
        let members = (0u64..).zip(&all).filter(|(nth, _)| nth % 3 > 0);
        let members = members.map(|(nth, (record, order))| (nth / 3, *order, record.id()));
        let groups = Groups::of_members(members);
        let columns = Columns::open(&index.reader().unwrap().searcher(), &groups).unwrap();
        (index, columns)
    }

    #[test]
    fn passing_over_what_is_none_of_the_best_changes_nothing() {
        let (index, columns) = indexed(2_700);
        let searcher = index.reader().unwrap().searcher();
        for text in ["合作", "機關", "规定 机关"] {
            let analysis = Analysis::of(text, Segmenter::shared(), None);
            let plan = Plan::of(&analysis, &Weights::default());
            assert!(queries::are_terms(&plan, &Filter::default()), "{text}");
            let fields = index.fields();
            let query =
                queries::candidates(&plan, &Filter::default(), &fields, &Budget::unlimited())
                    .unwrap();
            for group in [true, false] {
                let [one, other] = [true, false].map(|prunes| {
                    let best = Best {
                        group,
                        prunes,
                        facets: true,
                        typed: Some(Script::Hans),
                        ..Best::of(20, columns.clone())
                    };
                    searcher.search(&*query, &best).unwrap()
                });
                let summary = |all: &Collected| -> Vec<_> {
                    all.top.iter().map(|hit| (hit.address, hit.score.to_bits())).collect()
                };
                assert_eq!(summary(&one), summary(&other), "{text}");
                assert_eq!((one.total, one.clauses), (other.total, other.clauses), "{text}");
                assert_eq!(one.facets, other.facets, "{text}");
                let versions = |all: &Collected| -> BTreeMap<u32, Vec<DocAddress>> {
                    let addresses =
                        |found: &Vec<Found>| found.iter().map(|hit| hit.address).collect();
                    all.versions.iter().map(|(group, found)| (*group, addresses(found))).collect()
                };
                let sorted = |all: &Collected| {
                    let mut all = versions(all);
                    all.values_mut().for_each(|addresses| addresses.sort_unstable());
                    all
                };
                assert_eq!(sorted(&one), sorted(&other), "{text}");
            }
        }
    }

    #[test]
    fn what_does_not_matter_is_none_of_the_best_and_no_version_of_one() {
        let (_, columns) = indexed(900);
        for (sort, signature) in [(Sort::Score, 1.0), (Sort::Score, 0.5), (Sort::Date, 1.0)] {
            let best = Best { sort, signature, group: true, ..Best::of(20, columns.clone()) };
            let mut all = best.of_segment(0).unwrap();
            let mut some = best.of_segment(0).unwrap();
            let mut passed_over = 0;
            for doc in 0..900 {
                let score = (doc * 31 % 97) as Score;
                all.collect(doc, score);
                if some.may_matter(doc, || score) {
                    some.collect(doc, score);
                } else {
                    passed_over += 1;
                }
            }
            assert!(passed_over > 100, "{passed_over}");
            let summary = |segment: BestOfSegment| {
                let all = best.merge_fruits(vec![segment.harvest()]).unwrap();
                let mut versions: Vec<(u32, Vec<DocAddress>)> = Vec::new();
                for (group, found) in all.versions {
                    versions.push((group, found.iter().map(|hit| hit.address).collect()));
                }
                versions.sort_unstable();
                let top = all.top.iter().map(|hit| (hit.address, hit.score.to_bits()));
                (top.collect::<Vec<_>>(), versions)
            };
            assert_eq!(summary(all), summary(some));
        }
    }

    #[test]
    fn where_clauses_lie_in_the_index_changes_no_answer() {
        let all = clauses(900);
        let answers = [false, true].map(|turned| {
            let mut entries: Vec<_> = all.iter().map(|(record, order)| (record, *order)).collect();
            if turned {
                entries.reverse();
            }
            let index = ClauseIndex::in_memory(&entries, Segmenter::shared()).unwrap();
            let searcher = Searcher::new(index).unwrap();
            // The last two match in part, and more clauses do than are scored.
            ["合作", "機關", "规定 机关", "機關 丁卯", "機關規定丁卯"].map(|query| {
                let answer = searcher.search(&Request::new(query)).unwrap();
                let hits = answer.hits.iter().map(|hit| (hit.record.id(), hit.score.to_bits()));
                (answer.total, hits.collect::<Vec<_>>(), answer.facets)
            })
        });
        assert!(answers[0].iter().all(|(total, hits, _)| *total > 10 && hits.len() == 10));
        assert_eq!(answers[0], answers[1]);
    }

    #[test]
    fn versions_are_one_hit_and_count_one_in_each_facet() {
        let (index, columns) = indexed(30);
        let searcher = index.reader().unwrap().searcher();
        let analysis = Analysis::of("合作", Segmenter::shared(), None);
        let plan = Plan::of(&analysis, &Weights::default());
        let query =
            queries::candidates(&plan, &Filter::default(), &index.fields(), &Budget::unlimited())
                .unwrap();
        let best = Best {
            group: true,
            facets: true,
            typed: Some(Script::Hans),
            ..Best::of(1_000, columns)
        };
        let found = searcher.search(&*query, &best).unwrap();
        assert_eq!((found.total, found.clauses, found.top.len()), (20, 30, 20));
        // Both versions are of the same kind and in different scripts.
        assert_eq!(found.facets.kind, BTreeMap::from([("agreement".to_owned(), 20)]));
        let scripts = [("Hans".to_owned(), 10), ("Hant".to_owned(), 20)];
        assert_eq!(found.facets.script, BTreeMap::from(scripts));
        // The version in the script of the query leads.
        let leads = found.top.iter().filter(|hit| hit.group.is_some());
        assert!(leads.clone().count() == 10 && leads.clone().all(|hit| hit.is_typed_script));
        assert!(found.top.windows(2).all(|two| two[0].compare(&two[1]) != Ordering::Greater));
    }
}
