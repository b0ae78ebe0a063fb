//! The documents of the index that a text cites or quotes, each read once.

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use tiaowen_corpus::{Clause, ClauseKind};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Citation, Pointers, QueryError, Request, Searcher};
use tiaowen_text::Budget;

use crate::fit::{Letters, Quoted};

/// As many clauses are looked at for one phrase.
const MOST_HITS: usize = 12;
/// Letters of a phrase that is looked for at most, and at least.
const LONGEST_PHRASE: usize = 24;
const SHORTEST_PHRASE: usize = 5;
/// As many clauses are kept in memory.
const MOST_KEPT: usize = 200_000;

/// A document with what its citations are resolved by.
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

    /// The clauses that a citation points at.
    pub(crate) fn pointed(&self, citation: &Citation) -> Vec<usize> {
        if let Some(part) = citation.part {
            return (0..self.eids.len()).filter(|&at| self.eids[at] == part).collect();
        }
        self.pointers.all_pointed(citation, &self.eids)
    }

    /// The letters of a clause's heading and text.
    pub(crate) fn letters(&self, at: usize) -> &Letters {
        self.letters[at].get_or_init(|| Letters::of(&self.records[at].clause.text))
    }

    /// The label of the last article, else of the last labelled clause.
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

    /// The clauses with words of their own: a signature is nobody's words.
    pub(crate) fn with_words(&self) -> impl Iterator<Item = usize> {
        (0..self.records.len()).filter(|&at| self.records[at].clause.kind != ClauseKind::Signature)
    }
}

/// Whether all words of a text are in one clause, and which one.
pub(crate) type Place = (Rc<Loaded>, usize);

/// The documents that were read.
pub(crate) struct Library<'a> {
    searcher: &'a Searcher,
    budget: &'a Budget,
    loaded: FxHashMap<String, Rc<Loaded>>,
    /// Their ids, in the order in which they were read.
    order: Vec<String>,
    clauses: usize,
    /// How many searches may still be made.
    searches: usize,
}

impl<'a> Library<'a> {
    pub(crate) fn new(searcher: &'a Searcher, budget: &'a Budget, searches: usize) -> Self {
        let (loaded, order) = (FxHashMap::default(), Vec::new());
        Library { searcher, budget, loaded, order, clauses: 0, searches }
    }

    /// Whether searches may still be made.
    pub(crate) fn may_search(&self) -> bool {
        self.searches > 0
    }

    /// A document with its clauses.
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

    /// The clauses of the documents read so far that have all letters of a quotation, those of
    /// the document read last first.
    pub(crate) fn read_places(&self, quoted: &Quoted) -> Vec<Place> {
        let mut places = Vec::new();
        for id in self.order.iter().rev() {
            let Some(loaded) = self.loaded.get(id) else { continue };
            for at in loaded.with_words() {
                if crate::fit::exact(quoted, loaded.letters(at)).is_some() {
                    places.push((Rc::clone(loaded), at));
                }
            }
        }
        places
    }

    /// The clauses that have one of the longest phrases of a quotation, found in the index; their
    /// documents are read with that.
    pub(crate) fn search(
        &mut self,
        quoted: &Quoted,
        phrases: usize,
    ) -> Result<Vec<Place>, QueryError> {
        let mut places: Vec<(String, String)> = Vec::new();
        for phrase in phrases_of(quoted, phrases) {
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

/// The longest stretches of a quotation without punctuation, as they are printed.
fn phrases_of(quoted: &Quoted, count: usize) -> Vec<String> {
    let mut runs = quoted.letters.runs();
    runs.retain(|run| run.len() >= SHORTEST_PHRASE);
    // Stable, so that of equals the first come first. A long run is two phrases: one of them
    // may have what differs.
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
        quoted.text[quoted.letters.bytes(&run)].to_owned()
    };
    halves.iter().take(count).map(phrase).collect()
}
