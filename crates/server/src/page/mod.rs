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
//! | what is on each page? | `search.rs` (`card.rs`, `facets.rs`, `notes.rs`, `start.rs`), `documents.rs`, `reading.rs`, `comparing.rs` (`rows.rs`), `terms.rs`, `help.rs`, `errors.rs` |

mod address;
mod assets;
mod card;
mod clip;
mod comparing;
mod documents;
mod errors;
mod facets;
mod help;
mod linked;
mod notes;
mod pages;
mod reading;
mod rows;
mod search;
mod shell;
mod start;
mod terms;
mod text;
pub(crate) mod when;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_extra::extract::Query;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::App;
use crate::live::View;
use crate::problem::Problem;
use crate::work::{Cost, answer};
pub(crate) use address::Pairs;
pub(crate) use assets::path as asset;
pub(crate) use text::visible;

use shell::Visitor;

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(search_page))
        .route("/documents", get(documents_page))
        .route("/documents/{id}", get(document_page))
        .route("/clauses/{id}", get(clause_page))
        .route("/compare", get(compare_page))
        .route("/terms", get(terms_page))
        .route("/help", get(help_page))
        .route("/assets/{name}", get(assets::asset))
        .fallback(not_found)
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

async fn terms_page(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Response {
    shown(app, &headers, &uri, |app, snapshot, visitor, ask| {
        terms::page(app, snapshot, &visitor, &ask)
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
