use std::collections::HashMap;
use std::fmt::Display;
use std::io::Write;
use std::ops::Range;

use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::Request;
use tiaowen_terms::TermTable;
use tiaowen_text::Budget;
use tiaowen_wire::{
    Concordance as Found, ConcordanceJson, Correspondence, Equivalents, Line, LineJson, Presenter,
    entries_of, equivalents, write,
};
use tiaowen_words::{correspondence, fill};

use super::terms;
use crate::args::{Concordance, Format};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::{Output, tell};
use crate::terminal::{BOLD, DIM, SIDE_BY_SIDE, half, safe, side_by_side, wrapped, wrapped_line};
use crate::wording;

/// A line with the counterpart of its clause.
struct Row<'a> {
    rank: usize,
    line: &'a Line,
    record: &'a ClauseRecord<'static>,
    other: Option<(&'a ClauseRecord<'static>, Equivalents)>,
}

pub(crate) fn run(args: &Concordance, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(args.shown.script())?;
    let links = args.public_url.clone().unwrap_or_default().permanent();
    let table = super::terms(args.terms.as_deref())?;
    let mut searcher = args.folder.searcher()?;
    searcher.set_terms(table.clone());
    let query = args.query.join(" ");
    let request = Request {
        filter: args.filters.filter(),
        expand: !args.no_expand,
        ..Request::new(query.as_str())
    };
    let budget = Budget::unlimited();
    let cut = (args.width, args.order.into());
    let found = Found::find::<Failure>(&searcher, &request, &presenter, cut, &budget)?;
    let manifest = searcher.manifest()?;
    let scripts: HashMap<&str, _> =
        manifest.documents().map(|document| (document.id.as_str(), document.script)).collect();
    let script_of = |id: &str| scripts.get(id).copied();
    let page: Vec<Line> =
        found.lines.iter().skip(args.offset).take(args.limit()).cloned().collect();
    let beside = found.beside::<Failure>(&searcher, &presenter, script_of, &page, &budget)?;
    let rows = (args.offset + 1..).zip(&page).map(|(rank, line)| {
        let record = &found.found.hits[line.clause].record;
        Row::new(rank, line, record, beside.get(&line.clause), &table)
    });
    let rows: Vec<Row<'_>> = rows.collect();
    match args.format {
        Format::Text => text(&found, &rows, &query, &table, out)?,
        Format::Json => {
            let lines = rows.iter().map(|row| row.json(&links)).collect();
            out.json(&ConcordanceJson::new(found.head(&query), lines))?;
        }
        Format::Jsonl => write::jsonl(rows.iter().map(|row| row.json(&links)), &mut out.data())?,
        Format::Csv => {
            write::lines_csv(rows.iter().map(|row| row.json(&links)), &mut out.data())?;
        }
    }
    if let Some(note) = found.found.incomplete() {
        tell(&wording::note(note));
        return Ok(Outcome::SomeFailed);
    }
    Ok(if found.lines.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

impl<'a> Row<'a> {
    fn new(
        rank: usize,
        line: &'a Line,
        record: &'a ClauseRecord<'static>,
        other: Option<&'a ClauseRecord<'static>>,
        table: &TermTable,
    ) -> Self {
        let other = other.map(|other| {
            let (text, other_text) = (&record.clause.text, &other.clause.text);
            (other, equivalents(&line.keyword, text, other_text, table))
        });
        Row { rank, line, record, other }
    }

    fn json(&self, links: &tiaowen_wire::Permalinks) -> LineJson<'a> {
        LineJson::new(self.rank, self.line, self.record, self.other.clone(), links)
    }

    /// How the counterpart says the word.
    fn degree(&self) -> String {
        let degree = self.other.as_ref().map(|(_, words)| words.degree);
        correspondence(words(), degree.map(|degree| degree.map(Correspondence::as_str)))
    }

    /// The line of the counterpart: the words for the keyword in their context.
    fn counterpart(&self) -> Option<(&'a ClauseRecord<'static>, Line)> {
        let (other, words) = self.other.as_ref()?;
        let around = self.line.left.chars().count().max(self.line.right.chars().count());
        let at = words.at.first().cloned().unwrap_or(0..0);
        Some((other, Line::cut(0, &other.clause.text, at, around)))
    }
}

/// The text of a line, and the place of its keyword.
fn marked(line: &Line) -> (String, Vec<Range<usize>>) {
    let text = format!("{}{}{}", line.left, line.keyword, line.right);
    let at = line.left.len()..line.left.len() + line.keyword.len();
    (text, if at.is_empty() { Vec::new() } else { vec![at] })
}

fn text(
    found: &Found,
    rows: &[Row<'_>],
    query: &str,
    table: &TermTable,
    out: &Output,
) -> Result<(), Failure> {
    let columns = out.wide_columns();
    let mut to = out.text();
    for entry in entries_of(table, query) {
        writeln!(to, "{}", wrapped_line(&terms::named(entry), columns, ""))?;
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&terms::about(entry), columns, "    "))?;
    }
    for row in rows {
        print_row(row, columns, &mut to)?;
    }
    let w = &words().terminal;
    let (total, counted) = (found.lines.len(), &words().counted);
    if total == 0 {
        writeln!(to, "{}", fill(&w.concordance_none, &[("query", &safe(query))]))?;
    } else if let (Some(first), Some(last), true) = (rows.first(), rows.last(), rows.len() < total)
    {
        let values: [(&str, &dyn Display); 3] =
            [("from", &first.rank), ("to", &last.rank), ("total", &total)];
        writeln!(to, "{DIM}{}{DIM:#}", fill(&w.concordance_cut, &values))?;
    } else {
        writeln!(to, "{DIM}{}{DIM:#}", counted.places.of(total as u64))?;
    }
    if !found.is_complete() {
        let first = fill(&words().concordance.first, &[("n", &found.found.hits.len())]);
        writeln!(to, "{DIM}{first}{DIM:#}")?;
    }
    for note in &found.found.notes {
        let note = fill(&w.note, &[("note", &wording::note(note))]);
        writeln!(to, "{}", wrapped_line(&note, columns, ""))?;
    }
    Ok(())
}

fn print_row(row: &Row<'_>, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let cited = |record: &ClauseRecord<'_>| {
        format!("{} · {}", safe(&citation(&record.document, &record.clause)), record.id())
    };
    let (this, marks) = marked(row.line);
    let (other, other_marks, other_cited) = match row.counterpart() {
        Some((record, line)) => {
            let (text, marks) = marked(&line);
            (text, marks, format!("{} · {}", row.degree(), cited(record)))
        }
        None => (String::new(), Vec::new(), row.degree()),
    };
    let head = format!("{:>3}  {}", row.rank, cited(row.record));
    if columns < SIDE_BY_SIDE {
        writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(&head, columns, "     ").trim_start())?;
        writeln!(to, "{}", wrapped(&this, &marks, columns, "     "))?;
        writeln!(
            to,
            "{DIM}{}{DIM:#}",
            wrapped_line(&format!("↔ {other_cited}"), columns, "     ")
        )?;
        if !other.is_empty() {
            writeln!(to, "{}", wrapped(&other, &other_marks, columns, "     "))?;
        }
        return Ok(());
    }
    let lefts = column(&head, &this, &marks, columns);
    let rights = column(&format!("↔ {other_cited}"), &other, &other_marks, columns);
    for line in side_by_side(&lefts, &rights, columns) {
        writeln!(to, "{line}")?;
    }
    Ok(())
}

/// The lines of a text that is printed beside another, below its head.
fn column(head: &str, text: &str, marks: &[Range<usize>], columns: usize) -> Vec<String> {
    let room = half(columns);
    let head = wrapped_line(head, room, "");
    let head = head.split('\n').map(|line| format!("{DIM}{line}{DIM:#}"));
    let body = wrapped(text, marks, room, "");
    head.chain(body.split('\n').map(str::to_owned)).collect()
}
