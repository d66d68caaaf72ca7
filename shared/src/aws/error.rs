//! A call to AWS that failed, after the SDK's own retries.

use std::{error::Error, fmt};

use aws_sdk_dynamodb::error::ProvideErrorMetadata;

use crate::{domain::address::mask_addresses, items::UnreadableItem, wire::problem::Problem};

/// What failed and why, for the log: no caller reads it.
#[derive(Debug)]
pub struct AwsError {
    operation: &'static str,
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
            cause: describe(&error),
        }
    }

    /// An answer or item that is not of the form it must have.
    pub fn unexpected(operation: &'static str, cause: impl fmt::Display) -> Self {
        Self {
            operation,
            cause: cause.to_string(),
        }
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
