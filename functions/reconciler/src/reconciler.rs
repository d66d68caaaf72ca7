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
    /// Sends a message for each pending export that nobody is at work on, and expires what is overdue. One that fails
    /// does not keep the others from it.
    pub async fn pass(&self) -> Result<(), Error> {
        let now = time::now();
        let mut failed = 0;
        for export in self.exports.due(DueKind::Pending, now).await? {
            failed += self.noted(&export, "sent again", self.send_again(&export, now).await);
        }
        for export in self
            .exports
            .due(DueKind::Expiry, now - EXPIRY_GRACE)
            .await?
        {
            let result = expire(
                &self.exports,
                &self.files,
                &export.tenant_id,
                &export.id,
                now,
            )
            .await;
            failed += self.noted(&export, "expired", result);
        }
        if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} exports could not be mended").into())
        }
    }

    /// A message too many does nothing: it meets a lease or an export that has ended.
    async fn send_again(&self, export: &Export, now: Timestamp) -> Result<(), AwsError> {
        self.queue.send(export, SignedDuration::ZERO).await?;
        self.exports.record_resent(export, now).await
    }

    fn noted(&self, export: &Export, done: &'static str, result: Result<(), AwsError>) -> usize {
        match result {
            Ok(()) => {
                info!(tenantId = export.tenant_id, exportId = %export.id, done, "mended");
                0
            }
            Err(cause) => {
                error!(tenantId = export.tenant_id, exportId = %export.id, %cause, "not mended yet");
                1
            }
        }
    }
}
