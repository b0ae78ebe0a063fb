//! Cuts typed Latin text into syllables.
//!
//! Text without spaces can be cut in several ways (`xian` is one syllable or two), so the result is
//! a short list, most plausible first. The list for a text is built from the lists for its
//! suffixes, each cut once.

use super::{READINGS, Spelling, Syllable};
use crate::fold_char;

/// The longest input, in characters. Nobody types a longer word by its sound.
const LONGEST_INPUT: usize = 64;
const MOST_WAYS: usize = 8;
/// Letters of the longest syllables: `zhuang`, `gwaang`.
const LONGEST_SYLLABLE: usize = 6;

/// A sign of typed text.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sign {
    /// A letter, with the tone of its diacritic.
    Letter(char, Option<u8>),
    /// A digit behind a syllable.
    Tone(u8),
    /// White space, an apostrophe or a hyphen: the end of a syllable.
    Break,
}

/// Letters with the diacritics of the four tones. A breve is often typed for the caron.
const MARKED: [(char, [char; 5]); 6] = [
    ('a', ['ā', 'á', 'ǎ', 'à', 'ă']),
    ('e', ['ē', 'é', 'ě', 'è', 'ĕ']),
    ('i', ['ī', 'í', 'ǐ', 'ì', 'ĭ']),
    ('o', ['ō', 'ó', 'ǒ', 'ò', 'ŏ']),
    ('u', ['ū', 'ú', 'ǔ', 'ù', 'ŭ']),
    ('ü', ['ǖ', 'ǘ', 'ǚ', 'ǜ', 'ǚ']),
];
/// The same diacritics as combining characters.
const COMBINING: [char; 5] = ['\u{304}', '\u{301}', '\u{30c}', '\u{300}', '\u{306}'];
const DIAERESIS: char = '\u{308}';

/// The tone of a diacritic of [`MARKED`] or [`COMBINING`].
fn tone_of(mark: char, marks: &[char; 5]) -> Option<u8> {
    marks.iter().zip([1, 2, 3, 4, 3]).find_map(|(&m, tone)| (m == mark).then_some(tone))
}

/// Reads text sign by sign. Returns `None` if a sign occurs in no syllable of that spelling.
fn signs(text: &str, spelling: Spelling) -> Option<Vec<Sign>> {
    let pinyin = spelling == Spelling::Pinyin;
    let mut signs: Vec<Sign> = Vec::with_capacity(text.len());
    for c in text.chars().map(fold_char) {
        let (letter, mark) = match c {
            '\u{9}'..='\u{d}' | ' ' | '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' => {
                signs.push(Sign::Break);
                continue;
            }
            '0'..='6' => {
                signs.push(Sign::Tone(match c as u8 - b'0' {
                    0 if pinyin => 5,
                    tone if (1..=if pinyin { 5 } else { 6 }).contains(&tone) => tone,
                    _ => return None,
                }));
                continue;
            }
            'a'..='z' if c != 'v' => (c, None),
            _ if !pinyin => return None,
            'ü' | 'v' => ('ü', None),
            DIAERESIS | ':' => match signs.pop()? {
                Sign::Letter('u', mark) => ('ü', mark),
                _ => return None,
            },
            _ => match tone_of(c, &COMBINING) {
                Some(tone) => match signs.pop()? {
                    Sign::Letter(letter, None) => (letter, Some(tone)),
                    _ => return None,
                },
                None => MARKED.iter().find_map(|&(letter, ref marks)| {
                    tone_of(c, marks).map(|tone| (letter, Some(tone)))
                })?,
            },
        };
        // Pinyin writes ju for jü: no other u follows j, q, x and y.
        let plain =
            letter == 'ü' && matches!(signs.last(), Some(Sign::Letter('j' | 'q' | 'x' | 'y', _)));
        signs.push(Sign::Letter(if plain { 'u' } else { letter }, mark));
    }
    Some(signs)
}

/// The syllables that can begin at the first of `signs`, each with the number of signs that it
/// takes; the longest first.
fn beginnings(signs: &[Sign], spelling: Spelling) -> Vec<(Syllable, usize)> {
    let inventory = &READINGS.inventories[spelling as usize];
    let (mut found, mut typed, mut marked) = (Vec::new(), String::new(), None);
    for (at, &sign) in signs.iter().enumerate().take(LONGEST_SYLLABLE) {
        let Sign::Letter(letter, mark) = sign else { break };
        if marked.is_some() && mark.is_some() {
            break;
        }
        marked = marked.or(mark);
        typed.push(letter);
        let letters = match typed.as_str() {
            // Pinyin has no lue beside lüe, so the dots are often left out.
            "lue" if spelling == Spelling::Pinyin => "lüe",
            "nue" if spelling == Spelling::Pinyin => "nüe",
            letters => letters,
        };
        // lü without its dots, or spelled as in passports: falu, lyu. Only without a tone, and
        // tried last.
        let undotted = match letters {
            _ if spelling != Spelling::Pinyin || marked.is_some() => None,
            "lu" | "lyu" => Some("lü"),
            "nu" | "nyu" => Some("nü"),
            "lyue" => Some("lüe"),
            "nyue" => Some("nüe"),
            _ => None,
        };
        let undotted = undotted.and_then(|letters| inventory.binary_search(&letters).ok());
        if let Some(known) = undotted.filter(|_| !matches!(signs.get(at + 1), Some(Sign::Tone(_))))
        {
            found.push((Syllable { letters: inventory[known], tone: None }, at + 1));
        }
        let Ok(known) = inventory.binary_search(&letters) else { continue };
        let letters = inventory[known];
        match signs.get(at + 1) {
            // A syllable has one tone, by diacritic or by digit.
            Some(Sign::Tone(_)) if marked.is_some() => {}
            Some(&Sign::Tone(tone)) => found.push((Syllable { letters, tone: Some(tone) }, at + 2)),
            _ => found.push((Syllable { letters, tone: marked }, at + 1)),
        }
    }
    found.reverse();
    found
}

/// Cuts Latin text into syllables. Returns the possible ways, most plausible first, or none if the
/// text doesn't consist of syllables of that spelling.
///
/// A way with fewer syllables is more plausible; of equal ones, the way with fewer syllables that
/// begin with a vowel directly behind a letter, where the rules of pinyin demand an apostrophe:
/// `fangan` is fan-gan before fang-an. Spaces, apostrophes and hyphens end a syllable. A tone is a
/// digit behind the syllable (0 or 5 for pinyin's neutral tone) or, in pinyin, a diacritic; it is
/// kept apart from the letters. `ü` may be typed as `v`, `u:`, `yu` or, without a tone, `u`.
/// Letters may be upper case, full-width or combined with their diacritics.
///
/// Returns at most 8 ways, and none for text longer than 64 characters.
///
/// ```
/// use tiaowen_text::phonetic::{Spelling, Syllable, syllables};
/// let ways = syllables("xian", Spelling::Pinyin);
/// let letters: Vec<Vec<_>> =
///     ways.iter().map(|way| way.iter().map(Syllable::letters).collect()).collect();
/// assert_eq!(letters, [vec!["xian"], vec!["xi", "an"]]);
/// assert_eq!(syllables("xi'an", Spelling::Pinyin).len(), 1);
/// assert!(syllables("clause", Spelling::Pinyin).is_empty());
/// ```
pub fn syllables(text: &str, spelling: Spelling) -> Vec<Vec<Syllable>> {
    if text.chars().nth(LONGEST_INPUT).is_some() {
        return Vec::new();
    }
    let Some(signs) = signs(text, spelling) else { return Vec::new() };
    // For each sign, the best ways to cut the rest of the text: cost and syllables, from the last
    // to the first. The best ways for a text extend the best ways for its suffixes.
    let mut rests: Vec<Vec<(usize, Vec<Syllable>)>> = vec![Vec::new(); signs.len() + 1];
    rests[signs.len()].push((0, Vec::new()));
    for start in (0..signs.len()).rev() {
        if signs[start] == Sign::Break {
            rests[start] = rests[start + 1].clone();
            continue;
        }
        let behind_letter = start > 0 && matches!(signs[start - 1], Sign::Letter(..));
        let bare = behind_letter && matches!(signs[start], Sign::Letter('a' | 'e' | 'o', _));
        let mut ways = Vec::new();
        for (syllable, taken) in beginnings(&signs[start..], spelling) {
            for (bare_rest, rest) in &rests[start + taken] {
                let way: Vec<_> = rest.iter().copied().chain([syllable]).collect();
                ways.push((bare_rest + usize::from(bare), way));
            }
        }
        ways.sort_by_key(|(bare, way)| (way.len(), *bare));
        ways.truncate(MOST_WAYS);
        rests[start] = ways;
    }
    let ways = rests.swap_remove(0).into_iter().map(|(_, way)| way.into_iter().rev().collect());
    ways.filter(|way: &Vec<_>| !way.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Spelling::{Jyutping, Pinyin};
    use super::*;

    /// The ways as text: `xi1 an`.
    fn ways(typed: &str, spelling: Spelling) -> Vec<String> {
        let shown = |s: &Syllable| match s.tone() {
            Some(tone) => format!("{}{tone}", s.letters()),
            None => s.letters().to_owned(),
        };
        let ways = syllables(typed, spelling);
        ways.iter().map(|way| way.iter().map(shown).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn the_most_plausible_cut_comes_first() {
        for (typed, expected) in [
            ("xian", &["xian", "xi an"][..]),
            ("xi'an", &["xi an"]),
            ("xi’an", &["xi an"]),
            ("xī ān", &["xi1 an1"]),
            ("xīān", &["xi1 an1"]),
            ("xi\u{304}a\u{304}n", &["xi1 an1"]),
            ("xi1an1", &["xi1 an1"]),
            ("xian1", &["xian1", "xi an1"]),
            ("fangan", &["fan gan", "fang an"]),
            ("fāngàn", &["fan1 gan4", "fang1 an4"]),
            ("nu\u{308}\u{30c}", &["nü3"]),
            ("nǚ5", &[]),
            ("zhi 1", &[]),
            ("1", &[]),
            ("zhi9", &[]),
            ("zh", &[]),
            ("知识", &[]),
            (" '- ", &[]),
            ("", &[]),
        ] {
            assert_eq!(ways(typed, Pinyin), expected, "{typed}");
        }
        assert_eq!(ways("gongon", Jyutping), ["gon gon", "go ngon", "gong on", "go ng on"]);
        assert_eq!(ways("m4goi1", Jyutping), ["m4 goi1"]);
        assert!(ways("zi7", Jyutping).is_empty() && ways("zi0", Jyutping).is_empty());
    }

    #[test]
    fn long_input_is_bounded() {
        for spelling in [Pinyin, Jyutping] {
            assert_eq!(syllables(&"ou".repeat(32), spelling)[0].len(), 32);
            assert!(syllables(&"ou".repeat(33), spelling).is_empty());
            assert!(syllables(&"e".repeat(1_000_000), spelling).is_empty());
        }
        assert_eq!(syllables(&"xian".repeat(16), Pinyin).len(), MOST_WAYS);
    }

    proptest! {
        #[test]
        fn cuts_are_few_whole_and_in_order(
            typed in "\\PC{0,80}|[a-z0-6' üǚāéì:\u{300}-\u{30f}]{0,70}|(xi|an|gan|g|n|ng|zi|e|aa){0,40}"
        ) {
            for spelling in [Pinyin, Jyutping] {
                let ways = syllables(&typed, spelling);
                prop_assert!(ways.len() <= MOST_WAYS && ways.is_sorted_by_key(Vec::len));
                for way in &ways {
                    prop_assert!(!way.is_empty());
                    if typed.bytes().all(|b| matches!(b, b'a' | b'e' | b'g' | b'i' | b'n' | b'x' | b'z')) {
                        let joined: String = way.iter().map(Syllable::letters).collect();
                        prop_assert_eq!(&joined, &typed);
                    }
                }
            }
        }
    }
}
