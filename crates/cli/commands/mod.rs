//! One file a command.

mod check;
mod clauses;
mod compare;
mod index;
mod judge;
mod pairs;
mod search;
mod show;
mod status;
mod suggest;
mod terms;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use clap::CommandFactory;
use tiaowen_corpus::{Clause, Document};
use tiaowen_terms::TermTable;
use tiaowen_text::{Converter, Script};

use crate::args::{Args, Command, Display, Shown};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::terminal;

pub(crate) fn run(command: Command, out: &Output) -> Result<Outcome, Failure> {
    match command {
        Command::Index(args) => index::run(args, out),
        Command::Search(args) => search::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Clauses(args) => clauses::run(&args, out),
        Command::Compare(args) => compare::run(&args, out),
        Command::Pairs(args) => pairs::run(&args, out),
        Command::Terms(args) => terms::run(&args, out),
        Command::Status(args) => status::run(&args, out),
        Command::Check(args) => check::run(&args, out),
        Command::Suggest(args) => suggest::run(&args, out),
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

/// The term table, with a user's own added.
fn terms(own: Option<&Path>) -> Result<Cow<'static, TermTable>, Failure> {
    let built_in = TermTable::built_in();
    let Some(file) = own else { return Ok(Cow::Borrowed(built_in)) };
    let told = |reason: &dyn std::fmt::Display| {
        Failure::Input(format!("{}: {reason}", terminal::safe(&file.display().to_string())))
    };
    let text = std::fs::read_to_string(file).map_err(|error| told(&error))?;
    built_in.with(&text).map(Cow::Owned).map_err(|error| told(&error))
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

/// Where clauses stand in the outline of their document, told in reading order.
#[derive(Default)]
struct Outline {
    /// Paths of the clauses told, and whether each has a heading of its own.
    told: HashMap<Vec<String>, bool>,
    /// The levels around the last clause.
    around: Vec<String>,
}

/// A clause's place in the outline.
struct Place {
    /// The levels to print before it, each with its depth.
    fresh: Vec<(usize, String)>,
    /// How deep the clause itself stands.
    depth: usize,
}

impl Outline {
    /// The place of the next clause.
    fn place(&mut self, clause: &Clause) -> Place {
        let outer = clause.path.len().saturating_sub(1);
        let prefixes: Vec<&[String]> = (1..=outer).map(|end| &clause.path[..end]).collect();
        // A level told as a clause with text alone has no title among the headings.
        let titled = |prefix: &&[String]| self.told.get(*prefix).is_none_or(|titled| *titled);
        let labelled = prefixes.iter().copied().filter(titled).count();
        let mut titles = clause.headings.iter();
        // Headings without labels (of papers) have no place in the path, and stand above.
        let above = clause.headings.len().saturating_sub(labelled);
        let mut around: Vec<(String, bool)> =
            titles.by_ref().take(above).map(|title| (title.clone(), true)).collect();
        for prefix in prefixes {
            let label = prefix.last().map_or("", String::as_str);
            let told = self.told.get(prefix);
            let title = if told == Some(&false) { None } else { titles.next() };
            let line = title.map_or(label.to_owned(), |title| format!("{label} {title}"));
            around.push((line, told.is_none()));
        }
        let lines = around.iter().map(|(line, _)| line);
        let same = self.around.iter().zip(lines).take_while(|(a, b)| a == b).count();
        let fresh = around.iter().enumerate().skip(same).filter(|(_, (_, unseen))| *unseen);
        let place = Place {
            fresh: fresh.map(|(depth, (line, _))| (depth, line.clone())).collect(),
            depth: around.len(),
        };
        self.around = around.into_iter().map(|(line, _)| line).collect();
        self.told.insert(clause.path.clone(), clause.heading.is_some());
        place
    }
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
