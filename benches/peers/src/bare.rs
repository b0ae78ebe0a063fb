//! Tantivy with one field and nothing else: cut by tantivy-jieba as it indexes, or at the white
//! space of what jieba cut before; or with the columns that facets count.

use std::hint::black_box;
use std::path::Path;

use jieba_rs::{Jieba, TokenizeMode};
use serde_json::{Value as Json, json};
use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{
    FAST, IndexRecordOption, STORED, Schema, TantivyDocument, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{TextAnalyzer, TokenStream, TokenizerManager, WhitespaceTokenizer};
use tantivy::{Index, Term};
use tantivy_jieba::JiebaTokenizer;

use crate::Outcome;
use crate::engine::{Search, lines, threads};

/// Memory of the writer's threads together, in bytes: what ours takes.
const WRITER_MEMORY: usize = 160 << 20;
/// The field that is searched, and the one that is shown.
const WORDS: &str = "words";
const TEXT: &str = "text";
/// The columns that facets count, the last one a figure.
const NAMES: [&str; 4] = ["kind", "script", "party", "unit"];
const YEAR: &str = "year";
/// Values of each facet that are returned, as many as ours has.
const VALUES: u32 = 50;
/// Names of the tokenizers.
const JIEBA: &str = "jieba";
const SPACES: &str = "spaces";

/// What tantivy-jieba makes of a text, without white space.
pub fn words<'t>(jieba: &Jieba, text: &'t str) -> Vec<&'t str> {
    let tokens = jieba.tokenize(text, TokenizeMode::Search, true);
    tokens.into_iter().map(|token| token.word).filter(|word| !word.trim().is_empty()).collect()
}

/// Clauses to index: each the text to cut, and the text to store where it is another.
pub struct Clauses {
    tokenizer: &'static str,
    clauses: Box<dyn Iterator<Item = Outcome<Clause>>>,
}

struct Clause {
    cut: String,
    /// The text to store, where it is another.
    whole: Option<String>,
    facets: Option<Json>,
}

/// What a search does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The best of those that contain all words.
    All,
    /// The same of words that were cut before.
    AllCutBefore,
    /// The same, with all hits counted and divided.
    AllWithFacets,
    /// The best of those that contain any word.
    Any,
}

pub fn plain(file: &Path) -> Outcome<Clauses> {
    let clauses =
        lines(file)?.map(|line| Ok(Clause { cut: text(line?)?, whole: None, facets: None }));
    Ok(Clauses { tokenizer: JIEBA, clauses: Box::new(clauses) })
}

pub fn faceted(file: &Path, facets: &Path) -> Outcome<Clauses> {
    let clauses = lines(file)?
        .zip(lines(facets)?)
        .map(|(line, facets)| Ok(Clause { cut: text(line?)?, whole: None, facets: Some(facets?) }));
    Ok(Clauses { tokenizer: JIEBA, clauses: Box::new(clauses) })
}

pub fn segmented(file: &Path) -> Outcome<Clauses> {
    let clauses = lines(file)?.map(|mut line| {
        let mut take = |at: usize| match &mut line {
            Ok(Json::Array(parts)) => text(parts[at].take()),
            _ => Err("no array".into()),
        };
        Ok(Clause { cut: take(0)?, whole: Some(take(1)?), facets: None })
    });
    Ok(Clauses { tokenizer: SPACES, clauses: Box::new(clauses) })
}

fn text(value: Json) -> Outcome<String> {
    match value {
        Json::String(text) => Ok(text),
        other => Err(format!("no text: {other}").into()),
    }
}

pub fn index(folder: &Path, given: Clauses) -> Outcome<u64> {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(given.tokenizer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let searched = TextOptions::default().set_indexing_options(indexing);
    let mut schema = Schema::builder();
    let (words, shown) = match given.tokenizer {
        JIEBA => (schema.add_text_field(TEXT, searched | STORED), None),
        _ => (schema.add_text_field(WORDS, searched), Some(schema.add_text_field(TEXT, STORED))),
    };
    let names = NAMES.map(|name| schema.add_text_field(name, FAST));
    let year = schema.add_u64_field(YEAR, FAST);
    std::fs::create_dir(folder)?;
    let index =
        Index::builder().schema(schema.build()).tokenizers(tokenizers()).create_in_dir(folder)?;
    let mut writer = index.writer_with_num_threads(threads(), WRITER_MEMORY)?;
    let mut count = 0;
    for clause in given.clauses {
        let Clause { cut, whole, facets } = clause?;
        let mut entry = TantivyDocument::new();
        entry.add_text(words, cut);
        if let (Some(field), Some(whole)) = (shown, whole) {
            entry.add_text(field, whole);
        }
        for (field, name) in names.iter().zip(NAMES) {
            let values = facets.as_ref().and_then(|facets| facets[name].as_array());
            for value in values.into_iter().flatten().filter_map(Json::as_str) {
                entry.add_text(*field, value);
            }
        }
        if let Some(value) = facets.and_then(|facets| facets[YEAR].as_u64()) {
            entry.add_u64(year, value);
        }
        writer.add_document(entry)?;
        count += 1;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(count)
}

fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(JIEBA, JiebaTokenizer::new());
    manager.register(SPACES, WhitespaceTokenizer::default());
    manager
}

/// The ten best by BM25.
pub fn search(folder: &Path, kind: Kind) -> Outcome<Search> {
    let mut index = Index::open_in_dir(folder)?;
    index.set_tokenizers(tokenizers());
    let schema = index.schema();
    let shown = schema.get_field(TEXT)?;
    let (field, tokenizer) = match kind {
        Kind::AllCutBefore => (schema.get_field(WORDS)?, SPACES),
        _ => (shown, JIEBA),
    };
    let tokenizer: TextAnalyzer = index.tokenizers().get(tokenizer).ok_or("no tokenizer")?;
    let reader = index.reader()?;
    let terms = |name: &str| (name.to_owned(), json!({"terms": {"field": name, "size": VALUES}}));
    let facets: serde_json::Map<String, Json> =
        NAMES.into_iter().chain([YEAR]).map(terms).collect();
    let facets: Aggregations = serde_json::from_value(Json::Object(facets))?;
    Ok(Box::new(move |typed| {
        let mut parts: Vec<Box<dyn Query>> = Vec::new();
        tokenizer.clone().token_stream(typed).process(&mut |token| {
            // White space and punctuation are tokens too.
            if token.text.chars().any(char::is_alphanumeric) {
                let term = Term::from_field_text(field, &token.text);
                parts.push(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)));
            }
        });
        let searcher = reader.searcher();
        let query = match kind {
            Kind::Any => BooleanQuery::union(parts),
            _ => BooleanQuery::intersection(parts),
        };
        let top = TopDocs::with_limit(10).order_by_score();
        let best = if kind == Kind::AllWithFacets {
            let divided = AggregationCollector::from_aggs(facets.clone(), Default::default());
            let (best, total, divided) = searcher.search(&query, &(top, Count, divided))?;
            black_box((total, divided));
            best
        } else {
            searcher.search(&query, &top)?
        };
        for (_, address) in &best {
            let clause: TantivyDocument = searcher.doc(*address)?;
            black_box(clause.get_first(shown).and_then(|value| value.as_str()).ok_or("no text")?);
        }
        Ok(best.len())
    }))
}
