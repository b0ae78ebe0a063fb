//! An index on a search cluster: three nodes of OpenSearch on this machine (`cluster/nodes.rs`), a
//! TLS proxy in front of them, and recorded answers for what they don't do.
//!
//! Tests run at the same time on one cluster, so each index is named after its test.

#[path = "cluster/between.rs"]
mod between;
#[path = "cluster/faults.rs"]
mod faults;
#[path = "cluster/nodes.rs"]
mod nodes;
#[path = "cluster/proxy.rs"]
mod proxy;
#[path = "cluster/stub.rs"]
mod stub;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tiaowen_cluster::{Address, Cluster, Login};
use tiaowen_query::{Request, Searchable, Searcher};

use crate::assistants::Assistant;
use crate::served::Served;
use crate::util::{Workspace, bundled, bundled_sources, ids, judged, real, until};
use nodes::nodes;

/// An answer without what differs from run to run.
fn answered(bench: &Workspace, query: &str, more: &[&str]) -> Value {
    let mut answer = bench.search(query, more);
    answer["took_us"] = Value::Null;
    answer
}

/// Runs a command on the index at `url`.
fn run(bench: &Workspace, args: &[&str], url: &str) -> crate::util::Ran {
    bench.run(&[args, &["--index", url]].concat())
}

/// Runs a command that must succeed.
fn done(bench: &Workspace, args: &[&str], url: &str) -> String {
    let ran = run(bench, args, url);
    assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
    ran.out
}

/// The number of clauses written to an index on the cluster by all runs.
fn written(nodes: &nodes::Nodes, index: &str) -> u64 {
    let stats = nodes.ask("GET", &format!("{index}/_stats/indexing"), None).unwrap_or_default();
    stats["_all"]["primaries"]["indexing"]["index_total"].as_u64().unwrap_or(0)
}

/// `copies` of the bundled corpus below `name`, each file with a different first line.
fn copies(bench: &Workspace, name: &str, copies: usize) -> PathBuf {
    for copy in 0..copies {
        let text_files = bundled_sources().into_iter();
        for file in text_files.filter(|file| file.extension().is_some_and(|end| end == "md")) {
            let text = fs::read_to_string(&file).unwrap();
            let below = format!("{name}/{copy}/{}", file.file_name().unwrap().display());
            bench.write(&below, format!("# 第{copy}號試驗文件\n\n{text}"));
        }
    }
    bench.path(name)
}

const QUERIES: [[&str; 2]; 12] = [
    ["知識產權", "知识产权"],
    ["粵港合作", "粤港合作"],
    ["專業人士註冊資格", "专业人士注册资格"],
    ["每年會面的安排", "每年会面的安排"],
    ["“知識產權 保護”", "“知识产权 保护”"],
    ["食品安全 -內地", "食品安全 -内地"],
    ["醫療NEAR/10人才", "医疗NEAR/10人才"],
    ["產", "产"],
    ["2017年11月", "2017年11月"],
    ["party:發展局", "party:发展局"],
    ["資訊科技", "信息科技"],
    ["大灣區建設中有哪些合作?", "大湾区建设中有哪些合作?"],
];

#[test]
fn a_cluster_answers_as_a_folder_does() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("same");
    let bench = Workspace::indexed(&bundled());
    let corpus = bundled().display().to_string();
    let out = done(&bench, &["index", &corpus], &url);
    assert!(out.contains("31 added"), "{out}");
    let again = done(&bench, &["index", &corpus], &url);
    assert!(again.contains("0 added, 0 updated, 31 unchanged"), "{again}");
    for both in QUERIES {
        for query in both {
            let more = if query == both[0] { &["--explain"][..] } else { &[] };
            let by_year = ["--facets", "--year", "2015", "--undated"];
            for more in [more, &["--no-group", "--sort", "date"], &by_year] {
                let folder = answered(&bench, query, more);
                let cluster = answered(&bench, query, &[more, &["--index", &url]].concat());
                assert_eq!(folder, cluster, "{query} {more:?}");
            }
        }
        let [hant, hans] = both.map(|query| {
            ids(&answered(&bench, query, &["--index", &url, "--no-group", "--no-expand"]))
        });
        let (mut hant_sorted, mut hans_sorted) = (hant.clone(), hans.clone());
        hant_sorted.sort();
        hans_sorted.sort();
        if !both[0].contains("資訊") {
            assert_eq!(hant_sorted, hans_sorted, "{both:?}");
        }
    }
    // Pages are consecutive across the borders of blocks.
    let page = |offset: usize, place: &str| {
        let offset = offset.to_string();
        let more = ["-n", "50", "--offset", &offset, "--no-group", "--index", place];
        ids(&answered(&bench, "合作", &more))
    };
    for offset in [0, 50] {
        assert_eq!(page(offset, &url), page(offset, "index"), "{offset}");
    }
    let mut pages: Vec<String> = (0..300).step_by(50).flat_map(|at| page(at, &url)).collect();
    let mut whole = ids(&answered(&bench, "合作", &["-n", "300", "--no-group", "--index", &url]));
    assert!(whole.len() > 128, "{}", whole.len());
    pages.sort();
    whole.sort();
    assert_eq!(pages, whole);
    let hit = whole[0].clone();
    let document = hit.split('.').next().unwrap().to_owned();
    let pairs = bench.json(&["pairs", "--format", "json"]);
    let pair = &pairs["pairs"][0];
    let sides = ["left", "right"].map(|side| pair[side]["id"].as_str().unwrap().to_owned());
    for args in [
        &["show", &hit][..],
        &["show", &hit, "--format", "json"],
        &["show", &document, "--display", "hans"],
        &["pairs"],
        &["pairs", "--format", "json"],
        &["compare", &sides[0], &sides[1], "--format", "json"],
        &["terms", "mine"],
        &["suggest", "知識"],
        &["suggest", "合作備"],
        &["list"],
        &["list", "合作", "--kind", "agreement", "--sort", "clauses"],
        &["list", "關事項 申請", "--format", "csv"],
    ] {
        let (folder, cluster) = (bench.run(args), run(&bench, args, &url));
        assert_eq!(folder.code, 0, "{args:?}: {}", folder.err);
        assert_eq!(
            (folder.code, folder.out),
            (cluster.code, cluster.out),
            "{args:?} {}",
            cluster.err
        );
    }
    // A node rejects queries with more than 1,024 leaves.
    let mut pasted = String::new();
    let records = bench.json(&["show", &document, "--format", "json"]);
    for clause in records["clauses"].as_array().unwrap().iter().cycle().take(200) {
        pasted.push_str(clause["text"].as_str().unwrap());
        pasted.push('。');
    }
    let pasted: String = pasted.chars().filter(|c| !c.is_whitespace()).take(980).collect();
    bench.write("long/a.txt", format!("長文協議\n\n第一條 {pasted}\n\n第二條 其他。\n"));
    let long = bench.path("long").display().to_string();
    done(&bench, &["index", &long], &url);
    assert_eq!(bench.run(&["index", &long]).code, 0);
    for query in [pasted.clone(), format!("「{pasted}」")] {
        let [folder, cluster] = ["index", &url]
            .map(|place| ids(&answered(&bench, &query, &["-n", "3", "--index", place])));
        assert_eq!((folder.first(), folder.is_empty()), (cluster.first(), false));
    }
    let misspelt = answered(&bench, "知織產權", &[]);
    assert_eq!(misspelt, answered(&bench, "知織產權", &["--index", &url]));
    assert!(misspelt["notes"].to_string().contains("did you mean"), "{misspelt}");
    let status = bench.json(&["status", "--format", "json", "--index", &url]);
    let own = bench.json(&["status", "--format", "json"]);
    assert_eq!(status["index"], url);
    for name in ["documents", "clauses", "by_kind", "by_script", "stamp", "current"] {
        assert_eq!(status[name], own[name], "{name}");
    }
    let checked = done(&bench, &["check"], &url);
    assert!(checked.contains("is intact"), "{checked}");
    assert_eq!(run(&bench, &["show", "nothing-has-it"], &url).code, 1);
}

#[test]
fn a_server_answers_from_a_cluster() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("served");
    let bench = Workspace::indexed(&bundled());
    done(&bench, &["index", bundled().to_str().unwrap()], &url);
    let (folder, cluster) = (Served::start(&bench, &[]), Served::start(&bench, &["--index", &url]));
    let pairs = bench.json(&["pairs", "--format", "json"]);
    let [left, right] =
        ["left", "right"].map(|side| pairs["pairs"][0][side]["id"].as_str().unwrap().to_owned());
    let found = bench.search("知識產權", &[]);
    let clause = found["hits"][0]["clause"]["id"].as_str().unwrap().to_owned();
    for path in [
        "/api/v1/search?q=%E7%9F%A5%E8%AD%98%E7%94%A2%E6%AC%8A",
        "/api/v1/search?q=%E7%9F%A5%E8%AF%86%E4%BA%A7%E6%9D%83&explain=true&group=false",
        "/api/v1/documents",
        "/api/v1/pairs",
        "/api/v1/suggest?q=%E7%9F%A5%E8%AD%98",
        &format!("/api/v1/clauses/{clause}"),
        &format!("/api/v1/documents/{left}"),
        &format!("/api/v1/compare?left={left}&right={right}"),
        "/readyz",
        "/?q=%E5%90%88%E4%BD%9C",
        &format!("/documents/{left}"),
        &format!("/compare?left={left}&right={right}"),
    ] {
        let [folder, cluster] = [&folder, &cluster].map(|served| served.get(path));
        assert_eq!((folder.status, cluster.status), (200, 200), "{path}: {}", cluster.text());
        if path.starts_with("/api") {
            let plain = |got: &crate::served::Got| {
                let mut json = got.json();
                if let Some(answer) = json.as_object_mut() {
                    answer.remove("took_us");
                }
                json
            };
            assert_eq!(plain(&folder), plain(&cluster), "{path}");
        }
    }
    // A run during service is noticed.
    bench.write("new/a.txt", "新約定\n\n一、每年舉行一次前所未聞的會面。");
    done(&bench, &["index", bench.path("new").to_str().unwrap()], &url);
    let found = || cluster.get("/api/v1/search?q=%E5%89%8D%E6%89%80%E6%9C%AA%E8%81%9E").json();
    until("an answer from the new run", || found()["total"] == 1);
}

#[test]
fn an_assistant_is_answered_from_a_cluster() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("assisted");
    let bench = Workspace::indexed(&bundled());
    done(&bench, &["index", bundled().to_str().unwrap()], &url);
    let [folder, cluster] =
        [&[][..], &["--index", &url]].map(|more| Assistant::start(&bench, more));
    let pairs = bench.json(&["pairs", "--format", "json"]);
    let [left, right] = ["left", "right"].map(|side| pairs["pairs"][0][side]["id"].clone());
    for query in ["知識產權", "知识产权", "每年會面的安排"] {
        let asked = json!({"q": query, "limit": 20});
        let [folder, cluster] = [&folder, &cluster].map(|own| own.call("search", asked.clone()));
        assert!(!ids(&folder).is_empty());
        assert_eq!(folder, cluster, "{query}");
    }
    for (tool, asked) in [
        ("read", json!({"id": left, "limit": 5})),
        ("compare", json!({"left": left, "right": right, "limit": 100})),
    ] {
        let [folder, cluster] = [&folder, &cluster].map(|own| own.call(tool, asked.clone()));
        assert_eq!(folder, cluster, "{tool}");
    }
}

#[test]
fn a_clause_with_many_versions_is_one_hit_on_one_page() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("prints");
    let bench = Workspace::new();
    let clauses = (1..=40).map(|nth| format!("第{nth}條 就第{nth}項合作每年會面{nth}次。\n\n"));
    let text: String = clauses.collect();
    for print in 0..16 {
        bench.write(&format!("docs/{print}.txt"), format!("第{print}次印本\n\n合作協議\n\n{text}"));
    }
    let docs = bench.path("docs").display().to_string();
    for place in ["index", &url] {
        done(&bench, &["index", &docs], place);
    }
    let page = |offset: usize, place: &str| {
        let offset = offset.to_string();
        let answer = answered(&bench, "合作", &["--offset", &offset, "--index", place]);
        let hits = answer["hits"].as_array().unwrap().iter();
        // Any version of a clause may lead its group.
        let texts: Vec<String> =
            hits.map(|hit| hit["clause"]["text"].as_str().unwrap().to_owned()).collect();
        (answer["total"].clone(), texts)
    };
    let mut all = Vec::new();
    for offset in [0, 10, 20, 30] {
        let (folder, cluster) = (page(offset, "index"), page(offset, &url));
        assert_eq!(cluster.0, folder.0, "{offset}");
        assert_eq!(cluster.1.len(), folder.1.len(), "{offset}: {cluster:?}");
        all.extend(cluster.1);
    }
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count, "no clause stands on two pages");
}

#[test]
fn what_changes_and_goes_is_followed() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("changes");
    let bench = Workspace::new();
    for name in ["a", "b", "c"] {
        let text =
            format!("{name}合作協議\n\n一、每年會面。\n\n二、互相通報{name}事。\n\n三、其他。");
        bench.write(&format!("docs/{name}.txt"), text);
    }
    let docs = bench.path("docs").display().to_string();
    for place in ["index", &url] {
        done(&bench, &["index", &docs], place);
    }
    bench.write("docs/a.txt", "a合作協議\n\n一、不再會面。");
    fs::rename(bench.path("docs/b.txt"), bench.path("docs/moved.txt")).unwrap();
    fs::remove_file(bench.path("docs/c.txt")).unwrap();
    // The same title and text again form another document.
    bench.write("docs/d.txt", "a合作協議\n\n一、不再會面。\n\n二、另議。");
    let outs = ["index", &url].map(|place| {
        let out = done(&bench, &["index", &docs, "--prune"], place);
        out.lines().next().unwrap().to_owned()
    });
    assert_eq!(outs[0], "1 added, 1 updated, 0 unchanged, 1 moved, 1 removed");
    assert_eq!(outs[1], outs[0]);
    for query in ["會面", "通報", "其他", "協議", "另議"] {
        let [folder, cluster] =
            ["index", &url].map(|place| answered(&bench, query, &["--index", place]));
        assert_eq!(folder, cluster, "{query}");
    }
    done(&bench, &["check"], &url);
    let forgotten = done(&bench, &["index", "--forget", "d.txt"], &url);
    assert!(forgotten.contains("1 removed"), "{forgotten}");
    assert_eq!(run(&bench, &["search", "另議"], &url).code, 1);
    done(&bench, &["check"], &url);
}

#[test]
fn two_processes_index_two_folders_at_once() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("together");
    let bench = Workspace::new();
    let folders = ["hant", "hans"].map(|script| {
        for file in fs::read_dir(bundled()).unwrap().flatten() {
            let name = file.file_name().display().to_string();
            // The print in both scripts is in one of the folders.
            let is_print = script == "hant" && !name.contains("-Han");
            if is_print || name.to_lowercase().contains(&format!("-{script}-")) {
                bench.write(&format!("{script}/{name}"), fs::read(file.path()).unwrap());
            }
        }
        bench.path(script).display().to_string()
    });
    let mut runs: Vec<_> = folders
        .iter()
        .map(|folder| {
            let mut command = bench.command(&["index", folder, "--index", &url]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for run in runs.drain(..) {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    done(&bench, &["index", &folders[0], &folders[1]], "index");
    let checked = done(&bench, &["check"], &url);
    assert!(checked.contains("654 clauses of 31 sources"), "{checked}");
    // The run that finished last saw what the other wrote: pairs include documents of both.
    assert_eq!(done(&bench, &["pairs"], &url), done(&bench, &["pairs"], "index"));
    for query in ["知識產權", "合作"] {
        assert_eq!(answered(&bench, query, &["--index", &url]), answered(&bench, query, &[]));
    }
}

#[test]
fn another_stamp_is_refused_and_a_rebuild_swaps() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("stamped");
    let bench = Workspace::new();
    let docs = copies(&bench, "docs", 1).display().to_string();
    done(&bench, &["index", &docs], &url);
    let mapping = nodes.ask("GET", "stamped-1/_mapping", None).unwrap();
    let mut meta = mapping["stamped-1"]["mappings"]["_meta"].clone();
    meta["tiaowen"]["stamp"]["jieba"] = json!("0.1.0");
    nodes.ask("PUT", "stamped-1/_mapping", Some(&json!({"_meta": meta}))).unwrap();
    for args in [&["search", "合作"][..], &["index", &docs], &["pairs"]] {
        let ran = run(&bench, args, &url);
        assert_eq!(ran.code, 2, "{args:?}");
        let cure = format!("tiaowen index --rebuild --index {url}");
        assert!(ran.err.contains("another jieba") && ran.err.contains(&cure), "{}", ran.err);
    }
    assert_eq!(run(&bench, &["check"], &url).code, 1);
    // A stopped rebuild leaves the old index in place, and is continued by the next one.
    let mut stopped = bench.command(&["index", "--rebuild", "--index", &url]);
    let mut stopped = stopped.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = || {
        let count = nodes.ask("GET", "stamped-2-sources/_count", None).unwrap_or_default();
        count["count"].as_u64().unwrap_or(0) > 0
    };
    until("the rebuild's first sources", || began() || stopped.try_wait().unwrap().is_some());
    stopped.kill().unwrap();
    stopped.wait().unwrap();
    let alias = |nodes: &nodes::Nodes| {
        let all = nodes.ask("GET", "_alias/stamped", None).unwrap();
        all.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let before = alias(nodes);
    assert!(before == ["stamped-1"] || before == ["stamped-2"], "{before:?}");
    done(&bench, &["index", "--rebuild"], &url);
    let now = alias(nodes);
    assert_eq!(now.len(), 1);
    assert_ne!(now[0], "stamped-1");
    assert_eq!(nodes.ask("GET", "stamped-1", None).unwrap()["status"], 404);
    let checked = done(&bench, &["check"], &url);
    assert!(checked.contains("28 sources"), "{checked}");
}

#[test]
fn a_run_that_is_killed_is_completed_by_the_next() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("killed");
    let bench = Workspace::new();
    let docs = copies(&bench, "docs", 6).display().to_string();
    // Each run writes more before it is killed.
    let mut killed = 0;
    for least in [1, 300, 900, 2_000] {
        let mut command = bench.command(&["index", &docs, "--index", &url]);
        let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("clauses on the cluster", || {
            written(nodes, "killed-1") >= least || run.try_wait().unwrap().is_some()
        });
        killed += usize::from(run.try_wait().unwrap().is_none());
        let _ = run.kill();
        run.wait().unwrap();
    }
    assert!(killed > 1, "runs were done before they could be killed");
    // Documents that were begun and are gone since leave nothing behind.
    fs::remove_dir_all(bench.path("docs/5")).unwrap();
    done(&bench, &["index", &docs, "--prune"], &url);
    let checked = done(&bench, &["check"], &url);
    assert!(checked.contains("of 140 sources"), "{checked}");
    done(&bench, &["index", &docs], "index");
    for query in ["知識產權", "合作"] {
        let [cluster, folder] = [&*url, "index"].map(|place| {
            let answer = answered(&bench, query, &["--index", place]);
            (answer["total"].clone(), ids(&answer).len())
        });
        assert_eq!(cluster, folder, "{query}");
    }
}

#[test]
fn a_node_that_dies_loses_nothing() {
    let Some(mut nodes) = nodes::separate(nodes::in_memory()) else { return };
    let url = nodes.url("bulk");
    let bench = Workspace::new();
    let docs = copies(&bench, "docs", 25).display().to_string();
    let mut command = bench.command(&["index", &docs, "--index", &url]);
    let mut load = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("clauses on the cluster", || written(&nodes, "bulk-1") > 1_000);
    assert!(load.try_wait().unwrap().is_none(), "the load was done before a node could die");
    nodes.kill_node(2);
    let output = load.wait_with_output().unwrap();
    let told_so = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told_so}");
    let checked = done(&bench, &["check"], &url);
    assert!(checked.contains("of 700 sources") && checked.contains("is intact"), "{checked}");
    // Searches continue without the node, since each shard has a replica.
    let whole = answered(&bench, "知識產權", &["--index", &url]);
    assert!(whole["total"].as_u64().unwrap() > 100, "{whole}");
    // Without replicas, a shard is missing, which is reported.
    nodes.start_node(2);
    nodes.wait_for("green");
    let single = nodes.url("single");
    let few = bundled().display().to_string();
    done(&bench, &["index", &few, "--copies", "0"], &single);
    let all = answered(&bench, "合作", &["--index", &single, "--no-group"]);
    // The node that is contacted is alive, and so is the index of sources.
    let sources = nodes.holders_of("single-1-sources");
    let clauses = nodes.holders_of("single-1");
    let gone = [1, 2].into_iter().find(|at| clauses.contains(at) && !sources.contains(at));
    let gone = gone.expect("parts lie on all nodes");
    nodes.kill_node(gone);
    let began = std::time::Instant::now();
    loop {
        let ran = run(&bench, &["search", "合作", "--no-group", "--format", "json"], &single);
        let answer: Value = serde_json::from_str(&ran.out).unwrap_or_default();
        if ran.code == 2 && answer["notes"].to_string().contains("did not answer") {
            assert!(answer["total"].as_u64().unwrap() < all["total"].as_u64().unwrap());
            break;
        }
        // Until the cluster notices, a search may or may not be answered.
        assert!(began.elapsed() < Duration::from_secs(60), "{} {} {}", ran.code, ran.out, ran.err);
    }
    let checked = run(&bench, &["check"], &single);
    assert_ne!(checked.code, 0);
    let told_so = checked.out + &checked.err;
    assert!(told_so.contains("answer"), "{told_so}");
    nodes.start_node(gone);
    nodes.wait_for("green");
    assert_eq!(answered(&bench, "合作", &["--index", &single, "--no-group"]), all);
    done(&bench, &["check"], &single);
}

#[test]
fn a_rejected_clause_is_told_and_the_rest_goes_in() {
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("rejects");
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、每年會面。");
    let docs = bench.path("docs").display().to_string();
    done(&bench, &["index", &docs], &url);
    // As if somebody had removed a field: clauses with it are rejected.
    let made = nodes.ask("GET", "rejects-1", None).unwrap()["rejects-1"].clone();
    let index = &made["settings"]["index"];
    let mut poorer = json!({
        "aliases": {"rejects": {}},
        "mappings": made["mappings"],
        "settings": {"analysis": index["analysis"], "number_of_replicas": 1},
    });
    let fields = poorer["mappings"]["properties"].as_object_mut().unwrap();
    let units = json!({"properties": {"units": fields.remove("units").unwrap()}});
    nodes.ask("DELETE", "rejects-1", None).unwrap();
    nodes.ask("PUT", "rejects-1", Some(&poorer)).unwrap();
    let text = "乙協議\n\n一、互相通報。\n\n二、拒絕此條。（省公安厅、交通运输厅）\n\n三、其他。";
    bench.write("docs/b.txt", text);
    let ran = run(&bench, &["index", &docs], &url);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("b.txt") && ran.err.contains("part_2"), "{}", ran.err);
    assert!(ran.err.contains("strict_dynamic_mapping_exception"), "{}", ran.err);
    assert_eq!(answered(&bench, "通報", &["--index", &url])["total"], 1);
    assert_eq!(answered(&bench, "其他", &["--index", &url])["total"], 1);
    assert_eq!(run(&bench, &["check"], &url).code, 1);
    // The next run tries again what was rejected.
    nodes.ask("PUT", "rejects-1/_mapping", Some(&units)).unwrap();
    done(&bench, &["index", &docs], &url);
    assert_eq!(answered(&bench, "拒絕", &["--index", &url])["total"], 1);
}

#[test]
fn what_can_not_be_used_is_told_with_its_cure() {
    let Some(nodes) = nodes() else { return };
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、每年會面。");
    let docs = bench.path("docs").display().to_string();
    let told_by = |args: &[&str], url: &str, expected: &[&str]| {
        let ran = run(&bench, args, url);
        assert_eq!(ran.code, 2, "{url}: {}", ran.out);
        for expected in expected {
            assert!(ran.err.contains(expected), "{url}: {}", ran.err);
        }
    };
    let search = &["search", "會面"][..];
    let index = &["index", &docs][..];
    told_by(search, &nodes.url("nowhere"), &["no index at", "make one with: tiaowen index"]);
    // An index and an alias of something else.
    nodes.ask("PUT", "taken", Some(&json!({}))).unwrap();
    let alias = json!({"aliases": {"also-taken": {}}});
    nodes.ask("PUT", "taken-by-alias", Some(&alias)).unwrap();
    for name in ["taken", "also-taken"] {
        for args in [search, index] {
            told_by(
                args,
                &nodes.url(name),
                &["of something else", "choose another name with --index"],
            );
        }
    }
    nodes.ask("PUT", "half-1", Some(&json!({}))).unwrap();
    told_by(index, &nodes.url("half"), &["'half-1' is something else's"]);
    assert_eq!(nodes.ask("GET", "half-1-sources", None).unwrap()["status"], 404);
    // Disks that are nearly full.
    let url = nodes.url("blocked");
    done(&bench, &["index", &docs], &url);
    let block = |on: Value| json!({"index.blocks.read_only_allow_delete": on});
    nodes.ask("PUT", "blocked-1*/_settings", Some(&block(json!(true)))).unwrap();
    bench.write("docs/b.txt", "乙協議\n\n一、互相通報。");
    told_by(index, &url, &["has blocked writing", "read_only_allow_delete"]);
    done(&bench, search, &url);
    nodes.ask("PUT", "blocked-1*/_settings", Some(&block(Value::Null))).unwrap();
    done(&bench, index, &url);
    done(&bench, &["check"], &url);
    // No answer; not a search engine; unsupported engines.
    let gone = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    told_by(search, &format!("http://{gone}/x"), &["no answer", "check the address"]);
    told_by(search, "http://no-such-host.invalid/x", &["no answer"]);
    for (status, body, expected) in [
        (200, "<html>hello</html>".to_owned(), "no search engine answers there"),
        (404, "{}".to_owned(), "no search engine answers there"),
        (
            200,
            json!({"version": {"number": "7.9.3", "lucene_version": "8.6"}}).to_string(),
            "Elasticsearch 7.9.3 is not supported",
        ),
        (
            200,
            json!({"version": {"number": "1.2.0", "distribution": "opensearch"}}).to_string(),
            "OpenSearch 1.2.0 is not supported",
        ),
        (
            200,
            json!({"version": {"number": "7.17", "distribution": "quickwit"}}).to_string(),
            "quickwit 7.17 is not supported",
        ),
    ] {
        let (port, _) = stub::serve(move |_, _| (status, body.clone()));
        told_by(search, &format!("http://127.0.0.1:{port}/x"), &[expected]);
    }
    told_by(search, "http://me:secret@127.0.0.1/x", &["don't belong into an address"]);
}

/// Recorded answers of engines that support a part of the API.
#[test]
fn recorded_answers_are_not_taken_for_more_than_they_are() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、每年會面。\n\n二、互相通報。");
    let docs = bench.path("docs").display().to_string();
    // In a bulk above the limit, each entry is rejected in an answer with status 200.
    let refused = AtomicUsize::new(0);
    let (port, heard) = stub::serve(stub::engine(move |body| {
        let mut answer = stub::all_taken(body);
        for item in answer["items"].as_array_mut().unwrap() {
            if refused.fetch_add(1, Ordering::Relaxed) < 3 {
                let error = json!({"type": "rejected", "reason": "queue is full"});
                let own = item.as_object_mut().unwrap().values_mut().next().unwrap();
                *own = json!({"status": 429, "error": error});
            }
        }
        answer
    }));
    let url = format!("http://127.0.0.1:{port}/recorded");
    let ran = bench
        .command(&["index", &docs, "--index", &url])
        .env("TIAOWEN_CLUSTER_API_KEY", "id:secret-key")
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{err}");
    let heard: Vec<stub::Heard> = heard.try_iter().collect();
    let bulks = heard.iter().filter(|request| request.path == "/_bulk").count();
    assert!(bulks > 4, "what was refused wasn't sent again: {bulks}");
    // A key is sent with every request in the form that its maker wants, and nowhere else.
    let header = heard.iter().map(|request| request.header("authorization"));
    assert!(header.clone().all(|header| header == Some("ApiKey aWQ6c2VjcmV0LWtleQ==")));
    assert!(!err.contains("secret-key") && !err.contains("aWQ6"), "{err}");

    // A search that failed in a shard is answered with 200 and too few hits.
    let engine = json!({"version": {"number": "8.15.0", "lucene_version": "9.11", "build_flavor": "default"}});
    let stamp = tiaowen_index::Stamp::current(tiaowen_text::Segmenter::shared());
    let (port, heard) = stub::serve(move |request, body| {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let terms = asked["aggs"]["terms"]["filters"]["filters"].as_array().map_or(0, Vec::len);
        let counts = vec![json!({"doc_count": 1}); terms];
        let answer = match &*request.path {
            "/" => engine.clone(),
            path if path.contains("_mapping") => {
                json!({"recorded-1": {"mappings": {"_meta": {"tiaowen": {"stamp": stamp}}}}})
            }
            path if path.contains("_doc/head") => {
                json!({"_seq_no": 0, "_primary_term": 1, "_source": {"content": {
                "last_run": {"at": 0, "added": 0, "updated": 0, "unchanged": 0, "failed": 0, "seconds": 0.0},
                "version": "x", "pairs": 0, "grouped": true, "tokens": {}, "clauses": 2}}})
            }
            _ => json!({"timed_out": false, "hits": {"total": {"value": 0}, "hits": []},
                "_shards": {"total": 3, "successful": 2, "failed": 1, "failures": [
                    {"shard": 0, "reason": {"type": "internal", "reason": "split can't be read"}}]},
                "aggregations": {"terms": {"buckets": counts}}}),
        };
        (200, answer.to_string())
    });
    let url = format!("http://127.0.0.1:{port}/recorded");
    let ran = run(&bench, &["search", "會面"], &url);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let told = ran.out + &ran.err;
    assert!(told.contains("split can't be read"), "{told}");
    // Without a sort there is no order.
    let searches: Vec<Value> =
        heard.try_iter().filter_map(|request| serde_json::from_slice(&request.body).ok()).collect();
    let mut ordered = searches.iter().filter(|asked| asked["size"].as_u64() > Some(0));
    assert!(ordered.clone().count() > 0);
    assert!(ordered.all(|asked| asked["sort"][0]["_score"] == "desc"), "{searches:?}");
}

/// Bulks are limited in bytes and in number at a time, and compressed.
#[test]
fn a_load_is_handed_over_in_pieces() {
    let bench = Workspace::new();
    let clause = |nth: usize| format!("第{nth}條 就第{nth}項合作每年會面，互相通報有關情況。\n\n");
    for file in 0..24 {
        let text: String = (0..1_000).map(|nth| clause(file * 1_000 + nth)).collect();
        bench.write(&format!("docs/{file}.txt"), format!("第{file}號合作協議\n\n{text}"));
    }
    let docs = bench.path("docs").display().to_string();
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let at_once = Arc::clone(&most);
    let (port, heard) = stub::serve(stub::engine(move |body| {
        at_once.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // As slow as a cluster may be: other requests in the meantime are counted.
        std::thread::sleep(Duration::from_millis(200));
        now.fetch_sub(1, Ordering::SeqCst);
        stub::all_taken(body)
    }));
    done(&bench, &["index", &docs], &format!("http://127.0.0.1:{port}/recorded"));
    let bulks: Vec<stub::Heard> =
        heard.try_iter().filter(|request| request.path == "/_bulk").collect();
    let sizes: Vec<usize> = bulks.iter().map(|bulk| bulk.body.len()).collect();
    assert!(sizes.iter().filter(|size| **size > 3 << 20).count() > 2, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size <= 5 << 20), "{sizes:?}");
    for bulk in bulks.iter().filter(|bulk| bulk.body.len() > 1 << 20) {
        assert_eq!(bulk.header("content-encoding"), Some("gzip"));
    }
    // Four with clauses, and one with their sources.
    let most = most.load(Ordering::SeqCst);
    assert!((2..=5).contains(&most), "{most}");
}

/// Without Java or Maven, tests that need a cluster say so and pass.
#[test]
fn who_has_no_java_is_told_that_tests_were_skipped() {
    let bench = Workspace::new();
    fs::create_dir(bench.path("programs")).unwrap();
    for program in ["dirname", "sh"] {
        let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
            .map(|folder| folder.join(program))
            .find(|file| file.exists());
        std::os::unix::fs::symlink(found.unwrap(), bench.path("programs").join(program)).unwrap();
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cluster::tls_and_passwords"])
        .env("PATH", bench.path("programs"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("'java' is missing") && told.contains("SKIPPED"), "{told}");
}

#[test]
fn tls_and_passwords() {
    let Some(nodes) = nodes() else { return };
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、每年會面。");
    let docs = bench.path("docs").display().to_string();
    // me:secret-word
    let proxy = proxy::serve(nodes.port(), "Basic bWU6c2VjcmV0LXdvcmQ=");
    let other = proxy::serve(nodes.port(), "");
    let url = format!("https://localhost:{}/safe", proxy.port);
    let authority = proxy::authority_in(bench.path(""), &proxy);
    let with = |args: &[&str], set: &[(&str, &str)]| {
        let mut command = bench.command(&[args, &["--index", &url]].concat());
        let output = command.envs(set.iter().copied()).output().unwrap();
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!told.contains("secret-word") && !told.contains("bWU6"), "{told}");
        (output.status.code().unwrap(), told)
    };
    let ca = ("TIAOWEN_CLUSTER_CA", authority.as_str());
    let (user, word) =
        (("TIAOWEN_CLUSTER_USER", "me"), ("TIAOWEN_CLUSTER_PASSWORD", "secret-word"));
    let index = &["index", &docs][..];
    let (code, told) = with(index, &[user, word]);
    assert!(code == 2 && told.contains("TIAOWEN_CLUSTER_CA"), "{told}");
    let (code, told) = with(index, &[ca]);
    assert!(code == 2 && told.contains("401"), "{told}");
    let (code, told) = with(index, &[ca, user, ("TIAOWEN_CLUSTER_PASSWORD", "wrong-word")]);
    assert!(code == 2 && told.contains("401") && !told.contains("wrong-word"), "{told}");
    let (code, told) = with(index, &[ca, user]);
    assert!(code == 2 && told.contains("a user needs a password"), "{told}");
    let (code, told) = with(index, &[ca, user, word]);
    assert!(code == 0 && told.contains("1 added"), "{told}");
    let login = bench.write("login.toml", "user = \"me\"\npassword = \"secret-word\"\n");
    let login = ("TIAOWEN_CLUSTER_LOGIN", login.to_str().unwrap());
    let (code, told) = with(&["search", "會面"], &[ca, login]);
    assert_eq!(code, 0, "{told}");
    // The log of a server doesn't contain it either.
    let more = ["--index", &*url, "--log-level", "trace"];
    let served = Served::start_with(&bench, &more, &[ca, user, word]);
    assert_eq!(served.get("/api/v1/search?q=%E6%9C%83%E9%9D%A2").json()["total"], 1);
    let log = served.log();
    assert!(!log.is_empty() && !log.contains("secret-word") && !log.contains("bWU6"), "{log}");
    // A certificate signed by an authority that isn't trusted.
    let stranger = format!("https://localhost:{}/safe", other.port);
    let ran = bench
        .command(&["search", "會面", "--index", &stranger])
        .envs([ca, user, word])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.code() == Some(2) && told.contains("no trusted connection"), "{told}");
    // A password is never sent over an unencrypted connection.
    let open = format!("http://search.example:{}/safe", proxy.port);
    let ran =
        bench.command(&["search", "x", "--index", &open]).envs([user, word]).output().unwrap();
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.code() == Some(2) && told.contains("for everyone to read"), "{told}");
}

/// The first ten hits of a search.
fn first_ten(searcher: &Searcher, query: &str, group: bool) -> Vec<String> {
    let request = Request { group, facets: false, ..Request::new(query) };
    searcher.search(&request).unwrap().hits.iter().map(|hit| hit.record.id()).collect()
}

/// Every fifth of a thousand queries, or with `TIAOWEN_LARGE` all of them.
#[test]
fn real_documents_are_found_as_in_a_folder() {
    let Some(corpus) = real() else { return };
    let Some(nodes) = nodes() else { return };
    let url = nodes.url("real");
    let bench = Workspace::indexed(&corpus);
    done(&bench, &["index", corpus.to_str().unwrap()], &url);
    if let Some(topics) = judged("topics.jsonl") {
        let topics = topics.display().to_string();
        let [folder, cluster] = ["index", &url]
            .map(|place| bench.json(&["judge", &topics, "--format", "json", "--index", place]));
        for script in ["hant", "hans"] {
            let of = |json: &Value| json["ndcg10"][script].as_f64().unwrap();
            assert!((of(&folder) - of(&cluster)).abs() <= 0.01, "{folder}\n{cluster}");
        }
        assert_eq!(folder["parity10"], cluster["parity10"]);
    }
    let cluster = Cluster::new(Address::parse(&url).unwrap(), Login::default()).searcher().unwrap();
    let folder = Searcher::open(&bench.path("index")).unwrap();
    let step = if std::env::var_os("TIAOWEN_LARGE").is_some() { 1 } else { 5 };
    let (mut asked, mut same) = (0, 0);
    for script in ["hant", "hans"] {
        let file = corpus.join(format!("../data/queries_{script}.txt"));
        let queries = fs::read_to_string(file).unwrap_or_default();
        for query in queries.lines().step_by(step) {
            asked += 1;
            let both = [&folder, &cluster].map(|searcher| first_ten(searcher, query, true));
            same += usize::from(both[0] == both[1]);
        }
    }
    println!("{same} of {asked} queries have the same first ten");
    assert!(same * 100 >= asked * 97, "{same} of {asked}");
}
