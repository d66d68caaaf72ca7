//! The items that stand beside an export in the table `exports`: its user's lock, the memory of an idempotency key, the
//! marker of its expiry, its links, and the record of its mails.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{UnreadableItem, filters::FiltersItem};
use crate::domain::{
    address::EmailAddress,
    export::{
        Delivery, Export, IDEMPOTENCY_LIFETIME, LINK_OUTLIVES_FILE_BY, PENDING_BLOCKS_FOR, Sending,
    },
    id::ExportId,
    link::TokenHash,
};

/// The sort key of an item that is alone in its partition.
pub const LOCK: &str = "lock";
pub const IDEMPOTENCY: &str = "idempotency";
pub const LINK: &str = "link";

/// What an expiry marker's partition begins with.
pub const EXPIRY_PREFIX: &str = "expiry#";

/// One pending export for a user and type. It names its export, so that only that one releases it.
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

/// An accepted request, by its idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdempotencyItem {
    partition: String,
    sort: String,
    export_id: String,
    request_hash: String,
    /// Unix seconds, the first at which the key is forgotten.
    forgotten_at: i64,
    time_to_live: i64,
}

/// What DynamoDB's TTL removes when an export expires; its removal is what the expirer hears of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpiryMarkerItem {
    partition: String,
    sort: String,
    tenant_id: String,
    time_to_live: i64,
}

/// Where a link's token leads. It outlives the file by a month, to say for so long that it has expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkItem {
    partition: String,
    sort: String,
    tenant_id: String,
    export_id: String,
    time_to_live: i64,
}

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

/// A request that may come again under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's own text.
    pub key: String,
    /// SHA-256 of what was asked for, in one spelling for all that mean the same.
    request_hash: String,
}

impl Idempotency {
    /// The key of the request that `export` was made of.
    pub fn of(key: String, export: &Export) -> Self {
        let cc: Vec<_> = export.cc.iter().map(EmailAddress::as_str).collect();
        let request = serde_json::to_vec(&(
            cc,
            FiltersItem::from(&export.filters),
            format!("{:?}", export.scope),
        ))
        .expect("a request is plain JSON");
        Self {
            key,
            request_hash: hex::encode(Sha256::digest(request)),
        }
    }
}

pub fn lock_partition(export: &Export) -> String {
    format!(
        "lock#{}#{}#{}",
        export.tenant_id,
        export.dataset().export_type,
        export.requester_id
    )
}

pub fn expiry_partition(export: &Export) -> String {
    format!(
        "{EXPIRY_PREFIX}{}#{}",
        export.tenant_id,
        export.dataset().export_type
    )
}

pub fn link_partition(token: &TokenHash) -> String {
    format!("link#{}", token.as_str())
}

/// The key is hashed: it is the caller's text, of any length and characters.
pub fn idempotency_partition(export: &Export, key: &str) -> String {
    format!(
        "idempotency#{}#{}#{}#{}",
        export.tenant_id,
        export.dataset().export_type,
        export.requester_id,
        hex::encode(Sha256::digest(key.as_bytes()))
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

impl IdempotencyItem {
    pub fn of(export: &Export, idempotency: &Idempotency) -> Self {
        let forgotten_at = (export.created_at + IDEMPOTENCY_LIFETIME).as_second() + 1;
        Self {
            partition: idempotency_partition(export, &idempotency.key),
            sort: IDEMPOTENCY.to_owned(),
            export_id: export.id.to_string(),
            request_hash: idempotency.request_hash.clone(),
            forgotten_at,
            time_to_live: forgotten_at,
        }
    }

    pub fn export_id(&self) -> Result<ExportId, UnreadableItem> {
        read_id(&self.export_id)
    }

    pub fn is_same_request(&self, idempotency: &Idempotency) -> bool {
        self.request_hash == idempotency.request_hash
    }
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

    /// Whether the link is remembered no more, though its item may still be there.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.time_to_live <= now.as_second()
    }
}

fn read_id(text: &str) -> Result<ExportId, UnreadableItem> {
    text.parse()
        .map_err(|_| UnreadableItem(format!("the export id {text}")))
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

    #[test]
    fn an_idempotency_key_is_of_one_user_and_type() {
        let partition = idempotency_partition(&pending(), "a key / with # anything");
        assert!(partition.starts_with("idempotency#northwind-market#FUNDING_TRANSFERS#usr-ana#"));
        assert!(!partition.contains("anything"));
    }
}
