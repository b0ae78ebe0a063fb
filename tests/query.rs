//! The query language, in both scripts.

use std::collections::BTreeSet;

use serde_json::Value;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Hit, Request, Searcher};

use crate::served::Served;
use crate::util::{Workspace, bundled, ids, real};

fn texts(answer: &Value) -> Vec<String> {
    let hits = answer["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["clause"]["text"].as_str().unwrap().to_owned()).collect()
}

/// Searches with both queries, which must have the same answer, and returns it.
fn both(bench: &Workspace, hant: &str, hans: &str) -> Value {
    let answer = bench.search(hant, &["--limit", "60", "--no-group"]);
    let other = bench.search(hans, &["--limit", "60", "--no-group"]);
    assert_eq!(answer["total"], other["total"], "{hant} {hans}");
    let sorted = |answer: &Value| {
        let mut ids = ids(answer);
        ids.sort();
        ids
    };
    assert_eq!(sorted(&answer), sorted(&other), "{hant} {hans}");
    answer
}

#[test]
fn phrases_operators_and_brackets() {
    let bench = Workspace::indexed(&bundled());
    let holds = |text: &str, any: &[&str]| any.iter().any(|word| text.contains(word));
    let plain = both(&bench, "培訓 交流", "培训 交流");
    // A phrase is searched as it is, without regional terms.
    let phrase = both(&bench, "「專業人士」", "“专业人士”");
    assert!(phrase["total"].as_u64().unwrap() > 0);
    for text in texts(&phrase) {
        assert!(holds(&text, &["專業人士", "专业人士"]), "{text}");
    }
    assert!(phrase["notes"].as_array().unwrap().is_empty(), "{}", phrase["notes"]);
    // Without the word.
    let without = both(&bench, "交流 -培訓", "交流 NOT 培训");
    assert!(without["total"].as_u64().unwrap() > 0);
    for text in texts(&without) {
        assert!(!holds(&text, &["培訓", "培训"]), "{text}");
    }
    // Either word; at least as many as each.
    let either = both(&bench, "電子商貿 OR 知識產權", "电子商贸 ｜ 知识产权");
    let each = both(&bench, "「知識產權」", "「知识产权」");
    assert!(either["total"].as_u64().unwrap() >= each["total"].as_u64().unwrap());
    let grouped = both(&bench, "(研討會 OR 培訓) 知識產權", "（研讨会 OR 培训） 知识产权");
    for text in texts(&grouped) {
        assert!(holds(&text, &["研討會", "研讨会", "培訓", "培训", "培养"]), "{text}");
    }
    assert!(grouped["total"].as_u64().unwrap() > 0);
    assert!(plain["total"].as_u64().unwrap() > 0);
    let prefix = bench.search("CEP*", &[]);
    assert!(prefix["total"].as_u64().unwrap() > 0);
    for text in texts(&prefix) {
        assert!(text.to_uppercase().contains("CEP"), "{text}");
    }
}

#[test]
fn fields_narrow_as_flags_do() {
    let bench = Workspace::indexed(&bundled());
    for (query, flags) in [
        ("合作 kind:memorandum", &["--kind", "memorandum"][..]),
        ("合作 script:hans", &["--script", "hans"]),
        ("合作 date:2015..2016", &["--from", "2015", "--to", "2016"]),
        ("合作 place:香港", &["--place", "香港"]),
        ("合作 number：〔2017〕38號", &["--number", "(2017) 38号"]),
        ("合作 unit:香港海關", &["--unit", "香港海关"]),
    ] {
        let found = bench.search(query, &["--limit", "60"]);
        let args: Vec<&str> = flags.iter().copied().chain(["--limit", "60"]).collect();
        assert_eq!(ids(&found), ids(&bench.search("合作", &args)), "{query}");
        assert!(found["total"].as_u64().unwrap() > 0, "{query}");
    }
    for (hant, hans) in
        [("合作 title:醫療", "合作 title:医疗"), ("label:第八條 協議", "label:8 协议")]
    {
        let answer = both(&bench, hant, hans);
        assert!(answer["total"].as_u64().unwrap() > 0, "{hant}");
    }
    for hit in bench.search("label:第八條 協議", &[])["hits"].as_array().unwrap() {
        let path = hit["clause"]["path"].as_array().unwrap();
        let label = path.last().unwrap().as_str().unwrap();
        assert!(label.contains('八') || label.contains('8'), "{label}");
    }
    // In one script only.
    let exact = bench.search("exact:質素", &["--limit", "60"]);
    assert!(exact["total"].as_u64().unwrap() > 0);
    for text in texts(&exact) {
        assert!(text.contains("質素"), "{text}");
    }
}

#[test]
fn slips_are_told_and_the_rest_is_searched() {
    let bench = Workspace::indexed(&bundled());
    let plain = bench.search("知識產權", &["--no-expand"]);
    for query in ["知識產權 ) OR", "「知識產權」 “", "知識產權 kind:letter", "知識產權 date:soon"]
    {
        let answer = bench.search(query, &[]);
        assert!(answer["total"].as_u64().unwrap() > 0, "{query}");
        assert!(!answer["notes"].as_array().unwrap().is_empty(), "{query}");
    }
    assert!(plain["notes"].as_array().unwrap().is_empty(), "{}", plain["notes"]);
    for query in ["(((((", "OR", "-", "\"\"", "*", "label:", &"(".repeat(900), "NOT NOT NOT 橋"] {
        let ran = bench.run(&["search", "--format", "json", "--", query]);
        assert!(ran.code < 2, "{query}: {}", ran.err);
    }
    // An unmatched mark is neither a word nor a filter, so nothing is listed for it.
    let ran = bench.run(&["search", "--", "“"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
}

#[test]
fn a_users_own_terms_widen_queries() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、由联络干事跟進。\n\n二、其他安排。");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    bench.write("own.tsv", "聯絡主任\t联络干事\t\tgeneral\tboth\tknown\n");
    let found = |args: &[&str]| bench.search("聯絡主任", args)["total"].as_u64().unwrap();
    let own = found(&["--terms", "own.tsv"]);
    assert_eq!(own, 1);
    let answer = bench.search("聯絡主任", &["--terms", "own.tsv"]);
    assert!(answer["notes"].to_string().contains("联络干事"));
    assert_eq!(found(&["--terms", "own.tsv", "--no-expand"]), found(&[]));
}

#[test]
fn numbers_and_dates_as_people_write_them() {
    let bench = Workspace::new();
    bench.write(
        "docs/a.txt",
        "甲協議\n\n一、於二〇一七年十一月十八日簽署。\n\n二、資助額為2,000萬元。\n\n三、共七十七項工作。\n\n四、其他事項，如有需要另議。",
    );
    bench.write(
        "docs/b.txt",
        "乙协议\n\n一、于2017年11月18日签署。\n\n二、资助额为二千万元。\n\n三、共77项工作。\n\n四、其他事项，如有需要另议。",
    );
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    for (queries, label) in [
        (&["2017年11月18日", "二〇一七年十一月十八日", "二零一七年十一月十八日"][..], "一"),
        (&["2,000萬元", "2000万元", "二千萬元"], "二"),
        (&["77項工作", "七十七项工作"], "三"),
    ] {
        for query in queries {
            let answer = bench.search(query, &["--no-group"]);
            let hits = answer["hits"].as_array().unwrap();
            for hit in &hits[..2] {
                assert_eq!(hit["clause"]["path"][0], label, "{query}: {}", hit["clause"]["text"]);
                assert!(!hit["highlights"].as_array().unwrap().is_empty(), "{query}");
            }
            assert!(answer["notes"].to_string().find("also searched as").is_none(), "{query}");
        }
    }
}

#[test]
fn citations_lead_to_the_clause() {
    let bench = Workspace::new();
    bench.write(
        "docs/hant.txt",
        "粵港旅遊合作協議\n\n一、總則\n\n（一）目的。加強合作。\n\n（二）原則。互利共贏。\n\n二、合作內容\n\n（一）旅遊推廣。\n\n（二）人員培訓，按本協議一（二）進行。\n\n二〇一七年三月一日於香港簽署",
    );
    bench.write(
        "docs/law.txt",
        "某某条例\n\n第一条 为了合作，制定本条例。\n\n第二条 申请人应当：\n\n（一）提交表格；\n\n（二）缴费。\n\n逾期不受理。\n\n第三条 依照第二条办理。",
    );
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    for (query, eid) in [
        ("《粵港旅遊合作協議》一（二）", "part_1__subpart_2"),
        ("《粤港旅游合作协议》一(2)", "part_1__subpart_2"),
        ("《旅遊合作協議》二（一） 推廣", "part_2__subpart_1"),
        ("《某某條例》第二條", "art_2"),
        ("《某某条例》第2条", "art_2"),
        ("第三條", "art_3"),
        ("第３条", "art_3"),
        ("label:3 办理", "art_3"),
    ] {
        let answer = bench.search(query, &[]);
        assert_eq!(answer["hits"][0]["clause"]["eid"], eid, "{query}: {}", answer["notes"]);
    }
    // A label that is a heading leads to the clauses below it.
    let below = bench.search("《粵港旅遊合作協議》二", &[]);
    assert!(below["total"].as_u64().unwrap() > 0);
    // Clauses that cite it come after it.
    let both = bench.search("第二條", &[]);
    let eids: Vec<&str> = both["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["clause"]["eid"].as_str().unwrap())
        .collect();
    assert_eq!(eids, ["art_2", "art_3"]);
    // The cited item is highlighted.
    let item = bench.search("《某某條例》第二條（二）", &[]);
    let text: Vec<char> = item["hits"][0]["clause"]["text"].as_str().unwrap().chars().collect();
    let span = &item["hits"][0]["highlights"][0];
    let at = |n: usize| usize::try_from(span[n].as_u64().unwrap()).unwrap();
    assert_eq!(text[at(0)..at(1)].iter().collect::<String>(), "（二）缴费。");
    // In quotation marks, it is text.
    let quoted = bench.search("「第二條」", &[]);
    assert_eq!(quoted["hits"][0]["clause"]["eid"], "art_3");
}

#[test]
fn document_numbers_however_they_are_written() {
    let bench = Workspace::new();
    bench.write(
        "docs/a.txt",
        "粤府函〔2017〕38号\n\n关于印发工作计划的通知\n\n各市人民政府：\n\n现将有关计划印发给你们。\n\n广东省人民政府\n2017年3月1日",
    );
    bench.write(
        "docs/b.txt",
        "乙協議\n\n一、按粵府函〔2017〕38號辦理。\n\n二、第38號會議室於2017年啟用。",
    );
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let mut all = Vec::new();
    for query in
        ["〔2017〕38號", "(2017) 38号", "（2017）38号", "粤府函〔2017〕38号", "粵府函[2017]38號"]
    {
        let answer = bench.search(query, &[]);
        let mut found = ids(&answer);
        found.sort();
        let texts = texts(&answer).join(" ");
        assert!(texts.contains("按粵府函") && texts.contains("现将有关计划"), "{query}: {texts}");
        assert!(!texts.contains("會議室"), "{query}: {texts}");
        all.push(found);
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
}

#[test]
fn versions_are_one_hit_led_by_the_script_typed() {
    let bench = Workspace::indexed(&bundled());
    let mut totals = Vec::new();
    for (query, script) in [("海關 知識產權", "Hant"), ("海关 知识产权", "Hans")] {
        let grouped = bench.search(query, &["--limit", "60", "--facets"]);
        let apart = bench.search(query, &["--limit", "60", "--no-group"]);
        assert!(grouped["total"].as_u64() < apart["total"].as_u64(), "{query}");
        let hits = grouped["hits"].as_array().unwrap();
        assert_eq!(hits.len() as u64, grouped["total"].as_u64().unwrap(), "{query}");
        let versions: Vec<_> =
            hits.iter().filter(|hit| !hit["counterparts"].as_array().unwrap().is_empty()).collect();
        assert!(!versions.is_empty());
        // Some clauses name the customs in one version only; that version leads.
        let found = ids(&apart);
        for hit in &versions {
            let led = &hit["clause"]["document"]["script"];
            let others = hit["counterparts"].as_array().unwrap();
            let alone = others.iter().all(|id| !found.iter().any(|other| id == other.as_str()));
            assert!(led == script || alone, "{query}: {}", hit["clause"]["id"]);
        }
        // Nothing is lost: each clause leads a hit or is a counterpart of one.
        for id in ids(&apart) {
            let told = hits.iter().any(|hit| {
                let others = hit["counterparts"].as_array().unwrap();
                hit["clause"]["id"] == id.as_str() || others.iter().any(|other| *other == id)
            });
            assert!(told, "{query}: {id}");
        }
        // Facets count the hits that would remain.
        for script in ["hant", "hans"] {
            let only = bench.search(query, &["--script", script]);
            let name = if script == "hant" { "Hant" } else { "Hans" };
            assert_eq!(only["total"], grouped["facets"]["script"][name], "{query} {script}");
        }
        totals.push(grouped["total"].clone());
    }
    assert_eq!(totals[0], totals[1]);
}

/// The press cuttings of the corpus have no date.
#[test]
fn documents_without_a_date_are_counted_and_chosen_like_a_year() {
    let bench = Workspace::indexed(&bundled());
    let total = |query: &str, more: &[&str]| {
        bench.search(query, &[more, &["--no-group", "--count"]].concat())["total"].as_u64().unwrap()
    };
    let mut found = Vec::new();
    for query in ["大灣區", "大湾区"] {
        let years = |more: &[&str]| bench.search(query, &[more, &["--facets"]].concat());
        let all = years(&["--no-group"]);
        let undated = all["facets"]["year"]["undated"].as_u64().unwrap();
        assert!(undated > 0 && undated < all["total"].as_u64().unwrap(), "{query}");
        // All hits have a year or none.
        let counts = all["facets"]["year"].as_object().unwrap().values();
        assert_eq!(counts.map(|n| n.as_u64().unwrap()).sum::<u64>(), all["total"], "{query}");
        let chosen = bench.search(query, &["--undated", "-n", "100", "--no-group"]);
        assert_eq!(chosen["total"], undated, "{query}");
        for hit in chosen["hits"].as_array().unwrap() {
            let document = &hit["clause"]["document"];
            assert!(document["date"].is_null(), "{document}");
            assert!(document["source"].as_str().unwrap().contains("press"), "{document}");
        }
        // Any of the years or no date is enough, and the note on what has none is gone.
        let both = total(query, &["--undated", "--year", "2017"]);
        assert_eq!(both, undated + total(query, &["--year", "2017"]), "{query}");
        let notes = &bench.search(query, &["--undated", "--year", "2017"])["notes"];
        assert!(!notes.to_string().contains("undated"), "{notes}");
        // What is chosen of the years doesn't change what there is of them.
        let grouped = years(&[]);
        for more in [&["--undated"][..], &["--year", "2017"], &["--undated", "--year", "2017"]] {
            assert_eq!(
                years(more)["facets"]["year"],
                grouped["facets"]["year"],
                "{query} {more:?}"
            );
        }
        let printed = bench.run(&["search", query, "--facets"]).out;
        let line = printed.lines().find(|line| line.starts_with("year ")).unwrap();
        let last = format!(" · no date {}", grouped["facets"]["year"]["undated"]);
        assert!(line.ends_with(&last), "{line}");
        found.push((undated, both));
    }
    assert_eq!(found[0], found[1]);
    let listed = bench.json(&["list", "--undated", "--format", "json"]);
    let sources = listed["documents"].as_array().unwrap().iter();
    assert!(
        sources.map(|one| &one["date"]).all(Value::is_null) && listed["total"] == 12,
        "{listed}"
    );
    for (query, range) in
        [("合作", &["--from", "2016"][..]), ("合作", &["--to", "2016"]), ("date:2016", &[])]
    {
        for (command, told) in [("search", "undated"), ("list", "from, to and date:")] {
            let refused = bench.run(&[&[command, query, "--undated"], range].concat());
            assert_eq!(refused.code, 2, "{command} {query} {range:?}: {}", refused.out);
            assert!(refused.err.contains(told), "{}", refused.err);
        }
    }
}

#[test]
fn facets_by_party_and_unit_join_both_scripts() {
    let bench = Workspace::indexed(&bundled());
    let (hant, hans) = (bench.search("海關", &["--facets"]), bench.search("海关", &["--facets"]));
    let count = |answer: &Value, facet: &str, name: &str| answer["facets"][facet][name].as_u64();
    let units = count(&hant, "unit", "香港海關");
    assert!(units.unwrap() > 0, "{}", hant["facets"]);
    assert_eq!(units, count(&hans, "unit", "香港海关"));
    assert_eq!(count(&hans, "unit", "香港海關"), None);
    let filtered = bench.search("海關", &["--unit", "香港海關"]);
    assert!(filtered["total"].as_u64().unwrap() >= units.unwrap());
    assert!(!hant["facets"]["party"].as_object().unwrap().is_empty());
    let shown = bench.run(&["search", "海關", "--facets"]).out;
    assert!(shown.contains("\nresponsible unit ") && shown.contains("香港海關"), "{shown}");
}

#[test]
fn hits_are_explained_and_the_parts_add_up() {
    let bench = Workspace::indexed(&bundled());
    let mut seen = std::collections::BTreeSet::new();
    for query in
        ["資訊科技 合作", "信息技术 合作", "2017年11月 簽署", "協議的有效期有多長？", "橋", "海關"]
    {
        let answer = bench.search(query, &["--explain", "--limit", "20"]);
        for hit in answer["hits"].as_array().unwrap() {
            let why = &hit["explanation"];
            let number = |value: &Value| value.as_f64().unwrap();
            let reasons = why["reasons"].as_array().unwrap();
            assert!(!reasons.is_empty(), "{query}");
            let sum: f64 = reasons.iter().map(|reason| number(&reason["score"])).sum();
            let factors = ["kind", "standing", "document"].map(|name| number(&why[name]));
            let score = (sum * number(&why["covered"]) + number(&why["near"]))
                * factors.iter().product::<f64>();
            let told = number(&hit["score"]);
            assert!((score - told).abs() < 0.01 * told.max(1.0), "{query}: {score} {told}");
            for reason in reasons {
                seen.insert(reason["where"].as_str().unwrap().to_owned());
                for term in reason["otherwise"].as_array().unwrap() {
                    seen.insert(term["rule"].as_str().unwrap().to_owned());
                }
            }
        }
    }
    for told in ["text", "headings", "title", "parties", "regional", "number", "side_by_side"] {
        assert!(seen.contains(told), "{told} of {seen:?}");
    }
    let folded = bench.search("海關", &["--explain", "--script", "hans"]);
    assert_eq!(folded["hits"][0]["explanation"]["folded"][0], serde_json::json!(["關", "关"]));
    let shown = bench.run(&["search", "資訊科技", "--explain", "--limit", "30"]).out;
    assert!(shown.contains("; “信息技术” for “資訊科技” (another"), "{shown}");
}

#[test]
fn words_near_one_another() {
    let bench = Workspace::new();
    bench.write(
        "a.txt",
        "甲協議\n\n一、培訓人員。\n\n二、培訓各地人員。\n\n三、人員接受培訓。\n\n四、人員往來，另行安排有關的培訓。",
    );
    assert_eq!(bench.run(&["index", "a.txt"]).code, 0);
    for (query, labels) in [
        ("\"培訓 人員\"~0", "一"),
        ("“培训 人员”～2", "一二三"),
        ("\"人員 培訓\"~2", "一二三"),
        ("「培訓人員」~2", "一二三"),
        ("\"培訓 人員\"~20", "一二三四"),
    ] {
        let answer = bench.search(query, &[]);
        let mut found: Vec<String> = answer["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["clause"]["path"][0].as_str().unwrap().to_owned())
            .collect();
        found.sort_by_key(|label| "一二三四".find(label.as_str()));
        assert_eq!(found.concat(), labels, "{query}");
    }
}

#[test]
fn what_was_meant_and_how_it_goes_on() {
    let bench = Workspace::indexed(&bundled());
    for (typed, meant) in [
        ("知織產權", "知識產權"),
        ("知织产权", "知识产权"),
        ("知產權", "知識產權"),
        ("知识识产权", "知识产权"),
    ] {
        let answer = bench.search(typed, &[]);
        assert_eq!(answer["suggestions"][0], meant, "{typed}: {}", answer["notes"]);
        assert!(answer["notes"].to_string().contains(meant), "{typed}");
        assert!(bench.search(meant, &[])["total"].as_u64().unwrap() > 0);
    }
    for right in ["知識產權", "知识产权 海关", "橋", "轉診機制"] {
        assert_eq!(bench.search(right, &[])["suggestions"].as_array().unwrap().len(), 0, "{right}");
    }
    for (typed, word) in
        [("知識", "知識產權"), ("知识", "知识产权"), ("海關 知識", "海關 知識產權")]
    {
        let all = bench.json(&["suggest", typed, "--format", "json"]);
        let texts: Vec<&str> =
            all.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
        assert!(texts.contains(&word), "{typed}: {texts:?}");
    }
    assert_eq!(bench.run(&["suggest", "龘龘"]).code, 1);
}

#[test]
fn words_are_found_by_their_sound_if_asked() {
    let bench = Workspace::indexed(&bundled());
    let right = bench.search("「知識產權」", &["--limit", "100", "--no-group"]);
    for typed in [
        "zhishi chanquan",
        "zhīshì chǎnquán",
        "zhi1shi5chan3quan2",
        "zi1 sik1 caan2 kyun4",
        "zisikcaankyun",
    ] {
        let heard = bench.search(typed, &["--phonetic", "--limit", "100", "--no-group"]);
        assert!(heard["notes"].to_string().contains("知识产权"), "{typed}: {}", heard["notes"]);
        let (found, wanted) = (ids(&heard), ids(&right));
        assert!(wanted.iter().all(|id| found.contains(id)), "{typed}");
        let first = heard["hits"][0]["clause"]["text"].as_str().unwrap();
        assert!(first.contains("知識產權") || first.contains("知识产权"), "{typed}: {first}");
        assert!(!heard["hits"][0]["highlights"].as_array().unwrap().is_empty(), "{typed}");
        // Only if requested.
        let plain = bench.search(typed, &[]);
        assert!(!plain["notes"].to_string().contains("知识产权"), "{typed}");
    }
    let none = bench.search("xyzzy", &["--phonetic"]);
    assert!(none["notes"].to_string().contains("sound like this"), "{}", none["notes"]);
}

#[test]
fn lifted_words_bring_their_clause_first() {
    let bench = Workspace::indexed(&bundled());
    // One process for two hundred searches.
    let served = Served::start(&bench, &[]);
    let all = bench.search("合作", &["--limit", "200", "--no-group"]);
    for (nth, text) in texts(&all).into_iter().enumerate() {
        let chars: Vec<char> = text.chars().filter(|c| *c != '\n').collect();
        let length = 8 + nth % 5;
        let at = (nth * 7) % chars.len().saturating_sub(length).max(1);
        let lifted: String = chars.iter().skip(at).take(length).collect();
        // A figure or Latin word that is split is a different one.
        let cut = |at: usize| {
            let inside = |at: usize| chars.get(at).is_some_and(char::is_ascii_alphanumeric);
            at > 0 && inside(at - 1) && inside(at)
        };
        let quotes = "「」『』“”‘’《》()（）〔〕";
        if cut(at) || cut(at + length) || lifted.contains(|c| quotes.contains(c)) {
            continue;
        }
        let answer = served.json("/api/v1/search", &[("q", &lifted), ("limit", "1")]);
        let first = answer["hits"][0]["clause"]["text"].as_str().unwrap_or_default();
        let plain = |text: &str| -> String {
            tiaowen_text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
        };
        assert!(plain(first).contains(&plain(&lifted)), "{lifted}: {first}");
    }
}

/// Also with more clauses than are scored at once; their pages are consecutive.
#[test]
fn word_for_word_comes_first_among_many() {
    let bench = Workspace::new();
    let mut law = "申請審查辦法\n\n".to_owned();
    for nth in 1..=400 {
        let text = match nth {
            4 => "本法所稱必要文件，指下列各款。".to_owned(),
            99 => "依第四條所稱必要文件，由主管機關公告；駁回申請者亦同。".to_owned(),
            377 => "申請人經主管機關駁回者，得於三十日內補正相關文件，並敘明理由，送請原審查單位再行審酌辦理。".to_owned(),
            _ => format!("主管機關得駁回申請者；駁回由主管機關通知，第{nth}號。"),
        };
        law.push_str(&format!("第{nth}條\u{3000}{text}\n\n"));
    }
    bench.write("laws/a.txt", law);
    assert_eq!(bench.run(&["index", "laws"]).code, 0);
    let lifted = bench.search("第四條所稱必要文件", &["--limit", "1"]);
    let first = lifted["hits"][0]["clause"]["text"].as_str().unwrap();
    assert!(first.contains("第四條所稱必要文件"), "a citation inside: {first}");
    for query in ["主管機關駁回者", "主管机关驳回者"] {
        let answer = bench.search(query, &["--limit", "1"]);
        let first = answer["hits"][0]["clause"]["text"].as_str().unwrap();
        assert!(first.contains("主管機關駁回者"), "{query}: {first}");
        let total = usize::try_from(answer["total"].as_u64().unwrap()).unwrap();
        assert!(total >= 399, "{total}");
        let mut seen = std::collections::HashSet::new();
        for page in 0..total.div_ceil(50) {
            let offset = (page * 50).to_string();
            let page = bench.search(query, &["--limit", "50", "--offset", &offset]);
            seen.extend(ids(&page));
        }
        assert_eq!(seen.len(), total, "{query}: each hit is on one page");
    }
}

#[test]
fn unusual_queries_are_answered() {
    let bench = Workspace::indexed(&bundled());
    let terms = "知識產權 合作 海關 ".repeat(67);
    let nested = format!("{}橋 OR 海關{}", "(".repeat(480), ")".repeat(480));
    for query in [
        terms.trim(),
        &nested,
        "a*",
        "知*",
        "(?i)[a-z]+\\d{3}$|^.*",
        "\u{7}海關\u{202e}權產識知\u{200b}",
        "𠮷野家 海關",
        "....海關....",
        "海關~~~5",
        "\"\"~5 海關",
        "NEAR/5 海關",
        "《》第 海關",
        "第第第條",
        "〔〕號",
    ] {
        let ran = bench.run(&["search", "--format", "json", "--explain", "--", query]);
        assert!(ran.code < 2, "{query}: {}", ran.err);
    }
    let long = bench.run(&["search", &"橋".repeat(1001)]);
    assert_eq!(long.code, 2);
    assert!(long.err.contains("1000"), "{}", long.err);
}

/// The ids of all hits without grouping, in the order of the index.
fn listed(bench: &Workspace, query: &str, more: &[&str]) -> Vec<String> {
    let args = [&["--no-group", "--limit", "1000"], more].concat();
    ids(&bench.search(query, &args))
}

#[test]
fn fields_and_filters_alone_list_clauses_in_reading_order() {
    let bench = Workspace::indexed(&bundled());
    let everything = listed(&bench, "", &[]);
    assert_eq!(everything.len(), 654);
    let of_title = listed(&bench, "title:姊妹學校", &[]);
    assert_eq!(of_title, listed(&bench, "title:姊妹学校", &[]), "both scripts list the same");
    // Document after document, each in reading order.
    let documents: Vec<&str> = of_title.iter().map(|id| id.split('.').next().unwrap()).collect();
    let mut runs = documents.clone();
    runs.dedup();
    assert_eq!(runs.len(), 2, "{of_title:?}");
    for document in runs {
        let shown = bench.json(&["show", document, "--format", "json"]);
        let clauses = shown["clauses"].as_array().unwrap().iter();
        let in_order: Vec<String> =
            clauses.map(|clause| clause["id"].as_str().unwrap().to_owned()).collect();
        let own: Vec<String> =
            of_title.iter().filter(|id| id.starts_with(document)).cloned().collect();
        assert_eq!(own, in_order);
    }
    for (query, flags) in [
        ("kind:memorandum", &["--kind", "memorandum"][..]),
        ("date:2017..2017", &["--from", "2017", "--to", "2017"]),
        ("unit:公安廳", &["--unit", "公安厅"]),
        ("script:hans kind:press", &["--script", "hans", "--kind", "press"]),
    ] {
        let found = listed(&bench, query, &[]);
        assert!(!found.is_empty(), "{query}");
        assert_eq!(found, listed(&bench, "", flags), "{query}");
    }
    // Pages are consecutive.
    let page = |offset: &str| {
        let args = ["--kind", "paper", "--offset", offset, "--limit", "5"];
        ids(&bench.search("", &args))
    };
    let both = ids(&bench.search("", &["--kind", "paper", "--limit", "10"]));
    assert_eq!([page("0"), page("5")].concat(), both);
    // An exclusion may be alone.
    let without = listed(&bench, "kind:press -合作", &[]);
    let with = listed(&bench, "kind:press 合作", &[]);
    let all = listed(&bench, "kind:press", &[]);
    assert!(!without.is_empty() && !with.is_empty());
    assert!(without.iter().all(|id| all.contains(id) && !with.contains(id)));
    assert_eq!(without.len() + with.len(), all.len());
    // Without a word and without a filter, the command line asks for one. Punctuation is not a
    // word.
    assert_eq!(bench.run(&["search"]).code, 2);
    assert_eq!(bench.run(&["search", "。"]).code, 1);
}

#[test]
fn a_filter_that_excludes_every_hit_is_reported() {
    let bench = Workspace::indexed(&bundled());
    for query in
        ["合作 kind:notice", "合作 date:1990", "《粵港醫療交流合作備忘錄》三（二）1 kind:law"]
    {
        let answer = bench.search(query, &[]);
        assert_eq!(answer["total"], 0, "{query}");
        let notes = answer["notes"].to_string();
        assert!(notes.contains("the filters exclude every hit"), "{query}: {notes}");
    }
    let total = bench.search("合作", &[])["total"].clone();
    let note = bench.search("合作", &["--kind", "notice"])["notes"].to_string();
    assert!(note.contains(&format!("without them there are {total}")), "{note}");
    // If no clause contains the words, the filters are not the reason.
    let none = bench.search("魑魅魍魎", &["--kind", "notice"])["notes"].to_string();
    assert!(!none.contains("filters"), "{none}");
    let shown = bench.run(&["search", "--kind", "law"]);
    assert_eq!(shown.code, 1);
    assert!(shown.out.starts_with("nothing found\n"), "{}", shown.out);
}

/// The clauses of an index, in the order of their documents.
fn clauses_of(searcher: &Searcher) -> Vec<ClauseRecord<'static>> {
    let manifest = searcher.manifest().unwrap();
    let documents = manifest.documents().map(|document| document.id.clone());
    documents.flat_map(|id| searcher.document(&id).unwrap()).collect()
}

/// Searches for each citation as printed. Returns those that don't find their clause first.
fn not_read_back(searcher: &Searcher) -> (usize, Vec<String>) {
    let records = clauses_of(searcher);
    let mut asked = BTreeSet::new();
    let mut missed = Vec::new();
    for record in &records {
        let cited = citation(&record.document, &record.clause);
        if !asked.insert(cited.clone()) {
            continue;
        }
        let answer = searcher.search(&Request::new(cited.clone())).unwrap();
        let is_cited = |hit: &Hit| {
            citation(&hit.record.document, &hit.record.clause) == cited
                || hit.counterparts.contains(&record.id())
        };
        if !answer.hits.first().is_some_and(is_cited) {
            missed.push(cited);
        }
    }
    (asked.len(), missed)
}

#[test]
fn whatever_is_printed_as_a_citation_is_read_back() {
    let bench = Workspace::indexed(&bundled());
    let (asked, missed) = not_read_back(&Searcher::open(&bench.path("index")).unwrap());
    assert!(asked > 100, "{asked}");
    assert_eq!(missed, Vec::<String>::new(), "of {asked}");
    let Some(real) = real() else { return };
    let bench = Workspace::indexed(&real);
    let (asked, missed) = not_read_back(&Searcher::open(&bench.path("index")).unwrap());
    assert!(asked > 300, "{asked}");
    assert_eq!(missed, Vec::<String>::new(), "of {asked}");
}

/// An article that is a heading over items, and items inside an article that is one clause.
#[test]
fn items_are_cited_as_people_cite_them() {
    let bench = Workspace::new();
    let hant = "服務貿易安排\n\n第五條 准入\n一、給予國民待遇。\n二、設立聯絡機制。\n\n\
                第六條 保障\n（一）可暫停措施。\n（二）機制不受影響。\n（三）同樣適用。\n";
    let hans = "服务贸易安排\n\n第五条 准入\n一、给予国民待遇。\n二、设立联络机制。\n\n\
                第六条 保障\n（一）可暂停措施。\n（二）机制不受影响。\n（三）同样适用。\n";
    bench.write("docs/a.txt", hant);
    bench.write("docs/b.txt", hans);
    bench.json(&["index", "docs", "--format", "json"]);
    for (hant, hans, text) in [
        ("《服務貿易安排》第六條（二）", "《服务贸易安排》第六条（二）", "不受影"),
        ("第六條第（三）項", "第六条第（三）项", "用。"),
        ("第6條(1)", "第6条(1)", "措施"),
        ("《服務貿易安排》第五條二", "《服务贸易安排》第五条二", "制。"),
        ("服務貿易安排第六條（二）", "服务贸易安排第六条（二）", "不受影"),
    ] {
        for query in [hant, hans] {
            let first = texts(&bench.search(query, &[])).remove(0);
            assert!(first.contains(text), "{query}: {first}");
        }
    }
}

#[test]
fn a_name_before_an_article_needs_no_brackets() {
    let bench = Workspace::new();
    let law = |title: &str, date: &str, text: &str| {
        format!("+++\ntitle = '{title}'\nkind = 'law'\ndate = '{date}'\n+++\n\n{text}\n")
    };
    let articles = |about: &str| {
        (1..=40).map(|n| format!("第{n}条 {about}的第{n}项规定。\n\n")).collect::<String>()
    };
    for (name, title, date) in [
        ("a", "中华人民共和国劳动合同法", "2007-06-29"),
        ("b", "中华人民共和国劳动合同法", "2012-12-28"),
        ("c", "劳动合同法的解释", "2013-01-01"),
        ("d", "中华人民共和国合同法", "1999-03-15"),
        ("e", "中华人民共和国香港特别行政区基本法", "1990-04-04"),
        ("f", "日本法律汇编", "1990-04-04"),
    ] {
        let text = law(title, date, &articles(&format!("{title}{name}")));
        bench.write(&format!("docs/{name}.md"), text);
    }
    bench.json(&["index", "docs", "--format", "json"]);
    for (hant, hans, text) in [
        ("勞動合同法第三十八條", "劳动合同法第三十八条", "劳动合同法b的第38项"),
        ("《勞動合同法》第38條", "《劳动合同法》第38条", "劳动合同法b的第38项"),
        ("違反勞動合同法第三十八條", "违反劳动合同法第三十八条", "劳动合同法b的第38项"),
        ("合同法第八條", "合同法第八条", "国合同法d的第8项"),
        ("基本法第二十二條", "基本法第二十二条", "基本法e的第22项"),
    ] {
        for query in [hant, hans] {
            let answer = bench.search(query, &["--no-group"]);
            assert!(texts(&answer)[0].contains(text), "{query}: {}", texts(&answer)[0]);
        }
    }
    // 本法 names no law, although titles end with it.
    let answer = bench.search("本法第三條", &[]);
    assert!(answer["total"].as_u64().unwrap() > 3, "{answer}");
}

#[test]
fn emphasis_that_stands_nowhere_as_it_is_gives_way() {
    let bench = Workspace::indexed(&bundled());
    for query in ["什麼是“產權知識”？", "什么是「产权知识」？"] {
        let answer = bench.search(query, &[]);
        assert!(answer["total"].as_u64().unwrap() > 0, "{query}");
        let notes = answer["notes"].to_string();
        assert!(notes.contains("no clause contains the quoted phrase"), "{query}: {notes}");
    }
    // Quotation marks typed on a keyboard ask for a phrase.
    assert_eq!(bench.search("\"產權知識\"", &[])["total"], 0);
}

#[test]
fn a_word_asked_for_twice_stands_twice() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "合作協議\n\n一、雙方加強合作。\n\n二、合作帶來合作。");
    bench.write("docs/b.txt", "合作协议书\n\n一、双方加强合作。\n\n二、合作带来合作。");
    bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!(both(&bench, "\"合作 合作\"~5", "\"合作 合作\"～5")["total"], 2);
    assert_eq!(both(&bench, "\"合作\"~5", "\"合作\"～5")["total"], 4);
}

/// A law in Markdown, with its date.
fn law(title: &str, date: &str, text: &str) -> String {
    format!("+++\ntitle = '{title}'\nkind = 'law'\ndate = '{date}'\n+++\n\n{text}\n")
}

#[test]
fn a_question_is_answered_in_the_law_s_words_by_the_law_that_decides() {
    let bench = Workspace::new();
    let dismissal = |more: &str| {
        format!("第一条　本文适用于合作事项。\n\n第二条　用人单位解除劳动合同的，{more}支付补偿。")
    };
    bench.write("docs/a.md", law("合作用工办法", "2015-01-01", &dismissal("应当按月")));
    bench.write("docs/b.md", law("合作用工法", "2008-01-01", &dismissal("应当按年")));
    bench.write("docs/c.md", law("合作用工法", "2016-01-01", &dismissal("应当按日")));
    bench.write("docs/d.md", "合作备忘录\n\n一、我方每年会面一次。\n\n二、门口不得堆放物品。");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    for question in ["老闆可以開除我嗎？", "老板可以开除我吗？"] {
        let answer = bench.search(question, &["--explain", "--no-group"]);
        let first: Vec<&str> = answer["hits"]
            .as_array()
            .unwrap()
            .iter()
            .take(3)
            .map(|hit| hit["clause"]["document"]["source"].as_str().unwrap())
            .collect();
        // The law in force, the law that it replaced, and what is made under laws.
        assert_eq!(first, ["c.md", "b.md", "a.md"], "{question}");
        let standing =
            |nth: usize| answer["hits"][nth]["explanation"]["standing"].as_f64().unwrap();
        assert!(standing(0) > standing(1) && standing(1) > standing(2), "{question}");
        assert!(answer["hits"][0]["clause"]["text"].as_str().unwrap().contains("按日"));
        let notes = answer["notes"].as_array().unwrap();
        let note = notes.iter().find(|note| note["kind"] == "everyday").unwrap();
        assert!(note["others"].to_string().contains("用人单位"), "{note}");
        let plain = bench.search(question, &["--no-expand"])["notes"].to_string();
        assert!(!plain.contains("everyday"), "{plain}");
    }
}

#[test]
fn totals_are_counted_as_far_as_they_are_asked_for() {
    let bench = Workspace::new();
    let clauses: String =
        (1..=2_500).map(|nth| format!("第{nth}條　第{nth}項合作由雙方安排。\n\n")).collect();
    bench.write("docs/a.txt", format!("合作協議\n\n{clauses}"));
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let total = |more: &[&str]| {
        let answer = bench.search("合作 安排", more);
        (answer["total"].as_u64().unwrap(), answer["total_is"].as_str().unwrap().to_owned())
    };
    assert_eq!(total(&[]), (1_000, "at_least".to_owned()));
    assert_eq!(total(&["--offset", "1500"]), (1_510, "at_least".to_owned()));
    for all in ["--count", "--facets"] {
        assert_eq!(total(&[all]), (2_500, "exact".to_owned()), "{all}");
    }
    // Skipped clauses change no hit.
    assert_eq!(ids(&bench.search("合作 安排", &[])), ids(&bench.search("合作 安排", &["--count"])));
    assert!(bench.run(&["search", "合作", "安排"]).out.contains("of over 1000 in"));
}

#[test]
fn where_dates_are_asked_for_a_note_says_how_many_hits_have_none() {
    let bench = Workspace::new();
    let dated = "+++\ntitle = '甲協議'\ndate = '2017-11-18'\n+++\n\n一、雙方互相通報情況。\n";
    bench.write("docs/a.md", dated);
    bench.write("docs/b.txt", "乙協議\n\n一、雙方互相通報資料。\n\n二、雙方每年會面。");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let note = |query: &str, more: &[&str]| {
        let answer = bench.search(query, more);
        let notes = answer["notes"].as_array().unwrap().clone();
        let undated = notes.into_iter().find(|note| note["kind"] == "undated");
        (answer["total"].as_u64().unwrap(), undated.map(|note| note["text"].to_string()))
    };
    for query in ["通報", "通报"] {
        let (total, text) = note(query, &["--from", "2016"]);
        assert_eq!(total, 1, "{query}");
        assert!(text.unwrap().contains("1 more has no date"), "{query}");
        assert_eq!(note(query, &[]), (2, None), "{query}");
    }
    assert!(note("date:2017 通報", &[]).1.is_some());
    assert_eq!(note("會面", &["--to", "2018"]).0, 0);
    // A list by filters alone.
    assert!(note("", &["--to", "2018"]).1.unwrap().contains("2 more have no date"));
}

/// Documents in both scripts on three subjects, and one in English on one of them.
fn asked_in_english() -> Workspace {
    let bench = Workspace::new();
    bench.write(
        "docs/hant.txt",
        "合作安排\n\n一、雙方加強保護知識產權。\n\n二、雙方參與「一帶一路」建設。\n\n三、雙方推動專業資格互認。\n\n\
         四、雙方簡化清關手續。\n\n五、雙方另行商議。",
    );
    bench.write(
        "docs/hans.txt",
        "合作安排\n\n一、双方加强保护知识产权。\n\n二、双方参与“一带一路”建设。\n\n三、双方推动专业资格互认。\n\n\
         四、双方简化通关手续。\n\n五、双方另行商定。",
    );
    bench.write(
        "docs/en.txt",
        "Cooperation Arrangement\n\n1. The two sides shall protect intellectual property. It is a duty of \
         both sides, whichever of them the owner of a right belongs to.\n\n2. The two sides shall consult.",
    );
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    bench
}

#[test]
fn a_query_in_english_finds_the_chinese_clauses_in_both_scripts() {
    let bench = asked_in_english();
    for (query, texts) in [
        ("Belt and Road", ["雙方參與「一帶一路」建設。", "双方参与“一带一路”建设。"]),
        ("belt-and-road", ["雙方參與「一帶一路」建設。", "双方参与“一带一路”建设。"]),
        (
            "mutual recognition of qualifications",
            ["雙方推動專業資格互認。", "双方推动专业资格互认。"],
        ),
        (
            "Mutual Recognition of Qualification",
            ["雙方推動專業資格互認。", "双方推动专业资格互认。"],
        ),
        ("customs clearance", ["雙方簡化清關手續。", "双方简化通关手续。"]),
        ("customs clearance 手續", ["雙方簡化清關手續。", "双方简化通关手续。"]),
    ] {
        let answer = bench.search(query, &["--no-group"]);
        let hits = answer["hits"].as_array().unwrap();
        let found: Vec<&str> =
            hits.iter().take(2).map(|hit| hit["clause"]["text"].as_str().unwrap()).collect();
        assert_eq!(hits.len(), 2, "{query}: {answer}");
        assert!(texts.iter().all(|text| found.contains(text)), "{query}: {found:?}");
        // The two scripts have the same words for it, or each its own: the score is alike.
        for (hit, marked) in hits.iter().zip(&found) {
            let marks = hit["highlights"].as_array().unwrap();
            assert!(!marks.is_empty(), "{query}: nothing is marked in {marked}");
        }
        let note = answer["notes"].as_array().unwrap().iter().find(|n| n["kind"] == "english");
        let note = note.unwrap_or_else(|| panic!("{query}: {}", answer["notes"]));
        assert!(!note["others"].as_array().unwrap().is_empty(), "{note}");
        assert!(query.contains(note["typed"].as_str().unwrap()), "{note}");
        let plain = bench.search(query, &["--no-group", "--no-expand"]);
        assert!(!plain["notes"].to_string().contains("english"), "{query}: {}", plain["notes"]);
        assert!(!plain["hits"].to_string().contains("一帶一路"), "{query}: {plain}");
    }
    let only = bench.search("Belt and Road", &["--no-expand"]);
    assert_eq!(only["total"], 0, "{only}");
}

#[test]
fn what_stands_there_in_english_goes_first() {
    let bench = asked_in_english();
    for query in ["intellectual property", "INTELLECTUAL PROPERTY", "intellectual property 保護"]
    {
        let answer = bench.search(query, &["--no-group", "--explain"]);
        let hits = answer["hits"].as_array().unwrap();
        assert!(hits.len() >= 2, "{query}: {answer}");
        let chinese =
            hits.iter().filter(|hit| hit["clause"]["text"].as_str().unwrap().contains(['知']));
        assert_eq!(chinese.count(), 2, "{query}: {answer}");
        if !query.contains('保') {
            let first = hits[0]["clause"]["text"].as_str().unwrap();
            assert!(first.contains("intellectual property"), "{query}: {first}");
            assert_eq!(hits.len(), 3, "{query}");
            let why = hits[1]["explanation"]["reasons"].to_string();
            assert!(why.contains("\"rule\":\"english\""), "{why}");
        }
    }
    // English documents are found as they were, by words that the table has and words it has not.
    for query in ["intellectual property", "consult", "two sides"] {
        let with = bench.search(query, &["--no-group"]);
        let without = bench.search(query, &["--no-group", "--no-expand"]);
        assert_eq!(with["hits"][0]["clause"]["id"], without["hits"][0]["clause"]["id"], "{query}");
    }
    let shown = bench.run(&["search", "intellectual property"]);
    let told = "intellectual property was also searched in Chinese: ";
    assert!(format!("{}{}", shown.out, shown.err).contains(told), "{} {}", shown.out, shown.err);
}
