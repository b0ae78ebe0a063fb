//! One file a command.

mod clauses;
mod index;
mod judge;
mod search;
mod show;
mod status;

use std::io::Write;
use std::ops::Range;

use clap::CommandFactory;
use tiaowen_corpus::{Clause, Document};
use tiaowen_text::{Converter, Script};

use crate::args::{Args, Command, Display, Shown};
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
        Command::Completions { shell } => {
            // Written whole at once: the generator can't tell of a reader that stops.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "tiaowen", &mut script);
            write_all(&script, out)
        }
        Command::Man => {
            let mut page = Vec::new();
            manual(&Args::command(), &mut page)?;
            write_all(&page, out)
        }
    }
}

/// The manual page: the program, then each command.
fn manual(command: &clap::Command, page: &mut Vec<u8>) -> Result<(), Failure> {
    clap_mangen::Man::new(command.clone()).render(page)?;
    for sub in command.get_subcommands() {
        let name = format!("tiaowen {}", sub.get_name());
        let man =
            clap_mangen::Man::new(sub.clone().display_name(name.clone()).bin_name(name.clone()));
        page.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
        for render in
            [clap_mangen::Man::render_synopsis_section, clap_mangen::Man::render_options_section]
        {
            let mut section = Vec::new();
            render(&man, &mut section)?;
            // Sections of a command are subsections of the page.
            page.extend(String::from_utf8_lossy(&section).replace(".SH ", ".SS ").into_bytes());
        }
    }
    Ok(())
}

fn write_all(bytes: &[u8], out: &Output) -> Result<Outcome, Failure> {
    let mut data = out.data();
    data.write_all(bytes)?;
    data.flush()?;
    Ok(Outcome::Done)
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

/// The headings above a clause that were not shown for the one before it, each with its
/// level and label.
fn fresh_headings(shown: &[String], clause: &Clause) -> Vec<(usize, String)> {
    let same = shown.iter().zip(&clause.headings).take_while(|(a, b)| a == b).count();
    // Headings without labels (of papers) have no place in the path.
    let labelled = clause.path.len() > clause.headings.len();
    let line = |(level, heading): (usize, &String)| {
        let label = clause.path.get(level).filter(|_| labelled);
        (level, label.map_or_else(|| heading.clone(), |label| format!("{label} {heading}")))
    };
    clause.headings.iter().enumerate().skip(same).map(line).collect()
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
