//! The adapters that speak to AWS: one a resource, each built once when its function starts.

pub mod audit_trail;
mod error;
pub mod event_bus;
pub mod exports;
pub mod files;
pub mod inbox;
pub mod inbox_queue;
pub mod keys;
pub mod ledger;
pub mod ledger_dead_letters;
pub mod mailer;
pub mod queue;
mod raw_answer;
pub mod retry;
pub mod scheduler;
pub mod tenants;
pub mod users;
pub mod webhook_queue;
pub mod webhooks;

use std::time::Duration;

pub use error::AwsError;

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};

/// How long a call may take before the SDK retries it, and before it fails.
#[derive(Clone, Copy, Debug)]
pub enum Timeouts {
    /// While a caller waits: even if every call of a request times out, there is time to answer.
    Request,
    /// In the background: longer than the upload of a file's part, shorter than a lease.
    Background,
}

/// Region, credentials and endpoints, as the environment has them.
pub async fn load(timeouts: Timeouts) -> SdkConfig {
    let (longest_try, longest_call) = match timeouts {
        Timeouts::Request => (Duration::from_secs(4), Duration::from_secs(8)),
        Timeouts::Background => (Duration::from_secs(20), Duration::from_secs(50)),
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
