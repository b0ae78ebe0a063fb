//! What a run has to do, from what is in the index and what lies on disk.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::Path;

use rayon::prelude::*;
use tiaowen_extract::{Kind, Ocr, picture_refusal};
use tiaowen_index::{Manifest, Source};

use crate::gone::{Disk, Key, Seen};
use crate::origin::{Origin, is_missing};
use crate::scan::{Found, Scan};
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
    /// What the index holds of it now.
    pub(crate) before: Option<Box<Source>>,
    /// Whether it stood elsewhere before.
    pub(crate) moved: bool,
    /// Whether it was named itself.
    pub(crate) is_named: bool,
    /// Which of its pages are recognised, where the user said so, now or before.
    pub(crate) ocr: Option<Ocr>,
}

impl Task {
    /// Whether the index holds all of what it was.
    pub(crate) fn is_known(&self) -> bool {
        self.before.as_deref().is_some_and(Source::is_whole)
    }
}

#[derive(Debug)]
pub(crate) struct Plan {
    /// Sources that stay as they are.
    pub(crate) kept: Manifest,
    /// Keys of sources to take out.
    pub(crate) removed: Vec<String>,
    pub(crate) tasks: Vec<Task>,
    /// When contents came into the index, in seconds since 1970, by their hashes.
    pub(crate) since: HashMap<String, u64>,
    /// The documents of the index that a rebuild is to take the place of. One that finds less than
    /// half of them has not seen all, whatever the reason. 0 where that is not to be looked at.
    pub(crate) known_documents: usize,
    /// What is known already of the report.
    pub(crate) report: RunReport,
}

pub(crate) fn plan(known: Manifest, scan: Scan, options: &RunOptions) -> Result<Plan, RunError> {
    let mut report = RunReport::default();
    report.failed.extend(scan.errors.iter().cloned());
    report.skipped.extend(scan.skipped.iter().cloned());

    let since = known.sources.iter();
    let since = since.filter_map(|source| Some((source.hash.clone(), source.indexed?))).collect();
    let mut sources: HashMap<Key, Source> = known
        .sources
        .into_iter()
        .map(|source| ((source.root.clone(), source.path.clone()), source))
        .collect();
    let mut removed = Vec::new();
    forget(&options.forget, &mut sources, &mut removed, &mut report)?;
    let is_guarded = options.rebuild && options.prune != Prune::All;
    let documents = |source: &Source| source.documents.len();
    let known_documents = if is_guarded { sources.values().map(documents).sum() } else { 0 };

    let seen = Seen::of(&scan.files, scan.unseen);
    let mut disk = Disk::default();
    let (gone, kept) = missing(&sources, &scan.roots, &seen, &mut disk, options);
    if is_guarded {
        refuse_unseen(&kept)?;
    }
    for kept in &kept {
        if options.prune == Prune::Gone && kept.reason == SourceProblem::NoFile.into() {
            let (source, reason) = (kept.source.clone(), kept.reason.clone());
            report.failed.push(Failure { source, reason });
        }
    }
    report.kept = kept;

    let hashed = hashed(scan.files, &sources, options, &mut report);
    let mut holders = holders(&sources, options);
    let mut hidden = BTreeMap::new();
    let mut tasks = Vec::new();
    for (file, hash) in hashed {
        let key = (file.root.clone(), file.path.clone());
        let hash = match hash {
            Ok((hash, _)) => hash,
            Err(error) => {
                // A file that is there and can't be read is not gone.
                if is_guarded && sources.contains_key(&key) && !is_missing(&error) {
                    hidden.insert(key, (1, SourceProblem::Unlisted));
                }
                report.failed.push(Failure { source: file.path, reason: (&error).into() });
                continue;
            }
        };
        let before = sources.get(&key).cloned();
        let is_same = |source: &&Source| source.hash == hash && is_read_so(source, options);
        if let Some(same) = before.as_ref().filter(is_same).filter(|_| !options.rebuild) {
            // Only its time changed.
            let now = Source { modified: file.modified, ..same.clone() };
            sources.insert(key, now);
            report.unchanged += 1;
            continue;
        }
        let mut moved = false;
        if let Some(holder) = holders.get(&hash).filter(|holder| **holder != key).cloned() {
            let is_there = if scan.roots.contains(&holder.0) {
                gone.binary_search(&holder).is_err()
            } else {
                seen.contains(&holder) || disk.has(&holder)
            };
            if is_there {
                report.duplicates.push(Duplicate { source: file.path, same_as: holder.1 });
                if before.is_some() {
                    sources.remove(&key);
                    removed.push(Source::key(&key.0, &key.1));
                }
                continue;
            }
            moved = true;
            report.moved += 1;
            sources.remove(&holder);
            removed.push(Source::key(&holder.0, &holder.1));
        }
        holders.insert(hash.clone(), key.clone());
        sources.remove(&key);
        let ocr = options.ocr.or_else(|| before.as_ref().and_then(ocr_of));
        let before = before.filter(|_| !options.rebuild).map(Box::new);
        tasks.push(Task { ocr, ..task(file, hash, before, moved) });
    }
    refuse_unseen(&self::kept(hidden))?;
    for key in gone {
        if !sources.contains_key(&key) {
            continue;
        }
        if options.prune != Prune::No || options.rebuild {
            sources.remove(&key);
            removed.push(Source::key(&key.0, &key.1));
            report.removed += 1;
        } else {
            report.missing.push(key.1);
        }
    }
    report.missing.sort();
    if options.rebuild {
        read_anew(&mut sources, &scan.roots, options, &mut tasks, &mut report)?;
        removed.clear();
    }
    let mut kept: Vec<Source> = sources.into_values().collect();
    kept.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
    if options.dry_run {
        report.added = tasks.iter().filter(|task| !task.is_known() && !task.moved).count() as u64;
        report.updated = tasks.iter().filter(|task| task.is_known()).count() as u64;
        report.bytes = tasks.iter().map(|task| task.bytes).sum();
    }
    let kept = Manifest { sources: kept };
    Ok(Plan { kept, removed, tasks, since, known_documents, report })
}

/// IndexWriter out the sources that are to be forgotten.
fn forget(
    names: &[String],
    sources: &mut HashMap<Key, Source>,
    removed: &mut Vec<String>,
    report: &mut RunReport,
) -> Result<(), RunError> {
    for name in names {
        let named: Vec<_> =
            sources.keys().filter(|(root, path)| is_named(root, path, name)).cloned().collect();
        if named.is_empty() {
            return Err(RunError::Unknown { name: name.clone() });
        }
        for key in named {
            sources.remove(&key);
            removed.push(Source::key(&key.0, &key.1));
            report.removed += 1;
        }
    }
    Ok(())
}

/// The sources below `roots` that are not on disk: those that are gone, sorted, and those of which
/// that can't be said, by what hides them. They are gone as well where the user says so.
fn missing(
    sources: &HashMap<Key, Source>,
    roots: &HashSet<String>,
    seen: &Seen,
    disk: &mut Disk,
    options: &RunOptions,
) -> (Vec<Key>, Vec<Kept>) {
    let (mut gone, mut hidden) = (Vec::new(), BTreeMap::new());
    for key in sources.keys().filter(|key| roots.contains(&key.0) && !seen.contains(key)) {
        match seen.hides(key, disk) {
            Some((place, problem)) if options.prune != Prune::All => {
                hidden.entry(place).or_insert((0, problem)).0 += 1;
            }
            _ => gone.push(key.clone()),
        }
    }
    gone.sort();
    (gone, kept(hidden))
}

/// What stays in the index, by the root and path of what hides it.
fn kept(hidden: BTreeMap<Key, (u64, SourceProblem)>) -> Vec<Kept> {
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

/// The hashes of files that may have changed. What has size and time as before is not even read;
/// a rebuild reads everything.
fn hashed(
    files: Vec<Found>,
    sources: &HashMap<Key, Source>,
    options: &RunOptions,
    report: &mut RunReport,
) -> Vec<(Found, io::Result<(String, u64)>)> {
    let mut candidates = Vec::new();
    for file in files {
        let key = (file.root.clone(), file.path.clone());
        let same = sources.get(&key).is_some_and(|source| {
            source.is_whole()
                && source.bytes == file.bytes
                && source.modified == file.modified
                && file.modified.is_some()
                && is_read_so(source, options)
        });
        if same && !options.rebuild {
            report.unchanged += 1;
        } else {
            candidates.push(file);
        }
    }
    let hash = |file: Found| {
        let hash = file.origin.hash();
        (file, hash)
    };
    candidates.into_par_iter().map(hash).collect()
}

/// By content: the source that holds it, for duplicates and moves.
fn holders(sources: &HashMap<Key, Source>, options: &RunOptions) -> HashMap<String, Key> {
    let mut holders: HashMap<String, Key> = HashMap::new();
    if !options.rebuild {
        let mut by_path: Vec<_> = sources.values().collect();
        by_path.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
        for source in by_path {
            let key = (source.root.clone(), source.path.clone());
            holders.entry(source.hash.clone()).or_insert(key);
        }
    }
    holders
}

/// Plans to read the sources of roots that were not named: a rebuild reads them as well. What is gone
/// is lost with the old index, so it is reported; where the system doesn't give a file that is there,
/// or a folder, an archive or a root gives nothing at all, the rebuild is refused.
fn read_anew(
    sources: &mut HashMap<Key, Source>,
    scanned: &HashSet<String>,
    options: &RunOptions,
    tasks: &mut Vec<Task>,
    report: &mut RunReport,
) -> Result<(), RunError> {
    let located: Vec<_> = sources
        .drain()
        .map(|(_, source)| source)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|source| {
            let found = Origin::locate(&source.root, &source.path)
                .and_then(|origin| origin.hash().map(|hash| (origin, hash)));
            (source, found)
        })
        .collect();
    let (mut found, mut lost) = (Vec::new(), Vec::new());
    for (source, read) in located {
        match read {
            Ok((origin, (hash, bytes))) => {
                found.push((source.root.clone(), source.path.clone()));
                tasks.push(Task {
                    ocr: options.ocr.or_else(|| ocr_of(&source)),
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
                let failure = Failure { source: source.path, reason: (&error).into() };
                // Of the roots that were named it is known already.
                if !scanned.contains(&key.0) {
                    lost.push((key, is_missing(&error)));
                }
                if !report.failed.contains(&failure) {
                    report.failed.push(failure);
                }
            }
        }
    }
    tasks.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
    if options.prune == Prune::All {
        return Ok(());
    }
    let (seen, mut disk) = (Seen::new(found), Disk::default());
    let mut hidden = BTreeMap::new();
    for (key, is_missing) in lost {
        let hides = if is_missing {
            seen.hides(&key, &mut disk)
        } else {
            // Where its folder can be listed, it is the file itself that can't be read.
            Some(disk.unlisted(&key).unwrap_or((key, SourceProblem::Unlisted)))
        };
        if let Some((place, problem)) = hides {
            hidden.entry(place).or_insert((0, problem)).0 += 1;
        }
    }
    refuse_unseen(&kept(hidden))
}

fn task(file: Found, hash: String, before: Option<Box<Source>>, moved: bool) -> Task {
    Task {
        root: file.root,
        path: file.path,
        origin: file.origin,
        bytes: file.bytes,
        modified: file.modified,
        hash,
        before,
        moved,
        is_named: file.is_named,
        ocr: None,
    }
}

/// Which pages of a source were to be recognised, where the user said so.
pub(crate) fn ocr_of(source: &Source) -> Option<Ocr> {
    source.ocr.as_deref().and_then(Ocr::parse)
}

/// Whether a source was read as it would be now: with the same pages recognised, and with all that
/// needed something to be installed which now is.
fn is_read_so(source: &Source, options: &RunOptions) -> bool {
    let before = ocr_of(source).unwrap_or_default();
    let now = options.ocr.unwrap_or(before);
    let has_pages = matches!(Kind::of(Path::new(&source.path)), Ok(Kind::Pdf | Kind::Picture));
    let gains = source.lacks_pages && now != Ocr::Never && picture_refusal(now).is_none();
    (before == now || !has_pages) && !gains
}

/// A user names a source by its path below the root, its whole path, or its file name.
fn is_named(root: &str, path: &str, name: &str) -> bool {
    path == name
        || Path::new(root).join(path) == Path::new(name)
        || Path::new(path).file_name().is_some_and(|file| file == name)
}
