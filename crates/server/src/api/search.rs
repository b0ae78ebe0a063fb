//! Search.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Answer, TotalIs};
use tiaowen_wire::{AnswerJson, write};

use super::asked::{Asked, Wanted};
use super::openapi::Failures;
use super::{answered, as_found, json, lines, paged, whole};
use crate::App;
use crate::ask::{Ask, ListFormat};
use crate::live::View;
use crate::paging::Page;
use crate::problem::Problem;

/// Searches clauses by relevance, with a query in either script.
///
/// Finds what `tiaowen search` finds. In a query: "phrase", OR, -word, ( ), CEP*, and title:
/// number: kind: party: place: unit: script: date: label: exact:.
#[utoipa::path(
    get,
    path = "/search",
    params(Ask),
    responses(
        (
            status = 200,
            description = "The hits of a page, how all hits divide, and what was done to the query",
            content(
                (AnswerJson = "application/json"),
                (String = "application/jsonl"),
                (String = "text/csv"),
            ),
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
                ("Link" = String, description = "Leads to the next and the previous page"),
            )
        ),
        Failures,
    )
)]
pub(super) async fn search(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(ask): Asked<Ask>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, here| {
        let (answer, parallel) = searched(app, snapshot, &ask)?;
        let links = app.links.permanent();
        let format = ask.format.unwrap_or_default();
        if format != ListFormat::Json {
            whole(&answer)?;
        }
        let response = match format {
            ListFormat::Json => {
                json(snapshot, &AnswerJson::new(&ask.q, &answer, &parallel, &links))?
            }
            ListFormat::Jsonl => lines("clauses.jsonl", snapshot, |to| {
                write::hits_jsonl(&answer, &parallel, &links, to)
            })?,
            ListFormat::Csv => lines("clauses.csv", snapshot, |to| {
                write::hits_csv(&answer, &parallel, &links, to)
            })?,
        };
        let page = Page::of(ask.limit, ask.offset, 10, &app.limits)?;
        Ok(as_found(&answer, paged(app, here, page, answer.total, response)))
    })
    .await
}

/// The answer to a search in the requested script, with the other versions of hits if requested.
pub(crate) fn searched(
    app: &App,
    snapshot: &View,
    ask: &Ask,
) -> Result<(Answer, Vec<Vec<ClauseRecord<'static>>>), Problem> {
    let presenter = app.presenter(ask.shown()?);
    let mut answer = snapshot.search(&ask.request(&app.limits)?)?;
    // The next page of an answer is no other search.
    if let Some(log) = app.logs.queries.as_ref().filter(|_| ask.offset.unwrap_or(0) == 0)
        && !ask.q.trim().is_empty()
    {
        log.record(ask.q.trim(), answer.total, answer.total_is == TotalIs::AtLeast);
    }
    for hit in &mut answer.hits {
        snapshot.budget.check()?;
        presenter.document(hit.record.document.to_mut())?;
        presenter.clause(hit.record.clause.to_mut(), &mut hit.highlights)?;
    }
    let mut parallel = Vec::new();
    if ask.parallel.unwrap_or(false) {
        for hit in &answer.hits {
            let mut versions = Vec::new();
            for id in &hit.counterparts {
                snapshot.budget.check()?;
                if let Some(mut record) = snapshot.searcher.clause(id)? {
                    presenter.document(record.document.to_mut())?;
                    presenter.clause(record.clause.to_mut(), &mut Vec::new())?;
                    versions.push(record);
                }
            }
            parallel.push(versions);
        }
    }
    Ok((answer, parallel))
}
