//! What the reconciler has to look at.

use jiff::Timestamp;

use super::{AwsError, ExportsTable, number, read_export, text};
use crate::{
    domain::export::{Export, Status},
    items::export::{DueKind, RESENT_AFTER},
};

/// Most exports of a kind that one pass looks at; the next one goes on.
const MOST_PER_PASS: usize = 1000;

impl ExportsTable {
    /// Exports that have been due for `kind` since `before` or longer, the longest first. One that cannot be read does
    /// not hide the others.
    pub async fn due(
        &self,
        kind: DueKind,
        before: Timestamp,
    ) -> Result<Vec<Result<Export, AwsError>>, AwsError> {
        let kind: &'static str = kind.into();
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
            due.push(read_export(item.map_err(AwsError::new("Query"))?));
            if due.len() == MOST_PER_PASS {
                break;
            }
        }
        Ok(due)
    }

    /// Notes that a failed export was cleaned up after its last attempt: nothing is left to do.
    pub async fn record_cleaned(&self, export: &Export) -> Result<(), AwsError> {
        let kind: &'static str = DueKind::Leftovers.into();
        let update = self
            .update(export)
            .update_expression("REMOVE dueKind, dueAt")
            .condition_expression("#status = :failed AND dueKind = :kind")
            .expression_attribute_values(":failed", text(Status::Failed.to_string()))
            .expression_attribute_values(":kind", text(kind));
        // Refused only if another pass has noted it.
        let _ = self.change(update).await?;
        Ok(())
    }

    /// Notes that a pending export's message was sent again, so that the next pass leaves it alone for a while.
    pub async fn record_resent(&self, export: &Export, now: Timestamp) -> Result<(), AwsError> {
        let update = self
            .update(export)
            .update_expression("SET dueAt = :due")
            .condition_expression("#status = :pending AND dueAt <= :now")
            .expression_attribute_values(":pending", text(Status::Pending.to_string()))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":due", number((now + RESENT_AFTER).as_second()));
        // Refused if somebody is at work on it again, or it has ended.
        let _ = self.change(update).await?;
        Ok(())
    }
}
