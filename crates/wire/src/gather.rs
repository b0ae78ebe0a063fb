//! Clauses that a reader gathered: for a report, each with its other versions.

use std::io::{self, Write};

use serde::Serialize;
use tiaowen_compare::export::{Column, ExportError, Extract, Quoted, extracts, sheet, table};
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use utoipa::ToSchema;

use crate::{ClauseJson, Permalinks};

/// A clause with its other versions.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The clause.
    pub record: ClauseRecord<'static>,
    /// Its other versions.
    pub others: Vec<ClauseRecord<'static>>,
}

/// The clauses that were asked for, in that order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Gathered)]
pub struct GatheredJson<'a> {
    clauses: Vec<GatheredClauseJson<'a>>,
}

/// A clause with its other versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GatheredClause)]
struct GatheredClauseJson<'a> {
    clause: ClauseJson<'a>,
    counterparts: Vec<ClauseJson<'a>>,
}

impl<'a> GatheredJson<'a> {
    /// What was gathered.
    pub fn new(all: &'a [Gathered], links: &Permalinks) -> Self {
        let json = |record: &'a ClauseRecord<'static>| {
            ClauseJson::new(&record.document, &record.clause, links)
        };
        let clause = |gathered: &'a Gathered| GatheredClauseJson {
            clause: json(&gathered.record),
            counterparts: gathered.others.iter().map(json).collect(),
        };
        GatheredJson { clauses: all.iter().map(clause).collect() }
    }
}

const COLUMNS: [Column<'_>; 11] = [
    ("citation", 32),
    ("text", 60),
    ("date", 12),
    ("parties", 28),
    ("units", 24),
    ("number", 16),
    ("place", 10),
    ("counterpart", 32),
    ("counterpart_text", 60),
    ("link", 40),
    ("id", 24),
];

/// What was gathered as a table for spreadsheets, in UTF-8 with a byte order mark.
///
/// # Errors
/// When `to` can't be written to.
pub fn gathered_csv(all: &[Gathered], links: &Permalinks, to: &mut impl Write) -> io::Result<()> {
    table(&COLUMNS.map(|(name, _)| name), all.iter().map(|one| row(one, links)), to)
}

/// What was gathered as an Excel workbook.
///
/// # Errors
/// When the workbook can't be packed.
pub fn gathered_xlsx(all: &[Gathered], links: &Permalinks) -> Result<Vec<u8>, ExportError> {
    sheet(&COLUMNS, &all.iter().map(|one| row(one, links)).collect::<Vec<_>>())
}

/// What was gathered as a Word document below a title.
///
/// # Errors
/// When the document can't be packed.
pub fn gathered_docx(
    title: &str,
    all: &[Gathered],
    links: &Permalinks,
) -> Result<Vec<u8>, ExportError> {
    extracts(title, &all.iter().map(|one| extract(one, links)).collect::<Vec<_>>())
}

fn extract(one: &Gathered, links: &Permalinks) -> Extract {
    let document = &one.record.document;
    let known = [&document.date, &document.number, &document.place];
    let mut facts = known.into_iter().flatten().cloned().collect::<Vec<_>>().join(" · ");
    if !document.parties.is_empty() {
        facts = [facts, document.parties.join("、")].join(" · ");
    }
    let units = &one.record.clause.units;
    let units = (!units.is_empty()).then(|| format!("（{}）", units.join("、")));
    let facts = Some(facts.trim_start_matches(" · ").to_owned());
    Extract {
        clause: quoted(&one.record),
        facts: facts.filter(|facts| !facts.is_empty()).into_iter().chain(units).collect(),
        link: links.clause(&one.record.id()),
        others: one.others.iter().map(quoted).collect(),
    }
}

fn quoted(record: &ClauseRecord<'static>) -> Quoted {
    Quoted {
        citation: citation(&record.document, &record.clause),
        text: record.clause.text.clone(),
        language: record.document.language.clone(),
    }
}

fn row(one: &Gathered, links: &Permalinks) -> Vec<String> {
    let (document, clause) = (&one.record.document, &one.record.clause);
    let printed = |value: &Option<String>| value.clone().unwrap_or_default();
    let others = |part: fn(&ClauseRecord<'static>) -> String| {
        one.others.iter().map(part).collect::<Vec<_>>().join("\n")
    };
    let id = one.record.id();
    vec![
        citation(document, clause),
        clause.text.clone(),
        printed(&document.date),
        document.parties.join("；"),
        clause.units.join("；"),
        printed(&document.number),
        printed(&document.place),
        others(|record| citation(&record.document, &record.clause)),
        others(|record| record.clause.text.clone()),
        links.clause(&id).unwrap_or_default(),
        id,
    ]
}
