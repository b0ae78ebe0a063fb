//! What is looked for, with what it counts; no engine in it.

use std::ops::Range;

use tiaowen_text::{PAUSE, Units};

use crate::analysis::{Analysis, Concept, Part};
use crate::citation::Citation;
use crate::syntax::{Node, Syntax};
use crate::whole::Sought;

/// What each kind of match counts. The one place where ranking is tuned; chosen by
/// measuring on judged topics, see docs/ranking.md.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// A word of the query in the clause's text.
    pub word: f32,
    /// A word inside a longer word of the query.
    pub inner: f32,
    /// Two neighbouring characters of the query, neighbours in the clause.
    pub pair: f32,
    /// A single character of the query.
    pub character: f32,
    /// A Latin word or figure.
    pub figure: f32,
    /// A number or date as it stands.
    pub fixed: f32,
    /// The number of a document that is asked for.
    pub document_number: f32,
    /// A whole part of the query, as it stands.
    pub phrase: f32,
    /// The whole query as it stands, with what stands between its words.
    pub whole: f32,
    /// A word in the clause's headings.
    pub heading: f32,
    /// A word in the document's title.
    pub title: f32,
    /// The clause that is cited; one that cites it counts a quarter.
    pub cited: f32,
    /// A word in the document's parties.
    pub name: f32,
    /// What a match of another region's word counts, beside one of the word typed.
    pub regional: f32,
    /// How near to the best score a clause must come that holds only some of the words.
    pub relaxed: f32,
    /// What is left of the score of a clause that holds none of the words whole; one that
    /// holds some keeps more.
    pub uncovered: f32,
    /// Words that follow one another closely.
    pub near: f32,
    /// What is left of the score of a signature, which names what it doesn't tell about.
    pub signature: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Weights {
            word: 0.2,
            inner: 0.15,
            pair: 0.25,
            character: 1.0,
            figure: 0.5,
            fixed: 4.0,
            document_number: 20.0,
            phrase: 1.0,
            whole: 20.0,
            heading: 0.3,
            title: 0.15,
            cited: 100.0,
            name: 0.15,
            regional: 0.9,
            relaxed: 0.2,
            uncovered: 0.6,
            near: 0.5,
            signature: 0.5,
        }
    }
}

/// How much of a query a clause must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// All groups.
    All,
    /// Some of them; enough to come near the best.
    Some,
}

/// Something to look for.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
    /// A token of the word field.
    Word(String),
    /// Units one behind the other in the character field, with their positions.
    Phrase(Vec<(usize, String)>),
    /// The same, found or not, without degrees: a long clause that says it says it.
    Whole(Vec<(usize, String)>),
    /// Any of these.
    AnyOf(Vec<Look>),
    /// All of these.
    AllOf(Vec<Look>),
    /// Not this.
    Not(Box<Look>),
    /// A Latin word or figure that begins so.
    Prefix(String),
    /// Characters in a row in the headings.
    Heading(String),
    /// Characters in a row in the title.
    Title(String),
    /// Characters in a row in the name of a party.
    Party(String),
    /// Characters in a row in the document's number; found or not, without degrees.
    Number(String),
    /// This, found or not, without degrees.
    Certain(Box<Look>),
    /// A way to point at the clause; see [`tiaowen_index::addresses`].
    Address(String),
}

/// Something that counts when a clause holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Counts {
    /// A match of this, times the weight.
    Look(Look, f32),
    /// Of several wordings of the same thing the one that the clause answers best.
    Best(Vec<Vec<(Look, f32)>>),
}

/// What a query asks for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What a clause must hold, one for each group that is asked for.
    pub must: Vec<Look>,
    /// Headings that hold a group: clauses below are told of it.
    pub headings: Vec<Look>,
    /// What a clause must hold however few do: phrases, alternatives, what it must not hold.
    pub required: Vec<Look>,
    /// What counts, and how much.
    pub should: Vec<Counts>,
    /// What the query found as it stands counts, which says nothing of how near others come.
    pub whole: f32,
    /// How near to the best score a clause must come at [`Level::Some`].
    pub relaxed: f32,
    /// The concepts of the query, in order.
    pub(crate) concepts: Vec<Sought>,
    /// What is left of a score where no concept is held.
    pub uncovered: f32,
    /// What the closeness of concepts counts.
    pub near: f32,
    /// What is left of a signature's score.
    pub signature: f32,
    /// Whether what is asked for has no parts: a single character or figure, a citation.
    pub exact: bool,
}

impl Plan {
    /// The plan for a query.
    pub fn of(analysis: &Analysis, weights: &Weights) -> Plan {
        let asked: usize = analysis
            .groups()
            .filter(|group| !group.is_function)
            .map(|group| group.units.len())
            .sum();
        let mut plan = Plan {
            must: Vec::new(),
            headings: Vec::new(),
            required: Vec::new(),
            should: Vec::new(),
            whole: 0.0,
            relaxed: weights.relaxed,
            concepts: Vec::new(),
            uncovered: weights.uncovered,
            near: weights.near,
            signature: weights.signature,
            exact: asked < 2,
        };
        for part in &analysis.parts {
            for concept in &part.concepts {
                plan.concept(part, concept);
            }
            let typed = looks(part, weights);
            let mut wordings = Vec::new();
            for wording in &part.wordings {
                let discount = if wording.is_number { 1.0 } else { weights.regional };
                let looks = wording.analysis.parts.iter().flat_map(|part| looks(part, weights));
                wordings.push((looks.collect::<Vec<_>>(), discount));
            }
            let shared = |look: &Look| {
                wordings.iter().all(|(looks, _)| looks.iter().any(|(other, _)| other == look))
            };
            let (common, own): (Vec<_>, Vec<_>) =
                typed.into_iter().partition(|(look, _)| shared(look));
            if !own.is_empty() || !wordings.is_empty() {
                let others = wordings.into_iter().map(|(looks, discount)| {
                    let own = looks.into_iter().filter(|(look, _)| !common.iter().any(|(known, _)| known == look));
                    own.map(|(look, weight)| (look, weight * discount)).collect()
                });
                let all: Vec<Vec<(Look, f32)>> = std::iter::once(own).chain(others).filter(|looks: &Vec<_>| !looks.is_empty()).collect();
                if !all.is_empty() {
                    plan.should.push(Counts::Best(all));
                }
            }
            plan.should.extend(common.into_iter().map(|(look, weight)| Counts::Look(look, weight)));
        }
        // Lifted from a text, with what stands between its words: there it is.
        let whole = &analysis.whole;
        let bound = analysis.parts.len() > 1 || analysis.groups().any(|group| group.is_function);
        if bound && whole.len() > 2 || whole.len() >= 6 {
            plan.whole = weights.whole * whole.len() as f32;
            plan.add(Look::Whole(whole.clone()), plan.whole);
        }
        plan
    }

    /// Adds a concept that a clause must hold.
    fn concept(&mut self, part: &Part, concept: &Concept) {
        let groups = &part.groups[concept.groups.clone()];
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return };
        let span = first.units.start..last.units.end;
        let number = part.fixed.iter().find(|fixed| {
            fixed.is_document_number && fixed.units.start < span.end && span.start < fixed.units.end
        });
        if let Some(number) = number {
            // 號 is often left out.
            let core = part.units[number.units.start..number.units.end - 1].to_vec();
            let text = core.join(" ");
            self.concepts.push(Sought { rows: vec![in_a_row(&text)], groups: vec![core] });
            self.must.push(Look::AnyOf(vec![phrase_of(&text), Look::Number(text)]));
            return;
        }
        let asked = groups.iter().filter(|group| !group.is_function);
        let mut texts: Vec<String> = asked.map(|group| group.text.clone()).collect();
        if texts.is_empty() {
            return;
        }
        if part.fixed.iter().any(|fixed| {
            fixed.units.start < span.end && span.start < fixed.units.end
        }) {
            texts = vec![texts.concat()];
        }
        let wordings: Vec<Vec<String>> =
            std::iter::once(&texts).chain(&concept.otherwise).cloned().collect();
        let rows = wordings.iter().map(|texts| in_a_row(&texts.concat())).collect();
        self.headings.push(held(&texts, &concept.otherwise, Look::Heading));
        self.must.push(held(&texts, &concept.otherwise, |text| phrase_of(&text)));
        self.concepts.push(Sought { rows, groups: wordings });
    }

    /// Asks for the clause that is cited, or one that cites it.
    pub fn cite(&mut self, citation: &Citation, weights: &Weights) {
        let title = citation.title.as_ref().map(|title| Look::Title(title.clone()));
        let pointed: Vec<Look> = citation
            .addresses()
            .into_iter()
            .map(|all| {
                Look::AllOf(title.iter().cloned().chain(all.into_iter().map(Look::Address)).collect())
            })
            .collect();
        let mention = Look::Whole(in_a_row(&citation.text));
        // The words beside it may stand where the clause needn't repeat them.
        for (concept, must) in self.concepts.iter().zip(&mut self.must) {
            let around = concept.groups.iter().flat_map(|groups| {
                let text = groups.concat();
                [Look::Title(text.clone()), Look::Heading(text)]
            });
            *must = Look::AnyOf(std::iter::once(must.clone()).chain(around).collect());
        }
        for (nth, look) in (1u8..).zip(&pointed) {
            let weight = weights.cited / f32::from(nth);
            self.add(Look::Certain(Box::new(look.clone())), weight);
        }
        if let Some(title) = title {
            self.add(title, weights.title);
        }
        self.add(mention.clone(), weights.cited / 4.0);
        self.must.push(Look::AnyOf(pointed.into_iter().chain([mention]).collect()));
        self.exact = true;
    }

    /// Adds what the query's operators ask for; `cut` cuts a text of theirs.
    pub fn require(&mut self, syntax: &Syntax, weights: &Weights, cut: &dyn Fn(&str) -> Analysis) {
        for node in &syntax.required {
            self.required.push(look(node, weights, cut));
            self.score(node, weights, cut);
        }
        for node in &syntax.excluded {
            self.required.push(Look::Not(Box::new(look(node, weights, cut))));
        }
    }

    /// What a required piece counts: as if its texts had been typed plainly.
    fn score(&mut self, node: &Node, weights: &Weights, cut: &dyn Fn(&str) -> Analysis) {
        match node {
            Node::Text(text) => self.should.extend(Plan::of(&cut(text), weights).should),
            Node::Phrase(text) => {
                self.should.extend(Plan::of(&cut(text), weights).should);
                self.add(phrase_of(text), weights.phrase);
            }
            Node::Prefix(prefix) => self.add(Look::Prefix(prefix.clone()), weights.figure),
            Node::Any(nodes) | Node::All(nodes) => {
                nodes.iter().for_each(|node| self.score(node, weights, cut));
            }
            Node::Not(_) => {}
        }
    }

    fn add(&mut self, look: Look, weight: f32) {
        if weight > 0.0 {
            self.should.push(Counts::Look(look, weight));
        }
    }
}

/// What counts of a part as it is worded.
fn looks(part: &Part, weights: &Weights) -> Vec<(Look, f32)> {
    let mut looks = Vec::new();
    let mut add = |look: Look, weight: f32| {
        if weight > 0.0 {
            looks.push((look, weight));
        }
    };
    let phrase = |range: Range<usize>| {
        let first = part.positions[range.start];
        let unit = |at: usize| (part.positions[at] - first, part.units[at].clone());
        Look::Phrase(range.map(unit).collect())
    };
    let named = |add: &mut dyn FnMut(Look, f32), text: &str, factor: f32| {
        add(Look::Heading(text.to_owned()), weights.heading * factor);
        add(Look::Title(text.to_owned()), weights.title * factor);
        add(Look::Party(text.to_owned()), weights.name * factor);
    };
    let is_fixed = |at: usize| part.fixed.iter().any(|fixed| fixed.units.contains(&at));
    for fixed in &part.fixed {
        // However many units a number is written with, it counts the same.
        let share = |units: &Range<usize>| weights.fixed / units.len() as f32;
        add(phrase(fixed.units.clone()), share(&fixed.units));
        if fixed.is_document_number {
            let core = fixed.units.start..fixed.units.end - 1;
            add(Look::Number(part.units[core.clone()].join(" ")), weights.document_number);
            add(phrase(core.clone()), share(&core));
        }
    }
    let asked = part.groups.iter().filter(|group| !group.is_function);
    for group in asked.clone() {
        if group.units.clone().all(is_fixed) {
            continue;
        }
        let is_figure = group.text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if group.is_word {
            add(Look::Word(group.text.clone()), weights.word);
            named(&mut add, &group.text, 1.0);
            for inner in &group.inner {
                add(Look::Word(inner.clone()), weights.inner);
                named(&mut add, inner, weights.inner);
            }
        } else if group.units.len() == 1 {
            let weight = if is_figure { weights.figure } else { weights.word };
            add(phrase(group.units.clone()), weight);
            named(&mut add, &group.text, 1.0);
        }
        for at in group.units.clone().filter(|&at| !is_fixed(at)) {
            add(phrase(at..at + 1), weights.character);
        }
    }
    // Pairs across the borders of words bind what was typed in one.
    for at in 1..part.units.len() {
        let function = part.groups.iter().any(|group| {
            group.is_function && (group.units.contains(&(at - 1)) || group.units.contains(&at))
        });
        if !function && !(is_fixed(at - 1) && is_fixed(at)) {
            add(phrase(at - 1..at + 1), weights.pair);
        }
    }
    if asked.count() > 1 && part.groups.iter().all(|group| !group.is_function) {
        add(phrase(0..part.units.len()), weights.phrase);
    }
    looks
}

/// What a clause must hold for a piece of a query.
fn look(node: &Node, weights: &Weights, cut: &dyn Fn(&str) -> Analysis) -> Look {
    let all = |nodes: &[Node]| nodes.iter().map(|node| look(node, weights, cut)).collect();
    match node {
        Node::Text(text) => Look::AllOf(Plan::of(&cut(text), weights).must),
        Node::Phrase(text) => phrase_of(text),
        Node::Prefix(prefix) => Look::Prefix(prefix.clone()),
        Node::Any(nodes) => Look::AnyOf(all(nodes)),
        Node::All(nodes) => Look::AllOf(all(nodes)),
        Node::Not(node) => Look::Not(Box::new(look(node, weights, cut))),
    }
}

/// What a clause must hold for a concept: all groups of one of its wordings.
fn held(texts: &[String], otherwise: &[Vec<String>], look: impl Fn(String) -> Look) -> Look {
    let all = |texts: &[String]| {
        let mut looks: Vec<Look> = texts.iter().cloned().map(&look).collect();
        if looks.len() == 1 { looks.remove(0) } else { Look::AllOf(looks) }
    };
    if otherwise.is_empty() {
        return all(texts);
    }
    Look::AnyOf(std::iter::once(texts).chain(otherwise.iter().map(Vec::as_slice)).map(all).collect())
}

fn phrase_of(text: &str) -> Look {
    Look::Phrase(in_a_row(text))
}

/// The units of a text, folded, with their positions from 0, and what pauses between them.
pub(crate) fn in_a_row(text: &str) -> Vec<(usize, String)> {
    let units = Units::of(text);
    let first = units.iter().next().map_or(0, |unit| unit.position);
    let mut row: Vec<(usize, String)> = Vec::new();
    for unit in units.iter() {
        let at = unit.position - first;
        if let Some((before, _)) = row.last()
            && at > before + 1
        {
            row.push((before + 1, PAUSE.to_owned()));
        }
        row.push((at, units.folded(unit).to_owned()));
    }
    row
}
