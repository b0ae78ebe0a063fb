//! Searches as Atom feeds (RFC 4287). The newest matches in the index come first, so that a feed
//! reader announces them.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Hit, Request};
use tiaowen_text::Script;
use tiaowen_words::{Language, Words};
use utoipa::IntoParams;

use super::{Origin, xml};
use crate::api::{Wanted, answered, known, whole};
use crate::ask::{Ask, day};
use crate::live::View;
use crate::page::{Pairs, visible, when};
use crate::paging::Page;
use crate::problem::Problem;
use crate::{App, schema};

/// The newest matches are taken from so many of the best.
const MOST_CLAUSES: usize = 1_000;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    lang: &'static str,
    id: String,
    title: String,
    updated: String,
    author: &'static str,
    version: &'static str,
    address: String,
    page: String,
    description: String,
    total: u64,
    entries: Vec<Entry>,
}

/// A matching clause.
struct Entry {
    id: String,
    title: String,
    updated: String,
    lang: String,
    link: String,
    kind: &'static str,
    label: String,
    text: String,
}

/// The parameters of a feed besides those of a search.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct New {
    /// Only clauses that came into the index on this day or later.
    #[param(value_type = schema::Date, inline)]
    since: String,
}

/// The parameters of a search without its format, and `since`.
enum Both {}

impl IntoParams for Both {
    fn into_params(
        place: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
    ) -> Vec<utoipa::openapi::path::Parameter> {
        let mut all = Ask::into_params(&place);
        all.retain(|one| !["sort", "explain", "parallel", "format"].contains(&one.name.as_str()));
        all.extend(New::into_params(&place));
        all
    }
}

pub(super) async fn feed(State(app): State<Arc<App>>, wanted: Wanted, origin: Origin) -> Response {
    answered(&app, wanted, move |app, snapshot, here| {
        known::<Both>(&here.query)?;
        let uri = format!("/?{}", here.query);
        let uri = uri.parse().map_err(|_| Problem::unreadable("no query string"))?;
        let unreadable = |text: String| Problem::query_string(&text);
        let Query(ask) = Query::<Ask>::try_from_uri(&uri).map_err(|r| unreadable(r.body_text()))?;
        let Query(new) = Query::<New>::try_from_uri(&uri).map_err(|r| unreadable(r.body_text()))?;
        xml("application/atom+xml; charset=utf-8", &made(app, snapshot, &origin, &ask, &new)?)
    })
    .await
}

fn made(
    app: &App,
    snapshot: &View,
    origin: &Origin,
    ask: &Ask,
    new: &New,
) -> Result<Feed, Problem> {
    if ask.q.trim().is_empty() && ask.request(&app.limits)?.filter.is_empty() {
        return Err(Problem::unreadable(
            "q is missing: a feed lists what a search or filter finds",
        ));
    }
    // Each version of a clause is a match, as a later one is news.
    let ask = Ask { group: ask.group.or(Some(false)), meaning: None, ..ask.clone() };
    let page = Page::of(ask.limit, ask.offset, 50, &app.limits)?;
    let since = day("since", &new.since)?.unwrap_or_default();
    let request = ask.request(&app.limits)?;
    let request = Request { limit: MOST_CLAUSES, offset: 0, facets: false, ..request };
    let found = snapshot.search(&request)?;
    whole(&found)?;
    let came = |hit: &Hit| snapshot.came(&hit.record.document.id);
    // A day sorts after its month and its year.
    let mut hits: Vec<(u64, Hit)> = found.hits.into_iter().map(|hit| (came(&hit), hit)).collect();
    hits.retain(|(came, _)| when::day(*came) >= since);
    // Matches of the same time are sorted by rank.
    hits.sort_by_key(|(came, hit)| (std::cmp::Reverse(*came), hit.rank));
    let total = hits.len() as u64;
    let newest = hits.first().map_or(snapshot.about.last_run.at, |(came, _)| *came);
    let presenter = app.presenter(ask.shown()?);
    let w = Words::of(Language::Hant);
    let entries = page.cut(&hits).iter().map(|(came, hit)| {
        let mut record = hit.record.clone();
        presenter.document(record.document.to_mut())?;
        presenter.clause(record.clause.to_mut(), &mut Vec::new())?;
        entry(&record, *came, ask.shown()?, origin, w)
    });
    let entries = entries.collect::<Result<_, Problem>>()?;
    let mut search = Pairs::of(&Ask { format: None, ..ask.clone() });
    for part in ["limit", "offset"] {
        search = search.without(part);
    }
    let feed = Pairs::of(&ask).with("since", &since);
    Ok(Feed {
        lang: Language::Hant.tag(),
        id: urn("search", &search.query()),
        title: format!("{} · {}", visible(ask.q.trim()), w.site.name),
        updated: when::moment(newest),
        author: &w.site.name,
        version: env!("CARGO_PKG_VERSION"),
        address: origin.to(&format!("/feed{}", feed.query())),
        page: origin.to(&format!("/{}", search.query())),
        description: origin.to("/opensearch.xml"),
        total,
        entries,
    })
}

/// An entry on a clause that came at a time.
fn entry(
    record: &ClauseRecord<'_>,
    came: u64,
    shown: Option<Script>,
    origin: &Origin,
    w: &Words,
) -> Result<Entry, Problem> {
    let (id, document, clause) = (record.id(), &record.document, &record.clause);
    Ok(Entry {
        title: visible(&citation(document, clause)).into_owned(),
        updated: when::moment(came),
        lang: match shown {
            None => document.language.clone(),
            Some(script) => format!("zh-{}", script.as_str()),
        },
        link: origin.to(&format!("/clauses/{id}")),
        kind: document.kind.as_str(),
        label: w.kinds.get(document.kind.as_str()).cloned().unwrap_or_default(),
        text: visible(&clause.text).into_owned(),
        id: urn("clause", &id),
    })
}

/// A stable name that doesn't depend on the server's address: a UUID (RFC 9562, version 8) of what
/// it names.
fn urn(kind: &str, name: &str) -> String {
    let hash = blake3::hash(format!("tiaowen {kind} {name}").as_bytes());
    let mut bytes: [u8; 16] = hash.as_bytes()[..16].try_into().expect("a hash has 32 bytes");
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::urn;

    #[test]
    fn names_stay() {
        let name = urn("clause", "qkibgx52wy.part_4");
        assert_eq!(name, urn("clause", "qkibgx52wy.part_4"));
        assert_ne!(name, urn("clause", "qkibgx52wy.part_5"));
        assert_ne!(name, urn("search", "qkibgx52wy.part_4"));
        let parts: Vec<&str> = name.strip_prefix("urn:uuid:").unwrap().split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('8') && "89ab".contains(&parts[3][..1]), "{name}");
    }
}
