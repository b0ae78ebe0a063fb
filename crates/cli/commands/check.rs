use std::fmt::Display;
use std::io::Write;

use tiaowen_words::fill;

use crate::args::{Check, Report};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::progress::Bar;
use crate::terminal::{BOLD, safe, wrapped_line};
use crate::wording;

pub(crate) fn run(args: &Check, out: &Output) -> Result<Outcome, Failure> {
    let place = args.folder.place()?;
    let bar = Bar::new();
    let checked = tiaowen_indexer::check(&*place, args.quick, &|step| bar.show(step));
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
                let reason = safe(&wording::wrong(&problem.reason));
                let line = wording::at_place(&safe(&problem.place), &reason);
                writeln!(to, "{}", wrapped_line(&line, columns, ""))?;
                writeln!(to, "    {}", safe(&problem.cure))?;
            }
            super::index::left_out(&checked.left_out, &mut to)?;
            let w = words();
            let clauses = w.counted.clauses.of(checked.clauses);
            let sources = w.counted.sources.of(checked.sources);
            let values: [(&str, &dyn Display); 2] = [("clauses", &clauses), ("sources", &sources)];
            writeln!(to, "{BOLD}{}{BOLD:#}", fill(&w.terminal.as_sources_say, &values))?;
            if checked.problems.is_empty() {
                let place = safe(&place.shown());
                writeln!(to, "{}", fill(&w.terminal.sound, &[("place", &place)]))?;
            }
        }
    }
    Ok(if checked.problems.is_empty() { Outcome::Done } else { Outcome::Nothing })
}
