//! Batch indexing: scan, parse, write, commit.
//!
//! A run takes files and folders, reads what is new or changed on all cores, and commits
//! once at its end: all of it or nothing. What can't be read is reported with its reason,
//! and the rest goes on.
//!
//! ```
//! let folder = tempfile::tempdir()?;
//! let corpus = folder.path().join("corpus");
//! std::fs::create_dir(&corpus)?;
//! std::fs::write(corpus.join("a.txt"), "粵港合作備忘錄\n\n一、每年會面。\n\n二、互相通報。")?;
//! let options = tiaowen_indexer::RunOptions::default();
//! let index = folder.path().join("index");
//! let report = tiaowen_indexer::run(&[corpus.clone()], &index, &options, &|_| {})?;
//! assert_eq!((report.added, report.clauses), (1, 2));
//! let again = tiaowen_indexer::run(&[corpus], &index, &options, &|_| {})?;
//! assert_eq!((again.added, again.unchanged), (0, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod check;
mod gone;
mod listed;
mod origin;
mod patience;
mod plan;
mod scan;
mod source;
mod unread;
mod versions;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use rayon::prelude::*;
use serde::Serialize;
use tiaowen_compare::{Fingerprint, Sketch};
use tiaowen_corpus::{DocumentText, DroppedKind};
use tiaowen_extract::{ExtractError, Kind, Ocr, Reading, Recognising};
use tiaowen_index::{self as index, IndexError, IndexWriter, LastRun, Location, Manifest, Source};

pub use check::{Checked, IndexProblem, Wrong, check};
use origin::Origin;
pub use origin::side_file;
use patience::Patience;
use plan::{Plan, Task};
pub use source::{ReadError, ReadSource, read_source};
pub use unread::{SourceProblem, Unread};
pub use watch::watch;

/// How a run is to go.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Index everything anew, into a fresh place that takes the old one's when it is whole.
    pub rebuild: bool,
    /// Whether to remove sources that are gone from the roots named.
    pub prune: Prune,
    /// Follow links that lead out of the folders named.
    pub follow: bool,
    /// Remove these sources, by path below their root or by file name.
    pub forget: Vec<String>,
    /// Only tell what would be done.
    pub dry_run: bool,
    /// Threads to read and write with; all cores when `None`.
    pub jobs: Option<usize>,
    /// Which pages are read by text recognition; as each source was read before, new ones as
    /// [`Ocr::Auto`], when `None`.
    pub ocr: Option<Ocr>,
}

/// Which sources a run removes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prune {
    /// None; those that are gone are reported.
    #[default]
    No,
    /// Those that are gone from disk.
    Gone,
    /// Those as well that lie where nothing could be listed or no file is left. A rebuild then takes
    /// the old index's place whatever it found.
    All,
}

/// Where a run is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress<'a> {
    /// Files are looked for.
    Scanning,
    /// Files were found that are new or changed.
    Found {
        /// How many.
        sources: usize,
        /// Their bytes.
        bytes: u64,
    },
    /// A file is being read.
    Reading {
        /// Its path below the root.
        source: &'a str,
    },
    /// Pages of a file are recognised.
    Recognising {
        /// Its path below the root.
        source: &'a str,
        /// How far that is.
        pages: Recognising,
    },
    /// Files were read.
    Read {
        /// How many so far.
        done: u64,
        /// Bytes so far.
        bytes: u64,
    },
    /// All were read; the index is being written.
    Committing,
}

/// A source that holds what another one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// Its path below the root.
    pub source: String,
    /// The source that is indexed.
    pub same_as: String,
}

/// A source in another encoding than UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecodedSource {
    /// Its path below the root.
    pub source: String,
    /// The encoding that it was read in.
    pub encoding: String,
}

/// A source whose bytes are in another format than its name says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misnamed {
    /// Which.
    pub source: String,
    /// The format it was read as.
    pub read_as: String,
}

/// A source that was read by text recognition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecognisedSource {
    /// Its path below the root.
    pub source: String,
    /// How certain the reading is, of 1.
    pub certainty: f64,
}

impl RecognisedSource {
    /// What is told of the documents of a source; `None` where nothing in them was recognised.
    fn of(source: &str, texts: &[DocumentText]) -> Option<Self> {
        let told = texts.iter().filter_map(DocumentText::recognised);
        let shares: Vec<f64> = told.map(|recognised| recognised.share()).collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let certainty = (mean * 1000.0).round() / 1000.0;
        (!shares.is_empty()).then(|| RecognisedSource { source: source.to_owned(), certainty })
    }
}

/// How much of a source is in no clause, title, label or heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLeftOut {
    /// Its path below the root.
    pub source: String,
    /// How many passages.
    pub passages: u64,
    /// How many characters, white space aside.
    pub characters: u64,
    /// How many of the passages couldn't be read.
    pub unreadable: u64,
}

impl SourceLeftOut {
    /// What was left out of the documents of a source; `None` where nothing was.
    fn of<'t>(source: &str, texts: impl Iterator<Item = &'t DocumentText>) -> Option<Self> {
        let mut left =
            SourceLeftOut { source: source.to_owned(), passages: 0, characters: 0, unreadable: 0 };
        for dropped in texts.flat_map(|text| &text.dropped) {
            let seen = dropped.text.chars().filter(|c| !c.is_whitespace());
            left.passages += 1;
            left.characters += seen.count() as u64;
            left.unreadable += u64::from(dropped.kind == DroppedKind::Unreadable);
        }
        Some(left).filter(|left| left.passages > 0)
    }
}

/// A source that could not be read, or was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its path.
    pub source: String,
    /// Why, and what to do.
    pub reason: Unread,
}

/// Sources that stay in the index because a run could not see whether they are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The folder or archive above them, by its path below the root; the root itself by its own.
    pub source: String,
    /// How many sources the index holds from it.
    pub sources: u64,
    /// Why they can't be seen.
    pub reason: Unread,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunReport {
    /// Sources that were new.
    pub added: u64,
    /// Sources whose content had changed.
    pub updated: u64,
    /// Sources that were as before.
    pub unchanged: u64,
    /// Sources that stand elsewhere than before.
    pub moved: u64,
    /// Sources taken out of the index.
    pub removed: u64,
    /// Sources that are gone from the roots named and still in the index.
    pub missing: Vec<String>,
    /// Sources that may be gone, and stay.
    pub kept: Vec<Kept>,
    /// Sources that hold what another one holds.
    pub duplicates: Vec<Duplicate>,
    /// Sources that were in another encoding than UTF-8, and in which.
    pub decoded: Vec<DecodedSource>,
    /// Sources whose bytes are in another format than their names say, and in which.
    pub misnamed: Vec<Misnamed>,
    /// Sources read in this run by text recognition.
    pub recognised: Vec<RecognisedSource>,
    /// Sources read in this run of which something was left out, and how much.
    pub left_out: Vec<SourceLeftOut>,
    /// Sources that could not be read.
    pub failed: Vec<Failure>,
    /// Files below a folder that are of no format that is read.
    pub skipped: Vec<Failure>,
    /// Documents in the index after the run.
    pub documents: u64,
    /// Clauses in the index after the run.
    pub clauses: u64,
    /// Bytes of the sources read in this run.
    pub bytes: u64,
    /// Seconds the run took.
    pub seconds: f64,
    /// Millions of bytes read per second.
    pub mb_per_s: f64,
}

/// Why a run could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The index can't be opened or written.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// No source was named, and the index knows none.
    #[error("nothing to index: name files or folders")]
    Nothing,
    /// A source to forget isn't in the index.
    #[error("'{name}' is not in the index; tiaowen status --format json lists its sources")]
    Unknown {
        /// The name that was given.
        name: String,
    },
    /// A rebuild can't see or read sources that the index holds.
    #[error(
        "{place} can't be read or listed, or gives no file; the index holds {sources} sources that a rebuild would lose, so the old one stays. Bring them back, or leave them out with: tiaowen index --rebuild --prune=all"
    )]
    Unseen {
        /// The folder or archive above them, or the file, the first of several.
        place: String,
        /// How many there are.
        sources: u64,
    },
    /// A rebuild found far less than the index holds.
    #[error(
        "the rebuild found {documents} documents and the index holds {before}, so the old one stays; bring back what is missing, or take the smaller one with: tiaowen index --rebuild --prune=all"
    )]
    Shrunk {
        /// Documents that were found.
        documents: usize,
        /// Documents of the old index.
        before: usize,
        /// What could not be read.
        failed: Vec<Failure>,
    },
    /// Threads can't be started.
    #[error("can't start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The system doesn't tell of changes.
    #[error("can't watch: {0}")]
    Watch(#[from] notify::Error),
}

/// Bytes of sources that are read and parsed before they are handed to the writer.
const BATCH_BYTES: u64 = 16 << 20;

/// Bytes from which on a source is read alone: what it takes is many times as much.
const LARGE_BYTES: u64 = BATCH_BYTES / 4;

/// Indexes files and folders into the index at `place`; `tell` hears how it goes.
///
/// # Errors
/// When the index can't be opened or written. What can't be read is no error of the run:
/// it stands in the report.
pub fn run(
    paths: &[PathBuf],
    place: &(impl Location + ?Sized),
    options: &RunOptions,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<RunReport, RunError> {
    let started = Instant::now();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = options.jobs.unwrap_or(cores);
    let mut takes =
        if options.dry_run { None } else { Some(place.begin(options.rebuild, threads)?) };
    let known = match &mut takes {
        Some(takes) => takes.known(),
        None => place.known(options.rebuild),
    };
    let known = match known {
        // Which sources a damaged index held can't be said; the user wants a new one all the same.
        Err(error)
            if error.is_damaged()
                && options.rebuild
                && options.prune == Prune::All
                && !paths.is_empty() =>
        {
            Manifest::default()
        }
        known => known?,
    };
    let paths = if !paths.is_empty() || !options.forget.is_empty() || !options.rebuild {
        paths.to_vec()
    } else {
        let mut roots: Vec<PathBuf> =
            known.sources.iter().map(|source| source.root.clone().into()).collect();
        roots.dedup();
        roots
    };
    if paths.is_empty() && options.forget.is_empty() {
        return Err(RunError::Nothing);
    }
    tell(Progress::Scanning);
    let found = scan::scan(&paths, options.follow, options.ocr.unwrap_or_default());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs.unwrap_or(0)).build()?;
    let plan = pool.install(|| plan::plan(known, found, options))?;
    let bytes = plan.tasks.iter().map(|task| task.bytes).sum();
    tell(Progress::Found { sources: plan.tasks.len(), bytes });
    let mut report = plan.report.clone();
    match takes {
        None => {
            report.documents = plan.kept.documents().count() as u64;
            report.clauses = plan.kept.clauses();
        }
        Some(mut takes) => {
            pool.install(|| write(&mut *takes, plan, &mut report, started, tell))?;
        }
    }
    report.seconds = started.elapsed().as_secs_f64();
    report.mb_per_s = report.bytes as f64 / 1e6 / report.seconds.max(1e-6);
    Ok(report)
}

/// Reads what the plan says and hands it to the index.
fn write(
    takes: &mut dyn IndexWriter,
    plan: Plan,
    report: &mut RunReport,
    started: Instant,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<(), RunError> {
    let Plan { kept, removed, tasks, since, known_documents, .. } = plan;
    let least_documents = known_documents.div_ceil(2);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |time| time.as_secs());
    let nothing_new = tasks.is_empty() && removed.is_empty() && takes.is_whole();
    if nothing_new {
        report.documents = kept.documents().count() as u64;
        report.clauses = kept.clauses();
        return Ok(());
    }
    for key in &removed {
        takes.remove(key)?;
    }
    for source in &kept.sources {
        takes.keep(source)?;
    }
    let mut manifest = kept;
    let mut fresh = versions::Fresh::new();
    let (done, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let patience = Patience::default();
    let read_and_tell = |task: &Task| {
        tell(Progress::Reading { source: &task.path });
        let tell_pages = |pages| tell(Progress::Recognising { source: &task.path, pages });
        let reading = Reading { ocr: task.ocr.unwrap_or_default(), tell: &tell_pages };
        let read = || read(&task.path, &task.origin, &reading).map(FreshSource::of);
        let outcome = patience.spend(&task.path, read);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = bytes.fetch_add(task.bytes, Ordering::Relaxed) + task.bytes;
        tell(Progress::Read { done, bytes });
        outcome
    };
    for batch in batches(tasks) {
        let mut left = Vec::with_capacity(batch.len());
        for task in batch {
            match takes.taken(&task.root, &task.path, &task.hash) {
                Some(source) => {
                    report.added += 1;
                    takes.keep(&source)?;
                    manifest.sources.push(source);
                }
                None => left.push(task),
            }
        }
        let read: Vec<_> = left.par_iter().map(read_and_tell).collect();
        let mut readable = Vec::with_capacity(left.len());
        for (task, outcome) in left.into_iter().zip(read) {
            report.bytes += task.bytes;
            let FreshSource { texts, sketches, encoding, read_as, lacks_pages } = match outcome {
                Ok(read) => read,
                Err(reason) if is_passed_over(&task, &reason) => {
                    report.skipped.push(Failure { source: task.path, reason });
                    continue;
                }
                Err(reason) => {
                    report.failed.push(Failure { source: task.path, reason });
                    // What the index holds of it stays until it can be read again.
                    if let Some(before) = task.before {
                        takes.keep(&before)?;
                        manifest.sources.push(*before);
                    }
                    continue;
                }
            };
            if let Some(encoding) = encoding.filter(|encoding| *encoding != "UTF-8") {
                let source = task.path.clone();
                report.decoded.push(DecodedSource { source, encoding: encoding.to_owned() });
            }
            if let Some(read_as) = read_as {
                let source = task.path.clone();
                report.misnamed.push(Misnamed { source, read_as: read_as.to_owned() });
            }
            report.recognised.extend(RecognisedSource::of(&task.path, &texts));
            report.left_out.extend(SourceLeftOut::of(&task.path, texts.iter()));
            if task.is_known() {
                report.updated += 1;
            } else if !task.moved {
                report.added += 1;
            }
            readable.push((task, texts, (sketches, lacks_pages)));
        }
        let mut named: Vec<_> = readable
            .iter_mut()
            .map(|(task, texts, _)| (Source::key(&task.root, &task.path), texts))
            .collect();
        takes.name(&mut named)?;
        let mut put = Vec::with_capacity(readable.len());
        for (task, texts, (sketches, lacks_pages)) in readable {
            let is_at = task.origin.is_at(&task.root, &task.path);
            let origin = Some(task.origin).filter(|_| !is_at);
            for text in &texts {
                fresh.insert(text.document.id.clone(), origin.clone());
            }
            let replaces = task.before.is_some();
            let source = Source {
                root: task.root,
                path: task.path,
                bytes: task.bytes,
                modified: task.modified,
                indexed: since.get(&task.hash).copied().or(Some(now)),
                hash: task.hash,
                clauses: texts.iter().map(|text| text.clauses.len() as u64).sum(),
                documents: texts.iter().map(|text| text.document.clone()).collect(),
                sketches,
                ocr: task.ocr.map(|ocr| ocr.as_str().to_owned()),
                lacks_pages,
            };
            manifest.sources.push(source.clone());
            put.push(index::Read { source, texts, replaces });
        }
        takes.put(put)?;
    }
    tell(Progress::Committing);
    for rejected in takes.settle()? {
        let reason = Unread::Rejected { clause: rejected.clause, reason: rejected.reason };
        report.failed.push(Failure { source: rejected.source, reason });
    }
    manifest.sort();
    let documents = manifest.documents().count();
    if documents < least_documents {
        // Nothing was committed.
        let failed = std::mem::take(&mut report.failed);
        return Err(RunError::Shrunk { documents, before: known_documents, failed });
    }
    loop {
        let whole = takes.with_others(&manifest)?;
        report.documents = whole.documents().count() as u64;
        report.clauses = whole.clauses();
        let versions = versions::versions(&*takes.before()?, &whole, &fresh)?;
        let at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let last_run = LastRun {
            at: at.map_or(0, |time| time.as_secs()),
            added: report.added,
            updated: report.updated,
            unchanged: report.unchanged,
            failed: report.failed.len() as u64,
            seconds: started.elapsed().as_secs_f64(),
        };
        if takes.finish(&whole, &versions, last_run)? {
            return Ok(());
        }
    }
}

/// Reads and splits one source of a run.
fn read(path: &str, origin: &Origin, reading: &Reading<'_>) -> Result<ReadSource, Unread> {
    let kind = Kind::of(Path::new(path))?;
    let bytes = origin.bytes(kind.most_bytes()).map_err(|error| Unread::from(&error))?;
    let side = origin.side_file().map_err(|error| Unread::from(&error))?;
    Ok(read_source(path, &bytes, side.as_deref(), reading)?)
}

/// Whether a source is a picture on which no text is. Folders and mails hold many of these, and others
/// that are no pictures at all.
fn is_passed_over(task: &Task, reason: &Unread) -> bool {
    let is_picture = Kind::of(Path::new(&task.path)) == Ok(Kind::Picture);
    let is_wordless = matches!(
        reason,
        Unread::Read(ReadError::Extract(
            ExtractError::Unrecognised | ExtractError::Empty | ExtractError::Damaged { .. }
        ))
    );
    is_picture && is_wordless && !task.is_named && task.before.is_none()
}

/// What was read of a source, with the samples that its documents are known again by.
struct FreshSource {
    texts: Vec<DocumentText>,
    sketches: Vec<Sketch>,
    encoding: Option<&'static str>,
    read_as: Option<&'static str>,
    lacks_pages: bool,
}

impl FreshSource {
    fn of(read: ReadSource) -> Self {
        let sketch = |text: &DocumentText| Arc::clone(Fingerprint::of_text(text).sketch());
        let sketches = read.texts.iter().map(sketch).collect();
        let ReadSource { texts, encoding, read_as, lacks_pages } = read;
        FreshSource { texts, sketches, encoding, read_as, lacks_pages }
    }
}

/// Bytes that a source counts for in a batch: a large one for all of it.
fn weight(task: &Task) -> u64 {
    // What is packed is some eight times as large.
    let bytes = match Kind::of(Path::new(&task.path)) {
        // It is handed on as it is, and its text is a page.
        Ok(Kind::Picture) => task.bytes / 4,
        Ok(kind) if kind.is_packed() => task.bytes.saturating_mul(8),
        _ => task.bytes,
    };
    if bytes >= LARGE_BYTES { bytes.max(BATCH_BYTES) } else { bytes.max(1) }
}

/// Tasks in runs of about [`BATCH_BYTES`], each of which can go by itself.
fn batches(tasks: Vec<Task>) -> Vec<Vec<Task>> {
    let mut batches: Vec<Vec<Task>> = Vec::new();
    let mut bytes = 0;
    for task in tasks {
        match batches.last_mut() {
            Some(batch) if bytes + weight(&task) <= BATCH_BYTES => {
                bytes += weight(&task);
                batch.push(task);
            }
            _ => {
                bytes = weight(&task);
                batches.push(vec![task]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_all_tasks_in_order_and_no_more_than_fits() {
        let task = |nth: usize, bytes| Task {
            root: String::new(),
            path: nth.to_string(),
            origin: Origin::of_file(Path::new("")),
            bytes,
            modified: None,
            hash: String::new(),
            before: None,
            moved: false,
            is_named: false,
            ocr: None,
        };
        let fifth = BATCH_BYTES / 5;
        // A large one is alone, whatever room there is beside it.
        let all = [fifth, fifth, 0, 1, fifth, LARGE_BYTES, fifth, 3 * BATCH_BYTES, 0];
        let tasks = all.iter().enumerate().map(|(nth, bytes)| task(nth, *bytes)).collect();
        let paths: Vec<String> = batches(tasks)
            .iter()
            .map(|batch| batch.iter().map(|task| task.path.as_str()).collect())
            .collect();
        assert_eq!(paths, ["01234", "5", "6", "7", "8"]);
        assert!(batches(Vec::new()).is_empty());
    }
}
