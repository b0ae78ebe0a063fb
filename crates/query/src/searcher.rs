//! Searching an index.
//!
//! A [`Searcher`] searches the last commit of an index. It is cheap to share between threads and
//! stays valid while later commits are made; open a new one to see them. Tables that only some
//! searches need (titles, versions, the standing of laws) are built on first use, or in advance by
//! [`Searcher::open_all`].

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tiaowen_index::{About, ClauseIndex, ClauseRecord, Location, Manifest, Versions};
use tiaowen_meaning::Meaning;
use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, Spent};

use crate::answer::Typed;
use crate::explain::Explanation;
use crate::fusion::Joining;
use crate::language::citation::Citation;
use crate::language::note::Note;
use crate::language::syntax::{Node, Syntax};
use crate::part::Maps;
use crate::printed_form::typed_script;
use crate::rank::{Ranked, TotalIs, rank};
use crate::related::Catalogue;
use crate::request::{Filter, Request};
use crate::source::folder::Folder;
use crate::source::pool::Remote;
use crate::source::remote::RemoteIndex;
use crate::source::{Search, Source};
use crate::standing::Standing;
use crate::{Facets, Marker, Plan, QueryError, Weights};

/// A clause that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its position among all hits, from 1.
    pub rank: usize,
    /// Its score, which is comparable within one answer only.
    pub score: f32,
    /// The clause and its document.
    pub record: ClauseRecord<'static>,
    /// The bytes of the clause's text to highlight.
    pub highlights: Vec<Range<usize>>,
    /// The ids of the clause's other versions, such as one in the other script or a reprint.
    pub counterparts: Vec<String>,
    /// Why it is a hit, if the request asked for it.
    pub explanation: Option<Explanation>,
    /// How it got its place, if meaning took part in the answer.
    pub joining: Option<Joining>,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The number of hits. Versions of one clause count as one hit if they are grouped.
    pub total: u64,
    /// Whether `total` is exact.
    pub total_is: TotalIs,
    /// The duration in microseconds.
    pub took_us: u64,
    /// The requested page of hits.
    pub hits: Vec<Hit>,
    /// The distribution of the hits, if the request asked for it.
    pub facets: Option<Facets>,
    /// How the query was changed.
    pub notes: Vec<Note>,
    /// Corrected queries, offered if no clause contains the whole query. Each finds something.
    pub suggestions: Vec<String>,
}

impl Answer {
    /// The note that parts of the index did not answer, so hits may be missing.
    pub fn incomplete(&self) -> Option<&Note> {
        self.notes.iter().find(|note| matches!(note, Note::Incomplete { .. }))
    }

    /// Whether meaning took part, or should have, so that the next answer may differ although the index
    /// is the same.
    pub fn is_joined(&self) -> bool {
        let is_note = |note: &Note| matches!(note, Note::NoMeaning(_));
        self.hits.iter().any(|hit| hit.joining.is_some()) || self.notes.iter().any(is_note)
    }
}

/// The lengths of names, in characters, that may be the end of a longer title: 基本法.
const SHORT_NAME: std::ops::RangeInclusive<usize> = 3..=6;
/// The most characters of a query.
pub(crate) const MOST_CHARACTERS: usize = 1_000;

/// The place of an index that can be searched.
pub trait Searchable: Location + Send {
    /// A searcher of the last commit.
    ///
    /// # Errors
    /// When there is no index, it has another stamp, or it can't be read.
    fn searcher(&self) -> Result<Searcher, QueryError>;
}

impl Searchable for PathBuf {
    fn searcher(&self) -> Result<Searcher, QueryError> {
        Searcher::open(self)
    }
}

/// Searches the last commit of an index.
pub struct Searcher {
    pub(crate) source: Box<dyn Source>,
    pub(crate) weights: Weights,
    versions: OnceLock<Versions>,
    catalogue: OnceLock<Catalogue>,
    standing: OnceLock<Arc<Standing>>,
    pub(crate) maps: Maps,
    pub(crate) terms: Cow<'static, TermTable>,
    pub(crate) meaning: Arc<Meaning>,
}

impl Searcher {
    /// A searcher of an open index.
    ///
    /// # Errors
    /// When a file of the index can't be opened.
    pub fn new(index: ClauseIndex) -> Result<Self, QueryError> {
        Ok(Self::of(Box::new(Folder::open(index)?)))
    }

    /// A searcher of an index outside a folder.
    ///
    /// # Errors
    /// When there is no memory for the clauses fetched from it.
    pub fn remote(index: Box<dyn RemoteIndex>) -> Result<Self, QueryError> {
        Ok(Self::of(Box::new(Remote::new(index)?)))
    }

    fn of(source: Box<dyn Source>) -> Self {
        Searcher {
            source,
            weights: Weights::default(),
            versions: OnceLock::new(),
            catalogue: OnceLock::new(),
            standing: OnceLock::new(),
            maps: Maps::default(),
            terms: Cow::Borrowed(TermTable::built_in()),
            meaning: Arc::default(),
        }
    }

    /// A searcher of the last commit in `folder`. Later commits don't affect it.
    ///
    /// # Errors
    /// When there is no index, it has another stamp, or its files can't be read.
    pub fn open(folder: &Path) -> Result<Self, QueryError> {
        ClauseIndex::read(folder, Self::new)
    }

    /// Searches with other weights from now on, for measurements.
    pub fn set_weights(&mut self, weights: Weights) {
        self.weights = weights;
    }

    /// Expands queries by another term table from now on.
    pub fn set_terms(&mut self, terms: Cow<'static, TermTable>) {
        self.terms = terms;
    }

    /// Joins hits with the clauses nearest in meaning from now on, where a request asks for it.
    pub fn set_meaning(&mut self, meaning: Arc<Meaning>) {
        self.meaning = meaning;
    }

    /// The stamp and the last run of the index.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn about(&self) -> Result<About, QueryError> {
        self.source.about()
    }

    /// The sources and documents of the index.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn manifest(&self) -> Result<Manifest, QueryError> {
        self.source.manifest()
    }

    /// Answers a search.
    ///
    /// A query with words finds the clauses that contain all of them, and, if these are fewer than
    /// ten, clauses that contain a good part of them. An empty query, or one of fields, filters and
    /// exclusions alone, lists all matching clauses by document and reading order. A query of
    /// punctuation alone gives an empty answer with a note.
    ///
    /// # Errors
    /// When the query is too long, a date of the filter can't be read, or the index fails.
    pub fn search(&self, request: &Request) -> Result<Answer, QueryError> {
        self.search_within(request, &Budget::unlimited())
    }

    /// Like [`search`](Self::search), within a budget.
    ///
    /// # Errors
    /// As [`search`](Self::search), and [`QueryError::Spent`] when the budget is spent first.
    pub fn search_within(&self, request: &Request, budget: &Budget) -> Result<Answer, QueryError> {
        // A search that runs out of budget fails with the error of whatever part noticed it.
        let spent = |error| if budget.is_spent() { QueryError::Spent(Spent) } else { error };
        self.answer(request, budget).map_err(spent)
    }

    /// Marks what a search finds in other texts, such as whole documents, as it is highlighted in
    /// hits. For a citation, the words beside it are marked.
    ///
    /// ```
    /// use tiaowen_query::{Request, Searcher};
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("a.txt");
    /// std::fs::write(&file, "粵港合作備忘錄\n\n一、提升教學質素。\n\n二、每年會面。")?;
    /// let index = folder.path().join("index");
    /// tiaowen_indexer::run(&[file], &index, &Default::default(), &|_| {})?;
    /// let searcher = Searcher::open(&index)?;
    /// let mut request = Request::new("质素");
    /// let marks = searcher.marker(&request)?.marks("教学质量与質素")?;
    /// assert_eq!(marks, [6..12, 15..21]);
    /// let hit = searcher.search(&request)?.hits.remove(0);
    /// assert_eq!(searcher.marker(&request)?.marks(&hit.record.clause.text)?, hit.highlights);
    /// request.expand = false;
    /// assert_eq!(searcher.marker(&request)?.marks("教学质量与質素")?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the query is too long or the index fails.
    pub fn marker(&self, request: &Request) -> Result<Marker, QueryError> {
        self.marker_within(request, &Budget::unlimited())
    }

    /// Like [`marker`](Self::marker), within a budget, which the returned marker uses up too.
    ///
    /// # Errors
    /// As [`marker`](Self::marker), and [`QueryError::Spent`] when the budget is spent first.
    pub fn marker_within(&self, request: &Request, budget: &Budget) -> Result<Marker, QueryError> {
        budget.check()?;
        let spent = |error| if budget.is_spent() { QueryError::Spent(Spent) } else { error };
        Ok(Marker::of(self.marked(request, budget).map_err(spent)?, budget.clone()))
    }

    /// Reads a query, before anything is searched.
    pub(crate) fn read(&self, request: &Request, budget: &Budget) -> Result<Typed, QueryError> {
        let characters = request.query.chars().count();
        if characters > MOST_CHARACTERS {
            return Err(QueryError::TooLong { characters, most: MOST_CHARACTERS });
        }
        let mut syntax = Syntax::read(&request.query);
        let heard = if request.phonetic { self.heard(&syntax.text, budget)? } else { Vec::new() };
        if !heard.is_empty() {
            let words = heard.iter().cloned().map(Node::Phrase).collect();
            syntax.required.push(Node::Any(words));
            syntax.text.clear();
        }
        let (citation, documents) = self.cited(&syntax.text)?;
        Ok(Typed { syntax, heard, citation, documents })
    }

    /// The citation in a text, and the ids of the documents that it names, the newest first.
    fn cited(&self, text: &str) -> Result<(Option<Citation>, Vec<String>), QueryError> {
        // A document without a title is cited by its source: 001.txt 第3段.
        if let Some((source, place)) = text.trim().rsplit_once(' ')
            && let Some(citation) = Citation::placed(text, place)
            && let documents @ [_, ..] = &self.catalogue()?.of_untitled(source)[..]
        {
            return Ok((Some(citation), documents.to_vec()));
        }
        let Some(mut citation) = Citation::read(text) else { return Ok((None, Vec::new())) };
        // Titles are read only if the text may contain one.
        if citation.title.is_none() && citation.names_before().is_empty() {
            return Ok((Some(citation), Vec::new()));
        }
        let catalogue = self.catalogue()?;
        if citation.title.is_none() && citation.steps.iter().any(|step| step.level == Some("art")) {
            // 劳动合同法第三十八条, 基本法第一百零四條: the longest title that ends before the place.
            for name in citation.names_before() {
                let mut documents = catalogue.titled(&name);
                if documents.is_empty() && SHORT_NAME.contains(&name.chars().count()) {
                    documents = catalogue.ending_with(&name);
                }
                if !documents.is_empty() {
                    citation.take_name(&name);
                    return Ok((Some(citation), documents));
                }
            }
        }
        let documents =
            citation.title.as_deref().map_or_else(Vec::new, |title| catalogue.titled(title));
        // A part without a number is accepted only if some document has exactly this title.
        let is_found = citation.part.is_none() || !documents.is_empty();
        Ok((Some(citation).filter(|_| is_found), documents))
    }

    /// The documents that are versions of one another.
    ///
    /// # Errors
    /// When the file with the versions is missing or damaged.
    pub fn versions(&self) -> Result<&Versions, QueryError> {
        if let Some(versions) = self.versions.get() {
            return Ok(versions);
        }
        let versions = self.source.versions()?;
        Ok(self.versions.get_or_init(|| versions.without_clauses()))
    }

    /// Opens everything that searches read, so that no search waits for it and later commits don't
    /// affect it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn open_all(&self) -> Result<(), QueryError> {
        self.versions()?;
        self.source.open_all()
    }

    /// The titles of the documents.
    pub(crate) fn catalogue(&self) -> Result<&Catalogue, QueryError> {
        if let Some(catalogue) = self.catalogue.get() {
            return Ok(catalogue);
        }
        let manifest = self.manifest()?;
        Ok(self.catalogue.get_or_init(|| Catalogue::of(&manifest)))
    }

    /// The standing of the laws in the index.
    pub(crate) fn standing(&self) -> Result<Arc<Standing>, QueryError> {
        if let Some(standing) = self.standing.get() {
            return Ok(Arc::clone(standing));
        }
        let standing = self.catalogue()?.standing();
        Ok(Arc::clone(self.standing.get_or_init(|| Arc::new(standing))))
    }

    /// Builds the table of titles from the `manifest` of this index, so that the first user doesn't
    /// wait for it.
    pub fn catalogued(&self, manifest: &Manifest) {
        self.catalogue.get_or_init(|| Catalogue::of(manifest));
    }

    /// Ranks the clauses that match a plan.
    pub(crate) fn ranked(
        &self,
        plan: &Plan,
        request: &Request,
        budget: &Budget,
    ) -> Result<Ranked<'_>, QueryError> {
        rank(&*self.source, &searched(plan, request, budget))
    }

    /// The number of hits of a plan without filters. 0 if it has none.
    pub(crate) fn total_without_filter(
        &self,
        plan: &Plan,
        request: &Request,
        budget: &Budget,
    ) -> Result<u64, QueryError> {
        if request.filter.is_empty() {
            return Ok(0);
        }
        let filter = Filter::default();
        let open =
            Request { filter, limit: 0, offset: 0, facets: false, count: true, ..request.clone() };
        Ok(self.ranked(plan, &open, budget)?.total)
    }

    /// The clause with an id; `None` if there is none.
    ///
    /// # Errors
    /// When the index fails.
    pub fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, QueryError> {
        self.source.clause(id)
    }

    /// The number of clauses before a clause in its document. `None` if the index no longer has it.
    ///
    /// # Errors
    /// When the index fails.
    pub fn place(&self, record: &ClauseRecord<'_>) -> Result<Option<usize>, QueryError> {
        self.source.place(record)
    }

    /// The clauses of a document, in reading order; empty if there is none with this id.
    ///
    /// # Errors
    /// When the index fails.
    pub fn document(&self, id: &str) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        self.document_within(id, &Budget::unlimited())
    }

    /// Like [`document`](Self::document), within a budget.
    ///
    /// # Errors
    /// When the index fails, and [`QueryError::Spent`] when the budget is spent first.
    pub fn document_within(
        &self,
        id: &str,
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        self.source.document(id, budget)
    }

    /// The number of clauses of a document. 0 if there is none with this id.
    ///
    /// # Errors
    /// When the index fails.
    pub fn clauses_of(&self, document: &str) -> Result<u64, QueryError> {
        self.source.clauses_of(document)
    }
}

/// Combines a plan with the request that it serves.
pub(crate) fn searched<'a>(plan: &'a Plan, request: &'a Request, budget: &'a Budget) -> Search<'a> {
    Search { plan, request, typed: typed_script(&request.query), budget }
}
