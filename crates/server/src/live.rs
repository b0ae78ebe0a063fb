//! The commit of the index that is used for answers. It follows a running `tiaowen index`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::{Deref, Range};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::Duration;

use tiaowen_corpus::Document;
use tiaowen_index::{About, ClauseRecord, Manifest};
use tiaowen_meaning::Meaning;
use tiaowen_query::{
    Answer, Completion, DocumentPart, Marker, QueryError, Request, Searchable, Searcher,
};
use tiaowen_terms::TermTable;
use tiaowen_text::Budget;
use tiaowen_verify::Titles;

use crate::problem::Problem;
use crate::{App, PAGE};

/// The interval of looking for new commits.
const LOOK: Duration = Duration::from_millis(500);

/// One commit of the index. A request uses the same one from beginning to end.
pub(crate) struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) manifest: Manifest,
    pub(crate) about: About,
    /// The index of each document in the manifest: its source, and its position in that.
    places: HashMap<String, (usize, usize)>,
    /// Whether documents have more clauses than a page shows, as far as that was looked up.
    long: Mutex<HashMap<String, bool>>,
    /// The titles of documents, built when the first text is checked.
    titles: OnceLock<Titles>,
}

impl Snapshot {
    fn open(
        place: &dyn Searchable,
        terms: Cow<'static, TermTable>,
        meaning: &Arc<Meaning>,
    ) -> Result<Self, QueryError> {
        let mut searcher = place.searcher()?;
        searcher.set_terms(terms);
        searcher.set_meaning(Arc::clone(meaning));
        // Done before it is used, so that no request waits for it.
        searcher.open_all()?;
        let (about, manifest) = (searcher.about()?, searcher.manifest()?);
        searcher.catalogued(&manifest);
        let mut places = HashMap::new();
        for (source, all) in manifest.sources.iter().enumerate() {
            for (place, document) in all.documents.iter().enumerate() {
                places.insert(document.id.clone(), (source, place));
            }
        }
        Ok(Snapshot {
            searcher,
            manifest,
            about,
            places,
            long: Mutex::default(),
            titles: OnceLock::new(),
        })
    }

    /// The titles of documents, for citations of them.
    pub(crate) fn titles(&self) -> &Titles {
        self.titles.get_or_init(|| Titles::of(&self.manifest))
    }

    /// A document by id.
    pub(crate) fn document(&self, id: &str) -> Option<&Document> {
        let &(source, place) = self.places.get(id)?;
        Some(&self.manifest.sources[source].documents[place])
    }

    /// Whether a document has more clauses than one page shows, so that a link to a clause must
    /// name the page.
    pub(crate) fn is_long(&self, document: &str) -> bool {
        let known = || self.long.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(is_long) = known().get(document) {
            return *is_long;
        }
        // If it can't be looked up, the link leads to the first page.
        let clauses = self.searcher.clauses_of(document).unwrap_or_default();
        let is_long = clauses > PAGE as u64;
        known().insert(document.to_owned(), is_long);
        is_long
    }

    /// When a document's text came into the index, in seconds since 1970. An older index doesn't
    /// record it; then the time of the file counts, or of the last commit.
    pub(crate) fn came(&self, id: &str) -> u64 {
        let source = self.places.get(id).map(|&(source, _)| &self.manifest.sources[source]);
        let changed = |nanoseconds: i128| u64::try_from(nanoseconds / 1_000_000_000).ok();
        source
            .and_then(|source| source.indexed.or_else(|| source.modified.and_then(changed)))
            .unwrap_or(self.about.last_run.at)
    }

    /// Changes with every commit.
    pub(crate) fn version(&self) -> &str {
        let hash = &self.about.version;
        hash.get(..16).unwrap_or(hash)
    }
}

/// A commit as one request sees it, with the budget of the request.
pub(crate) struct View {
    snapshot: Arc<Snapshot>,
    /// Spent when the time is over, or when the client has left.
    pub(crate) budget: Budget,
}

impl View {
    pub(crate) fn new(snapshot: Arc<Snapshot>, budget: Budget) -> Self {
        View { snapshot, budget }
    }

    /// Searches within the budget.
    pub(crate) fn search(&self, request: &Request) -> Result<Answer, QueryError> {
        self.searcher.search_within(request, &self.budget)
    }

    /// The marker for texts beside the hits.
    pub(crate) fn marker(&self, request: &Request) -> Result<Marker, QueryError> {
        self.searcher.marker_within(request, &self.budget)
    }

    /// Completions of what was typed.
    pub(crate) fn complete(
        &self,
        typed: &str,
        limit: usize,
    ) -> Result<Vec<Completion>, QueryError> {
        self.searcher.complete_within(typed, limit, &self.budget)
    }

    /// A part of a document with the links of its clauses.
    pub(crate) fn part(
        &self,
        document: &str,
        wanted: impl FnOnce(usize) -> Range<usize>,
    ) -> Result<Option<DocumentPart>, QueryError> {
        self.searcher.part(document, wanted, &self.budget)
    }

    /// The bytes written by `write` within the budget.
    pub(crate) fn written(
        &self,
        write: impl FnOnce(&mut Written<'_>) -> io::Result<()>,
    ) -> Result<Vec<u8>, Problem> {
        let mut to = Written { bytes: Vec::new(), next: 0, budget: &self.budget };
        match write(&mut to) {
            Ok(()) => Ok(to.bytes),
            Err(_) if self.budget.is_spent() => Err(Problem::slow()),
            Err(error) => Err(error.into()),
        }
    }

    /// The clauses of a document, in reading order.
    pub(crate) fn clauses(&self, document: &str) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        self.searcher.document_within(document, &self.budget)
    }
}

/// The bytes of an answer. Writing fails once the budget is spent.
pub(crate) struct Written<'v> {
    bytes: Vec<u8>,
    /// The number of bytes at which the budget is checked next.
    next: usize,
    budget: &'v Budget,
}

/// The number of bytes between two checks of the budget.
const LOOKED_AT: usize = 1 << 16;

impl Write for Written<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() >= self.next {
            self.budget.check().map_err(io::Error::other)?;
            self.next = self.bytes.len() + LOOKED_AT;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Deref for View {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

/// The last commit, replaced as new ones come.
pub(crate) struct Live {
    place: Box<dyn Searchable>,
    terms: Cow<'static, TermTable>,
    meaning: Arc<Meaning>,
    now: RwLock<Arc<Snapshot>>,
    /// The number of commits since the start.
    taken: AtomicU64,
}

impl Live {
    pub(crate) fn open(
        place: Box<dyn Searchable>,
        terms: Cow<'static, TermTable>,
        meaning: Arc<Meaning>,
    ) -> Result<Self, QueryError> {
        let now = RwLock::new(Arc::new(Snapshot::open(&*place, terms.clone(), &meaning)?));
        Ok(Live { place, terms, meaning, now, taken: AtomicU64::new(0) })
    }

    /// The size of the index in bytes.
    pub(crate) fn bytes_on_disk(&self) -> u64 {
        self.place.bytes_on_disk()
    }

    /// The number of commits since the start.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether there is an index that can be searched.
    pub(crate) fn readable(&self) -> Result<(), QueryError> {
        let about = self.place.about()?;
        // A new commit will be opened soon. Only its stamp may be wrong.
        if about.stamp != self.snapshot().about.stamp {
            self.place.open()?;
        }
        Ok(())
    }

    /// The last commit.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        // A snapshot is only ever replaced as a whole, so a poisoned lock has a valid one.
        let now = self.now.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        Arc::clone(&now)
    }

    /// Opens a newer commit, if there is one. Returns whether there was.
    fn refresh(&self) -> Result<bool, QueryError> {
        if self.place.about()? == self.snapshot().about {
            return Ok(false);
        }
        let fresh = Arc::new(Snapshot::open(&*self.place, self.terms.clone(), &self.meaning)?);
        *self.now.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = fresh;
        self.taken.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }
}

/// Follows the commits of the index. If one can't be opened, the last state remains in use.
pub(crate) async fn follow(app: Arc<App>) {
    let mut reported = String::new();
    loop {
        tokio::time::sleep(LOOK).await;
        let looking = Arc::clone(&app);
        let looked = tokio::task::spawn_blocking(move || looking.live.refresh()).await;
        match looked {
            Ok(Ok(true)) => {
                reported.clear();
                tracing::info!(version = app.live.snapshot().version(), "a new commit answers");
            }
            Ok(Ok(false)) => {}
            Ok(Err(error)) => {
                // Logged once, not twice a second.
                let reason = error.to_string();
                if reason != reported {
                    tracing::warn!(reason, "the index can't be read; the last state answers");
                    reported = reason;
                }
            }
            Err(error) => tracing::error!(%error, "following the index"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_ends_with_its_budget() {
        let budget = Budget::unlimited();
        let mut to = Written { bytes: Vec::new(), next: 0, budget: &budget };
        to.write_all(&[0; LOOKED_AT]).unwrap();
        budget.cancel();
        assert!((0..3).any(|_| to.write_all(&[0; LOOKED_AT]).is_err()));
        assert!(to.bytes.len() <= 2 * LOOKED_AT);
    }
}
