//! Clauses with their context.

use std::ops::Range;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_corpus::{passage, passages};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{DocumentPart, Related};
use tiaowen_wire::{ClauseJson, ContextJson, Permalinks, code_points};
use utoipa::IntoParams;

use super::asked::{Asked, Id, Wanted};
use super::openapi::Failures;
use super::{answered, json};
use crate::ask::{named, script};
use crate::live::View;
use crate::problem::Problem;
use crate::{App, schema};

/// How a clause is shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClauseAsk {
    /// The part of an article to mark: 第二款, 第二款（三）.
    #[param(value_type = schema::Words, inline)]
    pub(crate) at: String,
    /// The script in which texts are shown: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    pub(crate) display: String,
}

/// A clause with its neighbours.
#[utoipa::path(
    get,
    path = "/clauses/{id}",
    params(("id" = String, Path, description = "The clause's id, as hits give it"), ClauseAsk),
    responses(
        (status = 200, description = "The clause", body = ContextJson),
        (status = 404, description = "There is no such clause, or no such part of it", body = Problem, content_type = "application/problem+json"),
        Failures,
    )
)]
pub(super) async fn clause(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Id(id): Id,
    Asked(ask): Asked<ClauseAsk>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        json(snapshot, &ask.found(app, snapshot, &id)?.to_json(&app.links.permanent()))
    })
    .await
}

/// A clause with the clauses around it.
pub(crate) struct InContext {
    records: Vec<ClauseRecord<'static>>,
    place: usize,
    /// The marked bytes of the clause's text.
    marks: Vec<Range<usize>>,
    related: Related,
}

impl ClauseAsk {
    /// A clause by id, in the requested script.
    ///
    /// # Errors
    /// When there is no such clause, or it has no such part.
    pub(crate) fn found(&self, app: &App, snapshot: &View, id: &str) -> Result<InContext, Problem> {
        let presenter = app.presenter(script("display", &self.display, "original")?);
        let document = id.split('.').next().unwrap_or(id);
        let record = snapshot.searcher.clause(id)?.ok_or_else(|| no_clause(id))?;
        let place = snapshot.searcher.place(&record)?.ok_or_else(|| no_clause(id))?;
        // The clause and its neighbours.
        let around = |clauses: usize| place.saturating_sub(1)..(place + 2).min(clauses);
        let part = snapshot.part(document, around)?.ok_or_else(|| no_clause(id))?;
        let DocumentPart { places, mut records, mut related, .. } = part;
        let place = place - places.start;
        let mut related = related.swap_remove(place);
        let mut marks = match named("at", &self.at)? {
            Some(address) => vec![marked_part(&records[place], &address)?],
            None => Vec::new(),
        };
        for (at, record) in records.iter_mut().enumerate() {
            presenter.document(record.document.to_mut())?;
            if at == place {
                presenter.with_related(record.clause.to_mut(), &mut marks, &mut related)?;
            } else {
                presenter.clause(record.clause.to_mut(), &mut Vec::new())?;
            }
        }
        Ok(InContext { records, place, marks, related })
    }
}

impl InContext {
    /// The clause with its neighbours.
    pub(crate) fn to_json(&self, links: &Permalinks) -> ContextJson<'_> {
        let json = |record| clause_json(record, links);
        let record = &self.records[self.place];
        let before = self.place.checked_sub(1).and_then(|at| self.records.get(at));
        ContextJson {
            marked: code_points(&record.clause.text, &self.marks),
            clause: json(record).with(&self.related),
            before: before.map(json),
            after: self.records.get(self.place + 1).map(json),
        }
    }
}

/// A clause as it is stored.
pub(super) fn clause_json<'r>(record: &'r ClauseRecord<'_>, links: &Permalinks) -> ClauseJson<'r> {
    ClauseJson::new(&record.document, &record.clause, links)
}

/// The bytes of a part of an article.
fn marked_part(record: &ClauseRecord<'_>, address: &str) -> Result<Range<usize>, Problem> {
    if let Some(found) = passage(&record.document, &record.clause, address) {
        return Ok(found.span);
    }
    let all = passages(&record.document, &record.clause);
    let all: Vec<_> = all.into_iter().map(|passage| passage.address).collect();
    let has = match all.as_slice() {
        [] => "nothing that can be cited inside it".to_owned(),
        all => all.join(" "),
    };
    Err(Problem::missing(format!("the clause has no part '{address}'; it has {has}")))
}

pub(super) fn no_clause(id: &str) -> Problem {
    let id: String = id.chars().take(80).collect();
    Problem::missing(format!("no clause has the id '{id}'; searches and documents give ids"))
}
