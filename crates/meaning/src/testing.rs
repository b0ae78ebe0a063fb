//! An embedding server for tests. Vectors are made of hashes of folded characters, so that texts with
//! the same characters are near, in either script; some words have the characters of their Chinese
//! equivalent. It can be told to fail in each way that servers do.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

/// The dimension of the vectors.
pub(crate) const DIMENSION: usize = 96;

/// Words that mean the same as others which share no character with them.
const ALIKE: [(&str, &str); 4] = [
    ("mutual recognition of diplomas", "相互承认学历学位"),
    ("old age money", "养老金"),
    ("老了以后领的钱", "养老金"),
    ("老了以後領的錢", "养老金"),
];

/// What is wrong with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each test file that has this module needs some of them")]
pub(crate) enum Trouble {
    None,
    /// It doesn't answer.
    Silent,
    /// It answers with this status.
    Status(u16),
    /// It redirects to another address.
    Redirect,
    /// It answers with a page.
    Junk,
    /// It answers without vectors.
    Empty,
    /// It answers without a body.
    Nothing,
    /// A vector is missing.
    Fewer,
    /// All vectors are zero.
    Zero,
    /// The vectors differ in dimension.
    Ragged,
    /// All vectors have one more dimension.
    OtherDimension,
    /// The vectors come in another order, with their numbers.
    Shuffled,
    /// It marks sides by `input_type`.
    Marks,
    /// It refuses fields that it doesn't know.
    Strict,
    /// It refuses texts with more characters than this.
    TooLong(usize),
    /// It breaks after so many requests.
    BreaksAfter(usize),
}

struct State {
    trouble: Trouble,
    redirect: String,
    texts: Vec<String>,
    requests: usize,
}

/// A running server. It ends with the process.
#[derive(Clone)]
pub(crate) struct Stub {
    address: String,
    state: Arc<Mutex<State>>,
}

#[allow(dead_code, reason = "each test file that has this module needs some of them")]
impl Stub {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = State {
            trouble: Trouble::None,
            redirect: String::new(),
            texts: Vec::new(),
            requests: 0,
        };
        let stub = Stub { address, state: Arc::new(Mutex::new(state)) };
        let serving = stub.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let stub = serving.clone();
                std::thread::spawn(move || stub.serve(stream));
            }
        });
        stub
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn set(&self, trouble: Trouble) {
        self.state().trouble = trouble;
    }

    pub(crate) fn set_redirect(&self, to: &str) {
        self.state().redirect = to.to_owned();
    }

    /// The texts that it was sent.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.state().texts.clone()
    }

    /// The number of requests for vectors.
    pub(crate) fn requests(&self) -> usize {
        self.state().requests
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: TcpStream) {
        let mut writer = stream.try_clone().unwrap();
        let mut reader = BufReader::new(stream);
        while let Some((path, body)) = request(&mut reader) {
            let Some(answer) = self.answer(&path, &body) else {
                // The connection stays open, so that the client waits.
                if self.state().trouble == Trouble::Silent {
                    let _ = reader.read_exact(&mut [0]);
                }
                return;
            };
            if writer.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    /// The answer to a request; `None` if there is none.
    fn answer(&self, path: &str, body: &str) -> Option<String> {
        if path.ends_with("/models") {
            return Some(http(200, "", &json!({ "data": [{ "id": "stub-model" }] }).to_string()));
        }
        let mut state = self.state();
        state.requests += 1;
        let asked: Value = serde_json::from_str(body).unwrap();
        let texts: Vec<String> = serde_json::from_value(asked["input"].clone()).unwrap();
        if texts.is_empty() {
            return Some(failure(400, "'input' must not be empty"));
        }
        state.texts.extend(texts.iter().cloned());
        let kind = asked["input_type"].as_str().unwrap_or_default();
        let mark = if state.trouble == Trouble::Marks { kind } else { "" };
        let vectors: Vec<Vec<f32>> =
            texts.iter().map(|text| vector(&format!("{mark}{text}"))).collect();
        let mut answer = list(&vectors);
        match state.trouble {
            Trouble::None | Trouble::Marks => {}
            Trouble::Silent => return None,
            Trouble::Status(status) => return Some(failure(status, "it is not ready")),
            Trouble::Redirect => {
                let to = format!("location: {}{path}\r\n", state.redirect);
                return Some(http(307, &to, ""));
            }
            Trouble::Junk => return Some(http(200, "", "<html>Welcome</html>")),
            Trouble::Nothing => return Some(http(200, "", "")),
            Trouble::Empty => answer = json!({ "data": [] }),
            Trouble::Fewer => answer = list(&vectors[1..]),
            Trouble::Zero => answer = list(&vec![vec![0.0; DIMENSION]; texts.len()]),
            Trouble::Ragged => lengthen(&mut answer["data"][0]),
            Trouble::OtherDimension => {
                answer["data"].as_array_mut().unwrap().iter_mut().for_each(lengthen);
            }
            Trouble::Shuffled => answer["data"].as_array_mut().unwrap().reverse(),
            Trouble::Strict if !kind.is_empty() => {
                return Some(failure(400, "unknown field input_type"));
            }
            Trouble::Strict => {}
            Trouble::TooLong(most) => {
                if texts.iter().any(|text| text.chars().count() > most) {
                    return Some(failure(400, "the input is too long"));
                }
            }
            Trouble::BreaksAfter(most) => {
                if state.requests > most {
                    return None;
                }
            }
        }
        Some(http(200, "", &answer.to_string()))
    }
}

/// The vectors of texts, in order.
fn list(vectors: &[Vec<f32>]) -> Value {
    let one = |(index, vector)| json!({ "index": index, "embedding": vector });
    json!({ "data": vectors.iter().enumerate().map(one).collect::<Vec<_>>() })
}

/// Adds a dimension to a vector of a list.
fn lengthen(one: &mut Value) {
    one["embedding"].as_array_mut().unwrap().push(json!(1.0));
}

/// A deterministic vector of the characters of a text.
fn vector(text: &str) -> Vec<f32> {
    let mut text = tiaowen_text::fold(&text.to_lowercase());
    for (typed, alike) in ALIKE {
        text = text.replace(&tiaowen_text::fold(typed), alike);
    }
    let mut counts: BTreeMap<char, f32> = BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        *counts.entry(c).or_default() += 1.0;
    }
    let mut vector = vec![0.01; DIMENSION];
    for (c, times) in counts {
        let mut hash = u64::from(u32::from(c)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for _ in 0..4 {
            hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
            vector[(hash >> 32) as usize % DIMENSION] += sign * times.sqrt();
        }
    }
    vector
}

/// The path and the body of the next request.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let path = head.split(' ').nth(1)?.to_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}

fn http(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}

/// An error with its message.
fn failure(status: u16, message: &str) -> String {
    http(status, "", &json!({ "error": { "message": message } }).to_string())
}
