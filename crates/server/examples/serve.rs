//! Serves an index from a program of one's own, until it is told to stop (SIGTERM, SIGINT):
//!
//! ```sh
//! cargo run -p tiaowen-server --example serve -- index
//! ```

use std::borrow::Cow;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use tiaowen_server::{Limits, Links, ServeOptions, serve};
use tiaowen_terms::TermTable;

fn main() -> Result<(), Box<dyn Error>> {
    let index = std::env::args().nth(1).ok_or("name an index")?;
    let options = ServeOptions {
        index: Box::new(PathBuf::from(index)),
        links: Links::default(),
        terms: Cow::Borrowed(TermTable::built_in()),
        limits: Limits::default(),
    };
    // Port 0 takes one that is free.
    serve(([127, 0, 0, 1], 0).into(), options, |address| {
        let _ = writeln!(std::io::stdout(), "serving on http://{address}");
    })?;
    Ok(())
}
