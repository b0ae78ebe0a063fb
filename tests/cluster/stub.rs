//! A server that answers what it was told to, for what the real cluster of the tests doesn't do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
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
                while let Some((request, body)) = read(&mut reader) {
                    let (status, text) = answer(&request, &body);
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

fn read(reader: &mut impl BufRead) -> Option<(Heard, Vec<u8>)> {
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
    let request = Heard { method, path, headers };
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    if request.header("content-encoding") == Some("gzip") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut plain).ok()?;
        body = plain;
    }
    Some((request, body))
}

fn respond(mut stream: &TcpStream, status: u16, text: &str) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(text.as_bytes()).ok()
}
