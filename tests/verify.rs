//! Citations and quotations of a text, checked against the bundled agreements.

use serde_json::Value;

use crate::util::{Bench, Ran, bundled};

/// Verifies a text of standard form and gives the run and its report.
fn verify(bench: &Bench, text: &str, more: &[&str]) -> (Ran, Value) {
    let file = bench.write("text.txt", text);
    let args = ["verify", file.to_str().unwrap(), "--format", "json"];
    let args: Vec<&str> = args.into_iter().chain(more.iter().copied()).collect();
    let ran = bench.run(&args);
    assert!(ran.code < 2, "{text}: {}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    check_places(text, &report);
    (ran, report)
}

/// Each check names what is at its place, and so does each difference.
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
    let bench = Bench::indexed(&bundled());
    for (text, expected) in [
        // Right, in the script of the document.
        (
            "《粵港醫療交流合作備忘錄》三（三）：「雙方探討建立合作關係，商討在屬下醫療機構之間設立有效的轉介機制」。",
            vec!["verbatim"],
        ),
        (
            "《粤港医疗交流合作备忘录》三（三）：“双方探讨建立合作关系，就下属医疗机构之间的转诊机制和沟通网络开展协商”。",
            vec!["verbatim"],
        ),
        // One figure, a word left out.
        (
            "《粵港醫療交流合作備忘錄》四（三）規定：「本備忘錄由雙方簽署起生效，有效期三年」。",
            vec!["differs"],
        ),
        (
            "《粤港医疗交流合作备忘录》四（三）规定：“本备忘录经双方签署后生效，有效期三年”。",
            vec!["differs"],
        ),
        // Another clause.
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
        // Without a citation, and what is nobody's.
        ("報告說：「雙方鼓勵學術交流和科研協作，共同推動學術進步。」", vec!["verbatim"]),
        ("報告說：「今日天氣晴朗，市民紛紛到郊外遠足和野餐。」", vec![]),
        // Only cited.
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
    let bench = Bench::indexed(&bundled());
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
    let bench = Bench::indexed(&bundled());
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
    let bench = Bench::indexed(&bundled());
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

/// Numbers that look random and are the same in each run.
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
fn clauses(bench: &Bench) -> Vec<Clause> {
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

/// A citation with a quotation that was planted, and what is to come of it.
struct Planted {
    kind: &'static str,
    text: String,
    verdict: &'static str,
}

fn folded(text: &str) -> String {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    tiaowen_text::fold(&letters)
}

/// A stretch of a clause from one mark to another that holds something.
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

/// What each region calls one thing, in either script.
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

/// What writes texts in the other script.
fn converter(script: tiaowen_text::Script) -> impl Fn(&str) -> String {
    let converter = tiaowen_text::Converter::to(script).unwrap().unwrap();
    move |text| converter.show(text, &[]).unwrap().text
}

/// Citations and quotations of all sorts, in both scripts.
fn planted(clauses: &[Clause]) -> Vec<Planted> {
    let mut seed = Seeded(20_171_118);
    let to_hant = converter(tiaowen_text::Script::Hant);
    let to_hans = converter(tiaowen_text::Script::Hans);
    let all: Vec<String> = clauses.iter().map(|clause| folded(&clause.text)).collect();
    let raw: Vec<String> = clauses.iter().map(|clause| clause.text.clone()).collect();
    // Words of one clause alone, or of it and of its counterpart in the other script.
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
            if matches!(verdict, "differs") && raw.iter().any(|text| text.contains(&quote)) {
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
    let bench = Bench::indexed(&bundled());
    let planted = planted(&clauses(&bench));
    assert!(planted.len() >= 100, "{}", planted.len());
    let text: String = planted.iter().map(|planted| format!("{}\n\n", planted.text)).collect();
    let (_, report) = verify(&bench, &text, &["--no-paragraphs"]);
    let mut start = 0;
    let mut wrong = Vec::new();
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
            assert!(!found.contains(&"verbatim"), "{}: {}", planted.kind, planted.text);
        }
        start = end + 2;
    }
    println!("{of_kind:?}");
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
