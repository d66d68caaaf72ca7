//! The bus that tells others about exports.

use aws_config::SdkConfig;
use aws_sdk_eventbridge::{Client, types::PutEventsRequestEntry};

use super::AwsError;
use crate::wire::export_event::{EventObject, SOURCE};

/// The most events that EventBridge takes in a call.
pub const MOST_EVENTS: usize = 10;

#[derive(Clone, Debug)]
pub struct EventBus {
    client: Client,
    name: String,
}

impl EventBus {
    pub fn new(aws: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(aws),
            name,
        }
    }

    /// Publishes up to [`MOST_EVENTS`] events. Returns for each whether the bus has it.
    pub async fn publish(&self, events: &[&EventObject]) -> Result<Vec<bool>, AwsError> {
        let entries = events.iter().map(|event| {
            let detail = serde_json::to_string(event).expect("an event is plain JSON");
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(&event.r#type)
                .detail(detail)
                .build()
        });
        let answer = self
            .client
            .put_events()
            .set_entries(Some(entries.collect()))
            .send()
            .await
            .map_err(AwsError::new("PutEvents"))?;
        let has_it = |entry: &aws_sdk_eventbridge::types::PutEventsResultEntry| {
            entry.event_id().is_some() && entry.error_code().is_none()
        };
        Ok(answer.entries().iter().map(has_it).collect())
    }
}
