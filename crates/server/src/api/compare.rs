//! Two documents laid beside one another.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use tiaowen_corpus::{Clause, DocumentText};
use tiaowen_wire::ComparisonJson;
use tiaowen_wire::write::{self, ComparisonFormat};
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, Wanted};
use super::documents::no_document;
use super::openapi::Failures;
use super::{CSV, JSONL, answered, file, of_type};
use crate::headers::REPORT_POLICY;
use crate::live::Snapshot;
use crate::problem::Problem;
use crate::{App, schema};

/// What is compared.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sides {
    /// The id of a document.
    #[param(value_type = schema::Words, inline)]
    left: String,
    /// The id of its other version.
    #[param(value_type = schema::Words, inline)]
    right: String,
    /// How the comparison is given; all but `json` as files to keep.
    #[param(inline)]
    format: Option<Format>,
}

/// How a comparison is given.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// One JSON object.
    #[default]
    Json,
    /// One JSON object a row.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
    /// A report to open in a browser and to print.
    Html,
    /// A translation memory of the aligned clauses, TMX 1.4b.
    Tmx,
    /// A table for word processors.
    Docx,
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Two documents clause by clause, and what truly differs, script aside.
#[utoipa::path(
    get,
    path = "/compare",
    params(Sides),
    responses(
        (
            status = 200,
            description = "The comparison",
            content(
                (ComparisonJson = "application/json"),
                (String = "application/jsonl"),
                (String = "text/csv"),
                (String = "text/html"),
                (String = "application/x-tmx+xml"),
                (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
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
pub(super) async fn compare(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(sides): Asked<Sides>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let left = document(snapshot, &sides.left)?;
        let right = document(snapshot, &sides.right)?;
        let comparison = tiaowen_compare::compare(&left, &right, &app.terms);
        let (kind, end, format) = match sides.format.unwrap_or_default() {
            Format::Json => ("application/json", "json", ComparisonFormat::Json),
            Format::Jsonl => (JSONL, "jsonl", ComparisonFormat::Jsonl),
            Format::Csv => (CSV, "csv", ComparisonFormat::Csv),
            Format::Html => ("text/html; charset=utf-8", "html", ComparisonFormat::Html),
            Format::Tmx => ("application/x-tmx+xml", "tmx", ComparisonFormat::Tmx),
            Format::Docx => (DOCX, "docx", ComparisonFormat::Docx),
        };
        let bytes = write::comparison(&comparison, format);
        let bytes = bytes.map_err(|error| Problem::inside(&error))?;
        if format == ComparisonFormat::Json {
            return Ok(of_type(kind, bytes));
        }
        // Ids of documents are plain ASCII.
        let name = format!("{}-{}.{end}", left.document.id, right.document.id);
        let mut response = file(kind, &name, bytes);
        if format == ComparisonFormat::Html {
            let policy = HeaderValue::from_static(REPORT_POLICY);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Ok(response)
    })
    .await
}

/// A document with its clauses.
fn document(snapshot: &Snapshot, id: &str) -> Result<DocumentText, Problem> {
    let records = snapshot.searcher.document(id)?;
    let Some(first) = records.first() else { return Err(no_document(id)) };
    let document = first.document.clone().into_owned();
    let clauses: Vec<Clause> =
        records.into_iter().map(|record| record.clause.into_owned()).collect();
    Ok(DocumentText { document, clauses })
}
