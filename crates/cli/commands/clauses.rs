use std::io::{Read, Write};
use std::path::Path;

use tiaowen_compare::export::table;
use tiaowen_corpus::{DocumentText, Dropped, DroppedKind, citation, read_blocks};
use tiaowen_extract::{Kind, ReadOptions, extract_as};
use tiaowen_indexer::{SourceProblem, Unread, read_source};
use tiaowen_server::FileText;
use tiaowen_wire::{ClauseJson, DocumentTextJson, Outline, Presenter, akn};
use tiaowen_words::{fill, name, recognised};

use super::{NOWHERE, identified, part, title};
use crate::args::{Clauses, ClausesFormat as Format, Ocr};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::{Output, complain};
use crate::progress::Pages;
use crate::terminal::{BOLD, DIM, safe, snippet, width, wrapped_line};
use crate::wording;

pub(crate) fn run(args: &Clauses, out: &Output) -> Result<Outcome, Failure> {
    let presenter = Presenter::new(args.shown.script())?;
    let mut outcome = Outcome::Done;
    let mut documents = Vec::new();
    for file in &args.files {
        match read_with(file, args.ocr) {
            Ok(found) => documents.extend(found),
            Err(reason) => {
                complain(&wording::at_place(&safe(&file.display().to_string()), &reason));
                outcome = Outcome::SomeFailed;
            }
        }
    }
    for text in &mut documents {
        presenter.document(&mut text.document)?;
        for clause in &mut text.clauses {
            presenter.clause(clause, &mut Vec::new())?;
        }
        let mut dropped = std::mem::take(&mut text.dropped).into();
        presenter.dropped(&mut dropped)?;
        text.dropped = dropped.into_owned();
    }
    match args.format {
        Format::Text => text(&documents, args.explain, out)?,
        Format::Json => {
            let all: Vec<_> = documents
                .iter()
                .map(|text| {
                    let clauses = clauses_json(text, args.explain).collect();
                    DocumentTextJson::new(&text.document, clauses, NOWHERE).leaving(&text.dropped)
                })
                .collect();
            out.json(&all)?;
        }
        Format::Jsonl => {
            let mut data = out.data();
            for clause in documents.iter().flat_map(|text| clauses_json(text, args.explain)) {
                serde_json::to_writer(&mut data, &clause)?;
                writeln!(data)?;
            }
            data.flush()?;
        }
        Format::Csv => csv(&documents, out)?,
        Format::Akn => {
            let mut data = out.data();
            data.write_all(akn(&documents).as_bytes())?;
            data.flush()?;
        }
    }
    Ok(outcome)
}

/// Reads input that may never end, up to the largest size of a file.
fn bounded(from: impl Read, kind: Kind) -> Result<Vec<u8>, String> {
    let most = kind.most_bytes();
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes).map_err(reading_failed)?;
    if bytes.len() as u64 > most {
        let problem = SourceProblem::Large { megabytes: most >> 20 };
        return Err(wording::unread(&Unread::Problem(problem)));
    }
    Ok(bytes)
}

/// Why a file can't be read.
fn reading_failed(error: std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => words().terminal.no_such_file.clone(),
        std::io::ErrorKind::PermissionDenied => words().terminal.no_permission.clone(),
        std::io::ErrorKind::IsADirectory => words().terminal.a_folder.clone(),
        _ => wording::system(&error),
    }
}

/// The name and the bytes of a file, or of standard input for `-`.
pub(super) fn bytes_of(file: &Path) -> Result<(String, Vec<u8>), String> {
    if file == Path::new("-") {
        Ok(("-".to_owned(), bounded(std::io::stdin().lock(), Kind::Text)?))
    } else {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        let opened = std::fs::File::open(file).map_err(reading_failed)?;
        Ok((name, bounded(opened, Kind::of(file).unwrap_or(Kind::Text))?))
    }
}

/// The documents of a file, or of standard input for `-`.
pub(super) fn read(file: &Path) -> Result<Vec<DocumentText>, String> {
    read_with(file, Ocr::Auto)
}

/// The same with the pages that are to be recognised.
fn read_with(file: &Path, ocr: Ocr) -> Result<Vec<DocumentText>, String> {
    let (name, bytes) = bytes_of(file)?;
    let side =
        tiaowen_indexer::side_file(file).map_err(|error| wording::unread(&Unread::from(&error)))?;
    let pages = Pages::new();
    let tell = |progress| pages.show(&name, progress);
    let reading = ReadOptions { ocr: ocr.into(), tell: &tell };
    let read = read_source(&name, &bytes, side.as_deref(), &reading)
        .map_err(|error| wording::read(&error))?;
    Ok(read.texts)
}

/// Reads a file that a page sent to the server; the error is in English.
///
/// Formats that only another program reads are refused: whoever reaches the server could start it.
pub(super) fn read_sent(name: &str, bytes: &[u8]) -> Result<FileText, String> {
    let kind = Kind::of_file(Path::new(name), bytes).map_err(|error| error.to_string())?;
    if kind == Kind::Office {
        return Err("this format is read on the command line only; save it as .docx".to_owned());
    }
    // Without recognition, which starts another program too.
    let found = extract_as(kind, bytes, &ReadOptions::PLAIN).map_err(|error| error.to_string())?;
    let documents = read_blocks(name, &found, None).map_err(|error| error.to_string())?;
    Ok(FileText { text: found.text.into_owned(), documents })
}

fn clauses_json(text: &DocumentText, explain: bool) -> impl Iterator<Item = ClauseJson<'_>> {
    text.clauses.iter().map(move |clause| {
        let json = ClauseJson::new(&text.document, clause, NOWHERE);
        if explain { json.explained(clause) } else { json }
    })
}

/// The outline as a tree: headings, and below them each clause with its label and the beginning and
/// end of its text.
fn text(documents: &[DocumentText], explain: bool, out: &Output) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    for text in documents {
        let document = &text.document;
        writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(title(document), columns, ""))?;
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&identified(document), columns, ""))?;
        if !document.parties.is_empty() {
            writeln!(to, "{}", wrapped_line(&document.parties.join("；"), columns, ""))?;
        }
        let mut outline = Outline::default();
        for clause in &text.clauses {
            let place = outline.place(clause);
            for (depth, line) in place.fresh {
                let indent = "  ".repeat(depth + 1);
                writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(&line, columns, &indent))?;
            }
            let indent = "  ".repeat(place.depth + 1);
            let label = part(clause);
            let heading = clause.heading.as_ref().map_or(String::new(), |h| format!(" {h}"));
            let length = clause.text.chars().count();
            let head = format!("{label}{heading}");
            let room = columns.saturating_sub(width(&indent) + width(&head) + 8).max(24);
            let (beginning, _) = snippet(&clause.text.replace('\n', " "), &[], room);
            let line =
                format!("{}{} {DIM}{}{DIM:#} {length}", indent, safe(&head), safe(&beginning));
            writeln!(to, "{line}")?;
            if let Some(line) = recognised(words(), clause) {
                let deeper = format!("{indent}    ");
                writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, &deeper))?;
            }
            if explain {
                let rule = format!("← {}", wording::rule(clause.drawn_by));
                let deeper = format!("{indent}    ");
                writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&rule, columns, &deeper))?;
            }
        }
        let total = words().counted.clauses.of(text.clauses.len() as u64);
        writeln!(to, "{DIM}{total}{DIM:#}\n")?;
        if explain {
            left_out(&text.dropped, columns, &mut to)?;
        }
    }
    Ok(())
}

/// What was left out of a document: each passage with its page, kind and text.
pub(super) fn left_out(
    dropped: &[Dropped],
    columns: usize,
    to: &mut impl Write,
) -> Result<(), Failure> {
    let w = words();
    if dropped.is_empty() {
        return Ok(());
    }
    writeln!(to, "{BOLD}{}{BOLD:#}", w.counted.passages.of(dropped.len() as u64))?;
    for dropped in dropped {
        let page = dropped.page.map(|page| fill(&w.document.printed_page, &[("n", &page)]));
        let kind = name(&w.left_out, dropped.kind.as_str()).to_owned();
        let text = Some(dropped.text.replace('\n', " ")).filter(|text| !text.is_empty());
        // The kind says enough about page furniture.
        let is_plain = !matches!(dropped.kind, DroppedKind::Unreadable | DroppedKind::Other);
        let why = Some(wording::reason(&dropped.why)).filter(|_| text.is_none() || !is_plain);
        let parts: Vec<String> = page.into_iter().chain([kind]).chain(text).chain(why).collect();
        writeln!(to, "{}", wrapped_line(&parts.join(" · "), columns, "  "))?;
    }
    writeln!(to)?;
    Ok(())
}

fn csv(documents: &[DocumentText], out: &Output) -> Result<(), Failure> {
    let columns = [
        "id",
        "citation",
        "kind",
        "label",
        "path",
        "heading",
        "headings",
        "units",
        "text",
        "source",
        "bytes_start",
        "bytes_end",
    ];
    let clauses =
        documents.iter().flat_map(|text| text.clauses.iter().map(move |clause| (text, clause)));
    let rows = clauses.map(|(text, clause)| {
        vec![
            clause.id(&text.document),
            citation(&text.document, clause),
            clause.kind.as_str().to_owned(),
            clause.label.clone().unwrap_or_default(),
            clause.path.join(" "),
            clause.heading.clone().unwrap_or_default(),
            clause.headings.join(" › "),
            clause.units.join("；"),
            clause.text.clone(),
            text.document.source.clone(),
            clause.bytes.start.to_string(),
            clause.bytes.end.to_string(),
        ]
    });
    Ok(table(&columns, rows, &mut out.data())?)
}
