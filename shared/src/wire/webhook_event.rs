//! Events as EventBridge brings them, and as endpoints get them: ids and states, and never rows, links or addresses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::export_event::EventObject;
use crate::domain::{
    event::EventType,
    time::to_seconds,
    webhook::{
        TEST_EVENT,
        id::{EventId, WebhookId},
    },
};

/// An event of an export, as the stack's bus has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    pub id: EventId,
    pub event_type: EventType,
    pub tenant_id: String,
    /// What endpoints get: JSON.
    pub body: String,
}

/// What a rule of EventBridge passes on. What it has besides is left out.
#[derive(Deserialize)]
struct Envelope {
    detail: EventObject,
}

/// The event that tests an endpoint.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TestObject<'a> {
    id: &'a str,
    r#type: &'a str,
    timestamp: String,
    tenant_id: &'a str,
    data: TestData<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TestData<'a> {
    webhook_id: &'a str,
}

impl WebhookEvent {
    /// Reads an event as a rule of EventBridge passes it on. `None` if it is none of an export.
    pub fn parse(message: &str) -> Option<Self> {
        let Envelope { detail } = serde_json::from_str(message).ok()?;
        Some(Self {
            id: detail.id.parse().ok()?,
            event_type: detail.r#type.parse().ok()?,
            body: serde_json::to_string(&detail).ok()?,
            tenant_id: detail.tenant_id,
        })
    }
}

/// What tests an endpoint: the body that is posted to it.
pub fn test_body(id: &EventId, tenant_id: &str, webhook: &WebhookId, now: Timestamp) -> String {
    let object = TestObject {
        id: id.as_str(),
        r#type: TEST_EVENT,
        timestamp: to_seconds(now),
        tenant_id,
        data: TestData {
            webhook_id: webhook.as_str(),
        },
    };
    serde_json::to_string(&object).expect("an event is plain JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(detail_type: &str) -> String {
        serde_json::json!({
            "version": "0", "id": "7bf73129", "detail-type": detail_type, "source": "payout-exports",
            "detail": {
                "id": "evt_01kh0c8rm0e4t8v2zj6m3x9q5b", "type": detail_type, "timestamp": "2026-11-26T06:00:00Z",
                "tenantId": "acme",
                "data": {"exportId": "exp_1", "exportType": "FUNDING_TRANSFERS", "status": "READY",
                    "requesterId": "ana", "retryOf": "exp_0", "downloadUrl": "https://secret.example"},
            },
        })
        .to_string()
    }

    #[test]
    fn endpoints_get_ids_and_states_and_nothing_else() {
        let read = WebhookEvent::parse(&event("export.ready")).unwrap();
        assert_eq!(read.tenant_id, "acme");
        let body: serde_json::Value = serde_json::from_str(&read.body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "id": "evt_01kh0c8rm0e4t8v2zj6m3x9q5b", "type": "export.ready", "timestamp": "2026-11-26T06:00:00Z",
                "tenantId": "acme",
                "data": {"exportId": "exp_1", "exportType": "FUNDING_TRANSFERS", "status": "READY",
                    "requesterId": "ana", "retryOf": "exp_0"},
            })
        );
    }

    #[test]
    fn what_is_no_event_of_an_export_is_told_apart() {
        for poison in [
            event("export.invented"),
            event("webhook.test"),
            event("export.ready").replace("evt_", "evt-"),
            "{}".to_owned(),
        ] {
            assert_eq!(WebhookEvent::parse(&poison), None);
        }
    }
}
