//! Which clauses of two versions belong together.
//!
//! Clauses are likened by what their texts share, rare things counting most; their labels
//! and headings add to it. The heaviest chain of pairs that goes forward on both sides is
//! the order of the versions; what is left over is filled in between, found elsewhere
//! (moved), or part of a neighbour (split, merged). Only pairs that share something rare or
//! a label are ever looked at, so work and memory grow with the texts, not their product.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_corpus::{Clause, ClauseKind};
use tiaowen_text::fold;

use crate::atoms::Atoms;
use crate::compare::Compared;
use crate::model::heading;

/// Clauses that belong together: one or more of each side, by their places. The first of
/// each are counterparts, the further ones are parts of the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) left: Vec<usize>,
    pub(crate) right: Vec<usize>,
    pub(crate) moved: bool,
}

/// How many clauses of the other side a clause is likened to at most.
const CANDIDATES: usize = 12;
/// What a pair must weigh to be in the chain, and to fill a gap of it.
const LEAST: f32 = 0.22;
const LEAST_IN_GAP: f32 = 0.12;
/// How alike texts must be to belong together though they stand elsewhere.
const LEAST_MOVED: f32 = 0.5;
/// How much of a clause must stand in a neighbour's counterpart to be a part of it.
const LEAST_PART: f32 = 0.6;

/// A clause as it is likened to others.
struct Likeness {
    /// Characters and pairs of characters, sorted, each once.
    features: Vec<u64>,
    /// What they weigh together.
    weight: f32,
    kind: ClauseKind,
    eid: String,
    label: String,
    heading: String,
}

impl Likeness {
    fn of(clause: &Clause, atoms: &Atoms) -> Likeness {
        /// A clause of more is known by its beginning.
        const MOST: usize = 50_000;
        let mut features: Vec<u64> = atoms.keys.iter().copied().take(MOST).collect();
        let pairs = features.windows(2).map(|pair| {
            pair[0].wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23) ^ pair[1] ^ (1 << 61)
        });
        let pairs: Vec<u64> = pairs.collect();
        features.extend(pairs);
        features.sort_unstable();
        features.dedup();
        let own = clause.path.last().map(|label| fold(label)).unwrap_or_default();
        let bare =
            |text: &str| -> String { fold(text).chars().filter(|c| c.is_alphanumeric()).collect() };
        Likeness {
            features,
            weight: 0.0,
            kind: clause.kind,
            eid: clause.eid.clone(),
            label: bare(&own),
            heading: bare(heading(clause)),
        }
    }
}

/// Groups clauses, in the order of the left; groups of the right alone stand behind the
/// group of the clause before them.
pub(crate) fn align(left: &[Compared], right: &[Compared]) -> Vec<Group> {
    let likeness = |side: &[Compared]| -> Vec<Likeness> {
        side.par_iter().map(|own| Likeness::of(own.clause, &own.side.atoms)).collect()
    };
    let (mut lefts, mut rights) = (likeness(left), likeness(right));
    let rarity = Rarity::of(&lefts, &rights);
    for clause in lefts.iter_mut().chain(&mut rights) {
        clause.weight = clause.features.iter().map(|&feature| rarity.weight(feature)).sum();
    }
    let aligner = Aligner { lefts: &lefts, rights: &rights, rarity: &rarity };
    let candidates = aligner.candidates();
    let chain = heaviest_chain(&candidates, rights.len());
    let mut partner: Vec<Option<usize>> = vec![None; lefts.len()];
    let mut taken: Vec<Option<usize>> = vec![None; rights.len()];
    for &(l, r) in &chain {
        partner[l] = Some(r);
        taken[r] = Some(l);
    }
    aligner.fill_gaps(&chain, &mut partner, &mut taken);
    let (left_parts, right_parts) = aligner.parts(&partner, &taken);
    let moved = aligner.moved(&candidates, &partner, &taken, &left_parts, &right_parts);
    for &(l, r) in &moved {
        partner[l] = Some(r);
        taken[r] = Some(l);
    }
    groups(&partner, &taken, &left_parts, &right_parts, &moved)
}

/// How rare what clauses share is.
struct Rarity {
    clauses: f32,
    count: FxHashMap<u64, u32>,
}

impl Rarity {
    fn of(lefts: &[Likeness], rights: &[Likeness]) -> Self {
        let mut count: FxHashMap<u64, u32> = FxHashMap::default();
        for feature in lefts.iter().chain(rights).flat_map(|clause| &clause.features) {
            *count.entry(*feature).or_default() += 1;
        }
        Rarity { clauses: (lefts.len() + rights.len()) as f32, count }
    }

    fn weight(&self, feature: u64) -> f32 {
        let count = self.count.get(&feature).copied().unwrap_or(1).max(2);
        (1.0 + self.clauses / count as f32).ln()
    }
}

/// A pair of clauses and how much speaks for it.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    left: usize,
    right: usize,
    /// How alike the texts are, 0 to 1.
    likeness: f32,
    /// That, with label and heading.
    weight: f32,
}

struct Aligner<'a> {
    lefts: &'a [Likeness],
    rights: &'a [Likeness],
    rarity: &'a Rarity,
}

impl Aligner<'_> {
    /// Pairs worth a look, by left and then right.
    fn candidates(&self) -> Vec<Candidate> {
        // A feature of many clauses tells nothing and would make the work a product.
        let most = (self.rights.len() / 50).max(24);
        let mut places: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        let mut by_eid: FxHashMap<&str, usize> = FxHashMap::default();
        for (at, clause) in self.rights.iter().enumerate() {
            by_eid.insert(&clause.eid, at);
            for &feature in &clause.features {
                places.entry(feature).or_default().push(at as u32);
            }
        }
        places.retain(|_, clauses| clauses.len() <= most);
        let mut candidates = Vec::new();
        let mut shared: FxHashMap<u32, f32> = FxHashMap::default();
        for (left, clause) in self.lefts.iter().enumerate() {
            shared.clear();
            for feature in &clause.features {
                let Some(others) = places.get(feature) else { continue };
                let weight = self.rarity.weight(*feature);
                for &other in others {
                    *shared.entry(other).or_default() += weight;
                }
            }
            let mut best: Vec<(f32, usize)> = shared
                .iter()
                .map(|(&right, &weight)| {
                    let right = right as usize;
                    (weight / (clause.weight + self.rights[right].weight), right)
                })
                .collect();
            best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            best.truncate(CANDIDATES);
            let same_eid = by_eid.get(clause.eid.as_str()).copied();
            let mut rights: Vec<usize> =
                best.into_iter().map(|(_, right)| right).chain(same_eid).collect();
            rights.sort_unstable();
            rights.dedup();
            let pairs = rights.into_iter().map(|right| self.pair(left, right));
            candidates.extend(pairs.filter(|pair| pair.weight >= LEAST));
        }
        candidates
    }

    /// What speaks for a pair.
    fn pair(&self, left: usize, right: usize) -> Candidate {
        let (l, r) = (&self.lefts[left], &self.rights[right]);
        let likeness = if l.weight + r.weight > 0.0 {
            let shared: f32 =
                common(&l.features, &r.features).map(|feature| self.rarity.weight(feature)).sum();
            2.0 * shared / (l.weight + r.weight)
        } else {
            f32::from(u8::from(l.features == r.features))
        };
        let told = |same: bool, weight: f32| if same { weight } else { 0.0 };
        let heading = told(!l.heading.is_empty() && l.heading == r.heading, 0.1);
        // Texts that are nearly one outweigh two pairs of labels: swapped clauses.
        let nearly_one = ((likeness - 0.6) / 0.4).max(0.0);
        let weight = likeness
            + nearly_one
            + told(l.eid == r.eid, 0.14)
            + told(l.label == r.label, 0.08)
            + heading
            + told(l.kind == r.kind, 0.02);
        let signs = |kind| kind == ClauseKind::Signature;
        let apart = signs(l.kind) != signs(r.kind);
        Candidate { left, right, likeness, weight: if apart { 0.0 } else { weight } }
    }

    /// Pairs up what lies between two links of the chain, where little but the place speaks
    /// for it.
    fn fill_gaps(
        &self,
        chain: &[(usize, usize)],
        partner: &mut [Option<usize>],
        taken: &mut [Option<usize>],
    ) {
        /// A larger gap is no gap but another text.
        const MOST: usize = 20_000;
        let mut from = (0, 0);
        for &(l, r) in chain.iter().chain([&(self.lefts.len(), self.rights.len())]) {
            let gap = (from.0..l, from.1..r);
            if !gap.0.is_empty() && !gap.1.is_empty() && gap.0.len() * gap.1.len() <= MOST {
                let pairs =
                    gap.0.clone().flat_map(|left| gap.1.clone().map(move |right| (left, right)));
                let alone = gap.0.len() == 1 && gap.1.len() == 1;
                let pairs: Vec<Candidate> = pairs
                    .map(|(left, right)| self.pair(left, right))
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
    }

    /// Clauses without a counterpart that are part of a neighbour's: for each side, the
    /// clause that each such one goes with.
    fn parts(
        &self,
        partner: &[Option<usize>],
        taken: &[Option<usize>],
    ) -> (FxHashMap<usize, usize>, FxHashMap<usize, usize>) {
        let right_parts = self.parts_of(self.rights, taken, self.lefts);
        let left_parts = self.parts_of(self.lefts, partner, self.rights);
        (left_parts, right_parts)
    }

    fn parts_of(
        &self,
        own: &[Likeness],
        partner: &[Option<usize>],
        other: &[Likeness],
    ) -> FxHashMap<usize, usize> {
        let mut parts = FxHashMap::default();
        for at in (0..own.len()).filter(|&at| partner[at].is_none()) {
            if own[at].kind == ClauseKind::Signature {
                continue;
            }
            // The nearest neighbours with a counterpart, over other parts between.
            let before = (0..at).rev().find(|&near| partner[near].is_some());
            let behind = (at + 1..own.len()).find(|&near| partner[near].is_some());
            let near = [before, behind].into_iter().flatten();
            let fit = near.filter(|near| near.abs_diff(at) <= 8).filter_map(|near| {
                let whole = &other[partner[near]?];
                let held: FxHashSet<u64> = common(&own[near].features, &whole.features).collect();
                let shared: f32 = common(&own[at].features, &whole.features)
                    .filter(|feature| !held.contains(feature))
                    .map(|feature| self.rarity.weight(feature))
                    .sum();
                let fresh: f32 = own[at]
                    .features
                    .iter()
                    .filter(|feature| !held.contains(feature))
                    .map(|&feature| self.rarity.weight(feature))
                    .sum();
                (fresh > 0.0 && shared / fresh >= LEAST_PART).then_some((shared / fresh, near))
            });
            if let Some((_, near)) = fit.max_by(|a, b| a.0.total_cmp(&b.0)) {
                parts.insert(at, near);
            }
        }
        parts
    }

    /// Pairs that stand elsewhere, the most alike first.
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

/// What two sorted lists share.
fn common<'a>(left: &'a [u64], right: &'a [u64]) -> impl Iterator<Item = u64> + 'a {
    let mut rest = right.iter().peekable();
    left.iter().copied().filter(move |feature| {
        while rest.next_if(|other| *other < feature).is_some() {}
        rest.peek().is_some_and(|other| *other == feature)
    })
}

/// The pairs that go forward on both sides and weigh the most together.
fn heaviest_chain(candidates: &[Candidate], rights: usize) -> Vec<(usize, usize)> {
    // The best chain that ends at or before each place of the right, as a tree of maxima.
    let mut best: Vec<(f32, u32)> = vec![(0.0, u32::MAX); rights + 2];
    let mut before: Vec<u32> = Vec::with_capacity(candidates.len());
    let mut total: Vec<f32> = Vec::with_capacity(candidates.len());
    let mut at = 0;
    let mut last = (0.0, u32::MAX);
    while at < candidates.len() {
        let left = candidates[at].left;
        let same = candidates[at..].iter().take_while(|pair| pair.left == left).count();
        // All pairs of one left clause look at chains of those before it.
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

fn groups(
    partner: &[Option<usize>],
    taken: &[Option<usize>],
    left_parts: &FxHashMap<usize, usize>,
    right_parts: &FxHashMap<usize, usize>,
    moved: &[(usize, usize)],
) -> Vec<Group> {
    let with_parts = |own: usize, parts: &FxHashMap<usize, usize>| {
        let mut all: Vec<usize> =
            parts.iter().filter(|&(_, near)| *near == own).map(|(&part, _)| part).collect();
        all.push(own);
        all.sort_unstable();
        all
    };
    let elsewhere: FxHashSet<usize> = moved.iter().map(|&(left, _)| left).collect();
    let mut groups: Vec<Group> = Vec::with_capacity(partner.len());
    for (left, right) in partner.iter().enumerate() {
        if left_parts.contains_key(&left) {
            continue;
        }
        groups.push(match right {
            Some(right) => Group {
                left: with_parts(left, left_parts),
                right: with_parts(*right, right_parts),
                moved: elsewhere.contains(&left),
            },
            None => Group { left: vec![left], right: Vec::new(), moved: false },
        });
    }
    // What the right has alone stands behind what it follows there.
    let mut place_of: FxHashMap<usize, usize> = FxHashMap::default();
    for (place, group) in groups.iter().enumerate() {
        for &right in &group.right {
            place_of.insert(right, place);
        }
    }
    let mut behind: Vec<(usize, usize)> = Vec::new();
    let mut place = 0;
    for right in 0..taken.len() {
        match place_of.get(&right) {
            Some(&own) if !groups[own].moved => place = own + 1,
            Some(_) => {}
            None => behind.push((place, right)),
        }
    }
    let mut all = Vec::with_capacity(groups.len() + behind.len());
    let mut behind = behind.into_iter().peekable();
    for (at, group) in groups.into_iter().enumerate() {
        while let Some((_, right)) = behind.next_if(|(place, _)| *place <= at) {
            all.push(Group { left: Vec::new(), right: vec![right], moved: false });
        }
        all.push(group);
    }
    all.extend(behind.map(|(_, right)| Group {
        left: Vec::new(),
        right: vec![right],
        moved: false,
    }));
    all
}
