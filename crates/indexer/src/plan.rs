//! Plans a run: compares what the index has with what is on disk.
//!
//! Each source of the index is kept, read again or removed; each file found is unchanged, new,
//! changed, moved, or a duplicate. Nothing is read but the bytes for hashes, and nothing is
//! written, so a dry run is a plan without its execution.
//!
//! Steps take sources out of [`Planner::sources`]; whatever is left at the end is kept as it is.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::Path;

use rayon::prelude::*;
use tiaowen_extract::{Kind, Ocr, picture_refusal};
use tiaowen_index::{Manifest, Source};

use crate::gone::{Disk, Key, Seen};
use crate::origin::{Origin, is_missing};
use crate::scan::{Scan, ScannedFile};
use crate::{Duplicate, Failure, Kept, Prune, RunError, RunOptions, RunReport, SourceProblem};

/// A source to read.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) root: String,
    pub(crate) path: String,
    pub(crate) origin: Origin,
    pub(crate) bytes: u64,
    pub(crate) modified: Option<i128>,
    pub(crate) hash: String,
    /// The source as the index has it.
    pub(crate) before: Option<Box<Source>>,
    /// Whether it was at another path before.
    pub(crate) moved: bool,
    /// Whether the user named it itself.
    pub(crate) is_named: bool,
    /// Which of its pages are recognised, if the user said so, now or before.
    pub(crate) ocr: Option<Ocr>,
}

impl Task {
    /// Whether the index has the whole old source.
    pub(crate) fn is_known(&self) -> bool {
        self.before.as_deref().is_some_and(Source::is_whole)
    }
}

/// The result of planning.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Sources that stay as they are.
    pub(crate) kept: Manifest,
    /// Keys of sources to remove.
    pub(crate) removed: Vec<String>,
    pub(crate) tasks: Vec<Task>,
    /// When contents first came into the index, in seconds since 1970, by their hashes.
    pub(crate) first_indexed: HashMap<String, u64>,
    /// The number of documents that a rebuild is compared with: one that finds less than half of
    /// them has not seen everything, whatever the reason. 0 to accept any number.
    pub(crate) known_documents: usize,
    /// The report as far as it is known.
    pub(crate) report: RunReport,
}

/// Plans a run from the sources of the index and a scan.
///
/// # Errors
/// When a source to forget is unknown, or a rebuild would lose sources that can't be seen.
pub(crate) fn plan(known: Manifest, scan: Scan, options: &RunOptions) -> Result<Plan, RunError> {
    let first_indexed = known.sources.iter();
    let first_indexed =
        first_indexed.filter_map(|source| Some((source.hash.clone(), source.indexed?))).collect();
    let mut planner = Planner::new(known, &scan.files, scan.roots, scan.unseen, options);
    planner.report.failed = scan.errors;
    planner.report.skipped = scan.skipped;
    planner.forget()?;
    let documents = planner.sources.values().map(|source| source.documents.len());
    let known_documents = if planner.is_guarded() { documents.sum() } else { 0 };
    let gone = planner.find_gone()?;
    planner.plan_files(scan.files, &gone)?;
    planner.remove_gone(gone);
    if options.rebuild {
        planner.plan_all_known()?;
    }
    Ok(planner.finish(first_indexed, known_documents))
}

struct Planner<'a> {
    options: &'a RunOptions,
    /// The folders that were scanned.
    roots: HashSet<String>,
    seen: Seen,
    disk: Disk,
    /// Sources of the index that are not planned for yet.
    sources: HashMap<Key, Source>,
    removed: Vec<String>,
    tasks: Vec<Task>,
    report: RunReport,
}

impl<'a> Planner<'a> {
    fn new(
        known: Manifest,
        files: &[ScannedFile],
        roots: HashSet<String>,
        unseen: HashSet<Key>,
        options: &'a RunOptions,
    ) -> Self {
        let sources = known.sources.into_iter();
        let sources = sources.map(|source| ((source.root.clone(), source.path.clone()), source));
        Planner {
            options,
            roots,
            seen: Seen::of(files, unseen),
            disk: Disk::default(),
            sources: sources.collect(),
            removed: Vec::new(),
            tasks: Vec::new(),
            report: RunReport::default(),
        }
    }

    /// Whether the old index must not be replaced by one that lacks sources.
    fn is_guarded(&self) -> bool {
        self.options.rebuild && self.options.prune != Prune::All
    }

    fn remove(&mut self, key: &Key) {
        self.sources.remove(key);
        self.removed.push(Source::key(&key.0, &key.1));
    }

    /// Removes the sources to be forgotten.
    fn forget(&mut self) -> Result<(), RunError> {
        for name in &self.options.forget {
            let keys = self.sources.keys();
            let named: Vec<Key> =
                keys.filter(|(root, path)| is_named(root, path, name)).cloned().collect();
            if named.is_empty() {
                return Err(RunError::Unknown { name: name.clone() });
            }
            for key in named {
                self.remove(&key);
                self.report.removed += 1;
            }
        }
        Ok(())
    }

    /// The sources below the scanned roots that are gone from disk, sorted. Those that can't be
    /// seen are reported as kept, unless the user wants them removed too.
    fn find_gone(&mut self) -> Result<Vec<Key>, RunError> {
        let (mut gone, mut hidden) = (Vec::new(), Hidden::new());
        for key in self.sources.keys() {
            if !self.roots.contains(&key.0) || self.seen.contains(key) {
                continue;
            }
            match self.seen.hides(key, &mut self.disk) {
                Some((place, problem)) if self.options.prune != Prune::All => {
                    hidden.entry(place).or_insert((0, problem)).0 += 1;
                }
                _ => gone.push(key.clone()),
            }
        }
        gone.sort();
        let kept = kept(hidden);
        if self.is_guarded() {
            refuse_unseen(&kept)?;
        }
        for kept in &kept {
            if self.options.prune == Prune::Gone && kept.reason == SourceProblem::NoFile.into() {
                let (source, reason) = (kept.source.clone(), kept.reason.clone());
                self.report.failed.push(Failure { source, reason });
            }
        }
        self.report.kept = kept;
        Ok(gone)
    }

    /// Plans for the files that were found.
    fn plan_files(&mut self, files: Vec<ScannedFile>, gone: &[Key]) -> Result<(), RunError> {
        let mut owners = self.content_owners();
        let mut hidden = Hidden::new();
        for (file, hash) in self.hash_changed(files) {
            match hash {
                Ok((hash, _)) => self.plan_file(file, hash, gone, &mut owners),
                Err(error) => {
                    let key = (file.root, file.path.clone());
                    // A file that exists but can't be read isn't gone.
                    if self.is_guarded() && self.sources.contains_key(&key) && !is_missing(&error) {
                        hidden.insert(key, (1, SourceProblem::Unlisted));
                    }
                    let failure = Failure { source: file.path, reason: (&error).into() };
                    self.report.failed.push(failure);
                }
            }
        }
        refuse_unseen(&kept(hidden))
    }

    /// Plans for a file with the hash of its content. `owners` are the sources by their hashes.
    fn plan_file(
        &mut self,
        file: ScannedFile,
        hash: String,
        gone: &[Key],
        owners: &mut HashMap<String, Key>,
    ) {
        let key = (file.root.clone(), file.path.clone());
        let before = self.sources.get(&key).cloned();
        let same = before.as_ref().filter(|source| {
            source.hash == hash && is_read_so(source, self.options) && !self.options.rebuild
        });
        if let Some(same) = same {
            // Only the time of the file changed.
            self.sources.insert(key, Source { modified: file.modified, ..same.clone() });
            self.report.unchanged += 1;
            return;
        }
        let mut moved = false;
        if let Some(owner) = owners.get(&hash).filter(|owner| **owner != key).cloned() {
            if self.is_on_disk(&owner, gone) {
                self.report.duplicates.push(Duplicate { source: file.path, same_as: owner.1 });
                if before.is_some() {
                    self.remove(&key);
                }
                return;
            }
            moved = true;
            self.report.moved += 1;
            self.remove(&owner);
        }
        owners.insert(hash.clone(), key.clone());
        self.sources.remove(&key);
        let ocr = self.options.ocr.or_else(|| before.as_ref().and_then(ocr_of));
        let before = before.filter(|_| !self.options.rebuild).map(Box::new);
        self.tasks.push(Task {
            root: file.root,
            path: file.path,
            origin: file.origin,
            bytes: file.bytes,
            modified: file.modified,
            hash,
            before,
            moved,
            is_named: file.is_named,
            ocr,
        });
    }

    fn is_on_disk(&mut self, key: &Key, gone: &[Key]) -> bool {
        if self.roots.contains(&key.0) {
            return gone.binary_search(key).is_err();
        }
        self.seen.contains(key) || self.disk.has(key)
    }

    /// Hashes the files that may have changed, on all cores. A file with the size and time of its
    /// source isn't even read, unless the index is rebuilt.
    fn hash_changed(
        &mut self,
        files: Vec<ScannedFile>,
    ) -> Vec<(ScannedFile, io::Result<(String, u64)>)> {
        let mut candidates = Vec::new();
        for file in files {
            let key = (file.root.clone(), file.path.clone());
            let same = self.sources.get(&key).is_some_and(|source| {
                source.is_whole()
                    && source.bytes == file.bytes
                    && source.modified == file.modified
                    && file.modified.is_some()
                    && is_read_so(source, self.options)
            });
            if same && !self.options.rebuild {
                self.report.unchanged += 1;
            } else {
                candidates.push(file);
            }
        }
        let hash = |file: ScannedFile| {
            let hash = file.origin.hash();
            (file, hash)
        };
        candidates.into_par_iter().map(hash).collect()
    }

    /// The first source with each content, by hash, to find duplicates and moves. A rebuild finds
    /// duplicates among the files only.
    fn content_owners(&self) -> HashMap<String, Key> {
        let mut owners: HashMap<String, Key> = HashMap::new();
        if !self.options.rebuild {
            let mut by_path: Vec<_> = self.sources.values().collect();
            by_path.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
            for source in by_path {
                let key = (source.root.clone(), source.path.clone());
                owners.entry(source.hash.clone()).or_insert(key);
            }
        }
        owners
    }

    /// Removes the sources that are gone if the user asked for it, and reports them otherwise. A
    /// source that moved was taken out already.
    fn remove_gone(&mut self, gone: Vec<Key>) {
        for key in gone {
            if !self.sources.contains_key(&key) {
                continue;
            }
            if self.options.prune != Prune::No || self.options.rebuild {
                self.remove(&key);
                self.report.removed += 1;
            } else {
                self.report.missing.push(key.1);
            }
        }
        self.report.missing.sort();
    }

    /// Plans to read all sources that are left, since a rebuild reads those of roots that were not
    /// named too. Sources that are gone are lost with the old index, so they are reported. The
    /// rebuild is refused if an existing file can't be read, or if a folder, archive or root
    /// contains no files at all.
    fn plan_all_known(&mut self) -> Result<(), RunError> {
        self.removed.clear();
        let sources: Vec<Source> = self.sources.drain().map(|(_, source)| source).collect();
        let located = sources.into_par_iter().map(|source| {
            let origin = Origin::locate(&source.root, &source.path);
            let hashed = origin.and_then(|origin| origin.hash().map(|hash| (origin, hash)));
            (source, hashed)
        });
        let located: Vec<_> = located.collect();
        let (mut found, mut lost) = (Vec::new(), Vec::new());
        for (source, hashed) in located {
            match hashed {
                Ok((origin, (hash, bytes))) => {
                    found.push((source.root.clone(), source.path.clone()));
                    self.tasks.push(Task {
                        ocr: self.options.ocr.or_else(|| ocr_of(&source)),
                        origin,
                        bytes,
                        hash,
                        modified: source.modified,
                        root: source.root,
                        path: source.path,
                        before: None,
                        moved: false,
                        is_named: false,
                    });
                }
                Err(error) => {
                    let key = (source.root, source.path.clone());
                    // Sources of scanned roots were checked by `find_gone`.
                    if !self.roots.contains(&key.0) {
                        lost.push((key, is_missing(&error)));
                    }
                    let failure = Failure { source: source.path, reason: (&error).into() };
                    if !self.report.failed.contains(&failure) {
                        self.report.failed.push(failure);
                    }
                }
            }
        }
        self.tasks.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
        match self.options.prune {
            Prune::All => Ok(()),
            _ => refuse_hidden(lost, &Seen::new(found)),
        }
    }

    fn finish(self, first_indexed: HashMap<String, u64>, known_documents: usize) -> Plan {
        let Planner { options, sources, removed, tasks, mut report, .. } = self;
        let mut kept: Vec<Source> = sources.into_values().collect();
        kept.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
        if options.dry_run {
            let new = tasks.iter().filter(|task| !task.is_known() && !task.moved);
            report.added = new.count() as u64;
            report.updated = tasks.iter().filter(|task| task.is_known()).count() as u64;
            report.bytes = tasks.iter().map(|task| task.bytes).sum();
        }
        let kept = Manifest { sources: kept };
        Plan { kept, removed, tasks, first_indexed, known_documents, report }
    }
}

/// Places that hide sources, with the number of these and the problem.
type Hidden = BTreeMap<Key, (u64, SourceProblem)>;

/// Reports hidden sources as kept.
fn kept(hidden: Hidden) -> Vec<Kept> {
    let kept = hidden.into_iter().map(|((root, path), (sources, problem))| {
        let source = if path.is_empty() { root } else { path };
        Kept { source, sources, reason: problem.into() }
    });
    kept.collect()
}

fn refuse_unseen(kept: &[Kept]) -> Result<(), RunError> {
    let Some(first) = kept.first() else { return Ok(()) };
    let sources = kept.iter().map(|kept| kept.sources).sum();
    Err(RunError::Unseen { place: first.source.clone(), sources })
}

/// Refuses a rebuild if any of the sources that can't be read isn't gone. Each comes with whether
/// its file is missing.
fn refuse_hidden(lost: Vec<(Key, bool)>, seen: &Seen) -> Result<(), RunError> {
    let mut disk = Disk::default();
    let mut hidden = Hidden::new();
    for (key, is_missing) in lost {
        let hides = if is_missing {
            seen.hides(&key, &mut disk)
        } else {
            // If its folder can be listed, the file itself can't be read.
            Some(disk.unlisted(&key).unwrap_or((key, SourceProblem::Unlisted)))
        };
        if let Some((place, problem)) = hides {
            hidden.entry(place).or_insert((0, problem)).0 += 1;
        }
    }
    refuse_unseen(&kept(hidden))
}

/// Which pages of a source were to be recognised, if the user said so.
pub(crate) fn ocr_of(source: &Source) -> Option<Ocr> {
    source.ocr.as_deref().and_then(Ocr::parse)
}

/// Whether a source was read as it would be now: with the same pages recognised, and with the
/// programs that are installed now.
fn is_read_so(source: &Source, options: &RunOptions) -> bool {
    let before = ocr_of(source).unwrap_or_default();
    let now = options.ocr.unwrap_or(before);
    let kind = Kind::of(Path::new(&source.path));
    let has_pages = matches!(kind, Ok(Kind::Pdf | Kind::Ofd | Kind::Picture));
    let gains = source.lacks_pages && now != Ocr::Never && picture_refusal(now).is_none();
    (before == now || !has_pages) && !gains
}

/// Whether a user means a source: by its path below the root, its full path, or its file name.
fn is_named(root: &str, path: &str, name: &str) -> bool {
    path == name
        || Path::new(root).join(path) == Path::new(name)
        || Path::new(path).file_name().is_some_and(|file| file == name)
}
