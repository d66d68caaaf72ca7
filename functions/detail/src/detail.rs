//! `GET /v1/payments/{dataset}/export/{exportId}`.

use http::StatusCode;
use jiff::SignedDuration;
use shared::{
    aws::{AwsError, exports::ExportsTable, files::ExportFiles},
    domain::{
        caller::Act,
        download::{Download, Downloader, Downloads},
        export::Export,
        link::Link,
        time,
    },
    downloads,
    http::{Answer, Request, require},
    wire::{export::ExportObject, export_detail::ExportDetailObject, problem::Problem},
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
        let (sendings, downloads) = tokio::try_join!(
            self.exports.sendings(&export),
            self.exports.downloads(&export)
        )?;
        let links = self.links_of(&export, &downloads).await?;

        let now = time::now();
        let mut object = ExportObject::of(&export, now);
        if let Some(delivery) = export.ready(now) {
            let (url, ends_at) = self
                .files
                .download_url(&export, delivery, now, DOWNLOAD_URL_LIFETIME)
                .await?;
            object = object.with_download(url, ends_at);
            // Nobody tells whether the URL is used. This answer shows the downloads before it.
            let by = Downloader::User(caller.user_id.clone());
            downloads::note(&self.exports, &export, by, request.origin(), now).await;
        }
        let object = ExportDetailObject::of(object, &sendings, &downloads, &links);
        Answer::json(StatusCode::OK, &object)
    }

    /// The links that downloads name, or none if no link was used.
    async fn links_of(
        &self,
        export: &Export,
        downloads: &Downloads,
    ) -> Result<Vec<Link>, AwsError> {
        let is_by_link = |download: &Download| matches!(download.by, Downloader::Link(_));
        if downloads.latest.iter().any(is_by_link) {
            self.exports.links(export).await
        } else {
            Ok(Vec::new())
        }
    }
}
