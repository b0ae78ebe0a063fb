//! Wrapped lines: lines that leave no room for the beginning of the next one before the edge of
//! their column.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::{OUTSIDE, Spot};
use crate::pdf::lines::{PageLine, PageLines, Side};

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

/// Consecutive lines of text, each at least partly below the one before.
struct Run {
    lines: Vec<Spot>,
    left: f64,
    /// The edge of its column, and the number of lines that fill it; `None` if none do.
    edge: Option<(f64, usize)>,
}

/// The lines that continue on the next line of text.
pub(super) fn wrapped(pages: &[PageLines], body: &[Spot]) -> HashSet<Spot> {
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
    let goes_on = |a: &Spot, b: &Spot| a.0 == b.0 && is_below(&pages[a.0], line(a), line(b));
    body.chunk_by(goes_on)
        .map(|places| {
            let lines: Vec<&PageLine> = places.iter().map(line).collect();
            let left = lines.iter().map(|line| line.from).fold(f64::MAX, f64::min);
            Run { lines: places.to_vec(), left, edge: edge_of(&lines, left, NARROWEST) }
        })
        .collect()
}

/// Whether a line is partly below another one, at the usual distance.
fn is_below(page: &PageLines, above: &PageLine, below: &PageLine) -> bool {
    let down = below.base - above.base;
    above.is_parallel(below)
        && down > 0.3 * below.size
        && down <= page.usual * OUTSIDE
        && above.from - INDENT * above.size < below.to
        && below.from - INDENT * below.size < above.to
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
    runs.iter().map(|run| column_edge(run, &widest)).collect()
}

/// The column edge of a run, with the most filled edge behind each left edge.
fn column_edge(run: &Run, widest: &HashMap<i64, (f64, usize)>) -> Option<f64> {
    match run.edge {
        Some((edge, filled)) if filled >= MANY => Some(edge),
        few => {
            let left = bucket(run.left, NEAR);
            let near = (left.saturating_sub(1)..=left.saturating_add(1))
                .filter_map(|left| widest.get(&left));
            let best =
                near.max_by(|a, b| (a.1, a.0).partial_cmp(&(b.1, b.0)).unwrap_or(Ordering::Equal));
            best.copied().or(few).map(|(edge, _)| edge)
        }
    }
}

/// Lengths that are nearly the same are in one bucket or in neighbours.
fn bucket(length: f64, width: f64) -> i64 {
    (length / width) as i64
}
