//! The ways to write a value: the forms in which a number of a query is searched, besides the one
//! typed.
//!
//! All forms are folded, like the texts that they are searched in. Common forms come first, since a
//! query with many numbers keeps only the first forms of each.

use tiaowen_text::figure::{Reading, Value};
use tiaowen_text::measure::Measure;
use tiaowen_text::numeral;

/// A year, possibly with month and day; or a month and a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: Option<u32>,
    pub(crate) month: Option<u32>,
    pub(crate) day: Option<u32>,
}

impl Date {
    /// All ways to write the date.
    pub(crate) fn ways(self) -> Vec<String> {
        let in_han = self.days_in_han();
        let Some(year) = self.year else {
            let mut ways = self.days_in_digits();
            ways.extend(self.days_mixed());
            ways.extend(in_han);
            return ways;
        };
        let mut ways: Vec<String> =
            self.days_in_digits().iter().map(|days| format!("{year}年{days}")).collect();
        // 二〇一七, 二零一七, and the letter and the digit of old prints, folded.
        for zero in ['〇', '零', '0', 'o'] {
            let common = matches!(zero, '〇' | '零');
            let year = numeral::han_digits(year, zero);
            let days = in_han.iter().take(if common { in_han.len() } else { 1 });
            ways.extend(days.map(|days| format!("{year}年{days}")));
        }
        ways.extend(self.days_mixed().iter().map(|days| format!("{year}年{days}")));
        ways.extend(self.marked(year));
        ways.extend(self.of_republic(year, &in_han));
        ways
    }

    /// Month and day in digits: 3月1日, 03月01日, 3月1号, 元月1日.
    fn days_in_digits(self) -> Vec<String> {
        let Some(month) = self.month else { return vec![String::new()] };
        let mut months = vec![format!("{month}月")];
        if month < 10 {
            months.push(format!("{month:02}月"));
        }
        if month == 1 {
            months.push("元月".to_owned());
        }
        let Some(day) = self.day else { return months };
        let mut ways: Vec<String> = months.iter().map(|month| format!("{month}{day}日")).collect();
        if day < 10 {
            ways.extend(months.iter().map(|month| format!("{month}{day:02}日")));
        }
        ways.push(format!("{month}月{day}号"));
        ways
    }

    /// The month in digits and the day in Han numerals: 3月廿五日.
    fn days_mixed(self) -> Vec<String> {
        let (Some(month), Some(day)) = (self.month, self.day) else { return Vec::new() };
        let days = [numeral::han(day), in_scores(day)].into_iter().flatten();
        let mut ways: Vec<String> = days.map(|day| format!("{month}月{day}日")).collect();
        if month == 1 {
            ways.extend(in_scores(day).or(numeral::han(day)).map(|day| format!("元月{day}日")));
        }
        ways
    }

    /// Month and day in Han numerals: 三月一日, 元月廿五日.
    fn days_in_han(self) -> Vec<String> {
        let Some(month) = self.month else { return vec![String::new()] };
        let mut months: Vec<String> =
            numeral::han(month).into_iter().map(|han| han + "月").collect();
        if month == 1 {
            months.push("元月".to_owned());
        }
        let Some(day) = self.day else { return months };
        let days: Vec<String> = [numeral::han(day), in_scores(day)].into_iter().flatten().collect();
        months
            .iter()
            .flat_map(|month| days.iter().map(move |day| format!("{month}{day}日")))
            .collect()
    }

    /// Digits with separators. All separators are matched alike; a point joins the digits to one
    /// figure.
    fn marked(self, year: u32) -> Vec<String> {
        match (self.month, self.day) {
            (Some(month), Some(day)) => vec![
                format!("{year}-{month:02}-{day:02}"),
                format!("{year}-{month}-{day}"),
                format!("{year}.{month}.{day}"),
                format!("{year}.{month:02}.{day:02}"),
            ],
            (Some(month), None) => vec![format!("{year}-{month:02}")],
            _ => Vec::new(),
        }
    }

    /// Years of the Republic: 民国106年, 民国一百零六年, 民国一〇六年.
    fn of_republic(self, year: u32, in_han: &[String]) -> Vec<String> {
        let Some(republic) = year.checked_sub(1911).filter(|&year| year > 0) else {
            return Vec::new();
        };
        let days = self.days_in_digits();
        let mut ways: Vec<String> =
            days.iter().take(1).map(|days| format!("民国{republic}年{days}")).collect();
        let mut years: Vec<String> = numeral::han(republic).into_iter().collect();
        if republic > 99 {
            years.push(numeral::han_digits(republic, '〇'));
        }
        if republic == 1 {
            years.push("元".to_owned());
        }
        for year in years {
            ways.extend(in_han.iter().map(|days| format!("民国{year}年{days}")));
        }
        ways
    }
}

/// 廿五 for 25, as days are written. `None` outside 20 to 49.
fn in_scores(value: u32) -> Option<String> {
    let score = match value {
        20..=29 => "廿",
        30..=39 => "卅",
        40..=49 => "卌",
        _ => return None,
    };
    match value % 10 {
        0 => Some(score.to_owned()),
        rest => Some(score.to_owned() + &numeral::han(rest)?),
    }
}

/// The ways to write a count without a unit.
pub(crate) fn count(value: Value) -> Vec<String> {
    match value.as_whole() {
        Some(whole) => whole_ways(whole, false),
        None => decimal_ways(value),
    }
}

/// The ways to write a count with its unit, folded: 10年, 十年.
pub(crate) fn counted(value: Value, unit: &str) -> Vec<String> {
    let mut ways = match value.as_whole() {
        Some(whole) => whole_ways(whole, true),
        None => decimal_ways(value),
    };
    let is_money = matches!(unit, "元" | "圆");
    if is_money {
        if value.as_whole().is_none() {
            return amount(value);
        }
        ways.extend(cents(value));
        let other = if unit == "元" { "圆" } else { "元" };
        let others: Vec<String> = ways.iter().map(|way| format!("{way}{other}")).collect();
        ways.iter_mut().for_each(|way| way.push_str(unit));
        ways.extend(others);
        return ways;
    }
    ways.iter_mut().for_each(|way| way.push_str(unit));
    // 8,000米 is 8公里.
    let thousands = value.as_whole().filter(|whole| *whole > 0 && whole.is_multiple_of(1_000));
    let larger = match unit {
        "米" => ["公里", "km"],
        "克" => ["公斤", "kg"],
        _ => ["", ""],
    };
    if let Some(count) = thousands.map(|whole| whole / 1_000)
        && !larger[0].is_empty()
    {
        ways.extend(larger.map(|unit| format!("{count}{unit}")));
        ways.extend(in_words(count).map(|han| format!("{han}{}", larger[0])));
    }
    // 五日 and 5號 are the same day, with or without a month.
    if unit == "日" {
        let small = value.as_whole().and_then(|day| u32::try_from(day).ok());
        let days = small.filter(|day| (1..10).contains(day)).map(|day| format!("{day:02}日"));
        ways.extend(days);
    }
    ways
}

/// The ways to write an amount of money with 角, given in 元.
pub(crate) fn amount(value: Value) -> Vec<String> {
    let mut ways = decimal_ways(value);
    ways.extend(cents(value));
    ways.iter_mut().for_each(|way| way.push('元'));
    let Some(cents) = value.numerator.checked_mul(100) else { return ways };
    // Amounts below one 分 aren't written as money: 0.125元 stays as it is.
    if !cents.is_multiple_of(value.denominator) {
        return ways;
    }
    let cents = cents / value.denominator;
    let (whole, tenths, cents) = (cents / 100, cents / 10 % 10, cents % 10);
    let mut parts = vec![(whole, "元"), (tenths, "角"), (cents, "分")];
    parts.retain(|(count, _)| *count > 0);
    let digits: String = parts.iter().map(|(count, unit)| format!("{count}{unit}")).collect();
    let spelled = parts.iter().map(|(count, unit)| Some(in_words(*count)? + unit));
    let Some(han) = spelled.collect::<Option<String>>() else { return ways };
    let guarded = formal(&han);
    let mut all = vec![digits, guarded.replace('元', "圆"), guarded, han];
    if tenths == 0 {
        // 十元零五分
        let zero: Vec<String> = all.iter().map(|way| with_zero(way)).collect();
        all.extend(zero);
    }
    ways.extend(all);
    ways
}

/// A number as labels print it: in digits, in Han numerals, with 廿, formally.
pub(crate) fn labels(value: u128) -> [String; 4] {
    let digits = value.to_string();
    let han = in_words(value).unwrap_or_else(|| digits.clone());
    let scores = u32::try_from(value).ok().and_then(in_scores);
    let scores = scores.unwrap_or_else(|| han.clone());
    let formal = formal(&han);
    [digits, han, scores, formal]
}

/// The amount with a zero in place of its 角.
fn with_zero(amount: &str) -> String {
    amount.replacen('元', "元零", 1).replacen('圆', "圆零", 1)
}

/// The ways to write a number after 第.
pub(crate) fn ordinal(value: u128) -> Vec<String> {
    let mut ways = vec![value.to_string()];
    if let Some(han) = in_words(value) {
        ways.push(formal(&han));
        ways.push(han);
    }
    ways.extend(u32::try_from(value).ok().and_then(in_scores));
    if value > 99 {
        ways.extend(by_digits(value));
    }
    ways
}

/// The ways to write a count of a unit of measure.
pub(crate) fn measured(value: Value, unit: &Measure) -> Vec<String> {
    let figures = count_or_small(value);
    let mut ways = Vec::new();
    // 8千米 can be read as 8,000米.
    let whole = match unit.name {
        "公里" => Some("米"),
        "公斤" => Some("克"),
        _ => None,
    };
    if let (Some(whole), Some(value)) = (whole, value.times(1_000)) {
        ways.extend(count_or_small(value).iter().map(|figure| format!("{figure}{whole}")));
    }
    for way in unit.ways() {
        let letters =
            way.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_alphabetic() || c == 'μ');
        for figure in &figures {
            let digits = figure.ends_with(|c: char| c.is_ascii_digit());
            if letters && digits {
                ways.push(format!("{figure}{way}"));
                ways.push(format!("{figure} {way}"));
            } else if !letters {
                ways.push(format!("{figure}{way}"));
            }
        }
    }
    ways
}

/// All ways to write a count, including small ones.
fn count_or_small(value: Value) -> Vec<String> {
    match value.as_whole() {
        Some(whole) => whole_ways(whole, false),
        None => decimal_ways(value),
    }
}

/// The ways to write a range with its unit.
pub(crate) fn range(first: Reading, second: Reading, unit: &str, ordinal: bool) -> Vec<String> {
    match (first, second) {
        (Reading::Count(first), Reading::Count(second)) => {
            count_range(first, second, unit, ordinal)
        }
        (Reading::Share(first), Reading::Share(second)) => share_range(first, second),
        _ => Vec::new(),
    }
}

fn count_range(first: Value, second: Value, unit: &str, ordinal: bool) -> Vec<String> {
    let is_year =
        unit.starts_with('年') && first.as_whole().is_some_and(|year| (1900..2200).contains(&year));
    let again = if ordinal { "第" } else { "" };
    let mut ways = Vec::new();
    // Both ends in the same kind of numerals.
    for (first, second) in end_ways(first, is_year).iter().zip(end_ways(second, is_year)) {
        for joint in ["至", "-", "到"] {
            ways.push(format!("{first}{joint}{second}{unit}"));
            if !unit.is_empty() {
                ways.push(format!("{first}{unit}{joint}{again}{second}{unit}"));
            }
            if ordinal {
                ways.push(format!("{first}{joint}第{second}{unit}"));
            }
        }
    }
    if let (true, Some(year), Some(next)) = (is_year, first.as_whole(), second.as_whole())
        && next == year + 1
    {
        // 2017-18年度
        ways.push(format!("{year}-{:02}{unit}", next % 100));
        ways.push(format!("{year}至{:02}{unit}", next % 100));
    }
    ways
}

/// The ways to write an end of a range, in the order of kinds of numerals.
fn end_ways(value: Value, is_year: bool) -> Vec<String> {
    let Some(whole) = value.as_whole() else { return decimal_ways(value) };
    if let Some(year) = u32::try_from(whole).ok().filter(|_| is_year) {
        let in_digits = |zero: char| numeral::han_digits(year, zero);
        return vec![year.to_string(), in_digits('〇'), in_digits('零')];
    }
    let mut ways = vec![whole.to_string()];
    ways.extend(in_words(whole));
    if whole >= 1_000 {
        ways.push(grouped(whole, ','));
    }
    ways
}

fn share_range(first: Value, second: Value) -> Vec<String> {
    let mut ways = Vec::new();
    for (first, second) in share(first).iter().zip(share(second)) {
        for joint in ["至", "-", "到"] {
            ways.push(format!("{first}{joint}{second}"));
            if let Some(first) = first.strip_suffix('%') {
                ways.push(format!("{first}{joint}{second}"));
            }
        }
    }
    ways
}

/// The ways to write a whole number. `close`: a unit follows, so that short forms are unambiguous.
fn whole_ways(whole: u128, close: bool) -> Vec<String> {
    let mut ways = vec![whole.to_string()];
    if whole >= 1_000 {
        ways.push(grouped(whole, ','));
    }
    if let Some(han) = in_words(whole) {
        ways.extend(spellings(&han));
        ways.push(han);
    }
    for (unit, name) in [(10_000u128, "万"), (100_000_000, "亿")] {
        ways.extend(in_sections(whole, unit, name));
    }
    if let Some(han) = in_words(whole).filter(|_| whole > 0 && (close || whole >= 10)) {
        ways.extend(formal_ways(&han));
    }
    if let Ok(small) = u32::try_from(whole) {
        ways.extend(in_scores(small));
    }
    ways.extend(short(whole));
    ways.extend(with_multipliers(whole));
    if whole >= 100 {
        ways.extend(by_digits(whole));
    }
    if whole >= 1_000 {
        ways.push(grouped(whole, ' '));
    }
    ways
}

/// Variants of a Han numeral: with 两, with 〇, with an additional zero.
fn spellings(han: &str) -> Vec<String> {
    let mut ways = Vec::new();
    // 两百 and 二百 are both common, and so is 两 alone.
    let pairs = [("二百", "两百"), ("二千", "两千"), ("二万", "两万"), ("二亿", "两亿")];
    let two = pairs.iter().fold(han.to_owned(), |text, (from, to)| text.replace(from, to));
    // 十二万 never has 两.
    let two = if han == "二" { "两".to_owned() } else { two.replace("十两", "十二") };
    ways.push(two);
    // 十万三千 is also written with a zero, although no place is empty.
    if han.contains('万') && !han.ends_with('万') && !han.contains("万零") {
        ways.push(han.replace('万', "万零"));
    }
    if han.contains('零') {
        ways.push(han.replace('零', "〇"));
    }
    ways
}

/// 50万, 3.25万, 三点二五万.
fn in_sections(whole: u128, unit: u128, name: &str) -> Vec<String> {
    let mut ways = Vec::new();
    // 0.5亿 is common; 0.5万 is written as 5,000.
    let least = if unit == 10_000 { unit } else { unit / 10 };
    if whole < least || !whole.is_multiple_of(unit / 10_000) {
        return ways;
    }
    if whole.is_multiple_of(unit) {
        let count = whole / unit;
        ways.push(format!("{count}{name}"));
        if count >= 1_000 {
            ways.push(format!("{}{name}", grouped(count, ',')));
        }
    } else if let Some(decimals) = decimals(Value { numerator: whole, denominator: unit }) {
        ways.push(format!("{decimals}{name}"));
        ways.extend(spoken(&decimals).into_iter().map(|spoken| format!("{spoken}{name}")));
    }
    ways
}

/// Digits with multipliers: 3万5千, 1亿2000万, 2百万, 百万.
fn with_multipliers(whole: u128) -> Vec<String> {
    let mut ways = Vec::new();
    let (high, rest) = (whole / 100_000_000, whole % 100_000_000);
    if high > 0 && rest > 0 && rest.is_multiple_of(10_000) {
        ways.push(format!("{high}亿{}万", rest / 10_000));
    }
    if high == 0 && whole > 10_000 && rest % 10_000 > 0 && rest.is_multiple_of(1_000) {
        ways.push(format!("{}万{}千", rest / 10_000, rest % 10_000 / 1_000));
    }
    let powers = [
        (1_000_000_000_000, "万亿"),
        (100_000_000_000, "千亿"),
        (10_000_000_000, "百亿"),
        (10_000_000, "千万"),
        (1_000_000, "百万"),
        (1_000, "千"),
    ];
    for (power, name) in powers {
        let count = whole / power;
        if whole.is_multiple_of(power) && (1..100).contains(&count) {
            ways.push(format!("{count}{name}"));
            // 百万 without a digit.
            let bare = count == 1 && power >= 1_000_000 && name != "万亿";
            ways.extend(bare.then(|| name.to_owned()));
            if name == "万亿" {
                ways.extend(in_words(count).map(|han| han + name));
            }
        }
    }
    ways
}

/// 二百五 for 250, 一万二 for 12,000.
fn short(whole: u128) -> Vec<String> {
    let mut ways = Vec::new();
    for (power, name) in [(100u128, "百"), (1_000, "千"), (10_000, "万")] {
        let (count, rest) = (whole / power, whole % power);
        let last = rest / (power / 10);
        if (1..100).contains(&count)
            && last > 0
            && rest == last * (power / 10)
            && (count < 10 || power == 10_000)
        {
            let (Some(han), Some(last)) = (in_words(count), in_words(last)) else { continue };
            let two = if han == "二" { Some("两") } else { None };
            ways.extend(two.map(|two| format!("{two}{name}{last}")));
            ways.push(format!("{han}{name}{last}"));
        }
    }
    ways
}

/// Digit by digit: 一〇一, 一零一.
fn by_digits(whole: u128) -> Vec<String> {
    let Ok(whole) = u32::try_from(whole) else { return Vec::new() };
    let mut ways = vec![numeral::han_digits(whole, '〇')];
    if ways[0].contains('〇') {
        ways.push(numeral::han_digits(whole, '零'));
    }
    ways
}

/// 4.35 and 四点三五.
fn decimal_ways(value: Value) -> Vec<String> {
    let Some(decimals) = decimals(value) else { return Vec::new() };
    let mut ways = vec![decimals.clone()];
    let grouped = decimals.split_once('.').and_then(|(whole, rest)| {
        let whole: u128 = whole.parse().ok()?;
        (whole >= 1_000).then(|| format!("{}.{rest}", grouped(whole, ',')))
    });
    ways.extend(grouped);
    ways.extend(spoken(&decimals));
    if let Some(rest) = decimals.split_once('.').map(|(_, rest)| rest)
        && rest.len() == 1
    {
        ways.push(format!("{decimals}0"));
    }
    if let Some(spoken) = spoken(&decimals).filter(|spoken| spoken.starts_with('二')) {
        ways.push(spoken.replacen('二', "两", 1));
    }
    ways
}

/// An amount with two decimals, as ledgers write it: 1000.00, 1,234.50.
fn cents(value: Value) -> Vec<String> {
    let Some(cents) = value.numerator.checked_mul(100) else { return Vec::new() };
    if !cents.is_multiple_of(value.denominator) {
        return Vec::new();
    }
    let cents = cents / value.denominator;
    let (whole, rest) = (cents / 100, cents % 100);
    let mut ways = vec![format!("{whole}.{rest:02}")];
    if whole >= 1_000 {
        ways.push(format!("{}.{rest:02}", grouped(whole, ',')));
    }
    ways
}

/// The ways to write a share: 5%, 百分之五, 三成, 三分之二.
pub(crate) fn share(value: Value) -> Vec<String> {
    let Value { numerator, denominator } = value;
    let mut ways = Vec::new();
    for (of, name, sign) in
        [(100u128, "百分之", "%"), (1_000, "千分之", "‰"), (10_000, "万分之", "‱")]
    {
        let Some(above) = numerator.checked_mul(of) else { continue };
        let Some(text) = decimals(Value { numerator: above, denominator }) else { continue };
        // Nobody writes 300‰ for 30%, or 5,000‱ for 50%.
        if of > 100 && above >= of / 10 * denominator {
            continue;
        }
        ways.push(format!("{text}{sign}"));
        ways.extend(spoken(&text).map(|han| format!("{name}{han}")));
        ways.push(format!("{text} {sign}"));
        ways.push(format!("{name}{text}"));
        if let Some(han) = spoken(&text).filter(|_| !text.contains('.')) {
            ways.push(format!("{name}{}", formal(&han)));
            ways.push(format!("{han}{sign}"));
        }
        if text == "100" {
            ways.extend(["百分之百".to_owned(), "百分百".to_owned()]);
        }
    }
    ways.extend(in_tenths(value));
    ways.extend(as_fraction(value));
    ways
}

/// 三成, 三成半, 三成五.
fn in_tenths(value: Value) -> Vec<String> {
    let mut ways = Vec::new();
    let Some(hundredths) = value.numerator.checked_mul(100) else { return ways };
    if hundredths % value.denominator != 0 {
        return ways;
    }
    let hundredths = hundredths / value.denominator;
    let (tenths, rest) = (hundredths / 10, hundredths % 10);
    if !(1..10).contains(&tenths) {
        return ways;
    }
    let Some(han) = in_words(tenths) else { return ways };
    let mut names = vec![han.clone(), tenths.to_string()];
    if tenths == 2 {
        names.push("两".to_owned());
    }
    for name in names {
        match (rest, in_words(rest)) {
            (0, _) => ways.push(format!("{name}成")),
            (5, _) => ways.extend([format!("{name}成半"), format!("{name}成五")]),
            (_, Some(rest)) => ways.push(format!("{name}成{rest}")),
            _ => {}
        }
    }
    ways
}

/// 三分之二, 2/3, ⅔.
fn as_fraction(value: Value) -> Vec<String> {
    const SIGNS: [(u128, u128, char); 16] = [
        (1, 2, '½'),
        (1, 3, '⅓'),
        (2, 3, '⅔'),
        (1, 4, '¼'),
        (3, 4, '¾'),
        (1, 5, '⅕'),
        (2, 5, '⅖'),
        (3, 5, '⅗'),
        (4, 5, '⅘'),
        (1, 6, '⅙'),
        (5, 6, '⅚'),
        (1, 8, '⅛'),
        (3, 8, '⅜'),
        (5, 8, '⅝'),
        (7, 8, '⅞'),
        (1, 10, '⅒'),
    ];
    let Value { numerator, denominator } = value;
    let small = |value: u128| u32::try_from(value).ok().filter(|&value| value <= 100);
    let (Some(above), Some(below)) = (small(numerator), small(denominator)) else {
        return Vec::new();
    };
    let (Some(over), Some(under)) = (numeral::han(above), numeral::han(below)) else {
        return Vec::new();
    };
    if below < 2 {
        return Vec::new();
    }
    let mut ways = vec![format!("{under}分之{over}"), format!("{above}/{below}")];
    let sign = SIGNS.iter().find(|(over, under, _)| (*over, *under) == (numerator, denominator));
    ways.extend(sign.map(|(_, _, sign)| sign.to_string()));
    ways
}

/// A value as a decimal. `None` if six places aren't enough.
fn decimals(value: Value) -> Option<String> {
    const PLACES: u128 = 1_000_000;
    let scaled = value.numerator.checked_mul(PLACES)?;
    let scaled = (scaled % value.denominator == 0).then_some(scaled / value.denominator)?;
    let (whole, rest) = (scaled / PLACES, scaled % PLACES);
    let text = format!("{whole}.{rest:06}");
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// A decimal as it is spoken: 四点三五.
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

/// A whole number in Han numerals with 万 and 亿, up to 9,999亿.
pub(crate) fn in_words(value: u128) -> Option<String> {
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
        // 十二万 at the start, 一十二 after another part.
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

/// Han numerals in the formal characters that protect amounts, folded.
fn formal(han: &str) -> String {
    const PLAIN: [char; 13] =
        ['一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千'];
    const FORMAL: [char; 13] =
        ['壹', '贰', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖', '拾', '佰', '仟'];
    let formal = |c: char| PLAIN.iter().position(|&plain| plain == c).map_or(c, |at| FORMAL[at]);
    let text: String = han.chars().map(formal).collect();
    // 壹拾万, as amounts are written.
    if text.starts_with('拾') { format!("壹{text}") } else { text }
}

/// The formal ways: with 叁 or 参, 壹拾 or 拾, and with formal units only (五佰).
fn formal_ways(han: &str) -> Vec<String> {
    let mut ways = vec![formal(han)];
    ways.extend(ways[0].strip_prefix("壹拾").map(|rest| format!("拾{rest}")));
    if ways[0].contains('叁') {
        ways.extend(ways.clone().iter().map(|way| way.replace('叁', "参")));
    }
    // 五佰元, 三仟元: only the units are formal.
    let units = han.replace('百', "佰").replace('千', "仟");
    if units != han {
        ways.push(units);
    }
    ways
}

/// 2,000 or 2 000.
fn grouped(value: u128, mark: char) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}
