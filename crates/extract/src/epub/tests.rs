use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use tiaowen_blocks::{BlockKind, DroppedKind, Layout};

use super::epub;
use crate::ExtractError;
use crate::compose::shown;

fn book(title: &str, pages: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &str| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    };
    add("mimetype", "application/epub+zip");
    add(
        "META-INF/container.xml",
        r#"<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#,
    );
    let items: String = pages
        .iter()
        .map(|(name, _)| {
            let properties = if name.starts_with("nav") { "nav" } else { "" };
            format!(r#"<item id="{name}" href="{}" media-type="application/xhtml+xml" properties="{properties}"/>"#, name.replace(' ', "%20"))
        })
        .collect();
    // The manifest has another order than the spine.
    let spine: String =
        pages.iter().rev().map(|(name, _)| format!(r#"<itemref idref="{name}"/>"#)).collect();
    add(
        "OEBPS/book.opf",
        &format!(
            r#"<package xmlns:dc="x"><metadata><dc:title>{title}</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"#
        ),
    );
    for (name, content) in pages {
        let page = format!(
            r#"<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head><body>{content}</body></html>"#
        );
        add(&format!("OEBPS/{name}"), &page);
    }
    more.iter().for_each(|(name, content)| add(name, content));
    archive.finish().unwrap().into_inner()
}

#[test]
fn pages_in_the_order_of_the_spine_below_the_title() {
    for (title, chapter, article) in
        [("基本法", "第二章", "第十二條　內容。"), ("基本法", "第二章", "第十二条　内容。")]
    {
        let second = format!(
            r##"<h1>{chapter}</h1><p>{article}<sup><a href="#n1">1</a></sup></p><aside id="n1" epub:type="footnote"><p>1 註。</p></aside>"##
        );
        let pages = [
            ("c 2.xhtml", second.as_str()),
            (
                "c1.xhtml",
                "<h1>第一章</h1><p>第一條　內容。</p><table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table>",
            ),
            ("nav.xhtml", "<nav><ol><li><a href='c1.xhtml'>第一章</a></li></ol></nav>"),
        ];
        let source = epub(&book(title, &pages, &[])).unwrap();
        let shown = shown(&source);
        let lines: Vec<&str> = shown.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(
            lines[..6],
            [
                "# 基本法",
                "## 第一章",
                "第一條　內容。",
                "甲\t乙",
                "丙\t丁",
                &format!("## {chapter}")
            ]
        );
        assert!(lines[6].starts_with(article), "{lines:?}");
        let contents =
            source.left_out.iter().find(|left| left.kind == DroppedKind::Contents).unwrap();
        assert!(source.text[contents.span.clone()].contains("第一章"));
        let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
        for block in blocks {
            if let BlockKind::Note { at } = block.kind {
                assert!(source.text[..at].ends_with(article), "{}", &source.text[..at]);
            }
        }
    }
}

#[test]
fn a_title_that_a_page_says_is_not_put_above_it() {
    let source =
        epub(&book("基本法", &[("a.xhtml", "<h1>基 本 法</h1><p>第一條　內容。</p>")], &[]))
            .unwrap();
    assert!(shown(&source).starts_with("# 基 本 法\n"), "{}", shown(&source));
}

#[test]
fn unreadable_files_are_rejected_with_the_reason() {
    let page = [("a.xhtml", "<p>第一條　內容。</p>")];
    let locked = book(
        "x",
        &page,
        &[(
            "META-INF/encryption.xml",
            r#"<encryption><CipherReference URI="OEBPS/a.xhtml"/></encryption>"#,
        )],
    );
    let fonts = book(
        "x",
        &page,
        &[(
            "META-INF/encryption.xml",
            r#"<encryption><CipherReference URI="OEBPS/a.ttf"/></encryption>"#,
        )],
    );
    assert!(epub(&fonts).is_ok());
    assert!(epub(&locked).unwrap_err().to_string().contains("protected against copying"));
    assert_eq!(epub(&book("x", &[("a.xhtml", "<p> </p>")], &[])), Err(ExtractError::Empty));
    assert_eq!(epub(b""), Err(ExtractError::Empty));
    assert!(epub(b"PK\x03\x04").unwrap_err().to_string().contains("no zip archive"));
}

#[test]
fn a_page_that_is_repeated_is_bounded_by_the_text() {
    let page = format!("<p>{}</p>", "條".repeat(1000));
    let bytes = book("書", &[("a.xhtml", &page), ("b.xhtml", &page)], &[]);
    assert!(super::within(&bytes, 7_000).is_ok());
    assert_eq!(super::within(&bytes, 4_000), Err(ExtractError::TooLarge { most: 4_000 }));
}
