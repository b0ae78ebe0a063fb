//! Regional terms.

use serde::Serialize;
use tiaowen_compare::{Context, Proposal};
use tiaowen_terms::{Entry, TermTable};
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
    domain: &'a str,
    /// Whether each side's word finds the other's, or one only.
    #[schema(schema_with = names::direction)]
    direction: &'static str,
    /// Where both stand for the same; null where the pair is known, and no more.
    attested: Option<&'a str>,
}

impl<'a> From<&'a Entry> for EntryJson<'a> {
    fn from(entry: &'a Entry) -> Self {
        EntryJson {
            hong_kong: &entry.hong_kong,
            mainland: &entry.mainland,
            taiwan: &entry.taiwan,
            domain: &entry.domain,
            direction: entry.direction.as_str(),
            attested: entry.attested.as_deref(),
        }
    }
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
        let mut all = entry.hong_kong.iter().chain(&entry.mainland).chain(&entry.taiwan);
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
