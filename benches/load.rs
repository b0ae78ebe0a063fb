//! Measures how many users one server can serve: requests per second, times and memory of `tiaowen
//! serve` under a mixed load from this process, compared with the same queries in process on one
//! thread, in one run.
//!
//! ```sh
//! cargo bench --bench load -- INDEX QUERIES [QUERIES …] [--seconds 30] [--clients 8]
//!                             [--commits FOLDER]
//! ```
//!
//! INDEX is made by `tiaowen index`; each of QUERIES is a file with one query per line. Every
//! client keeps its connection, and sends the next request as soon as it is answered. Of twenty
//! requests, ten are searches (the API's), three are pages of results, three are completions, and
//! one each is a clause, a page of a document, a concordance, and the list of documents.
//!
//! With `--commits` it is a soak test: during the load, `tiaowen index` commits to INDEX over and
//! over. The files of FOLDER come in parts, each added in one run and removed in a later one.
//! Memory is reported for each tenth of the time. The test fails if a request or a run fails, or if
//! the server has half as much memory again in the last third as in the second.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;
use tiaowen_query::{Request, Searcher};

struct Asked {
    index: PathBuf,
    queries: Vec<String>,
    seconds: u64,
    clients: usize,
    /// The files that come and go during the load.
    commits: Option<PathBuf>,
    /// An index made for the run.
    _made: Option<tempfile::TempDir>,
}

/// A server that ends with the benchmark, even if that fails.
struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = asked()?;
    let searcher = Searcher::open(&asked.index)?;
    let documents = documents(&searcher, &asked.queries)?;
    println!("{} queries, {} clients, {} s", asked.queries.len(), asked.clients, asked.seconds);

    println!("\n{:<28}{:>9}{:>10}{:>10}{:>10}", "", "a second", "p50 ms", "p99 ms", "most ms");
    let mut alone = Vec::new();
    // One unmeasured round, as the first one reads files and builds dictionaries.
    for measured in [false, true] {
        for query in &asked.queries {
            let started = Instant::now();
            searcher.search(&Request::new(query.as_str()))?;
            if measured {
                alone.push(started.elapsed());
            }
        }
    }
    let spent: Duration = alone.iter().sum();
    row("in process, one thread", &mut alone, spent);
    drop(searcher);

    let served = serve(&asked.index)?;
    let before = memory(served.child.id());
    let started = Instant::now();
    let until = started + Duration::from_secs(asked.seconds);
    let times: Mutex<BTreeMap<&'static str, Vec<Duration>>> = Mutex::default();
    let failures: Mutex<Vec<String>> = Mutex::default();
    let (mut held, mut commits) = (Vec::new(), 0);
    std::thread::scope(|scope| {
        for client in 0..asked.clients {
            let (served, asked, documents) = (&served, &asked, &documents);
            let (times, failures) = (&times, &failures);
            scope.spawn(move || {
                let (own, failed) = client_of(client, served, asked, documents, until);
                let mut times = times.lock().unwrap_or_else(|error| error.into_inner());
                for (kind, time) in own {
                    times.entry(kind).or_default().push(time);
                }
                failures.lock().unwrap_or_else(|error| error.into_inner()).extend(failed);
            });
        }
        let writer = asked.commits.as_ref().map(|folder| {
            let index = &asked.index;
            scope.spawn(move || commit_until(folder, index, until))
        });
        for tenth in 1..=10 {
            let next = started + Duration::from_secs(asked.seconds) * tenth / 10;
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            held.push(memory(served.child.id()));
        }
        if let Some(writer) = writer {
            let (ran, failed) = writer.join().unwrap_or_else(|_| (0, vec!["a run broke".into()]));
            commits = ran;
            failures.lock().unwrap_or_else(|error| error.into_inner()).extend(failed);
        }
    });
    let took = started.elapsed();
    let mut all = Vec::new();
    for (kind, mut own) in times.into_inner().unwrap_or_else(|error| error.into_inner()) {
        all.extend(own.iter().copied());
        row(kind, &mut own, took);
    }
    row("served, all", &mut all, took);
    let failures = failures.into_inner().unwrap_or_else(|error| error.into_inner());
    println!("\nfailed: {}", failures.len());
    failures.iter().take(5).for_each(|failure| println!("  {failure}"));
    println!("memory of the server, MB, its own and with what it holds of the index's files:");
    let told = |held: &Memory| format!("{} ({})", held.own, held.all);
    let tenths: Vec<String> = held.iter().map(told).collect();
    println!("  at first {}; tenth by tenth {}", told(&before), tenths.join(", "));
    if asked.commits.is_some() {
        println!("commits beside the load: {commits}");
        let most = |held: &[Memory]| held.iter().map(|held| held.own).max().unwrap_or(0);
        let (second, last) = (most(&held[3..6]), most(&held[7..]));
        if commits == 0 {
            return Err("nothing was committed".into());
        }
        // A short run consists of warming up only.
        if asked.seconds >= 60 && last * 2 > second * 3 {
            return Err(format!("memory grew from {second} to {last} MB").into());
        }
    }
    if failures.is_empty() { Ok(()) } else { Err("requests or runs failed".into()) }
}

/// Adds parts of a folder to the index and removes them again, run by run. Returns the number of
/// runs that changed it, and the error if one failed.
fn commit_until(folder: &Path, index: &Path, until: Instant) -> (usize, Vec<String>) {
    match commits(folder, index, until) {
        Ok(ran) => (ran, Vec::new()),
        Err(error) => (0, vec![format!("tiaowen index: {error}")]),
    }
}

/// The number of files added in a run.
const PART: usize = 20;

fn commits(folder: &Path, index: &Path, until: Instant) -> Result<usize, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.sort();
    let work = tempfile::tempdir()?;
    let mut ran = 0;
    for (part, files) in (0..).zip(files.chunks(PART).cycle()) {
        if Instant::now() >= until {
            break;
        }
        let own = work.path().join(format!("{part}"));
        std::fs::create_dir(&own)?;
        for file in files {
            // A different first line makes each a different document.
            let text = format!("副本{part}\n\n{}", std::fs::read_to_string(file)?);
            std::fs::write(own.join(file.file_name().unwrap_or_default()), text)?;
        }
        // The part before the last one is removed.
        if part >= 2 {
            std::fs::remove_dir_all(work.path().join(format!("{}", part - 2)))?;
        }
        let done = Command::new(env!("CARGO_BIN_EXE_tiaowen"))
            .args(["index", "--prune", "--jobs", "1", "--index"])
            .args([index, work.path()])
            .output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
        ran += 1;
    }
    Ok(ran)
}

fn asked() -> Result<Asked, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut files, mut seconds, mut clients) = (Vec::new(), 30, 8);
    let mut commits = None;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--seconds" => seconds = value()?.parse()?,
            "--clients" => clients = value()?.parse()?,
            "--commits" => commits = Some(PathBuf::from(value()?)),
            _ => files.push(PathBuf::from(argument)),
        }
    }
    let mut files = files.into_iter();
    if let Some(index) = files.next() {
        let texts: Result<Vec<String>, _> = files.map(std::fs::read_to_string).collect();
        let queries: Vec<String> =
            texts?.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
        if queries.is_empty() {
            return Err("a file of queries is needed behind the index".into());
        }
        return Ok(Asked { index, queries, seconds, clients, commits, _made: None });
    }
    // As `cargo test --benches` runs it: the bundled corpus shows that it works.
    let made = tempfile::tempdir()?;
    let index = made.path().join("index");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    tiaowen_indexer::run(std::slice::from_ref(&corpus), &index, &Default::default(), &|_| {})?;
    let queries = ["知識產權", "质素", "合作 交流", "第三條", "CEPA"].map(str::to_owned).to_vec();
    let commits = Some(corpus);
    Ok(Asked { index, queries, seconds: 5, clients: 2, commits, _made: Some(made) })
}

/// Ids of documents and clauses that the queries find.
fn documents(
    searcher: &Searcher,
    queries: &[String],
) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut all = Vec::new();
    for query in queries.iter().take(200) {
        let answer = searcher.search(&Request { limit: 1, ..Request::new(query.as_str()) })?;
        let ids = |hit: &tiaowen_query::Hit| (hit.record.document.id.clone(), hit.record.id());
        all.extend(answer.hits.first().map(ids));
    }
    if all.is_empty() { Err("no query finds anything".into()) } else { Ok(all) }
}

fn serve(index: &Path) -> Result<Served, Box<dyn Error>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tiaowen"))
        .args(["serve", "--listen", "127.0.0.1:0", "--index"])
        .arg(index)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let told = BufReader::new(child.stderr.take().ok_or("no standard error")?);
    let mut served = Served { child, address: String::new() };
    let mut lines = told.lines();
    for line in lines.by_ref() {
        if let Some((_, rest)) = line?.split_once("serving on ") {
            rest.split([';', ' ']).next().unwrap_or_default().clone_into(&mut served.address);
            break;
        }
    }
    // Later output must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    if served.address.is_empty() { Err("the server did not start".into()) } else { Ok(served) }
}

type Times = Vec<(&'static str, Duration)>;

fn client_of(
    client: usize,
    served: &Served,
    asked: &Asked,
    documents: &[(String, String)],
    until: Instant,
) -> (Times, Vec<String>) {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build();
    let agent: ureq::Agent = config.into();
    let (mut times, mut failed) = (Vec::new(), Vec::new());
    // Clients go through the same queries, each from a different start.
    let mut at = client * asked.queries.len() / asked.clients;
    while Instant::now() < until {
        let query = asked.queries[at % asked.queries.len()].as_str();
        let (document, clause) = &documents[at % documents.len()];
        let typed: String = query.chars().take(2).collect();
        let (kind, path, key, value) = match at % 20 {
            0..10 => ("GET /api/v1/search", "/api/v1/search".to_owned(), "q", query),
            10..13 => ("GET /?q=", "/".to_owned(), "q", query),
            13..16 => ("GET /api/v1/suggest", "/api/v1/suggest".to_owned(), "q", &*typed),
            16 => {
                ("GET /api/v1/clauses/ID", format!("/api/v1/clauses/{clause}"), "display", "hans")
            }
            17 => ("GET /documents/ID", format!("/documents/{document}"), "q", query),
            18 => ("GET /api/v1/concordance", "/api/v1/concordance".to_owned(), "q", query),
            _ => ("GET /api/v1/documents", "/api/v1/documents".to_owned(), "limit", "20"),
        };
        at += 1;
        let started = Instant::now();
        let answer = agent.get(format!("{}{path}", served.address)).query(key, value).call();
        let read = answer.map_err(|error| error.to_string()).and_then(|mut answer| {
            let status = answer.status().as_u16();
            let body = answer.body_mut().with_config().limit(1 << 30).read_to_vec();
            Ok((status, body.map_err(|error| error.to_string())?))
        });
        times.push((kind, started.elapsed()));
        match read {
            Ok((200, body)) if kind.contains("/api/") => {
                if serde_json::from_slice::<Value>(&body).is_err() {
                    failed.push(format!("{path} {value}: no JSON"));
                }
            }
            Ok((200, _)) => {}
            Ok((status, _)) => failed.push(format!("{path} {value}: {status}")),
            Err(error) => failed.push(format!("{path} {value}: {error}")),
        }
    }
    (times, failed)
}

/// Megabytes that a process has for itself, and with its mapped files; 0 if the system doesn't
/// report it.
struct Memory {
    own: u64,
    all: u64,
}

fn memory(process: u32) -> Memory {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
    };
    Memory { own: of("RssAnon:").unwrap_or(0), all: of("VmRSS:").unwrap_or(0) }
}

fn row(name: &str, times: &mut [Duration], took: Duration) {
    times.sort_unstable();
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    let share = |share: usize| times.get(times.len() * share / 100);
    println!(
        "{name:<28}{:>9.0}{:>10.2}{:>10.2}{:>10.2}",
        times.len() as f64 / took.as_secs_f64(),
        ms(share(50)),
        ms(share(99)),
        ms(times.last())
    );
}
