//! An event as EventBridge's bus and webhooks carry it. `infra/export-event.schema.json` describes it.

use serde::{Deserialize, Serialize};

use crate::domain::{event::Event, time::to_seconds};

/// What the bus calls the sender of all events.
pub const SOURCE: &str = "payout-exports";

/// The `detail` of an event on the bus, and the body of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventObject {
    /// The same however often the event is told.
    pub id: String,
    /// Such as `export.ready`; the bus has it as the detail type too.
    pub r#type: String,
    /// RFC 3339, UTC, to the second.
    pub timestamp: String,
    pub tenant_id: String,
    pub data: EventData,
}

/// Which export, and its status since then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventData {
    pub export_id: String,
    pub export_type: String,
    pub status: String,
    pub requester_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<String>,
}

impl From<&Event> for EventObject {
    fn from(event: &Event) -> Self {
        Self {
            id: event.id.clone(),
            r#type: event.event_type.to_string(),
            timestamp: to_seconds(event.at),
            tenant_id: event.tenant_id.clone(),
            data: EventData {
                export_id: event.export_id.to_string(),
                export_type: event.export_id.dataset().export_type.to_owned(),
                status: event.status.to_string(),
                requester_id: event.requester_id.clone(),
                retry_of: event.retry_of.as_ref().map(ToString::to_string),
                schedule_id: event.schedule_id.as_ref().map(ToString::to_string),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        event::EventType,
        export::examples::{at, pending, ready},
    };

    #[test]
    fn an_event_has_ids_and_states_and_nothing_else() {
        let export = crate::domain::export::Export {
            retry_of: Some(pending().id),
            ..ready()
        };
        let event = Event::of(
            &export,
            EventType::Ready,
            at("2026-11-20T09:30:05Z"),
            [7; 10],
        );
        insta::assert_snapshot!(serde_json::to_string_pretty(&EventObject::from(&event)).unwrap());
    }
}
