//! Compares the quality of answers with common recipes in one run.
//!
//! ```sh
//! cargo bench --bench quality -- FOLDER TOPICS [TOPICS …] [--json FILE] [--held-out]
//! ```
//!
//! FOLDER has the documents that TOPICS judge. It is indexed by the program and searched like
//! `tiaowen judge` does. The clauses of this index are then indexed again in memory by each recipe,
//! which searches a plain disjunction of all tokens of the query with BM25. The output has nDCG@10
//! for queries in Traditional and in Simplified, and parity (the mean overlap of the first ten of
//! both), for each kind of topic and for all files together; for our search also for each file, and
//! without regional terms. `--json` writes the same to a file, unrounded. `--held-out` chooses the
//! weights on three quarters of the topics and measures them on the rest, in turn.
//!
//! The recipes are implemented here, and stand for a sequence of steps rather than a product. They
//! use the same folding table and jieba; jieba has only its own dictionary there, and punctuation
//! is not a token. They know only the text of a clause: no headings, no titles, no regional terms.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its table")]

mod topics;

use std::collections::HashSet;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};
use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::schema::{FAST, IndexRecordOption, Schema};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, Order, TantivyDocument};
use tiaowen_index::{ClauseIndex, ClauseRecord, tantivy};
use tiaowen_indexer::RunOptions;
use tiaowen_query::judge::{Means, TopicResult, means, name};
use tiaowen_query::{Request, Searcher, Weights};
use tiaowen_text::{Units, fold};
use topics::{Found, JIEBA, Made, Topic, any_token, indexed, search_words};

/// A common way to search.
struct Recipe {
    /// Its name, split into lines as the head of a column.
    name: &'static str,
    /// The tokenizers, one for each field.
    cuts: &'static [fn(&str) -> Vec<String>],
}

const RECIPES: &[Recipe] = &[
    Recipe { name: "jieba,\nunfolded", cuts: &[printed_words] },
    Recipe { name: "charabia's\norder", cuts: &[words_then_folded] },
    Recipe { name: "fold,\nthen\nwords", cuts: &[folded_words] },
    Recipe { name: "fold,\nthen\nbigrams", cuts: &[bigrams] },
    Recipe { name: "fold,\nwords +\nbigrams", cuts: &[folded_words, bigrams] },
];

const OURS: &str = "tiaowen";

const USAGE: &str =
    "cargo bench --bench quality -- FOLDER TOPICS [TOPICS …] [--json FILE] [--held-out]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quality: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Arguments { folder, topics: files, json, held_out } = Arguments::read()?;
    let files = files
        .into_iter()
        .map(|file| Ok((topics::read(&file)?, file)))
        .collect::<Result<Vec<_>, String>>()?;
    let pooled: Vec<&Topic> = files.iter().flat_map(|(topics, _)| topics).collect();

    let home = tempfile::tempdir()?;
    let mut searcher = index_as_we_do(&folder, &home.path().join("index"))?;
    let clauses = clauses(&searcher)?;

    let mut columns = Vec::new();
    for recipe in RECIPES {
        let rival = Rival::new(recipe, &clauses)?;
        columns.push((recipe.name, judged(&pooled, |typed| rival.search(typed))?));
    }
    let ask = |expand: bool| {
        judged(&pooled, |typed| ours(&searcher, &Request { expand, ..Request::new(typed) }))
    };
    let (ours, unexpanded) = (ask(true)?, means(&ask(false)?).0);
    let by_file = by_file(&files, &ours);
    columns.push((OURS, ours));

    let judgements: usize = pooled.iter().map(|topic| topic.relevant.len()).sum();
    let missing = missing(&pooled, &clauses);
    println!("{} clauses, {} topics, {judgements} judgements", clauses.len(), pooled.len());
    if missing > 0 {
        // The usual reason is another FOLDER than the one that was judged.
        println!("{missing} judgements name a clause that is not in {}", folder.display());
    }
    println!("\n{}", table(&columns));
    println!("{OURS:<22}{:>7}{:>8}{:>8}{:>9}", "topics", "Hant", "Hans", "parity");
    let line = |name: &str, own: &Means| {
        let Means { topics, hant, hans, parity } = own;
        println!("{name:<22}{topics:>7}{hant:>8.3}{hans:>8.3}{parity:>9.3}");
    };
    for (file, own) in &by_file {
        line(&file.file_name().unwrap_or(file.as_os_str()).to_string_lossy(), own);
    }
    line("all, with --no-expand", &unexpanded);
    if held_out {
        weights_held_out(&mut searcher, &pooled)?;
    }
    if let Some(file) = json {
        let report = json!({
            "folder": folder.display().to_string(),
            "clauses": clauses.len(),
            "judgements": judgements,
            "missing": missing,
            "recipes": columns.iter().map(recipe_json).collect::<Vec<_>>(),
            "no_expand": figures(&unexpanded),
            "files": by_file.iter().map(file_json).collect::<Vec<_>>(),
        });
        std::fs::write(&file, format!("{report:#}\n"))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

struct Arguments {
    folder: PathBuf,
    topics: Vec<PathBuf>,
    json: Option<PathBuf>,
    held_out: bool,
}

impl Arguments {
    fn read() -> Result<Self, String> {
        let (benched, given): (Vec<OsString>, Vec<OsString>) =
            std::env::args_os().skip(1).partition(|argument| argument == "--bench");
        let (mut paths, mut json, mut held_out) = (Vec::new(), None, false);
        let mut given = given.into_iter();
        while let Some(argument) = given.next() {
            match argument.to_str() {
                Some("--json") => {
                    let file = given.next().ok_or(format!("--json needs a file: {USAGE}"))?;
                    json = Some(file.into());
                }
                Some("--held-out") => held_out = true,
                Some(option) if option.starts_with('-') => {
                    return Err(format!("there is no option {option}: {USAGE}"));
                }
                _ => paths.push(PathBuf::from(argument)),
            }
        }
        if paths.is_empty() && benched.is_empty() {
            // As `cargo test --benches` runs it: the bundled data shows that it works.
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            paths = vec![root.join("corpus"), root.join("tests/topics/a.jsonl")];
        }
        let mut paths = paths.into_iter();
        let folder = paths.next().ok_or(format!("name a folder and its topics: {USAGE}"))?;
        if !folder.is_dir() {
            return Err(format!("{}: there is no such folder", folder.display()));
        }
        let topics: Vec<PathBuf> = paths.collect();
        if topics.is_empty() {
            return Err(format!("name a file of topics: {USAGE}"));
        }
        Ok(Arguments { folder, topics, json, held_out })
    }
}

/// Indexes `folder` at `index`. A source that can't be read ends the run, as figures of a part of
/// the corpus would pass for those of the whole.
fn index_as_we_do(folder: &Path, index: &Path) -> Result<Searcher, Box<dyn Error>> {
    let report =
        tiaowen_indexer::run(&[folder.to_owned()], index, &RunOptions::default(), &|_| {})?;
    if let Some(failure) = report.failed.first() {
        return Err(format!("{}: {}", failure.source, failure.reason).into());
    }
    if report.clauses == 0 {
        return Err(format!("{}: there is no clause in it", folder.display()).into());
    }
    Ok(Searcher::new(ClauseIndex::open(index)?)?)
}

/// All clauses of our index in the order of the corpus, so that the rivals have the same.
fn clauses(searcher: &Searcher) -> Result<Vec<Found>, Box<dyn Error>> {
    let mut clauses = Vec::new();
    for document in searcher.manifest()?.documents() {
        clauses.extend(searcher.document(&document.id)?.iter().map(found));
    }
    Ok(clauses)
}

fn found(record: &ClauseRecord) -> Found {
    Found {
        id: record.id(),
        source: record.document.source.clone(),
        text: record.clause.text.clone(),
    }
}

fn judged(
    topics: &[&Topic],
    ask: impl Fn(&str) -> Result<Vec<Found>, Box<dyn Error>>,
) -> Result<Vec<TopicResult>, Box<dyn Error>> {
    topics.iter().map(|topic| topic.judge(&ask)).collect()
}

/// The result of our search without grouping, as topics judge it.
fn ours(searcher: &Searcher, request: &Request) -> Result<Vec<Found>, Box<dyn Error>> {
    let request = Request { group: false, facets: false, ..request.clone() };
    let hits = searcher.search(&request)?.hits;
    Ok(hits.iter().map(|hit| found(&hit.record)).collect())
}

/// A weight that is varied.
type Varied = (&'static str, fn(&mut Weights) -> &mut f32);

const VARIED: [Varied; 15] = [
    ("word", |w| &mut w.word),
    ("inner", |w| &mut w.inner),
    ("pair", |w| &mut w.pair),
    ("character", |w| &mut w.character),
    ("figure", |w| &mut w.figure),
    ("fixed", |w| &mut w.fixed),
    ("phrase", |w| &mut w.phrase),
    ("whole", |w| &mut w.whole),
    ("heading", |w| &mut w.heading),
    ("title", |w| &mut w.title),
    ("name", |w| &mut w.name),
    ("regional", |w| &mut w.regional),
    ("coverage_floor", |w| &mut w.coverage_floor),
    ("unanswered", |w| &mut w.unanswered),
    ("near", |w| &mut w.near),
];

/// Chooses weights on three quarters of the topics and measures them on the fourth, in turn. This
/// shows what the choice is worth for unseen topics.
fn weights_held_out(searcher: &mut Searcher, topics: &[&Topic]) -> Result<(), Box<dyn Error>> {
    const FOLDS: usize = 4;
    let mut measure = |weights: &Weights, own: &[&Topic]| -> Result<(f64, f64), Box<dyn Error>> {
        searcher.set_weights(*weights);
        let searcher = &*searcher;
        let means = means(&judged(own, |typed| ours(searcher, &Request::new(typed)))?).0;
        Ok(((means.hant + means.hans) / 2.0, means.parity))
    };
    println!("\n{:<8}{:>8}{:>10}{:>10}  changed", "fold", "topics", "as is", "chosen");
    let (mut before, mut after) = (0.0, 0.0);
    for fold in 0..FOLDS {
        let part = |held: bool| -> Vec<&Topic> {
            let own = topics.iter().enumerate().filter(|(at, _)| (at % FOLDS == fold) == held);
            own.map(|(_, topic)| *topic).collect()
        };
        let (chosen_on, held) = (part(false), part(true));
        let mut weights = Weights::default();
        let goal = |(quality, parity): (f64, f64)| quality + 0.2 * parity;
        let mut best = goal(measure(&weights, &chosen_on)?);
        for (_, weight) in VARIED {
            for factor in [0.5, 0.75, 1.33, 2.0] {
                let mut varied = weights;
                *weight(&mut varied) *= factor;
                let reached = goal(measure(&varied, &chosen_on)?);
                // A smaller gain is one place of one topic.
                if reached > best + 0.0005 {
                    (best, weights) = (reached, varied);
                }
            }
        }
        let changed = VARIED.iter().filter(|(_, weight)| {
            *weight(&mut weights.clone()) != *weight(&mut Weights::default())
        });
        let changed: Vec<&str> = changed.map(|(name, _)| *name).collect();
        let (is, chosen) = (measure(&Weights::default(), &held)?.0, measure(&weights, &held)?.0);
        println!("{fold:<8}{:>8}{is:>10.3}{chosen:>10.3}  {}", held.len(), changed.join(" "));
        before += is * held.len() as f64;
        after += chosen * held.len() as f64;
    }
    let count = topics.len() as f64;
    println!("{:<8}{:>8}{:>10.3}{:>10.3}", "all", topics.len(), before / count, after / count);
    Ok(())
}

/// The means of each file. `results` are those of all files in order.
fn by_file<'a>(
    files: &'a [(Vec<Topic>, PathBuf)],
    mut results: &[TopicResult],
) -> Vec<(&'a Path, Means)> {
    let mut by_file = Vec::new();
    for (topics, file) in files {
        let (own, rest) = results.split_at(topics.len());
        by_file.push((file.as_path(), means(own).0));
        results = rest;
    }
    by_file
}

/// The number of judgements whose clause doesn't exist.
fn missing(topics: &[&Topic], clauses: &[Found]) -> usize {
    let known: HashSet<_> =
        clauses.iter().map(|clause| name(&clause.source, &clause.text)).collect();
    let judged = topics.iter().flat_map(|topic| &topic.relevant);
    judged.filter(|clause| !known.contains(&clause.name())).count()
}

/// The clauses in memory, indexed by a recipe.
struct Rival<'a> {
    index: Index,
    /// The names of the fields and of their tokenizers.
    fields: Vec<String>,
    clauses: &'a [Found],
}

/// The field of a clause's position in the corpus.
const PLACE: &str = "place";

impl<'a> Rival<'a> {
    fn new(recipe: &Recipe, clauses: &'a [Found]) -> Result<Self, Box<dyn Error>> {
        let (mut schema, tokenizers) = (Schema::builder(), TokenizerManager::default());
        let place = schema.add_u64_field(PLACE, FAST);
        let (mut names, mut fields) = (Vec::new(), Vec::new());
        for (cut, number) in recipe.cuts.iter().zip(1..) {
            let name = format!("cut {number}");
            tokenizers.register(&name, TextAnalyzer::from(Made(*cut)));
            fields.push(schema.add_text_field(&name, indexed(&name, IndexRecordOption::WithFreqs)));
            names.push(name);
        }
        let index =
            Index::builder().schema(schema.build()).tokenizers(tokenizers).create_in_ram()?;
        let mut writer = index.writer_with_num_threads(1, 64 << 20)?;
        for (clause, number) in clauses.iter().zip(0..) {
            let mut entry = TantivyDocument::new();
            entry.add_u64(place, number);
            for field in &fields {
                entry.add_text(*field, &clause.text);
            }
            writer.add_document(entry)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        Ok(Rival { index, fields: names, clauses })
    }

    /// The ten best clauses. Ties are decided by their order in the corpus, however many segments
    /// there are.
    fn search(&self, typed: &str) -> Result<Vec<Found>, Box<dyn Error>> {
        let query = any_token(&self.index, self.fields.iter().map(String::as_str), typed)?;
        let place = SortByStaticFastValue::<u64>::for_field(PLACE);
        let order = (SortBySimilarityScore, (place, Order::Asc));
        let best = self
            .index
            .reader()?
            .searcher()
            .search(&query, &TopDocs::with_limit(10).order_by(order))?;
        let clause = |place: Option<u64>| self.clauses.get(usize::try_from(place?).ok()?).cloned();
        Ok(best.into_iter().filter_map(|((_, place), _)| clause(place)).collect())
    }
}

/// Jieba's search mode on the text as printed: what most systems do.
fn printed_words(text: &str) -> Vec<String> {
    spoken(search_words(text))
}

/// Words of the text as printed, each folded afterwards. The dictionary knows few words in
/// Traditional, so the scripts are segmented differently.
fn words_then_folded(text: &str) -> Vec<String> {
    spoken(JIEBA.cut(text, false).into_iter().map(|token| fold(token.word)).collect())
}

/// Jieba's search mode on the folded text.
fn folded_words(text: &str) -> Vec<String> {
    spoken(search_words(&fold(text)))
}

/// Single characters of the folded text, adjacent pairs, and whole Latin words and figures, as
/// Lucene's CJKBigramFilter produces them if it keeps unigrams.
fn bigrams(text: &str) -> Vec<String> {
    let units = Units::of(text);
    let mut tokens: Vec<String> = units.iter().map(|unit| units.folded(unit).to_owned()).collect();
    for run in units.han_runs() {
        let pairs = (run.start + 2..run.end + 1).map(|end| units.folded_run(end - 2..end));
        tokens.extend(pairs.map(str::to_owned));
    }
    tokens
}

/// Drops punctuation and white space.
fn spoken(mut tokens: Vec<String>) -> Vec<String> {
    tokens.retain(|token| token.chars().any(char::is_alphanumeric));
    tokens
}

/// The name of a recipe, and its result for each topic.
type Column = (&'static str, Vec<TopicResult>);

/// One of the figures in means.
type Measure = fn(&Means) -> f64;

/// A column for each recipe, a row for each kind, and a block for each measure.
fn table(columns: &[Column]) -> String {
    let heads: Vec<Vec<&str>> = columns.iter().map(|(name, _)| name.lines().collect()).collect();
    let widest = |head: &Vec<&str>| head.iter().map(|line| line.len()).max().unwrap_or(0);
    let widths: Vec<usize> = heads.iter().map(|head| widest(head) + 2).collect();
    let line = |left: String, cells: Vec<String>| {
        let cells = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        format!("{left:<23}{}", cells.collect::<String>()).trim_end().to_owned()
    };

    let mut lines = Vec::new();
    let height = heads.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..height {
        let left = if at + 1 == height { format!("{:>23}", "topics") } else { String::new() };
        // Short heads are on the bottom line.
        let cells = heads.iter().map(|head| {
            let at = (at + head.len()).checked_sub(height);
            at.map_or("", |at| head[at]).to_owned()
        });
        lines.push(line(left, cells.collect()));
    }
    let means: Vec<_> = columns.iter().map(|(_, results)| means(results)).collect();
    let kinds = means.first().into_iter().flat_map(|(_, kinds)| kinds.keys());
    let rows: Vec<Option<&String>> = kinds.map(Some).chain([None]).collect();
    let measures: [(&str, Measure); 3] = [
        ("nDCG@10, typed in Traditional", |own| own.hant),
        ("nDCG@10, typed in Simplified", |own| own.hans),
        ("parity: mean overlap of the two first tens", |own| own.parity),
    ];
    for (title, measure) in measures {
        lines.push(title.to_owned());
        for kind in &rows {
            let of_kind = means.iter().map(|(all, kinds)| match kind {
                Some(kind) => &kinds[*kind],
                None => all,
            });
            let own: Vec<&Means> = of_kind.collect();
            let topics = own.first().map_or(0, |own| own.topics);
            let name = kind.map_or("all", |kind| kind.as_str());
            let cells = own.iter().map(|own| format!("{:.3}", measure(own)));
            lines.push(line(format!("{name:<20}{topics:>3}"), cells.collect()));
        }
        lines.push(String::new());
    }
    lines.join("\n")
}

fn recipe_json((name, results): &Column) -> Value {
    let (all, kinds) = means(results);
    let mut json = figures(&all);
    json["name"] = name.replace('\n', " ").into();
    json["by_kind"] = kinds.iter().map(|(kind, own)| (kind.clone(), figures(own))).collect();
    json
}

fn file_json((file, own): &(&Path, Means)) -> Value {
    let mut json = figures(own);
    json["file"] = file.display().to_string().into();
    json
}

fn figures(means: &Means) -> Value {
    json!({
        "topics": means.topics,
        "ndcg10": { "hant": means.hant, "hans": means.hans },
        "parity10": means.parity,
    })
}
