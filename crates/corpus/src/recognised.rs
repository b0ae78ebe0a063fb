//! How certain clauses are that were read by text recognition.
//!
//! The certainty of recognised words is stored with the clauses that contain them: the mean over all
//! characters, and which of the text's characters are uncertain. A clause's text is its part of the
//! source, cleaned and without label and heading, so its characters are found there again from the
//! last one backwards.

use std::ops::Range;

use tiaowen_blocks::{Recognised, SourceText};

use crate::model::{Clause, DocumentText, Recognition};

/// Words below this certainty, in percent, should be checked. On pages drawn for measuring, one
/// character in three of these words is wrong, and one in hundreds of all others.
const UNCERTAIN: u8 = 70;
/// Number of characters of the source among which a character of the text is searched. Those skipped
/// are furniture, or belong to the next column.
const FAR: usize = 400;

/// Sets the certainty of each clause.
pub(crate) fn mark(source: &SourceText<'_>, documents: &mut [DocumentText]) {
    if source.recognised.is_empty() {
        return;
    }
    for clause in documents.iter_mut().flat_map(|text| &mut text.clauses) {
        let words = within(&source.recognised, &clause.bytes);
        clause.recognised = of_clause(&source.text, words, clause);
    }
}

/// The words within a part of the source.
fn within<'w>(words: &'w [Recognised], part: &Range<usize>) -> &'w [Recognised] {
    let from = words.partition_point(|word| word.span.end <= part.start);
    let to = words.partition_point(|word| word.span.start < part.end);
    &words[from..to.max(from)]
}

fn of_clause(source: &str, words: &[Recognised], clause: &Clause) -> Option<Recognition> {
    let (mut sum, mut all) = (0, 0);
    for word in words {
        let characters = source[word.span.clone()].chars().count();
        sum += usize::from(word.confidence) * 10 * characters;
        all += characters;
    }
    // Of a thousand at most.
    let certainty = u16::try_from(sum.checked_div(all)?).unwrap_or(1000);
    let is_uncertain = words.iter().any(|word| word.confidence < UNCERTAIN);
    let uncertain = if is_uncertain { uncertain(source, words, clause) } else { Vec::new() };
    Some(Recognition { certainty, uncertain })
}

/// The bytes of a clause's text that are uncertain.
fn uncertain(source: &str, words: &[Recognised], clause: &Clause) -> Vec<Range<usize>> {
    let part = clause.bytes.clone();
    let Some(printed) = source.get(part.clone()) else { return Vec::new() };
    let mut printed = printed.char_indices().rev().filter(|(_, c)| !c.is_whitespace());
    let mut words = words.iter().rev().peekable();
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, c) in clause.text.char_indices().rev().filter(|(_, c)| !c.is_whitespace()) {
        let mut ahead = printed.clone().take(FAR);
        // One that was mended stands for no character of the source.
        let Some((place, _)) = ahead.find(|(_, printed)| *printed == c) else { continue };
        while printed.next().is_some_and(|(passed, _)| passed > place) {}
        let place = part.start + place;
        while words.next_if(|word| word.span.start > place).is_some() {}
        let is_uncertain = words
            .peek()
            .is_some_and(|word| word.span.contains(&place) && word.confidence < UNCERTAIN);
        if !is_uncertain {
            continue;
        }
        let end = at + c.len_utf8();
        match spans.last_mut() {
            Some(open) if clause.text[end..open.start].trim().is_empty() => open.start = at,
            _ => spans.push(at..end),
        }
    }
    spans.reverse();
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiaowen_blocks::{Block, BlockKind};

    /// A text of lines, of which the bracketed characters are uncertain.
    fn read(lines: &[&str]) -> Vec<DocumentText> {
        let (mut text, mut blocks, mut recognised) = (String::new(), Vec::new(), Vec::new());
        for line in lines {
            let start = text.len();
            let mut confidence = 96;
            for c in line.chars() {
                match c {
                    '<' => confidence = 40,
                    '>' => confidence = 96,
                    c => {
                        let span = text.len()..text.len() + c.len_utf8();
                        recognised.push(Recognised { span, confidence });
                        text.push(c);
                    }
                }
            }
            blocks.push(Block::new(start..text.len(), BlockKind::Paragraph));
            text.push('\n');
        }
        let source = SourceText { recognised, ..SourceText::of_blocks(text, blocks) };
        crate::read_blocks("a.pdf", &source, None).unwrap()
    }

    #[test]
    fn clauses_tell_how_certain_they_are_and_where_not() {
        for (title, first, second, marked) in [
            (
                "粵港合作協議",
                "第一條 每年會面一次。",
                "第二條 雙方互相<通報>有關事<項>。",
                ["通報", "項"],
            ),
            (
                "粤港合作协议",
                "第一条 每年会面一次。",
                "第二条 双方互相<通报>有关事<项>。",
                ["通报", "项"],
            ),
        ] {
            let documents = read(&[title, first, second]);
            let clauses = &documents[0].clauses;
            let recognised = |at: usize| clauses[at].recognised.as_ref().unwrap();
            assert_eq!((recognised(0).certainty, recognised(0).uncertain.len()), (960, 0));
            assert!((800..900).contains(&recognised(1).certainty), "{:?}", recognised(1));
            let spans = &recognised(1).uncertain;
            let texts: Vec<&str> =
                spans.iter().map(|span| &clauses[1].text[span.clone()]).collect();
            assert_eq!(texts, marked);
            assert_eq!(recognised(1).share(), f64::from(recognised(1).certainty) / 1000.0);
        }
    }

    #[test]
    fn a_label_that_repeats_the_text_takes_no_mark_from_it() {
        let documents = read(&["合作協議", "一、<一>切事項由雙方商定。", "二、其他。"]);
        let clause = &documents[0].clauses[0];
        let spans = &clause.recognised.as_ref().unwrap().uncertain;
        assert_eq!((spans.len(), &spans[0]), (1, &(0..3)), "{}", clause.text);
    }

    #[test]
    fn what_was_not_recognised_says_nothing_of_it() {
        let text = "合作協議\n一、每年會面。\n";
        let blocks = vec![
            Block::new(0..12, BlockKind::Paragraph),
            Block::new(13..text.len() - 1, BlockKind::Paragraph),
        ];
        let source = SourceText::of_blocks(text, blocks);
        let documents = crate::read_blocks("a.pdf", &source, None).unwrap();
        assert!(documents[0].clauses.iter().all(|clause| clause.recognised.is_none()));
    }
}
