//! Stops a schedule whose owner's keys no longer allow it, and tells the owner.

use jiff::{SignedDuration, Timestamp};
use shared::{
    aws::{AwsError, mailer::MailError},
    domain::schedule::{Activity, Schedule},
    items::schedule::due_at,
    mail,
};
use tracing::error;

use crate::{outcome::Outcome, runner::Runner};

/// How long the mail is retried.
const MAIL_IS_RETRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

impl Runner {
    /// Records first that the schedule has stopped, and then mails: a crash may repeat the mail, but not lose it.
    pub async fn stop(&self, seen: Schedule, now: Timestamp) -> Result<Outcome, AwsError> {
        let stopped = Schedule {
            activity: Activity::Stopped {
                at: now,
                is_told: false,
            },
            version: seen.version + 1,
            ..seen.clone()
        };
        let recorded = self
            .exports()
            .replace_schedule(&seen, &stopped, due_at(&stopped, now))
            .await?;
        match recorded {
            Ok(()) => self.tell_owner(stopped, now, now).await,
            Err(_) => Ok(Outcome::Superseded),
        }
    }

    /// Mails that the schedule has stopped. If the mail may be accepted later, the sweep tries again, for a day.
    pub async fn tell_owner(
        &self,
        stopped: Schedule,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Outcome, AwsError> {
        let mail = mail::compose_stopped(&stopped)
            .map_err(|error| AwsError::unexpected("writing the mail", error))?;
        let sent = self
            .mailer
            .send(std::slice::from_ref(&stopped.owner.email), &mail)
            .await;
        if let Err(cause) = &sent {
            error!(%cause, scheduleId = %stopped.id, "an owner is not told that a schedule has stopped");
        }
        let may_pass = matches!(sent, Err(MailError::Passing { .. }));
        if may_pass && now.duration_since(since) < MAIL_IS_RETRIED_FOR {
            return Ok(Outcome::Stopped(stopped));
        }
        let told = Schedule {
            activity: Activity::Stopped {
                at: since,
                is_told: true,
            },
            ..stopped.clone()
        };
        let recorded = self
            .exports()
            .replace_schedule(&stopped, &told, due_at(&told, now))
            .await?;
        Ok(match recorded {
            Ok(()) => Outcome::Stopped(told),
            Err(_) => Outcome::Superseded,
        })
    }
}
