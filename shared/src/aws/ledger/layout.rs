//! How a tenant's records of a type are spread over shards. The first write decides it; all others follow.

use aws_sdk_dynamodb::types::AttributeValue;

use super::LedgerTable;
use crate::{
    aws::AwsError,
    domain::dataset::Dataset,
    items::ledger::{DEFAULT_SHARDS, Item, PARTITION, SHARDS, SORT, layout_key},
};

impl LedgerTable {
    /// The number of shards to read. `None` if nothing was ever written.
    pub async fn shards(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
    ) -> Result<Option<u32>, AwsError> {
        let (partition, sort) = layout_key(tenant_id, dataset);
        self.get(partition, sort).await?.map(read).transpose()
    }

    /// The number of shards to write to. If nothing was ever written, `wanted` is recorded, or the usual number.
    pub async fn settle_shards(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
        wanted: Option<u32>,
    ) -> Result<u32, AwsError> {
        if let Some(shards) = self.shards(tenant_id, dataset).await? {
            return Ok(shards);
        }
        let shards = wanted.unwrap_or(DEFAULT_SHARDS);
        let (partition, sort) = layout_key(tenant_id, dataset);
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .item(PARTITION, AttributeValue::S(partition.clone()))
            .item(SORT, AttributeValue::S(sort.to_owned()))
            .item(SHARDS, AttributeValue::N(shards.to_string()))
            .condition_expression("attribute_not_exists(#partition)")
            .expression_attribute_names("#partition", PARTITION)
            .send()
            .await;
        match put {
            Ok(_) => Ok(shards),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                let recorded = self.shards(tenant_id, dataset).await?;
                recorded
                    .ok_or_else(|| AwsError::unexpected("PutItem", "a layout that came and went"))
            }
            Err(error) => Err(AwsError::new("PutItem")(error)),
        }
    }
}

fn read(item: Item) -> Result<u32, AwsError> {
    item.get(SHARDS)
        .and_then(|shards| shards.as_n().ok()?.parse().ok())
        .filter(|shards| *shards > 0)
        .ok_or_else(|| AwsError::unexpected("reading the ledger's layout", "no number of shards"))
}
