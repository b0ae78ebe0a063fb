use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use tiaowen_blocks::{BlockKind, DroppedKind, Layout, SourceText};

use super::{Limits, odt, within};
use crate::ExtractError;
use crate::compose::shown;

const NAMESPACES: &str = concat!(
    r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" "#,
    r#"xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" "#,
    r#"xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" "#,
    r#"xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" "#,
    r#"xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" "#,
    r#"xmlns:dc="http://purl.org/dc/elements/1.1/" "#,
    r#"xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:loext="urn:loext""#
);

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn document(styles: &str, body: &str) -> String {
    format!(
        "<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body>{body}</office:body></office:document-content>"
    )
}

fn package(styles: &str, text: &str) -> Vec<u8> {
    let text = format!("<office:text>{text}</office:text>");
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", &document(styles, &text)),
    ])
}

fn read(styles: &str, text: &str) -> SourceText<'static> {
    odt(&package(styles, text)).unwrap()
}

fn paragraphs(source: &SourceText<'_>) -> Vec<String> {
    shown(source).trim_end().split("\n\n").map(str::to_owned).collect()
}

fn left_out(source: &SourceText<'_>) -> Vec<(DroppedKind, String)> {
    let text = |left: &tiaowen_blocks::LeftOut| source.text[left.span.clone()].to_owned();
    source.left_out.iter().map(|left| (left.kind, text(left))).collect()
}

/// Text in both scripts is read unchanged.
#[test]
fn paragraphs_headings_and_breaks() {
    for text in ["为加强合作，", "為加強合作，"] {
        let source = read(
            "",
            &format!(
                r#"<text:h text:outline-level="1">协议 協議</text:h><text:p>{text}<text:s text:c="3"/>雙方<text:tab/>甲<text:line-break/>次行</text:p>
                <text:p>第一條<text:span>　定</text:span>義<text:soft-page-break/>如下。</text:p><text:p/>"#
            ),
        );
        assert_eq!(
            paragraphs(&source),
            ["# 协议 協議", &format!("{text} 雙方\t甲"), "次行", "第一條　定義如下。"]
        );
    }
}

#[test]
fn numbers_of_lists_and_headings_are_written() {
    let styles = r#"<text:list-style style:name="L1">
        <text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-prefix="第" style:num-suffix="條"/>
        <text:list-level-style-number text:level="2" style:num-format="一, 二, 三, ..." style:num-prefix="（" style:num-suffix="）"/>
        <text:list-level-style-bullet text:level="3" text:bullet-char="•"/></text:list-style>
        <text:list-style style:name="L2">
        <text:list-level-style-number text:level="1" style:num-format="1" loext:num-list-format="%1%." text:start-value="3"/>
        <text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/></text:list-style>"#;
    let text = r#"<text:list text:style-name="L1"><text:list-item><text:p>定義。</text:p><text:p>續款。</text:p>
        <text:list><text:list-item><text:p>甲。</text:p></text:list-item><text:list-item><text:p>乙。</text:p>
        <text:list><text:list-item><text:p>點。</text:p></text:list-item></text:list></text:list-item></text:list></text:list-item></text:list>
        <text:p>中間。</text:p>
        <text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>期限。</text:p></text:list-item></text:list>
        <text:list text:style-name="L1" text:continue-list="unknown"><text:list-item><text:p>終止。</text:p></text:list-item></text:list>
        <text:list text:style-name="L2"><text:list-item><text:p>三。</text:p><text:list><text:list-item><text:p>其一。</text:p></text:list-item></text:list></text:list-item>
        <text:list-item text:start-value="9"><text:p>九。</text:p></text:list-item><text:list-header><text:p>無號。</text:p></text:list-header></text:list>"#;
    let source = read(styles, text);
    assert_eq!(
        paragraphs(&source),
        [
            "第一條 定義。",
            "續款。",
            "（一）甲。",
            "（二）乙。",
            "■ 點。",
            "中間。",
            "第二條 期限。",
            "第三條 終止。",
            "3.三。",
            "3.1 其一。",
            "9.九。",
            "無號。"
        ]
    );
    let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
    assert_eq!(blocks[0].kind, BlockKind::Item);
}

#[test]
fn cells_notes_and_raised_text() {
    let styles = r#"<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>"#;
    let source = read(
        styles,
        r#"<text:p>面積八百米<text:span text:style-name="T1">2</text:span>，五個工作日<text:note text:id="n1" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>不含法定假日。</text:p></text:note-body></text:note>內。</text:p>
        <table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>分工</text:p></table:table-cell><table:covered-table-cell/></table:table-row>
        <table:table-row><table:table-cell><text:p>甲方</text:p></table:table-cell><table:table-cell><text:p>負責</text:p></table:table-cell></table:table-row></table:table>"#,
    );
    assert_eq!(
        paragraphs(&source),
        ["面積八百米²，五個工作日內。", "分工", "甲方\t負責", "1 不含法定假日。"]
    );
    let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
    let Some(BlockKind::Note { at }) = blocks.last().map(|block| block.kind.clone()) else {
        panic!("{blocks:?}")
    };
    assert!(source.text[..at].ends_with("五個工作日"));
}

#[test]
fn left_out_content_is_listed() {
    let styles = r#"<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>
        <style:style style:name="S" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>"#;
    let source = read(
        styles,
        r#"<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>某人</dc:creator></office:change-info><text:p>十</text:p></text:deletion></text:changed-region></text:tracked-changes>
        <text:table-of-content><text:index-body><text:p>第一條……1</text:p></text:index-body></text:table-of-content>
        <text:p>甲方應於<text:change text:change-id="c1"/>三十日內<text:span text:style-name="S">全部</text:span>付款<text:span text:style-name="H">暗</text:span>。<office:annotation><dc:creator>某人</dc:creator><text:p>待議</text:p></office:annotation><draw:frame><draw:image xlink:href="http://example.org/a.png"/></draw:frame></text:p>
        <text:p><text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>han</text:ruby-text></text:ruby>字</text:p>"#,
    );
    assert_eq!(paragraphs(&source), ["甲方應於三十日內付款。", "漢字"]);
    let mut left = left_out(&source);
    left.sort();
    let expected = [
        (DroppedKind::Contents, "第一條……1"),
        (DroppedKind::Hidden, "待議"),
        (DroppedKind::Hidden, "暗"),
        (DroppedKind::Deleted, "全部"),
        (DroppedKind::Deleted, "十"),
        (DroppedKind::Unreadable, ""),
        (DroppedKind::Other, "han"),
    ];
    let mut expected: Vec<_> =
        expected.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn sheets_are_tables_below_their_names() {
    let body = r#"<office:spreadsheet><table:table table:name="費用"><table:table-row><table:table-cell office:value="800"><text:p>800元</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>甲</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row>
        <table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row></table:table>
        <table:table table:name="Sheet2"><table:table-row table:visibility="collapse"><table:table-cell><text:p>隱</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"#;
    let bytes = archive(&[("content.xml", &document("", body))]);
    let source = odt(&bytes).unwrap();
    assert_eq!(paragraphs(&source), ["# 費用", "800元\t甲\t甲"]);
    assert_eq!(left_out(&source), [(DroppedKind::Hidden, "隱".to_owned())]);
}

#[test]
fn one_file_of_xml_is_read_as_a_package_is() {
    let text = r#"<office:text><text:p>第一條　内容。</text:p></office:text>"#;
    let flat = document("", text);
    let packed = archive(&[("content.xml", &flat)]);
    assert_eq!(odt(flat.as_bytes()), odt(&packed));
}

#[test]
fn unreadable_files_are_rejected_with_the_reason() {
    let manifest =
        archive(&[("content.xml", "x"), ("META-INF/manifest.xml", "<manifest:encryption-data/>")]);
    let entity = package("", "<text:p>&x;</text:p>");
    let declared = archive(&[(
        "content.xml",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    )]);
    for (bytes, reason) in [
        (&b"PK\x03\x04"[..], "no zip archive"),
        (&archive(&[("a", "b")]), "it holds no content.xml"),
        (&manifest, "password"),
        (&entity, "a character that is not defined"),
        (&declared, "document type declaration"),
        (b"<a/>", "no text of a word processor"),
        (b"<office:document>", "cut short"),
    ] {
        let error = odt(bytes).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(".odt"), "{error}");
    }
    assert_eq!(odt(b""), Err(ExtractError::Empty));
    assert_eq!(odt(&package("", "<text:p> </text:p>")), Err(ExtractError::Empty));
    let repeated = r#"<table:table><table:table-row table:number-rows-repeated="999"><table:table-cell table:number-columns-repeated="999"><text:p>文</text:p></table:table-cell></table:table-row></table:table>"#;
    let tiny = Limits { part: 20_000, ..Limits::DEFAULT };
    let bytes = package("", repeated);
    assert_eq!(within(&bytes, tiny), Err(ExtractError::TooLarge { most: 20_000 }));
}
