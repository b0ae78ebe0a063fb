//! A part of a document with the links of its clauses. Only the clauses shown are read, however
//! long the document.
//!
//! References may point anywhere in the document. So the whole document is read once per commit to
//! map its addresses and short titles, and the maps are cached for the next pages.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tiaowen_index::ClauseRecord;
use tiaowen_index::tantivy::DocAddress;
use tiaowen_text::Budget;

use crate::language::reference::abbreviations;
use crate::related::{Pointers, Text, key};
use crate::{QueryError, Related, Searcher};

/// Some clauses of a document.
#[derive(Debug, Clone)]
pub struct DocumentPart {
    /// The document's first clause, whose record describes the document and what was left out of
    /// it.
    pub first: ClauseRecord<'static>,
    /// The number of clauses in the document.
    pub total: usize,
    /// The indices of the clauses in the document.
    pub places: Range<usize>,
    /// The clauses as they are stored.
    pub records: Vec<ClauseRecord<'static>>,
    /// The links of each clause.
    pub related: Vec<Related>,
}

/// The places of a document's clauses, with the tables that resolve references to them.
#[derive(Debug, Default)]
pub(crate) struct DocumentMap {
    pub(crate) addresses: Vec<DocAddress>,
    pub(crate) eids: Vec<String>,
    pub(crate) short: FxHashMap<String, String>,
    pub(crate) pointers: Pointers,
}

/// A cache of maps by document id.
#[derive(Debug, Default)]
pub(crate) struct Maps(Mutex<Drawn>);

#[derive(Debug, Default)]
struct Drawn {
    maps: HashMap<String, Arc<DocumentMap>>,
    clauses: usize,
}

/// The most clauses in cached maps: as many as the largest source may have.
const KEPT: usize = 300_000;

impl Maps {
    fn get(&self, id: &str) -> Option<Arc<DocumentMap>> {
        let drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.maps.get(id).cloned()
    }

    fn keep(&self, id: &str, map: &Arc<DocumentMap>) {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.clauses + map.eids.len() > KEPT {
            *drawn = Drawn::default();
        }
        if drawn.maps.insert(id.to_owned(), Arc::clone(map)).is_none() {
            drawn.clauses += map.eids.len();
        }
    }
}

impl DocumentMap {
    /// The map of clauses at these addresses.
    pub(crate) fn of(records: &[ClauseRecord<'_>], addresses: Vec<DocAddress>) -> Self {
        let mut map = DocumentMap { addresses, ..DocumentMap::default() };
        records.iter().for_each(|record| map.add(record));
        map
    }

    /// Adds the next clause.
    fn add(&mut self, record: &ClauseRecord<'_>) {
        self.pointers.add(self.eids.len(), &record.clause.eid);
        self.eids.push(record.clause.eid.clone());
        for found in abbreviations(&record.clause.text) {
            self.short.entry(key(&found.short)).or_insert(found.title);
        }
    }
}

impl Searcher {
    /// A part of a document, with the links of its clauses. `wanted` gets the number of clauses and
    /// returns the indices to read. `None` if there is no document with this id.
    ///
    /// # Errors
    /// When the index fails, and [`QueryError::Spent`] when the budget is spent first.
    pub fn part(
        &self,
        id: &str,
        wanted: impl FnOnce(usize) -> Range<usize>,
        budget: &Budget,
    ) -> Result<Option<DocumentPart>, QueryError> {
        let (map, whole) = self.map(id, budget)?;
        let total = map.eids.len();
        if total == 0 {
            return Ok(None);
        }
        let places = wanted(total);
        let (first, records) = match &*whole {
            [first, ..] => (first.clone(), whole[places.clone()].to_vec()),
            [] => {
                let first = self.source.clause_at(map.addresses[0])?;
                (first, self.records_at(&map.addresses[places.clone()], budget)?)
            }
        };
        let (read, from) = if whole.is_empty() { (&records, places.start) } else { (&whole, 0) };
        let text = Text { map: &map, records: read, from };
        let related = self.related_in(&text, places.clone(), &first.document, budget)?;
        Ok(Some(DocumentPart { first, total, places, records, related }))
    }

    fn records_at(
        &self,
        addresses: &[DocAddress],
        budget: &Budget,
    ) -> Result<Vec<ClauseRecord<'static>>, QueryError> {
        let record = |address: &DocAddress| {
            budget.check()?;
            self.source.clause_at(*address)
        };
        addresses.iter().map(record).collect()
    }

    /// The map of a document, which is empty if there is none with this id. Comes with all clauses
    /// if the index returns documents only as a whole.
    pub(crate) fn map(&self, id: &str, budget: &Budget) -> Result<Mapped, QueryError> {
        if let Some(map) = self.maps.get(id) {
            return Ok((map, Vec::new()));
        }
        let Some(addresses) = self.source.addresses(id)? else {
            let whole = self.document_within(id, budget)?;
            return Ok((Arc::new(DocumentMap::of(&whole, Vec::new())), whole));
        };
        let mut map = DocumentMap::default();
        for address in &addresses {
            budget.check()?;
            map.add(&self.source.clause_at(*address)?);
        }
        let map = Arc::new(DocumentMap { addresses, ..map });
        // Ids that don't exist would fill the cache.
        if !map.eids.is_empty() {
            self.maps.keep(id, &map);
        }
        Ok((map, Vec::new()))
    }
}

/// The map of a document, and its clauses if they were read with it.
pub(crate) type Mapped = (Arc<DocumentMap>, Vec<ClauseRecord<'static>>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;

    #[test]
    fn pages_of_a_document_are_its_parts_and_read_no_more_than_once_for_all_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let article = |n: u32| {
            format!("第{n}條 依照第{}條及《乙條例》第二條辦理，參見前條。\n\n", n % 40 + 1)
        };
        let text: String = (1..=40).map(article).collect();
        let defined = "本條例所稱《乙條例》（以下簡稱乙例）。";
        let file_with_laws = folder.path().join("a.txt");
        std::fs::write(&file_with_laws, format!("甲條例\n\n{text}第四十一條 {defined}\n")).unwrap();
        let other = folder.path().join("b.txt");
        std::fs::write(&other, "乙條例\n\n第一條 甲。\n\n第二條 乙。\n").unwrap();
        let index = folder.path().join("index");
        tiaowen_indexer::run(&[file_with_laws, other], &index, &Default::default(), &|_| {})
            .unwrap();
        let searcher = Searcher::open(&index).unwrap();
        let manifest = searcher.manifest().unwrap();
        let id =
            &manifest.documents().find(|one| one.title.as_deref() == Some("甲條例")).unwrap().id;
        let budget = Budget::unlimited();
        let records = searcher.document(id).unwrap();
        let related = searcher.related(&records, 0..records.len()).unwrap();
        assert!(related.iter().filter(|one| one.references.len() == 3).count() > 30);
        let all = records.len();
        for places in [0..10, 10..20, all - 1..all, 0..all, 5..5] {
            let part = searcher.part(id, |_| places.clone(), &budget).unwrap().unwrap();
            assert_eq!((part.total, &part.places), (all, &places));
            assert_eq!(part.first, records[0]);
            assert_eq!(part.records, records[places.clone()]);
            assert_eq!(part.related, related[places]);
        }
        let (map, _) = searcher.map(id, &budget).unwrap();
        assert!(Arc::ptr_eq(&map, &searcher.map(id, &budget).unwrap().0));
        assert!(searcher.part("nothing", |_| 0..0, &budget).unwrap().is_none());
        budget.cancel();
        assert!(searcher.part(id, |all| 0..all, &budget).is_err());
    }

    #[test]
    fn completions_and_marks_end_with_their_budget() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "甲條例\n\n第一條 雙方互相通報資料。\n").unwrap();
        let index = folder.path().join("index");
        tiaowen_indexer::run(&[file], &index, &Default::default(), &|_| {}).unwrap();
        let searcher = Searcher::open(&index).unwrap();
        let (budget, request) = (Budget::unlimited(), Request::new("資料"));
        let marker = searcher.marker_within(&request, &budget).unwrap();
        assert_eq!(marker.marks("資料").unwrap().first(), Some(&(0..6)));
        assert!(!searcher.complete_within("資", 5, &budget).unwrap().is_empty());
        budget.cancel();
        assert!(marker.marks("資料").is_err());
        assert!(matches!(searcher.marker_within(&request, &budget), Err(QueryError::Spent(_))));
        let completed = searcher.complete_within("資", 5, &budget);
        assert!(matches!(completed, Err(QueryError::Spent(_))));
    }
}
