//! The status of the index.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tiaowen_wire::StatusJson;

use super::asked::{Asked, Nothing, Wanted};
use super::openapi::Failures;
use super::{answered, json};
use crate::App;

/// What is indexed, with which dictionaries, and how large the index is.
#[utoipa::path(
    get,
    path = "/status",
    responses(
        (status = 200, description = "The state of the index; where it lies is not told", body = StatusJson),
        Failures,
    )
)]
pub(super) async fn status(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        json(
            snapshot,
            &StatusJson::new(app.live.bytes_on_disk(), &snapshot.about, &snapshot.manifest),
        )
    })
    .await
}
