//! Notes who fetches a file, for several functions.

use jiff::Timestamp;
use tracing::error;

use crate::{
    aws::exports::ExportsTable,
    domain::{
        download::{Download, Downloader, Origin},
        export::Export,
    },
};

/// Records a download. If that fails, only the log says so: nobody is kept from the file.
pub async fn note(
    exports: &ExportsTable,
    export: &Export,
    by: Downloader,
    origin: Origin,
    now: Timestamp,
) {
    let download = Download {
        at: now,
        by,
        origin,
    };
    if let Err(cause) = exports.record_download(export, &download).await {
        error!(%cause, tenantId = export.tenant_id, exportId = %export.id, "a download is not recorded");
    }
}
