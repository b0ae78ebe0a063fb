//! A search request: a query, filters, the order, and the number of hits.

use tiaowen_corpus::DocumentKind;
use tiaowen_text::Script;

use crate::language::syntax::Restriction;

/// How hits are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By score, the best first.
    #[default]
    Score,
    /// By date, the newest first; documents without a date come last.
    Date,
}

/// Restricts the documents and clauses that match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only documents printed in this script.
    pub script: Option<Script>,
    /// Only documents of these kinds; all when empty.
    pub kinds: Vec<DocumentKind>,
    /// Only documents of this date or later: `2017`, `2017-11`, `2017-11-18`.
    pub from: Option<String>,
    /// Only documents of this date or earlier.
    pub to: Option<String>,
    /// Only documents that state they are in force on this day, or in this month or year.
    pub in_force: Option<String>,
    /// Only documents that counted on that day: those that had begun, had not ended, and that no
    /// other one had taken the place of; see [`State`](crate::State).
    pub as_of: Option<String>,
    /// Not the documents with these ids; filled in for [`as_of`](Self::as_of).
    pub without: Vec<String>,
    /// Only documents signed or issued by a body whose name contains these words.
    pub party: Option<String>,
    /// Only documents signed at this place.
    pub place: Option<String>,
    /// Only clauses that name this responsible unit.
    pub unit: Option<String>,
    /// Only documents whose title contains these words.
    pub title: Option<String>,
    /// Only clauses whose label has this number, as at the end of an `eid`: `12`, `12-1`, `a`.
    pub label: Option<String>,
    /// Only documents whose number (文號) contains this.
    pub number: Option<String>,
}

impl Filter {
    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Adds the restrictions written in a query.
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
    /// The query as typed, in either script.
    pub query: String,
    /// The number of hits to return.
    pub limit: usize,
    /// The number of hits to skip.
    pub offset: usize,
    /// The order of hits.
    pub sort: Sort,
    /// Which clauses count.
    pub filter: Filter,
    /// Whether to search for other regions' terms too.
    pub expand: bool,
    /// Whether Latin letters may spell the sound of Chinese words (pinyin, jyutping).
    pub phonetic: bool,
    /// Whether the versions of a clause form one hit.
    pub group: bool,
    /// Whether to count all hits; see [`TotalIs`](crate::TotalIs).
    pub count: bool,
    /// Whether to count the hits by facet. This counts all hits too.
    pub facets: bool,
    /// Whether to explain each hit.
    pub explain: bool,
}

impl Request {
    /// A search for `query` with the default options: the ten best hits.
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
