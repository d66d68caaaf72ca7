//! Accepts requests for exports, for the operator and the merchant API.

use jiff::SignedDuration;
use tracing::error;

use crate::{
    aws::{
        AwsError,
        exports::{Creation, ExportsTable},
        queue::ExportQueue,
    },
    domain::export::Export,
    items::idempotency::Idempotency,
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
        if creation == Creation::Created
            && let Err(cause) = self.queue.send(export, SignedDuration::ZERO).await
        {
            error!(%cause, exportId = %export.id, "the export waits for the reconciler");
        }
        Ok(creation)
    }
}
