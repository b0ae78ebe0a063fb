use std::fmt::Display;
use std::io::Write;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use tiaowen_index::{ClauseRecord, IndexReader};
use tiaowen_meaning::{FillOptions, FillReport, Filling, passage};
use tiaowen_wire::EmbedJson;
use tiaowen_words::fill;

use crate::args::{Embed, Report};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::{Output, tell};
use crate::terminal::{safe, wrapped_line};

pub(crate) fn run(args: &Embed, out: &Output) -> Result<Outcome, Failure> {
    let w = &words().terminal;
    let place = args.folder.place()?;
    let Some(index) = place.folder() else {
        let place = safe(&place.shown());
        return Err(Failure::Input(fill(&w.embed_of_cluster, &[("place", &place)])));
    };
    let Some(endpoint) = args.meaning.clone() else {
        return Err(Failure::Input(w.embed_where.clone()));
    };
    let began = Instant::now();
    let reader = place.open()?;
    let options = FillOptions {
        model: args.model.clone(),
        prefixes: args.query_prefix.clone().zip(args.passage_prefix.clone()),
        longest: args.longest,
        batch: Some(args.batch),
    };
    let mut filling = Filling::begin(index, endpoint, &options)?;
    if filling.report().replaced {
        tell(&w.embed_replaced);
    }
    let bar = bar(reader.clauses()?);
    let filled = offer_all(&mut filling, &*reader, &bar)
        .and_then(|()| Ok(filling.finish(&reader.about().version)?));
    bar.finish_and_clear();
    match filled {
        Ok(report) => print(&report, began.elapsed().as_secs_f64(), args.format, out),
        Err(failure) => {
            let report = filling.finish_early()?;
            if report.made > 0 {
                tell(&fill(&w.embed_kept, &[("n", &report.made)]));
            }
            Err(failure)
        }
    }
}

/// Offers all clauses of an index, document by document.
fn offer_all(
    filling: &mut Filling,
    reader: &dyn IndexReader,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    for document in reader.manifest()?.documents() {
        let Some(text) = reader.document(&document.id)? else { continue };
        for record in ClauseRecord::of(&text) {
            let text = passage(&record.document, &record.clause);
            filling.offer(&record.id(), &text)?;
            bar.inc(1);
        }
    }
    Ok(())
}

/// A bar with the clauses done and how many are done a second.
fn bar(clauses: u64) -> ProgressBar {
    let bar = ProgressBar::new(clauses);
    let template = "{bar:20} {percent:>3} % · {pos}/{len} · {per_sec} · {eta} · {wide_msg}";
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.expect("the template is one").progress_chars("━╸ "));
    bar.set_message(&*words().terminal.embedding);
    bar
}

fn print(
    report: &FillReport,
    seconds: f64,
    format: Report,
    out: &Output,
) -> Result<Outcome, Failure> {
    match format {
        Report::Json => out.json(&EmbedJson::new(report, seconds))?,
        Report::Text => {
            let w = words();
            let rate = format!("{:.0}", report.clauses as f64 / seconds.max(0.001));
            let counts: [(&str, &dyn Display); 5] = [
                ("clauses", &w.counted.clauses.of(report.clauses)),
                ("made", &report.made),
                ("kept", &report.kept),
                ("copied", &report.copied),
                ("rate", &rate),
            ];
            let model: [(&str, &dyn Display); 2] =
                [("model", &safe(&report.model)), ("n", &report.dimension)];
            let counts = fill(&w.terminal.embed_counts, &counts);
            let mut to = out.text();
            writeln!(to, "{}", wrapped_line(&counts, out.columns(), ""))?;
            let model = fill(&w.terminal.embed_model, &model);
            writeln!(to, "{}", wrapped_line(&model, out.columns(), "  "))?;
            if report.cut > 0 {
                let cut = fill(&w.terminal.embed_cut, &[("n", &report.cut)]);
                writeln!(to, "{}", wrapped_line(&cut, out.columns(), "  "))?;
            }
        }
    }
    Ok(Outcome::Done)
}
