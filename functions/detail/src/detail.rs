//! `GET /v1/payments/{dataset}/export/{exportId}`.

use http::StatusCode;
use jiff::SignedDuration;
use shared::{
    aws::{exports::ExportsTable, files::ExportFiles},
    domain::{caller::Act, time},
    http::{Answer, Request, require},
    wire::{export::ExportObject, problem::Problem},
};

/// How long a download URL works: long enough to click, too short to pass around.
const DOWNLOAD_URL_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The clients of this function.
pub struct Detail {
    pub exports: ExportsTable,
    pub files: ExportFiles,
}

impl Detail {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let not_found = || Problem::NotFound("There is no such export.");
        let caller = request.caller()?;
        let (dataset, id) = request.dataset()?;
        require(caller, Act::Read, dataset)?;
        let id = id
            .filter(|id| id.dataset() == dataset)
            .ok_or_else(not_found)?;
        let export = self
            .exports
            .find(&caller.tenant_id, &id)
            .await?
            .ok_or_else(not_found)?;
        if !export.is_visible_to(caller) {
            return Err(Problem::Forbidden(
                "This export was launched by another user.",
            ));
        }
        let now = time::now();
        let mut object = ExportObject::of(&export, now);
        if let Some(delivery) = export.ready(now) {
            let (url, ends_at) = self
                .files
                .download_url(&export, delivery, now, DOWNLOAD_URL_LIFETIME)
                .await?;
            object = object.with_download(url, ends_at);
        }
        Answer::json(StatusCode::OK, &object)
    }
}
