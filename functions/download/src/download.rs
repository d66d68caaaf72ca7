//! `GET /v1/exports/{exportId}/download?token=…`.

use http::{StatusCode, header};
use jiff::SignedDuration;
use shared::{
    aws::{
        exports::{ExportsTable, LinkedExport, Revoked},
        files::ExportFiles,
    },
    domain::{download::Downloader, export::Status, link::LinkToken, time},
    downloads,
    http::{Answer, Request},
    wire::problem::Problem,
};
use tracing::error;

/// How long the presigned URL works. A browser follows it at once.
const DOWNLOAD_URL_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// The clients of this function.
pub struct Download {
    pub exports: ExportsTable,
    pub files: ExportFiles,
}

impl Download {
    /// The token is the right to download. A wrong token is answered like none, and the answer reveals nothing of the export.
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let not_found =
            || Problem::NotFound("There is no such link. Check that it was copied whole.");
        let id = request.export_id().ok_or_else(not_found)?;
        let token = request
            .query
            .iter()
            .find(|(name, _)| name == "token")
            .map(|(_, value)| LinkToken::from_request(value))
            .ok_or_else(not_found)?;
        let now = time::now();
        let LinkedExport { export, link } = self
            .exports
            .find_by_link(&token.hash(), &id, now)
            .await?
            .ok_or_else(not_found)?;
        if link.as_ref().is_some_and(|link| link.revoked_at.is_some()) {
            return Err(Problem::LinkRevoked);
        }
        let Some(delivery) = export.downloadable(now) else {
            return Err(match export.status(now) {
                Status::Cancelled | Status::Expired => Problem::LinkExpired,
                Status::Pending | Status::Ready | Status::Failed => not_found(),
            });
        };
        let (url, _) = self
            .files
            .download_url(&export, delivery, now, DOWNLOAD_URL_LIFETIME)
            .await?;
        if let Some(link) = &link {
            match self.exports.use_link(&export, &link.id, now).await {
                Ok(Ok(())) => {}
                // Since it was read.
                Ok(Err(Revoked)) => return Err(Problem::LinkRevoked),
                // It was not revoked when it was read, and whoever has it may download.
                Err(cause) => {
                    error!(%cause, exportId = %export.id, linkId = %link.id, "a use is not recorded");
                }
            }
            let by = Downloader::Link(link.id.clone());
            downloads::note(&self.exports, &export, by, request.origin(), now).await;
        }
        Ok(Answer {
            status: StatusCode::FOUND,
            headers: vec![(header::LOCATION, url)],
            body: String::new(),
        }
        // The token must not travel on in a Referer.
        .with_header(header::REFERRER_POLICY, "no-referrer"))
    }
}
