//! The page of regional terms: each entry with its degree and field, its sources, and clauses of
//! the index that use its terms.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::Request;
use tiaowen_terms::{Degree, Entry, Region};
use tiaowen_text::{Script, fold, fold_char};
use tiaowen_wire::{Line, entries_holding};
use tiaowen_words::{self as words, Words, name};

use super::address::Pairs;
use super::card::{lang, tamed};
use super::pages::Pager;
use super::rendered;
use super::shell::{Here, Shell, Visitor};
use super::text::visible;
use crate::App;
use crate::ask::named;
use crate::live::View;
use crate::paging::Page;
use crate::problem::Problem;

/// The number of entries on a page.
const ON_A_PAGE: usize = 20;
/// The number of terms of an entry that are looked up.
const TERMS_LOOKED_UP: usize = 2;
/// The number of clauses that are examined for one with both terms.
const LOOKED_INTO: usize = 20;
/// The characters shown on each side of a term.
const WIDTH: usize = 24;

/// Which entries are shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TermsParams {
    /// Only entries that contain this term or a part of it.
    term: String,
    /// `same`, `nearest` or `within`.
    degree: String,
    offset: Option<usize>,
}

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    shell: Shell,
    action: String,
    term: String,
    degrees: Vec<(&'static str, &'static str, bool)>,
    hidden: Vec<(String, String)>,
    count: String,
    entries: Vec<EntryView>,
    pager: Option<Pager>,
}

/// An entry.
pub(super) struct EntryView {
    pub(super) sides: Vec<Side>,
    /// The sign between the sides.
    pub(super) sign: &'static str,
    pub(super) degree: String,
    pub(super) field: String,
    /// The concordance of its first term.
    concordance: String,
    /// The regions whose terms a source attests, and the source.
    sources: Vec<(String, String)>,
    beside: Vec<Place>,
}

/// The terms of a region.
pub(super) struct Side {
    pub(super) region: &'static str,
    pub(super) lang: &'static str,
    /// Each with a search for it.
    pub(super) terms: Vec<(String, String)>,
}

/// A term in a clause.
pub(super) struct Place {
    citation: String,
    href: String,
    lang: String,
    left: String,
    term: String,
    right: String,
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    params: &TermsParams,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let term = named("term", &params.term)?;
    if !params.degree.is_empty() && !Degree::NAMES.contains(&&*params.degree) {
        return Err(Problem::none_of("degree", &params.degree, &Degree::NAMES));
    }
    let is_wanted =
        |entry: &&Entry| params.degree.is_empty() || entry.degree.as_str() == params.degree;
    let all: Vec<&Entry> =
        entries_holding(&app.terms, term.as_deref()).into_iter().filter(is_wanted).collect();
    let offset = params.offset.unwrap_or(0).min(all.len());
    let mut entries = Vec::new();
    for entry in all.iter().skip(offset).take(ON_A_PAGE) {
        snapshot.budget.check()?;
        let beside = beside(app, snapshot, visitor, entry)?;
        entries.push(EntryView::of(app, visitor, entry, beside));
    }
    let items = Page { limit: ON_A_PAGE, offset };
    let degrees = Degree::NAMES.map(|code| (code, name(&w.degrees, code), code == params.degree));
    let page = TermsPage {
        action: app.links.to("/terms"),
        term: params.term.clone(),
        degrees: degrees.into(),
        hidden: visitor.kept().fields().to_vec(),
        count: w.counted.entries.of(all.len() as u64),
        pager: Pager::turning(app, visitor, items, all.len()),
        entries,
        shell: Shell::new(app, Some(snapshot), visitor, Here::Elsewhere, &w.terms.title),
    };
    rendered(visitor, &page)
}

impl EntryView {
    /// An entry with the places that were found for it.
    pub(super) fn of(app: &App, visitor: &Visitor, entry: &Entry, beside: Vec<Place>) -> Self {
        let w = Words::of(visitor.ui);
        let search = |term: &String| {
            let pairs = Pairs::default().with("q", term);
            (visible(term).into_owned(), visitor.to(app, "/", pairs))
        };
        let side = |(region, terms): (Region, &[String])| Side {
            region: words::region(w, region),
            lang: region.language(),
            terms: terms.iter().map(search).collect(),
        };
        let regions = entry.sides().into_iter().filter(|(_, terms)| !terms.is_empty());
        let english = (!entry.english.is_empty()).then(|| Side {
            region: &w.terms.english,
            lang: "en",
            terms: entry.english.iter().map(search).collect(),
        });
        let sources = entry.sources().into_iter().map(|source| {
            let english = source.english.then_some(&*w.terms.english);
            let regions = source.regions.iter().map(|region| words::region(w, *region));
            (
                english.into_iter().chain(regions).collect::<Vec<_>>().join(&w.notes.comma),
                visible(&source.place).into_owned(),
            )
        });
        let sides = entry.sides();
        let mut terms = sides.iter().flat_map(|(_, terms)| *terms).chain(&entry.english);
        let first = terms.next().map_or("", String::as_str);
        let concordance = visitor.to(app, "/concordance", Pairs::default().with("q", first));
        EntryView {
            concordance,
            sides: english.into_iter().chain(regions.map(side)).collect(),
            sign: if entry.degree == Degree::Nearest { "≈" } else { "⇄" },
            degree: words::degree(w, &entry.degree),
            field: visible(name(&w.fields, &entry.domain)).into_owned(),
            sources: sources.collect(),
            beside,
        }
    }
}

/// A Traditional clause of the index with a Hong Kong term, and its Simplified version with the
/// mainland term. `None` if there is no such pair.
fn beside(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    entry: &Entry,
) -> Result<Vec<Place>, Problem> {
    for term in entry.hong_kong.iter().take(TERMS_LOOKED_UP) {
        let request =
            Request { limit: LOOKED_INTO, expand: false, ..Request::new(format!("「{term}」")) };
        for hit in snapshot.search(&request)?.hits {
            for other in &hit.counterparts {
                snapshot.budget.check()?;
                let Some(other) = snapshot.searcher.clause(other)? else { continue };
                let (hant, hans) = match hit.record.document.script {
                    Script::Hant => (&hit.record, &other),
                    _ => (&other, &hit.record),
                };
                if hant.document.script != Script::Hant || hans.document.script != Script::Hans {
                    continue;
                }
                let left = placed(app, visitor, hant, &entry.hong_kong);
                let right = placed(app, visitor, hans, &entry.mainland);
                if let (Some(left), Some(right)) = (left, right) {
                    return Ok(vec![left, right]);
                }
            }
        }
    }
    Ok(Vec::new())
}

/// The place of one of some terms in a clause.
fn placed(
    app: &App,
    visitor: &Visitor,
    record: &ClauseRecord<'_>,
    terms: &[String],
) -> Option<Place> {
    let text = &record.clause.text;
    let folded: String = text.chars().map(fold_char).collect();
    let (at, length) = terms.iter().map(|term| fold(term)).find_map(|term| {
        let at = folded.find(&term)?;
        Some((folded[..at].chars().count(), term.chars().count()))
    })?;
    let byte = |nth: usize| text.char_indices().nth(nth).map_or(text.len(), |(byte, _)| byte);
    let line = Line::cut(0, text, byte(at)..byte(at + length), WIDTH);
    let mut document = record.document.as_ref().clone();
    tamed(&mut document);
    let path = format!("/clauses/{}", record.clause.id(&record.document));
    let shown = |text: &str| visible(text).into_owned();
    Some(Place {
        citation: shown(&citation(&document, &record.clause)),
        href: visitor.to(app, &path, Pairs::default()),
        lang: lang(&document, None),
        left: shown(&line.left),
        term: shown(&line.keyword),
        right: shown(&line.right),
    })
}
