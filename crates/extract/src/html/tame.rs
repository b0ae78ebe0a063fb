//! Reduces a page to the tags that matter, so that any page can be parsed in linear time.
//!
//! A tree builder needs time proportional to tags times depth, and reopens unclosed formatting in
//! every paragraph; a small hostile page could keep it busy for minutes. So formatting tags and
//! unused attributes are removed, and elements deeper than [`DEPTH`] become line breaks. Their
//! content stays.

use super::formula;
use super::page::is_label;

/// Maximum nesting depth; real pages stay far below.
const DEPTH: usize = 256;
/// How far back an end tag searches for its start.
const REACH: usize = 2 * DEPTH;

/// Elements whose nesting is tracked.
const NESTING: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "pre",
    "search",
    "section",
    "span",
    "summary",
    "table",
    "ul",
];
/// Elements that nest only inside one of those.
const PASSING: &[&str] = &[
    "a", "body", "br", "head", "hr", "html", "meta", "p", "tbody", "td", "tfoot", "th", "thead",
    "title", "tr",
];
/// Elements whose content is raw text, never readable.
const RAW: &[&str] = &["iframe", "noembed", "noframes", "noscript", "script", "style"];
/// Elements whose content is markup, never readable.
const SKIPPED: &[&str] = &["audio", "canvas", "datalist", "object", "svg", "template", "video"];
const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "checked",
    "class",
    "colspan",
    "content",
    "height",
    "hidden",
    "href",
    "id",
    "name",
    "property",
    "role",
    "selected",
    "start",
    "style",
    "type",
    "value",
    "width",
];

/// Formatting with meaning, and the kind that it is written as.
const MEANING: &[(&str, &str)] = &[
    ("sup", "raised"),
    ("del", "deleted"),
    ("s", "deleted"),
    ("strike", "deleted"),
    ("rt", "reading"),
    ("rp", "reading"),
];
/// The attribute for that kind. Pages can't set it, because it isn't among the attributes above.
pub(super) const KIND: &str = "data-kind";

/// Minimum size in points of frames and pictures with readable content.
const LEAST_FRAME: f64 = 20.0;
const LEAST_PICTURE: f64 = 150.0;
/// Maximum size of a formula's markup in bytes.
const LONGEST_FORMULA: usize = 65_536;

/// The page reduced to what matters.
pub(super) fn tame(page: &str) -> String {
    // An element that is never closed isn't skipped, or the rest of the page would go with it.
    let mut skipped = SKIPPED.to_vec();
    loop {
        match Tamer::new(page, &skipped).run() {
            Ok(tamed) => return tamed,
            Err(unended) => skipped.retain(|name| *name != unended),
        }
    }
}

struct Tamer<'a> {
    page: &'a str,
    at: usize,
    out: String,
    skipped: &'a [&'static str],
    /// The element being skipped, and the depth of its nesting.
    skipping: Option<(&'static str, usize)>,
    /// Open elements: the name in the page, and the name written (none beyond the maximum depth).
    open: Vec<(String, Option<&'static str>)>,
    /// Number of open elements at the start of the last paragraph.
    paragraph: usize,
    /// Kinds of controls that are never closed, which contain nothing.
    unended: Vec<&'static str>,
}

impl<'a> Tamer<'a> {
    fn new(page: &'a str, skipped: &'a [&'static str]) -> Self {
        let out = String::with_capacity(page.len());
        Tamer {
            page,
            at: 0,
            out,
            skipped,
            skipping: None,
            open: Vec::new(),
            paragraph: 0,
            unended: Vec::new(),
        }
    }

    /// # Errors
    /// The name of a skipped element that is never closed.
    fn run(mut self) -> Result<String, &'static str> {
        while self.at < self.page.len() {
            let rest = &self.page[self.at..];
            let text = rest.find('<').unwrap_or(rest.len());
            self.put(&rest[..text]);
            self.at += text;
            let rest = &rest[text..];
            let mark = rest.as_bytes().get(1).copied().unwrap_or(0);
            if let Some(comment) = rest.strip_prefix("<!--") {
                self.at += 4 + comment_length(comment);
            } else if matches!(mark, b'!' | b'?') || mark == b'/' && !is_letter(rest, 2) {
                self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
            } else if mark == b'/' || is_letter(rest, 1) {
                self.tag(rest);
            } else if !rest.is_empty() {
                self.put("&lt;");
                self.at += 1;
            }
        }
        self.skipping.map_or(Ok(self.out), |(name, _)| Err(name))
    }

    fn put(&mut self, text: &str) {
        if self.skipping.is_none() {
            self.out.push_str(text);
        }
    }

    fn tag(&mut self, rest: &'a str) {
        let ends = rest.as_bytes()[1] == b'/';
        let from = 1 + usize::from(ends);
        let length = rest[from..]
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
            .unwrap_or(rest.len() - from);
        let name = rest[from..from + length].to_ascii_lowercase();
        let (attributes, end) = attributes(rest, from + length);
        self.at += end;
        if let Some((skipping, count)) = &mut self.skipping {
            if name == *skipping && !rest[..end].ends_with("/>") {
                *count = if ends { *count - 1 } else { *count + 1 };
                if *count == 0 {
                    self.skipping = None;
                }
            }
        } else if ends {
            self.end(&name);
        } else if name == "input" {
            self.put_value(&input_value(&attributes));
        } else if let Some(control) = ["select", "textarea"].into_iter().find(|c| *c == name) {
            self.control(control, &rest[end..]);
        } else if name == "math" {
            self.formula(&rest[end..]);
        } else if name == "button" && !self.is_text(&rest[end..]) {
            self.start_as(name, "span", &attributes, Some("button"));
        } else if let Some(raw) = RAW.iter().find(|raw| **raw == name) {
            self.mark_unread(&name, &attributes);
            self.at += raw_length(&rest[end..], raw);
        } else if let Some(skipped) = self.skipped.iter().find(|skipped| **skipped == name) {
            let drawn = &rest[end..][..raw_length(&rest[end..], skipped)];
            if *skipped == "svg" && drawn.contains("<text") {
                self.mark_unread("img", &[]);
            }
            self.mark_unread(&name, &attributes);
            if !rest[..end].ends_with("/>") {
                self.skipping = Some((skipped, 1));
            }
        } else {
            self.mark_unread(&name, &attributes);
            self.start(name, &attributes);
        }
    }

    /// Marks the place of visible content that this program can't read.
    fn mark_unread(&mut self, name: &str, attributes: &[(&'static str, &str)]) {
        let of = |name: &str| attributes.iter().find(|(known, _)| *known == name).map(|(_, v)| *v);
        let kind = match name {
            "iframe" => "frame",
            "embed" | "object" => "object",
            "img" => "picture",
            _ => return,
        };
        // Icons are small, and tracking pixels have no size at all.
        let least = if kind == "picture" { LEAST_PICTURE } else { LEAST_FRAME };
        let is_small = |name| {
            let size = of(name).and_then(|size| size.trim().trim_end_matches("px").parse().ok());
            size.is_some_and(|size: f64| size < least)
        };
        let style = of("style").unwrap_or_default();
        let is_hidden = of("hidden").is_some()
            || of("aria-hidden") == Some("true")
            || style.contains("none") && style.contains("display")
            || style.contains("hidden") && style.contains("visibility");
        if !is_hidden && !is_small("width") && !is_small("height") {
            self.out.extend(["<span ", KIND, "=\"", kind, "\"></span>"]);
        }
    }

    /// Writes a formula as one line and skips its markup.
    fn formula(&mut self, inside: &str) {
        let length = raw_length(inside, "math");
        // A formula that is never closed would take the rest of the page.
        if length < inside.len() && length <= LONGEST_FORMULA {
            self.put_value(&formula::formula(&inside[..length]));
            self.at += length;
        }
    }

    /// Whether the text of a button belongs to the page: the heading that opens a section, or the
    /// first line of a provision.
    fn is_text(&self, inside: &str) -> bool {
        const LONGEST: usize = 24;
        let is_heading = |(name, _): &(String, Option<&str>)| {
            matches!(name.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt")
        };
        let length = raw_length(inside, "button");
        if length == inside.len() {
            // It is never closed and would take the rest of the page.
            return true;
        }
        let inside = &inside[..length];
        let said =
            inside.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        let said: String = said.take(LONGEST).collect();
        let said = said.trim();
        self.open.iter().rev().take(REACH).any(is_heading)
            || is_label(said)
            || said.chars().count() > LONGEST
    }

    /// Writes the visible value of a form control and skips its markup.
    fn control(&mut self, name: &'static str, inside: &str) {
        if self.unended.contains(&name) {
            return;
        }
        let length = raw_length(inside, name);
        if length == inside.len() {
            self.unended.push(name);
            return;
        }
        self.at += length;
        let inside = &inside[..length];
        if name == "textarea" {
            self.put_value(inside);
            return;
        }
        // A list without a selection shows its first entry; alone on a line it is a tool of the
        // page.
        let chosen = options(inside).find(|(is_chosen, _)| *is_chosen);
        let in_line = !self.out.trim_end_matches([' ', '\n']).ends_with('>');
        let first = || options(inside).next().filter(|_| in_line);
        if let Some((_, text)) = chosen.or_else(first) {
            self.put_value(text);
        }
    }

    fn put_value(&mut self, value: &str) {
        let value = value.trim();
        self.out.extend(value.chars().filter(|c| !matches!(c, '<' | '>')));
    }

    fn start(&mut self, name: String, attributes: &[(&'static str, &str)]) {
        if let Some(passing) = PASSING.iter().find(|passing| **passing == name) {
            self.write(passing, attributes);
            if name == "p" {
                self.paragraph = self.open.len();
            }
            return;
        }
        let meaning = MEANING.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let written = match NESTING.iter().find(|nesting| **nesting == name) {
            Some(nesting) => *nesting,
            None if matches!(name.as_str(), "form" | "marquee") => "div",
            // Formatting matters if it hides its content.
            None if meaning.is_some() || attributes.iter().any(may_hide) && !is_void(&name) => {
                "span"
            }
            None => return,
        };
        self.start_as(name, written, attributes, meaning);
    }

    /// Opens an element that is written with another name.
    fn start_as(
        &mut self,
        name: String,
        written: &'static str,
        attributes: &[(&'static str, &str)],
        meaning: Option<&'static str>,
    ) {
        let mut attributes = attributes.to_vec();
        attributes.extend(meaning.map(|kind| (KIND, kind)));
        let attributes = &attributes;
        // An item closes the previous one, unless a list was opened in between.
        if matches!(written, "li" | "dd" | "dt") {
            let is_item = |open: &str| {
                if written == "li" { open == "li" } else { matches!(open, "dd" | "dt") }
            };
            let behind =
                |(open, _): &&(String, _)| matches!(open.as_str(), "span" | "div" | "address");
            let passed = self.open.iter().rev().take(REACH).take_while(behind).count();
            let at = self.open.len() - passed;
            if at > 0 && is_item(&self.open[at - 1].0) {
                self.close(at - 1);
            }
        }
        if self.open.len() < DEPTH {
            self.write(written, attributes);
            self.open.push((name, Some(written)));
        } else {
            if written != "span" {
                self.out.push_str("<br>");
            }
            self.open.push((name, None));
        }
    }

    fn end(&mut self, name: &str) {
        if name == "p" {
            // Unclosed spans end with their paragraph.
            let kept = self.paragraph.min(self.open.len());
            if self.open[kept..].iter().all(|(open, _)| open == "span") {
                self.close(kept);
            }
            self.paragraph = self.open.len();
        }
        if PASSING.contains(&name) {
            if !matches!(name, "body" | "html" | "hr" | "meta") {
                self.out.extend(["</", name, ">"]);
            }
            return;
        }
        let is_heading = |name: &str| {
            name.len() == 2 && name.starts_with('h') && name.as_bytes()[1].is_ascii_digit()
        };
        let found = self.open.iter().rev().take(REACH).position(|(open, _)| {
            open == name || is_heading(open) && is_heading(name) || open == "table"
        });
        if let Some(back) = found {
            let at = self.open.len() - 1 - back;
            // An element opened outside a table isn't closed inside.
            if self.open[at].0 != "table" || name == "table" {
                self.close(at);
            }
        }
    }

    /// Closes all open elements from `at` on.
    fn close(&mut self, at: usize) {
        for (_, written) in self.open.drain(at..).rev() {
            if let Some(written) = written {
                self.out.extend(["</", written, ">"]);
            }
        }
    }

    fn write(&mut self, name: &str, attributes: &[(&'static str, &str)]) {
        self.out.extend(["<", name]);
        for (name, value) in attributes {
            let quote = if value.contains('"') { "'" } else { "\"" };
            self.out.extend([" ", name, "=", quote, value, quote]);
        }
        self.out.push('>');
    }
}

/// Whether an attribute may hide its element or strike it out.
fn may_hide((name, value): &(&'static str, &str)) -> bool {
    match *name {
        "hidden" | "aria-hidden" => true,
        "style" => value.contains("none") || value.contains("line-through"),
        _ => false,
    }
}

/// The visible value of an input: typed text, or a box with or without a tick.
fn input_value<'v>(attributes: &[(&'static str, &'v str)]) -> std::borrow::Cow<'v, str> {
    let of = |name: &str| attributes.iter().find(|(known, _)| *known == name).map(|(_, v)| *v);
    let kind = of("type").unwrap_or("text").trim().to_ascii_lowercase();
    match kind.as_str() {
        "checkbox" | "radio" if of("checked").is_some() => "☑".into(),
        "checkbox" | "radio" => "☐".into(),
        "text" | "number" | "date" | "month" | "tel" | "email" | "url" => {
            of("value").unwrap_or_default().into()
        }
        _ => "".into(),
    }
}

/// The entries of a list, each with whether it is selected.
fn options(list: &str) -> impl Iterator<Item = (bool, &str)> {
    list.match_indices("<option").map(|(at, tag)| {
        let (found, end) = attributes(&list[at..], tag.len());
        let text = &list[at + end..];
        let text = &text[..text.find('<').unwrap_or(text.len())];
        (found.iter().any(|(name, _)| *name == "selected"), text)
    })
}

fn is_letter(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic)
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "col"
            | "embed"
            | "frame"
            | "image"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Length in bytes of a comment behind its `<!--`.
fn comment_length(comment: &str) -> usize {
    if comment.starts_with('>') || comment.starts_with("->") {
        return comment.find('>').map_or(0, |end| end + 1);
    }
    let mut from = 0;
    while let Some(at) = comment[from..].find("--") {
        let tail = comment[from + at..].trim_start_matches('-');
        let close = comment.len() - tail.len();
        if tail.starts_with('>') {
            return close + 1;
        }
        if tail.starts_with("!>") {
            return close + 2;
        }
        // So that a long row of dashes is scanned only once.
        from = close;
    }
    comment.len()
}

/// Length in bytes of raw text before its end tag, which is dropped later as unmatched.
fn raw_length(text: &str, name: &str) -> usize {
    text.match_indices("</")
        .find(|(at, _)| {
            let from = at + 2;
            let tag = text.as_bytes().get(from..from + name.len());
            let then = text.as_bytes().get(from + name.len());
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
                && then.is_none_or(|then| !then.is_ascii_alphanumeric())
        })
        .map_or(text.len(), |(at, _)| at)
}

/// The relevant attributes of a tag, and the end of the tag.
fn attributes(tag: &str, from: usize) -> (Vec<(&'static str, &str)>, usize) {
    let mut found: Vec<(&'static str, &str)> = Vec::new();
    let mut at = from;
    let is_gap = |c: char| c.is_ascii_whitespace() || c == '/';
    loop {
        let rest = tag[at..].trim_start_matches(is_gap);
        at = tag.len() - rest.len();
        if rest.is_empty() {
            return (found, at);
        }
        if rest.starts_with('>') {
            return (found, at + 1);
        }
        // A name may begin with the character that otherwise ends it.
        let length = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| is_gap(*c) || matches!(c, '=' | '>'))
            .map_or(rest.len(), |(end, _)| end);
        let name = &rest[..length];
        let mut value = "";
        let after = rest[length..].trim_start_matches(|c: char| c.is_ascii_whitespace());
        at = tag.len() - after.len();
        if let Some(given) = after.strip_prefix('=') {
            let given = given.trim_start_matches(|c: char| c.is_ascii_whitespace());
            let quote = given.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (start, end) = match quote {
                Some(quote) => (1, given[1..].find(quote).map_or(given.len(), |end| end + 1)),
                None => {
                    let ends = |c: char| c.is_ascii_whitespace() || c == '>';
                    (0, given.find(ends).unwrap_or(given.len()))
                }
            };
            value = &given[start..end];
            at = tag.len() - given.len() + end;
            if quote.is_some() && at < tag.len() {
                at += 1;
            }
        }
        let known = ATTRIBUTES.iter().find(|known| known.eq_ignore_ascii_case(name));
        // An unquoted value with both kinds of quotes can't be written in either.
        let writable = !(value.contains('"') && value.contains('\''));
        if let Some(known) =
            known.filter(|known| writable && !found.iter().any(|(name, _)| name == *known))
        {
            found.push((known, value));
        }
    }
}
