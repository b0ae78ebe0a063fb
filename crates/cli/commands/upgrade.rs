use std::fmt::Display;
use std::io::Write;

use tiaowen_indexer::RunOptions;
use tiaowen_wire::UpgradeJson;
use tiaowen_words::fill;

use super::index;
use crate::args::{Report, Upgrade};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::progress::Bar;
use crate::terminal::{safe, wrapped_line};
use crate::wording;

pub(crate) fn run(args: &Upgrade, out: &Output) -> Result<Outcome, Failure> {
    let place = args.folder.place()?;
    let shown = safe(&place.shown());
    let w = &words().terminal;
    if place.folder().is_none() {
        // How many shards it has is not for an upgrade to choose.
        return Err(Failure::Input(fill(&w.upgrade_of_cluster, &[("place", &shown)])));
    }
    let (about, manifest) = (place.about()?, place.manifest()?);
    let mut upgrade = UpgradeJson::new(&about, &manifest);
    let is_text = matches!(args.format, Report::Text);
    if is_text {
        let line = match &upgrade.needs {
            None => fill(&w.upgrade_none, &[("place", &shown)]),
            Some(_) => {
                let sources = words().counted.sources.of(upgrade.sources);
                let differs = wording::stamp_difference(&about.stamp);
                let values: [(&str, &dyn Display); 3] =
                    [("place", &shown), ("differs", &differs), ("sources", &sources)];
                fill(&w.upgrade_needed, &values)
            }
        };
        writeln!(out.text(), "{}", wrapped_line(&line, out.columns(), ""))?;
    }
    let mut outcome = Outcome::Done;
    if upgrade.needs.is_some() && !args.dry_run {
        let jobs = args.jobs.map(usize::from);
        let options = RunOptions { rebuild: true, jobs, ..RunOptions::default() };
        let bar = Bar::new();
        let report = tiaowen_indexer::run(&[], &*place, &options, &|step| bar.show(step));
        bar.clear();
        let report = report.inspect_err(|error| index::tell_failed(index::failed_of(error)))?;
        index::tell_failed(&report.failed);
        if !report.failed.is_empty() {
            outcome = Outcome::SomeFailed;
        }
        if is_text {
            index::text(&report, &*place, false, out)?;
        }
        upgrade.report = Some(report);
    }
    if !is_text {
        out.json(&upgrade)?;
    }
    Ok(outcome)
}
