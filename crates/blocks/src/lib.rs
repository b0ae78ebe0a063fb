//! What a reader of a format gives to the splitter: a text, its blocks, and what was left out.
//!
//! Readers keep what a format knows (headings, cells, notes) and invent nothing that it doesn't.
//! A block is a range of bytes of the text, so nothing is copied, and whatever no block covers and
//! [`SourceText::left_out`] doesn't list is still found when the text is accounted for.
//!
//! A reader writes the text that people see: the label that a list prints, the value of a form
//! field in its place, ² or ^2 for a superscript. A mark that refers to a note is not written
//! into the sentence; the note is a block that knows where it hangs. Text that is hidden,
//! deleted or furniture is written where it stands and listed in `left_out`, whether a whole
//! line or a few characters inside a block.
//!
//! ```
//! use tiaowen_blocks::{Block, BlockKind, SourceText};
//! let text = "第一條 內容。\n甲方\t乙方\n";
//! let cell = |span| vec![Block::new(span, BlockKind::Paragraph)];
//! let cells = vec![cell(20..26).into(), cell(27..33).into()];
//! let blocks = vec![
//!     Block::new(0..19, BlockKind::Paragraph),
//!     Block::new(20..33, BlockKind::Table { rows: vec![cells] }),
//! ];
//! let source = SourceText::of_blocks(text, blocks);
//! assert_eq!(&source.text[20..26], "甲方");
//! ```

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The text of a file with what its reader knows about it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceText<'a> {
    /// The decoded text, or the text composed by the reader; all spans point into it.
    pub text: Cow<'a, str>,
    /// How the text is structured.
    pub layout: Layout,
    /// What the reader left out, in the order of the text; spans don't overlap.
    pub left_out: Vec<LeftOut>,
    /// The encoding of the file, where it is a text or page.
    pub encoding: Option<&'static str>,
    /// What was read by text recognition, in the order of the text; spans don't overlap.
    pub recognised: Vec<Recognised>,
}

impl<'a> SourceText<'a> {
    /// A text with its blocks, of which nothing was left out.
    pub fn of_blocks(text: impl Into<Cow<'a, str>>, blocks: Vec<Block>) -> Self {
        let (text, layout) = (text.into(), Layout::Blocks(blocks));
        Self { text, layout, left_out: Vec::new(), encoding: None, recognised: Vec::new() }
    }
}

/// A word that was read by text recognition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// How certain the reading is, of a hundred.
    pub confidence: u8,
}

/// How a text is structured.
#[derive(Debug, Clone, PartialEq)]
pub enum Layout {
    /// Plain text: only its lines are known.
    Plain,
    /// Markdown, as it stands in the file or composed by a reader.
    Markdown,
    /// JSON, one clause a line.
    ClauseLines,
    /// Blocks, in reading order.
    Blocks(Vec<Block>),
}

/// A part of a text that belongs together.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Bytes of the text, label included.
    pub span: Range<usize>,
    /// What it is.
    pub kind: BlockKind,
    /// Whether it begins a paragraph; not so of a line below a forced line break.
    pub begins: bool,
    /// Whether it is a line that fills its column, so that its paragraph goes on in the next
    /// paragraph block of its stream, be it on the next page.
    pub goes_on: bool,
    /// The columns of a bilingual print are streams of their own, each read by itself.
    pub stream: u16,
    /// Where it is printed, in formats with pages.
    pub place: Option<PagePlace>,
}

impl Block {
    /// A block that begins and ends its paragraph, in the main stream, of a format without pages.
    pub fn new(span: Range<usize>, kind: BlockKind) -> Self {
        Self { span, kind, begins: true, goes_on: false, stream: 0, place: None }
    }
}

/// What a block is.
#[derive(Debug, Clone, PartialEq)]
pub enum BlockKind {
    /// A paragraph, or a printed line of one.
    Paragraph,
    /// A heading by outline level, style or element; 1 is the outermost.
    Heading(u8),
    /// An item of a list, its printed label at its beginning.
    Item,
    /// A table, row by row; rows that end early have fewer cells.
    Table {
        /// The rows, from the top.
        rows: Vec<Vec<Cell>>,
    },
    /// A footnote or endnote; its span includes the mark in front of it.
    Note {
        /// The byte of the text that its mark follows: the end of the word that it explains.
        at: usize,
    },
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// How many columns it takes, 1 at least.
    pub columns: u16,
    /// What it holds; empty cells hold nothing.
    pub blocks: Vec<Block>,
}

impl From<Vec<Block>> for Cell {
    fn from(blocks: Vec<Block>) -> Self {
        Self { columns: 1, blocks }
    }
}

/// Where a block is printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PagePlace {
    /// The page, from 1.
    pub page: u32,
    /// Left, top, right and bottom in points from the page's left top corner.
    pub bounds: [f32; 4],
}

/// Something that a reader left out of all blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Bytes of the text; empty where it couldn't be read.
    pub span: Range<usize>,
    /// What it is.
    pub kind: DroppedKind,
    /// Why it was left out, in plain words.
    pub why: Cow<'static, str>,
    /// The page that it is printed on, from 1.
    pub page: Option<u32>,
}

/// What something left out is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DroppedKind {
    /// The number of a page.
    PageNumber,
    /// A line at the head or foot of many pages.
    RunningHead,
    /// A table of contents.
    Contents,
    /// A stamp across pages.
    Watermark,
    /// What a web page offers besides its text.
    Menu,
    /// What readers don't see.
    Hidden,
    /// What is struck out or marked as deleted.
    Deleted,
    /// What can't be read: a page that is a picture, a font without characters.
    Unreadable,
    /// Anything else.
    Other,
}

impl DroppedKind {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            DroppedKind::PageNumber => "page_number",
            DroppedKind::RunningHead => "running_head",
            DroppedKind::Contents => "contents",
            DroppedKind::Watermark => "watermark",
            DroppedKind::Menu => "menu",
            DroppedKind::Hidden => "hidden",
            DroppedKind::Deleted => "deleted",
            DroppedKind::Unreadable => "unreadable",
            DroppedKind::Other => "other",
        }
    }
}

impl fmt::Display for DroppedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
