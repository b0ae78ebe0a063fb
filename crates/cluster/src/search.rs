//! Translates searches into the query DSL of a cluster.
//!
//! A cluster only has to find good candidates and count hits; `query` scores them precisely. This
//! leaves room for a limit that matters here: nodes reject queries with more than 1,024 leaves. So
//! long texts are required and scored by their longest, that is rarest, parts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};
use tiaowen_index::{ClauseRecord, IndexError, IndexReader};
use tiaowen_query::{
    Combine, Facets, Filter, Partial, QueryError, QueryTerm, RemoteClause, RemoteHits, RemoteIndex,
    RemoteRequest, Sort, UNDATED, Version, given_bounds, in_a_row,
};
use tiaowen_text::{Script, fold};

use crate::mapping::{MOST_HITS, signed, stored, unsigned};
use crate::reader::{ClusterReader, record};
use crate::store::{PAGE, missing};
use crate::{ClusterError, ClusterReason};

/// The number of terms in one request for document frequencies.
const TERMS: usize = 500;
/// The most leaves for requirements. Long texts have mostly words. By default, a node rejects
/// queries with more than 1,024 leaves in total.
const MOST_REQUIRED: usize = 480;
/// The most leaves for scored terms, and for partial matches.
const MOST_COUNTED: usize = 320;
/// The most leaves of a phrase with gaps, in which each unit is a leaf.
const MOST_SPANS: usize = 64;
/// The most ids in one `terms` query. A node rejects more than 65,536.
const MOST_IDS: usize = 60_000;
/// The number of documents counted in one answer.
const DOCUMENTS: usize = 10_000;
/// The most parties and units that are returned, as in a folder.
const MOST_NAMES: usize = 50;
/// Up to about this number, grouped hits are counted exactly.
const EXACT: u64 = 40_000;
/// The number of clauses in which completions are searched.
const LOOKED_AT: usize = 300;

type Row = [(usize, String)];

/// Consecutive units in a field.
fn row(field: &str, units: &Row) -> Value {
    match units {
        [] => json!({"match_none": {}}),
        [(_, only)] => json!({"term": {field: {"value": only}}}),
        units if units.windows(2).all(|two| two[1].0 == two[0].0 + 1) => {
            let all: Vec<&str> = units.iter().map(|(_, unit)| unit.as_str()).collect();
            json!({"match_phrase": {field: {"query": all.join(" ")}}})
        }
        units => {
            let mut clauses = Vec::new();
            for (nth, (at, unit)) in units.iter().enumerate() {
                if let Some(before) = nth.checked_sub(1).map(|before| units[before].0)
                    && *at > before + 1
                {
                    clauses.push(json!({"span_gap": {field: at - before - 1}}));
                }
                clauses.push(json!({"span_term": {field: unit}}));
            }
            json!({"span_near": {"clauses": clauses, "slop": 0, "in_order": true}})
        }
    }
}

fn all_of(all: Vec<Value>) -> Value {
    json!({"bool": {"must": all}})
}

fn any_of(all: Vec<Value>) -> Value {
    json!({"bool": {"should": all, "minimum_should_match": 1}})
}

fn unscored(query: Value) -> Value {
    json!({"bool": {"filter": [query]}})
}

fn certain(query: Value) -> Value {
    json!({"constant_score": {"filter": query}})
}

/// The query for a term, scored.
fn term_query(query_term: &QueryTerm) -> Value {
    match query_term {
        QueryTerm::Word(text) => json!({"term": {"words": {"value": text}}}),
        QueryTerm::Phrase(units) => row("chars", units),
        QueryTerm::Whole(units) => certain(row("chars", units)),
        QueryTerm::Anywhere(units) => {
            any_of(["chars", "headings", "title"].map(|field| row(field, units)).to_vec())
        }
        QueryTerm::Heading(text) => row("headings", &in_a_row(text)),
        QueryTerm::Title(text) => row("title", &in_a_row(text)),
        QueryTerm::Party(text) => row("parties", &in_a_row(text)),
        QueryTerm::Number(text) => certain(row("number", &in_a_row(text))),
        QueryTerm::Certain(query_term) => certain(term_query(query_term)),
        QueryTerm::Address(text) => json!({"term": {"address": {"value": text}}}),
        QueryTerm::Document(id) => json!({"term": {"document": {"value": id}}}),
        QueryTerm::Clause(id) => json!({"term": {"id": {"value": id}}}),
        QueryTerm::Prefix(text) => json!({"prefix": {"chars": {"value": text}}}),
        QueryTerm::AnyOf(all) => any_of(all.iter().map(term_query).collect()),
        QueryTerm::AllOf(all) => all_of(all.iter().map(term_query).collect()),
        QueryTerm::Not(query_term) => json!({"bool": {"must_not": [term_query(query_term)]}}),
        QueryTerm::Near(rows, within) => {
            let near = json!({"all_of": {
                "intervals": rows.iter().map(|units| interval(units)).collect::<Vec<_>>(),
                "ordered": false,
                "max_gaps": within,
            }});
            let rows: Vec<Value> = rows.iter().map(|units| row("chars", units)).collect();
            json!({"bool": {"must": rows, "filter": [{"intervals": {"chars": near}}]}})
        }
    }
}

/// The interval of units in a row.
fn interval(units: &[(usize, String)]) -> Value {
    let all: Vec<&str> = units.iter().map(|(_, unit)| unit.as_str()).collect();
    json!({"match": {"query": all.join(" "), "max_gaps": 0, "ordered": true}})
}

/// The query for a required term, scored approximately: of several wordings, by the best.
fn rough(query_term: &QueryTerm) -> Value {
    match query_term {
        QueryTerm::AnyOf(all) => {
            json!({"dis_max": {"queries": all.iter().map(rough).collect::<Vec<_>>()}})
        }
        QueryTerm::AllOf(all) => all_of(all.iter().map(rough).collect()),
        query_term => term_query(query_term),
    }
}

/// The query for scored terms.
fn scored(counts: &Combine) -> Value {
    let one = |counted: &tiaowen_query::Weighted| json!({"bool": {"must": [term_query(&counted.term)], "boost": counted.weight}});
    match counts {
        Combine::Always(counted) => one(counted),
        Combine::Best(wordings) => {
            let ways: Vec<Value> = wordings
                .iter()
                .map(|worded| any_of(worded.counted.iter().map(one).collect()))
                .collect();
            json!({"dis_max": {"queries": ways}})
        }
    }
}

/// A query for any of the values of a filter. `None` if there are none.
fn any_value(mut queries: Vec<Value>) -> Option<Value> {
    match queries.len() {
        0 => None,
        1 => queries.pop(),
        _ => Some(any_of(queries)),
    }
}

/// A query for all words of a name in a field. Words separated by spaces may occur apart.
fn named(field: &str, name: &str) -> Value {
    let words = name.split_whitespace().map(in_a_row).filter(|units| !units.is_empty());
    let mut words: Vec<Value> = words.map(|units| row(field, &units)).collect();
    match words.len() {
        0 => json!({"match_none": {}}),
        1 => words.remove(0),
        _ => all_of(words),
    }
}

/// A query for the clauses of documents.
fn documents(ids: &[String]) -> Value {
    match ids {
        ids if ids.len() <= MOST_IDS => json!({"terms": {"document": ids}}),
        ids => {
            any_of(ids.chunks(MOST_IDS).map(|some| json!({"terms": {"document": some}})).collect())
        }
    }
}

fn restrictions(filter: &Filter) -> Result<Vec<Value>, QueryError> {
    let mut all = Vec::new();
    if !filter.scripts.is_empty() {
        let scripts: Vec<&str> = filter.scripts.iter().map(|script| script.as_str()).collect();
        all.push(json!({"terms": {"script": scripts}}));
    }
    if !filter.kinds.is_empty() {
        let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
        all.push(json!({"terms": {"kind": kinds}}));
    }
    for (field, names) in [
        ("parties", &filter.parties[..]),
        ("place", &filter.places),
        ("units", &filter.units),
        ("number", &filter.numbers),
        ("title", filter.title.as_slice()),
    ] {
        all.extend(any_value(names.iter().map(|name| named(field, name)).collect()));
    }
    if let Some(label) = &filter.label {
        all.push(json!({"term": {"address": label}}));
    }
    if let Some(only) = &filter.only {
        all.push(documents(only));
    }
    if !filter.without.is_empty() {
        all.push(json!({"bool": {"must_not": documents(&filter.without)}}));
    }
    let dates = filter.dates()?;
    let ends = [("gte", dates.from), ("lte", dates.to)];
    let range: Map<String, Value> =
        ends.into_iter().filter_map(|(end, day)| Some((end.to_owned(), day?.into()))).collect();
    if !range.is_empty() {
        all.push(json!({"range": {"date": range}}));
    }
    let years = dates.years.iter();
    let years = years.map(|(first, last)| json!({"range": {"date": {"gte": first, "lte": last}}}));
    let undated =
        dates.undated.then(|| json!({"bool": {"must_not": {"exists": {"field": "date"}}}}));
    all.extend(any_value(years.chain(undated).collect()));
    if let Some((first, last)) = given_bounds(&filter.in_force)? {
        all.push(json!({"range": {"valid_from": {"lte": last}}}));
        all.push(json!({"range": {"valid_to": {"gte": first}}}));
    }
    Ok(all)
}

/// The number of leaves of a query, as a node counts them.
fn leaves(query: &Value) -> usize {
    const LEAVES: [&str; 9] = [
        "exists",
        "term",
        "terms",
        "match_phrase",
        "span_term",
        "prefix",
        "range",
        "intervals",
        "match_none",
    ];
    match query {
        Value::Array(all) => all.iter().map(leaves).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| if LEAVES.contains(&name.as_str()) { 1 } else { leaves(value) })
            .sum(),
        _ => 0,
    }
}

/// The queries of the longest texts, which are the rarest, with at most `most` leaves together.
/// Dropping the others finds more candidates, and these are scored precisely later.
fn fitting(mut queries: Vec<(usize, Value)>, most: usize) -> Vec<Value> {
    let mut left = most;
    if queries.iter().map(|(_, query)| leaves(query)).sum::<usize>() > most {
        queries.sort_by_key(|(length, _)| Reverse(*length));
    }
    let mut fit = Vec::with_capacity(queries.len());
    for (_, query) in queries {
        let count = leaves(&query);
        if count <= left || fit.is_empty() {
            left = left.saturating_sub(count);
            fit.push(query);
        }
    }
    fit
}

/// The length in characters of the longest text in a term.
fn length(query_term: &QueryTerm) -> usize {
    match query_term {
        QueryTerm::Word(text)
        | QueryTerm::Heading(text)
        | QueryTerm::Title(text)
        | QueryTerm::Party(text) => text.chars().count(),
        QueryTerm::Phrase(units) | QueryTerm::Whole(units) | QueryTerm::Anywhere(units) => {
            units.len()
        }
        QueryTerm::AnyOf(all) | QueryTerm::AllOf(all) => all.iter().map(length).max().unwrap_or(0),
        QueryTerm::Not(query_term) | QueryTerm::Certain(query_term) => length(query_term),
        _ => usize::MAX,
    }
}

/// The query for clauses that may contain a text word for word. A long text with gaps is required
/// run by run.
fn phrase(query_term: &QueryTerm) -> Value {
    match query_term {
        QueryTerm::Whole(units) | QueryTerm::Phrase(units) if units.len() > MOST_SPANS => {
            let runs = units.chunk_by(|left, right| right.0 == left.0 + 1);
            all_of(runs.take(MOST_SPANS).map(|run| row("chars", run)).collect())
        }
        query_term => term_query(query_term),
    }
}

/// The length in characters of the longest text among scored terms.
fn counted_length(counts: &Combine) -> usize {
    match counts {
        Combine::Always(counted) => length(&counted.term),
        Combine::Best(ways) => {
            let all = ways.iter().flat_map(|way| &way.counted);
            all.map(|counted| length(&counted.term)).max().unwrap_or(0)
        }
    }
}

/// The query of a request.
fn query(wanted: &RemoteRequest<'_>) -> Result<Value, QueryError> {
    let mut must: Vec<Value> = Vec::new();
    let mut filter = restrictions(wanted.filter)?;
    let mut should: Vec<Value> = Vec::new();
    if wanted.counts.is_empty() {
        let required = wanted.must.iter().map(|query_term| (length(query_term), rough(query_term)));
        must.extend(fitting(required.collect(), MOST_REQUIRED));
    } else {
        let required =
            wanted.must.iter().map(|query_term| (length(query_term), term_query(query_term)));
        filter.extend(fitting(required.collect(), MOST_REQUIRED));
        let counts = wanted.counts.iter().map(|counts| (counted_length(counts), scored(counts)));
        let counts = fitting(counts.collect(), MOST_COUNTED);
        if wanted.must.is_empty() {
            must.push(any_of(counts));
        } else {
            should.extend(counts);
        }
    }
    let any = wanted.any.iter().map(|query_term| (length(query_term), term_query(query_term)));
    let any = fitting(any.collect(), MOST_COUNTED).into_iter();
    if !wanted.beside.is_empty() {
        let beside =
            any_of(wanted.beside.iter().map(|query_term| term_query(query_term)).collect());
        let ways: Vec<Value> = any.map(|one| all_of(vec![beside.clone(), one])).collect();
        must.push(json!({"dis_max": {"queries": ways}}));
    } else if !wanted.any.is_empty() {
        must.push(any_of(any.collect()));
    }
    for query_term in wanted.required {
        match query_term {
            QueryTerm::Not(_) => must.push(unscored(term_query(query_term))),
            query_term => must.push(if length(query_term) > MOST_SPANS {
                phrase(query_term)
            } else {
                rough(query_term)
            }),
        }
    }
    filter.extend(wanted.whole.map(phrase));
    let query = json!({"bool": {"must": must, "filter": filter, "should": should}});
    if wanted.signature >= 1.0 {
        return Ok(query);
    }
    Ok(json!({"boosting": {
        "positive": query,
        "negative": {"term": {"part": "signature"}},
        "negative_boost": wanted.signature,
    }}))
}

/// The aggregation that counts hits by group, so that versions are one.
fn hits_of() -> Value {
    json!({"cardinality": {"field": "group", "precision_threshold": EXACT}})
}

/// The aggregations for facets.
fn divisions(group: bool) -> Map<String, Value> {
    let by_year = json!({"histogram": {"field": "date", "interval": 10_000, "min_doc_count": 1}});
    // Twice as many as are returned, since merging scripts may change which are the most frequent.
    let (parties, units) =
        (counted("party_keys", 2 * MOST_NAMES), counted("unit_keys", 2 * MOST_NAMES));
    let all = [
        ("kind", counted("kind", 100), None),
        ("script", counted("script", 10), None),
        ("party", parties, Some("party_names")),
        ("unit", units, Some("unit_names")),
        ("year", by_year, None),
        (UNDATED, json!({"missing": {"field": "date"}}), None),
    ];
    let divided = all.map(|(name, by, printed)| (name.to_owned(), division(by, printed, group)));
    divided.into_iter().collect()
}

/// The aggregation of the values of a field.
fn counted(field: &str, size: usize) -> Value {
    json!({"terms": {"field": field, "size": size}})
}

/// An aggregation with those inside each bucket: hits by group, and names as printed.
fn division(mut by: Value, printed: Option<&str>, group: bool) -> Value {
    let mut inner = Map::new();
    if group {
        inner.insert("hits".to_owned(), hits_of());
    }
    if let Some(printed) = printed {
        inner.insert("printed".to_owned(), counted(printed, 4 * MOST_NAMES));
    }
    if !inner.is_empty() {
        by["aggs"] = Value::Object(inner);
    }
    by
}

/// The buckets of an aggregation.
fn buckets(answer: &Value, name: &str) -> Vec<Value> {
    answer[name]["buckets"].as_array().cloned().unwrap_or_default()
}

/// The number of hits in a bucket.
fn hits_in(bucket: &Value) -> u64 {
    bucket["hits"]["value"].as_u64().or(bucket["doc_count"].as_u64()).unwrap_or(0)
}

/// The most frequent names with their numbers of hits. A name printed in both scripts is one value,
/// named in the script of the query.
fn name_counts(answer: &Value, name: &str, typed: Option<Script>) -> BTreeMap<String, u64> {
    let mut all: Vec<(String, u64)> = Vec::new();
    for bucket in buckets(answer, name) {
        let Some(key) = bucket["key"].as_str() else { continue };
        let printed = bucket["printed"]["buckets"].as_array().cloned().unwrap_or_default();
        let printed = printed.iter().filter_map(|one| one["key"].as_str());
        let in_key = printed.filter(|name| fold(name) == key);
        let best = in_key.max_by_key(|name| (Some(Script::of(name)) == typed, *name));
        all.push((best.unwrap_or(key).to_owned(), hits_in(&bucket)));
    }
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(MOST_NAMES);
    all.into_iter().collect()
}

/// The hits of each value of a field, named by `name`.
fn counts(
    answer: &Value,
    field: &str,
    name: impl Fn(&Value) -> Option<String>,
) -> BTreeMap<String, u64> {
    let buckets = buckets(answer, field).into_iter();
    buckets.filter_map(|bucket| Some((name(&bucket["key"])?, hits_in(&bucket)))).collect()
}

fn facets(answer: &Value, typed: Option<Script>) -> Facets {
    let mut year = counts(answer, "year", |key| Some((key.as_f64()? as u64 / 10_000).to_string()));
    if let undated @ 1.. = hits_in(&answer[UNDATED]) {
        year.insert(UNDATED.to_owned(), undated);
    }
    Facets {
        year,
        kind: counts(answer, "kind", |key| key.as_str().map(str::to_owned)),
        script: counts(answer, "script", |key| key.as_str().map(str::to_owned)),
        party: name_counts(answer, "party", typed),
        unit: name_counts(answer, "unit", typed),
    }
}

impl ClusterReader {
    fn candidate(&self, hit: &Value) -> Result<RemoteClause, ClusterError> {
        let order = stored(hit, "order").as_i64().unwrap_or_default();
        let group = stored(hit, "group").as_i64().unwrap_or(order);
        let record = record(&self.store, hit)?;
        Ok(RemoteClause { record, order: unsigned(order), group: unsigned(group) })
    }

    /// The number of clauses that match each query.
    fn counts(&self, queries: Vec<Value>) -> Result<Partial<Vec<u64>>, ClusterError> {
        let (mut all, mut failed) = (Vec::with_capacity(queries.len()), None);
        for some in queries.chunks(TERMS) {
            let body = json!({
                "size": 0, "track_total_hits": false, "query": {"match_all": {}},
                "aggs": {"terms": {"filters": {"filters": some}}},
            });
            let answer = self.store.search_anyway(&self.names.clauses, &body)?;
            failed = failed.or(missing(&answer));
            let buckets = answer["aggregations"]["terms"]["buckets"].as_array();
            let Some(buckets) = buckets.filter(|buckets| buckets.len() == some.len()) else {
                return Err(self.store.client.answer(ClusterReason::NoCounts));
            };
            let count = |bucket: &Value| bucket["doc_count"].as_u64().unwrap_or(0);
            all.extend(buckets.iter().map(count));
        }
        Ok(Partial { value: all, missing: failed })
    }

    /// The same; all shards must answer.
    fn all_counts(&self, queries: Vec<Value>) -> Result<Vec<u64>, ClusterError> {
        let counts = self.counts(queries)?;
        self.store.whole(counts.missing)?;
        Ok(counts.value)
    }
}

impl RemoteIndex for ClusterReader {
    fn holds(&self) -> &dyn IndexReader {
        self
    }

    fn totals(&self) -> Result<(u64, BTreeMap<String, u64>), IndexError> {
        Ok((self.head.clauses, self.head.tokens.clone()))
    }

    fn doc_freqs(&self, terms: &[(&str, &str)]) -> Result<Partial<Vec<u64>>, IndexError> {
        let queries = terms.iter().map(|(field, text)| json!({"term": {*field: text}}));
        Ok(self.counts(queries.collect())?)
    }

    fn max_hits(&self) -> usize {
        usize::try_from(MOST_HITS).unwrap_or(usize::MAX)
    }

    fn search(&self, wanted: &RemoteRequest<'_>) -> Result<RemoteHits, QueryError> {
        let mut aggregations = Map::new();
        if wanted.facets {
            aggregations = divisions(wanted.group);
        }
        if wanted.group && wanted.size > 0 {
            aggregations.insert("hits".to_owned(), hits_of());
        }
        let mut sort = vec![json!({"_score": "desc"}), json!({"order": "asc"})];
        if wanted.sort == Sort::Date {
            sort.insert(0, json!({"date": {"order": "desc", "missing": "_last"}}));
        }
        let mut body = json!({
            "query": query(wanted)?,
            "size": wanted.size,
            "sort": sort,
            "track_scores": true,
            "track_total_hits": true,
            "stored_fields": ["record", "order", "group"],
            "aggs": aggregations,
            "timeout": "20s",
        });
        if wanted.leads {
            body["collapse"] = json!({"field": "group"});
        }
        let answer = self.store.search_scored(&self.names.clauses, &body);
        let answer = answer.map_err(IndexError::from)?;
        let hits = answer["hits"]["hits"].as_array().map_or(&[][..], Vec::as_slice);
        let best: Result<Vec<RemoteClause>, ClusterError> =
            hits.iter().map(|hit| self.candidate(hit)).collect();
        let clauses = answer["hits"]["total"]["value"].as_u64().unwrap_or(0);
        let total = answer["aggregations"]["hits"]["value"].as_u64().unwrap_or(clauses);
        Ok(RemoteHits {
            clauses,
            total,
            facets: if wanted.facets {
                facets(&answer["aggregations"], wanted.typed)
            } else {
                Facets::default()
            },
            best: best.map_err(IndexError::from)?,
            missing: missing(&answer),
        })
    }

    fn clauses_by_document(
        &self,
        wanted: &RemoteRequest<'_>,
    ) -> Result<Vec<(String, u64)>, QueryError> {
        let query = query(wanted)?;
        let (mut all, mut after) = (Vec::new(), None);
        // In pages, as an answer may not have more buckets.
        loop {
            let sources = json!([{"document": {"terms": {"field": "document"}}}]);
            let mut pages = json!({"size": DOCUMENTS, "sources": sources});
            if let Some(after) = after {
                pages["after"] = after;
            }
            let body = json!({
                "size": 0, "track_total_hits": false, "query": query,
                "aggs": {"documents": {"composite": pages}},
            });
            let answer = self.store.search(&self.names.clauses, &body).map_err(IndexError::from)?;
            let page = &answer["aggregations"]["documents"];
            let buckets = page["buckets"].as_array().map_or(&[][..], Vec::as_slice);
            all.extend(buckets.iter().filter_map(|bucket| {
                let document = bucket["key"]["document"].as_str()?.to_owned();
                Some((document, bucket["doc_count"].as_u64()?))
            }));
            after = page.get("after_key").cloned();
            if after.is_none() || buckets.len() < DOCUMENTS {
                return Ok(all);
            }
        }
    }

    fn versions_of(&self, groups: &[u64]) -> Result<Partial<Vec<Version>>, IndexError> {
        let (mut all, mut failed) = (Vec::new(), None);
        for some in groups.chunks(PAGE) {
            let some: Vec<i64> = some.iter().map(|group| signed(*group)).collect();
            let query = json!({"terms": {"group": some}});
            let fields = json!({"stored_fields": ["record", "order", "group"]});
            let unanswered =
                self.store.scan_anyway(&self.names.clauses, &query, "order", &fields, |hits| {
                    for hit in hits {
                        let version = self.candidate(hit)?;
                        all.push((version.group, version.order, version.record.id()));
                    }
                    Ok(())
                })?;
            failed = failed.or(unanswered);
        }
        Ok(Partial { value: all, missing: failed })
    }

    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, IndexError> {
        let Some(entry) = self.store.entry(&self.names.clauses, id)? else { return Ok(None) };
        Ok(Some(record(&self.store, &entry)?))
    }

    fn clauses_of(&self, document: &str) -> Result<u64, IndexError> {
        let counts = self.all_counts(vec![json!({"term": {"document": document}})])?;
        Ok(counts.first().copied().unwrap_or(0))
    }

    fn words_like(&self, words: &[String]) -> Result<Vec<(String, u64)>, IndexError> {
        let mut all: HashMap<String, u64> = HashMap::new();
        for some in words.chunks(TERMS) {
            let mut suggest = Map::new();
            for (at, word) in some.iter().enumerate() {
                // Words of one character get no suggestions.
                let term = json!({
                    "field": "words", "analyzer": "keyword", "suggest_mode": "always",
                    "max_edits": 1, "prefix_length": 0, "min_word_length": 2,
                    "max_inspections": 100, "size": 50, "shard_size": 50,
                });
                suggest.insert(at.to_string(), json!({"text": word, "term": term}));
            }
            let body = json!({"size": 0, "suggest": suggest});
            // Without some shards, fewer suggestions are found, but no hits are lost.
            let answer = self.store.search_anyway(&self.names.clauses, &body)?;
            let suggestions = answer["suggest"].as_object().into_iter().flat_map(Map::values);
            for option in suggestions.flat_map(|one| one[0]["options"].as_array()).flatten() {
                if let (Some(word), Some(count)) =
                    (option["text"].as_str(), option["freq"].as_u64())
                {
                    all.insert(word.to_owned(), count);
                }
            }
        }
        Ok(all.into_iter().collect())
    }

    fn words_beginning_with(&self, prefix: &str) -> Result<Vec<(String, u64)>, IndexError> {
        let body = json!({
            "size": LOOKED_AT, "track_total_hits": false, "sort": [{"order": "asc"}],
            "query": {"prefix": {"words": {"value": prefix}}}, "stored_fields": ["record"],
        });
        let answer = self.store.search(&self.names.clauses, &body)?;
        let hits = answer["hits"]["hits"].as_array().map_or(&[][..], Vec::as_slice);
        let mut words: Vec<String> = Vec::new();
        for hit in hits {
            let record = record(&self.store, hit)?;
            let clause_words = crate::mapping::words(&record.clause.text);
            words.extend(clause_words.filter(|word| word.starts_with(prefix)));
        }
        words.sort_unstable();
        words.dedup();
        let queries = words.iter().map(|word| json!({"term": {"words": word}}));
        let counts = self.all_counts(queries.collect())?;
        Ok(words.into_iter().zip(counts).collect())
    }
}

#[cfg(test)]
mod tests {
    use tiaowen_query::{Analysis, Plan, Request, Weights};
    use tiaowen_text::Segmenter;

    use super::*;

    /// The number of leaves that a node rejects.
    const REFUSED: usize = 1_024;

    /// The number of leaves of queries for a text: word for word, and by its words.
    fn asked_for(text: &str) -> [usize; 2] {
        let plan = Plan::of(&Analysis::of(text, Segmenter::shared(), None), &Weights::default());
        let request = Request::new(text);
        let whole = plan.should.iter().find_map(|counts| match counts {
            Combine::Always(counted) if matches!(counted.term, QueryTerm::Whole(_)) => {
                Some(&counted.term)
            }
            _ => None,
        });
        [None, whole].map(|whole| {
            let wanted = RemoteRequest {
                must: &plan.must,
                any: Vec::new(),
                beside: Vec::new(),
                whole,
                counts: &[],
                required: &plan.required,
                signature: plan.signature,
                filter: &request.filter,
                sort: Sort::Score,
                group: true,
                typed: None,
                facets: false,
                leads: false,
                size: 10,
            };
            leaves(&query(&wanted).unwrap())
        })
    }

    #[test]
    fn the_longest_text_is_asked_for_in_one_query() {
        let text: String = (0..1_000)
            .map(|nth| match nth % 9 {
                8 => '，',
                _ => char::from_u32(0x4E00 + nth * 17 % 20_000).unwrap(),
            })
            .collect();
        for leaves in asked_for(&text) {
            assert!((MOST_SPANS..REFUSED).contains(&leaves), "{leaves}");
        }
    }

    #[test]
    fn of_values_of_one_field_any_is_enough_and_all_fields_must_match() {
        let filter = Filter {
            scripts: vec![Script::Hant, Script::Hans],
            units: vec!["公安廳".into(), "海關 總署".into()],
            years: vec!["2015".into(), "2017".into()],
            only: Some(Vec::new()),
            ..Filter::default()
        };
        let [scripts, units, only, years] = &restrictions(&filter).unwrap()[..] else {
            panic!("four restrictions")
        };
        assert_eq!(*scripts, json!({"terms": {"script": ["Hant", "Hans"]}}));
        assert_eq!(units["bool"]["minimum_should_match"], 1);
        let [first, second] = &units["bool"]["should"].as_array().unwrap()[..] else {
            panic!("two units")
        };
        assert!(first["match_phrase"]["units"].is_object(), "{first}");
        assert_eq!(second["bool"]["must"].as_array().unwrap().len(), 2);
        assert_eq!(*only, json!({"terms": {"document": []}}));
        assert_eq!(years["bool"]["should"].as_array().unwrap().len(), 2);
        let undated = json!({"bool": {"must_not": {"exists": {"field": "date"}}}});
        let alone = Filter { undated: true, ..Filter::default() };
        assert_eq!(restrictions(&alone).unwrap(), std::slice::from_ref(&undated));
        let beside = Filter { undated: true, ..filter };
        let any = &restrictions(&beside).unwrap()[3]["bool"]["should"];
        assert_eq!((any.as_array().unwrap().len(), &any[2]), (3, &undated));
        let range = Filter { to: Some("2017".into()), ..alone };
        assert!(matches!(restrictions(&range), Err(QueryError::UndatedInRange)));
        let one = Filter { units: vec!["公安廳".into()], ..Filter::default() };
        assert_eq!(restrictions(&one).unwrap(), std::slice::from_ref(first));
        let many: Vec<String> = (0..MOST_IDS + 1).map(|nth| nth.to_string()).collect();
        assert_eq!(leaves(&documents(&many)), 2);
    }

    #[test]
    fn documents_without_a_date_are_a_key_of_the_years() {
        let years = json!({"buckets": [{"key": 20_150_000.0, "doc_count": 3}]});
        let answer = |undated: Value| json!({"year": years, "undated": undated});
        let year = facets(&answer(json!({"doc_count": 4, "hits": {"value": 2}})), None).year;
        assert_eq!(year, BTreeMap::from([("2015".to_owned(), 3), (UNDATED.to_owned(), 2)]));
        let year = facets(&answer(json!({"doc_count": 0})), None).year;
        assert_eq!(year.len(), 1);
        assert_eq!(divisions(false)[UNDATED], json!({"missing": {"field": "date"}}));
        assert_eq!(divisions(true)[UNDATED]["aggs"]["hits"], hits_of());
    }

    #[test]
    fn the_rarest_words_of_a_long_text_are_kept() {
        let term = |length: usize| (length, json!({"term": {"words": {"value": length}}}));
        let fit = fitting((1..=10).map(term).collect(), 3);
        assert_eq!(fit, [term(10).1, term(9).1, term(8).1]);
        assert_eq!(
            fitting((1..=3).map(term).collect(), 3),
            (1..=3).map(|n| term(n).1).collect::<Vec<_>>()
        );
    }
}
