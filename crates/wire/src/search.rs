//! The JSON of searches.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use tiaowen_corpus::{Passage, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{
    Answer, Completion, Explanation, Facets, Hit, Joining, Note, Reason, Reworded,
};
use utoipa::ToSchema;

use crate::{ClauseJson, Permalinks, code_points, marked_passages, names};

/// A hit of a search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hit)]
pub struct HitJson<'a> {
    /// Its position among all hits, from 1.
    rank: usize,
    /// Its score, which is comparable within one answer only.
    score: f32,
    clause: ClauseJson<'a>,
    /// The places to highlight in code points of the clause's text.
    #[schema(schema_with = names::spans)]
    highlights: Vec<[usize; 2]>,
    /// The paragraphs and items of an article that contain highlights.
    passages: Vec<PassageJson>,
    /// The ids of the clause's other versions.
    counterparts: &'a [String],
    /// Why it is a hit, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationJson<'a>>,
    /// How near it is to the query in meaning, if meaning took part and found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<NearnessJson>,
    /// The other versions themselves, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel: Option<Vec<ClauseJson<'a>>>,
}

impl<'a> HitJson<'a> {
    /// A hit, with its other versions if requested.
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
            meaning: hit.joining.as_ref().and_then(NearnessJson::of),
            parallel: parallel.map(|records| records.iter().map(of).collect()),
        }
    }
}

/// Nearness in meaning.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Nearness)]
struct NearnessJson {
    /// Its position among all clauses by meaning, from 1.
    rank: usize,
    /// The cosine of the angle between its vector and the query's; comparable within one model only.
    cosine: f32,
    /// Whether words found it too.
    by_words: bool,
}

impl NearnessJson {
    fn of(joining: &Joining) -> Option<Self> {
        let (rank, cosine) = joining.meaning?;
        Some(NearnessJson { rank, cosine, by_words: joining.words.is_some() })
    }
}

/// How a hit got its place where meaning took part. Its score is the sum of both shares, and 1 more if
/// it contains the query word for word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Joining)]
struct JoiningJson {
    /// Its position by words alone, from 1; null if words didn't find it.
    words_rank: Option<usize>,
    /// Its score by words, which the rest of the explanation explains.
    words_score: Option<f32>,
    /// What words add to its score.
    words_share: f32,
    /// Its position by meaning, from 1; null if it is not among the nearest.
    meaning_rank: Option<usize>,
    /// The cosine of the angle between its vector and the query's.
    cosine: Option<f32>,
    /// What meaning adds to its score.
    meaning_share: f32,
    /// Whether it contains the query word for word, so that meaning doesn't move it.
    word_for_word: bool,
}

impl From<&Joining> for JoiningJson {
    fn from(joining: &Joining) -> Self {
        JoiningJson {
            words_rank: joining.words.map(|(rank, _)| rank),
            words_score: joining.words.map(|(_, score)| score),
            words_share: joining.by_words(),
            meaning_rank: joining.meaning.map(|(rank, _)| rank),
            cosine: joining.meaning.map(|(_, cosine)| cosine),
            meaning_share: joining.by_meaning(),
            word_for_word: joining.is_word_for_word,
        }
    }
}

/// A part of an article that can be cited by itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passage)]
struct PassageJson {
    /// Its address in the article: 第二款（三）.
    address: String,
    citation: String,
    /// Its place in code points of the clause's text.
    #[schema(schema_with = names::span)]
    span: [usize; 2],
}

/// The distribution of hits: for each value, the number of hits that remain if the search is
/// restricted to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facets)]
struct FacetsJson<'a> {
    kind: &'a BTreeMap<String, u64>,
    /// By year; documents without a date are counted under `undated`.
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

/// Why a clause is a hit. The score is the sum of the reasons times `covered`, plus `near`, the
/// result times `kind`, `recognised`, `standing` and `document`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
struct ExplanationJson<'a> {
    /// The id of the explained version, whose score the hit has.
    clause: &'a str,
    reasons: Vec<ReasonJson<'a>>,
    /// The factor for the share of the query's words that the clause contains.
    covered: f32,
    /// The bonus for words that are near each other.
    near: f32,
    /// The factor for signatures; 1 for all other clauses.
    kind: f32,
    /// What is left for how certain its reading is; 1 for what was not read by text recognition.
    recognised: f32,
    /// The factor for laws below others in answers to questions; otherwise 1.
    standing: f32,
    /// The factor for other clauses of the document that answer a question; otherwise 1.
    document: f32,
    /// Characters matched by folding: as typed, and as printed.
    #[schema(schema_with = names::folded)]
    folded: &'a [(char, char)],
    /// How the hit got its place, if meaning took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    joining: Option<JoiningJson>,
}

/// A part of the query that matched.
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

/// Another wording that matched.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Otherwise)]
struct OtherwiseJson<'a> {
    typed: &'a str,
    other: &'a str,
    #[schema(schema_with = names::rule)]
    rule: &'static str,
}

impl<'a> From<&'a Reworded> for OtherwiseJson<'a> {
    fn from(term: &'a Reworded) -> Self {
        OtherwiseJson { typed: &term.typed, other: &term.other, rule: term.kind.as_str() }
    }
}

impl<'a> From<&'a Reason> for ReasonJson<'a> {
    fn from(reason: &'a Reason) -> Self {
        ReasonJson {
            typed: &reason.typed,
            place: reason.place.as_str(),
            otherwise: reason.otherwise.iter().map(OtherwiseJson::from).collect(),
            score: reason.score,
        }
    }
}

impl<'a> From<&'a Explanation> for ExplanationJson<'a> {
    fn from(explanation: &'a Explanation) -> Self {
        ExplanationJson {
            clause: &explanation.clause,
            reasons: explanation.reasons.iter().map(ReasonJson::from).collect(),
            covered: explanation.covered,
            near: explanation.near,
            kind: explanation.kind,
            recognised: explanation.recognised,
            standing: explanation.standing,
            document: explanation.document,
            folded: &explanation.folded,
            joining: explanation.joining.as_ref().map(JoiningJson::from),
        }
    }
}

/// A note on how the query was changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Note)]
pub struct NoteJson<'a> {
    /// The kind of note.
    #[schema(schema_with = names::note)]
    kind: &'static str,
    /// The part of the query that it is about.
    typed: Option<Cow<'a, str>>,
    /// Other words that were searched, found or suggested.
    others: Cow<'a, [String]>,
    /// The note as an English sentence.
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
    /// The number of hits. Versions of a clause are one if they are grouped.
    total: u64,
    /// Whether the total is exact. Beyond 1,000 clauses, hits are counted only if requested.
    #[schema(schema_with = names::total_is)]
    total_is: &'static str,
    /// The duration in microseconds.
    took_us: u64,
    hits: Vec<HitJson<'a>>,
    /// The distribution of the hits, if requested.
    facets: Option<FacetsJson<'a>>,
    /// How the query was changed.
    notes: Vec<NoteJson<'a>>,
    /// Corrected queries, if no clause contains the whole query.
    suggestions: &'a [String],
}

impl<'a> AnswerJson<'a> {
    /// The answer to `query`. `parallel` are the other versions of each hit, or empty.
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

/// A completion of a query.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Completion)]
pub struct CompletionJson<'a> {
    text: &'a str,
    /// The number of clauses that contain it.
    clauses: u64,
}

impl<'a> From<&'a Completion> for CompletionJson<'a> {
    fn from(completion: &'a Completion) -> Self {
        CompletionJson { text: &completion.text, clauses: completion.clauses }
    }
}
