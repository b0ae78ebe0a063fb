//! Figures and dates written otherwise: 二〇一七年十一月十八日, 2017年11月18日, 2017-11-18;
//! 2,000萬, 2000万, 二千萬; 百分之五, 5%.
//!
//! What was typed is read by its value ([`tiaowen_text::figure`]), and all usual ways to write that value
//! are looked for beside it. So it makes no difference which of them was typed. What names about so many
//! (三五年) is looked for as it stands.

use std::ops::Range;

use tiaowen_text::figure::{DateFigures, Reading, Value, date_figures, figure};
use tiaowen_text::{Unit, numeral};

use crate::language::analysis::Fixed;

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
const MEASURES: &str = "年月日天周个项名次条款份家间种宗期届级批位辆艘吨人元";

/// The numbers and dates that a query writes, in order. `units` are units of `text`, `folded` what they
/// are folded to; ranges count from the first of them.
pub(crate) fn numbers(text: &str, units: &[Unit], folded: &[String]) -> Vec<Written> {
    let of_documents = document_numbers(folded);
    let query = Query { text, units, folded };
    let mut found = Vec::new();
    let mut at = 0;
    while at < units.len() {
        if let Some(number) = of_documents.iter().find(|number| number.units.start == at) {
            at = number.units.end;
            continue;
        }
        let (end, ways) = query.ways(at);
        let typed = folded[at..end].concat();
        let mut otherwise: Vec<String> = Vec::with_capacity(ways.len());
        for way in ways {
            if way != typed && !otherwise.contains(&way) {
                otherwise.push(way);
            }
        }
        if !otherwise.is_empty() {
            found.push(Written { units: at..end, otherwise });
        }
        at = end;
    }
    found
}

/// A query as it was typed and as it is looked for.
#[derive(Clone, Copy)]
struct Query<'a> {
    text: &'a str,
    units: &'a [Unit],
    folded: &'a [String],
}

impl<'a> Query<'a> {
    /// The text from a unit on.
    fn from(self, at: usize) -> &'a str {
        self.units.get(at).and_then(|unit| self.text.get(unit.start..)).unwrap_or_default()
    }

    fn unit(self, at: usize) -> Option<&'a str> {
        self.folded.get(at).map(String::as_str)
    }

    /// The unit after the bytes of what begins at a unit; `None` where it ends inside one.
    fn after(self, at: usize, length: usize) -> Option<usize> {
        let end = self.units[at].start + length;
        let next = at + self.units[at..].iter().take_while(|unit| unit.start < end).count();
        (self.units[next - 1].end <= end).then_some(next)
    }

    /// All ways to write what begins at a unit, and the unit after it; none where it is no figure.
    fn ways(self, at: usize) -> (usize, Vec<String>) {
        let none = (at + 1, Vec::new());
        if let Some((end, date)) = self.date(at) {
            return (end, date.ways());
        }
        let Some(figure) = figure(self.from(at)) else { return none };
        let Some(end) = self.after(at, figure.length) else { return none };
        match figure.reading {
            Reading::Words => (end, Vec::new()),
            Reading::Share(value) => (end, share_ways(value)),
            Reading::Count(value) => {
                let mut ways = count_ways(value);
                // 10年 is 十年; neither is 10 and 年 somewhere.
                if let Some(measure) = self.unit(end).filter(|unit| MEASURES.contains(unit)) {
                    ways.iter_mut().for_each(|way| way.push_str(measure));
                    return (end + 1, ways);
                }
                // 一 and 5 alone stand for too much: 一般, 第5頁.
                if value.as_whole().is_some_and(|value| value < 10) {
                    ways.clear();
                }
                (end, ways)
            }
        }
    }

    /// The date that begins at a unit: by figures and marks, or year, month and day.
    fn date(self, at: usize) -> Option<(usize, Date)> {
        let (mut date, mut end) = match date_figures(self.from(at)) {
            Some(DateFigures { year, rest: Some([(month, _), (day, _)]), length, .. }) => {
                let date = Date { year, month: Some(month), day: Some(day) };
                return Some((self.after(at, length)?, date));
            }
            Some(DateFigures { year, length, .. }) => {
                (Date { year, month: None, day: None }, self.after(at, length)?)
            }
            None => {
                let (year, end) = self.count(at, 2200)?;
                (year >= 1900).then_some((Date { year, month: None, day: None }, end))?
            }
        };
        end = (self.unit(end)? == "年").then_some(end + 1)?;
        if let Some((month, after)) = self.first_month(end).or_else(|| self.count(end, 12))
            && self.unit(after) == Some("月")
        {
            (date.month, end) = (Some(month), after + 1);
            if let Some((day, after)) = self.count(end, 31)
                && matches!(self.unit(after), Some("日" | "号"))
            {
                (date.day, end) = (Some(day), after + 1);
            }
        }
        Some((end, date))
    }

    /// 元月 is January.
    fn first_month(self, at: usize) -> Option<(u32, usize)> {
        (self.unit(at)? == "元").then_some((1, at + 1))
    }

    /// A whole number from 1 to `most` that begins at a unit.
    fn count(self, at: usize, most: u32) -> Option<(u32, usize)> {
        let figure = figure(self.from(at))?;
        let Reading::Count(value) = figure.reading else { return None };
        let value = u32::try_from(value.as_whole()?).ok()?;
        Some((value, self.after(at, figure.length)?)).filter(|_| (1..=most).contains(&value))
    }
}

/// A year, with its month and day where they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Date {
    year: u32,
    month: Option<u32>,
    day: Option<u32>,
}

impl Date {
    fn ways(self) -> Vec<String> {
        let part = |value: Option<u32>, name: &str, write: fn(u32) -> Option<String>| {
            value.and_then(write).map_or(String::new(), |text| text + name)
        };
        let figures = |day: &str| {
            let plain: fn(u32) -> Option<String> = |value| Some(value.to_string());
            part(self.month, "月", plain) + &part(self.day, day, plain)
        };
        let han = |day: fn(u32) -> Option<String>| {
            part(self.month, "月", numeral::han) + &part(self.day, "日", day)
        };
        let year = self.year;
        let mut ways = vec![format!("{year}年{}", figures("日"))];
        for zero in ['〇', '零'] {
            let digits = numeral::han_digits(year, zero);
            ways.push(format!("{digits}年{}", han(numeral::han)));
            if self.day.is_some_and(|day| day > 20) {
                ways.push(format!("{digits}年{}", han(in_scores)));
            }
        }
        if let (Some(month), Some(day)) = (self.month, self.day) {
            ways.push(format!("{year}年{}", figures("号")));
            // Marks of all kinds between figures are looked for alike; points join them.
            ways.push(format!("{year}-{month:02}-{day:02}"));
            ways.push(format!("{year}-{month}-{day}"));
            ways.push(format!("{year}.{month}.{day}"));
            ways.push(format!("{year}.{month:02}.{day:02}"));
        }
        if self.month == Some(1) {
            // 元月, beside figures and beside Han numerals.
            let day = self.day.map_or(String::new(), |day| format!("{day}日"));
            ways.push(format!("{year}年元月{day}"));
            for write in [numeral::han, in_scores] {
                let day = part(self.day, "日", write);
                ways.extend(
                    ['〇', '零']
                        .map(|zero| format!("{}年元月{day}", numeral::han_digits(year, zero))),
                );
            }
            ways.extend(part_of_days(self.day).map(|day| format!("{year}年元月{day}日")));
        }
        if let Some(republic) = year.checked_sub(1911).filter(|&year| year > 0) {
            ways.push(format!("民国{republic}年{}", figures("日")));
            if let Some(digits) = numeral::han(republic) {
                ways.push(format!("民国{digits}年{}", han(numeral::han)));
            }
        }
        ways
    }
}

/// 廿五 of the day 25.
fn part_of_days(day: Option<u32>) -> Option<String> {
    day.filter(|&day| day > 20).and_then(in_scores)
}

/// 廿五 for 25, as days are written; as [`numeral::han`] has it up to twenty.
fn in_scores(value: u32) -> Option<String> {
    let (score, rest) = match value {
        21..=29 => ("廿", value - 20),
        31..=39 => ("卅", value - 30),
        20 => return Some("廿".to_owned()),
        30 => return Some("卅".to_owned()),
        _ => return numeral::han(value),
    };
    Some(score.to_owned() + &numeral::han(rest)?)
}

/// The ways to write a count.
fn count_ways(value: Value) -> Vec<String> {
    let Some(whole) = value.as_whole() else { return decimal_ways(value) };
    let mut ways = vec![whole.to_string()];
    if whole >= 1_000 {
        ways.push(grouped(whole));
    }
    if let Some(han) = in_words(whole) {
        // 兩百 and 二百 are both written, and 兩 by itself.
        let pairs = [("二百", "两百"), ("二千", "两千"), ("二万", "两万"), ("二亿", "两亿")];
        let two = pairs.iter().fold(han.clone(), |text, (from, to)| text.replace(from, to));
        // 十二万 has no 两.
        let two = two.replace("十两", "十二");
        // 十万三千 is written with a zero as well, though no place is empty.
        if han.contains('万') && !han.ends_with('万') && !han.contains("万零") {
            ways.push(han.replace('万', "万零"));
        }
        ways.push(han);
        ways.push(if whole == 2 { "两".to_owned() } else { two });
    }
    if let Ok(small) = u32::try_from(whole)
        && (21..40).contains(&small)
    {
        ways.extend(in_scores(small));
    }
    for (unit, name) in [(10_000u128, "万"), (100_000_000, "亿")] {
        if whole < unit || !whole.is_multiple_of(unit / 10_000) {
            continue;
        }
        let (count, rest) = (whole / unit, whole % unit);
        if rest == 0 {
            ways.push(format!("{count}{name}"));
            if count >= 1_000 {
                ways.push(format!("{}{name}", grouped(count)));
            }
        } else if let Some(decimals) = decimals(Value { numerator: whole, denominator: unit }) {
            ways.push(format!("{decimals}{name}"));
        }
    }
    if (1_000..1_000_000_000_000).contains(&whole) {
        ways.extend(in_words(whole).map(|han| formal(&han)));
    }
    ways
}

/// 4.35 and 四点三五.
fn decimal_ways(value: Value) -> Vec<String> {
    let Some(decimals) = decimals(value) else { return Vec::new() };
    let mut ways = vec![decimals.clone()];
    ways.extend(spoken(&decimals));
    ways
}

/// The ways to write a share: 5%, 百分之五, 三成, 三分之二.
fn share_ways(value: Value) -> Vec<String> {
    let Value { numerator, denominator } = value;
    let mut ways = Vec::new();
    for (of, name, sign) in [(100u128, "百分之", "%"), (1_000, "千分之", "‰")] {
        let Some(above) = numerator.checked_mul(of) else { continue };
        let Some(text) = decimals(Value { numerator: above, denominator }) else { continue };
        // 0.5‰ is nobody's way to write 0.05%.
        if of == 1_000 && text.contains('.') {
            continue;
        }
        ways.push(format!("{text}{sign}"));
        ways.extend(spoken(&text).map(|han| format!("{name}{han}")));
    }
    let tenths = (numerator * 10) / denominator;
    if numerator * 10 % denominator == 0 && (1..10).contains(&tenths) {
        ways.extend(numeral::han(tenths as u32).map(|han| han + "成"));
    }
    let small = |value: u128| u32::try_from(value).ok().filter(|&value| value < 100);
    if let (Some(above), Some(below)) = (small(numerator), small(denominator))
        && below > 1
        && let (Some(over), Some(under)) = (numeral::han(above), numeral::han(below))
    {
        ways.push(format!("{under}分之{over}"));
        ways.push(format!("{above}/{below}"));
    }
    ways
}

/// A value in decimals; `None` where six places don't hold it.
fn decimals(value: Value) -> Option<String> {
    const PLACES: u128 = 1_000_000;
    let scaled = value.numerator.checked_mul(PLACES)?;
    let scaled = (scaled % value.denominator == 0).then_some(scaled / value.denominator)?;
    let (whole, rest) = (scaled / PLACES, scaled % PLACES);
    let text = format!("{whole}.{rest:06}");
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// Decimals as they are spoken: 四点三五.
fn spoken(decimals: &str) -> Option<String> {
    let (whole, rest) = decimals.split_once('.').unwrap_or((decimals, ""));
    let mut text = in_words(whole.parse().ok()?)?;
    if !rest.is_empty() {
        text.push('点');
        text.extend(rest.chars().filter_map(|c| {
            let digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
            digits.get(c.to_digit(10)? as usize).copied()
        }));
    }
    Some(text)
}

/// A whole number in Han numerals, 万 and 亿 included, up to 9,999亿.
fn in_words(value: u128) -> Option<String> {
    let part = |value: u128| numeral::han(u32::try_from(value).ok()?);
    if value < 10_000 {
        return part(value);
    }
    let mut text = String::new();
    let mut above = None;
    for (unit, name) in [(100_000_000u128, "亿"), (10_000, "万"), (1, "")] {
        let count = value / unit % 10_000;
        if unit == 100_000_000 && value / unit > 9_999 {
            return None;
        }
        if count == 0 {
            above = above.map(|_| true);
            continue;
        }
        // 一亿零五万, 十万零三千; but 三万五千.
        if above.is_some_and(|gap: bool| gap || count < 1_000) {
            text.push('零');
        }
        // 十二万 at the start, 一十二 behind another part.
        let mut han = part(count)?;
        if !text.is_empty() && (10..20).contains(&count) {
            han.insert(0, '一');
        }
        text += &han;
        text += name;
        above = Some(false);
    }
    Some(text)
}

/// Han numerals in the characters that guard amounts, folded.
fn formal(han: &str) -> String {
    const PLAIN: [char; 12] =
        ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千'];
    const FORMAL: [char; 12] =
        ['壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖', '拾', '佰', '仟'];
    let formal = |c: char| PLAIN.iter().position(|&plain| plain == c).map_or(c, |at| FORMAL[at]);
    let text: String = han.chars().map(formal).collect();
    // 壹拾万, as amounts are written.
    if text.starts_with('拾') { format!("壹{text}") } else { text }
}

/// 2,000
fn grouped(value: u128) -> String {
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
        let written = numbers(query, units.as_slice(), &folded);
        written.into_iter().flat_map(|written| written.otherwise).collect()
    }

    /// Each way finds each other: what is typed or looked for beside it is one set.
    fn meet(ways: &[&str]) {
        let folded = |text: &str| {
            let units = Units::of(text);
            units.iter().map(|unit| units.folded(unit).to_owned()).collect::<Vec<_>>()
        };
        for typed in ways {
            let found: Vec<_> = otherwise(typed).iter().map(|way| folded(way)).collect();
            for printed in ways {
                let printed = folded(printed);
                assert!(
                    printed == folded(typed) || found.contains(&printed),
                    "{typed} {printed:?}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn ways_to_write_a_value_find_one_another() {
        meet(&[
            "2017年11月18日",
            "二〇一七年十一月十八日",
            "二零一七年十一月十八日",
            "2017-11-18",
            "2017/11/18",
        ]);
        meet(&[
            "2025年3月1日",
            "二〇二五年三月一日",
            "2025/3/1",
            "2025.3.1",
            "民國114年3月1日",
            "民国一百一十四年三月一日",
            "2025年3月1號",
        ]);
        meet(&["二○一七年七月一日", "2017年7月1日", "二〇一七年七月一日"]);
        meet(&[
            "2017年1月25日",
            "2017年元月廿五日",
            "二〇一七年一月二十五日",
            "二零一七年元月廿五日",
        ]);
        meet(&["十万零三千元", "103,000元", "十万三千元"]);
        meet(&["廿五日", "25日", "二十五日"]);
        meet(&["2017年", "二〇一七年", "二零一七年"]);
        meet(&["2,000萬元", "2000万元", "二千萬元", "兩千萬元", "20,000,000元", "20000000元"]);
        meet(&["50万元", "五十萬元", "伍拾万元", "500,000元"]);
        meet(&["三亿", "3億", "300,000,000"]);
        meet(&["1.2亿元", "120,000,000元", "一亿二千万元"]);
        meet(&["两百五十名", "二百五十名", "250名"]);
        meet(&["一百零一名", "101名"]);
        meet(&["二期", "两期", "2期"]);
        meet(&["百分之五", "5%", "５％"]);
        meet(&["百分之四点三五", "4.35%"]);
        meet(&["千分之三", "0.3%", "3‰"]);
        meet(&["三分之二", "2/3"]);
        meet(&["三成", "30%", "百分之三十"]);
        meet(&["四点三五", "4.35"]);
        meet(&["七十七項", "77項"]);
    }

    #[test]
    fn what_only_looks_alike_is_not_looked_for() {
        for (typed, other) in [
            ("三五年", "35年"),
            ("兩三天", "23天"),
            ("七八名", "78名"),
            ("一一對應", "十一"),
            ("5%", "5"),
            ("50%", "五十"),
            ("2017/18", "2/3"),
        ] {
            assert!(
                !otherwise(typed).iter().any(|way| way == other),
                "{typed}: {:?}",
                otherwise(typed)
            );
        }
        assert_eq!(otherwise("第五條"), ["5条"]);
        for text in ["一般規定", "萬一", "知識產權", "5", "三五年"] {
            assert_eq!(otherwise(text), Vec::<String>::new(), "{text}");
        }
    }
}
