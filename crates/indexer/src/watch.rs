//! Indexing what changes, as it changes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecursiveMode, Watcher};
use tiaowen_index::Location;

use crate::{Progress, RunError, RunOptions, RunReport, run};

/// Files are often written in several steps: a run begins when nothing happened for so long.
const QUIET: Duration = Duration::from_millis(500);
/// Where something happens without end, a run begins all the same.
const PATIENCE: Duration = Duration::from_secs(30);
/// Folders on other machines don't tell what happens in them, so all are looked through now
/// and then.
const AGAIN: Duration = Duration::from_secs(300);
/// How long to wait for another writer, or after a run that failed.
const RETRY: Duration = Duration::from_secs(5);

/// Indexes `paths` into the index at `place`, and then whatever comes, changes or goes, run
/// by run, for as long as `each` wants: it hears what each run did, and gives whether to go
/// on. A later run that changed nothing is not told.
///
/// A run that fails is tried again: what failed may be the disk of another machine.
///
/// # Errors
/// When the first run fails, or the system can't tell of changes.
pub fn watch(
    paths: &[PathBuf],
    place: &(impl Location + ?Sized),
    options: &RunOptions,
    tell: &(dyn Fn(Progress<'_>) + Sync),
    each: &mut dyn FnMut(Result<&RunReport, &RunError>) -> bool,
) -> Result<(), RunError> {
    let (sender, events) = channel();
    let own = place.folder().map_or_else(Vec::new, own_places);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.map_or(true, |event| counts(&event, &own)) {
            // Who no longer listens has ended.
            let _ = sender.send(());
        }
    })?;
    // Watched before the first run, so that nothing comes in between.
    for path in paths {
        let below = path.parent().filter(|_| path.is_file());
        let whole = below.unwrap_or(path).canonicalize().unwrap_or_else(|_| path.clone());
        let mode =
            if path.is_file() { RecursiveMode::NonRecursive } else { RecursiveMode::Recursive };
        watcher.watch(&whole, mode)?;
    }
    let report = run(paths, place, options, tell)?;
    if !each(Ok(&report)) {
        return Ok(());
    }
    // What was asked for once was done once.
    let options = RunOptions { rebuild: false, forget: Vec::new(), ..options.clone() };
    let mut wait = AGAIN;
    let mut before = report;
    loop {
        quiet(&events, wait);
        match run(paths, place, &options, tell) {
            Ok(report) => {
                wait = AGAIN;
                if differs(&report, &before) && !each(Ok(&report)) {
                    return Ok(());
                }
                before = report;
            }
            Err(error) => {
                wait = RETRY;
                let busy = matches!(&error, RunError::Index(error) if error.is_busy());
                if !busy && !each(Err(&error)) {
                    return Ok(());
                }
            }
        }
    }
}

/// Whether a run is worth telling: it changed something, or told what the last one did not.
fn differs(report: &RunReport, before: &RunReport) -> bool {
    let changed = report.added + report.updated + report.moved + report.removed;
    changed > 0
        || report.failed != before.failed
        || report.missing != before.missing
        || report.kept != before.kept
        || report.duplicates != before.duplicates
}

/// The index folder by both its names where it is a link: what happens there is our own doing.
fn own_places(folder: &Path) -> Vec<PathBuf> {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let whole = match (whole.parent().map(Path::canonicalize), whole.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => whole,
    };
    let target = whole.canonicalize().ok();
    target.into_iter().chain([whole]).collect()
}

/// Whether an event may have changed what is to be indexed.
fn counts(event: &Event, own: &[PathBuf]) -> bool {
    let ours = |path: &PathBuf| own.iter().any(|place| path.starts_with(place));
    !matches!(event.kind, EventKind::Access(_))
        && (event.paths.is_empty() || !event.paths.iter().all(ours))
}

/// Waits until something happened and was over, at most `most`.
fn quiet(events: &Receiver<()>, most: Duration) {
    match events.recv_timeout(most) {
        Ok(()) => {}
        Err(RecvTimeoutError::Timeout) => return,
        // No more events come: what is left is looking now and then.
        Err(RecvTimeoutError::Disconnected) => return std::thread::sleep(most),
    }
    let began = Instant::now();
    while began.elapsed() < PATIENCE && events.recv_timeout(QUIET).is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Prune;

    #[test]
    fn what_comes_changes_and_goes_is_indexed() {
        let place = tempfile::tempdir().unwrap();
        let docs = place.path().join("docs");
        // The index may lie in the folder that is watched.
        let index = docs.join("index");
        std::fs::create_dir(&docs).unwrap();
        std::fs::write(docs.join("a.txt"), "甲協議\n\n一、每年會面。").unwrap();
        let mut seen = Vec::new();
        let options = RunOptions { prune: Prune::Gone, ..RunOptions::default() };
        watch(std::slice::from_ref(&docs), &index, &options, &|_| {}, &mut |outcome| {
            let report = outcome.unwrap();
            seen.push((report.added, report.updated, report.removed, report.clauses));
            match seen.len() {
                1 => std::fs::write(docs.join("b.txt"), "乙协议\n\n一、互相通报。").unwrap(),
                2 => std::fs::write(docs.join("a.txt"), "甲協議\n\n一、不再會面。").unwrap(),
                3 => std::fs::remove_file(docs.join("b.txt")).unwrap(),
                _ => return false,
            }
            true
        })
        .unwrap();
        assert_eq!(seen, [(1, 0, 0, 1), (1, 0, 0, 2), (0, 1, 0, 2), (0, 0, 1, 1)]);
    }
}
