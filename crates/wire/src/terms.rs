//! Regional terms.

use serde::Serialize;
use tiaowen_compare::{Context, Proposal};
use tiaowen_terms::{Entry, Region, TermTable};
use tiaowen_text::fold;
use utoipa::ToSchema;

use crate::names;

/// An entry of the term table: words of several regions for one thing, the preferred first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryJson<'a> {
    hong_kong: &'a [String],
    mainland: &'a [String],
    taiwan: &'a [String],
    macao: &'a [String],
    /// The field.
    domain: &'a str,
    /// Whether each side's word finds the other's, or one only.
    #[schema(schema_with = names::direction)]
    direction: &'static str,
    /// Whether the terms are the same, or what comes nearest, or the same within some texts.
    #[schema(schema_with = names::degree)]
    degree: &'static str,
    /// For `within`: the words one of which a text must hold.
    within: &'a [String],
    /// The regions that have a term (ISO 3166-1).
    regions: Vec<&'static str>,
    /// Where the terms stand, as the table has it; null where nothing is told.
    attested: Option<&'a str>,
    /// The same, place by place.
    sources: Vec<TermSourceJson>,
}

/// A place where terms of an entry stand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TermSource)]
struct TermSourceJson {
    /// Whose terms it holds; none where nothing is told.
    regions: Vec<&'static str>,
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
                    place: source.place,
                })
                .collect(),
        }
    }
}

fn codes(regions: &[Region]) -> Vec<&'static str> {
    regions.iter().map(|region| region.code()).collect()
}

/// The entries of a table that hold a term or a part of one, in either script; all for `None`.
///
/// ```
/// let table = tiaowen_terms::TermTable::built_in();
/// let own = tiaowen_wire::entries_holding(table, Some("質素"));
/// assert_eq!(own, tiaowen_wire::entries_holding(table, Some("质素")));
/// assert!(!own.is_empty() && own.len() < table.entries().len());
/// ```
pub fn entries_holding<'t>(table: &'t TermTable, term: Option<&str>) -> Vec<&'t Entry> {
    let wanted = term.map(fold);
    let holds = |entry: &&Entry| {
        let mut all = entry.sides().into_iter().flat_map(|(_, terms)| terms);
        wanted.as_ref().is_none_or(|term| all.any(|own| fold(own).contains(term)))
    };
    table.entries().iter().filter(holds).collect()
}

/// A pair of words proposed for the term table.
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

impl<'a> From<&'a Proposal> for ProposalJson<'a> {
    fn from(proposal: &'a Proposal) -> Self {
        let context = |context: &'a Context| PlaceJson {
            place: &context.place,
            hant: &context.hant,
            hans: &context.hans,
        };
        ProposalJson {
            hant: &proposal.hant,
            hans: &proposal.hans,
            count: proposal.count,
            known: proposal.known,
            contexts: proposal.contexts.iter().map(context).collect(),
        }
    }
}
