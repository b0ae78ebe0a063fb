//! Footnotes: lines at the foot of a column, in smaller type or below a rule, that begin with a
//! mark which occurs in the text.
//!
//! No single sign is enough. Small type may be a caption, a rule may end a table, and a number may
//! begin a list; a note needs both a place at the foot and a reference to it.

use std::ops::Range;

use tiaowen_text::is_han;

use super::lines::{PageLine, PageLines, Raised, Side};

/// Maximum size of small type, relative to the text.
const SMALLER: f64 = 0.93;
/// Minimum length of a rule drawn with characters.
const DRAWN_RULE: usize = 8;

/// A note at the foot of a page.
#[derive(Debug)]
pub(super) struct Note {
    /// Its lines.
    pub(super) lines: Vec<usize>,
    /// The reference to it.
    pub(super) on: Reference,
}

/// A reference mark in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) page: usize,
    pub(super) line: usize,
    /// The bytes of the mark in its line.
    pub(super) at: Range<usize>,
}

/// The notes of a page, and lines that only draw a rule above them.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) notes: Vec<Note>,
    pub(super) rules: Vec<usize>,
    /// Lines at the foot that continue the last note of the previous page.
    pub(super) continued: Vec<usize>,
}

impl Notes {
    /// Whether a line belongs to a note.
    pub(super) fn hold(&self, line: usize) -> bool {
        self.continued.contains(&line) || self.notes.iter().any(|note| note.lines.contains(&line))
    }

    /// Whether the last note is unfinished and continues on the next page.
    pub(super) fn break_off(&self, page: &PageLines) -> bool {
        let last = self.notes.last().map(|note| &note.lines).or(Some(&self.continued));
        last.and_then(|lines| lines.last()).is_some_and(|&at| {
            !page.lines[at].text.trim_end().ends_with(['。', '.', '；', ';', '！', '？', '）', ')'])
        })
    }
}

/// Finds the notes of a page. `is_body` is false for furniture, `goes_on` says whether the last
/// note of the previous page is unfinished, and `earlier` are the notes of previous pages.
pub(super) fn notes(
    pages: &[PageLines],
    number: usize,
    is_body: impl Fn(usize) -> bool,
    goes_on: bool,
    earlier: &[Notes],
) -> Notes {
    let page = &pages[number];
    let mut found = Notes::default();
    let lines = &page.lines;
    for side in [Side::Both, Side::Left, Side::Middle, Side::Right] {
        let of_side = |at: &usize| lines[*at].side == side && lines[*at].table.is_none();
        let column = (0..lines.len()).filter(|at| is_body(*at)).filter(of_side);
        let column: Vec<usize> = column.collect();
        let foot = foot(page, &column, goes_on);
        let Some((start, rule)) = foot.or_else(|| marked_foot(pages, number, &column, earlier))
        else {
            continue;
        };
        let (text, foot) = column.split_at(start);
        let titled = rule.is_some_and(|at| is_title(&lines[at]));
        let mut notes: Vec<Note> = Vec::new();
        let continued = found.continued.len();
        for &at in foot {
            if Some(at) == rule {
                continue;
            }
            let on = mark_of(&lines[at]).and_then(|mark| {
                let here = reference(lines, text, &mark, titled);
                let here = here.map(|(line, at)| Reference { page: number, line, at });
                here.or_else(|| before(pages, earlier, &mark))
            });
            match (on, notes.last_mut()) {
                (Some(on), _) => notes.push(Note { lines: vec![at], on }),
                (None, Some(note)) => note.lines.push(at),
                (None, None) if goes_on => found.continued.push(at),
                (None, None) => break,
            }
        }
        if !notes.is_empty() || found.continued.len() > continued {
            found.rules.extend(rule);
            found.notes.append(&mut notes);
        }
    }
    found
}

/// Where the foot of a column begins, and the line that is a rule, if any.
fn foot(page: &PageLines, column: &[usize], goes_on: bool) -> Option<(usize, Option<usize>)> {
    let line = |at: usize| &page.lines[column[at]];
    let drawn = (1..column.len()).rev().find(|at| is_rule(line(*at)) || is_title(line(*at)));
    if let Some(at) = drawn.filter(|at| at + 1 < column.len()) {
        let begins = goes_on || mark_of(line(at + 1)).is_some();
        return begins.then_some((at, Some(column[at])));
    }
    let ruled = |at: &usize| has_rule_between(page, line(at - 1), line(*at));
    let size = body_size(page);
    let smaller = |at: &usize| (*at..column.len()).all(|at| line(at).size < SMALLER * size);
    let begins = |at: &usize| goes_on || mark_of(line(*at)).is_some();
    let below_rule = (1..column.len()).rev().filter(ruled).find(begins);
    let start = below_rule.or_else(|| (1..column.len()).find(|at| smaller(at) && begins(at)));
    start.map(|at| (at, None))
}

/// Whether a rule is drawn between two lines.
fn has_rule_between(page: &PageLines, above: &PageLine, below: &PageLine) -> bool {
    page.rules.iter().any(|rule| {
        let (y, x) = (rule.center().y, rule.x0);
        above.base < y && y < below.base - 0.5 * below.size && x < below.to && rule.x1 > below.from
    })
}

/// Minimum distance of lines at the foot from the text, relative to the usual line distance.
const APART: f64 = 1.2;

/// Where the foot of a column begins if neither a rule nor small type shows it: at lines separated
/// from the text that begin with a mark which occurs raised behind a word.
fn marked_foot(
    pages: &[PageLines],
    number: usize,
    column: &[usize],
    earlier: &[Notes],
) -> Option<(usize, Option<usize>)> {
    let page = &pages[number];
    let line = |at: usize| &page.lines[column[at]];
    let is_referred_to = |at: usize, mark: &str| {
        let above = column[..at].iter().map(|&at| &page.lines[at]);
        refers_to_any(above, mark) || refers_before(pages, earlier, mark)
    };
    let begins = |at: &usize| {
        let apart = line(*at).base - line(at - 1).base > APART * page.usual;
        let mark = mark_of(line(*at)).filter(|mark| mark.bytes().all(|byte| byte.is_ascii_digit()));
        apart && mark.is_some_and(|mark| is_referred_to(*at, &mark))
    };
    let last = (1..column.len()).rev().find(begins)?;
    let first = (1..last).rev().take_while(|at| begins(at) || mark_of(line(*at)).is_none());
    let first = first.filter(begins).last().unwrap_or(last);
    // A list would continue from the previous number.
    let value = |at: usize| mark_of(line(at)).and_then(|mark| mark.parse::<u32>().ok());
    let goes_on = value(first).is_some_and(|value_of_first| {
        (0..first).any(|at| value(at).is_some_and(|value| value + 1 == value_of_first))
    });
    (!goes_on).then_some((first, None))
}

/// Whether one of some lines refers to a mark.
fn refers_to_any<'p>(mut lines: impl Iterator<Item = &'p PageLine>, mark: &str) -> bool {
    lines.any(|line| line.raised.iter().any(|raised| refers(raised, line, mark)))
}

/// Whether an earlier page refers to a mark whose note hasn't been found.
fn refers_before(pages: &[PageLines], earlier: &[Notes], mark: &str) -> bool {
    before(pages, earlier, mark).is_some_and(|found| {
        let of = &pages[found.page].lines[found.line];
        of.raised.iter().any(|raised| raised.at == found.at && refers(raised, of, mark))
    })
}

/// Whether raised characters of a line refer to a mark: they follow a word. 800米² and 10⁶ are no
/// reference marks.
fn refers(raised: &Raised, line: &PageLine, mark: &str) -> bool {
    let before = line.text[..raised.at.start].chars().next_back();
    plain(&raised.mark) == mark
        && before
            .is_some_and(|c| is_han(c) && !"米尺里寸分元".contains(c) || "」』”》）".contains(c))
}

/// Whether a line is a rule drawn with characters.
fn is_rule(line: &PageLine) -> bool {
    line.text.chars().count() >= DRAWN_RULE && line.text.chars().all(|c| "_＿─━—-－ ".contains(c))
}

/// Whether a line is a heading for notes.
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

/// The mark at the beginning of a line: 1, ①, *, [1].
fn mark_of(line: &PageLine) -> Option<String> {
    if let Some(raised) = line.raised.first().filter(|raised| raised.at.start == 0) {
        return Some(plain(&raised.mark));
    }
    let text = line.text.trim_start();
    let first = text.chars().next()?;
    if is_sign(first) {
        let end = text.find(|c| !is_sign(c)).unwrap_or(text.len());
        // ① and ② are separate marks, ** is one.
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

/// Characters that mark notes and don't otherwise occur in sentences.
fn is_sign(c: char) -> bool {
    matches!(c, '①'..='⑳' | '⑴'..='⒇' | '❶'..='❿' | '㈠'..='㈩' | '*' | '＊' | '†' | '‡' | '※' | '#' | '＃')
}

fn plain(mark: &str) -> String {
    mark.chars().filter(|c| !" []［］()（）".contains(*c)).collect()
}

/// The reference on previous pages to an endnote: a raised mark that belongs to no other note.
fn before(pages: &[PageLines], earlier: &[Notes], mark: &str) -> Option<Reference> {
    let is_taken = |reference: &Reference| {
        earlier.iter().flat_map(|notes| &notes.notes).any(|note| note.on == *reference)
    };
    pages[..earlier.len()].iter().enumerate().find_map(|(page, lines)| {
        lines.lines.iter().enumerate().find_map(|(line, of)| {
            let marks = of
                .raised
                .iter()
                .filter(|raised| raised.at.start > 0 && plain(&raised.mark) == mark);
            let mut references =
                marks.map(|raised| Reference { page, line, at: raised.at.clone() });
            references.find(|reference| !is_taken(reference))
        })
    })
}

/// The reference in lines of text to a mark, raised or as a special character. Below a heading for
/// notes, a note without a reference belongs to the last line.
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
