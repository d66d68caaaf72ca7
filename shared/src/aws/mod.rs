//! The adapters that speak to AWS: one a resource, each built once when its function starts.

mod error;
pub mod exports;
pub mod files;
pub mod keys;
pub mod ledger;
pub mod mailer;
pub mod queue;
mod raw_answer;

use std::time::Duration;

pub use error::AwsError;

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};

/// How long calls may take before they are tried again, and before they are given up.
#[derive(Clone, Copy, Debug)]
pub enum Patience {
    /// While a caller waits: every call of a request, given up, still leaves time to answer.
    Request,
    /// In the background: above the upload of a file's part, below a lease.
    Background,
}

/// Region, credentials and endpoints, as the environment has them.
pub async fn load(patience: Patience) -> SdkConfig {
    let (longest_try, longest_call) = match patience {
        Patience::Request => (Duration::from_secs(4), Duration::from_secs(8)),
        Patience::Background => (Duration::from_secs(20), Duration::from_secs(50)),
    };
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(longest_try)
        .operation_timeout(longest_call)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .load()
        .await
}
