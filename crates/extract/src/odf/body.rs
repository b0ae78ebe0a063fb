//! Reads the body of a document: paragraphs with headings, labels, tables and notes. It works like
//! the reader of .docx: one walk with a stack of open elements.

use std::collections::HashMap;

use tiaowen_blocks::{DroppedKind, LeftOutReason};
use tiaowen_text::superscript;

use crate::compose::{PICTURE, Part, Rich, TableCell, Tag};
use crate::paragraph::{Heading, Label, is_invisible, part_of};
use crate::xml::{Attributes, Name, Space, Visitor, walk};
use crate::{DamageReason, ExtractError};

use super::numbering::{Counts, LEVELS, next};
use super::styles::{Look, Styles};
use super::{FORMAT, damaged};

/// Nested tables up to this depth keep their cells; deeper ones become paragraphs.
const MOST_JOINED: usize = 8;
/// Maximum number of times a repeated row or cell is read.
const MOST_REPEATED: usize = 1_000;

const DELETED: Tag = (DroppedKind::Deleted, &LeftOutReason::TrackedDeletion);
const STRUCK: Tag = (DroppedKind::Deleted, &LeftOutReason::Struck);
const HIDDEN: Tag = (DroppedKind::Hidden, &LeftOutReason::NotPrinted);
const READING: Tag = (DroppedKind::Other, &LeftOutReason::Ruby);
const COMMENT: Tag = (DroppedKind::Hidden, &LeftOutReason::Comment);
const CONTENTS: Tag = (DroppedKind::Contents, &LeftOutReason::ContentsOrIndex);
const HEAD: Tag = (DroppedKind::RunningHead, &LeftOutReason::HeadOrFoot);
const OBJECT: Tag = (DroppedKind::Unreadable, &LeftOutReason::EmbeddedFormula);

/// Elements of a table of contents or an index.
const INDEXES: [&[u8]; 6] = [
    b"table-of-content",
    b"alphabetical-index",
    b"illustration-index",
    b"table-index",
    b"object-index",
    b"user-index",
];
/// Elements whose content is no text; so is what ends in `-source`, from which an index was made.
const NO_TEXT: [&[u8]; 6] = [
    b"insertion",
    b"format-change",
    b"sequence-decls",
    b"variable-decls",
    b"user-field-decls",
    b"script",
];

/// An open paragraph. One inside a text box or note is nested in another.
#[derive(Debug, Default)]
struct Paragraph {
    text: Rich,
    heading: Option<Heading>,
    label: Option<Label>,
    /// The contents of text boxes and comments anchored in it.
    beside: Vec<Part>,
}

/// A destination of finished paragraphs.
#[derive(Debug, Default)]
struct Holder {
    parts: Vec<Part>,
    columns: u16,
    repeated: usize,
}

/// An open element whose end or nesting matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Paragraph,
    /// A span with a look of its own, with the start of its text.
    Span {
        from: usize,
    },
    Tagged,
    Table,
    Row {
        repeated: usize,
        is_hidden: bool,
    },
    Cell,
    TextBox,
    Note,
    Citation,
    NoteBody,
    List,
    Item,
    /// Text deleted in a tracked change.
    Deletion,
    /// Paragraphs that are left out.
    Aside(Aside),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aside {
    Comment,
    Contents,
    Head,
}

/// An open note.
#[derive(Debug, Default)]
struct Note {
    id: String,
    is_endnote: bool,
    citation: String,
}

/// An open list.
#[derive(Debug)]
struct OpenList {
    style: String,
    counts: usize,
    /// Whether the next paragraph has a label, and the number that it sets.
    pending: Option<Option<u32>>,
}

pub(super) struct Body<'a> {
    styles: &'a Styles,
    open: Vec<Element>,
    skipped: usize,
    paragraphs: Vec<Paragraph>,
    holders: Vec<Holder>,
    looks: Vec<Look>,
    tags: Vec<Tag>,
    tables: Vec<Vec<Vec<TableCell>>>,
    rows: Vec<Vec<TableCell>>,
    notes: Vec<Note>,
    lists: Vec<OpenList>,
    counts: Counts,
    outline: [Option<u32>; LEVELS],
    /// Text deleted in tracked changes, by name, and the open change.
    deleted: HashMap<String, String>,
    change: String,
    /// The name of a sheet, which precedes its table.
    is_sheet: bool,
    /// Number of bytes of finished paragraphs, and its limit.
    written: u64,
    most: u64,
    is_document: bool,
}

impl<'a> Body<'a> {
    /// Reads the text in `part`, up to `most` bytes.
    pub(super) fn read(
        xml: &str,
        part: &str,
        styles: &'a Styles,
        most: u64,
    ) -> Result<Vec<Part>, ExtractError> {
        let mut body = Self::new(styles, most);
        walk(xml, part, FORMAT, &mut body)?;
        if !body.is_document {
            return Err(damaged(DamageReason::NoWordText { part: part.to_owned() }));
        }
        body.finish()
    }

    /// Reads headers and footers, as left out.
    pub(super) fn read_beside(
        xml: &str,
        part: &str,
        styles: &'a Styles,
        most: u64,
    ) -> Result<Vec<Part>, ExtractError> {
        let mut body = Self::new(styles, most);
        walk(xml, part, FORMAT, &mut body)?;
        let parts = body.finish()?;
        Ok(parts.into_iter().filter(|part| matches!(part, Part::LeftOut(..))).collect())
    }

    fn new(styles: &'a Styles, most: u64) -> Self {
        Self {
            styles,
            open: Vec::new(),
            skipped: 0,
            paragraphs: Vec::new(),
            holders: vec![Holder::default()],
            looks: Vec::new(),
            tags: Vec::new(),
            tables: Vec::new(),
            rows: Vec::new(),
            notes: Vec::new(),
            lists: Vec::new(),
            counts: Counts::default(),
            outline: [None; LEVELS],
            deleted: HashMap::new(),
            change: String::new(),
            is_sheet: false,
            written: 0,
            most,
            is_document: false,
        }
    }

    fn finish(mut self) -> Result<Vec<Part>, ExtractError> {
        if self.written > self.most {
            return Err(ExtractError::TooLarge { most: self.most });
        }
        let mut parts = self.holders.pop().map(|holder| holder.parts).unwrap_or_default();
        // Deletions without a position in the text.
        let mut left: Vec<(String, String)> = self.deleted.into_iter().collect();
        left.sort_unstable();
        parts.extend(left.into_iter().map(|(_, text)| Part::LeftOut(DELETED, text)));
        Ok(parts)
    }

    fn start_element(&mut self, name: Name<'_>, attributes: &Attributes<'_>) -> Option<Element> {
        match name.space {
            Space::OdfText => self.text_element(name.local, attributes),
            Space::OdfTable => self.table_element(name.local, attributes),
            Space::OdfDraw => self.drawn(name.local, attributes),
            Space::OdfOffice => match name.local {
                b"annotation" => {
                    self.holders.push(Holder::default());
                    Some(Element::Aside(Aside::Comment))
                }
                b"text" | b"spreadsheet" | b"presentation" => {
                    self.is_document = true;
                    self.is_sheet = name.local == b"spreadsheet";
                    Some(Element::Other)
                }
                // Metadata of changes, scripts, fonts and controls.
                b"change-info" | b"scripts" | b"font-face-decls" | b"forms" | b"meta"
                | b"settings" | b"binary-data" => None,
                _ => Some(Element::Other),
            },
            Space::OdfStyle => match name.local {
                b"header" | b"footer" | b"header-left" | b"footer-left" | b"header-first"
                | b"footer-first" => {
                    self.holders.push(Holder::default());
                    Some(Element::Aside(Aside::Head))
                }
                b"master-page" => Some(Element::Other),
                _ => None,
            },
            // Authors of comments, titles of pictures.
            Space::Other if matches!(name.local, b"creator" | b"date" | b"title" | b"desc") => None,
            _ => Some(Element::Other),
        }
    }

    fn text_element(&mut self, local: &[u8], attributes: &Attributes<'_>) -> Option<Element> {
        Some(match local {
            b"p" | b"h" => {
                self.begin_paragraph(local == b"h", attributes);
                Element::Paragraph
            }
            b"span" | b"a" | b"meta" | b"meta-field" | b"ruby-base" => self.span(attributes),
            b"s" => {
                let tag = self.tag();
                // A run of white space counts as one.
                self.push(' ', tag);
                Element::Other
            }
            b"tab" => self.character('\t'),
            b"line-break" => self.character('\n'),
            b"ruby-text" => self.tagged(READING),
            b"note" => self.begin_note(attributes),
            b"note-citation" => Element::Citation,
            b"note-body" => {
                self.holders.push(Holder::default());
                Element::NoteBody
            }
            b"list" => self.begin_list(attributes),
            b"list-item" => {
                let start = attributes.get("start-value").and_then(|start| start.parse().ok());
                if let Some(list) = self.lists.last_mut() {
                    list.pending = Some(start);
                }
                Element::Item
            }
            b"list-header" => Element::Item,
            b"section" if attributes.is("display", "none") => self.tagged(HIDDEN),
            local if INDEXES.contains(&local) => {
                self.holders.push(Holder::default());
                Element::Aside(Aside::Contents)
            }
            b"index-body" | b"index-title" => Element::Other,
            b"changed-region" => {
                self.change = attributes.get("id").unwrap_or_default().into_owned();
                Element::Other
            }
            b"deletion" => {
                self.holders.push(Holder::default());
                Element::Deletion
            }
            b"change" => {
                let id = attributes.get("change-id").unwrap_or_default();
                if let Some(text) = self.deleted.remove(&*id) {
                    self.leave_out(DELETED, &text);
                }
                Element::Other
            }
            local if NO_TEXT.contains(&local) || local.ends_with(b"-source") => return None,
            _ => Element::Other,
        })
    }

    fn begin_note(&mut self, attributes: &Attributes<'_>) -> Element {
        let id = attributes.get("id").unwrap_or_default().into_owned();
        let nth = self.notes.len();
        let id = if id.is_empty() { format!("{}-{nth}", self.written) } else { id };
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.note(&id);
        }
        let is_endnote = attributes.is("note-class", "endnote");
        self.notes.push(Note { id, is_endnote, citation: String::new() });
        Element::Note
    }

    /// Begins a list. One inside another continues its style and counts.
    fn begin_list(&mut self, attributes: &Attributes<'_>) -> Element {
        let outer = self.lists.last();
        let (of_outer, counts) =
            outer.map_or((String::new(), None), |list| (list.style.clone(), Some(list.counts)));
        let named = attributes.get("style-name").map(|name| name.into_owned());
        let style = named.unwrap_or(of_outer);
        let counts = counts.unwrap_or_else(|| self.counts.begin(&style, attributes));
        self.lists.push(OpenList { style, counts, pending: None });
        Element::List
    }

    fn table_element(&mut self, local: &[u8], attributes: &Attributes<'_>) -> Option<Element> {
        let count = |name| -> usize {
            attributes.get(name).and_then(|count| count.parse().ok()).unwrap_or(1)
        };
        let is_hidden = || {
            attributes.get("visibility").is_some_and(|seen| matches!(&*seen, "collapse" | "filter"))
        };
        Some(match local {
            b"table" => {
                if self.is_sheet && self.tables.is_empty() {
                    let name = attributes.get("name").unwrap_or_default();
                    if !is_default_name(&name) {
                        let heading = Some(Heading::Level(1));
                        let part = part_of(&Rich::of(&name), heading, None);
                        self.push_parts(part.into_iter().collect());
                    }
                }
                self.tables.push(Vec::new());
                Element::Table
            }
            b"table-row" => {
                self.rows.push(Vec::new());
                let is_hidden = is_hidden();
                if is_hidden {
                    self.tags.push(HIDDEN);
                }
                Element::Row { repeated: count("number-rows-repeated"), is_hidden }
            }
            b"table-cell" => {
                let columns = u16::try_from(count("number-columns-spanned")).unwrap_or(1).max(1);
                let repeated = count("number-columns-repeated");
                self.holders.push(Holder { columns, repeated, parts: Vec::new() });
                Element::Cell
            }
            // Cells covered by others, and metadata of tables.
            b"covered-table-cell"
            | b"tracked-changes"
            | b"calculation-settings"
            | b"content-validations"
            | b"shapes"
            | b"dde-links"
            | b"title"
            | b"desc" => return None,
            _ => Element::Other,
        })
    }

    fn drawn(&mut self, local: &[u8], _: &Attributes<'_>) -> Option<Element> {
        let is_object =
            |last: Option<&Part>| matches!(last, Some(Part::LeftOut(tag, _)) if *tag == OBJECT);
        match local {
            b"text-box" | b"custom-shape" | b"rect" | b"ellipse" => {
                self.holders.push(Holder::default());
                Some(Element::TextBox)
            }
            b"image" => {
                // An object's picture is the object itself.
                if !is_object(self.beside().last()) {
                    self.beside().push(Part::LeftOut(PICTURE, String::new()));
                }
                None
            }
            b"object" | b"object-ole" | b"plugin" => {
                self.beside().push(Part::LeftOut(OBJECT, String::new()));
                None
            }
            _ => Some(Element::Other),
        }
    }

    fn begin_paragraph(&mut self, is_heading: bool, attributes: &Attributes<'_>) {
        let styles = self.styles;
        let style = attributes.get("style-name").unwrap_or_default().into_owned();
        let given = attributes.get("outline-level").and_then(|level| level.parse::<u8>().ok());
        let level = given.or_else(|| styles.outline_of(&style)).unwrap_or(1).clamp(1, 10);
        let heading = match is_heading {
            _ if styles.is_title(&style) => Some(Heading::Title),
            true => Some(Heading::Level(level)),
            false => None,
        };
        let depth = self.lists.len();
        let pending = self.lists.last_mut().and_then(|list| {
            let start = list.pending.take()?;
            Some((list.style.clone(), list.counts, start))
        });
        let label = match pending {
            Some((of, counts, start)) => {
                let named = styles.list(&of).or_else(|| styles.list(styles.list_of(&style)?));
                named.and_then(|list| self.counts.next(counts, list, depth - 1, start))
            }
            None if is_heading && depth == 0 && !attributes.is("is-list-header", "true") => {
                let start = attributes.get("start-value").and_then(|start| start.parse().ok());
                next(&mut self.outline, &styles.outline, usize::from(level) - 1, start)
            }
            None => None,
        };
        let look = styles.look("paragraph", &style, Look::default());
        self.looks.push(look);
        self.paragraphs.push(Paragraph { heading, label, ..Paragraph::default() });
    }

    fn end_paragraph(&mut self) {
        self.looks.pop();
        let Some(paragraph) = self.paragraphs.pop() else { return };
        if self.written > self.most {
            return;
        }
        let part = part_of(&paragraph.text, paragraph.heading, paragraph.label.as_ref());
        if let Some(Part::Paragraph(_, lines)) = &part {
            self.written += lines.iter().map(|line| line.as_str().len() as u64).sum::<u64>();
        }
        let mut parts: Vec<Part> = part.into_iter().collect();
        parts.extend(paragraph.beside);
        self.push_parts(parts);
    }

    fn span(&mut self, attributes: &Attributes<'_>) -> Element {
        let around = self.looks.last().copied().unwrap_or_default();
        let style = attributes.get("style-name").unwrap_or_default();
        self.looks.push(self.styles.look("text", &style, around));
        Element::Span { from: self.length() }
    }

    fn tagged(&mut self, tag: Tag) -> Element {
        self.tags.push(tag);
        Element::Tagged
    }

    fn character(&mut self, c: char) -> Element {
        let tag = self.tag();
        self.push(c, tag);
        Element::Other
    }

    /// The reason why the current text is left out.
    fn tag(&self) -> Option<Tag> {
        let of_look = match self.looks.last() {
            Some(Look { is_hidden: true, .. }) => Some(HIDDEN),
            Some(Look { is_struck: true, .. }) => Some(STRUCK),
            _ => None,
        };
        self.tags.last().copied().or(of_look)
    }

    fn push(&mut self, c: char, tag: Option<Tag>) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push(c, tag);
        }
    }

    fn length(&self) -> usize {
        self.paragraphs.last().map_or(0, |paragraph| paragraph.text.as_str().len())
    }

    /// Turns the text from `from` on into a superscript.
    fn raise(&mut self, from: usize) {
        let tag = self.tag();
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let Some(raised) = paragraph.text.as_str().get(from..).map(str::to_owned) else { return };
        if !raised.trim().is_empty() {
            paragraph.text.truncate(from);
            paragraph.text.push_str(&superscript(&raised), tag);
        }
    }

    /// Where content beside a paragraph goes.
    fn beside(&mut self) -> &mut Vec<Part> {
        match (self.paragraphs.last_mut(), self.holders.last_mut()) {
            (Some(paragraph), _) => &mut paragraph.beside,
            (None, Some(holder)) => &mut holder.parts,
            (None, None) => unreachable!("the outermost holder is never taken away"),
        }
    }

    fn leave_out(&mut self, tag: Tag, text: &str) {
        match self.paragraphs.last_mut() {
            // Inside a line it stays at its position.
            Some(paragraph) => paragraph.text.push_str(&text.replace('\n', " "), Some(tag)),
            None => self.push_parts(vec![Part::LeftOut(tag, text.to_owned())]),
        }
    }

    fn push_parts(&mut self, parts: Vec<Part>) {
        if let Some(holder) = self.holders.last_mut() {
            holder.parts.extend(parts);
        }
    }

    fn take_parts(&mut self) -> Vec<Part> {
        // The outermost one stays.
        if self.holders.len() < 2 {
            return Vec::new();
        }
        self.holders.pop().map(|holder| holder.parts).unwrap_or_default()
    }

    fn end_note(&mut self) {
        let parts = self.take_parts();
        let Some(note) = self.notes.last() else { return };
        let mut text = Rich::default();
        for part in parts {
            let Part::Paragraph(_, lines) = part else { continue };
            for line in lines {
                if !text.is_empty() {
                    text.push(' ', None);
                }
                text.append(&line);
            }
        }
        if text.is_empty() {
            return;
        }
        let (id, mark) = (note.id.clone(), note.citation.trim());
        if !mark.is_empty() {
            let mark = if note.is_endnote { format!("[{mark}] ") } else { format!("{mark} ") };
            text.prefix(&mark);
        }
        self.push_parts(vec![Part::Note(id, text)]);
    }

    fn end_cell(&mut self) {
        let (columns, repeated) =
            self.holders.last().map_or((1, 1), |holder| (holder.columns, holder.repeated));
        let parts = self.take_parts();
        let Some(row) = self.rows.last_mut() else { return self.push_parts(parts) };
        let cell = TableCell { columns, parts };
        let repeated = if cell.parts.is_empty() { 1 } else { repeated.clamp(1, MOST_REPEATED) };
        self.written += length(&cell.parts) * (repeated as u64 - 1);
        if self.written <= self.most {
            row.extend(std::iter::repeat_n(cell, repeated));
        }
    }

    fn end_row(&mut self, repeated: usize) {
        let mut cells = self.rows.pop().unwrap_or_default();
        // Empty cells at the end of a row fill the sheet.
        while cells.pop_if(|cell| cell.parts.is_empty()).is_some() {}
        let bytes: u64 = cells.iter().map(|cell| length(&cell.parts)).sum();
        let repeated = if cells.is_empty() { 1 } else { repeated.clamp(1, MOST_REPEATED) };
        self.written += bytes * (repeated as u64 - 1);
        if self.written > self.most {
            return;
        }
        match self.tables.last_mut() {
            Some(table) if !cells.is_empty() => table.extend(std::iter::repeat_n(cells, repeated)),
            Some(_) => {}
            None => self.push_parts(vec![Part::Table(vec![cells])]),
        }
    }

    /// Ends a table. A deeply nested one becomes paragraphs.
    fn end_table(&mut self) {
        let rows = self.tables.pop().unwrap_or_default();
        let parts = if self.tables.len() < MOST_JOINED {
            vec![Part::Table(rows)]
        } else {
            rows.into_iter().flatten().flat_map(|cell| cell.parts).collect()
        };
        self.push_parts(parts);
    }

    fn end_aside(&mut self, aside: Aside) {
        let tag = match aside {
            Aside::Comment => COMMENT,
            Aside::Contents => CONTENTS,
            Aside::Head => HEAD,
        };
        let parts = self.take_parts();
        let text = all_text(&parts);
        if !text.is_empty() {
            self.beside().push(Part::LeftOut(tag, text));
        }
    }
}

/// The text of parts, one line each.
fn all_text(parts: &[Part]) -> String {
    let texts = parts.iter().map(Part::whole_text).filter(|text| !text.trim().is_empty());
    texts.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn length(parts: &[Part]) -> u64 {
    parts.iter().map(|part| part.whole_text().len() as u64 + 32).sum()
}

/// Whether a sheet has a default name, which carries no information.
pub(crate) fn is_default_name(name: &str) -> bool {
    ["Sheet", "sheet", "Table", "工作表", "工作表 ", "表格", "表"].iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| rest.trim().chars().all(|c| c.is_ascii_digit()))
    })
}

impl Visitor for Body<'_> {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        match self.start_element(name, attributes) {
            Some(element) => self.open.push(element),
            None => self.skipped = 1,
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 {
            return;
        }
        if self.open.last() == Some(&Element::Citation) {
            if let Some(note) = self.notes.last_mut() {
                note.citation.push_str(text);
            }
            return;
        }
        // Between the elements of a note or table there is only white space.
        let is_in_line = self.open.iter().rev().find_map(|element| match element {
            Element::Paragraph => Some(true),
            Element::Span { .. } | Element::Tagged | Element::Other => None,
            _ => Some(false),
        });
        if is_in_line != Some(true) {
            return;
        }
        let tag = self.tag();
        for c in text.chars().filter(|c| !is_invisible(*c)) {
            self.push(if c.is_control() { ' ' } else { c }, tag);
        }
    }

    fn end(&mut self, _name: Name<'_>) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match self.open.pop() {
            Some(Element::Paragraph) => self.end_paragraph(),
            Some(Element::Span { from }) => {
                let is_raised = self.looks.pop().is_some_and(|look| look.is_raised);
                if is_raised && !self.looks.last().is_some_and(|look| look.is_raised) {
                    self.raise(from);
                }
            }
            Some(Element::Tagged) => {
                self.tags.pop();
            }
            Some(Element::Table) => self.end_table(),
            Some(Element::Row { repeated, is_hidden }) => {
                if is_hidden {
                    self.tags.pop();
                }
                self.end_row(repeated);
            }
            Some(Element::Cell) => self.end_cell(),
            Some(Element::TextBox) => {
                let parts = self.take_parts();
                self.beside().extend(parts);
            }
            Some(Element::NoteBody) => self.end_note(),
            Some(Element::Note) => {
                self.notes.pop();
            }
            Some(Element::List) => {
                self.lists.pop();
            }
            Some(Element::Item) => {
                if let Some(list) = self.lists.last_mut() {
                    list.pending = None;
                }
            }
            Some(Element::Deletion) => {
                let text = all_text(&self.take_parts());
                if !text.is_empty() {
                    self.deleted.insert(std::mem::take(&mut self.change), text);
                }
            }
            Some(Element::Aside(aside)) => self.end_aside(aside),
            Some(Element::Citation | Element::Other) | None => {}
        }
    }
}
