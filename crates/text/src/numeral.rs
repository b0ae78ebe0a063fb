//! Numbers as agreements write them: 二十八, 〇, 廿三, 貳, 12, １２.
//!
//! These are the numbers of labels and dates: whole, below a thousand million, written in one way
//! throughout. Amounts, shares and mixed forms such as 3萬5千 are read by
//! [`figure`](crate::figure).

/// The value of a numeral written in Han characters or digits throughout.
///
/// Reads positional Han numerals (二〇一七), Han numerals with units (二千零一十七, 十二, 廿三),
/// financial forms (貳拾) and digits of any width. Returns `None` for anything else and for values
/// above 999,999,999.
///
/// ```
/// use tiaowen_text::numeral::value;
/// assert_eq!(value("二十八"), Some(28));
/// assert_eq!(value("二〇一七"), Some(2017));
/// assert_eq!(value("一百零二"), Some(102));
/// assert_eq!(value("１２"), Some(12));
/// assert_eq!(value("條"), None);
/// ```
pub fn value(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 20 {
        return None;
    }
    if let Some(value) = text.chars().try_fold(0u64, |sum, c| Some(next_digit(sum, figure(c)?))) {
        return small(value);
    }
    if text.chars().count() > 1
        && let Some(value) = text.chars().try_fold(0u64, |sum, c| Some(next_digit(sum, digit(c)?)))
    {
        return small(value);
    }
    // With units: 二千零一十七, 三萬五千, 十二, 廿三.
    let (mut sum, mut section, mut pending) = (0u64, 0u64, None);
    for c in text.chars() {
        if let Some(digit) = digit(c) {
            if pending.is_some_and(|before| before != 0) {
                return None;
            }
            pending = Some(u64::from(digit));
        } else if let Some(tens) = match c {
            '廿' | '卄' => Some(20),
            '卅' => Some(30),
            '卌' => Some(40),
            _ => None,
        } {
            section += tens;
            pending = None;
        } else {
            match unit(c)? {
                10_000 => {
                    section += pending.take().unwrap_or(0);
                    sum += section * 10_000;
                    section = 0;
                }
                unit => section += pending.take().unwrap_or(1) * unit,
            }
        }
    }
    small(sum + section + pending.unwrap_or(0))
}

/// Appends a digit. A value beyond the limit of [`small`] stays beyond it.
fn next_digit(sum: u64, digit: u32) -> u64 {
    sum.saturating_mul(10).saturating_add(u64::from(digit))
}

fn small(value: u64) -> Option<u32> {
    u32::try_from(value).ok().filter(|&value| value < 1_000_000_000)
}

fn figure(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

const fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' | '○' | '◯' => 0,
        '一' | '壹' | '壱' => 1,
        '二' | '貳' | '贰' | '兩' | '两' => 2,
        '三' | '參' | '叁' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陸' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

const fn unit(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '萬' | '万' => 10_000,
        _ => return None,
    })
}

/// Writes a count in Han numerals with units: 一百零二, 二十八. Returns `None` above 9,999.
///
/// ```
/// use tiaowen_text::numeral::{han, value};
/// assert_eq!(han(28).as_deref(), Some("二十八"));
/// assert_eq!(han(1005).as_deref(), Some("一千零五"));
/// assert!((1..10_000).all(|number| value(&han(number).unwrap()) == Some(number)));
/// ```
pub fn han(value: u32) -> Option<String> {
    if value > 9_999 {
        return None;
    }
    if value == 0 {
        return Some("零".to_owned());
    }
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = value / unit % 10;
        if digit == 0 {
            gap |= !text.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push('零');
        }
        // 十二, not 一十二.
        if !(unit == 10 && digit == 1 && text.is_empty()) {
            text.push_str(&han_digits(digit, '零'));
        }
        text.push_str(name);
    }
    Some(text)
}

/// Writes a value digit by digit in Han numerals, as years are: 二〇一七. `zero` is the character
/// for 0.
pub fn han_digits(value: u32, zero: char) -> String {
    let digits = [zero, '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    value.to_string().chars().filter_map(|c| digits.get(c.to_digit(10)? as usize)).collect()
}

/// Whether `c` can occur in a numeral that [`value`] reads.
pub fn is_numeral(c: char) -> bool {
    figure(c).is_some() || is_han_numeral(c)
}

/// Whether `c` can occur in a Han numeral.
pub fn is_han_numeral(c: char) -> bool {
    let place = u32::from(c).wrapping_sub(FIRST_HAN) as usize;
    match HAN_NUMERALS.get(place / 64) {
        Some(bits) => bits >> (place % 64) & 1 != 0,
        None => counts(c),
    }
}

const fn counts(c: char) -> bool {
    digit(c).is_some() || unit(c).is_some() || matches!(c, '廿' | '卄' | '卅' | '卌')
}

/// The first character of [`HAN_NUMERALS`].
const FIRST_HAN: u32 = 0x4E00;

/// A bit for each character of the basic block: this test runs for every character of a text.
static HAN_NUMERALS: [u64; 0x5200 / 64] = {
    let mut bits = [0; 0x5200 / 64];
    let mut place = 0;
    while place < 0x5200 {
        if let Some(c) = char::from_u32(FIRST_HAN + place as u32)
            && counts(c)
        {
            bits[place / 64] |= 1 << (place % 64);
        }
        place += 1;
    }
    bits
};

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn numerals_of_labels_and_years() {
        for (text, expected) in [
            ("一", 1),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("二十八", 28),
            ("七十七", 77),
            ("一百", 100),
            ("一百一十", 110),
            ("一百零二", 102),
            ("一千二百六十", 1260),
            ("三萬五千", 35_000),
            ("三万五千", 35_000),
            ("廿三", 23),
            ("二零一七", 2017),
            ("二〇一七", 2017),
            ("二○一五", 2015),
            ("二◯一五", 2015),
            ("貳拾", 20),
            ("12", 12),
            ("１２", 12),
            ("○", 0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "條",
            "12條",
            "二條",
            "一2",
            "99999999999999999999999",
            "55555555555555555555",
            "第",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
