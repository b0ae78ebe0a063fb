//! The versions of a provision over time.
//!
//! Documents with the same title are taken for versions of one another, whatever brackets follow it
//! (（2018修正）, （試行）). They are ordered by date. Nothing but the title is evidence of a version. Each
//! version is compared with the one before it in the same script, since two scripts differ in every
//! word. A version that another document repeals is marked with that document.

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
    /// The provision; `None` if this version doesn't have it.
    pub clause: Option<ClauseRecord<'static>>,
    /// The index in the list of the version that `differences` compares with.
    pub previous: Option<usize>,
    /// The differences from the previous version, which is on the left.
    pub differences: Vec<Difference>,
    /// The document that says that it repeals this one, and from when on.
    pub repealed: Option<(Document, String)>,
}

/// The day from which a document is in force, as far as its text or its date says so.
pub fn begin(document: &Document) -> Option<&str> {
    let from = document.validity.as_ref().and_then(|validity| validity.from.as_deref());
    from.or(document.date.as_deref())
}

/// The versions of a cited provision, the oldest first. Empty if the index has no such document or
/// `cited` isn't a citation.
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
        Named::ThisText => Vec::new(),
    };
    documents.reverse();
    // An instrument may print when it begins and no date.
    documents.sort_by(|&left, &right| {
        begin(&titles.documents[left]).cmp(&begin(&titles.documents[right]))
    });
    let mut library = Library::new(verifier.searcher, budget, 0);
    let mut versions: Vec<ProvisionVersion> = Vec::new();
    for at in documents {
        budget.check()?;
        let document = titles.documents[at].clone();
        if let (Some(day), Some((first, _))) = (day, begin(&document).and_then(date_bounds))
            && first > day
        {
            continue;
        }
        let loaded = library.document(&document.id)?;
        let citation = mention.citation.as_ref().filter(|_| mention.has_place());
        let clause = citation.and_then(|citation| {
            let at = *loaded.resolve(citation).first()?;
            Some(loaded.records[at].clone())
        });
        let in_script = |version: &ProvisionVersion| {
            version.document.script == document.script && version.clause.is_some()
        };
        let previous = versions.iter().rposition(in_script).filter(|_| clause.is_some());
        let differences = match (previous.and_then(|at| versions[at].clause.as_ref()), &clause) {
            (Some(before), Some(clause)) => {
                text_differences(&before.clause.text, &clause.clause.text, verifier.terms, budget)?
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
