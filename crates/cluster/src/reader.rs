//! An index on a cluster as a [`Location`], and as an open index for reading.

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tiaowen_corpus::DocumentText;
use tiaowen_index::{
    About, ClauseRecord, IndexError, IndexReader, IndexReason, IndexWriter, Location, Manifest,
    Versions,
};

use tiaowen_query::{QueryError, RemoteIndex, Searchable, Searcher};

use crate::client::Client;
use crate::mapping::stored;
use crate::store::{Head, Names, ReadHead, Store, missing};
use crate::writer::ClusterWriter;
use crate::{Address, ClusterError, Login};

/// An index on a cluster, which may not exist yet.
pub struct Cluster {
    address: Address,
    login: Login,
    /// Shards and replicas of a new index.
    parts: (u32, u32),
    store: OnceLock<Store>,
}

impl Cluster {
    /// The index at an address. Nothing is requested yet.
    pub fn new(address: Address, login: Login) -> Self {
        Cluster { address, login, parts: (3, 1), store: OnceLock::new() }
    }

    /// Sets the number of shards and replicas of new indices.
    pub fn with_parts(self, shards: u32, copies: u32) -> Self {
        Cluster { parts: (shards, copies), ..self }
    }

    /// Opens the index for searching.
    fn finds(&self) -> Result<Box<dyn RemoteIndex>, IndexError> {
        let store = self.store()?;
        Ok(Box::new(ClusterReader::new(store.clone(), store.current()?)?))
    }

    /// The store, after checking once that the cluster is supported.
    pub(crate) fn store(&self) -> Result<&Store, ClusterError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let client = Client::new(self.address.clone(), self.login.clone())?;
        let store = Store::new(client)?;
        Ok(self.store.get_or_init(|| store))
    }
}

impl Searchable for Cluster {
    fn searcher(&self) -> Result<Searcher, QueryError> {
        Searcher::remote(self.finds()?)
    }
}

impl Location for Cluster {
    fn shown(&self) -> String {
        self.address.to_string()
    }

    fn folder(&self) -> Option<&Path> {
        None
    }

    fn about(&self) -> Result<About, IndexError> {
        let store = self.store()?;
        let (names, stamp) = store.names()?;
        Ok(store.about(&names, stamp)?)
    }

    fn manifest(&self) -> Result<Manifest, IndexError> {
        let store = self.store()?;
        Ok(store.manifest(&store.names()?.0)?)
    }

    fn bytes_on_disk(&self) -> u64 {
        let Ok(store) = self.store() else { return 0 };
        store.names().ok().and_then(|(names, _)| store.bytes(&names)).unwrap_or(0)
    }

    fn open(&self) -> Result<Box<dyn IndexReader>, IndexError> {
        let store = self.store()?;
        Ok(Box::new(ClusterReader::new(store.clone(), store.current()?)?))
    }

    fn begin(&self, rebuild: bool, _: usize) -> Result<Box<dyn IndexWriter>, IndexError> {
        Ok(Box::new(ClusterWriter::new(self.store()?.clone(), rebuild, self.parts)?))
    }
}

/// An open index on a cluster.
pub(crate) struct ClusterReader {
    pub(crate) store: Store,
    pub(crate) names: Names,
    pub(crate) head: Head,
    /// Documents whose versions may be outdated.
    pub(crate) rewritten: HashSet<String>,
    about: About,
}

impl ClusterReader {
    pub(crate) fn new(store: Store, names: Names) -> Result<Self, ClusterError> {
        let stamp = tiaowen_index::Stamp::current(tiaowen_text::Segmenter::shared());
        let Some(ReadHead { head, .. }) = store.head(&names)? else {
            return Err(ClusterError::Unfinished { place: store.client.place() });
        };
        let (last_run, version) = (head.last_run.clone(), head.version.clone());
        let about = About { stamp, last_run, version };
        Ok(ClusterReader { store, names, head, rewritten: HashSet::new(), about })
    }
}

/// The record of an entry.
pub(crate) fn record(store: &Store, entry: &Value) -> Result<ClauseRecord<'static>, ClusterError> {
    let text = stored(entry, "record").as_str();
    let record = text.and_then(|text| ClauseRecord::from_bytes(text.as_bytes()));
    record.ok_or_else(|| ClusterError::Foreign {
        place: store.client.place(),
        reason: IndexReason::DamagedRecord.into(),
    })
}

/// A document with its clauses, in reading order.
pub(crate) fn document(
    store: &Store,
    names: &Names,
    id: &str,
) -> Result<Option<DocumentText>, ClusterError> {
    let mut records = Vec::new();
    let query = json!({"term": {"document": id}});
    let fields = json!({"stored_fields": ["record"]});
    store.scan(&names.clauses, &query, "order", &fields, |hits| {
        for hit in hits {
            records.push(record(store, hit)?);
        }
        Ok(())
    })?;
    Ok(ClauseRecord::document(records))
}

impl IndexReader for ClusterReader {
    fn about(&self) -> &About {
        &self.about
    }

    fn manifest(&self) -> Result<Manifest, IndexError> {
        Ok(self.store.manifest(&self.names)?)
    }

    fn versions(&self) -> Result<Versions, IndexError> {
        let mut versions = self.store.versions(&self.names)?;
        let is_as_it_was = |document: &String| !self.rewritten.contains(document);
        versions.pairs.retain(|pair| is_as_it_was(&pair.left) && is_as_it_was(&pair.right));
        Ok(versions)
    }

    fn document(&self, id: &str) -> Result<Option<DocumentText>, IndexError> {
        Ok(document(&self.store, &self.names, id)?)
    }

    fn clauses(&self) -> Result<u64, IndexError> {
        Ok(self.store.totals(&self.names)?.0)
    }

    fn faults(&self) -> Result<Vec<(String, IndexReason)>, IndexError> {
        let mut all = Vec::new();
        for name in [&self.names.clauses, &self.names.sources] {
            let body = json!({"size": 0, "query": {"match_all": {}}});
            let answer = self.store.search_anyway(name, &body)?;
            if let Some((failed, parts, reason)) = missing(&answer) {
                let says = reason.to_string();
                all.push((name.clone(), IndexReason::MissingShards { failed, all: parts, says }));
            }
        }
        Ok(all)
    }
}
