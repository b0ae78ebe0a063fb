//! The elements of a page in reading order; which are menus, and which is the article.

use scraper::{Html, Node};

/// How much nearer ancestors count for text than farther ones: they are asked this far up.
const ANCESTORS: usize = 5;
/// Text outside the best element that is worth a step up to its parent.
const WORTH: usize = 200;

/// A node, before what is in it.
pub(super) struct Item<'a> {
    /// The element's name; empty for text.
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) node: &'a Node,
    /// The item behind the last one inside.
    pub(super) end: usize,
    parent: usize,
    in_link: bool,
    /// Neither it nor what is in it is read.
    pub(super) dropped: bool,
}

impl<'a> Item<'a> {
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.node.as_element()?.attr(name)
    }
}

pub(super) struct Page<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// Letters of text outside links, and of text in links, before each item.
    prose: Vec<usize>,
    links: Vec<usize>,
    /// Elements that end lines, before each item.
    breaks: Vec<usize>,
    /// The table around each item whose rows are to be read across.
    data: Vec<Option<usize>>,
}

impl<'a> Page<'a> {
    pub(super) fn of(html: &'a Html) -> Self {
        let mut items: Vec<Item<'a>> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut next = Some(html.tree.root());
        while let Some(node) = next {
            let at = items.len();
            let parent = open.last().copied().unwrap_or(0);
            let value = node.value();
            let name = value.as_element().map_or("", |element| element.name());
            let text = value.as_text().map_or("", |text| &**text);
            let in_link = name == "a" || items.get(parent).is_some_and(|parent| parent.in_link);
            let item =
                Item { name, text, node: value, end: at + 1, parent, in_link, dropped: false };
            items.push(item);
            let mut here = node;
            if let Some(child) = node.first_child() {
                open.push(at);
                next = Some(child);
                continue;
            }
            next = loop {
                if let Some(sibling) = here.next_sibling() {
                    break Some(sibling);
                }
                let Some(closed) = open.pop() else { break None };
                items[closed].end = items.len();
                let Some(parent) = here.parent() else { break None };
                here = parent;
            };
        }
        let mut page =
            Page { items, prose: Vec::new(), links: Vec::new(), breaks: vec![0], data: Vec::new() };
        for item in &page.items {
            let breaks = usize::from(!matches!(item.name, "" | "a" | "span"));
            page.breaks.push(page.breaks[page.breaks.len() - 1] + breaks);
        }
        page.drop_where(|page, at| page.is_unread(at));
        page.drop_where(|page, at| page.is_furniture(at));
        for (at, item) in page.items.iter().enumerate() {
            let around = page.data.get(item.parent).copied().flatten();
            let itself = item.name == "table" && page.reads_across(at);
            page.data.push(if itself { Some(at) } else { around });
        }
        page
    }

    /// Drops the elements that `is_dropped` tells, with all they hold.
    fn drop_where(&mut self, is_dropped: impl Fn(&Self, usize) -> bool) {
        self.count();
        let mut at = 0;
        while at < self.items.len() {
            let end = self.items[at].end;
            if !self.items[at].name.is_empty() && !self.items[at].dropped && is_dropped(self, at) {
                self.items[at..end].iter_mut().for_each(|item| item.dropped = true);
                at = end;
            } else {
                at += 1;
            }
        }
        self.count();
    }

    fn count(&mut self) {
        self.prose = vec![0];
        self.links = vec![0];
        let (mut prose, mut links) = (0, 0);
        for item in &self.items {
            if !item.dropped && self.items[item.parent].name != "title" {
                let letters = item.text.chars().filter(|c| !c.is_whitespace()).count();
                *(if item.in_link { &mut links } else { &mut prose }) += letters;
            }
            self.prose.push(prose);
            self.links.push(links);
        }
    }

    fn prose(&self, at: usize) -> usize {
        self.prose[self.items[at].end] - self.prose[at]
    }

    fn links(&self, at: usize) -> usize {
        self.links[self.items[at].end] - self.links[at]
    }

    pub(super) fn inside(&self, at: usize, name: &str) -> impl Iterator<Item = usize> {
        let items = &self.items;
        (at..items[at].end).filter(move |&inner| items[inner].name == name && !items[inner].dropped)
    }

    pub(super) fn ancestors(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(at), |&at| (at > 0).then(|| self.items[at].parent)).skip(1)
    }

    /// What no reader sees, and what says itself that it is no article.
    fn is_unread(&self, at: usize) -> bool {
        let item = &self.items[at];
        let style = item.attribute("style").unwrap_or("").to_ascii_lowercase();
        let display = style.split(';').filter_map(|rule| rule.split_once(':'));
        let role = item.attribute("role").unwrap_or("");
        item.attribute("hidden").is_some()
            || item.attribute("aria-hidden").is_some_and(|value| value.eq_ignore_ascii_case("true"))
            || display.into_iter().any(|(name, value)| {
                name.trim() == "display" && value.trim_start().starts_with("none")
            })
            || matches!(item.name, "nav" | "aside" | "footer" | "search")
            || matches!(role, "navigation" | "banner" | "contentinfo" | "search")
            || item.name == "header"
                && !(self.inside(at, "h1").next().is_some()
                    && self
                        .ancestors(at)
                        .any(|up| matches!(self.items[up].name, "article" | "main")))
    }

    /// What its class or id tells to be no article, unless most of the text is in it.
    fn is_furniture(&self, at: usize) -> bool {
        let item = &self.items[at];
        let whole = self.prose[self.items.len()];
        let most = if whole == 0 {
            2 * self.links(at) > self.links[self.items.len()]
        } else {
            2 * self.prose(at) > whole
        };
        !matches!(item.name, "html" | "head" | "body" | "article" | "main" | "h1")
            && !most
            && ["class", "id"]
                .iter()
                .filter_map(|name| item.attribute(name))
                .any(|names| has_word(names, is_furniture_word))
    }

    /// The element that holds the article.
    pub(super) fn article(&self) -> usize {
        let all = 0..self.items.len();
        let whole = self.prose[self.items.len()];
        let read = |at: &usize| !self.items[*at].dropped && self.prose(*at) + self.links(*at) > 0;
        for is_named in [
            |item: &Item<'_>| item.name == "article",
            |item: &Item<'_>| item.name == "main" || item.attribute("role") == Some("main"),
        ] {
            let mut named = all.clone().filter(|&at| is_named(&self.items[at])).filter(read);
            // One that holds little beside the rest is a teaser.
            if let (Some(one), None) = (named.next(), named.next())
                && 4 * self.prose(one) >= whole
            {
                return one;
            }
        }
        let body = all.clone().find(|&at| self.items[at].name == "body").unwrap_or(0);
        let mut scores = vec![0i64; self.items.len()];
        for at in
            all.clone().filter(|&at| self.items[at].name.is_empty() && !self.items[at].dropped)
        {
            let letters = (self.prose[at + 1] - self.prose[at]) as i64;
            let linked = (self.links[at + 1] - self.links[at]) as i64;
            // Sentences count in full, scraps half.
            let text = self.items[at].text;
            let full = letters >= 20 || text.contains(['，', '。', '；', '、']);
            let score = (if full { letters } else { letters / 2 }) - linked;
            for (far, up) in self.ancestors(self.paragraph(at)).take(ANCESTORS).enumerate() {
                scores[up] += score / (far as i64 + 1);
            }
        }
        let mut best = body;
        for at in all.filter(|&at| !self.items[at].name.is_empty()) {
            if scores[at] > scores[best] {
                best = at;
            }
        }
        // Chapters in elements of their own: better too much than half an agreement. Lists of
        // links beside the article are no reason.
        let mut up = best;
        while up != body && up > 0 {
            up = self.items[up].parent;
            let more = self.prose(up) - self.prose(best);
            let links = self.links(up) - self.links(best);
            if more >= WORTH && 5 * more >= self.prose(best) && 2 * links < more {
                best = up;
            }
        }
        best
    }

    /// What stands for a text's paragraph: an element in the one that the text counts for.
    fn paragraph(&self, text: usize) -> usize {
        // So that no cell is taken for the article.
        if let Some(table) = self.data[text] {
            return table;
        }
        let mut at = text;
        // Text directly in a container is a paragraph itself.
        for up in self.ancestors(text).take(8) {
            match self.items[up].name {
                "a" | "span" => at = up,
                "p" | "pre" | "li" | "dd" | "dt" | "blockquote" | "h1" | "h2" | "h3" | "h4"
                | "h5" | "h6" => {
                    return up;
                }
                // So is a container of one line.
                _ if self.breaks[self.items[up].end] == self.breaks[up + 1] => return up,
                _ => return at,
            }
        }
        at
    }

    pub(super) fn is_data(&self, table: usize) -> bool {
        self.data[table] == Some(table)
    }

    /// Whether a table's rows are to be read across: no table for the page's layout.
    fn reads_across(&self, table: usize) -> bool {
        let end = self.items[table].end;
        let (mut row, mut cells, mut rows) = (table, 0, 0);
        for at in table + 1..end {
            let item = &self.items[at];
            if item.name == "table" {
                return false;
            }
            if item.name == "tr" {
                (row, cells) = (at, 0);
            } else if matches!(item.name, "td" | "th") && self.prose(at) + self.links(at) > 0 {
                if self.prose(at) > 600 {
                    return false;
                }
                cells += 1;
                rows += usize::from(cells == 2 && row != table);
            }
        }
        rows >= 2
    }
}

/// Whether one of the words that a class or an id is made of is one that `is_meant` takes.
pub(super) fn has_word(names: &str, is_meant: impl Fn(&str) -> bool) -> bool {
    let mut word = String::new();
    let mut lower = false;
    // The end of the name ends its last word.
    for c in names.chars().chain([' ']) {
        if !c.is_ascii_alphanumeric() || c.is_ascii_uppercase() && lower {
            if is_meant(&word) {
                return true;
            }
            word.clear();
        }
        lower = c.is_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
    }
    false
}

/// Menu, share, footer…
fn is_furniture_word(word: &str) -> bool {
    matches!(
        word,
        "menu"
            | "nav"
            | "navigation"
            | "navbar"
            | "breadcrumb"
            | "breadcrumbs"
            | "crumb"
            | "crumbs"
            | "footer"
            | "sidebar"
            | "share"
            | "toolbar"
            | "related"
            | "recommend"
            | "copyright"
            | "comment"
            | "comments"
            | "pager"
            | "pagination"
            | "advert"
            | "ads"
            | "dqwz"
            | "bdsharebuttonbox"
    )
}
