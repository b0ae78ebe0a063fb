//! What an index holds.

use std::collections::BTreeMap;

use serde::Serialize;
use tiaowen_corpus::{Document, Relation};
use tiaowen_index::{About, LastRun, Manifest, Snapshot, Source, Stamp, VersionPair};
use tiaowen_text::Segmenter;
use utoipa::ToSchema;

use crate::{DocumentJson, Permalinks, names};

/// Documents that are versions of one another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pairs)]
pub struct PairsJson<'a> {
    /// How many pairs there are in all.
    pub total: u64,
    /// The pairs: of one instrument in two scripts first, the most alike first.
    pub pairs: Vec<PairJson<'a>>,
}

/// Two versions of a document in an index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PairedDocuments)]
pub struct PairJson<'a> {
    left: DocumentJson<'a>,
    right: DocumentJson<'a>,
    /// One instrument in two scripts, twice in one script, or that of another year.
    #[schema(schema_with = names::relation)]
    relation: Relation,
    /// How alike their texts are, 0 to 1.
    similarity: f32,
    /// How many clauses stand beside one another.
    clauses: usize,
}

impl<'a> PairJson<'a> {
    /// A pair and the documents that its ids name.
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

/// What an index holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status)]
pub struct StatusJson<'a> {
    /// Where it is; null where that is not for everyone to know.
    pub index: Option<String>,
    /// What was indexed; null likewise.
    pub sources: Option<Vec<SourceJson<'a>>>,
    /// The settings of the program and where each comes from; null likewise.
    pub settings: Option<Vec<SettingJson>>,
    /// How many documents.
    pub documents: u64,
    /// How many clauses.
    pub clauses: u64,
    /// Documents of each kind.
    pub by_kind: BTreeMap<&'a str, u64>,
    /// Documents in each script.
    pub by_script: BTreeMap<&'a str, u64>,
    /// Bytes that the index takes.
    pub bytes_on_disk: u64,
    /// What its tokens depend on.
    pub stamp: StampJson<'a>,
    /// Whether this program can search it.
    pub current: bool,
    /// The last run that changed it.
    pub last_run: LastRunJson,
}

/// A snapshot that was made of an index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Snapshot)]
pub struct SnapshotJson {
    /// The folder of the snapshot.
    pub folder: String,
    /// How many sources are in it.
    pub sources: u64,
    /// How many documents.
    pub documents: u64,
    /// How many clauses.
    pub clauses: u64,
    /// Files that share their bytes with the index.
    pub linked: u64,
    /// Files that were copied.
    pub copied: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

impl SnapshotJson {
    /// What is reported of `snapshot`, which was made in `folder`.
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

/// Whether an index has to be built anew, and the run that did so.
#[derive(Debug, Serialize)]
pub struct UpgradeJson<R> {
    /// Why it has to be, in English; null where this program can search it.
    pub needs: Option<String>,
    /// How many sources it was made of.
    pub sources: u64,
    /// What the run did; null where there was none.
    pub report: Option<R>,
}

impl<R> UpgradeJson<R> {
    /// What an index needs that says `about` of itself, before anything is done.
    pub fn new(about: &About, manifest: &Manifest) -> Self {
        let current = Stamp::current(Segmenter::shared());
        let needs = (about.stamp != current).then(|| about.stamp.describe_difference(&current));
        UpgradeJson { needs, sources: manifest.sources.len() as u64, report: None }
    }
}

/// A setting, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Setting)]
pub struct SettingJson {
    /// Its key in the file of settings.
    pub key: &'static str,
    /// Its value; null for none.
    pub value: Option<String>,
    /// Where the value comes from.
    pub from: Given,
    /// The flag, the variable, or the file and its line; null for what is usual.
    pub place: Option<String>,
}

/// Where a setting comes from: each goes before those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Given {
    /// A flag of the command.
    Flag,
    /// A variable of the environment.
    Environment,
    /// The file of settings.
    File,
    /// Nobody gave it.
    Default,
}

/// What the tokens of an index depend on.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Stamp)]
pub struct StampJson<'a> {
    /// The version of fields and stored records.
    pub format: u32,
    /// Hash of the folding table.
    pub folding: &'a str,
    /// The OpenCC release that the table was asked of.
    pub opencc: &'a str,
    /// The jieba release that words come from.
    pub jieba: &'a str,
    /// Hash of the dictionaries beside jieba's own.
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

/// What the last run of the `index` command did.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = LastRun)]
pub struct LastRunJson {
    /// When it ended, in seconds since 1970.
    pub at: u64,
    /// Sources added.
    pub added: u64,
    /// Sources whose content had changed.
    pub updated: u64,
    /// Sources that were as before.
    pub unchanged: u64,
    /// Sources that could not be read.
    pub failed: u64,
    /// Seconds it took.
    pub seconds: f64,
}

impl From<&LastRun> for LastRunJson {
    fn from(run: &LastRun) -> Self {
        let &LastRun { at, added, updated, unchanged, failed, seconds } = run;
        LastRunJson { at, added, updated, unchanged, failed, seconds }
    }
}

impl<'a> StatusJson<'a> {
    /// The status of an index that takes so many bytes, without where it and its sources are.
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

    /// With where the index and its sources are.
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
