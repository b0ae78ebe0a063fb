//! The outline of a document: labelled paragraphs become provisions inside one another,
//! and these become clauses by the rules of the crate's documentation.

use smallvec::{SmallVec, smallvec};

use crate::giant::{bytes_of, passages, runs};
use crate::identity::segment;
use crate::label::{Label, LabelKind};
use crate::mend::{Paragraph, Role, ends_sentence};
use crate::model::{Clause, ClauseKind, Rule};
use crate::shape::width;

struct Node {
    label: Label,
    parent: Option<usize>,
    /// Paragraphs of its own, the one with the label first.
    paragraphs: SmallVec<[usize; 3]>,
    children: Vec<usize>,
    /// Headings without labels that stand above it.
    above: Vec<String>,
}

/// What a title is: short, of one piece, no sentence.
pub(crate) fn is_heading(text: &str, over_children: bool) -> bool {
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

/// The provisions that labelled paragraphs of a document make, their `eid`s not yet told
/// apart. `paragraphs` begin with the first that is labelled or, in a paper, with the
/// first heading or text.
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
        writer.headings.clone_from(&nodes[root].above);
        writer.write(root);
    }
    writer.clauses
}

/// Whether an unlabelled paragraph is a heading, given what comes after it.
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

/// Headings without labels that stand above a clause at most.
const MOST_ABOVE: usize = 8;

fn nodes(paragraphs: &[Paragraph], style: Style) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let (mut above, mut running): (Vec<String>, usize) = (Vec::new(), 0);
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let Some(label) = &paragraph.label else {
            if is_unlabelled_heading(paragraphs, at, style) {
                // Two running are parent and child; a single one takes the deepest place.
                if running > 0 {
                    // So many running ones are a list, and each clause below would repeat them.
                    if above.len() == MOST_ABOVE {
                        above.remove(0);
                    }
                    above.push(paragraph.text.to_string());
                } else if paragraphs.get(at + 1).is_some_and(|next| next.label.is_none())
                    && at + 1 < paragraphs.len()
                    && is_unlabelled_heading(paragraphs, at + 1, style)
                {
                    above = vec![paragraph.text.to_string()];
                } else {
                    above.pop();
                    above.push(paragraph.text.to_string());
                }
                running += 1;
                continue;
            }
            running = 0;
            match open.last() {
                Some(&last) => nodes[last].paragraphs.push(at),
                // Paragraph 1 of a paper has no number.
                None => {
                    let label = Label::unprinted(1);
                    open.push(nodes.len());
                    nodes.push(Node {
                        label,
                        parent: None,
                        paragraphs: smallvec![at],
                        children: Vec::new(),
                        above: above.clone(),
                    });
                }
            }
            continue;
        };
        running = 0;
        let label = settled(label, &paragraph.text, &open, &nodes);
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
            paragraphs: smallvec![at],
            children: Vec::new(),
            above: if parent.is_none() { above.clone() } else { Vec::new() },
        });
        open.push(at_node);
    }
    nodes
}

/// (i) is the ninth letter after (h), and a Roman one elsewhere.
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

/// Writes provisions as clauses, in reading order.
struct Writer<'a> {
    paragraphs: &'a [Paragraph<'a>],
    nodes: &'a [Node],
    style: Style,
    /// The provisions around the one being written, itself last.
    path: Vec<usize>,
    /// Their `eid`.
    eid: String,
    /// Titles of the levels around it.
    headings: Vec<String>,
    clauses: Vec<Clause>,
}

impl<'a> Writer<'a> {
    fn write(&mut self, at: usize) {
        let (nodes, paragraphs) = (self.nodes, self.paragraphs);
        let node = &nodes[at];
        let outer_eid = self.eid.len();
        let outer_headings = self.headings.len();
        self.path.push(at);
        if !self.eid.is_empty() {
            self.eid.push_str("__");
        }
        self.eid.push_str(&segment(&node.label, self.label_text(at)));

        let first = paragraphs[node.paragraphs[0]].body();
        let extra = &node.paragraphs[1..];
        let has_children = !node.children.is_empty();
        let structural = node.label.kind < LabelKind::Article;
        // The title of a chapter may run over two lines.
        let title_goes_on = structural
            && has_children
            && extra.iter().all(|&at| paragraphs[at].role() == Role::Short);
        let titled = structural || is_heading(first, has_children && extra.is_empty());
        let only_heading =
            extra.is_empty() && has_children && (first.is_empty() || titled) || structural;

        let whole_article = node.label.kind == LabelKind::Article && !only_heading;
        if only_heading {
            if structural && !extra.is_empty() && !title_goes_on {
                // Text right under a chapter's title is a clause of the chapter.
                self.provision(at, None, extra, false);
            }
            if !first.is_empty() {
                let mut title = first.to_owned();
                for &at in extra.iter().filter(|_| title_goes_on) {
                    crate::clean::append(&mut title, &paragraphs[at].text);
                }
                title.truncate(title.trim_end_matches('。').len());
                self.headings.push(title);
            }
        } else {
            let heading = (titled && !extra.is_empty()
                || titled && node.label.kind == LabelKind::Article && has_children)
                .then(|| first.to_owned());
            let mut own: SmallVec<[usize; 16]> = SmallVec::new();
            if whole_article {
                self.gather(at, &mut own);
            } else {
                own.extend_from_slice(&node.paragraphs);
            }
            let skip_first = heading.is_some() || first.is_empty();
            let own = &own[usize::from(skip_first)..];
            if !own.is_empty() || !has_children {
                self.provision(at, heading.clone(), own, !skip_first);
            }
            if !whole_article {
                self.headings.extend(heading);
            }
        }
        if !whole_article {
            for &child in &node.children {
                self.write(child);
            }
        }
        self.path.pop();
        self.eid.truncate(outer_eid);
        self.headings.truncate(outer_headings);
    }

    /// The text that the label of a provision stands in.
    fn label_text(&self, at: usize) -> &'a str {
        &self.paragraphs[self.nodes[at].paragraphs[0]].text
    }

    /// All paragraphs of an article, in reading order.
    fn gather(&self, at: usize, into: &mut SmallVec<[usize; 16]>) {
        into.extend_from_slice(&self.nodes[at].paragraphs);
        for &child in &self.nodes[at].children {
            self.gather(child, into);
        }
    }

    /// Adds the clause of a provision with `own` paragraphs.
    fn provision(
        &mut self,
        at: usize,
        heading: Option<String>,
        own: &[usize],
        first_without_label: bool,
    ) {
        let node = &self.nodes[at];
        // Notes follow the clause.
        let all = own.iter().map(|&at| &self.paragraphs[at]);
        let (mut own, notes): (Vec<&Paragraph>, Vec<&Paragraph>) =
            all.partition(|paragraph| !paragraph.is_note);
        own.extend(notes);
        let passage_runs = runs(&own);
        let text = |run: &std::ops::Range<usize>| {
            let length = own[run.clone()].iter().map(|paragraph| paragraph.text.len() + 1).sum();
            let mut text = String::with_capacity(length);
            for (position, paragraph) in run.clone().zip(&own[run.clone()]) {
                if position > run.start {
                    text.push('\n');
                }
                let own_label = position == 0 && first_without_label;
                text.push_str(if own_label { paragraph.body() } else { &paragraph.text });
            }
            text
        };
        let start = self.paragraphs[node.paragraphs[0]].span.start;
        let around = || self.path.iter().map(|&at| self.nodes[at].label.kind);
        let kind = match (self.style, node.label.kind) {
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
        };
        let printed = node.label.printed(self.label_text(at));
        let drawn_by = match node.label.kind {
            _ if printed.is_none() => Rule::FirstParagraph,
            LabelKind::Bullet => Rule::Point,
            LabelKind::Article => Rule::WholeArticle,
            kind if kind < LabelKind::Article => Rule::UnderChapter,
            _ if heading.is_some() => Rule::TitledLabel,
            _ if !node.children.is_empty() => Rule::LeadIn,
            _ => Rule::Label,
        };
        let path = self.path.iter().map(|&at| self.nodes[at].label.name(self.label_text(at)));
        let first = &own[passage_runs[0].clone()];
        let end = match bytes_of(first).end {
            0 => self.paragraphs[node.paragraphs[0]].span.end,
            end => end,
        };
        let clause = Clause {
            kind,
            label: printed.map(str::to_owned),
            path: path.collect(),
            eid: self.eid.clone(),
            heading,
            headings: self.headings.clone(),
            units: Vec::new(),
            text: text(&passage_runs[0]),
            bytes: start..end,
            drawn_by,
        };
        let further = passage_runs[1..].iter().map(|run| (text(run), bytes_of(&own[run.clone()])));
        self.clauses.extend(passages(clause, further.collect()));
    }
}
