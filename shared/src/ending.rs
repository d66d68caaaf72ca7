//! How an export ends FAILED or EXPIRED. Several functions bring it about; running one of these twice is as good as once.

use jiff::Timestamp;

use crate::{
    aws::{AwsError, exports::ExportsTable, files::ExportFiles},
    domain::{export::State, id::ExportId},
};

/// Ends a pending export FAILED and removes everything of it in the bucket. Of one that has failed already, what an
/// attempt may have left is removed.
///
/// `fence` is that of the attempt that gives up; without one, whoever is at work is stopped.
pub async fn fail(
    exports: &ExportsTable,
    files: &ExportFiles,
    tenant_id: &str,
    id: &ExportId,
    fence: Option<u64>,
    reason: &str,
    now: Timestamp,
) -> Result<(), AwsError> {
    let Some(export) = exports.find(tenant_id, id).await? else {
        return Ok(());
    };
    let has_failed = match export.state {
        State::Pending { .. } => exports
            .mark_failed(&export, fence, reason, now)
            .await?
            .is_ok(),
        State::Failed { .. } => true,
        State::Ready(_) | State::Expired(_) => false,
    };
    if has_failed {
        files.clean(&export, |_| true, &[]).await?;
    }
    Ok(())
}

/// Removes the file of an export whose expiry has passed and records EXPIRED; does nothing before that second, or again.
/// Says whether it was this run that ended the export.
///
/// The file goes first: if the process dies between the two, what is recorded still leads the next run here.
pub async fn expire(
    exports: &ExportsTable,
    files: &ExportFiles,
    tenant_id: &str,
    id: &ExportId,
    now: Timestamp,
) -> Result<bool, AwsError> {
    let Some(export) = exports.find(tenant_id, id).await? else {
        return Ok(false);
    };
    if let State::Ready(delivery) = &export.state
        && delivery.expires_at <= now
    {
        files.clean(&export, |_| true, &[]).await?;
        // Refused only if another run has recorded it meanwhile.
        return Ok(exports.mark_expired(&export, now).await?.is_ok());
    }
    Ok(false)
}
