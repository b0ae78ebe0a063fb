//! The text of a source as it reads, with the place of each character in the source.
//!
//! A quotation may run over a wrapped line or a page break. So wrapped lines are joined and page
//! furniture that the reader left out is removed before citations and quotations are searched for.
//! Each character keeps its place in the source. The text of clauses is taken as the reader joined
//! it; only the text between clauses is joined here, by simpler rules.

use std::ops::Range;

use tiaowen_corpus::{Clause, DocumentText};
use tiaowen_text::plain_form;

/// A shorter line is a paragraph by itself, not the beginning of a wrapped one.
const SHORTEST_WRAPPED: usize = 15;

/// A text without wraps and page furniture.
#[derive(Debug, Default)]
pub(crate) struct PlainText {
    pub(crate) text: String,
    /// For each character of `text`: its byte there, its byte in the source, and its code point in
    /// the source.
    places: Vec<(u32, u32, u32)>,
    /// The same for the end.
    end: (u32, u32, u32),
}

impl PlainText {
    /// The text of `source`: the clauses of its documents as they were read and the text around
    /// them, without what was left out.
    pub(crate) fn of(source: &str, documents: &[DocumentText]) -> Self {
        let dropped = documents.iter().flat_map(|document| &document.dropped);
        let mut left_out: Vec<&Range<usize>> = dropped.map(|dropped| &dropped.bytes).collect();
        left_out.retain(|bytes| !bytes.is_empty());
        left_out.sort_by_key(|bytes| bytes.start);
        let mut chars: Vec<Printed> = Vec::with_capacity(source.len() / 3);
        let mut passed = 0;
        for (point, (byte, c)) in (0u32..).zip(source.char_indices()) {
            while left_out.get(passed).is_some_and(|bytes| bytes.end <= byte) {
                passed += 1;
            }
            let is_cut = left_out.get(passed).is_some_and(|bytes| bytes.start <= byte);
            // Text that was left out doesn't end a paragraph, and doesn't join the words around it.
            match chars.last_mut() {
                Some(last) if is_cut => last.cut = true,
                _ if is_cut => {}
                // A line feed follows and ends the line.
                _ if c == '\r' && source[byte + 1..].starts_with('\n') => {}
                _ => chars.push(Printed { c, byte: byte as u32, point, cut: false }),
            }
        }
        let mut plain = PlainText::default();
        let mut lines = Lines { pending: Vec::new(), gap: false, plain: &mut plain };
        let at_byte = |byte: usize| chars.partition_point(|printed| (printed.byte as usize) < byte);
        let mut clauses: Vec<&Clause> =
            documents.iter().flat_map(|document| &document.clauses).collect();
        clauses.sort_by_key(|clause| clause.bytes.start);
        let mut from = 0;
        for clause in clauses {
            let (start, end) = (at_byte(clause.bytes.start), at_byte(clause.bytes.end));
            // The columns of a bilingual print overlap.
            if start < from {
                continue;
            }
            let Some((label, text)) = as_read(&clause.text, &chars[start..end]) else { continue };
            lines.add_all(&chars[from..start]);
            lines.write();
            lines.add_all(&chars[start..start + label]);
            let is_own_line = chars[start..start + label].iter().any(|it| it.c == '\n');
            if is_own_line {
                lines.write();
            }
            for printed in text {
                if printed.c == '\n' {
                    lines.write();
                } else {
                    lines.pending.push(printed);
                }
            }
            lines.write();
            from = end;
        }
        lines.add_all(&chars[from..]);
        lines.write();
        plain.end = (plain.text.len() as u32, source.len() as u32, source.chars().count() as u32);
        plain
    }

    fn place(&self, byte: usize) -> (u32, u32, u32) {
        let at = self.places.partition_point(|place| (place.0 as usize) < byte);
        self.places.get(at).copied().unwrap_or(self.end)
    }

    /// The code points of the source that a range of bytes covers.
    pub(crate) fn code_points(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.place(span.start).2 as usize;
        let last = self.places.partition_point(|place| (place.0 as usize) < span.end);
        let end = last.checked_sub(1).map_or(start, |at| self.places[at].2 as usize + 1);
        start..end.max(start)
    }

    /// The byte in the source of a byte of this text.
    pub(crate) fn source_byte(&self, byte: usize) -> usize {
        self.place(byte).1 as usize
    }
}

/// A character with its byte and code point in the source. `cut` says that text was left out behind
/// it.
#[derive(Debug, Clone, Copy)]
struct Printed {
    c: char,
    byte: u32,
    point: u32,
    cut: bool,
}

/// The characters of a clause's text with their places in the source, and the number of characters
/// before them (the label). The source is read backwards. `None` if the text isn't a subsequence of
/// the source.
fn as_read(text: &str, source: &[Printed]) -> Option<(usize, Vec<Printed>)> {
    let mut read: Vec<Printed> = Vec::with_capacity(text.len() / 3);
    let mut at = source.len();
    for c in text.chars().rev() {
        if c.is_whitespace() {
            let next = read.last().or(source.last())?;
            read.push(Printed { c: if c == '\n' { c } else { ' ' }, ..*next });
            continue;
        }
        loop {
            at = at.checked_sub(1)?;
            let printed = source[at];
            if printed.c == c || plain_form(printed.c) == c {
                read.push(Printed { c, ..printed });
                break;
            }
            let is_markup = matches!(printed.c, '*' | '_' | '`' | '\\' | '~' | '>' | '|');
            if !printed.c.is_whitespace() && !is_markup {
                return None;
            }
        }
    }
    read.reverse();
    Some((at, read))
}

/// Joins lines as they are added.
struct Lines<'a> {
    /// The paragraph so far, which the next line may continue.
    pending: Vec<Printed>,
    /// Whether an empty line follows it.
    gap: bool,
    plain: &'a mut PlainText,
}

impl Lines<'_> {
    fn add_all(&mut self, chars: &[Printed]) {
        let ends = |printed: &Printed| {
            matches!(printed.c, '\n' | '\r' | '\u{c}' | '\u{2028}' | '\u{2029}')
        };
        for line in chars.split(ends) {
            self.add(line);
        }
    }

    fn add(&mut self, line: &[Printed]) {
        let Some(from) = line.iter().position(|printed| !printed.c.is_whitespace()) else {
            self.gap |= !line.iter().any(|printed| printed.cut);
            return;
        };
        let to = line.iter().rposition(|printed| !printed.c.is_whitespace());
        let line = &line[from..=to.unwrap_or(from)];
        if !self.gap && goes_on(&self.pending, line) {
            let last = self.pending.last().map_or(' ', |printed| printed.c);
            if last.is_ascii_alphanumeric() && line[0].c.is_ascii_alphanumeric() {
                self.pending.push(Printed { c: ' ', ..line[0] });
            }
        } else {
            self.write();
        }
        self.pending.extend_from_slice(line);
        self.gap = false;
    }

    /// Ends the paragraph.
    fn write(&mut self) {
        if self.pending.iter().all(|printed| printed.c.is_whitespace()) {
            self.pending.clear();
            return;
        }
        for printed in self.pending.drain(..) {
            self.plain.places.push((self.plain.text.len() as u32, printed.byte, printed.point));
            self.plain.text.push(printed.c);
        }
        let (_, byte, point) = self.plain.places.last().copied().unwrap_or_default();
        self.plain.places.push((self.plain.text.len() as u32, byte, point));
        self.plain.text.push('\n');
        self.gap = false;
    }
}

/// Whether the next line continues this one: this line is long, ends inside a sentence, and the
/// next one begins without a label.
fn goes_on(line: &[Printed], next: &[Printed]) -> bool {
    let (Some(last), Some(first)) = (line.last(), next.first()) else { return false };
    let (last, first) = (last.c, first.c);
    let ends = matches!(
        last,
        '。' | '；' | '！' | '？' | '：' | ':' | ';' | '.' | '」' | '』' | '”' | '）' | ')' | '|'
    );
    let second = next.get(1).map_or(' ', |printed| printed.c);
    let labelled = matches!(first, '第' | '（' | '(' | '#' | '-' | '*' | '|' | '>')
        || matches!(second, '、' | '.' | '．')
        || first.is_ascii_digit()
        || tiaowen_text::numeral::is_numeral(tiaowen_text::fold_char(first)) && second == '、'
        || !first.is_alphanumeric() && !tiaowen_text::is_han(first) && !is_inner(first);
    line.len() >= SHORTEST_WRAPPED && !ends && !labelled
}

/// Marks at which a line may begin inside a sentence.
fn is_inner(c: char) -> bool {
    matches!(
        c,
        '，' | '、' | '。' | '；' | '《' | '「' | '『' | '“' | '」' | '』' | '”' | '》' | '〔'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each character is where the source has it.
    fn check_places(plain: &PlainText, source: &str) {
        let chars: Vec<char> = source.chars().collect();
        for (byte, c) in plain.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            let at = plain.code_points(&(byte..byte + c.len_utf8()));
            assert_eq!((chars[at.start], at.len()), (c, 1));
            assert!(source[plain.source_byte(byte)..].starts_with(c));
        }
    }

    #[test]
    fn wrapped_lines_are_joined_and_keep_their_places() {
        for source in [
            "根據《合作備忘錄》第三條的規定，雙方應當加強交流\n互補優勢。\n第二條　其他",
            "根据《合作备忘录》第三条的规定，双方应当加强交流\r\n互补优势。\r\n第二条　其他",
        ] {
            let plain = PlainText::of(source, &[]);
            assert_eq!(plain.text.lines().count(), 2, "{}", plain.text);
            check_places(&plain, source);
        }
    }

    #[test]
    fn clauses_are_as_they_were_read() {
        for source in [
            "合作備忘錄\n\n一、雙方應當加強交流，\n\n- 3 -\n\n互補優勢，並且互相\n通報。\n\n二、每年會面。",
            "合作备忘录\n\n一、双方应当加强交流，\n\n- 3 -\n\n互补优势，并且互相\n通报。\n\n二、每年会面。",
        ] {
            let documents = tiaowen_corpus::read("a.txt", source).unwrap();
            let plain = PlainText::of(source, &documents);
            check_places(&plain, source);
            for clause in &documents[0].clauses {
                assert!(plain.text.contains(&clause.text), "{} in {}", clause.text, plain.text);
            }
        }
    }
}
