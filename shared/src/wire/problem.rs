//! Refusals and failures as RFC 9457 problem documents: the one place where an error becomes an HTTP answer.

use std::fmt;

use http::StatusCode;
use serde::Serialize;
use strum::IntoStaticStr;

use crate::domain::{export::Status, id::ExportId};

/// Why a request was refused or failed.
///
/// What the caller reads is in the variant; an internal cause goes to the log and nowhere else.
#[derive(Debug)]
pub enum Problem {
    InvalidRequest(Vec<FieldError>),
    Forbidden(&'static str),
    NotFound(&'static str),
    ExportAlreadyPending(ExportId),
    /// Only a READY export allows it.
    ExportNotReady(Status),
    /// Only a PENDING export allows it.
    ExportNotPending(Status),
    /// Only a FAILED, CANCELLED or EXPIRED export allows it.
    ExportNotRetryable(Status),
    LinkExpired,
    LinkRevoked,
    PayloadTooLarge,
    UnsupportedMediaType,
    IdempotencyKeyReused,
    /// Nobody is left to send a mail to.
    AddressesSuppressed,
    /// Seconds until it is worth trying again.
    TooManyRequests {
        retry_after: u64,
    },
    /// There are as many as there may be: which, as a sentence for a person.
    LimitReached(&'static str),
    WebhookDisabled,
    EmailRefused {
        cause: String,
    },
    Internal {
        cause: String,
    },
}

/// One thing that is wrong with a body or a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// A JSON Pointer into the body; for a parameter, its name behind a slash.
    pub pointer: String,
    pub code: FieldErrorCode,
    pub detail: String,
}

/// The kinds of [`FieldError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldErrorCode {
    MalformedJson,
    Missing,
    UnknownField,
    DuplicateField,
    NotAllowed,
    InvalidType,
    InvalidValue,
    OutOfRange,
    TooFew,
    TooMany,
}

impl FieldError {
    pub fn new(
        pointer: impl Into<String>,
        code: FieldErrorCode,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        }
    }
}

/// The codes of problems, stable for callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    InvalidRequest,
    Forbidden,
    NotFound,
    ExportAlreadyPending,
    ExportNotReady,
    ExportNotPending,
    ExportNotRetryable,
    LinkExpired,
    LinkRevoked,
    PayloadTooLarge,
    UnsupportedMediaType,
    IdempotencyKeyReused,
    AddressesSuppressed,
    TooManyRequests,
    LimitReached,
    WebhookDisabled,
    EmailRefused,
    InternalError,
}

/// The body of a refusal.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: Code,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    export_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export_status: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// An unexpected failure, whose cause is for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Internal {
            cause: cause.to_string(),
        }
    }

    pub fn invalid(error: FieldError) -> Self {
        Self::InvalidRequest(vec![error])
    }

    pub fn code(&self) -> Code {
        match self {
            Self::InvalidRequest(_) => Code::InvalidRequest,
            Self::Forbidden(_) => Code::Forbidden,
            Self::NotFound(_) => Code::NotFound,
            Self::ExportAlreadyPending(_) => Code::ExportAlreadyPending,
            Self::ExportNotReady(_) => Code::ExportNotReady,
            Self::ExportNotPending(_) => Code::ExportNotPending,
            Self::ExportNotRetryable(_) => Code::ExportNotRetryable,
            Self::LinkExpired => Code::LinkExpired,
            Self::LinkRevoked => Code::LinkRevoked,
            Self::PayloadTooLarge => Code::PayloadTooLarge,
            Self::UnsupportedMediaType => Code::UnsupportedMediaType,
            Self::IdempotencyKeyReused => Code::IdempotencyKeyReused,
            Self::AddressesSuppressed => Code::AddressesSuppressed,
            Self::TooManyRequests { .. } => Code::TooManyRequests,
            Self::LimitReached(_) => Code::LimitReached,
            Self::WebhookDisabled => Code::WebhookDisabled,
            Self::EmailRefused { .. } => Code::EmailRefused,
            Self::Internal { .. } => Code::InternalError,
        }
    }

    pub fn status(&self) -> StatusCode {
        match self.code() {
            Code::InvalidRequest => StatusCode::BAD_REQUEST,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::ExportAlreadyPending
            | Code::ExportNotReady
            | Code::ExportNotPending
            | Code::ExportNotRetryable
            | Code::LimitReached
            | Code::WebhookDisabled => StatusCode::CONFLICT,
            Code::LinkExpired | Code::LinkRevoked => StatusCode::GONE,
            Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::IdempotencyKeyReused | Code::AddressesSuppressed => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Code::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Code::EmailRefused => StatusCode::BAD_GATEWAY,
            Code::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The title of this kind of problem.
    pub fn title(&self) -> &'static str {
        match self.code() {
            Code::InvalidRequest => "The request is not valid",
            Code::Forbidden => "Not allowed",
            Code::NotFound => "Not found",
            Code::ExportAlreadyPending => "An export is already pending",
            Code::ExportNotReady => "The export is not ready",
            Code::ExportNotPending => "The export has ended",
            Code::ExportNotRetryable => "The export cannot be retried",
            Code::LinkExpired => "The link has expired",
            Code::LinkRevoked => "The link was revoked",
            Code::PayloadTooLarge => "The body is too large",
            Code::UnsupportedMediaType => "The body is not JSON",
            Code::IdempotencyKeyReused => "The idempotency key was used before",
            Code::AddressesSuppressed => "No address can be written to",
            Code::TooManyRequests => "Too many requests",
            Code::LimitReached => "There are too many",
            Code::WebhookDisabled => "The webhook is disabled",
            Code::EmailRefused => "The email was refused",
            Code::InternalError => "Something went wrong",
        }
    }

    /// What is wrong with this request, as a sentence for a person.
    pub fn detail(&self) -> String {
        match self {
            Self::InvalidRequest(errors) => match errors.len() {
                1 => "One problem was found; nothing was done.".to_owned(),
                count => format!("{count} problems were found; nothing was done."),
            },
            Self::Forbidden(detail) | Self::NotFound(detail) | Self::LimitReached(detail) => (*detail).to_owned(),
            Self::ExportAlreadyPending(id) => {
                format!("Your export {id} of this type is still being made. Wait until it has ended, or cancel it.")
            }
            Self::ExportNotReady(status) => {
                format!("The export is {status}; only a READY export has a file that can be mailed or deleted.")
            }
            Self::ExportNotPending(status) => {
                format!("The export is {status}; only a PENDING export can be cancelled.")
            }
            Self::ExportNotRetryable(status) => {
                format!("The export is {status}; only a FAILED, CANCELLED or EXPIRED export can be retried.")
            }
            Self::LinkExpired => "The file is no longer available. Ask for a new export.".to_owned(),
            Self::LinkRevoked => {
                "This link was revoked and no longer leads to the file. Ask the person who sent it for another one."
                    .to_owned()
            }
            Self::PayloadTooLarge => "A body may have at most 64 KiB.".to_owned(),
            Self::UnsupportedMediaType => "Send the body as application/json.".to_owned(),
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key came with another body in the last 24 hours. Use a new key for a new request."
                    .to_owned()
            }
            Self::AddressesSuppressed => {
                "Every one of these addresses has refused mail or reported it as spam before. Name others in cc."
                    .to_owned()
            }
            Self::TooManyRequests { retry_after } => format!("Try again in {retry_after} seconds."),
            Self::WebhookDisabled => "Enable the webhook first: nothing is sent to one that is disabled.".to_owned(),
            Self::EmailRefused { .. } => {
                "The mail service did not accept the message. The export stays READY: try again, and check the addresses.".to_owned()
            }
            Self::Internal { .. } => {
                "The request could not be done. Try again, and name the request id if it happens again.".to_owned()
            }
        }
    }

    /// What went wrong inside, for the log.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::EmailRefused { cause } | Self::Internal { cause } => Some(cause),
            _ => None,
        }
    }

    /// Seconds until a retry may succeed, if that is known.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            // An export of ordinary size takes seconds.
            Self::ExportAlreadyPending(_) => Some(5),
            Self::TooManyRequests { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// The problem as JSON.
    pub fn to_json(&self, request_id: &str) -> String {
        let code = self.code();
        let name: &'static str = code.into();
        let document = Document {
            r#type: format!(
                "urn:payout-exports:problem:{}",
                name.to_lowercase().replace('_', "-")
            ),
            title: self.title(),
            status: self.status().as_u16(),
            detail: &self.detail(),
            code,
            request_id,
            export_id: match self {
                Self::ExportAlreadyPending(id) => Some(id.as_str()),
                _ => None,
            },
            export_status: match self {
                Self::ExportNotReady(status)
                | Self::ExportNotPending(status)
                | Self::ExportNotRetryable(status) => Some((*status).into()),
                _ => None,
            },
            errors: match self {
                Self::InvalidRequest(errors) => errors,
                _ => &[],
            },
        };
        serde_json::to_string(&document).expect("a problem document is plain JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::pending;

    #[test]
    fn shows_every_field_that_is_wrong() {
        let problem = Problem::InvalidRequest(vec![
            FieldError::new(
                "/filter",
                FieldErrorCode::UnknownField,
                "is not a field of this request",
            ),
            FieldError::new(
                "/cc/3",
                FieldErrorCode::InvalidValue,
                "must be an email address",
            ),
        ]);
        insta::assert_snapshot!(problem.to_json("req-1"));
    }

    #[test]
    fn names_the_export_that_is_pending() {
        insta::assert_snapshot!(Problem::ExportAlreadyPending(pending().id).to_json("req-1"));
    }

    #[test]
    fn never_shows_the_cause() {
        let problem = Problem::internal("table exports-1: access denied for key AKIA…");
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        insta::assert_snapshot!(problem.to_json("req-1"));
    }
}
