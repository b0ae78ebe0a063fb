//! A provision in the course of time: its versions one below the other, each with what changed.

use askama::Template;
use axum::response::Response;
use tiaowen_corpus::citation;
use tiaowen_verify::{CheckNote, ProvisionVersion, begin};
use tiaowen_words::{Words, check_note, fill, name};

use super::address::Pairs;
use super::card::{lang, tamed};
use super::marks::described;
use super::rendered;
use super::rows::Side;
use super::shell::{Here, Shell, Visitor};
use super::text::{Html, visible};
use super::verifying::marked;
use super::when;
use crate::App;
use crate::api::{HistoryAsk, versions};
use crate::live::View;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    shell: Shell,
    action: String,
    q: String,
    as_of: String,
    /// The number of versions, in a sentence; empty before a citation is given.
    count: String,
    versions: Vec<Entry>,
}

/// A version on the time line.
struct Entry {
    /// When it begins, or that it says nothing of that.
    date: String,
    title: String,
    href: String,
    lang: String,
    /// What the provision says, with what changed marked; `None` where the version lacks it.
    text: Option<Html>,
    /// The differences from the version before, a line each.
    changes: Vec<String>,
    /// Whether it says the same as the version before.
    is_unchanged: bool,
    repealed: Option<String>,
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    ask: &HistoryAsk,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let asks = !ask.q.trim().is_empty();
    let found = if asks { versions(app, snapshot, ask)? } else { Vec::new() };
    let entries: Vec<Entry> =
        found.iter().map(|version| Entry::of(app, visitor, version)).collect();
    let count = match entries.len() {
        _ if !asks => String::new(),
        0 => name(&w.verdicts, "not_in_index").to_owned(),
        n => fill(&w.history.count, &[("n", &n)]),
    };
    let page = HistoryPage {
        shell: Shell::new(app, Some(snapshot), visitor, Here::Verify, &w.history.title),
        action: visitor.to(app, "/history", Pairs::default()),
        q: ask.q.clone(),
        as_of: ask.as_of.clone(),
        count,
        versions: entries,
    };
    rendered(visitor, &page)
}

impl Entry {
    fn of(app: &App, visitor: &Visitor, version: &ProvisionVersion) -> Self {
        let w = Words::of(visitor.ui);
        let mut document = version.document.clone();
        tamed(&mut document);
        let clause = version.clause.as_ref();
        let (path, title) = match clause {
            Some(record) => {
                (format!("/clauses/{}", record.id()), citation(&document, &record.clause))
            }
            None => {
                let title = document.title.clone().unwrap_or_else(|| document.source.clone());
                (format!("/documents/{}", document.id), title)
            }
        };
        let changes: Vec<_> =
            version.differences.iter().filter(|found| found.kind.is_change()).collect();
        let repealed = version.repealed.as_ref().map(|(by, date)| {
            let title = by.title.clone().unwrap_or_else(|| by.source.clone());
            check_note(w, &CheckNote::Repealed { title, date: date.clone() })
        });
        Entry {
            date: match begin(&document) {
                Some(day) => when::date(visitor.ui, day),
                None => w.history.undated.clone(),
            },
            title: visible(&title).into_owned(),
            href: visitor.to(app, &path, Pairs::default()),
            lang: lang(&document, None),
            text: clause.map(|record| {
                marked(&record.clause.text, &version.differences, Side::Right, visitor)
            }),
            changes: changes.iter().map(|found| described(found, w).replace('\n', " ")).collect(),
            is_unchanged: version.previous.is_some() && changes.is_empty(),
            repealed,
        }
    }
}
