//! Tells each thing that was recorded in the outbox.

use std::time::Instant;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use lambda_runtime::Error;
use shared::{
    aws::{audit_trail::AuditTrail, event_bus::EventBus, exports::ExportsTable},
    items::outbox::OutboxItem,
    logging::{end_event, note_act, note_event},
};

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
        let started = Instant::now();
        let told = self.exports.tell(&self.bus, &self.trail, &items).await;
        let mut left = 0;
        for (item, is_told) in items.iter().zip(told) {
            let is_told = if is_told {
                Ok("TOLD")
            } else {
                Err("it is not told everywhere yet")
            };
            left += usize::from(is_told.is_err());
            end_event(&is_told, started, || {
                item.audit().inspect(|act| note_act(act));
                item.event().inspect(|event| note_event(event));
            });
        }
        if left > 0 {
            return Err(format!("{left} events are not told yet").into());
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
