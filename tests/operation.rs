//! Operation and safety: commits during service, stopping, and hostile clients.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::served::Served;
use crate::util::{Workspace, bundled, until};

#[test]
fn problems_are_told_in_full() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let long = "a".repeat(17_000);
    let wide = "%E5%90%88".repeat(1_001);
    for (path, status, told) in [
        ("/api/v1/search?q=a&limit=101".to_owned(), 400, "at most 100"),
        ("/api/v1/search?q=a&limit=x".to_owned(), 400, "limit"),
        ("/api/v1/search?q=a&limit=-1".to_owned(), 400, "limit"),
        ("/api/v1/search?q=a&limit=1&limit=2".to_owned(), 400, "limit"),
        ("/api/v1/search?q=a&offset=10001".to_owned(), 400, "at most 10000"),
        ("/api/v1/search?q=a&offset=99999999999999999999999".to_owned(), 400, "offset"),
        ("/api/v1/search?q=a&sort=length".to_owned(), 400, "score, date"),
        ("/api/v1/search?q=a&script=latin".to_owned(), 400, "hant, hans"),
        ("/api/v1/search?q=a&kind=letter".to_owned(), 400, "letter_of_intent"),
        ("/api/v1/search?q=a&from=yesterday".to_owned(), 400, "2017-11-18"),
        ("/api/v1/search?q=a&expand=perhaps".to_owned(), 400, "expand"),
        ("/api/v1/search?q=a&format=xml".to_owned(), 400, "jsonl"),
        ("/api/v1/search?q=a&ofset=3".to_owned(), 400, "no parameter 'ofset'; there are q, limit"),
        ("/api/v1/search?q=a&limit=".to_owned(), 400, "limit is empty"),
        ("/api/v1/search?q=a&kind=".to_owned(), 400, "kind is empty"),
        ("/api/v1/status?q=a".to_owned(), 400, "there is none here"),
        (format!("/api/v1/search?q={wide}"), 400, "1001 characters"),
        (format!("/api/v1/suggest?q={wide}"), 400, "1001 characters"),
        (format!("/api/v1/search?q=a&party={}", &wide[..9 * 201]), 400, "201 characters"),
        (format!("/api/v1/search?q={long}"), 414, "at most 16384"),
        ("/api/v1/compare?left=a".to_owned(), 400, "right"),
        ("/api/v1/documents/nosuchthing".to_owned(), 404, "nosuchthing"),
        ("/api/v1/documents/%FF%FE".to_owned(), 400, "UTF-8"),
        ("/api/v1/clauses/nosuchthing.art_1".to_owned(), 404, "nosuchthing.art_1"),
        ("/api/v1/nothing".to_owned(), 404, "openapi.json"),
        ("/api/v2/search".to_owned(), 404, "openapi.json"),
        ("/api".to_owned(), 404, ""),
        ("/api/v1/concordance?q=a&width=201".to_owned(), 400, "at most 200"),
        ("/api/v1/documents?sort=size".to_owned(), 400, "source, date, title"),
    ] {
        let got = served.get(&path);
        let short = &path[..path.len().min(60)];
        assert_eq!(got.status, status, "{short}: {}", got.text());
        assert_eq!(
            got.header("content-type").as_deref(),
            Some("application/problem+json"),
            "{short}"
        );
        let problem = got.json();
        assert_eq!(problem["status"], status, "{short}");
        assert_eq!(problem["type"], "about:blank");
        assert!(problem["title"].is_string());
        assert!(problem["detail"].as_str().unwrap().contains(told), "{short}: {problem}");
        assert_eq!(got.header("cache-control").as_deref(), Some("no-store"));
    }
    let wait = Duration::from_secs(10);
    let posted = served.raw(
        b"POST /api/v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi",
        wait,
    );
    assert!(posted.starts_with("HTTP/1.1 405"), "{posted}");
    assert!(posted.to_lowercase().contains("allow: get,head"), "{posted}");
    assert!(posted.contains("application/problem+json") && posted.contains("use GET"), "{posted}");
    let large =
        b"GET /api/v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n";
    let large = served.raw(large, wait);
    assert!(large.starts_with("HTTP/1.1 413") && large.contains("problem+json"), "{large}");
}

#[test]
fn no_answer_names_a_path_of_the_disk() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let folder = bench.path("").display().to_string();
    let folder = folder.trim_end_matches('/');
    let source = env!("CARGO_MANIFEST_DIR");
    let document = served.json("/api/v1/documents?limit=1", &[])["documents"][0]["id"].clone();
    let document = document.as_str().unwrap();
    let paths = [
        "/api/v1/status".to_owned(),
        "/api/v1/documents".to_owned(),
        "/api/v1/search?q=%E5%90%88%E4%BD%9C&explain=true&parallel=true&limit=100".to_owned(),
        "/api/v1/search?q=%E5%90%88%E4%BD%9C&format=csv".to_owned(),
        "/api/v1/pairs".to_owned(),
        "/api/v1/concordance?q=%E5%90%88%E4%BD%9C".to_owned(),
        format!("/api/v1/documents/{document}"),
        format!("/api/v1/compare?left={document}&right={document}"),
        format!("/api/v1/compare?left={document}&right={document}&format=html"),
        "/api/v1/openapi.json".to_owned(),
        "/metrics".to_owned(),
        "/readyz".to_owned(),
    ];
    let clean = |path: &str| {
        let text = served.get(path).text();
        for private in [folder, source, "/tmp/"] {
            assert!(!text.contains(private), "{path} names {private}");
        }
    };
    paths.iter().for_each(|path| clean(path));
    // Nor does an error, once the index is gone. What was read of it still answers.
    assert_eq!(served.get("/readyz").status, 200);
    std::fs::rename(bench.path("index"), bench.path("gone")).unwrap();
    assert_eq!(served.get("/readyz").status, 503);
    paths.iter().for_each(|path| clean(path));
    clean("/api/v1/search?q=x");
    until("the log telling of it", || served.log().contains("can't be read"));
}

#[test]
fn commits_are_followed_without_an_error() {
    let bench = Workspace::new();
    let write = |nth: usize| {
        let text = format!("第{nth}號協議\n\n一、雙方同意合作辦理事項{nth}。\n\n二、由雙方負責。");
        bench.write(&format!("docs/{nth}.txt"), text);
    };
    write(0);
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let served = Served::start(&bench, &[]);
    let over = AtomicBool::new(false);
    let answers = std::thread::scope(|scope| {
        let asker = |path: &'static str| {
            let (served, over) = (&served, &over);
            scope.spawn(move || {
                let mut answers = 0;
                while !over.load(Ordering::Relaxed) {
                    let got = served.get(path);
                    assert_eq!(got.status, 200, "{path}: {}", got.text());
                    answers += 1;
                    // At a reader's pace: three clients without pauses would take the processor
                    // from the commits.
                    std::thread::sleep(Duration::from_millis(2));
                }
                answers
            })
        };
        let askers = [
            asker("/api/v1/search?q=%E5%90%88%E4%BD%9C&limit=50"),
            asker("/api/v1/documents"),
            asker("/readyz"),
        ];
        let count = || served.json("/api/v1/documents", &[])["total"].as_u64().unwrap();
        let before = served.get("/api/v1/documents").header("etag");
        for nth in 1..4 {
            write(nth);
            assert_eq!(bench.run(&["index", "docs"]).code, 0);
            until("the commit being followed", || count() == nth as u64 + 1);
        }
        let version = || served.get("/api/v1/documents").header("index-version");
        std::fs::remove_file(bench.path("docs/0.txt")).unwrap();
        let old = version();
        assert_eq!(bench.run(&["index", "--rebuild", "docs"]).code, 0);
        until("the rebuild being followed", || count() == 3);
        assert_ne!(version(), old);
        assert_ne!(served.get("/api/v1/documents").header("etag"), before);
        over.store(true, Ordering::Relaxed);
        askers.into_iter().map(|asker| asker.join().unwrap()).min()
    });
    assert!(answers > Some(10), "{answers:?}");
    assert!(!served.log().contains("ERROR"), "{}", served.log());
}

#[test]
fn a_stop_ends_what_is_open_and_no_more() {
    let bench = Workspace::indexed(&bundled());
    for signal in ["TERM", "INT"] {
        let mut served = Served::start(&bench, &["--log", "json"]);
        // One connection that was used and kept open, and one that was never used.
        let mut idle = TcpStream::connect(served.address).unwrap();
        idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut head = [0; 12];
        idle.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
        let _unused = TcpStream::connect(served.address).unwrap();
        // Requests in progress are answered.
        let address = served.address;
        let asking = std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let path = "/api/v1/concordance?q=%E5%90%88%E4%BD%9C&order=left&limit=100";
            let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        until("the request", || {
            served.get("/metrics").text().contains("tiaowen_work_running 1")
                || served.log().contains("concordance")
        });
        served.signal(signal);
        let asked = Instant::now();
        let status = served.ended(Duration::from_secs(8));
        assert!(status.success(), "{signal}: {status}: {}", served.log());
        assert!(asked.elapsed() < Duration::from_secs(8));
        let answer = asking.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with('}'), "{signal}");
        assert!(TcpStream::connect(served.address).is_err());
        for line in served.log().lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect(line);
            assert!(line["level"].is_string() && line["timestamp"].is_string(), "{line}");
        }
    }
}

#[test]
fn slow_and_malformed_clients_hurt_nobody_else() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    // Heads that never end.
    let mut slow: Vec<TcpStream> = Vec::new();
    for nth in 0..200 {
        let mut stream = TcpStream::connect(served.address).unwrap();
        let head = b"GET /api/v1/search?q=a HTTP/1.1\r\nhost: local";
        stream.write_all(&head[..nth % head.len()]).unwrap();
        slow.push(stream);
    }
    let wait = Duration::from_secs(2);
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"G\0T / HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET /?limit=x HTTP/1.1\r\ntransfer-encoding: chunked\r\nhost: localhost\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
    ] {
        let answer = served.raw(bytes, wait);
        let asked = String::from_utf8_lossy(bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{asked}: {answer}");
    }
    let headers = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "a: b\r\n".repeat(20_000));
    let answer = served.raw(headers.as_bytes(), wait);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let asked = Instant::now();
    for _ in 0..20 {
        let got = served.ask("/api/v1/search", &[("q", "合作")], &[]);
        assert_eq!(got.status, 200);
    }
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    // Slow clients are disconnected in the end.
    let mut first = slow.swap_remove(0);
    first.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    let mut rest = Vec::new();
    first.read_to_end(&mut rest).expect("closed by the server");
    assert!(!served.log().contains("panic"), "{}", served.log());
}

#[test]
fn other_hosts_are_not_answered_on_loopback() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", "https://example.org/clauses"]);
    for (host, status) in
        [("localhost:7171", 200), ("127.0.0.1", 200), ("example.org", 200), ("evil.example", 421)]
    {
        let request =
            format!("GET /api/v1/status HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let answer = served.raw(request.as_bytes(), Duration::from_secs(10));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {answer}");
    }
    let open = bench.command(&["serve", "--listen", "256.0.0.1:1"]).output().unwrap();
    assert_eq!(open.status.code(), Some(2));
    let unread = bench
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .env("TIAOWEN_LOG", "loud")
        .output()
        .unwrap();
    assert_eq!(unread.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unread.stderr).contains("TIAOWEN_LOG"));
}

#[test]
fn who_runs_it_sees_how_it_does() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    assert_eq!(served.get("/healthz").text(), "alive\n");
    assert_eq!(served.get("/readyz").text(), "ready\n");
    for _ in 0..3 {
        assert_eq!(served.ask("/api/v1/search", &[("q", "秘密")], &[]).status, 200);
    }
    assert_eq!(served.get("/api/v1/search?limit=x").status, 400);
    assert_eq!(served.get("/api/nothing/of/the/sort").status, 404);
    let figures = served.get("/metrics").text();
    let holds = |line: &str| assert!(figures.contains(line), "{line}:\n{figures}");
    holds("tiaowen_requests_total{route=\"/api/v1/search\",method=\"GET\",status=\"200\"} 3\n");
    holds("tiaowen_requests_total{route=\"/api/v1/search\",method=\"GET\",status=\"400\"} 1\n");
    holds("tiaowen_requests_total{route=\"other\",method=\"GET\",status=\"404\"} 1\n");
    holds("tiaowen_request_seconds_bucket{le=\"+Inf\",route=\"/api/v1/search\"} 4\n");
    holds("tiaowen_work_waiting 0\n");
    holds("tiaowen_work_refused_total 0\n");
    holds("tiaowen_requests_in_progress 1\n");
    let status = served.json("/api/v1/status", &[]);
    holds(&format!("tiaowen_index_documents {}\n", status["documents"]));
    holds(&format!("tiaowen_index_clauses {}\n", status["clauses"]));
    holds(&format!("tiaowen_index_commit_time_seconds {}\n", status["last_run"]["at"]));
    assert!(figures.ends_with("# EOF\n"));
    // Queries are private.
    let told = |log: &str| log.contains("path=\"/api/v1/search\"") && log.contains("status=200");
    // Log lines arrive a moment later.
    until("the request in the log", || told(&served.log()));
    let log = served.log();
    assert!(!log.contains("%E7%A7%98") && !log.contains("秘密"), "{log}");
}

#[test]
fn a_snapshot_is_an_index_that_later_runs_leave_alone() {
    let bench = Workspace::indexed(&bundled());
    let made = bench.json(&["snapshot", "kept/monday", "--format", "json"]);
    let status = bench.json(&["status", "--format", "json"]);
    for key in ["documents", "clauses"] {
        assert_eq!(made[key], status[key], "{key}");
    }
    assert_eq!(made["folder"], "kept/monday");
    assert_eq!(made["copied"], 0);
    assert!(made["linked"].as_u64().unwrap() > 5, "{made}");
    let asked = ["search", "合作", "--format", "json", "--limit", "100", "--no-group"];
    let hits =
        |index: &str| bench.json(&[&asked[..], &["--index", index]].concat())["hits"].clone();
    let before = hits("index");
    bench.write("more/a.txt", "第九號協議\n\n一、雙方同意合作。");
    assert_eq!(bench.run(&["index", "more"]).code, 0);
    assert_ne!(hits("index"), before);
    assert_eq!(hits("kept/monday"), before);
    let check = bench.run(&["check", "--index", "kept/monday"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);

    let copied = bench.run(&["snapshot", "kept/tuesday", "--copy"]);
    assert_eq!(copied.code, 0, "{}", copied.err);
    assert!(copied.out.contains("0 files linked"), "{}", copied.out);
    // Restored by its name alone.
    std::fs::remove_dir_all(bench.path("index")).unwrap();
    std::fs::rename(bench.path("kept/tuesday"), bench.path("index")).unwrap();
    assert_ne!(hits("index"), before);

    for (args, reason) in [
        (&["snapshot", "kept/monday"][..], "this is not empty"),
        (&["snapshot", "index/copy"], "inside the index"),
        (&["snapshot", "new", "--index", "nowhere"], "no index at nowhere"),
        (&["snapshot", "new", "--index", "http://127.0.0.1:9/clauses"], "snapshot API"),
    ] {
        let refused = bench.run(args);
        assert_eq!(refused.code, 2, "{args:?}: {}", refused.out);
        assert!(refused.err.contains(reason), "{args:?}: {}", refused.err);
    }
    let traditional = bench.run(&["snapshot", "kept/monday", "--lang", "hant"]);
    assert!(traditional.err.contains("此處已有內容"), "{}", traditional.err);
    assert!(!bench.path("new").exists());
}

/// What a commit says of itself is the payload of the engine's `meta.json`.
fn as_of_an_earlier_format(bench: &Workspace) {
    let meta = bench.path("index/meta.json");
    let mut commit: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&meta).unwrap()).unwrap();
    let mut payload: serde_json::Value =
        serde_json::from_str(commit["payload"].as_str().unwrap()).unwrap();
    payload["stamp"]["format"] = 1.into();
    commit["payload"] = payload.to_string().into();
    std::fs::write(&meta, commit.to_string()).unwrap();
}

#[test]
fn an_upgrade_rebuilds_what_needs_it_and_leaves_the_rest() {
    let bench = Workspace::indexed(&bundled());
    let files = || {
        let entries = std::fs::read_dir(bench.path("index")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>()
    };
    let before = files();
    let current = bench.json(&["upgrade", "--format", "json"]);
    assert_eq!((&current["needs"], &current["report"]), (&().into(), &().into()));
    assert_eq!(files(), before);

    as_of_an_earlier_format(&bench);
    assert_eq!(bench.run(&["search", "合作"]).code, 2);
    let planned = bench.run(&["upgrade", "--dry-run"]);
    assert_eq!(planned.code, 0, "{}", planned.err);
    assert!(planned.out.contains("format (1 instead of"), "{}", planned.out);
    assert!(planned.out.contains("31 sources"), "{}", planned.out);
    assert_eq!(files(), before);
    // A snapshot of it can be taken first.
    let kept = bench.run(&["snapshot", "kept"]);
    assert_eq!(kept.code, 0, "{}", kept.err);
    let done = bench.json(&["upgrade", "--format", "json"]);
    assert_eq!(done["report"]["added"], 31, "{done}");
    assert_eq!(bench.run(&["search", "合作"]).code, 0);
    assert!(bench.run(&["upgrade", "--lang", "hans"]).out.contains("无须升级"));
}

#[test]
fn a_server_answers_from_the_old_index_while_an_upgrade_builds_the_new_one() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let found = || served.get("/api/v1/search?q=%E5%90%88%E4%BD%9C").json()["total"].clone();
    let before = found();
    as_of_an_earlier_format(&bench);
    // It looks for commits twice a second, and can't read this one.
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(found(), before);
    assert_eq!(bench.run(&["upgrade"]).code, 0);
    until("the new index", || {
        assert_eq!(found(), before);
        let status = served.get("/api/v1/status").json();
        status["stamp"]["format"] != 1
    });
}
