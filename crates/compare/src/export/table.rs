//! Tables for spreadsheets: the only place that writes CSV.

use std::io::{self, Write};

/// Writes a table as CSV in UTF-8 with line feeds.
///
/// It begins with a byte order mark, because spreadsheets otherwise read Chinese in another
/// encoding. A cell that a spreadsheet would evaluate as a formula gets an apostrophe in front.
///
/// ```
/// use tiaowen_compare::export::table;
/// let mut bytes = Vec::new();
/// table(&["text"], [vec!["=1+1".to_owned()]], &mut bytes)?;
/// assert_eq!(bytes, "\u{feff}text\n'=1+1\n".as_bytes());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If `to` can't be written to. The error kind is the system's, so that a closed pipe is
/// recognised.
pub fn table(
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    to: &mut impl Write,
) -> io::Result<()> {
    to.write_all("\u{feff}".as_bytes())?;
    let mut table = ::csv::Writer::from_writer(to);
    table.write_record(columns).map_err(io_error)?;
    for row in rows {
        table.write_record(row.into_iter().map(inert)).map_err(io_error)?;
    }
    table.flush()
}

fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("can't write CSV: {other:?}")),
    }
}

/// Protects a cell from being read as a formula. Full-width signs count too: East Asian editions
/// treat them as their ASCII forms.
fn inert(cell: String) -> String {
    let formula = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']
        .map(|sign| cell.starts_with(sign));
    if formula.contains(&true) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for sign in ["=1+1", "+1", "-1", "@a", "\t=1", "＝1", "－1"] {
            assert_eq!(inert(sign.to_owned()), format!("'{sign}"));
        }
        assert_eq!(inert("一=二".to_owned()), "一=二");
    }
}
