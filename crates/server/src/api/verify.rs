//! Checks the citations and quotations of a text in the request. Nothing of it is stored or logged.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tiaowen_corpus::DocumentText;
use tiaowen_verify::{CheckedText, Options, Report, Verifier};
use tiaowen_wire::VerifiedJson;
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, Nothing};
use super::json;
use super::openapi::Failures;
use crate::ask::day;
use crate::live::View;
use crate::problem::{May, Problem};
use crate::work::{Cost, answer};
use crate::{App, schema};

/// The most characters of a text: some 150 pages.
pub(crate) const MOST_TEXT: usize = 150_000;
/// The most bytes of a body, in which each character may be an escape of twelve bytes.
pub(crate) const MOST_BODY: usize = 12 * MOST_TEXT + 1_024;
/// The most searches for words without a citation in one text.
const MOST_SEARCHES: usize = 1_000;

/// A text to check.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[schema(as = Verify)]
pub(crate) struct Text {
    /// The text, in either script or both, with each paragraph on its own line.
    #[param(value_type = schema::Text, inline)]
    #[schema(schema_with = schema::checked_text)]
    text: String,
    /// Check against what was in force on this date: 2017-11-18, 2017-11, 2017.
    #[param(value_type = schema::Date, inline)]
    #[schema(schema_with = schema::as_of)]
    as_of: String,
    /// Whether to search for paragraphs without citations and quotation marks too. Default: true.
    paragraphs: Option<bool>,
}

impl Text {
    /// The result of the check.
    ///
    /// # Errors
    /// When the text is missing or too long, or the date can't be read.
    pub(crate) fn verified(&self, app: &App, snapshot: &View) -> Result<Report, Problem> {
        if self.text.trim().is_empty() {
            return Err(Problem::unreadable("text is missing: the text to check"));
        }
        // A text that cites itself is read as a document. If that fails, the rest is still checked.
        let documents = tiaowen_corpus::read("text.txt", &self.text).unwrap_or_default();
        let wish = Wish { as_of: &self.as_of, paragraphs: self.paragraphs.unwrap_or(true) };
        verified(app, snapshot, &self.text, &documents, &wish)
    }
}

/// How a text is to be checked.
pub(crate) struct Wish<'a> {
    /// The day that provisions had to be in force on; empty for none.
    pub(crate) as_of: &'a str,
    /// Whether paragraphs without a citation and quotation marks are looked for as well.
    pub(crate) paragraphs: bool,
}

/// What came of the citations and quotations of a text and of the documents in it.
///
/// # Errors
/// When the text is too long or the date can't be read.
pub(crate) fn verified(
    app: &App,
    snapshot: &View,
    text: &str,
    documents: &[DocumentText],
    wish: &Wish<'_>,
) -> Result<Report, Problem> {
    let length = text.chars().count();
    if length > MOST_TEXT {
        let detail = format!("text has {length} characters; at most {MOST_TEXT} are checked");
        let may = May::Characters(MOST_TEXT);
        return Err(Problem::unreadable(detail).naming("text", length, may));
    }
    let options = Options {
        as_of: day("as_of", wish.as_of)?,
        paragraphs: wish.paragraphs,
        most_searches: MOST_SEARCHES,
    };
    let given = CheckedText { text, documents };
    let verifier = Verifier::new(&snapshot.searcher, &app.terms, snapshot.titles());
    Ok(verifier.verify(&given, &options, &snapshot.budget)?)
}

/// Checks the citations and quotations of a text against the index.
#[utoipa::path(
    post,
    path = "/verify",
    request_body = Text,
    responses(
        (status = 200, description = "What came of each citation and quotation", body = VerifiedJson),
        Failures,
    )
)]
pub(super) async fn verify(
    State(app): State<Arc<App>>,
    Asked(Nothing {}): Asked<Nothing>,
    body: Bytes,
) -> Response {
    let text: Text = match serde_json::from_slice(&body) {
        Ok(text) => text,
        Err(error) => {
            let detail = format!("the body must be a JSON object with 'text': {error}");
            return Problem::unreadable(detail).into_response();
        }
    };
    let done = answer(&app, Cost::Open, move |app, snapshot| {
        let report = text.verified(app, snapshot)?;
        let links = app.links.permanent();
        let mut response = json(snapshot, &VerifiedJson::new(None, &report, &links))?;
        let fresh = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, fresh);
        Ok(response)
    });
    done.await.unwrap_or_else(IntoResponse::into_response)
}
