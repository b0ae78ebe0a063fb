//! Measures how time, memory and size grow with the corpus: the same folders once, three and ten
//! times, each copy with a different first line, indexed by `tiaowen index` and searched.
//!
//! ```sh
//! cargo bench --bench growth -- QUERIES [QUERIES …] --of FOLDER [FOLDER …]
//!                               [--times 1,3,10] [--json FILE] [--plot FILE.svg]
//! cargo bench --bench growth -- --read FILE --plot FILE.svg
//! ```
//!
//! `--read` draws what `--json` wrote, without measuring again. Each of QUERIES is a file with one
//! query per line. Memory is the peak of resident memory while indexing, including mapped files
//! (*peak*), and the most that the process had for itself, looked at fifty times a second (*own*);
//! for searches, what the process has for itself.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::error::Error;
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tiaowen_query::{Request, Searcher};

type Outcome<T> = Result<T, Box<dyn Error>>;

struct Asked {
    queries: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    times: Vec<usize>,
    read: Option<PathBuf>,
    json: Option<PathBuf>,
    plot: Option<PathBuf>,
}

/// The figures of a corpus of some size.
#[derive(Debug, Deserialize, Serialize)]
struct Cost {
    times: usize,
    clauses: u64,
    /// Megabytes of the sources.
    text: f64,
    seconds: f64,
    /// The peak of resident megabytes while indexing, including mapped files.
    peak: f64,
    /// The most megabytes that the indexing process has for itself.
    indexing: f64,
    /// Megabytes of the index.
    size: f64,
    p50: f64,
    p99: f64,
    /// Megabytes that a searching process has for itself.
    searching: f64,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|own| own != "--bench").collect();
    // A search is measured in a separate process.
    if let [first, index, queries @ ..] = arguments.as_slice()
        && first == "--searched"
    {
        println!("{}", searched(Path::new(index), queries)?);
        return Ok(());
    }
    let asked = asked(arguments)?;
    let costs: Box<dyn Iterator<Item = Outcome<Cost>>> = match &asked.read {
        Some(file) => {
            let known: Vec<Cost> = serde_json::from_slice(&std::fs::read(file)?)?;
            Box::new(known.into_iter().map(Ok))
        }
        None => Box::new(asked.times.iter().map(|&times| cost(&asked, times))),
    };
    let mut told = Vec::new();
    println!(
        "{:>5}{:>9}{:>9}{:>9}{:>6}{:>9}{:>8}{:>10}{:>8}{:>8}{:>8}",
        "times",
        "clauses",
        "text MB",
        "seconds",
        "MB/s",
        "peak MB",
        "own MB",
        "index MB",
        "p50 ms",
        "p99 ms",
        "own MB"
    );
    for cost in costs {
        let cost = cost?;
        println!(
            "{:>5}{:>9}{:>9.0}{:>9.1}{:>6.1}{:>9.0}{:>8.0}{:>10.0}{:>8.2}{:>8.2}{:>8.0}",
            cost.times,
            cost.clauses,
            cost.text,
            cost.seconds,
            cost.text / cost.seconds,
            cost.peak,
            cost.indexing,
            cost.size,
            cost.p50,
            cost.p99,
            cost.searching
        );
        told.push(cost);
    }
    if let Some(file) = &asked.json {
        std::fs::write(file, serde_json::to_string_pretty(&told)?)?;
    }
    if let Some(file) = &asked.plot {
        std::fs::write(file, plot(&told)?)?;
    }
    Ok(())
}

fn asked(arguments: Vec<String>) -> Outcome<Asked> {
    let mut asked = Asked {
        queries: Vec::new(),
        folders: Vec::new(),
        times: vec![1, 3, 10],
        read: None,
        json: None,
        plot: None,
    };
    let (mut rest, mut in_folders) = (arguments.into_iter(), false);
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--of" => in_folders = true,
            "--read" => asked.read = Some(rest.next().ok_or("--read needs a file")?.into()),
            "--json" => asked.json = Some(rest.next().ok_or("--json needs a file")?.into()),
            "--plot" => asked.plot = Some(rest.next().ok_or("--plot needs a file")?.into()),
            "--times" => {
                let times = rest.next().ok_or("--times needs numbers")?;
                asked.times = times.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            _ if in_folders => asked.folders.push(argument.into()),
            _ => asked.queries.push(argument.into()),
        }
    }
    if asked.folders.is_empty() && asked.read.is_none() {
        // As `cargo test --benches` runs it: the bundled corpus shows that it works.
        asked.folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")];
        asked.times = vec![1, 2];
    }
    Ok(asked)
}

fn cost(asked: &Asked, times: usize) -> Outcome<Cost> {
    let work = tempfile::tempdir()?;
    let (corpus, index) = (work.path().join("corpus"), work.path().join("index"));
    for copy in 0..times {
        for (nth, folder) in asked.folders.iter().enumerate() {
            copied(folder, &corpus.join(format!("{copy}-{nth}")), copy)?;
        }
    }
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tiaowen"))
        .args(["index", "--format", "json", "--index"])
        .args([&index, &corpus])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (mut peak, mut indexing) = (0.0, 0.0f64);
    let status = loop {
        peak = memory(child.id(), "VmHWM:").unwrap_or(peak);
        indexing = indexing.max(memory(child.id(), "RssAnon:").unwrap_or(0.0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let seconds = began.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("tiaowen index ended with {status}").into());
    }
    let mut report = String::new();
    child.stdout.take().ok_or("no standard output")?.read_to_string(&mut report)?;
    let report: Value = serde_json::from_str(&report)?;
    let own = std::env::current_exe()?;
    let answered = Command::new(own).arg("--searched").arg(&index).args(&asked.queries).output()?;
    if !answered.status.success() {
        return Err(String::from_utf8_lossy(&answered.stderr).into_owned().into());
    }
    let told: Value = serde_json::from_slice(&answered.stdout)?;
    let figure = |name: &str| told[name].as_f64().unwrap_or(f64::NAN);
    Ok(Cost {
        times,
        clauses: report["clauses"].as_u64().unwrap_or(0),
        text: report["bytes"].as_f64().unwrap_or(f64::NAN) / 1e6,
        seconds,
        peak,
        indexing,
        size: size(&index)? as f64 / 1e6,
        p50: figure("p50"),
        p99: figure("p99"),
        searching: figure("own"),
    })
}

/// Copies the texts of a folder, each with a first line that no other copy has.
fn copied(from: &Path, to: &Path, copy: usize) -> Outcome<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, into) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copied(&path, &into, copy)?;
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let text = if copy == 0 { text } else { format!("副本{copy}\n\n{text}") };
            std::fs::write(into, text)?;
        }
    }
    Ok(())
}

fn searched(index: &Path, files: &[String]) -> Outcome<Value> {
    let mut queries = Vec::new();
    for file in files {
        queries.extend(std::fs::read_to_string(file)?.lines().map(str::to_owned));
    }
    if queries.is_empty() {
        queries = ["知識產權", "质素", "合作 交流", "第三條"].map(str::to_owned).to_vec();
    }
    let searcher = Searcher::open(index)?;
    let mut times = Vec::new();
    for query in &queries {
        // The first of three runs fills caches; the faster one of the others counts.
        let mut best = f64::INFINITY;
        for nth in 0..3 {
            let began = Instant::now();
            searcher.search(&Request::new(query.as_str()))?;
            let took = began.elapsed().as_secs_f64() * 1e3;
            best = if nth == 0 { best } else { best.min(took) };
        }
        times.push(best);
    }
    times.sort_by(f64::total_cmp);
    let own = memory(std::process::id(), "RssAnon:").unwrap_or(f64::NAN);
    let share = |share: usize| times[(times.len() - 1) * share / 100];
    Ok(json!({
        "p50": share(50),
        "p99": share(99),
        "own": own,
    }))
}

/// Megabytes under a key in the status of a process; `None` if the system doesn't report it.
fn memory(process: u32, key: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0 / 1e6)
}

/// Bytes of a folder.
fn size(folder: &Path) -> Outcome<u64> {
    let mut all = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        all += if metadata.is_dir() { size(&entry.path())? } else { metadata.len() };
    }
    Ok(all)
}

/// Three panels, each beginning at the origin. Linear growth follows the dashes.
fn plot(costs: &[Cost]) -> Outcome<String> {
    let (width, height, pad) = (300.0, 220.0, 44.0);
    type Figure = fn(&Cost) -> f64;
    let panels: [(&str, &[(&str, Figure)]); 3] = [
        ("indexing, s", &[("s", |cost| cost.seconds)]),
        ("a search, ms", &[("p50", |cost| cost.p50), ("p99", |cost| cost.p99)]),
        (
            "own memory, MB",
            &[("indexing", |cost| cost.indexing), ("search", |cost| cost.searching)],
        ),
    ];
    let most_times = costs.iter().map(|cost| cost.times).max().unwrap_or(1) as f64;
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\" role=\"img\" \
         aria-label=\"Time and memory by the size of the corpus\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
        3.0 * width
    )?;
    for (nth, (name, figures)) in panels.into_iter().enumerate() {
        let left = nth as f64 * width + pad;
        let most = figures
            .iter()
            .flat_map(|(_, of)| costs.iter().map(of))
            .fold(f64::MIN_POSITIVE, f64::max);
        let x = |times: f64| left + (width - 1.6 * pad) * times / most_times;
        let y = |value: f64| height - pad - (height - 2.0 * pad) * value / most;
        writeln!(svg, "<text x=\"{left}\" y=\"20\" font-size=\"13\">{name}</text>")?;
        writeln!(
            svg,
            "<path d=\"M{} {}V{}H{}\" fill=\"none\" stroke=\"#888\"/>",
            x(0.0),
            y(most),
            y(0.0),
            x(most_times)
        )?;
        for cost in costs {
            let at = cost.times as f64;
            let times = cost.times;
            let (x, y) = (x(at), y(0.0) + 16.0);
            writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{times} ×</text>"
            )?;
        }
        for (which, (label, of)) in figures.iter().enumerate() {
            let colour = ["#1f5fae", "#b3541e"][which % 2];
            let points: Vec<String> = costs
                .iter()
                .map(|cost| format!("{:.1},{:.1}", x(cost.times as f64), y(of(cost))))
                .collect();
            writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                points.join(" ")
            )?;
            for cost in costs {
                let (at, value) = (x(cost.times as f64), of(cost));
                let digits = if value < 10.0 { 2 } else { 0 };
                writeln!(
                    svg,
                    "<circle cx=\"{at:.1}\" cy=\"{0:.1}\" r=\"3\" fill=\"{colour}\"/>\
                     <text x=\"{at:.1}\" y=\"{1:.1}\" text-anchor=\"end\" fill=\"{colour}\">{value:.digits$}</text>",
                    y(value),
                    y(value) - 7.0
                )?;
            }
            let (x, y) = (left + 122.0 + 52.0 * which as f64, 20);
            writeln!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\">{label}</text>")?;
            // Linear growth through the origin.
            if let Some(first) = costs.first() {
                let slope = of(first) / first.times as f64;
                let end = (most / slope).min(most_times);
                writeln!(
                    svg,
                    "<path d=\"M{} {}L{:.1} {:.1}\" stroke=\"{colour}\" stroke-dasharray=\"2 4\" fill=\"none\"/>",
                    left,
                    height - pad,
                    left + (width - 1.6 * pad) * end / most_times,
                    height - pad - (height - 2.0 * pad) * slope * end / most
                )?;
            }
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}
