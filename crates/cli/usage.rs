//! Errors of the command line in Chinese. In English, clap's words are used.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use tiaowen_words::{UsageWords, fill};

use crate::help::usage_line;
use crate::language::words;
use crate::output;
use crate::terminal::safe;

/// What is wrong, what may have been meant, and the usage of the command.
pub(crate) fn explain(error: &clap::Error, command: &Command, c: &UsageWords) -> String {
    let w = &words().terminal;
    let mut lines = vec![wrong(error, c)];
    let valid = text(error, ContextKind::ValidValue).filter(|values| !values.is_empty());
    lines.extend(valid.map(|values| fill(&w.one_of, &[("values", &values)])));
    for kind in
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
    {
        let meant = text(error, kind).filter(|meant| !meant.is_empty());
        lines.extend(meant.map(|meant| fill(&c.tip, &[("meant", &meant)])));
    }
    let (command, name) = addressed(command);
    lines.push(String::new());
    lines.push(usage_line(command, &name, output::help_columns()));
    lines.push(fill(&c.see_help, &[("help", &format!("{name} --help"))]));
    lines.join("\n")
}

fn wrong(error: &clap::Error, c: &UsageWords) -> String {
    let of = |kind| text(error, kind).unwrap_or_default();
    let (flag, given) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let given_count = of(ContextKind::ActualNumValues);
    match error.kind() {
        ErrorKind::UnknownArgument => fill(&c.unknown_flag, &[("given", &flag)]),
        ErrorKind::InvalidSubcommand => {
            fill(&c.unknown_command, &[("given", &of(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::InvalidValue if given.is_empty() => fill(&c.required, &[("flag", &flag)]),
        ErrorKind::InvalidValue => fill(&c.invalid, &[("flag", &flag), ("given", &given)]),
        ErrorKind::ValueValidation => {
            let wrong = fill(&c.invalid, &[("flag", &flag), ("given", &given)]);
            match std::error::Error::source(error) {
                Some(reason) => fill(
                    &words().terminal.and_note,
                    &[("note", &wrong), ("how", &crate::wording::flag(reason))],
                ),
                None => wrong,
            }
        }
        ErrorKind::TooManyValues => {
            fill(&c.unexpected_value, &[("flag", &flag), ("given", &given)])
        }
        ErrorKind::TooFewValues => fill(
            &c.no_value,
            &[("flag", &flag), ("needed", &of(ContextKind::MinValues)), ("given", &given_count)],
        ),
        ErrorKind::WrongNumberOfValues => {
            let needed = of(ContextKind::ExpectedNumValues);
            let values = [("flag", &flag), ("needed", &needed), ("given", &given_count)];
            fill(
                &c.wrong_count,
                &values.map(|(name, value)| (name, value as &dyn std::fmt::Display)),
            )
        }
        ErrorKind::NoEquals => fill(&c.equals, &[("flag", &flag)]),
        ErrorKind::ArgumentConflict => {
            let other = of(ContextKind::PriorArg);
            if other == flag || other.is_empty() {
                fill(&c.twice, &[("flag", &flag)])
            } else {
                fill(&c.conflict, &[("flag", &flag), ("other", &other)])
            }
        }
        ErrorKind::MissingRequiredArgument => fill(&c.missing, &[("missing", &flag)]),
        ErrorKind::MissingSubcommand => {
            fill(&c.no_command, &[("command", &of(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::InvalidUtf8 => c.no_text.clone(),
        // Printed elsewhere, or never caused by this program.
        _ => error.to_string(),
    }
}

/// A part of an error, by its kind.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    Some(safe(&match error.get(kind)? {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(all) => all.join(&words().notes.comma),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::StyledStr(text) => text.to_string(),
        _ => return None,
    }))
}

/// The command that was called, and its full name.
fn addressed(command: &Command) -> (&Command, String) {
    let (mut at, mut name) = (command, "tiaowen".to_owned());
    for arg in std::env::args().skip(1).filter(|arg| !arg.starts_with('-')) {
        if let Some(sub) = at.find_subcommand(&arg).filter(|sub| sub.get_name() != "help") {
            name = format!("{name} {}", sub.get_name());
            at = sub;
        }
    }
    (at, name)
}
