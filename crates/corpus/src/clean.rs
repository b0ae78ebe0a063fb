//! Cleaning: white space between Han characters, marks that extraction left behind.
//! Text is cleaned, never reworded.

use std::borrow::Cow;

use crate::shape::{first_unclean, is_invisible, is_wide};

/// Appends `piece` of a source to cleaned text, joined as within a sentence.
///
/// Markup (`**`, `_{…}`) and control characters go; white space stays, as one space,
/// only where a Latin letter or figure is beside it, and never at a seam that has Han
/// on either side.
pub(crate) fn append(text: &mut String, piece: &str) {
    let mut space = !text.is_empty();
    let seam = text.len();
    let mut rest = piece;
    while !rest.is_empty() {
        let plain = first_unclean(rest).unwrap_or(rest.len());
        if let Some(c) = rest[..plain].chars().next() {
            if space {
                push_space(text, seam, c);
                space = false;
            }
            text.push_str(&rest[..plain]);
            rest = &rest[plain..];
        }
        let Some(c) = rest.chars().next() else { break };
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
        } else if !is_invisible(c) {
            if space {
                push_space(text, seam, c);
                space = false;
            }
            text.push(c);
        }
    }
}

/// Appends a cleaned line to cleaned text, joined as within a sentence.
pub(crate) fn join(text: &mut String, line: &str) {
    let seam = text.len();
    if let Some(first) = line.chars().next().filter(|_| seam > 0) {
        push_space(text, seam, first);
    }
    text.push_str(line);
}

/// The one space that white space before `next` leaves, if any.
fn push_space(text: &mut String, seam: usize, next: char) {
    let before = text.chars().next_back();
    let wide = |c: Option<char>| c.is_none_or(is_wide);
    // Where lines meet, white space is kept between two letters only.
    let none = if text.len() == seam {
        wide(before) || is_wide(next)
    } else {
        wide(before) && is_wide(next)
    };
    if !none {
        text.push(' ');
    }
}

/// `_{2.5}` or `^{2}` at the start of `text`, and what comes after.
fn subscript(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix("_{").or_else(|| text.strip_prefix("^{"))?;
    let end = inside.bytes().take(24).position(|byte| byte == b'}')?;
    Some((&inside[..end], &inside[end + 1..]))
}

/// The cleaned form of one line.
pub(crate) fn cleaned(piece: &str) -> Cow<'_, str> {
    match first_unclean(piece) {
        None => Cow::Borrowed(piece),
        Some(_) => Cow::Owned(scrubbed(piece)),
    }
}

/// The cleaned form of a line that is known to be unclean.
pub(crate) fn scrubbed(piece: &str) -> String {
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
        let mut joined = cleaned("每年舉辦").into_owned();
        append(&mut joined, "1 次");
        assert_eq!(joined, "每年舉辦1 次");
        let mut joined = cleaned("the parties").into_owned();
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
    fn clean_lines_are_joined_as_any_are() {
        for (text, line) in
            [("每年舉辦", "1 次"), ("the", "parties agree"), ("CEPA", "協議"), ("2017", "年")]
        {
            let (mut joined, mut appended) = (text.to_owned(), text.to_owned());
            join(&mut joined, line);
            append(&mut appended, line);
            assert_eq!(joined, appended);
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
