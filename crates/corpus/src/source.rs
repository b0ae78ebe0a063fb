//! Conversion of a source to lines, whatever its format.
//!
//! Blocks state what they are; plain text has only lines. Everything later (documents, provisions,
//! clauses) is decided on lines, once for all formats.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use memchr::{memchr_iter, memchr3, memmem};
use tiaowen_blocks::{Block, BlockKind, Cell, LeftOut};

use crate::label::{Label, LabelKind};
use crate::{SourceReason, markdown};

/// Why a source can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The side file is invalid.
    #[error("its side file {name}, line {line}: {reason}")]
    SideFile {
        /// Name of the side file.
        name: String,
        /// Line of the side file, from 1.
        line: usize,
        /// The problem.
        reason: SourceReason,
    },
    /// The front matter is invalid.
    #[error("front matter, line {line}: {reason}")]
    FrontMatter {
        /// Line of the file, from 1.
        line: usize,
        /// The problem.
        reason: SourceReason,
    },
    /// The source has more lines than the limit for its size.
    #[error(
        "line {line}: of a source of this size {most} lines are read, and it has more; split it"
    )]
    Lines {
        /// First line beyond the limit, from 1.
        line: usize,
        /// The limit, without blank lines.
        most: usize,
    },
    /// A line of JSON is no valid clause.
    #[error("line {line}: this is no clause: {reason}")]
    ClauseLine {
        /// Line of the file, from 1.
        line: usize,
        /// The problem.
        reason: SourceReason,
    },
}

/// The format of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text, as extracted from a PDF or typed.
    Text,
    /// Markdown, with front matter in TOML between lines of `+++`, or in YAML between lines of
    /// `---`.
    Markdown,
    /// JSON Lines, one clause each, as printed by `tiaowen clauses --format jsonl`.
    ClauseLines,
}

impl Format {
    /// The format from a file extension; plain text if it is unknown.
    pub fn of(path: &Path) -> Format {
        let end = path.extension().map(|end| end.to_string_lossy().to_lowercase());
        match end.as_deref() {
            Some("md" | "markdown") => Format::Markdown,
            Some("jsonl" | "ndjson") => Format::ClauseLines,
            _ => Format::Text,
        }
    }
}

/// What is known about the pages of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pages {
    /// The format has no pages: nothing is a page number or a running head.
    None,
    /// Plain text may come from pages; furniture is detected by evidence.
    Guessed,
    /// The format has pages, and its reader has recognised furniture.
    Seen,
}

impl Format {
    /// What this format reveals about pages.
    pub(crate) fn pages(self) -> Pages {
        match self {
            Format::Text => Pages::Guessed,
            Format::Markdown | Format::ClauseLines => Pages::None,
        }
    }
}

/// A line that isn't blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Range in bytes of the decoded source, without surrounding white space.
    pub(crate) span: Range<usize>,
    /// Whether a blank line precedes it.
    pub(crate) gap: bool,
    /// The level of a Markdown heading.
    pub(crate) level: Option<u8>,
    /// Indentation in half-width characters.
    pub(crate) indent: u16,
    /// Number of form feeds before it.
    pub(crate) page: u32,
    /// Whether the reader saw that it fills its column and so continues on the next line.
    pub(crate) wrapped: bool,
    /// Its stream.
    pub(crate) stream: u16,
    /// The parts of the line that are text, if not all of it is: the cells of a table's row,
    /// including empty ones, or a single cell for any other line.
    pub(crate) cells: Vec<Vec<Range<usize>>>,
    /// The text of the line if it differs from the source: Markdown without its markup.
    pub(crate) reads: Option<String>,
    /// For a note, the byte that its reference mark follows.
    pub(crate) hangs_at: Option<usize>,
    /// Whether it continues the line before it, which was too long.
    pub(crate) is_rest: bool,
}

impl Line {
    pub(crate) fn new(span: Range<usize>, gap: bool) -> Self {
        Self {
            span,
            gap,
            level: None,
            indent: 0,
            page: 0,
            wrapped: false,
            stream: 0,
            cells: Vec::new(),
            reads: None,
            hangs_at: None,
            is_rest: false,
        }
    }

    /// Whether it is a row of a table.
    pub(crate) fn is_row(&self) -> bool {
        self.cells.len() > 1
    }

    /// The text of a line that is no row.
    pub(crate) fn read<'a>(&'a self, text: &'a str) -> Cow<'a, str> {
        if let Some(reads) = &self.reads {
            return Cow::Borrowed(reads);
        }
        match &self.cells[..] {
            [] => Cow::Borrowed(&text[self.span.clone()]),
            cells => Cow::Owned(cells.iter().flatten().map(|part| &text[part.clone()]).collect()),
        }
    }

    /// Removes left-out ranges from the text; returns whether any text remains.
    fn leave_out(&mut self, text: &str, left_out: &[LeftOut]) -> bool {
        let from = left_out.partition_point(|left| left.span.end <= self.span.start);
        let to = left_out.partition_point(|left| left.span.start < self.span.end);
        let inside = &left_out[from..to.max(from)];
        if inside.is_empty() {
            return true;
        }
        if self.cells.is_empty() {
            self.cells = vec![vec![self.span.clone()]];
        }
        for cell in &mut self.cells {
            for left in inside {
                let parts = cell.iter().flat_map(|part| without(part, &left.span));
                *cell = parts.filter(|part| part.start < part.end).collect();
            }
        }
        let mut read = self.cells.iter().flatten();
        read.any(|part| !text[part.clone()].trim_matches(is_blank).is_empty())
    }
}

/// The parts of a range before and behind another one.
fn without(range: &Range<usize>, other: &Range<usize>) -> [Range<usize>; 2] {
    [range.start..range.end.min(other.start), range.start.max(other.end)..range.end]
}

/// The number of lines allowed for every source, and for any source however large. A line may
/// become a clause, and a clause takes some 700 bytes beside its text until it is indexed.
const LINES_OF_ANY: usize = 300_000;
const MOST_LINES: usize = 800_000;

/// The limit of lines for a source with so many bytes. A source with more lines than the general
/// limit must have lines as long as those of ordinary text.
pub(crate) fn most_lines(bytes: usize) -> usize {
    (bytes / 48).clamp(LINES_OF_ANY, MOST_LINES)
}

/// Maximum length of a heading in bytes, because each clause below repeats it.
const MOST_HEADING: usize = 3_000;

/// The lines of a source from byte `from` on, in order.
///
/// # Errors
/// [`SourceError::Lines`] if there are more than the limit.
pub(crate) fn lines(
    text: &str,
    format: Format,
    from: usize,
) -> Result<(Vec<Line>, Vec<LeftOut>), SourceError> {
    let most = most_lines(text.len());
    if format == Format::Markdown {
        return markdown_lines(text, from, most);
    }
    let mut lines = Vec::with_capacity(1 + memchr_iter(b'\n', text.as_bytes()).count());
    let (mut at, mut gap) = (from, true);
    let mut page = 0;
    let separators = Separators::of(&text[from..]);
    while at < text.len() {
        let start = at;
        at += separators.first_line(&text[at..]);
        let line = &text[start..at];
        let on_page = page;
        page += u32::from(line.ends_with('\u{c}'));
        let content = line.trim_matches(is_blank);
        if content.is_empty() {
            // A line feed behind a carriage return ends the same line.
            gap |= line != "\n" || !text[..start].ends_with('\r');
            continue;
        }
        if lines.len() == most {
            return Err(too_many(text, start, most));
        }
        let offset = content.as_ptr() as usize - text.as_ptr() as usize;
        lines.push(Line {
            indent: indent(&text[start..offset]),
            page: on_page,
            ..Line::new(offset..offset + content.len(), gap)
        });
        gap = false;
    }
    Ok((lines, Vec::new()))
}

/// The lines of Markdown. A heading that is too long becomes text.
fn markdown_lines(
    text: &str,
    from: usize,
    most: usize,
) -> Result<(Vec<Line>, Vec<LeftOut>), SourceError> {
    let (mut lines, left_out) = markdown::lines(text, from);
    if let Some(line) = lines.get(most) {
        return Err(too_many(text, line.span.start, most));
    }
    for line in lines.iter_mut().filter(|line| line.span.len() > MOST_HEADING) {
        line.level = None;
    }
    Ok((lines, left_out))
}

/// The error for line `most` + 1, which begins at byte `start`.
fn too_many(text: &str, start: usize, most: usize) -> SourceError {
    let line = 1 + memchr_iter(b'\n', &text.as_bytes()[..start]).count();
    SourceError::Lines { line, most }
}

/// The lines of blocks: one for each block and each row of a table.
///
/// # Errors
/// [`SourceError::Lines`] if there are more than the limit.
pub(crate) fn lines_of(
    text: &str,
    blocks: &[Block],
    left_out: &[LeftOut],
) -> Result<Vec<Line>, SourceError> {
    let most = most_lines(text.len());
    let mut lines = Vec::with_capacity(blocks.len().min(most));
    for block in blocks {
        push_lines(text, block, &mut lines);
        if lines.len() > most {
            return Err(too_many(text, lines[most].span.start, most));
        }
    }
    if !left_out.is_empty() {
        lines.retain_mut(|line| line.leave_out(text, left_out));
    }
    Ok(lines)
}

fn push_lines(text: &str, block: &Block, lines: &mut Vec<Line>) {
    let start = lines.len();
    match &block.kind {
        BlockKind::Table { rows } => {
            for row in rows {
                push_row(text, row, lines);
            }
        }
        kind => {
            let content = text[block.span.clone()].trim_matches(is_blank);
            if content.is_empty() {
                return;
            }
            let offset = content.as_ptr() as usize - text.as_ptr() as usize;
            let (level, hangs_at) = match kind {
                BlockKind::Heading(level) => (Some(*level), None),
                BlockKind::Note { at } => (None, Some(*at)),
                _ => (None, None),
            };
            let line = Line::new(offset..offset + content.len(), block.begins);
            lines.push(Line { level, hangs_at, wrapped: block.goes_on, ..line });
        }
    }
    for line in &mut lines[start..] {
        line.stream = block.stream;
        line.page = block.place.map_or(0, |place| place.page.saturating_sub(1));
    }
}

/// Adds a row as one line of cells. If a cell begins with a label or contains a heading, its blocks
/// become ordinary lines instead.
fn push_row(text: &str, row: &[Cell], lines: &mut Vec<Line>) {
    let filled: Vec<&Cell> = row.iter().filter(|cell| !cell.blocks.is_empty()).collect();
    let is_layout = filled.len() == 1
        || filled.iter().flat_map(|cell| &cell.blocks).any(|block| starts_line(text, block));
    if is_layout {
        for block in row.iter().flat_map(|cell| &cell.blocks) {
            push_lines(text, block, lines);
        }
        return;
    }
    let spans = |cell: &Cell| cell.blocks.iter().map(|block| block.span.clone()).collect();
    let cells: Vec<Vec<Range<usize>>> = row.iter().map(spans).collect();
    let ends = filled.iter().flat_map(|cell| &cell.blocks).map(|block| &block.span);
    let Some(start) = ends.clone().map(|span| span.start).min() else { return };
    let end = ends.map(|span| span.end).max().unwrap_or(start);
    lines.push(Line { cells, ..Line::new(start..end, true) });
}

/// Whether a block of a cell begins with a label, or is no plain text.
fn starts_line(text: &str, block: &Block) -> bool {
    !matches!(block.kind, BlockKind::Paragraph | BlockKind::Item)
        || Label::parse(text[block.span.clone()].trim_matches(is_blank))
            .is_some_and(|label| is_structural(label.kind))
}

/// Whether a label is that of an article or of a division that contains articles.
fn is_structural(kind: LabelKind) -> bool {
    (LabelKind::Book..=LabelKind::Article).contains(&kind)
}

/// The width of white space before a line, in half-width characters.
pub(crate) fn indent(blank: &str) -> u16 {
    let width = |c: char| if c == '\u{3000}' { 2 } else { u16::from(!c.is_control()) };
    blank.chars().take(200).map(width).sum()
}

/// The line separators of a text: \n, \r and \f, and U+2028 and U+2029 if they occur.
struct Separators {
    unicode: bool,
}

impl Separators {
    fn of(text: &str) -> Self {
        let holds = |separator: &str| memmem::find(text.as_bytes(), separator.as_bytes()).is_some();
        Separators { unicode: holds("\u{2028}") || holds("\u{2029}") }
    }

    /// Length in bytes of the first line of `text`, including its separator.
    fn first_line(&self, text: &str) -> usize {
        let end = if self.unicode {
            text.find(['\n', '\r', '\u{c}', '\u{2028}', '\u{2029}'])
        } else {
            memchr3(b'\n', b'\r', b'\x0c', text.as_bytes())
        };
        end.map_or(text.len(), |end| end + text[end..].chars().next().map_or(0, char::len_utf8))
    }
}

pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{FEFF}' | '\u{200B}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_gaps() {
        let text = "一\r\n二\r\n\r\n　三 \n# 四";
        let found: Vec<_> = lines(text, Format::Text, 0)
            .unwrap()
            .0
            .into_iter()
            .map(|line| (text[line.span].to_owned(), line.gap))
            .collect();
        let expected = [("一", true), ("二", false), ("三", true), ("# 四", false)];
        assert_eq!(found, expected.map(|(text, gap)| (text.to_owned(), gap)));
    }
}
