//! What a run has to do, from what is in the index and what lies on disk.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tiaowen_extract::Kind;
use tiaowen_index::{Manifest, Source};

use crate::archive;
use crate::scan::{Found, Scan, side_file};
use crate::{Duplicate, Failure, Options, Report, RunError};

/// A source to read.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) root: String,
    pub(crate) path: String,
    pub(crate) file: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) modified: Option<i128>,
    pub(crate) hash: String,
    /// What the index holds of it now.
    pub(crate) before: Option<Box<Source>>,
    /// Whether it stood elsewhere before.
    pub(crate) moved: bool,
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
    /// What is known already of the report.
    pub(crate) report: Report,
}

pub(crate) fn plan(known: Manifest, scan: Scan, options: &Options) -> Result<Plan, RunError> {
    let mut report = Report::default();
    report.failed.extend(scan.errors);
    report.skipped.extend(scan.skipped);

    let since = known.sources.iter();
    let since = since.filter_map(|source| Some((source.hash.clone(), source.indexed?))).collect();
    let mut sources: HashMap<(String, String), Source> = known
        .sources
        .into_iter()
        .map(|source| ((source.root.clone(), source.path.clone()), source))
        .collect();
    let mut removed = Vec::new();
    for name in &options.forget {
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

    let on_disk: HashSet<(String, String)> =
        scan.files.iter().map(|file| (file.root.clone(), file.path.clone())).collect();
    let gone: Vec<_> = sources
        .keys()
        .filter(|key| scan.roots.contains(&key.0) && !on_disk.contains(*key))
        .cloned()
        .collect();

    // Size and time as before: not even read. A rebuild reads everything.
    let mut kept = Vec::new();
    let mut candidates = Vec::new();
    for file in scan.files {
        let key = (file.root.clone(), file.path.clone());
        let same = sources.get(&key).is_some_and(|source| {
            source.is_whole()
                && source.bytes == file.bytes
                && source.modified == file.modified
                && file.modified.is_some()
        });
        if same && !options.rebuild {
            report.unchanged += 1;
        } else {
            candidates.push(file);
        }
    }
    let hashed: Vec<_> = candidates
        .into_par_iter()
        .map(|file| {
            let hash = hash(&file.file);
            (file, hash)
        })
        .collect();

    // By content: the source that holds it, for duplicates and moves.
    let mut holders: HashMap<String, (String, String)> = HashMap::new();
    if !options.rebuild {
        let mut by_path: Vec<_> = sources.values().collect();
        by_path.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
        for source in by_path {
            let key = (source.root.clone(), source.path.clone());
            holders.entry(source.hash.clone()).or_insert(key);
        }
    }
    let mut tasks = Vec::new();
    for (file, hash) in hashed {
        let key = (file.root.clone(), file.path.clone());
        let hash = match hash {
            Ok(hash) => hash,
            Err(error) => {
                report.failed.push(Failure { source: file.path, reason: (&error).into() });
                continue;
            }
        };
        let before = sources.get(&key).cloned();
        if let Some(same) = before.as_ref().filter(|source| source.hash == hash && !options.rebuild)
        {
            // Only its time changed.
            let now = Source { modified: file.modified, ..same.clone() };
            sources.insert(key, now);
            report.unchanged += 1;
            continue;
        }
        let mut moved = false;
        if let Some(holder) = holders.get(&hash).filter(|holder| **holder != key).cloned() {
            if gone.contains(&holder) || !archive::exists(&file_of(&holder.0, &holder.1)) {
                moved = true;
                report.moved += 1;
                sources.remove(&holder);
                removed.push(Source::key(&holder.0, &holder.1));
            } else {
                report.duplicates.push(Duplicate { source: file.path, same_as: holder.1 });
                if before.is_some() {
                    sources.remove(&key);
                    removed.push(Source::key(&key.0, &key.1));
                }
                continue;
            }
        }
        holders.insert(hash.clone(), key.clone());
        sources.remove(&key);
        let before = before.filter(|_| !options.rebuild).map(Box::new);
        tasks.push(task(file, hash, before, moved));
    }
    for key in gone {
        if !sources.contains_key(&key) {
            continue;
        }
        if options.prune || options.rebuild {
            sources.remove(&key);
            removed.push(Source::key(&key.0, &key.1));
            report.removed += 1;
        } else {
            report.missing.push(key.1);
        }
    }
    report.missing.sort();
    if options.rebuild {
        // Sources of other roots are read anew as well; what can't be read any more is lost
        // with the old index, so it is told.
        for (_, source) in sources.drain() {
            let file = file_of(&source.root, &source.path);
            match hash_of(&file) {
                Ok((hash, bytes)) => tasks.push(Task {
                    file,
                    bytes,
                    hash,
                    modified: source.modified,
                    root: source.root,
                    path: source.path,
                    before: None,
                    moved: false,
                }),
                Err(error) => {
                    report.failed.push(Failure { source: source.path, reason: (&error).into() })
                }
            }
        }
        removed.clear();
        tasks.sort_by(|a, b| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
    }
    kept.extend(sources.into_values());
    kept.sort_by(|a: &Source, b: &Source| (&a.root, &a.path).cmp(&(&b.root, &b.path)));
    if options.dry_run {
        report.added = tasks.iter().filter(|task| !task.is_known() && !task.moved).count() as u64;
        report.updated = tasks.iter().filter(|task| task.is_known()).count() as u64;
        report.bytes = tasks.iter().map(|task| task.bytes).sum();
    }
    Ok(Plan { kept: Manifest { sources: kept }, removed, tasks, since, report })
}

/// Where a source lies; elsewhere only if its name is no UTF-8.
pub(crate) fn file_of(root: &str, path: &str) -> PathBuf {
    Path::new(root).join(path)
}

fn task(file: Found, hash: String, before: Option<Box<Source>>, moved: bool) -> Task {
    Task {
        root: file.root,
        path: file.path,
        file: file.file,
        bytes: file.bytes,
        modified: file.modified,
        hash,
        before,
        moved,
    }
}

/// A user names a source by its path below the root, its whole path, or its file name.
fn is_named(root: &str, path: &str, name: &str) -> bool {
    path == name
        || file_of(root, path) == Path::new(name)
        || Path::new(path).file_name().is_some_and(|file| file == name)
}

fn hash(file: &Path) -> std::io::Result<String> {
    hash_of(file).map(|(hash, _)| hash)
}

pub(crate) fn hash_of(file: &Path) -> std::io::Result<(String, u64)> {
    let mut hasher = blake3::Hasher::new();
    let bytes = if file.is_file() {
        std::io::copy(&mut File::open(file)?, &mut hasher)?
    } else {
        let bytes = archive::bytes_of(file, Kind::of(file).map_or(0, Kind::most_bytes))?;
        hasher.update(&bytes);
        bytes.len() as u64
    };
    if let Some(side) = side_file(file)? {
        hasher.update(&[0]).update(side.as_bytes());
    }
    Ok((hasher.finalize().to_hex().to_string(), bytes))
}
