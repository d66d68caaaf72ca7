//! Cursors: the start of the next page as a text that only the same list accepts.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::domain::{caller::Caller, dataset::Dataset};

const CHECK_BYTES: usize = 16;

/// What a cursor is bound to. A cursor that was changed, or made for another list, is refused.
///
/// The check is a plain digest without a secret, because a forged position can only be within the forger's own list.
pub struct CursorBinding(Sha256);

impl CursorBinding {
    /// `query` is everything but the cursor and the limit, in one fixed spelling.
    pub fn new(caller: &Caller, dataset: &Dataset, query: &str) -> Self {
        Self::of_list(caller, dataset.export_type, query)
    }

    /// The binding to a list that is of no dataset; `name` tells it from all others.
    pub fn of_list(caller: &Caller, name: &str, query: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [&caller.tenant_id, &caller.user_id, name, query] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self(digest)
    }

    /// The cursor of the page that begins behind this place.
    pub fn cursor(&self, place: &str) -> String {
        let mut bytes = self.check(place).to_vec();
        bytes.extend_from_slice(place.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that the page begins behind, if the cursor is this list's.
    pub fn read(&self, cursor: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (check, place) = bytes.split_at_checked(CHECK_BYTES)?;
        let place = std::str::from_utf8(place).ok()?;
        (check == self.check(place)).then(|| place.to_owned())
    }

    fn check(&self, place: &str) -> [u8; CHECK_BYTES] {
        let digest = self.0.clone().chain_update(place).finalize();
        std::array::from_fn(|index| digest[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        dataset::{FUNDING_TRANSFERS, TRANSACTION_EVENTS},
        export::examples::{operator, supplier},
    };

    #[test]
    fn comes_back_only_to_its_own_list() {
        let list = CursorBinding::new(&operator(), &FUNDING_TRANSFERS, "status=READY");
        let cursor = list.cursor("place");
        assert_eq!(list.read(&cursor).as_deref(), Some("place"));

        let colleague = Caller {
            user_id: "usr-bo".to_owned(),
            ..operator()
        };
        let elsewhere = Caller {
            tenant_id: "harbour-goods".to_owned(),
            ..operator()
        };
        for other in [
            CursorBinding::new(&operator(), &FUNDING_TRANSFERS, "status=FAILED"),
            CursorBinding::new(&operator(), &TRANSACTION_EVENTS, "status=READY"),
            CursorBinding::new(&supplier(), &FUNDING_TRANSFERS, "status=READY"),
            CursorBinding::new(&colleague, &FUNDING_TRANSFERS, "status=READY"),
            CursorBinding::new(&elsewhere, &FUNDING_TRANSFERS, "status=READY"),
        ] {
            assert_eq!(other.read(&cursor), None);
        }
    }

    #[test]
    fn a_changed_cursor_is_refused() {
        let list = CursorBinding::new(&operator(), &FUNDING_TRANSFERS, "");
        let cursor = list.cursor("place");
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                list.read(std::str::from_utf8(&changed).unwrap()),
                None,
                "{index}"
            );
        }
        for text in ["", "!", "AAAA"] {
            assert_eq!(list.read(text), None);
        }
    }
}
