//! Finds the documents that are versions of one another, and their corresponding clauses.
//!
//! This is done at every run that changes something. Documents are compared by sketches, which the
//! index stores, so that no text is needed for it. Only pairs with a new or changed document are
//! aligned again; the others keep the counterparts of the last run.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use tiaowen_compare::{DocumentPair, Fingerprint, Sketch, aligned, counterparts, pairs};
use tiaowen_corpus::{Document, DocumentText, Relation};
use tiaowen_extract::ReadOptions;
use tiaowen_index::{
    Counterparts, IndexError, IndexReader, Manifest, Source, VersionPair, Versions,
};
use tiaowen_text::fold;

use crate::origin::Origin;
use crate::plan::ocr_of;
use crate::run::{LARGE_BYTES, read};

/// The documents that this run read, by id. The value is where a document was read, if that isn't
/// the place that its source names.
pub(crate) type Fresh = HashMap<String, Option<Origin>>;

/// Finds the versions among the documents of `manifest`.
///
/// # Errors
/// When the index can't be read.
pub(crate) fn versions(
    before: &dyn IndexReader,
    manifest: &Manifest,
    fresh: &Fresh,
) -> Result<Versions, IndexError> {
    let documents: Vec<SketchedDocument<'_>> =
        manifest.sources.iter().flat_map(sketched_documents).collect();
    let found = {
        let fingerprints: Vec<Fingerprint> =
            documents.par_iter().map(SketchedDocument::fingerprint).collect();
        pairs(&fingerprints)
    };
    let known = before.versions()?;
    let known = known.pairs.iter();
    let known = known.map(|pair| ((pair.left.as_str(), pair.right.as_str()), pair)).collect();
    let aligner = Aligner { before, fresh, documents, known, reread: Reread::default() };
    let best = counterparts(&found);
    let pairs = found.par_iter().map(|pair| {
        let is_best = best.contains(&(pair.left, pair.right));
        aligner.version_pair(pair, is_best)
    });
    Ok(Versions { pairs: pairs.collect::<Result<Vec<_>, _>>()? })
}

/// A document with its source and the sketch that documents are compared by.
struct SketchedDocument<'a> {
    source: &'a Source,
    document: &'a Document,
    sketch: &'a Sketch,
}

fn sketched_documents(source: &Source) -> impl Iterator<Item = SketchedDocument<'_>> {
    let documents = source.documents.iter().zip(&source.sketches);
    documents.map(move |(document, sketch)| SketchedDocument { source, document, sketch })
}

impl SketchedDocument<'_> {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::from_sketch(self.document, Arc::clone(self.sketch))
    }
}

/// Aligns the clauses of documents that are versions of one another.
struct Aligner<'a> {
    before: &'a dyn IndexReader,
    fresh: &'a Fresh,
    documents: Vec<SketchedDocument<'a>>,
    /// The pairs of the last run, by the ids of their documents.
    known: HashMap<(&'a str, &'a str), &'a VersionPair>,
    reread: Reread,
}

impl Aligner<'_> {
    /// A pair with its counterparts. Documents in one script are always aligned; those in two
    /// scripts only if they are the best match of one another (`is_best`).
    fn version_pair(&self, pair: &DocumentPair, is_best: bool) -> Result<VersionPair, IndexError> {
        let left = self.documents[pair.left].document;
        let right = self.documents[pair.right].document;
        let mut version = VersionPair {
            left: left.id.clone(),
            right: right.id.clone(),
            relation: pair.relation,
            similarity: pair.similarity,
            clauses: Counterparts::default(),
            left_out: 0,
        };
        let is_reprint = pair.relation == Relation::SameScript;
        if !is_reprint && !is_best {
            return Ok(version);
        }
        let changed = self.fresh.contains_key(&left.id) || self.fresh.contains_key(&right.id);
        let known = self.known.get(&(left.id.as_str(), right.id.as_str()));
        if let Some(known) = known.filter(|_| !changed) {
            version.clauses.clone_from(&known.clauses);
        } else if let (Some(left), Some(right)) = (self.text(pair.left)?, self.text(pair.right)?) {
            // The current version of a law and the one before differ in some clauses only, so
            // equal clauses are enough.
            let aligned =
                if is_reprint { equal_clauses(&left, &right) } else { aligned(&left, &right) };
            let clauses = aligned.iter().map(|&(l, r)| (place(&left, l), place(&right, r)));
            version.clauses = clauses.collect();
        }
        Ok(version)
    }

    /// The text of a document: from its source if this run read it, otherwise from the index.
    fn text(&self, at: usize) -> Result<Option<DocumentText>, IndexError> {
        let SketchedDocument { source, document, .. } = &self.documents[at];
        let Some(origin) = self.fresh.get(&document.id) else {
            return self.before.document(&document.id);
        };
        let texts = self.reread.texts(source, origin.as_ref());
        // A source mostly has all its documents, in order.
        let at = (document.ordinal as usize).wrapping_sub(1);
        let is_it = |text: &&DocumentText| text.document.ordinal == document.ordinal;
        let text = texts.get(at).filter(is_it).or_else(|| texts.iter().find(is_it));
        Ok(text.cloned())
    }
}

/// The index and element id of a clause, as pairs store them.
fn place(text: &DocumentText, at: usize) -> (u32, &str) {
    (u32::try_from(at).unwrap_or(u32::MAX), text.clauses[at].eid.as_str())
}

/// Reads sources again for their documents.
#[derive(Default)]
struct Reread {
    /// The sources with several documents that were read last. Without this, a file with a hundred
    /// thousand agreements would be read a hundred thousand times.
    kept: Mutex<VecDeque<(String, Arc<Vec<DocumentText>>)>>,
    /// Locked while a large source is read: two at once could exceed the memory.
    large: Mutex<()>,
}

/// The number of sources kept in memory. The documents of a pair are in at most two.
const KEPT: usize = 2;

impl Reread {
    /// The documents of a source. If the source changed since it was read, the list is empty, and
    /// its documents have no counterparts until the next run.
    fn texts(&self, source: &Source, origin: Option<&Origin>) -> Arc<Vec<DocumentText>> {
        let large = source.bytes >= LARGE_BYTES;
        let _alone = large.then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        let is_kept = large || source.documents.len() > 2;
        let key = Source::key(&source.root, &source.path);
        if is_kept {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, texts)) = kept.iter().find(|(other, _)| *other == key) {
                return Arc::clone(texts);
            }
        }
        let located = match origin {
            Some(origin) => Ok(origin.clone()),
            None => Origin::locate(&source.root, &source.path),
        };
        let reading = ReadOptions { ocr: ocr_of(source).unwrap_or_default(), ..ReadOptions::PLAIN };
        let read = located.ok().and_then(|origin| read(&source.path, &origin, &reading).ok());
        let texts = Arc::new(read.map_or_else(Vec::new, |read| read.texts));
        if is_kept {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_back((key, Arc::clone(&texts)));
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        texts
    }
}

/// Clauses with equal text, as indices. Clauses that occur several times are paired in order.
fn equal_clauses(left: &DocumentText, right: &DocumentText) -> Vec<(usize, usize)> {
    let mut by_text: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, clause) in right.clauses.iter().enumerate() {
        by_text.entry(fold(&clause.text)).or_default().push_back(at);
    }
    let mut other = |text: &str| by_text.get_mut(&fold(text))?.pop_front();
    let texts = left.clauses.iter().map(|clause| clause.text.as_str());
    let others: Vec<Option<usize>> = texts.map(&mut other).collect();
    others.into_iter().enumerate().filter_map(|(at, other)| Some((at, other?))).collect()
}

#[cfg(test)]
mod tests {
    use tiaowen_index::ClauseIndex;

    use crate::{RunOptions, run};

    /// Archives from elsewhere may contain names that aren't UTF-8, which the path of a source
    /// can't express.
    #[cfg(unix)]
    #[test]
    fn counterparts_are_found_for_names_that_are_not_utf8() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let work = tempfile::tempdir().unwrap();
        let corpus = work.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        let provisions =
            "、雙方每年會面一次，檢討合作的進度。\n\n二、雙方互相通報教學質素的資料。\n";
        let traditional = format!("粵港教育合作備忘錄\n\n一{provisions}");
        let simplified = "粤港教育合作备忘录\n\n一、双方每年会面一次，检讨合作的进度。\n\n\
                          二、双方互相通报教学质素的资料。\n";
        std::fs::write(corpus.join("a.txt"), traditional).unwrap();
        for name in [b"b.txt".as_slice(), b"\xb1\xb8\xcd\xfc.txt"] {
            let file = corpus.join(OsStr::from_bytes(name));
            std::fs::write(&file, simplified).unwrap();
            let index = work.path().join(name.len().to_string());
            let corpus = std::slice::from_ref(&corpus);
            let report = run(corpus, &index, &RunOptions::default(), &|_| {}).unwrap();
            assert_eq!((report.added, report.failed.len()), (2, 0));
            let versions = ClauseIndex::open(&index).unwrap().versions().unwrap();
            assert_eq!(versions.pairs.len(), 1);
            assert_eq!(versions.pairs[0].counterparts(), 2, "{name:?}");
            std::fs::remove_file(file).unwrap();
        }
    }
}
