//! Dates as agreements print them, read into ISO 8601 as precisely as printed.

use tiaowen_text::numeral;

/// A date found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// `2017-11-18`, `2017-03` or `2017`.
    pub(crate) iso: String,
    /// Bytes of the text behind the date.
    pub(crate) end: usize,
}

/// The first date of `text`, with its year and month at least: 2017年11月18日,
/// 二〇一七年十一月, 2017 年 3 月, 2017-11-18.
pub(crate) fn first(text: &str) -> Option<Found> {
    all(text).next()
}

/// All dates of `text`, in order.
pub(crate) fn all(text: &str) -> impl Iterator<Item = Found> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(offset) = text[from..].find(['年', '-']) {
            let at = from + offset;
            from = at + if text[at..].starts_with('年') { '年'.len_utf8() } else { 1 };
            let found =
                if text[at..].starts_with('年') { with_units(text, at) } else { iso(text, at) };
            if let Some(found) = found {
                from = found.end;
                return Some(found);
            }
        }
        None
    })
}

fn with_units(text: &str, year_end: usize) -> Option<Found> {
    let before = text[..year_end].trim_end();
    let digits =
        before.char_indices().rev().take_while(|&(_, c)| numeral::is_numeral(c) || c == '○');
    let year = numeral::value(&before[digits.last()?.0..])?;
    let year = match before.strip_suffix(|c: char| numeral::is_numeral(c)) {
        Some(_) if (1900..2200).contains(&year) => year,
        // 中華民國一百零六年
        Some(_) if (1..200).contains(&year) && before.contains("民國") => year + 1911,
        _ => return None,
    };
    let mut end = year_end + '年'.len_utf8();
    let (month, after) = unit(&text[end..], '月', 12)?;
    end += after;
    let Some((day, after)) = unit(&text[end..], '日', 31) else {
        return Some(Found { iso: format!("{year:04}-{month:02}"), end });
    };
    Some(Found { iso: format!("{year:04}-{month:02}-{day:02}"), end: end + after })
}

/// A number up to `most` with its unit, and the bytes it takes.
fn unit(text: &str, unit: char, most: u32) -> Option<(u32, usize)> {
    let digits = text.trim_start();
    let skipped = text.len() - digits.len();
    let used = digits.find(|c| !numeral::is_numeral(c))?;
    let value = numeral::value(&digits[..used]).filter(|value| (1..=most).contains(value))?;
    let rest = digits[used..].trim_start();
    rest.strip_prefix(unit)?;
    Some((value, skipped + (digits.len() - rest.len()) + unit.len_utf8()))
}

fn iso(text: &str, dash: usize) -> Option<Found> {
    let start = dash.checked_sub(4)?;
    let candidate = text.get(start..start + 10)?;
    let outside = |c: char| !c.is_ascii_digit();
    let mut parts = candidate.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = year.len() == 4 && month.len() == 2 && day.len() == 2 && !candidate.contains(' ');
    let valid = whole
        && candidate.chars().all(|c| c.is_ascii_digit() || c == '-')
        && (1900..2200).contains(&year.parse::<u32>().ok()?)
        && (1..=12).contains(&month.parse::<u32>().ok()?)
        && (1..=31).contains(&day.parse::<u32>().ok()?)
        && text[..start].chars().next_back().is_none_or(outside);
    valid.then(|| Found { iso: candidate.to_owned(), end: start + 10 })
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn dates_of_signatures_and_covers() {
        for (text, iso) in [
            ("二〇一七年十一月十八日·香港", "2017-11-18"),
            ("二零一七年十一月十八日 於香港", "2017-11-18"),
            ("日期：2017 年 11 月 18 日", "2017-11-18"),
            ("2017 年 3 月", "2017-03"),
            ("於2017年11月18日在香港簽署", "2017-11-18"),
            ("中華民國一百零六年三月一日", "2017-03-01"),
            ("(2020-06-12)", "2020-06-12"),
            ("有效期 5 年，於 2015 年 9 月 9 日簽署", "2015-09-09"),
        ] {
            assert_eq!(first(text).map(|found| found.iso).as_deref(), Some(iso), "{text}");
        }
        let all = super::all("2007年9月28日通過，2011年11月25日修正，五年後2020年7月31日修訂");
        let all: Vec<String> = all.map(|found| found.iso).collect();
        assert_eq!(all, ["2007-09-28", "2011-11-25", "2020-07-31"]);
        for text in
            ["_____年_____月_____日", "2017年重點工作", "五年", "2015-2016", "2016-2020年13月"]
        {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
