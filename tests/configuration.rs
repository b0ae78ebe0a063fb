//! Settings from flags, the environment and one file: their precedence, and how errors in them are
//! reported.

use serde_json::Value;

use crate::served::Served;
use crate::util::{Ran, Workspace, bundled};

const VARIABLES: [&str; 18] = [
    "TIAOWEN_CONFIG",
    "TIAOWEN_INDEX",
    "TIAOWEN_TERMS",
    "TIAOWEN_SEARCHES",
    "TIAOWEN_DISPLAY",
    "TIAOWEN_LIMIT",
    "TIAOWEN_COLOR",
    "TIAOWEN_LANG",
    "TIAOWEN_JOBS",
    "TIAOWEN_LISTEN",
    "TIAOWEN_PUBLIC_URL",
    "TIAOWEN_BEHIND_PROXY",
    "TIAOWEN_API_KEYS",
    "TIAOWEN_AUDIT_LOG",
    "TIAOWEN_QUERY_LOG",
    "TIAOWEN_MEANING",
    "TIAOWEN_LOG",
    "TIAOWEN_LOG_FORMAT",
];

/// Runs the program with variables, and without those of the user who runs the test.
fn run(bench: &Workspace, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = bench.command(args);
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", bench.path("home"));
    let output = command.envs(variables.iter().copied()).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The settings in `status`.
fn settings(bench: &Workspace, args: &[&str], variables: &[(&str, &str)]) -> Vec<Value> {
    let args: Vec<&str> =
        ["status", "--format", "json"].into_iter().chain(args.iter().copied()).collect();
    let ran = run(bench, &args, variables);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let status: Value = serde_json::from_str(&ran.out).unwrap();
    status["settings"].as_array().unwrap().clone()
}

fn setting(all: &[Value], key: &str) -> (String, String, String) {
    let own = all.iter().find(|setting| setting["key"] == key).unwrap();
    let text = |field: &str| own[field].as_str().unwrap_or("none").to_owned();
    (text("value"), text("from"), text("place"))
}

#[test]
fn flags_go_before_the_environment_before_the_file() {
    let bench = Workspace::indexed(&bundled());
    let file = bench.write(
        "settings/tiaowen.toml",
        "# ours\nindex = \"../index\"\nlimit = 3\n\nlisten = \"127.0.0.1:0\"\n",
    );
    let file = file.to_str().unwrap();
    let count = |args: &[&str], variables: &[(&str, &str)]| {
        let args: Vec<&str> = ["search", "合作", "--format", "json"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        let ran = run(&bench, &args, variables);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        answer["hits"].as_array().unwrap().len()
    };
    let (named, limited) = (("TIAOWEN_CONFIG", file), ("TIAOWEN_LIMIT", "2"));
    assert_eq!(count(&[], &[]), 10);
    assert_eq!(count(&[], &[named]), 3);
    assert_eq!(count(&["--config", file], &[]), 3);
    assert_eq!(count(&[], &[named, limited]), 2);
    assert_eq!(count(&["--limit", "1"], &[named, limited]), 1);
    assert_eq!(count(&[], &[named, ("TIAOWEN_LIMIT", "")]), 3, "an empty variable says nothing");

    let all = settings(&bench, &[], &[named, limited]);
    let told = |key: &str| setting(&all, key);
    let (value, from, place) = told("index");
    assert!(value.ends_with("settings/../index"), "as seen from the file: {value}");
    assert_eq!((from.as_str(), place), ("file", format!("{file}, line 2")));
    assert_eq!(told("limit"), ("2".into(), "environment".into(), "TIAOWEN_LIMIT".into()));
    assert_eq!(told("listen"), ("127.0.0.1:0".into(), "file".into(), format!("{file}, line 5")));
    assert_eq!(told("display"), ("original".into(), "default".into(), "none".into()));
    assert_eq!(told("public_url"), ("none".into(), "default".into(), "none".into()));
    let all = settings(&bench, &["--index", "index"], &[named]);
    assert_eq!(setting(&all, "index"), ("index".into(), "flag".into(), "--index".into()));
    // If no file is named, the user's is read.
    bench.write("home/tiaowen/tiaowen.toml", "limit = 4\n");
    assert_eq!(count(&[], &[]), 4);
    let shown = run(&bench, &["status"], &[limited]);
    assert!(shown.out.contains("limit       2  TIAOWEN_LIMIT"), "{}", shown.out);
    assert!(shown.out.contains("display     original  default"), "{}", shown.out);
    // The API doesn't show them.
    std::fs::remove_file(bench.path("home/tiaowen/tiaowen.toml")).unwrap();
    let served = Served::start(&bench, &[]);
    assert_eq!(served.json("/api/v1/status", &[])["settings"], Value::Null);
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_cure() {
    let bench = Workspace::indexed(&bundled());
    let wrong = |text: &str| {
        let file = bench.write("wrong.toml", text);
        let ran = run(&bench, &["search", "合作", "--config", file.to_str().unwrap()], &[]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}");
        ran.err
    };
    for (text, told) in [
        (
            "index = \"index\"\nlsten = \"x\"\n",
            "wrong.toml, line 2: there is no setting 'lsten'; did you mean 'listen'?",
        ),
        (
            "publicurl = \"x\"",
            "line 1: there is no setting 'publicurl'; did you mean 'public_url'?",
        ),
        (
            "limit = 3\nlisten = \"nowhere\"",
            "line 2: listen can't be 'nowhere'; write an address and port",
        ),
        ("display = \"hanz\"", "line 1: display can't be 'hanz'; allowed: original, hant, hans"),
        ("limit = true", "line 1: limit must be a string, not boolean"),
        ("public_url = \"ftp://a\"", "an example is https://example.org/clauses"),
        ("a = 1\n= 2", "wrong.toml, line 2: "),
        ("[serve]\nlisten = \"127.0.0.1:1\"", "line 1: there is no setting 'serve'"),
    ] {
        let err = wrong(text);
        assert!(err.contains(told), "{text}: {err}");
    }
    for (name, value, told) in [
        (
            "TIAOWEN_DISPLAY",
            "hanz",
            "TIAOWEN_DISPLAY in the environment: display can't be 'hanz'; allowed",
        ),
        (
            "TIAOWEN_LISTEN",
            "here",
            "TIAOWEN_LISTEN in the environment: listen can't be 'here'; write",
        ),
        ("TIAOWEN_CONFIG", "nowhere.toml", "nowhere.toml: there is no such file; it was given"),
    ] {
        let ran = run(&bench, &["search", "合作"], &[(name, value)]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}

#[test]
fn the_table_in_the_documentation_is_complete() {
    let bench = Workspace::indexed(&bundled());
    let table = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md"),
    )
    .unwrap();
    let help = |command: &str| run(&bench, &[command, "--help"], &[]).out;
    let helps = ["serve", "search", "index"].map(help).join("\n");
    let all = settings(&bench, &[], &[]);
    assert_eq!(all.len(), VARIABLES.len() - 1);
    for setting in &all {
        let key = setting["key"].as_str().unwrap();
        let row = table.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
        let row = row.unwrap_or_else(|| panic!("docs/configuration.md has no row for {key}"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (variable, flag) = (cells[2].trim_matches('`'), cells[3].trim_matches('`'));
        assert!(VARIABLES.contains(&variable), "{row}");
        assert!(helps.contains(&format!("[env: {variable}]")), "{row}");
        assert!(helps.contains(&format!("{flag} <")), "{row}");
        if let Some(usual) = setting["value"].as_str() {
            assert!(cells[5].contains(&format!("`{usual}`")), "{row}: {usual}");
        }
    }
}
