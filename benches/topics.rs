//! Code shared by the quality benchmarks: judged topics and the grading of answers, jieba by
//! itself, and a plain disjunction over tokenizers made from functions.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::LazyLock;

use jieba_rs::Jieba;
use serde::Deserialize;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{Index, Term};
use tiaowen_index::tantivy;
use tiaowen_query::judge::{TopicResult, jaccard, name, ndcg10};

/// A query in both scripts, with the clauses that answer it.
#[derive(Deserialize)]
pub(crate) struct Topic {
    id: String,
    kind: String,
    hant: String,
    hans: String,
    pub(crate) relevant: Vec<Relevant>,
}

#[derive(Deserialize)]
pub(crate) struct Relevant {
    source: String,
    starts: String,
    ends: String,
    grade: u32,
}

impl Relevant {
    /// The name of the clause, as made by [`name`].
    pub(crate) fn name(&self) -> (String, String, String) {
        (self.source.clone(), self.starts.clone(), self.ends.clone())
    }
}

/// A clause that was found.
#[derive(Clone)]
pub(crate) struct Found {
    /// Identifies it within the index.
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) text: String,
}

/// The topics of a file, one per line.
pub(crate) fn read(file: &Path) -> Result<Vec<Topic>, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let topics = lines.map(|(line, number)| {
        serde_json::from_str(line)
            .map_err(|error| format!("{shown}, line {number}: this is no topic: {error}"))
    });
    let topics = topics.collect::<Result<Vec<_>, _>>()?;
    if topics.is_empty() { Err(format!("{shown}: there is no topic in it")) } else { Ok(topics) }
}

impl Topic {
    /// Judges the results of `ask`, for queries in Traditional and in Simplified.
    pub(crate) fn judge(
        &self,
        ask: impl Fn(&str) -> Result<Vec<Found>, Box<dyn Error>>,
    ) -> Result<TopicResult, Box<dyn Error>> {
        let grades: HashMap<_, _> =
            self.relevant.iter().map(|clause| (clause.name(), clause.grade)).collect();
        let relevant: Vec<u32> = self.relevant.iter().map(|clause| clause.grade).collect();
        let asked = |typed: &str| -> Result<(f64, Vec<String>), Box<dyn Error>> {
            let found = ask(typed)?;
            let grade = |clause: &Found| grades.get(&name(&clause.source, &clause.text)).copied();
            let ranked: Vec<u32> = found.iter().map(|clause| grade(clause).unwrap_or(0)).collect();
            Ok((ndcg10(&ranked, &relevant), found.into_iter().map(|clause| clause.id).collect()))
        };
        let ((hant, of_hant), (hans, of_hans)) = (asked(&self.hant)?, asked(&self.hans)?);
        Ok(TopicResult {
            id: self.id.clone(),
            kind: self.kind.clone(),
            hant,
            hans,
            parity: jaccard(&of_hant, &of_hans),
        })
    }
}

/// Jieba with only its own dictionary.
pub(crate) static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Jieba in search mode on the text in lower case: what most systems do.
pub(crate) fn search_words(text: &str) -> Vec<String> {
    JIEBA.cut_for_search(text, false).into_iter().map(|token| token.word.to_lowercase()).collect()
}

/// The options of a field whose tokens come from `tokenizer`.
pub(crate) fn indexed(tokenizer: &str, option: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
    TextOptions::default().set_indexing_options(indexing)
}

/// Any token of a query in any of the fields. Each field has the name of its tokenizer.
pub(crate) fn any_token<'a>(
    index: &Index,
    fields: impl Iterator<Item = &'a str>,
    typed: &str,
) -> Result<BooleanQuery, Box<dyn Error>> {
    let mut terms: Vec<Box<dyn Query>> = Vec::new();
    for tokenizer in fields {
        let field = index.schema().get_field(tokenizer)?;
        let mut analyzer = index.tokenizers().get(tokenizer).ok_or("tokenizer")?;
        analyzer.token_stream(typed).process(&mut |token| {
            let term = Term::from_field_text(field, &token.text);
            terms.push(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)));
        });
    }
    Ok(BooleanQuery::union(terms))
}

/// A tokenizer made from a function. Positions don't matter here.
#[derive(Clone)]
pub(crate) struct Made(pub(crate) fn(&str) -> Vec<String>);

pub(crate) struct MadeStream {
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
