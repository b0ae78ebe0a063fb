//! Cleaning: removes white space between Han characters, and marks left by extraction. Text is
//! cleaned, never reworded.

use std::borrow::Cow;

use tiaowen_text::{is_han, plain_form, superscript};

use crate::shape::{first_unclean, is_invisible, is_wide};

/// Appends `piece` of a source to cleaned text, joined as within a sentence.
///
/// Markup (`**`, `_{…}`) and control characters are removed. White space becomes one space, kept
/// only beside a Latin letter or digit, and never at a seam with Han on either side. White space
/// that separates the cells of a row becomes one tab. Radicals and vertical marks become ordinary
/// characters, raised digits superscripts.
pub(crate) fn append(text: &mut String, piece: &str) {
    let mut gap = if text.is_empty() { Gap::None } else { Gap::Space };
    let seam = text.len();
    let mut rest = piece;
    while !rest.is_empty() {
        let plain = first_unclean(rest).unwrap_or(rest.len());
        if let Some(c) = rest[..plain].chars().next() {
            push_gap(text, seam, std::mem::take(&mut gap), c);
            text.push_str(&rest[..plain]);
            rest = &rest[plain..];
        }
        let Some(c) = rest.chars().next() else { break };
        if let Some(after) = rest.strip_prefix("**") {
            rest = after;
            continue;
        }
        if let Some((inside, after)) = raised_or_lowered(rest) {
            text.push_str(&inside);
            rest = after;
            gap = Gap::None;
            continue;
        }
        if c.is_whitespace() {
            let blank = rest.len() - rest.trim_start().len();
            let at = piece.len() - rest.len();
            let is_cell = keeps_cells_apart(piece, at..at + blank);
            gap = gap.max(if is_cell { Gap::Cell } else { Gap::Space });
            rest = &rest[blank..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if !is_invisible(c) {
            let c = plain_form(c);
            push_gap(text, seam, std::mem::take(&mut gap), c);
            text.push(c);
        }
    }
}

/// White space before the next text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Cell,
}

fn push_gap(text: &mut String, seam: usize, gap: Gap, next: char) {
    match gap {
        Gap::None => {}
        Gap::Space => push_space(text, seam, next),
        Gap::Cell => text.push('\t'),
    }
}

/// Whether the white space at `blank` in a line separates two cells of a row: a tab, or white space
/// wider than any other, in a line that is no sentence.
///
/// This excludes spaced letters (合 同), blanks to be filled in ( 年 月), white space behind the
/// label of a line, and tables with drawn borders.
fn keeps_cells_apart(line: &str, blank: std::ops::Range<usize>) -> bool {
    let gap = &line[blank.clone()];
    let width: usize = gap.chars().map(|c| if c == '\u{3000}' { 2 } else { 1 }).sum();
    let has_tab = gap.contains('\t');
    if !has_tab && width < NARROWEST_CELL_GAP {
        return false;
    }
    let before = &line[..blank.start];
    let (Some(left), Some(right)) =
        (before.split(char::is_whitespace).next_back(), line[blank.end..].chars().next())
    else {
        return false;
    };
    let is_drawn = |c: char| ('\u{2500}'..='\u{257F}').contains(&c);
    if left.is_empty() || left.ends_with(is_drawn) || is_drawn(right) {
        return false;
    }
    let is_single = left.chars().nth(1).is_none() && left.starts_with(is_han);
    let is_spaced = before[..before.len() - left.len()].ends_with([' ', '\u{3000}']);
    has_tab && !(is_single && is_spaced)
        || !is_single
            && (!"年月日時时分元次號号至到".contains(right)
                || ["日期", "時間", "时间"].iter().any(|key| line[blank.end..].starts_with(key)))
            && !line.contains(['，', '。', '；'])
}

/// In half-width characters.
const NARROWEST_CELL_GAP: usize = 4;

/// Appends a cleaned line to cleaned text, joined as within a sentence.
pub(crate) fn join(text: &mut String, line: &str) {
    let seam = text.len();
    if let Some(first) = line.chars().next().filter(|_| seam > 0) {
        push_space(text, seam, first);
    }
    text.push_str(line);
}

/// Adds the space that white space before `next` leaves, if any.
fn push_space(text: &mut String, seam: usize, next: char) {
    let Some(before) = text.chars().next_back() else { return };
    // Full-width Latin words are separated by spaces too.
    let words = is_wide_latin(before) && is_wide_latin(next);
    // At the seam of two lines, a space is kept only between two letters.
    let none = if text.len() == seam {
        is_wide(before) || is_wide(next)
    } else {
        is_wide(before) && is_wide(next)
    };
    if before != '\t' && (!none || words) {
        text.push(' ');
    }
}

/// Full-width letters and digits.
fn is_wide_latin(c: char) -> bool {
    matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// `_{2.5}` or `^{2}` at the beginning of `text`, and the rest.
fn raised_or_lowered(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let is_raised = text.starts_with('^');
    let inside = text.strip_prefix("_{").or_else(|| text.strip_prefix("^{"))?;
    let end = inside.bytes().take(24).position(|byte| byte == b'}')?;
    let (inside, after) = (&inside[..end], &inside[end + 1..]);
    let inside = if is_raised { Cow::Owned(superscript(inside)) } else { Cow::Borrowed(inside) };
    Some((inside, after))
}

/// The cleaned form of a line.
pub(crate) fn cleaned(piece: &str) -> Cow<'_, str> {
    match first_unclean(piece) {
        None => Cow::Borrowed(piece),
        Some(_) => Cow::Owned(scrubbed(piece)),
    }
}

/// The cleaned form of a line that is known to need cleaning.
pub(crate) fn scrubbed(piece: &str) -> String {
    let mut text = String::with_capacity(piece.len());
    append(&mut text, piece);
    text
}

/// Undoubles a line in which each stretch was printed twice (「次會議次會議，，」); `None` if it
/// was not.
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
            ("面積為10^{6}平方米", "面積為10⁶平方米"),
            ("第⼀条⻓江︵⺠︶", "第一条长江（民）"),
            ("\u{202A}第一條\u{202C}甲\u{FE0F}", "第一條甲"),
            ("供應ＡＢＣ　ＴＲＡＤＩＮＧ　ＣＯ貨品", "供應ＡＢＣ ＴＲＡＤＩＮＧ ＣＯ貨品"),
            ("甲方：東江公司　　　乙方：西嶺公司", "甲方：東江公司\t乙方：西嶺公司"),
            ("水泵\t12\t3600", "水泵\t12\t3600"),
            (
                "日期：2024年3月1日　　　　日期：2024年3月2日",
                "日期：2024年3月1日\t日期：2024年3月2日",
            ),
            ("合　　　同", "合同"),
            ("合　　同　　書", "合同書"),
            ("日期：　　　年　　　月　　　日", "日期：年月日"),
            ("由甲方交付，　　　不得轉讓", "由甲方交付，不得轉讓"),
            ("│職稱　　│員額　　│", "│職稱 │員額 │"),
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
    fn clean_text_is_unchanged() {
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
