use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tiaowen_server::{Keys, NewKey};
use tiaowen_wire::NewKeyJson;
use tiaowen_words::fill;

use crate::args::{Key, Report};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::terminal::safe;

pub(crate) fn run(args: &Key, out: &Output) -> Result<Outcome, Failure> {
    let made = NewKey::make(&args.name, args.rights, args.rate)?;
    let file = args.add_to.as_deref();
    Keys::check_line(file, &made.line).map_err(|error| Failure::Serve(error.into()))?;
    if let Some(file) = file {
        add(file, &made.line).map_err(|error| Failure::of_system(file, &error))?;
    }
    if args.format == Report::Json {
        let (name, key, line) = (args.name.as_str(), made.key.as_str(), made.line.as_str());
        out.json(&NewKeyJson { name, key, line, added: file.is_some() })?;
        return Ok(Outcome::Done);
    }
    let (w, mut to) = (&words().terminal, out.text());
    writeln!(to, "{}", fill(&w.key_made, &[("key", &made.key)]))?;
    let second = match file {
        Some(file) => fill(&w.key_added, &[("file", &safe(&file.display().to_string()))]),
        None => fill(&w.key_line, &[("line", &made.line)]),
    };
    writeln!(to, "{second}")?;
    Ok(Outcome::Done)
}

/// Adds a line to a file, which is made if there is none.
fn add(file: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(file)?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    // An editor may have left the last line without its end.
    let end = if last == *b"\n" { "" } else { "\n" };
    file.write_all(format!("{end}{line}\n").as_bytes())?;
    file.sync_all()
}
