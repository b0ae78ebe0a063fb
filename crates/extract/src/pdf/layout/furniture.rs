//! Page furniture: running heads, feet, page numbers and watermarks, by their position.
//!
//! Rows near the edges of all pages are grouped by height into bands. A band is furniture if its
//! rows recur or count the pages.

use std::collections::{HashMap, HashSet};

use tiaowen_blocks::DroppedKind;
use tiaowen_text::numeral;

use super::{OUTSIDE, Spot};
use crate::pdf::lines::{PageLines, Side};
use crate::pdf::notes::body_size;

/// Number of rows at the edge of a page that may be furniture.
const EDGE_ROWS: usize = 5;
/// Heads in smaller type than this, relative to the text, may have several rows.
const SMALL_TYPE: f64 = 0.93;
/// Maximum difference in height between the rows of one band, relative to the font size.
const BAND: f64 = 0.6;
/// Maximum length of a head in characters.
const LONGEST_HEAD: usize = 80;

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

/// The lines of all bands of furniture, and of watermarks.
pub(super) fn furniture(pages: &[PageLines]) -> HashMap<Spot, DroppedKind> {
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
