//! The outline of a document: labelled paragraphs become provisions inside one another,
//! and these become clauses by the rules of the crate's documentation.

use std::ops::Range;

use crate::clean::width;
use crate::label::{Label, LabelKind};
use crate::mend::{Paragraph, Role, ends_sentence};
use crate::model::{ClauseKind, Rule};

/// A clause before it has an id.
#[derive(Debug, Clone)]
pub(crate) struct Provision {
    pub(crate) kind: ClauseKind,
    pub(crate) label: Option<Label>,
    /// Labels from the outermost in, its own last.
    pub(crate) path: Vec<Label>,
    pub(crate) heading: Option<String>,
    pub(crate) headings: Vec<String>,
    pub(crate) text: String,
    pub(crate) bytes: Range<usize>,
    pub(crate) drawn_by: Rule,
}

struct Node {
    label: Label,
    parent: Option<usize>,
    /// Paragraphs of its own, the one with the label first.
    paragraphs: Vec<usize>,
    children: Vec<usize>,
    /// Headings without labels that stand above it.
    above: Vec<String>,
}

/// What a title is: short, of one piece, no sentence.
fn is_heading(text: &str, over_children: bool) -> bool {
    let text = if over_children { text.trim_end_matches('。') } else { text };
    !text.is_empty()
        && width(text) <= 50.0
        && !text.contains(['；', '。'])
        && (!text.contains(['，', '：', ',']) || !over_children)
        && !ends_sentence(text)
}

/// How document and labels decide what their clauses are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Provisions under labels.
    Instrument,
    /// Numbered paragraphs under headings without labels.
    Paper,
}

/// The provisions that labelled paragraphs of a document make. `paragraphs` begin with
/// the first that is labelled or, in a paper, with the first heading or text.
pub(crate) fn provisions(paragraphs: &[Paragraph], style: Style) -> Vec<Provision> {
    let nodes = nodes(paragraphs, style);
    let mut provisions = Vec::new();
    let roots = (0..nodes.len()).filter(|&at| nodes[at].parent.is_none());
    let writer = Writer { paragraphs, nodes: &nodes, style };
    for root in roots {
        writer.write(root, &[], &nodes[root].above, &mut provisions);
    }
    provisions
}

/// Whether an unlabelled paragraph is a heading, given what comes after it.
fn is_unlabelled_heading(paragraphs: &[Paragraph], at: usize, style: Style) -> bool {
    let paragraph = &paragraphs[at];
    let more = at + 1 < paragraphs.len();
    paragraph.level.is_some()
        || style == Style::Paper
            && more
            && paragraph.role() == Role::Short
            && width(&paragraph.text) <= 40.0
}

fn nodes(paragraphs: &[Paragraph], style: Style) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let (mut above, mut running): (Vec<String>, usize) = (Vec::new(), 0);
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let Some(label) = &paragraph.label else {
            if is_unlabelled_heading(paragraphs, at, style) {
                // Two running are parent and child; a single one takes the deepest place.
                if running > 0 {
                    above.push(paragraph.text.clone());
                } else if paragraphs.get(at + 1).is_some_and(|next| next.label.is_none())
                    && at + 1 < paragraphs.len()
                    && is_unlabelled_heading(paragraphs, at + 1, style)
                {
                    above = vec![paragraph.text.clone()];
                } else {
                    above.pop();
                    above.push(paragraph.text.clone());
                }
                running += 1;
                continue;
            }
            running = 0;
            match open.last() {
                Some(&last) => nodes[last].paragraphs.push(at),
                // Paragraph 1 of a paper has no number.
                None => {
                    let label = Label {
                        kind: LabelKind::Number,
                        printed: String::new(),
                        name: "1".to_owned(),
                        numbers: vec![1],
                        length: 0,
                        in_figures: true,
                        apart: true,
                        refers: false,
                    };
                    open.push(nodes.len());
                    nodes.push(Node {
                        label,
                        parent: None,
                        paragraphs: vec![at],
                        children: Vec::new(),
                        above: above.clone(),
                    });
                }
            }
            continue;
        };
        running = 0;
        let label = settled(label, &open, &nodes);
        let keep = place(&label, &open, &nodes);
        open.truncate(keep);
        let parent = open.last().copied();
        let at_node = nodes.len();
        if let Some(parent) = parent {
            nodes[parent].children.push(at_node);
        }
        nodes.push(Node {
            label,
            parent,
            paragraphs: vec![at],
            children: Vec::new(),
            above: if parent.is_none() { above.clone() } else { Vec::new() },
        });
        open.push(at_node);
    }
    nodes
}

/// (i) is the ninth letter after (h), and a Roman one elsewhere.
fn settled(label: &Label, open: &[usize], nodes: &[Node]) -> Label {
    let mut label = label.clone();
    if label.kind == LabelKind::RomanParen {
        let inner = label.name.trim_matches(['(', ')', '（', '）']).to_ascii_lowercase();
        if let [letter @ b'a'..=b'z'] = inner.as_bytes() {
            let number = u32::from(letter - b'a') + 1;
            let after_letter = open.iter().any(|&at| {
                let other = &nodes[at].label;
                other.kind == LabelKind::LetterParen && other.numbers[0] + 1 == number
            });
            if after_letter {
                label.kind = LabelKind::LetterParen;
                label.numbers = vec![number];
            }
        }
    }
    label
}

/// How many of the open provisions stay open around a new label.
fn place(label: &Label, open: &[usize], nodes: &[Node]) -> usize {
    let structural = |kind: LabelKind| kind <= LabelKind::Article;
    if label.kind == LabelKind::Decimal {
        // 1.2 lies in 1 and beside 1.1; 1.2.1 lies in 1.2.
        let inside = |at: &&usize| {
            let other = &nodes[**at].label;
            matches!(other.kind, LabelKind::Decimal | LabelKind::Number)
                && other.numbers.len() < label.numbers.len()
                && label.numbers.starts_with(&other.numbers)
        };
        if let Some(at) = open.iter().rev().position(|at| inside(&at)) {
            return open.len() - at;
        }
    }
    if let Some(at) = open.iter().rposition(|&at| nodes[at].label.kind == label.kind) {
        return at;
    }
    if structural(label.kind) {
        return open.iter().position(|&at| nodes[at].label.kind > label.kind).unwrap_or(open.len());
    }
    open.len()
}

struct Writer<'a> {
    paragraphs: &'a [Paragraph],
    nodes: &'a [Node],
    style: Style,
}

impl Writer<'_> {
    fn write(&self, at: usize, path: &[Label], headings: &[String], out: &mut Vec<Provision>) {
        let node = &self.nodes[at];
        let mut path = path.to_vec();
        path.push(node.label.clone());
        let first = self.paragraphs[node.paragraphs[0]].body();
        let extra = &node.paragraphs[1..];
        let has_children = !node.children.is_empty();
        let structural = node.label.kind < LabelKind::Article;
        // The title of a chapter may run over two lines.
        let title_goes_on = structural
            && has_children
            && extra.iter().all(|&at| self.paragraphs[at].role() == Role::Short);
        let mut title = first.to_owned();
        if title_goes_on {
            for &at in extra {
                crate::clean::append(&mut title, &self.paragraphs[at].text);
            }
        }
        let titled = structural || is_heading(first, has_children && extra.is_empty());
        let only_heading =
            extra.is_empty() && has_children && (first.is_empty() || titled) || structural;

        let mut below = headings.to_vec();
        let whole_article = node.label.kind == LabelKind::Article && !only_heading;
        if only_heading {
            if !first.is_empty() {
                below.push(title.trim_end_matches('。').to_owned());
            }
            if structural && !extra.is_empty() && !title_goes_on {
                // Text right under a chapter's title is a clause of the chapter.
                out.push(self.provision(node, &path, None, headings, extra.to_vec(), false));
            }
        } else {
            let heading = (titled && !extra.is_empty()
                || titled && node.label.kind == LabelKind::Article && has_children)
                .then(|| first.to_owned());
            let mut own = Vec::new();
            if whole_article {
                self.gather(at, &mut own);
            } else {
                own.extend_from_slice(&node.paragraphs);
            }
            let skip_first = heading.is_some() || first.is_empty();
            if skip_first {
                own.remove(0);
            }
            if let Some(heading) = &heading {
                below.push(heading.clone());
            }
            if !own.is_empty() || !has_children {
                out.push(self.provision(node, &path, heading, headings, own, !skip_first));
            }
        }
        if !whole_article {
            for &child in &node.children {
                self.write(child, &path, &below, out);
            }
        }
    }

    /// All paragraphs of an article, in reading order.
    fn gather(&self, at: usize, into: &mut Vec<usize>) {
        into.extend_from_slice(&self.nodes[at].paragraphs);
        for &child in &self.nodes[at].children {
            self.gather(child, into);
        }
    }

    fn provision(
        &self,
        node: &Node,
        path: &[Label],
        heading: Option<String>,
        headings: &[String],
        own: Vec<usize>,
        first_without_label: bool,
    ) -> Provision {
        let mut text = String::new();
        for (position, &at) in own.iter().enumerate() {
            let paragraph = &self.paragraphs[at];
            if position > 0 {
                text.push('\n');
            }
            let own_label = position == 0 && first_without_label;
            text.push_str(if own_label { paragraph.body() } else { &paragraph.text });
        }
        let start = self.paragraphs[node.paragraphs[0]].span.start;
        let last = own.last().copied().unwrap_or(node.paragraphs[0]);
        let kind = match (self.style, node.label.kind) {
            (_, LabelKind::Bullet) => ClauseKind::Bullet,
            (_, LabelKind::Article) => ClauseKind::Article,
            (Style::Paper, _) if path.len() == 1 => ClauseKind::Paragraph,
            _ if path.iter().filter(|label| label.kind > LabelKind::Article).count() == 1
                && !path.iter().any(|label| label.kind == LabelKind::Article) =>
            {
                ClauseKind::Article
            }
            (_, kind) if kind < LabelKind::Article => ClauseKind::Article,
            _ => ClauseKind::Item,
        };
        let drawn_by = match node.label.kind {
            _ if node.label.printed.is_empty() => Rule::FirstParagraph,
            LabelKind::Bullet => Rule::Point,
            LabelKind::Article => Rule::WholeArticle,
            kind if kind < LabelKind::Article => Rule::UnderChapter,
            _ if heading.is_some() => Rule::TitledLabel,
            _ if !node.children.is_empty() => Rule::LeadIn,
            _ => Rule::Label,
        };
        Provision {
            kind,
            label: (!node.label.printed.is_empty()).then(|| node.label.clone()),
            path: path.to_vec(),
            heading,
            headings: headings.to_vec(),
            text,
            bytes: start..self.paragraphs[last].span.end,
            drawn_by,
        }
    }
}
