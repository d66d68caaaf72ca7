//! A call to AWS that failed, after the SDK's own retries.

use std::{error::Error, fmt};

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata};

use crate::{items::UnreadableItem, wire::problem::Problem};

/// What failed and why, for the log: no caller reads it.
#[derive(Debug)]
pub struct AwsError {
    operation: &'static str,
    code: Option<String>,
    cause: String,
}

impl AwsError {
    /// Wraps what an SDK call answered; `operation` is its name, such as `GetItem`.
    pub fn new<E>(operation: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Error + ProvideErrorMetadata,
    {
        move |error| Self {
            operation,
            code: error.code().map(str::to_owned),
            cause: DisplayErrorContext(&error).to_string(),
        }
    }

    /// An answer or item that is not of the form it must have.
    pub fn unexpected(operation: &'static str, cause: impl fmt::Display) -> Self {
        Self {
            operation,
            code: None,
            cause: cause.to_string(),
        }
    }

    /// The service's own code, where it answered at all.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
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
