//! A separate folder for each test, and the program to run in it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The time after which waiting fails. On two busy cores, a run of tests kept the writers of a cluster
/// waiting for more than a minute.
const SOON: Duration = Duration::from_secs(240);

/// A temporary folder in which the program runs.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

/// The result of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        Workspace { folder: tempfile::tempdir().unwrap() }
    }

    /// With an index of `folder`, copied from one that all tests share, as making it takes as long
    /// as most tests.
    pub(crate) fn indexed(folder: &Path) -> Self {
        let bench = Workspace::new();
        copy_all(&index_of(folder), &bench.path("index")).unwrap();
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiaowen"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("TIAOWEN_CACHE", self.folder.path().join("cache"))
            .env_remove("NO_COLOR")
            // In English, whatever the language of the user who runs the tests.
            .env_remove("TIAOWEN_LANG")
            .env("LC_ALL", "C")
            .env("COLUMNS", "80")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            err: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        }
    }

    /// Runs a command that must succeed and print one JSON value.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        serde_json::from_str(&ran.out)
            .unwrap_or_else(|error| panic!("{args:?}: {error}: {}", ran.out))
    }

    /// Searches and returns the answer.
    pub(crate) fn search(&self, query: &str, more: &[&str]) -> Value {
        let args: Vec<&str> =
            ["search", query, "--format", "json"].into_iter().chain(more.iter().copied()).collect();
        let ran = self.run(&args);
        assert!(ran.code < 2, "{query}: {}", ran.err);
        serde_json::from_str(&ran.out).unwrap()
    }
}

/// An index of `folder`, made once per test process. Nothing writes to it.
fn index_of(folder: &Path) -> PathBuf {
    static MADE: Mutex<BTreeMap<PathBuf, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    let slot = Arc::clone(MADE.lock().unwrap().entry(folder.to_owned()).or_default());
    let made = slot.get_or_init(|| {
        let bench = Workspace::new();
        let ran = bench.run(&["index", folder.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let kept = kept_folder().join(bench.folder.path().file_name().unwrap());
        copy_all(&bench.path("index"), &kept).unwrap();
        kept
    });
    made.clone()
}

/// A folder for as long as this process runs. Statics are never dropped, so the next process
/// removes what earlier ones left.
fn kept_folder() -> PathBuf {
    static CLEANED: OnceLock<()> = OnceLock::new();
    let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
    CLEANED.get_or_init(|| {
        for entry in fs::read_dir(all).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap_or_default();
            let process = name.strip_prefix("indexed-");
            if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    });
    let folder = all.join(format!("indexed-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Copies a folder with everything below it.
fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &copy)?;
        } else {
            fs::copy(entry.path(), copy)?;
        }
    }
    Ok(())
}

/// Waits until a condition holds, and fails if it doesn't within [`SOON`].
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + SOON;
    while !holds() {
        assert!(Instant::now() < end, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The ids of an answer's hits, in order.
pub(crate) fn ids(answer: &Value) -> Vec<String> {
    let hits = answer["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["clause"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The bundled corpus.
pub(crate) fn bundled() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The files of the bundled documents, without those that describe one beside them.
pub(crate) fn bundled_sources() -> Vec<PathBuf> {
    let files = std::fs::read_dir(bundled()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|end| end != "toml")).collect();
    files.sort();
    files
}

/// The folder of real documents. Tests that need it report when they are skipped.
pub(crate) fn real() -> Option<PathBuf> {
    let folder = match std::env::var_os("TIAOWEN_CORPUS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
    };
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        println!("SKIPPED: no real documents; set TIAOWEN_CORPUS to their folder");
    }
    found
}

/// A file of judged samples beside the real documents.
pub(crate) fn judged(name: &str) -> Option<PathBuf> {
    let file = real()?.join("../gold").join(name);
    let found = file.is_file().then_some(file);
    if found.is_none() {
        println!("SKIPPED: no judged sample {name} beside the real documents");
    }
    found
}

/// Compares a text with `tests/snapshots/NAME.txt`. `UPDATE_SNAPSHOTS=1` writes it.
pub(crate) fn snapshot(name: &str, shown: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(name)
        .with_extension("txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, shown).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == shown,
        "{name} reads otherwise; UPDATE_SNAPSHOTS=1 takes it over:\n{shown}"
    );
}

/// Replaces figures that differ from run to run.
pub(crate) fn steady(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        let line = match line.rsplit_once(" in ") {
            Some((before, after)) if after.ends_with(" ms") => format!("{before} in … ms"),
            _ if line.ends_with(" MB/s") => "… MB in … s, … MB/s".to_owned(),
            _ if line.ends_with("毫秒") || line.ends_with(" MB") && line.contains('，') => {
                let words = line.split(|c: char| c.is_ascii_digit() || c == '.');
                words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("…")
            }
            _ => line.to_owned(),
        };
        steady.push_str(&line);
        steady.push('\n');
    }
    steady
}
