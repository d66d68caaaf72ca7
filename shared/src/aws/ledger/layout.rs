//! How a tenant's records of a type are stored. The first write decides over how many shards they are spread; all others
//! follow.

use aws_sdk_dynamodb::{
    error::SdkError, operation::update_item::UpdateItemError, types::AttributeValue,
};

use super::LedgerTable;
use crate::{
    aws::AwsError,
    domain::dataset::Dataset,
    items::ledger::{DEFAULT_SHARDS, Item, PARTITION, SHARDS, SORT, layout_key},
};

/// What is known of how a tenant's records of a type are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub shards: u32,
}

impl LedgerTable {
    /// How a tenant's records of a type are stored. `None` if nothing was ever written.
    pub async fn layout(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
    ) -> Result<Option<Layout>, AwsError> {
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
        if let Some(layout) = self.layout(tenant_id, dataset).await? {
            return Ok(layout.shards);
        }
        let (partition, sort) = layout_key(tenant_id, dataset);
        let shards = wanted.unwrap_or(DEFAULT_SHARDS);
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .key(PARTITION, AttributeValue::S(partition))
            .key(SORT, AttributeValue::S(sort.to_owned()))
            .update_expression("SET #shards = :shards")
            .condition_expression("attribute_not_exists(#shards)")
            .expression_attribute_names("#shards", SHARDS)
            .expression_attribute_values(":shards", AttributeValue::N(shards.to_string()))
            .send()
            .await;
        if unless_refused(update)? {
            return Ok(shards);
        }
        let layout = self.layout(tenant_id, dataset).await?;
        let layout = layout.ok_or_else(|| AwsError::unexpected("GetItem", "the layout is gone"))?;
        Ok(layout.shards)
    }
}

/// Whether an update was made; it was not if its condition did not hold.
pub fn unless_refused<T>(update: Result<T, SdkError<UpdateItemError>>) -> Result<bool, AwsError> {
    match update {
        Ok(_) => Ok(true),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
        {
            Ok(false)
        }
        Err(error) => Err(AwsError::new("UpdateItem")(error)),
    }
}

fn read(item: Item) -> Result<Layout, AwsError> {
    let shards = item
        .get(SHARDS)
        .and_then(|shards| shards.as_n().ok()?.parse().ok())
        .filter(|shards| *shards > 0)
        .ok_or_else(|| {
            AwsError::unexpected("reading the ledger's layout", "no number of shards")
        })?;
    Ok(Layout { shards })
}
