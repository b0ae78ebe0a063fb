//! Splitting of giant clauses into passages.
//!
//! A table of forty thousand rows, a book without labels or a line without an end becomes a single
//! clause by the rules. Nobody reads, marks or compares such a clause as one, and every step that
//! handles a clause as a whole would need memory and time for its size. A clause therefore has at
//! most [`MOST_CHARS`] characters. A longer one is split at ends of sentences into passages, each
//! of which is a clause to all later steps. A passage has the label and headings of its clause, an
//! `eid` below it (`art_3__seg_2`; the first passage keeps the clause's), and its number at the end
//! of its path: 〔2/5〕. Lines and paragraphs are split before they are joined, so that each
//! passage keeps exact bytes of the source.

use std::ops::Range;

use crate::model::Clause;
use crate::paragraph::Paragraph;
use crate::source::Line;

/// Maximum number of characters of a clause.
pub(crate) const MOST_CHARS: usize = 20_000;

/// Number of characters after which a paragraph ends with the next sentence.
pub(crate) const ENOUGH_CHARS: usize = MOST_CHARS * 3 / 4;

/// Whether a text is too long for a clause.
fn is_giant(text: &str) -> bool {
    text.len() > MOST_CHARS && text.chars().count() > MOST_CHARS
}

/// The byte offsets at which a text is split that is too long for a clause: behind sentences if
/// possible, else behind phrases, else anywhere. The parts have about equal length, so that no
/// small rest remains.
fn cuts(text: &str) -> Vec<usize> {
    let mut cuts = Vec::new();
    let (mut from, mut left) = (0, text.chars().count());
    while left > MOST_CHARS {
        let part = left.div_ceil(left.div_ceil(MOST_CHARS));
        let most = MOST_CHARS.min(part + part / 4);
        let (mut sentence, mut phrase, mut middle) = (None, None, (0, 0));
        for (nth, (at, c)) in text[from..].char_indices().take(most).enumerate() {
            let behind = (nth + 1, from + at + c.len_utf8());
            if nth < part {
                middle = behind;
            }
            if nth < part / 2 {
                continue;
            }
            match c {
                '。' | '！' | '？' | '；' | '\n' => sentence = Some(behind),
                '，' | '、' | '：' | '.' | ',' | ';' | '\t' | ' ' => phrase = Some(behind),
                _ => {}
            }
        }
        let (chars, at) = sentence.or(phrase).unwrap_or(middle);
        cuts.push(at);
        from = at;
        left -= chars;
    }
    cuts
}

/// The parts of a split text.
fn parts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let cuts = cuts(text);
    let ends = cuts.clone().into_iter().chain([text.len()]);
    [0].into_iter().chain(cuts).zip(ends).map(|(start, end)| start..end)
}

/// Splits the lines of a source that are too long for a clause.
pub(crate) fn cut_lines(source: &str, lines: Vec<Line>) -> Vec<Line> {
    if !lines.iter().any(|line| is_giant(&source[line.span.clone()])) {
        return lines;
    }
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let text = &source[line.span.clone()];
        if !is_giant(text) {
            all.push(line);
            continue;
        }
        for part in parts(text) {
            let content = &text[part.clone()];
            let start = line.span.start + part.start + content.len() - content.trim_start().len();
            let content = content.trim();
            let is_first = part.start == 0;
            let within = |cell: &Vec<Range<usize>>| -> Vec<Range<usize>> {
                let (from, to) = (line.span.start + part.start, line.span.start + part.end);
                let inside = cell.iter().map(|read| read.start.max(from)..read.end.min(to));
                inside.filter(|read| read.start < read.end).collect()
            };
            let mut cells: Vec<_> = line.cells.iter().map(within).collect();
            cells.retain(|cell| !cell.is_empty());
            if cells.is_empty() && !line.cells.is_empty() {
                // All of the part is left out.
                continue;
            }
            all.push(Line {
                cells,
                span: start..start + content.len(),
                gap: is_first && line.gap,
                is_rest: !is_first,
                ..line.clone()
            });
        }
    }
    all.retain(|line| !line.span.is_empty());
    all
}

/// The end of a line's first sentence, in bytes of its cleaned text and of the source; `None` if no
/// sentence ends before the end of the line.
pub(crate) fn first_sentence(cleaned: &str, raw: &str) -> Option<(usize, usize)> {
    const MARKS: [char; 4] = ['。', '！', '？', '；'];
    let behind = |text: &str| text.find(MARKS).map(|at| at + '。'.len_utf8());
    let (cleaned_end, end) = (behind(cleaned)?, behind(raw)?);
    (cleaned_end < cleaned.len() && end < raw.len()).then_some((cleaned_end, end))
}

/// Paragraphs of one clause, in runs that are short enough for a clause.
pub(crate) fn runs<'p>(paragraphs: &[&'p Paragraph<'p>]) -> Vec<Range<usize>> {
    let mut runs = Vec::with_capacity(1);
    let (mut start, mut chars) = (0, 0);
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let more = paragraph.chars();
        if at > start && (paragraph.is_cut || chars + more > MOST_CHARS) {
            runs.push(start..at);
            (start, chars) = (at, 0);
        }
        // The line feed between paragraphs counts as a character.
        chars += more + 1;
    }
    runs.push(start..paragraphs.len());
    runs
}

/// The bytes of the source that the paragraphs of a clause cover. Notes may be printed much later
/// and don't count; `0..0` if there is nothing else.
pub(crate) fn bytes_of(paragraphs: &[&Paragraph]) -> Range<usize> {
    let mut text = paragraphs.iter().filter(|paragraph| !paragraph.is_note);
    let Some(first) = text.next() else { return 0..0 };
    first.span.start..text.next_back().unwrap_or(first).span.end
}

/// The passages of a split clause: `first` with its text, and one for each further text with its
/// bytes.
pub(crate) fn passages(mut first: Clause, further: Vec<(String, Range<usize>)>) -> Vec<Clause> {
    if further.is_empty() {
        return vec![first];
    }
    let count = further.len() + 1;
    let mut headings = first.headings.clone();
    headings.extend(first.heading.clone());
    let path = first.path.clone();
    let mut all = Vec::with_capacity(count);
    let mut end = first.bytes.end;
    for ((text, bytes), number) in further.into_iter().zip(2..) {
        // Notes alone are where the text before them ends.
        let bytes = if bytes.is_empty() { end..end } else { bytes };
        end = bytes.end;
        all.push(Clause {
            label: None,
            path: addressed(&path, number, count),
            eid: format!("{}__seg_{number}", first.eid),
            heading: None,
            headings: headings.clone(),
            units: Vec::new(),
            bodies: Vec::new(),
            text,
            bytes,
            ..first.clone_without_text()
        });
    }
    first.path = addressed(&path, 1, count);
    all.insert(0, first);
    all
}

fn addressed(path: &[String], number: usize, count: usize) -> Vec<String> {
    let mut path = path.to_vec();
    path.push(format!("〔{number}/{count}〕"));
    path
}

/// Splits clauses whose text has no lines in the source, such as ready-made ones. All passages get
/// the bytes of the whole clause.
pub(crate) fn cut_clauses(clauses: Vec<Clause>) -> Vec<Clause> {
    if !clauses.iter().any(|clause| is_giant(&clause.text)) {
        return clauses;
    }
    clauses.into_iter().flat_map(cut_clause).collect()
}

fn cut_clause(mut clause: Clause) -> Vec<Clause> {
    if !is_giant(&clause.text) {
        return vec![clause];
    }
    let text = std::mem::take(&mut clause.text);
    let mut parts = parts(&text).map(|part| text[part].trim_matches('\n').to_owned());
    clause.text = parts.next().unwrap_or_default();
    let bytes = clause.bytes.clone();
    let further = parts.map(|part| (part, bytes.clone())).collect();
    let units = std::mem::take(&mut clause.units);
    let bodies = std::mem::take(&mut clause.bodies);
    let mut all = passages(clause, further);
    // The responsible units are at the end.
    if let Some(last) = all.last_mut() {
        last.units = units;
        last.bodies = bodies;
    }
    all
}

/// The number of a passage, 〔2/5〕; `None` for an undivided clause.
pub(crate) fn address(clause: &Clause) -> Option<&str> {
    let last = clause.path.last().filter(|_| clause.path.len() > 1)?;
    number(last).map(|_| last.as_str())
}

/// The number of a passage, from 1; 0 for an undivided clause. Passages of a ready-made clause have
/// the same bytes and are ordered by this number.
///
/// ```
/// let source = format!("{{\"text\": \"{}\"}}", "雙方每年會面。".repeat(5_000));
/// let clauses = &tiaowen_corpus::read("a.jsonl", &source).unwrap()[0].clauses;
/// assert_eq!(clauses.iter().map(tiaowen_corpus::passage_number).collect::<Vec<_>>(), [1, 2]);
/// ```
pub fn passage_number(clause: &Clause) -> u32 {
    address(clause).and_then(number).unwrap_or(0)
}

fn number(address: &str) -> Option<u32> {
    let (number, count) = address.strip_prefix('〔')?.strip_suffix('〕')?.split_once('/')?;
    count.parse::<u32>().ok()?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{MOST_CHARS, passage_number};
    use crate::{Clause, Format, citation, read, read_as};

    fn whole(clauses: &[Clause]) -> String {
        clauses.iter().map(|clause| clause.text.as_str()).collect()
    }

    #[test]
    fn a_giant_line_is_cut_at_sentences_and_keeps_its_bytes() {
        for (title, sentence) in [
            ("粵港合作協議", "雙方應當每年會面一次，並互相通報。"),
            ("粤港合作协议", "双方应当每年会面一次，并互相通报。"),
        ] {
            let line = sentence.repeat(4_000);
            let source = format!("{title}\n\n一、開始。\n\n二、{line}\n\n三、結束。\n");
            let found = read("a.txt", &source).unwrap().remove(0);
            let passages = &found.clauses[1..found.clauses.len() - 1];
            assert!(passages.len() >= 4, "{}", passages.len());
            assert_eq!(whole(passages), line);
            for (clause, number) in passages.iter().zip(1..) {
                assert!(clause.text.chars().count() <= MOST_CHARS);
                assert!(clause.text.ends_with('。'));
                let bytes = &source[clause.bytes.clone()];
                assert_eq!(bytes.trim_start_matches("二、"), clause.text);
                assert_eq!(passage_number(clause), number);
                let cited = citation(&found.document, clause);
                assert_eq!(cited, format!("《{title}》二〔{number}/{}〕", passages.len()));
            }
            assert_eq!(passages[0].eid, "part_2");
            assert_eq!(passages[1].eid, "part_2__seg_2");
            assert_eq!(passages[0].label.as_deref(), Some("二、"));
            let ends = [&found.clauses[0], found.clauses.last().unwrap()];
            assert!(ends.iter().all(|clause| passage_number(clause) == 0));
        }
    }

    #[test]
    fn many_lines_and_paragraphs_of_one_clause_are_cut_as_well() {
        // Lines of one sentence, paragraphs of one article, rows of a table.
        let wrapped =
            "雙方應當每年會面一次並互相通報有關的資料，並且在會面以後的三個月以內交換意見\n"
                .repeat(3_000);
        let paragraphs = "雙方應當每年會面一次，並互相通報。\n\n".repeat(3_000);
        let rows = "| 甲 | 乙 | 12 |\n".repeat(10_000);
        for (name, text) in [("a.txt", &wrapped), ("a.txt", &paragraphs), ("a.md", &rows)] {
            let source = format!("粵港合作條例\n\n第一條 {text}\n第二條 其他。\n");
            let found = read(name, &source).unwrap().remove(0);
            let passages: Vec<&Clause> =
                found.clauses.iter().filter(|clause| clause.eid.starts_with("art_1")).collect();
            assert!(passages.len() >= 2, "{name}: {} passages", passages.len());
            let mut end = 0;
            for clause in passages {
                assert!(clause.text.chars().count() <= MOST_CHARS);
                assert!(clause.bytes.start >= end, "{name}: passages overlap");
                end = clause.bytes.end;
                let first: String = clause.text.chars().take(12).collect();
                let bytes: String = source[clause.bytes.clone()].split(['\n', '\r']).collect();
                assert!(bytes.replace("第一條 ", "").starts_with(&first), "{name}: {first}");
            }
            assert_eq!(found.clauses.last().unwrap().text, "其他。");
        }
    }

    #[test]
    fn all_of_a_text_without_sentences_is_kept() {
        for text in ["甲".repeat(50_001), "a".repeat(30_000), "（".repeat(25_000)] {
            let found = read("a.txt", &text).unwrap().remove(0);
            assert_eq!(whole(&found.clauses), text);
            assert!(found.clauses.iter().all(|clause| clause.text.chars().count() <= MOST_CHARS));
            assert!(found.clauses.iter().all(|clause| source_is(&text, clause)));
        }
    }

    fn source_is(source: &str, clause: &Clause) -> bool {
        source[clause.bytes.clone()] == clause.text
    }

    #[test]
    fn a_clause_of_the_length_that_is_taken_stays_whole() {
        let text = "甲".repeat(MOST_CHARS);
        assert_eq!(read("a.txt", &text).unwrap()[0].clauses.len(), 1);
    }

    #[test]
    fn ready_made_clauses_are_cut_too_and_in_their_order() {
        let sentence = "雙方每年會面。";
        let text = format!("{{\"text\": \"{}\", \"eid\": \"art_7\"}}", sentence.repeat(9_000));
        let found = read_as("a.jsonl", &text, Format::ClauseLines, None).unwrap().remove(0);
        assert_eq!(whole(&found.clauses), sentence.repeat(9_000));
        assert_eq!(found.clauses[1].eid, "art_7__seg_2");
        assert!(found.clauses.iter().all(|clause| clause.bytes == (0..text.len())));
    }
}
