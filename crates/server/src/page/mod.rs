//! What people see in a browser.

use std::sync::Arc;

use axum::Router;

use crate::App;

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
}
