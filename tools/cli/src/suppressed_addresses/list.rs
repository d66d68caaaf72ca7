//! `suppressed-addresses list`: one line an address.

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    domain::time::to_seconds,
    items::suppressed_address::{SuppressedAddressItem, suppressed_partition},
};

use crate::aws;

/// List the addresses that a tenant's mails skip: address, reason, since when, and the export whose mail it was.
#[derive(clap::Args)]
pub struct Args {
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    /// The table of exports
    #[arg(long, env = "EXPORTS_TABLE")]
    table: String,
}

pub async fn run(args: Args) -> Result<()> {
    let mut items = aws::dynamodb()
        .await?
        .query()
        .table_name(&args.table)
        .key_condition_expression("#partition = :partition")
        .expression_attribute_names("#partition", "partition")
        .expression_attribute_values(
            ":partition",
            AttributeValue::S(suppressed_partition(&args.tenant)),
        )
        .into_paginator()
        .items()
        .send();
    while let Some(item) = items.next().await {
        let item = item
            .map_err(aws::explain)
            .with_context(|| format!("cannot read the table of exports {}", args.table))?;
        let suppressed: SuppressedAddressItem = serde_dynamo::from_item(item)?;
        println!(
            "{}\t{}\t{}\t{}",
            suppressed.address()?,
            suppressed.reason(),
            to_seconds(suppressed.since()),
            suppressed.export_id()
        );
    }
    Ok(())
}
