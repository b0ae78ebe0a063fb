use std::io::Write;

use super::counted;
use crate::args::{Check, Report};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::progress::Bar;
use crate::terminal::{BOLD, safe, wrapped};

pub(crate) fn run(args: &Check, out: &Output) -> Result<Outcome, Failure> {
    let place = args.folder.place()?;
    let bar = Bar::new();
    let checked = tiaowen_indexer::check(&*place, &|step| bar.show(step));
    bar.clear();
    let checked = checked?;
    match args.format {
        Report::Json => {
            out.json(&checked)?;
        }
        Report::Text => {
            let columns = out.columns();
            let mut to = out.text();
            for problem in &checked.problems {
                let line = format!("{}: {}", safe(&problem.place), safe(&problem.reason));
                writeln!(to, "{}", wrapped(&line, &[], columns, ""))?;
                writeln!(to, "    {}", safe(&problem.cure))?;
            }
            writeln!(
                to,
                "{BOLD}{} of {}{BOLD:#} are as their sources say",
                counted(checked.clauses, "clause"),
                counted(checked.sources, "source"),
            )?;
            if checked.problems.is_empty() {
                writeln!(to, "the index in {} is sound", safe(&place.shown()))?;
            }
        }
    }
    Ok(if checked.problems.is_empty() { Outcome::Done } else { Outcome::Nothing })
}
