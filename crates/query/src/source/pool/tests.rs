//! A folder is served as a remote index and must give the same answers as the folder itself.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use tiaowen_index::tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query,
};
use tiaowen_index::{IndexError, IndexReader, Location};

use super::*;
use crate::source::remote::Version;
use crate::{Answer, Plan, Request, Searcher, Weights};

/// A folder behind the interface of a remote index. It ranks as a cluster does, by the scores of
/// the engine, ties by order number.
struct Served {
    holds: Box<dyn IndexReader>,
    searcher: tantivy::Searcher,
    fields: Fields,
    columns: Columns,
    /// The group and id of each clause, by order number.
    groups: BTreeMap<u64, (u64, String)>,
}

impl Served {
    fn open(folder: &Path) -> Self {
        let index = ClauseIndex::open(folder).unwrap();
        let searcher = index.reader().unwrap().searcher();
        let joined = index.groups().unwrap();
        let columns = Columns::open(&searcher, &Groups::default()).unwrap();
        let mut served = Served {
            holds: Location::open(&folder.to_path_buf()).unwrap(),
            fields: index.fields(),
            columns,
            groups: BTreeMap::new(),
            searcher,
        };
        let mut least: HashMap<u32, u64> = HashMap::new();
        let all = Best::of(usize::MAX >> 8, served.columns.clone());
        let every = tiaowen_index::tantivy::query::AllQuery;
        let found = served.searcher.search(&every, &all).unwrap().top;
        let mut orders: Vec<(u64, String)> = found
            .iter()
            .map(|found| (served.order(found.address), served.record(found.address).id()))
            .collect();
        orders.sort();
        for (order, id) in orders {
            let group =
                joined.of_order(order).map_or(order, |group| *least.entry(group).or_insert(order));
            served.groups.insert(order, (group, id));
        }
        served
    }

    fn order(&self, address: DocAddress) -> u64 {
        self.columns.order(address).unwrap()
    }

    fn record(&self, address: DocAddress) -> ClauseRecord<'static> {
        use tiaowen_index::tantivy::schema::Value;
        let stored: tiaowen_index::tantivy::TantivyDocument = self.searcher.doc(address).unwrap();
        let value = stored.get_first(self.fields.record).unwrap();
        ClauseRecord::from_bytes(value.as_value().as_bytes().unwrap()).unwrap()
    }

    fn term_query(&self, query_term: &QueryTerm) -> Box<dyn Query> {
        queries::term_query(query_term, &self.fields, &Budget::unlimited())
    }

    fn query(&self, request: &RemoteRequest<'_>) -> Result<Box<dyn Query>, QueryError> {
        let plan = Plan {
            must: if request.counts.is_empty() { request.must.to_vec() } else { Vec::new() },
            required: request.required.to_vec(),
            ..Plan::of(&Default::default(), &Weights::default())
        };
        let plan = Plan { exact: false, ..plan };
        let budget = Budget::unlimited();
        let held = queries::candidates(&plan, request.filter, &self.fields, &budget)?;
        let mut all: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        if !plan.must.is_empty() || !plan.required.is_empty() || request.counts.is_empty() {
            all.push((Occur::Must, held));
        } else {
            all.push((Occur::Must, Box::new(ConstScoreQuery::new(held, 0.0))));
        }
        let counted = request.counts.iter();
        let counted: Vec<_> =
            counted.map(|counts| queries::scored(counts, &self.fields, &budget)).collect();
        if !counted.is_empty() {
            for query_term in request.must {
                all.push((
                    Occur::Must,
                    Box::new(ConstScoreQuery::new(self.term_query(query_term), 0.0)),
                ));
            }
            let occur = if request.must.is_empty() { Occur::Must } else { Occur::Should };
            all.push((occur, Box::new(BooleanQuery::union(counted))));
        }
        let any = request.any.iter().map(|query_term| self.term_query(query_term));
        if !request.beside.is_empty() {
            let beside =
                request.beside.iter().map(|query_term| self.term_query(query_term)).collect();
            let beside = BooleanQuery::union(beside);
            let ways = any.map(|one| -> Box<dyn Query> {
                Box::new(BooleanQuery::intersection(vec![Box::new(beside.clone()), one]))
            });
            all.push((Occur::Must, Box::new(DisjunctionMaxQuery::new(ways.collect()))));
        } else if !request.any.is_empty() {
            all.push((Occur::Must, Box::new(BooleanQuery::union(any.collect()))));
        }
        if let Some(phrase) = request.whole {
            all.push((Occur::Must, Box::new(ConstScoreQuery::new(self.term_query(phrase), 0.0))));
        }
        Ok(Box::new(BooleanQuery::new(all)))
    }
}

impl RemoteIndex for Served {
    fn holds(&self) -> &dyn IndexReader {
        &*self.holds
    }

    fn totals(&self) -> Result<(u64, BTreeMap<String, u64>), IndexError> {
        let readers = self.searcher.segment_readers();
        let clauses = readers.iter().map(|reader| u64::from(reader.max_doc())).sum();
        let mut tokens = BTreeMap::new();
        for (field, entry) in self.searcher.schema().fields() {
            let counts = readers.iter().map(|reader| match reader.inverted_index(field) {
                Ok(inverted) => inverted.total_num_tokens(),
                Err(_) => 0,
            });
            tokens.insert(entry.name().to_owned(), counts.sum());
        }
        Ok((clauses, tokens))
    }

    fn doc_freqs(&self, terms: &[(&str, &str)]) -> Result<Partial<Vec<u64>>, IndexError> {
        let count = |(field, text): &(&str, &str)| {
            let field = self.searcher.schema().get_field(field).unwrap();
            self.searcher.doc_freq(&Term::from_field_text(field, text)).unwrap()
        };
        Ok(Partial { value: terms.iter().map(count).collect(), missing: None })
    }

    fn max_hits(&self) -> usize {
        10_000
    }

    fn search(&self, request: &RemoteRequest<'_>) -> Result<RemoteHits, QueryError> {
        let (sort, signature) = (request.sort, request.signature);
        let all = Best { sort, signature, ..Best::of(usize::MAX >> 8, self.columns.clone()) };
        let found = self.searcher.search(&*self.query(request)?, &all)?.top;
        let group = |found: &Found| self.groups[&self.order(found.address)].0;
        let groups: HashSet<u64> = found.iter().map(group).collect();
        let clauses = found.len() as u64;
        let mut seen = HashSet::new();
        let leads = found.iter().filter(|found| !request.leads || seen.insert(group(found)));
        let best = leads.take(request.size).map(|found| RemoteClause {
            record: self.record(found.address),
            order: self.order(found.address),
            group: group(found),
        });
        Ok(RemoteHits {
            clauses,
            total: if request.group { groups.len() as u64 } else { clauses },
            best: best.collect(),
            ..RemoteHits::default()
        })
    }

    fn clauses_by_document(
        &self,
        request: &RemoteRequest<'_>,
    ) -> Result<Vec<(String, u64)>, QueryError> {
        let all = self.search(&RemoteRequest { size: usize::MAX, ..request.clone() })?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for clause in all.best {
            *counts.entry(clause.record.document.id.clone()).or_default() += 1;
        }
        Ok(counts.into_iter().collect())
    }

    fn versions_of(&self, groups: &[u64]) -> Result<Partial<Vec<Version>>, IndexError> {
        let all = self.groups.iter().filter(|(_, (group, _))| groups.contains(group));
        let value = all.map(|(order, (group, id))| (*group, *order, id.clone())).collect();
        Ok(Partial { value, missing: None })
    }

    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, IndexError> {
        let document = id.rsplit_once('.').map_or(id, |(document, _)| document);
        let Some(text) = self.holds.document(document)? else { return Ok(None) };
        Ok(ClauseRecord::of(&text).find(|record| record.id() == id).map(ClauseRecord::into_owned))
    }

    fn clauses_of(&self, document: &str) -> Result<u64, IndexError> {
        Ok(self.holds.document(document)?.map_or(0, |text| text.clauses.len() as u64))
    }

    fn words_like(&self, _: &[String]) -> Result<Vec<(String, u64)>, IndexError> {
        self.words_beginning_with("")
    }

    fn words_beginning_with(&self, prefix: &str) -> Result<Vec<(String, u64)>, IndexError> {
        let words = crate::suggest::vocabulary(
            &self.searcher,
            self.fields.words,
            &Budget::unlimited(),
            |word| word.starts_with(prefix),
        );
        Ok(words.unwrap().into_iter().collect())
    }
}

/// A folder of the bundled corpus, opened directly and as a remote index.
fn both() -> (tempfile::TempDir, Searcher, Searcher) {
    let folder = tempfile::tempdir().unwrap();
    let (corpus, index) =
        (Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus"), folder.path().join("index"));
    tiaowen_indexer::run(&[corpus], &index, &Default::default(), &|_| {}).unwrap();
    let folder_searcher = Searcher::open(&index).unwrap();
    let remote = Searcher::remote(Box::new(Served::open(&index))).unwrap();
    (folder, folder_searcher, remote)
}

/// The queries of the judged topics in both scripts, and some kinds that the topics lack.
fn queries() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    for file in ["docs/topics.jsonl", "tests/topics/a.jsonl", "tests/topics/b.jsonl"] {
        for line in std::fs::read_to_string(root.join(file)).unwrap().lines() {
            let topic: serde_json::Value = serde_json::from_str(line).unwrap();
            all.extend(["hant", "hans"].map(|script| topic[script].as_str().unwrap().to_owned()));
        }
    }
    assert!(all.len() > 80, "{}", all.len());
    let others = [
        "",
        "合作",
        "的",
        "“一國兩制”",
        "合作 NOT 交流",
        "合作 OR 通報",
        "NEAR(合作 交流, 5)",
        "title:合作",
        "《中醫藥領域合作協議》第三條",
        "工作計劃 二(三)19",
        "誰負責知識產權案件的協作處理？",
    ];
    all.extend(others.map(str::to_owned));
    all
}

/// The ids, scores and versions of the hits of an answer, and its total.
fn shown(answer: &Answer) -> (u64, Vec<(String, u32, Vec<String>)>) {
    let hits = answer.hits.iter();
    let hits = hits.map(|hit| (hit.record.id(), hit.score.to_bits(), hit.counterparts.clone()));
    (answer.total, hits.collect())
}

#[test]
fn a_remote_index_gives_the_same_ids_and_scores_as_a_folder() {
    let (_folder, folder_searcher, remote) = both();
    let mut found = 0;
    for query in queries() {
        for (group, limit, offset) in [(true, 10, 0), (false, 10, 0), (true, 20, 125)] {
            let request = Request { group, limit, offset, count: true, ..Request::new(&query) };
            let [folder, fetched] =
                [&folder_searcher, &remote].map(|searcher| searcher.search(&request).unwrap());
            assert_eq!(shown(&folder), shown(&fetched), "{query} {group} {offset}");
            assert_eq!(folder.notes, fetched.notes, "{query}");
            found += folder.hits.len();
        }
    }
    assert!(found > 500, "{found}");
}

#[test]
fn a_remote_index_explains_and_sorts_as_a_folder() {
    let (_folder, folder_searcher, remote) = both();
    for query in ["知識產權 合作", "质素", "建立通報機制的情況如何？"] {
        for sort in [Sort::Score, Sort::Date] {
            let request = Request { explain: true, sort, ..Request::new(query) };
            let [folder, fetched] =
                [&folder_searcher, &remote].map(|searcher| searcher.search(&request).unwrap());
            assert!(!folder.hits.is_empty());
            assert_eq!(folder.hits, fetched.hits, "{query}");
        }
    }
}

#[test]
fn a_remote_index_lists_documents_as_a_folder() {
    let (_folder, folder_searcher, remote) = both();
    let budget = Budget::unlimited();
    for query in ["", "合作", "知識產權 保護", "title:合作", "誰負責知識產權案件的協作處理？"]
    {
        let request = Request::new(query);
        let [folder, fetched] = [&folder_searcher, &remote]
            .map(|searcher| searcher.documents(&request, &budget).unwrap());
        assert!(!folder.is_empty(), "{query}");
        assert_eq!(folder, fetched, "{query}");
        let clauses: u64 = folder.iter().map(|hits| hits.clauses).sum();
        let request = Request { group: false, count: true, ..request };
        assert_eq!(clauses, folder_searcher.search(&request).unwrap().total, "{query}");
    }
}

#[test]
fn a_remote_index_reads_documents_and_words_as_a_folder() {
    let (_folder, folder_searcher, remote) = both();
    let manifest = folder_searcher.manifest().unwrap();
    for document in manifest.documents() {
        let records = folder_searcher.document(&document.id).unwrap();
        assert_eq!(records, remote.document(&document.id).unwrap());
        let last = records.last().unwrap();
        assert_eq!(folder_searcher.place(last).unwrap(), remote.place(last).unwrap());
        assert_eq!(folder_searcher.clause(&last.id()).unwrap(), remote.clause(&last.id()).unwrap());
        let budget = Budget::unlimited();
        let [folder, fetched] = [&folder_searcher, &remote].map(|searcher| {
            let part = searcher.part(&document.id, |all| all / 2..all, &budget).unwrap().unwrap();
            (part.total, part.records, part.related)
        });
        assert_eq!(folder, fetched);
    }
    for typed in ["知", "合作協", "知識"] {
        assert_eq!(
            folder_searcher.complete(typed, 8).unwrap(),
            remote.complete(typed, 8).unwrap(),
            "{typed}"
        );
    }
}
