use std::collections::HashMap;
use std::io::Write;

use tiaowen_corpus::{Document, Relation};
use tiaowen_wire::write::{self, PairedDocuments};
use tiaowen_wire::{PairJson, PairsJson};
use tiaowen_words::fill;

use super::{NOWHERE, identified, title};
use crate::args::{Format, Pairs};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::terminal::{BOLD, DIM, wrapped_line};

pub(crate) fn run(args: &Pairs, out: &Output) -> Result<Outcome, Failure> {
    let index = args.folder.place()?.open()?;
    let (manifest, versions) = (index.manifest()?, index.versions()?);
    let documents: HashMap<&str, &Document> =
        manifest.documents().map(|document| (document.id.as_str(), document)).collect();
    let pairs: Vec<PairedDocuments> = versions
        .pairs
        .iter()
        .filter_map(|pair| {
            let (left, right) =
                (documents.get(pair.left.as_str())?, documents.get(pair.right.as_str())?);
            Some((pair, *left, *right))
        })
        .collect();
    match args.format {
        Format::Text => text(&pairs, out)?,
        Format::Json => {
            let total = pairs.len() as u64;
            let all =
                pairs.iter().map(|(pair, left, right)| PairJson::new(pair, left, right, NOWHERE));
            out.json(&PairsJson { total, pairs: all.collect() })?;
        }
        Format::Jsonl => write::pairs_jsonl(&pairs, NOWHERE, &mut out.data())?,
        Format::Csv => write::pairs_csv(&pairs, &mut out.data())?,
    }
    Ok(if pairs.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

fn text(pairs: &[PairedDocuments], out: &Output) -> Result<(), Failure> {
    let columns = out.columns();
    let (w, counted) = (&words().terminal, &words().counted);
    let mut to = out.text();
    for (relation, heading) in [
        (Relation::OtherScript, &w.two_scripts),
        (Relation::SameScript, &w.one_script),
        (Relation::OtherYear, &w.other_years),
    ] {
        let of_relation: Vec<_> =
            pairs.iter().filter(|(pair, ..)| pair.relation == relation).collect();
        if of_relation.is_empty() {
            continue;
        }
        writeln!(to, "{BOLD}{heading}{BOLD:#}\n")?;
        for (pair, left, right) in of_relation {
            for document in [left, right] {
                let title = wrapped_line(title(document), columns, "  ");
                writeln!(to, "  {}", title.trim_start())?;
                writeln!(
                    to,
                    "{DIM}{}{DIM:#}",
                    wrapped_line(&identified(document), columns, "    ")
                )?;
            }
            let percent = (pair.similarity * 100.0).round();
            let alike = match pair.counterparts() {
                0 => fill(&w.alike, &[("percent", &percent)]),
                count => {
                    let clauses = counted.clauses.of(count as u64);
                    fill(&w.alike_clauses, &[("percent", &percent), ("clauses", &clauses)])
                }
            };
            writeln!(to, "    {DIM}{alike}{DIM:#}\n")?;
        }
    }
    if pairs.is_empty() {
        writeln!(to, "{}", w.no_pairs)?;
    } else {
        writeln!(to, "{DIM}{}{DIM:#}", counted.pairs.of(pairs.len() as u64))?;
    }
    Ok(())
}
