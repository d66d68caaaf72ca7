//! The record of mails: one a mail, and where a mail's id leads.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, link::read_link_id, read_address, read_id};
use crate::domain::{
    address::EmailAddress,
    arrival::{Arrival, Arrivals},
    export::Export,
    id::ExportId,
    sending::Sending,
};

/// The sort key of a [`MessageItem`], in a partition of its own.
pub const MESSAGE: &str = "message";

/// A mail that SES accepted, or one that nobody was left for. It is kept for as long as the export.
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    /// By recipient.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    arrivals: BTreeMap<String, ArrivalItem>,
    /// That of the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_to_live: Option<i64>,
}

/// What was told of a mail to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalItem {
    state: String,
    at: Timestamp,
}

/// Which mail SES means by an id. The ids of SES are all that its events name a mail by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageItem {
    partition: String,
    sort: String,
    tenant_id: String,
    export_id: String,
    /// The sort key of the mail's own item.
    sending: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_to_live: Option<i64>,
}

/// The partition of all mails about a tenant's exports of a type.
pub fn sendings_partition(tenant_id: &str, export_id: &ExportId) -> String {
    format!("sending#{tenant_id}#{}", export_id.dataset().export_type)
}

pub fn message_partition(message_id: &str) -> String {
    format!("message#{message_id}")
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
            recipients: to_texts(&sending.recipients),
            skipped: to_texts(&sending.skipped),
            message_id: sending.message_id.clone(),
            arrivals: to_items(&sending.arrivals),
            time_to_live: export.kept_until.map(Timestamp::as_second),
        }
    }
}

impl MessageItem {
    /// `None` for a mail that was not sent.
    pub fn of(export: &Export, sending: &Sending) -> Option<Self> {
        let message_id = sending.message_id.as_ref()?;
        Some(Self {
            partition: message_partition(message_id),
            sort: MESSAGE.to_owned(),
            tenant_id: export.tenant_id.clone(),
            export_id: export.id.to_string(),
            sending: sending_sort(export, sending),
            time_to_live: export.kept_until.map(Timestamp::as_second),
        })
    }

    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    pub fn export_id(&self) -> Result<ExportId, UnreadableItem> {
        read_id(&self.export_id)
    }

    /// The key of the mail's own item: partition and sort.
    pub fn sending_key(&self) -> Result<(String, &str), UnreadableItem> {
        let partition = sendings_partition(&self.tenant_id, &self.export_id()?);
        Ok((partition, &self.sending))
    }
}

fn sending_sort(export: &Export, sending: &Sending) -> String {
    match (&sending.link_id, &sending.message_id) {
        (Some(link_id), _) => format!("{}#{link_id}", export.id),
        (None, Some(message_id)) => format!("{}#{message_id}", export.id),
        (None, None) => format!("{}#unsent", export.id),
    }
}

fn to_texts(addresses: &[EmailAddress]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

/// What is known of a mail as it is stored.
pub fn to_items(arrivals: &Arrivals) -> BTreeMap<String, ArrivalItem> {
    let item = |arrival: &Arrival| ArrivalItem {
        state: arrival.state.to_string(),
        at: arrival.at,
    };
    arrivals
        .iter()
        .map(|(address, arrival)| (address.clone(), item(arrival)))
        .collect()
}

impl TryFrom<SendingItem> for Sending {
    type Error = UnreadableItem;

    fn try_from(item: SendingItem) -> Result<Self, UnreadableItem> {
        let addresses = |texts: &[String]| {
            texts
                .iter()
                .map(|text| read_address(text))
                .collect::<Result<_, _>>()
        };
        let arrival = |(address, item): (String, ArrivalItem)| {
            let state = item
                .state
                .parse()
                .map_err(|_| UnreadableItem(format!("the state {} of a mail", item.state)))?;
            Ok((address, Arrival { state, at: item.at }))
        };
        Ok(Self {
            link_id: item.link_id.as_deref().map(read_link_id).transpose()?,
            sent_at: item.sent_at,
            recipients: addresses(&item.recipients)?,
            skipped: addresses(&item.skipped)?,
            message_id: item.message_id,
            arrivals: item
                .arrivals
                .into_iter()
                .map(arrival)
                .collect::<Result<_, UnreadableItem>>()?,
        })
    }
}
