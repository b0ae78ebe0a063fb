//! Splitting: documents, clauses, and their metadata.

use serde_json::Value;

use crate::util::{Workspace, bundled, real, snapshot};

fn clauses(bench: &Workspace, file: &str) -> Vec<Value> {
    let ran = bench.run(&["clauses", file, "--format", "jsonl"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A document of the real sources: ordinal, kind, date, number of clauses, title.
type Known = (u64, &'static str, Option<&'static str>, usize, Option<&'static str>);

const REAL: &[(&str, &[Known])] = &[
    (
        "000_3a2798ee774c54a7.txt",
        &[
            (1, "agreement", Some("2017-11-18"), 10, Some("粵港勞動監察交流及培訓合作機制協議")),
            (
                2,
                "agreement",
                Some("2017-11-18"),
                31,
                Some("粵港保護知識產權合作協議(2017年-2018年)"),
            ),
            (3, "memorandum", Some("2017-11-18"), 13, Some("粵港醫療交流合作備忘錄")),
            (4, "memorandum", Some("2017-11-18"), 7, Some("關於加強粵港高等教育交流合作備忘錄")),
            (5, "arrangement", Some("2017-11-18"), 12, Some("粵港科技創新交流合作安排")),
            (6, "agreement", Some("2017-11-18"), 8, Some("關於加強粵港青少年交流合作的協議")),
            (
                7,
                "letter_of_intent",
                Some("2017-11-18"),
                9,
                Some("加強粵港建築及相關工程服務合作意向書"),
            ),
        ],
    ),
    (
        "001_f69321450525402e.txt",
        &[
            (1, "press", None, 10, None),
            (2, "press", None, 28, Some("粵港合作聯席會議新簽協議")),
            (3, "press", None, 4, Some("辦公室協調統籌推進各計劃")),
            (4, "press", None, 11, Some("兩地深化「帶路」創科等合作")),
            (5, "press", None, 3, Some("林鄭信港深成亞洲「設計雙城」")),
            (6, "press", None, 3, None),
        ],
    ),
    (
        "002_1a8be0d1c9318a07.txt",
        &[
            (1, "paper", Some("2017-03"), 19, Some("香港與內地合作—粵港合作")),
            (
                2,
                "work_plan",
                Some("2017-02-23"),
                78,
                Some("實施《粵港合作框架協議》2017 年重點工作"),
            ),
        ],
    ),
    (
        "003_11f9e162e99b9905.txt",
        &[
            (
                1,
                "notice",
                Some("2017"),
                2,
                Some("广东省人民政府关于印发实施粤港合作框架协议2017年重点工作的通知"),
            ),
            (2, "work_plan", Some("2017"), 77, Some("实施《粤港合作框架协议》2017年重点工作")),
        ],
    ),
    (
        "004_1d03851ab724ab01.txt",
        &[
            (1, "paper", Some("2015-10"), 16, Some("粵港合作聯席會議第十八次會議")),
            (2, "agreement", Some("2015-09-09"), 12, Some("粵港食品安全工作交流與合作協議")),
            (3, "agreement", Some("2015-09-09"), 8, Some("粵港姊妹學校合作協議")),
            (
                4,
                "agreement",
                Some("2015-09-09"),
                24,
                Some("粵港保護知識產權合作協議(2015年-2016年)"),
            ),
            (
                5,
                "arrangement",
                Some("2015-09-09"),
                5,
                Some("粵港澳三地搜救機構《客船與搜救中心合作計劃》互認合作安排"),
            ),
            (6, "agreement", Some("2015-09-09"), 19, Some("加強跨境貿易電子商務合作協議")),
        ],
    ),
];

#[test]
fn all_documents_of_the_real_sources() {
    let Some(folder) = real() else { return };
    let bench = Workspace::new();
    for (file, documents) in REAL {
        let source = folder.join(file);
        let clauses = clauses(&bench, source.to_str().unwrap());
        for (ordinal, kind, date, count, title) in *documents {
            let own: Vec<_> =
                clauses.iter().filter(|clause| clause["document"]["ordinal"] == *ordinal).collect();
            assert_eq!(own.len(), *count, "{file} #{ordinal}");
            let document = &own[0]["document"];
            assert_eq!(document["kind"], *kind, "{file} #{ordinal}");
            assert_eq!(document["date"].as_str(), *date, "{file} #{ordinal}");
            if title.is_some() {
                assert_eq!(document["title"].as_str(), *title, "{file} #{ordinal}");
            }
        }
        let last = clauses.last().unwrap();
        let ordinals = documents.len() as u64;
        assert!(
            clauses
                .iter()
                .all(|clause| clause["document"]["ordinal"].as_u64().unwrap() <= ordinals),
            "{last}"
        );
    }
}

#[test]
fn damage_is_mended() {
    let Some(folder) = real() else { return };
    let bench = Workspace::new();
    let find = |file: &str, ordinal: u64, eid: &str| -> Value {
        let source = folder.join(file);
        let all = clauses(&bench, source.to_str().unwrap());
        let found =
            all.into_iter().find(|c| c["document"]["ordinal"] == ordinal && c["eid"] == eid);
        found.unwrap_or_else(|| panic!("{file} #{ordinal} {eid}"))
    };
    let text = |clause: &Value| -> String {
        clause["text"].as_str().unwrap().chars().filter(|c| !c.is_whitespace()).collect()
    };
    // Cut by a page break before a figure.
    let fifth = find("000_3a2798ee774c54a7.txt", 1, "art_5");
    assert!(text(&fifth).contains("每年舉辦1次"));
    assert_eq!(fifth["heading"], "執法培訓合作");
    // A list mark in the middle of a sentence, and oddly indented labels.
    assert!(
        text(&find("002_1a8be0d1c9318a07.txt", 2, "part_3__para_33")).contains("創新領域資助計劃")
    );
    assert_eq!(find("002_1a8be0d1c9318a07.txt", 2, "part_3__para_34")["label"], "34.");
    assert!(
        text(&find("002_1a8be0d1c9318a07.txt", 2, "part_7__para_75"))
            .contains("發展的合作備忘錄》")
    );
    // Stray marks.
    assert!(text(&find("000_3a2798ee774c54a7.txt", 1, "art_7")).contains("五是其他"));
    assert!(
        text(&find("003_11f9e162e99b9905.txt", 2, "part_5__subpart_1__para_49")).contains("PM2.5")
    );
    // A doubled caption.
    let caption = text(&find("001_f69321450525402e.txt", 6, "para_1"));
    assert!(caption.ends_with("簽署7項合作協議。香港文匯報記者梁祖彝攝"), "{caption}");
    // A label that only announces signing begins the signature.
    let signature = find("004_1d03851ab724ab01.txt", 2, "signature");
    assert!(text(&signature).starts_with("雙方代表簽字："));
    // The notice continues after its annex.
    let closing = find("003_11f9e162e99b9905.txt", 1, "closing");
    assert!(text(&closing).starts_with("公开方式：主动公开抄送："));
    let item = find("003_11f9e162e99b9905.txt", 2, "part_1__para_1");
    assert_eq!(item["units"].as_array().unwrap().len(), 8);
    assert_eq!(item["citation"], "《实施〈粤港合作框架协议〉2017年重点工作》一1");
}

#[test]
fn bytes_point_from_label_to_last_character() {
    let Some(folder) = real() else { return };
    let bench = Workspace::new();
    for (file, _) in REAL {
        let source = folder.join(file);
        let decoded = std::fs::read_to_string(&source).unwrap();
        for clause in clauses(&bench, source.to_str().unwrap()) {
            let at = |n: usize| usize::try_from(clause["bytes"][n].as_u64().unwrap()).unwrap();
            let span = &decoded[at(0)..at(1)];
            let last = clause["text"].as_str().unwrap().chars().next_back().unwrap();
            assert!(span.ends_with(last), "{file} {}: {span}", clause["eid"]);
            if let Some(label) = clause["label"].as_str() {
                assert!(span.starts_with(label.trim()), "{file} {}: {span}", clause["eid"]);
            }
        }
    }
}

#[test]
fn bundled_versions_have_the_same_outline() {
    let bench = Workspace::new();
    let mut pairs = 0;
    for entry in std::fs::read_dir(bundled()).unwrap() {
        let hant = entry.unwrap().path();
        let name = hant.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(stem) = name.strip_suffix(".zh-Hant-HK.md") else { continue };
        let hans = bundled().join(format!("{stem}.zh-Hans-CN.md"));
        let outline = |file: &std::path::Path| -> Vec<String> {
            let all = clauses(&bench, file.to_str().unwrap());
            all.iter()
                .map(|clause| format!("{} {}", clause["document"]["ordinal"], clause["eid"]))
                .collect()
        };
        assert_eq!(outline(&hant), outline(&hans), "{stem}");
        let language = |file: &std::path::Path| {
            clauses(&bench, file.to_str().unwrap())[0]["document"]["language"].clone()
        };
        assert_eq!((language(&hant), language(&hans)), ("zh-Hant-HK".into(), "zh-Hans-CN".into()));
        pairs += 1;
    }
    assert!(pairs >= 3, "{pairs} pairs");
}

#[test]
fn clauses_for_people_and_for_programs() {
    let bench = Workspace::new();
    let file = bundled().join("medical-2017.zh-Hant-HK.md");
    let file = file.to_str().unwrap();
    snapshot("clauses", &bench.run(&["clauses", file]).out);
    let csv = bench.run(&["clauses", file, "--format", "csv"]).out;
    assert!(csv.starts_with("\u{feff}id,citation,kind,label"));
    let json = bench.json(&["clauses", file, "--format", "json"]);
    assert_eq!(json[0]["clauses"].as_array().unwrap().len(), 13);
    let hans = bench.run(&["clauses", file, "--display", "hans", "--format", "jsonl"]).out;
    assert!(hans.contains("粤港") && !hans.contains('粵'));
}

#[test]
fn standard_input_and_several_files() {
    use std::io::Write;
    use std::process::Stdio;
    let bench = Workspace::new();
    bench.write("a.txt", "甲協議\n\n一、合作。");
    let mut child = bench
        .command(&["clauses", "a.txt", "-", "missing.txt", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all("乙備忘錄\n\n一、交流。".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    assert!(
        String::from_utf8(output.stderr).unwrap().contains("missing.txt: there is no such file")
    );
}

#[test]
fn ids_survive_moving_and_editing() {
    let bench = Workspace::new();
    let text = "粵港合作備忘錄\n\n一、每年會面。\n\n二、本備忘錄於2017年11月18日在香港簽署。";
    bench.write("a.txt", text);
    bench.write("elsewhere/b.txt", text.replace("每年會面", "每年會面兩次"));
    let id = |file: &str| clauses(&bench, file)[0]["id"].clone();
    assert_eq!(id("a.txt"), id("elsewhere/b.txt"));
    let shown = id("a.txt").to_string();
    assert!(
        shown.trim_matches('"').chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    );
    bench.write("c.txt", text.replace("粵港", "穗港"));
    assert_ne!(id("a.txt"), id("c.txt"));
}

#[test]
fn a_side_file_overrides_what_is_guessed() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    bench.json(&["index", "docs", "--format", "json"]);
    bench.write(
        "docs/a.toml",
        "title = \"乙備忘錄\"\ndate = \"2017-11\"\nparties = [\"甲局\", \"乙局\"]",
    );
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!((&report["updated"], report["skipped"].as_array().unwrap().len()), (&1.into(), 0));
    let document = bench.search("內容", &[])["hits"][0]["clause"]["document"].clone();
    assert_eq!(document["title"], "乙備忘錄");
    assert_eq!(document["date"], "2017-11");
    assert_eq!(
        clauses(&bench, "docs/a.txt")[0]["document"]["parties"],
        serde_json::json!(["甲局", "乙局"])
    );
    bench.write("docs/a.toml", "title = 乙");
    let broken = bench.run(&["index", "docs"]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("a.toml, line 1"), "{}", broken.err);
    assert_eq!(bench.search("內容", &[])["total"], 1);
}

#[test]
fn each_boundary_tells_its_rule() {
    let bench = Workspace::new();
    bench.write("a.txt", "甲協議\n\n為加強合作，雙方同意：\n\n一、目標\n\n加強合作。\n\n二、其他。\n\n本協議一式兩份，自簽署之日起生效。\n\n甲局\n\n2017年11月18日");
    let shown = bench.run(&["clauses", "a.txt", "--explain"]).out;
    for rule in [
        "between the title and the first label",
        "its text below",
        "copies, signing",
        "names, offices and dates",
    ] {
        assert!(shown.contains(rule), "{rule}: {shown}");
    }
    let json = bench.run(&["clauses", "a.txt", "--explain", "--format", "jsonl"]).out;
    assert!(json.lines().all(|line| line.contains("\"rule\":")));
    assert!(!bench.run(&["clauses", "a.txt", "--format", "jsonl"]).out.contains("\"rule\":"));
}

#[test]
fn passages_of_articles_are_cited_and_shown() {
    let bench = Workspace::new();
    for (script, article, item) in
        [("hant", "第六條", "（三）處理欠薪。"), ("hans", "第六条", "（三）处理欠薪。")]
    {
        let text = format!(
            "某某條例\n\n{article} 第一段。\n\n第二段包括：\n\n（一）甲；\n\n（二）乙；\n\n{item}"
        );
        bench.write(&format!("{script}/{script}.txt"), text);
        bench.json(&["index", script, "--format", "json"]);
        let answer = bench.search("欠薪", &["--limit", "5", "--no-group"]);
        let hits = answer["hits"].as_array().unwrap();
        let source = format!("{script}.txt");
        let hit =
            hits.iter().find(|hit| hit["clause"]["document"]["source"] == source.as_str()).unwrap();
        assert_eq!(hit["passages"][0]["address"], "第二款（三）");
        assert_eq!(
            hit["passages"][0]["citation"],
            format!("《某某條例》{article}第二款（三）").as_str()
        );
        let id = hit["clause"]["id"].as_str().unwrap();
        let shown = bench.run(&["show", id, "--at", "第二款（三）"]);
        assert_eq!(shown.code, 0);
        assert!(shown.out.contains(&format!("    {item}")), "{}", shown.out);
        let none = bench.run(&["show", id, "--at", "第九款"]);
        assert_eq!((none.code, none.err.contains("第二款（三）")), (1, true), "{}", none.err);
    }
}

#[test]
fn completions_and_manual_page() {
    let bench = Workspace::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.run(&["completions", shell]).out.contains("clauses"), "{shell}");
    }
    let page = bench.run(&["man"]).out;
    assert!(page.contains(".TH tiaowen 1") && page.contains("TIAOWEN SEARCH"));
}

/// A file of faults that were found in practice, beside the real documents.
fn fault(name: &str) -> Option<String> {
    let file = real()?.join("../faults").join(name);
    if !file.is_file() {
        println!("SKIPPED: no {name}");
        return None;
    }
    Some(file.to_str().unwrap().to_owned())
}

fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn figures_in_forms_and_tables_are_compared() {
    let bench = Workspace::new();
    for (left, right, changed) in [
        ("k01-table-by-lines.txt", "k01-table-by-lines-other-figures.txt", 2),
        ("k02-fillins.txt", "k02-fillins-other-figures.txt", 1),
    ] {
        let (Some(left), Some(right)) = (fault(left), fault(right)) else { return };
        let answer = bench.json(&["compare", &left, &right, "--format", "json"]);
        assert!(answer["summary"]["changed"].as_u64().unwrap() >= changed, "{answer}");
    }
}

#[test]
fn lone_figures_and_lines_that_recur_are_kept() {
    let bench = Workspace::new();
    for (file, kept) in [
        ("k01-lone-numbers.docx", &["保養次數為12次，每次收費800元。", "保養期為36個月。"][..]),
        ("k01-lone-numbers.html", &["36", "500", "7", "8"]),
        ("k01-lone-numbers.md", &["36", "7", "8"]),
        ("k01-steel-codes.txt", &["Q235", "Q345", "B2500", "120吨，误差不超过5吨，"]),
        ("k01-typed-over-form.pdf", &["8000", "16000", "2025", "2026", "28", "15"]),
        ("k02-fillins.docx", &["人民币500万元，", "人民币300万元，"]),
        ("k02-fillins.md", &["人民币500万元，", "人民币300万元，"]),
        ("k02-fillins.txt", &["8000元，", "6000元，", "3000元，"]),
        ("k02-shares.txt", &["500万", "300万", "200万"]),
    ] {
        let Some(path) = fault(file) else { return };
        let all: String = clauses(&bench, &path)
            .iter()
            .map(|clause| clause["text"].as_str().unwrap().to_owned() + "\n")
            .collect();
        for text in kept {
            assert!(all.contains(text), "{file}: {text} in {all}");
        }
    }
    let Some(path) = fault("schedule-table-cells.txt") else { return };
    let all: String =
        clauses(&bench, &path).iter().map(|clause| clause["text"].to_string()).collect();
    assert_eq!((all.matches("不作承諾").count(), all.matches("跨境交付").count()), (4, 4), "{all}");
}

#[test]
fn wrapped_lines_are_no_headings() {
    let bench = Workspace::new();
    for (file, articles) in [
        ("k06-two-line-articles.txt", 4),
        ("k06-wrapped-hant.txt", 3),
        ("k06-wrapped-references.txt", 5),
        ("k06-wrapped.pdf", 5),
        ("bilingual-columns.txt", 12),
    ] {
        let Some(path) = fault(file) else { return };
        let found = clauses(&bench, &path);
        let found: Vec<&Value> =
            found.iter().filter(|clause| clause["kind"] == "article").collect();
        assert_eq!(found.len(), articles, "{file}");
        assert!(found.iter().all(|clause| clause["heading"].is_null()), "{file}: {found:?}");
    }
    let (Some(wrapped), Some(plain)) =
        (fault("k06-wrapped-hant.txt"), fault("k06-unwrapped-hans.txt"))
    else {
        return;
    };
    let answer = bench.json(&["compare", &wrapped, &plain, "--format", "json"]);
    assert_eq!(answer["summary"]["same"], 3, "{answer}");
}

#[test]
fn heads_and_feet_of_pages_are_known_by_their_place() {
    let bench = Workspace::new();
    for file in [
        "k10-foot-han-number.pdf",
        "k10-foot-initials.pdf",
        "k10-head-contract-number.pdf",
        "k10-head-with-comma.pdf",
    ] {
        let Some(path) = fault(file) else { return };
        let found = clauses(&bench, &path);
        assert_eq!(found.len(), 19, "{file}");
        // Four sentences in turn, each the same wherever the page breaks.
        for (at, clause) in found.iter().enumerate() {
            assert_eq!(clause["text"], found[at % 4]["text"], "{file}");
            assert!(clause["heading"].is_null(), "{file}: {clause}");
        }
    }
}

#[test]
fn a_printed_booklet_comes_out_as_its_text() {
    let Some(folder) = real().map(|folder| folder.join("../prints")) else { return };
    let (print, plain) =
        (folder.join("basic-law-booklet.pdf"), folder.join("basic-law-booklet.clean.txt"));
    if !print.is_file() || !plain.is_file() {
        println!("SKIPPED: no printed booklet");
        return;
    }
    let bench = Workspace::new();
    let of = |path: &std::path::Path| -> Vec<(u64, String, String)> {
        let found = clauses(&bench, path.to_str().unwrap());
        let articles = found.iter().filter(|clause| clause["kind"] == "article");
        articles
            .map(|clause| {
                let text = clause["text"].as_str().unwrap();
                let label = clause["label"].as_str().unwrap_or("").to_owned();
                let letters = text.chars().filter(|c| c.is_alphanumeric()).collect();
                (clause["document"]["ordinal"].as_u64().unwrap(), packed(&label), letters)
            })
            .collect()
    };
    let plain: std::collections::HashSet<(String, String)> =
        of(&plain).into_iter().map(|(_, label, text)| (label, text)).collect();
    let mut as_printed = std::collections::HashMap::new();
    for (ordinal, label, text) in of(&print) {
        *as_printed.entry(ordinal).or_insert(0) += usize::from(plain.contains(&(label, text)));
    }
    // In the rest, footnotes are part of the text.
    let best = as_printed.values().max().copied().unwrap_or(0);
    assert!(best >= 150, "{best} of {}", plain.len());
}
