//! How an index lies on a cluster, and what its parts say.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tiaowen_index::{About, LastRun, Manifest, Source, Stamp, VersionPair, Versions};
use tiaowen_query::Missing;
use tiaowen_text::Segmenter;

use crate::ClusterError;
use crate::bulk::{Write, id_of, send};
use crate::client::{Answer, Body, Client, Patience};
use crate::mapping;

/// Entries that are asked for at once.
pub(crate) const PAGE: usize = 1_000;
/// Pairs of versions that one entry holds.
const PAIRS: usize = 2_000;

/// Longer than a run takes between writing its pairs of versions and its head.
const FINISHING: Duration = Duration::from_secs(600);

/// What the versions of runs that finish at a time begin with; as texts they are in order.
pub(crate) fn version_at(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("{:016x}", since.as_nanos())
}

/// The two indices that an index is on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// Which of the ones that there were it is, from 1.
    pub(crate) number: u64,
    /// The one with the clauses.
    pub(crate) clauses: String,
    /// The one with the sources.
    pub(crate) sources: String,
}

impl Names {
    fn of(alias: &str, number: u64) -> Self {
        let clauses = format!("{alias}-{number}");
        let sources = format!("{clauses}-sources");
        Names { number, clauses, sources }
    }
}

/// What the run that finished last left.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) last_run: LastRun,
    /// What changes with every run that finishes.
    pub(crate) version: String,
    /// How many entries hold the pairs of versions.
    pub(crate) pairs: usize,
    /// Whether clauses have the groups that the pairs say.
    pub(crate) grouped: bool,
    /// How many tokens all clauses together have in each field.
    pub(crate) tokens: std::collections::BTreeMap<String, u64>,
    /// How many clauses there were.
    pub(crate) clauses: u64,
    /// The sources that it knew of.
    #[serde(default)]
    pub(crate) seen: Seen,
}

/// Sources as a run found them: what a run wrote that was stopped before it finished shows by them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// How many there were.
    pub(crate) sources: usize,
    /// The number of the last write of one.
    pub(crate) last: u64,
}

impl Seen {
    pub(crate) fn of(sources: &[(Source, u64)]) -> Self {
        let last = sources.iter().map(|(_, written)| *written).max();
        Seen { sources: sources.len(), last: last.unwrap_or(0) }
    }
}

/// A head as it was read, to be replaced only while it still is the last one.
#[derive(Debug, Clone)]
pub(crate) struct ReadHead {
    pub(crate) head: Head,
    pub(crate) place: (i64, i64),
}

/// Asks the parts of an index.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) client: Arc<Client>,
}

/// The parts of a search that failed, if any: how many of how many, and why.
pub(crate) fn missing(answer: &Value) -> Option<Missing> {
    let shards = &answer["_shards"];
    let all = shards["total"].as_u64().unwrap_or(0);
    // Of a shard that no node has any more nothing is said, but that it isn't among those that
    // answered.
    let answered = shards["successful"].as_u64().unwrap_or(all);
    let failed = shards["failed"].as_u64().unwrap_or(0).max(all.saturating_sub(answered));
    if failed > 0 {
        let first = &shards["failures"][0]["reason"];
        let reason = crate::client::reason_of(first);
        return Some((failed, all, reason.unwrap_or_else(|| "no node has them".to_owned())));
    }
    (answer["timed_out"] == true).then(|| (1, all.max(1), "it took too long".to_owned()))
}

impl Store {
    /// A store whose cluster can hold an index.
    pub(crate) fn new(client: Client) -> Result<Self, ClusterError> {
        let client = Arc::new(client);
        let answer = match client.ask("GET", "/", Body::None, Patience::READING) {
            Err(ClusterError::Answer { place, reason }) => {
                return Err(ClusterError::NoEngine { place, reason });
            }
            answer => answer?,
        };
        let place = client.place();
        let version = &answer.body["version"];
        let Some(number) = version["number"].as_str() else {
            let reason = match answer.status {
                200..300 => "it doesn't tell its version".to_owned(),
                status => format!("status {status}"),
            };
            return Err(ClusterError::NoEngine { place, reason });
        };
        let distribution = version["distribution"].as_str();
        let is_known = match distribution {
            Some("opensearch") => at_least(number, (1, 3)),
            None => version["lucene_version"].is_string() && at_least(number, (7, 10)),
            Some(_) => false,
        };
        if is_known {
            return Ok(Store { client });
        }
        let name = match distribution {
            Some("opensearch") => "OpenSearch",
            Some(other) => other,
            None => "Elasticsearch",
        };
        Err(ClusterError::Engine { place, found: format!("{name} {number}") })
    }

    fn ask(&self, method: &str, path: &str, body: Body<'_>) -> Result<Answer, ClusterError> {
        self.client.ask(method, path, body, Patience::READING)
    }

    fn foreign(&self, reason: impl Into<String>) -> ClusterError {
        ClusterError::Foreign { place: self.client.place(), reason: reason.into() }
    }

    /// The index that the alias stands for, with its stamp.
    pub(crate) fn names(&self) -> Result<(Names, Stamp), ClusterError> {
        let alias = self.client.index();
        let answer = self.ask("GET", &format!("/{alias}/_mapping"), Body::None)?;
        if answer.status == 404 {
            return Err(ClusterError::Missing { place: self.client.place() });
        }
        let all = answer.body.as_object().filter(|_| answer.is_ok());
        let all = all.ok_or_else(|| self.client.refused("looking it up", &answer.reason()))?;
        let (name, found) = match all.iter().next() {
            Some(first) if all.len() == 1 => first,
            _ => {
                let names: Vec<&str> = all.keys().map(String::as_str).collect();
                let reason = format!("the name stands for several indices ({})", names.join(", "));
                return Err(self.foreign(reason));
            }
        };
        let Some(stamp) = stamp_of(found) else {
            let what = if name == alias { "an index" } else { "an alias" };
            return Err(self.foreign(format!("this is {what} of something else")));
        };
        let number = name.strip_prefix(alias).and_then(|rest| rest.strip_prefix('-')?.parse().ok());
        match number {
            Some(number) => Ok((Names::of(alias, number), stamp)),
            None => Err(self.foreign(format!("the alias stands for '{name}'"))),
        }
    }

    /// The same, which must have the stamp of this program.
    pub(crate) fn current(&self) -> Result<Names, ClusterError> {
        let (names, made) = self.names()?;
        let current = Stamp::current(Segmenter::shared());
        if made == current {
            return Ok(names);
        }
        Err(ClusterError::Stamp {
            place: self.client.place(),
            made: Box::new(made),
            current: Box::new(current),
        })
    }

    /// Makes the indices with a number where they aren't there yet; the first gets the alias
    /// at once, so that several processes find one. One of another stamp that was left by a
    /// rebuild that was stopped goes.
    pub(crate) fn create(
        &self,
        number: u64,
        with_alias: bool,
        (shards, replicas): (u32, u32),
    ) -> Result<Names, ClusterError> {
        let alias = self.client.index();
        let names = Names::of(alias, number);
        let stamp = Stamp::current(Segmenter::shared());
        let left = self.ask("GET", &format!("/{}/_mapping", names.clauses), Body::None)?;
        if let Some(found) = left.body.get(&names.clauses) {
            match stamp_of(found) {
                None => {
                    return Err(self.foreign(format!("'{}' is something else's", names.clauses)));
                }
                Some(made) if made != stamp => self.delete(&names)?,
                Some(_) => {}
            }
        } else {
            self.delete_left(&names)?;
        }
        self.put(&names.sources, mapping::sources(&stamp, replicas))?;
        let mut clauses = mapping::clauses(&stamp, shards, replicas);
        if with_alias {
            clauses["aliases"] = json!({alias: {}});
        }
        self.put(&names.clauses, clauses)?;
        Ok(names)
    }

    fn put(&self, name: &str, settings: Value) -> Result<(), ClusterError> {
        let answer = self.client.ask(
            "PUT",
            &format!("/{name}"),
            Body::Json(&settings),
            Patience::WRITING,
        )?;
        let kind = answer.body["error"]["type"].as_str();
        if answer.is_ok() || kind == Some("resource_already_exists_exception") {
            return Ok(());
        }
        if kind == Some("invalid_alias_name_exception") {
            return Err(self.foreign("an index of something else has this name"));
        }
        Err(self.client.refused(&format!("making the index {name}"), &answer.reason()))
    }

    /// IndexWriter out the two indices, at once: sources without their clauses would be taken for
    /// indexed.
    pub(crate) fn delete(&self, names: &Names) -> Result<(), ClusterError> {
        let path = format!("/{},{}?ignore_unavailable=true", names.clauses, names.sources);
        let answer = self.client.ask("DELETE", &path, Body::None, Patience::WRITING)?;
        if !answer.is_ok() && answer.status != 404 {
            let doing = format!("taking out the index {}", names.clauses);
            return Err(self.client.refused(&doing, &answer.reason()));
        }
        Ok(())
    }

    /// IndexWriter out sources whose clauses someone took out by hand. Who only just makes both has
    /// told of none yet.
    fn delete_left(&self, names: &Names) -> Result<(), ClusterError> {
        let path = format!("/{}/_refresh", names.sources);
        let refreshed = self.client.ask("POST", &path, Body::None, Patience::WRITING)?;
        if refreshed.status == 404 {
            return Ok(());
        }
        let body = json!({"size": 0, "track_total_hits": true, "query": {"match_all": {}}});
        let found = self.search(&names.sources, &body)?;
        let clauses = self.ask("GET", &format!("/{}/_mapping", names.clauses), Body::None)?;
        if found["hits"]["total"]["value"] != 0 && clauses.status == 404 {
            self.delete(names)?;
        }
        Ok(())
    }

    /// IndexWriter out indices before `live` that a rebuild left which was stopped behind its swap.
    pub(crate) fn delete_older(&self, live: &Names) -> Result<(), ClusterError> {
        let alias = self.client.index();
        let path = format!("/{alias}-*/_mapping?filter_path=*.mappings._meta");
        let answer = self.ask("GET", &path, Body::None)?;
        let number = |(name, found): (&String, &Value)| -> Option<u64> {
            let own = name.strip_prefix(alias)?.strip_prefix('-')?;
            let number = own.strip_suffix("-sources").unwrap_or(own).parse().ok()?;
            (number < live.number && stamp_of(found).is_some()).then_some(number)
        };
        let found = answer.body.as_object().filter(|_| answer.is_ok());
        let older: BTreeSet<u64> = found.into_iter().flatten().filter_map(number).collect();
        older.into_iter().try_for_each(|number| self.delete(&Names::of(alias, number)))
    }

    /// IndexWriter out pairs of versions that no head tells of any more; those of runs that are about
    /// to finish are as young as these.
    pub(crate) fn delete_pairs(&self, names: &Names, kept: &[String]) -> Result<(), ClusterError> {
        let old = json!({"bool": {
            "filter": [
                {"term": {"what": "pairs"}},
                {"range": {"key": {"lt": version_at(SystemTime::now() - FINISHING)}}},
            ],
            "must_not": [{"terms": {"key": kept}}],
        }});
        self.delete_where(&names.sources, &old)
    }

    /// Lets the alias stand for `new`, in place of `old`, at once.
    pub(crate) fn swap(&self, old: &Names, new: &Names) -> Result<(), ClusterError> {
        let alias = self.client.index();
        let body = json!({"actions": [
            {"add": {"index": new.clauses, "alias": alias}},
            {"remove": {"index": old.clauses, "alias": alias}},
        ]});
        let how = Patience::WRITING;
        let answer = self.client.ask("POST", "/_aliases", Body::Json(&body), how)?;
        // It may have been done before without our hearing of it.
        if answer.is_ok() || self.names()?.0 == *new {
            return Ok(());
        }
        Err(self.client.refused("letting it take the place of the old one", &answer.reason()))
    }

    /// Makes what was written visible to searches.
    pub(crate) fn refresh(&self, names: &Names) -> Result<(), ClusterError> {
        let path = format!("/{},{}/_refresh", names.clauses, names.sources);
        let doing = "making visible what was written";
        self.client.must(doing, "POST", &path, Body::None, Patience::WRITING)?;
        Ok(())
    }

    /// What the last run left; `None` where none finished yet.
    pub(crate) fn head(&self, names: &Names) -> Result<Option<ReadHead>, ClusterError> {
        let path = format!("/{}/_doc/head", names.sources);
        let answer = self.ask("GET", &path, Body::None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        if !answer.is_ok() {
            return Err(self.client.refused("reading it", &answer.reason()));
        }
        let number = |name: &str| answer.body[name].as_i64().unwrap_or(0);
        let place = (number("_seq_no"), number("_primary_term"));
        let head = self.content(&answer.body["_source"]["content"])?;
        Ok(Some(ReadHead { head, place }))
    }

    fn content<T: DeserializeOwned>(&self, value: &Value) -> Result<T, ClusterError> {
        T::deserialize(value).map_err(|error| {
            self.foreign(format!("what the index says of itself is damaged ({error})"))
        })
    }

    /// Puts a head in the place of the one that was read; where it stands now, or `None` where
    /// another one came meanwhile.
    pub(crate) fn put_head(
        &self,
        names: &Names,
        before: Option<(i64, i64)>,
        head: &Head,
    ) -> Result<Option<(i64, i64)>, ClusterError> {
        let guard = match before {
            Some((seq, term)) => format!("if_seq_no={seq}&if_primary_term={term}"),
            None => "op_type=create".to_owned(),
        };
        let path = format!("/{}/_doc/head?refresh=true&{guard}", names.sources);
        let body = json!({"what": "head", "content": head});
        let answer = self.client.ask("PUT", &path, Body::Json(&body), Patience::WRITING)?;
        if answer.status == 409 {
            // A try before that was taken without our hearing of it.
            let now = self.head(names)?;
            let own = now.filter(|now| now.head.version == head.version);
            return Ok(own.filter(|now| now.head.grouped == head.grouped).map(|now| now.place));
        }
        if !answer.is_ok() {
            return Err(self.client.refused("finishing", &answer.reason()));
        }
        let number = |name: &str| answer.body[name].as_i64().unwrap_or(0);
        Ok(Some((number("_seq_no"), number("_primary_term"))))
    }

    /// What the index says of itself.
    pub(crate) fn about(&self, names: &Names, stamp: Stamp) -> Result<About, ClusterError> {
        let head = self.head(names)?;
        let Some(ReadHead { head, .. }) = head else {
            return Err(ClusterError::Unfinished { place: self.client.place() });
        };
        Ok(About { stamp, last_run: head.last_run, version: head.version })
    }

    /// How many clauses there are, and how many tokens they have in each field.
    pub(crate) fn totals(
        &self,
        names: &Names,
    ) -> Result<(u64, std::collections::BTreeMap<String, u64>), ClusterError> {
        let sum = |name: &&str| {
            ((*name).to_owned(), json!({"sum": {"field": format!("lengths.{name}")}}))
        };
        let sums: serde_json::Map<_, _> = mapping::TEXTS.iter().map(sum).collect();
        let body = json!({
            "size": 0, "track_total_hits": true, "query": {"match_all": {}}, "aggs": sums,
        });
        let answer = self.search(&names.clauses, &body)?;
        let value = |name: &&str| {
            let sum = answer["aggregations"][*name]["value"].as_f64().unwrap_or(0.0);
            ((*name).to_owned(), sum as u64)
        };
        let clauses = answer["hits"]["total"]["value"].as_u64().unwrap_or(0);
        Ok((clauses, mapping::TEXTS.iter().map(value).collect()))
    }

    /// Bytes of both indices, copies included, where the cluster tells.
    pub(crate) fn bytes(&self, names: &Names) -> Option<u64> {
        let path = format!("/{},{}/_stats/store", names.clauses, names.sources);
        let answer = self.ask("GET", &path, Body::None).ok()?;
        answer.body["_all"]["total"]["store"]["size_in_bytes"].as_u64()
    }

    /// A search over one of the indices, of which no part may be missing.
    pub(crate) fn search(&self, index: &str, body: &Value) -> Result<Value, ClusterError> {
        let answer = self.search_anyway(index, body)?;
        self.whole(missing(&answer))?;
        Ok(answer)
    }

    /// An error where parts are missing.
    pub(crate) fn whole(&self, missing: Option<Missing>) -> Result<(), ClusterError> {
        let told = |(failed, all, reason)| {
            Err(ClusterError::Partial { place: self.client.place(), failed, all, reason })
        };
        missing.map_or(Ok(()), told)
    }

    /// The same, scored by how rare terms are on all shards together.
    pub(crate) fn search_scored(&self, index: &str, body: &Value) -> Result<Value, ClusterError> {
        // Copies of a shard count what was deleted otherwise: all pages of a query ask the same.
        let query = blake3::hash(body["query"].to_string().as_bytes()).to_hex();
        let how = format!("search_type=dfs_query_then_fetch&preference={}", &query[..16]);
        self.searched(&format!("/{index}/_search?{how}"), body)
    }

    /// The same with what parts answer that do.
    pub(crate) fn search_anyway(&self, index: &str, body: &Value) -> Result<Value, ClusterError> {
        self.searched(&format!("/{index}/_search"), body)
    }

    fn searched(&self, path: &str, body: &Value) -> Result<Value, ClusterError> {
        let answer = self.ask("POST", path, Body::Json(body))?;
        if answer.status == 404 {
            // There was one when it was opened.
            return Err(ClusterError::Replaced { place: self.client.place() });
        }
        if !answer.is_ok() {
            return Err(self.client.refused("searching", &answer.reason()));
        }
        Ok(answer.body)
    }

    /// All hits of a query, in the order of a field whose values are different; `told` says what
    /// of each comes, and `each` hears of each page.
    pub(crate) fn scan(
        &self,
        index: &str,
        query: &Value,
        sort: &str,
        told: &Value,
        each: impl FnMut(&[Value]) -> Result<(), ClusterError>,
    ) -> Result<(), ClusterError> {
        scan(query, sort, told, |body| self.search(index, body), each)
    }

    /// The same of what parts answer that do; which did not.
    pub(crate) fn scan_anyway(
        &self,
        index: &str,
        query: &Value,
        sort: &str,
        told: &Value,
        each: impl FnMut(&[Value]) -> Result<(), ClusterError>,
    ) -> Result<Option<Missing>, ClusterError> {
        let failed = Cell::new(None);
        let search = |body: &Value| {
            let answer = self.search_anyway(index, body)?;
            failed.set(failed.take().or(missing(&answer)));
            Ok(answer)
        };
        scan(query, sort, told, search, each)?;
        Ok(failed.into_inner())
    }

    /// The sources and documents.
    pub(crate) fn manifest(&self, names: &Names) -> Result<Manifest, ClusterError> {
        let sources = self.sources(names)?.into_iter().map(|(source, _)| source).collect();
        Ok(Manifest { sources })
    }

    /// The sources in order, each with the number of its write.
    pub(crate) fn sources(&self, names: &Names) -> Result<Vec<(Source, u64)>, ClusterError> {
        let mut sources: Vec<(Source, u64)> = Vec::new();
        let query = json!({"term": {"what": "source"}});
        let told = json!({"_source": ["content"], "seq_no_primary_term": true});
        self.scan(&names.sources, &query, "key", &told, |hits| {
            for hit in hits {
                let written = hit["_seq_no"].as_u64().unwrap_or(0);
                sources.push((self.content(&hit["_source"]["content"])?, written));
            }
            Ok(())
        })?;
        sources.sort_by(|(a, _), (b, _)| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
        Ok(sources)
    }

    /// The pairs of versions.
    pub(crate) fn versions(&self, names: &Names) -> Result<Versions, ClusterError> {
        let Some(ReadHead { head, .. }) = self.head(names)? else {
            return Ok(Versions::default());
        };
        let mut pairs: Vec<VersionPair> = Vec::new();
        for at in 0..head.pairs {
            let path = format!("/{}/_doc/{}", names.sources, pairs_id(&head.version, at));
            let answer = self.ask("GET", &path, Body::None)?;
            if !answer.is_ok() {
                return Err(self.foreign("the list of its versions is damaged"));
            }
            let own: Versions = self.content(&answer.body["_source"]["content"])?;
            pairs.extend(own.pairs);
        }
        Ok(Versions { pairs })
    }

    /// Writes the pairs of versions that belong to a head to come; how many entries hold them.
    pub(crate) fn put_versions(
        &self,
        names: &Names,
        version: &str,
        versions: &Versions,
    ) -> Result<usize, ClusterError> {
        let chunks = versions.pairs.chunks(PAIRS).enumerate();
        let writes: Vec<Write> = chunks
            .map(|(at, pairs)| {
                let entry = json!({"what": "pairs", "key": version, "content": {"pairs": pairs}});
                Write::index(&names.sources, &pairs_id(version, at), &entry, "")
            })
            .collect();
        for outcome in send(&self.client, &writes)? {
            outcome
                .map_err(|refusal| self.client.refused("writing the versions", &refusal.reason))?;
        }
        Ok(writes.len())
    }

    /// IndexWriter out what a query finds; what changed meanwhile stays.
    pub(crate) fn delete_where(&self, index: &str, query: &Value) -> Result<(), ClusterError> {
        let path = format!("/{index}/_delete_by_query?conflicts=proceed&refresh=true");
        let body = json!({"query": query});
        let answer =
            self.client.must("taking out", "POST", &path, Body::Json(&body), Patience::WRITING)?;
        let failed = answer["failures"].as_array().is_some_and(|all| !all.is_empty());
        if failed || answer["timed_out"] == true {
            let reason = crate::client::reason_of(&answer["failures"][0]["cause"]);
            let reason = reason.unwrap_or_else(|| "it took too long".to_owned());
            return Err(self.client.refused("taking out", &reason));
        }
        Ok(())
    }

    /// Entries by their ids, whether they are there or not, in the order of these; `told` says
    /// what of each comes.
    pub(crate) fn entries(
        &self,
        index: &str,
        ids: &[String],
        told: &str,
        patience: Patience,
    ) -> Result<Vec<Value>, ClusterError> {
        let mut all = Vec::new();
        for some in ids.chunks(PAGE) {
            let ids: Vec<String> = some.iter().map(|id| id_of(id)).collect();
            let path = format!("/{index}/_mget?{told}");
            let body = json!({"ids": ids});
            let answer = self.client.ask("POST", &path, Body::Json(&body), patience)?;
            let docs = answer.body["docs"].as_array().filter(|docs| docs.len() == some.len());
            let docs = docs.filter(|_| answer.is_ok());
            let docs = docs.ok_or_else(|| self.client.refused("reading it", &answer.reason()))?;
            // What can't be read is not what isn't there.
            if let Some(failed) = docs.iter().find(|found| !found["error"].is_null()) {
                let reason = crate::client::reason_of(&failed["error"]).unwrap_or_default();
                return Err(self.client.refused("reading it", &reason));
            }
            all.extend(docs.iter().cloned());
        }
        Ok(all)
    }

    /// The entry of a clause by its id, with its record.
    pub(crate) fn entry(&self, index: &str, id: &str) -> Result<Option<Value>, ClusterError> {
        let path = format!("/{index}/_doc/{}?stored_fields=record", in_path(&id_of(id)));
        let answer = self.ask("GET", &path, Body::None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        if !answer.is_ok() {
            return Err(self.client.refused("reading it", &answer.reason()));
        }
        Ok(Some(answer.body))
    }
}

/// All hits of a query, page by page.
fn scan(
    query: &Value,
    sort: &str,
    told: &Value,
    search: impl Fn(&Value) -> Result<Value, ClusterError>,
    mut each: impl FnMut(&[Value]) -> Result<(), ClusterError>,
) -> Result<(), ClusterError> {
    let mut after: Option<Value> = None;
    loop {
        let mut body = json!({
            "size": PAGE, "query": query, "sort": [{sort: "asc"}], "track_total_hits": false,
        });
        for (name, value) in told.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        if let Some(after) = &after {
            body["search_after"] = after.clone();
        }
        let answer = search(&body)?;
        let hits = answer["hits"]["hits"].as_array().map_or(&[][..], Vec::as_slice);
        each(hits)?;
        match hits.last() {
            Some(last) if hits.len() == PAGE => after = Some(last["sort"].clone()),
            _ => return Ok(()),
        }
    }
}

fn pairs_id(version: &str, at: usize) -> String {
    format!("pairs-{version}-{at}")
}

/// A text as a part of a path.
fn in_path(text: &str) -> String {
    let mut all = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            all.push(char::from(byte));
        } else {
            all.push_str(&format!("%{byte:02X}"));
        }
    }
    all
}

fn stamp_of(mapping: &Value) -> Option<Stamp> {
    Stamp::deserialize(&mapping["mappings"]["_meta"]["tiaowen"]["stamp"]).ok()
}

/// Whether a version is as high as another one.
fn at_least(number: &str, least: (u32, u32)) -> bool {
    let mut parts = number.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers() {
        assert!(at_least("2.19.1", (1, 3)));
        assert!(at_least("7.17.0", (7, 10)));
        assert!(at_least("7.10.2", (7, 10)));
        assert!(!at_least("7.9.3", (7, 10)));
        assert!(!at_least("x", (1, 3)));
    }

    #[test]
    fn what_failed_is_told() {
        let whole = json!({"timed_out": false, "_shards": {"total": 3, "failed": 0}});
        assert_eq!(missing(&whole), None);
        let part = json!({"_shards": {"total": 3, "failed": 1, "failures": [
            {"shard": 1, "reason": {"type": "no_shard_available", "reason": "gone"}}]}});
        let reason = "no_shard_available: gone".to_owned();
        assert_eq!(missing(&part), Some((1, 3, reason)));
        let gone = json!({"_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 0}});
        assert_eq!(missing(&gone), Some((1, 3, "no node has them".to_owned())));
        assert!(
            missing(&json!({"timed_out": true, "_shards": {"total": 3, "failed": 0}})).is_some()
        );
    }

    #[test]
    fn later_versions_come_behind() {
        let now = SystemTime::now();
        assert!(version_at(SystemTime::UNIX_EPOCH) < version_at(now - FINISHING));
        assert!(version_at(now - FINISHING) < version_at(now) + "-1");
    }

    #[test]
    fn ids_are_safe_in_a_path() {
        assert_eq!(in_path("abc.part_3__para_1"), "abc.part_3__para_1");
        assert_eq!(in_path("a/b ?"), "a%2Fb%20%3F");
    }
}
