//! Which documents of an index are versions of one another, and which of their clauses are
//! counterparts.

use std::ops::Range;

use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tiaowen_corpus::Relation;

use crate::fields::document_of;

/// Two documents that are versions of one another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionPair {
    /// The id of one document.
    pub left: String,
    /// The id of the other.
    pub right: String,
    /// How they belong together.
    pub relation: Relation,
    /// How alike their texts are, 0 to 1.
    pub similarity: f32,
    /// Clauses that are counterparts: of the best pair in two scripts all that belong
    /// together, of two prints in one script those that say the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<(Member, Member)>,
    /// How many of them were left out; see [`Versions::without_clauses`].
    #[serde(skip)]
    pub left_out: usize,
}

impl VersionPair {
    /// How many clauses are counterparts.
    pub fn counterparts(&self) -> usize {
        self.clauses.len() + self.left_out
    }
}

/// A clause of a known document: its place among its clauses, from 0, and its `eid`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member(pub u32, pub String);

/// All pairs of an index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    /// The pairs, of one instrument in two scripts first, the most alike first.
    pub pairs: Vec<VersionPair>,
}

impl Versions {
    /// The pairs without their clauses, which take most of the room and are counted only.
    pub fn without_clauses(mut self) -> Self {
        for pair in &mut self.pairs {
            pair.left_out += std::mem::take(&mut pair.clauses).len();
        }
        self
    }
}

/// Which clauses are versions of one another, all that hang together as one. Takes some 50 bytes a
/// clause: in a corpus that is printed in both scripts all of them are in one.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// The ids of all clauses, one behind the other, group by group, sorted in each.
    ids: String,
    /// Where each of these ends.
    ends: Vec<usize>,
    /// The first clause of each group, by its place among the ids.
    firsts: Vec<u32>,
    /// The places, sorted by the ids.
    by_id: Vec<u32>,
    /// Order numbers of the clauses (as in the index), sorted, and the group of each.
    orders: Vec<u64>,
    groups: Vec<u32>,
}

/// A clause of a group: its document's id and its `eid`, or its whole id and nothing.
struct Grouped<'a> {
    group: u32,
    order: u64,
    document: &'a str,
    eid: &'a str,
}

impl Grouped<'_> {
    fn id(&self) -> impl Iterator<Item = &str> {
        let dot = if self.eid.is_empty() { "" } else { "." };
        [self.document, dot, self.eid].into_iter()
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.id().flat_map(str::bytes)
    }
}

impl Groups {
    /// The groups that pairs of clauses make.
    pub fn of_versions(versions: &Versions) -> Self {
        let mut joined = UnionFind::new_empty();
        let mut clauses: FxHashMap<(&str, u32), u32> = FxHashMap::default();
        let mut all: Vec<Grouped<'_>> = Vec::new();
        for pair in &versions.pairs {
            for (left, right) in &pair.clauses {
                let [left, right] =
                    [(&pair.left, left), (&pair.right, right)].map(|(document, place)| {
                        *clauses.entry((document, place.0)).or_insert_with(|| {
                            let order = crate::fields::order(document, place.0);
                            all.push(Grouped { group: 0, order, document, eid: &place.1 });
                            joined.new_set()
                        })
                    });
                joined.union(left, right);
            }
        }
        drop(clauses);
        let mut group_of_root: FxHashMap<u32, u32> = FxHashMap::default();
        for (clause, grouped) in (0u32..).zip(&mut all) {
            let next = group_of_root.len() as u32;
            grouped.group = *group_of_root.entry(joined.find_mut(clause)).or_insert(next);
        }
        Self::of(all)
    }

    /// The groups of clauses that say which is theirs: of each its group, its order and its id.
    pub fn of_members(members: impl IntoIterator<Item = (u64, u64, String)>) -> Self {
        let members: Vec<(u64, u64, String)> = members.into_iter().collect();
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        let grouped = |(group, order, id): &'_ (u64, u64, String)| {
            let next = known.len() as u32;
            (*known.entry(*group).or_insert(next), *order, id.clone())
        };
        let numbered: Vec<(u32, u64, String)> = members.iter().map(grouped).collect();
        let all = numbered.iter().map(|(group, order, id)| Grouped {
            group: *group,
            order: *order,
            document: id,
            eid: "",
        });
        Self::of(all.collect())
    }

    /// Clauses that know their groups.
    fn of(mut all: Vec<Grouped<'_>>) -> Self {
        all.sort_by(|a, b| a.group.cmp(&b.group).then_with(|| a.bytes().cmp(b.bytes())));
        // One that is told twice is there once.
        all.dedup_by(|next, before| next.group == before.group && next.bytes().eq(before.bytes()));
        let mut groups = Groups::default();
        for grouped in &all {
            if grouped.group as usize == groups.firsts.len() {
                groups.firsts.push(groups.ends.len() as u32);
            }
            groups.ids.extend(grouped.id());
            groups.ends.push(groups.ids.len());
        }
        groups.by_id = (0..groups.ends.len() as u32).collect();
        let mut by_id = std::mem::take(&mut groups.by_id);
        by_id.sort_unstable_by_key(|at| groups.id(*at));
        groups.by_id = by_id;
        all.sort_unstable_by_key(|grouped| grouped.order);
        groups.orders = all.iter().map(|grouped| grouped.order).collect();
        groups.groups = all.iter().map(|grouped| grouped.group).collect();
        groups
    }

    fn id(&self, at: u32) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.ids[start..self.ends[at as usize]]
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Where the clauses of a document lie among all, by the order number of one of them.
    pub fn of_document(&self, order: u64) -> Range<u32> {
        let document = document_of(order);
        let bound = |document| self.orders.partition_point(|own| document_of(*own) < document);
        if self.orders.is_empty() {
            0..0
        } else {
            bound(document) as u32..bound(document + 1) as u32
        }
    }

    /// The group of the clause with an order number, among those of its document.
    pub fn of_member(&self, document: Range<u32>, order: u64) -> Option<u32> {
        let own = self.orders.get(document.start as usize..document.end as usize)?;
        let at = own.binary_search(&order).ok()?;
        Some(self.groups[document.start as usize + at])
    }

    /// The group of the clause with an order number.
    pub fn of_order(&self, order: u64) -> Option<u32> {
        self.of_member(self.of_document(order), order)
    }

    /// The ids of a clause's other versions.
    pub fn others(&self, id: &str) -> Vec<String> {
        let Ok(at) = self.by_id.binary_search_by(|at| self.id(*at).cmp(id)) else {
            return Vec::new();
        };
        let own = self.by_id[at];
        let group = self.firsts.partition_point(|first| *first <= own) - 1;
        let end = self.firsts.get(group + 1).copied().unwrap_or(self.ends.len() as u32);
        let members = self.firsts[group]..end;
        members.filter(|at| *at != own).map(|at| self.id(at).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_together_is_one_group() {
        let pair = |left: &str, right: &str, clauses: &[(u32, u32)]| VersionPair {
            left: left.to_owned(),
            right: right.to_owned(),
            relation: Relation::OtherScript,
            similarity: 1.0,
            clauses: clauses
                .iter()
                .map(|(l, r)| (Member(*l, format!("art_{l}")), Member(*r, format!("art_{r}"))))
                .collect(),
            left_out: 0,
        };
        let versions = Versions {
            pairs: vec![
                pair("aaaaaaaaaa", "bbbbbbbbbb", &[(1, 1), (2, 3)]),
                pair("cccccccccc", "bbbbbbbbbb", &[(5, 1)]),
                pair("cccccccccc", "dddddddddd", &[(6, 2)]),
            ],
        };
        let groups = Groups::of_versions(&versions);
        assert_eq!(groups.others("aaaaaaaaaa.art_1"), ["bbbbbbbbbb.art_1", "cccccccccc.art_5"]);
        assert_eq!(groups.others("bbbbbbbbbb.art_3"), ["aaaaaaaaaa.art_2"]);
        assert_eq!(groups.others("aaaaaaaaaa.art_9"), Vec::<String>::new());
        let of = |document: &str, place| groups.of_order(crate::fields::order(document, place));
        assert_eq!(of("aaaaaaaaaa", 1), of("cccccccccc", 5));
        assert_ne!(of("aaaaaaaaaa", 1), of("aaaaaaaaaa", 2));
        assert!(of("dddddddddd", 2).is_some() && of("dddddddddd", 3).is_none());
    }
}
