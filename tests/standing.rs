//! Endurance tests: many kills, damage in every region of every file, and the packaged unit in
//! operation. They are short here; `scripts/check-all` makes them long.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::util::Workspace;

/// The number of kills in the short run. `TIAOWEN_KILLS=100` makes it nine hundred, besides the
/// hundred of `faults.rs`.
const KILLS: u64 = 16;

/// The number of files in a round.
const FILES: u64 = 20;

/// The rounds whose files are on disk, and those that are in the index.
struct Rounds {
    bench: Workspace,
    on_disk: BTreeSet<u64>,
    indexed: BTreeSet<u64>,
}

impl Rounds {
    fn add(&mut self, round: u64) {
        for nth in 0..FILES {
            let text = format!("第{round}之{nth}號協議\n\n一、雙方同意會面{round}、{nth}次。");
            self.bench.write(&format!("docs/{round}-{nth}.txt"), text);
        }
        self.on_disk.insert(round);
    }

    fn remove(&mut self, round: u64) {
        for nth in 0..FILES {
            std::fs::remove_file(self.bench.path(&format!("docs/{round}-{nth}.txt"))).unwrap();
        }
        self.on_disk.remove(&round);
    }

    /// Runs the program and kills it after a while. Returns whether it was still running.
    fn kill(&self, args: &[&str], after: Duration) -> bool {
        let mut run = self.bench.command(args);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The moment of the kill is arbitrary, so nothing is waited for.
        std::thread::sleep(after);
        let runs = child.try_wait().unwrap().is_none();
        if runs {
            child.kill().unwrap();
        }
        child.wait().unwrap();
        runs
    }

    /// Kills a snapshot after a while. It must be complete or not exist.
    fn kill_snapshot(&self, after: Duration) {
        self.kill(&["snapshot", "copy"], after);
        let copy = self.bench.path("copy");
        if copy.exists() {
            let status = ["status", "--format", "json", "--index"];
            let of =
                |index| self.bench.json(&[&status[..], &[index]].concat())["documents"].clone();
            assert_eq!(of("copy"), of("index"));
            std::fs::remove_dir_all(copy).unwrap();
        }
    }

    /// Checks that the index is sound, and is in the state before or after the run.
    fn verify(&mut self, what: &str, gone_go: bool) {
        let held = self.bench.json(&["status", "--format", "json"])["documents"].clone();
        let mut after = self.on_disk.clone();
        if !gone_go {
            after.extend(&self.indexed);
        }
        let documents = |rounds: &BTreeSet<u64>| rounds.len() as u64 * FILES + 1;
        if held == documents(&after) {
            self.indexed = after;
        } else {
            assert_eq!(held, documents(&self.indexed), "{what}");
        }
        // A file that is gone from disk is not a fault of the index.
        let check = self.bench.run(&["check", "--quick", "--format", "json"]);
        let check: serde_json::Value = serde_json::from_str(&check.out).unwrap();
        let problems = check["problems"].as_array().unwrap();
        let others = problems.iter().filter(|problem| problem["reason"] != "it is gone from disk");
        assert_eq!(others.count(), 0, "{what}: {check}");
    }
}

#[test]
fn runs_of_all_kinds_killed_beside_readers_leave_the_old_or_the_new_state() {
    let kills = std::env::var("TIAOWEN_KILLS").ok().and_then(|kills| kills.parse::<u64>().ok());
    let kills = kills.map_or(KILLS, |kills| kills * 9);
    let bench = Workspace::new();
    bench.write("docs/base.txt", "甲協議\n\n一、雙方互相通報。");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let mut rounds = Rounds { bench, on_disk: BTreeSet::new(), indexed: BTreeSet::new() };
    let stop = AtomicBool::new(false);
    let reader = {
        let mut command =
            rounds.bench.command(&["search", "會面", "--format", "json", "--no-group", "--facets"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut killed = 0;
    std::thread::scope(|scope| {
        let stop = &stop;
        let reading = scope.spawn(move || {
            let mut reader = reader;
            let mut answers = 0;
            while !stop.load(Ordering::Relaxed) {
                let found = reader.output().unwrap();
                let errors = String::from_utf8_lossy(&found.stderr);
                assert!(found.status.code() < Some(2), "{errors}");
                let answer: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
                assert_eq!(answer["total"].as_u64().unwrap() % FILES, 0, "half a run is in");
                answers += 1;
            }
            answers
        });
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..kills {
                rounds.add(round);
                if round % 3 == 2 {
                    for old in rounds.on_disk.iter().copied().take(2).collect::<Vec<_>>() {
                        rounds.remove(old);
                    }
                }
                let kinds: [(&[&str], bool); 4] = [
                    (&["index", "docs"], false),
                    (&["index", "docs", "--prune"], true),
                    (&["index", "docs", "--rebuild"], true),
                    (&["index", "docs", "--watch", "--prune"], true),
                ];
                let (args, gone_go) = kinds[(round % 4) as usize];
                // Moments are spread over more time than a run takes.
                killed += u64::from(rounds.kill(args, Duration::from_millis(round * 53 % 500)));
                rounds.verify(&format!("round {round}, {args:?}"), gone_go);
                rounds.kill_snapshot(Duration::from_millis(round * 11 % 60));
            }
        }));
        stop.store(true, Ordering::Relaxed);
        assert!(reading.join().unwrap() > 0);
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
    assert!(killed > 0, "no run was killed");
    let whole = rounds.bench.run(&["index", "docs", "--prune"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    rounds.indexed = rounds.on_disk.clone();
    rounds.verify("at the end", true);
    let snapshot = rounds.bench.run(&["snapshot", "copy"]);
    assert_eq!(snapshot.code, 0, "{}", snapshot.err);
    let check = rounds.bench.run(&["check", "--quick", "--index", "copy"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    assert!(!rounds.bench.path(".copy.snapshot").exists());
    println!("{killed} of {kills} runs were killed");
}

/// The number of regions of each file in the short run. `TIAOWEN_REGIONS=64` damages one in every
/// 64 bytes.
const REGIONS: usize = 5;

#[test]
fn each_region_of_each_file_damaged_is_refused_or_seen_by_a_check() {
    let every = std::env::var("TIAOWEN_REGIONS").ok().and_then(|bytes| bytes.parse().ok());
    let bench = Workspace::new();
    let text: String = (1..60).map(|n| format!("{n}. 雙方同意第{n}項合作。\n\n")).collect();
    bench.write("docs/a.txt", format!("甲協議\n\n{text}"));
    bench
        .write("docs/b.txt", format!("甲协议\n\n{}", text.replace('雙', "双").replace('項', "项")));
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    // So that there are deletions too.
    bench.write("docs/b.txt", "乙協議\n\n一、雙方同意合作。");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let asked = [
        &["search", "合作", "--format", "json"][..],
        &["search", "\"同意第\"", "--format", "json", "--facets"],
        &["pairs", "--format", "json"],
    ];
    let answers = || asked.map(|args| answer(&bench, args));
    let sound = answers();
    let (mut tried, mut refused, mut unseen) = (0, 0, Vec::new());
    for file in std::fs::read_dir(bench.path("index")).unwrap() {
        let file = file.unwrap().path();
        let whole = std::fs::read(&file).unwrap();
        let step = every.unwrap_or_else(|| (whole.len() / REGIONS).max(1));
        for from in (0..whole.len()).step_by(step) {
            let region = from..whole.len().min(from + step);
            let mut flipped = whole.clone();
            flipped[region.start + region.len() / 2] ^= 0x20;
            let mut zeroed = whole.clone();
            zeroed[region].fill(0);
            for damaged in [flipped, zeroed] {
                if damaged == whole {
                    continue;
                }
                tried += 1;
                std::fs::write(&file, damaged).unwrap();
                let found = answers();
                refused += found.iter().filter(|answer| answer.is_none()).count();
                let differs = found
                    .iter()
                    .zip(&sound)
                    .any(|(found, sound)| found.is_some() && found != sound);
                if differs && bench.run(&["check"]).code == 0 {
                    unseen.push(format!("{} at {from}", file.display()));
                }
            }
        }
        std::fs::write(&file, &whole).unwrap();
    }
    assert_eq!(unseen, Vec::<String>::new());
    assert!(refused > 10, "{refused}");
    println!("{tried} changes, {refused} answers refused");
    assert_eq!(bench.run(&["check"]).code, 0);
}

/// A file of a segment with the checksum updated to its current content.
fn refitted(content: &[u8]) -> Vec<u8> {
    let (rest, ending) = content.split_at(content.len() - 8);
    let length = u32::from_le_bytes(ending[..4].try_into().unwrap()) as usize;
    let (body, footer) = rest.split_at(rest.len() - length);
    let mut footer: serde_json::Value = serde_json::from_slice(footer).unwrap();
    let mut sum = flate2::Crc::new();
    sum.update(body);
    footer["crc"] = sum.sum().into();
    let footer = footer.to_string().into_bytes();
    let length = (footer.len() as u32).to_le_bytes();
    [body, &footer, &length, &ending[4..]].concat()
}

#[test]
fn damage_of_metadata_whose_checksum_fits_is_seen_by_a_check() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方同意合作。\n\n二、互相通報。");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let files = std::fs::read_dir(bench.path("index")).unwrap().map(|file| file.unwrap().path());
    let store = files.into_iter().find(|file| file.extension().is_some_and(|end| end == "store"));
    let store = store.unwrap();
    let sound = std::fs::read(&store).unwrap();
    std::fs::write(&store, refitted(&sound)).unwrap();
    assert_eq!(bench.run(&["check"]).code, 0, "a checksum that fits is a fault of nothing");
    // The rest of the tag is compressed, and appears in the script before.
    let language = b"zh-";
    let at = sound.windows(language.len()).position(|window| window == language).unwrap();
    let mut damaged = sound.clone();
    damaged[at + 1] ^= 8;
    std::fs::write(&store, refitted(&damaged)).unwrap();
    let check = bench.run(&["check"]);
    assert_eq!(check.code, 1, "{}{}", check.out, check.err);
}

#[test]
fn a_count_of_tokens_that_is_not_so_is_seen_by_a_check() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方同意合作。\n\n二、互相通報。");
    // One segment, whichever thread is first.
    assert_eq!(bench.run(&["index", "docs", "--jobs", "1"]).code, 0);
    let index = tiaowen_index::ClauseIndex::open(&bench.path("index")).unwrap();
    let (field, searcher) = (index.fields().chars, index.reader().unwrap().searcher());
    let tokens = searcher.segment_reader(0).inverted_index(field).unwrap().total_num_tokens();
    drop((index, searcher));
    let files = std::fs::read_dir(bench.path("index")).unwrap().map(|file| file.unwrap().path());
    let postings = files.into_iter().find(|file| file.extension().is_some_and(|end| end == "idx"));
    let postings = postings.unwrap();
    let sound = std::fs::read(&postings).unwrap();
    let count = tokens.to_le_bytes();
    let at = sound.windows(count.len()).position(|window| window == count).unwrap();
    for (byte, bit) in [(0, 1 << 6), (1, 1), (3, 1 << 7)] {
        let mut damaged = sound.clone();
        damaged[at + byte] ^= bit;
        std::fs::write(&postings, refitted(&damaged)).unwrap();
        let check = bench.run(&["check"]);
        assert_eq!(check.code, 1, "{byte}: {}{}", check.out, check.err);
    }
    std::fs::write(&postings, &sound).unwrap();
    assert_eq!(bench.run(&["check"]).code, 0);
}

/// The answer of a command without its duration. `None` if it fails and names the repair.
fn answer(bench: &Workspace, args: &[&str]) -> Option<String> {
    let output = bench.command(args).env_remove("RUST_BACKTRACE").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code().unwrap_or(-1);
    assert!((0..=2).contains(&code), "{args:?} {code}: {errors}");
    assert!(!errors.contains("panicked"), "{args:?}: {errors}");
    if code == 2 {
        let cures = ["tiaowen check", "tiaowen index"];
        assert!(cures.iter().any(|cure| errors.contains(cure)), "{args:?}: {errors}");
        return None;
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut answer: serde_json::Value = serde_json::from_str(&text).ok()?;
    if let Some(fields) = answer.as_object_mut() {
        fields.remove("took_us");
    }
    Some(answer.to_string())
}

/// The value of a key in the packaged unit.
fn of_unit(key: &str) -> Option<String> {
    let unit = include_str!("../packaging/tiaowen-serve.service");
    let line = unit.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    line.map(str::to_owned)
}

#[test]
fn the_packaged_unit_has_bounds() {
    for key in ["MemoryHigh", "MemoryMax", "TasksMax", "LimitNOFILE"] {
        assert!(of_unit(key).is_some(), "{key}");
    }
}

/// Runs the program as the unit does: as its own user without privileges, on an index that is
/// mounted read-only, with the unit's settings, cache and limits.
#[cfg(target_os = "linux")]
#[test]
fn the_packaged_unit_serves_as_its_own_user_on_a_read_only_mount() {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    let bench = Workspace::indexed(&crate::util::bundled());
    let open = |name: &str, mode: u32| {
        let rights = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(bench.path(name), rights).unwrap();
    };
    open("", 0o755);
    std::fs::copy(env!("CARGO_BIN_EXE_tiaowen"), bench.path("tiaowen")).unwrap();
    bench.write("tiaowen.toml", include_str!("../packaging/tiaowen.toml"));
    let files = of_unit("LimitNOFILE").unwrap();
    let script = "mount --bind index index && mount -o remount,bind,ro index && \
                  ! touch index/new 2>/dev/null && \
                  install -d -o 61200 -g 61200 -m 700 unit-cache && ulimit -n \"$0\" && umask 0077 && \
                  exec setpriv --reuid=61200 --regid=61200 --clear-groups --no-new-privs \
                  --inh-caps=-all --bounding-set=-all env -u TIAOWEN_LANG \
                  TIAOWEN_CONFIG=\"$PWD/tiaowen.toml\" TIAOWEN_CACHE=\"$PWD/unit-cache\" \
                  ./tiaowen serve --listen 127.0.0.1:0 --index index";
    let mut unit = Command::new("unshare");
    unit.args(["--mount", "sh", "-c", script, &files]).current_dir(bench.path(""));
    let started = unit.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut able = Command::new("unshare");
    able.args(["--mount", "setpriv", "--bounding-set=-all", "true"]);
    let able = able.output().is_ok_and(|ran| ran.status.success());
    let Some(mut child) = started.ok().filter(|_| able) else {
        println!("SKIPPED: it takes root, unshare and setpriv");
        return;
    };
    let address = listening(child.stderr.take().unwrap());
    let get = |path: &str| {
        let address = address.as_deref()?;
        let mut answer = ureq::get(format!("http://{address}{path}")).call().ok()?;
        answer.body_mut().read_to_string().ok()
    };
    let (ready, found) = (get("/readyz"), get("/api/v1/search?q=%E5%90%88%E4%BD%9C"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ready.is_some(), "{address:?}");
    let found: serde_json::Value = serde_json::from_str(&found.unwrap()).unwrap();
    assert!(found["total"].as_u64().unwrap() > 0);
}

/// The address that a server announces.
#[cfg(target_os = "linux")]
fn listening(log: impl std::io::Read + Send + 'static) -> Option<String> {
    use std::io::BufRead;

    let mut lines = std::io::BufReader::new(log).lines();
    for _ in 0..40 {
        let line = lines.next()?.ok()?;
        if let Some(at) = line.find("127.0.0.1:") {
            let address = &line[at..];
            let end = address.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':'));
            // Later output must be read as well.
            std::thread::spawn(move || lines.for_each(drop));
            return Some(address[..end.unwrap_or(address.len())].to_owned());
        }
    }
    None
}

/// As an administrator who made the index as root and then starts the service.
#[cfg(target_os = "linux")]
#[test]
fn a_user_without_the_right_learns_whose_the_index_is() {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    let bench = Workspace::indexed(&crate::util::bundled());
    let rights = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(bench.path(""), rights).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_tiaowen"), bench.path("tiaowen")).unwrap();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方互相通報。");
    let as_another = |args: &[&str]| {
        let mut run = Command::new("setpriv");
        run.args(["--reuid=61200", "--regid=61200", "--clear-groups", "./tiaowen"]).args(args);
        run.current_dir(bench.path("")).env("LC_ALL", "C").env_remove("TIAOWEN_LANG");
        run.env("TIAOWEN_CACHE", "/nonexistent").output()
    };
    if !as_another(&["--version"]).is_ok_and(|ran| ran.status.success()) {
        println!("SKIPPED: it takes root and setpriv");
        return;
    }
    let read = as_another(&["search", "合作"]).unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let refused = as_another(&["index", "docs"]).unwrap();
    let says = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{says}");
    assert!(says.contains("runs as 61200") && says.contains("belongs to root"), "{says}");
    let refused = as_another(&["index", "docs", "--lang", "hant"]).unwrap();
    let says = String::from_utf8(refused.stderr).unwrap();
    assert!(says.contains("屬於 root"), "{says}");
}
