use std::io::Write;
use std::path::{Path, PathBuf};

use tiaowen_compare::{
    Comparison, Difference, DifferenceKind, Row, Status, Verdict, compare, matching,
};
use tiaowen_corpus::{Clause, DocumentText};
use tiaowen_wire::summary;
use tiaowen_wire::write::{self, ComparisonFormat};

use super::{NOWHERE, counted};
use crate::args::{Compare, CompareFormat};
use crate::failure::{Failure, Outcome};
use crate::output::{Output, tell};
use crate::terminal::{BOLD, DIM, columns_of, safe, wrapped};

pub(crate) fn run(args: &Compare, out: &Output) -> Result<Outcome, Failure> {
    if args.left == "-" && args.right == "-" {
        return Err(Failure::Input("only one side can be standard input".to_owned()));
    }
    let terms = super::terms(args.terms.as_deref())?;
    let (left, right) = chosen(args)?;
    let comparison = compare(&left, &right, &terms);
    let format = match args.format {
        CompareFormat::Text => None,
        CompareFormat::Json => Some(ComparisonFormat::Json),
        CompareFormat::Jsonl => Some(ComparisonFormat::Jsonl),
        CompareFormat::Csv => Some(ComparisonFormat::Csv),
        CompareFormat::Html => Some(ComparisonFormat::Html),
        CompareFormat::Tmx => Some(ComparisonFormat::Tmx),
        CompareFormat::Docx => Some(ComparisonFormat::Docx),
    };
    let bytes = format.map(|format| write::comparison(&comparison, format, NOWHERE)).transpose()?;
    match (bytes, &args.output) {
        (None, None) => text(&comparison, args.all, out, &mut out.text())?,
        (None, Some(file)) => {
            let mut plain = Vec::new();
            text(&comparison, args.all, out, &mut anstream::StripStream::new(&mut plain))?;
            write_file(file, &plain)?;
        }
        (Some(bytes), Some(file)) => write_file(file, &bytes)?,
        (Some(bytes), None) => {
            let mut data = out.data();
            data.write_all(&bytes)?;
            data.flush()?;
        }
    }
    Ok(Outcome::Done)
}

fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(file, bytes)
        .map_err(|error| Failure::Input(format!("can't write {}: {error}", file.display())))
}

/// A side as it was named: its documents, and which of them was asked for.
struct Named {
    name: String,
    documents: Vec<DocumentText>,
    ordinal: Option<usize>,
}

/// The two documents to compare.
fn chosen(args: &Compare) -> Result<(DocumentText, DocumentText), Failure> {
    let (mut left, mut right) = (named(&args.left, args)?, named(&args.right, args)?);
    let told = left.documents.len() > 1 && left.ordinal.is_none()
        || right.documents.len() > 1 && right.ordinal.is_none();
    for side in [&mut left, &mut right] {
        if let Some(ordinal) = side.ordinal {
            let count = side.documents.len();
            let Some(document) = ordinal.checked_sub(1).filter(|&at| at < count) else {
                return Err(Failure::Input(format!(
                    "{} has no document {ordinal}; it holds {}:\n{}",
                    side.name,
                    counted(count as u64, "document"),
                    list(side)
                )));
            };
            side.documents = vec![side.documents.swap_remove(document)];
        }
    }
    match matching(&left.documents, &right.documents) {
        Ok((l, r)) => {
            let pair = (left.documents.swap_remove(l), right.documents.swap_remove(r));
            if told {
                let shown = |text: &DocumentText| {
                    let document = &text.document;
                    let title = document.title.as_deref().unwrap_or("(no title)");
                    format!("{}#{} {title}", document.source, document.ordinal)
                };
                tell(&safe(&format!("comparing {} with {}", shown(&pair.0), shown(&pair.1))));
            }
            Ok(pair)
        }
        Err(matches) => {
            let how = if matches.is_empty() { "no documents match" } else { "several match" };
            Err(Failure::Input(format!(
                "{how} clearly; name one of each side with #N:\n{}\n{}",
                list(&left),
                list(&right)
            )))
        }
    }
}

fn list(side: &Named) -> String {
    let line = |text: &DocumentText| {
        let title = text.document.title.as_deref().unwrap_or("(no title)");
        format!("  {}#{}  {}", side.name, text.document.ordinal, safe(title))
    };
    side.documents.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A file, `FILE#N`, standard input, or a document of the index by its id.
fn named(name: &str, args: &Compare) -> Result<Named, Failure> {
    let whole = PathBuf::from(name);
    if name == "-" || whole.exists() {
        let documents = super::clauses::read(&whole).map_err(|reason| told(name, &reason))?;
        return Ok(Named { name: name.to_owned(), documents, ordinal: None });
    }
    if let Some((file, ordinal)) = name.rsplit_once('#')
        && Path::new(file).exists()
    {
        let ordinal = ordinal.parse().map_err(|_| {
            told(name, "what stands behind # is the number of a document in the file: 1, 2 …")
        })?;
        let documents =
            super::clauses::read(Path::new(file)).map_err(|reason| told(file, &reason))?;
        return Ok(Named { name: file.to_owned(), documents, ordinal: Some(ordinal) });
    }
    let looks_like_id = name.len() >= 8
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !looks_like_id {
        return Err(told(
            name,
            "there is no such file; LEFT and RIGHT are files, FILE#N or document ids",
        ));
    }
    let searcher = args.folder.searcher()?;
    let records = searcher.document(name)?;
    let Some(first) = records.first() else {
        return Err(told(
            name,
            "there is no such file, nor a document with this id in the index; tiaowen search prints ids",
        ));
    };
    let document = first.document.clone().into_owned();
    let clauses: Vec<Clause> =
        records.into_iter().map(|record| record.clause.into_owned()).collect();
    let documents = vec![DocumentText { document, clauses }];
    Ok(Named { name: name.to_owned(), documents, ordinal: None })
}

fn told(name: &str, reason: &str) -> Failure {
    Failure::Input(format!("{}: {reason}", safe(name)))
}

/// Below so many columns, two texts side by side are too narrow to read.
const SIDE_BY_SIDE: usize = 110;

/// The comparison for people: a summary, then the rows that differ, or all.
fn text(
    comparison: &Comparison,
    all: bool,
    out: &Output,
    to: &mut impl Write,
) -> Result<(), Failure> {
    let columns = out.wide_columns();
    for (mark, document) in [("-", &comparison.left), ("+", &comparison.right)] {
        let title = document.title.as_deref().unwrap_or("(no title)");
        writeln!(to, "{mark} {BOLD}{}{BOLD:#}", wrapped(title, &[], columns, "  ").trim_start())?;
        let about = format!("{} · {} #{}", summary(document), document.source, document.ordinal);
        writeln!(to, "{DIM}{}{DIM:#}", wrapped(&about, &[], columns, "  "))?;
    }
    let told = &comparison.summary;
    let figures = format!(
        "{} same, {} changed, {} left only, {} right only, {} moved",
        told.same, told.changed, told.left_only, told.right_only, told.moved
    );
    writeln!(to, "\n{}", wrapped(&figures, &[], columns, ""))?;
    let count = |kind: DifferenceKind| {
        let all = comparison.rows.iter().flat_map(|row| &row.differences);
        all.filter(|difference| difference.kind == kind).count()
    };
    let kinds: Vec<String> = DifferenceKind::ALL
        .into_iter()
        .rev()
        .filter(|&kind| count(kind) > 0)
        .map(|kind| format!("{} {kind}", count(kind)))
        .collect();
    if !kinds.is_empty() {
        let kinds = format!("differences: {}", kinds.join(", "));
        writeln!(to, "{}", wrapped(&kinds, &[], columns, ""))?;
    }
    let origin = match comparison.derivation.verdict {
        Verdict::Converted => "one version looks converted from the other by machine",
        Verdict::Drafted => "each version looks drafted on its own",
        Verdict::Unclear => "",
    };
    if !origin.is_empty() {
        let score = comparison.derivation.score.unwrap_or(0.0);
        writeln!(to, "{}", wrapped(&format!("{origin} (score {score:.2})"), &[], columns, ""))?;
        let traces: Vec<String> = comparison
            .derivation
            .traces
            .iter()
            .take(8)
            .map(|trace| format!("{} for {} ×{}", trace.printed, trace.usual, trace.count))
            .collect();
        if !traces.is_empty() {
            let traces = format!("traces of a converter: {}", traces.join(", "));
            writeln!(to, "{}", wrapped(&traces, &[], columns, ""))?;
        }
    }
    let appended = comparison
        .rows
        .iter()
        .filter(|row| !row.unit_differences.is_empty() && !row.units_differ());
    let appended = appended.count();
    if appended > 0 {
        let line = format!(
            "responsible units are named on one side only in {}",
            counted(appended as u64, "clause")
        );
        writeln!(to, "{}", wrapped(&line, &[], columns, ""))?;
    }
    writeln!(to)?;
    for row in comparison.rows.iter().filter(|row| all || differs(row)) {
        print_row(row, columns, to)?;
    }
    Ok(())
}

fn differs(row: &Row) -> bool {
    row.counts()
        && (row.status != Status::Same
            || row.moved
            || !row.heading_differences.is_empty()
            || row.units_differ())
}

fn print_row(row: &Row, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let place = |clause: &Option<Clause>, more: &[Clause]| {
        let Some(clause) = clause else { return "—".to_owned() };
        let path = clause.path.concat();
        let further = more.last().map(|last| format!("–{}", last.path.concat()));
        format!("{path}{}", further.unwrap_or_default())
    };
    let (left, right) = (place(&row.left, &row.left_more), place(&row.right, &row.right_more));
    let status = row.status.as_str().replace('_', " ");
    let moved = if row.moved { ", moved" } else { "" };
    let head = if left == right { left } else { format!("{left} ↔ {right}") };
    writeln!(to, "{BOLD}{}{BOLD:#} {DIM}{status}{moved}{DIM:#}", safe(&head))?;
    if columns >= SIDE_BY_SIDE {
        side_by_side(row, columns, to)?;
    } else {
        for (mark, text, marks) in
            [("- ", row.left_text(), marks(row, true)), ("+ ", row.right_text(), marks(row, false))]
        {
            if !text.is_empty() {
                let lines = wrapped(&text, &marks, columns, "  ");
                writeln!(to, "{mark}{}", lines.strip_prefix("  ").unwrap_or(&lines))?;
            }
        }
    }
    let units: &[Difference] = if row.units_differ() { &row.unit_differences } else { &[] };
    let lists =
        [("", &*row.differences), ("heading ", &*row.heading_differences), ("unit ", units)];
    for (what, differences) in lists {
        for difference in differences.iter().filter(|difference| difference.kind.is_change()) {
            let side =
                |text: &str| if text.is_empty() { "∅".to_owned() } else { text.to_owned() };
            let line = format!(
                "{what}{}: {} → {}",
                difference.kind,
                side(&difference.left),
                side(&difference.right)
            );
            writeln!(
                to,
                "{DIM}{}{DIM:#}",
                wrapped(&line.replace('\n', " "), &[], columns, "    ")
            )?;
        }
    }
    writeln!(to)?;
    Ok(())
}

/// What to mark of a row's text: the differences that change it, in bytes.
fn marks(row: &Row, left: bool) -> Vec<std::ops::Range<usize>> {
    let text = if left { row.left_text() } else { row.right_text() };
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let place = |difference: &Difference| {
        let at = if left { &difference.left_at } else { &difference.right_at };
        Some(*bytes.get(at.start)?..*bytes.get(at.end)?)
    };
    let changes = row.differences.iter().filter(|difference| difference.kind.is_change());
    changes.filter_map(place).filter(|mark| !mark.is_empty()).collect()
}

fn side_by_side(row: &Row, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let room = (columns - 5) / 2;
    let column = |text: &str, marks: &[std::ops::Range<usize>]| -> Vec<String> {
        if text.is_empty() {
            return Vec::new();
        }
        wrapped(text, marks, room, "").split('\n').map(str::to_owned).collect()
    };
    let lefts = column(&row.left_text(), &marks(row, true));
    let rights = column(&row.right_text(), &marks(row, false));
    for at in 0..lefts.len().max(rights.len()) {
        let empty = String::new();
        let (left, right) = (lefts.get(at).unwrap_or(&empty), rights.get(at).unwrap_or(&empty));
        let gap = " ".repeat(room.saturating_sub(columns_of(left)));
        writeln!(to, "  {left}{gap} {DIM}│{DIM:#} {right}")?;
    }
    Ok(())
}
