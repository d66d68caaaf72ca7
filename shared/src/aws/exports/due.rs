//! What the reconciler and the sweep have to look at.

use aws_sdk_dynamodb::types::Update;
use jiff::Timestamp;

use super::{AwsError, ExportsTable, Item, export_key, key, number, text};
use crate::{
    domain::{
        export::{Export, Status},
        id::ExportId,
    },
    items::{
        due::{Due, DueShard},
        export::RESENT_AFTER,
    },
};

/// Some of what is due in a shard, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct DuePage {
    pub due: Vec<Due>,
    /// Where the next page begins. `None` after the last one.
    pub next: Option<DuePlace>,
}

/// A place in a shard.
#[derive(Clone, Debug, Default)]
pub struct DuePlace(Item);

impl ExportsTable {
    /// What became due before `before` in a shard, the oldest first, from a place on: at most so many.
    pub async fn due(
        &self,
        shard: &DueShard,
        before: Timestamp,
        from: Option<DuePlace>,
        most: i32,
    ) -> Result<DuePage, AwsError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(shard.index)
            .key_condition_expression("#shard = :shard AND dueAt <= :before")
            .projection_expression("#partition, #sort, dueAt")
            .expression_attribute_names("#shard", shard.attribute)
            .expression_attribute_names("#partition", "partition")
            .expression_attribute_names("#sort", "sort")
            .expression_attribute_values(":shard", text(&shard.value))
            .expression_attribute_values(":before", number(before.as_second()))
            .set_exclusive_start_key(from.map(|place| place.0))
            .limit(most)
            .send()
            .await
            .map_err(AwsError::new("Query"))?;
        let items = answer.items.unwrap_or_default();
        Ok(DuePage {
            due: items.iter().filter_map(read_due).collect(),
            next: answer.last_evaluated_key.map(DuePlace),
        })
    }

    /// Records that a failed or cancelled export was cleaned up after its last attempt, so that it is no longer due.
    pub async fn record_cleaned(&self, export: &Export) -> Result<(), AwsError> {
        let update = self
            .update(export)
            .update_expression("REMOVE dueShard, dueKind, dueAt")
            .condition_expression("#status IN (:failed, :cancelled) AND attribute_exists(dueAt)")
            .expression_attribute_values(":failed", text(Status::Failed.to_string()))
            .expression_attribute_values(":cancelled", text(Status::Cancelled.to_string()));
        // This is refused only if another pass has recorded it.
        let _ = self.change(update).await?;
        Ok(())
    }

    /// Records that a pending export's message was sent again, so that the next passes skip the export for a while.
    pub async fn record_resent(
        &self,
        tenant_id: &str,
        id: &ExportId,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(export_key(tenant_id, id)))
            .update_expression("SET dueAt = :due")
            .condition_expression("#status = :pending AND dueAt <= :now")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":pending", text(Status::Pending.to_string()))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":due", number((now + RESENT_AFTER).as_second()));
        // This is refused if an attempt has the export again, or if it has ended.
        let _ = self.change(update).await?;
        Ok(())
    }

    /// The item that is due, as it is now. `None` if it is gone.
    pub(super) async fn due_item(&self, due: &Due) -> Result<Option<Item>, AwsError> {
        self.get(key(due.partition.clone(), due.sort.as_str()))
            .await
    }
}

fn read_due(item: &Item) -> Option<Due> {
    Some(Due {
        partition: item.get("partition")?.as_s().ok()?.clone(),
        sort: item.get("sort")?.as_s().ok()?.clone(),
        at: item.get("dueAt")?.as_n().ok()?.parse().ok()?,
    })
}
