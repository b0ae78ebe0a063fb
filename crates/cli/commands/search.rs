use std::fmt::Display;
use std::io::Write;
use std::ops::Range;

use tiaowen_corpus::{Clause, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Answer, Facets, Hit, Request, Searcher, TotalIs, UNDATED};
use tiaowen_text::Budget;
use tiaowen_wire::{AnswerJson, Presenter, marked_passages, write};
use tiaowen_words::{fill, recognised, why};

use super::{about, list};
use crate::args::{Format, Order, Search};
use crate::failure::{Failure, Outcome};
use crate::language::{named, words};
use crate::output::{Output, tell};
use crate::terminal::{BOLD, DIM, hanging, left, safe, snippet, width, wrapped, wrapped_line};
use crate::wording;

pub(crate) fn run(args: &Search, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(args.shown.script())?;
    let links = args.public_url.clone().unwrap_or_default().permanent();
    let place = args.folder.place()?;
    let mut searcher = place.searcher()?;
    searcher.set_terms(super::terms(args.terms.as_deref())?);
    searcher.set_meaning(args.meaning.of(&*place));
    let request = Request {
        query: args.query.join(" "),
        limit: args.limit(),
        offset: args.offset,
        sort: args.sort(),
        filter: args.filters.filter(),
        expand: !args.no_expand,
        phonetic: args.phonetic,
        relax: true,
        group: !args.no_group,
        count: args.count,
        facets: args.facets,
        explain: args.explain,
        meaning: args.meaning.meaning.is_some() && !args.no_meaning,
    };
    if args.documents {
        let found = searcher.documents(&request, &Budget::unlimited())?;
        let (skip, limit) = (args.offset, args.limit.unwrap_or(usize::MAX));
        let page = list::Page { skip, limit, order: Order::Clauses };
        return list::print(found, &page, &presenter, args.format, out);
    }
    let mut answer = searcher.search(&request)?;
    for hit in &mut answer.hits {
        presenter.document(hit.record.document.to_mut())?;
        presenter.clause(hit.record.clause.to_mut(), &mut hit.highlights)?;
    }
    let parallel = if args.parallel { beside(&searcher, &answer, &presenter)? } else { Vec::new() };
    match args.format {
        Format::Text => {
            text(&answer, &request, &parallel, out)?;
            if let Some(found) = &answer.facets {
                facets(found, out)?;
            }
        }
        Format::Json => {
            out.json(&AnswerJson::new(&request.query, &answer, &parallel, &links))?;
        }
        Format::Jsonl => write::hits_jsonl(&answer, &parallel, &links, &mut out.data())?,
        Format::Csv => write::hits_csv(&answer, &parallel, &links, &mut out.data())?,
    }
    if matches!(args.format, Format::Jsonl | Format::Csv) {
        report_cut(&answer, &request);
    }
    // The result may be incomplete.
    if let Some(note) = answer.incomplete() {
        if matches!(args.format, Format::Jsonl | Format::Csv) {
            tell(&wording::note(note));
        }
        return Ok(Outcome::SomeFailed);
    }
    Ok(if answer.total > 0 { Outcome::Done } else { Outcome::Nothing })
}

/// Reports on standard error that a list is not complete, since the list has no total.
fn report_cut(answer: &Answer, request: &Request) {
    let last = request.offset + answer.hits.len();
    if (last as u64) < answer.total {
        let w = &words().terminal;
        let range: [(&str, &dyn Display); 3] =
            [("from", &(request.offset + 1)), ("to", &last), ("total", &total(answer))];
        let note = if answer.hits.is_empty() {
            fill(&w.none_here, &[("n", &total(answer))])
        } else {
            fill(&w.cut, &range)
        };
        tell(&fill(&w.note, &[("note", &note)]));
    }
}

/// The number of hits, as far as they were counted.
fn total(answer: &Answer) -> String {
    match answer.total_is {
        TotalIs::Exact => answer.total.to_string(),
        TotalIs::AtLeast => fill(&words().terminal.more_than, &[("n", &answer.total)]),
    }
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
        print_hit(hit, parallel.get(at).map(Vec::as_slice), columns, &mut to)?;
    }
    writeln!(to, "{}", extent(answer, request, columns))?;
    let w = &words().terminal;
    for note in &answer.notes {
        let note = fill(&w.note, &[("note", &wording::note(note))]);
        writeln!(to, "{}", wrapped_line(&note, columns, ""))?;
    }
    Ok(())
}

/// A hit: its citation, headings and origin, the text around its highlights, and its counterparts.
fn print_hit(
    hit: &Hit,
    parallel: Option<&[ClauseRecord<'static>]>,
    columns: usize,
    to: &mut impl Write,
) -> Result<(), Failure> {
    let (document, clause) = (&hit.record.document, &hit.record.clause);
    let rank = format!("{:>2}  ", hit.rank);
    let mut cited = safe(&citation(document, clause));
    if let [only] = marked_passages(hit).as_slice() {
        cited.push_str(&only.address);
    }
    let cited = wrapped_line(&cited, columns, "    ");
    writeln!(to, "{DIM}{rank}{DIM:#}{BOLD}{}{BOLD:#}", cited.trim_start())?;
    let headings: Vec<&str> =
        clause.headings.iter().chain(&clause.heading).map(String::as_str).collect();
    if !headings.is_empty() {
        writeln!(to, "{}", wrapped_line(&headings.join(" › "), columns, "    "))?;
    }
    let line = format!("{} · {} · {}", hit.record.id(), about(document), document.source);
    writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
    if let Some(line) = recognised(words(), clause) {
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
    }
    writeln!(to, "{}", excerpt(clause, &hit.highlights, columns))?;
    print_counterparts(hit, parallel, columns, to)?;
    if hit.joining.is_some_and(|joining| joining.words.is_none()) {
        let found = &words().search.found_by_meaning;
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(found, columns, "    "))?;
    }
    for line in why(words(), hit, |text| safe(text).into()) {
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "      "))?;
    }
    writeln!(to)?;
    Ok(())
}

/// The other versions of a hit if they were asked for, otherwise the id of the first.
fn print_counterparts(
    hit: &Hit,
    parallel: Option<&[ClauseRecord<'static>]>,
    columns: usize,
    to: &mut impl Write,
) -> Result<(), Failure> {
    let Some(records) = parallel else {
        if let Some(first) = hit.counterparts.first() {
            writeln!(to, "    {DIM}↔ {first}{DIM:#}")?;
        }
        return Ok(());
    };
    for record in records {
        let (document, clause) = (&record.document, &record.clause);
        let cited = format!("↔ {} · {}", citation(document, clause), record.id());
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&cited, columns, "    "))?;
        writeln!(to, "{}", excerpt(clause, &[], columns))?;
    }
    Ok(())
}

/// The part of a clause with the most highlights: three lines, less what wrapping leaves at their
/// ends.
fn excerpt(clause: &Clause, highlights: &[Range<usize>], columns: usize) -> String {
    let flat = clause.text.replace('\n', " ");
    let (shown, marks) = snippet(&flat, highlights, (columns - 4) * 3 - 6);
    wrapped(&shown, &marks, columns, "    ")
}

/// Which hits were printed, of how many.
fn extent(answer: &Answer, request: &Request, columns: usize) -> String {
    let w = &words().terminal;
    if answer.hits.is_empty() && answer.total > 0 {
        return fill(&w.none_here, &[("n", &total(answer))]);
    }
    if answer.hits.is_empty() {
        return match request.query.trim() {
            "" => w.nothing_left.clone(),
            query => fill(&w.nothing, &[("query", &safe(query))]),
        };
    }
    let last = request.offset + answer.hits.len();
    let values: [(&str, &dyn Display); 4] = [
        ("from", &(request.offset + 1)),
        ("to", &last),
        ("total", &total(answer)),
        ("ms", &format!("{:.1}", answer.took_us as f64 / 1000.0)),
    ];
    let range = fill(&w.range, &values);
    debug_assert!(width(&range) < columns);
    format!("{DIM}{range}{DIM:#}")
}

/// The number of hits by facet, the most frequent values first.
fn facets(all: &Facets, out: &Output) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    let w = words();
    let rows = [
        (&w.facets.kind, &all.kind, Some(&w.kinds)),
        (&w.facets.year, &all.year, None),
        (&w.facets.script, &all.script, Some(&w.scripts)),
        (&w.facets.party, &all.party, None),
        (&w.facets.unit, &all.unit, None),
    ];
    let widest = rows.iter().map(|(name, ..)| width(name)).max().unwrap_or(0);
    for (at, (name, values, names)) in rows.into_iter().enumerate() {
        let all = values.iter().filter(|(value, _)| *value != UNDATED);
        let mut sorted: Vec<(&String, &u64)> = all.collect();
        if at == 1 {
            sorted.reverse();
        } else {
            sorted.sort_by(|a, b| b.1.cmp(a.1));
        }
        let mut shown: Vec<String> = sorted
            .iter()
            .take(12)
            .map(|(value, count)| {
                let value = names.map_or_else(|| (*value).clone(), |names| named(names, value));
                format!("{} {count}", safe(&value))
            })
            .collect();
        let undated = values.get(UNDATED).map(|count| (w.facets.undated.to_lowercase(), count));
        shown.extend(undated.map(|(name, count)| format!("{name} {count}")));
        if !shown.is_empty() {
            let name = left(&name.to_lowercase(), widest);
            let line = format!("{name}  {}", shown.join(" · "));
            writeln!(to, "{}", hanging(&line, columns))?;
        }
    }
    Ok(())
}
