//! Comparisons: the real pair, bad input, pairs of an index, and terms.

use serde_json::Value;

use crate::util::{Workspace, bundled, judged, real, snapshot};

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn is_change(difference: &Value) -> bool {
    matches!(difference["kind"].as_str().unwrap(), "regional" | "number" | "wording")
}

/// Every difference has the text at its places.
fn check_places(comparison: &Value) {
    for row in comparison["rows"].as_array().unwrap() {
        let text = |side: &str, more: &str| -> Vec<char> {
            let mut texts = vec![row[side]["text"].as_str().unwrap_or("").to_owned()];
            let more = row[more].as_array().unwrap().iter();
            texts.extend(more.map(|clause| clause["text"].as_str().unwrap().to_owned()));
            texts.join("\n").chars().collect()
        };
        let (left, right) = (text("left", "left_more"), text("right", "right_more"));
        for difference in row["differences"].as_array().unwrap() {
            for (text, side, at) in [(&left, "left", "left_at"), (&right, "right", "right_at")] {
                let place = |nth: usize| difference[at][nth].as_u64().unwrap() as usize;
                let found: String = text[place(0)..place(1)].iter().collect();
                assert_eq!(found, difference[side].as_str().unwrap());
            }
        }
    }
}

#[test]
fn the_work_plan_in_two_scripts() {
    let Some(folder) = real() else { return };
    let bench = Workspace::new();
    let left = folder.join("002_1a8be0d1c9318a07.txt");
    let right = folder.join("003_11f9e162e99b9905.txt");
    let (left, right) = (left.to_str().unwrap(), right.to_str().unwrap());
    let ran = bench.run(&["compare", left, right, "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("#2") && ran.err.contains("comparing"), "{}", ran.err);
    let comparison: Value = serde_json::from_str(&ran.out).unwrap();
    check_places(&comparison);
    let summary = &comparison["summary"];
    assert_eq!(
        (&summary["same"], &summary["changed"], &summary["moved"]),
        (&57.into(), &20.into(), &0.into())
    );
    // Only one version ends its items in lists of units.
    assert_eq!(summary["units"], 57);
    let rows = comparison["rows"].as_array().unwrap();
    for row in rows.iter().filter(|row| !row["right"].is_null()) {
        let number = |side: &str| row[side]["path"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(number("left"), number("right"));
    }
    let row = |number: &str| {
        rows.iter().find(|row| row["left"]["path"].as_array().unwrap().last().unwrap() == number)
    };
    let heading = &row("58").unwrap()["heading_differences"][0];
    assert_eq!((&heading["left"], &heading["right"]), (&"食物".into(), &"食品".into()));
    assert_eq!(heading["kind"], "regional");
    let changes: Vec<(Value, Value)> = row("28").unwrap()["differences"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|difference| is_change(difference))
        .map(|difference| (difference["left"].clone(), difference["right"].clone()))
        .collect();
    assert!(changes.contains(&("非執業".into(), "非审计业务".into())), "{changes:?}");

    // The judged items: all differences are found, and none where there is none.
    let Some(file) = judged("pairs-1-25.jsonl") else { return };
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let pair: Value = serde_json::from_str(line).unwrap();
        let row = row(&pair["n"].to_string()).unwrap();
        let found: Vec<&Value> =
            row["differences"].as_array().unwrap().iter().filter(|d| is_change(d)).collect();
        let judged = pair["differences"].as_array().unwrap();
        assert_eq!(found.is_empty(), judged.is_empty(), "{}", pair["n"]);
        for judged in judged {
            let inside = |difference: &&&Value| {
                ["left", "right"].iter().zip(["hant", "hans"]).all(|(side, script)| {
                    plain(judged[script].as_str().unwrap())
                        .contains(&plain(difference[side].as_str().unwrap()))
                })
            };
            assert!(found.iter().any(|d| inside(&d)), "{}: {judged}", pair["n"]);
        }
        for difference in found {
            let covered = judged.iter().any(|judged| {
                plain(judged["hant"].as_str().unwrap())
                    .contains(&plain(difference["left"].as_str().unwrap()))
                    && plain(judged["hans"].as_str().unwrap())
                        .contains(&plain(difference["right"].as_str().unwrap()))
            });
            assert!(covered, "{}: {difference}", pair["n"]);
        }
    }
}

#[test]
fn what_people_read() {
    let bench = Workspace::new();
    let [left, right] = ["zh-Hant-HK", "zh-Hans-CN"]
        .map(|language| bundled().join(format!("passenger-ship-sar-2015.{language}.md")));
    let args = ["compare", left.to_str().unwrap(), right.to_str().unwrap()];
    let narrow = bench.run(&args);
    assert_eq!(narrow.code, 0, "{}", narrow.err);
    snapshot("compare-narrow", &narrow.out);
    for line in narrow.out.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
    let wide = bench.command(&args).env("COLUMNS", "120").output().unwrap();
    snapshot("compare-wide", &String::from_utf8(wide.stdout).unwrap());
}

#[test]
fn planted_edits_in_both_directions() {
    let bench = Workspace::new();
    let hant = "粵港合作協議\n\n一、雙方每年培訓25人，為期五年。\n\n二、乙方不得轉讓資訊，並保留紀錄。\n\n三、廣東省教育廳負責統籌，香港教育局協助。\n\n四、雙方於2017年11月18日前設立專責小組，定期會面並檢討成效。\n\n五、費用各自承擔，另有約定者從其約定。\n\n六、爭議由雙方協商解決；協商不成的，提交聯席會議。";
    let hans = "粤港合作协议\n\n一、双方每年培训20人，为期三年。\n\n二、乙方得转让信息，并保留记录。\n\n三、广东省科技厅负责统筹，香港教育局协助。\n\n四、双方于二〇一七年十一月十八日前设立专责小组，定期会面并检讨成效。\n\n五、争议由双方协商解决，协商不成的、提交联席会议。\n\n六、双方另设秘书处处理日常事务。";
    bench.write("hant.txt", hant);
    bench.write("hans.txt", hans);
    for (left, right, only_left, only_right) in
        [("hant.txt", "hans.txt", "五", "六"), ("hans.txt", "hant.txt", "六", "五")]
    {
        let comparison = bench.json(&["compare", left, right, "--format", "json"]);
        check_places(&comparison);
        let rows = comparison["rows"].as_array().unwrap();
        let kinds = |nth: usize| -> Vec<&str> {
            let differences = rows[nth]["differences"].as_array().unwrap().iter();
            differences.filter(|d| is_change(d)).map(|d| d["kind"].as_str().unwrap()).collect()
        };
        assert_eq!(kinds(0), ["number", "number"]);
        assert_eq!(kinds(1)[0], "wording");
        assert!(kinds(1).contains(&"regional"));
        assert_eq!(kinds(2), ["wording"]);
        // The same date by value; another mark doesn't matter.
        assert_eq!(rows[3]["status"], "same");
        let alone = |status: &str, side: &str| {
            let row = rows.iter().find(|row| row["status"] == status).unwrap();
            row[side]["path"][0].clone()
        };
        assert_eq!(alone("left_only", "left"), only_left);
        assert_eq!(alone("right_only", "right"), only_right);
        let same = rows.iter().filter(|row| row["status"] == "same").count();
        assert_eq!(same, 2, "{}", comparison["summary"]);
    }
}

#[test]
fn units_on_one_side_are_a_kind_of_their_own() {
    let bench = Workspace::new();
    let hant = "合作協議\n\n一、加強執法合作。（省公安廳、香港海關）\n\n二、每年會面一次。";
    let hans = "合作协议\n\n一、加强执法合作。（省公安厅）\n\n二、每年会面两次。（省商务厅）";
    bench.write("hant.txt", hant);
    bench.write("hans.txt", hans);
    let comparison = bench.json(&["compare", "hant.txt", "hans.txt", "--format", "json"]);
    let summary = &comparison["summary"];
    assert_eq!(
        (&summary["same"], &summary["changed"], &summary["units"]),
        (&1.into(), &1.into(), &1.into())
    );
    let units = |nth: usize| -> Vec<(&str, &str, &str)> {
        let all = comparison["rows"][nth]["unit_differences"].as_array().unwrap().iter();
        let parts =
            all.map(|found| ["kind", "left", "right"].map(|key| found[key].as_str().unwrap()));
        parts.map(|[kind, left, right]| (kind, left, right)).collect()
    };
    assert_eq!(units(0), [("units", "香港海關", "")]);
    assert_eq!(units(1), [("units", "", "省商务厅")]);
    let printed = bench.run(&["compare", "hant.txt", "hans.txt"]).out;
    assert!(printed.contains("1 same (of these 1 differ in units), 1 changed"), "{printed}");
    assert!(printed.contains("units: 香港海關 → ∅"), "{printed}");

    let memory = |more: &[&str]| {
        let args = [&["compare", "hant.txt", "hans.txt", "--format", "tmx"], more].concat();
        bench.run(&args).out
    };
    assert!(!memory(&[]).contains("省公安") && memory(&[]).contains("加強執法合作。</seg>"));
    assert!(memory(&["--units"]).contains("（省公安廳、香港海關）</seg>"));
}

#[test]
fn bad_input_gets_an_honest_answer() {
    let bench = Workspace::new();
    let text = "粵港合作協議\n\n一、每年會面。\n\n二、互相通報，保留紀錄。";
    bench.write("a.txt", text);
    bench.write("same_script.txt", text.replace("每年", "每月"));
    bench.write("unrelated.txt", "烹飪守則\n\n一、洗米煮飯。\n\n二、切菜炒肉。");
    bench.write("empty.txt", "");
    bench.write(
        "several.txt",
        format!("{text}\n\n另一合作協議\n\n一、開放市場。\n\n二、降低關稅。"),
    );
    let summary = |left: &str, right: &str| {
        let comparison = bench.json(&["compare", left, right, "--format", "json"]);
        let count = |status: &str| comparison["summary"][status].as_u64().unwrap();
        (count("same"), count("changed"), count("left_only"), count("right_only"))
    };
    assert_eq!(summary("a.txt", "a.txt"), (2, 0, 0, 0));
    assert_eq!(summary("a.txt", "same_script.txt"), (1, 1, 0, 0));
    let (same, changed, ..) = summary("a.txt", "unrelated.txt");
    assert_eq!(same, 0);
    assert!(changed <= 2);
    assert_eq!(summary("a.txt", "several.txt"), (2, 0, 0, 0));
    assert_eq!(summary("a.txt", "several.txt#1"), (2, 0, 0, 0));

    for (args, says) in [
        (["a.txt", "empty.txt"], "empty"),
        (["a.txt", "missing.txt"], "no such file"),
        (["a.txt", "several.txt#9"], "no document 9"),
        (["a.txt", "several.txt#x"], "number of a document"),
        (["several.txt", "several.txt"], "several documents match"),
        (["-", "-"], "only one side"),
    ] {
        let ran = bench.run(&["compare", args[0], args[1]]);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
    }
    // A line of a megabyte, beside another text of that size.
    bench.write("line.txt", "雙方同意合作交流，".repeat(40_000));
    bench.write("other.txt", "洗米煮飯切菜炒肉，".repeat(40_000));
    let ran = bench.run(&["compare", "line.txt", "other.txt", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn pairs_counterparts_and_parallel_hits() {
    let bench = Workspace::indexed(&bundled());
    let pairs = bench.json(&["pairs", "--format", "json"]);
    let pairs = pairs["pairs"].as_array().unwrap();
    let title = |pair: &Value, side: &str| pair[side]["title"].as_str().unwrap().to_owned();
    let scripts: Vec<&Value> =
        pairs.iter().filter(|pair| pair["relation"] == "other_script").collect();
    // All bundled pairs, those of the press page document by document.
    for pair in &scripts {
        let name = |side: &str| {
            let source = pair[side]["source"].as_str().unwrap();
            source.split(".zh-").next().unwrap().to_owned()
        };
        assert_eq!(name("left"), name("right"));
        assert!(pair["clauses"].as_u64().unwrap() > 0);
    }
    assert!(scripts.len() >= 20, "{}", scripts.len());
    let years: Vec<&Value> = pairs.iter().filter(|pair| pair["relation"] == "other_year").collect();
    assert!(years.iter().any(|pair| {
        let titles = title(pair, "left") + &title(pair, "right");
        titles.contains("2015") && titles.contains("2017")
    }));

    // The same counterparts for queries in both scripts.
    for query in ["姊妹學校", "姊妹学校"] {
        let answer = bench.search(query, &["--parallel", "--limit", "3"]);
        let hit = &answer["hits"][0];
        let (id, other) = (hit["clause"]["id"].as_str().unwrap(), &hit["parallel"][0]);
        assert_eq!(hit["counterparts"][0], other["id"]);
        assert_ne!(hit["clause"]["document"]["script"], other["document"]["script"]);
        // And in the other direction.
        let back = bench.search(query, &["--limit", "60", "--no-group"]);
        let mut back = back["hits"].as_array().unwrap().iter();
        let back = back.find(|hit| hit["clause"]["id"] == other["id"]).unwrap();
        assert!(back["counterparts"].as_array().unwrap().iter().any(|back| back == id));
    }
    let shown = bench.run(&["search", "姊妹學校", "--parallel", "--limit", "1"]);
    assert!(shown.out.contains('↔') && shown.out.contains("姊妹学校"), "{}", shown.out);

    // A removed version is no longer a counterpart, until it is added again.
    let forgot = bench.run(&["index", "--forget", "sister-schools-2015.zh-Hans-CN.md"]);
    assert_eq!(forgot.code, 0, "{}", forgot.err);
    let answer = bench.search("姊妹學校", &["--limit", "30"]);
    for hit in answer["hits"].as_array().unwrap() {
        if hit["clause"]["document"]["source"].as_str().unwrap().contains("sister") {
            assert_eq!(hit["counterparts"].as_array().unwrap().len(), 0);
        }
    }
    let again = bench.run(&["index", bundled().to_str().unwrap()]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(bench.json(&["pairs", "--format", "json"])["pairs"].as_array().unwrap(), pairs);

    // Documents of the index are compared like files.
    let pair = scripts[0];
    let id = |side: &str| pair[side]["id"].as_str().unwrap();
    let comparison = bench.json(&["compare", id("left"), id("right"), "--format", "json"]);
    assert_eq!(comparison["left"]["id"], id("left"));
    assert!(!comparison["rows"].as_array().unwrap().is_empty());
}

#[test]
fn terms_are_listed_checked_mined_and_exported() {
    let bench = Workspace::new();
    for term in ["質素", "质素", "素质"] {
        let found = bench.json(&["terms", "list", term, "--format", "json"]);
        assert_eq!(found[0]["hong_kong"][0], "質素", "{term}");
    }
    assert_eq!(bench.run(&["terms", "list", "沒有這個詞"]).code, 1);
    let check = bench.run(&["terms", "check"]);
    assert_eq!(check.code, 0, "{}", check.out);
    bench.write("own.tsv", "夥伴\t伙伴\t\tgeneral\tboth\tknown\n");
    let check = bench.run(&["terms", "check", "--terms", "own.tsv"]);
    assert_eq!(check.code, 1);
    assert!(check.out.contains("error: 夥伴 and 伙伴"), "{}", check.out);
    bench.write("bad.tsv", "# mine\n夥伴\n");
    let bad = bench.run(&["terms", "check", "--terms", "bad.tsv"]);
    assert_eq!(bad.code, 2);
    assert!(bad.err.contains("bad.tsv: line 2"), "{}", bad.err);

    bench.write("hant.txt", "合作協議\n\n一、由聯絡主任跟進資訊。\n\n二、聯絡主任提交報告。");
    bench.write("hans.txt", "合作协议\n\n一、由联络干事跟进信息。\n\n二、联络干事提交报告。");
    let mined = bench.json(&["terms", "mine", "hant.txt", "hans.txt", "--format", "json"]);
    assert_eq!((&mined[0]["hant"], &mined[0]["count"]), (&"主任".into(), &2.into()));
    assert_eq!(mined.as_array().unwrap().len(), 1, "known pairs are left out: {mined}");
    // The user's entry makes the difference a regional one.
    bench.write("own.tsv", "聯絡主任\t联络干事\t\tgeneral\tboth\tknown\n");
    let comparison =
        bench.json(&["compare", "hant.txt", "hans.txt", "--terms", "own.tsv", "--format", "json"]);
    let kinds: Vec<&Value> = comparison["rows"][1]["differences"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|difference| is_change(difference))
        .map(|difference| &difference["kind"])
        .collect();
    assert_eq!(kinds, ["regional"]);

    let tbx = bench.run(&["terms", "export"]);
    assert!(tbx.out.contains("<martif") && tbx.out.contains("<term>質素</term>"));
    let csv = bench.run(&["terms", "export", "--format", "csv"]);
    assert!(csv.out.starts_with("\u{feff}hong_kong,mainland,"));
}

/// A text as extracted from a gazette's PDF: hard-wrapped, with a header on each page, even inside
/// sentences.
fn gazette(title: &str, articles: &[String]) -> String {
    const WIDTH: usize = 26;
    const PAGE: usize = 7;
    let mut lines: Vec<String> = vec![title.to_owned()];
    for article in articles {
        let chars: Vec<char> = article.chars().collect();
        let mut start = 0;
        while start < chars.len() {
            let mut end = (start + WIDTH).min(chars.len());
            // No line begins with punctuation.
            while end < chars.len() && "，。、；：）」".contains(chars[end]) {
                end += 1;
            }
            lines.push(chars[start..end].iter().collect());
            start = end;
        }
    }
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 && at % PAGE == 0 {
            let page = 2344 + at / PAGE;
            let head = ["《2020 年全國性法律公布》", "2020 年第 136 號法律公告"];
            let page = format!("B{page}");
            let head = if page.ends_with(['0', '2', '4', '6', '8']) {
                [page.as_str(), head[1], head[0]]
            } else {
                [head[0], head[1], page.as_str()]
            };
            text.push_str(&format!("\n{}\n\n", head.join("\n")));
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[test]
fn a_gazette_with_running_heads() {
    let bench = Workspace::new();
    let bodies = [
        (
            "申請人應當提交表格，並繳付訂明費用；逾期不辦理的，視為撤回申請。",
            "申请人应当提交表格，并缴付订明费用；逾期不办理的，视为撤回申请。",
        ),
        ("有下列情形之一的，不予受理：", "有下列情形之一的，不予受理："),
        (
            "主管部門應當自收到申請之日起三十日內作出決定，並以書面通知申請人及有關機構，說明理由。",
            "主管部门应当自收到申请之日起三十日内作出决定，并以书面通知申请人及有关机构，说明理由。",
        ),
        (
            "任何人違反前條規定，即屬犯罪，一經定罪，可處罰款及監禁；情節嚴重的，從重處罰，並可吊銷許可證。",
            "任何人违反前条规定，即属犯罪，一经定罪，可处罚款及监禁；情节严重的，从重处罚，并可吊销许可证。",
        ),
        (
            "本條例所稱機構，包括依法設立的法團、合夥及其他組織，以及其在本地的分支。",
            "本条例所称机构，包括依法设立的法团、合伙及其他组织，以及其在本地的分支。",
        ),
    ];
    let numeral = |n: usize| {
        let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let tens = if n >= 20 { digits[n / 10] } else { "" };
        format!("{tens}{}{}", if n >= 10 { "十" } else { "" }, digits[n % 10])
    };
    let (mut hant, mut hans) = (Vec::new(), Vec::new());
    for number in 1..=40 {
        let (left, right) = bodies[number % bodies.len()];
        let n = numeral(number);
        hant.push(format!("第{n}條 就第{n}類事項，{left}"));
        hans.push(format!("第{n}条 就第{n}类事项，{right}"));
        if left.ends_with('：') {
            hant.push("（一）資料不全的；".to_owned());
            hant.push("（二）不符合規定的。".to_owned());
            hans.push("（一）资料不全的；".to_owned());
            hans.push("（二）不符合规定的。".to_owned());
        }
    }
    bench.write("gazette.txt", gazette("某某條例", &hant));
    bench.write("plain.txt", format!("某某条例\n\n{}", hans.join("\n\n")));
    let comparison = bench.json(&["compare", "gazette.txt", "plain.txt", "--format", "json"]);
    let wrong: Vec<&Value> = comparison["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] != "same")
        .map(|row| &row["left"]["text"])
        .collect();
    assert_eq!(wrong, Vec::<&Value>::new());
    assert_eq!(comparison["summary"]["same"], 40);
}

/// A list of clauses gives its documents ids of its own, however short.
#[test]
fn documents_with_short_ids_are_compared_by_them() {
    let bench = Workspace::new();
    let mut lines = String::new();
    for (id, text) in
        [("k1", "粵港合作協議\n\n一、每年會面。"), ("K-2", "粤港合作协议\n\n一、每月会面。")]
    {
        bench.write("made.txt", text);
        let printed = bench.run(&["clauses", "made.txt", "--format", "jsonl"]).out;
        for line in printed.lines() {
            let mut clause: Value = serde_json::from_str(line).unwrap();
            let eid = clause["eid"].as_str().unwrap().to_owned();
            clause["document"]["id"] = id.into();
            clause["id"] = format!("{id}.{eid}").into();
            lines.push_str(&format!("{clause}\n"));
        }
    }
    bench.write("docs/all.jsonl", &lines);
    bench.json(&["index", "docs", "--format", "json"]);
    let comparison = bench.json(&["compare", "k1", "K-2", "--format", "json"]);
    assert_eq!(comparison["summary"]["changed"], 1, "{comparison}");
    let ran = bench.run(&["compare", "k1", "k3"]);
    assert!(ran.err.contains("no document with this id"), "{}", ran.err);
    let ran = bench.run(&["compare", "k1", "k3", "--index", "nowhere"]);
    assert!(ran.err.contains("there is no such file"), "{}", ran.err);
}

#[test]
fn links_made_by_hand_decide_and_lines_that_cannot_be_used_are_reported() {
    let bench = Workspace::new();
    let text = "粵港合作協議\n\n第一條 每年會面。\n\n第二條 互相通報。\n\n第三條 保留紀錄。\n";
    bench.write("left.txt", text);
    bench.write("right.txt", text.replace("每年", "每月"));
    let compare = |more: &[&str]| {
        let args = ["compare", "left.txt", "right.txt", "--format", "json"];
        let ran = bench.run(&[&args[..], more].concat());
        let json: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        let eid = |side: &Value| side["eid"].as_str().unwrap_or("-").to_owned();
        let rows = json["rows"].as_array().unwrap().iter();
        let rows: Vec<String> = rows
            .map(|row| format!("{} {} {}", eid(&row["left"]), eid(&row["right"]), row["linked"]))
            .collect();
        (ran.code, rows, ran.err)
    };
    let (code, rows, _) = compare(&[]);
    assert_eq!(code, 0);
    assert!(rows.contains(&"art_2 art_2 false".to_owned()), "{rows:?}");
    bench.write("links.txt", "# checked\nart_2 art_3\nart_3 art_2\nart_1 -\n");
    let (code, rows, err) = compare(&["--links", "links.txt"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for row in ["art_2 art_3 true", "art_3 art_2 true", "art_1 - true", "- art_1 false"] {
        assert!(rows.contains(&row.to_owned()), "{row}: {rows:?}");
    }
    bench.write("links.txt", "art_2 art_3\nart_9 art_1\nart_1\nart_2 -\n");
    let (code, rows, err) = compare(&["--links", "links.txt"]);
    assert_eq!(code, 2);
    assert!(rows.contains(&"art_2 art_3 true".to_owned()), "the others count: {rows:?}");
    for told in [
        "links.txt, line 2: no clause of the left version has the eid art_9",
        "links.txt, line 3: a line has the eid",
        "links.txt, line 4: line 1 says otherwise of art_2",
    ] {
        assert!(err.contains(told), "{told}: {err}");
    }
    for (language, told) in [("hant", "左方版本沒有"), ("hans", "左侧版本没有")] {
        assert!(compare(&["--links", "links.txt", "--lang", language]).2.contains(told));
    }
    let missing = bench.run(&["compare", "left.txt", "right.txt", "--links", "none.txt"]);
    assert!(missing.code == 2 && missing.out.is_empty() && missing.err.contains("none.txt"));
}
