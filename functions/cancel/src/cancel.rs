//! `POST /v1/exports/{exportId}/cancel`.

use http::StatusCode;
use shared::{
    aws::{exports::ExportsTable, files::ExportFiles},
    domain::{export::Status, time},
    ending,
    http::{Answer, Request},
    own_export,
    wire::{export::ExportObject, problem::Problem},
};

/// The clients of this function.
pub struct Cancel {
    pub exports: ExportsTable,
    pub files: ExportFiles,
}

impl Cancel {
    /// From then on its user may launch another export. An attempt that is at work stops with its next write.
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        let export = own_export::find(&self.exports, &request).await?;
        let now = time::now();
        let status = export.status(now);
        if status != Status::Pending {
            return Err(Problem::ExportNotPending(status));
        }
        let cancelled =
            ending::cancel(&self.exports, &self.files, &export, &caller.user_id, now).await?;
        let export = own_export::now(&self.exports, &export).await?;
        match cancelled {
            Ok(()) => Answer::json(StatusCode::OK, &ExportObject::of(&export, time::now())),
            // It ended in this moment.
            Err(_) => Err(Problem::ExportNotPending(export.status(time::now()))),
        }
    }
}
