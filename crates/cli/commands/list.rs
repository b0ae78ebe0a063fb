use std::cmp::Reverse;
use std::io::Write;

use tiaowen_corpus::Document;
use tiaowen_query::{DocumentHits, Request};
use tiaowen_text::{Budget, fold};
use tiaowen_wire::{DocumentsJson, Presenter, write};

use super::{NOWHERE, about, title};
use crate::args::{Format, List, Order};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::terminal::{BOLD, DIM, wrapped_line};

pub(crate) fn run(args: &List, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(args.shown.script())?;
    let mut searcher = args.folder.searcher()?;
    searcher.set_terms(super::terms(args.terms.as_deref())?);
    let request = Request {
        filter: args.filters.filter(),
        expand: !args.no_expand,
        ..Request::new(args.query.join(" "))
    };
    let found = searcher.documents(&request, &Budget::unlimited())?;
    let page =
        Page { skip: args.offset, limit: args.limit.unwrap_or(usize::MAX), order: args.sort };
    print(found, &page, &presenter, args.format, out)
}

/// The documents to print, and their order.
pub(crate) struct Page {
    pub(crate) skip: usize,
    pub(crate) limit: usize,
    pub(crate) order: Order,
}

/// Prints documents with the number of their clauses.
pub(crate) fn print(
    mut found: Vec<DocumentHits>,
    page: &Page,
    presenter: &Presenter,
    format: Format,
    out: &Output,
) -> Result<Outcome, Failure> {
    order(&mut found, page.order);
    let total = found.len();
    let mut listed: Vec<(Document, u64)> = Vec::new();
    for DocumentHits { mut document, clauses } in found.into_iter().skip(page.skip).take(page.limit)
    {
        presenter.document(&mut document)?;
        listed.push((document, clauses));
    }
    match format {
        Format::Text => text(&listed, total, out)?,
        Format::Json => out.json(&DocumentsJson::new(total as u64, &listed, NOWHERE))?,
        Format::Jsonl => write::documents_jsonl(&listed, NOWHERE, &mut out.data())?,
        Format::Csv => write::documents_csv(&listed, &mut out.data())?,
    }
    Ok(if total > 0 { Outcome::Done } else { Outcome::Nothing })
}

/// Sorts documents. Ties keep the order of their sources.
fn order(found: &mut [DocumentHits], by: Order) {
    match by {
        Order::Source => {}
        Order::Date => found.sort_by(|left, right| right.document.date.cmp(&left.document.date)),
        Order::Title => found.sort_by_cached_key(|hits| {
            let title = hits.document.title.as_deref().map(fold);
            (title.is_none(), title)
        }),
        Order::Clauses => found.sort_by_key(|hits| Reverse(hits.clauses)),
    }
}

fn text(page: &[(Document, u64)], total: usize, out: &Output) -> Result<(), Failure> {
    let (columns, counted) = (out.columns(), &words().counted);
    let mut to = out.text();
    for (document, clauses) in page {
        let shown = wrapped_line(title(document), columns, "  ");
        writeln!(to, "{BOLD}{}{BOLD:#}", shown.trim_start())?;
        let line = format!(
            "{} · {} · {} · {}",
            document.id,
            counted.clauses.of(*clauses),
            about(document),
            document.source
        );
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "  "))?;
    }
    let w = &words().terminal;
    match total {
        0 => writeln!(to, "{}", w.no_documents)?,
        _ => writeln!(to, "\n{DIM}{}{DIM:#}", counted.documents.of(total as u64))?,
    }
    Ok(())
}
