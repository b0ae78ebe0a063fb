//! The examples of the libraries, run. `cargo test` builds them beside the tests.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::util::{Workspace, bundled};

const TRADITIONAL: &str = "medical-2017.zh-Hant-HK.md";
const SIMPLIFIED: &str = "medical-2017.zh-Hans-CN.md";

fn example(name: &str) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_tiaowen")).parent().unwrap();
    let path: PathBuf = programs.join("examples").join(name);
    assert!(path.exists(), "{} is missing: cargo build --workspace --examples", path.display());
    Command::new(path)
}

fn printed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn split_and_compare_read_files() {
    let mut split = example("split");
    split.arg(bundled().join(TRADITIONAL));
    let split = printed(split);
    assert!(split.contains("備忘錄"), "{split}");
    assert!(split.lines().count() > 10, "{split}");
    let mut compare = example("compare");
    compare.args([bundled().join(TRADITIONAL), bundled().join(SIMPLIFIED)]);
    let compare = printed(compare);
    assert!(compare.contains("clauses are the same"), "{compare}");
    assert!(compare.contains("  regional: "), "{compare}");
    let unnamed = example("split").output().unwrap();
    assert!(!unnamed.status.success());
}

#[test]
fn search_and_serve_read_an_index() {
    let bench = Workspace::indexed(&bundled());
    let [traditional, simplified] = ["質素", "素质"].map(|query| {
        let mut search = example("search");
        search.arg(bench.path("index")).arg(query);
        printed(search)
    });
    assert!(traditional.contains("  質素"), "{traditional}");
    assert!(simplified.contains("  素质"), "{simplified}");
    let hits = |printed: &str| printed.lines().next().unwrap().to_owned();
    assert_eq!(hits(&traditional), hits(&simplified));
    let mut served =
        example("serve").arg(bench.path("index")).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(served.stdout.take().unwrap()).read_line(&mut line).unwrap();
    served.kill().unwrap();
    served.wait().unwrap();
    assert!(line.starts_with("serving on http://127.0.0.1:"), "{line}");
}
