//! Export as CSV: one line for each row of the comparison.

use tiaowen_text::Budget;

use crate::{Comparison, Difference, DifferenceKind};

use super::side::{Side, citations};
use super::{ExportError, table};

const COLUMNS: [&str; 12] = [
    "status",
    "moved",
    "left_citation",
    "right_citation",
    "left_heading",
    "right_heading",
    "left_text",
    "right_text",
    "similarity",
    "differences",
    "heading_differences",
    "unit_differences",
];

/// The rows of a comparison as a [`table`].
///
/// A difference reads `kind: left → right`, with ∅ for an empty side. Changes come first; script
/// and variants are omitted. Wording that the term table knows includes the terms.
///
/// # Errors
/// If a row can't be written; [`ExportError::Spent`] if the budget ends first.
pub fn csv(comparison: &Comparison, budget: &Budget) -> Result<Vec<u8>, ExportError> {
    let rows = comparison.rows.iter().take_while(|_| !budget.is_spent()).map(|row| {
        vec![
            row.status.as_str().to_owned(),
            row.moved.to_string(),
            citations(comparison, row, Side::Left),
            citations(comparison, row, Side::Right),
            row.left_heading().to_owned(),
            row.right_heading().to_owned(),
            row.left_text(),
            row.right_text(),
            format!("{:.3}", row.similarity),
            readable(&row.differences),
            readable(&row.heading_differences),
            readable(&row.unit_differences),
        ]
    });
    let mut bytes = Vec::new();
    table(&COLUMNS, rows, &mut bytes)?;
    budget.check()?;
    Ok(bytes)
}

fn readable(differences: &[Difference]) -> String {
    let shown = differences.iter().filter(|found| found.kind >= DifferenceKind::Punctuation);
    let (changes, others): (Vec<_>, Vec<_>) = shown.partition(|found| found.kind.is_change());
    let all: Vec<String> = changes.into_iter().chain(others).map(readable_difference).collect();
    all.join("; ")
}

fn readable_difference(difference: &Difference) -> String {
    let Difference { kind, left, right, term, .. } = difference;
    let change = format!("{kind}: {} → {}", or_nothing(left), or_nothing(right));
    match term {
        Some(pair) if !pair.is_same => {
            format!("{change} (nearest: {} ≈ {})", pair.left, pair.right)
        }
        _ => change,
    }
}

fn or_nothing(words: &str) -> &str {
    if words.is_empty() { "∅" } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::sample;

    fn records(bytes: &[u8]) -> Vec<::csv::StringRecord> {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
        ::csv::Reader::from_reader(text).records().map(Result::unwrap).collect()
    }

    #[test]
    fn every_row_reads_back() {
        let comparison = sample::comparison();
        let records = records(&csv(&comparison, &Budget::unlimited()).unwrap());
        assert_eq!(records.len(), comparison.rows.len());
        for (record, row) in records.iter().zip(&comparison.rows) {
            assert_eq!(record.len(), COLUMNS.len());
            assert_eq!(&record[0], row.status.as_str());
            assert_eq!(&record[6], row.left_text());
            assert_eq!(&record[7], row.right_text());
        }
    }

    #[test]
    fn changes_come_first_and_script_is_left_out() {
        let comparison = sample::comparison();
        let records = records(&csv(&comparison, &Budget::unlimited()).unwrap());
        let cell = &records[sample::CHANGED][9];
        assert_eq!(
            cell,
            "number: 2007 → 2008; regional: 資訊 → 信息; wording: 及時 → ∅; \
             punctuation: 「 → “; punctuation: 」 → ”"
        );
        assert_eq!(&records[sample::UNITS][11], "units: ∅ → 、省广电局");
    }
}
