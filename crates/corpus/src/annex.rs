//! Annexes and schedules: where they begin, and their names.
//!
//! A line that names an annex begins one only if the text of the annex follows. In a list of
//! annexes, a reference, or a table between two articles the same words are ordinary text.

use crate::label::{Label, LabelKind};
use crate::paragraph::{Paragraph, Role};

/// Removes labels of annexes that aren't followed by an annex.
pub(crate) fn settle(paragraphs: &mut [Paragraph]) {
    for at in 0..paragraphs.len() {
        if is_annex(&paragraphs[at]) && !begins_annex(paragraphs, at) {
            paragraphs[at].label = None;
        }
    }
}

/// Whether a paragraph has the label of an annex.
pub(crate) fn is_annex(paragraph: &Paragraph) -> bool {
    kind(paragraph) == Some(LabelKind::Annex)
}

fn kind(paragraph: &Paragraph) -> Option<LabelKind> {
    paragraph.label.as_ref().map(|label| label.kind)
}

fn begins_annex(paragraphs: &[Paragraph], at: usize) -> bool {
    let body = paragraphs[at].body();
    let is_name = paragraphs[at].shape.width() <= 50.0
        && !body.contains(['，', '。', '；'])
        && !body.ends_with('：')
        && Label::parse(body).is_none();
    is_name && has_text(&paragraphs[at + 1..]) && !is_within(paragraphs, at)
}

/// Whether text of an annex follows before the next annex begins.
fn has_text(after: &[Paragraph]) -> bool {
    const LINES_OF_A_TABLE: usize = 4;
    let of_annex = || after.iter().take_while(|paragraph| !is_annex(paragraph));
    of_annex().any(|paragraph| matches!(paragraph.role(), Role::Labelled | Role::Body))
        || of_annex().filter(|paragraph| paragraph.role() == Role::Short).count()
            >= LINES_OF_A_TABLE
}

/// Whether the articles before the line continue after it, so that the line is part of one of them.
fn is_within(paragraphs: &[Paragraph], at: usize) -> bool {
    let is_main = |label: &&Label| matches!(label.kind, LabelKind::Article | LabelKind::Part);
    let labels = |paragraphs: &'_ [Paragraph<'_>]| -> Vec<Label> {
        paragraphs.iter().filter_map(|p| p.label.as_ref()).filter(is_main).cloned().collect()
    };
    let after = labels(&paragraphs[at + 1..]);
    let before = labels(&paragraphs[..at]);
    after.first().is_some_and(|next| {
        let last = before.iter().rev().find(|last| last.kind == next.kind);
        !next.is_first() && last.is_some_and(|last| next.follows(last))
    })
}

/// The name of the annex at the beginning of `paragraphs`, and the number of paragraphs in its
/// head. `None` if no annex begins there or it has no name.
pub(crate) fn title(paragraphs: &[Paragraph]) -> Option<(String, usize)> {
    let (first, rest) = paragraphs.split_first()?;
    if !is_annex(first) {
        return None;
    }
    let name = |text: &str| text.trim_matches(['《', '》']).to_owned();
    if !first.body().is_empty() {
        return Some((name(first.body()), 1));
    }
    // A reference to the provision it belongs to may come between: （第三條）.
    let is_reference =
        |paragraph: &&Paragraph| paragraph.text.starts_with(['（', '(', '[', '［', '〔']);
    let references = rest.iter().take(2).take_while(is_reference).count();
    let named = rest.get(references)?;
    let fits = named.role() == Role::Short && named.shape.width() <= 40.0;
    let (has_more, behind) = (rest.len() > references + 1, 2 + references);
    (fits && has_more).then(|| (name(&named.text), behind))
}
