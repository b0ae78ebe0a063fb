use std::io::Write;

use tiaowen_wire::CompletionJson;

use crate::args::{Report, Suggest};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::terminal::{DIM, safe};

pub(crate) fn run(args: &Suggest, out: &Output) -> Result<Outcome, Failure> {
    let searcher = args.folder.searcher()?;
    let found = searcher.complete(&args.typed, args.limit)?;
    match args.format {
        Report::Json => {
            let all: Vec<CompletionJson<'_>> = found.iter().map(CompletionJson::from).collect();
            out.json(&all)?;
        }
        Report::Text => {
            let mut to = out.text();
            for one in &found {
                writeln!(to, "{}  {DIM}{}{DIM:#}", safe(&one.text), one.clauses)?;
            }
        }
    }
    Ok(if found.is_empty() { Outcome::Nothing } else { Outcome::Done })
}
