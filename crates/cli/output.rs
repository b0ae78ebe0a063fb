//! Standard output and standard error: the one place that prints.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::language::words;
use crate::terminal::{safe, safe_lines, without_passwords};

/// The standard output.
pub(crate) struct Output {
    color: ColorChoice,
}

impl Output {
    pub(crate) fn new(color: ColorChoice) -> Self {
        // Messages on standard error follow the same choice.
        color.write_global();
        Output { color }
    }

    /// For text. Colours are removed if they are not wanted.
    pub(crate) fn text(&self) -> AutoStream<StdoutLock<'static>> {
        AutoStream::new(io::stdout().lock(), self.color)
    }

    /// For data.
    pub(crate) fn data(&self) -> BufWriter<StdoutLock<'static>> {
        BufWriter::new(io::stdout().lock())
    }

    /// Prints a JSON value on its own line.
    pub(crate) fn json(&self, value: &impl Serialize) -> io::Result<()> {
        let mut data = self.data();
        serde_json::to_writer(&mut data, value)?;
        writeln!(data)?;
        data.flush()
    }

    /// The width of text in columns, limited to what is easy to read.
    pub(crate) fn columns(&self) -> usize {
        self.wide_columns().min(100)
    }

    /// The width for two texts side by side. `COLUMNS` sets it without a terminal.
    pub(crate) fn wide_columns(&self) -> usize {
        terminal_columns().clamp(40, 200)
    }
}

/// The width of help, which is needed before there is an [`Output`].
pub(crate) fn help_columns() -> usize {
    terminal_columns().clamp(40, 100)
}

fn terminal_columns() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let variable = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.or_else(variable).unwrap_or(80)
}

/// Reports an error. Whatever it repeats (a name, an argument) is printed as text, and without
/// passwords in addresses.
pub(crate) fn complain(problem: &dyn Display) {
    complain_styled(&safe_message(&problem.to_string()));
}

/// A message without control characters, forged lines and passwords.
pub(crate) fn safe_message(message: &str) -> String {
    safe_lines(&without_passwords(&with_safe_arguments(message)))
}

/// A message in which an argument with several lines can't forge a line.
fn with_safe_arguments(message: &str) -> String {
    let arguments = std::env::args_os().skip(1).map(|given| given.to_string_lossy().into_owned());
    let values = arguments.flat_map(|given| {
        let value = given.split_once('=').map(|(_, value)| value.to_owned());
        [Some(given), value].into_iter().flatten()
    });
    values
        .filter(|value| value.contains('\n'))
        .fold(message.to_owned(), |message, value| message.replace(&value, &safe(&value)))
}

/// Reports an error with styles, in which what was typed is already safe.
pub(crate) fn complain_styled(problem: &str) {
    let error = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let prefix = &words().terminal.error;
    tell(&format!(
        "{error}{}{error:#}{}{}",
        prefix.trim_end(),
        &prefix[prefix.trim_end().len()..],
        without_passwords(problem)
    ));
}

/// Writes a line to standard error. If that fails, nothing can be reported.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
