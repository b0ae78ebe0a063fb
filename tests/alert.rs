//! Saved searches: on the start page, and as alerts that lose nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use serde_json::Value;

use crate::served::Served;
use crate::util::{Workspace, bundled};

const SEARCHES: &str = "\
[[search]]
name = '合作'
query = '雙方合作'

[[search]]
name = 'broken'
kind = 'leaw'

[[search]]
name = '通知'
kind = ['notice', 'paper']
";

/// An index of one agreement, with a file of searches.
fn bench() -> Workspace {
    let bench = Workspace::new();
    bench.write("searches.toml", SEARCHES);
    add(&bench, "a", "甲協議", "雙方合作。");
    bench
}

fn add(bench: &Workspace, name: &str, title: &str, text: &str) {
    bench.write(&format!("docs/{name}.txt"), format!("{title}\n\n一、{text}\n\n二、定期會面。\n"));
    let indexed = bench.run(&["index", "docs"]);
    assert_eq!(indexed.code, 0, "{}", indexed.err);
}

/// The new matches of each search by name, with the exit status.
fn alerted(bench: &Workspace, more: &[&str]) -> (i32, Vec<(String, u64)>) {
    let args = [&["alert", "searches.toml", "--format", "json"], more].concat();
    let ran = bench.run(&args);
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let searches = told["searches"].as_array().unwrap().iter();
    let new = searches.map(|search| {
        assert_eq!(search["matches"].as_array().unwrap().len() as u64, search["new"]);
        (search["search"].as_str().unwrap().to_owned(), search["new"].as_u64().unwrap())
    });
    (ran.code, new.collect())
}

/// The file of searches without the entry that can't be read.
fn mend(bench: &Workspace) {
    let (first, rest) = SEARCHES.split_once("[[search]]\nname = 'broken'").unwrap();
    let last = rest.split_once("[[search]]").unwrap().1;
    bench.write("searches.toml", format!("{first}[[search]]{last}"));
}

#[test]
fn only_what_is_new_since_the_last_run_is_reported() {
    let bench = bench();
    let told = |many: u64| vec![("合作".to_owned(), many)];
    // An entry that can't be read is reported, and the others go on.
    let ran = bench.run(&["alert", "searches.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("searches.toml: “broken”, line 5: “kind” can’t be “leaw”"),
        "{}",
        ran.err
    );
    assert!(
        ran.out.contains("合作: 1 new match") && ran.out.contains("《甲協議》一"),
        "{}",
        ran.out
    );
    assert_eq!(alerted(&bench, &[]), (2, vec![]));
    mend(&bench);
    assert_eq!(alerted(&bench, &[]), (0, vec![]));
    assert!(bench.run(&["alert", "searches.toml"]).out.contains("No new matches."));
    // A text that says only a part is no match, and neither is one that was known.
    add(&bench, "b", "乙協議", "雙方交流。");
    assert_eq!(alerted(&bench, &[]), (0, vec![]));
    add(&bench, "c", "丙協議", "双方合作办学。");
    assert_eq!(alerted(&bench, &[]), (0, told(1)));
    assert_eq!(alerted(&bench, &[]), (0, vec![]));
    // A changed text is news, a moved file isn't.
    add(&bench, "a", "甲協議", "雙方合作興學。");
    assert_eq!(alerted(&bench, &[]), (0, told(1)));
    std::fs::rename(bench.path("docs/a.txt"), bench.path("docs/z.txt")).unwrap();
    assert_eq!(bench.run(&["index", "--prune", "docs"]).code, 0);
    assert_eq!(alerted(&bench, &[]), (0, vec![]));
    // Another record is empty at first; present matches can be taken as seen.
    let elsewhere = ["--state", "elsewhere.json"];
    let seen = [&["alert", "searches.toml", "--seen"], &elsewhere[..]].concat();
    let seen = bench.run(&seen);
    assert!(seen.code == 0 && seen.out.is_empty(), "{}", seen.err);
    assert_eq!(alerted(&bench, &elsewhere), (0, vec![]));
    assert_eq!(alerted(&bench, &["--state", "another.json"]), (0, told(2)));
}

#[test]
fn a_record_that_cannot_be_read_or_written_is_an_error_and_nothing_is_sent() {
    let bench = bench();
    mend(&bench);
    for damage in ["{", "{\"format\": 9, \"searches\": {}}", ""] {
        bench.write("searches.toml.state", damage);
        let ran = bench.run(&["alert", "searches.toml", "--command", "touch", "sent"]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(
            ran.err.contains("searches.toml.state: it doesn't record what was reported"),
            "{}",
            ran.err
        );
        assert!(!bench.path("sent").exists());
    }
    let nowhere = bench.run(&["alert", "searches.toml", "--state", "no/folder/state"]);
    assert!(nowhere.code == 2 && nowhere.err.contains("no/folder/state"), "{}", nowhere.err);
    let missing = bench.run(&["alert", "none.toml"]);
    assert!(missing.code == 2 && missing.err.contains("none.toml"), "{}", missing.err);
}

/// A webhook that answers with these statuses in turn, or not at all; it reports what it gets.
fn webhook(statuses: Vec<Option<u16>>) -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/secret", listener.local_addr().unwrap());
    let (told, got) = mpsc::channel();
    thread::spawn(move || {
        let mut silent = Vec::new();
        for status in statuses {
            let (stream, _) = listener.accept().unwrap();
            let Some(status) = status else {
                silent.push(stream);
                continue;
            };
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            told.send(serde_json::from_slice(&body).unwrap()).unwrap();
            let answer = format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\n\r\n");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
        }
        // Kept open until the test is over.
        thread::park();
    });
    (address, got)
}

#[test]
fn a_webhook_gets_every_match_even_if_it_did_not_answer_before() {
    let bench = bench();
    mend(&bench);
    let (address, got) = webhook(vec![None, Some(500), Some(302), Some(204), Some(200)]);
    let args = ["alert", "searches.toml", "--webhook", &address, "--timeout", "1"];
    for told in
        ["did not answer within 1 s", "answered with status 500", "answered with status 302"]
    {
        let ran = bench.run(&args);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(
            ran.err.contains(told) && ran.err.contains("will be sent next time"),
            "{}",
            ran.err
        );
        assert!(!ran.err.contains("secret"), "{}", ran.err);
        assert!(ran.out.contains("《甲協議》一"), "{}", ran.out);
    }
    // What has come meanwhile is sent with the rest.
    add(&bench, "c", "丙協議", "雙方合作辦學。");
    let public = ["--public-url", "https://example.org/clauses"];
    let ran = bench.run(&[&args[..], &public].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sent: Vec<Value> = got.try_iter().collect();
    assert_eq!(sent.iter().map(|one| one["new"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 1, 2]);
    let last = &sent[2];
    assert_eq!((&last["search"], &last["query"]), (&"合作".into(), &"雙方合作".into()));
    assert!(last["link"].as_str().unwrap().starts_with("https://example.org/clauses/?q=%E9%9B%99"));
    let link = last["matches"][0]["link"].as_str().unwrap();
    assert!(link.starts_with("https://example.org/clauses/clauses/"), "{last}");
    let ran = bench.run(&args);
    assert!(ran.code == 0 && ran.out.contains("No new matches."), "{}", ran.err);
    assert!(got.try_iter().next().is_none(), "nothing new isn't sent");
    let refused = bench.run(&["alert", "searches.toml", "--webhook", "ftp://example.org"]);
    assert!(refused.code == 2 && refused.err.contains("http:// or https://"), "{}", refused.err);
    // Nobody listens there any more.
    add(&bench, "d", "丁協議", "雙方合作。");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = bench.run(&["alert", "searches.toml", "--webhook", &format!("http://{gone}")]);
    assert!(ran.code == 1 && ran.err.contains("can't be reached"), "{}", ran.err);
    assert_eq!(alerted(&bench, &[]).1, [("合作".to_owned(), 1)]);
}

#[cfg(unix)]
#[test]
fn a_command_gets_matches_on_its_standard_input_and_no_shell_reads_them() {
    use std::os::unix::fs::PermissionsExt;

    let bench = bench();
    mend(&bench);
    add(&bench, "e", "$(touch injected)協議", "雙方合作；`touch injected`。");
    let program = |name: &str, script: &str| {
        let path = bench.write(name, format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    let run = |program: &Path, more: &[&str]| {
        let program = program.to_str().unwrap();
        let args = ["alert", "searches.toml", "--timeout", "2", "--command", program];
        bench.run(&[&args[..], more].concat())
    };
    let failing = program("failing", "exit 3");
    let slow = program("slow", "exec sleep 600");
    for (program, told) in
        [(&failing, "failed (exit status: 3)"), (&slow, "did not end within 2 s")]
    {
        let ran = run(program, &[]);
        assert!(ran.code == 1 && ran.err.contains(told), "{}", ran.err);
    }
    let missing = run(&bench.path("none"), &[]);
    assert!(missing.code == 1 && missing.err.contains("can't be started"), "{}", missing.err);
    let taking = program("taking", "cat > got.json; printf '%s\\n' \"$@\" > arguments; echo heard");
    let ran = run(&taking, &["--channel", "$(touch injected)"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("heard") && !ran.out.contains("heard"),
        "data goes to standard output"
    );
    let got: Value =
        serde_json::from_slice(&std::fs::read(bench.path("got.json")).unwrap()).unwrap();
    assert_eq!(got["new"], 2, "{got}");
    let arguments = std::fs::read_to_string(bench.path("arguments")).unwrap();
    assert_eq!(arguments, "--channel\n$(touch injected)\n");
    assert!(!bench.path("injected").exists());
    assert!(run(&taking, &[]).out.contains("No new matches."));
}

#[test]
fn the_start_page_links_to_saved_searches_and_their_feeds() {
    let bench = Workspace::indexed(&bundled());
    let file = bench.write("searches.toml", SEARCHES);
    let served = Served::start(&bench, &["--searches", "searches.toml"]);
    for (ui, title, subscribe, wrong) in [
        ("hant", "已儲存的檢索", "訂閱", "第 5 行"),
        ("hans", "已保存的检索", "订阅", "第 5 行"),
        ("en", "Saved searches", "Subscribe", "line 5"),
    ] {
        let page = served.get(&format!("/?ui={ui}")).text();
        assert!(page.contains(title) && page.contains(subscribe) && page.contains(wrong), "{page}");
        assert!(page.contains("href=\"/feed?kind=notice&#38;kind=paper\""), "{page}");
        assert!(!page.contains(bench.path("").to_str().unwrap()), "no path of the server");
        let found = served.get(&format!("/?q=%E5%90%88%E4%BD%9C&ui={ui}")).text();
        let link = format!("type=\"application/atom+xml\">{subscribe} ");
        assert!(found.contains(&link) && found.contains("href=\"/feed?q="), "{found}");
    }
    let feed = served.get("/feed?kind=notice&kind=paper");
    assert!(feed.status == 200 && feed.text().contains("<entry>"), "{}", feed.text());
    // The file is read again, and the page goes on without it.
    std::fs::write(&file, "[[search]]\nname = 'other'\nquery = '海關'\n").unwrap();
    assert!(served.get("/").text().contains(">other<"));
    std::fs::remove_file(&file).unwrap();
    let page = served.get("/?ui=en");
    assert!(page.status == 200 && page.text().contains("saved searches can’t be read"));
    let refused = bench.run(&["serve", "--listen", "127.0.0.1:0", "--searches", "none.toml"]);
    assert!(refused.code == 2 && refused.err.contains("none.toml"), "{}", refused.err);
}
