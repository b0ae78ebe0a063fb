use std::io::Write;
use std::ops::Range;
use std::path::Path;

use tiaowen_compare::Difference;
use tiaowen_corpus::{DocumentText, citation, read_blocks};
use tiaowen_extract::{ExtractError, Kind, ReadOptions, extract_as};
use tiaowen_indexer::{ReadError, Unread};
use tiaowen_verify::{Check, CheckedText, Comment, Options, Report, Titles, Verifier, commented};
use tiaowen_wire::VerifiedJson;
use tiaowen_words::{check_note, fill};

use super::NOWHERE;
use crate::args::{Verify, VerifyFormat as Shape};
use crate::failure::{Failure, Outcome};
use crate::language::{named, words};
use crate::output::{Output, complain, tell};
use crate::progress::Pages;
use crate::terminal::{BOLD, DIM, safe, snippet, wrapped, wrapped_line};
use crate::{verified, wording};

/// A file as it was read.
struct ReadFile {
    bytes: Vec<u8>,
    text: String,
    documents: Vec<DocumentText>,
}

pub(crate) fn run(args: &Verify, out: &Output) -> Result<Outcome, Failure> {
    let terms = super::terms(args.terms.as_deref())?;
    let searcher = args.folder.searcher()?;
    let titles = Titles::of(&searcher.manifest()?);
    let verifier = Verifier::new(&searcher, &terms, &titles);
    let options = Options {
        as_of: args.as_of.clone(),
        paragraphs: !args.no_paragraphs,
        ..Options::default()
    };
    if args.output.is_some() && args.files.len() > 1 {
        return Err(Failure::Input(words().verify.not_docx.clone()));
    }
    let (mut is_wrong, mut failed) = (false, false);
    let mut checked = Vec::new();
    for file in &args.files {
        let shown = safe(&file.display().to_string());
        let read = match read(file) {
            Ok(read) => read,
            Err(reason) => {
                complain(&wording::at_place(&shown, &reason));
                failed = true;
                continue;
            }
        };
        let given = CheckedText { text: &read.text, documents: &read.documents };
        let report = verifier.verify(&given, &options, &Default::default())?;
        is_wrong |= report.is_wrong();
        if let Some(output) = &args.output {
            write_comments(&read.bytes, &report, args.all, &shown, output)?;
        }
        match args.format {
            Shape::Text => text(&shown, &report, args.all, out)?,
            Shape::Json => {
                let name = file.display().to_string();
                out.json(&VerifiedJson::new(Some(&name), &report, NOWHERE))?;
            }
            Shape::Html => checked.push((file.display().to_string(), report)),
        }
    }
    if args.format == Shape::Html {
        let mut data = out.data();
        data.write_all(verified::page(&checked, args.all).as_bytes())?;
        data.flush()?;
    }
    Ok(match (failed, is_wrong) {
        (true, _) => Outcome::SomeFailed,
        (false, true) => Outcome::Nothing,
        (false, false) => Outcome::Done,
    })
}

/// The text of a file with its documents.
fn read(file: &Path) -> Result<ReadFile, String> {
    let (name, bytes) = super::clauses::bytes_of(file)?;
    let side =
        tiaowen_indexer::side_file(file).map_err(|error| wording::unread(&Unread::from(&error)))?;
    let unread = |error: ExtractError| wording::read(&ReadError::from(error));
    let kind = Kind::of_file(Path::new(&name), &bytes).map_err(unread)?;
    let pages = Pages::new();
    let tell = |progress| pages.show(&name, progress);
    let reading = ReadOptions { tell: &tell, ..ReadOptions::default() };
    let found = extract_as(kind, &bytes, &reading).map_err(unread)?;
    // A text that can't be split into documents is still checked.
    let documents = read_blocks(&name, &found, side.as_deref())
        .map_err(|error| wording::read(&ReadError::from(error)))?;
    let text = found.text.into_owned();
    Ok(ReadFile { text, documents, bytes })
}

/// Writes the checked document with comments on errors, or on all checks.
fn write_comments(
    bytes: &[u8],
    report: &Report,
    all: bool,
    file: &str,
    output: &Path,
) -> Result<(), Failure> {
    let w = words();
    let checks = report.checks.iter().filter(|check| all || check.verdict.is_wrong());
    let comments: Vec<Comment> = checks.map(comment).collect();
    // Whatever the reason, the file isn't a document that can be commented on.
    let (written, placed) = commented(bytes, &comments)
        .map_err(|_| Failure::Input(wording::at_place(&file, &w.verify.not_docx)))?;
    std::fs::write(output, written).map_err(|error| Failure::of_system(output, &error))?;
    let shown = safe(&output.display().to_string());
    tell(&fill(&w.verify.commented, &[("n", &placed), ("file", &shown)]));
    Ok(())
}

/// The comment on a check.
fn comment(check: &Check) -> Comment {
    let w = words();
    let mut lines = vec![named(&w.verdicts, check.verdict.as_str())];
    lines.extend(changes(check));
    let clause = check.clause.as_ref();
    lines.extend(clause.map(|record| citation(&record.document, &record.clause)));
    lines.extend(check.note.as_ref().map(|note| check_note(w, note)));
    Comment { place: check.text.clone(), text: lines.join("\n") }
}

/// The differences of a check that matter, one per line.
fn changes(check: &Check) -> Vec<String> {
    let differences = check.differences.iter();
    differences.filter(|difference| difference.kind.is_change()).map(difference_line).collect()
}

fn difference_line(difference: &Difference) -> String {
    let w = words();
    let side = |text: &str| if text.is_empty() { "∅".to_owned() } else { text.to_owned() };
    let kind = named(&w.differences, difference.kind.as_str());
    let (left, right) = (side(&difference.left), side(&difference.right));
    let parts: [(&str, &dyn std::fmt::Display); 3] =
        [("kind", &kind), ("left", &left), ("right", &right)];
    fill(&w.terminal.difference, &parts).replace('\n', " ")
}

/// Prints the errors, or all checks, and then the number of checks with each verdict.
fn text(file: &str, report: &Report, all: bool, out: &Output) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(file, columns, ""))?;
    for check in report.checks.iter().filter(|check| all || check.verdict.is_wrong()) {
        print_check(check, columns, &mut to)?;
    }
    let w = words();
    writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&verified::summary(report), columns, "  "))?;
    if report.passed_over > 0 {
        let line = fill(&w.verify.passed_over, &[("n", &report.passed_over)]);
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "  "))?;
    }
    writeln!(to)?;
    Ok(())
}

fn print_check(check: &Check, columns: usize, to: &mut impl Write) -> Result<(), Failure> {
    let w = words();
    let verdict = named(&w.verdicts, check.verdict.as_str());
    writeln!(to, "  {BOLD}{}{BOLD:#} {DIM}{}–{}{DIM:#}", verdict, check.at.start, check.at.end)?;
    let text = check.text.replace('\n', " ");
    let marks = marks(&text, &check.differences);
    let (shown, marks) = snippet(&text, &marks, columns.saturating_sub(4) * 4);
    writeln!(to, "{}", wrapped(&shown, &marks, columns, "    "))?;
    if let Some(record) = &check.clause {
        let line = format!("→ {} · {}", citation(&record.document, &record.clause), record.id());
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
    }
    for line in changes(check) {
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
    }
    if let Some(note) = &check.note {
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&check_note(w, note), columns, "    "))?;
    }
    writeln!(to)?;
    Ok(())
}

/// The spans of a text that differ, in bytes.
fn marks(text: &str, differences: &[Difference]) -> Vec<Range<usize>> {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let changes = differences.iter().filter(|difference| difference.kind.is_change());
    let place = |difference: &Difference| {
        Some(*bytes.get(difference.left_at.start)?..*bytes.get(difference.left_at.end)?)
    };
    changes.filter_map(place).filter(|mark| !mark.is_empty()).collect()
}
