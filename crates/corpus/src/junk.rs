//! Print furniture in plain text: page numbers, running heads, tables of contents.
//!
//! Plain text has no pages, so the evidence must come from the lines: numbers that count up, lines
//! that recur, distances of about a page, sentences that a line interrupts. One sign alone proves
//! nothing, since a form or a table has numbers and repeated lines too. Everything removed here is
//! listed as dropped.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use tiaowen_blocks::DroppedKind;
use tiaowen_text::{fold, numeral};

use crate::account::Reasons;

use crate::paragraph::{Piece, ends_sentence, is_date_line, is_running, key_value};
use crate::source::Pages;

/// Removes the lines that printing inserted into the text.
pub(crate) fn drop_junk(pieces: &mut Vec<Piece>, pages: Pages, reasons: &mut Reasons) {
    // Readers of formats with pages recognise furniture themselves.
    let furniture = if pages == Pages::Guessed { furniture(pieces) } else { None };
    drop_marked(pieces, furniture, reasons);
    drop_contents(pieces, reasons);
}

/// Removes the marked lines. A line behind one, or on the next page, directly continues the text
/// before it.
fn drop_marked(pieces: &mut Vec<Piece>, marked: Option<Vec<bool>>, reasons: &mut Reasons) {
    let mut marked = marked.unwrap_or_default().into_iter();
    let (mut after_junk, mut page) = (false, 0);
    pieces.retain_mut(|piece| {
        if marked.next().unwrap_or(false) {
            after_junk = true;
            let is_number = piece.label.is_none() && page_number(&piece.text).is_some();
            let kind = if is_number { DroppedKind::PageNumber } else { DroppedKind::RunningHead };
            reasons.insert(piece.line.span.start, kind);
            return false;
        }
        piece.after_junk = std::mem::take(&mut after_junk) || piece.line.page > page;
        page = piece.line.page;
        true
    });
}

/// Characters around page numbers.
const DASHES: [char; 6] = ['-', '—', '–', '－', '─', '·'];

/// How a page number is printed. Pages of one form are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Printed {
    /// - 3 -, 第 3 頁, 第三页, Page 2 of 9: unambiguous forms.
    Decorated,
    /// 3, which may be any number.
    Bare,
    /// B2348, as in a gazette; but also the steel Q235.
    Lettered(char),
    /// 3/10: page and number of pages.
    Of(u32),
}

/// The number and form of a line that may be a page number.
fn page_number(text: &str) -> Option<(Printed, u32)> {
    // Rejects most lines quickly.
    if text.len() > 60 || !text.starts_with(begins_page_number) {
        return None;
    }
    let is_dash = |c: char| c.is_whitespace() || DASHES.contains(&c);
    let inner = text.trim_matches(is_dash);
    if inner.is_empty() || inner.len() > 40 {
        return None;
    }
    let between = |text: &str| text.starts_with(DASHES) && text.ends_with(DASHES);
    if let Some(number) = number(inner) {
        if between(text.trim()) {
            return Some((Printed::Decorated, number));
        }
        let digits = inner.chars().all(|c| numeral::is_numeral(c) && !numeral::is_han_numeral(c));
        return (digits && inner == text.trim() && number <= 999)
            .then_some((Printed::Bare, number));
    }
    if inner != text.trim() && !between(text.trim()) {
        return None;
    }
    if let Some(number) = worded(inner) {
        return Some((Printed::Decorated, number));
    }
    if let Some((page, of)) = inner.split_once('/') {
        let (page, of) = (number(page.trim())?, number(of.trim())?);
        return (1..=of).contains(&page).then_some((Printed::Of(of), page));
    }
    let letter = inner.chars().next().filter(char::is_ascii_uppercase)?;
    let digits = &inner[1..];
    let counted = (3..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    counted.then(|| number(digits)).flatten().map(|number| (Printed::Lettered(letter), number))
}

fn begins_page_number(c: char) -> bool {
    numeral::is_numeral(c)
        || c.is_whitespace()
        || DASHES.contains(&c)
        || c.is_ascii_uppercase()
        || "第p".contains(c)
}

fn number(text: &str) -> Option<u32> {
    text.chars().all(numeral::is_numeral).then(|| numeral::value(text)).flatten()
}

/// The number in 第 3 頁, 第3页 共10页, Page 2 of 9, p. 3.
fn worded(text: &str) -> Option<u32> {
    if let Some(rest) = text.strip_prefix('第') {
        let (page, rest) = rest.split_once(['頁', '页'])?;
        let of = rest.trim_start_matches(|c: char| c.is_whitespace() || "，,/".contains(c));
        let of = of.strip_prefix('共').and_then(|of| of.strip_suffix(['頁', '页']));
        let whole = rest.is_empty() || of.is_some_and(|of| number(of.trim()).is_some());
        return number(page.trim()).filter(|_| whole);
    }
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("page").or_else(|| lower.strip_prefix("p."))?;
    let page = rest.split_once("of").map_or(rest, |(page, _)| page);
    let rest = rest.split_once("of").map(|(_, of)| number(of.trim()));
    number(page.trim()).filter(|_| rest.is_none_or(|of| of.is_some()))
}

/// Minimum length of a page's text in bytes: some hundred and fifty Chinese characters.
const SHORTEST_PAGE: usize = 450;
/// The same for numbers that are stronger evidence: B2344, B2345, B2346.
const SHORTEST_LETTERED: usize = 120;

/// Detects print furniture in a text that may come from pages; `None` if there is none.
///
/// A single number or a short line that recurs is text, as in a completed form or a table with one
/// cell a line. It is furniture only with evidence of pages around it: numbers that count up from
/// page to page, or lines that recur at page edges or beside page numbers.
fn furniture(pieces: &[Piece]) -> Option<Vec<bool>> {
    let mut marked = vec![false; pieces.len()];
    let edges = pieces.last().is_some_and(|piece| piece.line.page > 0).then(|| edges(pieces));
    let mut any = mark_page_numbers(pieces, edges.as_deref(), &mut marked);
    any |= mark_running_heads(pieces, edges.as_deref(), &mut marked);
    any.then_some(marked)
}

/// For each line the distance to the nearer edge of its page, in lines.
fn edges(pieces: &[Piece]) -> Vec<usize> {
    let mut edges = Vec::with_capacity(pieces.len());
    for page in pieces.chunk_by(|a, b| a.line.page == b.line.page) {
        edges.extend((0..page.len()).map(|at| at.min(page.len() - 1 - at)));
    }
    edges
}

/// Marks page numbers: unambiguous forms, and sequences that count up.
fn mark_page_numbers(pieces: &[Piece], edges: Option<&[usize]>, marked: &mut [bool]) -> bool {
    let mut any = false;
    let mut places: FxHashMap<(Printed, u32), Vec<usize>> = FxHashMap::default();
    let mut figures = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let number = match &piece.label {
            None => page_number(&piece.text),
            Some(_) => None,
        };
        match number {
            Some((Printed::Decorated, _)) => (marked[at], any) = (true, true),
            Some(number) => {
                places.entry(number).or_default().push(at);
                figures.push((number, at));
            }
            None => {}
        }
    }
    for (number, at) in figures {
        if marked[at] {
            continue;
        }
        let row = row(pieces, &places, number, at);
        let shortest = match number.0 {
            Printed::Lettered(_) => SHORTEST_LETTERED,
            _ => SHORTEST_PAGE,
        };
        if is_row(pieces, edges, &row, shortest) || are_labels_again(pieces, &row, number.1) {
            row.iter().for_each(|&at| marked[at] = true);
            any = true;
        }
    }
    any
}

/// The sequence that counts up from one number, each next one at the distance that fits the
/// previous pages best.
fn row(
    pieces: &[Piece],
    places: &FxHashMap<(Printed, u32), Vec<usize>>,
    (printed, mut value): (Printed, u32),
    from: usize,
) -> Vec<usize> {
    let mut row = vec![from];
    let start = |at: usize| pieces[at].line.span.start;
    let mut usual = None;
    // In a bilingual gazette every other page is in the other language.
    while let Some((step, next)) = [1, 2].into_iter().find_map(|step| {
        let last = row[row.len() - 1];
        let behind = places.get(&(printed, value + step))?;
        let behind = &behind[behind.partition_point(|&at| at <= last)..];
        let off = |at: &&usize| {
            let distance = start(**at) - start(last);
            usual.map_or(distance, |usual: usize| distance.abs_diff(usual))
        };
        behind.iter().take(8).min_by_key(off).map(|&next| (step, next))
    }) {
        usual = Some(start(next) - start(row[row.len() - 1]));
        row.push(next);
        value += step;
    }
    row
}

/// Whether a sequence consists of page numbers: at the edges of pages that form feeds end, or about
/// a page of text apart and often inside a sentence.
fn is_row(pieces: &[Piece], edges: Option<&[usize]>, row: &[usize], shortest: usize) -> bool {
    if let Some(edges) = edges {
        let turns = |pair: &[usize]| pieces[pair[0]].line.page < pieces[pair[1]].line.page;
        return row.len() >= 2 && row.iter().all(|&at| edges[at] <= 1) && row.windows(2).all(turns);
    }
    row.len() >= 3
        && are_apart_alike(pieces, row, shortest)
        && row.iter().filter(|&&at| breaks_with_head(pieces, at)).count() * 3 >= row.len()
}

/// Whether a sequence only repeats the labels below its numbers: 2 above 二、.
fn are_labels_again(pieces: &[Piece], row: &[usize], first: u32) -> bool {
    let again = |(&at, number): (&usize, u32)| {
        let label = pieces.get(at + 1).and_then(|next| next.label.as_ref());
        label.is_some_and(|label| label.numbers.as_slice() == [number])
    };
    row.len() >= 2 && row.iter().zip(first..).all(again)
}

/// Whether consecutive lines of a sequence are about equally far apart, as page numbers are.
fn are_apart_alike(pieces: &[Piece], row: &[usize], shortest: usize) -> bool {
    let start = |at: usize| pieces[at].line.span.start;
    let mut apart: Vec<usize> =
        row.windows(2).map(|pair| start(pair[1]) - start(pair[0])).collect();
    apart.sort_unstable();
    let Some(&usual) = apart.get(apart.len() / 2) else { return false };
    let alike = apart.iter().filter(|&&apart| (usual / 2..=usual * 2).contains(&apart)).count();
    usual >= shortest && alike * 4 >= apart.len() * 3
}

/// Whether a page number with a running head above or below it interrupts a sentence.
fn breaks_with_head(pieces: &[Piece], at: usize) -> bool {
    breaks(pieces, at, at + 1)
        || (1..HEAD_LINES).any(|head| {
            breaks(pieces, at, at + 1 + head) || breaks(pieces, at.saturating_sub(head), at + 1)
        })
}

/// Whether the lines in a range interrupt a sentence.
fn breaks(pieces: &[Piece], from: usize, to: usize) -> bool {
    let Some(before) = from.checked_sub(1).map(|at| &pieces[at]) else { return false };
    pieces.get(to).is_some_and(|rest| {
        !ends_sentence(&before.text)
            && rest.label.is_none()
            && (is_running(&rest.text, rest.shape) || ends_sentence(&rest.text))
    })
}

/// Removes tables of contents: entries with a page number (接受條款 …… 1), and the list below 目錄
/// up to where its first entry occurs again, at the beginning of the text.
fn drop_contents(pieces: &mut Vec<Piece>, reasons: &mut Reasons) {
    let mut drop = |piece: &Piece| {
        reasons.insert(piece.line.span.start, DroppedKind::Contents);
    };
    pieces.retain(|piece| {
        let leads = leads_to_page(&piece.text);
        if leads {
            drop(piece);
        }
        !leads
    });
    let Some(head) = pieces.iter().position(|piece| {
        if piece.text.len() > 24 {
            return false;
        }
        let folded: String = fold(&piece.text).chars().filter(|c| !c.is_whitespace()).collect();
        matches!(folded.as_str(), "目录" | "目次" | "contents" | "tableofcontents")
    }) else {
        return;
    };
    let entries = &pieces[head + 1..];
    let listed = entries
        .iter()
        .take_while(|piece| !is_running(&piece.text, piece.shape) && !ends_sentence(&piece.text));
    let listed = listed.count();
    // The list ends where its first entry occurs again.
    let again = entries.first().and_then(|first| {
        let same = |piece: &Piece| is_same_entry(first, piece);
        entries.iter().take(listed + 1).skip(1).position(same).map(|at| at + 1)
    });
    let end = head + 1 + again.unwrap_or(0);
    pieces.drain(head..end).for_each(|piece| drop(&piece));
}

/// Whether two lines are the same entry of a list: by their labels, or by their texts if they have
/// none.
fn is_same_entry(one: &Piece, other: &Piece) -> bool {
    match (&one.label, &other.label) {
        (Some(one), Some(other)) => one.kind == other.kind && one.numbers == other.numbers,
        (None, None) => one.text == other.text,
        _ => false,
    }
}

/// 接受條款 ........ 1
fn leads_to_page(text: &str) -> bool {
    if !text.ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    // Gazettes number pages like B2404.
    let before = before.strip_suffix(|c: char| c.is_ascii_uppercase()).unwrap_or(before);
    let dots =
        before.chars().rev().take_while(|c| matches!(c, '.' | '·' | '…' | '．' | '⋯' | ' ' | '_'));
    dots.filter(|c| *c != ' ').map(|c| if matches!(c, '…' | '⋯') { 3 } else { 1 }).sum::<usize>()
        >= 4
}

/// Maximum number of lines of a page's head.
const HEAD_LINES: usize = 3;

/// Marks running heads and feet: short lines that recur at page edges, beside page numbers, or a
/// page apart and mostly inside sentences.
fn mark_running_heads(pieces: &[Piece], edges: Option<&[usize]>, marked: &mut [bool]) -> bool {
    let mut keys: Vec<(u64, usize)> = pieces
        .iter()
        .enumerate()
        .filter(|&(at, _)| !marked[at])
        .filter_map(|(at, piece)| Some((head_key(piece)?, at)))
        .collect();
    keys.sort_unstable();
    let recurring: Vec<Vec<usize>> = keys
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|places| places.len() >= 2)
        .map(|places| places.iter().map(|&(_, at)| at).collect())
        .collect();
    let mut any = false;
    for places in &recurring {
        for at in heads_among(pieces, edges, marked, places) {
            (marked[at], any) = (true, true);
        }
    }
    // A head may have several lines: lines that recur beside page numbers or other heads.
    for places in [&recurring; HEAD_LINES].into_iter().flatten() {
        let is_marked = |at: Option<usize>| at.and_then(|at| marked.get(at)) == Some(&true);
        let beside = |at: &&usize| is_marked(at.checked_sub(1)) || is_marked(Some(**at + 1));
        let heads: Vec<usize> = places.iter().filter(beside).copied().collect();
        if is_plain(&pieces[places[0]]) && is_most(&heads, places) {
            heads.iter().for_each(|&at| marked[at] = true);
            any = true;
        }
    }
    any
}

fn is_most(some: &[usize], all: &[usize]) -> bool {
    some.len() >= 2 && some.len() * 2 > all.len()
}

/// The occurrences of a recurring line that are running heads.
fn heads_among(
    pieces: &[Piece],
    edges: Option<&[usize]>,
    marked: &[bool],
    places: &[usize],
) -> Vec<usize> {
    let is_broken = |at: &&usize| is_broken(pieces, marked, **at);
    if let Some(edges) = edges {
        let at_edge = |at: &usize| edges[*at] < HEAD_LINES;
        let heads: Vec<usize> = places.iter().copied().filter(at_edge).collect();
        let page = |at: usize| pieces[at].line.page;
        let turns = heads.windows(2).all(|pair| page(pair[0]) < page(pair[1]));
        let enough = heads.len() >= 3 || heads.iter().any(|at| is_broken(&at));
        return if turns && enough && is_most(&heads, places) { heads } else { Vec::new() };
    }
    let broken = || places.iter().filter(is_broken).count();
    // A recurring line as wide as the text before it is repeated text.
    let narrow = |at: &usize| {
        at.checked_sub(1).is_none_or(|before| {
            pieces[before].printed_width > pieces[*at].printed_width + 8 || marked[before]
        })
    };
    let are_heads = places.len() >= 3
        && is_plain(&pieces[places[0]])
        && places.iter().all(narrow)
        && are_apart_alike(pieces, places, SHORTEST_PAGE)
        && broken() * 2 > places.len();
    if are_heads { places.to_vec() } else { Vec::new() }
}

/// Whether a sentence goes on behind the marked lines around a place.
fn is_broken(pieces: &[Piece], marked: &[bool], at: usize) -> bool {
    let from = marked[..at].iter().rposition(|marked| !marked).map_or(0, |at| at + 1);
    let to = marked[at + 1..].iter().position(|marked| !marked);
    to.is_some_and(|to| breaks(pieces, from, at + 1 + to))
}

/// Hash of a line without the page number in it; `None` for a line that can't be a running head.
fn head_key(piece: &Piece) -> Option<u64> {
    let (text, shape) = (&*piece.text, piece.shape);
    // A row of a table drawn in characters is no head, however often it recurs.
    let drawn = text.starts_with(|c: char| ('\u{2500}'..='\u{257F}').contains(&c));
    let short = text.len() <= 180
        && shape.width() <= 45.0
        && piece.label.is_none()
        && piece.line.level.is_none()
        && !drawn
        && !ends_sentence(text);
    short.then(|| {
        let mut hasher = FxHasher::default();
        let name = without_page_number(text);
        for byte in name.bytes().filter(|byte| *byte != b' ') {
            hasher.write_u8(byte);
        }
        hasher.finish()
    })
}

/// Whether a line looks like a name or number, as heads do; a comma belongs to a sentence.
fn is_plain(piece: &Piece) -> bool {
    let (text, shape) = (&*piece.text, piece.shape);
    (!shape.has_sentence_mark() || text.bytes().any(|byte| byte.is_ascii_digit()))
        && !shape.has_underscore()
        && key_value(text, shape).is_none()
        && !is_date_line(text, shape)
}

/// The words of a running head, without the number of 合作協議 12, 合作協議 第 12 頁 or 12
/// 合作協議. A number that adjoins anything else is no page number: 8000元.
fn without_page_number(text: &str) -> &str {
    let is_figure = |c: char| numeral::is_numeral(c) && !numeral::is_han_numeral(c);
    let rest = text.trim_end_matches(|c: char| c.is_whitespace() || DASHES.contains(&c));
    if let Some(page) = rest.strip_suffix(['頁', '页']) {
        let before = page.trim_end().trim_end_matches(numeral::is_numeral).trim_end();
        return before.strip_suffix('第').map_or(text, str::trim_end);
    }
    let before = rest.trim_end_matches(is_figure);
    if before.len() < rest.len() && before.ends_with(char::is_whitespace) {
        return before.trim_end();
    }
    let after = text.trim_start_matches(is_figure);
    if after.len() < text.len() && after.starts_with(char::is_whitespace) {
        return after.trim_start();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mend::pieces;
    use crate::source::{Format, lines};

    fn kept(text: &str) -> Vec<String> {
        let (lines, _) = lines(text, Format::Text, 0).unwrap();
        let mut pieces = pieces(text, &lines);
        drop_junk(&mut pieces, Pages::Guessed, &mut Reasons::default());
        pieces.into_iter().map(|piece| piece.text.into_owned()).collect()
    }

    #[test]
    fn page_numbers() {
        use Printed::*;
        for (text, printed, number) in [
            ("- 12 -", Decorated, 12),
            ("第 3 頁", Decorated, 3),
            ("第3页共10页", Decorated, 3),
            ("第一頁", Decorated, 1),
            ("－一－", Decorated, 1),
            ("Page 2 of 9", Decorated, 2),
            ("— 7 —", Decorated, 7),
            ("3", Bare, 3),
            ("１２", Bare, 12),
            ("B2348", Lettered('B'), 2348),
            ("3/10", Of(10), 3),
        ] {
            assert_eq!(page_number(text), Some((printed, number)), "{text}");
        }
        for text in [
            "2017",
            "3 次",
            "第三頁說",
            "1. 甲",
            "12 34",
            "A4",
            "G20",
            "CEPA",
            "-5",
            "12/4",
            "一",
            "第3頁，共同",
            "5%",
            "- 甲 -",
        ] {
            assert_eq!(page_number(text), None, "{text}");
        }
    }

    #[test]
    fn lone_figures_are_text() {
        for text in [
            "第一條 次數為\n12\n次，收費\n800\n元。",
            "第一條 材質：\nQ235\n角鋼\nQ345\n槽鋼\nB2500\n螺紋鋼",
            "序號\n1\n水泵\n3600\n2\n電機\n5200\n3\n風機\n900\n4\n閥門\n300",
            "1\n本標準依某法訂定之。\n2\n本標準自發布日施行。\n3\n完。",
            "第一條 比例為\n3/4\n，溫度為\n-5\n度。",
        ] {
            assert_eq!(kept(text).len(), text.lines().count(), "{text}");
        }
        // Unless they repeat the labels below.
        assert_eq!(kept("1\n一、甲方負責。\n2\n二、乙方監督。\n3\n三、完。").len(), 3);
    }

    /// A text of `lines` lines that are each the middle of a sentence.
    fn page(lines: usize) -> String {
        "雙方同意按照本協議附件所列的範圍和條件，由各自指定的機構負責辦理有關手續，並在\n"
            .repeat(lines)
    }

    #[test]
    fn figures_that_count_pages_are_page_numbers() {
        let counted = |printed: fn(u32) -> String| {
            (1..=4).map(|number| page(20) + &printed(number) + "\n").collect::<String>()
        };
        let rows: [fn(u32) -> String; 4] = [
            |number| number.to_string(),
            |number| format!("{number}/4"),
            |number| format!("B{}", 2344 + number),
            |number| format!("B{}", 2344 + 2 * number),
        ];
        for printed in rows {
            assert_eq!(kept(&counted(printed)).len(), 80, "{}", printed(1));
        }
        // Form feeds delimit pages, however short.
        assert_eq!(kept("甲方負責，\n7\n\u{c}乙方監督，\n8\n\u{c}完。").len(), 3);
        assert_eq!(kept("甲方負責，\n36\n\u{c}乙方監督，\n8\n\u{c}完。").len(), 5);
        // Numbers that don't count up are no page numbers.
        let amounts = [36, 12, 8].map(|amount| page(20) + &format!("{amount}\n")).concat();
        assert_eq!(kept(&amounts).len(), 63);
    }

    #[test]
    fn formats_without_pages_have_no_furniture() {
        let text = "# 甲\n\n- 3 -\n\n8\n\n第 4 頁\n\n5";
        let (lines, _) = lines(text, Format::Markdown, 0).unwrap();
        let mut pieces = pieces(text, &lines);
        drop_junk(&mut pieces, Pages::None, &mut Reasons::default());
        assert_eq!(pieces.len(), 5);
    }

    #[test]
    fn running_heads_in_a_sentence() {
        let head = |page: u32| format!("《2020 年法律公布》\n2020 年第 136 號\nB{page}\n");
        let text = format!(
            "{}第一條 為保持繁榮和，\n\u{c}{}穩定，制定本法。\n\u{c}{}第二條 完。\n",
            head(2345),
            head(2347),
            head(2349)
        );
        assert_eq!(kept(&text), ["第一條為保持繁榮和，", "穩定，制定本法。", "第二條完。"]);
        let signatures = "甲方\n代表\n乙方\n代表\n丙方\n代表";
        assert_eq!(kept(signatures).len(), 6);
        // Without form feeds: by distance, and by interrupted sentences.
        let text = [1, 2, 3, 4].map(|number| page(20) + &format!("合作協議 第{number}頁\n"));
        assert_eq!(kept(&text.concat()).len(), 80);
    }

    #[test]
    fn heads_of_short_pages_are_known_by_their_numbers() {
        let page = |number: u32| {
            let head = if number.is_multiple_of(2) {
                format!("B{number}\n某某公告\n《某某公布》\n")
            } else {
                format!("《某某公布》\n某某公告\nB{number}\n")
            };
            format!("\n{head}\n") + &page(2)
        };
        let text = (2344..2350).map(page).collect::<String>();
        assert_eq!(kept(&text).len(), 12, "{:?}", kept(&text));
    }

    #[test]
    fn lines_that_recur_in_the_text_stay() {
        let amounts = "租金每月\n8000元\n，押金為\n6000元\n，管理費每月\n3000元\n，按期繳納。";
        assert_eq!(kept(amounts).len(), 7);
        let cells =
            "部門\n法律服務，包括\n不作承諾\n會計服務\n不作承諾\n稅務服務，包括\n不作承諾\n完。\n";
        assert_eq!(kept(&cells.repeat(3)).len(), 24);
        // Nor at the edge of only one of several pages.
        let pages = format!("{}\u{c}{}不作承諾\n\u{c}{}", page(9), page(9), cells.repeat(3));
        assert_eq!(kept(&pages).len(), 43);
    }

    #[test]
    fn lines_of_tables_and_texts_that_recur_stay() {
        let row = "│辦事員│二│\n├──┼─┤\n";
        let text = format!("第一條 員額如下\n{}第二條 完。\n", row.repeat(4));
        assert_eq!(kept(&text).iter().filter(|line| line.contains("辦事員")).count(), 4);
        let said = "使用證明文件，並經核准者，其面積\n標準如下。\n";
        let text = format!("第一條 甲\n{}第二條 完。\n", said.repeat(4));
        assert_eq!(kept(&text).iter().filter(|line| line.contains("證明")).count(), 4);
    }

    #[test]
    fn contents_before_the_text() {
        let text = "服務條款\n目錄\n第一章 總則\n第二章 罰則\n第一章 總則\n第一條 內容，如下。\n第二章 罰則";
        assert_eq!(kept(text), ["服務條款", "第一章總則", "第一條內容，如下。", "第二章罰則"]);
        assert_eq!(kept("附表1 細則 ........B2410\n第一條 內容。"), ["第一條內容。"]);
        let leaders = "1. 接受 ........ 1\n2. 帳戶……2\n1. 接受\n你同意，如下。";
        assert_eq!(kept(leaders), ["1. 接受", "你同意，如下。"]);
    }
}
