//! One file a command.

mod check;
mod clauses;
mod compare;
mod index;
mod judge;
mod mcp;
mod pairs;
mod search;
mod serve;
mod show;
mod status;
mod suggest;
mod terms;

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use tiaowen_terms::TermTable;
use tiaowen_wire::Permalinks;

use crate::args::Command;
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::settings::{self, Settled};
use crate::terminal;

/// What is printed has no address: there is no server.
const NOWHERE: &Permalinks = &Permalinks::none();

pub(crate) fn run(settled: Settled, out: &Output) -> Result<Outcome, Failure> {
    let Settled { args, settings } = settled;
    match args.command {
        Command::Index(args) => index::run(args, out),
        Command::Search(args) => search::run(&args, out),
        Command::Serve(args) => serve::run(&args),
        Command::Mcp(args) => mcp::run(&args),
        Command::Show(args) => show::run(&args, out),
        Command::Clauses(args) => clauses::run(&args, out),
        Command::Compare(args) => compare::run(&args, out),
        Command::Pairs(args) => pairs::run(&args, out),
        Command::Terms(args) => terms::run(&args, out),
        Command::Status(args) => status::run(&args, settings, out),
        Command::Check(args) => check::run(&args, out),
        Command::Suggest(args) => suggest::run(&args, out),
        Command::Judge(args) => judge::run(&args, out),
        Command::Completions { shell } => {
            // Written whole at once: the generator can't tell of a reader that stops.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut settings::command(), "tiaowen", &mut script);
            write_all(&script, out)
        }
        Command::Man => {
            let mut page = Vec::new();
            manual(&settings::command(), &mut page)?;
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

/// 1 clause, 2 clauses.
fn counted(count: u64, name: &str) -> String {
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}
