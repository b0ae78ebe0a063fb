//! Who may use a server: keys, proxies, and what each request is allowed.

use std::path::Path;

use serde_json::Value;

use crate::served::{Got, Served};
use crate::util::{Workspace, bundled, until};

/// Makes a key, adds it to the file `keys`, and returns it.
fn key(bench: &Workspace, name: &str, more: &[&str]) -> String {
    let args = ["key", name, "--add-to", "keys", "--format", "json"];
    let made = bench.json(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>());
    assert_eq!((&made["name"], &made["added"]), (&name.into(), &true.into()));
    made["key"].as_str().unwrap().to_owned()
}

/// The credentials that a browser sends for a password.
fn basic(password: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("reader:{password}");
    let mut encoded = String::new();
    for three in text.as_bytes().chunks(3) {
        let byte = |nth: usize| u32::from(three.get(nth).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for nth in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * nth) & 63) as usize] as char;
            encoded.push(if nth > three.len() { '=' } else { letter });
        }
    }
    format!("Basic {encoded}")
}

fn problem(got: &Got, status: u16, detail: &str) {
    assert_eq!(got.status, status, "{}", got.text());
    assert_eq!(got.header("content-type").as_deref(), Some("application/problem+json"));
    assert_eq!(got.header("cache-control").as_deref(), Some("no-store"));
    let problem = got.json();
    assert_eq!(problem["status"], status);
    assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
}

const SEARCH: &str = "/api/v1/search?q=%E5%90%88%E4%BD%9C";

#[test]
fn only_a_known_key_is_answered() {
    let bench = Workspace::indexed(&bundled());
    let reader = key(&bench, "press-office", &[]);
    let served = Served::start(&bench, &["--api-keys", "keys"]);
    for path in [SEARCH, "/api/v1/nothing", "/metrics", "/nothing", "/assets/nothing"] {
        let got = served.get(path);
        problem(&got, 401, "Authorization: Bearer KEY");
        let challenges = got.header("www-authenticate").unwrap();
        assert!(challenges.contains("Basic realm=\"tiaowen\""), "{challenges}");
        assert!(challenges.contains("Bearer realm=\"tiaowen\""), "{challenges}");
    }
    for wrong in ["Bearer tiaowen_nothing", "Bearer ", "Basic !", &basic("tiaowen_nothing")] {
        let got = served.ask(SEARCH, &[], &[("authorization", wrong)]);
        assert_eq!(got.status, 401, "{wrong}");
    }
    let bearer = format!("Bearer {reader}");
    for right in [bearer.as_str(), &basic(&reader)] {
        for path in [SEARCH, "/", "/documents", "/robots.txt"] {
            let got = served.ask(path, &[], &[("authorization", right)]);
            assert_eq!(got.status, 200, "{path}: {}", got.text());
        }
    }
    // Probes have no key.
    assert_eq!((served.get("/healthz").status, served.get("/readyz").status), (200, 200));
    // A browser gets a page in its language, and asks for the key.
    let got = served.ask("/", &[], &[("accept", "text/html"), ("accept-language", "zh-HK")]);
    assert_eq!(got.status, 401);
    assert!(got.header("www-authenticate").is_some());
    assert!(got.text().contains("需要密鑰"), "{}", got.text());
    assert!(!got.text().contains("備忘錄"), "no document is named");
    // The file doesn't have the key.
    let file = std::fs::read_to_string(bench.path("keys")).unwrap();
    assert!(file.starts_with("press-office sha256:") && !file.contains(&reader), "{file}");
}

#[test]
fn a_key_is_for_what_it_is_for() {
    let bench = Workspace::indexed(&bundled());
    let reader = format!("Bearer {}", key(&bench, "reader", &[]));
    let editor = format!("Bearer {}", key(&bench, "editor", &["--rights", "read,upload"]));
    let monitor = format!("Bearer {}", key(&bench, "monitor", &["--rights", "metrics"]));
    let served = Served::start(&bench, &["--api-keys", "keys"]);
    let get = |path: &str, key: &str| served.ask(path, &[], &[("authorization", key)]);
    problem(&get("/metrics", &reader), 403, "the key 'reader' lacks the right 'metrics'");
    assert_eq!(get("/metrics", &monitor).status, 200);
    problem(&get(SEARCH, &monitor), 403, "the key 'monitor' lacks the right 'read'");
    let text = r#"{"text": "《某某協議》第一條"}"#;
    let verify = |key: &str| served.post_with("/api/v1/verify", text, &[("authorization", key)]);
    problem(&verify(&reader), 403, "the key 'reader' lacks the right 'upload'");
    assert_eq!(verify(&editor).status, 200);
    for page in ["/compare", "/verify"] {
        let sent = served.post_with(page, "", &[("authorization", &reader)]);
        problem(&sent, 403, "upload");
        let headers =
            [("authorization", &*reader), ("accept", "text/html"), ("accept-language", "en")];
        let sent = served.post_with(page, "", &headers);
        assert_eq!(sent.status, 403);
        assert!(sent.text().contains("Not allowed"), "{}", sent.text());
        // With the right, only the form is at fault.
        let sent = served.post_with(page, "", &[("authorization", &editor)]);
        assert_eq!(sent.status, 400, "{}", sent.text());
        assert_eq!(get(page, &reader).status, 200, "the page itself is read");
    }
}

#[test]
fn a_rate_is_kept_and_a_changed_file_is_used() {
    let bench = Workspace::indexed(&bundled());
    let slow = format!("Bearer {}", key(&bench, "slow", &["--rate", "3/hour"]));
    let served = Served::start(&bench, &["--api-keys", "keys"]);
    let get = |path: &str, key: &str| served.ask(path, &[], &[("authorization", key)]);
    for _ in 0..3 {
        assert_eq!(get(SEARCH, &slow).status, 200);
    }
    let got = get(SEARCH, &slow);
    problem(&got, 429, "the key 'slow' is for 3/hour requests; try again in");
    let wait: u64 = got.header("retry-after").unwrap().parse().unwrap();
    assert!((1_100..=1_200).contains(&wait), "{wait}");
    // What comes along with a page isn't counted.
    assert_eq!(get("/assets/nothing", &slow).status, 404);
    // A key that is added is accepted without a restart, and what was used stays used.
    let other = format!("Bearer {}", key(&bench, "other", &[]));
    until("the new key being known", || get(SEARCH, &other).status == 200);
    assert_eq!(get(SEARCH, &slow).status, 429);
    // A mistake changes nothing, and is logged.
    let lines = std::fs::read_to_string(bench.path("keys")).unwrap();
    bench.write("keys", format!("{lines}wrong\n"));
    until("a line in the log", || served.log().contains("keys, line 3: a line has a name"));
    assert_eq!(get(SEARCH, &other).status, 200);
    // A line that is removed withdraws its key.
    let rest: String = lines.lines().filter(|line| line.starts_with("slow")).collect();
    bench.write("keys", rest + "\n");
    until("the key being withdrawn", || get(SEARCH, &other).status == 401);
}

#[test]
fn other_machines_need_a_proxy_or_a_key() {
    let bench = Workspace::indexed(&bundled());
    for (language, said) in [
        ("en", "anyone there could read"),
        ("hant", "任何人都能讀取索引"),
        ("hans", "任何人都能读取索引"),
    ] {
        let ran = bench.run(&["serve", "--listen", "0.0.0.0:0", "--lang", language]);
        assert_eq!(ran.code, 2);
        for part in [said, "--behind-proxy", "--api-keys", "0.0.0.0:0"] {
            assert!(ran.err.contains(part), "{}", ran.err);
        }
    }
    key(&bench, "a", &[]);
    let served = Served::start_on(&bench, "0.0.0.0:0", &["--api-keys", "keys"], &[]);
    assert_eq!(served.get(SEARCH).status, 401);
    until("a warning", || served.log().contains("put a proxy with https"));
    let served = Served::start_on(&bench, "0.0.0.0:0", &["--behind-proxy", "10.0.0.5"], &[]);
    // This machine is asked by its administrator.
    assert_eq!(served.get(SEARCH).status, 200);
    assert_eq!(served.get("/metrics").status, 200);
    let forwarded = [("x-forwarded-for", "192.0.2.7")];
    problem(&served.ask("/metrics", &[], &forwarded), 403, "metrics are for the machine");
}

#[test]
fn mistakes_in_keys_and_proxies_are_reported_with_their_cure() {
    let bench = Workspace::indexed(&bundled());
    let err = |args: &[&str]| {
        let ran = bench.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        ran.err
    };
    let serve = |file: &str| err(&["serve", "--listen", "127.0.0.1:0", "--api-keys", file]);
    assert!(serve("nowhere").contains("nowhere: "), "{}", serve("nowhere"));
    bench.write("none", "# to come\n");
    assert!(serve("none").contains("make one with: tiaowen key"), "{}", serve("none"));
    bench.write("wrong", "# ours\na sha256:12\n");
    assert!(
        serve("wrong").contains("wrong, line 2: the hash must be sha256:"),
        "{}",
        serve("wrong")
    );
    for (args, said) in [
        (&["key", "a b"][..], "'a b' is no name"),
        (&["key", "a", "--rights", "write"], "there is no right 'write'; there are read, upload"),
        (&["key", "a", "--rate", "often"], "'often' is no rate; examples are 10/second"),
        (&["serve", "--behind-proxy", "proxy"], "'proxy' is no address (10.0.0.5), network"),
        (&["serve", "--audit-queries"], "--audit-queries needs --audit-log"),
    ] {
        assert!(err(args).contains(said), "{args:?}: {}", err(args));
        // In Chinese with the same value and cure.
        let chinese = [args, &["--lang", "hant"]].concat();
        let said = err(&chinese);
        assert!(said.chars().any(|c| c > '\u{4e00}') && !said.contains("there"), "{said}");
    }
    key(&bench, "a", &[]);
    assert!(err(&["key", "a", "--add-to", "keys"]).contains("line 2: the name 'a' occurs twice"));
    assert_eq!(std::fs::read_to_string(bench.path("keys")).unwrap().lines().count(), 1);
    // A last line without its end is completed first.
    let line = std::fs::read_to_string(bench.path("keys")).unwrap();
    bench.write("keys", line.trim_end());
    key(&bench, "b", &[]);
    assert_eq!(std::fs::read_to_string(bench.path("keys")).unwrap().lines().count(), 2);
    let ran = bench.run(&["key", "c"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("tiaowen_") && ran.out.contains("c sha256:"), "{}", ran.out);
    assert!(!Path::new("c").exists());
}

/// The description lists what keys add to each path.
#[test]
fn the_description_has_the_statuses_of_keys() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let description = served.json("/api/v1/openapi.json", &[]);
    let search: &Value = &description["paths"]["/api/v1/search"]["get"]["responses"];
    for status in ["401", "403", "429"] {
        let kind = &search[status]["content"]["application/problem+json"];
        assert!(kind.is_object(), "{status}: {search}");
    }
    assert!(search["429"]["headers"]["Retry-After"].is_object());
    // No property is a text and an object at once.
    let body = &description["components"]["schemas"]["Verify"]["properties"];
    for property in ["text", "as_of"] {
        assert_eq!(body[property]["type"], "string", "{body}");
    }
    let wrong = &description["components"]["schemas"]["Parameter"];
    assert_eq!(wrong["type"], "object");
    for property in ["one_of", "at_most", "characters"] {
        assert!(wrong["properties"][property]["type"].is_string(), "{wrong}");
    }
    let schemes = &description["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["basic"]["scheme"], "basic");
}
