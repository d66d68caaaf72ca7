//! Up to when a tenant's records of a type are complete, as far as the source says when its changes happen.
//!
//! Beside the layout there is an item for each second from which such changes count: an export is not told of what
//! counts only after its request.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{LedgerTable, layout::unless_refused};
use crate::{
    aws::AwsError,
    domain::{
        dataset::Dataset,
        received::Received,
        time::{parse, to_milliseconds},
    },
    items::ledger::{LATEST_OCCURRED_AT, PARTITION, SORT, TIME_TO_LIVE, layout_key, occurred_sort},
};

/// How long it is known what was complete at a second, in seconds: a week.
const LIFETIME: i64 = 7 * 24 * 60 * 60;

impl LedgerTable {
    /// Records that a change of this time at its source counts from a second on, unless a later one does.
    pub async fn note_occurred(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
        occurred_at: Timestamp,
        counts_from: Received,
    ) -> Result<(), AwsError> {
        let second = counts_from.second();
        let removed = AttributeValue::N((second + LIFETIME).to_string());
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .key(
                PARTITION,
                AttributeValue::S(layout_key(tenant_id, dataset).0),
            )
            .key(SORT, AttributeValue::S(occurred_sort(second)))
            .update_expression("SET #latest = :time, #removed = :removed")
            .condition_expression("attribute_not_exists(#latest) OR #latest < :time")
            .expression_attribute_names("#latest", LATEST_OCCURRED_AT)
            .expression_attribute_names("#removed", TIME_TO_LIVE)
            .expression_attribute_values(":time", AttributeValue::S(to_milliseconds(occurred_at)))
            .expression_attribute_values(":removed", removed)
            .send()
            .await;
        unless_refused(update).map(drop)
    }

    /// The time at the source of the latest changes that count at this time. `None` if the source does not say such times,
    /// or has sent no change for a week.
    pub async fn complete_until(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
        as_of: Timestamp,
    ) -> Result<Option<Timestamp>, AwsError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#partition = :partition AND #sort BETWEEN :first AND :last")
            .expression_attribute_names("#partition", PARTITION)
            .expression_attribute_names("#sort", SORT)
            .expression_attribute_values(
                ":partition",
                AttributeValue::S(layout_key(tenant_id, dataset).0),
            )
            .expression_attribute_values(":first", AttributeValue::S(occurred_sort(0)))
            .expression_attribute_values(
                ":last",
                AttributeValue::S(occurred_sort(as_of.as_second())),
            )
            .scan_index_forward(false)
            .limit(1)
            .send()
            .await
            .map_err(AwsError::new("Query"))?;
        let latest = answer
            .items()
            .first()
            .and_then(|item| item.get(LATEST_OCCURRED_AT));
        let latest = latest.and_then(|time| parse(time.as_s().ok()?));
        // A clock that is fast promises nothing beyond the request.
        Ok(latest.map(|time| time.min(as_of)))
    }
}
