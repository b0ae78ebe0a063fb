//! What is asked: a query, which clauses count, their order and how many.

use tiaowen_corpus::DocumentKind;
use tiaowen_text::Script;

use crate::language::syntax::Restriction;

/// How hits are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best first.
    #[default]
    Score,
    /// The newest document first; without a date last.
    Date,
}

/// Which clauses count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only documents printed in this script.
    pub script: Option<Script>,
    /// Only documents of these kinds; all when empty.
    pub kinds: Vec<DocumentKind>,
    /// Only documents dated then or later: `2017`, `2017-11`, `2017-11-18`.
    pub from: Option<String>,
    /// Only documents dated then or earlier.
    pub to: Option<String>,
    /// Only documents that say they are in force then: on that day, in that month or year.
    pub in_force: Option<String>,
    /// Only documents that counted on that day: those that had begun, had not ended, and that no
    /// other one had taken the place of; see [`State`](crate::State).
    pub as_of: Option<String>,
    /// Not the documents with these ids; filled in for [`as_of`](Self::as_of).
    pub without: Vec<String>,
    /// Only documents that a body of this name signs or issues; words of the name will do.
    pub party: Option<String>,
    /// Only documents signed at this place.
    pub place: Option<String>,
    /// Only clauses that name this responsible unit.
    pub unit: Option<String>,
    /// Only documents whose title holds these words.
    pub title: Option<String>,
    /// Only clauses whose label has this number, as it ends their `eid`: `12`, `12-1`, `a`.
    pub label: Option<String>,
    /// Only documents of this number (文號); parts of it will do.
    pub number: Option<String>,
}

impl Filter {
    /// Whether all clauses count.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Narrows further by what a query says of itself.
    pub(crate) fn narrow(&mut self, restrictions: &[Restriction]) {
        for restriction in restrictions.iter().cloned() {
            match restriction {
                Restriction::Title(text) => self.title = Some(text),
                Restriction::Number(text) => self.number = Some(text),
                Restriction::Kind(kind) => self.kinds.push(kind),
                Restriction::Party(text) => self.party = Some(text),
                Restriction::Place(text) => self.place = Some(text),
                Restriction::Unit(text) => self.unit = Some(text),
                Restriction::Script(script) => self.script = Some(script),
                Restriction::Date(from, to) => {
                    self.from = from.or(self.from.take());
                    self.to = to.or(self.to.take());
                }
                Restriction::Label(number) => self.label = Some(number),
            }
        }
    }
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What was typed, in either script.
    pub query: String,
    /// How many hits to give.
    pub limit: usize,
    /// How many to pass over.
    pub offset: usize,
    /// Their order.
    pub sort: Sort,
    /// Which clauses count.
    pub filter: Filter,
    /// Whether to look for other regions' words as well.
    pub expand: bool,
    /// Whether Latin letters may be how Chinese words sound: pinyin, jyutping.
    pub phonetic: bool,
    /// Whether the versions of a clause are one hit.
    pub group: bool,
    /// Whether to count all hits, however many; see [`TotalIs`](crate::TotalIs).
    pub count: bool,
    /// Whether to count how the hits divide. All hits are counted then, too.
    pub facets: bool,
    /// Whether to tell of each hit why it is one.
    pub explain: bool,
}

impl Request {
    /// A search for `query`: the ten best hits of all.
    pub fn new(query: impl Into<String>) -> Self {
        Request {
            query: query.into(),
            limit: 10,
            offset: 0,
            sort: Sort::Score,
            filter: Filter::default(),
            expand: true,
            phonetic: false,
            group: true,
            count: false,
            facets: false,
            explain: false,
        }
    }
}
