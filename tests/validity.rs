//! The validity that documents state.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::served::Served;
use crate::util::{Workspace, bundled, ids, real};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// The validity of each document, by source and position: title, first day, last day.
fn said(bench: &Workspace) -> BTreeMap<(String, u64), (String, String, String, bool)> {
    let served = Served::start(bench, &[]);
    let all = served.json("/api/v1/documents", &[("limit", "100")]);
    let all = all["documents"].as_array().unwrap();
    all.iter()
        .map(|document| {
            let part = |field: &str| text(&document[field]).to_owned();
            let said =
                (part("title"), part("valid_from"), part("valid_to"), document["renews"] == true);
            // A document with a stated day also has the clause that states it.
            let quiet = said.1.is_empty() && said.2.is_empty();
            assert_eq!(document["validity_clauses"].as_array().unwrap().is_empty(), quiet);
            ((part("source"), document["ordinal"].as_u64().unwrap()), said)
        })
        .collect()
}

/// Judged by reading the documents.
#[test]
fn real_documents_say_when_they_are_in_force() {
    let Some(folder) = real() else { return };
    let bench = Workspace::indexed(&folder);
    let expected = [
        ("000_", "粵港勞動監察交流及培訓合作機制協議", "2017-11-18", "2022-12-31", false),
        ("000_", "粵港保護知識產權合作協議(2017年-2018年)", "2017-11-18", "", false),
        ("000_", "粵港醫療交流合作備忘錄", "2017-11-18", "2022-11-18", false),
        ("000_", "關於加強粵港高等教育交流合作備忘錄", "2017-11-18", "2022-11-18", false),
        ("000_", "粵港科技創新交流合作安排", "2017-11-18", "2022-11-18", true),
        ("000_", "關於加強粵港青少年交流合作的協議", "2017-11-18", "", false),
        ("000_", "加強粵港建築及相關工程服務合作意向書", "2017-11-18", "", false),
        ("004_", "粵港食品安全工作交流與合作協議", "2015-09-09", "", false),
        ("004_", "粵港姊妹學校合作協議", "2015-09-09", "", false),
        ("004_", "粵港保護知識產權合作協議(2015年-2016年)", "2015-09-09", "", false),
        (
            "004_",
            "粵港澳三地搜救機構《客船與搜救中心合作計劃》互認合作安排",
            "2015-09-09",
            "",
            false,
        ),
        ("004_", "加強跨境貿易電子商務合作協議", "2015-09-09", "2018-09-09", false),
    ];
    let found: Vec<_> = said(&bench)
        .into_iter()
        .filter(|(_, (_, from, to, _))| !from.is_empty() || !to.is_empty())
        .map(|((source, _), (title, from, to, renews))| {
            (source[..4].to_owned(), title, from, to, renews)
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(source, title, from, to, renews)| {
            let own = [*source, *title, *from, *to].map(str::to_owned);
            let [source, title, from, to] = own;
            (source, title, from, to, *renews)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn both_scripts_say_the_same() {
    let bench = Workspace::indexed(&bundled());
    let all = said(&bench);
    let mut days = 0;
    for ((source, ordinal), own) in &all {
        let Some(stem) = source.strip_suffix(".zh-Hant-HK.md") else { continue };
        let other = &all[&(format!("{stem}.zh-Hans-CN.md"), *ordinal)];
        let (mine, theirs) = ((&own.1, &own.2, own.3), (&other.1, &other.2, other.3));
        assert_eq!(mine, theirs, "{stem}");
        days += usize::from(!own.1.is_empty());
    }
    assert!(days >= 10, "{days} say it");
}

#[test]
fn a_search_finds_what_is_in_force() {
    let bench = Workspace::new();
    for (name, text) in [
        (
            "ends",
            "粵港甲合作協議\n\n一、雙方開展培訓。\n\n二、本協議自簽署之日起生效，有效期五年。\n\n2017年11月18日\n",
        ),
        (
            "renews",
            "粵港乙合作安排\n\n一、雙方開展培訓。\n\n二、本安排自簽署之日起生效，有效期五年，期滿自動延長。\n\n2017年11月18日\n",
        ),
        (
            "open",
            "粤港丙合作协议\n\n一、双方开展培训。\n\n二、本协议自签署之日起生效。\n\n2017年11月18日\n",
        ),
        ("quiet", "粵港丁合作協議\n\n一、雙方開展培訓。\n\n二、雙方各執一份。\n\n2017年11月18日\n"),
    ] {
        bench.write(&format!("a/{name}.txt"), text);
    }
    assert_eq!(bench.run(&["index", "a"]).code, 0);
    let served = Served::start(&bench, &[]);
    let found = |date: &str, query: &str| {
        let told = bench.search(query, &["--in-force", date, "--no-group"]);
        let api =
            served.json("/api/v1/search", &[("q", query), ("in_force", date), ("group", "false")]);
        assert_eq!(ids(&told), ids(&api));
        let hits = told["hits"].as_array().unwrap().iter();
        let sources = hits.map(|hit| text(&hit["clause"]["document"]["source"]).to_owned());
        let mut sources: Vec<String> =
            sources.map(|source| source.trim_end_matches(".txt").to_owned()).collect();
        sources.sort();
        sources.dedup();
        sources.join(" ")
    };
    for query in ["培訓", "培训"] {
        assert_eq!(found("2017-11-17", query), "", "not yet");
        assert_eq!(found("2017-11-18", query), "ends open renews");
        assert_eq!(found("2017", query), "ends open renews", "in that year");
        assert_eq!(found("2022-11-18", query), "ends open renews", "on the last day");
        assert_eq!(found("2022-11-19", query), "open renews");
        assert_eq!(found("2030", query), "open renews");
    }
    let wrong = bench.run(&["search", "培訓", "--in-force", "soon"]);
    assert!(wrong.code == 2 && wrong.err.contains("2017-11-18"), "{}", wrong.err);
    assert_eq!(served.get("/api/v1/search?q=a&in_force=soon").status, 400);
    // Shown on the page and in the terminal, with the clause that states it.
    let hit = bench.search("甲合作協議", &[])["hits"][0]["clause"]["document"].clone();
    let id = text(&hit["id"]);
    assert_eq!(hit["validity_clauses"], serde_json::json!([format!("{id}.part_2")]));
    let shown = bench.run(&["show", id]).out;
    assert!(shown.contains("in force from 2017-11-18 until 2022-11-18 (part_2)"), "{shown}");
    for (language, told) in [
        ("zh-HK", "2017年11月18日起至2022年11月18日"),
        ("zh-CN", "2017年11月18日起至2022年11月18日"),
        ("en", "from 18 November 2017 until 18 November 2022"),
    ] {
        let page = served.ask(&format!("/documents/{id}"), &[], &[("accept-language", language)]);
        let page = page.text();
        assert!(page.contains(told), "{language}");
        let said = page.split(told).nth(1).unwrap().split("</dd>").next().unwrap();
        assert!(said.contains("href=\"#part_2\""), "{said}");
        assert!(page.contains("\"temporalCoverage\":\"2017-11-18/2022-11-18\""), "{language}");
    }
    let page =
        served.ask("/", &[("q", "培訓"), ("in_force", "2020-06")], &[("accept-language", "en")]);
    assert!(page.text().contains("in force on June 2020"), "the condition can be taken away");
}
