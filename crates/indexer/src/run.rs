//! A run: scan, plan, read, write, commit.
//!
//! Sources are read and split on all cores, in batches of limited size, and handed to the writer
//! one batch after another: the texts of a large corpus never are in memory together. The index is
//! changed once, at the end, so a run that fails leaves the old state. Reading errors don't end a
//! run; they are reported, and what the index has of such a source is kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use rayon::prelude::*;
use tiaowen_compare::{Fingerprint, Sketch};
use tiaowen_corpus::DocumentText;
use tiaowen_extract::{ExtractError, Kind, Ocr, ReadOptions, Recognising};
use tiaowen_index::{self as index, IndexError, IndexWriter, LastRun, Location, Manifest, Source};

use crate::origin::Origin;
use crate::patience::Patience;
use crate::plan::{self, Plan, Task};
use crate::versions::{self, Fresh};
use crate::{
    DecodedSource, Failure, Misnamed, ReadError, ReadSource, RecognisedSource, RunReport,
    SourceLeftOut, Unread, read_source, scan,
};

/// Options of a run.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Build a new index, which replaces the old one once it is complete.
    pub rebuild: bool,
    /// Which sources to remove.
    pub prune: Prune,
    /// Follow links that lead out of the folders named.
    pub follow: bool,
    /// Remove these sources, given by path below their root or by file name.
    pub forget: Vec<String>,
    /// Report what would be done, without writing.
    pub dry_run: bool,
    /// The number of threads for reading and writing. Default: all cores.
    pub jobs: Option<usize>,
    /// Which pages are read by text recognition. Default: as each source was read before, and new
    /// ones as [`Ocr::Auto`].
    pub ocr: Option<Ocr>,
}

/// Which sources a run removes. Only roots named in this run are concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prune {
    /// None. Sources that are gone are reported.
    #[default]
    No,
    /// Those that are gone from disk.
    Gone,
    /// Also those below a folder that can't be listed or that contains no files any more. A rebuild
    /// then replaces the old index whatever it found.
    All,
}

/// The progress of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress<'a> {
    /// Looking for files.
    Scanning,
    /// New and changed files were found.
    Found {
        /// Their number.
        sources: usize,
        /// Their total size.
        bytes: u64,
    },
    /// A file is being read.
    Reading {
        /// Its path below the root.
        source: &'a str,
    },
    /// Pages of a file are being recognised.
    Recognising {
        /// Its path below the root.
        source: &'a str,
        /// How many are done.
        pages: Recognising,
    },
    /// A file was read.
    Read {
        /// The number of files read so far.
        done: u64,
        /// Their total size.
        bytes: u64,
    },
    /// All files were read; the index is being committed.
    Committing,
}

/// Why a run failed as a whole.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The index can't be opened or written.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// No paths were given, and the index has no sources.
    #[error("nothing to index: name files or folders")]
    Nothing,
    /// A source to forget isn't in the index.
    #[error("'{name}' is not in the index; tiaowen status --format json lists its sources")]
    Unknown {
        /// The name as given.
        name: String,
    },
    /// A rebuild would lose sources that can't be seen or read.
    #[error(
        "{place} can't be read, or contains no files; the rebuild would lose {sources} sources, so the old index was kept. Restore them, or drop them with: tiaowen index --rebuild --prune=all"
    )]
    Unseen {
        /// The first folder, archive or file that can't be seen.
        place: String,
        /// The number of sources below all of them.
        sources: u64,
    },
    /// A rebuild found far fewer documents than the index has.
    #[error(
        "the rebuild found {documents} documents but the index has {before}, so the old index was kept. Restore what is missing, or accept the smaller index with: tiaowen index --rebuild --prune=all"
    )]
    Shrunk {
        /// Documents found by the rebuild.
        documents: usize,
        /// Documents of the old index.
        before: usize,
        /// Sources that could not be read.
        failed: Vec<Failure>,
    },
    /// Threads can't be started.
    #[error("can't start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The system can't report changes of files.
    #[error("can't watch: {0}")]
    Watch(#[from] notify::Error),
}

/// The total size of the sources in a batch.
const BATCH_BYTES: u64 = 16 << 20;

/// A source of this size is read by itself: parsing takes many times its size in memory.
pub(crate) const LARGE_BYTES: u64 = BATCH_BYTES / 4;

/// Indexes files and folders into the index at `place`. `tell` is called with the progress, from
/// any thread.
///
/// # Errors
/// When the index can't be opened or written. Sources that can't be read are no error of the run;
/// they are in the report.
pub fn run(
    paths: &[PathBuf],
    place: &(impl Location + ?Sized),
    options: &RunOptions,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<RunReport, RunError> {
    let started = Instant::now();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = options.jobs.unwrap_or(cores);
    let mut writer =
        if options.dry_run { None } else { Some(place.begin(options.rebuild, threads)?) };
    let known = match &mut writer {
        Some(writer) => writer.known(),
        None => place.known(options.rebuild),
    };
    let known = match known {
        // The sources of a damaged index are unknown. The user asked for a new one all the same.
        Err(error) if error.is_damaged() && replaces_anything(paths, options) => {
            Manifest::default()
        }
        known => known?,
    };
    let paths = paths_to_scan(paths, &known, options);
    if paths.is_empty() && options.forget.is_empty() {
        return Err(RunError::Nothing);
    }
    tell(Progress::Scanning);
    let scan = scan::scan(&paths, options.follow, options.ocr.unwrap_or_default());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs.unwrap_or(0)).build()?;
    let mut plan = pool.install(|| plan::plan(known, scan, options))?;
    let bytes = plan.tasks.iter().map(|task| task.bytes).sum();
    tell(Progress::Found { sources: plan.tasks.len(), bytes });
    let mut report = std::mem::take(&mut plan.report);
    match writer {
        None => {
            report.documents = plan.kept.documents().count() as u64;
            report.clauses = plan.kept.clauses();
        }
        Some(mut writer) => {
            pool.install(|| write(&mut *writer, plan, &mut report, started, tell))?;
        }
    }
    report.seconds = started.elapsed().as_secs_f64();
    report.mb_per_s = report.bytes as f64 / 1e6 / report.seconds.max(1e-6);
    Ok(report)
}

/// Whether a run makes a new index from the given paths, whatever the old one contains.
fn replaces_anything(paths: &[PathBuf], options: &RunOptions) -> bool {
    options.rebuild && options.prune == Prune::All && !paths.is_empty()
}

/// The given paths. A rebuild without any takes the roots that the index knows.
fn paths_to_scan(paths: &[PathBuf], known: &Manifest, options: &RunOptions) -> Vec<PathBuf> {
    if !paths.is_empty() || !options.forget.is_empty() || !options.rebuild {
        return paths.to_vec();
    }
    let mut roots: Vec<PathBuf> =
        known.sources.iter().map(|source| source.root.clone().into()).collect();
    roots.dedup();
    roots
}

/// Carries out a plan: reads the sources, hands them to the index, and commits.
fn write(
    writer: &mut dyn IndexWriter,
    plan: Plan,
    report: &mut RunReport,
    started: Instant,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<(), RunError> {
    let Plan { kept, removed, tasks, first_indexed, known_documents, .. } = plan;
    if tasks.is_empty() && removed.is_empty() && writer.is_whole() {
        report.documents = kept.documents().count() as u64;
        report.clauses = kept.clauses();
        return Ok(());
    }
    for key in &removed {
        writer.remove(key)?;
    }
    for source in &kept.sources {
        writer.keep(source)?;
    }
    let reading = Reading::new(tell);
    let now = seconds_since_1970();
    let mut writing = Writing { writer, report, manifest: kept, fresh: Fresh::new() };
    for batch in batches(tasks) {
        let tasks = writing.skip_taken(batch)?;
        let outcomes: Vec<_> = tasks.par_iter().map(|task| reading.read(task)).collect();
        let mut sources = Vec::with_capacity(tasks.len());
        for (task, outcome) in tasks.into_iter().zip(outcomes) {
            sources.extend(writing.record(task, outcome)?);
        }
        let indexed = |hash: &str| first_indexed.get(hash).copied().unwrap_or(now);
        writing.put(sources, &indexed)?;
    }
    tell(Progress::Committing);
    writing.commit(known_documents, started)
}

fn seconds_since_1970() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |time| time.as_secs())
}

/// Reads sources on several threads and reports the progress.
struct Reading<'a> {
    tell: &'a (dyn Fn(Progress<'_>) + Sync),
    done: AtomicU64,
    bytes: AtomicU64,
    patience: Patience,
}

impl<'a> Reading<'a> {
    fn new(tell: &'a (dyn Fn(Progress<'_>) + Sync)) -> Self {
        let (done, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Reading { tell, done, bytes, patience: Patience::default() }
    }

    fn read(&self, task: &Task) -> Result<SketchedSource, Unread> {
        (self.tell)(Progress::Reading { source: &task.path });
        let tell_pages = |pages| (self.tell)(Progress::Recognising { source: &task.path, pages });
        let reading = ReadOptions { ocr: task.ocr.unwrap_or_default(), tell: &tell_pages };
        let read = || read(&task.path, &task.origin, &reading).map(SketchedSource::new);
        let outcome = self.patience.spend(&task.path, read);
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = self.bytes.fetch_add(task.bytes, Ordering::Relaxed) + task.bytes;
        (self.tell)(Progress::Read { done, bytes });
        outcome
    }
}

/// A source that was read, with the sketches by which its documents are compared.
struct SketchedSource {
    read: ReadSource,
    sketches: Vec<Sketch>,
}

impl SketchedSource {
    fn new(read: ReadSource) -> Self {
        let sketch = |text: &DocumentText| Arc::clone(Fingerprint::of_text(text).sketch());
        let sketches = read.texts.iter().map(sketch).collect();
        SketchedSource { read, sketches }
    }
}

/// The writing part of a run.
struct Writing<'a> {
    writer: &'a mut dyn IndexWriter,
    report: &'a mut RunReport,
    /// The sources of the index after the run, as far as they are known.
    manifest: Manifest,
    /// The documents that this run read.
    fresh: Fresh,
}

impl Writing<'_> {
    /// Leaves out the tasks that a stopped rebuild has done already.
    fn skip_taken(&mut self, batch: Vec<Task>) -> Result<Vec<Task>, IndexError> {
        let mut tasks = Vec::with_capacity(batch.len());
        for task in batch {
            match self.writer.taken(&task.root, &task.path, &task.hash) {
                Some(source) => {
                    self.report.added += 1;
                    self.keep(source)?;
                }
                None => tasks.push(task),
            }
        }
        Ok(tasks)
    }

    fn keep(&mut self, source: Source) -> Result<(), IndexError> {
        self.writer.keep(&source)?;
        self.manifest.sources.push(source);
        Ok(())
    }

    /// Reports what came of a task, and gives back the source if it could be read.
    fn record(
        &mut self,
        task: Task,
        outcome: Result<SketchedSource, Unread>,
    ) -> Result<Option<(Task, SketchedSource)>, IndexError> {
        self.report.bytes += task.bytes;
        let source = match outcome {
            Ok(source) => source,
            Err(reason) if is_passed_over(&task, &reason) => {
                self.report.skipped.push(Failure { source: task.path, reason });
                return Ok(None);
            }
            Err(reason) => {
                self.report.failed.push(Failure { source: task.path, reason });
                // What the index has of it is kept until it can be read again.
                if let Some(before) = task.before {
                    self.keep(*before)?;
                }
                return Ok(None);
            }
        };
        let read = &source.read;
        if let Some(encoding) = read.encoding.filter(|encoding| *encoding != "UTF-8") {
            let source = task.path.clone();
            self.report.decoded.push(DecodedSource { source, encoding: encoding.to_owned() });
        }
        if let Some(read_as) = read.read_as {
            let source = task.path.clone();
            self.report.misnamed.push(Misnamed { source, read_as: read_as.to_owned() });
        }
        self.report.recognised.extend(RecognisedSource::of(&task.path, &read.texts));
        self.report.left_out.extend(SourceLeftOut::of(&task.path, read.texts.iter()));
        if task.is_known() {
            self.report.updated += 1;
        } else if !task.moved {
            self.report.added += 1;
        }
        Ok(Some((task, source)))
    }

    /// Hands sources that were read to the index. `indexed` is when the content with a hash came
    /// into the index.
    fn put(
        &mut self,
        mut sources: Vec<(Task, SketchedSource)>,
        indexed: &dyn Fn(&str) -> u64,
    ) -> Result<(), IndexError> {
        let mut named: Vec<_> = sources
            .iter_mut()
            .map(|(task, source)| (Source::key(&task.root, &task.path), &mut source.read.texts))
            .collect();
        self.writer.name(&mut named)?;
        let mut batch = Vec::with_capacity(sources.len());
        for (task, SketchedSource { read, sketches }) in sources {
            let ReadSource { texts, lacks_pages, .. } = read;
            let is_at = task.origin.is_at(&task.root, &task.path);
            let origin = Some(task.origin).filter(|_| !is_at);
            for text in &texts {
                self.fresh.insert(text.document.id.clone(), origin.clone());
            }
            let replaces = task.before.is_some();
            let source = Source {
                root: task.root,
                path: task.path,
                bytes: task.bytes,
                modified: task.modified,
                indexed: Some(indexed(&task.hash)),
                hash: task.hash,
                clauses: texts.iter().map(|text| text.clauses.len() as u64).sum(),
                documents: texts.iter().map(|text| text.document.clone()).collect(),
                sketches,
                ocr: task.ocr.map(|ocr| ocr.as_str().to_owned()),
                lacks_pages,
            };
            self.manifest.sources.push(source.clone());
            batch.push(index::Read { source, texts, replaces });
        }
        self.writer.put(batch)
    }

    /// Commits everything. An index that would lose more than half of its `known_documents` is not
    /// committed.
    fn commit(mut self, known_documents: usize, started: Instant) -> Result<(), RunError> {
        for rejected in self.writer.settle()? {
            let reason = Unread::Rejected { clause: rejected.clause, reason: rejected.reason };
            self.report.failed.push(Failure { source: rejected.source, reason });
        }
        self.manifest.sort();
        let documents = self.manifest.documents().count();
        if documents < known_documents.div_ceil(2) {
            let failed = std::mem::take(&mut self.report.failed);
            return Err(RunError::Shrunk { documents, before: known_documents, failed });
        }
        // On a cluster another run may commit in between. Its sources are merged in, and the
        // commit is tried again.
        loop {
            let merged = self.writer.with_others(&self.manifest)?;
            self.report.documents = merged.documents().count() as u64;
            self.report.clauses = merged.clauses();
            let versions = versions::versions(&*self.writer.before()?, &merged, &self.fresh)?;
            let last_run = LastRun {
                at: seconds_since_1970(),
                added: self.report.added,
                updated: self.report.updated,
                unchanged: self.report.unchanged,
                failed: self.report.failed.len() as u64,
                seconds: started.elapsed().as_secs_f64(),
            };
            if self.writer.finish(&merged, &versions, last_run)? {
                return Ok(());
            }
        }
    }
}

/// Reads and splits a source.
pub(crate) fn read(
    path: &str,
    origin: &Origin,
    reading: &ReadOptions<'_>,
) -> Result<ReadSource, Unread> {
    let kind = Kind::of(Path::new(path))?;
    let bytes = origin.bytes(kind.most_bytes()).map_err(|error| Unread::from(&error))?;
    let side = origin.side_file().map_err(|error| Unread::from(&error))?;
    Ok(read_source(path, &bytes, side.as_deref(), reading)?)
}

/// Whether a source is a picture without text. Folders and mails contain many of these, and files
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

/// The bytes that a source counts as in a batch. A large source counts as a whole batch.
fn weight(task: &Task) -> u64 {
    let bytes = match Kind::of(Path::new(&task.path)) {
        // It is passed on as it is, and its text is a page.
        Ok(Kind::Picture) => task.bytes / 4,
        // Packed formats unpack to some eight times their size.
        Ok(kind) if kind.is_packed() => task.bytes.saturating_mul(8),
        _ => task.bytes,
    };
    if bytes >= LARGE_BYTES { bytes.max(BATCH_BYTES) } else { bytes.max(1) }
}

/// Divides tasks into batches of about [`BATCH_BYTES`].
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
        // A large source is alone in its batch, even if others would fit in.
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
