//! The start page: what can be done here, and with which documents.

use tiaowen_corpus::{Clause, ClauseKind, Document, DocumentKind, citation};
use tiaowen_query::Request;
use tiaowen_text::{Script, fold_char};
use tiaowen_words::{Language, Words, fill, name};

use super::address::Pairs;
use super::shell::{Visitor, feed};
use super::text::visible;
use crate::live::View;
use crate::problem::Problem;
use crate::{App, SavedSearches};

/// What the start page shows of the index.
pub(super) struct Start {
    pub(super) examples: Vec<Example>,
    pub(super) documents: String,
    pub(super) clauses: String,
    pub(super) years: Option<String>,
    /// Kinds, with the number of documents and the address of their list.
    pub(super) kinds: Vec<(String, u64, String)>,
    pub(super) scripts: Vec<(String, u64, String)>,
    pub(super) is_empty: bool,
    /// The searches that are saved for all visitors.
    pub(super) saved: Vec<Saved>,
    /// What is wrong with the others, or with their file.
    pub(super) unusable: Vec<String>,
}

/// A saved search.
pub(super) struct Saved {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) feed: String,
    /// What the link to the feed is for.
    pub(super) subscribe: String,
}

/// A query that finds something.
pub(super) struct Example {
    pub(super) query: String,
    pub(super) href: String,
    /// What the query finds besides the words typed. May be empty.
    pub(super) finds: String,
}

/// Regional terms of Hong Kong and their mainland equivalents. The first pair that occurs in the
/// index is an example, as it shows best what a word finds.
const REGIONAL: [(&str, &str); 4] =
    [("質素", "素质"), ("質素", "质量"), ("資訊", "信息"), ("合約", "合同")];

/// The number of words offered, besides one citation.
const WORDS: usize = 3;
/// The number of documents that are searched for them.
const LOOKED_INTO: usize = 12;

pub(super) fn start(app: &App, snapshot: &View, visitor: &Visitor) -> Result<Start, Problem> {
    let w = Words::of(visitor.ui);
    let all: Vec<&Document> = snapshot.manifest.documents().collect();
    let kinds = counts(all.iter().map(|document| document.kind.as_str()));
    let scripts = counts(all.iter().map(|document| document.script.as_str()));
    let listed = |key: &str, names, counts: Vec<(&'static str, u64)>| {
        let all = counts.into_iter().map(|(value, count)| {
            let pairs = Pairs::default().with(key, &value.to_lowercase());
            (name(names, value).to_owned(), count, visitor.to(app, "/documents", pairs))
        });
        all.collect::<Vec<_>>()
    };
    let (saved, unusable) = saved(app, visitor);
    let years = || all.iter().filter_map(|document| document.date.as_deref()?.get(..4));
    Ok(Start {
        examples: linked(app, snapshot, visitor, &all)?,
        documents: w.counted.documents.of(all.len() as u64),
        clauses: w.counted.clauses.of(snapshot.manifest.clauses()),
        years: years().min().zip(years().max()).map(|(first, last)| {
            let range = [("from", &first as &dyn std::fmt::Display), ("to", &last)];
            if first == last { first.to_owned() } else { fill(&w.start.years, &range) }
        }),
        kinds: listed("kind", &w.kinds, kinds),
        scripts: listed("script", &w.scripts, scripts),
        is_empty: all.is_empty(),
        saved,
        unusable,
    })
}

/// The saved searches, and what is wrong with those that can't be shown.
fn saved(app: &App, visitor: &Visitor) -> (Vec<Saved>, Vec<String>) {
    let Some(path) = &app.searches else { return (Vec::new(), Vec::new()) };
    let w = Words::of(visitor.ui);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            // Visitors don't learn where the file is.
            tracing::warn!(%error, "the saved searches can't be read");
            return (Vec::new(), vec![w.saved.no_file.clone()]);
        }
    };
    let all = SavedSearches::read(&text);
    let unusable = all.unusable.iter().map(|one| visible(&one.message(w)).into_owned());
    let saved = all.usable.iter().map(|search| Saved {
        name: visible(search.name()).into_owned(),
        href: visitor.to(app, "/", search.pairs()),
        feed: feed(app, search.ask()),
        subscribe: visible(&fill(&w.saved.subscribe_to, &[("name", &search.name())])).into_owned(),
    });
    (saved.collect(), unusable.collect())
}

/// How often each value occurs, the most frequent first.
fn counts(values: impl Iterator<Item = &'static str>) -> Vec<(&'static str, u64)> {
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The examples, each with its link.
fn linked(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    all: &[&Document],
) -> Result<Vec<Example>, Problem> {
    let regional = regional(snapshot, visitor.ui)?;
    let plain = examples(snapshot, visitor.ui, all)?;
    let words = &Words::of(visitor.ui).start.finds;
    let found =
        regional.map(|(query, other)| (query.to_owned(), fill(words, &[("other", &other)])));
    let queries = found.into_iter().chain(plain.into_iter().map(|query| (query, String::new())));
    let example = |(query, finds): (String, String)| Example {
        href: visitor.to(app, "/", Pairs::default().with("q", &query)),
        query: visible(&query).into_owned(),
        finds,
    };
    Ok(queries.map(example).collect())
}

/// A word in the reader's script and its equivalent in the other region, both of which occur.
fn regional(
    snapshot: &View,
    ui: Language,
) -> Result<Option<(&'static str, &'static str)>, Problem> {
    for (hong_kong, mainland) in REGIONAL {
        let exact = |word: &str| format!("\"{word}\"");
        if finds(snapshot, &exact(hong_kong))? && finds(snapshot, &exact(mainland))? {
            let is_mainland = ui == Language::Hans;
            return Ok(Some(if is_mainland {
                (mainland, hong_kong)
            } else {
                (hong_kong, mainland)
            }));
        }
    }
    Ok(None)
}

/// Headings of clauses in the index, in the reader's script if possible, and a citation. Each finds
/// something.
fn examples(snapshot: &View, ui: Language, all: &[&Document]) -> Result<Vec<String>, Problem> {
    let script = if ui == Language::Hans { Script::Hans } else { Script::Hant };
    let mut documents: Vec<&&Document> =
        all.iter().filter(|document| document.title.is_some()).collect();
    // Agreements are preferred to press.
    let rank =
        |document: &Document| (document.script != script, document.kind == DocumentKind::Press);
    documents.sort_by_key(|document| rank(document));
    // Documents are taken from all over the index, not from its beginning.
    let step = (documents.iter().filter(|document| document.script == script).count()
        / LOOKED_INTO)
        .max(1);
    let mut words: Vec<String> = Vec::new();
    let mut cited = None;
    for document in documents.iter().step_by(step).take(LOOKED_INTO) {
        if words.len() == WORDS && cited.is_some() {
            break;
        }
        let records = snapshot.clauses(&document.id)?;
        let clauses = records.iter().map(|record| &*record.clause);
        let beginning = |text: &str| text.chars().take(2).map(fold_char).collect::<String>();
        let heading = clauses
            .clone()
            .flat_map(headings)
            .find(|heading| !words.iter().any(|known| beginning(known) == beginning(heading)));
        if let Some(heading) = heading
            && words.len() < WORDS
            && finds(snapshot, heading)?
        {
            words.push(heading.to_owned());
        }
        let short = document.title.as_ref().is_some_and(|title| title.chars().count() <= 20);
        if let Some(clause) = clauses
            .clone()
            .find(|clause| matches!(clause.kind, ClauseKind::Article | ClauseKind::Item))
            && cited.is_none()
            && short
        {
            let citation = citation(document, clause);
            if finds(snapshot, &citation)? {
                cited = Some(citation);
            }
        }
    }
    words.extend(cited);
    Ok(words)
}

/// Headings that look like a query.
fn headings(clause: &Clause) -> impl Iterator<Item = &str> {
    let all = clause.heading.iter().chain(&clause.headings).map(String::as_str);
    all.filter(|heading| {
        let length = heading.chars().count();
        (4..=8).contains(&length) && heading.chars().all(tiaowen_text::is_han)
    })
}

fn finds(snapshot: &View, query: &str) -> Result<bool, Problem> {
    let request = Request { limit: 1, ..Request::new(query) };
    Ok(snapshot.search(&request)?.total > 0)
}
