//! What is not answered at all: requests for another host, too long, or with a body.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::{Method, StatusCode, Version, header};

use crate::api::MOST_BODY;
use crate::problem::Problem;
use crate::{Limits, Links};

/// The hosts that requests may name.
///
/// A page elsewhere can make its own name lead to 127.0.0.1 and then read what a server there
/// answers, as far as the browser knows from its own origin. So a server that only this machine
/// reaches, or whose public name is known, answers to its own names only. A page can make no IP
/// address lead elsewhere: a server that others reach answers to each, as probes of its health ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// Whatever is named: the server is open to other machines, and nobody said by which name.
    Any,
    /// Names of this machine, and the one that the server is known by outside.
    Own {
        /// The name outside, where one is known.
        public: Option<String>,
        /// Whether all IP addresses are answered, or those of this machine alone.
        any_address: bool,
    },
}

impl Hosts {
    /// The hosts of a server on `address`, known outside by `links`.
    pub(crate) fn of(address: SocketAddr, links: &Links) -> Self {
        let is_open = !address.ip().is_loopback();
        let public = links.host().map(|host| bare(host).to_ascii_lowercase());
        if is_open && public.is_none() {
            return Hosts::Any;
        }
        Hosts::Own { public, any_address: is_open }
    }

    /// Whether requests for `host` (with a port, perhaps) are answered.
    fn answers(&self, host: &str) -> bool {
        let Hosts::Own { public, any_address } = self else { return true };
        let name = bare(host).to_ascii_lowercase();
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        name == "localhost"
            || name.ends_with(".localhost")
            || address.is_ok_and(|address| *any_address || address.is_loopback())
            || public.as_ref() == Some(&name)
    }
}

/// A host without its port, and without the dot that ends a full name.
fn bare(host: &str) -> &str {
    let name = match (host.starts_with('['), host.find(']')) {
        (true, Some(end)) => &host[..=end],
        _ => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.strip_suffix('.').unwrap_or(name)
}

/// Why a request is not answered, if it is not.
pub(crate) fn refusal(hosts: &Hosts, limits: &Limits, request: &Request) -> Option<Problem> {
    let uri = request.uri();
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named.next().map(|host| host.to_str().unwrap_or("?"));
    if named.next().is_some() || host.is_none() && request.version() != Version::HTTP_10 {
        return Some(Problem::unreadable("a request names one host"));
    }
    // An old client that names no host is no browser that was led here.
    if let Some(host) = uri.authority().map(|authority| authority.as_str()).or(host)
        && !hosts.answers(host)
    {
        return Some(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this server answers to names of its own machine and to its public name only; start it \
             with --public-url to say by which name others know it",
        ));
    }
    let length = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if length > limits.address {
        let most = limits.address;
        let detail = format!("the address has {length} bytes; at most {most} are read");
        return Some(Problem::new(StatusCode::URI_TOO_LONG, detail));
    }
    let told = request.headers().get(header::CONTENT_LENGTH);
    let body = told.and_then(|length| length.to_str().ok()?.parse::<u64>().ok()).unwrap_or(0);
    // A text to check doesn't fit into an address.
    let is_text = request.method() == Method::POST && uri.path().ends_with("/api/v1/verify");
    if is_text && body > MOST_BODY as u64 {
        let detail = format!("the body has {body} bytes; at most {MOST_BODY} are read");
        return Some(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    if !is_text && body > limits.body as u64 {
        let detail = "requests need no body: everything is asked in the address";
        return Some(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_loopback_answers_to_its_own_names() {
        let links = Links::below("https://Clauses.example.org:8443/law").unwrap();
        let hosts = Hosts::of(([127, 0, 0, 1], 7171).into(), &links);
        for own in [
            "localhost",
            "LOCALHOST:7171",
            "localhost.",
            "127.0.0.1:7171",
            "127.8.9.1",
            "[::1]:7171",
            "[::1]",
            "app.localhost:1",
            "clauses.example.org",
            "clauses.example.org:443",
        ] {
            assert!(hosts.answers(own), "{own}");
        }
        for other in [
            "evil.example",
            "evil.example:7171",
            "192.168.0.1",
            "example.org",
            "localhost.evil",
            "",
        ] {
            assert!(!hosts.answers(other), "{other}");
        }
    }

    #[test]
    fn an_open_server_answers_to_its_public_name_and_to_addresses() {
        let links = Links::below("https://clauses.example.org").unwrap();
        let known = Hosts::of(([0, 0, 0, 0], 80).into(), &links);
        for own in ["clauses.example.org", "localhost:80", "192.168.0.1:80", "[2001:db8::1]"] {
            assert!(known.answers(own), "{own}");
        }
        for other in ["evil.example", "example.org", "clauses.example.org.evil.example", ""] {
            assert!(!known.answers(other), "{other}");
        }
        // Without a public name none can be told from another.
        let unknown = Hosts::of(([0, 0, 0, 0], 80).into(), &Links::default());
        assert!(unknown.answers("evil.example"));
    }
}
