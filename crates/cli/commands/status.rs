use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Write;

use tiaowen_wire::{Given, SettingJson, StatusJson};
use tiaowen_words::{Names, fill};

use crate::args::{Report, Status};
use crate::failure::{Failure, Outcome};
use crate::language::{named, words};
use crate::output::Output;
use crate::terminal::{BOLD, DIM, safe, wrapped_line};
use crate::wording;

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
        // Reported after the answer, since an index that can't be searched has a status too.
        if let Err(error) = place.open() {
            crate::output::complain(&wording::index(&error));
        }
    }
    Ok(Outcome::Done)
}

fn text(place: &str, sources: u64, status: &StatusJson<'_>, out: &Output) -> Result<(), Failure> {
    let mut to = out.text();
    let (w, counted) = (&words().terminal, &words().counted);
    let counts = |map: &BTreeMap<&str, u64>, names: &Names| {
        let part =
            |(name, n): (&&str, &u64)| fill(&w.of_kind, &[("n", n), ("kind", &named(names, name))]);
        map.iter().map(part).collect::<Vec<_>>().join(&words().notes.comma)
    };
    writeln!(to, "{BOLD}{}{BOLD:#}", safe(place))?;
    let held: [(&str, &dyn Display); 3] = [
        ("documents", &counted.documents.of(status.documents)),
        ("clauses", &counted.clauses.of(status.clauses)),
        ("sources", &counted.sources.of(sources)),
    ];
    writeln!(to, "  {}", fill(&w.held, &held))?;
    writeln!(
        to,
        "{}",
        wrapped_line(&counts(&status.by_kind, &words().kinds), out.columns(), "  ")
    )?;
    writeln!(to, "  {}", counts(&status.by_script, &words().scripts))?;
    let mb = format!("{:.1}", status.bytes_on_disk as f64 / 1e6);
    writeln!(to, "  {}", fill(&w.on_disk, &[("mb", &mb)]))?;
    let run = status.last_run;
    let values: [(&str, &dyn Display); 5] = [
        ("added", &run.added),
        ("updated", &run.updated),
        ("unchanged", &run.unchanged),
        ("failed", &run.failed),
        ("seconds", &format!("{:.1}", run.seconds)),
    ];
    writeln!(to, "  {}", fill(&w.last_run, &values))?;
    let stamp = status.stamp;
    let values: [(&str, &dyn Display); 5] = [
        ("format", &stamp.format),
        ("folding", &stamp.folding),
        ("opencc", &stamp.opencc),
        ("jieba", &stamp.jieba),
        ("dictionary", &stamp.dictionary),
    ];
    writeln!(to, "{DIM}  {}{DIM:#}", fill(&w.stamp, &values))?;
    writeln!(to, "{BOLD}{}{BOLD:#}", w.settings)?;
    for setting in status.settings.iter().flatten() {
        let value = setting.value.as_deref().unwrap_or("–");
        let place = match (setting.from, &setting.place) {
            (Given::Default, _) | (_, None) => w.by_default.clone(),
            // The JSON has the place in English.
            (Given::File, Some(place)) => match place.rsplit_once(", line ") {
                Some((file, line)) => fill(&w.file_line, &[("file", &file), ("line", &line)]),
                None => place.clone(),
            },
            (_, Some(place)) => place.clone(),
        };
        writeln!(to, "  {:<10}  {}  {DIM}{}{DIM:#}", setting.key, safe(value), safe(&place))?;
    }
    Ok(())
}
