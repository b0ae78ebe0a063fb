//! Ids and citations.
//!
//! An id must survive moving the file and editing the text, because people store it in links. It is
//! a hash of what identifies the document (title, number, date, script, language), and a clause
//! adds its `eid`, which follows the Akoma Ntoso naming convention.

use std::collections::HashMap;

use tiaowen_text::{Script, fold};

use crate::giant::address;
use crate::label::{Label, LabelKind};
use crate::model::{Clause, ClauseKind, Document};

/// The id of a document: ten characters derived from its identity, independent of the file's path
/// and the text's details.
pub(crate) fn document_id(document: &Document, first_words: &str) -> String {
    let name = match &document.title {
        Some(title) => fold(title),
        None => fold(first_words),
    };
    let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    hashed(&[
        &name,
        document.number.as_deref().unwrap_or(""),
        document.date.as_deref().unwrap_or(""),
        document.script.as_str(),
        &document.language,
    ])
}

/// The id of a document if another one has the same id: extended by a hash of its source and
/// number.
///
/// ```
/// let id = tiaowen_corpus::id_with_source("k3v9q2mmta", "reprints/a.txt", 1);
/// assert!(id.starts_with("k3v9q2mmta-") && id.is_ascii());
/// ```
pub fn id_with_source(id: &str, source: &str, ordinal: u32) -> String {
    let suffix = hashed(&[source, &ordinal.to_string()]);
    format!("{id}-{}", &suffix[..4])
}

/// Ten characters of [a-z2-7], the first a letter.
fn hashed(parts: &[&str]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    let hash = hasher.finalize();
    let bytes = hash.as_bytes().iter().map(|&byte| usize::from(byte));
    let sizes = std::iter::once(26).chain(std::iter::repeat(32));
    let characters = bytes.zip(sizes).map(|(byte, size)| char::from(ALPHABET[byte % size]));
    characters.take(10).collect()
}

/// The last segment of a provision's `eid`, from its label as printed in `text`.
pub(crate) fn segment(label: &Label, text: &str) -> String {
    let element = match label.kind {
        LabelKind::Annex => "att_",
        LabelKind::Book => "book_",
        LabelKind::Division => "division_",
        LabelKind::Chapter => "chp_",
        LabelKind::Section => "sec_",
        LabelKind::Subsection => "subsec_",
        LabelKind::Subdivision => "subdivision_",
        LabelKind::Article => "art_",
        LabelKind::GrandPart | LabelKind::Part => "part_",
        LabelKind::Subpart => "subpart_",
        LabelKind::Stem => "part_",
        LabelKind::StemParen => "subpart_",
        LabelKind::Number | LabelKind::Decimal => "para_",
        LabelKind::Capital | LabelKind::Letter => "para_",
        LabelKind::Roman | LabelKind::RomanCapital => "para_",
        LabelKind::NumberParen | LabelKind::Circled => "subpara_",
        LabelKind::CapitalParen | LabelKind::LetterParen => "subpara_",
        LabelKind::RomanParen | LabelKind::RomanCapitalParen => "subpara_",
        LabelKind::Bullet => "point_",
        LabelKind::Heading => "hcontainer_",
    };
    let mut segment = element.to_owned();
    // Letters stay letters; other numbers become Arabic.
    let name = if label.kind.is_lettered() { label.name(text) } else { String::new() };
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let number = letters.map(|c| c.to_ascii_lowercase()).collect::<String>();
    segment.push_str(if number.is_empty() { label.roman_sign() } else { &number });
    if segment.len() == element.len() {
        segment.push_str(&label.arabic());
    }
    segment
}

/// Makes the `eid`s of a document unique: repeated labels get x2, x3 …
pub(crate) fn make_unique(clauses: &mut [Clause]) {
    let mut seen: HashMap<&str, u32> = HashMap::with_capacity(clauses.len());
    let mut repeated: Vec<(usize, u32)> = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let count = seen.entry(&clause.eid).or_insert(0);
        *count += 1;
        if *count > 1 {
            repeated.push((at, *count));
        }
    }
    for (at, count) in repeated {
        clauses[at].eid.push_str(&format!("x{count}"));
    }
}

/// The citation of a clause: 《粵港醫療交流合作備忘錄》三(二)1.
///
/// Titles inside the title get 〈〉. Parts without a label are named in the document's script. A
/// document without a title is cited by its source.
///
/// ```
/// let text = "粵港合作備忘錄\n\n一、雙方每年會面。\n\n二、雙方互相通報資料。";
/// let found = tiaowen_corpus::read("a.txt", text).unwrap().remove(0);
/// assert_eq!(tiaowen_corpus::citation(&found.document, &found.clauses[1]), "《粵港合作備忘錄》二");
/// ```
pub fn citation(document: &Document, clause: &Clause) -> String {
    let name = match &document.title {
        Some(title) => {
            let inner: String = title
                .chars()
                .map(|c| match c {
                    '《' => '〈',
                    '》' => '〉',
                    c => c,
                })
                .collect();
            format!("《{inner}》")
        }
        None => document.source.clone() + " ",
    };
    let simplified = document.script == Script::Hans;
    let (path, passage) = match address(clause) {
        Some(address) => (&clause.path[..clause.path.len() - 1], address),
        None => (&clause.path[..], ""),
    };
    let place = match clause.kind {
        ClauseKind::Preamble => "序言".to_owned(),
        ClauseKind::Closing => if simplified { "结尾" } else { "結尾" }.to_owned(),
        ClauseKind::Signature => if simplified { "签署" } else { "簽署" }.to_owned(),
        ClauseKind::Paragraph => {
            let number = path.last().map_or("", |last| last.trim_start_matches('p'));
            format!("第{number}段")
        }
        _ => path[cited_from(path)..].concat(),
    };
    name + &place + passage
}

/// The start of the cited part of a path. Articles are numbered throughout an instrument, so the
/// chapters above them aren't cited.
fn cited_from(path: &[String]) -> usize {
    let is_article = |label: &String| label.starts_with('第') && label.contains(['條', '条']);
    let is_division = |label: &String| {
        label.starts_with('第') && label.ends_with(['編', '编', '章', '節', '节', '部', '分', '卷'])
    };
    let article = path.iter().position(is_article);
    article.filter(|&at| path[..at].iter().all(is_division)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_cited_without_the_chapters_above_them() {
        for (text, expected) in [
            (
                "合作條例\n\n第一章 總則\n\n第一條　本條例適用於合作。\n\n第二章 附則\n\n第二條　本條例自公佈日施行。",
                "《合作條例》第二條",
            ),
            (
                "合作条例\n\n第一章 总则\n\n第一条　本条例适用于合作。\n\n第二章 附则\n\n第二条　本条例自公布日施行。",
                "《合作条例》第二条",
            ),
            ("合作協議\n\n一、範圍\n\n（一）貿易。\n\n（二）投資。", "《合作協議》一（二）"),
        ] {
            let document = crate::read("a.txt", text).unwrap().remove(0);
            let last = document.clauses.last().unwrap();
            assert_eq!(citation(&document.document, last), expected);
        }
    }
}
