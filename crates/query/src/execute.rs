//! A plan in tantivy's terms.

use std::ops::Bound;

use crate::near::Near;
use crate::plan::in_a_row;
use crate::{Counted, Counts, Filter, Level, Look, Plan, QueryError, Worded};
use tiaowen_index::tantivy::Term;
use tiaowen_index::tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur,
    PhrasePrefixQuery, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};
use tiaowen_index::{Fields, date_bounds};

/// The query that finds what a plan asks for, and tells which clauses are worth measuring: a
/// score that costs little, by what they must hold.
pub(crate) fn candidates(
    plan: &Plan,
    level: Level,
    filter: &Filter,
    fields: &Fields,
) -> Result<Box<dyn Query>, QueryError> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    match level {
        // What has no parts is scored whole at once: a character, a citation.
        Level::All if plan.exact => {
            clauses
                .extend(plan.should.iter().map(|counts| (Occur::Should, scored(counts, fields))));
            let must = plan.must.iter().map(|look| (Occur::Must, unscored(asked(look, fields))));
            clauses.extend(must);
        }
        Level::All => {
            clauses.extend(plan.must.iter().map(|look| (Occur::Must, rough(look, fields))))
        }
        // Operators alone: what they require is all there is.
        Level::Some if plan.must.is_empty() => {}
        Level::Some => {
            let mut any: Vec<Box<dyn Query>> = Vec::new();
            any.extend(plan.must.iter().map(|look| rough(look, fields)));
            any.extend(plan.headings.iter().map(|look| unscored(asked(look, fields))));
            any.extend(parts(plan).map(|look| asked(look, fields)));
            clauses.push((Occur::Must, Box::new(BooleanQuery::union(any))));
        }
    }
    for look in &plan.required {
        clauses.push((Occur::Must, rough(look, fields)));
    }
    for restriction in restrictions(filter, fields)? {
        clauses.push((Occur::Must, unscored(restriction)));
    }
    Ok(match clauses.len() {
        1 => clauses.remove(0).1,
        _ => Box::new(BooleanQuery::new(clauses)),
    })
}

/// What a clause must hold, scored as it stands, of several wordings by the best.
fn rough(look: &Look, fields: &Fields) -> Box<dyn Query> {
    let all = |looks: &[Look]| looks.iter().map(|look| rough(look, fields)).collect();
    match look {
        Look::AnyOf(looks) => Box::new(DisjunctionMaxQuery::new(all(looks))),
        Look::AllOf(looks) => Box::new(BooleanQuery::intersection(all(looks))),
        Look::Not(_) => unscored(asked(look, fields)),
        look => asked(look, fields),
    }
}

fn scored(counts: &Counts, fields: &Fields) -> Box<dyn Query> {
    match counts {
        Counts::Always(counted) => one(counted, fields),
        Counts::Best(wordings) => {
            let wording = |worded: &Worded| -> Box<dyn Query> {
                let all = worded.counted.iter().map(|counted| one(counted, fields));
                Box::new(BooleanQuery::union(all.collect()))
            };
            Box::new(DisjunctionMaxQuery::new(wordings.iter().map(wording).collect()))
        }
    }
}

/// The query whose score is what a look counts.
fn one(counted: &Counted, fields: &Fields) -> Box<dyn Query> {
    Box::new(BoostQuery::new(asked(&counted.look, fields), counted.weight))
}

/// What a clause may hold instead of a whole group: words inside it, neighbours that no word
/// takes.
fn parts(plan: &Plan) -> impl Iterator<Item = &Look> {
    let all = plan.should.iter().flat_map(|counts| -> Vec<&Look> {
        match counts {
            Counts::Always(counted) => vec![&counted.look],
            Counts::Best(wordings) => {
                wordings.iter().flat_map(|w| &w.counted).map(|counted| &counted.look).collect()
            }
        }
    });
    all.filter(|look| match look {
        Look::Word(_) => true,
        Look::Phrase(units) => units.len() == 2,
        _ => false,
    })
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

pub(crate) fn asked(look: &Look, fields: &Fields) -> Box<dyn Query> {
    let term = |field: Field, text: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
    };
    match look {
        Look::Word(text) => term(fields.words, text),
        Look::Heading(text) => row(fields.headings, &in_a_row(text)),
        Look::Title(text) => row(fields.title, &in_a_row(text)),
        Look::Party(text) => row(fields.parties, &in_a_row(text)),
        // Few documents have a number: what BM25 makes of a field's length says nothing there.
        Look::Number(text) => {
            Box::new(ConstScoreQuery::new(row(fields.number, &in_a_row(text)), 1.0))
        }
        Look::Certain(look) => Box::new(ConstScoreQuery::new(asked(look, fields), 1.0)),
        Look::Address(text) => term(fields.address, text),
        Look::Near(rows, within) => {
            let all = rows.iter().map(|units| row(fields.chars, units)).collect();
            Box::new(Near::new(BooleanQuery::intersection(all), rows, fields.chars, *within))
        }
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
        Look::Phrase(units) => row(fields.chars, units),
        Look::Whole(units) => Box::new(ConstScoreQuery::new(row(fields.chars, units), 1.0)),
    }
}

/// Units one behind the other in a field.
pub(crate) fn row(field: Field, units: &[(usize, String)]) -> Box<dyn Query> {
    let term = |text: &String| Term::from_field_text(field, text);
    match units {
        [] => Box::new(EmptyQuery),
        [(_, only)] => Box::new(TermQuery::new(term(only), IndexRecordOption::WithFreqs)),
        units => {
            let terms = units.iter().map(|(at, text)| (*at, term(text))).collect();
            Box::new(PhraseQuery::new_with_offset(terms))
        }
    }
}

fn restrictions(filter: &Filter, fields: &Fields) -> Result<Vec<Box<dyn Query>>, QueryError> {
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
        // Words apart may stand apart.
        let words = name.split_whitespace().map(in_a_row);
        let words: Vec<_> = words.filter(|units| !units.is_empty()).collect();
        if words.is_empty() {
            all.push(Box::new(EmptyQuery));
        }
        all.extend(words.iter().map(|units| row(field, units)));
    }
    if let Some(label) = &filter.label {
        all.push(exactly(fields.address, label));
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
