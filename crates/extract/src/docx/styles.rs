//! Paragraph and character styles: which are headings, and which number their paragraphs.

use std::collections::HashMap;

use crate::ExtractError;
use crate::paragraph::Heading;

use super::xml::{Attributes, Name, Visitor, walk};

/// Maximum length of a chain of base styles; a longer one is a cycle.
const MOST_STEPS: usize = 20;
/// Maximum number of styles, since each takes memory. Word processors create fewer.
const MOST_STYLES: usize = 32_767;

#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    /// The style of paragraphs that specify none.
    default: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: Option<u8>,
    list: Option<String>,
    level: Option<usize>,
    hides: Option<bool>,
    raises: Option<bool>,
}

impl Styles {
    pub(super) fn read(xml: &str, part: &str) -> Result<Self, ExtractError> {
        let mut reader = Reader::default();
        walk(xml, part, &mut reader)?;
        Ok(reader.styles)
    }

    /// The id of a specified style, or of the default style.
    pub(super) fn id<'a>(&'a self, named: Option<&'a str>) -> &'a str {
        named.or(self.default.as_deref()).unwrap_or_default()
    }

    /// A style and its base styles, nearest first.
    pub(super) fn chain<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a str> {
        let based_on = |id: &&'a str| self.by_id.get(*id)?.based_on.as_deref();
        std::iter::successors(Some(id), based_on).take(MOST_STEPS)
    }

    pub(super) fn heading(&self, id: &str) -> Option<Heading> {
        for id in self.chain(id) {
            let style = self.by_id.get(id);
            let named = style.map(|style| style.name.as_str()).and_then(heading_name);
            if let Some(heading) = named.or_else(|| heading_name(id)) {
                return Some(heading);
            }
            if let Some(level) = style.and_then(|style| style.outline) {
                return outline(level);
            }
        }
        None
    }

    /// The list to which a style assigns its paragraphs.
    pub(super) fn list(&self, id: &str) -> Option<&str> {
        self.chain(id).find_map(|id| self.by_id.get(id)?.list.as_deref())
    }

    /// Whether a character style hides text.
    pub(super) fn hides(&self, id: &str) -> bool {
        self.chain(id).find_map(|id| self.by_id.get(id)?.hides).unwrap_or(false)
    }

    /// Whether a character style raises text.
    pub(super) fn raises(&self, id: &str) -> bool {
        self.chain(id).find_map(|id| self.by_id.get(id)?.raises).unwrap_or(false)
    }

    /// The list level that a style specifies.
    pub(super) fn level(&self, id: &str) -> Option<usize> {
        self.chain(id).find_map(|id| self.by_id.get(id)?.level)
    }
}

/// Outline levels count from 0; 9 is body text.
pub(super) fn outline(level: u8) -> Option<Heading> {
    (level < 9).then(|| Heading::Level(level + 1))
}

/// The heading level in the name or id of a style: heading 1, Heading1, 標題 1, Title.
fn heading_name(name: &str) -> Option<Heading> {
    let name = name.split(',').next().unwrap_or_default();
    let name: String =
        name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if matches!(name.as_str(), "title" | "標題" | "标题") {
        return Some(Heading::Title);
    }
    let level = ["heading", "標題", "标题"].iter().find_map(|word| name.strip_prefix(word))?;
    match level.parse() {
        Ok(level @ 1..=9) => Some(Heading::Level(level)),
        _ => None,
    }
}

#[derive(Default)]
struct Reader {
    styles: Styles,
    /// The open style.
    id: Option<String>,
    /// Depth of former properties in a tracked change.
    former: usize,
}

impl Visitor for Reader {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        match name.word() {
            b"pPrChange" => self.former += 1,
            _ if self.former > 0 => {}
            b"style" => {
                let fits = self.styles.by_id.len() < MOST_STYLES;
                self.id = attributes.get("styleId").filter(|_| fits).map(Into::into);
                if let Some(id) = &self.id {
                    self.styles.by_id.entry(id.clone()).or_default();
                    let is_default = attributes
                        .get("default")
                        .is_some_and(|value| matches!(&*value, "1" | "true" | "on"));
                    if is_default && attributes.is("type", "paragraph") {
                        self.styles.default = Some(id.clone());
                    }
                }
            }
            word => {
                let Some(style) = self.id.as_ref().and_then(|id| self.styles.by_id.get_mut(id))
                else {
                    return;
                };
                let value = || attributes.get("val").map(Into::into);
                match word {
                    b"name" => style.name = value().unwrap_or_default(),
                    b"basedOn" => style.based_on = value(),
                    b"outlineLvl" => {
                        style.outline = attributes.number().and_then(|n| n.try_into().ok());
                    }
                    b"numId" => style.list = value(),
                    b"vanish" => style.hides = Some(attributes.is_on()),
                    b"vertAlign" => style.raises = Some(attributes.is("val", "superscript")),
                    b"ilvl" => {
                        style.level = attributes.number().and_then(|n| n.try_into().ok());
                    }
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, name: Name<'_>) {
        match name.word() {
            b"pPrChange" => self.former -= 1,
            b"style" if self.former == 0 => self.id = None,
            _ => {}
        }
    }
}
