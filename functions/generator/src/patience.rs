//! Calls that are tried for as long as trying can help.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use shared::aws::AwsError;
use tracing::warn;

/// Makes a call until it succeeds or fails for a reason that time does not mend. The SDK has tried each time already,
/// so that these pauses are for outages: whoever waits for the call bounds them.
pub async fn patiently<T, F>(call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(Duration::from_secs(10))
        .with_jitter()
        .without_max_times();
    call.retry(pauses)
        .when(AwsError::may_pass)
        .notify(|cause, pause| warn!(%cause, pauseMs = pause.as_millis(), "tried again"))
        .await
}
