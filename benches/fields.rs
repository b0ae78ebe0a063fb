//! Which fields to index: speed, size and quality of recipes side by side, in one run.
//!
//! ```sh
//! cargo bench --bench fields -- TEXTS [TEXTS …] [--topics TOPICS --judged FOLDER]
//! ```
//!
//! TEXTS are folders of documents for speed and size. With topics and the folder of the
//! documents they judge, the quality of each recipe is told too: nDCG@10 of a plain
//! disjunction of all the query's tokens, typed in Traditional and in Simplified.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Deserialize;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Index, TantivyDocument, Term};
use tiaowen_index::tantivy;
use tiaowen_query::judge::{name, ndcg10};
use tiaowen_text::{CharTokenizer, Segmenter, Units, WordTokenizer};

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
        let topics = std::fs::read_to_string(topics)?;
        let topics: Result<Vec<Topic>, _> = topics.lines().map(serde_json::from_str).collect();
        Ok::<_, Box<dyn Error>>((topics?, clauses(&folder)))
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
            let quality = |typed: fn(&Topic) -> &str| -> Result<f64, Box<dyn Error>> {
                let each =
                    topics.iter().map(|topic| ndcg(recipe, &built.index, topic, typed(topic)));
                Ok(each.collect::<Result<Vec<_>, _>>()?.iter().sum::<f64>() / topics.len() as f64)
            };
            print!("{:>9.3}{:>9.3}", quality(|topic| &topic.hant)?, quality(|topic| &topic.hans)?);
        }
        println!();
    }
    Ok(())
}

struct Clause {
    source: String,
    text: String,
}

#[derive(Deserialize)]
struct Topic {
    hant: String,
    hans: String,
    relevant: Vec<Relevant>,
}

#[derive(Deserialize)]
struct Relevant {
    source: String,
    starts: String,
    ends: String,
    grade: u32,
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
        let documents = tiaowen_corpus::read(&name, &std::fs::read(file).ok()?).ok()?;
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
            let indexing =
                TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
            schema.add_text_field(tokenizer, TextOptions::default().set_indexing_options(indexing))
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
    manager.register("plain", TextAnalyzer::from(Made(plain)));
    manager.register("words", TextAnalyzer::from(WordTokenizer::new(segmenter)));
    manager.register("chars", TextAnalyzer::from(CharTokenizer::default()));
    manager.register("pairs", TextAnalyzer::from(Made(pairs)));
    manager
}

/// Jieba over the text as it is: what most systems do.
fn plain(text: &str) -> Vec<String> {
    static JIEBA: std::sync::LazyLock<jieba_rs::Jieba> =
        std::sync::LazyLock::new(jieba_rs::Jieba::new);
    JIEBA.cut_for_search(text, false).into_iter().map(|token| token.word.to_lowercase()).collect()
}

/// Neighbouring units, two by two.
fn pairs(text: &str) -> Vec<String> {
    let units = Units::of(text);
    let neighbours =
        units.as_slice().windows(2).filter(|pair| pair[1].position == pair[0].position + 1);
    neighbours.map(|pair| format!("{}{}", units.folded(&pair[0]), units.folded(&pair[1]))).collect()
}

/// A tokenizer of a function; places don't matter here.
#[derive(Clone)]
struct Made(fn(&str) -> Vec<String>);

struct MadeStream {
    tokens: std::vec::IntoIter<String>,
    token: Token,
    position: usize,
}

impl Tokenizer for Made {
    type TokenStream<'a> = MadeStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> MadeStream {
        MadeStream { tokens: (self.0)(text).into_iter(), token: Token::default(), position: 0 }
    }
}

impl TokenStream for MadeStream {
    fn advance(&mut self) -> bool {
        let Some(text) = self.tokens.next() else { return false };
        self.token = Token { text, position: self.position, ..Token::default() };
        self.position += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

fn ndcg(recipe: &Recipe, index: &Index, topic: &Topic, typed: &str) -> Result<f64, Box<dyn Error>> {
    let schema = index.schema();
    let mut terms: Vec<Box<dyn Query>> = Vec::new();
    for (tokenizer, _) in recipe.fields {
        let field = schema.get_field(tokenizer)?;
        let mut analyzer = index.tokenizers().get(tokenizer).ok_or("tokenizer")?;
        analyzer.token_stream(typed).process(&mut |token| {
            let term = Term::from_field_text(field, &token.text);
            terms.push(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)));
        });
    }
    let searcher = index.reader()?.searcher();
    let found =
        searcher.search(&BooleanQuery::union(terms), &TopDocs::with_limit(10).order_by_score())?;
    let grades: HashMap<_, _> = topic
        .relevant
        .iter()
        .map(|clause| {
            ((clause.source.clone(), clause.starts.clone(), clause.ends.clone()), clause.grade)
        })
        .collect();
    let (text, source) = (schema.get_field("text")?, schema.get_field("source")?);
    let mut ranked = Vec::new();
    for (_, address) in found {
        let stored: TantivyDocument = searcher.doc(address)?;
        let value =
            |field| stored.get_first(field).and_then(|value| value.as_str().map(str::to_owned));
        let (text, source) = (value(text).unwrap_or_default(), value(source).unwrap_or_default());
        ranked.push(grades.get(&name(&source, &text)).copied().unwrap_or(0));
    }
    let relevant: Vec<u32> = topic.relevant.iter().map(|clause| clause.grade).collect();
    Ok(ndcg10(&ranked, &relevant))
}
