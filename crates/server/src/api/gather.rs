//! Clauses that a reader gathered, as a report.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_compare::export::ExportError;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::Request;
use tiaowen_text::Script;
use tiaowen_wire::{Gathered, GatheredJson, gathered_csv, gathered_docx, gathered_xlsx};
use tiaowen_words::{Language, Words};
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, Wanted};
use super::clauses::no_clause;
use super::compare::DOCX;
use super::openapi::Failures;
use super::{answered, file, json, lines};
use crate::ask::script;
use crate::live::View;
use crate::problem::{May, Problem};
use crate::{App, schema};

/// Clauses that are gathered at most.
pub(crate) const MOST_GATHERED: usize = 200;
/// Hits that are looked through for a clause by its citation.
const LOOKED_THROUGH: usize = 5;

pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What is gathered.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct GatherAsk {
    /// Ids of clauses, in the order of the report; at most 200.
    #[param(value_type = schema::Ids, inline)]
    id: Vec<String>,
    /// The script that texts are shown in: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    display: String,
    /// The language of a report's title: `hant`, `hans` or `en`; that of the first clause unless
    /// told.
    #[param(value_type = schema::Interface, inline)]
    ui: String,
    /// How they are given; all but `json` as files to keep.
    #[param(inline)]
    format: Option<GatherFormat>,
}

/// How gathered clauses are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum GatherFormat {
    /// One JSON object.
    #[default]
    Json,
    /// For spreadsheets, in UTF-8.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// A Word document.
    Docx,
}

/// Clauses by their ids, each with its other versions, as a report.
#[utoipa::path(
    get,
    path = "/gather",
    params(GatherAsk),
    responses(
        (
            status = 200,
            description = "The clauses in the order asked for",
            content(
                (GatheredJson = "application/json"),
                (String = "text/csv"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ),
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
            )
        ),
        (status = 404, description = "There is no such clause", body = Problem, content_type = "application/problem+json"),
        Failures,
    )
)]
pub(super) async fn gather(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(ask): Asked<GatherAsk>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let shown = script("display", &ask.display, "original")?;
        let all = gathered(app, snapshot, &ask.id, shown)?;
        let links = app.links.permanent();
        let packed =
            |bytes: Result<Vec<u8>, ExportError>| bytes.map_err(|error| Problem::inside(&error));
        Ok(match ask.format.unwrap_or_default() {
            GatherFormat::Json => json(snapshot, &GatheredJson::new(&all, &links))?,
            GatherFormat::Csv => {
                lines("gathered.csv", snapshot, |to| gathered_csv(&all, &links, to))?
            }
            GatherFormat::Xlsx => file(XLSX, "gathered.xlsx", packed(gathered_xlsx(&all, &links))?),
            GatherFormat::Docx => {
                let title = &Words::of(ask.language(&all)?).gather.title;
                file(DOCX, "gathered.docx", packed(gathered_docx(title, &all, &links))?)
            }
        })
    })
    .await
}

impl GatherAsk {
    fn language(&self, all: &[Gathered]) -> Result<Language, Problem> {
        if !self.ui.is_empty() {
            let known = Language::ALL.map(Language::code);
            return Language::parse(&self.ui)
                .ok_or_else(|| Problem::none_of("ui", &self.ui, &known));
        }
        Ok(match all.first().map(|first| first.record.document.script) {
            Some(Script::Hans) => Language::Hans,
            _ => Language::Hant,
        })
    }
}

/// Clauses by their ids in the script to be shown, each with its other versions.
///
/// # Errors
/// When there are none or too many, and when there is no such clause.
pub(crate) fn gathered(
    app: &App,
    snapshot: &View,
    ids: &[String],
    shown: Option<Script>,
) -> Result<Vec<Gathered>, Problem> {
    if ids.is_empty() {
        return Err(Problem::unreadable("id is missing: the ids of the clauses to gather"));
    }
    if ids.len() > MOST_GATHERED {
        let detail = format!("{} clauses are asked for; at most {MOST_GATHERED}", ids.len());
        let may = May::AtMost(MOST_GATHERED);
        return Err(Problem::unreadable(detail).naming("id", ids.len(), may));
    }
    let mut all = Vec::new();
    for id in ids {
        snapshot.budget.check()?;
        let record = snapshot.searcher.clause(id)?.ok_or_else(|| no_clause(id))?;
        let others = others(snapshot, &record)?;
        all.push(Gathered { record, others });
    }
    let presenter = app.presenter(shown);
    for one in &mut all {
        for record in std::iter::once(&mut one.record).chain(&mut one.others) {
            presenter.document(record.document.to_mut())?;
            presenter.clause(record.clause.to_mut(), &mut Vec::new())?;
        }
    }
    Ok(all)
}

/// The other versions of a clause. Hits carry them, and its citation finds a clause.
fn others(
    snapshot: &View,
    record: &ClauseRecord<'static>,
) -> Result<Vec<ClauseRecord<'static>>, Problem> {
    let id = record.id();
    let cited = citation(&record.document, &record.clause);
    let request = Request { limit: LOOKED_THROUGH, expand: false, ..Request::new(cited) };
    for hit in snapshot.search(&request)?.hits {
        let mut versions = hit.counterparts;
        versions.insert(0, hit.record.id());
        if versions.contains(&id) {
            versions.retain(|other| *other != id);
            let records = versions.iter().map(|other| snapshot.searcher.clause(other));
            return Ok(records.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect());
        }
    }
    Ok(Vec::new())
}
