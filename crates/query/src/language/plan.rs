//! A plan: the terms to search for and their weights. It is independent of the engine.
//!
//! A plan has requirements (`must`, `required`), which decide what matches, and scored terms
//! (`should`), which decide the order. Concepts are the query's words with their regional
//! equivalents; coverage and proximity are measured by them. A question requires nothing, as an
//! answer need not contain its words.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use tiaowen_text::{PAUSE, Units};

use crate::language::analysis::{
    Analysis, Concept, Group, Part, Piece, Reworded, Rewording, joined,
};
use crate::language::citation::Citation;
use crate::language::numbers::rewritten;
use crate::language::question::QuestionTerms;
use crate::language::syntax::{Node, Syntax};
use crate::standing::Standing;

/// The weights of all kinds of matches, the one place to tune ranking. They were chosen by
/// measurements on judged topics; see docs/ranking.md.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// A word of the query in the clause's text.
    pub word: f32,
    /// A word inside a longer word of the query.
    pub inner: f32,
    /// Two adjacent characters of the query that are adjacent in the text.
    pub pair: f32,
    /// A single character of the query.
    pub character: f32,
    /// A Latin word or a figure.
    pub figure: f32,
    /// A number or date as a whole.
    pub fixed: f32,
    /// A document number in the query.
    pub document_number: f32,
    /// A whole part of the query, word for word.
    pub phrase: f32,
    /// The whole query word for word, including the text between its words.
    pub whole: f32,
    /// A word in the clause's headings.
    pub heading: f32,
    /// A word in the document's title.
    pub title: f32,
    /// The clause that is cited. A clause that cites it gets a quarter.
    pub cited: f32,
    /// A word in the names of the document's parties.
    pub name: f32,
    /// The factor for a regional equivalent of the word typed.
    pub regional: f32,
    /// The factor for the Chinese equivalent of an English word, so that clauses with the English word
    /// rank higher.
    pub english: f32,
    /// The share of the best score that a partial match must reach.
    pub relaxed: f32,
    /// The factor for a clause that contains none of the query's words as a whole. Clauses with
    /// some of them get more.
    pub coverage_floor: f32,
    /// The same for a question, which has more words than an answer.
    pub unanswered: f32,
    /// The bonus for words that follow one another closely.
    pub near: f32,
    /// The same in a question, whose other matches have higher weights.
    pub near_asked: f32,
    /// A legal term for an everyday word of a question.
    pub everyday: f32,
    /// A word that is typical of answers to such a question.
    pub formula: f32,
    /// The factor for signatures, which name things without being about them.
    pub signature: f32,
    /// What is left of the score of a clause that was read by text recognition without any certainty;
    /// one that was read with certainty keeps all.
    pub recognised: f32,
    /// The number of characters between two words that halves their bonus.
    pub half_gap: f32,
    /// The weight of a word relative to a character, when candidates for a question are searched.
    pub first_word: f32,
    /// The same for a character of the title.
    pub first_title: f32,
    /// The bonus for a clause in answers to a question if other clauses of its document match too,
    /// as a share of its score for the best document.
    pub of_document: f32,
    /// The factors for the standing of an instrument in answers to questions.
    pub standing: StandingWeights,
}

/// The factors for the standing of an instrument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandingWeights {
    /// A constitution or code.
    pub code: f32,
    /// A law, or an interpretation by the highest courts.
    pub law: f32,
    /// Regulations made under a law (条例).
    pub regulation: f32,
    /// Everything below.
    pub rule: f32,
    /// The further factor for a text that was replaced by a newer one of the same title.
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
            english: 0.4,
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

/// How much of a query a clause must contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// All groups.
    All,
    /// Some groups; enough to score near the best.
    Some,
}

/// A term to search for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum QueryTerm {
    /// A token of the word field.
    Word(String),
    /// Consecutive units in the character field, with their positions.
    Phrase(Vec<(usize, String)>),
    /// The same without term frequency: present or not, however long the clause.
    Whole(Vec<(usize, String)>),
    /// All of these with at most so many characters between them.
    Near(Vec<Vec<(usize, String)>>, u32),
    /// Any of these.
    AnyOf(Vec<QueryTerm>),
    /// All of these.
    AllOf(Vec<QueryTerm>),
    /// Not this.
    Not(Box<QueryTerm>),
    /// A Latin word or figure with this prefix.
    Prefix(String),
    /// Consecutive units in the text, the headings or the title, as if these were one field.
    Anywhere(Vec<(usize, String)>),
    /// Characters in a row in the headings.
    Heading(String),
    /// Characters in a row in the title.
    Title(String),
    /// Characters in a row in the name of a party.
    Party(String),
    /// Characters in a row in the document's number, without term frequency.
    Number(String),
    /// This term, present or not.
    Certain(Box<QueryTerm>),
    /// An address of the clause; see [`tiaowen_index::addresses`].
    Address(String),
    /// A document by its id.
    Document(String),
    /// A clause by its id.
    Clause(String),
}

/// A term with its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    /// The term.
    pub term: QueryTerm,
    /// The factor for its score.
    pub weight: f32,
    /// The part of the query that it stands for, folded.
    pub of: String,
}

/// A wording of a part of the query with its scored terms.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedWording {
    /// The terms replaced in this wording. Empty for the wording as typed.
    pub terms: Vec<Reworded>,
    /// The scored terms.
    pub counted: Vec<Weighted>,
}

/// How scores of terms are combined.
#[derive(Debug, Clone, PartialEq)]
pub enum Combine {
    /// Added to the sum.
    Always(Weighted),
    /// Of several wordings of the same part, the best one is added.
    Best(Vec<WeightedWording>),
}

/// A concept of a query: a word with its regional equivalents.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// Its wordings, any of which represents it.
    pub(crate) rows: Vec<Vec<(usize, String)>>,
    /// The texts of the groups in each wording, for its idf.
    pub(crate) groups: Vec<Vec<String>>,
}

/// What a query asks for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Terms that a clause must contain, one for each group.
    pub must: Vec<QueryTerm>,
    /// The groups as they occur in headings, for clauses below them.
    pub headings: Vec<QueryTerm>,
    /// Terms that a clause must contain even in a partial match: phrases, alternatives, exclusions.
    pub required: Vec<QueryTerm>,
    /// The scored terms.
    pub should: Vec<Combine>,
    /// The weight of the whole query word for word.
    pub whole: f32,
    /// The share of the best score that a clause must reach at [`Level::Some`].
    pub relaxed: f32,
    /// The concepts of the query, in order.
    pub(crate) concepts: Vec<Sought>,
    /// The factor if a clause contains no concept.
    pub coverage_floor: f32,
    /// The weight of proximity.
    pub near: f32,
    /// The factor for signatures.
    pub signature: f32,
    /// See [`Weights::recognised`].
    pub(crate) recognised: f32,
    /// Whether the query has no parts: a single character or figure, or a citation.
    pub exact: bool,
    /// Whether the query is a question: all its words are scored, and none is required.
    pub question: bool,
    /// The standing of laws and its factors, if they count.
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
    /// The plan for an analysed query.
    pub fn of(analysis: &Analysis, weights: &Weights) -> Plan {
        let required_groups: usize = analysis
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
            exact: required_groups < 2,
            question: analysis.is_question && required_groups > 1,
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
        // The whole query word for word finds the clause that it was copied from.
        let whole = &analysis.whole;
        let bound = analysis.parts.len() > 1 || analysis.groups().any(|group| group.is_function);
        // English as typed ranks above its Chinese equivalents.
        if bound && whole.len() > 2 || whole.len() >= 6 || analysis.has_english() {
            plan.whole = weights.whole * whole.len() as f32;
            let text: String = whole.iter().map(|(_, unit)| unit.as_str()).collect();
            plan.add(QueryTerm::Whole(whole.clone()), plan.whole, &text);
        }
        plan
    }

    /// Adds terms beside the words of a question.
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

    /// The terms that find candidates for a question. They are single terms, so that the engine can
    /// skip clauses that can't be among the best.
    pub(crate) fn first_stage(&self) -> Vec<Combine> {
        let mut first: Vec<Weighted> = Vec::new();
        let mut add = |query_term: QueryTerm, weight: f32, of: &str| {
            add_once(&mut first, query_term, weight, of)
        };
        let counted = self.should.iter().flat_map(|counts| match counts {
            Combine::Always(counted) => std::slice::from_ref(counted).iter().collect::<Vec<_>>(),
            Combine::Best(ways) => ways.iter().flat_map(|way| &way.counted).collect(),
        });
        for Weighted { term: query_term, weight, of } in counted {
            match query_term {
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

    /// Adds a concept that a clause must contain.
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
        let required = groups.iter().filter(|group| !group.is_function);
        let mut pieces: Vec<Piece> = required.map(Piece::of).collect();
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
        // The word field contains every word of the dictionary in a text.
        let in_text = |piece: &Piece| match piece.is_word {
            true => QueryTerm::Word(piece.text.clone()),
            false => phrase_of(&piece.text),
        };
        self.must.push(held(&pieces, &concept.otherwise, in_text));
        self.concepts.push(Sought { rows, groups: wordings });
    }

    /// Searches for the clause that is cited, or for clauses that cite it. `query` is the whole
    /// query: a clause that contains it word for word was its source, and comes first. `documents`
    /// are those with exactly the cited title, the newest first; their clauses come before those of
    /// documents that only contain it in their titles.
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
        // 第5條 is also cited as 第五條.
        let mentions = std::iter::once(citation.text.clone()).chain(rewritten(&citation.text));
        let mention =
            QueryTerm::AnyOf(mentions.map(|text| QueryTerm::Whole(in_a_row(&text))).collect());
        // The words beside a citation may be in the title or headings, so that the clause doesn't
        // repeat them.
        for (concept, must) in self.concepts.iter().zip(&mut self.must) {
            let around = concept.groups.iter().flat_map(|groups| {
                let text = groups.concat();
                [QueryTerm::Title(text.clone()), QueryTerm::Heading(text)]
            });
            *must = QueryTerm::AnyOf(std::iter::once(must.clone()).chain(around).collect());
        }
        for (nth, query_term) in (1u8..).zip(&pointed) {
            let weight = weights.cited / f32::from(nth);
            self.add(QueryTerm::Certain(Box::new(query_term.clone())), weight, &citation.text);
        }
        for (nth_document, all) in (0u8..).zip(&named) {
            for (nth, query_term) in (1u8..).zip(all) {
                let share = (2.0 - 0.02 * f32::from(nth_document)) / f32::from(nth);
                let query_term = QueryTerm::Certain(Box::new(query_term.clone()));
                self.add(query_term, weights.cited * share, &citation.text);
            }
        }
        if let (Some(query_term), Some(title)) = (title, &citation.title) {
            self.add(query_term, weights.title, title);
        }
        self.add(mention.clone(), weights.cited / 4.0, &citation.text);
        let named = named.into_iter().flatten();
        self.must
            .push(QueryTerm::AnyOf(pointed.into_iter().chain(named).chain([mention]).collect()));
        self.exact = true;
    }

    /// Adds the terms of the query's operators. `cut` analyses their texts; quoted texts get no
    /// regional equivalents.
    pub fn require(&mut self, syntax: &Syntax, weights: &Weights, cut: &Cut<'_>) {
        for node in &syntax.required {
            self.required.push(node_term(node, cut));
            self.score(node, weights, cut);
        }
        for node in &syntax.excluded {
            self.required.push(QueryTerm::Not(Box::new(node_term(node, cut))));
        }
    }

    /// Scores a required node as if its texts had been typed without operators.
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

    fn add(&mut self, query_term: QueryTerm, weight: f32, of: &str) {
        if weight > 0.0 {
            self.should.push(Combine::Always(Weighted {
                term: query_term,
                weight,
                of: of.to_owned(),
            }));
        }
    }
}

/// The ways to point at the cited clause in each document with its title.
fn named(citation: &Citation, documents: &[String]) -> Vec<Vec<QueryTerm>> {
    documents.iter().map(|id| named_in(citation, id)).collect()
}

/// The ways to point at the cited clause in a document.
fn named_in(citation: &Citation, id: &str) -> Vec<QueryTerm> {
    let part = citation.part.map(|part| QueryTerm::Clause(format!("{id}.{part}")));
    let ways = citation.addresses().into_iter().map(|all| {
        let document = QueryTerm::Document(id.to_owned());
        let addresses = all.into_iter().map(QueryTerm::Address);
        QueryTerm::AllOf([document].into_iter().chain(addresses).collect())
    });
    part.into_iter().chain(ways).collect()
}

/// Analyses a text of a query: as typed if the flag is set, otherwise with regional equivalents.
pub(crate) type Cut<'a> = dyn Fn(&str, bool) -> Analysis + 'a;

/// The scored terms of a part: those that all its wordings share, and the best of the others.
fn counts(part: &Part, weights: &Weights, question: bool) -> Vec<Combine> {
    let part_terms = if question { question_part_terms } else { part_terms };
    let typed = part_terms(part, weights);
    let others: Vec<Vec<Weighted>> = part
        .wordings
        .iter()
        .map(|wording| wording.analysis.parts.iter().flat_map(|p| part_terms(p, weights)).collect())
        .collect();
    let terms_of = |all: &[Weighted]| -> FxHashSet<QueryTerm> {
        all.iter().map(|counted| counted.term.clone()).collect()
    };
    let held: Vec<FxHashSet<QueryTerm>> = others.iter().map(|all| terms_of(all)).collect();
    let (common, distinct): (Vec<Weighted>, Vec<Weighted>) = typed
        .into_iter()
        .partition(|counted| held.iter().all(|query_terms| query_terms.contains(&counted.term)));
    let in_common = terms_of(&common);
    let mut worded = vec![WeightedWording { terms: Vec::new(), counted: distinct }];
    for (wording, query_terms) in part.wordings.iter().zip(others) {
        let discounts = wording.terms.iter().map(|term| match term.kind {
            Rewording::Number => 1.0,
            Rewording::Regional => weights.regional,
            Rewording::English => weights.english,
        });
        let discount = discounts.fold(1.0, f32::min);
        let distinct = query_terms.into_iter().filter(|counted| !in_common.contains(&counted.term));
        let distinct =
            distinct.map(|counted| Weighted { weight: counted.weight * discount, ..counted });
        worded.push(WeightedWording { terms: wording.terms.clone(), counted: distinct.collect() });
    }
    worded.retain(|wording| !wording.counted.is_empty());
    let best = (!worded.is_empty()).then_some(Combine::Best(worded));
    common.into_iter().map(Combine::Always).chain(best).collect()
}

/// Adds a term, or raises its weight if it is there.
fn add_once(terms: &mut Vec<Weighted>, query_term: QueryTerm, weight: f32, of: &str) {
    match terms.iter_mut().find(|counted| counted.term == query_term) {
        Some(known) => known.weight = known.weight.max(weight),
        None => terms.push(Weighted { term: query_term, weight, of: of.to_owned() }),
    }
}

/// The scored terms of a part of a question in one wording: characters, adjacent pairs and words
/// alike, in one combined field.
fn question_part_terms(part: &Part, _: &Weights) -> Vec<Weighted> {
    let mut query_terms: Vec<Weighted> = Vec::new();
    let mut add = |units| count_anywhere(&mut query_terms, units);
    let mut is_function = vec![false; part.units.len()];
    for group in part.groups.iter().filter(|group| group.is_function) {
        is_function[group.units.clone()].fill(true);
    }
    let mut seen: FxHashSet<Vec<(usize, String)>> = FxHashSet::default();
    let mut once = |units: Range<usize>| {
        let units: Vec<_> = part.row(units).map(|(at, unit)| (at, unit.to_owned())).collect();
        if seen.insert(units.clone()) {
            add(units);
        }
    };
    for at in (0..part.units.len()).filter(|&at| !is_function[at]) {
        once(at..at + 1);
        let goes_on = at + 1 < part.units.len() && !is_function[at + 1];
        if goes_on && part.positions[at + 1] == part.positions[at] + 1 {
            once(at..at + 2);
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
    query_terms
}

/// Adds units to be found anywhere, with the weight of their number of occurrences.
fn count_anywhere(query_terms: &mut Vec<Weighted>, units: Vec<(usize, String)>) {
    let of = units.iter().map(|(_, unit)| unit.as_str()).collect();
    let term = QueryTerm::Anywhere(units);
    match query_terms.iter_mut().find(|counted| counted.term == term) {
        Some(known) => known.weight += 1.0,
        None => query_terms.push(Weighted { term, weight: 1.0, of }),
    }
}

/// The scored terms of a part in one wording.
fn part_terms(part: &Part, weights: &Weights) -> Vec<Weighted> {
    let mut terms = PartTerms::of(part, weights);
    terms.add_fixed();
    for group in part.groups.iter().filter(|group| !group.is_function) {
        terms.add_group(group);
    }
    terms.add_pairs();
    terms.add_whole();
    terms.found
}

/// The scored terms of a part, as they are collected.
struct PartTerms<'p> {
    part: &'p Part,
    weights: &'p Weights,
    // Looked up by unit, as a long query has many of each.
    is_fixed: Vec<bool>,
    is_function: Vec<bool>,
    found: Vec<Weighted>,
}

impl<'p> PartTerms<'p> {
    fn of(part: &'p Part, weights: &'p Weights) -> Self {
        let mut is_fixed = vec![false; part.units.len()];
        let mut is_function = is_fixed.clone();
        part.fixed.iter().for_each(|fixed| is_fixed[fixed.units.clone()].fill(true));
        for group in part.groups.iter().filter(|group| group.is_function) {
            is_function[group.units.clone()].fill(true);
        }
        PartTerms { part, weights, is_fixed, is_function, found: Vec::new() }
    }

    fn add(&mut self, term: QueryTerm, weight: f32, of: &str) {
        if weight > 0.0 {
            self.found.push(Weighted { term, weight, of: of.to_owned() });
        }
    }

    /// Adds a word as a name: in headings, titles and parties.
    fn add_name(&mut self, text: &str, of: &str, factor: f32) {
        let weights = self.weights;
        self.add(QueryTerm::Heading(text.to_owned()), weights.heading * factor, of);
        self.add(QueryTerm::Title(text.to_owned()), weights.title * factor, of);
        self.add(QueryTerm::Party(text.to_owned()), weights.name * factor, of);
    }

    fn text(&self, units: Range<usize>) -> String {
        self.part.units[units].concat()
    }

    fn phrase(&self, units: Range<usize>) -> QueryTerm {
        phrase_of(&joined(&self.part.units, &self.part.positions, units))
    }

    /// Adds what was typed to be found as it is. A number has the same weight in total, however many
    /// units it is written with.
    fn add_fixed(&mut self) {
        let weights = self.weights;
        let share = |units: &Range<usize>| weights.fixed / units.len() as f32;
        for fixed in &self.part.fixed {
            let of = self.text(fixed.units.clone());
            self.add(self.phrase(fixed.units.clone()), share(&fixed.units), &of);
            if fixed.is_document_number {
                let core = fixed.units.start..fixed.units.end - 1;
                let number = self.part.units[core.clone()].join(" ");
                self.add(QueryTerm::Number(number), weights.document_number, &of);
                self.add(self.phrase(core.clone()), share(&core), &of);
            }
        }
    }

    /// Adds a word, the words inside it, and its characters.
    fn add_group(&mut self, group: &Group) {
        if group.units.clone().all(|at| self.is_fixed[at]) {
            return;
        }
        let (weights, of) = (self.weights, group.text.as_str());
        if group.is_word {
            self.add(QueryTerm::Word(of.to_owned()), weights.word, of);
            self.add_name(of, of, 1.0);
            for inner in &group.inner {
                self.add(QueryTerm::Word(inner.clone()), weights.inner, of);
                self.add_name(inner, of, weights.inner);
            }
        } else if group.units.len() == 1 {
            let is_figure = of.starts_with(|c: char| c.is_ascii_alphanumeric());
            let weight = if is_figure { weights.figure } else { weights.word };
            self.add(self.phrase(group.units.clone()), weight, of);
            self.add_name(of, of, 1.0);
        }
        for at in group.units.clone() {
            if !self.is_fixed[at] {
                self.add(self.phrase(at..at + 1), weights.character, of);
            }
        }
    }

    /// Adds pairs of characters across the borders of words, which reward text that was typed in one
    /// piece.
    fn add_pairs(&mut self) {
        let whole_text = self.text(0..self.part.units.len());
        for at in 1..self.part.units.len() {
            let is_function = self.is_function[at - 1] || self.is_function[at];
            if !(is_function || self.is_fixed[at - 1] && self.is_fixed[at]) {
                self.add(self.phrase(at - 1..at + 1), self.weights.pair, &whole_text);
            }
        }
    }

    /// Adds the whole part as a phrase, if it has several words and each of them counts.
    fn add_whole(&mut self) {
        let groups = &self.part.groups;
        if groups.len() > 1 && groups.iter().all(|group| !group.is_function) {
            let all = 0..self.part.units.len();
            self.add(self.phrase(all.clone()), self.weights.phrase, &self.text(all));
        }
    }
}

/// The term that a clause must contain for a node.
fn node_term(node: &Node, cut: &Cut<'_>) -> QueryTerm {
    let all = |nodes: &[Node]| nodes.iter().map(|node| node_term(node, cut)).collect();
    match node {
        Node::Text(text) => QueryTerm::AllOf(Plan::of(&cut(text, false), &Weights::default()).must),
        Node::Phrase(text) => phrase_of(text),
        Node::Near(words, within) => {
            // Words typed without spaces are separated as in texts.
            let cut: Vec<Analysis> = words.iter().map(|word| cut(word, true)).collect();
            let groups = cut.iter().flat_map(Analysis::groups);
            QueryTerm::Near(groups.map(|group| in_a_row(&group.text)).collect(), *within)
        }
        Node::Prefix(prefix) => QueryTerm::Prefix(prefix.clone()),
        Node::Any(nodes) => QueryTerm::AnyOf(all(nodes)),
        Node::All(nodes) => QueryTerm::AllOf(all(nodes)),
        Node::Not(node) => QueryTerm::Not(Box::new(node_term(node, cut))),
    }
}

/// The requirement for a concept: all pieces of one of its wordings.
fn held(
    pieces: &[Piece],
    otherwise: &[Vec<Piece>],
    query_term: impl Fn(&Piece) -> QueryTerm,
) -> QueryTerm {
    let all = |pieces: &[Piece]| all_of(pieces.iter().map(&query_term).collect());
    if otherwise.is_empty() {
        return all(pieces);
    }
    QueryTerm::AnyOf(
        std::iter::once(pieces).chain(otherwise.iter().map(Vec::as_slice)).map(all).collect(),
    )
}

/// The requirement for several terms.
fn all_of(mut query_terms: Vec<QueryTerm>) -> QueryTerm {
    if query_terms.len() == 1 { query_terms.remove(0) } else { QueryTerm::AllOf(query_terms) }
}

fn phrase_of(text: &str) -> QueryTerm {
    QueryTerm::Phrase(in_a_row(text))
}

/// The units of a text, folded, with their positions from 0 and gaps at punctuation.
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
            Combine::Always(counted) => matches!(counted.term, QueryTerm::Anywhere(_)),
            Combine::Best(ways) => ways
                .iter()
                .flat_map(|way| &way.counted)
                .all(|counted| matches!(counted.term, QueryTerm::Anywhere(_))),
        };
        assert!(plan.should.iter().any(anywhere));
        let first = plan.first_stage();
        let weight = |query_term: &QueryTerm| {
            first.iter().find_map(|counts| match counts {
                Combine::Always(counted) if counted.term == *query_term => Some(counted.weight),
                _ => None,
            })
        };
        let word = weight(&QueryTerm::Word("机关".into()));
        let character = weight(&QueryTerm::Phrase(in_a_row("机")));
        assert!(word > character && character > Some(0.0), "{word:?} {character:?}");
    }
}
