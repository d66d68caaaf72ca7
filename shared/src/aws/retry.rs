//! Calls that are retried for as long as a retry can help.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tracing::warn;

use super::AwsError;
use crate::metrics;

/// Makes a call until it succeeds, or fails for a reason that does not pass with time.
///
/// The SDK has retried each call already, so these pauses are for outages. There is no limit here: whoever waits for the
/// call sets one.
pub async fn with_back_off<T, F>(call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    retry(pauses().without_max_times(), call).await
}

/// Makes a call until it succeeds, fails for a reason that does not pass with time, or has failed so many times.
pub async fn with_limited_back_off<T, F>(
    most_retries: usize,
    call: impl FnMut() -> F,
) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    retry(pauses().with_max_times(most_retries), call).await
}

fn pauses() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(Duration::from_secs(10))
        .with_jitter()
}

async fn retry<T, F>(pauses: ExponentialBuilder, call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    call.retry(pauses)
        .when(AwsError::may_pass)
        .notify(|cause, pause| {
            let milliseconds = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            warn!(%cause, pauseMs = milliseconds, "retried");
            metrics::retried(cause.is_throttled());
        })
        .await
}
