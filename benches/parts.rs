//! Measures parts of the program, each against its limit in the same run: folding compared with
//! copying and OpenCC, segmentation and splitting with jieba, highlighting with reading, comparison
//! with splitting and folding, and a whole search process with loading jieba's dictionary.
//!
//! ```sh
//! cargo bench --bench parts -- FOLDER … [--index INDEX] [--query QUERY]
//! ```
//!
//! FOLDER has documents. The search is in INDEX, or in an index of them made for the run. Of
//! several rounds the best one counts, for whole processes the median.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use jieba_rs::Jieba;
use opencc_rust::{DefaultConfig, OpenCC, generate_static_dictionaries};
use tiaowen_corpus::DocumentText;
use tiaowen_query::{Analysis, Request, Searcher, highlights};
use tiaowen_terms::TermTable;
use tiaowen_text::{Script, Segmenter, Units, fold, numeral};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The bytes of documents that are measured: some of those in the folders.
const SAMPLE: usize = 16 << 20;
const ROUNDS: usize = 5;
/// The number of times that a process is started.
const STARTS: usize = 21;
/// The number of clauses of each of the two compared documents.
const COMPARED: usize = 5_000;

/// First arguments of processes started by this one.
const LOAD: &str = "--load-jieba";
const SEARCH: &str = "--search-in-process";

struct Asked {
    folders: Vec<PathBuf>,
    index: Option<PathBuf>,
    query: String,
}

/// A source: its name and its text.
type Source = (String, String);

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let mut asked = Asked { folders: Vec::new(), index: None, query: "知識產權".to_owned() };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            LOAD => return load(),
            SEARCH => return search(Path::new(&value()?), &value()?),
            "--index" => asked.index = Some(value()?.into()),
            "--query" => asked.query = value()?,
            _ => asked.folders.push(argument.into()),
        }
    }
    if asked.folders.is_empty() {
        // As `cargo test --benches` runs it: the bundled corpus shows that it works.
        asked.folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"));
    }
    let made = tempfile::tempdir()?;
    let opencc = made.path().join("opencc");
    generate_static_dictionaries(&opencc, &[DefaultConfig::T2S])?;
    let opencc = OpenCC::new(opencc.join(DefaultConfig::T2S.get_file_name()))?;

    let sources = sample(&asked.folders)?;
    let documents: Vec<DocumentText> = sources
        .iter()
        .map(|(name, text)| tiaowen_corpus::read(name, text))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    let clauses: Vec<&str> =
        documents.iter().flat_map(|own| &own.clauses).map(|clause| clause.text.as_str()).collect();
    speeds(&sources, &clauses, &opencc)?;
    comparison(&clauses, &opencc)?;

    let index = match asked.index {
        Some(index) => index,
        None => {
            let index = made.path().join("index");
            tiaowen_indexer::run(&asked.folders, &index, &Default::default(), &|_| {})?;
            index
        }
    };
    cold_start(&index, &asked.query)
}

/// A selection of the sources of about the size [`SAMPLE`].
fn sample(folders: &[PathBuf]) -> Outcome<Vec<Source>> {
    let (mut files, mut bytes) = (Vec::new(), 0);
    let mut folders = folders.to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let (entry, path) = entry.map(|entry| (entry.metadata(), entry.path()))?;
            let metadata = entry?;
            if metadata.is_dir() {
                folders.push(path);
            } else {
                bytes += metadata.len() as usize;
                files.push(path);
            }
        }
    }
    files.sort();
    let mut sources = Vec::new();
    for file in files.into_iter().step_by((bytes / SAMPLE).max(1)) {
        // Only files that are text already are measured.
        if let Ok(text) = std::fs::read_to_string(&file) {
            sources.push((file.to_string_lossy().into_owned(), text));
        }
    }
    Ok(sources)
}

/// The seconds of the best round.
fn best(mut work: impl FnMut()) -> f64 {
    let round = |_| {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}

fn row(name: &str, bytes: usize, seconds: f64) -> f64 {
    let speed = bytes as f64 / 1e6 / seconds;
    println!("  {name:<44}{speed:>10.1} MB/s");
    speed
}

fn ratio(name: &str, is: f64, goal: &str) {
    println!("  {name:<44}{is:>10.2}  {goal}");
}

/// Folding, segmentation, splitting and highlighting, clause by clause on one thread.
fn speeds(sources: &[Source], clauses: &[&str], opencc: &OpenCC) -> Outcome<()> {
    let bytes: usize = clauses.iter().map(|text| text.len()).sum();
    println!("{} clauses, {:.1} MB of text, one thread", clauses.len(), bytes as f64 / 1e6);

    println!("\nfolding");
    let mut buffer = String::new();
    let copy = best(|| {
        for text in clauses {
            buffer.clear();
            buffer.push_str(black_box(text));
            black_box(&buffer);
        }
    });
    row("memcpy", bytes, copy);
    let each = |work: &mut dyn FnMut(&str)| best(|| clauses.iter().for_each(|text| work(text)));
    let folding = row("fold", bytes, each(&mut |text| drop(black_box(fold(text)))));
    let mut units = Units::default();
    let reading = row("Units::read", bytes, each(&mut |text| units.read(black_box(text))));
    let mut refused = 0;
    let converted = each(&mut |text| refused += usize::from(opencc.convert(text).is_err()));
    if refused > 0 {
        return Err("OpenCC refuses a text".into());
    }
    let converting = row("OpenCC, T2S", bytes, converted);
    ratio("fold / OpenCC", folding / converting, "goal >= 3");
    ratio("Units::read / OpenCC", reading / converting, "");

    println!("\nsegmentation");
    let (segmenter, jieba) = (Segmenter::shared(), Jieba::new());
    let read: Vec<Units> = clauses.iter().map(|text| Units::of(text)).collect();
    let of_read = |work: &dyn Fn(&Units)| best(|| read.iter().for_each(work));
    let all = of_read(&|units| drop(black_box(segmenter.all_words(units))));
    let all = row("all_words, units read before", bytes, all);
    let cut = of_read(&|units| drop(black_box(segmenter.words(units))));
    let cut = row("words, units read before", bytes, cut);
    // Jieba gets folded text: it knows few words in Traditional and would be faster.
    let folded: Vec<String> = clauses.iter().map(|text| fold(text)).collect();
    let alone = |work: &dyn Fn(&str)| best(|| folded.iter().for_each(|text| work(text)));
    let jieba_all = alone(&|text| drop(black_box(jieba.cut_all(text))));
    let jieba_all = row("jieba alone, cut_all", bytes, jieba_all);
    let jieba_search = alone(&|text| drop(black_box(jieba.cut_for_search(text, false))));
    let jieba_search = row("jieba alone, cut_for_search", bytes, jieba_search);
    ratio("all_words / cut_all", all / jieba_all, "");
    ratio("words / cut_for_search", cut / jieba_search, "");

    println!("\nsplitting, whole documents");
    let whole: usize = sources.iter().map(|(_, text)| text.len()).sum();
    let splitting = best(|| {
        for (name, text) in sources {
            drop(black_box(tiaowen_corpus::read(name, text)));
        }
    });
    let splitting = row("tiaowen_corpus::read", whole, splitting);
    ratio("splitting / jieba's cut_for_search", splitting / jieba_search, "");

    println!("\nhighlighting");
    let terms = TermTable::built_in();
    let analyses = ["知識產權", "质素", "合作 交流", "第三條", "申請 機關"]
        .map(|query| [Analysis::of(query, segmenter, Some(terms))]);
    let marked = each(&mut |text| {
        for analysis in &analyses {
            black_box(highlights(text, analysis));
        }
    });
    let marking = row("highlights", bytes * analyses.len(), marked);
    ratio("highlights / Units::read", marking / reading, "");
    Ok(())
}

/// Two versions of a long document, in both scripts and with some wording changed.
fn comparison(clauses: &[&str], opencc: &OpenCC) -> Outcome<()> {
    let hant = clauses.iter().filter(|text| Script::of(text) == Script::Hant);
    let (mut left, mut right) = ("某某法\n".to_owned(), "某某法\n".to_owned());
    for (number, text) in (1_u32..).zip(hant.take(COMPARED)) {
        let label = numeral::han(number).ok_or("no numeral")?;
        let text = text.replace('\n', "");
        left.push_str(&format!("\n第{label}條　{text}\n"));
        let mut other = opencc.convert(text)?;
        match number % 20 {
            7 => other.push_str("前项规定，不适用之。"),
            13 => other = other.chars().skip(5).collect(),
            // Clauses that only one version has.
            17 => continue,
            _ => {}
        }
        right.push_str(&format!("\n第{label}条　{other}\n"));
    }
    let read = |text: &str| tiaowen_corpus::read("a.txt", text);
    let (mut lefts, mut rights) = (read(&left)?, read(&right)?);
    let ([one], [other]) = (lefts.as_mut_slice(), rights.as_mut_slice()) else {
        return Err(format!("{} and {} documents", lefts.len(), rights.len()).into());
    };
    let terms = TermTable::built_in();
    let summary = tiaowen_compare::compare(one, other, terms).summary;
    println!(
        "\ncomparison of {} and {} clauses, {:.1} MB: {} same, {} changed",
        one.clauses.len(),
        other.clauses.len(),
        (left.len() + right.len()) as f64 / 1e6,
        summary.same,
        summary.changed
    );
    let bytes = left.len() + right.len();
    let compared = best(|| drop(black_box(tiaowen_compare::compare(one, other, terms))));
    row("tiaowen_compare::compare", bytes, compared);
    let both = best(|| {
        for text in [&left, &right] {
            for clause in read(text).iter().flatten().flat_map(|own| &own.clauses) {
                black_box(fold(&clause.text));
            }
        }
    });
    row("splitting and folding", bytes, both);
    ratio("time of comparing / splitting and folding", compared / both, "goal <= 2");
    Ok(())
}

/// A whole process that searches, compared with one that loads jieba's dictionary.
fn cold_start(index: &Path, query: &str) -> Outcome<()> {
    println!("\ncold start, {query}, median of {STARTS}");
    let own = std::env::current_exe()?;
    let (mut searched, mut started, mut inside) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let mut search = Command::new(env!("CARGO_BIN_EXE_tiaowen"));
        search.args(["search", query, "--limit", "10", "--index"]).arg(index);
        searched.push(run(&mut search)?.0);
        let (whole, told) = run(Command::new(&own).arg(LOAD))?;
        let told: f64 = told.trim().parse()?;
        started.push(whole);
        inside.push(told);
    }
    let (searched, started, inside) = (median(searched), median(started), median(inside));
    let line = |name: &str, ms: f64| println!("  {name:<44}{ms:>10.1} ms");
    line("tiaowen search, process start to exit", searched);
    line("Jieba::new(), process start to exit", started);
    line("Jieba::new() itself", inside);
    ratio("tiaowen search / Jieba::new() itself", searched / inside, "goal <= 0.5");

    println!("  inside such a search");
    let mut steps: Vec<(String, Vec<f64>)> = Vec::new();
    for _ in 0..STARTS {
        let (_, told) = run(Command::new(&own).arg(SEARCH).arg(index).arg(query))?;
        for (at, line) in told.lines().enumerate() {
            let (name, ms) = line.split_once('\t').ok_or("no figure")?;
            if at == steps.len() {
                steps.push((name.to_owned(), Vec::new()));
            }
            steps[at].1.push(ms.parse()?);
        }
    }
    steps.into_iter().for_each(|(name, times)| line(&format!("  {name}"), median(times)));
    Ok(())
}

/// The milliseconds of a process, and its output.
fn run(command: &mut Command) -> Outcome<(f64, String)> {
    let started = Instant::now();
    let output = command.stderr(Stdio::null()).output()?;
    let took = started.elapsed().as_secs_f64() * 1000.0;
    // 1: nothing was found.
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("{command:?} ended with {}", output.status).into());
    }
    Ok((took, String::from_utf8(output.stdout)?))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A process that loads jieba's dictionary and prints how many milliseconds that took.
fn load() -> Outcome<()> {
    let started = Instant::now();
    black_box(Jieba::new());
    println!("{}", started.elapsed().as_secs_f64() * 1000.0);
    Ok(())
}

/// A process that searches like the program and prints how many milliseconds each step took.
fn search(index: &Path, query: &str) -> Outcome<()> {
    let mut last = Instant::now();
    let mut tell = |name: &str| {
        println!("{name}\t{}", last.elapsed().as_secs_f64() * 1000.0);
        last = Instant::now();
    };
    black_box(Segmenter::shared());
    tell("dictionaries");
    let searcher = Searcher::open(index)?;
    tell("opening the index");
    let request = Request::new(query);
    black_box(searcher.search(&request)?);
    tell("the search");
    black_box(searcher.search(&request)?);
    tell("the same once more");
    Ok(())
}
