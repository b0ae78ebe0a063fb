//! Numbers and dates written otherwise: 二〇一七年十一月十八日, 2017年11月18日, 2017-11-18;
//! 2,000萬, 2000万, 二千萬.

use std::ops::Range;

use tiaowen_text::numeral;

use crate::analysis::Fixed;

/// A number or date among the units of a query, with the other ways to write it, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The units it takes.
    pub(crate) units: Range<usize>,
    /// How else it is written.
    pub(crate) otherwise: Vec<String>,
}

/// The numbers of documents among folded units: 〔2017〕38號, 银发〔2015〕374号. What stands
/// before the year is of the number, too.
pub(crate) fn document_numbers(units: &[String]) -> Vec<Fixed> {
    let figure = |at: usize| {
        let text = units.get(at).map_or("", String::as_str);
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
    };
    let is_year =
        |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let mut found = Vec::new();
    for at in 0..units.len() {
        if figure(at).is_some_and(is_year)
            && figure(at + 1).is_some()
            && units.get(at + 2).is_some_and(|unit| unit == "号")
        {
            found.push(Fixed { units: at..at + 3, is_document_number: true });
        }
    }
    found
}

/// What is counted, folded, that makes no word with what follows.
const MEASURES: &str = "年月日天周个项名次条款份家间种宗期届级批位辆艘吨";

/// The numbers and dates among folded units, in order.
pub(crate) fn numbers(units: &[String]) -> Vec<Written> {
    let of_documents = document_numbers(units);
    let mut found = Vec::new();
    let mut at = 0;
    while at < units.len() {
        if let Some(number) = of_documents.iter().find(|number| number.units.start == at) {
            at = number.units.end;
            continue;
        }
        let Some((value, length)) = number(units, at) else {
            at += 1;
            continue;
        };
        let (mut end, mut ways) = ways(units, at, value, length);
        // 10年 is 十年; neither is 10 and 年 somewhere.
        if let Some(measure) = units.get(end).filter(|unit| MEASURES.contains(unit.as_str()))
            && !units[end - 1].ends_with(measure.as_str())
        {
            ways.iter_mut().for_each(|way| way.push_str(measure));
            end += 1;
        }
        let typed = units[at..end].concat();
        let otherwise: Vec<String> = ways.into_iter().filter(|way| *way != typed).collect();
        // 一 and 5 alone stand for too much: 一般, 第5頁.
        let alone = end == at + length && value < 10;
        if !otherwise.is_empty() && !alone {
            found.push(Written { units: at..end, otherwise });
        }
        at = end;
    }
    found
}

/// The number at a unit, and how many units it takes.
fn number(units: &[String], at: usize) -> Option<(u32, usize)> {
    let first = units[at].as_str();
    if first.starts_with(|c: char| c.is_ascii_digit()) {
        let plain = first.replace(',', "");
        return Some((plain.parse().ok()?, 1));
    }
    let is_numeral = |unit: &&String| {
        let mut chars = unit.chars();
        chars.next().is_some_and(numeral::is_han_numeral) && chars.next().is_none()
    };
    let length = units[at..].iter().take_while(is_numeral).count();
    // 萬 and 億 stand behind a number; by themselves they are none.
    let value = numeral::value(&units[at..at + length].concat())?;
    (length > 0).then_some((value, length))
}

/// The ways to write the number or date that begins with a number of `length` units, and
/// where it ends.
fn ways(units: &[String], at: usize, value: u32, length: usize) -> (usize, Vec<String>) {
    let unit = |at: usize| units.get(at).map(String::as_str);
    let end = at + length;
    if (1900..2200).contains(&value) && unit(end) == Some("年") {
        let month = number_before(units, end + 1, "月", 12);
        let day = month.and_then(|(_, end)| number_before(units, end, "日", 31));
        let han = |zero: char, month: Option<u32>, day: Option<u32>| {
            let part = |value: Option<u32>, name: &str| {
                value.and_then(numeral::han).map_or(String::new(), |han| han + name)
            };
            format!(
                "{}年{}{}",
                numeral::han_digits(value, zero),
                part(month, "月"),
                part(day, "日")
            )
        };
        let figures = |month: Option<u32>, day: Option<u32>| {
            let part = |value: Option<u32>, name: &str| {
                value.map_or(String::new(), |value| format!("{value}{name}"))
            };
            format!("{value}年{}{}", part(month, "月"), part(day, "日"))
        };
        let (months, days) = (month.map(|(month, _)| month), day.map(|(day, _)| day));
        let mut ways =
            vec![figures(months, days), han('〇', months, days), han('零', months, days)];
        if let (Some(month), Some(day)) = (months, days) {
            ways.push(format!("{value}-{month:02}-{day:02}"));
        }
        let end = day.or(month).map_or(end + 1, |(_, end)| end);
        return (end, ways);
    }
    // 2,000萬, 二千萬 and 20,000,000.
    if let Some("万") = unit(end) {
        let mut ways = vec![format!("{value}万"), format!("{}万", grouped(u64::from(value)))];
        ways.extend(numeral::han(value).map(|han| han + "万"));
        let whole = u64::from(value) * 10_000;
        ways.extend([whole.to_string(), grouped(whole)]);
        ways.dedup();
        return (end + 1, ways);
    }
    if value >= 10_000 && value.is_multiple_of(10_000) && value / 10_000 < 10_000 {
        let thousands = value / 10_000;
        let mut ways = vec![value.to_string(), grouped(u64::from(value))];
        ways.push(format!("{thousands}万"));
        ways.push(format!("{}万", grouped(u64::from(thousands))));
        ways.extend(numeral::han(thousands).map(|han| han + "万"));
        ways.dedup();
        return (end, ways);
    }
    let mut ways = vec![value.to_string()];
    if value >= 1000 {
        ways.push(grouped(u64::from(value)));
    }
    ways.extend(numeral::han(value));
    (end, ways)
}

/// A number up to `most` that `name` follows, and where these end.
fn number_before(units: &[String], at: usize, name: &str, most: u32) -> Option<(u32, usize)> {
    let (value, length) = number(units, (at < units.len()).then_some(at)?)?;
    let end = at + length;
    let fits = (1..=most).contains(&value) && units.get(end).is_some_and(|unit| unit == name);
    fits.then_some((value, end + 1))
}

/// 2,000
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use tiaowen_text::Units;

    use super::*;

    fn otherwise(query: &str) -> Vec<String> {
        let units = Units::of(query);
        let folded: Vec<String> = units.iter().map(|unit| units.folded(unit).to_owned()).collect();
        numbers(&folded).into_iter().flat_map(|written| written.otherwise).collect()
    }

    #[test]
    fn dates_and_numbers() {
        let date = ["二〇一七年十一月十八日", "二零一七年十一月十八日", "2017-11-18"];
        assert_eq!(otherwise("2017年11月18日"), date);
        assert!(otherwise("二〇一七年十一月十八日").contains(&"2017年11月18日".to_owned()));
        assert_eq!(otherwise("2017年"), ["二〇一七年", "二零一七年"]);
        for way in ["2,000萬", "2000万", "二千萬"] {
            let ways = otherwise(way);
            assert!(ways.len() >= 4, "{way}: {ways:?}");
            assert!(ways.contains(&"20,000,000".to_owned()), "{way}: {ways:?}");
        }
        assert_eq!(otherwise("七十七項"), ["77项"]);
        assert_eq!(otherwise("77項"), ["七十七项"]);
        assert_eq!(otherwise("十年"), ["10年"]);
        assert_eq!(otherwise("第五條"), ["5条"]);
        for text in ["一般規定", "萬一", "知識產權", "5"] {
            assert_eq!(otherwise(text), Vec::<String>::new(), "{text}");
        }
    }
}
