//! Characters: bytes in the character set of their font, and code points.

use tiaowen_blocks::{DroppedKind, LeftOutReason};
use tiaowen_text::superscript;

use super::{Font, Group, MOST_NAME, Reader, To};
use crate::compose::{Rich, Tag};
use crate::paragraph::is_invisible;
use crate::rtf::characters::{Charset, is_wide};
use crate::symbols;

const HIDDEN: Tag = (DroppedKind::Hidden, &LeftOutReason::NotPrinted);
const DELETED: Tag = (DroppedKind::Deleted, &LeftOutReason::TrackedDeletion);
const STRUCK: Tag = (DroppedKind::Deleted, &LeftOutReason::Struck);
const SYMBOL: Tag = (DroppedKind::Unreadable, &LeftOutReason::UnknownSymbol);
const BYTE: Tag = (DroppedKind::Unreadable, &LeftOutReason::InvalidByteOfFont);

impl Reader<'_> {
    pub(super) fn font(&self, number: i64) -> Option<&Font> {
        self.fonts.get(&number)
    }

    /// The character set in effect.
    pub(super) fn charset(&self) -> Charset {
        let of = |number| self.font(number).and_then(|font| font.charset);
        let far = self.group.far_font.and_then(of);
        let near = of(self.group.font);
        let first = if self.group.is_far { far.or(near) } else { near };
        match first {
            Some(Charset::Document) | None => match far {
                // The font is Western, and its Chinese is printed in another.
                Some(far) if !is_wide(self.document) => far,
                _ => Charset::Of(self.document),
            },
            Some(charset) => charset,
        }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        if self.group.to == To::Nowhere {
            return;
        }
        let encoding = match self.charset() {
            Charset::Symbol if self.group.to == To::Text => {
                self.flush();
                return self.symbol(u32::from(byte));
            }
            // Any symbol in a label is a bullet.
            Charset::Symbol if self.group.to == To::Label => return self.character('•', None),
            Charset::Of(encoding) => encoding,
            Charset::Symbol | Charset::Document => self.document,
        };
        if encoding != self.encoding {
            self.flush();
            self.encoding = encoding;
        }
        self.bytes.push(byte);
    }

    /// Decodes the collected bytes.
    pub(super) fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let (text, _) = self.encoding.decode_without_bom_handling(&bytes);
        self.high = None;
        for c in text.chars() {
            let tag = (c == '\u{FFFD}').then_some(BYTE);
            self.character(c, tag);
        }
        self.bytes = bytes;
        self.bytes.clear();
    }

    /// A character by its number: signed, unsigned, half of a surrogate pair, or a full code point.
    pub(super) fn unicode(&mut self, number: Option<i64>) {
        self.instead = self.group.instead;
        let Some(number) = number else { return };
        let code = if number < 0 { number + 0x1_0000 } else { number };
        let Ok(code) = u32::try_from(code) else { return };
        let high = self.high.take();
        if high.is_some() && !(0xDC00..=0xDFFF).contains(&code) {
            // An unpaired half.
            self.character('\u{FFFD}', Some(BYTE));
        }
        match (high, code) {
            (_, 0xD800..=0xDBFF) => self.high = Some(code),
            (Some(high), 0xDC00..=0xDFFF) => {
                let code = 0x1_0000 + ((high - 0xD800) << 10) + (code - 0xDC00);
                self.character(char::from_u32(code).unwrap_or('\u{FFFD}'), None);
            }
            (_, code) if self.is_symbol_font() && self.group.to == To::Text => self.symbol(code),
            (_, code) => match char::from_u32(code) {
                Some(c) => self.character(c, None),
                None => self.character('\u{FFFD}', Some(BYTE)),
            },
        }
    }

    pub(super) fn is_symbol_font(&self) -> bool {
        self.font(self.group.font).is_some_and(|font| font.charset == Some(Charset::Symbol))
    }

    /// Writes a character of a symbol font: ☑ for F0FE of Wingdings.
    pub(super) fn symbol(&mut self, code: u32) {
        let font = self.font(self.group.font).map(|font| font.name.clone()).unwrap_or_default();
        let plain = char::from_u32(code).filter(|c| c.is_ascii_whitespace());
        // Chinese in such a run is printed in another font.
        let other = char::from_u32(code).filter(|c| *c > '\u{FF}' && !tiaowen_text::is_private(*c));
        match plain.or(other).or_else(|| symbols::sign(&font, code)) {
            Some(sign) => self.character(sign, None),
            None => self.character('\u{FFFD}', Some(SYMBOL)),
        }
    }

    /// The reason why the current text is left out.
    pub(super) fn tag(&self) -> Option<Tag> {
        match self.group {
            Group { is_deleted: true, .. } => Some(DELETED),
            Group { is_hidden: true, .. } => Some(HIDDEN),
            Group { is_struck: true, .. } => Some(STRUCK),
            _ => None,
        }
    }

    pub(super) fn character(&mut self, c: char, tag: Option<Tag>) {
        match self.group.to {
            To::Text => {}
            To::Nowhere => return,
            To::Fonts | To::Styles | To::Label | To::Choice => {
                if self.name.len() < MOST_NAME {
                    self.name.push(c);
                }
                return;
            }
            To::Field => {
                if self.field.len() < MOST_NAME {
                    self.field.push(c);
                }
                return;
            }
        }
        if is_invisible(c) || c.is_control() && !matches!(c, '\t' | '\n') {
            return;
        }
        let tag = self.tag().or(tag);
        let is_raised = self.group.is_raised;
        self.written += c.len_utf8();
        let holder = self.holder();
        match (is_raised, holder.raised_from) {
            (true, None) => holder.raised_from = Some(holder.text.as_str().len()),
            (false, Some(from)) => {
                holder.raised_from = None;
                raise(&mut holder.text, from);
            }
            _ => {}
        }
        holder.text.push(c, tag);
    }
}

/// Turns the text from `from` on into a superscript.
pub(super) fn raise(text: &mut Rich, from: usize) {
    let Some(raised) = text.as_str().get(from..).map(str::to_owned) else { return };
    // Left-out text stays as it is.
    let is_whole = text.read().len() == text.as_str().len();
    if is_whole && !raised.trim().is_empty() {
        text.truncate(from);
        text.push_str(&superscript(&raised), None);
    }
}
