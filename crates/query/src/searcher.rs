//! Searching an index.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tiaowen_index::{About, ClauseIndex, ClauseRecord, Location, Manifest, Versions};
use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, Spent};

use crate::answer::Typed;
use crate::explain::Explanation;
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
    /// Its place among all hits, from 1.
    pub rank: usize,
    /// How well it answers; comparable within one answer only.
    pub score: f32,
    /// The clause and its document.
    pub record: ClauseRecord<'static>,
    /// What to mark in the clause's text, in bytes of it.
    pub highlights: Vec<Range<usize>>,
    /// Ids of the clause's other versions: the other script, a reprint.
    pub counterparts: Vec<String>,
    /// Why it is a hit, if asked for.
    pub explanation: Option<Explanation>,
}

/// What a search gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How many hits there are; the versions of a clause are one, if grouped.
    pub total: u64,
    /// Whether that is all of them.
    pub total_is: TotalIs,
    /// Microseconds it took.
    pub took_us: u64,
    /// The page that was asked for.
    pub hits: Vec<Hit>,
    /// How the hits divide, where that was asked for.
    pub facets: Option<Facets>,
    /// What was done to the query.
    pub notes: Vec<Note>,
    /// Queries that may have been meant, where nothing holds all of this one; each finds
    /// something.
    pub suggestions: Vec<String>,
}

impl Answer {
    /// What is told where parts of the index did not answer, so that hits may be missing.
    pub fn incomplete(&self) -> Option<&Note> {
        self.notes.iter().find(|note| matches!(note, Note::Incomplete { .. }))
    }
}

/// A name of so many characters may be the end of a longer one: 基本法.
const SHORT_NAME: std::ops::RangeInclusive<usize> = 3..=6;
/// The longest query that is searched for, in characters.
pub(crate) const MOST_CHARACTERS: usize = 1_000;

/// Where an index lies that can be searched.
pub trait Searchable: Location + Send {
    /// A searcher over what the index holds now.
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

/// A search over the last commit of an index.
pub struct Searcher {
    pub(crate) source: Box<dyn Source>,
    pub(crate) weights: Weights,
    versions: OnceLock<Versions>,
    catalogue: OnceLock<Catalogue>,
    standing: OnceLock<Arc<Standing>>,
    pub(crate) maps: Maps,
    pub(crate) terms: Cow<'static, TermTable>,
}

impl Searcher {
    /// A searcher over `index`.
    ///
    /// # Errors
    /// When a file of the index can't be opened.
    pub fn new(index: ClauseIndex) -> Result<Self, QueryError> {
        Ok(Self::of(Box::new(Folder::open(index)?)))
    }

    /// A searcher over an index that is no folder.
    ///
    /// # Errors
    /// When there is no memory for the clauses that are fetched.
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
        }
    }

    /// A searcher over the last commit in `folder`, of which a commit made meanwhile takes
    /// nothing away.
    ///
    /// # Errors
    /// When there is no index, it has another stamp, or its files can't be read.
    pub fn open(folder: &Path) -> Result<Self, QueryError> {
        ClauseIndex::read(folder, Self::new)
    }

    /// Searches with other weights from now on, for measuring.
    pub fn set_weights(&mut self, weights: Weights) {
        self.weights = weights;
    }

    /// Widens queries by another term table from now on.
    pub fn set_terms(&mut self, terms: Cow<'static, TermTable>) {
        self.terms = terms;
    }

    /// What the index says of itself.
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
    /// A query of fields, filters or exclusions alone, or an empty one, lists what matches, by
    /// document and reading order. One of punctuation alone is an empty answer with a note. Clauses
    /// that hold all of the query's words are hits; where there are fewer than ten, so are
    /// those that hold a good part of it.
    ///
    /// # Errors
    /// When the query is too long, a date of the filter can't be read, or the index fails.
    pub fn search(&self, request: &Request) -> Result<Answer, QueryError> {
        self.search_within(request, &Budget::unlimited())
    }

    /// The same, for as long as the budget allows.
    ///
    /// # Errors
    /// As [`search`](Self::search), and [`QueryError::Spent`] when the budget is spent first.
    pub fn search_within(&self, request: &Request, budget: &Budget) -> Result<Answer, QueryError> {
        // What ends early fails in whatever way the part that it was in does.
        let spent = |error| if budget.is_spent() { QueryError::Spent(Spent) } else { error };
        self.answer(request, budget).map_err(spent)
    }

    /// What marks the answers to a search in texts beside its hits, as they are marked in
    /// the hits themselves. Of a citation what stands beside it is marked.
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

    /// The same, for as long as the budget allows; what it marks later counts as well.
    ///
    /// # Errors
    /// As [`marker`](Self::marker), and [`QueryError::Spent`] when the budget is spent first.
    pub fn marker_within(&self, request: &Request, budget: &Budget) -> Result<Marker, QueryError> {
        budget.check()?;
        let spent = |error| if budget.is_spent() { QueryError::Spent(Spent) } else { error };
        Ok(Marker::of(self.marked(request, budget).map_err(spent)?, budget.clone()))
    }

    /// What a query says, before any of it is looked for.
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

    /// The citation that a text holds, and the documents of the name it has, the newest first.
    fn cited(&self, text: &str) -> Result<(Option<Citation>, Vec<String>), QueryError> {
        // A document without a title is cited by its source: 001.txt 第3段.
        if let Some((source, place)) = text.trim().rsplit_once(' ')
            && let Some(citation) = Citation::placed(text, place)
            && let documents @ [_, ..] = &self.catalogue()?.of_untitled(source)[..]
        {
            return Ok((Some(citation), documents.to_vec()));
        }
        let Some(mut citation) = Citation::read(text) else { return Ok((None, Vec::new())) };
        // The names of all documents are read only for what may be one.
        if citation.title.is_none() && citation.names_before().is_empty() {
            return Ok((Some(citation), Vec::new()));
        }
        let catalogue = self.catalogue()?;
        if citation.title.is_none() && citation.steps.iter().any(|step| step.level == Some("art")) {
            // 劳动合同法第三十八条, 基本法第一百零四條: the longest name that stands before it.
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
        // A part without a number is found in documents only that have just this name.
        let is_found = citation.part.is_none() || !documents.is_empty();
        Ok((Some(citation).filter(|_| is_found), documents))
    }

    /// Which documents of the index are versions of one another.
    ///
    /// # Errors
    /// When the file that says so is missing or damaged.
    pub fn versions(&self) -> Result<&Versions, QueryError> {
        if let Some(versions) = self.versions.get() {
            return Ok(versions);
        }
        let versions = self.source.versions()?;
        Ok(self.versions.get_or_init(|| versions.without_clauses()))
    }

    /// Opens all that searches read of this commit, so that none of them waits for it, and later
    /// commits take nothing of it away.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn open_all(&self) -> Result<(), QueryError> {
        self.versions()?;
        self.source.open_all()
    }

    /// The index's documents by their names.
    pub(crate) fn catalogue(&self) -> Result<&Catalogue, QueryError> {
        if let Some(catalogue) = self.catalogue.get() {
            return Ok(catalogue);
        }
        let manifest = self.manifest()?;
        Ok(self.catalogue.get_or_init(|| Catalogue::of(&manifest)))
    }

    /// The standing of the laws of the index.
    pub(crate) fn standing(&self) -> Result<Arc<Standing>, QueryError> {
        if let Some(standing) = self.standing.get() {
            return Ok(Arc::clone(standing));
        }
        let standing = self.catalogue()?.standing();
        Ok(Arc::clone(self.standing.get_or_init(|| Arc::new(standing))))
    }

    /// Tells what the documents of the index are called, by its own `manifest`, so that who first
    /// reads one needn't wait for it.
    pub fn catalogued(&self, manifest: &Manifest) {
        self.catalogue.get_or_init(|| Catalogue::of(manifest));
    }

    /// The clauses that answer a plan, ranked.
    pub(crate) fn ranked(
        &self,
        plan: &Plan,
        request: &Request,
        budget: &Budget,
    ) -> Result<Ranked<'_>, QueryError> {
        rank(&*self.source, &searched(plan, request, budget))
    }

    /// How many hits a plan would have if no filter narrowed it; 0 where none does.
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

    /// How many clauses of its document stand before a clause; `None` where the index has it no more.
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

    /// The same, for as long as the budget allows.
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

    /// How many clauses a document has; none if there is none with this id.
    ///
    /// # Errors
    /// When the index fails.
    pub fn clauses_of(&self, document: &str) -> Result<u64, QueryError> {
        self.source.clauses_of(document)
    }
}

/// A plan with the request that it answers.
pub(crate) fn searched<'a>(plan: &'a Plan, request: &'a Request, budget: &'a Budget) -> Search<'a> {
    Search { plan, request, typed: typed_script(&request.query), budget }
}
