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
//! | 三分之二 · 2/3 | a share of 2/3 |
//! | 三成 · 30% | a share of 3/10 |
//! | 三五 · 七八 · 十七八 · 三五十 · 一一 | words: about so many, or no number at all |
//!
//! Counts and shares are never equal: 0.05 is not 5%. Ordinals are told apart by what stands before
//! them (第), which is not read here.

use crate::numeral;

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

    fn times(self, factor: u128) -> Option<Value> {
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
    if let Some(share) = power_share(text) {
        return Some(share);
    }
    let first = text.chars().next()?;
    let (reading, length) = match digit(first) {
        Some(_) => in_digits(text)?,
        None => in_numerals(text)?,
    };
    let Reading::Count(value) = reading else { return Some(Figure { reading, length }) };
    let (reading, length) = share(value, text, length).unwrap_or((reading, length));
    Some(Figure { reading, length })
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
    const POWERS: [(&str, u128); 5] = [
        ("百分之", 100),
        ("千分之", 1_000),
        ("萬分之", 10_000),
        ("万分之", 10_000),
        ("十万分之", 100_000),
    ];
    let (word, of) = POWERS.into_iter().find(|(word, _)| text.starts_with(word))?;
    let rest = &text[word.len()..];
    let (value, length) = match rest.chars().next()? {
        '百' => (Value::whole(100), '百'.len_utf8()),
        c => match if digit(c).is_some() { in_digits(rest)? } else { in_numerals(rest)? } {
            (Reading::Count(value), length) => (value, length),
            _ => return None,
        },
    };
    let share = Value::new(value.numerator, value.denominator.checked_mul(of)?);
    Some(Figure { reading: Reading::Share(share), length: word.len() + length })
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
        c @ ('%' | '％') => return Some((of(100)?, at + c.len_utf8())),
        c @ '‰' => return Some((of(1000)?, at + c.len_utf8())),
        _ => {}
    }
    if let Some(above) = rest.strip_prefix("分之") {
        let (Reading::Count(part), used) = in_numerals(above)? else { return None };
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
        let (half, after) = match after.strip_prefix('半') {
            Some(after) => (5, after),
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
    while let Some((more, used)) = digits(&text[length..])
        && let Some((times, unit)) = multiplier(&text[length + used..])
        && times < least
    {
        value = value.plus(more.times(times)?)?;
        length += used + unit;
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
        '廿' => (Part::Tens(20), Plain),
        '卅' => (Part::Tens(30), Plain),
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
    let (mut hand, mut length) = (Hand::Either, 0);
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
            (Hand::Either, _) => hand = of,
            (hand, of) if hand != of => break,
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

/// A figure in Han numerals.
fn in_numerals(text: &str) -> Option<(Reading, usize)> {
    let (parts, hand, length) = parts(text)?;
    // 萬一, 千方百計: no count stands before the unit. 百萬 and 十 are numbers.
    let first_counts = match parts.as_slice() {
        [Part::Section(_), ..] => false,
        [Part::Unit(100 | 1_000), rest @ ..] => matches!(rest.first(), Some(Part::Section(_))),
        _ => true,
    };
    if !first_counts || (hand == Hand::Formal && parts.len() == 1 && !is_formal_count(text, length))
    {
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
fn is_formal_count(text: &str, length: usize) -> bool {
    let (numeral, rest) = text.split_at(length);
    let next = rest.chars().next();
    let usual = "份元圓圆角萬万億亿";
    let more = "分頁页次個个名人年月日天成倍款";
    let counted = |of: &str| next.is_some_and(|c| of.contains(c));
    counted(usual) || (counted(more) && !"參陸陆伍拾佰仟".contains(numeral))
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
/// 2025.3.1, 2025年3月1日's other ways; of the Republic's years, 民國114年.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFigures {
    /// The year of the common era, with month and day where they are written with it.
    pub year: u32,
    /// Bytes of the year's figures, from the start of the text.
    pub year_end: usize,
    /// Month and day with the bytes that each takes.
    pub rest: Option<[(u32, std::ops::Range<usize>); 2]>,
    /// Bytes of the whole.
    pub length: usize,
}

/// The date in figures that a text begins with; impossible months and days are none.
///
/// ```
/// use tiaowen_text::figure::date_figures;
/// let date = date_figures("2025/3/1到期").unwrap();
/// assert_eq!((date.year, date.length), (2025, 8));
/// assert_eq!(date.rest.unwrap().map(|(value, _)| value), [3, 1]);
/// assert_eq!(date_figures("民國114年").unwrap().year, 2025);
/// assert_eq!(date_figures("2025/13/1"), None);
/// ```
pub fn date_figures(text: &str) -> Option<DateFigures> {
    republic(text).or_else(|| separated(text))
}

/// 民國一百零六年: the year of the Republic, without its 年.
fn republic(text: &str) -> Option<DateFigures> {
    let rest = text.strip_prefix("中華").or_else(|| text.strip_prefix("中华")).unwrap_or(text);
    let rest = rest.strip_prefix("民國").or_else(|| rest.strip_prefix("民国"))?;
    let rest = rest.trim_start_matches(' ');
    let (year, used) = match rest.strip_prefix('元') {
        Some(_) => (1, '元'.len_utf8()),
        None => {
            let end = rest.find(|c| !numeral::is_numeral(c)).unwrap_or(rest.len());
            (numeral::value(&rest[..end])?, end)
        }
    };
    let length = text.len() - rest.len() + used;
    let fits = (1..200).contains(&year) && text[length..].trim_start_matches(' ').starts_with('年');
    fits.then_some(DateFigures { year: 1911 + year, year_end: length, rest: None, length })
}

/// 2025/3/1 with one mark between, of any width.
fn separated(text: &str) -> Option<DateFigures> {
    let figures = |from: usize, most: usize| {
        let rest = text.get(from..)?;
        let run = rest.chars().take_while(|&c| digit(c).is_some());
        let (mut value, mut length, mut count) = (0u32, 0, 0);
        for c in run {
            count += 1;
            if count > most {
                return None;
            }
            value = value * 10 + digit(c)? as u32;
            length += c.len_utf8();
        }
        (count > 0).then_some((value, from + length))
    };
    let mark = |at: usize| {
        let c = text.get(at..)?.chars().next()?;
        let mark = match c {
            '-' | '－' => '-',
            '/' | '／' => '/',
            '.' | '．' => '.',
            _ => return None,
        };
        Some((mark, at + c.len_utf8()))
    };
    let (year, year_end) = figures(0, 4)?;
    let (first, month_start) = mark(year_end)?;
    let (month, month_end) = figures(month_start, 2)?;
    let (second, day_start) = mark(month_end)?;
    let (day, day_end) = figures(day_start, 2)?;
    let fits = (1000..3000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && first == second
        && mark(day_end).is_none_or(|(_, next)| figures(next, 9).is_none());
    fits.then_some(DateFigures {
        year,
        year_end,
        rest: Some([(month, month_start..month_end), (day, day_start..day_end)]),
        length: day_end,
    })
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
            ("一仟贰佰叁拾肆", "1"),
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
        ] {
            if left.starts_with("一仟") {
                // Characters of two hands are two numerals.
                assert_eq!(figure(left).map(|figure| figure.length), Some("一".len()), "{left}");
                continue;
            }
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
        for text in
            ["萬一", "千方百計", "百姓", "參與", "陸地", "伍先生", "拾得", "億", "年", "", "，"]
        {
            assert_eq!(figure(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_the_day_are_no_decimals() {
        assert_eq!(figure("三點五分").map(|figure| figure.length), Some("三".len()));
        assert_eq!(figure("九點十分").map(|figure| figure.length), Some("九".len()));
    }

    #[test]
    fn dates_in_figures() {
        for text in
            ["2025/3/1", "2025-3-1", "2025.3.1", "2025-03-01", "２０２５／３／１", "2025．3．1"]
        {
            let date = date_figures(text).unwrap();
            assert_eq!((date.year, date.length), (2025, text.len()), "{text}");
            assert_eq!(date.rest.unwrap().map(|(value, _)| value), [3, 1], "{text}");
        }
        for text in ["民國114年", "民国114年", "中華民國一百一十四年", "民國一一四年"]
        {
            assert_eq!(date_figures(text).map(|date| date.year), Some(2025), "{text}");
        }
        for text in [
            "2025/3",
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
