//! The versions of a provision over time.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_verify::{ProvisionVersion, Verifier};
use tiaowen_wire::HistoryJson;
use utoipa::IntoParams;

use super::asked::{Asked, Wanted};
use super::openapi::Failures;
use super::{answered, json};
use crate::ask::{day, short};
use crate::live::View;
use crate::problem::Problem;
use crate::{App, schema};

/// Which provision, and up to which day.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryAsk {
    /// A citation: 《…》第十二條, a title, or the number of a document.
    #[param(value_type = schema::Words, inline)]
    pub(crate) q: String,
    /// Without versions that begin after this day: 2020-06-30, 2020-06, 2020.
    #[param(value_type = schema::Date, inline)]
    pub(crate) as_of: String,
}

/// The versions of the cited provision, the oldest first.
///
/// # Errors
/// When the citation is too long or the date can't be read.
pub(crate) fn versions(
    app: &App,
    snapshot: &View,
    ask: &HistoryAsk,
) -> Result<Vec<ProvisionVersion>, Problem> {
    let as_of = day("as_of", ask.as_of.trim())?;
    let verifier = Verifier::new(&snapshot.searcher, &app.terms, snapshot.titles());
    Ok(verifier.history(short(ask.q.trim())?, as_of.as_deref(), &snapshot.budget)?)
}

/// The versions of a provision over time, each with its differences from the one before.
#[utoipa::path(
    get,
    path = "/history",
    params(HistoryAsk),
    responses(
        (
            status = 200,
            description = "The versions, the oldest first; none where the index has no such document",
            body = HistoryJson,
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
            )
        ),
        Failures,
    )
)]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(ask): Asked<HistoryAsk>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let versions = versions(app, snapshot, &ask)?;
        json(snapshot, &HistoryJson::new(ask.q.trim(), &versions, &app.links.permanent()))
    })
    .await
}
