//! Ranges of figures, which have one value at each end.

use std::ops::Range;

use super::{Figure, Reading, Value, figure_after};
use crate::fold_char;

/// A range at the beginning of a text: 3-5年, 三至五年, 3年至5年, 2017-18年度, 第三條至第五條.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRange {
    /// The lower end.
    pub first: Reading,
    /// Length of the first figure in bytes, including its unit if the second has the same.
    pub first_length: usize,
    /// Bytes of the joint: 至 or a dash, and a 第 behind it.
    pub joint: Range<usize>,
    /// The upper end.
    pub second: Reading,
    /// Length up to the end of the second figure, in bytes.
    pub length: usize,
    /// Bytes of the common unit behind the range; empty for shares.
    pub unit: Range<usize>,
}

/// Units that may be repeated behind both figures of a range; the longer first.
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

/// The range at the beginning of a text, with the character before it as context.
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
    let first = figure_after(before, text)?;
    if first.reading == Reading::Words {
        return None;
    }
    let ordinal = before == Some('第');
    let unit = range_unit(text, first.length);
    let repeated = unit.clone().and_then(|unit| range_behind(text, first, unit, ordinal));
    repeated.or_else(|| range_behind(text, first, first.length..first.length, ordinal))
}

/// The unit at a byte offset, over spaces.
fn range_unit(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text[from..].trim_start_matches(' ');
    let start = text.len() - rest.len();
    let unit = RANGE_UNITS.iter().find(|unit| rest.starts_with(**unit))?;
    Some(start..start + unit.len())
}

/// The range that begins with `lower`, followed by `unit`.
fn range_behind(
    text: &str,
    lower: Figure,
    unit: Range<usize>,
    ordinal: bool,
) -> Option<FigureRange> {
    let first_length = unit.end;
    let unit = &text[unit];
    let rest = text[first_length..].trim_start_matches(' ');
    let joint_start = text.len() - rest.len();
    let (joint, kind) = joint(rest, lower.reading)?;
    let mut behind = rest[joint..].trim_start_matches(' ');
    if ordinal {
        behind = behind.strip_prefix('第').unwrap_or(behind);
    }
    let at = text.len() - behind.len();
    let upper = figure_after(ordinal.then_some('第'), behind)?;
    let length = at + upper.length;
    let rest = text[length..].trim_start_matches(' ');
    let range = FigureRange {
        first: lower.reading,
        first_length,
        joint: joint_start..at,
        second: upper.reading,
        length,
        unit: length..length,
    };
    let (first, second) = match (lower.reading, upper.reading) {
        (Reading::Count(first), Reading::Count(second)) => {
            (first, second_year(first, second, rest))
        }
        // 5-10% is 5% to 10%.
        (Reading::Count(first), Reading::Share(_))
            if unit.is_empty() && text[at..length].ends_with(['%', '％', '﹪']) =>
        {
            let first = Value::new(first.numerator, first.denominator.checked_mul(100)?);
            return Some(FigureRange { first: Reading::Share(first), ..range });
        }
        (Reading::Share(_), Reading::Share(_)) if unit.is_empty() => return Some(range),
        _ => return None,
    };
    // A slash makes a range of years only: 2016/17學年.
    let is_range = kind != Joint::Slash || second.numerator == first.numerator + 1;
    let rises = first.numerator * second.denominator < second.numerator * first.denominator;
    if !is_range || !rises {
        return None;
    }
    let unit = if unit.is_empty() { range_unit(text, length)? } else { again(unit, text, length)? };
    Some(FigureRange {
        first: Reading::Count(first),
        second: Reading::Count(second),
        unit,
        ..range
    })
}

/// The place of a unit that is repeated at a byte offset, over spaces, in whatever script.
fn again(unit: &str, text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text[from..].trim_start_matches(' ');
    let start = text.len() - rest.len();
    let count = unit.chars().count();
    let is_same = unit.chars().map(fold_char).eq(rest.chars().map(fold_char).take(count));
    let length: usize = rest.chars().take(count).map(char::len_utf8).sum();
    is_same.then_some(start..start + length)
}

/// The joint between two figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Word,
    Dash,
    Slash,
}

/// The joint at the beginning of a text, and its length in bytes.
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

/// The second year of 2017-18年度, completed.
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
