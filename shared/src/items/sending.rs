//! The record of mails that were sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::export::{Delivery, Export, LINK_OUTLIVES_FILE_BY, Sending};

/// A mail that SES accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendingItem {
    partition: String,
    sort: String,
    sent_at: Timestamp,
    recipients: Vec<String>,
    message_id: String,
    time_to_live: i64,
}

impl SendingItem {
    /// Under the export's tenant and type; the sort key begins with its id, so that one query finds all of an export's.
    pub fn of(export: &Export, delivery: &Delivery, sending: &Sending) -> Self {
        Self {
            partition: format!(
                "sending#{}#{}",
                export.tenant_id,
                export.dataset().export_type
            ),
            sort: format!("{}#{}", export.id, sending.message_id),
            sent_at: sending.sent_at,
            recipients: sending.recipients.iter().map(ToString::to_string).collect(),
            message_id: sending.message_id.clone(),
            time_to_live: (delivery.expires_at + LINK_OUTLIVES_FILE_BY).as_second(),
        }
    }
}
