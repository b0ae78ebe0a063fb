//! Which documents are versions of one another, told anew at each run that changes something.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use tiaowen_compare::{DocumentPair, Fingerprint, Sketch, aligned, counterparts, pairs};
use tiaowen_corpus::{Document, DocumentText, Relation};
use tiaowen_extract::Reading;
use tiaowen_index::{
    Counterparts, IndexError, IndexReader, Manifest, Source, VersionPair, Versions,
};
use tiaowen_text::fold;

use crate::origin::Origin;
use crate::plan::ocr_of;
use crate::{LARGE_BYTES, read};

/// Documents that this run read, by id: where each was read, if not where its source says.
pub(crate) type Fresh = HashMap<String, Option<Origin>>;

/// The versions among the documents of `manifest`. Pairs whose documents did not change keep
/// the counterparts they had; the others' are aligned from their sources.
///
/// # Errors
/// When the index can't be read.
pub(crate) fn versions(
    before: &dyn IndexReader,
    manifest: &Manifest,
    fresh: &Fresh,
) -> Result<Versions, IndexError> {
    let documents: Vec<(&Source, &Document, &Sketch)> = manifest
        .sources
        .iter()
        .flat_map(|source| {
            let all = source.documents.iter().zip(&source.sketches);
            all.map(move |(document, sketch)| (source, document, sketch))
        })
        .collect();
    let found = {
        let of = |(_, document, sketch): &(_, &Document, &Sketch)| {
            Fingerprint::from_sketch(document, Arc::clone(sketch))
        };
        let fingerprints: Vec<Fingerprint> = documents.par_iter().map(of).collect();
        pairs(&fingerprints)
    };
    let with_clauses = counterparts(&found);
    let known = before.versions()?;
    let known: HashMap<(&str, &str), &VersionPair> =
        known.pairs.iter().map(|pair| ((pair.left.as_str(), pair.right.as_str()), pair)).collect();
    let reread = Reread::default();
    let text = |at: usize| -> Result<Option<DocumentText>, IndexError> {
        let (source, document, _) = documents[at];
        let Some(origin) = fresh.get(&document.id) else { return before.document(&document.id) };
        let texts = reread.texts(source, origin.as_ref());
        // Mostly they are all there, in their order.
        let at = (document.ordinal as usize).wrapping_sub(1);
        let is_it = |text: &&DocumentText| text.document.ordinal == document.ordinal;
        let text = texts.get(at).filter(is_it).or_else(|| texts.iter().find(is_it));
        Ok(text.cloned())
    };
    let told = |pair: &DocumentPair| -> Result<VersionPair, IndexError> {
        let (left, right) = (documents[pair.left].1, documents[pair.right].1);
        let mut version = VersionPair {
            left: left.id.clone(),
            right: right.id.clone(),
            relation: pair.relation,
            similarity: pair.similarity,
            clauses: Counterparts::default(),
            left_out: 0,
        };
        let reprint = pair.relation == Relation::SameScript;
        if !reprint && !with_clauses.contains(&(pair.left, pair.right)) {
            return Ok(version);
        }
        let changed = fresh.contains_key(&left.id) || fresh.contains_key(&right.id);
        if !changed && let Some(known) = known.get(&(left.id.as_str(), right.id.as_str())) {
            version.clauses.clone_from(&known.clauses);
        } else if let (Some(left), Some(right)) = (text(pair.left)?, text(pair.right)?) {
            fn place(text: &DocumentText, at: usize) -> (u32, &str) {
                (u32::try_from(at).unwrap_or(u32::MAX), text.clauses[at].eid.as_str())
            }
            // A law in force and the one before it differ in some clauses.
            let together = if reprint { alike(&left, &right) } else { aligned(&left, &right) };
            let together = together.into_iter();
            version.clauses = together.map(|(l, r)| (place(&left, l), place(&right, r))).collect();
        }
        Ok(version)
    };
    let pairs = found.par_iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(Versions { pairs })
}

/// Sources that are read again for their documents.
#[derive(Default)]
struct Reread {
    /// Those with several documents that were read last: a hundred thousand agreements in one file
    /// are not read a hundred thousand times.
    kept: Mutex<VecDeque<(String, Arc<Vec<DocumentText>>)>>,
    /// Held while a large one is read: two at once could take more memory than there is.
    large: Mutex<()>,
}

/// Sources that are kept; a pair is of two.
const KEPT: usize = 2;

impl Reread {
    /// The documents of a source. One that changed since it was read gives none, and has no
    /// counterparts until the next run.
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
        let reading = Reading { ocr: ocr_of(source).unwrap_or_default(), ..Reading::PLAIN };
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

/// Clauses of two prints that say the same, by their places; those that a print says several
/// times in their order.
fn alike(left: &DocumentText, right: &DocumentText) -> Vec<(usize, usize)> {
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

    /// Archives from elsewhere leave names that are no UTF-8, which a source's path can't tell.
    #[cfg(unix)]
    #[test]
    fn counterparts_are_told_whatever_the_files_are_called() {
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
