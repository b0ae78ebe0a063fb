//! Error pages: what went wrong, and how to continue.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tiaowen_words::{ErrorsWords, Words, fill};

use super::rendered;
use super::shell::{Here, Shell, Visitor};
use super::text::visible;
use crate::App;
use crate::problem::{May, Parameter, Problem};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    heading: &'static str,
    help: &'static str,
    detail: String,
    /// Whether the detail is in English on a page in another language.
    is_foreign: bool,
}

/// The page for a problem, with its status.
pub(super) fn page(app: &App, visitor: &Visitor, problem: &Problem) -> Response {
    let words = &Words::of(visitor.ui).errors;
    let status = problem.status();
    let (heading, help) = match status {
        StatusCode::NOT_FOUND => (&words.missing, &words.missing_help),
        StatusCode::UNAUTHORIZED => (&words.locked, &words.locked_help),
        StatusCode::FORBIDDEN => (&words.forbidden, &words.forbidden_help),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            (&words.busy, &words.busy_help)
        }
        StatusCode::GATEWAY_TIMEOUT => (&words.slow, &words.slow_help),
        status if status.is_client_error() => (&words.bad, &words.bad_help),
        _ => (&words.failed, &words.failed_help),
    };
    // For something that is missing, the heading says everything.
    let wording = problem.parameter.as_ref().map(|parameter| worded(words, parameter));
    let is_foreign = wording.is_none();
    let detail = if status.is_client_error() && status != StatusCode::NOT_FOUND {
        visible(wording.as_ref().unwrap_or(&problem.detail)).into_owned()
    } else {
        String::new()
    };
    let shell = Shell::new(app, None, visitor, Here::Elsewhere, heading);
    let q = visitor.pairs.get("q").unwrap_or_default().to_owned();
    let page = ErrorPage {
        shell: Shell { q, ..shell },
        status: status.as_u16(),
        heading,
        help,
        detail,
        is_foreign,
    };
    let Ok(mut response) = rendered(visitor, &page) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made").into_response();
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// What is wrong with a parameter, in the language of the page.
pub(crate) fn worded(words: &ErrorsWords, parameter: &Parameter) -> String {
    let Parameter { name, given, may } = parameter;
    let (sentence, may) = match may {
        May::OneOf(known) => (&words.one_of, known.join(", ")),
        May::AtMost(most) => (&words.at_most, most.to_string()),
        May::Characters(most) => (&words.too_long, most.to_string()),
        May::NotWith(others) => (&words.not_with, others.join(", ")),
    };
    fill(sentence, &[("parameter", name), ("given", given), ("may", &may)])
}
