//! What a paragraph of a word processor makes, whatever the format it is saved in.

use crate::compose::{Part, Rich, Role};

/// What the style of a paragraph makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heading {
    Title,
    /// From 1.
    Level(u8),
}

/// What stands before a paragraph of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Label {
    Bullet,
    Number(String),
}

/// A soft hyphen, and marks of width nought that only steer the layout.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// What a paragraph makes: its lines, the label before the first; a heading is one line.
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
        // 第一條 may stand alone above its text; 1. alone is an item left empty.
        (Some(Label::Number(label)), None) if label.starts_with('第') => {
            lines.push(Rich::of(label))
        }
        _ => {}
    }
    let role = match heading {
        // The title is above all levels until it is known whether there is one.
        Some(Heading::Title) => Role::Heading(0),
        Some(Heading::Level(level)) => Role::Heading(level),
        None if label.is_some() => Role::Item,
        None => Role::Text,
    };
    (!lines.is_empty()).then_some(Part::Paragraph(role, lines))
}

/// Whether a text can be a heading: whole clauses are set in heading styles, too.
fn is_heading(text: &str) -> bool {
    const MOST: usize = 100;
    !text.is_empty() && !text.ends_with(['。', '；', ';']) && text.chars().count() <= MOST
}

/// A label as it stands before its text.
fn labelled(label: &str, text: &str) -> String {
    let is_closed = label.ends_with(['、', '）', ')', '.', '．', '，', '：', ':']);
    // 1. before 2019年 would make 1.2019年.
    let runs_in = label.ends_with('.') && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_closed && !runs_in { label.to_owned() } else { format!("{label} ") }
}

/// Gives headings their levels. Below a title of the document's own they are one level down: one
/// of the style for titles, or text that stands before the first heading.
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
