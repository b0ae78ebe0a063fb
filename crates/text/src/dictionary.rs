//! The words that queries are cut by: jieba's, folded, looked up where they lie in the program,
//! so that a search begins without loading them.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

/// Words in the order of their bytes, a line each with how frequent it is, below comments; see
/// scripts/words.
const WORDS: &str = include_str!("../data/words.txt");

/// Lines of comments.
const HEAD: usize = 3;

/// The words as jieba loads them.
pub(crate) fn for_jieba() -> &'static str {
    WORDS.splitn(HEAD + 1, '\n').last().unwrap_or_default()
}

/// What jieba's cut gives: words by their units, those of the best way through a text.
#[derive(Debug)]
pub(crate) struct Dictionary {
    /// Words of the user, in order, each with how frequent it is.
    own: Vec<(String, u64)>,
    /// The logarithm of how frequent all words are together.
    total: f64,
    sum: u64,
    /// Where the words with each Han character of the basic block at their head begin: the line
    /// counted from 1, 0 until somebody asks. Nothing is read before.
    heads: Box<[AtomicU32]>,
}

/// The basic block of Han characters, and how many it has.
const FIRST_HEAD: u32 = 0x4E00;
const HEADS: u32 = 0x5200;

/// Words by where they begin in a run.
#[derive(Debug)]
struct Edges {
    /// The shortest first, those of one character behind those of the one before.
    all: Vec<Edge>,
    /// For each character of the run, where those end that begin there.
    ends: Vec<usize>,
}

impl Edges {
    /// The characters of the run.
    fn characters(&self) -> usize {
        self.ends.len()
    }

    /// The words that begin at a character.
    fn at(&self, start: usize) -> &[Edge] {
        let from = start.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[from..self.ends[start]]
    }
}

/// A word that begins at a character.
#[derive(Debug, Clone, Copy)]
struct Edge {
    /// The character behind it.
    end: usize,
    /// The logarithm of how frequent it is.
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
        Dictionary { own: Vec::new(), total: (sum as f64).ln(), sum, heads }
    }

    /// A hash of the words, made with them: to take it of all of them would take longer than most
    /// searches.
    pub(crate) fn hash() -> &'static str {
        WORDS.lines().find_map(|line| line.strip_prefix("# blake3 ")).unwrap_or_default()
    }

    /// Adds a folded word, as frequent as it takes to be cut as one.
    pub(crate) fn add(&mut self, word: &str) {
        let known = self.frequency(word);
        let cut = self.cut(word);
        let pieces = cut.windows(2).map(|ends| {
            let piece: String = word.chars().skip(ends[0]).take(ends[1] - ends[0]).collect();
            (self.frequency(&piece).unwrap_or(1) as f64).ln() - self.total
        });
        let joined = pieces.fold(0.0, |sum, piece| sum + piece) + self.total;
        let frequency = (joined.exp() as u64 + 1).max(known.unwrap_or(1));
        match self.own.binary_search_by(|(own, _)| own.as_str().cmp(word)) {
            Ok(at) => self.own[at].1 = frequency,
            Err(at) => self.own.insert(at, (word.to_owned(), frequency)),
        }
        self.sum = self.sum + frequency - known.unwrap_or(0);
        self.total = (self.sum as f64).ln();
    }

    fn frequency(&self, word: &str) -> Option<u64> {
        if let Ok(at) = self.own.binary_search_by(|(own, _)| own.as_str().cmp(word)) {
            return Some(self.own[at].1);
        }
        let at = lower_bound(0..WORDS.len(), word, false);
        line(at).filter(|(known, _)| *known == word).map(|(_, frequency)| frequency)
    }

    /// Where the words of a folded run of Han characters begin and end, in characters: jieba's
    /// cut without its guesses at words that the dictionary lacks.
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

    /// The words of a run as jieba's search mode gives them, in characters: those of the cut,
    /// and those of two and three characters inside longer ones.
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

    /// The words of a run by where they begin.
    fn edges(&self, run: &str) -> Edges {
        let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).collect();
        let mut edges = Edges { all: Vec::new(), ends: Vec::with_capacity(starts.len()) };
        for (first, c) in run.chars().enumerate() {
            // Lines that begin as the text does lie side by side.
            let mut lines = self.lines_of(c);
            let mut own = self.own.as_slice();
            for end in first + 1..=starts.len() {
                let text = &run[starts[first]..starts.get(end).copied().unwrap_or(run.len())];
                // What goes on from a word of two lies near it.
                if end > first + 1 {
                    lines.start = lower_bound(lines.clone(), text, end > first + 2);
                }
                own = &own[own.partition_point(|(word, _)| word.as_str() < text)..];
                let rest = WORDS[lines.start..].strip_prefix(text);
                let mine = own.first().filter(|(word, _)| word.starts_with(text));
                if rest.is_none() && mine.is_none() {
                    break;
                }
                let mine = mine.filter(|(word, _)| word == text).map(|(_, frequency)| *frequency);
                if let Some(frequency) = mine.or_else(|| rest.and_then(frequency_behind)) {
                    edges.all.push(Edge { end, frequency: (frequency as f64).ln() });
                }
            }
            edges.ends.push(edges.all.len());
        }
        edges
    }

    /// The lines of the words that begin with a character.
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

    /// For each character of a run the end of the word there on the likeliest way to the end of
    /// the run; of two as likely the longer word.
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
            // A character that is no word counts as the rarest.
            (likely[at], ends[at]) = best.unwrap_or((likely[at + 1] - self.total, at + 1));
        }
        ends
    }
}

/// The first line of [`WORDS`] in a range of whole lines whose word is not before `word`; looked
/// for near the first of them where it is likely there.
fn lower_bound(lines: Range<usize>, word: &str, near: bool) -> usize {
    let (bytes, word) = (WORDS.as_bytes(), word.as_bytes());
    let Range { start: mut low, end: mut high } = lines;
    let mut step = if near { NEAR } else { high };
    while low < high {
        let middle = if low + step < high { low + step } else { low + (high - low) / 2 };
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let rest = &bytes[start..];
        // What stands behind a shorter word, a space, is before any character of a word, and so
        // are the comments at the top.
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

/// How far from a word the next one is looked for at first, in bytes.
const NEAR: usize = 128;

/// How frequent a word is, by what stands behind it; `None` where the word goes on.
fn frequency_behind(rest: &str) -> Option<u64> {
    rest.strip_prefix(' ')?.lines().next()?.parse().ok()
}

/// The word of a line with how frequent it is.
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

    /// One of each for all that only cut with them: reading the words takes longest.
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
