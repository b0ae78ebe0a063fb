//! The query language, in both scripts.

use serde_json::Value;

use crate::util::{Bench, bundled, ids};

fn texts(answer: &Value) -> Vec<String> {
    let hits = answer["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["clause"]["text"].as_str().unwrap().to_owned()).collect()
}

/// Searches with both queries, which must give the same, and gives the answer.
fn both(bench: &Bench, hant: &str, hans: &str) -> Value {
    let answer = bench.search(hant, &["--limit", "60"]);
    let other = bench.search(hans, &["--limit", "60"]);
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
    let bench = Bench::indexed(&bundled());
    let holds = |text: &str, any: &[&str]| any.iter().any(|word| text.contains(word));
    let plain = both(&bench, "培訓 交流", "培训 交流");
    // A phrase stands as it is, without other regions' words.
    let phrase = both(&bench, "「專業人士」", "“专业人士”");
    assert!(phrase["total"].as_u64().unwrap() > 0);
    for text in texts(&phrase) {
        assert!(holds(&text, &["專業人士", "专业人士"]), "{text}");
    }
    assert!(phrase["notes"].as_array().unwrap().is_empty(), "{}", phrase["notes"]);
    // Without.
    let without = both(&bench, "交流 -培訓", "交流 NOT 培训");
    assert!(without["total"].as_u64().unwrap() > 0);
    for text in texts(&without) {
        assert!(!holds(&text, &["培訓", "培训"]), "{text}");
    }
    // Either; at least as many as each.
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
    let bench = Bench::indexed(&bundled());
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
    // One script only.
    let exact = bench.search("exact:質素", &["--limit", "60"]);
    assert!(exact["total"].as_u64().unwrap() > 0);
    for text in texts(&exact) {
        assert!(text.contains("質素"), "{text}");
    }
}

#[test]
fn slips_are_told_and_the_rest_is_searched() {
    let bench = Bench::indexed(&bundled());
    let plain = bench.search("知識產權", &[]);
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
    // Nothing but what must not stand there finds nothing to rank by.
    let ran = bench.run(&["search", "--", "-培訓"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
}

#[test]
fn a_users_own_terms_widen_queries() {
    let bench = Bench::new();
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
    let bench = Bench::new();
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
            let answer = bench.search(query, &[]);
            let hits = answer["hits"].as_array().unwrap();
            for hit in &hits[..2] {
                assert_eq!(hit["clause"]["path"][0], label, "{query}: {}", hit["clause"]["text"]);
                assert!(!hit["highlights"].as_array().unwrap().is_empty(), "{query}");
            }
            assert!(answer["notes"].to_string().find("also looked for").is_none(), "{query}");
        }
    }
}
