//! The elements of a law as a tree.

use crate::xml::{Attributes, Name, Visitor, walk};
use crate::{DamageReason, ExtractError};

use super::{ASIDE, LINES};

/// A marker behind the number of an item, whose text continues on the same line.
const JOINS: char = '\u{1}';
/// Maximum nesting; laws have a dozen levels.
const MOST_DEEP: usize = 100;

#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    attributes: Vec<(&'static str, String)>,
    pub(super) children: Vec<Node>,
    /// The text before each child, and behind the last.
    texts: Vec<String>,
}

impl Node {
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The first descendant with a name.
    pub(super) fn find(&self, name: &str) -> Option<&Node> {
        self.children
            .iter()
            .find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    /// Number of descendants with a name.
    pub(super) fn count(&self, name: &str) -> usize {
        let of_child = |child: &Node| usize::from(child.name == name) + child.count(name);
        self.children.iter().map(of_child).sum()
    }

    /// Whether a descendant has one of these names.
    pub(super) fn contains(&self, names: &[&str]) -> bool {
        self.children.iter().any(|child| {
            // Quoted text is no part of this law.
            !child.name.starts_with("quoted")
                && (names.contains(&child.name.as_str()) || child.contains(names))
        })
    }

    /// The text of a child, such as a number or heading, on one line.
    pub(super) fn text_of(&self, name: &str) -> String {
        self.named(name).next().map(Node::text).unwrap_or_default()
    }

    /// All its text on one line.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, true);
        out.replace(JOINS, " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Its text with one line for each paragraph, without its number and heading.
    pub(super) fn lines(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, true);
        // Text behind a number continues on the number's line.
        let mut pieces = out.split(JOINS);
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            out.push(' ');
            out.push_str(piece.trim_start());
        }
        let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The kind of clause that its text is, where it says so: class="clause article".
    pub(super) fn clause(&self) -> Option<&str> {
        let mut classes = self.attribute("class")?.split_whitespace();
        classes.next().filter(|class| *class == "clause")?;
        classes.next()
    }

    /// Whether it or anything within it says that its text is a clause.
    pub(super) fn contains_clauses(&self) -> bool {
        self.clause().is_some() || self.children.iter().any(Node::contains_clauses)
    }

    /// The lines of its blocks to the letter: a paragraph or the row of a table each.
    pub(super) fn blocks(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for child in &self.children {
            match child.name.as_str() {
                "table" => {
                    for row in child.named("tr") {
                        let cells: Vec<String> = row.children.iter().map(Node::exact).collect();
                        lines.push(cells.join("\t"));
                    }
                }
                _ => lines.push(child.exact()),
            }
        }
        lines.join("\n")
    }

    /// All its text as it is written.
    pub(super) fn exact(&self) -> String {
        let mut out = String::new();
        for (at, text) in self.texts.iter().enumerate() {
            out.push_str(text);
            if let Some(child) = self.children.get(at) {
                out.push_str(&child.exact());
            }
        }
        let written = self.texts.len();
        self.children.iter().skip(written).for_each(|child| out.push_str(&child.exact()));
        out
    }

    /// Writes the text before a child.
    fn write_text(&self, out: &mut String, at: usize, is_outermost: bool) {
        // Line breaks of the file are no text, except in elements that contain only text.
        let text = self.texts.get(at).map(String::as_str).unwrap_or_default();
        if self.children.is_empty() && is_outermost {
            out.push_str(text);
        } else {
            out.push_str(&text.replace(['\n', '\r'], " "));
        }
    }

    fn write(&self, out: &mut String, is_outermost: bool) {
        for (at, child) in self.children.iter().enumerate() {
            self.write_text(out, at, is_outermost);
            let name = child.name.as_str();
            let is_number = matches!(name, "num" | "heading" | "subheading");
            match name {
                _ if ASIDE.contains(&name) && (is_outermost || !is_number) => {}
                "num" => {
                    child.write(out, false);
                    out.push(JOINS);
                }
                _ if LINES.contains(&name) || is_number => {
                    out.push('\n');
                    child.write(out, false);
                    out.push('\n');
                }
                "td" | "th" => {
                    child.write(out, false);
                    out.push('\t');
                }
                "br" | "eol" => out.push('\n'),
                _ => child.write(out, false),
            }
        }
        self.write_text(out, self.children.len(), is_outermost);
    }
}

/// The root element of a file.
#[derive(Debug, Default)]
pub(super) struct Tree {
    open: Vec<Node>,
    root: Option<Node>,
    is_too_deep: bool,
}

impl Tree {
    pub(super) fn read(xml: &str, format: &'static str) -> Result<Self, ExtractError> {
        let mut tree = Tree::default();
        walk(xml, "its text", format, &mut tree)?;
        if tree.is_too_deep {
            let reason = DamageReason::ElementsTooDeep;
            return Err(ExtractError::Damaged { format, reason });
        }
        Ok(tree)
    }

    pub(super) fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }
}

impl Visitor for Tree {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        let names = [
            "eId", "name", "id", "date", "language", "value", "class", "title", "href", "source",
            "showAs",
        ];
        let given = |name: &'static str| Some((name, attributes.get(name)?.into_owned()));
        if let Some(parent) = self.open.last_mut() {
            // The text before this child is complete.
            let whole = parent.children.len() + 1;
            parent.texts.resize_with(whole, String::new);
        }
        self.is_too_deep |= self.open.len() > MOST_DEEP;
        self.open.push(Node {
            name: String::from_utf8_lossy(name.local).into_owned(),
            attributes: names.into_iter().filter_map(given).collect(),
            ..Node::default()
        });
    }

    fn text(&mut self, text: &str) {
        if let Some(node) = self.open.last_mut() {
            node.texts.resize_with(node.children.len() + 1, String::new);
            if let Some(last) = node.texts.last_mut() {
                last.push_str(text);
            }
        }
    }

    fn end(&mut self, _: Name<'_>) {
        let Some(node) = self.open.pop() else { return };
        let depth = self.open.len();
        match self.open.last_mut() {
            // Elements that are too deep aren't kept, because dropping them would recurse as deep.
            Some(_) if depth > MOST_DEEP => {}
            Some(parent) => parent.children.push(node),
            None => self.root = Some(node),
        }
    }
}
