//! Sending mail.

use aws_config::SdkConfig;
use aws_sdk_sesv2::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message},
};

use super::error::describe;
use crate::{domain::address::EmailAddress, mail::Mail};

#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    sender: EmailAddress,
}

/// A mail that was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may be accepted later: throttling, a sender that is not verified yet, a paused account, no answer.
    #[error("the mail was not accepted for now: {0}")]
    Passing(String),
    /// SES will never accept it.
    #[error("the mail was refused: {0}")]
    Refused(String),
}

impl Mailer {
    pub fn new(aws: &SdkConfig, sender: EmailAddress) -> Self {
        Self {
            client: Client::new(aws),
            sender,
        }
    }

    /// Sends a mail to one person with copies. Returns SES's id of it.
    pub async fn send(
        &self,
        to: &EmailAddress,
        cc: &[EmailAddress],
        mail: &Mail,
    ) -> Result<String, MailError> {
        let destination = Destination::builder()
            .to_addresses(to.as_str())
            .set_cc_addresses(
                (!cc.is_empty()).then(|| cc.iter().map(ToString::to_string).collect()),
            )
            .build();
        let body = Body::builder()
            .html(content(&mail.html)?)
            .text(content(&mail.text)?)
            .build();
        let message = Message::builder()
            .subject(content(&mail.subject)?)
            .body(body)
            .build();
        let answer = self
            .client
            .send_email()
            .from_email_address(self.sender.as_str())
            .destination(destination)
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map_err(|error| classify(&error))?;
        Ok(answer.message_id.unwrap_or_default())
    }
}

fn content(text: &str) -> Result<Content, MailError> {
    Content::builder()
        .data(text)
        .charset("UTF-8")
        .build()
        .map_err(|error| MailError::Passing(error.to_string()))
}

fn classify(error: &SdkError<SendEmailError>) -> MailError {
    let cause = describe(error);
    match error.code() {
        Some(code) if is_final(code, error.message().unwrap_or_default()) => {
            MailError::Refused(cause)
        }
        _ => MailError::Passing(cause),
    }
}

/// Whether SES will give the same answer to every retry.
///
/// A sender that is not verified also comes as `MessageRejected`, and passes once somebody verifies it. Source: the SES
/// API's `SendEmail` errors.
fn is_final(code: &str, message: &str) -> bool {
    match code {
        "MessageRejected" => !message.to_lowercase().contains("not verified"),
        "BadRequestException" | "InvalidParameterValue" | "ValidationException" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_will_never_pass_is_final() {
        assert!(is_final("MessageRejected", "Email contains a virus."));
        assert!(is_final(
            "BadRequestException",
            "Local address contains control or whitespace"
        ));
        for code in [
            "TooManyRequestsException",
            "SendingPausedException",
            "AccountSuspendedException",
            "LimitExceededException",
            "MailFromDomainNotVerifiedException",
            "InternalFailure",
        ] {
            assert!(!is_final(code, ""), "{code}");
        }
        assert!(!is_final(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check"
        ));
    }
}
