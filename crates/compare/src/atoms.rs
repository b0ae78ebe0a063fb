//! Atoms: the units in which two texts are compared.
//!
//! An atom is one Han character, one Latin word, or one number by its value, always folded.
//! Comparing characters alone would report 二〇一七 beside 2017 as a change; comparing words would
//! depend on segmentation, which a small change can upset. Numbers are therefore read by value
//! ([`figure`](tiaowen_text::figure)) with their units, dates and ranges in one normal form.
//! Punctuation is kept beside the atoms as [`Mark`]s, because it is a difference but not a change.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use rustc_hash::FxHasher;
use tiaowen_corpus::label_length;
use tiaowen_text::figure::{
    Figure, FigureRange, Reading, Value, date_figures, figure, figure_after, figure_range, money,
};
use tiaowen_text::measure::{self, measure};
use tiaowen_text::{fold_char, is_han, numeral};

/// The kind of an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtomKind {
    /// One folded character.
    Character,
    /// A Latin word in lower case.
    Word,
    /// A number by its value: 2017, 二〇一七, 3.5萬.
    Number,
}

/// A punctuation mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) character: char,
    /// Byte offset in the text.
    pub(crate) at: usize,
    /// Number of atoms before it.
    pub(crate) before: usize,
}

/// A text cut into atoms, with the marks between them. White space and list labels at the start of
/// a line are neither: lists with the same content may be numbered differently.
#[derive(Debug, Clone, Default)]
pub(crate) struct Atoms {
    /// Key of each atom; equal keys mean equal atoms.
    pub(crate) keys: Vec<u64>,
    /// Bytes of each atom. Sources are limited to far less than 4 GB.
    pub(crate) spans: Vec<Range<u32>>,
    pub(crate) marks: Vec<Mark>,
}

/// Bits that mark the keys of words and of numbers. Characters are below 2^32, so keys of different
/// kinds never collide.
const WORD: u64 = 1 << 63;
const NUMBER: u64 = 1 << 62;

impl Atoms {
    /// Cuts `text` into atoms.
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

    /// Cuts a name or heading, in which nothing is a list label.
    pub(crate) fn of_name(text: &str) -> Atoms {
        let mut atoms = Atoms::for_text(text);
        atoms.read(text, 0, text.len());
        atoms
    }

    /// Whether 份 is another form of 分 in the word before it: 部份, 成份.
    fn ends_as_share(&self, rest: &str) -> bool {
        const BEFORE: [char; 11] =
            ['身', '部', '成', '缘', '过', '充', '水', '养', '辈', '名', '天'];
        let before =
            self.keys.last().is_some_and(|last| BEFORE.iter().any(|&c| *last == key_of(c)));
        // In 全部份額 and 過份額, 份 belongs to the next word.
        before && !rest['份'.len_utf8()..].starts_with(['額', '额', '數', '数'])
    }

    /// Reserves space for a text; nearly all characters have three bytes.
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
            // By far the most characters: nothing longer begins with them. 民國, 西元, 公元 and
            // 元月 begin dates.
            let begins_date = matches!(c, '民' | '中' | '元' | '西' | '公');
            // 平方米 and 立方米 without a figure.
            if matches!(c, '平' | '立')
                && let Some((unit, length)) = measure(rest)
            {
                self.named(unit.name, at..at + length);
                chars = rest[length..].chars();
                continue;
            }
            if is_han(c) && !numeral::is_han_numeral(c) && !begins_date {
                // 身份 and 身分 are the same word.
                if c == '份' && self.ends_as_share(rest) {
                    self.character('分', at..at + c.len_utf8());
                    continue;
                }
                self.character(c, at..at + c.len_utf8());
                continue;
            }
            // A list item inside a sentence: 包括：（一）保潔；（二）保安.
            if matches!(c, '（' | '(')
                && let Some(length) = self.inline_label(rest, at)
            {
                chars = rest[length..].chars();
                continue;
            }
            if is_usual_mark(c) {
                self.marks.push(Mark { character: c, at, before: self.len() });
                continue;
            }
            let before = text[start..at].chars().next_back();
            let length = if let Some(length) = self.number(before, rest, at) {
                length
            } else if let Some(unit) = measure::sign(c) {
                self.named(unit.name, at..at + c.len_utf8());
                c.len_utf8()
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

    /// Length in bytes of a list label inside a line, behind a colon or the previous item. Like a
    /// label at the start of a line it isn't part of the compared text.
    fn inline_label(&self, rest: &str, at: usize) -> Option<usize> {
        const LONGEST: usize = 4;
        let mark = self.marks.last().filter(|mark| mark.before == self.len())?;
        let follows = matches!(mark.character, '：' | ':' | '；' | ';' | '。')
            && mark.at + mark.character.len_utf8() == at;
        let inside = rest.strip_prefix(['（', '(']).filter(|_| follows)?;
        // Reads no further than the longest label: every bracket of a text gets here.
        let mut end = 0;
        for c in inside.chars().take(LONGEST + 1) {
            if matches!(c, '）' | ')') {
                let length = rest.len() - inside.len() + end + c.len_utf8();
                return (end > 0).then_some(length);
            }
            if !numeral::is_numeral(c) {
                return None;
            }
            end += c.len_utf8();
        }
        None
    }

    /// Reads a number at the start of `rest`, with the character before it as context. Returns its
    /// length in bytes.
    fn number(&mut self, before: Option<char>, rest: &str, at: usize) -> Option<usize> {
        let dated = self.date(rest, at).or_else(|| self.first_month(rest, at));
        if let Some(length) = dated.or_else(|| self.range(before, rest, at)) {
            return Some(length);
        }
        if let Some(amount) = money(rest) {
            // 3元5角 as 3.5元.
            let end = amount.length + amount_end(&rest[amount.length..]);
            self.reading(Reading::Count(amount.value), at..at + end);
            self.character('元', at + end..at + end);
            return Some(end);
        }
        let Figure { reading, length } = figure_after(before, rest)?;
        if let Some(length) = self.measured(reading, length, rest, at) {
            return Some(length);
        }
        if reading == Reading::Words {
            for (place, c) in rest[..length].char_indices() {
                self.character(c, at + place..at + place + c.len_utf8());
            }
        } else {
            self.reading(reading, at..at + length);
        }
        Some(length + self.unit_behind(&rest[length..], at + length))
    }

    /// Reads the unit of measure behind a count of `length` bytes: 350㎡ as 350平方米, 8公里 as
    /// 8,000米 because 8千米 is read so. 攝氏 moves from before the figure to behind it.
    fn measured(
        &mut self,
        reading: Reading,
        length: usize,
        rest: &str,
        at: usize,
    ) -> Option<usize> {
        let Reading::Count(value) = reading else { return None };
        let behind = rest[length..].trim_start_matches(' ');
        let start = rest.len() - behind.len();
        if behind.starts_with('度')
            && let Some(of) = self.scale_before()
        {
            let from = self.spans[self.len() - 2].start as usize;
            self.keys.truncate(self.len() - 2);
            self.spans.truncate(self.keys.len());
            self.reading(reading, from..at + length);
            self.named(of, at + start..at + start + '度'.len_utf8());
            return Some(start + '度'.len_utf8());
        }
        let (unit, used) = measure(behind)?;
        let end = start + used;
        let (thousand, name) = match unit.name {
            "公里" => (true, "米"),
            "公斤" => (true, "克"),
            name => (false, name),
        };
        let value = if thousand { value.times(1_000)? } else { value };
        self.reading(Reading::Count(value), at..at + length);
        self.named(name, at + start..at + end);
        Some(end)
    }

    /// The unit whose name begins with the previous two atoms: 攝氏 of 攝氏25度.
    fn scale_before(&self) -> Option<&'static str> {
        let [.., first, second] = self.keys.as_slice() else { return None };
        let scales = [('摄', "摄氏度"), ('华', "华氏度")];
        let (_, name) = scales.into_iter().find(|&(of, _)| *first == key_of(of))?;
        (*second == key_of('氏')).then_some(name)
    }

    /// Appends a unit of measure by its name, whichever way it is printed.
    fn named(&mut self, name: &str, span: Range<usize>) {
        let mut chars = name.chars();
        match (chars.next(), chars.next()) {
            (Some(only), None) => self.character(only, span),
            _ => self.push(AtomKind::Word, hashed(&name), span),
        }
    }

    /// Reads a unit with several spellings directly behind a number. Returns its length in bytes.
    fn unit_behind(&mut self, rest: &str, at: usize) -> usize {
        let Some(unit) = rest.chars().next() else { return 0 };
        let length = unit.len_utf8();
        let behind = &rest[length..];
        let (unit, length) = match unit {
            // 11月18號 is 11月18日.
            '號' | '号' => {
                let of_month = self.len().checked_sub(2).map(|at| self.keys[at]);
                if of_month != Some(key_of('月')) {
                    return 0;
                }
                ('日', length)
            }
            // 貳拾萬圓整 is 20萬元.
            '元' | '圓' | '圆' => ('元', length + amount_end(behind)),
            // 2017年年底 is 2017年底.
            '年' if behind.starts_with('年')
                && behind['年'.len_utf8()..].starts_with(is_part_of_year) =>
            {
                ('年', 2 * length)
            }
            _ => return 0,
        };
        self.character(unit, at..at + length);
        length
    }

    /// Reads a range as its two ends: 3-5年 and 3年至5年 as 三至五年.
    fn range(&mut self, before: Option<char>, rest: &str, at: usize) -> Option<usize> {
        let range = figure_range(before, rest)?;
        let FigureRange { first, first_length, joint, second, length, .. } = range;
        self.reading(first, at..at + first_length);
        self.character('至', at + joint.start..at + joint.end);
        self.reading(second, at + joint.end..at + length);
        Some(length + self.unit_behind(&rest[length..], at + length))
    }

    /// Reads 2017-11-18 and 2017/11/18 as 2017年11月18日, 民國106年 as 2017年.
    fn date(&mut self, rest: &str, at: usize) -> Option<usize> {
        let date = date_figures(rest)?;
        self.whole(date.year, at..at + date.year_end);
        if let Some((month, months)) = date.month {
            self.character('年', at + date.year_end..at + months.start);
            self.whole(month, at + months.start..at + months.end);
            let end = date.day.as_ref().map_or(date.length, |(_, days)| days.start);
            self.character('月', at + months.end..at + end);
        }
        if let Some((day, days)) = date.day {
            self.whole(day, at + days.start..at + days.end);
            self.character('日', at + days.end..at + days.end);
        }
        Some(
            date.length
                + if date.length == date.year_end {
                    self.unit_behind(&rest[date.length..], at + date.length)
                } else {
                    0
                },
        )
    }

    /// Reads 元月 as 一月 after a year or before a day. 100元月底付清 contains none.
    fn first_month(&mut self, rest: &str, at: usize) -> Option<usize> {
        let after = rest.strip_prefix('元')?.strip_prefix('月')?;
        let of_year = self.keys.last() == Some(&key_of('年'));
        let before_day = figure(after)
            .is_some_and(|day| after[day.length..].starts_with(['日', '號', '号']))
            && !self.kind_of_last().is_some_and(|kind| kind == AtomKind::Number);
        (of_year || before_day).then(|| {
            self.whole(1, at..at + '元'.len_utf8());
            '元'.len_utf8()
        })
    }

    fn whole(&mut self, value: u32, span: Range<usize>) {
        self.reading(Reading::Count(Value::whole(u128::from(value))), span);
    }

    fn reading(&mut self, reading: Reading, span: Range<usize>) {
        self.push(AtomKind::Number, hashed(&reading), span);
    }

    fn kind_of_last(&self) -> Option<AtomKind> {
        self.len().checked_sub(1).map(|last| self.kind(last))
    }

    fn character(&mut self, c: char, span: Range<usize>) {
        self.push(AtomKind::Character, key_of(c), span);
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

    /// The marks between the previous atom and the one at `at`.
    pub(crate) fn marks_before(&self, at: usize) -> &[Mark] {
        self.marks_in(at..at + 1)
    }

    /// The marks in front of the atoms of a range.
    pub(crate) fn marks_in(&self, range: Range<usize>) -> &[Mark] {
        let from = self.marks.partition_point(|mark| mark.before < range.start);
        let marks = &self.marks[from..];
        &marks[..marks.partition_point(|mark| mark.before < range.end)]
    }

    /// The bytes of an atom.
    pub(crate) fn span_of(&self, at: usize) -> Range<usize> {
        self.spans[at].start as usize..self.spans[at].end as usize
    }

    /// The bytes of a range of atoms; an empty range is at the start of the next atom.
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

/// Length in bytes of the end of an amount of money, if nothing follows: 整, 正.
fn amount_end(rest: &str) -> usize {
    let mut chars = rest.chars();
    match chars.next() {
        Some(c @ ('整' | '正')) if !chars.next().is_some_and(is_han) => c.len_utf8(),
        _ => 0,
    }
}

/// Parts of a year: 底, 初, 中, 末.
fn is_part_of_year(c: char) -> bool {
    matches!(c, '底' | '初' | '中' | '末')
}

/// The key of a character.
fn key_of(c: char) -> u64 {
    u64::from(u32::from(fold_char(c)))
}

fn is_full_width_letter(c: char) -> bool {
    matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// The most frequent marks, for speed.
fn is_usual_mark(c: char) -> bool {
    matches!(
        c,
        '，' | '。' | '、' | '；' | '：' | '「' | '」' | '《' | '》' | '“' | '”' | '（' | '）'
    )
}

/// Symbols that carry meaning like letters.
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
    fn different_spellings_of_one_value_are_equal() {
        for (left, right) in [
            ("二〇一七年十一月十八日", "2017 年 11 月 18 日"),
            ("2017-11-18", "2017年11月18日"),
            ("參與大陸", "参与大陆"),
            ("貳拾伍元", "二十五元"),
            ("百分之五", "5%"),
            ("百分之四點三五", "4.35%"),
            ("千分之三", "0.3%"),
            ("三分之二多數", "2/3多数"),
            ("伍拾万元", "500,000元"),
            ("三亿元", "3億元"),
            ("一式肆份", "一式四份"),
            ("共２，０００人", "共2,000人"),
            ("於2025/3/1到期", "于2025年3月1日到期"),
            ("2025.3.1", "二〇二五年三月一日"),
            ("民國114年3月1日", "二○二五年三月一號"),
            ("2017年元月廿五日", "2017年1月25日"),
            ("二期", "两期"),
            ("貳拾萬圓整", "20万元"),
            ("叁元伍角整", "3.50元"),
            ("西元2025年", "二〇二五年"),
            ("2017年年底", "二〇一七年底"),
            ("3-5年", "三年至五年"),
            ("2015年—2016年", "二○一五年至二○一六年"),
            ("第3-5條", "第三条至第五条"),
            ("第伍條", "第五条"),
            ("2025-03", "2025年3月"),
            ("350㎡", "350平方米"),
            ("350 m2", "三百五十平方米"),
            ("每㎡", "每平方米"),
            ("8公里", "8千米"),
            ("5kg", "5公斤"),
            ("攝氏25度", "25℃"),
            ("身份證", "身分证"),
            ("部份", "部分"),
            ("三萬人", "30,000人"),
            ("3萬人", "３００００人"),
            ("「資訊」，", "“資訊”、"),
            ("（三）其他", "3. 其他"),
            ("包括：（一）保潔；（二）保安。", "包括：\n（一）保潔；\n（二）保安。"),
            ("Wi-Fi 網絡", "WIFI网络"),
        ] {
            if left.starts_with("Wi") {
                assert_ne!(keys(left), keys(right));
                continue;
            }
            assert_eq!(keys(left), keys(right), "{left} {right}");
        }
        for (left, right) in [
            ("25人", "20人"),
            ("2.5", "25"),
            ("一月", "十一月"),
            ("不得", "得"),
            ("三五年", "35年"),
            ("兩三天", "23天"),
            ("七八名", "78名"),
            ("一一對應", "十一對應"),
            ("0.05", "5%"),
            ("100元月底", "100一月底"),
            ("第五", "五"),
            ("十分重視", "10分重视"),
            ("20元整治費", "20元治費"),
            ("3-5年", "三五年"),
            ("3-5年", "3、5年"),
            ("依第五條（二）辦理", "依第五條辦理"),
        ] {
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
