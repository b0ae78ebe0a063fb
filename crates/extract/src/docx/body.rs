//! The text itself: paragraphs, with their headings, labels, tables and notes.

use tiaowen_blocks::DroppedKind;
use tiaowen_text::{is_private, superscript};

use crate::ExtractError;
use crate::compose::{Part, Rich, TableCell, Tag};
use crate::paragraph::{Heading, is_invisible, part_of};
use crate::symbols;

use super::damaged;
use super::field::Field;
use super::numbering::{LEVELS, Numbering};
use super::styles::{Styles, outline};
use super::xml::{Attributes, Name, Space, Visitor, walk};

/// Tables in one another whose cells are kept apart; deeper ones are read as paragraphs.
const MOST_JOINED: usize = 8;

/// From how many half points on a character is raised, and the bytes of what may be: whole lines
/// are moved as well.
const LIFTED: i32 = 5;
const LONGEST_LIFTED: usize = 12;

const DELETED: Tag = (DroppedKind::Deleted, "a tracked change deletes it");
const STRUCK: Tag = (DroppedKind::Deleted, "it is struck out");
const HIDDEN: Tag = (DroppedKind::Hidden, "Word doesn't print it");
const READING: Tag = (DroppedKind::Other, "a reading printed above a character");
const SYMBOL: Tag = (DroppedKind::Unreadable, "a sign of a symbol font that isn't known");
pub(super) const PICTURE: Tag =
    (DroppedKind::Unreadable, "a picture; what is written in it isn't read");
const OBJECT: Tag = (
    DroppedKind::Unreadable,
    "a chart, diagram or file embedded in the document; its text isn't read",
);
pub(super) const IMPORTED: Tag = (
    DroppedKind::Unreadable,
    "another file that Word imports here when it opens the document (altChunk)",
);

/// A paragraph that is open. One in a text box stands within another.
#[derive(Debug, Default)]
struct Paragraph {
    /// As it stands, with line breaks.
    text: Rich,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    outline: Option<u8>,
    /// Its end is deleted in a tracked change: the next paragraph goes on with it.
    runs_on: bool,
    /// What the text boxes anchored in it hold.
    boxes: Vec<Part>,
}

/// Where finished paragraphs go: the text, a cell, a text box or a note.
#[derive(Debug, Default)]
struct Holder {
    parts: Vec<Part>,
    /// The text of a paragraph that runs on.
    carried: Rich,
    /// Columns that the cell takes.
    columns: u16,
}

/// How the characters of a run look.
#[derive(Debug, Clone, Default)]
struct Run {
    is_raised: bool,
    /// Raised by a distance, as LibreOffice writes superscripts.
    is_lifted: bool,
    is_hidden: bool,
    is_struck: bool,
    is_symbol: bool,
}

/// An element that is open and whose end or place matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Paragraph,
    /// Of a paragraph (`w:pPr`).
    Properties,
    /// Of a paragraph's end (`w:rPr` in `w:pPr`).
    EndProperties,
    /// A run; where its text begins.
    Run {
        from: usize,
    },
    /// Of a run (`w:rPr`).
    RunProperties,
    /// A piece of text; where it begins, and whether white space around it counts.
    Text {
        from: usize,
        is_kept: bool,
    },
    /// Text that is left out.
    Tagged,
    Table,
    Row,
    Cell,
    /// Of a cell (`w:tcPr`).
    CellProperties,
    TextBox,
    /// A footnote or endnote.
    Note,
    /// What is raised in a formula; where it begins.
    Raised {
        from: usize,
    },
    /// Above or below the line of a fraction; where it begins.
    Fraction {
        from: usize,
    },
    /// What the field says of itself: a box or list of an old form.
    FieldData,
    /// Alternatives that say the same (`mc:AlternateContent`); how much text was read
    /// before them.
    Alternatives {
        before: usize,
    },
    Other,
}

pub(super) struct Body<'a> {
    styles: &'a Styles,
    numbering: Numbering,
    open: Vec<Element>,
    /// Elements open within one that is left out, with it.
    skipped: usize,
    paragraphs: Vec<Paragraph>,
    holders: Vec<Holder>,
    runs: Vec<Run>,
    /// Why the text that is open is left out.
    tags: Vec<Tag>,
    /// The rows of the tables that are open, and the cells of the rows.
    tables: Vec<Vec<Vec<TableCell>>>,
    rows: Vec<Vec<TableCell>>,
    /// The field of an old form that is open.
    field: Field,
    /// Notes that the text refers to, in this order, and those that are open.
    notes: Vec<String>,
    open_notes: Vec<String>,
    /// What notes of this part are called: `f` or `e`.
    prefix: &'static str,
    /// Bytes of text so far.
    read: usize,
    /// Bytes of finished paragraphs with their labels, which stand in no text; and how many
    /// they may be.
    written: u64,
    most: u64,
    /// Whether the outermost element is a document's.
    is_document: bool,
}

impl<'a> Body<'a> {
    /// The parts of the text in `part`, where that has no more than `most` bytes, and the notes
    /// that it refers to.
    pub(super) fn read(
        xml: &str,
        part: &str,
        styles: &'a Styles,
        numbering: Numbering,
        most: u64,
    ) -> Result<(Vec<Part>, Vec<String>), ExtractError> {
        let mut body = Self::new(styles, numbering, most, "");
        walk(xml, part, &mut body)?;
        if !body.is_document {
            return Err(damaged(format!("{part} is no text of a word processor")));
        }
        body.finish()
    }

    /// The notes in `part`, each called by its number behind `prefix`; `called` are those that
    /// the text refers to, in order.
    pub(super) fn read_notes(
        xml: &str,
        part: &str,
        styles: &'a Styles,
        most: u64,
        (prefix, called): (&'static str, &[String]),
    ) -> Result<Vec<Part>, ExtractError> {
        let mut body = Self::new(styles, Numbering::default(), most, prefix);
        body.notes = called.to_vec();
        walk(xml, part, &mut body)?;
        body.finish().map(|(parts, _)| parts)
    }

    /// What is printed or shown beside the text, from `part`.
    pub(super) fn read_beside(
        xml: &str,
        part: &str,
        styles: &'a Styles,
        most: u64,
    ) -> Result<Vec<Part>, ExtractError> {
        let mut body = Self::new(styles, Numbering::default(), most, "");
        walk(xml, part, &mut body)?;
        body.finish().map(|(parts, _)| parts)
    }

    fn new(styles: &'a Styles, numbering: Numbering, most: u64, prefix: &'static str) -> Self {
        Self {
            styles,
            numbering,
            open: Vec::new(),
            skipped: 0,
            paragraphs: Vec::new(),
            holders: vec![Holder::default()],
            runs: Vec::new(),
            tags: Vec::new(),
            tables: Vec::new(),
            rows: Vec::new(),
            field: Field::default(),
            notes: Vec::new(),
            open_notes: Vec::new(),
            prefix,
            read: 0,
            written: 0,
            most,
            is_document: false,
        }
    }

    fn finish(mut self) -> Result<(Vec<Part>, Vec<String>), ExtractError> {
        if self.written > self.most {
            return Err(ExtractError::TooLarge { most: self.most });
        }
        Ok((self.holders.pop().map(Holder::finish).unwrap_or_default(), self.notes))
    }

    fn start_element(&mut self, name: Name<'_>, attributes: &Attributes<'_>) -> Option<Element> {
        let parent = self.open.last().copied().unwrap_or(Element::Other);
        match name.space {
            Space::Compatibility => return self.alternative(name.local, parent),
            Space::Math => return Some(self.formula(name.local)),
            Space::Word => {}
            _ => {
                self.note_unread(name.local);
                return Some(Element::Other);
            }
        }
        match parent {
            Element::Properties | Element::EndProperties => {
                return self.property(name.local, attributes, parent);
            }
            Element::RunProperties => {
                self.run_property(name.local, attributes);
                return None;
            }
            Element::CellProperties => {
                self.cell_property(name.local, attributes);
                return None;
            }
            Element::FieldData => {
                self.field.property(name.local, attributes);
                return Some(Element::FieldData);
            }
            _ => {}
        }
        if let Some(element) = self.run_element(name.local, attributes) {
            return Some(element);
        }
        Some(match name.local {
            b"p" => {
                let text = self.holder().map(|holder| std::mem::take(&mut holder.carried));
                self.paragraphs
                    .push(Paragraph { text: text.unwrap_or_default(), ..Paragraph::default() });
                Element::Paragraph
            }
            b"pPr" if parent == Element::Paragraph => Element::Properties,
            b"tbl" => {
                self.tables.push(Vec::new());
                Element::Table
            }
            b"tr" => {
                self.rows.push(Vec::new());
                Element::Row
            }
            b"tc" => {
                self.holders.push(Holder { columns: 1, ..Holder::default() });
                Element::Cell
            }
            b"tcPr" if parent == Element::Cell => Element::CellProperties,
            b"txbxContent" => {
                self.holders.push(Holder::default());
                Element::TextBox
            }
            b"footnote" | b"endnote" if !self.prefix.is_empty() => {
                // Of other types are the lines between text and notes.
                let id = attributes.get("id").filter(|_| attributes.get("type").is_none())?;
                self.open_notes.push(format!("{}{id}", self.prefix));
                self.holders.push(Holder::default());
                Element::Note
            }
            b"altChunk" => {
                if let Some(holder) = self.holder() {
                    holder.parts.push(Part::LeftOut(IMPORTED, String::new()));
                }
                Element::Other
            }
            // Codes of fields and properties.
            b"instrText" | b"delInstrText" | b"fldData" | b"pPr" | b"rPr" | b"tblPr"
            | b"tblPrEx" | b"tblGrid" | b"trPr" | b"tcPr" | b"sectPr" | b"sdtPr" | b"sdtEndPr"
            | b"smartTagPr" | b"customXmlPr" => {
                return None;
            }
            b"document" if self.open.is_empty() => {
                self.is_document = true;
                Element::Other
            }
            _ => Element::Other,
        })
    }

    /// Lists what is drawn in the place of text.
    fn note_unread(&mut self, local: &[u8]) {
        // The old form of a picture stands beside its new one.
        let is_alternative = |element: &Element| matches!(element, Element::Alternatives { .. });
        let tag = match local {
            b"imagedata" if self.open.iter().any(is_alternative) => return,
            b"pic" | b"imagedata" => PICTURE,
            b"chart" | b"relIds" | b"OLEObject" => OBJECT,
            _ => return,
        };
        if let Some(holder) = self.holder() {
            // The picture of an object is the object.
            let last = holder.parts.last_mut();
            match last.filter(|last| matches!(last, Part::LeftOut(of, _) if *of == PICTURE)) {
                Some(last) if tag == OBJECT => *last = Part::LeftOut(OBJECT, String::new()),
                _ => holder.parts.push(Part::LeftOut(tag, String::new())),
            }
        }
    }

    /// An element of a run, or around runs.
    fn run_element(&mut self, local: &[u8], attributes: &Attributes<'_>) -> Option<Element> {
        let parent = self.open.last().copied().unwrap_or(Element::Other);
        let from = self.length();
        Some(match local {
            b"r" => {
                self.runs.push(Run::default());
                Element::Run { from }
            }
            b"rPr" if matches!(parent, Element::Run { .. }) => Element::RunProperties,
            b"t" | b"delText" => self.text_element(attributes.is("space", "preserve")),
            b"tab" | b"ptab" => self.character('\t'),
            // In a column or on a page the paragraph goes on.
            b"br" if attributes.get("type").is_none_or(|kind| kind == "textWrapping") => {
                self.character('\n')
            }
            b"cr" => self.character('\n'),
            b"noBreakHyphen" => self.character('-'),
            b"sym" => self.symbol(attributes),
            b"del" | b"moveFrom" => self.tagged(DELETED),
            b"rt" => self.tagged(READING),
            b"footnoteReference" => self.refer("f", attributes),
            b"endnoteReference" => self.refer("e", attributes),
            b"ffData" => {
                self.field = Field::default();
                Element::FieldData
            }
            _ => return None,
        })
    }

    /// Bytes of the paragraph that is open.
    fn length(&self) -> usize {
        self.paragraphs.last().map_or(0, |paragraph| paragraph.text.as_str().len())
    }

    fn tagged(&mut self, tag: Tag) -> Element {
        self.tags.push(tag);
        Element::Tagged
    }

    /// A place that a note hangs on.
    fn refer(&mut self, prefix: &str, attributes: &Attributes<'_>) -> Element {
        if let (Some(id), Some(paragraph)) = (attributes.get("id"), self.paragraphs.last_mut()) {
            let id = format!("{prefix}{id}");
            paragraph.text.note(&id);
            self.notes.push(id);
        }
        Element::Other
    }

    /// A sign of a symbol font: ☑ for F0FE of Wingdings.
    fn symbol(&mut self, attributes: &Attributes<'_>) -> Element {
        let font = attributes.get("font").unwrap_or_default();
        let code = attributes.get("char").and_then(|code| u32::from_str_radix(&code, 16).ok());
        match code.and_then(|code| symbols::sign(&font, code)) {
            Some(sign) => self.character(sign),
            None => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.text.push('\u{FFFD}', Some(SYMBOL));
                }
                Element::Other
            }
        }
    }

    fn run_property(&mut self, local: &[u8], attributes: &Attributes<'_>) {
        let styles = self.styles;
        let Some(run) = self.runs.last_mut() else { return };
        match local {
            b"vertAlign" => run.is_raised = attributes.is("val", "superscript"),
            // In half points; what is only moved a little isn't raised.
            b"position" => {
                let distance = attributes.get("val").and_then(|val| val.trim().parse::<i32>().ok());
                run.is_lifted = distance.is_some_and(|distance| distance >= LIFTED);
            }
            b"vanish" | b"webHidden" | b"specVanish" => run.is_hidden = attributes.is_on(),
            b"strike" | b"dstrike" => run.is_struck = attributes.is_on(),
            b"rFonts" => {
                let is_symbol =
                    |name| attributes.get(name).is_some_and(|font| symbols::is_symbol_font(&font));
                run.is_symbol = is_symbol("ascii") || is_symbol("hAnsi");
            }
            b"rStyle" => {
                let style = attributes.get("val").unwrap_or_default();
                run.is_hidden |= styles.hides(&style);
                run.is_raised |= styles.raises(&style);
            }
            _ => {}
        }
    }

    fn cell_property(&mut self, local: &[u8], attributes: &Attributes<'_>) {
        if local == b"gridSpan"
            && let (Some(columns), Some(holder)) = (attributes.number(), self.holder())
        {
            holder.columns = u16::try_from(columns).unwrap_or(1).clamp(1, 1000);
        }
    }

    /// An element of a formula.
    fn formula(&mut self, local: &[u8]) -> Element {
        let from = self.length();
        match local {
            b"t" => self.text_element(true),
            b"sup" => Element::Raised { from },
            b"num" => Element::Fraction { from },
            b"den" => {
                self.character('/');
                Element::Fraction { from: from + 1 }
            }
            b"rad" => {
                self.character('√');
                Element::Fraction { from: from + '√'.len_utf8() }
            }
            _ => Element::Other,
        }
    }

    /// Why the text at hand is left out.
    fn tag(&self) -> Option<Tag> {
        let of_run = |run: &Run| match run {
            Run { is_hidden: true, .. } => Some(HIDDEN),
            Run { is_struck: true, .. } => Some(STRUCK),
            _ => None,
        };
        self.tags.last().copied().or_else(|| self.runs.last().and_then(of_run))
    }

    /// Writes what is raised behind the text before it.
    fn raise(&mut self, from: usize) {
        let tag = self.tag();
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let Some(raised) = paragraph.text.as_str().get(from..).map(str::to_owned) else { return };
        if !raised.trim().is_empty() {
            paragraph.text.truncate(from);
            paragraph.text.push_str(&superscript(&raised), tag);
        }
    }

    /// Puts brackets around a part of a fraction that has several members.
    fn bracket(&mut self, from: usize) {
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let Some(inside) = paragraph.text.as_str().get(from..).map(str::to_owned) else { return };
        if inside.trim().contains(['+', '-', '−', '×', '*', '/', ' ']) {
            paragraph.text.truncate(from);
            paragraph.text.push_str(&format!("({inside})"), None);
        }
    }

    /// Of alternatives, the first that has text is read.
    fn alternative(&self, local: &[u8], parent: Element) -> Option<Element> {
        match (local, parent) {
            (_, Element::Properties | Element::EndProperties) => None,
            (b"AlternateContent", _) => Some(Element::Alternatives { before: self.read }),
            (b"Choice" | b"Fallback", Element::Alternatives { before }) if self.read > before => {
                None
            }
            _ => Some(Element::Other),
        }
    }

    fn property(
        &mut self,
        local: &[u8],
        attributes: &Attributes<'_>,
        parent: Element,
    ) -> Option<Element> {
        let paragraph = self.paragraphs.last_mut()?;
        let number = || attributes.number();
        match (local, parent) {
            (b"rPr", Element::Properties) => return Some(Element::EndProperties),
            (b"del" | b"moveFrom", Element::EndProperties) => paragraph.runs_on = true,
            (_, Element::EndProperties) | (b"pPrChange" | b"sectPr", _) => return None,
            // Its properties stand a level deeper.
            (b"numPr", _) => return Some(Element::Properties),
            (b"pStyle", _) => paragraph.style = attributes.get("val").map(Into::into),
            (b"outlineLvl", _) => paragraph.outline = number().and_then(|n| n.try_into().ok()),
            (b"numId", _) => paragraph.list = attributes.get("val").map(Into::into),
            (b"ilvl", _) => {
                let level = number().and_then(|n| n.try_into().ok());
                paragraph.level = level.filter(|&level: &usize| level < LEVELS);
            }
            _ => {}
        }
        // What else stands there is none of the text: w:tabs holds a w:tab for each stop.
        None
    }

    fn text_element(&self, is_kept: bool) -> Element {
        Element::Text { from: self.length(), is_kept }
    }

    fn character(&mut self, c: char) -> Element {
        let tag = self.tag();
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push(c, tag);
        }
        Element::Other
    }

    fn holder(&mut self) -> Option<&mut Holder> {
        self.holders.last_mut()
    }

    fn finish_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else { return };
        if self.written > self.most {
            return;
        }
        if paragraph.runs_on {
            if let Some(holder) = self.holder() {
                holder.carried = paragraph.text;
                holder.parts.extend(paragraph.boxes);
            }
            return;
        }
        let style = self.styles.id(paragraph.style.as_deref()).to_owned();
        let list = paragraph.list.as_deref().or_else(|| self.styles.list(&style));
        // A level alone is one of the style's list; a list alone leaves it to the style.
        let level = paragraph.level.or_else(|| match paragraph.list {
            Some(_) => None,
            None => self.styles.level(&style),
        });
        let label = list.and_then(|list| self.numbering.next(list, level, &style, self.styles));
        let heading = match (self.styles.heading(&style), paragraph.outline) {
            (Some(Heading::Title), _) => Some(Heading::Title),
            (_, Some(level)) => outline(level),
            (heading, None) => heading,
        };
        let part = part_of(&paragraph.text, heading, label.as_ref());
        if let Some(Part::Paragraph(_, lines)) = &part {
            self.written += lines.iter().map(|line| line.as_str().len() as u64).sum::<u64>();
        }
        if let Some(holder) = self.holder() {
            holder.parts.extend(part);
            holder.parts.extend(paragraph.boxes);
        }
    }

    /// Ends a note, with the number that the text calls it by in front of it.
    fn finish_note(&mut self) {
        let parts = self.holders.pop().map(Holder::finish).unwrap_or_default();
        let Some(id) = self.open_notes.pop() else { return };
        let mut note = Rich::default();
        for part in parts {
            let Part::Paragraph(_, lines) = part else { continue };
            for line in lines {
                if !note.is_empty() {
                    note.push(' ', None);
                }
                note.append(&line);
            }
        }
        let of_kind = self.notes.iter().filter(|called| called.starts_with(self.prefix));
        let number = of_kind.clone().position(|called| *called == id).map(|at| at + 1);
        if let (Some(number), false) = (number, note.is_empty()) {
            // Notes at the end of a document are numbered apart from those of its pages.
            let mark =
                if self.prefix == "e" { format!("[{number}] ") } else { format!("{number} ") };
            note.prefix(&mark);
        }
        if let Some(holder) = self.holder().filter(|_| !note.is_empty()) {
            holder.parts.push(Part::Note(id, note));
        }
    }

    /// Ends a table. Deep inside others its cells are paragraphs.
    fn finish_table(&mut self) {
        let rows = self.tables.pop().unwrap_or_default();
        let parts = if self.tables.len() < MOST_JOINED {
            vec![Part::Table(rows)]
        } else {
            rows.into_iter().flatten().flat_map(|cell| cell.parts).collect()
        };
        if let Some(holder) = self.holder() {
            holder.parts.extend(parts);
        }
    }
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
        let (0, Some(Element::Text { .. })) = (self.skipped, self.open.last()) else { return };
        let tag = self.tag();
        let is_symbol = self.runs.last().is_some_and(|run| run.is_symbol);
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        for c in text.chars().filter(|c| !is_invisible(*c)) {
            let sign = is_symbol.then(|| symbols::sign("Wingdings", u32::from(c))).flatten();
            // A line's end in the XML is a space; breaks of lines are elements.
            let c = if c == '\t' || !c.is_control() { sign.unwrap_or(c) } else { ' ' };
            // Chinese in such a run is printed in another font.
            let of_font = c.is_ascii_graphic() || is_private(c);
            let unknown = is_symbol && sign.is_none() && of_font;
            paragraph.text.push(c, tag.or(unknown.then_some(SYMBOL)));
        }
        self.read += text.len();
    }

    fn end(&mut self, _name: Name<'_>) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match self.open.pop() {
            Some(Element::Paragraph) => self.finish_paragraph(),
            Some(Element::Text { from, is_kept: false }) => self.trim(from),
            Some(Element::Run { from }) => {
                let lifted = self.length().saturating_sub(from);
                let is_raised =
                    |run: &Run| run.is_raised || run.is_lifted && lifted <= LONGEST_LIFTED;
                if self.runs.last().is_some_and(is_raised) {
                    self.raise(from);
                }
                self.runs.pop();
            }
            Some(Element::Raised { from }) => self.raise(from),
            Some(Element::Fraction { from }) => self.bracket(from),
            Some(Element::Tagged) => {
                self.tags.pop();
            }
            Some(Element::FieldData) if !matches!(self.open.last(), Some(Element::FieldData)) => {
                let value = self.field.value();
                let tag = self.tag();
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.text.push_str(&value, tag);
                }
            }
            Some(Element::Cell) => {
                let columns = self.holder().map_or(1, |holder| holder.columns);
                let parts = self.holders.pop().map(Holder::finish).unwrap_or_default();
                if let Some(row) = self.rows.last_mut() {
                    row.push(TableCell { columns, parts });
                } else if let Some(holder) = self.holder() {
                    holder.parts.extend(parts);
                }
            }
            Some(Element::Row) => {
                let cells = self.rows.pop().unwrap_or_default();
                match self.tables.last_mut() {
                    Some(table) => table.push(cells),
                    None => self.push(Part::Table(vec![cells])),
                }
            }
            Some(Element::Table) => self.finish_table(),
            Some(Element::Note) => self.finish_note(),
            Some(Element::TextBox) => {
                let parts = self.holders.pop().map(Holder::finish).unwrap_or_default();
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.boxes.extend(parts);
                } else if let Some(holder) = self.holder() {
                    holder.parts.extend(parts);
                }
            }
            _ => {}
        }
    }
}

impl Body<'_> {
    fn push(&mut self, part: Part) {
        if let Some(holder) = self.holder() {
            holder.parts.push(part);
        }
    }

    /// Takes away the white space around a piece of text that doesn't count.
    fn trim(&mut self, from: usize) {
        let tag = self.tag();
        if let Some(paragraph) = self.paragraphs.last_mut()
            && let Some(text) = paragraph.text.as_str().get(from..)
        {
            // Full-width spaces are no white space of XML.
            let trimmed = text.trim_matches([' ', '\t']);
            if trimmed.len() < text.len() {
                let trimmed = trimmed.to_owned();
                paragraph.text.truncate(from);
                paragraph.text.push_str(&trimmed, tag);
            }
        }
    }
}

impl Holder {
    fn finish(mut self) -> Vec<Part> {
        self.parts.extend(part_of(&self.carried, None, None));
        self.parts
    }
}
