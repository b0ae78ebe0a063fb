//! Paragraphs of word processors, independent of the file format.

use crate::compose::{Part, Rich, Role};

/// The heading that a paragraph's style makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heading {
    Title,
    /// Outline level, from 1.
    Level(u8),
}

/// The label of a list's paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Label {
    Bullet,
    Number(String),
}

/// A soft hyphen, or a zero-width character that only affects layout.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// The part for a paragraph: its lines, with the label before the first. A heading is a single
/// line.
pub(crate) fn part_of(
    text: &Rich,
    heading: Option<Heading>,
    label: Option<&Label>,
) -> Option<Part> {
    let joined = heading.map(|_| text.joined()).filter(|text| is_heading(&text.read()));
    let heading = heading.filter(|_| joined.is_some());
    let mut lines = joined.map_or_else(|| text.lines(), |joined| vec![joined]);
    match (label, lines.first_mut()) {
        (Some(Label::Bullet), Some(first)) if heading.is_none() => first.prefix("■ "),
        (Some(Label::Number(label)), Some(first)) => {
            let before = labelled(label, &first.read());
            first.prefix(&before);
        }
        // 第一條 may be alone above its text; 1. alone is an empty item.
        (Some(Label::Number(label)), None) if label.starts_with('第') => {
            lines.push(Rich::of(label))
        }
        _ => {}
    }
    let role = match heading {
        // The level of the title depends on whether there is one, so it stays above all levels for
        // now.
        Some(Heading::Title) => Role::Heading(0),
        Some(Heading::Level(level)) => Role::Heading(level),
        None if label.is_some() => Role::Item,
        None => Role::Text,
    };
    (!lines.is_empty()).then_some(Part::Paragraph(role, lines))
}

/// Whether a text can be a heading: heading styles are used for whole clauses too.
fn is_heading(text: &str) -> bool {
    const MOST: usize = 100;
    !text.is_empty() && !text.ends_with(['。', '；', ';']) && text.chars().count() <= MOST
}

/// The text with its label in front.
fn labelled(label: &str, text: &str) -> String {
    let is_closed = label.ends_with(['、', '）', ')', '.', '．', '，', '：', ':']);
    // 1. before 2019年 would read 1.2019年.
    let runs_in = label.ends_with('.') && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_closed && !runs_in { label.to_owned() } else { format!("{label} ") }
}

/// Sets the levels of headings. They are one level deeper below a title: a paragraph of a title
/// style, or text before the first heading.
pub(crate) fn level_headings(parts: &mut [Part]) {
    let is_heading = |part: &Part| matches!(part, Part::Paragraph(Role::Heading(_), _));
    let is_title = |part: &Part| matches!(part, Part::Paragraph(Role::Heading(0), _));
    let titled =
        parts.iter().any(is_title) || parts.first().is_some_and(|first| !is_heading(first));
    let shift = u8::from(titled);
    for part in parts {
        match part {
            Part::Paragraph(Role::Heading(level), _) if *level == 0 => *level = 1,
            Part::Paragraph(Role::Heading(level), _) => *level = (*level + shift).clamp(1, 6),
            Part::Table(rows) => {
                for cell in rows.iter_mut().flatten() {
                    level_headings_below(&mut cell.parts, shift);
                }
            }
            _ => {}
        }
    }
}

fn level_headings_below(parts: &mut [Part], shift: u8) {
    for part in parts {
        match part {
            Part::Paragraph(Role::Heading(level), _) => *level = (*level + shift).clamp(1, 6),
            Part::Table(rows) => {
                for cell in rows.iter_mut().flatten() {
                    level_headings_below(&mut cell.parts, shift);
                }
            }
            _ => {}
        }
    }
}
