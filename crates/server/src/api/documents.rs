//! Documents: lists of them, and each with its clauses.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_corpus::{Document, DocumentKind};
use tiaowen_index::date_bounds;
use tiaowen_query::DocumentPart;
use tiaowen_text::{Script, fold};
use tiaowen_wire::{DocumentTextJson, DocumentsJson, Permalinks};
use utoipa::IntoParams;

use super::asked::{Asked, Id, Wanted};
use super::clauses::clause_json;
use super::openapi::Failures;
use super::{answered, json, linked, paged};
use crate::ask::{day, kinds_of, named, order, script};
use crate::live::{Snapshot, View};
use crate::paging::Page;
use crate::problem::Problem;
use crate::{App, schema};

/// Which documents are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Listed {
    /// Only documents whose title contains these words, in either script.
    #[param(value_type = schema::Words, inline)]
    title: String,
    /// Only documents signed or issued by a body whose name contains this.
    #[param(value_type = schema::Words, inline)]
    party: String,
    /// Only documents of these kinds.
    #[param(value_type = schema::Kinds, inline)]
    kind: Vec<String>,
    /// Only documents printed in `hant` or `hans`.
    #[param(value_type = schema::ScriptFilter, inline)]
    script: String,
    /// Only documents of this date or later: 2017, 2017-11, 2017-11-18.
    #[param(value_type = schema::Date, inline)]
    from: String,
    /// Only documents of this date or earlier.
    #[param(value_type = schema::Date, inline)]
    to: String,
    /// The order. `source` (default): by the files in the index; `date`: the newest first, those
    /// without a date last; `title`: by title.
    #[param(value_type = schema::DocumentSort, inline)]
    sort: String,
    /// The script in which texts are shown: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    display: String,
    /// The number of documents to return. Default: 50.
    #[param(value_type = schema::Limit, inline)]
    limit: Option<usize>,
    /// The number of documents to skip.
    #[param(value_type = schema::Offset, inline)]
    offset: Option<usize>,
}

/// How a document is shown, and which part of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentAsk {
    /// The script in which texts are shown: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    pub(crate) display: String,
    /// The number of clauses to return. Default: 500, which is all of almost any document.
    #[param(value_type = schema::Clauses, inline)]
    pub(crate) limit: Option<usize>,
    /// The number of clauses to skip.
    #[param(value_type = schema::Passed, inline)]
    pub(crate) offset: Option<usize>,
}

/// The documents of the index.
#[utoipa::path(
    get,
    path = "/documents",
    params(Listed),
    responses(
        (
            status = 200,
            description = "A page of documents, each with the number of its clauses",
            body = DocumentsJson,
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
                ("Link" = String, description = "Leads to the next and the previous page"),
            )
        ),
        Failures,
    )
)]
pub(super) async fn documents(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(listed): Asked<Listed>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, here| {
        let page = Page::of(listed.limit, listed.offset, 50, &app.limits)?;
        let presenter = app.presenter(script("display", &listed.display, "original")?);
        let all = listed.documents(snapshot)?;
        let mut listed = Vec::new();
        for document in page.cut(&all) {
            let clauses = snapshot.searcher.clauses_of(&document.id)?;
            let mut document = (*document).clone();
            presenter.document(&mut document)?;
            listed.push((document, clauses));
        }
        let (total, links) = (all.len() as u64, app.links.permanent());
        Ok(paged(
            app,
            here,
            page,
            total,
            json(snapshot, &DocumentsJson::new(total, &listed, &links))?,
        ))
    })
    .await
}

/// The filter of a list.
struct Narrow {
    title: Vec<String>,
    party: Option<String>,
    kinds: Vec<DocumentKind>,
    script: Option<Script>,
    from: Option<u64>,
    to: Option<u64>,
}

impl Listed {
    /// The requested documents, in order.
    fn documents<'s>(&self, snapshot: &'s Snapshot) -> Result<Vec<&'s Document>, Problem> {
        let narrow = self.narrow()?;
        let mut all: Vec<&Document> =
            snapshot.manifest.documents().filter(|document| narrow.holds(document)).collect();
        // The sort is stable, so that ties keep the order of their sources.
        match order("sort", &self.sort, &["source", "date", "title"])? {
            "date" => all.sort_by(|a, b| b.date.cmp(&a.date)),
            "title" => all.sort_by_cached_key(|document| document.title.as_deref().map(fold)),
            _ => {}
        }
        Ok(all)
    }

    fn narrow(&self) -> Result<Narrow, Problem> {
        let title = named("title", &self.title)?.unwrap_or_default();
        let bounds = |date: Option<String>| date.and_then(|date| date_bounds(&date));
        Ok(Narrow {
            title: fold(&title).split_whitespace().map(str::to_owned).collect(),
            party: named("party", &self.party)?.map(|party| fold(&party)),
            kinds: kinds_of(&self.kind)?,
            script: script("script", &self.script, "any")?,
            from: bounds(day("from", &self.from)?).map(|(from, _)| from),
            to: bounds(day("to", &self.to)?).map(|(_, to)| to),
        })
    }
}

impl Narrow {
    fn holds(&self, document: &Document) -> bool {
        let title = || fold(document.title.as_deref().unwrap_or_default());
        let party = |wanted: &String| {
            document.parties.iter().any(|party| fold(party).contains(wanted.as_str()))
        };
        let dated = || document.date.as_deref().and_then(date_bounds);
        (self.script.is_none_or(|script| document.script == script))
            && (self.kinds.is_empty() || self.kinds.contains(&document.kind))
            // A year or month counts as its first day, as in a search.
            && (self.from.is_none_or(|from| dated().is_some_and(|(first, _)| first >= from)))
            && (self.to.is_none_or(|to| dated().is_some_and(|(first, _)| first <= to)))
            && (self.party.as_ref().is_none_or(party))
            && (self.title.is_empty() || {
                let title = title();
                self.title.iter().all(|word| title.contains(word.as_str()))
            })
    }
}

/// A document with its clauses, in reading order.
#[utoipa::path(
    get,
    path = "/documents/{id}",
    params(("id" = String, Path, description = "The document's id, as hits give it"), DocumentAsk),
    responses(
        (
            status = 200,
            description = "The document, with a page of its clauses; total tells how many there are",
            body = DocumentTextJson,
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
                ("Link" = String, description = "Leads to the next and the previous page"),
            )
        ),
        (status = 404, description = "There is no such document", body = Problem, content_type = "application/problem+json"),
        Failures,
    )
)]
pub(super) async fn document(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Id(id): Id,
    Asked(ask): Asked<DocumentAsk>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, here| {
        let text = ask.found(app, snapshot, &id)?;
        let response = json(snapshot, &text.to_json(&app.links.permanent()))?;
        let total = text.part.total as u64;
        Ok(linked(app, here, text.page, total, usize::MAX, response))
    })
    .await
}

/// A document with its clauses, and the requested ones among them.
pub(crate) struct FoundText {
    part: DocumentPart,
    page: Page,
}

impl DocumentAsk {
    /// A document by id, in the requested script.
    ///
    /// # Errors
    /// When there is no such document, or too many clauses are requested.
    pub(crate) fn found(&self, app: &App, snapshot: &View, id: &str) -> Result<FoundText, Problem> {
        let presenter = app.presenter(script("display", &self.display, "original")?);
        let page = Page::of_document(self.limit, self.offset)?;
        let part = snapshot.part(id, |clauses| page.range(clauses))?;
        let mut part = part.ok_or_else(|| no_document(id))?;
        // The first record describes the document.
        presenter.document(part.first.document.to_mut())?;
        presenter.dropped(&mut part.first.dropped)?;
        for (record, related) in part.records.iter_mut().zip(&mut part.related) {
            snapshot.budget.check()?;
            presenter.document(record.document.to_mut())?;
            presenter.with_related(record.clause.to_mut(), &mut Vec::new(), related)?;
        }
        Ok(FoundText { part, page })
    }
}

impl FoundText {
    /// The document with the requested clauses.
    pub(crate) fn to_json(&self, links: &Permalinks) -> DocumentTextJson<'_> {
        let records = self.part.records.iter().zip(&self.part.related);
        let clauses = records.map(|(record, related)| clause_json(record, links).with(related));
        let clauses = clauses.collect();
        DocumentTextJson::new(&self.part.first.document, clauses, links)
            .of(self.part.total)
            .leaving(&self.part.first.dropped)
    }
}

/// The problem that no document has an id.
pub(super) fn no_document(id: &str) -> Problem {
    let id: String = id.chars().take(40).collect();
    Problem::missing(format!("no document has the id '{id}'; searches and lists give ids"))
}
