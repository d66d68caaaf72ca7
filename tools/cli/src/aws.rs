//! DynamoDB as the environment configures it, and its errors as sentences.

use anyhow::{Context, Result, anyhow};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client,
    config::{Builder, retry::RetryConfig},
    error::{ProvideErrorMetadata, SdkError},
};

/// Attempts that the SDK makes of a call that is throttled or fails in passing.
const ATTEMPTS: u32 = 6;

/// The region, credentials and endpoint of the environment.
pub async fn load() -> Result<SdkConfig> {
    let config = shared::aws::load(shared::aws::Timeouts::Background).await;
    config
        .region()
        .context("no AWS region is set: set AWS_REGION")?;
    Ok(config)
}

/// A client of DynamoDB.
pub async fn dynamodb() -> Result<Client> {
    let config = load().await?;
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    Ok(Client::from_conf(
        Builder::from(&config).retry_config(retries).build(),
    ))
}

/// What DynamoDB said, or why it could not be reached, without the SDK's wrapping.
pub fn explain<E>(error: SdkError<E>) -> anyhow::Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => anyhow!("DynamoDB answered {code}: {message}"),
        (Some(code), None) => anyhow!("DynamoDB answered {code}"),
        _ => anyhow::Error::new(error).context("DynamoDB could not be asked"),
    }
}
