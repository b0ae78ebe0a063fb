use std::io::Write;

use tiaowen_corpus::{Passage, citation, passages};
use tiaowen_index::{ClauseIndex, ClauseRecord};
use tiaowen_query::{Answer, Hit, Request, Searcher};

use super::{Presenter, code_points, summary};
use crate::args::{Format, Search};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::terminal::{BOLD, DIM, safe, snippet, width, wrapped};
use crate::wire::{AnswerJson, ClauseJson, FacetsJson, HitJson, PassageJson};

pub(crate) fn run(args: &Search, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(&args.shown)?;
    let mut searcher = Searcher::new(ClauseIndex::open(&args.folder.index)?)?;
    searcher.set_terms(super::terms(args.terms.as_deref())?);
    let request = Request {
        query: args.query.join(" "),
        limit: args.limit,
        offset: args.offset,
        sort: args.sort(),
        filter: args.filter(),
        expand: !args.no_expand,
    };
    let mut answer = searcher.search(&request)?;
    for hit in &mut answer.hits {
        presenter.document(hit.record.document.to_mut())?;
        presenter.clause(hit.record.clause.to_mut(), &mut hit.highlights)?;
    }
    let parallel = if args.parallel { beside(&searcher, &answer, &presenter)? } else { Vec::new() };
    let beside_of = |at: usize| parallel.get(at).map(Vec::as_slice);
    match args.format {
        Format::Text => text(&answer, &request, &parallel, out)?,
        Format::Json => {
            out.json(&wire(&answer, &request, &parallel))?;
        }
        Format::Jsonl => {
            let mut data = out.data();
            for (at, hit) in answer.hits.iter().enumerate() {
                serde_json::to_writer(&mut data, &hit_json(hit, beside_of(at)))?;
                writeln!(data)?;
            }
            data.flush()?;
        }
        Format::Csv => csv(&answer, &parallel, out)?,
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

/// The parts of an article that hold marks.
fn marked_passages(hit: &Hit) -> Vec<Passage> {
    let holds = |passage: &Passage| {
        let inside = |mark: &std::ops::Range<usize>| {
            mark.start >= passage.span.start && mark.start < passage.span.end
        };
        hit.highlights.iter().any(inside)
    };
    let all = passages(&hit.record.document, &hit.record.clause);
    all.into_iter().filter(holds).collect()
}

fn hit_json<'a>(hit: &'a Hit, parallel: Option<&'a [ClauseRecord<'static>]>) -> HitJson<'a> {
    let (document, clause) = (&hit.record.document, &hit.record.clause);
    let passage = |passage: Passage| PassageJson {
        citation: format!("{}{}", citation(document, clause), passage.address),
        span: code_points(&clause.text, std::slice::from_ref(&passage.span))[0],
        address: passage.address,
    };
    HitJson {
        rank: hit.rank,
        score: hit.score,
        clause: ClauseJson::new(&hit.record.document, &hit.record.clause),
        highlights: code_points(&hit.record.clause.text, &hit.highlights),
        passages: marked_passages(hit).into_iter().map(passage).collect(),
        counterparts: &hit.counterparts,
        parallel: parallel.map(|records| {
            records.iter().map(|record| ClauseJson::new(&record.document, &record.clause)).collect()
        }),
    }
}

fn wire<'a>(
    answer: &'a Answer,
    request: &'a Request,
    parallel: &'a [Vec<ClauseRecord<'static>>],
) -> AnswerJson<'a> {
    AnswerJson {
        query: &request.query,
        total: answer.total,
        took_us: answer.took_us,
        hits: answer
            .hits
            .iter()
            .enumerate()
            .map(|(at, hit)| hit_json(hit, parallel.get(at).map(Vec::as_slice)))
            .collect(),
        facets: FacetsJson {
            kind: &answer.facets.kind,
            year: &answer.facets.year,
            script: &answer.facets.script,
        },
        notes: &answer.notes,
    }
}

fn csv(
    answer: &Answer,
    parallel: &[Vec<ClauseRecord<'static>>],
    out: &Output,
) -> Result<(), Failure> {
    let mut table = csv::Writer::from_writer(out.data());
    let mut head = vec!["rank", "score", "id", "citation", "date", "script", "source", "text"];
    if !parallel.is_empty() {
        head.extend(["counterpart", "counterpart_text"]);
    }
    table.write_record(&head)?;
    for (at, hit) in answer.hits.iter().enumerate() {
        let (document, clause) = (&hit.record.document, &hit.record.clause);
        let mut row = vec![
            hit.rank.to_string(),
            format!("{:.3}", hit.score),
            hit.record.id(),
            citation(document, clause),
            document.date.clone().unwrap_or_default(),
            document.script.as_str().to_owned(),
            document.source.clone(),
            clause.text.clone(),
        ];
        if let Some(records) = parallel.get(at) {
            let all = |part: fn(&ClauseRecord<'static>) -> String| {
                records.iter().map(part).collect::<Vec<_>>().join("\n")
            };
            row.push(all(|record| citation(&record.document, &record.clause)));
            row.push(all(|record| record.clause.text.clone()));
        }
        table.write_record(&row)?;
    }
    table.flush()?;
    Ok(())
}
