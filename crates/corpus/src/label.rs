//! Labels: 第十二條之一, 一、, （一）, 1., 1.1, 1）, (a), ■.

use std::ops::{Index, IndexMut};

use smallvec::{SmallVec, smallvec};
use tiaowen_text::numeral;

/// The kinds of label, told apart by their form, the parts of laws from the outermost in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum LabelKind {
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
    /// （一） (一) ㈠
    Subpart,
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
}

impl LabelKind {
    /// The kind of letters that a Roman numeral may be one of: (i) is a letter after (h).
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

/// Something for each kind of label.
#[derive(Debug, Default)]
pub(crate) struct PerKind<T>([T; LabelKind::Bullet as usize + 1]);

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

/// The numbers of a label, the outermost first.
pub(crate) type Numbers = SmallVec<[u32; 3]>;

/// A label at the beginning of a paragraph, as lengths in bytes of its cleaned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) kind: LabelKind,
    /// Its numbers: [12, 1] for 第十二條之一, [1, 1] for 1.1; letters count from 1.
    pub(crate) numbers: Numbers,
    /// Up to the mark behind it: `1`, `第 12 條`.
    name: u32,
    /// As printed, with what closes it: `1、`.
    printed: u32,
    /// With the white space behind it.
    length: u32,
    /// Whether its number is printed in figures.
    pub(crate) in_figures: bool,
    /// Whether white space or nothing stands behind it.
    pub(crate) apart: bool,
    /// Whether what follows goes on like a reference: 第三條規定的, 第二條第一款.
    pub(crate) refers: bool,
}

impl Label {
    /// What stands for a label that isn't printed: the number of a paragraph.
    pub(crate) fn unprinted(number: u32) -> Label {
        Label {
            kind: LabelKind::Number,
            numbers: smallvec![number],
            name: 0,
            printed: 0,
            length: 0,
            in_figures: true,
            apart: true,
            refers: false,
        }
    }

    /// Bytes of the text that it takes, white space behind it included.
    pub(crate) fn length(&self) -> usize {
        self.length as usize
    }

    /// The label as printed in `text`, which begins with it; `None` where none is printed.
    pub(crate) fn printed<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.get(..self.printed as usize).filter(|printed| !printed.is_empty())
    }

    /// As it stands in a path: `1`, `（一）`, `第一條`; a point with its
    /// number once counted, ■3.
    pub(crate) fn name(&self, text: &str) -> String {
        let mut name: String = text[..self.name as usize].split_whitespace().collect();
        let counted = self.printed == 0 || self.kind == LabelKind::Bullet;
        if counted && self.numbers[0] > 0 {
            name.push_str(&self.numbers[0].to_string());
        }
        name
    }

    /// The label at the start of a cleaned paragraph, if one stands there.
    ///
    /// Form alone decides here; whether it fits its place is for who knows the place.
    pub(crate) fn parse(text: &str) -> Option<Label> {
        let first = text.chars().next()?;
        match first {
            '第' => ordinal(text),
            '（' | '(' => parenthesised(text),
            '■' | '●' | '◆' | '▪' | '•' | '◼' | '□' | '○' | '◎' | '▲' | '△' => {
                Some(found(LabelKind::Bullet, text, first.len_utf8(), first.len_utf8(), &[0]))
            }
            _ if numeral::is_han_numeral(first) => part(text),
            '㈠'..='㈩' | '①'..='⒛' => enclosed(text, first),
            '0'..='9' | '０'..='９' => number(text),
            'a'..='z' | 'A'..='Z' => letter(text),
            _ => None,
        }
    }

    /// Whether this label can follow `before` in one list.
    pub(crate) fn follows(&self, before: &Label) -> bool {
        self.kind == before.kind && {
            let (own, last) = (&self.numbers, &before.numbers);
            match (own.as_slice(), last.as_slice()) {
                _ if self.kind == LabelKind::Bullet => true,
                ([own], [last, ..]) => *own == last + 1,
                ([a, 1], [b]) => a == b,
                ([a, x], [b, y]) => a == b && *x == y + 1,
                _ => own > last,
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
        kind,
        printed: short(printed),
        name: short(name),
        numbers: numbers.into(),
        length: short(length),
    }
}

/// The numeral at the start of `text`: its value and bytes.
fn leading_number(text: &str, accepts: fn(char) -> bool) -> Option<(u32, usize)> {
    let end = text.find(|c| !accepts(c)).unwrap_or(text.len());
    Some((numeral::value(&text[..end])?, end))
}

/// 第一條, 第 12-1 條, 第十二條之一, 第一章, 第二節, 第一編.
fn ordinal(text: &str) -> Option<Label> {
    let after = text.strip_prefix('第')?;
    let digits = after.trim_start();
    let (number, used) = leading_number(digits, numeral::is_numeral)?;
    let mut numbers: Numbers = smallvec![number];
    let mut rest = &digits[used..];
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
        // 第三條之一定 is no article 3-1.
        && !sub[used..].starts_with(|c: char| numeral::is_han_numeral(c) || "定般切些種种".contains(c))
    {
        numbers.push(sub_number);
        rest = &sub[used..];
    }
    let name = text.len() - rest.len();
    let printed =
        name + rest.chars().next().filter(|c| "、．.：:".contains(*c)).map_or(0, char::len_utf8);
    // A reference inside a sentence goes on at once: 第三條規定的, 第二條第一款, 第二章所稱.
    let goes_on =
        ["規定", "规定", "第", "所", "至", "及", "和", "、", "或", "之", "的", "但書", "但书"];
    let refers = goes_on.iter().any(|word| rest.starts_with(word));
    // A title of a part of a law is short and no sentence: 第三編第一章之規定 is a reference.
    let is_sentence = || rest.contains(['，', '。', '；', '：']) || rest.chars().count() > 40;
    if kind < LabelKind::Article && is_sentence() {
        return None;
    }
    Some(Label { refers, ..found(kind, text, name, printed, &numbers) })
}

/// （一） (一) （1） (1) (a) (i).
fn parenthesised(text: &str) -> Option<Label> {
    let open = text.chars().next()?.len_utf8();
    let end = text.char_indices().take(12).find(|(_, c)| matches!(c, '）' | ')'))?;
    let inside = text[open..end.0].trim();
    let after = end.0 + end.1.len_utf8();
    // （一）、 is printed too.
    let printed = after + if text[after..].starts_with('、') { '、'.len_utf8() } else { 0 };
    if let Some(value) = numeral::value(inside) {
        let kind = match inside.chars().next()? {
            c if numeral::is_han_numeral(c) => LabelKind::Subpart,
            _ => LabelKind::NumberParen,
        };
        return Some(found(kind, text, after, printed, &[value]));
    }
    let (kind, value) = letters(inside)?;
    Some(found(kind, text, after, printed, &[value]))
}

/// ㈠ ⑴ ⒈ ①: numbers of one character.
fn enclosed(text: &str, first: char) -> Option<Label> {
    let (kind, zero) = match first {
        '㈠'..='㈩' => (LabelKind::Subpart, '㈠'),
        '①'..='⑳' => (LabelKind::Circled, '①'),
        '⑴'..='⒇' => (LabelKind::NumberParen, '⑴'),
        '⒈'..='⒛' => (LabelKind::Number, '⒈'),
        _ => return None,
    };
    let end = first.len_utf8();
    Some(found(kind, text, end, end, &[1 + u32::from(first) - u32::from(zero)]))
}

/// The letters of (a), (i) and (B): their kind in brackets, and their number; which of the
/// two (i) is, its list tells later.
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
    let value = |c: char| match c.to_ascii_lowercase() {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        _ => None,
    };
    let digits: Vec<u32> = text.chars().map(value).collect::<Option<_>>()?;
    let total = digits.iter().enumerate().fold(0i64, |sum, (at, &digit)| {
        let smaller = digits.get(at + 1).is_some_and(|&next| next > digit);
        sum + if smaller { -i64::from(digit) } else { i64::from(digit) }
    });
    u32::try_from(total).ok().filter(|&total| total > 0)
}

/// 一、 with the mark behind it; 一 alone is a word.
fn part(text: &str) -> Option<Label> {
    let (value, used) = leading_number(text, numeral::is_han_numeral)?;
    let mark = text[used..].chars().next().filter(|c| matches!(c, '、' | '．' | '.'))?;
    // 二、三線城市 and 一、二、三等 list numerals; 一一七．九七五 is a figure; 陸、海、空軍
    // are forces.
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

/// 1. 1、 1．, 1.1, 1）.
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
    let rest = &text[at..];
    let mark = rest.chars().next();
    if numbers.len() > 1 {
        // 2.5億 is a figure; 1.1 followed by a gap or a mark is a label.
        let printed = at + mark.filter(|c| matches!(c, '.' | '、')).map_or(0, char::len_utf8);
        let apart = mark.is_some_and(|c| c.is_whitespace() || matches!(c, '.' | '、'));
        return apart.then(|| found(LabelKind::Decimal, text, at, printed, &numbers));
    }
    // A label has three figures at most; 2017. is a year.
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

/// a. A. i. IV. with a gap or Han behind, a) and a）.
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
    (matches!(mark, '.' | '．') && apart).then(|| found(kind, text, end, printed, &[value]))
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
    }
}
