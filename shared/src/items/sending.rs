//! The record of mails that were sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, link::read_link_id, read_address};
use crate::domain::{export::Export, id::ExportId, sending::Sending};

/// A mail that SES accepted. It is kept for as long as the export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendingItem {
    partition: String,
    sort: String,
    /// Mails that were sent before links had ids have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link_id: Option<String>,
    sent_at: Timestamp,
    recipients: Vec<String>,
    message_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_to_live: Option<i64>,
}

/// The partition of all mails about a tenant's exports of a type.
pub fn sendings_partition(tenant_id: &str, export_id: &ExportId) -> String {
    format!("sending#{tenant_id}#{}", export_id.dataset().export_type)
}

impl SendingItem {
    /// Under the export's tenant and type; the sort key begins with its id, so that one query finds all of an export's, in
    /// order of time.
    pub fn of(export: &Export, sending: &Sending) -> Self {
        Self {
            partition: sendings_partition(&export.tenant_id, &export.id),
            sort: sending_sort(export, sending),
            link_id: sending.link_id.as_ref().map(ToString::to_string),
            sent_at: sending.sent_at,
            recipients: sending.recipients.iter().map(ToString::to_string).collect(),
            message_id: sending.message_id.clone(),
            time_to_live: export.kept_until.map(Timestamp::as_second),
        }
    }
}

fn sending_sort(export: &Export, sending: &Sending) -> String {
    match &sending.link_id {
        Some(link_id) => format!("{}#{link_id}", export.id),
        None => format!("{}#{}", export.id, sending.message_id),
    }
}

impl TryFrom<SendingItem> for Sending {
    type Error = UnreadableItem;

    fn try_from(item: SendingItem) -> Result<Self, UnreadableItem> {
        Ok(Self {
            link_id: item.link_id.as_deref().map(read_link_id).transpose()?,
            sent_at: item.sent_at,
            recipients: item
                .recipients
                .iter()
                .map(|text| read_address(text))
                .collect::<Result<_, _>>()?,
            message_id: item.message_id,
        })
    }
}
