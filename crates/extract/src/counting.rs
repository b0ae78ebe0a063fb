//! Number formats of lists.

use std::iter::repeat_n;

use tiaowen_text::numeral::{han, han_digits};

/// Formats a number as in WordprocessingML (ST_NumberFormat). Falls back to digits if the format is
/// unknown or has no such number.
pub(crate) fn number(value: u32, format: &str) -> String {
    let figures = || value.to_string();
    let written = match format {
        "none" => Some(String::new()),
        "decimalZero" => Some(format!("{value:02}")),
        "decimalFullWidth" | "decimalFullWidth2" => Some(figures().chars().map(wide).collect()),
        "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand" => han(value),
        "japaneseCounting" => japanese(value),
        "ideographDigital" | "taiwaneseDigital" | "japaneseDigitalTenThousand" => {
            Some(han_digits(value, '〇'))
        }
        "chineseLegalSimplified" => financial(value, "零壹贰叁肆伍陆柒捌玖"),
        "ideographLegalTraditional" => financial(value, "零壹貳參肆伍陸柒捌玖"),
        "ideographTraditional" => one_of(value, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => one_of(value, "子丑寅卯辰巳午未申酉戌亥"),
        "ideographEnclosedCircle" => one_of(value, "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => circled(value),
        "lowerLetter" => letters(value, b'a'),
        "upperLetter" => letters(value, b'A'),
        "lowerRoman" => roman(value).map(|text| text.to_lowercase()),
        "upperRoman" => roman(value),
        _ => None,
    };
    written.unwrap_or_else(figures)
}

fn wide(figure: char) -> char {
    char::from_u32(u32::from(figure) + 0xFEE0).unwrap_or(figure)
}

fn one_of(value: u32, characters: &str) -> Option<String> {
    let at = usize::try_from(value).ok()?.checked_sub(1)?;
    characters.chars().nth(at).map(String::from)
}

fn circled(value: u32) -> Option<String> {
    let c = match value {
        0 => '⓪'.into(),
        1..=20 => u32::from('①') + value - 1,
        21..=35 => u32::from('㉑') + value - 21,
        36..=50 => u32::from('㊱') + value - 36,
        _ => return None,
    };
    char::from_u32(c).map(String::from)
}

/// 百一, without 一 before a unit and without 零.
fn japanese(value: u32) -> Option<String> {
    let text = han(value).filter(|_| value > 0)?;
    Some(
        ["十", "百", "千"]
            .iter()
            .fold(text.replace('零', ""), |text, unit| text.replace(&format!("一{unit}"), unit)),
    )
}

/// Financial numerals: 壹拾貳, with 壹 before 拾.
fn financial(value: u32, digits: &str) -> Option<String> {
    let text = han(value)?;
    let text = if text.starts_with('十') { format!("一{text}") } else { text };
    text.chars().map(|c| financial_form(c, digits)).collect()
}

fn financial_form(c: char, digits: &str) -> Option<char> {
    match c {
        '十' => Some('拾'),
        '百' => Some('佰'),
        '千' => Some('仟'),
        _ => digits.chars().nth("零一二三四五六七八九".chars().position(|digit| digit == c)?),
    }
}

/// a to z, then aa, bb to zz, as word processors count.
fn letters(value: u32, first: u8) -> Option<String> {
    let at = value.checked_sub(1).filter(|at| *at < 26 * 26)?;
    let letter = char::from(first + u8::try_from(at % 26).ok()?);
    Some(repeat_n(letter, at as usize / 26 + 1).collect())
}

fn roman(value: u32) -> Option<String> {
    const PARTS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4_000).contains(&value) {
        return None;
    }
    let mut left = value;
    let mut text = String::new();
    for (part, letters) in PARTS {
        while left >= part {
            text.push_str(letters);
            left -= part;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_in_every_format() {
        for (value, format, expected) in [
            (12, "decimal", "12"),
            (12, "decimalFullWidth", "１２"),
            (20, "decimalFullWidth2", "２０"),
            (7, "decimalZero", "07"),
            (12, "chineseCounting", "十二"),
            (105, "chineseCountingThousand", "一百零五"),
            (20, "taiwaneseCounting", "二十"),
            (32, "taiwaneseCountingThousand", "三十二"),
            (10, "ideographDigital", "一〇"),
            (115, "japaneseCounting", "百十五"),
            (12, "chineseLegalSimplified", "壹拾贰"),
            (26, "ideographLegalTraditional", "貳拾陸"),
            (3, "ideographTraditional", "丙"),
            (11, "ideographTraditional", "11"),
            (21, "decimalEnclosedCircle", "㉑"),
            (51, "decimalEnclosedCircle", "51"),
            (2, "lowerLetter", "b"),
            (28, "upperLetter", "BB"),
            (0, "lowerLetter", "0"),
            (14, "lowerRoman", "xiv"),
            (1999, "upperRoman", "MCMXCIX"),
            (u32::MAX, "upperRoman", "4294967295"),
            (3, "none", ""),
            (3, "hebrew1", "3"),
            (20_000, "chineseCounting", "20000"),
        ] {
            assert_eq!(number(value, format), expected, "{value} {format}");
        }
    }
}
