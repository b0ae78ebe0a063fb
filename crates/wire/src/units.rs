//! Who must do what: responsible units, the clauses that name them, and whether the other version
//! names them too.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use tiaowen_compare::export::{Column, ExportError, sheet, table};
use tiaowen_compare::{Comparison, Row};
use tiaowen_corpus::{Clause, Document, citation};
use tiaowen_text::fold;
use utoipa::ToSchema;

use crate::{DocumentJson, Permalinks};

/// A unit with a clause that names it, in one version or in both.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitRow<'a> {
    /// The unit, in full, as the left names it, else as the right does.
    pub unit: &'a str,
    /// The clause on the left.
    pub left: Option<&'a Clause>,
    /// The clause on the right.
    pub right: Option<&'a Clause>,
    /// Whether the clause on the left names the unit.
    pub on_left: bool,
    /// Whether the clause on the right names it.
    pub on_right: bool,
}

/// The units of two versions, each with its clauses in the order of the versions. Units are in the
/// order in which they are first named; script makes no difference between them.
pub fn unit_rows(comparison: &Comparison) -> Vec<UnitRow<'_>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut by_unit: Vec<Vec<UnitRow<'_>>> = Vec::new();
    for row in &comparison.rows {
        for found in units_of(row) {
            let key: String = fold(found.unit).split_whitespace().collect();
            let place = *places.entry(key).or_insert(by_unit.len());
            if place == by_unit.len() {
                by_unit.push(Vec::new());
            }
            by_unit[place].push(found);
        }
    }
    by_unit.into_iter().flatten().collect()
}

/// The units that a row names, those of the left first.
fn units_of(row: &Row) -> Vec<UnitRow<'_>> {
    // Lists of units end the last of several clauses.
    let (left, right) =
        (row.left_more.last().or(row.left.as_ref()), row.right_more.last().or(row.right.as_ref()));
    let same = |own: &str, other: &str| fold(own) == fold(other);
    let lefts = left.map_or(&[][..], |clause| clause.bodies());
    let rights = right.map_or(&[][..], |clause| clause.bodies());
    let of_left = lefts.iter().map(|unit| UnitRow {
        unit,
        left,
        right,
        on_left: true,
        on_right: rights.iter().any(|other| same(unit, other)),
    });
    let alone = rights.iter().filter(|unit| !lefts.iter().any(|own| same(own, unit)));
    let of_right = alone.map(|unit| UnitRow { unit, left, right, on_left: false, on_right: true });
    of_left.chain(of_right).collect()
}

/// Who must do what in two versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Units)]
pub struct UnitsJson<'a> {
    left: DocumentJson<'a>,
    right: DocumentJson<'a>,
    rows: Vec<UnitRowJson<'a>>,
}

/// A unit with a clause that names it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnitRow)]
struct UnitRowJson<'a> {
    unit: &'a str,
    /// Whether the clause on the left names it.
    on_left: bool,
    /// Whether the clause on the right names it.
    on_right: bool,
    left: Option<UnitClauseJson<'a>>,
    right: Option<UnitClauseJson<'a>>,
}

/// A clause that names a unit, or its counterpart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnitClause)]
struct UnitClauseJson<'a> {
    id: String,
    citation: String,
    text: &'a str,
    link: Option<String>,
}

impl<'a> UnitsJson<'a> {
    /// The units of a comparison.
    pub fn new(comparison: &'a Comparison, rows: &[UnitRow<'a>], links: &Permalinks) -> Self {
        UnitsJson {
            left: DocumentJson::new(&comparison.left, links),
            right: DocumentJson::new(&comparison.right, links),
            rows: rows.iter().map(|row| UnitRowJson::new(comparison, row, links)).collect(),
        }
    }
}

impl<'a> UnitRowJson<'a> {
    fn new(comparison: &'a Comparison, row: &UnitRow<'a>, links: &Permalinks) -> Self {
        let UnitRow { unit, on_left, on_right, left, right } = *row;
        UnitRowJson {
            unit,
            on_left,
            on_right,
            left: left.map(|clause| UnitClauseJson::new(&comparison.left, clause, links)),
            right: right.map(|clause| UnitClauseJson::new(&comparison.right, clause, links)),
        }
    }
}

impl<'a> UnitClauseJson<'a> {
    fn new(document: &Document, clause: &'a Clause, links: &Permalinks) -> Self {
        let id = clause.id(document);
        let (citation, link) = (citation(document, clause), links.clause(&id));
        UnitClauseJson { citation, text: &clause.text, link, id }
    }
}

const COLUMNS: [Column<'_>; 7] = [
    ("unit", 24),
    ("on_left", 8),
    ("on_right", 8),
    ("left_citation", 32),
    ("right_citation", 32),
    ("left_text", 60),
    ("right_text", 60),
];

/// The units as a table for spreadsheets.
///
/// # Errors
/// When `to` can't be written to.
pub fn units_csv(
    comparison: &Comparison,
    rows: &[UnitRow<'_>],
    to: &mut impl Write,
) -> io::Result<()> {
    table(&COLUMNS.map(|(name, _)| name), rows.iter().map(|row| cells(comparison, row)), to)
}

/// The units as an Excel workbook.
///
/// # Errors
/// When the workbook can't be packed.
pub fn units_xlsx(comparison: &Comparison, rows: &[UnitRow<'_>]) -> Result<Vec<u8>, ExportError> {
    sheet(&COLUMNS, &rows.iter().map(|row| cells(comparison, row)).collect::<Vec<_>>())
}

fn cells(comparison: &Comparison, row: &UnitRow<'_>) -> Vec<String> {
    let cited = |document: &Document, clause: Option<&Clause>| {
        clause.map(|clause| citation(document, clause)).unwrap_or_default()
    };
    let text =
        |clause: Option<&Clause>| clause.map(|clause| clause.text.clone()).unwrap_or_default();
    vec![
        row.unit.to_owned(),
        row.on_left.to_string(),
        row.on_right.to_string(),
        cited(&comparison.left, row.left),
        cited(&comparison.right, row.right),
        text(row.left),
        text(row.right),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_one_in_both_scripts_and_have_their_clauses() {
        let read = |text: &str| tiaowen_corpus::read("a.txt", text).unwrap().remove(0);
        let left = read(
            "合作協議\n\n一、加強執法合作，互通案情。（省公安廳、香港海關）\n\n二、加強口岸查驗合作。（香港海關）",
        );
        let right = read(
            "合作协议\n\n一、加强执法合作，互通案情。（省公安厅）\n\n二、加强口岸查验合作。（香港海关、省商务厅）",
        );
        let comparison =
            tiaowen_compare::compare(&left, &right, tiaowen_terms::TermTable::built_in());
        let rows = unit_rows(&comparison);
        let shown: Vec<(&str, bool, bool, &str)> = rows
            .iter()
            .map(|row| {
                let place = row.left.or(row.right).unwrap().path.last().unwrap();
                (row.unit, row.on_left, row.on_right, place.as_str())
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("省公安廳", true, true, "一"),
                ("香港海關", true, false, "一"),
                ("香港海關", true, true, "二"),
                ("省商务厅", false, true, "二"),
            ]
        );
        let mut bytes = Vec::new();
        units_csv(&comparison, &rows, &mut bytes).unwrap();
        let table = String::from_utf8(bytes).unwrap();
        assert!(table.contains("香港海關,true,false,"), "{table}");
    }
}
