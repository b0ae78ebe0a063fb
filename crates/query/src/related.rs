//! Links between clauses: what a text refers to, what a report reports, and which reports mention a
//! clause.
//!
//! A press page or paper reports instruments that it names in title marks (《》) or that its source
//! contains too, and those of their clauses whose words it repeats (see
//! [`tiaowen_compare::reports`]). Both directions are derived from the same pairs, so they always
//! agree.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_compare::reports;
use tiaowen_corpus::{ClauseKind, Document, DocumentKind};
use tiaowen_index::{ClauseRecord, Manifest, addresses};
use tiaowen_text::{Budget, Script, fold};

use crate::language::reference::{Target, references};
use crate::part::DocumentMap;
use crate::standing::Standing;
use crate::{Citation, Filter, Hit, QueryError, Request, Searcher};

/// The links of one clause.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Related {
    /// References in its text, in order and without overlaps.
    pub references: Vec<Link>,
    /// The clauses that it reports, if it is press or a paper, in order.
    pub reports: Vec<ClauseRecord<'static>>,
    /// The paragraphs of press and papers that report it.
    pub reported_by: Vec<ClauseRecord<'static>>,
}

/// A part of a text that links to a clause or document.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The bytes of the text.
    pub span: Range<usize>,
    /// The id of the document.
    pub document: String,
    /// The document's title.
    pub title: Option<String>,
    /// The clause; `None` if only the document is named, or if it has no such clause.
    pub clause: Option<ClauseRecord<'static>>,
    /// The part of the article as the text names it: 第二款（三）. Empty for the whole clause.
    pub at: String,
}

impl Link {
    /// The id of the clause, or of the document if no clause is named.
    pub fn id(&self) -> String {
        self.clause.as_ref().map_or_else(|| self.document.clone(), ClauseRecord::id)
    }
}

/// The most instruments of a source that reports are compared with.
const MOST_INSTRUMENTS: usize = 24;
/// The most sources that are searched for reports of an instrument.
const MOST_SOURCES: usize = 12;
/// The most titles that a shared end may stand for.
const MOST_CALLED: usize = 6;
/// The most documents with one title that are considered.
const MOST_NAMESAKES: usize = 16;
/// A shorter title, in characters, is too common to search texts for.
const SHORTEST_NAME: usize = 6;

/// The documents of an index by title.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    documents: Vec<Entry>,
    by_id: FxHashMap<String, usize>,
    /// Documents without a title, by source.
    by_source: FxHashMap<String, Vec<usize>>,
    /// Documents by title; see [`key`].
    by_title: FxHashMap<String, Vec<usize>>,
    /// Documents by title without the brackets at its end.
    by_name: FxHashMap<String, Vec<usize>>,
    /// For each source, its documents.
    sources: Vec<Range<usize>>,
    /// Whether any document is press or a paper.
    has_reports: bool,
}

#[derive(Debug)]
struct Entry {
    id: String,
    title: Option<String>,
    key: String,
    kind: DocumentKind,
    script: Script,
    date: Option<String>,
    source: usize,
}

impl Entry {
    fn reports(&self) -> bool {
        is_report(self.kind)
    }
}

/// The key of a title: its letters, folded, without 年. Years are printed with and without it.
///
/// ```
/// use tiaowen_query::title_key;
/// assert_eq!(title_key("合作協議（2017年）"), title_key("合作协议 (2017)"));
/// ```
pub fn key(title: &str) -> String {
    let letters = title.chars().filter(|c| c.is_alphanumeric() && *c != '年');
    fold(&letters.collect::<String>()).to_lowercase()
}

/// A title without the brackets at its end: （2017年-2018年）, （試行）.
pub fn name(title: &str) -> &str {
    let trimmed = title.trim_end();
    match (trimmed.ends_with(['）', ')']), trimmed.rfind(['（', '('])) {
        (true, Some(at)) if at > 0 => trimmed[..at].trim_end(),
        _ => trimmed,
    }
}

impl Catalogue {
    pub(crate) fn of(manifest: &Manifest) -> Self {
        let mut catalogue = Catalogue::default();
        for (source, held) in manifest.sources.iter().enumerate() {
            let first = catalogue.documents.len();
            for document in &held.documents {
                let at = catalogue.documents.len();
                let title = document.title.as_deref().unwrap_or_default();
                let (whole, short) = (key(title), key(name(title)));
                for (keys, key) in
                    [(&mut catalogue.by_title, &whole), (&mut catalogue.by_name, &short)]
                {
                    if !key.is_empty() {
                        keys.entry(key.clone()).or_default().push(at);
                        // Laws of the mainland are cited without this beginning.
                        if let Some(rest) = key.strip_prefix("中华人民共和国") {
                            keys.entry(rest.to_owned()).or_default().push(at);
                        }
                    }
                }
                if document.title.is_none() {
                    catalogue.by_source.entry(document.source.clone()).or_default().push(at);
                }
                catalogue.has_reports |= is_report(document.kind);
                catalogue.by_id.insert(document.id.clone(), at);
                catalogue.documents.push(Entry {
                    id: document.id.clone(),
                    title: document.title.clone(),
                    key: whole,
                    kind: document.kind,
                    script: document.script,
                    date: document.date.clone(),
                    source,
                });
            }
            let all = first..catalogue.documents.len();
            catalogue.sources.push(all);
        }
        catalogue
    }

    /// The standing of each law.
    pub(crate) fn standing(&self) -> Standing {
        let laws = || self.documents.iter().filter(|entry| entry.kind == DocumentKind::Law);
        let title = |entry: &Entry| key(name(entry.title.as_deref().unwrap_or_default()));
        let titles: Vec<String> = laws().map(title).collect();
        let mut newest: FxHashMap<&str, &str> = FxHashMap::default();
        for (entry, title) in laws().zip(&titles) {
            let date = entry.date.as_deref().unwrap_or_default();
            let newest = newest.entry(title).or_default();
            *newest = (*newest).max(date);
        }
        Standing::of(laws().zip(&titles).map(|(entry, title)| {
            let is_replaced =
                entry.date.as_deref().is_some_and(|date| date < newest[title.as_str()]);
            (entry.id.as_str(), title.as_str(), is_replaced)
        }))
    }

    /// The documents of a source.
    fn of_source(&self, source: usize) -> impl Iterator<Item = &Entry> {
        self.documents[self.sources[source].clone()].iter()
    }

    /// The documents with a key that don't report on others.
    fn entries(&self, keys: &FxHashMap<String, Vec<usize>>, key: &str) -> Vec<&Entry> {
        let found = keys.get(key).map(Vec::as_slice).unwrap_or_default();
        let found = found.iter().map(|&at| &self.documents[at]);
        found.filter(|entry| !entry.reports()).collect()
    }

    /// The document that the text of another one means by a title.
    fn named(&self, title: &str, from: &Entry) -> Option<&Entry> {
        let whole = key(title);
        let mut found = self.entries(&self.by_title, &whole);
        if found.is_empty() {
            found = self.entries(&self.by_name, &whole);
        }
        // 《協議（2017-2018年）》 matches 協議（2017年—2018年） if the figures in both titles are equal.
        if found.is_empty() && name(title) != title.trim_end() {
            let figures = |key: &str| key.chars().filter(char::is_ascii_digit).collect::<String>();
            found = self.entries(&self.by_name, &key(name(title)));
            found.retain(|entry| figures(&entry.key) == figures(&whole));
        }
        // Documents of the same source may be called by the end of their titles: 《2017年重點工作》.
        if found.is_empty() && whole.chars().count() >= SHORTEST_NAME {
            let beside = self.of_source(from.source);
            found = beside
                .filter(|entry| !entry.reports() && entry.id != from.id)
                .filter(|entry| entry.key.ends_with(&whole))
                .collect();
            if found.len() > 1 {
                found.clear();
            }
        }
        let choice = |entry: &&Entry| {
            (entry.script == from.script, entry.source == from.source, entry.date.clone())
        };
        // Of equals, the first.
        found.into_iter().rev().max_by_key(choice)
    }

    /// The documents with exactly this title, apart from brackets at its end; the newest first.
    pub(crate) fn titled(&self, title: &str) -> Vec<String> {
        let whole = key(title);
        let of =
            |keys: &FxHashMap<String, Vec<usize>>| keys.get(&whole).cloned().unwrap_or_default();
        let mut found = of(&self.by_title);
        found.extend(of(&self.by_name));
        self.newest(found)
    }

    /// The documents whose titles end with this one, as two of them are called 基本法.
    pub(crate) fn ending_with(&self, title: &str) -> Vec<String> {
        let end = key(title);
        let all = self.by_name.iter().filter(|(name, _)| name.ends_with(&end));
        let all: Vec<&Vec<usize>> = all.map(|(_, places)| places).collect();
        // The common end of many titles names none of them: 管理條例.
        if all.len() > MOST_CALLED {
            return Vec::new();
        }
        self.newest(all.into_iter().flatten().copied().collect())
    }

    /// The documents without a title in a source.
    pub(crate) fn of_untitled(&self, source: &str) -> Vec<String> {
        self.newest(self.by_source.get(source).cloned().unwrap_or_default())
    }

    /// The ids of documents, the newest first, up to a limit.
    fn newest(&self, mut places: Vec<usize>) -> Vec<String> {
        places.sort_unstable();
        places.dedup();
        // The sort is stable, so that ties keep the order of their sources.
        places.sort_by(|a, b| self.documents[*b].date.cmp(&self.documents[*a].date));
        places.truncate(MOST_NAMESAKES);
        places.into_iter().map(|at| self.documents[at].id.clone()).collect()
    }

    /// The documents with the same title: the print in the other script, reprints.
    fn called_as<'c>(&'c self, entry: &'c Entry) -> impl Iterator<Item = &'c Entry> {
        let same = self.by_title.get(&entry.key).map(Vec::as_slice).unwrap_or_default();
        let same = same.iter().map(|&at| &self.documents[at]).filter(|other| !other.reports());
        same.filter(|other| !entry.key.is_empty() && other.key == entry.key)
    }
}

/// Whether documents of a kind report on others.
fn is_report(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::Press | DocumentKind::Paper)
}

impl Searcher {
    /// The links of some clauses of a document. `records` are all its clauses, in order, as they
    /// are stored.
    ///
    /// ```
    /// use tiaowen_query::Searcher;
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("a.txt");
    /// std::fs::write(&file, "粵港合作備忘錄\n\n一、提升教學質素。\n\n二、落實本備忘錄第一項。")?;
    /// let index = folder.path().join("index");
    /// tiaowen_indexer::run(&[file], &index, &Default::default(), &|_| {})?;
    /// let searcher = Searcher::open(&index)?;
    /// let id = &searcher.manifest()?.documents().next().unwrap().id.clone();
    /// let records = searcher.document(id)?;
    /// let related = searcher.related(&records, 0..records.len())?;
    /// let link = &related[1].references[0];
    /// assert_eq!(&records[1].clause.text[link.span.clone()], "本備忘錄第一項");
    /// assert_eq!(link.clause.as_ref().unwrap().clause.eid, records[0].clause.eid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the index fails.
    pub fn related(
        &self,
        records: &[ClauseRecord<'static>],
        places: Range<usize>,
    ) -> Result<Vec<Related>, QueryError> {
        self.related_within(records, places, &Budget::unlimited())
    }

    /// Like [`related`](Self::related), within a budget.
    ///
    /// # Errors
    /// As [`related`](Self::related), and [`QueryError::Spent`] when the budget is spent first.
    pub fn related_within(
        &self,
        records: &[ClauseRecord<'static>],
        places: Range<usize>,
        budget: &Budget,
    ) -> Result<Vec<Related>, QueryError> {
        let Some(first) = records.first() else { return Ok(Vec::new()) };
        let map = DocumentMap::of(records, Vec::new());
        let text = Text { map: &map, records, from: 0 };
        self.related_in(&text, places, &first.document, budget)
    }

    /// The links of clauses that were read already.
    pub(crate) fn related_in(
        &self,
        text: &Text<'_>,
        places: Range<usize>,
        document: &Document,
        budget: &Budget,
    ) -> Result<Vec<Related>, QueryError> {
        let catalogue = self.catalogue()?;
        let Some(&entry) = catalogue.by_id.get(&document.id) else {
            return Ok(vec![Related::default(); places.len()]);
        };
        let entry = &catalogue.documents[entry];
        let mut resolver = Resolver {
            searcher: self,
            catalogue,
            entry,
            text,
            amends: entry.title.as_deref().is_some_and(amends),
            others: FxHashMap::default(),
            budget,
        };
        let mut related: Vec<Related> = Vec::new();
        for place in places.clone() {
            let references = resolver.links(place)?;
            related.push(Related { references, ..Related::default() });
        }
        let mut at_eid: FxHashMap<&str, usize> = FxHashMap::default();
        for place in places.clone().rev() {
            at_eid.insert(&text.map.eids[place], place);
        }
        for (paragraph, clause) in self.reporting(catalogue, entry, document, budget)? {
            let (mine, other) =
                if entry.reports() { (paragraph, clause) } else { (clause, paragraph) };
            let Some(&at) = at_eid.get(mine.clause.eid.as_str()) else { continue };
            let links = &mut related[at - places.start];
            let to = if entry.reports() { &mut links.reports } else { &mut links.reported_by };
            to.push(other);
        }
        Ok(related)
    }

    /// The pairs of reporting paragraph and reported clause with this document on one side.
    fn reporting(
        &self,
        catalogue: &Catalogue,
        entry: &Entry,
        document: &Document,
        budget: &Budget,
    ) -> Result<Vec<ReportedPair>, QueryError> {
        if entry.reports() {
            let mut found = self.reported_in(catalogue, entry.source, budget)?;
            found.retain(|(paragraph, _)| paragraph.document.id == entry.id);
            keep_script(&mut found, entry);
            return Ok(found);
        }
        if !catalogue.has_reports {
            return Ok(Vec::new());
        }
        let mut sources = vec![entry.source];
        sources.extend(self.sources_naming(catalogue, document, budget)?);
        let mut seen = FxHashSet::default();
        sources.retain(|source| seen.insert(*source));
        let mut found = Vec::new();
        for source in sources.into_iter().take(MOST_SOURCES) {
            let pairs = self.reported_in(catalogue, source, budget)?.into_iter();
            found.extend(pairs.filter(|(_, clause)| clause.document.id == entry.id));
        }
        Ok(found)
    }

    /// The sources of the press and papers that name a document, the best first.
    fn sources_naming(
        &self,
        catalogue: &Catalogue,
        document: &Document,
        budget: &Budget,
    ) -> Result<Vec<usize>, QueryError> {
        let title = name(document.title.as_deref().unwrap_or_default());
        if key(title).chars().count() < SHORTEST_NAME {
            return Ok(Vec::new());
        }
        // Quotation marks would end the phrase; as punctuation, they don't matter in it.
        let title = title.replace(['"', '“', '”', '「', '」'], " ");
        let kinds = vec![DocumentKind::Press, DocumentKind::Paper];
        let request = Request {
            limit: 4 * MOST_SOURCES,
            filter: Filter { kinds, ..Filter::default() },
            expand: false,
            group: false,
            facets: false,
            ..Request::new(format!("\"{title}\""))
        };
        let hits = self.search_within(&request, budget)?.hits.into_iter();
        let source_of = |hit: Hit| {
            let at = catalogue.by_id.get(&hit.record.document.id)?;
            Some(catalogue.documents[*at].source)
        };
        Ok(hits.filter_map(source_of).collect())
    }

    /// What the press and papers of a source report.
    fn reported_in(
        &self,
        catalogue: &Catalogue,
        source: usize,
        budget: &Budget,
    ) -> Result<Vec<ReportedPair>, QueryError> {
        let (mut paragraphs, instruments) = self.reports_of(catalogue, source, budget)?;
        if paragraphs.is_empty() || instruments.is_empty() {
            return Ok(Vec::new());
        }
        let mut clauses = Vec::new();
        for entry in instruments.into_iter().take(MOST_INSTRUMENTS) {
            clauses.extend(self.document_within(&entry.id, budget)?);
        }
        let parties = paragraphs.iter().chain(&clauses);
        let parties = parties.flat_map(|record| record.document.parties.iter().cloned());
        let names: FxHashSet<String> = parties.collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        paragraphs.retain(has_substance);
        clauses.retain(has_substance);
        let reporting: Vec<&str> = paragraphs.iter().map(|record| &*record.clause.text).collect();
        let reported: Vec<String> = clauses.iter().map(with_heading).collect();
        let reported: Vec<&str> = reported.iter().map(String::as_str).collect();
        budget.check()?;
        let pairs = reports(&reporting, &reported, &names).into_iter();
        let pairs = pairs.map(|pair| (&paragraphs[pair.paragraph], &clauses[pair.clause]));
        self.with_other_prints(catalogue, pairs, budget)
    }

    /// The paragraphs of the press and papers of a source, and the instruments that they may report:
    /// those of the same source first, then those that they name.
    fn reports_of<'c>(
        &self,
        catalogue: &'c Catalogue,
        source: usize,
        budget: &Budget,
    ) -> Result<(Vec<ClauseRecord<'static>>, Vec<&'c Entry>), QueryError> {
        let mut paragraphs = Vec::new();
        let mut instruments: Vec<&Entry> =
            catalogue.of_source(source).filter(|entry| !entry.reports()).collect();
        for entry in catalogue.of_source(source).filter(|entry| entry.reports()) {
            let records = self.document_within(&entry.id, budget)?;
            for found in records.iter().flat_map(|record| references(&record.clause.text)) {
                let Target::Named(citation) = found.to else { continue };
                let title = citation.title.as_deref().unwrap_or_default();
                let Some(named) = catalogue.named(title, entry) else { continue };
                let is_known = |known: &&Entry| known.id == named.id || known.key == named.key;
                if !instruments.iter().any(is_known) {
                    instruments.push(named);
                }
            }
            paragraphs.extend(records);
        }
        Ok((paragraphs, instruments))
    }

    /// Pairs with those of the other prints of an instrument: one print is compared, and the result
    /// holds for the same clauses of the others.
    fn with_other_prints<'r>(
        &self,
        catalogue: &Catalogue,
        pairs: impl Iterator<Item = (&'r ClauseRecord<'static>, &'r ClauseRecord<'static>)>,
        budget: &Budget,
    ) -> Result<Vec<ReportedPair>, QueryError> {
        let mut prints: FxHashMap<&str, FxHashMap<String, ClauseRecord<'static>>> =
            FxHashMap::default();
        let mut found = Vec::new();
        for (paragraph, clause) in pairs {
            found.push((paragraph.clone(), clause.clone()));
            let Some(&at) = catalogue.by_id.get(&clause.document.id) else { continue };
            let entry = &catalogue.documents[at];
            for other in catalogue.called_as(entry).filter(|other| other.id != entry.id) {
                if !prints.contains_key(other.id.as_str()) {
                    let records = self.document_within(&other.id, budget)?.into_iter();
                    let named = records.map(|record| (record.clause.eid.clone(), record));
                    prints.insert(&other.id, named.collect());
                }
                let same = prints[other.id.as_str()].get(&clause.clause.eid);
                found.extend(same.map(|same| (paragraph.clone(), same.clone())));
            }
        }
        Ok(found)
    }
}

/// A paragraph of the press or of a paper, and the clause that it reports.
type ReportedPair = (ClauseRecord<'static>, ClauseRecord<'static>);

/// If an instrument is printed in both scripts, keeps the print in the script of the report.
fn keep_script(pairs: &mut Vec<ReportedPair>, report: &Entry) {
    let called =
        |clause: &ClauseRecord<'_>| (title_key(&clause.document), clause.clause.eid.clone());
    let is_in_script = |clause: &ClauseRecord<'_>| clause.document.script == report.script;
    let in_script: FxHashSet<(String, String)> = pairs
        .iter()
        .filter(|(_, clause)| is_in_script(clause))
        .map(|(_, clause)| called(clause))
        .collect();
    pairs.retain(|(_, clause)| is_in_script(clause) || !in_script.contains(&called(clause)));
}

/// Whether a clause may report or be reported.
fn has_substance(record: &ClauseRecord<'_>) -> bool {
    let kind = record.clause.kind;
    !matches!(kind, ClauseKind::Preamble | ClauseKind::Closing | ClauseKind::Signature)
}

/// The text of a clause below its heading.
fn with_heading(record: &ClauseRecord<'_>) -> String {
    let heading = record.clause.heading.as_deref().unwrap_or_default();
    format!("{heading}。{}", record.clause.text)
}

/// Whether a title says that the document amends another one: 關於修改…的決定. An amended document says so
/// in brackets at its end: （2018修正）.
fn amends(title: &str) -> bool {
    let name = fold(name(title));
    ["修改", "修正", "修订"].iter().any(|word| name.contains(word))
}

fn title_key(document: &Document) -> String {
    key(document.title.as_deref().unwrap_or_default())
}

/// A document with its map and those of its clauses that were read.
pub(crate) struct Text<'a> {
    pub(crate) map: &'a DocumentMap,
    pub(crate) records: &'a [ClauseRecord<'static>],
    /// The index of the first record.
    pub(crate) from: usize,
}

impl Text<'_> {
    fn read(&self, at: usize) -> Option<&ClauseRecord<'static>> {
        self.records.get(at.checked_sub(self.from)?)
    }

    fn clause(&self, searcher: &Searcher, at: usize) -> Result<ClauseRecord<'static>, QueryError> {
        match self.read(at) {
            Some(record) => Ok(record.clone()),
            None => searcher.source.clause_at(self.map.addresses[at]),
        }
    }
}

/// Finds the targets of references in one document.
struct Resolver<'a> {
    searcher: &'a Searcher,
    catalogue: &'a Catalogue,
    entry: &'a Entry,
    text: &'a Text<'a>,
    /// Whether the document amends another one. It then calls that one's articles 第三條.
    amends: bool,
    /// Other documents by id. A cluster returns their clauses too.
    others: FxHashMap<String, (Arc<DocumentMap>, Vec<ClauseRecord<'static>>)>,
    budget: &'a Budget,
}

impl Resolver<'_> {
    /// The references in the text of a clause.
    fn links(&mut self, place: usize) -> Result<Vec<Link>, QueryError> {
        self.budget.check()?;
        let mut links: Vec<Link> = Vec::new();
        let text = self.text.read(place).map_or("", |record| &record.clause.text);
        for found in references(text) {
            // A title inside a resolved reference is part of it.
            if links.last().is_some_and(|before| found.span.start < before.span.end) {
                continue;
            }
            let link = match found.to {
                Target::Named(citation) => self.named(&citation, place)?,
                Target::Own(citation) if self.amends && !citation.text.starts_with('本') => None,
                Target::Own(citation) => self.inside_document(&citation, place)?,
                Target::Before(passage) => self.beside(place, true, passage)?,
                Target::Behind(passage) => self.beside(place, false, passage)?,
            };
            links.extend(link.map(|link| Link { span: found.span, ..link }));
        }
        Ok(links)
    }

    fn named(&mut self, citation: &Citation, place: usize) -> Result<Option<Link>, QueryError> {
        let title = citation.title.as_deref().unwrap_or_default();
        let catalogue = self.catalogue;
        let target = catalogue
            .named(title, self.entry)
            .or_else(|| catalogue.named(self.text.map.short.get(&key(title))?, self.entry));
        let Some(target) = target else { return Ok(None) };
        if target.id == self.entry.id {
            return self.inside_document(citation, place);
        }
        let mut clause = None;
        if !citation.steps.is_empty() {
            if !self.others.contains_key(&target.id) {
                let other = self.searcher.map(&target.id, self.budget)?;
                self.others.insert(target.id.clone(), other);
            }
            if let Some((map, records)) = self.others.get(&target.id)
                && let Some(at) = map.pointers.pointed(citation, &map.eids)
            {
                clause = Some(Text { map, records, from: 0 }.clause(self.searcher, at)?);
            }
        }
        Ok(Some(Link {
            span: 0..0,
            document: target.id.clone(),
            title: target.title.clone(),
            at: if clause.is_some() { citation.passage.clone() } else { String::new() },
            clause,
        }))
    }

    fn inside_document(
        &self,
        citation: &Citation,
        place: usize,
    ) -> Result<Option<Link>, QueryError> {
        let map = self.text.map;
        let at = map.pointers.pointed(citation, &map.eids).filter(|at| *at != place);
        at.map(|at| self.inside(at, citation.passage.clone())).transpose()
    }

    /// The article before or after a clause, and a part of it.
    fn beside(
        &self,
        place: usize,
        before: bool,
        passage: String,
    ) -> Result<Option<Link>, QueryError> {
        let eids = &self.text.map.eids;
        let is_article = |at: &usize| eids[*at].contains("art_");
        if !is_article(&place) {
            return Ok(None);
        }
        let at = if before {
            (0..place).rev().find(is_article)
        } else {
            (place + 1..eids.len()).find(is_article)
        };
        at.map(|at| self.inside(at, passage)).transpose()
    }

    fn inside(&self, at: usize, passage: String) -> Result<Link, QueryError> {
        Ok(Link {
            span: 0..0,
            document: self.entry.id.clone(),
            title: self.entry.title.clone(),
            clause: Some(self.text.clause(self.searcher, at)?),
            at: passage,
        })
    }
}

/// Resolves citations of a document's clauses: the clauses behind each address, in order. Built
/// once per document.
#[derive(Debug, Default)]
pub struct Pointers(FxHashMap<String, Vec<usize>>);

impl Pointers {
    /// Adds the next clause.
    pub fn add(&mut self, at: usize, eid: &str) {
        for address in addresses(eid) {
            let places = self.0.entry(address).or_default();
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }

    /// The clauses that a citation refers to: one, or all below a label that is a heading. `eids`
    /// are those of all clauses, in order.
    pub fn all_pointed(&self, citation: &Citation, eids: &[String]) -> Vec<usize> {
        for wanted in citation.addresses() {
            let Some(first) = self.one(&wanted, eids) else { continue };
            if !wanted.last().is_some_and(|way| way.ends_with('/')) {
                return vec![first];
            }
            let all: Vec<&[usize]> =
                wanted.iter().filter_map(|way| self.0.get(way).map(Vec::as_slice)).collect();
            let is_held = |at: &usize| all.iter().all(|places| places.binary_search(at).is_ok());
            return (first..eids.len()).filter(is_held).collect();
        }
        // 第三條 may refer to a heading printed as 三、.
        let heading = match &citation.steps[..] {
            [step] if step.level == Some("art") && citation.title.is_some() => &step.number,
            _ => return Vec::new(),
        };
        self.0.get(&format!("/{heading}/")).cloned().unwrap_or_default()
    }

    /// The clause that a citation refers to.
    fn pointed(&self, citation: &Citation, eids: &[String]) -> Option<usize> {
        citation.addresses().iter().find_map(|wanted| self.one(wanted, eids))
    }

    /// The clause that all these addresses refer to.
    fn one(&self, wanted: &[String], eids: &[String]) -> Option<usize> {
        let all: Option<Vec<&[usize]>> =
            wanted.iter().map(|way| self.0.get(way).map(Vec::as_slice)).collect();
        let all = all?;
        let fewest = all.iter().min_by_key(|places| places.len())?;
        let is_held = |at: &&usize| all.iter().all(|places| places.binary_search(at).is_ok());
        // Below a heading, the first clause is meant. Labels that give only part of the path may
        // fit several clauses; then none is meant.
        let is_inside = wanted.last().is_some_and(|way| way.ends_with('/'));
        let mut held = fewest.iter().filter(is_held);
        let first = held.next()?;
        // Repeated labels are numbered: art_5, art_5x2.
        (is_inside || held.all(|at| eids[*at].starts_with(&eids[*first]))).then_some(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_told_apart_by_what_they_say() {
        assert_eq!(key("合作協議（2017年—2018年）"), key("合作协议 (2017-2018年)"));
        assert_ne!(key("合作協議（2017年-2018年）"), key("合作協議（2015年-2016年）"));
        assert_eq!(name("道路條例（試行）"), "道路條例");
        assert_eq!(name("（試行）"), "（試行）");
    }

    #[test]
    fn what_changes_another_says_so_in_its_name() {
        for title in
            ["關於修改〈道路條例〉的決定", "全国人大常委会关于修订某法的决定", "刑法修正案（八）"]
        {
            assert!(amends(title), "{title}");
        }
        for title in ["公路維修條例", "某法（2018修正）", "某条例（2020年修订）", "合作協議"]
        {
            assert!(!amends(title), "{title}");
        }
    }
}
