//! Builds paragraphs, tables and notes from tokens.
//!
//! A group inherits all settings of the enclosing one and restores them at its end, so the reader
//! keeps a stack of [`Group`]s. A control word at the beginning of a group may redirect the group's
//! text: into a note, a font table, or nowhere.
//!
//! Characters are decoded in `text.rs`, control words take effect in `words.rs`, and paragraphs and
//! tables are put together in `paragraphs.rs`.

mod paragraphs;
mod text;
mod words;

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};
use tiaowen_blocks::{DroppedKind, LeftOutReason};

use crate::compose::{Part, Rich, TableCell, Tag};
use crate::paragraph::Heading;
use crate::{DamageReason, ExtractError};

use super::characters::Charset;
use super::damaged;
use super::tokens::{Token, Tokens};

/// Maximum nesting of groups; documents have some dozens.
const MOST_DEEP: usize = 10_000;
/// Maximum number of fonts and styles, since each takes memory.
const MOST_KNOWN: usize = 32_767;
/// Memory for a paragraph, cell or note beside its text, in bytes.
const COST: usize = 64;
/// Maximum length of a name or label in bytes.
const MOST_NAME: usize = 256;

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
    defined_outline: Option<u8>,
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
            defined_outline: None,
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
                let heading = heading_of(&self.name, self.defined_outline);
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
