//! What came of looking at something.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::stack::Resource;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look<T> {
    Seen(T),
    /// AWS knows nothing of that name.
    Gone,
    Blind(Blind),
}

/// A resource of the stack, and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed<T> {
    pub resource: Resource,
    pub look: Look<T>,
}

/// Why something could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blind {
    /// What the call needs, such as `lambda:GetAccountSettings`.
    pub permission: &'static str,
    pub cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    Denied,
    /// The service answered with another error, of this code.
    Answered(String),
    /// No answer came.
    Unanswered,
}

/// What services say of names that they do not know.
const NOT_FOUND: [&str; 7] = [
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NotFound",
    "NotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "ResourceNotFound",
];

impl<T> Look<T> {
    /// The answer to a call that needs the permission. The service's own words are left out: they may name the caller.
    pub fn new<E: ProvideErrorMetadata>(
        permission: &'static str,
        answer: Result<T, SdkError<E>>,
    ) -> Self {
        match answer {
            Ok(fact) => Self::Seen(fact),
            Err(error) => {
                let is_answer = error.as_service_error().is_some();
                Self::failed(permission, error.code(), is_answer)
            }
        }
    }

    fn failed(permission: &'static str, code: Option<&str>, is_answer: bool) -> Self {
        let cause = match code {
            Some(code) if NOT_FOUND.contains(&code) => return Self::Gone,
            Some(code) if is_denial(code) => Cause::Denied,
            Some(code) => Cause::Answered(code.to_owned()),
            None if is_answer => Cause::Answered("an error without a code".to_owned()),
            None => Cause::Unanswered,
        };
        Self::Blind(Blind { permission, cause })
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Look<U> {
        match self {
            Self::Seen(fact) => Look::Seen(change(fact)),
            Self::Gone => Look::Gone,
            Self::Blind(blind) => Look::Blind(blind),
        }
    }
}

impl Blind {
    /// The end of a sentence, without its full stop.
    pub fn reason(&self) -> String {
        match &self.cause {
            Cause::Denied => format!("the credentials lack the permission {}", self.permission),
            Cause::Answered(code) => format!("the call of {} got {code}", self.permission),
            Cause::Unanswered => format!("the call of {} got no answer", self.permission),
        }
    }

    pub fn advice(&self) -> String {
        match self.cause {
            Cause::Denied => format!(
                "Use credentials that may {}, or let these ones do it.",
                self.permission
            ),
            Cause::Answered(_) => "Try again; if it stays, look at the service itself.".to_owned(),
            Cause::Unanswered => {
                "Look at the network, at AWS_REGION and at AWS_ENDPOINT_URL, and try again."
                    .to_owned()
            }
        }
    }
}

fn is_denial(code: &str) -> bool {
    code.starts_with("AccessDenied") || matches!(code, "AuthorizationError" | "NotAuthorized")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(code: Option<&str>, is_answer: bool) -> Look<()> {
        Look::failed("sns:ListSubscriptionsByTopic", code, is_answer)
    }

    fn reason(look: Look<()>) -> String {
        match look {
            Look::Blind(blind) => blind.reason(),
            other => panic!("{other:?} is not blind"),
        }
    }

    #[test]
    fn a_refused_call_names_the_permission_that_is_missing() {
        for code in [
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
        ] {
            assert_eq!(
                reason(failed(Some(code), true)),
                "the credentials lack the permission sns:ListSubscriptionsByTopic"
            );
        }
    }

    #[test]
    fn what_a_service_does_not_know_is_gone() {
        for code in NOT_FOUND {
            assert_eq!(failed(Some(code), true), Look::Gone);
        }
    }

    #[test]
    fn other_failures_are_neither_gone_nor_denied() {
        assert_eq!(
            reason(failed(Some("Throttling"), true)),
            "the call of sns:ListSubscriptionsByTopic got Throttling"
        );
        assert_eq!(
            reason(failed(None, true)),
            "the call of sns:ListSubscriptionsByTopic got an error without a code"
        );
        assert_eq!(
            reason(failed(None, false)),
            "the call of sns:ListSubscriptionsByTopic got no answer"
        );
    }
}
