//! What a cluster's index costs beside a folder's, and how alike they answer: indexing, bytes a
//! clause, times of the same queries, the same first ten, in one run.
//!
//! ```sh
//! cargo bench --bench cluster -- URL QUERIES [QUERIES …] --of FOLDER [FOLDER …]
//! ```
//!
//! URL is that of an index that is not there yet, each of QUERIES a file with one a line.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use tiaowen_cluster::{Address, Cluster, Login};
use tiaowen_indexer::Options;
use tiaowen_query::{Request, Searchable, Searcher};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [url, rest @ ..] = args.as_slice() else {
        println!("name the URL of an index to make, files of queries, --of, and folders");
        return Ok(());
    };
    let at = rest.iter().position(|arg| arg == "--of").ok_or("--of is missing")?;
    let mut queries = Vec::new();
    for file in &rest[..at] {
        queries.extend(std::fs::read_to_string(file)?.lines().map(str::to_owned));
    }
    let paths: Vec<PathBuf> = rest[at + 1..].iter().map(PathBuf::from).collect();
    let made = tempfile::tempdir()?;
    let folder = made.path().join("index");
    let cluster = Cluster::new(Address::parse(url)?, Login::from_environment()?);

    println!("{:<10}{:>10}{:>10}{:>9}{:>14}", "", "clauses", "seconds", "MB/s", "bytes/clause");
    let places: [(&str, &dyn Searchable); 2] = [("folder", &folder), ("cluster", &cluster)];
    for (name, place) in places {
        let report = tiaowen_indexer::run(&paths, place, &Options::default(), &|_| {})?;
        let each = place.bytes_on_disk() as f64 / report.clauses.max(1) as f64;
        let (clauses, seconds, speed) = (report.clauses, report.seconds, report.mb_per_s);
        println!("{name:<10}{clauses:>10}{seconds:>10.1}{speed:>9.2}{each:>14.0}");
    }

    println!("\n{:<10}{:>10}{:>10}{:>10}", "", "queries", "p50 ms", "p99 ms");
    let mut answers: Vec<Vec<Vec<String>>> = Vec::new();
    for (name, place) in places {
        let searcher = place.searcher()?;
        // Once unmeasured: caches are filled by whoever comes first.
        for query in queries.iter().take(100) {
            first_ten(&searcher, query)?;
        }
        let (mut times, mut own) = (Vec::new(), Vec::new());
        for query in &queries {
            let began = Instant::now();
            own.push(first_ten(&searcher, query)?);
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let of = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("{name:<10}{:>10}{:>10.1}{:>10.1}", times.len(), of(0.5), of(0.99));
        answers.push(own);
    }
    let same = answers[0].iter().zip(&answers[1]).filter(|(one, other)| one == other).count();
    println!("\n{same} of {} queries have the same first ten", queries.len());
    Ok(())
}

fn first_ten(searcher: &Searcher, query: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let request = Request { facets: false, ..Request::new(query) };
    Ok(searcher.search(&request)?.hits.iter().map(|hit| hit.record.id()).collect())
}
