//! Clauses in their context.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_corpus::{passage, passages};
use tiaowen_index::ClauseRecord;
use tiaowen_wire::{ClauseJson, ContextJson, code_points};
use utoipa::IntoParams;

use super::asked::{Asked, Id, Wanted};
use super::openapi::Failures;
use super::{answered, json};
use crate::ask::{named, script};
use crate::problem::Problem;
use crate::{App, schema};

/// How a clause is shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Shown {
    /// A part of an article to mark: 第二款, 第二款（三）.
    #[param(value_type = schema::Words, inline)]
    at: String,
    /// The script that texts are shown in: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    display: String,
}

/// A clause with its neighbours.
#[utoipa::path(
    get,
    path = "/clauses/{id}",
    params(("id" = String, Path, description = "The clause's id, as hits give it"), Shown),
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
    Asked(shown): Asked<Shown>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let presenter = app.presenter(script("display", &shown.display, "original")?);
        let document = id.split('.').next().unwrap_or(&id);
        let mut records = snapshot.searcher.document(document)?;
        let place = records.iter().position(|record| record.id() == id);
        let Some(place) = place else { return Err(no_clause(&id)) };
        let mut marks = match named("at", &shown.at)? {
            Some(address) => vec![part(&records[place], &address)?],
            None => Vec::new(),
        };
        let around = place.saturating_sub(1)..(place + 2).min(records.len());
        for at in around {
            let own = if at == place { &mut marks } else { &mut Vec::new() };
            presenter.document(records[at].document.to_mut())?;
            presenter.clause(records[at].clause.to_mut(), own)?;
        }
        let told = |at: usize| records.get(at).map(|r| ClauseJson::new(&r.document, &r.clause));
        let record = &records[place];
        json(&ContextJson {
            marked: code_points(&record.clause.text, &marks),
            clause: ClauseJson::new(&record.document, &record.clause),
            before: place.checked_sub(1).and_then(told),
            after: told(place + 1),
        })
    })
    .await
}

/// The bytes of a part of an article.
fn part(record: &ClauseRecord<'_>, address: &str) -> Result<std::ops::Range<usize>, Problem> {
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

fn no_clause(id: &str) -> Problem {
    let id: String = id.chars().take(80).collect();
    Problem::missing(format!("no clause has the id '{id}'; searches and documents give ids"))
}
