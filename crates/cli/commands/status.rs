use std::collections::BTreeMap;
use std::io::Write;

use tiaowen_index::{ClauseIndex, IndexError, Stamp};
use tiaowen_text::Segmenter;

use super::counted;
use crate::args::{Report, Status};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::terminal::{BOLD, DIM, safe, wrapped};
use crate::wire::{SourceJson, StatusJson};

pub(crate) fn run(args: &Status, out: &Output) -> Result<Outcome, Failure> {
    let folder = &args.folder.index;
    let payload = ClauseIndex::payload_of(folder)?;
    let manifest = ClauseIndex::manifest_of(folder)?;
    let current = payload.stamp == Stamp::current(Segmenter::shared());
    let mut by_kind: BTreeMap<&str, u64> = BTreeMap::new();
    let mut by_script: BTreeMap<&str, u64> = BTreeMap::new();
    for document in manifest.documents() {
        *by_kind.entry(document.kind.as_str()).or_default() += 1;
        *by_script.entry(document.script.as_str()).or_default() += 1;
    }
    let status = StatusJson {
        index: folder.display().to_string(),
        sources: manifest
            .sources
            .iter()
            .map(|source| SourceJson {
                root: &source.root,
                path: &source.path,
                bytes: source.bytes,
                documents: source.documents.len(),
                clauses: source.clauses,
            })
            .collect(),
        documents: manifest.documents().count() as u64,
        clauses: manifest.clauses(),
        by_kind,
        by_script,
        bytes_on_disk: ClauseIndex::bytes_on_disk(folder),
        stamp: &payload.stamp,
        current,
        last_run: &payload.last_run,
    };
    match args.format {
        Report::Json => {
            out.json(&status)?;
        }
        Report::Text => text(&status, out)?,
    }
    if !current {
        // Told after the answer: the status of an index that can't be searched is an answer.
        let current = Stamp::current(Segmenter::shared());
        let error = IndexError::Stamp {
            folder: folder.clone(),
            made: Box::new(payload.stamp.clone()),
            current: Box::new(current),
        };
        crate::output::complain(&error);
    }
    Ok(Outcome::Done)
}

fn text(status: &StatusJson<'_>, out: &Output) -> Result<(), Failure> {
    let mut to = out.text();
    let counts = |map: &BTreeMap<&str, u64>| {
        let parts: Vec<String> =
            map.iter().map(|(name, n)| format!("{n} {}", name.replace('_', " "))).collect();
        parts.join(", ")
    };
    writeln!(to, "{BOLD}{}{BOLD:#}", safe(&status.index))?;
    writeln!(
        to,
        "  {} with {} from {}",
        counted(status.documents, "document"),
        counted(status.clauses, "clause"),
        counted(status.sources.len() as u64, "source")
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
    Ok(())
}
