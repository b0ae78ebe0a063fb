//! Numbers of lists and headings.

use std::collections::HashMap;

use crate::counting;
use crate::paragraph::Label;
use crate::xml::Attributes;

/// Number of levels of a list.
pub(super) const LEVELS: usize = 10;
/// Maximum length of the text around a number in characters; longer text is no label.
const MOST_LABEL: usize = 50;

/// The numbering of a list's paragraphs, level by level.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    pub(super) levels: [Option<Level>; LEVELS],
}

#[derive(Debug, Clone)]
pub(super) struct Level {
    is_bullet: bool,
    /// A format for [`counting::number`]; `None` if no number is printed.
    format: Option<&'static str>,
    prefix: String,
    suffix: String,
    /// Number of levels that are printed: 1.2.3 has three.
    shown: usize,
    start: u32,
    /// `第%1%條`, the form that newer versions of LibreOffice add.
    pattern: Option<String>,
}

impl Level {
    pub(super) fn of(attributes: &Attributes<'_>, is_bullet: bool) -> Self {
        let text = |name| attributes.get(name).unwrap_or_default().into_owned();
        let short =
            |text: String| if text.chars().count() > MOST_LABEL { String::new() } else { text };
        let number = |name| attributes.get(name).and_then(|number| number.parse::<u32>().ok());
        let shown = number("display-levels").and_then(|shown| usize::try_from(shown).ok());
        Level {
            is_bullet,
            format: format(&text("num-format")),
            prefix: short(text("num-prefix")),
            suffix: short(text("num-suffix")),
            shown: shown.unwrap_or(1).clamp(1, LEVELS),
            start: number("start-value").unwrap_or(1),
            pattern: attributes.get("num-list-format").map(|text| short(text.into_owned())),
        }
    }
}

/// The name that [`counting::number`] uses for a format of OpenDocument. CJK formats are recognised
/// by their first characters.
fn format(given: &str) -> Option<&'static str> {
    Some(match given.chars().next()? {
        '1' => "decimal",
        'a' => "lowerLetter",
        'A' => "upperLetter",
        'i' => "lowerRoman",
        'I' => "upperRoman",
        '一' => "chineseCounting",
        '壹' if given.contains('贰') => "chineseLegalSimplified",
        '壹' => "ideographLegalTraditional",
        '甲' => "ideographTraditional",
        '子' => "ideographZodiac",
        '１' => "decimalFullWidth",
        '①' => "decimalEnclosedCircle",
        '㊀' => "ideographEnclosedCircle",
        _ => "decimal",
    })
}

/// The current numbers of lists.
#[derive(Debug, Default)]
pub(super) struct Counts {
    lists: Vec<[Option<u32>; LEVELS]>,
    by_id: HashMap<String, usize>,
    by_style: HashMap<String, usize>,
    last: Option<usize>,
}

impl Counts {
    /// Begins a list, or continues an earlier one.
    pub(super) fn begin(&mut self, style: &str, attributes: &Attributes<'_>) -> usize {
        let goes_on = attributes.is("continue-numbering", "true");
        // LibreOffice generates names for lists without an id; such lists continue the last one.
        let named = attributes
            .get("continue-list")
            .and_then(|id| self.by_id.get(&*id).copied().or(self.last));
        let of_style = || self.by_style.get(style).copied().or(self.last).filter(|_| goes_on);
        let at = named.or_else(of_style).unwrap_or_else(|| {
            self.lists.push([None; LEVELS]);
            self.lists.len() - 1
        });
        if let Some(id) = attributes.get("id") {
            self.by_id.insert(id.into_owned(), at);
        }
        self.by_style.insert(style.to_owned(), at);
        self.last = Some(at);
        at
    }

    /// The label of the next paragraph of a list, which advances; `start` is the number that the
    /// paragraph sets.
    pub(super) fn next(
        &mut self,
        counts: usize,
        list: &List,
        level: usize,
        start: Option<u32>,
    ) -> Option<Label> {
        next(self.lists.get_mut(counts)?, list, level, start)
    }
}

/// The number of a level, as it is counted so far.
fn number(list: &List, counts: &[Option<u32>; LEVELS], level: usize) -> Option<String> {
    let of = list.levels.get(level)?.as_ref()?;
    Some(counting::number(counts[level].unwrap_or(of.start), of.format?))
}

/// Advances `counts` and writes the label.
pub(super) fn next(
    counts: &mut [Option<u32>; LEVELS],
    list: &List,
    level: usize,
    start: Option<u32>,
) -> Option<Label> {
    let at = level.min(LEVELS - 1);
    let now = list.levels[at].as_ref()?;
    let following = counts[at].map_or(now.start, |count| count.saturating_add(1));
    counts[at] = Some(start.unwrap_or(following));
    counts[at + 1..].fill(None);
    if now.is_bullet {
        return Some(Label::Bullet);
    }
    let number = |level: usize| number(list, counts, level);
    let last = number(at)?;
    if let Some(pattern) = now.pattern.as_ref().filter(|pattern| pattern.contains('%')) {
        let mut label = String::new();
        // The number of a level is enclosed in percent signs.
        for (nth, part) in pattern.split('%').enumerate() {
            match part.parse::<usize>().ok().filter(|_| nth % 2 == 1) {
                Some(of) => label.push_str(&number(of.wrapping_sub(1)).unwrap_or_default()),
                None => label.push_str(part),
            }
        }
        return Some(Label::Number(label));
    }
    let first = at + 1 - now.shown.min(at + 1);
    let above = (first..at).filter_map(number).map(|number| number + ".");
    let numbers = above.collect::<String>() + &last;
    Some(Label::Number(format!("{}{numbers}{}", now.prefix, now.suffix)))
}
