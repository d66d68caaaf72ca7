//! `keys disable`: a key that opens nothing any more.

use std::io;

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use shared::items::api_key::{KEY_HASH, hash};

use crate::aws;

/// Disable a key. It stops working within a minute, for as long as the authorizer's answers are cached.
#[derive(clap::Args)]
pub struct Args {
    /// The key's SHA-256 in hexadecimal, as `keys create` shows it
    #[arg(
        long,
        required_unless_present = "key_stdin",
        conflicts_with = "key_stdin"
    )]
    key_hash: Option<String>,
    /// Read the key itself from standard input
    #[arg(long)]
    key_stdin: bool,
    /// The table of API keys
    #[arg(long, env = "API_KEYS_TABLE")]
    table: String,
}

pub async fn run(args: Args) -> Result<()> {
    let key_hash = match args.key_hash {
        Some(key_hash) => key_hash.to_ascii_lowercase(),
        None => hash(
            io::read_to_string(io::stdin())
                .context("cannot read the key")?
                .trim(),
        ),
    };
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
