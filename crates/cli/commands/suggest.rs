use std::io::Write;

use tiaowen_index::ClauseIndex;
use tiaowen_query::Searcher;

use crate::args::{Report, Suggest};
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::terminal::{DIM, safe};
use crate::wire::CompletionJson;

pub(crate) fn run(args: &Suggest, out: &Output) -> Result<Outcome, Failure> {
    let searcher = Searcher::new(ClauseIndex::open(&args.folder.index)?)?;
    let found = searcher.complete(&args.typed, args.limit)?;
    match args.format {
        Report::Json => {
            let all: Vec<CompletionJson<'_>> = found
                .iter()
                .map(|one| CompletionJson { text: &one.text, clauses: one.clauses })
                .collect();
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
