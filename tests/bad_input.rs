//! Bad input: a clear error or an honest empty answer, the right exit status, no panic.

use crate::util::{Workspace, bundled};

#[test]
fn sources_that_cannot_be_read_are_told_and_the_rest_goes_on() {
    let bench = Workspace::new();
    bench.write("docs/good.txt", "甲協議\n\n一、內容。");
    bench.write("docs/empty.txt", "");
    bench.write("docs/blank.txt", " \n\n\t\n");
    bench.write("docs/binary.txt", b"\x7FELF\0\0\0\x01\xFE\xFF".repeat(40));
    bench.write("docs/latin.txt", b"\xE7\x94\xB2\nabc\n\xB5\xD8".as_slice());
    bench.write("docs/front.md", "+++\ntitle = 甲\n+++\n\n# 甲");
    let ran = bench.run(&["index", "docs", "missing", "--format", "json"]);
    assert_eq!(ran.code, 2);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["added"], 1);
    let failed = report["failed"].as_array().unwrap();
    let reason = |source: &str| -> &str {
        let found = failed.iter().find(|failure| failure["source"] == source);
        found.unwrap_or_else(|| panic!("{source} in {failed:?}"))["reason"].as_str().unwrap()
    };
    assert!(reason("empty.txt").contains("empty") && reason("blank.txt").contains("empty"));
    assert!(reason("binary.txt").contains("NUL"));
    assert!(reason("latin.txt").contains("byte 8 (line 3)"), "{}", reason("latin.txt"));
    assert!(reason("front.md").contains("line 2"));
    assert!(reason("missing").contains("no such file"));
    assert_eq!(failed.len(), 6);
    for failure in failed {
        assert!(ran.err.contains(failure["source"].as_str().unwrap()), "{}", ran.err);
    }
    assert_eq!(bench.search("內容", &[])["total"], 1);
}

#[cfg(unix)]
#[test]
fn a_folder_without_rights_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Workspace::new();
    bench.write("docs/good.txt", "甲協議\n\n一、內容。");
    let closed = bench.write("docs/closed/a.txt", "乙").parent().unwrap().to_owned();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    let readable = std::fs::read_dir(&closed).is_ok();
    let ran = bench.run(&["index", "docs"]);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    if readable {
        println!("SKIPPED: this user may read everything");
        return;
    }
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("closed: no permission"), "{}", ran.err);
    assert_eq!(bench.search("內容", &[])["total"], 1);
}

#[test]
fn an_index_that_is_missing_foreign_or_of_another_version() {
    let bench = Workspace::new();
    let missing = bench.run(&["search", "橋"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("no index at index") && missing.err.contains("tiaowen index"));
    bench.write("other/notes.txt", "mine");
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    let foreign = bench.run(&["index", "docs", "--index", "other"]);
    assert_eq!(foreign.code, 2);
    assert!(foreign.err.contains("notes.txt"), "{}", foreign.err);
    assert_eq!(std::fs::read_to_string(bench.path("other/notes.txt")).unwrap(), "mine");
    assert_eq!(bench.run(&["search", "橋", "--index", "docs/a.txt"]).code, 2);

    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let meta = bench.path("index/meta.json");
    let stamped = std::fs::read_to_string(&meta).unwrap();
    let format = tiaowen_index::FORMAT;
    let mut older: serde_json::Value = serde_json::from_str(&stamped).unwrap();
    let payload = older["payload"].as_str().unwrap();
    let mut payload: serde_json::Value = serde_json::from_str(payload).unwrap();
    payload["stamp"]["format"] = 0.into();
    // Added to the format later.
    payload.as_object_mut().unwrap().retain(|name, _| !name.starts_with("groups"));
    older["payload"] = payload.to_string().into();
    std::fs::write(&meta, older.to_string()).unwrap();
    for args in [&["search", "內容"][..], &["show", "a"], &["index", "docs"]] {
        let refused = bench.run(args);
        assert_eq!(refused.code, 2);
        let told = format!("format (0 instead of {format})");
        assert!(refused.err.contains(&told), "{}", refused.err);
        assert!(refused.err.contains("tiaowen index --rebuild"), "{}", refused.err);
    }
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    assert_eq!(bench.search("內容", &[])["total"], 1);
}

#[test]
fn queries_of_nothing_and_of_too_much() {
    let bench = Workspace::indexed(&bundled());
    for query in ["，。！", "「」", "\u{202e}", "***"] {
        let ran = bench.run(&["search", query]);
        assert_eq!(ran.code, 1, "{query}");
        assert!(ran.out.contains("note: the query has no"), "{}", ran.out);
    }
    let long = "權".repeat(10_000);
    let ran = bench.run(&["search", &long]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("10000 characters"), "{}", ran.err);
    let nothing = bench.run(&["search", "魑魅魍魎"]);
    assert_eq!((nothing.code, nothing.out.contains("nothing found")), (1, true));
    for query in ["((((", "\"知識產權", "a\u{0300}\u{0301}", "𠮷野家 😀", "-橋", "NOT AND OR"]
    {
        let ran = bench.run(&["search", "--", query]);
        assert!(ran.code <= 1, "{query}: {}", ran.err);
    }
    for args in
        [&["search", "橋", "--from", "last"][..], &["search", "橋", "--kind", "poem"], &["search"]]
    {
        assert_eq!(bench.run(args).code, 2, "{args:?}");
    }
}

/// Twenty megabytes, or with `TIAOWEN_LARGE` as many as a source may have.
#[test]
fn a_line_of_many_megabytes_is_indexed_beside_others() {
    let bench = Workspace::new();
    let sentence = "甲乙雙方同意加強知識產權合作，";
    let bytes = if std::env::var_os("TIAOWEN_LARGE").is_some() { 67_000_000 } else { 20_000_000 };
    bench.write("docs/long.txt", sentence.repeat(bytes / sentence.len()));
    bench.write("docs/good.txt", "甲協議\n\n一、短的內容。");
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!(report["added"], 2);
    assert_eq!(
        bench.search("短的內容", &["--limit", "1"])["hits"][0]["clause"]["document"]["source"],
        "good.txt"
    );
}

#[test]
fn a_reader_that_stops_is_no_error() {
    use std::process::Stdio;
    let bench = Workspace::new();
    let text: String = (1..2000).map(|n| format!("{n}. 第{n}項內容。\n")).collect();
    bench.write("a.txt", format!("甲協議\n\n{text}"));
    let mut child = bench
        .command(&["clauses", "a.txt", "--format", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[cfg(unix)]
#[test]
fn hostile_folders_are_bounded_and_the_rest_goes_on() {
    use std::io::Write;
    use std::os::unix::ffi::OsStrExt;
    let bench = Workspace::new();
    bench.write("docs/good.txt", "甲協議\n\n一、內容。");
    // 300 MB of zeros in 300 kB.
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("bomb.txt", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..300 {
        zip.write_all(&vec![b' '; 1_000_000]).unwrap();
    }
    bench.write("docs/bomb.zip", zip.finish().unwrap().into_inner());
    std::os::unix::fs::symlink(".", bench.path("docs/loop")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"\xFF\xFE.txt");
    std::fs::write(bench.path("docs").join(odd), "乙協議\n\n一、聯絡。").unwrap();
    bench.write("docs/bidi.txt", "\u{202E}丙\u{7}協議\n\n一、\u{202E}其他。");
    bench.write("docs/deep.html", "<div>".repeat(100_000) + "<p>丁協議</p><p>一、內容。</p>");
    // A sparse file of a gigabyte.
    std::fs::File::create(bench.path("docs/huge.txt")).unwrap().set_len(1 << 30).unwrap();
    let ran = bench.run(&["index", "docs"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("huge.txt: it is larger than 64 MB"), "{}", ran.err);
    assert!(ran.err.contains("bomb.txt: it unpacks to more than"), "{}", ran.err);
    assert!(ran.out.contains("loop: it leads to a folder that is read"), "{}", ran.out);
    assert!(ran.out.contains("4 documents"), "{}", ran.out);
    let shown = bench.run(&["search", "其他"]).out;
    assert!(!shown.contains(['\u{202E}', '\u{7}']), "{shown:?}");
}

#[test]
fn no_message_disturbs_a_terminal_or_repeats_a_password() {
    let bench = Workspace::new();
    let odd = "一\n二\u{9b}三\u{202e}四\u{61c}五\u{2028}六\u{e0041}";
    let title = odd.replace('\n', "\\n");
    bench.write("docs/a.txt", "甲協議\n\n一、合作。\n");
    bench.write("docs/a.toml", format!("title = \"{title}\"\n"));
    std::fs::write(bench.path("docs").join(format!("{odd}.txt")), "乙協議\n\n一、交流。\n")
        .unwrap();
    std::fs::write(bench.path("docs").join(format!("{odd}.docx")), "no document").unwrap();
    let index = bench.run(&["index", "docs"]);
    assert_eq!(index.code, 2);
    let id = bench.search("合作", &[])["hits"][0]["clause"]["document"]["id"].clone();
    let mut printed = index.out + &index.err;
    for args in [
        &["search", "合作"][..],
        &["search", "交流"],
        &["show", id.as_str().unwrap()],
        &["clauses", &format!("docs/{odd}.txt")],
        &["status"],
        &["check"],
        &["search", odd],
        &["show", odd],
        &["index", odd],
        &["clauses", odd],
        &["compare", odd, "docs/a.txt"],
        &["search", "合作", &format!("--kind={odd}")],
        &["search", "合作", "--index", odd],
        &[odd],
        &[&format!("--{odd}")],
    ] {
        for language in ["en", "hant", "hans"] {
            let ran = bench.run(&[&["--lang", language], args].concat());
            printed.push_str(&ran.out);
            printed.push_str(&ran.err);
        }
    }
    let disturbs = |c: char| c.is_control() && c != '\n' || odd.contains(c) && !c.is_alphabetic();
    for line in printed.lines() {
        assert!(!line.chars().any(disturbs), "{line:?}");
        assert!(!line.trim_start().starts_with('二'), "a name forges a line: {line:?}");
    }
    for address in ["http://u:SECRET@127.0.0.1:1/clauses", "https://u:SE/CRET@127.0.0.1:1/clauses"]
    {
        for args in
            [&["search", "合作", "--index", address][..], &["index", "docs", "--index", address]]
        {
            for language in ["en", "hant"] {
                let ran = bench.run(&[&["--lang", language], args].concat());
                assert_eq!(ran.code, 2);
                let said = ran.out + &ran.err;
                assert!(!said.contains("SECRET") && !said.contains("SE/CRET"), "{said}");
                assert!(said.contains("127.0.0.1"), "{said}");
            }
        }
        let variable = bench.command(&["search", "合作"]).env("TIAOWEN_INDEX", address).output();
        let said = String::from_utf8(variable.unwrap().stderr).unwrap();
        assert!(!said.contains("SECRET") && !said.contains("SE/CRET"), "{said}");
    }
}
