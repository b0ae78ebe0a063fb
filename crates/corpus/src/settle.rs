//! Verification of labels: which of the apparent labels at line beginnings are real.
//!
//! Form decides little, because sentences use the same characters: 甲、 also begins 甲、乙雙方,
//! 12A. is a label below 12. and a size elsewhere, and 第三條 may begin a line in the middle of a
//! reference. The list decides: a label counts if it continues another label's list or another one
//! continues its list.

use std::borrow::Cow;

use tiaowen_text::{Script, hkscs};

use crate::label::{self, Label, LabelKind, PerKind};
use crate::paragraph::{Piece, ends_sentence};
use crate::shape::is_invisible;

/// A line with its label. `text` is the cleaned line, `raw` the printed one.
pub(crate) fn labelled<'a>(text: Cow<'a, str>, raw: &str) -> (Cow<'a, str>, Option<Label>) {
    match Label::parse(&text).and_then(|label| as_printed(label, &text, raw)) {
        Some(label) => (without_tab(text, &label), Some(label)),
        None => match label::closed_by_blank(raw, &text) {
            Some((text, label)) => (Cow::Owned(text), Some(label)),
            None => (text, None),
        },
    }
}

/// Completes a label from the printed line: whether white space follows. 第一部, 第一款, 第一目 and
/// 附件一 are titles only then; in a sentence they are references.
fn as_printed(mut label: Label, text: &str, raw: &str) -> Option<Label> {
    let is_printed = |c: &char| !c.is_whitespace() && !is_invisible(*c) && *c != '*';
    let printed = label.printed(text).unwrap_or_default().chars().filter(is_printed).count();
    let mut behind = raw.chars();
    let mut passed = 0;
    while passed < printed {
        passed += usize::from(is_printed(&behind.next()?));
    }
    let mut behind = behind.skip_while(|c| *c == '*' || is_invisible(*c) && !c.is_control());
    label.apart = behind.next().is_none_or(char::is_whitespace);
    let needs_gap =
        matches!(label.kind, LabelKind::Division | LabelKind::Subsection | LabelKind::Subdivision)
            || label.kind == LabelKind::Annex && label.weak;
    let counts = label.apart || !needs_gap && (!label.refers || label.kind == LabelKind::Decimal);
    label.weak &= label.kind != LabelKind::Annex;
    counts.then_some(label)
}

/// A cleaned line without the tab between label and text.
fn without_tab<'a>(text: Cow<'a, str>, label: &Label) -> Cow<'a, str> {
    let printed = label.printed(&text).map_or(0, str::len);
    match text[printed..].strip_prefix('\t') {
        Some(body) => Cow::Owned(format!("{} {body}", &text[..printed])),
        None => text,
    }
}

/// Replaces private-use characters of Hong Kong's supplementary set if the source is Traditional;
/// other sources use the same code points for other characters.
pub(crate) fn joined_private<'a>(source: &str, raw: Cow<'a, str>) -> Cow<'a, str> {
    const SAMPLE: usize = 60_000;
    if !raw.chars().any(|c| hkscs(c).is_some()) {
        return raw;
    }
    let end = (0..=source.len().min(SAMPLE)).rev().find(|&end| source.is_char_boundary(end));
    if Script::of(&source[..end.unwrap_or(0)]) == Script::Hans {
        return raw;
    }
    Cow::Owned(raw.chars().map(|c| hkscs(c).unwrap_or(c)).collect())
}

/// Removes labels that the rest of the source contradicts.
pub(crate) fn drop_unsettled(pieces: &mut [Piece]) {
    drop_strays(pieces);
    drop_article_references(pieces);
    drop_decimal_references(pieces);
}

/// Removes weak labels that are in no list.
fn drop_strays(pieces: &mut [Piece]) {
    let is_weak = |piece: &Piece| piece.label.as_ref().is_some_and(|label| label.weak);
    if !pieces.iter().any(is_weak) {
        return;
    }
    let mut places: PerKind<Vec<usize>> = PerKind::default();
    let mut kinds: Vec<LabelKind> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if let Some(label) = &piece.label {
            places[label.kind].push(at);
            if label.weak && !kinds.contains(&label.kind) {
                kinds.push(label.kind);
            }
        }
    }
    for kind in kinds {
        let mut last: Option<Label> = None;
        for (number, &at) in places[kind].iter().enumerate() {
            let Some(label) = pieces[at].label.clone() else { continue };
            let next = places[kind].get(number + 1).and_then(|&next| pieces[next].label.as_ref());
            let is_in_list = last.as_ref().is_some_and(|last| label.follows(last))
                || label.is_first() && next.is_some_and(|next| next.follows(&label));
            if !label.weak || is_in_list {
                last = Some(label);
            } else {
                pieces[at].label = None;
            }
        }
    }
}

/// Removes apparent article labels that are references at the beginning of a line. Articles of one
/// source are numbered in digits or in Han numerals throughout, and a label out of sequence is
/// separated from its text by white space. English articles are counted separately.
fn drop_article_references(pieces: &mut [Piece]) {
    let is_article = |label: &&Label| label.kind == LabelKind::Article && !label.english;
    let labels = || pieces.iter().filter_map(|piece| piece.label.as_ref()).filter(is_article);
    let in_figures = labels().filter(|label| label.apart && label.in_figures).count();
    let all = labels().filter(|label| label.apart).count();
    let figures = in_figures * 2 > all;
    let mut lasts: [Option<Label>; 2] = [None, None];
    for piece in pieces {
        let Some(label) = piece.label.as_ref().filter(|label| label.kind == LabelKind::Article)
        else {
            continue;
        };
        let last = &mut lasts[usize::from(label.english)];
        let in_sequence = last.as_ref().map_or(label.is_first(), |last| label.follows(last));
        let further = last.as_ref().is_none_or(|last| label.numbers > last.numbers);
        let stands_apart = label.apart && !label.english;
        let fits = in_sequence || label.is_first() || stands_apart || further && piece.line.gap;
        if fits && (label.english || all == 0 || label.in_figures == figures) {
            *last = Some(label.clone());
        } else {
            piece.label = None;
        }
    }
}

/// Removes decimals that refer to a clause (11.5.2 的試驗) or continue a sentence, and don't
/// continue the preceding numbers.
fn drop_decimal_references(pieces: &mut [Piece]) {
    let mut last: Option<Label> = None;
    for at in 0..pieces.len() {
        let Some(label) = pieces[at].label.as_ref().filter(|l| l.kind == LabelKind::Decimal) else {
            continue;
        };
        // Whether the previous line is unfinished.
        let open = at.checked_sub(1).map(|before| &pieces[before]).is_some_and(|before| {
            before.label.is_none() && before.line.level.is_none() && !ends_sentence(&before.text)
        });
        let goes_on = last.as_ref().is_some_and(|last| is_next_decimal(label, last));
        let further = last.as_ref().is_none_or(|last| label.numbers > last.numbers);
        if goes_on || !label.refers && (further || !open || label.is_first()) {
            last = Some(label.clone());
        } else {
            pieces[at].label = None;
        }
    }
}

/// Whether a decimal is the next in a list: 1.3, 2.1 or 1.2.1 after 1.2.
fn is_next_decimal(label: &Label, last: &Label) -> bool {
    let (numbers, last) = (label.numbers.as_slice(), last.numbers.as_slice());
    let shared = numbers.iter().zip(last).take_while(|(numbers, last)| numbers == last).count();
    match numbers.get(shared..) {
        Some([next]) => *next == last.get(shared).copied().unwrap_or(0) + 1,
        Some([next, 1]) => *next == last.get(shared).copied().unwrap_or(0) + 1,
        _ => false,
    }
}

/// Whether a line is cut before a number that it refers to: 按照 / 11.5.2 規定.
pub(crate) fn leads_to_number(before: &str, after: &str) -> bool {
    after.starts_with(|c: char| c.is_ascii_digit())
        && [
            "按照", "依照", "根據", "根据", "依據", "依据", "符合", "參照", "参照", "按", "見",
            "见",
        ]
        .iter()
        .any(|word| before.ends_with(word))
}
