//! The JSON that users and their scripts rely on. Field names and meanings are fixed:
//! fields may be added, not removed; unknown values are null, lists are never null.

use std::collections::BTreeMap;

use serde::Serialize;
use tiaowen_compare::{Comparison, Context, Difference, Proposal, Row, Summary, Trace};
use tiaowen_corpus::{Clause, ClauseKind, Document, DocumentKind, Relation, citation};
use tiaowen_index::{LastRun, Stamp, VersionPair};
use tiaowen_query::{Explanation, Reason, Reworded};
use tiaowen_terms::Entry;

/// A document.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentJson<'a> {
    id: &'a str,
    title: Option<&'a str>,
    number: Option<&'a str>,
    kind: DocumentKind,
    script: &'a str,
    language: &'a str,
    date: Option<&'a str>,
    parties: &'a [String],
    place: Option<&'a str>,
    source: &'a str,
    ordinal: u32,
}

impl<'a> From<&'a Document> for DocumentJson<'a> {
    fn from(document: &'a Document) -> Self {
        DocumentJson {
            id: &document.id,
            title: document.title.as_deref(),
            number: document.number.as_deref(),
            kind: document.kind,
            script: document.script.as_str(),
            language: &document.language,
            date: document.date.as_deref(),
            parties: &document.parties,
            place: document.place.as_deref(),
            source: &document.source,
            ordinal: document.ordinal,
        }
    }
}

/// A clause with its document.
#[derive(Debug, Serialize)]
pub(crate) struct ClauseJson<'a> {
    id: String,
    document: DocumentJson<'a>,
    kind: ClauseKind,
    label: Option<&'a str>,
    path: &'a [String],
    eid: &'a str,
    heading: Option<&'a str>,
    headings: &'a [String],
    citation: String,
    units: &'a [String],
    text: &'a str,
    /// Bytes of the decoded source.
    bytes: [usize; 2],
    /// Which rule drew it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
}

impl<'a> ClauseJson<'a> {
    pub(crate) fn new(document: &'a Document, clause: &'a Clause) -> Self {
        ClauseJson {
            id: clause.id(document),
            document: document.into(),
            kind: clause.kind,
            label: clause.label.as_deref(),
            path: &clause.path,
            eid: &clause.eid,
            heading: clause.heading.as_deref(),
            headings: &clause.headings,
            citation: citation(document, clause),
            units: &clause.units,
            text: &clause.text,
            bytes: [clause.bytes.start, clause.bytes.end],
            rule: None,
        }
    }

    /// With the rule that drew the clause.
    pub(crate) fn explained(self, clause: &Clause) -> Self {
        ClauseJson { rule: Some(clause.drawn_by.explain()), ..self }
    }
}

/// A hit of a search.
#[derive(Debug, Serialize)]
pub(crate) struct HitJson<'a> {
    pub(crate) rank: usize,
    pub(crate) score: f32,
    pub(crate) clause: ClauseJson<'a>,
    /// Code points of the clause's text.
    pub(crate) highlights: Vec<[usize; 2]>,
    /// Parts of an article that hold highlights: paragraphs and items.
    pub(crate) passages: Vec<PassageJson>,
    /// Ids of the clause's other versions.
    pub(crate) counterparts: &'a [String],
    /// Why it is a hit, where `--explain` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) explanation: Option<ExplanationJson<'a>>,
    /// These clauses themselves, where `--parallel` asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parallel: Option<Vec<ClauseJson<'a>>>,
}

/// A part of an article that can be cited by itself.
#[derive(Debug, Serialize)]
pub(crate) struct PassageJson {
    /// Where it stands in the article: 第二款（三）.
    pub(crate) address: String,
    pub(crate) citation: String,
    /// Code points of the clause's text.
    pub(crate) span: [usize; 2],
}

/// How hits divide.
#[derive(Debug, Serialize)]
pub(crate) struct FacetsJson<'a> {
    pub(crate) kind: &'a BTreeMap<String, u64>,
    pub(crate) year: &'a BTreeMap<String, u64>,
    pub(crate) script: &'a BTreeMap<String, u64>,
    pub(crate) party: &'a BTreeMap<String, u64>,
    pub(crate) unit: &'a BTreeMap<String, u64>,
}

/// Why a clause is a hit; the score is the sum of the reasons' times `covered`, plus `near`,
/// all times `kind`.
#[derive(Debug, Serialize)]
pub(crate) struct ExplanationJson<'a> {
    /// The id of the version explained: the one whose score it is.
    clause: &'a str,
    reasons: Vec<ReasonJson<'a>>,
    covered: f32,
    near: f32,
    kind: f32,
    folded: &'a [(char, char)],
}

#[derive(Debug, Serialize)]
struct ReasonJson<'a> {
    typed: &'a str,
    #[serde(rename = "where")]
    place: &'static str,
    otherwise: Vec<OtherwiseJson<'a>>,
    score: f32,
}

#[derive(Debug, Serialize)]
struct OtherwiseJson<'a> {
    typed: &'a str,
    other: &'a str,
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
            folded: &explanation.folded,
        }
    }
}

/// An answer to a search.
#[derive(Debug, Serialize)]
pub(crate) struct AnswerJson<'a> {
    pub(crate) query: &'a str,
    pub(crate) total: u64,
    pub(crate) took_us: u64,
    pub(crate) hits: Vec<HitJson<'a>>,
    pub(crate) facets: FacetsJson<'a>,
    pub(crate) notes: &'a [String],
    /// Queries that may have been meant, where nothing holds all of this one.
    pub(crate) suggestions: &'a [String],
}

/// A way to go on with what was typed.
#[derive(Debug, Serialize)]
pub(crate) struct CompletionJson<'a> {
    pub(crate) text: &'a str,
    /// How many clauses hold it.
    pub(crate) clauses: u64,
}

/// A document with its clauses, in reading order.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentTextJson<'a> {
    pub(crate) document: DocumentJson<'a>,
    pub(crate) clauses: Vec<ClauseJson<'a>>,
}

/// A clause with its neighbours.
#[derive(Debug, Serialize)]
pub(crate) struct ContextJson<'a> {
    /// What was asked to be marked, in code points of the clause's text.
    pub(crate) marked: Vec<[usize; 2]>,
    pub(crate) clause: ClauseJson<'a>,
    pub(crate) before: Option<ClauseJson<'a>>,
    pub(crate) after: Option<ClauseJson<'a>>,
}

/// Two versions of a document.
#[derive(Debug, Serialize)]
pub(crate) struct ComparisonJson<'a> {
    left: DocumentJson<'a>,
    right: DocumentJson<'a>,
    summary: SummaryJson,
    derivation: DerivationJson<'a>,
    rows: Vec<RowJson<'a>>,
}

#[derive(Debug, Serialize)]
struct SummaryJson {
    same: usize,
    changed: usize,
    left_only: usize,
    right_only: usize,
    moved: usize,
}

/// Whether one version was converted from the other.
#[derive(Debug, Serialize)]
struct DerivationJson<'a> {
    /// 0 (drafted) to 1 (converted); null where the texts don't tell.
    score: Option<f32>,
    verdict: &'static str,
    traces: Vec<TraceJson<'a>>,
}

#[derive(Debug, Serialize)]
struct TraceJson<'a> {
    printed: &'a str,
    usual: &'a str,
    count: usize,
}

/// A clause beside its counterpart.
#[derive(Debug, Serialize)]
pub(crate) struct RowJson<'a> {
    status: &'static str,
    moved: bool,
    left: Option<ClauseJson<'a>>,
    right: Option<ClauseJson<'a>>,
    left_more: Vec<ClauseJson<'a>>,
    right_more: Vec<ClauseJson<'a>>,
    similarity: f32,
    /// Places are code points of the clause's text, further clauses joined by line feeds.
    differences: Vec<DifferenceJson<'a>>,
    heading_differences: Vec<DifferenceJson<'a>>,
    unit_differences: Vec<DifferenceJson<'a>>,
}

#[derive(Debug, Serialize)]
struct DifferenceJson<'a> {
    kind: &'static str,
    left: &'a str,
    right: &'a str,
    left_at: [usize; 2],
    right_at: [usize; 2],
}

impl<'a> DifferenceJson<'a> {
    fn all(differences: &'a [Difference]) -> Vec<Self> {
        let told = |difference: &'a Difference| DifferenceJson {
            kind: difference.kind.as_str(),
            left: &difference.left,
            right: &difference.right,
            left_at: [difference.left_at.start, difference.left_at.end],
            right_at: [difference.right_at.start, difference.right_at.end],
        };
        differences.iter().map(told).collect()
    }
}

impl<'a> RowJson<'a> {
    pub(crate) fn new(comparison: &'a Comparison, row: &'a Row) -> Self {
        let left = |clause: &'a Clause| ClauseJson::new(&comparison.left, clause);
        let right = |clause: &'a Clause| ClauseJson::new(&comparison.right, clause);
        RowJson {
            status: row.status.as_str(),
            moved: row.moved,
            left: row.left.as_ref().map(left),
            right: row.right.as_ref().map(right),
            left_more: row.left_more.iter().map(left).collect(),
            right_more: row.right_more.iter().map(right).collect(),
            similarity: row.similarity,
            differences: DifferenceJson::all(&row.differences),
            heading_differences: DifferenceJson::all(&row.heading_differences),
            unit_differences: DifferenceJson::all(&row.unit_differences),
        }
    }
}

impl<'a> ComparisonJson<'a> {
    pub(crate) fn new(comparison: &'a Comparison) -> Self {
        let Summary { same, changed, left_only, right_only, moved } = comparison.summary;
        let trace = |trace: &'a Trace| TraceJson {
            printed: &trace.printed,
            usual: &trace.usual,
            count: trace.count,
        };
        ComparisonJson {
            left: (&comparison.left).into(),
            right: (&comparison.right).into(),
            summary: SummaryJson { same, changed, left_only, right_only, moved },
            derivation: DerivationJson {
                score: comparison.derivation.score,
                verdict: comparison.derivation.verdict.as_str(),
                traces: comparison.derivation.traces.iter().map(trace).collect(),
            },
            rows: comparison.rows.iter().map(|row| RowJson::new(comparison, row)).collect(),
        }
    }
}

/// An entry of the term table.
#[derive(Debug, Serialize)]
pub(crate) struct EntryJson<'a> {
    hong_kong: &'a [String],
    mainland: &'a [String],
    taiwan: &'a [String],
    domain: &'a str,
    direction: &'static str,
    /// Where both stand for the same; null where the pair is known, and no more.
    attested: Option<&'a str>,
}

impl<'a> From<&'a Entry> for EntryJson<'a> {
    fn from(entry: &'a Entry) -> Self {
        EntryJson {
            hong_kong: &entry.hong_kong,
            mainland: &entry.mainland,
            taiwan: &entry.taiwan,
            domain: &entry.domain,
            direction: entry.direction.as_str(),
            attested: entry.attested.as_deref(),
        }
    }
}

/// A pair of words proposed for the term table.
#[derive(Debug, Serialize)]
pub(crate) struct ProposalJson<'a> {
    hant: &'a str,
    hans: &'a str,
    count: usize,
    known: bool,
    contexts: Vec<PlaceJson<'a>>,
}

#[derive(Debug, Serialize)]
struct PlaceJson<'a> {
    place: &'a str,
    hant: &'a str,
    hans: &'a str,
}

impl<'a> From<&'a Proposal> for ProposalJson<'a> {
    fn from(proposal: &'a Proposal) -> Self {
        let context = |context: &'a Context| PlaceJson {
            place: &context.place,
            hant: &context.hant,
            hans: &context.hans,
        };
        ProposalJson {
            hant: &proposal.hant,
            hans: &proposal.hans,
            count: proposal.count,
            known: proposal.known,
            contexts: proposal.contexts.iter().map(context).collect(),
        }
    }
}

/// Documents that are versions of one another.
#[derive(Debug, Serialize)]
pub(crate) struct PairsJson<'a> {
    pub(crate) pairs: Vec<PairJson<'a>>,
}

/// Two versions of a document in an index.
#[derive(Debug, Serialize)]
pub(crate) struct PairJson<'a> {
    left: DocumentJson<'a>,
    right: DocumentJson<'a>,
    relation: Relation,
    similarity: f32,
    /// How many clauses stand beside one another.
    clauses: usize,
}

impl<'a> PairJson<'a> {
    pub(crate) fn new(pair: &VersionPair, left: &'a Document, right: &'a Document) -> Self {
        PairJson {
            left: left.into(),
            right: right.into(),
            relation: pair.relation,
            similarity: pair.similarity,
            clauses: pair.clauses.len(),
        }
    }
}

/// What an index holds.
#[derive(Debug, Serialize)]
pub(crate) struct StatusJson<'a> {
    pub(crate) index: String,
    pub(crate) sources: Vec<SourceJson<'a>>,
    pub(crate) documents: u64,
    pub(crate) clauses: u64,
    pub(crate) by_kind: BTreeMap<&'a str, u64>,
    pub(crate) by_script: BTreeMap<&'a str, u64>,
    pub(crate) bytes_on_disk: u64,
    pub(crate) stamp: &'a Stamp,
    /// Whether this program can search it.
    pub(crate) current: bool,
    pub(crate) last_run: &'a LastRun,
}

/// A source of an index.
#[derive(Debug, Serialize)]
pub(crate) struct SourceJson<'a> {
    pub(crate) root: &'a str,
    pub(crate) path: &'a str,
    pub(crate) bytes: u64,
    pub(crate) documents: usize,
    pub(crate) clauses: u64,
}

/// The quality of an index.
#[derive(Debug, Serialize)]
pub(crate) struct JudgeJson {
    pub(crate) topics: usize,
    pub(crate) ndcg10: BothJson,
    pub(crate) parity10: f64,
    pub(crate) by_kind: BTreeMap<String, KindJson>,
    pub(crate) worst: Vec<WorstJson>,
}

/// A figure for each script.
#[derive(Debug, Serialize)]
pub(crate) struct BothJson {
    pub(crate) hant: f64,
    pub(crate) hans: f64,
}

/// The quality on a kind of topics.
#[derive(Debug, Serialize)]
pub(crate) struct KindJson {
    pub(crate) topics: usize,
    pub(crate) ndcg10: BothJson,
    pub(crate) parity10: f64,
}

/// A topic that does badly.
#[derive(Debug, Serialize)]
pub(crate) struct WorstJson {
    pub(crate) id: String,
    pub(crate) hant: f64,
    pub(crate) hans: f64,
}
