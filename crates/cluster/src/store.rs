//! The storage of an index on a cluster: its indices, their alias, and the head that each run
//! replaces.
//!
//! A cluster has no transactions over several entries. So a run becomes valid by one write, that of
//! the head, which is replaced only if it is still the one that was read. Everything that a head
//! refers to is written before it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tiaowen_index::{About, LastRun, Manifest, Source, Stamp, VersionPair, Versions};
use tiaowen_query::{Missing, MissingReason};
use tiaowen_text::Segmenter;

use crate::bulk::{Write, id_of, send};
use crate::client::{Answer, Body, Client, Patience};
use crate::mapping;
use crate::{ClusterError, ClusterReason, ClusterStep};

/// The number of entries in one request.
pub(crate) const PAGE: usize = 1_000;
/// The number of pairs of versions in one entry.
const PAIRS: usize = 2_000;

/// More than a run needs between writing pairs of versions and its head.
const FINISHING: Duration = Duration::from_secs(600);

/// The beginning of versions of runs that finish at a time. Their order as text is chronological.
pub(crate) fn version_at(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("{:016x}", since.as_nanos())
}

/// The names of the two indices of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// The number of the index, which a rebuild raises; from 1.
    pub(crate) number: u64,
    /// The index of clauses.
    pub(crate) clauses: String,
    /// The index of sources.
    pub(crate) sources: String,
}

impl Names {
    fn of(alias: &str, number: u64) -> Self {
        let clauses = format!("{alias}-{number}");
        let sources = format!("{clauses}-sources");
        Names { number, clauses, sources }
    }
}

/// The result of the run that finished last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) last_run: LastRun,
    /// Changes with every run that finishes.
    pub(crate) version: String,
    /// The number of entries with pairs of versions.
    pub(crate) pairs: usize,
    /// Whether the groups of clauses agree with the pairs.
    pub(crate) grouped: bool,
    /// The number of tokens in each field.
    pub(crate) tokens: std::collections::BTreeMap<String, u64>,
    /// The number of clauses.
    pub(crate) clauses: u64,
    /// The sources that the run saw.
    #[serde(default)]
    pub(crate) seen: Seen,
}

/// A fingerprint of the sources that a run saw. It shows whether another run was stopped before it
/// finished.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// The number of sources.
    pub(crate) sources: usize,
    /// The sequence number of the last write of a source.
    pub(crate) last: u64,
}

impl Seen {
    pub(crate) fn of(sources: &[(Source, u64)]) -> Self {
        let last = sources.iter().map(|(_, written)| *written).max();
        Seen { sources: sources.len(), last: last.unwrap_or(0) }
    }
}

/// A head as it was read. It is replaced only if it is still current.
#[derive(Debug, Clone)]
pub(crate) struct ReadHead {
    pub(crate) head: Head,
    pub(crate) place: (i64, i64),
}

/// Access to the indices of an index.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) client: Arc<Client>,
}

/// The shards that did not answer a search, if any.
pub(crate) fn missing(answer: &Value) -> Option<Missing> {
    let shards = &answer["_shards"];
    let all = shards["total"].as_u64().unwrap_or(0);
    // A shard that no node has any more is not listed as failed; it is only missing among the
    // successful ones.
    let answered = shards["successful"].as_u64().unwrap_or(all);
    let failed = shards["failed"].as_u64().unwrap_or(0).max(all.saturating_sub(answered));
    if failed > 0 {
        let first = &shards["failures"][0]["reason"];
        let reason = crate::client::reason_of(first);
        return Some((
            failed,
            all,
            reason.map_or(MissingReason::NoNode, |says| MissingReason::Says { says }),
        ));
    }
    (answer["timed_out"] == true).then(|| (1, all.max(1), MissingReason::TookTooLong))
}

impl Store {
    /// A store on a cluster, after checking that its engine is supported.
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
                200..300 => ClusterReason::NoVersion,
                status => ClusterReason::Status { status: status.into() },
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

    fn foreign(&self, reason: ClusterReason) -> ClusterError {
        ClusterError::Foreign { place: self.client.place(), reason }
    }

    /// The indices behind the alias, with their stamp.
    pub(crate) fn names(&self) -> Result<(Names, Stamp), ClusterError> {
        let alias = self.client.index();
        let answer = self.ask("GET", &format!("/{alias}/_mapping"), Body::None)?;
        if answer.status == 404 {
            return Err(ClusterError::Missing { place: self.client.place() });
        }
        let all = answer.body.as_object().filter(|_| answer.is_ok());
        let all =
            all.ok_or_else(|| self.client.refused(ClusterStep::LookingUp, answer.reason()))?;
        let (name, found) = match all.iter().next() {
            Some(first) if all.len() == 1 => first,
            _ => {
                let names: Vec<&str> = all.keys().map(String::as_str).collect();
                let names = names.join(", ");
                return Err(self.foreign(ClusterReason::SeveralIndices { names }));
            }
        };
        let Some(stamp) = stamp_of(found) else {
            let is_index = name == alias;
            return Err(self.foreign(match is_index {
                true => ClusterReason::OtherIndex,
                false => ClusterReason::OtherAlias,
            }));
        };
        let number = name.strip_prefix(alias).and_then(|rest| rest.strip_prefix('-')?.parse().ok());
        match number {
            Some(number) => Ok((Names::of(alias, number), stamp)),
            None => Err(self.foreign(ClusterReason::AliasOf { name: name.clone() })),
        }
    }

    /// The indices behind the alias, which must have the stamp of this program.
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

    /// Creates the indices with a number unless they exist. The first ones get the alias at once,
    /// so that several processes find the same. Indices of another stamp, left by a rebuild that
    /// was stopped, are deleted.
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
                    return Err(self.foreign(ClusterReason::NameTaken { name: names.clauses }));
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
            return Err(self.foreign(ClusterReason::AliasTaken));
        }
        Err(self
            .client
            .refused(ClusterStep::MakingIndex { name: name.to_owned() }, answer.reason()))
    }

    /// Deletes both indices at once. Sources without clauses would count as indexed.
    pub(crate) fn delete(&self, names: &Names) -> Result<(), ClusterError> {
        let path = format!("/{},{}?ignore_unavailable=true", names.clauses, names.sources);
        let answer = self.client.ask("DELETE", &path, Body::None, Patience::WRITING)?;
        if !answer.is_ok() && answer.status != 404 {
            let doing = ClusterStep::RemovingIndex { name: names.clauses.clone() };
            return Err(self.client.refused(doing, answer.reason()));
        }
        Ok(())
    }

    /// Deletes sources whose clauses somebody deleted by hand. A process that has just created both
    /// has written no sources yet.
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

    /// Deletes indices older than `live`, left by a rebuild that was stopped after moving the
    /// alias.
    pub(crate) fn delete_older(&self, live: &Names) -> Result<(), ClusterError> {
        let alias = self.client.index();
        let path = format!("/{alias}-*/_mapping?filter_path=*.mappings._meta");
        let answer = self.ask("GET", &path, Body::None)?;
        let number = |(name, found): (&String, &Value)| -> Option<u64> {
            let number_text = name.strip_prefix(alias)?.strip_prefix('-')?;
            let number =
                number_text.strip_suffix("-sources").unwrap_or(number_text).parse().ok()?;
            (number < live.number && stamp_of(found).is_some()).then_some(number)
        };
        let found = answer.body.as_object().filter(|_| answer.is_ok());
        let older: BTreeSet<u64> = found.into_iter().flatten().filter_map(number).collect();
        older.into_iter().try_for_each(|number| self.delete(&Names::of(alias, number)))
    }

    /// Deletes pairs of versions that no head refers to. Pairs of runs that are about to finish are
    /// too young to be deleted.
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

    /// Moves the alias from `old` to `new` atomically.
    pub(crate) fn swap(&self, old: &Names, new: &Names) -> Result<(), ClusterError> {
        let alias = self.client.index();
        let body = json!({"actions": [
            {"add": {"index": new.clauses, "alias": alias}},
            {"remove": {"index": old.clauses, "alias": alias}},
        ]});
        let how = Patience::WRITING;
        let answer = self.client.ask("POST", "/_aliases", Body::Json(&body), how)?;
        // The first try may have succeeded although its answer was lost.
        if answer.is_ok() || self.names()?.0 == *new {
            return Ok(());
        }
        Err(self.client.refused(ClusterStep::ReplacingOld, answer.reason()))
    }

    /// Makes writes visible to searches.
    pub(crate) fn refresh(&self, names: &Names) -> Result<(), ClusterError> {
        let path = format!("/{},{}/_refresh", names.clauses, names.sources);
        let doing = ClusterStep::MakingVisible;
        self.client.must(doing, "POST", &path, Body::None, Patience::WRITING)?;
        Ok(())
    }

    /// The head; `None` if no run has finished.
    pub(crate) fn head(&self, names: &Names) -> Result<Option<ReadHead>, ClusterError> {
        let path = format!("/{}/_doc/head", names.sources);
        let answer = self.ask("GET", &path, Body::None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        if !answer.is_ok() {
            return Err(self.client.refused(ClusterStep::Reading, answer.reason()));
        }
        let number = |name: &str| answer.body[name].as_i64().unwrap_or(0);
        let place = (number("_seq_no"), number("_primary_term"));
        let head = self.content(&answer.body["_source"]["content"])?;
        Ok(Some(ReadHead { head, place }))
    }

    fn content<T: DeserializeOwned>(&self, value: &Value) -> Result<T, ClusterError> {
        T::deserialize(value)
            .map_err(|error| self.foreign(ClusterReason::DamagedHead { says: error.to_string() }))
    }

    /// Replaces the head that was read. Returns the new head, or `None` if another run replaced it
    /// first.
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
            // The first try may have succeeded although its answer was lost.
            let now = self.head(names)?;
            let same_version = now.filter(|now| now.head.version == head.version);
            return Ok(same_version
                .filter(|now| now.head.grouped == head.grouped)
                .map(|now| now.place));
        }
        if !answer.is_ok() {
            return Err(self.client.refused(ClusterStep::Finishing, answer.reason()));
        }
        let number = |name: &str| answer.body[name].as_i64().unwrap_or(0);
        Ok(Some((number("_seq_no"), number("_primary_term"))))
    }

    /// The stamp and the last run.
    pub(crate) fn about(&self, names: &Names, stamp: Stamp) -> Result<About, ClusterError> {
        let head = self.head(names)?;
        let Some(ReadHead { head, .. }) = head else {
            return Err(ClusterError::Unfinished { place: self.client.place() });
        };
        Ok(About { stamp, last_run: head.last_run, version: head.version })
    }

    /// The number of clauses, and the number of tokens in each field.
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

    /// The size of both indices with their replicas, if the cluster reports it.
    pub(crate) fn bytes(&self, names: &Names) -> Option<u64> {
        let path = format!("/{},{}/_stats/store", names.clauses, names.sources);
        let answer = self.ask("GET", &path, Body::None).ok()?;
        answer.body["_all"]["total"]["store"]["size_in_bytes"].as_u64()
    }

    /// Searches an index. All shards must answer.
    pub(crate) fn search(&self, index: &str, body: &Value) -> Result<Value, ClusterError> {
        let answer = self.search_anyway(index, body)?;
        self.whole(missing(&answer))?;
        Ok(answer)
    }

    /// An error if shards are missing.
    pub(crate) fn whole(&self, missing: Option<Missing>) -> Result<(), ClusterError> {
        let Some((failed, all, reason)) = missing else { return Ok(()) };
        let (place, reason) = (self.client.place(), ClusterReason::Missing(reason));
        Err(ClusterError::Partial { place, failed, all, reason })
    }

    /// Like `search`, scored with document frequencies of all shards together.
    pub(crate) fn search_scored(&self, index: &str, body: &Value) -> Result<Value, ClusterError> {
        // Replicas of a shard count deleted clauses differently, so all pages of a query are sent
        // to the same ones.
        let query = blake3::hash(body["query"].to_string().as_bytes()).to_hex();
        let how = format!("search_type=dfs_query_then_fetch&preference={}", &query[..16]);
        self.searched(&format!("/{index}/_search?{how}"), body)
    }

    /// Like `search`, but tolerates missing shards.
    pub(crate) fn search_anyway(&self, index: &str, body: &Value) -> Result<Value, ClusterError> {
        self.searched(&format!("/{index}/_search"), body)
    }

    fn searched(&self, path: &str, body: &Value) -> Result<Value, ClusterError> {
        let answer = self.ask("POST", path, Body::Json(body))?;
        if answer.status == 404 {
            // The index existed when it was opened.
            return Err(ClusterError::Replaced { place: self.client.place() });
        }
        if !answer.is_ok() {
            return Err(self.client.refused(ClusterStep::Searching, answer.reason()));
        }
        Ok(answer.body)
    }

    /// All hits of a query, in the order of a field with distinct values. `fields`
    /// selects what is returned, and `each` is called with each page.
    pub(crate) fn scan(
        &self,
        index: &str,
        query: &Value,
        sort: &str,
        fields: &Value,
        each: impl FnMut(&[Value]) -> Result<(), ClusterError>,
    ) -> Result<(), ClusterError> {
        scan(query, sort, fields, |body| self.search(index, body), each)
    }

    /// Like `scan`, but tolerates missing shards and returns which failed.
    pub(crate) fn scan_anyway(
        &self,
        index: &str,
        query: &Value,
        sort: &str,
        fields: &Value,
        each: impl FnMut(&[Value]) -> Result<(), ClusterError>,
    ) -> Result<Option<Missing>, ClusterError> {
        let failed = Cell::new(None);
        let search = |body: &Value| {
            let answer = self.search_anyway(index, body)?;
            failed.set(failed.take().or(missing(&answer)));
            Ok(answer)
        };
        scan(query, sort, fields, search, each)?;
        Ok(failed.into_inner())
    }

    /// The sources and documents.
    pub(crate) fn manifest(&self, names: &Names) -> Result<Manifest, ClusterError> {
        let sources = self.sources(names)?.into_iter().map(|(source, _)| source).collect();
        Ok(Manifest { sources })
    }

    /// The sources in order, with the sequence number of each.
    pub(crate) fn sources(&self, names: &Names) -> Result<Vec<(Source, u64)>, ClusterError> {
        let mut sources: Vec<(Source, u64)> = Vec::new();
        let query = json!({"term": {"what": "source"}});
        let fields = json!({"_source": ["content"], "seq_no_primary_term": true});
        self.scan(&names.sources, &query, "key", &fields, |hits| {
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
                return Err(self.foreign(ClusterReason::DamagedVersions));
            }
            let entry: Versions = self.content(&answer.body["_source"]["content"])?;
            pairs.extend(entry.pairs);
        }
        Ok(Versions { pairs })
    }

    /// Writes the pairs of versions for the next head. Returns the number of entries.
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
            outcome.map_err(|refusal| {
                self.client.refused(ClusterStep::WritingVersions, refusal.reason)
            })?;
        }
        Ok(writes.len())
    }

    /// Deletes the matches of a query, except those that changed in the meantime.
    pub(crate) fn delete_where(&self, index: &str, query: &Value) -> Result<(), ClusterError> {
        let path = format!("/{index}/_delete_by_query?conflicts=proceed&refresh=true");
        let body = json!({"query": query});
        let answer = self.client.must(
            ClusterStep::Removing,
            "POST",
            &path,
            Body::Json(&body),
            Patience::WRITING,
        )?;
        let failed = answer["failures"].as_array().is_some_and(|all| !all.is_empty());
        if failed || answer["timed_out"] == true {
            let reason = crate::client::reason_of(&answer["failures"][0]["cause"]);
            let reason =
                reason.map_or(MissingReason::TookTooLong, |says| MissingReason::Says { says });
            return Err(self.client.refused(ClusterStep::Removing, reason));
        }
        Ok(())
    }

    /// Entries by id, in order, whether they exist or not. `fields` selects what is returned.
    pub(crate) fn entries(
        &self,
        index: &str,
        ids: &[String],
        fields: &str,
        patience: Patience,
    ) -> Result<Vec<Value>, ClusterError> {
        let mut all = Vec::new();
        for some in ids.chunks(PAGE) {
            let ids: Vec<String> = some.iter().map(|id| id_of(id)).collect();
            let path = format!("/{index}/_mget?{fields}");
            let body = json!({"ids": ids});
            let answer = self.client.ask("POST", &path, Body::Json(&body), patience)?;
            let docs = answer.body["docs"].as_array().filter(|docs| docs.len() == some.len());
            let docs = docs.filter(|_| answer.is_ok());
            let docs =
                docs.ok_or_else(|| self.client.refused(ClusterStep::Reading, answer.reason()))?;
            // An entry that can't be read isn't missing.
            if let Some(failed) = docs.iter().find(|found| !found["error"].is_null()) {
                let says = crate::client::reason_of(&failed["error"]).unwrap_or_default();
                return Err(self
                    .client
                    .refused(ClusterStep::Reading, ClusterReason::Says { says }));
            }
            all.extend(docs.iter().cloned());
        }
        Ok(all)
    }

    /// The entry of a clause with its record.
    pub(crate) fn entry(&self, index: &str, id: &str) -> Result<Option<Value>, ClusterError> {
        let path = format!("/{index}/_doc/{}?stored_fields=record", in_path(&id_of(id)));
        let answer = self.ask("GET", &path, Body::None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        if !answer.is_ok() {
            return Err(self.client.refused(ClusterStep::Reading, answer.reason()));
        }
        Ok(Some(answer.body))
    }
}

/// All hits of a query, page by page.
fn scan(
    query: &Value,
    sort: &str,
    fields: &Value,
    search: impl Fn(&Value) -> Result<Value, ClusterError>,
    mut each: impl FnMut(&[Value]) -> Result<(), ClusterError>,
) -> Result<(), ClusterError> {
    let mut after: Option<Value> = None;
    loop {
        let mut body = json!({
            "size": PAGE, "query": query, "sort": [{sort: "asc"}], "track_total_hits": false,
        });
        for (name, value) in fields.as_object().into_iter().flatten() {
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

/// A text as part of a path.
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

/// Whether a version number is at least another one.
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
        let reason = MissingReason::Says { says: "no_shard_available: gone".to_owned() };
        assert_eq!(missing(&part), Some((1, 3, reason)));
        let gone = json!({"_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 0}});
        assert_eq!(missing(&gone), Some((1, 3, MissingReason::NoNode)));
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
