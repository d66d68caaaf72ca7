//! The lock of a user and type, which keeps a second export from being launched beside a pending one.

use serde::{Deserialize, Serialize};

use super::{UnreadableItem, read_id};
use crate::domain::{
    export::{Export, PENDING_BLOCKS_FOR},
    id::ExportId,
};

/// The sort key, in a partition of its own.
pub const LOCK: &str = "lock";

/// The pending export of a user and type. Only the export that it names releases it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockItem {
    partition: String,
    sort: String,
    export_id: String,
    /// Unix seconds, the first at which the export no longer blocks.
    blocks_until: i64,
    time_to_live: i64,
}

pub fn lock_partition(export: &Export) -> String {
    format!(
        "lock#{}#{}#{}",
        export.tenant_id,
        export.dataset().export_type,
        export.requester_id
    )
}

impl LockItem {
    pub fn of(export: &Export) -> Self {
        let blocks_until = (export.created_at + PENDING_BLOCKS_FOR).as_second() + 1;
        Self {
            partition: lock_partition(export),
            sort: LOCK.to_owned(),
            export_id: export.id.to_string(),
            blocks_until,
            time_to_live: blocks_until,
        }
    }

    pub fn export_id(&self) -> Result<ExportId, UnreadableItem> {
        read_id(&self.export_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::{at, pending};

    #[test]
    fn a_lock_blocks_for_an_hour_and_no_less() {
        let lock = LockItem::of(&pending());
        assert_eq!(
            lock.partition,
            "lock#northwind-market#FUNDING_TRANSFERS#usr-ana"
        );
        assert!(lock.blocks_until > at("2026-11-20T10:30:00Z").as_second());
        assert_eq!(lock.blocks_until, at("2026-11-20T10:30:01Z").as_second());
    }
}
