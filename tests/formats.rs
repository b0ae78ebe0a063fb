//! The formats and encodings of offices.

use encoding_rs::{BIG5, GB18030};
use serde_json::Value;

use crate::util::{Workspace, bundled, bundled_sources};

const HANT: &str =
    "粵港旅遊合作協議\r\n\r\n一、雙方同意加強旅遊合作。\r\n\r\n二、本協議有效期為三年。";
const HANS: &str =
    "粤港旅游合作协议\r\n\r\n一、双方同意加强旅游合作。\r\n\r\n二、本协议有效期为三年。";

fn texts(bench: &Workspace, file: &str) -> Vec<String> {
    let ran = bench.run(&["clauses", file, "--format", "jsonl"]);
    assert_eq!(ran.code, 0, "{file}: {}", ran.err);
    let clause = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    ran.out.lines().map(|line| clause(line)["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_encoding_gives_the_same_clauses() {
    let bench = Workspace::new();
    let utf16 = |text: &str, little: bool| -> Vec<u8> {
        let mark = std::iter::once(0xFEFF);
        let units = mark.chain(text.encode_utf16());
        units
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    for (text, national) in [(HANT, BIG5), (HANS, GB18030)] {
        let script = if national == BIG5 { "hant" } else { "hans" };
        let name = |end: &str| format!("{script}/{end}.txt");
        bench.write(&name("utf8"), text);
        bench.write(&name("marked"), ["\u{FEFF}", text].concat());
        bench.write(&name("little"), utf16(text, true));
        bench.write(&name("big"), utf16(text, false));
        bench.write(&name("national"), national.encode(text).0);
        let expected = texts(&bench, &name("utf8"));
        assert_eq!(expected.len(), 2);
        for end in ["marked", "little", "big", "national"] {
            assert_eq!(texts(&bench, &name(end)), expected, "{script} {end}");
        }
    }
    let report = bench.json(&["index", "hant", "hans", "--format", "json"]);
    let decoded = report["decoded"].as_array().unwrap();
    let encodings: std::collections::BTreeSet<&str> =
        decoded.iter().map(|one| one["encoding"].as_str().unwrap()).collect();
    assert!(encodings.contains("Big5") && encodings.contains("GB18030"), "{report}");
    for query in ["旅遊合作", "旅游合作"] {
        assert!(bench.search(query, &[])["total"].as_u64().unwrap() > 0);
    }
}

#[test]
fn what_cannot_be_decoded_is_named_and_the_rest_goes_on() {
    let bench = Workspace::new();
    let mut broken = BIG5.encode(HANT).0.into_owned();
    let length = broken.len();
    // A single invalid byte is reported; many mean another encoding, or no text.
    for at in [length - 16, length - 10, length - 4] {
        broken[at] = 0xFF;
    }
    bench.write("docs/broken.txt", broken);
    bench.write("docs/good.txt", HANS);
    let ran = bench.run(&["index", "docs", "--format", "json"]);
    assert_eq!(ran.code, 2);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["added"], 1);
    let reason = report["failed"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("Big5") && reason.contains("line 5"), "{reason}");
    assert_eq!(bench.search("旅遊", &[])["total"], 1);
}

#[test]
fn a_page_is_read_without_its_menus() {
    let bench = Workspace::new();
    let page = "<!DOCTYPE html><html><head><meta charset=\"big5\"><title>新聞 | 某署</title></head>\
        <body><nav><a href=/>主頁</a> <a href=/a>關於我們</a></nav>\
        <div id=main><h1>粵港旅遊合作協議</h1><p>一、雙方同意加強旅遊合作。</p>\
        <p>二、本協議有效期為三年，<br>期滿另議。</p></div>\
        <footer>版權所有 © 某署</footer></body></html>";
    bench.write("docs/page.html", BIG5.encode(page).0);
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let answer = bench.search("旅游合作", &[]);
    let clause = &answer["hits"][0]["clause"];
    assert_eq!(clause["document"]["title"], "粵港旅遊合作協議");
    assert_eq!(clause["text"], "雙方同意加強旅遊合作。");
    for menu in ["關於我們", "版權所有"] {
        assert_eq!(bench.search(&format!("「{menu}」"), &[])["total"], 0, "{menu}");
    }
}

#[test]
fn an_office_document_is_read() {
    let bench = Workspace::indexed(&bundled());
    let versions = bench.json(&["pairs", "--format", "json"]);
    let mut pairs = versions["pairs"].as_array().unwrap().iter();
    let pair = pairs.find(|pair| pair["left"]["kind"] == "memorandum").unwrap();
    let (left, right) = (&pair["left"]["id"], &pair["right"]["id"]);
    let (left, right) = (left.as_str().unwrap(), right.as_str().unwrap());
    std::fs::create_dir(bench.path("docs")).unwrap();
    let written =
        bench.run(&["compare", left, right, "--format", "docx", "--output", "docs/report.docx"]);
    assert_eq!(written.code, 0, "{}", written.err);
    let read = texts(&bench, "docs/report.docx").join("\n");
    let shown = bench.json(&["show", left, "--format", "json"]);
    let clauses = shown["clauses"].as_array().unwrap();
    let held = clauses.iter().filter(|clause| {
        let first = clause["text"].as_str().unwrap().lines().next().unwrap();
        read.contains(first)
    });
    assert!(held.count() * 10 >= clauses.len() * 8, "{read}");
    bench.write("docs/old.docx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on".as_slice());
    bench.write("docs/broken.docx", b"PK\x03\x04 and nothing".as_slice());
    for file in ["docs/old.docx", "docs/broken.docx"] {
        let ran = bench.run(&["clauses", file]);
        assert_eq!(ran.code, 2, "{file}");
        assert!(ran.err.contains(file), "{}", ran.err);
    }
}

#[test]
fn a_pdf_is_read_and_pictures_of_pages_are_told() {
    let bench = Workspace::new();
    let page = format!(
        "<html lang=zh-Hant><meta charset=utf-8><body>{}</body></html>",
        HANT.lines().map(|line| format!("<p>{line}</p>")).collect::<String>()
    );
    let Some(pdf) = crate::exports::as_pdf(&bench, &page) else { return };
    assert_eq!(
        texts(&bench, pdf.to_str().unwrap()),
        texts(&bench, {
            bench.write("plain.txt", HANT);
            "plain.txt"
        })
    );
    let blank =
        "<html><body><svg width=300 height=300><rect width=200 height=200 /></svg></body></html>";
    let Some(pdf) = crate::exports::as_pdf(&bench, blank) else { return };
    let ran = bench.run(&["clauses", "--ocr", "never", pdf.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no text layer"), "{}", ran.err);
    bench.write("broken.pdf", b"%PDF-1.4 and nothing".as_slice());
    let ran = bench.run(&["clauses", "broken.pdf"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("broken.pdf"), "{}", ran.err);
}

#[test]
fn the_files_of_an_archive_are_sources() {
    use std::io::Write;
    let bench = Workspace::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in [
        ("協議/甲.txt", HANT.as_bytes().to_vec()),
        ("乙.txt", GB18030.encode(HANS).0.into_owned()),
        ("__MACOSX/._乙.txt", b"junk".to_vec()),
        ("picture.jpg", b"junk".to_vec()),
        ("broken.txt", b"caf\xE9 \xFF\xFF".to_vec()),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    bench.write("docs/batch.zip", zip.finish().unwrap().into_inner());
    bench.write("docs/again.txt", HANT);
    let ran = bench.run(&["index", "docs", "--format", "json"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["added"], 2, "{report}");
    assert_eq!(report["duplicates"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["failed"][0]["source"], "batch.zip/broken.txt");
    assert_eq!(report["decoded"][0]["source"], "batch.zip/乙.txt");
    let answer = bench.search("旅遊合作", &["--no-group"]);
    let mut sources: Vec<&str> = answer["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["clause"]["document"]["source"].as_str().unwrap())
        .collect();
    sources.sort_unstable();
    assert_eq!(sources, ["again.txt", "batch.zip/乙.txt"]);
    let again: Value =
        serde_json::from_str(&bench.run(&["index", "docs", "--format", "json"]).out).unwrap();
    assert_eq!((&again["added"], &again["unchanged"]), (&0.into(), &2.into()), "{again}");
    assert_eq!(bench.run(&["check"]).code, 0);
    bench.write("docs/no.zip", b"PK and nothing".as_slice());
    let ran = bench.run(&["index", "docs"]);
    assert!(ran.err.contains("no.zip: it can't be read as an archive"), "{}", ran.err);
}

#[test]
fn ready_made_clauses_are_indexed_as_they_are() {
    let bench = Workspace::indexed(&bundled());
    let files: Vec<String> =
        bundled_sources().iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let args: Vec<&str> = ["clauses", "--format", "jsonl"]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    let lines = bench.run(&args).out;
    bench.write("made/all.jsonl", &lines);
    let report = bench.json(&["index", "made", "--index", "other", "--format", "json"]);
    assert_eq!(report["clauses"], bench.json(&["status", "--format", "json"])["clauses"]);
    // The same clauses with the same ids, found by the same queries in either script.
    for query in ["知識產權", "知识产权", "質素"] {
        let hits = |index: &str| {
            let answer = bench.search(query, &["--index", index, "--limit", "50", "--no-group"]);
            let mut hits: Vec<(String, String)> = answer["hits"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| (hit["clause"]["id"].to_string(), hit["clause"]["text"].to_string()))
                .collect();
            hits.sort();
            hits
        };
        assert_eq!(hits("index"), hits("other"), "{query}");
    }
    assert_eq!(bench.run(&["check", "--index", "other"]).code, 0);
    bench.write("made/bad.jsonl", "{\"text\": \"一\"}\n{\"txt\": \"二\"}");
    let ran = bench.run(&["index", "made", "--index", "other"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("bad.jsonl: line 2: this is no clause"), "{}", ran.err);
}
