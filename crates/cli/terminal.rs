//! Text for people: wrapped by display width, highlighted, and safe to print.

use std::ops::Range;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const MARK: Style =
    Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));

/// The width of a text in columns.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The columns that a character takes. A tab, which divides the cells of a table, is printed as two
/// blanks: its own width depends on the place.
fn char_width(c: char) -> usize {
    match c {
        '\t' => CELLS.len(),
        c => c.width().unwrap_or(0),
    }
}

/// What is printed between the cells of a table.
const CELLS: &str = "  ";

/// A text aligned left in so many columns.
pub(crate) fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A text aligned right in so many columns.
pub(crate) fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The width of a styled line in columns.
pub(crate) fn columns_of(styled: &str) -> usize {
    width(&anstream::adapter::strip_str(styled).to_string())
}

/// A name, title or label in which dangerous characters are made visible: control characters, line
/// ends (a name could forge a line of output), characters that change the direction of writing, and
/// invisible tag characters. Tabs become blanks.
pub(crate) fn safe(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if c == '\t' {
            shown.push_str(CELLS);
        } else if is_harmful(c) {
            shown.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            shown.push(c);
        }
        shown
    })
}

/// The same for a message with several lines, which may repeat what was typed.
pub(crate) fn safe_lines(text: &str) -> String {
    text.split('\n').map(safe).collect::<Vec<_>>().join("\n")
}

/// A message without user names and passwords in addresses: `https://…@host/index`. Errors repeat
/// what was typed, and end up in logs that others read.
pub(crate) fn without_passwords(message: &str) -> String {
    let (mut shown, mut rest) = (String::with_capacity(message.len()), message);
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + "://".len());
        shown.push_str(before);
        let ends = |c: char| c.is_whitespace() || "'\"「」“”‘’".contains(c);
        let end = address.find(ends).unwrap_or(address.len());
        rest = match address[..end].rfind('@') {
            Some(mark) => {
                shown.push('…');
                &address[mark..]
            }
            None => address,
        };
    }
    shown + rest
}

/// Whether a character shouldn't be printed as it is.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61C}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2066}'..='\u{2069}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// Wraps a text to lines of at most `columns`, each beginning with `indent`, and styles the marked
/// spans (in bytes).
///
/// A line may break between any two Han characters, but not before closing punctuation, nor inside
/// a Latin word that fits into a line.
pub(crate) fn wrapped(text: &str, marks: &[Range<usize>], columns: usize, indent: &str) -> String {
    let room = columns.saturating_sub(width(indent)).max(8);
    let mut out = String::new();
    for (number, (start, line)) in lines(text, room).into_iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(indent);
        let end = start + line.len();
        let mut at = start;
        for mark in marks.iter().filter(|mark| mark.start < end && mark.end > start) {
            let (from, to) = (mark.start.max(start), mark.end.min(end));
            out.push_str(&safe(&text[at..from]));
            out.push_str(&format!("{MARK}{}{MARK:#}", safe(&text[from..to])));
            at = to;
        }
        out.push_str(&safe(&text[at..end]));
    }
    out
}

/// Wraps a single line such as a title. Line ends in it are made visible, as by [`safe`].
pub(crate) fn wrapped_line(line: &str, columns: usize, indent: &str) -> String {
    wrapped(&safe(line), &[], columns, indent)
}

/// With fewer columns, two texts side by side are too narrow to read.
pub(crate) const SIDE_BY_SIDE: usize = 110;

/// The width of each of two texts side by side.
pub(crate) fn half(columns: usize) -> usize {
    (columns - 5) / 2
}

/// The lines of two texts side by side, each text wrapped to [`half`] of the columns.
pub(crate) fn side_by_side(lefts: &[String], rights: &[String], columns: usize) -> Vec<String> {
    let room = half(columns);
    let mut lines = Vec::new();
    for at in 0..lefts.len().max(rights.len()) {
        let [left, right] = [lefts, rights].map(|side| side.get(at).map_or("", String::as_str));
        let gap = " ".repeat(room.saturating_sub(columns_of(left)));
        lines.push(format!("  {left}{gap} {DIM}│{DIM:#} {right}"));
    }
    lines
}

/// Wraps a line. Continuations are indented to the text after two spaces.
pub(crate) fn hanging(line: &str, columns: usize) -> String {
    let body = line.trim_start();
    let start = line.len() - body.len();
    let gap = body.find("  ").map(|at| start + at);
    let rest = gap.map(|gap| line.len() - line[gap..].trim_start().len());
    let (head, rest) = line.split_at(rest.unwrap_or(start));
    let hang = width(head);
    if hang + 16 > columns {
        return wrapped(body, &[], columns, &" ".repeat(start));
    }
    let rest = wrapped(rest, &[], columns, &" ".repeat(hang));
    format!("{head}{}", rest.strip_prefix(&" ".repeat(hang)).unwrap_or(&rest))
}

/// The lines of a text with the byte at which each begins.
fn lines(text: &str, room: usize) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut offset = 0;
    for paragraph in text.split('\n') {
        let (mut start, mut used) = (0, 0);
        // The last possible end of this line: the byte, and the columns up to it.
        let mut last_break = None;
        let mut previous: Option<char> = None;
        for (at, c) in paragraph.char_indices() {
            let columns = char_width(c);
            if previous.is_some_and(|before| may_break(before, c)) {
                last_break = Some((at, used));
            }
            if used + columns > room {
                let (end, columns_before) = last_break.unwrap_or((at, used));
                lines.push((offset + start, paragraph[start..end].trim_end_matches(' ')));
                let spaces =
                    paragraph[end..at].len() - paragraph[end..at].trim_start_matches(' ').len();
                start = end + spaces;
                used -= columns_before + spaces;
                last_break = None;
            }
            used += columns;
            previous = Some(c);
        }
        lines.push((offset + start, &paragraph[start..]));
        offset += paragraph.len() + 1;
    }
    lines
}

fn may_break(before: char, after: char) -> bool {
    let opening = "（「『《〈〔【“‘([{";
    let closing = "，。、；：！？）」』》〉〕】”’…,.;:!?)]}%％";
    let wide = |c: char| char_width(c) > 1;
    !opening.contains(before)
        && !closing.contains(after)
        && (wide(before) || wide(after) || before == ' ')
}

/// The number of bytes at the beginning of a text that take at most `columns`.
fn fitting(text: &str, columns: usize) -> usize {
    let (mut used, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > columns {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// The part of a text with the most highlights, of at most `columns`, and the highlights in it. `…`
/// replaces what is left out.
pub(crate) fn snippet(
    text: &str,
    marks: &[Range<usize>],
    columns: usize,
) -> (String, Vec<Range<usize>>) {
    if width(text) <= columns {
        return (text.to_owned(), marks.to_vec());
    }
    let room = columns.saturating_sub(4);
    let window = |from: usize| from..from + fitting(&text[from..], room);
    // Windows begin at the start of the text or a little before a highlight. The one with the most
    // highlighted text is taken; of equals, the earlier.
    let starts = marks.iter().map(|mark| clause_start(text, mark.start, room / 4));
    let covered =
        |window: &Range<usize>| marks_within(marks, window).map(Range::len).sum::<usize>();
    let best = std::iter::once(0)
        .chain(starts)
        .map(window)
        .reduce(|best, next| if covered(&next) > covered(&best) { next } else { best })
        .unwrap_or(0..0);
    let before = if best.start > 0 { "… " } else { "" };
    let after = if best.end < text.len() { " …" } else { "" };
    let shown = format!("{before}{}{after}", &text[best.clone()]);
    let moved = marks_within(marks, &best)
        .map(|mark| mark.start - best.start + before.len()..mark.end - best.start + before.len())
        .collect();
    (shown, moved)
}

/// The marks that are completely inside a part of a text.
fn marks_within<'m>(
    marks: &'m [Range<usize>],
    part: &Range<usize>,
) -> impl Iterator<Item = &'m Range<usize>> {
    marks.iter().filter(|mark| mark.start >= part.start && mark.end <= part.end)
}

/// The start of the part of a sentence that contains byte `at`, at most `room` columns before it.
fn clause_start(text: &str, at: usize, room: usize) -> usize {
    let mut used = 0;
    let mut start = at;
    for (place, c) in text[..at].char_indices().rev() {
        used += char_width(c);
        if used > room || "。；，\n".contains(c) {
            break;
        }
        start = place;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, columns: usize) -> Vec<String> {
        wrapped(text, &[], columns, "").split('\n').map(str::to_owned).collect()
    }

    #[test]
    fn wraps_by_width_and_keeps_punctuation() {
        assert_eq!(plain("粵港合作，雙方同意", 8), ["粵港合", "作，雙方", "同意"]);
        assert_eq!(plain("依據 CEPA 協議", 10), ["依據 CEPA", "協議"]);
        assert_eq!(plain("資助額達 2,500 萬", 9), ["資助額達", "2,500 萬"]);
        assert_eq!(plain("一\n二", 10), ["一", "二"]);
        for line in plain(&"知識產權貿易、CEPA，".repeat(9), 20) {
            assert!(width(&line) <= 20, "{line}");
        }
    }

    #[test]
    fn marks_survive_wrapping() {
        let text = "粵港合作協議";
        let marked = wrapped(text, std::slice::from_ref(&(6..18)), 8, "");
        let plain = marked.replace(&format!("{MARK}"), "[").replace(&format!("{MARK:#}"), "]");
        assert_eq!(plain, "粵港[合作]\n[協議]");
    }

    #[test]
    fn snippets_show_the_marks() {
        let text = "甲".repeat(60) + "。乙丙丁知識" + &"戊".repeat(60);
        let at = text.find("知識").unwrap();
        let (shown, marks) = snippet(&text, std::slice::from_ref(&(at..at + 6)), 40);
        assert!(shown.starts_with("… 乙丙丁知識") && shown.ends_with(" …"), "{shown}");
        assert_eq!(&shown[marks[0].clone()], "知識");
        assert!(width(&shown) <= 40);
    }

    #[test]
    fn what_disturbs_is_shown() {
        assert_eq!(safe("a\u{1b}[2Jb\u{202e}"), "a\\u{1b}[2Jb\\u{202e}");
        for c in ['\n', '\r', '\u{9b}', '\u{61c}', '\u{2028}', '\u{2069}', '\u{e0041}'] {
            let shown = format!("甲\\u{{{:x}}}.txt", u32::from(c));
            assert_eq!(safe(&format!("甲{c}.txt")), shown);
        }
        assert_eq!(safe("甲方\t乙方"), "甲方  乙方");
        assert_eq!(width("甲方\t乙方"), 10);
        assert_eq!(safe_lines("a\u{7}\nb"), "a\\u{7}\nb");
        for (message, shown) in [
            ("no 'http://u:p@host:9/i' here", "no 'http://…@host:9/i' here"),
            ("「https://u:a/b@c@host/i」", "「https://…@host/i」"),
            ("http://a/b and https://u:p@c", "http://a/b and https://…@c"),
            ("a@b and https://host/i", "a@b and https://host/i"),
        ] {
            assert_eq!(without_passwords(message), shown);
        }
        let plain = "甲 乙　“丙” e\u{301} 👨\u{200d}👩 𠮷";
        assert_eq!(safe(plain), plain);
    }
}
