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
        let source = safe(&left.source);
        let values =
            [("source", &source as &dyn Display), ("pages", &counted.places.of(left.unreadable))];
        writeln!(to, "  {}", fill(&w.unread_pages, &values))?;
    }
    Ok(())
}

pub(super) fn text(
    report: &Done,
    place: &dyn Location,
    dry_run: bool,
    out: &Output,
) -> Result<(), Failure> {
    let (w, counted) = (&words().terminal, &words().counted);
    let mut to = out.text();
    let count = |words: &str, count: u64| fill(words, &[("n", &count)]);
    let mut counts = vec![
        count(&w.added, report.added),
        count(&w.updated, report.updated),
        count(&w.unchanged, report.unchanged),
    ];
    for (number, words) in [
        (report.moved, &w.moved),
        (report.removed, &w.removed),
        (report.duplicates.len() as u64, &w.held_elsewhere),
        (report.failed.len() as u64, &w.failed),
        (report.skipped.len() as u64, &w.of_other_formats),
    ] {
        if number > 0 {
            counts.push(count(words, number));
        }
    }
    let counts = counts.join(&w.comma);
    let did = if dry_run { fill(&w.would_be, &[("counts", &counts)]) } else { counts };
    writeln!(to, "{did}")?;
    for duplicate in &report.duplicates {
        let (source, same_as) = (safe(&duplicate.source), safe(&duplicate.same_as));
        let values = [("source", &source as &dyn Display), ("same_as", &same_as)];
        writeln!(to, "  {}", fill(&w.duplicate, &values))?;
    }
    for decoded in &report.decoded {
        let source = safe(&decoded.source);
        let values = [("source", &source as &dyn Display), ("encoding", &decoded.encoding)];
        writeln!(to, "  {}", fill(&w.decoded, &values))?;
    }
    for misnamed in &report.misnamed {
        let source = safe(&misnamed.source);
        let values = [("source", &source as &dyn Display), ("format", &misnamed.read_as)];
        writeln!(to, "  {}", fill(&w.misnamed, &values))?;
    }
    for recognised in &report.recognised {
        let source = safe(&recognised.source);
        let certainty = (recognised.certainty * 100.0).round();
        let values = [("source", &source as &dyn Display), ("n", &certainty)];
        writeln!(to, "  {}", fill(&w.recognised_source, &values))?;
    }
    left_out(&report.left_out, &mut to)?;
    for skipped in &report.skipped {
        let (source, reason) = (safe(&skipped.source), wording::unread(&skipped.reason));
        let values = [("source", &source as &dyn Display), ("reason", &reason)];
        writeln!(to, "  {}", fill(&w.passed_over, &values))?;
    }
    if !report.missing.is_empty() {
        writeln!(to, "  {}", w.missing)?;
        for source in &report.missing {
            writeln!(to, "    {}", safe(source))?;
        }
    }
    for kept in &report.kept {
        let (source, reason) = (safe(&kept.source), wording::unread(&kept.reason));
        let values =
            [("source", &source as &dyn Display), ("n", &kept.sources), ("reason", &reason)];
        writeln!(to, "  {}", fill(&w.kept, &values))?;
    }
    if !dry_run {
        let (documents, clauses) =
            (counted.documents.of(report.documents), counted.clauses.of(report.clauses));
        let values = [("documents", &documents as &dyn Display), ("clauses", &clauses)];
        let held = format!("{BOLD}{}{BOLD:#}", fill(&words().site.state, &values));
        let place = safe(&place.shown());
        writeln!(to, "{}", fill(&w.held_in, &[("held", &held), ("place", &place)]))?;
        if report.bytes > 0 {
            let values = [
                ("mb", format!("{:.2}", report.bytes as f64 / 1e6)),
                ("seconds", format!("{:.2}", report.seconds)),
                ("rate", format!("{:.1}", report.mb_per_s)),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value as &dyn Display));
            writeln!(to, "{}", fill(&w.speed, &values))?;
        }
    }
    Ok(())
}
