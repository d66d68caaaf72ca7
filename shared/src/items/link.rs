//! Mailed links: by the hash of their token, and by their export.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, read_address, read_id};
use crate::domain::{
    export::{Delivery, Export, LINK_OUTLIVES_FILE_BY},
    id::ExportId,
    link::{Link, LinkId, NewLink, TokenHash},
};

/// The sort key, in a partition of its own.
pub const LINK: &str = "link";

/// Where a link's token leads. The item stays for a month after the file, so that the link can say that it has expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkItem {
    partition: String,
    sort: String,
    tenant_id: String,
    export_id: String,
    /// Links that were mailed before links had ids have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link_id: Option<String>,
    time_to_live: i64,
}

/// What is known of a link, beside its export's other links and for as long as the export. It has nothing of the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkRecordItem {
    partition: String,
    sort: String,
    link_id: String,
    created_at: Timestamp,
    recipients: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(default)]
    uses: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    /// That of the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_to_live: Option<i64>,
}

pub fn link_partition(token: &TokenHash) -> String {
    format!("link#{}", token.as_str())
}

/// The partition of the records of all links of a tenant's exports of a type.
pub fn link_records_partition(tenant_id: &str, export_id: &ExportId) -> String {
    format!("links#{tenant_id}#{}", export_id.dataset().export_type)
}

/// The sort key of a link's record. It begins with the export's id, so that one query finds all of an export's.
pub fn link_record_sort(export_id: &ExportId, link_id: &LinkId) -> String {
    format!("{export_id}#{link_id}")
}

impl LinkItem {
    pub fn of(export: &Export, delivery: &Delivery, link: &NewLink) -> Self {
        Self {
            partition: link_partition(&link.token.hash()),
            sort: LINK.to_owned(),
            tenant_id: export.tenant_id.clone(),
            export_id: export.id.to_string(),
            link_id: Some(link.id.to_string()),
            time_to_live: (delivery.expires_at + LINK_OUTLIVES_FILE_BY).as_second(),
        }
    }

    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    pub fn export_id(&self) -> Result<ExportId, UnreadableItem> {
        read_id(&self.export_id)
    }

    pub fn link_id(&self) -> Result<Option<LinkId>, UnreadableItem> {
        self.link_id.as_deref().map(read_link_id).transpose()
    }

    /// Whether the link counts as unknown, although TTL may not have removed its item yet.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.time_to_live <= now.as_second()
    }
}

impl LinkRecordItem {
    pub fn of(export: &Export, link: &NewLink) -> Self {
        Self {
            partition: link_records_partition(&export.tenant_id, &export.id),
            sort: link_record_sort(&export.id, &link.id),
            link_id: link.id.to_string(),
            created_at: link.created_at,
            recipients: link.recipients.iter().map(ToString::to_string).collect(),
            message_id: None,
            uses: 0,
            last_used_at: None,
            revoked_at: None,
            time_to_live: export.kept_until.map(Timestamp::as_second),
        }
    }
}

impl TryFrom<LinkRecordItem> for Link {
    type Error = UnreadableItem;

    fn try_from(item: LinkRecordItem) -> Result<Self, UnreadableItem> {
        Ok(Self {
            id: read_link_id(&item.link_id)?,
            created_at: item.created_at,
            recipients: item
                .recipients
                .iter()
                .map(|text| read_address(text))
                .collect::<Result<_, _>>()?,
            message_id: item.message_id,
            uses: item.uses,
            last_used_at: item.last_used_at,
            revoked_at: item.revoked_at,
        })
    }
}

pub(super) fn read_link_id(text: &str) -> Result<LinkId, UnreadableItem> {
    text.parse()
        .map_err(|_| UnreadableItem(format!("the link id {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::{at, delivery, ready};

    #[test]
    fn nothing_that_is_listed_of_a_link_reveals_its_token() {
        let recipients = ready().recipients().cloned().collect();
        let link = NewLink::new(recipients, at("2026-11-20T09:30:05Z"), [3; 10], [4; 32]);
        let pointer = LinkItem::of(&ready(), &delivery(), &link);
        let record = LinkRecordItem::of(&ready(), &link);
        let hash = link.token.hash();
        assert!(pointer.partition.contains(hash.as_str()));
        let listed = format!("{record:?}");
        for part in [link.token.reveal(), hash.as_str(), &hash.as_str()[..8]] {
            assert!(!listed.contains(part));
        }
        assert_eq!(pointer.link_id().unwrap(), Some(link.id.clone()));
        assert_eq!(Link::try_from(record).unwrap().id, link.id);
    }
}
