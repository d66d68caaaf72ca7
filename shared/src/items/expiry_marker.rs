//! The marker whose removal by DynamoDB's TTL tells that an export has expired.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, read_id};
use crate::domain::{export::Export, id::ExportId};

/// The beginning of every marker's partition.
pub const EXPIRY_PREFIX: &str = "expiry#";

/// DynamoDB's TTL removes it when its export expires, and the stream tells the expirer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpiryMarkerItem {
    partition: String,
    sort: String,
    tenant_id: String,
    time_to_live: i64,
}

pub fn expiry_partition(export: &Export) -> String {
    format!(
        "{EXPIRY_PREFIX}{}#{}",
        export.tenant_id,
        export.dataset().export_type
    )
}

impl ExpiryMarkerItem {
    pub fn of(export: &Export, expires_at: Timestamp) -> Self {
        Self {
            partition: expiry_partition(export),
            sort: export.id.to_string(),
            tenant_id: export.tenant_id.clone(),
            time_to_live: expires_at.as_second(),
        }
    }

    /// Whether the item is a marker at all: another item of the table may have all of a marker's attributes.
    pub fn is_marker(&self) -> bool {
        self.partition.starts_with(EXPIRY_PREFIX)
    }

    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    pub fn export_id(&self) -> Result<ExportId, UnreadableItem> {
        read_id(&self.sort)
    }
}
