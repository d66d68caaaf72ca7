//! Where an endpoint is.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use url::{Host, Url};

use super::address::is_public;

/// The most characters of an endpoint's URL.
pub const LONGEST_URL: usize = 2_000;

/// The most characters of a host's name. Source: RFC 1035, section 2.3.4.
const LONGEST_NAME: usize = 253;

/// The ports that an endpoint may have: those of HTTPS.
const PORTS: [u16; 2] = [443, 8443];

/// Which addresses may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of the public internet, over TLS.
    Public,
    /// On a local stack also the machine itself: without TLS, on any port.
    PublicAndLoopback,
}

impl Reach {
    pub fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::PublicAndLoopback && address.is_loopback())
    }
}

/// An endpoint's URL, in the form that browsers give it too. A name in it is not looked up before something is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Url);

/// Why nothing can be sent to a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("must have at most {LONGEST_URL} characters")]
    TooLong,
    #[error("must be a URL such as https://hooks.example.com/exports")]
    Malformed,
    #[error("must begin with https://")]
    NotHttps,
    #[error("must have no user name and no password")]
    UserInformation,
    #[error("must have no fragment, which no server would see")]
    Fragment,
    #[error("must have the port 443 or 8443")]
    Port,
    #[error("must name a host of the public internet")]
    NotPublic,
}

impl Target {
    pub fn parse(text: &str, reach: Reach) -> Result<Self, TargetError> {
        if text.chars().count() > LONGEST_URL {
            return Err(TargetError::TooLong);
        }
        // A URL's parser drops these silently.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(TargetError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| TargetError::Malformed)?;
        // The normal form may be longer than what was written.
        if url.as_str().len() > LONGEST_URL {
            return Err(TargetError::TooLong);
        }
        let host = url.host().ok_or(TargetError::Malformed)?;
        if url.domain().is_some_and(|name| name.len() > LONGEST_NAME) {
            return Err(TargetError::Malformed);
        }
        let is_own_machine = match host {
            Host::Domain(name) => is_name_of_own_machine(name),
            Host::Ipv4(address) => address == Ipv4Addr::LOCALHOST,
            Host::Ipv6(_) => false,
        };
        let is_local =
            reach == Reach::PublicAndLoopback && is_own_machine && url.scheme() == "http";
        if !(url.scheme() == "https" || is_local) {
            return Err(TargetError::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::UserInformation);
        }
        if url.fragment().is_some() {
            return Err(TargetError::Fragment);
        }
        let port = url.port_or_known_default();
        if !(is_local || port.is_some_and(|port| PORTS.contains(&port))) {
            return Err(TargetError::Port);
        }
        let may_be_public = match host {
            // A name of one part means something in one network only.
            Host::Domain(name) => {
                !is_name_of_own_machine(name) && name.trim_end_matches('.').contains('.')
            }
            Host::Ipv4(address) => is_public(address.into()),
            Host::Ipv6(address) => is_public(address.into()),
        };
        if is_local || may_be_public {
            Ok(Self(url))
        } else {
            Err(TargetError::NotPublic)
        }
    }

    /// A URL as it is stored. It was checked when it was written, and each address is checked when it is called.
    pub fn from_stored(text: &str) -> Option<Self> {
        Url::parse(text).ok().map(Self)
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, if it is an address and not a name.
    pub fn address(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }
}

/// `localhost` and all below it. Source: RFC 6761, section 6.3.
fn is_name_of_own_machine(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> Option<TargetError> {
        Target::parse(url, Reach::Public).err()
    }

    #[test]
    fn an_endpoint_is_a_https_url_of_the_internet() {
        for url in [
            "https://hooks.example.com",
            "https://hooks.example.com/exports?tenant=1",
            "https://hooks.example.com:8443/",
            "https://1.1.1.1/exports",
            "https://[2606:4700:4700::1111]/",
            "https://bücher.example/",
        ] {
            assert_eq!(refusal(url), None, "{url}");
        }
        let long = format!("https://hooks.example.com/{}", "x".repeat(LONGEST_URL));
        let longer_in_normal_form = format!("https://hooks.example.com/{}", "\u{e4}".repeat(400));
        let long_name = format!("https://{}.example.com/", ["a"; 125].join("."));
        for (url, error) in [
            ("", TargetError::Malformed),
            ("hooks.example.com", TargetError::Malformed),
            ("https://", TargetError::Malformed),
            ("https://a b.example/", TargetError::Malformed),
            ("https://hooks.example\n.com/", TargetError::Malformed),
            ("mailto:ana@example.com", TargetError::Malformed),
            (long.as_str(), TargetError::TooLong),
            (longer_in_normal_form.as_str(), TargetError::TooLong),
            (long_name.as_str(), TargetError::Malformed),
            ("http://hooks.example.com/", TargetError::NotHttps),
            ("ftp://hooks.example.com/", TargetError::NotHttps),
            (
                "https://ana@hooks.example.com/",
                TargetError::UserInformation,
            ),
            (
                "https://ana:x@hooks.example.com/",
                TargetError::UserInformation,
            ),
            ("https://hooks.example.com/#top", TargetError::Fragment),
            ("https://hooks.example.com:80/", TargetError::Port),
            ("https://hooks.example.com:22/", TargetError::Port),
        ] {
            assert_eq!(refusal(url), Some(error), "{url}");
        }
    }

    #[test]
    fn no_spelling_of_an_address_that_is_not_public_is_taken() {
        for host in [
            "localhost",
            "intranet",
            "intranet.",
            "LOCALHOST",
            "localhost.",
            "api.localhost",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "169.254.169.254.",
            "[::1]",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "１２７.0.0.1",
        ] {
            let url = format!("https://{host}/");
            assert_eq!(refusal(&url), Some(TargetError::NotPublic), "{url}");
        }
    }

    #[test]
    fn a_local_stack_reaches_its_own_machine_and_no_other() {
        let local = |url| Target::parse(url, Reach::PublicAndLoopback);
        assert!(local("http://127.0.0.1:18080/hook").is_ok());
        assert!(local("http://localhost:18080/hook").is_ok());
        assert_eq!(
            local("http://hooks.example.com/"),
            Err(TargetError::NotHttps)
        );
        assert_eq!(local("http://10.0.0.1/"), Err(TargetError::NotHttps));
        for url in [
            "https://169.254.169.254/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
        ] {
            assert_eq!(local(url), Err(TargetError::NotPublic), "{url}");
        }
        assert_eq!(local("http://[::1]/"), Err(TargetError::NotHttps));
        assert!(!Reach::PublicAndLoopback.allows("10.0.0.1".parse().unwrap()));
        assert!(!Reach::Public.allows("127.0.0.1".parse().unwrap()));
    }
}
