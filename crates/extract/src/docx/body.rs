//! The text itself: paragraphs, with their headings, labels and tables.

use crate::ExtractError;

use super::damaged;
use super::numbering::{LEVELS, Label, Numbering};
use super::styles::{Heading, Styles, outline};
use super::xml::{Attributes, Name, Space, Visitor, walk};

/// Tables in one another whose rows are joined. Each copies what is within it once more,
/// which a file made to be slow would make much of.
const MOST_JOINED: usize = 8;

/// A finished paragraph.
#[derive(Debug)]
struct Block {
    heading: Option<Heading>,
    text: String,
}

/// A paragraph that is open. One in a text box stands within another.
#[derive(Debug, Default)]
struct Paragraph {
    /// As it stands, with line breaks.
    text: String,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    outline: Option<u8>,
    /// Its end is deleted in a tracked change: the next paragraph goes on with it.
    runs_on: bool,
    /// What the text boxes anchored in it hold.
    boxes: Vec<Block>,
}

/// Where finished paragraphs go: the text, a cell or a text box.
#[derive(Debug, Default)]
struct Holder {
    blocks: Vec<Block>,
    /// The text of a paragraph that runs on.
    carried: String,
}

/// An element that is open and whose end or place matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Paragraph,
    /// Of a paragraph (`w:pPr`).
    Properties,
    /// Of a paragraph's end (`w:rPr` in `w:pPr`).
    EndProperties,
    /// A piece of text; where it begins, and whether white space around it counts.
    Text {
        from: usize,
        is_kept: bool,
    },
    Row,
    Cell,
    TextBox,
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
    /// The cells of the rows that are open.
    rows: Vec<Vec<Vec<Block>>>,
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
    /// The text of `part` as Markdown, where it has no more than `most` bytes.
    pub(super) fn read(
        xml: &str,
        part: &str,
        styles: &'a Styles,
        numbering: Numbering,
        most: u64,
    ) -> Result<String, ExtractError> {
        let mut body = Self {
            styles,
            numbering,
            open: Vec::new(),
            skipped: 0,
            paragraphs: Vec::new(),
            holders: vec![Holder::default()],
            rows: Vec::new(),
            read: 0,
            written: 0,
            most,
            is_document: false,
        };
        walk(xml, part, &mut body)?;
        if !body.is_document {
            return Err(damaged(format!("{part} is no text of a word processor")));
        }
        if body.written > most {
            return Err(ExtractError::TooLarge { most });
        }
        Ok(markdown(&body.holders.pop().map(Holder::finish).unwrap_or_default()))
    }

    fn start_element(&mut self, name: Name<'_>, attributes: &Attributes<'_>) -> Option<Element> {
        let parent = self.open.last().copied().unwrap_or(Element::Other);
        match name.space {
            Space::Compatibility => return self.alternative(name.local, parent),
            Space::Math if name.local == b"t" => return Some(self.text_element(true)),
            Space::Word => {}
            Space::Math | Space::Other => return Some(Element::Other),
        }
        if matches!(parent, Element::Properties | Element::EndProperties) {
            return self.property(name.local, attributes, parent);
        }
        Some(match name.local {
            b"p" => {
                let text = self.holder().map(|holder| std::mem::take(&mut holder.carried));
                self.paragraphs
                    .push(Paragraph { text: text.unwrap_or_default(), ..Paragraph::default() });
                Element::Paragraph
            }
            b"pPr" if parent == Element::Paragraph => Element::Properties,
            b"t" => self.text_element(attributes.is("space", "preserve")),
            b"tab" | b"ptab" => self.character('\t'),
            // In a column or on a page the paragraph goes on.
            b"br" if attributes.get("type").is_none_or(|kind| kind == "textWrapping") => {
                self.character('\n')
            }
            b"cr" => self.character('\n'),
            b"noBreakHyphen" => self.character('-'),
            b"tr" => {
                self.rows.push(Vec::new());
                Element::Row
            }
            b"tc" => {
                self.holders.push(Holder::default());
                Element::Cell
            }
            b"txbxContent" => {
                self.holders.push(Holder::default());
                Element::TextBox
            }
            // Deleted text, codes of fields, properties, readings above characters.
            b"del" | b"moveFrom" | b"delText" | b"instrText" | b"delInstrText" | b"fldData"
            | b"pPr" | b"rPr" | b"tblPr" | b"tblPrEx" | b"tblGrid" | b"trPr" | b"tcPr"
            | b"sectPr" | b"sdtPr" | b"sdtEndPr" | b"smartTagPr" | b"customXmlPr" | b"rt" => {
                return None;
            }
            b"document" if self.open.is_empty() => {
                self.is_document = true;
                Element::Other
            }
            _ => Element::Other,
        })
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
        let from = self.paragraphs.last().map_or(0, |paragraph| paragraph.text.len());
        Element::Text { from, is_kept }
    }

    fn character(&mut self, c: char) -> Element {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push(c);
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
                holder.blocks.extend(paragraph.boxes);
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
        let blocks = blocks(&paragraph.text, heading, label.as_ref());
        self.written += blocks.iter().map(|block| block.text.len() as u64).sum::<u64>();
        if let Some(holder) = self.holder() {
            holder.blocks.extend(blocks);
            holder.blocks.extend(paragraph.boxes);
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
        if let Some(paragraph) = self.paragraphs.last_mut() {
            // A line's end in the XML is a space; breaks of lines are elements.
            paragraph.text.extend(
                text.chars()
                    .filter(|c| !is_invisible(*c))
                    .map(|c| if c == '\t' || !c.is_control() { c } else { ' ' }),
            );
            self.read += text.len();
        }
    }

    fn end(&mut self, _name: Name<'_>) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match self.open.pop() {
            Some(Element::Paragraph) => self.finish_paragraph(),
            Some(Element::Text { from, is_kept: false }) => {
                if let Some(paragraph) = self.paragraphs.last_mut()
                    && let Some(text) = paragraph.text.get(from..)
                {
                    // Full-width spaces are no white space of XML.
                    let text = text.trim_matches([' ', '\t']).to_owned();
                    paragraph.text.truncate(from);
                    paragraph.text.push_str(&text);
                }
            }
            Some(Element::Cell) => {
                let blocks = self.holders.pop().map(Holder::finish).unwrap_or_default();
                if let Some(row) = self.rows.last_mut() {
                    row.push(blocks);
                } else if let Some(holder) = self.holder() {
                    holder.blocks.extend(blocks);
                }
            }
            Some(Element::Row) => {
                let cells = self.rows.pop().unwrap_or_default();
                let blocks = if self.rows.len() < MOST_JOINED {
                    row(cells)
                } else {
                    cells.into_iter().flatten().collect()
                };
                if let Some(holder) = self.holder() {
                    holder.blocks.extend(blocks);
                }
            }
            Some(Element::TextBox) => {
                let blocks = self.holders.pop().map(Holder::finish).unwrap_or_default();
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.boxes.extend(blocks);
                } else if let Some(holder) = self.holder() {
                    holder.blocks.extend(blocks);
                }
            }
            _ => {}
        }
    }
}

impl Holder {
    fn finish(mut self) -> Vec<Block> {
        self.blocks.extend(blocks(&self.carried, None, None));
        self.blocks
    }
}

/// A soft hyphen, and marks of width nought that only steer the layout.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// What a paragraph makes: one block for each of its lines, the label before the first.
fn blocks(text: &str, heading: Option<Heading>, label: Option<&Label>) -> Vec<Block> {
    let joined = heading.map(|_| collapse(text)).filter(|text| is_heading(text));
    let heading = heading.filter(|_| joined.is_some());
    // A heading in two lines is one heading.
    let mut lines = match joined {
        Some(joined) => vec![joined],
        None => text.split('\n').map(collapse).filter(|line| !line.is_empty()).collect(),
    };
    match (label, lines.first_mut()) {
        (Some(Label::Bullet), Some(first)) if heading.is_none() => *first = format!("■ {first}"),
        (Some(Label::Number(label)), Some(first)) => *first = labelled(label, first),
        // 第一條 may stand alone above its text; 1. alone is an item left empty.
        (Some(Label::Number(label)), None) if label.starts_with('第') => lines.push(label.clone()),
        _ => {}
    }
    lines.into_iter().map(|text| Block { heading, text }).collect()
}

/// Whether a text can be a heading: whole clauses are set in heading styles, too.
fn is_heading(text: &str) -> bool {
    const MOST: usize = 100;
    !text.is_empty() && !text.ends_with(['。', '；', ';']) && text.chars().count() <= MOST
}

fn labelled(label: &str, text: &str) -> String {
    let is_closed = label.ends_with(['、', '）', ')', '.', '．', '，', '：', ':']);
    // 1. before 2019年 would make 1.2019年.
    let runs_in = label.ends_with('.') && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_closed && !runs_in { format!("{label}{text}") } else { format!("{label} {text}") }
}

/// The text without white space around it; a run of it within is one tab, full-width
/// space or space.
fn collapse(text: &str) -> String {
    let text = text.trim();
    let mut collapsed = String::with_capacity(text.len());
    let mut space: Option<char> = None;
    for c in text.chars() {
        if c.is_whitespace() {
            space = Some(match (space, c) {
                (Some('\t'), _) | (_, '\t') => '\t',
                (Some('　'), _) | (_, '　') => '　',
                _ => ' ',
            });
        } else {
            collapsed.extend(space.take());
            collapsed.push(c);
        }
    }
    collapsed
}

/// A row of a table: a paragraph with tabs between the cells, or what its only cell holds.
fn row(cells: Vec<Vec<Block>>) -> Vec<Block> {
    let mut filled: Vec<Vec<Block>> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
    if filled.len() < 2 {
        return filled.pop().unwrap_or_default();
    }
    let mut text = String::new();
    for cell in filled {
        for (at, block) in cell.iter().enumerate() {
            if !text.is_empty() {
                text.push(if at == 0 { '\t' } else { ' ' });
            }
            // Within a cell a tab would part it in two.
            text.extend(block.text.chars().map(|c| if c == '\t' { ' ' } else { c }));
        }
    }
    vec![Block { heading: None, text }]
}

fn markdown(blocks: &[Block]) -> String {
    // Below a title of the document's own, headings are one level down: one of the style for
    // titles, or text that stands before the first heading.
    let titled = blocks.iter().any(|block| block.heading == Some(Heading::Title))
        || blocks.first().is_some_and(|block| block.heading.is_none());
    let shift = u8::from(titled);
    let mut text = String::new();
    for block in blocks {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        let level = match block.heading {
            Some(Heading::Title) => 1,
            Some(Heading::Level(level)) => (level + shift).clamp(1, 6),
            None => 0,
        };
        if level > 0 {
            text.extend(std::iter::repeat_n('#', level.into()));
            text.push(' ');
        }
        text.push_str(&block.text);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}
