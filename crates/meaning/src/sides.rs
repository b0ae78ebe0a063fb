//! The two sides of a search, the query and the passages that may answer it.
//!
//! Many models were trained with a mark for each side, and are much worse without it. There are two
//! ways to give it: a prefix of the text, which the E5 models want, or a field of the request
//! (`input_type`), with which the server adds the mark itself. A server that adds it must not get
//! the prefix as well.

use serde::{Deserialize, Serialize};

/// A side of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is asked.
    Query,
    /// What may answer it: a clause.
    Passage,
}

/// How the model learns which side a text belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Sides {
    /// The text begins with a prefix, which may be empty.
    Prefix {
        /// The prefix of queries.
        query: String,
        /// The prefix of passages.
        passage: String,
    },
    /// The field `input_type` of the request has the name of the side.
    InputType,
}

impl Sides {
    /// The text as it is sent.
    pub(crate) fn text(&self, side: Side, text: &str) -> String {
        let prefix = match (self, side) {
            (Sides::Prefix { query, .. }, Side::Query) => query,
            (Sides::Prefix { passage, .. }, Side::Passage) => passage,
            (Sides::InputType, _) => return text.to_owned(),
        };
        format!("{prefix}{text}")
    }

    /// The value of `input_type`, if it is sent.
    pub(crate) fn input_type(&self, side: Side) -> Option<&'static str> {
        match (self, side) {
            (Sides::Prefix { .. }, _) => None,
            (Sides::InputType, Side::Query) => Some("query"),
            (Sides::InputType, Side::Passage) => Some("passage"),
        }
    }
}

/// The prefixes of queries and passages that a model with this name wants, as its authors document
/// them; empty for others.
///
/// ```
/// use tiaowen_meaning::usual_prefixes;
/// assert_eq!(usual_prefixes("intfloat/multilingual-e5-small"), ("query: ", "passage: "));
/// assert_eq!(usual_prefixes("bge-m3"), ("", ""));
/// ```
pub fn usual_prefixes(model: &str) -> (&'static str, &'static str) {
    let name = model.to_ascii_lowercase();
    let has = |part: &str| name.contains(part);
    if has("e5") && !has("instruct") {
        ("query: ", "passage: ")
    } else if has("nomic-embed") {
        ("search_query: ", "search_document: ")
    } else if has("bge") && has("-zh") {
        ("为这个句子生成表示以用于检索相关文章：", "")
    } else {
        ("", "")
    }
}

/// The most characters of a text that a model with this name reads. Of the usual models with 512
/// tokens, whose vocabulary has about one and a half Chinese characters a token, it is 700; models with
/// another name are taken to read several thousand tokens.
pub(crate) fn usual_longest(model: &str) -> usize {
    let name = model.to_ascii_lowercase();
    let short = ["e5", "bge-small", "bge-base", "bge-large", "minilm", "gte-", "text2vec"];
    if short.iter().any(|part| name.contains(part)) { 700 } else { 6_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_gets_its_mark_in_one_way() {
        let (query, passage) = usual_prefixes("multilingual-e5-base");
        let by_prefix = Sides::Prefix { query: query.into(), passage: passage.into() };
        assert_eq!(by_prefix.text(Side::Query, "質素"), "query: 質素");
        assert_eq!(by_prefix.text(Side::Passage, "質素"), "passage: 質素");
        assert_eq!(by_prefix.input_type(Side::Query), None);
        assert_eq!(Sides::InputType.text(Side::Query, "質素"), "質素");
        assert_eq!(Sides::InputType.input_type(Side::Query), Some("query"));
        assert_eq!(Sides::InputType.input_type(Side::Passage), Some("passage"));
    }

    #[test]
    fn what_a_model_wants_is_known_by_its_name() {
        assert_eq!(usual_prefixes("Multilingual-E5-large"), ("query: ", "passage: "));
        assert_eq!(usual_prefixes("e5-mistral-7b-instruct"), ("", ""));
        assert_eq!(usual_prefixes("nomic-embed-text"), ("search_query: ", "search_document: "));
        assert!(usual_prefixes("bge-small-zh-v1.5").0.starts_with("为这个句子"));
        assert_eq!(usual_longest("multilingual-e5-small"), 700);
        assert_eq!(usual_longest("bge-m3"), 6_000);
    }
}
