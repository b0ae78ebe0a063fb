//! Comparisons of two documents.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use tiaowen_compare::export::{ExportError, LanguageTags, ReportLanguage};
use tiaowen_compare::{Comparison, Status, compare_within};
use tiaowen_corpus::DocumentText;
use tiaowen_index::ClauseRecord;
use tiaowen_text::Budget;
use tiaowen_wire::write::{self, ComparisonFormat};
use tiaowen_wire::{ComparisonJson, Permalinks};
use tiaowen_words::Language;
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, Wanted};
use super::documents::no_document;
use super::openapi::Failures;
use super::{CSV, JSONL, answered, file, of_type, paged};
use crate::headers::REPORT_POLICY;
use crate::live::View;
use crate::paging::Page;
use crate::problem::Problem;
use crate::{App, schema};

/// The documents to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Sides {
    /// The id of a document.
    #[param(value_type = schema::Words, inline)]
    left: String,
    /// The id of its other version.
    #[param(value_type = schema::Words, inline)]
    right: String,
    /// Whether to return only rows with differences. Default: all rows.
    changed: Option<bool>,
    /// The number of rows to return. Default: all.
    #[param(value_type = schema::Limit, inline, required = false)]
    limit: Option<usize>,
    /// The number of rows to skip.
    #[param(value_type = schema::Offset, inline, required = false)]
    offset: Option<usize>,
    /// Whether the segments of a translation memory keep the responsible units at the end of
    /// clauses. Default: no.
    units: Option<bool>,
    /// Language tags to write in a translation memory instead of those of the documents, each as
    /// `FROM=TO`: `zh-Hant=zh-HK`.
    #[serde(default)]
    #[param(value_type = schema::TagReplacements, inline, required = false)]
    tag: Vec<String>,
    /// The language of the labels in a `docx`: `hant`, `hans` or `en`. Default: the Chinese of the
    /// left version.
    #[param(value_type = schema::Interface, inline, required = false)]
    ui: Option<String>,
    /// The format of the comparison. All except `json` are sent as files.
    #[param(inline)]
    format: Option<Format>,
}

/// The formats of comparisons.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// One JSON object.
    #[default]
    Json,
    /// One JSON object per row.
    Jsonl,
    /// A table for spreadsheets, in UTF-8.
    Csv,
    /// A report for browsers and for printing.
    Html,
    /// A translation memory of the aligned clauses, TMX 1.4b.
    Tmx,
    /// A table for word processors.
    Docx,
    /// A document for word processors with tracked changes from the left to the right.
    Tracked,
}

pub(crate) const DOCX: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Compares two documents clause by clause. Differences in script don't count.
#[utoipa::path(
    get,
    path = "/compare",
    params(Sides),
    responses(
        (
            status = 200,
            description = "The comparison",
            content(
                (ComparisonJson = "application/json"),
                (String = "application/jsonl"),
                (String = "text/csv"),
                (String = "text/html"),
                (String = "application/x-tmx+xml"),
                (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ),
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
            )
        ),
        (status = 404, description = "There is no such document", body = Problem, content_type = "application/problem+json"),
        Failures,
    )
)]
pub(super) async fn compare(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(sides): Asked<Sides>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, here| {
        let compared = sides.compared(app, snapshot)?;
        let (comparison, links) = (&compared.comparison, app.links.permanent());
        let paged = |response| match compared.page {
            Some(page) => paged(app, here, page, compared.total as u64, response),
            None => response,
        };
        let format = sides.format.unwrap_or_default();
        if let Format::Json = format {
            let comparison = compared.to_json(&links);
            let bytes = snapshot.written(|to| write::jsonl([comparison], to))?;
            return Ok(paged(of_type("application/json", bytes)));
        }
        let response =
            written(comparison, format, sides.file_options()?, &links, &snapshot.budget)?;
        Ok(paged(response))
    })
    .await
}

/// How a comparison is written as a file.
#[derive(Debug, Default)]
pub(crate) struct FileOptions {
    /// Whether a translation memory keeps the responsible units that end clauses.
    pub(crate) units: bool,
    /// Language tags that a translation memory has instead of those of the documents.
    pub(crate) tags: LanguageTags,
    /// The language of labels. `None`: the Chinese of the left version.
    pub(crate) language: Option<Language>,
}

/// A comparison as a file to keep.
///
/// # Errors
/// When the versions make no translation memory, or the budget is spent.
pub(crate) fn written(
    comparison: &Comparison,
    format: Format,
    options: FileOptions,
    links: &Permalinks,
    budget: &Budget,
) -> Result<Response, Problem> {
    let memory = ComparisonFormat::Tmx { units: options.units, tags: options.tags };
    let language = options.language.map(|language| match language {
        Language::Hant => ReportLanguage::Hant,
        Language::Hans => ReportLanguage::Hans,
        Language::En => ReportLanguage::En,
    });
    let (kind, end, format) = match format {
        Format::Json => ("application/json", "json", ComparisonFormat::Json),
        Format::Jsonl => (JSONL, "jsonl", ComparisonFormat::Jsonl),
        Format::Csv => (CSV, "csv", ComparisonFormat::Csv),
        Format::Html => ("text/html; charset=utf-8", "html", ComparisonFormat::Html),
        Format::Tmx => ("application/x-tmx+xml", "tmx", memory),
        Format::Docx => (DOCX, "docx", ComparisonFormat::Docx(language)),
        Format::Tracked => (DOCX, "tracked.docx", ComparisonFormat::Tracked),
    };
    let bytes = write::comparison(comparison, &format, links, budget);
    let bytes = bytes.map_err(|error| match error {
        ExportError::Spent(_) => Problem::slow(),
        ExportError::OneLanguage { .. } | ExportError::NoTag { .. } => {
            Problem::unreadable(error.to_string())
        }
        error => Problem::inside(&error),
    })?;
    // Ids of documents are plain ASCII.
    let name = format!("{}-{}.{end}", comparison.left.id, comparison.right.id);
    let mut response = file(kind, &name, bytes);
    if format == ComparisonFormat::Html {
        let policy = HeaderValue::from_static(REPORT_POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// A comparison, or a part of its rows.
pub(crate) struct Compared {
    comparison: Comparison,
    page: Option<Page>,
    /// The number of all rows.
    total: usize,
}

impl Sides {
    fn file_options(&self) -> Result<FileOptions, Problem> {
        let tags = LanguageTags::read(&self.tag).map_err(|text| {
            Problem::none_of("tag", &text, &["zh-Hant=zh-HK", "zh-Hans-CN=zh-CN"])
        })?;
        let language = self.ui.as_deref().map(|ui| {
            let known = Language::ALL.map(Language::code);
            Language::parse(ui).ok_or_else(|| Problem::none_of("ui", ui, &known))
        });
        let units = self.units.unwrap_or(false);
        Ok(FileOptions { units, tags, language: language.transpose()? })
    }

    /// Compares the documents and selects the requested rows.
    ///
    /// # Errors
    /// When there is no such document, or too many rows are requested.
    pub(crate) fn compared(&self, app: &App, snapshot: &View) -> Result<Compared, Problem> {
        let page = match (self.limit, self.offset) {
            (None, None) => None,
            (limit, offset) => Some(Page::of(limit, offset, 50, &app.limits)?),
        };
        let left = document(snapshot, &self.left)?;
        let right = document(snapshot, &self.right)?;
        let mut comparison = compare_within(&left, &right, &app.terms, &snapshot.budget)?;
        if self.changed.unwrap_or(false) {
            comparison.rows.retain(|row| row.status != Status::Same || row.moved);
        }
        let total = comparison.rows.len();
        if let Some(page) = page {
            comparison.rows = page.cut(&comparison.rows).to_vec();
        }
        Ok(Compared { comparison, page, total })
    }
}

impl Compared {
    /// The requested rows.
    pub(crate) fn to_json(&self, links: &Permalinks) -> ComparisonJson<'_> {
        ComparisonJson::new(&self.comparison, links).of(self.total)
    }
}

/// A document with its clauses.
pub(super) fn document(snapshot: &View, id: &str) -> Result<DocumentText, Problem> {
    ClauseRecord::document(snapshot.clauses(id)?).ok_or_else(|| no_document(id))
}
