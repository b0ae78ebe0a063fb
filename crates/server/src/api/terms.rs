//! The regional term table.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_terms::Entry;
use tiaowen_wire::{EntryJson, entries_holding, write};
use utoipa::IntoParams;

use super::asked::{Asked, Wanted};
use super::openapi::Failures;
use super::{answered, json, lines};
use crate::ask::{ListFormat, named};
use crate::problem::Problem;
use crate::{App, schema};

/// Which entries are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct TermsAsk {
    /// Only entries that contain this term or a part of it, in either script or in English.
    #[param(value_type = schema::Term, inline)]
    q: String,
    /// The format of the entries. `csv` and `jsonl` are sent as files.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// The term table that queries are expanded by.
#[utoipa::path(
    get,
    path = "/terms",
    params(TermsAsk),
    responses(
        (
            status = 200,
            description = "The entries, in the order of the table",
            content(
                (Vec<EntryJson> = "application/json"),
                (String = "application/jsonl"),
                (String = "text/csv"),
            ),
            headers(("ETag" = String, description = "Names this answer")),
        ),
        Failures,
    )
)]
pub(super) async fn terms(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(listed): Asked<TermsAsk>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let entries = listed.entries(app)?;
        let entries_json = || entries.iter().map(|entry| EntryJson::from(*entry));
        match listed.format.unwrap_or_default() {
            ListFormat::Json => json(snapshot, &entries_json().collect::<Vec<_>>()),
            ListFormat::Jsonl => {
                lines("terms.jsonl", snapshot, |to| write::jsonl(entries_json(), to))
            }
            ListFormat::Csv => {
                lines("terms.csv", snapshot, |to| write::entries_csv(entries.iter().copied(), to))
            }
        }
    })
    .await
}

impl TermsAsk {
    /// The requested entries.
    ///
    /// # Errors
    /// When the term is too long.
    pub(crate) fn entries<'a>(&self, app: &'a App) -> Result<Vec<&'a Entry>, Problem> {
        let term = named("q", &self.q)?;
        Ok(entries_holding(&app.terms, term.as_deref()))
    }
}
