//! One pass over the exports that are due.

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Error;
use shared::{
    aws::{
        AwsError, audit_trail::AuditTrail, event_bus::EventBus, exports::ExportsTable,
        files::ExportFiles, queue::ExportQueue,
    },
    domain::{export::Export, time},
    ending::expire,
    items::export::{DueKind, EXPIRY_GRACE},
};
use tracing::{error, info};

/// The clients of this function.
pub struct Reconciler {
    pub exports: ExportsTable,
    pub files: ExportFiles,
    pub queue: ExportQueue,
    pub bus: EventBus,
    pub trail: AuditTrail,
}

impl Reconciler {
    /// Sends a message for each pending export that no attempt has, expires overdue exports, cleans up after failed and
    /// cancelled ones, and tells what the publisher did not. If one fails, the others are handled all the
    /// same.
    pub async fn pass(&self) -> Result<(), Error> {
        let now = time::now();
        let failed = self.reconcile(DueKind::Pending, now, now).await
            + self
                .reconcile(DueKind::Expiry, now - EXPIRY_GRACE, now)
                .await
            + self.reconcile(DueKind::CleanUp, now, now).await
            + self.tell(now).await;
        if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} exports or events could not be reconciled").into())
        }
    }

    /// Returns the number of events that are left.
    async fn tell(&self, now: Timestamp) -> usize {
        let told = async {
            let untold = self.exports.untold(now).await?;
            self.exports.tell(&self.bus, &self.trail, &untold).await
        };
        told.await.unwrap_or_else(|cause| {
            error!(%cause, "events are not told yet");
            1
        })
    }

    /// Returns the number of exports that failed.
    async fn reconcile(&self, kind: DueKind, before: Timestamp, now: Timestamp) -> usize {
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
                Ok(export) => self.reconcile_one(kind, &export, now).await,
                Err(cause) => Err(cause),
            };
            if let Err(cause) = result {
                error!(%cause, "an export is not reconciled yet");
                failed += 1;
            }
        }
        failed
    }

    async fn reconcile_one(
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
            DueKind::CleanUp => {
                self.files.clean(export, |_| true, &[]).await?;
                self.exports.record_cleaned(export).await?;
                "cleaned up"
            }
        };
        info!(tenantId = export.tenant_id, exportId = %export.id, done, "reconciled");
        Ok(())
    }

    /// A message too many does no harm: it meets a live lease, or an export that has ended.
    async fn send_again(&self, export: &Export, now: Timestamp) -> Result<(), AwsError> {
        self.queue
            .send(&export.tenant_id, &export.id, SignedDuration::ZERO)
            .await?;
        self.exports.record_resent(export, now).await
    }
}
