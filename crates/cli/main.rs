//! `tiaowen`: search for Chinese agreements that exist in two scripts, clause by clause.
//!
//! This is only glue. The language is chosen (`language`); flags are read (`args`; `settings` has
//! their other sources, `help` and `usage` their words); a command calls the libraries (`commands`)
//! and prints the answer as text for people (`terminal`, `wording`) or as JSON (`wire`).

mod args;
mod commands;
mod delivery;
mod failure;
mod help;
mod language;
mod output;
mod progress;
mod settings;
mod terminal;
mod usage;
mod verified;
mod wording;

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use args::Command;
use failure::{Failure, Outcome};

/// Splitting and tokenizing allocate many small texts on several threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    language::speak(settings::language());
    let settled = match settings::settle() {
        Ok(settled) => settled,
        Err(failure) => {
            output::complain(&wording::failure(&failure));
            return ExitCode::from(2);
        }
    };
    let out = output::Output::new(settled.args.color());
    match carry_out(settled, &out) {
        Ok(outcome) => outcome.into(),
        // A reader that stops reading is no error.
        Err(Failure::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            output::complain(&wording::failure(&failure));
            ExitCode::from(2)
        }
    }
}

/// Runs a command. The engine panics on some kinds of damage that only checksums would find. The
/// user then learns what to check rather than where in the code it happened.
fn carry_out(settled: settings::Settled, out: &output::Output) -> Result<Outcome, Failure> {
    // A server handles panics request by request, and logs them.
    if matches!(settled.args.command, Command::Serve(_) | Command::Mcp(_)) {
        return commands::run(settled, out);
    }
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(|_| {}));
    }
    panic::catch_unwind(AssertUnwindSafe(|| commands::run(settled, out)))
        .unwrap_or_else(|panic| Err(Failure::Unforeseen(message(&*panic))))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}
