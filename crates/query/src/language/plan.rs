//! What is looked for, with what it counts; no engine in it.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use tiaowen_text::{PAUSE, Units};

use crate::language::analysis::{Analysis, Concept, Part, Piece, Reworded, joined};
use crate::language::citation::Citation;
use crate::language::numbers::rewritten;
use crate::language::question::QuestionTerms;
use crate::language::syntax::{Node, Syntax};
use crate::standing::Standing;

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
    pub coverage_floor: f32,
    /// The same for a question, which holds more words than an answer.
    pub unanswered: f32,
    /// Words that follow one another closely.
    pub near: f32,
    /// The same in a question, whose other matches count more.
    pub near_asked: f32,
    /// The law's word for an everyday word of a question.
    pub everyday: f32,
    /// A word of the answers to such a question.
    pub formula: f32,
    /// What is left of the score of a signature, which names what it doesn't tell about.
    pub signature: f32,
    /// What is left of the score of a clause that was read by text recognition without any certainty;
    /// one that was read with certainty keeps all.
    pub recognised: f32,
    /// So many characters between two words halve what their closeness adds.
    pub half_gap: f32,
    /// What a word counts beside a character where candidates for a question are looked for.
    pub first_word: f32,
    /// The same of a character of the title.
    pub first_title: f32,
    /// What is added to the score of a clause, where a question is asked, as other clauses of its
    /// document answer as well: this share for the document that answers best.
    pub of_document: f32,
    /// What is left of a score for the standing of an instrument, where a question is asked.
    pub standing: StandingWeights,
}

/// What is left of the score of a clause for the standing of its instrument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandingWeights {
    /// A constitution or code.
    pub code: f32,
    /// A law, or an interpretation by the highest courts.
    pub law: f32,
    /// Regulations made under a law (条例).
    pub regulation: f32,
    /// All that is made under these.
    pub rule: f32,
    /// What is left besides for a text that a newer one of the same title replaced.
    pub replaced: f32,
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
            coverage_floor: 0.65,
            unanswered: 0.85,
            near: 0.5,
            near_asked: 1.0,
            everyday: 0.3,
            formula: 0.5,
            signature: 0.5,
            recognised: 0.5,
            half_gap: 8.0,
            first_word: 2.0,
            first_title: 0.3,
            of_document: 0.2,
            standing: StandingWeights {
                code: 1.0,
                law: 0.82,
                regulation: 0.59,
                rule: 0.47,
                replaced: 0.8,
            },
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum QueryTerm {
    /// A token of the word field.
    Word(String),
    /// Units one behind the other in the character field, with their positions.
    Phrase(Vec<(usize, String)>),
    /// The same, found or not, without degrees: a long clause that says it says it.
    Whole(Vec<(usize, String)>),
    /// All of these, with no more characters between them than this.
    Near(Vec<Vec<(usize, String)>>, u32),
    /// Any of these.
    AnyOf(Vec<QueryTerm>),
    /// All of these.
    AllOf(Vec<QueryTerm>),
    /// Not this.
    Not(Box<QueryTerm>),
    /// A Latin word or figure that begins so.
    Prefix(String),
    /// Units one behind the other in the text, the headings or the title, as if these were one field.
    Anywhere(Vec<(usize, String)>),
    /// Characters in a row in the headings.
    Heading(String),
    /// Characters in a row in the title.
    Title(String),
    /// Characters in a row in the name of a party.
    Party(String),
    /// Characters in a row in the document's number; found or not, without degrees.
    Number(String),
    /// This, found or not, without degrees.
    Certain(Box<QueryTerm>),
    /// A way to point at the clause; see [`tiaowen_index::addresses`].
    Address(String),
    /// A document by its id.
    Document(String),
    /// A clause by its id.
    Clause(String),
}

/// Something that counts when a clause holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    /// What it is.
    pub look: QueryTerm,
    /// What its score is multiplied by.
    pub weight: f32,
    /// The piece of the query that it answers, folded.
    pub of: String,
}

/// A way to say a part of the query, with what counts when it is said so.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedWording {
    /// The terms that are said otherwise: as typed, and how. Empty as it was typed.
    pub terms: Vec<Reworded>,
    /// What counts.
    pub counted: Vec<Weighted>,
}

/// What a clause is scored by.
#[derive(Debug, Clone, PartialEq)]
pub enum Combine {
    /// This, whatever else it holds.
    Always(Weighted),
    /// Of several wordings of the same thing the one that the clause answers best.
    Best(Vec<WeightedWording>),
}

/// A concept of a query: a word, or what other regions call it.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// Its wordings, any of which holds it.
    pub(crate) rows: Vec<Vec<(usize, String)>>,
    /// The texts of the groups of each wording, by which it is told how rare it is.
    pub(crate) groups: Vec<Vec<String>>,
}

/// What a query asks for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What a clause must hold, one for each group that is asked for.
    pub must: Vec<QueryTerm>,
    /// Headings that hold a group: clauses below are told of it.
    pub headings: Vec<QueryTerm>,
    /// What a clause must hold however few do: phrases, alternatives, what it must not hold.
    pub required: Vec<QueryTerm>,
    /// What counts, and how much.
    pub should: Vec<Combine>,
    /// What the query found as it stands counts, which says nothing of how near others come.
    pub whole: f32,
    /// How near to the best score a clause must come at [`Level::Some`].
    pub relaxed: f32,
    /// The concepts of the query, in order.
    pub(crate) concepts: Vec<Sought>,
    /// What is left of a score where no concept is held.
    pub coverage_floor: f32,
    /// What the closeness of concepts counts.
    pub near: f32,
    /// What is left of a signature's score.
    pub signature: f32,
    /// See [`Weights::recognised`].
    pub(crate) recognised: f32,
    /// Whether what is asked for has no parts: a single character or figure, a citation.
    pub exact: bool,
    /// Whether it is a question: all of its words count, wherever they stand, and none is asked for.
    pub question: bool,
    /// What is left of a score for the standing of an instrument, where that counts.
    pub(crate) standing: Option<(Arc<Standing>, StandingWeights)>,
    /// See [`Weights::half_gap`].
    pub(crate) half_gap: f32,
    /// See [`Weights::first_word`].
    pub(crate) first_word: f32,
    /// See [`Weights::first_title`].
    pub(crate) first_title: f32,
    /// See [`Weights::of_document`].
    pub(crate) of_document: f32,
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
            coverage_floor: if analysis.is_question {
                weights.unanswered
            } else {
                weights.coverage_floor
            },
            near: weights.near,
            signature: weights.signature,
            recognised: weights.recognised,
            exact: asked < 2,
            question: analysis.is_question && asked > 1,
            standing: None,
            half_gap: weights.half_gap,
            first_word: weights.first_word,
            first_title: weights.first_title,
            of_document: weights.of_document,
        };
        if plan.question {
            plan.near = weights.near_asked;
        }
        for part in &analysis.parts {
            for concept in &part.concepts {
                plan.concept(part, concept);
            }
            plan.should.extend(counts(part, weights, plan.question));
        }
        plan.add_question_terms(&analysis.question, weights);
        // Lifted from a text, with what stands between its words: there it is.
        let whole = &analysis.whole;
        let bound = analysis.parts.len() > 1 || analysis.groups().any(|group| group.is_function);
        if bound && whole.len() > 2 || whole.len() >= 6 {
            plan.whole = weights.whole * whole.len() as f32;
            let text: String = whole.iter().map(|(_, unit)| unit.as_str()).collect();
            plan.add(QueryTerm::Whole(whole.clone()), plan.whole, &text);
        }
        plan
    }

    /// Adds what counts beside the words of a question.
    fn add_question_terms(&mut self, terms: &QuestionTerms, weights: &Weights) {
        let everyday = terms.everyday.iter().map(|word| (word, weights.everyday));
        let formulas = terms.formulas.iter().map(|word| (word, weights.formula));
        for (word, weight) in everyday.chain(formulas) {
            let units = in_a_row(word);
            self.add(QueryTerm::Anywhere(units.clone()), weight, word);
            for pair in units.windows(2) {
                self.add(QueryTerm::Anywhere(pair.to_vec()), weight, word);
            }
        }
    }

    /// What finds the clauses that a question may be answered by: terms alone, so that the engine
    /// passes over what can't be among the best.
    pub(crate) fn first_stage(&self) -> Vec<Combine> {
        let mut first: Vec<Weighted> = Vec::new();
        let mut add = |look: QueryTerm, weight: f32, of: &str| match first
            .iter_mut()
            .find(|own| own.look == look)
        {
            Some(known) => known.weight = known.weight.max(weight),
            None => first.push(Weighted { look, weight, of: of.to_owned() }),
        };
        let counted = self.should.iter().flat_map(|counts| match counts {
            Combine::Always(counted) => std::slice::from_ref(counted).iter().collect::<Vec<_>>(),
            Combine::Best(ways) => ways.iter().flat_map(|way| &way.counted).collect(),
        });
        for Weighted { look, weight, of } in counted {
            match look {
                QueryTerm::Anywhere(units) if units.len() == 1 => {
                    add(QueryTerm::Phrase(units.clone()), *weight, of);
                    add(QueryTerm::Title(units[0].1.clone()), weight * self.first_title, of);
                }
                QueryTerm::Anywhere(units) => {
                    let word = units.iter().map(|(_, unit)| unit.as_str()).collect();
                    add(QueryTerm::Word(word), weight * self.first_word, of);
                }
                _ => {}
            }
        }
        first.into_iter().map(Combine::Always).collect()
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
            self.must.push(QueryTerm::AnyOf(vec![phrase_of(&text), QueryTerm::Number(text)]));
            return;
        }
        let asked = groups.iter().filter(|group| !group.is_function);
        let mut pieces: Vec<Piece> = asked.map(Piece::of).collect();
        if pieces.is_empty() {
            return;
        }
        if part
            .fixed
            .iter()
            .any(|fixed| fixed.units.start < span.end && span.start < fixed.units.end)
        {
            let text = joined(&part.units, &part.positions, span.clone());
            pieces = vec![Piece { text, is_word: false }];
        }
        let wordings: Vec<Vec<String>> = std::iter::once(&pieces)
            .chain(&concept.otherwise)
            .map(|pieces| pieces.iter().map(|piece| piece.text.clone()).collect())
            .collect();
        let rows = wordings.iter().map(|texts| in_a_row(&texts.concat())).collect();
        let heading = |piece: &Piece| QueryTerm::Heading(piece.text.clone());
        self.headings.push(held(&pieces, &concept.otherwise, heading));
        // The word field holds every word of the dictionary that a text holds.
        let in_text = |piece: &Piece| match piece.is_word {
            true => QueryTerm::Word(piece.text.clone()),
            false => phrase_of(&piece.text),
        };
        self.must.push(held(&pieces, &concept.otherwise, in_text));
        self.concepts.push(Sought { rows, groups: wordings });
    }

    /// Asks for the clause that is cited, or one that cites it; `query` is all that was typed: a
    /// clause that holds it word for word was lifted from, and goes first. `documents` are those of
    /// just the name that is cited, the newest first: their clauses go before those of documents
    /// that have it in their names.
    pub fn cite(
        &mut self,
        query: &str,
        citation: &Citation,
        documents: &[String],
        weights: &Weights,
    ) {
        let whole = in_a_row(query);
        if !citation.rest.trim().is_empty() && whole.len() >= 6 {
            let weight = weights.whole * whole.len() as f32;
            self.add(QueryTerm::Whole(whole), weight, query);
        }
        let title = citation.title.as_ref().map(|title| QueryTerm::Title(title.clone()));
        let pointed: Vec<QueryTerm> = citation
            .addresses()
            .into_iter()
            .map(|all| {
                QueryTerm::AllOf(
                    title.iter().cloned().chain(all.into_iter().map(QueryTerm::Address)).collect(),
                )
            })
            .collect();
        let named = named(citation, documents);
        // 第5條 is named as 第五條 as well.
        let mentions = std::iter::once(citation.text.clone()).chain(rewritten(&citation.text));
        let mention =
            QueryTerm::AnyOf(mentions.map(|text| QueryTerm::Whole(in_a_row(&text))).collect());
        // The words beside it may stand where the clause needn't repeat them.
        for (concept, must) in self.concepts.iter().zip(&mut self.must) {
            let around = concept.groups.iter().flat_map(|groups| {
                let text = groups.concat();
                [QueryTerm::Title(text.clone()), QueryTerm::Heading(text)]
            });
            *must = QueryTerm::AnyOf(std::iter::once(must.clone()).chain(around).collect());
        }
        for (nth, look) in (1u8..).zip(&pointed) {
            let weight = weights.cited / f32::from(nth);
            self.add(QueryTerm::Certain(Box::new(look.clone())), weight, &citation.text);
        }
        for (nth_document, all) in (0u8..).zip(&named) {
            for (nth, look) in (1u8..).zip(all) {
                let share = (2.0 - 0.02 * f32::from(nth_document)) / f32::from(nth);
                let look = QueryTerm::Certain(Box::new(look.clone()));
                self.add(look, weights.cited * share, &citation.text);
            }
        }
        if let (Some(look), Some(title)) = (title, &citation.title) {
            self.add(look, weights.title, title);
        }
        self.add(mention.clone(), weights.cited / 4.0, &citation.text);
        let named = named.into_iter().flatten();
        self.must
            .push(QueryTerm::AnyOf(pointed.into_iter().chain(named).chain([mention]).collect()));
        self.exact = true;
    }

    /// Adds what the query's operators ask for; `cut` cuts a text of theirs, without other
    /// regions' words where it stands in quotation marks.
    pub fn require(&mut self, syntax: &Syntax, weights: &Weights, cut: &Cut<'_>) {
        for node in &syntax.required {
            self.required.push(look(node, cut));
            self.score(node, weights, cut);
        }
        for node in &syntax.excluded {
            self.required.push(QueryTerm::Not(Box::new(look(node, cut))));
        }
    }

    /// What a required piece counts: as if its texts had been typed plainly.
    fn score(&mut self, node: &Node, weights: &Weights, cut: &Cut<'_>) {
        match node {
            Node::Text(text) => self.should.extend(Plan::of(&cut(text, false), weights).should),
            Node::Phrase(text) => {
                self.should.extend(Plan::of(&cut(text, true), weights).should);
                self.add(phrase_of(text), weights.phrase, text);
            }
            Node::Near(words, _) => {
                for word in words {
                    self.should.extend(Plan::of(&cut(word, true), weights).should);
                }
            }
            Node::Prefix(prefix) => {
                self.add(QueryTerm::Prefix(prefix.clone()), weights.figure, &format!("{prefix}*"));
            }
            Node::Any(nodes) | Node::All(nodes) => {
                nodes.iter().for_each(|node| self.score(node, weights, cut));
            }
            Node::Not(_) => {}
        }
    }

    fn add(&mut self, look: QueryTerm, weight: f32, of: &str) {
        if weight > 0.0 {
            self.should.push(Combine::Always(Weighted { look, weight, of: of.to_owned() }));
        }
    }
}

/// The ways to point at the clause that is cited, in each of the documents of its name.
fn named(citation: &Citation, documents: &[String]) -> Vec<Vec<QueryTerm>> {
    let of_document = |id: &String| -> Vec<QueryTerm> {
        let part = citation.part.map(|part| QueryTerm::Clause(format!("{id}.{part}")));
        let ways = citation.addresses().into_iter().map(|all| {
            let document = QueryTerm::Document(id.clone());
            QueryTerm::AllOf(
                [document].into_iter().chain(all.into_iter().map(QueryTerm::Address)).collect(),
            )
        });
        part.into_iter().chain(ways).collect()
    };
    documents.iter().map(of_document).collect()
}

/// Cuts a text of a query; as it stands, or with other regions' words.
pub(crate) type Cut<'a> = dyn Fn(&str, bool) -> Analysis + 'a;

/// What counts of a part: what all its wordings share, and the best of the rest.
fn counts(part: &Part, weights: &Weights, question: bool) -> Vec<Combine> {
    let looks = if question { question_looks } else { looks };
    let typed = looks(part, weights);
    let others: Vec<Vec<Weighted>> = part
        .wordings
        .iter()
        .map(|wording| wording.analysis.parts.iter().flat_map(|p| looks(p, weights)).collect())
        .collect();
    let looks_of = |all: &[Weighted]| -> FxHashSet<QueryTerm> {
        all.iter().map(|counted| counted.look.clone()).collect()
    };
    let held: Vec<FxHashSet<QueryTerm>> = others.iter().map(|all| looks_of(all)).collect();
    let (common, own): (Vec<Weighted>, Vec<Weighted>) = typed
        .into_iter()
        .partition(|counted| held.iter().all(|looks| looks.contains(&counted.look)));
    let in_common = looks_of(&common);
    let mut worded = vec![WeightedWording { terms: Vec::new(), counted: own }];
    for (wording, looks) in part.wordings.iter().zip(others) {
        let regional = wording.terms.iter().any(|term| !term.is_number);
        let discount = if regional { weights.regional } else { 1.0 };
        let own = looks.into_iter().filter(|counted| !in_common.contains(&counted.look));
        let own = own.map(|counted| Weighted { weight: counted.weight * discount, ..counted });
        worded.push(WeightedWording { terms: wording.terms.clone(), counted: own.collect() });
    }
    worded.retain(|wording| !wording.counted.is_empty());
    let best = (!worded.is_empty()).then_some(Combine::Best(worded));
    common.into_iter().map(Combine::Always).chain(best).collect()
}

/// What counts of a part of a question as it is worded: its characters, pairs of neighbours and
/// words, alike, as one field holds them.
fn question_looks(part: &Part, _: &Weights) -> Vec<Weighted> {
    let mut looks: Vec<Weighted> = Vec::new();
    let mut add = |units: Vec<(usize, String)>| {
        let look = QueryTerm::Anywhere(units);
        match looks.iter_mut().find(|own| own.look == look) {
            Some(known) => known.weight += 1.0,
            None => {
                let QueryTerm::Anywhere(units) = &look else { return };
                let of = units.iter().map(|(_, unit)| unit.as_str()).collect();
                looks.push(Weighted { look, weight: 1.0, of });
            }
        }
    };
    let row = |units: Range<usize>| {
        let first = part.positions[units.start];
        let unit = |at: usize| (part.positions[at] - first, part.units[at].clone());
        units.map(unit).collect::<Vec<_>>()
    };
    let mut is_function = vec![false; part.units.len()];
    for group in part.groups.iter().filter(|group| group.is_function) {
        is_function[group.units.clone()].fill(true);
    }
    let mut seen: FxHashSet<Vec<(usize, String)>> = FxHashSet::default();
    let mut once = |units: Vec<(usize, String)>| {
        if seen.insert(units.clone()) {
            add(units);
        }
    };
    for at in (0..part.units.len()).filter(|&at| !is_function[at]) {
        once(row(at..at + 1));
        let goes_on = at + 1 < part.units.len() && !is_function[at + 1];
        if goes_on && part.positions[at + 1] == part.positions[at] + 1 {
            once(row(at..at + 2));
        }
    }
    let mut words: FxHashSet<&str> = FxHashSet::default();
    for group in part.groups.iter().filter(|group| !group.is_function) {
        let whole = (group.is_word && group.units.len() > 1).then_some(group.text.as_str());
        for word in group.inner.iter().map(String::as_str).chain(whole) {
            if words.insert(word) {
                add(in_a_row(word));
            }
        }
    }
    looks
}

/// What counts of a part as it is worded.
fn looks(part: &Part, weights: &Weights) -> Vec<Weighted> {
    let mut looks = Vec::new();
    let mut add = |look: QueryTerm, weight: f32, of: &str| {
        if weight > 0.0 {
            looks.push(Weighted { look, weight, of: of.to_owned() });
        }
    };
    let text = |units: Range<usize>| part.units[units].concat();
    let phrase = |range: Range<usize>| phrase_of(&joined(&part.units, &part.positions, range));
    let named = |add: &mut dyn FnMut(QueryTerm, f32, &str), text: &str, of: &str, factor: f32| {
        add(QueryTerm::Heading(text.to_owned()), weights.heading * factor, of);
        add(QueryTerm::Title(text.to_owned()), weights.title * factor, of);
        add(QueryTerm::Party(text.to_owned()), weights.name * factor, of);
    };
    // By unit, as a long query has many of each.
    let (mut fixed_units, mut function_units) =
        (vec![false; part.units.len()], vec![false; part.units.len()]);
    part.fixed.iter().for_each(|fixed| fixed_units[fixed.units.clone()].fill(true));
    for group in part.groups.iter().filter(|group| group.is_function) {
        function_units[group.units.clone()].fill(true);
    }
    let is_fixed = |at: usize| fixed_units[at];
    let whole_text = text(0..part.units.len());
    for fixed in &part.fixed {
        // However many units a number is written with, it counts the same.
        let share = |units: &Range<usize>| weights.fixed / units.len() as f32;
        let of = text(fixed.units.clone());
        add(phrase(fixed.units.clone()), share(&fixed.units), &of);
        if fixed.is_document_number {
            let core = fixed.units.start..fixed.units.end - 1;
            let number = part.units[core.clone()].join(" ");
            add(QueryTerm::Number(number), weights.document_number, &of);
            add(phrase(core.clone()), share(&core), &of);
        }
    }
    let asked = part.groups.iter().filter(|group| !group.is_function);
    for group in asked.clone() {
        if group.units.clone().all(is_fixed) {
            continue;
        }
        let is_figure = group.text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let of = group.text.as_str();
        if group.is_word {
            add(QueryTerm::Word(of.to_owned()), weights.word, of);
            named(&mut add, of, of, 1.0);
            for inner in &group.inner {
                add(QueryTerm::Word(inner.clone()), weights.inner, of);
                named(&mut add, inner, of, weights.inner);
            }
        } else if group.units.len() == 1 {
            let weight = if is_figure { weights.figure } else { weights.word };
            add(phrase(group.units.clone()), weight, of);
            named(&mut add, of, of, 1.0);
        }
        for at in group.units.clone().filter(|&at| !is_fixed(at)) {
            add(phrase(at..at + 1), weights.character, of);
        }
    }
    // Pairs across the borders of words bind what was typed in one.
    for at in 1..part.units.len() {
        let function = function_units[at - 1] || function_units[at];
        if !(function || is_fixed(at - 1) && is_fixed(at)) {
            add(phrase(at - 1..at + 1), weights.pair, &whole_text);
        }
    }
    if asked.count() > 1 && part.groups.iter().all(|group| !group.is_function) {
        let all = 0..part.units.len();
        add(phrase(all.clone()), weights.phrase, &text(all));
    }
    looks
}

/// What a clause must hold for a piece of a query.
fn look(node: &Node, cut: &Cut<'_>) -> QueryTerm {
    let all = |nodes: &[Node]| nodes.iter().map(|node| look(node, cut)).collect();
    match node {
        Node::Text(text) => QueryTerm::AllOf(Plan::of(&cut(text, false), &Weights::default()).must),
        Node::Phrase(text) => phrase_of(text),
        Node::Near(words, within) => {
            // Words written in one are told apart as texts are cut.
            let cut: Vec<Analysis> = words.iter().map(|word| cut(word, true)).collect();
            let groups = cut.iter().flat_map(Analysis::groups);
            QueryTerm::Near(groups.map(|group| in_a_row(&group.text)).collect(), *within)
        }
        Node::Prefix(prefix) => QueryTerm::Prefix(prefix.clone()),
        Node::Any(nodes) => QueryTerm::AnyOf(all(nodes)),
        Node::All(nodes) => QueryTerm::AllOf(all(nodes)),
        Node::Not(node) => QueryTerm::Not(Box::new(look(node, cut))),
    }
}

/// What a clause must hold for a concept: all pieces of one of its wordings.
fn held(
    pieces: &[Piece],
    otherwise: &[Vec<Piece>],
    look: impl Fn(&Piece) -> QueryTerm,
) -> QueryTerm {
    let all = |pieces: &[Piece]| {
        let mut looks: Vec<QueryTerm> = pieces.iter().map(&look).collect();
        if looks.len() == 1 { looks.remove(0) } else { QueryTerm::AllOf(looks) }
    };
    if otherwise.is_empty() {
        return all(pieces);
    }
    QueryTerm::AnyOf(
        std::iter::once(pieces).chain(otherwise.iter().map(Vec::as_slice)).map(all).collect(),
    )
}

fn phrase_of(text: &str) -> QueryTerm {
    QueryTerm::Phrase(in_a_row(text))
}

/// The units of a text, folded, with their positions from 0, and what pauses between them.
pub fn in_a_row(text: &str) -> Vec<(usize, String)> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plan_of;

    #[test]
    fn each_word_must_be_held_and_both_scripts_make_one_plan() {
        let plan = plan_of("機關 規定");
        assert_eq!(plan.must, [QueryTerm::Word("机关".into()), QueryTerm::Word("规定".into())]);
        assert_eq!(plan.must, plan_of("机关 规定").must);
        assert!(!plan.question && !plan.exact);
    }

    #[test]
    fn a_character_by_itself_is_scored_whole() {
        assert!(plan_of("關").exact);
        assert!(!plan_of("機關").exact);
    }

    #[test]
    fn a_question_asks_for_nothing_and_counts_all_of_its_words() {
        let plan = plan_of("機關如何作出規定？");
        assert!(plan.question);
        let anywhere = |counts: &Combine| match counts {
            Combine::Always(counted) => matches!(counted.look, QueryTerm::Anywhere(_)),
            Combine::Best(ways) => ways
                .iter()
                .flat_map(|way| &way.counted)
                .all(|counted| matches!(counted.look, QueryTerm::Anywhere(_))),
        };
        assert!(plan.should.iter().any(anywhere));
        let first = plan.first_stage();
        let weight = |look: &QueryTerm| {
            first.iter().find_map(|counts| match counts {
                Combine::Always(counted) if counted.look == *look => Some(counted.weight),
                _ => None,
            })
        };
        let word = weight(&QueryTerm::Word("机关".into()));
        let character = weight(&QueryTerm::Phrase(in_a_row("机")));
        assert!(word > character && character > Some(0.0), "{word:?} {character:?}");
    }
}
