//! The secrets that an endpoint's events are signed with.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// How long a secret still signs after another took its place, unless the request says otherwise.
pub const DEFAULT_OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// The most that a request can say.
pub const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// 256 random bits in the form of Standard Webhooks: `whsec_` and their base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The secrets of an endpoint: at most two are live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    pub current: Secret,
    /// The secret before, and until when it signs too.
    pub previous: Option<(Secret, Timestamp)>,
}

impl Secret {
    /// `random` comes from the operating system's generator.
    pub fn new(random: [u8; 32]) -> Self {
        Self(format!("{PREFIX}{}", STANDARD.encode(random)))
    }

    /// A secret as it is stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The secret itself: for the table, and once for who asked for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `v1,…`: the signature of one attempt. Source: Standard Webhooks, "Signature scheme". `None` if what was stored is no
    /// secret.
    fn sign(&self, event_id: &str, timestamp: i64, body: &str) -> Option<String> {
        let key = STANDARD.decode(self.0.strip_prefix(PREFIX)?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{event_id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        let signature = mac.finalize().into_bytes();
        Some(format!("v1,{}", STANDARD.encode(signature)))
    }
}

impl Secrets {
    /// The header `webhook-signature` of an attempt: a signature with each live secret, the current one's first.
    pub fn sign(&self, event_id: &str, at: Timestamp, body: &str) -> Option<String> {
        let previous = self.previous.as_ref();
        let live = previous.filter(|(_, until)| *until > at);
        let secrets = std::iter::once(&self.current).chain(live.map(|(secret, _)| secret));
        let signatures: Option<Vec<_>> = secrets
            .map(|secret| secret.sign(event_id, at.as_second(), body))
            .collect();
        Some(signatures?.join(" "))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::at;

    /// The example of the specification's own libraries.
    fn example() -> Secret {
        Secret::from_stored("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned())
    }

    #[test]
    fn signs_as_standard_webhooks_says() {
        let signature = example().sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature.as_deref(), Some(expected));
    }

    #[test]
    fn both_secrets_sign_until_the_earlier_one_ends() {
        let secrets = Secrets {
            current: Secret::new([1; 32]),
            previous: Some((Secret::new([2; 32]), at("2026-02-12T08:00:00Z"))),
        };
        let count = |time| {
            let signature = secrets.sign("evt_1", at(time), "{}").unwrap();
            signature.split(' ').count()
        };
        assert_eq!(count("2026-02-12T07:59:59Z"), 2);
        assert_eq!(count("2026-02-12T08:00:00Z"), 1);
    }

    #[test]
    fn a_secret_is_never_printed_by_accident() {
        let secret = Secret::new([42; 32]);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert!(secret.reveal().starts_with("whsec_"));
        assert_eq!(secret.reveal().len(), "whsec_".len() + 44);
    }
}
