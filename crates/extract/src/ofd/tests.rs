use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use tiaowen_blocks::{BlockKind, DroppedKind, Layout, SourceText};

use crate::ExtractError;
use crate::ocr::ReadOptions;

fn ofd(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    super::ofd(bytes, &ReadOptions::PLAIN)
}

fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A line of text at a position in millimetres, with characters 4.2 apart.
fn text(x: f64, y: f64, text: &str) -> String {
    let count = text.chars().count();
    format!(
        r#"<ofd:TextObject ID="1" Boundary="{x} {} {} 6" Font="1" Size="4.2"><ofd:TextCode X="0" Y="4" DeltaX="g {} 4.2">{text}</ofd:TextCode></ofd:TextObject>"#,
        y - 4.0,
        4.2 * count as f64,
        count - 1
    )
}

fn page(content: &str) -> String {
    format!(r#"<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016">{content}</ofd:Page>"#)
}

fn layer(objects: &str) -> String {
    format!("<ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content>")
}

/// A document with pages in the order of their numbers, whatever their names; `more` are further
/// parts.
fn document(pages: &[String], list: &str, more: &[(&str, String)]) -> Vec<u8> {
    let names: Vec<String> = (0..pages.len())
        .map(|nth| format!("Doc_0/Pages/P{}/Content.xml", pages.len() - nth))
        .collect();
    let listed: String = (0..pages.len())
        .map(|nth| {
            format!(
                r#"<ofd:Page ID="{}" BaseLoc="Pages/P{}/Content.xml"/>"#,
                nth + 10,
                pages.len() - nth
            )
        })
        .collect();
    let mut parts: Vec<(&str, String)> = vec![
        ("OFD.xml", r#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#.to_owned()),
        ("Doc_0/Document.xml", format!(r#"<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID="4" BaseLoc="Tpls/T/Content.xml"/></ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>{list}</ofd:Document>"#)),
    ];
    for (name, page) in names.iter().zip(pages) {
        parts.push((name, page.clone()));
    }
    parts.extend(more.iter().map(|(name, content)| (*name, content.clone())));
    archive(&parts)
}

fn lines(source: &SourceText<'_>) -> Vec<String> {
    let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
    blocks.iter().map(|block| source.text[block.span.clone()].to_owned()).collect()
}

#[test]
fn characters_are_read_by_their_places_in_both_scripts() {
    for [title, first, second] in [
        ["合作協議", "第一條　雙方同意加強合作。", "第二條　內容。"],
        ["合作协议", "第一条　双方同意加强合作。", "第二条　内容。"],
    ] {
        // Drawn from the bottom up, as some programs do.
        let objects = [text(30.0, 80.0, second), text(30.0, 70.0, first), text(90.0, 50.0, title)];
        let next = page(&layer(&text(30.0, 60.0, "頁二。")));
        let source = ofd(&document(&[page(&layer(&objects.concat())), next], "", &[])).unwrap();
        let read = lines(&source);
        assert_eq!(read, [title, first, second, "頁二。"], "{source:?}");
        let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
        assert_eq!(blocks.last().and_then(|block| block.place).map(|place| place.page), Some(2));
    }
}

#[test]
fn matrices_pieces_and_words() {
    // One line in two objects, the second moved by a matrix; separate Latin words; individual
    // distances.
    let objects = r#"<ofd:TextObject Boundary="30 46 40 6" Size="4.2"><ofd:TextCode X="0" Y="4" DeltaX="4.2 4.2">第一條</ofd:TextCode></ofd:TextObject>
        <ofd:TextObject Boundary="30 46 80 6" Size="2.1" CTM="2 0 0 2 14 0"><ofd:TextCode X="0" Y="2" DeltaX="2.1">內容</ofd:TextCode><ofd:TextCode X="5.2" DeltaX="1.05 1.05 2.6 1.05">ab cd</ofd:TextCode></ofd:TextObject>"#;
    let source = ofd(&document(&[page(&layer(objects))], "", &[])).unwrap();
    assert_eq!(lines(&source).join("\n").replace(' ', ""), "第一條內容abcd", "{source:?}");
    assert!(source.text.contains("ab cd"), "{source:?}");
}

#[test]
fn a_table_is_read_cell_by_cell() {
    let line = |data: &str| {
        format!(
            r#"<ofd:PathObject Boundary="0 0 210 297"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"#
        )
    };
    let rules = [
        "M 30 50 L 130 50",
        "M 30 60 L 130 60",
        "M 30 70 L 130 70",
        "M 30 50 L 30 70",
        "M 80 50 L 80 70",
        "M 130 50 L 130 70",
    ];
    let objects: String = rules.iter().map(|data| line(data)).collect::<String>()
        + &text(32.0, 57.0, "甲方")
        + &text(82.0, 57.0, "負責宣傳")
        + &text(32.0, 67.0, "乙方")
        + &text(82.0, 67.0, "負責接待");
    let source = ofd(&document(&[page(&layer(&objects))], "", &[])).unwrap();
    let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
    assert!(matches!(blocks[0].kind, BlockKind::Table { .. }), "{source:?}");
    assert_eq!(lines(&source), ["甲方\t負責宣傳\n乙方\t負責接待"]);
}

#[test]
fn templates_watermarks_and_hidden_text_are_listed() {
    let template = ("Doc_0/Tpls/T/Content.xml", page(&layer(&text(30.0, 20.0, "發票抬頭"))));
    let on_template =
        |content: &str| page(&format!(r#"<ofd:Template TemplateID="4"/>{}"#, layer(content)));
    // A template of one page is read; one of two pages is furniture.
    let once = ofd(&document(
        &[on_template(&text(30.0, 60.0, "內容。"))],
        "",
        std::slice::from_ref(&template),
    ))
    .unwrap();
    assert_eq!(lines(&once), ["發票抬頭", "內容。"]);
    let hidden =
        text(30.0, 90.0, "暗").replace("<ofd:TextObject", r#"<ofd:TextObject Visible="false""#);
    let pages = [
        on_template(&(text(30.0, 60.0, "內容。") + &hidden)),
        on_template(&text(30.0, 60.0, "其餘。")),
    ];
    let more = [
        template,
        ("Doc_0/Annots/Annotations.xml", r#"<ofd:Annotations xmlns:ofd="x"><ofd:Page PageID="11"><ofd:FileLoc>Page_1/A.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"#.to_owned()),
        ("Doc_0/Annots/Page_1/A.xml", format!(r#"<ofd:PageAnnot xmlns:ofd="x"><ofd:Annot Type="Watermark"><ofd:Appearance>{}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"#, text(1.0, 9.0, "密"))),
    ];
    let list = "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>";
    let source = ofd(&document(&pages, list, &more)).unwrap();
    assert_eq!(lines(&source), ["內容。", "其餘。"]);
    let mut left: Vec<(DroppedKind, &str, Option<u32>)> = source
        .left_out
        .iter()
        .map(|left| (left.kind, &source.text[left.span.clone()], left.page))
        .collect();
    left.sort_unstable();
    let mut expected = [
        (DroppedKind::RunningHead, "發票抬頭", Some(1)),
        (DroppedKind::Hidden, "暗", Some(1)),
        (DroppedKind::Watermark, "密", Some(2)),
    ];
    expected.sort_unstable();
    assert_eq!(left, expected);
}

#[test]
fn smaller_type_beside_a_title_is_no_superscript() {
    let small = |x: f64, text: &str| {
        format!(
            r#"<ofd:TextObject Boundary="{x} 47.6 30 4" Size="2.4"><ofd:TextCode X="0" Y="1" DeltaX="g 4 1.2">{text}</ofd:TextCode></ofd:TextObject>"#
        )
    };
    for (x, read) in [(64.0, "電子發票¹⁴⁴⁰⁵"), (90.0, "電子發票 14405")] {
        let objects = [text(46.8, 50.0, "電子發票"), small(x, "14405")];
        let source = ofd(&document(&[page(&layer(&objects.concat()))], "", &[])).unwrap();
        let read_as = lines(&source).join("|");
        let words: Vec<&str> = read_as.split_whitespace().collect();
        assert_eq!(words.join(" "), read, "{source:?}");
    }
}

#[test]
fn unreadable_files_are_rejected_with_the_reason() {
    let picture = page(&layer(r#"<ofd:ImageObject Boundary="0 0 210 297" ResourceID="5"/>"#));
    assert_eq!(ofd(&document(&[picture], "", &[])), Err(ExtractError::Scan));
    assert_eq!(ofd(b""), Err(ExtractError::Empty));
    let locked = archive(&[("OFD.xml", String::new()), ("Encryptions.xml", String::new())]);
    for (bytes, reason) in [
        (locked, "password"),
        (archive(&[("a", String::new())]), "it holds no OFD.xml"),
        (b"PK\x03\x04".to_vec(), "no zip archive"),
        (document(&["<ofd:Page>".to_owned()], "", &[]), "no sound XML"),
    ] {
        let error = ofd(&bytes).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(".ofd"), "{error}");
    }
    // Invalid distances and positions, and more of them than characters.
    for attributes in [
        r#"DeltaX="g 99999999999 1""#,
        r#"DeltaX="g""#,
        r#"X="1e308" Y="NaN" DeltaX="1e308 1e308""#,
        r#"DeltaY="-1 x""#,
    ] {
        let object = format!(
            r#"<ofd:TextObject Boundary="1 2 3 4" CTM="0 0 0 0 0 0" Size="0"><ofd:TextCode {attributes}>文字文字</ofd:TextCode></ofd:TextObject>{}"#,
            text(30.0, 60.0, "內容。")
        );
        let source = ofd(&document(&[page(&layer(&object))], "", &[])).unwrap();
        assert!(source.text.contains("內容。") && source.text.contains("文字文字"), "{source:?}");
    }
}
