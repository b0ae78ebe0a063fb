//! Finds documents by what a text calls them: a full title, a title without the brackets behind it,
//! the end of a title (基本法), or a document number.
//!
//! Titles are compared folded. A short end of a title counts as a name only if few titles have it:
//! 管理條例 ends hundreds of them and names none.

use rustc_hash::FxHashMap;
use tiaowen_corpus::{Document, DocumentKind};
use tiaowen_index::{Manifest, date_bounds};
use tiaowen_query::{bare_title, title_key};
use tiaowen_text::fold;

/// The lengths of names, in characters, that may be the end of a longer title: 基本法.
const SHORT_NAME: std::ops::RangeInclusive<usize> = 3..=6;
/// The most titles that a shared end may stand for.
const MOST_CALLED: usize = 6;
/// Laws of the mainland are cited with and without this beginning of their titles.
const STATE: &str = "中华人民共和国";

/// The titles and numbers of all documents of an index.
#[derive(Debug, Default)]
pub struct Titles {
    pub(crate) documents: Vec<Document>,
    by_title: FxHashMap<String, Vec<usize>>,
    by_name: FxHashMap<String, Vec<usize>>,
    /// Titles by their ends.
    by_end: FxHashMap<String, Vec<String>>,
    by_number: FxHashMap<String, Vec<usize>>,
    /// What other documents repeal, by its place.
    repealed: FxHashMap<usize, RepealedBy>,
}

/// That a document is repealed, as another one says.
#[derive(Debug, Clone)]
pub(crate) struct RepealedBy {
    /// The place of the other one.
    pub(crate) by: usize,
    /// From when on, as precise as it is known, and the first day that this may be.
    pub(crate) date: String,
    pub(crate) day: u64,
}

/// The first day that a document may have been in force on, as its text says, else as it is dated.
fn begins(document: &Document) -> Option<u64> {
    let from = document.validity.as_ref().and_then(|validity| validity.from.as_deref());
    let (first, _) = date_bounds(from.or(document.date.as_deref())?)?;
    Some(first)
}

/// The key of a document number: folded, without marks (粤府函201738号).
pub(crate) fn number_key(number: &str) -> String {
    fold(&number.chars().filter(|c| c.is_alphanumeric()).collect::<String>()).to_lowercase()
}

impl Titles {
    /// The titles of all documents of an index.
    pub fn of(manifest: &Manifest) -> Self {
        let mut titles = Titles::default();
        for document in manifest.documents() {
            let at = titles.documents.len();
            let title = document.title.as_deref().unwrap_or_default();
            let (whole, bare) = (title_key(title), title_key(bare_title(title)));
            for (keys, key) in [(&mut titles.by_title, &whole), (&mut titles.by_name, &bare)] {
                if key.is_empty() {
                    continue;
                }
                let places = keys.entry(key.clone()).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
                if let Some(rest) = key.strip_prefix(STATE) {
                    keys.entry(rest.to_owned()).or_default().push(at);
                }
            }
            if let Some(number) = &document.number {
                titles.by_number.entry(number_key(number)).or_default().push(at);
            }
            titles.documents.push(document.clone());
        }
        titles.repealed = titles.repeals();
        for name in titles.by_name.keys() {
            let chars: Vec<char> = name.chars().collect();
            for length in SHORT_NAME.filter(|length| *length < chars.len()) {
                let end: String = chars[chars.len() - length..].iter().collect();
                titles.by_end.entry(end).or_default().push(name.clone());
            }
        }
        titles
    }

    /// What documents say that they repeal: all of its name that are older.
    fn repeals(&self) -> FxHashMap<usize, RepealedBy> {
        let mut repealed = FxHashMap::default();
        for (by, document) in self.documents.iter().enumerate() {
            for repeal in &document.repeals {
                let bounds = repeal.from.as_deref().and_then(date_bounds);
                let (Some(date), Some((day, _))) = (&repeal.from, bounds) else { continue };
                for at in self.of_key(&title_key(bare_title(&repeal.title))) {
                    let is_older = begins(&self.documents[at]).is_some_and(|own| own < day);
                    if at != by && is_older {
                        let own = RepealedBy { by, date: date.clone(), day };
                        repealed.entry(at).or_insert(own);
                    }
                }
            }
        }
        repealed
    }

    /// That a document is repealed, where another one says so.
    pub(crate) fn repealed(&self, at: usize) -> Option<&RepealedBy> {
        self.repealed.get(&at)
    }

    /// The documents that a title names, the newest first. Press reports and papers are left out if
    /// an instrument has the same title.
    pub(crate) fn named(&self, title: &str) -> Vec<usize> {
        let whole = title_key(title);
        let mut found = self.of_key(&whole);
        if found.is_empty()
            && let Some(rest) = whole.strip_prefix(STATE)
        {
            found = self.of_key(rest);
        }
        if found.is_empty() && bare_title(title) != title.trim_end() {
            // 《協議（2017-2018年）》 matches 協議（2017年—2018年） if the figures in both titles are equal.
            let figures = |key: &str| key.chars().filter(char::is_ascii_digit).collect::<String>();
            found = self.of_key(&title_key(bare_title(title)));
            let title_of = |at: usize| self.documents[at].title.as_deref().unwrap_or_default();
            found.retain(|&at| figures(&title_key(title_of(at))) == figures(&whole));
        }
        if found.is_empty() && SHORT_NAME.contains(&whole.chars().count()) {
            let names = self.by_end.get(&whole).map(Vec::as_slice).unwrap_or_default();
            let is_one = names.len() <= MOST_CALLED;
            found = names.iter().filter(|_| is_one).flat_map(|name| self.of_key(name)).collect();
        }
        self.newest(found)
    }

    /// Whether a document has this title, with or without brackets behind it.
    pub(crate) fn is_title(&self, name: &str) -> bool {
        let key = title_key(name);
        !key.is_empty() && (self.by_title.contains_key(&key) || self.by_name.contains_key(&key))
    }

    /// Whether a name without title marks denotes a document: it is a title, or the end of a few.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let few = |key: &str| self.by_end.get(key).is_some_and(|all| all.len() <= MOST_CALLED);
        self.is_title(name) || SHORT_NAME.contains(&name.chars().count()) && few(&title_key(name))
    }

    /// The documents with a number, the newest first.
    pub(crate) fn numbered(&self, number: &str) -> Vec<usize> {
        self.newest(self.by_number.get(&number_key(number)).cloned().unwrap_or_default())
    }

    fn of_key(&self, key: &str) -> Vec<usize> {
        let places =
            |keys: &FxHashMap<String, Vec<usize>>| keys.get(key).cloned().unwrap_or_default();
        let mut found = places(&self.by_title);
        found.extend(places(&self.by_name));
        found
    }

    fn newest(&self, mut found: Vec<usize>) -> Vec<usize> {
        found.sort_unstable();
        found.dedup();
        let is_report = |at: &usize| {
            matches!(self.documents[*at].kind, DocumentKind::Press | DocumentKind::Paper)
        };
        if !found.iter().all(is_report) {
            found.retain(|at| !is_report(at));
        }
        // The sort is stable, so that documents of one date keep the order of their sources.
        found.sort_by(|a, b| self.documents[*b].date.cmp(&self.documents[*a].date));
        found
    }
}
