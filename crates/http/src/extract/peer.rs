//! Where a request comes from, and its id. Put in by the outermost layer.

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The id of a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The client's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The address; unspecified when it isn't known.
    pub address: IpAddr,
    /// True when the request comes from this machine and no proxy stands between.
    pub is_local: bool,
}

const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

impl Peer {
    /// Of the connection, or what our own proxy says of it. Of a chain of addresses only the last was written by
    /// that proxy; whatever stands before it came from outside.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted_proxy: bool) -> Peer {
        let connection = extensions.get::<ConnectInfo<SocketAddr>>().map_or(UNKNOWN, |info| info.0.ip().to_canonical());
        let is_forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
        let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
        let said = said.and_then(|chain| chain.rsplit(',').next()).and_then(|last| last.trim().parse::<IpAddr>().ok());
        let address = if trusted_proxy { said.unwrap_or(connection) } else { connection };
        Peer { address: address.to_canonical(), is_local: connection.is_loopback() && !is_forwarded }
    }
}

impl Default for Peer {
    fn default() -> Self {
        Self { address: UNKNOWN, is_local: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(connection: &str, forwarded: Option<&str>, trusted: bool) -> Peer {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(connection.parse::<SocketAddr>().expect("an address")));
        let mut headers = HeaderMap::new();
        if let Some(chain) = forwarded {
            headers.insert("x-forwarded-for", chain.parse().expect("a header"));
        }
        Peer::of(&extensions, &headers, trusted)
    }

    #[test]
    fn only_our_own_proxy_is_believed_and_only_its_last_word() {
        assert_eq!(peer("10.0.0.9:1", Some("1.1.1.1, 2.2.2.2"), false).address, "10.0.0.9".parse::<IpAddr>().expect("ip"));
        assert_eq!(peer("10.0.0.9:1", Some("1.1.1.1, 2.2.2.2"), true).address, "2.2.2.2".parse::<IpAddr>().expect("ip"));
        assert_eq!(peer("10.0.0.9:1", Some("nonsense"), true).address, "10.0.0.9".parse::<IpAddr>().expect("ip"));
    }

    #[test]
    fn what_a_proxy_hands_on_is_not_local() {
        assert!(peer("127.0.0.1:1", None, false).is_local);
        assert!(peer("[::ffff:127.0.0.1]:1", None, true).is_local);
        assert!(!peer("127.0.0.1:1", Some("127.0.0.1"), true).is_local);
        assert!(!peer("10.0.0.9:1", None, false).is_local);
        assert!(!Peer::of(&Extensions::new(), &HeaderMap::new(), false).is_local);
    }
}
