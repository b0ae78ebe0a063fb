//! The role of each line on its page: furniture, by its band at the edge of pages, or wrapped, by
//! the edge of its column.
//!
//! Words can't distinguish a running head from a recurring table cell, nor a wrapped line from a
//! title. Positions can: a head is in the same band of many pages, outside the text; a wrapped line
//! leaves no room for the beginning of the next one. Plain text has no positions, so `corpus` uses
//! weaker evidence for it (`junk`, `wrap`).

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tiaowen_blocks::{
    Block, BlockKind, Cell, DroppedKind, LeftOut, LeftOutReason, PagePlace, Recognised, SourceText,
};
use tiaowen_text::{is_han, numeral};

use super::columns::{self, Columns};
use super::lines::{PageLine, PageLines, Rows, Side};
use super::notes::{Note, Notes, body_size, notes};

/// Number of rows at the edge of a page that may be furniture.
const EDGE_ROWS: usize = 5;
/// Minimum distance of a row at the edge from the text, relative to the usual line distance.
const OUTSIDE: f64 = 1.4;
/// Heads in smaller type than this, relative to the text, may have several rows.
const SMALL_TYPE: f64 = 0.93;
/// Type larger than the text by this factor is a heading.
const LARGER: f64 = 1.15;
/// Maximum difference in height between the rows of one band, relative to the font size.
const BAND: f64 = 0.6;
/// Maximum length of a head in characters.
const LONGEST_HEAD: usize = 80;
/// Maximum distance of wrapped lines from the column's edge beyond what the next unit explains,
/// relative to the font size.
const RAGGED: f64 = 1.0;
/// Maximum indentation of a first line beyond the end of a short last line, relative to the font
/// size.
const INDENT: f64 = 4.0;
/// Minimum width of a column, relative to the font size.
const NARROWEST: f64 = 12.0;
/// Minimum width of one of several columns.
const NARROWEST_OF_SEVERAL: f64 = 5.0;
/// Minimum number of lines that fill a column for it to determine its own edge.
const MANY: usize = 4;
/// Maximum distance between left edges of one column, in points.
const NEAR: f64 = 12.0;
/// Maximum distance between right edges of one column, in points.
const SAME: f64 = 3.0;

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
        writer.tell_unread(page, number);
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
    let column = || {
        let beside = |other: &&PageLine| other.side == line.side && other.is_parallel(line);
        page.lines.iter().filter(beside)
    };
    let left = column().map(|other| other.from).fold(f64::MAX, f64::min);
    let right = column().map(|other| other.to).fold(f64::MIN, f64::max);
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
        let (span, page) = (start..self.text.len(), u32::try_from(page + 1).ok());
        self.left_out.push(LeftOut { span, kind, why, page });
        self.text.push('\n');
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
        if page.line_numbers.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(&page.line_numbers);
        let (span, page) = (start..self.text.len(), u32::try_from(number + 1).ok());
        let (kind, why) = (DroppedKind::Other, LeftOutReason::LineNumber);
        self.left_out.push(LeftOut { span, kind, why, page });
        self.text.push('\n');
    }

    /// Lists what recognition took for stains and drawings.
    fn noise(&mut self, page: &PageLines, number: usize) {
        if page.noise.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(&page.noise);
        let (span, page) = (start..self.text.len(), u32::try_from(number + 1).ok());
        let (kind, why) = (DroppedKind::Unreadable, LeftOutReason::HardlyRecognised);
        self.left_out.push(LeftOut { span, kind, why, page });
        self.text.push('\n');
    }

    /// Lists what can't be read on a page.
    fn tell_unread(&mut self, page: &PageLines, number: usize) {
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
        let (span, page) = (self.text.len()..self.text.len(), u32::try_from(number + 1).ok());
        let kind = DroppedKind::Unreadable;
        self.left_out.push(LeftOut { span, kind, why, page });
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

/// The lines at one height near the edge of a page.
#[derive(Debug)]
struct Row {
    page: usize,
    lines: Vec<usize>,
    base: f64,
    size: f64,
    /// Whether it is the row nearest to the edge.
    outermost: bool,
    /// Whether it is outside the text.
    outside: bool,
    /// Its words without the page number.
    words: String,
    /// Numbers that may be the page number.
    numbers: Vec<u32>,
}

/// The lines of all bands of furniture.
fn furniture(pages: &[PageLines]) -> HashMap<Spot, DroppedKind> {
    // Left and right pages of a spread may have different heads and feet.
    let mut edges: [Vec<Row>; 6] = Default::default();
    for (number, page) in pages.iter().enumerate() {
        for (at, side) in [Side::Both, Side::Left, Side::Right].into_iter().enumerate() {
            let mut rows = rows(page, side);
            edges[2 * at].extend(edge(number, page, &rows));
            rows.reverse();
            edges[2 * at + 1].extend(edge(number, page, &rows));
        }
    }
    let bands = edges.into_iter().flat_map(bands);
    let mut found: HashMap<Spot, DroppedKind> =
        bands.flat_map(|band| furniture_of(&band, pages.len())).collect();
    found.extend(watermarks(pages).into_iter().map(|spot| (spot, DroppedKind::Watermark)));
    found
}

/// Minimum size of a stamp across pages, relative to the text.
const STAMPED: f64 = 1.5;

/// The lines of a watermark: askew, or at the same position of most pages in large type.
fn watermarks(pages: &[PageLines]) -> Vec<Spot> {
    let mut places: HashMap<(&str, i64, i64), Vec<Spot>> = HashMap::new();
    let mut found = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let size = body_size(page);
        for (at, line) in page.lines.iter().enumerate().filter(|(_, line)| line.table.is_none()) {
            let is_askew = line.along.x.abs() > 0.05 && line.along.y.abs() > 0.05;
            if is_askew {
                found.push((number, at));
            } else if line.size > STAMPED * size {
                let key = (line.text.as_str(), line.from.round() as i64, line.base.round() as i64);
                places.entry(key).or_default().push((number, at));
            }
        }
    }
    let most = |spots: &Vec<Spot>| spots.len() > 2 && spots.len() * 2 > pages.len();
    found.extend(places.into_values().filter(most).flatten());
    found
}

/// The lines of a page by height, from the top; only those in the main direction of writing.
fn rows(page: &PageLines, side: Side) -> Vec<Vec<usize>> {
    let Some(main) = page.lines.iter().max_by_key(|line| line.text.len()) else {
        return Vec::new();
    };
    let along = page.lines.iter().enumerate();
    let mut lines: Vec<usize> = along
        .filter(|(_, line)| line.is_parallel(main) && line.table.is_none() && line.side == side)
        .map(|(at, _)| at)
        .collect();
    lines.sort_by(|a, b| page.lines[*a].base.total_cmp(&page.lines[*b].base));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for at in lines {
        let line = &page.lines[at];
        let beside = |row: &&mut Vec<usize>| {
            let first = &page.lines[row[0]];
            line.base - first.base < BAND * line.size.max(first.size)
        };
        match rows.last_mut().filter(beside) {
            Some(row) => row.push(at),
            None => rows.push(vec![at]),
        }
    }
    rows
}

/// The rows at the edge of a page, from the beginning of `rows`.
fn edge(number: usize, page: &PageLines, rows: &[Vec<usize>]) -> Vec<Row> {
    let base = |row: &[usize]| page.lines[row[0]].base;
    let mut gaps = rows.windows(2).map(|pair| (base(&pair[0]) - base(&pair[1])).abs());
    let gap = gaps.by_ref().take(EDGE_ROWS).position(|gap| gap > page.usual * OUTSIDE);
    // If a page has few lines, the larger part is its text.
    let outside = match gap.map(|at| at + 1) {
        Some(outside) if outside * 2 <= rows.len() => outside,
        Some(_) => 0,
        None => usize::from(rows.len() == 1),
    };
    // Further rows of a head in small type, with any distance between them.
    let size = |row: &[usize]| page.lines[row[0]].size;
    let small = |row: &&Vec<usize>| {
        size(row) < SMALL_TYPE * body_size(page) && size(row) <= size(&rows[0]) + 0.1
    };
    let outside = match outside {
        0 => 0,
        first => first + rows[first..].iter().take_while(small).count(),
    };
    let nearest = rows.iter().take(EDGE_ROWS).enumerate();
    nearest.map(|(at, row)| Row::of(number, page, row, at == 0, at < outside)).collect()
}

impl Row {
    fn of(number: usize, page: &PageLines, row: &[usize], outermost: bool, outside: bool) -> Self {
        let mut lines = row.to_vec();
        lines.sort_by(|a, b| page.lines[*a].from.total_cmp(&page.lines[*b].from));
        let texts: Vec<&str> = lines.iter().map(|&at| page.lines[at].text.trim()).collect();
        let (words, numbers) = without_numbers(&texts.join(" "));
        let first = &page.lines[row[0]];
        let (base, size) = (first.base, first.size);
        Row { page: number, lines, base, size, outermost, outside, words, numbers }
    }

    /// Its lines, as what they are if the row is furniture.
    fn lines(&self) -> impl Iterator<Item = (Spot, DroppedKind)> {
        let is_number = self.words.is_empty() && !self.numbers.is_empty();
        let kind = if is_number { DroppedKind::PageNumber } else { DroppedKind::RunningHead };
        self.lines.iter().map(move |&at| ((self.page, at), kind))
    }
}

/// Groups rows of all pages by height.
fn bands(mut rows: Vec<Row>) -> Vec<Vec<Row>> {
    rows.sort_by(|a, b| a.base.total_cmp(&b.base));
    let mut bands: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let near = |band: &&mut Vec<Row>| row.base - band[0].base < BAND * row.size;
        match bands.last_mut().filter(near) {
            Some(band) => band.push(row),
            None => bands.push(vec![row]),
        }
    }
    bands
}

/// The lines of a band that are furniture.
///
/// If most rows of a band recur, ignoring page numbers, or count the pages, all its rows outside
/// the text are furniture; this includes the head of a chapter with a single page. In other bands,
/// where the text may begin or end, only the page numbers are, since every page of a form begins
/// alike.
fn furniture_of(band: &[Row], pages: usize) -> Vec<(Spot, DroppedKind)> {
    let mut by_words: HashMap<&str, HashSet<usize>> = HashMap::new();
    for row in band.iter().filter(|row| !row.words.is_empty()) {
        by_words.entry(&row.words).or_default().insert(row.page);
    }
    let recurs = |row: &Row| by_words.get(&*row.words).map_or(0, HashSet::len);
    let counted = counted(band);
    let counts = |row: &Row| {
        counted
            .is_some_and(|(each, from)| row.numbers.iter().any(|&n| is_counted(n, row, each, from)))
    };
    let known = band.iter().filter(|row| recurs(row) >= 2 || counts(row)).count();
    let outside = band.iter().filter(|row| row.outside).count();
    let enough = if pages <= 3 { 2 } else { 3 };
    let is_band = known >= enough && known * 2 >= band.len() && outside * 2 >= band.len();
    let is_furniture = |row: &&Row| {
        let is_number = row.words.is_empty() && counts(row);
        is_band && (row.outside || row.outermost && recurs(row) * 2 >= pages)
            || row.outermost && is_number && known >= enough
            || pages == 1 && row.outside && row.words.is_empty() && row.numbers == [1]
    };
    band.iter().filter(is_furniture).flat_map(Row::lines).collect()
}

/// How the numbers of a band count pages: by one, or by two if a sheet has two pages; and the first
/// number. `None` if they don't.
fn counted(band: &[Row]) -> Option<(i64, i64)> {
    let mut votes: HashMap<(i64, i64), HashSet<usize>> = HashMap::new();
    for row in band {
        for (each, &number) in
            [1, 2].into_iter().flat_map(|each| row.numbers.iter().map(move |n| (each, n)))
        {
            let from = i64::from(number) - each * row.page as i64;
            votes.entry((each, from)).or_default().insert(row.page);
        }
    }
    let best = votes.into_iter().max_by_key(|((each, from), pages)| (pages.len(), -each, -from))?;
    (best.1.len() >= 2).then_some(best.0)
}

fn is_counted(number: u32, row: &Row, each: i64, from: i64) -> bool {
    // A sheet may begin with an empty page, and its two pages may be numbered in either order.
    let off = i64::from(number) - each * row.page as i64 - from;
    (0..each).contains(&off) || (0..each).contains(&-off)
}

/// Words before a number that make it a name and no page number.
const NUMBERED: [&str; 13] = [
    "附件", "附表", "附錄", "附录", "附則", "附则", "Annex", "Schedule", "Appendix", "Part",
    "Chapter", "Article", "Exhibit",
];

/// Length of a number of three to five digits at the beginning of a text.
fn lettered(text: &str) -> Option<usize> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (3..=5).contains(&length).then_some(length)
}

/// The text of a row without the numbers that may be page numbers, and those numbers.
fn without_numbers(text: &str) -> (String, Vec<u32>) {
    let mut words = String::new();
    let mut numbers = Vec::new();
    if text.chars().count() > LONGEST_HEAD {
        return (text.to_owned(), numbers);
    }
    let is_figure = |c: char| numeral::is_numeral(c) && !numeral::is_han_numeral(c);
    let is_mark = |c: char| c.is_whitespace() || "-—–－─·|/()（）".contains(c);
    let is_page = |c: char| matches!(c, '頁' | '页');
    let mut rest = text.trim();
    while let Some(c) = rest.chars().next() {
        // B2412, as in gazettes.
        if c.is_ascii_uppercase()
            && (words.is_empty() || words.ends_with(is_mark))
            && lettered(&rest[1..])
                .is_some_and(|length| rest[1 + length..].chars().next().is_none_or(is_mark))
        {
            rest = &rest[1..];
        }
        let figures = rest.find(|c| !is_figure(c)).unwrap_or(rest.len());
        let numerals = rest.find(|c| !numeral::is_numeral(c)).unwrap_or(rest.len());
        let before = words.trim_end();
        let paged =
            before.ends_with(['第', '共']) && rest[numerals..].trim_start().starts_with(is_page);
        let alone = text.trim_matches(is_mark).len() == numerals;
        let length = if paged || alone { numerals } else { figures };
        let apart = paged
            || (words.is_empty() || words.ends_with(is_mark))
                && rest[length..].chars().next().is_none_or(|c| is_mark(c) || is_page(c));
        let named = NUMBERED.iter().any(|name| before.ends_with(name));
        match numeral::value(&rest[..length]).filter(|_| length > 0 && apart && !named) {
            Some(number) => {
                numbers.push(number);
                rest = &rest[length..];
            }
            None => {
                let length = length.max(c.len_utf8());
                words.push_str(&rest[..length]);
                rest = &rest[length..];
            }
        }
    }
    words.retain(|c| !is_mark(c));
    let bare = words.replace(['第', '共', '頁', '页'], "");
    let bare = bare.trim_matches(['，', ',', '.']);
    let plain = bare.is_empty() || matches!(&*bare.to_ascii_lowercase(), "page" | "pageof" | "p");
    (if plain && !numbers.is_empty() { String::new() } else { words }, numbers)
}

/// Consecutive lines of text, each at least partly below the one before.
struct Run {
    lines: Vec<Spot>,
    left: f64,
    /// The edge of its column, and the number of lines that fill it; `None` if none do.
    edge: Option<(f64, usize)>,
}

/// The lines that continue on the next line of text.
fn wrapped(pages: &[PageLines], body: &[Spot]) -> HashSet<Spot> {
    let line = |&(page, at): &Spot| &pages[page].lines[at];
    let runs: Vec<Run> = runs(pages, body);
    let mut edges = column_edges(&runs);
    for (run, edge) in runs.iter().zip(&mut edges).filter(|(_, edge)| edge.is_none()) {
        *edge = run.lines.first().and_then(|spot| edge_of_side(&pages[spot.0], line(spot).side));
    }
    let mut wrapped = HashSet::new();
    for (number, run) in runs.iter().enumerate() {
        let Some(edge) = edges[number] else { continue };
        for pair in run.lines.windows(2) {
            if !fits(line(&pair[0]), line(&pair[1]), edge) {
                wrapped.insert(pair[0]);
            }
        }
        // On the next page or in the next column.
        let next = runs.get(number + 1).zip(edges.get(number + 1).copied().flatten());
        if let (Some(last), Some((next, next_edge))) = (run.lines.last(), next)
            && let Some(first) = next.lines.first()
            && goes_on_in(run, edge, next, next_edge, line(last).size)
            && !fits(line(last), line(first), edge)
        {
            wrapped.insert(*last);
        }
    }
    wrapped
}

/// Whether the text of one run continues in the next: both are columns of the same width.
fn goes_on_in(run: &Run, edge: f64, next: &Run, next_edge: f64, size: f64) -> bool {
    let turns = run.lines.last().map(|place| place.0) != next.lines.first().map(|place| place.0);
    let long = run.lines.len() > MANY && next.lines.len() > MANY;
    (turns || long) && ((edge - run.left) - (next_edge - next.left)).abs() < INDENT * size
}

/// Whether the beginning of the next line would have fitted on this one.
fn fits(line: &PageLine, next: &PageLine, edge: f64) -> bool {
    let alike = (0.8..1.25).contains(&(line.size / next.size));
    !alike || line.to + next.first_unit <= edge - RAGGED * line.size
}

/// Runs of lines in reading order.
fn runs(pages: &[PageLines], body: &[Spot]) -> Vec<Run> {
    let line = |&(page, at): &Spot| &pages[page].lines[at];
    let goes_on = |a: &Spot, b: &Spot| {
        let (above, below) = (line(a), line(b));
        let down = below.base - above.base;
        a.0 == b.0
            && above.is_parallel(below)
            && down > 0.3 * below.size
            && down <= pages[a.0].usual * OUTSIDE
            && above.from - INDENT * above.size < below.to
            && below.from - INDENT * below.size < above.to
    };
    body.chunk_by(goes_on)
        .map(|places| {
            let lines: Vec<&PageLine> = places.iter().map(line).collect();
            let left = lines.iter().map(|line| line.from).fold(f64::MAX, f64::min);
            Run { lines: places.to_vec(), left, edge: edge_of(&lines, left, NARROWEST) }
        })
        .collect()
}

/// The edge that lines of a run fill, and their number: at least two, with hardly any line beyond
/// it. Names in a list may be equally short, so a column has a minimum width.
fn edge_of(lines: &[&PageLine], left: f64, narrowest: f64) -> Option<(f64, usize)> {
    // A title above a column is larger than its lines.
    let size = lines.iter().map(|line| line.size).reduce(f64::min)?;
    let mut ends: Vec<f64> = lines.iter().map(|line| line.to).collect();
    ends.sort_by(|a, b| b.total_cmp(a));
    let few = lines.len() / 16;
    let edge = ends.iter().take(few + 1).enumerate().find_map(|(beyond, &edge)| {
        let filled = lines.iter().filter(|line| line.to > edge - 1.5 * size).count();
        (lines.len() > 2 && filled >= 2 + 2 * beyond).then_some((edge, filled))
    });
    edge.filter(|(edge, _)| edge - left >= narrowest * size)
}

/// The edge of one of several columns, from all its lines on the page; a provision of two lines
/// would not be enough.
fn edge_of_side(page: &PageLines, side: Side) -> Option<f64> {
    if side == Side::Both {
        return None;
    }
    let lines: Vec<&PageLine> =
        page.lines.iter().filter(|line| line.side == side && line.table.is_none()).collect();
    let left = lines.iter().map(|line| line.from).fold(f64::MAX, f64::min);
    edge_of(&lines, left, NARROWEST_OF_SEVERAL).map(|(edge, _)| edge)
}

/// The column edge of each run: its own if many lines fill it, otherwise the edge of runs with the
/// same left edge that most lines of the document fill.
fn column_edges(runs: &[Run]) -> Vec<Option<f64>> {
    let bucket = |length: f64, width: f64| (length / width) as i64;
    // By left and right edge: the exact end of the lines, and their number.
    let mut columns: HashMap<(i64, i64), (f64, usize)> = HashMap::new();
    for run in runs {
        if let Some((edge, filled)) = run.edge {
            let column = (bucket(run.left, NEAR), bucket(edge, SAME));
            columns.entry(column).or_insert((edge, 0)).1 += filled;
        }
    }
    let mut widest: HashMap<i64, (f64, usize)> = HashMap::new();
    for ((left, _), (edge, filled)) in columns {
        let best = widest.entry(left).or_insert((edge, filled));
        if (filled, edge) > (best.1, best.0) {
            *best = (edge, filled);
        }
    }
    let edge = |run: &Run| match run.edge {
        Some((edge, filled)) if filled >= MANY => Some(edge),
        few => {
            let left = bucket(run.left, NEAR);
            let near = (left.saturating_sub(1)..=left.saturating_add(1))
                .filter_map(|left| widest.get(&left));
            let best =
                near.max_by(|a, b| (a.1, a.0).partial_cmp(&(b.1, b.0)).unwrap_or(Ordering::Equal));
            best.copied().or(few).map(|(edge, _)| edge)
        }
    };
    runs.iter().map(edge).collect()
}
