//! Attempts a delivery, and sees to what follows.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use shared::{
    aws::{AwsError, mailer::MailError, webhook_queue::Job},
    domain::{
        time,
        webhook::{
            Attempt, Delivery, DeliveryState, Disabled, MOST_ATTEMPTS_SHOWN, Outcome, Webhook,
            retry::{self, Next},
        },
    },
    mail::webhook_disabled,
};
use tracing::{error, info};

use crate::{post::Signed, sender::Sender};

/// How soon a message looks again whether the attempt before its own is done.
const SOON: SignedDuration = SignedDuration::from_secs(5);

impl Sender {
    /// Makes the attempt that a message names, unless it was made already. The message of the next attempt is sent before
    /// this one is recorded: whatever a process dies at, one of the two messages comes.
    pub async fn attempt(&self, job: &Job) -> Result<(), AwsError> {
        let Some(webhook) = self.table.find(&job.tenant_id, &job.webhook_id).await? else {
            return Ok(());
        };
        // Before anything else, so that a process that died between disabling and telling loses nothing.
        if webhook.is_notice_due {
            self.tell_owner(&webhook).await?;
        }
        let delivery = self
            .table
            .find_delivery(&job.tenant_id, &job.webhook_id, &job.delivery_id)
            .await?;
        let Some(delivery) = delivery.filter(|delivery| is_to_be_made(delivery, job)) else {
            return Ok(());
        };
        if webhook.disabled.is_some() {
            return self.give_up(&delivery).await;
        }
        let now = time::now();
        if let Some(due) = delivery.next_attempt_at.filter(|due| *due > now) {
            // SQS delays a message by 15 minutes at most, so longer pauses take several.
            return self.queue.send(job, due.duration_since(now)).await;
        }
        if !self.table.claim(&delivery, now).await? {
            if job.attempt > delivery.attempted {
                return self.queue.send(job, SOON).await;
            }
            return Ok(());
        }
        let Some(attempt) = self.post(&webhook, &delivery, now).await? else {
            return Ok(());
        };
        self.conclude(&webhook, &delivery, attempt).await
    }

    /// One request. `None` if the endpoint was removed.
    async fn post(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Option<Attempt>, AwsError> {
        let Some(secrets) = self.table.secrets(webhook).await? else {
            return Ok(None);
        };
        let signature = secrets
            .sign(delivery.event_id.as_str(), now, &delivery.body)
            .ok_or_else(|| AwsError::unexpected("signing", "a stored secret is no secret"))?;
        let started = Instant::now();
        let outcome = self
            .poster
            .post(
                &webhook.target,
                Signed {
                    event_id: delivery.event_id.as_str(),
                    timestamp: now.as_second(),
                    signature: &signature,
                    body: &delivery.body,
                },
            )
            .await;
        Ok(Some(Attempt {
            at: now,
            milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            outcome,
        }))
    }

    async fn conclude(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
        attempt: Attempt,
    ) -> Result<(), AwsError> {
        let now = time::now();
        let outcome = &attempt.outcome;
        info!(
            attempt = delivery.attempted,
            status = status(outcome),
            milliseconds = attempt.milliseconds,
            "attempted"
        );
        let disabling = retry::disabling(webhook, outcome, now);
        match disabling {
            Some(reason) => {
                let disabled = Disabled { at: now, reason };
                self.table.disable(webhook, disabled).await?;
            }
            None if outcome.is_success() && webhook.failing_since.is_some() => {
                self.table.note_success(webhook).await?;
            }
            None if !outcome.is_success() && webhook.failing_since.is_none() => {
                self.table.note_failure(webhook, now).await?;
            }
            None => {}
        }
        let next = match retry::next(delivery, outcome, &self.pauses) {
            Next::Again(_) if disabling.is_some() => Next::Failed,
            next => next,
        };
        if let Next::Again(pause) = next {
            let job = Job::of(delivery, delivery.attempted + 1);
            self.queue.send(&job, pause).await?;
        }
        let after = concluded(delivery, attempt, next, now);
        self.table.record(delivery, &after).await?;
        if disabling.is_some()
            && let Some(webhook) = self.table.find(&webhook.tenant_id, &webhook.id).await?
            && webhook.is_notice_due
        {
            self.tell_owner(&webhook).await?;
        }
        Ok(())
    }

    /// Ends a delivery whose endpoint was disabled meanwhile.
    async fn give_up(&self, delivery: &Delivery) -> Result<(), AwsError> {
        let after = Delivery {
            state: DeliveryState::Failed,
            next_attempt_at: None,
            ..delivery.clone()
        };
        self.table.record(delivery, &after).await?;
        info!("given up, because the endpoint is disabled");
        Ok(())
    }

    /// Tells the owner that an endpoint is disabled. A crash may repeat the mail; it never loses it.
    async fn tell_owner(&self, webhook: &Webhook) -> Result<(), AwsError> {
        let Some(disabled) = webhook.disabled else {
            return self.table.note_notice(webhook).await;
        };
        let mail = webhook_disabled::compose(webhook, disabled)
            .map_err(|cause| AwsError::unexpected("writing a mail", cause))?;
        match self
            .mailer
            .send(std::slice::from_ref(&webhook.owner.email), &mail)
            .await
        {
            Ok(_) => {}
            Err(cause @ MailError::Passing { .. }) => {
                return Err(AwsError::unexpected("SendEmail", cause));
            }
            Err(cause @ MailError::Refused(_)) => {
                error!(%cause, "the owner is not told");
            }
        }
        self.table.note_notice(webhook).await
    }
}

/// Whether a message's attempt is still to be made. A message that came twice, or out of order, asks for an earlier one.
fn is_to_be_made(delivery: &Delivery, job: &Job) -> bool {
    delivery.state == DeliveryState::Pending && job.attempt >= delivery.attempted
}

/// The delivery after an attempt.
fn concluded(delivery: &Delivery, attempt: Attempt, next: Next, now: Timestamp) -> Delivery {
    let mut attempts = delivery.attempts.clone();
    attempts.push(attempt);
    let too_many = attempts.len().saturating_sub(MOST_ATTEMPTS_SHOWN);
    attempts.drain(..too_many);
    let (state, next_attempt_at) = match next {
        Next::Delivered => (DeliveryState::Delivered, None),
        Next::Again(pause) => (DeliveryState::Pending, Some(now + pause)),
        Next::Failed => (DeliveryState::Failed, None),
    };
    Delivery {
        state,
        attempted: delivery.attempted + 1,
        next_attempt_at,
        attempts,
        ..delivery.clone()
    }
}

fn status(outcome: &Outcome) -> Option<u16> {
    match outcome {
        Outcome::Answered { status, .. } => Some(*status),
        Outcome::Unanswered(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-02-11T08:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn delivery() -> Delivery {
        let event_id = "evt_01kh0c8rm0e4t8v2zj6m3x9q5b".parse().unwrap();
        Delivery {
            tenant_id: "acme".to_owned(),
            webhook_id: "whk_01kh0c8rm0e4t8v2zj6m3x9q5a".parse().unwrap(),
            id: shared::domain::webhook::id::DeliveryId::of(&event_id),
            event_id,
            event_type: "export.ready".to_owned(),
            body: "{}".to_owned(),
            state: DeliveryState::Pending,
            created_at: now(),
            attempted: 0,
            earlier_attempts: 0,
            next_attempt_at: Some(now()),
            attempts: Vec::new(),
        }
    }

    fn failure() -> Attempt {
        Attempt {
            at: now(),
            milliseconds: 1,
            outcome: Outcome::Unanswered("No answer.".into()),
        }
    }

    #[test]
    fn a_message_of_an_earlier_attempt_asks_for_nothing() {
        let tried = Delivery {
            attempted: 2,
            ..delivery()
        };
        assert!(!is_to_be_made(&tried, &Job::of(&tried, 1)));
        assert!(is_to_be_made(&tried, &Job::of(&tried, 2)));
        let done = Delivery {
            state: DeliveryState::Delivered,
            ..tried
        };
        assert!(!is_to_be_made(&done, &Job::of(&done, 2)));
    }

    #[test]
    fn the_latest_attempts_are_kept() {
        let pause = SignedDuration::from_secs(5);
        let mut tried = delivery();
        for _ in 0..30 {
            tried = concluded(&tried, failure(), Next::Again(pause), now());
        }
        assert_eq!((tried.attempted, tried.attempts.len()), (30, 20));
        assert_eq!(tried.next_attempt_at, Some(now() + pause));
        let ended = concluded(&tried, failure(), Next::Failed, now());
        assert_eq!(
            (ended.state, ended.next_attempt_at),
            (DeliveryState::Failed, None)
        );
    }
}
