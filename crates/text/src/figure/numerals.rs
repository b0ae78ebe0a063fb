//! Figures in Han numerals: plain, financial, digit by digit, with units and with decimals.
//!
//! The difficulty is in deciding what is no figure. Many numerals are parts of words (參與, 大陸,
//! 千方百計), and two digits side by side mean an approximation (三五年) more often than a number.

use super::{Reading, Value, multiplier};

/// The style of a numeral: plain characters, or the financial ones that prevent forgery.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    Plain,
    Formal,
    Either,
}

/// The meaning of a character in a numeral.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Digit(u128),
    /// 十, 百, 千.
    Unit(u128),
    /// 廿 and 卅: tens with their digit.
    Tens(u128),
    /// 萬 and 億.
    Section(u128),
}

pub(super) fn part(c: char) -> Option<(Part, Hand)> {
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

/// Zeros of other alphabets, which old prints have between Han digits: 二ＯＯ七, 二００七.
fn is_borrowed_zero(c: char) -> bool {
    matches!(c, 'Ｏ' | 'O' | '０' | '0')
}

/// The parts of the numeral at the beginning of a text, its style, and its length in bytes.
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
            // 五佰 and 壹百 mix styles and do occur; 大陸十年 is not 60 years.
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

/// Financial numerals that also occur in words: 參與, 大陸, 隊伍.
const DOUBTFUL: [char; 4] = ['參', '陸', '陆', '伍'];

/// A figure in Han numerals, with the character before it as context.
pub(super) fn in_numerals(before: Option<char>, text: &str) -> Option<(Reading, usize)> {
    let (parts, hand, length) = parts(text)?;
    // 萬一, 千方百計: no count precedes the unit. 百萬 and 十 are numbers.
    let first_counts = match parts.as_slice() {
        [Part::Section(_), ..] => false,
        // 百餘人 means a hundred and some.
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

/// Whether one financial character is a count: 肆份 is; 參與, 大陸, 伍先生 and 拾得 are not.
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
        // 大陸, 登陸, 隊伍, 退伍 and 收拾 end in such a character.
        Some(c) if "大登海水著着內内隊队入退行收人".contains(c) => return false,
        _ => {}
    }
    let doubtful = numeral.starts_with(DOUBTFUL) || numeral.starts_with(['拾', '佰', '仟']);
    counted(MONEY)
        || counted(COUNTED) && !doubtful
        // 陸個月, 參年: no word continues like this.
        || rest.starts_with("個月") || rest.starts_with("个月")
        || rest.starts_with("個工作日") || rest.starts_with("个工作日")
        || numeral.starts_with('參') && counted("年月日個个名次期")
}

/// Decimals behind a numeral: 點三五. Not 三點五分 or 九點十分, which are times of day.
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

/// The value of a numeral's parts; `None` for an approximation (七八, 十七八, 三五百) and for a
/// sequence that is no number.
fn value(parts: &[Part]) -> Option<Value> {
    let digits: Option<Vec<u128>> = parts
        .iter()
        .map(|part| match part {
            Part::Digit(digit) => Some(*digit),
            _ => None,
        })
        .collect();
    if let Some(digits) = digits {
        // Digit by digit: 二〇一七. Two digits without a zero are an approximation: 三五, 兩三.
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
