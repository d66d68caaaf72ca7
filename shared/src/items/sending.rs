//! The record of mails that were sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{export::Export, sending::Sending};

/// A mail that SES accepted. It is kept for as long as the export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendingItem {
    partition: String,
    sort: String,
    link_id: String,
    sent_at: Timestamp,
    recipients: Vec<String>,
    message_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_to_live: Option<i64>,
}

impl SendingItem {
    /// Under the export's tenant and type; the sort key begins with its id, so that one query finds all of an export's, in
    /// order of time.
    pub fn of(export: &Export, sending: &Sending) -> Self {
        Self {
            partition: format!(
                "sending#{}#{}",
                export.tenant_id,
                export.dataset().export_type
            ),
            sort: format!("{}#{}", export.id, sending.link_id),
            link_id: sending.link_id.to_string(),
            sent_at: sending.sent_at,
            recipients: sending.recipients.iter().map(ToString::to_string).collect(),
            message_id: sending.message_id.clone(),
            time_to_live: export.kept_until.map(Timestamp::as_second),
        }
    }
}
