//! Answers to searches.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use tiaowen_corpus::{Passage, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Answer, Completion, Explanation, Facets, Hit, Note, Reason, Reworded};
use utoipa::ToSchema;

use crate::{ClauseJson, Permalinks, code_points, marked_passages, names};

/// A hit of a search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hit)]
pub struct HitJson<'a> {
    /// Its place among all hits, from 1.
    rank: usize,
    /// How well it answers; comparable within one answer only.
    score: f32,
    clause: ClauseJson<'a>,
    /// What to mark, in code points of the clause's text.
    #[schema(schema_with = names::spans)]
    highlights: Vec<[usize; 2]>,
    /// Parts of an article that hold highlights: paragraphs and items.
    passages: Vec<PassageJson>,
    /// Ids of the clause's other versions.
    counterparts: &'a [String],
    /// Why it is a hit, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationJson<'a>>,
    /// The other versions themselves, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel: Option<Vec<ClauseJson<'a>>>,
}

impl<'a> HitJson<'a> {
    /// A hit, with its other versions where they were asked for.
    pub fn new(
        hit: &'a Hit,
        parallel: Option<&'a [ClauseRecord<'static>]>,
        links: &Permalinks,
    ) -> Self {
        let (document, clause) = (&hit.record.document, &hit.record.clause);
        let passages = marked_passages(hit);
        let spans: Vec<Range<usize>> =
            passages.iter().map(|passage| passage.span.clone()).collect();
        let spans = code_points(&clause.text, &spans);
        let cited = citation(document, clause);
        let passage = |(passage, span): (Passage, [usize; 2])| PassageJson {
            citation: format!("{cited}{}", passage.address),
            span,
            address: passage.address,
        };
        let of = |record: &'a ClauseRecord<'static>| {
            ClauseJson::new(&record.document, &record.clause, links)
        };
        HitJson {
            rank: hit.rank,
            score: hit.score,
            clause: of(&hit.record),
            highlights: code_points(&clause.text, &hit.highlights),
            passages: passages.into_iter().zip(spans).map(passage).collect(),
            counterparts: &hit.counterparts,
            explanation: hit.explanation.as_ref().map(ExplanationJson::from),
            parallel: parallel.map(|records| records.iter().map(of).collect()),
        }
    }
}

/// A part of an article that can be cited by itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passage)]
struct PassageJson {
    /// Where it stands in the article: 第二款（三）.
    address: String,
    citation: String,
    /// Code points of the clause's text.
    #[schema(schema_with = names::span)]
    span: [usize; 2],
}

/// How hits divide: for each value, how many hits are left if only clauses with it are looked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facets)]
struct FacetsJson<'a> {
    kind: &'a BTreeMap<String, u64>,
    year: &'a BTreeMap<String, u64>,
    script: &'a BTreeMap<String, u64>,
    party: &'a BTreeMap<String, u64>,
    unit: &'a BTreeMap<String, u64>,
}

impl<'a> From<&'a Facets> for FacetsJson<'a> {
    fn from(facets: &'a Facets) -> Self {
        let Facets { kind, year, script, party, unit } = facets;
        FacetsJson { kind, year, script, party, unit }
    }
}

/// Why a clause is a hit; the score is the sum of the reasons' times `covered`, plus `near`,
/// all times `kind`, `recognised`, `standing` and `document`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
struct ExplanationJson<'a> {
    /// The id of the version explained: the one whose score it is.
    clause: &'a str,
    reasons: Vec<ReasonJson<'a>>,
    /// How much of the query's words is held.
    covered: f32,
    /// What it counts that they stand near one another.
    near: f32,
    /// What is left of a signature's score; 1 for all else.
    kind: f32,
    /// What is left for how certain its reading is; 1 for what was not read by text recognition.
    recognised: f32,
    /// What a question leaves of the score of a law that others go before; 1 for all else.
    standing: f32,
    /// What other clauses of its document add that answer a question as well; 1 where none is asked.
    document: f32,
    /// Characters that folding joins: as typed, as printed.
    #[schema(schema_with = names::folded)]
    folded: &'a [(char, char)],
}

/// A piece of the query that a clause answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
struct ReasonJson<'a> {
    typed: &'a str,
    #[serde(rename = "where")]
    #[schema(schema_with = names::found_where)]
    place: &'static str,
    otherwise: Vec<OtherwiseJson<'a>>,
    score: f32,
}

/// Another wording that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Otherwise)]
struct OtherwiseJson<'a> {
    typed: &'a str,
    other: &'a str,
    #[schema(schema_with = names::rule)]
    rule: &'static str,
}

impl<'a> From<&'a Explanation> for ExplanationJson<'a> {
    fn from(explanation: &'a Explanation) -> Self {
        let otherwise = |term: &'a Reworded| OtherwiseJson {
            typed: &term.typed,
            other: &term.other,
            rule: if term.is_number { "number" } else { "regional" },
        };
        let reason = |reason: &'a Reason| ReasonJson {
            typed: &reason.typed,
            place: reason.place.as_str(),
            otherwise: reason.otherwise.iter().map(otherwise).collect(),
            score: reason.score,
        };
        ExplanationJson {
            clause: &explanation.clause,
            reasons: explanation.reasons.iter().map(reason).collect(),
            covered: explanation.covered,
            near: explanation.near,
            kind: explanation.kind,
            recognised: explanation.recognised,
            standing: explanation.standing,
            document: explanation.document,
            folded: &explanation.folded,
        }
    }
}

/// Something that was done to a query.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Note)]
pub struct NoteJson<'a> {
    /// What kind of thing.
    #[schema(schema_with = names::note)]
    kind: &'static str,
    /// The piece of the query that it is about.
    typed: Option<Cow<'a, str>>,
    /// What was looked for or found instead or as well.
    others: Cow<'a, [String]>,
    /// The same as a sentence in English.
    text: String,
}

impl<'a> From<&'a Note> for NoteJson<'a> {
    fn from(note: &'a Note) -> Self {
        NoteJson {
            kind: note.kind(),
            typed: note.typed(),
            others: note.others(),
            text: note.to_string(),
        }
    }
}

/// An answer to a search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
pub struct AnswerJson<'a> {
    query: &'a str,
    /// How many hits there are; the versions of a clause are one, if grouped.
    total: u64,
    /// Whether that is all of them: beyond 1,000 they are counted only where that is asked for.
    #[schema(schema_with = names::total_is)]
    total_is: &'static str,
    /// Microseconds it took.
    took_us: u64,
    hits: Vec<HitJson<'a>>,
    /// How hits divide, where that was asked for.
    facets: Option<FacetsJson<'a>>,
    /// What was done to the query.
    notes: Vec<NoteJson<'a>>,
    /// Queries that may have been meant, where nothing holds all of this one.
    suggestions: &'a [String],
}

impl<'a> AnswerJson<'a> {
    /// The answer to `query`; `parallel` holds each hit's other versions, or is empty.
    pub fn new(
        query: &'a str,
        answer: &'a Answer,
        parallel: &'a [Vec<ClauseRecord<'static>>],
        links: &Permalinks,
    ) -> Self {
        let beside = |at: usize| parallel.get(at).map(Vec::as_slice);
        let hits = answer.hits.iter().enumerate();
        AnswerJson {
            query,
            total: answer.total,
            total_is: answer.total_is.as_str(),
            took_us: answer.took_us,
            hits: hits.map(|(at, hit)| HitJson::new(hit, beside(at), links)).collect(),
            facets: answer.facets.as_ref().map(FacetsJson::from),
            notes: answer.notes.iter().map(NoteJson::from).collect(),
            suggestions: &answer.suggestions,
        }
    }
}

/// A way to go on with what was typed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Completion)]
pub struct CompletionJson<'a> {
    text: &'a str,
    /// How many clauses hold it.
    clauses: u64,
}

impl<'a> From<&'a Completion> for CompletionJson<'a> {
    fn from(completion: &'a Completion) -> Self {
        CompletionJson { text: &completion.text, clauses: completion.clauses }
    }
}
