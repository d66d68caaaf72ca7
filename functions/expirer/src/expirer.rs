//! Expires the exports whose expiry marker was removed.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use lambda_runtime::Error;
use shared::{
    aws::{AwsError, exports::ExportsTable, files::ExportFiles},
    domain::{id::ExportId, time},
    ending::expire,
    items::expiry_marker::ExpiryMarkerItem,
    logging::{note_export, of_event},
};

/// The clients of this function.
pub struct Expirer {
    pub exports: ExportsTable,
    pub files: ExportFiles,
}

impl Expirer {
    /// Expires every export of the batch. If one of them fails, the others are expired all the same, and the batch fails at
    /// the end, so that the stream sends it again. Expiring an export twice changes nothing.
    pub async fn handle(&self, event: Event) -> Result<(), Error> {
        let mut failed = 0;
        for record in event.records {
            let Some((tenant_id, id)) = removed_marker(record) else {
                continue;
            };
            let ended = of_event(self.expire(&tenant_id, &id)).await;
            failed += usize::from(ended.is_err());
        }
        if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} exports could not be expired").into())
        }
    }

    async fn expire(&self, tenant_id: &str, id: &ExportId) -> Result<&'static str, AwsError> {
        note_export(tenant_id, id);
        let has_expired = expire(&self.exports, &self.files, tenant_id, id, time::now()).await?;
        // The marker of an export that failed, or whose expiry was recorded already, goes too.
        Ok(if has_expired { "EXPIRED" } else { "OVER" })
    }
}

/// The export whose expiry a stream record reports. Other records are skipped, and records that no retry could read.
fn removed_marker(record: EventRecord) -> Option<(String, ExportId)> {
    if record.event_name != "REMOVE" {
        return None;
    }
    let marker: ExpiryMarkerItem = serde_dynamo::from_item(record.change.old_image).ok()?;
    if !marker.is_marker() {
        return None;
    }
    let id = marker.export_id().ok()?;
    Some((marker.tenant_id().to_owned(), id))
}
