//! Serves an index from a program of one's own, until it is told to stop (SIGTERM, SIGINT):
//!
//! ```sh
//! cargo run -p tiaowen-server --example serve -- index
//! ```

use std::borrow::Cow;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use tiaowen_server::{Access, FileText, Limits, Links, Logs, ServeOptions, serve};
use tiaowen_terms::TermTable;

fn main() -> Result<(), Box<dyn Error>> {
    let index = std::env::args().nth(1).ok_or("name an index")?;
    let options = ServeOptions {
        meaning: Default::default(),
        index: Box::new(PathBuf::from(index)),
        links: Links::default(),
        terms: Cow::Borrowed(TermTable::built_in()),
        limits: Limits::default(),
        read: read_text,
        searches: None,
        access: Access::default(),
        logs: Logs::default(),
    };
    // Port 0 takes one that is free.
    serve(([127, 0, 0, 1], 0).into(), options, |address| {
        let _ = writeln!(std::io::stdout(), "serving on http://{address}");
    })?;
    Ok(())
}

/// Reads files that a page sends: plain text alone. `tiaowen serve` reads all formats.
fn read_text(name: &str, bytes: &[u8]) -> Result<FileText, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let documents = tiaowen_corpus::read(name, text).map_err(|error| error.to_string())?;
    Ok(FileText { text: text.to_owned(), documents })
}
