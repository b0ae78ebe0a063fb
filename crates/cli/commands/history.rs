use std::fmt::Display;
use std::io::Write;

use tiaowen_verify::{CheckNote, ProvisionVersion, Titles, Verifier};
use tiaowen_wire::HistoryJson;
use tiaowen_words::{check_note, fill};

use super::{NOWHERE, about, title};
use crate::args::{History, Report};
use crate::failure::{Failure, Outcome};
use crate::language::{named, words};
use crate::output::Output;
use crate::terminal::{BOLD, DIM, wrapped, wrapped_line};

pub(crate) fn run(args: &History, out: &Output) -> Result<Outcome, Failure> {
    let terms = super::terms(args.terms.as_deref())?;
    let searcher = args.folder.searcher()?;
    let titles = Titles::of(&searcher.manifest()?);
    let verifier = Verifier::new(&searcher, &terms, &titles);
    let cited = args.citation.join(" ");
    let versions = verifier.history(&cited, args.as_of.as_deref(), &Default::default())?;
    match args.format {
        Report::Text => text(&versions, out)?,
        Report::Json => out.json(&HistoryJson::new(&cited, &versions, NOWHERE))?,
    }
    Ok(if versions.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

fn text(versions: &[ProvisionVersion], out: &Output) -> Result<(), Failure> {
    let columns = out.columns();
    let mut to = out.text();
    let w = words();
    for version in versions {
        let document = &version.document;
        writeln!(to, "{BOLD}{}{BOLD:#}", wrapped_line(title(document), columns, ""))?;
        let line = format!("{} · {}", document.id, about(document));
        writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "  "))?;
        if let Some((by, date)) = &version.repealed {
            let note = CheckNote::Repealed { title: title(by).to_owned(), date: date.clone() };
            writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&check_note(w, &note), columns, "  "))?;
        }
        match &version.clause {
            Some(record) => {
                writeln!(to, "{}", wrapped(&record.clause.text, &[], columns, "  "))?;
            }
            None => {
                let none = named(&w.verdicts, "no_such_provision");
                writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&none, columns, "  "))?;
            }
        }
        let changes = version.differences.iter().filter(|difference| difference.kind.is_change());
        for difference in changes {
            let side =
                |text: &str| if text.is_empty() { "∅".to_owned() } else { text.to_owned() };
            let kind = named(&w.differences, difference.kind.as_str());
            let (left, right) = (side(&difference.left), side(&difference.right));
            let parts: [(&str, &dyn Display); 3] =
                [("kind", &kind), ("left", &left), ("right", &right)];
            let line = fill(&w.terminal.difference, &parts).replace('\n', " ");
            writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
        }
        writeln!(to)?;
    }
    if versions.is_empty() {
        writeln!(to, "{}", named(&w.verdicts, "not_in_index"))?;
    }
    Ok(())
}
