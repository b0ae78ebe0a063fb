//! Files and texts that a page sends: compared and checked, and kept by nobody.

use std::fs;

use crate::served::Served;
use crate::util::{Workspace, bundled};

const HANT: &str = "合作協議\n\n一、雙方每年培訓25人。\n\n二、雙方交流資訊。（省公安廳）\n\n三、本協議自簽署之日起生效。\n";
const HANS: &str = "合作协议\n\n一、双方每年培训20人。\n\n二、双方交流信息。\n\n三、本协议自签署之日起生效。\n\n四、另有约定的除外。\n";

fn two_files<'a>(left: &'a [u8], right: &'a [u8]) -> Vec<(&'a str, Option<&'a str>, &'a [u8])> {
    vec![("left", Some("甲.txt"), left), ("right", Some("乙.txt"), right)]
}

#[test]
fn two_files_are_compared_on_the_page() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let files = two_files(HANT.as_bytes(), HANS.as_bytes());
    for (ui, number, right) in [
        ("hant", "1 項條款的數字或日期不同：", "1 項條款僅右方有："),
        ("hans", "1 项条款的数字或日期不同：", "1 项条款仅右方有："),
        ("en", "Figures or dates differ in 1 clauses:", "1 clauses are on the right only:"),
    ] {
        let got = served.send(&format!("/compare?ui={ui}"), &files);
        let page = got.text();
        assert_eq!(got.status, 200, "{page}");
        assert_eq!(got.header("cache-control").as_deref(), Some("no-store"));
        for told in [number, right, "培訓", "培训", "mark class=\"number\"", "mark class=\"units\""]
        {
            assert!(page.contains(told), "{told}: {page}");
        }
        // What is not kept can't be asked for again: no link leads to it.
        assert!(!page.contains("/documents/") && !page.contains("format=docx"), "{page}");
    }
    // Nothing of them is in the index, in its folder or in the log.
    assert_eq!(served.json("/api/v1/search", &[("q", "\"另有約定的除外\"")])["total"], 0);
    assert!(!served.log().contains("另有约定"));
    let kept = fs::read_dir(bench.path("index")).unwrap().map(|entry| entry.unwrap().path());
    for file in kept.filter(|file| file.is_file()) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(12).any(|part| part == "另有约定".as_bytes()), "{file:?}");
    }
}

#[test]
fn two_files_are_compared_into_a_file() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    for (format, begins, end) in [
        ("csv", "\u{feff}status".as_bytes(), "csv"),
        ("docx", b"PK", "docx"),
        ("html", b"<!DOCTYPE html>", "html"),
        ("tmx", b"<?xml", "tmx"),
        ("json", b"{", "json"),
    ] {
        let mut parts = two_files(HANT.as_bytes(), HANS.as_bytes());
        parts.push(("format", None, format.as_bytes()));
        let got = served.send("/compare", &parts);
        assert_eq!(got.status, 200, "{format}");
        assert!(got.body.starts_with(begins), "{format}");
        let name = got.header("content-disposition").unwrap();
        assert!(name.starts_with("attachment") && name.ends_with(&format!(".{end}\"")), "{name}");
    }
}

#[test]
fn files_that_are_no_documents_are_told_where_they_are_chosen() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let text = HANT.as_bytes();
    let several = std::fs::read(bundled().join("press-2017.zh-Hant-HK.md")).unwrap();
    let sent = |parts: &[(&str, Option<&str>, &[u8])]| {
        let got = served.send("/compare?ui=en", parts);
        (got.status, got.text())
    };
    let mut broken = two_files(text, b"PK\x03\x04 no archive");
    broken[1].1 = Some("乙.docx");
    let (status, page) = sent(&broken);
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("role=\"alert\"") && page.contains("乙</span>.docx"), "{page}");
    let (status, page) = sent(&two_files(text, b""));
    assert_eq!(status, 422, "{page}");
    let (status, page) = sent(&[("left", Some("甲.txt"), text), ("right", Some(""), b"")]);
    assert!(status == 422 && page.contains("Choose two files."), "{page}");
    let (status, page) = sent(&[("left", Some("甲.exe"), text), ("right", Some("乙.txt"), text)]);
    assert!(status == 422 && page.contains("甲</span>.exe"), "{page}");

    // Of several documents one is chosen by its number.
    let mut parts = two_files(&several, &several);
    parts[0].1 = Some("甲.md");
    parts[1].1 = Some("乙.md");
    let (status, page) = sent(&parts);
    let titles = ["帶路及創科合作續深化", "大灣區辦公室統籌各計劃"];
    assert!(status == 422 && titles.iter().all(|title| page.contains(title)), "{page}");
    parts.extend([("left_document", None, &b"1"[..]), ("right_document", None, b"2")]);
    let (status, page) = sent(&parts);
    assert!(status == 200 && page.contains("⇄"), "{page}");
    parts[2].2 = b"9";
    assert_eq!(sent(&parts).0, 400);

    let refused = served.raw(
        b"POST /compare HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\
          Content-Type: text/plain\r\nConnection: close\r\n\r\nleft",
        std::time::Duration::from_secs(10),
    );
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    let large = served.raw(
        b"POST /compare HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16777217\r\n\
          Content-Type: multipart/form-data; boundary=x\r\nConnection: close\r\n\r\n",
        std::time::Duration::from_secs(10),
    );
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
}

#[test]
fn a_text_is_checked_on_the_page() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let hits = served.json("/api/v1/search", &[("q", "培訓"), ("script", "hant")]);
    let clause = &hits["hits"][0]["clause"];
    let (citation, text) = (clause["citation"].as_str().unwrap(), clause["text"].as_str().unwrap());
    let quoted = text.split(['。', '\n']).next().unwrap();
    let wrong = quoted.replacen("培訓", "審訊", 1);
    let right = format!("{citation}：「{quoted}」\r\n");
    for (ui, good, bad) in [
        ("hant", "沒有錯誤", "1 處有問題"),
        ("hans", "没有错误", "1 处有问题"),
        ("en", "Nothing wrong in 1", "1 of 1 citations"),
    ] {
        let sent = |text: &str| {
            let got = served.send(&format!("/verify?ui={ui}"), &[("text", None, text.as_bytes())]);
            assert_eq!(got.status, 200);
            assert_eq!(got.header("cache-control").as_deref(), Some("no-store"));
            got.text()
        };
        let page = sent(&right);
        assert!(page.contains(good) && page.contains("/clauses/"), "{page}");
        if wrong != quoted {
            let page = sent(&format!("{citation}：「{wrong}」"));
            assert!(page.contains(bad) && page.contains("審訊<span"), "{page}");
        }
    }
    // The same from a file, and nothing at all.
    let file = served.send("/verify?ui=en", &[("file", Some("a.txt"), right.as_bytes())]);
    assert!(file.text().contains("Nothing wrong in 1"), "{}", file.text());
    let empty = served.send("/verify?ui=en", &[("text", None, b" "), ("file", Some(""), b"")]);
    assert_eq!(empty.status, 422);
    let parts: [(&str, Option<&str>, &[u8]); 2] =
        [("text", None, right.as_bytes()), ("format", None, b"docx")];
    assert_eq!(served.send("/verify", &parts).status, 422);
}
