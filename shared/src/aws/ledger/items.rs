//! Reading all items of a shard, as they are stored.

use aws_sdk_dynamodb::types::AttributeValue;

use super::LedgerTable;
use crate::{
    aws::AwsError,
    items::ledger::{Item, PARTITION},
};

/// Up to 1 MB of items.
#[derive(Debug)]
pub struct ItemPage {
    pub items: Vec<Item>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Item>,
}

impl LedgerTable {
    /// A page of a partition's items in the order of their sort keys. `start` is the page before's `next`.
    pub async fn items(&self, partition: &str, start: Option<Item>) -> Result<ItemPage, AwsError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#partition = :partition")
            .expression_attribute_names("#partition", PARTITION)
            .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()))
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(AwsError::new("Query"))?;
        Ok(ItemPage {
            items: answer.items.unwrap_or_default(),
            next: answer.last_evaluated_key,
        })
    }
}
