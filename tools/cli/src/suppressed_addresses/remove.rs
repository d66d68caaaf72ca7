//! `suppressed-addresses remove`: an address that is written to again.

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use shared::items::suppressed_address::{suppressed_partition, suppressed_sort};

use crate::aws;

/// Take an address off the list: the tenant's next mails are sent to it again.
#[derive(clap::Args)]
pub struct Args {
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    /// The address
    #[arg(long)]
    address: String,
    /// The table of exports
    #[arg(long, env = "EXPORTS_TABLE")]
    table: String,
}

pub async fn run(args: Args) -> Result<()> {
    let removal = aws::dynamodb()
        .await?
        .delete_item()
        .table_name(&args.table)
        .key(
            "partition",
            AttributeValue::S(suppressed_partition(&args.tenant)),
        )
        .key("sort", AttributeValue::S(suppressed_sort(&args.address)))
        .condition_expression("attribute_exists(#partition)")
        .expression_attribute_names("#partition", "partition")
        .send()
        .await;
    match removal {
        Ok(_) => {
            println!("{} is written to again.", args.address);
            Ok(())
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
        {
            bail!(
                "{} is not suppressed for the tenant {}",
                args.address,
                args.tenant
            )
        }
        Err(error) => Err(aws::explain(error))
            .with_context(|| format!("cannot write to the table of exports {}", args.table)),
    }
}
