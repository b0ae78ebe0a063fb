//! Searching an index.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;
use std::time::Instant;

use tiaowen_corpus::{DocumentKind, passage};
use tiaowen_index::tantivy::query::{Query, TermQuery};
use tiaowen_index::tantivy::schema::{IndexRecordOption, Value};
use tiaowen_index::tantivy::{DocAddress, IndexReader, TantivyDocument, Term};
use tiaowen_index::{ClauseIndex, ClauseRecord, Versions};
use tiaowen_terms::TermTable;
use tiaowen_text::Script;

use crate::citation::Citation;
use crate::collect::{Best, Collected};
use crate::page::{printed_otherwise, typed_script};
use crate::syntax::{Node, Restriction, Syntax};
use crate::{Analysis, Facets, Level, Plan, QueryError, Weights, execute, highlights};

/// How hits are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best first.
    #[default]
    Score,
    /// The newest document first; without a date last.
    Date,
}

/// Which clauses count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only documents printed in this script.
    pub script: Option<Script>,
    /// Only documents of these kinds; all when empty.
    pub kinds: Vec<DocumentKind>,
    /// Only documents dated then or later: `2017`, `2017-11`, `2017-11-18`.
    pub from: Option<String>,
    /// Only documents dated then or earlier.
    pub to: Option<String>,
    /// Only documents that a body of this name signs or issues; words of the name will do.
    pub party: Option<String>,
    /// Only documents signed at this place.
    pub place: Option<String>,
    /// Only clauses that name this responsible unit.
    pub unit: Option<String>,
    /// Only documents whose title holds these words.
    pub title: Option<String>,
    /// Only clauses whose label has this number, as it ends their `eid`: `12`, `12-1`, `a`.
    pub label: Option<String>,
    /// Only documents of this number (文號); parts of it will do.
    pub number: Option<String>,
}

impl Filter {
    /// Narrows further by what a query says of itself.
    fn narrow(&mut self, restrictions: &[Restriction]) {
        for restriction in restrictions.iter().cloned() {
            match restriction {
                Restriction::Title(text) => self.title = Some(text),
                Restriction::Number(text) => self.number = Some(text),
                Restriction::Kind(kind) => self.kinds.push(kind),
                Restriction::Party(text) => self.party = Some(text),
                Restriction::Place(text) => self.place = Some(text),
                Restriction::Unit(text) => self.unit = Some(text),
                Restriction::Script(script) => self.script = Some(script),
                Restriction::Date(from, to) => {
                    self.from = from.or(self.from.take());
                    self.to = to.or(self.to.take());
                }
                Restriction::Label(number) => self.label = Some(number),
            }
        }
    }
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What was typed, in either script.
    pub query: String,
    /// How many hits to give.
    pub limit: usize,
    /// How many to pass over.
    pub offset: usize,
    /// Their order.
    pub sort: Sort,
    /// Which clauses count.
    pub filter: Filter,
    /// Whether to look for other regions' words as well.
    pub expand: bool,
}

impl Request {
    /// A search for `query`: the ten best hits of all.
    pub fn new(query: impl Into<String>) -> Self {
        Request {
            query: query.into(),
            limit: 10,
            offset: 0,
            sort: Sort::Score,
            filter: Filter::default(),
            expand: true,
        }
    }
}

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
    /// Ids of the clause's counterparts in the document's version in the other script.
    pub counterparts: Vec<String>,
}

/// What a search gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How many clauses are hits.
    pub total: u64,
    /// Microseconds it took.
    pub took_us: u64,
    /// The page that was asked for.
    pub hits: Vec<Hit>,
    /// How the hits divide.
    pub facets: Facets,
    /// What was done to the query, in plain words.
    pub notes: Vec<String>,
}

/// The longest query that is searched for, in characters.
pub(crate) const MOST_CHARACTERS: usize = 1_000;

/// As many clauses that hold all words are enough: no others are looked for. The same for
/// every page, so that pages lie side by side.
const ENOUGH: u64 = 10;

/// A search over the last commit of an index.
pub struct Searcher {
    index: ClauseIndex,
    reader: IndexReader,
    weights: Weights,
    versions: OnceLock<Versions>,
    terms: Cow<'static, TermTable>,
}

impl Searcher {
    /// A searcher over `index`.
    ///
    /// # Errors
    /// When a file of the index can't be opened.
    pub fn new(index: ClauseIndex) -> Result<Self, QueryError> {
        let reader = index.reader()?;
        Ok(Searcher {
            index,
            reader,
            weights: Weights::default(),
            versions: OnceLock::new(),
            terms: Cow::Borrowed(TermTable::built_in()),
        })
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

    /// Answers a search.
    ///
    /// Nothing to look for (only punctuation, say) is an empty answer with a note. Clauses
    /// that hold all of the query's words are hits; where there are fewer than ten, so are
    /// those that hold a good part of it.
    ///
    /// # Errors
    /// When the query is too long, a date of the filter can't be read, or the index fails.
    pub fn search(&self, request: &Request) -> Result<Answer, QueryError> {
        let started = Instant::now();
        let characters = request.query.chars().count();
        if characters > MOST_CHARACTERS {
            return Err(QueryError::TooLong { characters, most: MOST_CHARACTERS });
        }
        let terms = request.expand.then_some(&*self.terms);
        let syntax = Syntax::read(&request.query);
        let cut = |text: &str| Analysis::of(text, self.index.segmenter(), terms);
        let citation = Citation::read(&syntax.text);
        let mut analysis = cut(citation.as_ref().map_or(&syntax.text, |cited| &cited.rest));
        let mut request = request.clone();
        request.filter.narrow(&syntax.restrictions);
        let request = &request;
        let mut notes: Vec<String> = syntax
            .problems
            .iter()
            .map(|problem| format!("{problem}; the rest was searched"))
            .collect();
        let (mut collected, mut level) = (Collected::default(), Level::All);
        let mut cited = None;
        if let Some(citation) = citation {
            let mut plan = Plan::of(&analysis, &self.weights);
            plan.require(&syntax, &self.weights, &cut);
            plan.cite(&citation, &self.weights);
            (collected, level) = self.find(&plan, request)?;
            if collected.total > 0 {
                notes.push(format!(
                    "{} is read as a citation; in quotation marks it is looked for as text",
                    citation.text
                ));
                cited = Some(citation);
            } else {
                analysis = cut(&syntax.text);
            }
        }
        let expansions = analysis.parts.iter().flat_map(|part| &part.expansions);
        for expansion in expansions.filter(|expansion| !expansion.is_number) {
            let others: Vec<&str> =
                expansion.alternatives.iter().map(|(text, _)| text.as_str()).collect();
            notes.push(format!(
                "{} is also looked for as {}; --no-expand looks for what was typed only",
                expansion.typed,
                others.join(", ")
            ));
        }
        let mut marked = vec![analysis.clone()];
        syntax.required.iter().for_each(|node| to_mark(node, &cut, &mut marked));
        if cited.is_some() {
            // Found already.
        } else if analysis.is_empty() && syntax.required.is_empty() {
            notes.push("the query holds no letter, figure or Han character to look for".to_owned());
        } else {
            let mut plan = Plan::of(&analysis, &self.weights);
            plan.require(&syntax, &self.weights, &cut);
            (collected, level) = self.find(&plan, request)?;
        }
        if level == Level::Some && collected.total > 0 {
            notes.push("some hits hold only a part of the query's words".to_owned());
        }
        let page = collected.top.iter().skip(request.offset);
        let mut hits = Vec::new();
        for found in page {
            let record = self.record(found.address)?;
            let mut marks = highlights(&record.clause.text, &marked);
            if let Some(citation) = &cited {
                mark_passage(&record, citation, &mut marks);
            }
            let otherwise =
                printed_otherwise(&request.query, &record.clause.text, &marks, &analysis);
            let counterparts =
                self.versions()?.counterparts(&record.document.id, &record.clause.eid);
            let hit = Hit { rank: 0, score: found.score, record, highlights: marks, counterparts };
            hits.push((otherwise, hit));
        }
        let joined: BTreeSet<(char, char)> =
            hits.iter().flat_map(|(otherwise, _)| otherwise.iter().copied()).collect();
        for (typed, printed) in joined {
            notes.push(format!("{printed} was found for {typed}: folding joins them; such hits stand last on the page"));
        }
        if request.sort == Sort::Score {
            let typed = typed_script(&request.query);
            let own = |hit: &Hit| Some(hit.record.document.script) == typed;
            // Stable, so that ties stay in the order they came in.
            hits.sort_by(|(left_other, left), (right_other, right)| {
                left_other
                    .is_empty()
                    .cmp(&right_other.is_empty())
                    .reverse()
                    .then(right.score.total_cmp(&left.score))
                    .then(own(right).cmp(&own(left)))
            });
        }
        let hits = hits
            .into_iter()
            .zip(request.offset + 1..)
            .map(|((_, hit), rank)| Hit { rank, ..hit })
            .collect();
        Ok(Answer {
            total: collected.total,
            took_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            hits,
            facets: collected.facets,
            notes,
        })
    }

    /// Which documents of the index are versions of one another.
    ///
    /// # Errors
    /// When the file that says so is missing or damaged.
    pub fn versions(&self) -> Result<&Versions, QueryError> {
        if let Some(versions) = self.versions.get() {
            return Ok(versions);
        }
        let read = self.index.versions()?;
        Ok(self.versions.get_or_init(|| read))
    }

    fn find(&self, plan: &Plan, request: &Request) -> Result<(Collected, Level), QueryError> {
        let keep = request.offset.saturating_add(request.limit);
        let fields = self.index.fields();
        let searcher = self.reader.searcher();
        let run = |query: &dyn Query, keep: usize, least: f32| {
            let best = Best { keep, sort: request.sort, least, signature: plan.signature };
            searcher.search(query, &best)
        };
        let all = execute::query(plan, Level::All, &request.filter, &fields)?;
        let strict = run(&*all, keep, f32::NEG_INFINITY)?;
        if strict.total >= ENOUGH || plan.exact || plan.must.is_empty() {
            return Ok((strict, Level::All));
        }
        let some = execute::query(plan, Level::Some, &request.filter, &fields)?;
        let best = Best {
            keep: 1,
            sort: Sort::Score,
            least: f32::NEG_INFINITY,
            signature: plan.signature,
        };
        let best = searcher.search(&*some, &best)?;
        let Some(best) = best.top.first() else { return Ok((strict, Level::All)) };
        let whole = if best.score > plan.whole { plan.whole } else { 0.0 };
        let relaxed = run(&*some, keep, (best.score - whole) * plan.relaxed)?;
        if relaxed.total > strict.total {
            Ok((relaxed, Level::Some))
        } else {
            Ok((strict, Level::All))
        }
    }

    fn record(&self, address: DocAddress) -> Result<ClauseRecord<'static>, QueryError> {
        let stored: TantivyDocument = self.reader.searcher().doc(address)?;
        let value = stored.get_first(self.index.fields().record);
        let bytes = value.as_ref().and_then(|value| value.as_bytes());
        bytes.and_then(ClauseRecord::from_bytes).ok_or(QueryError::Damaged)
    }

    /// The clause with an id; `None` if there is none.
    ///
    /// # Errors
    /// When the index fails.
    pub fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, QueryError> {
        let term = Term::from_field_text(self.index.fields().id, id);
        let found = self.all_with(term)?;
        found.first().map(|address| self.record(*address)).transpose()
    }

    /// The clauses of a document, in reading order; empty if there is none with this id.
    ///
    /// # Errors
    /// When the index fails.
    pub fn document(&self, id: &str) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        let term = Term::from_field_text(self.index.fields().document, id);
        self.all_with(term)?.into_iter().map(|address| self.record(address)).collect()
    }

    /// Entries with a term, by document and place.
    fn all_with(&self, term: Term) -> Result<Vec<DocAddress>, QueryError> {
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let keep = usize::try_from(self.reader.searcher().num_docs()).unwrap_or(usize::MAX);
        let all =
            Best { keep, sort: Sort::Score, least: f32::NEG_INFINITY, signature: 1.0 };
        let query = tiaowen_index::tantivy::query::ConstScoreQuery::new(Box::new(query), 1.0);
        let found = self.reader.searcher().search(&query, &all)?;
        Ok(found.top.into_iter().map(|found| found.address).collect())
    }
}

/// Marks the part of an article that is cited, in place of what it holds.
fn mark_passage(record: &ClauseRecord, citation: &Citation, marks: &mut Vec<Range<usize>>) {
    if citation.passage.is_empty() {
        return;
    }
    if let Some(found) = passage(&record.document, &record.clause, &citation.passage) {
        marks.retain(|mark| mark.end <= found.span.start || found.span.end <= mark.start);
        marks.push(found.span);
        marks.sort_by_key(|mark| mark.start);
    }
}

/// The texts of a piece of a query that are marked where they stand.
fn to_mark(node: &Node, cut: &dyn Fn(&str) -> Analysis, marked: &mut Vec<Analysis>) {
    match node {
        Node::Text(text) => marked.push(cut(text)),
        Node::Phrase(text) => marked.push(Analysis::phrase(text)),
        Node::Any(nodes) | Node::All(nodes) => {
            nodes.iter().for_each(|node| to_mark(node, cut, marked));
        }
        Node::Prefix(_) | Node::Not(_) => {}
    }
}
