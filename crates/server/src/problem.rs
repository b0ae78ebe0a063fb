//! Errors for programs: problem details (RFC 9457).

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tiaowen_query::QueryError;
use tiaowen_text::{ConvertError, Spent};
use utoipa::ToSchema;

/// An error (RFC 9457). `detail` says what to do about it, and never mentions the server's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The reason phrase of the status.
    title: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, and what to do.
    pub(crate) detail: String,
    /// The wrong parameter, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DescribedParameter>)]
    pub(crate) parameter: Option<Box<Parameter>>,
}

/// A parameter with an invalid value, for messages in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// The beginning of the value, or its length if it is too long.
    pub(crate) given: String,
    #[serde(flatten)]
    pub(crate) may: May,
}

/// A parameter with an invalid value. Exactly one of `one_of`, `at_most`, `characters` and `not_with` is
/// present.
// One object, as generators of clients read no combination of objects that are themselves alternatives.
#[derive(ToSchema)]
#[schema(as = Parameter)]
#[expect(dead_code, reason = "only its description is used")]
struct DescribedParameter {
    name: String,
    /// The beginning of the value, or its length if it is too long.
    given: String,
    /// The values or forms that are allowed.
    #[schema(nullable = false)]
    one_of: Option<Vec<String>>,
    /// The largest number that is allowed.
    #[schema(nullable = false)]
    at_most: Option<usize>,
    /// The largest number of characters that is allowed.
    #[schema(nullable = false)]
    characters: Option<usize>,
    /// The parameters that it can't be combined with.
    #[schema(nullable = false)]
    not_with: Option<Vec<String>>,
}

/// What a parameter may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum May {
    /// One of these values or forms.
    OneOf(Vec<String>),
    /// At most this number.
    AtMost(usize),
    /// At most so many characters.
    Characters(usize),
    /// Not together with these parameters.
    NotWith(Vec<String>),
}

/// The media type of problems.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

impl Problem {
    /// A problem with a status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Problem");
        let (status, detail) = (status.as_u16(), detail.into());
        Problem { kind: "about:blank", title, status, detail, parameter: None }
    }

    /// A parameter that has none of its possible values.
    pub(crate) fn none_of<T: AsRef<str>>(name: &str, given: &str, known: &[T]) -> Self {
        // Just enough of the value to recognise it.
        let given: String = given.chars().take(40).collect();
        let known: Vec<String> = known.iter().map(|one| one.as_ref().to_owned()).collect();
        let detail = format!("{name} is '{given}'; allowed: {}", known.join(", "));
        Problem::unreadable(detail).naming(name, given, May::OneOf(known))
    }

    /// Names the wrong parameter, for messages in another language.
    pub(crate) fn naming(mut self, name: &str, given: impl ToString, may: May) -> Self {
        let (name, given) = (name.to_owned(), given.to_string());
        self.parameter = Some(Box::new(Parameter { name, given, may }));
        self
    }

    /// A request that can't be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    /// A query string that can't be read. All such messages begin alike.
    pub(crate) fn query_string(message: &str) -> Self {
        Problem::unreadable(
            message.strip_prefix("Failed to deserialize query string: ").unwrap_or(message),
        )
    }

    /// Something that doesn't exist.
    pub(crate) fn missing(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    /// Too many requests.
    pub(crate) fn busy() -> Self {
        let detail = "too many requests are waiting; try again in a moment";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// An answer that took too long.
    pub(crate) fn slow() -> Self {
        let detail = "the answer took too long and was given up; ask for less at once";
        Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
    }

    /// A failure of the server. The log has the reason.
    pub(crate) fn inside(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        let detail = "the server failed to answer; its log tells why";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// The problem of a status without details.
    fn of(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::NOT_FOUND => "there is nothing at this address",
            StatusCode::METHOD_NOT_ALLOWED => "this server is only read: use GET or HEAD",
            _ => "the request can't be answered",
        };
        Problem::new(status, detail)
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn into_parts(self) -> (StatusCode, Vec<u8>) {
        let body = serde_json::to_vec(&self).expect("a problem has string keys only");
        (self.status(), body)
    }
}

/// Adds problem details to an answer that has only an error status (unknown path, wrong method),
/// and keeps its headers.
pub(crate) fn complete(response: Response) -> Response {
    let status = response.status();
    let bare = !response.headers().contains_key(header::CONTENT_TYPE);
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let takes_posts = parts.headers.get(header::ALLOW).is_some_and(|allow| allow == "POST");
    let problem = if status == StatusCode::METHOD_NOT_ALLOWED && takes_posts {
        Problem::new(status, "messages are sent to this address: use POST")
    } else {
        Problem::of(status)
    };
    let (_, body) = problem.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    dress(&mut parts.headers, status);
    Response::from_parts(parts, Body::from(body))
}

fn dress(headers: &mut axum::http::HeaderMap, status: StatusCode) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::TooLong { characters, most } => Problem::unreadable(error.to_string())
                .naming("q", characters, May::Characters(most)),
            QueryError::Date { .. } => Problem::unreadable(error.to_string()),
            QueryError::UndatedInRange => {
                let range = ["from", "to", "date:"].map(str::to_owned);
                Problem::unreadable(error.to_string()).naming(
                    "undated",
                    true,
                    May::NotWith(range.into()),
                )
            }
            QueryError::Spent(_) => Problem::slow(),
            error => Problem::inside(&error),
        }
    }
}

impl From<Spent> for Problem {
    fn from(_: Spent) -> Self {
        Problem::slow()
    }
}

impl From<ConvertError> for Problem {
    fn from(error: ConvertError) -> Self {
        Problem::inside(&error)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Problem::inside(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, body) = self.into_parts();
        let mut response = (status, body).into_response();
        dress(response.headers_mut(), status);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_status_becomes_a_problem_and_keeps_its_headers() {
        let mut bare = StatusCode::METHOD_NOT_ALLOWED.into_response();
        bare.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        let completed = complete(bare);
        assert_eq!(completed.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(completed.headers()[header::ALLOW], "GET,HEAD");
        assert_eq!(completed.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
        let page = (StatusCode::NOT_FOUND, "a page").into_response();
        assert_eq!(complete(page).headers()[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        assert!(!complete(StatusCode::OK.into_response()).headers().contains_key("content-type"));
    }
}
