use std::io::Write;
use std::ops::Range;

use tiaowen_corpus::{Clause, Document, citation, passage, passages};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Link, Related};
use tiaowen_wire::{ClauseJson, ContextJson, DocumentTextJson, Outline, Presenter, code_points};
use tiaowen_words::{fill, recognised};

use super::{NOWHERE, about, part, title};
use crate::args::{Report, Show};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::{Output, tell};
use crate::terminal::{BOLD, DIM, safe, snippet, wrapped, wrapped_line};

pub(crate) fn run(args: &Show, out: &Output) -> Result<Outcome, Failure> {
    let w = &words().terminal;
    let presenter = Presenter::new(args.shown.script())?;
    let searcher = args.folder.searcher()?;
    let id = match &args.as_of {
        Some(day) => super::on_day(&searcher, &args.id, day)?,
        None => args.id.clone(),
    };
    let document_id = id.split('.').next().unwrap_or(&id);
    let mut records = searcher.document(document_id)?;
    let place = records.iter().position(|record| record.id() == id);
    if records.is_empty() || id != document_id && place.is_none() {
        tell(&fill(&w.not_found, &[("id", &safe(&id))]));
        return Ok(Outcome::Nothing);
    }
    let mut marks = Vec::new();
    if let Some(address) = &args.at {
        let Some(record) = place.map(|place| &records[place]) else {
            return Err(Failure::Input(w.at_needs_article.clone()));
        };
        let Some(found) = passage(&record.document, &record.clause, address) else {
            tell(&no_passage(record, address));
            return Ok(Outcome::Nothing);
        };
        marks.push(found.span);
    }
    // The links of the clause, or of all clauses of the document.
    let wanted = place.map_or(0..records.len(), |place| place..place + 1);
    let mut related = searcher.related(&records, wanted.clone())?;
    for (at, record) in records.iter_mut().enumerate() {
        presenter.document(record.document.to_mut())?;
        let marks_here = if Some(at) == place { &mut marks } else { &mut Vec::new() };
        match at.checked_sub(wanted.start).and_then(|at| related.get_mut(at)) {
            Some(related) => presenter.with_related(record.clause.to_mut(), marks_here, related)?,
            None => presenter.clause(record.clause.to_mut(), marks_here)?,
        }
    }
    if let Some(first) = records.first_mut() {
        presenter.dropped(&mut first.dropped)?;
    }
    match (place, args.format) {
        (Some(place), Report::Text) => {
            clause(&records, place, &marks, args.at.as_deref(), &related[0], out)?;
        }
        (None, Report::Text) => document(&records, &related, out)?,
        (Some(place), Report::Json) => {
            out.json(&clause_json(&records, place, &marks, &related[0]))?;
        }
        (None, Report::Json) => out.json(&document_json(&records, &related))?,
    }
    Ok(Outcome::Done)
}

/// Says that a clause has no such passage, and which it has.
fn no_passage(record: &ClauseRecord<'_>, address: &str) -> String {
    let w = &words().terminal;
    let all = passages(&record.document, &record.clause);
    let all: Vec<_> = all.into_iter().map(|passage| passage.address).collect();
    let has = if all.is_empty() { w.no_passages.clone() } else { all.join(" ") };
    fill(&w.no_passage, &[("address", &safe(address)), ("has", &has)])
}

/// A clause between its neighbours.
fn clause_json<'a>(
    records: &'a [ClauseRecord<'_>],
    place: usize,
    marks: &[Range<usize>],
    related: &'a Related,
) -> ContextJson<'a> {
    let json =
        |record: &'a ClauseRecord<'_>| ClauseJson::new(&record.document, &record.clause, NOWHERE);
    ContextJson {
        marked: code_points(&records[place].clause.text, marks),
        clause: json(&records[place]).with(related),
        before: place.checked_sub(1).map(|before| json(&records[before])),
        after: records.get(place + 1).map(json),
    }
}

/// A document with its clauses.
fn document_json<'a>(
    records: &'a [ClauseRecord<'_>],
    related: &'a [Related],
) -> DocumentTextJson<'a> {
    let clauses = records.iter().zip(related).map(|(record, related)| {
        ClauseJson::new(&record.document, &record.clause, NOWHERE).with(related)
    });
    let text = DocumentTextJson::new(&records[0].document, clauses.collect(), NOWHERE);
    text.leaving(&records[0].dropped)
}

/// The title, kind, parties and place of a document.
fn head(document: &Document, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(title(document), columns, ""))?;
    writeln!(to, "{}", wrapped_line(&about(document), columns, ""))?;
    if !document.parties.is_empty() {
        writeln!(to, "{}", wrapped_line(&document.parties.join("；"), columns, ""))?;
    }
    if let Some(validity) = &document.validity {
        let (w, d) = (&words().terminal, &words().document);
        let from = validity.from.as_ref().map(|from| fill(&d.valid_from, &[("date", from)]));
        let until = validity.to.as_ref().map(|to| fill(&d.valid_to, &[("date", to)]));
        let mut span = match (from, until) {
            (Some(from), Some(to)) => fill(&w.span, &[("from", &from), ("to", &to)]),
            (from, until) => from.or(until).unwrap_or_default(),
        };
        if validity.renews {
            span = fill(&w.renews, &[("span", &span)]);
        }
        let said_in = validity.said_in.join(&words().notes.comma);
        let line = fill(&w.in_force, &[("span", &span), ("said_in", &said_in)]);
        writeln!(to, "{}", wrapped_line(&line, columns, ""))?;
    }
    let source = format!("{} #{} · {}", document.source, document.ordinal, document.id);
    writeln!(to, "{DIM}{}{DIM:#}\n", wrapped_line(&source, columns, ""))?;
    Ok(())
}

/// A clause in full, between the beginnings of its neighbours.
fn clause(
    records: &[ClauseRecord<'_>],
    place: usize,
    marks: &[Range<usize>],
    address: Option<&str>,
    related: &Related,
    out: &Output,
) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    let record = &records[place];
    head(&record.document, columns, &mut to)?;
    if let Some(before) = place.checked_sub(1).map(|at| &records[at].clause) {
        writeln!(to, "{DIM}{}{DIM:#}\n", neighbour(before, columns))?;
    }
    for (level, heading) in record.clause.headings.iter().enumerate() {
        writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(heading, columns, &"  ".repeat(level)))?;
    }
    writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(&labelled(&record.clause), columns, ""))?;
    writeln!(to, "{}\n", wrapped(&record.clause.text, marks, columns, ""))?;
    for mark in marks {
        writeln!(to, "{}\n", wrapped(&record.clause.text[mark.clone()], &[], columns, "    "))?;
    }
    if let Some(after) = records.get(place + 1).map(|record| &record.clause) {
        writeln!(to, "{DIM}{}{DIM:#}\n", neighbour(after, columns))?;
    }
    if let Some(line) = recognised(words(), &record.clause) {
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, ""))?;
    }
    let cited = citation(&record.document, &record.clause) + address.unwrap_or("");
    writeln!(to, "{}", wrapped_line(&cited, columns, ""))?;
    writeln!(to, "{DIM}{}{DIM:#}", record.id())?;
    let (w, text) = (&words().terminal, &record.clause.text);
    let references = related
        .references
        .iter()
        .map(|link| (text[link.span.clone()].to_owned() + &said_of(link), link.id()));
    others(&w.refers_to, references, columns, &mut to)?;
    others(&w.reports, related.reports.iter().map(named), columns, &mut to)?;
    others(&w.reported_by, related.reported_by.iter().map(named), columns, &mut to)?;
    Ok(())
}

/// The beginning of a clause beside the one that is shown.
fn neighbour(clause: &Clause, columns: usize) -> String {
    let line = format!("{} {}", labelled(clause), clause.text.replace('\n', " "));
    wrapped_line(&snippet(&line, &[], columns - 4).0, columns, "  ")
}

/// How a clause is cited, and its id.
fn named(record: &ClauseRecord<'_>) -> (String, String) {
    (citation(&record.document, &record.clause), record.id())
}

/// The name of a reference's target, if the reference itself doesn't give it.
fn said_of(link: &Link) -> String {
    match &link.clause {
        Some(record) => format!(" → {}", citation(&record.document, &record.clause)),
        None => String::new(),
    }
}

/// Prints clauses under a heading, each with its id.
fn others(
    name: &str,
    all: impl Iterator<Item = (String, String)>,
    columns: usize,
    to: &mut impl Write,
) -> Result<(), Failure> {
    for (at, (said, id)) in all.enumerate() {
        if at == 0 {
            writeln!(to, "\n{BOLD}{name}{BOLD:#}")?;
        }
        writeln!(to, "{}", wrapped_line(&said, columns, "  "))?;
        writeln!(to, "  {DIM}{id}{DIM:#}")?;
    }
    Ok(())
}

/// The whole document, with headings as an outline.
fn document(
    records: &[ClauseRecord<'_>],
    related: &[Related],
    out: &Output,
) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    head(&records[0].document, columns, &mut to)?;
    let mut outline = Outline::default();
    for (record, related) in records.iter().zip(related) {
        let clause = &record.clause;
        let place = outline.place(clause);
        for (depth, line) in place.fresh {
            let indent = "  ".repeat(depth);
            writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(&line, columns, &indent))?;
        }
        let indent = "  ".repeat(place.depth);
        writeln!(
            to,
            "{BOLD}{}{BOLD:#} {DIM}{}{DIM:#}",
            wrapped_line(&labelled(clause), columns, &indent),
            clause.eid
        )?;
        writeln!(to, "{}", wrapped(&clause.text, &[], columns, &indent))?;
        if let Some(line) = recognised(words(), clause) {
            writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, &indent))?;
        }
        let ids = |records: &[ClauseRecord<'_>]| records.iter().map(ClauseRecord::id).collect();
        let references: Vec<String> = related.references.iter().map(Link::id).collect();
        let w = &words().terminal;
        let reported: [(&str, Vec<String>); 3] = [
            (&w.refers_to, references),
            (&w.reports, ids(&related.reports)),
            (&w.reported_by, ids(&related.reported_by)),
        ];
        for (name, mut ids) in reported {
            ids.dedup();
            if !ids.is_empty() {
                let line = format!("{name} {}", ids.join(&words().notes.comma));
                writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, &indent))?;
            }
        }
        writeln!(to)?;
    }
    super::clauses::left_out(&records[0].dropped, columns, &mut to)
}

/// Label and heading (（一） 交流研討), or the name of a part without labels.
fn labelled(clause: &Clause) -> String {
    let label = clause.label.as_deref().unwrap_or(part(clause));
    match &clause.heading {
        Some(heading) => format!("{label} {heading}"),
        None => label.to_owned(),
    }
}
