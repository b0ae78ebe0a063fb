//! Number formats: how numbers and dates are shown.
//!
//! A spreadsheet stores 43057 and shows 2017年11月18日. Formats are a small language with sections,
//! literals and codes for numbers and dates. Only what has one meaning everywhere is interpreted;
//! if a format depends on the reader's system or uses rare codes, the number itself is written.

use std::collections::HashMap;
use std::fmt::Write;

use tiaowen_text::numeral::{han, han_digits};

use crate::xml::{Attributes, Name, Space, Visitor};

/// Maximum number of formats of a workbook, since each takes memory.
const MOST_FORMATS: usize = 65_536;

/// The formats of a workbook's cells.
#[derive(Debug, Default)]
pub(super) struct Formats {
    codes: HashMap<u32, String>,
    /// The format number of each cell style.
    cells: Vec<u32>,
    in_cells: bool,
    /// Whether days are counted from 1904.
    since_1904: bool,
}

impl Visitor for Formats {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if name.space != Space::Sheet {
            return;
        }
        let id = || attributes.get("numFmtId").and_then(|id| id.parse::<u32>().ok());
        match name.local {
            b"numFmt" if self.codes.len() < MOST_FORMATS => {
                if let (Some(id), Some(code)) = (id(), attributes.get("formatCode")) {
                    self.codes.insert(id, code.into_owned());
                }
            }
            b"cellXfs" => self.in_cells = true,
            b"xf" if self.in_cells && self.cells.len() < MOST_FORMATS => {
                self.cells.push(id().unwrap_or(0));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: Name<'_>) {
        if name.local == b"cellXfs" {
            self.in_cells = false;
        }
    }
}

impl Formats {
    pub(super) fn counting(since_1904: bool) -> Self {
        Formats { since_1904, ..Formats::default() }
    }

    /// A number as a cell of the given style shows it.
    pub(super) fn shown(&self, value: &str, style: usize) -> String {
        let Ok(number) = value.parse::<f64>() else { return value.to_owned() };
        let id = self.cells.get(style).copied().unwrap_or(0);
        let code = self.codes.get(&id).map(String::as_str).or_else(|| built_in(id));
        match code {
            Some(code) => shown(number, code, self.since_1904).unwrap_or_else(|| general(number)),
            None => general(number),
        }
    }
}

/// Built-in formats, which have only a number. Dates that depend on the reader's system are written
/// with the year first, as in China.
fn built_in(id: u32) -> Option<&'static str> {
    Some(match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        14 => "yyyy/m/d",
        15 | 16 => "yyyy/m/d",
        17 => "yyyy/m",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "yyyy/m/d h:mm",
        27..=31 | 36 | 50..=54 | 57 | 58 => "yyyy\"年\"m\"月\"d\"日\"",
        32 | 33 | 34 | 35 | 55 | 56 => "h:mm:ss",
        37 | 38 => "#,##0",
        39 | 40 => "#,##0.00",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mm:ss.0",
        49 => "@",
        _ => return None,
    })
}

/// A number as a cell without a format shows it.
fn general(number: f64) -> String {
    if number == number.trunc() && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    // 15 digits are kept; the rest is rounding error.
    let digits = 15 - (number.abs().log10().floor() as i64 + 1).clamp(-300, 15);
    let text = format!("{number:.*}", usize::try_from(digits.clamp(0, 20)).unwrap_or(0));
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.to_owned()
}

/// A piece of a format.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    /// `0`, `#`, `?`, `.`, `,` and `%`, which form a number.
    Figure(String),
    /// A run of one date letter: `yyyy`.
    Date(char, usize),
    /// `[h]`: elapsed hours, beyond a day.
    Elapsed(char),
    Noon,
    /// The number as it is: `General`, `@`.
    General,
}

/// A number in a format; `None` if the result can't be known here.
fn shown(number: f64, code: &str, since_1904: bool) -> Option<String> {
    let sections = sections(code);
    let nth = match sections.len() {
        0 | 1 => 0,
        2 => usize::from(number < 0.0),
        _ => {
            if number < 0.0 {
                1
            } else if number == 0.0 {
                2
            } else {
                0
            }
        }
    };
    let section = sections.get(nth)?;
    // The section for negative numbers includes its own sign.
    let number = if nth == 1 { number.abs() } else { number };
    let (pieces, chinese) = pieces(section)?;
    if pieces.iter().any(|piece| matches!(piece, Piece::Date(..) | Piece::Elapsed(_))) {
        return date(number, &pieces, chinese, since_1904);
    }
    let figures: String = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Figure(figure) => Some(figure.as_str()),
            _ => None,
        })
        .collect();
    let figure =
        if figures.is_empty() { String::new() } else { figure(number, &figures, chinese)? };
    let mut out = String::new();
    let mut is_written = false;
    for piece in &pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            // Text inside a number is rare; the number is written at its first part.
            Piece::Figure(_) if !is_written => {
                out.push_str(&figure);
                is_written = true;
            }
            Piece::General => out.push_str(&general(number)),
            _ => {}
        }
    }
    (!out.trim().is_empty()).then(|| out.trim().to_owned())
}

/// The sections of a format: for positive, negative and zero values, and for text.
fn sections(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in code.chars() {
        match c {
            ';' if !is_quoted && !is_escaped => {
                sections.push(String::new());
                continue;
            }
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        if let Some(last) = sections.last_mut() {
            last.push(c);
        }
    }
    sections
}

/// Chinese number styles: `[DBNum1]`, `[DBNum2]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chinese {
    No,
    Plain,
    Financial,
}

/// Appends a literal character.
fn literal(pieces: &mut Vec<Piece>, c: char) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.push(c),
        _ => pieces.push(Piece::Text(c.to_string())),
    }
}

/// Reads the content of brackets: elapsed time, a number style, or a currency sign. Returns `None`
/// if the format can't be interpreted here.
fn bracketed(inside: &str, pieces: &mut Vec<Piece>, chinese: &mut Chinese) -> Option<()> {
    let lower = inside.to_ascii_lowercase();
    match lower.as_str() {
        "h" | "hh" | "m" | "mm" | "s" | "ss" => {
            pieces.push(Piece::Elapsed(lower.chars().next()?));
        }
        "dbnum1" => *chinese = Chinese::Plain,
        "dbnum2" => *chinese = Chinese::Financial,
        "dbnum3" => return None,
        // `[$¥-804]`: a currency sign and a language.
        _ => {
            if let Some(money) = inside.strip_prefix('$') {
                let money = money.split('-').next().unwrap_or_default();
                money.chars().for_each(|c| literal(pieces, c));
            }
        }
    }
    Some(())
}

fn pieces(section: &str) -> Option<(Vec<Piece>, Chinese)> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut chinese = Chinese::No;
    let mut rest = section.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                while let Some(c) = rest.next().filter(|c| *c != '"') {
                    literal(&mut pieces, c);
                }
            }
            '\\' => {
                if let Some(c) = rest.next() {
                    literal(&mut pieces, c);
                }
            }
            // A space as wide as a character, or a fill character.
            '_' | '*' => {
                rest.next();
            }
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                bracketed(&inside, &mut pieces, &mut chinese)?;
            }
            '0' | '#' | '?' | '.' | ',' | '%' => match pieces.last_mut() {
                Some(Piece::Figure(figure)) => figure.push(c),
                _ if matches!(c, '.' | ',') && !section.contains(['0', '#', '?']) => {
                    literal(&mut pieces, c)
                }
                _ => pieces.push(Piece::Figure(c.to_string())),
            },
            '@' => pieces.push(Piece::General),
            'G' | 'g' if section.to_ascii_lowercase().contains("general") => {
                pieces.push(Piece::General);
                rest.nth(5);
            }
            'A' | 'a' if is_noon(rest.clone()) => {
                pieces.push(Piece::Noon);
                rest.nth(3);
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'e' | 'a' => {
                let letter = c.to_ascii_lowercase();
                let more = |next: &char| next.to_ascii_lowercase() == letter;
                let count = 1 + std::iter::from_fn(|| rest.next_if(more)).count();
                pieces.push(Piece::Date(letter, count));
            }
            // Scientific notation, fractions, years of an era.
            'E' | '/' if pieces.iter().any(|piece| matches!(piece, Piece::Figure(_))) => {
                return None;
            }
            'b' | 'B' | 'r' => return None,
            c => literal(&mut pieces, c),
        }
    }
    Some((pieces, chinese))
}

/// Whether what follows an A makes it AM/PM.
fn is_noon(rest: impl Iterator<Item = char>) -> bool {
    let ending: String = rest.take(4).collect();
    matches!(ending.as_str(), "M/PM" | "m/pm")
}

fn figure(number: f64, format: &str, chinese: Chinese) -> Option<String> {
    let percents = format.matches('%').count();
    let bare: String = format.chars().filter(|c| *c != '%').collect();
    let (whole, decimals) = bare.split_once('.').unwrap_or((&bare, ""));
    let mut number = number * 100_f64.powi(i32::try_from(percents).ok()?);
    // Commas behind the digits divide by thousands.
    let thousands = whole.len() - whole.trim_end_matches(',').len();
    number /= 1000_f64.powi(i32::try_from(thousands).ok()?);
    let whole = whole.trim_end_matches(',');
    let most = decimals.chars().filter(|c| matches!(c, '0' | '#' | '?')).count().min(20);
    let least = decimals.chars().filter(|c| *c == '0').count();
    // Rounds half up, also for 1.005, whose binary value is slightly less.
    let scale = 10_f64.powi(i32::try_from(most).ok()?);
    let scaled = number.abs() * scale;
    let rounded = if scaled < 1e15 {
        (scaled * (1.0 + 1e-14) + 0.5).floor() / scale * number.signum()
    } else {
        number
    };
    let text = format!("{:.most$}", rounded.abs());
    let (mut digits, mut behind) = match text.split_once('.') {
        Some((digits, behind)) => (digits.to_owned(), behind.to_owned()),
        None => (text, String::new()),
    };
    while behind.len() > least && behind.ends_with('0') {
        behind.pop();
    }
    let wanted = whole.chars().filter(|c| *c == '0').count();
    while digits.len() < wanted {
        digits.insert(0, '0');
    }
    if wanted == 0 && digits == "0" && !behind.is_empty() {
        digits.clear();
    }
    match chinese {
        Chinese::No => {}
        Chinese::Plain if behind.is_empty() => {
            let value = digits.parse::<u32>().ok()?;
            let read = if wanted > 1 { han_digits(value, '〇') } else { han(value)? };
            return Some(if rounded < 0.0 { format!("-{read}") } else { read });
        }
        _ => return None,
    }
    if whole.contains(',') {
        let mut at = digits.len();
        while at > 3 {
            at -= 3;
            digits.insert(at, ',');
        }
    }
    let sign = if rounded < 0.0 { "-" } else { "" };
    let point = if behind.is_empty() { "" } else { "." };
    Some(format!("{sign}{digits}{point}{behind}{}", "%".repeat(percents)))
}

fn date(number: f64, pieces: &[Piece], chinese: Chinese, since_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&number) || chinese == Chinese::Financial {
        return None;
    }
    // Rounded to the second, so that 8:59:59.9999 is 9:00.
    let seconds = (number * 86_400.0).round();
    let (days, of_day) = ((seconds / 86_400.0).floor() as i64, (seconds % 86_400.0) as u32);
    let (year, month, day) = day_of(days, since_1904)?;
    let has_noon = pieces.contains(&Piece::Noon);
    let hour = of_day / 3_600;
    let shown_hour = if has_noon { (hour + 11) % 12 + 1 } else { hour };
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        // `m` next to hours or seconds means minutes.
        let near = |piece: &&Piece| !matches!(piece, Piece::Text(_) | Piece::Noon);
        let before = pieces[..at].iter().rev().find(near);
        let behind = pieces[at + 1..].iter().find(near);
        let is_minute = matches!(before, Some(Piece::Date('h', _) | Piece::Elapsed('h')))
            || matches!(behind, Some(Piece::Date('s', _) | Piece::Elapsed('s')));
        let (value, width) = match piece {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Noon => {
                out.push_str(if hour < 12 { "AM" } else { "PM" });
                continue;
            }
            Piece::Elapsed('h') => ((seconds / 3_600.0) as u32, 1),
            Piece::Elapsed('m') => ((seconds / 60.0) as u32, 1),
            Piece::Elapsed(_) => (seconds as u32, 1),
            Piece::Date('y', 1 | 2) => (year % 100, 2),
            Piece::Date('y' | 'e', _) => (year, 4),
            Piece::Date('m', count) if is_minute => (of_day / 60 % 60, *count),
            Piece::Date('m', count @ (1 | 2)) => (month, *count),
            Piece::Date('d', count @ (1 | 2)) => (day, *count),
            Piece::Date('h', count) => (shown_hour, *count),
            Piece::Date('s', count) => (of_day % 60, *count),
            // 星期六 and 六.
            Piece::Date('a', count @ (3 | 4)) => {
                let weekday = "日一二三四五六".chars().nth(weekday(days, since_1904))?;
                out.push_str(if *count == 4 { "星期" } else { "" });
                out.push(weekday);
                continue;
            }
            // Names of months and days in the reader's language, tenths of seconds.
            Piece::Date('d', 3 | 4) => continue,
            Piece::Figure(figure) if figure.chars().all(|c| matches!(c, '.' | '0')) => continue,
            _ => return None,
        };
        match chinese {
            Chinese::Plain if matches!(piece, Piece::Date('y' | 'e', _)) => {
                out.push_str(&han_digits(value, '〇'));
            }
            Chinese::Plain => out.push_str(&han(value)?),
            _ => drop(write!(out, "{value:0width$}")),
        }
    }
    Some(out.trim().to_owned())
}

/// Year, month and day from a number of days, as counted by Excel, for which 1900 is a leap year.
fn day_of(days: i64, since_1904: bool) -> Option<(u32, u32, u32)> {
    if !since_1904 && days == 60 {
        return Some((1900, 2, 29));
    }
    // Days since 1970-01-01.
    let since_1970 = match (since_1904, days) {
        (true, days) => days - 24_107,
        (false, days) if days < 60 => days - 25_568,
        (false, days) => days - 25_569,
    };
    // In eras of 400 years that begin in March.
    let shifted = since_1970 + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    Some((u32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?))
}

fn weekday(days: i64, since_1904: bool) -> usize {
    // 1904-01-01 was a Friday; with Excel's leap year day 1 counts as a Sunday.
    let day = if since_1904 { days + 5 } else { days - 1 };
    usize::try_from(day.rem_euclid(7)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_dates_as_their_formats_show_them() {
        for (value, code, expected) in [
            (1234.5, "#,##0.00", "1,234.50"),
            (1_234_567.0, "#,##0", "1,234,567"),
            (0.0435, "0.00%", "4.35%"),
            (0.5, "0%", "50%"),
            (1.005, "0.00", "1.01"),
            (2.5, "0", "3"),
            (-800.0, "#,##0;(#,##0)", "(800)"),
            (-800.0, "0.0", "-800.0"),
            (0.0, "0;-0;\"無\"", "無"),
            (7.0, "000", "007"),
            (800.0, "\"人民币\"#,##0\"元\"", "人民币800元"),
            (800.0, "[$¥-804]#,##0.00", "¥800.00"),
            (800.0, "_ * #,##0_ ;_ * -#,##0_ ", "800"),
            (12_345.0, "#,##0,\"千\"", "12千"),
            (43057.0, "yyyy\"年\"m\"月\"d\"日\"", "2017年11月18日"),
            (43057.0, "yyyy-mm-dd", "2017-11-18"),
            (43057.0, "[$-404]yyyy/mm/dd;@", "2017/11/18"),
            (43057.0, "[DBNum1]yyyy\"年\"m\"月\"d\"日\"", "二〇一七年十一月十八日"),
            (43057.0, "aaaa", "星期六"),
            (43057.75, "yyyy/m/d h:mm", "2017/11/18 18:00"),
            (0.999_999_999, "h:mm:ss", "0:00:00"),
            (0.75, "h:mm AM/PM", "6:00 PM"),
            (1.5, "[h]:mm", "36:00"),
            (60.0, "yyyy/m/d", "1900/2/29"),
            (1.0, "yyyy/m/d", "1900/1/1"),
            (61.0, "yyyy/m/d", "1900/3/1"),
            (20.0, "[DBNum1]0", "二十"),
            (20.0, "General\"個\"", "20個"),
        ] {
            assert_eq!(shown(value, code, false).as_deref(), Some(expected), "{value} {code}");
        }
        assert_eq!(shown(41595.0, "yyyy-m-d", true).as_deref(), Some("2017-11-18"));
        // Unsupported formats: the number itself is written.
        for code in ["0.00E+00", "# ?/?", "[DBNum2]0"] {
            assert_eq!(shown(0.5, code, false), None, "{code}");
        }
        for (value, expected) in [
            (800.0, "800"),
            (0.1 + 0.2, "0.3"),
            (-4.35, "-4.35"),
            (1e20, "100000000000000000000"),
            (0.000_01, "0.00001"),
        ] {
            assert_eq!(general(value), expected);
        }
    }
}
