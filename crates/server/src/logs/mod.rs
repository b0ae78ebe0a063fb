//! Logs that an administrator asks for, one JSON object a line: who asked for what (the audit log), and
//! what was searched for (the query log). Neither has what the other is for: the audit log has no
//! queries unless asked for, the query log has nothing of who asked.
//!
//! A line is appended by one write, so that the lines of several servers don't mix. A file that was
//! moved away, as by logrotate, is made again.

mod queries;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::page::when;
pub use queries::{QueryCount, QueryLogError, QueryReport};

/// A file to which lines are appended.
#[derive(Debug)]
struct LineFile {
    path: PathBuf,
    file: Mutex<File>,
    /// Whether the last line could not be written, which is logged once.
    fails: AtomicBool,
}

impl LineFile {
    fn open(path: &Path) -> io::Result<Self> {
        let file = Mutex::new(appending(path)?);
        Ok(LineFile { path: path.to_owned(), file, fails: AtomicBool::new(false) })
    }

    fn append(&self, value: &impl Serialize) {
        let mut line = serde_json::to_vec(value).expect("a line has string keys only");
        line.push(b'\n');
        let written = self.file.lock().expect("writing doesn't panic").write_all(&line);
        let failed = written.is_err();
        if let Err(error) = written
            && !self.fails.load(Ordering::Relaxed)
        {
            tracing::error!(file = %self.path.display(), %error, "a log can't be written");
        }
        self.fails.store(failed, Ordering::Relaxed);
    }

    /// Opens the file again if its path leads to another one now, or nowhere.
    fn follow(&self) -> io::Result<()> {
        let mut file = self.file.lock().expect("writing doesn't panic");
        if !is_same(&file, &self.path) {
            *file = appending(&self.path)?;
        }
        Ok(())
    }
}

fn appending(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Of no concern to other users of the machine.
        options.mode(0o640);
    }
    options.open(path)
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let known = |data: io::Result<std::fs::Metadata>| data.ok().map(|it| (it.dev(), it.ino()));
    known(file.metadata()) == known(std::fs::metadata(path))
}

#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}

/// The log of who asked for what.
#[derive(Debug)]
pub struct AuditLog {
    lines: LineFile,
    with_queries: bool,
}

/// A request and its answer.
#[derive(Debug, Serialize)]
pub(crate) struct Audited<'r> {
    time: String,
    id: &'r str,
    /// The name of the key, if it has a known one.
    key: Option<&'r str>,
    address: Option<IpAddr>,
    method: &'r str,
    route: &'r str,
    status: u16,
    us: u64,
    /// The query string. Missing unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'r str>,
}

/// A request as the audit log has it.
pub(crate) struct Seen<'r> {
    pub(crate) id: &'r str,
    pub(crate) key: Option<&'r str>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) method: &'r str,
    pub(crate) route: &'r str,
    pub(crate) query: &'r str,
    pub(crate) status: u16,
    pub(crate) us: u64,
}

impl AuditLog {
    /// Appends to a file. `with_queries`: what was searched for, too.
    ///
    /// # Errors
    /// When the file can't be opened.
    pub fn open(path: &Path, with_queries: bool) -> io::Result<Self> {
        Ok(AuditLog { lines: LineFile::open(path)?, with_queries })
    }

    pub(crate) fn record(&self, seen: &Seen<'_>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.lines.append(&Audited {
            time: precise(now),
            id: seen.id,
            key: seen.key,
            address: seen.address,
            method: seen.method,
            route: seen.route,
            status: seen.status,
            us: seen.us,
            query: self.with_queries.then_some(seen.query),
        });
    }
}

/// The log of what was searched for.
#[derive(Debug)]
pub struct QueryLog {
    lines: LineFile,
}

#[derive(Debug, Serialize)]
struct Searched<'q> {
    time: String,
    query: &'q str,
    /// The number of hits, as grouped.
    hits: u64,
    /// Whether there are more.
    at_least: bool,
}

impl QueryLog {
    /// Appends to a file.
    ///
    /// # Errors
    /// When the file can't be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(QueryLog { lines: LineFile::open(path)? })
    }

    pub(crate) fn record(&self, query: &str, hits: u64, at_least: bool) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = when::moment(now.as_secs());
        self.lines.append(&Searched { time, query, hits, at_least });
    }
}

/// The logs of a server.
#[derive(Debug, Default)]
pub struct Logs {
    /// Who asked for what.
    pub audit: Option<AuditLog>,
    /// What was searched for.
    pub queries: Option<QueryLog>,
}

impl Logs {
    /// Makes files again that were moved away.
    pub(crate) fn follow(&self) {
        let files = [
            self.audit.as_ref().map(|log| &log.lines),
            self.queries.as_ref().map(|log| &log.lines),
        ];
        for file in files.into_iter().flatten() {
            if let Err(error) = file.follow()
                && !file.fails.swap(true, Ordering::Relaxed)
            {
                tracing::error!(file = %file.path.display(), %error, "a log can't be opened again");
            }
        }
    }
}

/// A time since 1970 in the format of RFC 3339 with milliseconds, in UTC.
fn precise(since: Duration) -> String {
    let seconds = when::moment(since.as_secs());
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), since.subsec_millis())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const SEEN: Seen<'static> = Seen {
        id: "1-1",
        key: Some("press"),
        address: None,
        method: "GET",
        route: "/api/v1/search",
        query: "q=a",
        status: 200,
        us: 12,
    };

    #[test]
    fn queries_are_audited_on_request_only() {
        let folder = tempfile::tempdir().unwrap();
        for (with, known) in [(false, Value::Null), (true, "q=a".into())] {
            let path = folder.path().join(format!("audit-{with}"));
            AuditLog::open(&path, with).unwrap().record(&SEEN);
            let line = std::fs::read_to_string(&path).unwrap();
            let line: Value = serde_json::from_str(line.strip_suffix('\n').unwrap()).unwrap();
            assert_eq!(line["query"], known);
            assert_eq!((&line["key"], &line["status"]), (&"press".into(), &200.into()));
            assert!(line["time"].as_str().unwrap().ends_with('Z'), "{line}");
        }
        assert_eq!(precise(Duration::from_millis(1_005)), "1970-01-01T00:00:01.005Z");
    }

    #[test]
    fn a_file_that_is_moved_away_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queries");
        let logs = Logs { queries: Some(QueryLog::open(&path).unwrap()), audit: None };
        let record = |query: &str| logs.queries.as_ref().unwrap().record(query, 3, false);
        record("甲");
        std::fs::rename(&path, folder.path().join("queries.1")).unwrap();
        logs.follow();
        record("乙");
        logs.follow();
        record("丙");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains('甲') && text.contains('乙') && text.contains('丙'), "{text}");
        assert!(std::fs::read_to_string(folder.path().join("queries.1")).unwrap().contains('甲'));
    }
}
