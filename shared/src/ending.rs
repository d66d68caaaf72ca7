//! Ends exports FAILED, CANCELLED or EXPIRED, for several functions. Each of these can run twice with the same result.

use jiff::Timestamp;
use tracing::error;

use crate::{
    aws::{
        AwsError,
        exports::{ExportsTable, Superseded},
        files::ExportFiles,
    },
    domain::{
        export::{Export, State, Status},
        id::ExportId,
    },
    metrics,
};

/// Ends a pending export FAILED and removes its objects from the bucket. If it has failed already, only the objects are
/// removed that attempts left.
///
/// `fence` is that of the attempt that gives up. Without one, an attempt that has the export is stopped.
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
        State::Pending { .. } => {
            let marked = exports.mark_failed(&export, fence, reason, now).await?;
            if marked.is_ok() {
                metrics::ended(&export, Status::Failed);
            }
            marked.is_ok()
        }
        State::Failed { .. } => true,
        State::Ready(_) | State::Cancelled(_) | State::Expired { .. } => false,
    };
    if has_failed {
        files.clean(&export, |_| true, &[]).await?;
    }
    Ok(())
}

/// Ends a pending export CANCELLED and removes its objects from the bucket. Refused if it has ended already.
///
/// Once the end is recorded, the export is cancelled. If the objects cannot be removed now, the reconciler removes them.
pub async fn cancel(
    exports: &ExportsTable,
    files: &ExportFiles,
    export: &Export,
    user_id: &str,
    now: Timestamp,
) -> Result<Result<(), Superseded>, AwsError> {
    if exports.mark_cancelled(export, user_id, now).await?.is_err() {
        return Ok(Err(Superseded));
    }
    metrics::ended(export, Status::Cancelled);
    if let Err(cause) = files.clean(export, |_| true, &[]).await {
        error!(%cause, exportId = %export.id, "the reconciler cleans up");
    }
    Ok(Ok(()))
}

/// Removes the file of an expired export and records EXPIRED. Does nothing before the expiry, or the second time. Returns
/// whether this run has ended the export.
///
/// The file is removed first. If the process then dies, the export is still READY, and the next run removes it again.
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
        // This is refused only if another run has recorded it meanwhile.
        let is_marked = exports.mark_expired(&export, now).await?.is_ok();
        if is_marked {
            metrics::ended(&export, Status::Expired);
        }
        return Ok(is_marked);
    }
    Ok(false)
}
