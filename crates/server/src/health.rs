//! Health checks for operators.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::Site;
use crate::metrics::OPEN_METRICS;
use crate::problem::Problem;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

const FRESH: [(header::HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];

/// Whether the process answers at all.
async fn alive() -> Response {
    (FRESH, "alive\n").into_response()
}

/// Whether the server can take requests: the index can be read, and the process isn't shutting
/// down.
async fn ready(State(site): State<Arc<Site>>) -> Response {
    if site.stopping.load(Ordering::Relaxed) {
        let detail = "the server is stopping";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response();
    }
    let looking = Arc::clone(&site.app);
    let looked = tokio::task::spawn_blocking(move || looking.live.readable()).await;
    match looked {
        Ok(Ok(())) => (FRESH, "ready\n").into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            let detail = "the index can't be read; what was read of it before still answers";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
        Err(failed) => Problem::inside(&failed).into_response(),
    }
}

async fn metrics(State(site): State<Arc<Site>>) -> Response {
    match site.metrics.text(&site) {
        Ok(text) => {
            let headers =
                [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, OPEN_METRICS)];
            (headers, text).into_response()
        }
        Err(error) => Problem::inside(&error).into_response(),
    }
}
