//! Compares recipes of index fields in one run: speed, size and quality.
//!
//! ```sh
//! cargo bench --bench fields -- TEXTS [TEXTS …] [--topics TOPICS --judged FOLDER]
//! ```
//!
//! TEXTS are folders of documents for speed and size. With topics and the folder of the documents
//! that they judge, the quality of each recipe is measured too: nDCG@10 of a plain disjunction of
//! all tokens of the query, typed in Traditional and in Simplified.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

mod topics;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, Value};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, TantivyDocument};
use tiaowen_index::tantivy;
use tiaowen_query::judge::means;
use tiaowen_text::{CharTokenizer, Segmenter, Units, WordTokenizer};
use topics::{Found, Made, any_token, indexed, search_words};

/// A way to index a clause: the fields, each with its tokenizer and whether it has positions.
struct Recipe {
    name: &'static str,
    fields: &'static [(&'static str, bool)],
}

const RECIPES: &[Recipe] = &[
    Recipe { name: "jieba, unfolded", fields: &[("plain", true)] },
    Recipe { name: "words", fields: &[("words", false)] },
    Recipe { name: "characters", fields: &[("chars", true)] },
    Recipe { name: "words + characters", fields: &[("words", false), ("chars", true)] },
    Recipe {
        name: "words + characters + pairs",
        fields: &[("words", false), ("chars", true), ("pairs", false)],
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut folders, mut topics, mut judged) = (Vec::new(), None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--topics" => topics = arguments.next().map(PathBuf::from),
            "--judged" => judged = arguments.next().map(PathBuf::from),
            _ => folders.push(PathBuf::from(argument)),
        }
    }
    if folders.is_empty() {
        // As `cargo test --benches` runs it: the bundled corpus shows that it works.
        folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"));
    }
    let texts: Vec<Clause> = folders.iter().flat_map(|folder| clauses(folder)).collect();
    let bytes: usize = texts.iter().map(|clause| clause.text.len()).sum();
    println!("{} clauses, {:.1} MB of text, two threads", texts.len(), bytes as f64 / 1e6);
    let judged = topics.zip(judged).map(|(topics, folder)| {
        Ok::<_, Box<dyn Error>>((topics::read(&topics)?, clauses(&folder)))
    });
    let judged = judged.transpose()?;
    println!(
        "{:<28}{:>8}{:>8}{:>10}{:>9}{:>9}",
        "recipe", "MB/s", "ratio", "size/text", "Hant", "Hans"
    );
    let mut first = None;
    for recipe in RECIPES {
        let Built { seconds, size, .. } = build(recipe, &texts)?;
        let speed = bytes as f64 / 1e6 / seconds;
        let ratio = speed / *first.get_or_insert(speed);
        print!("{:<28}{speed:>8.1}{ratio:>8.2}{:>10.2}", recipe.name, size as f64 / bytes as f64);
        if let Some((topics, documents)) = &judged {
            let built = build(recipe, documents)?;
            let ask = |typed: &str| found(recipe, &built.index, typed);
            let results: Result<Vec<_>, _> = topics.iter().map(|topic| topic.judge(ask)).collect();
            let (all, _) = means(&results?);
            print!("{:>9.3}{:>9.3}", all.hant, all.hans);
        }
        println!();
    }
    Ok(())
}

struct Clause {
    source: String,
    text: String,
}

fn clauses(folder: &Path) -> Vec<Clause> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let read = |file: &PathBuf| {
        let name = file.file_name()?.to_str()?.to_owned();
        let documents = tiaowen_corpus::read(&name, &std::fs::read_to_string(file).ok()?).ok()?;
        let clauses = documents.into_iter().flat_map(|document| document.clauses);
        Some(
            clauses
                .map(|clause| Clause { source: name.clone(), text: clause.text })
                .collect::<Vec<_>>(),
        )
    };
    files.iter().filter_map(read).flatten().collect()
}

struct Built {
    index: Index,
    seconds: f64,
    size: u64,
    /// Removed with the index.
    _folder: tempfile::TempDir,
}

fn build(recipe: &Recipe, texts: &[Clause]) -> Result<Built, Box<dyn Error>> {
    let mut schema = Schema::builder();
    let fields: Vec<Field> = recipe
        .fields
        .iter()
        .map(|(tokenizer, positions)| {
            let option = match positions {
                true => IndexRecordOption::WithFreqsAndPositions,
                false => IndexRecordOption::WithFreqs,
            };
            schema.add_text_field(tokenizer, indexed(tokenizer, option))
        })
        .collect();
    let text = schema.add_text_field("text", STORED);
    let source = schema.add_text_field("source", STORED);
    let folder = tempfile::tempdir()?;
    let index = Index::builder()
        .schema(schema.build())
        .tokenizers(tokenizers())
        .create_in_dir(folder.path())?;
    let started = Instant::now();
    let mut writer = index.writer_with_num_threads(2, 160 << 20)?;
    for clause in texts {
        let mut entry = TantivyDocument::new();
        for field in &fields {
            entry.add_text(*field, &clause.text);
        }
        entry.add_text(text, &clause.text);
        entry.add_text(source, &clause.source);
        writer.add_document(entry)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let seconds = started.elapsed().as_secs_f64();
    let sizes =
        std::fs::read_dir(folder.path())?.flatten().filter_map(|entry| entry.metadata().ok());
    let size = sizes.map(|metadata| metadata.len()).sum();
    Ok(Built { index, seconds, size, _folder: folder })
}

fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    let segmenter = Segmenter::shared();
    manager.register("plain", TextAnalyzer::from(Made(search_words)));
    manager.register("words", TextAnalyzer::from(WordTokenizer::new(segmenter)));
    manager.register("chars", TextAnalyzer::from(CharTokenizer::default()));
    manager.register("pairs", TextAnalyzer::from(Made(pairs)));
    manager
}

/// Adjacent units in pairs.
fn pairs(text: &str) -> Vec<String> {
    let units = Units::of(text);
    let neighbours =
        units.as_slice().windows(2).filter(|pair| pair[1].position == pair[0].position + 1);
    neighbours.map(|pair| format!("{}{}", units.folded(&pair[0]), units.folded(&pair[1]))).collect()
}

/// The ten best clauses for a query.
fn found(recipe: &Recipe, index: &Index, typed: &str) -> Result<Vec<Found>, Box<dyn Error>> {
    let query = any_token(index, recipe.fields.iter().map(|(tokenizer, _)| *tokenizer), typed)?;
    let searcher = index.reader()?.searcher();
    let best = searcher.search(&query, &TopDocs::with_limit(10).order_by_score())?;
    let schema = index.schema();
    let (text, source) = (schema.get_field("text")?, schema.get_field("source")?);
    let mut found = Vec::new();
    for (_, address) in best {
        let stored: TantivyDocument = searcher.doc(address)?;
        let value =
            |field| stored.get_first(field).and_then(|value| value.as_str().map(str::to_owned));
        found.push(Found {
            id: format!("{address:?}"),
            source: value(source).unwrap_or_default(),
            text: value(text).unwrap_or_default(),
        });
    }
    Ok(found)
}
