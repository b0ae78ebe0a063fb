//! The API for programs below `/api/v1`, with the JSON of the command line.
//!
//! One attribute names the path of a route and describes it ([`openapi`]), and a parameter that
//! isn't described is rejected. So the description can't drift from the code.

mod asked;
mod clauses;
mod compare;
mod concordance;
mod documents;
mod gather;
mod history;
mod openapi;
mod pairs;
mod search;
mod status;
mod suggest;
mod terms;
mod units;
mod verify;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tiaowen_query::Answer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use asked::{Asked, Nothing, Wanted, known};
pub(crate) use clauses::ClauseAsk;
pub(crate) use compare::{DOCX, FileOptions, Format, Sides, written};
pub(crate) use concordance::Looked;
pub(crate) use documents::{DocumentAsk, Listed};
pub(crate) use gather::{MOST_GATHERED, gathered};
pub(crate) use history::{HistoryAsk, versions};
pub(crate) use search::searched;
pub(crate) use terms::TermsAsk;
pub(crate) use verify::{MOST_BODY, MOST_TEXT, Text, Wish, verified};

use crate::App;
use crate::live::{Snapshot, View, Written};
use crate::paging::{Here, Page};
use crate::problem::Problem;
use crate::work::{Cost, answer};

pub(crate) fn router() -> Router<Arc<App>> {
    described().split_for_parts().0
}

/// The routes with their descriptions.
fn described() -> OpenApiRouter<Arc<App>> {
    let v1 = OpenApiRouter::default()
        .routes(routes!(search::search))
        .routes(routes!(suggest::suggest))
        .routes(routes!(documents::documents))
        .routes(routes!(documents::document))
        .routes(routes!(clauses::clause))
        .routes(routes!(pairs::pairs))
        .routes(routes!(compare::compare))
        .routes(routes!(concordance::concordance))
        .routes(routes!(gather::gather))
        .routes(routes!(units::units))
        .routes(routes!(history::history))
        .routes(routes!(verify::verify))
        .routes(routes!(terms::terms))
        .routes(routes!(status::status))
        .routes(routes!(openapi::openapi));
    let below = OpenApiRouter::default().nest("/v1", v1).fallback(nothing);
    OpenApiRouter::with_openapi(openapi::head()).nest("/api", below)
}

async fn nothing() -> Problem {
    Problem::missing("there is nothing at this address; /api/v1/openapi.json lists what there is")
}

/// Names the commit of an answer, so that a client notices a new one between two pages.
const INDEX_VERSION: HeaderName = HeaderName::from_static("index-version");

/// Marks an answer in which parts of the index are missing, since they did not answer.
#[derive(Debug, Clone, Copy)]
struct Incomplete;

/// Marks an answer as incomplete if parts of the index did not answer.
fn as_found(found: &Answer, mut response: Response) -> Response {
    // Vectors change without a commit.
    if found.incomplete().is_some() || found.is_joined() {
        response.extensions_mut().insert(Incomplete);
    }
    response
}

/// An error if parts of the index did not answer, for formats that can't say so.
pub(crate) fn whole(found: &Answer) -> Result<(), Problem> {
    match found.incomplete() {
        Some(note) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, note.to_string())),
        None => Ok(()),
    }
}

/// Answers on one commit, or tells the client that its answer is still valid.
pub(crate) async fn answered(
    app: &Arc<App>,
    wanted: Wanted,
    work: impl FnOnce(&App, &View, &Here) -> Result<Response, Problem> + Send + 'static,
) -> Response {
    let snapshot = app.live.snapshot();
    let tag = tag(app, &snapshot, &wanted.here);
    if wanted.known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        stamp(response.headers_mut(), &snapshot, &tag);
        return response;
    }
    drop(snapshot);
    let cost = Cost::of(&wanted.here.path, &wanted.here.query);
    let done = answer(app, cost, move |app, snapshot| {
        let mut response = work(app, snapshot, &wanted.here)?;
        if response.extensions_mut().remove::<Incomplete>().is_some() {
            // The next answer may be complete, so this one must not be cached.
            let fresh = HeaderValue::from_static("no-store");
            response.headers_mut().insert(header::CACHE_CONTROL, fresh);
            return Ok(response);
        }
        let tag = self::tag(app, snapshot, &wanted.here);
        stamp(response.headers_mut(), snapshot, &tag);
        Ok(response)
    });
    done.await.unwrap_or_else(IntoResponse::into_response)
}

/// The entity tag of an answer: the commit, the program, and the request. It is weak, since an
/// answer contains its duration.
fn tag(app: &App, snapshot: &Snapshot, here: &Here) -> String {
    let mut hasher = DefaultHasher::new();
    snapshot.about.version.hash(&mut hasher);
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    app.terms.hash().hash(&mut hasher);
    app.links.whole("").hash(&mut hasher);
    here.hash(&mut hasher);
    format!("W/\"{}-{:016x}\"", snapshot.version(), hasher.finish())
}

fn stamp(headers: &mut HeaderMap, snapshot: &Snapshot, tag: &str) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let named = [(header::ETAG, tag), (INDEX_VERSION, snapshot.version())];
    for (name, value) in named {
        headers.insert(name, HeaderValue::from_str(value).expect("hexadecimal figures"));
    }
}

/// An answer in JSON.
fn json(view: &View, value: &impl Serialize) -> Result<Response, Problem> {
    let bytes = view.written(|to| Ok(serde_json::to_writer(to, value)?))?;
    Ok(of_type("application/json", bytes))
}

pub(crate) fn of_type(kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// An answer as a file to save.
pub(crate) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = of_type(kind, bytes);
    let kept = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let kept = kept.expect("names of files are plain ASCII");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, kept);
    response
}

const JSONL: &str = "application/jsonl";
const CSV: &str = "text/csv; charset=utf-8";

/// A list as a file with one item per line.
fn lines(
    name: &str,
    view: &View,
    write: impl FnOnce(&mut Written<'_>) -> std::io::Result<()>,
) -> Result<Response, Problem> {
    let bytes = view.written(write)?;
    let kind = if name.ends_with(".csv") { CSV } else { JSONL };
    Ok(file(kind, name, bytes))
}

/// A page of a list with links to the pages around it.
fn paged(app: &App, here: &Here, page: Page, total: u64, response: Response) -> Response {
    linked(app, here, page, total, app.limits.depth, response)
}

/// The same, with an own limit of depth.
fn linked(
    app: &App,
    here: &Here,
    page: Page,
    total: u64,
    depth: usize,
    mut response: Response,
) -> Response {
    if let Some(links) = here.links(&app.links, page, total, depth) {
        response.headers_mut().insert(header::LINK, links);
    }
    response
}
