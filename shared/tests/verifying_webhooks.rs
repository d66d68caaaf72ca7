//! What `docs/webhooks.md` tells receivers in Rust, on what this project signs. A suite compares the two texts.

#[rustfmt::skip]
mod documented {
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether the request is from us and at most five minutes old. `now` is in Unix seconds.
pub fn verify(secret: &str, id: &str, timestamp: &str, signatures: &str, body: &[u8], now: i64) -> bool {
    let is_recent = timestamp.parse::<i64>().is_ok_and(|at| now.abs_diff(at) <= 300);
    let key = STANDARD.decode(secret.trim_start_matches("whsec_"));
    let Some(mut mac) = key.ok().and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok()) else {
        return false;
    };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    let is_ours = |signature: &str| {
        let given = signature.strip_prefix("v1,").map(|given| STANDARD.decode(given));
        // Compared in constant time.
        given.is_some_and(|given| given.is_ok_and(|given| mac.clone().verify_slice(&given).is_ok()))
    };
    is_recent && signatures.split(' ').any(is_ours)
}
}

use documented::verify;
use jiff::{SignedDuration, Timestamp};
use shared::domain::webhook::secret::{Secret, Secrets};

/// What a receiver has: by default a good request.
struct Received {
    secret: Secret,
    id: String,
    timestamp: i64,
    signatures: String,
    body: String,
    now: i64,
}

impl Received {
    fn good() -> Self {
        let (id, body) = (
            "evt_01kh0c8rm0e4t8v2zj6m3x9q5b",
            r#"{"type":"export.ready"}"#,
        );
        let at = Timestamp::from_second(1_770_796_800).unwrap();
        let secrets = Secrets {
            current: Secret::new([1; 32]),
            previous: Some((Secret::new([2; 32]), at + SignedDuration::from_hours(1))),
        };
        Self {
            signatures: secrets.sign(id, at, body).unwrap(),
            secret: secrets.current,
            id: id.to_owned(),
            timestamp: at.as_second(),
            body: body.to_owned(),
            now: at.as_second(),
        }
    }

    /// Whether it is accepted after a change.
    fn is_accepted(change: impl FnOnce(&mut Self)) -> bool {
        let mut it = Self::good();
        change(&mut it);
        let timestamp = it.timestamp.to_string();
        let body = it.body.as_bytes();
        verify(
            it.secret.reveal(),
            &it.id,
            &timestamp,
            &it.signatures,
            body,
            it.now,
        )
    }
}

#[test]
fn a_receiver_accepts_what_we_sign_with_either_secret() {
    assert!(Received::is_accepted(|_| {}));
    assert!(Received::is_accepted(|it| it.secret = Secret::new([2; 32])));
    assert!(Received::is_accepted(|it| it.now += 300));
}

#[test]
fn a_receiver_accepts_nothing_else() {
    assert!(!Received::is_accepted(|it| it.secret = Secret::new([3; 32])));
    assert!(!Received::is_accepted(|it| it.id = "evt_2".to_owned()));
    assert!(!Received::is_accepted(|it| it.timestamp += 1));
    assert!(!Received::is_accepted(|it| it.body.push(' ')));
    assert!(!Received::is_accepted(|it| it.now += 301));
    assert!(!Received::is_accepted(|it| it.now -= 301));
    for signatures in ["", "v1,", "v1,AAAA", "v2,AAAA"] {
        assert!(!Received::is_accepted(
            |it| it.signatures = signatures.to_owned()
        ));
    }
}
