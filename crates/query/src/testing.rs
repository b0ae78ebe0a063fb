//! Small indexes in memory for the tests of this crate.

use std::borrow::Cow;

use tiaowen_corpus::read;
use tiaowen_index::{ClauseIndex, ClauseRecord, order};
use tiaowen_text::Segmenter;

use crate::{Analysis, Plan, Request, Searcher, Weights};

/// An index in memory of one agreement with these articles.
pub(crate) fn index_of(articles: &[impl AsRef<str>]) -> ClauseIndex {
    let numbered = (1..).zip(articles);
    let body: String =
        numbered.map(|(nth, text)| format!("第{nth}條 {}\n\n", text.as_ref())).collect();
    let page =
        format!("+++\ntitle = '甲乙協議'\nkind = 'agreement'\nlanguage = 'zh-Hant'\n+++\n\n{body}");
    let text = read("a.md", &page).unwrap().remove(0);
    assert_eq!(text.clauses.len(), articles.len());
    let records: Vec<(ClauseRecord<'_>, u64)> = (0..)
        .zip(&text.clauses)
        .map(|(place, clause)| {
            let record = ClauseRecord {
                document: Cow::Borrowed(&text.document),
                clause: Cow::Borrowed(clause),
                dropped: Cow::Borrowed(&[]),
            };
            (record, order(&text.document.id, place))
        })
        .collect();
    let entries: Vec<_> = records.iter().map(|(record, order)| (record, *order)).collect();
    ClauseIndex::in_memory(&entries, Segmenter::shared()).unwrap()
}

/// A searcher of such an index.
pub(crate) fn searcher_of(articles: &[impl AsRef<str>]) -> Searcher {
    Searcher::new(index_of(articles)).unwrap()
}

/// The plan for a query without regional terms.
pub(crate) fn plan_of(query: &str) -> Plan {
    Plan::of(&Analysis::of(query, Segmenter::shared(), None), &Weights::default())
}

/// The numbers of the articles that match a query, in order.
pub(crate) fn found(searcher: &Searcher, request: &Request) -> Vec<usize> {
    let answer = searcher.search(request).unwrap();
    let number = |eid: &str| eid.trim_start_matches("art_").parse().unwrap();
    answer.hits.iter().map(|hit| number(&hit.record.clause.eid)).collect()
}
