//! One pass over what is due.

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Error;
use shared::{
    aws::{AwsError, exports::ExportsTable, files::ExportFiles, queue::ExportQueue},
    domain::{export::Export, time},
    ending::expire,
    items::export::DueKind,
};
use tracing::{error, info};

/// How long the removal of an expiry marker is waited for before the export is expired without it. TTL takes up to days,
/// and nobody reads an expired export as READY meanwhile: this only bounds how long the file stays.
const EXPIRY_GRACE: SignedDuration = SignedDuration::from_mins(10);

/// What reconciling needs.
pub struct Reconciler {
    pub exports: ExportsTable,
    pub files: ExportFiles,
    pub queue: ExportQueue,
}

impl Reconciler {
    /// Sends a message for each pending export that nobody is at work on, expires what is overdue, and cleans up after
    /// what failed. One that fails does not keep the others from it.
    pub async fn pass(&self) -> Result<(), Error> {
        let now = time::now();
        let failed = self.mend(DueKind::Pending, now, now).await
            + self.mend(DueKind::Expiry, now - EXPIRY_GRACE, now).await
            + self.mend(DueKind::Leftovers, now, now).await;
        if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} exports could not be mended").into())
        }
    }

    /// Answers how much could not be mended.
    async fn mend(&self, kind: DueKind, before: Timestamp, now: Timestamp) -> usize {
        let due = match self.exports.due(kind, before).await {
            Ok(due) => due,
            Err(cause) => {
                error!(%cause, "what is due cannot be read");
                return 1;
            }
        };
        let mut failed = 0;
        for export in due {
            let result = match export {
                Ok(export) => self.mend_one(kind, &export, now).await,
                Err(cause) => Err(cause),
            };
            if let Err(cause) = result {
                error!(%cause, "an export is not mended yet");
                failed += 1;
            }
        }
        failed
    }

    async fn mend_one(
        &self,
        kind: DueKind,
        export: &Export,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let done = match kind {
            DueKind::Pending => {
                self.send_again(export, now).await?;
                "sent again"
            }
            DueKind::Expiry => {
                expire(
                    &self.exports,
                    &self.files,
                    &export.tenant_id,
                    &export.id,
                    now,
                )
                .await?;
                "expired"
            }
            DueKind::Leftovers => {
                self.files.clean(export, |_| true, &[]).await?;
                self.exports.record_cleaned(export).await?;
                "cleaned up"
            }
        };
        info!(tenantId = export.tenant_id, exportId = %export.id, done, "mended");
        Ok(())
    }

    /// A message too many does nothing: it meets a lease or an export that has ended.
    async fn send_again(&self, export: &Export, now: Timestamp) -> Result<(), AwsError> {
        self.queue.send(export, SignedDuration::ZERO).await?;
        self.exports.record_resent(export, now).await
    }
}
