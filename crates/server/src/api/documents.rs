//! Documents: lists of them, and each with its clauses.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_corpus::{Document, DocumentKind};
use tiaowen_index::{Source, date_bounds, start_of_day};
use tiaowen_query::{DocumentPart, Filter, FilterDates};
use tiaowen_text::{Script, fold};
use tiaowen_wire::{DocumentTextJson, DocumentsJson, Permalinks};
use utoipa::IntoParams;

use super::asked::{Asked, Id, Wanted};
use super::clauses::clause_json;
use super::openapi::Failures;
use super::{answered, json, linked, paged};
use crate::ask::{all_named, day, days, kinds_of, named, order, script, scripts_of};
use crate::live::{Snapshot, View};
use crate::paging::Page;
use crate::problem::Problem;
use crate::{App, schema};

/// Which documents are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listed {
    /// Only documents whose title contains these words, in either script.
    #[param(value_type = schema::Words, inline)]
    pub(crate) title: String,
    /// Only documents signed or issued by a body whose name contains one of these.
    #[param(value_type = schema::Names, inline)]
    pub(crate) party: Vec<String>,
    /// Only documents of these kinds.
    #[param(value_type = schema::Kinds, inline)]
    pub(crate) kind: Vec<String>,
    /// Only documents printed in these scripts.
    #[param(value_type = schema::Scripts, inline)]
    pub(crate) script: Vec<String>,
    /// Only documents of these years.
    #[param(value_type = schema::Dates, inline)]
    pub(crate) year: Vec<String>,
    /// Only documents of this date or later: 2017, 2017-11, 2017-11-18.
    #[param(value_type = schema::Date, inline)]
    pub(crate) from: String,
    /// Only documents of this date or earlier.
    #[param(value_type = schema::Date, inline)]
    pub(crate) to: String,
    /// Only documents signed at a place whose name contains one of these.
    #[param(value_type = schema::Names, inline)]
    pub(crate) place: Vec<String>,
    /// Only documents whose number (文號) contains one of these.
    #[param(value_type = schema::Names, inline)]
    pub(crate) number: Vec<String>,
    /// Whether documents without a date pass: only these, or beside `year` these too. Not beside
    /// `from` or `to`.
    pub(crate) undated: Option<bool>,
    /// Only documents whose content was indexed on this day or later.
    #[param(value_type = schema::Date, inline)]
    pub(crate) added_since: String,
    /// The order. `source` (default): by the files in the index; `date`: the newest first, those
    /// without a date last; `title`: by title.
    #[param(value_type = schema::DocumentSort, inline)]
    pub(crate) sort: String,
    /// The script in which texts are shown: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    pub(crate) display: String,
    /// The number of documents to return. Default: 50.
    #[param(value_type = schema::Limit, inline)]
    pub(crate) limit: Option<usize>,
    /// The number of documents to skip.
    #[param(value_type = schema::Offset, inline)]
    pub(crate) offset: Option<usize>,
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
        let (total, listed) = listed.listed(app, snapshot)?;
        let links = app.links.permanent();
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
    /// Folded, as the other names.
    parties: Vec<String>,
    places: Vec<String>,
    numbers: Vec<String>,
    kinds: Vec<DocumentKind>,
    scripts: Vec<Script>,
    dates: FilterDates,
    /// In seconds since 1970.
    added_since: Option<u64>,
}

impl Listed {
    /// The requested documents, in order.
    pub(crate) fn documents<'s>(
        &self,
        snapshot: &'s Snapshot,
    ) -> Result<Vec<&'s Document>, Problem> {
        let mut all = self.narrow()?.of(snapshot);
        // The sort is stable, so that ties keep the order of their sources.
        match order("sort", &self.sort, &["source", "date", "title"])? {
            "date" => all.sort_by(|a, b| b.date.cmp(&a.date)),
            "title" => all.sort_by_cached_key(|document| document.title.as_deref().map(fold)),
            _ => {}
        }
        Ok(all)
    }

    /// How many documents there are, and those of the page that is asked for, each with the number
    /// of its clauses.
    pub(crate) fn listed(
        &self,
        app: &App,
        snapshot: &View,
    ) -> Result<(u64, Vec<(Document, u64)>), Problem> {
        let page = Page::of(self.limit, self.offset, 50, &app.limits)?;
        let presenter = app.presenter(script("display", &self.display, "original")?);
        let all = self.documents(snapshot)?;
        let mut counted = Vec::new();
        for document in page.cut(&all) {
            let clauses = snapshot.searcher.clauses_of(&document.id)?;
            let mut document = (*document).clone();
            presenter.document(&mut document)?;
            counted.push((document, clauses));
        }
        Ok((all.len() as u64, counted))
    }

    /// How many documents are left out for no other reason than that they have no date.
    pub(crate) fn left_out_undated(&self, snapshot: &Snapshot) -> Result<usize, Problem> {
        let narrow = self.narrow()?;
        if narrow.dates.pass(None) {
            return Ok(0);
        }
        let dates = FilterDates { undated: true, ..FilterDates::default() };
        let undated = Narrow { dates, ..narrow };
        Ok(undated.of(snapshot).len())
    }

    fn narrow(&self) -> Result<Narrow, Problem> {
        let title = named("title", &self.title)?.unwrap_or_default();
        let dates = Filter {
            years: days("year", &self.year)?,
            undated: self.undated.unwrap_or(false),
            from: day("from", &self.from)?,
            to: day("to", &self.to)?,
            ..Filter::default()
        };
        let folded = |key: &str, names: &[String]| -> Result<Vec<String>, Problem> {
            Ok(all_named(key, names)?.iter().map(|name| fold(name)).collect())
        };
        Ok(Narrow {
            title: fold(&title).split_whitespace().map(str::to_owned).collect(),
            parties: folded("party", &self.party)?,
            places: folded("place", &self.place)?,
            numbers: folded("number", &self.number)?,
            kinds: kinds_of(&self.kind)?,
            scripts: scripts_of(&self.script)?,
            dates: dates.dates()?,
            added_since: day("added_since", &self.added_since)?.as_deref().and_then(start_of_day),
        })
    }
}

impl Narrow {
    /// The documents of an index that are left, in the order of their sources.
    fn of<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s Document> {
        let is_new = |source: &&Source| {
            self.added_since.is_none_or(|since| source.indexed.is_some_and(|at| at >= since))
        };
        let sources = snapshot.manifest.sources.iter().filter(is_new);
        let all = sources.flat_map(|source| &source.documents);
        all.filter(|document| self.holds(document)).collect()
    }

    fn holds(&self, document: &Document) -> bool {
        // A year or month counts as its first day, as in a search.
        let date = document.date.as_deref().and_then(date_bounds).map(|(first, _)| first);
        (self.scripts.is_empty() || self.scripts.contains(&document.script))
            && (self.kinds.is_empty() || self.kinds.contains(&document.kind))
            && self.dates.pass(date)
            && is_named(document.parties.iter(), &self.parties)
            && is_named(document.place.iter(), &self.places)
            && is_named(document.number.iter(), &self.numbers)
            && self.title.iter().all(|word| {
                fold(document.title.as_deref().unwrap_or_default()).contains(word.as_str())
            })
    }
}

/// Whether one of the names contains one of those wanted, if any are.
fn is_named<'n>(names: impl Iterator<Item = &'n String>, wanted: &[String]) -> bool {
    let holds = |name: String| wanted.iter().any(|wanted| name.contains(wanted.as_str()));
    wanted.is_empty() || names.map(|name| fold(name)).any(holds)
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
