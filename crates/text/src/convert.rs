//! Conversion of whole texts for display in the other script.
//!
//! Searching folds character by character (see [`fold`](crate::fold)); showing a text has to choose
//! between several forms by context, so it uses OpenCC. OpenCC matches phrases but knows no word
//! boundaries: its longest phrase may join the end of one word to the beginning of the next
//! (被发明, 颁发布告, 双手表示). Such places are corrected with the words of the dictionary, and
//! other errors of OpenCC with the table `data/mending.tsv`. The samples in `data/shown.tsv`
//! measure both corrections.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use opencc_rust::{DefaultConfig, OpenCC, OpenCCError};

use crate::opencc_cache::Dictionaries;
use crate::{Script, Segmenter, Units};

/// Why a text can't be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// No folder for OpenCC's dictionaries is writable.
    #[error(
        "OpenCC's dictionaries need a folder to be written to, and none is writable ({tried}); set TIAOWEN_CACHE to a folder that is"
    )]
    NoCache {
        /// The folders that were tried, each with the reason why it failed.
        tried: String,
    },
    /// OpenCC rejected the dictionaries or the text.
    #[error("OpenCC: {0}")]
    OpenCc(#[from] OpenCCError),
}

/// A text converted for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The converted text.
    pub text: String,
    /// The marked spans, in bytes of `text`, in the order of the input.
    pub marks: Vec<Range<usize>>,
}

/// Converts texts to one script.
///
/// ```
/// use tiaowen_text::{Converter, Script};
/// let converter = Converter::to(Script::Hans)?.expect("Simplified is a script to convert to");
/// let shown = converter.show("知識產權協議", &[0..12])?;
/// assert_eq!(shown.text, "知识产权协议");
/// assert_eq!(&shown.text[shown.marks[0].clone()], "知识产权");
/// # Ok::<(), tiaowen_text::ConvertError>(())
/// ```
pub struct Converter {
    opencc: OpenCC,
    target: Script,
}

impl Converter {
    /// Makes a converter to Traditional (Hong Kong forms) or Simplified. Returns `None` for
    /// [`Script::Mixed`], which is not a script to convert to.
    ///
    /// # Errors
    /// If no folder for the dictionaries is writable, or OpenCC can't read them.
    pub fn to(target: Script) -> Result<Option<Self>, ConvertError> {
        let config = match target {
            Script::Hant => DefaultConfig::S2HK,
            Script::Hans => DefaultConfig::HK2S,
            Script::Mixed => return Ok(None),
        };
        let dictionaries = Dictionaries::find()?;
        let opencc = OpenCC::new(dictionaries.folder().join(config.get_file_name()))?;
        Ok(Some(Converter { opencc, target }))
    }

    /// Converts `text`. A text that is already in the target script is returned unchanged, so that
    /// it keeps the forms that were printed.
    ///
    /// `marks` are spans of `text` in bytes; the result has them at their new places.
    ///
    /// # Errors
    /// If OpenCC rejects the text.
    pub fn show(&self, text: &str, marks: &[Range<usize>]) -> Result<Shown, ConvertError> {
        if Script::of(text) == self.target {
            return Ok(Shown { text: text.to_owned(), marks: marks.to_vec() });
        }
        let converted = self.convert(text)?;
        if converted.chars().count() == text.chars().count() {
            // The usual case: one character became one character.
            let places = edges_of(text).zip(edges_of(&converted)).collect::<Vec<_>>();
            let marks = marks.iter().map(|mark| carried(mark, &places)).collect();
            return Ok(Shown { text: converted, marks });
        }
        // A phrase changed its length: convert the text between the marks piece by piece.
        let mut edges: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
        edges.extend([0, text.len()]);
        edges.sort_unstable();
        edges.dedup();
        let (mut shown, mut places) = (String::new(), vec![(0, 0)]);
        for piece in edges.windows(2) {
            shown.push_str(&self.convert(&text[piece[0]..piece[1]])?);
            places.push((piece[1], shown.len()));
        }
        let marks = marks.iter().map(|mark| carried(mark, &places)).collect();
        Ok(Shown { text: shown, marks })
    }

    /// Converts a whole text and corrects OpenCC's errors.
    fn convert(&self, text: &str) -> Result<String, ConvertError> {
        let converted = self.ask(text)?;
        let source: Vec<char> = text.chars().collect();
        let mut shown: Vec<char> = converted.chars().collect();
        // The corrections work by position, so they need equal lengths.
        if source.len() != shown.len() {
            return Ok(converted);
        }
        match self.target {
            Script::Hant => self.by_words(text, &mut shown)?,
            _ => progressive(&mut shown),
        }
        mend(self.target, &source, &mut shown);
        Ok(shown.into_iter().collect())
    }

    /// Runs OpenCC. It takes C strings, so the text is split at NUL.
    fn ask(&self, text: &str) -> Result<String, ConvertError> {
        let pieces = text.split('\0').map(|piece| self.opencc.convert(piece));
        Ok(pieces.collect::<Result<Vec<_>, _>>()?.join("\0"))
    }

    /// Replaces each word of a Simplified text by the conversion of that word alone: OpenCC takes
    /// the longest phrase from the left, which may span two words (被发|明).
    fn by_words(&self, text: &str, shown: &mut [char]) -> Result<(), ConvertError> {
        let units = Units::of(text);
        let mut places = vec![0; text.len() + 1];
        for (place, (byte, _)) in text.char_indices().enumerate() {
            places[byte] = place;
        }
        let mut known: FxMap = HashMap::new();
        let mut covered = vec![false; shown.len()];
        for word in Segmenter::shared().words(&units).iter().filter(|word| !word.inner) {
            let units_of_word = &units.as_slice()[word.units.clone()];
            let (Some(first), Some(last)) = (units_of_word.first(), units_of_word.last()) else {
                continue;
            };
            let printed = &text[first.start..last.end];
            let start = places[first.start];
            if !known.contains_key(printed) {
                known.insert(printed, self.ask(printed)?.chars().collect());
            }
            let word = &known[printed];
            if let Some(place) = shown.get_mut(start..start + word.len())
                && printed.chars().count() == word.len()
            {
                place.copy_from_slice(word);
                covered[start..start + word.len()].fill(true);
            }
        }
        // As a word of one character, 了 is the particle: 展示了如何.
        for (place, c) in text.chars().enumerate().filter(|(place, _)| !covered[*place]) {
            if c == '了' {
                shown[place] = c;
            }
        }
        Ok(())
    }
}

/// Converted words by their printed form.
type FxMap<'t> = HashMap<&'t str, Vec<char>>;

/// Words in which Simplified keeps 著; in all others it writes 着.
const KEEPS: [&str; 32] = [
    "著作", "著名", "名著", "显著", "编著", "专著", "原著", "论著", "著述", "著称", "著录", "著者",
    "著有", "土著", "昭著", "卓著", "合著", "译著", "遗著", "巨著", "著书", "著文", "所著", "撰著",
    "新著", "较著", "拙著", "著译", "著编", "鸿著", "执著", "著论",
];

/// Replaces 著 by 着, except in words about writing and prominence.
fn progressive(shown: &mut [char]) {
    for at in 0..shown.len() {
        if shown[at] != '著' {
            continue;
        }
        let pair = |from: usize| -> String { shown[from..].iter().take(2).collect() };
        let before = at.checked_sub(1).map(pair);
        let keeps = |word: &String| KEEPS.contains(&word.as_str());
        if !keeps(&pair(at)) && !before.as_ref().is_some_and(keeps) {
            shown[at] = '着';
        }
    }
}

/// OpenCC's errors: target script, printed words, correct conversion, reason.
const MENDED: &str = include_str!("../data/mending.tsv");

/// The corrections for one script by their first character, the longest first.
type Mending = HashMap<char, Vec<(Vec<char>, Vec<char>)>>;

static MENDING: LazyLock<[Mending; 2]> =
    LazyLock::new(|| [Script::Hant, Script::Hans].map(rows_to));

fn rows_to(script: Script) -> Mending {
    let mut rows = Mending::new();
    for row in MENDED.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let (Some(to), Some(from), Some(shown)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let (from, shown): (Vec<char>, Vec<char>) =
            (from.chars().collect(), shown.chars().collect());
        if to == script.as_str() && from.len() == shown.len() && !from.is_empty() {
            rows.entry(from[0]).or_default().push((from, shown));
        }
    }
    for all in rows.values_mut() {
        all.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
    }
    rows
}

/// Applies the corrections of `data/mending.tsv`.
fn mend(target: Script, source: &[char], shown: &mut [char]) {
    let rows = &MENDING[usize::from(target == Script::Hans)];
    let mut at = 0;
    while at < source.len() {
        let all = rows.get(&source[at]).into_iter().flatten();
        let mut found = all.filter(|(from, _)| source[at..].starts_with(from));
        match found.next() {
            Some((from, to)) => {
                shown[at..at + from.len()].copy_from_slice(to);
                at += from.len();
            }
            None => at += 1,
        }
    }
}

/// The byte offsets at which characters begin, and the end of the text.
fn edges_of(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()])
}

/// Moves a span from old to new byte offsets; `places` are pairs of both, in order.
fn carried(mark: &Range<usize>, places: &[(usize, usize)]) -> Range<usize> {
    let carry = |at: usize| {
        places.binary_search_by_key(&at, |place| place.0).map_or(0, |found| places[found].1)
    };
    carry(mark.start)..carry(mark.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares conversions with words as people write them; `cargo test -- --nocapture` prints the
    /// share that is right.
    #[test]
    fn words_are_shown_as_people_write_them() {
        let mut wrong = Vec::new();
        let mut all = 0;
        for (script, to) in [(Script::Hant, "Hant"), (Script::Hans, "Hans")] {
            let converter = Converter::to(script).unwrap().unwrap();
            let rows =
                include_str!("../data/shown.tsv").lines().filter(|row| !row.starts_with('#'));
            for row in rows {
                let cells: Vec<&str> = row.split('\t').collect();
                let [own, printed, expected] = cells.as_slice() else {
                    panic!("three cells: {row}")
                };
                if *own != to {
                    continue;
                }
                all += 1;
                let shown = converter.convert(printed).unwrap();
                if shown != *expected {
                    wrong.push(format!("{printed}: {shown}, not {expected}"));
                }
            }
        }
        println!("shown right: {} of {all}", all - wrong.len());
        assert!(all >= 300 && wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn shows_the_other_script_with_marks_in_place() {
        let text = "完善知识产权后的合作";
        let mark = text.find("知识").unwrap()..text.find("后").unwrap();
        let shown = Converter::to(Script::Hant).unwrap().unwrap().show(text, &[mark]).unwrap();
        assert_eq!(shown.text, "完善知識產權後的合作");
        assert_eq!(&shown.text[shown.marks[0].clone()], "知識產權");
        let kept = Converter::to(Script::Hans).unwrap().unwrap().show("国家\0后里", &[]).unwrap();
        assert_eq!(kept.text, "国家\0后里");
        assert!(Converter::to(Script::Mixed).unwrap().is_none());
    }
}
