//! Search by meaning with a small embedding server: what it adds, what it must never change, and what is
//! said when it fails.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::assistants::Assistant;
use crate::served::Served;
use crate::util::{Workspace, bundled, ids};

#[path = "../crates/meaning/src/testing.rs"]
mod stub;

use stub::{Stub, Trouble};

/// A clause in both scripts that the words of a question don't find.
const RECOGNISED: [(&str, &str, &str); 2] = [
    ("甲乙協議", "zh-Hant", "雙方相互承認學歷學位。"),
    ("甲乙协议", "zh-Hans", "双方相互承认学历学位。"),
];

/// Some agreements, with their index and its vectors.
fn filled(stub: &Stub) -> Workspace {
    let bench = Workspace::new();
    for (title, language, text) in RECOGNISED {
        bench.write(
            &format!("papers/{language}.md"),
            format!(
                "+++\ntitle = '{title}'\nkind = 'agreement'\nlanguage = '{language}'\n\
                 date = '2017-11-18'\n+++\n\n一、{text}\n\n二、海關。\n\n三、每年開會，合作學歷。\n"
            ),
        );
    }
    let others: String =
        (1..40).map(|nth| format!("第{nth}條 學校管理第{nth}號事項。\n\n")).collect();
    bench.write(
        "papers/rules.md",
        format!("+++\ntitle = '丙規則'\nkind = 'law'\nlanguage = 'zh-Hant'\ndate = '2001'\n+++\n\n{others}"),
    );
    assert_eq!(bench.run(&["index", "papers"]).code, 0);
    let ran = bench.run(&["embed", "--meaning", &stub.url()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    bench
}

fn asked(bench: &Workspace, stub: &Stub, query: &str, more: &[&str]) -> Value {
    let url = stub.url();
    let args: Vec<&str> = ["--meaning", &url].into_iter().chain(more.iter().copied()).collect();
    bench.search(query, &args)
}

fn notes(answer: &Value) -> Vec<&str> {
    let notes = answer["notes"].as_array().unwrap().iter();
    notes
        .filter(|note| note["kind"] == "meaning")
        .map(|note| note["text"].as_str().unwrap())
        .collect()
}

fn texts(answer: &Value) -> Vec<&str> {
    let hits = answer["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["clause"]["text"].as_str().unwrap()).collect()
}

#[test]
fn meaning_finds_what_words_do_not_in_both_scripts() {
    let stub = Stub::new();
    let bench = filled(&stub);
    let query = "mutual recognition of diplomas";
    assert!(!texts(&bench.search(query, &["--no-expand"])).contains(&RECOGNISED[0].2));
    let answer = asked(&bench, &stub, query, &["--no-expand", "--explain"]);
    let first = &answer["hits"][0];
    assert!(RECOGNISED.iter().any(|(.., text)| first["clause"]["text"] == *text), "{answer}");
    assert_eq!(first["counterparts"].as_array().unwrap().len(), 1, "versions are one hit");
    assert_eq!(first["meaning"]["rank"], 1);
    assert_eq!(first["meaning"]["by_words"], false);
    let joining = &first["explanation"]["joining"];
    assert!(joining["cosine"].as_f64().unwrap() > 0.3, "{joining}");
    assert_eq!(joining["words_rank"], Value::Null);
    let sum = joining["words_share"].as_f64().unwrap() + joining["meaning_share"].as_f64().unwrap();
    assert!((first["score"].as_f64().unwrap() - sum).abs() < 1e-6);
    assert!(notes(&answer).is_empty(), "{answer}");
    // A question in either script finds the same, led by the version in its script.
    let [hant, hans] = ["老了以後領的錢 學歷", "老了以后领的钱 学历"]
        .map(|query| asked(&bench, &stub, query, &[]));
    assert_eq!(hant["total"], hans["total"]);
    let text = asked_text(&bench, &stub, query);
    assert!(text.contains("found by meaning") && text.contains("by meaning: rank 1"), "{text}");
}

fn asked_text(bench: &Workspace, stub: &Stub, query: &str) -> String {
    let ran = bench.run(&["search", query, "--meaning", &stub.url(), "--explain", "--no-expand"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

#[test]
fn exact_hits_and_citations_keep_their_places() {
    let stub = Stub::new();
    let bench = filled(&stub);
    for query in ["學校管理第7號事項", "学校管理第7号事项", "海關", "学历学位"]
    {
        let (words, both) = (bench.search(query, &[]), asked(&bench, &stub, query, &["--explain"]));
        let (before, after) = (ids(&words), ids(&both));
        let mut exact = 0;
        for hit in both["hits"].as_array().unwrap() {
            if hit["explanation"]["joining"]["word_for_word"] == true {
                let id = hit["clause"]["id"].as_str().unwrap();
                let place = |all: &[String]| all.iter().position(|other| other == id).unwrap();
                assert!(place(&after) <= place(&before), "{query}: {id}");
                exact += 1;
            }
        }
        assert!(exact > 0 && before[0] == after[0], "{query}: {both}");
    }
    let requests = stub.requests();
    for query in ["《丙規則》第七條", "丙规则第七条"] {
        let (words, both) = (bench.search(query, &[]), asked(&bench, &stub, query, &[]));
        assert_eq!(words["hits"], both["hits"], "{query}");
        assert_eq!(words["total"], both["total"]);
    }
    // Lists, dates and what operators demand need no second opinion, and nothing is sent for them.
    for more in [&["--kind", "law"][..], &["--sort", "date"]] {
        let query = if more[0] == "--kind" { "" } else { "學歷" };
        assert_eq!(bench.search(query, more)["hits"], asked(&bench, &stub, query, more)["hits"]);
    }
    assert_eq!(
        bench.search("「學歷學位」", &[])["hits"],
        asked(&bench, &stub, "「學歷學位」", &[])["hits"]
    );
    assert_eq!(stub.requests(), requests);
}

#[test]
fn pages_fit_together_and_filters_hold() {
    let stub = Stub::new();
    let bench = filled(&stub);
    for query in ["學校如何管理學歷？", "学校 学历 管理"] {
        let all = asked(&bench, &stub, query, &["--limit", "60"]);
        let whole = ids(&all);
        assert!(whole.len() > 30, "{query}: {}", whole.len());
        for (offset, limit) in [(0, 10), (7, 5), (10, 10), (20, 40), (35, 3)] {
            let page = asked(
                &bench,
                &stub,
                query,
                &["--offset", &offset.to_string(), "--limit", &limit.to_string()],
            );
            let end = whole.len().min(offset + limit);
            assert_eq!(ids(&page), whole[offset..end], "{query} {offset} {limit}");
            assert_eq!(page["total"], all["total"], "{query} {offset} {limit}");
        }
    }
    let query = "mutual recognition of diplomas";
    let narrowed = asked(&bench, &stub, query, &["--kind", "law", "--no-expand"]);
    assert!(!ids(&narrowed).is_empty());
    for hit in narrowed["hits"].as_array().unwrap() {
        assert_eq!(hit["clause"]["document"]["kind"], "law", "{hit}");
    }
    let hans = asked(&bench, &stub, query, &["--script", "hans", "--no-expand"]);
    assert_eq!(hans["hits"][0]["clause"]["text"], RECOGNISED[1].2);
    let without = asked(&bench, &stub, &format!("{query} -學位"), &["--no-expand"]);
    assert!(texts(&without).iter().all(|text| !text.contains("學位") && !text.contains("学位")));
}

#[test]
fn each_fault_leaves_the_hits_by_words_with_a_note() {
    let stub = Stub::new();
    let bench = filled(&stub);
    let words = bench.search("學歷學位 合作", &[]);
    for (trouble, reason) in [
        (Trouble::Status(503), "refused (503)"),
        (Trouble::Redirect, "refused (307)"),
        (Trouble::Junk, "did not answer with a vector"),
        (Trouble::Nothing, "did not answer with a vector"),
        (Trouble::Empty, "did not answer with a vector"),
        (Trouble::Zero, "did not answer with a vector"),
        (Trouble::OtherDimension, "another model: 97 dimensions instead of the index's 96"),
        (Trouble::BreaksAfter(0), "can't be reached"),
        (Trouble::Silent, "did not answer in time"),
    ] {
        stub.set(trouble);
        let answer = asked(&bench, &stub, "學歷學位 合作", &[]);
        assert_eq!(answer["hits"], words["hits"], "{trouble:?}");
        let notes = notes(&answer);
        assert!(notes.len() == 1 && notes[0].contains(reason), "{trouble:?}: {notes:?}");
    }
    let url = stub.url();
    let ran = |lang: &str| {
        stub.set(Trouble::Status(500));
        bench.run(&["search", "學歷學位 合作", "--meaning", &url, "--lang", lang]).out
    };
    assert!(ran("en").contains("use --no-meaning"));
    assert!(ran("hant").contains("向量伺服器拒絕了請求（500），現列出按字詞檢索的結果"));
    assert!(ran("hans").contains("向量服务器拒绝了请求（500），现列出按字词检索的结果"));
    let off = asked(&bench, &stub, "學歷學位 合作", &["--no-meaning"]);
    assert!(notes(&off).is_empty() && off["hits"] == words["hits"]);
    let gone = bench.search("學歷學位 合作", &["--meaning", "http://127.0.0.1:9"]);
    assert!(notes(&gone)[0].contains("can't be reached"), "{gone}");
}

#[test]
fn vectors_are_made_once_and_what_lacks_them_is_reported() {
    let stub = Stub::new();
    let bench = filled(&stub);
    let url = stub.url();
    let embed = || bench.json(&["embed", "--meaning", &url, "--format", "json"]);
    let again = embed();
    assert_eq!((&again["made"], &again["kept"]), (&json!(0), &again["clauses"]));
    // A changed clause and a new document.
    let path = bench.path("papers/zh-Hant.md");
    let page = fs::read_to_string(&path).unwrap().replace("二、海關。", "二、海關交換數據。");
    fs::write(&path, page).unwrap();
    bench.write("papers/new.txt", "丁戊備忘錄\n\n一、大橋通車。\n\n二、碼頭啟用。\n");
    assert_eq!(bench.run(&["index", "papers"]).code, 0);
    let answer = asked(&bench, &stub, "學校如何管理學歷？", &[]);
    assert!(notes(&answer)[0].contains("has changed since"), "{answer}");
    // The old vector of the changed clause is not used.
    let more = ["--limit", "100", "--no-group"];
    let old = asked(&bench, &stub, "海關那些事如何？", &more);
    let hit = |hit: &&Value| hit["clause"]["text"] == "海關交換數據。";
    let changed = old["hits"].as_array().unwrap().iter().find(hit);
    assert!(changed.is_none_or(|hit| hit["meaning"].is_null()), "{changed:?}");
    let third = embed();
    assert!(third["made"].as_u64().unwrap() >= 3 && third["made"].as_u64().unwrap() < 8, "{third}");
    assert!(notes(&asked(&bench, &stub, "學校如何管理學歷？", &[])).is_empty());
    // A rebuild keeps them.
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    let rebuilt = embed();
    assert_eq!((&rebuilt["made"], &rebuilt["kept"]), (&json!(0), &rebuilt["clauses"]));
    assert_eq!(bench.run(&["check"]).code, 0);
}

#[test]
fn a_run_that_breaks_is_gone_on_with_and_half_a_set_is_used() {
    let stub = Stub::new();
    let bench = Workspace::indexed(&bundled());
    let url = stub.url();
    let empty = bench.search("學歷", &["--meaning", &url]);
    assert!(notes(&empty)[0].contains("has no vectors yet"), "{empty}");
    stub.set(Trouble::BreaksAfter(8));
    let broken = bench.run(&["embed", "--meaning", &url, "--batch", "10"]);
    assert_eq!(broken.code, 2);
    assert!(
        broken.err.contains("can't be reached") && broken.err.contains("are kept"),
        "{}",
        broken.err
    );
    stub.set(Trouble::None);
    let answer = asked(&bench, &stub, "mutual recognition of diplomas", &["--no-expand"]);
    let note = notes(&answer)[0];
    assert!(note.contains("clauses have no vector"), "{note}");
    assert!(!ids(&answer).is_empty());
    let whole = bench.json(&["embed", "--meaning", &url, "--format", "json"]);
    assert!(
        whole["kept"].as_u64().unwrap() >= 40 && whole["made"].as_u64().unwrap() > 0,
        "{whole}"
    );
    assert!(notes(&asked(&bench, &stub, "如何承認學歷？", &[])).is_empty());
}

#[test]
fn long_clauses_are_cut_and_counted() {
    let stub = Stub::new();
    let bench = Workspace::new();
    let long = "雙方交換資料。".repeat(300);
    bench.write("a.txt", format!("甲乙備忘錄\n\n一、{long}\n\n二、會面。\n"));
    assert_eq!(bench.run(&["index", "a.txt"]).code, 0);
    let ran = bench.run(&["embed", "--meaning", &stub.url(), "--longest", "500"]);
    assert!(
        ran.code == 0 && ran.out.contains("1 too long for the model"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(stub.texts().iter().all(|text| text.chars().count() <= 500));
    stub.set(Trouble::TooLong(300));
    let report =
        bench.json(&["embed", "--meaning", &stub.url(), "--model", "other", "--format", "json"]);
    assert_eq!((&report["cut"], &report["replaced"]), (&json!(1), &json!(true)), "{report}");
}

#[test]
fn what_is_wrong_with_the_command_is_said() {
    let bench = Workspace::indexed(&bundled());
    let ran = bench.run(&["embed"]);
    assert!(ran.code == 2 && ran.err.contains("--meaning http://127.0.0.1:8000/v1"), "{}", ran.err);
    for (url, reason) in [
        ("localhost:8000", "begins neither with"),
        ("http://me:secret@localhost", "TIAOWEN_MEANING_KEY"),
        ("http://localhost/v1?a=b", "nothing can follow"),
    ] {
        for command in [&["embed", "--meaning", url][..], &["search", "甲", "--meaning", url]] {
            let ran = bench.run(command);
            assert!(ran.code == 2 && ran.err.contains(reason), "{url}: {}", ran.err);
            assert!(!ran.err.contains("me:secret"), "{}", ran.err);
        }
    }
    let away = bench.run(&["embed", "--meaning", "http://127.0.0.1:9"]);
    assert!(away.code == 2 && away.err.contains("is it running?"), "{}", away.err);
    let cluster = bench.run(&["embed", "--index", "http://127.0.0.1:9/clauses"]);
    assert!(cluster.code == 2 && cluster.err.contains("is on a cluster"), "{}", cluster.err);
    let other = bench.run(&["embed", "--meaning", "http://127.0.0.1:9", "--query-prefix", "q: "]);
    assert_eq!(other.code, 2);
    let hant = bench.run(&["embed", "--meaning", "http://127.0.0.1:9", "--lang", "hant"]);
    assert!(hant.err.contains("無法連接"), "{}", hant.err);
}

#[test]
fn the_setting_of_the_file_is_used() {
    let stub = Stub::new();
    let bench = filled(&stub);
    let file = bench.write("tiaowen.toml", format!("meaning = \"{}\"\n", stub.url()));
    let file = file.to_str().unwrap();
    let query = "mutual recognition of diplomas";
    let answer = bench.search(query, &["--config", file, "--no-expand"]);
    assert_eq!(answer["hits"][0]["meaning"]["rank"], 1, "{answer}");
    let off = bench.search(query, &["--config", file, "--no-expand", "--no-meaning"]);
    assert!(off["hits"].as_array().unwrap().iter().all(|hit| hit["meaning"].is_null()));
    let again = bench.json(&["embed", "--config", file, "--format", "json"]);
    assert_eq!(again["made"], 0);
}

#[test]
fn server_and_assistants_offer_it_where_it_is_set() {
    let stub = Stub::new();
    let bench = filled(&stub);
    let url = stub.url();
    let query = "mutual recognition of diplomas";
    let served = Served::start(&bench, &["--meaning", &url]);
    let ask = [("q", query), ("expand", "false")];
    let plain = served.json("/api/v1/search", &ask);
    assert!(plain["hits"].as_array().unwrap().iter().all(|hit| hit["meaning"].is_null()));
    let with = [ask[0], ask[1], ("meaning", "true")];
    let requests = stub.requests();
    let answer = served.json("/api/v1/search", &with);
    assert_eq!(answer["hits"][0]["meaning"]["rank"], 1);
    let second = served
        .json("/api/v1/search", &[with[0], with[1], with[2], ("offset", "5"), ("limit", "5")]);
    assert_eq!(ids(&second), ids(&answer)[5..10]);
    assert_eq!(stub.requests(), requests + 1, "the second page asks for no vector");
    let got = served.ask("/api/v1/search", &with, &[]);
    assert_eq!(got.header("cache-control").as_deref(), Some("no-store"));
    let page = served.ask("/", &with, &[]).text();
    assert!(page.contains("name=\"meaning\" value=\"true\" checked"), "{page}");
    assert!(page.contains("found by meaning"), "{page}");
    let form = page.split_once("<main").unwrap().0;
    assert!(!form.contains("type=\"hidden\" name=\"meaning\""), "once in the search form");
    // A new run is followed without a restart.
    stub.set(Trouble::Status(503));
    let failed = served.json("/api/v1/search", &[("q", "another 學歷"), ("meaning", "true")]);
    assert!(notes(&failed)[0].contains("refused (503)"), "{failed}");
    stub.set(Trouble::None);
    fs::remove_dir_all(bench.path("index/meaning")).unwrap();
    let none = served.json("/api/v1/search", &with);
    assert!(notes(&none)[0].contains("has no vectors yet"), "{none}");
    assert_eq!(bench.run(&["embed", "--meaning", &url]).code, 0);
    assert_eq!(served.json("/api/v1/search", &with)["hits"][0]["meaning"]["rank"], 1);
    let plain = Served::start(&bench, &[]);
    assert!(!plain.ask("/", &with, &[]).text().contains("type=\"checkbox\" name=\"meaning\""));
    let unset = plain.json("/api/v1/search", &with);
    assert!(notes(&unset)[0].contains("no embedding server is set"), "{unset}");
    let assistant = Assistant::start(&bench, &["--meaning", &url]);
    let told = assistant.call("search", json!({ "q": query, "expand": false, "meaning": true }));
    assert!(
        told["hits"][0]["text"] == RECOGNISED[0].2 || told["hits"][0].to_string().contains("承"),
        "{told}"
    );
}

#[test]
fn text_goes_to_the_given_address_alone() {
    let (stub, other) = (Stub::new(), Stub::new());
    let bench = filled(&stub);
    stub.set_redirect(&other.url());
    stub.set(Trouble::Redirect);
    let url = stub.url();
    let proxied = |args: &[&str]| {
        let mut command = bench.command(args);
        let output = command
            .env("HTTP_PROXY", other.url())
            .env("http_proxy", other.url())
            .env("ALL_PROXY", other.url())
            .output();
        output.unwrap().status.code()
    };
    assert_eq!(proxied(&["search", "學歷", "--meaning", &url]), Some(0));
    assert_eq!(proxied(&["embed", "--meaning", &url]), Some(2));
    stub.set(Trouble::None);
    assert_eq!(proxied(&["search", "學歷事宜", "--meaning", &url]), Some(0));
    assert_eq!(other.requests(), 0);
    assert!(Path::new(&bench.path("index/meaning/set.json")).is_file());
}
