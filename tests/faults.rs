//! What goes wrong in an office: a process killed, a file damaged, a disk that is full.

use std::process::Stdio;
use std::time::Duration;

use crate::util::{Bench, bundled};

#[test]
fn a_check_finds_what_is_damaged_changed_or_gone() {
    let bench = Bench::new();
    for name in ["a", "b", "c"] {
        let text = format!("{name}協議\n\n一、{name}方同意合作。\n\n二、{name}方負責聯絡。");
        bench.write(&format!("docs/{name}.txt"), text);
    }
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let sound = bench.run(&["check"]);
    assert_eq!(sound.code, 0, "{}{}", sound.out, sound.err);
    assert!(sound.out.contains("6 clauses of 3 sources"), "{}", sound.out);

    bench.write("docs/a.txt", "a協議\n\n一、完全不同的內容。");
    std::fs::remove_file(bench.path("docs/b.txt")).unwrap();
    let report: serde_json::Value =
        serde_json::from_str(&bench.run(&["check", "--format", "json"]).out).unwrap();
    let problems = report["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2, "{report}");
    for (problem, (place, cure)) in problems.iter().zip([("a.txt", "index"), ("b.txt", "--prune")])
    {
        assert_eq!(problem["place"], place);
        assert!(problem["cure"].as_str().unwrap().contains(cure), "{problem}");
    }
    // The cures cure.
    assert_eq!(bench.run(&["index", "docs", "--prune"]).code, 0);
    assert_eq!(bench.run(&["check"]).code, 0);

    let segment = std::fs::read_dir(bench.path("index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "store"))
        .unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[10] ^= 0xFF;
    std::fs::remove_file(&segment).unwrap();
    std::fs::write(&segment, bytes).unwrap();
    let damaged = bench.run(&["check"]);
    assert_eq!(damaged.code, 1, "{}", damaged.out);
    assert!(
        damaged.out.contains("checksum") && damaged.out.contains("--rebuild"),
        "{}",
        damaged.out
    );
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    assert_eq!(bench.run(&["check"]).code, 0);
}

/// Kills in the short run; `TIAOWEN_KILLS=100` makes it a hundred.
const KILLS: u64 = 12;

#[test]
fn a_run_killed_at_any_moment_leaves_the_old_or_the_new_state() {
    let kills = std::env::var("TIAOWEN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let bench = Bench::indexed(&bundled());
    let clauses = |bench: &Bench| bench.json(&["status", "--format", "json"])["clauses"].clone();
    let mut state = clauses(&bench);
    let mut killed = 0;
    for round in 0..kills {
        for nth in 0..40 {
            let text = format!(
                "第{round}之{nth}號協議\n\n一、雙方同意第{round}項合作。\n\n二、由第{nth}組負責。"
            );
            bench.write(&format!("docs/{round}-{nth}.txt"), text);
        }
        // A moment anywhere in the run: moments are spread over more than it takes.
        let mut run = bench.command(&["index", "docs"]);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis((round * 37) % 400));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
        // It opens, answers, and holds one state or the other.
        let after = clauses(&bench);
        let search = bench.run(&["search", "合作"]);
        assert_eq!(search.code, 0, "round {round}: {}", search.err);
        let check = bench.json(&["check", "--format", "json"]);
        assert_eq!(check["problems"].as_array().unwrap().len(), 0, "round {round}: {check}");
        if after != state {
            let grown = after.as_u64().unwrap() - state.as_u64().unwrap();
            assert_eq!(grown % 80, 0, "round {round}: half a batch is in");
            state = after;
        }
    }
    assert!(killed > 0, "no run was killed");
    // The next run completes, a lock left behind or not.
    let whole = bench.run(&["index", "docs"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    let expected = bench.json(&["status", "--format", "json"]);
    assert_eq!(bench.run(&["check"]).code, 0);
    let again = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!(again["added"], 0);
    assert_eq!(again["unchanged"].as_u64().unwrap(), kills * 40);
    assert_eq!(expected["clauses"], clauses(&bench));
}

#[test]
fn a_rebuild_killed_at_any_moment_leaves_an_index() {
    let bench = Bench::indexed(&bundled());
    let before = bench.json(&["status", "--format", "json"])["clauses"].clone();
    for round in 0..6u64 {
        let mut run = bench.command(&["index", "--rebuild"]);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(60 + round * 90));
        let _ = child.kill();
        child.wait().unwrap();
        let search = bench.run(&["search", "合作"]);
        assert_eq!(search.code, 0, "round {round}: {}", search.err);
    }
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    assert_eq!(bench.json(&["status", "--format", "json"])["clauses"], before);
    // Nothing of the runs that were killed is left beside the index.
    let left: Vec<_> = std::fs::read_dir(bench.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("rebuild"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn two_writers_lose_nothing() {
    let bench = Bench::indexed(&bundled());
    for folder in ["one", "two"] {
        for nth in 0..80 {
            let text = format!("{folder}之{nth}協議\n\n一、{folder}{nth}的合作。\n\n二、聯絡。");
            bench.write(&format!("{folder}/{folder}{nth}.txt"), text);
        }
    }
    let mut runs: Vec<_> = ["one", "two"]
        .map(|folder| {
            let mut run = bench.command(&["index", folder]);
            run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .into();
    for (run, folder) in runs.drain(..).zip(["one", "two"]) {
        let done = run.wait_with_output().unwrap();
        if done.status.code() != Some(0) {
            // Told who writes; then it goes.
            let told = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(told.contains("process") && told.contains("is writing"), "{told}");
            assert_eq!(bench.run(&["index", folder]).code, 0);
        }
    }
    let again = bench.json(&["index", "one", "two", "--format", "json"]);
    assert_eq!((again["unchanged"].as_u64(), again["added"].as_u64()), (Some(160), Some(0)));
    assert_eq!(bench.run(&["check"]).code, 0);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_state() {
    let bench = Bench::indexed(&bundled());
    let before = bench.json(&["status", "--format", "json"])["clauses"].clone();
    for nth in 0..60 {
        let line = "雙方同意在旅遊、教育、金融、科技各方面加強合作，互通信息。".repeat(200);
        bench.write(&format!("docs/{nth}.txt"), format!("第{nth}號協議\n\n一、{nth}{line}"));
    }
    // No file may grow beyond 64 kB: a write fails in the middle of it.
    let program = env!("CARGO_BIN_EXE_tiaowen");
    let limited = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f 64; exec '{program}' index docs"))
        .current_dir(bench.path(""))
        .output()
        .unwrap();
    assert_eq!(limited.status.code(), Some(2), "{}", String::from_utf8_lossy(&limited.stderr));
    assert!(!limited.stderr.is_empty());
    assert_eq!(bench.json(&["status", "--format", "json"])["clauses"], before);
    assert_eq!(bench.run(&["search", "合作"]).code, 0);
    assert_eq!(bench.run(&["check"]).code, 0);
    // With room again it completes.
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    assert!(bench.json(&["status", "--format", "json"])["clauses"].as_u64() > before.as_u64());
}
