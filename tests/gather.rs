//! Clauses gathered into a report: as JSON, a table, a workbook and a document.

use std::io::{Cursor, Read};
use std::process::Command;

use crate::exports::viewer;
use crate::served::Served;
use crate::util::{Workspace, bundled};

const PUBLIC: &str = "https://example.org/clauses";

/// A part of an office document.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut content = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut content).unwrap();
    content
}

#[test]
fn gathered_clauses_have_their_citation_link_and_other_version() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let hits = served.json("/api/v1/search", &[("q", "知識產權"), ("limit", "3")]);
    let hits = hits["hits"].as_array().unwrap();
    let ids: Vec<&str> = hits.iter().map(|hit| hit["clause"]["id"].as_str().unwrap()).collect();
    let asked: Vec<(&str, &str)> = ids.iter().map(|id| ("id", *id)).collect();
    let json = served.json("/api/v1/gather", &asked);
    let clauses = json["clauses"].as_array().unwrap();
    assert_eq!(clauses.len(), 3);
    for (one, hit) in clauses.iter().zip(hits) {
        assert_eq!(one["clause"], hit["clause"]);
        let others = one["counterparts"].as_array().unwrap().iter();
        let others: Vec<_> = others.map(|other| other["id"].clone()).collect();
        assert_eq!(others, *hit["counterparts"].as_array().unwrap());
    }
    let text = |clause: &serde_json::Value| clause["text"].as_str().unwrap().to_owned();
    let texts = clauses.iter().map(|one| (text(&one["clause"]), text(&one["counterparts"][0])));
    let texts: Vec<(String, String)> = texts.collect();
    let get = |format: &str| {
        let asked = [asked.clone(), vec![("format", format)]].concat();
        let got = served.ask("/api/v1/gather", &asked, &[]);
        assert_eq!(got.status, 200, "{format}: {}", got.text());
        got.body
    };
    let table = String::from_utf8(get("csv")).unwrap();
    assert!(table.starts_with("\u{feff}citation,text,date,parties,units,"), "{table}");
    let sheet = part(&get("xlsx"), "xl/worksheets/sheet1.xml");
    let document = part(&get("docx"), "word/document.xml");
    for (id, (text, other)) in ids.iter().zip(&texts) {
        let first = |text: &str| text.lines().next().unwrap().to_owned();
        for (what, content) in [("csv", &table), ("xlsx", &sheet), ("docx", &document)] {
            assert!(content.contains(&first(text)), "{what}: {text}");
            assert!(content.contains(&first(other)), "{what}: {other}");
            assert!(content.contains(&format!("{PUBLIC}/clauses/{id}")), "{what}: {id}");
        }
    }
}

#[test]
fn what_can_t_be_gathered_is_told() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    assert_eq!(served.get("/api/v1/gather").status, 400);
    assert_eq!(served.get("/api/v1/gather?id=nothing.art_1").status, 404);
    assert_eq!(served.get("/api/v1/gather?id=a&format=odt").status, 400);
    let many = format!("/api/v1/gather?{}", ["id=a"; 201].join("&"));
    assert_eq!(served.get(&many).status, 400);
    // The page without anything says what to do.
    let page = served.get("/gather?ui=en").text();
    assert!(page.contains("tick results of a search"), "{page}");
}

#[test]
fn gathered_files_open_in_other_programs() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let hits = served.json("/api/v1/search", &[("q", "知識產權"), ("limit", "2")]);
    let id = hits["hits"][0]["clause"]["id"].as_str().unwrap();
    let text = hits["hits"][0]["clause"]["text"].as_str().unwrap();
    let first = text.lines().next().unwrap();
    let write = |format: &str| {
        let got = served.ask("/api/v1/gather", &[("id", id), ("format", format)], &[]);
        bench.write(&format!("gathered.{format}"), &got.body)
    };
    // A workbook is read by the reader of tables.
    let workbook = write("xlsx");
    let read = bench.run(&["clauses", workbook.to_str().unwrap(), "--format", "csv"]).out;
    assert!(read.contains(first), "{read}");

    let Some(office) = viewer(&["soffice", "libreoffice"]) else { return };
    let document = write("docx");
    let converted = Command::new(&office)
        .arg(format!("-env:UserInstallation=file://{}", bench.path("office").display()))
        .args(["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir"])
        .arg(bench.path(""))
        .arg(&document)
        .output()
        .unwrap();
    assert!(converted.status.success());
    let read = std::fs::read_to_string(document.with_extension("txt")).unwrap();
    assert!(read.contains(first), "{read}");
}

#[test]
fn who_must_do_what_is_a_table() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let listed = served.json("/api/v1/documents", &[("title", "知識產權"), ("limit", "100")]);
    let plan = |language: &str| {
        let mut all = listed["documents"].as_array().unwrap().iter();
        let source = format!("ip-protection-2017.{language}.md");
        let plan = all.find(|one| one["source"] == *source).unwrap();
        plan["id"].as_str().unwrap().to_owned()
    };
    let (left, right) = (plan("zh-Hant-HK"), plan("zh-Hans-CN"));
    let sides = [("left", &*left), ("right", &*right)];
    let json = served.json("/api/v1/units", &sides);
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.len() > 5, "{json}");
    for row in rows {
        let (on_left, on_right) = (&row["on_left"] == true, &row["on_right"] == true);
        assert!(on_left || on_right, "{row}");
        assert!(!on_left || row["left"]["citation"].is_string(), "{row}");
        assert!(!on_right || row["right"]["citation"].is_string(), "{row}");
    }
    // Units of one name follow one another.
    let mut names: Vec<String> =
        rows.iter().map(|row| row["unit"].as_str().unwrap().to_owned()).collect();
    names.dedup();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
    for format in ["csv", "xlsx"] {
        let got = served.ask("/api/v1/units", &[sides[0], sides[1], ("format", format)], &[]);
        assert_eq!(got.status, 200, "{format}");
        let table = match format {
            "csv" => got.text(),
            _ => part(&got.body, "xl/worksheets/sheet1.xml"),
        };
        for row in rows {
            assert!(table.contains(row["unit"].as_str().unwrap()), "{format}: {row}");
        }
    }
    // A comparison leads there.
    let page = served.get(&format!("/compare?left={left}&right={right}&ui=en")).text();
    assert!(page.contains("/units?left="), "{page}");
    let page = served.get(&format!("/units?left={left}&right={right}&ui=en")).text();
    assert!(page.contains("Who must do what") && page.contains("scope=\"row\""), "{page}");
}

#[test]
fn documents_are_listed_by_when_they_came_and_without_a_date() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方合作。\n\n二〇一七年十一月十八日\n");
    bench.write("docs/b.txt", "乙協議\n\n一、雙方交流。\n");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let total = |more: &[&str]| {
        let args = [&["list", "--format", "json"], more].concat();
        serde_json::from_str::<serde_json::Value>(&bench.run(&args).out).unwrap()["total"].clone()
    };
    assert_eq!(total(&["--added-since", "2020"]), 2);
    assert_eq!(total(&["--added-since", "2099-01"]), 0);
    assert_eq!(bench.run(&["list", "--added-since", "soon"]).code, 2);
    let served = Served::start(&bench, &[]);
    let titles = |query: &[(&str, &str)]| -> Vec<String> {
        let listed = served.json("/api/v1/documents", query);
        let all = listed["documents"].as_array().unwrap().iter();
        all.map(|one| one["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&[("undated", "true")]), ["乙協議"]);
    assert_eq!(titles(&[("from", "2017")]), ["甲協議"]);
    assert_eq!(titles(&[("added_since", "2020-06-30")]).len(), 2);
    assert!(titles(&[("added_since", "2099")]).is_empty());
    // The page says how many the dates leave out, and leads to them.
    for (ui, told) in [
        ("hant", "另有 1 份沒有日期"),
        ("hans", "另有 1 份没有日期"),
        ("en", "1 more without a date"),
    ] {
        let page = served.get(&format!("/documents?from=2017&ui={ui}")).text();
        assert!(page.contains(told) && page.contains("undated=true"), "{page}");
        let page = served.get(&format!("/documents?undated=true&ui={ui}")).text();
        assert!(page.contains("乙協議") && !page.contains("甲協議"), "{page}");
    }
}
