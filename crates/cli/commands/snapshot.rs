use std::fmt::Display;
use std::io::Write;

use tiaowen_wire::SnapshotJson;
use tiaowen_words::fill;

use crate::args::{Report, Snapshot};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::terminal::{safe, wrapped_line};

pub(crate) fn run(args: &Snapshot, out: &Output) -> Result<Outcome, Failure> {
    let place = args.folder.place()?;
    let w = words();
    let Some(index) = place.folder() else {
        let place = safe(&place.shown());
        return Err(Failure::Input(fill(&w.terminal.snapshot_of_cluster, &[("place", &place)])));
    };
    let snapshot = tiaowen_index::Snapshot::take(index, &args.to, args.copy)?;
    let folder = args.to.display().to_string();
    match args.format {
        Report::Json => out.json(&SnapshotJson::new(folder, &snapshot))?,
        Report::Text => {
            let manifest = &snapshot.manifest;
            let documents = manifest.documents().count() as u64;
            let counts: [(&str, &dyn Display); 3] = [
                ("documents", &w.counted.documents.of(documents)),
                ("clauses", &w.counted.clauses.of(manifest.clauses())),
                ("sources", &w.counted.sources.of(manifest.sources.len() as u64)),
            ];
            let held = fill(&w.terminal.held, &counts);
            let place = safe(&folder);
            let line = fill(&w.terminal.held_in, &[("held", &held), ("place", &place)]);
            let mb = format!("{:.1}", snapshot.bytes as f64 / 1e6);
            let files: [(&str, &dyn Display); 3] =
                [("mb", &mb), ("linked", &snapshot.linked), ("copied", &snapshot.copied)];
            let files = fill(&w.terminal.snapshot_files, &files);
            let mut to = out.text();
            writeln!(to, "{}", wrapped_line(&line, out.columns(), ""))?;
            writeln!(to, "{}", wrapped_line(&files, out.columns(), "  "))?;
        }
    }
    Ok(Outcome::Done)
}
