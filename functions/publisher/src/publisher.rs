//! Tells each thing that was recorded in the outbox.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use lambda_runtime::Error;
use shared::{
    aws::{audit_trail::AuditTrail, event_bus::EventBus, exports::ExportsTable},
    items::outbox::OutboxItem,
};
use tracing::info;

/// The clients of this function.
pub struct Publisher {
    pub exports: ExportsTable,
    pub bus: EventBus,
    pub trail: AuditTrail,
}

impl Publisher {
    /// Tells what the batch has and deletes it from the outbox. If something is left, the batch fails, so that the stream
    /// sends it again; an event that is told twice has the same id.
    pub async fn handle(&self, event: Event) -> Result<(), Error> {
        let items: Vec<_> = event.records.into_iter().filter_map(recorded).collect();
        let left = self.exports.tell(&self.bus, &self.trail, &items).await?;
        if left > 0 {
            return Err(format!("{left} events are not told yet").into());
        }
        for item in &items {
            if let Some(event) = item.event() {
                info!(
                    tenantId = event.tenant_id,
                    exportId = event.data.export_id,
                    eventId = event.id,
                    r#type = event.r#type,
                    "published"
                );
            }
            if let Some(audit) = item.audit() {
                info!(
                    tenantId = audit.tenant_id,
                    exportId = audit.export_id,
                    eventId = audit.id,
                    action = audit.action,
                    "recorded"
                );
            }
        }
        Ok(())
    }
}

/// What a stream record reports. Other records are skipped, and records that no retry could read.
fn recorded(record: EventRecord) -> Option<OutboxItem> {
    if record.event_name != "INSERT" {
        return None;
    }
    let item: OutboxItem = serde_dynamo::from_item(record.change.new_image).ok()?;
    item.is_of_outbox().then_some(item)
}
