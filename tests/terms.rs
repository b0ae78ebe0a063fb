//! The term table: its sources, and its effect on searches, comparisons and pages.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tiaowen_terms::{Degree, Region, TermTable};

use crate::served::Served;
use crate::util::{Workspace, bundled_sources};

/// A clause: its citation and its text.
type Cited = (String, String);

/// The clauses of the bundled documents by citation: in the Traditional and in the Simplified
/// version.
fn bundled_clauses(bench: &Workspace) -> BTreeMap<String, (String, String)> {
    let mut by_place: BTreeMap<String, [Option<Cited>; 2]> = BTreeMap::new();
    for file in &bundled_sources() {
        let stem = |path: &Path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.split('.').next().unwrap().to_owned()
        };
        let ran = bench.run(&["clauses", file.to_str().unwrap(), "--format", "jsonl"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for line in ran.out.lines() {
            let clause: Value = serde_json::from_str(line).unwrap();
            let document = &clause["document"];
            // A bilingual print has both versions, one after the other.
            let is_print = file.extension().is_some_and(|end| end == "pdf");
            let ordinal = if is_print { &Value::from(1) } else { &document["ordinal"] };
            let key = format!("{} {ordinal} {}", stem(file), clause["eid"]);
            let mut text: String = clause["text"].as_str().unwrap().split_whitespace().collect();
            for heading in clause["headings"].as_array().unwrap() {
                text.push('\n');
                text.push_str(heading.as_str().unwrap());
            }
            let side = usize::from(document["script"] == "Hans");
            let citation = clause["citation"].as_str().unwrap().to_owned();
            by_place.entry(key).or_default()[side] = Some((citation, text));
        }
    }
    let mut by_citation = BTreeMap::new();
    for [hant, hans] in by_place.into_values() {
        let text =
            |side: &Option<Cited>| side.as_ref().map_or(String::new(), |cited| cited.1.clone());
        let texts = (text(&hant), text(&hans));
        for (citation, _) in [hant, hans].into_iter().flatten() {
            by_citation.insert(citation, texts.clone());
        }
    }
    by_citation
}

#[test]
fn what_the_bundled_documents_attest_stands_there() {
    let bench = Workspace::new();
    let clauses = bundled_clauses(&bench);
    let mut checked = 0;
    for entry in TermTable::built_in().entries() {
        for source in entry.sources() {
            // Other sources are laws, records and papers; see scripts/attest-terms.
            let Some((hant, hans)) = clauses.get(&source.place) else { continue };
            for (region, text, terms) in [
                (Region::HongKong, hant, &entry.hong_kong),
                (Region::Mainland, hans, &entry.mainland),
            ] {
                if source.regions.contains(&region) {
                    let stands = terms.iter().any(|term| text.contains(&**term));
                    assert!(stands, "{} does not hold {terms:?}", source.place);
                }
            }
            checked += 1;
        }
    }
    assert!(checked >= 100, "{checked}");
}

/// A folder with two documents that differ by terms.
fn with_documents() -> Workspace {
    let bench = Workspace::new();
    let hant = "警務合作協議\n\n一、雙方通報拘捕的人。\n\n二、雙方加強資訊交流。\n\n三、學生交功課。\n\n四、雙方核對身分證。";
    let hans = "警务合作协议\n\n一、双方通报逮捕的人。\n\n二、双方加强信息交流。\n\n三、学生交作业。\n\n四、双方核对身份证。";
    bench.write("docs/hant.txt", hant);
    bench.write("docs/hans.txt", hans);
    bench.write("docs/work.txt", "安全協議\n\n一、從事危險作業須經批准。\n\n二、其他安排。");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    bench
}

#[test]
fn a_search_widens_by_the_same_and_offers_the_nearest() {
    let bench = with_documents();
    for (typed, other) in [("拘捕", "逮捕"), ("逮捕", "拘捕")] {
        let answer = bench.search(typed, &["--no-group"]);
        assert_eq!(answer["total"], 1, "{typed}: {answer}");
        let note = answer["notes"].as_array().unwrap().iter().find(|n| n["kind"] == "nearest");
        let note = note.unwrap_or_else(|| panic!("{typed}: {}", answer["notes"]));
        assert_eq!(note["typed"], typed);
        assert!(note["others"].as_array().unwrap().contains(&other.into()), "{note}");
    }
    for typed in ["身分證", "身份证", "资讯", "信息"] {
        assert_eq!(bench.search(typed, &["--no-group"])["total"], 2, "{typed}");
    }
    // 作业 is 功課 only beside 学生.
    let both = bench.search("学生作业", &["--no-group"]);
    let mut first: Vec<&str> =
        (0..2).map(|at| both["hits"][at]["clause"]["text"].as_str().unwrap()).collect();
    first.sort_unstable();
    assert_eq!(first, ["学生交作业。", "學生交功課。"]);
    for typed in ["危险作业", "危險作業"] {
        let answer = bench.search(typed, &["--no-group"]);
        assert_eq!(answer["hits"][0]["clause"]["text"], "從事危險作業須經批准。", "{typed}");
        assert!(!answer["hits"].to_string().contains("功課"), "{}", answer["hits"]);
        assert!(!answer["notes"].to_string().contains("功課"), "{}", answer["notes"]);
    }
    let plain = bench.search("拘捕", &["--no-expand"]);
    assert!(!plain["notes"].to_string().contains("nearest"), "{}", plain["notes"]);
}

#[test]
fn a_comparison_types_the_same_as_regional_and_the_nearest_as_wording() {
    let bench = with_documents();
    for (left, right) in [("hant", "hans"), ("hans", "hant")] {
        let files = [format!("docs/{left}.txt"), format!("docs/{right}.txt")];
        let compared = bench.json(&["compare", &files[0], &files[1], "--format", "json"]);
        let told = |row: usize| -> Vec<(String, Value)> {
            let row = compared["rows"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|r| r["left"]["label"] != Value::Null)
                .nth(row)
                .unwrap();
            let differences = row["differences"].as_array().unwrap().iter();
            let changes = differences.filter(|d| d["kind"] == "regional" || d["kind"] == "wording");
            changes.map(|d| (d["kind"].as_str().unwrap().to_owned(), d["term"].clone())).collect()
        };
        let arrest = told(0);
        assert_eq!(arrest.len(), 1, "{arrest:?}");
        assert_eq!((&*arrest[0].0, &arrest[0].1["degree"]), ("wording", &"nearest".into()));
        for (row, degree) in [(1, "same"), (2, "same")] {
            let differences = told(row);
            assert_eq!(differences.len(), 1, "{differences:?}");
            assert_eq!(differences[0].0, "regional");
            assert_eq!(differences[0].1["degree"], degree);
        }
        // 身分 and 身份 are forms of the same word.
        assert_eq!(told(3), []);
    }
    let text = bench.run(&["compare", "docs/hant.txt", "docs/hans.txt"]);
    assert!(text.out.contains("拘捕 is the nearest term to 逮捕"), "{}", text.out);
}

#[test]
fn the_list_tells_degree_regions_field_and_source() {
    let bench = Workspace::new();
    let found = bench.json(&["terms", "list", "業主立案法團", "--format", "json"]);
    let entry = &found[0];
    assert_eq!(entry["degree"], "nearest");
    assert_eq!(entry["regions"], serde_json::json!(["HK", "CN", "MO"]));
    assert_eq!(entry["domain"], "construction");
    assert!(entry["sources"].as_array().unwrap().len() >= 2, "{entry}");
    let listed = bench.run(&["terms", "list", "業主立案法團"]).out;
    for told in ["Hong Kong 業主立案法團 ≈ Mainland 业主委员会", "Nearest · Construction", "HK 《"]
    {
        assert!(listed.contains(told), "{told}: {listed}");
    }
    let within = bench.json(&["terms", "list", "功課", "--format", "json"]);
    let within = within.as_array().unwrap().iter().find(|entry| entry["degree"] == "within");
    assert!(within.unwrap()["within"].to_string().contains("学生"));
    let table = TermTable::built_in();
    let tbx = bench.run(&["terms", "export"]).out;
    for degree in ["same", "nearest"] {
        // Each pair of terms is an entry of its own, so a term may be in several.
        let entries = table.entries().iter().filter(|entry| entry.degree.as_str() == degree);
        let terms: usize =
            entries.map(|e| e.sides().iter().map(|(_, t)| t.len()).sum::<usize>()).sum();
        let note = format!("<termNote type=\"transferComment\">{degree}</termNote>");
        let notes = tbx.matches(&note).count();
        assert!(notes >= terms && notes.is_multiple_of(2), "{degree}: {notes} of {terms}");
    }
}

#[test]
fn a_table_of_ones_own_may_have_the_old_cells() {
    let bench = with_documents();
    bench.write(
        "own.tsv",
        "通報\t告知\t\tlaw\tboth\tknown\n核對\t查验\t\tlaw\tboth\tknown\tnearest\n",
    );
    let found = |term: &str| {
        bench.json(&["terms", "list", term, "--terms", "own.tsv", "--format", "json"])[0].clone()
    };
    assert_eq!(found("通報")["degree"], Degree::Same.as_str());
    assert_eq!(found("查验")["degree"], "nearest");
    let written = bench.run(&["terms", "export", "--format", "csv"]).out;
    assert!(written.contains("direction,attested,degree,macao,english"), "{}", &written[..200]);
}

#[test]
fn english_terms_are_listed_exported_and_checked() {
    let bench = Workspace::new();
    for asked in ["intellectual property", "Intellectual-Property", "知识产权"] {
        let found = bench.json(&["terms", "list", asked, "--format", "json"]);
        let found = found.as_array().unwrap();
        let row = found.iter().find(|entry| entry["mainland"][0] == "知识产权");
        let row = row.unwrap_or_else(|| panic!("{asked}: {found:?}"));
        assert!(row["english"][0].as_str().unwrap().starts_with("intellectual property"), "{row}");
        let mut sources = row["sources"].as_array().unwrap().iter();
        assert!(sources.any(|source| source["english"] == true), "{row}");
    }
    let listed = bench.run(&["terms", "list", "Belt and Road"]).out;
    for told in ["English belt and road ⇄ Hong Kong 一帶一路 ⇄ Mainland 一带一路", "EN·HK·CN 《"]
    {
        assert!(listed.contains(told), "{told}: {listed}");
    }
    let tbx = bench.run(&["terms", "export"]).out;
    let entries = TermTable::built_in().entries().iter();
    let english: usize = entries.map(|entry| usize::from(!entry.english.is_empty())).sum();
    // Once for each term of another region.
    assert!(tbx.matches("<langSet xml:lang=\"en\">").count() >= english);
    assert!(tbx.contains("<tig><term>belt and road</term></tig>"));
    bench.write(
        "own.tsv",
        "海關\t海关\t\ttrade\tboth\tknown\tsame\t\tcustoms-house|Customs house\n",
    );
    let checked = bench.run(&["terms", "check", "--terms", "own.tsv"]);
    assert_eq!(checked.code, 1);
    assert!(
        checked.out.contains("customs-house and Customs house are one English term"),
        "{}",
        checked.out
    );
    bench.write("own.tsv", "海關\t海关\t\ttrade\tboth\tknown\tsame\t\t海關\n");
    let refused = bench.run(&["terms", "list", "--terms", "own.tsv"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("'海關' is no English term"), "{}", refused.err);
}

#[test]
fn each_place_of_a_word_stands_beside_the_words_of_the_other_version() {
    let bench = Workspace::new();
    let page = |language: &str, text: &str| {
        format!(
            "+++\ntitle = '甲乙合作協議'\nlanguage = '{language}'\ndate = '2017-03-01'\n+++\n\n{text}"
        )
    };
    bench.write(
        "docs/a.zh-Hant-HK.md",
        page(
            "zh-Hant-HK",
            "第一條 提升教學質素，交流資訊。\n\n第二條 質素由雙方評估。\n\n第三條 拘捕須通報，質素另議。\n",
        ),
    );
    bench.write(
        "docs/a.zh-Hans-CN.md",
        page(
            "zh-Hans-CN",
            "第一条 提升教学素质，交流信息。\n\n第二条 质素由双方评估。\n\n第三条 逮捕须通报，此事另议。\n",
        ),
    );
    bench.write("docs/b.md", page("zh-Hant-HK", "第一條 質素。\n").replace("甲乙", "丙丁"));
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let degrees = |told: &Value| -> Vec<(String, String, String)> {
        let lines = told["lines"].as_array().unwrap().iter().map(|line| {
            let other = &line["counterpart"];
            let text: Vec<char> = other["text"].as_str().unwrap_or_default().chars().collect();
            let words = other["highlights"].as_array().into_iter().flatten().map(|at| {
                let at = |nth: usize| at[nth].as_u64().unwrap() as usize;
                text[at(0)..at(1)].iter().collect::<String>()
            });
            let degree = match other {
                Value::Null => "no version",
                other => other["degree"].as_str().unwrap_or("no words"),
            };
            let keyword = line["keyword"].as_str().unwrap().to_owned();
            (keyword, words.collect::<Vec<_>>().concat(), degree.to_owned())
        });
        let mut lines: Vec<_> = lines.collect();
        lines.sort();
        lines
    };
    let expected = |all: &[[&str; 3]]| -> Vec<(String, String, String)> {
        let mut all: Vec<_> = all
            .iter()
            .map(|[a, b, c]| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned()))
            .collect();
        all.sort();
        all
    };
    let json = |word: &str| {
        bench.json(&["concordance", word, "--no-expand", "--script", "hant", "--format", "json"])
    };
    let quality = expected(&[
        ["質素", "素质", "same"],
        ["質素", "质素", "identical"],
        ["質素", "", "no words"],
        ["質素", "", "no version"],
    ]);
    assert_eq!(degrees(&json("質素")), quality);
    assert_eq!(degrees(&json("拘捕")), expected(&[["拘捕", "逮捕", "nearest"]]));
    let served = Served::start(&bench, &[]);
    let query = [("q", "質素"), ("expand", "false"), ("script", "hant")];
    assert_eq!(degrees(&served.json("/api/v1/concordance", &query)), quality);

    // For people: what the table has, and each place, one below the other or side by side.
    let narrow = bench.run(&["concordance", "質素", "--script", "hant"]).out;
    assert!(narrow.contains("香港") || narrow.contains("Hong Kong 質素"), "{narrow}");
    for told in ["↔ same · 《甲乙合作協議》第一条", "Same word", "No equivalent found", "4 places"]
    {
        assert!(narrow.to_lowercase().contains(&told.to_lowercase()), "{told}: {narrow}");
    }
    let wide = bench.command(&["concordance", "質素"]).env("COLUMNS", "160").output().unwrap();
    let wide = String::from_utf8(wide.stdout).unwrap();
    assert!(wide.lines().any(|line| line.contains("質素") && line.contains("│")), "{wide}");
    let two = bench.run(&["concordance", "質素", "--limit", "2", "--offset", "1"]).out;
    assert!(two.contains(" 2 to 3 of "), "{two}");
    let csv = bench.run(&["concordance", "質素", "--script", "hant", "--format", "csv"]).out;
    assert!(csv.lines().count() == 5 && csv.contains(",素质,same"), "{csv}");
    let nothing = bench.run(&["concordance", "沒有這詞"]);
    assert!(nothing.code == 1 && nothing.out.contains("nothing found"), "{}", nothing.out);
    assert_eq!(bench.run(&["concordance", "質素", "--width", "201"]).code, 2);

    for (ui, words) in [
        ("hant", ["逐處對照", "用字相同", "沒有相應用語", "沒有另一版本"]),
        ("hans", ["逐处对照", "用字相同", "没有相应用语", "没有另一版本"]),
        ("en", ["Concordance", "Same word", "No equivalent found", "No other version"]),
    ] {
        let page = served
            .get(&format!("/concordance?q=%E8%B3%AA%E7%B4%A0&expand=false&script=hant&ui={ui}"));
        let page = page.text();
        assert!(words.iter().all(|word| page.contains(word)), "{ui}: {page}");
        assert!(page.contains("<mark>素质</mark>") && page.contains("<mark>質素</mark>"), "{page}");
        assert!(page.contains("name=\"script\" value=\"hant\""), "filters are kept");
        let found = served.get(&format!("/?q=%E8%B3%AA%E7%B4%A0&ui={ui}")).text();
        assert!(found.contains("href=\"/concordance?q=%E8%B3%AA%E7%B4%A0"), "{found}");
        let terms = served.get(&format!("/terms?term=%E8%B3%AA%E7%B4%A0&ui={ui}")).text();
        assert!(terms.contains("href=\"/concordance?q="), "{terms}");
    }
    assert_eq!(served.get("/concordance").status, 200);
    assert_eq!(served.get("/concordance?q=a&width=999").status, 400);
}
