//! Mailed links, by the hash of their token.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, read_id};
use crate::domain::{
    export::{Delivery, Export, LINK_OUTLIVES_FILE_BY},
    id::ExportId,
    link::TokenHash,
};

/// The sort key, in a partition of its own.
pub const LINK: &str = "link";

/// The export of a link's token. The item stays for a month after the file, so that the link can say that it has expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkItem {
    partition: String,
    sort: String,
    tenant_id: String,
    export_id: String,
    time_to_live: i64,
}

pub fn link_partition(token: &TokenHash) -> String {
    format!("link#{}", token.as_str())
}

impl LinkItem {
    pub fn of(export: &Export, delivery: &Delivery, token: &TokenHash) -> Self {
        Self {
            partition: link_partition(token),
            sort: LINK.to_owned(),
            tenant_id: export.tenant_id.clone(),
            export_id: export.id.to_string(),
            time_to_live: (delivery.expires_at + LINK_OUTLIVES_FILE_BY).as_second(),
        }
    }

    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    pub fn export_id(&self) -> Result<ExportId, UnreadableItem> {
        read_id(&self.export_id)
    }

    /// Whether the link counts as unknown, although TTL may not have removed its item yet.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.time_to_live <= now.as_second()
    }
}
