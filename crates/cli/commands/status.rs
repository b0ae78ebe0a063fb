use std::collections::BTreeMap;
use std::io::Write;

use tiaowen_wire::{Given, SettingJson, StatusJson};

use super::counted;
use crate::args::{Report, Status};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::terminal::{BOLD, DIM, safe, wrapped};

pub(crate) fn run(
    args: &Status,
    settings: Vec<SettingJson>,
    out: &Output,
) -> Result<Outcome, Failure> {
    let place = args.folder.place()?;
    let (about, manifest) = (place.about()?, place.manifest()?);
    let mut status = StatusJson::new(place.bytes_on_disk(), &about, &manifest)
        .with_places(place.shown(), &manifest);
    status.settings = Some(settings);
    match args.format {
        Report::Json => {
            out.json(&status)?;
        }
        Report::Text => text(&place.shown(), manifest.sources.len() as u64, &status, out)?,
    }
    if !status.current {
        // Told after the answer: the status of an index that can't be searched is an answer.
        if let Err(error) = place.open() {
            crate::output::complain(&error);
        }
    }
    Ok(Outcome::Done)
}

fn text(place: &str, sources: u64, status: &StatusJson<'_>, out: &Output) -> Result<(), Failure> {
    let mut to = out.text();
    let counts = |map: &BTreeMap<&str, u64>| {
        let parts: Vec<String> =
            map.iter().map(|(name, n)| format!("{n} {}", name.replace('_', " "))).collect();
        parts.join(", ")
    };
    writeln!(to, "{BOLD}{}{BOLD:#}", safe(place))?;
    writeln!(
        to,
        "  {} with {} from {}",
        counted(status.documents, "document"),
        counted(status.clauses, "clause"),
        counted(sources, "source")
    )?;
    writeln!(to, "{}", wrapped(&counts(&status.by_kind), &[], out.columns(), "  "))?;
    writeln!(to, "  {}", counts(&status.by_script))?;
    writeln!(to, "  {:.1} MB on disk", status.bytes_on_disk as f64 / 1e6)?;
    let run = status.last_run;
    writeln!(
        to,
        "  last run: {} added, {} updated, {} unchanged, {} failed, in {:.1} s",
        run.added, run.updated, run.unchanged, run.failed, run.seconds
    )?;
    let stamp = status.stamp;
    writeln!(
        to,
        "{DIM}  format {}, folding {}, OpenCC {}, jieba {}, dictionary {}{DIM:#}",
        stamp.format, stamp.folding, stamp.opencc, stamp.jieba, stamp.dictionary
    )?;
    writeln!(to, "{BOLD}settings{BOLD:#}")?;
    for setting in status.settings.iter().flatten() {
        let value = setting.value.as_deref().unwrap_or("–");
        let place = match (setting.from, &setting.place) {
            (Given::Default, _) | (_, None) => "default",
            (_, Some(place)) => place.as_str(),
        };
        writeln!(to, "  {:<10}  {}  {DIM}{}{DIM:#}", setting.key, safe(value), safe(place))?;
    }
    Ok(())
}
