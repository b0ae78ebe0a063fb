//! Cleaning: white space between Han characters, marks that extraction left behind.
//! Text is cleaned, never reworded.

use tiaowen_text::is_han;

/// Appends `piece` of a source to cleaned text, joined as within a sentence.
///
/// Markup (`**`, `_{…}`) and control characters go; white space stays, as one space,
/// only where a Latin letter or figure is beside it, and never at a seam that has Han
/// on either side.
pub(crate) fn append(text: &mut String, piece: &str) {
    let mut space = !text.is_empty();
    let seam = text.len();
    let mut rest = piece;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**") {
            rest = after;
            continue;
        }
        if let Some((inside, after)) = subscript(rest) {
            text.push_str(inside);
            rest = after;
            space = false;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if c.is_control() || matches!(c, '\u{FEFF}' | '\u{200B}' | '\u{AD}' | '\u{FFFC}') {
            continue;
        }
        if space {
            let before = text.chars().next_back();
            let wide = |c: Option<char>| c.is_none_or(is_wide);
            // Where lines meet, white space is kept between two letters only.
            let none = if text.len() == seam {
                wide(before) || is_wide(c)
            } else {
                wide(before) && is_wide(c)
            };
            if !none {
                text.push(' ');
            }
            space = false;
        }
        text.push(c);
    }
}

/// `_{2.5}` or `^{2}` at the start of `text`, and what comes after.
fn subscript(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix("_{").or_else(|| text.strip_prefix("^{"))?;
    let end = inside.bytes().take(24).position(|byte| byte == b'}')?;
    Some((&inside[..end], &inside[end + 1..]))
}

/// Han characters and the punctuation that goes with them.
pub(crate) fn is_wide(c: char) -> bool {
    match u32::from(c) {
        0..0x80 => false,
        0x4E00..=0x9FFF | 0x3000..=0x30FF | 0xFF00..=0xFFEF => true,
        0x2000..=0x25FF | 0xB7 => matches!(c, '“' | '”' | '‘' | '’' | '…' | '—' | '·' | '■' | '●'),
        0xFE10..=0xFE6F => true,
        _ => is_han(c),
    }
}

/// Whether there is nothing to clean, told by bytes: no white space, marks of markup,
/// control characters, and none of the lead bytes that invisible characters have.
fn is_clean(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    let plain = |byte: u8| byte > b' ' && !matches!(byte, b'*' | b'_' | b'^' | 0x7F | 0xC2 | 0xE1);
    bytes.iter().all(|&byte| plain(byte))
        // U+2000 to U+206F, U+3000, U+FEFF and U+FFFC: spaces and the invisible.
        && !bytes.windows(3).any(|three| match three {
            [0xE2, 0x80, last] => !matches!(last, 0x93..=0x9D | 0xA6),
            [0xE2, 0x81, _] | [0xE3, 0x80, 0x80] | [0xEF, 0xBB, _] | [0xEF, 0xBF, 0xB0..=0xFF] => true,
            _ => false,
        })
}

/// The cleaned form of one line.
pub(crate) fn cleaned(piece: &str) -> String {
    if is_clean(piece) {
        return piece.to_owned();
    }
    let mut text = String::with_capacity(piece.len());
    append(&mut text, piece);
    text
}

/// A line in which each stretch was printed twice (「次會議次會議，，」), made single;
/// `None` where that isn't so.
pub(crate) fn undoubled(line: &str) -> Option<String> {
    let chars: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    let mut single = String::new();
    let mut at = 0;
    while at < chars.len() {
        let length = (1..=(chars.len() - at) / 2)
            .find(|&n| chars[at..at + n] == chars[at + n..at + 2 * n])?;
        single.extend(&chars[at..at + length]);
        at += 2 * length;
    }
    (chars.len() >= 4).then_some(single)
}

/// Width of a text in full-width characters, figures and Latin letters counting half.
pub(crate) fn width(text: &str) -> f32 {
    text.chars().map(|c| if is_wide(c) { 1.0 } else { 0.5 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_markup() {
        for (raw, expected) in [
            ("粵港 合 作\t協議", "粵港合作協議"),
            ("推動 CEPA 《服務貿易協議》 開放", "推動 CEPA 《服務貿易協議》開放"),
            ("於 2018 年", "於 2018 年"),
            ("活動。**五是**其他", "活動。五是其他"),
            ("PM_{2.5}聯合", "PM2.5聯合"),
            ("a\u{0}b\u{200B}c", "abc"),
        ] {
            assert_eq!(cleaned(raw), expected);
        }
        let mut joined = cleaned("每年舉辦");
        append(&mut joined, "1 次");
        assert_eq!(joined, "每年舉辦1 次");
        let mut joined = cleaned("the parties");
        append(&mut joined, "agree");
        assert_eq!(joined, "the parties agree");
    }

    #[test]
    fn what_needs_no_cleaning_is_left_alone() {
        for raw in [
            "粵港合作，“協議”……",
            "甲（乙）—丙",
            "a-b",
            "　甲",
            "甲\u{200B}乙",
            "甲\u{A0}乙",
            "甲\u{FEFF}",
            "甲**乙",
            "甲 乙",
            "\u{2028}甲",
            "甲\u{AD}",
        ] {
            let mut slow = String::new();
            append(&mut slow, raw);
            assert_eq!(cleaned(raw), slow, "{raw:?}");
        }
    }

    #[test]
    fn doubled_captions() {
        let line = "次會議昨日在香港舉行次會議昨日在香港舉行，，簽簽";
        assert_eq!(undoubled(line).unwrap(), "次會議昨日在香港舉行，簽");
        assert_eq!(undoubled("署署77項合作協議項合作協議。。").unwrap(), "署7項合作協議。");
        assert_eq!(undoubled("林鄭月娥與陳如桂會面。"), None);
        assert_eq!(undoubled("謝謝"), None);
    }
}
