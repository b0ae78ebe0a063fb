//! A server that answers what it was told to, for what the real cluster of the tests doesn't do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    /// What was sent, unpacked.
    pub(crate) body: Vec<u8>,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let own = self.headers.iter().find(|(known, _)| known == name);
        own.map(|(_, value)| value.as_str())
    }
}

/// Serves until the tests are over: `answer` gives the status and body for a method, path and
/// body. The port, and what was heard.
pub(crate) fn serve(
    answer: impl Fn(&Heard, &[u8]) -> (u16, String) + Send + Sync + 'static,
) -> (u16, Receiver<Heard>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = channel();
    let answer = std::sync::Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (tell, answer) = (tell.clone(), std::sync::Arc::clone(&answer));
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                while let Some(request) = read(&mut reader) {
                    let (status, text) = answer(&request, &request.body);
                    let _ = tell.send(request);
                    if respond(&stream, status, &text).is_none() {
                        return;
                    }
                }
            });
        }
    });
    (port, heard)
}

fn read(reader: &mut impl BufRead) -> Option<Heard> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut request = Heard { method, path, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    if request.header("content-encoding") == Some("gzip") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut plain).ok()?;
        body = plain;
    }
    request.body = body;
    Some(request)
}

/// An engine that answers as OpenSearch did to who makes the index `recorded` and writes to it:
/// `taken` gives the answer to a bulk.
pub(crate) fn engine(
    taken: impl Fn(&[u8]) -> Value + Send + Sync,
) -> impl Fn(&Heard, &[u8]) -> (u16, String) + Send + Sync {
    let made = AtomicBool::new(false);
    let stamp = tiaowen_index::Stamp::current(tiaowen_text::Segmenter::shared());
    let mapping = json!({"recorded-1": {"mappings": {"_meta": {"tiaowen": {"stamp": stamp}}}}});
    move |request, body| {
        let answer = match (&*request.method, &*request.path) {
            ("GET", "/") => json!({"version": {"number": "2.19.1", "distribution": "opensearch"}}),
            ("GET", path) if path.contains("_mapping") && made.load(Ordering::SeqCst) => {
                mapping.clone()
            }
            ("PUT", "/recorded-1") => {
                made.store(true, Ordering::SeqCst);
                json!({"acknowledged": true})
            }
            ("GET", path) if path.contains("_mapping") || path.contains("_doc/head") => {
                return (404, json!({"error": {"type": "index_not_found_exception"}}).to_string());
            }
            ("POST", "/_bulk") => taken(body),
            ("POST", path) if path.contains("_search") => json!({
                "_shards": {"total": 1, "successful": 1, "failed": 0}, "timed_out": false,
                "hits": {"total": {"value": 2}, "hits": []},
            }),
            ("PUT", path) if path.contains("_doc/head") => {
                return (201, json!({"_seq_no": 0, "_primary_term": 1}).to_string());
            }
            _ => json!({"acknowledged": true, "docs": []}),
        };
        (200, answer.to_string())
    }
}

/// The answer to a bulk of which everything is taken.
pub(crate) fn all_taken(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let actions = text.lines().filter(|line| {
        ["{\"index\"", "{\"create\"", "{\"delete\""].iter().any(|action| line.starts_with(action))
    });
    let item = |line: &str| {
        let action: Value = serde_json::from_str(line).unwrap();
        let kind = action.as_object().unwrap().keys().next().unwrap().clone();
        json!({kind: {"status": 201}})
    };
    json!({"errors": true, "items": actions.map(item).collect::<Vec<_>>()})
}

fn respond(mut stream: &TcpStream, status: u16, text: &str) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(text.as_bytes()).ok()
}
