//! Dates as agreements print them, converted to ISO 8601 with the precision of the print.

use tiaowen_text::figure::{Reading, figure_range};
use tiaowen_text::numeral;

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// `2017-11-18`, `2017-03` or `2017`.
    pub(crate) iso: String,
    /// Byte at which it begins.
    pub(crate) start: usize,
    /// Byte behind it.
    pub(crate) end: usize,
}

/// The first date of `text` that has at least year and month: 2017年11月18日, 二〇一七年十一月,
/// 2017 年 3 月, 2017-11-18, 2017/11/18, 2017.11.18.
pub(crate) fn first(text: &str) -> Option<Found> {
    all(text).next()
}

/// All dates of `text`, in order.
pub(crate) fn all(text: &str) -> impl Iterator<Item = Found> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(offset) = text[from..].find(['年', '-', '/', '.', '．', '／']) {
            let at = from + offset;
            let mark = text[at..].chars().next()?;
            from = at + mark.len_utf8();
            let found = if mark == '年' { with_units(text, at) } else { in_figures(text, at) };
            if let Some(found) = found {
                from = found.end;
                return Some(found);
            }
        }
        None
    })
}

/// The years that a text as a whole is about: 2017年, 二〇一七年; for a range (2015年—2016年,
/// 2017-18年度) the first and the last. `None` if it names no year or several separate ones. Names
/// in 《》 belong to other instruments and don't count.
pub(crate) fn years(text: &str) -> Option<Years> {
    let mut found: Option<Years> = None;
    let (mut at, mut depth) = (0, 0usize);
    let quoted_whole = text.starts_with('《') && text.ends_with('》');
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        match c {
            '《' => depth += 1,
            '》' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let inside = depth > usize::from(quoted_whole);
        let named = (!inside && numeral::is_numeral(c)).then(|| named_years(rest)).flatten();
        let Some((years, length)) = named else {
            // A run of numerals that is no year is skipped as a whole.
            let run = rest.find(|c| !numeral::is_numeral(c)).unwrap_or(rest.len());
            at += run.max(c.len_utf8());
            continue;
        };
        if found.is_some_and(|known| known != years) {
            return None;
        }
        found = Some(years);
        at += length;
    }
    found
}

/// A year or a range of years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Years {
    pub(crate) first: u32,
    pub(crate) last: u32,
    /// The half of the year, 1 or 2, if one is named.
    pub(crate) half: Option<u8>,
}

/// The years at the beginning of a text, and their length in bytes.
fn named_years(text: &str) -> Option<(Years, usize)> {
    if let Some(range) = figure_range(None, text)
        && let (Some(first), Some(last)) = (year_of(range.first), year_of(range.second))
        && text[range.unit.clone()].starts_with(['年', '學', '学', '財', '财'])
    {
        return Some((Years { first, last, half: None }, range.unit.end));
    }
    let end = text.find(|c| !is_digit_of_year(c)).unwrap_or(text.len());
    let year = year(&text[..end]).filter(|year| (1900..2200).contains(year))?;
    let rest = text[end..].trim_start().strip_prefix('年')?;
    let half = match rest {
        rest if rest.starts_with("上半年") => Some(1),
        rest if rest.starts_with("下半年") => Some(2),
        _ => None,
    };
    Some((Years { first: year, last: year, half }, text.len() - rest.len()))
}

/// The year that a figure may be.
fn year_of(reading: Reading) -> Option<u32> {
    let Reading::Count(value) = reading else { return None };
    u32::try_from(value.as_whole()?).ok().filter(|year| (1900..2200).contains(year))
}

/// The year in the brackets of a document number: 粤府办〔2017〕38号.
pub(crate) fn year_of_number(number: &str) -> Option<u32> {
    let start = number.find(['〔', '[', '［', '（', '(', '【', '﹝'])?;
    let inside = number[start..].chars().skip(1).take_while(|&c| numeral::is_numeral(c));
    year(&inside.collect::<String>()).filter(|year| (1900..2200).contains(year))
}

fn with_units(text: &str, year_end: usize) -> Option<Found> {
    let before = text[..year_end].trim_end();
    let length = before.chars().rev().take_while(|&c| is_digit_of_year(c)).map(char::len_utf8);
    let start = before.len() - length.sum::<usize>();
    let year = match year(&before[start..])? {
        year if (1900..2200).contains(&year) => year,
        // 中華民國一百零六年
        year if (1..200).contains(&year)
            && (before[..start].contains("民國") || before[..start].contains("民国")) =>
        {
            year + 1911
        }
        _ => return None,
    };
    let mut end = year_end + '年'.len_utf8();
    // 元月 is January.
    let first = text[end..].trim_start().strip_prefix("元月");
    let (month, after) = match first {
        Some(rest) => (1, text.len() - end - rest.len()),
        None => unit(&text[end..], &['月'], 12)?,
    };
    end += after;
    let most = days_in_month(year, month);
    let Some((day, after)) = unit(&text[end..], &['日', '號', '号'], most) else {
        return Some(Found { iso: format!("{year:04}-{month:02}"), start, end });
    };
    Some(Found { iso: format!("{year:04}-{month:02}-{day:02}"), start, end: end + after })
}

/// A digit of a year, or a character typed for its zero: 二ＯＯ七, 二○一七.
fn is_digit_of_year(c: char) -> bool {
    numeral::is_numeral(c) || is_round(c)
}

/// Circles and letters that replace 〇 between Han digits.
fn is_round(c: char) -> bool {
    matches!(c, '○' | '◯' | 'Ｏ' | 'O' | 'o' | 'ｏ')
}

/// The value of a year, which may mix Han and Arabic digits: 二００七.
pub(crate) fn year(digits: &str) -> Option<u32> {
    let is_han = digits.chars().any(|c| numeral::is_han_numeral(c) && !is_round(c));
    if !is_han {
        return numeral::value(digits);
    }
    let plain = digits.chars().map(|c| match c {
        c if is_round(c) => '〇',
        '０'..='９' => han_digit(u32::from(c) - u32::from('０')),
        c => c.to_digit(10).map_or(c, han_digit),
    });
    numeral::value(&plain.collect::<String>())
}

fn han_digit(digit: u32) -> char {
    numeral::han_digits(digit, '〇').chars().next().unwrap_or('〇')
}

/// A number up to `most` with its unit, and its length in bytes.
fn unit(text: &str, units: &[char], most: u32) -> Option<(u32, usize)> {
    let digits = text.trim_start();
    let skipped = text.len() - digits.len();
    let used = digits.find(|c| !numeral::is_numeral(c))?;
    let value = numeral::value(&digits[..used]).filter(|value| (1..=most).contains(value))?;
    let rest = digits[used..].trim_start();
    let unit = rest.chars().next().filter(|unit| units.contains(unit))?;
    Some((value, skipped + (digits.len() - rest.len()) + unit.len_utf8()))
}

/// 2017-11-18, 2017/3/1, 2017. 11. 18; the separator behind the year is at `mark`.
fn in_figures(text: &str, mark: usize) -> Option<Found> {
    let (before, rest) = text.split_at(mark);
    let separator = rest.chars().next()?;
    let (year, year_length) = figures(before.chars().rev().take_while(|&c| is_figure(c)), 4, 4)?;
    let outside = before[..before.len() - year_length].chars().next_back();
    let (month, rest) = part(rest, separator, 12)?;
    let (day, rest) = part(rest, separator, 31)?;
    let stands_alone = outside.is_none_or(|c| c != separator)
        && !rest.starts_with(is_figure)
        && !rest.strip_prefix(separator).is_some_and(|rest| rest.starts_with(is_figure));
    let year = numeral::value(&year.chars().rev().collect::<String>())?;
    ((1900..2200).contains(&year) && stands_alone).then(|| Found {
        iso: format!("{year:04}-{month:02}-{day:02}"),
        start: mark - year_length,
        end: text.len() - rest.len(),
    })
}

fn is_figure(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '０'..='９')
}

/// From `least` to `most` digits, and their length in bytes.
fn figures(
    figures: impl Iterator<Item = char>,
    least: usize,
    most: usize,
) -> Option<(String, usize)> {
    let figures: String = figures.take(most + 1).collect();
    let count = figures.chars().count();
    let length = figures.len();
    (least..=most).contains(&count).then_some((figures, length))
}

/// The month or day behind a separator, up to `most`, and the rest.
fn part(text: &str, separator: char, most: u32) -> Option<(u32, &str)> {
    let rest = text.strip_prefix(separator)?;
    let digits = rest.trim_start_matches(' ');
    let (number, length) = figures(digits.chars().take_while(|&c| is_figure(c)), 1, 2)?;
    let value = numeral::value(&number).filter(|value| (1..=most).contains(value))?;
    Some((value, &digits[length..]))
}

/// Number of days in a month.
pub(crate) fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{first, year_of_number, years};

    #[test]
    fn years_of_titles_and_numbers() {
        let of = |title: &str| years(title).map(|years| (years.first, years.last));
        for (title, expected) in [
            ("實施《粵港合作框架協議》2017年重點工作", Some((2017, 2017))),
            ("实施《粤港合作框架协议》二〇一七年重点工作", Some((2017, 2017))),
            ("粵港合作2015年—2016年工作計劃", Some((2015, 2016))),
            ("粤港合作2015-2016年度工作计划", Some((2015, 2016))),
            ("二○一五至二○一六年合作計劃", Some((2015, 2016))),
            ("2017-18年度計劃", Some((2017, 2018))),
            ("《2017年合作計劃》", Some((2017, 2017))),
            ("《2016年計劃》的補充協議", None),
            ("2015年、2016年工作總結", None),
            ("五年合作計劃", None),
            ("第12條", None),
            ("合作協議", None),
        ] {
            assert_eq!(of(title), expected, "{title}");
        }
        assert_eq!(years("2017年上半年工作").and_then(|years| years.half), Some(1));
        assert_eq!(year_of_number("粤府办〔2017〕38号"), Some(2017));
        assert_eq!(year_of_number("銀發(二〇一五)374號"), Some(2015));
        assert_eq!(year_of_number("第38號"), None);
    }

    #[test]
    fn dates_of_signatures_and_covers() {
        for (text, iso) in [
            ("二〇一七年十一月十八日·香港", "2017-11-18"),
            ("二零一七年十一月十八日 於香港", "2017-11-18"),
            ("日期：2017 年 11 月 18 日", "2017-11-18"),
            ("2017 年 3 月", "2017-03"),
            ("於2017年11月18日在香港簽署", "2017-11-18"),
            ("中華民國一百零六年三月一日", "2017-03-01"),
            ("中华民国一百零六年三月一日", "2017-03-01"),
            ("民国106年3月1日", "2017-03-01"),
            ("(2020-06-12)", "2020-06-12"),
            ("2025-3-1 起", "2025-03-01"),
            ("2017/11/18", "2017-11-18"),
            ("2017.11.18", "2017-11-18"),
            ("2017．11．18", "2017-11-18"),
            ("2017. 3. 1", "2017-03-01"),
            ("２０１７／１１／１８", "2017-11-18"),
            ("二ＯＯ七年七月一日", "2007-07-01"),
            ("二OO七年七月一日", "2007-07-01"),
            ("二◯◯七年七月一日", "2007-07-01"),
            ("二○○七年七月一日", "2007-07-01"),
            ("二００七年七月一日", "2007-07-01"),
            ("2017年元月廿五日", "2017-01-25"),
            ("二〇一七年元月一日", "2017-01-01"),
            ("2017年2月30日", "2017-02"),
            ("2017年11月18號", "2017-11-18"),
            ("2017年11月18号", "2017-11-18"),
            ("有效期 5 年，於 2015 年 9 月 9 日簽署", "2015-09-09"),
        ] {
            assert_eq!(first(text).map(|found| found.iso).as_deref(), Some(iso), "{text}");
        }
        let all = super::all("2007年9月28日通過，2011年11月25日修正，五年後2020年7月31日修訂");
        let all: Vec<String> = all.map(|found| found.iso).collect();
        assert_eq!(all, ["2007-09-28", "2011-11-25", "2020-07-31"]);
        for text in [
            "_____年_____月_____日",
            "2017年重點工作",
            "五年",
            "2015-2016",
            "2016-2020年13月",
            "2017.11",
            "12017.11.18",
            "2017.11.18.2",
            "第2.2017.1.1條",
            "1/2/2017",
            "2017/13/1",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
