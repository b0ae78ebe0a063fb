//! Clauses that a reader gathered, to look over and to keep.
//!
//! The address holds the ids, so that it can be sent to a colleague; the script of the page keeps
//! them from one search to the next, in the browser alone.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_text::Script;
use tiaowen_words::{Words, fill};

use super::address::Pairs;
use super::card::{About, lang, tamed, tamed_clause};
use super::rendered;
use super::shell::{Here, Shell, Visitor, downloads};
use super::text::{Html, marked};
use crate::App;
use crate::api::gathered;
use crate::ask::script;
use crate::live::View;
use crate::problem::Problem;

/// What was gathered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct GatherParams {
    id: Vec<String>,
    display: String,
}

#[derive(Template)]
#[template(path = "gather.html")]
struct GatherPage {
    shell: Shell,
    entries: Vec<Entry>,
    downloads: Vec<(&'static str, String)>,
}

/// A clause with its other versions.
struct Entry {
    id: String,
    clause: ClauseView,
    about: About,
    units: String,
    others: Vec<ClauseView>,
    /// The page without this clause, and what a link there is called.
    remove: String,
    remove_name: String,
}

struct ClauseView {
    citation: String,
    href: String,
    lang: String,
    text: Html,
}

impl ClauseView {
    fn of(
        app: &App,
        visitor: &Visitor,
        record: &ClauseRecord<'static>,
        shown: Option<Script>,
    ) -> Self {
        ClauseView {
            citation: citation(&record.document, &record.clause),
            href: visitor.to(app, &format!("/clauses/{}", record.id()), Pairs::default()),
            lang: lang(&record.document, shown),
            text: marked(&record.clause.text, &[], &[]),
        }
    }
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    params: &GatherParams,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let shown = script("display", &params.display, "original")?;
    let mut all = match params.id.as_slice() {
        [] => Vec::new(),
        ids => gathered(app, snapshot, ids, shown)?,
    };
    let mut entries = Vec::new();
    for one in &mut all {
        for record in std::iter::once(&mut one.record).chain(&mut one.others) {
            tamed(record.document.to_mut());
            tamed_clause(record.clause.to_mut());
        }
        let id = one.record.id();
        let view = |record| ClauseView::of(app, visitor, record, shown);
        let clause = view(&one.record);
        let left = params.id.iter().filter(|other| **other != id);
        let left = left.fold(Pairs::default(), |pairs, other| pairs.and("id", other));
        entries.push(Entry {
            remove_name: fill(&w.gather.remove, &[("citation", &clause.citation)]),
            remove: visitor.to(app, "/gather", left),
            about: About::of(&one.record.document, visitor),
            units: one.record.clause.units.join("、"),
            others: one.others.iter().map(view).collect(),
            clause,
            id,
        });
    }
    let ids = params.id.iter().fold(Pairs::default(), |pairs, id| pairs.and("id", id));
    let pairs = ids.with("display", visitor.display()).with("ui", visitor.ui.code());
    let formats = [("Word", "docx"), ("Excel", "xlsx"), ("CSV", "csv"), ("JSON", "json")];
    let page = GatherPage {
        shell: Shell::new(app, Some(snapshot), visitor, Here::Search, &w.gather.title),
        downloads: match entries.is_empty() {
            true => Vec::new(),
            false => downloads(app, "gather", &pairs, formats),
        },
        entries,
    };
    rendered(visitor, &page)
}
