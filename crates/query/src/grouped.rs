//! Clauses among the hits that have versions: of each group of them one counts.

use tiaowen_index::tantivy::{DocAddress, Score};

/// A clause that has versions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grouped {
    pub(crate) group: u32,
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
}

/// The clauses of a search that have versions.
pub(crate) struct GroupedHits {
    /// The first of each group.
    pub(crate) firsts: Vec<Grouped>,
    pub(crate) others: Vec<Grouped>,
}

impl GroupedHits {
    pub(crate) fn of(grouped: impl Iterator<Item = Grouped>) -> Self {
        let mut seen = GroupSet::default();
        let (firsts, others) = grouped.partition(|hit| seen.insert(hit.group));
        GroupedHits { firsts, others }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Grouped> {
        self.firsts.iter().chain(&self.others)
    }

    /// Calls `with` for each group, with its clauses. Most have one among the hits.
    pub(crate) fn each_group(&self, mut with: impl FnMut(&[Grouped])) {
        let mut have_others = GroupSet::default();
        self.others.iter().for_each(|hit| _ = have_others.insert(hit.group));
        let (mut several, alone): (Vec<Grouped>, Vec<Grouped>) =
            self.firsts.iter().partition(|hit| have_others.contains(hit.group));
        several.extend(&self.others);
        several.sort_unstable_by_key(|hit| hit.group);
        alone.chunks(1).for_each(&mut with);
        several.chunk_by(|left, right| left.group == right.group).for_each(with);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_comes_once_with_all_its_clauses() {
        let hit = |nth: u32| Grouped {
            group: nth * nth % 130,
            address: DocAddress::new(0, nth),
            score: 1.0,
        };
        let all: Vec<Grouped> = (0..200).map(hit).collect();
        let hits = GroupedHits::of(all.iter().copied());
        assert_eq!(hits.iter().count(), 200);
        let mut groups: Vec<(u32, Vec<u32>)> = Vec::new();
        hits.each_group(|group| {
            let mut own: Vec<u32> = group.iter().map(|hit| hit.address.doc_id).collect();
            assert!(group.iter().all(|hit| hit.group == group[0].group));
            own.sort_unstable();
            groups.push((group[0].group, own));
        });
        groups.sort_unstable();
        let mut expected: Vec<(u32, Vec<u32>)> = Vec::new();
        for group in 0..130 {
            let own: Vec<u32> = (0..200).filter(|nth| nth * nth % 130 == group).collect();
            if !own.is_empty() {
                expected.push((group, own));
            }
        }
        assert_eq!(groups, expected);
        assert_eq!(hits.firsts.len(), groups.len());
    }
}
