//! Units: the tokens of the one-character field, with positions and original offsets.
//!
//! A query in one script must match a phrase in the other whatever typography surrounds it. So each
//! Han character is a unit, a Latin word or figure is one unit, and a unit's position counts only
//! what a reader reads aloud: white space, quotation marks and brackets don't count, any other
//! punctuation counts as one pause. A phrase then matches 「一帶一路」 and 2017 年 as well as
//! 一帶一路 and 2017年, but not across the end of a sentence.

use std::ops::Range;

use crate::fold_char;

/// What a [`Unit`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// One Han character, kana, hangul or bopomofo letter.
    Han,
    /// A whole word of letters and digits (`cepa`, `2017`, `pm2.5`, `2,000`, `5%`), or a sign of
    /// percentage or measure standing alone (the `%` of 5 %, `㎡`).
    Word,
}

/// One token of the character stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Start in the original text, in bytes.
    pub start: usize,
    /// End in the original text, in bytes.
    pub end: usize,
    /// Bytes of its folded form in [`Units::folded`].
    folded: (usize, usize),
    /// Position in reading order. White space, quotation marks and brackets don't count (一帶一路
    /// matches 「一帶一路」, 2017年 matches 2017 年); other punctuation, however long, counts as
    /// one.
    pub position: usize,
    /// The kind of unit.
    pub kind: UnitKind,
}

impl Unit {
    /// The span in the original text, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// A text cut into units. The buffers can be reused for the next text.
///
/// ```
/// use tiaowen_text::Units;
///
/// let text = "落實CEPA《服務貿易協議》。";
/// let units = Units::of(text);
/// let shown: Vec<_> = units.iter().map(|u| (units.folded(u), u.position, &text[u.span()])).collect();
/// assert_eq!(shown[..3], [("落", 0, "落"), ("实", 1, "實"), ("cepa", 2, "CEPA")]);
/// assert_eq!(shown.len(), 9);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Units {
    folded: String,
    units: Vec<Unit>,
}

impl Units {
    /// Cuts `text` into units.
    pub fn of(text: &str) -> Self {
        let mut units = Units::default();
        units.read(text);
        units
    }

    /// Cuts `text` into units, replacing those of the previous text.
    pub fn read(&mut self, text: &str) {
        self.folded.clear();
        self.units.clear();
        // Positions start at 0; `gap` means that punctuation precedes the next unit.
        let (mut position, mut gap) = (0, false);
        let mut chars = text.char_indices().peekable();
        while let Some((start, original)) = chars.next() {
            let c = fold_char(original);
            let kind = match class(c) {
                Class::Han => UnitKind::Han,
                Class::Word | Class::Sign => UnitKind::Word,
                Class::Silent => continue,
                Class::Mark => {
                    gap = true;
                    continue;
                }
            };
            if gap && !self.units.is_empty() {
                position += 1;
            }
            gap = false;
            let folded_start = self.folded.len();
            self.folded.push(c);
            let mut end = start + original.len_utf8();
            if kind == UnitKind::Word && !is_sign(c) {
                let mut last = c;
                while let Some(&(at, original)) = chars.peek() {
                    let next = fold_char(original);
                    // A point or comma between two digits is part of the figure: 2.5, 2,000.
                    let joins = matches!(next, '.' | ',') && last.is_ascii_digit() && {
                        let mut ahead = chars.clone();
                        ahead.next();
                        ahead.next().is_some_and(|(_, after)| fold_char(after).is_ascii_digit())
                    };
                    // A percent sign is part of its figure: 5% is not 5.
                    let shares = is_share(next) && last.is_ascii_digit();
                    if !joins && !shares && !continues_word(next) {
                        break;
                    }
                    self.folded.push(next);
                    last = next;
                    end = at + original.len_utf8();
                    chars.next();
                }
            }
            self.units.push(Unit {
                start,
                end,
                folded: (folded_start, self.folded.len()),
                position,
                kind,
            });
            position += 1;
        }
    }

    /// The folded form of a unit of this text.
    pub fn folded(&self, unit: &Unit) -> &str {
        &self.folded[unit.folded.0..unit.folded.1]
    }

    /// Iterates over the units, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Unit> {
        self.units.iter()
    }

    /// The units, in order, as a slice.
    pub fn as_slice(&self) -> &[Unit] {
        &self.units
    }

    /// Runs of adjacent Han units, as ranges of units. These are cut into words.
    pub fn han_runs(&self) -> impl Iterator<Item = Range<usize>> {
        self.runs(|before, unit| unit.start == before.end)
    }

    /// Runs of Han units with consecutive positions; silent characters may lie between them.
    pub fn read_runs(&self) -> impl Iterator<Item = Range<usize>> {
        self.runs(|before, unit| unit.position == before.position + 1)
    }

    /// Runs of Han units in which `goes_on` is true of each unit and its predecessor.
    fn runs(&self, goes_on: impl Fn(&Unit, &Unit) -> bool) -> impl Iterator<Item = Range<usize>> {
        let units = &self.units;
        let mut at = 0;
        std::iter::from_fn(move || {
            at += units[at..].iter().take_while(|unit| unit.kind != UnitKind::Han).count();
            let start = at;
            while at < units.len()
                && units[at].kind == UnitKind::Han
                && (at == start || goes_on(&units[at - 1], &units[at]))
            {
                at += 1;
            }
            (start < at).then_some(start..at)
        })
    }

    /// The folded text of consecutive Han units.
    pub fn folded_run(&self, run: Range<usize>) -> &str {
        match self.units.get(run) {
            Some([first, .., last]) => &self.folded[first.folded.0..last.folded.1],
            Some([only]) => self.folded(only),
            _ => "",
        }
    }
}

enum Class {
    Han,
    Word,
    /// A sign of one character that is a word when it doesn't directly follow a figure.
    Sign,
    /// Not counted in positions: white space, quotation marks, brackets, invisible characters.
    Silent,
    /// A pause: all other punctuation, and symbols.
    Mark,
}

fn class(c: char) -> Class {
    if c.is_ascii() {
        return match c {
            'a'..='z' | '0'..='9' => Class::Word,
            ' ' | '\t' | '\r' | '\n' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"'
            | '\'' | '\0' => Class::Silent,
            '%' => Class::Sign,
            _ if c.is_ascii_control() => Class::Silent,
            _ => Class::Mark,
        };
    }
    match c {
        _ if is_single(c) => Class::Han,
        '「' | '」' | '『' | '』' | '“' | '”' | '‘' | '’' | '《' | '》' | '〈' | '〉' | '〔'
        | '〕' | '【' | '】' | '〖' | '〗' | '«' | '»' | '﹁' | '﹂' | '﹃' | '﹄' | '〝'
        | '〞' => Class::Silent,
        // The most frequent punctuation first, for speed.
        '。' | '、' | '…' | '—' | '·' => Class::Mark,
        _ if is_sign(c) => Class::Sign,
        _ if is_invisible(c) || c.is_whitespace() || c.is_control() => Class::Silent,
        _ if c.is_alphanumeric() => Class::Word,
        _ => Class::Mark,
    }
}

/// Percent, per mille and per ten thousand.
fn is_share(c: char) -> bool {
    matches!(c, '%' | '‰' | '‱')
}

/// Signs that can be units alone: percentages, and measures of one character.
fn is_sign(c: char) -> bool {
    is_share(c) || matches!(u32::from(c), 0x2103 | 0x2109 | 0x2113 | 0x3380..=0x33DF)
}

fn continues_word(c: char) -> bool {
    // Combining characters stay with the letter before them.
    matches!(class(c), Class::Word)
        || matches!(u32::from(c), 0x300..=0x36F | 0x1AB0..=0x1AFF | 0x20D0..=0x20FF)
}

fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x300..=0x36F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F
        | 0xFEFF | 0x1AB0..=0x1AFF | 0x20D0..=0x20FF | 0xE_0100..=0xE_01EF)
}

/// Characters that are single units: Han, and scripts that are written among Han without spaces.
fn is_single(c: char) -> bool {
    is_han(c)
        || matches!(u32::from(c), 0x3041..=0x30FA | 0x30FC..=0x30FF | 0x3105..=0x312F | 0x31A0..=0x31FF | 0xAC00..=0xD7AF)
}

/// Whether `c` is a Han character (all planes, including 〇 and 々).
pub fn is_han(c: char) -> bool {
    matches!(u32::from(c),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x3005..=0x3007 | 0x2E80..=0x2FD5 | 0xF900..=0xFAFF
        | 0x2_0000..=0x3_3FFF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fold;

    fn shown(text: &str) -> Vec<(String, usize)> {
        let units = Units::of(text);
        units.iter().map(|unit| (units.folded(unit).to_owned(), unit.position)).collect()
    }

    fn words(text: &str) -> String {
        shown(text)
            .into_iter()
            .map(|(unit, at)| format!("{at}{unit}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn readable_characters_become_units() {
        assert_eq!(words("「一帶一路」倡議"), "0一 1带 2一 3路 4倡 5议");
        assert_eq!(words("2017 年"), words("2017年"));
        assert_eq!(words("創業、就業……好"), "0创 1业 3就 4业 6好");
        assert_eq!(words("，。開"), "0开");
        assert_eq!(words("PM2.5及RQFII、ＣＥＰＡ"), "0pm2.5 1及 2rqfii 4cepa");
        assert_eq!(words("2,000 萬，30,"), "02,000 1万 330");
        assert_eq!(words("2016-2020"), "02016 22020");
        assert_eq!(words("葛\u{E0100}飾\u{200B}區"), "0葛 1饰 2区");
        assert_eq!(words("cafe\u{301} 𠮷野😀家"), "0cafe\u{301} 1𠮷 2野 4家");
        assert_eq!(words("條\r\n文\0"), "0条 1文");
        assert_eq!(words("5% 5 % 5‱ 350㎡ 25 ℃"), "05% 15 2% 35‱ 4350 5㎡ 625 7℃");
    }

    #[test]
    fn runs_end_at_other_text() {
        let units = Units::of("廣深港高鐵 香港段，CEPA框架");
        let runs: Vec<_> = units.han_runs().map(|run| units.folded_run(run).to_owned()).collect();
        assert_eq!(runs, ["广深港高铁", "香港段", "框架"]);
    }

    proptest! {
        #[test]
        fn spans_lie_on_characters_and_fold_to_the_unit(
            text in "[\u{4e00}-\u{9fff}\u{20000}-\u{20100}\u{f900}-\u{f910}a-zA-Z0-9Ａ-Ｚ。，、「」《》 \r\n\0.,é\u{301}\u{fe00}😀]{0,80}|\\PC{0,40}"
        ) {
            let units = Units::of(&text);
            let mut last_end = 0;
            let mut last_position = None;
            for unit in units.iter() {
                prop_assert!(unit.start >= last_end && unit.end > unit.start);
                prop_assert!(text.is_char_boundary(unit.start) && text.is_char_boundary(unit.end));
                prop_assert_eq!(fold(&text[unit.span()]), units.folded(unit));
                prop_assert!(last_position.is_none_or(|last| unit.position > last));
                last_end = unit.end;
                last_position = Some(unit.position);
            }
        }

        #[test]
        fn folding_changes_no_unit(text in "[\u{4e00}-\u{9fff}\u{f900}-\u{f910}A-Z0-9Ａ-Ｚ。，「」 .,]{0,60}") {
            prop_assert_eq!(shown(&text), shown(&fold(&text)));
        }
    }
}
