//! A call to AWS that failed, after the SDK's own retries.

use std::{error::Error, fmt};

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::{domain::address::mask_addresses, items::UnreadableItem, wire::problem::Problem};

/// What failed and why, for the log: no caller reads it.
#[derive(Debug)]
pub struct AwsError {
    operation: &'static str,
    cause: String,
    may_pass: bool,
    is_throttled: bool,
}

impl AwsError {
    /// Wraps what an SDK call answered; `operation` is its name, such as `GetItem`.
    pub fn new<E>(operation: &'static str) -> impl FnOnce(SdkError<E>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        move |error| Self {
            operation,
            cause: describe(&error),
            may_pass: may_pass(&error),
            is_throttled: is_throttled(&error),
        }
    }

    /// An answer or item that is not of the form it must have.
    pub fn unexpected(operation: &'static str, cause: impl fmt::Display) -> Self {
        Self {
            operation,
            cause: cause.to_string(),
            may_pass: false,
            is_throttled: false,
        }
    }

    /// Something that took longer than it may; another try may be faster.
    pub fn late(operation: &'static str) -> Self {
        Self {
            operation,
            cause: "it took too long".to_owned(),
            may_pass: true,
            is_throttled: false,
        }
    }

    /// An answer that ended before it was whole; another try may bring all of it.
    pub fn broken_off(operation: &'static str, cause: impl fmt::Display) -> Self {
        Self {
            operation,
            cause: format!("the answer broke off: {cause}"),
            may_pass: true,
            is_throttled: false,
        }
    }

    /// Whether the same call may succeed later: it was throttled, not answered in time, or the service is in trouble.
    pub fn may_pass(&self) -> bool {
        self.may_pass
    }

    /// Whether the service refused the call because there were too many.
    pub fn is_throttled(&self) -> bool {
        self.is_throttled
    }
}

fn may_pass<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let code = answer.err().code().unwrap_or_default();
            status >= 500 || is_throttled(error) || TRANSIENT_ERRORS.contains(&code)
        }
        _ => false,
    }
}

fn is_throttled<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or_default();
            answer.raw().status().as_u16() == 429 || THROTTLING_ERRORS.contains(&code)
        }
        _ => false,
    }
}

/// An error and its causes in a line. The SDK's own form for logs shows the whole response too, in which a service may
/// have named mailboxes.
pub(super) fn describe<E: Error + ProvideErrorMetadata>(error: &E) -> String {
    let mut words = vec![error.to_string()];
    words.extend(error.code().map(str::to_owned));
    words.extend(error.message().map(str::to_owned));
    let mut source = error.source();
    while let Some(cause) = source {
        words.push(cause.to_string());
        source = cause.source();
    }
    words.dedup();
    mask_addresses(&words.join(": "))
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.cause)
    }
}

impl Error for AwsError {}

impl From<UnreadableItem> for AwsError {
    fn from(error: UnreadableItem) -> Self {
        Self::unexpected("reading an item", error)
    }
}

impl From<AwsError> for Problem {
    fn from(error: AwsError) -> Self {
        Problem::internal(error)
    }
}
