//! Documents of the index that a text cites or quotes. Each is read once, and those read already
//! are tried first: a text mostly quotes what it cites.

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use tiaowen_corpus::{Clause, ClauseKind};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Citation, Pointers, QueryError, Request, Searcher};
use tiaowen_text::Budget;

use crate::fit::{Letters, Quotation};

/// The most clauses that are examined for one phrase.
const MOST_HITS: usize = 12;
/// The most letters of a phrase that is searched for, and the fewest.
const LONGEST_PHRASE: usize = 24;
const SHORTEST_PHRASE: usize = 5;
/// The most clauses that are kept in memory. Beyond it, all documents are dropped and read again as
/// needed.
const MOST_KEPT: usize = 200_000;

/// A document with the tables that resolve citations of its clauses.
pub(crate) struct Loaded {
    pub(crate) records: Vec<ClauseRecord<'static>>,
    eids: Vec<String>,
    pointers: Pointers,
    letters: Vec<OnceCell<Letters>>,
}

impl Loaded {
    fn of(records: Vec<ClauseRecord<'static>>) -> Self {
        let eids: Vec<String> = records.iter().map(|record| record.clause.eid.clone()).collect();
        let mut pointers = Pointers::default();
        for (at, eid) in eids.iter().enumerate() {
            pointers.add(at, eid);
        }
        let letters = records.iter().map(|_| OnceCell::new()).collect();
        Loaded { records, eids, pointers, letters }
    }

    /// The clauses that a citation refers to.
    pub(crate) fn resolve(&self, citation: &Citation) -> Vec<usize> {
        if let Some(part) = citation.part {
            return (0..self.eids.len()).filter(|&at| self.eids[at] == part).collect();
        }
        self.pointers.all_pointed(citation, &self.eids)
    }

    /// The letters of a clause's text.
    pub(crate) fn letters(&self, at: usize) -> &Letters {
        self.letters[at].get_or_init(|| Letters::of(&self.records[at].clause.text))
    }

    /// The label of the last article, or of the last labelled clause if there are no articles.
    pub(crate) fn last_label(&self) -> Option<String> {
        let labelled = |clause: &&Clause| clause.label.is_some();
        let clauses = || self.records.iter().rev().map(|record| &*record.clause);
        let article = clauses().find(|it| it.eid.contains("art_") && it.label.is_some());
        let last = article.or_else(|| clauses().find(labelled))?;
        match last.eid.contains("art_") {
            true => last.path.last().cloned(),
            false => Some(last.path.concat()),
        }
    }

    /// The clauses that can be quoted: all but the signature.
    pub(crate) fn with_words(&self) -> impl Iterator<Item = usize> {
        (0..self.records.len()).filter(|&at| self.records[at].clause.kind != ClauseKind::Signature)
    }
}

/// A clause of a document that was read.
pub(crate) type Place = (Rc<Loaded>, usize);

/// The documents that were read.
pub(crate) struct Library<'a> {
    searcher: &'a Searcher,
    budget: &'a Budget,
    loaded: FxHashMap<String, Rc<Loaded>>,
    /// The ids of the documents, in the order in which they were read.
    order: Vec<String>,
    clauses: usize,
    /// The number of searches that may still be made.
    searches: usize,
}

impl<'a> Library<'a> {
    pub(crate) fn new(searcher: &'a Searcher, budget: &'a Budget, searches: usize) -> Self {
        let (loaded, order) = (FxHashMap::default(), Vec::new());
        Library { searcher, budget, loaded, order, clauses: 0, searches }
    }

    /// Whether searches are left.
    pub(crate) fn may_search(&self) -> bool {
        self.searches > 0
    }

    /// A document with its clauses, read on first use.
    pub(crate) fn document(&mut self, id: &str) -> Result<Rc<Loaded>, QueryError> {
        if let Some(loaded) = self.loaded.get(id) {
            return Ok(Rc::clone(loaded));
        }
        let loaded = Rc::new(Loaded::of(self.searcher.document_within(id, self.budget)?));
        if self.clauses + loaded.records.len() > MOST_KEPT {
            self.loaded.clear();
            self.order.clear();
            self.clauses = 0;
        }
        self.clauses += loaded.records.len();
        self.loaded.insert(id.to_owned(), Rc::clone(&loaded));
        self.order.push(id.to_owned());
        Ok(loaded)
    }

    /// The clauses of the documents read so far that have all letters of a quotation, beginning
    /// with the document read last.
    pub(crate) fn read_places(&self, quotation: &Quotation) -> Vec<Place> {
        let mut places = Vec::new();
        for id in self.order.iter().rev() {
            let Some(loaded) = self.loaded.get(id) else { continue };
            for at in loaded.with_words() {
                if crate::fit::exact(quotation, loaded.letters(at)).is_some() {
                    places.push((Rc::clone(loaded), at));
                }
            }
        }
        places
    }

    /// Searches the index for the longest phrases of a quotation. Reads the documents found.
    pub(crate) fn search(
        &mut self,
        quotation: &Quotation,
        phrases: usize,
    ) -> Result<Vec<Place>, QueryError> {
        let mut places: Vec<(String, String)> = Vec::new();
        for phrase in phrases_of(quotation, phrases) {
            if self.searches == 0 {
                break;
            }
            self.searches -= 1;
            let request = Request {
                limit: MOST_HITS,
                expand: false,
                group: false,
                ..Request::new(format!("\"{phrase}\""))
            };
            for hit in self.searcher.search_within(&request, self.budget)?.hits {
                let place = (hit.record.document.id.clone(), hit.record.clause.eid.clone());
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        let mut found = Vec::with_capacity(places.len());
        for (document, eid) in places {
            let loaded = self.document(&document)?;
            if let Some(at) = loaded.eids.iter().position(|known| *known == eid) {
                found.push((loaded, at));
            }
        }
        Ok(found)
    }
}

/// The longest stretches of a quotation without punctuation, as printed.
fn phrases_of(quotation: &Quotation, count: usize) -> Vec<String> {
    let mut runs = quotation.letters.runs();
    runs.retain(|run| run.len() >= SHORTEST_PHRASE);
    // The sort is stable, so that of equals the first comes first. A long run is split into two
    // phrases, as one of them may contain the words that were changed.
    let mut halves = Vec::new();
    for run in runs {
        if run.len() >= 2 * SHORTEST_PHRASE && count > 1 {
            let middle = run.start + run.len() / 2;
            halves.push(run.start..middle);
            halves.push(middle..run.end);
        } else {
            halves.push(run);
        }
    }
    halves.sort_by_key(|run| std::cmp::Reverse(run.len()));
    let phrase = |run: &std::ops::Range<usize>| {
        let run = run.start..run.end.min(run.start + LONGEST_PHRASE);
        quotation.text[quotation.letters.bytes(&run)].to_owned()
    };
    halves.iter().take(count).map(phrase).collect()
}
