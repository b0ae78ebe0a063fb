//! The manifest: the sources and documents in an index.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tiaowen_corpus::Document;

/// A source as it was indexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The folder or file given to the `index` command, as an absolute path.
    pub root: String,
    /// Path below the root, with `/`; the file name if the root is a file.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Time of the last change, in nanoseconds since 1970, if known.
    pub modified: Option<i128>,
    /// Hash of the content, in hexadecimal.
    pub hash: String,
    /// When this content was first indexed, in seconds since 1970. Rebuilding the index and moving
    /// the file keep it. Unknown in indexes of earlier versions.
    #[serde(default)]
    pub indexed: Option<u64>,
    /// The documents it holds.
    pub documents: Vec<Document>,
    /// A sketch of each document's text, which identifies other versions of it.
    #[serde(with = "sketches")]
    pub sketches: Vec<Arc<[u32]>>,
    /// Number of clauses of the documents.
    pub clauses: u64,
    /// Which of its pages were to be read by text recognition, where the user said so: `auto`,
    /// `never` or `always`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocr: Option<String>,
    /// Whether pages of it are pictures that could not be read, as nothing was installed to read them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub lacks_pages: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Source {
    /// Whether the source was read completely. Otherwise the next run reads it again.
    pub fn is_whole(&self) -> bool {
        !self.hash.is_empty()
    }

    /// The key of a source in the index. Files of the same name under two roots have different
    /// keys.
    pub fn key(root: &str, path: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(root.as_bytes()).update(&[0]).update(path.as_bytes());
        hasher.finalize().to_hex()[..20].to_owned()
    }
}

/// Sketches as hexadecimal text, which is much shorter than lists of numbers.
mod sketches {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(all: &[Arc<[u32]>], to: S) -> Result<S::Ok, S::Error> {
        let text = |sketch: &Arc<[u32]>| -> String {
            sketch.iter().map(|hash| format!("{hash:08x}")).collect()
        };
        all.iter().map(text).collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Arc<[u32]>>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let hash = |at: &[u8]| {
            let digits = std::str::from_utf8(at).ok()?;
            u32::from_str_radix(digits, 16).ok()
        };
        texts
            .iter()
            .map(|text| text.as_bytes().chunks(8).map(hash).collect::<Option<Arc<[u32]>>>())
            .collect::<Option<_>>()
            .ok_or_else(|| D::Error::custom("a sample of a text is damaged"))
    }
}

/// Summary of the last run of the `index` command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LastRun {
    /// When it ended, in seconds since 1970.
    pub at: u64,
    /// Sources added.
    pub added: u64,
    /// Sources that had changed.
    pub updated: u64,
    /// Sources that had not changed.
    pub unchanged: u64,
    /// Sources that could not be read.
    pub failed: u64,
    /// Duration in seconds.
    pub seconds: f64,
}

/// The sources and documents of an index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// All sources, by root and path.
    pub sources: Vec<Source>,
}

impl Manifest {
    /// All documents, in the order of their sources.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.sources.iter().flat_map(|source| &source.documents)
    }

    /// Sorts the sources by root and path.
    pub fn sort(&mut self) {
        self.sources.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
    }

    /// Total number of clauses.
    pub fn clauses(&self) -> u64 {
        self.sources.iter().map(|source| source.clauses).sum()
    }
}
