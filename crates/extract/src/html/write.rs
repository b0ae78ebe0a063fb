//! A part of a page as paragraphs of Markdown.

use tiaowen_text::{is_han, numeral};

use super::page::Page;

/// A paragraph: its heading level (0 where it is none) and its text.
pub(super) type Paragraph = (usize, String);

/// The paragraphs of an element.
pub(super) fn paragraphs(page: &Page<'_>, element: usize) -> Vec<Paragraph> {
    let mut writer = Writer::default();
    let mut open: Vec<usize> = Vec::new();
    let end = page.items[element].end;
    let mut at = element;
    while at < end {
        while let Some(closed) = open.pop_if(|open| page.items[*open].end <= at) {
            writer.close(page, closed);
        }
        let item = &page.items[at];
        if item.dropped || matches!(item.name, "head" | "title") {
            at = item.end;
            continue;
        }
        if item.name.is_empty() {
            writer.text(item.text);
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

/// What a list puts before its items.
enum Mark {
    None,
    Bullet,
    Number(i64),
}

#[derive(Default)]
struct Writer {
    done: Vec<Paragraph>,
    line: Line,
    /// The heading being read.
    level: usize,
    pre: usize,
    /// Open lists, and how each marks its next item.
    lists: Vec<(usize, Mark)>,
    /// What stands before the text of the item being read.
    label: String,
    /// The table whose rows are read across, and its row's cells.
    table: Option<usize>,
    row: Vec<String>,
}

impl Writer {
    fn open(&mut self, page: &Page<'_>, at: usize) {
        let name = page.items[at].name;
        let level = heading_level(name);
        match name {
            _ if self.table.is_some() || self.level > 0 => self.split(name),
            _ if level > 0 => {
                self.flush();
                self.level = level;
            }
            "table" if page.is_data(at) => {
                self.flush();
                self.table = Some(at);
            }
            "ol" | "ul" => {
                self.flush();
                let plain = page.items[at].attribute("style").is_some_and(|style| {
                    style
                        .split(';')
                        .any(|rule| rule.contains("list-style") && rule.contains("none"))
                });
                let start = page.items[at].attribute("start");
                let start = start.and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                // A list without marks is one for the layout only.
                let mark = if plain {
                    Mark::None
                } else if name == "ol" {
                    Mark::Number(start)
                } else {
                    Mark::Bullet
                };
                self.lists.push((at, mark));
            }
            "li" => self.item(page, at),
            "pre" => {
                self.flush();
                self.pre += 1;
            }
            _ => self.split(name),
        }
    }

    fn close(&mut self, page: &Page<'_>, at: usize) {
        let name = page.items[at].name;
        if let Some(table) = self.table {
            match name {
                "td" | "th" => self.row.extend(self.line.take()),
                "tr" | "caption" => self.end_row(),
                "table" if at == table => {
                    self.end_row();
                    self.table = None;
                }
                _ => self.split(name),
            }
            return;
        }
        match name {
            _ if self.level > 0 && heading_level(name) == 0 => self.split(name),
            "ol" | "ul" => {
                self.flush();
                self.lists.pop();
            }
            "li" => {
                self.flush();
                self.label.clear();
            }
            "pre" => {
                self.flush();
                self.pre = self.pre.saturating_sub(1);
            }
            "br" | "hr" => {}
            _ => self.split(name),
        }
    }

    /// Ends the paragraph at an element that isn't part of one; in headings and cells, which
    /// are lines of their own, it ends nothing.
    fn split(&mut self, name: &str) {
        if matches!(name, "a" | "span") {
            return;
        }
        if self.table.is_some() {
            self.line.gap = self.line.gap.max(Gap::Space);
        } else if self.level > 0 && heading_level(name) == 0 {
            self.line.gap = self.line.gap.max(Gap::Line);
        } else {
            self.flush();
        }
    }

    fn end_row(&mut self) {
        self.row.extend(self.line.take());
        if !self.row.is_empty() {
            self.done.push((0, self.row.join("\t")));
            self.row.clear();
        }
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
            Some((_, Mark::None)) => {}
            _ => self.label.push_str("■ "),
        }
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            // What ends a line for whoever reads on, ends a paragraph here.
            if matches!(c, '\u{c}' | '\u{2028}' | '\u{2029}') || c == '\n' && self.pre > 0 {
                self.split("br");
            } else {
                self.line.push(c);
            }
        }
    }

    fn flush(&mut self) {
        let level = std::mem::take(&mut self.level);
        let Some(text) = self.line.take() else { return };
        let label = std::mem::take(&mut self.label);
        let text = if label.is_empty() || has_label(&text) { text } else { label + &text };
        self.done.push((level, text));
    }
}

/// White space that text before it waits for: none, a source line's end, a space.
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
    text: String,
    gap: Gap,
}

impl Line {
    fn push(&mut self, c: char) {
        let gap = match c {
            '\u{3000}' => Gap::Wide,
            '\n' | '\r' => Gap::Line,
            // Indents beside a line's end belong to it.
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
        if let Some(last) = self.text.chars().next_back() {
            match gap {
                Gap::None => {}
                // A source's line may end anywhere between Han, and beside their marks.
                Gap::Line if is_mark(last) || is_mark(c) || is_han(last) && is_han(c) => {}
                Gap::Line | Gap::Space => self.text.push(' '),
                Gap::Wide => self.text.push('\u{3000}'),
            }
        }
        self.text.push(c);
    }

    fn take(&mut self) -> Option<String> {
        self.gap = Gap::None;
        Some(std::mem::take(&mut self.text)).filter(|text| !text.is_empty())
    }
}

pub(super) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c), 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF)
}

/// Marks of Chinese text, which have their space within.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x3001..=0x303F | 0xFF01..=0xFF60 | 0x2014 | 0x2018..=0x201D | 0x2026)
}

/// A text as one line, its white space as in a paragraph.
pub(super) fn line(text: &str) -> String {
    let mut line = Line::default();
    text.chars().for_each(|c| line.push(c));
    line.take().unwrap_or_default()
}

fn heading_level(name: &str) -> usize {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => usize::from(digit - b'0'),
        _ => 0,
    }
}

/// Whether a paragraph begins with a label of its own: 一、 （一） 1. (a) 第一條 ①
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

/// The number of an item of a list of `kind`: 1, a, A, i or I.
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

/// A paragraph as Markdown, where what it begins with would be taken for structure.
pub(super) fn markdown((level, text): &Paragraph) -> String {
    if *level > 0 {
        return format!("{} {text}", "#".repeat(*level));
    }
    let hashes = text.bytes().take_while(|&byte| byte == b'#').count();
    let heads = (1..=6).contains(&hashes) && text[hashes..].starts_with([' ', '\t', '\u{3000}']);
    if heads || text == "+++" || text.starts_with("<!--") {
        return format!("\\{text}");
    }
    text.clone()
}
