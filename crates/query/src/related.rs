//! What leads from a clause to others: what its text refers to, what it reports, who reports it.
//!
//! A press page or a paper reports the instruments that its source names in 《》 or holds beside
//! it, and of these the clauses whose words it keeps (see [`tiaowen_compare::reports`]). Both
//! directions are read from the same pairs, so that they never disagree.

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
use crate::{Citation, Filter, QueryError, Request, Searcher};

/// What leads from one clause to others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Related {
    /// What its text refers to, in the text's order, none over another.
    pub references: Vec<Link>,
    /// The clauses that it reports, where it is press or a paper, in their order.
    pub reports: Vec<ClauseRecord<'static>>,
    /// The paragraphs of press and papers that report it.
    pub reported_by: Vec<ClauseRecord<'static>>,
}

/// A place of a text that leads to another clause or a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// The id of the document.
    pub document: String,
    /// The document's title.
    pub title: Option<String>,
    /// The clause; `None` where only the document is named, or has no such clause.
    pub clause: Option<ClauseRecord<'static>>,
    /// The part of an article, as the text has it: 第二款（三）. Empty for the whole.
    pub at: String,
}

impl Link {
    /// The id of the clause; where only a document is named, the document's.
    pub fn id(&self) -> String {
        self.clause.as_ref().map_or_else(|| self.document.clone(), ClauseRecord::id)
    }
}

/// As many instruments of a source are looked through for what it reports.
const MOST_INSTRUMENTS: usize = 24;
/// As many sources are looked through for reports of an instrument.
const MOST_SOURCES: usize = 12;
/// As many names may end with what is one by itself.
const MOST_CALLED: usize = 6;
/// As many documents of one name are looked at.
const MOST_NAMESAKES: usize = 16;
/// A name of fewer characters is too common to be looked for in texts.
const SHORTEST_NAME: usize = 6;

/// The documents of an index, by what they are called.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    documents: Vec<Entry>,
    by_id: FxHashMap<String, usize>,
    /// Those without a title, by their sources.
    by_source: FxHashMap<String, Vec<usize>>,
    /// By what their titles say; see [`key`].
    by_title: FxHashMap<String, Vec<usize>>,
    /// By their titles without what stands in brackets behind them.
    by_name: FxHashMap<String, Vec<usize>>,
    /// The documents of each source.
    sources: Vec<Range<usize>>,
    /// Whether any is of the press or a paper.
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

/// What of a title tells it from others: its letters, folded, without 年: names of years are
/// printed with it and without.
///
/// ```
/// use tiaowen_query::title_key;
/// assert_eq!(title_key("合作協議（2017年）"), title_key("合作协议 (2017)"));
/// ```
pub fn key(title: &str) -> String {
    let letters = title.chars().filter(|c| c.is_alphanumeric() && *c != '年');
    fold(&letters.collect::<String>()).to_lowercase()
}

/// A title without what stands in brackets at its end: （2017年-2018年）, （試行）.
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
                        // Laws are named without what all of them begin with.
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
            let is_replaced = entry.date.as_deref().is_some_and(|own| own < newest[title.as_str()]);
            (entry.id.as_str(), title.as_str(), is_replaced)
        }))
    }

    /// The documents of a source.
    fn of_source(&self, source: usize) -> impl Iterator<Item = &Entry> {
        self.documents[self.sources[source].clone()].iter()
    }

    /// The document that a text of another one names.
    fn named(&self, title: &str, from: &Entry) -> Option<&Entry> {
        let whole = key(title);
        let entries = |keys: &FxHashMap<String, Vec<usize>>, key: &str| -> Vec<&Entry> {
            let found = keys.get(key).map(Vec::as_slice).unwrap_or_default();
            let found = found.iter().map(|&at| &self.documents[at]);
            found.filter(|entry| !entry.reports()).collect()
        };
        let mut found = entries(&self.by_title, &whole);
        if found.is_empty() {
            found = entries(&self.by_name, &whole);
        }
        // 《協議（2017-2018年）》 for 協議（2017年—2018年）: of the names the figures decide.
        if found.is_empty() && name(title) != title.trim_end() {
            let figures = |key: &str| key.chars().filter(char::is_ascii_digit).collect::<String>();
            found = entries(&self.by_name, &key(name(title)));
            found.retain(|entry| figures(&entry.key) == figures(&whole));
        }
        // What stands beside it may be called by the end of its name: 《2017年重點工作》.
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
        // Of equals the first.
        found.into_iter().rev().max_by_key(choice)
    }

    /// The documents of just this name, whatever stands in brackets behind it; the newest first.
    pub(crate) fn titled(&self, title: &str) -> Vec<String> {
        let whole = key(title);
        let of =
            |keys: &FxHashMap<String, Vec<usize>>| keys.get(&whole).cloned().unwrap_or_default();
        let mut found = of(&self.by_title);
        found.extend(of(&self.by_name));
        self.newest(found)
    }

    /// The documents whose names end with this one: 基本法 is what two of them are called.
    pub(crate) fn ending_with(&self, title: &str) -> Vec<String> {
        let end = key(title);
        let all = self.by_name.iter().filter(|(name, _)| name.ends_with(&end));
        let all: Vec<&Vec<usize>> = all.map(|(_, places)| places).collect();
        // What ends the names of many is none: 管理條例.
        if all.len() > MOST_CALLED {
            return Vec::new();
        }
        self.newest(all.into_iter().flatten().copied().collect())
    }

    /// The documents without a title that are cited by a source.
    pub(crate) fn of_untitled(&self, source: &str) -> Vec<String> {
        self.newest(self.by_source.get(source).cloned().unwrap_or_default())
    }

    /// The ids of some documents, the newest first, and no more than are of use.
    fn newest(&self, mut places: Vec<usize>) -> Vec<String> {
        places.sort_unstable();
        places.dedup();
        // Stable, so that ties stay as their sources stand.
        places.sort_by(|a, b| self.documents[*b].date.cmp(&self.documents[*a].date));
        places.truncate(MOST_NAMESAKES);
        places.into_iter().map(|at| self.documents[at].id.clone()).collect()
    }

    /// The documents with the same title: prints in the other script, reprints.
    fn called_as<'c>(&'c self, entry: &'c Entry) -> impl Iterator<Item = &'c Entry> {
        let same = self.by_title.get(&entry.key).map(Vec::as_slice).unwrap_or_default();
        let same = same.iter().map(|&at| &self.documents[at]).filter(|other| !other.reports());
        same.filter(|other| !entry.key.is_empty() && other.key == entry.key)
    }
}

/// Whether a document of a kind tells of what others agreed.
fn is_report(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::Press | DocumentKind::Paper)
}

impl Searcher {
    /// What leads from some clauses of a document to others; `records` are all of it, in order,
    /// as they are stored.
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

    /// The same, for as long as the budget allows.
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

    /// What leads from some clauses of a document to others; those clauses are read already.
    pub(crate) fn related_in(
        &self,
        text: &Text<'_>,
        places: Range<usize>,
        document: &Document,
        budget: &Budget,
    ) -> Result<Vec<Related>, QueryError> {
        let catalogue = self.catalogue()?;
        let Some(&own) = catalogue.by_id.get(&document.id) else {
            return Ok(vec![Related::default(); places.len()]);
        };
        let own = &catalogue.documents[own];
        let mut resolver = Resolver {
            searcher: self,
            catalogue,
            own,
            text,
            amends: own.title.as_deref().is_some_and(amends),
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
        for (paragraph, clause) in self.reporting(catalogue, own, document, budget)? {
            let (mine, other) =
                if own.reports() { (paragraph, clause) } else { (clause, paragraph) };
            let Some(&at) = at_eid.get(mine.clause.eid.as_str()) else { continue };
            let told = &mut related[at - places.start];
            let to = if own.reports() { &mut told.reports } else { &mut told.reported_by };
            to.push(other);
        }
        Ok(related)
    }

    /// Who reports what, as far as a document is one side of it: paragraph and clause.
    fn reporting(
        &self,
        catalogue: &Catalogue,
        own: &Entry,
        document: &Document,
        budget: &Budget,
    ) -> Result<Vec<(ClauseRecord<'static>, ClauseRecord<'static>)>, QueryError> {
        let mut found = Vec::new();
        if own.reports() {
            for pair in self.reported_in(catalogue, own.source, budget)? {
                if pair.0.document.id == own.id {
                    found.push(pair);
                }
            }
            // Of an instrument printed in both scripts the print in this one's.
            let in_script: FxHashSet<(String, String)> = found
                .iter()
                .filter(|(_, clause)| clause.document.script == own.script)
                .map(|(_, clause)| (title_key(&clause.document), clause.clause.eid.clone()))
                .collect();
            found.retain(|(_, clause)| {
                let called = (title_key(&clause.document), clause.clause.eid.clone());
                clause.document.script == own.script || !in_script.contains(&called)
            });
            return Ok(found);
        }
        if !catalogue.has_reports {
            return Ok(found);
        }
        let mut sources: Vec<usize> = Vec::new();
        let title = name(document.title.as_deref().unwrap_or_default());
        if key(title).chars().count() >= SHORTEST_NAME {
            // What would end the phrase is not read anyway.
            let title = title.replace(['"', '“', '”', '「', '」'], " ");
            let request = Request {
                limit: 4 * MOST_SOURCES,
                filter: Filter {
                    kinds: vec![DocumentKind::Press, DocumentKind::Paper],
                    ..Filter::default()
                },
                expand: false,
                group: false,
                facets: false,
                ..Request::new(format!("\"{title}\""))
            };
            for hit in self.search_within(&request, budget)?.hits {
                let at = catalogue.by_id.get(&hit.record.document.id);
                sources.extend(at.map(|&at| catalogue.documents[at].source));
            }
        }
        let mut seen = FxHashSet::default();
        sources.insert(0, own.source);
        sources.retain(|source| seen.insert(*source));
        for source in sources.into_iter().take(MOST_SOURCES) {
            for pair in self.reported_in(catalogue, source, budget)? {
                if pair.1.document.id == own.id {
                    found.push(pair);
                }
            }
        }
        Ok(found)
    }

    /// What the press and papers of a source report. Of an instrument that is printed more than
    /// once one print is held against them; what holds of its clauses holds of the same clauses in
    /// the others.
    fn reported_in(
        &self,
        catalogue: &Catalogue,
        source: usize,
        budget: &Budget,
    ) -> Result<Vec<(ClauseRecord<'static>, ClauseRecord<'static>)>, QueryError> {
        let mut paragraphs = Vec::new();
        // Those of the source itself first.
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
        if paragraphs.is_empty() || instruments.is_empty() {
            return Ok(Vec::new());
        }
        let mut clauses = Vec::new();
        for entry in instruments.into_iter().take(MOST_INSTRUMENTS) {
            clauses.extend(self.document_within(&entry.id, budget)?);
        }
        let names: FxHashSet<String> = paragraphs
            .iter()
            .chain(&clauses)
            .flat_map(|record| record.document.parties.iter().cloned())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let tells = |record: &ClauseRecord<'_>| {
            let kind = record.clause.kind;
            !matches!(kind, ClauseKind::Preamble | ClauseKind::Closing | ClauseKind::Signature)
        };
        paragraphs.retain(tells);
        clauses.retain(tells);
        let whole = |record: &ClauseRecord<'_>| {
            let heading = record.clause.heading.as_deref().unwrap_or_default();
            format!("{heading}。{}", record.clause.text)
        };
        let said: Vec<String> = clauses.iter().map(whole).collect();
        let told: Vec<&str> = paragraphs.iter().map(|record| &*record.clause.text).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let mut prints: FxHashMap<&str, FxHashMap<String, ClauseRecord<'static>>> =
            FxHashMap::default();
        let mut pairs = Vec::new();
        budget.check()?;
        for pair in reports(&told, &said, &names) {
            let (paragraph, clause) = (&paragraphs[pair.paragraph], &clauses[pair.clause]);
            pairs.push((paragraph.clone(), clause.clone()));
            let Some(&at) = catalogue.by_id.get(&clause.document.id) else { continue };
            let entry = &catalogue.documents[at];
            for other in catalogue.called_as(entry).filter(|other| other.id != entry.id) {
                if !prints.contains_key(other.id.as_str()) {
                    let records = self.document_within(&other.id, budget)?.into_iter();
                    let named = records.map(|record| (record.clause.eid.clone(), record));
                    prints.insert(&other.id, named.collect());
                }
                let same = prints[other.id.as_str()].get(&clause.clause.eid);
                pairs.extend(same.map(|same| (paragraph.clone(), same.clone())));
            }
        }
        Ok(pairs)
    }
}

/// Whether what has a title changes another instrument: 關於修改…的決定. One that was changed
/// itself says so in brackets: （2018修正）.
fn amends(title: &str) -> bool {
    let name = fold(name(title));
    ["修改", "修正", "修订"].iter().any(|word| name.contains(word))
}

fn title_key(document: &Document) -> String {
    key(document.title.as_deref().unwrap_or_default())
}

/// A document whose clauses are referred to: its map, and those of its clauses that were read.
pub(crate) struct Text<'a> {
    pub(crate) map: &'a DocumentMap,
    pub(crate) records: &'a [ClauseRecord<'static>],
    /// The place of the first of them.
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

/// What finds the targets of one document's references.
struct Resolver<'a> {
    searcher: &'a Searcher,
    catalogue: &'a Catalogue,
    own: &'a Entry,
    text: &'a Text<'a>,
    /// Whether it changes another instrument, whose articles it then speaks of as 第三條.
    amends: bool,
    /// Other documents by their ids, with the clauses of those that a cluster holds.
    others: FxHashMap<String, (Arc<DocumentMap>, Vec<ClauseRecord<'static>>)>,
    budget: &'a Budget,
}

impl Resolver<'_> {
    /// What the text of a clause leads to.
    fn links(&mut self, place: usize) -> Result<Vec<Link>, QueryError> {
        self.budget.check()?;
        let mut links: Vec<Link> = Vec::new();
        let text = self.text.read(place).map_or("", |record| &record.clause.text);
        for found in references(text) {
            // A name inside one that leads somewhere belongs to it.
            if links.last().is_some_and(|before| found.span.start < before.span.end) {
                continue;
            }
            let link = match found.to {
                Target::Named(citation) => self.named(&citation, place)?,
                Target::Own(citation) if self.amends && !citation.text.starts_with('本') => None,
                Target::Own(citation) => self.own(&citation, place)?,
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
            .named(title, self.own)
            .or_else(|| catalogue.named(self.text.map.short.get(&key(title))?, self.own));
        let Some(target) = target else { return Ok(None) };
        if target.id == self.own.id {
            return self.own(citation, place);
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

    fn own(&self, citation: &Citation, place: usize) -> Result<Option<Link>, QueryError> {
        let map = self.text.map;
        let at = map.pointers.pointed(citation, &map.eids).filter(|at| *at != place);
        at.map(|at| self.inside(at, citation.passage.clone())).transpose()
    }

    /// The article before or behind a clause, and a part of it.
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
            document: self.own.id.clone(),
            title: self.own.title.clone(),
            clause: Some(self.text.clause(self.searcher, at)?),
            at: passage,
        })
    }
}

/// Which clauses of a document each of its addresses points at, in order. Made once a document, as
/// each of its clauses may refer to some others.
#[derive(Debug, Default)]
pub struct Pointers(FxHashMap<String, Vec<usize>>);

impl Pointers {
    /// Adds a clause, which stands behind those added before.
    pub fn add(&mut self, at: usize, eid: &str) {
        for address in addresses(eid) {
            let places = self.0.entry(address).or_default();
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }

    /// The clauses that a citation points at: one, or all below a label that is a heading. `eids`
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
        // 第三條 of a document whose provisions are printed 三、 and have others below them.
        let heading = match &citation.steps[..] {
            [step] if step.level == Some("art") && citation.title.is_some() => &step.number,
            _ => return Vec::new(),
        };
        self.0.get(&format!("/{heading}/")).cloned().unwrap_or_default()
    }

    /// The clause that a citation points at.
    fn pointed(&self, citation: &Citation, eids: &[String]) -> Option<usize> {
        citation.addresses().iter().find_map(|wanted| self.one(wanted, eids))
    }

    /// The clause that all of these point at.
    fn one(&self, wanted: &[String], eids: &[String]) -> Option<usize> {
        let all: Option<Vec<&[usize]>> =
            wanted.iter().map(|way| self.0.get(way).map(Vec::as_slice)).collect();
        let all = all?;
        let fewest = all.iter().min_by_key(|places| places.len())?;
        let is_held = |at: &&usize| all.iter().all(|places| places.binary_search(at).is_ok());
        // What stands below a label that is a heading begins with the first of it. What only
        // some labels of the path say may be several clauses: then none.
        let is_inside = wanted.last().is_some_and(|way| way.ends_with('/'));
        let mut held = fewest.iter().filter(is_held);
        let first = held.next()?;
        // Labels that stand twice: art_5, art_5x2.
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
