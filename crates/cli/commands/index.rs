use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

use tiaowen_index::Location;
use tiaowen_indexer::{
    Failure as Unread, Prune, RunError, RunOptions, RunReport as Done, SourceLeftOut,
};
use tiaowen_words::fill;

use crate::args::{self, Index, Report};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::{Output, complain};
use crate::progress::Bar;
use crate::terminal::{BOLD, safe};
use crate::wording;

pub(crate) fn run(args: Index, out: &Output) -> Result<Outcome, Failure> {
    let options = RunOptions {
        rebuild: args.rebuild,
        prune: match args.prune {
            None => Prune::No,
            Some(args::Prune::Gone) => Prune::Gone,
            Some(args::Prune::All) => Prune::All,
        },
        follow: args.follow,
        forget: args.forget,
        dry_run: args.dry_run,
        jobs: args.jobs.map(usize::from),
        ocr: args.ocr.map(Into::into),
    };
    let mut paths = args.paths;
    if paths.is_empty() && !options.rebuild && options.forget.is_empty() {
        let default = PathBuf::from("corpus");
        if !default.is_dir() {
            return Err(Failure::Input(words().terminal.no_corpus.clone()));
        }
        paths.push(default);
    }
    let (place, format) = (args.folder.place_in(args.shards, args.copies)?, args.format);
    let place = &*place;
    let bar = Bar::new();
    if args.watch {
        let mut failed = None;
        tiaowen_indexer::watch(&paths, place, &options, &|step| bar.show(step), &mut |run| {
            bar.clear();
            let printed = match run {
                Ok(report) => print(report, place, &options, format, out).map(|_| ()),
                Err(error) => {
                    tell_failed(failed_of(error));
                    complain(&wording::run(error));
                    Ok(())
                }
            };
            // A reader that stopped reading doesn't want more.
            failed = printed.err();
            failed.is_none()
        })?;
        return failed.map_or(Ok(Outcome::Done), Err);
    }
    let report = tiaowen_indexer::run(&paths, place, &options, &|step| bar.show(step));
    bar.clear();
    let report = report.inspect_err(|error| tell_failed(failed_of(error)))?;
    print(&report, place, &options, format, out)
}

/// The sources that a failed run could not read.
pub(super) fn failed_of(error: &RunError) -> &[Unread] {
    match error {
        RunError::Shrunk { failed, .. } => failed,
        _ => &[],
    }
}

pub(super) fn tell_failed(failed: &[Unread]) {
    for failure in failed {
        let reason = wording::unread(&failure.reason);
        complain(&wording::at_place(&safe(&failure.source), &reason));
    }
}

/// Prints the report of a run. Returns whether everything was done.
fn print(
    report: &Done,
    place: &dyn Location,
    options: &RunOptions,
    format: Report,
    out: &Output,
) -> Result<Outcome, Failure> {
    tell_failed(&report.failed);
    match format {
        Report::Json => {
            out.json(report)?;
        }
        Report::Text => text(report, place, options.dry_run, out)?,
    }
    Ok(if report.failed.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

/// How much was left out of all sources, and which pages could not be read.
pub(super) fn left_out(left_out: &[SourceLeftOut], to: &mut impl Write) -> Result<(), Failure> {
    let (w, counted) = (&words().terminal, &words().counted);
    if left_out.is_empty() {
        return Ok(());
    }
    let passages = counted.passages.of(left_out.iter().map(|left| left.passages).sum());
    let characters = counted.characters.of(left_out.iter().map(|left| left.characters).sum());
    let sources = counted.sources.of(left_out.len() as u64);
    let values = [
        ("passages", &passages as &dyn Display),
        ("characters", &characters),
        ("sources", &sources),
    ];
    writeln!(to, "  {}", fill(&w.left_out_in, &values))?;
    for left in left_out.iter().filter(|left| left.unreadable > 0) {
        let pages = counted.places.of(left.unreadable);
        print_source(&w.unread_pages, &left.source, ("pages", &pages), to)?;
    }
    Ok(())
}

pub(super) fn text(
    report: &Done,
    place: &dyn Location,
    dry_run: bool,
    out: &Output,
) -> Result<(), Failure> {
    let w = &words().terminal;
    let mut to = out.text();
    let counts = counts(report);
    let did = if dry_run { fill(&w.would_be, &[("counts", &counts)]) } else { counts };
    writeln!(to, "{did}")?;
    print_duplicates_and_readings(report, &mut to)?;
    left_out(&report.left_out, &mut to)?;
    print_sources_not_read(report, &mut to)?;
    if !dry_run {
        print_state(report, place, &mut to)?;
    }
    Ok(())
}

/// What a run did with the sources: 3 added, 1 updated, 11 unchanged.
fn counts(report: &Done) -> String {
    let w = &words().terminal;
    let always =
        [(report.added, &w.added), (report.updated, &w.updated), (report.unchanged, &w.unchanged)];
    let others = [
        (report.moved, &w.moved),
        (report.removed, &w.removed),
        (report.duplicates.len() as u64, &w.held_elsewhere),
        (report.failed.len() as u64, &w.failed),
        (report.skipped.len() as u64, &w.of_other_formats),
    ];
    let counts = always.into_iter().chain(others.into_iter().filter(|(number, _)| *number > 0));
    let counts = counts.map(|(number, words)| fill(words, &[("n", &number)]));
    counts.collect::<Vec<_>>().join(&w.comma)
}

/// The sources that others have the content of, and those that were read in an unusual way.
fn print_duplicates_and_readings(report: &Done, to: &mut impl Write) -> Result<(), Failure> {
    let w = &words().terminal;
    for duplicate in &report.duplicates {
        let same_as = safe(&duplicate.same_as);
        print_source(&w.duplicate, &duplicate.source, ("same_as", &same_as), to)?;
    }
    for decoded in &report.decoded {
        print_source(&w.decoded, &decoded.source, ("encoding", &decoded.encoding), to)?;
    }
    for misnamed in &report.misnamed {
        print_source(&w.misnamed, &misnamed.source, ("format", &misnamed.read_as), to)?;
    }
    for recognised in &report.recognised {
        let certainty = (recognised.certainty * 100.0).round();
        print_source(&w.recognised_source, &recognised.source, ("n", &certainty), to)?;
    }
    Ok(())
}

/// Sources that were passed over, are missing, or are kept although they can't be reached.
fn print_sources_not_read(report: &Done, to: &mut impl Write) -> Result<(), Failure> {
    let w = &words().terminal;
    for skipped in &report.skipped {
        let reason = wording::unread(&skipped.reason);
        print_source(&w.passed_over, &skipped.source, ("reason", &reason), to)?;
    }
    if !report.missing.is_empty() {
        writeln!(to, "  {}", w.missing)?;
        for source in &report.missing {
            writeln!(to, "    {}", safe(source))?;
        }
    }
    for kept in &report.kept {
        let (source, reason) = (safe(&kept.source), wording::unread(&kept.reason));
        let values: [(&str, &dyn Display); 3] =
            [("source", &source), ("n", &kept.sources), ("reason", &reason)];
        writeln!(to, "  {}", fill(&w.kept, &values))?;
    }
    Ok(())
}

/// A line about a source, with one more value.
fn print_source(
    line: &str,
    source: &str,
    value: (&str, &dyn Display),
    to: &mut impl Write,
) -> Result<(), Failure> {
    writeln!(to, "  {}", fill(line, &[("source", &safe(source)), value]))?;
    Ok(())
}

/// How much is in the index now, and how fast it got there.
fn print_state(report: &Done, place: &dyn Location, to: &mut impl Write) -> Result<(), Failure> {
    let (w, counted) = (&words().terminal, &words().counted);
    let (documents, clauses) =
        (counted.documents.of(report.documents), counted.clauses.of(report.clauses));
    let values: [(&str, &dyn Display); 2] = [("documents", &documents), ("clauses", &clauses)];
    let held = format!("{BOLD}{}{BOLD:#}", fill(&words().site.state, &values));
    let place = safe(&place.shown());
    writeln!(to, "{}", fill(&w.held_in, &[("held", &held), ("place", &place)]))?;
    if report.bytes > 0 {
        let values: [(&str, &dyn Display); 3] = [
            ("mb", &format!("{:.2}", report.bytes as f64 / 1e6)),
            ("seconds", &format!("{:.2}", report.seconds)),
            ("rate", &format!("{:.1}", report.mb_per_s)),
        ];
        writeln!(to, "{}", fill(&w.speed, &values))?;
    }
    Ok(())
}
