//! Which documents a citation may mean, and whether they were in force on a day.

use tiaowen_corpus::Document;
use tiaowen_index::date_bounds;

use crate::find::Named;
use crate::model::CheckNote;
use crate::titles::Titles;

/// At most so many versions of a document are compared.
const MOST_VERSIONS: usize = 8;

/// The documents that a citation may mean.
pub(crate) struct Candidates {
    /// Indices into [`Titles::documents`], the newest version first.
    pub(crate) documents: Vec<usize>,
    /// Set if none of them was in force on the day asked for.
    pub(crate) not_in_force: Option<CheckNote>,
}

impl Candidates {
    /// The documents called `named`. With `as_of`, versions that began later are left out, unless
    /// all of them did. A document counts as repealed on that day, otherwise on the date of the
    /// text that cites it, otherwise if it was repealed at all.
    pub(crate) fn find(
        titles: &Titles,
        named: &Named,
        as_of: Option<&str>,
        text_date: Option<&str>,
    ) -> Self {
        let mut documents = match named {
            Named::Title(title) => titles.named(title),
            Named::Number(number) => titles.numbered(number),
            Named::ThisText => Vec::new(),
        };
        let mut not_in_force = None;
        if let Some((first_day, last_day)) = as_of.and_then(date_bounds) {
            let begun = |at: &usize| {
                begins(&titles.documents[*at]).is_none_or(|(first, _)| first <= last_day)
            };
            let oldest = documents.last().copied();
            if documents.iter().any(begun) {
                documents.retain(begun);
                not_in_force = documents
                    .first()
                    .and_then(|&newest| ends(&titles.documents[newest]))
                    .filter(|(last, _)| *last < first_day)
                    .map(|(_, date)| CheckNote::Until { date: date.to_owned() });
            } else if let Some((_, date)) = oldest.and_then(|at| begins(&titles.documents[at])) {
                not_in_force = Some(CheckNote::From { date: date.to_owned() });
            }
        }
        let day = as_of.or(text_date).and_then(date_bounds).map_or(u64::MAX, |(_, last)| last);
        if not_in_force.is_none()
            && let Some(&newest) = documents.first()
            && let Some(repealed) = titles.repealed(newest)
            && repealed.day <= day
        {
            let title = titles.documents[repealed.by].title.clone().unwrap_or_default();
            not_in_force = Some(CheckNote::Repealed { title, date: repealed.date.clone() });
        }
        documents.truncate(MOST_VERSIONS);
        Candidates { documents, not_in_force }
    }
}

/// The first day on which a document was in force, or its date if it gives no such day. Both as a
/// number and as printed.
pub(crate) fn begins(document: &Document) -> Option<(u64, &str)> {
    let from = document.validity.as_ref().and_then(|validity| validity.from.as_deref());
    let date = from.or(document.date.as_deref())?;
    Some((date_bounds(date)?.0, date))
}

/// The last day on which a document was in force, if it gives one and isn't renewed automatically.
fn ends(document: &Document) -> Option<(u64, &str)> {
    let validity = document.validity.as_ref().filter(|validity| !validity.renews)?;
    let date = validity.to.as_deref()?;
    Some((date_bounds(date)?.1, date))
}
