//! The role of each line on its page: furniture, by its band at the edge of pages, or wrapped, by
//! the edge of its column.
//!
//! Words can't distinguish a running head from a recurring table cell, nor a wrapped line from a
//! title. Positions can: a head is in the same band of many pages, outside the text; a wrapped line
//! leaves no room for the beginning of the next one. Plain text has no positions, so `corpus` uses
//! weaker evidence for it (`junk`, `wrap`).

mod furniture;
mod wrapped;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tiaowen_blocks::{
    Block, BlockKind, Cell, DroppedKind, LeftOut, LeftOutReason, PagePlace, Recognised, SourceText,
};
use tiaowen_text::is_han;

use furniture::furniture;
use wrapped::wrapped;

use super::columns::{self, Columns};
use super::lines::{PageLine, PageLines, Rows};
use super::notes::{Note, Notes, body_size, notes};

/// Minimum distance of a row at the edge from the text, relative to the usual line distance.
const OUTSIDE: f64 = 1.4;
/// Type larger than the text by this factor is a heading.
const LARGER: f64 = 1.15;

/// Writes pages as blocks; each page ends with a form feed.
pub(super) fn written(pages: &[PageLines]) -> SourceText<'static> {
    let sorted = Sorted::of(pages);
    let mut writer = Writer::default();
    // The position of each note.
    let mut hang_at: HashMap<(usize, usize), usize> = HashMap::new();
    for (number, page) in pages.iter().enumerate() {
        let notes = &sorted.notes[number];
        for at in 0..page.lines.len() {
            writer.write(&sorted, page, (number, at), &mut hang_at);
        }
        for (nth, note) in notes.notes.iter().enumerate() {
            let at = hang_at.get(&(number, nth)).copied().unwrap_or(0);
            let is_last = nth + 1 == notes.notes.len();
            let overleaf = if is_last { sorted.overleaf(number) } else { Vec::new() };
            writer.note(page, note, at, number, sorted.stream((number, note.lines[0])), &overleaf);
        }
        writer.line_numbers(page, number);
        writer.noise(page, number);
        writer.list_unread(page, number);
        writer.text.push('\u{c}');
    }
    let Writer { text, blocks, left_out, recognised } = writer;
    SourceText { left_out, recognised, ..SourceText::of_blocks(text, blocks) }
}

/// The roles of the lines of all pages.
struct Sorted<'p> {
    pages: &'p [PageLines],
    is_bilingual: bool,
    furniture: HashMap<Spot, DroppedKind>,
    notes: Vec<Notes>,
    /// The reference marks of notes in each line.
    marks: HashMap<Spot, Vec<Mark>>,
    wrapped: HashSet<Spot>,
}

/// A reference mark: the note's page and its index there, and the bytes of the mark in its line.
type Mark = ((usize, usize), Range<usize>);

impl<'p> Sorted<'p> {
    fn of(pages: &'p [PageLines]) -> Self {
        let furniture = furniture(pages);
        let mut goes_on = false;
        let mut found: Vec<Notes> = Vec::with_capacity(pages.len());
        for (number, page) in pages.iter().enumerate() {
            let is_body = |at| !furniture.contains_key(&(number, at));
            let notes = notes(pages, number, is_body, goes_on, &found);
            goes_on = notes.break_off(page);
            found.push(notes);
        }
        let notes = found;
        let mut marks: HashMap<Spot, Vec<Mark>> = HashMap::new();
        for (page, notes) in notes.iter().enumerate() {
            for (nth, note) in notes.notes.iter().enumerate() {
                let on = &note.on;
                marks.entry((on.page, on.line)).or_default().push(((page, nth), on.at.clone()));
            }
        }
        let columns = || pages.iter().filter_map(|page| page.columns.as_ref());
        let is_bilingual = columns().next().is_some();
        let none = HashSet::new();
        let mut sorted = Self { pages, is_bilingual, furniture, notes, marks, wrapped: none };
        let body: Vec<Spot> = places(pages).filter(|spot| sorted.is_body(spot)).collect();
        let most = columns().map(Columns::count).max().unwrap_or(1);
        for stream in 0..u16::try_from(most.max(1 + usize::from(is_bilingual))).unwrap_or(1) {
            let of_stream = body.iter().filter(|spot| sorted.stream(**spot) == stream);
            let of_stream: Vec<Spot> = of_stream.copied().collect();
            sorted.wrapped.extend(wrapped(pages, &of_stream));
        }
        sorted
    }

    /// The lines on following pages that continue the last note of a page.
    fn overleaf(&self, page: usize) -> Vec<&'p PageLine> {
        let mut lines = Vec::new();
        for (next, notes) in self.notes.iter().enumerate().skip(page + 1) {
            lines.extend(notes.continued.iter().map(|&at| &self.pages[next].lines[at]));
            if notes.continued.is_empty() || !notes.notes.is_empty() {
                break;
            }
        }
        lines
    }

    fn line(&self, spot: Spot) -> &'p PageLine {
        &self.pages[spot.0].lines[spot.1]
    }

    /// Whether a line belongs to the text itself.
    fn is_body(&self, spot: &Spot) -> bool {
        let notes = &self.notes[spot.0];
        !self.furniture.contains_key(spot)
            && self.line(*spot).table.is_none()
            && !notes.rules.contains(&spot.1)
            && !notes.hold(spot.1)
    }

    fn stream(&self, spot: Spot) -> u16 {
        match &self.pages[spot.0].columns {
            Some(columns) => columns.stream(self.line(spot)),
            None if self.is_bilingual => columns::stream_of_language(&self.line(spot).text),
            None => 0,
        }
    }
}

/// Whether a Latin line is a heading: it is larger than the text, or centred in its column as a
/// whole paragraph.
fn is_english_heading(page: &PageLines, at: usize, whole: bool) -> bool {
    let line = &page.lines[at];
    let letters = line.text.chars().filter(char::is_ascii_alphabetic).count();
    if letters < 4 || line.text.contains(is_han) || line.text.ends_with([',', ';', ':', '.']) {
        return false;
    }
    if line.size > LARGER * body_size(page) {
        return true;
    }
    let is_beside = |other: &&PageLine| other.side == line.side && other.is_parallel(line);
    let column: Vec<&PageLine> = page.lines.iter().filter(is_beside).collect();
    let left = column.iter().map(|other| other.from).fold(f64::MAX, f64::min);
    let right = column.iter().map(|other| other.to).fold(f64::MIN, f64::max);
    let (before, behind) = (line.from - left, right - line.to);
    whole && before > 2.5 * line.size && (before - behind).abs() < 2.0 * line.size
}

/// Whether a line has another font size than the one above.
fn differs_in_size(page: &PageLines, at: usize) -> bool {
    let above = at.checked_sub(1).and_then(|at| page.lines.get(at));
    above.is_some_and(|above| {
        above.table.is_none()
            && !(1.0 / LARGER..LARGER).contains(&(page.lines[at].size / above.size))
    })
}

/// Whether a line continues a title of several lines: directly below a line of the same large type,
/// and equally centred.
fn is_rest_of_title(page: &PageLines, at: usize) -> bool {
    let Some(above) = at.checked_sub(1).and_then(|at| page.lines.get(at)) else { return false };
    let line = &page.lines[at];
    let middle = |line: &PageLine| (line.from + line.to) / 2.0;
    line.size > LARGER * body_size(page)
        && (line.size / above.size - 1.0).abs() < 0.02
        && line.is_parallel(above)
        && line.side == above.side
        && (0.0..TITLE_STEP * line.size).contains(&(line.base - above.base))
        && (middle(line) - middle(above)).abs() < line.size
}

/// Maximum distance between lines of one title, relative to the font size.
const TITLE_STEP: f64 = 2.2;
/// Minimum gap between cells in a line, relative to the font size.
const CELL_GAP: f64 = 2.0;

/// Writes the text of pages.
#[derive(Default)]
struct Writer {
    text: String,
    blocks: Vec<Block>,
    left_out: Vec<LeftOut>,
    recognised: Vec<Recognised>,
}

impl Writer {
    /// Writes a line according to its role; notes are written behind their page. The positions of
    /// notes are added to `hang_at`.
    fn write(
        &mut self,
        sorted: &Sorted<'_>,
        page: &PageLines,
        spot: Spot,
        hang_at: &mut HashMap<(usize, usize), usize>,
    ) {
        let (line, notes) = (sorted.line(spot), &sorted.notes[spot.0]);
        if notes.hold(spot.1) {
            return;
        }
        if line.is_apart {
            self.text.push('\n');
        }
        if let Some(kind) = sorted.furniture.get(&spot) {
            let why = match kind {
                DroppedKind::Watermark => LeftOutReason::StampedAcross,
                _ => LeftOutReason::SamePlaceOfPages,
            };
            self.leave_out(line, spot.0, *kind, why);
            return;
        }
        if notes.rules.contains(&spot.1) {
            self.leave_out(line, spot.0, DroppedKind::Other, LeftOutReason::RuleAboveNotes);
            return;
        }
        if let Some(rows) = &line.table {
            self.table(rows, line, spot.0, sorted.stream(spot));
            return;
        }
        let start = self.text.len();
        let marks = sorted.marks.get(&spot).cloned().unwrap_or_default();
        hang_at.extend(self.line(line, marks));
        let goes_on = sorted.wrapped.contains(&spot);
        let block = Block {
            begins: (line.is_apart || differs_in_size(page, spot.1))
                && !is_rest_of_title(page, spot.1),
            goes_on,
            place: Some(placed(spot.0, line)),
            stream: sorted.stream(spot),
            ..Block::new(start..self.text.len(), BlockKind::Paragraph)
        };
        self.text.push('\n');
        let broken = spot.1 > 0 && sorted.wrapped.contains(&(spot.0, spot.1 - 1));
        self.push(block, is_english_heading(page, spot.1, !broken && !goes_on));
    }

    /// Writes a line without its reference marks. Returns the position of each mark.
    fn line(&mut self, line: &PageLine, mut marks: Vec<Mark>) -> Vec<((usize, usize), usize)> {
        marks.sort_by_key(|(_, at)| at.start);
        let (mut from, mut places) = (0, Vec::new());
        for (note, at) in marks {
            if at.start >= from {
                self.spaced(line, from..at.start);
                self.text.truncate(self.text.trim_end_matches(' ').len());
                from = at.end;
            }
            places.push((note, self.text.len()));
        }
        let rest = &line.text[from..];
        let blank = if from > 0 { rest.len() - rest.trim_start().len() } else { 0 };
        self.spaced(line, from + blank..line.text.len());
        places
    }

    /// Writes part of a line; gaps as wide as those between cells are kept.
    fn spaced(&mut self, line: &PageLine, part: Range<usize>) {
        let mut from = part.start;
        let wide = line.gaps.iter().filter(|gap| gap.width > CELL_GAP * line.size);
        for gap in wide.filter(|gap| part.start < gap.at && gap.at < part.end) {
            self.copy(line, from..gap.at);
            self.text.push_str("   ");
            from = gap.at;
        }
        self.copy(line, from..part.end);
    }

    /// Writes a part of a line as it is, with how certain it is.
    fn copy(&mut self, line: &PageLine, part: Range<usize>) {
        let (start, from) = (self.text.len(), part.start);
        self.text.push_str(&line.text[part.clone()]);
        let moved = |at: usize| start + at - from;
        self.recognised.extend(line.recognised_in(part).map(|(span, confidence)| Recognised {
            span: moved(span.start)..moved(span.end),
            confidence,
        }));
    }

    /// Writes a whole line as it is.
    fn copy_whole(&mut self, line: &PageLine) {
        self.copy(line, 0..line.text.len());
    }

    /// Adds a block; adjacent lines of a heading become one.
    fn push(&mut self, block: Block, is_heading: bool) {
        if !is_heading {
            self.blocks.push(block);
            return;
        }
        if let Some(last) = self.blocks.last_mut()
            && matches!(last.kind, BlockKind::Heading(_))
            && last.stream == block.stream
            && !block.begins
            && last.place.map(|place| place.page) == block.place.map(|place| place.page)
        {
            last.span.end = block.span.end;
            return;
        }
        let first = !self.blocks.iter().any(|other| {
            other.stream == block.stream && matches!(other.kind, BlockKind::Heading(_))
        });
        let kind = BlockKind::Heading(if first { 1 } else { 2 });
        self.blocks.push(Block { kind, goes_on: false, ..block });
    }

    fn leave_out(&mut self, line: &PageLine, page: usize, kind: DroppedKind, why: LeftOutReason) {
        let start = self.text.len();
        self.copy_whole(line);
        self.list(start, page, kind, why);
        self.text.push('\n');
    }

    /// Lists the text from `start` on as left out.
    fn list(&mut self, start: usize, page: usize, kind: DroppedKind, why: LeftOutReason) {
        let (span, page) = (start..self.text.len(), u32::try_from(page + 1).ok());
        self.left_out.push(LeftOut { span, kind, why, page });
    }

    fn table(&mut self, rows: &Rows, line: &PageLine, page: usize, stream: u16) {
        let start = self.text.len();
        let place = Some(placed(page, line));
        let mut written = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(row.len());
            for (number, cell) in row.iter().enumerate() {
                if number > 0 {
                    self.text.push('\t');
                }
                cells.push(Cell::from(self.cell(cell, place)));
            }
            self.text.push('\n');
            written.push(cells);
        }
        let span = start..self.text.len() - 1;
        let kind = BlockKind::Table { rows: written };
        self.blocks.push(Block { place, stream, ..Block::new(span, kind) });
    }

    /// Writes a cell; lines that fill it form one paragraph.
    fn cell(&mut self, lines: &[PageLine], place: Option<PagePlace>) -> Vec<Block> {
        let edge = lines.iter().map(|line| line.to).fold(f64::MIN, f64::max);
        let mut blocks: Vec<Block> = Vec::new();
        let mut full = false;
        for line in lines {
            let latin = |c: char| c.is_ascii_alphanumeric();
            let joins = full.then(|| blocks.pop()).flatten();
            let start = match joins {
                Some(open) => {
                    let between = self.text.ends_with(latin) && line.text.starts_with(latin);
                    self.text.push_str(if between { " " } else { "" });
                    open.span.start
                }
                None => {
                    if !blocks.is_empty() {
                        self.text.push(' ');
                    }
                    self.text.len()
                }
            };
            let blank = line.text.len() - line.text.trim_start().len();
            self.copy(line, blank..line.text.trim_end().len().max(blank));
            let span = start..self.text.len();
            blocks.push(Block { place, ..Block::new(span, BlockKind::Paragraph) });
            full = line.to > edge - 1.5 * line.size;
        }
        blocks.retain(|block| !block.span.is_empty());
        blocks
    }

    fn note(
        &mut self,
        page: &PageLines,
        note: &Note,
        at: usize,
        number: usize,
        stream: u16,
        overleaf: &[&PageLine],
    ) {
        let start = self.text.len();
        for &line in &note.lines {
            let line = &page.lines[line];
            // The mark is written as drawn, not as a superscript.
            let mark = line.raised.first().filter(|raised| raised.at.start == 0);
            match mark {
                Some(raised) => {
                    self.text.push_str(&raised.mark);
                    self.text.push(' ');
                    let rest = &line.text[raised.at.end..];
                    let blank = rest.len() - rest.trim_start().len();
                    self.copy(line, raised.at.end + blank..line.text.len());
                }
                None => self.copy_whole(line),
            }
            self.text.push('\n');
        }
        for line in overleaf {
            self.copy_whole(line);
            self.text.push('\n');
        }
        let span = start..self.text.len() - 1;
        let place = Some(placed(number, &page.lines[note.lines[0]]));
        self.blocks.push(Block { place, stream, ..Block::new(span, BlockKind::Note { at }) });
    }

    /// Lists the line numbers in the margin.
    fn line_numbers(&mut self, page: &PageLines, number: usize) {
        let (kind, why) = (DroppedKind::Other, LeftOutReason::LineNumber);
        self.beside_lines(&page.line_numbers, number, kind, why);
    }

    /// Lists what recognition took for stains and drawings.
    fn noise(&mut self, page: &PageLines, number: usize) {
        let (kind, why) = (DroppedKind::Unreadable, LeftOutReason::HardlyRecognised);
        self.beside_lines(&page.noise, number, kind, why);
    }

    /// Writes text of a page that is in none of its lines, as left out.
    fn beside_lines(&mut self, text: &str, page: usize, kind: DroppedKind, why: LeftOutReason) {
        if !text.is_empty() {
            let start = self.text.len();
            self.text.push_str(text);
            self.list(start, page, kind, why);
            self.text.push('\n');
        }
    }

    /// Lists what can't be read on a page.
    fn list_unread(&mut self, page: &PageLines, number: usize) {
        let why = if let Some(why) = &page.unread {
            why.clone()
        } else if page.is_picture() && page.extent.is_some() {
            LeftOutReason::PageIsPicture
        } else if page.is_picture() {
            LeftOutReason::PageNeedsRecognition
        } else if page.unknown > 0 {
            LeftOutReason::UnknownCharacters { count: page.unknown }
        } else {
            return;
        };
        self.list(self.text.len(), number, DroppedKind::Unreadable, why);
    }
}

fn placed(page: usize, line: &PageLine) -> PagePlace {
    let bounds = [line.from, line.base - line.size, line.to, line.base].map(|at| at as f32);
    PagePlace { page: u32::try_from(page + 1).unwrap_or(u32::MAX), bounds }
}

/// A line: its page and its index there.
type Spot = (usize, usize);

fn places(pages: &[PageLines]) -> impl Iterator<Item = Spot> {
    let numbered = pages.iter().enumerate();
    numbered.flat_map(|(number, page)| (0..page.lines.len()).map(move |at| (number, at)))
}
