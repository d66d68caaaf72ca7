//! Publishes each event that was recorded in the outbox.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use lambda_runtime::Error;
use shared::{
    aws::{event_bus::EventBus, exports::ExportsTable},
    items::outbox::OutboxItem,
};
use tracing::info;

/// The clients of this function.
pub struct Publisher {
    pub exports: ExportsTable,
    pub bus: EventBus,
}

impl Publisher {
    /// Publishes the batch's events and deletes them from the outbox. If one is left, the batch fails, so that the stream
    /// sends it again; an event that is published twice has the same id.
    pub async fn handle(&self, event: Event) -> Result<(), Error> {
        let events: Vec<_> = event.records.into_iter().filter_map(recorded).collect();
        let left = self.exports.publish(&self.bus, &events).await?;
        if left > 0 {
            return Err(format!("{left} events are not published yet").into());
        }
        for item in &events {
            let event = item.event();
            info!(
                tenantId = event.tenant_id,
                exportId = event.data.export_id,
                eventId = event.id,
                r#type = event.r#type,
                "published"
            );
        }
        Ok(())
    }
}

/// The event that a stream record reports. Other records are skipped, and records that no retry could read.
fn recorded(record: EventRecord) -> Option<OutboxItem> {
    if record.event_name != "INSERT" {
        return None;
    }
    let item: OutboxItem = serde_dynamo::from_item(record.change.new_image).ok()?;
    item.is_event().then_some(item)
}
