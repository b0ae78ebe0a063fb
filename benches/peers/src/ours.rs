//! Our engine, from the documents on disk.

use std::path::{Path, PathBuf};

use tiaowen_indexer::RunOptions;
use tiaowen_query::{Request, Searcher};

use crate::Outcome;
use crate::engine::Search;

pub fn index(folder: &Path, sources: &[PathBuf]) -> Outcome<u64> {
    let report = tiaowen_indexer::run(sources, folder, &RunOptions::default(), &|_| {})?;
    Ok(report.clauses)
}

/// Highlights and the stored clause are part of each hit.
pub fn search(folder: &Path, facets: bool) -> Outcome<Search> {
    let searcher = Searcher::open(folder)?;
    Ok(Box::new(move |query| {
        let request = Request { facets, ..Request::new(query) };
        Ok(searcher.search(&request)?.hits.len())
    }))
}
