use std::io::Write;

use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Answer, Explanation, Hit, Place, Reason, Request, Searcher};
use tiaowen_wire::{AnswerJson, Presenter, marked_passages, summary, write};

use super::NOWHERE;
use crate::args::{Format, Search};
use crate::failure::{Failure, Outcome};
use crate::output::{Output, tell};
use crate::terminal::{BOLD, DIM, safe, snippet, width, wrapped};

pub(crate) fn run(args: &Search, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(args.shown.script())?;
    let mut searcher = args.folder.searcher()?;
    searcher.set_terms(super::terms(args.terms.as_deref())?);
    let request = Request {
        query: args.query.join(" "),
        limit: args.limit,
        offset: args.offset,
        sort: args.sort(),
        filter: args.filter(),
        expand: !args.no_expand,
        phonetic: args.phonetic,
        group: !args.no_group,
        facets: args.facets || args.format == Format::Json,
        explain: args.explain,
    };
    let mut answer = searcher.search(&request)?;
    for hit in &mut answer.hits {
        presenter.document(hit.record.document.to_mut())?;
        presenter.clause(hit.record.clause.to_mut(), &mut hit.highlights)?;
    }
    let parallel = if args.parallel { beside(&searcher, &answer, &presenter)? } else { Vec::new() };
    match args.format {
        Format::Text => {
            text(&answer, &request, &parallel, out)?;
            if args.facets {
                facets(&answer, out)?;
            }
        }
        Format::Json => {
            out.json(&AnswerJson::new(&request.query, &answer, &parallel, NOWHERE))?;
        }
        Format::Jsonl => write::hits_jsonl(&answer, &parallel, NOWHERE, &mut out.data())?,
        Format::Csv => write::hits_csv(&answer, &parallel, &mut out.data())?,
    }
    // What is there may not be all.
    if let Some(note) = answer.incomplete() {
        if matches!(args.format, Format::Jsonl | Format::Csv) {
            tell(&note.to_string());
        }
        return Ok(Outcome::SomeFailed);
    }
    Ok(if answer.total > 0 { Outcome::Done } else { Outcome::Nothing })
}

/// The counterparts of each hit.
fn beside(
    searcher: &Searcher,
    answer: &Answer,
    presenter: &Presenter,
) -> Result<Vec<Vec<ClauseRecord<'static>>>, Failure> {
    let mut all = Vec::with_capacity(answer.hits.len());
    for hit in &answer.hits {
        let mut records = Vec::new();
        for id in &hit.counterparts {
            if let Some(mut record) = searcher.clause(id)? {
                presenter.document(record.document.to_mut())?;
                presenter.clause(record.clause.to_mut(), &mut Vec::new())?;
                records.push(record);
            }
        }
        all.push(records);
    }
    Ok(all)
}

fn text(
    answer: &Answer,
    request: &Request,
    parallel: &[Vec<ClauseRecord<'static>>],
    out: &Output,
) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    for (at, hit) in answer.hits.iter().enumerate() {
        let (document, clause) = (&hit.record.document, &hit.record.clause);
        let rank = format!("{:>2}  ", hit.rank);
        let mut cited = safe(&citation(document, clause));
        if let [only] = marked_passages(hit).as_slice() {
            cited.push_str(&only.address);
        }
        let cited = wrapped(&cited, &[], columns, "    ");
        writeln!(to, "{DIM}{rank}{DIM:#}{BOLD}{}{BOLD:#}", cited.trim_start())?;
        let headings: Vec<&str> =
            clause.headings.iter().chain(&clause.heading).map(String::as_str).collect();
        if !headings.is_empty() {
            writeln!(to, "{}", wrapped(&headings.join(" › "), &[], columns, "    "))?;
        }
        let about = format!("{} · {} · {}", hit.record.id(), summary(document), document.source);
        writeln!(to, "{DIM}{}{DIM:#}", wrapped(&about, &[], columns, "    "))?;
        let flat = clause.text.replace('\n', " ");
        // Three lines, less what wrapping leaves at their ends.
        let (shown, marks) = snippet(&flat, &hit.highlights, (columns - 4) * 3 - 6);
        writeln!(to, "{}", wrapped(&shown, &marks, columns, "    "))?;
        match parallel.get(at) {
            Some(records) => {
                for record in records {
                    let (document, clause) = (&record.document, &record.clause);
                    let cited = format!("↔ {} · {}", citation(document, clause), record.id());
                    writeln!(to, "{DIM}{}{DIM:#}", wrapped(&cited, &[], columns, "    "))?;
                    let flat = clause.text.replace('\n', " ");
                    let (shown, _) = snippet(&flat, &[], (columns - 4) * 3 - 6);
                    writeln!(to, "{}", wrapped(&shown, &[], columns, "    "))?;
                }
            }
            None => {
                if let Some(first) = hit.counterparts.first() {
                    writeln!(to, "    {DIM}↔ {first}{DIM:#}")?;
                }
            }
        }
        if let Some(explanation) = &hit.explanation {
            for line in why(explanation, hit) {
                writeln!(to, "{DIM}{}{DIM:#}", wrapped(&line, &[], columns, "      "))?;
            }
        }
        writeln!(to)?;
    }
    let seconds = answer.took_us as f64 / 1000.0;
    if answer.hits.is_empty() && answer.total > 0 {
        writeln!(to, "no hits on this page; there are {} in all", answer.total)?;
    } else if answer.hits.is_empty() {
        writeln!(to, "nothing found for {}", safe(&request.query))?;
    } else {
        let last = request.offset + answer.hits.len();
        let range = format!("{}–{last} of {} in {seconds:.1} ms", request.offset + 1, answer.total);
        debug_assert!(width(&range) < columns);
        writeln!(to, "{DIM}{range}{DIM:#}")?;
    }
    for note in &answer.notes {
        writeln!(to, "{}", wrapped(&format!("note: {note}"), &[], columns, ""))?;
    }
    Ok(())
}

/// Why a clause is a hit, in plain words, a line a reason.
fn why(explanation: &Explanation, hit: &Hit) -> Vec<String> {
    let mut first = format!("score {:.2}", hit.score);
    if explanation.clause != hit.record.id() {
        first.push_str(&format!(", of its version {}", explanation.clause));
    }
    let mut lines = vec![first];
    // What counts next to nothing explains nothing.
    let telling = |reason: &&Reason| reason.score >= 0.05;
    for reason in explanation.reasons.iter().filter(telling) {
        let place = match reason.place {
            Place::WordForWord => "stands so, word for word",
            Place::Text => "in the text",
            Place::SideBySide => "characters of it side by side",
            Place::Headings => "in the headings",
            Place::Title => "in the document's title",
            Place::Parties => "in the name of a party",
            Place::Number => "the document's number",
            Place::Citation => "the clause cited",
        };
        let mut line = format!("{:+.2}  {}: {place}", reason.score, safe(&reason.typed));
        for term in &reason.otherwise {
            let rule = if term.is_number { "the same by value" } else { "another region's word" };
            line.push_str(&format!("; {} for {}, {rule}", term.other, safe(&term.typed)));
        }
        lines.push(line);
    }
    if explanation.covered < 1.0 {
        lines.push(format!("×{:.2}  not all of the query's words are held", explanation.covered));
    }
    if explanation.near > 0.0 {
        lines.push(format!("{:+.2}  its words stand near one another", explanation.near));
    }
    if explanation.kind < 1.0 {
        lines.push(format!("×{:.2}  signatures name what they don't tell about", explanation.kind));
    }
    if !explanation.folded.is_empty() {
        let pairs: Vec<String> = explanation
            .folded
            .iter()
            .map(|(typed, printed)| format!("{typed}={printed}"))
            .collect();
        lines.push(format!("folding joins {}", pairs.join(" ")));
    }
    lines
}

/// How the hits divide, the most frequent values first.
fn facets(answer: &Answer, out: &Output) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    let all = &answer.facets;
    for (name, values) in [
        ("kind", &all.kind),
        ("year", &all.year),
        ("script", &all.script),
        ("party", &all.party),
        ("unit", &all.unit),
    ] {
        let mut sorted: Vec<(&String, &u64)> = values.iter().collect();
        if name == "year" {
            sorted.reverse();
        } else {
            sorted.sort_by(|a, b| b.1.cmp(a.1));
        }
        let shown: Vec<String> = sorted
            .iter()
            .take(12)
            .map(|(value, count)| format!("{} {count}", safe(value)))
            .collect();
        if !shown.is_empty() {
            let line = format!("{name:<7} {}", shown.join(" · "));
            writeln!(to, "{}", wrapped(&line, &[], columns, "        ").trim_start())?;
        }
    }
    Ok(())
}
