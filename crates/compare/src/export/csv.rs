//! A spreadsheet, one row a row.

use crate::{Comparison, Difference, DifferenceKind};

use super::ExportError;
use super::side::{Side, citations};

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

/// The rows of a comparison as CSV: UTF-8 with a byte order mark, without which
/// spreadsheets take Chinese for another encoding.
///
/// Differences read `kind: left → right`, ∅ for nothing, those that are changes first;
/// script and variants are left out. A cell that a spreadsheet would compute begins with
/// an apostrophe.
///
/// # Errors
///
/// Where a row could not be written.
pub fn csv(comparison: &Comparison) -> Result<Vec<u8>, ExportError> {
    let mut writer = ::csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for row in &comparison.rows {
        let cells = [
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
        ];
        writer.write_record(cells.into_iter().map(inert))?;
    }
    // What flushes into memory can only fail as the writer itself would.
    writer.into_inner().map_err(|error| ExportError::Part(error.into_error()))
}

fn readable(differences: &[Difference]) -> String {
    let of = |change: bool| {
        differences.iter().filter(move |difference| {
            difference.kind >= DifferenceKind::Punctuation && difference.kind.is_change() == change
        })
    };
    let told: Vec<String> = of(true)
        .chain(of(false))
        .map(|Difference { kind, left, right, .. }| {
            format!("{kind}: {} → {}", or_nothing(left), or_nothing(right))
        })
        .collect();
    told.join("; ")
}

fn or_nothing(words: &str) -> &str {
    if words.is_empty() { "∅" } else { words }
}

/// A cell that no spreadsheet takes for a formula. Full-width signs count as well: East
/// Asian editions read them as their ASCII forms.
fn inert(cell: String) -> String {
    let formula = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']
        .map(|sign| cell.starts_with(sign));
    if formula.contains(&true) { format!("'{cell}") } else { cell }
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
        let records = records(&csv(&comparison).unwrap());
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
        let records = records(&csv(&comparison).unwrap());
        let told = &records[sample::CHANGED][9];
        assert_eq!(
            told,
            "number: 2007 → 2008; regional: 資訊 → 信息; wording: 及時 → ∅; \
             punctuation: 「 → “; punctuation: 」 → ”"
        );
        assert_eq!(&records[sample::UNITS][11], "wording: ∅ → 、省广电局");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for sign in ["=1+1", "+1", "-1", "@a", "\t=1", "＝1", "－1"] {
            assert_eq!(inert(sign.to_owned()), format!("'{sign}"));
        }
        assert_eq!(inert("一=二".to_owned()), "一=二");
    }
}
