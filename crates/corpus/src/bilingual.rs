//! Texts in Chinese and English, line beside line or one below the other.
//!
//! The reader of a format gives the columns of a bilingual agreement as two streams. In plain text,
//! and where paragraphs of both languages alternate, only the labels show it: the same articles are
//! printed twice, as 第一條 and as Article 1. The lines of each language then become a text of
//! their own.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;
use tiaowen_text::{Script, is_han};

use crate::label::{Label, LabelKind};
use crate::source::Line;
use crate::title;

/// The stream of English lines.
const ENGLISH: u16 = 1;
/// Minimum number of articles printed in both languages.
const FEWEST: usize = 2;
/// Maximum length, in characters, of a title in both languages on one line.
const LONGEST_TITLE: usize = 60;

/// Moves English lines to a stream of their own if the text is bilingual.
pub(crate) fn separated(text: &str, lines: Vec<Line>) -> Vec<Line> {
    const LABELS: [&[u8]; 3] = [b"rticle ", b"RTICLE ", b"lause "];
    let may_be = lines.iter().all(|line| line.stream == 0)
        && LABELS.iter().any(|label| memmem::find(text.as_bytes(), label).is_some());
    if !may_be || !is_bilingual(text, &lines) {
        return lines;
    }
    let mut separated: Vec<Line> = Vec::with_capacity(lines.len() + 8);
    let mut stream = 0;
    for line in lines {
        let Some(at) = boundary(text, &line) else {
            let before = stream;
            stream = stream_of(&line.read(text)).unwrap_or(stream);
            // A line in the other language ends the paragraph.
            let gap = line.gap || stream != before;
            separated.push(Line { stream, gap, ..line });
            continue;
        };
        for part in [line.span.start..at, at..line.span.end] {
            let span = trimmed(text, part);
            stream = stream_of(&text[span.clone()]).unwrap_or(stream);
            separated.push(Line { span, stream, ..line.clone() });
        }
    }
    separated
}

/// Whether articles are printed in both languages.
fn is_bilingual(text: &str, lines: &[Line]) -> bool {
    let (mut han, mut english) = (BTreeSet::new(), BTreeSet::new());
    let mut count = |part: &str| {
        let label = Label::parse(part).filter(|label| label.kind == LabelKind::Article);
        if let Some(label) = label.filter(|label| !label.refers) {
            let of_language = if label.english { &mut english } else { &mut han };
            of_language.insert(label.numbers.to_vec());
        }
    };
    for line in lines {
        match boundary(text, line) {
            Some(at) => {
                count(text[line.span.start..at].trim());
                count(text[at..line.span.end].trim());
            }
            None => count(&line.read(text)),
        }
    }
    let both = han.intersection(&english).count();
    both >= FEWEST && both * 2 >= english.len()
}

/// The language of a text, if it can be determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Hant,
    Hans,
    English,
}

/// The languages of a table's columns, if each column has a single language or script and contains
/// provisions or sentences.
pub(crate) fn columns(rows: &[Vec<String>]) -> Option<Vec<Language>> {
    let count = rows.first().map(Vec::len).filter(|count| (2..=3).contains(count))?;
    let is_full = |row: &&Vec<String>| row.iter().all(|cell| !cell.trim().is_empty());
    let full: Vec<&Vec<String>> = rows.iter().filter(is_full).collect();
    if full.len() * 3 < rows.len() * 2 {
        return None;
    }
    let column = |at: usize| full.iter().filter_map(|row| row.get(at)).cloned().collect::<String>();
    let languages: Vec<Language> =
        (0..count).map(|at| language(&column(at))).collect::<Option<_>>()?;
    let differ = (0..count).all(|at| !languages[..at].contains(&languages[at]));
    let is_prose =
        |cell: &String| cell.contains(['。', '，']) || cell.trim_start().starts_with('第');
    (differ && full.iter().copied().flatten().any(is_prose)).then_some(languages)
}

fn language(text: &str) -> Option<Language> {
    if !text.contains(is_han) {
        return (words(text) > 1).then_some(Language::English);
    }
    match Script::of(text) {
        Script::Hant => Some(Language::Hant),
        Script::Hans => Some(Language::Hans),
        Script::Mixed => None,
    }
}

/// Gives each column of a table that begins a document the title above the table: the lines in the
/// column's language, or all lines if none is in it.
pub(crate) fn share_head(text: &str, lines: &mut Vec<Line>, columns: &[Language]) {
    const MOST_LINES: usize = 8;
    let is_head = |line: &Line| is_head(text, line);
    if lines.is_empty() || lines.len() > MOST_LINES || !lines.iter().all(is_head) {
        return;
    }
    for line in lines.iter_mut() {
        let language = language(&line.read(text));
        let column = columns.iter().position(|column| Some(*column) == language).unwrap_or(0);
        line.stream = column as u16;
    }
    for stream in 1..columns.len() as u16 {
        if lines.iter().all(|line| line.stream != stream) {
            let shared: Vec<Line> = lines.iter().filter(|line| line.stream == 0).cloned().collect();
            lines.extend(shared.into_iter().map(|line| Line { stream, ..line }));
        }
    }
}

/// Whether a line may be a part of a title above a table.
fn is_head(text: &str, line: &Line) -> bool {
    let read = line.read(text);
    !line.is_row() && read.chars().count() <= LONGEST_TITLE && !read.contains(['。', '；', '，'])
}

/// The stream of a line; `None` if it contains no word.
fn stream_of(line: &str) -> Option<u16> {
    if line.contains(is_han) {
        return Some(0);
    }
    let letters = line.chars().filter(char::is_ascii_alphabetic).count();
    (letters > 1).then_some(ENGLISH)
}

/// The byte at which a line changes to the other language.
fn boundary(text: &str, line: &Line) -> Option<usize> {
    if line.is_row() || !line.cells.is_empty() || line.reads.is_some() {
        return None;
    }
    let read = &text[line.span.clone()];
    let first = read.find(is_han)?;
    let word = read.find(|c: char| c.is_ascii_alphabetic())?;
    let at = if word < first { after_english(read, first) } else { after_chinese(read) };
    at.map(|at| line.span.start + at)
}

/// Where Chinese begins behind English words that are a complete sentence, label or title.
fn after_english(read: &str, first: usize) -> Option<usize> {
    // 《 and （ belong to the text they open.
    let english = read[..first].trim_end_matches(|c: char| "《（(「“【".contains(c));
    let at = english.len();
    let english = english.trim_end();
    let chinese = &read[at..];
    let is_title =
        || read.chars().count() <= LONGEST_TITLE && !chinese.contains(['，', '。', '；', '：']);
    let is_own = english.ends_with(['.', ';', '!', '?', ')'])
        || Label::parse(chinese).is_some_and(|label| label.kind == LabelKind::Article)
        || is_title();
    (words(english) > 1 && is_own).then_some(at)
}

/// Where English begins behind a Chinese sentence, or with the label of an article.
fn after_chinese(read: &str) -> Option<usize> {
    let is_chinese = |c: char| is_han(c) || "。；，：、！？）」”》】".contains(c);
    let (last, c) = read.char_indices().rev().find(|(_, c)| is_chinese(*c))?;
    let at = last + c.len_utf8();
    let english = read[at..].trim_start();
    let is_label = || Label::parse(english).is_some_and(|label| label.english);
    let is_sentence = "。；！？）」”".contains(c) && words(english) > 2;
    let is_title = || title::is_title(read[..at].trim());
    (is_sentence || words(english) > 1 && (is_label() || is_title())).then_some(at)
}

/// Number of Latin words and figures.
fn words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| word.contains(|c: char| c.is_ascii_alphanumeric()))
        .count()
}

fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
    let trimmed = text[part.clone()].trim_matches([' ', '\t', '\u{3000}', '/', '／', '|', '｜']);
    let start = trimmed.as_ptr() as usize - text.as_ptr() as usize;
    start..start + trimmed.len()
}

#[cfg(test)]
mod tests {
    use crate::read;

    fn outline(text: &str) -> Vec<(String, String, Vec<String>)> {
        let documents = read("a.txt", text).unwrap().into_iter();
        let clause = |clause: &crate::Clause| {
            let label = clause.label.as_deref().unwrap_or("");
            let heading = clause.heading.as_deref().unwrap_or("");
            format!("{label}|{heading}|{}", clause.text)
        };
        documents
            .map(|text| {
                let title = text.document.title.unwrap_or_default();
                (title, text.document.language, text.clauses.iter().map(clause).collect())
            })
            .collect()
    }

    #[test]
    fn lines_in_both_languages_are_two_documents() {
        for (text, language, label) in [
            (
                "Cleaning Agreement 清潔協議\n\nArticle 1 Scope 第一條 範圍\nThe contractor cleans the offices. 承辦商清潔辦公室。\nArticle 2 Fee 第二條 費用\nThe fee is paid monthly. 費用按月支付。\n",
                "zh-Hant",
                '條',
            ),
            (
                "清洁协议 Cleaning Agreement\n\n第一条 范围 Article 1 Scope\n承办商清洁办公室。The contractor cleans the offices.\n第二条 费用 Article 2 Fee\n费用按月支付。The fee is paid monthly.\n",
                "zh-Hans-CN",
                '条',
            ),
            (
                "Cleaning Agreement\n清洁协议\n\nArticle 1 Scope\nThe contractor cleans the offices.\n第一条 范围\n承办商清洁办公室。\n\nArticle 2 Fee\nThe fee is paid monthly.\n第二条 费用\n费用按月支付。\n",
                "zh-Hans-CN",
                '条',
            ),
        ] {
            let found = outline(text);
            assert_eq!(found.len(), 2, "{found:#?}");
            let [chinese, english] = &found[..] else { panic!("{found:#?}") };
            assert_eq!(chinese.1, language);
            assert!(chinese.0.starts_with('清'), "{chinese:?}");
            assert_eq!(chinese.2.len(), 2, "{chinese:?}");
            assert!(chinese.2[0].starts_with(&format!("第一{label}|")), "{chinese:?}");
            assert!(!chinese.2.concat().contains("fee"), "{chinese:?}");
            assert_eq!(english.1, "en");
            assert_eq!(english.0, "Cleaning Agreement");
            assert!(english.2[1].ends_with("The fee is paid monthly."), "{english:?}");
            assert!(!english.2.concat().contains(tiaowen_text::is_han), "{english:?}");
        }
    }

    #[test]
    fn english_below_chinese_is_a_document_of_its_own() {
        let text = "清潔協議\n第一條 承辦商按照雙方議定的時間清潔辦\n公室。\n第二條 費用由業主按月支付，逾期支付的加\n收利息。\n\nArticle 1 The contractor cleans the\noffices at agreed times.\nArticle 2 The fee is paid monthly.\n";
        let found = outline(text);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert_eq!(found[0].2[0], "第一條||承辦商按照雙方議定的時間清潔辦公室。");
        assert_eq!(found[1].2.len(), 2);
        assert!(found[1].2[0].ends_with("The contractor cleans the offices at agreed times."));
    }

    #[test]
    fn foreign_names_stay_in_their_sentence() {
        let text = "服務協議\n\n第一條 乙方按照 Article 3 of CEPA 提供 Google Cloud 服務。\n第二條 費用匯入 ABC Bank Ltd 的帳戶。\n";
        let found = outline(text);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].2.len(), 2);
    }
}
