use std::fmt;

use crate::{ClusterError, ClusterReason};

/// The address of an index: the hosts of a cluster, and the name of the index.
///
/// ```
/// use tiaowen_cluster::Address;
/// let address = Address::parse("https://a.example:9200,b.example:9200/search/clauses")?;
/// assert_eq!(address.hosts().len(), 2);
/// assert_eq!(address.index(), "clauses");
/// assert_eq!(address.to_string(), "https://a.example:9200,b.example:9200/search/clauses");
/// assert!(Address::parse("https://user:secret@a.example/clauses").is_err());
/// # Ok::<(), tiaowen_cluster::ClusterError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    shown: String,
    hosts: Vec<String>,
    index: String,
}

impl Address {
    /// Whether a text is meant as an address rather than a folder.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("http://") || text.starts_with("https://")
    }

    /// Reads `SCHEME://HOST[:PORT][,HOST[:PORT]…][/PATH…]/NAME`.
    ///
    /// # Errors
    /// When it isn't an address, contains a password, or the name isn't one that a cluster accepts.
    pub fn parse(text: &str) -> Result<Self, ClusterError> {
        let wrong = |text: &str, reason| ClusterError::Address { text: text.to_owned(), reason };
        let Some((scheme, rest)) = text.split_once("://").filter(|_| Self::is_one(text)) else {
            return Err(wrong(text, ClusterReason::NoScheme));
        };
        // A password may contain a slash; the name of an index can't contain an @.
        if let Some((_, host)) = rest.rsplit_once('@') {
            let shown = format!("{scheme}://{host}");
            return Err(wrong(&shown, ClusterReason::PasswordInAddress));
        }
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        if path.contains(['?', '#']) {
            return Err(wrong(text, ClusterReason::BehindName));
        }
        let path = path.trim_end_matches('/');
        let (before, index) = match path.rsplit_once('/') {
            Some((before, index)) => (format!("/{before}"), index),
            None => (String::new(), path),
        };
        if index.is_empty() {
            return Err(wrong(text, ClusterReason::NoName));
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if index.starts_with(['-', '_', '.']) || !index.chars().all(fits) || index.len() > 200 {
            return Err(wrong(text, ClusterReason::NameCharacters));
        }
        if hosts.split(',').any(str::is_empty) {
            return Err(wrong(text, ClusterReason::HostMissing));
        }
        let host = |host: &str| format!("{scheme}://{host}{before}");
        Ok(Address {
            shown: text.trim_end_matches('/').to_owned(),
            hosts: hosts.split(',').map(host).collect(),
            index: index.to_owned(),
        })
    }

    /// The hosts with scheme and path, without a trailing slash.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The name of the index, which is an alias on the cluster.
    pub fn index(&self) -> &str {
        &self.index
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        for (text, reason) in [
            ("ftp://a/clauses", "begins neither"),
            ("https://a.example", "name of the index is missing"),
            ("https://a.example/", "name of the index is missing"),
            ("https:///clauses", "host is missing"),
            ("https://a,,b/clauses", "host is missing"),
            ("https://a/Clauses", "name of an index is made of"),
            ("https://a/_all", "name of an index is made of"),
            ("https://a/clauses?pretty", "nothing can stand behind"),
            ("https://me:secret@a/clauses", "don't belong into an address"),
            ("https://me:secret/secret@a/clauses", "don't belong into an address"),
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
        let address = Address::parse("http://127.0.0.1:9200/clauses/").unwrap();
        assert_eq!(address.hosts(), ["http://127.0.0.1:9200"]);
        assert_eq!(address.to_string(), "http://127.0.0.1:9200/clauses");
    }
}
