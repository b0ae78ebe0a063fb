//! The elements of a page in reading order; detects menus and chooses the article.

use std::collections::{HashMap, HashSet};

use scraper::{Html, Node};
use tiaowen_text::numeral;

use super::tame::KIND;

/// Number of ancestors that a text counts for; nearer ones count more.
const ANCESTORS: usize = 5;
/// Amount of text outside the best element that justifies choosing its parent.
const WORTH: usize = 200;

/// A node; its content follows.
pub(super) struct Item<'a> {
    /// Name of the element; empty for text.
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) node: &'a Node,
    /// Index behind the last item inside it.
    pub(super) end: usize,
    parent: usize,
    pub(super) in_link: bool,
    /// Whether it and its content are dropped.
    pub(super) dropped: bool,
}

/// Whether a text begins with the label of an article, chapter or provision.
pub(super) fn is_label(text: &str) -> bool {
    let is_numeral = |c: char| numeral::is_numeral(c) || c.is_whitespace();
    if let Some(rest) = text.strip_prefix('第') {
        let rest = rest.trim_start();
        let unit = rest.trim_start_matches(is_numeral);
        return unit.len() < rest.len() && unit.starts_with(['條', '条', '章', '節', '节']);
    }
    let open = text.strip_prefix(['（', '(']).unwrap_or(text);
    let rest = open.trim_start_matches(numeral::is_han_numeral);
    rest.len() < open.len() && rest.starts_with(['、', '）', ')'])
}

impl<'a> Item<'a> {
    /// The meaning of formatting: raised, deleted or ruby annotation.
    pub(super) fn meaning(&self) -> Option<&'a str> {
        let is_struck =
            || self.attribute("style").is_some_and(|style| style.contains("line-through"));
        self.attribute(KIND).or_else(|| is_struck().then_some("deleted"))
    }

    fn is_raised(&self) -> bool {
        self.meaning() == Some("raised")
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.node.as_element()?.attr(name)
    }
}

pub(super) struct Page<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// For each item, the number of letters outside links, and inside links, before it.
    prose: Vec<usize>,
    links: Vec<usize>,
    /// For each item, the number of line-ending elements before it.
    breaks: Vec<usize>,
    /// For each item, the number of labels of provisions outside links before it.
    labels: Vec<usize>,
    /// Notes: the elements that references lead to, with the names used.
    notes: HashMap<usize, &'a str>,
    note_ids: HashSet<&'a str>,
    /// For each item, the enclosing table whose rows are read across.
    data: Vec<Option<usize>>,
}

/// The nodes of a document in reading order.
fn items(html: &Html) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut next = Some(html.tree.root());
    while let Some(node) = next {
        let at = items.len();
        let parent = open.last().copied().unwrap_or(0);
        let value = node.value();
        let name = value.as_element().map_or("", |element| element.name());
        let text = value.as_text().map_or("", |text| &**text);
        let in_link = is_link(value) || items.get(parent).is_some_and(|parent| parent.in_link);
        let item = Item { name, text, node: value, end: at + 1, parent, in_link, dropped: false };
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
    items
}

/// Whether a node is a link: an anchor with an address, or a button, which `tame` turns into a span.
fn is_link(node: &Node) -> bool {
    node.as_element().is_some_and(|element| match element.name() {
        "a" => element.attr("href").is_some(),
        "span" => element.attr(KIND) == Some("button"),
        _ => false,
    })
}

impl<'a> Page<'a> {
    pub(super) fn of(html: &'a Html) -> Self {
        let mut page = Page {
            items: items(html),
            prose: Vec::new(),
            links: Vec::new(),
            breaks: vec![0],
            labels: vec![0],
            notes: HashMap::new(),
            note_ids: HashSet::new(),
            data: Vec::new(),
        };
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
        for at in 0..page.items.len() {
            let count = page.labels[at] + usize::from(page.begins_with_label(at));
            page.labels.push(count);
        }
        page.notes = page.find_notes();
        page.note_ids = page.notes.values().copied().collect();
        page
    }

    /// Whether a text is the first of its paragraph, is no link, and begins with a label.
    fn begins_with_label(&self, at: usize) -> bool {
        let item = &self.items[at];
        let is_read = item.name.is_empty() && !item.dropped && !item.in_link;
        is_read && is_label(item.text.trim_start()) && {
            let paragraph = self.paragraph(at);
            self.prose[at] + self.links[at] == self.prose[paragraph] + self.links[paragraph]
                || self.breaks[at] > self.breaks[paragraph + 1]
        }
    }

    /// Elements further down the page that raised links lead to.
    fn find_notes(&self) -> HashMap<usize, &'a str> {
        let mut ids: HashMap<&str, usize> = HashMap::new();
        for (at, item) in self.items.iter().enumerate() {
            if let Some(id) = item.attribute("id").or_else(|| item.attribute("name")) {
                ids.entry(id).or_insert(at);
            }
        }
        let mut notes = HashMap::new();
        for (at, item) in self.items.iter().enumerate().filter(|(_, item)| item.in_link) {
            let Some(id) = item.attribute("href").and_then(|href| href.strip_prefix('#')) else {
                continue;
            };
            let is_raised = || self.ancestors(at).take(3).any(|up| self.items[up].is_raised());
            let Some(&target) = ids.get(id).filter(|&&target| target > at) else { continue };
            let of_block = |&at: &usize| matches!(self.items[at].name, "li" | "p" | "div" | "dd");
            let block =
                std::iter::once(target).chain(self.ancestors(target).take(2)).find(of_block);
            if let Some(block) = block.filter(|&block| block > at && is_raised()) {
                notes.entry(block).or_insert(id);
            }
        }
        notes
    }

    /// The name of the note in an element.
    pub(super) fn note(&self, at: usize) -> Option<&'a str> {
        self.notes.get(&at).copied()
    }

    /// The note that a raised element refers to.
    pub(super) fn note_referred_to(&self, raised: usize) -> Option<&'a str> {
        let links =
            (raised..self.items[raised].end).filter_map(|at| self.items[at].attribute("href"));
        links.filter_map(|href| href.strip_prefix('#')).find(|id| self.note_ids.contains(id))
    }

    fn labels(&self, at: usize) -> usize {
        self.labels[self.items[at].end] - self.labels[at]
    }

    /// Drops the elements for which `is_dropped` is true, with their content.
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

    /// Whether an element is invisible.
    pub(super) fn is_hidden(&self, at: usize) -> bool {
        let item = &self.items[at];
        let style = item.attribute("style").unwrap_or("").to_ascii_lowercase();
        let mut display = style.split(';').filter_map(|rule| rule.split_once(':'));
        item.attribute("hidden").is_some()
            || display.any(|(name, value)| {
                name.trim() == "display" && value.trim_start().starts_with("none")
            })
    }

    /// Whether an element is invisible or marked as no article.
    fn is_unread(&self, at: usize) -> bool {
        let item = &self.items[at];
        let role = item.attribute("role").unwrap_or("");
        self.is_hidden(at)
            || item.attribute("aria-hidden").is_some_and(|value| value.eq_ignore_ascii_case("true"))
            || matches!(item.name, "nav" | "aside" | "footer" | "search")
            || matches!(role, "navigation" | "banner" | "contentinfo" | "search")
            || item.name == "header"
                && !(self.inside(at, "h1").next().is_some()
                    && self
                        .ancestors(at)
                        .any(|up| matches!(self.items[up].name, "article" | "main")))
    }

    /// Whether its class or id marks it as no article, unless it contains most of the text.
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

    /// The element with the article.
    pub(super) fn article(&self) -> usize {
        let all = 0..self.items.len();
        let whole = self.prose[self.items.len()];
        let read = |at: &usize| !self.items[*at].dropped && self.prose(*at) + self.links(*at) > 0;
        for is_named in [
            |item: &Item<'_>| item.name == "article",
            |item: &Item<'_>| item.name == "main" || item.attribute("role") == Some("main"),
        ] {
            let mut named = all.clone().filter(|&at| is_named(&self.items[at])).filter(read);
            // One with little text compared to the rest is a teaser.
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
            // Sentences count in full, fragments half.
            let text = self.items[at].text;
            let full = letters >= 20 || text.contains(['，', '。', '；', '、']);
            let text_around = if full { letters } else { letters / 2 };
            // Many pages link the provisions that a text cites.
            let is_labelled = self.labels(self.paragraph(at)) > 0;
            let score = text_around + if is_labelled { linked } else { -linked };
            for (far, up) in self.ancestors(self.paragraph(at)).take(ANCESTORS).enumerate() {
                scores[up] += score / (far as i64 + 1);
            }
        }
        let mut best = body;
        for at in (body..self.items[body].end).filter(|&at| !self.items[at].name.is_empty()) {
            if scores[at] > scores[best] {
                best = at;
            }
        }
        // Chapters may be in separate elements, and too much is better than half an agreement.
        // Lists of links beside the article don't count.
        let mut up = best;
        while up != body && up > 0 {
            up = self.items[up].parent;
            let more = self.prose(up) - self.prose(best);
            let links = self.links(up) - self.links(best);
            if more >= WORTH && 5 * more >= self.prose(best) && 2 * links < more {
                best = up;
            }
        }
        self.with_all_labels(best, body)
    }

    /// The element around an article that contains all provisions, which may be in separate
    /// containers or tables side by side.
    fn with_all_labels(&self, article: usize, body: usize) -> usize {
        let mut best = article;
        let mut up = article;
        while up != body && up > 0 {
            up = self.items[up].parent;
            if self.labels(up) > self.labels(best) {
                best = up;
            }
        }
        best
    }

    /// The element of a text's paragraph, inside the element that the text counts for.
    fn paragraph(&self, text: usize) -> usize {
        // So that a cell is never chosen as the article.
        if let Some(table) = self.data[text] {
            return table;
        }
        let mut at = text;
        // Text directly in a container is a paragraph.
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

    /// Whether a table's rows are read across, unlike those of a layout table.
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

/// Whether `is_meant` is true of one of the words in a class or id.
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
