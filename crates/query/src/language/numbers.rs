//! Finds numbers and dates in a query and lists the other ways to write them: 二〇一七年十一月十八日,
//! 2017年11月18日, 2017-11-18; 2,000萬, 2000万, 二千萬; 百分之五, 5%; 3-5年, 三至五年; 350㎡, 350平方米.
//!
//! A number is read by value ([`tiaowen_text::figure`]), and all common ways to write that value
//! are searched besides the one typed. So it doesn't matter which one was typed. Approximate
//! numbers (三五年) are searched as typed.
//!
//! Rejected: a token for each value in the index. It would also match spellings that aren't listed
//! here, but it would tie an index to this reader, and a phrase across a number would have to know
//! how many characters were printed.

use std::ops::Range;

use tiaowen_text::figure::{
    DateFigures, FigureRange, Reading, date_figures, figure_after, figure_range, money,
};
use tiaowen_text::measure::{self, measure};
use tiaowen_text::{Unit, fold};

use crate::language::analysis::Fixed;
use crate::language::number_forms::{self, Date};

/// A number or date in a query with the other ways to write it, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The units that it spans.
    pub(crate) units: Range<usize>,
    /// The other ways to write it.
    pub(crate) otherwise: Vec<String>,
}

/// The document numbers among folded units: 〔2017〕38號, 银发〔2015〕374号. The name before the year is
/// part of the number.
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

/// Units of counting, folded, that form no word with the text after them.
const COUNTED: &str =
    "年月日天周个项名次条款份家间种宗期届级批位辆艘吨人元倍米升克斤亩岁页章节套册户组轮段成号度角";

/// The numbers and dates in a query, in order. `units` are units of `text`, and `folded` their
/// folded texts. Ranges count from the first unit.
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
        let typed = query.printed(at..end);
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
    limit(&mut found);
    found
}

/// The most characters of all forms of a query together. Each form is a term to search for, and a
/// pasted clause may contain a dozen dates.
const MOST_CHARACTERS: usize = 480;
/// The fewest forms that are kept of each number.
const LEAST_WAYS: usize = 4;

/// Drops the rarest forms of each number if there are too many.
fn limit(numbers: &mut [Written]) {
    let length = |ways: &[String]| ways.iter().map(|way| way.chars().count()).sum::<usize>();
    if numbers.iter().map(|number| length(&number.otherwise)).sum::<usize>() <= MOST_CHARACTERS {
        return;
    }
    let each = MOST_CHARACTERS / numbers.len();
    for number in numbers {
        let mut sum = 0;
        let ways = number.otherwise.iter().take_while(|way| {
            sum += way.chars().count();
            sum <= each
        });
        let kept = ways.count().max(LEAST_WAYS);
        number.otherwise.truncate(kept);
    }
}

/// A text with its numbers written in the other common ways: 第5條 for 第五條. Without the text itself.
pub(crate) fn rewritten(text: &str) -> Vec<String> {
    // In digits, and in the kinds of Han numerals.
    let mut ways: [String; 4] = Default::default();
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let figure = figure_after(before, rest);
        let count = figure.and_then(|figure| match figure.reading {
            Reading::Count(value) => Some((value.as_whole()?, figure.length)),
            _ => None,
        });
        let length = match count {
            Some((value, length)) => {
                let spelled = number_forms::labels(value);
                ways.iter_mut().zip(spelled).for_each(|(way, spelled)| way.push_str(&spelled));
                length
            }
            None => {
                ways.iter_mut().for_each(|way| way.push(c));
                c.len_utf8()
            }
        };
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    let mut all: Vec<String> = Vec::with_capacity(ways.len());
    for way in ways {
        if fold(&way) != fold(text) && !all.contains(&way) {
            all.push(way);
        }
    }
    all
}

/// A query as typed and as searched.
#[derive(Clone, Copy)]
struct Query<'a> {
    text: &'a str,
    units: &'a [Unit],
    folded: &'a [String],
}

/// The end of a number, with the ways to write it.
type Ways = (usize, Vec<String>);

impl<'a> Query<'a> {
    /// The text from a unit on.
    fn from(self, at: usize) -> &'a str {
        self.units.get(at).and_then(|unit| self.text.get(unit.start..)).unwrap_or_default()
    }

    /// The character right before a unit, if nothing is in between.
    fn before(self, at: usize) -> Option<char> {
        let unit = self.units.get(at)?;
        self.text.get(..unit.start)?.chars().next_back()
    }

    fn unit(self, at: usize) -> Option<&'a str> {
        self.folded.get(at).map(String::as_str)
    }

    /// Units as typed, folded, without the spaces that typography puts between Han characters and
    /// figures.
    fn printed(self, units: Range<usize>) -> String {
        match (self.units.get(units.start), self.units.get(units.end.wrapping_sub(1))) {
            (Some(first), Some(last)) => {
                fold(self.text.get(first.start..last.end).unwrap_or_default())
            }
            _ => String::new(),
        }
    }

    /// The unit after a number of bytes from a unit on. `None` if they end inside a unit.
    fn after(self, at: usize, length: usize) -> Option<usize> {
        let end = self.units[at].start + length;
        let next = at + self.units[at..].iter().take_while(|unit| unit.start < end).count();
        (self.units[next - 1].end <= end).then_some(next)
    }

    /// All ways to write the number that begins at a unit, and the unit after it. Empty if there is
    /// none.
    fn ways(self, at: usize) -> Ways {
        if self.unit(at) == Some("第")
            && let Some(found) = self.ordinal(at)
        {
            return found;
        }
        if let Some((end, date)) = self.date(at) {
            return self.of_date(end, date);
        }
        let found = self.range(at).or_else(|| self.amount(at)).or_else(|| self.measured(at));
        found.or_else(|| self.plain(at)).unwrap_or((at + 1, Vec::new()))
    }

    /// A date, possibly followed by a part of the year: 2017年底.
    fn of_date(self, end: usize, date: Date) -> Ways {
        if date.year.is_none() || date.month.is_some() {
            return (end, date.ways());
        }
        let part =
            |at: usize| self.unit(at).filter(|part| matches!(*part, "底" | "初" | "中" | "末"));
        let doubled = self.unit(end) == Some("年");
        let Some(part) = part(if doubled { end + 1 } else { end }) else {
            return (end, date.ways());
        };
        let ways = date.ways();
        let ways = ways.iter().flat_map(|way| [format!("{way}{part}"), format!("{way}年{part}")]);
        (end + 1 + usize::from(doubled), ways.collect())
    }

    /// 第五 without a known unit. 第五條 is read as 五條 after 第, which a clause may contain without its
    /// label.
    fn ordinal(self, at: usize) -> Option<Ways> {
        if self.range(at + 1).is_some() {
            return None;
        }
        let number = figure_after(Some('第'), self.from(at + 1))?;
        let Reading::Count(value) = number.reading else { return None };
        let end = self.after(at + 1, number.length)?;
        let value = value.as_whole()?;
        let ways = number_forms::ordinal(value);
        if self.unit(end).is_some_and(|unit| COUNTED.contains(unit)) {
            return None;
        }
        Some((end, ways.into_iter().map(|way| format!("第{way}")).collect()))
    }

    /// A range with its unit: 3-5年.
    fn range(self, at: usize) -> Option<Ways> {
        let before = self.before(at);
        let text = self.from(at);
        let FigureRange { first, second, length, unit, .. } = figure_range(before, text)?;
        let end = self.after(at, length.max(unit.end))?;
        let unit = fold(&text[unit]);
        Some((end, number_forms::range(first, second, &unit, before == Some('第'))))
    }

    /// An amount of money in 元 and 角.
    fn amount(self, at: usize) -> Option<Ways> {
        let amount = money(self.from(at))?;
        Some((self.after(at, amount.length)?, number_forms::amount(amount.value)))
    }

    /// A figure with its unit of measure, or the sign of a unit alone.
    fn measured(self, at: usize) -> Option<Ways> {
        let text = self.from(at);
        if let Some(unit) = text.chars().next().and_then(measure::sign) {
            let ways = std::iter::once(unit.name).chain(unit.names.iter().copied());
            return Some((at + 1, ways.map(str::to_owned).collect()));
        }
        if text.starts_with(['平', '立'])
            && let Some((unit, length)) = measure(text)
        {
            return Some((self.after(at, length)?, unit.ways().map(str::to_owned).collect()));
        }
        let figure = figure_after(self.before(at), text)?;
        let Reading::Count(value) = figure.reading else { return None };
        // 8千米 can be read as 8,000 and 米.
        let written = &text[..figure.length];
        if let Some(count) = written.strip_suffix('千')
            && let Some((unit, length)) = measure(&text[count.len()..])
            && let Some(count) = figure_after(self.before(at), count)
            && let Reading::Count(value) = count.reading
        {
            let end = self.after(at, count.length + length)?;
            return Some((end, number_forms::measured(value, unit)));
        }
        let rest = text[figure.length..].trim_start_matches(' ');
        let (unit, length) = measure(rest)?;
        let end = self.after(at, text.len() - rest.len() + length)?;
        Some((end, number_forms::measured(value, unit)))
    }

    /// A figure, with the unit it counts if that is known.
    fn plain(self, at: usize) -> Option<Ways> {
        let figure = figure_after(self.before(at), self.from(at))?;
        let end = self.after(at, figure.length)?;
        let value = match figure.reading {
            Reading::Words => return Some((end, Vec::new())),
            Reading::Share(value) => return Some((end, number_forms::share(value))),
            Reading::Count(value) => value,
        };
        // 10年 is 十年, but not 10 and 年 anywhere.
        let counted = self.unit(end).filter(|unit| COUNTED.contains(unit) || *unit == "圆");
        if let Some(counted) = counted {
            return Some((end + 1, number_forms::counted(value, counted)));
        }
        // 一 and 5 alone mean too many things: 一般, 第5頁.
        let small = value.as_whole().is_some_and(|value| value < 10);
        Some((end, if small { Vec::new() } else { number_forms::count(value) }))
    }

    /// The date that begins at a unit: digits with separators; year, month and day; or month and
    /// day.
    fn date(self, at: usize) -> Option<(usize, Date)> {
        let none = Date { year: None, month: None, day: None };
        let (mut date, mut end) = match date_figures(self.from(at)) {
            Some(DateFigures { year, month, day, length, .. }) => {
                let date = Date {
                    year: Some(year),
                    month: month.map(|(month, _)| month),
                    day: day.map(|(day, _)| day),
                };
                let end = self.after(at, length)?;
                if date.month.is_some() {
                    return Some((end, date));
                }
                (date, end)
            }
            None => match self.count(at, 2200) {
                Some((year @ 1900.., end)) => (Date { year: Some(year), ..none }, end),
                _ => (none, at),
            },
        };
        if date.year.is_some() {
            end = (self.unit(end)? == "年").then_some(end + 1)?;
        }
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
        // 三月 may be March, or a number of months in a text that means 三個月, so it is left to the
        // figures.
        let whole = date.year.is_some() || date.day.is_some() || self.unit(at) == Some("元");
        (end > at && whole).then_some((end, date))
    }

    /// 元月 is January, but not in 100元月底.
    fn first_month(self, at: usize) -> Option<(u32, usize)> {
        let before = at.checked_sub(1).and_then(|before| self.unit(before));
        let counts = before.is_some_and(|unit| unit.ends_with(|c: char| c.is_ascii_digit()));
        (self.unit(at)? == "元" && self.unit(at + 1) == Some("月") && !counts)
            .then_some((1, at + 1))
    }

    /// A whole number from 1 to `most` that begins at a unit.
    fn count(self, at: usize, most: u32) -> Option<(u32, usize)> {
        let figure = figure_after(None, self.from(at))?;
        let Reading::Count(value) = figure.reading else { return None };
        let value = u32::try_from(value.as_whole()?).ok()?;
        Some((value, self.after(at, figure.length)?)).filter(|_| (1..=most).contains(&value))
    }
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

    /// Each way finds each other one: the text typed and its other forms are one set.
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
        meet(&["3-5年", "三至五年", "3年至5年", "3～5年"]);
        meet(&["2017-2018年度", "2017-18年度", "2017至2018年度"]);
        meet(&["350㎡", "350m2", "350平方米", "350 m²", "三百五十平方米"]);
        meet(&["25℃", "25攝氏度", "25°C"]);
        meet(&["叁元伍角", "3.50元", "3元5角"]);
    }

    #[test]
    fn labels_are_named_in_all_ways() {
        assert_eq!(rewritten("第五條"), ["第5條", "第伍條"]);
        assert_eq!(
            rewritten("《協議》第21條"),
            ["《協議》第二十一條", "《協議》第廿一條", "《協議》第贰拾壹條"]
        );
        assert_eq!(rewritten("序言"), Vec::<String>::new());
    }

    #[test]
    fn ways_of_many_numbers_are_few_together() {
        let query = "2017年11月18日 ".repeat(12);
        let ways = otherwise(&query);
        assert!(ways.iter().map(|way| way.chars().count()).sum::<usize>() < 2 * MOST_CHARACTERS);
        assert!(ways.contains(&"二〇一七年十一月十八日".to_owned()));
    }

    #[test]
    fn ways_are_few() {
        for (typed, most) in [
            ("2017年11月18日", 40),
            ("2017年1月25日", 52),
            ("35,000元", 60),
            ("5%", 20),
            ("三十個工作日", 16),
            ("3-5年", 24),
        ] {
            let ways = otherwise(typed).len();
            assert!(ways <= most, "{typed}: {ways}");
        }
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
        assert_eq!(otherwise("第五條"), ["5条", "伍条"]);
        assert_eq!(otherwise("第五"), ["第5", "第伍"]);
        assert!(otherwise("第廿一條").contains(&"二十一条".to_owned()));
        for text in ["一般規定", "萬一", "知識產權", "5", "三五年"] {
            assert_eq!(otherwise(text), Vec::<String>::new(), "{text}");
        }
    }
}
