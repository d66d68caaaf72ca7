//! Errors in the form of this API: `[CODE, message, details]`, with status 400, or 500 for an unexpected error.

use http::{StatusCode, header};
use serde::Serialize;
use shared::{
    http::{Answer, Facts},
    wire::problem::{FieldError, FieldErrorCode, Problem},
};

/// One bad argument.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    r#type: FieldErrorCode,
    argument: String,
    message: String,
}

/// The project's refusals in the words of this API.
pub fn answer(problem: &Problem, _: &Facts) -> Answer {
    match problem {
        Problem::InvalidRequest(errors) => {
            let details: Vec<_> = errors.iter().map(Detail::from).collect();
            triple(
                "INVALID_ARGUMENTS",
                "Some arguments are missing or not valid.",
                &details,
            )
        }
        Problem::UnsupportedMediaType => triple("INVALID_ARGUMENTS", &problem.detail(), &[]),
        Problem::PayloadTooLarge => triple("INVALID_ARGUMENTS", &problem.detail(), &[]),
        Problem::NotFound(message) => triple("NOT_FOUND", message, &[]),
        Problem::Forbidden(message) => triple("UNAUTHORIZED", message, &[]),
        Problem::ExportAlreadyPending(_) => triple(
            "RATE_LIMIT_EXCEEDED",
            "An export is already in progress. Please wait for it to complete.",
            &[],
        ),
        Problem::TooManyRequests { .. } => triple("TOO_MANY_REQUESTS", &problem.detail(), &[]),
        Problem::ExportNotReady(_)
        | Problem::ExportNotPending(_)
        | Problem::ExportNotRetryable(_)
        | Problem::LinkExpired
        | Problem::LimitReached(_)
        | Problem::WebhookDisabled
        | Problem::LinkRevoked
        | Problem::IdempotencyKeyReused
        | Problem::AddressesSuppressed
        | Problem::EmailRefused { .. }
        | Problem::Internal { .. } => Answer {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            ..triple(
                "UNHANDLED_ERROR",
                "Something went wrong. Please try again.",
                &[],
            )
        },
    }
}

pub fn bad_version() -> Answer {
    triple(
        "BAD_VERSION",
        "There is no such version of the API. The present one is v1.",
        &[],
    )
}

pub fn unknown_endpoint() -> Answer {
    triple(
        "UNKNOWN_ENDPOINT",
        "There is no such endpoint. Every endpoint is a POST.",
        &[],
    )
}

fn triple(code: &str, message: &str, details: &[Detail]) -> Answer {
    let body =
        serde_json::to_string(&(code, message, details)).expect("an error triple is plain JSON");
    Answer {
        status: StatusCode::BAD_REQUEST,
        headers: vec![(header::CONTENT_TYPE, "application/json".to_owned())],
        body,
    }
}

impl From<&FieldError> for Detail {
    fn from(error: &FieldError) -> Self {
        Self {
            r#type: error.code,
            argument: error.pointer.trim_start_matches('/').to_owned(),
            message: error.detail.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_argument_is_listed() {
        let problem = Problem::InvalidRequest(vec![
            FieldError::new("/contact_id", FieldErrorCode::Missing, "is required"),
            FieldError::new("/format", FieldErrorCode::InvalidValue, "must be csv"),
        ]);
        assert_eq!(
            answer(&problem, &Facts::default()).body,
            r#"["INVALID_ARGUMENTS","Some arguments are missing or not valid.",[{"type":"MISSING","argument":"contact_id","message":"is required"},{"type":"INVALID_VALUE","argument":"format","message":"must be csv"}]]"#
        );
    }

    #[test]
    fn the_unexpected_is_a_500_that_tells_nothing() {
        let answer = answer(&Problem::internal("table exports-1"), &Facts::default());
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            answer.body,
            r#"["UNHANDLED_ERROR","Something went wrong. Please try again.",[]]"#
        );
    }
}
