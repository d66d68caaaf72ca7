//! Accepting a request for an export, whichever door it came through.

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

/// What accepting needs.
pub struct Acceptance {
    pub exports: ExportsTable,
    pub queue: ExportQueue,
    pub history_lifetime: SignedDuration,
}

impl Acceptance {
    /// Records the export and asks for work on it.
    ///
    /// Once it is recorded it is promised: if the queue refuses the message, the reconciler sends it.
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
