//! Emailed download links: the capability that each carries, and what is known of it.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    address::EmailAddress,
    id::{is_ulid, ulid},
};

const ID_PREFIX: &str = "lnk_";

/// A link that is about to be mailed.
#[derive(Debug)]
pub struct NewLink {
    pub id: LinkId,
    pub token: LinkToken,
    pub created_at: Timestamp,
    /// Whom its mail is written to.
    pub recipients: Vec<EmailAddress>,
}

/// A link as the people see it who may see its export. The token is in its mail and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub created_at: Timestamp,
    /// Whom its mail was written to.
    pub recipients: Vec<EmailAddress>,
    /// SES's id of the mail that carries it. `None` until the mail is accepted.
    pub message_id: Option<String>,
    /// How often it led to the file.
    pub uses: u64,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// A link's name: opaque, and in order of time.
///
/// `lnk_` and a ULID whose random bits are its own. Nothing of it is made from the token or from the token's hash, so who
/// reads it in a list or a log is no nearer to the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(String);

/// The text cannot be the id of any link.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a link id")]
pub struct NotALinkId;

/// 256 random bits, with which anybody may download. Only the token's hash is stored, so it cannot be read back.
pub struct LinkToken(String);

/// What is stored of a [`LinkToken`]: its SHA-256 in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl NewLink {
    /// The random bytes come from the operating system's generator, those of the id and those of the token separately.
    pub fn new(
        recipients: Vec<EmailAddress>,
        created_at: Timestamp,
        random_id: [u8; 10],
        random_token: [u8; 32],
    ) -> Self {
        Self {
            id: LinkId(format!("{ID_PREFIX}{}", ulid(created_at, random_id))),
            token: LinkToken::new(random_token),
            created_at,
            recipients,
        }
    }
}

impl LinkId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LinkId {
    type Err = NotALinkId;

    fn from_str(text: &str) -> Result<Self, NotALinkId> {
        let is_id = text.strip_prefix(ID_PREFIX).is_some_and(is_ulid);
        is_id.then(|| Self(text.to_owned())).ok_or(NotALinkId)
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl LinkToken {
    /// `random` comes from the operating system's generator.
    pub fn new(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// A token as a request carries it: any text, since only its hash is looked up.
    pub fn from_request(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash(hex::encode(Sha256::digest(self.0.as_bytes())))
    }

    /// The token itself, for the link in a mail and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

impl TokenHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::parse;

    #[test]
    fn a_token_is_never_printed_by_accident() {
        let token = LinkToken::new([42; 32]);
        assert_eq!(format!("{token:?}"), "LinkToken(…)");
        assert_eq!(LinkToken::from_request(token.reveal()).hash(), token.hash());
        assert_eq!(token.hash().as_str().len(), 64);
        assert_eq!(token.reveal().len(), 43);
    }

    #[test]
    fn ids_have_one_spelling_and_sort_by_time() {
        let at = |time| NewLink::new(vec![], parse(time).unwrap(), [255; 10], [1; 32]).id;
        let (earlier, later) = (at("2026-11-20T09:30:00Z"), at("2026-11-20T09:30:01Z"));
        assert!(earlier < later);
        assert_eq!(later.as_str().parse(), Ok(later.clone()));
        for other in [
            later.as_str().to_uppercase(),
            later.as_str().replace("lnk_", "exp_"),
            format!("{later}0"),
            String::new(),
        ] {
            assert_eq!(other.parse::<LinkId>(), Err(NotALinkId), "{other}");
        }
    }
}
