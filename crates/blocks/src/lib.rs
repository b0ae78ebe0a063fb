//! The interface between format readers and the splitter: a text, its blocks, and everything that
//! was left out.
//!
//! Readers keep the structure that a format has (headings, cells, notes) and invent none. A block
//! is a range of bytes of the text, so nothing is copied, and accounting for every character is
//! simple: a range that neither a block nor [`SourceText::left_out`] covers is a mistake that a
//! check can find.
//!
//! A reader writes the text that people see: the label that a list prints, the value of a form
//! field in its place, ² or ^2 for a superscript. A reference mark is not written into its
//! sentence; the note is a block of its own that knows where it belongs. Hidden and deleted text
//! and page furniture are written where they occur and listed in `left_out`, whether they are a
//! whole line or a few characters of a block.
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

mod reason;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use reason::LeftOutReason;

/// The text of a file, with the structure that its reader found.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceText<'a> {
    /// The decoded text, or a text that the reader composed; all spans are ranges of its bytes.
    pub text: Cow<'a, str>,
    /// The structure of the text.
    pub layout: Layout,
    /// Everything the reader left out, in the order of the text, without overlaps.
    pub left_out: Vec<LeftOut>,
    /// The encoding of the file, for text files and web pages.
    pub encoding: Option<&'static str>,
    /// What was read by text recognition, in the order of the text; spans don't overlap.
    pub recognised: Vec<Recognised>,
}

impl<'a> SourceText<'a> {
    /// A text with its blocks and nothing left out.
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

/// The structure of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Layout {
    /// Plain text: lines only.
    Plain,
    /// Markdown, read from a file or composed by a reader.
    Markdown,
    /// JSON lines, one clause each.
    ClauseLines,
    /// Blocks, in reading order.
    Blocks(Vec<Block>),
}

/// A part of a text: a paragraph, heading, item, table or note.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Range in bytes, including the label.
    pub span: Range<usize>,
    /// The kind of block.
    pub kind: BlockKind,
    /// Whether it begins a paragraph. A line behind a forced line break does not.
    pub begins: bool,
    /// Whether it is a line that fills its column, so that the paragraph continues in the next
    /// paragraph block of its stream, possibly on the next page.
    pub goes_on: bool,
    /// The stream it belongs to. Each column of a bilingual print is a stream and is read
    /// separately.
    pub stream: u16,
    /// Where it is printed, in formats with pages.
    pub place: Option<PagePlace>,
}

impl Block {
    /// A complete paragraph in the main stream of a format without pages.
    pub fn new(span: Range<usize>, kind: BlockKind) -> Self {
        Self { span, kind, begins: true, goes_on: false, stream: 0, place: None }
    }
}

/// The kind of a block.
#[derive(Debug, Clone, PartialEq)]
pub enum BlockKind {
    /// A paragraph, or a printed line of one.
    Paragraph,
    /// A heading, from an outline level, a style or an element; 1 is the outermost level.
    Heading(u8),
    /// An item of a list, beginning with its printed label.
    Item,
    /// A table, row by row. Rows may differ in their number of cells.
    Table {
        /// The rows, from the top.
        rows: Vec<Vec<Cell>>,
    },
    /// A footnote or endnote. Its span includes the mark in front.
    Note {
        /// The byte offset that its reference mark follows: the end of the word it explains.
        at: usize,
    },
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Number of columns that it spans, at least 1.
    pub columns: u16,
    /// Its content; none if the cell is empty.
    pub blocks: Vec<Block>,
}

impl From<Vec<Block>> for Cell {
    fn from(blocks: Vec<Block>) -> Self {
        Self { columns: 1, blocks }
    }
}

/// The position of a block in print.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PagePlace {
    /// Page number, from 1.
    pub page: u32,
    /// Left, top, right and bottom, in points from the top left corner of the page.
    pub bounds: [f32; 4],
}

/// Something that a reader left out of all blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Range in bytes; empty if it could not be read.
    pub span: Range<usize>,
    /// The kind.
    pub kind: DroppedKind,
    /// The reason.
    pub why: LeftOutReason,
    /// Page number, from 1.
    pub page: Option<u32>,
}

/// The kind of something left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DroppedKind {
    /// A page number.
    PageNumber,
    /// A line that recurs at the top or bottom of many pages.
    RunningHead,
    /// A table of contents.
    Contents,
    /// A stamp across a page.
    Watermark,
    /// Navigation of a web page.
    Menu,
    /// Text that readers don't see.
    Hidden,
    /// Text that is struck out or marked as deleted.
    Deleted,
    /// Content that can't be read: a page that is an image, a font without characters.
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
