//! Labels: 第十二條之一, 一、, （一）, 甲、, 1., 1.1, 12A., 1）, (a), ■, Article 1, 附件一.
//!
//! [`Label::parse`] recognises a label by its form alone, at the beginning of a paragraph. Form
//! isn't proof: 甲、乙雙方 and 2.5億 begin like labels. Doubtful forms are marked `weak` or
//! rejected here by what follows them; whether a label fits into a list is decided later (`settle`,
//! `outline`).

use std::ops::{Index, IndexMut};

use smallvec::{SmallVec, smallvec};
use tiaowen_text::numeral;

/// Kinds of labels by form; the parts of laws come first, from the outermost in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum LabelKind {
    /// 附件一, 附表2, Schedule 1
    Annex,
    /// 第一編
    Book,
    /// 第一部分, 第1部
    Division,
    /// 第一章
    Chapter,
    /// 第一節
    Section,
    /// 第一款 as a title below a 節
    Subsection,
    /// 第一目 as a title below a 款
    Subdivision,
    /// 第一條, 第 12-1 條
    Article,
    /// 壹、
    GrandPart,
    /// 一、
    Part,
    /// （一） (一) ㈠ 一）
    Subpart,
    /// 甲、
    Stem,
    /// （甲）
    StemParen,
    /// 1. 1、 ⒈
    Number,
    /// 1.1, 1.1.2
    Decimal,
    /// 1） (1) ⑴
    NumberParen,
    /// ①
    Circled,
    /// A.
    Capital,
    /// a.
    Letter,
    /// (A)
    CapitalParen,
    /// (a) a)
    LetterParen,
    /// I.
    RomanCapital,
    /// i.
    Roman,
    /// (I)
    RomanCapitalParen,
    /// (i) i)
    RomanParen,
    /// ■ ●
    Bullet,
    /// A heading without a label, over text without one.
    Heading,
}

impl LabelKind {
    /// The kind of letters of which a Roman numeral may be one: (i) is a letter after (h).
    pub(crate) fn as_letters(self) -> Option<LabelKind> {
        match self {
            LabelKind::Roman => Some(LabelKind::Letter),
            LabelKind::RomanCapital => Some(LabelKind::Capital),
            LabelKind::RomanParen => Some(LabelKind::LetterParen),
            LabelKind::RomanCapitalParen => Some(LabelKind::CapitalParen),
            _ => None,
        }
    }

    /// Whether its number is printed in letters.
    pub(crate) fn is_lettered(self) -> bool {
        (LabelKind::Capital..=LabelKind::RomanParen).contains(&self)
    }
}

/// A value for each kind of label.
#[derive(Debug, Default, Clone)]
pub(crate) struct PerKind<T>([T; LabelKind::Heading as usize + 1]);

impl<T> Index<LabelKind> for PerKind<T> {
    type Output = T;

    fn index(&self, kind: LabelKind) -> &T {
        &self.0[kind as usize]
    }
}

impl<T> IndexMut<LabelKind> for PerKind<T> {
    fn index_mut(&mut self, kind: LabelKind) -> &mut T {
        &mut self.0[kind as usize]
    }
}

/// The numbers of a label, outermost first.
pub(crate) type Numbers = SmallVec<[u32; 3]>;

/// A label at the beginning of a paragraph. Lengths are bytes of its cleaned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) kind: LabelKind,
    /// Its numbers: [12, 1] for 第十二條之一, [1, 1] for 1.1. Letters count from 1, so 第12A條 and
    /// 第十二條之一 are equal.
    pub(crate) numbers: Numbers,
    /// How many of the numbers are printed as letters: 2 for 3AA.
    letters: u8,
    /// Length without the mark behind it: `1`, `第 12 條`.
    name: u32,
    /// Length as printed, including the closing mark: `1、`.
    printed: u32,
    /// Length including white space behind it.
    length: u32,
    /// Whether its number is printed in Arabic digits.
    pub(crate) in_figures: bool,
    /// Whether white space or nothing follows.
    pub(crate) apart: bool,
    /// Whether the text behind it continues a reference: 第三條規定的, 第二條第一款.
    pub(crate) refers: bool,
    /// Whether the form alone is no proof, so that it counts only in a list of its kind.
    pub(crate) weak: bool,
    /// Whether it is in English: Article 1.
    pub(crate) english: bool,
}

impl Label {
    /// A substitute for a label that isn't printed: the number of a paragraph.
    pub(crate) fn unprinted(kind: LabelKind, number: u32) -> Label {
        Label {
            kind,
            numbers: smallvec![number],
            name: 0,
            printed: 0,
            length: 0,
            in_figures: true,
            apart: true,
            refers: false,
            weak: false,
            english: false,
            letters: 0,
        }
    }

    /// Length in bytes, including white space behind it.
    pub(crate) fn length(&self) -> usize {
        self.length as usize
    }

    /// The label as printed in `text`, which begins with it; `None` if none is printed.
    pub(crate) fn printed<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.get(..self.printed as usize).filter(|printed| !printed.is_empty())
    }

    /// The label in a path: `1`, `（一）`, `第一條`; a bullet with its number after counting, ■3.
    pub(crate) fn name(&self, text: &str) -> String {
        let name = text[..self.name as usize].trim_start_matches(BOXES.map(|(open, _)| open));
        let mut name: String = name.split_whitespace().collect();
        let counted = self.printed == 0 || self.kind == LabelKind::Bullet;
        if counted && self.numbers[0] > 0 {
            name.push_str(&self.numbers[0].to_string());
        }
        name
    }

    /// How many of its numbers are printed in digits: 2 for 3.2A.
    pub(crate) fn figures(&self) -> usize {
        self.numbers.len() - usize::from(self.letters)
    }

    /// The letters of a Roman numeral that is one character, such as Ⅳ; empty for other labels.
    pub(crate) fn roman_sign(&self) -> &'static str {
        const NUMERALS: [&str; 12] =
            ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
        let is_roman = self.kind.as_letters().is_some();
        let place = self.numbers.first().and_then(|number| number.checked_sub(1));
        place.filter(|_| is_roman).and_then(|at| NUMERALS.get(at as usize)).unwrap_or(&"")
    }

    /// Its number in Arabic digits, with the printed letters: 12-1, 12A, 1.1.
    pub(crate) fn arabic(&self) -> String {
        let mut number = String::new();
        let figures = self.figures();
        for (at, value) in self.numbers.iter().enumerate() {
            match char::from_u32(value + u32::from('A') - 1) {
                Some(letter) if at >= figures => number.push(letter),
                // An annex without a number is the only one.
                _ if self.kind == LabelKind::Annex && *value == 0 => number.push('1'),
                _ if at == 0 => number.push_str(&value.to_string()),
                _ if self.kind == LabelKind::Decimal => number.push_str(&format!(".{value}")),
                _ => number.push_str(&format!("-{value}")),
            }
        }
        number
    }

    /// The label at the beginning of a cleaned paragraph, if there is one.
    ///
    /// Only the form counts here; whether the label fits its context is up to the caller.
    pub(crate) fn parse(text: &str) -> Option<Label> {
        let first = text.chars().next()?;
        match first {
            '第' => ordinal(text),
            '（' | '(' => parenthesised(text),
            '【' | '〔' | '［' | '〖' | '〈' | '[' => boxed(text),
            '附' => annex(text),
            '甲' | '乙' | '丙' | '丁' | '戊' | '己' | '庚' | '辛' | '壬' | '癸' => {
                stem(text)
            }
            'Ⅰ'..='Ⅻ' | 'ⅰ'..='ⅻ' => roman_sign(text),
            '■' | '●' | '◆' | '▪' | '•' | '◼' | '□' | '○' | '◯' | '◎' | '▲' | '△' => {
                Some(found(LabelKind::Bullet, text, first.len_utf8(), first.len_utf8(), &[0]))
            }
            _ if numeral::is_han_numeral(first) => part(text),
            '㈠'..='㈩' | '㊀'..='㊉' | '①'..='⒛' | '❶'..='➓' => enclosed(text, first),
            '0'..='9' | '０'..='９' => number(text),
            'a'..='z' | 'A'..='Z' => english(text).or_else(|| letter(text)),
            _ => None,
        }
    }

    /// Whether this label can follow `before` in one list.
    pub(crate) fn follows(&self, before: &Label) -> bool {
        self.kind == before.kind && {
            let (numbers, last) = (&self.numbers, &before.numbers);
            match (numbers.as_slice(), last.as_slice()) {
                _ if self.kind == LabelKind::Bullet => true,
                _ if self.letters > 0 => numbers > last && numbers[0] == last[0],
                ([number], [last, ..]) => *number == last + 1,
                ([a, 1], [b]) => a == b,
                ([a, x], [b, y]) => a == b && *x == y + 1,
                _ => numbers > last,
            }
        }
    }

    /// Whether it is the first of a list.
    pub(crate) fn is_first(&self) -> bool {
        self.kind == LabelKind::Bullet || self.numbers.iter().all(|&number| number <= 1)
    }
}

fn found(kind: LabelKind, text: &str, name: usize, printed: usize, numbers: &[u32]) -> Label {
    let rest = &text[printed..];
    let length = printed + (rest.len() - rest.trim_start().len());
    let short = |bytes: usize| {
        u32::try_from(bytes).expect("numerals end at twenty characters, spaces were cleaned")
    };
    Label {
        in_figures: text[..name].contains(|c: char| c.is_ascii_digit() || matches!(c, '０'..='９')),
        apart: rest.is_empty() || length > printed,
        refers: false,
        weak: false,
        english: false,
        letters: 0,
        kind,
        printed: short(printed),
        name: short(name),
        numbers: numbers.into(),
        length: short(length),
    }
}

/// The numeral at the beginning of `text`: its value and its length in bytes.
fn leading_number(text: &str, accepts: fn(char) -> bool) -> Option<(u32, usize)> {
    let end = text.find(|c| !accepts(c)).unwrap_or(text.len());
    Some((numeral::value(&text[..end])?, end))
}

/// Capital letters directly behind a number, as numbers from 1, and their length in bytes: 12A,
/// 3AA.
fn capitals(text: &str) -> (Numbers, usize) {
    let letters = text.chars().take_while(|c| matches!(c, 'A'..='Z' | 'Ａ'..='Ｚ'));
    let numbers: Numbers = letters
        .map(|c| match c {
            'A'..='Z' => u32::from(c) - u32::from('A') + 1,
            _ => u32::from(c) - u32::from('Ａ') + 1,
        })
        .collect();
    let length = text.chars().take(numbers.len()).map(char::len_utf8).sum();
    if numbers.len() > 2 { (Numbers::new(), 0) } else { (numbers, length) }
}

/// Brackets that may enclose a complete label.
const BOXES: [(char, char); 6] =
    [('【', '】'), ('〔', '〕'), ('［', '］'), ('〖', '〗'), ('〈', '〉'), ('[', ']')];

/// 【第一條】 【一】 〔1〕.
fn boxed(text: &str) -> Option<Label> {
    let open = text.chars().next()?;
    let (_, close) = BOXES.into_iter().find(|(box_open, _)| *box_open == open)?;
    let start = open.len_utf8();
    let end = start + text[start..].char_indices().take(16).find(|(_, c)| *c == close)?.0;
    let inside = text[start..end].trim();
    let printed = end + close.len_utf8();
    if let Some(label) = ordinal(inside).or_else(|| annex(inside)) {
        let whole = label.length() == inside.len();
        let boxed = found(label.kind, text, end, printed, &label.numbers);
        return whole.then_some(Label { letters: label.letters, ..boxed });
    }
    // [1] is the mark of a note.
    let value = numeral::value(inside).filter(|value| (1..100).contains(value) && open != '[')?;
    let is_han = inside.starts_with(numeral::is_han_numeral);
    let kind = if is_han { LabelKind::Part } else { LabelKind::Number };
    Some(Label { weak: true, ..found(kind, text, end, printed, &[value]) })
}

const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";

/// The number of a heavenly stem, from 1.
fn stem_number(c: char) -> Option<u32> {
    STEMS.chars().zip(1..).find(|(stem, _)| *stem == c).map(|(_, number)| number)
}

/// 甲、 with the mark behind it.
fn stem(text: &str) -> Option<Label> {
    let stem = text.chars().next()?;
    let number = stem_number(stem)?;
    let used = stem.len_utf8();
    let mark = text[used..].chars().next().filter(|c| matches!(c, '、' | '．' | '.'))?;
    let printed = used + mark.len_utf8();
    // 甲、乙雙方 names parties.
    if text[printed..].trim_start().starts_with(|c| stem_number(c).is_some()) {
        return None;
    }
    Some(Label { weak: true, ..found(LabelKind::Stem, text, used, printed, &[number]) })
}

/// Ⅰ、 ⅱ.
fn roman_sign(text: &str) -> Option<Label> {
    let sign = text.chars().next()?;
    let (kind, number) = sign_number(sign)?;
    let used = sign.len_utf8();
    let mark = text[used..].chars().next()?;
    let printed = match mark {
        '、' | '．' | '.' => used + mark.len_utf8(),
        _ if mark.is_whitespace() => used,
        _ => return None,
    };
    Some(found(kind, text, used, printed, &[number]))
}

/// The kind and number of a Roman numeral of one character.
fn sign_number(sign: char) -> Option<(LabelKind, u32)> {
    match sign {
        'Ⅰ'..='Ⅻ' => Some((LabelKind::RomanCapital, u32::from(sign) - u32::from('Ⅰ') + 1)),
        'ⅰ'..='ⅻ' => Some((LabelKind::Roman, u32::from(sign) - u32::from('ⅰ') + 1)),
        _ => None,
    }
}

/// 附件一, 附表2, 附錄A, 附件: followed by a mark, white space or nothing.
fn annex(text: &str) -> Option<Label> {
    let after = ["附件", "附表", "附錄", "附录"].iter().find_map(|word| text.strip_prefix(word))?;
    annex_number(text, after)
}

/// The label of an annex whose number begins `after`, the rest of `text`.
fn annex_number(text: &str, after: &str) -> Option<Label> {
    let numbered = after.trim_start();
    // 附件（一）
    if let Some(inside) = numbered.strip_prefix(['（', '('])
        && let Some(close) = inside.find(['）', ')']).filter(|&close| close <= 12)
        && let Some(value) = numeral::value(&inside[..close])
    {
        let end = text.len() - inside.len() + close;
        let end = end + text[end..].chars().next().map_or(0, char::len_utf8);
        let mark = text[end..].chars().next().filter(|c| "：:、.．".contains(*c));
        let printed = end + mark.map_or(0, char::len_utf8);
        let label = found(LabelKind::Annex, text, end, printed, &[value]);
        return Some(Label { weak: mark.is_none(), ..label });
    }
    let (numbers, letters, used) = match numbered.chars().next() {
        Some(c) if numeral::is_numeral(c) => {
            let (value, used) = leading_number(numbered, numeral::is_numeral)?;
            let (letters, length) = capitals(&numbered[used..]);
            let mut numbers: Numbers = smallvec![value];
            numbers.extend(letters.iter().copied());
            (numbers, letters.len(), used + length)
        }
        Some(c) if stem_number(c).is_some() => (smallvec![stem_number(c)?], 0, c.len_utf8()),
        Some('A'..='Z') => {
            let end = numbered.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(numbered.len());
            let word = &numbered[..end];
            match (roman(word), capitals(word)) {
                (Some(value), _) => (smallvec![value], 0, end),
                (_, (numbers, length)) if length == end && end == 1 => (numbers, 1, end),
                // A title follows.
                _ => (smallvec![], 0, 0),
            }
        }
        Some(c) if sign_number(c).is_some() => (smallvec![sign_number(c)?.1], 0, c.len_utf8()),
        _ => (smallvec![], 0, 0),
    };
    let (numbers, end) = if numbers.is_empty() {
        (smallvec![0], text.len() - after.len())
    } else {
        (numbers, text.len() - numbered.len() + used)
    };
    let mark = text[end..].chars().next().filter(|c| "：:、.．".contains(*c));
    let printed = end + mark.map_or(0, char::len_utf8);
    let label = found(LabelKind::Annex, text, end, printed, &numbers);
    Some(Label { letters: u8::try_from(letters).unwrap_or(0), weak: mark.is_none(), ..label })
}

/// Article 1, Section 2, Schedule 3; not if the sentence continues: Article 1 of this Law.
fn english(text: &str) -> Option<Label> {
    const WORDS: [(&str, LabelKind); 10] = [
        ("article", LabelKind::Article),
        ("clause", LabelKind::Article),
        ("chapter", LabelKind::Chapter),
        ("section", LabelKind::Section),
        ("part", LabelKind::Division),
        ("book", LabelKind::Book),
        ("schedule", LabelKind::Annex),
        ("annex", LabelKind::Annex),
        ("appendix", LabelKind::Annex),
        ("attachment", LabelKind::Annex),
    ];
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    if !(4..=10).contains(&end) {
        return None;
    }
    let word = text[..end].to_ascii_lowercase();
    let (_, kind) = WORDS.into_iter().find(|(known, _)| *known == word)?;
    if !text.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let label = match kind {
        LabelKind::Annex => annex_number(text, &text[end..])?,
        _ => english_number(kind, text, end)?,
    };
    let rest = text[label.printed as usize..].trim_start();
    let goes_on = rest.starts_with(|c: char| c.is_ascii_lowercase() || ",;)(".contains(c));
    let is_title = kind == LabelKind::Article || rest.len() <= 120 && !rest.ends_with(['.', ';']);
    let apart = rest.is_empty() || label.apart || !rest.starts_with(|c: char| c.is_ascii());
    (!goes_on && is_title && apart).then(|| Label { english: true, weak: false, ..label })
}

fn english_number(kind: LabelKind, text: &str, word: usize) -> Option<Label> {
    let numbered = text[word..].strip_prefix(' ')?;
    let figures = |c: char| c.is_ascii_digit();
    let (numbers, letters, used) = if numbered.starts_with(figures) {
        let (value, used) = leading_number(numbered, figures)?;
        let (letters, length) = capitals(&numbered[used..]);
        let mut numbers: Numbers = smallvec![value];
        numbers.extend(letters.iter().copied());
        (numbers, letters.len(), used + length)
    } else {
        let end = numbered.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(numbered.len());
        (smallvec![roman(&numbered[..end])?], 0, end)
    };
    let end = word + 1 + used;
    let mark = text[end..].chars().next().filter(|c| "：:、.．".contains(*c));
    let label = found(kind, text, end, end + mark.map_or(0, char::len_utf8), &numbers);
    Some(Label { letters: u8::try_from(letters).unwrap_or(0), in_figures: true, ..label })
}

/// The label of a line that white space closes (`一 甲方負責`, `1 總則`), and the line with one
/// space behind the label. `raw` is the printed line, `text` the cleaned one.
pub(crate) fn closed_by_blank(raw: &str, text: &str) -> Option<(String, Label)> {
    let first = raw.chars().next()?;
    let is_han = numeral::is_han_numeral(first);
    let accepts: fn(char) -> bool = if is_han {
        numeral::is_han_numeral
    } else {
        |c: char| matches!(c, '0'..='9' | '０'..='９')
    };
    let (value, used) = leading_number(raw, accepts)?;
    let blank: String = raw[used..].chars().take_while(|c| c.is_whitespace()).collect();
    let is_wide = blank.contains(['\u{3000}', '\t']) || blank.chars().count() >= 2;
    let rest = &raw[used + blank.len()..];
    // Cells of a row are separated the same way; and 一 一 一 is a drawing or a count.
    let is_row = rest.contains(['\t', '\u{3000}']) || rest.contains("  ");
    let is_word = rest.starts_with(|c: char| c.is_alphabetic() && !numeral::is_numeral(c));
    let fits = is_wide && !is_row && is_word && (1..100).contains(&value);
    // Cleaning doesn't change the number.
    let body = text.strip_prefix(&raw[..used]).filter(|_| fits)?;
    let text = format!("{} {}", &raw[..used], body.trim_start());
    let kind = if is_han { LabelKind::Part } else { LabelKind::Number };
    let label = Label { weak: true, apart: true, ..found(kind, &text, used, used, &[value]) };
    Some((text, label))
}

/// 第一條, 第 12-1 條, 第十二條之一, 第12A條, 第一章, 第二節, 第一編.
fn ordinal(text: &str) -> Option<Label> {
    let after = text.strip_prefix('第')?;
    let digits = after.trim_start();
    let (number, used) = leading_number(digits, numeral::is_numeral)?;
    let mut numbers: Numbers = smallvec![number];
    let mut rest = &digits[used..];
    let (letters, length) = capitals(rest);
    numbers.extend(letters.iter().copied());
    rest = &rest[length..];
    if let Some(sub) = rest.strip_prefix(['-', '－', '─', '之']) {
        let (sub_number, used) = leading_number(sub.trim_start(), numeral::is_numeral)?;
        numbers.push(sub_number);
        rest = &sub.trim_start()[used..];
    }
    rest = rest.trim_start();
    let unit = rest.chars().next()?;
    let kind = match unit {
        '條' | '条' => LabelKind::Article,
        '章' => LabelKind::Chapter,
        '節' | '节' => LabelKind::Section,
        '編' | '编' | '篇' => LabelKind::Book,
        '部' => LabelKind::Division,
        '款' => LabelKind::Subsection,
        '目' => LabelKind::Subdivision,
        _ => return None,
    };
    rest = &rest[unit.len_utf8()..];
    if kind == LabelKind::Division {
        rest = rest.strip_prefix('分').unwrap_or(rest);
    }
    if kind == LabelKind::Article
        && let Some(sub) = rest.strip_prefix(['之', '－'])
        && let Some((sub_number, used)) = leading_number(sub, numeral::is_numeral)
        // 第三條之一定 is not article 3-1.
        && !sub[used..].starts_with(|c: char| numeral::is_han_numeral(c) || "定般切些種种".contains(c))
    {
        numbers.push(sub_number);
        rest = &sub[used..];
    }
    let name = text.len() - rest.len();
    let printed =
        name + rest.chars().next().filter(|c| "、．.：:".contains(*c)).map_or(0, char::len_utf8);
    // A reference inside a sentence continues directly: 第三條規定的, 第二條第一款, 第二章所稱.
    let goes_on =
        ["規定", "规定", "第", "所", "至", "及", "和", "、", "或", "之", "的", "但書", "但书"];
    let refers = goes_on.iter().any(|word| rest.starts_with(word));
    // The title of a part of a law is short and no sentence: 第三編第一章之規定 is a reference.
    let is_sentence = || rest.contains(['，', '。', '；', '：']) || rest.chars().count() > 40;
    if kind < LabelKind::Article && is_sentence() {
        return None;
    }
    let letters = u8::try_from(letters.len()).unwrap_or(0);
    Some(Label { refers, letters, ..found(kind, text, name, printed, &numbers) })
}

/// （一） (一) （甲） （1） (1) (a) (i).
fn parenthesised(text: &str) -> Option<Label> {
    let open = text.chars().next()?.len_utf8();
    let end = text.char_indices().take(12).find(|(_, c)| matches!(c, '）' | ')'))?;
    let inside = text[open..end.0].trim();
    let after = end.0 + end.1.len_utf8();
    // （一）、 occurs too.
    let printed = after + if text[after..].starts_with('、') { '、'.len_utf8() } else { 0 };
    if let Some(value) = numeral::value(inside) {
        let kind = match inside.chars().next()? {
            c if numeral::is_han_numeral(c) => LabelKind::Subpart,
            _ => LabelKind::NumberParen,
        };
        return Some(found(kind, text, after, printed, &[value]));
    }
    let mut signs = inside.chars();
    if let (Some(sign), None) = (signs.next(), signs.next()) {
        if let Some(number) = stem_number(sign) {
            let label = found(LabelKind::StemParen, text, after, printed, &[number]);
            return Some(Label { weak: true, ..label });
        }
        if let Some((kind, number)) = sign_number(sign) {
            let is_capital = kind == LabelKind::RomanCapital;
            let kind =
                if is_capital { LabelKind::RomanCapitalParen } else { LabelKind::RomanParen };
            return Some(found(kind, text, after, printed, &[number]));
        }
    }
    let (kind, value) = letters(inside)?;
    Some(found(kind, text, after, printed, &[value]))
}

/// ㈠ ㊀ ⑴ ⒈ ① ❶ ➀ ➊: numbers that are one character.
fn enclosed(text: &str, first: char) -> Option<Label> {
    let (kind, zero) = match first {
        '㈠'..='㈩' => (LabelKind::Subpart, '㈠'),
        '㊀'..='㊉' => (LabelKind::Subpart, '㊀'),
        '①'..='⑳' => (LabelKind::Circled, '①'),
        '❶'..='❿' => (LabelKind::Circled, '❶'),
        '➀'..='➉' => (LabelKind::Circled, '➀'),
        '➊'..='➓' => (LabelKind::Circled, '➊'),
        '⑴'..='⒇' => (LabelKind::NumberParen, '⑴'),
        '⒈'..='⒛' => (LabelKind::Number, '⒈'),
        _ => return None,
    };
    let end = first.len_utf8();
    Some(found(kind, text, end, end, &[1 + u32::from(first) - u32::from(zero)]))
}

/// The letters of (a), (i) and (B): their kind in brackets, and their number. Which of the two
/// kinds (i) is depends on its list and is decided later.
fn letters(inside: &str) -> Option<(LabelKind, u32)> {
    let mut chars = inside.chars();
    let first = chars.next().filter(char::is_ascii_alphabetic)?;
    let capital = first.is_ascii_uppercase();
    if inside.chars().any(|c| c.is_ascii_uppercase() != capital) {
        return None;
    }
    if let Some(value) = roman(inside) {
        let kind = if capital { LabelKind::RomanCapitalParen } else { LabelKind::RomanParen };
        return Some((kind, value));
    }
    let kind = if capital { LabelKind::CapitalParen } else { LabelKind::LetterParen };
    let value = u32::from(first.to_ascii_lowercase()) - u32::from('a') + 1;
    chars.as_str().is_empty().then_some((kind, value))
}

fn roman(text: &str) -> Option<u32> {
    let digits: Vec<u32> = text.chars().map(roman_digit).collect::<Option<_>>()?;
    let total = digits.iter().enumerate().fold(0i64, |sum, (at, &digit)| {
        let smaller = digits.get(at + 1).is_some_and(|&next| next > digit);
        sum + if smaller { -i64::from(digit) } else { i64::from(digit) }
    });
    u32::try_from(total).ok().filter(|&total| total > 0)
}

fn roman_digit(c: char) -> Option<u32> {
    match c.to_ascii_lowercase() {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        _ => None,
    }
}

/// 一、 or 一）; 一 alone is a word.
fn part(text: &str) -> Option<Label> {
    let (value, used) = leading_number(text, numeral::is_han_numeral)?;
    if let Some(mark) = text[used..].chars().next().filter(|c| matches!(c, '）' | ')')) {
        let end = used + mark.len_utf8();
        return Some(Label { weak: true, ..found(LabelKind::Subpart, text, end, end, &[value]) });
    }
    let mark = text[used..].chars().next().filter(|c| matches!(c, '、' | '．' | '.'))?;
    // 二、三線城市 and 一、二、三等 list numerals; 一一七．九七五 is a figure; 陸、海、空軍 are
    // armed forces.
    let rest = text[used + mark.len_utf8()..].trim_start();
    let numerals = rest.chars().take_while(|&c| numeral::is_han_numeral(c)).count();
    let behind = rest.chars().nth(numerals);
    let lists =
        (1..=2).contains(&numerals) && behind.is_some_and(|c| "线線級级等期批、".contains(c));
    let figure = mark != '、' && numerals > 0;
    let forces = rest.starts_with('海') && text.starts_with(['陸', '陆']);
    if lists || figure || forces {
        return None;
    }
    let grand = text.starts_with([
        '壹', '貳', '贰', '參', '叁', '肆', '伍', '陸', '陆', '柒', '捌', '玖', '拾',
    ]);
    let kind = if grand { LabelKind::GrandPart } else { LabelKind::Part };
    Some(found(kind, text, used, used + mark.len_utf8(), &[value]))
}

/// 1. 1、 1．, 1.1, 3.2A, 12A., 1）.
fn number(text: &str) -> Option<Label> {
    let figures = |c: char| matches!(c, '0'..='9' | '０'..='９');
    let (value, mut at) = leading_number(text, figures)?;
    let mut numbers: Numbers = smallvec![value];
    while let Some((next, used)) =
        text[at..].strip_prefix('.').and_then(|rest| leading_number(rest, figures))
    {
        numbers.push(next);
        at += 1 + used;
    }
    let is_decimal = numbers.len() > 1;
    let (capitals, length) = capitals(&text[at..]);
    at += length;
    numbers.extend(capitals.iter().copied());
    let letters = u8::try_from(capitals.len()).unwrap_or(0);
    let rest = &text[at..];
    let mark = rest.chars().next();
    if is_decimal {
        // 2.5億 is a figure; 1.1 with white space or a mark behind it is a label.
        let printed = at + mark.filter(|c| matches!(c, '.' | '、')).map_or(0, char::len_utf8);
        let apart = mark.is_some_and(|c| c.is_whitespace() || matches!(c, '.' | '、'));
        let after = text[printed..].trim_start();
        let refers = after.starts_with(['的', '及', '和', '至', '或', '之', '所', '與', '与'])
            || ["規定", "规定"]
                .iter()
                .any(|word| after.len() > word.len() && after.starts_with(word));
        let label = found(LabelKind::Decimal, text, at, printed, &numbers);
        return apart.then_some(Label { letters, refers, weak: letters > 0, ..label });
    }
    if letters > 0 {
        let mark = mark.filter(|c| matches!(c, '.' | '．' | '、'))?;
        let label = found(LabelKind::Number, text, at, at + mark.len_utf8(), &numbers);
        return Some(Label { letters, weak: true, ..label });
    }
    // A label has at most three digits; 2017. is a year.
    if at > 3 && value > 999 {
        return None;
    }
    match mark? {
        c @ ('.' | '．' | '、') => {
            Some(found(LabelKind::Number, text, at, at + c.len_utf8(), &numbers))
        }
        c @ ('）' | ')') => {
            let end = at + c.len_utf8();
            Some(found(LabelKind::NumberParen, text, end, end, &numbers))
        }
        _ => None,
    }
}

/// a. A. i. IV. followed by white space or Han; a) and a）.
fn letter(text: &str) -> Option<Label> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).filter(|&end| end <= 5)?;
    let (kind, value) = letters(&text[..end])?;
    let mark = text[end..].chars().next()?;
    let printed = end + mark.len_utf8();
    let rest = &text[printed..];
    if matches!(mark, ')' | '）') {
        return Some(found(kind, text, printed, printed, &[value]));
    }
    let kind = match kind {
        LabelKind::LetterParen => LabelKind::Letter,
        LabelKind::CapitalParen => LabelKind::Capital,
        LabelKind::RomanParen => LabelKind::Roman,
        _ => LabelKind::RomanCapital,
    };
    let apart = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || !c.is_ascii());
    let label = found(kind, text, end, printed, &[value]);
    match mark {
        '.' | '．' if apart => Some(label),
        // A、B兩地 lists letters.
        '、' if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
            Some(Label { weak: true, ..label })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LabelKind::*;

    #[test]
    fn forms() {
        for (text, kind, name, numbers) in [
            ("第一條 合作宗旨", Article, "第一條", &[1][..]),
            ("第 12 條", Article, "第12條", &[12]),
            ("第 12-1 條", Article, "第12-1條", &[12, 1]),
            ("第十二条之一　为了", Article, "第十二条之一", &[12, 1]),
            ("第一章　总则", Chapter, "第一章", &[1]),
            ("第 一 款 地方立法機關", Subsection, "第一款", &[1]),
            ("一、 前言", Part, "一", &[1]),
            ("十一、雙方代表簽字：", Part, "十一", &[11]),
            ("（二十八）持續更新", Subpart, "（二十八）", &[28]),
            ("(一) 提升", Subpart, "(一)", &[1]),
            ("1、建立", Number, "1", &[1]),
            ("33. 通過", Number, "33", &[33]),
            ("5. 2017年舉辦", Number, "5", &[5]),
            ("1.1 定義", Decimal, "1.1", &[1, 1]),
            ("1）甲", NumberParen, "1）", &[1]),
            ("(a) 甲", LetterParen, "(a)", &[1]),
            ("(iv) 甲", RomanParen, "(iv)", &[4]),
            ("(C) 甲", CapitalParen, "(C)", &[3]),
            ("a. 甲", Letter, "a", &[1]),
            ("A. 甲", Capital, "A", &[1]),
            ("ii. 甲", Roman, "ii", &[2]),
            ("IV. 甲", RomanCapital, "IV", &[4]),
            ("b）甲", LetterParen, "b）", &[2]),
            ("壹、緣起", GrandPart, "壹", &[1]),
            ("㈡ 甲", Subpart, "㈡", &[2]),
            ("⑶甲", NumberParen, "⑶", &[3]),
            ("①甲", Circled, "①", &[1]),
            ("第一部分 總則", Division, "第一部分", &[1]),
            ("第 2 部 罰則", Division, "第2部", &[2]),
            ("■每年", Bullet, "■", &[0]),
            ("【第一條】甲", Article, "第一條", &[1]),
            ("〔第十二条之一〕甲", Article, "第十二条之一", &[12, 1]),
            ("[第3條] 甲", Article, "第3條", &[3]),
            ("【一】甲", Part, "一", &[1]),
            ("甲、總則", Stem, "甲", &[1]),
            ("（乙）范围", StemParen, "（乙）", &[2]),
            ("Ⅰ、油料", RomanCapital, "Ⅰ", &[1]),
            ("ⅲ. 油料", Roman, "ⅲ", &[3]),
            ("（Ⅱ）油料", RomanCapitalParen, "（Ⅱ）", &[2]),
            ("一）早班", Subpart, "一）", &[1]),
            ("3.2A 變更", Decimal, "3.2A", &[3, 2, 1]),
            ("12A. 委任", Number, "12A", &[12, 1]),
            ("3AA. 委任", Number, "3AA", &[3, 1, 1]),
            ("第12A條 委任", Article, "第12A條", &[12, 1]),
            ("第 3AA 条 委任", Article, "第3AA条", &[3, 1, 1]),
            ("第2B部 罰則", Division, "第2B部", &[2, 2]),
            ("Article 1 Scope", Article, "Article1", &[1]),
            ("ARTICLE 12A", Article, "ARTICLE12A", &[12, 1]),
            ("Chapter IV Political Structure", Chapter, "ChapterIV", &[4]),
            ("Schedule 2 Fees", Annex, "Schedule2", &[2]),
            ("附件一", Annex, "附件一", &[1]),
            ("附件2：水費", Annex, "附件2", &[2]),
            ("附表 具體承諾", Annex, "附表", &[0]),
            ("附錄A 表格", Annex, "附錄A", &[1]),
            ("附件甲", Annex, "附件甲", &[1]),
            ("附件（二）：水費", Annex, "附件（二）", &[2]),
            ("〈一〉甲", Part, "一", &[1]),
            ("A、甲", Capital, "A", &[1]),
            ("❷甲", Circled, "❷", &[2]),
            ("㊁甲", Subpart, "㊁", &[2]),
        ] {
            let label = Label::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (label.kind, label.name(text).as_str(), &*label.numbers),
                (kind, name, numbers),
                "{text}"
            );
        }
        assert_eq!(Label::parse("第一條 合作宗旨").unwrap().length(), "第一條 ".len());
    }

    #[test]
    fn figures_and_references_in_sentences() {
        for text in [
            "1 次，每期時間",
            "2017年舉辦",
            "2017 年 11 月",
            "2.5億元",
            "一是粵港",
            "一年內",
            "三十日後",
            "第三條規定的行為",
            "第二條第一款",
            "第三編第二章第三審程序之規定，準用之。",
            "第十八次會議",
            "（特區政府）食物",
            "(CEPA)",
            "一般規定",
            "五大機場",
            "二、三線城市",
            "一、二、三等農林事業人員",
            "一一七．九七五兆赫",
            "陸、海、空軍軍人",
            "CEPA. 甲",
            "e.g. 甲",
            "Ab. 甲",
            "甲、乙雙方",
            "甲方應",
            "[1] 參見",
            "【說明】",
            "11.5.2 的試驗",
            "11.5.2 規定進行試驗",
            "11.5.2 和 11.5.3",
            "Article 1 of this Law",
            "Article 1, paragraph 2",
            "Section 2 shall apply to all.",
            "Part of it",
            "附近的設施",
            "A、B兩地",
        ] {
            let label = Label::parse(text).filter(|label| !label.refers);
            assert_eq!(label, None, "{text}");
        }
    }

    #[test]
    fn sequence() {
        let label = |text| Label::parse(text).unwrap();
        assert!(label("第12-1條").follows(&label("第12條")));
        assert!(label("第13條").follows(&label("第12-1條")));
        assert!(label("（二）").follows(&label("(一)")));
        assert!(!label("5.甲").follows(&label("2.乙")));
        assert!(label("第12A條").follows(&label("第12條")));
        assert!(label("第13條").follows(&label("第12B條")));
        assert!(label("3AA. 甲").follows(&label("3A. 乙")));
        assert!(label("3B. 甲").follows(&label("3AA. 乙")));
        assert!(!label("12A. 甲").follows(&label("2. 乙")));
        assert_eq!(label("第12A條").arabic(), "12A");
        assert_eq!(label("第十二條之一").arabic(), "12-1");
        assert_eq!(label("3.2A 甲").arabic(), "3.2A");
    }
}
