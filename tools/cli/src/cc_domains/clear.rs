//! `cc-domains clear`: copies go everywhere again.

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use shared::items::cc_domains::{CC_DOMAINS, cc_domains_partition};

use super::Place;
use crate::aws;

/// Let a tenant's copies go to every domain again.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

pub async fn run(args: Args) -> Result<()> {
    let Place { tenant, table } = args.place;
    aws::dynamodb()
        .await?
        .delete_item()
        .table_name(&table)
        .key(
            "partition",
            AttributeValue::S(cc_domains_partition(&tenant)),
        )
        .key("sort", AttributeValue::S(CC_DOMAINS.to_owned()))
        .send()
        .await
        .map_err(aws::explain)
        .with_context(|| format!("cannot write to the table of exports {table}"))?;
    println!("Copies of {tenant} may go to every domain.");
    Ok(())
}
