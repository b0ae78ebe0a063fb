//! Searching in both scripts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::util::{Workspace, bundled, ids, real, snapshot, steady};

/// Queries in Traditional and Simplified that differ in script alone.
const ALIKE: &[(&str, &str)] = &[
    ("知識產權", "知识产权"),
    ("大灣區 高校", "大湾区 高校"),
    ("「一帶一路」沿線國家", "“一带一路”沿线国家"),
    ("協議的有效期有多長？", "协议的有效期有多长？"),
    ("橋", "桥"),
    ("質素", "质素"),
    ("CEPA 服務貿易", "CEPA 服务贸易"),
    ("２０１７年", "2017年"),
    ("衞生", "卫生"),
    ("資格互認", "资格互认"),
];

#[test]
fn both_scripts_find_the_same() {
    let bench = Workspace::indexed(&bundled());
    for (hant, hans) in ALIKE {
        let apart = |query| bench.search(query, &["--no-group"]);
        let (left, right) = (apart(hant), apart(hans));
        assert!(left["total"].as_u64().unwrap() > 0, "{hant} finds nothing");
        assert_eq!(left["total"], right["total"], "{hant}");
        let (mut left, mut right) = (ids(&left), ids(&right));
        left.sort();
        right.sort();
        assert_eq!(left, right, "{hant} and {hans} give other clauses");
    }
}

#[test]
fn highlights_point_into_the_text_as_printed() {
    let bench = Workspace::indexed(&bundled());
    for query in ["知識產權", "知识产权"] {
        let answer = bench.search(query, &["--limit", "30", "--no-group"]);
        let mut scripts = std::collections::BTreeSet::new();
        for hit in answer["hits"].as_array().unwrap() {
            let text: Vec<char> = hit["clause"]["text"].as_str().unwrap().chars().collect();
            for span in hit["highlights"].as_array().unwrap() {
                let at = |n: usize| usize::try_from(span[n].as_u64().unwrap()).unwrap();
                let marked: String = text[at(0)..at(1)].iter().collect();
                let script = hit["clause"]["document"]["script"].as_str().unwrap();
                assert!(
                    ["知識產權", "知识产权", "产权", "產權", "知識", "知识"]
                        .contains(&marked.as_str()),
                    "{marked}"
                );
                scripts.insert((script.to_owned(), marked));
            }
        }
        let both = [("Hans", "知识产权"), ("Hant", "知識產權")];
        assert!(both.iter().all(|(s, m)| scripts.contains(&((*s).to_owned(), (*m).to_owned()))));
    }
}

#[test]
fn regional_words_are_looked_for_and_told() {
    let bench = Workspace::indexed(&bundled());
    let answer = bench.search("食物安全", &["--limit", "50"]);
    let texts = answer["hits"].to_string();
    assert!(texts.contains("食物安全") && texts.contains("食品安全"));
    let regional = |answer: &Value| {
        let notes = answer["notes"].as_array().unwrap().clone();
        notes.into_iter().find(|note| note["kind"] == "regional")
    };
    let note = regional(&answer).unwrap();
    assert_eq!((&note["typed"], &note["others"][0]), (&"食物安全".into(), &"食品安全".into()));
    // Only the command line names the flag that switches it off.
    assert!(!note["text"].as_str().unwrap().contains("--"), "{note}");
    assert!(bench.run(&["search", "食物安全"]).out.contains("--no-expand"));
    let plain = bench.search("食物安全", &["--limit", "50", "--no-expand"]);
    assert_eq!(regional(&plain), None);
    // Matches of the words typed come before those of regional terms.
    let first = answer["hits"][0]["clause"]["text"].as_str().unwrap();
    assert!(first.contains("食物安全"), "{first}");
}

#[test]
fn a_traditional_character_typed_goes_before_another() {
    let bench = Workspace::new();
    bench.write("a.txt", "粵港合作備忘錄\n\n一、幹部交流。\n\n二、乾燥貨物。\n\n三、干部交流。");
    assert_eq!(bench.run(&["index", "a.txt"]).code, 0);
    let texts = |query: &str| -> Vec<String> {
        let answer = bench.search(query, &[]);
        let hits = answer["hits"].as_array().unwrap();
        hits.iter().map(|hit| hit["clause"]["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts("乾").last().unwrap(), "幹部交流。");
    assert_eq!(texts("幹").last().unwrap(), "乾燥貨物。");
    assert_eq!(texts("干").len(), 3);
    assert!(bench.search("乾", &[])["notes"].to_string().contains("幹 was found for 乾"));
    assert!(!bench.search("干", &[])["notes"].to_string().contains("folding"));
}

#[test]
fn filters_sorting_and_paging() {
    let bench = Workspace::indexed(&bundled());
    let all = bench.search("合作", &["--limit", "100000", "--no-group", "--facets"]);
    let total = all["total"].as_u64().unwrap();
    let script = |script: &str| {
        bench.search("合作", &["--script", script, "--no-group"])["total"].as_u64().unwrap()
    };
    assert_eq!(script("hant") + script("hans"), total);
    assert!(script("hant") > 0 && script("hans") > 0);
    let facets: u64 =
        all["facets"]["kind"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(facets, total);
    let agreements = bench.search("合作", &["--kind", "agreement", "--no-group"]);
    assert_eq!(agreements["total"], all["facets"]["kind"]["agreement"]);
    let early = bench.search("合作", &["--to", "2015", "--limit", "100", "--no-group"]);
    assert_eq!(early["total"], all["facets"]["year"]["2015"]);
    for date in ["2017-13", "2017-02-30", "2017-00"] {
        let refused = bench.run(&["search", "合作", "--from", date]);
        assert!(refused.code == 2 && refused.err.contains(date), "{date}: {}", refused.err);
    }
    let month = bench.search("合作", &["--from", "2017-03", "--to", "2017-03", "--limit", "100"]);
    for hit in month["hits"].as_array().unwrap() {
        assert_eq!(hit["clause"]["document"]["date"], "2017-03");
    }
    for (flag, hant, hans) in [
        ("--party", "知識產權合作專責小組", "知识产权合作专责小组"),
        ("--place", "香港", "香港"),
        ("--unit", "香港海關", "香港海关"),
        ("--number", "〔2017〕38號", "(2017) 38号"),
    ] {
        let found = bench.search("合作", &[flag, hant]);
        assert!(found["total"].as_u64().unwrap() > 0, "{flag} {hant}");
        assert_eq!(found["total"], bench.search("合作", &[flag, hans])["total"], "{flag}");
        assert_eq!(bench.search("合作", &[flag, "沒有這個"])["total"], 0);
    }
    for hit in bench.search("合作", &["--unit", "香港海關"])["hits"].as_array().unwrap() {
        let units = hit["clause"]["units"].to_string();
        assert!(units.contains("香港海關") || units.contains("香港海关"), "{units}");
    }
    let dates: Vec<String> = bench.search("合作", &["--sort", "date", "--limit", "60"])["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["clause"]["document"]["date"].as_str().unwrap_or("").to_owned())
        .collect();
    assert!(dates.windows(2).all(|pair| pair[0] >= pair[1]), "{dates:?}");
    // Ranks don't depend on the offset and the limit.
    for query in ["合作", "知識產權 交流", "專業人士 資格互認"] {
        let mut pages = Vec::new();
        for offset in ["0", "10", "20"] {
            pages.extend(ids(&bench.search(query, &["--offset", offset])));
        }
        let first_thirty = ids(&bench.search(query, &["--limit", "30"]));
        assert_eq!(pages, first_thirty, "{query}");
        for (offset, limit) in [(0, 1), (3, 4), (8, 5), (11, 2)] {
            let page = bench
                .search(query, &["--offset", &offset.to_string(), "--limit", &limit.to_string()]);
            assert_eq!(page["hits"][0]["rank"], offset + 1, "{query}");
            assert_eq!(
                ids(&page),
                first_thirty[offset..offset + limit],
                "{query} {offset} {limit}"
            );
        }
    }
}

#[test]
fn shown_in_the_other_script() {
    let bench = Workspace::indexed(&bundled());
    let answer = bench.search("知識產權", &["--display", "hans", "--limit", "20"]);
    for hit in answer["hits"].as_array().unwrap() {
        let text = hit["clause"]["text"].as_str().unwrap();
        assert!(!text.contains('產') && !text.contains('權'), "{text}");
        let characters: Vec<char> = text.chars().collect();
        let span = &hit["highlights"][0];
        let at = |n: usize| usize::try_from(span[n].as_u64().unwrap()).unwrap();
        let marked: String = characters[at(0)..at(1)].iter().collect();
        assert!("知识产权".contains(&marked), "{marked}");
    }
}

#[test]
fn json_has_all_its_fields() {
    let bench = Workspace::indexed(&bundled());
    let answer = bench.search("有效期", &[]);
    for field in ["query", "total", "total_is", "took_us", "hits", "notes"] {
        assert!(!answer[field].is_null(), "{field}");
    }
    // Facets are counted on request.
    assert!(answer["facets"].is_null() && answer["total_is"] == "exact", "{answer}");
    assert!(bench.search("有效期", &["--facets"])["facets"]["kind"].is_object());
    let hit = &answer["hits"][0];
    for field in ["rank", "score", "clause", "highlights", "counterparts"] {
        assert!(!hit[field].is_null(), "{field}");
    }
    let clause = hit["clause"].as_object().unwrap();
    for field in [
        "id", "document", "kind", "label", "path", "eid", "heading", "headings", "citation",
        "units", "text", "bytes",
    ] {
        assert!(clause.contains_key(field), "{field}");
    }
    let document = clause["document"].as_object().unwrap();
    for field in [
        "id", "title", "number", "kind", "script", "language", "date", "parties", "place",
        "source", "ordinal",
    ] {
        assert!(document.contains_key(field), "{field}");
    }
    let lines = bench.run(&["search", "有效期", "--format", "jsonl"]).out;
    assert_eq!(lines.lines().count(), answer["hits"].as_array().unwrap().len());
}

/// The rows of a table, by the names of the columns.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let table = csv.strip_prefix('\u{feff}').expect("spreadsheets need the mark");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn lists_for_programs_and_spreadsheets_are_whole() {
    let bench = Workspace::indexed(&bundled());
    for query in ["合作", "教育局 高等教育"] {
        let answer = bench.search(query, &["--limit", "1000"]);
        let all = answer["hits"].as_array().unwrap();
        assert!(all.len() > 10, "{query}");
        assert_eq!(all.len() as u64, answer["total"].as_u64().unwrap());
        let lines = bench.run(&["search", query, "--format", "jsonl"]);
        assert_eq!((lines.code, lines.err.as_str()), (0, ""));
        let ids: Vec<Value> = lines
            .out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["clause"]["id"].clone())
            .collect();
        let expected: Vec<Value> = all.iter().map(|hit| hit["clause"]["id"].clone()).collect();
        assert_eq!(ids, expected);
        let csv = bench.run(&["search", query, "--format", "csv"]);
        assert_eq!((csv.code, csv.err.as_str()), (0, ""));
        let listed: Vec<Value> =
            rows(&csv.out).iter().map(|row| row["id"].clone().into()).collect();
        assert_eq!(listed, expected);
        // A limit that cuts a list is reported.
        let some = bench.run(&["search", query, "--format", "csv", "--limit", "3"]);
        assert_eq!(rows(&some.out).len(), 3);
        let total = all.len();
        assert!(some.err.contains(&format!("printed hits 1–3 of {total}")), "{}", some.err);
    }
}

#[test]
fn a_row_of_the_table_says_all_of_a_hit() {
    let bench = Workspace::indexed(&bundled());
    let query = "知識產權貿易 交易博覽會";
    let public = ["--public-url", "https://example.org/clauses"];
    let csv = bench.run(&["search", query, "--format", "csv", public[0], public[1]]).out;
    let row = &rows(&csv)[0];
    let hit = bench.search(query, &public)["hits"][0].clone();
    let (clause, document) = (&hit["clause"], &hit["clause"]["document"]);
    for (column, value) in [
        ("id", &clause["id"]),
        ("citation", &clause["citation"]),
        ("text", &clause["text"]),
        ("title", &document["title"]),
        ("kind", &document["kind"]),
        ("date", &document["date"]),
        ("script", &document["script"]),
        ("source", &document["source"]),
        ("counterparts", &hit["counterparts"][0]),
    ] {
        assert_eq!(row[column], value.as_str().unwrap(), "{column}");
    }
    let joined = |list: &Value, mark: &str| {
        let all: Vec<&str> = list.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        all.join(mark)
    };
    assert_eq!(row["parties"], joined(&document["parties"], "；"));
    assert_eq!(row["units"], joined(&clause["units"], "；"));
    assert!(row["units"].contains('；') && row["headings"].contains(" › "), "{row:?}");
    let id = clause["id"].as_str().unwrap();
    assert_eq!(row["link"], format!("https://example.org/clauses/clauses/{id}"));
    let numbered = bench.run(&["search", "口岸 number:38", "--format", "csv"]).out;
    assert!(rows(&numbered)[0]["number"].contains("38"));
}

#[test]
fn what_people_read() {
    let bench = Workspace::indexed(&bundled());
    let shown = bench.run(&["search", "质素", "--limit", "3"]);
    snapshot("search", &steady(&shown.out));
    for line in shown.out.lines() {
        let columns: usize =
            line.chars().map(|c| if c.is_ascii() || "·–›…".contains(c) { 1 } else { 2 }).sum();
        assert!(columns <= 80, "{columns}: {line}");
    }
    let id =
        ids(&bench.search("转诊机制", &["--script", "hans", "--kind", "memorandum"]))[0].clone();
    snapshot("show-clause", &bench.run(&["show", &id]).out);
    let document = id.split('.').next().unwrap();
    snapshot("show-document", &bench.run(&["show", document]).out);
    let coloured = bench.run(&["search", "質素", "--limit", "1", "--color", "always"]).out;
    assert!(coloured.contains("\u{1b}[") && coloured.contains("質素"));
    let piped = bench
        .command(&["search", "質素"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!String::from_utf8(piped.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn help_names_every_command_with_examples() {
    let bench = Workspace::new();
    let help = bench.run(&["--help"]).out;
    for command in ["index", "search", "show", "clauses", "status", "judge"] {
        assert!(help.contains(command), "{command}");
        assert_eq!(bench.run(&[command, "--help"]).code, 0);
    }
    for command in ["index", "search", "show", "clauses"] {
        assert!(bench.run(&[command, "--help"]).out.contains("Examples:"), "{command}");
    }
}

#[test]
fn show_gives_context_or_says_that_there_is_none() {
    let bench = Workspace::indexed(&bundled());
    let id =
        ids(&bench.search("轉診機制", &["--script", "hant", "--kind", "memorandum"]))[0].clone();
    let context = bench.json(&["show", &id, "--format", "json"]);
    assert_eq!(context["clause"]["id"], id.as_str());
    assert!(context["before"]["text"].is_string() && context["after"]["text"].is_string());
    let document = bench.json(&["show", id.split('.').next().unwrap(), "--format", "json"]);
    assert_eq!(document["clauses"].as_array().unwrap().len(), 13);
    let nothing = bench.run(&["show", "nothing.part_1"]);
    assert_eq!(nothing.code, 1);
    assert!(nothing.err.contains("nothing.part_1"));
}

#[test]
fn real_documents_answer_in_both_scripts() {
    let Some(folder) = real() else { return };
    let bench = Workspace::indexed(&folder);
    let apart = |query| bench.search(query, &["--no-group"]);
    let (hant, hans) = (apart("知識產權"), apart("知识产权"));
    let (mut left, mut right) = (ids(&hant), ids(&hans));
    assert_eq!(left.len(), 10);
    left.sort();
    right.sort();
    assert_eq!(left, right);
    // A lawyer's example: other words for the same partner, each found as printed.
    let partners = bench.search("非執業合夥人", &["--limit", "5"]);
    assert!(partners["hits"][0]["clause"]["text"].as_str().unwrap().contains("非執業合夥人"));
}

#[test]
fn documents_are_listed_with_the_number_of_their_clauses() {
    let bench = Workspace::indexed(&bundled());
    let list = |args: &[&str]| bench.json(&[&["list", "--format", "json"], args].concat());
    let all = list(&[]);
    let status = bench.json(&["status", "--format", "json"]);
    assert_eq!(all["total"], status["documents"]);
    let clauses = |list: &Value| -> Vec<(String, u64)> {
        let documents = list["documents"].as_array().unwrap().iter();
        let listed = documents.map(|document| {
            (document["id"].as_str().unwrap().to_owned(), document["clauses"].as_u64().unwrap())
        });
        listed.collect()
    };
    let sum = |list: &Value| clauses(list).iter().map(|(_, clauses)| clauses).sum::<u64>();
    assert_eq!(sum(&all), status["clauses"].as_u64().unwrap());
    // The same documents for queries in both scripts, with the number of clauses that search finds.
    let (hant, hans) = (list(&["質素", "--no-expand"]), list(&["质素", "--no-expand"]));
    assert_eq!(clauses(&hant), clauses(&hans));
    let found = bench.search("質素", &["--no-expand", "--no-group", "--count"]);
    assert_eq!(sum(&hant), found["total"].as_u64().unwrap());
    let agreements = list(&["--kind", "agreement", "--script", "hant", "--from", "2017"]);
    let agreements = agreements["documents"].as_array().unwrap();
    assert!(!agreements.is_empty());
    for document in agreements {
        assert_eq!((&document["kind"], &document["script"]), (&"agreement".into(), &"Hant".into()));
        assert!(document["date"].as_str().unwrap() >= "2017");
    }
    let by_clauses = clauses(&list(&["合作", "--sort", "clauses", "-n", "5"]));
    assert_eq!(by_clauses.len(), 5);
    assert!(by_clauses.windows(2).all(|two| two[0].1 >= two[1].1), "{by_clauses:?}");
    let of_hits = bench.json(&["search", "合作", "-l", "-n", "5", "--format", "json"]);
    assert_eq!(clauses(&of_hits), by_clauses);
    let csv = bench.run(&["list", "--kind", "press", "--format", "csv"]);
    assert!(csv.out.trim_start_matches('\u{feff}').starts_with("id,title,kind,"), "{}", csv.out);
    let nothing = bench.run(&["list", "量子糾纏"]);
    assert_eq!(nothing.code, 1, "{}", nothing.out);
    let text = bench.run(&["list", "--kind", "agreement", "--display", "hans", "-n", "3"]);
    snapshot("list.txt", &text.out);
}
