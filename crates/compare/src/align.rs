//! Alignment: which clauses of two versions correspond.
//!
//! A pair of clauses is scored by the features that their texts share, weighted by rarity, plus
//! their labels and headings. The heaviest chain of pairs that is in order on both sides is the
//! backbone of the alignment. Clauses outside it are then placed: in a gap of the chain, as moved,
//! or as a part of a neighbour that was split or merged.
//!
//! Comparing every clause with every other was rejected: documents have thousands of clauses. Only
//! pairs that share a rare feature or a label become candidates, so time and memory grow with the
//! length of the texts and not with their product.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_corpus::{Clause, ClauseKind};
use tiaowen_text::{Budget, Spent, fold_char, is_han};

use crate::ClauseLinks;
use crate::compared::Compared;
use crate::features::{Features, Held, Text, texts};
use crate::links::LinkedGroup;
use crate::model::heading;

/// Corresponding clauses: one or more of each side, by index. The first of each side are
/// counterparts; the others are parts of the same clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) left: Vec<usize>,
    pub(crate) right: Vec<usize>,
    pub(crate) moved: bool,
    /// Whether they were linked by hand.
    pub(crate) linked: bool,
}

/// Maximum number of candidates on the other side for a clause.
const CANDIDATES: usize = 12;
/// Maximum number of postings read for a clause, and as many more for each of its candidates. The
/// features of most clauses become more frequent as the document grows.
const MOST_HOLDERS: usize = 4_096;
const MOST_HOLDERS_EACH: usize = 64;
/// Minimum weight of a pair in the chain, and of a pair in a gap.
const LEAST: f32 = 0.22;
const LEAST_IN_GAP: f32 = 0.12;
/// Minimum likeness of a moved pair.
const LEAST_MOVED: f32 = 0.5;
/// Minimum share of a clause in a neighbour's counterpart for it to be a part of that.
const LEAST_PART: f32 = 0.6;

/// A clause as the alignment sees it.
struct Likeness<'a> {
    clause: &'a Clause,
    /// Index of its text.
    text: usize,
    label: String,
    heading: String,
}

impl<'a> Likeness<'a> {
    fn of(clause: &'a Clause, text: usize) -> Self {
        Likeness {
            clause,
            text,
            label: clause.path.last().map(|label| folded_letters(label)).unwrap_or_default(),
            heading: folded_letters(heading(clause)),
        }
    }
}

/// The letters and digits of a text, folded.
fn folded_letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    let folded = text.chars().map(fold_char);
    letters.extend(folded.filter(|&c| is_han(c) || c.is_alphanumeric()));
    letters
}

/// Groups corresponding clauses, in the order of the left side. A group with clauses of the right
/// only follows the group of the clause before them. Clauses in `links` form the groups that these
/// have, and take no part in the rest.
pub(crate) fn align<'a>(
    left: &'a [Compared],
    right: &'a [Compared],
    links: &ClauseLinks,
    budget: &Budget,
) -> Result<Vec<Group>, Spent> {
    let (texts, left_texts, right_texts) = texts(left, right);
    let (lefts, rights) = (likenesses(left, left_texts), likenesses(right, right_texts));
    budget.check()?;
    let features = Features::of(&texts);
    let linked = Linked::of(links);
    let aligner = Aligner {
        lefts: &lefts,
        rights: &rights,
        texts: &texts,
        features: &features,
        linked: &linked,
    };
    let candidates = aligner.candidates(budget)?;
    let chain = heaviest_chain(&candidates, rights.len());
    let mut partner: Vec<Option<usize>> = vec![None; lefts.len()];
    let mut taken: Vec<Option<usize>> = vec![None; rights.len()];
    for &(l, r) in &chain {
        partner[l] = Some(r);
        taken[r] = Some(l);
    }
    aligner.fill_gaps(&chain, &mut partner, &mut taken, budget)?;
    let (left_parts, right_parts) = aligner.parts(&partner, &taken);
    let moved = aligner.moved(&candidates, &partner, &taken, &left_parts, &right_parts);
    for &(l, r) in &moved {
        partner[l] = Some(r);
        taken[r] = Some(l);
    }
    budget.check()?;
    let groups = groups(&partner, &left_parts, &right_parts, &moved);
    let mut groups = with_linked(groups, links);
    if !links.groups.is_empty() {
        mark_linked_out_of_order(&mut groups, rights.len());
    }
    Ok(with_right_alone(groups, taken.len(), &linked.rights))
}

/// What the clauses of a side are compared by, with the number of each text.
fn likenesses<'a>(side: &'a [Compared<'_>], texts: Vec<usize>) -> Vec<Likeness<'a>> {
    side.par_iter().zip(texts).map(|(compared, text)| Likeness::of(compared.clause, text)).collect()
}

/// The clauses of both sides that were linked by hand.
struct Linked {
    lefts: FxHashSet<usize>,
    rights: FxHashSet<usize>,
}

impl Linked {
    fn of(links: &ClauseLinks) -> Self {
        let lefts = links.groups.iter().flat_map(|group| &group.left).copied().collect();
        let rights = links.groups.iter().flat_map(|group| &group.right).copied().collect();
        Linked { lefts, rights }
    }
}

/// Puts the groups that were linked by hand in the place of those that their clauses have alone. A
/// group with clauses of the right only has its place later.
fn with_linked(groups: Vec<Group>, links: &ClauseLinks) -> Vec<Group> {
    let mut group_at: FxHashMap<usize, &LinkedGroup> = FxHashMap::default();
    let mut others: FxHashSet<usize> = FxHashSet::default();
    for group in links.groups.iter().filter(|group| !group.left.is_empty()) {
        group_at.insert(group.left[0], group);
        others.extend(&group.left[1..]);
    }
    let mut all = Vec::with_capacity(groups.len());
    for group in groups {
        match group.left[0] {
            left if others.contains(&left) => {}
            left => all.push(group_at.get(&left).map_or(group, |linked| Group {
                left: linked.left.clone(),
                right: linked.right.clone(),
                moved: false,
                linked: true,
            })),
        }
    }
    all
}

/// Marks groups as moved if they were linked by hand and are not in the order of the others.
fn mark_linked_out_of_order(groups: &mut [Group], rights: usize) {
    let pairs: Vec<Candidate> = groups.iter().filter_map(pair_of).collect();
    let in_order: FxHashSet<usize> =
        heaviest_chain(&pairs, rights).into_iter().map(|(left, _)| left).collect();
    for group in groups.iter_mut().filter(|group| group.linked && !group.right.is_empty()) {
        group.moved = group.left.first().is_some_and(|left| !in_order.contains(left));
    }
}

/// The first clauses of a group that keeps its place.
fn pair_of(group: &Group) -> Option<Candidate> {
    let (left, right) = (*group.left.first()?, *group.right.first()?);
    // Of a linked group and one that was found, the latter keeps its place.
    let weight = if group.linked { 0.5 } else { 1.0 };
    (!group.moved).then_some(Candidate { left, right, likeness: 1.0, weight })
}

/// A pair of clauses with its score.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    left: usize,
    right: usize,
    /// Likeness of the texts, 0 to 1.
    likeness: f32,
    /// The likeness plus the bonus for label and heading.
    weight: f32,
}

struct Aligner<'a> {
    lefts: &'a [Likeness<'a>],
    rights: &'a [Likeness<'a>],
    texts: &'a [Text<'a>],
    features: &'a Features,
    linked: &'a Linked,
}

impl<'a> Aligner<'a> {
    /// Candidate pairs, sorted by left and then right. A clause whose exact text occurs on the
    /// other side gets only the clauses with that text, and the one with the same label.
    fn candidates(&self, budget: &Budget) -> Result<Vec<Candidate>, Spent> {
        let by_eid: FxHashMap<&str, usize> =
            (0..).zip(self.rights).map(|(at, right)| (right.clause.eid.as_str(), at)).collect();
        let holders = Holders::of(self);
        let scratch = || (Held::new(self.features), Shared::new(self.texts.len()));
        let of_left = |(held, shared): &mut (Held, Shared), left: usize| {
            budget.check()?;
            let namesake = by_eid.get(self.lefts[left].clause.eid.as_str()).copied();
            Ok(self.candidates_of(left, namesake, &holders, held, shared))
        };
        let lefts = (0..self.lefts.len()).into_par_iter();
        let candidates: Result<Vec<Vec<Candidate>>, Spent> =
            lefts.map_init(scratch, of_left).collect();
        Ok(candidates?.concat())
    }

    /// Candidate pairs of one left clause; `namesake` is the right clause with the same `eid`.
    fn candidates_of(
        &self,
        left: usize,
        namesake: Option<usize>,
        holders: &Holders,
        held: &mut Held,
        shared: &mut Shared,
    ) -> Vec<Candidate> {
        let text = &self.texts[self.lefts[left].text];
        let mut rights: Vec<usize> = if text.is_shared() {
            text.rights.iter().take(CANDIDATES).map(|&right| right as usize).collect()
        } else {
            self.likest(self.lefts[left].text, holders, shared)
        };
        rights.extend(namesake);
        rights.sort_unstable();
        rights.dedup();
        let pairs = rights.into_iter().map(|right| self.pair(left, right, held));
        pairs.filter(|pair| pair.weight >= LEAST).collect()
    }

    /// The few clauses of the right that share the most rare features with a text.
    fn likest(&self, text: usize, holders: &Holders, shared: &mut Shared) -> Vec<usize> {
        let all = self.features.of_text(text);
        let of_all: usize = all.iter().map(|&feature| holders.of_feature(feature).len()).sum();
        let most = MOST_HOLDERS + MOST_HOLDERS_EACH * all.len();
        if of_all <= most {
            for &feature in all {
                shared.add(holders.of_feature(feature), self.features.weight(feature));
            }
        } else {
            // Rare features are the most informative.
            let mut rarest: Vec<u32> = all.to_vec();
            rarest.sort_unstable_by_key(|&feature| (holders.of_feature(feature).len(), feature));
            let mut left = most;
            for feature in rarest {
                let Some(rest) = left.checked_sub(holders.of_feature(feature).len()) else { break };
                left = rest;
                shared.add(holders.of_feature(feature), self.features.weight(feature));
            }
        }
        let total = self.features.total(text);
        let mut best: Vec<(f64, u32)> = Vec::new();
        for (other, sum) in shared.drain() {
            let likeness = sum as f64 / (total + self.features.total(other)) as f64;
            if best.get(CANDIDATES - 1).is_some_and(|last| last.0 > likeness) {
                continue;
            }
            for &right in self.texts[other].rights.iter().take(CANDIDATES) {
                let place = best.partition_point(|&(more, before)| {
                    more > likeness || more == likeness && before < right
                });
                best.insert(place, (likeness, right));
                best.truncate(CANDIDATES);
            }
        }
        best.into_iter().map(|(_, right)| right as usize).collect()
    }

    /// Scores a pair.
    fn pair(&self, left: usize, right: usize, held: &mut Held) -> Candidate {
        let (l, r) = (&self.lefts[left], &self.rights[right]);
        let likeness = if l.text == r.text {
            1.0
        } else {
            held.hold(l.text);
            held.likeness(r.text)
        };
        let bonus = |same: bool, weight: f32| if same { weight } else { 0.0 };
        let heading = bonus(!l.heading.is_empty() && l.heading == r.heading, 0.1);
        // Almost equal texts outweigh two pairs with equal labels: swapped clauses.
        let nearly_one = ((likeness - 0.6) / 0.4).max(0.0);
        let weight = likeness
            + nearly_one
            + bonus(l.clause.eid == r.clause.eid, 0.14)
            + bonus(l.label == r.label, 0.08)
            + heading
            + bonus(l.clause.kind == r.clause.kind, 0.02);
        let signs = |kind| kind == ClauseKind::Signature;
        let is_linked = self.linked.lefts.contains(&left) || self.linked.rights.contains(&right);
        let apart = is_linked || signs(l.clause.kind) != signs(r.clause.kind);
        Candidate { left, right, likeness, weight: if apart { 0.0 } else { weight } }
    }

    /// Pairs clauses between two links of the chain, where position is nearly all the evidence.
    fn fill_gaps(
        &self,
        chain: &[(usize, usize)],
        partner: &mut [Option<usize>],
        taken: &mut [Option<usize>],
        budget: &Budget,
    ) -> Result<(), Spent> {
        /// A larger gap contains different text and is not worth pairing.
        const MOST: usize = 20_000;
        let mut held = Held::new(self.features);
        let mut from = (0, 0);
        for &(l, r) in chain.iter().chain([&(self.lefts.len(), self.rights.len())]) {
            budget.check()?;
            let gap = (from.0..l, from.1..r);
            if !gap.0.is_empty() && !gap.1.is_empty() && gap.0.len() * gap.1.len() <= MOST {
                let pairs =
                    gap.0.clone().flat_map(|left| gap.1.clone().map(move |right| (left, right)));
                let alone = gap.0.len() == 1 && gap.1.len() == 1;
                let pairs: Vec<Candidate> = pairs
                    .map(|(left, right)| self.pair(left, right, &mut held))
                    .filter(|pair| {
                        let same_label =
                            self.lefts[pair.left].label == self.rights[pair.right].label;
                        pair.weight > 0.0 && (pair.likeness >= LEAST_IN_GAP || same_label && alone)
                    })
                    .collect();
                for (left, right) in heaviest_chain(&pairs, self.rights.len()) {
                    partner[left] = Some(right);
                    taken[right] = Some(left);
                }
            }
            from = (l + 1, r + 1);
        }
        Ok(())
    }

    /// Clauses without a counterpart that are part of a neighbour's. For each side, the neighbour
    /// of each such clause.
    fn parts(
        &self,
        partner: &[Option<usize>],
        taken: &[Option<usize>],
    ) -> (FxHashMap<usize, usize>, FxHashMap<usize, usize>) {
        let right_parts = self.parts_of(self.rights, taken, self.lefts, &self.linked.rights);
        let left_parts = self.parts_of(self.lefts, partner, self.rights, &self.linked.lefts);
        (left_parts, right_parts)
    }

    fn parts_of(
        &self,
        clauses: &[Likeness],
        partner: &[Option<usize>],
        others: &[Likeness],
        linked: &FxHashSet<usize>,
    ) -> FxHashMap<usize, usize> {
        /// Maximum distance of a neighbour.
        const NEAR: usize = 8;
        let mut parts = FxHashMap::default();
        let (mut counterpart, mut neighbour) = (Held::new(self.features), Held::new(self.features));
        for at in (0..clauses.len()).filter(|&at| partner[at].is_none()) {
            if clauses[at].clause.kind == ClauseKind::Signature || linked.contains(&at) {
                continue;
            }
            // The nearest neighbours with a counterpart; other parts may lie between.
            let has_partner = |near: &usize| partner[*near].is_some();
            let before = (at.saturating_sub(NEAR)..at).rev().find(has_partner);
            let behind = (at + 1..clauses.len().min(at + NEAR + 1)).find(has_partner);
            let fit = [before, behind].into_iter().flatten().filter_map(|near| {
                let text = others[partner[near]?].text;
                counterpart.hold(text);
                neighbour.hold(clauses[near].text);
                let (mut shared, mut fresh) = (0, 0);
                for &feature in self.features.of_text(clauses[at].text) {
                    let weight = self.features.weight(feature);
                    let held = counterpart.has(feature);
                    if !(held && neighbour.has(feature)) {
                        fresh += weight;
                        shared += if held { weight } else { 0 };
                    }
                }
                let part = shared as f32 / fresh as f32;
                (fresh > 0 && part >= LEAST_PART).then_some((part, near))
            });
            if let Some((_, near)) = fit.max_by(|a, b| a.0.total_cmp(&b.0)) {
                parts.insert(at, near);
            }
        }
        parts
    }

    /// Pairs out of order, the most alike first.
    fn moved(
        &self,
        candidates: &[Candidate],
        partner: &[Option<usize>],
        taken: &[Option<usize>],
        left_parts: &FxHashMap<usize, usize>,
        right_parts: &FxHashMap<usize, usize>,
    ) -> Vec<(usize, usize)> {
        let mut free: Vec<&Candidate> = candidates
            .iter()
            .filter(|pair| {
                pair.likeness >= LEAST_MOVED
                    && partner[pair.left].is_none()
                    && taken[pair.right].is_none()
                    && !left_parts.contains_key(&pair.left)
                    && !right_parts.contains_key(&pair.right)
            })
            .collect();
        free.sort_by(|a, b| {
            b.weight.total_cmp(&a.weight).then((a.left, a.right).cmp(&(b.left, b.right)))
        });
        let (mut lefts, mut rights) = (FxHashSet::default(), FxHashSet::default());
        free.into_iter()
            .filter(|pair| {
                let fresh = !lefts.contains(&pair.left) && !rights.contains(&pair.right);
                if fresh {
                    lefts.insert(pair.left);
                    rights.insert(pair.right);
                }
                fresh
            })
            .map(|pair| (pair.left, pair.right))
            .collect()
    }
}

/// Features that texts share with the current one.
struct Shared {
    /// Shared weight by text; all 0 between two uses.
    sums: Vec<u64>,
    /// Texts with a shared feature, and their number.
    texts: Vec<u32>,
    count: usize,
}

impl Shared {
    fn new(texts: usize) -> Self {
        Shared { sums: vec![0; texts], texts: vec![0; texts + 1], count: 0 }
    }

    /// Adds the weight of a feature for all texts that have it.
    fn add(&mut self, holders: &[u32], weight: u64) {
        for &text in holders {
            let sum = &mut self.sums[text as usize];
            // Branch-free, since new texts are unpredictable: always write, but advance only for a
            // new one.
            self.texts[self.count] = text;
            self.count += usize::from(*sum == 0);
            *sum += weight;
        }
    }

    /// Returns each text with its shared weight, and resets.
    fn drain(&mut self) -> impl Iterator<Item = (usize, u64)> {
        let texts = &self.texts[..std::mem::take(&mut self.count)];
        texts.iter().map(|&text| (text as usize, std::mem::take(&mut self.sums[text as usize])))
    }
}

/// Postings: for each feature of the left side, the texts of the right that have it.
struct Holders {
    /// Texts, sorted by feature; the first entry is unused.
    texts: Vec<u32>,
    /// For each feature the start and the end of its texts.
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Holders {
    fn of(aligner: &Aligner) -> Self {
        let features = aligner.features;
        // A feature of many clauses is uninformative and would make the work quadratic.
        let most = (aligner.rights.len() / 50).max(24);
        let of_texts = || (0..).zip(aligner.texts);
        let mut is_wanted = vec![false; features.len()];
        for (at, text) in of_texts() {
            if !text.lefts.is_empty() && !text.is_shared() {
                for &feature in features.of_text(at) {
                    is_wanted[feature as usize] = features.rights(feature) <= most;
                }
            }
        }
        let mut room = 1;
        let starts = is_wanted.iter().zip(0..).map(|(&is_wanted, feature)| {
            let start = room;
            // The number of clauses is an upper bound for the number of texts.
            room += if is_wanted { features.rights(feature) as u32 } else { 0 };
            if is_wanted { start } else { 0 }
        });
        let starts: Vec<u32> = starts.collect();
        let mut ends = starts.clone();
        let mut texts = vec![0; room as usize];
        for (at, text) in of_texts() {
            if !text.rights.is_empty() {
                for &feature in features.of_text(at) {
                    // Branch-free, since wanted features are unpredictable: always write, but
                    // advance only for a wanted one.
                    let end = &mut ends[feature as usize];
                    texts[*end as usize] = at as u32;
                    *end += u32::from(is_wanted[feature as usize]);
                }
            }
        }
        Holders { texts, starts, ends }
    }

    fn of_feature(&self, feature: u32) -> &[u32] {
        let feature = feature as usize;
        &self.texts[self.starts[feature] as usize..self.ends[feature] as usize]
    }
}

/// The heaviest chain of pairs that is in order on both sides.
fn heaviest_chain(candidates: &[Candidate], rights: usize) -> Vec<(usize, usize)> {
    // A tree of maxima: the best chain that ends at or before each clause of the right.
    let mut best: Vec<(f32, u32)> = vec![(0.0, u32::MAX); rights + 2];
    let mut before: Vec<u32> = Vec::with_capacity(candidates.len());
    let mut total: Vec<f32> = Vec::with_capacity(candidates.len());
    let mut at = 0;
    let mut last = (0.0, u32::MAX);
    while at < candidates.len() {
        let left = candidates[at].left;
        let same = candidates[at..].iter().take_while(|pair| pair.left == left).count();
        // Pairs of one left clause may extend only chains of earlier ones.
        for pair in &candidates[at..at + same] {
            let mut found = (0.0, u32::MAX);
            let mut place = pair.right;
            while place > 0 {
                if best[place].0 > found.0 {
                    found = best[place];
                }
                place -= place & place.wrapping_neg();
            }
            before.push(found.1);
            total.push(found.0 + pair.weight);
        }
        for index in at..at + same {
            let mut place = candidates[index].right + 1;
            let entry = (total[index], index as u32);
            while place < best.len() {
                if entry.0 > best[place].0 {
                    best[place] = entry;
                }
                place += place & place.wrapping_neg();
            }
            if entry.0 > last.0 {
                last = entry;
            }
        }
        at += same;
    }
    let mut chain = Vec::new();
    let mut next = last.1;
    while let Some(pair) = candidates.get(next as usize) {
        chain.push((pair.left, pair.right));
        next = before[next as usize];
    }
    chain.reverse();
    chain
}

/// The groups of the clauses on the left.
fn groups(
    partner: &[Option<usize>],
    left_parts: &FxHashMap<usize, usize>,
    right_parts: &FxHashMap<usize, usize>,
    moved: &[(usize, usize)],
) -> Vec<Group> {
    let (left_wholes, right_wholes) = (with_neighbours(left_parts), with_neighbours(right_parts));
    let with_parts = |clause: usize, wholes: &FxHashMap<usize, Vec<usize>>| {
        wholes.get(&clause).cloned().unwrap_or_else(|| vec![clause])
    };
    let moved: FxHashSet<usize> = moved.iter().map(|&(left, _)| left).collect();
    let mut groups: Vec<Group> = Vec::with_capacity(partner.len());
    for (left, right) in partner.iter().enumerate() {
        if left_parts.contains_key(&left) {
            continue;
        }
        groups.push(match right {
            Some(right) => Group {
                left: with_parts(left, &left_wholes),
                right: with_parts(*right, &right_wholes),
                moved: moved.contains(&left),
                linked: false,
            },
            None => Group { left: vec![left], right: Vec::new(), moved: false, linked: false },
        });
    }
    groups
}

/// For each clause with parts, the clause and its parts in order.
fn with_neighbours(parts: &FxHashMap<usize, usize>) -> FxHashMap<usize, Vec<usize>> {
    let mut wholes: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for (&part, &near) in parts {
        wholes.entry(near).or_insert_with(|| vec![near]).push(part);
    }
    wholes.values_mut().for_each(|all| all.sort_unstable());
    wholes
}

/// Inserts groups for the clauses of the right that are in no group, each behind the group of the
/// clause before it on that side.
fn with_right_alone(groups: Vec<Group>, rights: usize, linked: &FxHashSet<usize>) -> Vec<Group> {
    let of_right = |right: usize| {
        let linked = linked.contains(&right);
        Group { left: Vec::new(), right: vec![right], moved: false, linked }
    };
    let mut place_of: FxHashMap<usize, usize> = FxHashMap::default();
    for (place, group) in groups.iter().enumerate() {
        for &right in &group.right {
            place_of.insert(right, place);
        }
    }
    let mut behind: Vec<(usize, usize)> = Vec::new();
    let mut place = 0;
    for right in 0..rights {
        match place_of.get(&right) {
            Some(&group) if !groups[group].moved => place = group + 1,
            Some(_) => {}
            None => behind.push((place, right)),
        }
    }
    let mut all = Vec::with_capacity(groups.len() + behind.len());
    let mut behind = behind.into_iter().peekable();
    for (at, group) in groups.into_iter().enumerate() {
        while let Some((_, right)) = behind.next_if(|(place, _)| *place <= at) {
            all.push(of_right(right));
        }
        all.push(group);
    }
    all.extend(behind.map(|(_, right)| of_right(right)));
    all
}
