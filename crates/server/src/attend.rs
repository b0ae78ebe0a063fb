//! What is done for every request, whatever it asks: a number to find it by, the refusal of
//! what is not answered, safe headers, a line in the log, a count.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::guard::refusal;
use crate::headers::secure;
use crate::problem::complete;
use crate::{Links, Site};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers of requests: those that a proxy gave, else counted from the start of the process.
#[derive(Debug)]
pub(crate) struct Numbers {
    start: u32,
    next: AtomicU64,
}

impl Numbers {
    pub(crate) fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // Two starts within 49 days differ; more than that no log is searched for.
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

/// Attends to a request from its head to the head of its answer.
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
    let response = match refusal(&site.hosts, &site.app.limits, &request) {
        Some(problem) => problem.into_response(),
        None => complete(next.run(request).await),
    };
    let mut response = response;
    secure(response.headers_mut());
    response.headers_mut().insert(REQUEST_ID, id.clone());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    site.metrics.answered(route, method_name(&method), status, took);
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let (id, path) = (id.to_str().unwrap_or_default(), uri.path());
    tracing::info!(id, %method, path, status, us, "answered");
    // What people look for is theirs; it is told only to who asks for it.
    tracing::debug!(id, query = uri.query().unwrap_or_default(), "asked");
    response
}

/// The route without the path that is before all routes.
fn route<'p>(links: &Links, path: &'p str) -> &'p str {
    let path = path.strip_prefix(links.base()).unwrap_or(path);
    // What is nested takes whatever comes.
    if path.contains("{*") { "other" } else { path }
}

/// Methods by name; made-up ones are one.
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
