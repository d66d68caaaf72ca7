//! The adapters that speak to AWS: one a resource, each built once when its function starts.

mod error;
pub mod exports;
pub mod files;
pub mod keys;
pub mod ledger;
pub mod mailer;
pub mod queue;

use std::time::Duration;

pub use error::AwsError;

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};

/// Longest that one try of a call may take before it is tried again: below every lease and function timeout, above the
/// upload of a file's part.
const LONGEST_TRY: Duration = Duration::from_secs(20);

/// Region, credentials and endpoints, as the environment has them.
pub async fn load() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(LONGEST_TRY)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .load()
        .await
}
