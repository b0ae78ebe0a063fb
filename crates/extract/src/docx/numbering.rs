//! Automatic numbering: labels that the word processor computes and that no text contains.

use std::collections::{HashMap, HashSet};

use crate::ExtractError;
use crate::counting;
use crate::paragraph::Label;

use super::styles::Styles;
use super::xml::{Attributes, Name, Visitor, walk};

/// Number of levels of a list.
pub(super) const LEVELS: usize = 9;
/// Maximum length of a level's pattern and label in characters; longer text is no label.
const MOST_LABEL: usize = 50;
/// Maximum number of lists, since each takes memory. Word processors create fewer.
const MOST_LISTS: usize = 32_767;

/// The lists of a document and their current numbers.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// Lists by the id that paragraphs refer to.
    lists: HashMap<String, List>,
    /// Definitions of lists. Lists with the same definition share one count.
    abstracts: HashMap<String, Abstract>,
    counts: HashMap<String, [Option<u32>; LEVELS]>,
    /// Levels of lists that have already been set to their own start number.
    restarted: HashSet<(String, usize)>,
}

#[derive(Debug, Default)]
struct List {
    made_from: String,
    starts: [Option<u32>; LEVELS],
    levels: [Option<Level>; LEVELS],
}

#[derive(Debug, Default)]
struct Abstract {
    levels: [Option<Level>; LEVELS],
    /// The style whose list defines the levels.
    style: Option<String>,
}

#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: String,
    pattern: String,
    /// Restarts when a level up to this one (from 1) advances; 0 means never.
    restart: Option<usize>,
    /// Whether all numbers are written in digits: 1.1 below 第一章.
    is_legal: bool,
    /// The style that assigns its paragraphs to this level.
    style: Option<String>,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            start: 0,
            format: "decimal".to_owned(),
            pattern: String::new(),
            restart: None,
            is_legal: false,
            style: None,
        }
    }
}

/// The levels of a list. Those of the list itself override those of its definition.
struct Levels<'a> {
    list: &'a List,
    definition: &'a Abstract,
}

impl<'a> Levels<'a> {
    fn get(&self, level: usize) -> Option<&'a Level> {
        let of_list = self.list.levels.get(level)?.as_ref();
        of_list.or_else(|| self.definition.levels.get(level)?.as_ref())
    }

    /// The level that a style, or a style that it is based on, assigns to its paragraphs.
    fn of_style(&self, style: &str, styles: &Styles) -> Option<usize> {
        styles.chain(style).find_map(|id| {
            let is_of_style = |level: &Level| level.style.as_deref() == Some(id);
            (0..LEVELS).find(|&n| self.get(n).is_some_and(is_of_style))
        })
    }

    /// The label of a paragraph of `level`: its pattern with each `%n` replaced by the number of
    /// level n.
    fn label(&self, level: &Level, counts: &[Option<u32>; LEVELS]) -> String {
        let mut label = String::new();
        let mut pattern = level.pattern.chars().peekable();
        while let Some(c) = pattern.next() {
            let place = pattern.peek().and_then(|c| c.to_digit(10)).filter(|&n| n > 0);
            let (Some(place), '%') = (place, c) else {
                label.push(c);
                continue;
            };
            pattern.next();
            let place = place as usize - 1;
            // A higher level without a paragraph so far shows its first number.
            if let Some(other) = self.get(place) {
                let count = counts[place].unwrap_or(other.start);
                let format = match other.format.as_str() {
                    "none" => "none",
                    _ if level.is_legal => "decimal",
                    format => format,
                };
                label.push_str(&counting::number(count, format));
            }
        }
        label
    }
}

impl Numbering {
    pub(super) fn read(xml: &str, part: &str) -> Result<Self, ExtractError> {
        let mut reader = Reader::default();
        walk(xml, part, &mut reader)?;
        Ok(reader.numbering)
    }

    /// The label of the next paragraph of `style` in a list. Advances the list.
    pub(super) fn next(
        &mut self,
        list: &str,
        level: Option<usize>,
        style: &str,
        styles: &Styles,
    ) -> Option<Label> {
        let made_from = self.made_from(list, styles)?.to_owned();
        let overrides = self.lists.get(list)?;
        let definition = self.abstracts.get(&made_from)?;
        let levels = Levels { list: overrides, definition };
        let at = level.or_else(|| levels.of_style(style, styles)).unwrap_or(0);
        let now = levels.get(at)?;

        let counts = self.counts.entry(made_from.clone()).or_default();
        // A list with start numbers applies each of them once.
        let restart = overrides.starts[at].filter(|_| self.restarted.insert((list.to_owned(), at)));
        counts[at] = Some(match (restart, counts[at]) {
            (Some(start), _) => start,
            (None, Some(count)) => count.saturating_add(1),
            (None, None) => now.start,
        });
        for (deeper, count) in counts.iter_mut().enumerate().skip(at + 1) {
            let restart = levels.get(deeper).and_then(|level| level.restart);
            if restart.is_none_or(|restart| at < restart) {
                *count = None;
            }
        }

        if now.format == "bullet" {
            return (!now.pattern.is_empty()).then_some(Label::Bullet);
        }
        let label = levels.label(now, counts);
        let label = label.trim();
        let is_label = (1..=MOST_LABEL).contains(&label.chars().count());
        is_label.then(|| Label::Number(label.to_owned()))
    }

    /// The definition of a list, possibly through a style that refers to it.
    fn made_from<'a>(&'a self, list: &str, styles: &Styles) -> Option<&'a str> {
        let mut made_from = &self.lists.get(list)?.made_from;
        for _ in 0..LEVELS {
            let definition = self.abstracts.get(made_from)?;
            let Some(style) = &definition.style else { break };
            let Some(next) = styles.list(style).and_then(|list| self.lists.get(list)) else {
                break;
            };
            made_from = &next.made_from;
        }
        Some(made_from)
    }
}

/// Replaces line separators, which would split the labelled paragraph.
fn printed(c: char) -> char {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
}

#[derive(Default)]
struct Reader {
    numbering: Numbering,
    /// The element being read: a definition, a list, and one of its levels.
    definition: Option<String>,
    list: Option<String>,
    level: Option<(usize, Level)>,
    overridden: Option<usize>,
}

impl Reader {
    fn list(&mut self) -> Option<&mut List> {
        self.numbering.lists.get_mut(self.list.as_ref()?)
    }

    fn definition(&mut self) -> Option<&mut Abstract> {
        self.numbering.abstracts.get_mut(self.definition.as_ref()?)
    }
}

impl Visitor for Reader {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        let value = || attributes.get("val").map(String::from);
        let place = || attributes.get("ilvl")?.parse().ok().filter(|&level| level < LEVELS);
        match name.word() {
            b"abstractNum" => {
                let fits = self.numbering.abstracts.len() < MOST_LISTS;
                let id = attributes.get("abstractNumId").filter(|_| fits);
                self.definition = id.map(Into::into);
                if let Some(id) = self.definition.clone() {
                    self.numbering.abstracts.insert(id, Abstract::default());
                }
            }
            b"num" => {
                let fits = self.numbering.lists.len() < MOST_LISTS;
                self.list = attributes.get("numId").filter(|_| fits).map(Into::into);
                if let Some(id) = self.list.clone() {
                    self.numbering.lists.insert(id, List::default());
                }
            }
            b"abstractNumId" => {
                if let (Some(list), Some(value)) = (self.list(), value()) {
                    list.made_from = value;
                }
            }
            b"numStyleLink" => {
                if let Some(definition) = self.definition() {
                    definition.style = value();
                }
            }
            b"lvlOverride" => self.overridden = place(),
            b"startOverride" => {
                if let (Some(level), Some(start)) = (self.overridden, attributes.number())
                    && let Some(list) = self.list()
                {
                    list.starts[level] = Some(start);
                }
            }
            b"lvl" => self.level = place().map(|level| (level, Level::default())),
            word => {
                let Some((_, level)) = &mut self.level else { return };
                match word {
                    b"start" => level.start = attributes.number().unwrap_or_default(),
                    b"numFmt" => level.format = value().unwrap_or_default(),
                    b"lvlText" => {
                        let pattern = value().unwrap_or_default();
                        level.pattern = pattern.chars().take(MOST_LABEL).map(printed).collect();
                    }
                    b"lvlRestart" => {
                        level.restart = attributes.number().and_then(|n| n.try_into().ok());
                    }
                    b"isLgl" => level.is_legal = attributes.is_on(),
                    b"pStyle" => level.style = value(),
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, name: Name<'_>) {
        match name.word() {
            b"abstractNum" => self.definition = None,
            b"num" => self.list = None,
            b"lvlOverride" => self.overridden = None,
            b"lvl" => {
                let Some((place, level)) = self.level.take() else { return };
                if let Some(list) = self.list() {
                    list.levels[place] = Some(level);
                } else if let Some(definition) = self.definition() {
                    definition.levels[place] = Some(level);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_LISTS, Numbering};

    #[test]
    fn lists_are_bounded() {
        const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        let lists = |name: &str, id: &str| -> String {
            (0..40_000).map(|n| format!("<{name} {id}='{n}'/>")).collect()
        };
        let lists = lists("abstractNum", "abstractNumId") + &lists("num", "numId");
        let xml = format!("<numbering xmlns='{WORD}'>{lists}</numbering>");
        let numbering = Numbering::read(&xml, "numbering.xml").unwrap();
        assert_eq!((numbering.abstracts.len(), numbering.lists.len()), (MOST_LISTS, MOST_LISTS));
    }
}
