//! The shape of a text: its width and the marks in it, from one scan.
//!
//! Most questions about a line are answered by a mark that it doesn't contain. Each line is
//! therefore scanned once, and its characters are read again only if an answer depends on them.

use std::sync::LazyLock;

use tiaowen_text::{has_plain_form, is_han, is_private};

/// The width of a text and the marks in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// In half-width characters.
    halves: u32,
    chars: u32,
    marks: u16,
}

const WIDE: u16 = 1;
const UNCLEAN: u16 = 1 << 1;
const SENTENCE: u16 = 1 << 2;
const FULL_STOP: u16 = 1 << 3;
const COLON: u16 = 1 << 4;
const COMMA: u16 = 1 << 5;
const BRACKET: u16 = 1 << 6;
const YEAR: u16 = 1 << 7;
const UNDERSCORE: u16 = 1 << 8;
const PRIVATE: u16 = 1 << 9;

static MARKS: LazyLock<Box<[u16; 0x1_0000]>> = LazyLock::new(|| {
    let mut marks = Box::new([0; 0x1_0000]);
    for (code, slot) in (0u32..).zip(marks.iter_mut()) {
        if let Some(c) = char::from_u32(code) {
            *slot = marks_of(c);
        }
    }
    marks
});

fn marks_of(c: char) -> u16 {
    let mark = match c {
        '。' => SENTENCE | FULL_STOP,
        '，' | '；' | ';' => SENTENCE,
        '：' => COLON,
        ',' => COMMA,
        '年' | '-' | '/' | '.' | '．' | '／' => YEAR,
        '_' => UNDERSCORE | UNCLEAN,
        '*' | '^' => UNCLEAN,
        '（' | '(' | '「' | '『' | '“' | '《' | '〈' | '〔' | '【' => BRACKET,
        '）' | ')' | '」' | '』' | '”' | '》' | '〉' | '〕' | '】' => BRACKET,
        _ if c.is_whitespace() || is_invisible(c) || has_plain_form(c) => UNCLEAN,
        _ if is_private(c) => PRIVATE,
        _ => 0,
    };
    mark | if is_wide(c) { WIDE } else { 0 }
}

/// Characters without a glyph that are no white space: controls, directional marks, joiners,
/// variation selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFC}' | '\u{E0100}'..='\u{E01EF}')
}

/// Han characters and full-width punctuation.
pub(crate) fn is_wide(c: char) -> bool {
    match u32::from(c) {
        0..0x80 => false,
        0x4E00..=0x9FFF | 0x3000..=0x30FF | 0xFF00..=0xFFEF => true,
        0x2000..=0x25FF | 0xB7 => {
            matches!(c, '“' | '”' | '‘' | '’' | '…' | '—' | '·' | '■' | '●' | '○')
        }
        0xFE10..=0xFE6F => true,
        _ => is_han(c),
    }
}

/// The byte of the first character of `text` that [cleaning](crate::clean) may change.
pub(crate) fn first_unclean(text: &str) -> Option<usize> {
    let marks = &**MARKS;
    let marks_of = |c: char| marks.get(c as usize).copied().unwrap_or_else(|| marks_of(c));
    let unclean = |c: char| marks_of(c) & UNCLEAN != 0;
    text.char_indices().find(|&(_, c)| unclean(c)).map(|(at, _)| at)
}

impl Shape {
    /// The shape of `text`.
    pub(crate) fn of(text: &str) -> Shape {
        let table = &**MARKS;
        let mut shape = Shape::default();
        for c in text.chars() {
            let marks = match table.get(c as usize) {
                Some(&marks) => marks,
                None => marks_of(c),
            };
            shape.marks |= marks;
            shape.halves += 1 + u32::from(marks & WIDE);
            shape.chars += 1;
        }
        shape
    }

    /// The shape of two texts joined.
    pub(crate) fn and(self, other: Shape) -> Shape {
        Shape {
            halves: self.halves + other.halves,
            chars: self.chars + other.chars,
            marks: self.marks | other.marks,
        }
    }

    /// Width in full-width characters; digits and Latin letters count half.
    pub(crate) fn width(self) -> f32 {
        self.halves as f32 / 2.0
    }

    /// Number of characters.
    pub(crate) fn chars(self) -> usize {
        self.chars as usize
    }

    /// Width in half-width characters.
    pub(crate) fn halves(self) -> u32 {
        self.halves
    }

    /// Whether cleaning may change it: white space, markup or invisible characters.
    pub(crate) fn is_unclean(self) -> bool {
        self.has(UNCLEAN)
    }

    /// Whether it contains ，, 。, ； or ;.
    pub(crate) fn has_sentence_mark(self) -> bool {
        self.has(SENTENCE)
    }

    /// Whether it contains 。.
    pub(crate) fn has_full_stop(self) -> bool {
        self.has(FULL_STOP)
    }

    /// Whether it contains ：.
    pub(crate) fn has_colon(self) -> bool {
        self.has(COLON)
    }

    /// Whether it contains a Latin comma.
    pub(crate) fn has_comma(self) -> bool {
        self.has(COMMA)
    }

    /// Whether it contains a bracket or quotation mark.
    pub(crate) fn has_bracket(self) -> bool {
        self.has(BRACKET)
    }

    /// Whether it may contain a date: 年, -, / or a full stop between digits.
    pub(crate) fn may_hold_date(self) -> bool {
        self.has(YEAR)
    }

    /// Whether it contains a private-use character.
    pub(crate) fn has_private(self) -> bool {
        self.has(PRIVATE)
    }

    /// Whether it contains _.
    pub(crate) fn has_underscore(self) -> bool {
        self.has(UNDERSCORE)
    }

    fn has(self, mark: u16) -> bool {
        self.marks & mark != 0
    }
}

/// Width of a text in full-width characters; digits and Latin letters count half.
pub(crate) fn width(text: &str) -> f32 {
    Shape::of(text).width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_and_marks() {
        let shape = Shape::of("於 2018 年，（甲）");
        assert_eq!(shape.width(), 9.0);
        assert!(shape.has_sentence_mark() && shape.has_bracket() && shape.may_hold_date());
        assert!(shape.is_unclean() && !shape.has_full_stop() && !shape.has_colon());
        assert_eq!(Shape::of("於 2018 ").and(Shape::of("年，（甲）")), shape);
        assert_eq!(Shape::of("𠮷").width(), 1.0);
    }

    #[test]
    fn shapes_mark_text_that_cleaning_may_change() {
        for (text, at) in
            [("甲　乙", Some(3)), ("甲**乙", Some(3)), ("甲，乙", None), ("\u{AD}", Some(0))]
        {
            assert_eq!(first_unclean(text), at, "{text:?}");
            assert_eq!(Shape::of(text).is_unclean(), at.is_some(), "{text:?}");
        }
    }
}
