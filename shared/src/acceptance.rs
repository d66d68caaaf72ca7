//! Accepts requests for exports, for the operator and the merchant API.

use jiff::SignedDuration;
use tracing::error;

use crate::{
    aws::{
        AwsError,
        exports::{Creation, ExportsTable, Superseded},
        queue::ExportQueue,
    },
    domain::{export::Export, schedule::Schedule},
    items::idempotency::Idempotency,
    logging, metrics,
};

/// The clients that accepting a request uses.
pub struct Acceptance {
    pub exports: ExportsTable,
    pub queue: ExportQueue,
    pub history_lifetime: SignedDuration,
}

impl Acceptance {
    /// Records the export and sends a message for it.
    ///
    /// Once the export is recorded, the request is accepted. If the queue refuses the message, the reconciler sends it later.
    pub async fn accept(
        &self,
        export: &Export,
        idempotency: Option<&Idempotency>,
    ) -> Result<Creation, AwsError> {
        let creation = self
            .exports
            .create(export, idempotency, self.history_lifetime)
            .await?;
        self.announce(export, &creation).await;
        Ok(creation)
    }

    /// Records the export of a schedule's run together with what the schedule is after it, and sends a message for it. Refused
    /// if the run was made, or if the schedule was changed since it was seen.
    pub async fn accept_run(
        &self,
        export: &Export,
        seen: &Schedule,
        after: &Schedule,
    ) -> Result<Result<Creation, Superseded>, AwsError> {
        let creation = self
            .exports
            .create_run(export, seen, after, self.history_lifetime)
            .await?;
        if let Ok(creation) = &creation {
            self.announce(export, creation).await;
        }
        Ok(creation)
    }

    async fn announce(&self, export: &Export, creation: &Creation) {
        if *creation != Creation::Created {
            return;
        }
        logging::note_export(&export.tenant_id, &export.id);
        metrics::accepted(export);
        let sent = self
            .queue
            .send(&export.tenant_id, &export.id, SignedDuration::ZERO);
        if let Err(cause) = sent.await {
            error!(%cause, exportId = %export.id, "the export waits for the reconciler");
        }
    }
}
