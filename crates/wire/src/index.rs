//! The JSON of an index: its status and its pairs of versions.

use std::collections::BTreeMap;

use serde::Serialize;
use tiaowen_corpus::{Document, Relation};
use tiaowen_index::{About, LastRun, Manifest, Snapshot, Source, Stamp, VersionPair};
use tiaowen_meaning::FillReport;
use tiaowen_text::Segmenter;
use utoipa::ToSchema;

use crate::{DocumentJson, Permalinks, names};

/// Documents that are versions of one another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pairs)]
pub struct PairsJson<'a> {
    /// The number of all pairs.
    pub total: u64,
    /// The pairs. Those in two scripts come first, the most similar at the top.
    pub pairs: Vec<PairJson<'a>>,
}

/// Two versions of a document in an index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PairedDocuments)]
pub struct PairJson<'a> {
    left: DocumentJson<'a>,
    right: DocumentJson<'a>,
    /// The same instrument in two scripts, twice in one script, or of another year.
    #[schema(schema_with = names::relation)]
    relation: Relation,
    /// The similarity of their texts, 0 to 1.
    similarity: f32,
    /// The number of corresponding clauses.
    clauses: usize,
}

impl<'a> PairJson<'a> {
    /// A pair with its two documents.
    pub fn new(
        pair: &VersionPair,
        left: &'a Document,
        right: &'a Document,
        links: &Permalinks,
    ) -> Self {
        PairJson {
            left: DocumentJson::new(left, links),
            right: DocumentJson::new(right, links),
            relation: pair.relation,
            similarity: pair.similarity,
            clauses: pair.counterparts(),
        }
    }
}

/// The status of an index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status)]
pub struct StatusJson<'a> {
    /// Its place; null if that isn't public.
    pub index: Option<String>,
    /// The indexed files; null if that isn't public.
    pub sources: Option<Vec<SourceJson<'a>>>,
    /// The settings of the program and their origins; null if that isn't public.
    pub settings: Option<Vec<SettingJson>>,
    /// The number of documents.
    pub documents: u64,
    /// The number of clauses.
    pub clauses: u64,
    /// The number of documents of each kind.
    pub by_kind: BTreeMap<&'a str, u64>,
    /// The number of documents in each script.
    pub by_script: BTreeMap<&'a str, u64>,
    /// The size of the index in bytes.
    pub bytes_on_disk: u64,
    /// The dictionaries and the format that it was made with.
    pub stamp: StampJson<'a>,
    /// Whether this program can search it.
    pub current: bool,
    /// The last run that changed it.
    pub last_run: LastRunJson,
}

/// A snapshot of an index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Snapshot)]
pub struct SnapshotJson {
    /// The folder of the snapshot.
    pub folder: String,
    /// The number of sources.
    pub sources: u64,
    /// The number of documents.
    pub documents: u64,
    /// The number of clauses.
    pub clauses: u64,
    /// The number of files shared with the index.
    pub linked: u64,
    /// The number of files that were copied.
    pub copied: u64,
    /// The total size of its files in bytes.
    pub bytes: u64,
}

impl SnapshotJson {
    /// The report of a snapshot in `folder`.
    pub fn new(folder: String, snapshot: &Snapshot) -> Self {
        let Snapshot { manifest, linked, copied, bytes } = snapshot;
        SnapshotJson {
            folder,
            sources: manifest.sources.len() as u64,
            documents: manifest.documents().count() as u64,
            clauses: manifest.clauses(),
            linked: *linked,
            copied: *copied,
            bytes: *bytes,
        }
    }
}

/// What a run of `tiaowen embed` has done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Embedded)]
pub struct EmbedJson<'a> {
    /// The model.
    pub model: &'a str,
    /// The dimension of its vectors.
    pub dimension: usize,
    /// The number of clauses in the index.
    pub clauses: u64,
    /// Clauses whose vectors were made.
    pub made: u64,
    /// Clauses that kept theirs.
    pub kept: u64,
    /// Clauses that got the vector of an equal text.
    pub copied: u64,
    /// Clauses whose text was too long for the model and was cut off.
    pub cut: u64,
    /// Whether vectors of another model were replaced.
    pub replaced: bool,
    /// The duration in seconds.
    pub seconds: f64,
}

impl<'a> EmbedJson<'a> {
    /// The report of a run.
    pub fn new(report: &'a FillReport, seconds: f64) -> Self {
        let FillReport { model, dimension, clauses, made, kept, copied, cut, replaced } = report;
        EmbedJson {
            model,
            dimension: *dimension,
            clauses: *clauses,
            made: *made,
            kept: *kept,
            copied: *copied,
            cut: *cut,
            replaced: *replaced,
            seconds,
        }
    }
}

/// Whether an index needs a rebuild, and the run that did it.
#[derive(Debug, Serialize)]
pub struct UpgradeJson<R> {
    /// Why it needs a rebuild, in English; null if this program can search it.
    pub needs: Option<String>,
    /// The number of its sources.
    pub sources: u64,
    /// The report of the run; null if there was none.
    pub report: Option<R>,
}

impl<R> UpgradeJson<R> {
    /// The needs of an index, before anything is done.
    pub fn new(about: &About, manifest: &Manifest) -> Self {
        let current = Stamp::current(Segmenter::shared());
        let needs = (about.stamp != current).then(|| about.stamp.describe_difference(&current));
        UpgradeJson { needs, sources: manifest.sources.len() as u64, report: None }
    }
}

/// A setting with its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Setting)]
pub struct SettingJson {
    /// Its key in the settings file.
    pub key: &'static str,
    /// Its value; null if it has none.
    pub value: Option<String>,
    /// The origin of the value.
    pub from: Given,
    /// The flag, the variable, or the file with the line; null for the default.
    pub place: Option<String>,
}

/// The origin of a setting. Each takes precedence over those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Given {
    /// A flag of the command.
    Flag,
    /// An environment variable.
    Environment,
    /// The settings file.
    File,
    /// The default.
    Default,
}

/// What the tokens of an index depend on.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Stamp)]
pub struct StampJson<'a> {
    /// The version of fields and stored records.
    pub format: u32,
    /// The hash of the folding table.
    pub folding: &'a str,
    /// The OpenCC release that the table was made from.
    pub opencc: &'a str,
    /// The jieba release that words come from.
    pub jieba: &'a str,
    /// The hash of further dictionaries.
    pub dictionary: &'a str,
}

impl<'a> From<&'a Stamp> for StampJson<'a> {
    fn from(stamp: &'a Stamp) -> Self {
        StampJson {
            format: stamp.format,
            folding: &stamp.folding,
            opencc: &stamp.opencc,
            jieba: &stamp.jieba,
            dictionary: &stamp.dictionary,
        }
    }
}

/// The last run of the `index` command.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = LastRun)]
pub struct LastRunJson {
    /// The time at which it ended, in seconds since 1970.
    pub at: u64,
    /// New sources.
    pub added: u64,
    /// Sources with changed content.
    pub updated: u64,
    /// Unchanged sources.
    pub unchanged: u64,
    /// Sources that could not be read.
    pub failed: u64,
    /// The duration in seconds.
    pub seconds: f64,
}

impl From<&LastRun> for LastRunJson {
    fn from(run: &LastRun) -> Self {
        let &LastRun { at, added, updated, unchanged, failed, seconds } = run;
        LastRunJson { at, added, updated, unchanged, failed, seconds }
    }
}

impl<'a> StatusJson<'a> {
    /// The status of an index of a given size, without the places of the index and its sources.
    pub fn new(bytes_on_disk: u64, about: &'a About, manifest: &'a Manifest) -> Self {
        let mut by_kind: BTreeMap<&str, u64> = BTreeMap::new();
        let mut by_script: BTreeMap<&str, u64> = BTreeMap::new();
        for document in manifest.documents() {
            *by_kind.entry(document.kind.as_str()).or_default() += 1;
            *by_script.entry(document.script.as_str()).or_default() += 1;
        }
        StatusJson {
            index: None,
            sources: None,
            settings: None,
            documents: manifest.documents().count() as u64,
            clauses: manifest.clauses(),
            by_kind,
            by_script,
            bytes_on_disk,
            stamp: (&about.stamp).into(),
            current: about.stamp == Stamp::current(Segmenter::shared()),
            last_run: (&about.last_run).into(),
        }
    }

    /// Adds the places of the index and its sources.
    pub fn with_places(mut self, place: String, manifest: &'a Manifest) -> Self {
        self.index = Some(place);
        self.sources = Some(manifest.sources.iter().map(SourceJson::from).collect());
        self
    }
}

/// A source of an index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
pub struct SourceJson<'a> {
    root: &'a str,
    path: &'a str,
    bytes: u64,
    documents: usize,
    clauses: u64,
}

impl<'a> From<&'a Source> for SourceJson<'a> {
    fn from(source: &'a Source) -> Self {
        SourceJson {
            root: &source.root,
            path: &source.path,
            bytes: source.bytes,
            documents: source.documents.len(),
            clauses: source.clauses,
        }
    }
}
