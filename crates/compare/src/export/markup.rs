//! Text as markup: escaping, and the places of marks.

use std::ops::Range;

/// Escapes text for XML and HTML, and drops characters that XML forbids or discourages.
///
/// ```
/// use tiaowen_compare::export::escape;
/// assert_eq!(escape("《A&B》\u{0} \"<1>\""), "《A&amp;B》 &quot;&lt;1&gt;&quot;");
/// ```
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// The places of marks in a text: the number of each mark among `spans`, and its bytes, in the order
/// of the text. Spans are code points of a longer text, in which this one begins at `offset`. A mark
/// beyond the text is truncated, a nested one omitted.
pub fn placed_marks(
    text: &str,
    offset: usize,
    spans: &[&Range<usize>],
) -> Vec<(usize, Range<usize>)> {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let length = bytes.len() - 1;
    let mut sorted: Vec<(usize, &Range<usize>)> = spans.iter().copied().enumerate().collect();
    sorted.sort_by_key(|(_, span)| (span.start, span.end));
    let mut placed = Vec::new();
    let mut done = 0;
    for (number, span) in sorted {
        if span.end < offset || span.start > offset + length {
            continue;
        }
        let start = span.start.saturating_sub(offset);
        let end = (span.end - offset).min(length);
        // Only a mark that is empty to begin with is a gap, not one that truncation left empty.
        if start < done || (start >= end && !span.is_empty()) {
            continue;
        }
        placed.push((number, bytes[start]..bytes[end]));
        done = end;
    }
    placed
}
