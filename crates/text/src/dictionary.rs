//! The dictionary that cuts queries: jieba's words, folded, searched in place.
//!
//! Loading jieba takes longer than most searches. A query has few characters, so its words are
//! looked up by binary search directly in the sorted text that is compiled into the program;
//! nothing is parsed at startup. Indexing cuts millions of characters and therefore loads jieba
//! itself ([`for_jieba`]). Tests compare the cuts of both.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

/// One word a line with its frequency, sorted by bytes, below the comment lines. Made by
/// scripts/words.
const WORDS: &str = include_str!("../data/words.txt");

/// Number of comment lines.
const HEAD: usize = 3;

/// The words in jieba's dictionary format.
pub(crate) fn for_jieba() -> &'static str {
    WORDS.splitn(HEAD + 1, '\n').last().unwrap_or_default()
}

/// Cuts runs of Han characters as jieba does: the most probable way through the words.
#[derive(Debug)]
pub(crate) struct Dictionary {
    /// The user's words with their frequencies, sorted.
    user_words: Vec<(String, u64)>,
    /// Logarithm of the sum of all frequencies.
    total: f64,
    sum: u64,
    /// For each Han character of the basic block, the offset of the first line whose word begins
    /// with it, plus 1; 0 until that character is first needed.
    heads: Box<[AtomicU32]>,
}

/// First character of the basic block of Han characters, and the size of the block.
const FIRST_HEAD: u32 = 0x4E00;
const HEADS: u32 = 0x5200;

/// The words of a run, by their first character.
#[derive(Debug)]
struct Edges {
    /// Sorted by first character, then from the shortest to the longest.
    all: Vec<Edge>,
    /// For each character of the run, the end of its words in `all`.
    ends: Vec<usize>,
}

impl Edges {
    /// Number of characters of the run.
    fn characters(&self) -> usize {
        self.ends.len()
    }

    /// The words that begin at a character.
    fn at(&self, start: usize) -> &[Edge] {
        let from = start.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[from..self.ends[start]]
    }
}

/// A dictionary word at a known first character.
#[derive(Debug, Clone, Copy)]
struct Edge {
    /// Offset of the character behind the word.
    end: usize,
    /// Logarithm of the word's frequency.
    frequency: f64,
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        let sum = WORDS.lines().find_map(|line| {
            let (sum, rest) = line.strip_prefix("# ")?.split_once(' ')?;
            rest.starts_with("in all").then(|| sum.parse().ok())?
        });
        let sum = sum.expect("the head tells it, as a test checks");
        let heads = (0..HEADS).map(|_| AtomicU32::new(0)).collect();
        Dictionary { user_words: Vec::new(), total: (sum as f64).ln(), sum, heads }
    }

    /// Hash of the words, computed when the file was made: computing it at startup would take
    /// longer than most searches.
    pub(crate) fn hash() -> &'static str {
        WORDS.lines().find_map(|line| line.strip_prefix("# blake3 ")).unwrap_or_default()
    }

    /// Adds a folded word with the lowest frequency at which it is cut as one word.
    pub(crate) fn add(&mut self, word: &str) {
        let known = self.frequency(word);
        let cut = self.cut(word);
        let pieces = cut.windows(2).map(|ends| {
            let piece: String = word.chars().skip(ends[0]).take(ends[1] - ends[0]).collect();
            (self.frequency(&piece).unwrap_or(1) as f64).ln() - self.total
        });
        let joined = pieces.fold(0.0, |sum, piece| sum + piece) + self.total;
        let frequency = (joined.exp() as u64 + 1).max(known.unwrap_or(1));
        match self.user_words.binary_search_by(|(known, _)| known.as_str().cmp(word)) {
            Ok(at) => self.user_words[at].1 = frequency,
            Err(at) => self.user_words.insert(at, (word.to_owned(), frequency)),
        }
        self.sum = self.sum + frequency - known.unwrap_or(0);
        self.total = (self.sum as f64).ln();
    }

    fn frequency(&self, word: &str) -> Option<u64> {
        if let Ok(at) = self.user_words.binary_search_by(|(known, _)| known.as_str().cmp(word)) {
            return Some(self.user_words[at].1);
        }
        let at = lower_bound(0..WORDS.len(), word, false);
        line(at).filter(|(known, _)| *known == word).map(|(_, frequency)| frequency)
    }

    /// Word boundaries of a folded run of Han characters, in characters. Equal to jieba's cut
    /// without its hidden Markov model for unknown words.
    pub(crate) fn cut(&self, run: &str) -> Vec<usize> {
        let edges = self.edges(run);
        let best = self.best(&edges);
        let mut ends = vec![0];
        while let Some(&last) = ends.last()
            && last < edges.characters()
        {
            ends.push(best[last]);
        }
        ends
    }

    /// Words of a run as in jieba's search mode, in characters: the words of [`cut`](Self::cut),
    /// and the words of two and three characters inside longer ones.
    pub(crate) fn cut_for_search(&self, run: &str) -> Vec<Range<usize>> {
        let edges = self.edges(run);
        let best = self.best(&edges);
        let is_word =
            |range: &Range<usize>| edges.at(range.start).iter().any(|e| e.end == range.end);
        let mut words = Vec::new();
        let mut at = 0;
        while at < edges.characters() {
            let end = best[at];
            for length in [2, 3] {
                if end - at > length {
                    let inner = (at..=end - length).map(|start| start..start + length);
                    words.extend(inner.filter(is_word));
                }
            }
            words.push(at..end);
            at = end;
        }
        words
    }

    /// All dictionary words of a run, by their first character.
    fn edges(&self, run: &str) -> Edges {
        let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).collect();
        let mut edges = Edges { all: Vec::new(), ends: Vec::with_capacity(starts.len()) };
        for (first, c) in run.chars().enumerate() {
            // The file is sorted, so words with a common prefix are adjacent lines.
            let mut lines = self.lines_of(c);
            let mut user_words = self.user_words.as_slice();
            for end in first + 1..=starts.len() {
                let text = &run[starts[first]..starts.get(end).copied().unwrap_or(run.len())];
                // Words that extend a prefix of two characters lie close to it.
                if end > first + 1 {
                    lines.start = lower_bound(lines.clone(), text, end > first + 2);
                }
                user_words =
                    &user_words[user_words.partition_point(|(word, _)| word.as_str() < text)..];
                let rest = WORDS[lines.start..].strip_prefix(text);
                let user_word = user_words.first().filter(|(word, _)| word.starts_with(text));
                if rest.is_none() && user_word.is_none() {
                    break;
                }
                let exact =
                    user_word.filter(|(word, _)| word == text).map(|(_, frequency)| *frequency);
                if let Some(frequency) = exact.or_else(|| rest.and_then(frequency_behind)) {
                    edges.all.push(Edge { end, frequency: (frequency as f64).ln() });
                }
            }
            edges.ends.push(edges.all.len());
        }
        edges
    }

    /// The range of lines whose words begin with `head`.
    fn lines_of(&self, head: char) -> Range<usize> {
        let start = |head: u32| {
            let slot = self.heads.get(head.wrapping_sub(FIRST_HEAD) as usize);
            let known = slot.map_or(0, |slot| slot.load(Ordering::Relaxed));
            if known > 0 {
                return known as usize - 1;
            }
            let Some(c) = char::from_u32(head) else { return WORDS.len() };
            let start = lower_bound(0..WORDS.len(), c.encode_utf8(&mut [0; 4]), false);
            if let Some(slot) = slot {
                slot.store(start as u32 + 1, Ordering::Relaxed);
            }
            start
        };
        start(u32::from(head))..start(u32::from(head) + 1)
    }

    /// For each character of a run, the end of the word that begins there on the most probable way
    /// to the end of the run. Of two equally probable ways it takes the longer word.
    fn best(&self, edges: &Edges) -> Vec<usize> {
        let run = edges.characters();
        let mut likely = vec![0.0f64; run + 1];
        let mut ends = vec![run; run];
        for at in (0..run).rev() {
            let mut best: Option<(f64, usize)> = None;
            for edge in edges.at(at) {
                let way = edge.frequency - self.total + likely[edge.end];
                if best.is_none_or(|(most, end)| way > most || way == most && edge.end > end) {
                    best = Some((way, edge.end));
                }
            }
            // An unknown character gets the lowest frequency.
            (likely[at], ends[at]) = best.unwrap_or((likely[at + 1] - self.total, at + 1));
        }
        ends
    }
}

/// The first line in `lines` (a range of whole lines of [`WORDS`]) whose word is not before `word`.
/// With `near`, the search starts in small steps at the beginning of the range.
fn lower_bound(lines: Range<usize>, word: &str, near: bool) -> usize {
    let (bytes, word) = (WORDS.as_bytes(), word.as_bytes());
    let Range { start: mut low, end: mut high } = lines;
    let mut step = if near { NEAR } else { high };
    while low < high {
        let middle = if low + step < high { low + step } else { low + (high - low) / 2 };
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let rest = &bytes[start..];
        // The space behind a shorter word sorts before any character of a word; so do the comment
        // lines.
        if rest[..word.len().min(rest.len())] < *word {
            low = start + memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            step = step.saturating_mul(4);
        } else {
            high = start;
            step = high;
        }
    }
    low
}

/// First step of a search with `near`, in bytes.
const NEAR: usize = 128;

/// The frequency from the text behind a word; `None` if a longer word continues there.
fn frequency_behind(rest: &str) -> Option<u64> {
    rest.strip_prefix(' ')?.lines().next()?.parse().ok()
}

/// The word and the frequency of a line.
fn line(start: usize) -> Option<(&'static str, u64)> {
    let (word, frequency) = WORDS.get(start..)?.lines().next()?.split_once(' ')?;
    Some((word, frequency.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use jieba_rs::Jieba;
    use proptest::prelude::*;

    use super::*;
    use crate::{JIEBA_VERSION, fold};

    fn jieba() -> Jieba {
        Jieba::with_dict(&mut for_jieba().as_bytes()).unwrap()
    }

    /// Loaded once for all tests that only cut: loading takes longest.
    fn both() -> (&'static Jieba, &'static Dictionary) {
        static BOTH: LazyLock<(Jieba, Dictionary)> = LazyLock::new(|| (jieba(), Dictionary::new()));
        (&BOTH.0, &BOTH.1)
    }

    #[test]
    fn the_words_are_in_order_folded_and_of_this_jieba() {
        let mut lines = WORDS.lines();
        assert!(lines.next().unwrap().contains(&format!("jieba-rs {JIEBA_VERSION} ")));
        lines.next();
        lines.next();
        assert_eq!(Dictionary::hash(), &blake3::hash(for_jieba().as_bytes()).to_hex()[..16]);
        let (mut last, mut sum) = ("", 0);
        for line in lines {
            let (word, frequency) = line.split_once(' ').unwrap();
            assert!(last < word && fold(word) == word, "{last} {word}");
            sum += frequency.parse::<u64>().unwrap();
            last = word;
        }
        assert_eq!(sum, Dictionary::new().sum);
        let known = Dictionary::new();
        for term in include_str!("../data/terms.txt").lines() {
            let term = fold(term.split('#').next().unwrap().trim());
            assert!(
                term.is_empty() || known.frequency(&term).is_some(),
                "run scripts/words: {term}"
            );
        }
    }

    #[test]
    fn words_of_a_user_are_added_as_jieba_adds_them() {
        let (mut jieba, mut own) = (jieba(), Dictionary::new());
        for word in ["丘成桐会", "合作", "北部都会区", "之日起", "会区建"] {
            let frequency = jieba.add_word(word, None, None) as u64;
            own.add(word);
            assert_eq!(own.frequency(word), Some(frequency), "{word}");
        }
        for text in ["北部都会区建设合作", "丘成桐会之日起", "自签署之日起生效"]
        {
            assert_eq!(own.cut(text), ends(&jieba, text), "{text}");
        }
    }

    fn ends(jieba: &Jieba, text: &str) -> Vec<usize> {
        let cut = jieba.cut(text, false);
        std::iter::once(0).chain(cut.iter().map(|token| token.end)).collect()
    }

    fn assert_alike(jieba: &Jieba, own: &Dictionary, text: &str) {
        assert_eq!(own.cut(text), ends(jieba, text), "{text}");
        let search = jieba.cut_for_search(text, false);
        let search: Vec<_> = search.iter().map(|token| token.start..token.end).collect();
        assert_eq!(own.cut_for_search(text), search, "{text}");
    }

    #[test]
    fn real_texts_are_cut_as_jieba_cuts_them() {
        let (jieba, own) = both();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
        let mut runs = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let Ok(text) = std::fs::read_to_string(file.unwrap().path()) else { continue };
            let units = crate::Units::of(&text);
            for run in units.han_runs() {
                assert_alike(jieba, own, units.folded_run(run));
                runs += 1;
            }
        }
        assert!(runs > 4_000, "{runs} runs");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn texts_of_words_are_cut_as_jieba_cuts_them(at in proptest::collection::vec(0..WORDS.len(), 400)) {
            let (jieba, own) = both();
            let word = |at: &usize| {
                let start = WORDS.as_bytes()[..*at].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
                line(start).map(|(word, _)| word).filter(|word| !word.starts_with('#'))
            };
            let words: Vec<&str> = at.iter().filter_map(word).collect();
            for some in words.chunks(4) {
                assert_alike(jieba, own, &some.concat());
            }
        }
    }
}
