//! Deliveries of events to endpoints.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::UnreadableItem;
use crate::domain::webhook::{Attempt, DELIVERIES_ARE_KEPT_FOR, Delivery, Outcome, id::WebhookId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryItem {
    partition: String,
    sort: String,
    tenant_id: String,
    webhook_id: String,
    event_id: String,
    event_type: String,
    body: String,
    state: String,
    created_at: Timestamp,
    attempted: u32,
    earlier_attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<Timestamp>,
    attempts: Vec<AttemptItem>,
    time_to_live: i64,
}

/// One attempt within a delivery's item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptItem {
    at: Timestamp,
    milliseconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

pub fn deliveries_partition(tenant_id: &str, webhook: &WebhookId) -> String {
    format!("deliveries#{tenant_id}#{webhook}")
}

impl DeliveryItem {
    pub fn of(delivery: &Delivery) -> Self {
        Self {
            partition: deliveries_partition(&delivery.tenant_id, &delivery.webhook_id),
            sort: delivery.id.to_string(),
            tenant_id: delivery.tenant_id.clone(),
            webhook_id: delivery.webhook_id.to_string(),
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.to_string(),
            body: delivery.body.clone(),
            state: delivery.state.to_string(),
            created_at: delivery.created_at,
            attempted: delivery.attempted,
            earlier_attempts: delivery.earlier_attempts,
            next_attempt_at: delivery.next_attempt_at,
            attempts: delivery.attempts.iter().map(AttemptItem::of).collect(),
            time_to_live: (delivery.created_at + DELIVERIES_ARE_KEPT_FOR).as_second(),
        }
    }
}

impl AttemptItem {
    pub fn of(attempt: &Attempt) -> Self {
        let base = Self {
            at: attempt.at,
            milliseconds: attempt.milliseconds,
            status: None,
            answer: None,
            retry_after: None,
            failure: None,
        };
        match &attempt.outcome {
            Outcome::Answered {
                status,
                answer,
                retry_after,
            } => Self {
                status: Some(*status),
                answer: Some(answer.clone()),
                retry_after: retry_after.map(|pause| pause.as_secs()),
                ..base
            },
            Outcome::Unanswered(failure) => Self {
                failure: Some(failure.clone().into_owned()),
                ..base
            },
        }
    }
}

impl From<AttemptItem> for Attempt {
    fn from(item: AttemptItem) -> Self {
        let outcome = match item.status {
            Some(status) => Outcome::Answered {
                status,
                answer: item.answer.unwrap_or_default(),
                retry_after: item.retry_after.map(SignedDuration::from_secs),
            },
            None => Outcome::Unanswered(item.failure.unwrap_or_default().into()),
        };
        Self {
            at: item.at,
            milliseconds: item.milliseconds,
            outcome,
        }
    }
}

impl TryFrom<DeliveryItem> for Delivery {
    type Error = UnreadableItem;

    fn try_from(item: DeliveryItem) -> Result<Self, UnreadableItem> {
        let unreadable = |what: &str| UnreadableItem(format!("the delivery's {what}"));
        Ok(Self {
            tenant_id: item.tenant_id,
            webhook_id: item
                .webhook_id
                .parse()
                .map_err(|_| unreadable("endpoint"))?,
            id: item.sort.parse().map_err(|_| unreadable("id"))?,
            event_id: item.event_id.parse().map_err(|_| unreadable("event"))?,
            event_type: item.event_type,
            body: item.body,
            state: item.state.parse().map_err(|_| unreadable("state"))?,
            created_at: item.created_at,
            attempted: item.attempted,
            earlier_attempts: item.earlier_attempts,
            next_attempt_at: item.next_attempt_at,
            attempts: item.attempts.into_iter().map(Attempt::from).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::webhook::{DeliveryState, examples::delivery};

    #[test]
    fn a_delivery_comes_back_as_it_was() {
        let attempt = |outcome| Attempt {
            at: delivery().created_at,
            milliseconds: 12,
            outcome,
        };
        let tried = Delivery {
            state: DeliveryState::Failed,
            attempted: 2,
            earlier_attempts: 1,
            next_attempt_at: None,
            attempts: vec![
                attempt(Outcome::Unanswered("No answer.".into())),
                attempt(Outcome::Answered {
                    status: 503,
                    answer: "later".to_owned(),
                    retry_after: Some(SignedDuration::from_secs(30)),
                }),
            ],
            ..delivery()
        };
        for delivery in [delivery(), tried] {
            let item = DeliveryItem::of(&delivery);
            let stored: serde_dynamo::Item = serde_dynamo::to_item(&item).unwrap();
            let read: DeliveryItem = serde_dynamo::from_item(stored).unwrap();
            assert_eq!(Delivery::try_from(read).unwrap(), delivery);
        }
    }
}
