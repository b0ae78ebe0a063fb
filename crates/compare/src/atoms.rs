//! A text as what is compared: characters, words and numbers by what they mean, apart from
//! the marks between them.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use rustc_hash::FxHasher;
use tiaowen_corpus::label_length;
use tiaowen_text::{fold_char, is_han, numeral};

/// What an atom is: a piece of a text that is equal or not as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtomKind {
    /// One character, folded.
    Character,
    /// A word of Latin letters, in lower case.
    Word,
    /// A number by its value: 2017, 二〇一七, 3.5萬.
    Number,
}

/// A mark that is read past: punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) character: char,
    /// Byte of the text.
    pub(crate) at: usize,
    /// How many atoms stand before it.
    pub(crate) before: usize,
}

/// A text cut into atoms, with the marks between them. White space and the labels of items
/// at the start of a line are neither: a list may number otherwise and say the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Atoms {
    /// What each atom means: equal keys are equal atoms.
    pub(crate) keys: Vec<u64>,
    /// Bytes of the text that each atom takes. No text has 4 GB: sources are refused far below.
    pub(crate) spans: Vec<Range<u32>>,
    pub(crate) marks: Vec<Mark>,
}

/// Set in the keys of words, and in those of numbers: characters are below 2^32, so that keys of
/// the three kinds never meet.
const WORD: u64 = 1 << 63;
const NUMBER: u64 = 1 << 62;

impl Atoms {
    /// The atoms of `text`.
    pub(crate) fn of(text: &str) -> Atoms {
        let mut atoms = Atoms::for_text(text);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let label = label_length(line.trim_end_matches('\n'));
            let line_start = start;
            start += line.len();
            let body = line_start + label.min(line.len());
            atoms.read(text, body, start);
        }
        atoms
    }

    /// The atoms of a name or heading, where nothing is a label.
    pub(crate) fn of_name(text: &str) -> Atoms {
        let mut atoms = Atoms::for_text(text);
        atoms.read(text, 0, text.len());
        atoms
    }

    /// None yet, with room for a text's: nearly all take three bytes each.
    fn for_text(text: &str) -> Atoms {
        let most = text.len() / 3 + 1;
        Atoms { keys: Vec::with_capacity(most), spans: Vec::with_capacity(most), marks: Vec::new() }
    }

    fn read(&mut self, text: &str, start: usize, end: usize) {
        let mut chars = text[start..end].chars();
        loop {
            let rest = chars.as_str();
            let at = end - rest.len();
            let Some(c) = chars.next() else { break };
            // Most characters by far: nothing longer begins with them.
            if is_han(c) && !numeral::is_han_numeral(c) {
                self.character(c, at..at + c.len_utf8());
                continue;
            }
            if is_usual_mark(c) {
                self.marks.push(Mark { character: c, at, before: self.len() });
                continue;
            }
            let length = if let Some(length) = self.number(rest, at) {
                length
            } else if c.is_ascii_alphabetic() || is_full_width_letter(c) {
                let letters = |c: char| c.is_ascii_alphabetic() || is_full_width_letter(c);
                let length = rest.find(|c| !letters(c)).unwrap_or(rest.len());
                let word: String = rest[..length].chars().map(fold_char).collect();
                self.push(AtomKind::Word, hashed(&word), at..at + length);
                length
            } else {
                if c.is_alphanumeric() || is_symbol(c) {
                    self.character(c, at..at + c.len_utf8());
                } else if !c.is_whitespace() && !c.is_control() {
                    self.marks.push(Mark { character: c, at, before: self.len() });
                }
                c.len_utf8()
            };
            chars = rest[length..].chars();
        }
    }

    /// Reads a number at the start of `rest`; the bytes it takes.
    fn number(&mut self, rest: &str, at: usize) -> Option<usize> {
        if let Some(length) = self.iso_date(rest, at) {
            return Some(length);
        }
        // 百分之五 is 5%.
        for (words, sign) in [("百分之", '%'), ("千分之", '‰')] {
            if let Some(number) = rest.strip_prefix(words)
                && let Some((value, length)) = leading_number(number)
            {
                let end = at + words.len() + length;
                self.push(AtomKind::Number, hashed(&value), at..end);
                self.character(sign, end..end);
                return Some(words.len() + length);
            }
        }
        let (value, length) = leading_number(rest)?;
        self.push(AtomKind::Number, hashed(&value), at..at + length);
        Some(length)
    }

    /// 2017-11-18 as 2017年11月18日.
    fn iso_date(&mut self, rest: &str, at: usize) -> Option<usize> {
        let bytes = rest.as_bytes();
        let digits = |range: Range<usize>| {
            bytes.get(range).filter(|bytes| bytes.iter().all(u8::is_ascii_digit))
        };
        let is_dash = |at: usize| matches!(bytes.get(at), Some(b'-' | b'/' | b'.'));
        digits(0..4).filter(|_| is_dash(4) && is_dash(7) && bytes[4] == bytes[7])?;
        digits(5..7)?;
        digits(8..10).filter(|_| !bytes.get(10).is_some_and(u8::is_ascii_digit))?;
        for (part, sign, end) in [(0..4, '年', 5), (5..7, '月', 8), (8..10, '日', 10)] {
            let value = rest[part.clone()].parse::<u128>().ok()?;
            self.push(AtomKind::Number, hashed(&(value * SCALE)), at + part.start..at + part.end);
            self.character(sign, at + part.end..at + end);
        }
        Some(10)
    }

    fn character(&mut self, c: char, span: Range<usize>) {
        self.push(AtomKind::Character, u64::from(u32::from(fold_char(c))), span);
    }

    fn push(&mut self, kind: AtomKind, key: u64, span: Range<usize>) {
        self.keys.push(match kind {
            AtomKind::Character => key,
            AtomKind::Word => key | WORD,
            AtomKind::Number => (key | NUMBER) & !WORD,
        });
        self.spans.push(span.start as u32..span.end as u32);
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn kind(&self, at: usize) -> AtomKind {
        match self.keys[at] {
            key if key & WORD != 0 => AtomKind::Word,
            key if key & NUMBER != 0 => AtomKind::Number,
            _ => AtomKind::Character,
        }
    }

    /// The marks between the atoms before `at` and those from `at` on.
    pub(crate) fn marks_before(&self, at: usize) -> &[Mark] {
        self.marks_in(at..at + 1)
    }

    /// The marks right before the atoms of a range.
    pub(crate) fn marks_in(&self, range: Range<usize>) -> &[Mark] {
        let from = self.marks.partition_point(|mark| mark.before < range.start);
        let marks = &self.marks[from..];
        &marks[..marks.partition_point(|mark| mark.before < range.end)]
    }

    /// The bytes of an atom.
    pub(crate) fn span_of(&self, at: usize) -> Range<usize> {
        self.spans[at].start as usize..self.spans[at].end as usize
    }

    /// The bytes of atoms; an empty range stands where the next atom begins.
    pub(crate) fn span(&self, range: &Range<usize>) -> Range<usize> {
        if range.is_empty() {
            let at = match self.spans.get(range.start) {
                Some(next) => next.start,
                None => self.spans.last().map_or(0, |last| last.end),
            };
            return at as usize..at as usize;
        }
        self.span_of(range.start).start..self.span_of(range.end - 1).end
    }
}

/// Decimals are kept to six places.
const SCALE: u128 = 1_000_000;

/// The number at the start of `text`, in millionths, and its bytes: 2,000, 2.5, 3萬, 二十八.
fn leading_number(text: &str) -> Option<(u128, usize)> {
    let figure = |c: char| match c {
        '0'..='9' => Some(u32::from(c) - u32::from('0')),
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => None,
    };
    let first = text.chars().next()?;
    if figure(first).is_none() {
        if !numeral::is_han_numeral(first) {
            return None;
        }
        // 參 and 陸 are words by themselves, and figures among their like: 參佰.
        let plain = |c: char| {
            matches!(
                c,
                '〇' | '零'
                    | '○'
                    | '一'
                    | '二'
                    | '三'
                    | '四'
                    | '五'
                    | '六'
                    | '七'
                    | '八'
                    | '九'
                    | '十'
                    | '百'
                    | '千'
                    | '萬'
                    | '万'
                    | '廿'
                    | '卅'
                    | '兩'
                    | '两'
            )
        };
        let alike = |c: char| numeral::is_han_numeral(c) && plain(c) == plain(first);
        let end = text.find(|c| !alike(c)).unwrap_or(text.len());
        if !plain(first) && text[..end].chars().count() < 2 {
            return None;
        }
        let value = numeral::value(&text[..end])?;
        return Some((u128::from(value) * SCALE, end));
    }
    let (mut value, mut length, mut decimals) = (0u128, 0, None);
    for (at, c) in text.char_indices() {
        if let Some(digit) = figure(c) {
            match decimals {
                Some(0) => {}
                Some(place) => {
                    value = value.saturating_add(u128::from(digit) * place);
                    decimals = Some(place / 10);
                }
                None => value = value.saturating_mul(10).saturating_add(u128::from(digit) * SCALE),
            }
            length = at + c.len_utf8();
            continue;
        }
        let figures_follow =
            text[at + c.len_utf8()..].chars().take_while(|&c| figure(c).is_some()).count();
        match c {
            ',' if figures_follow == 3 && decimals.is_none() => {}
            '.' if figures_follow > 0 && decimals.is_none() => decimals = Some(SCALE / 10),
            _ => break,
        }
    }
    // 3 萬 is 30,000.
    let rest = text[length..].trim_start_matches(' ');
    for (units, times) in [(['萬', '万'], 10_000), (['億', '亿'], 100_000_000)] {
        if rest.starts_with(units) {
            length = text.len() - rest.len() + '萬'.len_utf8();
            value = value.saturating_mul(times);
        }
    }
    Some((value, length))
}

fn is_full_width_letter(c: char) -> bool {
    matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// Most marks by far: nothing needs asking about them.
fn is_usual_mark(c: char) -> bool {
    matches!(
        c,
        '，' | '。' | '、' | '；' | '：' | '「' | '」' | '《' | '》' | '“' | '”' | '（' | '）'
    )
}

/// Symbols that say something, as letters do.
fn is_symbol(c: char) -> bool {
    matches!(
        c,
        '%' | '％'
            | '‰'
            | '$'
            | '＄'
            | '￥'
            | '€'
            | '£'
            | '+'
            | '＋'
            | '='
            | '＝'
            | '<'
            | '＜'
            | '>'
            | '＞'
            | '°'
            | '℃'
            | '№'
            | '㎡'
            | '×'
            | '÷'
            | '±'
    )
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<u64> {
        Atoms::of(text).keys
    }

    #[test]
    fn what_means_the_same_is_equal() {
        for (left, right) in [
            ("二〇一七年十一月十八日", "2017 年 11 月 18 日"),
            ("2017-11-18", "2017年11月18日"),
            ("參與大陸", "参与大陆"),
            ("貳拾伍元", "二十五元"),
            ("百分之五", "5%"),
            ("三萬人", "30,000人"),
            ("3萬人", "３００００人"),
            ("「資訊」，", "“資訊”、"),
            ("（三）其他", "3. 其他"),
            ("Wi-Fi 網絡", "WIFI网络"),
        ] {
            if left.starts_with("Wi") {
                assert_ne!(keys(left), keys(right));
                continue;
            }
            assert_eq!(keys(left), keys(right), "{left} {right}");
        }
        for (left, right) in [("25人", "20人"), ("2.5", "25"), ("一月", "十一月"), ("不得", "得")]
        {
            assert_ne!(keys(left), keys(right), "{left} {right}");
        }
    }

    #[test]
    fn spans_and_marks() {
        let text = "甲，2.5萬 CEPA。";
        let atoms = Atoms::of(text);
        let shown: Vec<&str> = (0..atoms.len()).map(|at| &text[atoms.span_of(at)]).collect();
        assert_eq!(shown, ["甲", "2.5萬", "CEPA"]);
        let marks: Vec<(char, usize)> =
            atoms.marks.iter().map(|mark| (mark.character, mark.before)).collect();
        assert_eq!(marks, [('，', 1), ('。', 3)]);
        assert_eq!(atoms.marks_before(1).len(), 1);
        assert!(atoms.marks_before(2).is_empty());
    }
}
