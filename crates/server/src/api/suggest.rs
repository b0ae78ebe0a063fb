//! Completions.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_wire::CompletionJson;
use utoipa::IntoParams;

use super::asked::{Asked, Wanted};
use super::openapi::Failures;
use super::{answered, json};
use crate::ask::short;
use crate::paging::Page;
use crate::{App, schema};

/// The beginning of a query.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Typed {
    /// The beginning of a query, in either script. Its last word is completed.
    #[param(value_type = schema::Query, inline)]
    q: String,
    /// The number of completions to return. Default: 10.
    #[param(value_type = schema::Limit, inline)]
    limit: Option<usize>,
}

/// Words and titles of the index that complete a query, the most frequent first.
#[utoipa::path(
    get,
    path = "/suggest",
    params(Typed),
    responses(
        (status = 200, description = "Ways to go on", body = Vec<CompletionJson>),
        Failures,
    )
)]
pub(super) async fn suggest(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(typed): Asked<Typed>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let page = Page::of(typed.limit, None, 10, &app.limits)?;
        let found = snapshot.complete(short(&typed.q)?, page.limit)?;
        let all: Vec<CompletionJson<'_>> = found.iter().map(CompletionJson::from).collect();
        json(snapshot, &all)
    })
    .await
}
