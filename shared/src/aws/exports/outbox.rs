//! What has happened is recorded with what brought it about, and told afterwards: on the bus, and in the audit trail.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use futures::future::try_join_all;
use jiff::Timestamp;
use tracing::error;

use super::{AwsError, ExportsTable, from_item, key, to_item};
use crate::{
    aws::{
        audit_trail::AuditTrail,
        event_bus::{EventBus, MOST_EVENTS},
    },
    domain::{
        audit::AuditEvent,
        event::{Event, EventType},
        export::Export,
    },
    items::{due::Due, outbox::OutboxItem},
    random,
};

impl ExportsTable {
    /// The part of a transaction that records what the bus is told.
    pub(super) fn event(
        &self,
        export: &Export,
        event_type: EventType,
        at: Timestamp,
    ) -> Result<TransactWriteItem, AwsError> {
        let event = Event::of(export, event_type, at, random::bytes());
        self.put(to_item(&OutboxItem::of(&event))?)
    }

    /// The part of a transaction that records an act for the audit trail.
    pub(super) fn audit(&self, audit: &AuditEvent) -> Result<TransactWriteItem, AwsError> {
        self.put(to_item(&OutboxItem::of_audit(audit))?)
    }

    /// The part of a transaction that records an act for the audit trail, of which the bus is told too.
    pub(super) fn event_and_audit(
        &self,
        export: &Export,
        event_type: EventType,
        audit: &AuditEvent,
    ) -> Result<TransactWriteItem, AwsError> {
        let event = Event::of(export, event_type, audit.at, random::bytes());
        self.put(to_item(&OutboxItem::of(&event).and(audit))?)
    }

    /// Tells what is in the outbox where it must be told, and deletes what is. Returns of each item whether it is told
    /// everywhere and deleted. What cannot be deleted is told again: on the bus under the same id, in the audit trail
    /// without effect. Of what only the bus has, the rest is left.
    pub async fn tell(
        &self,
        bus: &EventBus,
        trail: &AuditTrail,
        items: &[OutboxItem],
    ) -> Vec<bool> {
        let mut is_published: Vec<_> = items.iter().map(|item| item.event().is_none()).collect();
        let events: Vec<_> = (items.iter().enumerate())
            .filter_map(|(index, item)| Some((index, item.event()?)))
            .collect();
        for some in events.chunks(MOST_EVENTS) {
            let told: Vec<_> = some.iter().map(|(_, event)| *event).collect();
            // The audit trail does not wait for the bus.
            let published = bus.publish(&told).await.unwrap_or_else(|cause| {
                error!(%cause, "events are not published yet");
                vec![false; told.len()]
            });
            for ((index, _), published) in some.iter().zip(published) {
                is_published[*index] = published;
            }
        }
        let audits: Vec<_> = items.iter().map(OutboxItem::audit).collect();
        let is_recorded = trail.record(&audits).await;
        let mut told = Vec::with_capacity(items.len());
        for ((item, is_published), is_recorded) in items.iter().zip(is_published).zip(is_recorded) {
            let noted = match (is_published, is_recorded) {
                (true, true) => self.delete_from_outbox(item).await,
                // However long the trail cannot be written, the bus is not told each minute.
                (true, false) if item.event().is_some() => self.forget_event(item).await,
                _ => Ok(()),
            };
            if let Err(cause) = &noted {
                error!(%cause, "what is told stays in the outbox");
            }
            told.push(is_published && is_recorded && noted.is_ok());
        }
        told
    }

    /// What of this is still to be told.
    pub async fn untold(&self, due: &[Due]) -> Result<Vec<OutboxItem>, AwsError> {
        let items = try_join_all(due.iter().map(|due| self.due_item(due))).await?;
        items.into_iter().flatten().map(from_item).collect()
    }

    /// Leaves only what is for the audit trail.
    async fn forget_event(&self, item: &OutboxItem) -> Result<(), AwsError> {
        let (partition, sort) = item.key();
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key(partition.to_owned(), sort)))
            .update_expression("REMOVE event")
            .condition_expression("attribute_exists(event)");
        // This is refused if somebody else has told all of it meanwhile.
        let _ = self.change(update).await?;
        Ok(())
    }

    async fn delete_from_outbox(&self, item: &OutboxItem) -> Result<(), AwsError> {
        let (partition, sort) = item.key();
        self.client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(key(partition.to_owned(), sort)))
            .send()
            .await
            .map_err(AwsError::new("DeleteItem"))?;
        Ok(())
    }
}
