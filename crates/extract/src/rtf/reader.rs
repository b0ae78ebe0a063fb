//! Builds paragraphs, tables and notes from tokens.
//!
//! A group inherits all settings of the enclosing one and restores them at its end, so the reader
//! keeps a stack of [`Group`]s. A control word at the beginning of a group may redirect the group's
//! text: into a note, a font table, or nowhere.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use tiaowen_blocks::{DroppedKind, LeftOutReason};
use tiaowen_text::superscript;

use crate::compose::{Part, Rich, TableCell, Tag};
use crate::paragraph::{Heading, Label, is_invisible, part_of};
use crate::symbols;
use crate::{DamageReason, ExtractError};

use super::characters::{Charset, is_wide, of_code_page};
use super::tokens::{Token, Tokens};
use super::{PICTURE, damaged};

/// Maximum nesting of groups; documents have some dozens.
const MOST_DEEP: usize = 10_000;
/// Nested tables up to this depth keep their cells.
const MOST_JOINED: usize = 8;
/// Maximum number of fonts and styles, since each takes memory.
const MOST_KNOWN: usize = 32_767;
/// Memory for a paragraph, cell or note beside its text, in bytes.
const COST: usize = 64;
/// Minimum distance in half points for characters to count as raised and not merely shifted.
const LIFTED: i64 = 5;
/// Maximum length of a name or label in bytes.
const MOST_NAME: usize = 256;

const HIDDEN: Tag = (DroppedKind::Hidden, &LeftOutReason::NotPrinted);
const DELETED: Tag = (DroppedKind::Deleted, &LeftOutReason::TrackedDeletion);
const STRUCK: Tag = (DroppedKind::Deleted, &LeftOutReason::Struck);
const COMMENT: Tag = (DroppedKind::Hidden, &LeftOutReason::Comment);
const HEAD: Tag = (DroppedKind::RunningHead, &LeftOutReason::HeadOrFoot);
const OBJECT: Tag = (DroppedKind::Unreadable, &LeftOutReason::EmbeddedFile);
const SYMBOL: Tag = (DroppedKind::Unreadable, &LeftOutReason::UnknownSymbol);
const BYTE: Tag = (DroppedKind::Unreadable, &LeftOutReason::InvalidByteOfFont);
const CUT: Tag = (DroppedKind::Unreadable, &LeftOutReason::CutHere);
const BEHIND: Tag = (DroppedKind::Unreadable, &LeftOutReason::BehindEnd);

/// The destination of a group's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Text,
    Nowhere,
    /// The font table, and the style sheet.
    Fonts,
    Styles,
    /// The number printed before a paragraph.
    Label,
    /// The data of a form field, and the entries of its list.
    Field,
    Choice,
}

/// Something that begins and ends with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Note,
    Aside(Tag),
    TextBox,
    Font,
    Style,
    Label,
    Field,
    Choice,
}

/// The settings of a group.
#[derive(Debug, Clone)]
struct Group {
    to: To,
    ends: Option<Ends>,
    /// Whether it begins with `\*`.
    is_optional: bool,
    is_hidden: bool,
    is_deleted: bool,
    is_struck: bool,
    is_raised: bool,
    font: i64,
    /// The font of East Asian characters, and whether it applies to the following text.
    far_font: Option<i64>,
    is_far: bool,
    /// Number of replacement bytes behind a `\u` for readers that don't know it.
    instead: usize,
    style: i64,
    outline: Option<u8>,
    is_in_table: bool,
    depth: Option<usize>,
}

#[derive(Debug, Default, Clone)]
struct Font {
    charset: Option<Charset>,
    name: String,
}

/// An open table.
#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<TableCell>>,
    row: Vec<TableCell>,
    cell: Vec<Part>,
}

/// A destination of paragraphs: the text, a note, a text box or left-out content.
#[derive(Debug, Default)]
struct Holder {
    parts: Vec<Part>,
    tables: Vec<Table>,
    text: Rich,
    label: Option<String>,
    raised_from: Option<usize>,
    /// Content beside the open paragraph.
    beside: Vec<Part>,
    /// For a note, whether it has an automatic number, and whether it is an endnote.
    is_numbered: bool,
    is_endnote: bool,
    /// The id by which the text refers to it.
    id: String,
}

pub(super) struct Reader<'a> {
    tokens: Tokens<'a>,
    group: Group,
    groups: Vec<Group>,
    fonts: HashMap<i64, Font>,
    styles: HashMap<i64, Heading>,
    document: &'static Encoding,
    default_font: i64,
    /// Undecoded bytes, and their encoding.
    bytes: Vec<u8>,
    encoding: &'static Encoding,
    /// The first half of a surrogate pair.
    high: Option<u32>,
    /// Number of replacement bytes to skip behind a `\u`.
    instead: usize,
    holders: Vec<Holder>,
    /// The style or font being defined, and its name or a label.
    defined: i64,
    told_outline: Option<u8>,
    name: String,
    /// The form field: its kind, its value, and the entries of its list.
    field: String,
    value: Option<i64>,
    default: Option<i64>,
    choices: Vec<String>,
    /// For each cell of the row, whether it is merged with the one before.
    merges: Vec<bool>,
    is_merged: bool,
    footnotes: usize,
    endnotes: usize,
    notes: usize,
    written: usize,
    most: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn read(bytes: &'a [u8], most: usize) -> Result<Vec<Part>, ExtractError> {
        let group = Group {
            to: To::Text,
            ends: None,
            is_optional: false,
            is_hidden: false,
            is_deleted: false,
            is_struck: false,
            is_raised: false,
            font: 0,
            far_font: None,
            is_far: false,
            instead: 1,
            style: 0,
            outline: None,
            is_in_table: false,
            depth: None,
        };
        let mut reader = Reader {
            tokens: Tokens::of(bytes),
            group,
            groups: Vec::new(),
            fonts: HashMap::new(),
            styles: HashMap::new(),
            document: WINDOWS_1252,
            default_font: 0,
            bytes: Vec::new(),
            encoding: WINDOWS_1252,
            high: None,
            instead: 0,
            holders: vec![Holder::default()],
            defined: 0,
            told_outline: None,
            name: String::new(),
            field: String::new(),
            value: None,
            default: None,
            choices: Vec::new(),
            merges: Vec::new(),
            is_merged: false,
            footnotes: 0,
            endnotes: 0,
            notes: 0,
            written: 0,
            most,
        };
        reader.run()?;
        Ok(reader.finish())
    }

    fn run(&mut self) -> Result<(), ExtractError> {
        while let Some(token) = self.tokens.next() {
            if !matches!(token, Token::Byte(_)) {
                self.flush();
            }
            match token {
                Token::Open => {
                    self.instead = 0;
                    if self.groups.len() >= MOST_DEEP {
                        return Err(damaged(DamageReason::GroupsTooDeep));
                    }
                    self.groups.push(self.group.clone());
                    self.group.ends = None;
                    self.group.is_optional = false;
                    if self.group.to == To::Fonts {
                        self.name.clear();
                    }
                }
                Token::Close => {
                    self.instead = 0;
                    self.close();
                    if self.groups.is_empty() {
                        if self.tokens.has_more() {
                            self.end_paragraph();
                            self.holder().parts.push(Part::LeftOut(BEHIND, String::new()));
                        }
                        return self.check();
                    }
                }
                Token::Byte(_) | Token::Sign(_) if self.instead > 0 => self.instead -= 1,
                Token::Byte(byte) => self.byte(byte),
                Token::Sign(sign) => self.sign(sign),
                Token::Word(b"bin", number) => {
                    self.tokens
                        .pass_over(number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0));
                }
                Token::Word(b"u", number) => self.unicode(number),
                Token::Word(..) if self.instead > 0 => self.instead -= 1,
                Token::Word(word, number) => self.word(word, number),
            }
            self.check()?;
        }
        self.flush();
        // Open groups at the end mean that the file was truncated.
        while !self.groups.is_empty() {
            self.close();
        }
        self.end_paragraph();
        self.holder().parts.push(Part::LeftOut(CUT, String::new()));
        Ok(())
    }

    fn check(&self) -> Result<(), ExtractError> {
        if self.written > self.most {
            let most = u64::try_from(self.most).unwrap_or(u64::MAX);
            return Err(ExtractError::TooLarge { most });
        }
        Ok(())
    }

    fn finish(mut self) -> Vec<Part> {
        self.flush();
        self.end_paragraph();
        self.close_tables(0);
        self.holders.pop().map(|holder| holder.parts).unwrap_or_default()
    }

    fn holder(&mut self) -> &mut Holder {
        if self.holders.is_empty() {
            self.holders.push(Holder::default());
        }
        let last = self.holders.len() - 1;
        &mut self.holders[last]
    }

    // Characters.

    fn font(&self, number: i64) -> Option<&Font> {
        self.fonts.get(&number)
    }

    /// The character set in effect.
    fn charset(&self) -> Charset {
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

    fn byte(&mut self, byte: u8) {
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
    fn flush(&mut self) {
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
    fn unicode(&mut self, number: Option<i64>) {
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

    fn is_symbol_font(&self) -> bool {
        self.font(self.group.font).is_some_and(|font| font.charset == Some(Charset::Symbol))
    }

    /// Writes a character of a symbol font: ☑ for F0FE of Wingdings.
    fn symbol(&mut self, code: u32) {
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
    fn tag(&self) -> Option<Tag> {
        match self.group {
            Group { is_deleted: true, .. } => Some(DELETED),
            Group { is_hidden: true, .. } => Some(HIDDEN),
            Group { is_struck: true, .. } => Some(STRUCK),
            _ => None,
        }
    }

    fn character(&mut self, c: char, tag: Option<Tag>) {
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

    // Control words.

    fn sign(&mut self, sign: u8) {
        match sign {
            b'*' => self.group.is_optional = true,
            b'~' => self.character('\u{A0}', None),
            b'_' => self.character('-', None),
            b'\r' | b'\n' => self.word(b"par", None),
            b'\t' => self.character('\t', None),
            _ => {}
        }
    }

    fn word(&mut self, word: &[u8], number: Option<i64>) {
        let is_optional = std::mem::take(&mut self.group.is_optional);
        if self.destination(word, is_optional) {
            return;
        }
        match self.group.to {
            To::Fonts => return self.of_font(word, number),
            To::Styles => return self.of_style(word, number),
            To::Field | To::Choice => match word {
                b"ffres" => self.value = number,
                b"ffdefres" => self.default = number,
                _ => {}
            },
            To::Nowhere => {}
            To::Text | To::Label => {
                if self.of_character(word, number) || self.group.to == To::Label {
                    return;
                }
                if !self.of_paragraph(word, number) {
                    self.of_table(word);
                }
            }
        }
        match (word, number) {
            (b"ansicpg", Some(page)) => {
                self.document = of_code_page(page).unwrap_or(self.document);
            }
            (b"mac", _) => self.document = encoding_rs::MACINTOSH,
            (b"deff", Some(font)) => {
                self.default_font = font;
                self.group.font = font;
            }
            (b"uc", Some(bytes)) => {
                self.group.instead = usize::try_from(bytes).unwrap_or(0).min(16);
            }
            _ => {}
        }
    }

    /// Handles a control word that gives its group a destination; returns whether it does.
    fn destination(&mut self, word: &[u8], is_optional: bool) -> bool {
        let is_inner = self.group.to != To::Text;
        let (to, ends) = match word {
            b"ud" => {
                // The Unicode form of the text transcribed before.
                let outer = self.groups.iter().rev().nth(1);
                (outer.map_or(To::Text, |outer| outer.to), None)
            }
            b"fonttbl" => (To::Fonts, None),
            b"stylesheet" => (To::Styles, None),
            b"listtext" | b"pntext" if !is_inner => {
                self.name.clear();
                (To::Label, Some(Ends::Label))
            }
            b"fldinst" if !is_inner => {
                self.field.clear();
                self.choices.clear();
                (self.value, self.default) = (None, None);
                (To::Field, Some(Ends::Field))
            }
            b"ffl" if self.group.to == To::Field => {
                self.name.clear();
                (To::Choice, Some(Ends::Choice))
            }
            b"formfield" if self.group.to == To::Field => (To::Field, None),
            b"ffname" | b"ffdeftext" | b"ffformat" | b"ffhelptext" | b"ffstattext"
            | b"ffentrymcr" | b"ffexitmcr" | b"datafield"
                if self.group.to == To::Field =>
            {
                (To::Nowhere, None)
            }
            b"footnote" if !is_inner => {
                self.begin_note();
                (To::Text, Some(Ends::Note))
            }
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl"
            | b"footerr" | b"footerf"
                if !is_inner =>
            {
                self.holders.push(Holder::default());
                (To::Text, Some(Ends::Aside(HEAD)))
            }
            b"annotation" if !is_inner => {
                self.holders.push(Holder::default());
                (To::Text, Some(Ends::Aside(COMMENT)))
            }
            b"shptxt" | b"dptxbxtext" if !is_inner => {
                self.holders.push(Holder::default());
                (To::Text, Some(Ends::TextBox))
            }
            b"pict" if !is_inner => {
                self.leave_out(PICTURE);
                (To::Nowhere, None)
            }
            b"object" if !is_inner => {
                self.leave_out(OBJECT);
                (To::Nowhere, None)
            }
            // Forms of a shape, picture or text for other programs.
            b"shprslt" | b"nonshppict" | b"nonesttables" | b"upr" | b"sp" | b"info"
            | b"colortbl" | b"xe" | b"tc" | b"tcn" | b"rxe" | b"ftnsep" | b"ftnsepc" | b"ftncn"
            | b"aftnsep" | b"aftnsepc" | b"aftncn" | b"pn" | b"mmathPict" => (To::Nowhere, None),
            b"shpinst" | b"shppict" | b"do" | b"nesttableprops" | b"moMath" | b"moMathPara"
            | b"cs" | b"ds" | b"ts" => return false,
            word if word.starts_with(b"m") && word.ends_with(b"Pr") => (To::Nowhere, None),
            _ if is_optional => (To::Nowhere, None),
            _ => return false,
        };
        self.group.to = to;
        self.group.ends = ends;
        // Text outside the main text begins with default settings.
        if matches!(ends, Some(Ends::Note | Ends::Aside(_) | Ends::TextBox)) {
            self.group.is_raised = false;
            (self.group.is_in_table, self.group.depth) = (false, None);
            (self.group.style, self.group.outline) = (0, None);
        }
        true
    }

    fn of_font(&mut self, word: &[u8], number: Option<i64>) {
        match (word, number) {
            (b"f", Some(font)) => {
                self.defined = font;
                self.group.ends = Some(Ends::Font);
                if self.fonts.len() < MOST_KNOWN {
                    self.fonts.insert(font, Font::default());
                }
            }
            (b"fcharset", Some(charset)) => {
                if let Some(font) = self.fonts.get_mut(&self.defined) {
                    font.charset = Some(Charset::of_number(charset));
                }
            }
            (b"cpg", Some(page)) => {
                if let (Some(font), Some(encoding)) =
                    (self.fonts.get_mut(&self.defined), of_code_page(page))
                {
                    font.charset = Some(Charset::Of(encoding));
                }
            }
            _ => {}
        }
    }

    fn of_style(&mut self, word: &[u8], number: Option<i64>) {
        match (word, number) {
            (b"s", Some(style)) => {
                self.defined = style;
                self.told_outline = None;
                self.name.clear();
                self.group.ends = Some(Ends::Style);
            }
            (b"outlinelevel", Some(level)) => self.told_outline = u8::try_from(level).ok(),
            _ => {}
        }
    }

    /// Handles a control word for characters; returns whether it is one.
    fn of_character(&mut self, word: &[u8], number: Option<i64>) -> bool {
        let is_on = number != Some(0);
        let group = &mut self.group;
        let c = match word {
            b"plain" => {
                (group.is_hidden, group.is_struck, group.is_raised) = (false, false, false);
                (group.is_deleted, group.is_far, group.far_font) = (false, false, None);
                group.font = self.default_font;
                return true;
            }
            b"f" => {
                group.font = number.unwrap_or(0);
                if group.is_far {
                    group.far_font = number;
                }
                return true;
            }
            b"af" if group.is_far => {
                group.far_font = number;
                return true;
            }
            b"dbch" => {
                group.is_far = true;
                return true;
            }
            b"loch" | b"hich" => {
                group.is_far = false;
                return true;
            }
            b"v" => {
                group.is_hidden = is_on;
                return true;
            }
            b"deleted" => {
                group.is_deleted = is_on;
                return true;
            }
            b"strike" | b"striked" => {
                group.is_struck = is_on;
                return true;
            }
            b"super" => {
                group.is_raised = is_on;
                return true;
            }
            // LibreOffice writes the height of superscripts, in half points.
            b"up" => {
                group.is_raised = number.unwrap_or(6) >= LIFTED;
                return true;
            }
            b"nosupersub" | b"sub" | b"dn" => {
                group.is_raised = false;
                return true;
            }
            b"msup" => {
                group.is_raised = true;
                return true;
            }
            b"mden" => '/',
            b"mrad" => '√',
            b"tab" => '\t',
            b"line" | b"lbr" => '\n',
            b"emdash" => '—',
            b"endash" => '–',
            b"lquote" => '‘',
            b"rquote" => '’',
            b"ldblquote" => '“',
            b"rdblquote" => '”',
            b"bullet" => '•',
            b"emspace" => '\u{3000}',
            b"enspace" | b"qmspace" => ' ',
            _ => return false,
        };
        self.character(c, None);
        true
    }

    /// Handles a control word for paragraphs; returns whether it is one.
    fn of_paragraph(&mut self, word: &[u8], number: Option<i64>) -> bool {
        let group = &mut self.group;
        match word {
            b"par" | b"sect" => self.end_paragraph(),
            b"pard" => {
                (group.style, group.outline) = (0, None);
                (group.is_in_table, group.depth) = (false, None);
            }
            b"s" => group.style = number.unwrap_or(0),
            b"outlinelevel" => group.outline = number.and_then(|level| u8::try_from(level).ok()),
            b"intbl" => group.is_in_table = number != Some(0),
            b"itap" => group.depth = number.and_then(|depth| usize::try_from(depth).ok()),
            b"chftn" => self.holder().is_numbered = true,
            b"ftnalt" => self.holder().is_endnote = true,
            _ => return false,
        }
        true
    }

    fn of_table(&mut self, word: &[u8]) {
        match word {
            b"trowd" => {
                self.merges.clear();
                self.is_merged = false;
            }
            b"clmrg" => self.is_merged = true,
            b"cellx" => {
                // A row has some dozens.
                if self.merges.len() < MOST_NAME {
                    self.merges.push(self.is_merged);
                }
                self.is_merged = false;
            }
            b"cell" => self.end_cell(1),
            b"row" => self.end_row(1),
            b"nestcell" => self.end_cell(self.depth().max(2)),
            b"nestrow" => self.end_row(self.depth().max(2)),
            _ => {}
        }
    }

    // Paragraphs, cells and rows.

    /// The number of tables around the paragraph.
    fn depth(&self) -> usize {
        let depth = match (self.group.depth, self.group.is_in_table) {
            (Some(depth), true) => depth.max(1),
            (Some(depth), false) => depth,
            (None, is_in_table) => usize::from(is_in_table),
        };
        depth.min(MOST_JOINED)
    }

    fn end_paragraph(&mut self) {
        let depth = self.depth();
        self.end_paragraph_in(depth);
    }

    fn end_paragraph_in(&mut self, depth: usize) {
        let heading = match self.group.outline {
            Some(level @ 0..=8) => Some(Heading::Level(level + 1)),
            Some(_) => None,
            None => self.styles.get(&self.group.style).copied(),
        };
        let holder = self.holder();
        if let Some(from) = holder.raised_from.take() {
            raise(&mut holder.text, from);
        }
        let text = std::mem::take(&mut holder.text);
        let label = holder.label.take().map(|label| label_of(&label));
        let beside = std::mem::take(&mut holder.beside);
        let part = part_of(&text, heading, label.as_ref());
        if part.is_none() && beside.is_empty() {
            return;
        }
        self.written += COST;
        self.close_tables(depth);
        let holder = self.holder();
        while holder.tables.len() < depth {
            holder.tables.push(Table::default());
        }
        let into = match holder.tables.last_mut() {
            Some(table) => &mut table.cell,
            None => &mut holder.parts,
        };
        into.extend(part);
        into.extend(beside);
    }

    /// Ends the tables inside the outermost `depth`.
    fn close_tables(&mut self, depth: usize) {
        let holder = self.holder();
        while holder.tables.len() > depth {
            let Some(mut table) = holder.tables.pop() else { break };
            if !table.cell.is_empty() {
                table.row.push(TableCell { columns: 1, parts: table.cell });
            }
            if !table.row.is_empty() {
                table.rows.push(table.row);
            }
            let into = match holder.tables.last_mut() {
                Some(outer) => &mut outer.cell,
                None => &mut holder.parts,
            };
            if !table.rows.is_empty() {
                into.push(Part::Table(table.rows));
            }
        }
    }

    fn end_cell(&mut self, depth: usize) {
        let depth = depth.min(MOST_JOINED);
        self.end_paragraph_in(depth);
        self.close_tables(depth);
        let holder = self.holder();
        while holder.tables.len() < depth {
            holder.tables.push(Table::default());
        }
        if let Some(table) = holder.tables.last_mut() {
            let parts = std::mem::take(&mut table.cell);
            table.row.push(TableCell { columns: 1, parts });
            self.written += COST;
        }
    }

    fn end_row(&mut self, depth: usize) {
        let merges = std::mem::take(&mut self.merges);
        self.close_tables(depth.min(MOST_JOINED));
        let holder = self.holder();
        if let Some(table) = holder.tables.last_mut() {
            let mut row: Vec<TableCell> = Vec::with_capacity(table.row.len());
            for (nth, cell) in std::mem::take(&mut table.row).into_iter().enumerate() {
                match row.last_mut() {
                    Some(last) if merges.get(nth) == Some(&true) => {
                        last.columns = last.columns.saturating_add(1);
                        last.parts.extend(cell.parts);
                    }
                    _ => row.push(cell),
                }
            }
            if !row.is_empty() {
                table.rows.push(row);
            }
        }
        self.merges = merges;
    }

    // Groups that end.

    fn close(&mut self) {
        match self.group.ends {
            Some(Ends::Font) => {
                let name = self.name.trim_end_matches(';').trim().to_lowercase();
                if let Some(font) = self.fonts.get_mut(&self.defined) {
                    font.name = name;
                }
                self.name.clear();
            }
            Some(Ends::Style) => {
                let heading = heading_of(&self.name, self.told_outline);
                if let (Some(heading), true) = (heading, self.styles.len() < MOST_KNOWN) {
                    self.styles.insert(self.defined, heading);
                }
                self.name.clear();
            }
            Some(Ends::Label) => {
                let label = std::mem::take(&mut self.name);
                self.holder().label = Some(label);
            }
            Some(Ends::Choice) if self.choices.len() < MOST_NAME => {
                self.choices.push(std::mem::take(&mut self.name));
            }
            Some(Ends::Field) => self.end_field(),
            Some(Ends::Note) => self.end_note(),
            Some(Ends::Aside(tag)) => {
                let parts = self.end_holder();
                let texts = parts.iter().map(Part::whole_text);
                let text = texts.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>();
                if !text.is_empty() {
                    self.holder().beside.push(Part::LeftOut(tag, text.join("\n")));
                }
            }
            Some(Ends::TextBox) => {
                let parts = self.end_holder();
                self.holder().beside.extend(parts);
            }
            Some(Ends::Choice) | None => {}
        }
        if let Some(outer) = self.groups.pop() {
            // A font table without groups around its fonts.
            if self.group.to == To::Fonts && outer.to != To::Fonts {
                self.name.clear();
            }
            self.group = outer;
        }
    }

    fn end_holder(&mut self) -> Vec<Part> {
        self.end_paragraph();
        self.close_tables(0);
        match self.holders.len() {
            0 | 1 => Vec::new(),
            _ => self.holders.pop().map(|holder| holder.parts).unwrap_or_default(),
        }
    }

    fn begin_note(&mut self) {
        self.notes += 1;
        self.written += COST;
        let id = self.notes.to_string();
        self.holder().text.note(&id);
        self.holders.push(Holder { id, ..Holder::default() });
    }

    fn end_note(&mut self) {
        self.end_paragraph();
        self.close_tables(0);
        if self.holders.len() < 2 {
            return;
        }
        let Some(holder) = self.holders.pop() else { return };
        let mut note = Rich::default();
        for part in holder.parts {
            let Part::Paragraph(_, lines) = part else { continue };
            for line in lines {
                if !note.is_empty() {
                    note.push(' ', None);
                }
                note.append(&line);
            }
        }
        if note.is_empty() {
            return;
        }
        // A note without an automatic number has its mark in its text.
        if holder.is_numbered {
            let count = if holder.is_endnote { &mut self.endnotes } else { &mut self.footnotes };
            *count += 1;
            let mark = if holder.is_endnote { format!("[{count}] ") } else { format!("{count} ") };
            note.prefix(&mark);
        }
        self.holder().beside.push(Part::Note(holder.id, note));
    }

    /// Writes the visible value of a form field that has no text.
    fn end_field(&mut self) {
        // 25 means the initial value.
        let value = self.value.filter(|value| *value != 25).or(self.default).unwrap_or(0);
        let shown = if self.field.contains("FORMCHECKBOX") {
            if value == 1 { "☑".to_owned() } else { "☐".to_owned() }
        } else if self.field.contains("FORMDROPDOWN") {
            let chosen = usize::try_from(value).ok().and_then(|value| self.choices.get(value));
            chosen.cloned().unwrap_or_default()
        } else {
            return;
        };
        self.group.to = To::Text;
        shown.chars().for_each(|c| self.character(c, None));
    }

    /// Records content that isn't read, once for consecutive items of the same kind.
    fn leave_out(&mut self, tag: Tag) {
        let last = self.holder().beside.last();
        if !matches!(last, Some(Part::LeftOut(of, text)) if *of == tag && text.is_empty()) {
            self.holder().beside.push(Part::LeftOut(tag, String::new()));
        }
    }
}

/// Turns the text from `from` on into a superscript.
fn raise(text: &mut Rich, from: usize) {
    let Some(raised) = text.as_str().get(from..).map(str::to_owned) else { return };
    // Left-out text stays as it is.
    let is_whole = text.read().len() == text.as_str().len();
    if is_whole && !raised.trim().is_empty() {
        text.truncate(from);
        text.push_str(&superscript(&raised), None);
    }
}

/// The label printed before a paragraph.
fn label_of(printed: &str) -> Label {
    let printed = printed.trim();
    let is_bullet = |c: char| !c.is_alphanumeric() && !"()（）".contains(c);
    if printed.chars().count() <= 1 && printed.chars().all(is_bullet) {
        return Label::Bullet;
    }
    Label::Number(printed.to_owned())
}

/// The heading level of a style, by its outline level or name.
fn heading_of(name: &str, outline: Option<u8>) -> Option<Heading> {
    let name = name.trim_end_matches(';').trim().to_lowercase();
    if matches!(name.as_str(), "title" | "标题" | "標題") {
        return Some(Heading::Title);
    }
    if let Some(level @ 0..=8) = outline {
        return Some(Heading::Level(level + 1));
    }
    let level = ["heading", "标题", "標題"].iter().find_map(|word| name.strip_prefix(word))?;
    level.trim().parse().ok().filter(|level| (1..=9).contains(level)).map(Heading::Level)
}
