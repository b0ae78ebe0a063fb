//! Files that are no documents or would unpack to too much.

use proptest::prelude::*;

use super::super::within;
use super::*;
use crate::archive::Limits;

#[test]
fn files_without_a_document_are_rejected_with_the_reason() {
    let ole = |more: &str| {
        let more = more.encode_utf16().flat_map(u16::to_le_bytes);
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".iter().copied().chain(more).collect::<Vec<u8>>()
    };
    assert_eq!(reason(docx(&ole("WordDocument"))), "an old .doc file; save it as .docx");
    assert_eq!(
        reason(docx(&ole("EncryptedPackage"))),
        "it is protected by a password; save it without one"
    );
    assert_eq!(reason(docx(b"hello")), "it is no zip archive, or one cut short");
    let whole = package(&p("文"), "", "");
    assert_eq!(reason(docx(&whole[..whole.len() / 2])), "it is no zip archive, or one cut short");
    assert_eq!(reason(docx(&archive(&[("a.txt", b"")]))), "it holds no word/document.xml");

    let main = |xml: &str| reason(docx(&archive(&[("word/document.xml", xml.as_bytes())])));
    assert_eq!(main("<a/>"), "word/document.xml is no text of a word processor");
    for xml in [
        "<w:document",
        "<a><b></a>",
        "<a>",
        "<a>&x;</a>",
        "<a>&#0;</a>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>",
        &"<a>".repeat(2_000),
        &(0..200)
            .map(|n| format!("<a xmlns:a{n}='a' xmlns:b='b' xmlns:c='c'>"))
            .collect::<String>(),
    ] {
        let reason = main(xml);
        assert!(reason.starts_with("word/document.xml is no sound XML: "), "{reason}");
    }
    assert_eq!(
        reason(docx(&archive(&[("word/document.xml", b"<a>\xFF</a>")]))),
        "word/document.xml is not UTF-8"
    );
}

#[test]
fn nothing_in_it() {
    for body in ["", "<w:p/>", "<w:p><w:r><w:t xml:space=\"preserve\">　 </w:t></w:r></w:p>"] {
        assert_eq!(docx(&package(body, "", "")), Err(ExtractError::Empty));
    }
}

#[test]
fn the_unpacked_size_is_bounded() {
    let bytes = package(&p(&"文".repeat(1_000)), "", "");
    let tiny = Limits { part: 2_000, ..Limits::DEFAULT };
    assert_eq!(within(&bytes, tiny), Err(ExtractError::TooLarge { most: 2_000 }));
    let tiny = Limits { all: 3_500, ..Limits::DEFAULT };
    assert_eq!(within(&bytes, tiny), Err(ExtractError::TooLarge { most: 3_500 }));
    let tiny = Limits { entries: 2, ..Limits::DEFAULT };
    assert_eq!(reason(within(&bytes, tiny)), "it holds 3 parts, more than 2");
    assert!(within(&bytes, Limits::DEFAULT).is_ok());

    // Labels aren't part of any part's text.
    let lists = made(0, &[level(0, "decimal", &"第%1條".repeat(9), "")]) + &list(1, 0, "");
    let bytes = package(&item(1, 0, "").repeat(200), "", &lists);
    let tiny = Limits { part: 20_000, ..Limits::DEFAULT };
    assert_eq!(within(&bytes, tiny), Err(ExtractError::TooLarge { most: 20_000 }));
    assert!(within(&bytes, Limits::DEFAULT).is_ok());
}

/// Known elements in any order and nesting.
fn soup() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "w:p",
        "w:pPr",
        "w:rPr",
        "w:r",
        "w:t",
        "w:tbl",
        "w:tr",
        "w:tc",
        "w:del",
        "w:br",
        "w:tab",
        "w:txbxContent",
        "mc:AlternateContent",
        "mc:Choice",
        "mc:Fallback",
        "w:numPr",
        "w:num",
        "w:lvl",
        "w:abstractNum",
        "w:style",
        "w:pPrChange",
        "w:lvlOverride",
    ]);
    let empty = prop::sample::select(vec![
        r#"<w:numId w:val="1"/>"#,
        r#"<w:ilvl w:val="8"/>"#,
        r#"<w:ilvl w:val="99"/>"#,
        r#"<w:pStyle w:val="1"/>"#,
        r#"<w:outlineLvl w:val="255"/>"#,
        r#"<w:start w:val="4294967295"/>"#,
        r#"<w:lvlText w:val="%1%9%%0"/>"#,
        r#"<w:abstractNumId w:val="1"/>"#,
        "文 <w:t>字</w:t>",
    ]);
    let leaf = empty.prop_map(str::to_owned);
    leaf.prop_recursive(6, 60, 6, move |inner| {
        (name.clone(), prop::collection::vec(inner, 0..6)).prop_map(|(name, inner)| {
            let ids = r#"w:numId="1" w:abstractNumId="1" w:styleId="1" w:ilvl="8""#;
            format!("<{name} {ids}>{}</{name}>", inner.concat())
        })
    })
}

proptest! {
    #[test]
    fn any_bytes_give_text_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = docx(&bytes);
        let _ = docx(&archive(&[("word/document.xml", &bytes)]));
    }

    #[test]
    fn a_damaged_package_gives_text_or_an_error(at in 0usize..1_000, byte: u8) {
        let mut bytes = package(&item(1, 0, "文"), "", &list(1, 0, ""));
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = docx(&bytes);
    }

    #[test]
    fn any_elements_give_text_or_nothing(body in soup(), styles in soup(), numbering in soup()) {
        match docx(&package(&body, &styles, &numbering)) {
            Ok(text) => prop_assert!(!text.text.trim().is_empty()),
            Err(error) => prop_assert_eq!(error, ExtractError::Empty),
        }
    }
}
