//! A search request: a query, filters, the order, and the number of hits.

use tiaowen_corpus::DocumentKind;
use tiaowen_index::date_bounds;
use tiaowen_text::Script;

use crate::QueryError;
use crate::engine::facets::FacetName;
use crate::language::syntax::{Restriction, Syntax};

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
///
/// Of several values in one list, any is enough; an empty list restricts nothing. Different fields
/// must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only documents printed in one of these scripts.
    pub scripts: Vec<Script>,
    /// Only documents of these kinds.
    pub kinds: Vec<DocumentKind>,
    /// Only documents of these years, months or days: `2017`, `2017-11`.
    pub years: Vec<String>,
    /// Only documents without a date, or beside [`years`](Self::years) these too. Can't be combined
    /// with [`from`](Self::from) or [`to`](Self::to), which only documents with a date pass.
    pub undated: bool,
    /// Only documents of this date or later: `2017`, `2017-11`, `2017-11-18`.
    pub from: Option<String>,
    /// Only documents of this date or earlier.
    pub to: Option<String>,
    /// Only documents that state they are in force on this day, or in this month or year.
    pub in_force: Option<String>,
    /// Only documents that counted on that day: those that had begun, had not ended, and that no
    /// other one had taken the place of; see [`State`](crate::State).
    pub as_of: Option<String>,
    /// Only documents whose content was indexed on this day or later (UTC): `2026-11-18`,
    /// `2026-11`.
    pub added_since: Option<String>,
    /// Only the documents with these ids; filled in for [`added_since`](Self::added_since).
    pub only: Option<Vec<String>>,
    /// Not the documents with these ids; filled in for [`as_of`](Self::as_of) and
    /// [`added_since`](Self::added_since).
    pub without: Vec<String>,
    /// Only documents signed or issued by a body whose name contains these words.
    pub parties: Vec<String>,
    /// Only documents signed at one of these places.
    pub places: Vec<String>,
    /// Only clauses that name one of these responsible units.
    pub units: Vec<String>,
    /// Only documents whose title contains these words.
    pub title: Option<String>,
    /// Only clauses whose label has this number, as at the end of an `eid`: `12`, `12-1`, `a`.
    pub label: Option<String>,
    /// Only documents whose number (文號) contains one of these.
    pub numbers: Vec<String>,
}

impl Filter {
    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// The filter without its values of a facet. `None` if it has none.
    pub(crate) fn without_facet(&self, facet: FacetName) -> Option<Filter> {
        let mut rest = self.clone();
        match facet {
            FacetName::Kind => rest.kinds.clear(),
            FacetName::Year => {
                rest.years.clear();
                rest.undated = false;
            }
            FacetName::Script => rest.scripts.clear(),
            FacetName::Party => rest.parties.clear(),
            FacetName::Unit => rest.units.clear(),
        }
        (rest != *self).then_some(rest)
    }

    /// The dates that pass.
    ///
    /// # Errors
    /// If a date can't be read, or documents without a date are requested beside the first or the
    /// last date.
    pub fn dates(&self) -> Result<FilterDates, QueryError> {
        let (from, to) = (given_bounds(&self.from)?, given_bounds(&self.to)?);
        if self.undated && (from.is_some() || to.is_some()) {
            return Err(QueryError::UndatedInRange);
        }
        Ok(FilterDates {
            from: from.map(|(first, _)| first),
            to: to.map(|(_, last)| last),
            years: self.years.iter().map(|year| bounds_of(year)).collect::<Result<_, _>>()?,
            undated: self.undated,
        })
    }

    /// Adds the restrictions written in a query. They are further values of the same fields.
    pub(crate) fn narrow(&mut self, restrictions: &[Restriction]) {
        for restriction in restrictions.iter().cloned() {
            match restriction {
                Restriction::Title(text) => self.title = Some(text),
                Restriction::Number(text) => self.numbers.push(text),
                Restriction::Kind(kind) => self.kinds.push(kind),
                Restriction::Party(text) => self.parties.push(text),
                Restriction::Place(text) => self.places.push(text),
                Restriction::Unit(text) => self.units.push(text),
                Restriction::Script(script) => self.scripts.push(script),
                Restriction::Date(from, to) => {
                    self.from = from.or(self.from.take());
                    self.to = to.or(self.to.take());
                }
                Restriction::Label(number) => self.label = Some(number),
            }
        }
    }
}

/// The dates that a filter lets pass, as yyyymmdd.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterDates {
    /// The first date.
    pub from: Option<u64>,
    /// The last date.
    pub to: Option<u64>,
    /// The first and the last day of each year. Any of them is enough.
    pub years: Vec<(u64, u64)>,
    /// Whether documents without a date pass, beside those of [`years`](Self::years).
    pub undated: bool,
}

impl FilterDates {
    /// Whether a document of this date passes, or one without a date.
    ///
    /// ```
    /// let filter = tiaowen_query::Filter { years: vec!["2017".into()], ..Default::default() };
    /// let dates = filter.dates().unwrap();
    /// assert!(dates.pass(Some(2017_11_18)) && !dates.pass(Some(2018_00_00)) && !dates.pass(None));
    /// ```
    pub fn pass(&self, date: Option<u64>) -> bool {
        let Some(day) = date else {
            return self.undated || *self == FilterDates::default();
        };
        let is_listed = self.years.iter().any(|(first, last)| (*first..=*last).contains(&day));
        self.from.is_none_or(|first| day >= first)
            && self.to.is_none_or(|last| day <= last)
            && (is_listed || self.years.is_empty() && !self.undated)
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
    /// Whether clauses with a part of the query are hits too if few contain all of it, and whether
    /// quotation marks are ignored if nothing is found otherwise.
    pub relax: bool,
    /// Whether the versions of a clause form one hit.
    pub group: bool,
    /// Whether to count all hits; see [`TotalIs`](crate::TotalIs).
    pub count: bool,
    /// Whether to count the hits by facet. This counts all hits too.
    pub facets: bool,
    /// Whether to explain each hit.
    pub explain: bool,
    /// Whether the clauses nearest in meaning are joined with the hits by words; see
    /// [`Searcher::set_meaning`](crate::Searcher::set_meaning). Hits sorted by date have no ranks to
    /// join.
    pub meaning: bool,
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
            relax: true,
            group: true,
            count: false,
            facets: false,
            explain: false,
            meaning: false,
        }
    }

    /// Checks that the filters, with those in the query, can be read and combined.
    ///
    /// # Errors
    /// As [`Filter::dates`].
    pub fn check(&self) -> Result<(), QueryError> {
        let mut filter = self.filter.clone();
        filter.narrow(&Syntax::read(&self.query).restrictions);
        filter.dates().map(drop)
    }

    /// Whether hits by meaning are joined with those by words.
    pub(crate) fn joins_meaning(&self) -> bool {
        self.meaning && self.sort == Sort::Score && self.limit > 0
    }
}

/// The first and the last day of a date of a filter, as yyyymmdd; `None` if none is given.
///
/// # Errors
/// If the date can't be read.
pub fn given_bounds(date: &Option<String>) -> Result<Option<(u64, u64)>, QueryError> {
    date.as_deref().map(bounds_of).transpose()
}

/// The first and the last day of a date, as yyyymmdd.
///
/// # Errors
/// If the date can't be read.
fn bounds_of(date: &str) -> Result<(u64, u64), QueryError> {
    date_bounds(date).ok_or_else(|| QueryError::Date { text: date.to_owned() })
}
