use std::io::Write;
use std::path::PathBuf;

use tiaowen_index::Place;
use tiaowen_indexer::{Options, Report as Done};

use super::counted;
use crate::args::{Index, Report};
use crate::failure::{Failure, Outcome};
use crate::output::{Output, complain};
use crate::progress::Bar;
use crate::terminal::{BOLD, safe};

pub(crate) fn run(args: Index, out: &Output) -> Result<Outcome, Failure> {
    let options = Options {
        rebuild: args.rebuild,
        prune: args.prune,
        forget: args.forget,
        dry_run: args.dry_run,
        jobs: args.jobs.map(usize::from),
    };
    let mut paths = args.paths;
    if paths.is_empty() && !options.rebuild && options.forget.is_empty() {
        let default = PathBuf::from("corpus");
        if !default.is_dir() {
            let problem = "there is no folder corpus/ here; name the files and folders to index";
            return Err(Failure::Input(problem.to_owned()));
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
            let told = match run {
                Ok(report) => print(report, place, &options, format, out).map(|_| ()),
                Err(error) => {
                    complain(error);
                    Ok(())
                }
            };
            // A reader that stopped reading wants no more of it.
            failed = told.err();
            failed.is_none()
        })?;
        return failed.map_or(Ok(Outcome::Done), Err);
    }
    let report = tiaowen_indexer::run(&paths, place, &options, &|step| bar.show(step));
    bar.clear();
    print(&report?, place, &options, format, out)
}

/// What a run did, and whether all of it could be done.
fn print(
    report: &Done,
    place: &dyn Place,
    options: &Options,
    format: Report,
    out: &Output,
) -> Result<Outcome, Failure> {
    for failure in &report.failed {
        complain(&format!("{}: {}", safe(&failure.source), failure.reason));
    }
    match format {
        Report::Json => {
            out.json(report)?;
        }
        Report::Text => text(report, place, options.dry_run, out)?,
    }
    Ok(if report.failed.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

fn text(report: &Done, place: &dyn Place, dry_run: bool, out: &Output) -> Result<(), Failure> {
    let mut to = out.text();
    let mut counts = vec![
        format!("{} added", report.added),
        format!("{} updated", report.updated),
        format!("{} unchanged", report.unchanged),
    ];
    for (count, name) in [
        (report.moved, "moved"),
        (report.removed, "removed"),
        (report.duplicates.len() as u64, "held elsewhere already"),
        (report.failed.len() as u64, "failed"),
        (report.skipped.len() as u64, "of other formats passed over"),
    ] {
        if count > 0 {
            counts.push(format!("{count} {name}"));
        }
    }
    let verb = if dry_run { "would be " } else { "" };
    writeln!(to, "{verb}{}", counts.join(", "))?;
    for duplicate in &report.duplicates {
        writeln!(
            to,
            "  {} holds what {} holds",
            safe(&duplicate.source),
            safe(&duplicate.same_as)
        )?;
    }
    for decoded in &report.decoded {
        writeln!(to, "  {} was read as {}", safe(&decoded.source), decoded.encoding)?;
    }
    for skipped in &report.skipped {
        writeln!(to, "  passed over {}: {}", safe(&skipped.source), skipped.reason)?;
    }
    if !report.missing.is_empty() {
        writeln!(to, "  gone from disk, still in the index (--prune takes them out):")?;
        for source in &report.missing {
            writeln!(to, "    {}", safe(source))?;
        }
    }
    if !dry_run {
        writeln!(
            to,
            "{BOLD}{}, {}{BOLD:#} in {}",
            counted(report.documents, "document"),
            counted(report.clauses, "clause"),
            safe(&place.shown())
        )?;
        if report.bytes > 0 {
            let (mb, seconds) = (report.bytes as f64 / 1e6, report.seconds);
            writeln!(to, "{mb:.2} MB in {seconds:.2} s, {:.1} MB/s", report.mb_per_s)?;
        }
    }
    Ok(())
}
