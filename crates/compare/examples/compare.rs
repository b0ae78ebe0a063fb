//! Compares two text files that hold a version of one document each:
//!
//! ```sh
//! cargo run -p tiaowen-compare --example compare -- \
//!     corpus/medical-2017.zh-Hant-HK.md corpus/medical-2017.zh-Hans-CN.md
//! ```

use std::error::Error;
use std::io::Write;

use tiaowen_corpus::DocumentText;
use tiaowen_terms::TermTable;

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = std::env::args().skip(1);
    let (left, right) = files.next().zip(files.next()).ok_or("name two text files")?;
    let (left, right) = (first_document(&left)?, first_document(&right)?);
    let comparison = tiaowen_compare::compare(&left, &right, TermTable::built_in());
    let mut out = std::io::stdout().lock();
    let summary = &comparison.summary;
    writeln!(out, "{} clauses are the same, {} changed", summary.same, summary.changed)?;
    for difference in comparison.rows.iter().flat_map(|row| &row.differences) {
        let (kind, left, right) = (difference.kind.as_str(), &difference.left, &difference.right);
        writeln!(out, "  {kind}: {left} → {right}")?;
    }
    Ok(())
}

fn first_document(file: &str) -> Result<DocumentText, Box<dyn Error>> {
    let documents = tiaowen_corpus::read(file, &std::fs::read_to_string(file)?)?;
    Ok(documents.into_iter().next().ok_or(format!("{file} has no document"))?)
}
