//! Print junk: page numbers, running heads, a table of contents.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use tiaowen_text::fold;

use crate::mend::{Piece, ends_sentence, is_date_line, is_running, key_value};

/// Drops the lines that print put between the text. `full` is the width of a full line,
/// where a source is hard-wrapped.
pub(crate) fn drop_junk(pieces: &mut Vec<Piece>, full: Option<f32>) {
    drop_contents(pieces);
    drop_running_heads(pieces, full);
}

/// What stands around page numbers.
const DASHES: [char; 6] = ['-', '—', '–', '－', '─', '·'];

/// A page number alone on its line: 3, - 3 -, 第 3 頁, 第3页 共10页.
pub(crate) fn is_page_number(text: &str) -> bool {
    let begins = |c: char| {
        c.is_ascii_digit()
            || c.is_whitespace()
            || DASHES.contains(&c)
            || c.is_ascii_uppercase()
            || "第p/".contains(c)
    };
    if text.len() > 60 || !text.starts_with(begins) {
        return false;
    }
    let inner = text.trim_matches(|c: char| c.is_whitespace() || DASHES.contains(&c));
    if inner.is_empty() || inner.len() > 40 {
        return false;
    }
    let digits = inner.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return false;
    }
    // B2348, as a gazette counts its pages.
    let lettered = inner.strip_prefix(|c: char| c.is_ascii_uppercase());
    if lettered.is_some_and(|rest| (3..=5).contains(&rest.len()) && rest.len() == digits) {
        return true;
    }
    let words: String =
        inner.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect();
    let page = matches!(
        words.as_str(),
        "第頁" | "第页" | "第頁共頁" | "第页共页" | "第頁，共頁" | "第页，共页"
    ) || matches!(words.to_lowercase().as_str(), "page" | "pageof" | "p." | "/");
    page || words.is_empty()
        && !inner.contains(' ')
        && (digits <= 3 || inner.len() < text.trim().len())
}

/// A table of contents: entries that lead to a page (接受條款 …… 1), and the list below
/// 目錄 up to where its first entry comes again as the text begins.
fn drop_contents(pieces: &mut Vec<Piece>) {
    pieces.retain(|piece| !leads_to_page(&piece.text));
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
    // The list ends where its first entry stands a second time.
    let again = entries.first().and_then(|first| {
        let same = |piece: &Piece| match (&first.label, &piece.label) {
            (Some(first), Some(label)) => {
                first.kind == label.kind && first.numbers == label.numbers
            }
            (None, None) => first.text == piece.text,
            _ => false,
        };
        entries.iter().take(listed + 1).skip(1).position(same).map(|at| at + 1)
    });
    let end = head + 1 + again.unwrap_or(0);
    pieces.drain(head..end);
}

/// 接受條款 ........ 1
fn leads_to_page(text: &str) -> bool {
    if !text.ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let dots =
        before.chars().rev().take_while(|c| matches!(c, '.' | '·' | '…' | '．' | '⋯' | ' ' | '_'));
    dots.filter(|c| *c != ' ').map(|c| if matches!(c, '…' | '⋯') { 3 } else { 1 }).sum::<usize>()
        >= 4
}

/// Running heads and feet: short lines that recur, figures aside, three times or more and
/// break a sentence in two at least once, or twice and break one each time.
fn drop_running_heads(pieces: &mut Vec<Piece>, full: Option<f32>) {
    let keys: Vec<Option<u64>> = pieces.iter().map(|piece| head_key(piece, full)).collect();
    let mut count: FxHashMap<u64, u32> = FxHashMap::default();
    for &key in keys.iter().flatten() {
        *count.entry(key).or_default() += 1;
    }
    count.retain(|_, count| *count >= 2);
    if count.is_empty() {
        return;
    }
    let recurs: Vec<bool> =
        keys.iter().map(|key| key.is_some_and(|key| count.contains_key(&key))).collect();
    // The recurring lines between two others break what these say, or none of them does.
    let mut breaks: FxHashMap<u64, u32> = FxHashMap::default();
    let others: Vec<usize> = (0..pieces.len()).filter(|&at| !recurs[at]).collect();
    for pair in others.windows(2) {
        let (before, rest) = (&pieces[pair[0]], &pieces[pair[1]]);
        let cut = pair[0] + 1 < pair[1]
            && !ends_sentence(&before.text)
            && rest.label.is_none()
            && (is_running(&rest.text, rest.shape) || ends_sentence(&rest.text));
        if cut {
            for &key in keys[pair[0] + 1..pair[1]].iter().flatten() {
                *breaks.entry(key).or_default() += 1;
            }
        }
    }
    let is_head = |key: u64| {
        let broken = breaks.get(&key).copied().unwrap_or(0);
        // Twice is little: only with figures, as a gazette's number and year.
        let enough = |count: u32| count >= 3 || broken == count && key & FIGURES != 0;
        count.get(&key).is_some_and(|&count| broken > 0 && enough(count))
    };
    // Lines of one head stand together; what recurs beside a head that breaks is part of it.
    let mut keys = keys.into_iter();
    let mut after_junk = false;
    pieces.retain_mut(|piece| {
        if keys.next().flatten().is_some_and(is_head) {
            after_junk = true;
            return false;
        }
        piece.after_junk |= std::mem::take(&mut after_junk);
        true
    });
}

/// What a line is with its figures made alike, hashed; `None` for what can't be a head: a
/// full line without figures, or with a comma, is a line of a text that says the same twice.
fn head_key(piece: &Piece, full: Option<f32>) -> Option<u64> {
    let (text, shape) = (&*piece.text, piece.shape);
    let figures = || text.bytes().any(|byte| byte.is_ascii_digit());
    if full.is_some_and(|full| shape.width() >= full - 2.0)
        && (!figures() || shape.has_sentence_mark())
    {
        return None;
    }
    // A row of a table drawn in characters is no head, however often it recurs.
    let drawn = text.starts_with(|c: char| ('\u{2500}'..='\u{257F}').contains(&c));
    let plain = piece.label.is_none()
        && !drawn
        // Heads are names and numbers; a comma is a sentence's.
        && (!shape.has_sentence_mark() || figures())
        && text.len() <= 180
        && piece.line.level.is_none()
        && shape.width() <= 45.0
        && !shape.has_underscore()
        && !ends_sentence(text)
        && key_value(text, shape).is_none()
        && !is_date_line(text, shape);
    plain.then(|| {
        let mut hasher = FxHasher::default();
        for byte in text.bytes().filter(|byte| *byte != b' ') {
            hasher.write_u8(if byte.is_ascii_digit() { b'0' } else { byte });
        }
        if figures() { hasher.finish() | FIGURES } else { hasher.finish() & !FIGURES }
    })
}

/// Marks the keys of lines that hold figures.
const FIGURES: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mend::pieces;
    use crate::source::{Format, lines};

    fn kept(text: &str) -> Vec<String> {
        let lines = lines(text, Format::Text, 0);
        let mut pieces = pieces(text, &lines);
        drop_junk(&mut pieces, None);
        pieces.into_iter().map(|piece| piece.text.into_owned()).collect()
    }

    #[test]
    fn page_numbers() {
        for text in ["3", "- 12 -", "第 3 頁", "第3页共10页", "Page 2 of 9", "— 7 —", "B2348"]
        {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["2017", "3 次", "第三頁說", "1. 甲", "12 34", "A4", "G20", "CEPA"] {
            assert!(!is_page_number(text), "{text}");
        }
    }

    #[test]
    fn running_heads_in_a_sentence() {
        let head = |page: u32| format!("《2020 年法律公布》\n2020 年第 136 號\nB{page}\n");
        let text = format!(
            "{}第一條 為保持繁榮和，\n{}穩定，制定本法。\n{}第二條 完。\n",
            head(2345),
            head(2347),
            head(2349)
        );
        assert_eq!(kept(&text), ["第一條為保持繁榮和，", "穩定，制定本法。", "第二條完。"]);
        let signatures = "甲方\n代表\n乙方\n代表\n丙方\n代表";
        assert_eq!(kept(signatures).len(), 6);
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
        let leaders = "1. 接受 ........ 1\n2. 帳戶……2\n1. 接受\n你同意，如下。";
        assert_eq!(kept(leaders), ["1. 接受", "你同意，如下。"]);
    }
}
