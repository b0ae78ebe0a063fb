//! Handles every request before and after its route: assigns a request id, rejects what must not be
//! answered and those who may not ask, adds safe headers, logs and counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::access::{CHALLENGES, Refused};
use crate::guard::refusal;
use crate::headers::secure;
use crate::logs::Seen;
use crate::problem::complete;
use crate::{Links, Site, page};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Assigns request ids: the one given by a proxy, or a number counted from the start of the
/// process.
#[derive(Debug)]
pub(crate) struct Numbers {
    start: u32,
    next: AtomicU64,
}

impl Numbers {
    pub(crate) fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // Two starts within 49 days get different numbers. Nobody searches logs across more than
        // that.
        let start = now.unwrap_or_default().as_millis() as u32;
        Numbers { start, next: AtomicU64::new(1) }
    }

    fn of(&self, request: &Request) -> HeaderValue {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let given = request
            .headers()
            .get(REQUEST_ID)
            .filter(|given| (1..=64).contains(&given.len()) && given.as_bytes().iter().all(plain));
        given.cloned().unwrap_or_else(|| {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let id = format!("{:08x}-{number}", self.start);
            HeaderValue::try_from(id).expect("figures, letters and a dash")
        })
    }
}

/// Handles a request up to the head of its answer.
pub(crate) async fn attend(
    State(site): State<Arc<Site>>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let _in_progress = site.metrics.begin();
    let id = site.numbers.of(&request);
    let route = matched.as_ref().map_or("other", |path| route(&site.app.links, path.as_str()));
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let address = site.access.client(&request);
    let (mut response, key) = match refusal(&site.hosts, &site.app.limits, &request) {
        Some(problem) => (problem.into_response(), None),
        None => admitted(&site, route, request, next).await,
    };
    secure(response.headers_mut());
    response.headers_mut().insert(REQUEST_ID, id.clone());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    site.metrics.answered(route, method_name(&method), status, took);
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let (id, path) = (id.to_str().unwrap_or_default(), uri.path());
    tracing::info!(id, %method, path, status, us, "answered");
    // Queries are private, so they are logged on request only.
    let query = uri.query().unwrap_or_default();
    tracing::debug!(id, query, "asked");
    if let Some(audit) = &site.app.logs.audit {
        let (key, method) = (key.as_deref(), method_name(&method));
        audit.record(&Seen { id, key, address, method, route, query, status, us });
    }
    response
}

/// Answers a request whose sender may ask, and returns the name of its key.
async fn admitted(
    site: &Site,
    route: &str,
    mut request: Request,
    next: Next,
) -> (Response, Option<String>) {
    match site.access.admit(route, &request) {
        Ok(admitted) => {
            let key = admitted.key.clone();
            request.extensions_mut().insert(admitted);
            (complete(next.run(request).await), key)
        }
        Err(refused) => {
            let response = refuse(site, route, &request, &refused);
            (response, refused.key)
        }
    }
}

/// The answer to a request whose sender may not ask: a page for a reader of pages, else a problem.
fn refuse(site: &Site, route: &str, request: &Request, refused: &Refused) -> Response {
    let accepted = request.headers().get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    let is_read = accepted.is_some_and(|kinds| kinds.contains("text/html"));
    let is_page =
        is_read && !["/api/", "/mcp", "/metrics"].iter().any(|own| route.starts_with(own));
    let mut response = if is_page {
        page::problem(&site.app, request.headers(), request.uri(), &refused.problem)
    } else {
        refused.problem.clone().into_response()
    };
    let headers = response.headers_mut();
    if refused.is_unknown {
        for challenge in CHALLENGES {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
    }
    if let Some(seconds) = refused.again_in {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The route, without the base path.
fn route<'p>(links: &Links, path: &'p str) -> &'p str {
    let path = path.strip_prefix(links.base()).unwrap_or(path);
    // A nested router matches any path.
    if path.contains("{*") { "other" } else { path }
}

/// The name of a method. Unknown methods share one.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
