//! Whatever stops a run, keeps the cluster busy or takes a part of it away, at any request.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};

use super::{answered, between, done, nodes, run};
use crate::served::Served;
use crate::util::{Workspace, bundled, ids};

/// Runs the program on the index `name`, and kills it when the cluster has done what it asked
/// `nth`, from 0, and before it hears so. Whether it asked as often.
fn stopped_at(
    bench: &Workspace,
    nodes: &nodes::Nodes,
    args: &[&str],
    name: &str,
    nth: usize,
) -> bool {
    let (reach, reached) = channel();
    let port = between::serve(nodes.port(), move |at, _, hand_on| {
        let answer = hand_on();
        if at >= nth {
            let _ = reach.send(());
            // No answer: it is killed meanwhile, and nobody waits for this thread.
            std::thread::sleep(Duration::from_secs(60));
        }
        answer
    });
    let url = format!("http://127.0.0.1:{port}/{name}");
    let mut command = bench.command(&[args, &["--index", &url]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    loop {
        if reached.recv_timeout(Duration::from_millis(10)).is_ok() {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return false;
        }
    }
}

/// The indices whose names begin with that of an index.
fn made(nodes: &nodes::Nodes, name: &str) -> Vec<String> {
    let all = nodes.ask("GET", &format!("_cat/indices/{name}-*?format=json&h=index"), None);
    let all = all.unwrap();
    let mut names: Vec<String> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["index"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_run_stopped_at_any_request_is_completed_by_the_next() {
    let Some(nodes) = nodes::nodes() else { return };
    let url = nodes.url("stopped");
    let bench = Workspace::new();
    let docs = bench.path("docs").display().to_string();
    let index = ["index", &docs, "--prune", "--shards", "1", "--copies", "0"];
    bench.write("docs/same.txt", "同一合作協議\n\n一、每年會面。");
    bench.write("docs/at-0.txt", "搬遷合作協議\n\n一、互相通報搬遷。");
    // Every third request, or with TIAOWEN_KILLS each of them.
    let step = if std::env::var_os("TIAOWEN_KILLS").is_some() { 1 } else { 3 };
    let mut turns = 0;
    loop {
        // Each run has something to add, to change, to move and to take out, and versions.
        let turn = turns;
        let changed = format!("變更合作協議\n\n一、第{turn}次會面。\n\n二、互相通報。");
        bench.write("docs/changes.txt", changed);
        for (script, text) in [("hant", "保護知識產權"), ("hans", "保护知识产权")] {
            // Which clauses belong together changes.
            let first =
                if turn % 2 == 1 && script == "hans" { "另行商定第一项。\n\n" } else { "" };
            let both = format!(
                "粵港合作備忘錄\n\n{first}第一條 {text}{turn}。\n\n第二條 {text}的措施。\n\n第三條 {text}的培訓。"
            );
            bench.write(&format!("docs/{script}.txt"), both);
        }
        bench.write(&format!("docs/came-{turn}.txt"), format!("{turn}號合作協議\n\n一、另議。"));
        if turn > 0 {
            fs::remove_file(bench.path(&format!("docs/came-{}.txt", turn - 1))).unwrap();
            let at = |turn: usize| bench.path(&format!("docs/at-{turn}.txt"));
            fs::rename(at(turn - 1), at(turn)).unwrap();
        }
        // The first requests are those of a run that makes the index.
        if turn * step < 12 {
            nodes.ask("DELETE", "stopped-1,stopped-1-sources?ignore_unavailable=true", None);
        }
        if !stopped_at(&bench, nodes, &index, "stopped", turn * step) {
            break;
        }
        done(&bench, &index, &url);
        let checked = done(&bench, &["check"], &url);
        assert!(
            checked.contains("of 6 sources") && checked.contains("is intact"),
            "{turn}: {checked}"
        );
        let _ = fs::remove_dir_all(bench.path("index"));
        done(&bench, &index[..3], "index");
        for query in ["知識產權", "互相通報"] {
            let [folder, cluster] =
                ["index", &url].map(|place| answered(&bench, query, &["--index", place]));
            assert!(folder["total"].as_u64() > Some(1), "{folder}");
            assert_eq!(folder, cluster, "{turn}");
        }
        turns += 1;
    }
    assert!(turns * step > 20, "{turns}");
}

#[test]
fn a_rebuild_stopped_at_any_request_leaves_what_serves() {
    let Some(nodes) = nodes::nodes() else { return };
    let url = nodes.url("rebuilt");
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲合作協議\n\n一、每年會面。\n\n二、互相通報。");
    let docs = bench.path("docs").display().to_string();
    done(&bench, &["index", &docs, "--shards", "1", "--copies", "0"], &url);
    let whole = answered(&bench, "會面", &["--index", &url]);
    assert_eq!(whole["total"], 1);
    let rebuild = ["index", "--rebuild", "--shards", "1", "--copies", "0"];
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let port = between::serve(nodes.port(), move |_, _, hand_on| {
        counted.fetch_add(1, Ordering::SeqCst);
        hand_on()
    });
    done(&bench, &rebuild, &format!("http://127.0.0.1:{port}/rebuilt"));
    let all = asked.load(Ordering::SeqCst);
    // Where it makes the new one, fills it, and lets it take the place.
    for nth in [7, all / 2, all - 6, all - 4, all - 3, all - 2, all - 1] {
        assert!(stopped_at(&bench, nodes, &rebuild, "rebuilt", nth), "{nth} of {all}");
        assert_eq!(answered(&bench, "會面", &["--index", &url]), whole, "{nth} of {all}");
        done(&bench, &rebuild, &url);
        assert_eq!(answered(&bench, "會面", &["--index", &url]), whole, "{nth} of {all}");
        assert_eq!(made(nodes, "rebuilt").len(), 2, "{nth} of {all}: what was left is gone");
        done(&bench, &["check"], &url);
    }
}

#[test]
fn who_searches_notices_nothing_of_a_rebuild() {
    let Some(nodes) = nodes::nodes() else { return };
    let url = nodes.url("swapped");
    let bench = Workspace::new();
    done(&bench, &["index", bundled().to_str().unwrap()], &url);
    let served = Served::start(&bench, &["--index", &url]);
    let mut rebuild = bench.command(&["index", "--rebuild", "--index", &url]);
    let mut rebuild = rebuild.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let path = "/api/v1/search?q=%E5%90%88%E4%BD%9C";
    let total = served.get(path).json()["total"].clone();
    let (mut answers, mut ended) = (0, None);
    // And a while on, until the server looks at the new one.
    while ended.is_none_or(|at: std::time::Instant| at.elapsed() < Duration::from_secs(1)) {
        let got = served.get(path);
        assert_eq!((got.status, &got.json()["total"]), (200, &total), "{}", got.text());
        assert_eq!(answered(&bench, "合作", &["--index", &url])["total"], total);
        answers += 1;
        if ended.is_none() && rebuild.try_wait().unwrap().is_some() {
            ended = Some(std::time::Instant::now());
        }
    }
    assert!(rebuild.wait().unwrap().success());
    assert!(answers > 2, "{answers}");
    assert_eq!(made(nodes, "swapped"), ["swapped-2", "swapped-2-sources"]);
}

#[test]
fn a_run_that_a_rebuild_overtakes_leaves_nothing_behind() {
    let Some(nodes) = nodes::nodes() else { return };
    let url = nodes.url("overtaken");
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲合作協議\n\n一、每年會面。");
    let docs = bench.path("docs").display().to_string();
    done(&bench, &["index", &docs], &url);
    bench.write("more/b.txt", "乙合作協議\n\n一、互相通報。");
    let (reach, reached) = channel();
    let (go, gone_on) = channel::<()>();
    let gone_on = std::sync::Mutex::new(gone_on);
    let port = between::serve(nodes.port(), move |_, request, hand_on| {
        if request.path.starts_with("/_bulk") {
            let _ = reach.send(());
            // Nobody is waited for any more when the sender is gone.
            let _ = gone_on.lock().unwrap().recv();
        }
        hand_on()
    });
    let through = format!("http://127.0.0.1:{port}/overtaken");
    let more = bench.path("more").display().to_string();
    let mut late = bench.command(&["index", &more, "--index", &through]);
    let late = late.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    reached.recv_timeout(Duration::from_secs(30)).unwrap();
    done(&bench, &["index", "--rebuild"], &url);
    drop(go);
    let output = late.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(2) && err.contains("was rebuilt in the meantime"),
        "{err}"
    );
    assert_eq!(made(nodes, "overtaken"), ["overtaken-2", "overtaken-2-sources"]);
    done(&bench, &["index", &more], &url);
    done(&bench, &["check"], &url);
    for query in ["會面", "通報"] {
        assert_eq!(answered(&bench, query, &["--index", &url])["total"], 1);
    }
}

#[test]
fn clauses_that_someone_took_out_are_indexed_again() {
    let Some(nodes) = nodes::nodes() else { return };
    let url = nodes.url("emptied");
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲合作協議\n\n一、每年會面。");
    let docs = bench.path("docs").display().to_string();
    done(&bench, &["index", &docs], &url);
    nodes.ask("DELETE", "emptied-1", None).unwrap();
    let out = done(&bench, &["index", &docs], &url);
    assert!(out.contains("1 added"), "{out}");
    done(&bench, &["check"], &url);
    assert_eq!(answered(&bench, "會面", &["--index", &url])["total"], 1);
}

#[test]
fn versions_that_another_run_is_about_to_tell_of_stay() {
    let Some(nodes) = nodes::nodes() else { return };
    let url = nodes.url("finishing");
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲合作協議\n\n一、每年會面。");
    let docs = bench.path("docs").display().to_string();
    done(&bench, &["index", &docs], &url);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let young = format!("{:016x}-1", now.as_nanos());
    for key in ["0000000000000001-1", &young] {
        let entry = json!({"what": "pairs", "key": key, "content": {"pairs": []}});
        let path = format!("finishing-1-sources/_doc/pairs-{key}-0?refresh=true");
        nodes.ask("PUT", &path, Some(&entry)).unwrap();
    }
    bench.write("docs/b.txt", "乙合作協議\n\n一、互相通報。");
    done(&bench, &["index", &docs], &url);
    let found = |key: &str| {
        let path = format!("finishing-1-sources/_doc/pairs-{key}-0");
        nodes.ask("GET", &path, None).unwrap()["found"].clone()
    };
    assert_eq!((found(&young), found("0000000000000001-1")), (json!(true), json!(false)));
}

#[test]
fn a_cluster_that_is_busy_is_asked_again() {
    let Some(nodes) = nodes::nodes() else { return };
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲合作協議\n\n一、每年會面。\n\n二、互相通報。");
    let docs = bench.path("docs").display().to_string();
    done(&bench, &["index", &docs], "index");
    let folder = answered(&bench, "會面", &[]);
    // Not done, and done without the answer being heard.
    for (name, is_done) in [("refused", false), ("unheard", true)] {
        let port = between::serve(nodes.port(), move |nth, _, hand_on| {
            if nth % 2 == 1 {
                return hand_on();
            }
            if is_done {
                hand_on();
            }
            let error = json!({"error": {"type": "es_rejected_execution_exception"}});
            (if nth % 4 == 0 { 503 } else { 429 }, error.to_string())
        });
        let url = format!("http://127.0.0.1:{port}/{name}");
        let parts = ["--shards", "1", "--copies", "0"];
        done(&bench, &[&["index", &docs][..], &parts].concat(), &url);
        assert_eq!(answered(&bench, "會面", &["--index", &url]), folder, "{name}");
        done(&bench, &[&["index", "--rebuild"][..], &parts].concat(), &url);
        done(&bench, &["check"], &url);
        assert_eq!(answered(&bench, "會面", &["--index", &url]), folder, "{name}");
        assert_eq!(made(nodes, name).len(), 2, "{name}");
    }
}

#[test]
fn a_part_that_fails_is_told_whatever_was_asked_of_it() {
    let Some(nodes) = nodes::nodes() else { return };
    let url = nodes.url("parts");
    let bench = Workspace::new();
    done(&bench, &["index", bundled().to_str().unwrap()], &url);
    // Many hits, a word among them; few; none that holds all.
    for query in ["合作", "知識產權", "香港 北京 電力 食品"] {
        assert_eq!(run(&bench, &["search", query], &url).code, 0, "{query}");
        let mut failed = 0;
        loop {
            let searches = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&searches);
            let port = between::serve(nodes.port(), move |_, request, hand_on| {
                let (status, text) = hand_on();
                let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                // What is asked for suggestions only takes no hit away.
                let counts = asked["size"].as_u64() > Some(0) || !asked["aggs"]["terms"].is_null();
                let is_search = request.path.contains("_search") && counts;
                if !is_search || counted.fetch_add(1, Ordering::SeqCst) != failed {
                    return (status, text);
                }
                let mut answer: Value = serde_json::from_str(&text).unwrap();
                let all = answer["_shards"]["total"].as_u64().unwrap();
                answer["_shards"] = json!({"total": all, "successful": all - 1, "failed": 1,
                    "failures": [{"shard": 0, "reason": {"type": "told", "reason": "by a test"}}]});
                (status, answer.to_string())
            });
            let place = format!("http://127.0.0.1:{port}/parts");
            let ran = run(&bench, &["search", query, "--format", "json"], &place);
            if searches.load(Ordering::SeqCst) <= failed {
                assert_eq!(ran.code, 0, "{}", ran.err);
                break;
            }
            assert_eq!(ran.code, 2, "{query}, search {failed}: {}{}", ran.out, ran.err);
            let answer: Value = serde_json::from_str(&ran.out).unwrap();
            assert!(!ids(&answer).is_empty());
            assert!(answer["notes"].to_string().contains("told: by a test"), "{}", ran.out);
            failed += 1;
        }
        assert!(failed >= 3, "{query}: {failed}");
    }
    // What can't tell of it refuses.
    let port = between::serve(nodes.port(), |_, request, hand_on| {
        let (status, text) = hand_on();
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        if request.path.contains("_search") {
            answer["_shards"]["failed"] = json!(1);
        }
        (status, answer.to_string())
    });
    let place = format!("http://127.0.0.1:{port}/parts");
    for args in [&["suggest", "知識"][..], &["pairs"], &["status"], &["index", "--prune", "."]] {
        let ran = run(&bench, args, &place);
        let all = ran.out + &ran.err;
        assert!(ran.code == 2 && all.contains("don't answer"), "{args:?}: {} {all}", ran.code);
    }
    // What has no room for notes says so otherwise, and nobody keeps such an answer.
    for format in ["csv", "jsonl"] {
        let ran = run(&bench, &["search", "合作", "--format", format], &place);
        assert!(ran.code == 2 && ran.err.contains("did not answer"), "{format}: {}", ran.err);
    }
    let served = Served::start(&bench, &["--index", &url]);
    let whole = served.get("/api/v1/search?q=%E5%90%88%E4%BD%9C");
    assert!(whole.header("etag").is_some());
    drop(served);
    let searches = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&searches);
    let port = between::serve(nodes.port(), move |_, request, hand_on| {
        let (status, text) = hand_on();
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        // The server opens the index before it answers from it.
        if request.path.contains("dfs_query_then_fetch") {
            counted.fetch_add(1, Ordering::SeqCst);
            answer["_shards"]["failed"] = json!(1);
        }
        (status, answer.to_string())
    });
    let served = Served::start(&bench, &["--index", &format!("http://127.0.0.1:{port}/parts")]);
    let got = served.get("/api/v1/search?q=%E5%90%88%E4%BD%9C");
    assert!(got.status == 200 && got.json()["notes"].to_string().contains("did not answer"));
    assert_eq!(
        (got.header("etag"), got.header("cache-control").as_deref()),
        (None, Some("no-store"))
    );
    let page = served.get("/?q=%E5%90%88%E4%BD%9C");
    assert!(page.status == 200 && page.text().contains("did not answer"), "{}", page.text());
    for path in [
        "/api/v1/search?q=%E5%90%88%E4%BD%9C&format=csv",
        "/api/v1/search?q=%E5%90%88%E4%BD%9C&format=jsonl",
        "/api/v1/concordance?q=%E5%90%88%E4%BD%9C&format=csv",
        "/feed?q=%E5%90%88%E4%BD%9C",
    ] {
        let got = served.get(path);
        assert!(
            got.status == 503 && got.text().contains("did not answer"),
            "{path}: {}",
            got.text()
        );
    }
    assert!(searches.load(Ordering::SeqCst) > 5);
    let ran = run(&bench, &["check"], &place);
    let all = ran.out + &ran.err;
    assert!(ran.code != 0 && !all.contains("--rebuild"), "nothing is to be rebuilt: {all}");
}
