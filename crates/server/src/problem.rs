//! What went wrong, for programs: RFC 9457 problem details.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tiaowen_query::QueryError;
use tiaowen_text::ConvertError;

/// What went wrong. `detail` says what to do about it; nothing in it tells of the server's
/// disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    pub(crate) detail: String,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Problem { kind: "about:blank", title, status: status.as_u16(), detail: detail.into() }
    }

    /// What was asked can't be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, "The request can't be read", detail)
    }

    /// There is nothing of that name.
    pub(crate) fn missing(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "Not found", detail)
    }

    /// Too much is going on.
    pub(crate) fn busy() -> Self {
        let detail = "too many requests are waiting; try again in a moment";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Busy", detail)
    }

    /// The answer took too long.
    pub(crate) fn slow() -> Self {
        let detail = "the answer took too long and was given up; ask for less at once";
        Problem::new(StatusCode::GATEWAY_TIMEOUT, "Too slow", detail)
    }

    /// Something failed that who asks can't mend; the log tells what.
    pub(crate) fn inside(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        let detail = "the server failed to answer; its log tells why";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Failed", detail)
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::TooLong { .. } | QueryError::Date { .. } => {
                Problem::unreadable(error.to_string())
            }
            error => Problem::inside(&error),
        }
    }
}

impl From<ConvertError> for Problem {
    fn from(error: ConvertError) -> Self {
        Problem::inside(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self).expect("a problem has string keys only");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
