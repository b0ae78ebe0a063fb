//! An HTTP client for a cluster: every request has a time-out, a busy cluster is asked again, and
//! if a host is gone, the next one is tried.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use ureq::http;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::{Address, ClusterError, ClusterReason, ClusterStep, Login};

/// The time-out of connecting.
const CONNECT: Duration = Duration::from_secs(5);
/// The pause before the first retry. Each further one is twice as long, up to the limit.
const WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// The number of idle connections kept to a host: as many as there are parallel requests.
const IDLE: usize = 8;
/// The largest answer that is read.
const MOST_BYTES: u64 = 512 << 20;

/// Time-outs of requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// The time-out of one answer.
    pub(crate) answer: Duration,
    /// The time after which nothing is tried again.
    pub(crate) again: Duration,
}

impl Patience {
    /// For a user who waits for the answer.
    pub(crate) const READING: Patience =
        Patience { answer: Duration::from_secs(30), again: Duration::from_secs(5) };
    /// For a batch, which can wait until a node is back.
    pub(crate) const WRITING: Patience =
        Patience { answer: Duration::from_secs(120), again: Duration::from_secs(180) };
}

/// The body of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body<'a> {
    None,
    Json(&'a Value),
    /// One JSON value per line.
    Lines(&'a [u8]),
}

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The reason of an error, as given by the cluster.
    pub(crate) fn reason(&self) -> ClusterReason {
        match reason_of(&self.body["error"]) {
            Some(says) => ClusterReason::Says { says },
            None => ClusterReason::Status { status: self.status.into() },
        }
    }
}

/// The reason in an error object, shortened, since it may quote a whole document.
pub(crate) fn reason_of(error: &Value) -> Option<String> {
    let kind = error["type"].as_str();
    let mut reason = error["reason"].as_str().or(error.as_str());
    // The reason of a shard or script is closer to the cause.
    let inner = [&error["root_cause"][0]["reason"], &error["caused_by"]["reason"]];
    if let Some(inner) = inner.into_iter().find_map(Value::as_str) {
        reason = Some(inner);
    }
    let text = match (kind, reason) {
        (Some(kind), Some(reason)) => format!("{kind}: {reason}"),
        (kind, reason) => kind.or(reason)?.to_owned(),
    };
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = clean.clone().take(300).collect();
    if clean.count() > 300 {
        short.push('…');
    }
    Some(short)
}

/// Whether an error says that the index is read-only. It comes with status 403, or with 429, which
/// otherwise means that a retry helps.
pub(crate) fn is_block(error: &Value) -> bool {
    error["type"] == "cluster_block_exception"
}

/// The body of a request as it is sent.
struct RequestBody<'b> {
    bytes: Cow<'b, [u8]>,
    media_type: &'static str,
    is_packed: bool,
}

impl<'b> RequestBody<'b> {
    fn of(body: Body<'b>) -> Self {
        let (bytes, media_type) = match body {
            Body::None => (Cow::Borrowed(&[][..]), "application/json"),
            Body::Json(value) => (Cow::Owned(value.to_string().into_bytes()), "application/json"),
            Body::Lines(lines) => (Cow::Borrowed(lines), "application/x-ndjson"),
        };
        // Compression doesn't pay for small bodies.
        let is_packed = bytes.len() > 4096;
        let bytes = if is_packed { Cow::Owned(gzip(&bytes)) } else { bytes };
        RequestBody { bytes, media_type, is_packed }
    }
}

/// A client for the hosts of a cluster.
pub(crate) struct Client {
    agent: ureq::Agent,
    address: Address,
    login: Login,
    /// Whether to ask for compressed answers.
    packed: bool,
    /// The host that answered last.
    host: AtomicUsize,
}

impl Client {
    pub(crate) fn new(address: Address, login: Login) -> Result<Self, ClusterError> {
        let hosts = address.hosts();
        let is_open = |host: &String| host.starts_with("http://") && !is_here(host);
        if login.header.is_some() && hosts.iter().any(is_open) {
            return Err(ClusterError::Address {
                text: address.to_string(),
                reason: ClusterReason::PasswordInClear,
            });
        }
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("tiaowen/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections_per_host(IDLE)
            .timeout_connect(Some(CONNECT));
        if hosts[0].starts_with("https://") {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let tls = TlsConfig::builder()
                .unversioned_rustls_crypto_provider(provider)
                .root_certs(trusted(&login)?);
            config = config.tls_config(tls.build());
        }
        // On the same machine, compression takes longer than it saves.
        let packed = !hosts.iter().all(|host| is_here(host));
        let host = AtomicUsize::new(0);
        Ok(Client { agent: config.build().into(), address, login, packed, host })
    }

    /// The address, for messages.
    pub(crate) fn place(&self) -> String {
        self.address.to_string()
    }

    /// The name of the index.
    pub(crate) fn index(&self) -> &str {
        self.address.index()
    }

    /// Sends a request, again if the cluster is busy or a host is gone. Requests must therefore be
    /// safe to repeat.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        body: Body<'_>,
        patience: Patience,
    ) -> Result<Answer, ClusterError> {
        let began = Instant::now();
        let sent = RequestBody::of(body);
        let mut wait = WAIT;
        let mut tried = 0;
        loop {
            let host = self.host.load(Ordering::Relaxed) % self.address.hosts().len();
            let request = self.request(method, path, &sent, host)?;
            let request = self
                .agent
                .configure_request(request)
                .timeout_global(Some(patience.answer))
                .allow_non_standard_methods(true)
                .build();
            tried += 1;
            let failed = match self.agent.run(request) {
                Ok(answer) => match self.read(answer)? {
                    Ok(answer) => return self.judged(answer),
                    Err(busy) => busy,
                },
                Err(error) => {
                    if let Some(error) = self.for_good(&error) {
                        return Err(error);
                    }
                    self.leave_host(host);
                    if tried < self.address.hosts().len() {
                        continue;
                    }
                    let reason = ClusterReason::says(&error);
                    ClusterError::Unreachable { place: self.place(), reason }
                }
            };
            if began.elapsed() + wait > patience.again {
                return Err(failed);
            }
            std::thread::sleep(wait);
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// A request to a host.
    fn request<'s>(
        &self,
        method: &str,
        path: &str,
        sent: &'s RequestBody<'_>,
        host: usize,
    ) -> Result<http::Request<&'s [u8]>, ClusterError> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address.hosts()[host]))
            .header("content-type", sent.media_type)
            .header("accept-encoding", if self.packed { "gzip" } else { "identity" });
        if sent.is_packed {
            request = request.header("content-encoding", "gzip");
        }
        if let Some(header) = &self.login.header {
            request = request.header("authorization", header);
        }
        request.body(&*sent.bytes).map_err(|error| {
            let reason = ClusterReason::says(&error);
            ClusterError::Address { text: self.place(), reason }
        })
    }

    /// Turns to the next host, which may be able to answer.
    fn leave_host(&self, host: usize) {
        let next = (host + 1) % self.address.hosts().len();
        let (done, lost) = (Ordering::Relaxed, Ordering::Relaxed);
        let _ = self.host.compare_exchange(host, next, done, lost);
    }

    /// Reads an answer. The inner error is temporary.
    fn read(
        &self,
        answer: http::Response<ureq::Body>,
    ) -> Result<Result<Answer, ClusterError>, ClusterError> {
        let status = answer.status().as_u16();
        let packed = answer.headers().get("content-encoding");
        let packed = packed.is_some_and(|packed| packed.as_bytes() == b"gzip");
        let mut bytes = Vec::new();
        // A connection can be reused only if its answer was read to the end.
        let mut body = answer.into_body().into_with_config().limit(MOST_BYTES).reader();
        let mut read = body.read_to_end(&mut bytes);
        if packed && read.is_ok() {
            let raw = std::mem::take(&mut bytes);
            read = GzDecoder::new(&raw[..]).take(MOST_BYTES).read_to_end(&mut bytes);
        }
        let unreadable = |reason| ClusterError::Answer { place: self.place(), reason };
        if let Err(error) = read {
            return Ok(Err(unreadable(ClusterReason::says(&error))));
        }
        let body = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
        if matches!(status, 429 | 502 | 503 | 504) {
            let answer = Answer { status, body: body.unwrap_or_default() };
            if !is_block(&answer.body["error"]) {
                return Ok(Err(ClusterError::Refused {
                    place: self.place(),
                    doing: ClusterStep::Asking,
                    reason: ClusterReason::Busy { status, says: answer.reason().to_string() },
                }));
            }
            return Ok(Ok(answer));
        }
        match body {
            Ok(body) => Ok(Ok(Answer { status, body })),
            // A page of some other server, whose content doesn't matter.
            Err(_) if !(200..300).contains(&status) => Ok(Ok(Answer { status, body: Value::Null })),
            Err(error) => Err(unreadable(ClusterReason::NoJson { says: error.to_string() })),
        }
    }

    /// Turns answers about credentials and privileges into errors, whatever the request.
    fn judged(&self, answer: Answer) -> Result<Answer, ClusterError> {
        let place = self.place();
        match answer.status {
            _ if is_block(&answer.body["error"]) => Err(self.blocked(answer.reason())),
            401 => Err(ClusterError::Unauthorized { place }),
            403 => Err(ClusterError::Forbidden { place, reason: answer.reason() }),
            _ => Ok(answer),
        }
    }

    pub(crate) fn blocked(&self, reason: ClusterReason) -> ClusterError {
        ClusterError::ReadOnly { place: self.place(), index: self.index().to_owned(), reason }
    }

    /// The error, if a retry can't help.
    fn for_good(&self, error: &ureq::Error) -> Option<ClusterError> {
        let place = self.place();
        match error {
            ureq::Error::Rustls(error) => {
                Some(ClusterError::Untrusted { place, reason: ClusterReason::says(error) })
            }
            ureq::Error::Tls(error) => {
                Some(ClusterError::Untrusted { place, reason: ClusterReason::says(error) })
            }
            // The library reports a failed handshake as a read error.
            ureq::Error::Io(io) => {
                let inner = io.get_ref()?.downcast_ref::<rustls::Error>()?;
                Some(ClusterError::Untrusted { place, reason: ClusterReason::says(inner) })
            }
            ureq::Error::HostNotFound => {
                Some(ClusterError::Unreachable { place, reason: ClusterReason::UnknownHost })
            }
            ureq::Error::BadUri(error) => {
                Some(ClusterError::Address { text: place, reason: ClusterReason::says(error) })
            }
            _ => None,
        }
    }

    /// Sends a request that must succeed.
    pub(crate) fn must(
        &self,
        doing: ClusterStep,
        method: &str,
        path: &str,
        body: Body<'_>,
        patience: Patience,
    ) -> Result<Value, ClusterError> {
        let answer = self.ask(method, path, body, patience)?;
        if answer.is_ok() { Ok(answer.body) } else { Err(self.refused(doing, answer.reason())) }
    }

    pub(crate) fn refused(
        &self,
        doing: ClusterStep,
        reason: impl Into<ClusterReason>,
    ) -> ClusterError {
        ClusterError::Refused { place: self.place(), doing, reason: reason.into() }
    }

    pub(crate) fn answer(&self, reason: ClusterReason) -> ClusterError {
        ClusterError::Answer { place: self.place(), reason }
    }
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    let name = host.split_once("://").map_or(host, |(_, name)| name);
    let name = name.split('/').next().unwrap_or(name);
    let port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = name.rsplit_once(':').filter(|(_, end)| port(end)).map_or(name, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// The authorities trusted to sign the cluster's certificate.
fn trusted(login: &Login) -> Result<RootCerts, ClusterError> {
    let Some(file) = &login.authorities else {
        let certificates = rustls_native_certs::load_native_certs().certs;
        let certificates: Vec<_> =
            certificates.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
        return Ok(RootCerts::from(certificates));
    };
    let wrong = |reason| ClusterError::Login { place: file.display().to_string(), reason };
    let bytes = std::fs::read(file).map_err(|error| wrong(ClusterReason::says(&error)))?;
    let mut all = Vec::new();
    for item in parse_pem(&bytes) {
        match item {
            Ok(PemItem::Certificate(certificate)) => all.push(certificate),
            Ok(_) => {}
            Err(error) => {
                return Err(wrong(ClusterReason::InvalidCertificate { says: error.to_string() }));
            }
        }
    }
    if all.is_empty() {
        return Err(wrong(ClusterReason::NoCertificate));
    }
    Ok(RootCerts::from(all))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
    packed.write_all(bytes).expect("memory takes what is written");
    packed.finish().expect("memory takes what is written")
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::sync::mpsc::channel;

    use super::*;

    fn client(hosts: &str) -> Client {
        let address = Address::parse(&format!("http://{hosts}/clauses")).unwrap();
        Client::new(address, Login::default()).unwrap()
    }

    #[test]
    fn this_machine_is_known() {
        for here in ["http://localhost", "https://127.0.0.1:9200/path", "http://[::1]:9200"] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in ["http://127.0.0.1.example", "https://search.example:9200", "http://[::2]"]
        {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn who_never_answers_is_not_waited_for() {
        // The system accepts connections, but nobody reads from them.
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let client = client(&silent.local_addr().unwrap().to_string());
        let patience =
            Patience { answer: Duration::from_millis(100), again: Duration::from_millis(100) };
        let error = client.ask("GET", "/", Body::None, patience).unwrap_err();
        assert!(matches!(error, ClusterError::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains("timeout"), "{error}");
    }

    #[test]
    fn another_host_answers_for_one_that_is_gone() {
        let gone = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let (there, _) = answering(&gzip(b"{}"));
        let client = client(&format!("{gone},{there}"));
        for _ in 0..2 {
            let answer = client.ask("GET", "/", Body::None, Patience::READING).unwrap();
            assert_eq!(answer.status, 200);
        }
    }

    #[test]
    fn a_connection_serves_for_all_that_is_asked() {
        let (there, connections) = answering(&gzip(b"{\"a\": 1}"));
        let client = client(&there);
        for _ in 0..5 {
            let answer = client.ask("GET", "/", Body::None, Patience::READING).unwrap();
            assert_eq!(answer.body["a"], 1);
        }
        assert_eq!(connections.try_iter().count(), 1);
    }

    /// A server that answers each request with a compressed body in chunks, as clusters do. Returns
    /// its address, and a channel that reports each connection.
    fn answering(body: &[u8]) -> (String, std::sync::mpsc::Receiver<()>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (tell, connections) = channel();
        let mut answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\
            transfer-encoding: chunked\r\n\r\n"
            .to_vec();
        answer.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        answer.extend_from_slice(body);
        answer.extend_from_slice(b"\r\n0\r\n\r\n");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = tell.send(());
                let answer = answer.clone();
                std::thread::spawn(move || {
                    let mut writer = stream.try_clone().unwrap();
                    for line in BufReader::new(stream).lines().map_while(Result::ok) {
                        if line.is_empty() && writer.write_all(&answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        (address, connections)
    }
}
