//! One file a command.

mod clauses;
mod index;
mod judge;
mod search;
mod show;
mod status;

use std::ops::Range;

use tiaowen_corpus::{Clause, Document};
use tiaowen_text::{Converter, Script};

use crate::args::{Command, Display, Shown};
use crate::failure::{Failure, Outcome};
use crate::output::Output;

pub(crate) fn run(command: Command, out: &Output) -> Result<Outcome, Failure> {
    match command {
        Command::Index(args) => index::run(args, out),
        Command::Search(args) => search::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Clauses(args) => clauses::run(&args, out),
        Command::Status(args) => status::run(&args, out),
        Command::Judge(args) => judge::run(&args, out),
    }
}

/// Shows clauses in the script that was asked for.
struct Presenter {
    converter: Option<Converter>,
}

impl Presenter {
    fn new(display: &Display) -> Result<Self, Failure> {
        let converter = match display.display {
            Shown::Original => None,
            Shown::Hant => Converter::to(Script::Hant)?,
            Shown::Hans => Converter::to(Script::Hans)?,
        };
        Ok(Presenter { converter })
    }

    /// Converts what people read of a document.
    fn document(&self, document: &mut Document) -> Result<(), Failure> {
        let Some(converter) = &self.converter else { return Ok(()) };
        let texts = document.title.iter_mut().chain(&mut document.parties);
        for text in texts.chain(&mut document.number).chain(&mut document.place) {
            *text = converter.show(text, &[])?.text;
        }
        Ok(())
    }

    /// Converts what people read of a clause, marks carried over.
    fn clause(&self, clause: &mut Clause, marks: &mut Vec<Range<usize>>) -> Result<(), Failure> {
        let Some(converter) = &self.converter else { return Ok(()) };
        let texts = clause.heading.iter_mut().chain(&mut clause.headings).chain(&mut clause.units);
        for text in texts.chain(&mut clause.label).chain(&mut clause.path) {
            *text = converter.show(text, &[])?.text;
        }
        let shown = converter.show(&clause.text, marks)?;
        clause.text = shown.text;
        *marks = shown.marks;
        Ok(())
    }
}

/// What a document is, on one line: agreement · 2017-11-18 · 香港 · Hant.
fn summary(document: &Document) -> String {
    let mut parts = vec![document.kind.as_str().replace('_', " ")];
    parts.extend(document.number.clone());
    parts.extend(document.date.clone());
    parts.extend(document.place.clone());
    parts.push(document.language.clone());
    parts.join(" · ")
}

/// 1 clause, 2 clauses.
fn counted(count: u64, name: &str) -> String {
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

/// Spans in bytes of `text` as spans in code points.
fn code_points(text: &str, marks: &[Range<usize>]) -> Vec<[usize; 2]> {
    let count = |at: usize| text[..at].chars().count();
    marks.iter().map(|mark| [count(mark.start), count(mark.end)]).collect()
}
