use std::ffi::OsString;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use tiaowen_compare::export::{LanguageTags, ReportLanguage};
use tiaowen_compare::{
    ClauseLinks, Comparison, Difference, DifferenceKind, LinkReason, Row, Status, Trace, Verdict,
    compare_linked, matching,
};
use tiaowen_corpus::{Clause, Document, DocumentText};
use tiaowen_index::ClauseRecord;
use tiaowen_text::Budget;
use tiaowen_wire::write::{self, ComparisonFormat};
use tiaowen_words::{Language, fill, recognised_sides};

use super::{NOWHERE, about, title};
use crate::args::{Compare, CompareFormat};
use crate::failure::{Failure, Outcome};
use crate::language::{language, named as name_of, words};
use crate::output::{Output, complain, tell};
use crate::terminal::{BOLD, DIM, SIDE_BY_SIDE, half, safe, side_by_side, wrapped, wrapped_line};
use crate::wording;

pub(crate) fn run(args: &Compare, out: &Output) -> Result<Outcome, Failure> {
    if args.left == "-" && args.right == "-" {
        return Err(Failure::Input(words().terminal.one_standard_input.clone()));
    }
    let terms = super::terms(args.terms.as_deref())?;
    let (left, right) = chosen(args)?;
    let (links, all_links) = links(args, &left, &right)?;
    let budget = Budget::unlimited();
    let comparison = compare_linked(&left, &right, &terms, &links, &budget)
        .expect("an unlimited budget is never spent");
    let format = match args.format {
        CompareFormat::Text => None,
        CompareFormat::Json => Some(ComparisonFormat::Json),
        CompareFormat::Jsonl => Some(ComparisonFormat::Jsonl),
        CompareFormat::Csv => Some(ComparisonFormat::Csv),
        CompareFormat::Html => Some(ComparisonFormat::Html),
        CompareFormat::Tmx => {
            let tags = LanguageTags::read(&args.tag).unwrap_or_default();
            Some(ComparisonFormat::Tmx { units: args.units, tags })
        }
        CompareFormat::Docx => Some(ComparisonFormat::Docx(Some(match language() {
            Language::Hant => ReportLanguage::Hant,
            Language::Hans => ReportLanguage::Hans,
            Language::En => ReportLanguage::En,
        }))),
        CompareFormat::Tracked => Some(ComparisonFormat::Tracked),
    };
    let write = |format| write::comparison(&comparison, &format, NOWHERE, &budget);
    let bytes = format.map(write).transpose()?;
    match (bytes, &args.output) {
        (None, None) => text(&comparison, args.all, out, &mut out.text())?,
        (None, Some(file)) => {
            let mut plain = Vec::new();
            text(&comparison, args.all, out, &mut anstream::StripStream::new(&mut plain))?;
            write_file(file, &plain, args)?;
        }
        (Some(bytes), Some(file)) => write_file(file, &bytes, args)?,
        (Some(bytes), None) => {
            let mut data = out.data();
            data.write_all(&bytes)?;
            data.flush()?;
        }
    }
    Ok(if all_links { Outcome::Done } else { Outcome::SomeFailed })
}

/// The clauses that were linked by hand, and whether all lines could be used. The others are
/// reported.
fn links(
    args: &Compare,
    left: &DocumentText,
    right: &DocumentText,
) -> Result<(ClauseLinks, bool), Failure> {
    let Some(file) = &args.links else { return Ok((ClauseLinks::default(), true)) };
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| Failure::of_system(file, &error))?;
    let (links, errors) = ClauseLinks::read(&text, left, right);
    for error in &errors {
        let w = &words().terminal;
        let place: [(&str, &dyn Display); 2] = [("file", &safe(&name)), ("line", &error.line)];
        let reason = match &error.reason {
            LinkReason::Form => w.link_form.clone(),
            LinkReason::NoLeft(eid) => fill(&w.link_no_left, &[("eid", &safe(eid))]),
            LinkReason::NoRight(eid) => fill(&w.link_no_right, &[("eid", &safe(eid))]),
            LinkReason::Contradiction { eid, line } => {
                fill(&w.link_contradiction, &[("eid", eid), ("line", line)])
            }
        };
        complain(&wording::at_place(&fill(&w.file_line, &place), &reason));
    }
    Ok((links, errors.is_empty()))
}

fn write_file(file: &Path, bytes: &[u8], args: &Compare) -> Result<(), Failure> {
    if is_same_file(file, &args.left) || is_same_file(file, &args.right) {
        return Err(cannot_write(file, &words().terminal.is_compared));
    }
    replace(file, bytes).map_err(|error| cannot_write(file, &wording::system(&error)))
}

fn cannot_write(file: &Path, reason: &str) -> Failure {
    let file = safe(&file.display().to_string());
    let values: [(&str, &dyn Display); 2] = [("file", &file), ("reason", &reason)];
    Failure::Input(fill(&words().terminal.cannot_write, &values))
}

/// Whether a side of the comparison (`FILE` or `FILE#N`) is read from this file.
fn is_same_file(file: &Path, side: &str) -> bool {
    is_file(file, side) || side.rsplit_once('#').is_some_and(|(name, _)| is_file(file, name))
}

/// Whether a name is that of an existing file.
fn is_file(file: &Path, name: &str) -> bool {
    match (file.canonicalize(), Path::new(name).canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Writes a file next to its place and renames it, so that the old one survives a full disk. Pipes
/// and terminals are written to directly; links are followed.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let before = fs::metadata(&target);
    if before.as_ref().is_ok_and(|found| !found.is_file()) {
        return fs::write(target, bytes);
    }
    let mut name = OsString::from(".");
    name.push(target.file_name().ok_or(io::ErrorKind::IsADirectory)?);
    name.push(format!(".{}.new", std::process::id()));
    let fresh = target.with_file_name(name);
    let written =
        write_new(&fresh, bytes, before.ok().as_ref()).and_then(|()| fs::rename(&fresh, &target));
    if written.is_err() {
        let _ = fs::remove_file(&fresh);
    }
    written
}

/// Creates a file with the permissions of the one before.
fn write_new(file: &Path, bytes: &[u8], before: Option<&fs::Metadata>) -> io::Result<()> {
    let mut open = fs::OpenOptions::new().write(true).create_new(true).open(file)?;
    if let Some(before) = before {
        open.set_permissions(before.permissions())?;
    }
    open.write_all(bytes)?;
    open.sync_all()
}

/// A side of the comparison: its documents, and which of them was chosen.
struct Named {
    name: String,
    documents: Vec<DocumentText>,
    ordinal: Option<usize>,
}

/// The two documents to compare.
fn chosen(args: &Compare) -> Result<(DocumentText, DocumentText), Failure> {
    let w = &words().terminal;
    let (mut left, mut right) = (named(&args.left, args)?, named(&args.right, args)?);
    let is_chosen = left.documents.len() > 1 && left.ordinal.is_none()
        || right.documents.len() > 1 && right.ordinal.is_none();
    for side in [&mut left, &mut right] {
        if let Some(ordinal) = side.ordinal {
            let count = side.documents.len();
            let Some(document) = ordinal.checked_sub(1).filter(|&at| at < count) else {
                let documents = words().counted.documents.of(count as u64);
                let values: [(&str, &dyn Display); 3] =
                    [("name", &side.name), ("ordinal", &ordinal), ("documents", &documents)];
                let reason = fill(&w.no_document, &values);
                return Err(Failure::Input(format!("{reason}\n{}", list(side))));
            };
            side.documents = vec![side.documents.swap_remove(document)];
        }
    }
    match matching(&left.documents, &right.documents) {
        Ok((l, r)) => {
            let pair = (left.documents.swap_remove(l), right.documents.swap_remove(r));
            if is_chosen {
                let (left, right) = (cited(&pair.0.document), cited(&pair.1.document));
                tell(&safe(&fill(&w.comparing, &[("left", &left), ("right", &right)])));
            }
            Ok(pair)
        }
        Err(matches) => {
            let how = if matches.is_empty() { &w.none_match } else { &w.several_match };
            Err(Failure::Input(format!("{how}\n{}\n{}", list(&left), list(&right))))
        }
    }
}

/// A document by its source, number and title.
fn cited(document: &Document) -> String {
    format!("{}#{} {}", document.source, document.ordinal, title(document))
}

fn list(side: &Named) -> String {
    let line = |text: &DocumentText| {
        format!("  {}#{}  {}", side.name, text.document.ordinal, safe(title(&text.document)))
    };
    side.documents.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The documents of a file, of `FILE#N`, of standard input, or the document of the index with an
/// id.
fn named(name: &str, args: &Compare) -> Result<Named, Failure> {
    let whole = PathBuf::from(name);
    if name == "-" || whole.exists() {
        let documents =
            super::clauses::read(&whole).map_err(|reason| input_failure(name, &reason))?;
        return Ok(Named { name: name.to_owned(), documents, ordinal: None });
    }
    if let Some((file, ordinal)) = name.rsplit_once('#')
        && Path::new(file).exists()
    {
        let ordinal =
            ordinal.parse().map_err(|_| input_failure(name, &words().terminal.ordinal))?;
        let documents =
            super::clauses::read(Path::new(file)).map_err(|reason| input_failure(file, &reason))?;
        return Ok(Named { name: file.to_owned(), documents, ordinal: Some(ordinal) });
    }
    let looks_like_id = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if name.is_empty() || !looks_like_id {
        return Err(input_failure(name, &words().terminal.no_file));
    }
    let searcher = match args.folder.searcher() {
        Ok(searcher) => searcher,
        // Without an index, a short name can hardly be an id.
        Err(_) if name.len() < 8 => return Err(input_failure(name, &words().terminal.no_file)),
        Err(error) => return Err(error),
    };
    let id = match &args.as_of {
        Some(day) => super::on_day(&searcher, name, day)?,
        None => name.to_owned(),
    };
    let records = searcher.document(&id)?;
    let Some(document) = ClauseRecord::document(records) else {
        return Err(input_failure(name, &words().terminal.no_file_nor_document));
    };
    let documents = vec![document];
    Ok(Named { name: name.to_owned(), documents, ordinal: None })
}

fn input_failure(name: &str, reason: &str) -> Failure {
    Failure::Input(wording::at_place(&safe(name), &reason))
}

/// The comparison for people: a summary, then the rows with differences, or all rows.
fn text(
    comparison: &Comparison,
    all: bool,
    out: &Output,
    to: &mut impl Write,
) -> Result<(), Failure> {
    let columns = out.wide_columns();
    for (mark, document) in [("-", &comparison.left), ("+", &comparison.right)] {
        let title = wrapped_line(title(document), columns, "  ");
        writeln!(to, "{mark} {BOLD}{}{BOLD:#}", title.trim_start())?;
        let line = format!("{} · {} #{}", about(document), document.source, document.ordinal);
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "  "))?;
    }
    figures(comparison, columns, to)?;
    origin(comparison, columns, to)?;
    let (left, right) = (&comparison.left_recognised, &comparison.right_recognised);
    for line in recognised_sides(words(), left.as_ref(), right.as_ref()) {
        writeln!(to, "{}", wrapped_line(&line, columns, ""))?;
    }
    units_one_side(comparison, columns, to)?;
    writeln!(to)?;
    for (mark, dropped) in [("-", &comparison.left_dropped), ("+", &comparison.right_dropped)] {
        if !dropped.is_empty() {
            write!(to, "{mark} ")?;
            super::clauses::left_out(dropped, columns, to)?;
        }
    }
    for row in comparison.rows.iter().filter(|row| all || differs(row)) {
        print_row(row, columns, to)?;
    }
    Ok(())
}

/// How many rows there are of each status, and how many differences of each kind.
fn figures(comparison: &Comparison, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let w = &words().terminal;
    let summary = &comparison.summary;
    let units = match summary.units {
        0 => String::new(),
        units => fill(&w.units_of_same, &[("n", &units)]),
    };
    let figures: [(&str, &dyn Display); 6] = [
        ("same", &summary.same),
        ("units", &units),
        ("changed", &summary.changed),
        ("left_only", &summary.left_only),
        ("right_only", &summary.right_only),
        ("moved", &summary.moved),
    ];
    writeln!(to, "\n{}", wrapped_line(&fill(&w.figures, &figures), columns, ""))?;
    let kinds: Vec<String> = DifferenceKind::ALL
        .into_iter()
        .rev()
        .map(|kind| (kind, count(comparison, kind)))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| fill(&w.of_kind, &[("n", &count), ("kind", &kind_name(kind))]))
        .collect();
    if !kinds.is_empty() {
        let kinds = fill(&w.differences, &[("kinds", &kinds.join(&words().notes.comma))]);
        writeln!(to, "{}", wrapped_line(&kinds, columns, ""))?;
    }
    Ok(())
}

/// The number of differences of a kind.
fn count(comparison: &Comparison, kind: DifferenceKind) -> usize {
    let rows = comparison.rows.iter();
    let all = rows.flat_map(|row| row.differences.iter().chain(&row.unit_differences));
    all.filter(|difference| difference.kind == kind).count()
}

/// Whether one version was converted from the other, and what shows it.
fn origin(comparison: &Comparison, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let w = &words().terminal;
    let derivation = &comparison.derivation;
    let verdict = match derivation.verdict {
        Verdict::Converted => &w.converted,
        Verdict::Drafted => &w.drafted,
        Verdict::Unclear => return Ok(()),
    };
    let score = format!("{:.2}", derivation.score.unwrap_or(0.0));
    let origin = fill(&w.origin, &[("verdict", verdict), ("score", &score)]);
    writeln!(to, "{}", wrapped_line(&origin, columns, ""))?;
    let traces: Vec<String> = derivation.traces.iter().take(8).map(shown_trace).collect();
    if !traces.is_empty() {
        let traces = fill(&w.traces, &[("traces", &traces.join(&words().notes.comma))]);
        writeln!(to, "{}", wrapped_line(&traces, columns, ""))?;
    }
    Ok(())
}

fn shown_trace(trace: &Trace) -> String {
    let values: [(&str, &dyn Display); 3] =
        [("printed", &trace.printed), ("usual", &trace.usual), ("n", &trace.count)];
    fill(&words().terminal.trace, &values)
}

/// How many clauses differ only in responsible units that one side appends.
fn units_one_side(
    comparison: &Comparison,
    columns: usize,
    to: &mut impl Write,
) -> Result<(), Failure> {
    let rows = comparison.rows.iter();
    let appended = rows.filter(|row| !row.unit_differences.is_empty() && !row.units_differ());
    let appended = appended.count();
    if appended > 0 {
        let clauses = words().counted.clauses.of(appended as u64);
        let line = fill(&words().terminal.units_one_side, &[("clauses", &clauses)]);
        writeln!(to, "{}", wrapped_line(&line, columns, ""))?;
    }
    Ok(())
}

fn kind_name(kind: DifferenceKind) -> String {
    name_of(&words().differences, kind.as_str())
}

fn status_name(status: Status) -> String {
    let w = &words().comparison;
    match (language(), status) {
        (Language::En, status) => status.as_str().replace('_', " "),
        (_, Status::Same) => w.same.clone(),
        (_, Status::Changed) => w.changed.clone(),
        (_, Status::LeftOnly) => w.left_only.clone(),
        (_, Status::RightOnly) => w.right_only.clone(),
    }
}

fn differs(row: &Row) -> bool {
    row.counts()
        && (row.status != Status::Same
            || row.moved
            || !row.heading_differences.is_empty()
            || row.units_differ())
}

fn print_row(row: &Row, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let (left, right) = (place(&row.left, &row.left_more), place(&row.right, &row.right_more));
    let w = &words().terminal;
    let status = status_name(row.status);
    let status = if row.moved { fill(&w.status_moved, &[("status", &status)]) } else { status };
    let head = if left == right { left } else { format!("{left} ↔ {right}") };
    writeln!(to, "{BOLD}{}{BOLD:#} {DIM}{status}{DIM:#}", safe(&head))?;
    if columns >= SIDE_BY_SIDE {
        print_columns(row, columns, to)?;
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
    print_differences(row, columns, to)?;
    writeln!(to)?;
    Ok(())
}

/// The path of a row's clause, with that of the last of further ones.
fn place(clause: &Option<Clause>, more: &[Clause]) -> String {
    let Some(clause) = clause else { return "—".to_owned() };
    let path = clause.path.concat();
    let further = more.last().map(|last| format!("–{}", last.path.concat()));
    format!("{path}{}", further.unwrap_or_default())
}

/// The differences of a row that matter, each on a line.
fn print_differences(row: &Row, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let w = &words().terminal;
    let units: &[Difference] = if row.units_differ() { &row.unit_differences } else { &[] };
    let lists = [
        (&w.difference, &*row.differences),
        (&w.heading_difference, &*row.heading_differences),
        (&w.difference, units),
    ];
    for (what, differences) in lists {
        let matter = |kind: DifferenceKind| kind.is_change() || kind == DifferenceKind::Units;
        for difference in differences.iter().filter(|found| matter(found.kind)) {
            let line = described(what, difference).replace('\n', " ");
            writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
        }
    }
    Ok(())
}

/// A difference in words: its kind and both sides, with the nearest terms of its entry.
fn described(what: &str, difference: &Difference) -> String {
    let side = |text: &str| if text.is_empty() { "∅".to_owned() } else { text.to_owned() };
    let kind = kind_name(difference.kind);
    let (left, right) = (side(&difference.left), side(&difference.right));
    let line = fill(what, &[("kind", &kind), ("left", &left), ("right", &right)]);
    match difference.term.as_ref().filter(|pair| !pair.is_same) {
        Some(pair) => {
            let values: [(&str, &dyn Display); 3] =
                [("line", &line), ("left", &pair.left), ("right", &pair.right)];
            fill(&words().terminal.nearest_terms, &values)
        }
        None => line,
    }
}

/// The spans to mark in a row's text, in bytes: differences that matter.
fn marks(row: &Row, left: bool) -> Vec<Range<usize>> {
    let text = if left { row.left_text() } else { row.right_text() };
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let changes = row.differences.iter().filter(|difference| difference.kind.is_change());
    changes
        .map(|difference| if left { &difference.left_at } else { &difference.right_at })
        .filter_map(|at| Some(*bytes.get(at.start)?..*bytes.get(at.end)?))
        .filter(|mark| !mark.is_empty())
        .collect()
}

fn print_columns(row: &Row, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let lefts = column(&row.left_text(), &marks(row, true), columns);
    let rights = column(&row.right_text(), &marks(row, false), columns);
    for line in side_by_side(&lefts, &rights, columns) {
        writeln!(to, "{line}")?;
    }
    Ok(())
}

/// The lines of a text that is printed beside another.
fn column(text: &str, marks: &[Range<usize>], columns: usize) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    wrapped(text, marks, half(columns), "").split('\n').map(str::to_owned).collect()
}
