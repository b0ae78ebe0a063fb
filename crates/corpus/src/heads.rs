//! Unmarked headings: short lines above lists that start again.
//!
//! Plain text marks no headings. What shows them is the numbering: if the outermost list starts
//! again at its first number below a short line, that line is a heading. Short lines with the same
//! ending above other lists are then headings too.

use crate::paragraph::{Paragraph, Role, ends_sentence};
use crate::title;

/// The level of such headings, below all levels that a format can have.
const LEVEL: u8 = 7;
/// Maximum number of lines of a cover.
const MOST_COVER_LINES: usize = 8;

/// Marks short lines between lists as headings if the outermost list of the document starts again
/// at its first number below. Lines with the same ending above other lists become headings too,
/// including the first line of the text.
pub(crate) fn mark(paragraphs: &mut [Paragraph]) {
    let Some(first) = paragraphs.iter().position(|paragraph| paragraph.label.is_some()) else {
        return;
    };
    let kind = paragraphs[first].label.as_ref().map(|label| label.kind);
    let label_below = |at: usize| {
        let next = paragraphs.get(at + 1).and_then(|next| next.label.as_ref());
        next.filter(|label| Some(label.kind) == kind && paragraphs[at].label.is_none())
    };
    let begins_anew =
        |at: &usize| *at > first && label_below(*at).is_some_and(|label| label.is_first());
    let heads: Vec<usize> = (first..paragraphs.len())
        .filter(|at| begins_anew(at) && can_be_head(paragraphs, *at))
        .collect();
    if heads.is_empty() {
        return;
    }
    let endings: Vec<String> = heads.iter().map(|&at| ending(&paragraphs[at].text)).collect();
    let is_alike = |at: &usize| {
        label_below(*at).is_some()
            && can_be_head(paragraphs, *at)
            && endings.contains(&ending(&paragraphs[*at].text))
    };
    let alike: Vec<usize> = (0..paragraphs.len()).filter(is_alike).collect();
    // Below the title, the line above the first list is that list's heading.
    let titled = first.checked_sub(1).filter(|&at| at > 0 && can_be_head(paragraphs, at));
    for at in heads.into_iter().chain(alike).chain(titled) {
        paragraphs[at].level = Some(LEVEL);
    }
}

fn can_be_head(paragraphs: &[Paragraph], at: usize) -> bool {
    let paragraph = &paragraphs[at];
    paragraph.level.is_none()
        && paragraph.role() == Role::Short
        && paragraph.shape.width() <= 20.0
        && !title::is_title(&paragraph.text)
        && !title::is_body(&paragraph.text)
        && may_begin(paragraphs, at)
}

/// Whether something new may begin at a paragraph: a sentence ends before it, or only lines of a
/// cover, which end no sentence, precede it.
fn may_begin(paragraphs: &[Paragraph], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    ends_sentence(&paragraphs[before].text)
        || at <= MOST_COVER_LINES
            && paragraphs[..at].iter().all(|paragraph| paragraph.role() == Role::Short)
}

/// The last two characters of a text.
fn ending(text: &str) -> String {
    let start = text.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    text[start..].to_owned()
}

/// Whether a heading of the first level is one of several with the same ending, none of which names
/// an instrument: 甲部分, 乙部分. Such a heading is no title.
pub(crate) fn is_one_of_several(paragraphs: &[Paragraph], at: usize) -> bool {
    let heading = &paragraphs[at];
    let is_alike = |other: &Paragraph| {
        other.level == heading.level
            && other.text != heading.text
            && ending(&other.text) == ending(&heading.text)
    };
    !title::is_title(&heading.text) && paragraphs[at + 1..].iter().any(is_alike)
}
