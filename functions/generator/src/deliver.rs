//! The second half: the link, the mail, and READY.

use jiff::{SignedDuration, Timestamp};
use shared::{
    aws::{AwsError, exports::Attempt, mailer::MailError},
    domain::{
        export::{Delivery, File, Sending},
        link::LinkToken,
        time,
    },
    mail, random,
};

use crate::work::{Generator, Setback};

/// How long a mail that is not accepted is tried again.
const MAIL_IS_TRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

impl Generator {
    /// Records the delivery, sends the mail, and ends the export READY, in this order: a link works before it can
    /// arrive, and READY is never shown for a mail that was not accepted. Each try has a link of its own, since of an
    /// earlier one only the hash is known.
    pub async fn deliver(&self, attempt: &Attempt, file: File) -> Result<(), Setback> {
        let export = &attempt.export;
        let now = time::now();
        let made_at = file.made_at;
        let delivery = Delivery::of(file, now, self.link_lifetime);
        let token = LinkToken::new(random::bytes());
        self.exports
            .record_delivery(attempt, &delivery, &token.hash(), now)
            .await??;
        let link = mail::download_link(&self.link_api_url, export, &token);
        let mail = mail::compose(export, &delivery, &link)
            .map_err(|error| AwsError::unexpected("writing the mail", error))?;
        let message_id = self
            .mailer
            .send(&export.requester_email, &export.cc, &mail)
            .await
            .map_err(|error| setback(error, made_at, now))?;
        let sending = Sending {
            sent_at: now,
            recipients: export.recipients().cloned().collect(),
            message_id,
        };
        Ok(self
            .exports
            .mark_ready(attempt, &delivery, &sending)
            .await??)
    }
}

fn setback(error: MailError, made_at: Timestamp, now: Timestamp) -> Setback {
    match error {
        MailError::Refused(cause) => Setback::MailRefused { cause },
        MailError::Passing(cause) if now.duration_since(made_at) > MAIL_IS_TRIED_FOR => {
            Setback::MailRefused { cause }
        }
        MailError::Passing(cause) => Setback::MailPending(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_a_day() {
        let made_at = time::parse("2026-11-20T09:30:00Z").unwrap();
        let after = |hours| {
            setback(
                MailError::Passing(String::new()),
                made_at,
                made_at + SignedDuration::from_hours(hours),
            )
        };
        assert!(matches!(after(23), Setback::MailPending(_)));
        assert!(matches!(after(25), Setback::MailRefused { .. }));
        assert!(matches!(
            setback(MailError::Refused(String::new()), made_at, made_at),
            Setback::MailRefused { .. }
        ));
    }
}
