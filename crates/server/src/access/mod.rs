//! Who may use the server: decided for each request before its route.
//!
//! A server that only this machine reaches answers everybody on it. One that other machines reach
//! either has keys (`keys.rs`), or answers only what comes through a proxy that decides
//! (`proxies.rs`). A server with neither doesn't start on such an address.
//!
//! Two routes are open in any case, as probes have no keys: `/healthz` and `/readyz`. Metrics are for
//! this machine, and for keys with that right.

mod keys;
mod proxies;
mod rate;

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use keys::{KeyProblem, Keys, KeysError, NewKey, Right, Rights};
pub use proxies::{Proxies, ProxiesError};
pub use rate::{Rate, RateError};

use crate::problem::Problem;

/// Who may use a server.
#[derive(Debug, Default)]
pub struct Access {
    /// The keys that are accepted. `None`: no key is asked for.
    pub keys: Option<Keys>,
    /// The proxies that requests come through.
    pub proxies: Proxies,
}

/// The address of the client at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// A request that may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// The name of its key, if keys are asked for.
    pub(crate) key: Option<String>,
    pub(crate) rights: Rights,
}

/// Why a request may not be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) problem: Problem,
    /// The name of its key, if it has a known one.
    pub(crate) key: Option<String>,
    /// The challenges of a request without a known key (RFC 9110, 11.6.1).
    pub(crate) is_unknown: bool,
    /// The seconds after which it may be sent again.
    pub(crate) again_in: Option<u64>,
}

/// The challenges of 401. Browsers ask people for a name, which is ignored, and a password, which is
/// the key; programs send it as a bearer token.
pub(crate) const CHALLENGES: [&str; 2] =
    ["Basic realm=\"tiaowen\", charset=\"UTF-8\"", "Bearer realm=\"tiaowen\""];

impl Refused {
    fn new(status: StatusCode, detail: &str) -> Self {
        let problem = Problem::new(status, detail);
        Refused { problem, key: None, is_unknown: false, again_in: None }
    }

    fn unknown(detail: &str) -> Self {
        Refused { is_unknown: true, ..Refused::new(StatusCode::UNAUTHORIZED, detail) }
    }
}

impl Access {
    /// Whether the server may listen where other machines reach it.
    pub(crate) fn guards(&self) -> bool {
        self.keys.is_some() || !self.proxies.is_empty()
    }

    /// The address of the client that sent a request.
    pub(crate) fn client(&self, request: &Request) -> Option<IpAddr> {
        let Peer(peer) = request.extensions().get::<Peer>()?;
        Some(self.proxies.client(peer.ip(), request.headers()))
    }

    /// Decides about a request for a route, which is without the base path.
    pub(crate) fn admit(&self, route: &str, request: &Request) -> Result<Admitted, Refused> {
        if route == "/healthz" || route == "/readyz" {
            return Ok(Admitted { key: None, rights: Rights::default() });
        }
        let needed = needed(route, request.method());
        match &self.keys {
            Some(keys) => with_key(keys, needed, route, request.headers()),
            None => self.without_key(needed, request),
        }
    }

    fn without_key(&self, needed: Right, request: &Request) -> Result<Admitted, Refused> {
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_canonical());
        // Requests without a connection are made by tests of routes only.
        let is_local = peer.is_none_or(|peer| peer.is_loopback());
        if !self.proxies.is_empty()
            && !is_local
            && !peer.is_some_and(|peer| self.proxies.contain(peer))
        {
            let detail = "this server answers through its proxy only: ask at its public address";
            return Err(Refused::new(StatusCode::FORBIDDEN, detail));
        }
        let is_from_here = is_local && !proxies::is_forwarded(request.headers());
        if needed == Right::Metrics && !is_from_here {
            let detail = "metrics are for the machine of the server itself, or for keys with the \
                          right 'metrics' where it has --api-keys";
            return Err(Refused::new(StatusCode::FORBIDDEN, detail));
        }
        Ok(Admitted { key: None, rights: Rights::ALL })
    }
}

/// The right that a request needs.
fn needed(route: &str, method: &Method) -> Right {
    let sends = method == Method::POST;
    match route {
        "/metrics" => Right::Metrics,
        "/compare" | "/verify" | "/api/v1/verify" if sends => Right::Upload,
        _ => Right::Read,
    }
}

fn with_key(
    keys: &Keys,
    needed: Right,
    route: &str,
    headers: &HeaderMap,
) -> Result<Admitted, Refused> {
    let Some(given) = given(headers) else {
        return Err(Refused::unknown(
            "a key is needed: send it as 'Authorization: Bearer KEY', or type it as the password in \
             a browser, with any name",
        ));
    };
    let Some(key) = keys.find(&given) else {
        return Err(Refused::unknown(
            "the key is not known to this server; ask its administrator for another",
        ));
    };
    let named = |refused: Refused| Refused { key: Some(key.name.clone()), ..refused };
    if !key.rights.allow(needed) {
        let detail = format!("the key '{}' lacks the right '{needed}'", key.name);
        return Err(named(Refused::new(StatusCode::FORBIDDEN, &detail)));
    }
    // Style sheets and scripts of a page come along with it.
    if route != "/assets/{name}"
        && let Err(wait) = key.take(Instant::now())
    {
        let again_in = wait.as_secs_f64().ceil().max(1.0) as u64;
        let detail = format!(
            "the key '{}' is for {} requests; try again in {again_in} s",
            key.name, key.rate
        );
        let refused = named(Refused::new(StatusCode::TOO_MANY_REQUESTS, &detail));
        return Err(Refused { again_in: Some(again_in), ..refused });
    }
    Ok(Admitted { key: Some(key.name.clone()), rights: key.rights })
}

/// The key in a request: a bearer token, or the password of basic authentication.
fn given(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = sent.split_once(' ')?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(path: &str, peer: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(SocketAddr::new(peer.parse().unwrap(), 1)));
        request
    }

    #[test]
    fn keys_come_as_bearer_tokens_or_passwords() {
        let sent = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            given(&headers)
        };
        assert_eq!(sent("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(sent("bearer  abc").as_deref(), Some("abc"));
        assert_eq!(sent(&format!("Basic {}", STANDARD.encode("me:a:b"))).as_deref(), Some("a:b"));
        for none in ["Basic !", "Digest abc", "abc", &format!("Basic {}", STANDARD.encode("me"))] {
            assert_eq!(sent(none), None, "{none}");
        }
    }

    #[test]
    fn behind_a_proxy_nothing_else_is_answered() {
        let access = Access { keys: None, proxies: "10.0.0.0/8".parse().unwrap() };
        let ask = |route: &str, peer: &str, headers: &[(&str, &str)]| {
            let done = access.admit(route, &request(route, peer, headers));
            done.err().map(|refused| refused.problem.status().as_u16())
        };
        assert_eq!(ask("/", "10.1.2.3", &[]), None);
        assert_eq!(ask("/", "::ffff:10.1.2.3", &[]), None);
        assert_eq!(ask("/", "127.0.0.1", &[]), None);
        assert_eq!(ask("/", "192.0.2.1", &[]), Some(403));
        assert_eq!(ask("/healthz", "192.0.2.1", &[]), None);
        // Metrics don't go through the proxy.
        assert_eq!(ask("/metrics", "10.1.2.3", &[]), Some(403));
        assert_eq!(ask("/metrics", "127.0.0.1", &[("x-forwarded-for", "192.0.2.1")]), Some(403));
        assert_eq!(ask("/metrics", "127.0.0.1", &[]), None);
    }
}
