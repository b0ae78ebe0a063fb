//! Searching an index.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tiaowen_index::tantivy::collector::Count;
use tiaowen_index::tantivy::query::TermQuery;
use tiaowen_index::tantivy::schema::{IndexRecordOption, Value};
use tiaowen_index::tantivy::{self, DocAddress, IndexReader, TantivyDocument, Term};
use tiaowen_index::{About, ClauseIndex, ClauseRecord, Groups, Manifest, Place, Versions};
use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, Segmenter, Spent};

use crate::answer::Typed;
use crate::engine::collect::Best;
use crate::engine::columns::Columns;
use crate::explain::Explanation;
use crate::language::citation::Citation;
use crate::language::note::Note;
use crate::language::syntax::{Node, Syntax};
use crate::page::typed_script;
use crate::part::Maps;
use crate::rank::{Ranked, Ranker, TotalIs};
use crate::related::Catalogue;
use crate::request::{Filter, Request};
use crate::source::remote::{Elsewhere, Finds, Partly, Room};
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
pub trait Searchable: Place + Send {
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
    pub(crate) index: ClauseIndex,
    pub(crate) reader: IndexReader,
    /// What finds clauses instead of the index, which then holds none.
    pub(crate) finds: Option<Box<dyn Finds>>,
    pub(crate) weights: Weights,
    versions: OnceLock<Versions>,
    /// Which clauses of the index's own are versions of one another.
    groups: Groups,
    columns: OnceLock<Columns>,
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
        let (reader, groups) = (index.reader()?, index.groups()?);
        Ok(Searcher {
            index,
            reader,
            finds: None,
            weights: Weights::default(),
            versions: OnceLock::new(),
            groups,
            columns: OnceLock::new(),
            catalogue: OnceLock::new(),
            standing: OnceLock::new(),
            maps: Maps::default(),
            terms: Cow::Borrowed(TermTable::built_in()),
        })
    }

    /// A searcher over an index that is no folder.
    ///
    /// # Errors
    /// When there is no memory for what is found.
    pub fn elsewhere(finds: Box<dyn Finds>) -> Result<Self, QueryError> {
        let nothing = ClauseIndex::in_memory(&[], Segmenter::shared())?;
        Ok(Searcher { finds: Some(finds), ..Self::new(nothing)? })
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

    /// The index searched.
    pub fn index(&self) -> &ClauseIndex {
        &self.index
    }

    /// What the index says of itself.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn about(&self) -> Result<About, QueryError> {
        if let Some(finds) = &self.finds {
            return Ok(finds.holds().about().clone());
        }
        let payload = self.index.payload().cloned();
        let payload = payload.map_or_else(|| ClauseIndex::payload_of(self.index.folder()), Ok)?;
        Ok(payload.into())
    }

    /// The sources and documents of the index.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn manifest(&self) -> Result<Manifest, QueryError> {
        match &self.finds {
            Some(finds) => Ok(finds.holds().manifest()?),
            None => Ok(self.index.manifest()?),
        }
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
        let versions = match &self.finds {
            Some(finds) => finds.holds().versions()?,
            None => self.index.versions()?,
        };
        Ok(self.versions.get_or_init(|| versions.without_clauses()))
    }

    /// Opens all that searches read of this commit, so that none of them waits for it, and later
    /// commits take nothing of it away.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn open_all(&self) -> Result<(), QueryError> {
        self.versions()?;
        self.columns()?;
        Ok(())
    }

    pub(crate) fn columns(&self) -> Result<&Columns, QueryError> {
        if let Some(columns) = self.columns.get() {
            return Ok(columns);
        }
        let columns = Columns::open(&self.reader.searcher(), &self.groups)?;
        Ok(self.columns.get_or_init(|| columns))
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

    /// The best `keep` clauses by score, each by itself.
    pub(crate) fn best(&self, keep: usize) -> Result<Best, QueryError> {
        Ok(Best::of(keep, self.columns()?.clone()))
    }

    /// The index's own clauses.
    pub(crate) fn room(&self) -> Result<Room, QueryError> {
        let columns = match &self.finds {
            Some(_) => Columns::open(&self.reader.searcher(), &Groups::default())?,
            None => self.columns()?.clone(),
        };
        let groups = HashMap::new();
        Ok(Room { searcher: self.reader.searcher(), columns, all: None, groups })
    }

    /// Which clauses are versions of these.
    pub(crate) fn versions_of(
        &self,
        records: &[ClauseRecord<'_>],
        room: &Room,
    ) -> Result<Partly<Cow<'_, Groups>>, QueryError> {
        let Some(finds) = &self.finds else {
            return Ok(Partly { told: Cow::Borrowed(&self.groups), missing: None });
        };
        let group = |record: &ClauseRecord<'_>| room.groups.get(&record.id()).copied();
        let groups: BTreeSet<u64> = records.iter().filter_map(group).collect();
        if groups.is_empty() {
            return Ok(Partly { told: Cow::Owned(Groups::default()), missing: None });
        }
        let groups: Vec<u64> = groups.into_iter().collect();
        let Partly { told, missing } = finds.versions_of(&groups)?;
        Ok(Partly { told: Cow::Owned(Groups::of_members(told)), missing })
    }

    pub(crate) fn find(
        &self,
        plan: &Plan,
        request: &Request,
        budget: &Budget,
    ) -> Result<Ranked, QueryError> {
        if let Some(finds) = &self.finds {
            let elsewhere = Elsewhere {
                finds: &**finds,
                fields: self.index.fields(),
                segmenter: self.index.segmenter(),
                nothing: &self.reader.searcher(),
                budget,
            };
            return elsewhere.answer(plan, request);
        }
        let ranker = Ranker {
            searcher: &self.reader.searcher(),
            fields: &self.index.fields(),
            columns: self.columns()?.clone(),
            typed: typed_script(&request.query),
            request,
            all: None,
            budget,
        };
        ranker.answer(plan)
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
        Ok(self.find(plan, &open, budget)?.total)
    }

    pub(crate) fn record(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError> {
        self.record_in(&self.reader.searcher(), address)
    }

    pub(crate) fn record_in(
        &self,
        searcher: &tantivy::Searcher,
        address: DocAddress,
    ) -> Result<ClauseRecord<'static>, QueryError> {
        let stored: TantivyDocument = searcher.doc(address)?;
        let value = stored.get_first(self.index.fields().record);
        let bytes = value.as_ref().and_then(|value| value.as_bytes());
        bytes.and_then(ClauseRecord::from_bytes).ok_or(QueryError::Damaged)
    }

    /// The clause with an id; `None` if there is none.
    ///
    /// # Errors
    /// When the index fails.
    pub fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, QueryError> {
        if let Some(finds) = &self.finds {
            return Ok(finds.clause(id)?);
        }
        let term = Term::from_field_text(self.index.fields().id, id);
        let found = self.all_with(term)?;
        found.first().map(|address| self.record(*address)).transpose()
    }

    /// How many clauses of its document stand before a clause; `None` where the index has it no more.
    ///
    /// # Errors
    /// When the index fails.
    pub fn place(&self, record: &ClauseRecord<'_>) -> Result<Option<usize>, QueryError> {
        if self.finds.is_some() {
            let all = self.document(&record.document.id)?;
            return Ok(all.iter().position(|other| other.clause.eid == record.clause.eid));
        }
        let fields = self.index.fields();
        let own = self.all_with(Term::from_field_text(fields.id, &record.id()))?;
        let all = self.all_with(Term::from_field_text(fields.document, &record.document.id))?;
        Ok(own.first().and_then(|own| all.iter().position(|other| other == own)))
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
        budget.check()?;
        if let Some(finds) = &self.finds {
            let Some(text) = finds.holds().document(id)? else { return Ok(Vec::new()) };
            return Ok(ClauseRecord::of(&text).map(ClauseRecord::into_owned).collect());
        }
        let term = Term::from_field_text(self.index.fields().document, id);
        let record = |address| {
            budget.check()?;
            self.record(address)
        };
        self.all_with(term)?.into_iter().map(record).collect()
    }

    /// How many clauses a document has; none if there is none with this id.
    ///
    /// # Errors
    /// When the index fails.
    pub fn clauses_of(&self, document: &str) -> Result<u64, QueryError> {
        if let Some(finds) = &self.finds {
            return Ok(finds.clauses_of(document)?);
        }
        let term = Term::from_field_text(self.index.fields().document, document);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        Ok(self.reader.searcher().search(&query, &Count)? as u64)
    }

    /// Entries with a term, by document and place.
    pub(crate) fn all_with(&self, term: Term) -> Result<Vec<DocAddress>, QueryError> {
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let keep = usize::try_from(self.reader.searcher().num_docs()).unwrap_or(usize::MAX);
        let query = tiaowen_index::tantivy::query::ConstScoreQuery::new(Box::new(query), 1.0);
        let found = self.reader.searcher().search(&query, &self.best(keep)?)?;
        Ok(found.top.into_iter().map(|found| found.address).collect())
    }
}
