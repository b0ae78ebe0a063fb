//! A client of a server with OpenAI's embedding API.
//!
//! Nearly every program that runs embedding models offers it: llama.cpp, Ollama, vLLM, Text Embeddings
//! Inference, LM Studio, and small servers of single models. One request is `POST {base}/embeddings`
//! with a model and a list of texts.
//!
//! The texts may be confidential, so they go to the given address only. A redirect is an error and not
//! followed, and `HTTP_PROXY` and the like are not read. Every request has a time limit. A key is read
//! from the environment by the caller and never printed, and is not sent over http:// to another machine.

use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::http;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::packed::MOST_DIMENSIONS;
use crate::sides::{Side, Sides};

/// The time for a connection.
const CONNECT: Duration = Duration::from_secs(2);

/// The most bytes of an answer.
const MOST_BYTES: u64 = 64 << 20;

/// The most characters of a server's message in an error.
const MOST_MESSAGE: usize = 200;

/// How long to wait for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience(pub Duration);

impl Patience {
    /// For the vector of a query, for which somebody waits.
    pub const ASKING: Patience = Patience(Duration::from_secs(4));
    /// For the vectors of many clauses.
    pub const FILLING: Patience = Patience(Duration::from_secs(120));
}

/// What is wrong with an address or an answer. The key and parameters of its serialized form find its
/// sentence in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum EndpointReason {
    #[error("it begins neither with https:// nor with http://")]
    NoScheme,
    #[error("a password doesn't belong into an address; set TIAOWEN_MEANING_KEY")]
    PasswordInEndpoint,
    #[error("nothing can follow its path")]
    BehindPath,
    #[error("its host is missing or can't be read")]
    NoEndpointHost,
    #[error("a key would be sent over http:// for everyone to read")]
    KeyInClear,
    #[error("it redirects elsewhere, where no text is sent")]
    Redirects,
    #[error("no connection")]
    NoConnection,
    #[error("{vectors} vectors for {texts} texts")]
    VectorCount { vectors: usize, texts: usize },
    #[error("a vector of {dimensions} dimensions")]
    DimensionCount { dimensions: usize },
    #[error("a vector without a direction")]
    VectorDirection,
    #[error("no reason given")]
    NoReason,
    /// What the server, a library or the system says, in English.
    #[error("{says}")]
    Says { says: String },
}

impl EndpointReason {
    fn says(error: &impl fmt::Display) -> Self {
        EndpointReason::Says { says: error.to_string() }
    }
}

/// Why a server gave no vectors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// The address can't be one.
    #[error(
        "'{text}' is not the address of an embedding server: {reason}; write it like \
         http://127.0.0.1:8000/v1"
    )]
    Address {
        /// The address, without secrets.
        text: String,
        /// What is wrong with it.
        reason: EndpointReason,
    },
    /// No connection, or one that broke.
    #[error("the embedding server at {place} can't be reached: {reason}; is it running?")]
    Away {
        /// Its address.
        place: String,
        /// The message of the system.
        reason: EndpointReason,
    },
    /// No answer in time.
    #[error("the embedding server at {place} did not answer within {seconds} s")]
    Slow {
        /// Its address.
        place: String,
        /// The time that it had.
        seconds: u64,
    },
    /// An answer that isn't a success.
    #[error("the embedding server at {place} refused ({status}): {reason}")]
    Refused {
        /// Its address.
        place: String,
        /// The status.
        status: u16,
        /// Its message.
        reason: EndpointReason,
    },
    /// An answer that can't be read, or whose vectors are none.
    #[error("the embedding server at {place} did not answer with vectors: {reason}")]
    Junk {
        /// Its address.
        place: String,
        /// What is wrong with it.
        reason: EndpointReason,
    },
}

impl EndpointError {
    /// Whether shorter or fewer texts might have been accepted.
    pub(crate) fn may_be_too_long(&self) -> bool {
        matches!(self, EndpointError::Refused { status: 400 | 413 | 422 | 500, .. })
    }
}

/// A server that makes vectors of texts.
#[derive(Clone)]
pub struct Endpoint {
    agent: ureq::Agent,
    base: String,
    key: Option<String>,
}

impl fmt::Debug for Endpoint {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.base).finish()
    }
}

#[derive(Serialize)]
struct EmbeddingRequest<'a> {
    model: &'a str,
    input: &'a [String],
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_type: Option<&'static str>,
}

#[derive(Deserialize)]
struct EmbeddingAnswer {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: Option<usize>,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct ModelsAnswer {
    data: Vec<ModelName>,
}

#[derive(Deserialize)]
struct ModelName {
    id: String,
}

impl Endpoint {
    /// The server at an address such as `http://127.0.0.1:8000/v1`. An address without a path means
    /// `/v1`, where nearly all servers have the API. `key` is sent as a bearer token.
    ///
    /// # Errors
    /// [`EndpointError::Address`].
    pub fn new(text: &str, key: Option<String>) -> Result<Self, EndpointError> {
        let base = base(text)?;
        if key.is_some() && base.starts_with("http://") && !is_here(&base) {
            let reason = EndpointReason::KeyInClear;
            return Err(EndpointError::Address { text: base, reason });
        }
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("tiaowen/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT));
        if base.starts_with("https://") {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let known = rustls_native_certs::load_native_certs().certs;
            let known: Vec<_> =
                known.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
            let tls = TlsConfig::builder()
                .unversioned_rustls_crypto_provider(provider)
                .root_certs(RootCerts::from(known));
            config = config.tls_config(tls.build());
        }
        Ok(Endpoint { agent: config.build().into(), base, key })
    }

    /// The address, for messages.
    pub fn place(&self) -> &str {
        &self.base
    }

    /// The names of the models that the server has, the first of which it usually means.
    ///
    /// # Errors
    /// When it can't be reached, or has no such list.
    pub fn models(&self) -> Result<Vec<String>, EndpointError> {
        let body = self.send("GET", "/models", Vec::new(), Patience::ASKING)?;
        let models: ModelsAnswer = self.read(&body)?;
        Ok(models.data.into_iter().map(|model| model.id).collect())
    }

    /// The vector of each text, in order. All have the same dimension.
    ///
    /// # Errors
    /// When the server doesn't give one for each.
    pub fn vectors(
        &self,
        model: &str,
        sides: &Sides,
        side: Side,
        texts: &[&str],
        patience: Patience,
    ) -> Result<Vec<Vec<f32>>, EndpointError> {
        let input: Vec<String> = texts.iter().map(|text| sides.text(side, text)).collect();
        let request = EmbeddingRequest {
            model,
            input: &input,
            encoding_format: "float",
            input_type: sides.input_type(side),
        };
        let body = serde_json::to_vec(&request).expect("texts are JSON");
        let answer = self.send("POST", "/embeddings", body, patience)?;
        let mut answer: EmbeddingAnswer = self.read(&answer)?;
        if answer.data.len() != texts.len() {
            let (vectors, texts) = (answer.data.len(), texts.len());
            return Err(self.junk(EndpointReason::VectorCount { vectors, texts }));
        }
        answer.data.sort_by_key(|one| one.index);
        let vectors: Vec<Vec<f32>> = answer.data.into_iter().map(|one| one.embedding).collect();
        let dimension = vectors.first().map_or(0, Vec::len);
        for vector in &vectors {
            if vector.is_empty() || vector.len() > MOST_DIMENSIONS || vector.len() != dimension {
                return Err(self.junk(EndpointReason::DimensionCount { dimensions: vector.len() }));
            }
            let is_finite = vector.iter().all(|value| value.is_finite());
            if !is_finite || vector.iter().all(|value| *value == 0.0) {
                return Err(self.junk(EndpointReason::VectorDirection));
            }
        }
        Ok(vectors)
    }

    /// How this server learns which side a text belongs to: by `input_type` if the same text then has
    /// two vectors; otherwise by the prefixes.
    ///
    /// # Errors
    /// When the server doesn't make vectors.
    pub fn sides(&self, model: &str, prefixes: (&str, &str)) -> Result<Sides, EndpointError> {
        let of = |side| self.vectors(model, &Sides::InputType, side, &[PROBE], Patience::FILLING);
        // Servers that check their input refuse a field that they don't know.
        if let (Ok(query), Ok(passage)) = (of(Side::Query), of(Side::Passage))
            && !is_alike(&query, &passage)
        {
            return Ok(Sides::InputType);
        }
        let (query, passage) = (prefixes.0.to_owned(), prefixes.1.to_owned());
        Ok(Sides::Prefix { query, passage })
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        body: Vec<u8>,
        patience: Patience,
    ) -> Result<Vec<u8>, EndpointError> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .header("accept", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let away = |reason| EndpointError::Away { place: self.base.clone(), reason };
        let request = request.body(body).map_err(|error| away(EndpointReason::says(&error)))?;
        let request =
            self.agent.configure_request(request).timeout_global(Some(patience.0)).build();
        let slow = || EndpointError::Slow {
            place: self.base.clone(),
            seconds: patience.0.as_secs().max(1),
        };
        let answer = self.agent.run(request).map_err(|error| match error {
            ureq::Error::Timeout(ureq::Timeout::Connect) => away(EndpointReason::NoConnection),
            ureq::Error::Timeout(_) => slow(),
            error => away(EndpointReason::says(&error)),
        })?;
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        let mut reader = answer.into_body().into_with_config().limit(MOST_BYTES).reader();
        reader.read_to_end(&mut bytes).map_err(|error| {
            let is_slow = error.get_ref().and_then(|error| error.downcast_ref::<ureq::Error>());
            let is_slow = is_slow.is_some_and(|error| matches!(error, ureq::Error::Timeout(_)));
            if is_slow { slow() } else { away(EndpointReason::says(&error)) }
        })?;
        if (200..300).contains(&status) {
            return Ok(bytes);
        }
        let reason = match status {
            300..400 => EndpointReason::Redirects,
            _ => message(&bytes),
        };
        Err(EndpointError::Refused { place: self.base.clone(), status, reason })
    }

    fn read<T: for<'de> Deserialize<'de>>(&self, body: &[u8]) -> Result<T, EndpointError> {
        serde_json::from_slice(body).map_err(|error| self.junk(EndpointReason::says(&error)))
    }

    fn junk(&self, reason: EndpointReason) -> EndpointError {
        EndpointError::Junk { place: self.base.clone(), reason }
    }
}

/// Whether two answers have the same vector, but for what parallel sums differ in from run to run.
fn is_alike(one: &[Vec<f32>], other: &[Vec<f32>]) -> bool {
    let dot =
        |left: &[f32], right: &[f32]| -> f32 { left.iter().zip(right).map(|(l, r)| l * r).sum() };
    one.iter().zip(other).all(|(one, other)| {
        let lengths = (dot(one, one) * dot(other, other)).sqrt();
        one.len() == other.len() && dot(one, other) > SAME * lengths
    })
}

/// The cosine from which vectors count as the same. With a mark for the other side, the vectors of a text
/// have one of about 0.95.
const SAME: f32 = 0.999;

/// The text whose vectors for both sides are compared.
const PROBE: &str = "雙方互相承認學位。 Mutual recognition of degrees.";

/// The message in a server's error, or the beginning of it.
fn message(body: &[u8]) -> EndpointReason {
    let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let found = ["/error/message", "/error", "/message", "/detail"];
    let found = found.iter().find_map(|place| value.pointer(place)?.as_str());
    let text = found.map_or_else(|| String::from_utf8_lossy(body).into_owned(), str::to_owned);
    let text: String = text.chars().filter(|c| !c.is_control()).take(MOST_MESSAGE).collect();
    if text.is_empty() { EndpointReason::NoReason } else { EndpointReason::Says { says: text } }
}

/// The address below which the API is.
fn base(text: &str) -> Result<String, EndpointError> {
    let wrong = |text: &str, reason| EndpointError::Address { text: text.to_owned(), reason };
    let scheme = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    let Some((scheme, rest)) = scheme else {
        return Err(wrong(text, EndpointReason::NoScheme));
    };
    if let Some((_, host)) = rest.rsplit_once('@') {
        let shown = format!("{scheme}://{host}");
        return Err(wrong(&shown, EndpointReason::PasswordInEndpoint));
    }
    if rest.contains(['?', '#']) {
        return Err(wrong(text, EndpointReason::BehindPath));
    }
    let rest = rest.trim_end_matches('/');
    let rest = rest.strip_suffix("/embeddings").unwrap_or(rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address = format!("{scheme}://{host}/{}", if path.is_empty() { "v1" } else { path });
    let is_one = address.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some());
    if host.is_empty() || host.starts_with(':') || !is_one {
        return Err(wrong(text, EndpointReason::NoEndpointHost));
    }
    Ok(address)
}

/// Whether an address is on this machine.
fn is_here(base: &str) -> bool {
    let host = base.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    host.is_some_and(|host| matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Stub, Trouble};

    fn prefixed() -> Sides {
        Sides::Prefix { query: "query: ".into(), passage: "passage: ".into() }
    }

    fn asked(stub: &Stub, patience: Patience) -> Result<Vec<Vec<f32>>, EndpointError> {
        let endpoint = Endpoint::new(&stub.url(), None).unwrap();
        endpoint.vectors("m", &prefixed(), Side::Passage, &["質素", "合作"], patience)
    }

    #[test]
    fn addresses_are_completed_and_wrong_ones_refused_without_secrets() {
        for (text, whole) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
            ("http://127.0.0.1:8000/v1/embeddings", "http://127.0.0.1:8000/v1"),
            ("https://models.example/e5/v1/", "https://models.example/e5/v1"),
        ] {
            assert_eq!(Endpoint::new(text, None).unwrap().place(), whole);
        }
        for (text, reason) in [
            ("localhost:8000", "begins neither"),
            ("ftp://localhost", "begins neither"),
            ("http://", "host is missing"),
            ("http://:8000", "host is missing"),
            ("http://a b/v1", "can't be read"),
            ("http://a/v1?key=secret", "nothing can follow"),
            ("http://me:secret@a/v1", "a password doesn't belong"),
        ] {
            let error = Endpoint::new(text, None).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
            assert!(!error.contains("secret@") && !error.contains("me:"), "{error}");
        }
        let key = || Some("secret".to_owned());
        assert!(Endpoint::new("http://models.example", key()).is_err());
        assert!(Endpoint::new("http://127.0.0.1:8000", key()).is_ok());
    }

    #[test]
    fn texts_are_sent_with_their_prefix_and_come_back_in_order() {
        let stub = Stub::new();
        stub.set(Trouble::Shuffled);
        let both = asked(&stub, Patience::ASKING).unwrap();
        stub.set(Trouble::None);
        assert_eq!(asked(&stub, Patience::ASKING).unwrap(), both);
        assert_eq!(stub.texts()[..2], ["passage: 質素", "passage: 合作"]);
    }

    #[test]
    fn each_fault_is_an_error_that_says_which() {
        let stub = Stub::new();
        let patience = Patience(Duration::from_millis(200));
        let of = |trouble: Trouble| {
            stub.set(trouble);
            asked(&stub, patience).unwrap_err()
        };
        assert!(matches!(of(Trouble::Silent), EndpointError::Slow { .. }));
        let refused = of(Trouble::Status(503));
        assert!(matches!(refused, EndpointError::Refused { status: 503, .. }), "{refused}");
        let moved = of(Trouble::Redirect);
        assert!(moved.to_string().contains("redirects elsewhere"), "{moved}");
        for trouble in [
            Trouble::Junk,
            Trouble::Empty,
            Trouble::Fewer,
            Trouble::Zero,
            Trouble::Ragged,
            Trouble::Nothing,
        ] {
            let error = of(trouble);
            assert!(matches!(error, EndpointError::Junk { .. }), "{trouble:?}: {error}");
        }
        let gone = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let endpoint = Endpoint::new(&format!("http://{gone}"), None).unwrap();
        let error = endpoint.models().unwrap_err();
        assert!(matches!(error, EndpointError::Away { .. }), "{error}");
    }

    #[test]
    fn a_redirect_sends_nothing_to_the_other_address() {
        let (stub, other) = (Stub::new(), Stub::new());
        stub.set_redirect(&other.url());
        stub.set(Trouble::Redirect);
        assert!(asked(&stub, Patience::ASKING).is_err());
        assert_eq!(other.requests(), 0);
    }

    #[test]
    fn how_a_side_is_marked_is_found_out() {
        let stub = Stub::new();
        let endpoint = Endpoint::new(&stub.url(), None).unwrap();
        let sides = || endpoint.sides("m", ("query: ", "passage: ")).unwrap();
        assert_eq!(sides(), prefixed(), "it ignores input_type");
        stub.set(Trouble::Marks);
        assert_eq!(sides(), Sides::InputType);
        stub.set(Trouble::Strict);
        assert_eq!(sides(), prefixed(), "it refuses input_type");
        assert_eq!(endpoint.models().unwrap(), ["stub-model"]);
    }
}
