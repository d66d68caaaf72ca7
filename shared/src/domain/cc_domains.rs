//! The domains that a tenant's carbon copies may go to, if an operator of the stack has named any.

use std::{fmt, str::FromStr};

use url::Host;

use super::address::EmailAddress;

/// The most domains that a tenant may name.
pub const MOST_DOMAINS: usize = 100;

/// The domains that a tenant's copies may go to: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CcDomains(Vec<CcDomain>);

/// One of them, in lower case and in the form that mail servers use (`xn--…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CcDomain {
    /// `example.com`: this domain, and none below it.
    Exactly(String),
    /// `*.example.com`: every domain below it, however deep, and not itself.
    Below(String),
}

/// Why a text names no domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CcDomainError {
    #[error("must be a domain such as example.com, or *.example.com for the domains below it")]
    Malformed,
    /// `com` would let nearly everybody in, and no mail goes to `localhost`.
    #[error("must have at least two parts, such as example.com")]
    TooShort,
}

/// Why texts are no list of domains.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CcDomainsError {
    #[error("at least one domain must be named")]
    Empty,
    #[error("at most {MOST_DOMAINS} domains may be named, and these are {0}")]
    TooMany(usize),
    #[error("{0} {1}")]
    Domain(String, CcDomainError),
}

impl CcDomains {
    /// Reads the domains as an operator wrote them. Each is kept once.
    pub fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Self, CcDomainsError> {
        let mut domains = Vec::with_capacity(texts.len());
        for text in texts.iter().map(AsRef::as_ref) {
            let domain = text
                .parse()
                .map_err(|error| CcDomainsError::Domain(text.to_owned(), error))?;
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        match domains.len() {
            0 => Err(CcDomainsError::Empty),
            1..=MOST_DOMAINS => Ok(Self(domains)),
            count => Err(CcDomainsError::TooMany(count)),
        }
    }

    /// Whether copies may go to an address.
    pub fn allow(&self, address: &EmailAddress) -> bool {
        let domain = address.domain();
        self.0.iter().any(|allowed| allowed.covers(&domain))
    }

    /// Those of the copies that may not be sent, each with its place among them. To their requester mails go whatever the
    /// domain is.
    pub fn refused<'a>(
        &'a self,
        requester: &'a EmailAddress,
        cc: &'a [EmailAddress],
    ) -> impl Iterator<Item = (usize, &'a EmailAddress)> {
        cc.iter()
            .enumerate()
            .filter(|(_, address)| !address.is_same_mailbox(requester) && !self.allow(address))
    }

    pub fn iter(&self) -> impl Iterator<Item = &CcDomain> {
        self.0.iter()
    }
}

impl CcDomain {
    /// Whether a domain in lower case is meant.
    fn covers(&self, domain: &str) -> bool {
        match self {
            Self::Exactly(allowed) => domain == allowed,
            Self::Below(parent) => domain
                .strip_suffix(parent.as_str())
                .and_then(|child| child.strip_suffix('.'))
                .is_some_and(|child| !child.is_empty()),
        }
    }
}

impl FromStr for CcDomain {
    type Err = CcDomainError;

    fn from_str(text: &str) -> Result<Self, CcDomainError> {
        let text = text.trim();
        let (is_parent, name) = match text.strip_prefix("*.") {
            Some(parent) => (true, parent),
            None => (false, text),
        };
        // It writes international names as mail servers do, and refuses what cannot be in a name.
        let Ok(Host::Domain(domain)) = Host::parse(name) else {
            return Err(CcDomainError::Malformed);
        };
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if domain.len() > 253 || !domain.split('.').all(is_label) {
            return Err(CcDomainError::Malformed);
        }
        if !domain.contains('.') {
            return Err(CcDomainError::TooShort);
        }
        Ok(if is_parent {
            Self::Below(domain)
        } else {
            Self::Exactly(domain)
        })
    }
}

impl fmt::Display for CcDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(domain) => f.write_str(domain),
            Self::Below(parent) => write!(f, "*.{parent}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(domain: &str, address: &str) -> bool {
        let address = EmailAddress::parse(address).expect(address);
        CcDomains::parse(&[domain]).expect(domain).allow(&address)
    }

    #[test]
    fn a_domain_is_itself_and_none_below_or_beside_it() {
        for address in ["ana@example.com", "ana@EXAMPLE.com", "a.b+c@Example.Com"] {
            assert!(allows("example.com", address), "{address}");
            assert!(allows(" EXAMPLE.com ", address), "{address}");
        }
        for address in [
            "ana@mail.example.com",
            "ana@example.com.evil.org",
            "ana@evilexample.com",
            "ana@example.co",
            "example.com@evil.org",
        ] {
            assert!(!allows("example.com", address), "{address}");
        }
    }

    #[test]
    fn a_star_is_every_domain_below_and_not_the_domain_itself() {
        for address in ["ana@mail.example.com", "ana@a.b.Example.com"] {
            assert!(allows("*.example.com", address), "{address}");
        }
        for address in [
            "ana@example.com",
            "ana@evilexample.com",
            "ana@mail.example.com.evil.org",
        ] {
            assert!(!allows("*.example.com", address), "{address}");
        }
    }

    #[test]
    fn an_international_domain_is_the_same_in_either_spelling() {
        for written in ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"] {
            assert!(allows(written, "a@xn--bcher-kva.example"), "{written}");
            assert!(allows(written, "a@XN--BCHER-KVA.example"), "{written}");
        }
        // The first letter is Cyrillic: another domain, however alike they look.
        assert!(!allows("еxample.com", "a@example.com"));
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for text in [
            "",
            "*",
            "*.",
            "*.*.example.com",
            "a b.example",
            "ana@example.com",
            "example.com:25",
            "https://example.com",
            "127.0.0.1",
            "[::1]",
            "example..com",
            ".example.com",
            "example.com.",
            "ex_ample.com",
        ] {
            assert_eq!(
                text.parse::<CcDomain>(),
                Err(CcDomainError::Malformed),
                "{text}"
            );
        }
        for text in ["com", "*.com", "localhost"] {
            assert_eq!(
                text.parse::<CcDomain>(),
                Err(CcDomainError::TooShort),
                "{text}"
            );
        }
    }

    #[test]
    fn a_list_has_each_domain_once_and_one_at_least() {
        let domains = CcDomains::parse(&["b.example", "*.A.example", "B.example"]).unwrap();
        let shown: Vec<_> = domains.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["b.example", "*.a.example"]);
        assert_eq!(CcDomains::parse::<&str>(&[]), Err(CcDomainsError::Empty));
        let many: Vec<_> = (0..=MOST_DOMAINS)
            .map(|number| format!("a{number}.example"))
            .collect();
        assert_eq!(
            CcDomains::parse(&many),
            Err(CcDomainsError::TooMany(MOST_DOMAINS + 1))
        );
        let wrong = CcDomains::parse(&["a.example", "com"]).unwrap_err();
        assert!(wrong.to_string().starts_with("com must have"), "{wrong}");
    }

    #[test]
    fn the_requester_is_no_copy() {
        let parse = |text| EmailAddress::parse(text).unwrap();
        let domains = CcDomains::parse(&["example.com"]).unwrap();
        let cc = [
            "a@example.com",
            "Ana@elsewhere.example",
            "b@elsewhere.example",
        ]
        .map(parse);
        let requester = parse("ana@Elsewhere.example");
        let refused: Vec<_> = domains.refused(&requester, &cc).collect();
        assert_eq!(refused, [(2, &cc[2])]);
    }
}
