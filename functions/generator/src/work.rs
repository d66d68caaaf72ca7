//! One attempt at an export: claim it, bring it forward, and settle what comes of that.

use jiff::{SignedDuration, Timestamp};
use shared::{
    aws::{
        AwsError,
        exports::{Attempt, ExportsTable, Superseded},
        files::ExportFiles,
        ledger::LedgerTable,
        mailer::Mailer,
        queue::ExportQueue,
    },
    domain::{export::Export, id::ExportId, time},
    ending::fail,
};
use tracing::{info, warn};

use crate::{generate::Made, invocation::Invocation};

/// Attempts in a row that achieve nothing before the export is given up: some 17 minutes of pauses, and whatever each of
/// them waited for an outage to pass.
const MOST_TRIES: u64 = 10;

/// How often a file is begun anew because what another attempt left of it cannot be gone on from.
const MOST_RESTARTS: u64 = 3;

/// How long a file that is made is tried to deliver.
pub const DELIVERY_IS_TRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

const NOT_MADE: &str = "The file could not be made after several tries. Ask for the export again.";
const TOO_LARGE: &str =
    "The file would be too large. Ask for a shorter period or set narrower filters.";
const REFUSED: &str = "The email was refused. Check the addresses and ask for the export again.";
const NOT_DELIVERED: &str =
    "The email could not be sent for a day. Ask for the export again later.";

/// What making and delivering files needs.
pub struct Generator {
    pub exports: ExportsTable,
    pub ledger: LedgerTable,
    pub files: ExportFiles,
    pub queue: ExportQueue,
    pub mailer: Mailer,
    pub link_api_url: String,
    pub link_lifetime: SignedDuration,
}

/// Why an attempt did not bring its export to READY.
#[derive(Debug, thiserror::Error)]
pub enum Setback {
    #[error(transparent)]
    Superseded(#[from] Superseded),
    /// The file is not made: a call failed that may succeed later.
    #[error(transparent)]
    NotMade(#[from] AwsError),
    /// The invocation was over before the file came any further.
    #[error("the invocation was over before the file came any further")]
    OutOfTime,
    /// What was left of the file cannot be gone on from.
    #[error("what was left of the file cannot be gone on from")]
    StartOver,
    #[error("larger than S3 takes it in parts")]
    TooLarge,
    /// The file is made but not delivered for now.
    #[error("not delivered yet: {0}")]
    NotDelivered(String),
    /// The mail was refused for good.
    #[error("refused: {0}")]
    Refused(String),
    /// The file could not be delivered for a day.
    #[error("not delivered for a day: {0}")]
    Undeliverable(String),
}

/// What to do about a setback.
#[derive(Debug, PartialEq, Eq)]
enum Course {
    /// Another attempt has it, or it has ended.
    Leave,
    RetryAfter(SignedDuration),
    Restart,
    GiveUp(&'static str),
}

impl Generator {
    /// Brings an export as far as it can. Delivered twice, or out of order, a message changes nothing: the export is
    /// claimed by one attempt at a time, and not at all once it has ended.
    ///
    /// An error means that the message must come back.
    pub async fn work(
        &self,
        tenant_id: &str,
        id: &ExportId,
        invocation: &Invocation,
    ) -> Result<(), AwsError> {
        let Some(attempt) = self.exports.claim(tenant_id, id, time::now()).await? else {
            return Ok(());
        };
        if let Some(reason) = lost_cause(&attempt, time::now()) {
            return self.give_up(&attempt, reason).await;
        }
        let setback = match self.advance(&attempt, invocation).await {
            Ok(Advance::Ready) => {
                info!(tenantId = tenant_id, exportId = %id, fence = attempt.fence, "ready");
                return Ok(());
            }
            Ok(Advance::InPart) => {
                info!(tenantId = tenant_id, exportId = %id, fence = attempt.fence, "to be continued");
                return self.hand_over(&attempt).await;
            }
            Err(setback) => setback,
        };
        warn!(tenantId = tenant_id, exportId = %id, fence = attempt.fence, tries = attempt.tries, cause = %setback, "setback");
        let tries = if invocation.has_advanced.get() {
            1
        } else {
            attempt.tries
        };
        match course(&setback, tries) {
            Course::Leave => Ok(()),
            Course::GiveUp(reason) => self.give_up(&attempt, reason).await,
            Course::RetryAfter(delay) => self.retry_after(&attempt, delay).await,
            Course::Restart => match self.exports.restart(&attempt).await? {
                Ok(()) => self.hand_over(&attempt).await,
                Err(Superseded) => Ok(()),
            },
        }
    }

    /// A file that is complete is not made again: only its mail is still to be sent.
    async fn advance(
        &self,
        attempt: &Attempt,
        invocation: &Invocation,
    ) -> Result<Advance, Setback> {
        let file = match attempt.export.delivery() {
            Some(delivery) => delivery.file.clone(),
            None => match self.generate(attempt, invocation).await? {
                Made::Whole(file) => file,
                Made::InPart => return Ok(Advance::InPart),
            },
        };
        self.deliver(attempt, file.clone()).await?;
        if attempt.fence > 1 || invocation.has_advanced.get() {
            self.clean(attempt, &file).await;
        }
        Ok(Advance::Ready)
    }

    async fn give_up(&self, attempt: &Attempt, reason: &str) -> Result<(), AwsError> {
        let export = &attempt.export;
        warn!(tenantId = export.tenant_id, exportId = %export.id, fence = attempt.fence, reason, "given up");
        fail(
            &self.exports,
            &self.files,
            &export.tenant_id,
            &export.id,
            Some(attempt.fence),
            reason,
            time::now(),
        )
        .await
    }

    /// The message first: if the process dies between the two, the message meets a live lease and is done, and the
    /// reconciler sends another when that has ended.
    async fn retry_after(&self, attempt: &Attempt, delay: SignedDuration) -> Result<(), AwsError> {
        self.queue.send(&attempt.export, delay).await?;
        // Refused only if another attempt has the export.
        let _ = self.exports.release(attempt, time::now() + delay).await?;
        Ok(())
    }

    /// The lease first, for the message has no delay. If it cannot be sent, the reconciler sends it.
    async fn hand_over(&self, attempt: &Attempt) -> Result<(), AwsError> {
        if self.exports.release(attempt, time::now()).await?.is_ok()
            && let Err(cause) = self.queue.send(&attempt.export, SignedDuration::ZERO).await
        {
            warn!(exportId = %attempt.export.id, %cause, "the reconciler sends the message");
        }
        Ok(())
    }
}

/// What an attempt came to.
enum Advance {
    Ready,
    /// Another invocation goes on.
    InPart,
}

/// The key of a file that this attempt begins. The fence keeps attempts apart: a late one cannot overwrite another's
/// file, and what one left is known by it.
pub fn file_key(attempt: &Attempt) -> String {
    format!("{}{}.csv", attempt.export.folder(), attempt.fence)
}

/// The key of an attempt's first, second, … tail: what belongs to no part yet. None is written twice, for what is
/// recorded of it must stay true.
pub fn tail_key(attempt: &Attempt, number: u32) -> String {
    format!("{}{}.{number}.tail", attempt.export.folder(), attempt.fence)
}

/// The fence of the attempt that began an object.
pub fn fence_of(export: &Export, key: &str) -> Option<u64> {
    let name = key.strip_prefix(&export.folder())?;
    name.split('.').next()?.parse().ok()
}

/// Why an export is beyond help before it is tried once more: earlier attempts may have died without settling anything.
fn lost_cause(attempt: &Attempt, now: Timestamp) -> Option<&'static str> {
    match attempt.export.delivery() {
        None if attempt.restarts > MOST_RESTARTS => Some(NOT_MADE),
        None => (attempt.tries > MOST_TRIES).then_some(NOT_MADE),
        Some(delivery) => {
            let is_overdue = now.duration_since(delivery.file.made_at) > DELIVERY_IS_TRIED_FOR;
            is_overdue.then_some(NOT_DELIVERED)
        }
    }
}

fn course(setback: &Setback, tries: u64) -> Course {
    match setback {
        Setback::Superseded(_) => Course::Leave,
        Setback::NotMade(_) | Setback::OutOfTime if tries >= MOST_TRIES => Course::GiveUp(NOT_MADE),
        Setback::NotMade(_) | Setback::OutOfTime | Setback::NotDelivered(_) => {
            Course::RetryAfter(backoff(tries))
        }
        Setback::StartOver => Course::Restart,
        Setback::TooLarge => Course::GiveUp(TOO_LARGE),
        Setback::Refused(_) => Course::GiveUp(REFUSED),
        Setback::Undeliverable(_) => Course::GiveUp(NOT_DELIVERED),
    }
}

/// Two seconds, doubled with each further try, up to a quarter of an hour.
fn backoff(tries: u64) -> SignedDuration {
    let doublings = u32::try_from(tries.min(10)).unwrap_or(10);
    SignedDuration::from_secs(1 << doublings).min(SignedDuration::from_mins(15))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_made() -> Setback {
        Setback::NotMade(AwsError::unexpected("Query", "no answer"))
    }

    #[test]
    fn a_file_that_is_not_made_is_tried_again_with_growing_pauses() {
        let pauses: Vec<_> = (1..MOST_TRIES)
            .map(|tries| match course(&not_made(), tries) {
                Course::RetryAfter(pause) => pause.as_secs(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert_eq!(backoff(1_000).as_secs(), 15 * 60);
    }

    #[test]
    fn without_progress_an_export_is_given_up() {
        assert!(matches!(course(&not_made(), MOST_TRIES), Course::GiveUp(_)));
    }

    #[test]
    fn a_file_that_is_made_is_tried_to_deliver_however_often() {
        let throttled = Setback::NotDelivered("throttled".to_owned());
        assert!(matches!(course(&throttled, 90), Course::RetryAfter(_)));
    }

    #[test]
    fn a_refused_mail_and_a_lost_export_end_the_attempt() {
        let refused = Setback::Refused("virus".to_owned());
        assert!(matches!(course(&refused, 1), Course::GiveUp(_)));
        assert_eq!(
            course(&Setback::Superseded(Superseded), MOST_TRIES),
            Course::Leave
        );
    }

    #[test]
    fn what_time_does_not_mend_is_not_tried_again() {
        assert_eq!(course(&Setback::TooLarge, 1), Course::GiveUp(TOO_LARGE));
        assert_eq!(course(&Setback::StartOver, MOST_TRIES), Course::Restart);
    }
}
