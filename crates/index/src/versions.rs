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
}
