//! Which documents of an index are versions of one another, and which of their clauses are
//! counterparts.

use std::collections::HashMap;

use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tiaowen_corpus::Relation;

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

/// Which clauses are versions of one another, all that hang together as one.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// Order number of a clause (as in the index) to its group.
    by_order: FxHashMap<u64, u32>,
    /// Id of a clause to its group.
    by_id: FxHashMap<String, u32>,
    /// The ids of each group, sorted.
    members: Vec<Vec<String>>,
}

impl Groups {
    /// The groups that pairs of clauses make.
    pub fn of_versions(versions: &Versions) -> Self {
        let (mut ids, mut joined) = (Vec::new(), UnionFind::new_empty());
        let mut clauses: HashMap<(&str, u32), u32> = HashMap::new();
        for pair in &versions.pairs {
            for (left, right) in &pair.clauses {
                let [left, right] =
                    [(&pair.left, left), (&pair.right, right)].map(|(document, place)| {
                        *clauses.entry((document, place.0)).or_insert_with(|| {
                            ids.push(format!("{document}.{}", place.1));
                            joined.new_set()
                        })
                    });
                joined.union(left, right);
            }
        }
        let mut groups = Groups::default();
        let mut group_of_root: HashMap<u32, u32> = HashMap::new();
        for ((document, place), clause) in clauses {
            let next = groups.members.len();
            let root = joined.find_mut(clause);
            let group = *group_of_root.entry(root).or_insert(next as u32);
            if group as usize == next {
                groups.members.push(Vec::new());
            }
            let id = std::mem::take(&mut ids[clause as usize]);
            groups.members[group as usize].push(id.clone());
            groups.by_id.insert(id, group);
            groups.by_order.insert(crate::fields::order(document, place), group);
        }
        for ids in &mut groups.members {
            ids.sort_unstable();
        }
        groups
    }

    /// The groups of clauses that say which is theirs: of each its group, its order and its id.
    pub fn of_members(members: impl IntoIterator<Item = (u64, u64, String)>) -> Self {
        let mut groups = Groups::default();
        let mut known: HashMap<u64, u32> = HashMap::new();
        for (group, order, id) in members {
            let next = groups.members.len();
            let at = *known.entry(group).or_insert(next as u32);
            if at as usize == next {
                groups.members.push(Vec::new());
            }
            groups.members[at as usize].push(id.clone());
            groups.by_id.insert(id, at);
            groups.by_order.insert(order, at);
        }
        for ids in &mut groups.members {
            ids.sort_unstable();
            ids.dedup();
        }
        groups
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_order.is_empty()
    }

    /// The group of the clause with an order number.
    pub fn of(&self, order: u64) -> Option<u32> {
        self.by_order.get(&order).copied()
    }

    /// The ids of a clause's other versions.
    pub fn others(&self, id: &str) -> Vec<String> {
        let group = self.by_id.get(id).map(|group| self.members[*group as usize].as_slice());
        group.unwrap_or_default().iter().filter(|other| *other != id).cloned().collect()
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
        let of = |document: &str, place| groups.of(crate::fields::order(document, place));
        assert_eq!(of("aaaaaaaaaa", 1), of("cccccccccc", 5));
        assert_ne!(of("aaaaaaaaaa", 1), of("aaaaaaaaaa", 2));
        assert!(of("dddddddddd", 2).is_some() && of("dddddddddd", 3).is_none());
    }
}
