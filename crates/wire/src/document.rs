//! The JSON of documents and clauses.

use std::ops::Range;

use serde::Serialize;
use tiaowen_corpus::{Clause, ClauseKind, Document, DocumentKind, Dropped, Recognition, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Link, Related};
use utoipa::ToSchema;

use crate::{Permalinks, code_points, names};

/// A document: one instrument of a source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Document)]
pub struct DocumentJson<'a> {
    /// Its id. It doesn't change when the file is moved or the text edited.
    id: &'a str,
    /// Its title as printed with the text.
    title: Option<&'a str>,
    /// Its number (文號).
    number: Option<&'a str>,
    #[schema(schema_with = names::document_kind)]
    kind: DocumentKind,
    #[schema(schema_with = names::script)]
    script: &'a str,
    /// The language tag (BCP 47): zh-Hant-HK.
    language: &'a str,
    /// The date of signature, or else of publication, as precise as printed: 2017, 2017-03,
    /// 2017-03-18.
    date: Option<&'a str>,
    /// Whether the date is printed, inferred from the number or title (year only), or taken from a
    /// version that prints it; null without a date.
    date_is: Option<&'static str>,
    /// The bodies that sign or issue it.
    parties: &'a [String],
    /// The place of signature.
    place: Option<&'a str>,
    /// The first day on which it is in force according to its text, as precise as stated.
    valid_from: Option<&'a str>,
    /// The last day on which it is in force according to its text.
    valid_to: Option<&'a str>,
    /// Whether it is renewed automatically.
    renews: bool,
    /// The ids of the clauses that state the validity.
    validity_clauses: Vec<String>,
    /// The file that contains it, as a path below the indexed folder.
    source: &'a str,
    /// Its position in the file, from 1.
    ordinal: u32,
    /// Its permanent address; null if the server's public address is not known.
    link: Option<String>,
}

impl<'a> DocumentJson<'a> {
    /// A document.
    pub fn new(document: &'a Document, links: &Permalinks) -> Self {
        let validity = document.validity.as_ref();
        let said_in = validity.map_or(&[][..], |validity| &validity.said_in);
        DocumentJson {
            valid_from: validity.and_then(|validity| validity.from.as_deref()),
            valid_to: validity.and_then(|validity| validity.to.as_deref()),
            renews: validity.is_some_and(|validity| validity.renews),
            validity_clauses: said_in.iter().map(|eid| format!("{}.{eid}", document.id)).collect(),
            link: links.document(&document.id),
            id: &document.id,
            title: document.title.as_deref(),
            number: document.number.as_deref(),
            kind: document.kind,
            script: document.script.as_str(),
            language: &document.language,
            date: document.date.as_deref(),
            date_is: document.date.is_some().then(|| document.date_origin.as_str()),
            parties: &document.parties,
            place: document.place.as_deref(),
            source: &document.source,
            ordinal: document.ordinal,
        }
    }
}

/// A clause with its document: the unit of searching, citing and comparing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clause)]
pub struct ClauseJson<'a> {
    /// The document's id, a dot, and the `eid`.
    id: String,
    document: DocumentJson<'a>,
    #[schema(schema_with = names::clause_kind)]
    kind: ClauseKind,
    /// The label as printed.
    label: Option<&'a str>,
    /// The labels from the outermost to its own.
    path: &'a [String],
    /// Its place in the document, named as in Akoma Ntoso.
    eid: &'a str,
    /// Its title.
    heading: Option<&'a str>,
    /// The titles of the enclosing levels.
    headings: &'a [String],
    /// Its citation.
    citation: String,
    /// The responsible units listed at its end.
    units: &'a [String],
    /// The full name of each of these: 深圳市政府 where 深圳、珠海市政府 is printed.
    bodies: &'a [String],
    text: &'a str,
    /// Its permanent address; null if the server's public address is not known.
    link: Option<String>,
    /// Its place in the source, in bytes of the decoded text.
    #[schema(schema_with = names::span)]
    bytes: [usize; 2],
    /// How certain its reading is, of 1, where it was read by text recognition; else null.
    recognised: Option<f64>,
    /// What of its text is read with so little certainty that it should be looked at again, in code
    /// points; told of what was recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = names::spans)]
    uncertain: Option<Vec<[usize; 2]>>,
    /// References in its text to this index. Given for single clauses and documents, not for hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<Vec<ReferenceJson>>,
    /// The clauses that it reports, if it is press or a paper. Given like references.
    #[serde(skip_serializing_if = "Option::is_none")]
    reports: Option<Vec<ReportJson>>,
    /// The paragraphs of press and papers that report it. Given like references.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_by: Option<Vec<ReportJson>>,
    /// The rule that drew its borders, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
}

/// A reference to a clause or document of the index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reference)]
pub struct ReferenceJson {
    /// Its place in code points of the clause's text.
    #[schema(schema_with = names::span)]
    span: [usize; 2],
    /// The id of the clause, or of the document if no clause is named.
    id: String,
    /// The document's title.
    title: Option<String>,
    /// The citation of the clause; null if only a document is named.
    citation: Option<String>,
    /// The part of the article that is named: 第二款（三）.
    at: Option<String>,
}

impl ReferenceJson {
    /// The references in `text`.
    pub fn all(text: &str, links: &[Link]) -> Vec<Self> {
        let spans: Vec<Range<usize>> = links.iter().map(|link| link.span.clone()).collect();
        let spans = code_points(text, &spans);
        links.iter().zip(spans).map(|(link, span)| Self::new(link, span)).collect()
    }

    fn new(link: &Link, span: [usize; 2]) -> Self {
        let clause = link.clause.as_ref();
        ReferenceJson {
            span,
            id: link.id(),
            title: link.title.clone(),
            citation: clause.map(|record| citation(&record.document, &record.clause)),
            at: Some(link.at.clone()).filter(|at| !at.is_empty()),
        }
    }
}

/// The other side of a report: the clause reported, or the paragraph that reports it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Report)]
pub struct ReportJson {
    /// Its id.
    id: String,
    /// The document's title.
    title: Option<String>,
    /// Its citation.
    citation: String,
    /// Its text.
    text: String,
}

impl ReportJson {
    /// One side of a report.
    pub fn new(record: &ClauseRecord<'_>) -> Self {
        ReportJson {
            id: record.id(),
            title: record.document.title.clone(),
            citation: citation(&record.document, &record.clause),
            text: record.clause.text.clone(),
        }
    }
}

impl<'a> ClauseJson<'a> {
    /// A clause of `document`.
    pub fn new(document: &'a Document, clause: &'a Clause, links: &Permalinks) -> Self {
        let id = clause.id(document);
        ClauseJson {
            link: links.clause(&id),
            id,
            document: DocumentJson::new(document, links),
            kind: clause.kind,
            label: clause.label.as_deref(),
            path: &clause.path,
            eid: &clause.eid,
            heading: clause.heading.as_deref(),
            headings: &clause.headings,
            citation: citation(document, clause),
            units: &clause.units,
            bodies: clause.bodies(),
            text: &clause.text,
            bytes: [clause.bytes.start, clause.bytes.end],
            recognised: clause.recognised.as_ref().map(Recognition::share),
            uncertain: clause
                .recognised
                .as_ref()
                .map(|recognised| code_points(&clause.text, &recognised.uncertain)),
            references: None,
            reports: None,
            reported_by: None,
            rule: None,
        }
    }

    /// Adds the links of the clause. Places of references are those in the text as shown.
    pub fn with(self, related: &Related) -> Self {
        let side =
            |records: &[ClauseRecord<'_>]| Some(records.iter().map(ReportJson::new).collect());
        ClauseJson {
            references: Some(ReferenceJson::all(self.text, &related.references)),
            reports: side(&related.reports),
            reported_by: side(&related.reported_by),
            ..self
        }
    }

    /// Adds the rule that drew the clause.
    pub fn explained(self, clause: &Clause) -> Self {
        ClauseJson { rule: Some(clause.drawn_by.explain()), ..self }
    }
}

/// A document with its clauses, in reading order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DocumentText)]
pub struct DocumentTextJson<'a> {
    document: DocumentJson<'a>,
    /// The number of all clauses.
    total: usize,
    clauses: Vec<ClauseJson<'a>>,
    /// Text of the source that is in no clause, title, label or heading, in order.
    dropped: Vec<DroppedJson<'a>>,
}

/// Text of a source that was left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Dropped)]
pub struct DroppedJson<'a> {
    /// Its place in the source, in bytes of the decoded text; empty if it can't be read.
    #[schema(schema_with = names::span)]
    bytes: [usize; 2],
    /// The page, from 1; null in formats without pages.
    page: Option<u32>,
    text: &'a str,
    /// page_number, running_head, contents, watermark, menu, hidden, deleted, unreadable or other.
    kind: &'a str,
    /// The reason, in English.
    why: String,
}

impl<'a> DroppedJson<'a> {
    /// All passages that were left out.
    pub fn all(dropped: &'a [Dropped]) -> Vec<Self> {
        dropped.iter().map(Self::from).collect()
    }
}

impl<'a> From<&'a Dropped> for DroppedJson<'a> {
    fn from(dropped: &'a Dropped) -> Self {
        DroppedJson {
            bytes: [dropped.bytes.start, dropped.bytes.end],
            page: dropped.page,
            text: &dropped.text,
            kind: dropped.kind.as_str(),
            why: dropped.why.to_string(),
        }
    }
}

impl<'a> DocumentTextJson<'a> {
    /// A document with its clauses.
    pub fn new(document: &'a Document, clauses: Vec<ClauseJson<'a>>, links: &Permalinks) -> Self {
        let document = DocumentJson::new(document, links);
        DocumentTextJson { document, total: clauses.len(), clauses, dropped: Vec::new() }
    }

    /// Adds what was left out.
    pub fn leaving(self, dropped: &'a [Dropped]) -> Self {
        DocumentTextJson { dropped: DroppedJson::all(dropped), ..self }
    }

    /// Sets the number of all clauses, if these are a part of them.
    pub fn of(self, total: usize) -> Self {
        DocumentTextJson { total, ..self }
    }
}

/// A clause with its neighbours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Context)]
pub struct ContextJson<'a> {
    /// The places to highlight in code points of the clause's text, if requested.
    #[schema(schema_with = names::spans)]
    pub marked: Vec<[usize; 2]>,
    /// The clause.
    pub clause: ClauseJson<'a>,
    /// The clause before it in the document.
    pub before: Option<ClauseJson<'a>>,
    /// The clause after it.
    pub after: Option<ClauseJson<'a>>,
}

/// A document in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedDocument)]
pub struct ListedJson<'a> {
    #[serde(flatten)]
    document: DocumentJson<'a>,
    /// The number of its clauses.
    clauses: u64,
}

impl<'a> ListedJson<'a> {
    pub(crate) fn new((document, clauses): &'a (Document, u64), links: &Permalinks) -> Self {
        ListedJson { document: DocumentJson::new(document, links), clauses: *clauses }
    }
}

/// A page of a list of documents.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Documents)]
pub struct DocumentsJson<'a> {
    /// The number of all documents.
    total: u64,
    documents: Vec<ListedJson<'a>>,
}

impl<'a> DocumentsJson<'a> {
    /// A page of documents with the numbers of their clauses. `total` counts all documents.
    pub fn new(total: u64, documents: &'a [(Document, u64)], links: &Permalinks) -> Self {
        let listed = documents.iter().map(|listed| ListedJson::new(listed, links));
        DocumentsJson { total, documents: listed.collect() }
    }
}
