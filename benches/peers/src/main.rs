//! tiaowen beside other engines: the same clauses and queries in one run, each engine in
//! processes of its own.
//!
//! ```sh
//! cd benches/peers
//! cargo run --release -- [--queries FILE …] [--questions FILE …] [--json FILE] [--engines a,b]
//!     FOLDER …
//! ```
//!
//! FOLDER holds documents, FILE queries or questions: one a line, or a line of JSON each with `query` or,
//! as topics have it, `hans`.
//! `docs/performance.md` says what is measured.

mod bare;
mod engine;
mod ours;
mod storm;
mod table;

use std::collections::HashSet;
use std::error::Error;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use engine::{Engine, Place, Step};
use serde_json::{Value, json};
use walkdir::WalkDir;

/// The program's, for all engines alike.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

struct Asked {
    queries: Vec<String>,
    questions: Vec<String>,
    json: Option<PathBuf>,
    engines: Vec<Engine>,
    folders: Vec<PathBuf>,
}

/// The first argument of a process that measures one engine.
const CHILD: &str = "--child";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [child, engine, step, place, folders @ ..] = arguments.as_slice()
        && child == CHILD
    {
        let place = Place::new(place, folders.iter().map(PathBuf::from).collect());
        let measured = engine::measure(engine.parse()?, step.parse()?, &place)?;
        println!("{measured}");
        return Ok(());
    }
    let asked = asked(arguments)?;
    let folder = tempfile::tempdir()?;
    let place = Place::new(folder.path(), asked.folders.clone());
    let prepared = prepare(&asked, &place)?;
    let rows: Vec<(Engine, Value)> =
        asked.engines.iter().map(|engine| (*engine, row(*engine, &place))).collect();
    println!("{}", table::table(&prepared, &rows));
    let engines: Vec<&Value> = rows.iter().map(|(_, row)| row).collect();
    let text = serde_json::to_string_pretty(&json!({ "corpus": prepared, "engines": engines }))?;
    match asked.json {
        Some(file) => fs::write(file, text)?,
        None => println!("{text}"),
    }
    Ok(())
}

fn asked(arguments: Vec<String>) -> Outcome<Asked> {
    let mut asked = Asked {
        queries: Vec::new(),
        questions: Vec::new(),
        json: None,
        engines: Engine::ALL.to_vec(),
        folders: Vec::new(),
    };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--queries" => asked.queries.extend(typed(&value()?)?),
            "--questions" => asked.questions.extend(typed(&value()?)?),
            "--json" => asked.json = Some(value()?.into()),
            "--engines" => {
                asked.engines = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            _ if argument.starts_with("--") => return Err(format!("{argument}?").into()),
            _ => asked.folders.push(fs::canonicalize(argument)?),
        }
    }
    if asked.folders.is_empty() {
        // The bundled corpus shows that it works.
        asked.folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus"));
    }
    if asked.queries.is_empty() {
        asked.queries =
            ["知識產權", "质素", "合作 交流", "第三條", "CEPA"].map(String::from).into();
    }
    if asked.questions.is_empty() {
        asked.questions =
            ["誰負責知識產權案件的協作？", "双方多久会面一次？", "工作計劃何時公布？"]
                .map(String::from)
                .into();
    }
    Ok(asked)
}

/// The queries of a file: its lines, or what each line of JSON asks.
fn typed(file: &str) -> Outcome<Vec<String>> {
    let query = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(fields)) => {
            let query = fields.get("query").or_else(|| fields.get("hans"));
            query.and_then(Value::as_str).unwrap_or(line).to_owned()
        }
        _ => line.to_owned(),
    };
    Ok(fs::read_to_string(file)?.lines().map(query).collect())
}

/// Writes down what all engines are given: the clauses, one a line, as they are and as jieba
/// cuts them, and the queries, likewise.
fn prepare(asked: &Asked, place: &Place) -> Outcome<Value> {
    let jieba = jieba_rs::Jieba::new();
    let mut clauses = BufWriter::new(File::create(place.clauses())?);
    let mut segmented = BufWriter::new(File::create(place.segmented_clauses())?);
    let mut facets = BufWriter::new(File::create(place.facets())?);
    let (mut known, mut documents, mut count, mut bytes, mut on_disk) =
        (HashSet::new(), 0, 0, 0, 0);
    for folder in &asked.folders {
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry?;
            if !entry.file_type().is_file() {
                continue;
            }
            let content = fs::read(entry.path())?;
            let mut hasher = DefaultHasher::new();
            content.hash(&mut hasher);
            // What is there twice is indexed once by us, and so by all.
            if !known.insert((content.len(), hasher.finish())) {
                continue;
            }
            let name = entry.path().to_string_lossy();
            let reading = Default::default();
            let Ok(read) = tiaowen_indexer::read_source(&name, &content, None, &reading) else {
                continue;
            };
            documents += 1;
            on_disk += content.len();
            for text in &read.texts {
                let document = &text.document;
                let year = document.date.as_deref().and_then(|date| date.get(..4)?.parse().ok());
                let year: Option<u64> = year;
                for clause in &text.clauses {
                    let divided = json!({
                        "kind": [document.kind.as_str()],
                        "script": [document.script.as_str()],
                        "party": document.parties,
                        "unit": clause.units,
                        "year": year,
                    });
                    writeln!(facets, "{divided}")?;
                }
            }
            for clause in read.texts.iter().flat_map(|document| &document.clauses) {
                count += 1;
                bytes += clause.text.len();
                writeln!(clauses, "{}", json!(clause.text))?;
                let cut = bare::words(&jieba, &clause.text).join(" ");
                writeln!(segmented, "{}", json!([cut, clause.text]))?;
            }
        }
    }
    clauses.flush()?;
    segmented.flush()?;
    facets.flush()?;
    let cut: Vec<String> =
        asked.queries.iter().map(|query| bare::words(&jieba, query).join(" ")).collect();
    fs::write(place.queries(), json!(asked.queries).to_string())?;
    fs::write(place.questions(), json!(asked.questions).to_string())?;
    fs::write(place.segmented_queries(), json!(cut).to_string())?;
    Ok(json!({
        "files": documents,
        "file_bytes": on_disk,
        "clauses": count,
        "text_bytes": bytes,
        "queries": asked.queries.len(),
        "questions": asked.questions.len(),
        "threads": engine::threads(),
    }))
}

/// What an engine's processes measure; what one can't do is told and the others go on.
fn row(engine: Engine, place: &Place) -> Value {
    eprintln!("{} …", engine.name());
    let mut row = json!({ "engine": engine.name() });
    for step in [Step::Index, Step::Search] {
        // An engine that is searched in another way only has been indexed.
        if step == Step::Index && place.index(engine).exists() {
            continue;
        }
        match child(engine, step, place) {
            Ok(measured) => row[step.name()] = measured,
            Err(error) => row["failed"] = format!("{}: {error}", step.name()).into(),
        }
        if row.get("failed").is_some() {
            break;
        }
    }
    row
}

fn child(engine: Engine, step: Step, place: &Place) -> Outcome<Value> {
    let output = Command::new(std::env::current_exe()?)
        .args([CHILD, engine.name(), step.name()])
        .arg(&place.folder)
        .args(&place.sources)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("ended with {}", output.status).into());
    }
    // An engine may print lines of its own before.
    let told = String::from_utf8(output.stdout)?;
    Ok(serde_json::from_str(told.lines().last().ok_or("nothing was told")?)?)
}
