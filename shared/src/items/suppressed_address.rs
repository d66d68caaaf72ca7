//! Addresses that a tenant's mails skip.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, read_address};
use crate::domain::{address::EmailAddress, arrival::ArrivalState, id::ExportId};

/// An address that refused a mail of this tenant for good, or whose owner reported one as spam. It stays until somebody
/// removes it. Each tenant has a list of its own: none learns from its mails what others sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuppressedAddressItem {
    partition: String,
    /// The address in lower case.
    sort: String,
    /// `BOUNCED` or `COMPLAINED`.
    reason: String,
    since: Timestamp,
    /// Whose mail it was.
    export_id: String,
}

pub fn suppressed_partition(tenant_id: &str) -> String {
    format!("suppressed#{tenant_id}")
}

pub fn suppressed_sort(address: &str) -> String {
    address.to_ascii_lowercase()
}

impl SuppressedAddressItem {
    pub fn of(
        tenant_id: &str,
        address: &str,
        reason: ArrivalState,
        since: Timestamp,
        export_id: &ExportId,
    ) -> Self {
        Self {
            partition: suppressed_partition(tenant_id),
            sort: suppressed_sort(address),
            reason: reason.to_string(),
            since,
            export_id: export_id.to_string(),
        }
    }

    pub fn address(&self) -> Result<EmailAddress, UnreadableItem> {
        read_address(&self.sort)
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub fn since(&self) -> Timestamp {
        self.since
    }

    pub fn export_id(&self) -> &str {
        &self.export_id
    }
}
