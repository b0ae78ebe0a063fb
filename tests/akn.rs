//! Clauses as Akoma Ntoso, and read back.

use std::fs;

use serde_json::Value;

use crate::util::{Workspace, bundled};

/// What must come back of a clause, and of its document.
const OF_CLAUSE: [&str; 7] = ["kind", "label", "path", "eid", "heading", "headings", "text"];
const OF_DOCUMENT: [&str; 9] =
    ["title", "number", "kind", "date", "date_is", "parties", "place", "language", "script"];

fn clauses(bench: &Workspace, files: &[&str]) -> Vec<Value> {
    let args = [&["clauses", "--format", "jsonl"], files].concat();
    let ran = bench.run(&args);
    assert_eq!(ran.code, 0, "{files:?}: {}", ran.err);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[track_caller]
fn comes_back(bench: &Workspace, files: &[&str]) -> String {
    let ran = bench.run(&[&["clauses", "--format", "akn"], files].concat());
    assert_eq!(ran.code, 0, "{files:?}: {}", ran.err);
    bench.write("out.xml", &ran.out);
    let (own, read) = (clauses(bench, files), clauses(bench, &["out.xml"]));
    assert_eq!(own.len(), read.len(), "{files:?}");
    for (own, read) in own.iter().zip(&read) {
        for field in OF_CLAUSE {
            assert_eq!(own[field], read[field], "{field} of {}", own["id"]);
        }
        for field in OF_DOCUMENT {
            let (own, read) = (&own["document"], &read["document"]);
            assert_eq!(own[field], read[field], "{field} of {}", own["id"]);
        }
    }
    ran.out
}

#[test]
fn what_is_exported_is_read_back_the_same() {
    let bench = Workspace::new();
    let mut files: Vec<String> = fs::read_dir(bundled())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md" || end == "txt"))
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    files.sort();
    for file in &files {
        comes_back(&bench, &[file]);
    }
    let all: Vec<&str> = files.iter().map(String::as_str).collect();
    comes_back(&bench, &all);
}

#[test]
fn levels_tables_and_odd_characters_come_back() {
    let bench = Workspace::new();
    for (name, text) in [
        (
            "law.txt",
            "粵港合作辦法\n\n第一章 總則\n\n第一條 為規定「<事項>」&其他，制定本辦法。\n\n第二條 雙方應當：\n（一）每年會面；\n（二）互相通報。\n\n\
             第二章 分則\n\n第一節 會面\n\n第三條 會面由雙方商定。\n\n第三條 同號的一條。\n\n2017年11月\n",
        ),
        (
            "plan.txt",
            "粤港合作计划\n\n为加强合作，双方同意：\n\n一、会面\n\n（一）每年会面，内容包括：\n\n1. 旅游；\n\n2. 教育。\n\n（二）互相通报。\n\n二、其他事项由双方商定。\n\n\
             甲方代表　　乙方代表\n二〇一七年十一月十八日\n",
        ),
        (
            "table.md",
            "# 甲協議\n\n一、收費如下：\n\n| 項目 | 金額 |\n|---|---|\n| 會面 | 800² 元 |\n\n二、其他。\n",
        ),
    ] {
        bench.write(name, text);
        let xml = comes_back(&bench, &[name]);
        assert!(
            xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<akomaNtoso"),
            "{xml}"
        );
    }
    let law = comes_back(&bench, &["law.txt"]);
    for piece in [
        "<act name=\"law\">",
        "<chapter eId=\"chp_1\">\n<num>第一章</num>\n<heading>總則</heading>",
        "<article eId=\"chp_1__art_1\" class=\"clause article\">\n<num>第一條</num>\n<content>",
        "<p>為規定「&lt;事項&gt;」&amp;其他，制定本辦法。</p>",
        "<FRBRlanguage language=\"zh-Hant",
    ] {
        assert!(law.contains(piece), "{piece}: {law}");
    }
    // Each id is there once.
    let ids: Vec<&str> = law
        .match_indices("eId=\"")
        .map(|(at, _)| law[at + 5..].split('"').next().unwrap())
        .collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "{ids:?}");
}

#[test]
fn two_scripts_are_expressions_of_one_work() {
    let bench = Workspace::new();
    bench.write("hant.txt", "粵港旅遊合作備忘錄\n\n第一條　雙方每年會面一次，就旅遊事項互相通報。\n\n第二條　雙方應當共同推廣旅遊線路。\n");
    bench.write("hans.txt", "粤港旅游合作备忘录\n\n第一条　双方每年会面一次，就旅游事项互相通报。\n\n第二条　双方应当共同推广旅游线路。\n");
    bench.write("other.txt", "粵港漁業協議\n\n第一條　雙方保護漁業資源，並交換捕撈許可的名單。\n");
    let xml = comes_back(&bench, &["hant.txt", "hans.txt", "other.txt"]);
    let works: Vec<&str> = xml
        .match_indices("<FRBRWork>")
        .map(|(at, _)| {
            let uri = &xml[at..][xml[at..].find("FRBRuri value=\"").unwrap() + 15..];
            uri.split('"').next().unwrap()
        })
        .collect();
    // That of the collection first.
    assert_eq!(works.len(), 4, "{works:?}");
    assert_eq!(works[1], works[2]);
    assert_ne!(works[1], works[3]);
    for language in ["zh-Hant", "zh-Hans"] {
        assert!(xml.contains(&format!("<FRBRlanguage language=\"{language}")), "{language}: {xml}");
    }
    assert!(xml.contains("eId=\"cmp_2__art_1\""), "{xml}");
}
