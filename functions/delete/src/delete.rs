//! `DELETE /v1/exports/{exportId}`.

use http::StatusCode;
use shared::{
    aws::{exports::ExportsTable, files::ExportFiles},
    domain::{export::Export, time},
    ending,
    http::{Answer, Request},
    own_export,
    wire::{export::ExportObject, problem::Problem},
};
use tracing::error;

/// The clients of this function.
pub struct Delete {
    pub exports: ExportsTable,
    pub files: ExportFiles,
}

impl Delete {
    /// From the first write on no link works. If the file cannot be removed now, the reconciler removes it.
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        let export = own_export::find(&self.exports, &request).await?;
        let now = time::now();
        if export.ready(now).is_none() {
            return Err(Problem::ExportNotReady(export.status(now)));
        }
        let Export { tenant_id, id, .. } = &export;
        let expiring = self
            .exports
            .expire_now(&export, &caller.user_id, now)
            .await?;
        if expiring.is_ok()
            && let Err(cause) = ending::expire(&self.exports, &self.files, tenant_id, id, now).await
        {
            error!(%cause, exportId = %id, "the reconciler removes the file");
        }
        let export = own_export::now(&self.exports, &export).await?;
        match expiring {
            Ok(()) => Answer::json(StatusCode::OK, &ExportObject::of(&export, time::now())),
            // It expired in this moment.
            Err(_) => Err(Problem::ExportNotReady(export.status(time::now()))),
        }
    }
}
