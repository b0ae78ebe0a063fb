use std::io::Write;

use tiaowen_corpus::{Passage, citation, passages};
use tiaowen_index::ClauseIndex;
use tiaowen_query::{Answer, Hit, Request, Searcher};

use super::{Presenter, code_points, summary};
use crate::args::{Format, Search};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::terminal::{BOLD, DIM, safe, snippet, width, wrapped};
use crate::wire::{AnswerJson, ClauseJson, FacetsJson, HitJson, PassageJson};

pub(crate) fn run(args: &Search, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(&args.shown)?;
    let searcher = Searcher::new(ClauseIndex::open(&args.folder.index)?)?;
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
    match args.format {
        Format::Text => text(&answer, &request, out)?,
        Format::Json => {
            let mut data = out.data();
            serde_json::to_writer(&mut data, &wire(&answer, &request))?;
            writeln!(data)?;
            data.flush()?;
        }
        Format::Jsonl => {
            let mut data = out.data();
            for hit in &answer.hits {
                serde_json::to_writer(&mut data, &hit_json(hit))?;
                writeln!(data)?;
            }
            data.flush()?;
        }
        Format::Csv => csv(&answer, out)?,
    }
    Ok(if answer.total > 0 { Outcome::Done } else { Outcome::Nothing })
}

fn text(answer: &Answer, request: &Request, out: &Output) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    for hit in &answer.hits {
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
        writeln!(to, "{}\n", wrapped(&shown, &marks, columns, "    "))?;
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

fn hit_json(hit: &Hit) -> HitJson<'_> {
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
        counterparts: Vec::new(),
    }
}

fn wire<'a>(answer: &'a Answer, request: &'a Request) -> AnswerJson<'a> {
    AnswerJson {
        query: &request.query,
        total: answer.total,
        took_us: answer.took_us,
        hits: answer.hits.iter().map(hit_json).collect(),
        facets: FacetsJson {
            kind: &answer.facets.kind,
            year: &answer.facets.year,
            script: &answer.facets.script,
        },
        notes: &answer.notes,
    }
}

fn csv(answer: &Answer, out: &Output) -> Result<(), Failure> {
    let mut table = csv::Writer::from_writer(out.data());
    table.write_record(["rank", "score", "id", "citation", "date", "script", "source", "text"])?;
    for hit in &answer.hits {
        let (document, clause) = (&hit.record.document, &hit.record.clause);
        table.write_record([
            &hit.rank.to_string(),
            &format!("{:.3}", hit.score),
            &hit.record.id(),
            &citation(document, clause),
            document.date.as_deref().unwrap_or(""),
            document.script.as_str(),
            &document.source,
            &clause.text,
        ])?;
    }
    table.flush()?;
    Ok(())
}
