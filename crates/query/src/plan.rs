//! What is looked for, with what it counts; no engine in it.

use std::ops::Range;

use tiaowen_text::Units;

use crate::analysis::{Analysis, Group, Part};
use crate::syntax::{Node, Syntax};

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
    /// A whole part of the query, as it stands.
    pub phrase: f32,
    /// A word in the clause's headings.
    pub heading: f32,
    /// A word in the document's title.
    pub title: f32,
    /// A word in the document's parties or number.
    pub name: f32,
    /// What a match of another region's word counts, beside one of the word typed.
    pub regional: f32,
    /// How near to the best score a clause must come that holds only some of the words.
    pub relaxed: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Weights {
            word: 0.2,
            inner: 0.15,
            pair: 0.25,
            character: 1.0,
            figure: 0.5,
            phrase: 1.0,
            heading: 0.3,
            title: 0.15,
            name: 0.15,
            regional: 0.6,
            relaxed: 0.2,
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
    /// Any of these.
    AnyOf(Vec<Look>),
    /// All of these.
    AllOf(Vec<Look>),
    /// Not this.
    Not(Box<Look>),
    /// A Latin word or figure that begins so.
    Prefix(String),
    /// A token of the headings.
    Heading(String),
    /// A token of the title.
    Title(String),
    /// A token of the parties.
    Party(String),
    /// A token of the document's number.
    Number(String),
}

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What a clause must hold, one for each group that is asked for.
    pub must: Vec<Look>,
    /// What a clause must hold however few do: phrases, alternatives, what it must not hold.
    pub required: Vec<Look>,
    /// What counts, and how much.
    pub should: Vec<(Look, f32)>,
    /// How near to the best score a clause must come at [`Level::Some`].
    pub relaxed: f32,
    /// Whether a single character or figure is asked for: there is no part of it.
    pub single: bool,
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
            required: Vec::new(),
            should: Vec::new(),
            relaxed: weights.relaxed,
            single: asked < 2,
        };
        for part in &analysis.parts {
            let phrase = |range: Range<usize>| {
                let first = part.positions[range.start];
                let unit = |at: usize| (part.positions[at] - first, part.units[at].clone());
                Look::Phrase(range.map(unit).collect())
            };
            let asked = part.groups.iter().filter(|group| !group.is_function);
            for group in asked.clone() {
                plan.must.push(wanted(part, group));
                let is_figure = group.text.starts_with(|c: char| c.is_ascii_alphanumeric());
                let short = group.units.len() == 1;
                let named = |plan: &mut Plan, text: &str, factor: f32| {
                    plan.add(Look::Heading(text.to_owned()), weights.heading * factor);
                    plan.add(Look::Title(text.to_owned()), weights.title * factor);
                    plan.add(Look::Party(text.to_owned()), weights.name * factor);
                    plan.add(Look::Number(text.to_owned()), weights.name * factor);
                };
                if group.is_word {
                    plan.add(Look::Word(group.text.clone()), weights.word);
                    named(&mut plan, &group.text, 1.0);
                    for inner in &group.inner {
                        plan.add(Look::Word(inner.clone()), weights.inner);
                        named(&mut plan, inner, weights.inner);
                    }
                } else if short {
                    let weight = if is_figure { weights.figure } else { weights.word };
                    plan.add(phrase(group.units.clone()), weight);
                    named(&mut plan, &group.text, 1.0);
                }
                for at in group.units.clone() {
                    plan.add(phrase(at..at + 1), weights.character);
                }
            }
            // Pairs across the borders of words bind what was typed in one.
            for at in 1..part.units.len() {
                let function = part.groups.iter().any(|group| {
                    group.is_function
                        && (group.units.contains(&(at - 1)) || group.units.contains(&at))
                });
                if !function {
                    plan.add(phrase(at - 1..at + 1), weights.pair);
                }
            }
            if asked.count() > 1 && part.groups.iter().all(|group| !group.is_function) {
                plan.add(phrase(0..part.units.len()), weights.phrase);
            }
        }
        // Other regions' words count less than what was typed, and nothing twice.
        for expansion in analysis.parts.iter().flat_map(|part| &part.expansions) {
            for (_, alternative) in &expansion.alternatives {
                for (look, weight) in Plan::of(alternative, weights).should {
                    if !plan.should.iter().any(|(known, _)| *known == look) {
                        plan.add(look, weight * weights.regional);
                    }
                }
            }
        }
        plan
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
            self.should.push((look, weight));
        }
    }
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

/// What a clause must hold for a group: its characters, or those of another region's word.
fn wanted(part: &Part, group: &Group) -> Look {
    let own = group.units.clone();
    let mut any = vec![phrase_of(&part.units[own.clone()].concat())];
    for expansion in &part.expansions {
        let term = &expansion.units;
        if term.end <= own.start || own.end <= term.start {
            continue;
        }
        let inside = own.start <= term.start && term.end <= own.end;
        for (alternative, _) in &expansion.alternatives {
            any.push(if inside {
                let before = part.units[own.start..term.start].concat();
                let after = part.units[term.end..own.end].concat();
                phrase_of(&format!("{before}{alternative}{after}"))
            } else {
                phrase_of(alternative)
            });
        }
    }
    if any.len() == 1 { any.remove(0) } else { Look::AnyOf(any) }
}

fn phrase_of(text: &str) -> Look {
    let units = Units::of(text);
    let first = units.iter().next().map_or(0, |unit| unit.position);
    Look::Phrase(
        units.iter().map(|unit| (unit.position - first, units.folded(unit).to_owned())).collect(),
    )
}
