//! Links between clauses: what press and papers report, and what texts refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::served::Served;
use crate::util::{Workspace, bundled, real, snapshot};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// The clauses of a document as printed by `show`.
fn shown(bench: &Workspace, document: &str) -> Vec<Value> {
    let told = bench.json(&["show", document, "--format", "json"]);
    list(&told["clauses"]).to_vec()
}

/// The ids of clauses on the other side of reports.
fn sides(clause: &Value, field: &str) -> BTreeSet<String> {
    list(&clause[field]).iter().map(|side| text(&side["id"]).to_owned()).collect()
}

/// The judged pairs, by paragraph.
fn judged() -> BTreeMap<String, BTreeSet<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/pairs.jsonl");
    let lines = std::fs::read_to_string(file).unwrap();
    lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let clauses = list(&line["clauses"]).iter().map(|id| text(id).to_owned()).collect();
            (text(&line["paragraph"]).to_owned(), clauses)
        })
        .collect()
}

fn document(id: &str) -> &str {
    id.split('.').next().unwrap()
}

#[test]
fn press_and_papers_lead_to_what_they_report() {
    let Some(folder) = real() else { return };
    let bench = Workspace::indexed(&folder);
    let judged = judged();
    let page = ["n42u6pcu7o", "db7zr4n7h4", "qutaa76uwj", "su34bodnaj", "baobfwkj3y", "xwyljsmyeg"];
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for id in page.iter().chain(&["j5ici5gmpo"]) {
        for clause in shown(&bench, id) {
            assert!(sides(&clause, "reported_by").is_empty());
            let mut reported = sides(&clause, "reports");
            // The agreements of 000 and the plan of 002 were judged.
            if page.contains(id) {
                reported.retain(|clause| {
                    judged.values().flatten().any(|other| document(clause) == document(other))
                });
            }
            if !reported.is_empty() {
                found.insert(text(&clause["id"]).to_owned(), reported);
            }
        }
    }
    let pairs = |all: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<(String, String)> {
        let each = all.iter();
        each.flat_map(|(left, all)| all.iter().map(|right| (left.clone(), right.clone()))).collect()
    };
    let (judged, found) = (pairs(&judged), pairs(&found));
    let right = judged.intersection(&found).count();
    let wrong: Vec<_> = found.difference(&judged).collect();
    let missed: Vec<_> = judged.difference(&found).collect();
    println!("{right} right, {} wrong, {} missed of {}", wrong.len(), missed.len(), judged.len());
    assert!(right * 100 >= found.len() * 95, "precision: {right} of {}: {wrong:?}", found.len());
    assert!(right * 100 >= judged.len() * 85, "recall: {right} of {}: {missed:?}", judged.len());

    // In the other direction, the pairs are the same.
    let agreements: BTreeSet<&str> = judged.iter().map(|(_, clause)| document(clause)).collect();
    let mut back = BTreeSet::new();
    for id in agreements {
        for clause in shown(&bench, id) {
            assert!(sides(&clause, "reports").is_empty());
            for paragraph in sides(&clause, "reported_by") {
                back.insert((paragraph, text(&clause["id"]).to_owned()));
            }
        }
    }
    assert_eq!(back, found);
}

#[test]
fn a_version_in_the_other_script_is_reported_as_well() {
    let Some(folder) = real() else { return };
    let bench = Workspace::indexed(&folder);
    let reported = |document: &str| -> BTreeMap<String, BTreeSet<String>> {
        let own = |clause: &Value| (text(&clause["eid"]).to_owned(), sides(clause, "reported_by"));
        shown(&bench, document).iter().map(own).filter(|(_, all)| !all.is_empty()).collect()
    };
    let (hant, hans) = (reported("cqwj6x6pvb"), reported("bjk2gok3wx"));
    assert!(hant.len() >= 20, "{hant:?}");
    assert_eq!(hant, hans);
}

#[test]
fn the_bundled_press_page_leads_to_the_bundled_agreements_and_back() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let listed = served.json("/api/v1/documents", &[("limit", "100")]);
    let sources: BTreeMap<&str, (&str, &str)> = list(&listed["documents"])
        .iter()
        .map(|one| (text(&one["id"]), (text(&one["source"]), text(&one["language"]))))
        .collect();
    for language in ["zh-Hant-HK", "zh-Hans-CN"] {
        let press = format!("press-2017.{language}.md");
        let is_print = |id: &str| sources[document(id)].1 == language;
        let (mut there, mut back) = (BTreeSet::new(), BTreeSet::new());
        for (id, source) in sources.iter().filter(|(_, source)| source.1 == language) {
            for clause in shown(&bench, id) {
                let clause_id = text(&clause["id"]).to_owned();
                if source.0 == press {
                    let reported = sides(&clause, "reports").into_iter();
                    there.extend(reported.map(|other| (clause_id.clone(), other)));
                }
                let reports = sides(&clause, "reported_by").into_iter();
                let reports = reports.filter(|other| sources[document(other)].0 == press);
                back.extend(reports.map(|other| (other, clause_id.clone())));
            }
        }
        assert!(there.iter().all(|(_, clause)| is_print(clause)), "{there:?}");
        assert_eq!(there, back, "{language}");
        let agreements: BTreeSet<&str> = there.iter().map(|(_, id)| document(id)).collect();
        assert_eq!(agreements.len(), 7, "{language}: {there:?}");
        assert!(there.len() >= 14, "{language}: {there:?}");
    }
}

#[test]
fn references_lead_to_what_they_name_in_both_scripts() {
    let bench = Workspace::new();
    let hant = "粵港環保合作協議\n\n第一條 雙方交流空氣質素資訊。\n\n第二條 雙方每年會面。\n\n\
                第三條 依照第一條和前條進行，參照《粵港某合作安排》（以下簡稱《安排》）第二條第一款。\n\n\
                第四條 《安排》及刑法第一條、《沒有的協議》不在此限。\n";
    let other = "粵港某合作安排\n\n第一條 目的。\n\n第二條 互訪。\n每年一次。\n";
    let hans = "粤港环保合作协议（二）\n\n第一条 交流信息。\n\n第二条 依照本协议第一条和《粤港某合作安排》第二条。\n";
    bench.write("corpus/a.txt", hant);
    bench.write("corpus/b.txt", other);
    bench.write("corpus/c.txt", hans);
    assert_eq!(bench.run(&["index", "corpus"]).code, 0);
    let find = |query: &str, script: &str| -> String {
        let answer = bench.search(query, &["--limit", "1", "--script", script]);
        text(&answer["hits"][0]["clause"]["document"]["id"]).to_owned()
    };
    let (own, arrangement) = (find("雙方每年會面", "hant"), find("互訪", "hant"));
    let links = |document: &str, at: usize| -> Vec<(String, String, String)> {
        let clause = &shown(&bench, document)[at];
        let whole: Vec<char> = text(&clause["text"]).chars().collect();
        let told = |link: &Value| {
            let at = |nth: usize| link["span"][nth].as_u64().unwrap() as usize;
            let said: String = whole[at(0)..at(1)].iter().collect();
            let part = link["at"].as_str().unwrap_or("").to_owned();
            (said, text(&link["id"]).to_owned(), part)
        };
        list(&clause["references"]).iter().map(told).collect()
    };
    let link = |said: &str, id: String, at: &str| (said.to_owned(), id, at.to_owned());
    assert_eq!(
        links(&own, 2),
        [
            link("第一條", format!("{own}.art_1"), ""),
            link("前條", format!("{own}.art_2"), ""),
            link("《粵港某合作安排》", arrangement.clone(), ""),
            link("第二條第一款", format!("{arrangement}.art_2"), "第一款"),
        ]
    );
    assert_eq!(links(&own, 3), [link("《安排》", arrangement.clone(), "")]);
    let second = find("交流信息", "hans");
    assert_eq!(
        links(&second, 1),
        [
            link("本协议第一条", format!("{second}.art_1"), ""),
            link("《粤港某合作安排》第二条", format!("{arrangement}.art_2"), ""),
        ]
    );

    // In the other script, the places are those of the text shown.
    let told =
        bench.json(&["show", &format!("{own}.art_3"), "--display", "hans", "--format", "json"]);
    let clause = &told["clause"];
    let whole: Vec<char> = text(&clause["text"]).chars().collect();
    let said: Vec<String> = list(&clause["references"])
        .iter()
        .map(|link| {
            let at = |nth: usize| link["span"][nth].as_u64().unwrap() as usize;
            whole[at(0)..at(1)].iter().collect()
        })
        .collect();
    assert_eq!(said, ["第一条", "前条", "《粤港某合作安排》", "第二条第一款"]);

    // The API says the same, and the page links there.
    let served = Served::start(&bench, &[]);
    let api = served.json(&format!("/api/v1/clauses/{own}.art_3"), &[]);
    let cli = bench.json(&["show", &format!("{own}.art_3"), "--format", "json"]);
    assert_eq!(api["clause"]["references"], cli["clause"]["references"]);
    let page = served.get(&format!("/documents/{own}")).text();
    assert!(page.contains("<a class=\"ref\" href=\"#art_1\">第一條</a>"), "{page}");
    assert!(
        page.contains(&format!("href=\"/documents/{arrangement}#art_2\">第二條第一款</a>")),
        "{page}"
    );
    assert!(page.contains("刑法第一條"), "{page}");
}

#[test]
fn people_read_what_leads_elsewhere() {
    let bench = Workspace::new();
    let agreement = "粵港圖書館合作安排\n\n一、擴展通用借閱證，批准更多符合資格的流動書車往返口岸。\n\n\
                     二、每年互派館員，依照本安排第一項輪值。\n";
    let page = "+++\ntitle = '書車過關'\nkind = 'press'\nlanguage = 'zh-Hant-HK'\n+++\n\n\
                兩地簽署《粵港圖書館合作安排》。\n\n當局會批准更多符合資格的流動書車往返口岸，讀者歡迎。\n";
    bench.write("corpus/a.txt", agreement);
    bench.write("corpus/b.md", page);
    assert_eq!(bench.run(&["index", "corpus"]).code, 0);
    let answer = bench.search("流動書車", &["--no-group"]);
    let ids: Vec<&str> =
        list(&answer["hits"]).iter().map(|hit| text(&hit["clause"]["id"])).collect();
    let of_kind = |kind: &str| -> &str {
        let hits = list(&answer["hits"]).iter().zip(&ids);
        let of = |hit: &Value| text(&hit["clause"]["document"]["kind"]) == kind;
        hits.filter(|(hit, _)| of(hit)).map(|(_, id)| *id).next().unwrap()
    };
    let (clause, paragraph) = (of_kind("arrangement"), of_kind("press"));
    let shown = |id: &str, lang: &str| bench.run(&["show", id, "--lang", lang]).out;
    let whole = [shown(clause, "en"), shown(paragraph, "hant"), shown(document(clause), "hans")];
    snapshot("show-reported", &whole.join("\n----\n\n"));

    let served = Served::start(&bench, &[]);
    let place = |id: &str| id.split_once('.').unwrap().1.to_owned();
    let page = served.get(&format!("/documents/{}?ui=hant", document(clause))).text();
    let there = format!("#{}\"><bdi>", place(paragraph));
    assert!(page.contains("見於報道") && page.contains(&there), "{page}");
    let page = format!("/documents/{}?ui=hans&display=hans", document(paragraph));
    let page = served.get(&page).text();
    assert!(page.contains("报道的条文") && page.contains("《粤港图书馆合作安排》一"), "{page}");
}
