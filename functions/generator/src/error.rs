//! Why an attempt ends before its export is READY.

use shared::aws::{AwsError, exports::Superseded};

/// What ended an attempt. `next_step` decides what follows.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    #[error(transparent)]
    Superseded(#[from] Superseded),
    #[error("the tenant has no slot for the export")]
    NoSlot,
    /// The file is not complete: a call failed that may succeed later.
    #[error(transparent)]
    NotMade(#[from] AwsError),
    /// The invocation ended before a checkpoint was recorded.
    #[error("the invocation ended before a checkpoint was recorded")]
    OutOfTime,
    /// The file cannot be resumed from what is in the bucket.
    #[error("the file cannot be resumed from what is in the bucket")]
    CannotResume,
    #[error("the file needs more parts than S3 takes")]
    TooLarge,
    /// The file is complete, but its mail is not sent yet.
    #[error("not delivered yet: {cause}")]
    NotDelivered {
        cause: String,
        /// What the mail waits for: a sentence for a person.
        waiting_for: String,
    },
    /// The mail service refused the mail for good.
    #[error("refused: {0}")]
    Refused(String),
    /// The mail could not be sent for a day.
    #[error("not delivered for a day: {0}")]
    Undeliverable(String),
}

impl AttemptError {
    /// Whether AWS refused a call because there were too many.
    pub fn is_throttled(&self) -> bool {
        matches!(self, AttemptError::NotMade(error) if error.is_throttled())
    }
}
