//! Delivers the file: records the link, sends the mail, and ends the export READY.

use jiff::{SignedDuration, Timestamp};
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Superseded},
        mailer::MailError,
    },
    domain::{
        address::EmailAddress,
        arrival::Arrivals,
        export::{Delivery, File},
        link::NewLink,
        sending::{MailRules, Sending},
        time,
    },
    mail, metrics, random,
};

use crate::{error::AttemptError, generator::Generator};

/// How long the mail of a complete file is retried.
pub const DELIVERY_IS_RETRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Why a mail was not accepted, or not recorded.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error(transparent)]
    Superseded(#[from] Superseded),
    #[error(transparent)]
    Call(#[from] AwsError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Generator {
    /// Records the delivery, sends the mail, and ends the export READY, in this order: a link works before it can
    /// arrive, and READY is never shown for a mail that was not accepted. `rules` are those of this moment, if they were read
    /// already.
    pub async fn deliver(
        &self,
        attempt: &Attempt,
        file: File,
        rules: Option<MailRules>,
    ) -> Result<(), AttemptError> {
        let now = time::now();
        let made_at = file.made_at;
        let delivery = Delivery::of(file, now, self.link_lifetime);
        let unrecorded = |error| unrecorded(attempt, error, made_at, now);
        let rules = match rules {
            Some(rules) => rules,
            None => self.mail_rules(attempt).await.map_err(unrecorded)?,
        };
        let export = &attempt.export;
        // Who gets the mail, and who is skipped because the address has refused mail before or no copies may go to it.
        let (recipients, skipped) = rules.split(&export.requester_email, &export.cc);
        // A link of its own for each try, since of an earlier one only the hash is known.
        let link = (!recipients.is_empty())
            .then(|| NewLink::new(recipients, now, random::bytes(), random::bytes()));
        let recorded = self
            .exports
            .record_delivery(attempt, &delivery, link.as_ref(), now)
            .await;
        recorded.map_err(unrecorded)??;
        self.end_ready(attempt, &delivery, link, skipped, now)
            .await
            .map_err(|error| attempt_error(error, made_at, now))
    }

    /// What keeps mails of the export from some addresses now.
    pub async fn mail_rules(&self, attempt: &Attempt) -> Result<MailRules, AwsError> {
        let export = &attempt.export;
        let recipients: Vec<_> = export.recipients().cloned().collect();
        self.exports
            .mail_rules(&export.tenant_id, &recipients)
            .await
    }

    /// Sends the mail, if anybody is left to get it, and ends the export READY. Without a mail the file is as good: its
    /// requester finds it, and why there was none, where exports are shown.
    async fn end_ready(
        &self,
        attempt: &Attempt,
        delivery: &Delivery,
        link: Option<NewLink>,
        skipped: Vec<EmailAddress>,
        now: Timestamp,
    ) -> Result<(), DeliveryError> {
        let message_id = match &link {
            Some(link) => Some(self.send(attempt, delivery, link).await?),
            None => None,
        };
        let (link_id, recipients) = match link {
            Some(link) => (Some(link.id), link.recipients),
            None => (None, Vec::new()),
        };
        let sending = Sending {
            link_id,
            sent_at: now,
            recipients,
            skipped,
            message_id,
            arrivals: Arrivals::new(),
        };
        self.exports
            .mark_ready(attempt, delivery, &sending)
            .await??;
        metrics::ready(&attempt.export, delivery, time::now());
        Ok(())
    }

    async fn send(
        &self,
        attempt: &Attempt,
        delivery: &Delivery,
        link: &NewLink,
    ) -> Result<String, DeliveryError> {
        let export = &attempt.export;
        let url = mail::download_link(&self.link_api_url, export, &link.token);
        let mail = mail::compose(export, delivery, &url)
            .map_err(|error| AwsError::unexpected("writing the mail", error))?;
        Ok(self.mailer.send(&link.recipients, &mail).await?)
    }
}

/// If the file is not recorded, the next attempt cannot know of it: it counts as not made.
fn unrecorded(
    attempt: &Attempt,
    error: AwsError,
    made_at: Timestamp,
    now: Timestamp,
) -> AttemptError {
    match attempt.export.delivery() {
        None => AttemptError::NotMade(error),
        Some(_) => attempt_error(error.into(), made_at, now),
    }
}

/// What is said while the records of exports cannot be written.
const WAITS_FOR_RECORD: &str = "The mail waits until the export's state can be recorded.";

fn attempt_error(error: DeliveryError, made_at: Timestamp, now: Timestamp) -> AttemptError {
    let cause = error.to_string();
    match error {
        DeliveryError::Superseded(superseded) => AttemptError::Superseded(superseded),
        DeliveryError::Mail(MailError::Refused(_)) => AttemptError::Refused(cause),
        _ if now.duration_since(made_at) > DELIVERY_IS_RETRIED_FOR => {
            AttemptError::Undeliverable(cause)
        }
        DeliveryError::Mail(MailError::Passing { waiting_for, .. }) => {
            AttemptError::NotDelivered { cause, waiting_for }
        }
        DeliveryError::Call(_) => AttemptError::NotDelivered {
            cause,
            waiting_for: WAITS_FOR_RECORD.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_retried_for_a_day() {
        let made_at = time::parse("2026-11-20T09:30:00Z").unwrap();
        let after = |hours, error: DeliveryError| {
            attempt_error(error, made_at, made_at + SignedDuration::from_hours(hours))
        };
        let throttled = || {
            MailError::Passing {
                cause: "throttled".to_owned(),
                waiting_for: "It waits.".to_owned(),
            }
            .into()
        };
        let unanswered = || AwsError::unexpected("TransactWriteItems", "no answer").into();
        assert!(matches!(
            after(23, throttled()),
            AttemptError::NotDelivered { .. }
        ));
        assert!(matches!(
            after(23, unanswered()),
            AttemptError::NotDelivered { .. }
        ));
        assert!(matches!(
            after(25, throttled()),
            AttemptError::Undeliverable(_)
        ));
        assert!(matches!(
            after(0, MailError::Refused("virus".to_owned()).into()),
            AttemptError::Refused(_)
        ));
        assert!(matches!(
            after(25, Superseded.into()),
            AttemptError::Superseded(_)
        ));
    }
}
