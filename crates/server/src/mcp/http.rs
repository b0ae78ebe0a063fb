//! The same tools over Streamable HTTP, at `/mcp` of a server.
//!
//! Nothing is kept between requests: each is answered by itself, in JSON, whatever version of the
//! protocol it speaks. So there are no sessions to hold, to limit or to lose. Hosts and origins are
//! checked before (`guard.rs`), and so are keys (`access/`).

use std::sync::Arc;

use axum::Router;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use super::{Assistants, Turns};
use crate::App;
use crate::api::MOST_BODY;

/// The most bytes of a request: a text to verify, and what surrounds it.
pub(crate) const MOST_MESSAGE: usize = MOST_BODY + 64 * 1024;

/// The route of assistants.
pub(crate) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let mut config = StreamableHttpServerConfig::default().disable_allowed_hosts();
    config.legacy_session_mode = false;
    config.json_response = true;
    config.max_request_body_bytes = MOST_MESSAGE;
    let app = Arc::clone(app);
    let assistants = move || Ok(Assistants { app: Arc::clone(&app), turns: Turns::Many });
    let service =
        StreamableHttpService::new(assistants, Arc::new(NeverSessionManager::default()), config);
    Router::new().route_service("/mcp", service)
}
