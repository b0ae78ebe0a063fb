//! Tables: cells between rulings, or texts in aligned columns.

use hayro_font::kurbo::{Point, Rect};

use super::lines::{Glyph, Line, PageLine, Rows, Side, lines};

/// Maximum distance between ends of rulings that meet.
const MEET: f64 = 3.0;
/// Maximum number of columns and rows of a table.
const MOST: usize = 256;
/// Minimum gap between aligned columns, relative to the font size.
const GAP: f64 = 1.5;

/// A table between rulings with its glyphs.
pub(super) struct Ruled<'g> {
    xs: Vec<f64>,
    ys: Vec<f64>,
    /// Glyphs by row and column; a merged cell is stored in the first cell it covers.
    cells: Vec<Vec<Vec<&'g Glyph>>>,
}

/// The tables between rulings on a page, and the glyphs outside them.
pub(super) fn ruled<'g>(glyphs: &'g [Glyph], rules: &[Rect]) -> (Vec<Ruled<'g>>, Vec<&'g Glyph>) {
    let mut tables: Vec<(Ruled<'g>, Grid)> = grids(rules)
        .into_iter()
        .map(|grid| {
            let row = vec![Vec::new(); grid.xs.len() - 1];
            let cells = vec![row; grid.ys.len() - 1];
            (Ruled { xs: grid.xs.clone(), ys: grid.ys.clone(), cells }, grid)
        })
        .collect();
    let mut rest = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let middle =
            glyph.at + glyph.way / 2.0 - hayro_font::kurbo::Vec2::new(0.0, glyph.size / 3.0);
        let cell = tables.iter_mut().find_map(|(table, grid)| {
            let (row, column) = grid.cell(middle)?;
            Some(&mut table.cells[row][column])
        });
        match cell {
            Some(cell) => cell.push(glyph),
            None => rest.push(glyph),
        }
    }
    // A grid with content in a single column is a frame around text.
    let mut kept = Vec::new();
    for (table, _) in tables {
        let columns = (0..table.xs.len() - 1)
            .filter(|column| table.cells.iter().any(|row| !row[*column].is_empty()));
        if columns.count() >= 2 {
            kept.push(table);
        } else {
            rest.extend(table.cells.into_iter().flatten().flatten());
        }
    }
    (kept, rest)
}

/// Rulings that form cells.
struct Grid {
    xs: Vec<f64>,
    ys: Vec<f64>,
    rules: Vec<Rect>,
}

impl Grid {
    /// The cell that contains a point; for merged cells the first.
    fn cell(&self, at: Point) -> Option<(usize, usize)> {
        let (mut row, mut column) = (band(&self.ys, at.y)?, band(&self.xs, at.x)?);
        let middle = |edges: &[f64], band: usize| (edges[band] + edges[band + 1]) / 2.0;
        while column > 0 && !self.rules_at(self.xs[column], middle(&self.ys, row), false) {
            column -= 1;
        }
        while row > 0 && !self.rules_at(middle(&self.xs, column), self.ys[row], true) {
            row -= 1;
        }
        Some((row, column))
    }

    /// Whether a ruling passes through a point.
    fn rules_at(&self, x: f64, y: f64, across: bool) -> bool {
        self.rules.iter().any(|rule| {
            let is_across = rule.width() > rule.height();
            is_across == across && rule.inflate(MEET, MEET).contains(Point::new(x, y))
        })
    }
}

/// The band between two edges that contains a position.
fn band(edges: &[f64], at: f64) -> Option<usize> {
    let band = edges.partition_point(|edge| *edge <= at).checked_sub(1)?;
    (band + 1 < edges.len()).then_some(band)
}

/// Groups of rulings that meet and form at least two columns.
fn grids(rules: &[Rect]) -> Vec<Grid> {
    let rules: Vec<Rect> =
        rules.iter().flat_map(edges).filter(|r| r.width().max(r.height()) > 6.0).collect();
    if rules.len() < 5 || rules.len() > 4096 {
        return Vec::new();
    }
    let mut groups: Vec<Vec<Rect>> = Vec::new();
    for rule in rules {
        let wide = rule.inflate(MEET, MEET);
        let meets = |other: &Rect| {
            wide.x0 <= other.x1 && other.x0 <= wide.x1 && wide.y0 <= other.y1 && other.y0 <= wide.y1
        };
        let mut group = vec![rule];
        groups.retain_mut(|other| {
            let apart = !other.iter().any(meets);
            if !apart {
                group.append(other);
            }
            apart
        });
        groups.push(group);
    }
    groups.into_iter().filter_map(grid).collect()
}

/// A thin rule as it is, or the four edges of a box.
fn edges(rule: &Rect) -> Vec<Rect> {
    if rule.width().min(rule.height()) <= 3.0 {
        return vec![*rule];
    }
    let Rect { x0, y0, x1, y1 } = *rule;
    vec![
        Rect::new(x0, y0, x1, y0),
        Rect::new(x0, y1, x1, y1),
        Rect::new(x0, y0, x0, y1),
        Rect::new(x1, y0, x1, y1),
    ]
}

/// Sorted positions, of which those that meet count once.
fn distinct(mut places: Vec<f64>) -> Vec<f64> {
    places.sort_by(f64::total_cmp);
    places.dedup_by(|a, b| *a - *b < MEET);
    places
}

fn grid(rules: Vec<Rect>) -> Option<Grid> {
    let (across, down): (Vec<&Rect>, Vec<&Rect>) =
        rules.iter().partition(|rule| rule.width() > rule.height());
    let xs = distinct(down.into_iter().map(|rule| rule.center().x).collect());
    let ys = distinct(across.into_iter().map(|rule| rule.center().y).collect());
    let fits = (3..MOST).contains(&xs.len()) && (2..MOST).contains(&ys.len());
    fits.then_some(Grid { xs, ys, rules })
}

impl Ruled<'_> {
    /// Inserts the table among the lines of its page.
    pub(super) fn put_into(self, page: &mut Vec<PageLine>, text: &str) {
        let mut rows: Rows = Vec::new();
        for row in &self.cells {
            let cells: Vec<Vec<PageLine>> = row.iter().map(|cell| cell_lines(cell, text)).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(cells);
            }
        }
        let Some(first) = rows.iter().flatten().flatten().next().cloned() else { return };
        let top = self.ys[0];
        let at = page
            .iter()
            .rposition(|line| line.base <= top + 1.0 && line.is_parallel(&first))
            .map_or(0, |at| at + 1);
        let (from, to) = (self.xs[0], self.xs[self.xs.len() - 1]);
        let side = page.get(at.saturating_sub(1)).map_or(Side::Both, |line| line.side);
        page.insert(at, PageLine { table: Some(rows), from, to, side, is_apart: true, ..first });
    }
}

/// The lines of a cell, from the top.
fn cell_lines(glyphs: &[&Glyph], text: &str) -> Vec<PageLine> {
    let mut found: Vec<Line<'_>> = lines(glyphs.iter().copied(), text);
    found.sort_by(|a, b| a.base.total_cmp(&b.base));
    found.iter_mut().map(|line| line.written(text, false)).collect()
}

/// Finds tables of at least three consecutive lines whose parts are in the same columns, at least
/// three.
pub(super) fn aligned(page: &mut Vec<PageLine>) {
    let mut at = 0;
    while at < page.len() {
        let columns = starts(&page[at]);
        let rows = page[at..].iter().take_while(|line| {
            let starts = starts(line);
            starts.len() == columns.len()
                && starts.iter().zip(&columns).all(|(a, b)| (a.1 - b.1).abs() < line.size)
        });
        let rows = if columns.len() >= 3 { rows.count() } else { 0 };
        if rows >= 3 {
            let lines: Vec<PageLine> = page.drain(at..at + rows).collect();
            let first = lines[0].clone();
            let rows = lines.iter().map(cells).collect();
            page.insert(at, PageLine { table: Some(rows), ..first });
        }
        at += 1;
    }
}

/// The starts of a line's parts: bytes of its text, and positions.
fn starts(line: &PageLine) -> Vec<(usize, f64)> {
    let mut starts = vec![(0, line.from)];
    starts.extend(
        line.gaps.iter().filter(|gap| gap.width > GAP * line.size).map(|gap| (gap.at, gap.to)),
    );
    starts
}

fn cells(line: &PageLine) -> Vec<Vec<PageLine>> {
    let starts = starts(line);
    let ends = starts.iter().skip(1).map(|start| start.0).chain([line.text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let (text, recognised) = line.part(start.0..end);
            vec![PageLine {
                text,
                raised: Vec::new(),
                gaps: Vec::new(),
                recognised,
                from: start.1,
                ..line.clone()
            }]
        })
        .collect()
}
