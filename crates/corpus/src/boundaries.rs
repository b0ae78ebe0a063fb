//! Boundaries between the documents of a source.

use std::ops::Range;

use crate::annex;
use crate::paragraph::{Paragraph, Role, is_imprint, key_value};
use crate::title::{is_body, is_title};

/// The documents of a source as ranges of its paragraphs, and the paragraphs at the end that belong
/// to the first of them (the imprint of a letter behind its annex).
pub(crate) fn documents(paragraphs: &[Paragraph]) -> (Vec<Range<usize>>, Range<usize>) {
    let imprint_start = imprint(paragraphs);
    let body = &paragraphs[..imprint_start];
    let mut starts = vec![0];
    // Whether the current document has text or a provision yet, and whether it has a label.
    let (mut has_text, mut has_labels) = (false, false);
    let mut at = 0;
    while at < body.len() {
        let role = body[at].role();
        if let Some((_, length)) = annex::title(&body[at..]) {
            if at > 0 {
                starts.push(at);
            }
            (has_text, has_labels) = (false, false);
            at += length;
            continue;
        }
        if has_text
            && role == Role::Short
            && is_title(&body[at].text)
            && begins_document(&body[at + 1..], has_labels)
        {
            starts.push(cover_start(body, at));
            (has_text, has_labels) = (false, false);
        }
        has_labels |= role == Role::Labelled;
        has_text |= matches!(role, Role::Labelled | Role::Body);
        at += 1;
    }
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    let ranges: Vec<_> = starts.iter().zip(ends).map(|(&start, end)| start..end).collect();
    // The imprint of a single document is simply its end.
    if ranges.len() == 1 {
        let all = 0..paragraphs.len();
        return (Vec::from([all]), paragraphs.len()..paragraphs.len());
    }
    (ranges, imprint_start..paragraphs.len())
}

/// Where the final lines 公開方式：…, 抄送：… begin.
fn imprint(paragraphs: &[Paragraph]) -> usize {
    let trailing = paragraphs.iter().rev().take_while(|paragraph| is_imprint(&paragraph.text));
    paragraphs.len() - trailing.count()
}

/// Whether an instrument begins behind a title line: its labels start again after the lines of a
/// cover and a preamble.
fn begins_document(after: &[Paragraph], has_labels: bool) -> bool {
    let mut preamble = 0;
    for paragraph in after.iter().take(40) {
        match paragraph.role() {
            Role::Labelled => {
                return paragraph.label.as_ref().is_some_and(|label| label.is_first());
            }
            Role::Body => preamble += 1,
            _ => {}
        }
    }
    preamble > 0 && has_labels
}

/// Where the cover of a document with its first title line at `title` begins. Names of bodies
/// directly above the title are its parties, unless they sign the previous document.
fn cover_start(paragraphs: &[Paragraph], title: usize) -> usize {
    let above =
        paragraphs[..title].iter().rev().take_while(|paragraph| is_party(paragraph)).count();
    let start = title - above;
    let signed = start.checked_sub(1).is_some_and(|before| {
        let paragraph = &paragraphs[before];
        match paragraph.role() {
            Role::Date | Role::KeyValue => true,
            Role::Body => {
                key_value(&paragraph.text, paragraph.shape).is_some()
                    || paragraph.text.ends_with('：')
            }
            Role::Short => is_person(&paragraph.text),
            Role::Labelled => false,
        }
    });
    if signed { start } else { title }
}

/// Whether a line names parties or joins two of them.
fn is_party(paragraph: &Paragraph) -> bool {
    paragraph.role() == Role::Short
        && (matches!(&*paragraph.text, "與" | "与" | "和" | "及")
            || paragraph.text.split(' ').all(is_body))
}

/// Whether a line is a person's name: two to four Han characters that are no office.
pub(crate) fn is_person(text: &str) -> bool {
    let length = text.chars().count();
    (2..=4).contains(&length)
        && text.chars().all(tiaowen_text::is_han)
        && !is_body(text)
        && !text.ends_with([
            '長', '长', '任', '裁', '席', '監', '监', '記', '记', '書', '书', '員', '员',
        ])
}
