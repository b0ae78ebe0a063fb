//! Building and updating an index.

use crate::util::{Bench, bundled, ids, real, snapshot, steady};

#[test]
fn a_run_reports_and_a_second_finds_nothing_to_do() {
    let bench = Bench::new();
    let corpus = bundled();
    let corpus = corpus.to_str().unwrap();
    let first = bench.json(&["index", corpus, "--format", "json"]);
    let files = std::fs::read_dir(bundled()).unwrap().count() as u64;
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
    let bench = Bench::new();
    let report = bench.json(&["index", folder.to_str().unwrap(), "--format", "json"]);
    assert_eq!(
        (&report["documents"], &report["clauses"], &report["bytes"]),
        (&23.into(), &409.into(), &125_370.into())
    );
}

#[test]
fn changes_are_taken_over() {
    let bench = Bench::new();
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
    let bench = Bench::new();
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    let report = bench.json(&["index", "docs", "--dry-run", "--format", "json"]);
    assert_eq!(report["added"], 1);
    assert!(!bench.path("index").exists());
}

#[test]
fn moved_doubled_and_deleted_files() {
    let bench = Bench::new();
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
    let bench = Bench::new();
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
    let bench = Bench::new();
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
    let bench = Bench::indexed(&bundled());
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
    let bench = Bench::new();
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    bench.write("docs/copy.txt", "甲協議\n\n一、內容。");
    bench.write("docs/picture.jpg", "…");
    let shown = bench.run(&["index", "docs"]);
    snapshot("index", &steady(&shown.out));
    assert_eq!(shown.code, 0);
}
