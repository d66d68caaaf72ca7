//! The second half: the link, the mail, and READY.

use jiff::Timestamp;
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, Superseded},
        mailer::MailError,
    },
    domain::{
        export::{Delivery, File, Sending},
        link::LinkToken,
        time,
    },
    mail, random,
};

use crate::work::{DELIVERY_IS_TRIED_FOR, Generator, Setback};

/// What kept a mail from being accepted and recorded.
#[derive(Debug, thiserror::Error)]
enum Obstacle {
    #[error(transparent)]
    Superseded(#[from] Superseded),
    #[error(transparent)]
    Call(#[from] AwsError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Generator {
    /// Records the delivery, sends the mail, and ends the export READY, in this order: a link works before it can
    /// arrive, and READY is never shown for a mail that was not accepted.
    pub async fn deliver(&self, attempt: &Attempt, file: File) -> Result<(), Setback> {
        let now = time::now();
        let made_at = file.made_at;
        let delivery = Delivery::of(file, now, self.link_lifetime);
        // A link of its own for each try, since of an earlier one only the hash is known.
        let token = LinkToken::new(random::bytes());
        let recorded = self
            .exports
            .record_delivery(attempt, &delivery, &token.hash(), now)
            .await;
        recorded.map_err(|error| unrecorded(attempt, error, made_at, now))??;
        self.send(attempt, &delivery, &token, now)
            .await
            .map_err(|obstacle| setback(obstacle, made_at, now))
    }

    async fn send(
        &self,
        attempt: &Attempt,
        delivery: &Delivery,
        token: &LinkToken,
        now: Timestamp,
    ) -> Result<(), Obstacle> {
        let export = &attempt.export;
        let link = mail::download_link(&self.link_api_url, export, token);
        let mail = mail::compose(export, delivery, &link)
            .map_err(|error| AwsError::unexpected("writing the mail", error))?;
        let message_id = self
            .mailer
            .send(&export.requester_email, &export.cc, &mail)
            .await?;
        let recipients = export.recipients().cloned().collect();
        let sending = Sending {
            sent_at: now,
            recipients,
            message_id,
        };
        Ok(self
            .exports
            .mark_ready(attempt, delivery, &sending)
            .await??)
    }
}

/// A file that is not recorded is not made, as far as the next attempt can know.
fn unrecorded(attempt: &Attempt, error: AwsError, made_at: Timestamp, now: Timestamp) -> Setback {
    match attempt.export.delivery() {
        None => Setback::NotMade(error),
        Some(_) => setback(error.into(), made_at, now),
    }
}

fn setback(obstacle: Obstacle, made_at: Timestamp, now: Timestamp) -> Setback {
    let cause = obstacle.to_string();
    match obstacle {
        Obstacle::Superseded(superseded) => Setback::Superseded(superseded),
        Obstacle::Mail(MailError::Refused(_)) => Setback::Refused(cause),
        _ if now.duration_since(made_at) > DELIVERY_IS_TRIED_FOR => Setback::Undeliverable(cause),
        Obstacle::Call(_) | Obstacle::Mail(MailError::Passing(_)) => Setback::NotDelivered(cause),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn what_may_pass_is_tried_for_a_day() {
        let made_at = time::parse("2026-11-20T09:30:00Z").unwrap();
        let after = |hours, obstacle: Obstacle| {
            setback(
                obstacle,
                made_at,
                made_at + SignedDuration::from_hours(hours),
            )
        };
        let throttled = || MailError::Passing("throttled".to_owned()).into();
        let unanswered = || AwsError::unexpected("TransactWriteItems", "no answer").into();
        assert!(matches!(after(23, throttled()), Setback::NotDelivered(_)));
        assert!(matches!(after(23, unanswered()), Setback::NotDelivered(_)));
        assert!(matches!(after(25, throttled()), Setback::Undeliverable(_)));
        assert!(matches!(
            after(0, MailError::Refused("virus".to_owned()).into()),
            Setback::Refused(_)
        ));
        assert!(matches!(
            after(25, Superseded.into()),
            Setback::Superseded(_)
        ));
    }
}
