//! Finds corrections, readings by sound, and completions in the vocabulary of an index.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tiaowen_index::Fields;
use tiaowen_index::tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};
use tiaowen_index::tantivy::{Result, Searcher, Term};
use tiaowen_text::phonetic::{Spelling, syllables, word_reads_as};
use tiaowen_text::{Budget, Script, Units, fold};

use crate::engine::segments::going_on;
use crate::language::highlight::highlights_within;
use crate::{Analysis, QueryError, QueryTerm};

/// A completion of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// A word or title, as printed.
    pub text: String,
    /// The number of clauses that contain it.
    pub clauses: u64,
}

/// Words of the index, folded, with the number of clauses that contain each.
pub(crate) fn vocabulary(
    searcher: &Searcher,
    words: Field,
    budget: &Budget,
    mut keep: impl FnMut(&str) -> bool,
) -> Result<HashMap<String, u64>> {
    let mut all: HashMap<String, u64> = HashMap::new();
    let mut read = 0u32;
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(words)?;
        let mut stream = inverted.terms().stream()?;
        while stream.advance() {
            read = read.wrapping_add(1);
            if read.is_multiple_of(256) {
                going_on(budget)?;
            }
            if let Ok(word) = std::str::from_utf8(stream.key())
                && keep(word)
            {
                *all.entry(word.to_owned()).or_default() += u64::from(stream.value().doc_freq);
            }
        }
    }
    Ok(all)
}

/// Words that begin with a folded prefix, the most frequent first.
pub(crate) fn beginning_with(
    searcher: &Searcher,
    words: Field,
    prefix: &str,
    most: usize,
    budget: &Budget,
) -> Result<Vec<(String, u64)>> {
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    let mut read = 0u32;
    // The range ends at the successor of the last character. The last code point itself never
    // occurs.
    let mut end: Vec<char> = prefix.chars().collect();
    if let Some(last) = end.last_mut() {
        *last = (u32::from(*last) + 1..).find_map(char::from_u32).unwrap_or(char::MAX);
    }
    let end: String = end.into_iter().collect();
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(words)?;
        let range = inverted.terms().range().ge(prefix.as_bytes()).lt(end.as_bytes());
        let mut stream = range.into_stream()?;
        while stream.advance() {
            read = read.wrapping_add(1);
            if read.is_multiple_of(256) {
                going_on(budget)?;
            }
            if let Ok(word) = std::str::from_utf8(stream.key()) {
                *all.entry(word.to_owned()).or_default() += u64::from(stream.value().doc_freq);
            }
        }
    }
    let mut all: Vec<(String, u64)> = all.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(most);
    Ok(all)
}

/// A word of the index that part of a query may be a misspelling of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    /// The part of the query, and the units of it, that the word replaces.
    pub(crate) part: usize,
    pub(crate) units: std::ops::Range<usize>,
    /// The word, folded.
    pub(crate) word: String,
    /// The number of clauses that contain it.
    pub(crate) clauses: u64,
}

/// Words that differ from a stretch of the query by one character: replaced, missing or added. Only
/// stretches that overlap a group in `unheld` count. Those that replace most of the query come
/// first, then the most frequent.
///
/// `known` returns the words of the vocabulary that are similar to the given ones, with the number
/// of clauses that contain each.
/// what they are to be like.
pub(crate) fn corrections(
    analysis: &Analysis,
    unheld: &BTreeSet<(usize, usize)>,
    known: impl FnOnce(
        &[String],
        &dyn Fn(&str) -> bool,
    ) -> std::result::Result<HashMap<String, u64>, QueryError>,
) -> std::result::Result<Vec<Correction>, QueryError> {
    let mut stretches: Vec<(usize, std::ops::Range<usize>, Vec<char>)> = Vec::new();
    for (nth, part) in analysis.parts.iter().enumerate() {
        let touched: Vec<_> = part
            .groups
            .iter()
            .enumerate()
            .filter(|(at, _)| unheld.contains(&(nth, *at)))
            .map(|(_, group)| group.units.clone())
            .collect();
        for length in 2..=LONGEST {
            for start in 0..(part.units.len() + 1).saturating_sub(length) {
                let units = start..start + length;
                let touches =
                    touched.iter().any(|group| group.start < units.end && start < group.end);
                let chars: Vec<char> = part.units[units.clone()].concat().chars().collect();
                // Latin words and figures are not misspelt Han characters.
                if touches && chars.len() == length {
                    stretches.push((nth, units, chars));
                }
            }
        }
    }
    let mut found: Vec<Correction> = Vec::new();
    let typed: Vec<String> = stretches.iter().map(|(.., typed)| typed.iter().collect()).collect();
    let known = known(&typed, &|word| {
        let word: Vec<char> = word.chars().collect();
        word.len() >= SHORTEST && stretches.iter().any(|(.., typed)| one_apart(typed, &word))
    })?;
    for (word, clauses) in known {
        let chars: Vec<char> = word.chars().collect();
        for (part, units, typed) in &stretches {
            if one_apart(typed, &chars) {
                let (part, units, word) = (*part, units.clone(), word.clone());
                found.push(Correction { part, units, word, clauses });
            }
        }
    }
    found.sort_by(|a, b| {
        (b.word.chars().count().cmp(&a.word.chars().count()))
            .then(b.clauses.cmp(&a.clauses))
            .then_with(|| a.word.cmp(&b.word))
            .then(a.units.start.cmp(&b.units.start))
    });
    Ok(found)
}

/// With fewer characters, one wrong character leaves too little to recognise the word.
const SHORTEST: usize = 3;
/// The dictionary has hardly any longer words.
const LONGEST: usize = 8;

/// Whether one change of a character turns one word into the other.
fn one_apart(typed: &[char], word: &[char]) -> bool {
    let (short, long) = if typed.len() <= word.len() { (typed, word) } else { (word, typed) };
    if long.len() - short.len() > 1 || typed == word {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let skip = usize::from(short.len() == long.len());
    short[(same + skip).min(short.len())..] == long[same + 1..]
}

/// Readings of Latin letters: words of the index, single or in a row, folded. Readings of few and
/// frequent words come first.
pub(crate) fn heard(
    searcher: &Searcher,
    words: Field,
    typed: &str,
    budget: &Budget,
) -> Result<Vec<String>> {
    if !typed.chars().any(|c| c.is_ascii_alphabetic()) {
        return Ok(Vec::new());
    }
    let mut ways = Vec::new();
    for spelling in [Spelling::Pinyin, Spelling::Jyutping] {
        ways.extend(syllables(typed, spelling).into_iter().map(|way| (spelling, way)));
    }
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    // For each way to split the letters into syllables, the words that each stretch may spell.
    let mut fits: Vec<Fits> = vec![Fits::new(); ways.len()];
    let known = vocabulary(searcher, words, budget, |word| {
        let length = word.chars().count();
        ways.iter().any(|(spelling, way)| {
            way.windows(length).any(|stretch| word_reads_as(word, stretch, *spelling))
        })
    })?;
    for (word, clauses) in known {
        let length = word.chars().count();
        for ((spelling, way), fits) in ways.iter().zip(&mut fits) {
            for (at, stretch) in way.windows(length).enumerate() {
                if word_reads_as(&word, stretch, *spelling) {
                    fits.entry((at, length)).or_default().push((clauses, word.clone()));
                }
            }
        }
    }
    let mut all: Vec<(usize, u64, String)> = Vec::new();
    for ((_, way), mut fits) in ways.iter().zip(fits) {
        for words in fits.values_mut() {
            words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            words.truncate(MOST_HEARD);
        }
        // The best readings of the syllables up to each position.
        let mut filled: Vec<Vec<(usize, u64, String)>> = vec![Vec::new(); way.len() + 1];
        filled[0].push((0, u64::MAX, String::new()));
        for at in 0..way.len() {
            let before = std::mem::take(&mut filled[at]);
            for length in 2..=way.len() - at {
                for (clauses, word) in fits.get(&(at, length)).into_iter().flatten() {
                    let next = &mut filled[at + length];
                    next.extend(before.iter().map(|(count, rarest, text)| {
                        (count + 1, (*rarest).min(*clauses), format!("{text}{word}"))
                    }));
                    best_first(next);
                }
            }
        }
        all.append(&mut filled[way.len()]);
    }
    best_first(&mut all);
    Ok(all.into_iter().map(|(.., text)| text).collect())
}

/// Words with their frequency, by their first syllable and the number of syllables.
type Fits = HashMap<(usize, usize), Vec<(u64, String)>>;

/// The number of readings that are kept.
const MOST_HEARD: usize = 5;

fn best_first(all: &mut Vec<(usize, u64, String)>) {
    all.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
    let mut seen = BTreeSet::new();
    all.retain(|(.., text)| seen.insert(text.clone()));
    all.truncate(MOST_HEARD);
}

/// The printed form of a folded word in documents of a script. `None` if none contains it or the
/// budget is spent.
pub(crate) fn as_printed(
    word: &str,
    script: Script,
    budget: &Budget,
    texts: impl Fn(&QueryTerm, Script) -> Option<String>,
) -> Option<String> {
    let text = texts(&QueryTerm::Phrase(crate::language::plan::in_a_row(word)), script)?;
    let marks = highlights_within(&text, &[Analysis::phrase(word)], budget).ok()?;
    let first = marks.into_iter().map(|mark| text[mark].to_owned()).find(|mark| fold(mark) == word);
    first.filter(|mark| Units::of(mark).iter().count() > 0)
}

/// A query for clauses with a term in documents of a script.
pub(crate) fn in_script(
    query_term: &QueryTerm,
    script: Script,
    fields: &Fields,
    budget: &Budget,
) -> BooleanQuery {
    let term = Term::from_field_text(fields.script, script.as_str());
    let script: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
    BooleanQuery::new(vec![
        (Occur::Must, crate::engine::queries::term_query(query_term, fields, budget)),
        (Occur::Must, script),
    ])
}

#[cfg(test)]
mod tests {
    use super::one_apart;

    #[test]
    fn one_change_apart() {
        let apart = |typed: &str, word: &str| {
            let (typed, word): (Vec<char>, Vec<char>) =
                (typed.chars().collect(), word.chars().collect());
            one_apart(&typed, &word)
        };
        for (typed, word) in [
            ("知织产权", "知识产权"),
            ("知产权", "知识产权"),
            ("知识识产权", "知识产权"),
            ("产识", "产权"),
        ] {
            assert!(apart(typed, word), "{typed} {word}");
        }
        for (typed, word) in
            [("知识产权", "知识产权"), ("产知识权", "知识产权"), ("知", "知识产权")]
        {
            assert!(!apart(typed, word), "{typed} {word}");
        }
    }
}
