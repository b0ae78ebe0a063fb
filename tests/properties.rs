//! The claims of the fuzz targets (`fuzz/checks`) for the seeds in the repository and for inputs
//! derived from them.
//!
//! The same functions assert them here and in the targets. The targets look for new paths through
//! the code, which takes an instrumented build and time (`scripts/fuzz`). Here, each claim is
//! tested with a few hundred inputs in the build that all tests use. An input is a seed with some
//! edits, pieces of seeds joined by words of the dictionary, or arbitrary bytes.

#[path = "fuzz/checks/account.rs"]
pub(crate) mod account;
#[path = "fuzz/checks/decode.rs"]
mod decode;
#[path = "fuzz/checks/docx.rs"]
mod docx;
#[path = "fuzz/checks/html.rs"]
mod html;
#[path = "fuzz/checks/parts.rs"]
mod parts;
#[path = "fuzz/checks/pdf.rs"]
mod pdf;
#[path = "fuzz/checks/query.rs"]
mod query;
#[path = "fuzz/checks/split.rs"]
mod split;
#[path = "fuzz/checks/tokens.rs"]
mod tokens;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{TestError, TestRunner};
use serde_json::Value;

use crate::served::Served;
use crate::util::{Workspace, bundled};

/// The time limit of one input, as in `scripts/fuzz`.
const LONGEST: Duration = Duration::from_secs(10);

/// The most bytes of a piece of a seed.
const PIECE: usize = 200;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

/// The seeds of a target. Those for plain text include the bundled corpus.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("seeds").join(target);
    let folder = if folder.is_dir() { folder } else { bundled() };
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// The words of a target's dictionary in libFuzzer's format, one in quotes per line.
fn words(target: &str) -> Vec<Vec<u8>> {
    let file = fuzz().join("words").join(format!("{target}.dict"));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let quoted = text.lines().filter(|line| !line.starts_with('#'));
    quoted.filter_map(|line| Some(unescaped(line.strip_prefix('"')?.strip_suffix('"')?))).collect()
}

/// The bytes of a word with the escapes `\xNN`, `\"` and `\\`.
fn unescaped(word: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = word.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        (rest, _) = match (first, behind) {
            (b'\\', [b'x', high, low, behind @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap();
                (behind, bytes.push(u8::from_str_radix(digits, 16).unwrap()))
            }
            (b'\\', [escaped, behind @ ..]) => (behind, bytes.push(*escaped)),
            _ => (behind, bytes.push(first)),
        };
    }
    bytes
}

/// An edit of a seed.
#[derive(Debug, Clone)]
enum Edit {
    Overwrite(Index, u8),
    Remove(Index, usize),
    Repeat(Index, usize),
    Insert(Index, Vec<u8>),
}

impl Edit {
    fn apply(self, bytes: &mut Vec<u8>) {
        // One more than there are, so that the end counts as a position.
        let place = |at: Index, bytes: &[u8]| at.index(bytes.len() + 1);
        match self {
            Edit::Overwrite(at, byte) => {
                let at = place(at, bytes);
                bytes.splice(at..(at + 1).min(bytes.len()), [byte]);
            }
            Edit::Remove(at, length) => {
                let at = place(at, bytes);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Edit::Repeat(at, length) => {
                let at = place(at, bytes);
                let again = bytes[at..(at + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, again);
            }
            Edit::Insert(at, what) => {
                let at = place(at, bytes);
                bytes.splice(at..at, what);
            }
        }
    }
}

/// A word of the dictionary, characters, or bytes.
fn scrap(words: &[Vec<u8>]) -> BoxedStrategy<Vec<u8>> {
    let characters = any::<String>().prop_map(String::into_bytes);
    let bytes = prop::collection::vec(any::<u8>(), 1..8);
    if words.is_empty() {
        return prop_oneof![characters, bytes].boxed();
    }
    prop_oneof![3 => select(words.to_vec()), 1 => characters, 1 => bytes].boxed()
}

fn input(target: &str) -> impl Strategy<Value = Vec<u8>> {
    let (seeds, words) = (seeds(target), words(target));
    let edit = prop_oneof![
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Overwrite(at, byte)),
        1 => (any::<Index>(), 1..PIECE).prop_map(|(at, length)| Edit::Remove(at, length)),
        1 => (any::<Index>(), 1..PIECE).prop_map(|(at, length)| Edit::Repeat(at, length)),
        2 => (any::<Index>(), scrap(&words)).prop_map(|(at, what)| Edit::Insert(at, what)),
    ];
    let edited = (select(seeds.clone()), prop::collection::vec(edit, 1..12)).prop_map(
        |(mut seed, edits)| {
            edits.into_iter().for_each(|edit| edit.apply(&mut seed));
            seed
        },
    );
    let piece = (select(seeds), any::<Index>(), 1..PIECE).prop_map(|(seed, at, length)| {
        let at = at.index(seed.len() + 1);
        seed[at..(at + length).min(seed.len())].to_vec()
    });
    let piece = prop_oneof![2 => piece, 1 => scrap(&words)];
    let joined = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    prop_oneof![4 => edited, 3 => joined, 1 => bytes]
}

/// Tries eight times as many inputs as `PROPTEST_CASES`, by default 2048.
///
/// A failing input is printed completely. A file of proptest seeds wouldn't reproduce it, as inputs
/// depend on the seeds in the repository.
fn runner() -> TestRunner {
    let config = ProptestConfig::default();
    let cases = 8 * config.cases;
    TestRunner::new(ProptestConfig { failure_persistence: None, cases, ..config })
}

/// Asserts a claim for the seeds of a target and for inputs derived from them.
fn holds(target: &str, check: fn(&[u8])) {
    let timed = |bytes: &[u8]| {
        let began = Instant::now();
        check(bytes);
        let took = began.elapsed();
        assert!(took < LONGEST, "{took:?} for {} bytes", bytes.len());
    };
    seeds(target).iter().for_each(|seed| timed(seed));
    let outcome = runner().run(&input(target), |bytes| {
        timed(&bytes);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, bytes)) => {
            panic!("{target}: {reason}\nof the input \"{}\"", bytes.escape_ascii())
        }
        Err(error) => panic!("{target}: {error}"),
    }
}

/// The same for claims on text. Invalid bytes are replaced.
macro_rules! of_text {
    ($check:path) => {
        |bytes| $check(&String::from_utf8_lossy(bytes))
    };
}

#[test]
fn any_bytes_are_decoded_or_refused() {
    holds("decode", decode::check);
}

#[test]
fn any_package_gives_text_or_an_error() {
    holds("docx", docx::check);
}

#[test]
fn any_parts_of_a_package_give_text_or_an_error() {
    holds("parts", parts::check);
}

#[test]
fn any_page_gives_printable_lines() {
    holds("html", of_text!(html::check));
}

/// Without a path, so that `pdftotext` doesn't read what the reader here rejects.
#[test]
fn any_pdf_gives_text_or_an_error() {
    if std::env::var_os("PATH").is_some_and(|path| path.is_empty()) {
        return holds("pdf", pdf::check);
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "properties::any_pdf_gives_text_or_an_error", "--nocapture"])
        .env("PATH", "")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains("1 passed"), "{out}");
}

#[test]
fn each_character_of_a_text_is_accounted_for() {
    holds("split", |bytes| account::check("a.txt", bytes));
}

#[test]
fn each_character_of_a_page_is_accounted_for() {
    holds("html", |bytes| account::check("a.html", bytes));
}

#[test]
fn each_character_of_a_package_is_accounted_for() {
    holds("docx", |bytes| account::check("a.docx", bytes));
}

#[test]
fn each_character_of_a_pdf_is_accounted_for() {
    seeds("pdf").iter().for_each(|seed| account::check("a.pdf", seed));
}

#[test]
fn any_query_is_read_as_typed() {
    holds("query", of_text!(query::check));
}

#[test]
fn any_text_splits_in_order_and_once() {
    holds("split", of_text!(split::check));
}

#[test]
fn any_text_has_the_same_tokens_folded() {
    holds("tokens", of_text!(tokens::check));
}

/// Any request to a path in the API's description, with some of its parameters and both meaningful
/// and other values.
#[test]
fn the_api_answers_or_refuses_any_request() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let listed = served.json("/api/v1/documents", &[("limit", "100")]);
    let documents = listed["documents"].as_array().unwrap().iter();
    let ids = documents.map(|document| document["id"].as_str().unwrap().to_owned());
    let plain = ["1", "0", "-1", "2017", "2017-11", "hant", "date", "true", "agreement", "csv", ""];
    let typed = words("query").into_iter().map(|word| String::from_utf8_lossy(&word).into_owned());
    let known: Vec<String> =
        ids.chain(plain.map(str::to_owned)).chain(typed).chain(["合作".to_owned()]).collect();
    let described = served.json("/api/v1/openapi.json", &[]);
    let operations: Vec<(String, Vec<String>)> = described["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, item)| item["get"].is_object())
        .map(|(path, item)| {
            let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
            let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
            (path.clone(), parameters.map(name).chain(["unknown".to_owned()]).collect())
        })
        .collect();
    let value = prop_oneof![3 => select(known), 1 => any::<String>()];
    let set = prop::collection::vec((any::<Index>(), value.clone()), 0..5);
    let request = (select(operations), set, value);
    let outcome = runner().run(&request, |((path, names), set, id)| {
        let id: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = path.replace("{id}", if id.is_empty() { "none" } else { &id });
        let query: Vec<(&str, &str)> =
            set.iter().map(|(at, value)| (at.get(&names).as_str(), value.as_str())).collect();
        let got = served.ask(&path, &query, &[]);
        if got.status != 200 {
            prop_assert!([303, 400, 404].contains(&got.status), "{}: {}", got.status, got.text());
        }
        if got.status >= 400 {
            let kind = got.header("content-type");
            prop_assert_eq!(kind.as_deref(), Some("application/problem+json"));
            prop_assert_eq!(&got.json()["status"], got.status);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(!served.log().contains(" ERROR "), "{}", served.log());
}

#[test]
fn words_of_a_dictionary_are_read() {
    assert_eq!(unescaped(r#"a\"\\\xE3\x80z"#), b"a\"\\\xE3\x80z");
    for target in ["html", "parts", "pdf", "query"] {
        assert!(words(target).len() > 20, "{target}");
    }
}
