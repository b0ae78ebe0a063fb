//! Pairs of documents that are versions of one another, and the clauses that correspond in them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tiaowen_corpus::Relation;

/// Two documents that are versions of one another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionPair {
    /// The id of one document.
    pub left: String,
    /// The id of the other.
    pub right: String,
    /// Their relation.
    pub relation: Relation,
    /// Similarity of their texts, 0 to 1.
    pub similarity: f32,
    /// Corresponding clauses: for the best pair in two scripts all of them, for two prints in one
    /// script those with the same text.
    #[serde(default, skip_serializing_if = "Counterparts::is_empty")]
    pub clauses: Counterparts,
    /// Number of clause pairs left out; see [`Versions::without_clauses`].
    #[serde(skip)]
    pub left_out: usize,
}

impl VersionPair {
    /// Number of corresponding clauses.
    pub fn counterparts(&self) -> usize {
        self.clauses.len() + self.left_out
    }
}

/// Corresponding clauses of two documents, each identified by its place among the clauses of its
/// document (from 0) and its `eid`. An index may have millions of pairs, so they are packed into
/// one allocation.
///
/// ```
/// use tiaowen_index::Counterparts;
/// let some: Counterparts = [((0, "art_1"), (0, "art_1")), ((1, "art_2"), (3, "art_4"))].into_iter().collect();
/// assert_eq!(some.iter().last(), Some(((1, "art_2"), (3, "art_4"))));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counterparts {
    many: usize,
    /// The pairs, one after the other. A pair takes some eleven bytes.
    packed: Box<[u8]>,
}

/// Place and `eid` of a clause.
type Member<'a> = (u32, &'a str);

impl Counterparts {
    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.many
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.many == 0
    }

    /// Iterates over the pairs in order.
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

/// Writes a pair: both places, the length of the left `eid`, the length of the right one plus 1 (0
/// if both are equal, the usual case), then the texts.
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

/// Reads a pair; `None` at the end.
fn unpack<'a>(from: &mut &'a [u8]) -> Option<(Member<'a>, Member<'a>)> {
    let (places, lengths) = ([number(from)?, number(from)?], [number(from)?, number(from)?]);
    let left = text(from, lengths[0])?;
    let right = lengths[1].checked_sub(1).map_or(Some(left), |length| text(from, length))?;
    let place = |at: usize| u32::try_from(at).ok();
    Some(((place(places[0])?, left), (place(places[1])?, right)))
}

/// Seven bits a byte, the least significant first; the eighth bit marks all bytes but the last.
fn number(from: &mut &[u8]) -> Option<usize> {
    let length = 1 + from.iter().position(|byte| *byte < 0x80)?;
    let (bytes, rest) = from.split_at(length);
    *from = rest;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)))
}

fn text<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a str> {
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    std::str::from_utf8(bytes).ok()
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
    /// The pairs: those of one instrument in two scripts first, then by similarity.
    pub pairs: Vec<VersionPair>,
}

impl Versions {
    /// The pairs without their clauses, which take most of the memory and are only counted.
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
