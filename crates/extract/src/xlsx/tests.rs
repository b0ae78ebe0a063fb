use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use tiaowen_blocks::{DroppedKind, SourceText};

use super::{Limits, within, xlsx};
use crate::ExtractError;
use crate::compose::shown;

const MAIN: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn relations(list: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(r#"<Relationship Id="{id}" Type="http://x/{kind}" Target="{target}"/>"#)
    };
    format!("<Relationships>{}</Relationships>", list.iter().map(one).collect::<String>())
}

/// A workbook of two sheets, the second with a default name.
fn book(first: &str, second: &str) -> Vec<u8> {
    let sheet = |data: &str| format!("<worksheet {MAIN}>{data}</worksheet>");
    archive(&[
        ("_rels/.rels", relations(&[("rId1", "officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", format!(r#"<workbook {MAIN}><sheets><sheet name="費用 费用" sheetId="7" r:id="rId1"/><sheet name="Sheet2" sheetId="2" r:id="rId2"/><sheet name="暗" state="hidden" sheetId="3" r:id="rId3"/></sheets></workbook>"#)),
        ("xl/_rels/workbook.xml.rels", relations(&[("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml"), ("rId3", "worksheet", "worksheets/sheet3.xml"), ("rId4", "sharedStrings", "sharedStrings.xml"), ("rId5", "styles", "styles.xml")])),
        ("xl/sharedStrings.xml", format!(r#"<sst {MAIN}><si><t>甲方</t></si><si><r><t>面積800</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r><r><rPr><strike/></rPr><t>米</t></r><rPh><t>reading</t></rPh></si><si><t xml:space="preserve">首行
次行</t></si></sst>"#)),
        ("xl/styles.xml", format!(r#"<styleSheet {MAIN}><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="4"/></cellXfs></styleSheet>"#)),
        ("xl/worksheets/sheet1.xml", sheet(first)),
        ("xl/worksheets/sheet2.xml", sheet(second)),
        ("xl/worksheets/sheet3.xml", sheet(r#"<sheetData><row><c t="inlineStr"><is><t>藏</t></is></c></row></sheetData>"#)),
        ("xl/worksheets/_rels/sheet1.xml.rels", relations(&[("rId1", "comments", "../comments1.xml"), ("rId2", "drawing", "../drawings/drawing1.xml")])),
        ("xl/comments1.xml", format!(r#"<comments {MAIN}><commentList><comment ref="A1"><text><t>待議</t></text></comment></commentList></comments>"#)),
        ("xl/drawings/drawing1.xml", "<wsDr><sp><txBody><p><r><t>註：</t></r><r><t>含稅</t></r></p></txBody></sp><pic/></wsDr>".to_owned()),
    ])
}

fn paragraphs(source: &SourceText<'_>) -> Vec<String> {
    shown(source).trim_end().split("\n\n").map(str::to_owned).collect()
}

#[test]
fn rows_and_cells_as_they_are_shown() {
    let first = r#"<cols><col min="5" max="5" hidden="1"/></cols><sheetData>
        <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>
        <row r="3"><c r="A3" s="1"><v>43057</v></c><c r="C3" s="2"><f>A1*2</f><v>1234.5</v></c><c r="D3" t="b"><v>1</v></c><c r="E3"><v>99</v></c></row>
        <row r="4" hidden="1"><c r="A4" t="str"><v>隱</v></c></row>
        <row r="5"><c r="B5"><v>7</v></c><c r="D5" t="s"><v>2</v></c></row>
        </sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>"#;
    let second =
        r#"<sheetData><row><c t="inlineStr"><is><t>第二條　內容。</t></is></c></row></sheetData>"#;
    let source = xlsx(&book(first, second)).unwrap();
    assert_eq!(
        paragraphs(&source),
        [
            "# 費用 费用",
            "甲方\t面積800²",
            "2017年11月18日\t1,234.50\tTRUE",
            "7\t首行 次行",
            "註：含稅",
            "第二條　內容。"
        ]
    );
    let mut left: Vec<(DroppedKind, &str)> =
        source.left_out.iter().map(|left| (left.kind, &source.text[left.span.clone()])).collect();
    left.sort_unstable();
    let mut expected = [
        (DroppedKind::Hidden, "待議"),
        (DroppedKind::Hidden, "99"),
        (DroppedKind::Hidden, "隱"),
        (DroppedKind::Hidden, "藏"),
        (DroppedKind::Deleted, "米"),
        (DroppedKind::Unreadable, ""),
    ];
    expected.sort_unstable();
    assert_eq!(left, expected);
}

#[test]
fn unreadable_files_are_rejected_with_the_reason() {
    let empty = book("<sheetData/>", "<sheetData/>");
    assert!(xlsx(&empty).is_ok_and(|read| read.text.contains("註")));
    assert_eq!(xlsx(b""), Err(ExtractError::Empty));
    for (bytes, reason) in [
        (archive(&[("a", "b".to_owned())]), "it holds no xl/workbook.xml"),
        (b"PK\x03\x04".to_vec(), "no zip archive"),
        (book("<sheetData><row>", ""), "is no sound XML"),
    ] {
        let error = xlsx(&bytes).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(".xlsx"), "{error}");
    }
    // One string shared by many cells.
    let cells = r#"<c t="s"><v>1</v></c>"#.repeat(2_000);
    let bomb = book(&format!("<sheetData><row>{cells}</row></sheetData>"), "<sheetData/>");
    let tiny = Limits { part: 60_000, ..Limits::DEFAULT };
    assert!(matches!(within(&bomb, tiny), Err(ExtractError::TooLarge { .. })));
    // A row of all columns, above rows with only the last column filled.
    let wide: String = (0..2_000).map(|_| "<c><v>1</v></c>").collect();
    let rows = r#"<row><c r="BXX1"><v>1</v></c></row>"#.repeat(3_000);
    let sparse = book(&format!("<sheetData><row>{wide}</row>{rows}</sheetData>"), "<sheetData/>");
    let blocks = xlsx(&sparse).unwrap();
    let tiaowen_blocks::Layout::Blocks(blocks) = &blocks.layout else { panic!() };
    let cells = blocks.iter().map(|block| match &block.kind {
        tiaowen_blocks::BlockKind::Table { rows } => rows.iter().map(Vec::len).sum::<usize>(),
        _ => 0,
    });
    assert!(cells.sum::<usize>() < 200_000);
    // Invalid cell names, and merges without an end.
    let odd = r#"<sheetData><row r="0"><c r="1A"><v>1</v></c><c r="ZZZZ1"><v>2</v></c><c r="A99999999999999999999"><v>x</v></c><c t="s"><v>999</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref=":"/></mergeCells>"#;
    assert!(xlsx(&book(odd, "<sheetData/>")).is_ok());
}
