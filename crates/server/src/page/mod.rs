//! The pages: search, reading, comparing, and the list of documents.
//!
//! Templates are in `templates/`, and are compiled; style sheet, script and icon are in `assets/`;
//! words come from the crate `words`. Everything works without the script, which adds search as you
//! type, keys, and copying.
//!
//! | question | answered by |
//! |---|---|
//! | who is visiting, and what surrounds every page? | `shell.rs` |
//! | in which language, with which words? | the crate `words` |
//! | where do links lead? | `address.rs` |
//! | how does a text become safe markup? | `text.rs`, `clip.rs` |
//! | what is on each page? | `search.rs` (`card.rs`, `facets.rs`, `notes.rs`, `start.rs`), `gathering.rs`, `documents.rs`, `reading.rs`, `comparing.rs` (`choosing.rs`, `sent.rs`, `substance.rs`, `rows.rs`, `marks.rs`), `units.rs`, `verifying.rs`, `history.rs`, `terms.rs`, `concordance.rs`, `help.rs`, `errors.rs` |

mod address;
mod assets;
mod card;
mod choosing;
mod clip;
mod comparing;
mod concordance;
mod documents;
mod errors;
mod facets;
mod gathering;
mod help;
mod history;
mod linked;
mod marks;
mod notes;
mod pages;
mod reading;
mod rows;
mod search;
mod sent;
mod shell;
mod start;
mod substance;
mod terms;
mod text;
mod units;
mod verifying;
pub(crate) mod when;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_extra::extract::Query;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::App;
use crate::live::View;
use crate::problem::Problem;
use crate::upload::{Form, MOST_UPLOAD};
use crate::work::{Cost, answer};
pub(crate) use address::Pairs;
pub(crate) use assets::path as asset;
pub(crate) use errors::worded;
pub(crate) use text::visible;

use shell::Visitor;

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(search_page))
        .route("/documents", get(documents_page))
        .route("/documents/{id}", get(document_page))
        .route("/clauses/{id}", get(clause_page))
        .route("/compare", get(compare_page).post(compare_files).layer(sent_at_most()))
        .route("/verify", get(verify_page).post(verify_text).layer(sent_at_most()))
        .route("/gather", get(gather_page))
        .route("/units", get(units_page))
        .route("/history", get(history_page))
        .route("/terms", get(terms_page))
        .route("/concordance", get(concordance_page))
        .route("/help", get(help_page))
        .route("/assets/{name}", get(assets::asset))
        .fallback(not_found)
}

/// The limit of what forms with files may send.
fn sent_at_most() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MOST_UPLOAD)
}

async fn search_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        search::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn documents_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        documents::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn document_page(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    shown(app, &headers, &uri, move |app, snapshot, visitor, ask| {
        reading::page(app, snapshot, &visitor, &id, &ask)
    })
    .await
}

/// The permanent link of a clause redirects to its place in the document.
async fn clause_page(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    shown(app, &headers, &uri, move |app, snapshot, visitor, IgnoredAny| {
        reading::place(app, snapshot, &visitor, &id)
    })
    .await
}

async fn compare_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        comparing::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn compare_files(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    sent(app, &headers, &uri, body, comparing::files).await
}

async fn verify_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, IgnoredAny| {
        verifying::page(app, snapshot, &visitor)
    })
    .await
}

async fn verify_text(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    sent(app, &headers, &uri, body, verifying::checked).await
}

async fn gather_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        gathering::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn units_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        units::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn history_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        history::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn terms_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        terms::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn concordance_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        concordance::page(app, snapshot, &visitor, &ask)
    })
    .await
}

async fn help_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, IgnoredAny| {
        help::page(app, snapshot, &visitor)
    })
    .await
}

/// The page for an address that doesn't exist.
pub(crate) async fn not_found(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    // Below a base path, the router doesn't match the start page with a trailing slash.
    if uri.path().strip_prefix(app.links.base()) == Some("/") {
        let start = uri.query().map_or("/".to_owned(), |query| format!("/?{query}"));
        if let Ok(start) = start.parse() {
            return search_page(State(app), headers, start).await;
        }
    }
    let problem = Problem::missing("there is no page at this address");
    errors::page(&app, &Visitor::of(&headers, &uri), &problem)
}

/// The page for a request that isn't answered.
pub(crate) fn problem(app: &App, headers: &HeaderMap, uri: &Uri, problem: &Problem) -> Response {
    errors::page(app, &Visitor::of(headers, uri), problem)
}

/// The page made by `build`, or an error page.
async fn shown<T, Build>(app: Arc<App>, headers: &HeaderMap, uri: &Uri, build: Build) -> Response
where
    T: DeserializeOwned + Send + 'static,
    Build: FnOnce(&App, &View, Visitor, T) -> Result<Response, Problem> + Send + 'static,
{
    let visitor = Visitor::of(headers, uri);
    let parameters = match Query::<T>::try_from_uri(uri) {
        Ok(Query(parameters)) => parameters,
        Err(rejection) => {
            let problem = Problem::query_string(&rejection.body_text());
            return errors::page(&app, &visitor, &problem);
        }
    };
    let who = visitor.clone();
    let cost = Cost::of(uri.path(), uri.query().unwrap_or_default());
    match answer(&app, cost, move |app, snapshot| build(app, snapshot, who, parameters)).await {
        Ok(page) => page,
        Err(problem) => errors::page(&app, &visitor, &problem),
    }
}

/// The page that `build` makes of a form with files. It is answered once and kept by nobody.
async fn sent(
    app: Arc<App>,
    headers: &HeaderMap,
    uri: &Uri,
    body: Result<Bytes, BytesRejection>,
    build: fn(&App, &View, &Visitor, &Form) -> Result<Response, Problem>,
) -> Response {
    let visitor = Visitor::of(headers, uri);
    let form = match Form::of(headers, body) {
        Ok(form) => form,
        Err(problem) => return errors::page(&app, &visitor, &problem),
    };
    let who = visitor.clone();
    match answer(&app, Cost::Open, move |app, snapshot| build(app, snapshot, &who, &form)).await {
        Ok(mut page) => {
            let kept = HeaderValue::from_static("no-store");
            page.headers_mut().insert(header::CACHE_CONTROL, kept);
            page
        }
        Err(problem) => errors::page(&app, &visitor, &problem),
    }
}

/// A page as an answer.
fn rendered(visitor: &Visitor, page: &impl Template) -> Result<Response, Problem> {
    let body = page.render().map_err(|error| Problem::inside(&error))?;
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, html);
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(visitor.ui.tag()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}
