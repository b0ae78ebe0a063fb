//! Reports what has newly come into the index for saved searches.
//!
//! A record beside the file of searches has, for each search, the matches that were reported: the
//! clause's id and a hash of its text, so that a changed text is news. A search's matches get into
//! the record only after they were printed and sent, so whatever fails is reported again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tiaowen_corpus::citation;
use tiaowen_query::{Hit, Searcher};
use tiaowen_server::{Links, SavedSearch, SavedSearches, UnusableSearch};
use tiaowen_wire::{AlertJson, AlertsJson, Presenter};
use tiaowen_words::{Language, Words, fill};

use super::about;
use crate::args::{Alert, Report};
use crate::delivery::Receiver;
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::{Output, complain, tell};
use crate::terminal::{BOLD, DIM, safe, snippet, wrapped, wrapped_line};
use crate::wording;

/// The version of the record's format.
const FORMAT: u32 = 1;

/// What was reported.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    format: u32,
    /// For each search by name, its matches that were reported.
    searches: BTreeMap<String, BTreeSet<String>>,
}

/// A saved search that was run.
struct Run<'s> {
    search: &'s SavedSearch,
    /// The matches that were not reported yet, in order.
    new: Vec<Hit>,
    /// All of its matches, for the record.
    matches: BTreeSet<String>,
    /// Whether parts of the index did not answer.
    is_incomplete: bool,
}

pub(crate) fn run(args: &Alert, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(args.shown.script())?;
    let saved = saved(&args.file)?;
    for unusable in &saved.unusable {
        complain(&self::unusable(&args.file, unusable));
    }
    let state = args.state.clone().unwrap_or_else(|| beside(&args.file));
    let mut record = Record::read(&state)?;
    let mut searcher = args.folder.searcher()?;
    searcher.set_terms(super::terms(args.terms.as_deref())?);
    let mut outcome = if saved.unusable.is_empty() { Outcome::Done } else { Outcome::SomeFailed };
    let mut runs = Vec::new();
    for search in &saved.usable {
        match found(search, &searcher, &record, &presenter) {
            Ok(run) => {
                if run.is_incomplete {
                    outcome = Outcome::SomeFailed;
                }
                runs.push(run);
            }
            Err(failure) => {
                complain(&wording::at_place(&safe(search.name()), &wording::failure(&failure)));
                outcome = Outcome::SomeFailed;
            }
        }
    }
    if args.seen {
        return take_as_seen(&runs, &mut record, &state).map(|()| outcome);
    }
    let reports = reports(&runs, args.public_url.as_ref());
    let reports: Vec<(&Run<'_>, AlertJson<'_>)> = runs.iter().zip(reports).collect();
    let mut all_sent = true;
    // Printed before anything is recorded: a reader that is gone has seen nothing.
    let sent = sendable(args, &reports)?;
    print(args, reports, &saved.unusable, out)?;
    let receivers = receivers(args);
    let time = Duration::from_secs(args.timeout);
    for (run, body) in runs.iter().zip(sent) {
        let failed = receivers
            .iter()
            .filter(|_| !run.new.is_empty())
            .find_map(|receiver| receiver.send(&body, time).err());
        if let Some(error) = failed {
            let w = &words().terminal;
            let reason = error.message(w, args.timeout);
            let name = safe(run.search.name());
            complain(&fill(&w.alert_not_sent, &[("name", &name), ("reason", &reason)]));
            all_sent = false;
            continue;
        }
        record.take(run, &state)?;
    }
    Ok(if all_sent || outcome == Outcome::SomeFailed { outcome } else { Outcome::Nothing })
}

/// The saved searches in a file.
///
/// # Errors
/// When the file can't be read.
pub(super) fn saved(file: &Path) -> Result<SavedSearches, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::of_system(file, &error))?;
    Ok(SavedSearches::read(&text))
}

/// What is wrong with an entry, with its file.
pub(super) fn unusable(file: &Path, unusable: &UnusableSearch) -> String {
    wording::at_place(&safe(&file.display().to_string()), &unusable.message(words()))
}

/// The record beside a file.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".state");
    name.into()
}

/// Where new matches are sent.
fn receivers(args: &Alert) -> Vec<Receiver> {
    let time = Duration::from_secs(args.timeout);
    let webhook = args.webhook.iter().map(|address| Receiver::webhook(address, time));
    webhook.chain(Receiver::program(&args.command)).collect()
}

/// Runs a search.
fn found<'s>(
    search: &'s SavedSearch,
    searcher: &Searcher,
    record: &Record,
    presenter: &Presenter,
) -> Result<Run<'s>, Failure> {
    let answer = searcher.search(&search.request())?;
    if let Some(note) = answer.incomplete() {
        tell(&wording::at_place(&safe(search.name()), &wording::note(note)));
    }
    let is_incomplete = answer.incomplete().is_some();
    let reported = record.searches.get(search.name());
    let mut run = Run { search, new: Vec::new(), matches: BTreeSet::new(), is_incomplete };
    for mut hit in answer.hits {
        let hash = blake3::hash(hit.record.clause.text.as_bytes()).to_hex();
        let key = format!("{} {}", hit.record.id(), &hash[..16]);
        if !reported.is_some_and(|reported| reported.contains(&key)) {
            presenter.document(hit.record.document.to_mut())?;
            presenter.clause(hit.record.clause.to_mut(), &mut hit.highlights)?;
            run.new.push(hit);
        }
        run.matches.insert(key);
    }
    Ok(run)
}

/// Records all matches as reported.
fn take_as_seen(runs: &[Run<'_>], record: &mut Record, state: &Path) -> Result<(), Failure> {
    let w = &words().terminal;
    for run in runs {
        record.take(run, state)?;
        let name = safe(run.search.name());
        tell(&fill(&w.alert_seen, &[("name", &name), ("n", &run.matches.len())]));
    }
    Ok(())
}

/// The report of each search.
fn reports<'r>(runs: &'r [Run<'_>], public: Option<&Links>) -> Vec<AlertJson<'r>> {
    let links = public.cloned().unwrap_or_default().permanent();
    let report = |run: &'r Run<'_>| {
        let link = public
            .filter(|links| links.host().is_some())
            .map(|links| links.whole(&run.search.path()));
        let matches = run.new.iter().map(|hit| &hit.record);
        AlertJson::new(run.search.name(), run.search.query(), link, matches, &links)
    };
    runs.iter().map(report).collect()
}

/// The reports as they are sent. Nothing is made if nothing is sent.
fn sendable(args: &Alert, reports: &[(&Run<'_>, AlertJson<'_>)]) -> Result<Vec<Vec<u8>>, Failure> {
    let is_sent = args.webhook.is_some() || !args.command.is_empty();
    let body = |(_, report): &(&Run<'_>, AlertJson<'_>)| match is_sent {
        true => serde_json::to_vec(report),
        false => Ok(Vec::new()),
    };
    Ok(reports.iter().map(body).collect::<Result<_, _>>()?)
}

fn print(
    args: &Alert,
    reports: Vec<(&Run<'_>, AlertJson<'_>)>,
    unusable: &[UnusableSearch],
    out: &Output,
) -> Result<(), Failure> {
    match args.format {
        Report::Json => {
            let new = reports.into_iter().filter(|(run, _)| !run.new.is_empty());
            // Programs read it, so it is in English.
            let english = Words::of(Language::En);
            let unusable = unusable.iter().map(|one| one.message(english)).collect();
            out.json(&AlertsJson::new(new.map(|(_, report)| report).collect(), unusable))?;
        }
        Report::Text => text(reports.into_iter().map(|(run, _)| run), out)?,
    }
    Ok(())
}

fn text<'r>(runs: impl Iterator<Item = &'r Run<'r>>, out: &Output) -> Result<(), Failure> {
    let (columns, w) = (out.columns(), words());
    let mut to = out.text();
    let mut is_empty = true;
    for run in runs.filter(|run| !run.new.is_empty()) {
        is_empty = false;
        let new = w.counted.new_matches.of(run.new.len() as u64);
        let name = safe(run.search.name());
        let head = fill(&w.terminal.alert_new, &[("name", &name), ("new", &new)]);
        writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(&head, columns, ""))?;
        for hit in &run.new {
            let (document, clause) = (&hit.record.document, &hit.record.clause);
            writeln!(to, "{}", wrapped_line(&safe(&citation(document, clause)), columns, "  "))?;
            let line = format!("{} · {} · {}", hit.record.id(), about(document), document.source);
            writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
            let flat = clause.text.replace('\n', " ");
            let (shown, marks) = snippet(&flat, &hit.highlights, (columns - 4) * 2 - 4);
            writeln!(to, "{}", wrapped(&shown, &marks, columns, "    "))?;
        }
        writeln!(to)?;
    }
    if is_empty {
        writeln!(to, "{}", w.terminal.alert_none)?;
    }
    to.flush()?;
    Ok(())
}

impl Record {
    /// Reads a record. There is none before the first run.
    fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |reason: String| {
            Failure::of_file(path, &fill(&words().terminal.alert_state, &[("reason", &reason)]))
        };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Record { format: FORMAT, ..Record::default() });
            }
            Err(error) => return Err(Failure::of_system(path, &error)),
        };
        let record: Record =
            serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if record.format != FORMAT {
            return Err(wrong(format!("format {}", record.format)));
        }
        Ok(record)
    }

    /// Takes the matches of a search as reported, and writes the record.
    fn take(&mut self, run: &Run<'_>, path: &Path) -> Result<(), Failure> {
        let before = self.searches.entry(run.search.name().to_owned()).or_default();
        let mut now = run.matches.clone();
        if run.is_incomplete {
            // Matches in parts that did not answer are not new when these are back.
            now.extend(before.iter().cloned());
        }
        if *before == now && path.exists() {
            return Ok(());
        }
        *before = now;
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        super::compare::replace(path, &bytes).map_err(|error| Failure::of_system(path, &error))
    }
}
