//! Differences of a text as markup.
//!
//! A mark is seen by its line and tint. Readers who see neither get the same in hidden words inside
//! of the mark: which kind of difference it is, and what the other side has there. Where words are
//! missing on this side, a wedge marks the gap, and its hidden words say what is missing.

use std::fmt::Display;
use std::ops::Range;

use tiaowen_compare::export::placed_marks;
use tiaowen_compare::{Difference, DifferenceKind};
use tiaowen_words::{Words, fill, name};

use super::rows::Side;
use super::text::{Html, escape, html, said};

/// The longest hidden words, in characters: what follows is read in the other text.
const LONGEST_HIDDEN: usize = 80;

/// A difference to be marked.
pub(super) struct Mark<'a> {
    pub(super) difference: &'a Difference,
    /// Tells both sides of a difference from others of the row.
    pub(super) number: usize,
}

/// Where each mark is in a text that begins at `offset` of what was compared, in bytes; beyond
/// the text is cut.
pub(super) fn placed<'m, 'a>(
    text: &str,
    offset: usize,
    marks: &'m [Mark<'a>],
    side: Side,
) -> Vec<(Range<usize>, &'m Mark<'a>)> {
    let spans: Vec<&Range<usize>> = marks.iter().map(|mark| side.at(mark.difference)).collect();
    let placed = placed_marks(text, offset, &spans).into_iter();
    placed.map(|(number, place)| (place, &marks[number])).collect()
}

/// A text with its marks; `ui` is the language that hidden words are in.
pub(super) fn markup(
    text: &str,
    places: &[Range<usize>],
    marks: &[&Mark<'_>],
    side: Side,
    (w, ui): (&Words, &str),
) -> Html {
    let mut out = String::new();
    let mut done = 0;
    let mut all = places.iter().zip(marks).peekable();
    while let Some((place, mark)) = all.next() {
        let (Some(before), Some(inside)) = (text.get(done..place.start), text.get(place.clone()))
        else {
            continue;
        };
        let kind = mark.difference.kind;
        let mut other = vec![side.other_words(mark.difference)];
        if inside.is_empty() {
            // One wedge stands for several gaps at one place.
            let joins = |next: &(&Range<usize>, &&Mark<'_>)| {
                next.0 == place && next.1.difference.kind == kind
            };
            while let Some((_, next)) = all.next_if(joins) {
                other.push(side.other_words(next.difference));
            }
        }
        out.push_str(&escape(before));
        out.push_str(&format!(
            "<mark class=\"{}\" data-d=\"{}\" title=\"{}\">{}<span class=\"unseen\" lang=\"{ui}\">{}</span></mark>",
            classes(mark.difference, inside.is_empty(), side),
            mark.number,
            escape(&described(mark.difference, w)),
            escape(inside),
            said(ui, &hidden(kind, inside.is_empty(), &other.join(&w.notes.comma), side, w)),
        ));
        done = place.end;
    }
    out.push_str(&escape(&text[done..]));
    html(out)
}

fn classes(difference: &Difference, is_gap: bool, side: Side) -> String {
    let kind = difference.kind;
    let one_sided = difference.left.is_empty() || difference.right.is_empty();
    let more = match side {
        _ if is_gap => " gap",
        // Units always stand on one side alone, which needs no mark of its own.
        _ if !one_sided || kind == DifferenceKind::Units => "",
        Side::Left => " only-left",
        Side::Right => " only-right",
    };
    format!("{kind}{more}")
}

/// A difference in a line: its kind and what both sides have.
pub(super) fn described(difference: &Difference, w: &Words) -> String {
    let words = |words: &str| if words.is_empty() { "∅".to_owned() } else { words.to_owned() };
    let (left, right) = (words(&difference.left), words(&difference.right));
    let line = format!("{}: {left} → {right}", name(&w.differences, difference.kind.as_str()));
    match difference.term.as_ref().filter(|pair| !pair.is_same) {
        Some(pair) => {
            let nearest: [(&str, &dyn Display); 3] =
                [("line", &line), ("left", &pair.left), ("right", &pair.right)];
            fill(&w.terminal.nearest_terms, &nearest)
        }
        None => line,
    }
}

/// The hidden words of a mark.
fn hidden(kind: DifferenceKind, is_gap: bool, other: &str, side: Side, w: &Words) -> String {
    let w_here = &w.comparison;
    let template = match side {
        Side::Left if is_gap => &w_here.gap_left,
        Side::Right if is_gap => &w_here.gap_right,
        Side::Left if other.is_empty() => &w_here.alone_left,
        Side::Right if other.is_empty() => &w_here.alone_right,
        Side::Left => &w_here.mark_left,
        Side::Right => &w_here.mark_right,
    };
    let kind = name(&w.differences, kind.as_str());
    let other = shortened(&other.replace('\n', " "));
    fill(template, &[("kind", &kind), ("other", &other)])
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_HIDDEN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::text::tests::without_tags;
    use tiaowen_words::Language;

    fn difference(left: &str, right: &str, at: Range<usize>) -> Difference {
        Difference {
            kind: DifferenceKind::Wording,
            left: left.to_owned(),
            right: right.to_owned(),
            left_at: at,
            right_at: 0..0,
            term: None,
        }
    }

    fn marked(text: &str, differences: &[Difference], language: Language) -> String {
        let marks: Vec<Mark<'_>> = differences
            .iter()
            .enumerate()
            .map(|(number, difference)| Mark { difference, number })
            .collect();
        let (places, kept): (Vec<_>, Vec<_>) =
            placed(text, 0, &marks, Side::Left).into_iter().unzip();
        let words = (Words::of(language), language.tag());
        markup(text, &places, &kept, Side::Left, words).to_string()
    }

    /// Markup without the words that are hidden in it.
    fn seen(html: &str) -> String {
        let mut seen = String::new();
        let mut parts = html.split("<span class=\"unseen\"");
        seen.push_str(parts.next().unwrap_or_default());
        for part in parts {
            seen.push_str(part.split_once("</span></mark>").expect("hidden words end a mark").1);
        }
        without_tags(&seen)
    }

    #[test]
    fn markup_taken_away_is_the_text_escaped() {
        let text = "甲<乙>\n𠮷丙&丁";
        let length = text.chars().count();
        for start in 0..=length {
            for end in start..=length {
                let evil = "\"><script>";
                let differences = [difference("x", evil, start..end), difference("y", evil, 2..4)];
                let html = marked(text, &differences, Language::Hans);
                assert_eq!(seen(&html), escape(text), "{start}..{end}");
                assert!(!html.contains("<script"));
            }
        }
    }

    #[test]
    fn hidden_words_say_the_kind_and_what_the_other_side_has() {
        let text = "就資訊及時協商";
        let mut regional = difference("資訊", "信息", 1..3);
        regional.kind = DifferenceKind::Regional;
        let differences = [
            regional,
            difference("及時", "", 3..5),
            difference("", "專家", 7..7),
            difference("", "出席", 7..7),
        ];
        let hidden = |language| {
            let html = marked(text, &differences, language);
            let parts = html.split("class=\"unseen\" lang=\"").skip(1);
            let hidden = parts.map(|part| {
                let (_, part) = part.split_once("\">").unwrap();
                without_tags(part.split_once("</mark>").unwrap().0)
            });
            hidden.collect::<Vec<_>>()
        };
        assert_eq!(
            hidden(Language::Hant),
            [
                "（地區用語，右方作「信息」）",
                "（措辭，右方沒有）",
                "（措辭，右方另有「專家、出席」）"
            ]
        );
        assert_eq!(
            hidden(Language::En),
            [
                " (Regional term; on the right: 信息)",
                " (Wording; not on the right)",
                " (Wording; only on the right: 專家, 出席)"
            ]
        );
    }

    #[test]
    fn a_mark_over_two_clauses_is_cut_and_a_gap_belongs_to_one() {
        let cut = |text: &str, offset: usize, at: Range<usize>| -> Vec<(usize, usize)> {
            let differences = [difference("", "", at)];
            let marks = [Mark { difference: &differences[0], number: 0 }];
            let placed = placed(text, offset, &marks, Side::Left);
            placed.into_iter().map(|(place, _)| (place.start, place.end)).collect()
        };
        assert_eq!(cut("甲乙", 0, 1..4), [(3, 6)]);
        assert_eq!(cut("丙丁", 3, 1..4), [(0, 3)]);
        assert_eq!(cut("甲乙", 0, 2..2), [(6, 6)]);
        assert!(cut("丙丁", 3, 2..2).is_empty());
    }
}
