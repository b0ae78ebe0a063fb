//! Checks of citations and quotations against the bundled agreements.

use serde_json::{Value, json};

use crate::assistants::Assistant;
use crate::served::Served;
use crate::util::{Ran, Workspace, bundled};

/// Verifies a text in a common form. Returns the run and its report.
fn verify(bench: &Workspace, text: &str, more: &[&str]) -> (Ran, Value) {
    let file = bench.write("text.txt", text);
    let args = ["verify", file.to_str().unwrap(), "--format", "json"];
    let args: Vec<&str> = args.into_iter().chain(more.iter().copied()).collect();
    let ran = bench.run(&args);
    assert!(ran.code < 2, "{text}: {}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    check_places(text, &report);
    (ran, report)
}

/// Each check has the text at its place, and so has each difference.
fn check_places(text: &str, report: &Value) {
    let chars: Vec<char> = text.chars().collect();
    let plain = |text: &[char]| text.iter().filter(|c| !c.is_whitespace()).collect::<String>();
    for check in report["checks"].as_array().unwrap() {
        let place = |at: &Value, nth: usize| at[nth].as_u64().unwrap() as usize;
        let at = &check["at"];
        let own: Vec<char> = check["text"].as_str().unwrap().chars().collect();
        assert_eq!(plain(&chars[place(at, 0)..place(at, 1)]), plain(&own));
        for difference in check["differences"].as_array().unwrap() {
            let sides = [
                ("left", "left_at", &check["text"]),
                ("right", "right_at", &check["clause"]["text"]),
            ];
            for (side, at, text) in sides {
                let text: Vec<char> = text.as_str().unwrap().chars().collect();
                let at = &difference[at];
                let found: String = text[place(at, 0)..place(at, 1)].iter().collect();
                assert_eq!(found, difference[side].as_str().unwrap(), "{check}");
            }
        }
    }
}

fn verdicts(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().map(|check| check["verdict"].as_str().unwrap()).collect()
}

#[test]
fn verdicts_in_both_scripts() {
    let bench = Workspace::indexed(&bundled());
    for (text, expected) in [
        // Correct, in the script of the document.
        (
            "《粵港醫療交流合作備忘錄》三（三）：「雙方探討建立合作關係，商討在屬下醫療機構之間設立有效的轉介機制」。",
            vec!["verbatim"],
        ),
        (
            "《粤港医疗交流合作备忘录》三（三）：“双方探讨建立合作关系，就下属医疗机构之间的转诊机制和沟通网络开展协商”。",
            vec!["verbatim"],
        ),
        // One figure changed, one word left out.
        (
            "《粵港醫療交流合作備忘錄》四（三）規定：「本備忘錄由雙方簽署起生效，有效期三年」。",
            vec!["differs"],
        ),
        (
            "《粤港医疗交流合作备忘录》四（三）规定：“本备忘录经双方签署后生效，有效期三年”。",
            vec!["differs"],
        ),
        // From another clause.
        (
            "《粵港醫療交流合作備忘錄》四（一）：「雙方鼓勵學術交流和科研協作，共同推動學術進步」。",
            vec!["misattributed"],
        ),
        // No such provision, and no such document.
        (
            "《粵港醫療交流合作備忘錄》七（一）和《某某協議》第三條。",
            vec!["no_such_provision", "not_in_index"],
        ),
        (
            "《粤港医疗交流合作备忘录》七（一）和《某某协议》第三条。",
            vec!["no_such_provision", "not_in_index"],
        ),
        // Without a citation, and text that no clause has.
        ("報告說：「雙方鼓勵學術交流和科研協作，共同推動學術進步。」", vec!["verbatim"]),
        ("報告說：「今日天氣晴朗，市民紛紛到郊外遠足和野餐。」", vec![]),
        // Cited only.
        ("根據《粵港醫療交流合作備忘錄》四（三）的規定。", vec!["verbatim"]),
    ] {
        let (ran, report) = verify(&bench, text, &[]);
        assert_eq!(verdicts(&report), expected, "{text}: {report}");
        let right = ["verbatim", "same", "not_in_index"];
        let is_right = expected.iter().all(|verdict| right.contains(verdict));
        assert_eq!(ran.code, i32::from(!is_right), "{text}");
    }
}

#[test]
fn differences_are_typed() {
    let bench = Workspace::indexed(&bundled());
    let text =
        "《粵港醫療交流合作備忘錄》四（三）規定：「有效期三年；任何一方可書面通知對方終止」。";
    let (_, report) = verify(&bench, text, &[]);
    let check = &report["checks"][0];
    let difference = &check["differences"][0];
    assert_eq!(
        (&difference["left"], &difference["right"]),
        (&"三".into(), &"五".into()),
        "{check}"
    );
    assert_eq!(difference["kind"], "number");
    assert_eq!(check["citation"], "《粵港醫療交流合作備忘錄》四（三）");
    assert_eq!(report["summary"]["differs"], 1);
}

#[test]
fn a_text_without_citations_and_files_that_cannot_be_read() {
    let bench = Workspace::indexed(&bundled());
    let (ran, report) = verify(&bench, "今日天氣晴朗。\n", &[]);
    assert_eq!((ran.code, report["checks"].as_array().unwrap().len()), (0, 0));
    let file = bench.write("text.txt", "今日天氣晴朗。\n");
    let ran = bench.run(&["verify", file.to_str().unwrap(), "none.docx"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("none.docx"), "{}", ran.err);
    assert!(ran.out.contains("no citations"), "{}", ran.out);
    let ran = bench.run(&["verify", file.to_str().unwrap(), "--as-of", "someday"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn an_agreement_with_changes_has_those_and_no_others() {
    let bench = Workspace::indexed(&bundled());
    for (language, edits) in [
        (
            "zh-Hant-HK",
            [("有效期五年", "有效期三年"), ("三十日後", "六十日後"), ("應透過協商", "可透過協商")],
        ),
        (
            "zh-Hans-CN",
            [
                ("有效期五年", "有效期三年"),
                ("三十日生效", "六十日生效"),
                ("由双方协商", "不由双方协商"),
            ],
        ),
    ] {
        let source = bundled().join(format!("medical-2017.{language}.md"));
        let text = std::fs::read_to_string(source).unwrap();
        let (ran, report) = verify(&bench, &text, &[]);
        assert_eq!(ran.code, 0, "{language}: {report}");
        let mut changed = text.clone();
        let mut made = 0;
        for (from, to) in edits {
            made += usize::from(changed.contains(from));
            changed = changed.replacen(from, to, 1);
        }
        assert!(made > 1, "{language}");
        let (ran, report) = verify(&bench, &changed, &[]);
        assert_eq!(ran.code, 1);
        let wrong: Vec<&Value> = report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|check| check["verdict"] != "verbatim" && check["verdict"] != "same")
            .collect();
        let differences: usize = wrong
            .iter()
            .flat_map(|check| check["differences"].as_array().unwrap())
            .filter(|difference| {
                ["number", "wording", "regional"].contains(&difference["kind"].as_str().unwrap())
            })
            .count();
        assert_eq!(differences, made, "{language}: {wrong:?}");
    }
}

/// A law in two versions, and an agreement that has ended, in Simplified only.
fn laws() -> Workspace {
    let bench = Workspace::new();
    let law = |name: &str, title: &str, date: &str, speed: u32| {
        let text = format!(
            "+++\ntitle = \"{title}\"\nkind = \"law\"\ndate = \"{date}\"\nlanguage = \"zh-Hans-CN\"\n+++\n\n\
             # {title}\n\n第一条　为了维护道路交通秩序，制定本条例。\n\n第二条　车辆应当在划定的车道内行驶。\n\n\
             第三条　车辆时速不得超过{speed}公里，违者处以罚款。\n\n驾驶人应当随身携带驾驶证件，以备查验。\n"
        );
        bench.write(name, text);
    };
    law("laws/a.md", "道路条例", "2010-01-01", 50);
    law("laws/b.md", "道路条例（2018修正）", "2018-06-01", 60);
    let ran = bench.run(&["index", "laws"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    bench
}

#[test]
fn versions_count_as_of_a_day() {
    let bench = laws();
    let old = "《道路条例》第三条规定：“车辆时速不得超过50公里，违者处以罚款。”";
    let new = "《道路條例》第三條規定：「車輛時速不得超過60公里，違者處以罰款。」";
    for (text, as_of, verdict) in [
        (old, None, "newer_differs"),
        (old, Some("2012"), "verbatim"),
        (old, Some("2018-06-01"), "newer_differs"),
        (old, Some("2005"), "not_in_force"),
        (new, None, "same"),
        (new, Some("2012"), "differs"),
        ("《道路条例》第三条", Some("2005-12"), "not_in_force"),
        ("《道路條例》第四條", Some("2012"), "no_such_provision"),
    ] {
        let more: Vec<&str> = as_of.iter().flat_map(|day| ["--as-of", *day]).collect();
        let (_, report) = verify(&bench, text, &more);
        assert_eq!(verdicts(&report), [verdict], "{text} {as_of:?}: {report}");
    }
    let (_, report) = verify(&bench, new, &[]);
    let check = &report["checks"][0];
    let kinds = check["differences"].as_array().unwrap().iter().map(|it| &it["kind"]);
    assert!(kinds.clone().count() > 3 && kinds.into_iter().all(|kind| kind == "script"), "{check}");
    assert!(check["note"].as_str().unwrap().contains("the other script"), "{check}");
}

#[test]
fn parts_of_an_article_and_citations_that_point_back() {
    let bench = laws();
    for (text, expected) in [
        ("《道路條例》第三條第二款：「駕駛人應當隨身攜帶駕駛證件，以備查驗」。", vec!["same"]),
        (
            "《道路条例》第三条第一款：“驾驶人应当随身携带驾驶证件，以备查验”。",
            vec!["misattributed"],
        ),
        ("《道路条例》第三条第五款。", vec!["no_such_provision"]),
        (
            "《道路条例》施行后，该条例第二条规定：“车辆应当在划定的车道内行驶”，同法第九条。",
            vec!["verbatim", "no_such_provision"],
        ),
        ("道路条例第二条，根据刑法第十二条。", vec!["verbatim", "not_in_index"]),
        ("《道路条例》第三条：“车辆时速得超过60公里”。", vec!["differs"]),
        ("《道路条例》第三条规定，时速不“得超过60公里，违者处以罚款”。", vec!["verbatim"]),
        ("《道路条例》第三条规定，时速“得超过60公里，违者处以罚款”。", vec!["differs"]),
        ("《道路条例》第三条：“车辆时速不得……处以罚款”。", vec!["verbatim"]),
        ("《道路条例》第二条所称的“车辆”和“船舶”。", vec!["verbatim"]),
        (
            "《道路条例》第二条和第三条规定：“驾驶人应当随身携带驾驶证件”。",
            vec!["verbatim", "verbatim"],
        ),
        ("《道路条例》第二条规定：车辆应当在划定的车道外行驶。", vec!["differs"]),
    ] {
        let (_, report) = verify(&bench, text, &["--no-paragraphs"]);
        assert_eq!(verdicts(&report), expected, "{text}: {report}");
    }
}

#[test]
fn many_citations_are_checked_once_each() {
    let bench = laws();
    let text: String =
        (0..10_000).map(|at| format!("《道路条例》第{}条。\n", 1 + at % 4)).collect();
    let (_, report) = verify(&bench, &text, &[]);
    let summary = &report["summary"];
    assert_eq!(
        (&summary["verbatim"], &summary["no_such_provision"]),
        (&7_500.into(), &2_500.into())
    );
}

#[test]
fn a_provision_has_a_history() {
    let bench = laws();
    for cited in ["《道路条例》第三条", "道路條例第三條"] {
        let history = bench.json(&["history", cited, "--format", "json"]);
        let versions = history["versions"].as_array().unwrap();
        let dates: Vec<&Value> = versions.iter().map(|it| &it["document"]["date"]).collect();
        assert_eq!(dates, ["2010-01-01", "2018-06-01"], "{cited}");
        let differences = versions[1]["differences"].as_array().unwrap();
        assert_eq!(differences.len(), 1, "{history}");
        assert_eq!(
            (&differences[0]["left"], &differences[0]["right"]),
            (&"50".into(), &"60".into())
        );
        let then = bench.json(&["history", cited, "--as-of", "2012", "--format", "json"]);
        assert_eq!(then["versions"].as_array().unwrap().len(), 1);
    }
    let ran = bench.run(&["history", "道路条例第三条"]);
    assert!(ran.out.contains("50 → 60"), "{}", ran.out);
    assert_eq!(bench.run(&["history", "《某法》第三条"]).code, 1);
}

#[test]
fn programs_and_assistants_have_texts_checked() {
    let bench = laws();
    let text = "《道路條例》第三條規定：「車輛時速不得超過70公里，違者處以罰款。」";
    let served = Served::start(&bench, &[]);
    let (status, over_http) = served.post("/api/v1/verify", &json!({"text": text}).to_string());
    assert_eq!(status, 200, "{over_http}");
    assert_eq!(verdicts(&over_http), ["differs"]);
    let assistant = Assistant::start(&bench, &[]);
    let told = assistant.call("verify", json!({"text": text}));
    assert_eq!(verdicts(&told), ["differs"]);
    assert_eq!(told["checks"][0]["clause"]["id"], over_http["checks"][0]["clause"]["id"]);
    for (body, status, said) in [
        ("{}", 400, "text is missing"),
        ("[", 400, "must be a JSON object"),
        (r#"{"text": "甲", "color": 1}"#, 400, "color"),
        (r#"{"text": "甲", "as_of": "someday"}"#, 400, "as_of"),
        (&json!({"text": "條".repeat(150_001)}).to_string(), 400, "at most 150000"),
    ] {
        let (found, problem) = served.post("/api/v1/verify", body);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(found == status && detail.contains(said), "{found} {problem}");
    }
    let head = format!(
        "POST /api/v1/verify HTTP/1.1\r\nHost: {}\r\nContent-Length: 9000000\r\n\r\n",
        served.address
    );
    let refused = served.raw(head.as_bytes(), std::time::Duration::from_secs(5));
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
}

#[test]
fn a_docx_comes_back_with_comments() {
    let bench = laws();
    let sample = |paragraphs: &[&str]| {
        let paragraphs: String = paragraphs
            .iter()
            .map(|text| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))
            .collect();
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let parts = [
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
                ),
            ),
            (
                "word/document.xml",
                format!(
                    "<w:document xmlns:w=\"{main}\"><w:body>{paragraphs}</w:body></w:document>"
                ),
            ),
        ];
        for (name, content) in parts {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut archive, content.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let paragraphs = [
        "《道路条例》第三条规定：“车辆时速不得超过70公里，违者处以罚款。”",
        "《道路条例》第二条规定：“车辆应当在划定的车道内行驶”。",
    ];
    let file = bench.write("report.docx", sample(&paragraphs));
    let ran = bench.run(&["verify", file.to_str().unwrap(), "--output", "checked.docx"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("comments written to checked.docx: 1"), "{}", ran.err);
    let bytes = std::fs::read(bench.path("checked.docx")).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut said = String::new();
    let mut comments = archive.by_name("word/comments.xml").unwrap();
    std::io::Read::read_to_string(&mut comments, &mut said).unwrap();
    assert!(said.contains("70 → 60"), "{said}");
    drop(comments);
    // The file with comments is read as before.
    let again = bench.run(&["verify", bench.path("checked.docx").to_str().unwrap()]);
    assert!(again.out.contains("1 verbatim, 1 differs"), "{}", again.out);
    let text = bench.write("a.txt", "甲");
    let ran = bench.run(&["verify", text.to_str().unwrap(), "--output", "b.docx"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains(".docx"), "{}", ran.err);
}

/// Numbers that look random, and are the same in each run.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

/// A clause of the bundled agreements to quote from.
struct Clause {
    citation: String,
    title: String,
    document: String,
    is_hant: bool,
    text: String,
}

/// The clauses that can be quoted, of documents with a title.
fn clauses(bench: &Workspace) -> Vec<Clause> {
    let mut files: Vec<String> = std::fs::read_dir(bundled())
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .filter(|path| path.ends_with(".md"))
        .collect();
    files.sort();
    let mut args = vec!["clauses", "--format", "jsonl"];
    args.extend(files.iter().map(String::as_str));
    let ran = bench.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let of = |line: &str| {
        let clause: Value = serde_json::from_str(line).unwrap();
        let document = &clause["document"];
        let kind = document["kind"].as_str().unwrap();
        let has_number = matches!(clause["kind"].as_str(), Some("article" | "item"));
        (has_number && !matches!(kind, "press" | "paper")).then(|| Clause {
            citation: clause["citation"].as_str().unwrap().to_owned(),
            title: document["title"].as_str().unwrap_or_default().to_owned(),
            document: document["id"].as_str().unwrap().to_owned(),
            is_hant: document["script"] == "Hant",
            text: clause["text"].as_str().unwrap().to_owned(),
        })
    };
    ran.out.lines().filter_map(of).filter(|clause| !clause.title.is_empty()).collect()
}

/// A planted citation with a quotation, and the expected verdict.
struct Planted {
    kind: &'static str,
    text: String,
    verdict: &'static str,
}

fn folded(text: &str) -> String {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    tiaowen_text::fold(&letters)
}

/// A passage of a clause between two marks that contains a text.
fn stretch(clause: &Clause, seed: &mut Seeded, holds: impl Fn(&str) -> bool) -> Option<String> {
    let parts: Vec<&str> = clause.text.split_inclusive(['，', '；', '。', '：']).collect();
    let from = seed.next(parts.len().max(1));
    for start in from..parts.len() {
        let mut quote = String::new();
        for part in &parts[start..] {
            quote.push_str(part);
            let trimmed = quote.trim_end_matches(['，', '；', '。', '：']);
            let count = trimmed.chars().filter(|c| c.is_alphanumeric()).count();
            if (14..70).contains(&count)
                && !trimmed.contains(['「', '“', '『', '《', '\n', '"'])
                && holds(trimmed)
            {
                return Some(trimmed.to_owned());
            }
        }
    }
    None
}

/// Regional equivalents of terms, in either script.
const REGIONAL: [(&str, &str); 8] = [
    ("資訊", "信息"),
    ("質素", "質量"),
    ("訊息", "信息"),
    ("网络", "網路"),
    ("信息", "资讯"),
    ("质量", "质素"),
    ("渠道", "管道"),
    ("項目", "專案"),
];

/// Converts texts to the other script.
fn converter(script: tiaowen_text::Script) -> impl Fn(&str) -> String {
    let converter = tiaowen_text::Converter::to(script).unwrap().unwrap();
    move |text| converter.show(text, &[]).unwrap().text
}

/// Citations and quotations of all kinds, in both scripts.
fn planted(clauses: &[Clause]) -> Vec<Planted> {
    let mut seed = Seeded(20_171_118);
    let to_hant = converter(tiaowen_text::Script::Hant);
    let to_hans = converter(tiaowen_text::Script::Hans);
    let all: Vec<String> = clauses.iter().map(|clause| folded(&clause.text)).collect();
    let raw: Vec<String> = clauses.iter().map(|clause| clause.text.clone()).collect();
    // Words of one clause only, or of it and its counterpart in the other script.
    let of_documents = |quote: &str| {
        let quote = folded(quote);
        let held = all.iter().zip(clauses).filter(|(text, _)| text.contains(&quote));
        held.map(|(_, clause)| clause.document.as_str()).collect::<Vec<_>>()
    };
    let mut planted = Vec::new();
    for round in 0..6 {
        for (at, clause) in clauses.iter().enumerate() {
            let kind = (at + round) % 9;
            let figure = |text: &str| text.chars().position(|c| c.is_ascii_digit());
            let holds = |quote: &str| match kind {
                2 => figure(quote).is_some_and(|at| at > 2),
                3 => quote.chars().skip(1).any(|c| c == '不'),
                5 => REGIONAL.iter().any(|(own, _)| quote.contains(own)),
                _ => true,
            };
            let Some(quote) = stretch(clause, &mut seed, holds) else { continue };
            if of_documents(&quote).len() > 1 {
                continue;
            }
            let other = |seed: &mut Seeded, same: bool| {
                let others: Vec<&Clause> = clauses
                    .iter()
                    .filter(|other| (other.document == clause.document) == same)
                    .filter(|other| {
                        other.is_hant == clause.is_hant && other.title != clause.title || same
                    })
                    .filter(|other| other.citation != clause.citation)
                    .collect();
                (!others.is_empty()).then(|| others[seed.next(others.len())].citation.clone())
            };
            let in_other_script = |text: &str| {
                if clause.is_hant { to_hans(text) } else { to_hant(text) }
            };
            let (name, citation, quote, verdict) = match kind {
                0 => ("right", clause.citation.clone(), quote, "verbatim"),
                1 => match other(&mut seed, true) {
                    Some(citation) => ("wrong article", citation, quote, "misattributed"),
                    None => continue,
                },
                2 => {
                    let chars: Vec<char> = quote.chars().collect();
                    let at = figure(&quote).unwrap();
                    let changed =
                        char::from_digit((chars[at].to_digit(10).unwrap() + 3) % 9 + 1, 10);
                    if changed == Some(chars[at]) {
                        continue;
                    }
                    let mut chars = chars;
                    chars[at] = changed.unwrap();
                    ("figure", clause.citation.clone(), chars.into_iter().collect(), "differs")
                }
                3 => {
                    let at = quote.char_indices().skip(1).find(|(_, c)| *c == '不').unwrap().0;
                    let dropped = format!("{}{}", &quote[..at], &quote[at + '不'.len_utf8()..]);
                    ("negation", clause.citation.clone(), dropped, "differs")
                }
                4 => {
                    let other = in_other_script(&quote);
                    if other == quote || raw.iter().any(|text| text.contains(&other)) {
                        continue;
                    }
                    ("script", in_other_script(&clause.citation), other, "same")
                }
                5 => {
                    let (own, other) =
                        REGIONAL.iter().find(|(own, _)| quote.contains(own)).unwrap();
                    let other = match clause.is_hant {
                        true => to_hant(other),
                        false => to_hans(other),
                    };
                    ("regional", clause.citation.clone(), quote.replacen(own, &other, 1), "differs")
                }
                6 => match other(&mut seed, false) {
                    Some(citation) => ("other document", citation, quote, "misattributed"),
                    None => continue,
                },
                7 => {
                    let title = if clause.is_hant {
                        "《粵港漁業資源聯合巡查協議》"
                    } else {
                        "《粤港渔业资源联合巡查协议》"
                    };
                    ("not here", format!("{title}第{}條", 1 + seed.next(30)), quote, "not_in_index")
                }
                _ => {
                    let citation =
                        format!("《{}》八十（{}）", clause.title, ["三", "五", "七"][seed.next(3)]);
                    ("no provision", citation, quote, "no_such_provision")
                }
            };
            // The changed text may be that of the version in the other script.
            let changed = folded(&quote);
            if verdict == "differs" && all.iter().any(|text| text.contains(&changed)) {
                continue;
            }
            let (open, close) =
                if clause.is_hant == (name != "script") { ('「', '」') } else { ('“', '”') };
            let text = match seed.next(3) {
                0 => format!("根據{citation}的規定：{open}{quote}{close}。"),
                1 => format!("{citation}規定，{open}{quote}。{close}"),
                _ => format!("{open}{quote}{close}（{citation}）。"),
            };
            planted.push(Planted { kind: name, text, verdict });
        }
    }
    planted
}

#[test]
fn planted_citations_get_their_verdicts() {
    let bench = Workspace::indexed(&bundled());
    let planted = planted(&clauses(&bench));
    assert!(planted.len() >= 100, "{}", planted.len());
    let text: String = planted.iter().map(|planted| format!("{}\n\n", planted.text)).collect();
    let (_, report) = verify(&bench, &text, &["--no-paragraphs"]);
    let mut start = 0;
    let (mut wrong, mut is_false_verbatim) = (Vec::new(), false);
    let mut counts: std::collections::BTreeMap<&str, [usize; 3]> = Default::default();
    let mut of_kind: std::collections::BTreeMap<&str, usize> = Default::default();
    for planted in &planted {
        let end = start + planted.text.chars().count();
        let inside = |check: &&Value| {
            let at = check["at"][0].as_u64().unwrap() as usize;
            (start..end).contains(&at)
        };
        let found: Vec<&str> = report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(inside)
            .map(|check| check["verdict"].as_str().unwrap())
            .collect();
        *of_kind.entry(planted.kind).or_default() += 1;
        counts.entry(planted.verdict).or_default()[0] += 1;
        for found in &found {
            counts.entry(found).or_default()[1] += 1;
        }
        if found == [planted.verdict] {
            counts.entry(planted.verdict).or_default()[2] += 1;
        } else {
            wrong.push(format!(
                "{} {found:?} for {}: {}",
                planted.kind, planted.verdict, planted.text
            ));
            is_false_verbatim |= found.contains(&"verbatim");
        }
        start = end + 2;
    }
    println!("{of_kind:?}");
    assert!(!is_false_verbatim, "{wrong:#?}");
    for kind in [
        "right",
        "wrong article",
        "figure",
        "negation",
        "script",
        "regional",
        "other document",
        "not here",
        "no provision",
    ] {
        assert!(of_kind.contains_key(kind), "{kind} was not planted");
    }
    for (verdict, [planted, found, right]) in counts {
        let (recall, precision) = (right as f64 / planted as f64, right as f64 / found as f64);
        println!("{verdict}: precision {precision:.3}, recall {recall:.3} of {planted}");
        assert!(recall >= 0.98 && precision >= 0.98, "{verdict}: {wrong:#?}");
    }
}
