//! The exports that the reconciler has to work on.

use jiff::Timestamp;

use super::{AwsError, ExportsTable, Item, number, read_export, text};
use crate::{
    domain::export::{Export, Status},
    items::export::{DueKind, RESENT_AFTER},
};

/// The most exports of a kind in one pass; the next pass continues.
pub(super) const MOST_PER_PASS: usize = 1000;

impl ExportsTable {
    /// The exports that became due for `kind` before `before`, the oldest first. An export that cannot be read is skipped.
    pub async fn due(
        &self,
        kind: DueKind,
        before: Timestamp,
    ) -> Result<Vec<Result<Export, AwsError>>, AwsError> {
        let due = self.due_items(kind.into(), before, MOST_PER_PASS).await?;
        Ok(due.into_iter().map(read_export).collect())
    }

    /// The items that became due for `kind` before `before`, the oldest first, and at most so many.
    pub(super) async fn due_items(
        &self,
        kind: &str,
        before: Timestamp,
        most: usize,
    ) -> Result<Vec<Item>, AwsError> {
        let mut due = Vec::new();
        let mut items = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("by-due")
            .key_condition_expression("dueKind = :kind AND dueAt <= :before")
            .expression_attribute_values(":kind", text(kind))
            .expression_attribute_values(":before", number(before.as_second()))
            .into_paginator()
            .items()
            .send();
        while let Some(item) = items.next().await {
            due.push(item.map_err(AwsError::new("Query"))?);
            if due.len() == most {
                break;
            }
        }
        Ok(due)
    }

    /// Records that a failed or cancelled export was cleaned up after its last attempt, so that it is no longer due.
    pub async fn record_cleaned(&self, export: &Export) -> Result<(), AwsError> {
        let kind: &'static str = DueKind::CleanUp.into();
        let update = self
            .update(export)
            .update_expression("REMOVE dueKind, dueAt")
            .condition_expression("#status IN (:failed, :cancelled) AND dueKind = :kind")
            .expression_attribute_values(":failed", text(Status::Failed.to_string()))
            .expression_attribute_values(":cancelled", text(Status::Cancelled.to_string()))
            .expression_attribute_values(":kind", text(kind));
        // This is refused only if another pass has recorded it.
        let _ = self.change(update).await?;
        Ok(())
    }

    /// Records that a pending export's message was sent again, so that the next passes skip the export for a while.
    pub async fn record_resent(&self, export: &Export, now: Timestamp) -> Result<(), AwsError> {
        let update = self
            .update(export)
            .update_expression("SET dueAt = :due")
            .condition_expression("#status = :pending AND dueAt <= :now")
            .expression_attribute_values(":pending", text(Status::Pending.to_string()))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":due", number((now + RESENT_AFTER).as_second()));
        // This is refused if an attempt has the export again, or if it has ended.
        let _ = self.change(update).await?;
        Ok(())
    }
}
