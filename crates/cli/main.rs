//! `tiaowen`: search for Chinese agreements that live in two scripts, clause by clause.
//!
//! Glue only: the language is chosen (`language`), flags are read (`args`, with what stands in for
//! those not given: `settings`; what there is to say of them: `help`, `usage`), a command asks the
//! libraries (`commands`), and prints what they answer as text for people (`terminal`; errors are
//! worded by `wording`) or as JSON (`wire`).

mod args;
mod commands;
mod failure;
mod help;
mod language;
mod output;
mod progress;
mod settings;
mod terminal;
mod usage;
mod wording;

use std::process::ExitCode;

use failure::Failure;

/// Splitting and cutting make many small texts on several threads at once.
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
    match commands::run(settled, &out) {
        Ok(outcome) => outcome.into(),
        // Who reads our output may stop reading; that is no error.
        Err(Failure::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            output::complain(&wording::failure(&failure));
            ExitCode::from(2)
        }
    }
}
