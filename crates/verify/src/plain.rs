//! A text as people read it, with the place of each character in its source.
//!
//! A quotation may run over a wrapped line or a page break. Lines that are wrapped are joined, and
//! what the reader left out (running heads, page numbers) is passed over, so that citations and
//! quotations are found as printed. Each character keeps its place in the source.

use std::ops::Range;

/// A shorter line is a paragraph of its own, not the beginning of a wrapped one.
const SHORTEST_WRAPPED: usize = 15;

/// A text without wraps and page furniture.
#[derive(Debug, Default)]
pub(crate) struct PlainText {
    pub(crate) text: String,
    /// Where each character of `text` is: its byte there, its byte in the source, and its place
    /// in the source in code points.
    places: Vec<(u32, u32, u32)>,
    /// The same of the end.
    end: (u32, u32, u32),
}

impl PlainText {
    /// The text of `source` without `left_out`, ranges of bytes.
    pub(crate) fn of(source: &str, mut left_out: Vec<Range<usize>>) -> Self {
        left_out.sort_by_key(|range| range.start);
        let mut plain = PlainText::default();
        let mut lines = Lines { pending: Vec::new(), gap: false, plain: &mut plain };
        let (mut passed, mut point) = (0, 0u32);
        let mut line: Vec<(char, u32, u32)> = Vec::new();
        let mut cut = false;
        for (byte, c) in source.char_indices() {
            let place = (c, byte as u32, point);
            point += 1;
            while left_out.get(passed).is_some_and(|range| range.end <= byte) {
                passed += 1;
            }
            if left_out.get(passed).is_some_and(|range| range.start <= byte) {
                cut = true;
                continue;
            }
            if matches!(c, '\n' | '\r' | '\u{c}' | '\u{2028}' | '\u{2029}') {
                lines.add(std::mem::take(&mut line), cut);
                cut = false;
            } else {
                line.push(place);
            }
        }
        lines.add(line, cut);
        lines.finish();
        plain.end = (plain.text.len() as u32, source.len() as u32, point);
        plain
    }

    fn place(&self, byte: usize) -> (u32, u32, u32) {
        let at = self.places.partition_point(|place| (place.0 as usize) < byte);
        self.places.get(at).copied().unwrap_or(self.end)
    }

    /// Where a range of bytes lies in the source, in code points.
    pub(crate) fn code_points(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.place(span.start).2 as usize;
        let last = self.places.partition_point(|place| (place.0 as usize) < span.end);
        let end = last.checked_sub(1).map_or(start, |at| self.places[at].2 as usize + 1);
        start..end.max(start)
    }

    /// The byte of the source at a byte of the text.
    pub(crate) fn source_byte(&self, byte: usize) -> usize {
        self.place(byte).1 as usize
    }
}

/// Lines that are joined as they come.
struct Lines<'a> {
    /// The line that the next one may go on.
    pending: Vec<(char, u32, u32)>,
    /// Whether an empty line stands behind it.
    gap: bool,
    plain: &'a mut PlainText,
}

impl Lines<'_> {
    fn add(&mut self, line: Vec<(char, u32, u32)>, cut: bool) {
        let from = line.iter().position(|(c, ..)| !c.is_whitespace());
        let Some(from) = from else {
            self.gap |= !cut;
            return;
        };
        let to = line.iter().rposition(|(c, ..)| !c.is_whitespace()).map_or(0, |at| at + 1);
        let line = &line[from..to];
        if !self.gap && goes_on(&self.pending, line) {
            let last = self.pending.last().map_or(' ', |(c, ..)| *c);
            if last.is_ascii_alphanumeric() && line[0].0.is_ascii_alphanumeric() {
                self.pending.push((' ', line[0].1, line[0].2));
            }
            self.pending.extend_from_slice(line);
        } else {
            self.write();
            self.pending = line.to_vec();
        }
        self.gap = false;
    }

    fn write(&mut self) {
        for (c, byte, point) in self.pending.drain(..) {
            self.plain.places.push((self.plain.text.len() as u32, byte, point));
            self.plain.text.push(c);
        }
        if !self.plain.text.is_empty() && !self.plain.text.ends_with('\n') {
            let (_, byte, point) = self.plain.places.last().copied().unwrap_or_default();
            self.plain.places.push((self.plain.text.len() as u32, byte, point));
            self.plain.text.push('\n');
        }
    }

    fn finish(&mut self) {
        self.write();
    }
}

/// Whether a line goes on in the next one: it fills its column, ends inside a sentence, and no
/// label follows.
fn goes_on(line: &[(char, u32, u32)], next: &[(char, u32, u32)]) -> bool {
    let (Some(&(last, ..)), Some(&(first, ..))) = (line.last(), next.first()) else { return false };
    let ends = matches!(
        last,
        '。' | '；' | '！' | '？' | '：' | ':' | ';' | '.' | '」' | '』' | '”' | '）' | ')' | '|'
    );
    let second = next.get(1).map_or(' ', |(c, ..)| *c);
    let labelled = matches!(first, '第' | '（' | '(' | '#' | '-' | '*' | '|' | '>')
        || matches!(second, '、' | '.' | '．')
        || first.is_ascii_digit()
        || tiaowen_text::numeral::is_numeral(tiaowen_text::fold_char(first)) && second == '、'
        || !first.is_alphanumeric() && !tiaowen_text::is_han(first) && !is_inner(first);
    line.len() >= SHORTEST_WRAPPED && !ends && !labelled
}

/// Marks that a line may begin with inside a sentence.
fn is_inner(c: char) -> bool {
    matches!(
        c,
        '，' | '、' | '。' | '；' | '《' | '「' | '『' | '“' | '」' | '』' | '”' | '》' | '〔'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_are_joined_and_keep_their_places() {
        for source in [
            "根據《合作備忘錄》第三條的規定，雙方應當加強交流\n互補優勢。\n第二條　其他",
            "根据《合作备忘录》第三条的规定，双方应当加强交流\r\n互补优势。\r\n第二条　其他",
        ] {
            let plain = PlainText::of(source, Vec::new());
            assert_eq!(plain.text.lines().count(), 2, "{}", plain.text);
            let chars: Vec<char> = source.chars().collect();
            for (byte, c) in plain.text.char_indices().filter(|(_, c)| *c != '\n') {
                let at = plain.code_points(&(byte..byte + c.len_utf8()));
                assert_eq!((chars[at.start], at.len()), (c, 1));
                assert!(source[plain.source_byte(byte)..].starts_with(c));
            }
        }
    }

    #[test]
    fn what_was_left_out_is_passed_over() {
        let source = "雙方應當每年舉行兩次會議，並且互相\n— 3 —\n通報情況。";
        let start = source.find('—').unwrap();
        let plain = PlainText::of(source, std::iter::once(start..start + "— 3 —".len()).collect());
        assert_eq!(plain.text, "雙方應當每年舉行兩次會議，並且互相通報情況。\n");
    }
}
