//! Help pages and errors of the command line, in the chosen language.
//!
//! The English words are in `args`, with the flags. Pages are laid out here rather than by clap,
//! which counts a Han character as one column.

use std::fmt::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command};
use tiaowen_words::{Help, fill};

use crate::language::{chinese, words};
use crate::terminal::{BOLD, hanging, width, wrapped};
use crate::{output, usage};

/// Reads the command line. Prints help if asked for, and reports errors; both end the process.
pub(crate) fn read(command: &Command) -> ArgMatches {
    let error = match command.clone().try_get_matches() {
        Ok(matches) => return matches,
        Err(error) => error,
    };
    let asks = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if asks {
        let paged = paged(built(worded(command.clone())), "tiaowen", output::help_columns());
        return paged.get_matches();
    }
    // A variable for a flag isn't an argument given by the user.
    if error.kind() == ErrorKind::MissingSubcommand && std::env::args_os().len() < 2 {
        let page = page(&built(worded(command.clone())), "tiaowen", output::help_columns());
        output::tell(page.trim_end());
        std::process::exit(2);
    }
    match chinese() {
        Some(chinese) if error.kind() != ErrorKind::DisplayVersion => {
            // Built again, with the placeholders of values in the chosen language.
            let command = built(worded(command.clone()));
            let error = command.clone().try_get_matches().err().unwrap_or(error);
            output::complain_styled(&usage::explain(&error, &command, &chinese.usage));
            std::process::exit(2);
        }
        _ => refuse(&error),
    }
}

/// Ends the process with an error of the command line. What was typed is printed as text, whatever
/// control characters it contains, and without passwords in addresses.
fn refuse(error: &clap::Error) -> ! {
    let message = error.render().to_string();
    let shown = output::safe_message(&message);
    if error.use_stderr() && shown != message {
        output::tell(shown.trim_end());
        std::process::exit(error.exit_code());
    }
    error.exit()
}

/// The commands with their help in the chosen language. They are for printing only: values are
/// checked, but not converted.
pub(crate) fn worded(command: Command) -> Command {
    match chinese() {
        Some(chinese) => in_chinese(command, &chinese.help, ""),
        None => command,
    }
}

/// Translates the fixed parts of a manual page.
pub(crate) fn manual_worded(page: Vec<u8>) -> Vec<u8> {
    let Some(chinese) = chinese() else { return page };
    let page = String::from_utf8_lossy(&page).into_owned();
    let words = chinese.help.manual.iter();
    words.fold(page, |page, (english, chinese)| page.replace(english, chinese)).into_bytes()
}

/// The commands with what clap adds by itself.
pub(crate) fn built(mut command: Command) -> Command {
    command.build();
    match chinese() {
        Some(chinese) => help_of_help(command, &chinese.help),
        None => command,
    }
}

fn help_of_help(command: Command, help: &Help) -> Command {
    command.mut_subcommands(|sub| match sub.get_name() {
        "help" => {
            let sub = sub.about(help.about.get("help").cloned().unwrap_or_default());
            sub.mut_args(|arg| argument(arg, help, "help"))
        }
        _ => help_of_help(sub, help),
    })
}

/// The key of a command in the catalogue, below those of its parents.
pub(crate) fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

fn in_chinese(command: Command, help: &Help, path: &str) -> Command {
    let key = if path.is_empty() { "tiaowen" } else { path };
    let about = help.about.get(key).cloned().unwrap_or_default();
    let mut command = command.about(about);
    if let Some(after) = help.after.get(key) {
        command = command.after_help(after);
    }
    let command = command.mut_args(|arg| argument(arg, help, path));
    command.mut_subcommands(|sub| {
        let path = below(path, sub.get_name());
        in_chinese(sub, help, &path)
    })
}

/// The keys of something in a command: the command's own one first, then that for all commands.
pub(crate) fn keys(path: &str, name: &str) -> [String; 2] {
    [below(path, name), name.to_owned()]
}

/// The name of a flag or argument in the catalogue.
pub(crate) fn name_of(arg: &Arg) -> &str {
    arg.get_long().unwrap_or(arg.get_id().as_str())
}

fn argument(arg: Arg, help: &Help, path: &str) -> Arg {
    let name = name_of(&arg).to_owned();
    let text = keys(path, &name).iter().find_map(|key| help.flags.get(key)).cloned();
    let mut arg = arg.help(text.unwrap_or_default());
    if !arg.get_action().takes_values() {
        return arg;
    }
    let stands_for: Vec<String> = value_names(&arg)
        .into_iter()
        .map(|name| help.stands_for.get(&name).cloned().unwrap_or(name))
        .collect();
    let values = arg.get_possible_values().into_iter().map(|value| {
        let name = format!("{name} {}", value.get_name());
        let text = keys(path, &name).iter().find_map(|key| help.values.get(key)).cloned();
        let value = PossibleValue::new(value.get_name().to_owned());
        if let Some(text) = text { value.help(text) } else { value }
    });
    let values: Vec<PossibleValue> = values.collect();
    if !values.is_empty() {
        arg = arg.value_parser(PossibleValuesParser::new(values));
    }
    arg.value_names(stands_for)
}

/// The placeholders of an argument's values: `FILE`.
pub(crate) fn value_names(arg: &Arg) -> Vec<String> {
    match arg.get_value_names() {
        Some(names) => names.iter().map(ToString::to_string).collect(),
        None => vec![arg.get_id().as_str().to_uppercase()],
    }
}

/// Makes the commands answer `--help` with these pages.
fn paged(command: Command, name: &str, columns: usize) -> Command {
    let page = page(&command, name, columns);
    let command = command.override_help(page);
    command.mut_subcommands(|sub| {
        let name = format!("{name} {}", sub.get_name());
        paged(sub, &name, columns)
    })
}

/// The page of a command: its purpose, usage, subcommands, arguments and flags (global ones last),
/// and examples.
fn page(command: &Command, name: &str, columns: usize) -> String {
    let w = &words().terminal;
    let mut page = String::new();
    let mut put = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    if let Some(about) = command.get_about() {
        put(&wrapped(&about.to_string(), &[], columns, ""));
        put("");
    }
    put(&usage_line(command, name, columns));
    let subs: Vec<&Command> = command.get_subcommands().filter(|sub| !sub.is_hide_set()).collect();
    if !subs.is_empty() {
        put(&format!("\n{BOLD}{}{BOLD:#}", w.commands));
        let widest = subs.iter().map(|sub| sub.get_name().len()).max().unwrap_or(0);
        for sub in subs {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            put(&beside(sub.get_name(), widest, &about, columns));
        }
    }
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let positional: Vec<&Arg> = shown().filter(|arg| arg.is_positional()).collect();
    let mut flags: Vec<&Arg> = shown().filter(|arg| !arg.is_positional()).collect();
    // In the order of definition, but global ones last.
    let of_all = |arg: &Arg| arg.is_global_set() || arg.get_id() == "version";
    flags.sort_by_key(|arg| (of_all(arg), arg.get_display_order()));
    for (heading, args) in [(&w.arguments, positional), (&w.options, flags)] {
        if args.is_empty() {
            continue;
        }
        put(&format!("\n{BOLD}{heading}{BOLD:#}"));
        for arg in args {
            put(&described(arg, columns));
        }
    }
    if let Some(after) = command.get_after_help() {
        put("");
        for line in paragraphs(&after.to_string()) {
            put(&hanging(&line, columns));
        }
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// The usage of a command, in one line if there is room.
pub(crate) fn usage_line(command: &Command, name: &str, columns: usize) -> String {
    let w = &words().terminal;
    let mut line = format!("{name} {}", w.some_options);
    for arg in command.get_positionals() {
        line.push(' ');
        line.push_str(&placeholder(arg));
    }
    if command.has_subcommands() {
        line.push(' ');
        line.push_str(&w.a_command);
    }
    let indent = " ".repeat(width(&w.usage));
    let line = wrapped(&line, &[], columns, &indent);
    format!("{BOLD}{}{BOLD:#}{}", w.usage, line.trim_start())
}

/// The placeholder of an argument, in brackets that show whether it is required.
fn placeholder(arg: &Arg) -> String {
    let needed = arg.is_required_set() || !arg.is_positional();
    let (open, close) = if needed { ('<', '>') } else { ('[', ']') };
    let names = value_names(arg).into_iter().map(|name| format!("{open}{name}{close}"));
    let more = arg.get_num_args().is_some_and(|count| count.max_values() > 1);
    names.collect::<Vec<_>>().join(" ") + if more { "..." } else { "" }
}

/// An argument or flag, with its description below.
fn described(arg: &Arg, columns: usize) -> String {
    let w = &words().terminal;
    let mut head = Vec::new();
    head.extend(arg.get_short().map(|short| format!("-{short}")));
    head.extend(arg.get_long().map(|long| format!("--{long}")));
    let mut head = format!("  {BOLD}{}{BOLD:#}", head.join(", "));
    let takes_values = arg.get_action().takes_values();
    if takes_values {
        let placeholder = placeholder(arg);
        let _ = match arg.get_num_args().is_some_and(|count| count.min_values() == 0) {
            true if !arg.is_positional() => write!(head, "[={placeholder}]"),
            _ if arg.is_positional() => write!(head, "{placeholder}"),
            _ => write!(head, " {placeholder}"),
        };
    }
    let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values = if takes_values { arg.get_possible_values() } else { Vec::new() };
    let explained = values.iter().any(|value| value.get_help().is_some());
    // Full-width brackets have their own space.
    let gap = if w.default.starts_with('[') { " " } else { "" };
    let mut further = Vec::new();
    if !values.is_empty() && !explained {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        further.push(fill(&w.values, &[("values", &names.join(&words().notes.comma))]));
    }
    if let Some(value) = arg.get_default_values().first().filter(|_| takes_values) {
        further.push(fill(&w.default, &[("value", &value.to_string_lossy())]));
    }
    if let Some(variable) = arg.get_env() {
        further.push(fill(&w.variable, &[("name", &variable.to_string_lossy())]));
    }
    // On the same line if there is room, or else together on another one, or else one per line.
    let indent = "      ";
    let fits = |line: &String| width(indent) + width(line) <= columns;
    let together = further.join(gap);
    let whole = Some(format!("{text}{gap}{together}").trim_end().to_owned()).filter(&fits);
    let mut lines = vec![head];
    let paragraph = match whole {
        Some(whole) => vec![whole],
        None if fits(&together) => vec![text, together],
        None => std::iter::once(text).chain(further).collect(),
    };
    let paragraph = paragraph.iter().filter(|line| !line.is_empty());
    lines.extend(paragraph.map(|line| wrapped(line, &[], columns, indent)));
    if explained {
        let widest = values.iter().map(|value| value.get_name().len()).max().unwrap_or(0);
        for value in values {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            let line = beside(value.get_name(), widest, &help, columns - 4);
            lines.extend(line.lines().map(|line| format!("    {line}")));
        }
    }
    lines.join("\n")
}

/// A name with its meaning beside it.
fn beside(name: &str, widest: usize, meaning: &str, columns: usize) -> String {
    hanging(format!("  {name:<widest$}  {meaning}").trim_end(), columns)
}

/// The paragraphs of a text that is wrapped in its source. Indented lines stay as they are.
fn paragraphs(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let is_text = !line.is_empty() && !line.starts_with(' ');
        match all.last_mut().filter(|_| is_text && goes_on) {
            Some(last) => {
                last.push(' ');
                last.push_str(line);
            }
            None => all.push(line.to_owned()),
        }
        goes_on = is_text && !line.ends_with([':', '：']);
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;
    use tiaowen_words::{Chinese, Language};

    use super::*;
    use crate::args::Args;

    /// The keys that the catalogue needs for a command, its flags and its subcommands, with their
    /// sections.
    fn needed(command: &Command, path: &str, help: &Help, used: &mut BTreeSet<String>) {
        let mut take = |section: &str, keys: &[String], of: &tiaowen_words::Names| {
            let key = keys.iter().find(|key| of.contains_key(*key));
            let key = key.unwrap_or_else(|| panic!("no words for {section} {keys:?}"));
            used.insert(format!("{section} {key}"));
        };
        let key = if path.is_empty() { "tiaowen" } else { path }.to_owned();
        take("about", std::slice::from_ref(&key), &help.about);
        if command.get_after_help().is_some() {
            take("after", &[key], &help.after);
        }
        for arg in command.get_arguments() {
            assert!(arg.get_help().is_some(), "no English for {path} {}", arg.get_id());
            take("flags", &keys(path, name_of(arg)), &help.flags);
            if !arg.get_action().takes_values() {
                continue;
            }
            value_names(arg).into_iter().for_each(|name| {
                take("stands_for", &[name], &help.stands_for);
            });
            for value in arg.get_possible_values().iter().filter(|v| v.get_help().is_some()) {
                let name = format!("{} {}", name_of(arg), value.get_name());
                take("values", &keys(path, &name), &help.values);
            }
        }
        for sub in command.get_subcommands() {
            needed(sub, &below(path, sub.get_name()), help, used);
        }
    }

    #[test]
    fn everything_has_words_and_no_words_are_of_nothing() {
        for language in [Language::Hant, Language::Hans] {
            let help = &Chinese::of(language).unwrap().help;
            let mut used = BTreeSet::new();
            needed(&Args::command(), "", help, &mut used);
            let sections = [
                ("about", &help.about),
                ("after", &help.after),
                ("flags", &help.flags),
                ("values", &help.values),
                ("stands_for", &help.stands_for),
            ];
            for (section, names) in sections {
                // Added by clap itself.
                let clap = ["about help", "flags help command", "stands_for COMMAND"];
                for key in names.keys().map(|key| format!("{section} {key}")) {
                    let known = used.contains(&key) || clap.contains(&&*key);
                    assert!(known, "{language:?}: {key} is of nothing");
                }
            }
        }
    }

    #[test]
    fn paragraphs_are_mended_and_lists_stay() {
        let text = "Examples:\n  a   one\n  b   two\n\nA sentence\nthat goes on.";
        assert_eq!(
            paragraphs(text),
            ["Examples:", "  a   one", "  b   two", "", "A sentence that goes on."]
        );
        assert_eq!(
            hanging("  a   one two three four five six", 26),
            "  a   one two three four\n      five six"
        );
        assert_eq!(
            hanging("  甲乙   丙丁戊己庚辛壬癸子丑寅卯", 30),
            "  甲乙   丙丁戊己庚辛壬癸子丑\n         寅卯"
        );
    }
}
