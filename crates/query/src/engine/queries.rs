//! Turns plans into tantivy queries.
//!
//! A query for candidates only has to find the right clauses and score them roughly; `score` does
//! the rest. So everything expensive is avoided where an approximation does: alternatives that read
//! positions are spread over an intersection, and single terms stand for long phrases.

use std::ops::Bound;

use rustc_hash::FxHashSet;
use tiaowen_text::Budget;

use crate::engine::ending::Ending;
use crate::engine::near::Near;
use crate::language::plan::in_a_row;
use crate::{
    Combine, Filter, Plan, QueryError, QueryTerm, Weighted, WeightedWording, given_bounds,
};
use tiaowen_index::Fields;
use tiaowen_index::tantivy::Term;
use tiaowen_index::tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery,
    ExistsQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};

/// The query that finds what a plan requires. Its approximate score tells which clauses are worth
/// scoring precisely.
pub(crate) fn candidates(
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Box<dyn Query>, QueryError> {
    if !plan.exact {
        return narrowed(&plan.must, Vec::new(), plan, filter, fields, budget);
    }
    // A plan without parts (a character, a citation) is scored completely at once. Of a long text
    // beside a citation, single terms suffice.
    let is_long = plan.should.len() > MOST_PLACED;
    let counts = plan.should.iter().filter(|counts| match counts {
        Combine::Always(counted) => !is_long || counted.weight >= 1.0 || !is_placed(&counted.term),
        Combine::Best(_) => !is_long,
    });
    let counts = counts.map(|counts| (Occur::Should, scored(counts, fields, budget)));
    let must = plan
        .must
        .iter()
        .map(|query_term| (Occur::Must, unscored(term_query(query_term, fields, budget))));
    narrowed(&[], counts.chain(must).collect(), plan, filter, fields, budget)
}

/// The query that finds clauses that may answer a question, scored by its terms.
pub(crate) fn first_stage(
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Box<dyn Query>, QueryError> {
    let first = plan.first_stage();
    let any =
        BooleanQuery::union(first.iter().map(|counts| scored(counts, fields, budget)).collect());
    narrowed(&[], vec![(Occur::Must, Box::new(any))], plan, filter, fields, budget)
}

/// Whether the query of [`candidates`] matches single terms only. The engine then skips clauses
/// that can't be among the best.
pub(crate) fn are_terms(plan: &Plan, filter: &Filter) -> bool {
    let all_are = plan.must.iter().all(is_term) && !plan.exact;
    all_are && plan.required.is_empty() && *filter == Filter::default()
}

/// Whether a term of the plan is a single term of the index.
fn is_term(query_term: &QueryTerm) -> bool {
    match query_term {
        QueryTerm::Word(_) => true,
        QueryTerm::Phrase(units) => units.len() == 1,
        _ => false,
    }
}

/// A part of a query that a partial match may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// A word, a word inside it, or a single character.
    Words,
    /// Characters that form no word.
    Runs,
    /// The same, in clauses that also contain a word.
    RunsBesideWords,
    /// Words in the headings above a clause.
    Headings,
    /// Two adjacent characters of the query.
    Pairs,
}

/// The query that finds partial matches. `None` if the plan has no such part.
pub(crate) fn holding(
    held: Held,
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Option<Box<dyn Query>>, QueryError> {
    let query_terms = parts(held, plan);
    if query_terms.is_empty() {
        return Ok(None);
    }
    let one = |query_term: &QueryTerm| term_query(query_term, fields, budget);
    let any_of = |query_terms: Vec<&QueryTerm>| {
        BooleanQuery::union(query_terms.into_iter().map(one).collect())
    };
    let any: Box<dyn Query> = match held {
        Held::RunsBesideWords => {
            let words: Box<dyn Query> = Box::new(any_of(parts(Held::Words, plan)));
            let beside = |run| BooleanQuery::intersection(vec![words.box_clone(), one(run)]);
            let runs = query_terms.into_iter().map(|run| Box::new(beside(run)) as Box<dyn Query>);
            Box::new(DisjunctionMaxQuery::new(runs.collect()))
        }
        _ => Box::new(any_of(query_terms)),
    };
    narrowed(&[], vec![(Occur::Must, any)], plan, filter, fields, budget).map(Some)
}

/// The most parts with positions that are searched for. Words without positions cost almost
/// nothing.
const MOST_PLACED: usize = 64;

/// The parts of a plan, any of which may match, without repetitions.
pub(crate) fn parts(held: Held, plan: &Plan) -> Vec<&QueryTerm> {
    let must = || plan.must.iter().flat_map(leaves);
    let counted = || plan.should.iter().flat_map(counted);
    let is_word = |query_term: &&QueryTerm| matches!(query_term, QueryTerm::Word(_));
    let query_terms: Vec<&QueryTerm> = match held {
        Held::Words => must()
            .filter(|query_term| is_term(query_term))
            .chain(counted().filter(is_word))
            .collect(),
        Held::Runs | Held::RunsBesideWords => {
            must().filter(|query_term| !is_term(query_term)).collect()
        }
        Held::Headings => plan.headings.iter().flat_map(leaves).collect(),
        Held::Pairs => {
            let is_pair = |query_term: &&QueryTerm| matches!(query_term, QueryTerm::Phrase(units) if units.len() == 2);
            counted().filter(is_pair).collect()
        }
    };
    let mut seen: FxHashSet<&QueryTerm> = FxHashSet::default();
    let mut once: Vec<&QueryTerm> =
        query_terms.into_iter().filter(|query_term| seen.insert(query_term)).collect();
    // The positions of all of them are read in each clause that matches one.
    once.truncate(if held == Held::Words { usize::MAX } else { MOST_PLACED });
    once
}

/// The phrase that a clause may contain word for word, if the plan weights it.
pub(crate) fn whole(plan: &Plan) -> Option<&QueryTerm> {
    let whole = plan
        .should
        .iter()
        .flat_map(counted)
        .find(|query_term| matches!(query_term, QueryTerm::Whole(_)));
    whole.filter(|_| !plan.exact)
}

/// The query that finds clauses by their ids, among those that pass the filter and have what the plan
/// requires even of partial matches.
pub(crate) fn with_ids(
    ids: &[&str],
    plan: &Plan,
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Box<dyn Query>, QueryError> {
    let any = TermSetQuery::new(ids.iter().map(|id| Term::from_field_text(fields.id, id)));
    narrowed(&[], vec![(Occur::Must, Box::new(any))], plan, filter, fields, budget)
}

/// The places in `units` where two adjacent units belong to no common word. Few clauses that
/// contain the words contain these two side by side, so they are checked first.
pub(crate) fn borders(units: &[(usize, String)], plan: &Plan) -> Vec<usize> {
    let word = |query_term: &QueryTerm| match query_term {
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

/// A query for `must`, `clauses`, the other requirements of the plan, and the filter.
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
    let ways =
        ways(must.iter().chain(&plan.required).collect()).into_iter().map(|mut query_terms| {
            // Terms with positions come last, so that they are checked only where the others match.
            query_terms.sort_by_key(|query_term| is_placed(query_term));
            let held = query_terms
                .into_iter()
                .map(|query_term| (Occur::Must, rough(query_term, fields, budget)));
            let others = clauses.iter().map(|(occur, query)| (*occur, query.box_clone()));
            let mut all: Vec<(Occur, Box<dyn Query>)> = held.chain(others).collect();
            // A single clause of a query lets the engine skip what can't be among the best.
            match all.as_slice() {
                // Without requirements and filters, the whole index is listed.
                [] => unscored(Box::new(AllQuery)),
                [(Occur::Must, _)] => all.remove(0).1,
                _ => Box::new(BooleanQuery::new(all)),
            }
        });
    let mut ways: Vec<Box<dyn Query>> = ways.collect();
    Ok(if ways.len() == 1 { ways.remove(0) } else { Box::new(DisjunctionMaxQuery::new(ways)) })
}

/// The most combinations that alternatives are expanded to.
const MOST_WAYS: usize = 16;

/// Combinations of alternatives, so that each alternative is intersected with the other terms. A
/// union would read all positions of each alternative, even if another term leaves few clauses; an
/// intersection reads them in these clauses only. The scores agree: the best combination has the
/// best of all alternatives.
fn ways(query_terms: Vec<&QueryTerm>) -> Vec<Vec<&QueryTerm>> {
    let alone = query_terms.len() == 1;
    let mut all: Vec<Vec<&QueryTerm>> = vec![Vec::new()];
    for query_term in query_terms {
        let choices: Vec<&QueryTerm> = match query_term {
            QueryTerm::AnyOf(choices)
                if !alone && is_placed(query_term) && choices.len() * all.len() <= MOST_WAYS =>
            {
                choices.iter().collect()
            }
            query_term => vec![query_term],
        };
        let mut extended = Vec::with_capacity(all.len() * choices.len());
        for way in &all {
            extended.extend(choices.iter().map(|choice| [way.as_slice(), &[choice]].concat()));
        }
        all = extended;
    }
    all
}

/// Whether matching a term reads positions.
fn is_placed(query_term: &QueryTerm) -> bool {
    match query_term {
        QueryTerm::Word(_)
        | QueryTerm::Address(_)
        | QueryTerm::Document(_)
        | QueryTerm::Clause(_) => false,
        QueryTerm::Phrase(units) | QueryTerm::Whole(units) => units.len() > 1,
        QueryTerm::AnyOf(query_terms) | QueryTerm::AllOf(query_terms) => {
            query_terms.iter().any(is_placed)
        }
        QueryTerm::Not(query_term) | QueryTerm::Certain(query_term) => is_placed(query_term),
        _ => true,
    }
}

/// The terms that a term consists of.
fn leaves(query_term: &QueryTerm) -> Vec<&QueryTerm> {
    match query_term {
        QueryTerm::AnyOf(query_terms) | QueryTerm::AllOf(query_terms) => {
            query_terms.iter().flat_map(leaves).collect()
        }
        query_term => vec![query_term],
    }
}

/// The terms that are weighted.
fn counted(counts: &Combine) -> Vec<&QueryTerm> {
    match counts {
        Combine::Always(counted) => vec![&counted.term],
        Combine::Best(wordings) => wordings
            .iter()
            .flat_map(|worded| &worded.counted)
            .map(|counted| &counted.term)
            .collect(),
    }
}

/// A query for a required term, scored approximately: of several wordings, by the best.
fn rough(query_term: &QueryTerm, fields: &Fields, budget: &Budget) -> Box<dyn Query> {
    let all = |query_terms: &[QueryTerm]| {
        query_terms.iter().map(|query_term| rough(query_term, fields, budget)).collect()
    };
    match query_term {
        QueryTerm::AnyOf(query_terms) => Box::new(DisjunctionMaxQuery::new(all(query_terms))),
        QueryTerm::AllOf(query_terms) => Box::new(BooleanQuery::intersection(all(query_terms))),
        QueryTerm::Not(_) => unscored(term_query(query_term, fields, budget)),
        query_term => term_query(query_term, fields, budget),
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

/// A query with the weighted score of a term.
fn one(counted: &Weighted, fields: &Fields, budget: &Budget) -> Box<dyn Query> {
    Box::new(BoostQuery::new(term_query(&counted.term, fields, budget), counted.weight))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

pub(crate) fn term_query(
    query_term: &QueryTerm,
    fields: &Fields,
    budget: &Budget,
) -> Box<dyn Query> {
    let term = |field: Field, text: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
    };
    match query_term {
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
        // Few documents have a number, so BM25's use of field lengths means nothing here.
        QueryTerm::Number(text) => {
            Box::new(ConstScoreQuery::new(row(fields.number, &in_a_row(text), budget), 1.0))
        }
        QueryTerm::Certain(query_term) => {
            Box::new(ConstScoreQuery::new(term_query(query_term, fields, budget), 1.0))
        }
        QueryTerm::Address(text) => term(fields.address, text),
        QueryTerm::Document(id) => exactly(fields.document, id),
        QueryTerm::Clause(id) => exactly(fields.id, id),
        QueryTerm::Near(rows, within) => {
            let all = rows.iter().map(|units| row(fields.chars, units, budget)).collect();
            let all = Ending::new(Box::new(BooleanQuery::intersection(all)), budget);
            Box::new(Near::new(Box::new(all), rows, fields.chars, *within))
        }
        QueryTerm::AnyOf(query_terms) => Box::new(BooleanQuery::union(
            query_terms.iter().map(|query_term| term_query(query_term, fields, budget)).collect(),
        )),
        QueryTerm::AllOf(query_terms) => Box::new(BooleanQuery::intersection(
            query_terms.iter().map(|query_term| term_query(query_term, fields, budget)).collect(),
        )),
        QueryTerm::Not(query_term) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
            (Occur::MustNot, term_query(query_term, fields, budget)),
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

/// A query for a whole value of a field.
fn exactly(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

/// A query for consecutive units in a field.
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

/// A query for any of these. `None` if there are none.
fn any_of(mut queries: Vec<Box<dyn Query>>) -> Option<Box<dyn Query>> {
    match queries.len() {
        0 => None,
        1 => queries.pop(),
        _ => Some(Box::new(BooleanQuery::union(queries))),
    }
}

/// A query for all words of a name in a field. Words separated by spaces may occur apart.
fn named(field: Field, name: &str, budget: &Budget) -> Box<dyn Query> {
    let words = name.split_whitespace().map(in_a_row).filter(|units| !units.is_empty());
    let mut words: Vec<_> = words.map(|units| row(field, &units, budget)).collect();
    match words.len() {
        0 => Box::new(EmptyQuery),
        1 => words.remove(0),
        _ => Box::new(BooleanQuery::intersection(words)),
    }
}

fn restrictions(
    filter: &Filter,
    fields: &Fields,
    budget: &Budget,
) -> Result<Vec<Box<dyn Query>>, QueryError> {
    let mut all: Vec<Box<dyn Query>> = Vec::new();
    let scripts = filter.scripts.iter().map(|script| exactly(fields.script, script.as_str()));
    all.extend(any_of(scripts.collect()));
    let kinds = filter.kinds.iter().map(|kind| exactly(fields.kind, kind.as_str()));
    all.extend(any_of(kinds.collect()));
    for (field, names) in [
        (fields.parties, &filter.parties[..]),
        (fields.place, &filter.places),
        (fields.units, &filter.units),
        (fields.number, &filter.numbers),
        (fields.title, filter.title.as_slice()),
    ] {
        all.extend(any_of(names.iter().map(|name| named(field, name, budget)).collect()));
    }
    if let Some(label) = &filter.label {
        all.push(exactly(fields.address, label));
    }
    if let Some(only) = &filter.only {
        let only = only.iter().map(|id| Term::from_field_text(fields.document, id));
        all.push(Box::new(TermSetQuery::new(only)));
    }
    if !filter.without.is_empty() {
        let out = filter.without.iter().map(|id| Term::from_field_text(fields.document, id));
        all.push(all_but(Box::new(TermSetQuery::new(out))));
    }
    let dated = |from: Option<u64>, to: Option<u64>| -> Box<dyn Query> {
        Box::new(RangeQuery::new(bound(fields.date, from), bound(fields.date, to)))
    };
    let dates = filter.dates()?;
    if dates.from.is_some() || dates.to.is_some() {
        all.push(dated(dates.from, dates.to));
    }
    let years = dates.years.iter().map(|(first, last)| dated(Some(*first), Some(*last)));
    let has_date = || Box::new(ExistsQuery::new("date".to_owned(), false));
    let undated = dates.undated.then(|| all_but(has_date()));
    all.extend(any_of(years.chain(undated).collect()));
    if let Some((first, last)) = given_bounds(&filter.in_force)? {
        let begun = Bound::Included(Term::from_field_u64(fields.valid_from, last));
        let not_ended = Bound::Included(Term::from_field_u64(fields.valid_to, first));
        all.push(Box::new(RangeQuery::new(Bound::Unbounded, begun)));
        all.push(Box::new(RangeQuery::new(not_ended, Bound::Unbounded)));
    }
    Ok(all)
}

/// A query for all clauses except those that match.
fn all_but(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(vec![
        (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
        (Occur::MustNot, query),
    ]))
}

/// An end of a range of numbers.
fn bound(field: Field, value: Option<u64>) -> Bound<Term> {
    value.map_or(Bound::Unbounded, |value| Bound::Included(Term::from_field_u64(field, value)))
}

#[cfg(test)]
mod tests {
    use tiaowen_corpus::DocumentKind;
    use tiaowen_index::tantivy::collector::DocSetCollector;
    use tiaowen_text::Script;

    use super::*;
    use crate::testing::{index_of, plan_of};

    /// The articles, from 1, that a query matches.
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
    fn of_values_of_one_field_any_is_enough_and_all_fields_must_match() {
        let plan = plan_of("機關 規定");
        let number = |filter: &Filter| {
            let found = matched(&ARTICLES, |fields| {
                candidates(&plan, filter, fields, &Budget::unlimited()).unwrap()
            });
            found.len()
        };
        let scripts = |scripts: &[Script]| Filter { scripts: scripts.into(), ..Filter::default() };
        assert_eq!(number(&scripts(&[Script::Hans])), 0);
        let both = scripts(&[Script::Hans, Script::Hant]);
        assert_eq!(number(&both), 2);
        let laws = Filter { kinds: vec![DocumentKind::Law], ..both.clone() };
        assert_eq!(number(&laws), 0);
        let kinds = vec![DocumentKind::Law, DocumentKind::Agreement];
        assert_eq!(number(&Filter { kinds, ..both.clone() }), 2);
        let units = vec!["水務署".into(), "路政署".into()];
        assert_eq!(number(&Filter { units, ..both.clone() }), 0);
        // The clauses have no date.
        let in_2015 = Filter { years: vec!["2015".into()], ..both.clone() };
        assert_eq!(number(&in_2015), 0);
        assert_eq!(number(&Filter { undated: true, ..in_2015.clone() }), 2);
        assert_eq!(number(&Filter { undated: true, ..both.clone() }), 2);
        let years = Filter { years: vec!["2015".into(), "sometime".into()], ..both };
        let (_, fields) = Fields::schema();
        let read = restrictions(&years, &fields, &Budget::unlimited());
        assert!(matches!(read, Err(QueryError::Date { text }) if text == "sometime"));
        for (from, to) in [(Some("2015".into()), None), (None, Some("2015".into()))] {
            let range = Filter { undated: true, from, to, ..in_2015.clone() };
            let read = restrictions(&range, &fields, &Budget::unlimited());
            assert!(matches!(read, Err(QueryError::UndatedInRange)));
        }
    }

    #[test]
    fn alternatives_are_multiplied_up_to_a_limit() {
        let pair = |text: &str| QueryTerm::Phrase(in_a_row(text));
        let either = |many: usize| QueryTerm::AnyOf((0..many).map(|_| pair("機關")).collect());
        let (two, many) = (either(2), either(MOST_WAYS));
        assert_eq!(ways(vec![&two]).len(), 1, "one term is a union by itself");
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
