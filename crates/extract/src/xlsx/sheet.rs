//! The cells of a sheet.
//!
//! Cells are sparse in the file, while a table is a grid. Empty cells are added only where they
//! keep the columns of others aligned, and their number is limited: a sheet with a single cell in
//! the last row and column would otherwise fill the memory.

use std::collections::{BTreeSet, HashMap, HashSet};

use tiaowen_blocks::{DroppedKind, LeftOutReason};
use tiaowen_text::superscript;

use crate::compose::{Part, Rich, Role, TableCell, Tag};
use crate::xml::{Attributes, Name, Space, Visitor, walk};
use crate::{DamageReason, ExtractError};

use super::format::Formats;
use super::{FORMAT, damaged};

/// Maximum number of columns, that of Excel.
const MOST_COLUMNS: usize = 16_384;
/// Maximum number of merged cells that are read.
const MOST_MERGED: usize = 1 << 20;
/// Number of empty cells allowed in addition to four for each filled one.
const MOST_SPARE: usize = 100_000;
/// Memory for a cell beside its text, in bytes.
const COST: u64 = 48;

const HIDDEN: Tag = (DroppedKind::Hidden, &LeftOutReason::HiddenRowOrColumn);
const STRUCK: Tag = (DroppedKind::Deleted, &LeftOutReason::Struck);

/// Shared strings of cells.
#[derive(Debug, Default)]
pub(super) struct Strings {
    texts: Vec<Rich>,
    run: Run,
}

/// The open text run and its look.
#[derive(Debug, Default)]
struct Run {
    text: Rich,
    is_text: bool,
    is_reading: bool,
    is_struck: bool,
    is_raised: bool,
}

impl Run {
    fn start(&mut self, name: &[u8], attributes: &Attributes<'_>) {
        match name {
            b"t" => self.is_text = true,
            b"rPh" => self.is_reading = true,
            b"r" => (self.is_struck, self.is_raised) = (false, false),
            b"strike" => self.is_struck = attributes.is_on(),
            b"vertAlign" => self.is_raised = attributes.is("val", "superscript"),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        // A phonetic reading only shows pronunciation.
        if !self.is_text || self.is_reading {
            return;
        }
        let tag = self.is_struck.then_some(STRUCK);
        if self.is_raised {
            self.text.push_str(&superscript(text), tag);
        } else {
            self.text.push_str(&unescaped(text), tag);
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"t" => self.is_text = false,
            b"rPh" => self.is_reading = false,
            _ => {}
        }
    }
}

/// Control characters are written as `_x000D_`.
fn unescaped(text: &str) -> String {
    text.replace("_x000D_", "").replace("_x000A_", "\n").replace('\r', "")
}

impl Visitor for Strings {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if name.local == b"si" {
            self.run = Run::default();
        }
        self.run.start(name.local, attributes);
    }

    fn text(&mut self, text: &str) {
        self.run.text(text);
    }

    fn end(&mut self, name: Name<'_>) {
        self.run.end(name.local);
        if name.local == b"si" {
            self.texts.push(std::mem::take(&mut self.run.text));
        }
    }
}

/// An open cell.
#[derive(Debug, Default)]
struct Cell {
    column: usize,
    kind: String,
    style: usize,
    value: String,
    inline: Rich,
}

pub(super) struct Sheet<'a> {
    strings: &'a Strings,
    formats: &'a Formats,
    /// Rows by their number, with cells by their column in the order of the file.
    rows: Vec<(usize, Vec<(usize, Rich)>)>,
    /// Merged cells by row and column, with the number of columns they span.
    merged: HashMap<(usize, usize), u16>,
    hidden_columns: HashSet<usize>,
    hidden_rows: HashSet<usize>,
    row: usize,
    cell: Option<Cell>,
    next_column: usize,
    in_value: bool,
    run: Run,
    written: u64,
    most: u64,
    is_sheet: bool,
}

impl<'a> Sheet<'a> {
    /// Reads the rows of a sheet, up to `most` bytes. Returns them with their size.
    pub(super) fn read(
        xml: &str,
        part: &str,
        strings: &'a Strings,
        formats: &'a Formats,
        most: u64,
    ) -> Result<(Vec<Vec<TableCell>>, u64), ExtractError> {
        let mut sheet = Sheet {
            strings,
            formats,
            rows: Vec::new(),
            merged: HashMap::new(),
            hidden_columns: HashSet::new(),
            hidden_rows: HashSet::new(),
            row: 0,
            cell: None,
            next_column: 0,
            in_value: false,
            run: Run::default(),
            written: 0,
            most,
            is_sheet: false,
        };
        walk(xml, part, FORMAT, &mut sheet)?;
        if !sheet.is_sheet {
            return Err(damaged(DamageReason::NoSheet { part: part.to_owned() }));
        }
        if sheet.written > sheet.most {
            return Err(ExtractError::TooLarge { most });
        }
        let written = sheet.written;
        Ok((sheet.finish(), written))
    }

    fn finish(self) -> Vec<Vec<TableCell>> {
        let Sheet { rows, hidden_rows, hidden_columns, merged, .. } = self;
        // Empty columns are omitted.
        let used: BTreeSet<usize> =
            rows.iter().flat_map(|(_, cells)| cells).map(|(column, _)| *column).collect();
        let is_hidden = |row: usize, column: usize| {
            hidden_rows.contains(&row) || hidden_columns.contains(&column)
        };
        let used: Vec<usize> = used.into_iter().collect();
        let place = |column: usize| used.partition_point(|known| *known < column);
        // The allowance of empty cells: in an almost empty sheet they would fill the memory.
        let mut spare = MOST_SPARE + rows.iter().map(|(_, cells)| cells.len() * 4).sum::<usize>();
        let columns_of =
            |row: usize, column: usize| merged.get(&(row, column)).copied().unwrap_or(1);
        let mut table = Vec::with_capacity(rows.len());
        for (number, mut cells) in rows {
            // Of cells with one place the last counts.
            cells.sort_by_key(|(column, _)| *column);
            cells.dedup_by(|next, kept| {
                let is_same = next.0 == kept.0;
                if is_same {
                    std::mem::swap(next, kept);
                }
                is_same
            });
            let mut row = Vec::with_capacity(cells.len());
            let mut at = 0;
            for (column, text) in &cells {
                // An empty cell keeps the position of others.
                let empty = place(*column).saturating_sub(place(at)).min(spare.max(1));
                spare = spare.saturating_sub(empty);
                row.extend((0..empty).map(|_| TableCell { columns: 1, parts: Vec::new() }));
                let columns = columns_of(number, *column);
                at = column + usize::from(columns);
                let lines = text.lines();
                let parts = match is_hidden(number, *column) {
                    true => vec![Part::LeftOut(HIDDEN, text.as_str().trim().to_owned())],
                    false if lines.is_empty() => Vec::new(),
                    false => vec![Part::Paragraph(Role::Text, lines)],
                };
                row.push(TableCell { columns, parts });
            }
            if !row.is_empty() {
                table.push(row);
            }
        }
        table
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let text = match cell.kind.as_str() {
            "s" => {
                let index = cell.value.trim().parse::<usize>().ok();
                index.and_then(|index| self.strings.texts.get(index)).cloned().unwrap_or_default()
            }
            "inlineStr" => cell.inline,
            "b" => Rich::of(if cell.value.trim() == "1" { "TRUE" } else { "FALSE" }),
            "str" | "e" | "d" => Rich::of(&unescaped(&cell.value)),
            _ => Rich::of(&self.formats.shown(cell.value.trim(), cell.style)),
        };
        if text.as_str().trim().is_empty() {
            return;
        }
        self.written += text.as_str().len() as u64 + COST;
        if self.written > self.most {
            return;
        }
        match self.rows.last_mut() {
            Some((row, cells)) if *row == self.row => {
                cells.push((cell.column, text));
            }
            _ => self.rows.push((self.row, vec![(cell.column, text)])),
        }
    }

    fn merge(&mut self, range: &str) {
        let Some((from, to)) = range.split_once(':') else { return };
        let (Some((row, first)), Some((_, last))) = (place(from), place(to)) else { return };
        if self.merged.len() < MOST_MERGED {
            let columns = last.saturating_sub(first) + 1;
            self.merged.insert((row, first), u16::try_from(columns).unwrap_or(1).max(1));
        }
    }
}

/// Row and column, from 0, for a name such as `B12`.
fn place(name: &str) -> Option<(usize, usize)> {
    let name = name.trim().trim_start_matches('$');
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 || letters > 3 {
        return None;
    }
    let column = name[..letters].bytes().fold(0, |column, letter| {
        column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    let row: usize = name[letters..].trim_start_matches('$').parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}

impl Visitor for Sheet<'_> {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if name.space != Space::Sheet {
            return;
        }
        let number = |name| attributes.get(name).and_then(|number| number.parse::<usize>().ok());
        let is_on = |name| attributes.get(name).is_some_and(|on| matches!(&*on, "1" | "true"));
        match name.local {
            b"worksheet" => self.is_sheet = true,
            b"col" if is_on("hidden") => {
                if let (Some(min), Some(max)) = (number("min"), number("max"))
                    && min <= max
                {
                    self.hidden_columns.extend(min.saturating_sub(1)..max.min(MOST_COLUMNS));
                }
            }
            b"row" => {
                let last = self.rows.last().map_or(0, |(row, _)| row + 1);
                self.row = number("r").and_then(|row| row.checked_sub(1)).unwrap_or(last);
                self.next_column = 0;
                if is_on("hidden") {
                    self.hidden_rows.insert(self.row);
                }
            }
            b"c" => {
                let named = attributes.get("r").and_then(|name| place(&name));
                let column = named.map_or(self.next_column, |(_, column)| column);
                let column = column.min(MOST_COLUMNS);
                self.next_column = column + 1;
                self.cell = Some(Cell {
                    column,
                    kind: attributes.get("t").unwrap_or_default().into_owned(),
                    style: number("s").unwrap_or(0),
                    ..Cell::default()
                });
            }
            b"v" => self.in_value = true,
            b"is" => self.run = Run::default(),
            b"mergeCell" => {
                if let Some(range) = attributes.get("ref") {
                    self.merge(&range);
                }
            }
            local => self.run.start(local, attributes),
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_value {
            if let Some(cell) = &mut self.cell {
                cell.value.push_str(text);
            }
        } else {
            self.run.text(text);
        }
    }

    fn end(&mut self, name: Name<'_>) {
        match name.local {
            b"v" => self.in_value = false,
            b"c" => self.end_cell(),
            b"is" => {
                if let Some(cell) = &mut self.cell {
                    cell.inline = std::mem::take(&mut self.run.text);
                }
            }
            local => self.run.end(local),
        }
    }
}
