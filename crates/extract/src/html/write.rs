//! Writes part of a page as paragraphs, tables and notes.

use tiaowen_blocks::{DroppedKind, LeftOutReason};
use tiaowen_text::{is_han, numeral, superscript};

use super::page::Page;
use crate::compose::{PICTURE, Part, Rich, Role, TableCell, Tag};

pub(super) const HIDDEN: Tag = (DroppedKind::Hidden, &LeftOutReason::HiddenByPage);
pub(super) const MENU: Tag = (DroppedKind::Menu, &LeftOutReason::SiteFurniture);
pub(super) const FRAME: Tag = (DroppedKind::Unreadable, &LeftOutReason::Frame);
const OBJECT: Tag = (DroppedKind::Unreadable, &LeftOutReason::EmbeddedInPage);
const DELETED: Tag = (DroppedKind::Deleted, &LeftOutReason::StruckByPage);
const READING: Tag = (DroppedKind::Other, &LeftOutReason::Ruby);

/// A part, and whether it is a line of links.
pub(super) struct Written {
    pub(super) part: Part,
    pub(super) is_linked: bool,
}

/// The parts of an element.
pub(super) fn parts(page: &Page<'_>, element: usize) -> Vec<Written> {
    let mut writer = Writer::default();
    let mut open: Vec<usize> = Vec::new();
    let end = page.items[element].end;
    let mut at = element;
    while at < end {
        while let Some(closed) = open.pop_if(|open| page.items[*open].end <= at) {
            writer.close(page, closed);
        }
        let item = &page.items[at];
        if matches!(item.name, "head" | "title") {
            at = item.end;
            continue;
        }
        if item.dropped {
            writer.leave_out(page, at);
            at = item.end;
            continue;
        }
        if item.name.is_empty() {
            writer.text(item.text, item.in_link);
        } else {
            writer.open(page, at);
            open.push(at);
        }
        at += 1;
    }
    while let Some(closed) = open.pop() {
        writer.close(page, closed);
    }
    writer.flush();
    writer.done
}

/// The marker of a list's items.
enum Mark {
    None,
    Bullet,
    Number(i64),
    /// Han numerals, as requested by a style sheet.
    Han(i64),
}

#[derive(Default)]
struct Writer {
    done: Vec<Written>,
    line: Line,
    /// Number of letters of the line, and of those in links.
    letters: usize,
    linked: usize,
    /// Whether a single line break precedes the line.
    is_rest: bool,
    /// The open heading's level.
    level: usize,
    pre: usize,
    /// Open lists with the marker of the next item.
    lists: Vec<(usize, Mark)>,
    /// The label of the open item, before its text.
    label: String,
    /// The table whose rows are read across, and the cells of the current row.
    table: Option<usize>,
    rows: Vec<Vec<TableCell>>,
    row: Vec<TableCell>,
    /// The content of the current cell.
    cell: Vec<Part>,
    /// Open elements whose text is left out.
    tags: Vec<(usize, Tag)>,
    /// Open elements whose text is raised, with that text.
    raised: Vec<(usize, String)>,
    /// The open note: its element, name and text.
    note: Option<(usize, String, Rich)>,
}

impl Writer {
    fn open(&mut self, page: &Page<'_>, at: usize) {
        let name = page.items[at].name;
        match page.items[at].meaning() {
            Some("raised") => self.raised.push((at, String::new())),
            Some("deleted") => self.tags.push((at, DELETED)),
            Some("reading") => self.tags.push((at, READING)),
            Some("button") => self.tags.push((at, MENU)),
            Some("frame") => self.push(Part::LeftOut(FRAME, String::new()), false),
            Some("object") => self.push(Part::LeftOut(OBJECT, String::new()), false),
            Some("picture") if !page.items[at].in_link => {
                self.push(Part::LeftOut(PICTURE, String::new()), false);
            }
            _ => {}
        }
        if let Some(id) = page.note(at).filter(|_| self.note.is_none()) {
            self.flush();
            self.note = Some((at, id.to_owned(), Rich::default()));
        }
        let level = heading_level(name);
        match name {
            _ if self.level > 0 => self.split(name),
            _ if level > 0 && self.table.is_none() => {
                self.flush();
                self.level = level;
            }
            "table" if page.is_data(at) => {
                self.flush();
                self.table = Some(at);
            }
            "ol" | "ul" => {
                self.flush();
                self.list(page, at);
            }
            "li" => self.item(page, at),
            "pre" => {
                self.flush();
                self.pre += 1;
            }
            _ => self.split(name),
        }
    }

    fn list(&mut self, page: &Page<'_>, at: usize) {
        let item = &page.items[at];
        let plain = item.attribute("style").is_some_and(|style| {
            style.split(';').any(|rule| rule.contains("list-style") && rule.contains("none"))
        });
        let start = item.attribute("start");
        let start = start.and_then(|start| start.trim().parse().ok()).unwrap_or(1);
        // A list without markers serves the layout only.
        let mark = if plain {
            Mark::None
        } else if item.attribute("style").is_some_and(is_han_list) {
            Mark::Han(start)
        } else if item.name == "ol" {
            Mark::Number(start)
        } else {
            Mark::Bullet
        };
        self.lists.push((at, mark));
    }

    fn close(&mut self, page: &Page<'_>, at: usize) {
        self.end_meaning(page, at);
        let name = page.items[at].name;
        if let Some(table) = self.table {
            match name {
                "td" | "th" => self.end_cell(page, at),
                "tr" | "caption" => self.end_row(),
                "table" if at == table => self.end_table(),
                "ol" | "ul" => self.end_list(),
                "li" => self.end_item(),
                _ => self.split(name),
            }
        } else {
            match name {
                _ if self.level > 0 && heading_level(name) == 0 => self.split(name),
                "ol" | "ul" => self.end_list(),
                "li" => self.end_item(),
                "pre" => {
                    self.flush();
                    self.pre = self.pre.saturating_sub(1);
                }
                "br" | "hr" => {}
                _ => self.split(name),
            }
        }
        if self.note.as_ref().is_some_and(|(note, ..)| *note == at) {
            self.flush();
            if let Some((_, id, note)) = self.note.take() {
                self.done.push(Written { part: Part::Note(id, note), is_linked: false });
            }
        }
    }

    /// Ends the effect of formatting.
    fn end_meaning(&mut self, page: &Page<'_>, at: usize) {
        self.tags.pop_if(|(tagged, _)| *tagged == at);
        let Some((_, raised)) = self.raised.pop_if(|(raised, _)| *raised == at) else { return };
        match page.note_referred_to(at) {
            Some(note) => self.line.note(note),
            None if raised.trim().is_empty() => {}
            None => self.put(&superscript(&raised)),
        }
    }

    fn end_list(&mut self) {
        self.flush();
        self.lists.pop();
    }

    fn end_item(&mut self) {
        self.flush();
        self.label.clear();
    }

    /// Ends the paragraph at an element that can't be inside one. Inside a heading, which is always
    /// one line, it has no effect.
    fn split(&mut self, name: &str) {
        if matches!(name, "a" | "span") {
            return;
        }
        if self.level > 0 && heading_level(name) == 0 {
            self.line.gap = self.line.gap.max(Gap::Line);
        } else {
            let ends_line = name == "br" && !self.line.is_empty();
            self.flush();
            self.is_rest = ends_line;
        }
    }

    fn end_cell(&mut self, page: &Page<'_>, at: usize) {
        self.flush();
        let columns = page.items[at].attribute("colspan").and_then(|span| span.trim().parse().ok());
        let parts = std::mem::take(&mut self.cell);
        self.row.push(TableCell { columns: columns.unwrap_or(1).clamp(1, 1000), parts });
    }

    fn end_row(&mut self) {
        self.flush();
        if !self.cell.is_empty() {
            // A caption, or text outside cells.
            let parts = std::mem::take(&mut self.cell);
            self.row.push(TableCell { columns: 1, parts });
        }
        if !self.row.is_empty() {
            self.rows.push(std::mem::take(&mut self.row));
        }
    }

    fn end_table(&mut self) {
        self.end_row();
        self.table = None;
        let rows = std::mem::take(&mut self.rows);
        self.push(Part::Table(rows), false);
    }

    fn item(&mut self, page: &Page<'_>, at: usize) {
        self.flush();
        self.label.clear();
        let value = page.items[at].attribute("value").and_then(|value| value.trim().parse().ok());
        match self.lists.last_mut() {
            Some((list, Mark::Number(number))) => {
                let here = value.unwrap_or(*number);
                *number = here.saturating_add(1);
                self.label = format!("{}. ", numbered(here, page.items[*list].attribute("type")));
            }
            Some((_, Mark::Han(number))) => {
                let here = value.unwrap_or(*number);
                *number = here.saturating_add(1);
                let han = u32::try_from(here).ok().and_then(numeral::han);
                self.label = format!("{}、", han.unwrap_or_else(|| here.to_string()));
            }
            Some((_, Mark::None)) => {}
            _ => self.label.push_str("■ "),
        }
    }

    /// Leaves out an element: in a sentence its characters, elsewhere a paragraph.
    fn leave_out(&mut self, page: &Page<'_>, at: usize) {
        let item = &page.items[at];
        let tag = if page.is_hidden(at) { HIDDEN } else { MENU };
        if matches!(item.name, "span" | "a") && !self.line.is_empty() {
            let texts = page.items[at..item.end].iter().flat_map(|item| item.text.chars());
            texts.for_each(|c| self.line.push(c, Some(tag)));
            return;
        }
        let text = super::text_of(page, at);
        if !text.is_empty() {
            self.flush();
            self.push(Part::LeftOut(tag, text), false);
        }
    }

    fn text(&mut self, text: &str, in_link: bool) {
        if let Some((_, raised)) = self.raised.last_mut() {
            raised.push_str(text);
            return;
        }
        let letters = text.chars().filter(|c| !c.is_whitespace()).count();
        self.letters += letters;
        self.linked += if in_link { letters } else { 0 };
        self.put(text);
    }

    fn put(&mut self, text: &str) {
        let tag = self.tags.last().map(|(_, tag)| *tag);
        for c in text.chars() {
            // Separators that would end a line in later steps end a paragraph here.
            if matches!(c, '\u{c}' | '\u{2028}' | '\u{2029}') || c == '\n' && self.pre > 0 {
                self.split("br");
            } else {
                self.line.push(c, tag);
            }
        }
    }

    fn flush(&mut self) {
        let level = std::mem::take(&mut self.level);
        let is_rest = std::mem::take(&mut self.is_rest);
        let (letters, linked) =
            (std::mem::take(&mut self.letters), std::mem::take(&mut self.linked));
        let Some(mut text) = self.line.take() else { return };
        let label = std::mem::take(&mut self.label);
        let is_item = !label.is_empty();
        if is_item && !has_label(text.as_str()) {
            text.prefix(&label);
        }
        if let Some((_, _, note)) = &mut self.note {
            if !note.is_empty() {
                note.push(' ', None);
            }
            note.append(&text);
            return;
        }
        let role = match level {
            0 if is_item => Role::Item,
            0 => {
                text.is_rest = is_rest;
                Role::Text
            }
            level => Role::Heading(level as u8),
        };
        self.push(Part::paragraph(role, text), 2 * linked >= letters && linked > 0);
    }

    fn push(&mut self, part: Part, is_linked: bool) {
        if self.table.is_some() {
            self.cell.push(part);
        } else {
            self.done.push(Written { part, is_linked });
        }
    }
}

/// Pending white space: none, an end of line in the source, a space.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Line,
    Space,
    Wide,
}

#[derive(Default)]
struct Line {
    text: Rich,
    gap: Gap,
}

impl Line {
    fn push(&mut self, c: char, tag: Option<Tag>) {
        let gap = match c {
            '\u{3000}' => Gap::Wide,
            '\n' | '\r' => Gap::Line,
            // Indentation next to an end of line belongs to it.
            _ if c.is_whitespace() && self.gap == Gap::Line => Gap::Line,
            _ if c.is_whitespace() => Gap::Space,
            _ => Gap::None,
        };
        if gap != Gap::None {
            self.gap =
                if gap == Gap::Line && self.gap == Gap::Space { gap } else { self.gap.max(gap) };
            return;
        }
        if c.is_control() || is_invisible(c) {
            return;
        }
        let gap = std::mem::take(&mut self.gap);
        if let Some(last) = self.text.as_str().chars().next_back() {
            match gap {
                Gap::None => {}
                // A line in the source may end anywhere between Han characters, or beside their
                // punctuation.
                Gap::Line if is_mark(last) || is_mark(c) || is_han(last) && is_han(c) => {}
                Gap::Line | Gap::Space => self.text.push(' ', tag),
                Gap::Wide => self.text.push('\u{3000}', tag),
            }
        }
        self.text.push(c, tag);
    }

    fn note(&mut self, id: &str) {
        self.text.note(id);
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn take(&mut self) -> Option<Rich> {
        self.gap = Gap::None;
        Some(std::mem::take(&mut self.text)).filter(|text| !text.is_empty())
    }
}

pub(super) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c), 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF)
}

/// Chinese punctuation, which includes its space.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x3001..=0x303F | 0xFF01..=0xFF60 | 0x2014 | 0x2018..=0x201D | 0x2026)
}

/// A text as one line, with the white space of a paragraph.
pub(super) fn line(text: &str) -> String {
    let mut line = Line::default();
    text.chars().for_each(|c| line.push(c, None));
    line.take().unwrap_or_default().as_str().to_owned()
}

fn heading_level(name: &str) -> usize {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => usize::from(digit - b'0'),
        _ => 0,
    }
}

/// Whether a paragraph begins with a label: 一、 （一） 1. (a) 第一條 ①
fn has_label(text: &str) -> bool {
    let head: Vec<char> = text.chars().take(10).collect();
    let is_figure = |c: &char| numeral::is_numeral(*c) || "甲乙丙丁戊己庚辛壬癸".contains(*c);
    match head.first() {
        Some('第') => {
            let figures = head[1..].iter().take_while(|c| is_figure(c)).count();
            figures > 0
                && head.get(1 + figures).is_some_and(|c| "條条章節节款項项編编部分目".contains(*c))
        }
        Some('（' | '(' | '〔' | '［' | '[') => {
            let inside =
                head[1..].iter().take_while(|c| is_figure(c) || c.is_ascii_alphabetic()).count();
            (1..=5).contains(&inside)
                && head.get(1 + inside).is_some_and(|c| "）)〕］]".contains(*c))
        }
        Some(
            '①'..='⓿'
            | '■'
            | '□'
            | '●'
            | '○'
            | '◆'
            | '◇'
            | '★'
            | '▲'
            | '•'
            | '·'
            | '．'
            | '※'
            | '—'
            | '-',
        ) => true,
        Some(_) => {
            let figures = head.iter().take_while(|c| is_figure(c)).count();
            let letters = usize::from(head[0].is_ascii_alphabetic());
            let mark = head.get(figures.max(letters));
            figures.max(letters) > 0 && mark.is_some_and(|c| "、.．)）".contains(*c))
        }
        None => false,
    }
}

/// Whether a style numbers items 一、二、三、
fn is_han_list(style: &str) -> bool {
    style.contains("list-style")
        && ["cjk-ideographic", "trad-chinese", "simp-chinese", "cjk-decimal", "chinese"]
            .iter()
            .any(|kind| style.contains(kind))
}

/// The number of a list item in format `kind`: 1, a, A, i or I.
fn numbered(number: i64, kind: Option<&str>) -> String {
    match (kind, number) {
        (Some("a"), 1..) => letters(number),
        (Some("A"), 1..) => letters(number).to_uppercase(),
        (Some("i"), 1..4000) => roman(number),
        (Some("I"), 1..4000) => roman(number).to_uppercase(),
        _ => number.to_string(),
    }
}

fn letters(mut number: i64) -> String {
    let mut found = Vec::new();
    while number > 0 {
        found.push(char::from(b'a' + ((number - 1) % 26) as u8));
        number = (number - 1) / 26;
    }
    found.iter().rev().collect()
}

fn roman(mut number: i64) -> String {
    const SIGNS: [(i64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut found = String::new();
    for (value, sign) in SIGNS {
        while number >= value {
            found.push_str(sign);
            number -= value;
        }
    }
    found
}
