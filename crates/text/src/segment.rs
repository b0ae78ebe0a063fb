//! Words: jieba's search mode on folded text, with the terms of agreements added.
//!
//! Indexing and querying cut differently on purpose. A clause is indexed with every dictionary word
//! that occurs in it, overlapping ones included ([`Segmenter::all_words`]); a query is cut into the
//! most probable words ([`Segmenter::words`]). So a query finds its words whatever surrounds them
//! in a text, and no cut of the text can hide a word.
//!
//! Jieba's hidden Markov model for unknown words is off: its guesses depend on the neighbouring
//! characters, so the same term would be cut differently in two sentences. Names that the
//! dictionary lacks are found through the single characters that are indexed beside the words.

use std::ops::Range;
use std::sync::OnceLock;

use jieba_rs::Jieba;

use crate::dictionary::{Dictionary, for_jieba};
use crate::{Units, fold};

/// The jieba-rs release, which determines the dictionary.
pub const JIEBA_VERSION: &str = "0.11.0";

/// A word of two or more Han characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its units, as indices into the [`Units`] it was found in.
    pub units: Range<usize>,
    /// Whether it lies inside a longer word of the same cut: 合作 in 合作协议.
    pub inner: bool,
}

/// An invalid line of a user's dictionary.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {reason}")]
pub struct UserTermError {
    /// Line number, from 1.
    pub line: usize,
    /// The problem, and how to fix it.
    pub reason: String,
}

/// Cuts folded text into words.
#[derive(Debug)]
pub struct Segmenter {
    /// Cuts queries.
    dictionary: Dictionary,
    /// Finds all words of a text for indexing; loaded on first use.
    jieba: OnceLock<Jieba>,
    /// The user's terms, folded.
    user_terms: Vec<String>,
    hash: String,
}

impl Segmenter {
    /// The segmenter with the built-in dictionaries, created once for the process.
    pub fn shared() -> &'static Segmenter {
        static SHARED: OnceLock<Segmenter> = OnceLock::new();
        SHARED.get_or_init(|| {
            Segmenter::with_terms("").expect("an empty user dictionary has no line to be wrong")
        })
    }

    /// A segmenter that also knows the user's terms: one a line, in either script. `#` starts a
    /// comment.
    ///
    /// # Errors
    /// If a term contains white space or has fewer than two characters.
    ///
    /// ```
    /// use tiaowen_text::{Segmenter, Units};
    /// let segmenter = Segmenter::with_terms("北部都會區").unwrap();
    /// let units = Units::of("北部都会区建设");
    /// let words: Vec<_> = segmenter.words(&units).iter().map(|w| units.folded_run(w.units.clone()).to_owned()).collect();
    /// assert_eq!(words.last().unwrap(), "建设");
    /// assert!(words.contains(&"北部都会区".to_owned()));
    /// assert!(Segmenter::with_terms("北部 都會區").is_err());
    /// ```
    pub fn with_terms(user: &str) -> Result<Self, UserTermError> {
        let mut dictionary = Dictionary::new();
        let mut user_terms = Vec::new();
        for (line, term) in terms(user) {
            if term.chars().count() < 2 || term.contains(char::is_whitespace) {
                let reason =
                    format!("'{term}' is no term: two or more characters without white space");
                return Err(UserTermError { line, reason });
            }
            let term = fold(term);
            dictionary.add(&term);
            user_terms.push(term);
        }
        let mut hash = blake3::Hasher::new();
        hash.update(Dictionary::hash().as_bytes()).update(user.as_bytes());
        let hash = hash.finalize().to_hex()[..16].to_owned();
        Ok(Segmenter { dictionary, jieba: OnceLock::new(), user_terms, hash })
    }

    fn jieba(&self) -> &Jieba {
        self.jieba.get_or_init(|| {
            let mut jieba = Jieba::with_dict(&mut for_jieba().as_bytes())
                .expect("each line has a word and a number, as a test checks");
            for term in &self.user_terms {
                jieba.add_word(term, None, None);
            }
            jieba
        })
    }

    /// Hash of the dictionary (16 hexadecimal digits), for the stamp of an index.
    pub fn dictionary_hash(&self) -> &str {
        &self.hash
    }

    /// All dictionary words of two or more characters in a text, overlapping ones included, by
    /// start and then by length. Silent characters such as quotation marks may lie between the
    /// characters of a word. These are the word tokens of an index: a clause has a word as a token
    /// exactly if it has the word's characters in sequence.
    ///
    /// ```
    /// use tiaowen_text::{Segmenter, Units};
    /// let units = Units::of("「合作」協議");
    /// let all = Segmenter::shared().all_words(&units);
    /// let texts: Vec<_> = all.iter().map(|word| units.folded_run(word.clone())).collect();
    /// assert_eq!(texts, ["合作", "作协", "协议"]);
    /// ```
    pub fn all_words(&self, units: &Units) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        for run in units.read_runs().filter(|run| run.len() > 1) {
            for token in self.jieba().cut_all(units.folded_run(run.clone())) {
                if token.end - token.start >= 2 {
                    words.push(run.start + token.start..run.start + token.end);
                }
            }
        }
        words
    }

    /// Cuts a text into words of two or more characters, by start and then by length. Words inside
    /// longer ones are included. Queries are cut this way.
    pub fn words(&self, units: &Units) -> Vec<Word> {
        units.han_runs().flat_map(|run| self.words_of_run(units, run)).collect()
    }

    /// Cuts one of the [`Units::han_runs`] as [`words`](Self::words) does.
    pub fn words_of_run(&self, units: &Units, run: Range<usize>) -> Vec<Word> {
        if run.len() < 2 {
            return Vec::new();
        }
        let mut words = Vec::new();
        // Without guesses at unknown words: they depend on the neighbouring characters.
        for word in self.dictionary.cut_for_search(units.folded_run(run.clone())) {
            if word.len() >= 2 {
                let units = run.start + word.start..run.start + word.end;
                words.push(Word { units, inner: false });
            }
        }
        words.sort_by_key(|word| (word.units.start, word.units.end));
        mark_inner(&mut words);
        words
    }
}

/// Marks the words inside other words. `words` must be sorted by start, then end.
fn mark_inner(words: &mut [Word]) {
    for at in 0..words.len() {
        let inner = words[at].units.clone();
        let contains = |other: &Word| {
            other.units.start <= inner.start && inner.end <= other.units.end && other.units != inner
        };
        // Search mode yields only words inside one word of the cut, so looking at neighbours is
        // enough.
        let before = words[..at].iter().rev().take(8).any(contains);
        let after =
            words[at + 1..].iter().take_while(|next| next.units.start == inner.start).any(contains);
        words[at].inner = before || after;
    }
}

/// The terms of a dictionary file with their line numbers, from 1.
fn terms(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split('#').next().unwrap_or("").trim()))
        .filter(|(_, term)| !term.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        let units = Units::of(text);
        let words = Segmenter::shared().words(&units);
        words.iter().map(|word| units.folded_run(word.units.clone()).to_owned()).collect()
    }

    #[test]
    fn both_scripts_give_the_same_words() {
        for (hant, hans) in [
            ("知識產權保護", "知识产权保护"),
            ("權利與義務", "权利与义务"),
            ("著作權的覆核", "著作权的复核"),
            ("衞生署的計劃", "卫生署的计划"),
            ("粵港澳大灣區發展規劃", "粤港澳大湾区发展规划"),
            ("經濟發展瞭解", "经济发展了解"),
        ] {
            assert_eq!(words(hant), words(hans), "{hant}");
        }
    }

    #[test]
    fn words_of_the_dictionary_survive_folding() {
        for word in ["著作", "答覆", "計畫", "瞭解", "沉淀", "覆盖"] {
            assert_eq!(words(word), [fold(word)], "{word}");
        }
    }

    #[test]
    fn terms_of_this_field_are_words() {
        for term in ["粵港澳大灣區", "先行先試", "深港通", "前海", "一帶一路"] {
            assert!(words(term).contains(&fold(term)), "{term}: {:?}", words(term));
        }
    }

    #[test]
    fn inner_words_are_marked() {
        let units = Units::of("知识产权");
        let words = Segmenter::shared().words(&units);
        let shown: Vec<_> =
            words.iter().map(|w| (units.folded_run(w.units.clone()), w.inner)).collect();
        assert_eq!(shown, [("知识", true), ("知识产权", false), ("产权", true)]);
    }

    #[test]
    fn user_terms_are_checked() {
        assert_eq!(Segmenter::with_terms("條文\n條").unwrap_err().line, 2);
        let own = Segmenter::with_terms("# own\n丘成桐會 # 說明\n").unwrap();
        assert_ne!(own.dictionary_hash(), Segmenter::shared().dictionary_hash());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn texts_that_folding_joins_give_the_same_words(text in "[知識產權權著覆畫裏裡衞衛與義務幹乾發髮、。 aB1Ａ\u{4e00}-\u{9fff}]{0,60}") {
            prop_assert_eq!(words(&text), words(&fold(&text)));
        }

        #[test]
        fn words_lie_inside_runs_and_in_order(text in "[知識产權的一二三條、。 aB1\u{4e00}-\u{9fff}]{0,60}") {
            let units = Units::of(&text);
            let words = Segmenter::shared().words(&units);
            for pair in words.windows(2) {
                prop_assert!(pair[0].units.start <= pair[1].units.start);
            }
            for word in &words {
                prop_assert!(word.units.len() >= 2 && word.units.end <= units.as_slice().len());
                let span = units.as_slice()[word.units.start].start..units.as_slice()[word.units.end - 1].end;
                prop_assert_eq!(fold(&text[span]), units.folded_run(word.units.clone()));
            }
        }
    }
}
