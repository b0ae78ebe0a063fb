//! Regional terms.

use serde::Serialize;
use tiaowen_compare::{Context, Proposal};
use tiaowen_terms::Entry;

/// An entry of the term table.
#[derive(Debug, Serialize)]
pub struct EntryJson<'a> {
    hong_kong: &'a [String],
    mainland: &'a [String],
    taiwan: &'a [String],
    domain: &'a str,
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
