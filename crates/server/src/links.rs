//! Links, below the public address of the server.

use axum::http::uri::Authority;
use serde::Serialize;
use tiaowen_wire::Permalinks;

/// The public address of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// `https://host`, possibly with a port. Empty if the host isn't known.
    origin: String,
    /// The path before all paths of the server, without a trailing slash. May be empty.
    base: String,
}

/// What is wrong with an address. The key of its serialized form finds its sentence in other
/// languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum LinksReason {
    #[error("it begins with neither https:// nor /")]
    Scheme,
    #[error("it names no host")]
    NoHost,
    #[error("its host holds more than letters, figures and -._:")]
    HostCharacters,
    #[error("its host is none")]
    InvalidHost,
    #[error("its port is no number from 0 to 65535")]
    Port,
    #[error("its path holds more than letters, figures and -._~")]
    PathCharacters,
    #[error("its path has empty or dotted parts")]
    PathParts,
    #[error("the server has pages of its own below that path")]
    TakenPath,
}

/// An address that links can't use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' can't be used for links: {reason}; an example is https://example.org/clauses")]
pub struct LinksError {
    /// The address as given.
    given: String,
    /// What is wrong with it.
    reason: LinksReason,
}

impl LinksError {
    /// What is wrong with the address.
    pub fn reason(&self) -> &LinksReason {
        &self.reason
    }
}

/// The first parts of the server's own paths. A base path beginning with one of them couldn't be
/// told from them behind a proxy that strips the base path.
const OWN: [&str; 16] = [
    "api",
    "assets",
    "compare",
    "concordance",
    "documents",
    "feed",
    "healthz",
    "help",
    "mcp",
    "metrics",
    "opensearch.xml",
    "readyz",
    "robots.txt",
    "sitemap.xml",
    "sitemaps",
    "suggestions",
];

impl Links {
    /// Links below a public address (`https://example.org/clauses`), or below a path only
    /// (`/clauses`).
    ///
    /// # Errors
    /// When the scheme isn't http or https, the host is missing, there is a query, or the path is
    /// one of the server's own.
    ///
    /// ```
    /// use tiaowen_server::Links;
    /// let links = Links::below("https://example.org/clauses/").unwrap();
    /// assert_eq!(links.to("/documents"), "/clauses/documents");
    /// assert_eq!(links.whole("/documents"), "https://example.org/clauses/documents");
    /// assert_eq!(links.host(), Some("example.org"));
    /// assert!(Links::below("ftp://example.org").is_err());
    /// assert!(Links::below("https://example.org:99999").is_err());
    /// assert!(Links::below("http://[::1").is_err());
    /// assert!(Links::below("https://example.org/documents").is_err());
    /// ```
    pub fn below(address: &str) -> Result<Self, LinksError> {
        let wrong = |reason| LinksError { given: address.to_owned(), reason };
        let (origin, path) = if address.starts_with('/') {
            ("", address)
        } else {
            let rest = address
                .strip_prefix("https://")
                .or_else(|| address.strip_prefix("http://"))
                .ok_or_else(|| wrong(LinksReason::Scheme))?;
            let host = rest.split('/').next().unwrap_or_default();
            if host.is_empty() {
                return Err(wrong(LinksReason::NoHost));
            }
            if !host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c)) {
                return Err(wrong(LinksReason::HostCharacters));
            }
            let authority =
                host.parse::<Authority>().map_err(|_| wrong(LinksReason::InvalidHost))?;
            if host.len() > authority.host().len() && authority.port_u16().is_none() {
                return Err(wrong(LinksReason::Port));
            }
            address.split_at(address.len() - rest.len() + host.len())
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
        if !path.chars().all(plain) {
            return Err(wrong(LinksReason::PathCharacters));
        }
        let base = path.trim_end_matches('/').to_owned();
        if base.contains("//") || base.split('/').any(|part| part == ".." || part == ".") {
            return Err(wrong(LinksReason::PathParts));
        }
        let first = base.split('/').nth(1).unwrap_or_default();
        if OWN.contains(&first) {
            return Err(wrong(LinksReason::TakenPath));
        }
        Ok(Links { origin: origin.to_owned(), base })
    }

    /// The host with its port, if it is known.
    pub fn host(&self) -> Option<&str> {
        self.origin.split_once("://").map(|(_, host)| host)
    }

    /// The path before all paths. May be empty.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A link to a path of the server, which begins with a slash.
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Permanent addresses, if the host is known.
    pub fn permanent(&self) -> Permalinks {
        if self.origin.is_empty() {
            return Permalinks::none();
        }
        Permalinks::below(&self.whole(""))
    }

    /// A link with scheme and host, if they are known.
    pub fn whole(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.base)
    }
}
