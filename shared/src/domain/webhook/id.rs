//! The names of endpoints, events and deliveries: a prefix and a ULID in lower case, so that they sort by time.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use crate::domain::id::{is_ulid, ulid};

/// The text is not an id of this kind.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an id of this kind")]
pub struct NotAnId;

/// An endpoint's id: `whk_…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookId(String);

/// An event's id: `evt_…`. It is the same in each attempt to tell of the event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

/// A delivery's id: `dlv_…`, unique within its endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(String);

impl WebhookId {
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        Self(format!("whk_{}", ulid(now, random)))
    }
}

impl EventId {
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        Self(format!("evt_{}", ulid(now, random)))
    }
}

impl DeliveryId {
    /// The delivery of an event. It has the event's ULID, so that an event that comes twice has one delivery.
    pub fn of(event: &EventId) -> Self {
        Self(event.0.replacen("evt_", "dlv_", 1))
    }
}

fn read(prefix: &str, text: &str) -> Result<String, NotAnId> {
    let is_id = text.strip_prefix(prefix).is_some_and(is_ulid);
    is_id.then(|| text.to_owned()).ok_or(NotAnId)
}

macro_rules! texts {
    ($($id:ident $prefix:literal),*) => {$(
        impl $id {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $id {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read($prefix, text).map(Self)
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts!(WebhookId "whk_", EventId "evt_", DeliveryId "dlv_");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::at;

    #[test]
    fn only_one_spelling_names_an_endpoint() {
        let id = WebhookId::new(at("2026-02-11T08:00:00Z"), [7; 10]);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        for other in [
            id.as_str().to_uppercase(),
            id.as_str().replace("whk_", "evt_"),
            id.as_str().replace("whk_", ""),
            format!("{id}0"),
            "whk_".to_owned(),
            String::new(),
        ] {
            assert_eq!(other.parse::<WebhookId>(), Err(NotAnId), "{other}");
        }
    }

    #[test]
    fn an_event_has_one_delivery_and_deliveries_sort_by_their_events() {
        let earlier = EventId::new(at("2026-02-11T08:00:00Z"), [255; 10]);
        let later = EventId::new(at("2026-02-11T08:00:01Z"), [0; 10]);
        assert_eq!(DeliveryId::of(&earlier), DeliveryId::of(&earlier));
        assert!(DeliveryId::of(&earlier) < DeliveryId::of(&later));
        assert!(
            DeliveryId::of(&later)
                .as_str()
                .parse::<DeliveryId>()
                .is_ok()
        );
    }
}
