//! Which documents of an index are versions of one another, and which of their clauses are
//! counterparts.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
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
    many: usize,
    /// Of each pair its places and `eid`s, one pair behind the other. Some eleven bytes each.
    packed: Box<[u8]>,
}

/// The place of a clause and its `eid`.
type Member<'a> = (u32, &'a str);

impl Counterparts {
    /// How many pairs of clauses there are.
    pub fn len(&self) -> usize {
        self.many
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.many == 0
    }

    /// The pairs, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Member<'_>, Member<'_>)> {
        let mut rest = &*self.packed;
        std::iter::from_fn(move || unpack(&mut rest))
    }
}

impl<'a> FromIterator<(Member<'a>, Member<'a>)> for Counterparts {
    fn from_iter<I: IntoIterator<Item = (Member<'a>, Member<'a>)>>(pairs: I) -> Self {
        let (mut many, mut packed) = (0, Vec::new());
        for (left, right) in pairs {
            many += 1;
            pack(left, right, &mut packed);
        }
        Counterparts { many, packed: packed.into() }
    }
}

/// Writes a pair: both places, the length of the left `eid`, that of the right one and one more or
/// 0 where both are the same, as most are; and what they say.
fn pack(left: Member<'_>, right: Member<'_>, to: &mut Vec<u8>) {
    let is_same = left.1 == right.1;
    let other = if is_same { "" } else { right.1 };
    let other_length = if is_same { 0 } else { 1 + other.len() };
    for number in [left.0 as usize, right.0 as usize, left.1.len(), other_length] {
        let mut number = number;
        while number >= 0x80 {
            to.push(number as u8 | 0x80);
            number >>= 7;
        }
        to.push(number as u8);
    }
    to.extend_from_slice(left.1.as_bytes());
    to.extend_from_slice(other.as_bytes());
}

/// Reads a pair from where it begins; none at the end.
fn unpack<'a>(from: &mut &'a [u8]) -> Option<(Member<'a>, Member<'a>)> {
    let (places, lengths) = ([number(from)?, number(from)?], [number(from)?, number(from)?]);
    let left = text(from, lengths[0])?;
    let right = lengths[1].checked_sub(1).map_or(Some(left), |length| text(from, length))?;
    let place = |at: usize| u32::try_from(at).ok();
    Some(((place(places[0])?, left), (place(places[1])?, right)))
}

/// Seven bits a byte, the least first; all but the last byte have the eighth.
fn number(from: &mut &[u8]) -> Option<usize> {
    let length = 1 + from.iter().position(|byte| *byte < 0x80)?;
    let (own, rest) = from.split_at(length);
    *from = rest;
    Some(own.iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)))
}

fn text<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a str> {
    let (own, rest) = from.split_at_checked(length)?;
    *from = rest;
    std::str::from_utf8(own).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counterparts_are_written_as_pairs_and_read_again() {
        let long = "條".repeat(100);
        let pairs = [
            ((0, "art_1"), (7, "art_8")),
            ((1, ""), (2, "條3")),
            ((4, "art_5"), (4, "art_5")),
            ((127, &*long), (u32::MAX, "")),
            ((128, ""), (1 << 21, "")),
        ];
        let all: Counterparts = pairs.into_iter().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), pairs);
        assert_eq!((all.len(), all.is_empty(), Counterparts::default().len()), (5, false, 0));
        let text = serde_json::to_string(&all).unwrap();
        let first = r#"[[[0,"art_1"],[7,"art_8"]],[[1,""],[2,"條3"]],[[4,"art_5"],[4,"art_5"]],"#;
        assert!(text.starts_with(first), "{text}");
        assert_eq!(serde_json::from_str::<Counterparts>(&text).unwrap(), all);
        assert!(serde_json::from_str::<Counterparts>("[[[0,1],[7,2]]]").is_err());
    }
}
