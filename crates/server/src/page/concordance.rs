//! The concordance: each occurrence of a word in its context, beside the words for it in
//! the other version of the clause, and what the term table knows of it.

use askama::Template;
use axum::response::Response;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_wire::{Correspondence, Line, entries_of, equivalents};
use tiaowen_words::{Words, correspondence, fill};

use super::address::Pairs;
use super::card::{lang, tamed};
use super::pages::Pager;
use super::rendered;
use super::shell::{Here, Shell, Visitor};
use super::terms::EntryView;
use super::text::visible;
use crate::App;
use crate::api::Looked;
use crate::live::View;
use crate::paging::Page;
use crate::problem::Problem;

/// The number of lines on a page.
const ON_A_PAGE: usize = 25;
/// The characters on each side of a keyword.
const WIDTH: usize = 24;
/// The most entries of the term table that are shown.
const MOST_ENTRIES: usize = 8;

#[derive(Template)]
#[template(path = "concordance.html")]
struct ConcordancePage {
    shell: Shell,
    action: String,
    q: String,
    /// The orders: code, name, and whether it is the chosen one.
    orders: Vec<(&'static str, &'static str, bool)>,
    /// The filters of the search that are sent along.
    hidden: Vec<(String, String)>,
    entries: Vec<EntryView>,
    count: String,
    lines: Vec<LineView>,
    search: String,
    csv: String,
    pager: Option<Pager>,
}

/// An occurrence and its counterpart.
struct LineView {
    this: Place,
    other: Option<Place>,
    /// How the counterpart says the word.
    degree: String,
}

/// A part of a clause.
struct Place {
    citation: String,
    href: String,
    lang: String,
    left: String,
    word: String,
    right: String,
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    asked: &Looked,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let mut asked = asked.clone();
    asked.width = asked.width.or(Some(WIDTH));
    let q = asked.q.trim().to_owned();
    let orders = [
        ("found", &*w.concordance.by_found),
        ("left", &w.concordance.by_left),
        ("right", &w.concordance.by_right),
    ];
    let orders = orders.map(|(code, name)| {
        let is_chosen = asked.order == code || asked.order.is_empty() && code == "found";
        (code, name, is_chosen)
    });
    let fields = ["q", "order", "offset", "limit"];
    let along = fields.iter().fold(visitor.pairs.clone(), |pairs, key| pairs.without(key));
    let search = along.clone().without("width").with("q", &q);
    let csv = along.clone().with("q", &q).with("order", &asked.order).without("ui");
    let csv = csv.with("limit", &app.limits.hits.to_string()).with("format", "csv");
    let mut page = ConcordancePage {
        action: app.links.to("/concordance"),
        orders: orders.into(),
        hidden: along.fields().to_vec(),
        entries: Vec::new(),
        count: String::new(),
        lines: Vec::new(),
        search: visitor.to(app, "/", search),
        csv: app.links.to(&format!("/api/v1/concordance{}", csv.query())),
        pager: None,
        shell: Shell::new(app, Some(snapshot), visitor, Here::Elsewhere, &w.concordance.title),
        q,
    };
    if !page.q.is_empty() {
        page.fill(app, snapshot, visitor, &asked)?;
    }
    rendered(visitor, &page)
}

impl ConcordancePage {
    /// Looks a word up.
    fn fill(
        &mut self,
        app: &App,
        snapshot: &View,
        visitor: &Visitor,
        asked: &Looked,
    ) -> Result<(), Problem> {
        let w = Words::of(visitor.ui);
        self.entries = entries_of(&app.terms, &self.q)
            .into_iter()
            .take(MOST_ENTRIES)
            .map(|entry| EntryView::of(app, visitor, entry, Vec::new()))
            .collect();
        let limit = asked.limit.or(Some(ON_A_PAGE));
        let on_page = Page::of(limit, asked.offset, ON_A_PAGE, &app.limits)?;
        let all = asked.concordance(app, snapshot)?;
        let lines = on_page.cut(&all.lines);
        let beside = asked.beside(app, snapshot, &all, lines)?;
        self.count = w.counted.places.of(all.lines.len() as u64);
        if !all.is_complete() {
            let first = fill(&w.concordance.first, &[("n", &all.found.hits.len())]);
            self.count = format!("{} · {first}", self.count);
        }
        for line in lines {
            let record = &all.found.hits[line.clause].record;
            let other = beside.get(&line.clause);
            self.lines.push(LineView::of(app, visitor, asked, (line, record), other));
        }
        // A page that begins beyond the limit would be rejected.
        let reach = all.lines.len().min(app.limits.depth.saturating_add(1));
        self.pager = Pager::turning(app, visitor, on_page, reach);
        Ok(())
    }
}

impl LineView {
    fn of(
        app: &App,
        visitor: &Visitor,
        asked: &Looked,
        (line, record): (&Line, &ClauseRecord<'static>),
        other: Option<&ClauseRecord<'static>>,
    ) -> Self {
        let w = Words::of(visitor.ui);
        let width = asked.width.unwrap_or(WIDTH);
        let found = other.map(|other| {
            equivalents(&line.keyword, &record.clause.text, &other.clause.text, &app.terms)
        });
        let degree = found.as_ref().map(|found| found.degree.map(Correspondence::as_str));
        let beside = other.zip(found.as_ref()).map(|(other, found)| {
            let text = &other.clause.text;
            // Without such words, the beginning is shown.
            let at = found.at.first().cloned().unwrap_or(0..0);
            let width = if at.is_empty() { 2 * width } else { width };
            Place::of(app, visitor, other, &Line::cut(0, text, at, width))
        });
        LineView {
            this: Place::of(app, visitor, record, line),
            other: beside,
            degree: correspondence(w, degree),
        }
    }
}

impl Place {
    fn of(app: &App, visitor: &Visitor, record: &ClauseRecord<'static>, line: &Line) -> Self {
        let mut document = record.document.as_ref().clone();
        tamed(&mut document);
        let shown = |text: &str| visible(text).into_owned();
        let display = crate::ask::script("display", visitor.display(), "original").ok().flatten();
        Place {
            citation: shown(&citation(&document, &record.clause)),
            href: visitor.to(app, &format!("/clauses/{}", record.id()), Pairs::default()),
            lang: lang(&document, display),
            left: shown(&line.left),
            word: shown(&line.keyword),
            right: shown(&line.right),
        }
    }
}
