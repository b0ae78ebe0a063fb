use std::fs::File;
use std::io::{BufReader, Write};

use tiaowen_compare::export::table;
use tiaowen_server::{QueryCount, QueryLogError, QueryReport};
use tiaowen_wire::{QueriesJson, QueryCountJson};
use tiaowen_words::{fill, grouped};

use crate::args::{Queries, QueriesFormat};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::{Output, tell};
use crate::terminal::{BOLD, safe};

pub(crate) fn run(args: &Queries, out: &Output) -> Result<Outcome, Failure> {
    let (w, file) = (&words().terminal, safe(&args.file.display().to_string()));
    let unreadable = |error: &std::io::Error| Failure::of_system(&args.file, error);
    let log = BufReader::new(File::open(&args.file).map_err(|error| unreadable(&error))?);
    let report = QueryReport::read(log, args.since.as_deref()).map_err(|error| match error {
        QueryLogError::Io(error) => unreadable(&error),
        QueryLogError::Line(line) => {
            Failure::Input(fill(&w.query_line, &[("file", &file), ("line", &line)]))
        }
    })?;
    match args.format {
        QueriesFormat::Text if report.queries.is_empty() => {
            tell(&fill(&w.no_queries, &[("file", &file)]));
        }
        QueriesFormat::Text => text(&report, args.limit, out)?,
        QueriesFormat::Json => out.json(&QueriesJson {
            searches: report.searches,
            different: report.queries.len() as u64,
            from: report.from.as_deref(),
            to: report.to.as_deref(),
            frequent: report.queries.iter().take(args.limit).map(to_json).collect(),
            without_hits: without_hits(&report).take(args.limit).map(to_json).collect(),
        })?,
        QueriesFormat::Csv => {
            let rows = report.queries.iter().map(|one| {
                let QueryCount { query, times, hits, at_least } = one;
                vec![query.clone(), times.to_string(), hits.to_string(), at_least.to_string()]
            });
            table(&["query", "times", "hits", "at_least"], rows, &mut out.data())?;
        }
    }
    Ok(if report.queries.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

fn without_hits(report: &QueryReport) -> impl Iterator<Item = &QueryCount> {
    report.queries.iter().filter(|one| one.hits == 0)
}

fn to_json(one: &QueryCount) -> QueryCountJson<'_> {
    QueryCountJson { query: &one.query, times: one.times, hits: one.hits, at_least: one.at_least }
}

fn text(report: &QueryReport, limit: usize, out: &Output) -> Result<(), Failure> {
    let (w, counted, mut to) = (&words().terminal, &words().counted, out.text());
    let (n, different) = (grouped(report.searches), grouped(report.queries.len() as u64));
    writeln!(to, "{}", fill(&w.queries_counted, &[("n", &n), ("different", &different)]))?;
    let lists: [(&str, Vec<&QueryCount>); 2] = [
        (&w.frequent, report.queries.iter().take(limit).collect()),
        (&w.without_hits, without_hits(report).take(limit).collect()),
    ];
    for (heading, list) in lists {
        if list.is_empty() {
            continue;
        }
        writeln!(to, "\n{BOLD}{heading}{BOLD:#}")?;
        for QueryCount { query, times, hits, at_least } in list {
            let mut hits = counted.hits.of(*hits);
            if *at_least {
                hits = fill(&w.more_than, &[("n", &hits)]);
            }
            let (times, query) = (grouped(*times), safe(query));
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("times", &times), ("query", &query), ("hits", &hits)];
            writeln!(to, "  {}", fill(&w.query_times, &values))?;
        }
    }
    Ok(())
}
