//! Which documents of an index are versions of one another, and which of their clauses are
//! counterparts.

use std::ops::Range;

use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
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
    #[serde(default, skip_serializing_if = "Counterparts::is_empty")]
    pub clauses: Counterparts,
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

/// Clauses of two documents that belong together, each by its place among the clauses of its
/// document, from 0, and its `eid`. An index may have millions of them, so they lie in few pieces.
///
/// ```
/// use tiaowen_index::Counterparts;
/// let some: Counterparts = [((0, "art_1"), (0, "art_1")), ((1, "art_2"), (3, "art_4"))].into_iter().collect();
/// assert_eq!(some.iter().last(), Some(((1, "art_2"), (3, "art_4"))));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counterparts {
    places: Vec<(u32, u32)>,
    /// The `eid`s, those of a pair one behind the other.
    eids: String,
    /// Where they end.
    ends: Vec<(u32, u32)>,
}

/// The place of a clause and its `eid`.
type Member<'a> = (u32, &'a str);

impl Counterparts {
    /// How many pairs of clauses there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The pairs, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Member<'_>, Member<'_>)> {
        let mut start = 0;
        self.places.iter().zip(&self.ends).map(move |(places, ends)| {
            let (middle, end) = (ends.0 as usize, ends.1 as usize);
            let own = ((places.0, &self.eids[start..middle]), (places.1, &self.eids[middle..end]));
            start = end;
            own
        })
    }
}

impl<'a> FromIterator<(Member<'a>, Member<'a>)> for Counterparts {
    fn from_iter<I: IntoIterator<Item = (Member<'a>, Member<'a>)>>(pairs: I) -> Self {
        let mut all = Counterparts::default();
        for (left, right) in pairs {
            all.places.push((left.0, right.0));
            all.eids.push_str(left.1);
            let middle = all.eids.len() as u32;
            all.eids.push_str(right.1);
            all.ends.push((middle, all.eids.len() as u32));
        }
        all.places.shrink_to_fit();
        all.eids.shrink_to_fit();
        all.ends.shrink_to_fit();
        all
    }
}

impl Serialize for Counterparts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Counterparts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Vec::<((u32, String), (u32, String))>::deserialize(from)?;
        Ok(read.iter().map(|(l, r)| ((l.0, l.1.as_str()), (r.0, r.1.as_str()))).collect())
    }
}

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
            for (left, right) in pair.clauses.iter() {
                let [left, right] =
                    [(&pair.left, left), (&pair.right, right)].map(|(document, place)| {
                        *clauses.entry((document, place.0)).or_insert_with(|| {
                            let order = crate::fields::order(document, place.0);
                            all.push(Grouped { group: 0, order, document, eid: place.1 });
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
    fn counterparts_are_written_as_pairs_and_read_again() {
        let pairs =
            [((0, "art_1"), (7, "art_8")), ((1, ""), (2, "條3")), ((4, "art_5"), (4, "art_5"))];
        let all: Counterparts = pairs.into_iter().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), pairs);
        assert_eq!((all.len(), all.is_empty(), Counterparts::default().len()), (3, false, 0));
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(
            text,
            r#"[[[0,"art_1"],[7,"art_8"]],[[1,""],[2,"條3"]],[[4,"art_5"],[4,"art_5"]]]"#
        );
        assert_eq!(serde_json::from_str::<Counterparts>(&text).unwrap(), all);
        assert!(serde_json::from_str::<Counterparts>("[[[0,1],[7,2]]]").is_err());
    }

    #[test]
    fn what_hangs_together_is_one_group() {
        let pair = |left: &str, right: &str, clauses: &[(u32, u32)]| VersionPair {
            left: left.to_owned(),
            right: right.to_owned(),
            relation: Relation::OtherScript,
            similarity: 1.0,
            clauses: {
                let eid = |place: &u32| format!("art_{place}");
                let named: Vec<_> = clauses.iter().map(|(l, r)| (eid(l), eid(r))).collect();
                let all = clauses.iter().zip(&named);
                all.map(|((l, r), named)| ((*l, &*named.0), (*r, &*named.1))).collect()
            },
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
