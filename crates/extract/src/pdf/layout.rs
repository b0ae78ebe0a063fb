//! What lines are on their pages: furniture, by the bands at the edges of pages that it
//! stands in, and wrapped lines, by the edge of their column.
//!
//! Words alone can't tell a running head from a cell of a table that recurs, nor a wrapped
//! line from a title. Places can: a head stands in the same band of many pages, outside the
//! text; a wrapped line leaves no room for the beginning of the next one.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tiaowen_blocks::{Block, BlockKind, DroppedKind, LeftOut, Place, SourceText};
use tiaowen_text::numeral;

use super::lines::{PageLine, PageLines};

/// Rows at an edge of a page that may be furniture.
const EDGE_ROWS: usize = 3;
/// From what distance on a row at the edge is apart from the text, as of the usual distance.
const OUTSIDE: f64 = 1.4;
/// How far rows of one band differ, as of the font's size.
const BAND: f64 = 0.6;
/// Characters that a head has at most.
const LONGEST_HEAD: usize = 80;
/// How far wrapped lines of a column end from its edge beyond what the next unit explains, as
/// of the font's size.
const RAGGED: f64 = 1.0;
/// By how much a first line may be indented beyond the end of a short last one, as of the
/// font's size.
const INDENT: f64 = 4.0;
/// Columns are this wide at least, as of the font's size.
const NARROWEST: f64 = 12.0;
/// From how many lines on that fill it a column tells its own edge.
const MANY: usize = 4;
/// Left edges as near as this may be of one column, in points.
const NEAR: f64 = 12.0;
/// Right edges as near as this are of one column, in points.
const SAME: f64 = 3.0;

/// Writes pages, each ended by a form feed, and says what their lines are.
pub(super) fn written(pages: &[PageLines]) -> SourceText<'static> {
    let furniture = furniture(pages);
    let body: Vec<Spot> = places(pages).filter(|place| !furniture.contains(place)).collect();
    let wrapped = wrapped(pages, &body);
    let mut text = String::new();
    let (mut blocks, mut left_out) = (Vec::new(), Vec::new());
    for (number, page) in pages.iter().enumerate() {
        for (at, line) in page.lines.iter().enumerate() {
            if line.is_apart {
                text.push('\n');
            }
            let (place, span) = ((number, at), text.len()..text.len() + line.text.len());
            text.push_str(&line.text);
            text.push('\n');
            if furniture.contains(&place) {
                left_out.push(furniture_at(span, number));
                continue;
            }
            blocks.push(Block {
                begins: line.is_apart,
                goes_on: wrapped.contains(&place),
                place: Some(placed(number, line)),
                ..Block::new(span, BlockKind::Paragraph)
            });
        }
        text.push('\u{c}');
    }
    SourceText { left_out, ..SourceText::of_blocks(text, blocks) }
}

fn furniture_at(span: Range<usize>, page: usize) -> LeftOut {
    let why = "it stands in the same place of many pages".into();
    LeftOut { span, kind: DroppedKind::RunningHead, why, page: u32::try_from(page + 1).ok() }
}

fn placed(page: usize, line: &PageLine) -> Place {
    let bounds = [line.from, line.base - line.size, line.to, line.base].map(|at| at as f32);
    Place { page: u32::try_from(page + 1).unwrap_or(u32::MAX), bounds }
}

/// A line by its page and its place there.
type Spot = (usize, usize);

fn places(pages: &[PageLines]) -> impl Iterator<Item = Spot> {
    let numbered = pages.iter().enumerate();
    numbered.flat_map(|(number, page)| (0..page.lines.len()).map(move |at| (number, at)))
}

/// What stands at one height at an edge of a page.
#[derive(Debug)]
struct Row {
    page: usize,
    lines: Vec<usize>,
    base: f64,
    size: f64,
    /// Whether no row is nearer to the edge of its page.
    outermost: bool,
    /// Whether it stands outside the text.
    outside: bool,
    /// Its words without the number of the page.
    words: String,
    /// What may be the number of the page.
    numbers: Vec<u32>,
}

/// The lines of all bands of furniture.
fn furniture(pages: &[PageLines]) -> HashSet<Spot> {
    let (mut tops, mut feet) = (Vec::new(), Vec::new());
    for (number, page) in pages.iter().enumerate() {
        let mut rows = rows(page);
        tops.extend(edge(number, page, &rows));
        rows.reverse();
        feet.extend(edge(number, page, &rows));
    }
    let bands = [tops, feet].into_iter().flat_map(bands);
    bands.flat_map(|band| furniture_of(&band, pages.len())).collect()
}

/// The lines of a page by their height, from the top; those that run as most text does.
fn rows(page: &PageLines) -> Vec<Vec<usize>> {
    let Some(main) = page.lines.iter().max_by_key(|line| line.text.len()) else {
        return Vec::new();
    };
    let along = page.lines.iter().enumerate();
    let mut lines: Vec<usize> =
        along.filter(|(_, line)| line.is_parallel(main)).map(|(at, _)| at).collect();
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

/// The rows at the edge of a page that `rows` begin with.
fn edge(number: usize, page: &PageLines, rows: &[Vec<usize>]) -> Vec<Row> {
    let base = |row: &[usize]| page.lines[row[0]].base;
    let mut gaps = rows.windows(2).map(|pair| (base(&pair[0]) - base(&pair[1])).abs());
    let gap = gaps.by_ref().take(EDGE_ROWS).position(|gap| gap > page.usual * OUTSIDE);
    // Of a page with few lines, the larger part is its text.
    let outside = match gap.map(|at| at + 1) {
        Some(outside) if outside * 2 <= rows.len() => outside,
        Some(_) => 0,
        None => usize::from(rows.len() == 1),
    };
    let row = |(at, row): (usize, &Vec<usize>)| {
        let mut lines = row.clone();
        lines.sort_by(|a, b| page.lines[*a].from.total_cmp(&page.lines[*b].from));
        let texts: Vec<&str> = lines.iter().map(|&at| page.lines[at].text.trim()).collect();
        let (words, numbers) = without_numbers(&texts.join(" "));
        let (base, size) = (base(row), page.lines[row[0]].size);
        Row {
            page: number,
            lines,
            base,
            size,
            outermost: at == 0,
            outside: at < outside,
            words,
            numbers,
        }
    };
    rows.iter().take(EDGE_ROWS).enumerate().map(row).collect()
}

/// Rows of one height over all pages.
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
/// Where most rows of a band recur, page numbers aside, or count the pages, all that stand
/// outside the text are: the head of a chapter with a single page, too. Of other bands, where
/// the text may begin or end, only the numbers of pages are, since forms begin each page alike.
fn furniture_of(band: &[Row], pages: usize) -> Vec<Spot> {
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
        is_band && row.outside
            || row.outermost && is_number && known >= enough
            || pages == 1 && row.outside && row.words.is_empty() && row.numbers == [1]
    };
    let lines = |row: &Row| row.lines.iter().map(|&at| (row.page, at)).collect::<Vec<_>>();
    band.iter().filter(is_furniture).flat_map(lines).collect()
}

/// How the numbers of a band count its pages: by one, or by two where a sheet has two pages,
/// and from which number on; `None` where they don't.
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
    // A sheet may begin with an empty page, and number its two in either order.
    let off = i64::from(number) - each * row.page as i64 - from;
    (0..each).contains(&off) || (0..each).contains(&-off)
}

/// Words that a number stands behind as a name, not as the number of a page.
const NUMBERED: [&str; 13] = [
    "附件", "附表", "附錄", "附录", "附則", "附则", "Annex", "Schedule", "Appendix", "Part",
    "Chapter", "Article", "Exhibit",
];

/// What a row says without the numbers that may be a page's, and these numbers.
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

/// Lines of text that stand below one another, each wholly or in part under the one before.
struct Run {
    lines: Vec<Spot>,
    left: f64,
    /// Where its column ends, and how many lines fill it; `None` where none do.
    edge: Option<(f64, usize)>,
}

/// The lines that continue on the next line of text.
fn wrapped(pages: &[PageLines], body: &[Spot]) -> HashSet<Spot> {
    let line = |&(page, at): &Spot| &pages[page].lines[at];
    let runs: Vec<Run> = runs(pages, body);
    let edges = column_edges(&runs);
    let mut wrapped = HashSet::new();
    for (number, run) in runs.iter().enumerate() {
        let Some(edge) = edges[number] else { continue };
        for pair in run.lines.windows(2) {
            if !fits(line(&pair[0]), line(&pair[1]), edge) {
                wrapped.insert(pair[0]);
            }
        }
        // On the next page, or in the next column.
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

/// Whether the text of one run goes on in the next: both are columns of one width.
fn goes_on_in(run: &Run, edge: f64, next: &Run, next_edge: f64, size: f64) -> bool {
    let turns = run.lines.last().map(|place| place.0) != next.lines.first().map(|place| place.0);
    let long = run.lines.len() > MANY && next.lines.len() > MANY;
    (turns || long) && ((edge - run.left) - (next_edge - next.left)).abs() < INDENT * size
}

/// Whether the beginning of the next line had room on this one.
fn fits(line: &PageLine, next: &PageLine, edge: f64) -> bool {
    let alike = (0.8..1.25).contains(&(line.size / next.size));
    !alike || line.to + next.first_unit <= edge - RAGGED * line.size
}

/// Runs of lines in the order they are read.
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
            Run { lines: places.to_vec(), left, edge: edge_of(&lines, left) }
        })
        .collect()
}

/// The edge that lines of a run fill, with how many do: at least two, and hardly a line ends
/// beyond it. Names below one another may be equally short, so a column has some width.
fn edge_of(lines: &[&PageLine], left: f64) -> Option<(f64, usize)> {
    let size = lines.first()?.size;
    let mut ends: Vec<f64> = lines.iter().map(|line| line.to).collect();
    ends.sort_by(|a, b| b.total_cmp(a));
    let few = lines.len() / 16;
    let edge = ends.iter().take(few + 1).enumerate().find_map(|(beyond, &edge)| {
        let filled = lines.iter().filter(|line| line.to > edge - 1.5 * size).count();
        (lines.len() > 2 && filled >= 2 + 2 * beyond).then_some((edge, filled))
    });
    edge.filter(|(edge, _)| edge - left >= NARROWEST * size)
}

/// The edge of the column that each run stands in: its own where many lines fill it, else that
/// of the runs with the same left edge that most lines of the document fill.
fn column_edges(runs: &[Run]) -> Vec<Option<f64>> {
    let bucket = |length: f64, width: f64| (length / width) as i64;
    // By left and right edge: where the lines end exactly, and how many do.
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
