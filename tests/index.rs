//! Building and updating an index.

use crate::util::{Workspace, bundled, bundled_sources, ids, real, snapshot, steady};

#[test]
fn a_run_reports_and_a_second_finds_nothing_to_do() {
    let bench = Workspace::new();
    let corpus = bundled();
    let corpus = corpus.to_str().unwrap();
    let first = bench.json(&["index", corpus, "--format", "json"]);
    let files = bundled_sources().len() as u64;
    assert_eq!(first["added"], files);
    assert!(first["failed"].as_array().unwrap().is_empty());
    let second = bench.json(&["index", corpus, "--format", "json"]);
    assert_eq!((&second["added"], &second["unchanged"]), (&0.into(), &files.into()));
    assert_eq!(
        (&second["documents"], &second["clauses"]),
        (&first["documents"], &first["clauses"])
    );
    for field in ["moved", "removed", "bytes", "seconds", "mb_per_s"] {
        assert!(first[field].is_number(), "{field}");
    }
}

#[test]
fn real_documents_give_23_documents_and_409_clauses() {
    let Some(folder) = real() else { return };
    let bench = Workspace::new();
    let report = bench.json(&["index", folder.to_str().unwrap(), "--format", "json"]);
    assert_eq!(
        (&report["documents"], &report["clauses"], &report["bytes"]),
        (&23.into(), &409.into(), &125_370.into())
    );
}

#[test]
fn changes_are_taken_over() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、舊的內容。");
    bench.write("docs/b.txt", "乙協議\n\n一、不變的內容。");
    bench.json(&["index", "docs", "--format", "json"]);
    bench.write("docs/a.txt", "甲協議\n\n一、全新條文。\n\n二、另一項。");
    bench.write("docs/c.txt", "丙協議\n\n一、添加。");
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!(
        (&report["added"], &report["updated"], &report["unchanged"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(report["clauses"], 4);
    assert_eq!(bench.search("全新條文", &[])["total"], 1);
    assert_eq!(bench.search("舊", &[])["total"], 0);
}

#[test]
fn a_dry_run_changes_nothing() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    let report = bench.json(&["index", "docs", "--dry-run", "--format", "json"]);
    assert_eq!(report["added"], 1);
    assert!(!bench.path("index").exists());
}

#[test]
fn moved_doubled_and_deleted_files() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    bench.write("docs/b.txt", "乙協議\n\n一、另外。");
    bench.json(&["index", "docs", "--format", "json"]);
    let before = ids(&bench.search("內容", &[]));
    std::fs::rename(bench.path("docs/a.txt"), bench.path("docs/moved.txt")).unwrap();
    bench.write("docs/copy.txt", "乙協議\n\n一、另外。");
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!((&report["moved"], &report["added"]), (&1.into(), &0.into()));
    assert_eq!(report["duplicates"][0]["source"], "copy.txt");
    assert_eq!(report["duplicates"][0]["same_as"], "b.txt");
    assert_eq!(ids(&bench.search("內容", &[])), before);
    std::fs::remove_file(bench.path("docs/moved.txt")).unwrap();
    let kept = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!(kept["missing"][0], "moved.txt");
    assert_eq!(bench.search("內容", &[])["total"], 1);
    let pruned = bench.json(&["index", "docs", "--prune", "--format", "json"]);
    assert_eq!(pruned["removed"], 1);
    assert_eq!(bench.search("內容", &[])["total"], 0);
    let forgotten = bench.json(&["index", "--forget", "b.txt", "--format", "json"]);
    assert_eq!((&forgotten["removed"], &forgotten["documents"]), (&1.into(), &0.into()));
    assert_eq!(bench.run(&["index", "--forget", "b.txt"]).code, 2);
}

#[test]
fn two_folders_gather_and_equal_titles_stay_apart() {
    let bench = Workspace::new();
    bench.write("one/a.txt", "甲協議\n\n一、第一份。");
    bench.write("two/a.txt", "甲協議\n\n一、第二份。");
    bench.json(&["index", "one", "--format", "json"]);
    let report = bench.json(&["index", "two", "--format", "json"]);
    assert_eq!(report["documents"], 2);
    let found = ids(&bench.search("第一份", &[]));
    let other = ids(&bench.search("第二份", &[]));
    assert!(!found.is_empty() && found[0] != other[0]);
    let again = bench.json(&["index", "one", "two", "--format", "json"]);
    assert_eq!((&again["unchanged"], &again["documents"]), (&2.into(), &2.into()));
}

#[test]
fn a_rebuild_takes_the_roots_it_knows() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    bench.json(&["index", "docs", "--format", "json"]);
    let report = bench.json(&["index", "--rebuild", "--format", "json"]);
    assert_eq!((&report["added"], &report["documents"]), (&1.into(), &1.into()));
    assert_eq!(bench.search("內容", &[])["total"], 1);
    let entries: Vec<_> =
        std::fs::read_dir(bench.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(entries.iter().all(|name| !name.to_string_lossy().contains("rebuild")), "{entries:?}");
}

#[test]
fn status_tells_what_is_there() {
    let bench = Workspace::indexed(&bundled());
    let status = bench.json(&["status", "--format", "json"]);
    for field in
        ["documents", "clauses", "by_kind", "by_script", "bytes_on_disk", "stamp", "last_run"]
    {
        assert!(!status[field].is_null(), "{field}");
    }
    assert_eq!(status["by_script"]["Hant"], status["by_script"]["Hans"]);
    assert_eq!(status["stamp"]["jieba"], "0.11.0");
    assert!(bench.run(&["status"]).out.contains("documents with"));
}

#[test]
fn what_people_read() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    bench.write("docs/copy.txt", "甲協議\n\n一、內容。");
    bench.write("docs/picture.gif", "…");
    let shown = bench.run(&["index", "docs"]);
    snapshot("index", &steady(&shown.out));
    assert_eq!(shown.code, 0);
}

/// A .zip archive of entries with these names and texts.
fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut wanted = Vec::new();
    for (name, text) in entries {
        // The writer corrects some names, so they are inserted afterwards.
        let standing = format!("{:x<1$}", "n", name.len() - 4) + &format!("{:04}", wanted.len());
        assert_eq!(standing.len(), name.len());
        zip.start_file(&standing, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        wanted.push((standing, *name));
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    for (standing, name) in wanted {
        let places: Vec<usize> =
            (0..bytes.len()).filter(|at| bytes[*at..].starts_with(standing.as_bytes())).collect();
        assert_eq!(places.len(), 2, "{standing}");
        for at in places {
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
    }
    bytes
}

/// The reason for a source in one of the lists of a report.
fn reason<'r>(report: &'r serde_json::Value, list: &str, source: &str) -> &'r str {
    let all = report[list].as_array().unwrap();
    let found = all.iter().find(|failure| failure["source"] == source);
    found.unwrap_or_else(|| panic!("{source} in {report}"))["reason"].as_str().unwrap()
}

#[test]
fn entries_of_archives_never_lead_out_of_them() {
    let bench = Workspace::new();
    let outside = bench.write("secret/note.txt", "機密協議\n\n一、外面的標記。");
    bench.write("secret/note.toml", "title = \"外面的附屬檔\"");
    bench.write("docs/note.toml", "title = \"外面的附屬檔\"");
    let absolute = outside.to_str().unwrap();
    let inside = "甲協議\n\n一、壓縮檔內的條文。";
    let names = [
        absolute,
        "../secret/note.txt",
        "a/../../../secret/note.txt",
        "C:/secret/note.txt",
        "c:note.txt",
        "\\\\host\\share\\note.txt",
        "..\\secret\\note.txt",
        "//secret/note.txt",
    ];
    for name in names {
        bench.write(
            "docs/a.zip",
            zipped(&[(name, "乙協議\n\n一、不應讀取。"), ("good.txt", inside)]),
        );
        let ran = bench.run(&["index", "docs", "--rebuild", "--format", "json"]);
        assert_eq!(ran.code, 2, "{name}: {}", ran.err);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let source = format!("a.zip/{}", name.replace('\\', "/"));
        let why = reason(&report, "failed", &source);
        assert!(why.contains("out of the archive"), "{name}: {why}");
        assert_eq!(report["documents"], 1, "{name}: {report}");
        let nothing = ["\"外面的標記\"", "title:\"外面的附屬檔\"", "\"不應讀取\""];
        for (query, total) in nothing.map(|query| (query, 0)).into_iter().chain([("條文", 1)]) {
            assert_eq!(bench.search(query, &[])["total"], total, "{name}: {query}");
        }
        assert_eq!(bench.run(&["check"]).code, 0, "{name}");
    }
    // A file that is only oddly written is read.
    bench.write("docs/a.zip", zipped(&[("./x//good.txt", inside)]));
    let report = bench.json(&["index", "docs", "--rebuild", "--format", "json"]);
    assert_eq!(report["documents"], 1);
    let hit = &bench.search("條文", &[])["hits"][0];
    assert_eq!(hit["clause"]["document"]["source"], "a.zip/x/good.txt");
}

#[test]
fn links_and_special_files_in_archives_are_refused() {
    let bench = Workspace::new();
    bench.write("secret.txt", "機密協議\n\n一、外面的標記。");
    let options = zip::write::SimpleFileOptions::default();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.add_symlink("link.txt", bench.path("secret.txt").to_str().unwrap(), options).unwrap();
    zip.add_symlink("near.txt", "good.txt", options).unwrap();
    zip.start_file("good.txt", options).unwrap();
    std::io::Write::write_all(&mut zip, "甲協議\n\n一、內容。".as_bytes()).unwrap();
    bench.write("docs/a.zip", zip.finish().unwrap().into_inner());
    let report = bench.json(&["index", "docs", "--format", "json"]);
    for name in ["a.zip/link.txt", "a.zip/near.txt"] {
        assert!(reason(&report, "skipped", name).contains("link"), "{report}");
    }
    assert_eq!(report["documents"], 1);
    assert_eq!(bench.search("外面的標記", &[])["total"], 0);
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_opened() {
    use std::process::Command;
    let bench = Workspace::new();
    bench.write("docs/good.txt", "甲協議\n\n一、內容。");
    bench.write("docs/side.txt", "乙協議\n\n一、內容二。");
    bench.write("docs/large.txt", "丙協議\n\n一、內容三。");
    bench.write("docs/linked.txt", "丁協議\n\n一、內容四。");
    bench.write("docs/endless.txt", "戊協議\n\n一、內容五。");
    bench.write("docs/large.toml", format!("title = \"丙\"\n#{}", "x".repeat(70_000)));
    bench.write("elsewhere.toml", "title = \"外面的附屬檔\"");
    std::os::unix::fs::symlink("../elsewhere.toml", bench.path("docs/linked.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", bench.path("docs/endless.toml")).unwrap();
    let pipe = |name: &str| {
        let made = Command::new("mkfifo").arg(bench.path(name)).status();
        made.is_ok_and(|made| made.success())
    };
    if !["docs/side.toml", "docs/pipe.txt", "pipe.txt", "pipe.zip"].into_iter().all(pipe) {
        println!("SKIPPED: no mkfifo");
        return;
    }
    // A run that waits is killed: status 124.
    let run = |args: &[&str]| {
        let mut command = Command::new("timeout");
        command.arg("60").arg(env!("CARGO_BIN_EXE_tiaowen")).args(args);
        command.current_dir(bench.path("")).env("LC_ALL", "C").output().unwrap()
    };
    let ran = run(&["index", "docs", "pipe.txt", "pipe.zip", "/dev/zero", "--format", "json"]);
    assert_eq!(ran.status.code(), Some(2));
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    for (list, source, why) in [
        ("failed", "pipe.txt", "not a regular file"),
        ("failed", "pipe.zip", "not a regular file"),
        ("failed", "zero", "not a regular file"),
        ("failed", "side.txt", "side file is not a regular file"),
        ("failed", "large.txt", "larger than 64 kB"),
        ("failed", "linked.txt", "leads out of its folder"),
        ("failed", "endless.txt", "leads out of its folder"),
        ("skipped", "pipe.txt", "not a regular file"),
    ] {
        let message = reason(&report, list, source);
        assert!(message.contains(why), "{source}: {message}");
    }
    assert_eq!(report["documents"], 1);
    assert_eq!(run(&["clauses", "docs/good.txt"]).status.code(), Some(0));
    let clauses = run(&["clauses", "docs/side.txt"]);
    assert_eq!(clauses.status.code(), Some(2));
    // A link to a side file in the folder of its source is followed.
    std::fs::remove_file(bench.path("docs/linked.toml")).unwrap();
    bench.write("docs/common.toml", "title = \"共用的附屬檔\"");
    std::os::unix::fs::symlink("common.toml", bench.path("docs/linked.toml")).unwrap();
    run(&["index", "docs"]);
    let found = bench.search("內容四", &[]);
    assert_eq!(found["hits"][0]["clause"]["document"]["title"], "共用的附屬檔");
}

#[cfg(unix)]
#[test]
fn links_out_of_a_folder_are_followed_on_request() {
    use std::os::unix::fs::symlink;
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、裏面的內容。");
    bench.write("outside/b.txt", "乙協議\n\n一、外面的內容。");
    bench.write("outside/sub/c.txt", "丙協議\n\n一、外面的資料。");
    symlink("../outside", bench.path("docs/folder")).unwrap();
    symlink("../outside/b.txt", bench.path("docs/file.txt")).unwrap();
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!(report["documents"], 1);
    for name in ["folder", "file.txt"] {
        assert!(reason(&report, "skipped", name).contains("--follow"), "{report}");
    }
    assert_eq!(bench.search("外面", &[])["total"], 0);
    let report = bench.json(&["index", "docs", "--follow", "--format", "json"]);
    assert_eq!(report["documents"], 3, "{report}");
    assert_eq!(bench.search("外面", &[])["total"], 2);
    // A run without the flag sees nothing there, so nothing is gone.
    let report = bench.json(&["index", "docs", "--prune", "--format", "json"]);
    assert_eq!((&report["documents"], &report["removed"]), (&3.into(), &0.into()));
    assert_eq!(report["missing"].as_array().unwrap().len(), 0, "{report}");
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 2);
    assert_eq!(bench.search("外面", &[])["total"], 2);
    assert_eq!(bench.run(&["index", "--rebuild", "--follow"]).code, 0);
    assert_eq!(bench.search("外面", &[])["total"], 2);
}

#[cfg(unix)]
#[test]
fn a_folder_of_links_to_files_is_a_list_of_files() {
    use std::os::unix::fs::symlink;
    let bench = Workspace::new();
    for name in ["b", "c"] {
        bench
            .write(&format!("outside/{name}.txt"), format!("{name}協議\n\n一、外面的內容{name}。"));
    }
    std::fs::create_dir(bench.path("chosen")).unwrap();
    for name in ["b.txt", "c.txt"] {
        symlink(format!("../outside/{name}"), bench.path(&format!("chosen/{name}"))).unwrap();
    }
    let report = bench.json(&["index", "chosen", "--format", "json"]);
    assert_eq!((&report["documents"], &report["skipped"]), (&2.into(), &serde_json::json!([])));
    // A link to a folder may lead to more than was chosen, and so may one among other files.
    symlink("../outside", bench.path("chosen/all")).unwrap();
    let report = bench.json(&["index", "chosen", "--index", "other", "--format", "json"]);
    assert_eq!(report["documents"], 0, "{report}");
    std::fs::remove_file(bench.path("chosen/all")).unwrap();
    bench.write("chosen/a.txt", "甲協議\n\n一、裏面的內容。");
    let report = bench.json(&["index", "chosen", "--index", "third", "--format", "json"]);
    assert_eq!(report["documents"], 1, "{report}");
    assert!(reason(&report, "skipped", "b.txt").contains("--follow"), "{report}");
}

#[cfg(unix)]
#[test]
fn each_folder_is_walked_once_whatever_links_lead_to_it() {
    let bench = Workspace::new();
    for one in 0..8 {
        bench.write(&format!("docs/{one}/a.txt"), format!("第{one}號協議\n\n一、內容{one}。"));
        for other in 0..8 {
            let link = bench.path(&format!("docs/{one}/to{other}"));
            std::os::unix::fs::symlink(format!("../{other}"), link).unwrap();
        }
    }
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!(report["documents"], 8);
    assert_eq!(report["skipped"].as_array().unwrap().len(), 64);
    assert!(report["failed"].as_array().unwrap().is_empty(), "{report}");
}

#[test]
fn duplicates_in_archives_are_found_in_named_roots_and_in_others() {
    let bench = Workspace::new();
    let texts: Vec<(String, String)> = (0..100)
        .map(|n| (format!("entry-{n:05}.txt"), format!("第{n}號協議\n\n一、內容{n}。")))
        .collect();
    let entries: Vec<_> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let archive = zipped(&entries);
    bench.write("docs/a.zip", &archive);
    bench.json(&["index", "docs", "--format", "json"]);
    bench.write("docs/b.zip", &archive);
    bench.write("other/c.zip", &archive);
    for folder in ["docs", "other"] {
        let report = bench.json(&["index", folder, "--format", "json"]);
        assert_eq!(report["duplicates"].as_array().unwrap().len(), 100, "{folder}");
        assert_eq!(report["duplicates"][0]["same_as"], "a.zip/entry-00000.txt");
        assert_eq!(report["documents"], 100);
    }
    // The indexed archive is removed, so its copy takes its place.
    std::fs::remove_file(bench.path("docs/a.zip")).unwrap();
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!((&report["moved"], &report["documents"]), (&100.into(), &100.into()));
}
