//! The account of a source: which text is in no clause, title, label or heading.
//!
//! The account is drawn up from the result, not from the intentions of the rules. Each line is
//! searched in the clause that contains its bytes, then among the titles, labels and headings of
//! its document. A line found nowhere is listed as dropped, with the reason if a rule gave one. A
//! rule that loses text therefore can't do so silently.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memchr_iter;
use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_blocks::{DroppedKind, LeftOut, LeftOutReason};
use tiaowen_text::is_private;

use crate::clean::cleaned;
use crate::label::{Label, LabelKind};
use crate::model::{Clause, DocumentText, Dropped};
use crate::settle::joined_private;
use crate::source::Line;

/// The reason why a rule dropped a line, by the byte at which the line begins.
pub(crate) type Reasons = FxHashMap<usize, DroppedKind>;

/// Maximum number of clauses searched for a line, backwards from the last that begins before it.
const NEAR: usize = 16;

/// Lists, for each document, the lines that no clause, title, label or heading contains.
pub(crate) fn settle(
    text: &str,
    lines: &[Line],
    reasons: &Reasons,
    documents: &mut [DocumentText],
) {
    let starts = starts(documents);
    let mut clauses = Printed::of(documents);
    let mut named: Vec<Option<FxHashSet<String>>> = vec![None; documents.len()];
    let mut last: Option<usize> = None;
    let has_pages = lines.iter().any(|line| line.page > 0);
    for (number, line) in lines.iter().enumerate() {
        let read = visible(text, line);
        // Clauses have the repaired text: 第一條 for a printed 第⼀条.
        let mut mended = cleaned(&read);
        if mended.contains(is_private) {
            mended = joined_private(text, mended);
        }
        if is_blank(&read) || clauses.hold(line, &mended) {
            continue;
        }
        let at = document_at(&starts, line.span.start);
        let Some(document) = documents.get_mut(at) else { return };
        let names = named[at].get_or_insert_with(|| names(document));
        let is_named = is_named(names, &mended);
        // In 附件二：停水通知辦法, the name is the title; the label 附件二 is listed as dropped.
        let label = annex_label(names, &mended);
        let label = label.filter(|label| is_named && text[line.span.clone()].starts_with(&**label));
        if is_named && label.is_none() {
            continue;
        }
        let end = label.as_ref().map_or(line.span.end, |label| line.span.start + label.len());
        let is_whole = label.is_none();
        let read = label.unwrap_or(read);
        let kind = reasons.get(&line.span.start).copied().unwrap_or(DroppedKind::Other);
        let above = starts[at].1.is_none_or(|first| line.span.start < first);
        let dropped = Dropped {
            bytes: line.span.start..end,
            page: has_pages.then_some(line.page + 1),
            text: read,
            kind,
            why: why(kind, above),
        };
        // Consecutive lines dropped for the same reason are one passage.
        let goes_on = last.is_some_and(|last| last + 1 == number);
        last = Some(number).filter(|_| is_whole);
        match document.dropped.last_mut() {
            Some(open) if goes_on && (open.kind, &open.why) == (kind, &dropped.why) => {
                open.bytes.end = dropped.bytes.end;
                open.text.push('\n');
                open.text.push_str(&dropped.text);
            }
            _ => document.dropped.push(dropped),
        }
    }
}

/// Adds what the reader of the format left out.
pub(crate) fn add_left_out(text: &str, left_out: &[LeftOut], documents: &mut [DocumentText]) {
    let starts = starts(documents);
    for left in left_out {
        let Some(document) = documents.get_mut(document_at(&starts, left.span.start)) else {
            return;
        };
        document.dropped.push(Dropped {
            bytes: left.span.clone(),
            page: left.page,
            text: text[left.span.clone()].to_owned(),
            kind: left.kind,
            why: left.why.clone(),
        });
    }
    for document in documents {
        document.dropped = apart(text, std::mem::take(&mut document.dropped));
    }
}

/// Lists, for each document, the private-use characters of its clauses whose meaning is unknown.
/// They stay in the text, but no search can find them.
pub(crate) fn add_private(text: &str, documents: &mut [DocumentText]) {
    const NAMED: usize = 8;
    // All such characters begin with one of these bytes.
    let may_hold = |lead| memchr_iter(lead, text.as_bytes()).any(|at| begins_private(text, at));
    if ![0xEE, 0xEF, 0xF3, 0xF4].into_iter().any(may_hold) {
        return;
    }
    for DocumentText { clauses, dropped, .. } in documents {
        let mut counts: BTreeMap<char, usize> = BTreeMap::new();
        for c in clauses.iter().flat_map(|clause| clause.text.chars()).filter(|c| is_private(*c)) {
            *counts.entry(c).or_default() += 1;
        }
        let Some(first) = clauses.iter().find(|clause| clause.text.contains(is_private)) else {
            continue;
        };
        let named = counts.iter().take(NAMED);
        let mut codes: Vec<String> =
            named.map(|(c, count)| format!("U+{:04X} ×{count}", u32::from(*c))).collect();
        if counts.len() > NAMED {
            codes.push("…".to_owned());
        }
        let within = text.get(first.bytes.clone()).and_then(|text| text.find(is_private));
        let at = first.bytes.start + within.unwrap_or(0);
        dropped.push(Dropped {
            bytes: at..at,
            page: None,
            text: String::new(),
            kind: DroppedKind::Unreadable,
            why: LeftOutReason::PrivateUse { codes: codes.join(", ") },
        });
        *dropped = apart(text, std::mem::take(dropped));
    }
}

/// Whether a private-use character begins at a byte.
fn begins_private(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_private)
}

/// Makes the passages disjoint: one inside another splits it.
fn apart(text: &str, mut dropped: Vec<Dropped>) -> Vec<Dropped> {
    dropped.sort_by_key(|dropped| (dropped.bytes.start, Reverse(dropped.bytes.end)));
    let mut found: Vec<Dropped> = Vec::with_capacity(dropped.len());
    for next in dropped {
        let Some(open) = found.pop_if(|open| next.bytes.start < open.bytes.end) else {
            found.push(next);
            continue;
        };
        if next.bytes.end > open.bytes.end {
            let rest = part(text, &next, open.bytes.end..next.bytes.end);
            found.extend([open, rest]);
            continue;
        }
        let before = part(text, &open, open.bytes.start..next.bytes.start);
        let after = part(text, &open, next.bytes.end..open.bytes.end);
        // Something without bytes, such as a picture, is reported although it has no text.
        let is_listed = next.bytes.is_empty() || !is_blank(&next.text);
        let next = is_listed.then_some(next);
        let not_blank = |part: Dropped| (!is_blank(&part.text)).then_some(part);
        found.extend([not_blank(before), next, not_blank(after)].into_iter().flatten());
    }
    found
}

/// Part of a passage.
fn part(text: &str, of: &Dropped, bytes: Range<usize>) -> Dropped {
    let text = text[bytes.clone()].trim().to_owned();
    Dropped { bytes, text, ..of.clone() }
}

fn why(kind: DroppedKind, above: bool) -> LeftOutReason {
    match kind {
        DroppedKind::PageNumber => LeftOutReason::PageNumber,
        DroppedKind::RunningHead => LeftOutReason::RunningHead,
        DroppedKind::Contents => LeftOutReason::ContentsEntry,
        DroppedKind::Menu => LeftOutReason::BesideArticles,
        _ if above => LeftOutReason::BesideTitle,
        _ => LeftOutReason::InNoClause,
    }
}

/// For each document the byte at which it begins, and the one at which its first clause begins.
fn starts(documents: &[DocumentText]) -> Vec<(usize, Option<usize>)> {
    let first = |document: &DocumentText| document.clauses.iter().map(|c| c.bytes.start).min();
    let mut end = 0;
    let mut starts = Vec::with_capacity(documents.len());
    for document in documents {
        // The title is between the preceding text and the first clause.
        starts.push((end, first(document)));
        end = document.clauses.iter().map(|c| c.bytes.end).max().unwrap_or(end);
    }
    // The columns of a bilingual print alternate, so that a byte belongs to the last document that
    // begins before it, whatever begins in between. Replacing each start by the minimum of the
    // following ones gives the same document and allows a binary search.
    let mut least = usize::MAX;
    for (start, _) in starts.iter_mut().rev() {
        least = least.min(*start);
        *start = least;
    }
    starts
}

/// The last document that begins at or before a byte.
fn document_at(starts: &[(usize, Option<usize>)], byte: usize) -> usize {
    starts.partition_point(|(start, _)| *start <= byte).saturating_sub(1)
}

/// The characters of a line that are part of the text, from its cells.
fn visible(text: &str, line: &Line) -> String {
    if !line.is_row() {
        return line.read(text).trim().to_owned();
    }
    let cell = |cell: &Vec<Range<usize>>| {
        cell.iter().map(|part| &text[part.clone()]).collect::<Vec<_>>().join(" ")
    };
    line.cells.iter().map(cell).collect::<Vec<_>>().join("\t")
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

/// Characters that cleaning may remove or add.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}')
}

/// Clauses with label and heading, by start byte, each with the position up to which its lines have
/// been found.
struct Printed {
    clauses: Vec<(Range<usize>, String, usize)>,
}

impl Printed {
    fn of(documents: &[DocumentText]) -> Self {
        let clauses = documents.iter().flat_map(|document| &document.clauses);
        let mut clauses: Vec<_> =
            clauses.map(|clause| (clause.bytes.clone(), printed(clause), 0)).collect();
        clauses.sort_by_key(|(bytes, ..)| bytes.start);
        Self { clauses }
    }

    /// Whether the clause around a line contains it, behind the previous line found there.
    fn hold(&mut self, line: &Line, read: &str) -> bool {
        let start = line.hangs_at.unwrap_or(line.span.start);
        let to = self.clauses.partition_point(|(bytes, ..)| bytes.start <= start);
        let near = self.clauses[to.saturating_sub(NEAR)..to].iter_mut().rev();
        for (_, text, from) in
            near.filter(|(bytes, ..)| start < bytes.end || line.hangs_at.is_some())
        {
            // A list mark may have been removed from a line that continues a sentence.
            let found = [Some(read), read.strip_prefix("- ")]
                .into_iter()
                .flatten()
                .find_map(|read| find(text, *from, read));
            if let Some(end) = found {
                if line.hangs_at.is_none() {
                    *from = end;
                }
                return true;
            }
        }
        false
    }
}

/// A clause with its label and heading, on lines of their own.
fn printed(clause: &Clause) -> String {
    let label = clause.label.as_deref().unwrap_or("");
    let heading = clause.heading.as_deref().unwrap_or("");
    [label, heading, &clause.text].join("\n")
}

/// The end of one text inside another, searched from a byte on; white space is ignored.
fn find(text: &str, from: usize, wanted: &str) -> Option<usize> {
    if let Some(end) = matched(&text[from..], wanted) {
        return Some(from + end);
    }
    let first = wanted.chars().find(|c| !is_unseen(*c))?;
    let mut buffer = [0; 4];
    let first = first.encode_utf8(&mut buffer).as_bytes();
    memchr_iter(first[0], &text.as_bytes()[from..])
        .map(|at| from + at)
        .filter(|at| text.is_char_boundary(*at))
        .find_map(|at| matched(&text[at..], wanted).map(|end| at + end))
}

/// Length of the match of `wanted` at the beginning of a text, in bytes.
fn matched(text: &str, wanted: &str) -> Option<usize> {
    let mut seen = text.char_indices().filter(|(_, c)| !is_unseen(*c));
    let mut end = 0;
    for c in wanted.chars().filter(|c| !is_unseen(*c)) {
        let (at, found) = seen.next()?;
        if found != c {
            return None;
        }
        end = at + c.len_utf8();
    }
    Some(end)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !is_unseen(*c)).collect()
}

/// The title, labels and headings of a document, without white space.
fn names(document: &DocumentText) -> FxHashSet<String> {
    let mut names: FxHashSet<String> = FxHashSet::default();
    let title = document.document.title.iter().chain(&document.document.number);
    names.extend(title.map(|title| squeezed(title)));
    for clause in &document.clauses {
        for name in clause.headings.iter().chain(&clause.path).chain(&clause.heading) {
            if !names.contains(name) {
                names.insert(squeezed(name));
            }
        }
    }
    names
}

/// The label of an annex at the beginning of a line, if no clause or heading has it.
fn annex_label(names: &FxHashSet<String>, read: &str) -> Option<String> {
    let label = Label::parse(read).filter(|label| label.kind == LabelKind::Annex)?;
    let printed = label.printed(read)?;
    let is_known = |name: &String| name.contains(&squeezed(printed));
    (!names.iter().any(is_known)).then(|| printed.to_owned())
}

/// Whether a line is a title, label or heading, or part of one that spans several lines.
fn is_named(names: &FxHashSet<String>, read: &str) -> bool {
    let whole = squeezed(read);
    let rest = Label::parse(read).map(|label| squeezed(&read[label.length()..]));
    let without_stop = |text: &str| text.trim_end_matches('。').to_owned();
    [Some(whole), rest].into_iter().flatten().any(|text| {
        text.is_empty()
            || names.contains(&text)
            || names.contains(&without_stop(&text))
            || names.iter().any(|name| name.contains(&text) && text.chars().count() > 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_belongs_to_the_last_document_that_begins_before_it() {
        let texts = ["甲協議\n\n一、甲。", "乙協議\n\n一、乙。", "丙協議\n\n一、丙。"];
        let mut documents: Vec<DocumentText> =
            texts.iter().flat_map(|text| crate::read("a.txt", text).unwrap()).collect();
        // The second document ends before the first does, as a column beside it.
        for (document, bytes) in documents.iter_mut().zip([10..100, 20..60, 110..120]) {
            document.clauses.truncate(1);
            document.clauses[0].bytes = bytes;
        }
        let starts = starts(&documents);
        let found: Vec<usize> =
            [0, 59, 60, 99, 100, 200].map(|byte| document_at(&starts, byte)).to_vec();
        assert_eq!(found, [0, 0, 2, 2, 2, 2]);
    }
}
