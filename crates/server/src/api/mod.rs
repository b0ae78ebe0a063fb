//! What programs get: the JSON of the command line, below `/api/v1`.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_extra::extract::Query;
use tiaowen_index::ClauseRecord;
use tiaowen_query::Answer;
use tiaowen_wire::AnswerJson;

use crate::App;
use crate::ask::Ask;
use crate::live::Snapshot;
use crate::problem::Problem;
use crate::work::answer;

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new().route("/api/v1/search", get(search))
}

async fn search(State(app): State<Arc<App>>, Query(ask): Query<Ask>) -> Result<Response, Problem> {
    answer(&app, move |app, snapshot| {
        let (answer, parallel) = searched(app, snapshot, &ask)?;
        let json = AnswerJson::new(&ask.q, &answer, &parallel);
        Ok(axum::Json(json).into_response())
    })
    .await
}

/// The answer to a search in the script to be shown, with each hit's other versions where
/// they were asked for.
pub(crate) fn searched(
    app: &App,
    snapshot: &Snapshot,
    ask: &Ask,
) -> Result<(Answer, Vec<Vec<ClauseRecord<'static>>>), Problem> {
    let presenter = app.presenter(ask.shown()?);
    let mut answer = snapshot.searcher.search(&ask.request(&app.limits)?)?;
    for hit in &mut answer.hits {
        presenter.document(hit.record.document.to_mut())?;
        presenter.clause(hit.record.clause.to_mut(), &mut hit.highlights)?;
    }
    let mut parallel = Vec::new();
    if ask.parallel.unwrap_or(false) {
        for hit in &answer.hits {
            let mut versions = Vec::new();
            for id in &hit.counterparts {
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
