//! Dates in figures, without 年, 月 and 日, and years with their era.

use std::ops::Range;

use super::digit;
use crate::numeral;

/// A date in figures at the beginning of a text, as lists and forms write it: 2025/3/1, 2025-03-01,
/// 2025.3.1, 2025-03; or a year with its era: 民國114年, 西元2025年.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFigures {
    /// The year of the common era.
    pub year: u32,
    /// End of the year, era included, in bytes.
    pub year_end: usize,
    /// The month if it follows the year, and its bytes.
    pub month: Option<(u32, Range<usize>)>,
    /// The day, and its bytes.
    pub day: Option<(u32, Range<usize>)>,
    /// Length of the whole date in bytes.
    pub length: usize,
}

/// The date in figures at the beginning of a text. Returns `None` for impossible months and days.
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

/// A year with its era, without 年: 民國一百零六年, 西元2017年.
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

/// 2025/3/1 with the same separator twice, of any width; 2025-03 with two digits for the month.
fn separated(text: &str) -> Option<DateFigures> {
    let (year, year_end) = plain_digits(text, 0, 4)?;
    let (first, month_start) = date_mark(text, year_end)?;
    let (month, month_end) = plain_digits(text, month_start, 2)?;
    if !(1000..3000).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let months = month_start..month_end;
    let Some((second, day_start)) = date_mark(text, month_end) else {
        // 2011-12年度 is a range of years, 2025.03 a number, 2025-3 ambiguous.
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

/// A number of at most `most` digits at a byte offset, and the offset behind it.
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

/// A separator of dates at a byte offset, and the offset behind it.
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
