use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use tiaowen_blocks::{BlockKind, DroppedKind, Layout, SourceText};

use super::docx;
use crate::ExtractError;
use crate::compose::shown;

mod damaged;

const NAMESPACES: &str = concat!(
    r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" "#,
    r#"xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" "#,
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" "#,
    r#"xmlns:v="urn:schemas-microsoft-com:vml""#
);

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn document(body: &str) -> String {
    format!("<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
}

/// A package whose parts have their usual names.
fn package(body: &str, styles: &str, numbering: &str) -> Vec<u8> {
    let styles = format!("<w:styles {NAMESPACES}>{styles}</w:styles>");
    let numbering = format!("<w:numbering {NAMESPACES}>{numbering}</w:numbering>");
    archive(&[
        ("word/document.xml", document(body).as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("word/numbering.xml", numbering.as_bytes()),
    ])
}

/// The paragraphs of a text.
fn paragraphs(bytes: &[u8]) -> Vec<String> {
    shown(&docx(bytes).unwrap()).trim_end().split("\n\n").map(str::to_owned).collect()
}

fn plain(body: &str) -> Vec<String> {
    paragraphs(&package(body, "", ""))
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A paragraph with properties.
fn with(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn styled(style: &str, text: &str) -> String {
    with(&format!(r#"<w:pStyle w:val="{style}"/>"#), text)
}

fn item(list: u32, level: u32, text: &str) -> String {
    let properties =
        format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr>"#);
    with(&properties, text)
}

fn level(at: u32, format: &str, pattern: &str, more: &str) -> String {
    format!(
        r#"<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{pattern}"/></w:lvl>"#
    )
}

fn made(id: u32, levels: &[String]) -> String {
    format!(r#"<w:abstractNum w:abstractNumId="{id}">{}</w:abstractNum>"#, levels.concat())
}

fn list(id: u32, made_from: u32, own: &str) -> String {
    format!(r#"<w:num w:numId="{id}"><w:abstractNumId w:val="{made_from}"/>{own}</w:num>"#)
}

fn reason(result: Result<SourceText<'_>, ExtractError>) -> String {
    match result {
        Err(ExtractError::Damaged { format: ".docx", reason }) => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn paragraphs_with_white_space() {
    let body = [
        p("　　為加強合作，"),
        r#"<w:p><w:r><w:t>甲方：</w:t><w:tab/><w:t xml:space="preserve">  張三 &amp; &#x674E;四 </w:t></w:r></w:p>"#.into(),
        "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"1\"/></w:tabs></w:pPr>\
         <w:r><w:t>合\u{AD}\n    </w:t></w:r><w:r><w:t>\n 同</w:t></w:r></w:p>"
            .into(),
        "<w:p/>".into(),
        "<w:p><w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:br w:type=\"page\"/><w:t>三</w:t><w:cr/></w:r></w:p>".into(),
        "<w:p><w:r><w:t>GB</w:t><w:noBreakHyphen/><w:t>18030</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r></w:p>".into(),
        p("第一條　定義"),
    ];
    assert_eq!(
        plain(&body.concat()),
        ["為加強合作，", "甲方：\t張三 & 李四", "合同", "一", "二三", "GB-18030☑", "第一條　定義"]
    );
}

#[test]
fn text_in_other_elements_is_kept() {
    let body = r#"<w:p><w:hyperlink><w:r><w:t>鏈接</w:t></w:r></w:hyperlink>
        <w:smartTag><w:smartTagPr/><w:r><w:t>標記</w:t></w:r></w:smartTag>
        <w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>
        <w:r><w:fldChar w:fldCharType="begin"/><w:instrText>REF x \h</w:instrText>
        <w:fldChar w:fldCharType="separate"/><w:t>第一條</w:t><w:fldChar w:fldCharType="end"/>
        <w:footnoteReference w:id="2"/></w:r>
        <w:r><w:ruby><w:rt><w:r><w:t>han</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>
        <w:sdt><w:sdtContent><w:p><w:r><w:t>块</w:t></w:r></w:p></w:sdtContent></w:sdt>"#;
    assert_eq!(plain(body), ["鏈接標記控件第一條漢", "块"]);
}

#[test]
fn text_raised_by_a_distance_is_superscript() {
    let run = |position: &str, text: &str| {
        format!(r#"<w:r><w:rPr><w:position w:val="{position}"/></w:rPr><w:t>{text}</w:t></w:r>"#)
    };
    let body = format!(
        "<w:p>{}{}{}{}</w:p>",
        run("0", "800"),
        run("8", "2"),
        run("2", "米"),
        run("-8", "3")
    );
    assert_eq!(plain(&body), ["800²米3"]);
    assert_eq!(
        plain(&format!("<w:p>{}</w:p>", run("8", "整行文字都移高了一些"))),
        ["整行文字都移高了一些"]
    );
}

#[test]
fn tracked_changes_are_accepted() {
    let body = r#"<w:p><w:r><w:t>甲方应于</w:t></w:r><w:del><w:r><w:delText>十</w:delText></w:r></w:del>
        <w:ins><w:r><w:t>三十</w:t></w:r></w:ins><w:r><w:t>日内</w:t></w:r>
        <w:moveFrom><w:r><w:t>全部</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>付款。</w:t></w:r></w:moveTo></w:p>
        <w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>两段</w:t></w:r></w:p>
        <w:p><w:pPr><w:pStyle w:val="x"/><w:pPrChange><w:pPr><w:pStyle w:val="Title"/></w:pPr></w:pPrChange></w:pPr><w:r><w:t>成一段</w:t></w:r></w:p>"#;
    assert_eq!(plain(body), ["甲方应于三十日内付款。", "两段成一段"]);
}

#[test]
fn text_boxes_are_read_once() {
    let content = "<w:txbxContent><w:p><w:r><w:t>框內</w:t></w:r></w:p></w:txbxContent>";
    let body = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><a:t>圖</a:t>{content}</w:drawing></mc:Choice>\
         <mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>\
         <w:t>正文</w:t></w:r></w:p>\
         <w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"new\"/><mc:Fallback><w:t>後備</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    );
    assert_eq!(plain(&body), ["正文", "框內", "後備"]);
}

#[test]
fn headings_by_style_and_outline() {
    let styles = r#"
        <w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
        <w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/></w:style>
        <w:style w:type="paragraph" w:styleId="b"><w:name w:val="章"/><w:basedOn w:val="1"/></w:style>
        <w:style w:type="paragraph" w:styleId="c"><w:name w:val="标题 2"/></w:style>
        <w:style w:type="paragraph" w:styleId="d"><w:name w:val="節"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="e"><w:name w:val="TOC Heading"/><w:basedOn w:val="1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="f"><w:name w:val="f"/><w:basedOn w:val="g"/></w:style>
        <w:style w:type="paragraph" w:styleId="g"><w:name w:val="g"/><w:basedOn w:val="f"/></w:style>"#;
    let body = [
        styled("b", "第一章 總則"),
        styled("c", "定义"),
        styled("d", "第一節"),
        styled("e", "目錄"),
        styled("f", "圓圈"),
        styled("1", "本章程自簽署之日起生效。"),
        styled("1", ""),
        styled("Heading7", "深"),
        with(r#"<w:outlineLvl w:val="1"/>"#, "大綱"),
        p("正文"),
    ]
    .concat();
    let expected = [
        "# 第一章 總則",
        "## 定义",
        "### 第一節",
        "目錄",
        "圓圈",
        "本章程自簽署之日起生效。",
        "###### 深",
        "## 大綱",
        "正文",
    ];
    assert_eq!(paragraphs(&package(&body, styles, "")), expected);

    let title = "<w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr>\
                 <w:r><w:t>合作</w:t><w:br/><w:t>協議</w:t></w:r></w:p>";
    let titled = paragraphs(&package(&format!("{title}{body}"), styles, ""));
    assert_eq!(titled[..4], ["# 合作 協議", "## 第一章 總則", "### 定义", "#### 第一節"]);
}

#[test]
fn numbers_in_both_scripts() {
    let numbering = [
        made(
            0,
            &[
                level(0, "taiwaneseCountingThousand", "第%1條", ""),
                level(1, "chineseCountingThousand", "（%2）", ""),
                level(2, "decimal", "%3.", ""),
                level(3, "decimal", "%1.%2.%4", "<w:isLgl/>"),
            ],
        ),
        made(1, &[level(0, "chineseCounting", "%1、", ""), level(1, "bullet", "•", "")]),
        list(1, 0, ""),
        list(2, 1, ""),
    ]
    .concat();
    let body = [
        item(1, 0, "定義"),
        item(1, 1, "甲方"),
        item(1, 2, "公司"),
        item(1, 2, "2024年"),
        item(1, 3, "款"),
        item(1, 1, "乙方"),
        item(1, 2, "再起"),
        item(1, 0, "價款"),
        item(1, 1, "總價"),
        item(2, 0, "双方"),
        item(2, 1, "符號"),
        item(2, 0, ""),
        item(2, 0, "争议"),
        item(1, 0, ""),
        item(0, 0, "無號"),
        item(9, 0, "沒有"),
    ];
    assert_eq!(
        paragraphs(&package(&body.concat(), "", &numbering)),
        [
            "第一條 定義",
            "（一）甲方",
            "1.公司",
            "2. 2024年",
            "1.1.1 款",
            "（二）乙方",
            "1.再起",
            "第二條 價款",
            "（一）總價",
            "一、双方",
            "■ 符號",
            "三、争议",
            "第三條",
            "無號",
            "沒有",
        ]
    );
}

#[test]
fn lists_restart_and_continue() {
    let one = |start: u32| {
        format!(r#"<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>"#)
    };
    let numbering = [
        made(
            0,
            &[
                level(0, "decimal", "%1、", ""),
                level(1, "lowerLetter", "(%2)", r#"<w:lvlRestart w:val="0"/>"#),
            ],
        ),
        list(1, 0, ""),
        list(2, 0, ""),
        list(3, 0, &one(1)),
        list(
            4,
            0,
            &format!(
                r#"<w:lvlOverride w:ilvl="0">{}</w:lvlOverride>"#,
                level(0, "upperRoman", "%1)", "")
            ),
        ),
    ]
    .concat();
    let body = [
        item(1, 0, "a"),
        item(1, 1, "b"),
        item(2, 0, "c"),
        item(2, 1, "d"),
        item(3, 0, "e"),
        item(3, 0, "f"),
        item(4, 0, "g"),
    ];
    assert_eq!(
        paragraphs(&package(&body.concat(), "", &numbering)),
        ["1、a", "(a)b", "2、c", "(b)d", "1、e", "2、f", "III)g"]
    );
}

#[test]
fn labels_are_one_line_and_short() {
    let numbering = [
        made(0, &[level(0, "decimal", "第%1條&#10;&#10;# &#4;&#x2028;", "")]),
        made(1, &[level(0, "lowerLetter", &"%1".repeat(25), "")]),
        list(1, 0, ""),
        list(2, 1, r#"<w:lvlOverride w:ilvl="0"><w:startOverride w:val="52"/></w:lvlOverride>"#),
    ]
    .concat();
    let body = [item(1, 0, "甲"), item(2, 0, "乙"), item(2, 0, "丙")].concat();
    let found = shown(&docx(&package(&body, "", &numbering)).unwrap());
    assert_eq!(found, format!("第1條  # 甲\n\n{} 乙\n\n丙\n", "z".repeat(50)));
}

#[test]
fn numbers_by_style() {
    let styles = r#"
        <w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="x"><w:name w:val="x"/><w:basedOn w:val="2"/></w:style>
        <w:style w:type="numbering" w:styleId="n"><w:name w:val="n"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#;
    let numbering = [
        made(
            0,
            &[
                level(0, "chineseCountingThousand", "第%1章", r#"<w:pStyle w:val="1"/>"#),
                level(1, "decimal", "%1.%2", r#"<w:pStyle w:val="2"/><w:isLgl/>"#),
            ],
        ),
        r#"<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="n"/></w:abstractNum>"#.into(),
        list(1, 0, ""),
        list(2, 1, ""),
    ]
    .concat();
    let off = r#"<w:pStyle w:val="1"/><w:numPr><w:numId w:val="0"/></w:numPr>"#;
    let body = [
        styled("1", "总则"),
        styled("2", "定义"),
        styled("x", "解释"),
        with(off, "附件"),
        item(2, 0, "条件"),
    ];
    assert_eq!(
        paragraphs(&package(&body.concat(), styles, &numbering)),
        ["# 第一章 总则", "## 1.1 定义", "## 1.2 解释", "# 附件", "第二章 条件"]
    );
}

#[test]
fn rows_are_paragraphs() {
    let cell = |content: &str| format!("<w:tc><w:tcPr/>{content}</w:tc>");
    let row = |cells: &[String]| format!("<w:tr><w:trPr/>{}</w:tr>", cells.concat());
    let table = |rows: &[String]| format!("<w:tbl><w:tblPr/>{}</w:tbl>", rows.concat());
    let inner = table(&[row(&[cell(&p("子")), cell(&p("丑"))])]);
    let body = [
        table(&[
            row(&[cell(&p("名稱")), cell(&p("數量"))]),
            row(&[cell(&(p("甲") + &p("乙"))), cell("<w:p/>"), cell(&(inner.clone() + "<w:p/>"))]),
        ]),
        table(&[row(&[cell(&(p("第一段") + &p("第二段") + &inner))])]),
    ];
    assert_eq!(
        plain(&body.concat()),
        ["名稱\t數量", "甲 乙\t子\t丑", "第一段", "第二段", "子\t丑"]
    );
}

#[test]
fn parts_are_found_by_their_relationships() {
    let main = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/Doc/main.xml"/></Relationships>"#;
    let parts = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/styles" Target="../s.xml"/></Relationships>"#;
    // Strict, with another prefix, in UTF-16.
    let text = r#"<d:document xmlns:d="http://purl.oclc.org/ooxml/wordprocessingml/main"><d:body><d:p><d:pPr><d:pStyle d:val="9"/></d:pPr><d:r><d:t>總則</d:t></d:r></d:p></d:body></d:document>"#;
    let text: Vec<u8> =
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let styles = format!(
        r#"<w:styles {NAMESPACES}><w:style w:type="paragraph" w:styleId="9"><w:name w:val="標題 3"/></w:style></w:styles>"#
    );
    let bytes = archive(&[
        ("_rels/.rels", main.as_bytes()),
        ("doc\\main.xml", &text),
        ("doc/_rels/main.xml.rels", parts.as_bytes()),
        ("s.xml", styles.as_bytes()),
    ]);
    assert_eq!(paragraphs(&bytes), ["### 總則"]);
}

/// The left-out content of a body: kinds and texts.
fn left_out(body: &str) -> Vec<(DroppedKind, String)> {
    let found = docx(&package(body, "", "")).unwrap();
    let texts =
        found.left_out.iter().map(|left| (left.kind, found.text[left.span.clone()].to_owned()));
    texts.collect()
}

fn run(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

#[test]
fn raised_hidden_and_struck_text() {
    let raised = r#"<w:vertAlign w:val="superscript"/>"#;
    let body = [
        "<w:p>".to_owned(),
        run("", "面積800"),
        run(raised, "2"),
        run("", "米，10"),
        run(raised, "-"),
        run(raised, "6"),
        run("<w:vanish/>", "內部意見"),
        run("<w:strike/>", "舊文"),
        run(r#"<w:strike w:val="0"/>"#, "。"),
        "</w:p>".to_owned(),
    ]
    .concat();
    assert_eq!(plain(&body), ["面積800²米，10⁻⁶。"]);
    let texts = left_out(&body);
    assert_eq!(
        texts,
        [(DroppedKind::Hidden, "內部意見".to_owned()), (DroppedKind::Deleted, "舊文".to_owned())]
    );
    let deleted =
        "<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:delText>乙</w:delText></w:r></w:del></w:p>";
    assert_eq!(left_out(deleted), [(DroppedKind::Deleted, "乙".to_owned())]);
}

#[test]
fn formulas_on_one_line() {
    let math = "xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\"";
    let t = |text: &str| format!("<m:r><m:t>{text}</m:t></m:r>");
    let body = format!(
        "<w:p {math}><w:r><w:t>總值為</w:t></w:r><m:oMath><m:sSup><m:e>{}</m:e><m:sup>{}</m:sup></m:sSup>\
         <m:f><m:num>{}</m:num><m:den>{}</m:den></m:f></m:oMath><w:r><w:t>元。</w:t></w:r></w:p>",
        t("10"),
        t("6"),
        t("a+b"),
        t("2")
    );
    assert_eq!(plain(&body), ["總值為10⁶(a+b)/2元。"]);
}

#[test]
fn controls_of_forms() {
    let field = |data: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:name w:val=\"x\"/>{data}</w:ffData></w:fldChar></w:r>"
        )
    };
    let body = format!(
        "<w:p>{}{}{}{}{}<w:r><w:sym w:font=\"Wingdings 2\" w:char=\"F052\"/><w:sym w:font=\"Wingdings 2\" w:char=\"F0A3\"/></w:r></w:p>",
        field("<w:checkBox><w:default w:val=\"1\"/></w:checkBox>"),
        run("", "含稅"),
        field("<w:checkBox><w:default w:val=\"1\"/><w:checked w:val=\"0\"/></w:checkBox>"),
        field(
            "<w:ddList><w:result w:val=\"1\"/><w:listEntry w:val=\"人民币\"/><w:listEntry w:val=\"港币\"/></w:ddList>"
        ),
        run(r#"<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>"#, "\u{F0FE}\u{A8}"),
    );
    assert_eq!(plain(&body), ["☑含稅☐港币☑☐☑☐"]);
}

#[test]
fn notes_follow_the_paragraphs_of_their_marks() {
    let reference = |kind: &str, id: u32| format!("<w:r><w:{kind}Reference w:id=\"{id}\"/></w:r>");
    let body = format!(
        "<w:p>{}{}{}{}{}</w:p>",
        run("", "五個工作日"),
        reference("footnote", 7),
        run("", "內，總價"),
        reference("endnote", 3),
        run("", "叁萬元。")
    );
    let notes = |kind: &str, id: u32, text: &str| {
        let separator = format!(
            "<w:{kind} w:type=\"separator\" w:id=\"0\"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>"
        );
        format!(
            "<w:{kind}s {NAMESPACES}>{separator}<w:{kind} w:id=\"{id}\">{}{}</w:{kind}></w:{kind}s>",
            p(text),
            p("另議。")
        )
    };
    let bytes = archive(&[
        ("word/document.xml", document(&body).as_bytes()),
        ("word/footnotes.xml", notes("footnote", 7, "不含假日。").as_bytes()),
        ("word/endnotes.xml", notes("endnote", 3, "含稅。").as_bytes()),
    ]);
    assert_eq!(
        paragraphs(&bytes),
        ["五個工作日內，總價叁萬元。", "1 不含假日。 另議。", "[1] 含稅。 另議。"]
    );
    let source = docx(&bytes).unwrap();
    let Layout::Blocks(blocks) = &source.layout else { panic!() };
    let places = blocks.iter().filter_map(|block| match block.kind {
        BlockKind::Note { at } => Some(&source.text[..at]),
        _ => None,
    });
    assert_eq!(places.collect::<Vec<_>>(), ["五個工作日", "五個工作日內，總價"]);
}

#[test]
fn imported_text_is_reported() {
    let body = p("外嵌協議") + r#"<w:altChunk xmlns:r="r" r:id="rId9"/>"#;
    assert_eq!(left_out(&body), [(DroppedKind::Unreadable, String::new())]);
    let alone = docx(&package(r#"<w:altChunk xmlns:r="r" r:id="rId9"/>"#, "", ""));
    assert_eq!(alone, Err(ExtractError::Imported));
}

#[test]
fn merged_cells_and_columns_of_two_scripts() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
    };
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let table = [
        row(&[cell("", "青年交流合作協議"), cell("", "青年交流合作协议")]),
        row(&[cell("", "第一條 雙方每年舉辦一次。"), cell("", "第一条 双方每年举办一次。")]),
        row(&[cell("", "第二條 經費由主辦方負擔。"), cell("", "第二条 经费由主办方负担。")]),
    ];
    let found = plain(&format!("<w:tbl>{}</w:tbl>", table.concat()));
    assert_eq!(
        found[..3],
        ["青年交流合作協議", "第一條 雙方每年舉辦一次。", "第二條 經費由主辦方負擔。"]
    );
    assert_eq!(found[3], "青年交流合作协议");
    let merged = row(&[cell(r#"<w:gridSpan w:val="2"/>"#, "第二章 附則")]);
    let source = docx(&package(&format!("<w:tbl>{merged}</w:tbl>"), "", "")).unwrap();
    let Layout::Blocks(blocks) = &source.layout else { panic!() };
    let BlockKind::Table { rows } = &blocks[0].kind else { panic!() };
    assert_eq!(rows[0][0].columns, 2);
}

/// The texts of each stream of a document.
fn streams(body: &str) -> Vec<Vec<String>> {
    let source = docx(&package(body, "", "")).unwrap();
    let Layout::Blocks(blocks) = &source.layout else { panic!() };
    let most = blocks.iter().map(|block| block.stream).max().unwrap();
    let of = |stream| {
        let blocks = blocks.iter().filter(move |block| block.stream == stream);
        blocks.map(|block| source.text[block.span.clone()].to_owned()).collect()
    };
    (0..=most).map(of).collect()
}

fn table(rows: &[&[&str]]) -> String {
    let columns = rows.iter().map(|row| row.len()).max().unwrap();
    let row = |row: &&[&str]| {
        let span = columns + 1 - row.len();
        let properties = format!(r#"<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>"#);
        let cell = |text: &&str| {
            let lines: String = text.split('\n').map(p).collect();
            format!("<w:tc>{properties}{lines}</w:tc>")
        };
        format!("<w:tr>{}</w:tr>", row.iter().map(cell).collect::<String>())
    };
    format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>())
}

#[test]
fn a_title_in_two_languages_is_that_of_each_column() {
    let two: [&[&str]; 2] = [
        &["第一條 雙方每年舉辦一次。", "第一条 双方每年举办一次。"],
        &["第二條 經費由主辦方負擔。", "第二条 经费由主办方负担。"],
    ];
    let english: [&[&str]; 2] = [
        &["第一條 雙方每年舉辦一次。", "Article 1 The Parties meet every year."],
        &["第二條 經費由主辦方負擔。", "Article 2 The host bears the cost."],
    ];
    let with = |title: &[&str], rows: &[&[&str]; 2]| table(&[title, rows[0], rows[1]]);
    let (hant, hans, latin) = ("青年合作協議", "青年合作协议", "Youth Cooperation Agreement");
    for (body, other) in [
        (with(&["青年合作協議 青年合作协议"], &two), hans),
        (with(&["青年合作協議／青年合作协议"], &two), hans),
        (with(&["青年合作協議\n青年合作协议"], &two), hans),
        (with(&["青年合作協議Youth Cooperation Agreement"], &english), latin),
        (p("青年合作協議 青年合作协议") + &table(&two), hans),
        (p(hant) + &p(hans) + &table(&two), hans),
        (p("青年合作協議 Youth Cooperation Agreement") + &table(&english), latin),
        // A single title stands for both.
        (p(hant) + &table(&two), hant),
    ] {
        let found = streams(&body);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[0][0].as_str(), found[1][0].as_str()), (hant, other), "{found:?}");
        assert_eq!((found[0].len(), found[1].len()), (3, 3), "{found:?}");
    }
}

#[test]
fn a_column_of_numbers_labels_each_language() {
    let found = streams(&table(&[
        &["No.", "中文", "English"],
        &["1", "雙方每年舉辦一次。", "The Parties meet every year."],
        &["2", "經費由主辦方負擔。", "The host bears the cost."],
    ]));
    assert_eq!(found[0][2..], ["1\u{3000}雙方每年舉辦一次。", "2\u{3000}經費由主辦方負擔。"]);
    assert_eq!(
        found[1][1..],
        ["1\u{3000}The Parties meet every year.", "2\u{3000}The host bears the cost."]
    );
}

#[test]
fn heads_comments_and_pictures_are_listed() {
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/>
        <Relationship Id="b" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>
        <Relationship Id="c" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/>
        </Relationships>"#;
    let picture = r#"<w:p><w:r><w:drawing><pic:pic xmlns:pic="x"/></w:drawing></w:r></w:p>"#;
    let body = document(&(p("第一條 甲方交貨。") + picture));
    let beside = |name: &str, text: &str| format!("<w:{name} {NAMESPACES}>{text}</w:{name}>");
    let (head, comments) = (
        beside("hdr", &p("合同編號：8")),
        beside("comments", &format!("<w:comment>{}</w:comment>", p("價格待定"))),
    );
    let bytes = archive(&[
        ("word/document.xml", body.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
        ("word/header1.xml", head.as_bytes()),
        ("word/footer1.xml", b"<broken"),
        ("word/comments.xml", comments.as_bytes()),
    ]);
    let found = docx(&bytes).unwrap();
    let left: Vec<(DroppedKind, &str)> =
        found.left_out.iter().map(|left| (left.kind, &found.text[left.span.clone()])).collect();
    assert_eq!(
        left,
        [
            (DroppedKind::Unreadable, ""),
            (DroppedKind::RunningHead, "合同編號：8"),
            (DroppedKind::Unreadable, ""),
            (DroppedKind::Hidden, "價格待定"),
        ]
    );
    assert_eq!(docx(&package(picture, "", "")), Err(ExtractError::Pictures));
}

#[test]
fn unknown_signs_of_symbol_fonts_are_listed() {
    let font = r#"<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>"#;
    let body = format!("<w:p>{}{}</w:p>", run(font, "\u{F0FE}\u{F04A}"), run("", "自提"));
    assert_eq!(plain(&body), ["☑自提"]);
    assert_eq!(left_out(&body), [(DroppedKind::Unreadable, "\u{F04A}".to_owned())]);
}
