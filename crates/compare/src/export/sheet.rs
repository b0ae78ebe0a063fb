//! A table as an Excel workbook (OOXML) of one sheet.

use super::ExportError;
use super::markup::escape;
use super::office::pack;

/// The longest text of a cell that Excel reads, in UTF-16 units.
const LONGEST_CELL: usize = 32_767;

/// A column: what its first cell says, and how wide it is, in characters.
pub type Column<'a> = (&'a str, u32);

/// A table as a workbook. The first row stays in sight, and each column has a filter.
///
/// Cells are texts, never formulas, whatever they begin with. One that is longer than Excel reads is
/// cut and ends in `…`.
///
/// # Errors
/// When the workbook can't be packed.
///
/// ```
/// use tiaowen_compare::export::sheet;
/// let workbook = sheet(&[("text", 40)], &[vec!["=1+1".to_owned()]])?;
/// assert!(workbook.starts_with(b"PK"));
/// # Ok::<(), tiaowen_compare::export::ExportError>(())
/// ```
pub fn sheet(columns: &[Column<'_>], rows: &[Vec<String>]) -> Result<Vec<u8>, ExportError> {
    let head: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut data = row(1, &head, 1);
    for (cells, number) in rows.iter().zip(2..) {
        data.push_str(&row(number, cells, 2));
    }
    let widths: String = (1..)
        .zip(columns)
        .map(|(at, (_, width)): (usize, _)| {
            format!("<col min=\"{at}\" max=\"{at}\" width=\"{width}\" customWidth=\"1\"/>")
        })
        .collect();
    let last = format!("{}{}", letters(columns.len()), rows.len() + 1);
    let sheet = format!(
        "<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" \
         topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
         <cols>{widths}</cols><sheetData>{data}</sheetData><autoFilter ref=\"A1:{last}\"/></worksheet>"
    );
    pack(&[
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"tiaowen\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS.to_owned()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/styles.xml", format!("<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>")),
    ])
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

const CONTENT_TYPES: &str = concat!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
    r#"<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
    r#"<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    "</Types>"
);

const RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#,
    "</Relationships>"
);

const BOOK_RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    "</Relationships>"
);

/// Style 1 is the bold one of the first row, style 2 wraps its lines.
const STYLES: &str = concat!(
    r#"<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>"#,
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>"#,
    r#"<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>"#,
    r#"<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/>"#,
    r#"<xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>"#,
);

fn row(number: usize, cells: &[String], style: u32) -> String {
    let mut out = format!("<row r=\"{number}\">");
    for (at, text) in (1..).zip(cells) {
        if text.is_empty() {
            continue;
        }
        out.push_str(&format!(
            "<c r=\"{}{number}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            letters(at),
            escape(&shortened(text))
        ));
    }
    out + "</row>"
}

/// The name of a column: A, Z, AA.
fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    while column > 0 {
        let digit = u8::try_from((column - 1) % 26).unwrap_or_default();
        name.push(char::from(b'A' + digit));
        column = (column - 1) / 26;
    }
    name.iter().rev().collect()
}

/// A text as long as a cell may have.
fn shortened(text: &str) -> String {
    let mut room = LONGEST_CELL - 1;
    let mut fits = text.chars().take_while(|c| {
        let left = room.checked_sub(c.len_utf16());
        room = left.unwrap_or(0);
        left.is_some()
    });
    let short: String = fits.by_ref().collect();
    if short.len() == text.len() { short } else { format!("{short}…") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::office::tests::part;

    #[test]
    fn cells_are_texts_at_their_places() {
        let rows = vec![vec!["=1+1".to_owned(), String::new(), "甲<乙>\n丙".to_owned()]];
        let workbook = sheet(&[("a", 10), ("b", 20), ("c", 30)], &rows).unwrap();
        let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains(
            "<c r=\"A2\" s=\"2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1</t>"
        ));
        assert!(!sheet.contains("r=\"B2\"") && !sheet.contains("<f>"));
        assert!(sheet.contains("r=\"C2\"") && sheet.contains("甲&lt;乙&gt;\n丙"));
        assert!(sheet.contains("<autoFilter ref=\"A1:C2\"/>"));
    }

    #[test]
    fn columns_are_named_and_long_cells_cut() {
        let names = [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")];
        assert_eq!(names.map(|(column, _)| letters(column)), names.map(|(_, name)| name));
        let long = "𠮷".repeat(LONGEST_CELL);
        let cut = shortened(&long);
        assert!(cut.ends_with('…') && cut.encode_utf16().count() <= LONGEST_CELL);
        assert_eq!(shortened("甲"), "甲");
    }
}
