//! Writes lists as lines: one JSON object per line, or a table for spreadsheets.

use std::io::{self, Write};

use serde::Serialize;
use tiaowen_compare::Comparison;
use tiaowen_compare::export::{self, ExportError, LanguageTags, ReportLanguage, table};
use tiaowen_corpus::{Document, citation};
use tiaowen_index::{ClauseRecord, VersionPair};
use tiaowen_query::{Answer, Hit};
use tiaowen_terms::Entry;
use tiaowen_text::Budget;

use crate::{ComparisonJson, HitJson, LineJson, ListedJson, PairJson, Permalinks, RowJson};

/// A pair of versions with its two documents.
pub type PairedDocuments<'a> = (&'a VersionPair, &'a Document, &'a Document);

/// Writes each value as JSON on its own line.
///
/// # Errors
/// When `to` can't be written to.
pub fn jsonl<T: Serialize>(
    values: impl IntoIterator<Item = T>,
    to: &mut impl Write,
) -> io::Result<()> {
    for value in values {
        serde_json::to_writer(&mut *to, &value)?;
        writeln!(to)?;
    }
    to.flush()
}

/// Writes the hits of an answer, one per line. `parallel` are their other versions, or empty.
///
/// # Errors
/// When `to` can't be written to.
pub fn hits_jsonl(
    answer: &Answer,
    parallel: &[Vec<ClauseRecord<'static>>],
    links: &Permalinks,
    to: &mut impl Write,
) -> io::Result<()> {
    let beside = |at: usize| parallel.get(at).map(Vec::as_slice);
    let hits = answer.hits.iter().enumerate();
    jsonl(hits.map(|(at, hit)| HitJson::new(hit, beside(at), links)), to)
}

/// Writes documents with the number of their clauses, one per line.
///
/// # Errors
/// When `to` can't be written to.
pub fn documents_jsonl(
    documents: &[(Document, u64)],
    links: &Permalinks,
    to: &mut impl Write,
) -> io::Result<()> {
    jsonl(documents.iter().map(|listed| ListedJson::new(listed, links)), to)
}

/// Writes documents with the number of their clauses as a table. Several bodies in a cell are
/// separated by `；`.
///
/// # Errors
/// When `to` can't be written to.
pub fn documents_csv(documents: &[(Document, u64)], to: &mut impl Write) -> io::Result<()> {
    let head = [
        "id", "title", "kind", "number", "date", "parties", "place", "script", "source", "clauses",
    ];
    let rows = documents.iter().map(|(document, clauses)| {
        let printed = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            document.id.clone(),
            printed(&document.title),
            document.kind.as_str().to_owned(),
            printed(&document.number),
            printed(&document.date),
            document.parties.join("；"),
            printed(&document.place),
            document.script.as_str().to_owned(),
            document.source.clone(),
            clauses.to_string(),
        ]
    });
    table(&head, rows, to)
}

/// Writes the hits of an answer as a table. `parallel` are their other versions, or empty.
///
/// Several bodies or ids in a cell are separated by `；`, headings by ` › `. `counterparts` are the
/// ids of the clause's other versions; `link` is empty without a public address.
///
/// # Errors
/// When `to` can't be written to.
pub fn hits_csv(
    answer: &Answer,
    parallel: &[Vec<ClauseRecord<'static>>],
    links: &Permalinks,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut head = HIT_COLUMNS.to_vec();
    if !parallel.is_empty() {
        head.extend(["counterpart", "counterpart_text"]);
    }
    let rows = answer.hits.iter().enumerate().map(|(at, hit)| {
        let mut row = hit_row(hit, links);
        if let Some(records) = parallel.get(at) {
            let cited = records.iter().map(|record| citation(&record.document, &record.clause));
            row.push(cited.collect::<Vec<_>>().join("\n"));
            let texts = records.iter().map(|record| record.clause.text.as_str());
            row.push(texts.collect::<Vec<_>>().join("\n"));
        }
        row
    });
    table(&head, rows, to)
}

/// The columns of a table of hits.
const HIT_COLUMNS: [&str; 16] = [
    "rank",
    "score",
    "id",
    "citation",
    "title",
    "headings",
    "kind",
    "number",
    "date",
    "parties",
    "units",
    "script",
    "source",
    "link",
    "text",
    "counterparts",
];

/// A hit in these columns.
fn hit_row(hit: &Hit, links: &Permalinks) -> Vec<String> {
    let (document, clause) = (&hit.record.document, &hit.record.clause);
    let id = hit.record.id();
    let headings: Vec<&str> =
        clause.headings.iter().chain(&clause.heading).map(String::as_str).collect();
    let link = links.clause(&id).unwrap_or_default();
    vec![
        hit.rank.to_string(),
        format!("{:.3}", hit.score),
        id,
        citation(document, clause),
        document.title.clone().unwrap_or_default(),
        headings.join(" › "),
        document.kind.as_str().to_owned(),
        document.number.clone().unwrap_or_default(),
        document.date.clone().unwrap_or_default(),
        document.parties.join("；"),
        clause.units.join("；"),
        document.script.as_str().to_owned(),
        document.source.clone(),
        link,
        clause.text.clone(),
        hit.counterparts.join("；"),
    ]
}

/// Writes pairs, one per line.
///
/// # Errors
/// When `to` can't be written to.
pub fn pairs_jsonl(
    pairs: &[PairedDocuments<'_>],
    links: &Permalinks,
    to: &mut impl Write,
) -> io::Result<()> {
    jsonl(pairs.iter().map(|(pair, left, right)| PairJson::new(pair, left, right, links)), to)
}

/// Writes pairs as a table.
///
/// # Errors
/// When `to` can't be written to.
pub fn pairs_csv(pairs: &[PairedDocuments<'_>], to: &mut impl Write) -> io::Result<()> {
    let head = [
        "relation",
        "similarity",
        "left",
        "left_title",
        "left_source",
        "right",
        "right_title",
        "right_source",
    ];
    let rows = pairs.iter().map(|(pair, left, right)| {
        let title = |document: &Document| document.title.clone().unwrap_or_default();
        vec![
            pair.relation.as_str().to_owned(),
            format!("{:.2}", pair.similarity),
            left.id.clone(),
            title(left),
            left.source.clone(),
            right.id.clone(),
            title(right),
            right.source.clone(),
        ]
    });
    table(&head, rows, to)
}

/// Writes entries of the term table as a table. Several terms in a cell are separated by `|`.
///
/// # Errors
/// When `to` can't be written to.
pub fn entries_csv<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
    to: &mut impl Write,
) -> io::Result<()> {
    let head = [
        "hong_kong",
        "mainland",
        "taiwan",
        "domain",
        "direction",
        "attested",
        "degree",
        "macao",
        "english",
    ];
    let rows = entries.into_iter().map(|entry| {
        vec![
            entry.hong_kong.join("|"),
            entry.mainland.join("|"),
            entry.taiwan.join("|"),
            entry.domain.clone(),
            entry.direction.as_str().to_owned(),
            entry.attested.clone().unwrap_or_else(|| "known".to_owned()),
            entry.degree.to_string(),
            entry.macao.join("|"),
            entry.english.join("|"),
        ]
    });
    table(&head, rows, to)
}

/// Writes lines of a concordance as a table.
///
/// # Errors
/// When `to` can't be written to.
pub fn lines_csv<'l>(
    lines: impl IntoIterator<Item = LineJson<'l>>,
    to: &mut impl Write,
) -> io::Result<()> {
    let head = [
        "rank",
        "clause",
        "citation",
        "left",
        "keyword",
        "right",
        "counterpart",
        "counterpart_citation",
        "counterpart_text",
        "counterpart_words",
        "degree",
    ];
    let rows = lines.into_iter().map(|line| {
        let (id, cited, text, words, degree) =
            line.counterpart.map_or_else(Default::default, |beside| {
                let words = beside.words();
                let degree = beside.degree.unwrap_or_default().to_owned();
                (beside.id, beside.citation, beside.text.to_owned(), words, degree)
            });
        vec![
            line.rank.to_string(),
            line.clause,
            line.citation,
            line.left.to_owned(),
            line.keyword.to_owned(),
            line.right.to_owned(),
            id,
            cited,
            text,
            words,
            degree,
        ]
    });
    table(&head, rows, to)
}

/// The formats of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComparisonFormat {
    /// One JSON object.
    Json,
    /// One JSON object per row.
    Jsonl,
    /// A table for spreadsheets.
    Csv,
    /// A report for browsers and for printing.
    Html,
    /// A translation memory, TMX 1.4b.
    Tmx {
        /// Whether its segments keep the responsible units that end clauses.
        units: bool,
        /// Language tags to write instead of those of the documents.
        tags: LanguageTags,
    },
    /// A table for word processors, labelled in this language, or else in the Chinese of the left
    /// version.
    Docx(Option<ReportLanguage>),
    /// A document for word processors with tracked changes from the left to the right.
    Tracked,
}

/// A comparison as a file.
///
/// # Errors
/// When an office document can't be packed or a translation memory can't be made of these versions,
/// and [`ExportError::Spent`] when the budget is spent first.
pub fn comparison(
    comparison: &Comparison,
    format: &ComparisonFormat,
    links: &Permalinks,
    budget: &Budget,
) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    match format {
        ComparisonFormat::Json => jsonl([ComparisonJson::new(comparison, links)], &mut bytes)?,
        ComparisonFormat::Jsonl => {
            let rows = comparison.rows.iter().take_while(|_| !budget.is_spent());
            jsonl(rows.map(|row| RowJson::new(comparison, row, links)), &mut bytes)?;
            budget.check()?;
        }
        ComparisonFormat::Csv => bytes = export::csv(comparison, budget)?,
        ComparisonFormat::Html => bytes = export::html(comparison, budget)?.into_bytes(),
        ComparisonFormat::Tmx { units, tags } => {
            bytes = export::tmx(comparison, *units, tags, budget)?.into_bytes();
        }
        ComparisonFormat::Docx(language) => {
            let chinese = || ReportLanguage::chinese(comparison.left.script);
            bytes = export::docx(comparison, language.unwrap_or_else(chinese), budget)?;
        }
        ComparisonFormat::Tracked => bytes = export::tracked(comparison, budget)?,
    }
    Ok(bytes)
}
