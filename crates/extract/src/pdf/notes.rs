//! Footnotes: lines at the foot of a column, smaller than the text or below a rule, that begin with
//! a mark which the text refers to.

use std::ops::Range;

use super::lines::{PageLine, PageLines, Side};

/// What is smaller than the text, as of the text's size.
const SMALLER: f64 = 0.93;
/// Characters of a rule that is drawn with signs, at least.
const DRAWN_RULE: usize = 8;

/// A note at the foot of a page.
#[derive(Debug)]
pub(super) struct Note {
    /// Its lines.
    pub(super) lines: Vec<usize>,
    /// The line that refers to it, and the mark there.
    pub(super) on: (usize, Range<usize>),
}

/// The notes of a page, and the lines that only draw a rule above them.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) notes: Vec<Note>,
    pub(super) rules: Vec<usize>,
}

impl Notes {
    /// Whether a line is of a note.
    pub(super) fn hold(&self, line: usize) -> bool {
        self.notes.iter().any(|note| note.lines.contains(&line))
    }

    /// The notes that a line refers to, with the mark of each.
    pub(super) fn marks_in(&self, line: usize) -> Vec<(usize, Range<usize>)> {
        let numbered = self.notes.iter().enumerate();
        let here = numbered.filter(|(_, note)| note.on.0 == line);
        here.map(|(number, note)| (number, note.on.1.clone())).collect()
    }
}

/// The notes among the lines of a page; `is_body` tells lines that are no furniture.
pub(super) fn notes(page: &PageLines, is_body: impl Fn(usize) -> bool) -> Notes {
    let mut found = Notes::default();
    let lines = &page.lines;
    let body = |side: Side| {
        let of_side = move |at: &usize| lines[*at].side == side && lines[*at].table.is_none();
        (0..lines.len()).filter(|at| is_body(*at)).filter(of_side).collect::<Vec<usize>>()
    };
    for side in [Side::Both, Side::Left, Side::Right] {
        let column = body(side);
        let Some((start, rule)) = foot(page, &column) else { continue };
        let (text, foot) = column.split_at(start);
        let titled = rule.is_some_and(|at| is_title(&lines[at]));
        let mut notes: Vec<Note> = Vec::new();
        for &at in foot {
            if Some(at) == rule {
                continue;
            }
            let mark = mark_of(&lines[at]);
            let on = mark.and_then(|mark| reference(lines, text, &mark, titled));
            match (on, notes.last_mut()) {
                (Some(on), _) => notes.push(Note { lines: vec![at], on }),
                (None, Some(note)) => note.lines.push(at),
                (None, None) => break,
            }
        }
        if !notes.is_empty() {
            found.rules.extend(rule);
            found.notes.append(&mut notes);
        }
    }
    found
}

/// Where the foot of a column begins among its lines, and the line that is a rule, if one is.
fn foot(page: &PageLines, column: &[usize]) -> Option<(usize, Option<usize>)> {
    let line = |at: usize| &page.lines[column[at]];
    let drawn = (1..column.len()).rev().find(|at| is_rule(line(*at)) || is_title(line(*at)));
    if let Some(at) = drawn.filter(|at| at + 1 < column.len()) {
        return mark_of(line(at + 1)).map(|_| (at, Some(column[at])));
    }
    let ruled = |at: &usize| {
        let (above, below) = (line(at - 1), line(*at));
        page.rules.iter().any(|rule| {
            let (y, x) = (rule.center().y, rule.x0);
            above.base < y
                && y < below.base - 0.5 * below.size
                && x < below.to
                && rule.x1 > below.from
        })
    };
    let size = body_size(page);
    let smaller = |at: &usize| (*at..column.len()).all(|at| line(at).size < SMALLER * size);
    let begins = |at: &usize| mark_of(line(*at)).is_some();
    let below_rule = (1..column.len()).rev().filter(ruled).find(begins);
    let start = below_rule.or_else(|| (1..column.len()).find(|at| smaller(at) && begins(at)));
    start.map(|at| (at, None))
}

/// Whether a line is a rule of signs.
fn is_rule(line: &PageLine) -> bool {
    line.text.chars().count() >= DRAWN_RULE && line.text.chars().all(|c| "_＿─━—-－ ".contains(c))
}

/// Whether a line says that notes follow.
fn is_title(line: &PageLine) -> bool {
    let text = line.text.trim().trim_end_matches(['：', ':']);
    matches!(text, "註" | "注" | "附註" | "附注" | "註釋" | "注释" | "Note" | "Notes")
}

/// The size of most characters of a page.
pub(super) fn body_size(page: &PageLines) -> f64 {
    let mut sizes: Vec<(f64, usize)> =
        page.lines.iter().map(|line| (line.size, line.text.len())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|size| size.1).sum::<usize>() / 2;
    let mut before = 0;
    let found = sizes.iter().find(|(_, length)| {
        before += length;
        before > half
    });
    found.map_or(0.0, |size| size.0)
}

/// The mark that a line begins with: 1, ①, *, [1].
fn mark_of(line: &PageLine) -> Option<String> {
    if let Some(raised) = line.raised.first().filter(|raised| raised.at.start == 0) {
        return Some(plain(&raised.mark));
    }
    let text = line.text.trim_start();
    let first = text.chars().next()?;
    if is_sign(first) {
        let end = text.find(|c| !is_sign(c)).unwrap_or(text.len());
        // ① ② are marks of their own, ** is one.
        let end = if matches!(first, '*' | '＊' | '†' | '‡' | '#' | '＃') {
            end
        } else {
            first.len_utf8()
        };
        return Some(text[..end].to_owned());
    }
    let inner = text.trim_start_matches(['[', '［', '(', '（', '註', '注', ' ']);
    let digits = inner.find(|c: char| !c.is_ascii_digit()).unwrap_or(inner.len());
    (1..=3).contains(&digits).then(|| inner[..digits].to_owned())
}

/// Signs that mark notes and stand in no sentence otherwise.
fn is_sign(c: char) -> bool {
    matches!(c, '①'..='⑳' | '❶'..='❿' | '*' | '＊' | '†' | '‡' | '※' | '#' | '＃')
}

fn plain(mark: &str) -> String {
    mark.chars().filter(|c| !" []［］()（）".contains(*c)).collect()
}

/// Where lines of text refer to a mark: raised, or by a sign. Below a title of its own a note that
/// nothing refers to hangs on the last line.
fn reference(
    lines: &[PageLine],
    text: &[usize],
    mark: &str,
    titled: bool,
) -> Option<(usize, Range<usize>)> {
    let raised = text.iter().find_map(|&at| {
        let raised = lines[at].raised.iter().find(|raised| plain(&raised.mark) == mark)?;
        Some((at, raised.at.clone()))
    });
    if raised.is_some() || !mark.starts_with(is_sign) {
        return raised;
    }
    let found = text.iter().find_map(|&at| {
        let mut all = lines[at].text.match_indices(mark);
        let (found, _) = all.find(|(found, _)| *found > 0 || titled)?;
        Some((at, found..found + mark.len()))
    });
    let last = || text.last().map(|&at| (at, lines[at].text.len()..lines[at].text.len()));
    found.or_else(|| titled.then(last).flatten())
}
