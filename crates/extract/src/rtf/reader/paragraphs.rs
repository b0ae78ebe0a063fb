//! Paragraphs, cells and rows.

use super::text::raise;
use super::{COST, Reader, Table};
use crate::compose::{Part, TableCell};
use crate::paragraph::{Heading, Label, part_of};

/// Nested tables up to this depth keep their cells.
const MOST_JOINED: usize = 8;

impl Reader<'_> {
    /// The number of tables around the paragraph.
    pub(super) fn depth(&self) -> usize {
        let depth = match (self.group.depth, self.group.is_in_table) {
            (Some(depth), true) => depth.max(1),
            (Some(depth), false) => depth,
            (None, is_in_table) => usize::from(is_in_table),
        };
        depth.min(MOST_JOINED)
    }

    pub(super) fn end_paragraph(&mut self) {
        let depth = self.depth();
        self.end_paragraph_in(depth);
    }

    pub(super) fn end_paragraph_in(&mut self, depth: usize) {
        let heading = match self.group.outline {
            Some(level @ 0..=8) => Some(Heading::Level(level + 1)),
            Some(_) => None,
            None => self.styles.get(&self.group.style).copied(),
        };
        let holder = self.holder();
        if let Some(from) = holder.raised_from.take() {
            raise(&mut holder.text, from);
        }
        let text = std::mem::take(&mut holder.text);
        let label = holder.label.take().map(|label| label_of(&label));
        let beside = std::mem::take(&mut holder.beside);
        let part = part_of(&text, heading, label.as_ref());
        if part.is_none() && beside.is_empty() {
            return;
        }
        self.written += COST;
        self.close_tables(depth);
        let holder = self.holder();
        while holder.tables.len() < depth {
            holder.tables.push(Table::default());
        }
        let into = match holder.tables.last_mut() {
            Some(table) => &mut table.cell,
            None => &mut holder.parts,
        };
        into.extend(part);
        into.extend(beside);
    }

    /// Ends the tables inside the outermost `depth`.
    pub(super) fn close_tables(&mut self, depth: usize) {
        let holder = self.holder();
        while holder.tables.len() > depth {
            let Some(mut table) = holder.tables.pop() else { break };
            if !table.cell.is_empty() {
                table.row.push(TableCell { columns: 1, parts: table.cell });
            }
            if !table.row.is_empty() {
                table.rows.push(table.row);
            }
            let into = match holder.tables.last_mut() {
                Some(outer) => &mut outer.cell,
                None => &mut holder.parts,
            };
            if !table.rows.is_empty() {
                into.push(Part::Table(table.rows));
            }
        }
    }

    pub(super) fn end_cell(&mut self, depth: usize) {
        let depth = depth.min(MOST_JOINED);
        self.end_paragraph_in(depth);
        self.close_tables(depth);
        let holder = self.holder();
        while holder.tables.len() < depth {
            holder.tables.push(Table::default());
        }
        if let Some(table) = holder.tables.last_mut() {
            let parts = std::mem::take(&mut table.cell);
            table.row.push(TableCell { columns: 1, parts });
            self.written += COST;
        }
    }

    pub(super) fn end_row(&mut self, depth: usize) {
        let merges = std::mem::take(&mut self.merges);
        self.close_tables(depth.min(MOST_JOINED));
        let holder = self.holder();
        if let Some(table) = holder.tables.last_mut() {
            let mut row: Vec<TableCell> = Vec::with_capacity(table.row.len());
            for (nth, cell) in std::mem::take(&mut table.row).into_iter().enumerate() {
                match row.last_mut() {
                    Some(last) if merges.get(nth) == Some(&true) => {
                        last.columns = last.columns.saturating_add(1);
                        last.parts.extend(cell.parts);
                    }
                    _ => row.push(cell),
                }
            }
            if !row.is_empty() {
                table.rows.push(row);
            }
        }
        self.merges = merges;
    }
}

/// The label printed before a paragraph.
fn label_of(printed: &str) -> Label {
    let printed = printed.trim();
    let is_bullet = |c: char| !c.is_alphanumeric() && !"()（）".contains(c);
    if printed.chars().count() <= 1 && printed.chars().all(is_bullet) {
        return Label::Bullet;
    }
    Label::Number(printed.to_owned())
}
