//! Figures by value: what 三億, 3億 and 300,000,000 say alike, and what only looks like a figure.
//!
//! One reader for all who compare or look for figures. It reads from the start of a text and never
//! looks back, so whoever walks over a text meets each figure at its beginning and whole.
//!
//! | written | read as |
//! |---|---|
//! | 2,000 · ２，０００ · 2 000 · 二千 · 兩千 · 貳仟 | 2,000 |
//! | 50万 · 五十萬 · 伍拾万 · 500,000 | 500,000 |
//! | 1亿2000万 · 一億二千萬 · 1.2億 | 120,000,000 |
//! | 二百五 · 兩百五十 | 250 |
//! | 二〇一七 · 二○一七 · 二零一七 · 二００七 | 2017, 2007 |
//! | 四点三五 · 四點三五 · 4.35 | 4.35 |
//! | 百分之五 · 5% · 千分之五十 · 50‰ | a share of 5/100 |
//! | 三分之二 · 2/3 · ⅔ | a share of 2/3 |
//! | 三成 · 30% · 三成五 · 35% | a share of 3/10, of 35/100 |
//! | 三五 · 七八 · 十七八 · 三五十 · 一一 | words: about so many, or no number at all |
//! | 十分 before a word | no figure: 十分重視 |
//!
//! Counts and shares are never equal: 0.05 is not 5%. Ordinals are told apart by the 第 before them,
//! which stays a character of the text.
//!
//! A range is one value at each end ([`figure_range`]): 3-5年, 三至五年 and 3年至5年 name the same
//! years. Money in 元, 角 and 分 is one amount ([`money`]).

use std::ops::Range;

use crate::{fold_char, is_han, numeral};

/// A figure at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// What it says.
    pub reading: Reading,
    /// Bytes of the text that it takes.
    pub length: usize,
}

/// What a figure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// A number.
    Count(Value),
    /// A part of a whole: 5%, 三分之二, 三成.
    Share(Value),
    /// Numerals that name no number: 三五年 is not 35 years.
    Words,
}

/// A value as a fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value {
    /// What stands above the line.
    pub numerator: u128,
    /// What stands below it, 1 at least.
    pub denominator: u128,
}

impl Value {
    /// A whole number.
    pub const fn whole(value: u128) -> Value {
        Value { numerator: value, denominator: 1 }
    }

    fn new(numerator: u128, denominator: u128) -> Value {
        let divisor = gcd(numerator, denominator).max(1);
        Value { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    /// The whole number that this is; `None` for a fraction.
    pub fn as_whole(self) -> Option<u128> {
        (self.denominator == 1).then_some(self.numerator)
    }

    /// The value so many times; `None` where it is too large to be held.
    pub fn times(self, factor: u128) -> Option<Value> {
        Some(Value::new(self.numerator.checked_mul(factor)?, self.denominator))
    }

    fn plus(self, other: Value) -> Option<Value> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        let below = self.denominator.checked_mul(other.denominator)?;
        Some(Value::new(left.checked_add(right)?, below))
    }

    fn over(self, other: Value) -> Option<Value> {
        let above = self.numerator.checked_mul(other.denominator)?;
        let below = self.denominator.checked_mul(other.numerator)?;
        (below > 0).then(|| Value::new(above, below))
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The figure that a text begins with, in either script and any width; `None` where it begins with
/// none, and where it is longer than anybody writes (40 characters).
///
/// ```
/// use tiaowen_text::figure::{Reading, figure};
/// let same = |left, right| figure(left).map(|f| f.reading) == figure(right).map(|f| f.reading);
/// assert!(same("伍拾万", "500,000"));
/// assert!(same("百分之四點三五", "4.35%"));
/// assert!(!same("0.05", "5%"));
/// assert_eq!(figure("三五年").unwrap().reading, Reading::Words);
/// assert_eq!(figure("三五年").unwrap().length, "三五".len());
/// assert_eq!(figure("年"), None);
/// ```
pub fn figure(text: &str) -> Option<Figure> {
    figure_after(None, text)
}

/// The same, where it is known which character stands before the text: 第伍條 is the fifth article,
/// 隊伍條件 has no figure.
///
/// ```
/// use tiaowen_text::figure::figure_after;
/// assert!(figure_after(Some('第'), "伍條").is_some());
/// assert!(figure_after(Some('隊'), "伍條").is_none());
/// ```
pub fn figure_after(before: Option<char>, text: &str) -> Option<Figure> {
    if let Some(share) = power_share(text) {
        return Some(share);
    }
    let first = text.chars().next()?;
    if let Some(share) = vulgar(first) {
        return Some(Figure { reading: Reading::Share(share), length: first.len_utf8() });
    }
    let (reading, length) = match digit(first) {
        Some(_) => in_digits(text)?,
        None => in_numerals(before, text)?,
    };
    let Reading::Count(value) = reading else { return Some(Figure { reading, length }) };
    if let Some((reading, length)) = share(value, text, length) {
        return Some(Figure { reading, length });
    }
    (!is_very(text)).then_some(Figure { reading, length })
}

/// 十分 before what is so in a high degree: 十分重視. Marks of ten and ten minutes are figures.
fn is_very(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("十分") else { return false };
    let next = rest.chars().next();
    next.is_some_and(|c| {
        is_han(c) && !"鐘钟之的為为以及和與与或至到內内後后制满滿者计計".contains(c)
    })
}

/// A fraction that is one character.
fn vulgar(c: char) -> Option<Value> {
    let (numerator, denominator) = match c {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅚' => (5, 6),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        '⅒' => (1, 10),
        _ => return None,
    };
    Some(Value::new(numerator, denominator))
}

/// A digit of any width.
fn digit(c: char) -> Option<u128> {
    match c {
        '0'..='9' => Some(u128::from(c) - u128::from('0')),
        '０'..='９' => Some(u128::from(c) - u128::from('０')),
        _ => None,
    }
}

/// 百分之五, 千分之三, 萬分之一.
fn power_share(text: &str) -> Option<Figure> {
    const POWERS: [(&str, u128); 8] = [
        ("百分之", 100),
        ("千分之", 1_000),
        ("萬分之", 10_000),
        ("万分之", 10_000),
        ("十萬分之", 100_000),
        ("十万分之", 100_000),
        ("百萬分之", 1_000_000),
        ("百万分之", 1_000_000),
    ];
    if let Some(rest) = text.strip_prefix("百分百") {
        let reading = Reading::Share(Value::whole(1));
        return Some(Figure { reading, length: text.len() - rest.len() });
    }
    let (word, of) = POWERS.into_iter().find(|(word, _)| text.starts_with(word))?;
    let rest = text[word.len()..].trim_start_matches(' ');
    let (value, length) = match rest.chars().next()? {
        '百' => (Value::whole(100), '百'.len_utf8()),
        // Behind 百分之 even a single formal numeral counts.
        c => match if digit(c).is_some() {
            in_digits(rest)?
        } else {
            in_numerals(Some('之'), rest)?
        } {
            (Reading::Count(value), length) => (value, length),
            _ => return None,
        },
    };
    let share = Value::new(value.numerator, value.denominator.checked_mul(of)?);
    let length = text.len() - rest.len() + length;
    Some(Figure { reading: Reading::Share(share), length })
}

/// What makes a share of a count of `length` bytes: 5%, 3‰, 三分之二, 2/3, 三成.
fn share(value: Value, text: &str, length: usize) -> Option<(Reading, usize)> {
    let rest = &text[length..];
    let near = rest.trim_start_matches(' ');
    let at = text.len() - near.len();
    let of = |of: u128| {
        Some(Reading::Share(Value::new(value.numerator, value.denominator.checked_mul(of)?)))
    };
    match near.chars().next()? {
        c @ ('%' | '％' | '﹪') => return Some((of(100)?, at + c.len_utf8())),
        c @ '‰' => return Some((of(1_000)?, at + c.len_utf8())),
        c @ '‱' => return Some((of(10_000)?, at + c.len_utf8())),
        _ => {}
    }
    if let Some(above) = rest.strip_prefix("分之") {
        let read = match above.chars().next().and_then(digit) {
            Some(_) => in_digits(above)?,
            None => in_numerals(Some('之'), above)?,
        };
        let (Reading::Count(part), used) = read else { return None };
        return Some((Reading::Share(part.over(value)?), length + "分之".len() + used));
    }
    if let Some(below) = rest.strip_prefix(['/', '／'])
        && text.starts_with(|c| digit(c).is_some())
    {
        let slash = rest.len() - below.len();
        let digits: usize =
            below.chars().take_while(|&c| digit(c).is_some()).map(char::len_utf8).sum();
        let whole = |text: &str| text.chars().try_fold(0u128, |sum, c| Some(sum * 10 + digit(c)?));
        let (above, under) = (whole(&text[..length])?, whole(below.get(..digits)?)?);
        // 2017/18 is a year, 1/3/2017 a date.
        let fraction = (1..100).contains(&above) && (2..1000).contains(&under) && above < under;
        let more = below[digits..].starts_with(['/', '／']);
        return (fraction && !more)
            .then(|| (Reading::Share(Value::new(above, under)), length + slash + digits));
    }
    if let Some(after) = rest.strip_prefix('成')
        && value.as_whole().is_some_and(|tenths| (1..=10).contains(&tenths))
    {
        // 三成半 and 三成五.
        let more = after.chars().next().and_then(|c| match c {
            '半' => Some(5),
            c => match part(c)? {
                (Part::Digit(digit @ 1..), _) => Some(digit),
                _ => None,
            },
        });
        let (half, after) = match more {
            Some(more) => (more, &after[after.chars().next().map_or(0, char::len_utf8)..]),
            None => (0, after),
        };
        // 三成 by itself or before a comparison; never 二成立 or 三成员.
        let ends = after
            .chars()
            .next()
            .is_none_or(|c| !c.is_alphanumeric() || "以之的或至到左右的及和與与".contains(c));
        let share = Value::new(value.numerator * 10 + half, 100);
        return ends.then(|| (Reading::Share(share), text.len() - after.len()));
    }
    None
}

/// A figure in digits with what multiplies it: 2,000 · 2.5 · 3萬 · 5百萬 · 1亿2000万.
fn in_digits(text: &str) -> Option<(Reading, usize)> {
    let (mut value, mut length) = digits(text)?;
    let Some((times, used)) = multiplier(&text[length..]) else {
        return Some((Reading::Count(value), length));
    };
    value = value.times(times)?;
    length += used;
    // What follows counts on in smaller units.
    let mut least = times;
    loop {
        // 3萬零5百
        let zero = if text[length..].starts_with('零') { '零'.len_utf8() } else { 0 };
        let rest = &text[length + zero..];
        let Some((more, used)) = digits(rest) else { break };
        let Some((times, unit)) = multiplier(&rest[used..]) else { break };
        if times >= least {
            break;
        }
        value = value.plus(more.times(times)?)?;
        length += zero + used + unit;
        least = times;
    }
    Some((Reading::Count(value), length))
}

/// Digits with their groups and decimals, and the bytes that they take.
fn digits(text: &str) -> Option<(Value, usize)> {
    digit(text.chars().next()?)?;
    let (mut numerator, mut denominator) = (0u128, 1u128);
    let (mut length, mut decimals, mut run) = (0, false, 0);
    for (at, c) in text.char_indices() {
        if let Some(digit) = digit(c) {
            numerator = numerator.checked_mul(10)?.checked_add(digit)?;
            if decimals {
                denominator = denominator.checked_mul(10)?;
            }
            length = at + c.len_utf8();
            run += 1;
            continue;
        }
        let after = &text[at + c.len_utf8()..];
        let follow = after.chars().take_while(|&c| digit(c).is_some()).count();
        match c {
            ',' | '，' | ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}'
                if follow == 3 && !decimals && (1..=3).contains(&run) =>
            {
                // Groups after the first are of three; 12 345 has to be so throughout.
                run = 0;
            }
            '.' | '．' if follow > 0 && !decimals => decimals = true,
            _ => break,
        }
    }
    Some((Value::new(numerator, denominator), length))
}

/// 萬, 億, 百萬, 千 … behind digits, blanks before them read over; what they multiply by.
fn multiplier(text: &str) -> Option<(u128, usize)> {
    let near = text.trim_start_matches(' ');
    let (mut times, mut length) = (1u128, 0);
    for c in near.chars() {
        let unit = match c {
            '百' | '佰' => 100,
            '千' | '仟' => 1_000,
            '萬' | '万' => 10_000,
            '億' | '亿' => 100_000_000,
            _ => break,
        };
        // 百万, 千亿, 万亿: each larger than the one before.
        if length > 0 && unit <= 1_000 {
            break;
        }
        times = times.checked_mul(unit)?;
        length += c.len_utf8();
    }
    // 100 百 is nobody's; 8 千米 and 8千克 are 8,000 of what follows, too.
    (length > 0).then_some((times, text.len() - near.len() + length))
}

/// How a numeral is written: with the plain characters or with those that guard amounts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    Plain,
    Formal,
    Either,
}

/// What a character says in a numeral.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Digit(u128),
    /// 十, 百, 千, and 廿 and 卅 as tens that are counted already.
    Unit(u128),
    Tens(u128),
    /// 萬 and 億.
    Section(u128),
}

fn part(c: char) -> Option<(Part, Hand)> {
    use Hand::{Either, Formal, Plain};
    Some(match c {
        '〇' | '零' | '○' | '◯' => (Part::Digit(0), Either),
        '一' => (Part::Digit(1), Plain),
        '二' | '兩' | '两' => (Part::Digit(2), Plain),
        '三' => (Part::Digit(3), Plain),
        '四' => (Part::Digit(4), Plain),
        '五' => (Part::Digit(5), Plain),
        '六' => (Part::Digit(6), Plain),
        '七' => (Part::Digit(7), Plain),
        '八' => (Part::Digit(8), Plain),
        '九' => (Part::Digit(9), Plain),
        '壹' | '壱' => (Part::Digit(1), Formal),
        '貳' | '贰' => (Part::Digit(2), Formal),
        '參' | '叁' | '叄' => (Part::Digit(3), Formal),
        '肆' => (Part::Digit(4), Formal),
        '伍' => (Part::Digit(5), Formal),
        '陸' | '陆' => (Part::Digit(6), Formal),
        '柒' => (Part::Digit(7), Formal),
        '捌' => (Part::Digit(8), Formal),
        '玖' => (Part::Digit(9), Formal),
        '十' => (Part::Unit(10), Plain),
        '百' => (Part::Unit(100), Plain),
        '千' => (Part::Unit(1_000), Plain),
        '拾' => (Part::Unit(10), Formal),
        '佰' => (Part::Unit(100), Formal),
        '仟' => (Part::Unit(1_000), Formal),
        '廿' | '卄' => (Part::Tens(20), Plain),
        '卅' => (Part::Tens(30), Plain),
        '卌' => (Part::Tens(40), Plain),
        '萬' | '万' => (Part::Section(10_000), Either),
        '億' | '亿' => (Part::Section(100_000_000), Either),
        _ => return None,
    })
}

/// Zeros of other alphabets, as old prints have them between Han digits: 二ＯＯ七, 二００七.
fn is_borrowed_zero(c: char) -> bool {
    matches!(c, 'Ｏ' | 'O' | '０' | '0')
}

/// The parts of the numeral that a text begins with, how it is written, and its bytes.
fn parts(text: &str) -> Option<(Vec<Part>, Hand, usize)> {
    const MOST: usize = 40;
    let mut parts = Vec::new();
    let (mut hand, mut length, mut mixed) = (Hand::Either, 0, false);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if is_borrowed_zero(c) && matches!(parts.last(), Some(Part::Digit(_))) {
            let after = text[end..].trim_start_matches(is_borrowed_zero).chars().next();
            let goes_on =
                after.is_some_and(|c| c == '年' || matches!(part(c), Some((Part::Digit(_), _))));
            if !goes_on {
                break;
            }
            parts.push(Part::Digit(0));
            length = end;
            continue;
        }
        let Some((part, of)) = part(c) else { break };
        match (hand, of) {
            (_, Hand::Either) => {}
            (Hand::Either, _) if !mixed => hand = of,
            // 五佰, 壹百: both ways are met. 大陸十年 is no sixty.
            (Hand::Plain | Hand::Formal, of) if hand != of => {
                let counted = matches!(parts.last(), Some(Part::Digit(1..)));
                let doubtful = text[..at].ends_with(DOUBTFUL);
                if !counted || doubtful || !matches!(part, Part::Unit(_)) {
                    break;
                }
                (hand, mixed) = (Hand::Either, true);
            }
            _ => {}
        }
        parts.push(part);
        length = end;
        if parts.len() > MOST {
            return None;
        }
    }
    (!parts.is_empty()).then_some((parts, hand, length))
}

/// Formal numerals that are parts of words as well: 參與, 大陸, 隊伍.
const DOUBTFUL: [char; 4] = ['參', '陸', '陆', '伍'];

/// A figure in Han numerals, behind this character.
fn in_numerals(before: Option<char>, text: &str) -> Option<(Reading, usize)> {
    let (parts, hand, length) = parts(text)?;
    // 萬一, 千方百計: no count stands before the unit. 百萬 and 十 are numbers.
    let first_counts = match parts.as_slice() {
        [Part::Section(_), ..] => false,
        // 百餘人 is 100 and some.
        [Part::Unit(100 | 1_000)] => text[length..].starts_with(['餘', '余']),
        [Part::Unit(100 | 1_000), rest @ ..] => matches!(rest.first(), Some(Part::Section(_))),
        _ => true,
    };
    let alone = hand == Hand::Formal && parts.len() == 1;
    if !first_counts || alone && !is_formal_count(before, text, length) {
        return None;
    }
    let Some(value) = value(&parts) else { return Some((Reading::Words, length)) };
    Some(match decimals(&text[length..]) {
        Some((decimals, used)) => {
            let value = value.plus(decimals)?;
            let length = length + used;
            match multiplier(&text[length..]).filter(|_| !text[length..].starts_with(' ')) {
                Some((times, used)) => (Reading::Count(value.times(times)?), length + used),
                None => (Reading::Count(value), length),
            }
        }
        None => (Reading::Count(value), length),
    })
}

/// Whether one formal character counts: 肆份 does; 參與, 大陸, 伍先生 and 拾得 do not.
fn is_formal_count(before: Option<char>, text: &str, length: usize) -> bool {
    const MONEY: &str = "份元圓圆角萬万億亿";
    const ORDINAL: &str = "條条款項项章節节期屆届次号號批";
    const COUNTED: &str = "分頁页次個个名人年月日天成倍款期屆届項项套輛辆間间";
    let (numeral, rest) = text.split_at(length);
    let next = rest.chars().next();
    let counted = |of: &str| next.is_some_and(|c| of.contains(c));
    match before {
        // 百分之伍, 三分之貳
        Some('之') => return !counted("事人外間间後后內内中") || counted(MONEY),
        Some('第') => return counted(ORDINAL) || counted(COUNTED),
        // 大陸, 登陸, 隊伍, 退伍, 收拾 end in one.
        Some(c) if "大登海水著着內内隊队入退行收人".contains(c) => return false,
        _ => {}
    }
    let doubtful = numeral.starts_with(DOUBTFUL) || numeral.starts_with(['拾', '佰', '仟']);
    counted(MONEY)
        || counted(COUNTED) && !doubtful
        // 陸個月, 參年: no word goes on so.
        || rest.starts_with("個月") || rest.starts_with("个月")
        || rest.starts_with("個工作日") || rest.starts_with("个工作日")
        || numeral.starts_with('參') && counted("年月日個个名次期")
}

/// 點三五 behind a numeral; never 三點五分 or 九點十分, which are times of the day.
fn decimals(text: &str) -> Option<(Value, usize)> {
    let rest = text.strip_prefix(['點', '点'])?;
    let mut length = text.len() - rest.len();
    let (mut numerator, mut denominator) = (0u128, 1u128);
    for c in rest.chars() {
        let Some((Part::Digit(digit), _)) = part(c) else { break };
        numerator = numerator.checked_mul(10)?.checked_add(digit)?;
        denominator = denominator.checked_mul(10)?;
        length += c.len_utf8();
    }
    let time = text[length..].starts_with(['分', '十', '刻', '鐘', '钟', '時', '时']);
    (denominator > 1 && !time).then(|| (Value::new(numerator, denominator), length))
}

/// The value of the parts of a numeral; `None` for those that name about so many (七八, 十七八,
/// 三五百) or nothing.
fn value(parts: &[Part]) -> Option<Value> {
    let digits: Option<Vec<u128>> = parts
        .iter()
        .map(|part| match part {
            Part::Digit(digit) => Some(*digit),
            _ => None,
        })
        .collect();
    if let Some(digits) = digits {
        // Digit by digit: 二〇一七. Two that are no zero name a range: 三五, 兩三.
        if digits.len() == 2 && digits.iter().all(|&digit| digit > 0) {
            return None;
        }
        let value =
            digits.iter().try_fold(0u128, |sum, &digit| sum.checked_mul(10)?.checked_add(digit))?;
        return Some(Value::whole(value));
    }
    let (mut high, mut middle, mut section) = (0u128, 0u128, 0u128);
    let (mut pending, mut last, mut zero) = (None::<u128>, 1u128, false);
    for &part in parts {
        match part {
            Part::Digit(_) if pending.is_some() => return None,
            Part::Digit(0) => zero = true,
            Part::Digit(digit) => pending = Some(digit),
            Part::Tens(tens) => {
                if pending.is_some() {
                    return None;
                }
                (section, last, zero) = (section + tens, 10, false);
            }
            Part::Unit(unit) => {
                section += pending.take().unwrap_or(1) * unit;
                (last, zero) = (unit, false);
            }
            Part::Section(10_000) => {
                middle += (section + pending.take().unwrap_or(0)) * 10_000;
                (section, last, zero) = (0, 10_000, false);
            }
            Part::Section(unit) => {
                high += (middle + section + pending.take().unwrap_or(0)).checked_mul(unit)?;
                (middle, section, last, zero) = (0, 0, unit, false);
            }
        }
    }
    // 二百五 is 250, 一萬二 is 12,000.
    let rest = match pending {
        Some(digit) if last >= 100 && !zero => digit * (last / 10),
        Some(digit) => digit,
        None => 0,
    };
    high.checked_add(middle + section + rest).map(Value::whole)
}

/// A date in figures at the start of a text, as lists and forms write it: 2025/3/1, 2025-03-01,
/// 2025.3.1, 2025-03; or a year with its era: 民國114年, 西元2025年.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFigures {
    /// The year of the common era.
    pub year: u32,
    /// Bytes of the year with its era, from the start of the text.
    pub year_end: usize,
    /// The month, where it is written with the year, and its bytes.
    pub month: Option<(u32, Range<usize>)>,
    /// The day, and its bytes.
    pub day: Option<(u32, Range<usize>)>,
    /// Bytes of the whole.
    pub length: usize,
}

/// The date in figures that a text begins with; impossible months and days are none.
///
/// ```
/// use tiaowen_text::figure::date_figures;
/// let date = date_figures("2025/3/1到期").unwrap();
/// assert_eq!((date.year, date.length), (2025, 8));
/// assert_eq!(date.month.map(|(month, _)| month), Some(3));
/// assert_eq!(date.day.map(|(day, _)| day), Some(1));
/// assert_eq!(date_figures("民國114年").unwrap().year, 2025);
/// assert_eq!(date_figures("2025/13/1"), None);
/// ```
pub fn date_figures(text: &str) -> Option<DateFigures> {
    of_era(text).or_else(|| separated(text))
}

/// 民國一百零六年, 西元2017年: the year with its era, without its 年.
fn of_era(text: &str) -> Option<DateFigures> {
    let republic = text.strip_prefix("中華").or_else(|| text.strip_prefix("中华")).unwrap_or(text);
    let republic = republic.strip_prefix("民國").or_else(|| republic.strip_prefix("民国"));
    let common = || text.strip_prefix("西元").or_else(|| text.strip_prefix("公元"));
    let (rest, before, most) = match republic {
        Some(rest) => (rest, 1911, 200),
        None => (common()?, 0, 2200),
    };
    let rest = rest.trim_start_matches(' ');
    let (year, used) = match rest.strip_prefix('元') {
        Some(_) => (1, '元'.len_utf8()),
        None => {
            let end = rest.find(|c| !numeral::is_numeral(c)).unwrap_or(rest.len());
            (numeral::value(&rest[..end])?, end)
        }
    };
    let length = text.len() - rest.len() + used;
    let fits =
        (1..most).contains(&year) && text[length..].trim_start_matches(' ').starts_with('年');
    fits.then_some(DateFigures {
        year: before + year,
        year_end: length,
        month: None,
        day: None,
        length,
    })
}

/// 2025/3/1 with one mark between, of any width; 2025-03 with two figures for the month.
fn separated(text: &str) -> Option<DateFigures> {
    let (year, year_end) = plain_digits(text, 0, 4)?;
    let (first, month_start) = date_mark(text, year_end)?;
    let (month, month_end) = plain_digits(text, month_start, 2)?;
    if !(1000..3000).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let months = month_start..month_end;
    let Some((second, day_start)) = date_mark(text, month_end) else {
        // 2011-12年度 is a range of years, 2025.03 a number, 2025-3 may be anything.
        let rest = text[month_end..].trim_start_matches(' ');
        let two = text[months.clone()].chars().count() == 2;
        let is_month = (1900..2200).contains(&year)
            && two
            && first != '.'
            && !rest.starts_with(['年', '學', '学', '財', '财', '屆', '届'])
            && !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        let (month, length) = (Some((month, months)), month_end);
        return is_month.then_some(DateFigures { year, year_end, month, day: None, length });
    };
    let (day, day_end) = plain_digits(text, day_start, 2)?;
    let fits = (1..=31).contains(&day)
        && first == second
        && date_mark(text, day_end).is_none_or(|(_, next)| plain_digits(text, next, 9).is_none());
    fits.then_some(DateFigures {
        year,
        year_end,
        month: Some((month, months)),
        day: Some((day, day_start..day_end)),
        length: day_end,
    })
}

/// A number of no more than so many digits at a byte of a text, and the byte behind it.
fn plain_digits(text: &str, from: usize, most: usize) -> Option<(u32, usize)> {
    let (mut value, mut length, mut count) = (0u32, 0, 0);
    for c in text.get(from..)?.chars() {
        let Some(digit) = digit(c) else { break };
        count += 1;
        if count > most {
            return None;
        }
        value = value * 10 + digit as u32;
        length += c.len_utf8();
    }
    (count > 0).then_some((value, from + length))
}

/// The mark between the parts of a date, and the byte behind it.
fn date_mark(text: &str, at: usize) -> Option<(char, usize)> {
    let c = text.get(at..)?.chars().next()?;
    let mark = match c {
        '-' | '－' => '-',
        '/' | '／' => '/',
        '.' | '．' => '.',
        _ => return None,
    };
    Some((mark, at + c.len_utf8()))
}

/// An amount of money in 元, 角 and 分, without its 元.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// The amount in 元.
    pub value: Value,
    /// Bytes of all but what ends the amount (整, 正).
    pub length: usize,
}

/// The amount in 元 and 角 that a text begins with, where it is written in both: 叁元伍角, 3元5角2分.
/// An amount in 元 alone is a figure and its unit.
///
/// ```
/// use tiaowen_text::figure::{Value, money};
/// let amount = money("叁元伍角整").unwrap();
/// assert_eq!(amount.value, money("3元5角").unwrap().value);
/// assert_eq!(money("3元"), None);
/// ```
pub fn money(text: &str) -> Option<Money> {
    let whole = figure(text)?;
    let Reading::Count(mut value) = whole.reading else { return None };
    value.as_whole()?;
    let rest = text[whole.length..].strip_prefix(['元', '圓', '圆'])?;
    let mut length = text.len() - rest.len();
    let mut seen = false;
    for (name, of) in [('角', 10), ('分', 100)] {
        let rest = &text[length..];
        // 叁元零伍分
        let zero = if rest.starts_with('零') { '零'.len_utf8() } else { 0 };
        let Some(part) = figure_after(Some('元'), &rest[zero..]) else { continue };
        let Reading::Count(count) = part.reading else { continue };
        let Some(count @ 1..=9) = count.as_whole() else { continue };
        let end = zero + part.length;
        if !rest[end..].starts_with(name) {
            continue;
        }
        value = value.plus(Value::new(count, of))?;
        length += end + name.len_utf8();
        seen = true;
    }
    seen.then_some(Money { value, length })
}

/// A range at the start of a text: 3-5年, 三至五年, 3年至5年, 2017-18年度, 第三條至第五條.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRange {
    /// Where it begins.
    pub first: Reading,
    /// Bytes of the first figure, with its unit where the second has the same.
    pub first_length: usize,
    /// Bytes of what joins the two: 至, a dash, and the 第 behind it.
    pub joint: Range<usize>,
    /// Where it ends.
    pub second: Reading,
    /// Bytes up to the end of the second figure.
    pub length: usize,
    /// The unit behind it that both count in; empty for shares.
    pub unit: Range<usize>,
}

/// Units that a range may repeat behind both of its figures; the longer first.
const RANGE_UNITS: [&str; 58] = [
    "個工作日",
    "个工作日",
    "平方公里",
    "平方米",
    "工作日",
    "個月",
    "个月",
    "小時",
    "小时",
    "分鐘",
    "分钟",
    "星期",
    "年度",
    "學年",
    "学年",
    "財年",
    "财年",
    "港元",
    "美元",
    "公里",
    "公斤",
    "公頃",
    "公顷",
    "年",
    "月",
    "日",
    "天",
    "週",
    "周",
    "人",
    "名",
    "個",
    "个",
    "項",
    "项",
    "次",
    "元",
    "米",
    "噸",
    "吨",
    "歲",
    "岁",
    "條",
    "条",
    "款",
    "章",
    "節",
    "节",
    "頁",
    "页",
    "份",
    "期",
    "屆",
    "届",
    "批",
    "倍",
    "級",
    "级",
];

/// The range that a text begins with, behind the character `before`.
///
/// ```
/// use tiaowen_text::figure::figure_range;
/// let ends = |text| figure_range(None, text).map(|range| (range.first, range.second));
/// assert_eq!(ends("3-5年"), ends("三年至五年"));
/// assert_eq!(ends("2017-18年度"), ends("2017至2018年度"));
/// assert_eq!(ends("5-10%"), ends("百分之五至百分之十"));
/// assert!(ends("2810-2345").is_none());
/// ```
pub fn figure_range(before: Option<char>, text: &str) -> Option<FigureRange> {
    let own = figure_after(before, text)?;
    if own.reading == Reading::Words {
        return None;
    }
    let ordinal = before == Some('第');
    let unit = range_unit(text, own.length);
    let repeated = unit.clone().and_then(|unit| range_behind(text, own, unit, ordinal));
    repeated.or_else(|| range_behind(text, own, own.length..own.length, ordinal))
}

/// The unit at a byte of a text, spaces before it read over.
fn range_unit(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text[from..].trim_start_matches(' ');
    let start = text.len() - rest.len();
    let unit = RANGE_UNITS.iter().find(|unit| rest.starts_with(**unit))?;
    Some(start..start + unit.len())
}

/// The range whose first figure stands at the start of a text, with `unit` behind it.
fn range_behind(text: &str, own: Figure, unit: Range<usize>, ordinal: bool) -> Option<FigureRange> {
    let first_length = unit.end;
    let unit = &text[unit];
    let rest = text[first_length..].trim_start_matches(' ');
    let joint_start = text.len() - rest.len();
    let (joint, kind) = joint(rest, own.reading)?;
    let mut behind = rest[joint..].trim_start_matches(' ');
    if ordinal {
        behind = behind.strip_prefix('第').unwrap_or(behind);
    }
    let at = text.len() - behind.len();
    let other = figure_after(ordinal.then_some('第'), behind)?;
    let length = at + other.length;
    let own_unit = range_unit(text, length);
    let rest = text[length..].trim_start_matches(' ');
    let count = unit.chars().count();
    let same = unit.chars().map(fold_char).eq(rest.chars().map(fold_char).take(count));
    let (first, second) = match (own.reading, other.reading) {
        (Reading::Count(first), Reading::Count(second)) => {
            let second = second_year(first, second, rest);
            let rises = first.numerator * second.denominator < second.numerator * first.denominator;
            let counted = if unit.is_empty() { own_unit.is_some() } else { same };
            if !rises || !counted {
                return None;
            }
            (first, second)
        }
        // 5-10% is 5% to 10%.
        (Reading::Count(first), Reading::Share(second))
            if unit.is_empty() && text[at..length].ends_with(['%', '％', '﹪']) =>
        {
            let first = Value::new(first.numerator, first.denominator.checked_mul(100)?);
            return Some(FigureRange {
                first: Reading::Share(first),
                first_length,
                joint: joint_start..at,
                second: Reading::Share(second),
                length,
                unit: length..length,
            });
        }
        (Reading::Share(_), Reading::Share(_)) if unit.is_empty() => {
            return Some(FigureRange {
                first: own.reading,
                first_length,
                joint: joint_start..at,
                second: other.reading,
                length,
                unit: length..length,
            });
        }
        _ => return None,
    };
    // A slash is a range of years alone: 2016/17學年.
    if kind == Joint::Slash && second.numerator != first.numerator + 1 {
        return None;
    }
    let start = text.len() - rest.len();
    let repeated: usize = rest.chars().take(count).map(char::len_utf8).sum();
    let unit = if unit.is_empty() { own_unit? } else { start..start + repeated };
    Some(FigureRange {
        first: Reading::Count(first),
        first_length,
        joint: joint_start..at,
        second: Reading::Count(second),
        length,
        unit,
    })
}

/// How the two figures of a range are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Word,
    Dash,
    Slash,
}

/// What joins the figures of a range at the start of a text, and its bytes.
fn joint(text: &str, first: Reading) -> Option<(usize, Joint)> {
    let c = text.chars().next()?;
    match c {
        '至' | '到' => Some((c.len_utf8(), Joint::Word)),
        '-' | '－' | '–' | '—' | '―' | '~' | '～' | '〜' | '﹣' | '‐' | '‑' | '─' =>
        {
            let next = text[c.len_utf8()..].chars().next();
            let more = next.filter(|&next| next == c).map_or(0, char::len_utf8);
            Some((c.len_utf8() + more, Joint::Dash))
        }
        '/' | '／' => {
            let Reading::Count(value) = first else { return None };
            let year = value.as_whole().is_some_and(|year| (1900..2200).contains(&year));
            year.then_some((c.len_utf8(), Joint::Slash))
        }
        _ => None,
    }
}

/// The second year of 2017-18年度 in full.
fn second_year(first: Value, second: Value, rest: &str) -> Value {
    let of_years = rest.starts_with(['年', '學', '学', '財', '财']);
    match (first.as_whole(), second.as_whole()) {
        (Some(year @ 1900..2200), Some(short @ 0..100))
            if of_years && (year + 1) % 100 == short =>
        {
            Value::whole(year + 1)
        }
        _ => second,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Reading> {
        figure(text).map(|figure| figure.reading)
    }

    #[test]
    fn figures_of_one_value_are_read_alike() {
        for (left, right) in [
            ("伍拾万元", "50萬元"),
            ("伍拾萬元", "500,000元"),
            ("贰万", "20000"),
            ("叁仟元", "3,000元"),
            ("貳拾", "二十"),
            ("陸拾元", "60元"),
            ("一仟贰佰叁拾肆元", "1234元"),
            ("五佰元", "500元"),
            ("壹百元", "一百元"),
            ("壹仟贰佰叁拾肆元", "1,234元"),
            ("肆份", "四份"),
            ("參萬元", "3万元"),
            ("三亿元", "3億元"),
            ("三億五千萬元", "350,000,000元"),
            ("十万零三千", "103,000"),
            ("两百五十", "250"),
            ("二百五", "250"),
            ("一萬二", "12000"),
            ("廿五日", "25日"),
            ("卅一日", "31日"),
            ("四点三五", "4.35"),
            ("四點三五", "4.35"),
            ("一百二十点五", "120.5"),
            ("三点五亿", "350000000"),
            ("百分之五", "5%"),
            ("百分之五", "５％"),
            ("百分之四点三五", "4.35 %"),
            ("百分之百", "100%"),
            ("千分之三", "0.3%"),
            ("千分之三", "3‰"),
            ("萬分之五", "0.05%"),
            ("三分之二", "2/3"),
            ("三分之一", "1/3"),
            ("三成", "30%"),
            ("三成半以上", "35%以上"),
            ("2,000", "２，０００"),
            ("2 000", "2000"),
            ("1,200人", "１，２００人"),
            ("1亿2000万", "120,000,000"),
            ("3萬5千", "35000"),
            ("2百万", "2,000,000"),
            ("百万元", "1000000元"),
            ("一万亿", "1,000,000,000,000"),
            ("一百○一名", "101名"),
            ("二○一七", "2017"),
            ("二ＯＯ七年", "2007年"),
            ("二００七年", "2007年"),
            ("二OO七", "2007"),
            ("二◯一七", "2017"),
            ("五百零六万", "506萬"),
            ("十", "10"),
            ("1.50", "1.5"),
            ("三成五", "35%"),
            ("九成五以上", "95%以上"),
            ("⅓", "三分之一"),
            ("½", "50%"),
            ("萬分之三", "3‱"),
            ("百分之伍", "5%"),
            ("百分之 5", "5%"),
            ("百分百", "100%"),
            ("3萬零5百", "30500"),
            ("卌五", "45"),
            ("百餘人", "100餘人"),
            ("陸個月", "6個月"),
            ("三分之2", "2/3"),
        ] {
            let (left_read, right_read) = (read(left), read(right));
            assert!(left_read.is_some_and(|reading| reading != Reading::Words), "{left}");
            assert_eq!(left_read, right_read, "{left} {right}");
        }
    }

    #[test]
    fn figures_of_other_values_are_read_apart() {
        for (left, right) in [
            ("2.5", "25"),
            ("0.05", "5%"),
            ("1/3", "1/4"),
            ("三亿", "三万"),
            ("四百五十三", "50%"),
            ("一百零五", "一百五"),
            ("3成员", "30%"),
            ("二成立", "20%"),
        ] {
            assert_ne!(read(left), read(right), "{left} {right}");
        }
    }

    #[test]
    fn approximate_numerals_are_words_and_taken_whole() {
        for text in [
            "三五",
            "两三",
            "兩三",
            "七八",
            "一一",
            "十七八",
            "三五十",
            "七八百",
            "二三十万",
            "五六",
        ] {
            let after = format!("{text}年");
            let expected = Figure { reading: Reading::Words, length: text.len() };
            assert_eq!(figure(&after), Some(expected), "{text}");
        }
    }

    #[test]
    fn words_with_numerals_are_no_figures() {
        for text in [
            "十分重視",
            "陸十年",
            "參與者",
            "萬一",
            "千方百計",
            "百姓",
            "參與",
            "陸地",
            "伍先生",
            "拾得",
            "億",
            "年",
            "",
            "，",
        ] {
            assert_eq!(figure(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_the_day_are_no_decimals() {
        assert_eq!(figure("三點五分").map(|figure| figure.length), Some("三".len()));
        assert_eq!(figure("九點十分").map(|figure| figure.length), Some("九".len()));
    }

    #[test]
    fn ranges_are_read_alike_however_their_ends_are_joined() {
        let ends = |text: &str| {
            let range =
                figure_range(text.strip_prefix('第').map(|_| '第'), text.trim_start_matches('第'))?;
            Some((range.first, range.second))
        };
        for ways in [
            &["3-5年", "三至五年", "3年至5年", "3～5年", "三年到五年", "3 — 5 年"][..],
            &[
                "2017-2018年",
                "2017年-2018年",
                "二〇一七至二〇一八年",
                "2017－18年度",
                "2017/18學年",
            ],
            &["5%-10%", "百分之五至百分之十", "5-10%", "5％～10％"],
            &["第3-5條", "第三條至第五條", "第三至五條", "第三至第五条"],
            &["3個月至6個月", "3至6个月", "三個月至六个月"],
        ] {
            let first = ends(ways[0]);
            assert!(first.is_some(), "{}", ways[0]);
            for way in ways {
                assert_eq!(ends(way), first, "{way}");
            }
        }
        for text in
            ["2810-2345", "5-3年", "三五年", "3年底至5年", "1/2", "3至5", "2017/19年", "3-a"]
        {
            assert_eq!(ends(text), None, "{text}");
        }
    }

    #[test]
    fn money_in_two_units_is_one_amount() {
        for text in ["3元5角", "叁元伍角整", "叁圓伍角", "三元五角"] {
            assert_eq!(money(text).map(|amount| amount.value), Some(Value::new(7, 2)), "{text}");
        }
        assert_eq!(money("3元零5分").map(|amount| amount.value), Some(Value::new(305, 100)));
        for text in ["3元", "3元5年", "元5角", "3.5元5角"] {
            assert_eq!(money(text), None, "{text}");
        }
    }

    #[test]
    fn dates_in_figures() {
        for text in
            ["2025/3/1", "2025-3-1", "2025.3.1", "2025-03-01", "２０２５／３／１", "2025．3．1"]
        {
            let date = date_figures(text).unwrap();
            assert_eq!((date.year, date.length), (2025, text.len()), "{text}");
            assert_eq!(date.month.map(|(month, _)| month), Some(3), "{text}");
            assert_eq!(date.day.map(|(day, _)| day), Some(1), "{text}");
        }
        for text in [
            "民國114年",
            "民国114年",
            "中華民國一百一十四年",
            "民國一一四年",
            "西元2025年",
            "公元二〇二五年",
        ] {
            assert_eq!(date_figures(text).map(|date| date.year), Some(2025), "{text}");
        }
        for text in ["2025-03", "2025/03起", "２０２５－０３"] {
            let date = date_figures(text).unwrap();
            assert_eq!((date.month.map(|(month, _)| month), date.day), (Some(3), None), "{text}");
        }
        for text in [
            "2025/3",
            "2011-12年度",
            "2011-12 學年",
            "2025-03x",
            "2025.03",
            "公元前221年",
            "2025-3/1",
            "2025.13.1",
            "2025-3-32",
            "1.2.3",
            "民國刑法",
            "2025.3.1.4",
            "12025-3-1",
        ] {
            assert_eq!(date_figures(text), None, "{text}");
        }
    }
}
