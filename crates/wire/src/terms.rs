//! The JSON of regional terms.

use serde::Serialize;
use tiaowen_compare::{Context, Proposal};
use tiaowen_terms::{Entry, Region, TermTable, english_key};
use tiaowen_text::fold;
use utoipa::ToSchema;

use crate::names;

/// An entry of the term table: terms of several regions for one thing, the preferred ones first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryJson<'a> {
    hong_kong: &'a [String],
    mainland: &'a [String],
    taiwan: &'a [String],
    macao: &'a [String],
    /// In English; a query in English also finds the terms of all regions.
    english: &'a [String],
    /// The subject field.
    domain: &'a str,
    /// Whether each region's term finds the other's, or only in one direction.
    #[schema(schema_with = names::direction)]
    direction: &'static str,
    /// Whether the terms are the same, the nearest equivalents, or the same in certain texts.
    #[schema(schema_with = names::degree)]
    degree: &'static str,
    /// For `within`: words of which a text must contain one.
    within: &'a [String],
    /// The regions that have a term (ISO 3166-1).
    regions: Vec<&'static str>,
    /// Where the terms are attested, as in the table; null if unknown.
    attested: Option<&'a str>,
    /// The same, place by place.
    sources: Vec<TermSourceJson>,
}

/// A place where terms of an entry are attested.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TermSource)]
struct TermSourceJson {
    /// The regions whose terms are attested there. Empty if unknown.
    regions: Vec<&'static str>,
    /// Whether it attests the English terms as well.
    english: bool,
    /// The title, and the article, clause or page in it.
    place: String,
}

impl<'a> From<&'a Entry> for EntryJson<'a> {
    fn from(entry: &'a Entry) -> Self {
        EntryJson {
            hong_kong: &entry.hong_kong,
            mainland: &entry.mainland,
            taiwan: &entry.taiwan,
            macao: &entry.macao,
            english: &entry.english,
            domain: &entry.domain,
            direction: entry.direction.as_str(),
            degree: entry.degree.as_str(),
            within: entry.degree.within(),
            regions: codes(&entry.regions()),
            attested: entry.attested.as_deref(),
            sources: entry
                .sources()
                .into_iter()
                .map(|source| TermSourceJson {
                    regions: codes(&source.regions),
                    english: source.english,
                    place: source.place,
                })
                .collect(),
        }
    }
}

fn codes(regions: &[Region]) -> Vec<&'static str> {
    regions.iter().map(|region| region.code()).collect()
}

/// The entries that have a word as a whole term, in either script, or in English.
///
/// ```
/// let table = tiaowen_terms::TermTable::built_in();
/// assert!(!tiaowen_wire::entries_of(table, "素质").is_empty());
/// assert!(tiaowen_wire::entries_of(table, "素").is_empty());
/// ```
pub fn entries_of<'t>(table: &'t TermTable, word: &str) -> Vec<&'t Entry> {
    let whole = fold(word.trim());
    let has = |entry: &&Entry| {
        let sides = entry.sides();
        let mut terms = sides.iter().flat_map(|(_, terms)| *terms).chain(&entry.english);
        terms.any(|term| fold(term).eq_ignore_ascii_case(&whole))
    };
    table.entries().iter().filter(has).collect()
}

/// The entries that contain a term or a part of one, in either script, or some words of one in English.
/// All entries for `None`.
///
/// ```
/// let table = tiaowen_terms::TermTable::built_in();
/// let own = tiaowen_wire::entries_holding(table, Some("質素"));
/// assert_eq!(own, tiaowen_wire::entries_holding(table, Some("质素")));
/// assert!(!own.is_empty() && own.len() < table.entries().len());
/// assert!(!tiaowen_wire::entries_holding(table, Some("Intellectual property")).is_empty());
/// ```
pub fn entries_holding<'t>(table: &'t TermTable, term: Option<&str>) -> Vec<&'t Entry> {
    let wanted = term.map(fold);
    let english = term.map(english_key).filter(|key| !key.is_empty());
    let holds = |entry: &&Entry| {
        wanted.as_ref().is_none_or(|term| holds_term(entry, term))
            || english.as_ref().is_some_and(|key| holds_english(entry, key))
    };
    table.entries().iter().filter(holds).collect()
}

/// Whether a folded text occurs in a Chinese term of an entry.
fn holds_term(entry: &Entry, folded: &str) -> bool {
    let mut terms = entry.sides().into_iter().flat_map(|(_, terms)| terms);
    terms.any(|listed| fold(listed).contains(folded))
}

/// Whether some words occur in an English term of an entry.
fn holds_english(entry: &Entry, key: &str) -> bool {
    let whole = |key: &str| format!(" {key} ");
    entry.english.iter().any(|listed| whole(&english_key(listed)).contains(&whole(key)))
}

/// A pair of terms proposed for the term table.
#[derive(Debug, Serialize)]
pub struct ProposalJson<'a> {
    hant: &'a str,
    hans: &'a str,
    count: usize,
    known: bool,
    contexts: Vec<PlaceJson<'a>>,
}

#[derive(Debug, Serialize)]
struct PlaceJson<'a> {
    place: &'a str,
    hant: &'a str,
    hans: &'a str,
}

impl<'a> From<&'a Context> for PlaceJson<'a> {
    fn from(Context { place, hant, hans }: &'a Context) -> Self {
        PlaceJson { place, hant, hans }
    }
}

impl<'a> From<&'a Proposal> for ProposalJson<'a> {
    fn from(proposal: &'a Proposal) -> Self {
        ProposalJson {
            hant: &proposal.hant,
            hans: &proposal.hans,
            count: proposal.count,
            known: proposal.known,
            contexts: proposal.contexts.iter().map(PlaceJson::from).collect(),
        }
    }
}
