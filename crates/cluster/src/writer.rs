//! A run that writes to an index on a cluster.
//!
//! Entries have ids derived from clauses, so that writing one again changes nothing. A source is
//! announced before its first clause is sent, and marked as complete after its last clause was
//! accepted and its old ones were deleted. A run that is stopped in between leaves it to the next
//! one.
//!
//! Several processes can write at the same time, each to its own folders. If two of them read
//! documents with the same id, the one that creates the entry for this id first owns it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use serde_json::{Value, json};
use tiaowen_corpus::{Document, DocumentText, id_with_source};
use tiaowen_index::{
    ClauseRecord, Groups, IndexError, IndexReader, IndexWriter, LastRun, Manifest, Nothing, Read,
    Rejected, Source, Versions, order,
};
use tiaowen_text::Segmenter;

use crate::bulk::{Bulks, Lot, Write, send};
use crate::client::Patience;
use crate::mapping::{Entries, signed, stored};
use crate::reader::{ClusterReader, record};
use crate::store::{Head, Names, PAGE, ReadHead, Seen, Store, version_at};
use crate::{ClusterError, ClusterStep};

/// The number of sources whose old clauses are deleted in one request.
const KEYS: usize = 200;
/// How long a replaced index may still be read: servers look for a new one twice a second.
const STILL_READ: Duration = Duration::from_secs(2);

pub(crate) struct ClusterWriter {
    store: Store,
    /// The indices behind the alias, if there are any.
    live: Option<Names>,
    /// The indices that are written to.
    names: Names,
    rebuild: bool,
    /// The sources that a stopped rebuild completed, by root and path.
    taken: HashMap<(String, String), Source>,
    /// The sources of the index, by key.
    known: HashMap<String, Source>,
    /// The keys of sources to remove.
    removed: BTreeSet<String>,
    /// Sources whose old clauses are to be deleted.
    replaced: Vec<Sent>,
    /// Sources of which only the time changed.
    touched: Vec<Write>,
    /// The documents written by this run.
    documents: HashSet<String>,
    /// The documents written since a run finished last, possibly by a stopped run.
    perhaps: HashSet<String>,
    /// The sources at the last look.
    seen: Seen,
    bulks: Bulks,
    /// The sources being sent.
    open: Option<(Arc<Lot>, Vec<Sent>)>,
    rejected: Vec<Rejected>,
    head: Option<ReadHead>,
}

/// A source being sent.
struct Sent {
    key: String,
    source: Source,
    /// The content hash that its clauses carry.
    content: String,
    replaces: bool,
}

impl Sent {
    /// The write that marks it as complete.
    fn entry(&self, names: &Names) -> Write {
        Write::index(&names.sources, &self.key, &entry_of(&self.key, &self.source), "")
    }
}

/// The part of a source's hash that its clauses carry. Clauses with another one are outdated.
fn content(source: &Source) -> &str {
    source.hash.get(..20).unwrap_or(&source.hash)
}

/// The id of the entry that says which source owns a document id.
fn claim(document: &str) -> String {
    format!("document:{document}")
}

fn entry_of(key: &str, source: &Source) -> Value {
    json!({"what": "source", "key": key, "content": source})
}

impl ClusterWriter {
    pub(crate) fn new(
        store: Store,
        rebuild: bool,
        parts: (u32, u32),
    ) -> Result<Self, ClusterError> {
        let found = if rebuild { store.names().map(|(names, _)| names) } else { store.current() };
        let live = match found {
            Ok(names) => Some(names),
            Err(ClusterError::Missing { .. }) => None,
            Err(error) => return Err(error),
        };
        let names = match &live {
            // Completes an index whose first run was stopped between creating its two indices.
            Some(live) if !rebuild => live.clone(),
            live => {
                let number = live.as_ref().map_or(1, |live| live.number + 1);
                store.create(number, live.is_none(), parts)?
            }
        };
        let rebuild = rebuild && live.is_some();
        store.refresh(&names)?;
        if let Some(live) = &live {
            // Sources announced by a stopped run are known too.
            store.refresh(live)?;
            store.delete_older(live)?;
        }
        let mut taken = HashMap::new();
        if rebuild {
            for source in store.manifest(&names)?.sources {
                taken.insert((source.root.clone(), source.path.clone()), source);
            }
        }
        let head = store.head(&names)?;
        let bulks = Bulks::new(&store.client);
        Ok(ClusterWriter {
            store,
            live,
            names,
            rebuild,
            taken,
            known: HashMap::new(),
            removed: BTreeSet::new(),
            replaced: Vec::new(),
            touched: Vec::new(),
            documents: HashSet::new(),
            perhaps: HashSet::new(),
            seen: Seen::default(),
            bulks,
            open: None,
            rejected: Vec::new(),
            head,
        })
    }

    /// Announces new sources before their first clause, so that the next run knows of them if this
    /// one is stopped.
    fn announce(&self, batch: &[Read]) -> Result<(), ClusterError> {
        let is_new = |read: &&Read| {
            let place = (read.source.root.clone(), read.source.path.clone());
            !read.replaces && !self.taken.contains_key(&place)
        };
        let write = |read: &Read| {
            let source = announced(&read.source);
            let key = Source::key(&source.root, &source.path);
            Write::index(&self.names.sources, &key, &entry_of(&key, &source), "")
        };
        let pending: Vec<Write> = batch.iter().filter(is_new).map(write).collect();
        self.must(&pending, ClusterStep::WritingSources)
    }

    /// Takes note of a source whose clauses are being sent.
    fn sent(&mut self, read: Read) -> Sent {
        self.documents.extend(read.texts.iter().map(|text| text.document.id.clone()));
        let key = Source::key(&read.source.root, &read.source.path);
        let taken = (read.source.root.clone(), read.source.path.clone());
        // A stopped rebuild may have written an earlier content of it.
        let replaces = read.replaces || self.taken.contains_key(&taken);
        let content = content(&read.source).to_owned();
        Sent { key, source: read.source, content, replaces }
    }

    fn must(&self, writes: &[Write], doing: ClusterStep) -> Result<(), ClusterError> {
        for outcome in send(&self.store.client, writes)? {
            outcome.map_err(|refusal| self.store.client.refused(doing.clone(), refusal.reason))?;
        }
        Ok(())
    }

    /// Waits for the sources being sent and marks them as complete, except those whose old clauses
    /// are still to be deleted.
    fn close(&mut self) -> Result<(), ClusterError> {
        let Some((lot, sent)) = self.open.take() else { return Ok(()) };
        let rejected = lot.wait();
        self.bulks.failure()?;
        let mut writes = Vec::new();
        for mut sent in sent {
            if rejected.iter().any(|rejected| rejected.source == sent.source.path) {
                // The next run tries again.
                sent.source.hash.clear();
            }
            if sent.replaces {
                self.replaced.push(sent);
            } else {
                writes.push(sent.entry(&self.names));
            }
        }
        self.rejected.extend(rejected);
        self.must(&writes, ClusterStep::WritingSources)
    }

    /// An error if a rebuild has replaced the indices being written.
    fn not_replaced(&mut self) -> Result<(), ClusterError> {
        if self.rebuild {
            return Ok(());
        }
        let now = self.store.names()?.0;
        if now == self.names {
            return Ok(());
        }
        // Writing to the old names has created them again.
        if let Some((lot, _)) = self.open.take() {
            lot.wait();
        }
        if self.names.number < now.number {
            self.store.delete(&self.names)?;
        }
        Err(ClusterError::Replaced { place: self.store.client.place() })
    }

    /// Deletes the clauses of replaced and removed sources.
    fn clear(&mut self) -> Result<(), ClusterError> {
        if self.replaced.is_empty() && self.removed.is_empty() {
            return Ok(());
        }
        self.store.refresh(&self.names)?;
        let replaced = std::mem::take(&mut self.replaced);
        for some in replaced.chunks(KEYS) {
            let stale: Vec<Value> = some
                .iter()
                .map(|sent| {
                    json!({"bool": {
                        "filter": [{"term": {"source": sent.key}}],
                        "must_not": [{"term": {"content": sent.content}}],
                    }})
                })
                .collect();
            let query = json!({"bool": {"should": stale, "minimum_should_match": 1}});
            self.store.delete_where(&self.names.clauses, &query)?;
        }
        let mut writes = Vec::new();
        for sent in &replaced {
            let now: HashSet<&str> =
                sent.source.documents.iter().map(|document| document.id.as_str()).collect();
            let before = self.known.get(&sent.key).into_iter().flat_map(|source| &source.documents);
            for gone in before.filter(|document| !now.contains(document.id.as_str())) {
                writes.push(Write::delete(&self.names.sources, &claim(&gone.id)));
            }
            writes.push(sent.entry(&self.names));
        }
        self.must(&writes, ClusterStep::WritingSources)?;
        let removed: Vec<String> = std::mem::take(&mut self.removed).into_iter().collect();
        for some in removed.chunks(KEYS) {
            self.store.delete_where(&self.names.clauses, &json!({"terms": {"source": some}}))?;
            // The entry of a source that moved is already the one at its new place.
            self.store.delete_where(&self.names.sources, &json!({"terms": {"key": some}}))?;
        }
        Ok(())
    }

    /// The owners of document ids that are claimed.
    fn owners(&self, ids: &[String]) -> Result<HashMap<String, String>, ClusterError> {
        let mut owners = HashMap::new();
        let claims: Vec<String> = ids.iter().map(|id| claim(id)).collect();
        let index = &self.names.sources;
        let found =
            self.store.entries(index, &claims, "_source_includes=key", Patience::WRITING)?;
        for (id, found) in ids.iter().zip(found) {
            if let Some(key) = found["_source"]["key"].as_str() {
                owners.insert(id.clone(), key.to_owned());
            }
        }
        Ok(owners)
    }

    /// Claims document ids for their sources. Returns those that others own.
    fn claim(&self, wanted: &[(String, String)]) -> Result<HashSet<String>, ClusterError> {
        let entry = |key: &str| json!({"what": "document", "key": key});
        let writes: Vec<Write> = wanted
            .iter()
            .map(|(key, id)| Write::create(&self.names.sources, &claim(id), &entry(key)))
            .collect();
        let mut held = Vec::new();
        for ((key, id), outcome) in wanted.iter().zip(send(&self.store.client, &writes)?) {
            match outcome {
                Ok(()) => {}
                Err(refusal) if refusal.status == 409 => held.push((key, id)),
                Err(refusal) => {
                    return Err(self
                        .store
                        .client
                        .refused(ClusterStep::ClaimingDocument, refusal.reason));
                }
            }
        }
        let ids: Vec<String> = held.iter().map(|(_, id)| (*id).clone()).collect();
        let owners = self.owners(&ids)?;
        let mut others = HashSet::new();
        let mut taken_over = Vec::new();
        for (key, id) in held {
            match owners.get(id) {
                Some(owner) if owner == key => {}
                Some(owner) if !self.removed.contains(owner) => {
                    others.insert(id.clone());
                }
                // The document of a source that moved, or that was removed in the meantime.
                _ => {
                    let name = claim(id);
                    taken_over.push(Write::index(&self.names.sources, &name, &entry(key), ""));
                }
            }
        }
        self.must(&taken_over, ClusterStep::ClaimingDocument)?;
        Ok(others)
    }

    /// Updates the group of clauses whose versions changed.
    fn group(&self, before: &Versions, now: &Versions, all: bool) -> Result<(), ClusterError> {
        let (before, now) = (least(before), least(now));
        let group_of = |id: &str| now.get(id).map(|(_, least)| *least);
        let mut changed: Vec<(&str, Option<u64>)> = Vec::new();
        for id in before.keys() {
            if !now.contains_key(id) {
                changed.push((id, None));
            }
        }
        for (id, (order, least)) in &now {
            let document = id.split('.').next().unwrap_or(id);
            let is_put = self.documents.contains(document);
            let before = before.get(id).map(|(_, before)| before);
            // A new entry has its own group, which is right for the first clause of a group.
            let as_it_is = before.filter(|_| !is_put).unwrap_or(order);
            let is_unknown = self.perhaps.contains(document) && !is_put;
            if all || is_unknown || as_it_is != least {
                changed.push((id, group_of(id)));
            }
        }
        changed.sort_unstable();
        for some in changed.chunks(PAGE) {
            let ids: Vec<String> = some.iter().map(|(id, _)| (*id).to_owned()).collect();
            let fields = "stored_fields=record,source,content,group,order";
            let (store, index) = (&self.store, &self.names.clauses);
            let docs = store.entries(index, &ids, fields, Patience::WRITING)?;
            let writes: Vec<Option<Write>> = docs
                .par_iter()
                .zip(some)
                .map(|(found, clause)| regrouped(store, index, found, *clause))
                .collect::<Result<_, ClusterError>>()?;
            let writes: Vec<Write> = writes.into_iter().flatten().collect();
            for outcome in send(&self.store.client, &writes)? {
                match outcome {
                    // A clause that changed in the meantime gets its group from the run that
                    // changed it.
                    Err(refusal) if refusal.status != 409 => {
                        return Err(self
                            .store
                            .client
                            .refused(ClusterStep::Grouping, refusal.reason));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// The entry of a clause with another group. `None` if it has this group, or was deleted.
fn regrouped(
    store: &Store,
    index: &str,
    found: &Value,
    (id, group): (&str, Option<u64>),
) -> Result<Option<Write>, ClusterError> {
    let is_grouped = group.is_some_and(|group| *stored(found, "group") == signed(group));
    if found["found"] != true || is_grouped {
        return Ok(None);
    }
    let record = record(store, found)?;
    let text = |name: &str| stored(found, name).as_str().unwrap_or_default();
    let place = stored(found, "order").as_i64().unwrap_or_default();
    let mut entries = Entries::new(Segmenter::shared());
    let entry = entries.entry_at(text("source"), text("content"), &record, place, group);
    Ok(Some(Write::again(index, found, &entry, id)))
}

/// The clauses with versions, by id: the order number of each, and the least of its group.
fn least(versions: &Versions) -> BTreeMap<String, (u64, u64)> {
    let groups = Groups::of_versions(versions);
    let mut least: HashMap<u32, u64> = HashMap::new();
    let mut all: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for pair in &versions.pairs {
        for (left, right) in pair.clauses.iter() {
            for (document, (place, eid)) in [(&pair.left, left), (&pair.right, right)] {
                let order = order(document, place);
                if let Some(group) = groups.of_order(order) {
                    let least = least.entry(group).or_insert(order);
                    *least = order.min(*least);
                    all.insert(format!("{document}.{eid}"), (order, u64::from(group)));
                }
            }
        }
    }
    for (_, group) in all.values_mut() {
        *group =
            u32::try_from(*group).ok().and_then(|at| least.get(&at)).copied().unwrap_or(*group);
    }
    all
}

/// A source of which nothing has been written yet.
fn announced(source: &Source) -> Source {
    Source {
        indexed: None,
        root: source.root.clone(),
        path: source.path.clone(),
        bytes: 0,
        modified: None,
        hash: String::new(),
        documents: Vec::new(),
        sketches: Vec::new(),
        clauses: 0,
        ocr: None,
        lacks_pages: false,
    }
}

/// The writes of all clauses of a source.
fn clause_writes(names: &Names, read: &Read) -> Vec<Write> {
    let mut entries = Entries::new(Segmenter::shared());
    let key = Source::key(&read.source.root, &read.source.path);
    let content = content(&read.source);
    let mut writes = Vec::new();
    for text in &read.texts {
        for (record, place) in ClauseRecord::of(text).zip(0..) {
            let entry = entries.entry(&key, content, &record, place, None);
            writes.push(Write::index(&names.clauses, &record.id(), &entry, &read.source.path));
        }
    }
    writes
}

impl IndexWriter for ClusterWriter {
    fn known(&mut self) -> Result<Manifest, IndexError> {
        let Some(live) = self.live.as_ref().filter(|_| self.rebuild).or(Some(&self.names)) else {
            return Ok(Manifest::default());
        };
        let sources = self.store.sources(live)?;
        self.seen = Seen::of(&sources);
        let manifest =
            Manifest { sources: sources.into_iter().map(|(source, _)| source).collect() };
        let by_key = |source: &Source| (Source::key(&source.root, &source.path), source.clone());
        let all = if self.rebuild {
            self.taken.values().map(by_key).collect()
        } else {
            manifest.sources.iter().map(by_key).collect()
        };
        self.known = all;
        Ok(manifest)
    }

    fn taken(&self, root: &str, path: &str, hash: &str) -> Option<Source> {
        let taken = self.taken.get(&(root.to_owned(), path.to_owned()))?;
        (taken.hash == hash).then(|| taken.clone())
    }

    fn is_whole(&self) -> bool {
        // A stopped run may have written anything without updating the head.
        let finished = |read: &ReadHead| read.head.grouped && read.head.seen == self.seen;
        !self.rebuild && self.head.as_ref().is_some_and(finished)
    }

    fn keep(&mut self, source: &Source) -> Result<(), IndexError> {
        let key = Source::key(&source.root, &source.path);
        // Its time may have changed.
        if self.known.get(&key).is_some_and(|known| known != source) {
            let entry = entry_of(&key, source);
            self.touched.push(Write::index(&self.names.sources, &key, &entry, ""));
        }
        Ok(())
    }

    fn remove(&mut self, key: &str) -> Result<(), IndexError> {
        self.removed.insert(key.to_owned());
        Ok(())
    }

    fn name(&mut self, batch: &mut [(String, &mut Vec<DocumentText>)]) -> Result<(), IndexError> {
        // Within a batch, the first source gets the id, as in a folder.
        let mut wanted: Vec<(String, String)> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let renamed = |document: &mut Document| {
            document.id = id_with_source(&document.id, &document.source, document.ordinal);
        };
        for (key, texts) in batch.iter_mut() {
            for text in texts.iter_mut() {
                if !seen.insert(text.document.id.clone()) {
                    renamed(&mut text.document);
                    seen.insert(text.document.id.clone());
                }
                wanted.push((key.clone(), text.document.id.clone()));
            }
        }
        let others = self.claim(&wanted)?;
        if others.is_empty() {
            return Ok(());
        }
        let mut again = Vec::new();
        for (key, texts) in batch.iter_mut() {
            for text in texts.iter_mut().filter(|text| others.contains(&text.document.id)) {
                renamed(&mut text.document);
                again.push((key.clone(), text.document.id.clone()));
            }
        }
        self.claim(&again)?;
        Ok(())
    }

    fn put(&mut self, batch: Vec<Read>) -> Result<(), IndexError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.not_replaced()?;
        self.announce(&batch)?;
        let writes: Vec<Vec<Write>> =
            batch.par_iter().map(|read| clause_writes(&self.names, read)).collect();
        let lot = Arc::new(Lot::default());
        self.bulks.push(&lot, writes.into_iter().flatten().collect())?;
        // While this lot is being sent, the previous one is completed.
        self.close()?;
        let sent = batch.into_iter().map(|read| self.sent(read)).collect();
        self.open = Some((lot, sent));
        Ok(())
    }

    fn settle(&mut self) -> Result<Vec<Rejected>, IndexError> {
        self.not_replaced()?;
        self.close()?;
        let touched = std::mem::take(&mut self.touched);
        self.must(&touched, ClusterStep::WritingSources)?;
        self.clear()?;
        Ok(std::mem::take(&mut self.rejected))
    }

    fn with_others<'m>(&mut self, manifest: &'m Manifest) -> Result<Cow<'m, Manifest>, IndexError> {
        // Read before the sources, so that a run that finishes in between is noticed.
        self.head = self.store.head(&self.names)?;
        self.store.refresh(&self.names)?;
        if self.rebuild {
            let manifest_sources: HashSet<(&str, &str)> = manifest
                .sources
                .iter()
                .map(|source| (source.root.as_str(), source.path.as_str()))
                .collect();
            let left = self
                .taken
                .keys()
                .filter(|(root, path)| !manifest_sources.contains(&(root.as_str(), path.as_str())));
            self.removed = left.map(|(root, path)| Source::key(root, path)).collect();
            self.clear()?;
        }
        let sources = self.store.sources(&self.names)?;
        self.seen = Seen::of(&sources);
        let last = self.head.as_ref().map_or(u64::MAX, |read| read.head.seen.last);
        let since = sources.iter().filter(|(_, written)| *written > last);
        let documents = since.flat_map(|(source, _)| &source.documents);
        self.perhaps = documents.map(|document| document.id.clone()).collect();
        let sources = sources.into_iter().map(|(source, _)| source).collect();
        let mut all = Manifest { sources };
        all.sort();
        Ok(Cow::Owned(all))
    }

    fn before(&self) -> Result<Box<dyn IndexReader>, IndexError> {
        match &self.head {
            Some(_) => {
                let mut before = ClusterReader::new(self.store.clone(), self.names.clone())?;
                before.rewritten.clone_from(&self.perhaps);
                Ok(Box::new(before))
            }
            None => Ok(Box::new(Nothing::default())),
        }
    }

    fn finish(
        &mut self,
        _: &Manifest,
        versions: &Versions,
        last_run: LastRun,
    ) -> Result<bool, IndexError> {
        self.not_replaced()?;
        let before = match &self.head {
            Some(_) => self.store.versions(&self.names)?,
            None => Versions::default(),
        };
        let version = format!("{}-{:x}", version_at(SystemTime::now()), std::process::id());
        let pairs = self.store.put_versions(&self.names, &version, versions)?;
        let (clauses, tokens) = self.store.totals(&self.names)?;
        let seen = self.seen;
        let mut head = Head { last_run, version, pairs, grouped: false, tokens, clauses, seen };
        let place = self.head.as_ref().map(|read| read.place);
        let Some(place) = self.store.put_head(&self.names, place, &head)? else {
            return Ok(false);
        };
        let was_grouped = self.head.as_ref().is_none_or(|read| read.head.grouped);
        self.group(&before, versions, !was_grouped)?;
        self.store.refresh(&self.names)?;
        head.grouped = true;
        // A run that finished in between recorded its own groups.
        self.store.put_head(&self.names, Some(place), &head)?;
        let mut kept = vec![head.version];
        kept.extend(self.head.as_ref().map(|read| read.head.version.clone()));
        self.store.delete_pairs(&self.names, &kept)?;
        if self.rebuild
            && let Some(old) = &self.live
        {
            let now = self.store.names()?.0;
            if now != *old && now != self.names {
                return Err(ClusterError::Replaced { place: self.store.client.place() }.into());
            }
            if now == *old {
                self.store.swap(old, &self.names)?;
            }
            std::thread::sleep(STILL_READ);
            self.store.delete(old)?;
        }
        Ok(true)
    }
}
