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

/// Tries to make a file before the export is given up: with their pauses, some 17 minutes of outage.
const MOST_TRIES: u64 = 10;

/// How long a file that is made is tried to deliver.
pub const DELIVERY_IS_TRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

const NOT_MADE: &str = "The file could not be made after several tries. Ask for the export again.";
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
    GiveUp(&'static str),
}

impl Generator {
    /// Brings an export as far as it can. Delivered twice, or out of order, a message changes nothing: the export is
    /// claimed by one attempt at a time, and not at all once it has ended.
    ///
    /// An error means that the message must come back.
    pub async fn work(&self, tenant_id: &str, id: &ExportId) -> Result<(), AwsError> {
        let Some(attempt) = self.exports.claim(tenant_id, id, time::now()).await? else {
            return Ok(());
        };
        if let Some(reason) = lost_cause(&attempt, time::now()) {
            return self.give_up(&attempt, reason).await;
        }
        let Err(setback) = self.advance(&attempt).await else {
            info!(tenantId = tenant_id, exportId = %id, fence = attempt.fence, "ready");
            return Ok(());
        };
        warn!(tenantId = tenant_id, exportId = %id, fence = attempt.fence, tries = attempt.tries, cause = %setback, "setback");
        match course(&setback, attempt.tries) {
            Course::Leave => Ok(()),
            Course::GiveUp(reason) => self.give_up(&attempt, reason).await,
            Course::RetryAfter(delay) => self.retry_after(&attempt, delay).await,
        }
    }

    /// A file that is complete is not made again: only its mail is still to be sent.
    async fn advance(&self, attempt: &Attempt) -> Result<(), Setback> {
        if let Some(delivery) = attempt.export.delivery() {
            return self
                .deliver(attempt, delivery.file.clone())
                .await?
                .map_err(Setback::from);
        }
        self.discard_earlier(attempt).await?;
        let file = self.generate(attempt).await?;
        let key = file.key.clone();
        let delivered = self.deliver(attempt, file).await?;
        if let Err(superseded) = delivered {
            // Nobody knows of this file: the attempt that took over makes its own.
            self.files.delete(&key).await?;
            return Err(superseded.into());
        }
        Ok(())
    }

    /// An attempt that died may have left a complete file that nobody knows of: its fence names it.
    async fn discard_earlier(&self, attempt: &Attempt) -> Result<(), AwsError> {
        for fence in 1..attempt.fence {
            self.files.delete(&file_key(&attempt.export, fence)).await?;
        }
        Ok(())
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
}

/// The fence keeps attempts apart: a late one cannot overwrite another's file.
pub fn file_key(export: &Export, fence: u64) -> String {
    format!(
        "exports/{}/{}/{}/{fence}.csv",
        export.tenant_id,
        export.dataset().slug,
        export.id
    )
}

/// Why an export is beyond help before it is tried once more: earlier attempts may have died without settling anything.
fn lost_cause(attempt: &Attempt, now: Timestamp) -> Option<&'static str> {
    match attempt.export.delivery() {
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
        Setback::NotMade(_) if tries >= MOST_TRIES => Course::GiveUp(NOT_MADE),
        Setback::NotMade(_) | Setback::NotDelivered(_) => Course::RetryAfter(backoff(tries)),
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
}
