//! The queue of webhooks: events to spread, and deliveries to attempt.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::AwsError;
use crate::{
    domain::{
        caller::is_valid_id,
        webhook::{
            Delivery,
            id::{DeliveryId, WebhookId},
        },
    },
    wire::webhook_event::WebhookEvent,
};

/// The longest delay that SQS knows.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(15);

#[derive(Clone, Debug)]
pub struct WebhookQueue {
    client: Client,
    url: String,
}

/// What a message of the queue asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Tell every endpoint that wants it of this event.
    Spread(WebhookEvent),
    /// Attempt this delivery.
    Attempt(Job),
}

/// Names a delivery, and which of its attempts is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub tenant_id: String,
    pub webhook_id: WebhookId,
    pub delivery_id: DeliveryId,
    /// How many attempts come before it.
    pub attempt: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JobBody {
    tenant_id: String,
    webhook_id: String,
    delivery_id: String,
    attempt: u32,
}

impl Message {
    /// Reads a message's body. `None` if it asks for nothing that is known; then a retry cannot help.
    pub fn parse(body: &str) -> Option<Self> {
        if let Ok(job) = serde_json::from_str::<JobBody>(body) {
            return Some(Self::Attempt(Job {
                tenant_id: is_valid_id(&job.tenant_id).then_some(job.tenant_id)?,
                webhook_id: job.webhook_id.parse().ok()?,
                delivery_id: job.delivery_id.parse().ok()?,
                attempt: job.attempt,
            }));
        }
        WebhookEvent::parse(body).map(Self::Spread)
    }
}

impl Job {
    /// The attempt of a delivery that comes after so many others.
    pub fn of(delivery: &Delivery, attempt: u32) -> Self {
        Self {
            tenant_id: delivery.tenant_id.clone(),
            webhook_id: delivery.webhook_id.clone(),
            delivery_id: delivery.id.clone(),
            attempt,
        }
    }
}

impl WebhookQueue {
    pub fn new(aws: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(aws),
            url,
        }
    }

    /// Sends a message for an attempt. It arrives after the delay, or after 15 minutes if the delay is longer. Each tenant is
    /// a message group, so that slow endpoints of one do not delay the deliveries of others.
    pub async fn send(&self, job: &Job, delay: SignedDuration) -> Result<(), AwsError> {
        let body = JobBody {
            tenant_id: job.tenant_id.clone(),
            webhook_id: job.webhook_id.to_string(),
            delivery_id: job.delivery_id.to_string(),
            attempt: job.attempt,
        };
        let body = serde_json::to_string(&body).expect("a job is plain JSON");
        // Rounded up, so that the message does not come too early.
        let delay = delay.clamp(SignedDuration::ZERO, LONGEST_DELAY);
        let seconds =
            delay.as_millis().div_euclid(1000) + i128::from(delay.as_millis().rem_euclid(1000) > 0);
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_group_id(&job.tenant_id)
            .delay_seconds(i32::try_from(seconds).unwrap_or(900))
            .send()
            .await
            .map_err(AwsError::new("SendMessage"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_asks_for_an_attempt_or_tells_of_an_event() {
        let job = r#"{"tenantId": "acme", "webhookId": "whk_01kh0c8rm0e4t8v2zj6m3x9q5a",
            "deliveryId": "dlv_01kh0c8rm0e4t8v2zj6m3x9q5b", "attempt": 3}"#;
        let Some(Message::Attempt(job)) = Message::parse(job) else {
            panic!("an attempt");
        };
        assert_eq!((job.tenant_id.as_str(), job.attempt), ("acme", 3));
        let event = r#"{"version": "0", "id": "1", "detail-type": "export.ready", "source": "payout-exports",
            "detail": {"id": "evt_01kh0c8rm0e4t8v2zj6m3x9q5b", "type": "export.ready",
            "timestamp": "2026-11-26T06:00:00Z", "tenantId": "acme", "data": {"exportId": "exp_1",
            "exportType": "FUNDING_TRANSFERS", "status": "READY", "requesterId": "ana"}}}"#;
        assert!(matches!(Message::parse(event), Some(Message::Spread(_))));
        for poison in [
            "",
            "{}",
            "[]",
            r#"{"tenantId": "t", "webhookId": "w", "deliveryId": "d", "attempt": 0}"#,
        ] {
            assert_eq!(Message::parse(poison), None);
        }
    }
}
