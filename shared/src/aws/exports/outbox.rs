//! Events that are recorded with what brought them about, and published afterwards.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::Timestamp;

use super::{AwsError, ExportsTable, due::MOST_PER_PASS, from_item, key, number, text, to_item};
use crate::{
    aws::event_bus::{EventBus, MOST_EVENTS},
    domain::{
        event::{Event, EventType},
        export::Export,
    },
    items::outbox::{EVENT, OutboxItem},
    random,
};

impl ExportsTable {
    /// The part of a transaction that records an event.
    pub(super) fn event(
        &self,
        export: &Export,
        event_type: EventType,
        at: Timestamp,
    ) -> Result<TransactWriteItem, AwsError> {
        let event = Event::of(export, event_type, at, random::bytes());
        self.put(to_item(&OutboxItem::of(&event))?)
    }

    /// Publishes events and deletes them from the outbox. Returns how many are left there. An event whose deletion fails is
    /// published again, under the same id.
    pub async fn publish(&self, bus: &EventBus, events: &[OutboxItem]) -> Result<usize, AwsError> {
        let mut left = 0;
        for some in events.chunks(MOST_EVENTS) {
            let told: Vec<_> = some.iter().map(OutboxItem::event).collect();
            let is_published = bus.publish(&told).await?;
            for (item, is_published) in some.iter().zip(is_published) {
                if is_published {
                    self.delete_event(item).await?;
                } else {
                    left += 1;
                }
            }
        }
        Ok(left)
    }

    /// The events that should have been published before `before`, the oldest first.
    pub async fn unpublished(&self, before: Timestamp) -> Result<Vec<OutboxItem>, AwsError> {
        let mut unpublished = Vec::new();
        let mut items = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("by-due")
            .key_condition_expression("dueKind = :kind AND dueAt <= :before")
            .expression_attribute_values(":kind", text(EVENT))
            .expression_attribute_values(":before", number(before.as_second()))
            .into_paginator()
            .items()
            .send();
        while let Some(item) = items.next().await {
            unpublished.push(from_item(item.map_err(AwsError::new("Query"))?)?);
            if unpublished.len() == MOST_PER_PASS {
                break;
            }
        }
        Ok(unpublished)
    }

    async fn delete_event(&self, item: &OutboxItem) -> Result<(), AwsError> {
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
