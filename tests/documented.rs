//! Runs what the documentation tells administrators and programmers to type, from the pages
//! themselves: a line that doesn't work fails the test, and so does one that nobody has thought of.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::served::Served;
use crate::util::{Workspace, bundled, until};

/// The code blocks of a page in a language, in order.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    let page = std::fs::read_to_string(page).unwrap();
    let after = page.split("\n```").skip(1).step_by(2);
    let of_language = after.filter_map(|block| block.split_once('\n'));
    of_language.filter(|(kind, _)| *kind == language).map(|(_, code)| code.to_owned()).collect()
}

/// The commands of a block. One that ends in a backslash goes on in the next line.
fn commands(block: &str) -> Vec<String> {
    let joined = block.replace("\\\n", " ");
    joined.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// Whether a program is installed.
fn is_there(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    let found = found.unwrap().status.success();
    if !found {
        println!("SKIPPED: there is no {program}");
    }
    found
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn requests_of_the_api_s_page_are_answered() {
    if !is_there("curl") {
        return;
    }
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let pair = &bench.json(&["pairs", "--format", "json"])["pairs"][0];
    let [left, right] = ["left", "right"].map(|side| pair[side]["id"].as_str().unwrap().to_owned());
    let hits = bench.search("知識產權", &[]);
    let [one, other] = [0, 1].map(|nth| hits["hits"][nth]["clause"]["id"].as_str().unwrap());
    let (mut variables, mut asked) = (String::new(), 0);
    for line in blocks("api.md", "sh").iter().flat_map(|block| commands(block)) {
        let line = line.replace("127.0.0.1:7171", &served.address.to_string());
        let line = line.replace("left=ID&right=ID", &format!("left={left}&right={right}"));
        let line = line.replace("id=ID&id=ID", &format!("id={one}&id={other}"));
        if line.starts_with("api=") {
            variables = line;
            continue;
        }
        // These are lines of the README, which has its own test.
        if line.starts_with("tiaowen ") {
            continue;
        }
        let Some(rest) = line.strip_prefix("curl ") else { panic!("what is this? {line}") };
        let line = format!("{variables}\ncurl -sS --fail-with-body {rest}");
        let shell = Command::new("sh").args(["-ec", &line]).current_dir(bench.path("")).output();
        let ran = shell.unwrap();
        assert!(ran.status.success(), "{line}: {}", printed(&ran));
        assert!(!ran.stdout.is_empty() || line.contains("-OJ"), "{line} prints nothing");
        asked += 1;
    }
    assert!(asked >= 10, "{asked}");
    for kept in ["clauses.csv".to_owned(), format!("{left}-{right}.html")] {
        assert!(bench.path(&kept).metadata().unwrap().len() > 100, "{kept}");
    }
}

/// The lines of docs/operate.md that only root can run, by their beginnings. `scripts/release-check` tries
/// the package and its units.
const FOR_ROOT: [&str; 3] = [
    "sudo apt-get install ./tiaowen_*.deb",
    "sudo setfacl ",
    // It posts to an address of the reader's own; tests/alert.rs runs it.
    "tiaowen alert ",
];

/// A machine on which docs/operate.md is followed, in a folder.
struct Machine {
    bench: Workspace,
    port: u16,
}

impl Machine {
    fn installed() -> Self {
        let bench = Workspace::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in
            ["etc/tiaowen", "etc/default", "var/lib/tiaowen", "var/log/tiaowen", "run", "bin"]
        {
            std::fs::create_dir_all(bench.path(folder)).unwrap();
        }
        for folder in ["var/cache", "mnt/backup", "srv"] {
            std::fs::create_dir_all(bench.path(folder)).unwrap();
        }
        let of_package = |from: &str, to: &str| {
            std::fs::copy(root.join("packaging").join(from), bench.path(to)).unwrap();
        };
        of_package("tiaowen.toml", "etc/tiaowen/tiaowen.toml");
        of_package("tiaowen.default", "etc/default/tiaowen");
        let program = bench.path("bin/tiaowen");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tiaowen"), program).unwrap();
        std::fs::create_dir(bench.path("srv/agreements")).unwrap();
        for entry in std::fs::read_dir(bundled()).unwrap() {
            let path = entry.unwrap().path();
            let to = bench.path("srv/agreements").join(path.file_name().unwrap());
            std::fs::copy(&path, to).unwrap();
        }
        // A port that is free for now.
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let machine = Machine { bench, port };
        // The settings of the package lead below the folder, too.
        let settings =
            std::fs::read_to_string(machine.bench.path("etc/tiaowen/tiaowen.toml")).unwrap();
        machine.bench.write("etc/tiaowen/tiaowen.toml", machine.here(&settings));
        machine
    }

    /// A text with the machine's folders and port for those of the documentation.
    fn here(&self, text: &str) -> String {
        let root = self.bench.path("").display().to_string();
        let root = root.trim_end_matches('/');
        let folders = ["/var/lib/", "/var/log/", "/etc/", "/srv/", "/mnt/"];
        let text = folders.iter().fold(text.to_owned(), |text, folder| {
            text.replace(&format!(" {folder}"), &format!(" {root}{folder}"))
                .replace(&format!("\"{folder}"), &format!("\"{root}{folder}"))
        });
        text.replace("127.0.0.1:7171", &format!("127.0.0.1:{}", self.port))
    }

    fn run(&self, line: &str) -> Output {
        let root = env!("CARGO_MANIFEST_DIR");
        let folder = self.bench.path("").display().to_string();
        let folder = folder.trim_end_matches('/');
        let path = std::env::var("PATH").unwrap();
        let path = format!("{root}/tests/documented:{folder}/bin:{path}");
        let mut shell = self.bench.command(&[]);
        let environment: Vec<_> = shell
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        shell = Command::new("sh");
        shell
            .args(["-ec", &self.here(line)])
            .current_dir(self.bench.path(""))
            .envs(environment)
            .env("PATH", path)
            .env("ROOT", folder)
            .env("UNITS", format!("{root}/packaging"))
            .env("TIAOWEN_CONFIG", self.bench.path("etc/tiaowen/tiaowen.toml"))
            .env("TIAOWEN_LISTEN", format!("127.0.0.1:{}", self.port))
            .stdin(Stdio::null());
        shell.output().unwrap()
    }

    fn log(&self, unit: &str) -> String {
        let log = self.bench.path(&format!("run/{unit}.log"));
        std::fs::read_to_string(log).unwrap_or_default()
    }

    /// Adds settings of the documentation to the file.
    fn set(&self, settings: &str) {
        let file = "etc/tiaowen/tiaowen.toml";
        let text = std::fs::read_to_string(self.bench.path(file)).unwrap();
        self.bench.write(file, format!("{text}\n{}", self.here(settings)));
    }

    fn stop(&self, unit: &str) {
        let ran = self.run(&format!("systemctl stop {unit}"));
        assert!(ran.status.success(), "{unit}: {}", printed(&ran));
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        for unit in ["tiaowen-index", "tiaowen-serve"] {
            let _ = self.run(&format!("systemctl stop {unit}"));
        }
    }
}

#[test]
fn an_administrator_s_day_runs_as_it_is_written() {
    if !is_there("curl") {
        return;
    }
    let machine = Machine::installed();
    let mut key = String::new();
    let (mut done, mut is_set) = (0, false);
    let settings = blocks("operate.md", "toml");
    let lines = blocks("operate.md", "sh");
    for line in lines.iter().flat_map(|block| commands(block)) {
        if FOR_ROOT.iter().any(|begin| line.starts_with(begin)) {
            continue;
        }
        // The steps are alternatives to the service, which writes as long as it runs.
        if line.contains("tiaowen index --prune") {
            machine.stop("tiaowen-index");
        }
        // The page shows the settings before the restart that takes them over.
        if line.contains("systemctl restart tiaowen-serve") && !key.is_empty() && !is_set {
            is_set = true;
            settings.iter().for_each(|block| machine.set(block));
        }
        if line.contains("tiaowen queries") {
            search(&machine, &key);
        }
        let ran = machine.run(&line);
        let said = printed(&ran);
        assert!(ran.status.success(), "{line}: {said}");
        done += 1;
        match line.as_str() {
            line if line.contains("enable --now tiaowen-index") => {
                until("an index", || machine.log("tiaowen-index").contains("added"));
            }
            line if line.contains("tiaowen-serve") => {
                let serving =
                    || machine.run("curl -sf http://127.0.0.1:7171/readyz").status.success();
                until("a server", serving);
            }
            line if line.starts_with("journalctl") => assert!(said.contains("added"), "{said}"),
            line if line.starts_with("curl") => assert!(said.contains("ready"), "{said}"),
            line if line.contains("key press-office") => {
                key = said
                    .split_whitespace()
                    .find(|word| word.starts_with("tiaowen_"))
                    .unwrap()
                    .to_owned();
            }
            line if line.contains("tiaowen queries") => {
                assert!(said.contains("知識產權"), "{said}")
            }
            line if line.contains("snapshot") => assert!(!said.trim().is_empty(), "{line}"),
            _ => {}
        }
    }
    assert!(done >= 13, "{done}");
    // What the page says of the files.
    let audit = std::fs::read_to_string(machine.bench.path("var/log/tiaowen/audit.log")).unwrap();
    assert!(audit.contains("\"key\":\"press-office\"") && !audit.contains(&key), "{audit}");
    let keys = std::fs::read_to_string(machine.bench.path("etc/tiaowen/keys")).unwrap();
    assert_eq!(keys.lines().count(), 3, "{keys}");
}

/// Searches with a key, and in vain without it.
fn search(machine: &Machine, key: &str) {
    let path = "http://127.0.0.1:7171/api/v1/search?q=%E7%9F%A5%E8%AD%98%E7%94%A2%E6%AC%8A";
    let ran = machine.run(&format!("curl -sf -H 'Authorization: Bearer {key}' {path}"));
    assert!(ran.status.success(), "{}: {}", printed(&ran), machine.log("tiaowen-serve"));
    let ran = machine.run(&format!("curl -s -o /dev/null -w '%{{http_code}}' {path}"));
    assert_eq!(printed(&ran), "401");
}

#[test]
fn backups_are_made_as_it_is_written() {
    let machine = Machine::installed();
    let ran = machine.run("tiaowen index /srv/agreements");
    assert!(ran.status.success(), "{}", printed(&ran));
    let lines: Vec<String> =
        blocks("installing.md", "sh").iter().flat_map(|block| commands(block)).collect();
    let backups: Vec<&String> = lines.iter().filter(|line| line.starts_with("tiaowen ")).collect();
    assert_eq!(backups.len(), 2, "{lines:?}");
    for line in backups {
        let ran = machine.run(line);
        assert!(ran.status.success(), "{line}: {}", printed(&ran));
    }
}

/// The text that docs/verifying.md checks, as its places tell.
const DRAFT: &str = "《粵港醫療交流合作備忘錄》四（三）規定：「本備忘錄由雙方簽署起生效，有效期三年」。\n\
    《粵港醫療交流合作備忘錄》四（一）：「雙方鼓勵學術交流和科研協作，共同推動學術進步」。\n";

#[test]
fn a_checked_draft_is_shown_as_it_is_printed() {
    let bench = Workspace::indexed(&bundled());
    bench.write("draft.txt", DRAFT);
    let block = &blocks("verifying.md", "console")[0];
    let (command, shown) = block.strip_prefix("$ tiaowen ").unwrap().split_once('\n').unwrap();
    let ran = bench.run(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(ran.out.trim_end(), shown.trim_end());
}
