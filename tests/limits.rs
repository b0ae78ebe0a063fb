//! Low limits of the server: each is reported, and affects only the client that exceeds it.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use tiaowen_server::{Access, Limits, Links, Logs, ServeOptions, serve_until};
use tiaowen_terms::TermTable;

use crate::util::{Workspace, bundled, until};

/// Serves the index of `bench` until the tests are over.
fn serving(bench: &Workspace, limits: Limits) -> SocketAddr {
    let options = ServeOptions {
        meaning: Default::default(),
        index: Box::new(bench.path("index")),
        links: Links::default(),
        terms: Cow::Borrowed(TermTable::built_in()),
        read: |_, _| Err("no files".to_owned()),
        searches: None,
        limits,
        access: Access::default(),
        logs: Logs::default(),
    };
    let (told, address) = mpsc::channel();
    std::thread::spawn(move || {
        let ready = move |address| told.send(address).unwrap();
        serve_until(([127, 0, 0, 1], 0).into(), options, ready, || Ok(std::future::pending()))
    });
    address.recv().expect("it serves")
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A request that takes a while.
const LONG: &str = "/api/v1/concordance?q=%E5%90%88%E4%BD%9C&order=left&group=false";

#[test]
fn who_comes_when_too_many_wait_is_told_to_come_again() {
    let bench = Workspace::indexed(&bundled());
    let limits = Limits { at_once: 1, waiting: 2, ..Limits::default() };
    let address = serving(&bench, limits);
    let answers: Vec<String> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..40).map(|_| scope.spawn(|| get(address, LONG))).collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    let (done, rest): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.starts_with("HTTP/1.1 200"));
    assert!(!done.is_empty() && !rest.is_empty(), "{} of {}", done.len(), answers.len());
    for refused in &rest {
        assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
        assert!(refused.contains("retry-after: 1\r\n"), "{refused}");
        assert!(refused.contains("application/problem+json"), "{refused}");
    }
    let figures = get(address, "/metrics");
    let count = format!("tiaowen_work_refused_total {}\n", rest.len());
    assert!(figures.contains(&count), "{count}{figures}");
    assert!(get(address, LONG).starts_with("HTTP/1.1 200"), "and then there is room again");
}

#[test]
fn what_takes_too_long_is_given_up() {
    let bench = Workspace::indexed(&bundled());
    let limits = Limits { time: Duration::from_micros(1), ..Limits::default() };
    let answer = get(serving(&bench, limits), LONG);
    assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
    assert!(answer.contains("took too long"), "{answer}");
}

#[test]
fn connections_that_do_nothing_make_room_for_others() {
    let bench = Workspace::indexed(&bundled());
    let short = Duration::from_millis(400);
    let limits = Limits { connections: 4, head: short, stall: short, ..Limits::default() };
    let address = serving(&bench, limits);
    // As many as are allowed, each with a head that never ends.
    let _slow: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET / HT").unwrap();
            stream
        })
        .collect();
    assert!(get(address, "/healthz").ends_with("alive\n"));
    // A client that doesn't read its answer is disconnected.
    let mut deaf = TcpStream::connect(address).unwrap();
    deaf.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    let asked = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2_000);
    // It may be disconnected while it is still sending.
    let _ = deaf.write_all(asked.as_bytes());
    until("that all but one connection is closed", || {
        get(address, "/metrics").contains("tiaowen_connections 1\n")
    });
}

/// The system reports free buffer space late. A slow client must not be taken for a stalled one
/// because of that.
#[test]
fn a_slow_but_steady_client_is_served_to_the_end() {
    let bench = Workspace::indexed(&bundled());
    let limits = Limits { stall: Duration::from_millis(1_500), ..Limits::default() };
    let address = serving(&bench, limits);
    let mut slow = TcpStream::connect(address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let asked = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(400);
    let mut asking = slow.try_clone().unwrap();
    std::thread::spawn(move || {
        let _ = asking.write_all(asked.as_bytes());
    });
    let mut buffer = vec![0; 40_000];
    let mut taken = 0;
    for _ in 0..60 {
        std::thread::sleep(Duration::from_millis(100));
        let read = slow.read(&mut buffer).unwrap();
        assert!(read > 0, "cut off after {taken} bytes");
        taken += read;
    }
}

/// A long document is read in pages, and each of its clauses is on one of them.
#[test]
fn a_long_document_is_read_in_pages_in_both_scripts() {
    let bench = Workspace::new();
    let article = |n: usize| format!("第{n}條 按照第{}條辦理第{n}項服務。\n\n", 1_300 - n);
    let text: String = (1..1_300).map(article).collect();
    bench.write("docs/a.txt", format!("服務條例\n\n{text}"));
    bench.write("docs/b.txt", format!("服务条例\n\n{text}").replace('條', "条"));
    bench.json(&["index", "docs", "--format", "json"]);
    let address = serving(&bench, Limits::default());
    let documents = get(address, "/api/v1/documents");
    let documents: serde_json::Value =
        serde_json::from_str(documents.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    for document in documents["documents"].as_array().unwrap() {
        let id = document["id"].as_str().unwrap();
        let mut eids = Vec::new();
        for offset in [0, 500, 1_000] {
            let answer = get(address, &format!("/api/v1/documents/{id}?offset={offset}"));
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["total"], 1_299);
            assert_eq!(head.contains("rel=\"next\""), offset < 1_000, "{head}");
            let clauses = body["clauses"].as_array().unwrap();
            eids.extend(clauses.iter().map(|own| own["eid"].as_str().unwrap().to_owned()));
            // 第1條 leads to 第1299條, and so on, on whichever page it is.
            let first = &clauses[0];
            let led = first["references"][0]["id"].as_str().unwrap();
            assert_eq!(led, format!("{id}.art_{}", 1_300 - (offset + 1)));
        }
        assert_eq!(eids.len(), 1_299);
        assert!(eids.iter().zip(1..).all(|(eid, n)| *eid == format!("art_{n}")));

        let first = get(address, &format!("/documents/{id}"));
        assert!(first.contains("id=\"art_500\"") && !first.contains("id=\"art_501\""));
        assert!(first.contains(&format!("/clauses/{id}.art_1299")), "a link off the page");
        assert!(first.contains("href=\"#art_950\"") != first.contains("id=\"art_350\""));
        assert!(first.contains("offset=500\" rel=\"next\""));
        let last = get(address, &format!("/documents/{id}?offset=1000"));
        assert!(last.contains("id=\"art_1299\"") && !last.contains("id=\"art_1000\""));
        assert!(last.contains("offset=500\" rel=\"prev\""));
        let arrived = get(address, &format!("/clauses/{id}.art_1234"));
        assert!(
            arrived.contains(&format!("/documents/{id}?offset=1000#art_1234\r\n")),
            "{arrived}"
        );
        let arrived = get(address, &format!("/clauses/{id}.art_12"));
        assert!(arrived.contains(&format!("/documents/{id}#art_12\r\n")), "{arrived}");
    }
    // The link of a hit finds the page of its clause.
    let found = get(address, "/?q=%E7%AC%AC1234%E6%A2%9D");
    assert!(found.contains(".art_1234?q="), "{found}");
    // So do the rows of a comparison, at the clause it was opened from.
    let ids: Vec<&str> = documents["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| document["id"].as_str().unwrap())
        .collect();
    let compared = get(address, &format!("/compare?left={}&right={}&at=art_1234", ids[0], ids[1]));
    assert!(compared.contains("id=\"row-1234\"") && !compared.contains("id=\"row-1000\""));
}
