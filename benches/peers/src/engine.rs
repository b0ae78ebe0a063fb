//! What is measured of an engine, in a process of its own.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

use serde_json::{Value, json};

use crate::{Outcome, bare, ours, storm};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Tantivy and tantivy-jieba: clauses that contain all words of a query.
    Bare,
    /// Tantivy on what jieba cut beforehand.
    Segmented,
    SeekStorm,
    /// As tantivy by itself, with all hits counted and divided into the facets of ours.
    BareFacets,
    /// Tantivy and tantivy-jieba: clauses that contain any word of a question.
    BareAny,
    Tiaowen,
    /// With facets, so that all hits are counted.
    TiaowenFacets,
    /// Asked questions.
    TiaowenAsked,
}

impl Engine {
    pub const ALL: [Engine; 8] = [
        Engine::Bare,
        Engine::Segmented,
        Engine::SeekStorm,
        Engine::Tiaowen,
        Engine::BareFacets,
        Engine::TiaowenFacets,
        Engine::BareAny,
        Engine::TiaowenAsked,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Engine::Bare => "bare",
            Engine::Segmented => "segmented",
            Engine::SeekStorm => "seekstorm",
            Engine::BareFacets => "bare-facets",
            Engine::BareAny => "bare-any",
            Engine::Tiaowen => "tiaowen",
            Engine::TiaowenFacets => "facets",
            Engine::TiaowenAsked => "asked",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Engine::Bare => "tantivy + tantivy-jieba",
            Engine::Segmented => "tantivy, cut beforehand",
            Engine::SeekStorm => "SeekStorm, zh",
            Engine::BareFacets => "tantivy, facets, total",
            Engine::BareAny => "tantivy, questions",
            Engine::Tiaowen => "tiaowen",
            Engine::TiaowenFacets => "tiaowen, facets, total",
            Engine::TiaowenAsked => "tiaowen, questions",
        }
    }

    /// The engine that does the same work with nothing else, beside which this one is measured.
    pub fn baseline(self) -> Engine {
        match self {
            Engine::BareFacets | Engine::TiaowenFacets => Engine::BareFacets,
            Engine::BareAny | Engine::TiaowenAsked => Engine::BareAny,
            _ => Engine::Bare,
        }
    }

    /// The engine whose index is searched.
    fn indexed_by(self) -> Engine {
        match self {
            Engine::BareAny => Engine::Bare,
            Engine::TiaowenFacets | Engine::TiaowenAsked => Engine::Tiaowen,
            engine => engine,
        }
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Engine::ALL.into_iter().find(|engine| engine.name() == name);
        known.ok_or_else(|| format!("no engine is called '{name}'"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Index,
    Search,
}

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Index => "index",
            Step::Search => "search",
        }
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = [Step::Index, Step::Search].into_iter().find(|step| step.name() == name);
        known.ok_or_else(|| format!("no step is called '{name}'"))
    }
}

/// Where the files of a run are.
pub struct Place {
    pub folder: PathBuf,
    /// The folders of documents.
    pub sources: Vec<PathBuf>,
}

impl Place {
    pub fn new(folder: impl AsRef<Path>, sources: Vec<PathBuf>) -> Self {
        Place { folder: folder.as_ref().to_owned(), sources }
    }

    pub fn clauses(&self) -> PathBuf {
        self.folder.join("clauses.jsonl")
    }

    pub fn segmented_clauses(&self) -> PathBuf {
        self.folder.join("segmented.jsonl")
    }

    pub fn queries(&self) -> PathBuf {
        self.folder.join("queries.json")
    }

    pub fn questions(&self) -> PathBuf {
        self.folder.join("questions.json")
    }

    /// What facets count of each clause, a line each.
    pub fn facets(&self) -> PathBuf {
        self.folder.join("facets.jsonl")
    }

    pub fn segmented_queries(&self) -> PathBuf {
        self.folder.join("segmented-queries.json")
    }

    pub fn index(&self, engine: Engine) -> PathBuf {
        self.folder.join(engine.indexed_by().name())
    }
}

/// Threads that engines index with.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(8)
}

/// How many hits a query gives, their texts fetched.
pub type Search = Box<dyn Fn(&str) -> Outcome<usize>>;

/// How often all queries are asked; what counts of each is the median.
const ROUNDS: usize = 3;

pub fn measure(engine: Engine, step: Step, place: &Place) -> Outcome<Value> {
    let folder = place.index(engine);
    match step {
        Step::Index => {
            let started = Instant::now();
            let clauses = match engine {
                Engine::Bare | Engine::BareAny => {
                    bare::index(&folder, bare::plain(&place.clauses())?)?
                }
                Engine::BareFacets => {
                    bare::index(&folder, bare::faceted(&place.clauses(), &place.facets())?)?
                }
                Engine::Segmented => {
                    bare::index(&folder, bare::segmented(&place.segmented_clauses())?)?
                }
                Engine::SeekStorm => storm::index(&folder, &place.clauses())?,
                Engine::Tiaowen | Engine::TiaowenFacets | Engine::TiaowenAsked => {
                    ours::index(&folder, &place.sources)?
                }
            };
            Ok(json!({
                "seconds": started.elapsed().as_secs_f64(),
                "cpu_seconds": cpu()?,
                "clauses": clauses,
                "index_bytes": size(&folder)?,
                "peak_bytes": memory("VmHWM:")?,
            }))
        }
        Step::Search => {
            let queries = match engine {
                Engine::Segmented => place.segmented_queries(),
                Engine::BareAny | Engine::TiaowenAsked => place.questions(),
                _ => place.queries(),
            };
            let queries: Vec<String> = serde_json::from_str(&fs::read_to_string(queries)?)?;
            let search = match engine {
                Engine::Bare => bare::search(&folder, bare::Kind::All)?,
                Engine::Segmented => bare::search(&folder, bare::Kind::AllCutBefore)?,
                Engine::BareFacets => bare::search(&folder, bare::Kind::AllWithFacets)?,
                Engine::BareAny => bare::search(&folder, bare::Kind::Any)?,
                Engine::SeekStorm => storm::search(&folder)?,
                Engine::Tiaowen | Engine::TiaowenAsked => ours::search(&folder, false)?,
                Engine::TiaowenFacets => ours::search(&folder, true)?,
            };
            ask(&queries, &search)
        }
    }
}

fn ask(queries: &[String], search: &Search) -> Outcome<Value> {
    let mut times = vec![Vec::new(); queries.len()];
    let mut found = 0;
    // Once unmeasured: files are read and dictionaries laid out by whoever comes first.
    for round in 0..=ROUNDS {
        for (query, times) in queries.iter().zip(&mut times) {
            let started = Instant::now();
            let hits = black_box(search(black_box(query))?);
            let took = started.elapsed().as_secs_f64() * 1000.0;
            if round == 0 {
                found += usize::from(hits > 0);
            } else {
                times.push(took);
            }
        }
    }
    let mut times: Vec<f64> = times
        .into_iter()
        .filter_map(|mut own| {
            own.sort_by(f64::total_cmp);
            own.get(own.len() / 2).copied()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let share = |share: usize| times.get(times.len() * share / 100).copied();
    Ok(json!({
        "p50_ms": share(50),
        "p99_ms": share(99),
        "mean_ms": times.iter().sum::<f64>() / times.len() as f64,
        "found": found,
        "own_bytes": memory("RssAnon:")?,
        "resident_bytes": memory("VmRSS:")?,
    }))
}

/// The values of a file with one a line.
pub fn lines(file: &Path) -> Outcome<impl Iterator<Item = Outcome<Value>> + use<>> {
    let lines = BufReader::with_capacity(1 << 20, File::open(file)?).lines();
    Ok(lines.map(|line| Ok(serde_json::from_str(&line?)?)))
}

/// The bytes of the files in `folder`.
fn size(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for entry in walkdir::WalkDir::new(folder) {
        let metadata = entry?.metadata()?;
        bytes += if metadata.is_file() { metadata.len() } else { 0 };
    }
    Ok(bytes)
}

/// What the system says of this process's memory, in bytes.
fn memory(key: &str) -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)).ok_or("no such figure")?;
    let kilobytes: u64 = line.split_whitespace().next().unwrap_or_default().parse()?;
    Ok(kilobytes * 1024)
}

/// Seconds that cores worked for this process: what others do meanwhile changes them little.
fn cpu() -> Outcome<f64> {
    /// Ticks a second in what Linux tells programs.
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name before may hold white space.
    let (_, figures) = stat.rsplit_once(')').ok_or("no figures")?;
    let ticks = figures.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}
