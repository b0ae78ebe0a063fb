//! Whether an index holds what its sources say.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use tiaowen_corpus::{Clause, DocumentText};
use tiaowen_extract::Reading;
use tiaowen_index::{IndexError, Location, Source, Stamp};
use tiaowen_text::Segmenter;

use crate::origin::{Origin, is_missing};
use crate::plan::ocr_of;
use crate::{Progress, SourceLeftOut, Unread, read};

/// Something wrong with an index.
#[derive(Debug, Serialize)]
pub struct IndexProblem {
    /// The file of the index, or the source, that it is about.
    pub place: String,
    /// What is wrong.
    pub reason: Wrong,
    /// The command that mends it.
    pub cure: String,
}

/// What is wrong with an index, or with what it holds of a source; in JSON a sentence.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// It can't be used.
    #[error("{}", bare(.0))]
    Unusable(#[from] IndexError),
    /// It was made otherwise than this program would make it.
    #[error("made with other dictionaries or another format")]
    Stamp,
    /// A part of what it is stored in is damaged.
    #[error("{0}")]
    Damaged(String),
    /// It holds another number of clauses than its list of sources tells of.
    #[error("it holds {held} clauses, and its list of sources tells of {told}")]
    Count {
        /// Clauses that it holds.
        held: u64,
        /// Clauses that it is said to hold.
        told: u64,
    },
    /// The source is gone.
    #[error("it is gone from disk")]
    Gone,
    /// The source is not what was indexed.
    #[error("it has changed since it was indexed")]
    Changed,
    /// The source can't be read as one.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// A document of the source isn't there.
    #[error("its document {0} is missing")]
    Missing(String),
    /// A clause isn't as it is in the source.
    #[error("clause {0} is not as its source says")]
    Differs(String),
    /// Clauses of a document aren't there.
    #[error("document {0} lacks clauses")]
    Lacks(String),
    /// What is stored as left out of a document isn't what is left out of it.
    #[error("what was left out of document {0} is listed otherwise than its source has it")]
    LeftOut(String),
    /// Documents of the source aren't there.
    #[error("it lacks documents")]
    LacksDocuments,
    /// What is indexed of a clause, a document or a segment isn't what its stored text makes.
    #[error("what is indexed of {0} is not what is stored of it, so searches miss it")]
    Unlike(String),
}

/// What is wrong with an index without its folder and the advice to check it.
fn bare(error: &IndexError) -> String {
    match error {
        IndexError::Damaged { reason, .. } => reason.clone(),
        error => error.to_string(),
    }
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// What a check found.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    /// Sources that were compared.
    pub sources: u64,
    /// Clauses that were compared with their source.
    pub clauses: u64,
    /// Sources of which something was left out, and how much.
    pub left_out: Vec<SourceLeftOut>,
    /// What is wrong; none when the index is sound.
    pub problems: Vec<IndexProblem>,
}

/// Of so many clauses one is cut anew where a check is to be quick.
const QUICK: u32 = 20;

/// Verifies the index at `place`: what it is stored in, its stamp, each stored clause against its
/// source, and what is indexed of it against what its text makes when it is cut anew; of the last
/// a sample only if it is to be `quick`. `tell` hears how it goes.
///
/// # Errors
/// When there is no index, or it can't be read at all.
pub fn check(
    place: &(impl Location + ?Sized),
    quick: bool,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Checked, IndexError> {
    let mut checked = Checked::default();
    let shown = place.shown();
    let rebuild = format!("tiaowen index --rebuild --index {shown}");
    // Elsewhere than in a folder parts that don't answer come back, and nothing is lost.
    let again = format!("bring back what holds it, then: tiaowen check --index {shown}");
    let answering = if place.folder().is_some() { &rebuild } else { &again };
    let problem = |place: &str, reason: Wrong, cure: &str| IndexProblem {
        place: place.to_owned(),
        reason,
        cure: cure.to_owned(),
    };
    // What a rebuild can't find out by itself, the user must say.
    let rebuild_of = format!("tiaowen index FOLDER… --rebuild --prune=all --index {shown}");
    let mending = |error: &IndexError| match place.known(true) {
        Err(known) if error.is_damaged() && known.is_damaged() => rebuild_of.clone(),
        _ if error.is_damaged() => rebuild.clone(),
        _ => answering.clone(),
    };
    let about = match place.about() {
        Err(error) if error.is_damaged() => {
            let cure = mending(&error);
            checked.problems.push(problem(&shown, error.into(), &cure));
            return Ok(checked);
        }
        about => about?,
    };
    let manifest = match place.manifest() {
        Ok(manifest) => manifest,
        Err(error) => {
            let cure = mending(&error);
            checked.problems.push(problem(&shown, error.into(), &cure));
            return Ok(checked);
        }
    };
    if about.stamp != Stamp::current(Segmenter::shared()) {
        checked.problems.push(problem(&shown, Wrong::Stamp, &rebuild));
        return Ok(checked);
    }
    let index = match place.open() {
        Ok(index) => index,
        Err(error) => {
            checked.problems.push(problem(&shown, error.into(), &rebuild));
            return Ok(checked);
        }
    };
    for (part, reason) in index.faults()? {
        checked.problems.push(problem(&part, Wrong::Damaged(reason), answering));
    }
    if let Err(error) = index.versions() {
        checked.problems.push(problem(&shown, error.into(), &rebuild));
    }
    if !checked.problems.is_empty() {
        // What a damaged file says of clauses tells nothing more.
        return Ok(checked);
    }
    // Of the state that is open: a commit may have come since.
    let manifest = index.manifest().unwrap_or(manifest);
    let held = index.clauses()?;
    if held != manifest.clauses() {
        let told = manifest.clauses();
        let reason = Wrong::Count { held, told };
        checked.problems.push(problem(&shown, reason, &rebuild));
    }
    for part in index.unlike_stored(if quick { QUICK } else { 1 })? {
        checked.problems.push(problem(&shown, Wrong::Unlike(part), &rebuild));
    }
    let bytes = manifest.sources.iter().map(|source| source.bytes).sum();
    tell(Progress::Found { sources: manifest.sources.len(), bytes });
    let (done, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let compared = manifest.sources.par_iter().map(|source| {
        tell(Progress::Reading { source: &source.path });
        let stored = source.documents.iter().map(|document| {
            Ok(index.document(&document.id)?.map(|text| (document.id.clone(), text)))
        });
        let stored: Result<Vec<_>, IndexError> = stored.collect();
        let texts = stored.iter().flatten().flatten().map(|(_, text)| text);
        let left_out = SourceLeftOut::of(&source.path, texts);
        let wrong = match stored {
            Ok(stored) => against_source(source, &stored.into_iter().flatten().collect()),
            // What can't be read isn't missing.
            Err(error) => Some((error.into(), Again::Read)),
        };
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = bytes.fetch_add(source.bytes, Ordering::Relaxed) + source.bytes;
        tell(Progress::Read { done, bytes });
        (source, wrong, left_out)
    });
    let compared: Vec<_> = compared.collect();
    for (source, wrong, left_out) in compared {
        checked.left_out.extend(left_out);
        match wrong {
            None => {
                checked.sources += 1;
                checked.clauses += source.clauses;
            }
            Some((reason, again)) => {
                let root = &source.root;
                let cure = match again {
                    Again::Index => format!("tiaowen index {root} --index {shown}"),
                    Again::Prune => format!("tiaowen index {root} --prune --index {shown}"),
                    Again::Rebuild => rebuild.clone(),
                    Again::Read => answering.clone(),
                };
                checked.problems.push(problem(&source.path, reason, &cure));
            }
        }
    }
    Ok(checked)
}

/// What mends a source.
enum Again {
    Index,
    Prune,
    Rebuild,
    /// Read what is stored once more, where that can help.
    Read,
}

/// What is wrong with what is stored of a source.
fn against_source(
    source: &Source,
    stored: &HashMap<String, DocumentText>,
) -> Option<(Wrong, Again)> {
    let located = Origin::locate(&source.root, &source.path);
    let hashed = located.and_then(|origin| origin.hash().map(|(hash, _)| (origin, hash)));
    let (origin, hash) = match hashed {
        Ok(hashed) => hashed,
        Err(error) if is_missing(&error) => return Some((Wrong::Gone, Again::Prune)),
        // What can't be read isn't gone.
        Err(error) => return Some((Unread::from(&error).into(), Again::Index)),
    };
    if hash != source.hash {
        return Some((Wrong::Changed, Again::Index));
    }
    let reading = Reading { ocr: ocr_of(source).unwrap_or_default(), ..Reading::PLAIN };
    let texts = match read(&source.path, &origin, &reading) {
        Ok(read) => read.texts,
        Err(reason) => return Some((reason.into(), Again::Rebuild)),
    };
    for (text, document) in texts.iter().zip(&source.documents) {
        let Some(held) = stored.get(&document.id) else {
            return Some((Wrong::Missing(document.id.clone()), Again::Rebuild));
        };
        let mut paired = text.clauses.iter().zip(&held.clauses);
        // Of what is not stored nothing can be said.
        let same = |own: &Clause, held: &Clause| {
            Clause { drawn_by: held.drawn_by, ..own.clone() } == *held
        };
        if let Some(differs) = paired.position(|(own, held)| !same(own, held)) {
            let eid = &text.clauses[differs].eid;
            let clause = format!("{}.{eid}", document.id);
            return Some((Wrong::Differs(clause), Again::Rebuild));
        }
        if text.clauses.len() != held.clauses.len() {
            return Some((Wrong::Lacks(document.id.clone()), Again::Rebuild));
        }
        if text.dropped != held.dropped {
            return Some((Wrong::LeftOut(document.id.clone()), Again::Rebuild));
        }
    }
    let complete = texts.len() == source.documents.len();
    (!complete).then(|| (Wrong::LacksDocuments, Again::Rebuild))
}
