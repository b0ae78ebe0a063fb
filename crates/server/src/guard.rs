//! Rejects requests that must not be answered: for another host, with too long an address, or with
//! an unexpected body.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::{Method, StatusCode, Version, header};

use crate::api::MOST_BODY;
use crate::mcp::MOST_MESSAGE;
use crate::problem::Problem;
use crate::upload::MOST_UPLOAD;
use crate::{Limits, Links};

/// The hosts that requests may name.
///
/// A page elsewhere can resolve its own name to 127.0.0.1 and then read the answers of a local
/// server as if they came from its own origin (DNS rebinding). So a server that only this machine
/// can reach, or whose public name is known, answers only to its own names. A page can't redirect
/// an IP address, so a server that other machines reach answers to all of them, as health probes
/// use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// Whatever is named: the server is open to other machines, and nobody said by which name.
    Any,
    /// The names of this machine, and the public name of the server.
    Own {
        /// The public name, if it is known.
        public: Option<String>,
        /// Whether all IP addresses are accepted, or only those of this machine.
        any_address: bool,
    },
}

impl Hosts {
    /// The hosts of a server on `address` with the public address in `links`.
    pub(crate) fn of(address: SocketAddr, links: &Links) -> Self {
        let is_open = !address.ip().is_loopback();
        let public = links.host().map(|host| bare(host).to_ascii_lowercase());
        if is_open && public.is_none() {
            return Hosts::Any;
        }
        Hosts::Own { public, any_address: is_open }
    }

    /// Whether requests for `host`, which may include a port, are answered.
    fn answers(&self, host: &str) -> bool {
        let Hosts::Own { public, any_address } = self else { return true };
        let name = bare(host).to_ascii_lowercase();
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        name == "localhost"
            || name.ends_with(".localhost")
            || address.is_ok_and(|address| *any_address || address.is_loopback())
            || public.as_ref() == Some(&name)
    }

    /// Whether pages of an origin are answered where pages of others could act for their readers.
    /// `host` is the one that the request names.
    fn answers_page(&self, origin: &str, host: Option<&str>) -> bool {
        let Some((_, own)) = origin.split_once("://") else { return false };
        match self {
            Hosts::Any => host.is_some_and(|host| bare(host).eq_ignore_ascii_case(bare(own))),
            Hosts::Own { .. } => self.answers(own),
        }
    }
}

/// A host without its port and without the final dot of a full name.
fn bare(host: &str) -> &str {
    let name = match (host.starts_with('['), host.find(']')) {
        (true, Some(end)) => &host[..=end],
        _ => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.strip_suffix('.').unwrap_or(name)
}

/// The reason why a request isn't answered, if there is one.
pub(crate) fn refusal(hosts: &Hosts, limits: &Limits, request: &Request) -> Option<Problem> {
    let uri = request.uri();
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named.next().map(|host| host.to_str().unwrap_or("?"));
    if named.next().is_some() || host.is_none() && request.version() != Version::HTTP_10 {
        return Some(Problem::unreadable("a request names one host"));
    }
    // A client that names no host isn't a browser that was redirected here.
    if let Some(host) = uri.authority().map(|authority| authority.as_str()).or(host)
        && !hosts.answers(host)
    {
        return Some(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this server answers to names of its own machine and to its public name only; start it \
             with --public-url to say by which name others know it",
        ));
    }
    if uri.path().ends_with("/mcp")
        && let Some(origin) = request.headers().get(header::ORIGIN)
        && !origin.to_str().is_ok_and(|origin| hosts.answers_page(origin, host))
    {
        let detail = "this address answers programs, and pages of this server's own address only";
        return Some(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let length = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if length > limits.address {
        let most = limits.address;
        let detail = format!("the address has {length} bytes; at most {most} are read");
        return Some(Problem::new(StatusCode::URI_TOO_LONG, detail));
    }
    let given = request.headers().get(header::CONTENT_LENGTH);
    let body = given.and_then(|length| length.to_str().ok()?.parse::<u64>().ok()).unwrap_or(0);
    let most = most_body(request.method(), uri.path());
    if let Some(most) = most.filter(|most| body > *most as u64) {
        let detail = format!("the body has {body} bytes; at most {most} are read");
        return Some(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    if most.is_none() && body > limits.body as u64 {
        let detail = "requests need no body: everything is asked in the address";
        return Some(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    None
}

/// The largest body of requests that send something, in bytes: a text to check or files don't fit
/// into an address. `None` for all other requests.
fn most_body(method: &Method, path: &str) -> Option<usize> {
    let sends = |end: &str| method == Method::POST && path.ends_with(end);
    match () {
        () if sends("/api/v1/verify") => Some(MOST_BODY),
        () if sends("/mcp") => Some(MOST_MESSAGE),
        () if sends("/compare") || sends("/verify") => Some(MOST_UPLOAD),
        () => None,
    }
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
    fn pages_of_other_origins_don_t_speak_for_their_readers() {
        let links = Links::below("https://clauses.example.org").unwrap();
        let own = Hosts::of(([127, 0, 0, 1], 7171).into(), &links);
        for origin in ["http://localhost:7171", "https://clauses.example.org", "http://[::1]:80"] {
            assert!(own.answers_page(origin, Some("localhost")), "{origin}");
        }
        for origin in ["https://evil.example", "null", "", "https://localhost.evil.example"] {
            assert!(!own.answers_page(origin, Some("localhost")), "{origin}");
            assert!(!Hosts::Any.answers_page(origin, Some("clauses.example.org")), "{origin}");
        }
        assert!(Hosts::Any.answers_page("https://a.example:8443", Some("A.example")));
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
        // Without a public name, any name is accepted.
        let unknown = Hosts::of(([0, 0, 0, 0], 80).into(), &Links::default());
        assert!(unknown.answers("evil.example"));
    }
}
