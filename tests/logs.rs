//! The audit log and the query log, and the report on the latter.

use serde_json::{Value, json};

use crate::served::Served;
use crate::util::{Workspace, bundled};

fn lines(bench: &Workspace, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(bench.path(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_audit_log_says_who_asked_for_what() {
    let bench = Workspace::indexed(&bundled());
    let args = ["key", "press", "--add-to", "keys", "--format", "json"];
    let bearer = format!("Bearer {}", bench.json(&args)["key"].as_str().unwrap());
    let more = [
        "--api-keys",
        "keys",
        "--audit-log",
        "audit.log",
        "--behind-proxy",
        "127.0.0.1,10.0.0.0/8",
    ];
    let served = Served::start(&bench, &more);
    let path = "/api/v1/search?q=%E7%A7%98%E5%AF%86";
    served.ask(
        path,
        &[],
        &[("authorization", &bearer), ("x-forwarded-for", "192.0.2.7, 10.1.1.1")],
    );
    served.ask(path, &[], &[("x-request-id", "mine-1")]);
    served.ask("/documents/nothing", &[], &[("authorization", &bearer)]);
    let text = std::fs::read_to_string(bench.path("audit.log")).unwrap();
    assert!(!text.contains("%E7%A7%98"), "no query unless it is asked for: {text}");
    assert!(!text.contains(&bearer[7..]), "no key");
    let lines_of = lines(&bench, "audit.log");
    let of = |nth: usize| {
        let line = &lines_of[nth];
        assert!(line["us"].is_u64() && line["time"].as_str().unwrap().len() == 24, "{line}");
        json!([line["key"], line["address"], line["method"], line["route"], line["status"]])
    };
    assert_eq!(of(0), json!(["press", "192.0.2.7", "GET", "/api/v1/search", 200]));
    assert_eq!(of(1), json!([null, "127.0.0.1", "GET", "/api/v1/search", 401]));
    assert_eq!(lines_of[1]["id"], "mine-1");
    assert_eq!(of(2), json!(["press", "127.0.0.1", "GET", "/documents/{id}", 404]));
    drop(served);

    // The name in the header counts only if it comes from a proxy.
    let served = Served::start(&bench, &["--audit-log", "own.log", "--audit-queries"]);
    served.ask(path, &[], &[("x-forwarded-for", "192.0.2.7")]);
    let own = lines(&bench, "own.log");
    assert_eq!((&own[0]["address"], &own[0]["key"]), (&"127.0.0.1".into(), &Value::Null));
    assert_eq!(own[0]["query"], "q=%E7%A7%98%E5%AF%86");
}

#[test]
fn the_query_log_has_searches_and_their_report() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--query-log", "queries.log"]);
    for query in ["知識產權", "知识产权", "龘靐"] {
        served.json("/api/v1/search", &[("q", query)]);
    }
    // The page and assistants search as well; a further page is no further search.
    served.ask("/", &[("q", "知識產權")], &[]);
    served.ask("/", &[("q", "知識產權"), ("offset", "10")], &[]);
    served.get("/documents");
    served.get("/");
    let all = lines(&bench, "queries.log");
    assert_eq!(all.len(), 4, "{all:?}");
    for line in &all {
        let mut keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["at_least", "hits", "query", "time"], "nothing of who searched");
    }
    let found = bench.search("知識產權", &[])["total"].clone();
    assert_eq!((&all[0]["query"], &all[0]["hits"]), (&"知識產權".into(), &found));

    let report = bench.json(&["queries", "queries.log", "--format", "json"]);
    assert_eq!((&report["searches"], &report["different"]), (&4.into(), &2.into()));
    assert_eq!(report["frequent"][0]["query"], "知識產權");
    assert_eq!(report["frequent"][0]["times"], 3);
    assert_eq!(report["without_hits"].as_array().unwrap().len(), 1);
    assert_eq!(report["without_hits"][0]["query"], "龘靐");
    let text = bench.run(&["queries", "queries.log"]).out;
    assert!(text.starts_with("4 searches for 2 different queries"), "{text}");
    assert!(text.contains("3×  知識產權  ("), "{text}");
    let chinese = bench.run(&["queries", "queries.log", "--lang", "hant"]).out;
    assert!(chinese.contains("沒有結果：\n  1 次  龘靐（0 條結果）"), "{chinese}");
    let csv = bench.run(&["queries", "queries.log", "--format", "csv"]).out;
    let rows: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(rows[0], "query,times,hits,at_least");
    assert_eq!((rows.len(), rows[2]), (3, "龘靐,1,0,false"));

    let ran = bench.run(&["queries", "queries.log", "--since", "2999"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("has no searches"), "{}", ran.err);
    bench.write("other.log", "hello\n");
    let ran = bench.run(&["queries", "other.log"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("other.log, line 1: this is no line of a query log"), "{}", ran.err);
    assert_eq!(bench.run(&["queries", "nowhere"]).code, 2);
}
