//! An index on a cluster compared with a folder in one run: the time of indexing, bytes per clause,
//! the times of the same queries, and whether the first ten hits agree.
//!
//! ```sh
//! CLUSTER_JAVA_OPTIONS='-Xms1g -Xmx1g' \
//!     cargo bench --bench cluster -- QUERIES [QUERIES …] --of FOLDER [FOLDER …] \
//!     [--times 10] [--every 7] [--copies 0] [--json FILE] [--url URL]
//! ```
//!
//! Each of QUERIES is a file with one query per line, of which every seventh (`--every`) is used.
//! The documents are taken as often as `--times` says, each further time with a different first
//! line. Without the URL of an index that doesn't exist yet, three nodes are started as for the
//! tests (`scripts/cluster`, on this machine).

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};
use tiaowen_cluster::{Address, Cluster, Login};
use tiaowen_indexer::RunOptions;
use tiaowen_query::{Request, Searchable, Searcher};

#[allow(dead_code, clippy::unwrap_used, reason = "it is made for tests")]
#[path = "../tests/cluster/nodes.rs"]
mod nodes;

/// The arguments.
#[derive(Default)]
struct Asked {
    queries: Vec<String>,
    folders: Vec<PathBuf>,
    times: usize,
    copies: u32,
    json: Option<PathBuf>,
    url: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(asked) = asked()? else {
        println!("name files of queries, --of, and folders of documents");
        return Ok(());
    };
    let nodes = match &asked.url {
        Some(_) => None,
        None => Some(nodes::separate(tempfile::tempdir()?).ok_or("three nodes can't be had")?),
    };
    let url = asked.url.clone().or(nodes.as_ref().map(|nodes| nodes.url("bench")));
    let url = url.ok_or("no index")?;
    let made = tempfile::tempdir()?;
    let mut folders = asked.folders.clone();
    for time in 1..asked.times {
        for (at, folder) in asked.folders.iter().enumerate() {
            let copy = made.path().join(format!("copies/{time}/{at}"));
            copied(folder, &copy, &format!("第{time}號印本"))?;
            folders.push(copy);
        }
    }
    let folder = made.path().join("index");
    let cluster = Cluster::new(Address::parse(&url)?, Login::from_environment()?);
    let cluster = cluster.with_parts(3, asked.copies);
    let places: [(&str, &dyn Searchable); 2] = [("folder", &folder), ("cluster", &cluster)];
    let mut told = json!({"times": asked.times, "copies": asked.copies});

    println!("{:<10}{:>10}{:>10}{:>9}{:>14}", "", "clauses", "seconds", "MB/s", "bytes/clause");
    for (name, place) in places {
        let report = tiaowen_indexer::run(&folders, place, &RunOptions::default(), &|_| {})?;
        let each = place.bytes_on_disk() as f64 / report.clauses.max(1) as f64;
        let (clauses, seconds, speed) = (report.clauses, report.seconds, report.mb_per_s);
        println!("{name:<10}{clauses:>10}{seconds:>10.1}{speed:>9.2}{each:>14.0}");
        told[name] = json!({
            "documents": report.documents, "clauses": clauses, "bytes": report.bytes,
            "seconds": seconds, "mb_per_s": speed, "bytes_per_clause": each,
        });
    }

    println!("\n{:<10}{:>10}{:>10}{:>10}", "", "queries", "p50 ms", "p99 ms");
    let mut answers: Vec<Vec<Vec<String>>> = Vec::new();
    for (name, place) in places {
        let searcher = place.searcher()?;
        // One unmeasured round, as the first one fills caches.
        for query in asked.queries.iter().take(100) {
            first_ten(&searcher, query)?;
        }
        let (mut times, mut own) = (Vec::new(), Vec::new());
        for query in &asked.queries {
            let began = Instant::now();
            own.push(first_ten(&searcher, query)?);
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let of = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("{name:<10}{:>10}{:>10.1}{:>10.1}", times.len(), of(0.5), of(0.99));
        told[name]["p50_ms"] = json!(of(0.5));
        told[name]["p99_ms"] = json!(of(0.99));
        answers.push(own);
    }
    let differ: Vec<&String> = (asked.queries.iter().zip(answers[0].iter().zip(&answers[1])))
        .filter(|(_, (one, other))| one != other)
        .map(|(query, _)| query)
        .collect();
    let all = asked.queries.len();
    println!("\n{} of {all} queries have the same first ten", all - differ.len());
    told["queries"] = json!(all);
    told["differ"] = json!(differ);
    if let Some(file) = asked.json {
        fs::write(file, serde_json::to_string_pretty::<Value>(&told)? + "\n")?;
    }
    Ok(())
}

/// Reads the command line; `None` if arguments are missing.
fn asked() -> Result<Option<Asked>, Box<dyn Error>> {
    let mut asked = Asked { times: 1, copies: 1, ..Asked::default() };
    let (mut files, mut every, mut is_of) = (Vec::new(), 1, false);
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg}: a value is missing"));
        match arg.as_str() {
            "--of" => is_of = true,
            "--times" => asked.times = value()?.parse()?,
            "--every" => every = value()?.parse()?,
            "--copies" => asked.copies = value()?.parse()?,
            "--json" => asked.json = Some(value()?.into()),
            "--url" => asked.url = Some(value()?),
            _ if is_of => asked.folders.push(arg.into()),
            _ => files.push(arg),
        }
    }
    for file in files {
        asked.queries.extend(fs::read_to_string(file)?.lines().map(str::to_owned));
    }
    asked.queries = asked.queries.into_iter().step_by(every).collect();
    let is_enough = !asked.queries.is_empty() && !asked.folders.is_empty();
    Ok(is_enough.then_some(asked))
}

/// Copies a folder's documents, each with a line before its text.
fn copied(from: &Path, to: &Path, line: &str) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copied(&from, &to, line)?;
            continue;
        }
        let text = fs::read_to_string(&from)?;
        // Front matter remains as it is.
        let front = text.strip_prefix("---\n").and_then(|rest| rest.find("\n---\n"));
        let (front, text) = text.split_at(front.map_or(0, |end| end + "---\n\n---\n".len()));
        fs::write(to, format!("{front}{line}\n\n{}", text.trim_start()))?;
    }
    Ok(())
}

fn first_ten(searcher: &Searcher, query: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let request = Request { facets: false, ..Request::new(query) };
    Ok(searcher.search(&request)?.hits.iter().map(|hit| hit.record.id()).collect())
}
