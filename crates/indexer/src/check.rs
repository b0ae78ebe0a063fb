//! Checks an index against its sources.
//!
//! Checksums find damaged files, but not an index that was written wrongly. So a check reads each
//! source again, splits it, and compares the result with what is stored; and it analyses stored
//! texts again and compares the tokens with what is indexed. Every problem comes with the command
//! that repairs it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use tiaowen_corpus::{Clause, DocumentText};
use tiaowen_extract::ReadOptions;
use tiaowen_index::{IndexError, IndexReader, IndexReason, Location, Manifest, Source, Stamp};
use tiaowen_text::Segmenter;

use crate::origin::{Origin, is_missing};
use crate::plan::ocr_of;
use crate::run::read;
use crate::{Progress, SourceLeftOut, Unread};

/// A problem found by a check.
#[derive(Debug, Serialize)]
pub struct IndexProblem {
    /// The file of the index, or the source, that has the problem.
    pub place: String,
    /// The problem.
    pub reason: Wrong,
    /// The command that repairs it.
    pub cure: String,
}

/// What is wrong with an index, or with what it stores of a source. Serialized as a sentence.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// The index can't be used.
    #[error("{}", without_advice(.0))]
    Unusable(#[from] IndexError),
    /// The index was made by a program with other dictionaries or in another format.
    #[error("made with other dictionaries or another format")]
    Stamp,
    /// A part of its storage is damaged or doesn't answer.
    #[error(transparent)]
    Damaged(IndexReason),
    /// The number of clauses differs from the list of sources.
    #[error("the index has {indexed} clauses, but its list of sources says {listed}")]
    Count {
        /// The clauses counted in the index.
        indexed: u64,
        /// The clauses according to the list of sources.
        listed: u64,
    },
    /// The source is gone.
    #[error("it is gone from disk")]
    Gone,
    /// The source isn't what was indexed.
    #[error("it has changed since it was indexed")]
    Changed,
    /// The source can't be read.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// A document of the source isn't in the index.
    #[error("the index lacks its document {0}")]
    Missing(String),
    /// A clause differs from the source.
    #[error("clause {0} differs from its source")]
    Differs(String),
    /// A document has fewer or more clauses than in the source.
    #[error("document {0} has another number of clauses than its source")]
    Lacks(String),
    /// The list of what was left out of a document differs from the source.
    #[error("the list of what was left out of document {0} differs from its source")]
    LeftOut(String),
    /// The source has another number of documents than the index.
    #[error("the index has another number of documents than its source")]
    LacksDocuments,
    /// The indexed tokens or columns of a clause, a document or a segment differ from its stored
    /// text.
    #[error("the search data of {0} differs from its stored text, so searches miss it")]
    Unlike(String),
}

/// The message of an error without the folder, which is reported apart, and without the advice to
/// run a check.
fn without_advice(error: &IndexError) -> String {
    match error {
        IndexError::Damaged { reason, .. } => reason.to_string(),
        error => error.to_string(),
    }
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The result of a check.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    /// The number of sources that agree with the index.
    pub sources: u64,
    /// The number of their clauses.
    pub clauses: u64,
    /// Sources of which something was left out.
    pub left_out: Vec<SourceLeftOut>,
    /// The problems found. Empty if the index is sound.
    pub problems: Vec<IndexProblem>,
}

/// A quick check analyses one of so many clauses again.
const QUICK: u32 = 20;

/// Verifies the index at `place`: its storage and stamp, each stored clause against its source,
/// and the search data of clauses against their stored text. A `quick` check does the last for a
/// sample only. `tell` is called with the progress, from any thread.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("a.txt");
/// std::fs::write(&file, "粵港合作備忘錄\n\n一、每年會面。")?;
/// let index = folder.path().join("index");
/// tiaowen_indexer::run(&[file.clone()], &index, &Default::default(), &|_| {})?;
/// let sound = tiaowen_indexer::check(&index, false, &|_| {})?;
/// assert_eq!((sound.clauses, sound.problems.len()), (1, 0));
/// std::fs::write(&file, "粵港合作備忘錄\n\n一、不再會面。")?;
/// let changed = tiaowen_indexer::check(&index, false, &|_| {})?;
/// assert_eq!(changed.problems[0].reason.to_string(), "it has changed since it was indexed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When there is no index, or it can't be read at all.
pub fn check(
    place: &(impl Location + ?Sized),
    quick: bool,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Checked, IndexError> {
    let mut checked = Checked::default();
    let cures = Cures::new(place);
    let problems = &mut checked.problems;
    let Some((index, manifest)) = open_sound(place, &cures, problems)? else { return Ok(checked) };
    let indexed = index.clauses()?;
    let listed = manifest.clauses();
    if indexed != listed {
        problems.push(problem(&cures.place, Wrong::Count { indexed, listed }, &cures.rebuild));
    }
    for part in index.unlike_stored(if quick { QUICK } else { 1 })? {
        problems.push(problem(&cures.place, Wrong::Unlike(part), &cures.rebuild));
    }
    for compared in compare_sources(&*index, &manifest, tell) {
        let SourceResult { source, outcome, left_out } = compared;
        checked.left_out.extend(left_out);
        match outcome {
            Ok(()) => {
                checked.sources += 1;
                checked.clauses += source.clauses;
            }
            Err((reason, cure)) => {
                let command = cures.command(cure, &source.root);
                checked.problems.push(problem(&source.path, reason, &command));
            }
        }
    }
    Ok(checked)
}

/// An index that is open for reading, with its sources.
type OpenIndex = (Box<dyn IndexReader>, Manifest);

/// Opens an index whose storage, stamp and lists are sound. `None` if a problem was found, as
/// comparing the clauses of a damaged index with their sources would add nothing.
///
/// # Errors
/// When there is no index, or it can't be read at all.
fn open_sound(
    place: &(impl Location + ?Sized),
    cures: &Cures,
    problems: &mut Vec<IndexProblem>,
) -> Result<Option<OpenIndex>, IndexError> {
    let about = match place.about() {
        Err(error) if error.is_damaged() => {
            let cure = cures.for_error(place, &error);
            problems.push(problem(&cures.place, error.into(), cure));
            return Ok(None);
        }
        about => about?,
    };
    let manifest = match place.manifest() {
        Ok(manifest) => manifest,
        Err(error) => {
            let cure = cures.for_error(place, &error);
            problems.push(problem(&cures.place, error.into(), cure));
            return Ok(None);
        }
    };
    if about.stamp != Stamp::current(Segmenter::shared()) {
        problems.push(problem(&cures.place, Wrong::Stamp, &cures.rebuild));
        return Ok(None);
    }
    let index = match place.open() {
        Ok(index) => index,
        Err(error) => {
            problems.push(problem(&cures.place, error.into(), &cures.rebuild));
            return Ok(None);
        }
    };
    for (part, reason) in index.faults()? {
        problems.push(problem(&part, Wrong::Damaged(reason), &cures.read_again));
    }
    if let Err(error) = index.versions() {
        problems.push(problem(&cures.place, error.into(), &cures.rebuild));
    }
    if !problems.is_empty() {
        return Ok(None);
    }
    // The state that was opened is checked; a commit may have come since the list was read.
    let manifest = index.manifest().unwrap_or(manifest);
    Ok(Some((index, manifest)))
}

fn problem(place: &str, reason: Wrong, cure: &str) -> IndexProblem {
    IndexProblem { place: place.to_owned(), reason, cure: cure.to_owned() }
}

/// The commands that repair an index.
struct Cures {
    /// The place of the index, as given with `--index`.
    place: String,
    rebuild: String,
    /// A rebuild of an index whose list of sources is lost, so that the user has to name them.
    rebuild_from: String,
    /// The cure for storage that can't be read. Nodes of a cluster come back without loss.
    read_again: String,
}

/// Which command repairs what is stored of a source.
enum Cure {
    Index,
    Prune,
    Rebuild,
    ReadAgain,
}

impl Cures {
    fn new(place: &(impl Location + ?Sized)) -> Self {
        let shown = place.shown();
        let rebuild = format!("tiaowen index --rebuild --index {shown}");
        let rebuild_from = format!("tiaowen index FOLDER… --rebuild --prune=all --index {shown}");
        let read_again = match place.folder() {
            Some(_) => rebuild.clone(),
            None => {
                format!("Restore the unreachable nodes, then run: tiaowen check --index {shown}")
            }
        };
        Cures { place: shown, rebuild, rebuild_from, read_again }
    }

    fn for_error(&self, place: &(impl Location + ?Sized), error: &IndexError) -> &str {
        if !error.is_damaged() {
            return &self.read_again;
        }
        match place.known(true) {
            Err(known) if known.is_damaged() => &self.rebuild_from,
            _ => &self.rebuild,
        }
    }

    fn command(&self, cure: Cure, root: &str) -> String {
        let place = &self.place;
        match cure {
            Cure::Index => format!("tiaowen index {root} --index {place}"),
            Cure::Prune => format!("tiaowen index {root} --prune --index {place}"),
            Cure::Rebuild => self.rebuild.clone(),
            Cure::ReadAgain => self.read_again.clone(),
        }
    }
}

/// The comparison of a source with what the index stores of it.
struct SourceResult<'a> {
    source: &'a Source,
    outcome: Result<(), (Wrong, Cure)>,
    left_out: Option<SourceLeftOut>,
}

/// Compares all sources with the index, on all cores.
fn compare_sources<'a>(
    index: &dyn IndexReader,
    manifest: &'a Manifest,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Vec<SourceResult<'a>> {
    let bytes = manifest.sources.iter().map(|source| source.bytes).sum();
    tell(Progress::Found { sources: manifest.sources.len(), bytes });
    let (done, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let compared = manifest.sources.par_iter().map(|source| {
        tell(Progress::Reading { source: &source.path });
        let result = compare_source(index, source);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = bytes.fetch_add(source.bytes, Ordering::Relaxed) + source.bytes;
        tell(Progress::Read { done, bytes });
        result
    });
    compared.collect()
}

fn compare_source<'a>(index: &dyn IndexReader, source: &'a Source) -> SourceResult<'a> {
    let stored = source
        .documents
        .iter()
        .map(|document| Ok(index.document(&document.id)?.map(|text| (document.id.clone(), text))));
    let stored: Result<Vec<_>, IndexError> = stored.collect();
    let texts = stored.iter().flatten().flatten().map(|(_, text)| text);
    let left_out = SourceLeftOut::of(&source.path, texts);
    let outcome = match stored {
        Ok(stored) => compare_with_source(source, &stored.into_iter().flatten().collect()),
        // A document that can't be read isn't missing.
        Err(error) => Err((error.into(), Cure::ReadAgain)),
    };
    SourceResult { source, outcome, left_out }
}

/// Reads a source again and compares its documents with the stored ones, by id. The error is the
/// first difference.
fn compare_with_source(
    source: &Source,
    stored: &HashMap<String, DocumentText>,
) -> Result<(), (Wrong, Cure)> {
    let located = Origin::locate(&source.root, &source.path);
    let hashed = located.and_then(|origin| origin.hash().map(|(hash, _)| (origin, hash)));
    let (origin, hash) = match hashed {
        Ok(hashed) => hashed,
        Err(error) if is_missing(&error) => return Err((Wrong::Gone, Cure::Prune)),
        // A file that can't be read isn't gone.
        Err(error) => return Err((Unread::from(&error).into(), Cure::Index)),
    };
    if hash != source.hash {
        return Err((Wrong::Changed, Cure::Index));
    }
    let reading = ReadOptions { ocr: ocr_of(source).unwrap_or_default(), ..ReadOptions::PLAIN };
    let texts = match read(&source.path, &origin, &reading) {
        Ok(read) => read.texts,
        Err(reason) => return Err((reason.into(), Cure::Rebuild)),
    };
    for (text, document) in texts.iter().zip(&source.documents) {
        let id = &document.id;
        let Some(stored) = stored.get(id) else {
            return Err((Wrong::Missing(id.clone()), Cure::Rebuild));
        };
        let mut clauses = text.clauses.iter().zip(&stored.clauses);
        if let Some(differs) = clauses.position(|(read, stored)| !is_stored_as(read, stored)) {
            let clause = format!("{id}.{}", text.clauses[differs].eid);
            return Err((Wrong::Differs(clause), Cure::Rebuild));
        }
        if text.clauses.len() != stored.clauses.len() {
            return Err((Wrong::Lacks(id.clone()), Cure::Rebuild));
        }
        if text.dropped != stored.dropped {
            return Err((Wrong::LeftOut(id.clone()), Cure::Rebuild));
        }
    }
    if texts.len() != source.documents.len() {
        return Err((Wrong::LacksDocuments, Cure::Rebuild));
    }
    Ok(())
}

/// Whether a clause was stored as it was read. The rule that drew it isn't stored.
fn is_stored_as(read: &Clause, stored: &Clause) -> bool {
    Clause { drawn_by: stored.drawn_by, ..read.clone() } == *stored
}
