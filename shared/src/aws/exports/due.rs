//! What the reconciler has to look at.

use jiff::Timestamp;

use super::{AwsError, ExportsTable, export_key, number, read_export, text};
use crate::{
    domain::export::{Export, Status},
    items::export::{DueKind, UNSENT_AFTER},
};

/// Most exports that one pass looks at; the next one goes on.
const MOST_PER_PASS: i32 = 100;

impl ExportsTable {
    /// Exports that have been due for `kind` since `before` or longer, the longest first. One that cannot be read does
    /// not hide the others.
    pub async fn due(
        &self,
        kind: DueKind,
        before: Timestamp,
    ) -> Result<Vec<Result<Export, AwsError>>, AwsError> {
        let kind: &'static str = kind.into();
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("by-due")
            .key_condition_expression("dueKind = :kind AND dueAt <= :before")
            .expression_attribute_values(":kind", text(kind))
            .expression_attribute_values(":before", number(before.as_second()))
            .limit(MOST_PER_PASS)
            .send()
            .await
            .map_err(AwsError::new("Query"))?;
        Ok(answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(read_export)
            .collect())
    }

    /// Notes that a pending export's message was sent again, so that the next pass leaves it alone for a while.
    pub async fn record_resent(&self, export: &Export, now: Timestamp) -> Result<(), AwsError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(export_key(&export.tenant_id, &export.id)))
            .update_expression("SET dueAt = :due")
            .condition_expression("#status = :pending AND dueAt <= :now")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":pending", text(Status::Pending.to_string()))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":due", number((now + UNSENT_AFTER).as_second()))
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            // Somebody is at work on it again, or it has ended.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Ok(())
            }
            Err(error) => Err(AwsError::new("UpdateItem")(error)),
        }
    }
}
