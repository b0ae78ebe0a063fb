//! Figures by value: 三億, 3億 and 300,000,000 are equal, and 十分重視 contains no figure.
//!
//! Comparison, search and verification all read figures with this one parser. It reads from the
//! start of a text and never looks back, so a caller that walks over a text meets each figure at
//! its first character and gets the whole of it.
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
//! Counts and shares are never equal: 0.05 is not 5%. An ordinal has 第 in front, which remains a
//! character of the text.
//!
//! A range has one value at each end ([`figure_range`]): 3-5年, 三至五年 and 3年至5年 name the same
//! years. Money in 元, 角 and 分 is one amount ([`money`]).

mod date;
mod money;
mod numerals;
mod range;

pub use date::{DateFigures, date_figures};
pub use money::{Money, money};
use numerals::{Part, in_numerals, part};
pub use range::{FigureRange, figure_range};

use crate::is_han;

/// A figure at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The value.
    pub reading: Reading,
    /// Length in bytes.
    pub length: usize,
}

/// The value of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// A number.
    Count(Value),
    /// A part of a whole: 5%, 三分之二, 三成.
    Share(Value),
    /// Numerals that form no exact number: 三五年 means three to five years, not 35.
    Words,
}

/// A value as a fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value {
    /// The part above the line.
    pub numerator: u128,
    /// The part below the line, at least 1.
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

    /// The value if it is a whole number.
    pub fn as_whole(self) -> Option<u128> {
        (self.denominator == 1).then_some(self.numerator)
    }

    /// The product with `factor`; `None` on overflow.
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

/// The figure at the beginning of a text, in either script and any width. Returns `None` if the
/// text doesn't begin with a figure, or the figure is longer than anybody writes (40 characters).
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

/// Like [`figure`], with the character before the text as context: 第伍條 is the fifth article,
/// 隊伍條件 contains no figure.
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

/// Whether the text begins with 十分 in the sense of "very": 十分重視. Ten points and ten minutes
/// are figures.
fn is_very(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("十分") else { return false };
    let next = rest.chars().next();
    next.is_some_and(|c| {
        is_han(c) && !"鐘钟之的為为以及和與与或至到內内後后制满滿者计計".contains(c)
    })
}

/// The value of a fraction that is one character.
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

/// The value of a digit of any width.
fn digit(c: char) -> Option<u128> {
    match c {
        '0'..='9' => Some(u128::from(c) - u128::from('0')),
        '０'..='９' => Some(u128::from(c) - u128::from('０')),
        _ => None,
    }
}

/// Shares that name their whole first: 百分之五, 千分之三, 萬分之一.
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
        // Behind 百分之 even a single financial numeral counts.
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

/// Turns a count of `length` bytes into a share if the text behind it says so: 5%, 3‰, 三分之二,
/// 2/3, 三成.
fn share(value: Value, text: &str, length: usize) -> Option<(Reading, usize)> {
    percentage(value, text, length)
        .or_else(|| fraction_in_words(value, text, length))
        .or_else(|| fraction_with_slash(text, length))
        .or_else(|| tenths(value, text, length))
        .map(|(value, length)| (Reading::Share(value), length))
}

/// 5%, 3‰, 1‱, also with spaces before the sign.
fn percentage(value: Value, text: &str, length: usize) -> Option<(Value, usize)> {
    let rest = text[length..].trim_start_matches(' ');
    let sign = rest.chars().next()?;
    let whole = match sign {
        '%' | '％' | '﹪' => 100,
        '‰' => 1_000,
        '‱' => 10_000,
        _ => return None,
    };
    let share = Value::new(value.numerator, value.denominator.checked_mul(whole)?);
    Some((share, text.len() - rest.len() + sign.len_utf8()))
}

/// 三分之二: `value` is the denominator.
fn fraction_in_words(value: Value, text: &str, length: usize) -> Option<(Value, usize)> {
    let above = text[length..].strip_prefix("分之")?;
    let read = match above.chars().next().and_then(digit) {
        Some(_) => in_digits(above)?,
        None => in_numerals(Some('之'), above)?,
    };
    let (Reading::Count(part), used) = read else { return None };
    Some((part.over(value)?, length + "分之".len() + used))
}

/// 2/3 in digits; 2017/18 is a year, 1/3/2017 a date.
fn fraction_with_slash(text: &str, length: usize) -> Option<(Value, usize)> {
    let (above, rest) = text.split_at(length);
    let below = rest.strip_prefix(['/', '／'])?;
    let digits: usize = below.chars().take_while(|&c| digit(c).is_some()).map(char::len_utf8).sum();
    let (below, behind) = below.split_at(digits);
    let (above, under) = (whole_number(above)?, whole_number(below)?);
    let fits = (1..100).contains(&above) && (2..1000).contains(&under) && above < under;
    (fits && !behind.starts_with(['/', '／']))
        .then(|| (Value::new(above, under), text.len() - behind.len()))
}

/// The number of a text that consists of digits.
fn whole_number(text: &str) -> Option<u128> {
    text.chars().try_fold(0u128, |sum, c| sum.checked_mul(10)?.checked_add(digit(c)?))
}

/// 三成, 三成半 and 三成五, alone or before a comparison; never 二成立 or 三成员.
fn tenths(value: Value, text: &str, length: usize) -> Option<(Value, usize)> {
    let after = text[length..].strip_prefix('成')?;
    value.as_whole().filter(|tenths| (1..=10).contains(tenths))?;
    let hundredths = after.chars().next().and_then(|c| match part(c) {
        Some((Part::Digit(digit @ 1..), _)) => Some(digit),
        _ => (c == '半').then_some(5),
    });
    let after = match hundredths {
        Some(_) => &after[after.chars().next().map_or(0, char::len_utf8)..],
        None => after,
    };
    let ends = after
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric() || "以之的或至到左右的及和與与".contains(c));
    let share = Value::new(value.numerator * 10 + hundredths.unwrap_or(0), 100);
    ends.then(|| (share, text.len() - after.len()))
}

/// A figure in digits with its multipliers: 2,000 · 2.5 · 3萬 · 5百萬 · 1亿2000万.
fn in_digits(text: &str) -> Option<(Reading, usize)> {
    let (mut value, mut length) = digits(text)?;
    let Some((times, used)) = multiplier(&text[length..]) else {
        return Some((Reading::Count(value), length));
    };
    value = value.times(times)?;
    length += used;
    // Further digits add smaller units.
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

/// Digits with thousands separators and decimals, and their length in bytes.
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
                // Groups behind the first have three digits; 12 345 must keep to that throughout.
                run = 0;
            }
            '.' | '．' if follow > 0 && !decimals => decimals = true,
            _ => break,
        }
    }
    Some((Value::new(numerator, denominator), length))
}

/// The multiplier behind digits (萬, 億, 百萬, 千 …), over blanks, and its length in bytes.
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
        // 百万, 千亿, 万亿: each unit is larger than the one before.
        if length > 0 && unit <= 1_000 {
            break;
        }
        times = times.checked_mul(unit)?;
        length += c.len_utf8();
    }
    // 8 千米 and 8千克 are read as 8,000 of the unit behind.
    (length > 0).then_some((times, text.len() - near.len() + length))
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
