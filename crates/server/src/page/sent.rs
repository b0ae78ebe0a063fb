//! Two files that a form sends, as documents to compare.

use tiaowen_compare::matching;
use tiaowen_corpus::DocumentText;
use tiaowen_words::{FilesWords, Words, fill};

use super::card::tamed;
use super::shell::Visitor;
use super::text::visible;
use crate::App;
use crate::api::Format;
use crate::problem::Problem;
use crate::upload::Form;

/// Why files that were sent can't be compared.
#[derive(Debug)]
pub(super) struct Unsent {
    /// What is wrong, in the reader's language.
    pub(super) message: String,
    /// The reason that a reader of files gives, which is in English.
    pub(super) reason: String,
    /// The documents of each file, where one has to be chosen.
    pub(super) documents: Vec<(String, Vec<String>)>,
}

impl Unsent {
    pub(super) fn new(message: String) -> Self {
        Unsent { message, reason: String::new(), documents: Vec::new() }
    }
}

/// A side of the comparison: a file with its documents.
struct SentFile {
    name: String,
    documents: Vec<DocumentText>,
}

/// The two documents that are compared, or why there are none.
///
/// # Errors
/// When a field of the form can't be read.
pub(super) fn pair(
    app: &App,
    visitor: &Visitor,
    form: &Form,
) -> Result<Result<(DocumentText, DocumentText), Unsent>, Problem> {
    let w = Words::of(visitor.ui);
    let sides = (side(app, form, "left", &w.files)?, side(app, form, "right", &w.files)?);
    let (mut left, mut right) = match sides {
        (Ok(left), Ok(right)) => (left, right),
        (Err(unsent), _) | (_, Err(unsent)) => return Ok(Err(unsent)),
    };
    Ok(match matching(&left.documents, &right.documents) {
        Ok((l, r)) => {
            let mut pair = (left.documents.swap_remove(l), right.documents.swap_remove(r));
            tamed(&mut pair.0.document);
            tamed(&mut pair.1.document);
            Ok(pair)
        }
        Err(matches) => {
            let message = if matches.is_empty() { &w.files.none_match } else { &w.files.several };
            let documents = [&left, &right].map(|side| (side.name.clone(), titles(side, w)));
            Err(Unsent { documents: documents.into(), ..Unsent::new(message.clone()) })
        }
    })
}

/// A file of the form with its documents, or the one of them that is asked for.
fn side(
    app: &App,
    form: &Form,
    key: &str,
    w: &FilesWords,
) -> Result<Result<SentFile, Unsent>, Problem> {
    let Some((name, bytes)) = form.file(key) else {
        return Ok(Err(Unsent::new(w.missing.clone())));
    };
    let name = visible(name).into_owned();
    let message = |words: &str| fill(words, &[("file", &name)]);
    let mut documents = match (app.read)(&name, bytes) {
        Ok(read) => read.documents,
        Err(reason) => {
            return Ok(Err(Unsent { reason, ..Unsent::new(message(&w.unreadable)) }));
        }
    };
    if documents.iter().all(|text| text.clauses.is_empty()) {
        return Ok(Err(Unsent::new(message(&w.no_document))));
    }
    let nth = form.field(&format!("{key}_document")).trim();
    if !nth.is_empty() {
        let at = nth.parse::<usize>().ok().and_then(|nth| nth.checked_sub(1));
        let Some(at) = at.filter(|at| *at < documents.len()) else {
            let known: Vec<String> = (1..=documents.len()).map(|nth| nth.to_string()).collect();
            return Err(Problem::none_of(&format!("{key}_document"), nth, &known));
        };
        documents = vec![documents.swap_remove(at)];
    }
    Ok(Ok(SentFile { name, documents }))
}

fn titles(side: &SentFile, w: &Words) -> Vec<String> {
    let titles = side.documents.iter().map(|text| text.document.title.as_deref());
    titles
        .map(|title| title.map_or(w.site.untitled.clone(), |title| visible(title).into()))
        .collect()
}

/// The format of a file that is asked for; `None` for a page.
///
/// # Errors
/// When it is none of those known.
pub(super) fn format(form: &Form) -> Result<Option<Format>, Problem> {
    Ok(match form.field("format") {
        "" | "page" => None,
        "html" => Some(Format::Html),
        "docx" => Some(Format::Docx),
        "tracked" => Some(Format::Tracked),
        "csv" => Some(Format::Csv),
        "tmx" => Some(Format::Tmx),
        "json" => Some(Format::Json),
        other => {
            let known = ["page", "html", "docx", "tracked", "csv", "tmx", "json"];
            return Err(Problem::none_of("format", other, &known));
        }
    })
}
