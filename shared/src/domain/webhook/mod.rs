//! Webhooks: a tenant's endpoints that are told of its exports, and what was sent to them.

pub mod address;
pub mod id;
pub mod retry;
pub mod secret;
pub mod target;

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use strum::{Display, EnumString};

use self::{
    id::{DeliveryId, EventId, WebhookId},
    target::Target,
};
use super::{address::EmailAddress, event::EventType};

/// The most endpoints of a tenant.
pub const MOST_WEBHOOKS: u32 = 20;

/// The most characters of an endpoint's description.
pub const LONGEST_DESCRIPTION: usize = 200;

/// How long a delivery is shown after its event.
pub const DELIVERIES_ARE_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The most attempts of a delivery that are shown: the latest.
pub const MOST_ATTEMPTS_SHOWN: usize = 20;

/// How long an attempt holds its delivery. It is longer than an attempt may take, and shorter than the time after which
/// the message of a process that died comes back.
pub const LEASE: SignedDuration = SignedDuration::from_secs(45);

/// The type of the event that tests an endpoint. It is sent only to the endpoint that it was asked for.
pub const TEST_EVENT: &str = "webhook.test";

/// An endpoint, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub tenant_id: String,
    pub tenant_name: String,
    pub target: Target,
    /// `None`: every event, also those that are still to be invented.
    pub events: Option<Vec<EventType>>,
    pub description: Option<String>,
    pub created_at: Timestamp,
    /// Who is told if the endpoint is disabled: whoever created it.
    pub owner: Owner,
    /// `None` while the endpoint is enabled.
    pub disabled: Option<Disabled>,
    /// Since when every attempt has failed. `None` after one that did not.
    pub failing_since: Option<Timestamp>,
    /// Whether the owner must still be told that the endpoint is disabled.
    pub is_notice_due: bool,
}

/// What changes of an endpoint. `None` leaves it as it is; `Some(None)` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookChange {
    pub target: Option<Target>,
    pub events: Option<Option<Vec<EventType>>>,
    pub description: Option<Option<String>>,
    pub is_enabled: Option<bool>,
}

/// Who created an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub user_id: String,
    pub email: EmailAddress,
}

/// Since when an endpoint gets no events, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disabled {
    pub at: Timestamp,
    pub reason: DisabledReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DisabledReason {
    /// An operator disabled it.
    ByOperator,
    /// It answered 410.
    Gone,
    /// Every attempt of three days failed.
    Failing,
}

/// An event on its way to an endpoint, or one that has arrived there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub tenant_id: String,
    pub webhook_id: WebhookId,
    pub id: DeliveryId,
    pub event_id: EventId,
    /// Such as `export.ready`, or [`TEST_EVENT`].
    pub event_type: String,
    /// What is posted, byte for byte in each attempt.
    pub body: String,
    pub state: DeliveryState,
    pub created_at: Timestamp,
    /// How many attempts there were.
    pub attempted: u32,
    /// How many of them came before the delivery was last sent again by hand.
    pub earlier_attempts: u32,
    /// When the next attempt is due, while PENDING.
    pub next_attempt_at: Option<Timestamp>,
    /// The latest attempts, the earliest first.
    pub attempts: Vec<Attempt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryState {
    /// There will be another attempt.
    Pending,
    /// The endpoint answered 2xx.
    Delivered,
    /// There will be no further attempt, unless it is sent again by hand.
    Failed,
}

/// One request to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub at: Timestamp,
    pub milliseconds: u64,
    pub outcome: Outcome,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint answered.
    Answered {
        status: u16,
        /// The first KiB of the answer.
        answer: String,
        /// The pause that the endpoint asked for.
        retry_after: Option<SignedDuration>,
    },
    /// It did not: why, as a sentence for a person.
    Unanswered(Cow<'static, str>),
}

impl Webhook {
    /// Whether an event of this type is sent to the endpoint.
    pub fn wants(&self, event: EventType) -> bool {
        self.disabled.is_none()
            && self
                .events
                .as_ref()
                .is_none_or(|events| events.contains(&event))
    }
}

impl Delivery {
    /// A delivery that nothing was attempted for yet.
    pub fn new(
        webhook: &Webhook,
        event_id: EventId,
        event_type: impl ToString,
        body: String,
        now: Timestamp,
    ) -> Self {
        Self {
            tenant_id: webhook.tenant_id.clone(),
            webhook_id: webhook.id.clone(),
            id: DeliveryId::of(&event_id),
            event_id,
            event_type: event_type.to_string(),
            body,
            state: DeliveryState::Pending,
            created_at: now,
            attempted: 0,
            earlier_attempts: 0,
            next_attempt_at: Some(now),
            attempts: Vec::new(),
        }
    }
}

impl Outcome {
    /// Whether the event has arrived. A redirect is not followed, and so is none.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Answered { status, .. } if (200..300).contains(status))
    }

    /// Whether the endpoint says that it is gone for good.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Answered { status: 410, .. })
    }
}

/// The example that tests start from.
#[cfg(test)]
pub mod examples {
    use super::{super::export::examples::at, *};

    pub fn webhook() -> Webhook {
        Webhook {
            id: "whk_01kh0c8rm0e4t8v2zj6m3x9q5a".parse().unwrap(),
            tenant_id: "northwind-market".to_owned(),
            tenant_name: "Northwind Market".to_owned(),
            target: Target::parse("https://hooks.example.com/exports", target::Reach::Public)
                .unwrap(),
            events: None,
            description: None,
            created_at: at("2026-02-11T08:00:00Z"),
            owner: Owner {
                user_id: "usr-ana".to_owned(),
                email: EmailAddress::parse("ana@northwind.example").unwrap(),
            },
            disabled: None,
            failing_since: None,
            is_notice_due: false,
        }
    }

    pub fn delivery() -> Delivery {
        Delivery::new(
            &webhook(),
            "evt_01kh0c8rm0e4t8v2zj6m3x9q5b".parse().unwrap(),
            EventType::Ready,
            "{}".to_owned(),
            at("2026-02-11T09:00:00Z"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{examples::webhook, *};

    #[test]
    fn an_endpoint_without_a_choice_wants_every_event() {
        let all = webhook();
        assert!(all.wants(EventType::Ready) && all.wants(EventType::Downloaded));
        let some = Webhook {
            events: Some(vec![EventType::Failed]),
            ..webhook()
        };
        assert!(some.wants(EventType::Failed) && !some.wants(EventType::Ready));
    }

    #[test]
    fn a_disabled_endpoint_wants_nothing() {
        let disabled = Webhook {
            disabled: Some(Disabled {
                at: webhook().created_at,
                reason: DisabledReason::ByOperator,
            }),
            ..webhook()
        };
        assert!(!disabled.wants(EventType::Ready));
    }

    #[test]
    fn only_2xx_is_a_success() {
        let answered = |status| Outcome::Answered {
            status,
            answer: String::new(),
            retry_after: None,
        };
        for status in [200, 201, 204, 299] {
            assert!(answered(status).is_success(), "{status}");
        }
        for status in [100, 199, 300, 301, 302, 307, 400, 404, 410, 429, 500, 503] {
            assert!(!answered(status).is_success(), "{status}");
        }
        assert!(!Outcome::Unanswered("".into()).is_success());
        assert!(answered(410).is_gone() && !answered(404).is_gone());
    }
}
