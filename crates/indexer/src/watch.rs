//! Indexes changes as they happen.
//!
//! Events of the system only start a run; the run itself finds out what changed. So lost or merged
//! events do no harm, and network folders, which send no events at all, are covered by a periodic
//! run.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecursiveMode, Watcher};
use tiaowen_index::Location;

use crate::{Progress, RunError, RunOptions, RunReport, run};

/// Files are often written in several steps, so a run begins after this time without events.
const QUIET: Duration = Duration::from_millis(500);
/// With a constant stream of events, a run begins after this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// Network folders send no events, so a run begins at least this often.
const AGAIN: Duration = Duration::from_secs(300);
/// The pause before the next try if another process is writing, or if a run failed.
const RETRY: Duration = Duration::from_secs(5);

/// Indexes `paths` into the index at `place`, then keeps it up to date until `each` returns false.
/// `each` is called with the result of every run, except for later runs that changed nothing.
///
/// A failed run is repeated: the cause may be a disk on another machine.
///
/// # Errors
/// When the first run fails, or the system can't report changes.
pub fn watch(
    paths: &[PathBuf],
    place: &(impl Location + ?Sized),
    options: &RunOptions,
    tell: &(dyn Fn(Progress<'_>) + Sync),
    each: &mut dyn FnMut(Result<&RunReport, &RunError>) -> bool,
) -> Result<(), RunError> {
    let (sender, events) = channel();
    let index_places = place.folder().map_or_else(Vec::new, index_places);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.map_or(true, |event| counts(&event, &index_places)) {
            // A closed channel means that watching has ended.
            let _ = sender.send(());
        }
    })?;
    // Watching begins before the first run, so that no change is missed.
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
    // Options for one run only.
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

/// Whether a run is worth reporting: it changed something, or its problems differ from the last
/// one.
fn differs(report: &RunReport, before: &RunReport) -> bool {
    let changed = report.added + report.updated + report.moved + report.removed;
    changed > 0
        || report.failed != before.failed
        || report.missing != before.missing
        || report.kept != before.kept
        || report.duplicates != before.duplicates
}

/// The index folder, and its target if it is a link. Changes there are made by the runs themselves.
fn index_places(folder: &Path) -> Vec<PathBuf> {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let whole = match (whole.parent().map(Path::canonicalize), whole.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => whole,
    };
    let target = whole.canonicalize().ok();
    target.into_iter().chain([whole]).collect()
}

/// Whether an event may concern the sources.
fn counts(event: &Event, index_places: &[PathBuf]) -> bool {
    let ours = |path: &PathBuf| index_places.iter().any(|place| path.starts_with(place));
    !matches!(event.kind, EventKind::Access(_))
        && (event.paths.is_empty() || !event.paths.iter().all(ours))
}

/// Waits for an event and for the quiet after it, at most `most`.
fn quiet(events: &Receiver<()>, most: Duration) {
    match events.recv_timeout(most) {
        Ok(()) => {}
        Err(RecvTimeoutError::Timeout) => return,
        // No further events will come, so the periodic run remains.
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
        // The index may be inside the watched folder.
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
