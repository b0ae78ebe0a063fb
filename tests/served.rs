//! A running `tiaowen serve`, and a client for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::util::Workspace;

/// A server, which is killed when it is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Its standard error so far.
    log: Arc<Mutex<String>>,
    agent: ureq::Agent,
}

/// An answer.
pub(crate) struct Got {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Got {
    /// A header. Several of the same name are joined by commas.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let own = self.headers.iter().filter(|(own, _)| own == name);
        let values: Vec<&str> = own.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}: {}", self.status, self.text()))
    }

    /// The address in a `Link` header.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let links = self.header("link")?;
        let own = links.split(", ").find(|link| link.ends_with(&format!("rel=\"{rel}\"")))?;
        Some(own.split(['<', '>']).nth(1)?.to_owned())
    }
}

impl Served {
    /// Starts the program on the index of `bench`.
    pub(crate) fn start(bench: &Workspace, more: &[&str]) -> Self {
        Self::start_with(bench, more, &[])
    }

    /// The same with variables in its environment.
    pub(crate) fn start_with(bench: &Workspace, more: &[&str], set: &[(&str, &str)]) -> Self {
        Self::start_on(bench, "127.0.0.1:0", more, set)
    }

    /// The same on an address.
    pub(crate) fn start_on(
        bench: &Workspace,
        listen: &str,
        more: &[&str],
        set: &[(&str, &str)],
    ) -> Self {
        let args: Vec<&str> =
            ["serve", "--listen", listen].into_iter().chain(more.iter().copied()).collect();
        let mut command = bench.command(&args);
        command.envs(set.iter().copied()).stderr(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let mut address = None;
        for line in lines.by_ref() {
            let line = line.unwrap();
            let told = |begin: &str, end: char| {
                Some(line.split_once(begin)?.1.split(end).next()?.parse::<SocketAddr>().unwrap())
            };
            address = told("serving on http://", ';').or_else(|| told("\"address\":\"", '"'));
            log.lock().unwrap().push_str(&format!("{line}\n"));
            if address.is_some() {
                break;
            }
        }
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                written.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        let Some(address) = address else { panic!("not serving: {}", log.lock().unwrap()) };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // Redirects are reported rather than followed.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Served { child, address, log, agent: config.into() }
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Requests a path with its query string as given.
    pub(crate) fn get(&self, path: &str) -> Got {
        self.ask(path, &[], &[])
    }

    /// Requests a path with parameters, which are encoded, and headers.
    pub(crate) fn ask(&self, path: &str, query: &[(&str, &str)], headers: &[(&str, &str)]) -> Got {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.agent.get(url).query_pairs(query.iter().copied());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.call().unwrap_or_else(|error| panic!("{path}: {error}"));
        let headers = response.headers().iter();
        Got {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: response.body_mut().read_to_vec().unwrap(),
        }
    }

    /// Sends a body of JSON with headers.
    pub(crate) fn post_with(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Got {
        let mut request = self.agent.post(format!("http://{}{path}", self.address));
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response =
            request.send(body.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}"));
        let headers = response.headers().iter();
        Got {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: response.body_mut().read_to_vec().unwrap(),
        }
    }

    /// Sends a form with plain fields and files, as a browser does: a name, a file's name or nothing,
    /// and the content.
    pub(crate) fn send(&self, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Got {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            let head =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let request = self.agent.post(format!("http://{}{path}", self.address));
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        let mut response =
            request.send(&body[..]).unwrap_or_else(|error| panic!("{path}: {error}"));
        let headers = response.headers().iter();
        Got {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: response.body_mut().read_to_vec().unwrap(),
        }
    }

    /// Sends a body and gives the status and the answer.
    pub(crate) fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        let answer = self.raw(format!("{head}{body}").as_bytes(), Duration::from_secs(30));
        let status = answer.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default();
        let start = answer.find('{').unwrap_or(answer.len());
        let end = answer.rfind('}').map_or(start, |at| at + 1);
        (status, serde_json::from_str(&answer[start..end]).unwrap_or_default())
    }

    /// Asks for JSON that must be there.
    pub(crate) fn json(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let got = self.ask(path, query, &[]);
        assert_eq!(got.status, 200, "{path} {query:?}: {}", got.text());
        got.json()
    }

    /// Sends bytes as they are, and returns the answer until the server closes the connection or
    /// some time has passed.
    pub(crate) fn raw(&self, bytes: &[u8], wait: Duration) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(wait)).unwrap();
        // The server may have closed it already.
        let _ = stream.write_all(bytes);
        let mut all = Vec::new();
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut part) {
            all.extend_from_slice(&part[..read]);
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Sends a signal: TERM, INT.
    pub(crate) fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
    }

    /// Waits for the process to end.
    pub(crate) fn ended(&mut self, most: Duration) -> ExitStatus {
        let until = Instant::now() + most;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "still running after {most:?}: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
