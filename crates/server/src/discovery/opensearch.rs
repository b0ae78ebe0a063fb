//! OpenSearch 1.1: the description that a browser reads to add the search, and suggestions while
//! typing.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use tiaowen_words::{Language, Words};
use utoipa::IntoParams;

use super::{Origin, xml};
use crate::App;
use crate::api::{Asked, Wanted, answered, of_type};
use crate::ask::short;
use crate::page::asset;
use crate::problem::Problem;
use crate::schema;

#[derive(Template)]
#[template(path = "opensearch.xml")]
struct Description {
    name: &'static str,
    tagline: &'static str,
    icon: String,
    search: String,
    feed: String,
    suggestions: String,
    address: String,
}

/// The language of the description.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Spoken {
    /// `hant` (default), `hans` or `en`.
    #[param(value_type = schema::Words, inline)]
    ui: String,
}

pub(super) async fn description(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    origin: Origin,
    Asked(spoken): Asked<Spoken>,
) -> Response {
    answered(&app, wanted, move |_, _, _| {
        let ui = match spoken.ui.as_str() {
            "" => Some(Language::Hant),
            code => Language::parse(code),
        };
        let ui = ui.ok_or_else(|| {
            Problem::none_of("ui", &spoken.ui, &Language::ALL.map(Language::code))
        })?;
        let w = Words::of(ui);
        let description = Description {
            name: &w.site.name,
            tagline: &w.site.tagline,
            icon: origin.to(&asset("icon.svg")),
            search: origin.to("/?q={searchTerms}"),
            feed: origin.to("/feed?q={searchTerms}"),
            suggestions: origin.to("/suggestions?q={searchTerms}"),
            address: origin.to(&format!("/opensearch.xml?ui={}", ui.code())),
        };
        xml("application/opensearchdescription+xml", &description)
    })
    .await
}

/// The beginning of a query.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Typed {
    /// The beginning of a query, in either script.
    #[param(value_type = schema::Query, inline)]
    q: String,
}

/// Completions in the format that browsers expect.
pub(super) async fn suggestions(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(typed): Asked<Typed>,
) -> Response {
    answered(&app, wanted, move |_, snapshot, _| {
        let found = snapshot.complete(short(&typed.q)?, 10)?;
        let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        let answer = json!([typed.q, texts]).to_string();
        Ok(of_type("application/x-suggestions+json", answer.into_bytes()))
    })
    .await
}
