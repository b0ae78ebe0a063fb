use tiaowen_blocks::Layout;

use super::statute;
use crate::ExtractError;

fn lines(xml: &str) -> Vec<String> {
    let source = statute(xml.as_bytes()).unwrap();
    assert_eq!(source.layout, Layout::ClauseLines);
    source.text.lines().map(str::to_owned).collect()
}

#[test]
fn akoma_ntoso_gives_its_clauses_with_ids_and_headings() {
    for (language, title, part, text) in
        [("zh-Hant", "基本條例", "總則", "第一款。"), ("zh-Hans", "基本条例", "总则", "第一款。")]
    {
        let xml = format!(
            r#"<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><meta><identification><FRBRExpression><FRBRdate date="2017-11-18" name=""/><FRBRlanguage language="{language}"/></FRBRExpression></identification></meta>
            <preface><p><docTitle>{title}</docTitle></p></preface><preamble><p>為規定事項。</p></preamble>
            <body><chapter eId="chp_1"><num>第一章</num><heading>{part}</heading><article eId="chp_1__art_1"><num>第一條</num><heading>目的</heading>
            <paragraph eId="x"><num>（一）</num><content><p>{text}<authorialNote marker="1"><p>註。</p></authorialNote></p></content></paragraph>
            <paragraph><num>（二）</num><intro><p>下列：</p></intro><point><num>1.</num><content><p>甲<del>刪</del>"乙"。</p></content></point></paragraph></article></chapter></body></act></akomaNtoso>"#
        );
        let lines = lines(&xml);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(
            lines[0].contains("\"preamble\"") && lines[0].contains("為規定事項。"),
            "{lines:?}"
        );
        for piece in [
            format!("\"title\":\"{title}\""),
            "\"date\":\"2017-11-18\"".to_owned(),
            format!("\"language\":\"{language}\""),
            "\"label\":\"第一條\"".to_owned(),
            "\"path\":[\"第一章\",\"第一條\"]".to_owned(),
            "\"eid\":\"chp_1__art_1\"".to_owned(),
            "\"heading\":\"目的\"".to_owned(),
            format!("\"headings\":[\"{part}\"]"),
            format!("\"text\":\"（一） {text}\\n註。\\n（二） 下列：\\n1. 甲\\\"乙\\\"。\""),
        ] {
            assert!(lines[1].contains(&piece), "{piece}: {}", lines[1]);
        }
        assert_eq!(statute(xml.as_bytes()).unwrap().left_out.len(), 1);
    }
}

#[test]
fn laws_of_hong_kong_and_taiwan() {
    let hong_kong = r#"<lawDoc xmlns="http://www.xml.gov.hk/schemas/hklm/1.0"><meta><docName>第1章</docName><docNumber>1</docNumber><language>zh-Hant-HK</language></meta><main><longTitle><content>本條例旨在訂明。</content></longTitle><part name="p1"><num>第I部</num><heading>導言</heading><section name="s1" id="ID_1"><num>1.</num><heading>簡稱</heading><content>本條例可引稱為《釋義》。</content></section><section name="s2"><num>2.</num><heading>適用</heading><subsection name="s2(1)"><num>(1)</num><content>除另有規定外。</content></subsection><sourceNote>(由1993年第89號修訂)</sourceNote></section></part></main></lawDoc>"#;
    let read = lines(hong_kong);
    assert_eq!(read.len(), 3, "{read:?}");
    assert!(read[1].contains("\"eid\":\"s1\"") && read[1].contains("\"label\":\"1.\""), "{read:?}");
    assert!(read[2].contains("\"text\":\"(1) 除另有規定外。\\n(由1993年第89號修訂)\""), "{read:?}");
    let taiwan = "<LAWS><法規><法規名稱>民法</法規名稱><最新異動日期>20210120</最新異動日期><法規內容><編章節>第 一 編 總則</編章節><編章節>   第 一 章 法例</編章節><條文><條號>第 1 條</條號><條文內容>民事，法律所未規定者，依習慣。\n無習慣者，依法理。</條文內容></條文><編章節>   第 二 章 人</編章節><條文><條號>第 12-1 條</條號><條文內容>內容。</條文內容></條文></法規內容></法規></LAWS>";
    let read = lines(taiwan);
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(
        read[0].contains("\"date\":\"2021-01-20\"") && read[0].contains("依習慣。\\n無習慣"),
        "{read:?}"
    );
    assert!(
        read[1].contains("\"headings\":[\"總則\",\"人\"]")
            && read[1].contains("\"eid\":\"art_12-1\""),
        "{read:?}"
    );
}

#[test]
fn unreadable_files_are_rejected_with_the_reason() {
    let deep = format!("<akomaNtoso>{}{}</akomaNtoso>", "<a>".repeat(300), "</a>".repeat(300));
    for (xml, reason) in [
        ("<project/>", "<project> is no law whose clauses are marked"),
        ("<akomaNtoso>", "cut short"),
        (
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><akomaNtoso>&x;</akomaNtoso>",
            "document type",
        ),
        (&deep, "too deep"),
    ] {
        let error = statute(xml.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    assert_eq!(statute(b"<akomaNtoso/>"), Err(ExtractError::Empty));
    assert_eq!(statute(b" "), Err(ExtractError::Empty));
}
