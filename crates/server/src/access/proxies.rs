//! Proxies in front of the server, and the addresses of clients behind them.
//!
//! Any client can send `X-Forwarded-For`. What a proxy adds comes last, so the header is read from its
//! end for as long as the address that sent it is one of the proxies.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use axum::http::{HeaderMap, header};

/// The header to which a proxy adds the address of its client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The name for networks that aren't reached from the Internet (RFC 1918, RFC 4193).
const PRIVATE: &str = "private";

/// Addresses and networks of proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

/// An address, or a network of addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    first: IpAddr,
    bits: u32,
}

/// Text that doesn't name proxies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is no address (10.0.0.5), network (10.0.0.0/8) or 'private'")]
pub struct ProxiesError {
    /// The part that can't be read.
    pub given: String,
}

impl Proxies {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is one of them.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address.to_canonical()))
    }

    /// The client whose request arrived from `peer`: `peer` itself, unless that is a proxy that names
    /// another.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let named = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = named.flat_map(|value| value.split(',')).collect();
        for named in named.into_iter().rev() {
            if !self.contain(client) {
                break;
            }
            let Some(before) = address(named.trim()) else { break };
            client = before;
        }
        client
    }
}

/// Whether a request says that it passed a proxy.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED_FOR) || headers.contains_key(header::FORWARDED)
}

/// An address, which some proxies write with its port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = |text: &str| text.parse::<IpAddr>().ok();
    let with_port = |text: &str| text.parse::<std::net::SocketAddr>().ok().map(|all| all.ip());
    bare(text).or_else(|| with_port(text)).map(|address| address.to_canonical())
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let differing = u32::from(first) ^ u32::from(address);
                differing.leading_zeros() >= self.bits
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let differing = u128::from(first) ^ u128::from(address);
                differing.leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (first, bits) = match text.split_once('/') {
            Some((first, bits)) => (first, Some(bits.parse::<u32>().map_err(|_| ())?)),
            None => (text, None),
        };
        let first: IpAddr = first.parse().map_err(|_| ())?;
        let all = if first.is_ipv4() { Ipv4Addr::BITS } else { Ipv6Addr::BITS };
        let bits = bits.unwrap_or(all);
        if bits > all { Err(()) } else { Ok(Network { first, bits }) }
    }
}

impl FromStr for Proxies {
    type Err = ProxiesError;

    /// Reads addresses and networks separated by commas. `private` names all private networks.
    fn from_str(text: &str) -> Result<Self, ProxiesError> {
        let mut all = Vec::new();
        for part in text.split(',').map(str::trim) {
            if part == PRIVATE {
                let private = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
                let private = private.into_iter().chain(["::1", "fc00::/7"]);
                all.extend(private.filter_map(|network| network.parse::<Network>().ok()));
                continue;
            }
            let network = part.parse().map_err(|()| ProxiesError { given: part.to_owned() })?;
            all.push(network);
        }
        Ok(Proxies(all))
    }
}

impl fmt::Display for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, Network { first, bits }) in self.0.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            write!(f, "{comma}{first}/{bits}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_contain_their_addresses() {
        let proxies: Proxies = "10.0.0.5, 192.168.0.0/16,2001:db8::/32".parse().unwrap();
        for own in ["10.0.0.5", "192.168.77.1", "2001:db8:1::2", "::ffff:10.0.0.5"] {
            assert!(proxies.contain(own.parse().unwrap()), "{own}");
        }
        for other in ["10.0.0.6", "192.169.0.1", "2001:db9::1", "::1"] {
            assert!(!proxies.contain(other.parse().unwrap()), "{other}");
        }
        let private: Proxies = "private".parse().unwrap();
        for own in ["127.0.0.1", "172.31.0.1", "fd12::1", "::1"] {
            assert!(private.contain(own.parse().unwrap()), "{own}");
        }
        assert!(!private.contain("172.32.0.1".parse().unwrap()));
        for wrong in ["", "10.0.0.0/33", "proxy", "10.0.0.1,", "::/129", "10.0.0.0/x"] {
            assert!(wrong.parse::<Proxies>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_proxies_name_the_client() {
        let client = |proxies: &str, peer: &str, forwarded: &[&str]| {
            let proxies: Proxies =
                if proxies.is_empty() { Proxies::default() } else { proxies.parse().unwrap() };
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, value.parse().unwrap());
            }
            proxies.client(peer.parse().unwrap(), &headers).to_string()
        };
        // Without a proxy the header is anybody's word.
        assert_eq!(client("", "127.0.0.1", &["192.0.2.7"]), "127.0.0.1");
        assert_eq!(client("10.0.0.0/8", "192.0.2.9", &["192.0.2.7"]), "192.0.2.9");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        // What a client claims comes before what the proxy adds.
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["1.1.1.1, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["1.1.1.1", "192.0.2.7"]), "192.0.2.7");
        // Through two proxies.
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["192.0.2.7, 10.0.0.2"]), "192.0.2.7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["192.0.2.7:4711"]), "192.0.2.7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &[]), "10.0.0.1");
    }
}
