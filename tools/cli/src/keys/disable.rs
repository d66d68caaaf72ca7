//! `keys disable`: a key that opens nothing any more.

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use shared::items::api_key::KEY_HASH;

use super::which::Which;
use crate::aws;

/// Disable a key. It stops working within a minute, for as long as the authorizer's answers are cached.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// The table of API keys
    #[arg(long, env = "API_KEYS_TABLE")]
    table: String,
}

pub async fn run(args: Args) -> Result<()> {
    let key_hash = args.which.key_hash()?;
    let update = aws::dynamodb()
        .await?
        .update_item()
        .table_name(&args.table)
        .key(KEY_HASH, AttributeValue::S(key_hash.clone()))
        .update_expression("SET #disabled = :true")
        .condition_expression("attribute_exists(#hash)")
        .expression_attribute_names("#disabled", "disabled")
        .expression_attribute_names("#hash", KEY_HASH)
        .expression_attribute_values(":true", AttributeValue::Bool(true))
        .send()
        .await;
    match update {
        Ok(_) => {
            println!("The key with the hash {key_hash} is disabled.");
            Ok(())
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
        {
            bail!("no key has the hash {key_hash}")
        }
        Err(error) => Err(aws::explain(error))
            .with_context(|| format!("cannot write to the table of API keys {}", args.table)),
    }
}
