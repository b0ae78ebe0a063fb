//! Styles of characters, paragraphs and lists.

use std::collections::HashMap;

use crate::xml::{Attributes, Name, Space, Visitor};

use super::numbering::{LEVELS, Level, List};

/// Maximum length of a chain of base styles; a longer one is a cycle.
const MOST_STEPS: usize = 20;
/// Maximum number of styles, since each takes memory.
const MOST_STYLES: usize = 32_767;

#[derive(Debug, Default)]
pub(super) struct Styles {
    /// Styles by family and name.
    styles: HashMap<(String, String), Style>,
    lists: HashMap<String, List>,
    /// The numbering of headings.
    pub(super) outline: List,
    open: Option<(String, String)>,
    open_list: Option<Open>,
}

/// The list whose levels are being read.
#[derive(Debug, Clone)]
enum Open {
    List(String),
    Outline,
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    list: Option<String>,
    outline: Option<u8>,
    hides: Option<bool>,
    strikes: Option<bool>,
    raises: Option<bool>,
}

/// The look of characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) is_hidden: bool,
    pub(super) is_struck: bool,
    pub(super) is_raised: bool,
}

impl Styles {
    /// A style and its base styles, nearest first.
    fn chain<'a>(&'a self, family: &str, name: &str) -> impl Iterator<Item = (String, &'a Style)> {
        let family = family.to_owned();
        let find = move |name: String| {
            let style = self.styles.get(&(family.clone(), name.clone()))?;
            Some((name, style))
        };
        let first = find(name.to_owned());
        let next = move |found: &(String, &'a Style)| find(found.1.based_on.clone()?);
        std::iter::successors(first, next).take(MOST_STEPS)
    }

    /// The look of characters in a style; unspecified properties come from `around`.
    pub(super) fn look(&self, family: &str, name: &str, around: Look) -> Look {
        let said = |of: fn(&Style) -> Option<bool>| {
            self.chain(family, name).find_map(|(_, style)| of(style))
        };
        Look {
            is_hidden: said(|style| style.hides).unwrap_or(around.is_hidden),
            is_struck: said(|style| style.strikes).unwrap_or(around.is_struck),
            is_raised: said(|style| style.raises).unwrap_or(around.is_raised),
        }
    }

    /// Whether a paragraph style is that of the title.
    pub(super) fn is_title(&self, name: &str) -> bool {
        self.chain("paragraph", name).any(|(name, _)| name == "Title")
    }

    /// The list that numbers paragraphs of a style.
    pub(super) fn list_of(&self, name: &str) -> Option<&str> {
        self.chain("paragraph", name).find_map(|(_, style)| style.list.as_deref())
    }

    pub(super) fn outline_of(&self, name: &str) -> Option<u8> {
        self.chain("paragraph", name).find_map(|(_, style)| style.outline)
    }

    pub(super) fn list(&self, name: &str) -> Option<&List> {
        self.lists.get(name)
    }

    fn level(&mut self, attributes: &Attributes<'_>, is_bullet: bool) {
        let level = attributes.get("level").and_then(|level| level.parse::<usize>().ok());
        let Some(at) = level.and_then(|level| level.checked_sub(1)) else { return };
        let list = match &self.open_list {
            Some(Open::List(name)) => self.lists.get_mut(name),
            Some(Open::Outline) => Some(&mut self.outline),
            None => None,
        };
        if let Some(place) = list.filter(|_| at < LEVELS).and_then(|list| list.levels.get_mut(at)) {
            *place = Some(Level::of(attributes, is_bullet));
        }
    }
}

impl Visitor for Styles {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        let named = || attributes.get("name").map(|name| name.into_owned());
        let is_room = self.styles.len() + self.lists.len() < MOST_STYLES;
        match (name.space, name.local) {
            (Space::OdfStyle, b"style") if is_room => {
                let family = attributes.get("family").unwrap_or_default().into_owned();
                let Some(name) = named() else { return };
                let style = Style {
                    based_on: attributes.get("parent-style-name").map(Into::into),
                    list: attributes.get("list-style-name").map(Into::into),
                    outline: attributes
                        .get("default-outline-level")
                        .and_then(|level| level.parse().ok()),
                    ..Style::default()
                };
                let key = (family, name);
                self.styles.insert(key.clone(), style);
                self.open = Some(key);
            }
            (Space::OdfStyle, b"text-properties") => {
                let style = self.open.as_ref().and_then(|key| self.styles.get_mut(key));
                let Some(style) = style else { return };
                style.hides = attributes.get("display").map(|display| display == "none");
                style.strikes = attributes
                    .get("text-line-through-style")
                    .or_else(|| attributes.get("text-line-through-type"))
                    .map(|line| line != "none");
                style.raises = attributes.get("text-position").map(|place| is_raised(&place));
            }
            (Space::OdfStyle, b"table-row-properties" | b"table-column-properties") => {}
            (Space::OdfText, b"list-style") if is_room => {
                let Some(name) = named() else { return };
                self.lists.insert(name.clone(), List::default());
                self.open_list = Some(Open::List(name));
            }
            (Space::OdfText, b"outline-style") => self.open_list = Some(Open::Outline),
            (Space::OdfText, b"list-level-style-number" | b"outline-level-style") => {
                self.level(attributes, false);
            }
            (Space::OdfText, b"list-level-style-bullet" | b"list-level-style-image") => {
                self.level(attributes, true);
            }
            _ => {}
        }
    }

    fn end(&mut self, name: Name<'_>) {
        match (name.space, name.local) {
            (Space::OdfStyle, b"style") => self.open = None,
            (Space::OdfText, b"list-style" | b"outline-style") => self.open_list = None,
            _ => {}
        }
    }
}

/// `super 58%` or an explicit height, `33% 58%`; zero is the baseline.
fn is_raised(place: &str) -> bool {
    let mut words = place.split_whitespace();
    match words.next() {
        Some("super") => true,
        Some(height) => {
            let height = height.trim_end_matches('%').parse::<f32>().unwrap_or(0.0);
            // Text that is only shifted keeps its size.
            height > 10.0 && words.next().is_some_and(|size| size != "100%")
        }
        None => false,
    }
}
