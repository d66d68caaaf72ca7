//! Who fetched an export's file.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::{link::LinkId, text::may_be_in_name};

/// The most characters that are kept of a user agent.
const LONGEST_USER_AGENT: usize = 200;

/// URLs that the API hands out to one user within this time are one download. It is as long as such a URL works: who asks
/// again, as programs do that wait for an export, could have used the first one.
const ONE_DOWNLOAD: SignedDuration = SignedDuration::from_mins(5);

/// One download: a link that led to the file, or a URL to the file that the API handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    pub at: Timestamp,
    pub by: Downloader,
    pub origin: Origin,
}

/// Who downloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Downloader {
    /// Whoever has this link.
    Link(LinkId),
    /// The user of an API key, by id.
    User(String),
}

/// Where a download was asked for. No whole address is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The network: `203.0.113.0/24` or `2001:db8:1::/48`.
    pub address_prefix: Option<String>,
    pub user_agent: Option<String>,
}

/// The latest downloads of an export's file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Downloads {
    /// The newest first. Of many, only some are read.
    pub latest: Vec<Download>,
    /// How many there were.
    pub count: u64,
}

impl Download {
    /// The first instant of the time within which this and other downloads of the user count as one.
    pub fn window(&self) -> Timestamp {
        let window = ONE_DOWNLOAD.as_millis() as i64;
        let start = self.at.as_millisecond() / window * window;
        Timestamp::from_millisecond(start).unwrap_or(self.at)
    }
}

impl Origin {
    /// What is kept of a request from this address, with this user agent.
    pub fn of(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        Self {
            address_prefix: address.map(prefix),
            user_agent: user_agent.map(printable).filter(|text| !text.is_empty()),
        }
    }
}

/// The network of an address.
fn prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let kept = address.to_bits() & !(u128::MAX >> 48);
            format!("{}/48", std::net::Ipv6Addr::from_bits(kept))
        }
    }
}

fn printable(text: &str) -> String {
    let printable = text.chars().filter(|character| may_be_in_name(*character));
    let cut: String = printable.take(LONGEST_USER_AGENT).collect();
    cut.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::parse;

    #[test]
    fn of_an_address_only_the_network_is_kept() {
        for (address, network) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("127.0.0.1", "127.0.0.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::1", "::/48"),
            // An IPv4 address that came over a socket of IPv6.
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ] {
            let origin = Origin::of(Some(address.parse().unwrap()), None);
            assert_eq!(origin.address_prefix.as_deref(), Some(network));
        }
        assert_eq!(Origin::of(None, None), Origin::default());
    }

    #[test]
    fn a_user_agent_is_short_and_cannot_break_a_line() {
        let kept = |text: &str| Origin::of(None, Some(text)).user_agent;
        assert_eq!(kept("curl/8.5.0"), Some("curl/8.5.0".to_owned()));
        assert_eq!(kept("a\r\nb\u{1b}[31m\u{85}"), Some("ab[31m".to_owned()));
        assert_eq!(kept(&"é".repeat(300)), Some("é".repeat(200)));
        assert_eq!(kept(" \t"), None);
    }

    #[test]
    fn a_user_who_polls_downloads_once_in_five_minutes() {
        let window = |text| {
            let download = Download {
                at: parse(text).unwrap(),
                by: Downloader::User("ana".to_owned()),
                origin: Origin::default(),
            };
            download.window()
        };
        let first = window("2026-11-20T09:30:00Z");
        assert_eq!(first, parse("2026-11-20T09:30:00Z").unwrap());
        assert_eq!(window("2026-11-20T09:34:59.999Z"), first);
        assert_ne!(window("2026-11-20T09:35:00Z"), first);
    }
}
