//! Which clauses are versions of one another.
//!
//! Told once at each commit and read where they lie, so that opening an index and searching it
//! take no more time and memory for an index whose clauses all have versions.

use std::io::{self, Write};
use std::ops::Range;

use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;
use tantivy::directory::OwnedBytes;

use crate::Versions;
use crate::fields::{document_of, has_own_order, order, place_of};

/// Which clauses are versions of one another, all that hang together as one group. A clause is
/// known by its order number (as in the index); those that share one, from the 16,384th of a document
/// on, are in none. Some 16 bytes each, mapped where they come from a file.
#[derive(Debug, Clone)]
pub struct Groups {
    /// What of their order numbers tells the documents, sorted.
    documents: Numbers<8>,
    /// Where the clauses of each begin among all, and those of the last one end.
    starts: Numbers<4>,
    /// The id of each document, by its place among the texts.
    ids: Numbers<4>,
    /// The clauses of all documents, by their places in them, sorted.
    places: Numbers<2>,
    /// The `eid` of each clause, by its place among the texts.
    eids: Numbers<4>,
    /// The group of each.
    groups: Numbers<4>,
    /// Where each group begins among the members, and the last one ends.
    firsts: Numbers<4>,
    /// The clauses of each group, sorted by their ids.
    members: Numbers<4>,
    /// Where each of the texts ends.
    ends: Numbers<4>,
    texts: OwnedBytes,
}

impl Default for Groups {
    fn default() -> Self {
        Draft::new::<u32>(&[], &[]).groups()
    }
}

impl Groups {
    /// The groups that pairs of clauses make.
    pub fn of_versions(versions: &Versions) -> Self {
        let pairs = || {
            versions.pairs.iter().flat_map(|pair| {
                pair.clauses.iter().map(|(left, right)| {
                    let of = |document, place: (u32, _)| (order(document, place.0), place.0);
                    (of(&pair.left, left), of(&pair.right, right))
                })
            })
        };
        let both = pairs().flat_map(|(left, right)| [left, right]);
        let own = both.filter(|(_, place)| has_own_order(*place)).map(|(order, _)| order);
        let orders = sorted(own);
        let mut joined: UnionFind<u32> = UnionFind::new(orders.len());
        let at = |order| orders.binary_search(&order).ok().map(|at| at as u32);
        for ((left, _), (right, _)) in pairs() {
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

    /// The groups of clauses that say which is theirs: of each its group, its order and its id.
    pub fn of_members(members: impl IntoIterator<Item = (u64, u64, String)>) -> Self {
        let own = |(_, order, _): &(u64, u64, String)| has_own_order(place_of(*order).into());
        let mut members: Vec<(u64, u64, String)> = members.into_iter().filter(own).collect();
        members.sort_unstable_by_key(|(_, order, _)| *order);
        // One that is told twice is there once.
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

    /// Reads what [`write`](Self::write) wrote; `None` where it is damaged.
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

    /// Writes how many documents, clauses, groups and texts there are, and all of them as they lie
    /// here.
    pub(crate) fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let Groups { documents, starts, ids, places, eids, groups, firsts, members, ends, texts } =
            self;
        let counts = [documents.len(), places.len(), firsts.len().saturating_sub(1), ends.len()];
        let fits = |many: usize| u32::try_from(many).map_err(io::Error::other);
        // So that they end where they are said to.
        fits(texts.len())?;
        for many in counts {
            to.write_all(&fits(many)?.to_le_bytes())?;
        }
        let of_documents = [&documents.0, &starts.0, &ids.0];
        let of_clauses = [&places.0, &eids.0, &groups.0, &firsts.0, &members.0, &ends.0, texts];
        of_documents.into_iter().chain(of_clauses).try_for_each(|part| to.write_all(part))
    }

    /// Where the clauses of a document lie among all, by the order number of one of them.
    pub fn of_document(&self, order: u64) -> Range<u32> {
        let document = document_of(order);
        let at = self.documents.bound(0..self.documents.len(), |own| own < document);
        let bound = |at| self.starts.get(at).unwrap_or(0) as u32;
        if self.documents.get(at) == Some(document) { bound(at)..bound(at + 1) } else { 0..0 }
    }

    /// The group of the clause with an order number, among those of its document.
    pub fn of_member(&self, document: Range<u32>, order: u64) -> Option<u32> {
        let group = self.groups.get(self.clause(document, order)?)?;
        // Counts of groups take room by the largest: what is damaged must not take all there is.
        (group + 1 < self.firsts.len() as u64).then_some(group as u32)
    }

    /// The group of the clause with an order number.
    pub fn of_order(&self, order: u64) -> Option<u32> {
        self.of_member(self.of_document(order), order)
    }

    /// The ids of the other versions of the clause with an order number, sorted.
    pub fn others(&self, order: u64) -> Vec<String> {
        let Some(own) = self.clause(self.of_document(order), order) else { return Vec::new() };
        // What is damaged may say anything.
        let most = self.members.len() as u64;
        let bound = |group: u64| Some(self.firsts.get(usize::try_from(group).ok()?)?.min(most));
        let group = self.groups.get(own);
        let members = group.and_then(|group| Some(bound(group)?..bound(group + 1)?));
        let members = members.unwrap_or(0..0).filter_map(|at| self.members.get(at as usize));
        members.filter(|at| *at != own as u64).filter_map(|at| self.id(at)).collect()
    }

    fn clause(&self, document: Range<u32>, order: u64) -> Option<usize> {
        let all = document.start as usize..document.end as usize;
        let place = u64::from(place_of(order));
        let at = self.places.bound(all.clone(), |own| own < place);
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
        let own = usize::try_from(start).ok()?..usize::try_from(end(at)?).ok()?;
        std::str::from_utf8(self.texts.get(own)?).ok()
    }
}

/// The id of a clause. One given from outside may be all that names it.
fn id(document: &str, eid: &str) -> String {
    if eid.is_empty() { document.to_owned() } else { format!("{document}.{eid}") }
}

/// Numbers in order, each once. As many lie in memory as twice those that differ.
fn sorted(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut all = Vec::new();
    let settle = |all: &mut Vec<u64>| {
        all.sort_unstable();
        all.dedup();
    };
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

/// Groups as they are made.
struct Draft<'a> {
    documents: Vec<u64>,
    starts: Vec<u32>,
    ids: Vec<u32>,
    places: Vec<u16>,
    eids: Vec<u32>,
    groups: Vec<u32>,
    /// How many groups there are.
    many: usize,
    known: FxHashMap<&'a str, u32>,
    texts: Vec<&'a str>,
}

impl<'a> Draft<'a> {
    /// Clauses by their order numbers, sorted, of which those have one group whose labels are the
    /// same.
    fn new<L: Copy + Eq + std::hash::Hash>(orders: &[u64], labels: &[L]) -> Self {
        let (mut documents, mut starts) = (Vec::new(), vec![0]);
        for own in orders.chunk_by(|left, right| document_of(*left) == document_of(*right)) {
            documents.push(document_of(own[0]));
            starts.push(starts[starts.len() - 1] + own.len() as u32);
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

    /// Says what the id of a clause is, if it is one of these.
    fn name(&mut self, order: u64, id: &'a str, eid: &'a str) {
        let Ok(document) = self.documents.binary_search(&document_of(order)) else { return };
        let start = self.starts[document] as usize;
        let own = start..self.starts[document + 1] as usize;
        let Ok(clause) = self.places[own].binary_search(&place_of(order)) else { return };
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
        for own in firsts.windows(2) {
            members[own[0] as usize..own[1] as usize].sort_by_cached_key(id_of);
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

/// The first bytes, if there are so many.
fn taken(bytes: &mut OwnedBytes, many: usize) -> Option<OwnedBytes> {
    (many <= bytes.len()).then(|| {
        let own = bytes.slice(0..many);
        bytes.advance(many);
        own
    })
}

/// Numbers one behind the other, the least byte of each first.
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
        let own = self.0.get(at.checked_mul(WIDTH)?..)?.get(..WIDTH)?;
        let mut wide = [0; 8];
        wide[..WIDTH].copy_from_slice(own);
        Some(u64::from_le_bytes(wide))
    }

    /// The first of some places whose number is not `before`, where all that are come first.
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
    fn what_hangs_together_is_one_group() {
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
    fn groups_are_what_walking_from_pair_to_pair_reaches() {
        // Documents of which each is paired with two others, clauses a few places on.
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
                let mut others: Vec<String> =
                    reached.iter().map(|(own, at)| format!("{}.art_{at}", id(*own))).collect();
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
        let told = Groups::of_versions(&Versions { pairs });
        let member = |document, place| {
            (u64::from(place), order(document, place), format!("{document}.art_{place}"))
        };
        let both = |(left, right): (u32, u32)| {
            let (_, order, id) = member("bbbbbbbbbb", right);
            [member("aaaaaaaaaa", left), (u64::from(left), order, id)]
        };
        for groups in [told, Groups::of_members(clauses.into_iter().flat_map(both))] {
            assert_eq!(groups.of_order(order("aaaaaaaaaa", last)), None);
            assert_eq!(groups.others(order("bbbbbbbbbb", 1)), Vec::<String>::new());
            let others = groups.others(order("bbbbbbbbbb", 2));
            assert_eq!(others, [format!("aaaaaaaaaa.art_{}", last - 1)]);
        }
    }

    #[test]
    fn what_is_damaged_is_refused_or_read_without_a_panic() {
        assert!(Groups::read(OwnedBytes::empty()).is_none());
        let nothing = Groups::read(OwnedBytes::new(written(&Groups::default()))).unwrap();
        assert_eq!(nothing.of_order(order("aaaaaaaaaa", 1)), None);
        let pairs = vec![pair("aaaaaaaaaa", "bbbbbbbbbb", &[(1, 1), (2, 3)])];
        let whole = written(&Groups::of_versions(&Versions { pairs }));
        for length in 0..whole.len() {
            assert!(Groups::read(OwnedBytes::new(whole[..length].to_vec())).is_none(), "{length}");
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = whole.clone();
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
