//! The capability that an emailed download link carries.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// 256 random bits, with which anybody may download. Only the token's hash is stored, so it cannot be read back.
pub struct LinkToken(String);

/// What is stored of a [`LinkToken`]: its SHA-256 in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

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

    #[test]
    fn a_token_is_never_printed_by_accident() {
        let token = LinkToken::new([42; 32]);
        assert_eq!(format!("{token:?}"), "LinkToken(…)");
        assert_eq!(LinkToken::from_request(token.reveal()).hash(), token.hash());
        assert_eq!(token.hash().as_str().len(), 64);
        assert_eq!(token.reveal().len(), 43);
    }
}
