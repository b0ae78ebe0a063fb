//! The outline of a document: labelled paragraphs become a tree of provisions, and the tree becomes
//! clauses.
//!
//! Only the divisions of laws, from 編 to 條, have a fixed order; otherwise 一、 may contain 1. or the
//! reverse. A new label therefore closes the last open provision of its kind, with everything
//! inside, or opens a new level. Headings without labels complicate this: they end the provisions
//! above, but the numbering may continue below them.

use smallvec::{SmallVec, smallvec};

use crate::giant::{bytes_of, passages, runs};
use crate::identity::segment;
use crate::label::{Label, LabelKind, PerKind};
use crate::model::{Clause, ClauseKind, Rule};
use crate::paragraph::{Paragraph, Role, ends_sentence};
use crate::shape::width;

struct Node {
    label: Label,
    /// The level of the heading that contains the label.
    level: Option<u8>,
    parent: Option<usize>,
    /// Its paragraphs, starting with the labelled one.
    paragraphs: SmallVec<[usize; 3]>,
    children: Vec<usize>,
    /// Unlabelled headings above it.
    above: Vec<String>,
}

/// Whether a text looks like a title: short, in one piece, no sentence.
pub(crate) fn is_heading(text: &str, over_children: bool) -> bool {
    let text = if over_children { text.trim_end_matches('。') } else { text };
    !text.is_empty()
        && width(text) <= 50.0
        && !text.contains(['；', '。'])
        && (!text.contains(['，', '：', ',']) || !over_children)
        && !ends_sentence(text)
}

/// How a document's labels become clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Provisions with labels.
    Instrument,
    /// Numbered paragraphs below unlabelled headings.
    Paper,
}

/// The provisions of a document's labelled paragraphs; their `eid`s aren't unique yet. `paragraphs`
/// begins with the first labelled one or, in a paper, with the first heading or text.
pub(crate) fn provisions(paragraphs: &[Paragraph], style: Style) -> Vec<Clause> {
    let nodes = nodes(paragraphs, style);
    let mut writer = Writer {
        paragraphs,
        nodes: &nodes,
        style,
        path: Vec::new(),
        eid: String::new(),
        headings: Vec::new(),
        clauses: Vec::with_capacity(nodes.len()),
    };
    for root in (0..nodes.len()).filter(|&at| nodes[at].parent.is_none()) {
        writer.headings.clear();
        writer.write(root);
    }
    writer.clauses
}

/// Whether an unlabelled paragraph is a heading, judging by what follows.
fn is_unlabelled_heading(paragraphs: &[Paragraph], at: usize, style: Style) -> bool {
    let paragraph = &paragraphs[at];
    let more = at + 1 < paragraphs.len();
    paragraph.level.is_some()
        || style == Style::Paper
            && more
            && !paragraph.is_cut
            && paragraph.role() == Role::Short
            && paragraph.shape.width() <= 40.0
}

/// Maximum number of unlabelled headings above a clause.
const MOST_ABOVE: usize = 8;

fn nodes(paragraphs: &[Paragraph], style: Style) -> Vec<Node> {
    let mut outline = Outline { style, ..Outline::default() };
    for (at, paragraph) in paragraphs.iter().enumerate() {
        match &paragraph.label {
            Some(label) => outline.labelled(label, paragraph, at),
            None if is_unlabelled_heading(paragraphs, at, style) => {
                let is_next = at + 1 < paragraphs.len() && {
                    paragraphs[at + 1].label.is_none()
                        && is_unlabelled_heading(paragraphs, at + 1, style)
                };
                outline.heading(paragraph, at, is_next);
            }
            None => outline.unlabelled(at),
        }
    }
    outline.finish()
}

/// The outline under construction.
struct Outline {
    style: Style,
    nodes: Vec<Node>,
    /// The open provisions, outermost first.
    open: Vec<usize>,
    /// Unlabelled headings above the next provision, with their levels.
    above: Vec<(Option<u8>, String)>,
    /// Number of open provisions that enclose those headings.
    depth: usize,
    /// Consecutive headings directly before the current paragraph, as paragraph indices.
    running: Vec<usize>,
    /// Whether a heading has closed the provisions before it, and whether it has text.
    ended: bool,
    has_text: bool,
    /// The last label of each kind before the heading.
    before: PerKind<Option<Label>>,
    last: PerKind<Option<Label>>,
    headings: u32,
}

impl Default for Outline {
    fn default() -> Self {
        Outline {
            style: Style::Instrument,
            nodes: Vec::new(),
            open: Vec::new(),
            above: Vec::new(),
            depth: 0,
            running: Vec::new(),
            ended: false,
            has_text: false,
            before: PerKind::default(),
            last: PerKind::default(),
            headings: 0,
        }
    }
}

impl Outline {
    /// Handles an unlabelled heading, which closes the provisions before it, except the chapters it
    /// belongs to.
    fn heading(&mut self, paragraph: &Paragraph, at: usize, is_next: bool) {
        let text = (paragraph.level, paragraph.text.to_string());
        if self.running.is_empty() {
            match (self.style, paragraph.level) {
                (Style::Instrument, Some(level)) => {
                    let nodes = &self.nodes;
                    let holds =
                        |&&at: &&usize| nodes[at].level.is_some_and(|of_node| of_node < level);
                    let keep = self.open.iter().take_while(holds).count();
                    self.open.truncate(keep);
                    (self.depth, self.ended, self.has_text) = (keep, true, false);
                    self.before.clone_from(&self.last);
                    self.above.retain(|(other, _)| other.is_some_and(|other| other < level));
                }
                // Two consecutive headings are parent and child; a single one replaces the deepest.
                _ if is_next => self.above.clear(),
                _ => {
                    self.above.pop();
                }
            }
        }
        // So many consecutive headings are a list, which every clause below would repeat.
        if self.above.len() == MOST_ABOVE {
            self.above.remove(0);
        }
        self.above.push(text);
        self.running.push(at);
    }

    fn unlabelled(&mut self, at: usize) {
        self.running.clear();
        if self.ended && self.open.len() == self.depth {
            self.has_text = true;
            self.under_heading(at);
            return;
        }
        match self.open.last() {
            Some(&last) => self.nodes[last].paragraphs.push(at),
            // Paragraph 1 of a paper has no number.
            None => self.push(Label::unprinted(LabelKind::Number, 1), None, at),
        }
    }

    /// Handles text directly below a heading, which is a provision in itself.
    fn under_heading(&mut self, at: usize) {
        self.headings += 1;
        self.push(Label::unprinted(LabelKind::Heading, self.headings), None, at);
    }

    fn labelled(&mut self, label: &Label, paragraph: &Paragraph, at: usize) {
        self.running.clear();
        let label = settled(label, &paragraph.text, &self.open, &self.nodes);
        let is_heading = |&at: &usize| self.nodes[at].label.kind == LabelKind::Heading;
        if let Some(heading) = self.open.iter().position(is_heading) {
            self.open.truncate(heading);
        }
        let keep = place(&label, &self.open, &self.nodes);
        self.open.truncate(keep);
        // A label that continues the list before a heading with text of its own is a sibling of
        // those provisions.
        let goes_on = |last: &Label| label.follows(last) && !label.is_first();
        let resumes = self.before[label.kind].as_ref().is_some_and(goes_on);
        if keep < self.depth || self.has_text && resumes {
            if self.has_text {
                self.above.clear();
            }
            (self.depth, self.ended) = (keep.min(self.depth), false);
        }
        if let Some(level) = paragraph.level.filter(|_| self.has_text) {
            self.above.retain(|(other, _)| other.is_some_and(|other| other < level));
        }
        self.ended = false;
        self.last[label.kind] = Some(label.clone());
        self.push(label, paragraph.level, at);
    }

    fn push(&mut self, label: Label, level: Option<u8>, at: usize) {
        let parent = self.open.last().copied();
        let number = self.nodes.len();
        if let Some(parent) = parent {
            self.nodes[parent].children.push(number);
        }
        let is_below = self.open.len() == self.depth;
        let above = self.above.iter().filter(|_| is_below).map(|(_, text)| text.clone());
        self.nodes.push(Node {
            label,
            level,
            parent,
            paragraphs: smallvec![at],
            children: Vec::new(),
            above: above.collect(),
        });
        self.open.push(number);
    }

    /// All provisions. A heading at the end with nothing below it becomes one.
    fn finish(mut self) -> Vec<Node> {
        if self.style == Style::Instrument
            && let Some(at) = self.running.pop()
        {
            self.above.pop();
            self.under_heading(at);
        }
        self.nodes
    }
}

/// Decides between letter and Roman numeral: (i) is a letter after (h), a numeral elsewhere.
fn settled(label: &Label, text: &str, open: &[usize], nodes: &[Node]) -> Label {
    let mut label = label.clone();
    if let Some(letters) = label.kind.as_letters() {
        let name = label.name(text).to_ascii_lowercase();
        let inner = name.trim_matches(['(', ')', '（', '）']);
        if let [letter @ b'a'..=b'z'] = inner.as_bytes() {
            let number = u32::from(letter - b'a') + 1;
            let after_letter = open.iter().any(|&at| {
                let other = &nodes[at].label;
                other.kind == letters && other.numbers[0] + 1 == number
            });
            if after_letter {
                label.kind = letters;
                label.numbers = smallvec![number];
            }
        }
    }
    label
}

/// Number of open provisions that stay open around a new label.
fn place(label: &Label, open: &[usize], nodes: &[Node]) -> usize {
    let structural = |kind: LabelKind| kind <= LabelKind::Article;
    if label.kind == LabelKind::Decimal
        && let Some(at) = open.iter().rev().position(|&at| is_inside(label, &nodes[at].label))
    {
        return open.len() - at;
    }
    if let Some(at) = open.iter().rposition(|&at| nodes[at].label.kind == label.kind) {
        return at;
    }
    if structural(label.kind) {
        return open.iter().position(|&at| nodes[at].label.kind > label.kind).unwrap_or(open.len());
    }
    open.len()
}

/// Whether a label with points belongs below another: 1.2 is inside 1 and beside 1.1; 1.2.1 is inside
/// 1.2.
fn is_inside(label: &Label, other: &Label) -> bool {
    matches!(other.kind, LabelKind::Decimal | LabelKind::Number)
        && other.numbers.len() < label.figures()
        && label.numbers.starts_with(&other.numbers)
}

/// Writes provisions as clauses, in reading order.
struct Writer<'a> {
    paragraphs: &'a [Paragraph<'a>],
    nodes: &'a [Node],
    style: Style,
    /// The provisions from the outermost to the current one.
    path: Vec<usize>,
    /// `eid` of the current provision.
    eid: String,
    /// Titles of the enclosing levels.
    headings: Vec<String>,
    clauses: Vec<Clause>,
}

impl<'a> Writer<'a> {
    fn write(&mut self, at: usize) {
        let nodes = self.nodes;
        let node = &nodes[at];
        let outer_eid = self.eid.len();
        let outer_headings = self.headings.len();
        self.headings.extend(node.above.iter().cloned());
        self.path.push(at);
        if !self.eid.is_empty() {
            self.eid.push_str("__");
        }
        self.eid.push_str(&segment(&node.label, self.label_text(at)));
        let children_remain = self.write_own_text(at);
        if children_remain {
            for &child in &node.children {
                self.write(child);
            }
        }
        // Leaves the provision.
        self.path.pop();
        self.eid.truncate(outer_eid);
        self.headings.truncate(outer_headings);
    }

    /// Writes the text of a provision, or its title as a heading of the provisions below it. Returns
    /// whether those are still to be written: an article with text is one clause with all its items.
    fn write_own_text(&mut self, at: usize) -> bool {
        let (nodes, paragraphs) = (self.nodes, self.paragraphs);
        let node = &nodes[at];
        let first = paragraphs[node.paragraphs[0]].body();
        let extra = &node.paragraphs[1..];
        let has_children = !node.children.is_empty();
        let structural = node.label.kind < LabelKind::Article;
        // The title of a chapter may span two lines.
        let title_goes_on = structural
            && has_children
            && extra.iter().all(|&at| paragraphs[at].role() == Role::Short);
        // 第二條 雙方每年會面。 is text, whatever is below it.
        let is_text = node.label.kind == LabelKind::Article && first.ends_with('。');
        let titled = structural || !is_text && is_heading(first, has_children && extra.is_empty());
        let only_heading =
            extra.is_empty() && has_children && (first.is_empty() || titled) || structural;

        if node.label.kind == LabelKind::Heading {
            self.provision(at, None, &node.paragraphs, true);
            return false;
        }
        if only_heading {
            if structural && !extra.is_empty() && !title_goes_on {
                // Text directly below a chapter's title is a clause of the chapter.
                let heading = Some(first.to_owned()).filter(|first| !first.is_empty());
                self.provision(at, heading, extra, false);
            } else if structural && extra.is_empty() && !has_children {
                // Nothing is below it.
                self.provision(at, None, &node.paragraphs, true);
            }
            if !first.is_empty() {
                let mut title = first.to_owned();
                for &at in extra.iter().filter(|_| title_goes_on) {
                    crate::clean::append(&mut title, &paragraphs[at].text);
                }
                title.truncate(title.trim_end_matches('。').len());
                self.headings.push(title);
            }
            return true;
        }
        let is_article = node.label.kind == LabelKind::Article;
        let heading =
            (titled && (!extra.is_empty() || is_article && has_children)).then(|| first.to_owned());
        let mut gathered: SmallVec<[usize; 16]> = SmallVec::new();
        if is_article {
            self.gather(at, &mut gathered);
        } else {
            gathered.extend_from_slice(&node.paragraphs);
        }
        let skip_first = heading.is_some() || first.is_empty();
        let gathered = &gathered[usize::from(skip_first)..];
        if !gathered.is_empty() || !has_children {
            self.provision(at, heading.clone(), gathered, !skip_first);
        }
        if !is_article {
            self.headings.extend(heading);
        }
        !is_article
    }

    /// The name of a provision in a path: its label, or the heading that replaces one.
    fn name(&self, at: usize) -> String {
        let node = &self.nodes[at];
        match node.above.last() {
            Some(heading) if node.label.kind == LabelKind::Heading => {
                heading.split_whitespace().collect()
            }
            _ => node.label.name(self.label_text(at)),
        }
    }

    /// The text that contains a provision's label.
    fn label_text(&self, at: usize) -> &'a str {
        &self.paragraphs[self.nodes[at].paragraphs[0]].text
    }

    /// Collects all paragraphs of an article, in reading order.
    fn gather(&self, at: usize, into: &mut SmallVec<[usize; 16]>) {
        into.extend_from_slice(&self.nodes[at].paragraphs);
        for &child in &self.nodes[at].children {
            self.gather(child, into);
        }
    }

    /// Adds the clause of a provision with the given paragraphs.
    fn provision(
        &mut self,
        at: usize,
        heading: Option<String>,
        paragraphs: &[usize],
        first_without_label: bool,
    ) {
        let node = &self.nodes[at];
        // Notes follow the clause.
        let all = paragraphs.iter().map(|&at| &self.paragraphs[at]);
        let (mut paragraphs, notes): (Vec<&Paragraph>, Vec<&Paragraph>) =
            all.partition(|paragraph| !paragraph.is_note);
        paragraphs.extend(notes);
        let passage_runs = runs(&paragraphs);
        let text = |run: &std::ops::Range<usize>| {
            let without_label = run.start == 0 && first_without_label;
            joined(&paragraphs[run.clone()], without_label)
        };
        let start = self.paragraphs[node.paragraphs[0]].span.start;
        let printed = node.label.printed(self.label_text(at));
        let drawn_by = match node.label.kind {
            LabelKind::Heading => Rule::UnderChapter,
            _ if printed.is_none() => Rule::FirstParagraph,
            LabelKind::Bullet => Rule::Point,
            LabelKind::Article => Rule::WholeArticle,
            kind if kind < LabelKind::Article => Rule::UnderChapter,
            _ if heading.is_some() => Rule::TitledLabel,
            _ if !node.children.is_empty() => Rule::LeadIn,
            _ => Rule::Label,
        };
        let path = self.path.iter().map(|&at| self.name(at));
        let first = &paragraphs[passage_runs[0].clone()];
        let end = match bytes_of(first).end {
            0 => self.paragraphs[node.paragraphs[0]].span.end,
            end => end,
        };
        let clause = Clause {
            kind: self.kind(node),
            label: printed.map(str::to_owned),
            path: path.collect(),
            eid: self.eid.clone(),
            heading,
            headings: self.headings.clone(),
            units: Vec::new(),
            bodies: Vec::new(),
            recognised: None,
            text: text(&passage_runs[0]),
            bytes: start..end,
            drawn_by,
        };
        let further =
            passage_runs[1..].iter().map(|run| (text(run), bytes_of(&paragraphs[run.clone()])));
        self.clauses.extend(passages(clause, further.collect()));
    }

    /// The kind of the current provision's clause.
    fn kind(&self, node: &Node) -> ClauseKind {
        let around = || self.path.iter().map(|&at| self.nodes[at].label.kind);
        match (self.style, node.label.kind) {
            (_, LabelKind::Bullet) => ClauseKind::Bullet,
            (_, LabelKind::Article) => ClauseKind::Article,
            (Style::Paper, _) if self.path.len() == 1 => ClauseKind::Paragraph,
            _ if around().filter(|&kind| kind > LabelKind::Article).count() == 1
                && !around().any(|kind| kind == LabelKind::Article) =>
            {
                ClauseKind::Article
            }
            (_, kind) if kind < LabelKind::Article => ClauseKind::Article,
            _ => ClauseKind::Item,
        }
    }
}

/// The text of paragraphs, one per line; the first possibly without its label.
fn joined(paragraphs: &[&Paragraph], first_without_label: bool) -> String {
    let length = paragraphs.iter().map(|paragraph| paragraph.text.len() + 1).sum();
    let mut text = String::with_capacity(length);
    for (position, paragraph) in paragraphs.iter().enumerate() {
        if position > 0 {
            text.push('\n');
        }
        let body_only = position == 0 && first_without_label;
        text.push_str(if body_only { paragraph.body() } else { &paragraph.text });
    }
    text
}
