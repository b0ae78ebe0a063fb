//! Reads the body of a document: paragraphs with headings, labels, tables and notes.
//!
//! The XML is walked once, without building a tree. A stack of open [`Element`]s records whatever a
//! closing tag must know. Finished paragraphs go to the innermost [`Holder`], since a text box or
//! note inside a paragraph has paragraphs of its own.

use tiaowen_blocks::{DroppedKind, LeftOutReason};
use tiaowen_text::{is_private, superscript};

use crate::compose::{PICTURE, Part, Rich, TableCell, Tag};
use crate::paragraph::{Heading, is_invisible, part_of};
use crate::symbols;
use crate::{DamageReason, ExtractError};

use super::damaged;
use super::field::Field;
use super::numbering::{LEVELS, Numbering};
use super::styles::{Styles, outline};
use super::xml::{Attributes, Name, Space, Visitor, walk};

/// Nested tables up to this depth keep their cells; deeper ones become paragraphs.
const MOST_JOINED: usize = 8;

/// Minimum distance, in half points, for characters to count as raised, and the maximum length of
/// raised text in bytes. Whole lines are shifted too and don't count.
const LIFTED: i32 = 5;
const LONGEST_LIFTED: usize = 12;

const DELETED: Tag = (DroppedKind::Deleted, &LeftOutReason::TrackedDeletion);
const STRUCK: Tag = (DroppedKind::Deleted, &LeftOutReason::Struck);
const HIDDEN: Tag = (DroppedKind::Hidden, &LeftOutReason::NotPrintedByWord);
const READING: Tag = (DroppedKind::Other, &LeftOutReason::Ruby);
const SYMBOL: Tag = (DroppedKind::Unreadable, &LeftOutReason::UnknownSymbol);
const OBJECT: Tag = (DroppedKind::Unreadable, &LeftOutReason::EmbeddedDiagram);
pub(super) const IMPORTED: Tag = (DroppedKind::Unreadable, &LeftOutReason::ImportedFile);

/// An open paragraph. One inside a text box is nested in another.
#[derive(Debug, Default)]
struct Paragraph {
    /// Its text so far, with line breaks.
    text: Rich,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    outline: Option<u8>,
    /// Whether its end is deleted in a tracked change, so that the next paragraph continues it.
    runs_on: bool,
    /// The contents of text boxes anchored in it.
    boxes: Vec<Part>,
}

/// A destination of finished paragraphs: the text, a cell, a text box or a note.
#[derive(Debug, Default)]
struct Holder {
    parts: Vec<Part>,
    /// The text of a paragraph that the next one continues.
    carried: Rich,
    /// Number of columns that the cell spans.
    columns: u16,
}

/// The look of a run's characters.
#[derive(Debug, Clone, Default)]
struct Run {
    is_raised: bool,
    /// Raised by a distance, as LibreOffice writes superscripts.
    is_lifted: bool,
    is_hidden: bool,
    is_struck: bool,
    is_symbol: bool,
}

/// An open element whose end or nesting matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Paragraph,
    /// Properties of a paragraph (`w:pPr`).
    Properties,
    /// Properties of a paragraph's end (`w:rPr` in `w:pPr`).
    EndProperties,
    /// A run, with the start of its text.
    Run {
        from: usize,
    },
    /// Properties of a run (`w:rPr`).
    RunProperties,
    /// A text element, with its start and whether surrounding white space counts.
    Text {
        from: usize,
        is_kept: bool,
    },
    /// Left-out text.
    Tagged,
    Table,
    Row,
    Cell,
    /// Properties of a cell (`w:tcPr`).
    CellProperties,
    TextBox,
    /// A footnote or endnote.
    Note,
    /// A superscript in a formula, with its start.
    Raised {
        from: usize,
    },
    /// The numerator or denominator of a fraction, with its start.
    Fraction {
        from: usize,
    },
    /// The data of a legacy form field: a check box or list.
    FieldData,
    /// Alternatives with the same content (`mc:AlternateContent`), with the amount of text read
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
    /// Number of open elements inside a skipped one, including it.
    skipped: usize,
    paragraphs: Vec<Paragraph>,
    holders: Vec<Holder>,
    runs: Vec<Run>,
    /// The reasons why the current text is left out.
    tags: Vec<Tag>,
    /// The open tables: their rows, and the cells of those.
    tables: Vec<Vec<Vec<TableCell>>>,
    rows: Vec<Vec<TableCell>>,
    /// The open legacy form field.
    field: Field,
    /// Notes that the text refers to, in order, and those that are open.
    notes: Vec<String>,
    open_notes: Vec<String>,
    /// Prefix for names of this part's notes: `f` or `e`.
    prefix: &'static str,
    /// Number of bytes of text so far.
    read: usize,
    /// Number of bytes of finished paragraphs, including labels, and its limit.
    written: u64,
    most: u64,
    /// Whether the root element is that of a document.
    is_document: bool,
}

impl<'a> Body<'a> {
    /// Reads the text in `part`, up to `most` bytes. Returns its parts and the notes that it refers
    /// to.
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
            return Err(damaged(DamageReason::NoWordText { part: part.to_owned() }));
        }
        body.finish()
    }

    /// Reads the notes in `part`, named by their numbers behind `prefix`; `called` lists those that
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

    /// Reads text that accompanies the document from `part`.
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
        match self.run_element(name.local, attributes) {
            Some(element) => Some(element),
            None => self.block_element(name.local, attributes, parent),
        }
    }

    /// Handles an element around paragraphs: tables, text boxes, notes.
    fn block_element(
        &mut self,
        local: &[u8],
        attributes: &Attributes<'_>,
        parent: Element,
    ) -> Option<Element> {
        Some(match local {
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
                // Notes of other types are the separators between text and notes.
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
            // Field codes and properties.
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

    /// Lists a drawing or object as unreadable.
    fn note_unread(&mut self, local: &[u8]) {
        // The legacy form of a picture accompanies its new form.
        let is_alternative = |element: &Element| matches!(element, Element::Alternatives { .. });
        let tag = match local {
            b"imagedata" if self.open.iter().any(is_alternative) => return,
            b"pic" | b"imagedata" => PICTURE,
            b"chart" | b"relIds" | b"OLEObject" => OBJECT,
            _ => return,
        };
        if let Some(holder) = self.holder() {
            // An object's picture is the object itself.
            let last = holder.parts.last_mut();
            match last.filter(|last| matches!(last, Part::LeftOut(of, _) if *of == PICTURE)) {
                Some(last) if tag == OBJECT => *last = Part::LeftOut(OBJECT, String::new()),
                _ => holder.parts.push(Part::LeftOut(tag, String::new())),
            }
        }
    }

    /// Handles an element inside or around runs.
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
            // Column and page breaks don't end a paragraph.
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

    /// Length of the open paragraph in bytes.
    fn length(&self) -> usize {
        self.paragraphs.last().map_or(0, |paragraph| paragraph.text.as_str().len())
    }

    fn tagged(&mut self, tag: Tag) -> Element {
        self.tags.push(tag);
        Element::Tagged
    }

    /// Marks the position of a note.
    fn refer(&mut self, prefix: &str, attributes: &Attributes<'_>) -> Element {
        if let (Some(id), Some(paragraph)) = (attributes.get("id"), self.paragraphs.last_mut()) {
            let id = format!("{prefix}{id}");
            paragraph.text.note(&id);
            self.notes.push(id);
        }
        Element::Other
    }

    /// Writes a character of a symbol font: ☑ for F0FE of Wingdings.
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
            // In half points; a small shift is no superscript.
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

    /// Handles an element of a formula.
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

    /// The reason why the current text is left out.
    fn tag(&self) -> Option<Tag> {
        self.tags.last().copied().or_else(|| match self.runs.last()? {
            Run { is_hidden: true, .. } => Some(HIDDEN),
            Run { is_struck: true, .. } => Some(STRUCK),
            _ => None,
        })
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

    /// Adds brackets around a part of a fraction that has several members.
    fn bracket(&mut self, from: usize) {
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let Some(inside) = paragraph.text.as_str().get(from..).map(str::to_owned) else { return };
        if inside.trim().contains(['+', '-', '−', '×', '*', '/', ' ']) {
            paragraph.text.truncate(from);
            paragraph.text.push_str(&format!("({inside})"), None);
        }
    }

    /// Selects the first alternative that has text.
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
            // Its properties are one level deeper.
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
        // Other properties contain no text; in w:tabs, w:tab defines a tab stop.
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
        // A level without a list refers to the style's list; a list without a level uses the
        // style's level.
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

    /// Ends a note and puts the number that the text uses in front of it.
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
            // Endnotes are numbered separately from footnotes.
            let mark =
                if self.prefix == "e" { format!("[{number}] ") } else { format!("{number} ") };
            note.prefix(&mark);
        }
        if let Some(holder) = self.holder().filter(|_| !note.is_empty()) {
            holder.parts.push(Part::Note(id, note));
        }
    }

    /// Ends a table. A deeply nested one becomes paragraphs.
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
            // A line feed in the XML is a space; line breaks are elements.
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

    /// Removes surrounding white space that doesn't count from a text element.
    fn trim(&mut self, from: usize) {
        let tag = self.tag();
        if let Some(paragraph) = self.paragraphs.last_mut()
            && let Some(text) = paragraph.text.as_str().get(from..)
        {
            // Full-width spaces are no XML white space.
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
