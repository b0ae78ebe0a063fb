//! A plan in tantivy's terms.

use std::ops::Bound;

use tiaowen_index::tantivy::Term;
use tiaowen_index::tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhrasePrefixQuery,
    PhraseQuery, Query, RangeQuery, TermQuery,
};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};
use tiaowen_index::{Fields, date_bounds};
use tiaowen_text::Segmenter;

use crate::{Filter, Level, Look, Plan, QueryError};

/// The query that finds and scores what a plan asks for.
pub(crate) fn query(
    plan: &Plan,
    level: Level,
    filter: &Filter,
    fields: &Fields,
    segmenter: &'static Segmenter,
) -> Result<Box<dyn Query>, QueryError> {
    let scored = |(look, weight): &(Look, f32)| -> (Occur, Box<dyn Query>) {
        (Occur::Should, Box::new(BoostQuery::new(asked(look, fields), *weight)))
    };
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = plan.should.iter().map(scored).collect();
    match level {
        Level::All => {
            let must = plan.must.iter().map(|look| (Occur::Must, unscored(asked(look, fields))));
            clauses.extend(must);
        }
        // Operators alone: what they require is all there is.
        Level::Some if plan.must.is_empty() => {}
        Level::Some => {
            let any = plan.must.iter().map(|look| asked(look, fields));
            let any = BooleanQuery::union(any.chain(pairs(plan, fields)).collect());
            clauses.push((Occur::Must, unscored(Box::new(any))));
        }
    }
    for look in &plan.required {
        clauses.push((Occur::Must, unscored(asked(look, fields))));
    }
    for restriction in restrictions(filter, fields, segmenter)? {
        clauses.push((Occur::Must, unscored(restriction)));
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

/// What a clause may hold instead of a whole group.
fn pairs<'a>(plan: &'a Plan, fields: &'a Fields) -> impl Iterator<Item = Box<dyn Query>> + 'a {
    let weighty = plan.should.iter().filter(|(look, _)| match look {
        Look::Word(_) => true,
        Look::Phrase(units) => units.len() == 2,
        _ => false,
    });
    weighty.map(|(look, _)| asked(look, fields))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn asked(look: &Look, fields: &Fields) -> Box<dyn Query> {
    let term = |field: Field, text: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
    };
    match look {
        Look::Word(text) => term(fields.words, text),
        Look::Heading(text) => term(fields.headings, text),
        Look::Title(text) => term(fields.title, text),
        Look::Party(text) => term(fields.parties, text),
        Look::Number(text) => term(fields.number, text),
        Look::AnyOf(looks) => {
            Box::new(BooleanQuery::union(looks.iter().map(|look| asked(look, fields)).collect()))
        }
        Look::AllOf(looks) => Box::new(BooleanQuery::intersection(
            looks.iter().map(|look| asked(look, fields)).collect(),
        )),
        Look::Not(look) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
            (Occur::MustNot, asked(look, fields)),
        ])),
        Look::Prefix(prefix) => {
            let term = Term::from_field_text(fields.chars, prefix);
            Box::new(PhrasePrefixQuery::new(vec![term]))
        }
        Look::Phrase(units) => match units.as_slice() {
            [] => Box::new(EmptyQuery),
            [(_, only)] => term(fields.chars, only),
            units => {
                let terms = units
                    .iter()
                    .map(|(at, text)| (*at, Term::from_field_text(fields.chars, text)))
                    .collect();
                Box::new(PhraseQuery::new_with_offset(terms))
            }
        },
    }
}

fn restrictions(
    filter: &Filter,
    fields: &Fields,
    segmenter: &'static Segmenter,
) -> Result<Vec<Box<dyn Query>>, QueryError> {
    let mut all: Vec<Box<dyn Query>> = Vec::new();
    let exactly = |field: Field, text: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
    };
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
        let tokens = Fields::name_tokens(segmenter, name);
        if tokens.is_empty() {
            all.push(Box::new(EmptyQuery));
        }
        all.extend(tokens.iter().map(|token| exactly(field, token)));
    }
    if let Some(label) = &filter.label {
        all.push(exactly(fields.label, label));
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
    Ok(all)
}
