//! Hits with versions. Of each group, one counts.

use tiaowen_index::tantivy::{DocAddress, DocId, Score, SegmentOrdinal};

/// A clause that has versions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grouped {
    pub(crate) group: u32,
    pub(crate) address: DocAddress,
}

/// The same within a segment, in less memory: there may be millions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupedInSegment {
    pub(crate) group: u32,
    pub(crate) doc: DocId,
    pub(crate) score: Score,
}

/// The clauses of a segment that have versions.
type OfSegment<'h> = (SegmentOrdinal, &'h [GroupedInSegment]);

fn hits(of_segment: &OfSegment<'_>) -> impl Iterator<Item = Grouped> {
    let (segment, hits) = *of_segment;
    hits.iter().map(move |hit| {
        let address = DocAddress::new(segment, hit.doc);
        Grouped { group: hit.group, address }
    })
}

/// The clauses of a search that have versions.
pub(crate) struct GroupedHits<'h> {
    segments: Vec<OfSegment<'h>>,
    /// The number of their groups.
    pub(crate) groups: u64,
    /// The groups with several clauses among the hits, and the number of those clauses.
    several: GroupSet,
    of_several: usize,
}

impl<'h> GroupedHits<'h> {
    pub(crate) fn of(segments: Vec<OfSegment<'h>>) -> Self {
        let (mut seen, mut several) = (GroupSet::default(), GroupSet::default());
        let (mut groups, mut of_several) = (0, 0);
        for hit in segments.iter().flat_map(hits) {
            if seen.insert(hit.group) {
                groups += 1;
            } else {
                // The first clause of the group came before.
                of_several += 1 + usize::from(several.insert(hit.group));
            }
        }
        GroupedHits { segments, groups, several, of_several }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Grouped> {
        self.segments.iter().flat_map(hits)
    }

    /// Calls `with` for each group with its clauses. Most groups have one clause among the hits.
    pub(crate) fn each_group(&self, mut with: impl FnMut(&[Grouped])) {
        let mut of_several: Vec<Grouped> = Vec::with_capacity(self.of_several);
        for hit in self.iter() {
            if self.several.contains(hit.group) {
                of_several.push(hit);
            } else {
                with(std::slice::from_ref(&hit));
            }
        }
        of_several.sort_unstable_by_key(|hit| hit.group);
        of_several.chunk_by(|left, right| left.group == right.group).for_each(with);
    }
}

/// A set of groups, one bit each.
#[derive(Default)]
struct GroupSet(Vec<u64>);

impl GroupSet {
    /// Adds a group. Returns whether it was new.
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
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn each_group_comes_once_with_all_its_clauses() {
        // Some groups have one clause among the hits, others several.
        let hit =
            |doc: DocId| GroupedInSegment { group: doc * doc % 211, doc, score: doc as Score };
        let found: Vec<GroupedInSegment> = (0..200).map(hit).collect();
        let segments = vec![(0, &found[..70]), (1, &[]), (2, &found[70..])];
        let hits = GroupedHits::of(segments);
        let mut expected: BTreeMap<u32, Vec<DocId>> = BTreeMap::new();
        for hit in &found {
            expected.entry(hit.group).or_default().push(hit.doc);
        }
        let sizes: Vec<usize> = expected.values().map(Vec::len).collect();
        assert!(sizes.contains(&1) && sizes.contains(&2));
        assert_eq!((hits.iter().count(), hits.groups), (found.len(), expected.len() as u64));
        for hit in hits.iter() {
            let DocAddress { segment_ord: segment, doc_id: doc } = hit.address;
            assert_eq!(segment, if doc < 70 { 0 } else { 2 });
        }
        let mut groups: BTreeMap<u32, Vec<DocId>> = BTreeMap::new();
        hits.each_group(|group| {
            let mut docs: Vec<DocId> = group.iter().map(|hit| hit.address.doc_id).collect();
            assert!(group.iter().all(|hit| hit.group == group[0].group));
            docs.sort_unstable();
            assert!(groups.insert(group[0].group, docs).is_none());
        });
        assert_eq!(groups, expected);
    }
}
