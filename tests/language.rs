//! The languages of the program: which one is chosen, and that everything is in it.

use std::path::Path;

use crate::util::{Ran, Workspace, bundled, ids, snapshot, steady};

/// The codes of the Chinese languages.
const CHINESE: [&str; 2] = ["hant", "hans"];
const ALL: [&str; 3] = ["hant", "hans", "en"];

fn run(bench: &Workspace, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let output = bench.command(args).envs(variables.iter().copied()).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn spoken(bench: &Workspace, language: &str, args: &[&str]) -> Ran {
    let args: Vec<&str> = args.iter().copied().chain(["--lang", language]).collect();
    run(bench, &args, &[])
}

/// The width of a line in columns.
fn columns(line: &str) -> usize {
    line.chars()
        .map(|c| {
            if c < '\u{1100}' || "–—…‘’“”×›↔→←⇄·".contains(c) {
                1
            } else {
                2
            }
        })
        .sum()
}

/// All commands, including those of `terms`.
const COMMANDS: [&[&str]; 22] = [
    &[],
    &["index"],
    &["search"],
    &["show"],
    &["clauses"],
    &["compare"],
    &["pairs"],
    &["terms"],
    &["terms", "list"],
    &["terms", "check"],
    &["terms", "mine"],
    &["terms", "export"],
    &["suggest"],
    &["serve"],
    &["mcp"],
    &["key"],
    &["queries"],
    &["status"],
    &["check"],
    &["judge"],
    &["completions"],
    &["man"],
];

#[test]
fn help_fits_a_terminal_in_each_language() {
    let bench = Workspace::new();
    for language in ALL {
        for command in COMMANDS {
            let args: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
            let ran = spoken(&bench, language, &args);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command:?}");
            for line in ran.out.lines() {
                assert!(columns(line) <= 80, "{command:?} {language}: {line}");
            }
            let headings = ["Usage:", "用法："];
            let usage = headings[usize::from(language != "en")];
            assert!(ran.out.contains(usage), "{command:?} {language}: {}", ran.out);
        }
        snapshot(&format!("help-{language}"), &spoken(&bench, language, &["--help"]).out);
        let search = spoken(&bench, language, &["search", "--help"]).out;
        snapshot(&format!("help-search-{language}"), &search);
        // In any way of asking for it.
        assert_eq!(spoken(&bench, language, &["search", "-h"]).out, search);
        let variable = [("TIAOWEN_LANG", language)];
        assert_eq!(run(&bench, &["help", "search"], &variable).out, search);
        let nothing = run(&bench, &[], &variable);
        assert_eq!((nothing.code, nothing.out.as_str()), (2, ""));
        assert!(nothing.err.contains("tiaowen serve") || nothing.err.contains("  serve"));
    }
}

#[test]
fn the_language_is_the_flags_the_environments_the_files_or_the_locales() {
    let bench = Workspace::new();
    bench.write("home/tiaowen/tiaowen.toml", "lang = \"hant\"\n");
    bench.write("own.toml", "# ours\nlang = \"zh-CN\"\n");
    let home = bench.path("home");
    let home = home.to_str().unwrap();
    let speaks = |args: &[&str], variables: &[(&str, &str)]| {
        let args: Vec<&str> = args.iter().copied().chain(["--nothing"]).collect();
        let ran = run(&bench, &args, variables);
        assert_eq!(ran.code, 2);
        match ran.err.chars().next().unwrap() {
            '錯' => "hant",
            '错' => "hans",
            'e' => "en",
            _ => panic!("{}", ran.err),
        }
    };
    let none = ("XDG_CONFIG_HOME", "/nowhere");
    let file = ("XDG_CONFIG_HOME", home);
    for (args, variables, language) in [
        (&[][..], &[none][..], "en"),
        (&[], &[none, ("LC_ALL", "zh_HK.UTF-8")], "hant"),
        (&[], &[none, ("LC_ALL", ""), ("LANG", "zh_TW.UTF-8")], "hant"),
        (&[], &[none, ("LC_ALL", ""), ("LC_MESSAGES", "zh_CN"), ("LANG", "zh_HK")], "hans"),
        (&[], &[none, ("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], "en"),
        (&[], &[none, ("LC_ALL", "zh_SG")], "hans"),
        (&[], &[file], "hant"),
        (&["--config", "own.toml"], &[file], "hans"),
        (&["--config=own.toml"], &[file], "hans"),
        (&[], &[file, ("TIAOWEN_CONFIG", "own.toml")], "hans"),
        (&[], &[file, ("TIAOWEN_LANG", "en")], "en"),
        (&[], &[file, ("TIAOWEN_LANG", "")], "hant"),
        (&["--lang", "zh_HK"], &[file, ("TIAOWEN_LANG", "en")], "hant"),
        (&["--lang=zh-Hans-HK"], &[none, ("LC_ALL", "zh_HK")], "hans"),
        (&["--lang", "EN"], &[none, ("LC_ALL", "zh_HK")], "en"),
        (&["status", "--lang", "hans"], &[none], "hans"),
    ] {
        assert_eq!(speaks(args, variables), language, "{args:?} {variables:?}");
    }
    // An invalid language is reported in the language chosen without it.
    let wrong = run(&bench, &["status", "--lang", "xx"], &[none, ("LC_ALL", "zh_HK")]);
    assert!(wrong.code == 2 && wrong.err.contains("不能是「xx」；可用 hant"), "{}", wrong.err);
    let wrong = run(&bench, &["status"], &[none, ("TIAOWEN_LANG", "xx"), ("LC_ALL", "zh_CN")]);
    assert!(wrong.code == 2 && wrong.err.contains("环境变量 TIAOWEN_LANG"), "{}", wrong.err);
    // After `--`, it is part of the query.
    let typed = run(&bench, &["search", "--", "--lang", "hant"], &[none]);
    assert!(typed.err.starts_with("error: no index"), "{}", typed.err);
}

#[test]
fn what_is_wrong_with_a_command_line_is_told_in_each_language() {
    let bench = Workspace::new();
    let wrong: [&[&str]; 19] = [
        &["--nope"],
        &["search"],
        &["searhc"],
        &["search", "x", "--limit", "abc"],
        &["search", "x", "--limit", "200000"],
        &["search", "x", "--limitt", "3"],
        &["index", "--dry-run", "--watch"],
        &["terms"],
        &["terms", "mine", "a"],
        &["search", "x", "--format", "xml"],
        &["index", "--jobs", "0"],
        &["search", "x", "--limit", "3", "--limit", "4"],
        &["status", "extra"],
        &["search", "x", "--explain=3"],
        &["search", "x", "--kind", "treaty"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--public-url", "ftp://example.org"],
        &["search", "x", "--from", "May"],
        &["status", "--index", "https://example.org/Index"],
    ];
    for language in ALL {
        let mut all = String::new();
        for args in wrong {
            let ran = spoken(&bench, language, args);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
            all.push_str(&format!("$ tiaowen {}\n{}\n", args.join(" "), ran.err));
        }
        snapshot(&format!("usage-{language}"), &all);
    }
}

#[test]
fn sources_that_fail_are_told_in_each_language() {
    for language in CHINESE {
        let bench = Workspace::new();
        bench.write("in/a.txt", "粵港合作備忘錄\n\n一、每年會面。\n");
        bench.write("in/b.txt", "粵港合作備忘錄\n\n一、每年會面。\n");
        bench.write("in/big5.txt", b"\xA4@\xA1B\xA8C\xA6~\xB7|\xAD\xB1\xA1C");
        bench.write("in/empty.txt", " \n");
        bench.write("in/binary.txt", "一\0二");
        bench.write("in/front.md", "+++\ntitle = \"一\"\n");
        bench.write("in/cut.docx", "PK");
        bench.write("in/cut.pdf", "one page");
        bench.write("in/cut.zip", "PK");
        bench.write("in/line.jsonl", "{}\n");
        bench.write("in/picture.gif", "picture");
        let ran = spoken(&bench, language, &["index", "in", "nowhere.txt"]);
        assert_eq!(ran.code, 2);
        let mut told: Vec<&str> = ran.err.lines().collect();
        told.sort_unstable();
        snapshot(
            &format!("failing-{language}"),
            &format!("{}\n{}", told.join("\n"), steady(&ran.out)),
        );
        // Output for programs is in English in every language.
        let json = bench.command(&["index", "in", "--format", "json", "--lang", language]);
        let json = { json }.output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
        let failed = report["failed"].as_array().unwrap();
        let empty = failed.iter().find(|failure| failure["source"] == "empty.txt").unwrap();
        assert_eq!(empty["reason"], "the file is empty: there is no text in it");
    }
}

#[test]
fn answers_speak_the_language_and_json_does_not() {
    let bench = Workspace::indexed(&bundled());
    let medical = |script: &str| {
        bundled().join(format!("medical-2017.{script}.md")).to_str().unwrap().to_owned()
    };
    let (left, right) = (medical("zh-Hant-HK"), medical("zh-Hans-CN"));
    let document = ids(&bench.search("轉診機制", &["--kind", "memorandum"]))[0].clone();
    let document = document.split('.').next().unwrap();
    for language in CHINESE {
        let told = |args: &[&str]| {
            let ran = spoken(&bench, language, args);
            steady(&(ran.out + &ran.err))
        };
        let head = |text: String, lines: usize| {
            text.lines().take(lines).collect::<Vec<_>>().join("\n") + "\n"
        };
        let mut all = String::new();
        for (args, lines) in [
            (&["search", "质素", "--limit", "2"][..], 99),
            (&["search", "資訊科技", "--limit", "1", "--explain", "--facets"], 99),
            (&["search", "zhishi chanquan", "--phonetic", "--limit", "1"], 99),
            (&["search", ")知識 date:tomorrow", "--limit", "1"], 99),
            (&["search", "，"], 99),
            (&["search", "知識產檔案檔", "--limit", "1"], 99),
            (&["search", "合作", "--offset", "9000"], 99),
            (&["show", document], 8),
            (&["show", "nothing12"], 9),
            (&["compare", &left, &right], 24),
            (&["pairs"], 8),
            (&["terms", "list", "質素"], 9),
            (&["terms", "check"], 3),
            (&["terms", "mine"], 4),
            (&["check"], 9),
            (&["clauses", &left, "--explain"], 9),
        ] {
            let shown: Vec<&str> = args
                .iter()
                .map(|arg| Path::new(arg).file_name().map_or(*arg, |name| name.to_str().unwrap()))
                .collect();
            all.push_str(&format!("$ tiaowen {}\n{}\n", shown.join(" "), head(told(args), lines)));
        }
        snapshot(&format!("answers-{language}"), &all);
        let status = told(&["status"]);
        let [settings, of_documents] = match language {
            "hant" => ["設定", "份文件，"],
            _ => ["设置", "份文件，"],
        };
        assert!(status.contains(settings) && status.contains(of_documents), "{status}");
        for args in [
            &["search", "质素", "--format", "json"][..],
            &["clauses", &left, "--format", "jsonl"],
            &["pairs", "--format", "csv"],
            &["check", "--format", "json"],
            &["compare", &left, &right, "--format", "html"],
        ] {
            let strip = |ran: Ran| {
                let out = ran.out;
                // The duration differs from run to run.
                match out.split_once("\"took_us\":") {
                    Some((before, after)) => {
                        before.to_owned() + after.trim_start_matches(|c: char| c.is_ascii_digit())
                    }
                    None => out,
                }
            };
            let (own, english) = (spoken(&bench, language, args), bench.run(args));
            assert_eq!(strip(own), strip(english), "{args:?}");
        }
    }
}

#[test]
fn errors_are_told_in_each_language() {
    let bench = Workspace::indexed(&bundled());
    bench.write("not-one/notes.txt", "notes");
    bench.write("wrong.toml", "\nlimt = 3\n");
    bench.write("topics.jsonl", "{}\n");
    bench.write("own.tsv", "質素\t素质\n");
    bench.write("one.txt", "一、每年會面。\n");
    // An index made with other dictionaries.
    let other = bench.path("other");
    let copied = std::process::Command::new("cp")
        .args(["-r", bench.path("index").to_str().unwrap(), other.to_str().unwrap()])
        .status();
    assert!(copied.unwrap().success());
    let meta = std::fs::read_to_string(other.join("meta.json")).unwrap();
    let made = meta.replace("\\\"jieba\\\":\\\"0.", "\\\"jieba\\\":\\\"9.");
    assert_ne!(made, meta, "{meta}");
    std::fs::write(other.join("meta.json"), made).unwrap();
    let long = "長".repeat(1001);
    let wrong: [&[&str]; 18] = [
        &["search", "x", "--index", "nowhere"],
        &["search", "x", "--index", "not-one"],
        &["search", "x", "--index", "other"],
        &["search", &long],
        &["search", "x", "--config", "wrong.toml"],
        &["search", "x", "--config", "missing.toml"],
        &["search", "x", "--terms", "own.tsv"],
        &["search", "x", "--terms", "missing.tsv"],
        &["index", "--index", "fresh", "--rebuild"],
        &["index", "--forget", "nothing.txt"],
        &["compare", "-", "-"],
        &["compare", "a", "one.txt"],
        &["compare", "one.txt#2", "one.txt"],
        &["compare", "one.txt", "abcdefgh99"],
        &["compare", "one.txt", "one.txt", "--output", "missing/report.txt"],
        &["clauses", "missing.txt"],
        &["judge", "topics.jsonl"],
        &["status", "--index", "http://127.0.0.1:9/index"],
    ];
    for language in CHINESE {
        let mut all = String::new();
        for args in wrong {
            let ran = spoken(&bench, language, args);
            assert_eq!(ran.code, 2, "{args:?}: {}{}", ran.out, ran.err);
            let shown = args.join(" ").replace(&long, "長長長…");
            all.push_str(&format!("$ tiaowen {shown}\n{}\n", ran.err));
        }
        let folder = bench.path("").display().to_string();
        snapshot(&format!("errors-{language}"), &all.replace(&folder, "…/"));
    }
}

#[test]
fn the_manual_and_completions_speak_the_language() {
    let bench = Workspace::new();
    for (language, search, usage) in [
        ("hant", "檢索條款，按相關度排序", ".SH 用法"),
        ("hans", "检索条款，按相关度排序", ".SH 用法"),
        ("en", "Find clauses by relevance", ".SH SYNOPSIS"),
    ] {
        let manual = spoken(&bench, language, &["man"]);
        assert!(manual.code == 0 && manual.out.contains(search), "{}", manual.out);
        assert!(manual.out.contains(usage), "{}", manual.out);
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let ran = spoken(&bench, language, &["completions", shell]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            // bash shows no descriptions.
            assert!(shell == "bash" || ran.out.contains(search), "{shell} {language}");
        }
    }
}
