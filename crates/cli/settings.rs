//! Settings: where flags that are not given get their values from, which is the environment, one
//! file, or a default. docs/configuration.md has the same table.
//!
//! A value in the file becomes the default of its flag, and one in the environment its variable, so
//! that every value is read and checked by the rules of the flag.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};
use tiaowen_wire::{Given, SettingJson};
use tiaowen_words::{Language, fill};
use toml::de::{DeTable, DeValue};

use crate::args::Args;
use crate::failure::Failure;
use crate::language::words;
use crate::terminal::safe;
use crate::{help, wording};

/// A setting: its key in the file, its variable, and its flag.
struct Setting {
    key: &'static str,
    variable: &'static str,
    /// The name of the flag in the commands that have it.
    flag: &'static str,
    /// Whether it is a path. In the file, it is relative to the file's folder.
    is_path: bool,
}

const fn setting(key: &'static str, variable: &'static str, flag: &'static str) -> Setting {
    Setting { key, variable, flag, is_path: false }
}

const fn path(key: &'static str, variable: &'static str, flag: &'static str) -> Setting {
    Setting { key, variable, flag, is_path: true }
}

const ALL: [Setting; 17] = [
    path("index", "TIAOWEN_INDEX", "index"),
    path("terms", "TIAOWEN_TERMS", "terms"),
    path("searches", "TIAOWEN_SEARCHES", "searches"),
    setting("display", "TIAOWEN_DISPLAY", "display"),
    setting("limit", "TIAOWEN_LIMIT", "limit"),
    setting("color", "TIAOWEN_COLOR", "color"),
    setting(LANG, "TIAOWEN_LANG", "lang"),
    setting("jobs", "TIAOWEN_JOBS", "jobs"),
    setting("listen", "TIAOWEN_LISTEN", "listen"),
    setting("public_url", "TIAOWEN_PUBLIC_URL", "public_url"),
    setting("behind_proxy", "TIAOWEN_BEHIND_PROXY", "behind_proxy"),
    path("api_keys", "TIAOWEN_API_KEYS", "api_keys"),
    path("audit_log", "TIAOWEN_AUDIT_LOG", "audit_log"),
    path("query_log", "TIAOWEN_QUERY_LOG", "query_log"),
    setting("meaning", "TIAOWEN_MEANING", "meaning"),
    setting("log_level", "TIAOWEN_LOG", "log_level"),
    setting("log_format", "TIAOWEN_LOG_FORMAT", "log"),
];

/// The variable that names the file.
const CONFIG: &str = "TIAOWEN_CONFIG";

/// The key of the language.
const LANG: &str = "lang";

/// The command line, and the origin of each setting.
pub(crate) struct Settled {
    pub(crate) args: Args,
    pub(crate) settings: Vec<SettingJson>,
}

/// A value in the file.
struct Written {
    value: String,
    line: usize,
}

/// The file, and its value of each setting.
struct File {
    path: PathBuf,
    values: Vec<Option<Written>>,
}

/// Reads flags, environment and file. An error in a flag ends the process, and so does `--help`.
///
/// # Errors
/// When the environment or the file has an invalid value.
pub(crate) fn settle() -> Result<Settled, Failure> {
    let plain = Args::command();
    for setting in &ALL {
        if let Some(value) = variable(setting.variable) {
            check(&plain, setting, &value).map_err(|reason| {
                let values: [(&str, &dyn Display); 2] =
                    [("variable", &setting.variable), ("reason", &reason)];
                Failure::Input(fill(&words().terminal.in_environment, &values))
            })?;
        }
    }
    let file = file(&plain, written("--config").map(PathBuf::from));
    let mut command = command();
    if let Ok(Some(file)) = &file {
        for (setting, written) in ALL.iter().zip(&file.values) {
            if let Some(written) = written {
                let usual = |arg: Arg| arg.default_value(written.value.clone());
                command = each(command, setting.flag, &usual);
            }
        }
    }
    // Help and errors of the command line come before those of the file.
    let given = help::read(&command);
    let file = file?;
    let settings = ALL.iter().enumerate().map(|(at, setting)| {
        let written = file.as_ref().and_then(|file| Some((file, file.values[at].as_ref()?)));
        setting_json(&plain, setting, &given, written)
    });
    let settings = settings.collect();
    let args = Args::from_arg_matches(&given).unwrap_or_else(|error| error.exit());
    Ok(Settled { args, settings })
}

/// All commands. Their flags name their variables.
pub(crate) fn command() -> Command {
    ALL.iter().fold(Args::command(), |command, setting| {
        if std::env::var_os(setting.variable).is_some_and(|value| value.is_empty()) {
            return command;
        }
        each(command, setting.flag, &|arg| arg.env(setting.variable).hide_env_values(true))
    })
}

/// Changes a flag in all commands that have it.
fn each(command: Command, flag: &str, change: &dyn Fn(Arg) -> Arg) -> Command {
    let has = command.get_arguments().any(|arg| arg.get_id() == flag);
    let command = if has { command.mut_arg(flag, change) } else { command };
    command.mut_subcommands(|sub| each(sub, flag, change))
}

/// The flag of a setting, in the first command that has it.
fn flag<'c>(command: &'c Command, setting: &Setting) -> Option<&'c Arg> {
    let here = command.get_arguments().find(|arg| arg.get_id() == setting.flag);
    here.or_else(|| command.get_subcommands().find_map(|sub| flag(sub, setting)))
}

/// The value of a variable. An empty one counts as unset.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether the flag of a setting accepts a value. The error says why not.
fn check(plain: &Command, setting: &Setting, value: &OsString) -> Result<(), String> {
    let Some(flag) = flag(plain, setting) else { return Ok(()) };
    let long = format!("--{}", flag.get_long().unwrap_or(setting.flag));
    let only = Command::new("tiaowen").no_binary_name(true).arg(flag.clone().global(false));
    let read = only.try_get_matches_from([OsString::from(long), value.clone()]);
    let Err(error) = read else { return Ok(()) };
    let (w, shown) = (&words().terminal, safe(&value.to_string_lossy()));
    let choices = flag.get_possible_values();
    let why = match std::error::Error::source(&error) {
        Some(source) => wording::flag(source),
        None if !choices.is_empty() => {
            let names: Vec<&str> = choices.iter().map(|choice| choice.get_name()).collect();
            fill(&w.can_be, &[("values", &names.join(&words().notes.comma))])
        }
        None => w.cannot_be_read.clone(),
    };
    let values: [(&str, &dyn Display); 3] =
        [("key", &setting.key), ("value", &shown), ("reason", &why)];
    Err(fill(&w.setting_is, &values))
}

/// The file that is named, or else the first one that exists.
fn file(plain: &Command, named: Option<PathBuf>) -> Result<Option<File>, Failure> {
    let w = &words().terminal;
    let named = named.or_else(|| variable(CONFIG).map(PathBuf::from));
    for path in looked_for(named.as_deref()) {
        // A home folder that can't be read has no file.
        if named.is_none() && std::fs::symlink_metadata(&path).is_err() {
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let values = values(plain, &path, &text).map_err(|(line, reason)| {
                    let file = safe(&path.display().to_string());
                    let place = fill(&w.file_line, &[("file", &file), ("line", &line)]);
                    Failure::Input(wording::at_place(&place, &reason))
                })?;
                return Ok(Some(File { path, values }));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if named.is_some() {
                    return Err(Failure::of_file(&path, &w.no_config));
                }
            }
            Err(error) => return Err(Failure::of_file(&path, &wording::system(&error))),
        }
    }
    Ok(None)
}

/// The paths of the file: the one that is named, or else the usual ones.
fn looked_for(named: Option<&Path>) -> Vec<PathBuf> {
    named.map_or_else(usual_places, |path| vec![path.to_owned()])
}

/// The language of the program: from the flag, the environment, the file, or the locale. It is read
/// before all of these are checked, since their errors are reported in it.
pub(crate) fn language() -> Language {
    let set = |name: &str| Some(variable(name)?.to_string_lossy().into_owned());
    let flag = written("--lang").or_else(|| set("TIAOWEN_LANG"));
    let of_file = || language_of_file(written("--config").or_else(|| set(CONFIG)));
    let named = flag.and_then(|name| Language::named(&name));
    named.or_else(of_file).unwrap_or_else(|| Language::of_environment(set))
}

/// The language that the settings file names: the file that is named, or the usual one.
fn language_of_file(named: Option<String>) -> Option<Language> {
    let named = named.map(PathBuf::from);
    let mut places = looked_for(named.as_deref()).into_iter();
    let text = places.find_map(|path| std::fs::read_to_string(path).ok())?;
    let table = DeTable::parse(&text).ok()?;
    let found = table.get_ref().iter().find(|(key, _)| key.get_ref() == LANG)?;
    Language::named(found.1.get_ref().as_str()?)
}

/// The value of a flag on the command line.
fn written(flag: &str) -> Option<String> {
    let mut args = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned());
    while let Some(arg) = args.next().filter(|arg| arg != "--") {
        if arg == flag {
            return args.next();
        }
        if let Some(value) = arg.strip_prefix(flag).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
}

/// The usual paths of the file: the user's, then the machine's.
fn usual_places() -> Vec<PathBuf> {
    let user = variable("XDG_CONFIG_HOME").map(PathBuf::from);
    let user = user.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".config")));
    let folders = user.into_iter().chain([PathBuf::from("/etc")]);
    folders.map(|folder| folder.join("tiaowen/tiaowen.toml")).collect()
}

/// The values of settings in the file. The error has its line.
fn values(
    plain: &Command,
    path: &Path,
    text: &str,
) -> Result<Vec<Option<Written>>, (usize, String)> {
    let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let table = DeTable::parse(text).map_err(|error| {
        (line(error.span().map_or(0, |span| span.start)), error.message().to_owned())
    })?;
    let mut values: Vec<Option<Written>> = ALL.iter().map(|_| None).collect();
    for (key, value) in table.get_ref() {
        let (line, key) = (line(key.span().start), key.get_ref());
        let Some(at) = ALL.iter().position(|setting| setting.key == *key) else {
            return Err((line, unknown(key)));
        };
        let setting = &ALL[at];
        let mut text = match value.get_ref() {
            DeValue::String(text) => text.clone().into_owned(),
            DeValue::Integer(number) => number.to_string(),
            other => {
                let values: [(&str, &dyn Display); 2] = [("key", key), ("type", &other.type_str())];
                let reason = fill(&words().terminal.wrong_type, &values);
                return Err((line, reason));
            }
        };
        if setting.is_path && !text.contains("://") {
            let folder = path.parent().unwrap_or(Path::new(""));
            text = folder.join(&text).display().to_string();
        }
        check(plain, setting, &OsString::from(&text)).map_err(|reason| (line, reason))?;
        values[at] = Some(Written { value: text, line });
    }
    Ok(values)
}

/// The error for an unknown setting, with the most similar one.
fn unknown(key: &str) -> String {
    let shown: String = safe(key).chars().take(40).collect();
    let near = |setting: &&Setting| strsim::damerau_levenshtein(key, setting.key);
    let nearest = ALL.iter().min_by_key(near).map_or("", |setting| setting.key);
    let all: Vec<&str> = ALL.iter().map(|setting| setting.key).collect();
    let all = all.join(&words().notes.comma);
    let values: [(&str, &dyn Display); 3] = [("key", &shown), ("nearest", &nearest), ("all", &all)];
    fill(&words().terminal.no_setting, &values)
}

/// The value of a flag, if it is given on the command line.
fn on_command_line(matches: &ArgMatches, flag: &str) -> Option<OsString> {
    // Not every command has every flag.
    matches.try_contains_id(flag).ok()?;
    matches.value_source(flag).filter(|from| *from == ValueSource::CommandLine)?;
    matches.get_raw(flag)?.next_back().map(OsString::from)
}

/// A setting with its value and origin.
fn setting_json(
    plain: &Command,
    setting: &Setting,
    given: &ArgMatches,
    written: Option<(&File, &Written)>,
) -> SettingJson {
    let raw = |matches| on_command_line(matches, setting.flag);
    let here = raw(given).or_else(|| given.subcommand().and_then(|(_, sub)| raw(sub)));
    let long = || flag(plain, setting).and_then(Arg::get_long).unwrap_or(setting.flag);
    let (value, from, place) = if let Some(value) = here {
        (Some(value.to_string_lossy().into_owned()), Given::Flag, Some(format!("--{}", long())))
    } else if let Some(value) = variable(setting.variable) {
        let place = setting.variable.to_owned();
        (Some(value.to_string_lossy().into_owned()), Given::Environment, Some(place))
    } else if let Some((file, written)) = written {
        let place = format!("{}, line {}", file.path.display(), written.line);
        (Some(written.value.clone()), Given::File, Some(place))
    } else {
        let usual = flag(plain, setting).and_then(|flag| flag.get_default_values().first());
        (usual.map(|usual| usual.to_string_lossy().into_owned()), Given::Default, None)
    };
    SettingJson { key: setting.key, value, from, place }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Option<Written>>, (usize, String)> {
        values(&Args::command(), Path::new("/etc/tiaowen/tiaowen.toml"), text)
    }

    #[test]
    fn every_setting_is_a_flag_of_some_command() {
        let plain = Args::command();
        for setting in &ALL {
            assert!(flag(&plain, setting).is_some(), "{}", setting.key);
        }
    }

    #[test]
    fn paths_are_seen_from_the_file() {
        let values = read("index = \"../index\"\nlimit = 5\n").unwrap();
        let index = values[0].as_ref().unwrap();
        assert_eq!((index.value.as_str(), index.line), ("/etc/tiaowen/../index", 1));
        let values = read("index = \"https://cluster:9200/index\"").unwrap();
        assert_eq!(values[0].as_ref().unwrap().value, "https://cluster:9200/index");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let wrong_at = |text: &str| read(text).err().unwrap();
        let (line, reason) = wrong_at("# a note\n\nlsten = \"127.0.0.1:80\"\n");
        assert_eq!(line, 3);
        assert!(reason.contains("'lsten'; did you mean 'listen'?"), "{reason}");
        let (line, reason) = wrong_at("index = \"a\"\nlisten = \"nowhere\"\n");
        let listen = "listen can't be 'nowhere'; write an address";
        assert!(line == 2 && reason.starts_with(listen), "{reason}");
        let (line, reason) = wrong_at("display = \"hanz\"");
        assert!(line == 1 && reason.contains("allowed: original, hant, hans"), "{reason}");
        let (line, reason) = wrong_at("index = \"a\"\nlimit = [5]");
        assert!(line == 2 && reason.contains("limit must be a string, not array"), "{reason}");
        assert_eq!(wrong_at("index = \"a\"\nindex = \"b\"\n").0, 2);
        assert_eq!(wrong_at("\nindex = \n").0, 2);
    }
}
