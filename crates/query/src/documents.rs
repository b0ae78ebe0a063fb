//! Lists the documents with clauses that match a request.

use std::collections::HashMap;

use tiaowen_corpus::Document;
use tiaowen_index::{document_of, order};
use tiaowen_text::{Budget, Spent};

use crate::searcher::searched;
use crate::{Level, QueryError, Request, Searcher};

/// A document with the number of its matching clauses.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentHits {
    /// The document.
    pub document: Document,
    /// The number of matching clauses; without a query, of those that pass the filters.
    pub clauses: u64,
}

/// The most clauses with a partial match that are counted.
const MOST_PARTIAL: usize = 10_000;

impl Searcher {
    /// The documents with clauses that match a request, in the order of their sources. Order, limit
    /// and offset of the request have no effect.
    ///
    /// ```
    /// use tiaowen_query::{Request, Searcher};
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("a.txt");
    /// std::fs::write(&file, "粵港合作備忘錄\n\n一、提升教學質素。\n\n二、每年會面。")?;
    /// let index = folder.path().join("index");
    /// tiaowen_indexer::run(&[file], &index, &Default::default(), &|_| {})?;
    /// let searcher = Searcher::open(&index)?;
    /// let found = searcher.documents(&Request::new("质素"), &Default::default())?;
    /// assert_eq!((found.len(), found[0].clauses), (1, 1));
    /// assert_eq!(searcher.documents(&Request::new(""), &Default::default())?[0].clauses, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`search_within`](Self::search_within).
    pub fn documents(
        &self,
        request: &Request,
        budget: &Budget,
    ) -> Result<Vec<DocumentHits>, QueryError> {
        // A search that runs out of budget fails with the error of whatever part noticed it.
        let spent = |error| if budget.is_spent() { QueryError::Spent(Spent) } else { error };
        let resolved = self.on_its_day(request, &mut Vec::new())?;
        let request = resolved.as_ref().unwrap_or(request);
        let counts = self.clauses_by_document(request, budget).map_err(spent)?;
        let manifest = self.manifest()?;
        let hits = manifest.documents().filter_map(|document| {
            let clauses = *counts.get(&document_of(order(&document.id, 0)))?;
            Some(DocumentHits { document: document.clone(), clauses })
        });
        Ok(hits.collect())
    }

    /// The number of matching clauses for each document number.
    fn clauses_by_document(
        &self,
        request: &Request,
        budget: &Budget,
    ) -> Result<HashMap<u64, u64>, QueryError> {
        let typed = self.read(request, budget)?;
        let mut request = Request { offset: 0, limit: 0, group: false, ..request.clone() };
        request.filter.narrow(&typed.syntax.restrictions);
        let ranking = self.rank(typed, &request, &mut Vec::new(), budget)?;
        let Some(plan) = &ranking.plan else { return Ok(HashMap::new()) };
        if ranking.found.level == Level::All {
            return self.source.clauses_by_document(&searched(plan, &request, budget));
        }
        let request = Request { limit: MOST_PARTIAL, ..request };
        let ranked = self.ranked(plan, &request, budget)?;
        let mut counts: HashMap<u64, u64> = HashMap::new();
        for hit in &ranked.hits {
            *counts.entry(document_of(hit.order())).or_default() += 1;
        }
        Ok(counts)
    }
}
