//! Limits of the server, set low: each is told, and hurts only who meets it.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use tiaowen_server::{Limits, Links, Options, serve_until};
use tiaowen_terms::TermTable;

use crate::util::{Bench, bundled, until};

/// Serves the index of `bench` until the tests are over.
fn serving(bench: &Bench, limits: Limits) -> SocketAddr {
    let options = Options {
        index: Box::new(bench.path("index")),
        links: Links::default(),
        terms: Cow::Borrowed(TermTable::built_in()),
        limits,
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
    let bench = Bench::indexed(&bundled());
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
    let bench = Bench::indexed(&bundled());
    let limits = Limits { time: Duration::from_micros(1), ..Limits::default() };
    let answer = get(serving(&bench, limits), LONG);
    assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
    assert!(answer.contains("took too long"), "{answer}");
}

#[test]
fn connections_that_do_nothing_make_room_for_others() {
    let bench = Bench::indexed(&bundled());
    let short = Duration::from_millis(400);
    let limits = Limits { connections: 4, head: short, stall: short, ..Limits::default() };
    let address = serving(&bench, limits);
    // All there may be, each with a head that doesn't end.
    let _slow: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET / HT").unwrap();
            stream
        })
        .collect();
    assert!(get(address, "/healthz").ends_with("alive\n"));
    // Who takes nothing of what was asked for is cut off.
    let mut deaf = TcpStream::connect(address).unwrap();
    deaf.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    let asked = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2_000);
    // It may be cut off while it still asks.
    let _ = deaf.write_all(asked.as_bytes());
    until("that all but one connection is closed", || {
        get(address, "/metrics").contains("tiaowen_connections 1\n")
    });
}
