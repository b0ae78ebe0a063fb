//! The two token streams that the search engine indexes.
//!
//! Words carry ranking and speed; single characters carry recall, phrases and proximity. Each has
//! its own field and its own tokenizer. Positions come from the character stream only, because they
//! must not depend on how a dictionary happens to cut a text.

use std::ops::Range;

use tantivy_tokenizer_api::{Token, TokenStream, Tokenizer};

use crate::{Segmenter, Units};

/// The token for a pause: any punctuation between two units other than quotation marks and
/// brackets, however long.
pub const PAUSE: &str = "、";

/// Yields the units of a text (single Han characters, whole Latin words and figures), and a
/// [`PAUSE`] wherever punctuation separates two of them.
///
/// A token's position is the unit's [`position`](crate::Unit::position), so phrases and proximity
/// don't depend on word segmentation.
///
/// ```
/// use tantivy_tokenizer_api::{TokenStream, Tokenizer};
/// use tiaowen_text::CharTokenizer;
///
/// let mut tokenizer = CharTokenizer::default();
/// let mut stream = tokenizer.token_stream("《合作》，CEPA");
/// let mut tokens = Vec::new();
/// while stream.advance() {
///     tokens.push(format!("{} {}", stream.token().position, stream.token().text));
/// }
/// assert_eq!(tokens, ["0 合", "1 作", "2 、", "3 cepa"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct CharTokenizer {
    units: Units,
    token: Token,
}

/// The token stream of a [`CharTokenizer`].
pub struct CharStream<'a> {
    units: &'a Units,
    next: usize,
    paused: bool,
    token: &'a mut Token,
}

impl Tokenizer for CharTokenizer {
    type TokenStream<'a> = CharStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharStream<'a> {
        self.units.read(text);
        self.token.reset();
        CharStream { units: &self.units, next: 0, paused: false, token: &mut self.token }
    }
}

impl TokenStream for CharStream<'_> {
    fn advance(&mut self) -> bool {
        let slice = self.units.as_slice();
        let Some(unit) = slice.get(self.next) else { return false };
        if let Some(before) = self.next.checked_sub(1).and_then(|at| slice.get(at))
            && unit.position > before.position + 1
            && !self.paused
        {
            self.paused = true;
            set(self.token, PAUSE, before.end, unit.start, before.position + 1);
            return true;
        }
        self.paused = false;
        self.next += 1;
        set(self.token, self.units.folded(unit), unit.start, unit.end, unit.position);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Yields all words of two or more Han characters of a text, by start.
///
/// Words overlap, so their positions (that of their first character) are no use for phrases.
#[derive(Debug, Clone)]
pub struct WordTokenizer {
    segmenter: &'static Segmenter,
    units: Units,
    token: Token,
}

impl WordTokenizer {
    /// A tokenizer that cuts words with `segmenter`.
    pub fn new(segmenter: &'static Segmenter) -> Self {
        WordTokenizer { segmenter, units: Units::default(), token: Token::default() }
    }
}

/// The token stream of a [`WordTokenizer`].
pub struct WordStream<'a> {
    units: &'a Units,
    words: std::vec::IntoIter<Range<usize>>,
    token: &'a mut Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.units.read(text);
        self.token.reset();
        let words = self.segmenter.all_words(&self.units).into_iter();
        WordStream { units: &self.units, words, token: &mut self.token }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        let units = &self.units.as_slice()[word.clone()];
        let (Some(first), Some(last)) = (units.first(), units.last()) else { return false };
        set(self.token, self.units.folded_run(word), first.start, last.end, first.position);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

fn set(token: &mut Token, text: &str, start: usize, end: usize, position: usize) {
    token.text.clear();
    token.text.push_str(text);
    token.offset_from = start;
    token.offset_to = end;
    token.position = position;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stream: &mut impl TokenStream) -> Vec<(String, usize, usize, usize)> {
        let mut tokens = Vec::new();
        stream.process(&mut |t| {
            tokens.push((t.text.clone(), t.position, t.offset_from, t.offset_to));
        });
        tokens
    }

    #[test]
    fn characters_with_their_place() {
        let tokens = all(&mut CharTokenizer::default().token_stream("落實 CEPA。權"));
        let expected = [
            ("落", 0, 0, 3),
            ("实", 1, 3, 6),
            ("cepa", 2, 7, 11),
            (PAUSE, 3, 11, 14),
            ("权", 4, 14, 17),
        ];
        assert_eq!(tokens, expected.map(|(t, p, a, b)| (t.to_owned(), p, a, b)));
        let tokens = all(&mut CharTokenizer::default().token_stream("。甲，、乙「丙」\n丁！"));
        let shown: String = tokens.iter().map(|token| token.0.as_str()).collect();
        assert_eq!(shown, "甲、乙丙丁");
    }

    #[test]
    fn words_with_their_place() {
        let mut tokenizer = WordTokenizer::new(Segmenter::shared());
        let tokens = all(&mut tokenizer.token_stream("落實知識產權"));
        let expected =
            [("落实", 0, 0, 6), ("知识", 2, 6, 12), ("知识产权", 2, 6, 18), ("产权", 4, 12, 18)];
        assert_eq!(tokens, expected.map(|(t, p, a, b)| (t.to_owned(), p, a, b)));
    }
}
