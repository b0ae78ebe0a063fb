//! A plan in tantivy's terms.

use std::ops::Bound;

use rustc_hash::FxHashSet;
use tiaowen_text::Budget;

use crate::engine::ending::Ending;
use crate::engine::near::Near;
use crate::language::plan::in_a_row;
use crate::{Combine, Filter, Plan, QueryError, QueryTerm, Weighted, WeightedWording};
use tiaowen_index::tantivy::Term;
use tiaowen_index::tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur,
    PhrasePrefixQuery, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};
use tiaowen_index::{Fields, date_bounds};

/// The query that finds what a plan asks for, and tells which clauses are worth measuring: a
/// score that costs little, by what they must hold.
pub(crate) fn candidates(
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Box<dyn Query>, QueryError> {
    if !plan.exact {
        return narrowed(&plan.must, Vec::new(), plan, filter, fields, budget);
    }
    // What has no parts is scored whole at once: a character, a citation. Of a long text beside a
    // citation single terms are enough to tell what is worth measuring.
    let is_long = plan.should.len() > MOST_PLACED;
    let counts = plan.should.iter().filter(|counts| match counts {
        Combine::Always(counted) => !is_long || counted.weight >= 1.0 || !is_placed(&counted.look),
        Combine::Best(_) => !is_long,
    });
    let counts = counts.map(|counts| (Occur::Should, scored(counts, fields, budget)));
    let must = plan.must.iter().map(|look| (Occur::Must, unscored(asked(look, fields, budget))));
    narrowed(&[], counts.chain(must).collect(), plan, filter, fields, budget)
}

/// The query that finds the clauses that may answer a question, each scored by the terms that it
/// holds.
pub(crate) fn first_stage(
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Box<dyn Query>, QueryError> {
    let first = plan.first_stage();
    let any = BooleanQuery::union(first.iter().map(|own| scored(own, fields, budget)).collect());
    narrowed(&[], vec![(Occur::Must, Box::new(any))], plan, filter, fields, budget)
}

/// Whether what [`candidates`] finds are clauses that hold some terms, and nothing else is asked:
/// the engine tells which of them can't be among the best.
pub(crate) fn are_terms(plan: &Plan, filter: &Filter) -> bool {
    let all_are = plan.must.iter().all(is_term) && !plan.exact;
    all_are && plan.required.is_empty() && *filter == Filter::default()
}

/// Whether a look is a single term of the index.
fn is_term(look: &QueryTerm) -> bool {
    match look {
        QueryTerm::Word(_) => true,
        QueryTerm::Phrase(units) => units.len() == 1,
        _ => false,
    }
}

/// A part of a query that a clause may hold instead of all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// A word, or one inside it, or a single character.
    Words,
    /// Characters that make no word.
    Runs,
    /// The same, where a word is held as well.
    RunsBesideWords,
    /// Words in the headings that it stands below.
    Headings,
    /// Two neighbours of the query.
    Pairs,
}

/// The query that finds clauses that hold a part of what a plan asks for; nothing where the
/// plan has no such part.
pub(crate) fn holding(
    held: Held,
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Option<Box<dyn Query>>, QueryError> {
    let looks = parts(held, plan);
    if looks.is_empty() {
        return Ok(None);
    }
    let any_of = |looks: Vec<&QueryTerm>| -> Box<dyn Query> {
        Box::new(BooleanQuery::union(
            looks.into_iter().map(|look| asked(look, fields, budget)).collect(),
        ))
    };
    let any = match held {
        Held::RunsBesideWords => {
            let words = any_of(parts(Held::Words, plan));
            let beside = |run| -> Box<dyn Query> {
                Box::new(BooleanQuery::intersection(vec![
                    words.box_clone(),
                    asked(run, fields, budget),
                ]))
            };
            Box::new(DisjunctionMaxQuery::new(looks.into_iter().map(beside).collect()))
        }
        _ => any_of(looks),
    };
    narrowed(&[], vec![(Occur::Must, any)], plan, filter, fields, budget).map(Some)
}

/// So many parts that go by places are looked for; words without places cost next to nothing.
const MOST_PLACED: usize = 64;

/// The parts of what a plan asks for, any of which will do, each once.
pub(crate) fn parts(held: Held, plan: &Plan) -> Vec<&QueryTerm> {
    let must = || plan.must.iter().flat_map(leaves);
    let counted = || plan.should.iter().flat_map(counted);
    let is_word = |look: &&QueryTerm| matches!(look, QueryTerm::Word(_));
    let looks: Vec<&QueryTerm> = match held {
        Held::Words => {
            must().filter(|look| is_term(look)).chain(counted().filter(is_word)).collect()
        }
        Held::Runs | Held::RunsBesideWords => must().filter(|look| !is_term(look)).collect(),
        Held::Headings => plan.headings.iter().flat_map(leaves).collect(),
        Held::Pairs => {
            let is_pair =
                |look: &&QueryTerm| matches!(look, QueryTerm::Phrase(units) if units.len() == 2);
            counted().filter(is_pair).collect()
        }
    };
    let mut seen: FxHashSet<&QueryTerm> = FxHashSet::default();
    let mut once: Vec<&QueryTerm> = looks.into_iter().filter(|look| seen.insert(look)).collect();
    // The places of all of them are read in each clause that holds one.
    once.truncate(if held == Held::Words { usize::MAX } else { MOST_PLACED });
    once
}

/// What a clause may hold word for word, where that counts.
pub(crate) fn whole(plan: &Plan) -> Option<&QueryTerm> {
    let whole =
        plan.should.iter().flat_map(counted).find(|look| matches!(look, QueryTerm::Whole(_)));
    whole.filter(|_| !plan.exact)
}

/// The places in `units` whose unit stands beside the next one in no word that a clause must
/// hold: few that hold the words hold these two in a row.
pub(crate) fn borders(units: &[(usize, String)], plan: &Plan) -> Vec<usize> {
    let word = |look: &QueryTerm| match look {
        QueryTerm::Word(word) => Some(word.clone()),
        _ => None,
    };
    let held: Vec<String> = plan.must.iter().filter_map(word).collect();
    let is_border = |pair: &[(usize, String)]| {
        let text: String = pair.iter().map(|(_, unit)| unit.as_str()).collect();
        !held.iter().any(|word| word.contains(&text))
    };
    (0..).zip(units.windows(2)).filter(|(_, pair)| is_border(pair)).map(|(at, _)| at).collect()
}

/// What holds `must` and is as `clauses`, the plan and the filter ask besides.
fn narrowed(
    must: &[QueryTerm],
    mut clauses: Vec<(Occur, Box<dyn Query>)>,
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Box<dyn Query>, QueryError> {
    let restrictions = restrictions(filter, fields, budget)?.into_iter();
    clauses.extend(restrictions.map(|restriction| (Occur::Must, unscored(restriction))));
    let ways = ways(must.iter().chain(&plan.required).collect()).into_iter().map(|mut looks| {
        // Where the first ones match, the others are asked.
        looks.sort_by_key(|look| is_placed(look));
        let held = looks.into_iter().map(|look| (Occur::Must, rough(look, fields, budget)));
        let others = clauses.iter().map(|(occur, query)| (*occur, query.box_clone()));
        let mut all: Vec<(Occur, Box<dyn Query>)> = held.chain(others).collect();
        // By itself the engine can pass over what is none of the best.
        match all.as_slice() {
            // Nothing is asked for and nothing narrows it: the whole index is listed.
            [] => unscored(Box::new(AllQuery)),
            [(Occur::Must, _)] => all.remove(0).1,
            _ => Box::new(BooleanQuery::new(all)),
        }
    });
    let mut ways: Vec<Box<dyn Query>> = ways.collect();
    Ok(if ways.len() == 1 { ways.remove(0) } else { Box::new(DisjunctionMaxQuery::new(ways)) })
}

/// As many ways to hold all of some looks are told apart.
const MOST_WAYS: usize = 16;

/// The ways to hold all of `looks`: of alternatives that go by places one each. A union of them
/// would read all places of each, even where another look leaves few clauses; an intersection
/// reads them in these alone. What all score together is the same: the best way has the best
/// of all alternatives.
fn ways(looks: Vec<&QueryTerm>) -> Vec<Vec<&QueryTerm>> {
    let alone = looks.len() == 1;
    let mut all: Vec<Vec<&QueryTerm>> = vec![Vec::new()];
    for look in looks {
        let choices: Vec<&QueryTerm> = match look {
            QueryTerm::AnyOf(choices)
                if !alone && is_placed(look) && choices.len() * all.len() <= MOST_WAYS =>
            {
                choices.iter().collect()
            }
            look => vec![look],
        };
        let mut extended = Vec::with_capacity(all.len() * choices.len());
        for way in &all {
            extended.extend(choices.iter().map(|choice| [way.as_slice(), &[choice]].concat()));
        }
        all = extended;
    }
    all
}

/// Whether it takes the places of characters to tell.
fn is_placed(look: &QueryTerm) -> bool {
    match look {
        QueryTerm::Word(_)
        | QueryTerm::Address(_)
        | QueryTerm::Document(_)
        | QueryTerm::Clause(_) => false,
        QueryTerm::Phrase(units) | QueryTerm::Whole(units) => units.len() > 1,
        QueryTerm::AnyOf(looks) | QueryTerm::AllOf(looks) => looks.iter().any(is_placed),
        QueryTerm::Not(look) | QueryTerm::Certain(look) => is_placed(look),
        _ => true,
    }
}

/// The looks that a look consists of.
fn leaves(look: &QueryTerm) -> Vec<&QueryTerm> {
    match look {
        QueryTerm::AnyOf(looks) | QueryTerm::AllOf(looks) => {
            looks.iter().flat_map(leaves).collect()
        }
        look => vec![look],
    }
}

/// The looks that count.
fn counted(counts: &Combine) -> Vec<&QueryTerm> {
    match counts {
        Combine::Always(counted) => vec![&counted.look],
        Combine::Best(wordings) => wordings
            .iter()
            .flat_map(|worded| &worded.counted)
            .map(|counted| &counted.look)
            .collect(),
    }
}

/// What a clause must hold, scored as it stands, of several wordings by the best.
fn rough(look: &QueryTerm, fields: &Fields, budget: &Budget) -> Box<dyn Query> {
    let all = |looks: &[QueryTerm]| looks.iter().map(|look| rough(look, fields, budget)).collect();
    match look {
        QueryTerm::AnyOf(looks) => Box::new(DisjunctionMaxQuery::new(all(looks))),
        QueryTerm::AllOf(looks) => Box::new(BooleanQuery::intersection(all(looks))),
        QueryTerm::Not(_) => unscored(asked(look, fields, budget)),
        look => asked(look, fields, budget),
    }
}

pub(crate) fn scored(counts: &Combine, fields: &Fields, budget: &Budget) -> Box<dyn Query> {
    match counts {
        Combine::Always(counted) => one(counted, fields, budget),
        Combine::Best(wordings) => {
            let wording = |worded: &WeightedWording| -> Box<dyn Query> {
                let all = worded.counted.iter().map(|counted| one(counted, fields, budget));
                Box::new(BooleanQuery::union(all.collect()))
            };
            Box::new(DisjunctionMaxQuery::new(wordings.iter().map(wording).collect()))
        }
    }
}

/// The query whose score is what a look counts.
fn one(counted: &Weighted, fields: &Fields, budget: &Budget) -> Box<dyn Query> {
    Box::new(BoostQuery::new(asked(&counted.look, fields, budget), counted.weight))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

pub(crate) fn asked(look: &QueryTerm, fields: &Fields, budget: &Budget) -> Box<dyn Query> {
    let term = |field: Field, text: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
    };
    match look {
        QueryTerm::Word(text) => term(fields.words, text),
        QueryTerm::Anywhere(units) => Box::new(BooleanQuery::union(
            [fields.chars, fields.headings, fields.title]
                .into_iter()
                .map(|field| row(field, units, budget))
                .collect(),
        )),
        QueryTerm::Heading(text) => row(fields.headings, &in_a_row(text), budget),
        QueryTerm::Title(text) => row(fields.title, &in_a_row(text), budget),
        QueryTerm::Party(text) => row(fields.parties, &in_a_row(text), budget),
        // Few documents have a number: what BM25 makes of a field's length says nothing there.
        QueryTerm::Number(text) => {
            Box::new(ConstScoreQuery::new(row(fields.number, &in_a_row(text), budget), 1.0))
        }
        QueryTerm::Certain(look) => {
            Box::new(ConstScoreQuery::new(asked(look, fields, budget), 1.0))
        }
        QueryTerm::Address(text) => term(fields.address, text),
        QueryTerm::Document(id) => exactly(fields.document, id),
        QueryTerm::Clause(id) => exactly(fields.id, id),
        QueryTerm::Near(rows, within) => {
            let all = rows.iter().map(|units| row(fields.chars, units, budget)).collect();
            let all = Ending::new(Box::new(BooleanQuery::intersection(all)), budget);
            Box::new(Near::new(Box::new(all), rows, fields.chars, *within))
        }
        QueryTerm::AnyOf(looks) => Box::new(BooleanQuery::union(
            looks.iter().map(|look| asked(look, fields, budget)).collect(),
        )),
        QueryTerm::AllOf(looks) => Box::new(BooleanQuery::intersection(
            looks.iter().map(|look| asked(look, fields, budget)).collect(),
        )),
        QueryTerm::Not(look) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
            (Occur::MustNot, asked(look, fields, budget)),
        ])),
        QueryTerm::Prefix(prefix) => {
            let term = Term::from_field_text(fields.chars, prefix);
            Box::new(Ending::new(Box::new(PhrasePrefixQuery::new(vec![term])), budget))
        }
        QueryTerm::Phrase(units) => row(fields.chars, units, budget),
        QueryTerm::Whole(units) => {
            Box::new(ConstScoreQuery::new(row(fields.chars, units, budget), 1.0))
        }
    }
}

/// What has a text in a field, whatever else.
fn exactly(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

/// Units one behind the other in a field.
pub(crate) fn row(field: Field, units: &[(usize, String)], budget: &Budget) -> Box<dyn Query> {
    let term = |text: &String| Term::from_field_text(field, text);
    match units {
        [] => Box::new(EmptyQuery),
        [(_, only)] => Box::new(TermQuery::new(term(only), IndexRecordOption::WithFreqs)),
        units => {
            let terms = units.iter().map(|(at, text)| (*at, term(text))).collect();
            Box::new(Ending::new(Box::new(PhraseQuery::new_with_offset(terms)), budget))
        }
    }
}

fn restrictions(
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Vec<Box<dyn Query>>, QueryError> {
    let mut all: Vec<Box<dyn Query>> = Vec::new();
    if let Some(script) = filter.script {
        all.push(exactly(fields.script, script.as_str()));
    }
    if !filter.kinds.is_empty() {
        let kinds = filter.kinds.iter().map(|kind| exactly(fields.kind, kind.as_str()));
        all.push(Box::new(BooleanQuery::union(kinds.collect())));
    }
    for (field, name) in [
        (fields.parties, &filter.party),
        (fields.place, &filter.place),
        (fields.units, &filter.unit),
        (fields.number, &filter.number),
        (fields.title, &filter.title),
    ] {
        let Some(name) = name else { continue };
        // Words apart may stand apart.
        let words = name.split_whitespace().map(in_a_row);
        let words: Vec<_> = words.filter(|units| !units.is_empty()).collect();
        if words.is_empty() {
            all.push(Box::new(EmptyQuery));
        }
        all.extend(words.iter().map(|units| row(field, units, budget)));
    }
    if let Some(label) = &filter.label {
        all.push(exactly(fields.address, label));
    }
    if !filter.without.is_empty() {
        let out = filter.without.iter().map(|id| Term::from_field_text(fields.document, id));
        all.push(Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
            (Occur::MustNot, Box::new(TermSetQuery::new(out))),
        ])));
    }
    let bounds = |date: &Option<String>| {
        let read = |text: &String| {
            date_bounds(text).ok_or_else(|| QueryError::Date { text: text.clone() })
        };
        date.as_ref().map(read).transpose()
    };
    let (from, to) = (bounds(&filter.from)?, bounds(&filter.to)?);
    if from.is_some() || to.is_some() {
        let at = |value: u64| Term::from_field_u64(fields.date, value);
        let lower = from.map_or(Bound::Unbounded, |(first, _)| Bound::Included(at(first)));
        let upper = to.map_or(Bound::Unbounded, |(_, last)| Bound::Included(at(last)));
        all.push(Box::new(RangeQuery::new(lower, upper)));
    }
    if let Some((first, last)) = bounds(&filter.in_force)? {
        let begun = Bound::Included(Term::from_field_u64(fields.valid_from, last));
        let not_ended = Bound::Included(Term::from_field_u64(fields.valid_to, first));
        all.push(Box::new(RangeQuery::new(Bound::Unbounded, begun)));
        all.push(Box::new(RangeQuery::new(not_ended, Bound::Unbounded)));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use tiaowen_index::tantivy::collector::DocSetCollector;

    use super::*;
    use crate::testing::{index_of, plan_of};

    /// The articles, from 1, that a query of the engine matches.
    fn matched(articles: &[&str], query: impl Fn(&Fields) -> Box<dyn Query>) -> Vec<u32> {
        let index = index_of(articles);
        let searcher = index.reader().unwrap().searcher();
        let found = searcher.search(&*query(&index.fields()), &DocSetCollector).unwrap();
        let mut found: Vec<u32> = found.iter().map(|address| address.doc_id + 1).collect();
        found.sort_unstable();
        found
    }

    const ARTICLES: [&str; 4] =
        ["機關作出規定。", "机关另有安排。", "規定由雙方作出。", "作出安排的機關不規定。"];

    #[test]
    fn candidates_contain_every_word_in_either_script() {
        for query in ["機關 規定", "机关 规定"] {
            let plan = plan_of(query);
            let found = matched(&ARTICLES, |fields| {
                candidates(&plan, &Filter::default(), fields, &Budget::unlimited()).unwrap()
            });
            assert_eq!(found, [1, 4], "{query}");
        }
    }

    #[test]
    fn candidates_for_a_question_contain_any_of_its_terms() {
        let plan = plan_of("機關如何作出規定？");
        assert!(plan.question);
        let found = matched(&ARTICLES, |fields| {
            first_stage(&plan, &Filter::default(), fields, &Budget::unlimited()).unwrap()
        });
        assert_eq!(found, [1, 2, 3, 4]);
    }

    #[test]
    fn a_part_of_a_query_is_a_word_of_it() {
        let plan = plan_of("機關 規定");
        let found = matched(&ARTICLES, |fields| {
            let budget = Budget::unlimited();
            holding(Held::Words, &plan, &Filter::default(), fields, &budget).unwrap().unwrap()
        });
        assert_eq!(found, [1, 2, 3, 4]);
        let once: FxHashSet<&QueryTerm> = parts(Held::Words, &plan).into_iter().collect();
        assert_eq!(once.len(), parts(Held::Words, &plan).len(), "each part once");
    }

    #[test]
    fn only_plain_terms_are_pruned() {
        let filter = Filter::default();
        assert!(are_terms(&plan_of("機關 規定"), &filter));
        assert!(!are_terms(&plan_of("關"), &filter), "a single character is scored whole");
        let narrowed = Filter { label: Some("1".into()), ..Filter::default() };
        assert!(!are_terms(&plan_of("機關 規定"), &narrowed));
    }

    #[test]
    fn alternatives_are_multiplied_up_to_a_limit() {
        let pair = |text: &str| QueryTerm::Phrase(in_a_row(text));
        let either = |many: usize| QueryTerm::AnyOf((0..many).map(|_| pair("機關")).collect());
        let (two, many) = (either(2), either(MOST_WAYS));
        assert_eq!(ways(vec![&two]).len(), 1, "one look is a union by itself");
        assert_eq!(ways(vec![&two, &two]).len(), 4);
        assert_eq!(ways(vec![&two, &many]).len(), 2, "not beyond the limit");
    }

    #[test]
    fn borders_lie_between_words() {
        let units = in_a_row("機關規定");
        let units: Vec<(usize, String)> =
            units.into_iter().map(|(at, unit)| (at, tiaowen_text::fold(&unit))).collect();
        assert_eq!(borders(&units, &plan_of("機關規定")), [1]);
    }
}
