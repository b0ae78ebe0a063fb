//! The commands, one file each.

mod alert;
mod check;
mod clauses;
mod compare;
mod concordance;
mod embed;
mod history;
mod index;
mod judge;
mod key;
mod list;
mod mcp;
mod pairs;
mod queries;
mod search;
mod serve;
mod show;
mod snapshot;
mod status;
mod suggest;
mod terms;
mod upgrade;
mod verify;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use tiaowen_corpus::{Clause, Document};
use tiaowen_query::{OutReason, Searcher, State};
use tiaowen_terms::TermTable;
use tiaowen_wire::{Permalinks, summary};
use tiaowen_words::{Language, fill};

use crate::args::Command;
use crate::failure::{Failure, Outcome};
use crate::language::{language, named, words};
use crate::output::{Output, tell};
use crate::settings::{self, Settled};
use crate::{help, terminal, wording};

/// Printed answers have no permanent addresses, as there is no server.
const NOWHERE: &Permalinks = &Permalinks::none();

pub(crate) fn run(settled: Settled, out: &Output) -> Result<Outcome, Failure> {
    let Settled { args, settings } = settled;
    match args.command {
        Command::Index(args) => index::run(args, out),
        Command::Search(args) => search::run(&args, out),
        Command::List(args) => list::run(&args, out),
        Command::Alert(args) => alert::run(&args, out),
        Command::Serve(args) => serve::run(&args),
        Command::Mcp(args) => mcp::run(&args),
        Command::Key(args) => key::run(&args, out),
        Command::Queries(args) => queries::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Clauses(args) => clauses::run(&args, out),
        Command::Compare(args) => compare::run(&args, out),
        Command::Verify(args) => verify::run(&args, out),
        Command::History(args) => history::run(&args, out),
        Command::Pairs(args) => pairs::run(&args, out),
        Command::Concordance(args) => concordance::run(&args, out),
        Command::Terms(args) => terms::run(&args, out),
        Command::Status(args) => status::run(&args, settings, out),
        Command::Check(args) => check::run(&args, out),
        Command::Snapshot(args) => snapshot::run(&args, out),
        Command::Upgrade(args) => upgrade::run(&args, out),
        Command::Suggest(args) => suggest::run(&args, out),
        Command::Embed(args) => embed::run(&args, out),
        Command::Judge(args) => judge::run(&args, out),
        Command::Completions { shell } => {
            // Written at once, as the generator doesn't notice a closed pipe.
            let mut script = Vec::new();
            let mut command = help::built(help::worded(settings::command()));
            clap_complete::generate(shell, &mut command, "tiaowen", &mut script);
            write_all(&script, out)
        }
        Command::Man => {
            let mut page = Vec::new();
            manual(&help::worded(settings::command()), &mut page)?;
            write_all(&help::manual_worded(page), out)
        }
    }
}

/// The manual page of the program and of each command.
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
            // Sections of a command become subsections of the page.
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

/// The id of the version of a document or clause that counted on a day. Another one is reported.
///
/// # Errors
/// When no version did, with what is known of the one that was asked for.
fn on_day(searcher: &Searcher, id: &str, day: &str) -> Result<String, Failure> {
    let w = &words().terminal;
    let (document_id, eid) = id.split_once('.').map_or((id, None), |(id, eid)| (id, Some(eid)));
    let documents: Vec<Document> = searcher.manifest()?.documents().cloned().collect();
    let state = State::of(&documents, day)?;
    let of_id = |id: &str| documents.iter().find(|document| document.id == id);
    // What isn't there is reported by what looks for it.
    let (Some(document), Some(out)) = (of_id(document_id), state.why(document_id)) else {
        return Ok(id.to_owned());
    };
    let by = out.by.as_deref().and_then(of_id).map_or("", title);
    let values: [(&str, &dyn Display); 2] = [("date", &out.date), ("title", &by)];
    let reason = match out.reason {
        OutReason::NotBegun => &w.out_not_begun,
        OutReason::Ended => &w.out_ended,
        OutReason::Repealed => &w.out_repealed,
        OutReason::Replaced => &w.out_replaced,
    };
    let mut reason = fill(reason, &values);
    if out.is_inferred {
        reason = fill(&w.inferred, &[("reason", &reason)]);
    }
    let values: [(&str, &dyn Display); 2] = [("date", &day), ("reason", &reason)];
    let why = terminal::safe(&fill(&w.not_on, &values));
    let Some(version) = state.version_of(&documents, document) else {
        return Err(Failure::Input(why));
    };
    let values: [(&str, &dyn Display); 3] =
        [("date", &day), ("title", &title(version)), ("id", &version.id)];
    tell(&why);
    tell(&terminal::safe(&fill(&w.version_on, &values)));
    Ok(match eid {
        Some(eid) => format!("{}.{eid}", version.id),
        None => version.id.clone(),
    })
}

/// The term table with the user's own one.
fn terms(file: Option<&Path>) -> Result<Cow<'static, TermTable>, Failure> {
    let built_in = TermTable::built_in();
    let Some(file) = file else { return Ok(Cow::Borrowed(built_in)) };
    let text = std::fs::read_to_string(file).map_err(|error| Failure::of_system(file, &error))?;
    let table = built_in.with(&text).map(Cow::Owned);
    table.map_err(|error| Failure::of_file(file, &wording::term_table(&error)))
}

/// The title of a document, or a note that it has none.
fn title(document: &Document) -> &str {
    document.title.as_deref().unwrap_or(&words().site.untitled)
}

/// The data of a document in one line.
fn about(document: &Document) -> String {
    match language() {
        Language::En => summary(document),
        _ => {
            let kind = document.kind.as_str().replace('_', " ");
            let rest = summary(document).split_off(kind.len());
            named(&words().kinds, document.kind.as_str()) + &rest
        }
    }
}

/// The id of a document, its data, and where it is, in one line.
fn identified(document: &Document) -> String {
    let Document { id, source, ordinal, .. } = document;
    format!("{id} · {} · {source} #{ordinal}", about(document))
}

/// The last label of a clause as printed, or the name of a part without labels.
fn part(clause: &Clause) -> &str {
    let label = clause.path.last().map_or("", String::as_str);
    let w = &words().document;
    match (language(), label) {
        (Language::En, label) => label,
        (_, "preamble") => &w.preamble,
        (_, "closing") => &w.closing,
        (_, "signature") => &w.signature,
        (_, label) => label,
    }
}
