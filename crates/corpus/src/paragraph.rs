//! Lines and paragraphs of a text, and the forms that distinguish them.
//!
//! A `Piece` is a cleaned line with its label; `mend.rs` joins pieces into paragraphs. Both have the
//! same forms (a date line, a key with its value, running text), so that the steps before and after
//! the joining agree on them.

use std::borrow::Cow;
use std::ops::Range;

use tiaowen_text::numeral;

use crate::date;
use crate::label::Label;
use crate::shape::{Shape, width};
use crate::source::Line;

/// A cleaned line with its possible label.
pub(crate) struct Piece<'a> {
    pub(crate) line: &'a Line,
    /// Range in bytes of the source.
    pub(crate) span: Range<usize>,
    pub(crate) text: Cow<'a, str>,
    pub(crate) shape: Shape,
    pub(crate) label: Option<Label>,
    /// Printed width including indent and white space, in half-width characters.
    pub(crate) printed_width: u32,
    /// Whether print furniture or a page break precedes it; blank lines there mean nothing.
    pub(crate) after_junk: bool,
    /// Whether it fills its column and so continues on the next line.
    pub(crate) wrapped: bool,
    /// Whether it is a short line between blank lines, like the cells of a table whose borders were
    /// lost in extraction.
    pub(crate) is_cell: bool,
}

impl Piece<'_> {
    /// The text behind the label.
    pub(crate) fn body(&self) -> &str {
        &self.text[self.label.as_ref().map_or(0, Label::length)..]
    }

    /// Whether it directly follows the line before it, ignoring page breaks.
    pub(crate) fn is_beside(&self) -> bool {
        !self.line.gap || self.after_junk
    }
}

/// A paragraph: cleaned text, with its label still at the beginning.
#[derive(Debug, Clone)]
pub(crate) struct Paragraph<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) shape: Shape,
    /// Range in bytes of the decoded source.
    pub(crate) span: Range<usize>,
    pub(crate) label: Option<Label>,
    /// The level of a Markdown heading.
    pub(crate) level: Option<u8>,
    /// Whether a blank line precedes it.
    pub(crate) gap: bool,
    /// Whether it is a row of a table.
    pub(crate) is_row: bool,
    /// Whether it is a note, which follows the paragraph it belongs to.
    pub(crate) is_note: bool,
    pub(crate) open: Brackets,
    /// Number of lines.
    pub(crate) lines: u32,
    /// Whether the last line fills its column, so that the paragraph continues on the next.
    pub(crate) wrapped: bool,
    /// Whether it continues the paragraph before it, which became too long: it begins a passage of
    /// its clause.
    pub(crate) is_cut: bool,
}

impl<'a> Paragraph<'a> {
    /// Upper bound for the number of characters; lines are joined with one space or none.
    pub(crate) fn chars(&self) -> usize {
        self.shape.chars() + self.lines as usize
    }

    pub(crate) fn new(piece: Piece<'a>, open: Brackets, is_cut: bool) -> Self {
        Self {
            wrapped: piece.wrapped,
            text: piece.text,
            shape: piece.shape,
            span: piece.span,
            label: piece.label,
            level: piece.line.level,
            gap: piece.line.gap,
            is_row: piece.line.is_row(),
            is_note: piece.line.hangs_at.is_some(),
            open,
            lines: 1,
            is_cut,
        }
    }

    /// The text behind the label.
    pub(crate) fn body(&self) -> &str {
        &self.text[self.label.as_ref().map_or(0, Label::length)..]
    }

    /// The role it can have without a label.
    pub(crate) fn role(&self) -> Role {
        let (text, shape) = (&*self.text, self.shape);
        if self.label.is_some() {
            Role::Labelled
        } else if self.is_row || self.is_note || self.is_cut || text.len() > 400 {
            // Longer than any line of a cover or signature, or the rest of such a paragraph.
            Role::Body
        } else if is_date_line(text, shape) {
            Role::Date
        } else if key_value(text, shape).is_some() {
            // 附件：收費表 lists an annex.
            if lists_annex(text) { Role::Body } else { Role::KeyValue }
        } else if is_running(text, shape) || ends_sentence(text) || shape.width() > 60.0 {
            Role::Body
        } else {
            Role::Short
        }
    }
}

/// The possible role of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Labelled,
    /// Sentences.
    Body,
    /// A title, heading, name or office.
    Short,
    /// 日期：…, 甲方：…, 代表簽字：
    KeyValue,
    /// A date, possibly with a place.
    Date,
}

/// Brackets and quotation marks open at the end of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Brackets {
    depth: u32,
    /// Whether the outermost is a quotation mark.
    pub(crate) quotes: bool,
    /// Bytes since the outermost was opened.
    since: usize,
}

impl Brackets {
    /// How far, in bytes, an open bracket keeps its paragraph open; beyond, its end must have been
    /// lost.
    const REACH: usize = 600;

    pub(crate) fn read(&mut self, text: &str, shape: Shape) {
        if !shape.has_bracket() {
            self.since += text.len();
            return;
        }
        for c in text.chars() {
            match c {
                '（' | '(' | '「' | '『' | '“' | '《' | '〈' | '〔' | '【' => {
                    if self.depth == 0 {
                        self.since = 0;
                        self.quotes = matches!(c, '「' | '『' | '“');
                    }
                    self.depth += 1;
                }
                '）' | ')' | '」' | '』' | '”' | '》' | '〉' | '〕' | '】' => {
                    self.depth = self.depth.saturating_sub(1);
                }
                _ => {}
            }
            self.since += c.len_utf8();
        }
    }

    pub(crate) fn are_open(self) -> bool {
        self.depth > 0 && self.since < Self::REACH
    }
}

/// Whether a text contains sentence punctuation. `shape` may be that of a longer text, such as one
/// with its label.
pub(crate) fn is_running(text: &str, shape: Shape) -> bool {
    shape.has_sentence_mark()
        || shape.has_colon() && text.contains('：') && key_value(text, shape).is_none()
        // 2,000 is a figure.
        || shape.has_comma()
            && text
                .match_indices(',')
                .any(|(at, _)| !text[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a text ends with the end of a sentence.
pub(crate) fn ends_sentence(text: &str) -> bool {
    let closed = text.trim_end_matches(['”', '」', '』', '’', '"']);
    match closed.chars().next_back() {
        Some('。' | '！' | '？' | '；' | '：' | '…' | '!' | '?' | ';' | ':') => true,
        Some('.') => !closed.ends_with(". .") && closed.is_ascii(),
        Some('）' | ')') => {
            // Such a list reaches back no further.
            let from = closed.len().saturating_sub(1_200);
            let from =
                (from..=closed.len()).find(|&at| closed.is_char_boundary(at)).unwrap_or(from);
            let Some(open) = closed[from..].rfind(['（', '(']) else { return false };
            let open = from + open;
            let inside = &closed[open..];
            // …。（省公安厅） and …等（落實單位：…）
            ends_sentence_before(&closed[..open])
                || inside.contains("單位：")
                || inside.contains("单位：")
        }
        _ => false,
    }
}

fn ends_sentence_before(text: &str) -> bool {
    text.ends_with(['。', '！', '？', '；'])
}

/// Key and value of a line such as 日期：2017年, 甲方：…, 代表簽字：.
pub(crate) fn key_value(text: &str, shape: Shape) -> Option<(&str, &str)> {
    if !shape.has_colon() {
        return None;
    }
    let (key, value) = text.split_once('：')?;
    let key_chars = key.chars().count();
    let plain = |text: &str| !text.contains(['，', '。', '；', '、', '！', '？']);
    // 公開方式：主動公開 and 抄送：… name the recipients of copies.
    let imprint = is_imprint(text);
    (imprint || (1..=9).contains(&key_chars) && plain(key) && plain(value) && width(value) <= 40.0)
        .then_some((key, value))
}

/// Lines at the end of an official letter that list its recipients.
pub(crate) fn is_imprint(text: &str) -> bool {
    ["公开方式", "公開方式", "抄送", "主题词", "主題詞", "主送", "分送"]
        .iter()
        .any(|key| text.strip_prefix(key).is_some_and(|rest| rest.starts_with(['：', ':'])))
}

/// A line that is a date, possibly with a place or a word such as 日期 or 於.
pub(crate) fn is_date_line(text: &str, shape: Shape) -> bool {
    if !shape.may_hold_date() {
        return false;
    }
    let blank = text.chars().all(|c| "_＿年月日 　".contains(c)) && text.contains('年');
    blank
        || shape.width() <= 24.0
            && !text.contains(['。', '；', '：'])
            && date::first(text).is_some_and(|found| {
                let rest = text[found.end..].chars().filter(|c| !c.is_whitespace()).count();
                let before = text.find(|c: char| numeral::is_numeral(c)).unwrap_or(0);
                rest <= 10 && before <= 6
            })
}

/// Whether a line lists an annex: 附件：1. 收費表.
pub(crate) fn lists_annex(text: &str) -> bool {
    ["附件", "附表", "附錄", "附录"].iter().any(|word| text.starts_with(word))
        && text.contains(['：', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_brackets_end_a_sentence() {
        assert!(ends_sentence("通車。（廣鐵集團，省口岸辦）"));
        assert!(ends_sentence("培訓等（落實單位：知識產權局）"));
        assert!(!ends_sentence("《安排》（CEPA）"));
        assert!(ends_sentence("「好。」"));
        assert!(!ends_sentence("「計劃」"));
    }
}
