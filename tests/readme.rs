//! Runs the README: what it shows is what a newcomer gets after `scripts/start`.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::util::Workspace;

/// Lines that run until they are stopped, by their beginning, with what they print when they are
/// ready.
const GO_ON: [(&str, &str); 2] =
    [("tiaowen index corpus/ --watch", "31 unchanged"), ("tiaowen serve", "serving on http://")];

/// The code blocks in a language, in the files that a newcomer reads.
fn blocks(language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    for name in ["README.md", "docs/using.md"] {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let page = std::fs::read_to_string(page).unwrap();
        let opening = format!("```{language}\n");
        let after = page.split(&opening).skip(1);
        blocks.extend(after.map(|rest| rest.split("```").next().unwrap().to_owned()));
    }
    blocks
}

/// The project folder after `scripts/start`: with `index/` of `corpus/`, and with the program where
/// the README expects it.
fn started() -> Workspace {
    let bench = Workspace::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["corpus", "docs"] {
        symlink(root.join(name), bench.path(name)).unwrap();
    }
    std::fs::create_dir_all(bench.path("target/release")).unwrap();
    symlink(env!("CARGO_BIN_EXE_tiaowen"), bench.path("target/release/tiaowen")).unwrap();
    let ran = bench.run(&["index", "corpus/"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    bench
}

/// A shell that runs `line` in the folder after `setup`, with both streams in one. It leads a
/// process group, so that all of it can be stopped.
fn shell(bench: &Workspace, setup: &str, line: &str) -> Command {
    let program = bench.command(&[]);
    let mut shell = Command::new("sh");
    shell
        .args(["-ec", &format!("{setup}\n{{ {line}\n}} 2>&1")])
        .current_dir(bench.path(""))
        // The default port may be in use.
        .env("TIAOWEN_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0);
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// Waits until a line that keeps running prints `ready`, and stops it.
fn becomes_ready(mut shell: Command, line: &str, ready: &str) {
    let mut child = shell.spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, printed) = mpsc::channel();
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let mut all = String::new();
    while let Ok(printed) = printed.recv_timeout(Duration::from_secs(60)) {
        all.push_str(&printed);
        if all.contains(ready) {
            break;
        }
    }
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-TERM", "--", &group]).status().unwrap();
    child.wait().unwrap();
    assert!(all.contains(ready), "{line}: {all}");
}

#[test]
fn every_line_of_use_runs_as_it_stands() {
    let bench = started();
    let blocks = blocks("sh");
    let mut lines: Vec<&str> = Vec::new();
    let mut setup = "";
    for block in blocks.iter().filter(|block| block.starts_with("export PATH")) {
        let (first, rest) = block.split_once('\n').unwrap();
        setup = first;
        lines.extend(rest.lines().filter(|line| !line.is_empty()));
    }
    lines.sort_unstable();
    lines.dedup();
    assert!(lines.len() > 30, "{lines:?}");
    for line in lines {
        let shell = shell(&bench, setup, line);
        if let Some((_, ready)) = GO_ON.iter().find(|(begin, _)| line.starts_with(begin)) {
            becomes_ready(shell, line, ready);
            continue;
        }
        let ran = { shell }.output().unwrap();
        let printed = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(ran.status.code(), Some(0), "{line}: {printed}");
        let is_silent = line.starts_with("tiaowen mcp") || line.contains("--output");
        assert!(is_silent || !printed.trim().is_empty(), "{line} prints nothing");
    }
}

/// The text below a command in a block is its output, except for lines replaced by `…`.
#[test]
fn shown_results_are_what_is_printed() {
    let bench = started();
    for block in blocks("console") {
        let (command, shown) = block.strip_prefix("$ ").unwrap().split_once('\n').unwrap();
        let ran = shell(&bench, "export PATH=\"$PWD/target/release:$PATH\"", command).output();
        let printed = String::from_utf8(ran.unwrap().stdout).unwrap();
        let mut rest = printed.as_str();
        for part in shown.split("…\n") {
            let at = rest.find(part).unwrap_or_else(|| panic!("{command}: {printed}"));
            rest = &rest[at + part.len()..];
        }
    }
}
