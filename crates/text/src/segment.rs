//! Words: jieba in search mode over folded text, with the terms of this field.

use std::ops::Range;
use std::sync::OnceLock;

use jieba_rs::Jieba;

use crate::dictionary::{Dictionary, for_jieba};
use crate::{Units, fold};

/// The jieba-rs release, and so its dictionary, that words come from.
pub const JIEBA_VERSION: &str = "0.11.0";

/// A word of two or more Han characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The units it consists of, in the [`Units`] that it was found in.
    pub units: Range<usize>,
    /// Whether a longer word of the same text holds it: 合作 in 合作协议.
    pub inner: bool,
}

/// A line of a user's dictionary that can't be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {reason}")]
pub struct UserTermError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, and what to do.
    pub reason: String,
}

/// Cuts folded text into words.
#[derive(Debug)]
pub struct Segmenter {
    /// What queries are cut by.
    dictionary: Dictionary,
    /// What finds all words of a text, faster once it is loaded: by who indexes.
    jieba: OnceLock<Jieba>,
    /// Terms of the user, folded.
    own: Vec<String>,
    hash: String,
}

impl Segmenter {
    /// The segmenter with the built-in dictionaries, loaded once for the process.
    pub fn shared() -> &'static Segmenter {
        static SHARED: OnceLock<Segmenter> = OnceLock::new();
        SHARED.get_or_init(|| {
            Segmenter::with_terms("").expect("an empty user dictionary has no line to be wrong")
        })
    }

    /// A segmenter that knows the terms of a user besides: one a line, in either
    /// script, `#` starts a comment.
    ///
    /// # Errors
    /// A line holds white space inside, or a term of fewer than two characters.
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
        let mut own = Vec::new();
        for (line, term) in terms(user) {
            if term.chars().count() < 2 || term.contains(char::is_whitespace) {
                let reason =
                    format!("'{term}' is no term: two or more characters without white space");
                return Err(UserTermError { line, reason });
            }
            let term = fold(term);
            dictionary.add(&term);
            own.push(term);
        }
        let mut hash = blake3::Hasher::new();
        hash.update(Dictionary::hash().as_bytes()).update(user.as_bytes());
        let hash = hash.finalize().to_hex()[..16].to_owned();
        Ok(Segmenter { dictionary, jieba: OnceLock::new(), own, hash })
    }

    fn jieba(&self) -> &Jieba {
        self.jieba.get_or_init(|| {
            let mut jieba = Jieba::with_dict(&mut for_jieba().as_bytes())
                .expect("each line has a word and a number, as a test checks");
            for term in &self.own {
                jieba.add_word(term, None, None);
            }
            jieba
        })
    }

    /// A hash of the dictionary (16 hexadecimal digits), for the stamp of an index.
    pub fn dictionary_hash(&self) -> &str {
        &self.hash
    }

    /// Every word of the dictionary, of two or more characters, that a text holds as it is read
    /// (what is not read may stand between its characters), by start and then by length: what
    /// is indexed, so that a clause has a word as a token where it has its characters in a row.
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

    /// The words of two or more characters that a text is cut into, by start and then by length.
    /// Words inside longer ones are given too: what a query asks for.
    pub fn words(&self, units: &Units) -> Vec<Word> {
        units.han_runs().flat_map(|run| self.words_of_run(units, run)).collect()
    }

    /// The words of one of the [`Units::han_runs`], as [`words`](Self::words) gives them.
    pub fn words_of_run(&self, units: &Units, run: Range<usize>) -> Vec<Word> {
        if run.len() < 2 {
            return Vec::new();
        }
        let mut words = Vec::new();
        // Jieba's guesses at unknown words are left out: they differ with what stands around.
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

/// Marks the words that lie inside another; `words` are sorted by start, then end.
fn mark_inner(words: &mut [Word]) {
    for at in 0..words.len() {
        let own = words[at].units.clone();
        let holds = |other: &Word| {
            other.units.start <= own.start && own.end <= other.units.end && other.units != own
        };
        // Search mode gives words inside one token, so the neighbours tell.
        let before = words[..at].iter().rev().take(8).any(holds);
        let after =
            words[at + 1..].iter().take_while(|next| next.units.start == own.start).any(holds);
        words[at].inner = before || after;
    }
}

/// Terms of a dictionary text with their line numbers, from 1.
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
