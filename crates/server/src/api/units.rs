//! Who must do what in two versions.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_compare::compare_within;
use tiaowen_wire::{UnitsJson, unit_rows, units_csv, units_xlsx};
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, Wanted};
use super::compare::document;
use super::gather::XLSX;
use super::openapi::Failures;
use super::{answered, file, json, lines};
use crate::problem::Problem;
use crate::{App, schema};

/// Whose units are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitsAsk {
    /// The id of a document.
    #[param(value_type = schema::Words, inline)]
    left: String,
    /// The id of its other version.
    #[param(value_type = schema::Words, inline)]
    right: String,
    /// How they are given; all but `json` as files to keep.
    #[param(inline)]
    format: Option<UnitsFormat>,
}

/// How units are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum UnitsFormat {
    /// One JSON object.
    #[default]
    Json,
    /// For spreadsheets, in UTF-8.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// The responsible units of two versions, each with the clauses that name it.
#[utoipa::path(
    get,
    path = "/units",
    params(UnitsAsk),
    responses(
        (
            status = 200,
            description = "Each unit with each of its clauses, and whether the other version names it too",
            content(
                (UnitsJson = "application/json"),
                (String = "text/csv"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ),
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
            )
        ),
        (status = 404, description = "There is no such document", body = Problem, content_type = "application/problem+json"),
        Failures,
    )
)]
pub(super) async fn units(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(ask): Asked<UnitsAsk>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let (left, right) = (document(snapshot, &ask.left)?, document(snapshot, &ask.right)?);
        let comparison = compare_within(&left, &right, &app.terms, &snapshot.budget)?;
        let rows = unit_rows(&comparison);
        Ok(match ask.format.unwrap_or_default() {
            UnitsFormat::Json => {
                json(snapshot, &UnitsJson::new(&comparison, &rows, &app.links.permanent()))?
            }
            UnitsFormat::Csv => {
                lines("units.csv", snapshot, |to| units_csv(&comparison, &rows, to))?
            }
            UnitsFormat::Xlsx => {
                let bytes = units_xlsx(&comparison, &rows);
                file(XLSX, "units.xlsx", bytes.map_err(|error| Problem::inside(&error))?)
            }
        })
    })
    .await
}
