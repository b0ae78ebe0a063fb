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

    for ending in ["store", "bin"] {
        let file = std::fs::read_dir(bench.path("index"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == ending))
            .unwrap();
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[10] ^= 0xFF;
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, &bytes).unwrap();
        let damaged = bench.run(&["check"]);
        assert_eq!(damaged.code, 1, "{}", damaged.out);
        assert!(
            damaged.out.contains("checksum") && damaged.out.contains("--rebuild"),
            "{}",
            damaged.out
        );
        if ending == "bin" {
            std::fs::write(&file, &bytes[..9]).unwrap();
            let cut = bench.run(&["search", "合作"]);
            assert_eq!(cut.code, 2, "{}", cut.out);
            assert!(cut.err.contains("groups-") && cut.err.contains("damaged"), "{}", cut.err);
            std::fs::remove_file(&file).unwrap();
            let gone = bench.run(&["check"]);
            assert_eq!(gone.code, 1, "{}", gone.out);
            assert!(gone.out.contains("groups-") && gone.out.contains("--rebuild"), "{}", gone.out);
        }
        assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
        assert_eq!(bench.run(&["check"]).code, 0);
    }
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
        // A moment anywhere in the run, which is what is tried: moments are spread over more than it
        // takes.
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
        // The moment is what is tried: nothing is waited for.
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
    // Both have ended before the one that was refused goes again.
    let ended: Vec<_> = runs.drain(..).map(|run| run.wait_with_output().unwrap()).collect();
    for (done, folder) in ended.iter().zip(["one", "two"]) {
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

/// Fifty documents that take more room than a disk of two megabytes has.
#[cfg(target_os = "linux")]
#[test]
fn a_full_file_system_leaves_the_old_state() {
    use std::process::Command;
    let bench = Bench::new();
    bench.write("few/a.txt", "甲協議\n\n一、雙方同意合作。");
    for nth in 0..50 {
        let items: String =
            (0..400).map(|n| format!("{n}、第{nth}之{n}項：{}\n\n", nth * 1000 + n)).collect();
        bench.write(&format!("many/{nth}.txt"), format!("第{nth}號協議\n\n{items}"));
    }
    let disk = bench.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |args: &[&str]| {
        let ran = Command::new("mount").args(args).arg(&disk).output();
        ran.is_ok_and(|ran| ran.status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=1m", "tiaowen-test"]) {
        println!("SKIPPED: a file system can't be mounted here");
        return;
    }
    let checked = std::panic::catch_unwind(|| {
        let index = "disk/index";
        assert_eq!(bench.run(&["index", "few", "--index", index]).code, 0);
        let full = bench.run(&["index", "many", "--index", index]);
        assert_eq!(full.code, 2, "{}", full.out);
        assert!(full.err.contains("No space left"), "{}", full.err);
        assert_eq!(bench.search("合作", &["--index", index])["total"], 1);
        assert_eq!(bench.run(&["check", "--index", index]).code, 0);
        // With room again the next run completes.
        assert!(mount(&["-o", "remount,size=64m"]));
        assert_eq!(bench.run(&["index", "many", "--index", index]).code, 0);
        assert_eq!(bench.run(&["check", "--index", index]).code, 0);
    });
    let _ = Command::new("umount").arg(&disk).status();
    if let Err(panic) = checked {
        std::panic::resume_unwind(panic);
    }
}

#[cfg(unix)]
#[test]
fn rights_lost_midway_leave_the_old_state() {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;
    let bench = Bench::new();
    let rights = |name: &str, mode: u32| {
        let path = bench.path(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    bench.write("place/few/a.txt", "甲協議\n\n一、雙方同意合作。");
    for nth in 0..60 {
        let items: String = (0..100).map(|n| format!("{n}、第{nth}之{n}項。\n\n")).collect();
        bench.write(&format!("place/many/{nth}.txt"), format!("第{nth}號協議\n\n{items}"));
    }
    // Root may write everywhere, so the program runs as nobody where tests run as root.
    rights("", 0o755);
    rights("place", 0o777);
    let as_root = Command::new("id").arg("-u").output().is_ok_and(|ran| ran.stdout == b"0\n");
    let program = bench.path("program");
    std::fs::copy(env!("CARGO_BIN_EXE_tiaowen"), &program).unwrap();
    let command = |args: &[&str]| {
        let mut command = if as_root {
            let mut command = Command::new("setpriv");
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
            command.args(nobody).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        command.args(args).current_dir(bench.path("place"));
        command
    };
    let Ok(first) = command(&["index", "few"]).output() else {
        println!("SKIPPED: no setpriv to run as another user");
        return;
    };
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let mut refused = 0;
    for moment in [0, 20, 60, 120, 200] {
        let mut child = command(&["index", "many"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment is what is tried: nothing is waited for.
        std::thread::sleep(Duration::from_millis(moment));
        rights("place/index", 0o555);
        let done = child.wait().unwrap();
        let found = bench.search("合作", &["--index", "place/index"]);
        assert_eq!(found["total"], 1, "after {moment} ms");
        rights("place/index", 0o777);
        assert_eq!(bench.run(&["check", "--index", "place/index"]).code, 0);
        if done.success() {
            break;
        }
        refused += 1;
    }
    assert!(refused > 0, "no run lost its rights");
    assert!(command(&["index", "many"]).output().unwrap().status.success());
    assert_eq!(bench.run(&["check", "--index", "place/index"]).code, 0);
}

#[test]
fn readers_see_commits_and_never_an_error() {
    let bench = Bench::indexed(&bundled());
    let stop = std::sync::atomic::AtomicBool::new(false);
    let total = || bench.search("會面", &[])["total"].as_u64().unwrap();
    let before = total();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for nth in 0..8 {
                bench
                    .write(&format!("docs/{nth}.txt"), format!("第{nth}號協議\n\n一、會面{nth}。"));
                // Every other run makes all anew, and puts it in the old one's place.
                let args: &[&str] =
                    if nth % 2 == 1 { &["index", "--rebuild"] } else { &["index", "docs"] };
                let ran = bench.run(args);
                assert_eq!(ran.code, 0, "{}", ran.err);
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        let mut last = before;
        while !stop.load(std::sync::atomic::Ordering::Relaxed) && !writer.is_finished() {
            let now = total();
            assert!(now >= last, "{now} after {last}");
            last = now;
        }
        writer.join().unwrap();
    });
    assert_eq!(total(), before + 8);
}
