//! Searches an index:
//!
//! ```sh
//! cargo run -p tiaowen-query --example search -- index 質素
//! ```

use std::error::Error;
use std::io::Write;
use std::path::Path;

use tiaowen_query::{Request, Searcher};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (index, query) = args.next().zip(args.next()).ok_or("name an index and a query")?;
    let searcher = Searcher::open(Path::new(&index))?;
    let answer = searcher.search(&Request { limit: 3, ..Request::new(query) })?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} hits", answer.total)?;
    for hit in &answer.hits {
        let (document, clause) = (&hit.record.document, &hit.record.clause);
        writeln!(out, "{}", tiaowen_corpus::citation(document, clause))?;
        for mark in &hit.highlights {
            writeln!(out, "  {}", &clause.text[mark.clone()])?;
        }
    }
    Ok(())
}
