//! How a tenant's records of a type are spread over shards. The first import decides it; all others follow.

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use shared::{
    domain::dataset::Dataset,
    items::ledger::{DEFAULT_SHARDS, PARTITION, SHARDS, SORT, layout_key},
};

use crate::aws::explain;

/// The number of shards to write to. `wanted` is recorded if nothing is yet; it fails if something else is.
pub async fn settle(
    client: &Client,
    table: &str,
    tenant_id: &str,
    dataset: &Dataset,
    wanted: Option<u32>,
) -> Result<u32> {
    let shards = wanted.unwrap_or(DEFAULT_SHARDS);
    if record(client, table, tenant_id, dataset, shards).await? {
        return Ok(shards);
    }
    let recorded = recorded(client, table, tenant_id, dataset).await?;
    if wanted.is_some_and(|wanted| wanted != recorded) {
        bail!(
            "the {} records of {tenant_id} are spread over {recorded} shards since their first import: \
             leave --shards out; nothing was written",
            dataset.export_type
        );
    }
    Ok(recorded)
}

/// Records the number unless one is recorded; says whether it did.
async fn record(
    client: &Client,
    table: &str,
    tenant_id: &str,
    dataset: &Dataset,
    shards: u32,
) -> Result<bool> {
    let (partition, sort) = layout_key(tenant_id, dataset);
    let put = client
        .put_item()
        .table_name(table)
        .item(PARTITION, AttributeValue::S(partition))
        .item(SORT, AttributeValue::S(sort.to_owned()))
        .item(SHARDS, AttributeValue::N(shards.to_string()))
        .condition_expression("attribute_not_exists(#partition)")
        .expression_attribute_names("#partition", PARTITION)
        .send()
        .await;
    match put {
        Ok(_) => Ok(true),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
        {
            Ok(false)
        }
        Err(error) => {
            Err(explain(error)).with_context(|| format!("cannot write to the ledger table {table}"))
        }
    }
}

async fn recorded(client: &Client, table: &str, tenant_id: &str, dataset: &Dataset) -> Result<u32> {
    let (partition, sort) = layout_key(tenant_id, dataset);
    let output = client
        .get_item()
        .table_name(table)
        .key(PARTITION, AttributeValue::S(partition))
        .key(SORT, AttributeValue::S(sort.to_owned()))
        .consistent_read(true)
        .send()
        .await
        .map_err(explain)
        .with_context(|| format!("cannot read the ledger table {table}"))?;
    output
        .item()
        .and_then(|item| item.get(SHARDS)?.as_n().ok()?.parse().ok())
        .filter(|shards| *shards > 0)
        .with_context(|| {
            format!(
                "the layout item of {tenant_id}'s {} has no number of shards",
                dataset.export_type
            )
        })
}
