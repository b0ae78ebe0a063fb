//! The versions of a provision in time.
//!
//! Versions are the documents of one name, whatever stands in brackets behind it
//! (（2018修正）, （試行）), in the order of their dates. That they are versions of one another is
//! concluded from the name; nothing else is concluded. Where another document says that it repeals one of
//! them, that is told. Each is laid beside the one before it in
//! its own script, as two scripts differ in each word.

use tiaowen_compare::{Difference, text_differences};
use tiaowen_corpus::Document;
use tiaowen_index::{ClauseRecord, date_bounds};
use tiaowen_query::QueryError;
use tiaowen_text::Budget;

use crate::Verifier;
use crate::find::{Named, mentions};
use crate::library::Library;

/// A version of a provision.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvisionVersion {
    /// The document.
    pub document: Document,
    /// The clause; `None` where this version has no such provision.
    pub clause: Option<ClauseRecord<'static>>,
    /// Which version the differences are from, by its place in the list.
    pub previous: Option<usize>,
    /// How it differs from that one, on the left.
    pub differences: Vec<Difference>,
    /// The document that says that it repeals this one, and from when on.
    pub repealed: Option<(Document, String)>,
}

/// The versions of what a text cites, the oldest first; empty where the index has no such
/// document or the text is no citation.
///
/// # Errors
/// When the index fails, the date can't be read, or the budget is spent first.
pub(crate) fn history(
    verifier: &Verifier<'_>,
    cited: &str,
    as_of: Option<&str>,
    budget: &Budget,
) -> Result<Vec<ProvisionVersion>, QueryError> {
    let day = match as_of {
        Some(text) => {
            Some(date_bounds(text).ok_or_else(|| QueryError::Date { text: text.to_owned() })?.1)
        }
        None => None,
    };
    let titles = verifier.titles;
    let Some(mention) = mentions(cited, titles, false).into_iter().next() else {
        return Ok(Vec::new());
    };
    let mut documents = match &mention.named {
        Named::Title(title) => titles.named(title),
        Named::Number(number) => titles.numbered(number),
        Named::Own => Vec::new(),
    };
    documents.reverse();
    let mut library = Library::new(verifier.searcher, budget, 0);
    let mut versions: Vec<ProvisionVersion> = Vec::new();
    for at in documents {
        budget.check()?;
        let document = titles.documents[at].clone();
        let from = document.validity.as_ref().and_then(|validity| validity.from.as_deref());
        let begins = from.or(document.date.as_deref()).and_then(date_bounds);
        if let (Some(day), Some((first, _))) = (day, begins)
            && first > day
        {
            continue;
        }
        let loaded = library.document(&document.id)?;
        let citation = mention.citation.as_ref().filter(|_| mention.has_place());
        let clause = citation.and_then(|citation| {
            let at = *loaded.pointed(citation).first()?;
            Some(loaded.records[at].clone())
        });
        let in_script = |version: &ProvisionVersion| {
            version.document.script == document.script && version.clause.is_some()
        };
        let previous = versions.iter().rposition(in_script).filter(|_| clause.is_some());
        let differences = match (previous.and_then(|at| versions[at].clause.as_ref()), &clause) {
            (Some(before), Some(own)) => {
                text_differences(&before.clause.text, &own.clause.text, verifier.terms, budget)?
            }
            _ => Vec::new(),
        };
        let repealed = titles
            .repealed(at)
            .map(|repealed| (titles.documents[repealed.by].clone(), repealed.date.clone()));
        versions.push(ProvisionVersion { document, clause, previous, differences, repealed });
    }
    Ok(versions)
}
