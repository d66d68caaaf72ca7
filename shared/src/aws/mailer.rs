//! Sending mail.

use aws_config::SdkConfig;
use aws_sdk_sesv2::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message},
};

use super::error::describe;
use crate::{domain::address::EmailAddress, mail::Mail, metrics};

#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    sender: EmailAddress,
    /// Tells of each mail whether it arrived. Nothing is told of mails that are sent without one.
    configuration_set: Option<String>,
}

/// A mail that was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may be accepted later: throttling, a sender that is not verified yet, a paused account, no answer.
    #[error("the mail was not accepted for now: {cause}")]
    Passing {
        /// For the log.
        cause: String,
        /// What has to change until then: a sentence for a person.
        waiting_for: String,
    },
    /// SES will never accept it.
    #[error("the mail was refused: {0}")]
    Refused(String),
}

impl Mailer {
    pub fn new(aws: &SdkConfig, sender: EmailAddress) -> Self {
        Self {
            client: Client::new(aws),
            sender,
            configuration_set: None,
        }
    }

    /// Lets the mail service tell what becomes of each mail.
    pub fn with_events(mut self, configuration_set: String) -> Self {
        self.configuration_set = Some(configuration_set);
        self
    }

    /// Sends a mail to the first of the recipients, with copies to the others. Returns SES's id of it.
    pub async fn send(
        &self,
        recipients: &[EmailAddress],
        mail: &Mail,
    ) -> Result<String, MailError> {
        let sent = self.try_to_send(recipients, mail).await;
        let outcome = match &sent {
            Ok(_) => metrics::Mail::Accepted,
            Err(MailError::Passing { .. }) => metrics::Mail::Postponed,
            Err(MailError::Refused(_)) => metrics::Mail::Refused,
        };
        metrics::mails(outcome, recipients.len());
        sent
    }

    async fn try_to_send(
        &self,
        recipients: &[EmailAddress],
        mail: &Mail,
    ) -> Result<String, MailError> {
        let Some((to, cc)) = recipients.split_first() else {
            return Err(MailError::Refused("it has no recipient".to_owned()));
        };
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
            .set_configuration_set_name(self.configuration_set.clone())
            .destination(destination)
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map_err(|error| {
                let addresses: Vec<_> = [&self.sender, to].into_iter().chain(cc).collect();
                classify(&error, &addresses)
            })?;
        Ok(answer.message_id.unwrap_or_default())
    }
}

fn content(text: &str) -> Result<Content, MailError> {
    Content::builder()
        .data(text)
        .charset("UTF-8")
        .build()
        .map_err(|error| MailError::Refused(error.to_string()))
}

fn classify(error: &SdkError<SendEmailError>, addresses: &[&EmailAddress]) -> MailError {
    let cause = describe(error);
    let message = error.message().unwrap_or_default();
    match error.code() {
        Some(code) if is_final(code, message) => MailError::Refused(cause),
        code => MailError::Passing {
            cause,
            waiting_for: waiting_for(code.unwrap_or_default(), message, addresses),
        },
    }
}

/// What the mail waits for, in words for a person. Of SES's own text only addresses are used, and only those of the mail.
fn waiting_for(code: &str, message: &str, addresses: &[&EmailAddress]) -> String {
    let message = message.to_lowercase();
    let is_not_verified =
        message.contains("not verified") || code == "MailFromDomainNotVerifiedException";
    match code {
        _ if is_not_verified => {
            let named =
                |address: &&&EmailAddress| message.contains(&address.as_str().to_lowercase());
            // Outside the sandbox only the sender needs to be verified.
            let address = addresses.iter().find(named).or(addresses.first());
            let address = address.map(|address| address.as_str()).unwrap_or_default();
            format!(
                "The mail service does not accept mail yet: the address {address} is not verified."
            )
        }
        "SendingPausedException" | "AccountSuspendedException" => {
            "The mail service has paused the sending of mails.".to_owned()
        }
        "TooManyRequestsException"
        | "LimitExceededException"
        | "Throttling"
        | "ThrottlingException" => {
            "The mail service takes no more mails for the moment.".to_owned()
        }
        _ => "The mail service cannot be reached at the moment.".to_owned(),
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
    fn a_person_is_told_what_the_mail_waits_for_in_words_of_our_own() {
        let [sender, to] = ["exports@payouts.example", "ana@northwind.example"]
            .map(|address| EmailAddress::parse(address).unwrap());
        let told = |code, message| waiting_for(code, message, &[&sender, &to]);
        let unverified = "Email address is not verified. The following identities failed the check in region EU-WEST-1: ";
        assert_eq!(
            told("MessageRejected", unverified),
            "The mail service does not accept mail yet: the address exports@payouts.example is not verified."
        );
        // In SES's sandbox.
        let in_sandbox = format!("{unverified}Ana@northwind.example");
        assert_eq!(
            told("MessageRejected", &in_sandbox),
            "The mail service does not accept mail yet: the address ana@northwind.example is not verified."
        );
        for code in [
            "SendingPausedException",
            "ThrottlingException",
            "InternalFailure",
            "",
        ] {
            let told = told(code, "arn:aws:ses:eu-west-1:123456789012 is paused");
            assert!(told.ends_with('.') && !told.contains("arn:"), "{told}");
        }
    }

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
