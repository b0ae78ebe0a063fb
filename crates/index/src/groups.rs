//! Groups of clauses that are versions of one another.
//!
//! A search shows one hit for all versions of a clause, so it needs each hit's group at once. The
//! groups are computed at each commit and stored as sorted columns of fixed width, which are mapped
//! and searched in place: opening and searching take the same time and memory whether or not the
//! clauses have versions.

use std::io::{self, Write};
use std::ops::Range;

use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;
use tantivy::directory::OwnedBytes;

use crate::Versions;
use crate::fields::{document_of, has_own_order, order, place_of};

/// Groups of clauses that are versions of one another; a group contains all clauses that are
/// connected by pairs. Clauses are identified by their order numbers. Those that share a number,
/// from the 16,384th of a document on, are in no group. A clause takes some 16 bytes; the columns
/// are mapped if they come from a file.
#[derive(Debug, Clone)]
pub struct Groups {
    /// The document part of the order numbers, sorted.
    documents: Numbers<8>,
    /// For each document the index of its first clause, and the total at the end.
    starts: Numbers<4>,
    /// For each document the index of its id in the texts.
    ids: Numbers<4>,
    /// Places of the clauses in their documents, sorted within each document.
    places: Numbers<2>,
    /// For each clause the index of its `eid` in the texts.
    eids: Numbers<4>,
    /// For each clause its group.
    groups: Numbers<4>,
    /// For each group the index of its first member, and the total at the end.
    firsts: Numbers<4>,
    /// The clauses of each group, sorted by id.
    members: Numbers<4>,
    /// End offsets of the texts.
    ends: Numbers<4>,
    texts: OwnedBytes,
}

impl Default for Groups {
    fn default() -> Self {
        Draft::new::<u32>(&[], &[]).groups()
    }
}

/// The pairs of clauses that are versions: the order number of each, and its place in its document.
fn ordered_pairs(versions: &Versions) -> impl Iterator<Item = ((u64, u32), (u64, u32))> {
    versions.pairs.iter().flat_map(|pair| {
        pair.clauses.iter().map(|(left, right)| {
            let of = |document, place: (u32, _)| (order(document, place.0), place.0);
            (of(&pair.left, left), of(&pair.right, right))
        })
    })
}

impl Groups {
    /// Computes the groups from pairs of clauses.
    pub fn of_versions(versions: &Versions) -> Self {
        let both = ordered_pairs(versions).flat_map(|(left, right)| [left, right]);
        let numbered = both.filter(|(_, place)| has_own_order(*place)).map(|(order, _)| order);
        let orders = sorted(numbered);
        let mut joined: UnionFind<u32> = UnionFind::new(orders.len());
        let at = |order| orders.binary_search(&order).ok().map(|at| at as u32);
        for ((left, _), (right, _)) in ordered_pairs(versions) {
            if let (Some(left), Some(right)) = (at(left), at(right)) {
                joined.union(left, right);
            }
        }
        let mut draft = Draft::new(&orders, &joined.into_labeling());
        drop(orders);
        for pair in &versions.pairs {
            for (left, right) in pair.clauses.iter() {
                draft.name(order(&pair.left, left.0), &pair.left, left.1);
                draft.name(order(&pair.right, right.0), &pair.right, right.1);
            }
        }
        draft.groups()
    }

    /// Makes groups from members with known groups: group, order number and id of each.
    pub fn of_members(members: impl IntoIterator<Item = (u64, u64, String)>) -> Self {
        let is_numbered =
            |(_, order, _): &(u64, u64, String)| has_own_order(place_of(*order).into());
        let mut members: Vec<(u64, u64, String)> =
            members.into_iter().filter(is_numbered).collect();
        members.sort_unstable_by_key(|(_, order, _)| *order);
        // A clause that is listed twice counts once.
        members.dedup_by_key(|(_, order, _)| *order);
        let (groups, orders): (Vec<u64>, Vec<u64>) =
            members.iter().map(|(group, order, _)| (*group, *order)).unzip();
        let mut draft = Draft::new(&orders, &groups);
        for (_, order, id) in &members {
            let (document, eid) = id.split_once('.').unwrap_or((id, ""));
            draft.name(*order, document, eid);
        }
        draft.groups()
    }

    /// Reads the output of [`write`](Self::write); `None` if it is damaged.
    pub(crate) fn read(mut bytes: OwnedBytes) -> Option<Self> {
        let counts = Numbers::<4>(taken(&mut bytes, 4 * 4)?);
        let [documents, clauses, groups, texts] =
            [counts.get(0)?, counts.get(1)?, counts.get(2)?, counts.get(3)?];
        let mut part = |many: u64, width: u64| {
            taken(&mut bytes, usize::try_from(many.checked_mul(width)?).ok()?)
        };
        let read = Groups {
            documents: Numbers(part(documents, 8)?),
            starts: Numbers(part(documents + 1, 4)?),
            ids: Numbers(part(documents, 4)?),
            places: Numbers(part(clauses, 2)?),
            eids: Numbers(part(clauses, 4)?),
            groups: Numbers(part(clauses, 4)?),
            firsts: Numbers(part(groups + 1, 4)?),
            members: Numbers(part(clauses, 4)?),
            ends: Numbers(part(texts, 4)?),
            texts: bytes,
        };
        let length = read.ends.len().checked_sub(1).map_or(Some(0), |last| read.ends.get(last))?;
        (length == read.texts.len() as u64).then_some(read)
    }

    /// Writes the numbers of documents, clauses, groups and texts, then all columns in order.
    pub(crate) fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let Groups { documents, starts, ids, places, eids, groups, firsts, members, ends, texts } =
            self;
        let counts = [documents.len(), places.len(), firsts.len().saturating_sub(1), ends.len()];
        let fits = |many: usize| u32::try_from(many).map_err(io::Error::other);
        // Offsets must fit into their columns.
        fits(texts.len())?;
        for many in counts {
            to.write_all(&fits(many)?.to_le_bytes())?;
        }
        let of_documents = [&documents.0, &starts.0, &ids.0];
        let of_clauses = [&places.0, &eids.0, &groups.0, &firsts.0, &members.0, &ends.0, texts];
        of_documents.into_iter().chain(of_clauses).try_for_each(|part| to.write_all(part))
    }

    /// The range of a document's clauses, given the order number of one of them.
    pub fn of_document(&self, order: u64) -> Range<u32> {
        let document = document_of(order);
        let at = self.documents.bound(0..self.documents.len(), |other| other < document);
        let bound = |at| self.starts.get(at).unwrap_or(0) as u32;
        if self.documents.get(at) == Some(document) { bound(at)..bound(at + 1) } else { 0..0 }
    }

    /// The group of a clause within its document's range.
    pub fn of_member(&self, document: Range<u32>, order: u64) -> Option<u32> {
        let group = self.groups.get(self.clause(document, order)?)?;
        // A damaged file could contain a huge group number, for which a caller would allocate
        // counters.
        (group + 1 < self.firsts.len() as u64).then_some(group as u32)
    }

    /// The group of a clause.
    pub fn of_order(&self, order: u64) -> Option<u32> {
        self.of_member(self.of_document(order), order)
    }

    /// The ids of the other versions of a clause, sorted.
    pub fn others(&self, order: u64) -> Vec<String> {
        let Some(clause) = self.clause(self.of_document(order), order) else { return Vec::new() };
        // A damaged file may contain any number.
        let most = self.members.len() as u64;
        let bound = |group: u64| Some(self.firsts.get(usize::try_from(group).ok()?)?.min(most));
        let group = self.groups.get(clause);
        let members = group.and_then(|group| Some(bound(group)?..bound(group + 1)?));
        let members = members.unwrap_or(0..0).filter_map(|at| self.members.get(at as usize));
        members.filter(|at| *at != clause as u64).filter_map(|at| self.id(at)).collect()
    }

    fn clause(&self, document: Range<u32>, order: u64) -> Option<usize> {
        let all = document.start as usize..document.end as usize;
        let place = u64::from(place_of(order));
        let at = self.places.bound(all.clone(), |other| other < place);
        (at < all.end && self.places.get(at) == Some(place)).then_some(at)
    }

    fn id(&self, clause: u64) -> Option<String> {
        let behind = self.starts.bound(0..self.starts.len(), |start| start <= clause);
        let document = self.text(self.ids.get(behind.checked_sub(1)?)?)?;
        let eid = self.text(self.eids.get(usize::try_from(clause).ok()?)?)?;
        Some(id(document, eid))
    }

    fn text(&self, at: u64) -> Option<&str> {
        let end = |at: u64| self.ends.get(usize::try_from(at).ok()?);
        let start = at.checked_sub(1).map_or(Some(0), end)?;
        let bytes = usize::try_from(start).ok()?..usize::try_from(end(at)?).ok()?;
        std::str::from_utf8(self.texts.get(bytes)?).ok()
    }
}

/// The id of a clause from its document's id and `eid`; either alone may be the id if it was given
/// from outside.
fn id(document: &str, eid: &str) -> String {
    if eid.is_empty() { document.to_owned() } else { format!("{document}.{eid}") }
}

/// Sorts numbers and removes duplicates, with memory for at most twice as many as are distinct.
fn sorted(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut all = Vec::new();
    let mut most = 1 << 16;
    for number in numbers {
        if all.len() == most {
            settle(&mut all);
            most = most.max(2 * all.len());
        }
        all.push(number);
    }
    settle(&mut all);
    all
}

fn settle(all: &mut Vec<u64>) {
    all.sort_unstable();
    all.dedup();
}

/// Groups under construction.
struct Draft<'a> {
    documents: Vec<u64>,
    starts: Vec<u32>,
    ids: Vec<u32>,
    places: Vec<u16>,
    eids: Vec<u32>,
    groups: Vec<u32>,
    /// Number of groups.
    many: usize,
    known: FxHashMap<&'a str, u32>,
    texts: Vec<&'a str>,
}

impl<'a> Draft<'a> {
    /// Starts with sorted order numbers; clauses with equal labels form a group.
    fn new<L: Copy + Eq + std::hash::Hash>(orders: &[u64], labels: &[L]) -> Self {
        let (mut documents, mut starts) = (Vec::new(), vec![0]);
        for clauses in orders.chunk_by(|left, right| document_of(*left) == document_of(*right)) {
            documents.push(document_of(clauses[0]));
            starts.push(starts[starts.len() - 1] + clauses.len() as u32);
        }
        let mut known: FxHashMap<L, u32> = FxHashMap::default();
        let group = |label: &L| {
            let next = known.len() as u32;
            *known.entry(*label).or_insert(next)
        };
        Draft {
            ids: vec![0; documents.len()],
            documents,
            starts,
            places: orders.iter().map(|order| place_of(*order)).collect(),
            eids: vec![0; orders.len()],
            groups: labels.iter().map(group).collect(),
            many: known.len(),
            known: FxHashMap::default(),
            texts: Vec::new(),
        }
    }

    /// Records the id of a clause if it belongs to a group.
    fn name(&mut self, order: u64, id: &'a str, eid: &'a str) {
        let Ok(document) = self.documents.binary_search(&document_of(order)) else { return };
        let start = self.starts[document] as usize;
        let clauses = start..self.starts[document + 1] as usize;
        let Ok(clause) = self.places[clauses].binary_search(&place_of(order)) else { return };
        self.ids[document] = self.text(id);
        self.eids[start + clause] = self.text(eid);
    }

    fn text(&mut self, text: &'a str) -> u32 {
        let next = self.texts.len() as u32;
        let at = *self.known.entry(text).or_insert(next);
        if at == next {
            self.texts.push(text);
        }
        at
    }

    fn groups(self) -> Groups {
        let Draft { documents, starts, ids, places, eids, groups, many, texts, .. } = self;
        let mut firsts = vec![0u32; many + 1];
        groups.iter().for_each(|group| firsts[*group as usize + 1] += 1);
        for at in 1..firsts.len() {
            firsts[at] += firsts[at - 1];
        }
        let mut next = firsts.clone();
        let mut members = vec![0u32; groups.len()];
        for (clause, group) in (0..).zip(&groups) {
            let place = &mut next[*group as usize];
            members[*place as usize] = clause;
            *place += 1;
        }
        let id_of = |clause: &u32| {
            let document = starts.partition_point(|start| start <= clause) - 1;
            id(texts[ids[document] as usize], texts[eids[*clause as usize] as usize])
        };
        for group in firsts.windows(2) {
            members[group[0] as usize..group[1] as usize].sort_by_cached_key(id_of);
        }
        let mut end = 0;
        let ends = texts.iter().map(|text| {
            end += text.len() as u32;
            end
        });
        let ends = Numbers::of(ends.map(u32::to_le_bytes));
        Groups {
            documents: Numbers::of(documents.into_iter().map(u64::to_le_bytes)),
            starts: Numbers::of(starts.into_iter().map(u32::to_le_bytes)),
            ids: Numbers::of(ids.into_iter().map(u32::to_le_bytes)),
            places: Numbers::of(places.into_iter().map(u16::to_le_bytes)),
            eids: Numbers::of(eids.into_iter().map(u32::to_le_bytes)),
            groups: Numbers::of(groups.into_iter().map(u32::to_le_bytes)),
            firsts: Numbers::of(firsts.into_iter().map(u32::to_le_bytes)),
            members: Numbers::of(members.into_iter().map(u32::to_le_bytes)),
            ends,
            texts: OwnedBytes::new(texts.concat().into_bytes()),
        }
    }
}

/// The first `many` bytes, if there are so many.
fn taken(bytes: &mut OwnedBytes, many: usize) -> Option<OwnedBytes> {
    (many <= bytes.len()).then(|| {
        let first = bytes.slice(0..many);
        bytes.advance(many);
        first
    })
}

/// A column of numbers of fixed width, little-endian.
#[derive(Debug, Clone)]
struct Numbers<const WIDTH: usize>(OwnedBytes);

impl<const WIDTH: usize> Numbers<WIDTH> {
    fn of(numbers: impl ExactSizeIterator<Item = [u8; WIDTH]>) -> Self {
        let mut bytes = Vec::with_capacity(numbers.len() * WIDTH);
        numbers.for_each(|number| bytes.extend_from_slice(&number));
        Numbers(OwnedBytes::new(bytes))
    }

    fn len(&self) -> usize {
        self.0.len() / WIDTH
    }

    fn get(&self, at: usize) -> Option<u64> {
        let bytes = self.0.get(at.checked_mul(WIDTH)?..)?.get(..WIDTH)?;
        let mut wide = [0; 8];
        wide[..WIDTH].copy_from_slice(bytes);
        Some(u64::from_le_bytes(wide))
    }

    /// The first place whose number is not `before`, by binary search.
    fn bound(&self, mut places: Range<usize>, before: impl Fn(u64) -> bool) -> usize {
        while !places.is_empty() {
            let middle = places.start + places.len() / 2;
            if self.get(middle).is_some_and(&before) {
                places.start = middle + 1;
            } else {
                places.end = middle;
            }
        }
        places.start
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use tiaowen_corpus::Relation;

    use super::*;
    use crate::VersionPair;

    fn pair(left: &str, right: &str, clauses: &[(u32, u32)]) -> VersionPair {
        let eid = |place: &u32| format!("art_{place}");
        let named: Vec<_> = clauses.iter().map(|(l, r)| (eid(l), eid(r))).collect();
        let all = clauses.iter().zip(&named);
        VersionPair {
            left: left.to_owned(),
            right: right.to_owned(),
            relation: Relation::OtherScript,
            similarity: 1.0,
            clauses: all.map(|((l, r), named)| ((*l, &*named.0), (*r, &*named.1))).collect(),
            left_out: 0,
        }
    }

    fn written(groups: &Groups) -> Vec<u8> {
        let mut bytes = Vec::new();
        groups.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn connected_clauses_are_one_group() {
        let pairs = vec![
            pair("aaaaaaaaaa", "bbbbbbbbbb", &[(1, 1), (2, 3)]),
            pair("cccccccccc", "bbbbbbbbbb", &[(5, 1)]),
            pair("cccccccccc", "dddddddddd", &[(6, 2)]),
        ];
        let made = Groups::of_versions(&Versions { pairs });
        let read = Groups::read(OwnedBytes::new(written(&made))).unwrap();
        for groups in [made, read] {
            let others = |document, place| groups.others(order(document, place));
            assert_eq!(others("aaaaaaaaaa", 1), ["bbbbbbbbbb.art_1", "cccccccccc.art_5"]);
            assert_eq!(others("bbbbbbbbbb", 3), ["aaaaaaaaaa.art_2"]);
            assert_eq!(others("aaaaaaaaaa", 9), Vec::<String>::new());
            assert_eq!(others("eeeeeeeeee", 1), Vec::<String>::new());
            let of = |document, place| groups.of_order(order(document, place));
            assert_eq!(of("aaaaaaaaaa", 1), of("cccccccccc", 5));
            assert_ne!(of("aaaaaaaaaa", 1), of("aaaaaaaaaa", 2));
            assert!(of("dddddddddd", 2).is_some() && of("dddddddddd", 3).is_none());
            assert_eq!(groups.of_document(order("aaaaaaaaaa", 7)).len(), 2);
            assert!(groups.of_document(order("eeeeeeeeee", 1)).is_empty());
        }
    }

    #[test]
    fn groups_are_the_connected_components_of_the_pairs() {
        // Documents that are each paired with two others, with clauses shifted by a few places.
        let id =
            |nth: u32| format!("aaaaaaaa{}{}", char::from(b'a' + nth as u8 % 26), 2 + nth / 26);
        let both = |nth: u32| {
            let clauses: Vec<_> = (0..40).filter(|at| (at * 7 + nth).is_multiple_of(5)).collect();
            let shifted = clauses.iter().map(|at| (*at, at + nth % 3)).collect::<Vec<_>>();
            [(nth, (nth * 5 + 1) % 60, shifted.clone()), (nth, (nth + 30) % 60, shifted)]
        };
        let all: Vec<_> = (0..60).flat_map(both).filter(|(l, r, _)| l != r).collect();
        let pairs = all.iter().map(|(l, r, clauses)| pair(&id(*l), &id(*r), clauses)).collect();
        let made = Groups::of_versions(&Versions { pairs });
        let groups = Groups::read(OwnedBytes::new(written(&made))).unwrap();
        let mut near: BTreeMap<(u32, u32), Vec<(u32, u32)>> = BTreeMap::new();
        for (left, right, clauses) in &all {
            for (l, r) in clauses {
                near.entry((*left, *l)).or_default().push((*right, *r));
                near.entry((*right, *r)).or_default().push((*left, *l));
            }
        }
        for document in [0, 7, 31, 59] {
            for place in 0..45 {
                let mut reached = BTreeSet::from([(document, place)]);
                let mut walk = vec![(document, place)];
                while let Some(at) = walk.pop() {
                    let others = near.get(&at).into_iter().flatten();
                    walk.extend(others.filter(|other| reached.insert(**other)));
                }
                reached.remove(&(document, place));
                let mut others: Vec<String> = reached
                    .iter()
                    .map(|(document, at)| format!("{}.art_{at}", id(*document)))
                    .collect();
                others.sort();
                assert_eq!(groups.others(order(&id(document), place)), others);
            }
        }
    }

    #[test]
    fn many_numbers_are_put_in_order_a_part_at_a_time() {
        let all = (0..300_000u64).map(|nth| nth * 7_919 % 100_003);
        assert_eq!(sorted(all), (0..100_003).collect::<Vec<_>>());
    }

    #[test]
    fn members_say_their_groups_themselves() {
        let member = |group, place, id: &str| (group, order("aaaaaaaaaa", place), id.to_owned());
        let groups = Groups::of_members([
            member(900, 3, "aaaaaaaaaa.art_3"),
            member(7, 1, "other"),
            member(900, 2, "aaaaaaaaaa.art_2.1"),
            member(900, 3, "aaaaaaaaaa.art_3"),
        ]);
        assert_eq!(groups.others(order("aaaaaaaaaa", 3)), ["aaaaaaaaaa.art_2.1"]);
        assert_eq!(groups.others(order("aaaaaaaaaa", 2)), ["aaaaaaaaaa.art_3"]);
        assert_eq!(groups.others(order("aaaaaaaaaa", 1)), Vec::<String>::new());
        assert!(groups.of_order(order("aaaaaaaaaa", 1)).is_some());
    }

    #[test]
    fn clauses_that_share_a_number_are_in_no_group() {
        let last = (1 << 14) - 1;
        let clauses = [(last, 0), (last + 1, 1), (last - 1, 2)];
        let pairs = vec![pair("aaaaaaaaaa", "bbbbbbbbbb", &clauses)];
        let computed = Groups::of_versions(&Versions { pairs });
        let member = |document, place| {
            (u64::from(place), order(document, place), format!("{document}.art_{place}"))
        };
        let both = |(left, right): (u32, u32)| {
            let (_, order, id) = member("bbbbbbbbbb", right);
            [member("aaaaaaaaaa", left), (u64::from(left), order, id)]
        };
        for groups in [computed, Groups::of_members(clauses.into_iter().flat_map(both))] {
            assert_eq!(groups.of_order(order("aaaaaaaaaa", last)), None);
            assert_eq!(groups.others(order("bbbbbbbbbb", 1)), Vec::<String>::new());
            let others = groups.others(order("bbbbbbbbbb", 2));
            assert_eq!(others, [format!("aaaaaaaaaa.art_{}", last - 1)]);
        }
    }

    #[test]
    fn damaged_files_are_rejected_or_read_without_a_panic() {
        assert!(Groups::read(OwnedBytes::empty()).is_none());
        let nothing = Groups::read(OwnedBytes::new(written(&Groups::default()))).unwrap();
        assert_eq!(nothing.of_order(order("aaaaaaaaaa", 1)), None);
        let pairs = vec![pair("aaaaaaaaaa", "bbbbbbbbbb", &[(1, 1), (2, 3)])];
        let complete = written(&Groups::of_versions(&Versions { pairs }));
        for length in 0..complete.len() {
            assert!(
                Groups::read(OwnedBytes::new(complete[..length].to_vec())).is_none(),
                "{length}"
            );
        }
        for at in 0..complete.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = complete.clone();
                damaged[at] = value;
                let Some(groups) = Groups::read(OwnedBytes::new(damaged)) else { continue };
                for (document, place) in [("aaaaaaaaaa", 1), ("aaaaaaaaaa", 2), ("bbbbbbbbbb", 3)] {
                    let order = order(document, place);
                    assert!(groups.others(order).len() <= 4);
                    assert!(groups.of_order(order).is_none_or(|group| group < 2), "{at} {value}");
                }
            }
        }
    }
}
