//! Splits a text file into its documents and clauses:
//!
//! ```sh
//! cargo run -p tiaowen-corpus --example split -- corpus/medical-2017.zh-Hant-HK.md
//! ```

use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("name a text file")?;
    let source = std::fs::read_to_string(&file)?;
    let mut out = std::io::stdout().lock();
    for text in tiaowen_corpus::read(&file, &source)? {
        writeln!(out, "{}", text.document.title.as_deref().unwrap_or("untitled"))?;
        for clause in &text.clauses {
            let citation = tiaowen_corpus::citation(&text.document, clause);
            let printed = &source[clause.bytes.clone()];
            writeln!(out, "  {citation}: {} of {} bytes", clause.text.len(), printed.len())?;
        }
    }
    Ok(())
}
