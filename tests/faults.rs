//! Faults in an office: a killed process, a damaged file, a full disk.

use std::process::Stdio;
use std::time::Duration;

use crate::util::{Workspace, bundled, until};

#[test]
fn a_check_finds_what_is_damaged_changed_or_gone() {
    let bench = Workspace::new();
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
    // The suggested commands repair it.
    assert_eq!(bench.run(&["index", "docs", "--prune"]).code, 0);
    assert_eq!(bench.run(&["check"]).code, 0);

    for ending in ["store", "bin"] {
        let meta = std::fs::read_to_string(bench.path("index/meta.json")).unwrap();
        let is_named =
            |path: &std::path::Path| meta.contains(path.file_name().unwrap().to_str().unwrap());
        let file = std::fs::read_dir(bench.path("index"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == ending))
            // The files of the previous commit still exist.
            .find(|path| ending == "store" || is_named(path))
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

/// The number of kills in the short run. `TIAOWEN_KILLS=100` makes it a hundred.
const KILLS: u64 = 12;

#[test]
fn a_run_killed_at_any_moment_leaves_the_old_or_the_new_state() {
    let kills = std::env::var("TIAOWEN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let bench = Workspace::indexed(&bundled());
    let clauses =
        |bench: &Workspace| bench.json(&["status", "--format", "json"])["clauses"].clone();
    let mut state = clauses(&bench);
    let mut killed = 0;
    for round in 0..kills {
        for nth in 0..40 {
            let text = format!(
                "第{round}之{nth}號協議\n\n一、雙方同意第{round}項合作。\n\n二、由第{nth}組負責。"
            );
            bench.write(&format!("docs/{round}-{nth}.txt"), text);
        }
        // A moment anywhere in the run. Moments are spread over more time than a run takes.
        let mut run = bench.command(&["index", "docs"]);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis((round * 37) % 400));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
        // It opens, answers, and has one state or the other.
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
    // The next run completes, whether or not a lock was left behind.
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
    let bench = Workspace::indexed(&bundled());
    let before = bench.json(&["status", "--format", "json"])["clauses"].clone();
    for round in 0..6u64 {
        let mut run = bench.command(&["index", "--rebuild"]);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The moment of the kill is arbitrary, so nothing is waited for.
        std::thread::sleep(Duration::from_millis(60 + round * 90));
        let _ = child.kill();
        child.wait().unwrap();
        let search = bench.run(&["search", "合作"]);
        assert_eq!(search.code, 0, "round {round}: {}", search.err);
    }
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    assert_eq!(bench.json(&["status", "--format", "json"])["clauses"], before);
    // Nothing of the killed runs is left beside or in the index.
    let left: Vec<_> = std::fs::read_dir(bench.path(""))
        .unwrap()
        .chain(std::fs::read_dir(bench.path("index")).unwrap())
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("rebuild"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn two_writers_lose_nothing() {
    let bench = Workspace::indexed(&bundled());
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
    // Both have ended before the rejected one is tried again.
    let ended: Vec<_> = runs.drain(..).map(|run| run.wait_with_output().unwrap()).collect();
    for (done, folder) in ended.iter().zip(["one", "two"]) {
        if done.status.code() != Some(0) {
            // It reports the writing process, and works afterwards.
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
    let bench = Workspace::indexed(&bundled());
    let before = bench.json(&["status", "--format", "json"])["clauses"].clone();
    for nth in 0..60 {
        let line = "雙方同意在旅遊、教育、金融、科技各方面加強合作，互通信息。".repeat(200);
        bench.write(&format!("docs/{nth}.txt"), format!("第{nth}號協議\n\n一、{nth}{line}"));
    }
    // No file may grow beyond 64 kB, so a write fails in the middle.
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
    // It completes once there is room.
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    assert!(bench.json(&["status", "--format", "json"])["clauses"].as_u64() > before.as_u64());
}

/// Fifty documents that need more room than a disk of two megabytes has.
#[cfg(target_os = "linux")]
#[test]
fn a_full_file_system_leaves_the_old_state() {
    use std::process::Command;
    let bench = Workspace::new();
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
        // The next run completes once there is room.
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
    let bench = Workspace::new();
    let rights = |name: &str, mode: u32| {
        let path = bench.path(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    bench.write("place/few/a.txt", "甲協議\n\n一、雙方同意合作。");
    for nth in 0..60 {
        let items: String = (0..100).map(|n| format!("{n}、第{nth}之{n}項。\n\n")).collect();
        bench.write(&format!("place/many/{nth}.txt"), format!("第{nth}號協議\n\n{items}"));
    }
    rights("", 0o755);
    rights("place", 0o777);
    let another = AnotherUser::of(&bench);
    let command = |args: &[&str]| {
        let mut command = another.command(args);
        command.current_dir(bench.path("place"));
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
        // The moment of the kill is arbitrary, so nothing is waited for.
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
    let bench = Workspace::indexed(&bundled());
    let stop = std::sync::atomic::AtomicBool::new(false);
    let total = || bench.search("會面", &[])["total"].as_u64().unwrap();
    let before = total();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for nth in 0..8 {
                bench
                    .write(&format!("docs/{nth}.txt"), format!("第{nth}號協議\n\n一、會面{nth}。"));
                // Every other run rebuilds the index.
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

/// The program run by a user without root's permissions.
#[cfg(unix)]
struct AnotherUser {
    program: std::path::PathBuf,
    folder: std::path::PathBuf,
    as_root: bool,
}

#[cfg(unix)]
impl AnotherUser {
    fn of(bench: &Workspace) -> Self {
        let as_root = is_root();
        let program = bench.path("program");
        // Other users may not be allowed into the build folder.
        std::fs::copy(env!("CARGO_BIN_EXE_tiaowen"), &program).unwrap();
        AnotherUser { program, folder: bench.path(""), as_root }
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        use std::process::Command;
        let mut command = if self.as_root {
            let mut command = Command::new("setpriv");
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
            command.args(nobody).arg(&self.program);
            command
        } else {
            Command::new(&self.program)
        };
        command.args(args).current_dir(&self.folder).env("LC_ALL", "C").stdin(Stdio::null());
        command
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    std::process::Command::new("id").arg("-u").output().is_ok_and(|ran| ran.stdout == b"0\n")
}

/// The names, lengths and modes of the files in a folder.
#[cfg(unix)]
fn listed(folder: &std::path::Path) -> Vec<(String, u64, u32)> {
    use std::os::unix::fs::PermissionsExt;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, metadata.len(), metadata.permissions().mode() & 0o777)
        })
        .collect();
    files.sort();
    files
}

#[cfg(unix)]
#[test]
fn all_files_of_an_index_have_the_mode_that_the_umask_gives() {
    use std::process::Command;
    for (umask, mode) in [("022", 0o644), ("027", 0o640), ("002", 0o664), ("077", 0o600)] {
        let bench = Workspace::new();
        bench.write("docs/a.txt", "甲協議\n\n一、雙方同意合作。");
        let index = |more: &[&str]| {
            let ran = Command::new("sh")
                .args(["-c", "umask $0; exec \"$@\"", umask, env!("CARGO_BIN_EXE_tiaowen")])
                .args(["index", "docs"])
                .args(more)
                .current_dir(bench.path(""))
                .output()
                .unwrap();
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            let files = listed(&bench.path("index"));
            for name in ["meta.json", ".managed.json", ".tiaowen.lock"] {
                assert!(files.iter().any(|file| file.0 == name), "{name} in {files:?}");
            }
            for (name, _, has) in files {
                assert_eq!(has, mode, "{name} with umask {umask}");
            }
        };
        index(&[]);
        bench.write("docs/a.txt", "甲協議\n\n一、雙方不再合作。");
        bench.write("docs/b.txt", "乙协议\n\n一、双方同意合作。");
        index(&[]);
        index(&["--rebuild"]);
    }
}

/// The commands that only read, with their arguments.
#[cfg(unix)]
fn readers(bench: &Workspace) -> Vec<Vec<String>> {
    let id = crate::util::ids(&bench.search("合作", &[])).remove(0);
    let commands: [&[&str]; 9] = [
        &["search", "合作"],
        &["search", "合作", "--format", "json"],
        &["show", &id],
        &["check"],
        &["status"],
        &["status", "--format", "json"],
        &["pairs"],
        &["suggest", "合"],
        &["terms", "mine"],
    ];
    commands.iter().map(|args| args.iter().map(|arg| (*arg).to_owned()).collect()).collect()
}

#[cfg(unix)]
#[test]
fn searching_needs_no_right_to_write() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Workspace::indexed(&bundled());
    let rights = |name: &str, mode: u32| {
        let path = bench.path(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    rights("", 0o755);
    rights("index", 0o555);
    let another = AnotherUser::of(&bench);
    let before = listed(&bench.path("index"));
    for args in readers(&bench) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let Ok(ran) = another.command(&args).output() else {
            println!("SKIPPED: no setpriv to run as another user");
            return;
        };
        let errors = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(bench.run(&args).code), "{args:?}: {errors}");
        assert!(ran.status.code() < Some(2), "{args:?}: {errors}");
    }
    assert_eq!(listed(&bench.path("index")), before);
    // A user without write permission can't index, and is told so.
    let ran = another.command(&["index", "--rebuild"]).output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(errors.contains("ermission denied"), "{errors}");
    rights("index", 0o755);
}

#[cfg(target_os = "linux")]
#[test]
fn searching_needs_no_file_system_that_can_be_written() {
    use std::process::Command;
    let bench = Workspace::indexed(&bundled());
    let index = bench.path("index");
    let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
    let read_only = |command: &[&str]| {
        let mut unshared = Command::new("unshare");
        unshared.args(["--mount", "sh", "-c", script]).arg(&index).args(command);
        unshared.current_dir(bench.path("")).env("LC_ALL", "C").stdin(Stdio::null());
        unshared.output()
    };
    if !read_only(&["true"]).is_ok_and(|ran| ran.status.success()) {
        println!("SKIPPED: a file system can't be mounted read-only here");
        return;
    }
    let written = read_only(&["touch", "index/new"]).unwrap();
    assert!(!written.status.success(), "the mount can be written");
    for args in readers(&bench) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let program = [&[env!("CARGO_BIN_EXE_tiaowen")], args.as_slice()].concat();
        let ran = read_only(&program).unwrap();
        let errors = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(bench.run(&args).code), "{args:?}: {errors}");
        assert!(ran.status.code() < Some(2), "{args:?}: {errors}");
    }
    let ran = read_only(&[env!("CARGO_BIN_EXE_tiaowen"), "index", "--rebuild"]).unwrap();
    assert_eq!(ran.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(errors.contains("ead-only file system"), "{errors}");
}

#[cfg(unix)]
#[test]
fn locks_of_others_stop_no_search() {
    let bench = Workspace::indexed(&bundled());
    let mut held = Vec::new();
    for lock in [".tiaowen.lock", ".tantivy-meta.lock", ".tantivy-writer.lock"] {
        let path = bench.path("index").join(lock);
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&path).unwrap();
        file.lock().unwrap();
        held.push(file);
    }
    for args in readers(&bench) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = bench.run(&args);
        assert!(ran.code < 2, "{args:?}: {}", ran.err);
    }
    // A lock of another kind doesn't stop writers either.
    held.remove(0);
    held.remove(1);
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    let _other = std::fs::File::open(bench.path("index/.tiaowen.lock")).unwrap();
    _other.lock_shared().unwrap();
    let refused = bench.run(&["index", "--rebuild"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("is writing to this index"), "{}", refused.err);
}

#[test]
fn nothing_of_an_index_lies_outside_its_folder() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方同意合作。");
    let unnamed = bench.run(&["index", "docs", "--index", ""]);
    assert_eq!(unnamed.code, 2);
    assert!(unnamed.err.contains("has no name"), "{}", unnamed.err);
    for language in ["hant", "hans"] {
        let errors = bench.run(&["index", "docs", "--index", "", "--lang", language]).err;
        assert!(errors.contains("没有名称") || errors.contains("沒有名稱"), "{errors}");
    }
    // Earlier versions kept their lock beside the index. A file of that name is left alone.
    bench.write("mine.txt", "the user's");
    #[cfg(unix)]
    std::os::unix::fs::symlink("mine.txt", bench.path(".index.lock")).unwrap();
    #[cfg(not(unix))]
    bench.write(".index.lock", "1234");
    let names = || {
        let entries = std::fs::read_dir(bench.path("")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.retain(|name| name != "cache" && name != "index");
        names.sort();
        names
    };
    assert!(!bench.path("index").exists());
    let before = names();
    for args in [&["index", "docs"][..], &["search", "合作"], &["index", "--rebuild"], &["check"]]
    {
        let ran = bench.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        assert_eq!(names(), before, "{args:?}");
    }
    assert_eq!(std::fs::read_to_string(bench.path("mine.txt")).unwrap(), "the user's");
    // A run that can't begin leaves no folder.
    assert_eq!(bench.run(&["index", "--rebuild", "--index", "other"]).code, 2);
    assert!(!bench.path("other").exists());
}

/// An index of documents in folders, an archive and a root, after each way in which these can
/// become invisible.
#[cfg(unix)]
#[test]
fn what_cannot_be_seen_is_not_gone() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Workspace::new();
    let rights = |name: &str, mode: u32| {
        let path = bench.path(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["a", "sub/b", "sub/c", "sub/deep/d", "mount/e", "mount/x/f"] {
        bench.write(&format!("docs/{name}.txt"), format!("{name}協議\n\n一、內容{name}。"));
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["g.txt", "h.txt"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let text = format!("{name}協議\n\n一、內容{name}。");
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    let archive = zip.finish().unwrap().into_inner();
    bench.write("docs/z.zip", &archive);
    // Root may list everything.
    rights("", 0o777);
    let another = AnotherUser::of(&bench);
    let index = |more: &[&str]| {
        let args: Vec<&str> =
            ["index", "docs", "--format", "json"].iter().chain(more).copied().collect();
        let ran = another.command(&args).output().unwrap();
        let report = serde_json::from_slice(&ran.stdout).unwrap_or(serde_json::Value::Null);
        (ran.status.code(), report, String::from_utf8(ran.stderr).unwrap())
    };
    if another.command(&["--version"]).output().is_err() {
        println!("SKIPPED: no setpriv to run as another user");
        return;
    }
    let (code, report, errors) = index(&[]);
    assert_eq!((code, &report["documents"]), (Some(0), &8.into()), "{errors}");
    let documents = || bench.json(&["status", "--format", "json"])["documents"].clone();
    let kept = |report: &serde_json::Value, source: &str| {
        let all = report["kept"].as_array().unwrap();
        let found = all.iter().find(|kept| kept["source"] == source);
        found.unwrap_or_else(|| panic!("{source} in {report}"))["sources"].as_u64().unwrap()
    };
    let prunes: [&[&str]; 3] = [&[], &["--prune"], &["--rebuild"]];
    let whole = |hide: &dyn Fn(), show: &dyn Fn(), place: &str, sources: u64, is_error: bool| {
        for more in prunes {
            hide();
            let (code, report, errors) = index(more);
            show();
            assert_eq!(documents(), 8, "{place} {more:?}: {errors}");
            if more.contains(&"--rebuild") {
                assert_eq!(code, Some(2), "{place} {more:?}");
                assert!(errors.contains("--rebuild --prune=all"), "{place}: {errors}");
                continue;
            }
            let fails = is_error || more.contains(&"--prune");
            assert_eq!(code, Some(if fails { 2 } else { 0 }), "{place} {more:?}: {errors}");
            assert_eq!(kept(&report, place), sources, "{report}");
            assert_eq!(report["missing"].as_array().unwrap().len(), 0, "{report}");
            assert_eq!(report["removed"], 0, "{report}");
        }
    };
    // A folder that may not be listed.
    whole(&|| rights("docs/sub", 0), &|| rights("docs/sub", 0o755), "sub", 3, true);
    // An unmounted disk: its folder exists, and is empty.
    let moved = |from: &str, to: &str| std::fs::rename(bench.path(from), bench.path(to)).unwrap();
    let away = || {
        moved("docs/mount", "mount");
        std::fs::create_dir(bench.path("docs/mount")).unwrap();
    };
    let back = || {
        std::fs::remove_dir(bench.path("docs/mount")).unwrap();
        moved("mount", "docs/mount");
    };
    whole(&away, &back, "mount", 2, false);
    // A half-copied archive, and an empty one.
    let half = || drop(bench.write("docs/z.zip", &archive[..archive.len() / 2]));
    let none = zip::ZipWriter::new(std::io::Cursor::new(Vec::new())).finish().unwrap().into_inner();
    let again = || drop(bench.write("docs/z.zip", &archive));
    whole(&half, &again, "z.zip", 2, true);
    whole(&|| drop(bench.write("docs/z.zip", &none)), &again, "z.zip", 2, false);
    // A file that may not be read. Unchanged files are opened only for a rebuild.
    for more in prunes {
        let is_opened = more.contains(&"--rebuild");
        rights("docs/a.txt", 0);
        let (code, report, errors) = index(&[more, &["--jobs", "2"]].concat());
        rights("docs/a.txt", 0o644);
        let expected = if is_opened { 2 } else { 0 };
        assert_eq!((code, documents()), (Some(expected), 8.into()), "{more:?}: {errors}{report}");
        assert_eq!(errors.contains("a.txt"), is_opened, "{more:?}: {errors}");
    }
    // The root itself, first empty, then missing.
    let root = bench.path("docs").canonicalize().unwrap().display().to_string();
    let empty = || {
        moved("docs", "aside");
        std::fs::create_dir(bench.path("docs")).unwrap();
    };
    let full = || {
        std::fs::remove_dir(bench.path("docs")).unwrap();
        moved("aside", "docs");
    };
    whole(&empty, &full, &root, 8, false);
    whole(&|| moved("docs", "aside"), &|| moved("aside", "docs"), &root, 8, true);

    // What is gone is removed: a file of a folder with others, a folder, an archive.
    std::fs::remove_file(bench.path("docs/sub/b.txt")).unwrap();
    std::fs::remove_dir_all(bench.path("docs/sub/deep")).unwrap();
    std::fs::remove_file(bench.path("docs/z.zip")).unwrap();
    let (code, report, errors) = index(&["--prune"]);
    assert_eq!((code, &report["removed"]), (Some(0), &4.into()), "{errors}{report}");
    // With --prune=all, sources that can't be seen are removed too.
    away();
    let (code, report, errors) = index(&["--prune=all"]);
    back();
    assert_eq!((code, &report["removed"]), (Some(0), &2.into()), "{errors}{report}");
    assert_eq!(documents(), 2);
    empty();
    let (code, report, errors) = index(&["--prune=all"]);
    full();
    assert_eq!((code, &report["removed"]), (Some(0), &2.into()), "{errors}{report}");
}

#[test]
fn a_rebuild_that_finds_far_less_leaves_the_old_index() {
    let bench = Workspace::new();
    for name in 0..10 {
        bench.write(&format!("docs/{name}.txt"), format!("第{name}號協議\n\n一、內容{name}。"));
    }
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let documents = || bench.json(&["status", "--format", "json"])["documents"].clone();
    let unreadable = |name: u8| [b"\x7FELF\0\0\0\x01\xFE\xFF".repeat(40), vec![name]].concat();
    // Some can't be read any more, which is reported; most can.
    for name in 0..4 {
        bench.write(&format!("docs/{name}.txt"), unreadable(name));
    }
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 2);
    assert_eq!(documents(), 6);
    for name in 4..8 {
        bench.write(&format!("docs/{name}.txt"), unreadable(name));
    }
    for language in ["en", "hant", "hans"] {
        let refused = bench.run(&["index", "--rebuild", "--lang", language]);
        assert_eq!(refused.code, 2);
        assert!(refused.err.contains("4.txt") && refused.err.contains("7.txt"), "{}", refused.err);
        assert!(refused.err.contains("--rebuild --prune=all"), "{}", refused.err);
        assert_eq!(documents(), 6);
    }
    // A folder of another root that isn't mounted, which a rebuild reads too.
    for name in 0..3 {
        bench
            .write(&format!("other/{name}.txt"), format!("另外第{name}號協議\n\n一、另外{name}。"));
    }
    for name in 0..8 {
        bench.write(&format!("docs/{name}.txt"), format!("第{name}號協議\n\n一、內容{name}。"));
    }
    assert_eq!(bench.run(&["index", "docs", "other"]).code, 0);
    assert_eq!(documents(), 13);
    std::fs::rename(bench.path("other"), bench.path("aside")).unwrap();
    let refused = bench.run(&["index", "docs", "--rebuild"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("3 sources"), "{}", refused.err);
    assert_eq!(documents(), 13);
    let ran = bench.run(&["index", "docs", "--rebuild", "--prune=all"]);
    assert_eq!((ran.code, documents()), (2, 10.into()), "{}", ran.err);
}

#[test]
fn a_watch_that_prunes_takes_nothing_out_of_a_mount_that_is_away() {
    let bench = Workspace::new();
    for name in 0..3 {
        bench.write(&format!("docs/sub/{name}.txt"), format!("第{name}號協議\n\n一、內容{name}。"));
    }
    bench.write("docs/stays.txt", "甲協議\n\n一、長存。");
    let documents = || bench.json(&["status", "--format", "json"])["documents"].clone();
    let mut watch = bench.command(&["index", "docs", "--watch", "--prune"]);
    let mut child = watch.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_made = || bench.run(&["status"]).code == 0 && documents() == 4;
    until("a first run", is_made);
    std::fs::rename(bench.path("docs/sub"), bench.path("aside")).unwrap();
    std::fs::create_dir(bench.path("docs/sub")).unwrap();
    // A run that sees this file has seen the empty folder.
    bench.write("docs/new.txt", "乙協議\n\n一、新來。");
    until("a second run", || documents() != 4);
    assert_eq!(documents(), 5);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_run_that_was_stopped_stands_in_no_other_ones_way() {
    let bench = Workspace::new();
    for name in 0..6 {
        bench.write(&format!("docs/{name}.txt"), format!("第{name}號協議\n\n一、內容{name}。"));
    }
    assert_eq!(bench.run(&["index", "docs", "--jobs", "1"]).code, 0);
    bench.write("docs/1.txt", "第1號協議\n\n一、改了的內容。");
    let names = |folder: &str| {
        let entries = std::fs::read_dir(bench.path(folder)).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect::<std::collections::BTreeSet<_>>()
    };
    // A copy shows what the next run will write; a run that is stopped before its commit leaves it.
    std::fs::create_dir(bench.path("copy")).unwrap();
    for name in names("index") {
        std::fs::copy(bench.path("index").join(&name), bench.path("copy").join(&name)).unwrap();
    }
    assert_eq!(bench.run(&["index", "docs", "--jobs", "1", "--index", "copy"]).code, 0);
    let left: Vec<_> = names("copy").into_iter().filter(|name| name.ends_with(".del")).collect();
    assert_eq!(left.len(), 1, "{:?}", names("copy"));
    let segment = format!("{}.store", "0123456789abcdef".repeat(2));
    for name in left.iter().chain([&segment]) {
        bench.write(&format!("index/{name}"), "left");
    }
    bench.write("index/mine.txt", "the user's");
    let ran = bench.run(&["index", "docs", "--jobs", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(bench.search("改了的內容", &["--limit", "1"])["total"], 1);
    assert_eq!(bench.run(&["check"]).code, 0);
    assert!(!names("index").contains(&segment));
    assert!(names("index").contains("mine.txt"));
}

#[test]
fn a_lost_or_damaged_list_is_damage_and_no_new_index() {
    let bench = Workspace::new();
    bench.write("a/1.txt", "甲協議\n\n一、雙方同意合作。");
    bench.write("b/2.txt", "乙协议\n\n一、双方负责联络。");
    assert_eq!(bench.run(&["index", "a", "b"]).code, 0);
    let documents = || bench.json(&["status", "--format", "json"])["documents"].clone();
    let meta = bench.path("index/meta.json");
    let whole = std::fs::read(&meta).unwrap();
    for damaged in [None, Some("{"), Some("")] {
        match damaged {
            None => std::fs::remove_file(&meta).unwrap(),
            Some(text) => std::fs::write(&meta, text).unwrap(),
        }
        for args in
            [&["index", "a"][..], &["search", "合作"], &["status"], &["index", "--prune", "a"]]
        {
            for language in ["en", "hant", "hans"] {
                let args: Vec<&str> = args.iter().copied().chain(["--lang", language]).collect();
                let ran = bench.run(&args);
                assert_eq!(ran.code, 2, "{args:?}: {}", ran.out);
                assert!(ran.err.contains("meta.json"), "{args:?}: {}", ran.err);
                assert!(ran.err.contains("tiaowen check"), "{args:?}: {}", ran.err);
            }
        }
        let check = bench.run(&["check"]);
        assert_eq!(check.code, 1, "{}", check.err);
        assert!(check.out.contains("tiaowen index --rebuild"), "{}", check.out);
        // The list of sources says what a rebuild reads.
        let ran = bench.run(&["index", "--rebuild"]);
        assert_eq!((ran.code, documents()), (0, 2.into()), "{}", ran.err);
        assert_eq!(bench.run(&["check"]).code, 0);
    }
    // If that list is damaged too, only the user knows.
    drop(whole);
    let payload = std::fs::read_to_string(&meta).unwrap();
    let list = std::fs::read_dir(bench.path("index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with("manifest-") && payload.contains(name)
        })
        .unwrap();
    std::fs::write(&list, "damaged").unwrap();
    let check = bench.run(&["check"]);
    assert_eq!(check.code, 1, "{}", check.err);
    assert!(check.out.contains("--rebuild --prune=all"), "{}", check.out);
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 2);
    assert_eq!(bench.run(&["index", "a", "b", "--rebuild"]).code, 2);
    let ran = bench.run(&["index", "a", "b", "--rebuild", "--prune=all"]);
    assert_eq!((ran.code, documents()), (0, 2.into()), "{}", ran.err);
    assert_eq!(bench.run(&["check"]).code, 0);
}

#[cfg(unix)]
#[test]
fn a_rebuild_keeps_links_and_what_is_not_its() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方同意合作。");
    std::fs::create_dir_all(bench.path("disk/index")).unwrap();
    std::os::unix::fs::symlink("disk/index", bench.path("index")).unwrap();
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    for name in ["index.rebuild/mine.txt", "index.aside/mine.txt", "disk/index/mine.txt"] {
        bench.write(name, "the user's");
    }
    bench.write("disk/index/manifest-notes.txt", "the user's");
    bench.write("docs/b.txt", "乙协议\n\n一、双方负责联络。");
    for args in [&["index", "docs"][..], &["index", "--rebuild"], &["index", "docs", "--rebuild"]] {
        let ran = bench.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        assert!(std::fs::symlink_metadata(bench.path("index")).unwrap().is_symlink());
        for index in ["index", "disk/index"] {
            assert_eq!(bench.search("負責聯絡", &["--index", index])["total"], 1);
        }
        for name in [
            "index.rebuild/mine.txt",
            "index.aside/mine.txt",
            "disk/index/mine.txt",
            "disk/index/manifest-notes.txt",
        ] {
            assert_eq!(std::fs::read_to_string(bench.path(name)).unwrap(), "the user's");
        }
        assert!(!bench.path("index/.rebuild").exists());
    }
    // A folder with the name that a rebuild uses, with something else in it.
    bench.write("index/.rebuild/mine.txt", "the user's");
    let refused = bench.run(&["index", "--rebuild"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains(".rebuild holds other files"), "{}", refused.err);
    assert_eq!(bench.search("合作", &[])["total"], 1);
    assert!(bench.path("index/.rebuild/mine.txt").exists());
    // A folder with something else in it is not an index to rebuild.
    bench.write("other/notes.txt", "mine");
    assert_eq!(bench.run(&["index", "docs", "--rebuild", "--index", "other"]).code, 2);
    assert_eq!(std::fs::read_to_string(bench.path("other/notes.txt")).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(bench.path("other")).unwrap().count(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_rebuild_works_where_the_index_is_a_mount_point() {
    use std::process::Command;
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方同意合作。");
    std::fs::create_dir(bench.path("index")).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16m", "tiaowen-test"])
        .arg(bench.path("index"))
        .output();
    if !mounted.is_ok_and(|ran| ran.status.success()) {
        println!("SKIPPED: a file system can't be mounted here");
        return;
    }
    let runs = [&["index", "docs"][..], &["index", "--rebuild"], &["search", "合作"], &["check"]];
    let ran = runs.map(|args| bench.run(args));
    let _ = Command::new("umount").arg(bench.path("index")).status();
    for (ran, args) in ran.iter().zip(runs) {
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    }
}

#[test]
fn damage_is_never_merged_into_a_sound_index() {
    let bench = Workspace::new();
    for name in 0..6 {
        bench.write(&format!("docs/{name}.txt"), format!("第{name}號協議\n\n一、雙方同意{name}。"));
    }
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let file = std::fs::read_dir(bench.path("index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "idx"))
        .unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let mut refused = 0;
    for name in 10..22 {
        bench.write(&format!("docs/{name}.txt"), format!("第{name}號協議\n\n一、雙方同意{name}。"));
        let ran = bench.run(&["index", "docs"]);
        // Once there are enough segments to merge.
        if ran.code != 0 {
            refused += 1;
            assert_eq!(ran.code, 2, "{}", ran.out);
            assert!(ran.err.contains(".idx is damaged"), "{}", ran.err);
            assert!(ran.err.contains("tiaowen check"), "{}", ran.err);
        }
        // Whatever is added, the damage remains visible.
        let check = bench.run(&["check"]);
        assert_eq!(check.code, 1, "{}", check.out);
        assert!(check.out.contains(".idx"), "{}", check.out);
    }
    assert!(refused > 0, "nothing was to be merged");
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    assert_eq!(bench.run(&["check"]).code, 0);
    assert_eq!(bench.search("雙方同意", &[])["total"], 18);
}

#[test]
fn a_search_of_a_damaged_index_names_the_check_and_never_panics() {
    let bench = Workspace::new();
    let text: String = (1..40).map(|n| format!("{n}. 雙方同意第{n}項合作。\n\n")).collect();
    bench.write("docs/a.txt", format!("甲協議\n\n{text}"));
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let files: Vec<_> = std::fs::read_dir(bench.path("index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let mut refused = 0;
    for file in files {
        let whole = std::fs::read(&file).unwrap();
        let mut zeroed = whole.clone();
        let middle = whole.len() / 2;
        zeroed[..middle].fill(0);
        let mut flipped = whole.clone();
        if let Some(byte) = flipped.get_mut(10) {
            *byte ^= 0xFF;
        }
        for damaged in [Some(&whole[..middle]), Some(&zeroed), Some(&flipped), None] {
            std::fs::remove_file(&file).unwrap();
            if let Some(bytes) = damaged {
                std::fs::write(&file, bytes).unwrap();
            }
            for args in
                [&["search", "合作"][..], &["search", "\"同意第\"", "--display", "original"]]
            {
                let mut command = bench.command(args);
                let output = command.env_remove("RUST_BACKTRACE").output().unwrap();
                let errors = String::from_utf8(output.stderr).unwrap();
                let file = file.display();
                let code = output.status.code().unwrap_or(-1);
                assert!((0..=2).contains(&code), "{file} {code}: {errors}");
                assert!(!errors.contains("panicked"), "{file}: {errors}");
                if code == 2 {
                    refused += 1;
                    assert!(errors.contains("tiaowen check"), "{file}: {errors}");
                }
            }
            std::fs::write(&file, &whole).unwrap();
        }
    }
    assert!(refused > 10, "{refused}");
    assert_eq!(bench.run(&["check"]).code, 0);
}
